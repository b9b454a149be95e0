package kern

// How SVR4 finds signals (issig, psig): what stops a thread stops it where it is, in a sleep
// too, with which it goes on; and a sleep ends only for a signal that is to be acted on, the
// current one.

import "github.com/trapline/trapline/abi"

// Issue does what is asked of the thread and finds the signal to act on, which it makes
// Current. It is false if there is none.
func (t *Thread) Issue() bool {
	p := t.Proc
	tracing := p.Sys.Tracing
	for !t.killed {
		p.announceJob()
		switch {
		case tracing.Before(t): // a directive is met before a stop of the job, in which it would not be
			continue
		case t.stopPending:
			t.stopForJob()
			continue
		case t.Current != nil && t.settles(t.Current):
			t.Current = nil
			continue
		case t.Current != nil, t.awaited():
			return true
		}
		info, ok := t.Dequeue(t.Mask)
		if !ok {
			return false
		}
		t.stopTaken = true
		if info.Signo != p.Sys.Sig.KILL && t.shown(info.Signo) && (!tracing.Signal(t, &info) || info.Signo == 0) {
			continue
		}
		t.Current = &info
	}
	return false
}

// awaited says whether a signal is pending that the thread waits for (WaitSignal), which is
// not to be acted on.
func (t *Thread) awaited() bool {
	return t.waiting && !t.Pending.Set().Or(t.Proc.Pending.Set()).And(t.real).Minus(t.Mask).Empty()
}

// settles does what a signal does that neither ends the process nor has a handler, and says
// whether it is one.
func (t *Thread) settles(info *SigInfo) bool {
	p := t.Proc
	d := p.Sys.Sig.Default(info.Signo)
	switch p.Actions.Get(info.Signo).Handler {
	case Ignored:
		d = abi.Ignore
	case Default:
	default:
		return false
	}
	if d != abi.Stop && d != abi.Ignore && d != abi.Continue {
		return false
	}
	if t.M.Acted != nil {
		t.M.Acted(t, info)
	}
	if d == abi.Stop {
		t.stopTaken = true
		t.byDefault(info)
	}
	return true
}

// deliver is the way back to user mode. It is false if the thread ends instead.
func (t *Thread) deliver() bool {
	for !t.killed {
		if !t.Issue() {
			if t.killed {
				break
			}
			if t.hasSaved {
				t.Unsuspend()
				continue // what that mask lets through
			}
			t.looks = false
			return true
		}
		info := *t.Current
		t.Current = nil
		if t.act(&info) {
			t.Proc.Sys.Tracing.Handler(t)
		}
	}
	return false
}

// shown says whether a tracer sees a signal of the thread's before it is acted on.
func (t *Thread) shown(sig int) bool {
	if f := t.Proc.Sys.Shows; f != nil {
		return f(t, sig)
	}
	return t.Proc.Sys.Tracing.Traced(t)
}

// disturbed says whether an interruptible sleep is not to be: of a system that stops threads
// in their sleep, after they have stopped.
func (t *Thread) disturbed() bool {
	switch {
	case t.killed:
		return true
	case !t.SignalPending():
		return false
	case t.stopsAsleep():
		return t.Issue() || t.killed || t.Abort
	}
	return true
}

// stopsAsleep says whether the thread's stops leave its sleep as it is.
func (t *Thread) stopsAsleep() bool { return t.Proc.Sys.StopsAsleep && !t.Proc.External }

// Asleep says whether the thread is in a sleep that signals end, or stopped in one.
func (t *Thread) Asleep() bool { return t.dozing }
