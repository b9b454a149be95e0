// Package x86 is what a debugger's engine must know about x86-64 instructions: how
// long one is, where it may go, what it would leak or miss when it is single-stepped,
// what it does (for the commonest ones, so that stepping over a breakpoint needs no
// step), and how it reads. All of it is 64-bit mode only.
package x86

// This file splits an instruction into its fields. It knows formats and no semantics:
// a grid a map says what follows each opcode. Sources: Intel SDM vol. 2, chapter 2 and
// appendix A; AMD64 APM vol. 3, 1.2 (XOP) and appendix A (3DNow!, SSE4a).

import "errors"

// MaxLen is the longest instruction in bytes; the processor faults on longer ones.
const MaxLen = 15

// Errors of Len, Decode and Disasm.
var (
	ErrTruncated = errors.New("x86: the code ends inside an instruction")
	ErrInvalid   = errors.New("x86: no such instruction in 64-bit mode")
	ErrTooLong   = errors.New("x86: more than 15 bytes of instruction")
)

// The forms of the grids: what follows an opcode.
//
//	.  nothing            M  modrm               x  not an instruction
//	b  imm8               B  modrm imm8          p  a legacy prefix
//	w  imm16              Z  modrm imm16/32      r  a REX prefix
//	z  imm16/32           C  modrm, registers    2  the escape 0f
//	v  imm16/32/64            whatever mod says  3 4  the escapes 0f 38, 0f 3a
//	j  rel8               g  modrm (imm8)        V  a VEX or EVEX prefix
//	J  rel16/32           G  modrm (imm16/32)    X  pop, or an XOP prefix
//	o  address            E  modrm, SSE4a        e  imm16 imm8
const oneByte = "" +
	"MMMMbzxxMMMMbzx2" + // 0x
	"MMMMbzxxMMMMbzxx" + // 1x
	"MMMMbzpxMMMMbzpx" + // 2x
	"MMMMbzpxMMMMbzpx" + // 3x
	"rrrrrrrrrrrrrrrr" + // 4x
	"................" + // 5x
	"xxVMppppzZbB...." + // 6x
	"jjjjjjjjjjjjjjjj" + // 7x
	"BZxBMMMMMMMMMMMX" + // 8x
	"..........x....." + // 9x
	"oooo....bz......" + // ax
	"bbbbbbbbvvvvvvvv" + // bx
	"BBw.VVBZe.w..bx." + // cx
	"MMMMxxx.MMMMMMMM" + // dx
	"jjjjbbbbJJxj...." + // ex
	"p.pp..gG......MM" // fx

const twoByte = "" +
	"MMMMx.....x.xM.B" + // 0f 0x
	"MMMMMMMMMMMMMMMM" + // 0f 1x
	"CCCCxxxxMMMMMMMM" + // 0f 2x
	"......x.3x4xxxxx" + // 0f 3x
	"MMMMMMMMMMMMMMMM" + // 0f 4x
	"MMMMMMMMMMMMMMMM" + // 0f 5x
	"MMMMMMMMMMMMMMMM" + // 0f 6x
	"BBBBMMM.EMxxMMMM" + // 0f 7x
	"JJJJJJJJJJJJJJJJ" + // 0f 8x
	"MMMMMMMMMMMMMMMM" + // 0f 9x
	"...MBMMM...MBMMM" + // 0f ax
	"MMMMMMMMMMBMMMMM" + // 0f bx
	"MMBMBBBM........" + // 0f cx
	"MMMMMMMMMMMMMMMM" + // 0f dx
	"MMMMMMMMMMMMMMMM" + // 0f ex
	"MMMMMMMMMMMMMMMM" // 0f fx

// prefixes is a set of the legacy prefixes.
type prefixes uint16

const (
	preOpSize prefixes = 1 << iota // 66
	preAddrSize
	preLock
	preRepNE
	preRep
	preCS
	preSS
	preDS
	preES
	preFS
	preGS
)

var prefixOf = [256]prefixes{
	0x66: preOpSize, 0x67: preAddrSize, 0xf0: preLock, 0xf2: preRepNE, 0xf3: preRep,
	0x2e: preCS, 0x36: preSS, 0x3e: preDS, 0x26: preES, 0x64: preFS, 0x65: preGS,
}

// space is the encoding an opcode is in.
type space uint8

const (
	legacy space = iota
	vex
	evex
	xop
)

// insn is an instruction split into fields; the *At are offsets into the code.
type insn struct {
	n       uint8 // length
	space   space
	opMap   uint8 // 0 one byte, 1 0f, 2 0f 38, 3 0f 3a; else the map of a VEX, EVEX or XOP prefix
	op      uint8
	pre     prefixes
	rep     uint8 // the last of f2 and f3, which is the one that counts
	rex     uint8
	form    uint8 // from the grid
	modAt   uint8 // of modrm; 0 if there is none
	modrm   uint8
	sib     uint8
	dispAt  uint8
	dispLen uint8
	immAt   uint8 // of an immediate or a relative target
	immLen  uint8
	wide    bool // VEX.L
}

// REX bits.
const (
	rexB = 1
	rexX = 2
	rexR = 4
	rexW = 8
)

// reader is a position in the code that remembers having run off its end.
type reader struct {
	code  []byte
	at    int
	short bool
}

func (r *reader) next() byte {
	if r.at < len(r.code) {
		b := r.code[r.at]
		r.at++
		return b
	}
	r.short = true
	return 0
}

// scan splits the instruction at the start of code.
func scan(code []byte, in *insn) error {
	*in = insn{}
	if len(code) > MaxLen+1 {
		code = code[:MaxLen+1]
	}
	r := reader{code: code}
	op := r.next()
	form := oneByte[op]
	for form == 'p' || form == 'r' {
		if form == 'p' {
			in.pre |= prefixOf[op]
			in.rex = 0 // a REX prefix counts only right before the opcode
			if op&0xfe == 0xf2 {
				in.rep = op
			}
		} else {
			in.rex = op
		}
		if r.at == len(r.code) {
			return ended(len(r.code))
		}
		op = r.next()
		form = oneByte[op]
	}
	if form == '2' || form == 'V' || form == 'X' {
		op, form = r.escape(in, op, form)
	}
	in.op, in.form = op, form
	if form == 'x' {
		if r.short {
			return ended(len(r.code))
		}
		return ErrInvalid
	}
	if form != '.' {
		r.operands(in)
	}
	switch {
	case r.short || r.at > len(r.code):
		return ended(len(r.code))
	case r.at > MaxLen:
		return ErrTooLong
	}
	in.n = uint8(r.at)
	return nil
}

func ended(have int) error {
	if have > MaxLen {
		return ErrTooLong
	}
	return ErrTruncated
}

// escape follows the escapes to other maps and returns the opcode there.
func (r *reader) escape(in *insn, op, form byte) (byte, byte) {
	switch form {
	case '2':
		op = r.next()
		in.opMap = 1
		switch form = twoByte[op]; form {
		case '3':
			in.opMap = 2
			return r.next(), 'M'
		case '4':
			in.opMap = 3
			return r.next(), 'B'
		}
		return op, form
	case 'X':
		if r.at < len(r.code) && r.code[r.at]&0x1f < 8 {
			return op, 'M'
		}
	}
	return r.vector(in, op)
}

// vector reads the payload of a VEX (c5, c4), EVEX (62) or XOP (8f) prefix. Their
// inverted R, X and B become REX bits.
func (r *reader) vector(in *insn, op byte) (byte, byte) {
	if in.rex != 0 || in.pre&(preOpSize|preLock|preRepNE|preRep) != 0 {
		return op, 'x'
	}
	p0 := r.next()
	if op == 0xc5 {
		in.space, in.opMap, in.rex, in.wide = vex, 1, ^p0>>5&rexR, p0&4 != 0
	} else {
		p1 := r.next()
		in.rex, in.wide = ^p0>>5&7|p1>>4&rexW, p1&4 != 0
		switch op {
		case 0xc4:
			in.space, in.opMap = vex, p0&0x1f
		case 0x62:
			in.space, in.opMap = evex, p0&7
			r.next()
			if p1&4 == 0 {
				return op, 'x' // the fixed bit
			}
		case 0x8f:
			in.space, in.opMap = xop, p0&0x1f
		}
	}
	op = r.next()
	return op, vectorForm(in, op)
}

// vectorForm is the form of an opcode after a vector prefix: all have a modrm but
// vzeroupper and vzeroall, and the map tells the immediates.
func vectorForm(in *insn, op byte) byte {
	switch {
	case in.space == xop && in.opMap == 8:
		return 'B'
	case in.space == xop && in.opMap == 9:
		return 'M'
	case in.space == xop && in.opMap == 10:
		return 'I'
	case in.space == xop, in.opMap == 0, in.opMap == 4, in.opMap > 6, in.space == vex && in.opMap > 3:
		return 'x'
	case in.space == vex && in.opMap == 1 && op == 0x77:
		return '.'
	case in.opMap == 3, in.opMap == 1 && twoByte[op] == 'B':
		return 'B'
	}
	return 'M'
}

// operands reads what follows the opcode.
func (r *reader) operands(in *insn) {
	switch in.form {
	case 'b', 'j':
		r.imm(in, 1)
	case 'z', 'J':
		r.imm(in, in.immSize())
	case 'v':
		if in.rex&rexW != 0 {
			r.imm(in, 8)
		} else {
			r.imm(in, in.immSize())
		}
	case 'w':
		r.imm(in, 2)
	case 'e':
		r.imm(in, 3)
	case 'o':
		if in.pre&preAddrSize != 0 {
			r.imm(in, 4)
		} else {
			r.imm(in, 8)
		}
	default:
		r.modRM(in)
		r.modRMImm(in)
	}
}

// immSize is the size of an immediate or relative target that follows the operand
// size. A 66 prefix shortens relative targets too, as AMD processors have it; Intel's
// ignore it there, and no compiler writes it.
func (in *insn) immSize() int {
	if in.pre&preOpSize != 0 && in.rex&rexW == 0 {
		return 2
	}
	return 4
}

func (r *reader) imm(in *insn, n int) {
	in.immAt, in.immLen = uint8(r.at), uint8(n)
	r.at += n
}

// modRM reads modrm, sib and displacement (Intel SDM vol. 2, tables 2-2 and 2-3).
func (r *reader) modRM(in *insn) {
	in.modAt = uint8(r.at)
	in.modrm = r.next()
	mod, rm := in.modrm>>6, in.modrm&7
	if mod == 3 || in.form == 'C' {
		return
	}
	base := rm
	if rm == 4 {
		in.sib = r.next()
		base = in.sib & 7
	}
	switch {
	case mod == 1:
		in.dispLen = 1
	case mod == 2, base == 5:
		in.dispLen = 4
	}
	in.dispAt = uint8(r.at)
	r.at += int(in.dispLen)
}

// modRMImm reads the immediates that follow a modrm.
func (r *reader) modRMImm(in *insn) {
	switch in.form {
	case 'B':
		r.imm(in, 1)
	case 'Z':
		r.imm(in, in.immSize())
	case 'I':
		r.imm(in, 4)
	case 'g':
		if in.modrm&0x30 == 0 { // test: /0 and /1
			r.imm(in, 1)
		}
	case 'G':
		if in.modrm&0x30 == 0 {
			r.imm(in, in.immSize())
		}
	case 'E':
		if in.pre&preOpSize != 0 || in.rep == 0xf2 { // extrq, insertq
			r.imm(in, 2)
		}
	}
}

// Len is the length in bytes of the instruction at the start of code. The error is
// one of ErrTruncated (code is too short to tell), ErrInvalid or ErrTooLong. It knows
// formats rather than every opcode: an undefined opcode in a defined format has the
// length of that format.
func Len(code []byte) (int, error) {
	var in insn
	if err := scan(code, &in); err != nil {
		return 0, err
	}
	return int(in.n), nil
}
