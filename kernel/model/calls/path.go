package calls

// Calls on paths: what makes, names, moves and removes files, and says who may use them.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

// CwdFirst makes a call without a descriptor of one that has one first: mkdir(path) is
// mkdirat(AT_FDCWD, path).
func CwdFirst(do Call) Call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		return do(t, &[6]uint64{AtCWD, a[0], a[1], a[2], a[3], a[4]})
	}
}

// CwdBoth is CwdFirst for two paths.
func CwdBoth(do Call) Call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		return do(t, &[6]uint64{AtCWD, a[0], AtCWD, a[1]})
	}
}

// NoFlags is a call whose argument of that number is not there: it is 0.
func NoFlags(arg int, do Call) Call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		b := *a
		b[arg] = 0
		return do(t, &b)
	}
}

// Descriptors and flags of the calls with a directory (open(2), fcntl.h): Linux's. Systems
// without such calls have only those by CwdFirst.
const (
	AtCWD        = ^uint64(99) // AT_FDCWD, -100
	AtNoFollow   = 0x100
	AtRemoveDir  = 0x200
	atEffective  = 0x200 // AT_EACCESS
	atFollow     = 0x400
	AtNoMount    = 0x800
	AtEmptyPath  = 0x1000
	AtSyncFlags  = 0x6000
	renameKeep   = 1 // RENAME_NOREPLACE
	StatMaskMore = 1 << 31
)

// DirOf is where relative paths begin.
func DirOf(t *kern.Thread, dirfd uint64) (*fs.Node, errno.Errno) {
	if Integer(dirfd) == -100 {
		return t.Proc.At.Dir, errno.OK
	}
	f, e := FileOf(t, dirfd)
	if e != errno.OK {
		return nil, e
	}
	return f.Node(), errno.OK
}

// PathFrom is a path and where it begins. An absolute one needs no descriptor.
func PathFrom(t *kern.Thread, dirfd, addr uint64) (*fs.Node, string, errno.Errno) {
	path, e := t.PathAt(addr)
	if e != errno.OK {
		return nil, "", e
	}
	if path == "" {
		return nil, "", errno.ENOENT
	}
	if path[0] == '/' {
		return t.Proc.At.Dir, path, errno.OK
	}
	at, e := DirOf(t, dirfd)
	return at, path, e
}

// NodeAt is the file that a path and flags name: with AT_EMPTY_PATH and no path, the descriptor's.
func NodeAt(t *kern.Thread, dirfd, addr, flags uint64, follow bool) (*fs.Node, errno.Errno) {
	if flags&AtEmptyPath != 0 {
		if path, e := t.PathAt(addr); e != errno.OK || path == "" {
			if e != errno.OK {
				return nil, e
			}
			return DirOf(t, dirfd)
		}
	}
	at, path, e := PathFrom(t, dirfd, addr)
	if e != errno.OK {
		return nil, e
	}
	return t.M.FS.Lookup(Cred(t), at, path, follow)
}

// Mkdirat is mkdirat(2).
func Mkdirat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	at, path, e := PathFrom(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Mkdir(Cred(t), at, path, fs.Mode(a[2])&^t.Proc.At.Umask)
}

// Rmdir is rmdir(2).
func Rmdir(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return Unlinkat(t, &[6]uint64{AtCWD, a[0], AtRemoveDir})
}

// Unlink is unlink(2).
func Unlink(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return Unlinkat(t, &[6]uint64{AtCWD, a[0]})
}

// Unlinkat is unlinkat(2).
func Unlinkat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[2]&^AtRemoveDir != 0 {
		return 0, errno.EINVAL
	}
	at, path, e := PathFrom(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	if a[2] != 0 {
		return 0, t.M.FS.Rmdir(Cred(t), at, path)
	}
	return 0, t.M.FS.Unlink(Cred(t), at, path)
}

// Renameat2 is renameat2(2).
func Renameat2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[4]&^renameKeep != 0 {
		return 0, errno.EINVAL
	}
	at, path, e := PathFrom(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	to, name, e := PathFrom(t, a[2], a[3])
	if e != errno.OK {
		return 0, e
	}
	if a[4] != 0 {
		if _, e := t.M.FS.Lookup(Cred(t), to, name, false); e == errno.OK {
			return 0, errno.EEXIST
		}
	}
	return 0, t.M.FS.Rename(Cred(t), at, path, to, name)
}

// Linkat is linkat(2).
func Linkat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[4]&^atFollow != 0 {
		return 0, errno.EINVAL
	}
	at, path, e := PathFrom(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	to, name, e := PathFrom(t, a[2], a[3])
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Link(Cred(t), at, path, a[4] != 0, to, name)
}

// Symlink is symlink(2).
func Symlink(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return Symlinkat(t, &[6]uint64{a[0], AtCWD, a[1]})
}

// Symlinkat is symlinkat(2).
func Symlinkat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	target, e := t.PathAt(a[0])
	if e != errno.OK {
		return 0, e
	}
	at, path, e := PathFrom(t, a[1], a[2])
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Symlink(Cred(t), target, at, path)
}

// Readlinkat is readlinkat(2).
func Readlinkat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	at, path, e := PathFrom(t, a[0], a[1])
	switch {
	case Integer(a[3]) <= 0:
		return 0, errno.EINVAL
	case e != errno.OK:
		return 0, e
	}
	text, e := t.M.FS.Readlink(Cred(t), at, path)
	if e != errno.OK {
		return 0, e
	}
	text = text[:min(len(text), Integer(a[3]))]
	return uint64(len(text)), t.CopyOut(a[2], []byte(text))
}

// Faccessat2 asks for the real ids, unless AT_EACCESS.
func Faccessat2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	mode, flags := a[2], a[3]
	if mode&^7 != 0 || flags&^(atEffective|AtNoFollow|AtEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	c := Cred(t)
	if flags&atEffective == 0 {
		c.UID, c.GID = t.Cred().UID, t.Cred().GID
	}
	if flags&AtEmptyPath != 0 {
		n, e := NodeAt(t, a[0], a[1], flags, flags&AtNoFollow == 0)
		if e != errno.OK {
			return 0, e
		}
		return 0, n.Permit(c, fs.Access(mode))
	}
	at, path, e := PathFrom(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Access(c, at, path, fs.Access(mode), flags&AtNoFollow == 0)
}

// Fchmodat2 is fchmodat2(2).
func Fchmodat2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[3]&^(AtNoFollow|AtEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	n, e := NodeAt(t, a[0], a[1], a[3], a[3]&AtNoFollow == 0)
	switch {
	case e != errno.OK:
		return 0, e
	case n.Kind() == fs.Symlink:
		return 0, errno.EOPNOTSUPP
	}
	return 0, t.M.FS.Chmod(Cred(t), n, fs.Mode(a[2])&0o7777)
}

// Fchmod is fchmod(2).
func Fchmod(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := OpenFile(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Chmod(Cred(t), f.Node(), fs.Mode(a[1])&0o7777)
}

// Fchownat is fchownat(2).
func Fchownat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[4]&^(AtNoFollow|AtEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	n, e := NodeAt(t, a[0], a[1], a[4], a[4]&AtNoFollow == 0)
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Chown(Cred(t), n, uint32(a[2]), uint32(a[3]))
}

// Lchown is lchown(2).
func Lchown(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return Fchownat(t, &[6]uint64{AtCWD, a[0], a[1], a[2], AtNoFollow})
}

// Fchown is fchown(2).
func Fchown(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := OpenFile(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Chown(Cred(t), f.Node(), uint32(a[1]), uint32(a[2]))
}

// Truncate is truncate(2).
func Truncate(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if int64(a[1]) < 0 {
		return 0, errno.EINVAL
	}
	at, path, e := PathFrom(t, AtCWD, a[0])
	if e != errno.OK {
		return 0, e
	}
	if e := mayGrow(t, a[1]); e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Truncate(Cred(t), at, path, int64(a[1]))
}

// Ftruncate is ftruncate(2).
func Ftruncate(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if int64(a[1]) < 0 {
		return 0, errno.EINVAL
	}
	f, e := OpenFile(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	if e := mayGrow(t, a[1]); e != errno.OK {
		return 0, e
	}
	return 0, f.Truncate(int64(a[1]))
}

// mayGrow is RLIMIT_FSIZE for a file's new size.
func mayGrow(t *kern.Thread, size uint64) errno.Errno {
	if size <= t.Proc.Limits[kern.LimitFile].Cur {
		return errno.OK
	}
	t.M.PostThread(t, FromSelf(t, t.Proc.Sys.Sig.XFSZ))
	return errno.EFBIG
}

// Getcwd is getcwd(2).
func Getcwd(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	dir := t.Proc.At.Dir
	if dir.Deleted() {
		return 0, errno.ENOENT
	}
	b := append([]byte(dir.Path()), 0)
	if uint64(len(b)) > a[1] {
		return 0, errno.ERANGE
	}
	return uint64(len(b)), t.CopyOut(a[0], b)
}

// Chdir is chdir(2).
func Chdir(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := NodeAt(t, AtCWD, a[0], 0, true)
	if e != errno.OK {
		return 0, e
	}
	return 0, goTo(t, n)
}

// Fchdir is fchdir(2).
func Fchdir(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := FileOf(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	return 0, goTo(t, f.Node())
}

// goTo makes a directory the one that the process is in.
func goTo(t *kern.Thread, n *fs.Node) errno.Errno {
	if n.Kind() != fs.Directory {
		return errno.ENOTDIR
	}
	if e := n.Permit(Cred(t), fs.MayExec); e != errno.OK {
		return e
	}
	t.Proc.At.Dir = n
	return errno.OK
}

// Umask is umask(2).
func Umask(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	old := t.Proc.At.Umask
	t.Proc.At.Umask = fs.Mode(a[0]) & 0o777
	return uint64(old), errno.OK
}
