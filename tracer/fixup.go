package tracer

// A thread steps under the processor's trap flag, and two instructions store the
// flags where the program can see them: pushf on the stack, syscall in r11 (Intel SDM
// vol. 2, SYSCALL). The kernel hides the flag from its own interfaces and from
// signal frames, not from these. What they left is found after the step by the
// registers alone; memory is read only when those make it likely.
//
// popf loads the flag. Linux takes one that it set for a step over popf for the
// program's own, and with it that of the steps that follow at once (arch/x86/kernel/step.c,
// enable_single_step): it would show, and stay. A request without a step in between ends
// that; its interrupt comes before the next instruction.

import (
	"github.com/trapline/trapline/regs"
)

// fixup is where a thread stood before the step that is going on.
type fixup struct {
	pc, sp uint64
	hide   bool // the trap flag is ours: the program did not set it itself
}

// prepare remembers where a thread starts its step from.
func (t *Tracer) prepare(th *Thread) {
	th.fix = fixup{}
	if set, err := th.Regs(regs.General); err == nil {
		th.fix = fixup{set.PC(), set.SP(), set.G[regs.EFlags]&regs.FlagTF == 0}
	}
}

// repair takes the flag out of where the step left it.
func (t *Tracer) repair(th *Thread) {
	fix := th.fix
	th.fix = fixup{}
	set, err := th.Regs(regs.General)
	if err != nil || !fix.hide {
		return
	}
	g := &set.G
	if g[regs.R11]&regs.FlagTF != 0 && g[regs.RCX] == set.PC() && t.isSyscall(th, set.PC()-2) {
		g[regs.R11] &^= regs.FlagTF
		th.dirty |= regs.General
	}
	if pushed := fix.sp - set.SP(); (pushed == 8 || pushed == 2) && t.was(th, pushf, fix.pc, set.PC()) {
		var b [2]byte
		if n, _ := th.Process.ReadMem(set.SP(), b[:]); n == 2 {
			b[1] &^= regs.FlagTF >> 8
			th.Process.WriteMem(set.SP(), b[:])
		}
	}
	if popped := set.SP() - fix.sp; (popped == 8 || popped == 2) && t.was(th, popf, fix.pc, set.PC()) {
		th.popped = true
	}
}

func (t *Tracer) isSyscall(th *Thread, pc uint64) bool {
	var code [2]byte
	n, _ := th.Process.ReadMem(pc, code[:])
	return n == len(code) && isSyscall(code[:])
}

func isSyscall(code []byte) bool { return len(code) >= 2 && code[0] == 0x0f && code[1] == 0x05 }

// Instructions that store and load the flags (Intel SDM vol. 2).
const (
	pushf = 0x9c
	popf  = 0x9d
)

// was says whether the instruction from pc to next is of an opcode, which prefixes of
// operand size and REX may precede.
func (t *Tracer) was(th *Thread, opcode byte, pc, next uint64) bool {
	if length := next - pc; length == 0 || length > 8 {
		return false
	}
	code := make([]byte, next-pc)
	if n, _ := th.Process.ReadMem(pc, code); n < len(code) || code[n-1] != opcode {
		return false
	}
	for _, b := range code[:len(code)-1] {
		if b != 0x66 && b&0xf0 != 0x40 {
			return false
		}
	}
	return true
}
