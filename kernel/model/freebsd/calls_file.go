package freebsd

// Files: what of the calls on them has numbers and structures of FreeBSD's own.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{3, "read", 3, calls.Read}, {4, "write", 3, sysWrite}, {5, "open", 3, sysOpen}, {6, "close", 1, calls.Close},
		{9, "link", 2, calls.CwdBoth(calls.Linkat)}, {10, "unlink", 1, calls.Unlink}, {12, "chdir", 1, calls.Chdir}, {13, "fchdir", 1, calls.Fchdir},
		{15, "chmod", 2, calls.CwdFirst(calls.NoFlags(3, calls.Fchmodat2))}, {16, "chown", 3, calls.CwdFirst(calls.NoFlags(4, calls.Fchownat))},
		{33, "access", 2, calls.CwdFirst(calls.NoFlags(3, calls.Faccessat2))}, {41, "dup", 1, calls.Dup}, {57, "symlink", 2, calls.Symlink},
		{58, "readlink", 3, calls.CwdFirst(calls.Readlinkat)}, {60, "umask", 1, calls.Umask}, {90, "dup2", 2, calls.Dup2}, {92, "fcntl", 3, sysFcntl},
		{120, "readv", 3, calls.Readv}, {121, "writev", 3, calls.Writev}, {123, "fchown", 3, calls.Fchown}, {124, "fchmod", 2, calls.Fchmod},
		{128, "rename", 2, calls.CwdBoth(calls.Renameat2)}, {136, "mkdir", 2, calls.CwdFirst(calls.Mkdirat)}, {137, "rmdir", 1, calls.Rmdir},
		{209, "poll", 3, calls.Poll}, {326, "__getcwd", 2, sysGetcwd}, {475, "pread", 4, calls.Pread}, {476, "pwrite", 4, calls.Pwrite},
		{478, "lseek", 3, calls.Lseek}, {480, "ftruncate", 2, calls.Ftruncate}, {499, "openat", 4, sysOpenat}, {542, "pipe2", 2, sysPipe2},
		{54, "ioctl", 3, sysIoctl}, {131, "flock", 2, calls.Flock}})
}

// Flags of open(2) (sys/fcntl.h).
const (
	oNonblock = 4
	oCloexec  = 0x100000
)

// openFlags are the flags that mean something to package fs.
var openFlags = calls.OpenFlags{{oNonblock, fs.ONonblock}, {8, fs.OAppend}, {0x40, fs.OAsync}, {0x80, fs.OSync}, {0x100, fs.ONoFollow},
	{0x200, fs.OCreate}, {0x400, fs.OTrunc}, {0x800, fs.OExcl}, {0x8000, fs.ONoTTY}, {0x20000, fs.ODirectory}}

var sysFcntl = calls.Fcntl(openFlags, map[uint64]calls.Call{17: calls.DupFrom(true)}) // F_DUPFD_CLOEXEC

// sysWrite is write(2). What is written to /dev/null is not looked at (syscall-error).
func sysWrite(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if f, e := calls.OpenFile(t, a[0]); e == errno.OK && f.Flags()&fs.OWrite != 0 {
		if s := f.Node().Stat(); s.Kind == fs.Char && s.Major == 1 && s.Minor == 3 {
			return a[2], errno.OK
		}
	}
	return calls.Write(t, a)
}

func sysOpen(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return openAt(t, calls.AtCWD, a[0], a[1], a[2])
}

// atFDCWD is AT_FDCWD.
const atFDCWD = -100

func sysOpenat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	dir := a[0]
	if calls.Integer(dir) == atFDCWD {
		dir = calls.AtCWD
	}
	return openAt(t, dir, a[1], a[2], a[3])
}

func openAt(t *kern.Thread, dir, name, flags, mode uint64) (uint64, errno.Errno) {
	at, path, e := calls.PathFrom(t, dir, name)
	switch {
	case e != errno.OK:
		return 0, e
	case flags&calls.OAccess == calls.OAccess:
		return 0, errno.EINVAL
	}
	return calls.Open(t, at, path, calls.Opening{Flags: openFlags.To(flags), Mode: mode, CloseOnExec: flags&oCloexec != 0})
}

func sysGetcwd(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	_, e := calls.Getcwd(t, a)
	return 0, e
}

func sysIoctl(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if _, e := calls.OpenFile(t, a[0]); e != errno.OK {
		return 0, e
	}
	return 0, errno.ENOTTY
}

func sysPipe2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[1]&^(oCloexec|oNonblock) != 0 {
		return 0, errno.EINVAL
	}
	return calls.PipeAt(t, a[0], openFlags.To(a[1]&oNonblock)&^fs.ORead, a[1]&oCloexec != 0)
}
