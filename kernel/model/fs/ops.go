package fs

// What system calls do to names and attributes. All take who asks, the directory that
// relative paths begin at, and paths; a mode is as it shall be, after the umask.

import "github.com/trapline/trapline/kernel/model/errno"

// vacant is the place for something new; EEXIST if there is something.
func (s *FS) vacant(c Cred, at *Node, path string, dir bool) (place, errno.Errno) {
	p, e := s.findOne(c, at, path)
	switch {
	case e != ok:
		return p, e
	case p.node != nil:
		return p, errno.EEXIST
	case p.slash && !dir:
		return p, errno.ENOENT
	}
	return p, ok
}

// create makes a node where there is none.
func (s *FS) create(c Cred, at *Node, path string, k Kind, mode Mode) (*Node, errno.Errno) {
	p, e := s.vacant(c, at, path, k == Directory)
	if e != ok {
		return nil, e
	}
	return p.dir.make(c, k, p.name, mode)
}

// Mkdir makes a directory: mkdir(2).
func (s *FS) Mkdir(c Cred, at *Node, path string, mode Mode) errno.Errno {
	_, e := s.create(c, at, path, Directory, mode&(0o777|Sticky))
	return e
}

// Mkfifo makes a fifo: mkfifo(3).
func (s *FS) Mkfifo(c Cred, at *Node, path string, mode Mode) errno.Errno {
	_, e := s.create(c, at, path, Fifo, mode)
	return e
}

// Mknod makes a character device, as root alone may: mknod(2). open is called when it is
// opened.
func (s *FS) Mknod(c Cred, at *Node, path string, mode Mode, major, minor uint32, open OpenDevice) (*Node, errno.Errno) {
	if !c.Root() {
		return nil, errno.EPERM
	}
	n, e := s.create(c, at, path, Char, mode)
	if e == ok {
		n.major, n.minor, n.open = major, minor, open
	}
	return n, e
}

// Symlink makes a symbolic link: symlink(2).
func (s *FS) Symlink(c Cred, target string, at *Node, path string) errno.Errno {
	switch {
	case target == "":
		return errno.ENOENT
	case len(target) > MaxPath:
		return errno.ENAMETOOLONG
	}
	n, e := s.create(c, at, path, Symlink, 0o777)
	if e == ok {
		n.target = target
	}
	return e
}

// Readlink is a symbolic link's text: readlink(2). EINVAL for what is none.
func (s *FS) Readlink(c Cred, at *Node, path string) (string, errno.Errno) {
	n, e := s.Lookup(c, at, path, false)
	if e != ok {
		return "", e
	}
	return n.readlink()
}

// Link gives a file one more name: linkat(2). follow is AT_SYMLINK_FOLLOW. Directories may
// not have several: EPERM.
func (s *FS) Link(c Cred, at *Node, path string, follow bool, newAt *Node, newPath string) errno.Errno {
	n, e := s.Lookup(c, at, path, follow)
	if e != ok {
		return e
	}
	p, e := s.vacant(c, newAt, newPath, false)
	switch {
	case e != ok:
		return e
	case n.kind == Directory:
		return errno.EPERM
	case n.dev != p.dir.dev || n.hooks != nil || n.host != nil || p.dir.hooks != nil:
		return errno.EXDEV
	case n.nlink == 0:
		return errno.ENOENT
	}
	if e = p.dir.writable(c); e != ok {
		return e
	}
	n.nlink++
	n.ctime = s.now()
	p.dir.add(p.name, n)
	return ok
}

// Unlink takes away a name of what is no directory: unlink(2). A directory is EISDIR, as
// on Linux; POSIX says EPERM.
func (s *FS) Unlink(c Cred, at *Node, path string) errno.Errno {
	p, e := s.findOne(c, at, path)
	switch {
	case e != ok:
		return e
	case p.node == nil:
		return errno.ENOENT
	case p.dots():
		return errno.EISDIR
	case p.slash && p.node.kind != Directory:
		return errno.ENOTDIR
	}
	if e = p.dir.mayRemove(c, p.node); e != ok {
		return e
	}
	if p.node.kind == Directory {
		return errno.EISDIR
	}
	p.dir.remove(p.name)
	p.node.unlinked()
	return ok
}

// Rmdir removes an empty directory: rmdir(2).
func (s *FS) Rmdir(c Cred, at *Node, path string) errno.Errno {
	p, e := s.findOne(c, at, path)
	switch {
	case e != ok:
		return e
	case p.node == nil:
		return errno.ENOENT
	case p.name == "":
		return errno.EBUSY
	case p.name == ".":
		return errno.EINVAL
	case p.name == "..":
		return errno.ENOTEMPTY
	}
	if e = p.dir.mayRemove(c, p.node); e != ok {
		return e
	}
	switch {
	case p.node.kind != Directory:
		return errno.ENOTDIR
	case !p.node.empty():
		return errno.ENOTEMPTY
	}
	p.dir.remove(p.name)
	p.node.unlinked()
	return ok
}

// Rename gives what has one name the other, which what has it loses: rename(2).
func (s *FS) Rename(c Cred, at *Node, path string, newAt *Node, newPath string) errno.Errno {
	from, e := s.find(c, at, path, oneName)
	if e != ok {
		return e
	}
	to, e := s.find(c, newAt, newPath, oneName)
	if e != ok {
		return e
	}
	n, old := from.node, to.node
	switch {
	case from.dots() || to.dots():
		return errno.EBUSY
	case from.long:
		return errno.ENAMETOOLONG
	case n == nil:
		return errno.ENOENT
	case to.long:
		return errno.ENAMETOOLONG
	case n.kind != Directory && (from.slash || to.slash):
		return errno.ENOTDIR
	case from.dir.dev != to.dir.dev || to.dir.hooks != nil && to.dir != from.dir:
		return errno.EXDEV
	case n.kind == Directory && n.contains(to.dir):
		return errno.EINVAL
	case old != nil && old.contains(from.dir):
		return errno.ENOTEMPTY
	case n == old:
		return ok
	}
	if e = from.dir.mayRemove(c, n); e != ok {
		return e
	}
	if e = to.dir.mayReplace(c, n, old); e != ok {
		return e
	}
	if old != nil {
		to.dir.remove(to.name)
		old.unlinked()
	}
	from.dir.move(from.name, to.dir, to.name)
	return ok
}

// mayReplace says whether n may have a name that old, if anything, has.
func (n *Node) mayReplace(c Cred, by, old *Node) errno.Errno {
	if old == nil {
		return n.writable(c)
	}
	if e := n.mayRemove(c, old); e != ok {
		return e
	}
	switch {
	case by.kind == Directory && old.kind != Directory:
		return errno.ENOTDIR
	case by.kind != Directory && old.kind == Directory:
		return errno.EISDIR
	case old.kind == Directory && !old.empty():
		return errno.ENOTEMPTY
	}
	return ok
}

// contains says whether a directory is n or somewhere in it.
func (n *Node) contains(dir *Node) bool {
	for ; dir != n; dir = dir.parent {
		if dir == n.fs.root || dir == dir.parent {
			return false
		}
	}
	return true
}

// move takes an entry elsewhere.
func (n *Node) move(as string, to *Node, toName string) {
	c := n.children[as]
	n.remove(as)
	to.add(toName, c)
	c.ctime = n.fs.now()
}

// Chmod changes permissions: chmod(2). Set-group-id is refused quietly to who is not in
// the group.
func (s *FS) Chmod(c Cred, n *Node, mode Mode) errno.Errno {
	if e := n.changeable(); e != ok {
		return e
	}
	if !n.owns(c) {
		return errno.EPERM
	}
	if !c.Root() && !c.In(n.gid) {
		mode &^= Setgid
	}
	n.mode, n.ctime = mode&allModes, s.now()
	return ok
}

// Keep is an id that Chown leaves as it is.
const Keep = ^uint32(0)

// Chown changes owner and group: chown(2). Root may do anything, an owner give the file to
// a group of his; what is executable and no directory loses its set-ids.
func (s *FS) Chown(c Cred, n *Node, uid, gid uint32) errno.Errno {
	if e := n.changeable(); e != ok {
		return e
	}
	if uid == Keep {
		uid = n.uid
	}
	if gid == Keep {
		gid = n.gid
	}
	if !c.Root() && (c.UID != n.uid || uid != n.uid || gid != n.gid && !c.In(gid)) {
		return errno.EPERM
	}
	n.uid, n.gid, n.ctime = uid, gid, s.now()
	if n.kind != Directory {
		n.dropSetID()
	}
	return ok
}

// dropSetID is what happens to set-ids when somebody else could have changed the file. A
// set-group-id without execution for the group has another meaning and stays.
func (n *Node) dropSetID() {
	n.mode &^= Setuid
	if n.mode&0o010 != 0 {
		n.mode &^= Setgid
	}
}

// SetTimes changes when it was last read and written: utimensat(2). EPERM if neither owner
// nor root.
func (s *FS) SetTimes(c Cred, n *Node, atime, mtime int64) errno.Errno {
	if e := n.changeable(); e != ok {
		return e
	}
	if !n.owns(c) {
		return errno.EPERM
	}
	n.atime, n.mtime, n.ctime = atime, mtime, s.now()
	return ok
}

// Truncate makes a file as large as said: truncate(2).
func (s *FS) Truncate(c Cred, at *Node, path string, size int64) errno.Errno {
	n, e := s.Lookup(c, at, path, true)
	switch {
	case e != ok:
		return e
	case size < 0:
		return errno.EINVAL
	case n.kind == Directory:
		return errno.EISDIR
	case n.kind != Regular:
		return errno.EINVAL
	}
	if e = n.Permit(c, MayWrite); e != ok {
		return e
	}
	return n.truncate(c, uint64(size))
}

// truncate is Truncate of a regular file for who may write.
func (n *Node) truncate(c Cred, size uint64) errno.Errno {
	switch {
	case n.hooks != nil:
		return ok
	case n.host != nil:
		return errno.EROFS
	case n.denied > 0:
		return errno.ETXTBSY
	}
	e := n.resize(size)
	if e == ok && !c.Root() {
		n.dropSetID()
	}
	return e
}

// Access says whether someone may do something: access(2), for which the ids are the real
// ones. The file itself has to be there.
func (s *FS) Access(c Cred, at *Node, path string, want Access, follow bool) errno.Errno {
	n, e := s.Lookup(c, at, path, follow)
	if e != ok {
		return e
	}
	if want&MayWrite != 0 && n.fromHost() {
		return errno.EROFS
	}
	return n.Permit(c, want)
}
