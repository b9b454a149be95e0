package x86

// The instructions that Emulate knows, one row an opcode; and their flags.

import (
	"math/bits"

	"github.com/trapline/trapline/regs"
)

// op is an instruction: what it does, and the legacy prefixes it may have.
type op struct {
	do  func(*machine) bool
	pre prefixes
}

const (
	operandPre = preOpSize | addressPre
	addressPre = preAddrSize | preFS | preGS
	nopPre     = preOpSize | preAddrSize | preCS | preSS | preDS | preES | preFS | preGS
)

var ops [2][256]op

func init() {
	one, two := &ops[0], &ops[1]
	for kind := range 8 {
		for form := range 6 {
			one[8*kind+form] = op{alu, operandPre}
		}
		one[0x50+kind] = op{do: pushReg}
		one[0x58+kind] = op{do: popReg}
		one[0xb0+kind] = op{do: movImm8}
		one[0xb8+kind] = op{movImm, preOpSize}
	}
	for cc := range 16 {
		one[0x70+cc] = op{do: jcc}
		two[0x80+cc] = op{do: jcc}
	}
	for code, o := range map[int]op{
		0x63: {movsxd, addressPre},
		0x68: {do: pushImm}, 0x6a: {do: pushImm},
		0x80: {aluImm, operandPre}, 0x81: {aluImm, operandPre}, 0x83: {aluImm, operandPre},
		0x84: {test, operandPre}, 0x85: {test, operandPre},
		0x88: {movTo, operandPre}, 0x89: {movTo, operandPre},
		0x8a: {movFrom, operandPre}, 0x8b: {movFrom, operandPre},
		0x8d: {lea, preOpSize | preAddrSize},
		0x90: {nop, preOpSize | preRep},
		0xa8: {testAcc, preOpSize}, 0xa9: {testAcc, preOpSize},
		0xc3: {do: ret}, 0xc9: {do: leave},
		0xc6: {movImmTo, operandPre}, 0xc7: {movImmTo, operandPre},
		0xe8: {do: call}, 0xe9: {do: jmp}, 0xeb: {do: jmp},
		0xf6: {testImm, operandPre}, 0xf7: {testImm, operandPre},
	} {
		one[code] = o
	}
	two[0x1e] = op{endbr, preRep}
	two[0x1f] = op{nopModRM, nopPre}
	for _, code := range []int{0xb6, 0xb7, 0xbe, 0xbf} {
		two[code] = op{extend, operandPre}
	}
}

func nop(m *machine) bool      { return m.in.rex&rexB == 0 } // else xchg r8, rax
func endbr(m *machine) bool    { return m.in.classOf(m.code)&Endbr != 0 }
func nopModRM(m *machine) bool { return m.in.reg() == 0 }

func pushReg(m *machine) bool { return m.push(m.get(m.opReg(), 8)) }
func pushImm(m *machine) bool { return m.push(m.imm()) }

func popReg(m *machine) bool {
	v, ok := m.pop()
	m.set(m.opReg(), 8, v)
	return ok
}

func movImm8(m *machine) bool { m.set(m.opReg(), 1, m.imm()); return true }
func movImm(m *machine) bool  { m.set(m.opReg(), m.size(), m.imm()); return true }
func movTo(m *machine) bool   { return m.assign(m.sizeW(), m.get(m.reg(), m.sizeW())) }

func movImmTo(m *machine) bool { return m.in.reg() == 0 && m.assign(m.sizeW(), m.imm()) }

func movFrom(m *machine) bool {
	v, ok := m.operand(m.sizeW())
	m.set(m.reg(), m.sizeW(), v)
	return ok
}

func movsxd(m *machine) bool {
	v, ok := m.operand(4)
	m.set(m.reg(), m.size(), uint64(int32(v)))
	return ok
}

// extend is movzx (b6, b7) and movsx (be, bf).
func extend(m *machine) bool {
	from := 1 + int(m.in.op&1)
	v, ok := m.operand(from)
	if m.in.op >= 0xbe {
		shift := 64 - 8*from
		v = uint64(int64(v<<shift) >> shift)
	} else {
		v &= mask(from)
	}
	m.set(m.reg(), m.size(), v)
	return ok
}

func lea(m *machine) bool {
	m.set(m.reg(), m.size(), m.effective())
	return m.in.memory()
}

func jmp(m *machine) bool { m.g[regs.RIP] += m.imm(); return true }

func jcc(m *machine) bool {
	if holds(m.in.op&15, m.g[regs.EFlags]) {
		return jmp(m)
	}
	return true
}

func call(m *machine) bool { return m.push(m.g[regs.RIP]) && jmp(m) }

func ret(m *machine) bool {
	v, ok := m.pop()
	m.g[regs.RIP] = v
	return ok
}

func leave(m *machine) bool {
	m.g[regs.RSP] = m.g[regs.RBP]
	v, ok := m.pop()
	m.g[regs.RBP] = v
	return ok
}

// alu is the six forms of 00-3f: r/m,reg and reg,r/m and accumulator,imm.
func alu(m *machine) bool {
	kind, size := int(m.in.op>>3&7), m.sizeW()
	switch m.in.op & 7 {
	case 0, 1:
		return m.aluTo(kind, size, m.get(m.reg(), size))
	case 2, 3:
		v, ok := m.operand(size)
		if r, keep := m.compute(kind, size, m.get(m.reg(), size), v); keep {
			m.set(m.reg(), size, r)
		}
		return ok
	}
	if r, keep := m.compute(kind, size, m.get(0, size), m.imm()); keep {
		m.set(0, size, r)
	}
	return true
}

func aluImm(m *machine) bool {
	size := m.sizeW()
	return m.aluTo(m.in.reg(), size, m.imm())
}

// aluTo computes r/m op v. Memory is read but not rewritten: a read-modify-write of
// the processor's is closer to atomic than two requests.
func (m *machine) aluTo(kind, size int, v uint64) bool {
	if m.in.memory() && kind != kindCmp {
		return false
	}
	a, ok := m.operand(size)
	if r, keep := m.compute(kind, size, a, v); keep {
		m.set(m.rm(), size, r)
	}
	return ok
}

func test(m *machine) bool { return m.testWith(m.sizeW(), m.get(m.reg(), m.sizeW())) }

func testImm(m *machine) bool { return m.in.reg() == 0 && m.testWith(m.sizeW(), m.imm()) }

func testAcc(m *machine) bool {
	m.compute(kindAnd, m.sizeW(), m.get(0, m.sizeW()), m.imm())
	return true
}

func (m *machine) testWith(size int, v uint64) bool {
	a, ok := m.operand(size)
	m.compute(kindAnd, size, a, v)
	return ok
}

// The kinds of arithmetic, as opcodes number them.
const (
	kindAdd = iota
	kindOr
	kindAdc
	kindSbb
	kindAnd
	kindSub
	kindXor
	kindCmp
)

// The arithmetic flags (Intel SDM vol. 1, 3.4.3.1).
const (
	flagCF = 1 << 0
	flagPF = 1 << 2
	flagAF = 1 << 4
	flagZF = 1 << 6
	flagSF = 1 << 7
	flagOF = 1 << 11

	flagsArith = flagCF | flagPF | flagAF | flagZF | flagSF | flagOF
)

// compute does a op b on size bytes and sets the flags; keep is false for cmp. The
// processor leaves AF undefined after and, or, xor; here it is 0, as processors do.
func (m *machine) compute(kind, size int, a, b uint64) (r uint64, keep bool) {
	a, b = a&mask(size), b&mask(size)
	f := &m.g[regs.EFlags]
	carry := uint64(0)
	if kind == kindAdc || kind == kindSbb {
		carry = *f & flagCF
	}
	var out, over uint64
	switch kind {
	case kindAdd, kindAdc:
		r, out = bits.Add64(a, b, carry)
		over = (a ^ r) & (b ^ r)
	case kindSub, kindSbb, kindCmp:
		r, out = bits.Sub64(a, b, carry)
		over = (a ^ b) & (a ^ r)
	case kindOr:
		r = a | b
	case kindAnd:
		r = a & b
	case kindXor:
		r = a ^ b
	}
	if size < 8 {
		out = r >> (8 * size) & 1
	}
	aux := uint64(0)
	if kind != kindOr && kind != kindAnd && kind != kindXor {
		aux = (a ^ b ^ r) & flagAF
	}
	r &= mask(size)
	sign := 8*size - 1
	*f = *f&^flagsArith | out | aux | uint64(bits.OnesCount8(uint8(r))&1^1)<<2 |
		r>>sign<<7 | over>>sign&1<<11
	if r == 0 {
		*f |= flagZF
	}
	return r, kind != kindCmp
}

// holds says whether a condition code (the low four bits of jcc) is true.
func holds(cc uint8, flags uint64) bool {
	is := func(f uint64) bool { return flags&f != 0 }
	var v bool
	switch cc >> 1 {
	case 0:
		v = is(flagOF)
	case 1:
		v = is(flagCF)
	case 2:
		v = is(flagZF)
	case 3:
		v = is(flagCF | flagZF)
	case 4:
		v = is(flagSF)
	case 5:
		v = is(flagPF)
	case 6:
		v = is(flagSF) != is(flagOF)
	case 7:
		v = is(flagZF) || is(flagSF) != is(flagOF)
	}
	return v != (cc&1 == 1)
}
