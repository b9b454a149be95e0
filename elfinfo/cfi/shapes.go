package cfi

import (
	"github.com/trapline/trapline/elfinfo/dwarf/op"
	"github.com/trapline/trapline/regs"
)

// This file is how code that no compiler described is known by its bytes: signal
// trampolines, and the few instruction sequences at which a frame pointer does not yet,
// or no longer, tell where the return address is. An ABI has the tables of them.

// shape recognises code around a pc. A '?' (0x3f, which no opcode below uses) stands
// for any byte.
type shape struct {
	name   string
	before string // bytes that end right before the pc
	at     string // bytes at the pc
	row    *Row
}

// shapeReach is how many bytes on either side of a pc a shape may look at.
const shapeReach = 16

// matches compares code, whose byte shapeReach is the one at the pc. from and to are
// the part of code that could be read.
func (s *shape) matches(code []byte, from, to int) bool {
	if shapeReach-len(s.before) < from || shapeReach+len(s.at) > to {
		return false
	}
	return like(code[shapeReach-len(s.before):], s.before) && like(code[shapeReach:], s.at)
}

func like(code []byte, pattern string) bool {
	for i := range len(pattern) {
		if pattern[i] != '?' && pattern[i] != code[i] {
			return false
		}
	}
	return true
}

// stackRow is the row of a frame that has pushed so many words since its call; the
// caller's frame pointer is the bp-th word below the CFA (the return address is the
// first), 0 when it is untouched.
func stackRow(word, pushed, bp int64) *Row {
	r := &Row{CFA: Rule{Kind: Register, Reg: uint16(regs.RSP), Off: word * (1 + pushed)}, RetReg: uint16(regs.RIP)}
	r.Rules[regs.RIP] = Rule{Kind: Offset, Off: -word}
	if bp != 0 {
		r.Rules[regs.RBP] = Rule{Kind: Offset, Off: -word * bp}
	}
	return r
}

// framePointerRow is the row of a function past its prologue, pushed frame pointer and
// all. Which of the other preserved registers it changed is unknown.
func framePointerRow(word int64, saved uint32) *Row {
	r := stackRow(word, 1, 2)
	r.CFA.Reg = uint16(regs.RBP)
	for n := range r.Rules {
		if saved>>n&1 != 0 && regs.ID(n) != regs.RBP {
			r.Rules[n].Kind = Undefined
		}
	}
	return r
}

// signalRow is the row of a signal trampoline: the kernel saved registers at the stack
// pointer, whose DWARF number is sp, plus base+off[n]. The CFA is the interrupted stack
// pointer, as in glibc's own description of __restore_rt.
func signalRow(sp byte, base int64, off map[regs.ID]int64) *Row {
	r := &Row{RetReg: uint16(regs.RIP), Signal: true}
	at := func(n regs.ID) []byte { return sleb([]byte{byte(op.Breg0) + sp}, base+off[n]) }
	for n := range off {
		r.Rules[n] = Rule{Kind: Expression, Expr: at(n)}
	}
	r.CFA = Rule{Kind: ValExpression, Expr: append(at(regs.RSP), byte(op.Deref))}
	return r
}

// sleb appends v as signed LEB128.
func sleb(b []byte, v int64) []byte {
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

// fate is what a function's name says about its frame.
type fate struct {
	end bool // there is no caller
	row *Row // or: use this row, whatever the call-frame information says
}

// isReturn reports that a call instruction ends at the last of the bytes before a pc.
func isReturn(before []byte) bool {
	n := len(before)
	byteAt := func(back int) byte {
		if back > n {
			return 0
		}
		return before[n-back]
	}
	isCall := func(back int, modrmMask, modrm byte) bool { // ff /2 with this ModRM
		return byteAt(back) == 0xff && byteAt(back-1)&modrmMask == modrm
	}
	return byteAt(5) == 0xe8 || // call rel32
		isCall(2, 0xf8, 0xd0) || // call *%reg
		isCall(2, 0xf8, 0x10) || // call *(%reg)
		isCall(3, 0xff, 0x14) || // call *(SIB)
		isCall(3, 0xf8, 0x50) || // call *disp8(%reg)
		isCall(4, 0xff, 0x54) || // call *disp8(SIB)
		isCall(6, 0xf8, 0x90) || isCall(6, 0xff, 0x15) || // call *disp32(%reg), *disp32(%rip)
		isCall(7, 0xff, 0x94) || isCall(7, 0xff, 0x14) // call *disp32(SIB), *disp32(,index,scale)
}
