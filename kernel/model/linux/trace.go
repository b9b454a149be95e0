package linux

// Where a tracee stops, and what it and its tracer know of each other: kernel/ptrace.c and
// kernel/signal.c of Linux as ptrace(2) describes them.
//
// A tracee is a thread, and so is its tracer. A stop is a thread parked in the state Traced;
// code is the status it reports once, and after it the signal that the tracer gave it back.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// Events (ptrace(2), PTRACE_O_TRACE...), and the bits of options that ask for them.
const (
	evFork = 1 + iota
	evVfork
	evClone
	evExec
	evVforkDone
	evExit
	evSeccomp
	evStop = 128

	optSysGood          = 1
	optExitKill         = 1 << 20
	optSuspendSeccomp   = 1 << 21
	optMask             = 0xff | optExitKill | optSuspendSeccomp
	siTrapBranch        = 3
	callEntry, callExit = 1, 2
)

// traced is a thread's part in tracing: as a tracee, and as a tracer.
type traced struct {
	tracer  *kern.Thread // nil: it is not traced
	seized  bool
	options uint64
	mayAll  bool // its tracer was the superuser when it attached

	traceCalls bool // it stops at system calls (PTRACE_SYSCALL)
	emulate    bool // PTRACE_SYSEMU
	emulated   bool
	exitTrap   bool // a step ends with the call it is in
	step       bool // TIF_SINGLESTEP
	forced     bool // TIF_FORCED_TF: the trap flag is ours
	dr6        uint64
	dr7        uint64 // as it was written; a forked child has it to look at

	code    int           // of the stop, until it is reported; then the tracer's answer
	told    bool          // somebody asked what call the stop is for
	untold  bool          // nobody did for the last one
	info    *kern.SigInfo // of the stop; nil for a group stop
	message uint64        // PTRACE_GETEVENTMSG
	inCall  int           // callEntry, callExit while in such a stop

	trapStop, trapNotify bool // it is to stop, for INTERRUPT or a group stop; for a change of one
	listening            bool
	eventStop            bool // in a stop of PTRACE_EVENT_STOP
	handlerStep          bool // a step entered a handler

	scan     []candidate // of its last wait, to be used again
	returned bool        // the call has set the registers itself
	tracees  []*kern.Thread
}

// tracing is Linux's kern.Tracing.
type tracing struct{}

func (tracing) Traced(t *kern.Thread) bool { return taskOf(t).tracer != nil }

// tracerOf is the id of the thread that traces a thread, 0 if none does.
func tracerOf(t *kern.Thread) int {
	if tr := taskOf(t).tracer; tr != nil {
		return tr.TID
	}
	return 0
}

// link makes a thread a tracee.
func (k *task) link(t, tracer *kern.Thread, options uint64, seized bool) {
	k.tracer, k.options, k.seized = tracer, options, seized
	k.mayAll = tracer.Cred().Super()
	tr := taskOf(tracer)
	tr.tracees = append(tr.tracees, t)
}

// unlink ends that (__ptrace_unlink). The thread goes on: it takes part in the stop its
// process is in, if it is.
func (k *task) unlink(t *kern.Thread) {
	tr := taskOf(k.tracer)
	tr.tracees = slices.DeleteFunc(tr.tracees, func(x *kern.Thread) bool { return x == t })
	stopped := t.State == kern.Traced
	k.tracer, k.options, k.seized = nil, 0, false
	k.traceCalls, k.emulate, k.trapStop, k.trapNotify, k.listening = false, false, false, false, false
	t.Noticed()
	t.Rejoin()
	if stopped {
		t.Unpark()
	}
}

// stop stops the thread for its tracer (ptrace_stop) and is what the tracer answers: a signal.
func (k *task) stop(t *kern.Thread, code int, why kern.Reason, info *kern.SigInfo) int {
	if k.untold = k.tracer != nil; k.tracer == nil || t.Killed() && !t.Exiting {
		return 0
	}
	allStopped := false
	if why == kern.ChildStopped {
		allStopped = t.TakePart()
	}
	k.trapStop = false // any stop will do
	if k.eventStop {
		k.trapNotify = false
	}
	k.settleNotice(t)
	k.code, k.info, k.told = code, info, false
	t.State = kern.Traced
	tellTracer(t, why, code)
	if allStopped && k.tracer.Proc != t.Proc.Parent {
		t.Proc.TellStopped()
	} else if allStopped {
		t.Proc.Waiting.Wake()
	}
	t.M.Logf("thread %d stops: %#x", t.TID, code)
	t.Park(kern.Traced, "ptrace")
	k.untold = !k.told
	answer := k.code
	k.code, k.info, k.message = 0, nil, 0
	k.listening, k.eventStop, k.inCall = false, false, 0
	if t.Killed() && !t.Exiting {
		return 0
	}
	return answer
}

// settleNotice takes back what made the thread look here.
func (k *task) settleNotice(t *kern.Thread) {
	if !k.trapStop && !k.trapNotify {
		t.Noticed()
	}
}

// tellTracer sends SIGCHLD for a stop and wakes the tracer's wait.
func tellTracer(t *kern.Thread, why kern.Reason, code int) {
	k := taskOf(t)
	tracer := k.tracer.Proc
	status := code & 0x7f
	if why == kern.ChildStopped {
		status = t.Proc.Job.Sig & 0x7f
	}
	if a := tracer.Actions.Get(System.Sig.CHLD); a.Flags&kern.SANoCldStop == 0 && a.Handler != kern.Ignored {
		t.M.Post(tracer, kern.SigInfo{Signo: System.Sig.CHLD, Origin: kern.FromChild, Reason: why, PID: t.TID, UID: t.Cred().UID,
			Status: status, User: t.Proc.Usage.User, System: t.Proc.Usage.System})
	}
	tracer.Waiting.Wake()
}

// notify is a stop with SIGTRAP and a siginfo of the kernel's (ptrace_notify).
func (k *task) notify(t *kern.Thread, sig, code int, why kern.Reason, message uint64) int {
	k.message = message
	info := &kern.SigInfo{Signo: sig, Origin: kern.FromRaw, Code: int32(code), PID: t.TID, UID: t.Cred().UID}
	return k.stop(t, code, why, info)
}

// event is a stop that an option asked for.
func (k *task) event(t *kern.Thread, ev int, message uint64) {
	if k.options>>ev&1 != 0 && k.tracer != nil {
		k.notify(t, System.Sig.TRAP, ev<<8|System.Sig.TRAP, kern.ChildTrapped, message)
	}
}

// wants says whether the thread's tracer asked for an event.
func (k *task) wants(ev int) bool { return k.tracer != nil && k.options>>ev&1 != 0 }

// callStop is a stop at a system call; a signal that the tracer answers is sent.
func (k *task) callStop(t *kern.Thread, which int) {
	if which == callEntry {
		defer func() {
			if k.untold {
				t.M.Stats.Untold++
			}
		}()
	}
	code := System.Sig.TRAP
	if k.options&optSysGood != 0 {
		code |= 0x80
	}
	k.inCall = which
	if sig := k.notify(t, System.Sig.TRAP, code, kern.ChildTrapped, uint64(which)); sig != 0 {
		t.M.PostThread(t, kern.SigInfo{Signo: sig, Origin: kern.FromKernel})
	}
}

func (k *task) syscallEntry(t *kern.Thread) {
	emulate := k.emulate
	k.callStop(t, callEntry)
	k.emulated = emulate
}

func (k *task) syscallExit(t *kern.Thread) { k.callStop(t, callExit) }

// Before does what the tracer or job control asked of the thread (do_jobctl_trap).
func (tracing) Before(t *kern.Thread) bool {
	k := taskOf(t)
	if k.tracer == nil {
		t.Noticed()
		return false
	}
	sig, pending := t.StopPending()
	if pending && !k.trapStop {
		k.trapStop = true
	}
	if !k.trapStop && !k.trapNotify {
		t.Noticed()
		return false
	}
	if !k.seized {
		k.stop(t, sig, kern.ChildStopped, nil)
		return true
	}
	if !t.Proc.Stopping() {
		sig = System.Sig.TRAP
	} else if sig = t.StopSignal(); sig == 0 {
		sig = t.Proc.Job.Sig
	}
	k.eventStop = true
	k.notify(t, sig, evStop<<8|sig, kern.ChildStopped, 0)
	return true
}

// Signal is the signal-delivery-stop.
func (tracing) Signal(t *kern.Thread, info *kern.SigInfo) bool {
	k := taskOf(t)
	sig := k.stop(t, info.Signo, kern.ChildTrapped, info)
	if sig == 0 {
		return false
	}
	if sig != info.Signo {
		by := kern.SigInfo{Signo: sig, Origin: kern.FromUser}
		if k.tracer != nil {
			by.PID, by.UID = k.tracer.Proc.PID, k.tracer.Cred().UID
		}
		*info = by
	}
	return true
}

// Handler stops a thread whose step entered a handler.
func (tracing) Handler(t *kern.Thread) {
	k := taskOf(t)
	if k.handlerStep {
		k.handlerStep = false
		k.notify(t, System.Sig.TRAP, System.Sig.TRAP, kern.ChildTrapped, 0)
	}
}

// Started: what a new tracee is to stop for is pending already, and it may be long in coming to it.
func (tracing) Started(t *kern.Thread) {
	t.Linger()
	if t.SetTID != 0 {
		t.Put32(t.SetTID, uint32(t.TID))
	}
}

// Exec is the event, or the SIGTRAP of old.
func (tracing) Exec(t *kern.Thread, former int) {
	k := taskOf(t)
	k.dr6, k.dr7 = 0, 0
	t.Regs.DR = [8]uint64{}
	switch {
	case k.tracer == nil:
	case k.wants(evExec):
		k.event(t, evExec, uint64(former))
	case !k.seized:
		t.M.PostThread(t, kern.SigInfo{Signo: System.Sig.TRAP, Origin: kern.FromUser, PID: t.Proc.PID, UID: t.Cred().UID})
	}
}

func (tracing) Exiting(t *kern.Thread) {
	taskOf(t).event(t, evExit, uint64(t.Exit().Status()))
}

// Ended tells the tracer of the end of a thread, and keeps it until the tracer has waited for
// it, unless it ignores SIGCHLD.
func (tracing) Ended(t *kern.Thread) bool {
	k := taskOf(t)
	if k.tracer == nil {
		return false
	}
	if t == t.Proc.Leader {
		if len(t.Proc.Threads) > 1 {
			tellEnd(t)
		}
		return true
	}
	if tellEnd(t) {
		k.unlink(t)
		return false
	}
	return true
}

// Alone tells the tracer of the end of a process.
func (tracing) Alone(t *kern.Thread) {
	k := taskOf(t)
	if tellEnd(t) {
		k.unlink(t)
		t.Proc.Settle()
	}
}

// tellEnd sends the tracer SIGCHLD for a thread that ended, and says whether it ignores it.
func tellEnd(t *kern.Thread) (ignored bool) {
	tracer := taskOf(t).tracer.Proc
	a := tracer.Actions.Get(System.Sig.CHLD)
	info := t.Proc.EndInfo()
	info.PID = t.TID
	if a.Handler != kern.Ignored {
		t.M.Post(tracer, info)
	}
	tracer.Waiting.Wake()
	return a.Handler == kern.Ignored || a.Flags&kern.SANoCldWait != 0
}

// Dropped ends the tracing of a thread that is no more: an exec takes a dead leader away
// before its tracer has heard of it.
func (tracing) Dropped(t *kern.Thread) {
	if k := taskOf(t); k.tracer != nil {
		k.unlink(t)
	}
}

// Departed lets go of a tracer's tracees (exit_ptrace).
func (tracing) Departed(t *kern.Thread) {
	k := taskOf(t)
	for _, c := range slices.Clone(k.tracees) {
		kc := taskOf(c)
		kill := kc.options&optExitKill != 0
		kc.unlink(c)
		if kill {
			t.M.PostThread(c, kern.SigInfo{Signo: System.Sig.KILL, Origin: kern.FromKernel})
		}
		if c.State == kern.Dead {
			freeDead(c)
		}
	}
}

// freeDead is what becomes of a dead thread that is no longer traced.
func freeDead(c *kern.Thread) {
	if c != c.Proc.Leader {
		c.M.Forget(c)
		return
	}
	c.Proc.Settle()
}

// JobStops has a seized thread look, in a stop it listens in too.
func (tracing) JobStops(t *kern.Thread) {
	if k := taskOf(t); k.tracer != nil && k.seized {
		k.notice(t)
	}
}

func (tracing) JobContinues(t *kern.Thread) {
	if k := taskOf(t); k.tracer != nil && k.seized {
		k.notice(t)
	}
}

// notice is ptrace_trap_notify.
func (k *task) notice(t *kern.Thread) {
	k.trapNotify = true
	k.look(t)
}

// look wakes the thread to see what is asked of it.
func (k *task) look(t *kern.Thread) {
	t.Notice()
	if k.listening && t.State == kern.Traced {
		t.Unpark()
	}
}

// Privileged: a tracer without privileges does not get hold of a program with them.
func (tracing) Privileged(t *kern.Thread) bool {
	k := taskOf(t)
	return k.tracer == nil || k.mayAll
}

// traceFork links a new thread or process to its maker's tracer, if that one asked for it,
// and is the event to report, 0 if none is (kernel_clone, ptrace_init_task).
func traceFork(t, child *kern.Thread, flags uint64) (event int) {
	const cloneVfork, cloneUntraced, clonePtrace = 0x4000, 0x00800000, 0x2000
	k, c := taskOf(t), taskOf(child)
	if flags&cloneUntraced == 0 {
		switch {
		case flags&cloneVfork != 0:
			event = evVfork
		case flags&0xff != uint64(System.Sig.CHLD):
			event = evClone
		default:
			event = evFork
		}
		if !k.wants(event) {
			event = 0
		}
	}
	if k.tracer == nil || event == 0 && flags&clonePtrace == 0 {
		return event
	}
	c.link(child, k.tracer, k.options, k.seized)
	if k.seized {
		c.trapStop = true
		child.Notice()
	} else {
		child.PendStop()
	}
	return event
}

// reportFork is the maker's event.
func reportFork(t *kern.Thread, event int, child int) {
	if event != 0 {
		taskOf(t).event(t, event, uint64(child))
	}
}

func reportVforkDone(t *kern.Thread, child int) { taskOf(t).event(t, evVforkDone, uint64(child)) }

// mayTrace is ptrace_may_access of a thread by another: EPERM or OK.
func mayTrace(by, t *kern.Thread) errno.Errno {
	if by.Proc == t.Proc {
		return errno.OK
	}
	c, o := by.Cred(), t.Cred()
	if c.Super() {
		return errno.OK
	}
	if c.UID != o.EUID || c.UID != o.SUID || c.UID != o.UID || c.GID != o.EGID || c.GID != o.SGID || c.GID != o.GID ||
		t.Proc.Undumpable {
		return errno.EPERM
	}
	return errno.OK
}
