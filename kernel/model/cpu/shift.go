package cpu

// Shifts and rotations. A count of zero, after masking, leaves the flags; OF is defined
// for a count of one only, and computed for all counts as processors do.

// count masks a shift count as the operand size demands.
func (o *op) count(b uint64) uint {
	if o.size == 8 {
		return uint(b & 63)
	}
	return uint(b & 31)
}

func (o *op) top(v uint64) uint64 { return v >> (o.sign & 63) & 1 }

func (o *op) extend(v uint64) int64 {
	shift := 63 - o.sign&63
	return int64(v<<shift) >> shift
}

func shl(c *CPU, o *op, a, b uint64) uint64 {
	n := o.count(b)
	if n == 0 {
		return a
	}
	r, cf := a<<n&o.mask, uint64(0)
	if width := uint(o.sign) + 1; n <= width {
		cf = a >> (width - n) & 1
	}
	c.setArith(o.szp(r) | cf | (o.top(r)^cf)<<11)
	return r
}

func shr(c *CPU, o *op, a, b uint64) uint64 {
	n := o.count(b)
	if n == 0 {
		return a
	}
	r := a >> n
	c.setArith(o.szp(r) | a>>(n-1)&1 | (o.top(r)^o.top(r<<1))<<11)
	return r
}

func sar(c *CPU, o *op, a, b uint64) uint64 {
	n := o.count(b)
	if n == 0 {
		return a
	}
	s := o.extend(a)
	r := uint64(s>>n) & o.mask
	c.setArith(o.szp(r) | uint64(s>>(n-1))&1)
	return r
}

// setCO sets CF and OF and leaves the others.
func (c *CPU) setCO(cf, of uint64) {
	c.Flags = c.Flags&^(FlagCF|FlagOF) | cf&1 | of&1<<11
}

func rol(c *CPU, o *op, a, b uint64) uint64 {
	n := o.count(b)
	if n == 0 {
		return a
	}
	width := uint(o.sign) + 1
	n %= width
	r := (a<<n | a>>(width-n)) & o.mask
	c.setCO(r, o.top(r)^r)
	return r
}

func ror(c *CPU, o *op, a, b uint64) uint64 {
	n := o.count(b)
	if n == 0 {
		return a
	}
	width := uint(o.sign) + 1
	n %= width
	r := (a>>n | a<<(width-n)) & o.mask
	c.setCO(o.top(r), o.top(r)^o.top(r<<1))
	return r
}

// rcl and rcr rotate width + 1 bits: a bit at a time, as they are rare.

func rcl(c *CPU, o *op, a, b uint64) uint64 {
	n := o.count(b) % (uint(o.sign) + 2)
	if n == 0 {
		return a
	}
	cf := c.Flags & FlagCF
	for ; n > 0; n-- {
		a, cf = a<<1&o.mask|cf, o.top(a)
	}
	c.setCO(cf, o.top(a)^cf)
	return a
}

func rcr(c *CPU, o *op, a, b uint64) uint64 {
	n := o.count(b) % (uint(o.sign) + 2)
	if n == 0 {
		return a
	}
	cf := c.Flags & FlagCF
	for ; n > 0; n-- {
		a, cf = a>>1|cf<<(o.sign&63), a&1
	}
	c.setCO(cf, o.top(a)^o.top(a<<1))
	return a
}

// doubleCount is the count of shld and shrd: an immediate, or cl for odd opcodes.
func (c *CPU) doubleCount(o *op) uint {
	if o.cc&1 != 0 {
		return o.count(c.R[RCX])
	}
	return o.count(o.imm)
}

// shld and shrd shift rm and fill it from reg. A 16-bit shift by more than 16 is
// undefined, and processors differ.
func shld(c *CPU, o *op) { c.double(o, true) }
func shrd(c *CPU, o *op) { c.double(o, false) }

func (c *CPU) double(o *op, left bool) {
	b, width, n := c.get(o.reg, o.size), uint(o.sign)+1, c.doubleCount(o)
	if n > width {
		unsupported(c, o)
		return
	}
	a, addr, ok := c.rmForWrite(o)
	if !ok {
		return
	}
	if n == 0 {
		c.setRM(o, addr, a)
		return
	}
	var r, cf uint64
	if left {
		r, cf = (a<<n|b>>(width-n))&o.mask, a>>(width-n)
	} else {
		r, cf = (a>>n|b<<(width-n))&o.mask, a>>(n-1)
	}
	if c.setRM(o, addr, r) {
		c.setArith(o.szp(r) | cf&1 | (o.top(r)^o.top(a))<<11)
	}
}
