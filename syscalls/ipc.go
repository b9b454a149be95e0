// System V IPC and POSIX message queues.

package syscalls

// System V IPC.
var (
	ipcKey = in(func(c *Call, v uint64) {
		if uint32(v) == 0 {
			c.styled(func() { c.byte('0') }, func() { c.str("IPC_PRIVATE") })
			return
		}
		c.hex(uint64(uint32(v)))
	})
	shmGet = in(func(c *Call, v uint64) { c.shmFlags(uint64(uint32(v))) })
	ipcGet = in(func(c *Call, v uint64) { c.ipcFlags(&tIpcGet, uint64(uint32(v))) })
)

// ipcFlags prints flags above a permission mode: IPC_CREAT|0600.
func (c *Call) ipcFlags(t *table, v uint64) {
	if rest := v &^ 0o777; c.opts.Style == Names && rest != 0 {
		left, any := c.bits(t, rest, false)
		if left != 0 && any {
			c.byte('|')
		}
		if left != 0 {
			c.hex(left)
		}
		if any { // flags without a name alone have no bar after them, as strace has it
			c.byte('|')
		}
	} else {
		c.aboveMode(t, v)
	}
	c.octal(v & 0o777)
}

// aboveMode prints the flags above a permission mode, with a bar after them.
func (c *Call) aboveMode(t *table, v uint64) {
	if rest := v &^ 0o777; rest != 0 {
		c.flags(&table{"", t.names}, rest)
		c.byte('|')
	}
}

// shmFlags are ipcFlags with the size of huge pages in the upper bits.
func (c *Call) shmFlags(v uint64) {
	huge := v >> 26
	v &= 1<<26 - 1
	c.aboveMode(&tShmGet, v)
	if huge != 0 {
		c.udec(huge)
		c.str("<<")
		c.styled(func() { c.udec(26) }, func() { c.str("SHM_HUGE_SHIFT") })
		c.byte('|')
	}
	c.octal(v & 0o777)
}

// memfdName is as long as the name of a file, less the "memfd:" that the kernel puts before it.
var memfdName = in(func(c *Call, v uint64) {
	const longest = 256 - 6
	s, ended, ok := c.cstring(v, longest)
	if !ok {
		c.addr(v)
		return
	}
	c.quote(s, !ended)
})

// memfdFlags have that size too.
var memfdFlags = exceptZero(styled32(in(func(c *Call, v uint64) {
	huge := v >> 26
	v &= 1<<26 - 1
	if v != 0 || huge == 0 {
		c.flags(&tMemfd, v)
	}
	if huge != 0 {
		if v != 0 {
			c.byte('|')
		}
		c.udec(huge)
		c.str("<<MFD_HUGE_SHIFT")
	}
})))

// exceptZero prints 0 as it is, in any style.
func exceptZero(k kind) kind {
	f := k.f
	k.f = func(c *Call, v uint64) {
		if uint32(v) == 0 {
			c.byte('0')
			return
		}
		f(c, v)
	}
	return k
}

// ipcCmd is a command, which i386 may mark with IPC_64.
func ipcCmd(t *table) kind {
	return in(func(c *Call, v uint64) {
		v = uint64(uint32(v))
		if v&ipc64 != 0 {
			c.styled(func() { c.hex(ipc64) }, func() { c.str("IPC_64") })
			c.byte('|')
			v &^= ipc64
		}
		c.enum(t, v)
	})
}

var sembufs = in(func(c *Call, v uint64) {
	c.list(v, uint64(uint32(c.arg(2))), 6, func(c *Call, p []byte) {
		c.field(true, "sem_num")
		c.udec(uint64(u16(p)))
		c.field(false, "sem_op")
		c.dec(int64(int16(u16(p[2:]))))
		c.field(false, "sem_flg")
		c.flags(&tSemFlags, uint64(u16(p[4:])))
		c.byte('}')
	})
})

var (
	msgbufSend = in(func(c *Call, v uint64) { c.msgbuf(v, c.arg(c.reg)) })
	msgbufRecv = in(func(c *Call, v uint64) { c.msgbuf(v, c.arg(c.reg)) })
)

// msgbuf is struct msgbuf: a type and n bytes.
func (c *Call) msgbuf(v, n uint64) {
	p, ok := c.read(v, c.ABI.Word)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "mtype")
	c.dec(c.signedWord(p))
	c.field(false, "mtext")
	c.buffer(v+uint64(c.ABI.Word), n)
	c.byte('}')
}

func (c *Call) signedWord(p []byte) int64 {
	if c.ABI.Word == 4 {
		return int64(int32(u32(p)))
	}
	return int64(u64(p))
}

var mqAttr = in(func(c *Call, v uint64) {
	w := c.ABI.Word
	p, ok := c.read(v, 8*w) // with four words that mean nothing
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "mq_flags")
	c.enum(&tMqFlags, c.word(p))
	for i, s := range [...]string{"mq_maxmsg", "mq_msgsize", "mq_curmsgs"} {
		c.field(false, s)
		c.dec(c.signedWord(p[(i+1)*w:]))
	}
	c.byte('}')
})

var tMqFlags = table{"", []name{{0o4000, "O_NONBLOCK"}}}
