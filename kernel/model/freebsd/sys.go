package freebsd

// The tracer from outside: kernel/freebsd's raw interface over the modeled kernel.

import (
	"fmt"
	"io"

	"github.com/trapline/trapline/kernel"
	adapter "github.com/trapline/trapline/kernel/freebsd"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

// Sys is the calls of a tracer outside. It implements the adapter's Sys.
type Sys struct {
	kern.Tracer
	// Asked is told of all requests.
	Asked func(request, id int)
}

// NewSys is a tracer in a machine of New's.
func NewSys(m *kern.Machine, x *kern.External) *Sys { return &Sys{Tracer: kern.Tracer{M: m, X: x}} }

var (
	_ adapter.Sys       = (*Sys)(nil)
	_ adapter.CoreFiles = (*Sys)(nil)
)

// buffers are the memory of the tracer: each is at an address of its own.
type buffers [2][]byte

const (
	firstAt  = 1 << 32
	secondAt = 1 << 40
)

func (b buffers) at(addr uint64, n int) []byte {
	for i, base := range [...]uint64{firstAt, secondAt} {
		if off := addr - base; off <= uint64(len(b[i])) && uint64(n) <= uint64(len(b[i]))-off {
			return b[i][off:][:n]
		}
	}
	return nil
}

// Read implements Memory.
func (b buffers) Read(addr uint64, p []byte) bool { return copy(p, b.at(addr, len(p))) == len(p) }

// Write implements Memory.
func (b buffers) Write(addr uint64, p []byte) bool { return copy(b.at(addr, len(p)), p) == len(p) }

func (s *Sys) ptrace(req, id int, addr, data uint64, b buffers) (int, raw.Errno) {
	s.Pass()
	if s.Asked != nil {
		s.Asked(req, id)
	}
	v, e := Ptrace(s.X.Thread, req, id, addr, int(int64(data)), b)
	if s.M.Log != nil {
		s.note(req, id, addr, int64(data), v, e, b)
	}
	s.Tell(req, id, int(e))
	return v, e
}

// note writes a request to the machine's log.
func (s *Sys) note(req, id int, addr uint64, data int64, v int, e raw.Errno, b buffers) {
	told := ""
	if req == raw.Lwpinfo && e == 0 {
		var l raw.LWPInfo
		raw.DecodeLWPInfo(b[0], &l)
		told = fmt.Sprintf(" (thread %d, event %d, flags %#x, call %d)", l.LWP, l.Event, l.Flags, l.Code)
	}
	s.M.Logf("  %s of %d, %#x %d: %d errno %d%s", raw.RequestName(req), id, addr, data, v, e, told)
}

// Ptrace is a request whose operands are numbers.
func (s *Sys) Ptrace(req, id int, addr, data uint64) (int, raw.Errno) {
	return s.ptrace(req, id, addr, data, buffers{})
}

// PtraceBuf is a request whose address is a buffer's.
func (s *Sys) PtraceBuf(req, id int, buf []byte, data uint64) (int, raw.Errno) {
	return s.ptrace(req, id, firstAt, data, buffers{buf})
}

// IO is PT_IO.
func (s *Sys) IO(id, op int, addr uint64, p []byte) (int, raw.Errno) {
	d := make([]byte, raw.IODescSize)
	le.PutUint32(d, uint32(op))
	le.PutUint64(d[8:], addr)
	le.PutUint64(d[16:], secondAt)
	le.PutUint64(d[24:], uint64(len(p)))
	_, e := s.ptrace(raw.IO, id, firstAt, 0, buffers{d, p})
	return int(le.Uint64(d[24:])), e
}

// Regset is PT_GETREGSET or PT_SETREGSET.
func (s *Sys) Regset(req, id, note int, buf []byte) (int, raw.Errno) {
	iov := make([]byte, 16)
	if buf != nil {
		le.PutUint64(iov, secondAt)
	}
	le.PutUint64(iov[8:], uint64(len(buf)))
	_, e := s.ptrace(req, id, firstAt, uint64(note), buffers{iov, buf})
	return int(le.Uint64(iov[8:])), e
}

// VMEntry is PT_VM_ENTRY.
func (s *Sys) VMEntry(id int, entry, path []byte) raw.Errno {
	le.PutUint64(entry[raw.VMEntrySize-8:], secondAt)
	_, e := s.ptrace(raw.VMEntry, id, firstAt, 0, buffers{entry, path})
	return e
}

// ScRemote is PT_SC_REMOTE.
func (s *Sys) ScRemote(id int, call uint32, args []uint64) (raw.ScReturn, raw.Errno) {
	b := make([]byte, raw.ScRemoteSize)
	le.PutUint32(b[raw.ScRetSize:], call)
	le.PutUint32(b[raw.ScRetSize+4:], uint32(len(args)))
	le.PutUint64(b[raw.ScRetSize+8:], secondAt)
	var words []byte
	for _, a := range args {
		words = le.AppendUint64(words, a)
	}
	_, e := s.ptrace(raw.ScRemote, id, firstAt, raw.ScRemoteSize, buffers{b, words})
	return raw.DecodeScReturn(b), e
}

// Wait is wait6(2) with WEXITED|WTRAPPED.
func (s *Sys) Wait(pid int, block bool, info []byte) (int, uint32, raw.Errno) {
	s.Pass()
	kind := raw.PAll
	if pid != 0 {
		kind = raw.PPid
	}
	var w Waited
	failed := raw.Errno(0)
	e := s.Await(&s.X.Proc.Waiting, block, func() bool {
		w, failed = Wait(s.X.Thread, kind, pid, raw.WExited|raw.WTrapped)
		return failed != 0 || w.Pid != 0
	})
	switch {
	case e != errno.OK:
		return 0, 0, number(e)
	case failed != 0:
		return 0, 0, failed
	case w.Pid != 0:
		s.M.Logf("  wait: %d %#x", w.Pid, w.Status)
		copy(info, w.Siginfo)
	}
	return w.Pid, w.Status, 0
}

// Kill is kill(2).
func (s *Sys) Kill(pid, sig int) raw.Errno {
	s.Pass()
	return Kill(s.X.Thread, pid, sig)
}

// ThrKill2 is thr_kill2(2).
func (s *Sys) ThrKill2(pid, lwp, sig int) raw.Errno {
	s.Pass()
	s.M.Logf("  thr_kill2: process %d thread %d signal %d", pid, lwp, sig)
	return ThrKill2(s.X.Thread, pid, lwp, sig)
}

// Spawn makes a child that asks to be traced and executes a program.
func (s *Sys) Spawn(l *kernel.Launch, stop bool) (int, raw.Errno) {
	t, e := s.Launch(l, stub(Launch{Trace: true, Stop: stop}))
	if e != errno.OK {
		return 0, number(e)
	}
	procOf(t.Proc).stub = true
	t.Start()
	return t.Proc.PID, 0
}

// Spawned says at what a child failed that ended before it was a program.
func (s *Sys) Spawned(pid int) (string, raw.Errno) {
	what, e := s.Failed(pid)
	return what, raw.Errno(e)
}

// Sysctl reads a node by name.
func (s *Sys) Sysctl(name string, args ...int32) ([]byte, raw.Errno) {
	mib := Number(name)
	if mib == nil {
		return nil, raw.ENOENT
	}
	return Sysctl(s.X.Thread, append(mib, args...), nil)
}

// Procctl is procctl(2) of a process.
func (s *Sys) Procctl(pid, cmd int, data []byte) raw.Errno {
	return Procctl(s.X.Thread, pid, cmd, firstAt, buffers{data})
}

// CoreFile makes a file in the machine, which is gone when it is done. It implements
// adapter.CoreFiles.
func (s *Sys) CoreFile() (fd int, done func(io.Writer) error, err error) {
	const name = "/.core"
	root, files := s.M.FS.Root(), s.X.Proc.Files
	f, e := s.M.FS.Open(fs.Cred{}, root, name, fs.ORead|fs.OWrite|fs.OCreate|fs.OTrunc, 0o600)
	if e == errno.OK {
		fd, e = files.Install(f, 0, true)
	}
	if e != errno.OK {
		return 0, nil, fmt.Errorf("a file for the core: errno %d", e)
	}
	return fd, func(w io.Writer) error {
		files.Close(fd)
		b, _ := s.M.FS.ReadFile(name)
		s.M.FS.Unlink(fs.Cred{}, root, name)
		_, err := w.Write(b)
		return err
	}, nil
}
