package svr4

// Files: what of the calls on them has numbers and structures of SVR4's own.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/svr4/nr"
)

func init() {
	register(map[int]calls.Call{
		nr.Read: calls.Read, nr.Write: calls.Write, nr.Pread: calls.Pread, nr.Pwrite: calls.Pwrite, nr.Readv: calls.Readv,
		nr.Writev: calls.Writev, nr.Lseek: calls.Lseek, nr.Llseek: calls.Lseek,
		nr.Open: sysOpen, nr.Creat: sysCreat, nr.Close: sysClose, nr.Dup: sysDup, nr.Fcntl: sysFcntl, nr.Pipe: sysPipe, nr.Ioctl: sysIoctl,
		nr.Poll: sysPoll,
		nr.Stat: sysStat, nr.Lstat: sysLstat, nr.Fstat: sysFstat, nr.Getdents: sysGetdents,
		nr.Link: calls.CwdBoth(calls.Linkat), nr.Unlink: calls.Unlink, nr.Rename: calls.CwdBoth(calls.Renameat2),
		nr.Symlink: calls.Symlink, nr.Readlink: calls.CwdFirst(calls.Readlinkat), nr.Mkdir: calls.CwdFirst(calls.Mkdirat), nr.Rmdir: calls.Rmdir,
		nr.Access: calls.CwdFirst(calls.NoFlags(3, calls.Faccessat2)), nr.Chmod: calls.CwdFirst(calls.NoFlags(3, calls.Fchmodat2)),
		nr.Fchmod: calls.Fchmod, nr.Chown: calls.CwdFirst(calls.NoFlags(4, calls.Fchownat)), nr.Lchown: calls.Lchown, nr.Fchown: calls.Fchown,
		nr.Chdir: calls.Chdir, nr.Fchdir: calls.Fchdir, nr.Umask: calls.Umask, nr.Getcwd: calls.Getcwd,
		nr.Sync: func(*kern.Thread, *[6]uint64) (uint64, errno.Errno) { return 0, errno.OK },
	})
	for _, n := range []int{nr.Mknod, nr.Mount, nr.Umount, nr.Stime, nr.Chroot} { // only root may, and nobody can
		register(map[int]calls.Call{n: func(*kern.Thread, *[6]uint64) (uint64, errno.Errno) { return 0, errno.EPERM }})
	}
	for _, n := range []int{nr.Statfs, nr.Fstatfs, nr.Utime} {
		register(map[int]calls.Call{n: func(*kern.Thread, *[6]uint64) (uint64, errno.Errno) { return 0, errno.ENOSYS }})
	}
}

// Flags of open(2) (illumos sys/fcntl.h).
const (
	oAccess    = 3
	oWriteOnly = 1
	oTrunc     = 0x200
	oCreate    = 0x100
	oNoTTY     = 0x800
	oCloexec   = 0x800000
)

// openFlags are the flags that mean something to package fs.
var openFlags = []struct {
	svr4 uint64
	fs   fs.Flags
}{{0x04, fs.ONonblock}, {0x08, fs.OAppend}, {0x10, fs.OSync}, {0x40, fs.OSync}, {0x80, fs.ONonblock}, {oCreate, fs.OCreate}, {oTrunc, fs.OTrunc},
	{0x400, fs.OExcl}, {oNoTTY, fs.ONoTTY}, {0x20000, fs.ONoFollow}, {0x1000000, fs.ODirectory}}

func toFlags(flags uint64) fs.Flags {
	f := [...]fs.Flags{fs.ORead, fs.OWrite, fs.ORead | fs.OWrite, 0}[flags&oAccess]
	for _, row := range openFlags {
		if flags&row.svr4 != 0 {
			f |= row.fs
		}
	}
	return f
}

func fromFlags(f fs.Flags) (n uint64) {
	switch f & (fs.ORead | fs.OWrite) {
	case fs.OWrite:
		n = oWriteOnly
	case fs.ORead | fs.OWrite:
		n = 2
	}
	for flag, bit := range map[fs.Flags]uint64{fs.ONonblock: 0x80, fs.OAppend: 8, fs.OSync: 0x10} {
		if f&flag != 0 {
			n |= bit
		}
	}
	return n
}

func sysOpen(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	at, path, e := calls.PathFrom(t, calls.AtCWD, a[0])
	switch {
	case e != errno.OK:
		return 0, e
	case a[1]&oAccess == oAccess:
		return 0, errno.EINVAL
	case calls.Full(t):
		return 0, errno.EMFILE
	}
	f, e := t.M.FS.Open(calls.Cred(t), at, path, toFlags(a[1]), fs.Mode(a[2])&0o7777&^t.Proc.At.Umask)
	if e == errno.EAGAIN && f != nil {
		e = calls.AwaitPartner(t, f)
	}
	if e != errno.OK {
		return 0, e
	}
	if tt := kern.TerminalOf(f.Device()); tt != nil && a[1]&oNoTTY == 0 && t.Proc.MayAcquire(tt) {
		t.Proc.Acquire(tt, false)
	}
	return calls.Install(t, f, a[1]&oCloexec != 0)
}

func sysCreat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return sysOpen(t, &[6]uint64{a[0], oWriteOnly | oCreate | oTrunc, a[1]})
}

func sysClose(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return 0, t.Proc.Files.Close(calls.Integer(a[0]))
}

func sysDup(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	fd, e := t.Proc.Files.Dup(calls.Integer(a[0]), 0, false)
	return uint64(fd), e
}

// Commands of fcntl(2) (illumos sys/fcntl.h).
const (
	fDupfd    = 0
	fGetfd    = 1
	fSetfd    = 2
	fGetfl    = 3
	fSetfl    = 4
	fSetlk    = 6
	fSetlkw   = 7
	fDup2fd   = 9
	fdCloexec = 1
)

func sysFcntl(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := calls.FileOf(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	files, fd, arg := t.Proc.Files, calls.Integer(a[0]), calls.Integer(a[2])
	switch a[1] {
	case fDupfd:
		if arg < 0 || arg >= files.Limit() {
			return 0, errno.EINVAL
		}
		n, e := files.Dup(fd, arg, false)
		return uint64(n), e
	case fDup2fd:
		return uint64(arg), files.Dup2(fd, arg, false)
	case fGetfd:
		if on, _ := files.CloseOnExec(fd); on {
			return fdCloexec, errno.OK
		}
	case fSetfd:
		return 0, files.SetCloseOnExec(fd, a[2]&fdCloexec != 0)
	case fGetfl:
		return fromFlags(f.Flags()), errno.OK
	case fSetfl:
		f.SetFlags(toFlags(a[2]))
	case fSetlk, fSetlkw: // nobody locks here
	default:
		return 0, errno.EINVAL
	}
	return 0, errno.OK
}

// sysPipe is pipe(2): two descriptors, as two values.
func sysPipe(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	r, w := t.M.FS.Pipe(calls.Cred(t), 0)
	in, e := calls.Install(t, r, false)
	if e != errno.OK {
		w.Release()
		return 0, e
	}
	out, e := calls.Install(t, w, false)
	if e != errno.OK {
		t.Proc.Files.Close(int(in))
		return 0, e
	}
	lwpOf(t).second = out
	return in, errno.OK
}

// Requests of ioctl(2) on a terminal (illumos sys/termios.h): its groups; of its lines nothing
// is modeled.
const (
	tiocGetGroup   = 't'<<8 | 20
	tiocSetGroup   = 't'<<8 | 21
	tiocGetSession = 't'<<8 | 22
)

func sysIoctl(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := calls.OpenFile(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	tt := kern.TerminalOf(f.Device())
	if tt == nil {
		return 0, errno.ENOTTY
	}
	switch a[1] {
	case tiocGetGroup:
		return 0, t.Put32(a[2], uint32(tt.Foreground))
	case tiocGetSession:
		return 0, t.Put32(a[2], uint32(tt.Session))
	case tiocSetGroup:
		group, e := calls.Word32(t, a[2])
		if e == errno.OK {
			e = t.MayControl(tt)
		}
		if e != errno.OK {
			return 0, e
		}
		return 0, t.Proc.SetForeground(tt, int(int32(group)))
	}
	return 0, errno.EINVAL
}

func sysPoll(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	s, e := calls.PollSetAt(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	until := int64(0)
	if ms := calls.Integer(a[2]); ms >= 0 {
		until = calls.After(t, int64(ms)*1_000_000)
	}
	return s.Run(t, until)
}

// formats are the kinds of files in st_mode.
var formats = [...]uint32{fs.Regular: 0o100000, fs.Directory: 0o040000, fs.Symlink: 0o120000, fs.Fifo: 0o010000, fs.Char: 0o020000, fs.Anonymous: 0}

const (
	statSize  = 128 // of struct stat on amd64 (illumos sys/stat.h)
	blockSize = 4096
)

// putStat writes a struct stat.
func putStat(t *kern.Thread, addr uint64, n *fs.Node) errno.Errno {
	s := n.Stat()
	b := make([]byte, statSize)
	for off, v := range map[int]uint64{0: s.Dev, 8: s.Ino, 32: uint64(s.Major)<<32 | uint64(s.Minor), 40: s.Size, 104: s.Pages * blockSize / 512} {
		le.PutUint64(b[off:], v)
	}
	for off, v := range map[int]uint32{16: formats[s.Kind] | uint32(s.Mode), 20: s.Nlink, 24: s.UID, 28: s.GID, 96: blockSize} {
		le.PutUint32(b[off:], v)
	}
	for off, ns := range map[int]int64{48: s.Atime, 64: s.Mtime, 80: s.Ctime} {
		copy(b[off:], calls.TimespecBytes(ns+bootedAt*second))
	}
	copy(b[112:], "tmpfs")
	return t.CopyOut(addr, b)
}

func statPath(t *kern.Thread, a *[6]uint64, follow bool) (uint64, errno.Errno) {
	n, e := calls.NodeAt(t, calls.AtCWD, a[0], 0, follow)
	if e != errno.OK {
		return 0, e
	}
	return 0, putStat(t, a[1], n)
}

func sysStat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno)  { return statPath(t, a, true) }
func sysLstat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) { return statPath(t, a, false) }

func sysFstat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := calls.FileOf(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	return 0, putStat(t, a[1], f.Node())
}

func sysGetdents(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return calls.Getdents(t, a[0], a[1], uint64(uint32(a[2])), func(b []byte, _ fs.Dirent) []byte { return b })
}
