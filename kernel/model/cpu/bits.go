package cpu

// Bit tests, scans and counts, and BMI.

import "math/bits"

// The bit operations, by bits 3-4 of the opcode or the low bits of the group's digit.
const (
	bitTest = iota
	bitSet
	bitReset
	bitComplement
)

func (c *CPU) bitOp(o *op, kind uint8, addr, bit uint64, byMemory bool) {
	var v uint64
	ok := true
	switch {
	case !byMemory:
		v = c.get(o.rm, o.size)
	case kind == bitTest:
		v, ok = c.load(addr, o.size)
	default:
		v, ok = c.loadForWrite(addr, o.size)
	}
	if !ok {
		return
	}
	m := uint64(1) << bit
	r := v
	switch kind {
	case bitSet:
		r |= m
	case bitReset:
		r &^= m
	case bitComplement:
		r ^= m
	}
	if kind != bitTest {
		c.setRM(o, addr, r)
	}
	c.Flags &^= FlagCF
	if v&m != 0 {
		c.Flags |= FlagCF
	}
}

// btImm: the bit number is modulo the operand size. The digit 4-7 is the kind.
func btImm(c *CPU, o *op) {
	addr := uint64(0)
	if o.mem {
		addr = c.ea(o)
	}
	c.bitOp(o, o.reg&3, addr, o.imm&uint64(o.sign), o.mem)
}

// btReg: a bit in memory may be anywhere, as seen from the operand.
func btReg(c *CPU, o *op) {
	n := c.get(o.reg, o.size)
	addr := uint64(0)
	if o.mem {
		words := o.extend(n) >> bits.TrailingZeros8(o.sign+1)
		addr = c.linear(o, c.offset(o)+uint64(words)*uint64(o.size))
	}
	c.bitOp(o, o.code>>3&3, addr, n&uint64(o.sign), o.mem)
}

func (c *CPU) setZF(is bool) {
	c.Flags &^= FlagZF
	if is {
		c.Flags |= FlagZF
	}
}

func popcnt(c *CPU, o *op) {
	if o.rep != 0xf3 {
		undefined(c, o)
		return
	}
	if v, ok := c.rmValue(o); ok {
		c.put(o.reg, o.size, uint64(bits.OnesCount64(v)))
		c.setArith(0)
		c.setZF(v == 0)
	}
}

// bsf is tzcnt with f3; bsr is lzcnt. The scans leave the destination if the source is 0,
// which AMD documents and Intel's processors do.

func bsf(c *CPU, o *op) {
	v, ok := c.rmValue(o)
	if !ok {
		return
	}
	if o.rep == 0xf3 {
		n := uint64(bits.TrailingZeros64(v | (^o.mask & (o.mask + 1)))) // at most the operand's width
		c.put(o.reg, o.size, n)
		c.countFlags(n == uint64(o.sign)+1, n == 0)
		return
	}
	if c.setZF(v == 0); v != 0 {
		c.put(o.reg, o.size, uint64(bits.TrailingZeros64(v)))
	}
}

func bsr(c *CPU, o *op) {
	v, ok := c.rmValue(o)
	if !ok {
		return
	}
	if o.rep == 0xf3 {
		n := uint64(bits.LeadingZeros64(v)) + uint64(o.sign) - 63
		c.put(o.reg, o.size, n)
		c.countFlags(v == 0, n == 0)
		return
	}
	if c.setZF(v == 0); v != 0 {
		c.put(o.reg, o.size, uint64(bits.Len64(v)-1))
	}
}

func (c *CPU) countFlags(cf, zf bool) {
	c.Flags &^= FlagCF
	if cf {
		c.Flags |= FlagCF
	}
	c.setZF(zf)
}

func adcx(c *CPU, o *op) { c.addCarry(o, FlagCF) }
func adox(c *CPU, o *op) { c.addCarry(o, FlagOF) }

// addCarry adds with one flag as carry in and out, and leaves the others.
func (c *CPU) addCarry(o *op, flag uint64) {
	b, ok := c.rmValue(o)
	if !ok {
		return
	}
	a, in := c.get(o.reg, o.size), uint64(0)
	if c.Flags&flag != 0 {
		in = 1
	}
	r := (a + b + in) & o.mask
	c.Flags &^= flag
	if o.top(a&b|(a|b)&^r) != 0 {
		c.Flags |= flag
	}
	c.put(o.reg, o.size, r)
}

// BMI1 and BMI2: three operands, of which VEX.vvvv is in cc.

func (c *CPU) logicFlags(o *op, r uint64, cf bool) {
	f := o.szp(r) &^ FlagPF
	if cf {
		f |= FlagCF
	}
	c.setArith(f)
}

func andn(c *CPU, o *op) {
	if v, ok := c.rmValue(o); ok {
		r := ^c.get(o.cc, o.size) & v
		c.put(o.reg, o.size, r)
		c.logicFlags(o, r, false)
	}
}

// group17 is blsr, blsmsk and blsi; their destination is vvvv.
func group17(c *CPU, o *op) {
	digit := o.reg & 7
	if digit == 0 || digit > 3 {
		undefined(c, o)
		return
	}
	v, ok := c.rmValue(o)
	if !ok {
		return
	}
	var r uint64
	cf := v == 0
	switch digit {
	case 1:
		r = v & (v - 1)
	case 2:
		r = (v ^ (v - 1)) & o.mask
	case 3:
		r, cf = v&-v, v != 0
	}
	c.put(o.cc, o.size, r)
	c.logicFlags(o, r, cf)
}

func bzhi(c *CPU, o *op) {
	v, ok := c.rmValue(o)
	if !ok {
		return
	}
	n := c.R[o.cc&15] & 0xff
	over := n > uint64(o.sign)
	if !over {
		v &= 1<<n - 1
	}
	c.put(o.reg, o.size, v)
	c.logicFlags(o, v, over)
}

func bextr(c *CPU, o *op) {
	v, ok := c.rmValue(o)
	if !ok {
		return
	}
	control := c.get(o.cc, o.size)
	start, n := control&0xff, control>>8&0xff
	v >>= start
	if n < 64 {
		v &= 1<<n - 1
	}
	c.put(o.reg, o.size, v)
	c.setArith(0)
	c.setZF(v == 0)
}

func shlx(c *CPU, o *op) {
	if v, ok := c.rmValue(o); ok {
		c.put(o.reg, o.size, v<<o.count(c.R[o.cc&15]))
	}
}

func shrx(c *CPU, o *op) {
	if v, ok := c.rmValue(o); ok {
		c.put(o.reg, o.size, v>>o.count(c.R[o.cc&15]))
	}
}

func sarx(c *CPU, o *op) {
	if v, ok := c.rmValue(o); ok {
		c.put(o.reg, o.size, uint64(o.extend(v)>>o.count(c.R[o.cc&15])))
	}
}

func rorx(c *CPU, o *op) {
	if o.cc != 0 { // vvvv, which it does not use
		undefined(c, o)
	} else if v, ok := c.rmValue(o); ok {
		n, width := o.count(o.imm), uint(o.sign)+1
		c.put(o.reg, o.size, v>>n|v<<(width-n))
	}
}

// mulx multiplies by rdx; the high half wins if both destinations are one.
func mulx(c *CPU, o *op) {
	if v, ok := c.rmValue(o); ok {
		lo, hi := o.product(c.get(RDX, o.size), v, false)
		c.put(o.cc, o.size, lo)
		c.put(o.reg, o.size, hi)
	}
}

func pdep(c *CPU, o *op) {
	m, ok := c.rmValue(o)
	if !ok {
		return
	}
	v, r := c.get(o.cc, o.size), uint64(0)
	for ; m != 0; m &= m - 1 {
		if v&1 != 0 {
			r |= m & -m
		}
		v >>= 1
	}
	c.put(o.reg, o.size, r)
}

func pext(c *CPU, o *op) {
	m, ok := c.rmValue(o)
	if !ok {
		return
	}
	v, r := c.get(o.cc, o.size), uint64(0)
	for bit := uint64(1); m != 0; m &= m - 1 {
		if v&m&-m != 0 {
			r |= bit
		}
		bit <<= 1
	}
	c.put(o.reg, o.size, r)
}
