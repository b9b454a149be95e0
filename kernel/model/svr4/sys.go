package svr4

// The tracer from outside: kernel/svr4's raw interface over the modeled kernel.

import (
	"sync/atomic"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/sleep"
	adapter "github.com/trapline/trapline/kernel/svr4"
	"github.com/trapline/trapline/kernel/svr4/nr"
)

// Sys is the system calls of a tracer outside. It implements the adapter's Sys.
type Sys struct {
	M *kern.Machine
	X *kern.External // the tracer, as a process

	// Drift is how many steps, at most, the machine makes before each request.
	Drift int
	// Idle is called when the tracer waits and the machine has come to rest: all that is left
	// sleeps for something from outside. It returns true when that may have come. Without it,
	// or when it says that nothing will, the wait is EDEADLK.
	Idle func() bool
	// Refused is told of requests that fail: those of ptrace(2) by number, and those on files
	// of /proc by the numbers of read, write and open.
	Refused func(request, pid int, e adapter.Errno)

	woken   atomic.Bool
	spawned map[int]*kern.Proc // children not yet known to have become programs
}

// maxFiles is how many files a tracer may have open: three for each of many lwps.
const maxFiles = 1 << 16

// NewSys is a tracer in a machine of New's.
func NewSys(m *kern.Machine, x *kern.External) *Sys {
	x.Proc.Files.SetLimit(maxFiles)
	return &Sys{M: m, X: x, spawned: map[int]*kern.Proc{}}
}

func errnoOf(e errno.Errno) adapter.Errno {
	if e == errno.OK {
		return 0
	}
	return adapter.Errno(errnos[e])
}

// drift lets some time pass, as it does on a real machine between two requests.
func (s *Sys) drift() {
	if s.Drift > 0 {
		for range s.M.Chooser.Choose(s.Drift + 1) {
			if !s.M.Busy() {
				return
			}
			s.M.Step()
		}
	}
}

func (s *Sys) answer(req, pid int, e errno.Errno) adapter.Errno {
	n := errnoOf(e)
	s.M.Logf("  request %d of %d: %v", req, pid, e)
	if n != 0 && s.Refused != nil {
		s.Refused(req, pid, n)
	}
	return n
}

// Ptrace implements the adapter's Sys.
func (s *Sys) Ptrace(req, pid int, addr, data uint64) (uint64, adapter.Errno) {
	s.drift()
	v, e := ptrace(s.X.Thread, req, pid, addr, data)
	return v, s.answer(req, pid, e)
}

// Wait implements the adapter's Sys.
func (s *Sys) Wait(block bool) (pid int, status uint32, e adapter.Errno) {
	s.drift()
	q := query{by: s.X.Thread, kind: idAll, options: wExited | wTrapped | wStopped}
	for {
		if block && s.woken.CompareAndSwap(true, false) {
			return 0, 0, errnoOf(errno.EINTR)
		}
		f, some := q.look()
		switch {
		case f.pid != 0:
			return f.pid, f.status(), 0
		case !some:
			return 0, 0, errnoOf(errno.ECHILD)
		case !block:
			return 0, 0, 0
		}
		if e := s.await(&s.X.Proc.Waiting); e != errno.OK {
			return 0, 0, errnoOf(e)
		}
	}
}

// await lets the machine run until the queue is woken or Wake is called.
func (s *Sys) await(q *sleep.Queue) errno.Errno {
	if s.X.Await(q, s.woken.Load) {
		return errno.OK
	}
	switch {
	case s.M.Unmodeled != nil:
		return errno.ENOSYS
	case s.Idle == nil || !s.Idle():
		return errno.EDEADLK
	}
	return errno.OK
}

// Wake implements the adapter's Sys.
func (s *Sys) Wake() { s.woken.Store(true) }

// Kill implements the adapter's Sys.
func (s *Sys) Kill(pid, sig int) adapter.Errno {
	s.drift()
	_, e := calls.Kill(s.X.Thread, &[6]uint64{uint64(pid), uint64(sig)})
	return errnoOf(e)
}

// Spawn implements the adapter's Sys.
func (s *Sys) Spawn(l *kernel.Launch, hold func(pid int) adapter.Errno) (int, adapter.Errno) {
	code := stub
	if hold == nil {
		code = tracedStub
	}
	sp := &kern.Spawn{Path: l.Path, Args: l.Args, Env: l.Env, Dir: l.Dir, Files: l.Files, NewGroup: l.NewGroup, Code: code}
	if l.Cred != nil {
		c := kern.Cred{UID: uint32(l.Cred.UID), GID: uint32(l.Cred.GID)}
		c.EUID, c.SUID, c.EGID, c.SGID = c.UID, c.UID, c.GID, c.GID
		for _, g := range l.Cred.Groups {
			c.Groups = append(c.Groups, uint32(g))
		}
		sp.Cred = &c
	}
	t, e := s.X.Spawn(sp)
	if e != errno.OK {
		return 0, errnoOf(e)
	}
	p := t.Proc
	p.NoASLR = l.NoASLR
	s.spawned[p.PID] = p
	if l.NewGroup && l.Foreground >= 0 && s.M.TTY != nil {
		s.M.TTY.Foreground = p.PID
	}
	held := adapter.Errno(0)
	if hold != nil {
		if held = hold(p.PID); held != 0 {
			s.M.Post(p, kern.SigInfo{Signo: System.Sig.KILL})
		}
	}
	t.Start()
	return p.PID, held
}

// Spawned implements the adapter's Sys.
func (s *Sys) Spawned(pid int) (string, adapter.Errno) {
	p := s.spawned[pid]
	delete(s.spawned, pid)
	if p == nil || p.Executed || p.EndOf().Code == 0 {
		return "", 0
	}
	return "execute", adapter.Errno(p.EndOf().Code)
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
