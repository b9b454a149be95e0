package syscalls

import (
	"fmt"
	"testing"
)

// fakeLabels are a label for each thing asked after.
type fakeLabels struct{}

func (fakeLabels) FD(pid int, fd int32) string { return fmt.Sprintf("fd%d_%d", pid, fd) }
func (fakeLabels) Thread(int) string           { return "" }
func (fakeLabels) Path(_ int, dir int32, path []byte) string {
	if string(path) == "new" {
		return ""
	}
	return fmt.Sprintf("%d/%s", dir, path)
}

// Labels stand behind descriptors, their descriptions and paths; not behind numbers below zero, names of
// file systems, and paths that have none.
func TestLabels(t *testing.T) {
	mem := memory{0x1000: "etc/x\x00", 0x2000: "new\x00", 0x3000: "ext4\x00", 0x4000: "\x01\x00sock\x00", 0x5000: le("whhwhh", 3, 1, 0, 0xffffffff, 1, 0)}
	at := func(n int64) uint64 { return uint64(n) }
	for _, c := range []struct {
		name string
		args [6]uint64
		ret  int64
		want string
	}{
		{"openat", [6]uint64{at(-100), 0x1000}, 3, `openat(AT_FDCWD</d>, "etc/x" [-100/etc/x], O_RDONLY) = 3</d> [fd7_3]`},
		{"linkat", [6]uint64{4, 0x1000, 5, 0x2000}, 0, `linkat(4</d> [fd7_4], "etc/x" [4/etc/x], 5</d> [fd7_5], "new", 0) = 0`},
		{"mount", [6]uint64{0x1000, 0x1000, 0x3000}, 0, `mount("etc/x" [-100/etc/x], "etc/x" [-100/etc/x], "ext4", 0, NULL) = 0`},
		{"connect", [6]uint64{3, 0x4000, 7}, 0, `connect(3</d> [fd7_3], {sa_family=AF_UNIX, sun_path="sock" [-100/sock]}, 7) = 0`},
		{"poll", [6]uint64{0x5000, 2, 0}, 0, `poll([{fd=3</d> [fd7_3], events=POLLIN}, {fd=-1}], 2, 0) = 0 (Timeout)`},
		{"getcwd", [6]uint64{0x1000, 100}, 6, `getcwd("etc/x" [-100/etc/x], 100) = 6`},
		{"unlink", [6]uint64{0x99000}, 0, `unlink(0x99000) = 0`},
	} {
		nr, _ := X8664.Number(c.name)
		call := &Call{ABI: X8664, PID: 7, Nr: nr, Args: c.args, Ret: c.ret, Returned: true, Mem: mem,
			Opts: &Options{Column: -1, Labels: fakeLabels{}, FD: func(int, int32) string { return "/d" }}}
		if call.BareEnter() {
			t.Errorf("%s: labels are looked up while the thread stands still", c.name)
		}
		if got := string(AppendExit(AppendEnter(nil, call), call)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
