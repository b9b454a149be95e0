package cfi

import (
	"debug/elf"

	"github.com/trapline/trapline/regs"
)

// I386 is the System V ABI of i386, for 32-bit programs on x86-64.
var I386 = &ABI{
	Name: "i386", Machine: elf.EM_386, Word: 4,
	registers: []register{{regs.RAX, "eax"}, {regs.RCX, "ecx"}, {regs.RDX, "edx"}, {regs.RBX, "ebx"}, {regs.RSP, "esp"}, {regs.RBP, "ebp"},
		{regs.RSI, "esi"}, {regs.RDI, "edi"}, {regs.RIP, "return address"}}, // i386 psABI, "DWARF Register Number Mapping"
	saved:   i386Saved,
	atEntry: i386AtEntry, framePointer: i386FramePointer,
	shapes: i386Shapes, trampolines: i386Trampolines, fates: i386Fates,
}

// i386Saved: i386 psABI, "Register Usage".
const i386Saved = 1<<regs.RBX | 1<<regs.RSI | 1<<regs.RDI | 1<<regs.RBP

var (
	i386AtEntry      = stackRow(4, 0, 0)
	i386PushedBP     = stackRow(4, 1, 2)
	i386PushedOther  = stackRow(4, 1, 0)
	i386PushedTwo    = stackRow(4, 2, 0)
	i386InVsyscall   = stackRow(4, 3, 4)
	i386FramePointer = framePointerRow(4, i386Saved)
)

// i386Shapes has the PLT forms of the i386 psABI and of binutils' elf32-i386, and the
// kernel's __kernel_vsyscall (arch/x86/entry/vdso/vdso32/system_call.S), which has pushed ecx,
// edx and ebp when it enters the kernel.
var i386Shapes = []shape{
	{"push %ebp; mov %esp,%ebp", "", "\x55\x89\xe5", i386AtEntry},
	{"push %ebp; mov %esp,%ebp (other encoding)", "", "\x55\x8b\xec", i386AtEntry},
	{"endbr32; push %ebp", "", "\xf3\x0f\x1e\xfb\x55", i386AtEntry},
	{"after push %ebp", "\x55", "\x89\xe5", i386PushedBP},
	{"after push %ebp (other encoding)", "\x55", "\x8b\xec", i386PushedBP},
	{"pop %ebp; ret", "", "\x5d\xc3", i386PushedBP},
	{"ret", "", "\xc3", i386AtEntry},
	{"ret imm16", "", "\xc2??", i386AtEntry},
	{"rep ret", "", "\xf3\xc3", i386AtEntry},
	{"__kernel_vsyscall: after int $0x80", "\xcd\x80", "\x5d\x5a\x59\xc3", i386InVsyscall},

	{"PLT: endbr32; jmp *GOT", "", "\xf3\x0f\x1e\xfb\xff\x25", i386AtEntry},
	{"PLT: endbr32; jmp *GOT(%ebx)", "", "\xf3\x0f\x1e\xfb\xff\xa3", i386AtEntry},
	{"PLT: endbr32; push $n", "", "\xf3\x0f\x1e\xfb\x68", i386AtEntry},
	{"PLT0: jmp *GOT+8 after push GOT+4", "\xff\x35????", "\xff\x25", i386PushedTwo},
	{"PLT0: jmp *8(%ebx) after push 4(%ebx)", "\xff\xb3????", "\xff\xa3", i386PushedTwo},
	{"PLT: jmp *GOT", "", "\xff\x25", i386AtEntry},
	{"PLT: jmp *GOT(%ebx)", "", "\xff\xa3", i386AtEntry},
	{"PLT0: push GOT+4; jmp", "", "\xff\x35????\xff\x25", i386PushedOther},
	{"PLT0: push 4(%ebx); jmp", "", "\xff\xb3????\xff\xa3", i386PushedOther},
	{"PLT: push $n; jmp PLT0", "", "\x68????\xe9", i386AtEntry},
	{"PLT: jmp PLT0 after push $n", "\x68????", "\xe9", i386PushedOther},
}

// i386Sigcontext is struct sigcontext_32 (arch/x86/include/uapi/asm/sigcontext.h).
var i386Sigcontext = map[regs.ID]int64{
	regs.RDI: 16, regs.RSI: 20, regs.RBP: 24, regs.RSP: 28, regs.RBX: 32, regs.RDX: 36, regs.RCX: 40, regs.RAX: 44, regs.RIP: 56,
}

// The frames of arch/x86/include/asm/sigframe.h, the return address popped. In struct
// sigframe_ia32 the sigcontext follows the signal's number, which __kernel_sigreturn pops.
// In struct rt_sigframe_ia32 the number, two pointers and a siginfo of 128 bytes come
// before the ucontext, which has its mcontext at 20.
var (
	i386Sigframe       = signalRow(i386SP, 4, i386Sigcontext)
	i386SigframePopped = signalRow(i386SP, 0, i386Sigcontext)
	i386RTSigframe     = signalRow(i386SP, 3*4+128+20, i386Sigcontext)
)

const i386SP = 4 // the DWARF number of esp

var i386Trampolines = []shape{
	{"Linux: pop %eax; mov $119,%eax; int $0x80", "", "\x58\xb8\x77\x00\x00\x00\xcd\x80", i386Sigframe},
	{"Linux: mov $119,%eax; int $0x80", "\x58", "\xb8\x77\x00\x00\x00\xcd\x80", i386SigframePopped},
	{"Linux: at the int $0x80 of sigreturn", "\x58\xb8\x77\x00\x00\x00", "\xcd\x80", i386SigframePopped},
	{"Linux: mov $173,%eax; int $0x80", "", "\xb8\xad\x00\x00\x00\xcd\x80", i386RTSigframe},
	{"Linux: at the int $0x80 of rt_sigreturn", "\xb8\xad\x00\x00\x00", "\xcd\x80", i386RTSigframe},
}

// i386Fates: for Go runtime/asm_386.s.
var i386Fates = map[string]fate{
	"_start":            {end: true},
	"_rt0_386_linux":    {end: true},
	"_rt0_386":          {end: true},
	"runtime.rt0_go":    {end: true},
	"runtime.goexit":    {end: true},
	"runtime.mstart":    {end: true},
	"runtime.mcall":     {end: true},
	"runtime.morestack": {end: true},
}
