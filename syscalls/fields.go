// Fields of one number, text or record, and formats of numbers.

package syscalls

// natural is a number of 1 to 8 bytes where C puts it.
func natural(name string, width int, f format) field {
	fl := field{member: member{name: name, f: f}}
	for l := range layouts {
		fl.widths[l], fl.aligns[l] = width, width
	}
	if width == 8 {
		fl.aligns[2] = 4
	}
	return fl
}

// word is a number as wide as a pointer.
func word(name string, f format) field {
	return field{member: member{name: name, f: f}, widths: [layouts]int{8, 4, 4}, aligns: [layouts]int{8, 4, 4}}
}

func u8(name string) field                { return natural(name, 1, fUint) }
func u16le(name string) field             { return natural(name, 2, fUint) }
func u32le(name string) field             { return natural(name, 4, fUint) }
func u64le(name string) field             { return natural(name, 8, fUint) }
func i64(name string) field               { return natural(name, 8, fInt64) }
func h8(name string) field                { return natural(name, 1, fHex) }
func h16(name string) field               { return natural(name, 2, fHex) }
func h32(name string) field               { return natural(name, 4, fHex) }
func h64(name string) field               { return natural(name, 8, fHex) }
func flags32(name string, t *table) field { return natural(name, 4, fFlags(t)) }
func enum32(name string, t *table) field  { return natural(name, 4, fEnum(t)) }
func fdOf(name string) field              { return natural(name, 4, (*Call).fd) }
func ulong(name string) field             { return word(name, fUint) }
func pointer(name string) field           { return word(name, (*Call).addr) }
func pad(n int) field                     { return octets("", n) }

// upTo pads what has a pointer before it: wide bytes where that has 8, narrow ones where it has 4.
func upTo(wide, narrow int) field {
	f := pad(wide)
	f.widths = [layouts]int{wide, narrow, narrow}
	return f
}

func i32(name string) field {
	f := natural(name, 4, fInt)
	f.signed = true
	return f
}

// octets are n bytes as they are.
func octets(name string, n int) field {
	return field{member: member{name: name, raw: (*Call).hexQuote}, widths: [layouts]int{n, n, n}, aligns: [layouts]int{1, 1, 1}}
}

// text is a string in an array of n bytes, that ends with a NUL or at the last byte but one.
func text(name string, n int) field {
	f := octets(name, n)
	f.raw = (*Call).charArray
	return f
}

func (c *Call) charArray(p []byte) {
	if s := untilNUL(p); len(s) < len(p) {
		c.quote(s, false)
	} else {
		c.quote(p[:len(p)-1], true)
	}
}

// sub is a record inside a record.
func sub(name string, r *record) field {
	return field{member: member{name: name, raw: r.body}, widths: r.size, aligns: r.align}
}

// number is the member's value in the structure s.
func (m *member) number(s []byte) uint64 { return number(s[m.off : m.off+m.size]) }

// tagged is a number of 4 bytes whose format the member by chooses; it is hexadecimal where
// there is none for its value.
func tagged(name, by string, formats map[uint64]format) field {
	f := h32(name)
	f.by = by
	f.all = func(c *Call, m *member, s []byte) {
		if f := formats[m.by.number(s)]; f != nil {
			f(c, m.number(s))
		} else {
			c.hex(m.number(s))
		}
	}
	return f
}

func fInt64(c *Call, v uint64) { c.dec(int64(v)) }
func fLong(c *Call, v uint64)  { c.dec(c.signed(v)) }
func fInt16(c *Call, v uint64) { c.dec(int64(int16(v))) }

// fErrno is an error as the kernel has it, a negative number.
func fErrno(c *Call, v uint64) {
	n := int32(v)
	row := c.ABI.OS.Errno(int(-n))
	if n >= 0 || row == nil {
		c.dec(int64(n))
		return
	}
	c.styled(func() { c.dec(int64(n)) }, func() { c.str("-" + row.Name) })
}
