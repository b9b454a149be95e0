package linux

// /proc: what Linux tells of its processes as files (proc(5)). Programs of the machine see
// them in its file system, the debugger outside by procfs.Files (procfiles.go); both walk
// the same nodes.
//
// A file is a row: a name, a mode, what it is bound to when it is opened, and a function that
// makes its text. The kernel has three habits that a tracer meets, and so has the model.
// What is opened is a thread's id, not its name in the tree: after the end of the thread
// reading says ESRCH. Files that show memory hold the address space they were opened on:
// after an exec they are about the old one, and once its last process has gone they are
// empty. And who may look is judged by ptrace's rule, at opening or at reading, file by file.
//
// A file that would have to lie, for want of a count in the model, is not there, as on a
// kernel that was configured without it: io, sched, schedstat.
//
// Sources: proc(5) and its pages; the order and the form of what is printed, and the errors
// of the dead, are what Linux 6.18 shows.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/image"
	"github.com/trapline/trapline/kernel/model/kern"
)

// procDev is the file system's device number, 0:21.
const procDev = 21

// mountProc mounts /proc.
func mountProc(m *kern.Machine) {
	dir, e := m.FS.MkdirAll("/proc", 0o555)
	if e != errno.OK {
		panic("linux: /proc: " + e.String())
	}
	m.FS.Attach(dir.Parent(), "proc", topDir(m))
}

// subject is whom a directory is about: a thread, by an id that it may lose. Of a process it
// is the leader, whoever that is by then.
type subject struct {
	m    *kern.Machine
	p    *kern.Proc
	t    *kern.Thread // nil: the leader
	id   int
	task bool // below task/: the thread alone, else with all of its process
}

// thread is the one that has the id, nil if none has it any more.
func (s *subject) thread() *kern.Thread {
	t := s.m.Thread(s.id)
	if t == nil || t.Proc != s.p || s.t != nil && t != s.t {
		return nil
	}
	return t
}

// view is what a file's text is made from.
type view struct {
	m     *kern.Machine
	p     *kern.Proc
	t     *kern.Thread
	by    *kern.Thread // who reads; nil: the one who built the machine
	whole bool         // of a process, not of one thread
	space *kern.AddressSpace
	image *image.Result
}

// memoryOf is the thread's address space; it has none when it has ended, even if its process
// goes on.
func memoryOf(t *kern.Thread) *kern.AddressSpace {
	if !t.Alive() {
		return nil
	}
	return t.Proc.Space
}

// descriptors are the thread's, likewise.
func descriptors(t *kern.Thread) *fs.Table {
	if !t.Alive() {
		return nil
	}
	return t.Proc.Files
}

// binding is what a file does when it is opened.
type binding uint8

const (
	lazy   binding = iota // nothing: it looks when it is read
	mapped                // it holds the address space; one who has none has nothing to show
	inside                // it holds the address space; one who has none cannot be opened: ESRCH
	tracer                // likewise, and needs the right to attach
)

// where a file is.
type where uint8

const (
	everywhere where = iota
	inProcess        // not below task/
	inTask           // only there
)

// procFile is a row.
type procFile struct {
	name  string
	mode  fs.Mode
	where where
	bind  binding
	show  func(v *view) ([]byte, errno.Errno)
	write func(v *view, b []byte) errno.Errno
}

// mayLook is ptrace_may_access by the file system's ids: OK or EACCES. Some files make EPERM
// of it.
func mayLook(by, t *kern.Thread) errno.Errno {
	if by == nil || by.Proc == t.Proc || by.Cred().Super() {
		return errno.OK
	}
	c, o := by.Cred(), t.Cred()
	same := c.EUID == o.EUID && c.EUID == o.SUID && c.EUID == o.UID && c.EGID == o.EGID && c.EGID == o.SGID && c.EGID == o.GID
	if !same || t.Proc.Undumpable && memoryOf(t) != nil {
		return errno.EACCES
	}
	return errno.OK
}

// owner is whom a thread's files belong to (task_dump_owner): its effective user, or root if
// others of that user are not to look.
func owner(t *kern.Thread, mode fs.Mode) (uid, gid uint32) {
	if t == nil || mode != 0o555 && (memoryOf(t) == nil && !t.Proc.External || t.Proc.Undumpable) {
		return 0, 0
	}
	return t.Cred().EUID, t.Cred().EGID
}

// attr is a node's changing mode and owner.
func (s *subject) attr(mode fs.Mode) func() (fs.Mode, uint32, uint32) {
	return func() (fs.Mode, uint32, uint32) {
		uid, gid := owner(s.thread(), mode)
		return mode, uid, gid
	}
}

// ino numbers nodes: by id, place and row.
func (s *subject) ino(n int) uint64 {
	i := uint64(s.id)<<16 | uint64(n)
	if s.task {
		i |= 1 << 47
	}
	return 1<<48 | i
}

// node makes a node of the subject's.
func (s *subject) node(k fs.Kind, mode fs.Mode, n int, hooks *fs.Synthetic) *fs.Node {
	if hooks.Attr == nil {
		hooks.Attr = s.attr(mode)
	}
	return s.m.FS.NewSynthetic(k, mode, 0, 0, procDev, s.ino(n), hooks)
}

// opened is an open file's: what it is bound to, and the text since it was read from its
// beginning.
type opened struct {
	space *kern.AddressSpace
	image *image.Result
	text  []byte
	taken bool
}

// file makes the node of a row.
func (s *subject) file(row *procFile, n int) *fs.Node {
	hooks := &fs.Synthetic{
		Open:   func(f *fs.File) errno.Errno { return s.open(row, f) },
		ReadAt: func(f *fs.File, p []byte, off int64) (int, errno.Errno) { return s.read(row, f, p, off) },
	}
	if row.write != nil {
		hooks.WriteAt = func(_ *fs.File, p []byte, _ int64) (int, errno.Errno) {
			v := s.view(nil)
			if v == nil {
				return 0, errno.ESRCH
			}
			return len(p), row.write(v, p)
		}
	}
	return s.node(fs.Regular, row.mode, n, hooks)
}

// open binds an open file.
func (s *subject) open(row *procFile, f *fs.File) errno.Errno {
	o := new(opened)
	f.Data = o
	if row.bind == lazy {
		return errno.OK
	}
	t := s.thread()
	if t == nil {
		return errno.ESRCH
	}
	if o.space, o.image = memoryOf(t), t.Proc.Image; o.space == nil {
		if row.bind == mapped {
			return errno.OK
		}
		return errno.ESRCH
	}
	return mayLook(s.m.Current(), t)
}

// view is what an open file shows now, nil if its thread is no more.
func (s *subject) view(o *opened) *view {
	t := s.thread()
	if t == nil {
		return nil
	}
	v := &view{m: s.m, p: s.p, t: t, by: s.m.Current(), whole: !s.task, space: memoryOf(t), image: t.Proc.Image}
	if o != nil {
		v.space, v.image = o.space, o.image
	}
	if v.space != nil && v.space.Users() == 0 {
		v.space = nil
	}
	return v
}

// read reads the text, which is made anew at the beginning of a file.
func (s *subject) read(row *procFile, f *fs.File, p []byte, off int64) (int, errno.Errno) {
	o := f.Data.(*opened)
	if off == 0 || !o.taken {
		var v *view
		switch row.bind {
		case lazy:
			v = s.view(nil)
		case mapped:
			v = s.view(o)
		default: // memory is looked at whoever had it
			if v = (&view{m: s.m, p: s.p, space: o.space, image: o.image}); v.space.Users() == 0 {
				return 0, errno.OK
			}
		}
		if v == nil {
			return 0, errno.ESRCH
		}
		text, e := row.show(v)
		if e != errno.OK {
			return 0, e
		}
		o.text, o.taken = text, true
	}
	return copy(p, o.text[min(off, int64(len(o.text))):]), errno.OK
}
