package linux

// Descriptors: how they are opened, copied, changed and closed.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{"open", sysOpen}, {"openat", sysOpenat}, {"creat", sysCreat}, {"close", calls.Close}, {"close_range", sysCloseRange},
		{"dup", calls.Dup}, {"dup2", calls.Dup2}, {"dup3", sysDup3}, {"fcntl", sysFcntl}, {"pipe", sysPipe}, {"pipe2", sysPipe2},
		{"eventfd", sysEventfd}, {"eventfd2", sysEventfd2}, {"flock", calls.Flock}, {"fsync", calls.Fsync}, {"fdatasync", calls.Fsync},
		{"syncfs", calls.Fsync}, {"sync", nothing}, {"fadvise64", calls.Fsync}})
}

// Flags of open(2).
const (
	oWriteOnly = 1
	oReadWrite = 2
	oAccess    = 3
	oCreate    = 0o100
	oExcl      = 0o200
	oNoTTY     = 0o400
	oTrunc     = 0o1000
	oAppend    = 0o2000
	oNonblock  = 0o4000
	oAsync     = 0o20000
	oLargeFile = 0o100000
	oDirectory = 0o200000
	oNoFollow  = 0o400000
	oCloexec   = 0o2000000
	oSync      = 0o4010000
	oPath      = 0o10000000
	oTmpfile   = 0o20000000
)

// openFlags are the flags that mean something to package fs.
var openFlags = calls.OpenFlags{{oCreate, fs.OCreate}, {oExcl, fs.OExcl}, {oTrunc, fs.OTrunc}, {oAppend, fs.OAppend}, {oNonblock, fs.ONonblock},
	{oAsync, fs.OAsync}, {oDirectory, fs.ODirectory}, {oNoFollow, fs.ONoFollow}, {oSync, fs.OSync}, {oPath, fs.OPath},
	{oNoTTY, fs.ONoTTY}}

// fromFlags is what F_GETFL says of a file.
func fromFlags(f *fs.File) uint64 {
	n := openFlags.From(f.Flags())
	if k := f.Node().Kind(); k != fs.Anonymous && !(k == fs.Fifo && f.Node().Deleted()) {
		n |= oLargeFile // open(2) sets it for 64-bit programs
	}
	return n
}

func sysOpen(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return openPath(t, atCWD, a[0], a[1], a[2])
}

func sysCreat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return openPath(t, atCWD, a[0], oCreate|oWriteOnly|oTrunc, a[1])
}

func sysOpenat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return openPath(t, a[0], a[1], a[2], a[3])
}

func openPath(t *kern.Thread, dirfd, addr, flags, mode uint64) (uint64, errno.Errno) {
	at, path, e := pathFrom(t, dirfd, addr)
	switch {
	case e != errno.OK:
		return 0, e
	case flags&oTmpfile != 0 && flags&oPath == 0:
		return 0, errno.EOPNOTSUPP
	case flags&(oCreate|oDirectory) == oCreate|oDirectory && flags&oPath == 0:
		return 0, errno.EINVAL
	}
	return calls.Open(t, at, path, calls.Opening{Flags: openFlags.To(flags), Mode: mode, CloseOnExec: flags&oCloexec != 0, Acquire: true})
}

// Flags of close_range(2).
const (
	closeUnshare = 2
	closeCloexec = 4
)

func sysCloseRange(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	first, last := uint32(a[0]), uint32(a[1])
	if a[2]&^(closeUnshare|closeCloexec) != 0 || first > last {
		return 0, errno.EINVAL
	}
	p := t.Proc
	if a[2]&closeUnshare != 0 && p.Files.Users() > 1 {
		own := p.Files.Fork()
		p.Files.Release()
		p.Files = own
	}
	var all []int
	p.Files.Each(func(fd int, _ *fs.File, _ bool) {
		if uint32(fd) >= first && uint32(fd) <= last {
			all = append(all, fd)
		}
	})
	for _, fd := range all {
		if a[2]&closeCloexec != 0 {
			p.Files.SetCloseOnExec(fd, true)
		} else {
			p.Files.Close(fd)
		}
	}
	return 0, errno.OK
}

func sysDup3(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[2]&^oCloexec != 0 || integer(a[0]) == integer(a[1]) {
		return 0, errno.EINVAL
	}
	return uint64(integer(a[1])), t.Proc.Files.Dup2(integer(a[0]), integer(a[1]), a[2] != 0)
}

// Commands of fcntl(2) that are Linux's own, or more here.
const (
	fGetfl        = 3
	fGetlk        = 5
	fSetlk        = 6
	fSetlkw       = 7
	fSetown       = 8
	fGetown       = 9
	fDupfdCloexec = 1030
	fGetPipeSize  = 1032
)

// sysFcntl is fcntl(2). Nobody locks here, and nobody is told of what comes.
var sysFcntl = calls.Fcntl(openFlags, map[uint64]calls.Call{fGetfl: sysGetfl, fGetlk: sysGetlk, fSetlk: calls.Fsync, fSetlkw: calls.Fsync,
	fSetown: calls.Fsync, fGetown: calls.Fsync, fDupfdCloexec: calls.DupFrom(true), fGetPipeSize: sysGetPipeSize})

func sysGetfl(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := fileOf(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	return fromFlags(f), errno.OK
}

// sysGetlk is F_GETLK: l_type says that nobody locks.
func sysGetlk(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const lockFree = 2 // F_UNLCK
	if _, e := openFile(t, a[0]); e != errno.OK {
		return 0, e
	}
	return 0, t.CopyOut(a[2], le.AppendUint16(nil, lockFree))
}

// sysGetPipeSize is F_GETPIPE_SZ.
func sysGetPipeSize(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if f, e := openFile(t, a[0]); e != errno.OK || f.Node().Kind() != fs.Fifo {
		return 0, errno.EBADF
	}
	return fs.PipeSize, errno.OK
}

func sysPipe(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return makePipe(t, a[0], 0)
}

func sysPipe2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return makePipe(t, a[0], a[1])
}

func makePipe(t *kern.Thread, addr, flags uint64) (uint64, errno.Errno) {
	if flags&^(oCloexec|oNonblock) != 0 {
		return 0, errno.EINVAL
	}
	return calls.PipeAt(t, addr, openFlags.To(flags&oNonblock)&^fs.ORead, flags&oCloexec != 0)
}

func sysEventfd(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return sysEventfd2(t, &[6]uint64{a[0]})
}

func sysEventfd2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const semaphore = 1
	flags := a[1]
	if flags&^(semaphore|oCloexec|oNonblock) != 0 {
		return 0, errno.EINVAL
	}
	f := t.M.FS.Eventfd(credOf(t), uint64(uint32(a[0])), flags&semaphore != 0, openFlags.To(flags&oNonblock))
	return install(t, f, flags&oCloexec != 0)
}
