package svr4

// The way into the kernel and out of it, with the stops that a tracer asked for (illumos:
// pre_syscall, post_syscall). Arguments are in rdi, rsi, rdx, r10, r8, r9; carry says that a
// call failed, rax then has its errno, else its value, and rdx the second one.

import (
	"fmt"
	"strings"

	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/svr4/nr"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// table is the calls by number. What only tells a second value puts it into lwp.second.
var table [nr.MaxSyscall + 1]calls.Call

// register puts rows into the table. Files of calls do it when they are loaded.
func register(rows map[int]calls.Call) {
	for n, do := range rows {
		if nr.Find(n) == nil || table[n] != nil {
			panic(fmt.Sprintf("svr4: no row, or two, for call %d", n))
		}
		table[n] = do
	}
}

var argRegs = [6]int{cpu.RDI, cpu.RSI, cpu.RDX, cpu.R10, cpu.R8, cpu.R9}

const (
	flagTF     = cpu.FlagTF
	callLength = 2 // bytes of the instruction
	eRestart   = 91
)

// fetch takes the arguments from the registers.
func (l *lwp) fetch(t *kern.Thread) {
	for i, r := range argRegs {
		l.args[i] = t.Regs.R[r]
	}
	t.Call = kern.Call{Active: true, Nr: uint64(l.call), Args: l.args}
}

// syscall is what the instruction does.
func syscall(t *kern.Thread) {
	l, k := lwpOf(t), processOf(t.Proc)
	n := t.Regs.R[cpu.RAX]
	if l.forced { // what came with the step is not the program's
		t.Regs.R[cpu.R11] &^= flagTF
	}
	l.call = int(min(n, nr.MaxSyscall+1))
	l.err, l.v, l.second, l.skip, l.own, t.Abort = errno.OK, [2]uint64{}, 0, false, false, false
	l.fetch(t)
	if k.entry.Has(l.call) {
		l.seen = false
		if l.stop(t, proc.SysEntry, l.call); t.Killed() {
			if !l.seen {
				t.M.Stats.Untold++
			}
			return
		}
		l.fetch(t)
	}
	l.do(t)
	if t.Killed() {
		return
	}
	t.Preempt()
	l.leave(t)
}

// do makes the call and settles its result.
func (l *lwp) do(t *kern.Thread) {
	do := table[0]
	if l.call < len(table) {
		do = table[l.call]
	}
	switch {
	case l.skip:
		l.err = errno.EINTR
	case do == nil:
		l.err = errno.ENOSYS
		t.M.PostThread(t, kern.SigInfo{Signo: System.Sig.SYS, Origin: kern.FromKernel})
	default:
		a := l.args
		l.v[0], l.err = do(t, &a)
		l.v[1] = l.second
	}
	if t.Killed() || l.own {
		return
	}
	l.settle(t)
}

// settle puts the result into the registers. Whether an interrupted call is made again is
// known: the signal is current.
func (l *lwp) settle(t *kern.Thread) {
	r := &t.Regs
	if l.err.Restarts() && l.again(t) {
		l.err = errno.ERESTART
		r.RIP -= callLength
		r.R[cpu.RAX] = uint64(l.call)
		return
	}
	if t.Killed() {
		return
	}
	if l.err.Restarts() {
		l.err = errno.EINTR
	}
	if l.err != errno.OK {
		r.R[cpu.RAX] = uint64(errnos[l.err])
		r.Flags |= cpu.FlagCF
		l.v = [2]uint64{}
		return
	}
	r.R[cpu.RAX], r.R[cpu.RDX] = l.v[0], l.v[1]
	r.Flags &^= cpu.FlagCF
}

// again says whether an interrupted call is to be made again: after a handler with SA_RESTART,
// or when there is no signal to act on after all.
func (l *lwp) again(t *kern.Thread) bool {
	if t.Abort {
		return false
	}
	if t.Current == nil {
		t.Issue()
	}
	if t.Killed() || t.Current == nil || l.err == errno.ERESTARTNOINTR {
		return !t.Killed()
	}
	a := t.Proc.Actions.Get(t.Current.Signo)
	return l.err == errno.ERESTART && a.Handler > kern.Ignored && a.Flags&kern.SARestart != 0
}

// number is the errno as pr_errno has it.
func (l *lwp) number() int {
	switch {
	case l.err == errno.OK:
		return 0
	case l.err.Restarts():
		return eRestart
	}
	return errnos[l.err]
}

// leave is the way out: the exit stop, the wait for memory that was lent, and the trap of a
// step that the call was.
func (l *lwp) leave(t *kern.Thread) {
	if processOf(t.Proc).exit.Has(l.call) {
		l.stop(t, proc.SysExit, l.call)
	}
	if c := l.lent; c != nil && !t.Killed() {
		l.lent = nil
		l.awaitMemory(t, c)
	}
	l.call, t.Call.Active, t.Abort = 0, false, false
	if l.step && !t.Killed() {
		l.traced(t)
	}
	l.own = false
}

// callText is the call a thread is in, with its arguments.
func callText(t *kern.Thread) string {
	row := nr.Find(lwpOf(t).call)
	if row == nil {
		return fmt.Sprintf("syscall_%d", t.Call.Nr)
	}
	args := make([]string, min(row.Args, len(t.Call.Args)))
	for i := range args {
		args[i] = fmt.Sprintf("%#x", t.Call.Args[i])
	}
	return row.Name + "(" + strings.Join(args, ", ") + ")"
}
