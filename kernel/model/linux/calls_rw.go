package linux

// Reading and writing: read(2), write(2) and all of their variants are one transfer between
// a file and pieces of memory.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{"read", sysRead}, {"write", sysWrite}, {"pread64", sysPread}, {"pwrite64", sysPwrite}, {"readv", sysReadv},
		{"writev", sysWritev}, {"preadv", sysPreadv}, {"pwritev", sysPwritev}, {"lseek", sysLseek}})
}

const (
	maxTransfer = 0x7ffff000 // bytes of one call (read(2), NOTES)
	piece       = 64 << 10   // bytes that the kernel holds at a time
	maxVectors  = 1024       // UIO_MAXIOV
	sequential  = int64(-1)  // instead of an offset: at the file's own
)

// vector is a piece of memory: struct iovec.
type vector struct{ base, size uint64 }

// transfer is a read or a write on its way.
type transfer struct {
	t       *kern.Thread
	f       *fs.File
	vectors []vector
	total   uint64
	off     int64 // or sequential
	done    uint64
}

// vectorsAt reads an array of struct iovec. EINVAL: too many, or more bytes than a ssize_t counts.
func vectorsAt(t *kern.Thread, addr, n uint64) ([]vector, errno.Errno) {
	if n > maxVectors {
		return nil, errno.EINVAL
	}
	b := make([]byte, 16*n)
	if e := t.CopyIn(addr, b); e != errno.OK {
		return nil, e
	}
	all := make([]vector, n)
	for i := range all {
		all[i] = vector{le.Uint64(b[16*i:]), le.Uint64(b[16*i+8:])}
		if int64(all[i].size) < 0 {
			return nil, errno.EINVAL
		}
	}
	return all, errno.OK
}

func newTransfer(t *kern.Thread, fd uint64, vectors []vector, off int64) (*transfer, errno.Errno) {
	f, e := openFile(t, fd)
	if e != errno.OK {
		return nil, e
	}
	x := &transfer{t: t, f: f.Retain(), vectors: vectors, off: off}
	for _, v := range vectors {
		x.total = min(x.total+v.size, maxTransfer)
	}
	return x, errno.OK
}

// here is the memory that the transfer has come to, as far as it is one piece.
func (x *transfer) here() (addr uint64, n int) {
	skip := x.done
	for _, v := range x.vectors {
		if skip < v.size {
			return v.base + skip, int(min(v.size-skip, piece, x.total-x.done))
		}
		skip -= v.size
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
		n := writable(x.t, addr, want)
		if n == 0 {
			return x.end(errno.EFAULT)
		}
		if buf == nil {
			buf = make([]byte, min(x.total, piece))
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
		if e := sleepOn(x.t, "read", x.f.ReadQueue()); e != errno.OK {
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
			x.t.M.PostThread(x.t, fromSelf(x.t, System.Sig.PIPE))
			return done, e
		case e != errno.EAGAIN || x.f.Flags()&fs.ONonblock != 0:
			return done, e
		}
		if e := sleepOn(x.t, "write", x.f.WriteQueue()); e != errno.OK {
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
		x.t.M.PostThread(x.t, fromSelf(x.t, System.Sig.XFSZ))
		return nil, errno.EFBIG
	}
	return b[:min(uint64(len(b)), limit-at)], errno.OK
}

// fromSelf is a signal that the kernel sends as if the thread did.
func fromSelf(t *kern.Thread, sig int) kern.SigInfo {
	return kern.SigInfo{Signo: sig, Origin: kern.FromUser, PID: t.Proc.PID, UID: t.Proc.Cred.UID}
}

func sysRead(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	x, e := newTransfer(t, a[0], []vector{{a[1], a[2]}}, sequential)
	if e != errno.OK {
		return 0, e
	}
	return x.read()
}

func sysWrite(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	x, e := newTransfer(t, a[0], []vector{{a[1], a[2]}}, sequential)
	if e != errno.OK {
		return 0, e
	}
	return x.write()
}

// positioned is a transfer at an offset.
func positioned(t *kern.Thread, fd uint64, v []vector, off uint64) (*transfer, errno.Errno) {
	if int64(off) < 0 {
		return nil, errno.EINVAL
	}
	return newTransfer(t, fd, v, int64(off))
}

func sysPread(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	x, e := positioned(t, a[0], []vector{{a[1], a[2]}}, a[3])
	if e != errno.OK {
		return 0, e
	}
	return x.read()
}

func sysPwrite(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	x, e := positioned(t, a[0], []vector{{a[1], a[2]}}, a[3])
	if e != errno.OK {
		return 0, e
	}
	return x.write()
}

// vectored is a transfer with an array of pieces; off is an offset or sequential.
func vectored(t *kern.Thread, a *[6]uint64, off int64) (*transfer, errno.Errno) {
	if _, e := openFile(t, a[0]); e != errno.OK {
		return nil, e
	}
	v, e := vectorsAt(t, a[1], a[2])
	if e != errno.OK {
		return nil, e
	}
	return newTransfer(t, a[0], v, off)
}

func sysReadv(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	x, e := vectored(t, a, sequential)
	if e != errno.OK {
		return 0, e
	}
	return x.read()
}

func sysWritev(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	x, e := vectored(t, a, sequential)
	if e != errno.OK {
		return 0, e
	}
	return x.write()
}

func sysPreadv(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if int64(a[3]) < 0 {
		return 0, errno.EINVAL
	}
	x, e := vectored(t, a, int64(a[3]))
	if e != errno.OK {
		return 0, e
	}
	return x.read()
}

func sysPwritev(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if int64(a[3]) < 0 {
		return 0, errno.EINVAL
	}
	x, e := vectored(t, a, int64(a[3]))
	if e != errno.OK {
		return 0, e
	}
	return x.write()
}

func sysLseek(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := openFile(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	if a[2] > 2 {
		return 0, errno.EINVAL
	}
	off, e := f.Lseek(int64(a[1]), fs.Whence(a[2]))
	return uint64(off), e
}
