package kern

// A thread's life: back to the program, a slice of instructions, what ended it.

import (
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/vm"
)

// Modeled durations, in ns.
const (
	callTime  = 100 // of a system call
	stepsOfNs = 2   // instructions a nanosecond
)

// main is a thread, from its first instruction to its end.
func (t *Thread) main() {
	t.State = Running
	t.Proc.Sys.Tracing.Started(t)
	for t.toUser() {
		t.user()
		if t.M.Unmodeled != nil {
			t.State = Stopped
			t.swtch()
		}
	}
	t.finish()
}

// user runs instructions until the budget is used up or a trap.
func (t *Thread) user() {
	m, p := t.M, t.Proc
	as := p.Space
	n := m.SliceMin
	if m.SliceMax > m.SliceMin {
		n += m.slice(m.SliceMax - m.SliceMin + 1)
	}
	trap := t.execute(as, n)
	m.Stats.Slices++
	if p.Job.Stopped {
		m.Stats.Astray++
	}
	spent := int64(trap.Steps/stepsOfNs+1) + m.SliceTime
	m.now += spent
	t.Usage.User += spent
	p.Usage.User += spent
	m.Stats.Instructions += uint64(trap.Steps)
	t.trap(&trap)
	p.tick()
}

// slice chooses a budget: often a small one, as there is where races are.
func (m *Machine) slice(n int) int {
	k := m.Chooser.Choose(n)
	if m.Chooser.Chance(48) {
		k %= 8
	}
	return k
}

// execute runs instructions on the address space's processor.
func (t *Thread) execute(as *AddressSpace, n int) cpu.Trap {
	c := as.CPU
	c.State = t.Regs
	if t.M.Probes == nil {
		trap := c.Run(n)
		if t.M.AtPause && trap.Kind == cpu.Budget {
			trap = toPause(as, trap)
		}
		t.Regs = c.State
		return trap
	}
	steps := 0
	for {
		at := c.RIP
		trap := c.Run(1)
		steps += trap.Steps
		if probe := t.M.Probes[at]; probe != nil && trap.Steps == 1 && trap.Kind != cpu.Breakpoint {
			probe(t)
		}
		if trap.Kind != cpu.Budget || steps >= n {
			trap.Steps = steps
			t.Regs = c.State
			return trap
		}
	}
}

// toPause runs on to behind a pause, or else to the second jump (Config.AtPause).
func toPause(as *AddressSpace, trap cpu.Trap) cpu.Trap {
	c := as.CPU
	for i, jumps := 0, 0; trap.Kind == cpu.Budget && i < 16 && jumps < 2 && !paused(as, c.RIP); i++ {
		at, done := c.RIP, trap.Steps
		trap = c.Run(1)
		trap.Steps += done
		if c.RIP-at-1 >= 15 {
			jumps++
		}
	}
	return trap
}

// paused says whether there is a pause instruction before an address.
func paused(as *AddressSpace, rip uint64) bool {
	var b [2]byte
	return as.Peek(rip-2, b[:]) == 2 && b == [2]byte{0xf3, 0x90}
}

// trap acts on what ended a slice.
func (t *Thread) trap(trap *cpu.Trap) {
	s := t.Proc.Sys
	switch trap.Kind {
	case cpu.Budget:
		t.Usage.Preempted++
		t.Yield()
		return
	case cpu.Syscall:
		t.M.Stats.Calls++
		t.M.now += callTime
		t.Usage.System += callTime
		t.Proc.Usage.System += callTime
		t.Preempt()
		s.Syscall(t)
		return
	case cpu.Interrupt:
		if s.Gate != nil {
			s.Gate(t, trap.Vector)
			return
		}
	case cpu.Unsupported:
		t.M.lacks(t, SigInfo{Signo: s.Sig.ILL, Origin: FromFault, Reason: BadOpcode, Addr: t.Regs.RIP}, "instruction %s (% x)", trap.Name, trap.Code)
		return
	}
	switch t.Last = *trap; trap.Kind {
	case cpu.Breakpoint, cpu.Debug, cpu.Interrupt:
	default: // faults: the instruction is begun again, past the breakpoint that it had (Intel SDM vol. 3B, 18.3.1.1)
		t.Regs.Flags |= cpu.FlagRF
	}
	if s.Tracing.Trap(t, trap) {
		t.Force(t.FaultInfo(trap))
		t.Preempt() // an interrupt by the tracer may be told before the trap
	}
}

// debugStep is DR6's BS: a single step.
const debugStep = 1 << 14

// FaultInfo is the signal that a trap becomes.
func (t *Thread) FaultInfo(trap *cpu.Trap) SigInfo {
	s := t.Proc.Sys.Sig
	info := SigInfo{Origin: FromFault, Addr: t.Regs.RIP}
	switch trap.Kind {
	case cpu.PageFault:
		t.M.Stats.Faults++
		t.Proc.Usage.Faults++
		info.Addr = trap.Addr
		info.Signo, info.Reason = s.SEGV, NotMapped
		switch t.Proc.Space.Why(trap.Addr, trap.Access) {
		case vm.Protected:
			info.Reason = NotAllowed
		case vm.Beyond:
			info.Signo, info.Reason = s.BUS, NotThere
		case vm.Exhausted:
			info = SigInfo{Signo: s.KILL, Origin: FromKernel}
		case vm.None: // it was repaired meanwhile: the access is made again
		}
	case cpu.Divide:
		info.Signo, info.Reason = s.FPE, DivideByZero
	case cpu.Undefined:
		info.Signo, info.Reason = s.ILL, BadOpcode
	case cpu.StackFault:
		info.Signo, info.Reason, info.Addr = s.BUS, StackSegment, 0
	case cpu.Alignment:
		info.Signo, info.Reason, info.Addr = s.BUS, Misaligned, 0
	case cpu.Breakpoint:
		info.Signo, info.Reason, info.Addr = s.TRAP, HitBreakpoint, 0
	case cpu.Debug:
		info.Signo, info.Reason = s.TRAP, SteppedOne
		if trap.DR6 != 0 && trap.DR6&debugStep == 0 {
			info.Reason = HitDebugReg
		} else if trap.DR6 == 0 {
			info.Reason = Icebp
		}
	default:
		info.Signo, info.Reason, info.Addr = s.SEGV, GeneralProtection, 0
	}
	return info
}
