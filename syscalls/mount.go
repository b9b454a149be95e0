// Mounting and its newer relatives, swap, quotas, fanotify.

package syscalls

// mountFlags prints the magic number of old programs and the flags.
var mountFlags = in(func(c *Call, v uint64) {
	const magic, mask = 0xc0ed0000, 0xffff0000
	if v&mask != magic {
		c.flags(&tMount, v)
		return
	}
	c.styled(func() { c.hex(magic) }, func() { c.str("MS_MGC_VAL") })
	if v &^= mask; v != 0 {
		c.byte('|')
		c.flags(&tMount, v)
	}
})

// What the flags of a mount leave without meaning: MS_BIND, MS_MOVE, MS_UNBINDABLE, MS_PRIVATE, MS_SLAVE and MS_SHARED
// take neither a type nor data, MS_REMOUNT no type.
const (
	mountRemount = 0x20
	mountNoData  = 0x1000 | 0x2000 | 0xf<<17
)

func mountFlagsOf(c *Call) uint64 {
	if v := c.arg(3); v&0xffff0000 != 0xc0ed0000 {
		return v
	}
	return c.arg(3) & 0xffff
}

var (
	mountType = in(func(c *Call, v uint64) {
		if mountFlagsOf(c)&(mountRemount|mountNoData) != 0 {
			c.addr(v)
			return
		}
		c.text(v)
	})
	mountData = in(func(c *Call, v uint64) {
		if flags := mountFlagsOf(c); flags&mountRemount == 0 && flags&mountNoData != 0 {
			c.addr(v)
			return
		}
		c.text(v)
	})
)

var swapFlags = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	if v&^0x7fff == 0 || c.opts.Style == Numbers {
		c.udec(v)
		return
	}
	c.flags(&tSwap, v&^0x7fff)
	c.byte('|')
	c.udec(v & 0x7fff)
})

var quotaCmd = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	c.styled(func() { c.udec(v) }, func() {
		c.str("QCMD(")
		c.enum(&tQuotaCmd, v>>8)
		c.str(", ")
		c.enum(&tQuotaType, v&0xff)
		c.byte(')')
	})
})

var fanInit = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	c.enum(&tFanClass, v&0xc)
	if v &^= 0xc; v == 0 {
		return
	}
	c.byte('|')
	c.flags(&tFanInit, v)
})

var fanMask = kind{wide: pair32, f: func(c *Call, v uint64) { c.flags(&tFanMask, v) }}

// fsconfigMost is the greatest number of bytes that fsconfig takes.
const fsconfigMost = 1 << 20

// fsconfig: the value is a string, a buffer or a path by the command.
var (
	fsconfigValue = in(func(c *Call, v uint64) {
		switch uint32(c.arg(1)) {
		case 1:
			c.textWithin(v, 256)
		case 2:
			if n := uint64(uint32(c.arg(4))); n <= fsconfigMost {
				c.hexBuffer(v, n)
			} else {
				c.addr(v)
			}
		case 3, 4:
			c.path(v)
		default:
			c.addr(v)
		}
	})
	fsconfigAux = in(func(c *Call, v uint64) {
		switch uint32(c.arg(1)) {
		case 3, 4:
			c.dirFD(v)
		case 5:
			c.fd(v)
		default:
			c.dec(int64(int32(v)))
		}
	})
)
