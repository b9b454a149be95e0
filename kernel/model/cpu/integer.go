package cpu

// Moves, addition and logic.

import "math/bits"

// get is the value of a register operand, zero-extended.
func (c *CPU) get(r, size uint8) uint64 {
	v := c.R[r&15]
	switch size {
	case 8:
		return v
	case 4:
		return v & 0xffffffff
	case 2:
		return v & 0xffff
	}
	if r&highByte != 0 {
		v >>= 8
	}
	return v & 0xff
}

// put writes a register operand. A 32-bit one clears the upper half, a smaller one
// leaves the rest.
func (c *CPU) put(r, size uint8, v uint64) {
	p := &c.R[r&15]
	switch size {
	case 8:
		*p = v
	case 4:
		*p = v & 0xffffffff
	case 2:
		*p = *p&^0xffff | v&0xffff
	default:
		if r&highByte != 0 {
			*p = *p&^0xff00 | v&0xff<<8
		} else {
			*p = *p&^0xff | v&0xff
		}
	}
}

// offset is the address of rm within its segment, before it is cut to 32 bits.
func (c *CPU) offset(o *op) uint64 {
	a := o.disp
	if o.base < none {
		a += c.R[o.base&15]
	} else if o.base == ripBase {
		a += c.next
	}
	if o.index < none {
		a += c.R[o.index&15] << (o.scale & 3)
	}
	return a
}

// linear makes an address of an offset.
func (c *CPU) linear(o *op, a uint64) uint64 {
	if o.a32 {
		a &= 0xffffffff
	}
	switch o.seg {
	case FS:
		a += c.FSBase
	case GS:
		a += c.GSBase
	}
	return a
}

// ea is the address of rm.
func (c *CPU) ea(o *op) uint64 {
	a := c.offset(o)
	if o.a32 || o.seg != 0 {
		return c.linear(o, a)
	}
	return a
}

// rmValue reads rm.
func (c *CPU) rmValue(o *op) (uint64, bool) {
	if o.mem {
		return c.load(c.ea(o), o.msize)
	}
	return c.get(o.rm, o.msize), true
}

// rmForWrite reads rm for an instruction that will write it.
func (c *CPU) rmForWrite(o *op) (v, addr uint64, ok bool) {
	if o.mem {
		addr = c.ea(o)
		v, ok = c.loadForWrite(addr, o.size)
		return v, addr, ok
	}
	return c.get(o.rm, o.size), 0, true
}

// setRM writes rm; addr is its address if it is memory.
func (c *CPU) setRM(o *op, addr, v uint64) bool {
	if o.mem {
		return c.store(addr, o.size, v)
	}
	c.put(o.rm, o.size, v)
	return true
}

// The shapes of two-operand arithmetic: destination and source, and the same without
// a result.

func regReg(c *CPU, o *op) {
	c.put(o.rm, o.size, o.fn(c, o, c.get(o.rm, o.size), c.get(o.reg, o.size)))
}
func regRegRO(c *CPU, o *op) { o.fn(c, o, c.get(o.rm, o.size), c.get(o.reg, o.size)) }
func regImm(c *CPU, o *op)   { c.put(o.rm, o.size, o.fn(c, o, c.get(o.rm, o.size), o.imm)) }
func regImmRO(c *CPU, o *op) { o.fn(c, o, c.get(o.rm, o.size), o.imm) }
func regCL(c *CPU, o *op) {
	c.put(o.rm, o.size, o.fn(c, o, c.get(o.rm, o.size), c.R[RCX]&0xff))
}

func regMem(c *CPU, o *op) {
	if b, ok := c.load(c.ea(o), o.size); ok {
		c.put(o.reg, o.size, o.fn(c, o, c.get(o.reg, o.size), b))
	}
}

func regMemRO(c *CPU, o *op) {
	if b, ok := c.load(c.ea(o), o.size); ok {
		o.fn(c, o, c.get(o.reg, o.size), b)
	}
}

func (c *CPU) update(o *op, b uint64) {
	addr := c.ea(o)
	if a, ok := c.loadForWrite(addr, o.size); ok {
		c.store(addr, o.size, o.fn(c, o, a, b))
	}
}

func memReg(c *CPU, o *op) { c.update(o, c.get(o.reg, o.size)) }
func memImm(c *CPU, o *op) { c.update(o, o.imm) }
func memCL(c *CPU, o *op)  { c.update(o, c.R[RCX]&0xff) }

func memRegRO(c *CPU, o *op) {
	if a, ok := c.load(c.ea(o), o.size); ok {
		o.fn(c, o, a, c.get(o.reg, o.size))
	}
}

func memImmRO(c *CPU, o *op) {
	if a, ok := c.load(c.ea(o), o.size); ok {
		o.fn(c, o, a, o.imm)
	}
}

// parity is PF of each byte.
var parity = func() (t [256]uint8) {
	for i := range t {
		if bits.OnesCount8(uint8(i))%2 == 0 {
			t[i] = FlagPF
		}
	}
	return t
}()

// szp is SF, ZF and PF of a result.
func (o *op) szp(r uint64) uint64 {
	f := uint64(parity[uint8(r)]) | r>>(o.sign&63)<<7
	if r == 0 {
		f |= FlagZF
	}
	return f
}

// sumFlags is the flags of r = a + b + carry in: bit i of out is the carry out of bit i.
func (c *CPU) sumFlags(o *op, a, b, r uint64) {
	out := a&b | (a|b)&^r
	c.setArith(o.szp(r) | out>>(o.sign&63)&1 | (a^b^r)&FlagAF | (a^r)&(b^r)>>(o.sign&63)&1<<11)
}

// differenceFlags is the flags of r = a - b - borrow in.
func (c *CPU) differenceFlags(o *op, a, b, r uint64) {
	out := ^a&b | (^a|b)&r
	c.setArith(o.szp(r) | out>>(o.sign&63)&1 | (a^b^r)&FlagAF | (a^b)&(a^r)>>(o.sign&63)&1<<11)
}

func (c *CPU) setArith(f uint64) { c.Flags = c.Flags&^arith | f }

func add(c *CPU, o *op, a, b uint64) uint64 {
	r := (a + b) & o.mask
	c.sumFlags(o, a, b, r)
	return r
}

func adc(c *CPU, o *op, a, b uint64) uint64 {
	r := (a + b + c.Flags&FlagCF) & o.mask
	c.sumFlags(o, a, b, r)
	return r
}

func sub(c *CPU, o *op, a, b uint64) uint64 {
	r := (a - b) & o.mask
	c.differenceFlags(o, a, b, r)
	return r
}

func sbb(c *CPU, o *op, a, b uint64) uint64 {
	r := (a - b - c.Flags&FlagCF) & o.mask
	c.differenceFlags(o, a, b, r)
	return r
}

func and(c *CPU, o *op, a, b uint64) uint64 {
	c.setArith(o.szp(a & b))
	return a & b
}

func or(c *CPU, o *op, a, b uint64) uint64 {
	c.setArith(o.szp(a | b))
	return a | b
}

func xor(c *CPU, o *op, a, b uint64) uint64 {
	c.setArith(o.szp(a ^ b))
	return a ^ b
}

// inc and dec leave CF.

func inc(c *CPU, o *op, a, _ uint64) uint64 {
	cf := c.Flags & FlagCF
	r := add(c, o, a, 1)
	c.Flags = c.Flags&^FlagCF | cf
	return r
}

func dec(c *CPU, o *op, a, _ uint64) uint64 {
	cf := c.Flags & FlagCF
	r := sub(c, o, a, 1)
	c.Flags = c.Flags&^FlagCF | cf
	return r
}

func neg(c *CPU, o *op, a, _ uint64) uint64 { return sub(c, o, 0, a) }
func not(c *CPU, o *op, a, _ uint64) uint64 { return ^a & o.mask }

func movToRM(c *CPU, o *op) {
	if o.mem {
		c.store(c.ea(o), o.size, c.get(o.reg, o.size))
	} else {
		c.put(o.rm, o.size, c.get(o.reg, o.size))
	}
}

func movToReg(c *CPU, o *op) {
	if v, ok := c.rmValue(o); ok {
		c.put(o.reg, o.size, v)
	}
}

func movImm(c *CPU, o *op) {
	if o.mem {
		c.store(c.ea(o), o.size, o.imm)
	} else {
		c.put(o.rm, o.size, o.imm)
	}
}

func movzx(c *CPU, o *op) { movToReg(c, o) }

func movsx(c *CPU, o *op) {
	if v, ok := c.rmValue(o); ok {
		shift := 64 - 8*o.msize
		c.put(o.reg, o.size, uint64(int64(v<<(shift&63))>>(shift&63)))
	}
}

// movsxd with a 16-bit destination reads 16 bits on some processors and 32 on others.
func movsxd(c *CPU, o *op) {
	if o.size == 2 && o.mem {
		unsupported(c, o)
		return
	}
	movsx(c, o)
}

func lea(c *CPU, o *op) {
	a := c.offset(o)
	if o.a32 {
		a &= 0xffffffff
	}
	c.put(o.reg, o.size, a)
}

func movbeLoad(c *CPU, o *op) {
	if v, ok := c.load(c.ea(o), o.size); ok {
		c.put(o.reg, o.size, bits.ReverseBytes64(v)>>(63-o.sign))
	}
}

func movbeStore(c *CPU, o *op) {
	c.store(c.ea(o), o.size, bits.ReverseBytes64(c.get(o.reg, o.size))>>(63-o.sign))
}

func bswap(c *CPU, o *op) {
	v := uint64(0) // what a 16-bit operand, which is undefined, gives
	if o.size != 2 {
		v = bits.ReverseBytes64(c.get(o.rm, o.size)) >> (63 - o.sign)
	}
	c.put(o.rm, o.size, v)
}

func xchg(c *CPU, o *op) {
	v, addr, ok := c.rmForWrite(o)
	if ok && c.setRM(o, addr, c.get(o.reg, o.size)) {
		c.put(o.reg, o.size, v)
	}
}

func xchgAX(c *CPU, o *op) {
	if o.rm == RAX { // nop and pause: eax is not zero-extended
		return
	}
	v := c.get(o.rm, o.size)
	c.put(o.rm, o.size, c.get(RAX, o.size))
	c.put(RAX, o.size, v)
}

func xadd(c *CPU, o *op) {
	v, addr, ok := c.rmForWrite(o)
	if !ok {
		return
	}
	old := c.Flags
	sum := add(c, o, v, c.get(o.reg, o.size))
	if !o.mem {
		c.put(o.reg, o.size, v)
	}
	if !c.setRM(o, addr, sum) {
		c.Flags = old
		return
	}
	if o.mem {
		c.put(o.reg, o.size, v)
	}
}

// cmpxchg writes memory in either case: a fault is one of writing. A register that is
// not equal stays, as on AMD processors; Intel's clear the upper half of a 32-bit one.
func cmpxchg(c *CPU, o *op) {
	v, addr, ok := c.rmForWrite(o)
	if !ok {
		return
	}
	if sub(c, o, c.get(RAX, o.size), v); c.Flags&FlagZF != 0 {
		c.setRM(o, addr, c.get(o.reg, o.size))
		return
	}
	if o.mem {
		c.store(addr, o.size, v)
	}
	c.put(RAX, o.size, v)
}

// cbw, cwde, cdqe; cwd, cdq, cqo.

func cbw(c *CPU, o *op) {
	half := uint(4 * o.size)
	c.put(RAX, o.size, uint64(int64(c.R[RAX]<<(64-half))>>(64-half)))
}

func cwd(c *CPU, o *op) {
	c.put(RDX, o.size, -(c.get(RAX, o.size) >> (o.sign & 63) & 1))
}

// cond is the condition of the low four bits of a jcc, setcc or cmovcc.
func (c *CPU) cond(cc uint8) bool {
	f := c.Flags
	var is bool
	switch cc >> 1 & 7 {
	case 0:
		is = f&FlagOF != 0
	case 1:
		is = f&FlagCF != 0
	case 2:
		is = f&FlagZF != 0
	case 3:
		is = f&(FlagCF|FlagZF) != 0
	case 4:
		is = f&FlagSF != 0
	case 5:
		is = f&FlagPF != 0
	case 6:
		is = f>>4&FlagSF != f&FlagSF // OF is four bits above SF
	case 7:
		is = f&FlagZF != 0 || f>>4&FlagSF != f&FlagSF
	}
	return is != (cc&1 != 0)
}

func setcc(c *CPU, o *op) {
	v := uint64(0)
	if c.cond(o.cc) {
		v = 1
	}
	if o.mem {
		c.store(c.ea(o), 1, v)
	} else {
		c.put(o.rm, 1, v)
	}
}

// cmov reads memory and clears an upper half whatever the condition.
func cmov(c *CPU, o *op) {
	v, ok := c.rmValue(o)
	if !ok {
		return
	}
	if !c.cond(o.cc) {
		v = c.get(o.reg, o.size)
	}
	c.put(o.reg, o.size, v)
}
