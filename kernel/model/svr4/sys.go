package svr4

// The tracer from outside: kernel/svr4's raw interface over the modeled kernel.

import (
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	adapter "github.com/trapline/trapline/kernel/svr4"
	"github.com/trapline/trapline/kernel/svr4/nr"
)

// Sys is the system calls of a tracer outside. It implements the adapter's Sys. Refused is told of
// requests of ptrace(2) by number, and of those on files of /proc by the numbers of read, write and open.
type Sys struct{ kern.Tracer }

// maxFiles is how many files a tracer may have open: three for each of many lwps.
const maxFiles = 1 << 16

// NewSys is a tracer in a machine of New's.
func NewSys(m *kern.Machine, x *kern.External) *Sys {
	x.Proc.Files.SetLimit(maxFiles)
	return &Sys{kern.Tracer{M: m, X: x}}
}

func errnoOf(e errno.Errno) adapter.Errno {
	if e == errno.OK {
		return 0
	}
	return adapter.Errno(errnos[e])
}

func (s *Sys) answer(req, pid int, e errno.Errno) adapter.Errno {
	n := errnoOf(e)
	s.M.Logf("  request %d of %d: %v", req, pid, e)
	s.Tell(req, pid, int(n))
	return n
}

// Ptrace implements the adapter's Sys.
func (s *Sys) Ptrace(req, pid int, addr, data uint64) (uint64, adapter.Errno) {
	s.Pass()
	v, e := ptrace(s.X.Thread, req, pid, addr, data)
	return v, s.answer(req, pid, e)
}

// Wait implements the adapter's Sys.
func (s *Sys) Wait(block bool) (pid int, status uint32, e adapter.Errno) {
	s.Pass()
	q := query{by: s.X.Thread, kind: idAll, options: wExited | wTrapped | wStopped}
	var f found
	some := false
	failed := s.Await(&s.X.Proc.Waiting, block, func() bool {
		f, some = q.look()
		return f.pid != 0 || !some
	})
	switch {
	case failed != errno.OK:
		return 0, 0, errnoOf(failed)
	case f.pid != 0:
		return f.pid, f.status(), 0
	case !some:
		return 0, 0, errnoOf(errno.ECHILD)
	}
	return 0, 0, 0
}

// Kill implements the adapter's Sys.
func (s *Sys) Kill(pid, sig int) adapter.Errno {
	s.Pass()
	_, e := calls.Kill(s.X.Thread, &[6]uint64{uint64(pid), uint64(sig)})
	return errnoOf(e)
}

// Spawn implements the adapter's Sys.
func (s *Sys) Spawn(l *kernel.Launch, hold func(pid int) adapter.Errno) (int, adapter.Errno) {
	code := stub
	if hold == nil {
		code = tracedStub
	}
	t, e := s.Launch(l, code)
	if e != errno.OK {
		return 0, errnoOf(e)
	}
	failed := adapter.Errno(0)
	if hold != nil {
		failed = hold(t.Proc.PID)
	}
	s.Release(t, failed == 0)
	return t.Proc.PID, failed
}

// Spawned implements the adapter's Sys.
func (s *Sys) Spawned(pid int) (string, adapter.Errno) {
	what, e := s.Failed(pid)
	return what, adapter.Errno(e)
}

// Files implements the adapter's Sys.
func (s *Sys) Files() adapter.Files { return (*files)(s) }

// stub is the code of a child that calls execve, and exits with its errno if it fails.
func stub(pc, path, argv, envp uint64) []byte {
	var b []byte
	word := func(reg int, v uint64) { b = le.AppendUint64(append(b, 0x48, 0xb8|byte(reg)), v) } // mov r64, imm64
	word(cpu.RDI, path)
	word(cpu.RSI, argv)
	word(cpu.RDX, envp)
	b = append(b, 0xb8, nr.Execve, 0, 0, 0, 0x0f, 0x05)                          // mov eax; syscall
	return append(b, 0x89, 0xc7, 0xb8, nr.Exit, 0, 0, 0, 0x0f, 0x05, 0x0f, 0x0b) // mov edi, eax; mov eax; syscall; ud2
}

// tracedStub is one that asks to be traced first.
func tracedStub(pc, path, argv, envp uint64) []byte {
	ask := []byte{0x31, 0xff, 0xb8, nr.Ptrace, 0, 0, 0, 0x0f, 0x05} // xor edi, edi; mov eax; syscall
	return append(ask, stub(pc, path, argv, envp)...)
}

var _ adapter.Sys = (*Sys)(nil)
