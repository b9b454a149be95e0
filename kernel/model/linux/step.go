package linux

// Traps of the processor, and the trap flag: what a thread is stepped with, and how it is kept
// from the program's own (arch/x86/kernel/step.c, traps.c).

import (
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/kern"
)

// Page fault error codes (Intel SDM vol. 3A, 4.7).
const (
	pfPresent = 1
	pfWrite   = 2
	pfUser    = 4
	pfFetch   = 16
)

// Trap keeps what signal frames and tracers are told of a trap.
func (tracing) Trap(t *kern.Thread, trap *cpu.Trap) bool {
	k := taskOf(t)
	k.orig = noCall
	switch trap.Kind {
	case cpu.PageFault:
		e := uint64(pfUser)
		if t.Proc.Space.Mapped(trap.Addr, 1) {
			if entry, ok := t.Proc.Space.At(trap.Addr); ok && entry.Prot != 0 {
				e |= pfPresent
			}
		}
		switch trap.Access {
		case cpu.Write:
			e |= pfWrite
		case cpu.Execute:
			e |= pfFetch
		}
		k.fault = faultInfo{e, 14, trap.Addr}
	case cpu.Debug:
		k.fault.err, k.fault.trapno = 0, 1
		k.dr6 = trap.DR6 & (1<<14 | 0xf)
		if executes(t, trap.DR6) {
			t.Regs.Flags |= cpu.FlagRF
		}
	default:
		k.fault.err, k.fault.trapno = 0, trapNumbers[trap.Kind]
	}
	return true
}

// trapNumbers are the processor's vectors.
var trapNumbers = map[cpu.Kind]uint64{cpu.Divide: 0, cpu.Breakpoint: 3, cpu.Undefined: 6, cpu.StackFault: 12, cpu.Protection: 13,
	cpu.Alignment: 17}

// executes says whether one of the debug registers that matched breaks on execution.
func executes(t *kern.Thread, dr6 uint64) bool {
	for i := range 4 {
		if dr6>>i&1 != 0 && t.Regs.DR[7]>>(16+4*i)&3 == 0 {
			return true
		}
	}
	return false
}

// enableStep is user_enable_single_step.
func (k *task) enableStep(t *kern.Thread) {
	if k.step {
		t.Regs.Flags |= flagTF
	}
	k.step, k.exitTrap = true, true
	had := t.Regs.Flags&flagTF != 0
	t.Regs.Flags |= flagTF
	switch {
	case setsTrapFlag(t):
		k.forced = false
	case !had:
		k.forced = true
	}
}

// disableStep is user_disable_single_step.
func (k *task) disableStep(t *kern.Thread) {
	k.step, k.exitTrap = false, false
	if k.forced {
		k.forced = false
		t.Regs.Flags &^= flagTF
	}
}

// setsTrapFlag says whether the next instruction is popf or iret, with prefixes.
func setsTrapFlag(t *kern.Thread) bool {
	var code [15]byte
	n := t.Proc.Space.Peek(t.Regs.RIP, code[:])
	for i := range n {
		switch c := code[i]; {
		case c == 0x9d, c == 0xcf:
			return true
		case c == 0x26, c == 0x2e, c == 0x36, c == 0x3e, c >= 0x64 && c <= 0x67, c == 0xf0, c == 0xf2, c == 0xf3, c >= 0x40 && c <= 0x4f:
		default:
			return false
		}
	}
	return false
}
