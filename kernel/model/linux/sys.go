package linux

// The tracer from outside: kernel/linux's raw interface over the modeled kernel.

import (
	"sync/atomic"

	"github.com/trapline/trapline/kernel"
	adapter "github.com/trapline/trapline/kernel/linux"
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/procfs"
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
	// Refused is told of requests that fail.
	Refused func(request, tid int, e adapter.Errno)

	woken   atomic.Bool
	spawned map[int]*kern.Proc // children not yet known to have become programs
	files   *procfs.FS
}

// NewSys is a tracer in a machine of New's.
func NewSys(m *kern.Machine, x *kern.External) *Sys {
	return &Sys{M: m, X: x, spawned: map[int]*kern.Proc{}, files: procfs.NewFiles("/proc", procFiles(m, x.Thread))}
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

func (s *Sys) answer(req, tid int, e errno.Errno) adapter.Errno {
	n := errnoOf(e)
	s.M.Logf("  request %#x of %d: %v", req, tid, e)
	if n != 0 && s.Refused != nil {
		s.Refused(req, tid, n)
	}
	return n
}

// nowhere is the operand of a request whose data is a number.
type nowhere struct{}

func (nowhere) in([]byte, int) errno.Errno  { return errno.EFAULT }
func (nowhere) out([]byte, int) errno.Errno { return errno.EFAULT }

// buffer is an operand of the tracer outside.
type buffer []byte

func (b buffer) in(p []byte, off int) errno.Errno {
	if off+len(p) > len(b) {
		return errno.EFAULT
	}
	copy(p, b[off:])
	return errno.OK
}

func (b buffer) out(p []byte, off int) errno.Errno {
	if off+len(p) > len(b) {
		return errno.EFAULT
	}
	copy(b[off:], p)
	return errno.OK
}

// Ptrace issues a request whose data is a number.
func (s *Sys) Ptrace(req, tid int, addr, data uint64) adapter.Errno {
	s.drift()
	_, e := ptrace(s.X.Thread, uint64(req), tid, addr, data, nowhere{}, nil)
	return s.answer(req, tid, e)
}

// PtraceBuf issues a request whose data is a buffer.
func (s *Sys) PtraceBuf(req, tid int, addr uint64, buf []byte) (int, adapter.Errno) {
	s.drift()
	size := len(buf)
	v, e := ptrace(s.X.Thread, uint64(req), tid, addr, 0, buffer(buf), &size)
	switch uint64(req) {
	case reqPeekText, reqPeekData, reqPeekUser:
		if e == errno.OK {
			le.PutUint64(buf, v)
		}
		v = 0
	case reqGetRegSet, reqSetRegSet:
		return size, s.answer(req, tid, e)
	}
	return int(v), s.answer(req, tid, e)
}

// PeekSiginfo is PTRACE_PEEKSIGINFO.
func (s *Sys) PeekSiginfo(tid int, off uint64, shared bool, buf []byte) (int, adapter.Errno) {
	s.drift()
	all, e := peekSiginfo(s.X.Thread, tid, off, shared, len(buf)/siginfoSize)
	for i, info := range all {
		copy(buf[i*siginfoSize:], info)
	}
	return len(all), s.answer(reqPeekInfo, tid, e)
}

// Wait is wait4(-1, __WALL|__WNOTHREAD).
func (s *Sys) Wait(block bool) (int, uint32, adapter.Errno) {
	s.drift()
	q := query{by: s.X.Thread, options: wAll | wNoThread | wExited}
	for {
		if block && s.woken.CompareAndSwap(true, false) {
			return 0, 0, errnoOf(errno.EINTR)
		}
		f, some := q.look()
		switch {
		case f.tid != 0:
			s.M.Logf("  wait: %d %#x", f.tid, f.status)
			return f.tid, f.status, 0
		case !some:
			return 0, 0, errnoOf(errno.ECHILD)
		case !block:
			return 0, 0, 0
		}
		if s.X.Await(&s.X.Proc.Waiting, s.woken.Load) {
			continue
		}
		switch {
		case s.M.Unmodeled != nil:
			return 0, 0, errnoOf(errno.ENOSYS)
		case s.Idle == nil || !s.Idle():
			return 0, 0, errnoOf(errno.EDEADLK)
		}
	}
}

// Wake makes a Wait that blocks, now or next, return EINTR.
func (s *Sys) Wake() { s.woken.Store(true) }

// Woken says whether Wake was called and no Wait has told.
func (s *Sys) Woken() bool { return s.woken.Load() }

// Kill is kill(2).
func (s *Sys) Kill(pid, sig int) adapter.Errno {
	s.drift()
	_, e := calls.Kill(s.X.Thread, &[6]uint64{uint64(pid), uint64(sig)})
	return errnoOf(e)
}

// Tgkill is tgkill(2).
func (s *Sys) Tgkill(pid, tid, sig int) adapter.Errno {
	s.drift()
	_, e := sysTgkill(s.X.Thread, &[6]uint64{uint64(pid), uint64(tid), uint64(sig)})
	return errnoOf(e)
}

// VMRead is process_vm_readv(2) of one range.
func (s *Sys) VMRead(pid int, addr uint64, p []byte) (int, adapter.Errno) {
	return s.move(pid, len(p), func(as *kern.AddressSpace) int { return as.LoadOther(addr, p) })
}

// VMWrite is process_vm_writev(2) of one range.
func (s *Sys) VMWrite(pid int, addr uint64, p []byte) (int, adapter.Errno) {
	return s.move(pid, len(p), func(as *kern.AddressSpace) int { return as.StoreOther(addr, p) })
}

func (s *Sys) move(pid, want int, f func(*kern.AddressSpace) int) (int, adapter.Errno) {
	s.drift()
	t := s.M.Thread(pid)
	if t == nil || t.Proc.Space == nil || !t.Alive() {
		return 0, errnoOf(errno.ESRCH)
	}
	if e := mayTrace(s.X.Thread, t); e != errno.OK {
		return 0, errnoOf(e)
	}
	n := f(t.Proc.Space)
	if n == 0 && want > 0 {
		return 0, errnoOf(errno.EFAULT)
	}
	return n, 0
}

// SharesVM is kcmp(KCMP_VM).
func (s *Sys) SharesVM(a, b int) (bool, adapter.Errno) {
	ta, tb := s.M.Thread(a), s.M.Thread(b)
	if ta == nil || tb == nil {
		return false, errnoOf(errno.ESRCH)
	}
	return ta.Proc.Space == tb.Proc.Space, 0
}

// Files is /proc.
func (s *Sys) Files() *procfs.FS { return s.files }

// Spawn makes a child that waits until hold, called with its pid, has returned, and executes a
// program.
func (s *Sys) Spawn(l *kernel.Launch, hold func(pid int) adapter.Errno) (int, adapter.Errno) {
	sp := &kern.Spawn{Path: l.Path, Args: l.Args, Env: l.Env, Dir: l.Dir, Files: l.Files, NewGroup: l.NewGroup, Code: stub}
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
	t.Proc.NoASLR = l.NoASLR
	s.spawned[t.Proc.PID] = t.Proc
	if l.NewGroup && l.Foreground >= 0 && s.M.TTY != nil {
		s.M.TTY.Foreground = t.Proc.PID
	}
	if hold != nil {
		if e := hold(t.Proc.PID); e != 0 {
			s.M.Post(t.Proc, kern.SigInfo{Signo: System.Sig.KILL})
			t.Start()
			return 0, e
		}
	}
	t.Start()
	return t.Proc.PID, 0
}

// Spawned says at what a child failed that ended before it was a program.
func (s *Sys) Spawned(pid int) (string, adapter.Errno) {
	p := s.spawned[pid]
	delete(s.spawned, pid)
	if p == nil || p.Executed || p.EndOf().Code == 0 {
		return "", 0
	}
	return "execute", adapter.Errno(p.EndOf().Code)
}

// stub is the code of a child that calls execve, and exits with its errno if it fails.
func stub(pc, path, argv, envp uint64) []byte {
	var b []byte
	word := func(opcode byte, v uint64) { b = le.AppendUint64(append(b, 0x48, opcode), v) } // mov r64, imm64
	word(0xb8|cpu.RDI, path)
	word(0xb8|cpu.RSI, argv)
	word(0xb8|cpu.RDX, envp)
	b = append(b, 0xb8, byte(numbers["execve"]), 0, 0, 0, 0x0f, 0x05) // mov eax; syscall
	b = append(b, 0xf7, 0xd8, 0x89, 0xc7)                             // neg eax; mov edi, eax
	nr := numbers["exit_group"]
	return append(b, 0xb8, byte(nr), byte(nr>>8), 0, 0, 0x0f, 0x05, 0x0f, 0x0b) // mov eax; syscall; ud2
}

var _ adapter.Sys = (*Sys)(nil)
