package cpu

// Conversions between integers and floating-point numbers, which integer code has too.
// Exact in the flags of MXCSR; another rounding mode than to nearest, denormals as zeros
// and unmasked exceptions are not modeled.

import (
	"math"
	"math/bits"
)

// Bits of MXCSR (Intel SDM vol. 1, 10.2.3). The mask of an exception is maskShift above
// its flag.
const (
	mxInvalid   = 1 << 0
	mxDenormal  = 1 << 1
	mxPrecision = 1 << 5
	mxDAZ       = 1 << 6
	mxRounding  = 3 << 13
	maskShift   = 7
)

// finish raises the exceptions of an operation; false if it must not write its result.
func (c *CPU) finish(o *op, flags uint32) bool {
	if c.MXCSR&(mxDAZ|mxRounding) != 0 || flags&^(c.MXCSR>>maskShift) != 0 {
		unsupported(c, o)
		return false
	}
	c.MXCSR |= flags
	return true
}

// significant is the number of bits between the first and the last that are 1.
func significant(v int64) int {
	m := uint64(v)
	if v < 0 {
		m = -m
	}
	return bits.Len64(m) - bits.TrailingZeros64(m)
}

// fromInteger is cvtsi2ss (f3) and cvtsi2sd (f2); the rest of the register stays.
func fromInteger(c *CPU, o *op) {
	v, ok := c.rmValue(o)
	if !ok {
		return
	}
	n, flags, precision := o.extend(v), uint32(0), 53
	if o.rep == 0xf3 {
		precision = 24
	}
	if n != 0 && significant(n) > precision {
		flags = mxPrecision
	}
	if !c.finish(o, flags) {
		return
	}
	x := &c.X[o.reg&15]
	if o.rep == 0xf3 {
		x[0] = x[0]&^low32 | uint64(math.Float32bits(float32(n)))
	} else {
		x[0] = math.Float64bits(float64(n))
	}
}

// toInteger is cvttss2si and cvttsd2si (2c), and cvtss2si and cvtsd2si (2d), which round.
func toInteger(c *CPU, o *op) {
	v, ok := c.X[o.rm&15][0], true
	if o.mem {
		v, ok = c.load(c.ea(o), o.msize)
	}
	if !ok {
		return
	}
	f := math.Float64frombits(v)
	if o.rep == 0xf3 {
		f = float64(math.Float32frombits(uint32(v)))
	}
	whole := math.Trunc(f)
	if o.code == 0x2d {
		whole = math.RoundToEven(f)
	}
	limit := math.Ldexp(1, int(o.sign))
	r, flags := uint64(1)<<(o.sign&63), uint32(mxInvalid) // of what does not fit
	if whole >= -limit && whole < limit {
		r, flags = uint64(int64(whole)), 0
		if whole != f {
			flags = mxPrecision
		}
	}
	if c.finish(o, flags) {
		c.put(o.reg, o.size, r)
	}
}
