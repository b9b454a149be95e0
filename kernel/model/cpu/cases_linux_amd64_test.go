package cpu

// Random instructions and the states to run them from.

import (
	"math"
	"slices"
)

// state is a random one, with pointers into the data where instructions want them.
func (p *pair) state() *State {
	s := &State{}
	s.Reset()
	for i := range s.R {
		s.R[i] = interesting(p.rng)
	}
	for _, r := range []int{RSP, RBP, RSI, RDI, RBX} {
		if p.rng.IntN(8) != 0 {
			s.R[r] = p.target()
		}
	}
	if p.rng.IntN(2) == 0 {
		s.R[RCX] = uint64(p.rng.IntN(70))
	}
	for i := range s.X {
		s.X[i] = XMM{interesting(p.rng), interesting(p.rng)}
		switch p.rng.IntN(16) {
		case 0:
			s.X[i][0] = math.Float64bits(p.rng.NormFloat64() * 1e6)
		case 1:
			s.X[i][0] = uint64(math.Float32bits(float32(p.rng.NormFloat64() * 1e3)))
		case 2:
			s.X[i][0] = math.Float64bits(float64(p.rng.IntN(8)) / 2)
		}
		if p.rng.IntN(4) == 0 {
			s.X[i] = s.X[p.rng.IntN(i+1)]
		}
	}
	s.Flags |= p.rng.Uint64() & (arith | FlagDF)
	if p.rng.IntN(8) == 0 {
		s.Flags |= FlagNT
	}
	if p.rng.IntN(16) == 0 {
		s.Flags |= FlagAC
	}
	s.FSBase, s.GSBase = uint64(p.rng.IntN(0x4000)), uint64(p.rng.IntN(0x4000))
	s.RIP = codeAt - uint64(p.rng.IntN(32))
	return s
}

// target is an address of the data, at times aligned, at times where it ends.
func (p *pair) target() uint64 {
	a := uint64(dataAt + 32 + p.rng.IntN(dataLen-64))
	switch p.rng.IntN(16) {
	case 0:
		return childBase + childSize - uint64(p.rng.IntN(17))
	case 1, 2, 3, 4, 5:
		return a &^ 15
	}
	return a
}

// address gives registers values with which the operand is in the data.
func (p *pair) address(o *op, s *State) {
	if !o.mem || p.rng.IntN(16) == 0 {
		return
	}
	want := p.target() - o.disp
	switch o.seg {
	case FS:
		want -= s.FSBase
	case GS:
		want -= s.GSBase
	}
	index := uint64(0)
	if o.index < none {
		if o.base == none {
			s.R[o.index] = want >> o.scale
			return
		}
		if p.rng.IntN(2) == 0 {
			s.R[o.index] = uint64(p.rng.IntN(0x100))
		}
		index = s.R[o.index] << o.scale
	}
	switch {
	case o.base >= none:
	case o.base == o.index:
		s.R[o.base] = want / (1 + 1<<o.scale)
	default:
		s.R[o.base] = want - index
		if o.a32 && p.rng.IntN(2) == 0 {
			s.R[o.base] += p.rng.Uint64() << 32
		}
	}
}

// favour brings about what random values hardly ever do: comparisons that succeed, and
// a frame that iret can return to.
func (p *pair) favour(name string, o *op, s *State, data []byte) {
	at := func(addr uint64, n int) []byte {
		if off := addr - dataAt; off < uint64(dataLen-n) {
			return data[off:]
		}
		return make([]byte, n)
	}
	switch {
	case p.rng.IntN(2) == 0:
	case name == "cmpxchg" || name == "group9":
		p.model.State, p.model.next = *s, s.RIP+uint64(o.len)
		b := at(p.model.ea(o), 16)
		if s.R[RAX] = le.Uint64(b); name == "group9" {
			s.R[RAX], s.R[RDX] = le.Uint64(b)&low32, le.Uint64(b)>>32
			if o.w {
				s.R[RAX], s.R[RDX] = le.Uint64(b), le.Uint64(b[8:])
			}
		}
	case name == "iret":
		b := at(s.R[RSP], 40)
		for i, v := range []uint64{interesting(p.rng), linuxCS, p.rng.Uint64(), interesting(p.rng), linuxSS} {
			le.PutUint64(b[8*i:], v)
		}
	}
}

// instruction is random but for its opcode.
func (p *pair) instruction(prefix, escape []byte, opcode byte) []byte {
	code := slices.Clone(prefix)
	for _, pre := range []struct {
		b     byte
		every int
	}{{0x66, 4}, {0x67, 8}, {0x64, 16}, {0x65, 16}, {0xf2, 12}, {0xf3, 8}, {0xf0, 24}, {0x2e, 32}} {
		if p.rng.IntN(pre.every) == 0 {
			code = append(code, pre.b)
		}
	}
	if p.rng.IntN(2) == 0 {
		code = append(code, 0x40|byte(p.rng.IntN(16)))
	}
	code = append(append(code, escape...), opcode)
	return append(code, p.tail()...)
}

// tail is modrm and what may follow.
func (p *pair) tail() []byte {
	b := make([]byte, 14)
	for i := range b {
		b[i] = byte(p.rng.Uint32())
	}
	disp := b[1:]
	if b[0]&0xc7 == 4 {
		disp = b[2:]
	}
	switch absolute := b[0]&0xc7 == 4 && b[1]&7 == 5; {
	case b[0]&0xc7 == 5:
		le.PutUint32(disp, uint32(p.target()-codeAt))
	case absolute:
		le.PutUint32(disp, uint32(p.target()))
	}
	return b
}
