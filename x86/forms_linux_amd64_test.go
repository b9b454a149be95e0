package x86

// Random instructions of every form that Emulate knows, each from a random state.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"github.com/trapline/trapline/regs"
)

// aCase is an instruction and the state it runs from.
type aCase struct {
	rng  *rand.Rand
	set  *regs.Set
	code []byte
	data []byte
}

// form builds the instruction of one opcode at random; pre are its prefixes and rest
// what follows modrm.
type form struct {
	name  string
	build func(*aCase) (code []byte)
}

func (c *aCase) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(c.rng.Uint32())
	}
	return b
}

// pick is one of the operand sizes: prefixes and REX.W.
func (c *aCase) operandSize() (pre []byte, rex byte, size int) {
	switch c.rng.IntN(3) {
	case 0:
		return []byte{0x66}, 0, 2
	case 1:
		return nil, 8, 8
	}
	return nil, 0, 4
}

// rexOr is the REX prefix for the bits, at times one without any.
func (c *aCase) rexOr(bits byte) []byte {
	if bits != 0 || c.rng.IntN(3) == 0 {
		return []byte{0x40 | bits}
	}
	return nil
}

// registers is a random modrm that names registers.
func (c *aCase) registers() (rex byte, modrm []byte) {
	r := c.rng.Uint32()
	return byte(r>>8) & 5, []byte{0xc0 | byte(r)}
}

// memory is a random modrm, sib and displacement that name memory, with the registers
// set so that it is within the data; after is the bytes of immediate that follow.
// The code before it is at most a prefix or more: rip-relative forms are completed by
// ripFix, the code's length then being known.
func (c *aCase) memory() (pre []byte, rex byte, modrm []byte) {
	target := uint64(dataAt + c.rng.IntN(dataLen-8))
	if c.rng.IntN(8) == 0 { // segment
		pre = []byte{0x64 + byte(c.rng.IntN(2))}
		base := uint64(c.rng.IntN(0x4000))
		c.set.G[regs.FSBase+regs.ID(pre[0]-0x64)] = base
		target -= base
	}
	reg := byte(c.rng.IntN(8)) << 3
	rex = byte(c.rng.IntN(2)) * 4
	high := uint64(0)
	if c.rng.IntN(8) == 0 {
		pre = append(pre, 0x67)
		high = uint64(c.rng.Uint32()) << 32
	}
	mod := byte(c.rng.IntN(3))
	disp, n := uint64(0), 0
	switch mod {
	case 1:
		disp, n = uint64(int8(c.rng.Uint32())), 1
	case 2:
		disp, n = uint64(int32(c.rng.Uint32())), 4
	}
	b := byte(c.rng.IntN(16))
	rex |= b >> 3
	dispBytes := func() []byte { return binary.LittleEndian.AppendUint64(nil, disp)[:n] }
	if b&7 == 5 && mod == 0 { // rip-relative: fixed up later
		return pre, rex, binary.LittleEndian.AppendUint32([]byte{reg | 5}, uint32(target))
	}
	if b&7 != 4 {
		c.set.G[gpr[b]] = target - disp + high
		return pre, rex, append([]byte{mod<<6 | reg | b&7}, dispBytes()...)
	}
	index, scale := byte(c.rng.IntN(16)), byte(c.rng.IntN(4))
	rex |= index >> 3 << 1
	base := byte(c.rng.IntN(16))
	rex = rex&^1 | base>>3
	sib := scale<<6 | index&7<<3 | base&7
	if base&7 == 5 && mod == 0 { // no base, disp32
		if index == 4 {
			disp, n = target, 4
		} else {
			c.set.G[gpr[index]] = uint64(c.rng.IntN(0x1000)) + high>>scale
			disp, n = target-c.set.G[gpr[index]]<<scale, 4
			disp = uint64(int32(disp))
			if high != 0 && len(pre) == 0 {
				c.set.G[gpr[index]] = 0
				disp = target
			}
		}
		return pre, rex, append([]byte{reg | 4, sib}, dispBytes()...)
	}
	switch {
	case index == 4:
		c.set.G[gpr[base]] = target - disp + high
	case index == base:
		if (target-disp)%(1+1<<scale) != 0 || high != 0 {
			c.set.G[gpr[base]] = 0 // out of the data: refused
			break
		}
		c.set.G[gpr[base]] = (target - disp) / (1 + 1<<scale)
	default:
		c.set.G[gpr[base]] = target - disp - c.set.G[gpr[index]]<<scale + high
	}
	return pre, rex, append([]byte{mod<<6 | reg | 4, sib}, dispBytes()...)
}

// ripFix turns the absolute address of a rip-relative operand into a displacement.
func ripFix(code []byte) []byte {
	var in insn
	if scan(code, &in) == nil && in.ripRelative() {
		at := code[in.dispAt:]
		binary.LittleEndian.PutUint32(at, binary.LittleEndian.Uint32(at)-uint32(codeAt+int(in.n)))
	}
	return code
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// modRM is an instruction with a modrm: to registers, or to memory if mem.
func modRM(op []byte, digit int, mem bool, immOf func(size int, op byte) int) func(*aCase) []byte {
	return func(c *aCase) []byte {
		pre, w, size := c.operandSize()
		var seg []byte
		var rex byte
		var m []byte
		if mem {
			seg, rex, m = c.memory()
		} else {
			rex, m = c.registers()
		}
		if digit >= 0 {
			m[0] = m[0]&^0x38 | byte(digit)<<3
			rex &^= 4 * byte(c.rng.IntN(2))
		}
		imm := []byte(nil)
		if immOf != nil {
			imm = c.bytes(immOf(size, op[len(op)-1]))
		}
		return ripFix(join(pre, seg, c.rexOr(rex|w), op, m, imm))
	}
}

// How long the immediates are.
func imm8(int, byte) int { return 1 }
func immV(size int, op byte) int {
	if op&1 == 0 {
		return 1
	}
	return min(size, 4)
}

func plain(op []byte, imm int, rexMask byte) func(*aCase) []byte {
	return func(c *aCase) []byte {
		return join(c.rexOr(byte(c.rng.Uint32())&rexMask), op, c.bytes(imm))
	}
}

func accumulator(op byte) func(*aCase) []byte {
	return func(c *aCase) []byte {
		pre, w, size := c.operandSize()
		return join(pre, c.rexOr(w), []byte{op}, c.bytes(immV(size, op)))
	}
}

// stackAt puts rsp (and for leave rbp) in the data.
func stackAt(r regs.ID, build func(*aCase) []byte) func(*aCase) []byte {
	return func(c *aCase) []byte {
		c.set.G[r] = dataAt + 8 + uint64(c.rng.IntN(dataLen-24))
		code := build(c)
		if r == regs.RBP {
			return code
		}
		if off := int(c.set.G[r] - dataAt); code[len(code)-1] == 0xc3 { // ret to user code
			binary.LittleEndian.PutUint64(c.data[off:], c.rng.Uint64()>>18)
		}
		return code
	}
}

func forms() []form {
	var fs []form
	add := func(name string, b func(*aCase) []byte) { fs = append(fs, form{name, b}) }
	for k, name := range []string{"add", "or", "adc", "sbb", "and", "sub", "xor", "cmp"} {
		for o := range 4 {
			add(fmt.Sprintf("%s %02x", name, 8*k+o), modRM([]byte{byte(8*k + o)}, -1, false, nil))
		}
		for o := range 2 {
			add(fmt.Sprintf("%s %02x from memory", name, 8*k+2+o), modRM([]byte{byte(8*k + 2 + o)}, -1, true, nil))
			add(fmt.Sprintf("%s accumulator %02x", name, 8*k+4+o), accumulator(byte(8*k+4+o)))
			add(fmt.Sprintf("%s %02x imm", name, 0x80+o), modRM([]byte{byte(0x80 + o)}, k, false, immV))
		}
		add(name+" 83 imm8", modRM([]byte{0x83}, k, false, imm8))
	}
	for o := range 2 {
		w := byte(o)
		add("cmp memory", modRM([]byte{0x38 + w}, -1, true, nil))
		add("cmp memory, imm", modRM([]byte{0x80 + w}, 7, true, immV))
		for _, mem := range []bool{false, true} {
			add(fmt.Sprintf("test %v", mem), modRM([]byte{0x84 + w}, -1, mem, nil))
			add(fmt.Sprintf("test imm %v", mem), modRM([]byte{0xf6 + w}, 0, mem, immV))
			add(fmt.Sprintf("mov 88 %v", mem), modRM([]byte{0x88 + w}, -1, mem, nil))
			add(fmt.Sprintf("mov 8a %v", mem), modRM([]byte{0x8a + w}, -1, mem, nil))
			add(fmt.Sprintf("mov c6 %v", mem), modRM([]byte{0xc6 + w}, 0, mem, immV))
			add(fmt.Sprintf("movzx %v", mem), modRM([]byte{0x0f, 0xb6 + w}, -1, mem, nil))
			add(fmt.Sprintf("movsx %v", mem), modRM([]byte{0x0f, 0xbe + w}, -1, mem, nil))
		}
		add("test accumulator", accumulator(0xa8+w))
		add("movsxd", func(c *aCase) []byte {
			rex, m := c.registers()
			return join(c.rexOr(rex|w<<3), []byte{0x63}, m)
		})
	}
	add("lea", modRM([]byte{0x8d}, -1, true, nil))
	add("nop 0f 1f", modRM([]byte{0x0f, 0x1f}, 0, true, nil))
	add("nop 0f 1f reg", modRM([]byte{0x0f, 0x1f}, 0, false, nil))
	add("nop", func(c *aCase) []byte {
		return [][]byte{{0x90}, {0x66, 0x90}, {0xf3, 0x90}, {0x48, 0x90}, {0xf3, 0x0f, 0x1e, 0xfa}, {0xf3, 0x0f, 0x1e, 0xfb},
			{0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0}}[c.rng.IntN(7)]
	})
	for r := range 8 {
		b := byte(r)
		add(fmt.Sprintf("push %d", r), stackAt(regs.RSP, plain([]byte{0x50 + b}, 0, 9)))
		add(fmt.Sprintf("pop %d", r), stackAt(regs.RSP, plain([]byte{0x58 + b}, 0, 9)))
		add(fmt.Sprintf("mov imm8 %d", r), plain([]byte{0xb0 + b}, 1, 9))
		add(fmt.Sprintf("mov imm %d", r), func(c *aCase) []byte {
			pre, w, size := c.operandSize()
			return join(pre, c.rexOr(w|byte(c.rng.IntN(2))), []byte{0xb8 + b}, c.bytes(size))
		})
	}
	for cc := range 16 {
		add(fmt.Sprintf("jcc %x short", cc), plain([]byte{0x70 + byte(cc)}, 1, 0))
		add(fmt.Sprintf("jcc %x", cc), plain([]byte{0x0f, 0x80 + byte(cc)}, 4, 8))
	}
	add("push imm8", stackAt(regs.RSP, plain([]byte{0x6a}, 1, 8)))
	add("push imm32", stackAt(regs.RSP, plain([]byte{0x68}, 4, 8)))
	add("call", stackAt(regs.RSP, plain([]byte{0xe8}, 4, 0)))
	add("ret", stackAt(regs.RSP, plain([]byte{0xc3}, 0, 0)))
	add("leave", stackAt(regs.RBP, plain([]byte{0xc9}, 0, 0)))
	add("jmp8", plain([]byte{0xeb}, 1, 0))
	add("jmp32", plain([]byte{0xe9}, 4, 0))
	return fs
}

// interesting makes corner values as common as random ones.
func interesting(rng *rand.Rand) uint64 {
	v := rng.Uint64()
	switch rng.IntN(6) {
	case 0:
		return uint64(int64(int8(v)))
	case 1:
		return []uint64{0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0x7fffffff, 0x80000000, 0xffffffff, 1 << 63, 1<<63 - 1, ^uint64(0)}[v%13]
	}
	return v
}
