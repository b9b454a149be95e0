package freebsd

// A tracee's stop (ptracestop), and what the kernel does on the way for its tracer.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/kern"
)

// setTraced begins the tracing of a process (proc_set_traced). Its first stop is to come.
func setTraced(p, tracer *kern.Proc, stop bool) {
	k := procOf(p)
	k.traced, k.tracer, k.events = true, tracer, raw.MaskDefault
	k.firstStop = k.firstStop || stop
	relink(p)
}

// firstStop is the stop of an attach: it stops all threads where they are, and none is the one that
// reported: requests by the process are about the first (attach-running, attach-threads).
func firstStop(p *kern.Proc, sig int) {
	k := procOf(p)
	k.firstStop = false
	k.stoppedSig, k.stoppedTrace = true, true
	k.xsig, k.xthread = sig, nil
	suspendAll(p)
	if allSuspended(p) {
		stoppedAll(p)
	}
}

// ptraceStop stops the thread for its tracer, and is the signal the tracer gives it back, which
// is pending for the thread. One thread of a process is reported at a time: another stays in its stop until the process was resumed, and
// is then reported (two-threads-int3).
func ptraceStop(t *kern.Thread, sig int, info *kern.SigInfo) int {
	p, k, l := t.Proc, procOf(t.Proc), lwpOf(t)
	l.xsig = sig
	if info == nil || !info.FromTracer() {
		l.xsigStop = true
		for k.traced && l.xsigStop {
			if k.wkilled { // PT_KILL: whatever else was to be reported
				l.xsigStop, l.xsig, k.events = false, raw.SIGKILL, 0
				break
			}
			if p.Dying() && !l.exiting || t.Killed() && !l.exiting {
				l.xsigStop = false
				return 0
			}
			if l.firstStop || !k.firstStop && k.xthread == nil {
				k.xsig, k.xthread = sig, t
				l.firstStop, k.firstStop = false, false
				k.stoppedSig, k.stoppedTrace = true, true
				suspendAll(p)
			}
			l.stopFork = false
			if !rest(t) {
				break
			}
		}
	}
	return reinsert(t, sig, info)
}

// rest is how the thread waits in ptraceStop; false: the stop is over.
func rest(t *kern.Thread) bool {
	p, k, l := t.Proc, procOf(t.Proc), lwpOf(t)
	for {
		l.sswitch = true
		park(t)
		l.sswitch = false
		if l.remote != nil && !t.Killed() {
			l.remote.perform(t)
			continue
		}
		if k.xthread == t {
			k.xthread = nil
		}
		if !k.traced || t.Killed() && !l.exiting {
			return false
		}
		if !l.suspend {
			return true
		}
		if p.Dying() || t.Killed() { // P_SINGLE_EXIT, of an exec, too: it ends untold
			return false
		}
	}
}

// reinsert makes what the tracer answered pending.
func reinsert(t *kern.Thread, sig int, info *kern.SigInfo) int {
	l := lwpOf(t)
	if t.Killed() && l.xsig != raw.SIGKILL {
		return 0
	}
	if info != nil && sig == l.xsig {
		putBack(&t.Pending, *info, sig)
		return sig
	}
	if l.xsig == 0 {
		return 0
	}
	by := kern.SigInfo{Signo: l.xsig, Origin: kern.FromRaw}
	by.ByTracer()
	o := sigThread(t.Proc, l.xsig)
	if o == nil {
		return 0
	}
	post(t.Proc, o, by)
	if o != t {
		return 0
	}
	return l.xsig
}

// remote is something that the tracer has the stopped thread do.
type remote struct {
	do   func(t *kern.Thread)
	done bool
	by   *kern.Proc
}

// perform does it, in the thread.
func (r *remote) perform(t *kern.Thread) {
	r.do(t)
	r.done = true
	lwpOf(t).remote = nil
	r.by.Waiting.Wake()
}

// tracing is FreeBSD's kern.Tracing.
type tracing struct{ kern.Untraced }

// Traced says whether the end of a process is somebody else's to hear of than its parent.
func (tracing) Traced(t *kern.Thread) bool {
	k := procOf(t.Proc)
	return k.tracer != nil && k.tracer != t.Proc.Parent
}

// TracerOf tells who traces a thread's process.
func (tracing) TracerOf(t *kern.Thread) int {
	if k := procOf(t.Proc); k.traced && k.tracer != nil {
		return k.tracer.PID
	}
	return 0
}

// Started is fork_return: the first thing that a new thread does.
func (tracing) Started(t *kern.Thread) {
	k, l := procOf(t.Proc), lwpOf(t)
	switch {
	case l.stopFork:
		if !k.traced {
			l.stopFork = false
			return
		}
		l.child, l.scx, l.firstStop = true, true, true
		ptraceStop(t, raw.SIGSTOP, nil)
		l.child, l.scx = false, false
		l.fromSC = true
	case k.traced && k.events&raw.MaskSCX != 0 || l.born:
		l.scx = true
		ptraceStop(t, raw.SIGTRAP, nil)
		l.scx, l.born = false, false
		l.fromSC = true
	default:
		l.forget()
	}
}

// forget forgets the thread's last call.
func (l *lwp) forget() { l.code, l.narg, l.args = 0, 0, [8]uint64{} }

// Exec notes that the thread has a new program: the stop is on its way out of the call.
func (tracing) Exec(t *kern.Thread, _ int) {
	l := lwpOf(t)
	k := procOf(t.Proc)
	l.exec = k.traced && k.events&raw.MaskExec != 0
	l.direct = true
	if l.step {
		t.Regs.Flags |= cpu.FlagTF
	}
}

// Exiting reports the end of a thread (lwp-events, lwp-process-exit): not that of the one that
// ends the process, which waits for the others.
func (tracing) Exiting(t *kern.Thread) {
	p, k, l := t.Proc, procOf(t.Proc), lwpOf(t)
	l.suspended, l.xsigStop = false, false
	if k.exiter == t {
		awaitOthers(t)
		k.wexit = true
		return
	}
	if l.threadEnd {
		return // thr_exit(2) has told of it
	}
	l.forget()
	if k.traced && k.events&raw.MaskLWP != 0 && len(p.Living()) > 1 && k.tracer != nil && !k.wkilled {
		l.exiting = true
		ptraceStop(t, raw.SIGTRAP, nil)
		l.exiting = false
	}
	if k.xthread == t {
		k.xthread = nil
	}
}

// awaitOthers lets the other threads of a dying process end first.
func awaitOthers(t *kern.Thread) {
	l := lwpOf(t)
	for len(t.Proc.Living()) > 1 {
		l.suspended = true
		if allSuspended(t.Proc) {
			stoppedAll(t.Proc)
		}
		t.Park(kern.Stopped, "threxit")
	}
	l.suspended = false
}

// Ended tells that a thread is no more; its process's stop may be complete without it.
func (tracing) Ended(t *kern.Thread) bool {
	p, k := t.Proc, procOf(t.Proc)
	if k.xthread == t {
		k.xthread = nil
	}
	if p.State < kern.Zombie {
		if k.exiter != nil && k.exiter.State == kern.Stopped {
			k.exiter.Unpark()
		}
		if k.stopping() && len(p.Living()) > 0 && allSuspended(p) {
			stoppedAll(p)
		}
		for sig := 1; sig <= System.Sig.Max; sig++ {
			if p.Pending.Has(sig) {
				if o := sigThread(p, sig); o != nil {
					notify(o)
				}
			}
		}
		return false
	}
	k.traced, k.stoppedSig, k.stoppedTrace, k.wexit = false, false, false, true
	k.xsig = p.EndOf().Signal
	if p.EndOf().Core {
		k.xsig |= 0x80
	}
	return false
}

// Alone tells the tracer of the end of a process that is another's child.
func (tracing) Alone(t *kern.Thread) { tellEnd(t.Proc, procOf(t.Proc).tracer) }

func tellEnd(p, q *kern.Proc) {
	info := p.EndInfo()
	info.Signo = raw.SIGCHLD
	p.M.Post(q, info)
	q.Waiting.Wake()
}

// Departed lets go of the tracees of a debugger that ends: they are killed, unless
// kern.kill_on_debugger_exit says otherwise (debugger-dies-kill, debugger-dies-nokill-stopped).
func (tracing) Departed(t *kern.Thread) {
	q := t.Proc
	if len(q.Living()) > 0 {
		return
	}
	for _, c := range q.Children {
		if k := procOf(c); k.deathSignal != 0 && k.tracer != q && c.State < kern.Zombie { // PROC_PDEATHSIG_CTL
			post(c, nil, kern.SigInfo{Signo: k.deathSignal, Origin: kern.FromKernel})
		}
	}
	for _, p := range q.M.Procs() {
		k := procOf(p)
		if k.tracer != q {
			continue
		}
		k.tracer = nil
		relink(p)
		if !k.traced {
			if p.State == kern.Zombie {
				p.Settle()
			}
			continue
		}
		stopped := k.stopping()
		untrace(p)
		for _, t := range p.Threads {
			lwpOf(t).xsig = 0
		}
		if of(q.M).killOnExit {
			q.M.Post(p, kern.SigInfo{Signo: raw.SIGKILL, Origin: kern.FromKernel})
			k.stoppedSig, k.stoppedTrace = false, false
			unsuspendAll(p)
		} else if stopped {
			discard(p, kern.Of(raw.SIGTRAP))
			k.stoppedSig, k.stoppedTrace, k.waited = false, false, false
			unsuspendAll(p)
		}
	}
}

// untrace takes back what tracing a process set. A thread whose stop waits to be told has its signal
// still: at a detach it acts on it, and on the SIGTRAP of an event, too.
func untrace(p *kern.Proc) {
	k := procOf(p)
	k.traced, k.firstStop, k.events, k.xthread = false, false, 0, nil
	for _, t := range p.Threads {
		l := lwpOf(t)
		l.xsigStop, l.suspend, l.firstStop, l.born = false, false, false, false
	}
}

// Privileged says whether an exec may give privileges: not to who is traced, whoever traces it.
func (tracing) Privileged(t *kern.Thread) bool {
	k := procOf(t.Proc)
	return !k.noNewPrivs && !k.traced
}
