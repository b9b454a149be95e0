// Fields and arguments of several elements: arrays, texts and lists that another member counts.

package syscalls

// array is n fields of a kind.
func array(n int, e field) field {
	w := e.widths
	f := field{member: member{name: e.name}, aligns: e.aligns}
	for l := range layouts {
		f.widths[l] = n * w[l]
	}
	f.raw = func(c *Call, p []byte) { c.elements(p, w[c.ABI.layout()], &e.member) }
	return f
}

// tuple is an array that is never shortened.
func tuple(n int, e field) field {
	f := array(n, e)
	f.raw = func(c *Call, p []byte) { c.elementsUpTo(readLimit, p, e.widths[c.ABI.layout()], &e.member) }
	return f
}

// arrayOf is a pointer to n numbers or records.
func arrayOf(n int, e field) kind {
	r := newRecord(array(n, e))
	return in(func(c *Call, v uint64) {
		if p, ok := r.load(c, v); ok {
			c.elements(p, e.widths[c.ABI.layout()], &e.member)
		} else {
			c.addr(v)
		}
	})
}

// listOf is arrayOf that shows those elements that can be read.
func listOf(n uint64, e field) kind {
	w := e.widths
	return in(func(c *Call, v uint64) {
		c.list(v, n, w[c.ABI.layout()], func(c *Call, p []byte) { c.element(&e.member, p) })
	})
}

// textOf is a string in an array of n bytes that is as long as the member by says.
func textOf(name, by string, n int) field {
	f := octets(name, n)
	f.by, f.raw = by, nil
	f.all = func(c *Call, m *member, s []byte) {
		p := s[m.off : m.off+m.size]
		c.quote(p[:min(m.by.number(s), uint64(n))], false)
	}
	return f
}

// textWithin is a string in an array of n bytes, no longer than the member by, a short, says.
func textWithin(name, by string, n int) field {
	f := octets(name, n)
	f.by, f.raw = by, nil
	f.all = func(c *Call, m *member, s []byte) {
		p := s[m.off : m.off+m.size]
		most := min(max(int(int16(m.by.number(s))), 0), n-1)
		t := untilNUL(p[:most+1])
		c.quote(t[:min(len(t), most)], len(t) > most)
	}
	return f
}

// counted is an array as long as the member by says, but no longer than n.
func counted(by string, n int, e field) field {
	return countedAs(by, func(n uint64) uint64 { return n }, n, e)
}

// countedAs is counted where the number of elements follows from that of the member.
func countedAs(by string, number func(n uint64) uint64, n int, e field) field {
	w := e.widths
	f := array(n, e)
	f.by, f.raw = by, nil
	f.all = func(c *Call, m *member, s []byte) {
		width := w[c.ABI.layout()]
		count := min(number(min(m.by.count(s), uint64(n))), uint64(n))
		c.elements(s[m.off:m.off+int(count)*width], width, &e.member)
	}
	return f
}

// elements prints an array that p holds, as many elements as -s permits.
func (c *Call) elements(p []byte, width int, e *member) {
	c.elementsUpTo(c.limitOf(), p, width, e)
}

func (c *Call) elementsUpTo(limit int, p []byte, width int, e *member) {
	c.byte('[')
	for i := 0; (i+1)*width <= len(p); i++ {
		if i > 0 {
			c.str(", ")
		}
		if i >= limit || c.full() {
			c.str("...")
			break
		}
		begun := c.mark()
		c.element(e, p[i*width:(i+1)*width])
		c.release(begun)
	}
	c.byte(']')
}

// element prints an element of an array that p holds.
func (c *Call) element(e *member, p []byte) {
	at := *e
	at.off, at.size = 0, len(p)
	c.member(&at, p)
}

// count is number of something: what is negative counts as none.
func (m *member) count(s []byte) uint64 {
	n := m.number(s)
	if m.signed && int32(n) < 0 {
		return 0
	}
	return n
}

// far is a pointer to as many records as the member by says.
func far(name, by string, r *record) field {
	f := pointer(name)
	f.by, f.f = by, nil
	f.all = func(c *Call, m *member, s []byte) {
		c.list(m.number(s), m.by.number(s), r.sizeOf(c), r.body)
	}
	return f
}

// behind is an array that follows the record in memory, as long as the member by says, which has
// no more than n elements.
func behind(name, by string, n int, e field) field {
	w := e.widths
	return trailing(name, by, e.aligns, func(c *Call, v, count uint64) {
		c.listCapped(v, count, uint64(n), w[c.ABI.layout()], c.limitOf(), func(c *Call, p []byte) { c.element(&e.member, p) })
	})
}

// few has a list end after n elements without -v.
func (f field) few(n int) field {
	all := f.all
	f.all = func(c *Call, m *member, s []byte) {
		opts := c.opts
		if !opts.Verbose {
			shorter := *opts
			shorter.StringLimit = min(n, c.limit())
			c.opts = &shorter
		}
		all(c, m, s)
		c.opts = opts
	}
	return f
}

// trailing is what follows the record in memory; f prints it, given its address and what the
// member by says.
func trailing(name, by string, aligns [layouts]int, f func(c *Call, v, n uint64)) field {
	fl := field{member: member{name: name}, by: by, aligns: aligns}
	fl.all = func(c *Call, m *member, s []byte) { f(c, c.base+uint64(m.off), m.by.number(s)) }
	return fl
}
