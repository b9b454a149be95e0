// Asynchronous input and output of the kernel: io_submit(2) and its kin (linux/aio_abi.h).

package syscalls

// iocbHead is what struct iocb starts with; its opcode says what the rest is.
var iocbHead = newRecord(h64("aio_data"), u32le("aio_key").ifSet(), flags32("aio_rw_flags", &tRwf).ifSet(), natural("aio_lio_opcode", 2, (*Call).iocbOpcode),
	iocbPriority(), natural("aio_fildes", 4, (*Call).fd), u64le("aio_buf"), u64le("aio_nbytes"), i64("aio_offset"), pad(8),
	flags32("aio_flags", &tIocbFlag).ifSet(), iocbResult())

var (
	iocbCommon = iocbHead.pick("aio_data aio_key aio_rw_flags aio_lio_opcode aio_reqprio aio_fildes")
	iocbTail   = iocbHead.pick("aio_flags aio_resfd")
	tIocb      = table{"IOCB_CMD_???", names("IOCB_CMD_", "PREAD PWRITE FSYNC FDSYNC PREADX POLL NOOP PREADV PWRITEV")}
	tIocbFlag  = table{"IOCB_FLAG_???", []name{{iocbResFD, "IOCB_FLAG_RESFD"}, {iocbPrio, "IOCB_FLAG_IOPRIO"}}}
	aioEvent   = newRecord(h64("data"), h64("obj"), i64("res"), i64("res2"))
)

// The flags of an iocb, and the opcodes that have more than the common members.
const (
	iocbResFD = 1
	iocbPrio  = 2

	iocbPread   = 0
	iocbPwrite  = 1
	iocbPoll    = 5
	iocbPreadv  = 7
	iocbPwritev = 8
)

// iocbOpcode is decimal where it has no name.
func (c *Call) iocbOpcode(v uint64) {
	n := tIocb.find(v)
	if n == "" && c.opts.Style != Numbers {
		c.udec(v)
		c.comment(tIocb.unknown)
		return
	}
	c.styled(func() { c.udec(v) }, func() { c.str(n) })
}

// iocbPriority is a number, or by its flag a class and a number.
func iocbPriority() field {
	f := natural("aio_reqprio", 2, nil)
	f.by = "aio_flags"
	f.absent = func(_ *Call, m *member, s []byte) bool { return m.by.number(s)&iocbPrio == 0 && m.number(s) == 0 }
	f.all = func(c *Call, m *member, s []byte) {
		v := m.number(s)
		if m.by.number(s)&iocbPrio == 0 {
			c.dec(int64(int16(v)))
			return
		}
		switch c.opts.Style {
		case Names:
			c.ioprioValue(v)
		case Numbers:
			c.hex(v)
		case Both:
			c.hex(v)
			c.str(" /* ")
			c.ioprioValue(v)
			c.str(" */")
		}
	}
	return f
}

// iocbResult is the descriptor that is told of the end, if the flags say so.
func iocbResult() field {
	f := natural("aio_resfd", 4, nil)
	f.by = "aio_flags"
	f.absent = func(_ *Call, m *member, s []byte) bool { return m.by.number(s)&iocbResFD == 0 && m.number(s) == 0 }
	f.all = func(c *Call, m *member, s []byte) {
		if m.by.number(s)&iocbResFD != 0 {
			c.fd(m.number(s))
		} else {
			c.hex(m.number(s))
		}
	}
	return f
}

// iocb prints a request; in full only where it is submitted.
func (c *Call) iocb(v uint64, full bool) {
	p, ok := iocbHead.load(c, v)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('{')
	iocbCommon.some(c, p, true)
	if full {
		c.iocbData(p)
		if !iocbTail.empty(c, p) {
			c.str(", ")
			iocbTail.some(c, p, true)
		}
	}
	c.byte('}')
}

func (c *Call) iocbData(p []byte) {
	get := func(name string) uint64 { return iocbHead.get(c, p, name) }
	buf, n := get("aio_buf"), get("aio_nbytes")
	op := get("aio_lio_opcode")
	tooMany := int64(n) < 0 // buffers, for any array of them
	switch {
	case op == iocbPread, (op == iocbPreadv || op == iocbPwritev) && tooMany:
		c.field(false, "aio_buf")
		c.hex(buf)
	case op == iocbPwrite:
		c.field(false, "aio_buf")
		c.buffer(buf, n)
	case op == iocbPreadv:
		c.field(false, "aio_buf")
		c.iovecList(buf, n, 0, nil)
	case op == iocbPwritev:
		c.field(false, "aio_buf")
		c.iovecs(buf, n, ^uint64(0))
	case op == iocbPoll:
		c.field(false, "aio_buf")
		c.flags(&tPoll, uint64(uint32(buf)))
		return
	default:
		return
	}
	if op == iocbPread || op == iocbPwrite || tooMany {
		c.field(false, "aio_nbytes")
		c.udec(n)
	}
	c.field(false, "aio_offset")
	c.dec(int64(get("aio_offset")))
}

var (
	iocbAlone = in(func(c *Call, v uint64) { c.iocb(v, false) })
	// iocbs is an array of pointers to requests, as many as the argument before says.
	iocbs = in(func(c *Call, v uint64) {
		n := c.signed(c.arg(1))
		if n < 0 {
			c.addr(v)
			return
		}
		c.list(v, uint64(n), c.ABI.Word, func(c *Call, p []byte) { c.iocb(c.word(p), true) })
	})
	aioResult = aioEvent.out()
	aioEvents = out(in(func(c *Call, v uint64) { c.list(v, uint64(max(c.Ret, 0)), aioEvent.sizeOf(c), aioEvent.body) }))
)
