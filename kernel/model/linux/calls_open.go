package linux

// Descriptors: how they are opened, copied, changed and closed.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{"open", sysOpen}, {"openat", sysOpenat}, {"creat", sysCreat}, {"close", sysClose}, {"close_range", sysCloseRange},
		{"dup", sysDup}, {"dup2", sysDup2}, {"dup3", sysDup3}, {"fcntl", sysFcntl}, {"pipe", sysPipe}, {"pipe2", sysPipe2},
		{"eventfd", sysEventfd}, {"eventfd2", sysEventfd2}, {"flock", calls.Flock}, {"fsync", sysFsync}, {"fdatasync", sysFsync},
		{"syncfs", sysFsync}, {"sync", nothing}, {"fadvise64", sysFsync}})
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
var openFlags = []struct {
	linux uint64
	fs    fs.Flags
}{{oCreate, fs.OCreate}, {oExcl, fs.OExcl}, {oTrunc, fs.OTrunc}, {oAppend, fs.OAppend}, {oNonblock, fs.ONonblock},
	{oAsync, fs.OAsync}, {oDirectory, fs.ODirectory}, {oNoFollow, fs.ONoFollow}, {oSync, fs.OSync}, {oPath, fs.OPath},
	{oNoTTY, fs.ONoTTY}}

// toFlags is how package fs says it.
func toFlags(flags uint64) fs.Flags {
	f := [...]fs.Flags{fs.ORead, fs.OWrite, fs.ORead | fs.OWrite, 0}[flags&oAccess]
	for _, row := range openFlags {
		if flags&row.linux == row.linux {
			f |= row.fs
		}
	}
	return f
}

// fromFlags is what F_GETFL says of a file.
func fromFlags(f *fs.File) uint64 {
	flags, n := f.Flags(), uint64(0)
	switch flags & (fs.ORead | fs.OWrite) {
	case fs.OWrite:
		n = oWriteOnly
	case fs.ORead | fs.OWrite:
		n = oReadWrite
	}
	for _, row := range openFlags {
		if flags&row.fs != 0 {
			n |= row.linux
		}
	}
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

// openPath opens. That a descriptor is free is looked at first: what cannot be opened is not made.
func openPath(t *kern.Thread, dirfd, addr, flags, mode uint64) (uint64, errno.Errno) {
	at, path, e := pathFrom(t, dirfd, addr)
	if e != errno.OK {
		return 0, e
	}
	switch {
	case flags&oTmpfile != 0 && flags&oPath == 0:
		return 0, errno.EOPNOTSUPP
	case flags&(oCreate|oDirectory) == oCreate|oDirectory && flags&oPath == 0:
		return 0, errno.EINVAL
	case full(t):
		return 0, errno.EMFILE
	}
	f, e := t.M.FS.Open(credOf(t), at, path, toFlags(flags), fs.Mode(mode)&0o7777&^t.Proc.At.Umask)
	if e == errno.EAGAIN && f != nil {
		e = awaitPartner(t, f)
	}
	if e != errno.OK {
		return 0, e
	}
	if tt := kern.TerminalOf(f.Device()); tt != nil && flags&(oNoTTY|oPath) == 0 && t.Proc.MayAcquire(tt) {
		t.Proc.Acquire(tt, false)
	}
	return install(t, f, flags&oCloexec != 0)
}

func sysClose(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return 0, t.Proc.Files.Close(integer(a[0]))
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

func sysDup(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	fd, e := t.Proc.Files.Dup(integer(a[0]), 0, false)
	return uint64(fd), e
}

func sysDup2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return uint64(integer(a[1])), t.Proc.Files.Dup2(integer(a[0]), integer(a[1]), false)
}

func sysDup3(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[2]&^oCloexec != 0 || integer(a[0]) == integer(a[1]) {
		return 0, errno.EINVAL
	}
	return uint64(integer(a[1])), t.Proc.Files.Dup2(integer(a[0]), integer(a[1]), a[2] != 0)
}

// Commands of fcntl(2).
const (
	fDupfd        = 0
	fGetfd        = 1
	fSetfd        = 2
	fGetfl        = 3
	fSetfl        = 4
	fGetlk        = 5
	fSetlk        = 6
	fSetlkw       = 7
	fSetown       = 8
	fGetown       = 9
	fDupfdCloexec = 1030
	fGetPipeSize  = 1032

	fdCloexec = 1
	lockFree  = 2 // F_UNLCK
)

func sysFcntl(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := fileOf(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	files, fd := t.Proc.Files, integer(a[0])
	switch a[1] {
	case fDupfd, fDupfdCloexec:
		low := integer(a[2])
		if low < 0 || low >= files.Limit() {
			return 0, errno.EINVAL
		}
		n, e := files.Dup(fd, low, a[1] == fDupfdCloexec)
		return uint64(n), e
	case fGetfd:
		if on, _ := files.CloseOnExec(fd); on {
			return fdCloexec, errno.OK
		}
		return 0, errno.OK
	case fSetfd:
		return 0, files.SetCloseOnExec(fd, a[2]&fdCloexec != 0)
	case fGetfl:
		return fromFlags(f), errno.OK
	}
	if f.Flags()&fs.OPath != 0 {
		return 0, errno.EBADF
	}
	switch a[1] {
	case fSetfl:
		f.SetFlags(toFlags(a[2]))
	case fGetlk: // nobody locks here: l_type says so
		var b [2]byte
		le.PutUint16(b[:], lockFree)
		return 0, t.CopyOut(a[2], b[:])
	case fSetlk, fSetlkw, fSetown:
	case fGetown:
	case fGetPipeSize:
		if f.Node().Kind() != fs.Fifo {
			return 0, errno.EBADF
		}
		return fs.PipeSize, errno.OK
	default:
		return 0, errno.EINVAL
	}
	return 0, errno.OK
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
	r, w := t.M.FS.Pipe(credOf(t), toFlags(flags&oNonblock)&^fs.ORead)
	cloexec := flags&oCloexec != 0
	in, e := install(t, r, cloexec)
	if e != errno.OK {
		w.Release()
		return 0, e
	}
	out, e := install(t, w, cloexec)
	if e == errno.OK {
		b := le.AppendUint32(nil, uint32(in))
		e = t.CopyOut(addr, le.AppendUint32(b, uint32(out)))
		if e == errno.OK {
			return 0, errno.OK
		}
		t.Proc.Files.Close(int(out))
	}
	t.Proc.Files.Close(int(in))
	return 0, e
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
	f := t.M.FS.Eventfd(credOf(t), uint64(uint32(a[0])), flags&semaphore != 0, toFlags(flags&oNonblock))
	return install(t, f, flags&oCloexec != 0)
}

// sysFsync is a call that only needs a file.
func sysFsync(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	_, e := openFile(t, a[0])
	return 0, e
}
