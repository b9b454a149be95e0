package freebsd

// Stopping all of a process (sig_suspend_threads, thread_suspend_check, thread_unsuspend): a
// thread that sleeps is stopped where it is, and what it sleeps for may come meanwhile; one
// that runs stops when it comes to the edge of user mode, or to a sleep.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/kern"
)

// stopping says whether the process is stopped or stopping (P_SHOULDSTOP).
func (k *proc) stopping() bool { return k.stoppedSig || k.stoppedTrace }

// mustStop says whether the thread is not to go on to user mode.
func mustStop(t *kern.Thread) bool {
	k := procOf(t.Proc)
	return k.stopping() || k.traced && lwpOf(t).suspend
}

// sleeps says whether a thread is in a sleep that a stop leaves as it is: also that of a vfork
// parent, which no signal ends (attach-uninterruptible-vfork-parent).
func sleeps(t *kern.Thread) bool {
	return t.State == kern.Sleeping && (!t.Uninterruptible() || t.Why == lentWhy || t.Why == execWhy)
}

// What package kern calls the sleeps of a vfork parent, and of an exec for other threads to end.
const (
	lentWhy = "vfork"
	execWhy = "exec: other threads"
)

// suspendAll stops the threads that sleep; the others will see that they are to stop.
func suspendAll(p *kern.Proc) {
	for _, t := range p.Living() {
		if l := lwpOf(t); !l.suspended && sleeps(t) {
			l.suspended = true
			t.Hold()
		}
	}
}

// allSuspended says whether all threads of a process have stopped.
func allSuspended(p *kern.Proc) bool {
	if p.State >= kern.Zombie {
		return false
	}
	for _, t := range p.Living() {
		if !lwpOf(t).suspended {
			return false
		}
	}
	return true
}

// park stops the calling thread until its process goes on.
func park(t *kern.Thread) {
	l := lwpOf(t)
	l.suspended = true
	if allSuspended(t.Proc) {
		stoppedAll(t.Proc)
	}
	t.Park(kern.Traced, "stopped")
	l.suspended = false
}

// stoppedAll tells the parent, or the tracer, that all of the process has stopped
// (thread_stopped).
func stoppedAll(p *kern.Proc) {
	k := procOf(p)
	if !k.stoppedSig {
		return
	}
	k.waited = false
	why := kern.ChildStopped
	if k.traced {
		why = kern.ChildTrapped
	} else {
		p.Job.Stopped, p.Job.Sig = true, k.xsig
	}
	p.M.Logf("process %d stopped: signal %d", p.PID, k.xsig)
	tellParent(p, why, k.xsig)
}

// unsuspendAll lets the threads of a process go on, if it is not to stop.
func unsuspendAll(p *kern.Proc) {
	if procOf(p).stopping() {
		return
	}
	p.Job.Stopped, p.Job.Sig = false, 0
	for _, t := range p.Living() {
		if lwpOf(t).suspended {
			unsuspend(t)
		}
	}
}

// unsuspend lets one thread go on.
func unsuspend(t *kern.Thread) {
	l := lwpOf(t)
	l.suspended = false
	if t.Held() {
		t.Release()
		return
	}
	t.Unpark()
}

// parentOf is who waits for a process: its tracer, or its parent.
func parentOf(p *kern.Proc) *kern.Proc {
	if k := procOf(p); k.tracer != nil {
		return k.tracer
	}
	return p.Parent
}

// tellParent sends SIGCHLD for a stop or a continuation, and wakes who waits.
func tellParent(p *kern.Proc, why kern.Reason, status int) {
	q := parentOf(p)
	if q == nil {
		return
	}
	if q.Actions.Get(raw.SIGCHLD).Flags&kern.SANoCldStop == 0 {
		p.M.Post(q, kern.SigInfo{Signo: raw.SIGCHLD, Origin: kern.FromChild, Reason: why, PID: p.PID, UID: p.Cred.UID, Status: status,
			User: p.Usage.User, System: p.Usage.System})
	}
	q.Waiting.Wake()
}

// continuedChild notes that a process was continued, for WCONTINUED.
func continuedChild(p *kern.Proc) {
	procOf(p).continued = true
	tellParent(p, kern.ChildContinued, raw.SIGCONT)
}

// relink puts a process at the head of its parent's list of children, or its tracer's.
func relink(p *kern.Proc) {
	k, m := procOf(p), of(p.M)
	m.links++
	k.link, k.linkParent = m.links, parentOf(p)
}
