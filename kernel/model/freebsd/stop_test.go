package freebsd_test

import (
	"testing"

	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/freebsd"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	recordings "github.com/trapline/trapline/testdata/freebsd"
)

// TestBeforeExec asks a child from outside that has stopped itself before it has a program: it has
// no auxiliary vector, no shared page, but a core.
func TestBeforeExec(t *testing.T) {
	m := freebsd.New(kern.Config{Chooser: kern.NewChooser(1)})
	defer m.Close()
	x := m.NewExternal("debugger", kern.Cred{})
	m.FS.MkdirAll("/w", 0o755)
	m.FS.WriteFile("/w/hello", recordings.ELF("launch-traceme.a"), 0o755)
	child, e := x.Spawn(&kern.Spawn{Path: "/w/hello", Args: []string{"hello"}, Files: []int{}, Code: freebsd.Stub(freebsd.Launch{Trace: true, Stop: true})})
	if e != errno.OK {
		t.Fatal(e)
	}
	child.Start()
	s := freebsd.NewSys(m, x)
	info := make([]byte, raw.SiginfoSize)
	pid, status, failed := s.Wait(0, true, info)
	if failed != 0 || pid != child.Proc.PID || status != 0x117f {
		t.Fatalf("wait: %d %#x %d", pid, status, failed)
	}
	for _, name := range []string{"pid", "pid_td", "args", "env", "auxv", "vmmap", "filedesc", "pathname", "sigtramp", "ps_strings", "vm_layout"} {
		if _, e := s.Sysctl("kern.proc."+name, int32(pid)); e != 0 {
			t.Errorf("kern.proc.%s: errno %d", name, e)
		}
	}
	f, e := m.FS.Open(fs.Cred{}, m.FS.Root(), "/w/core", fs.ORead|fs.OWrite|fs.OCreate, 0o600)
	if e != errno.OK {
		t.Fatal(e)
	}
	fd, _ := x.Proc.Files.Install(f, 0, true)
	b := make([]byte, raw.CoredumpSize)
	c := raw.CoredumpRequest{FD: int32(fd)}
	c.Encode(b)
	if _, e := s.PtraceBuf(raw.Coredump, pid, b, raw.CoredumpSize); e != 0 {
		t.Fatalf("core: errno %d", e)
	}
	if head, _ := m.FS.ReadFile("/w/core"); len(head) < 64 || head[16] != 4 {
		t.Errorf("no core: %x", head)
	}
	for want, got := uint32(0), 0; want != 0x300; { // the core's stop, the exec's, the end
		if got, want, failed = s.Wait(0, true, info); failed != 0 || got != pid {
			t.Fatalf("wait: %d %#x %d", got, want, failed)
		}
		if want&0xff == 0x7f {
			if _, e := s.Ptrace(raw.Continue, pid, 1, 0); e != 0 {
				t.Fatalf("continue: errno %d", e)
			}
		}
	}
}
