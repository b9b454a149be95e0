package calls

// Descriptors: how they are opened, copied, changed and closed.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

// OpenFlags is how a system writes flags of open(2) that mean something to package fs. Of two ways
// to write one, a file is told to have the first.
type OpenFlags []struct {
	Bits uint64
	Flag fs.Flags
}

// OAccess is the part of the flags of open(2) that says for what: 0 reading, 1 writing, 2 both, on all
// systems.
const OAccess = 3

// To is how package fs says it.
func (o OpenFlags) To(flags uint64) fs.Flags {
	f := [...]fs.Flags{fs.ORead, fs.OWrite, fs.ORead | fs.OWrite, 0}[flags&OAccess]
	for _, row := range o {
		if flags&row.Bits == row.Bits {
			f |= row.Flag
		}
	}
	return f
}

// From is how the system says it.
func (o OpenFlags) From(f fs.Flags) (flags uint64) {
	switch f & (fs.ORead | fs.OWrite) {
	case fs.OWrite:
		flags = 1
	case fs.ORead | fs.OWrite:
		flags = 2
	}
	for _, row := range o {
		if f&row.Flag != 0 {
			f &^= row.Flag
			flags |= row.Bits
		}
	}
	return flags
}

// Opening is what an open(2) asks for.
type Opening struct {
	Flags       fs.Flags
	Mode        uint64 // of a file that is made
	CloseOnExec bool
	Acquire     bool // a terminal may become that of the caller's session
}

// Open is open(2) of a path and where it begins. That a descriptor is free is looked at first: what
// cannot be opened is not made.
func Open(t *kern.Thread, at *fs.Node, path string, o Opening) (uint64, errno.Errno) {
	if Full(t) {
		return 0, errno.EMFILE
	}
	f, e := t.M.FS.Open(Cred(t), at, path, o.Flags, fs.Mode(o.Mode)&0o7777&^t.Proc.At.Umask)
	if e == errno.EAGAIN && f != nil {
		e = awaitPartner(t, f)
	}
	if e != errno.OK {
		return 0, e
	}
	if tt := kern.TerminalOf(f.Device()); tt != nil && o.Acquire && o.Flags&(fs.ONoTTY|fs.OPath) == 0 && t.Proc.MayAcquire(tt) {
		t.Proc.Acquire(tt, false)
	}
	return Install(t, f, o.CloseOnExec)
}

// awaitPartner waits until a fifo's other end is open.
func awaitPartner(t *kern.Thread, f *fs.File) errno.Errno {
	for f.Opened() == errno.EAGAIN {
		if e := SleepOn(t, "open", f.OpenQueue()); e != errno.OK {
			f.Release()
			return e
		}
	}
	return errno.OK
}

// Close is close(2).
func Close(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return 0, t.Proc.Files.Close(Integer(a[0]))
}

// Dup is dup(2).
func Dup(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	fd, e := t.Proc.Files.Dup(Integer(a[0]), 0, false)
	return uint64(fd), e
}

// Dup2 is dup2(2).
func Dup2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return uint64(Integer(a[1])), t.Proc.Files.Dup2(Integer(a[0]), Integer(a[1]), false)
}

// Fsync is fsync(2), and any call that does nothing but fail where there is no file.
func Fsync(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	_, e := OpenFile(t, a[0])
	return 0, e
}

// Pipe makes a pipe and gives its ends descriptors.
func Pipe(t *kern.Thread, flags fs.Flags, closeOnExec bool) (in, out uint64, e errno.Errno) {
	r, w := t.M.FS.Pipe(Cred(t), flags)
	if in, e = Install(t, r, closeOnExec); e != errno.OK {
		w.Release()
		return 0, 0, e
	}
	if out, e = Install(t, w, closeOnExec); e != errno.OK {
		t.Proc.Files.Close(int(in))
	}
	return in, out, e
}

// PipeAt is Pipe with the two descriptors written to an address.
func PipeAt(t *kern.Thread, addr uint64, flags fs.Flags, closeOnExec bool) (uint64, errno.Errno) {
	in, out, e := Pipe(t, flags, closeOnExec)
	if e != errno.OK {
		return 0, e
	}
	b := le.AppendUint32(nil, uint32(in))
	if e = t.CopyOut(addr, le.AppendUint32(b, uint32(out))); e != errno.OK {
		t.Proc.Files.Close(int(out))
		t.Proc.Files.Close(int(in))
	}
	return 0, e
}

// FdCloseOnExec is FD_CLOEXEC.
const FdCloseOnExec = 1

// Fcntl is fcntl(2) with the commands that have the same numbers on all systems, and those that a
// system has of its own.
func Fcntl(o OpenFlags, own map[uint64]Call) Call {
	all := map[uint64]Call{0: DupFrom(false), 1: getfd, 2: setfd, 3: getfl(o), 4: setfl(o)}
	for command, do := range own {
		all[command] = do
	}
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		if _, e := FileOf(t, a[0]); e != errno.OK {
			return 0, e
		}
		if do := all[a[1]]; do != nil {
			return do(t, a)
		}
		if _, e := OpenFile(t, a[0]); e != errno.OK {
			return 0, e
		}
		return 0, errno.EINVAL
	}
}

// DupFrom is F_DUPFD, and F_DUPFD_CLOEXEC.
func DupFrom(closeOnExec bool) Call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		files, low := t.Proc.Files, Integer(a[2])
		if low < 0 || low >= files.Limit() {
			return 0, errno.EINVAL
		}
		fd, e := files.Dup(Integer(a[0]), low, closeOnExec)
		return uint64(fd), e
	}
}

func getfd(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if on, _ := t.Proc.Files.CloseOnExec(Integer(a[0])); on {
		return FdCloseOnExec, errno.OK
	}
	return 0, errno.OK
}

func setfd(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return 0, t.Proc.Files.SetCloseOnExec(Integer(a[0]), a[2]&FdCloseOnExec != 0)
}

func getfl(o OpenFlags) Call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		f, e := FileOf(t, a[0])
		if e != errno.OK {
			return 0, e
		}
		return o.From(f.Flags()), errno.OK
	}
}

func setfl(o OpenFlags) Call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		f, e := OpenFile(t, a[0])
		if e == errno.OK {
			f.SetFlags(o.To(a[2]))
		}
		return 0, e
	}
}

// Stat is stat(2), or lstat(2) which follows no link: path, and where to put the system's structure.
func Stat(follow bool, encode func(*fs.Stat) []byte) Call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		n, e := NodeAt(t, AtCWD, a[0], 0, follow)
		return PutStat(t, a[1], n, e, encode)
	}
}

// Fstat is fstat(2).
func Fstat(encode func(*fs.Stat) []byte) Call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		f, e := FileOf(t, a[0])
		if e != errno.OK {
			return 0, e
		}
		return PutStat(t, a[1], f.Node(), e, encode)
	}
}

// PutStat writes what is known of a file, if it was found.
func PutStat(t *kern.Thread, addr uint64, n *fs.Node, e errno.Errno, encode func(*fs.Stat) []byte) (uint64, errno.Errno) {
	if e != errno.OK {
		return 0, e
	}
	s := n.Stat()
	return 0, t.CopyOut(addr, encode(&s))
}
