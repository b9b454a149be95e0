package fs

// Open files: what read(2), write(2), lseek(2) and their like do.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/sleep"
)

// File is an open file. Several descriptors and processes may have it; each is a user.
type File struct {
	Data any // a provider's or device's

	fs     *FS
	node   *Node
	cred   Cred
	flags  Flags
	asked  Flags
	refs   int
	off    int64
	device Device

	list     []Dirent // of a directory, since it was read from its beginning
	snapshot []byte   // of a synthetic file, likewise
	taken    bool
	partner  uint64 // of a fifo: see openFifo
}

// Retain adds a user.
func (f *File) Retain() *File {
	f.refs++
	return f
}

// Release takes a user away; with the last one the file is closed.
func (f *File) Release() {
	f.refs--
	if f.refs != 0 {
		return
	}
	f.Unlock()
	f.device.Close(f)
	if f.flags&OWrite != 0 {
		f.node.writers--
	}
	f.node.Release()
}

// Users is how many there are.
func (f *File) Users() int { return f.refs }

// Node is what is open.
func (f *File) Node() *Node { return f.node }

// Path is the node's.
func (f *File) Path() string { return f.node.Path() }

// Stat is the node's.
func (f *File) Stat() Stat { return f.node.Stat() }

// Cred is who opened it.
func (f *File) Cred() Cred { return f.cred }

// Device is what it reads and writes. What ioctl(2) can do with it depends on its dynamic
// type: ENOTTY if on nothing.
func (f *File) Device() Device { return f.device }

// Flags is how it is open.
func (f *File) Flags() Flags { return f.flags }

// Asked is how it was to be opened: with OCreate and its like, too.
func (f *File) Asked() Flags { return f.asked }

// SetFlags changes those of the flags that are Settable.
func (f *File) SetFlags(flags Flags) { f.flags = f.flags&^Settable | flags&Settable }

// may says EBADF if the file is not open for something.
func (f *File) may(want Flags) errno.Errno {
	if f.flags&want == 0 {
		return errno.EBADF
	}
	return ok
}

// seekable says whether the offset means something.
func (f *File) seekable() bool {
	s, is := f.device.(Seeker)
	return is && s.Seekable()
}

// Read reads at the file's offset and moves it. 0 without an error is the end. EAGAIN:
// sleep on the ReadQueue and ask again.
func (f *File) Read(p []byte) (int, errno.Errno) {
	n, e := f.readAt(p, f.off)
	if n > 0 && f.seekable() {
		f.off += int64(n)
	}
	return n, e
}

// Write writes at the file's offset, or its end if OAppend, and moves it. EAGAIN, perhaps
// with some of it written: sleep on the WriteQueue and go on with the rest. Who does not
// want to wait returns what was written, or EAGAIN if nothing was.
func (f *File) Write(p []byte) (int, errno.Errno) {
	off := f.off
	if f.flags&OAppend != 0 && f.node.kind == Regular {
		off = int64(f.node.size)
	}
	n, e := f.writeAt(p, off)
	if n > 0 && f.seekable() {
		f.off = off + int64(n)
	}
	return n, e
}

// Pread reads at an offset. ESPIPE where there are none.
func (f *File) Pread(p []byte, off int64) (int, errno.Errno) {
	if e := f.position(off); e != ok {
		return 0, e
	}
	return f.readAt(p, off)
}

// Pwrite writes at an offset; with OAppend at the end all the same, as Linux and FreeBSD do.
func (f *File) Pwrite(p []byte, off int64) (int, errno.Errno) {
	if e := f.position(off); e != ok {
		return 0, e
	}
	if f.flags&OAppend != 0 && f.node.kind == Regular {
		off = int64(f.node.size)
	}
	return f.writeAt(p, off)
}

func (f *File) position(off int64) errno.Errno {
	switch {
	case off < 0:
		return errno.EINVAL
	case f.flags&OPath != 0:
		return errno.EBADF
	case !f.seekable():
		return errno.ESPIPE
	}
	return ok
}

func (f *File) readAt(p []byte, off int64) (int, errno.Errno) {
	switch {
	case f.may(ORead) != ok:
		return 0, errno.EBADF
	case f.node.kind == Directory:
		return 0, errno.EISDIR
	}
	return f.device.Read(f, p, off)
}

func (f *File) writeAt(p []byte, off int64) (int, errno.Errno) {
	if e := f.may(OWrite); e != ok {
		return 0, e
	}
	return f.device.Write(f, p, off)
}

// Whence is what an offset counts from.
type Whence uint8

// The whences.
const (
	SeekSet Whence = iota
	SeekCur
	SeekEnd
)

// Lseek moves the offset, and is it: lseek(2).
func (f *File) Lseek(off int64, from Whence) (int64, errno.Errno) {
	if e := f.position(0); e != ok {
		return 0, e
	}
	base := int64(0)
	switch from {
	case SeekSet:
	case SeekCur:
		base = f.off
	case SeekEnd:
		base = int64(f.node.Size())
	default:
		return 0, errno.EINVAL
	}
	to := base + off
	switch {
	case off > 0 && to < base:
		return 0, errno.EOVERFLOW
	case to < 0:
		return 0, errno.EINVAL
	}
	if f.node.kind == Char {
		to = 0 // null(4) and its like stay at their beginning
	}
	f.off = to
	return to, ok
}

// Offset is where the next Read or Write is, but for OAppend.
func (f *File) Offset() int64 { return f.off }

// Readdir calls f with the directory's entries from the offset on, until it says false;
// the offset is then that of the first entry that was not taken. What is in a directory is
// looked at when it is read from its beginning.
func (f *File) Readdir(take func(Dirent) bool) errno.Errno {
	switch {
	case f.may(ORead) != ok:
		return errno.EBADF
	case f.node.kind != Directory:
		return errno.ENOTDIR
	}
	if f.off == 0 || !f.taken {
		list, e := f.node.list()
		if e != ok {
			return e
		}
		f.list, f.taken = list, true
		f.node.atime = f.fs.now()
	}
	for f.off < int64(len(f.list)) && take(f.list[f.off]) {
		f.off++
	}
	return ok
}

// Truncate makes the file as large as said: ftruncate(2).
func (f *File) Truncate(size int64) errno.Errno {
	switch {
	case f.flags&OPath != 0:
		return errno.EBADF
	case size < 0 || f.may(OWrite) != ok || f.node.kind != Regular:
		return errno.EINVAL
	}
	return f.node.truncate(f.cred, uint64(size))
}

// Poll says what can be done without waiting.
func (f *File) Poll() Ready {
	if f.flags&OPath != 0 {
		return 0
	}
	return f.device.Poll(f)
}

// ReadQueue is where to wait for Read, and for Poll. Nil: it never has anything to wait for.
func (f *File) ReadQueue() *sleep.Queue {
	q, _ := f.device.Queues(f)
	return q
}

// WriteQueue is where to wait for Write, and for Poll.
func (f *File) WriteQueue() *sleep.Queue {
	_, q := f.device.Queues(f)
	return q
}

// regularFile is an open regular file or directory.
type regularFile struct{ Always }

// Seekable implements Seeker.
func (regularFile) Seekable() bool { return true }

// Read implements Device.
func (regularFile) Read(f *File, p []byte, off int64) (int, errno.Errno) {
	n, e := f.node.read(p, uint64(off))
	if e == ok && f.node.host == nil {
		f.node.atime = f.fs.now()
	}
	return n, e
}

// Write implements Device.
func (regularFile) Write(f *File, p []byte, off int64) (int, errno.Errno) {
	n, e := f.node.write(p, uint64(off))
	if n > 0 && !f.cred.Root() {
		f.node.dropSetID()
	}
	return n, e
}

// Seekable implements Seeker.
func (d syntheticFile) Seekable() bool { return true }
