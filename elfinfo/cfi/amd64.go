package cfi

import (
	"debug/elf"

	"github.com/trapline/trapline/regs"
)

// AMD64 is the System V ABI of x86-64.
var AMD64 = &ABI{
	Name: "x86-64", Machine: elf.EM_X86_64, Word: 8,
	registers: []register{{regs.RAX, "rax"}, {regs.RDX, "rdx"}, {regs.RCX, "rcx"}, {regs.RBX, "rbx"}, {regs.RSI, "rsi"}, {regs.RDI, "rdi"},
		{regs.RBP, "rbp"}, {regs.RSP, "rsp"}, {regs.R8, "r8"}, {regs.R9, "r9"}, {regs.R10, "r10"}, {regs.R11, "r11"}, {regs.R12, "r12"},
		{regs.R13, "r13"}, {regs.R14, "r14"}, {regs.R15, "r15"}, {regs.RIP, "return address"}}, // figure 3.36
	saved:   amd64Saved,
	atEntry: amd64AtEntry, framePointer: amd64FramePointer,
	shapes: amd64Shapes, trampolines: amd64Trampolines, fates: amd64Fates,
}

// amd64Saved: psABI 3.2.1.
const amd64Saved = 1<<regs.RBX | 1<<regs.RBP | 1<<regs.R12 | 1<<regs.R13 | 1<<regs.R14 | 1<<regs.R15

var (
	amd64AtEntry      = stackRow(8, 0, 0)
	amd64PushedBP     = stackRow(8, 1, 2)
	amd64PushedOther  = stackRow(8, 1, 0)
	amd64PushedTwo    = stackRow(8, 2, 0)
	amd64FramePointer = framePointerRow(8, amd64Saved)
)

// amd64Shapes has the PLT forms of psABI 5.2 and binutils' elf64-x86-64.
var amd64Shapes = []shape{
	{"push %rbp; mov %rsp,%rbp", "", "\x55\x48\x89\xe5", amd64AtEntry},
	{"push %rbp; mov %rsp,%rbp (other encoding)", "", "\x55\x48\x8b\xec", amd64AtEntry},
	{"endbr64; push %rbp", "", "\xf3\x0f\x1e\xfa\x55", amd64AtEntry},
	{"after push %rbp", "\x55", "\x48\x89\xe5", amd64PushedBP},
	{"after push %rbp (other encoding)", "\x55", "\x48\x8b\xec", amd64PushedBP},
	{"pop %rbp; ret", "", "\x5d\xc3", amd64PushedBP},
	{"ret", "", "\xc3", amd64AtEntry},
	{"ret imm16", "", "\xc2??", amd64AtEntry},
	{"rep ret", "", "\xf3\xc3", amd64AtEntry},
	{"bnd ret", "", "\xf2\xc3", amd64AtEntry},

	{"PLT: endbr64; bnd jmp *GOT", "", "\xf3\x0f\x1e\xfa\xf2\xff\x25", amd64AtEntry},
	{"PLT: endbr64; jmp *GOT", "", "\xf3\x0f\x1e\xfa\xff\x25", amd64AtEntry},
	{"PLT: endbr64; push $n", "", "\xf3\x0f\x1e\xfa\x68", amd64AtEntry},
	{"PLT0: jmp *GOT+16 after push GOT+8", "\xff\x35????", "\xff\x25", amd64PushedTwo},
	{"PLT0: bnd jmp *GOT+16", "\xff\x35????", "\xf2\xff\x25", amd64PushedTwo},
	{"PLT: jmp *GOT", "", "\xff\x25", amd64AtEntry},
	{"PLT: bnd jmp *GOT", "", "\xf2\xff\x25", amd64AtEntry},
	{"PLT0: push GOT+8; jmp", "", "\xff\x35????\xff\x25", amd64PushedOther},
	{"PLT: push $n; jmp PLT0", "", "\x68????\xe9", amd64AtEntry},
	{"PLT: push $n; bnd jmp PLT0", "", "\x68????\xf2\xe9", amd64AtEntry},
	{"PLT: jmp PLT0 after push $n", "\x68????", "\xe9", amd64PushedOther},
}

// linuxSigframe is struct rt_sigframe seen from the trampoline, the return address
// popped: rsp points to its ucontext, whose mcontext (struct sigcontext_64,
// arch/x86/include/uapi/asm/sigcontext.h) starts at 40.
var linuxSigframe = signalRow(byte(regs.RSP), 40, map[regs.ID]int64{
	regs.R8: 0, regs.R9: 8, regs.R10: 16, regs.R11: 24, regs.R12: 32, regs.R13: 40, regs.R14: 48, regs.R15: 56,
	regs.RDI: 64, regs.RSI: 72, regs.RBP: 80, regs.RBX: 88, regs.RDX: 96, regs.RAX: 104, regs.RCX: 112,
	regs.RSP: 120, regs.RIP: 128,
})

// freebsdMcontext is mcontext_t of FreeBSD's amd64/include/ucontext.h.
var freebsdMcontext = map[regs.ID]int64{
	regs.RDI: 8, regs.RSI: 16, regs.RDX: 24, regs.RCX: 32, regs.R8: 40, regs.R9: 48, regs.RAX: 56, regs.RBX: 64,
	regs.RBP: 72, regs.R10: 80, regs.R11: 88, regs.R12: 96, regs.R13: 104, regs.R14: 112, regs.R15: 120,
	regs.RIP: 160, regs.RSP: 184,
}

// FreeBSD's struct sigframe is at rsp in sigcode: the handler, padding, and at 16 the
// ucontext, whose mcontext follows a signal mask of 16 bytes. sigcode pushes one word
// before its system call.
var (
	freebsdSigframe       = signalRow(byte(regs.RSP), 32, freebsdMcontext)
	freebsdSigframePushed = signalRow(byte(regs.RSP), 40, freebsdMcontext)
)

var amd64Trampolines = []shape{
	{"Linux: mov $15,%rax; syscall", "", "\x48\xc7\xc0\x0f\x00\x00\x00\x0f\x05", linuxSigframe},
	{"Linux: at its syscall", "\x48\xc7\xc0\x0f\x00\x00\x00", "\x0f\x05", linuxSigframe},
	{"Linux: mov $15,%eax; syscall", "", "\xb8\x0f\x00\x00\x00\x0f\x05", linuxSigframe},
	{"Linux: at its syscall (mov %eax)", "\xb8\x0f\x00\x00\x00", "\x0f\x05", linuxSigframe},
	{"FreeBSD: lea 16(%rsp),%rdi; push $0; mov $417,%rax", "", "\x48\x8d\x7c\x24\x10\x6a\x00\x48\xc7\xc0\xa1\x01\x00\x00\x0f\x05", freebsdSigframe},
	{"FreeBSD: push $0; mov $417,%rax", "\x48\x8d\x7c\x24\x10", "\x6a\x00\x48\xc7\xc0\xa1\x01\x00\x00\x0f\x05", freebsdSigframe},
	{"FreeBSD: mov $417,%rax", "\x48\x8d\x7c\x24\x10\x6a\x00", "\x48\xc7\xc0\xa1\x01\x00\x00\x0f\x05", freebsdSigframePushed},
	{"FreeBSD: at its syscall", "\x48\x8d\x7c\x24\x10\x6a\x00\x48\xc7\xc0\xa1\x01\x00\x00", "\x0f\x05", freebsdSigframePushed},
}

// amd64Fates: for Go runtime/asm_amd64.s; systemstack and asmcgocall move rsp
// to another stack while rbp still points into the first.
var amd64Fates = map[string]fate{
	"_start":              {end: true},
	"_rt0_amd64_linux":    {end: true},
	"_rt0_amd64_freebsd":  {end: true},
	"_rt0_amd64":          {end: true},
	"runtime.rt0_go":      {end: true},
	"runtime.goexit":      {end: true},
	"runtime.mstart":      {end: true},
	"runtime.mcall":       {end: true},
	"runtime.morestack":   {end: true},
	"runtime.systemstack": {row: amd64FramePointer},
	"runtime.asmcgocall":  {row: amd64FramePointer},
}
