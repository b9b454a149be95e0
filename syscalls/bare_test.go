package syscalls

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/trapline/trapline/abi"
)

// tripwire is the memory of a process that runs on: nobody may read it.
type tripwire struct{ touched bool }

func (w *tripwire) ReadMem(uint64, []byte) (int, error) {
	w.touched = true
	return 0, nil
}

// TestBare holds BareEnter and BareExit against what is read: a call that is said to need its
// registers alone touches neither memory nor files, whatever they hold.
func TestBare(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	bare := map[string]bool{}
	for _, form := range []*Form{Strace, Truss} {
		for _, a := range ABIs {
			for nr, row := range a.rows {
				if row == nil {
					continue
				}
				for range 20 {
					wire := &tripwire{}
					touch := func() { wire.touched = true }
					o := &Options{Form: form, Verbose: r.IntN(2) == 0, Style: Style(r.IntN(3)), Kernel: abi.Linux,
						Netlink:  func(int, int32) int { touch(); return -1 },
						PidfdPID: func(int, int32) int { touch(); return 0 },
						Link:     func(int, int32) string { touch(); return "" },
						Generic:  func(uint16) string { touch(); return "" },
						Ifname:   func(uint32) string { touch(); return "" }}
					c := &Call{ABI: a, Nr: a.number(nr), PID: 1, TID: 1, Mem: wire, Opts: o}
					for i := range c.Args {
						c.Args[i] = []uint64{0, 1, uint64(r.IntN(64)), r.Uint64() >> r.IntN(64), 1 << r.IntN(64)}[r.IntN(5)]
					}
					enter := c.BareEnter()
					line := AppendEnter(nil, c)
					if enter && wire.touched {
						t.Fatalf("%s %s: %s is not bare", a.Name, row.Name, line)
					}
					if a == X8664 {
						bare[row.Name] = bare[row.Name] || enter
					}
					wire.touched = false
					c.Returned, c.Ret = true, r.Int64()>>r.IntN(64)
					if r.IntN(2) == 0 {
						c.Ret, c.Errno = -2, 2
					}
					exit := c.BareExit()
					line = AppendExit(line, c)
					if exit && wire.touched {
						t.Fatalf("%s %s: %s is not bare at its exit", a.Name, row.Name, line)
					}
				}
			}
		}
	}
	for name, want := range map[string]bool{"getppid": true, "close": true, "mmap": true, "brk": true, "read": true, "lseek": true,
		"openat": false, "write": false, "execve": false, "ioctl": false} {
		if bare[name] != want {
			t.Errorf("the enter of %s is bare: %v, want %v", name, bare[name], want)
		}
	}
	c := &Call{ABI: X8664, Nr: 3, Opts: &Options{FD: func(int, int32) string { return "" }}}
	if c.BareEnter() {
		t.Error("close is bare though its descriptor is to be described")
	}
}

// countedMem is memory with one mapping that counts how often it is read.
type countedMem struct {
	data  []byte
	reads int
}

const countedBase = 0x10000

func (m *countedMem) ReadMem(addr uint64, p []byte) (int, error) {
	m.reads++
	if addr < countedBase || addr >= countedBase+uint64(len(m.data)) {
		return 0, errUnmapped{}
	}
	return copy(p, m.data[addr-countedBase:]), nil
}

// What lies on one page is read by one request, however many pieces of it are shown; a single string costs no page.
func TestReads(t *testing.T) {
	mem := make([]byte, 2*pageSize)
	for i := range mem[pageSize:] {
		mem[pageSize+i] = 'a' + byte(i%26)
	}
	want := "writev(-1, ["
	for i := range 32 {
		copy(mem[16*i:], le("qq", uint64(countedBase+pageSize+i), uint64(i)))
		if i > 0 {
			want += ", "
		}
		want += `{iov_base="` + string(mem[pageSize+i:pageSize+2*i]) + `", iov_len=` + string(appendDec(nil, i)) + "}"
	}
	for _, c := range []struct {
		name  string
		args  [6]uint64
		want  string
		reads int
	}{
		{"writev", [6]uint64{^uint64(0), countedBase, 32}, want + "], 32)", 2},
		{"chdir", [6]uint64{countedBase + pageSize - 8}, `chdir("")`, 1},
	} {
		m := &countedMem{data: mem}
		call := &Call{ABI: X8664, Nr: numberOf(t, X8664, c.name), Args: c.args, Mem: m, Opts: &Options{Column: -1}, Returned: true}
		got, _ := strings.CutSuffix(string(AppendExit(AppendEnter(nil, call), call)), " = 0")
		if got != c.want || m.reads != c.reads {
			t.Errorf("%d reads, want %d, for %s\nwant %s", m.reads, c.reads, got, c.want)
		}
	}
}
