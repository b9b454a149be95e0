package calls

// Reading and writing: read(2), write(2) and all of their variants are one transfer between
// a file and pieces of memory.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

// Sizes.
const (
	MaxTransfer = 0x7ffff000 // bytes of one call (read(2), NOTES)
	Piece       = 64 << 10   // bytes that the kernel holds at a time
	maxVectors  = 1024       // UIO_MAXIOV
	sequential  = int64(-1)  // instead of an offset: at the file's own
)

// Vector is a piece of memory: struct iovec.
type Vector struct{ Base, Size uint64 }

// transfer is a read or a write on its way.
type transfer struct {
	t       *kern.Thread
	f       *fs.File
	vectors []Vector
	total   uint64
	off     int64 // or sequential
	done    uint64
}

// VectorsAt reads an array of struct iovec. EINVAL: too many, or more bytes than a ssize_t counts.
func VectorsAt(t *kern.Thread, addr, n uint64) ([]Vector, errno.Errno) {
	if n > maxVectors {
		return nil, errno.EINVAL
	}
	b := make([]byte, 16*n)
	if e := t.CopyIn(addr, b); e != errno.OK {
		return nil, e
	}
	all := make([]Vector, n)
	for i := range all {
		all[i] = Vector{le.Uint64(b[16*i:]), le.Uint64(b[16*i+8:])}
		if int64(all[i].Size) < 0 {
			return nil, errno.EINVAL
		}
	}
	return all, errno.OK
}

func newTransfer(t *kern.Thread, fd uint64, vectors []Vector, off int64) (*transfer, errno.Errno) {
	f, e := OpenFile(t, fd)
	if e != errno.OK {
		return nil, e
	}
	x := &transfer{t: t, f: f.Retain(), vectors: vectors, off: off}
	for _, v := range vectors {
		x.total = min(x.total+v.Size, MaxTransfer)
	}
	return x, errno.OK
}

// here is the memory that the transfer has come to, as far as it is one piece.
func (x *transfer) here() (addr uint64, n int) {
	skip := x.done
	for _, v := range x.vectors {
		if skip < v.Size {
			return v.Base + skip, int(min(v.Size-skip, Piece, x.total-x.done))
		}
		skip -= v.Size
	}
	return 0, 0
}

// again says whether the file goes on giving after it gave all that was asked for: not so
// pipes and terminals, that gave what there was.
func (x *transfer) again() bool {
	s, is := x.f.Device().(fs.Seeker)
	return is && s.Seekable()
}

// end is what the call returns: what was done counts more than why it ended.
func (x *transfer) end(e errno.Errno) (uint64, errno.Errno) {
	x.f.Release()
	if x.done > 0 {
		return x.done, errno.OK
	}
	return 0, e
}

// read fills the memory. Only the first byte is waited for.
func (x *transfer) read() (uint64, errno.Errno) {
	if x.total == 0 {
		_, e := x.get(nil)
		return x.end(e)
	}
	var buf []byte
	for x.done < x.total {
		addr, want := x.here()
		n := Writable(x.t, addr, want)
		if n == 0 {
			return x.end(errno.EFAULT)
		}
		if buf == nil {
			buf = make([]byte, min(x.total, Piece))
		}
		got, e := x.get(buf[:n])
		if got > 0 && x.t.CopyOut(addr, buf[:got]) != errno.OK {
			return x.end(errno.EFAULT)
		}
		x.done += uint64(got)
		if e != errno.OK || got < n || x.done < x.total && !x.again() && len(x.vectors) == 1 {
			return x.end(e)
		}
	}
	return x.end(errno.OK)
}

// get reads once, and waits if there is nothing yet.
func (x *transfer) get(b []byte) (int, errno.Errno) {
	for {
		if e := x.t.MayRead(x.f.Device()); e != errno.OK {
			return 0, e
		}
		n, e := 0, errno.OK
		if x.off == sequential {
			n, e = x.f.Read(b)
		} else if n, e = x.f.Pread(b, x.off); n > 0 {
			x.off += int64(n)
		}
		if e != errno.EAGAIN || n > 0 || x.done > 0 || x.f.Flags()&fs.ONonblock != 0 {
			return n, e
		}
		if e := SleepOn(x.t, "read", x.f.ReadQueue()); e != errno.OK {
			return 0, e
		}
	}
}

// write empties the memory: all of it, unless the file does not want to wait.
func (x *transfer) write() (uint64, errno.Errno) {
	if x.total == 0 {
		_, e := x.put(nil)
		return x.end(e)
	}
	for x.done < x.total {
		addr, n := x.here()
		b := make([]byte, n)
		got := x.t.Proc.Space.Load(addr, b)
		if got == 0 {
			return x.end(errno.EFAULT)
		}
		put, e := x.put(b[:got])
		x.done += uint64(put)
		switch {
		case e != errno.OK:
			return x.end(e)
		case put < got:
			return x.end(errno.OK)
		}
	}
	return x.end(errno.OK)
}

// put writes a piece, and waits where there is no room.
func (x *transfer) put(b []byte) (done int, e errno.Errno) {
	if b, e = x.within(b); e != errno.OK {
		return 0, e
	}
	for {
		if e := x.t.MayWrite(x.f.Device()); e != errno.OK {
			return done, e
		}
		n := 0
		if x.off == sequential {
			n, e = x.f.Write(b[done:])
		} else if n, e = x.f.Pwrite(b[done:], x.off); n > 0 {
			x.off += int64(n)
		}
		done += n
		switch {
		case e == errno.EPIPE:
			x.t.M.PostThread(x.t, FromSelf(x.t, x.t.Proc.Sys.Sig.PIPE))
			return done, e
		case e != errno.EAGAIN || x.f.Flags()&fs.ONonblock != 0:
			return done, e
		}
		if e := SleepOn(x.t, "write", x.f.WriteQueue()); e != errno.OK {
			return done, e
		}
	}
}

// within cuts a piece to RLIMIT_FSIZE. EFBIG, and SIGXFSZ, if nothing is left of it.
func (x *transfer) within(b []byte) ([]byte, errno.Errno) {
	limit := x.t.Proc.Limits[kern.LimitFile].Cur
	n := x.f.Node()
	if n.Kind() != fs.Regular || int64(limit) < 0 || len(b) == 0 {
		return b, errno.OK
	}
	at := uint64(x.off)
	switch {
	case x.f.Flags()&fs.OAppend != 0:
		at = n.Size()
	case x.off == sequential:
		at = uint64(x.f.Offset())
	}
	if at >= limit {
		x.t.M.PostThread(x.t, FromSelf(x.t, x.t.Proc.Sys.Sig.XFSZ))
		return nil, errno.EFBIG
	}
	return b[:min(uint64(len(b)), limit-at)], errno.OK
}

// Read is read(2).
func Read(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	x, e := newTransfer(t, a[0], []Vector{{a[1], a[2]}}, sequential)
	if e != errno.OK {
		return 0, e
	}
	return x.read()
}

// Write is write(2).
func Write(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	x, e := newTransfer(t, a[0], []Vector{{a[1], a[2]}}, sequential)
	if e != errno.OK {
		return 0, e
	}
	return x.write()
}

// positioned is a transfer at an offset.
func positioned(t *kern.Thread, fd uint64, v []Vector, off uint64) (*transfer, errno.Errno) {
	if int64(off) < 0 {
		return nil, errno.EINVAL
	}
	return newTransfer(t, fd, v, int64(off))
}

// Pread is pread(2).
func Pread(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	x, e := positioned(t, a[0], []Vector{{a[1], a[2]}}, a[3])
	if e != errno.OK {
		return 0, e
	}
	return x.read()
}

// Pwrite is pwrite(2).
func Pwrite(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	x, e := positioned(t, a[0], []Vector{{a[1], a[2]}}, a[3])
	if e != errno.OK {
		return 0, e
	}
	return x.write()
}

// vectored is a transfer with an array of pieces; off is an offset or sequential.
func vectored(t *kern.Thread, a *[6]uint64, off int64) (*transfer, errno.Errno) {
	if _, e := OpenFile(t, a[0]); e != errno.OK {
		return nil, e
	}
	v, e := VectorsAt(t, a[1], a[2])
	if e != errno.OK {
		return nil, e
	}
	return newTransfer(t, a[0], v, off)
}

// Readv is readv(2).
func Readv(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	x, e := vectored(t, a, sequential)
	if e != errno.OK {
		return 0, e
	}
	return x.read()
}

// Writev is writev(2).
func Writev(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	x, e := vectored(t, a, sequential)
	if e != errno.OK {
		return 0, e
	}
	return x.write()
}

// Preadv is preadv(2).
func Preadv(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if int64(a[3]) < 0 {
		return 0, errno.EINVAL
	}
	x, e := vectored(t, a, int64(a[3]))
	if e != errno.OK {
		return 0, e
	}
	return x.read()
}

// Pwritev is pwritev(2).
func Pwritev(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if int64(a[3]) < 0 {
		return 0, errno.EINVAL
	}
	x, e := vectored(t, a, int64(a[3]))
	if e != errno.OK {
		return 0, e
	}
	return x.write()
}

// Lseek is lseek(2).
func Lseek(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := OpenFile(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	if a[2] > 2 {
		return 0, errno.EINVAL
	}
	off, e := f.Lseek(int64(a[1]), fs.Whence(a[2]))
	return uint64(off), e
}
