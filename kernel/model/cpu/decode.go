package cpu

// From bytes to an op: prefixes, opcode, modrm, displacement and immediate by the row of
// the opcode, then the handler that its operands call for.

import "github.com/trapline/trapline/x86"

type handler func(c *CPU, o *op)

// arithmetic computes a result of the op's size from operands of that size, and flags.
type arithmetic func(c *CPU, o *op, a, b uint64) uint64

// vector computes a result from two SSE operands; v is the immediate or 0.
type vector func(a, b XMM, v uint8) XMM

// op is a decoded instruction.
type op struct {
	run  handler
	fn   arithmetic
	vec  vector
	imm  uint64 // sign-extended
	disp uint64 // sign-extended
	mask uint64 // of the operand size

	len   uint8
	size  uint8 // of operands, in bytes
	msize uint8 // of rm, if different
	sign  uint8 // number of the sign bit of the operand size
	reg   uint8 // a register; byte registers ah, ch, dh, bh are highByte + 0-3
	rm    uint8 // a register, if !mem
	base  uint8 // of the address; none and ripBase are possible
	index uint8 // none is possible
	scale uint8 // a shift
	seg   uint8 // 0, FS or GS
	rep   uint8 // 0, 0xf2 or 0xf3
	code  uint8 // the opcode byte
	cc    uint8 // its low four bits, which are the condition of a jcc; VEX.vvvv
	mem   bool  // rm is memory
	a32   bool  // 32-bit addresses
	ss    bool  // its address is relative to rsp or rbp
	rex   bool
	w     bool // REX.W
	o16   bool // an operand-size prefix
	lock  bool

	keepRF bool // iret
}

const (
	highByte = 16
	none     = 16
	ripBase  = 17
)

// form is what a row says about an instruction's bytes and operands.
type form uint32

const (
	fM      form = 1 << iota // a modrm
	fB                       // byte operands
	fMB                      // rm is a byte and reg is not
	fMW                      // rm is 16 bits
	fMD                      // rm is 32 bits
	fMQ                      // rm is 64 bits
	f64                      // 64 bits without REX.W
	fD                       // 32 bits, or 64 with REX.W: no 16-bit form
	fI8                      // imm8, sign-extended
	fIz                      // imm16 or imm32, sign-extended
	fIv                      // imm16, imm32 or imm64
	fIw                      // imm16
	fIe                      // imm16 and imm8, as one of 24 bits
	fMoff                    // an address
	fOpReg                   // the register is in the opcode
	fEG                      // rm op= reg
	fGE                      // reg op= rm
	fEI                      // rm op= imm
	fEC                      // rm op= cl
	fE1                      // rm op= 1
	fAcc                     // rm is the accumulator
	fRO                      // the result is dropped
	fL                       // may be locked if rm is memory
	fMem                     // rm must be memory
	fReg                     // rm must be a register
	fX                       // reg and rm are SSE registers
	fXG                      // reg is an SSE register, rm a general one
	fGX                      // reg is a general register, rm an SSE one
	fBranch                  // near: with a 16-bit operand processors differ
)

// row is an instruction. Its handler is run, or follows from fn or vec and the form.
type row struct {
	name  string
	run   handler
	fn    arithmetic
	vec   vector
	f     form
	group *[8]row // by the middle field of modrm; form is of all rows
}

// in is a position in the code; after the end of it, short is set.
type in struct {
	b     []byte
	at    int
	short bool
}

func (p *in) byte() byte {
	if p.at < len(p.b) {
		p.at++
		return p.b[p.at-1]
	}
	p.short = true
	return 0
}

// value is an n-byte little-endian number, sign-extended.
func (p *in) value(n int) uint64 {
	v := uint64(0)
	for i := range n {
		v |= uint64(p.byte()) << (8 * i)
	}
	shift := uint(64 - 8*n)
	return uint64(int64(v<<shift) >> shift)
}

// decode decodes the instruction at the start of b. It is false if b ends within it, and
// always true for 16 bytes or more.
func (o *op) decode(b []byte) bool {
	p := in{b: b[:min(len(b), x86.MaxLen+1)]}
	rex, r := o.opcode(&p)
	if r != nil {
		o.operands(&p, rex, r)
	}
	if p.short && len(b) <= x86.MaxLen {
		return false
	}
	o.len = uint8(min(p.at, x86.MaxLen))
	switch {
	case p.at > x86.MaxLen:
		o.run = privileged // too long: #GP
	case o.run == nil:
		n, err := x86.Len(p.b)
		if err == x86.ErrTruncated && len(b) <= x86.MaxLen {
			return false
		}
		o.len = uint8(max(n, p.at))
		o.run = unsupported
		if err == x86.ErrInvalid {
			o.run = undefined
		}
	}
	return true
}

const (
	rexB = 1
	rexX = 2
	rexR = 4
	rexW = 8
)

// opcode reads prefixes and opcode and finds the row; nil: none, and run says what then.
func (o *op) opcode(p *in) (rex byte, r *row) {
	var b byte
	for {
		b = p.byte()
		if p.short || p.at > x86.MaxLen {
			return 0, nil
		}
		switch {
		case b&0xf0 == 0x40:
			rex = b
			continue
		case b == 0x66:
			o.o16 = true
		case b == 0x67:
			o.a32 = true
		case b == 0xf0:
			o.lock = true
		case b == 0xf2, b == 0xf3:
			o.rep = b
		case b == 0x64:
			o.seg = FS
		case b == 0x65:
			o.seg = GS
		case b == 0x26, b == 0x2e, b == 0x36, b == 0x3e:
		default:
			o.rex = rex != 0
			return o.opcodeMap(p, b, rex)
		}
		rex = 0 // counts only right before the opcode
	}
}

// opcodeMap finds the row in the map that the opcode's first bytes lead to.
func (o *op) opcodeMap(p *in, b, rex byte) (byte, *row) {
	o.code, o.cc = b, b&15
	switch b {
	case 0xc4, 0xc5:
		return o.vex(p, b)
	case 0x62:
		p.byte()
		return rex, nil
	case 0x0f:
	default:
		return rex, &oneByte[b]
	}
	b = p.byte()
	o.code, o.cc = b, b&15
	switch b {
	case 0x38:
		return rex, find(map38, o.column(), p.byte())
	case 0x3a:
		return rex, find(map3a, o.column(), p.byte())
	}
	if r := &twoByte[b]; r.name != "" {
		return rex, r
	}
	return rex, &sse[b][o.column()]
}

// column is the choice among the rows of an opcode that the mandatory prefix makes.
func (o *op) column() int {
	switch {
	case o.rep == 0xf2:
		return 3
	case o.rep == 0xf3:
		return 2
	case o.o16:
		return 1
	}
	return 0
}

func find(m map[uint16]row, column int, b byte) *row {
	if r, ok := m[uint16(column)<<8|uint16(b)]; ok {
		return &r
	}
	return nil
}

// vex reads a VEX prefix, which the BMI instructions have: the third operand goes to cc.
func (o *op) vex(p *in, b byte) (rex byte, r *row) {
	m, p1 := byte(1), byte(0)
	if b == 0xc4 {
		m = p.byte()
		rex0 := ^m >> 5 & 7
		m &= 31
		p1 = p.byte()
		rex = 0x40 | rex0 | p1>>7<<3
	} else {
		p1 = p.byte()
		rex, p1 = 0x40|^p1>>7<<2&rexR, p1&0x7f
	}
	if o.rex || o.lock || o.rep != 0 || o.o16 {
		o.run = undefined
		return rex, nil
	}
	op := p.byte()
	o.cc = ^p1 >> 3 & 15
	if p1&4 != 0 { // VEX.L
		return rex, nil
	}
	switch m { // the low bits are the column
	case 2:
		return rex, find(vex38, int(p1&3), op)
	case 3:
		return rex, find(vex3a, int(p1&3), op)
	}
	return rex, nil
}

// operands reads what follows the opcode and chooses the handler.
func (o *op) operands(p *in, rex byte, r *row) {
	f := r.f
	var modrm byte
	if f&fM != 0 {
		modrm = p.byte()
		if r.group != nil {
			r = &r.group[modrm>>3&7]
			f |= r.f
		}
	}
	if r.name == "" {
		return
	}
	o.w = rex&rexW != 0
	o.sizes(f)
	switch {
	case f&fM != 0:
		o.modRM(p, modrm, rex, f)
	case f&fOpReg != 0:
		o.rm = o.register(o.cc&7|rex&rexB<<3, f&fB != 0)
	case f&fMoff != 0:
		o.moffs(p)
	}
	o.immediate(p, f)
	o.run, o.fn, o.vec = r.run, r.fn, r.vec
	switch {
	case o.lock && (f&fL == 0 || !o.mem), f&fMem != 0 && !o.mem, f&fReg != 0 && o.mem:
		o.run = undefined
	case f&fBranch != 0 && o.o16 && !o.w:
		o.run = unsupported
	case r.fn != nil && r.run == nil:
		o.shape(f)
	case r.vec != nil && r.run == nil:
		o.run = vecRR
		if o.mem {
			o.run = vecRM
		}
	}
}

func (o *op) sizes(f form) {
	o.size = 4
	switch {
	case f&fB != 0:
		o.size = 1
	case o.w:
		o.size = 8
	case o.o16 && f&fD == 0:
		o.size = 2
	case f&f64 != 0:
		o.size = 8
	}
	o.msize = o.size
	switch {
	case f&fMB != 0:
		o.msize = 1
	case f&fMW != 0:
		o.msize = 2
	case f&fMD != 0:
		o.msize = 4
	case f&fMQ != 0:
		o.msize = 8
	}
	o.sign = 8*o.size - 1
	o.mask = ^uint64(0) >> (63 - o.sign)
}

// register is the register of a number: without REX, bytes 4 to 7 are ah to bh.
func (o *op) register(n byte, isByte bool) uint8 {
	if isByte && !o.rex && n >= 4 {
		return highByte + n - 4
	}
	return n
}

// modRM reads modrm's operands (Intel SDM vol. 2, tables 2-2 and 2-3).
func (o *op) modRM(p *in, modrm, rex byte, f form) {
	mod, rm := modrm>>6, modrm&7
	o.reg = o.register(modrm>>3&7|rex&rexR<<1, f&fB != 0 && f&(fX|fXG) == 0)
	if mod == 3 {
		o.rm = o.register(rm|rex&rexB<<3, f&(fB|fMB) != 0 && f&(fX|fGX) == 0)
		return
	}
	o.mem, o.index = true, none
	o.base = rm | rex&rexB<<3
	if rm == 4 {
		sib := p.byte()
		o.base, o.scale = sib&7|rex&rexB<<3, sib>>6
		if o.index = sib>>3&7 | rex&rexX<<2; o.index == 4 {
			o.index = none
		}
	}
	switch {
	case mod == 0 && rm == 5:
		o.base = ripBase
		o.disp = p.value(4)
	case mod == 0 && o.base&7 == 5:
		o.base = none
		o.disp = p.value(4)
	case mod == 1:
		o.disp = p.value(1)
	case mod == 2:
		o.disp = p.value(4)
	}
	o.ss = o.seg == 0 && (o.base == RSP || o.base == RBP)
}

func (o *op) moffs(p *in) {
	o.mem, o.base, o.index = true, none, none
	if o.a32 {
		o.disp = p.value(4)
	} else {
		o.disp = p.value(8)
	}
}

func (o *op) immediate(p *in, f form) {
	switch {
	case f&fI8 != 0:
		o.imm = p.value(1)
	case f&fIw != 0:
		o.imm = p.value(2) & 0xffff
	case f&fIe != 0:
		o.imm = p.value(3) & 0xffffff
	case f&fIv != 0:
		o.imm = p.value(int(o.size))
	case f&fIz != 0:
		o.imm = p.value(min(int(o.size), 4))
	case f&fE1 != 0:
		o.imm = 1
	}
}

// shape chooses the handler of a two-operand instruction by where its operands are. The
// destination is rm in all but regMem.
func (o *op) shape(f form) {
	type pair struct{ writes, drops handler }
	var h pair
	switch {
	case f&fGE != 0 && o.mem:
		h = pair{regMem, regMemRO}
	case f&fGE != 0:
		o.reg, o.rm = o.rm, o.reg
		h = pair{regReg, regRegRO}
	case f&fEG != 0 && o.mem:
		h = pair{memReg, memRegRO}
	case f&fEG != 0:
		h = pair{regReg, regRegRO}
	case o.mem && f&fEC != 0:
		h = pair{memCL, nil}
	case f&fEC != 0:
		h = pair{regCL, nil}
	case o.mem:
		h = pair{memImm, memImmRO}
	default:
		h = pair{regImm, regImmRO}
	}
	o.imm &= o.mask
	if o.run = h.writes; f&fRO != 0 {
		o.run = h.drops
	}
}
