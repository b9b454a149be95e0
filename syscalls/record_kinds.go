// Records as arguments: a row of a table says which members of a record are printed when a call
// begins and which when it returns.

package syscalls

// print is a record behind a pointer.
func (r *record) print(c *Call, v uint64) { r.whole(c, v) }

// load reads a record. c.base is where it lies, for what follows it in memory.
func (r *record) load(c *Call, v uint64) ([]byte, bool) {
	c.base = v
	return c.read(v, r.sizeOf(c))
}

// in is a pointer to a record that the program has filled, out to one that the kernel fills.
func (r *record) in() kind  { return in(r.print) }
func (r *record) out() kind { return out(r.in()) }

// opens prints the beginning of a record that another function ends, or the address of one that cannot be read.
func (r *record) opens(c *Call, v uint64) bool {
	p, ok := r.load(c, v)
	if !ok {
		c.addr(v)
		return false
	}
	c.byte('{')
	r.some(c, p, true)
	return true
}

// inout prints some members when the call begins and, in the same braces, others when it has
// succeeded.
func (r *record) inout(before, after string) kind {
	b, a := r.pick(before), r.pick(after)
	return phased(b.opens, func(c *Call, v uint64) {
		if !c.failed {
			if p, ok := r.load(c, v); ok {
				a.some(c, p, before == "")
			}
		}
		c.byte('}')
	})
}

// updates prints some members when the call begins and, behind an arrow, what has become of
// the last of them when it has succeeded.
func (r *record) updates(before, after string) kind {
	b := r.pick(before)
	return phased(b.opens, func(c *Call, v uint64) {
		if p, ok := r.load(c, v); ok && !c.failed {
			c.str(" => ")
			c.member(find(r.members(c.ABI.layout()), after), p)
		}
		c.byte('}')
	})
}

// becomes prints some members when the call begins and, behind an arrow, what others are when
// it has succeeded.
func (r *record) becomes(before, after string) kind {
	b, a := r.pick(before), r.pick(after)
	return phased(b.complete, func(c *Call, v uint64) {
		if p, ok := r.load(c, v); !c.failed && ok && !a.empty(c, p) {
			c.str(" => ")
			a.body(c, p)
		}
	})
}

// then prints a result when the call has succeeded, behind an arrow.
func then(before func(c *Call, v uint64) bool, after kind) kind {
	return phased(before, func(c *Call, v uint64) {
		if !c.failed {
			c.str(" => ")
			after.f(c, v)
		}
	})
}

// turns is becomes that prints the address behind the arrow when the call has failed.
func (r *record) turns(before, after string) kind {
	b, a := r.pick(before), r.pick(after)
	return phased(b.whole, func(c *Call, v uint64) {
		c.str(" => ")
		out(a.in()).f(c, v)
	})
}

// complete is whole down to the elements of the record's lists: strace shows no result behind
// what it could not show.
func (r *record) complete(c *Call, v uint64) bool {
	c.broken = false
	return r.whole(c, v) && !c.broken
}

// whole is print that tells whether there was something to print.
func (r *record) whole(c *Call, v uint64) bool {
	p, ok := r.load(c, v)
	if ok {
		r.body(c, p)
	} else {
		c.addr(v)
	}
	return ok
}

// phased is an argument of two halves: before, when the call begins; after, when it has
// returned, unless before said that it has printed all there is.
func phased(before func(c *Call, v uint64) bool, after format) kind {
	return kind{
		f: func(c *Call, v uint64) { c.done = !before(c, v) },
		tail: func(c *Call, v uint64) {
			if !c.done {
				after(c, v)
			}
		},
	}
}

// since61 is a kind that strace 6.1 did not know.
func since61(k kind) kind {
	return kind{of: func(c *Call) *kind {
		if c.opts.As61 {
			return &x
		}
		return &k
	}}
}

// pointed is a kind of a pointer to one number of width bytes, printed in its place.
func pointed(width int, f format) kind {
	return in(func(c *Call, v uint64) {
		if p, ok := c.read(v, width); ok {
			f(c, number(p))
		} else {
			c.addr(v)
		}
	})
}

// boxed is a kind of a pointer to one number of width bytes: [3].
func boxed(width int, f format) kind {
	return in(func(c *Call, v uint64) {
		p, ok := c.read(v, width)
		if !ok {
			c.addr(v)
			return
		}
		c.byte('[')
		f(c, number(p))
		c.byte(']')
	})
}

// boxedWord is boxed for a number as wide as a pointer.
func boxedWord(f format) kind {
	return in(func(c *Call, v uint64) { boxed(c.ABI.Word, f).f(c, v) })
}
