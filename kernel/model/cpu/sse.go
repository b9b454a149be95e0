package cpu

// The SSE and SSE2 instructions that move data or compute with integers. Of those that
// compute with floating-point numbers the scalar ones are modeled (float.go).

// sse is the rest of map 0f: by opcode and mandatory prefix (none, 66, f3, f2).
var sse = [256][4]row{
	0x10: {{name: "movups", run: loadU, f: fM | fX}, {name: "movupd", run: loadU, f: fM | fX}, {name: "movss", run: movss, f: fM | fX | fMD}, {name: "movsd", run: movsd, f: fM | fX}},
	0x11: {{name: "movups", run: storeU, f: fM | fX}, {name: "movupd", run: storeU, f: fM | fX}, {name: "movss", run: movssStore, f: fM | fX}, {name: "movsd", run: movsdStore, f: fM | fX}},
	0x12: {{name: "movlps", run: movlps, f: fM | fX}, {name: "movlpd", run: movlps, f: fM | fX | fMem}},
	0x13: {{name: "movlps", run: movqStore, f: fM | fX | fMem}, {name: "movlpd", run: movqStore, f: fM | fX | fMem}},
	0x14: {{name: "unpcklps", vec: unpackLow(32), f: fM | fX}, {name: "unpcklpd", vec: unpackLow(64), f: fM | fX}},
	0x15: {{name: "unpckhps", vec: unpackHigh(32), f: fM | fX}, {name: "unpckhpd", vec: unpackHigh(64), f: fM | fX}},
	0x16: {{name: "movhps", run: movhps, f: fM | fX}, {name: "movhpd", run: movhps, f: fM | fX | fMem}},
	0x17: {{name: "movhps", run: movhpsStore, f: fM | fX | fMem}, {name: "movhpd", run: movhpsStore, f: fM | fX | fMem}},
	0x28: {{name: "movaps", run: loadA, f: fM | fX}, {name: "movapd", run: loadA, f: fM | fX}},
	0x29: {{name: "movaps", run: storeA, f: fM | fX}, {name: "movapd", run: storeA, f: fM | fX}},
	0x2a: {2: {name: "cvtsi2ss", run: fromInteger, f: fM | fXG | fD}, 3: {name: "cvtsi2sd", run: fromInteger, f: fM | fXG | fD}},
	0x2c: {2: {name: "cvttss2si", run: toInteger, f: fM | fGX | fD | fMD}, 3: {name: "cvttsd2si", run: toInteger, f: fM | fGX | fD | fMQ}},
	0x2d: {2: {name: "cvtss2si", run: toInteger, f: fM | fGX | fD | fMD}, 3: {name: "cvtsd2si", run: toInteger, f: fM | fGX | fD | fMQ}},
	0x2b: {{name: "movntps", run: storeA, f: fM | fX | fMem}, {name: "movntpd", run: storeA, f: fM | fX | fMem}},
	0x50: {{name: "movmskps", run: movmskps, f: fM | fGX | fReg}, {name: "movmskpd", run: movmskpd, f: fM | fGX | fReg}},
	0x54: {{name: "andps", vec: vand, f: fM | fX}, {name: "andpd", vec: vand, f: fM | fX}},
	0x55: {{name: "andnps", vec: vandn, f: fM | fX}, {name: "andnpd", vec: vandn, f: fM | fX}},
	0x56: {{name: "orps", vec: vor, f: fM | fX}, {name: "orpd", vec: vor, f: fM | fX}},
	0x57: {{name: "xorps", vec: vxor, f: fM | fX}, {name: "xorpd", vec: vxor, f: fM | fX}},
	0x60: only66("punpcklbw", unpackLow(8)),
	0x61: only66("punpcklwd", unpackLow(16)),
	0x62: only66("punpckldq", unpackLow(32)),
	0x63: only66("packsswb", pack(16, saturate(8))),
	0x64: only66("pcmpgtb", greater(8)),
	0x65: only66("pcmpgtw", greater(16)),
	0x66: only66("pcmpgtd", greater(32)),
	0x67: only66("packuswb", pack(16, saturateUnsigned(8))),
	0x68: only66("punpckhbw", unpackHigh(8)),
	0x69: only66("punpckhwd", unpackHigh(16)),
	0x6a: only66("punpckhdq", unpackHigh(32)),
	0x6b: only66("packssdw", pack(32, saturate(16))),
	0x6c: only66("punpcklqdq", unpackLow(64)),
	0x6d: only66("punpckhqdq", unpackHigh(64)),
	0x6e: {1: {name: "movd", run: movdLoad, f: fM | fXG | fD}},
	0x6f: {1: {name: "movdqa", run: loadA, f: fM | fX}, 2: {name: "movdqu", run: loadU, f: fM | fX}},
	0x70: {1: {name: "pshufd", vec: pshufd, f: fM | fX | fI8}, 2: {name: "pshufhw", vec: pshufhw, f: fM | fX | fI8}, 3: {name: "pshuflw", vec: pshuflw, f: fM | fX | fI8}},
	0x71: {1: {name: "group12", run: shiftImm, f: fM | fX | fI8 | fReg}},
	0x72: {1: {name: "group13", run: shiftImm, f: fM | fX | fI8 | fReg}},
	0x73: {1: {name: "group14", run: shiftImm, f: fM | fX | fI8 | fReg}},
	0x74: only66("pcmpeqb", equal(8)),
	0x75: only66("pcmpeqw", equal(16)),
	0x76: only66("pcmpeqd", equal(32)),
	0x7e: {1: {name: "movd", run: movdStore, f: fM | fXG | fD}, 2: {name: "movq", run: movqLoad, f: fM | fX}},
	0x7f: {1: {name: "movdqa", run: storeA, f: fM | fX}, 2: {name: "movdqu", run: storeU, f: fM | fX}},
	0xc3: {{name: "movnti", run: movToRM, f: fM | fMem | fD}},
	0xc4: {1: {name: "pinsrw", run: pinsrw, f: fM | fXG | fI8 | fMW}},
	0xc5: {1: {name: "pextrw", run: pextrw, f: fM | fGX | fI8 | fReg}},
	0xc6: {{name: "shufps", vec: shufps, f: fM | fX | fI8}, {name: "shufpd", vec: shufpd, f: fM | fX | fI8}},
	0xd1: only66("psrlw", shiftRight(16)),
	0xd2: only66("psrld", shiftRight(32)),
	0xd3: only66("psrlq", shiftRight(64)),
	0xd4: only66("paddq", lanes(64, func(a, b uint64) uint64 { return a + b })),
	0xd5: only66("pmullw", lanes(16, func(a, b uint64) uint64 { return a * b })),
	0xd6: {1: {name: "movq", run: movqTo, f: fM | fX}},
	0xd7: {1: {name: "pmovmskb", run: pmovmskb, f: fM | fGX | fReg}},
	0xd8: only66("psubusb", lanes(8, func(a, b uint64) uint64 { return a - min(a, b) })),
	0xd9: only66("psubusw", lanes(16, func(a, b uint64) uint64 { return a - min(a, b) })),
	0xda: only66("pminub", lanes(8, func(a, b uint64) uint64 { return min(a, b) })),
	0xdb: only66("pand", vand),
	0xdc: only66("paddusb", lanes(8, func(a, b uint64) uint64 { return min(a+b, 0xff) })),
	0xdd: only66("paddusw", lanes(16, func(a, b uint64) uint64 { return min(a+b, 0xffff) })),
	0xde: only66("pmaxub", lanes(8, func(a, b uint64) uint64 { return max(a, b) })),
	0xdf: only66("pandn", vandn),
	0xe0: only66("pavgb", lanes(8, func(a, b uint64) uint64 { return (a + b + 1) >> 1 })),
	0xe1: only66("psraw", shiftArithmetic(16)),
	0xe2: only66("psrad", shiftArithmetic(32)),
	0xe3: only66("pavgw", lanes(16, func(a, b uint64) uint64 { return (a + b + 1) >> 1 })),
	0xe4: only66("pmulhuw", lanes(16, func(a, b uint64) uint64 { return a * b >> 16 })),
	0xe5: only66("pmulhw", signed(16, func(a, b int64) int64 { return a * b >> 16 })),
	0xe7: {1: {name: "movntdq", run: storeA, f: fM | fX | fMem}},
	0xe8: only66("psubsb", signed(8, func(a, b int64) int64 { return clamp(a-b, 8) })),
	0xe9: only66("psubsw", signed(16, func(a, b int64) int64 { return clamp(a-b, 16) })),
	0xea: only66("pminsw", signed(16, func(a, b int64) int64 { return min(a, b) })),
	0xeb: only66("por", vor),
	0xec: only66("paddsb", signed(8, func(a, b int64) int64 { return clamp(a+b, 8) })),
	0xed: only66("paddsw", signed(16, func(a, b int64) int64 { return clamp(a+b, 16) })),
	0xee: only66("pmaxsw", signed(16, func(a, b int64) int64 { return max(a, b) })),
	0xef: only66("pxor", vxor),
	0xf1: only66("psllw", shiftLeft(16)),
	0xf2: only66("pslld", shiftLeft(32)),
	0xf3: only66("psllq", shiftLeft(64)),
	0xf4: only66("pmuludq", lanes(64, func(a, b uint64) uint64 { return a & 0xffffffff * (b & 0xffffffff) })),
	0xf5: only66("pmaddwd", lanes(32, pmaddwd)),
	0xf6: only66("psadbw", lanes(64, psadbw)),
	0xf8: only66("psubb", lanes(8, func(a, b uint64) uint64 { return a - b })),
	0xf9: only66("psubw", lanes(16, func(a, b uint64) uint64 { return a - b })),
	0xfa: only66("psubd", lanes(32, func(a, b uint64) uint64 { return a - b })),
	0xfb: only66("psubq", lanes(64, func(a, b uint64) uint64 { return a - b })),
	0xfc: only66("paddb", lanes(8, func(a, b uint64) uint64 { return a + b })),
	0xfd: only66("paddw", lanes(16, func(a, b uint64) uint64 { return a + b })),
	0xfe: only66("paddd", lanes(32, func(a, b uint64) uint64 { return a + b })),
}

// only66 is an instruction whose form without the prefix is MMX's, which is not modeled.
func only66(name string, v vector) [4]row { return [4]row{1: {name: name, vec: v, f: fM | fX}} }

func vecRR(c *CPU, o *op) {
	c.X[o.reg&15] = o.vec(c.X[o.reg&15], c.X[o.rm&15], uint8(o.imm))
}

func vecRM(c *CPU, o *op) {
	if v, ok := c.loadX(c.ea(o), true); ok {
		c.X[o.reg&15] = o.vec(c.X[o.reg&15], v, uint8(o.imm))
	}
}

// aligned raises what an SSE operand that must be aligned and is not raises, even if it
// is on the stack and not canonical.
func (c *CPU) aligned(addr uint64) bool {
	if addr%16 != 0 {
		c.raise(Protection)
		return false
	}
	return true
}

func (c *CPU) loadX(addr uint64, aligned bool) (x XMM, ok bool) {
	if aligned && !c.aligned(addr) {
		return x, false
	}
	var b [16]byte
	if !c.loadBytes(addr, b[:]) {
		return x, false
	}
	return XMM{le.Uint64(b[:]), le.Uint64(b[8:])}, true
}

func (c *CPU) storeX(addr uint64, x XMM, aligned bool) {
	if aligned && !c.aligned(addr) {
		return
	}
	var b [16]byte
	le.PutUint64(b[:], x[0])
	le.PutUint64(b[8:], x[1])
	c.storeBytes(addr, b[:])
}

func (c *CPU) moveIn(o *op, aligned bool) {
	if !o.mem {
		c.X[o.reg&15] = c.X[o.rm&15]
	} else if v, ok := c.loadX(c.ea(o), aligned); ok {
		c.X[o.reg&15] = v
	}
}

func (c *CPU) moveOut(o *op, aligned bool) {
	if !o.mem {
		c.X[o.rm&15] = c.X[o.reg&15]
	} else {
		c.storeX(c.ea(o), c.X[o.reg&15], aligned)
	}
}

func loadU(c *CPU, o *op)  { c.moveIn(o, false) }
func loadA(c *CPU, o *op)  { c.moveIn(o, true) }
func storeU(c *CPU, o *op) { c.moveOut(o, false) }
func storeA(c *CPU, o *op) { c.moveOut(o, true) }

const low32 = 0xffffffff

// movss and movsd clear the rest when they load from memory and keep it otherwise.

func movss(c *CPU, o *op) {
	x := &c.X[o.reg&15]
	if !o.mem {
		x[0] = x[0]&^low32 | c.X[o.rm&15][0]&low32
	} else if v, ok := c.load(c.ea(o), 4); ok {
		*x = XMM{v}
	}
}

func movssStore(c *CPU, o *op) {
	v := c.X[o.reg&15][0]
	if x := &c.X[o.rm&15]; o.mem {
		c.store(c.ea(o), 4, v)
	} else {
		x[0] = x[0]&^low32 | v&low32
	}
}

func movsd(c *CPU, o *op) {
	x := &c.X[o.reg&15]
	if !o.mem {
		x[0] = c.X[o.rm&15][0]
	} else if v, ok := c.load(c.ea(o), 8); ok {
		*x = XMM{v}
	}
}

func movsdStore(c *CPU, o *op) {
	if o.mem {
		movqStore(c, o)
	} else {
		c.X[o.rm&15][0] = c.X[o.reg&15][0]
	}
}

func movqStore(c *CPU, o *op) { c.store(c.ea(o), 8, c.X[o.reg&15][0]) }

func movqLoad(c *CPU, o *op) {
	if !o.mem {
		c.X[o.reg&15] = XMM{c.X[o.rm&15][0]}
	} else if v, ok := c.load(c.ea(o), 8); ok {
		c.X[o.reg&15] = XMM{v}
	}
}

func movqTo(c *CPU, o *op) {
	if o.mem {
		movqStore(c, o)
	} else {
		c.X[o.rm&15] = XMM{c.X[o.reg&15][0]}
	}
}

// movlps is movhlps between registers, and movhps movlhps.

func movlps(c *CPU, o *op) {
	if !o.mem {
		c.X[o.reg&15][0] = c.X[o.rm&15][1]
	} else if v, ok := c.load(c.ea(o), 8); ok {
		c.X[o.reg&15][0] = v
	}
}

func movhps(c *CPU, o *op) {
	if !o.mem {
		c.X[o.reg&15][1] = c.X[o.rm&15][0]
	} else if v, ok := c.load(c.ea(o), 8); ok {
		c.X[o.reg&15][1] = v
	}
}

func movhpsStore(c *CPU, o *op) { c.store(c.ea(o), 8, c.X[o.reg&15][1]) }

// movd and movq between a general register or memory and an SSE register.

func movdLoad(c *CPU, o *op) {
	if v, ok := c.rmValue(o); ok {
		c.X[o.reg&15] = XMM{v}
	}
}

func movdStore(c *CPU, o *op) {
	v := c.X[o.reg&15][0]
	if o.mem {
		c.store(c.ea(o), o.size, v)
	} else {
		c.put(o.rm, o.size, v)
	}
}

func pinsrw(c *CPU, o *op) {
	if v, ok := c.rmValue(o); ok {
		h, shift := &c.X[o.reg&15][o.imm>>2&1], o.imm&3*16
		*h = *h&^(0xffff<<shift) | v&0xffff<<shift
	}
}

func pextrw(c *CPU, o *op) {
	c.R[o.reg&15] = c.X[o.rm&15][o.imm>>2&1] >> (o.imm & 3 * 16) & 0xffff
}

// The masks: the sign bits of the elements.

func movmskps(c *CPU, o *op) { c.R[o.reg&15] = signs(c.X[o.rm&15], 32) }
func movmskpd(c *CPU, o *op) { c.R[o.reg&15] = signs(c.X[o.rm&15], 64) }
func pmovmskb(c *CPU, o *op) { c.R[o.reg&15] = signs(c.X[o.rm&15], 8) }

func signs(x XMM, width uint) (m uint64) {
	n := uint(0)
	for _, h := range x {
		for s := width - 1; s < 64; s += width {
			m |= h >> s & 1 << n
			n++
		}
	}
	return m
}

func vand(a, b XMM, _ uint8) XMM  { return XMM{a[0] & b[0], a[1] & b[1]} }
func vandn(a, b XMM, _ uint8) XMM { return XMM{^a[0] & b[0], ^a[1] & b[1]} }
func vor(a, b XMM, _ uint8) XMM   { return XMM{a[0] | b[0], a[1] | b[1]} }
func vxor(a, b XMM, _ uint8) XMM  { return XMM{a[0] ^ b[0], a[1] ^ b[1]} }

// lanes is an operation on each pair of elements of a width in bits.
func lanes(width uint, f func(a, b uint64) uint64) vector {
	m := ^uint64(0) >> (64 - width)
	return func(a, b XMM, _ uint8) (r XMM) {
		for h := range r {
			for s := uint(0); s < 64; s += width {
				r[h] |= f(a[h]>>s&m, b[h]>>s&m) & m << s
			}
		}
		return r
	}
}

func signed(width uint, f func(a, b int64) int64) vector {
	x := func(v uint64) int64 { return int64(v<<(64-width)) >> (64 - width) }
	return lanes(width, func(a, b uint64) uint64 { return uint64(f(x(a), x(b))) })
}

// clamp saturates to a signed number of a width.
func clamp(v int64, width uint) int64 {
	limit := int64(1) << (width - 1)
	return max(-limit, min(v, limit-1))
}

func truth(is bool) uint64 {
	if is {
		return ^uint64(0)
	}
	return 0
}

func equal(width uint) vector {
	return lanes(width, func(a, b uint64) uint64 { return truth(a == b) })
}

func greater(width uint) vector {
	return signed(width, func(a, b int64) int64 { return int64(truth(a > b)) })
}

// interleave takes elements of two halves in turn, from the lowest.
func interleave(a, b uint64, width uint) (r XMM) {
	if width == 64 {
		return XMM{a, b}
	}
	m, at := ^uint64(0)>>(64-width), uint(0)
	for s := uint(0); s < 64; s += width {
		pair := a>>s&m | b>>s&m<<width
		r[at/64] |= pair << (at % 64)
		at += 2 * width
	}
	return r
}

func unpackLow(width uint) vector {
	return func(a, b XMM, _ uint8) XMM { return interleave(a[0], b[0], width) }
}

func unpackHigh(width uint) vector {
	return func(a, b XMM, _ uint8) XMM { return interleave(a[1], b[1], width) }
}

// pack halves the width of the elements of both operands.
func pack(width uint, f func(int64) uint64) vector {
	one := func(x XMM) (r uint64) {
		at, m := uint(0), ^uint64(0)>>(64-width/2)
		for _, h := range x {
			for s := uint(0); s < 64; s += width {
				r |= f(int64(h<<(64-width-s))>>(64-width)) & m << at
				at += width / 2
			}
		}
		return r
	}
	return func(a, b XMM, _ uint8) XMM { return XMM{one(a), one(b)} }
}

func saturate(width uint) func(int64) uint64 {
	return func(v int64) uint64 { return uint64(clamp(v, width)) }
}

func saturateUnsigned(width uint) func(int64) uint64 {
	return func(v int64) uint64 { return uint64(max(0, min(v, 1<<width-1))) }
}

func pmaddwd(a, b uint64) uint64 {
	return uint64(int64(int16(a))*int64(int16(b)) + int64(int16(a>>16))*int64(int16(b>>16)))
}

func psadbw(a, b uint64) (sum uint64) {
	for s := 0; s < 64; s += 8 {
		x, y := a>>s&0xff, b>>s&0xff
		sum += max(x, y) - min(x, y)
	}
	return sum
}

// The shifts take their count from the low half of the other operand.

func shiftLeft(width uint) vector {
	return func(a, b XMM, _ uint8) XMM {
		return lanes(width, func(x, _ uint64) uint64 { return x << b[0] })(a, b, 0)
	}
}

func shiftRight(width uint) vector {
	return func(a, b XMM, _ uint8) XMM {
		return lanes(width, func(x, _ uint64) uint64 { return x >> b[0] })(a, b, 0)
	}
}

func shiftArithmetic(width uint) vector {
	return func(a, b XMM, _ uint8) XMM {
		return signed(width, func(x, _ int64) int64 { return x >> b[0] })(a, b, 0)
	}
}

// shiftImm is groups 12 to 14: 71, 72, 73 are words, doublewords, quadwords; the digit
// is the direction. 73 /3 and /7 shift the whole register by bytes.
func shiftImm(c *CPU, o *op) {
	width, x, n := uint(16)<<(o.code-0x71), &c.X[o.rm&15], XMM{o.imm & 0xff}
	switch digit := o.reg & 7; {
	case digit == 2:
		*x = shiftRight(width)(*x, n, 0)
	case digit == 4 && width < 64:
		*x = shiftArithmetic(width)(*x, n, 0)
	case digit == 6:
		*x = shiftLeft(width)(*x, n, 0)
	case digit == 3 && width == 64:
		s := min(n[0], 16) * 8
		*x = XMM{x[0]>>s | x[1]<<(64-s) | x[1]>>(s-64), x[1] >> s}
	case digit == 7 && width == 64:
		s := min(n[0], 16) * 8
		*x = XMM{x[0] << s, x[1]<<s | x[0]>>(64-s) | x[0]<<(s-64)}
	default:
		undefined(c, o)
	}
}

// pick32 is element i of a register, in doublewords.
func pick32(x XMM, i uint8) uint64 { return x[i>>1&1] >> (i & 1 * 32) & low32 }

func pshufd(_, b XMM, v uint8) XMM {
	return XMM{pick32(b, v&3) | pick32(b, v>>2&3)<<32, pick32(b, v>>4&3) | pick32(b, v>>6)<<32}
}

func shuffleWords(h uint64, v uint8) (r uint64) {
	for i := range uint(4) {
		r |= h >> (v >> (2 * i) & 3 * 16) & 0xffff << (16 * i)
	}
	return r
}

func pshuflw(_, b XMM, v uint8) XMM { return XMM{shuffleWords(b[0], v), b[1]} }
func pshufhw(_, b XMM, v uint8) XMM { return XMM{b[0], shuffleWords(b[1], v)} }

func shufps(a, b XMM, v uint8) XMM {
	return XMM{pick32(a, v&3) | pick32(a, v>>2&3)<<32, pick32(b, v>>4&3) | pick32(b, v>>6)<<32}
}

func shufpd(a, b XMM, v uint8) XMM { return XMM{a[v&1], b[v>>1&1]} }
