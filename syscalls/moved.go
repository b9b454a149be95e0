package syscalls

// What a call moved between a descriptor and the program's memory, for -e read= and write=.

import "strconv"

// mover is how a call's data is found: the buffer of an argument and a length, or a list of
// buffers.
type mover struct {
	write  bool
	vector bool // the second argument is an array of iovec, the third how many
	msg    bool // the second argument is a msghdr
	mmsg   bool // the second argument is an array of mmsghdr, the result how many were moved
}

var movers = map[string]mover{
	"read": {}, "pread64": {}, "recv": {}, "recvfrom": {}, "mq_timedreceive": {}, "mq_timedreceive_time64": {},
	"write": {write: true}, "pwrite64": {write: true}, "send": {write: true}, "sendto": {write: true},
	"mq_timedsend": {write: true}, "mq_timedsend_time64": {write: true},
	"readv": {vector: true}, "preadv": {vector: true}, "preadv2": {vector: true},
	"writev": {write: true, vector: true}, "pwritev": {write: true, vector: true}, "pwritev2": {write: true, vector: true},
	"vmsplice": {write: true, vector: true},
	"recvmsg":  {msg: true}, "sendmsg": {write: true, msg: true},
	"recvmmsg": {mmsg: true}, "recvmmsg_time64": {mmsg: true}, "sendmmsg": {write: true, mmsg: true},
}

// Moved calls show with the data of a call that has returned, if wanted says so. note is a
// line that goes before it, "" none; at is where in the all bytes of the buffer data lies, which comes in pieces.
func Moved(c *Call, wanted func(write bool) bool, show func(note string, at, all uint64, data []byte)) {
	row := c.ABI.Lookup(c.Nr)
	if row == nil {
		return
	}
	m, ok := movers[row.Name]
	if !ok || !wanted(m.write) {
		return
	}
	// What was to be written is shown even if it was not; of a message queue the call says 0.
	n, failed := uint64(c.Ret), c.Errno != 0 || c.Ret < 0
	switch {
	case m.write && !m.vector && !m.msg && !m.mmsg:
		n = ^uint64(0)
	case failed:
		return
	}
	if c.opts == nil {
		c.opts = &defaults
	}
	c.arena = c.arena[:0]
	addr, count := c.arg(1), c.arg(2)
	switch {
	case m.msg:
		h, ok := c.readMsghdr(addr)
		if !ok {
			return
		}
		c.moved(h.iov, h.iovlen, uint64(c.Ret), show)
	case m.mmsg:
		c.movedMessages(addr, n, show)
	case m.vector:
		c.moved(addr, count, n, show)
	default:
		c.movedBytes("", addr, min(count, n), show)
	}
}

// movedBytes shows n bytes in pieces, up to the first that is not there.
func (c *Call) movedBytes(note string, addr, n uint64, show func(note string, at, all uint64, data []byte)) {
	for at := uint64(0); at < n; at += pageSize {
		c.arena, c.pages.spent = c.arena[:0], 0 // all that was moved is shown
		p, ok := c.readBytes(addr+at, int(min(n-at, pageSize)))
		if !ok {
			if at > 0 {
				note = missing(n-at, c.PID, addr+at)
			}
			if note != "" {
				show(note, 0, 0, nil)
			}
			return
		}
		show(note, at, n, p)
		note = ""
	}
}

// missing says that memory ends before what was moved.
func missing(n uint64, pid int, addr uint64) string {
	unit := " bytes"
	if n == 1 {
		unit = " byte"
	}
	return " | <Cannot fetch " + strconv.FormatUint(n, 10) + unit + " from pid " + strconv.Itoa(pid) + " @" + string(appendHex(nil, addr)) + ">"
}

// movedMessages shows the buffers of n messages, each as long as the kernel says.
func (c *Call) movedMessages(addr, n uint64, show func(note string, at, all uint64, data []byte)) {
	width := mmsgWidth(c.ABI.Word)
	for i := range min(n, mmsgMost) {
		at := addr + i*uint64(width)
		h, ok := c.readMsghdr(at)
		p, there := c.readBytes(at+uint64(width-width/8), 4)
		if !ok || !there {
			return
		}
		size := uint64(u32(p))
		show(" = "+strconv.FormatUint(h.iovlen, 10)+" buffers in vector "+strconv.FormatUint(i, 10), 0, 0, nil)
		c.moved(h.iov, h.iovlen, size, show)
	}
}

// moved shows total bytes of n buffers.
func (c *Call) moved(addr, n, total uint64, show func(note string, at, all uint64, data []byte)) {
	w := c.ABI.Word
	for i := uint64(0); i < n && total > 0 && i < 1024; i++ {
		p, ok := c.readBytes(addr+i*uint64(2*w), 2*w)
		if !ok {
			return
		}
		base, size := c.word(p), min(c.word(p[w:]), total)
		total -= size
		c.movedBytes(" * "+strconv.FormatUint(size, 10)+" bytes in buffer "+strconv.FormatUint(i, 10), base, size, show)
	}
}
