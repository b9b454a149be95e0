package freebsd

// Files: what of the calls on them has numbers and structures of FreeBSD's own.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{3, "read", 3, calls.Read}, {4, "write", 3, sysWrite}, {5, "open", 3, sysOpen}, {6, "close", 1, sysClose},
		{9, "link", 2, calls.CwdBoth(calls.Linkat)}, {10, "unlink", 1, calls.Unlink}, {12, "chdir", 1, calls.Chdir}, {13, "fchdir", 1, calls.Fchdir},
		{15, "chmod", 2, calls.CwdFirst(calls.NoFlags(3, calls.Fchmodat2))}, {16, "chown", 3, calls.CwdFirst(calls.NoFlags(4, calls.Fchownat))},
		{33, "access", 2, calls.CwdFirst(calls.NoFlags(3, calls.Faccessat2))}, {41, "dup", 1, sysDup}, {57, "symlink", 2, calls.Symlink},
		{58, "readlink", 3, calls.CwdFirst(calls.Readlinkat)}, {60, "umask", 1, calls.Umask}, {90, "dup2", 2, sysDup2}, {92, "fcntl", 3, sysFcntl},
		{120, "readv", 3, calls.Readv}, {121, "writev", 3, calls.Writev}, {123, "fchown", 3, calls.Fchown}, {124, "fchmod", 2, calls.Fchmod},
		{128, "rename", 2, calls.CwdBoth(calls.Renameat2)}, {136, "mkdir", 2, calls.CwdFirst(calls.Mkdirat)}, {137, "rmdir", 1, calls.Rmdir},
		{209, "poll", 3, sysPoll}, {326, "__getcwd", 2, sysGetcwd}, {475, "pread", 4, calls.Pread}, {476, "pwrite", 4, calls.Pwrite},
		{478, "lseek", 3, calls.Lseek}, {480, "ftruncate", 2, calls.Ftruncate}, {499, "openat", 4, sysOpenat}, {542, "pipe2", 2, sysPipe2},
		{54, "ioctl", 3, sysIoctl}, {131, "flock", 2, calls.Flock}})
}

// Flags of open(2) (sys/fcntl.h).
const (
	oAccess   = 3
	oNonblock = 4
	oCloexec  = 0x100000
)

// openFlags are the flags that mean something to package fs.
var openFlags = []struct {
	freebsd uint64
	fs      fs.Flags
}{{oNonblock, fs.ONonblock}, {8, fs.OAppend}, {0x40, fs.OAsync}, {0x80, fs.OSync}, {0x100, fs.ONoFollow}, {0x200, fs.OCreate}, {0x400, fs.OTrunc},
	{0x800, fs.OExcl}, {0x8000, fs.ONoTTY}, {0x20000, fs.ODirectory}}

func toFlags(flags uint64) fs.Flags {
	f := [...]fs.Flags{fs.ORead, fs.OWrite, fs.ORead | fs.OWrite, 0}[flags&oAccess]
	for _, row := range openFlags {
		if flags&row.freebsd != 0 {
			f |= row.fs
		}
	}
	return f
}

func fromFlags(f fs.Flags) (n uint64) {
	switch f & (fs.ORead | fs.OWrite) {
	case fs.OWrite:
		n = 1
	case fs.ORead | fs.OWrite:
		n = 2
	}
	for _, row := range openFlags {
		if f&row.fs != 0 {
			n |= row.freebsd
		}
	}
	return n
}

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
	case flags&oAccess == oAccess:
		return 0, errno.EINVAL
	case calls.Full(t):
		return 0, errno.EMFILE
	}
	f, e := t.M.FS.Open(calls.Cred(t), at, path, toFlags(flags), fs.Mode(mode)&0o7777&^t.Proc.At.Umask)
	if e == errno.EAGAIN && f != nil {
		e = calls.AwaitPartner(t, f)
	}
	if e != errno.OK {
		return 0, e
	}
	return calls.Install(t, f, flags&oCloexec != 0)
}

func sysClose(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return 0, t.Proc.Files.Close(calls.Integer(a[0]))
}

func sysDup(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	fd, e := t.Proc.Files.Dup(calls.Integer(a[0]), 0, false)
	return uint64(fd), e
}

func sysDup2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return uint64(uint32(a[1])), t.Proc.Files.Dup2(calls.Integer(a[0]), calls.Integer(a[1]), false)
}

// Commands of fcntl(2).
const (
	fDupfd        = 0
	fGetfd        = 1
	fSetfd        = 2
	fGetfl        = 3
	fSetfl        = 4
	fDupfdCloexec = 17
)

func sysFcntl(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := calls.FileOf(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	files, fd, arg := t.Proc.Files, calls.Integer(a[0]), calls.Integer(a[2])
	switch a[1] {
	case fDupfd, fDupfdCloexec:
		if arg < 0 || arg >= files.Limit() {
			return 0, errno.EINVAL
		}
		n, e := files.Dup(fd, arg, a[1] == fDupfdCloexec)
		return uint64(n), e
	case fGetfd:
		if on, _ := files.CloseOnExec(fd); on {
			return 1, errno.OK
		}
		return 0, errno.OK
	case fSetfd:
		return 0, files.SetCloseOnExec(fd, a[2]&1 != 0)
	case fGetfl:
		return fromFlags(f.Flags()), errno.OK
	case fSetfl:
		f.SetFlags(toFlags(a[2]))
		return 0, errno.OK
	}
	return 0, errno.EINVAL
}

func sysGetcwd(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	_, e := calls.Getcwd(t, a)
	return 0, e
}

func sysPoll(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	s, e := calls.PollSetAt(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	until := int64(0)
	if ms := calls.Integer(a[2]); ms >= 0 {
		until = calls.After(t, int64(ms)*1e6)
	}
	return s.Run(t, until)
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
	r, w := t.M.FS.Pipe(calls.Cred(t), toFlags(a[1]&oNonblock)&^fs.ORead)
	cloexec := a[1]&oCloexec != 0
	in, e := calls.Install(t, r, cloexec)
	if e != errno.OK {
		w.Release()
		return 0, e
	}
	out, e := calls.Install(t, w, cloexec)
	if e == errno.OK {
		b := le.AppendUint32(nil, uint32(in))
		if e = t.CopyOut(a[0], le.AppendUint32(b, uint32(out))); e == errno.OK {
			return 0, errno.OK
		}
		t.Proc.Files.Close(int(out))
	}
	t.Proc.Files.Close(int(in))
	return 0, e
}
