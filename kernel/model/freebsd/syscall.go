package freebsd

// The way into the kernel and out of it (syscallenter, syscallret of kern/subr_syscall.c), with
// the stops that a tracer asked for. Success has the carry flag clear, and two values; an error
// sets it.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// A call does one system call; its arguments are the six registers.
type call = func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno)

// row is a system call of the model.
type row struct {
	nr   int
	name string
	narg int
	do   call
}

// table is the calls by number.
var table [600]*row

// register puts rows into the table. Files of calls do it when they are loaded.
func register(rows []row) {
	for i := range rows {
		r := &rows[i]
		if table[r.nr] != nil {
			panic("freebsd: two rows for " + r.name)
		}
		table[r.nr] = r
	}
}

// argument registers of a call, in order.
var argRegs = [6]int{cpu.RDI, cpu.RSI, cpu.RDX, cpu.R10, cpu.R8, cpu.R9}

const (
	callLength  = 2 // bytes of the instruction
	nrSyscall   = 0
	nrIndirect  = 198
	nrExit      = 1
	nrExecve    = 59
	nrSigreturn = 417
	maxCall     = 599 // SYS_MAXSYSCALL of 15.0
)

// fetch reads the call's number and arguments (cpu_fetch_syscall_args): syscall(2) and
// __syscall(2) have the number of another as their first argument.
func fetch(t *kern.Thread) (a [6]uint64) {
	l := lwpOf(t)
	for i, r := range argRegs {
		a[i] = t.Regs.R[r]
	}
	l.code = uint32(t.Regs.R[cpu.RAX])
	if l.code == nrSyscall || l.code == nrIndirect {
		l.code = uint32(a[0])
		copy(a[:], a[1:])
		a[5] = 0
		if v, e := t.Word(t.Regs.R[cpu.RSP] + 8); e == errno.OK {
			a[5] = v
		}
	}
	l.narg, l.args = 0, [8]uint64{}
	if r := lookup(l.code); r != nil {
		l.narg = r.narg
	}
	copy(l.args[:], a[:min(l.narg, len(a))])
	return a
}

func lookup(nr uint32) *row {
	if nr < uint32(len(table)) {
		return table[nr]
	}
	return nil
}

// stale are r10 and r11 of the thread's trap frame, which the way into a call does not save: they are
// those of an earlier trap (syscall-many-args).
type stale struct{ r10, r11 uint64 }

// save makes the registers those of the trap frame in a call: rcx has the fourth argument.
func (l *lwp) save(r *cpu.State) {
	r.R[cpu.RCX] = r.R[cpu.R10]
	r.R[cpu.R10], r.R[cpu.R11] = l.stale.r10, l.stale.r11
	l.fast = true
}

// restore makes them those that the program has again. The short way back from a call restores those that
// it saved, but for r8 to r10, which no program may rely on; who asked for all registers (full) gets
// the frame.
func (l *lwp) restore(r *cpu.State) {
	l.stale = stale{r.R[cpu.R10], r.R[cpu.R11]}
	if l.fast {
		r.R[cpu.RCX], r.R[cpu.R11] = r.RIP, r.Flags
		r.R[cpu.R8], r.R[cpu.R9], r.R[cpu.R10] = 0, 0, 0
	}
	l.fast = false
}

// full has the thread get all of its trap frame (PCB_FULL_IRET).
func (l *lwp) full() { l.fast = false }

// syscall is what the instruction does.
func syscall(t *kern.Thread) {
	l, k := lwpOf(t), procOf(t.Proc)
	l.fromSC = true
	l.userWrite = false
	stepping := t.Regs.Flags&cpu.FlagTF != 0
	l.sce = k.traced
	a := fetch(t)
	l.save(&t.Regs)
	if k.stub && l.code != nrExecve {
		t.M.Stats.Untold++ // of a child from outside that is no program yet
	}
	l.err, l.shown, l.ret, l.direct, l.interrupt = 0, 0, [2]uint64{0, t.Regs.R[cpu.RDX]}, false, errno.ERESTART
	t.Call = kern.Call{Active: true, Nr: uint64(l.code), Args: a}
	l.asked = false
	if k.traced && k.events&raw.MaskSCE != 0 {
		ptraceStop(t, raw.SIGTRAP, nil)
	}
	if k.traced && !l.asked && (t.Killed() || k.wkilled) { // one that a SIGKILL was passed on to makes no stops and has no events
		t.M.Stats.Untold++
	}
	if t.Killed() {
		l.sce = false
		return
	}
	invoke(t, &a)
	t.Preempt()
	l.sce = false
	setReturn(t)
	if stepping && !t.Killed() { // before the exit stop, which shows it pending (step-syscall-sce-scx)
		traceTrap(t, 0)
	}
	leave(t)
}

// invoke does the call and notes what it returns.
func invoke(t *kern.Thread, a *[6]uint64) {
	l := lwpOf(t)
	r := lookup(l.code)
	if r == nil {
		noSuchCall(t)
		return
	}
	v, e := r.do(t, a)
	if e == errno.OK {
		l.ret[0] = v
	}
	if l.err = number(e); e.Restarts() && l.interrupt == errno.EINTR || e.Restarts() && e != errno.ERESTART {
		l.err = raw.EINTR
	}
	if l.direct {
		l.err = raw.EJUSTRETURN
	}
}

// noSuchCall is nosys(2): ENOSYS and SIGSYS (syscall-bad-number).
func noSuchCall(t *kern.Thread) {
	l := lwpOf(t)
	l.err = raw.ENOSYS
	post(t.Proc, t, kern.SigInfo{Signo: sigSYS, Origin: kern.FromKernel})
}

// setReturn puts what the call returns into the registers (cpu_set_syscall_retval).
func setReturn(t *kern.Thread) {
	l, r := lwpOf(t), &t.Regs
	switch l.err {
	case 0:
		r.R[cpu.RAX], r.R[cpu.RDX] = l.ret[0], l.ret[1]
		r.Flags &^= cpu.FlagCF
	case raw.ERESTART:
		r.RIP -= callLength
		r.R[cpu.R10] = r.R[cpu.RCX]
		l.full()
	case raw.EJUSTRETURN:
		l.full()
	default:
		r.R[cpu.RAX] = uint64(l.err)
		r.Flags |= cpu.FlagCF
	}
}

// leave is the way out of a call (syscallret): the exit stop, which an exec or a followed fork
// has too, and the wait of a vfork's parent.
func leave(t *kern.Thread) {
	l, k := lwpOf(t), procOf(t.Proc)
	if t.Killed() {
		return
	}
	if k.traced {
		l.scx = true
		if l.forked || l.exec || k.events&raw.MaskSCX != 0 {
			l.boundary = true
			ptraceStop(t, raw.SIGTRAP, nil)
			l.boundary = false
		}
	}
	l.scx, l.exec, l.forked = false, false, false
	if t.Killed() {
		return
	}
	awaitLent(t)
}
