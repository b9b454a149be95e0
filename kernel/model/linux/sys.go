package linux

// The tracer from outside: kernel/linux's raw interface over the modeled kernel.

import (
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
	kern.Tracer
	files *procfs.FS
}

// NewSys is a tracer in a machine of New's.
func NewSys(m *kern.Machine, x *kern.External) *Sys {
	return &Sys{Tracer: kern.Tracer{M: m, X: x}, files: procfs.NewFiles("/proc", procFiles(m, x.Thread))}
}

func errnoOf(e errno.Errno) adapter.Errno {
	if e == errno.OK {
		return 0
	}
	return adapter.Errno(errnos[e])
}

func (s *Sys) answer(req, tid int, e errno.Errno) adapter.Errno {
	n := errnoOf(e)
	s.M.Logf("  request %#x of %d: %v", req, tid, e)
	s.Tell(req, tid, int(n))
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
	s.Pass()
	_, e := ptrace(s.X.Thread, uint64(req), tid, addr, data, nowhere{}, nil)
	return s.answer(req, tid, e)
}

// PtraceBuf issues a request whose data is a buffer.
func (s *Sys) PtraceBuf(req, tid int, addr uint64, buf []byte) (int, adapter.Errno) {
	s.Pass()
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
	s.Pass()
	all, e := peekSiginfo(s.X.Thread, tid, off, shared, len(buf)/siginfoSize)
	for i, info := range all {
		copy(buf[i*siginfoSize:], info)
	}
	return len(all), s.answer(reqPeekInfo, tid, e)
}

// Wait is wait4(-1, __WALL|__WNOTHREAD).
func (s *Sys) Wait(block bool) (int, uint32, adapter.Errno) {
	s.Pass()
	q := query{by: s.X.Thread, options: wAll | wNoThread | wExited}
	var f found
	some := false
	e := s.Await(&s.X.Proc.Waiting, block, func() bool {
		f, some = q.look()
		return f.tid != 0 || !some
	})
	switch {
	case e != errno.OK:
		return 0, 0, errnoOf(e)
	case f.tid != 0:
		s.M.Logf("  wait: %d %#x", f.tid, f.status)
	case !some:
		return 0, 0, errnoOf(errno.ECHILD)
	}
	return f.tid, f.status, 0
}

// Kill is kill(2).
func (s *Sys) Kill(pid, sig int) adapter.Errno {
	s.Pass()
	_, e := calls.Kill(s.X.Thread, &[6]uint64{uint64(pid), uint64(sig)})
	return errnoOf(e)
}

// Tgkill is tgkill(2).
func (s *Sys) Tgkill(pid, tid, sig int) adapter.Errno {
	s.Pass()
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
	s.Pass()
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
	t, e := s.Launch(l, stub)
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

// Spawned says at what a child failed that ended before it was a program.
func (s *Sys) Spawned(pid int) (string, adapter.Errno) {
	what, e := s.Failed(pid)
	return what, adapter.Errno(e)
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
