package tracer

// A thread steps under the processor's trap flag, and two instructions store the
// flags where the program can see them. The kernel hides the flag from its own
// interfaces and from signal frames, not from these.

import (
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
)

// fixup is what a step in progress will have left in the program.
type fixup struct {
	kind fixKind
	next uint64 // pc when the instruction has run; elsewhere it has not
}

type fixKind uint8

const (
	fixNone    fixKind = iota
	fixPushf           // the pushed flags
	fixSyscall         // r11, where syscall keeps the flags (Intel SDM vol. 2, SYSCALL)
)

// prepare looks at the instruction that a thread is about to step.
func (t *Tracer) prepare(th *Thread) {
	th.fix = fixup{}
	set, err := th.Regs(regs.General)
	if err != nil || set.G[regs.EFlags]&regs.FlagTF != 0 || th.Stop.Kind == kernel.SyscallEnter {
		return // the program's own flag: it sees what it set
	}
	var code [8]byte
	if restarting(set) { // the instruction is the syscall before pc
		th.fix = fixup{fixSyscall, set.PC()}
		return
	}
	n, _ := th.Process.ReadMem(set.PC(), code[:])
	kind, length := fixupOf(code[:n])
	th.fix = fixup{kind, set.PC() + uint64(length)}
}

// fixupOf recognises the two instructions; prefixes that make sense before them are
// operand size and REX.
func fixupOf(code []byte) (fixKind, int) {
	for i, b := range code {
		switch {
		case b == 0x66 || b&0xf0 == 0x40:
			continue
		case b == 0x9c:
			return fixPushf, i + 1
		case b == 0x0f && i+1 < len(code) && code[i+1] == 0x05:
			return fixSyscall, i + 2
		}
		return fixNone, 0
	}
	return fixNone, 0
}

// repair takes the flag out of where the step left it.
func (t *Tracer) repair(th *Thread) {
	fix := th.fix
	th.fix = fixup{}
	if fix.kind == fixNone || !th.at(fix.next) {
		return
	}
	set := &th.regs
	switch fix.kind {
	case fixSyscall:
		set.G[regs.R11] &^= regs.FlagTF
		th.dirty |= regs.General
	case fixPushf:
		var b [2]byte
		if n, _ := th.Process.ReadMem(set.SP(), b[:]); n == 2 {
			b[1] &^= regs.FlagTF >> 8
			th.Process.WriteMem(set.SP(), b[:])
		}
	}
}
