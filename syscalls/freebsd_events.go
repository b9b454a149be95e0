// Events of FreeBSD: struct kevent, of now and of programs from before FreeBSD 12 (sys/event.h).

package syscalls

var (
	bsdChanges   = keventsOf(false, func(c *Call) uint64 { return uint64(uint32(c.arg(2))) })
	bsdEvents    = out(keventsOf(false, func(c *Call) uint64 { return uint64(c.Ret) }))
	bsdChanges11 = keventsOf(true, func(c *Call) uint64 { return uint64(uint32(c.arg(2))) })
	bsdEvents11  = out(keventsOf(true, func(c *Call) uint64 { return uint64(c.Ret) }))
)

// keventOf is where the members of a struct kevent lie, by the width of a word: of all, and
// of the shorter one of old.
var keventOf = map[int]struct{ filter, flags, fflags, data, udata, size, oldData, oldUdata, oldSize int }{
	8: {8, 10, 12, 16, 24, 64, 16, 24, 32}, 4: {4, 6, 8, 12, 20, 56, 12, 16, 20}}

type kevent struct {
	ident, data, udata uint64
	filter             int16
	flags              uint16
	fflags             uint32
}

func (c *Call) keventAt(p []byte, old bool) kevent {
	at := keventOf[c.ABI.Word]
	k := kevent{ident: c.word(p), filter: int16(u16(p[at.filter:])), flags: u16(p[at.flags:]), fflags: u32(p[at.fflags:])}
	if old {
		k.data, k.udata = c.long(p[at.oldData:]), c.word(p[at.oldUdata:])
	} else {
		k.data, k.udata = u64(p[at.data:]), c.word(p[at.udata:])
	}
	return k
}

func keventsOf(old bool, count func(c *Call) uint64) kind {
	width := func(c *Call) int {
		if old {
			return keventOf[c.ABI.Word].oldSize
		}
		return keventOf[c.ABI.Word].size
	}
	return inTruss(in(func(c *Call, v uint64) {
		c.list(v, count(c), width(c), func(c *Call, p []byte) {
			k := c.keventAt(p, old)
			c.field(true, "ident")
			c.keventIdent(&k)
			c.field(false, "filter")
			c.enum(&tBSDEvfilt, uint64(uint16(k.filter)))
			c.field(false, "flags")
			c.flags(&tBSDEV, uint64(k.flags))
			c.field(false, "fflags")
			c.keventFflags(&k)
			c.field(false, "data")
			c.dec(int64(k.data))
			c.field(false, "udata")
			c.addr(k.udata)
			c.byte('}')
		})
	}), func(c *Call, v uint64) {
		n := min(count(c), 1<<16)
		w := width(c)
		p, ok := c.read(v, int(n)*w)
		if !ok {
			c.addr(v)
			return
		}
		c.byte('{')
		for i := 0; i < int(n) && !c.full(); i++ {
			k := c.keventAt(p[i*w:], old)
			c.byte(' ')
			c.keventIdent(&k)
			c.byte(',')
			c.enum(&tBSDEvfilt, uint64(uint16(k.filter)))
			c.byte(',')
			c.flags(&tBSDEV, uint64(k.flags))
			c.byte(',')
			c.keventFflags(&k)
			c.byte(',')
			if k.data == 0 {
				c.byte('0')
			} else {
				c.hex(k.data)
			}
			c.byte(',')
			c.hexAddr(k.udata)
		}
		c.str(" }")
	})
}

// keventIdent prints what a filter watches: a descriptor, a process, a signal, or an address.
func (c *Call) keventIdent(k *kevent) {
	switch k.filter {
	case -1, -2, -4, -8, -13: // descriptors
		c.fd(k.ident)
	case -5:
		c.pid(k.ident)
	case -6:
		c.signal(int(k.ident))
	case -7:
		c.udec(k.ident)
	default:
		c.hexAddr(k.ident)
	}
}

func (c *Call) keventFflags(k *kevent) {
	t := bsdNotes[k.filter]
	switch {
	case k.fflags == 0:
		c.byte('0')
	case t != nil:
		c.flags(t, uint64(k.fflags))
	default:
		c.hex(uint64(k.fflags))
	}
}
