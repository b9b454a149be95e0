package strace

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/trapline/trapline/procfs"
)

// Where a made-up /proc shows the processors of a process to be mapped.
func TestVCPUs(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "12", "fd"), 0o700); err != nil {
		t.Fatal(err)
	}
	maps := func(at string) {
		t.Helper()
		text := "00400000-00401000 r-xp 00000000 08:01 12 /usr/bin/vmm\n" +
			at + "000-" + at + "300 rw-s 00000000 00:0e 9 anon_inode:kvm-vcpu:1\n" +
			"7f0000020000-7f0000023000 rw-s 00000000 00:0e 9 anon_inode:kvm-vcpu:10\n"
		if err := os.WriteFile(filepath.Join(dir, "12", "maps"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for fd, link := range map[string]string{"3": "anon_inode:kvm-vcpu:1", "4": "anon_inode:kvm-vcpu:10", "5": "anon_inode:kvm-vcpu:2", "6": "anon_inode:kvm-vm"} {
		if err := os.Symlink(link, filepath.Join(dir, "12", "fd", fd)); err != nil {
			t.Fatal(err)
		}
	}
	v := &vcpus{proc: procfs.New(dir).Proc, runs: map[vcpu]uint64{}}
	check := func(pid int, fd int32, want uint64) {
		t.Helper()
		if got := v.run(pid, fd); got != want {
			t.Errorf("descriptor %d of %d: %#x, want %#x", fd, pid, got, want)
		}
	}
	maps("7f0000010")
	check(12, 3, 0x7f0000010000)
	check(12, 4, 0x7f0000020000)
	check(12, 5, 0) // not mapped
	check(12, 6, 0) // no processor
	check(12, 7, 0)
	check(13, 3, 0)
	maps("7f0000030")
	check(12, 3, 0x7f0000010000)
	clear(v.runs)
	check(12, 3, 0x7f0000030000)
}
