// fcntl: a command decides what its argument and its result are.

package syscalls

// fcntl: what the third argument is depends on the command.
var fcntlArgs = map[uint32]format{
	0:    func(c *Call, v uint64) { c.dec(int64(v)) },                       // F_DUPFD
	1030: func(c *Call, v uint64) { c.dec(int64(v)) },                       // F_DUPFD_CLOEXEC
	2:    func(c *Call, v uint64) { c.flags(&tFdFlags, uint64(uint32(v))) }, // F_SETFD
	4:    (*Call).openFlags,                                                 // F_SETFL
	8:    func(c *Call, v uint64) { c.owner(int32(v)) },                     // F_SETOWN
	10:   sig.f,                                                             // F_SETSIG
	1024: func(c *Call, v uint64) { c.enum(&tLockType, uint64(uint32(v))) }, // F_SETLEASE
	1026: func(c *Call, v uint64) { c.flags(&tNotify, uint64(uint32(v))) },  // F_NOTIFY
	1031: func(c *Call, v uint64) { c.udec(v) },                             // F_SETPIPE_SZ
	1033: func(c *Call, v uint64) { c.flags(&tSeals, uint64(uint32(v))) },   // F_ADD_SEALS
	1036: rwHint, 1038: rwHint,                                              // F_SET_RW_HINT, F_SET_FILE_RW_HINT
	6: flock, 7: flock, 13: flock64, 14: flock64, 37: flock64, 38: flock64, // F_SETLK...
	15: ownerEx, // F_SETOWN_EX
}

// fcntlOuts are the commands that fill their third argument in.
var fcntlOuts = map[uint32]format{
	5: flock, 12: flock64, 36: flock64, // F_GETLK, F_GETLK64, F_OFD_GETLK
	16:   ownerEx,
	17:   func(c *Call, v uint64) { c.pairAt(v) },
	1035: rwHint, 1037: rwHint,
}

func fcntlHasNoArg(cmd uint32) bool {
	switch cmd {
	case 1, 3, 9, 11, 1025, 1032, 1034: // F_GETFD, F_GETFL, F_GETOWN, F_GETSIG, F_GETLEASE, F_GETPIPE_SZ, F_GET_SEALS
		return true
	}
	return false
}

var fcntlArg = kind{
	lone:   true,
	absent: func(c *Call) bool { return fcntlHasNoArg(uint32(c.arg(1))) },
	late:   func(c *Call) bool { return fcntlOuts[uint32(c.arg(1))] != nil },
	f: func(c *Call, v uint64) {
		cmd := uint32(c.arg(1))
		if f := fcntlOuts[cmd]; f != nil {
			if c.failed {
				c.addr(v)
			} else {
				f(c, v)
			}
			return
		}
		if f := fcntlArgs[cmd]; f != nil {
			f(c, v)
			return
		}
		c.hex(v)
	},
}

// fcntlArg32 is that of the call of 32-bit programs that has no 64-bit commands: fcntl64 has them.
var fcntlArg32 = kind{
	lone:   true,
	absent: fcntlArg.absent,
	late:   func(c *Call) bool { return fcntlArg.late(c) && !fcntlWide[uint32(c.arg(1))] },
	f: func(c *Call, v uint64) {
		if fcntlWide[uint32(c.arg(1))] {
			c.addr(v)
			return
		}
		fcntlArg.f(c, v)
	},
}

var fcntlWide = map[uint32]bool{12: true, 13: true, 14: true} // F_GETLK64, F_SETLK64, F_SETLKW64

func rwHint(c *Call, v uint64) {
	p, ok := c.read(v, 8)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.enum(&tRwHint, u64(p))
	c.byte(']')
}

func (c *Call) pairAt(v uint64) {
	p, ok := c.read(v, 8)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.udec(uint64(u32(p)))
	c.str(", ")
	c.udec(uint64(u32(p[4:])))
	c.byte(']')
}

func ownerEx(c *Call, v uint64) {
	p, ok := c.read(v, 8)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "type")
	c.enum(&tOwner, uint64(u32(p)))
	c.field(false, "pid")
	if u32(p) == 2 { // F_OWNER_PGRP
		c.group(uint64(u32(p[4:])))
	} else {
		c.pid(uint64(u32(p[4:])))
	}
	c.byte('}')
}

// flock is struct flock of the ABI, flock64 that of the 64-bit commands.
func flock(c *Call, v uint64) {
	if c.ABI.Long == 4 {
		p, ok := c.read(v, 16)
		if !ok {
			c.addr(v)
			return
		}
		c.lock(p, int64(int32(u32(p[4:]))), int64(int32(u32(p[8:]))), int32(u32(p[12:])))
		return
	}
	p, ok := c.read(v, 32)
	if !ok {
		c.addr(v)
		return
	}
	c.lock(p, int64(u64(p[8:])), int64(u64(p[16:])), int32(u32(p[24:])))
}

func flock64(c *Call, v uint64) {
	if c.ABI.Long != 4 {
		flock(c, v)
		return
	}
	p, ok := c.read(v, 24)
	if !ok {
		c.addr(v)
		return
	}
	c.lock(p, int64(u64(p[4:])), int64(u64(p[12:])), int32(u32(p[20:])))
}

func (c *Call) lock(p []byte, start, length int64, pid int32) {
	c.field(true, "l_type")
	c.enum(&tLockType, uint64(u16(p)))
	c.field(false, "l_whence")
	c.enum(&tWhence, uint64(u16(p[2:])))
	c.field(false, "l_start")
	c.dec(start)
	c.field(false, "l_len")
	c.dec(length)
	switch uint32(c.arg(1)) {
	case 5, 12, 36: // only F_GETLK and its like fill the pid in
		c.field(false, "l_pid")
		c.pid(uint64(uint32(pid)))
	}
	c.byte('}')
}

var rFcntl = ret{
	f: func(c *Call, v uint64) {
		switch uint32(c.arg(1)) {
		case 0, 1030:
			c.fd(v)
		case 1, 3, 1025, 1034:
			c.hex(uint64(uint32(v)))
		case 9:
			c.owner(int32(v))
		default:
			c.dec(int64(v))
		}
	},
	explained: func(c *Call) bool {
		switch uint32(c.arg(1)) {
		case 1, 3, 11, 1025, 1034:
			return true
		}
		return false
	},
	aux: func(c *Call) {
		v := uint64(uint32(c.Ret))
		c.withAux(func(c *Call) {
			switch uint32(c.arg(1)) {
			case 1:
				if v != 0 {
					c.str("flags ")
					c.flags(&tFdFlags, v)
				}
			case 3:
				c.str("flags ")
				c.byName(func(c *Call) { c.openFlags(v) })
			case 11:
				if v != 0 {
					c.signal(int(v))
				}
			case 1025:
				c.enum(&tLockType, v)
			case 1034:
				if v != 0 {
					c.str("seals ")
					c.flags(&tSeals, v)
				}
			}
		})
	},
}

// owner is a process, or a group by its negative number.
func (c *Call) owner(n int32) {
	if n >= 0 {
		c.pid(uint64(uint32(n)))
		return
	}
	c.dec(int64(n))
}
