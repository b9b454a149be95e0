// Marks of a field: when it is shown and when it is left out.

package syscalls

// more stands for the members that only -v shows: "..." without it.
func more() field { return field{member: member{brief: true}} }

// gap stands for some members in the middle that only -v shows.
func gap() field { return field{member: member{brief: true, gap: true}} }

// ifSet leaves the member out while it is zero.
func (f field) ifSet() field {
	f.absent = func(_ *Call, m *member, s []byte) bool { return allZero(s[m.off : m.off+m.size]) }
	return f
}

// ifBits leaves the member out where the member by has none of the bits.
func (f field) ifBits(by string, bits uint64) field {
	f.by = by
	f.absent = func(_ *Call, m *member, s []byte) bool { return m.by.number(s)&bits == 0 }
	return f
}

// orDots shows "..." in place of the member, its name included, without -v.
func (f field) orDots() field {
	name, all := f.name, f.all
	f.bare = true
	f.all = func(c *Call, m *member, s []byte) {
		if !c.opts.Verbose {
			c.str("...")
			return
		}
		c.str(name)
		c.byte('=')
		all(c, m, s)
	}
	return f
}

// verbose leaves the member out without -v, unlessZero where the member cond is 0, too.
func (f field) verbose() field {
	f.skip = func(c *Call, _ []byte) bool { return !c.opts.Verbose }
	return f
}

func (f field) unlessZero(cond string) field {
	f.cond = cond
	return f
}

// newer is a member that strace 6.1 does not know.
func (f field) newer() field {
	f.skip = func(c *Call, _ []byte) bool { return c.opts.As61 }
	return f
}

// unlessNone leaves a list out that has no elements.
func (f field) unlessNone() field {
	f.absent = func(_ *Call, m *member, s []byte) bool { return m.by.number(s) == 0 }
	return f
}

// as gives the member another format.
func (f field) as(format format) field {
	f.f = format
	return f
}
