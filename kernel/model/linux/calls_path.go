package linux

// Calls on paths: what makes, names, moves and removes files, and says who may use them.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

// cwdFirst makes a call without a descriptor of one that has one first: mkdir(path) is
// mkdirat(AT_FDCWD, path).
func cwdFirst(do call) call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		return do(t, &[6]uint64{atCWD, a[0], a[1], a[2], a[3], a[4]})
	}
}

// cwdBoth is cwdFirst for two paths.
func cwdBoth(do call) call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		return do(t, &[6]uint64{atCWD, a[0], atCWD, a[1]})
	}
}

func init() {
	register([]row{{"mkdir", cwdFirst(sysMkdirat)}, {"mkdirat", sysMkdirat}, {"rmdir", sysRmdir}, {"unlink", sysUnlink},
		{"unlinkat", sysUnlinkat}, {"rename", cwdBoth(sysRenameat2)}, {"renameat", noFlags(4, sysRenameat2)}, {"renameat2", sysRenameat2},
		{"link", cwdBoth(sysLinkat)}, {"linkat", sysLinkat}, {"symlink", sysSymlink}, {"symlinkat", sysSymlinkat},
		{"readlink", cwdFirst(sysReadlinkat)}, {"readlinkat", sysReadlinkat},
		{"access", cwdFirst(noFlags(3, sysFaccessat2))}, {"faccessat", noFlags(3, sysFaccessat2)}, {"faccessat2", sysFaccessat2},
		{"chmod", cwdFirst(noFlags(3, sysFchmodat2))}, {"fchmod", sysFchmod}, {"fchmodat", noFlags(3, sysFchmodat2)}, {"fchmodat2", sysFchmodat2},
		{"chown", cwdFirst(noFlags(4, sysFchownat))}, {"lchown", sysLchown}, {"fchown", sysFchown}, {"fchownat", sysFchownat},
		{"truncate", sysTruncate}, {"ftruncate", sysFtruncate}, {"getcwd", sysGetcwd}, {"chdir", sysChdir}, {"fchdir", sysFchdir},
		{"umask", sysUmask}, {"mknod", cwdFirst(sysMknodat)}, {"mknodat", sysMknodat}})
}

// noFlags is a call whose argument of that number is not there: it is 0.
func noFlags(arg int, do call) call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		b := *a
		b[arg] = 0
		return do(t, &b)
	}
}

// Descriptors and flags of the calls with a directory (open(2), fcntl.h).
const (
	atCWD        = ^uint64(99) // AT_FDCWD, -100
	atNoFollow   = 0x100
	atRemoveDir  = 0x200
	atEffective  = 0x200 // AT_EACCESS
	atFollow     = 0x400
	atNoMount    = 0x800
	atEmptyPath  = 0x1000
	atSyncFlags  = 0x6000
	renameKeep   = 1 // RENAME_NOREPLACE
	statMaskMore = 1 << 31
)

// dirOf is where relative paths begin.
func dirOf(t *kern.Thread, dirfd uint64) (*fs.Node, errno.Errno) {
	if integer(dirfd) == -100 {
		return t.Proc.At.Dir, errno.OK
	}
	f, e := fileOf(t, dirfd)
	if e != errno.OK {
		return nil, e
	}
	return f.Node(), errno.OK
}

// pathFrom is a path and where it begins. An absolute one needs no descriptor.
func pathFrom(t *kern.Thread, dirfd, addr uint64) (*fs.Node, string, errno.Errno) {
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
	at, e := dirOf(t, dirfd)
	return at, path, e
}

// nodeAt is the file that a path and flags name: with AT_EMPTY_PATH and no path, the descriptor's.
func nodeAt(t *kern.Thread, dirfd, addr, flags uint64, follow bool) (*fs.Node, errno.Errno) {
	if flags&atEmptyPath != 0 {
		if path, e := t.PathAt(addr); e != errno.OK || path == "" {
			if e != errno.OK {
				return nil, e
			}
			return dirOf(t, dirfd)
		}
	}
	at, path, e := pathFrom(t, dirfd, addr)
	if e != errno.OK {
		return nil, e
	}
	return t.M.FS.Lookup(credOf(t), at, path, follow)
}

func sysMkdirat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	at, path, e := pathFrom(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Mkdir(credOf(t), at, path, fs.Mode(a[2])&^t.Proc.At.Umask)
}

func sysRmdir(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return sysUnlinkat(t, &[6]uint64{atCWD, a[0], atRemoveDir})
}

func sysUnlink(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return sysUnlinkat(t, &[6]uint64{atCWD, a[0]})
}

func sysUnlinkat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[2]&^atRemoveDir != 0 {
		return 0, errno.EINVAL
	}
	at, path, e := pathFrom(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	if a[2] != 0 {
		return 0, t.M.FS.Rmdir(credOf(t), at, path)
	}
	return 0, t.M.FS.Unlink(credOf(t), at, path)
}

func sysRenameat2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[4]&^renameKeep != 0 {
		return 0, errno.EINVAL
	}
	at, path, e := pathFrom(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	to, name, e := pathFrom(t, a[2], a[3])
	if e != errno.OK {
		return 0, e
	}
	if a[4] != 0 {
		if _, e := t.M.FS.Lookup(credOf(t), to, name, false); e == errno.OK {
			return 0, errno.EEXIST
		}
	}
	return 0, t.M.FS.Rename(credOf(t), at, path, to, name)
}

func sysLinkat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[4]&^atFollow != 0 {
		return 0, errno.EINVAL
	}
	at, path, e := pathFrom(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	to, name, e := pathFrom(t, a[2], a[3])
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Link(credOf(t), at, path, a[4] != 0, to, name)
}

func sysSymlink(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return sysSymlinkat(t, &[6]uint64{a[0], atCWD, a[1]})
}

func sysSymlinkat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	target, e := t.PathAt(a[0])
	if e != errno.OK {
		return 0, e
	}
	at, path, e := pathFrom(t, a[1], a[2])
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Symlink(credOf(t), target, at, path)
}

func sysReadlinkat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	at, path, e := pathFrom(t, a[0], a[1])
	switch {
	case integer(a[3]) <= 0:
		return 0, errno.EINVAL
	case e != errno.OK:
		return 0, e
	}
	text, e := t.M.FS.Readlink(credOf(t), at, path)
	if e != errno.OK {
		return 0, e
	}
	text = text[:min(len(text), integer(a[3]))]
	return uint64(len(text)), t.CopyOut(a[2], []byte(text))
}

// sysFaccessat2 asks for the real ids, unless AT_EACCESS.
func sysFaccessat2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	mode, flags := a[2], a[3]
	if mode&^7 != 0 || flags&^(atEffective|atNoFollow|atEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	c := credOf(t)
	if flags&atEffective == 0 {
		c.UID, c.GID = t.Proc.Cred.UID, t.Proc.Cred.GID
	}
	if flags&atEmptyPath != 0 {
		n, e := nodeAt(t, a[0], a[1], flags, flags&atNoFollow == 0)
		if e != errno.OK {
			return 0, e
		}
		return 0, n.Permit(c, fs.Access(mode))
	}
	at, path, e := pathFrom(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Access(c, at, path, fs.Access(mode), flags&atNoFollow == 0)
}

func sysFchmodat2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[3]&^(atNoFollow|atEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	n, e := nodeAt(t, a[0], a[1], a[3], a[3]&atNoFollow == 0)
	switch {
	case e != errno.OK:
		return 0, e
	case n.Kind() == fs.Symlink:
		return 0, errno.EOPNOTSUPP
	}
	return 0, t.M.FS.Chmod(credOf(t), n, fs.Mode(a[2])&0o7777)
}

func sysFchmod(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := openFile(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Chmod(credOf(t), f.Node(), fs.Mode(a[1])&0o7777)
}

func sysFchownat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[4]&^(atNoFollow|atEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	n, e := nodeAt(t, a[0], a[1], a[4], a[4]&atNoFollow == 0)
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Chown(credOf(t), n, uint32(a[2]), uint32(a[3]))
}

func sysLchown(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return sysFchownat(t, &[6]uint64{atCWD, a[0], a[1], a[2], atNoFollow})
}

func sysFchown(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := openFile(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Chown(credOf(t), f.Node(), uint32(a[1]), uint32(a[2]))
}

func sysTruncate(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if int64(a[1]) < 0 {
		return 0, errno.EINVAL
	}
	at, path, e := pathFrom(t, atCWD, a[0])
	if e != errno.OK {
		return 0, e
	}
	if e := mayGrow(t, a[1]); e != errno.OK {
		return 0, e
	}
	return 0, t.M.FS.Truncate(credOf(t), at, path, int64(a[1]))
}

func sysFtruncate(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if int64(a[1]) < 0 {
		return 0, errno.EINVAL
	}
	f, e := openFile(t, a[0])
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
	t.M.PostThread(t, fromSelf(t, System.Sig.XFSZ))
	return errno.EFBIG
}

func sysGetcwd(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
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

func sysChdir(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := nodeAt(t, atCWD, a[0], 0, true)
	if e != errno.OK {
		return 0, e
	}
	return 0, goTo(t, n)
}

func sysFchdir(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := fileOf(t, a[0])
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
	if e := n.Permit(credOf(t), fs.MayExec); e != errno.OK {
		return e
	}
	t.Proc.At.Dir = n
	return errno.OK
}

func sysUmask(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	old := t.Proc.At.Umask
	t.Proc.At.Umask = fs.Mode(a[0]) & 0o777
	return uint64(old), errno.OK
}

// sysMknodat makes regular files and fifos. Devices need drivers: EPERM, as for who is not
// the superuser.
func sysMknodat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	at, path, e := pathFrom(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	mode := fs.Mode(a[2]) & 0o7777 &^ t.Proc.At.Umask
	switch uint32(a[2]) & formatMask {
	case 0, formats[fs.Regular]:
		f, e := t.M.FS.Open(credOf(t), at, path, fs.OWrite|fs.OCreate|fs.OExcl, mode)
		if e == errno.OK {
			f.Release()
		}
		return 0, e
	case formats[fs.Fifo]:
		return 0, t.M.FS.Mkfifo(credOf(t), at, path, mode)
	case formats[fs.Directory]:
		return 0, errno.EPERM
	case formats[fs.Char], formatBlock, formatSocket:
		return 0, errno.EPERM
	}
	return 0, errno.EINVAL
}
