package fs

// Tables of descriptors: what of a process's files open(2), dup(2), fcntl(2), fork(2) and
// execve(2) are about.

import "github.com/trapline/trapline/kernel/model/errno"

// Table is descriptors, which processes may share. Each that is taken holds a user of its
// File.
type Table struct {
	slots []slot
	limit int
	users int
}

type slot struct {
	file  *File // nil: free
	close bool  // on exec
}

// NewTable is an empty table with one user, with descriptors below a limit (RLIMIT_NOFILE).
func NewTable(limit int) *Table { return &Table{limit: limit, users: 1} }

// Limit is what descriptors are below.
func (t *Table) Limit() int { return t.limit }

// SetLimit changes it; descriptors that are above it stay.
func (t *Table) SetLimit(n int) { t.limit = n }

// at is the slot of a descriptor, nil if it is not taken.
func (t *Table) at(fd int) *slot {
	if fd < 0 || fd >= len(t.slots) || t.slots[fd].file == nil {
		return nil
	}
	return &t.slots[fd]
}

// Get is the descriptor's file, or EBADF. It is no user of it.
func (t *Table) Get(fd int) (*File, errno.Errno) {
	if s := t.at(fd); s != nil {
		return s.file, ok
	}
	return nil, errno.EBADF
}

// Install makes the lowest free descriptor from low on the file's, and takes over the
// caller's use of it. EINVAL: low is beyond the limit. EMFILE: none is free; the caller still
// has the file.
func (t *Table) Install(f *File, low int, closeOnExec bool) (int, errno.Errno) {
	if low < 0 || low >= t.limit && low > 0 {
		return -1, errno.EINVAL
	}
	fd := low
	for fd < len(t.slots) && t.slots[fd].file != nil {
		fd++
	}
	if fd >= t.limit {
		return -1, errno.EMFILE
	}
	t.set(fd, slot{f, closeOnExec})
	return fd, ok
}

// set fills a slot; what was there is closed.
func (t *Table) set(fd int, s slot) {
	for len(t.slots) <= fd {
		t.slots = append(t.slots, slot{})
	}
	old := t.slots[fd].file
	if t.slots[fd] = s; old != nil {
		old.Release()
	}
}

// Dup is the lowest free descriptor from low on, for the same file: dup(2), and F_DUPFD.
func (t *Table) Dup(fd, low int, closeOnExec bool) (int, errno.Errno) {
	f, e := t.Get(fd)
	if e != ok {
		return -1, e
	}
	n, e := t.Install(f, low, closeOnExec)
	if e == ok {
		f.Retain()
	}
	return n, e
}

// Dup2 makes a descriptor another one's file, closing its own: dup2(2). If they are the same
// nothing changes, not even closeOnExec. EBADF: old is not taken or to cannot be.
func (t *Table) Dup2(old, to int, closeOnExec bool) errno.Errno {
	f, e := t.Get(old)
	switch {
	case e != ok:
		return e
	case to < 0 || to >= t.limit:
		return errno.EBADF
	case old == to:
		return ok
	}
	t.set(to, slot{f.Retain(), closeOnExec})
	return ok
}

// Close frees a descriptor.
func (t *Table) Close(fd int) errno.Errno {
	if t.at(fd) == nil {
		return errno.EBADF
	}
	t.set(fd, slot{})
	return ok
}

// CloseOnExec says whether the descriptor is closed by exec.
func (t *Table) CloseOnExec(fd int) (bool, errno.Errno) {
	s := t.at(fd)
	if s == nil {
		return false, errno.EBADF
	}
	return s.close, ok
}

// SetCloseOnExec says so.
func (t *Table) SetCloseOnExec(fd int, on bool) errno.Errno {
	s := t.at(fd)
	if s == nil {
		return errno.EBADF
	}
	s.close = on
	return ok
}

// Fork is a copy with one user: other descriptors, the same files.
func (t *Table) Fork() *Table {
	c := &Table{limit: t.limit, users: 1, slots: append([]slot(nil), t.slots...)}
	for _, s := range c.slots {
		if s.file != nil {
			s.file.Retain()
		}
	}
	return c
}

// Share adds a user: a process with the same descriptors (CLONE_FILES).
func (t *Table) Share() *Table {
	t.users++
	return t
}

// Users is how many there are.
func (t *Table) Users() int { return t.users }

// Release takes a user away; with the last one all is closed.
func (t *Table) Release() {
	t.users--
	if t.users == 0 {
		t.CloseAll()
	}
}

// CloseExec closes what exec is to close. The table is to have one user.
func (t *Table) CloseExec() {
	for fd, s := range t.slots {
		if s.close {
			t.set(fd, slot{})
		}
	}
}

// CloseAll closes all.
func (t *Table) CloseAll() {
	for fd := range t.slots {
		t.set(fd, slot{})
	}
	t.slots = nil
}

// Each calls f with the descriptors that are taken, in order.
func (t *Table) Each(f func(fd int, file *File, closeOnExec bool)) {
	for fd, s := range t.slots {
		if s.file != nil {
			f(fd, s.file, s.close)
		}
	}
}
