package linux

// Descriptors in /proc: fd, links to what is open, and fdinfo, how it is open
// (proc_pid_fd(5), proc_pid_fdinfo(5)).

import (
	"fmt"
	"strconv"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
)

// descriptor is the thread's descriptor.
func (s *subject) descriptor(fd int) (f *fs.File, closeOnExec bool, e errno.Errno) {
	t := s.thread()
	if t == nil {
		return nil, false, errno.ENOENT
	}
	table := descriptors(t)
	if table == nil {
		return nil, false, errno.ENOENT
	}
	if f, e = table.Get(fd); e != errno.OK {
		return nil, false, errno.ENOENT
	}
	closeOnExec, _ = table.CloseOnExec(fd)
	return f, closeOnExec, errno.OK
}

// perDescriptor are the hooks of fd and fdinfo.
func (s *subject) perDescriptor(k fs.Kind, first int, make func(fd, ino int) *fs.Node) fs.Synthetic {
	ino := func(fd int) int { return first + fd%inoFDFirst }
	return fs.Synthetic{
		Lookup: func(name string) (*fs.Node, errno.Errno) {
			fd, ok := number(name)
			if !ok {
				return nil, errno.ENOENT
			}
			if _, _, e := s.descriptor(fd); e != errno.OK {
				return nil, e
			}
			return make(fd, ino(fd)), errno.OK
		},
		List: func() ([]fs.Dirent, errno.Errno) {
			t := s.thread()
			if t == nil {
				return nil, errno.ENOENT
			}
			var all []fs.Dirent
			if table := descriptors(t); table != nil {
				table.Each(func(fd int, _ *fs.File, _ bool) {
					all = append(all, fs.Dirent{Name: strconv.Itoa(fd), Ino: s.ino(ino(fd)), Kind: k})
				})
			}
			return all, errno.OK
		}}
}

// fdDir is fd. Threads of the process may look even where their own ids do not allow it.
func (s *subject) fdDir() *fs.Node {
	hooks := s.perDescriptor(fs.Symlink, inoFDFirst, s.fdLink)
	hooks.Permit = func(c fs.Cred, want fs.Access) errno.Errno {
		t := s.thread()
		if by := s.m.Current(); t != nil && by != nil && by.Proc == s.p {
			return errno.OK
		}
		uid, _ := owner(t, 0o500)
		if c.Root() && want&fs.MayWrite == 0 || c.UID == uid && want&^(fs.MayRead|fs.MayExec) == 0 {
			return errno.OK
		}
		return errno.EACCES
	}
	return s.node(fs.Directory, 0o500, inoFD, &hooks)
}

// fdLink is a link to what a descriptor has open; its mode is how.
func (s *subject) fdLink(fd, ino int) *fs.Node {
	f, _, _ := s.descriptor(fd)
	mode := fs.Mode(0)
	if f.Flags()&fs.ORead != 0 {
		mode |= 0o500
	}
	if f.Flags()&fs.OWrite != 0 {
		mode |= 0o300
	}
	get := func() (*fs.File, errno.Errno) {
		f, _, e := s.descriptor(fd)
		if e == errno.OK {
			e = mayLook(s.m.Current(), s.thread())
		}
		return f, e
	}
	return s.node(fs.Symlink, mode, ino, &fs.Synthetic{
		Readlink: func() (string, errno.Errno) {
			f, e := get()
			if e != errno.OK {
				return "", e
			}
			return f.Path(), errno.OK
		},
		Target: func() (*fs.Node, errno.Errno) {
			f, e := get()
			if e != errno.OK {
				return nil, e
			}
			return f.Node(), errno.OK
		}})
}

// fdinfoDir is fdinfo.
func (s *subject) fdinfoDir() *fs.Node {
	hooks := s.perDescriptor(fs.Regular, inoInfoFirst, s.fdinfo)
	hooks.Permit = func(_ fs.Cred, want fs.Access) errno.Errno {
		t := s.thread()
		if t == nil || mayLook(s.m.Current(), t) != errno.OK || want&fs.MayWrite != 0 {
			return errno.EACCES
		}
		return errno.OK
	}
	return s.node(fs.Directory, 0o555, inoFDInfo, &hooks)
}

// mountOf is the id of the mount that an open file is in; the kernel has its own for what has
// no name.
func mountOf(n *fs.Node) int {
	st := n.Stat()
	switch {
	case st.Dev == procDev:
		return mountProcID
	case st.Kind == fs.Anonymous, st.Kind == fs.Fifo && n.Deleted():
		return mountNone
	}
	return mountRootID
}

func (s *subject) fdinfo(fd, ino int) *fs.Node {
	row := &procFile{mode: 0o444, show: func(*view) ([]byte, errno.Errno) {
		f, closeOnExec, e := s.descriptor(fd)
		if e != errno.OK {
			return nil, e
		}
		flags := fromFlags(f)
		if closeOnExec {
			flags |= oCloexec
		}
		b := fmt.Appendf(nil, "pos:\t%d\nflags:\t0%o\nmnt_id:\t%d\nino:\t%d\n", f.Offset(), flags, mountOf(f.Node()), f.Stat().Ino)
		if c, is := f.Device().(fs.Counter); is {
			count, semaphore := c.Count()
			b = fmt.Appendf(b, "eventfd-count: %16x\neventfd-id: %d\neventfd-semaphore: %d\n", count, f.Stat().Ino, semaphore)
		}
		return b, errno.OK
	}}
	return s.file(row, ino)
}
