package kern

// The way back to the program: what a thread does before it is in user mode again. It ends,
// stops, takes signals (issignal, postsig), or goes on with a call that one interrupted.

import (
	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel/model/errno"
)

// toUser is the way back to user mode. It is false if the thread ends instead.
func (t *Thread) toUser() bool {
	p := t.Proc
	switch {
	case p.Sys.ToUser != nil:
		return p.Sys.ToUser(t)
	case p.Sys.StopsAsleep:
		return t.deliver()
	}
	tracing := p.Sys.Tracing
	for !t.killed {
		p.announceJob()
		switch {
		case t.stopPending && !tracing.Traced(t):
			t.stopForJob()
			continue
		case tracing.Before(t):
			continue
		}
		info, ok := t.Dequeue(t.Mask)
		if !ok {
			p.Sys.Restart(t, nil)
			t.Call.Active = false
			if t.hasSaved {
				t.Unsuspend()
				continue // what that mask lets through
			}
			t.looks = false
			return true
		}
		t.stopTaken = true
		if info.Signo != p.Sys.Sig.KILL && tracing.Traced(t) && (!tracing.Signal(t, &info) || info.Signo == 0) {
			continue
		}
		if t.killed {
			break
		}
		if t.Mask.Has(info.Signo) { // the tracer made another of it
			t.M.PostThread(t, info)
			continue
		}
		if t.act(&info) {
			if tracing.Handler(t); t.killed {
				break
			}
		}
	}
	return false
}

// act does what a signal is for, and says whether a handler was entered.
func (t *Thread) act(info *SigInfo) bool {
	p, sig := t.Proc, info.Signo
	if t.M.Acted != nil {
		t.M.Acted(t, info)
	}
	a := p.Actions.Get(sig)
	switch a.Handler {
	case Ignored:
		return false
	case Default:
		t.byDefault(info)
		return false
	}
	act := *a
	if act.Flags&SAReset != 0 {
		a.Handler = Default
	}
	t.M.Stats.Handled++
	p.Sys.Restart(t, &act)
	old := t.Mask
	if t.hasSaved {
		old, t.hasSaved = t.saved, false
	}
	if !p.Sys.SendSig(t, &act, info, old) {
		t.Mask = old
		t.badFrame(sig)
		return false
	}
	mask := t.Mask.Or(act.Mask)
	if act.Flags&SANoDefer == 0 {
		mask = mask.With(sig)
	}
	t.SetMask(mask)
	return true
}

// badFrame is SIGSEGV for a stack that takes no signal frame; for SIGSEGV itself there is no
// handler any more.
func (t *Thread) badFrame(sig int) {
	s := t.Proc.Sys.Sig
	if sig == s.SEGV {
		t.Proc.Actions.Get(s.SEGV).Handler = Default
	}
	t.Force(SigInfo{Signo: s.SEGV, Origin: FromKernel})
}

// byDefault is a signal's default action.
func (t *Thread) byDefault(info *SigInfo) {
	p, sig := t.Proc, info.Signo
	switch p.Sys.Sig.Default(sig) {
	case abi.Ignore, abi.Continue:
	case abi.Stop:
		if sig != p.Sys.Sig.STOP && p.Group.Orphaned() {
			return // nobody of the session could continue it
		}
		if t.stopTaken {
			p.beginStop(sig, t)
		}
	case abi.Core:
		core := p.Limits[LimitCore].Cur != 0 && !p.Undumpable
		p.Terminate(End{Signal: sig, Core: core})
	default:
		p.Terminate(End{Signal: sig})
	}
}

// Suspend puts a mask in place until a handler has run (sigsuspend): the old one comes back
// with the return to user mode.
func (t *Thread) Suspend(mask Sigset) {
	t.saved, t.hasSaved = t.Mask, true
	t.SetMask(mask)
}

// Unsuspend ends a Suspend that no signal ended.
func (t *Thread) Unsuspend() {
	if t.hasSaved {
		t.hasSaved = false
		t.SetMask(t.saved)
	}
}

// SetMask puts a mask in place. Signals of the process that it keeps from this thread, which
// may have been woken for them, are for another.
func (t *Thread) SetMask(mask Sigset) {
	old := t.Mask
	t.Mask = mask.Minus(t.Proc.Sys.Sig.uncatched)
	t.looks = true
	t.retarget(t.Mask.Minus(old))
}

// WaitSignal is sigtimedwait: the next signal of a set that is pending or comes until then
// (0: never; in the past: now). EAGAIN: none came. EINTR: another did.
func (t *Thread) WaitSignal(set Sigset, until int64) (SigInfo, errno.Errno) {
	set = set.Minus(t.Proc.Sys.Sig.uncatched)
	others := Sigset{^uint64(0), ^uint64(0)}.Minus(set)
	t.looks = true
	if info, ok := t.Dequeue(others); ok {
		return info, errno.OK
	}
	if until != 0 && until <= t.M.now {
		return SigInfo{}, errno.EAGAIN
	}
	t.real, t.waiting = t.Mask, true
	t.Mask = t.Mask.Minus(set)
	e := t.Sleep("sigwait", until, &t.never)
	for e == errno.OK && t.stopsAsleep() {
		e = t.Sleep("sigwait", until, &t.never)
	}
	t.Mask, t.waiting, t.looks = t.real, false, true
	if info, ok := t.Dequeue(others); ok {
		return info, errno.OK
	}
	if e == errno.ETIMEDOUT {
		return SigInfo{}, errno.EAGAIN
	}
	return SigInfo{}, errno.EINTR
}

// waitsFor says whether the thread blocks the signal but for a WaitSignal.
func (t *Thread) waitsFor(sig int) bool { return t.waiting && t.real.Has(sig) }

// RealMask is the mask that the thread has but for a call that put another in its place, and
// whether there is such a call.
func (t *Thread) RealMask() (Sigset, bool) {
	switch {
	case t.hasSaved:
		return t.saved, true
	case t.waiting:
		return t.real, true
	}
	return t.Mask, false
}
