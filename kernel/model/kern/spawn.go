package kern

// How the world outside starts a program. A real debugger forks and its child calls exec; the
// child of an External is a few instructions in a memory of their own, which call exec, so
// that a tracer sees what it would see.

import (
	"errors"
	"io"
	"syscall"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/sleep"
	"github.com/trapline/trapline/kernel/model/vm"
)

// Spawn says what to start.
type Spawn struct {
	Path      string
	Args, Env []string
	Dir       string // "" is the External's
	Files     []int  // its descriptors to become 0, 1, 2 ...; nil: the same numbers; -1: closed
	NewGroup  bool
	Cred      *Cred // nil: the External's
	// Code is the instructions that call exec with these addresses, and exit with the error
	// number if it fails. They may do other calls before. They are at pc.
	Code func(pc, path, argv, envp uint64) []byte
}

const (
	stubCode = 0x800010000
	stubData = 0x800020000
	stubTop  = 0x7f0000000000
)

// Spawn makes a child that is about to execute the code; Start lets it. The errors are those of
// fork(2) and chdir(2).
func (x *External) Spawn(s *Spawn) (*Thread, errno.Errno) {
	m, p := x.M, x.Proc
	at := *p.At
	if s.Dir != "" {
		dir, e := m.FS.Lookup(p.Cred.FS(), at.Dir, s.Dir, true)
		if e != errno.OK {
			return nil, e
		}
		if dir.Kind() != fs.Directory {
			return nil, errno.ENOTDIR
		}
		at.Dir = dir
	}
	id := m.newID()
	if id == 0 || len(m.threads) >= m.MaxThreads {
		return nil, errno.EAGAIN
	}
	c := m.newProc(id, p)
	c.At, c.Comm, c.Cred, c.Limits = &at, p.Comm, p.Cred, p.Limits
	if s.Cred != nil {
		c.Cred = *s.Cred
	}
	c.ParentThr, c.ExitSignal, c.Actions, c.Group = x.Thread, m.System.Sig.CHLD, NewActions(), p.Group
	c.Files = x.passFiles(s)
	t := m.newThread(c, m.newTID(id))
	t.Alt.Disabled = true
	t.Regs.Reset()
	if born := m.System.Born; born != nil {
		born(t, x.Thread)
	}
	if e := t.stub(s); e != errno.OK {
		return nil, e
	}
	if s.NewGroup {
		m.enter(c, c.PID, c.Group.Session)
	}
	return t, errno.OK
}

// passFiles is the child's descriptor table.
func (x *External) passFiles(s *Spawn) *fs.Table {
	n := fs.NewTable(int(min(x.Proc.Limits[LimitFiles].Cur, 1<<20)))
	files := s.Files
	if files == nil {
		files = []int{0, 1, 2}
	}
	for to, from := range files {
		if f, e := x.Proc.Files.Get(from); e == errno.OK {
			n.Install(f.Retain(), to, false)
		}
	}
	return n
}

// stub gives the child its memory: code, and path, argv and envp.
func (t *Thread) stub(s *Spawn) errno.Errno {
	l := t.M.System.Layout
	l.Memory, l.Low, l.High, l.Base = t.M.Mem, vm.PageSize, stubTop, stubTop
	l.Limits = vm.Limits{Total: vm.Unlimited, Data: vm.Unlimited, Stack: vm.Unlimited}
	space := vm.New(l)
	t.Proc.Space = t.M.newSpace(space)
	data := append([]byte(s.Path), 0)
	vector := func(all []string) uint64 {
		var words []byte
		for _, str := range all {
			words = le.AppendUint64(words, stubData+uint64(len(data)))
			data = append(append(data, str...), 0)
		}
		for len(data)%8 != 0 {
			data = append(data, 0)
		}
		at := stubData + uint64(len(data))
		data = append(data, le.AppendUint64(words, 0)...)
		return at
	}
	argv := vector(s.Args)
	envp := vector(s.Env)
	code := s.Code(stubCode, stubData, argv, envp)
	for _, part := range []struct {
		at   uint64
		b    []byte
		prot vm.Prot
	}{{stubCode, code, vm.Read | vm.Exec}, {stubData, append(data, make([]byte, 4096)...), vm.Read | vm.Write}} {
		if _, e := space.Map(vm.Mapping{Addr: part.at, Length: uint64(len(part.b)), Place: vm.Fixed, Prot: part.prot}); e != vm.OK {
			return errno.ENOMEM
		}
		if space.Poke(part.at, part.b) != len(part.b) {
			return errno.ENOMEM
		}
	}
	t.Regs.RIP, t.Regs.R[4] = stubCode, stubData+uint64(len(data))+4096-64
	return errno.OK
}

// Await lets the machine run until the queue is woken or stop says so. It is false if the
// machine comes to rest before that.
func (x *External) Await(q *sleep.Queue, stop func() bool) bool {
	t := x.Thread
	t.woken = false
	q.Add(t)
	defer q.Remove(t)
	return x.M.Run(func() bool { return t.woken || t.killed || stop() }, 0)
}

// stream is a file of the world outside: what is written goes to a Writer, what is read
// comes from a Reader.
type stream struct {
	fs.Always
	r io.Reader
	w io.Writer
}

// Read implements fs.Device.
func (s stream) Read(_ *fs.File, p []byte, _ int64) (int, errno.Errno) {
	if s.r == nil || len(p) == 0 {
		return 0, errno.OK
	}
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF && n == 0 {
		return 0, errno.EIO
	}
	return n, errno.OK
}

// Write implements fs.Device.
func (s stream) Write(_ *fs.File, p []byte, _ int64) (int, errno.Errno) {
	if s.w == nil {
		return len(p), errno.OK
	}
	n, err := s.w.Write(p)
	switch {
	case err == nil || n > 0:
		return n, errno.OK
	case errors.Is(err, syscall.EPIPE):
		return 0, errno.EPIPE
	}
	return 0, errno.EIO
}

// Connect makes a descriptor of the External's one of the world outside. Either may be nil:
// nothing to read, nowhere to write. Reading must not block for long: the machine waits.
func (x *External) Connect(fd int, name string, r io.Reader, w io.Writer) {
	x.ConnectDevice(fd, name, stream{r: r, w: w})
}

// ConnectDevice is Connect, with a device of the caller's.
func (x *External) ConnectDevice(fd int, name string, d fs.Device) {
	x.ConnectFile(fd, x.M.FS.Anonymous(fs.Cred{}, name, d, fs.ORead|fs.OWrite))
}

// ConnectFile makes a descriptor of the External's an open file, and is its user.
func (x *External) ConnectFile(fd int, f *fs.File) {
	x.Proc.Files.Close(fd)
	x.Proc.Files.Install(f, fd, false)
}
