package cpu

// Scalar floating-point arithmetic on plain numbers: zeros and finite numbers well away
// from overflow and underflow. There the result is what IEEE 754 says, the only exception
// is inexactness, and both are computed here exactly. Anything else (infinities, NaNs,
// denormals, division by zero) is not modeled but in comparisons: what processors make of it
// has many cases, and integer code none of them.

import "math"

// float is an operation: its result, and a number that is not zero if that is inexact.
type float func(a, b float64) (r, err float64)

func fadd(a, b float64) (r, err float64) { // Knuth's TwoSum
	r = a + b
	part := r - a
	return r, (a - (r - part)) + (b - part)
}

func fsub(a, b float64) (r, err float64) {
	return fadd(a, -b)
}

func fmul(a, b float64) (r, err float64) {
	if r = a * b; r == 0 && a != 0 { // so small that its error is 0 as well
		return r, b
	}
	return r, math.FMA(a, b, -r)
}

func fdiv(a, b float64) (r, err float64) {
	r = a / b
	return r, math.FMA(-r, b, a)
}

func fsqrt(_, b float64) (r, err float64) {
	r = math.Sqrt(b)
	return r, math.FMA(-r, r, b)
}

// fmin and fmax give the second operand if the two are equal.

func fmin(a, b float64) (r, err float64) {
	if a < b {
		return a, 0
	}
	return b, 0
}

func fmax(a, b float64) (r, err float64) {
	if a > b {
		return a, 0
	}
	return b, 0
}

// The plain numbers of both formats. Within the bounds for doubles, the error of a
// product or a quotient is a number too.
var (
	minDouble, maxDouble = math.Ldexp(1, -900), math.Ldexp(1, 900)
	minSingle, maxSingle = math.Ldexp(1, -126), float64(math.MaxFloat32)
)

func plain(f float64, single bool) bool {
	m := math.Abs(f)
	if single {
		return m == 0 || m >= minSingle && m <= maxSingle
	}
	return m == 0 || m >= minDouble && m <= maxDouble
}

func fromBits(v uint64, single bool) float64 {
	if single {
		return float64(math.Float32frombits(uint32(v)))
	}
	return math.Float64frombits(v)
}

// scalarSource is the bits of rm.
func (c *CPU) scalarSource(o *op) (uint64, bool) {
	if o.mem {
		return c.load(c.ea(o), o.msize)
	}
	return c.X[o.rm&15][0], true
}

// putScalar writes the low element of reg.
func (c *CPU) putScalar(o *op, f float64, single bool) {
	x := &c.X[o.reg&15]
	if single {
		x[0] = x[0]&^low32 | uint64(math.Float32bits(float32(f)))
	} else {
		x[0] = math.Float64bits(f)
	}
}

// scalar is the instruction of an operation: ss (f3) or sd (f2). Singles are computed as
// doubles and rounded again, which gives the right result for these operations.
func scalar(f float) handler {
	return func(c *CPU, o *op) {
		v, ok := c.scalarSource(o)
		if !ok {
			return
		}
		single := o.rep == 0xf3
		b := fromBits(v, single)
		a := b
		if o.code != 0x51 { // sqrt has one operand
			a = fromBits(c.X[o.reg&15][0], single)
		}
		if !plain(a, single) || !plain(b, single) || b == 0 && o.code == 0x5e || b < 0 && o.code == 0x51 {
			unsupported(c, o)
			return
		}
		r, err := f(a, b)
		c.deliver(o, r, err != 0, single)
	}
}

// deliver rounds a result to its format and writes it.
func (c *CPU) deliver(o *op, r float64, inexact, single bool) {
	rounded := r
	if single {
		rounded = float64(float32(r))
		inexact = inexact || rounded != r
	}
	flags := uint32(0)
	if inexact {
		flags = mxPrecision
	}
	if !plain(r, single) || !plain(rounded, single) || rounded == 0 && inexact {
		unsupported(c, o)
	} else if c.finish(o, flags) {
		c.putScalar(o, rounded, single)
	}
}

// convert is cvtss2sd (f3) and cvtsd2ss (f2).
func convert(c *CPU, o *op) {
	v, ok := c.scalarSource(o)
	if !ok {
		return
	}
	from := o.rep == 0xf3
	if f := fromBits(v, from); plain(f, from) {
		c.deliver(o, f, false, !from)
	} else {
		unsupported(c, o)
	}
}

// compared is what a comparison finds out of any numbers, and of what is none: the exceptions of it too. What is
// no number is invalid if the comparison is signalling, or it is.
func compared(a, b uint64, single, signalling bool) (less, equal, unordered bool, flags uint32) {
	for _, bits := range []uint64{a, b} {
		switch kind := classOf(bits, single); {
		case kind == notNumber:
			unordered = true
			if signalling || !quiet(bits, single) {
				flags |= mxInvalid
			}
		case kind == denormal:
			flags |= mxDenormal
		}
	}
	if unordered {
		return false, false, true, flags &^ mxDenormal
	}
	x, y := fromBits(a, single), fromBits(b, single)
	return x < y, x == y, false, flags
}

// comi is comiss and ucomiss, and with 66 comisd and ucomisd: only the former are signalling.
func comi(c *CPU, o *op) {
	v, ok := c.scalarSource(o)
	if !ok {
		return
	}
	less, equal, unordered, flags := compared(c.X[o.reg&15][0], v, !o.o16, o.code == 0x2f)
	switch {
	case !c.finish(o, flags):
	case unordered:
		c.setArith(FlagZF | FlagPF | FlagCF)
	case less:
		c.setArith(FlagCF)
	case equal:
		c.setArith(FlagZF)
	default:
		c.setArith(0)
	}
}

// comparison is cmpps and cmppd, and of the low numbers alone cmpss and cmpsd: ones where what the immediate
// byte asks for is so, else zeros.
func comparison(width uint, scalar bool) handler {
	low := ^uint64(0) >> (64 - width)
	return func(c *CPU, o *op) {
		a, b, ok := c.X[o.reg&15], c.X[o.rm&15], true
		switch {
		case scalar:
			b[0], ok = c.scalarSource(o)
			a, b = XMM{a[0] & low}, XMM{b[0] & low}
		case o.mem:
			b, ok = c.loadX(c.ea(o), true)
		}
		if !ok {
			return
		}
		predicate, all := o.imm&7, uint32(0)
		r := lanes(width, func(x, y uint64) uint64 {
			less, equal, unordered, flags := compared(x, y, width == 32, predicate&3 == 1 || predicate&3 == 2)
			all |= flags
			if [4]bool{equal, less, less || equal, unordered}[predicate&3] != (predicate > 3) {
				return low
			}
			return 0
		})(a, b, 0)
		if !c.finish(o, all) {
			return
		}
		if scalar {
			r = XMM{c.X[o.reg&15][0]&^low | r[0]&low, c.X[o.reg&15][1]}
		}
		c.X[o.reg&15] = r
	}
}

// class is what kind of value an operand is, as far as exceptions depend on it.
type class uint8

const (
	number class = iota // or infinite
	denormal
	notNumber
)

func classOf(v uint64, single bool) class {
	exponent, fraction := v>>52&0x7ff, v&(1<<52-1)
	top := uint64(0x7ff)
	if single {
		exponent, fraction, top = v>>23&0xff, v&(1<<23-1), 0xff
	}
	switch {
	case exponent == top && fraction != 0:
		return notNumber
	case exponent == 0 && fraction != 0:
		return denormal
	}
	return number
}

// quiet says whether what is not a number is of the kind that passes through.
func quiet(v uint64, single bool) bool {
	if single {
		return v>>22&1 != 0
	}
	return v>>51&1 != 0
}

// scalarRows is the row of an operation: f3 single, f2 double.
func scalarRows(name string, f float) [4]row {
	return [4]row{2: {name: name + "ss", run: scalar(f), f: fM | fX | fMD}, 3: {name: name + "sd", run: scalar(f), f: fM | fX | fMQ}}
}

func init() {
	for op, r := range map[int][4]row{
		0x2e: {{name: "ucomiss", run: comi, f: fM | fX | fMD}, {name: "ucomisd", run: comi, f: fM | fX | fMQ}},
		0x2f: {{name: "comiss", run: comi, f: fM | fX | fMD}, {name: "comisd", run: comi, f: fM | fX | fMQ}},
		0x51: scalarRows("sqrt", fsqrt),
		0x58: scalarRows("add", fadd),
		0x59: scalarRows("mul", fmul),
		0x5a: {2: {name: "cvtss2sd", run: convert, f: fM | fX | fMD}, 3: {name: "cvtsd2ss", run: convert, f: fM | fX | fMQ}},
		0x5c: scalarRows("sub", fsub),
		0x5d: scalarRows("min", fmin),
		0x5e: scalarRows("div", fdiv),
		0x5f: scalarRows("max", fmax),
		0xc2: {{name: "cmpps", run: comparison(32, false), f: fM | fX | fI8}, {name: "cmppd", run: comparison(64, false), f: fM | fX | fI8},
			{name: "cmpss", run: comparison(32, true), f: fM | fX | fI8 | fMD}, {name: "cmpsd", run: comparison(64, true), f: fM | fX | fI8 | fMQ}},
	} {
		sse[op] = r
	}
}
