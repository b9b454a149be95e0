package cfi

import (
	"github.com/trapline/trapline/elfinfo/dwarf/op"
	"github.com/trapline/trapline/regs"
)

// This file is what is known about code that no compiler described: rows for signal
// trampolines, recognised by their bytes, and for the few instruction sequences at
// which a frame pointer does not yet, or no longer, tell where the return address is.

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

// stackRow is the row of a frame whose return address is the word below rsp+cfa; rbpAt
// is where from the CFA the caller's rbp was pushed, 0 when rbp is untouched.
func stackRow(cfa, rbpAt int64) *Row {
	r := &Row{CFA: Rule{Kind: Register, Reg: uint16(regs.RSP), Off: cfa}, RetReg: uint16(regs.RIP)}
	r.Rules[regs.RIP] = Rule{Kind: Offset, Off: -8}
	if rbpAt != 0 {
		r.Rules[regs.RBP] = Rule{Kind: Offset, Off: rbpAt}
	}
	return r
}

// framePointerRow is the row of a function past its prologue, pushed rbp and all. Which
// of the other preserved registers it changed is unknown.
func framePointerRow() *Row {
	r := &Row{CFA: Rule{Kind: Register, Reg: uint16(regs.RBP), Off: 16}, RetReg: uint16(regs.RIP)}
	for _, n := range []regs.ID{regs.RBX, regs.R12, regs.R13, regs.R14, regs.R15} {
		r.Rules[n].Kind = Undefined
	}
	r.Rules[regs.RIP] = Rule{Kind: Offset, Off: -8}
	r.Rules[regs.RBP] = Rule{Kind: Offset, Off: -16}
	return r
}

var (
	atEntry      = stackRow(8, 0)
	pushedBP     = stackRow(16, -16)
	pushedOther  = stackRow(16, 0)
	pushedTwo    = stackRow(24, 0)
	framePointer = framePointerRow()
)

// shapes are tried in order at the exact pc of a frame that has no call-frame
// information. Instruction encodings: Intel SDM vol. 2; PLT forms: psABI 5.2 and
// binutils' elf64-x86-64.
var shapes = []shape{
	{"push %rbp; mov %rsp,%rbp", "", "\x55\x48\x89\xe5", atEntry},
	{"push %rbp; mov %rsp,%rbp (other encoding)", "", "\x55\x48\x8b\xec", atEntry},
	{"endbr64; push %rbp", "", "\xf3\x0f\x1e\xfa\x55", atEntry},
	{"after push %rbp", "\x55", "\x48\x89\xe5", pushedBP},
	{"after push %rbp (other encoding)", "\x55", "\x48\x8b\xec", pushedBP},
	{"pop %rbp; ret", "", "\x5d\xc3", pushedBP},
	{"ret", "", "\xc3", atEntry},
	{"ret imm16", "", "\xc2??", atEntry},
	{"rep ret", "", "\xf3\xc3", atEntry},
	{"bnd ret", "", "\xf2\xc3", atEntry},

	{"PLT: endbr64; bnd jmp *GOT", "", "\xf3\x0f\x1e\xfa\xf2\xff\x25", atEntry},
	{"PLT: endbr64; jmp *GOT", "", "\xf3\x0f\x1e\xfa\xff\x25", atEntry},
	{"PLT: endbr64; push $n", "", "\xf3\x0f\x1e\xfa\x68", atEntry},
	{"PLT0: jmp *GOT+16 after push GOT+8", "\xff\x35????", "\xff\x25", pushedTwo},
	{"PLT0: bnd jmp *GOT+16", "\xff\x35????", "\xf2\xff\x25", pushedTwo},
	{"PLT: jmp *GOT", "", "\xff\x25", atEntry},
	{"PLT: bnd jmp *GOT", "", "\xf2\xff\x25", atEntry},
	{"PLT0: push GOT+8; jmp", "", "\xff\x35????\xff\x25", pushedOther},
	{"PLT: push $n; jmp PLT0", "", "\x68????\xe9", atEntry},
	{"PLT: push $n; bnd jmp PLT0", "", "\x68????\xf2\xe9", atEntry},
	{"PLT: jmp PLT0 after push $n", "\x68????", "\xe9", pushedOther},
}

// signalRow is the row of a signal trampoline: the kernel saved every register at
// rsp+base+off[n], where off is by DWARF number. The CFA is the interrupted rsp, as in
// glibc's own description of __restore_rt.
func signalRow(base int64, off [NumRegs]int64) *Row {
	r := &Row{RetReg: uint16(regs.RIP), Signal: true}
	at := func(n int) []byte { return sleb([]byte{byte(op.Breg0) + byte(regs.RSP)}, base+off[n]) }
	for n := range r.Rules {
		r.Rules[n] = Rule{Kind: Expression, Expr: at(n)}
	}
	r.CFA = Rule{Kind: ValExpression, Expr: append(at(int(regs.RSP)), byte(op.Deref))}
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

// linuxSigframe is struct rt_sigframe seen from the trampoline, the return address
// popped: rsp points to its ucontext, whose mcontext (struct sigcontext_64,
// arch/x86/include/uapi/asm/sigcontext.h) starts at 40.
var linuxSigframe = signalRow(40, [NumRegs]int64{
	regs.R8: 0, regs.R9: 8, regs.R10: 16, regs.R11: 24, regs.R12: 32, regs.R13: 40, regs.R14: 48, regs.R15: 56,
	regs.RDI: 64, regs.RSI: 72, regs.RBP: 80, regs.RBX: 88, regs.RDX: 96, regs.RAX: 104, regs.RCX: 112,
	regs.RSP: 120, regs.RIP: 128,
})

// freebsdMcontext is mcontext_t of FreeBSD's amd64/include/ucontext.h.
var freebsdMcontext = [NumRegs]int64{
	regs.RDI: 8, regs.RSI: 16, regs.RDX: 24, regs.RCX: 32, regs.R8: 40, regs.R9: 48, regs.RAX: 56, regs.RBX: 64,
	regs.RBP: 72, regs.R10: 80, regs.R11: 88, regs.R12: 96, regs.R13: 104, regs.R14: 112, regs.R15: 120,
	regs.RIP: 160, regs.RSP: 184,
}

// FreeBSD's struct sigframe is at rsp in sigcode: the handler, padding, and at 16 the
// ucontext, whose mcontext follows a signal mask of 16 bytes. sigcode pushes one word
// before its system call.
var (
	freebsdSigframe       = signalRow(32, freebsdMcontext)
	freebsdSigframePushed = signalRow(40, freebsdMcontext)
)

// trampolines are tried at the pc of every frame that no signal-frame CFI covers, even
// when ordinary CFI does: Go's runtime describes its own trampoline as a function.
var trampolines = []shape{
	{"Linux: mov $15,%rax; syscall", "", "\x48\xc7\xc0\x0f\x00\x00\x00\x0f\x05", linuxSigframe},
	{"Linux: at its syscall", "\x48\xc7\xc0\x0f\x00\x00\x00", "\x0f\x05", linuxSigframe},
	{"Linux: mov $15,%eax; syscall", "", "\xb8\x0f\x00\x00\x00\x0f\x05", linuxSigframe},
	{"Linux: at its syscall (mov %eax)", "\xb8\x0f\x00\x00\x00", "\x0f\x05", linuxSigframe},
	{"FreeBSD: lea 16(%rsp),%rdi; push $0; mov $417,%rax", "", "\x48\x8d\x7c\x24\x10\x6a\x00\x48\xc7\xc0\xa1\x01\x00\x00\x0f\x05", freebsdSigframe},
	{"FreeBSD: push $0; mov $417,%rax", "\x48\x8d\x7c\x24\x10", "\x6a\x00\x48\xc7\xc0\xa1\x01\x00\x00\x0f\x05", freebsdSigframe},
	{"FreeBSD: mov $417,%rax", "\x48\x8d\x7c\x24\x10\x6a\x00", "\x48\xc7\xc0\xa1\x01\x00\x00\x0f\x05", freebsdSigframePushed},
	{"FreeBSD: at its syscall", "\x48\x8d\x7c\x24\x10\x6a\x00\x48\xc7\xc0\xa1\x01\x00\x00", "\x0f\x05", freebsdSigframePushed},
}

// fate is what a function's name says about its frame.
type fate struct {
	end bool // there is no caller
	row *Row // or: use this row, whatever the call-frame information says
}

// fates are functions at which stacks end or change without the call-frame
// information saying so. Go: runtime/asm_amd64.s; systemstack and asmcgocall move rsp
// to another stack while rbp still points into the first.
var fates = map[string]fate{
	"_start":              {end: true},
	"_rt0_amd64_linux":    {end: true},
	"_rt0_amd64_freebsd":  {end: true},
	"_rt0_amd64":          {end: true},
	"runtime.rt0_go":      {end: true},
	"runtime.goexit":      {end: true},
	"runtime.mstart":      {end: true},
	"runtime.mcall":       {end: true},
	"runtime.morestack":   {end: true},
	"runtime.systemstack": {row: framePointer},
	"runtime.asmcgocall":  {row: framePointer},
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
