package cpu

// Multiplication and division.

import "math/bits"

// product is the double-width product of two operands, as low and high half.
func (o *op) product(a, b uint64, signed bool) (lo, hi uint64) {
	if o.size == 8 {
		hi, lo = bits.Mul64(a, b)
		if signed {
			hi -= uint64(int64(a)>>63)&b + uint64(int64(b)>>63)&a
		}
		return lo, hi
	}
	p := a * b
	if signed {
		p = uint64(o.extend(a) * o.extend(b))
	}
	return p & o.mask, p >> (o.sign + 1) & o.mask
}

// multiply is the one-operand form.
func (c *CPU) multiply(o *op, signed bool) {
	b, ok := c.rmValue(o)
	if !ok {
		return
	}
	lo, hi := o.product(c.get(RAX, o.size), b, signed)
	if o.size == 1 {
		c.put(RAX, 2, hi<<8|lo)
	} else {
		c.put(RAX, o.size, lo)
		c.put(RDX, o.size, hi)
	}
	c.overflow(o, lo, hi, signed)
}

// overflow sets CF and OF if the high half of a product is needed.
func (c *CPU) overflow(o *op, lo, hi uint64, signed bool) {
	fits := uint64(0)
	if signed {
		fits = uint64(o.extend(lo)>>63) & o.mask
	}
	if hi == fits {
		c.setCO(0, 0)
	} else {
		c.setCO(1, 1)
	}
}

func mul(c *CPU, o *op)  { c.multiply(o, false) }
func imul(c *CPU, o *op) { c.multiply(o, true) }

// imul2 and imul3 keep the low half.

func imul2(c *CPU, o *op) {
	if b, ok := c.rmValue(o); ok {
		c.imulTo(o, c.get(o.reg, o.size), b)
	}
}

func imul3(c *CPU, o *op) {
	if a, ok := c.rmValue(o); ok {
		c.imulTo(o, a, o.imm&o.mask)
	}
}

func (c *CPU) imulTo(o *op, a, b uint64) {
	lo, hi := o.product(a, b, true)
	c.put(o.reg, o.size, lo)
	c.overflow(o, lo, hi, true)
}

// dividend is the double-width operand of a division.
func (c *CPU) dividend(o *op) (lo, hi uint64) {
	if o.size == 1 {
		return c.R[RAX] & 0xff, c.R[RAX] >> 8 & 0xff
	}
	return c.get(RAX, o.size), c.get(RDX, o.size)
}

func (c *CPU) quotient(o *op, q, r uint64) {
	if o.size == 1 {
		c.put(RAX, 2, r&0xff<<8|q&0xff)
		return
	}
	c.put(RAX, o.size, q)
	c.put(RDX, o.size, r)
}

// divide divides magnitudes; it raises #DE if the quotient is wider than limit says.
func (c *CPU) divide(o *op, lo, hi, d, limit uint64) (q, r uint64, ok bool) {
	switch {
	case d == 0:
	case o.size != 8:
		n := hi<<(o.sign+1) | lo
		q, r = n/d, n%d
		ok = q <= limit
	case hi < d:
		q, r = bits.Div64(hi, lo, d)
		ok = q <= limit
	}
	if !ok {
		c.raise(Divide)
	}
	return q, r, ok
}

func div(c *CPU, o *op) {
	d, ok := c.rmValue(o)
	if !ok {
		return
	}
	lo, hi := c.dividend(o)
	if q, r, ok := c.divide(o, lo, hi, d, o.mask); ok {
		c.quotient(o, q, r)
	}
}

// idiv truncates toward zero; the remainder has the dividend's sign.
func idiv(c *CPU, o *op) {
	v, ok := c.rmValue(o)
	if !ok {
		return
	}
	lo, hi := c.dividend(o)
	d := uint64(o.extend(v))
	minus, minusD := o.top(hi) != 0, int64(d) < 0
	if minus {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		if lo &= o.mask; o.size != 8 && lo != 0 {
			borrow = 1
		}
		hi = (-hi - borrow) & o.mask
	}
	if minusD {
		d = -d
	}
	limit := o.mask >> 1
	if minus != minusD {
		limit++
	}
	q, r, ok := c.divide(o, lo, hi, d, limit)
	if !ok {
		return
	}
	if minus != minusD {
		q = -q
	}
	if minus {
		r = -r
	}
	c.quotient(o, q, r)
}
