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
		nr.Open: sysOpen, nr.Creat: sysCreat, nr.Close: calls.Close, nr.Dup: calls.Dup, nr.Fcntl: sysFcntl, nr.Pipe: sysPipe, nr.Ioctl: sysIoctl,
		nr.Poll: calls.Poll,
		nr.Stat: calls.Stat(true, encodeStat), nr.Lstat: calls.Stat(false, encodeStat), nr.Fstat: calls.Fstat(encodeStat), nr.Getdents: sysGetdents,
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
	oWriteOnly = 1
	oTrunc     = 0x200
	oCreate    = 0x100
	oCloexec   = 0x800000
)

// openFlags are the flags that mean something to package fs.
var openFlags = calls.OpenFlags{{0x80, fs.ONonblock}, {0x04, fs.ONonblock}, {0x08, fs.OAppend}, {0x10, fs.OSync}, {0x40, fs.OSync}, {oCreate, fs.OCreate},
	{oTrunc, fs.OTrunc}, {0x400, fs.OExcl}, {0x800, fs.ONoTTY}, {0x20000, fs.ONoFollow}, {0x1000000, fs.ODirectory}}

func sysOpen(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	at, path, e := calls.PathFrom(t, calls.AtCWD, a[0])
	switch {
	case e != errno.OK:
		return 0, e
	case a[1]&calls.OAccess == calls.OAccess:
		return 0, errno.EINVAL
	}
	return calls.Open(t, at, path, calls.Opening{Flags: openFlags.To(a[1]), Mode: a[2], CloseOnExec: a[1]&oCloexec != 0, Acquire: true})
}

func sysCreat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return sysOpen(t, &[6]uint64{a[0], oWriteOnly | oCreate | oTrunc, a[1]})
}

// Commands of fcntl(2) that are SVR4's own (illumos sys/fcntl.h).
const (
	fSetlk  = 6
	fSetlkw = 7
	fDup2fd = 9
)

// sysFcntl is fcntl(2). Nobody locks here.
var sysFcntl = calls.Fcntl(openFlags, map[uint64]calls.Call{fSetlk: calls.Fsync, fSetlkw: calls.Fsync, fDup2fd: sysDup2fd})

// sysDup2fd is F_DUP2FD.
func sysDup2fd(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return calls.Dup2(t, &[6]uint64{a[0], a[2]})
}

// sysPipe is pipe(2): two descriptors, as two values.
func sysPipe(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	in, out, e := calls.Pipe(t, 0, false)
	if e == errno.OK {
		lwpOf(t).second = out
	}
	return in, e
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

// formats are the kinds of files in st_mode.
var formats = [...]uint32{fs.Regular: 0o100000, fs.Directory: 0o040000, fs.Symlink: 0o120000, fs.Fifo: 0o010000, fs.Char: 0o020000, fs.Anonymous: 0}

const (
	statSize  = 128 // of struct stat on amd64 (illumos sys/stat.h)
	blockSize = 4096
)

// encodeStat is a struct stat.
func encodeStat(s *fs.Stat) []byte {
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
	return b
}

func sysGetdents(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return calls.Getdents(t, a[0], a[1], uint64(uint32(a[2])), func(b []byte, _ fs.Dirent) []byte { return b })
}
