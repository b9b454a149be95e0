package freebsd

// The tracer from outside: kernel/freebsd's raw interface over the modeled kernel.

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/trapline/trapline/kernel"
	adapter "github.com/trapline/trapline/kernel/freebsd"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

// Sys is the calls of a tracer outside. It implements the adapter's Sys.
type Sys struct {
	M *kern.Machine
	X *kern.External // the tracer, as a process

	// Drift is how many steps, at most, the machine makes before each request.
	Drift int
	// Idle is called when the tracer waits and the machine has come to rest: all that is left
	// sleeps for something from outside. It returns true when that may have come. Without it,
	// or when it says that nothing will, the wait is EDEADLK.
	Idle func() bool
	// Refused is told of requests that fail, Asked of all.
	Refused func(request, id int, e raw.Errno)
	Asked   func(request, id int)

	woken   atomic.Bool
	spawned map[int]*kern.Proc // children not yet known to have become programs
}

// NewSys is a tracer in a machine of New's.
func NewSys(m *kern.Machine, x *kern.External) *Sys {
	return &Sys{M: m, X: x, spawned: map[int]*kern.Proc{}}
}

var (
	_ adapter.Sys       = (*Sys)(nil)
	_ adapter.CoreFiles = (*Sys)(nil)
)

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
	s.drift()
	if s.Asked != nil {
		s.Asked(req, id)
	}
	v, e := Ptrace(s.X.Thread, req, id, addr, int(int64(data)), b)
	if s.M.Log != nil {
		s.note(req, id, addr, int64(data), v, e, b)
	}
	if e != 0 && s.Refused != nil {
		s.Refused(req, id, e)
	}
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
	s.drift()
	kind := raw.PAll
	if pid != 0 {
		kind = raw.PPid
	}
	for {
		if block && s.woken.CompareAndSwap(true, false) {
			return 0, 0, raw.EINTR
		}
		w, e := Wait(s.X.Thread, kind, pid, raw.WExited|raw.WTrapped)
		switch {
		case e != 0:
			return 0, 0, e
		case w.Pid != 0:
			s.M.Logf("  wait: %d %#x", w.Pid, w.Status)
			copy(info, w.Siginfo)
			return w.Pid, w.Status, 0
		case !block:
			return 0, 0, 0
		}
		if s.X.Await(&s.X.Proc.Waiting, s.woken.Load) {
			continue
		}
		switch {
		case s.M.Unmodeled != nil:
			return 0, 0, raw.ENOSYS
		case s.Idle == nil || !s.Idle():
			return 0, 0, number(errno.EDEADLK)
		}
	}
}

// Wake makes a Wait that blocks, now or next, return EINTR.
func (s *Sys) Wake() { s.woken.Store(true) }

// Woken says whether Wake was called and no Wait has told.
func (s *Sys) Woken() bool { return s.woken.Load() }

// Kill is kill(2).
func (s *Sys) Kill(pid, sig int) raw.Errno {
	s.drift()
	return Kill(s.X.Thread, pid, sig)
}

// ThrKill2 is thr_kill2(2).
func (s *Sys) ThrKill2(pid, lwp, sig int) raw.Errno {
	s.drift()
	s.M.Logf("  thr_kill2: process %d thread %d signal %d", pid, lwp, sig)
	return ThrKill2(s.X.Thread, pid, lwp, sig)
}

// Spawn makes a child that asks to be traced and executes a program.
func (s *Sys) Spawn(l *kernel.Launch, stop bool) (int, raw.Errno) {
	sp := &kern.Spawn{Path: l.Path, Args: l.Args, Env: l.Env, Dir: l.Dir, Files: l.Files, NewGroup: l.NewGroup,
		Code: stub(Launch{Trace: true, Stop: stop})}
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
		return 0, number(e)
	}
	t.Proc.NoASLR = l.NoASLR
	s.spawned[t.Proc.PID], procOf(t.Proc).stub = t.Proc, true
	if l.NewGroup && l.Foreground >= 0 && s.M.TTY != nil {
		s.M.TTY.Foreground = t.Proc.PID
	}
	t.Start()
	return t.Proc.PID, 0
}

// Spawned says at what a child failed that ended before it was a program.
func (s *Sys) Spawned(pid int) (string, raw.Errno) {
	p := s.spawned[pid]
	delete(s.spawned, pid)
	if p == nil || p.Executed || p.EndOf().Code == 0 {
		return "", 0
	}
	return "execute", raw.Errno(p.EndOf().Code)
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
