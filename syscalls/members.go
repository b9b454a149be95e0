// Structures as rows: a member is a name, a place and a format.

package syscalls

// member is one row: size bytes at off, as a number for f or as they are for raw. skip, when it
// holds for the whole structure, leaves the member out.
type member struct {
	name string
	off  int
	size int
	f    format
	raw  func(c *Call, p []byte)
	skip func(c *Call, p []byte) bool

	// What needs more than the member's own bytes: the member that counts or tags it, and
	// functions of the whole structure s.
	by     *member
	cond   *member // where it is 0, this one is shown only with -v
	all    func(c *Call, m *member, s []byte)
	absent func(c *Call, m *member, s []byte) bool
	mask   uint64 // the bits of by that tag this member
	signed bool   // a count below 0 is none
	bare   bool   // all prints the name too
	gap    bool   // with brief: those behind it are shown
	brief  bool   // without -v, "..." in place of this member and those behind it
}

// number is the little-endian number of 1, 2, 4 or 8 bytes.
func number(p []byte) (v uint64) {
	for i := len(p) - 1; i >= 0; i-- {
		v = v<<8 | uint64(p[i])
	}
	return v
}

// structure makes a kind of a pointer to n bytes with the members.
func structure(n int, members []member) kind {
	return in(func(c *Call, v uint64) {
		p, ok := c.read(v, n)
		if !ok {
			c.addr(v)
			return
		}
		c.structBody(p, members)
	})
}

// structBody prints a structure.
func (c *Call) structBody(p []byte, members []member) {
	c.byte('{')
	c.someMembers(p, members, true)
	c.byte('}')
}

// someMembers prints the members that lie whole in p.
func (c *Call) someMembers(p []byte, members []member, first bool) {
	for i := range members {
		m := &members[i]
		if m.off+m.size > len(p) {
			break
		}
		if m.hidden(c, p) {
			continue
		}
		if !first {
			c.str(", ")
		}
		first = false
		if m.brief {
			c.str("...")
			if m.gap {
				continue
			}
			return
		}
		if !m.bare {
			c.str(m.name)
			c.byte('=')
		}
		c.member(m, p)
	}
}

// hidden reports whether a structure is printed without the member.
func (m *member) hidden(c *Call, p []byte) bool {
	switch {
	case m.brief:
		return c.opts.Verbose
	case m.name == "" && !m.bare: // padding
		return true
	}
	return m.cond != nil && !c.opts.Verbose && m.cond.number(p) == 0 || m.skip != nil && m.skip(c, p) || m.absent != nil && m.absent(c, m, p)
}

func (c *Call) member(m *member, p []byte) {
	if m.all != nil {
		m.all(c, m, p)
		return
	}
	if m.raw != nil {
		m.raw(c, p[m.off:m.off+m.size])
		return
	}
	m.f(c, number(p[m.off:m.off+m.size]))
}

// sizedRest prints what of a structure of n bytes lies behind the known ones: nothing for
// zeros, "???" where it cannot be read.
func (c *Call) sizedRest(v uint64, known int, n uint64) {
	if n <= uint64(known) {
		return
	}
	if n > pageSize {
		n = pageSize
	}
	p, ok := c.read(v+uint64(known), int(n)-known)
	switch {
	case !ok:
		c.str(", ???")
	case !allZero(p):
		c.str(", /* bytes ")
		c.udec(uint64(known))
		c.str("..")
		c.udec(n - 1)
		c.str(" */ ")
		c.hexQuote(p)
	}
}

func allZero(p []byte) bool {
	for _, b := range p {
		if b != 0 {
			return false
		}
	}
	return true
}

// hexQuote prints bytes as a string of \x1f.
func (c *Call) hexQuote(p []byte) {
	c.under(func(o *Options) { o.Hex = HexAll }, func() { c.quote(p[:min(len(p), c.limit())], len(p) > c.limit()) })
}

// hexAll is hexQuote of all bytes, whatever -s says.
func (c *Call) hexAll(p []byte) {
	c.under(func(o *Options) { o.Hex = HexAll }, func() { c.quote(p, false) })
}

// under prints something with other options.
func (c *Call) under(change func(*Options), print func()) {
	usual := c.opts
	other := *usual
	change(&other)
	c.opts = &other
	print()
	c.opts = usual
}

// The formats of members.
func fInt(c *Call, v uint64)  { c.dec(int64(int32(v))) }
func fUint(c *Call, v uint64) { c.udec(v) }
func fHex(c *Call, v uint64)  { c.hex(v) }

func fFlags(t *table) format { return func(c *Call, v uint64) { c.flags(t, v) } }
func fEnum(t *table) format  { return func(c *Call, v uint64) { c.enum(t, v) } }

// ifindex prints a network interface as if_nametoindex("lo"), or by its number.
func (c *Call) ifindex(v uint32) {
	n := ""
	if c.opts.Ifname != nil && c.opts.Style != Numbers {
		n = c.opts.Ifname(v)
	}
	if n == "" || c.opts.Style == Both {
		c.udec(uint64(v))
	}
	if n == "" {
		return
	}
	if c.opts.Style == Both {
		c.str(" /* ")
	}
	c.str("if_nametoindex(")
	c.quote([]byte(n), false)
	c.byte(')')
	if c.opts.Style == Both {
		c.str(" */")
	}
}

// styled prints a value that is not an enum or flags of a table: by raw, by names, or both.
func (c *Call) styled(raw, names func()) {
	switch c.opts.Style {
	case Names:
		names()
	case Numbers:
		raw()
	default:
		raw()
		c.str(" /* ")
		c.inner = true
		c.byName(func(*Call) { names() })
		c.inner = false
		c.str(" */")
	}
}

// byName runs f with names as the style.
func (c *Call) byName(f func(c *Call)) {
	c.under(func(o *Options) { o.Style = Names }, func() { f(c) })
}

// styled32 makes a kind that prints names one whose number, an unsigned int, is printed when
// the style wants numbers.
func styled32(k kind) kind {
	f := k.f
	k.f = func(c *Call, v uint64) {
		v = uint64(uint32(v))
		c.styled(func() { c.hex(v) }, func() { f(c, v) })
	}
	return k
}

// fIfindex is an interface by name.
func fIfindex(c *Call, v uint64) { c.ifindex(uint32(v)) }
