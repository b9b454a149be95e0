package linux

// The way into the kernel and out of it: entry_64.S and the generic entry code, with the
// stops that a tracer asked for.

import (
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/syscalls"
)

// A call does one system call; its arguments are the six registers.
type call func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno)

// row is a system call of the model, by the name that the number table has for it.
type row struct {
	name string
	do   call
}

// table is the calls by number.
var table [512]call

// register puts rows into the table. Files of calls do it when they are loaded.
func register(rows []row) {
	for _, r := range rows {
		nr, ok := numbers[r.name]
		if !ok {
			panic("linux: no system call is called " + r.name)
		}
		if table[nr] != nil {
			panic("linux: two rows for " + r.name)
		}
		table[nr] = r.do
	}
}

// numbers are x86-64's, by name.
var numbers = func() map[string]int {
	all := map[string]int{}
	for nr := range uint64(len(table)) {
		if sig := syscalls.X8664.Lookup(nr); sig != nil {
			all[sig.Name] = int(nr)
		}
	}
	return all
}()

// argument registers of a call, in order.
var argRegs = [6]int{cpu.RDI, cpu.RSI, cpu.RDX, cpu.R10, cpu.R8, cpu.R9}

func arguments(t *kern.Thread) (a [6]uint64) {
	for i, r := range argRegs {
		a[i] = t.Regs.R[r]
	}
	return a
}

const (
	flagTF     = cpu.FlagTF
	enosys     = ^uint64(37) // -ENOSYS
	nrRestart  = 219
	callLength = 2 // bytes of the instruction
)

// syscall is what the instruction does.
func syscall(t *kern.Thread) {
	k := taskOf(t)
	nr := t.Regs.R[cpu.RAX]
	t.Regs.R[cpu.RAX] = enosys
	k.enter(t, nr)
	if k.traceCalls || k.emulate {
		t.Regs.Flags = t.Regs.R[cpu.R11] // what sysret would bring back is what a tracer sees
		if k.syscallEntry(t); t.Killed() {
			return
		}
		if k.emulated {
			k.emulated = false
			return
		}
		nr = k.orig
	}
	if int64(nr) != -1 {
		if do := lookup(nr); do != nil {
			t.Call.Nr, t.Call.Args = nr, arguments(t)
			v, e := do(t, &t.Call.Args)
			if !k.returned {
				setResult(t, v, e)
			}
			k.returned = false
		} else {
			setResult(t, 0, errno.ENOSYS)
		}
	}
	t.Preempt()
	k.leave(t)
}

// enter notes that the thread is in a call.
func (k *task) enter(t *kern.Thread, nr uint64) {
	k.orig = nr
	t.Call = kern.Call{Active: true, Nr: nr, Args: arguments(t)}
}

// leave is the way out: the exit stop, or the trap of a step that began at the instruction.
func (k *task) leave(t *kern.Thread) {
	switch {
	case k.exitTrap && !t.Killed():
		if k.traceCalls {
			// a step takes the place of the exit stop
		}
		t.Force(kern.SigInfo{Signo: System.Sig.TRAP, Origin: kern.FromFault, Reason: kern.SteppedCall, Addr: t.Regs.RIP})
	case k.traceCalls && !t.Killed():
		k.syscallExit(t)
	}
}

func lookup(nr uint64) call {
	if nr < uint64(len(table)) {
		return table[nr]
	}
	return nil
}

// setResult puts what a call returns into rax: the value, or minus the errno.
func setResult(t *kern.Thread, v uint64, e errno.Errno) {
	if e != errno.OK {
		v = -uint64(errnos[e])
	}
	t.Regs.R[cpu.RAX] = v
}

// gate is int $0x80: 32-bit calls, of which the model has none.
func gate(t *kern.Thread, vector uint8) {
	if vector == 0x80 {
		k := taskOf(t)
		k.enter(t, uint64(uint32(t.Regs.R[cpu.RAX])))
		t.Regs.R[cpu.RAX] = enosys
		if k.exitTrap {
			k.leave(t)
		}
		return
	}
	t.Force(kern.SigInfo{Signo: System.Sig.SEGV, Origin: kern.FromKernel})
}

// restart settles an interrupted call (arch_do_signal_or_restart).
func restart(t *kern.Thread, a *kern.Action) {
	k := taskOf(t)
	if !t.Call.Active || int64(k.orig) == -1 {
		return
	}
	again := true
	switch -int64(t.Regs.R[cpu.RAX]) {
	case int64(errnos[errno.ERESTART]):
		again = a == nil || a.Flags&kern.SARestart != 0
	case int64(errnos[errno.ERESTARTNOINTR]):
	case int64(errnos[errno.ERESTARTNOHAND]):
		again = a == nil
	case int64(errnos[errno.ERESTARTBLOCK]):
		if again = a == nil; again {
			t.Regs.R[cpu.RAX] = nrRestart
			t.Regs.RIP -= callLength
			t.Call.Active = false
			return
		}
	default:
		return
	}
	t.Call.Active = false
	if !again {
		t.Regs.R[cpu.RAX] = -uint64(errnos[errno.EINTR])
		return
	}
	t.Regs.R[cpu.RAX] = k.orig
	t.Regs.RIP -= callLength
}

// sysRestart is restart_syscall(2).
func sysRestart(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	if f := taskOf(t).restart; f != nil {
		return f(t)
	}
	return 0, errno.EINTR
}
