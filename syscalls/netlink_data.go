package syscalls

// What the data of netlink attributes may be, beside the plain numbers of netlink.go.

// nlContext is what the attributes of a message need to know of what came before them.
type nlContext struct {
	family byte   // of the structure behind the header
	hw     uint16 // the type of hardware that addresses are of
	kind   nlName // of what the attributes before belong to,
	slave  nlName // and of that as a slave
	nested int
}

// nlName is the name of a kind, NUL behind it.
type nlName [16]byte

// nlOtherFamily is the row of nlByFamily for those without one.
const nlOtherFamily = 0xff

// nlByFamily is data that depends on the family of the message.
func nlByFamily(rows map[byte]nlAttr) nlAttr {
	return func(c *Call, v uint64, n int) bool {
		f := rows[c.nl.family]
		if f == nil {
			f = rows[nlOtherFamily]
		}
		return f != nil && f(c, v, n)
	}
}

// nlKinds is attributes of which one says the kind of others, nlKind that one, and nlByKind the others; a slave
// has another kind.
func nlKinds(set *nlSet) nlAttr {
	nest := nlNest(set)
	return func(c *Call, v uint64, n int) bool {
		c.nl.kind, c.nl.slave = nlName{}, nlName{}
		return nest(c, v, n)
	}
}

func nlKind(c *Call, v uint64, n int) bool      { return c.nlKindInto(&c.nl.kind, v, n) }
func nlSlaveKind(c *Call, v uint64, n int) bool { return c.nlKindInto(&c.nl.slave, v, n) }

func (c *Call) nlKindInto(kind *nlName, v uint64, n int) bool {
	*kind = nlName{}
	if p, ok := c.readBytes(v, min(n, len(kind))); ok {
		copy(kind[:], untilNUL(p))
	}
	return nlString(c, v, n)
}

func nlByKind(rows map[string]nlAttr) nlAttr {
	return func(c *Call, v uint64, n int) bool {
		f := rows[string(untilNUL(c.nl.kind[:]))]
		return f != nil && f(c, v, n)
	}
}

func nlBySlaveKind(rows map[string]nlAttr) nlAttr {
	return func(c *Call, v uint64, n int) bool {
		f := rows[string(untilNUL(c.nl.slave[:]))]
		return f != nil && f(c, v, n)
	}
}

// nlGrown is a structure that had least bytes once and has most now.
func nlGrown(least, most int, members []member) nlAttr {
	return func(c *Call, v uint64, n int) bool {
		if n < least {
			return false
		}
		if p, ok := c.read(v, min(n, most)); ok {
			c.structBody(p, members)
		} else {
			c.addr(v)
		}
		return true
	}
}

// nlThen is a structure of size bytes and, with after, what follows it.
func nlThen(size int, members []member, after func(c *Call, v uint64, n int)) nlAttr {
	whole := nlStruct(size, members)
	return func(c *Call, v uint64, n int) bool {
		if !whole(c, v, n) {
			return false
		}
		if at := (size + 3) &^ 3; n > at {
			c.str(", ")
			after(c, v+uint64(at), n-at)
		}
		return true
	}
}

// nlThenBytes is a structure of size bytes behind which may be bytes.
func nlThenBytes(size int, members []member) nlAttr {
	return nlThen(size, members, func(c *Call, v uint64, n int) { c.hexBuffer(v, uint64(n)) })
}

// nlIndexed is an array of numbers whose places have names: [[DEVCONF_FORWARDING]=1, ...].
func nlIndexed(size int, first uint64, names *table, f format) nlAttr {
	return func(c *Call, v uint64, n int) bool {
		if n < size {
			return false
		}
		i := uint64(0)
		c.list(v, uint64(n/size), size, func(c *Call, p []byte) {
			c.byte('[')
			c.index(names, i)
			c.str("]=")
			f(c, number(p))
			i++
		})
		return true
	}
}

// index prints the place in an array by its name.
func (c *Call) index(names *table, i uint64) {
	n := names.find(i)
	if n != "" && c.opts.Style == Names {
		c.str(n)
		return
	}
	c.udec(i)
	switch {
	case c.opts.Style == Numbers:
	case n != "":
		c.comment(n)
	default:
		c.comment(names.unknown)
	}
}

var (
	nlX16, nlX32 = nlOf(2, fHex), nlOf(4, fHex)
	nlClock      = nlNumber((*Call).ticks)
	nlUID        = nlOf(4, (*Call).uid)
	nlBE16       = nlRaw(2, (*Call).port)
	nlBE64       = nlRaw(8, func(c *Call, p []byte) { c.order("htobe64", p) })
	nlIn6        = nlRaw(16, (*Call).in6)
	// nlInet is an address of the message's family.
	nlInet = nlByFamily(map[byte]nlAttr{2: nlRaw(4, (*Call).in4), 10: nlIn6})
)

// nlRaw is size bytes or more.
func nlRaw(size int, f func(c *Call, p []byte)) nlAttr {
	return func(c *Call, v uint64, n int) bool {
		if n < size {
			return false
		}
		if p, ok := c.read(v, size); ok {
			f(c, p)
		} else {
			c.addr(v)
		}
		return true
	}
}

// order prints a number in network order: htonl(1).
func (c *Call) order(function string, p []byte) {
	c.network(p, func() {
		c.str(function)
		c.byte('(')
		v := uint64(0)
		for _, b := range p {
			v = v<<8 | uint64(b)
		}
		c.udec(v)
		c.byte(')')
	})
}

// etherType is a protocol of Ethernet in network order.
func (c *Call) etherType(p []byte) { c.orderedEnum(&tEtherType, p) }

func (c *Call) orderedEnum(t *table, p []byte) {
	c.str("htons(")
	c.enum(t, uint64(p[0])<<8|uint64(p[1]))
	c.byte(')')
}

// both makes a format that shows numbers beside their names even where names alone would do.
func both(f format) format {
	return func(c *Call, v uint64) {
		if c.opts.Style != Names {
			f(c, v)
			return
		}
		c.under(func(o *Options) { o.Style = Both }, func() { f(c, v) })
	}
}

// mac prints a hardware address.
func (c *Call) mac(p []byte) {
	c.styled(func() { c.hexQuote(p) }, func() {
		for i, b := range p {
			if i > 0 {
				c.byte(':')
			}
			c.b = append(c.b, hexDigits[b>>4], hexDigits[b&15])
		}
	})
}

const macMost = 32 // MAX_ADDR_LEN

// nlMAC is a hardware address of any length.
func nlMAC(c *Call, v uint64, n int) bool {
	if n > macMost {
		return false
	}
	if p, ok := c.read(v, n); ok {
		c.mac(p)
	} else {
		c.addr(v)
	}
	return true
}

// nlHardware is a hardware address of the type of the link.
func nlHardware(c *Call, v uint64, n int) bool {
	if n > macMost {
		return false
	}
	if l := hardwareLengths[c.nl.hw]; l > 0 {
		n = min(n, l)
	}
	return nlMAC(c, v, n)
}

// hardwareLengths are the bytes of an address by type of hardware (linux/if_arp.h), where they are fewer
// than an address may have.
var hardwareLengths = map[uint16]int{0: 7, 1: 6, 3: 7, 6: 6, 7: 1, 15: 2, 24: 16, 27: 8, 32: 20, 772: 6}

// series are members of one size that lie one after another.
func series(size int, words string) (ms []member) {
	for i, n := range names("", words) {
		ms = append(ms, member{name: n.name, off: i * size, size: size, f: fUint})
	}
	return ms
}

// shifted are the names of bits whose numbers t has.
func shifted(unknown, before, after string, from uint64, t []name) *table {
	s := &table{unknown: unknown}
	for _, n := range t {
		if n.val >= from && n.val-from < 64 {
			s.names = append(s.names, name{1 << (n.val - from), before + n.name + after})
		}
	}
	return s
}
