package svr4

// Where an lwp stops: for /proc on events of interest (proc(5), PCSTOP and the messages after
// it), for ptrace(2) by signals. It stays as it is until PCRUN, or request 7 or 9.

import (
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// stop stops the lwp on an event of interest.
func (l *lwp) stop(t *kern.Thread, why, what int) { l.halt(t, why, what, true) }

// halt stops the lwp; of an event that /proc is not interested in, a signal under ptrace(2)
// alone, only the parent is told.
func (l *lwp) halt(t *kern.Thread, why, what int, event bool) {
	if t.Killed() {
		return
	}
	k := processOf(t.Proc)
	l.halted, l.event, l.why, l.what, l.stamp = true, event, int16(why), int16(what), t.M.Now()
	l.unstep(t)
	if why == proc.Requested {
		l.directed, l.together = false, false
	}
	if why != proc.Requested && k.modes&proc.ModeAsync == 0 {
		stopOthers(t)
	}
	t.State = kern.Traced
	if l.untold = why == proc.Signalled && k.modes&proc.ModePtrace != 0; l.untold {
		tellParent(t, what)
	}
	t.M.Logf("lwp %d/%d stops: %d %d", t.Proc.PID, l.id, why, what)
	worldOf(t.M).events.Wake()
	t.CountStopped()
	t.Park(kern.Traced, "stopped")
	l.halted, l.event, l.untold = false, false, false
	t.Rejoin() // the stop of its process that it counted for
}

// stopOthers directs the other lwps to stop with this one: without asynchronous-stop all do.
func stopOthers(t *kern.Thread) {
	for _, o := range t.Proc.Threads {
		if ol := lwpOf(o); o != t && o.Alive() && !ol.halted {
			ol.together = true
			o.Notice()
		}
	}
}

// tellParent sends the parent SIGCHLD for a stop under ptrace(2), and wakes its wait.
func tellParent(t *kern.Thread, sig int) {
	parent := t.Proc.Parent
	if parent == nil {
		return
	}
	if a := parent.Actions.Get(System.Sig.CHLD); a.Flags&kern.SANoCldStop == 0 {
		t.M.Post(parent, kern.SigInfo{Signo: System.Sig.CHLD, Origin: kern.FromChild, Reason: kern.ChildTrapped, PID: t.Proc.PID,
			UID: t.Proc.Cred.UID, Status: sig, User: t.Proc.Usage.User, System: t.Proc.Usage.System})
	}
	parent.Waiting.Wake()
}

// restep and unstep set and clear the trap flag that is the step's.
func (l *lwp) restep(t *kern.Thread) {
	l.step = true
	if t.Regs.Flags&flagTF == 0 {
		l.forced = true
		t.Regs.Flags |= flagTF
	}
}

func (l *lwp) unstep(t *kern.Thread) {
	l.step = false
	if l.forced {
		l.forced = false
		t.Regs.Flags &^= flagTF
	}
}

// tracing is SVR4's kern.Tracing: of what the core makes of tracers, SVR4 has only the places
// where an lwp may stop.
type tracing struct{ kern.Untraced }

// TracerOf tells who traces an lwp's process: by a file of /proc, or as its parent.
func (tracing) TracerOf(t *kern.Thread) int {
	k := processOf(t.Proc)
	if !k.traces() && !lwpOf(t).event {
		return 0
	}
	for _, h := range k.handles {
		if h.write && !h.own && !h.invalid {
			return h.by
		}
	}
	switch {
	case k.modes&proc.ModePtrace != 0 && t.Proc.Parent != nil:
		return t.Proc.Parent.PID
	case k.modes&proc.ModeFork != 0 && len(k.handles) == 0: // not opened yet
		return k.heir
	}
	return 0
}

// traces says whether anything is traced.
func (k *process) traces() bool {
	return !k.sigs.Empty() || k.faults != proc.FltSet{} || k.entry != proc.SysSet{} || k.exit != proc.SysSet{} || k.modes&proc.ModePtrace != 0
}

// shows says whether a signal stops the lwp before it is acted on.
func shows(t *kern.Thread, sig int) bool {
	k := processOf(t.Proc)
	return sig != System.Sig.KILL && (k.sigs.Has(sig) || k.modes&proc.ModePtrace != 0)
}

// Before does what a directive or lwp_suspend(2) asked of the lwp.
func (tracing) Before(t *kern.Thread) bool {
	l := lwpOf(t)
	t.Noticed()
	switch {
	case l.directed, l.together:
		l.stop(t, proc.Requested, 0)
	case l.began:
		l.begin(t)
	case l.suspended:
		l.halt(t, proc.Suspended, 0, false)
	default:
		return false
	}
	return true
}

// Signal is the stop on receipt of a signal. What is current then goes on being it.
func (tracing) Signal(t *kern.Thread, info *kern.SigInfo) bool {
	l, k := lwpOf(t), processOf(t.Proc)
	t.Current = info
	l.halt(t, proc.Signalled, info.Signo, k.sigs.Has(info.Signo))
	if t.Current == nil {
		return false
	}
	*info, t.Current = *t.Current, nil
	return true
}

// Handler: a step that entered a handler is done.
func (tracing) Handler(t *kern.Thread) {
	if l := lwpOf(t); l.step {
		l.traced(t)
	}
}

// Started is an lwp's beginning: at the exit from the call that made it.
func (tracing) Started(t *kern.Thread) {
	l, k := lwpOf(t), processOf(t.Proc)
	if k.modes&proc.ModeAsync == 0 {
		for _, o := range t.Proc.Threads {
			ol := lwpOf(o)
			l.together = l.together || o != t && ol.halted && ol.event
		}
	}
	if l.call != 0 && k.exit.Has(l.call) {
		l.stop(t, proc.SysExit, l.call)
	}
	l.call, t.Call.Active = 0, false
}

// Exec: of the process one lwp is left, number 1, and the areas were of the old memory. What a
// tracer may not see ends its right; under ptrace(2) there is SIGTRAP.
func (tracing) Exec(t *kern.Thread, _ int) {
	l, k := lwpOf(t), processOf(t.Proc)
	l.id, k.lastLWP, k.areas, k.lent, k.zombies = 1, 1, nil, false, nil
	l.context, l.trapno, l.errcode, l.fx = 0, 0, 0, newFX
	l.forced = false
	worldOf(t.M).events.Wake()
	if t.Proc.Undumpable {
		k.invalidate(t.Proc)
	}
	if k.modes&proc.ModePtrace != 0 {
		l.began = true
	}
}

// begin is the stop of a new program before its first instruction, for ptrace(2): SIGTRAP,
// whether or not it is blocked.
func (l *lwp) begin(t *kern.Thread) {
	l.began = false
	t.Current = &kern.SigInfo{Signo: System.Sig.TRAP, Origin: kern.FromUser, PID: t.Proc.PID, UID: t.Proc.Cred.UID}
	l.halt(t, proc.Signalled, System.Sig.TRAP, processOf(t.Proc).sigs.Has(System.Sig.TRAP))
}

// Privileged: ptrace(2) keeps exec from honouring set-user-id.
func (tracing) Privileged(t *kern.Thread) bool { return processOf(t.Proc).modes&proc.ModePtrace == 0 }

// Ended leaves what lwp_wait(2) is to find, and tells those who wait for events.
func (tracing) Ended(t *kern.Thread) bool {
	l, k := lwpOf(t), processOf(t.Proc)
	if !l.detached && len(k.zombies) < t.M.MaxThreads {
		k.zombies = append(k.zombies, l.id)
	}
	k.gone.Wake()
	worldOf(t.M).events.Wake()
	return false
}

// Dropped: a process may have been waited for.
func (tracing) Dropped(t *kern.Thread) { worldOf(t.M).events.Wake() }

// Departed: children that a process traces by ptrace(2) do not outlive it (exit of illumos).
func (tracing) Departed(t *kern.Thread) {
	if len(t.Proc.Living()) > 0 {
		return
	}
	for _, c := range t.Proc.Children {
		if processOf(c).modes&proc.ModePtrace != 0 {
			t.M.Post(c, kern.SigInfo{Signo: System.Sig.KILL, Origin: kern.FromKernel})
		}
	}
}

// faultOf are the faults by the processor's traps, with the vectors.
var faultOf = map[cpu.Kind]struct {
	fault  int
	vector uint64
}{
	cpu.Divide: {proc.FltIZDiv, 0}, cpu.Debug: {proc.FltTrace, 1}, cpu.Breakpoint: {proc.FltBpt, 3}, cpu.Undefined: {proc.FltIll, 6},
	cpu.StackFault: {proc.FltStack, 12}, cpu.Protection: {proc.FltBounds, 13}, cpu.PageFault: {proc.FltAccess, 14},
	cpu.Alignment: {proc.FltAccess, 17}, cpu.Watched: {proc.FltWatch, 14},
}

// Trap is a fault: the stop on it, if it is traced, and then its signal, unless the stop
// cleared it.
func (tracing) Trap(t *kern.Thread, trap *cpu.Trap) bool {
	l, k := lwpOf(t), processOf(t.Proc)
	f := faultOf[trap.Kind]
	l.trapno, l.errcode = f.vector, 0
	info := t.FaultInfo(trap)
	switch trap.Kind {
	case cpu.Watched:
		info = watchInfo(t, trap)
	case cpu.Debug:
		l.unstep(t)
	case cpu.Breakpoint:
		l.unstep(t)
		if k.modes&proc.ModeBptAdj != 0 {
			t.Regs.RIP--
		}
	case cpu.PageFault:
		if info.Signo == System.Sig.KILL { // no memory is left
			return true
		}
	}
	l.raise(t, f.fault, info)
	return false
}

// traced is the fault of a step that ended without the processor's trap.
func (l *lwp) traced(t *kern.Thread) {
	l.unstep(t)
	l.trapno = 1
	l.raise(t, proc.FltTrace, kern.SigInfo{Signo: System.Sig.TRAP, Origin: kern.FromFault, Reason: kern.SteppedOne, Addr: t.Regs.RIP})
}

// raise stops on a fault and sends its signal.
func (l *lwp) raise(t *kern.Thread, fault int, info kern.SigInfo) {
	l.fault, l.info = fault, encode(&info)
	l.info.PC = t.Regs.RIP
	if processOf(t.Proc).faults.Has(fault) {
		if l.stop(t, proc.Faulted, fault); t.Killed() {
			return
		}
		if l.fault == 0 {
			return
		}
	}
	l.fault = 0
	t.Force(info)
}
