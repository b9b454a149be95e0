package freebsd

// Signals: how one is sent (tdsendsignal), found on the way to user mode or to a sleep
// (issignal), and acted on (postsig). A signal without a thread waits in the process's queue,
// from which any thread takes it that was told to look; the lowest number comes first,
// wherever it waits (attach-sigusr1-first).

import (
	"slices"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// ignored says whether a signal is lost as it is sent: SIGCONT never is.
func ignored(p *kern.Proc, sig int) bool {
	switch p.Actions.Get(sig).Handler {
	case kern.Ignored:
		return sig != raw.SIGCONT
	case kern.Default:
		return System.Sig.Default(sig) == abi.Ignore
	}
	return false
}

func caught(p *kern.Proc, sig int) bool { return p.Actions.Get(sig).Handler > kern.Ignored }

// intrval is what a sleep returns that the signal ends: EINTR if its action was set without
// SA_RESTART; one that was never set leaves a call to be begun again (read-attach-stop).
func intrval(p *kern.Proc, sig int) errno.Errno {
	if p.Actions.Get(sig).Raw&saIntr != 0 {
		return errno.EINTR
	}
	return errno.ERESTART
}

// pending is the signals that a thread may find.
func pending(t *kern.Thread) kern.Sigset {
	return t.Pending.Set().Or(t.Proc.Pending.Set()).Minus(t.Mask)
}

// notify has a thread look for signals if there are some (signotify).
func notify(t *kern.Thread) {
	if !pending(t).Empty() {
		lwpOf(t).ast = true
	}
}

// sigThread is the thread to take a signal of the process: who sends it to itself, or the first
// that does not block it and is not stopped at the edge of user mode (sigtd).
func sigThread(p *kern.Proc, sig int) *kern.Thread {
	if c := p.M.Current(); c != nil && c.Proc == p && c.Alive() && !c.Mask.Has(sig) {
		return c
	}
	living := p.Living()
	for _, t := range living {
		if !t.Mask.Has(sig) && !lwpOf(t).edge {
			return t
		}
	}
	if len(living) == 0 {
		return nil
	}
	return living[0]
}

// post is tdsendsignal: it sends a signal to a process, or to only one of its threads.
func post(p *kern.Proc, only *kern.Thread, info kern.SigInfo) {
	sig, k := info.Signo, procOf(p)
	if only != nil && info.Origin == kern.FromUser { // tdsignal: SIGPIPE, SIGXFSZ
		info = kern.SigInfo{Signo: sig, Origin: kern.FromKernel}
	}
	t := only
	if t == nil {
		t = sigThread(p, sig)
	}
	if t == nil || k.wexit || p.Dying() {
		return
	}
	noteSignal(p, sig)
	if ignored(p, sig) {
		if info.FromTracer() || k.traced && info.Origin == kern.FromThread && info.PID == k.tracer.PID {
			acted(t, sig)
		}
		return
	}
	held := t.Mask.Has(sig)
	switch d := System.Sig.Default(sig); {
	case d == abi.Continue:
		discard(p, kern.Of(raw.SIGSTOP, raw.SIGTSTP, raw.SIGTTIN, raw.SIGTTOU))
	case d == abi.Stop:
		if k.traced && k.firstStop {
			firstStop(p, sig)
			return
		}
		if sig != raw.SIGSTOP && p.Group.Orphaned() && !held && !caught(p, sig) && !k.traced {
			return
		}
		discard(p, kern.Of(raw.SIGCONT))
		k.continued = false
	}
	enqueue(p, only, info)
	notify(t)
	if held && !(sig == raw.SIGCONT && k.stoppedSig) {
		return
	}
	if k.stopping() {
		postStopped(p, t, sig, held)
		return
	}
	postRunning(p, t, sig)
}

// discard removes signals wherever they wait.
func discard(p *kern.Proc, s kern.Sigset) {
	p.Pending.Remove(s)
	for _, t := range p.Threads {
		t.Pending.Remove(s)
	}
}

// maxPending is kern.sigqueue.max_pending_per_proc.
const maxPending = 128

// enqueue puts a signal into the queue that it is for (sigqueue_add): each is kept with what is
// known of it, also kill(2)'s, as long as the process has less than maxPending; then only that it
// came. Of SIGKILL and SIGSTOP nothing is known but the number (sig-stop-self). What is to be told
// of a child waits once (KSI_INS).
func enqueue(p *kern.Proc, only *kern.Thread, info kern.SigInfo) {
	q := &p.Pending
	if only != nil {
		q = &only.Pending
	}
	bare := kern.SigInfo{Signo: info.Signo, Origin: kern.FromRaw}
	switch {
	case info.Signo == raw.SIGKILL || info.Signo == raw.SIGSTOP:
		if !q.Has(info.Signo) {
			q.Add(bare)
		}
	case info.Signo == raw.SIGCHLD && info.Origin == kern.FromChild:
		if !slices.ContainsFunc(q.List(), func(i kern.SigInfo) bool {
			return i.Signo == info.Signo && i.Origin == info.Origin && i.PID == info.PID
		}) {
			q.Add(info)
		}
	case pendingCount(p) < maxPending:
		q.Add(info)
	default:
		if info.FromTracer() {
			bare.ByTracer()
		}
		if !slices.ContainsFunc(q.List(), func(i kern.SigInfo) bool {
			return i.Signo == bare.Signo && bareOf(&i) && i.FromTracer() == bare.FromTracer()
		}) {
			q.AddFirst(bare)
		}
	}
}

// bareOf says whether nothing is known of a signal but its number.
func bareOf(i *kern.SigInfo) bool { return i.Origin == kern.FromRaw && i.Raw == nil }

// pendingCount is how many signals wait with what is known of them (p_pendingcnt).
func pendingCount(p *kern.Proc) (n int) {
	count := func(q *kern.Queue) {
		for _, i := range q.List() {
			if !bareOf(&i) && i.Origin != kern.FromChild {
				n++
			}
		}
	}
	count(&p.Pending)
	for _, t := range p.Threads {
		count(&t.Pending)
	}
	return n
}

// postStopped is the rest of post for a process that is stopped or stopping.
func postStopped(p *kern.Proc, t *kern.Thread, sig int, held bool) {
	k := procOf(p)
	switch {
	case k.traced && (sig == raw.SIGKILL || sig == raw.SIGCONT || System.Sig.Stops(sig)):
		// it waits for the tracer (sig-kill-while-stopped, sig-cont-while-trace-stopped)
	case sig == raw.SIGKILL:
		k.stoppedSig = false
		wakeup(p, t, sig)
		unsuspendAll(p)
	case sig == raw.SIGCONT:
		stopped := allSuspended(p)
		k.stoppedSig = false
		if stopped {
			k.xsig = raw.SIGCONT
			continuedChild(p)
		}
		switch {
		case caught(p, sig) && !held:
			wakeup(p, t, sig)
		case !held:
			p.Pending.Remove(kern.Of(sig))
			t.Pending.Remove(kern.Of(sig))
		}
		unsuspendAll(p)
	case System.Sig.Stops(sig):
		k.stoppedSig = true
		p.Pending.Remove(kern.Of(sig))
		t.Pending.Remove(kern.Of(sig))
	default:
		lwpOf(t).interrupt = intrval(p, sig)
		t.Interrupt()
	}
}

// postRunning is the rest of post for a process that runs.
func postRunning(p *kern.Proc, t *kern.Thread, sig int) {
	k := procOf(p)
	if k.traced || caught(p, sig) || !System.Sig.Stops(sig) {
		wakeup(p, t, sig)
		return
	}
	if p.Lent != nil { // a vfork child does not stop while its parent waits
		return
	}
	k.stoppedSig, k.xsig = true, sig
	suspendAll(p)
	if allSuspended(p) {
		stoppedAll(p)
		discard(p, kern.Of(sig))
	}
}

// wakeup has a thread see a signal (tdsigwakeup): it ends a sleep, but a continuation without
// handler does not.
func wakeup(p *kern.Proc, t *kern.Thread, sig int) {
	if t.State == kern.Sleeping && sig == raw.SIGCONT && !caught(p, sig) && !t.Uninterruptible() {
		p.Pending.Remove(kern.Of(sig))
		t.Pending.Remove(kern.Of(sig))
		return
	}
	if t.State == kern.Sleeping {
		lwpOf(t).interrupt = intrval(p, sig)
		t.Interrupt()
	}
}

// trapSignal raises a signal of the thread's own instruction (trapsignal): one that is blocked
// or ignored is neither from now on, and its handler is gone (sig-step-blocked-sigtrap).
func trapSignal(t *kern.Thread, info kern.SigInfo, code int32, trapno uint32) {
	p, sig := t.Proc, info.Signo
	r := raw.Siginfo{Signo: int32(sig), Code: code, Addr: info.Addr, Trapno: int32(trapno)}
	info.Origin, info.Raw = kern.FromRaw, make([]byte, raw.SiginfoSize)
	r.Encode(info.Raw)
	a := p.Actions.Get(sig)
	blocked := t.Mask.Has(sig)
	if !procOf(p).traced && a.Handler > kern.Ignored && !blocked {
		enter(t, info)
		return
	}
	if blocked || a.Handler == kern.Ignored {
		t.Mask = t.Mask.Without(sig)
		dflt(a)
	}
	post(p, t, info)
}

// issignal finds a signal to act on, and shows signals to the tracer; it is 0 if there is none.
func issignal(t *kern.Thread) int {
	k, l := procOf(t.Proc), lwpOf(t)
again:
	for !t.Killed() && !k.wexit {
		set := pending(t)
		if t.Proc.Lent != nil {
			set = set.Minus(kern.Of(raw.SIGSTOP, raw.SIGTSTP, raw.SIGTTIN, raw.SIGTTOU))
		}
		if k.traced && !k.ppTrace && k.firstStop && set.Has(raw.SIGSTOP) {
			l.firstStop = true
			set = kern.Of(raw.SIGSTOP)
		}
		for sig := 1; sig <= System.Sig.Max; sig++ {
			if !set.Has(sig) {
				continue
			}
			switch process(t, sig) {
			case actOn:
				return sig
			case lookAgain:
				continue again
			case drop:
				t.Pending.Remove(kern.Of(sig))
				t.Proc.Pending.Remove(kern.Of(sig))
			}
		}
		if set = pending(t); set.Empty() || t.Proc.Lent != nil {
			return 0
		}
	}
	return 0
}

// verdict is what becomes of a signal that was found.
type verdict uint8

const (
	drop verdict = iota
	actOn
	lookAgain
)

// process is sigprocess.
func process(t *kern.Thread, sig int) verdict {
	p, k := t.Proc, procOf(t.Proc)
	a := p.Actions.Get(sig)
	if ignored(p, sig) && !k.traced {
		return drop
	}
	if k.traced && !k.ppTrace {
		shown := sig
		if sig = showSignal(t, sig); sig == 0 {
			return lookAgain
		}
		if a = p.Actions.Get(sig); sig != shown && ignored(p, sig) {
			return drop // and is gone already
		}
	}
	switch {
	case a.Handler > kern.Ignored:
		return actOn
	case a.Handler == kern.Ignored:
		acted(t, sig)
		return drop
	}
	switch System.Sig.Default(sig) {
	case abi.Stop:
		if k.traced || k.wexit || sig != raw.SIGSTOP && p.Group.Orphaned() {
			acted(t, sig)
			return drop
		}
		t.Pending.Remove(kern.Of(sig))
		p.Pending.Remove(kern.Of(sig))
		k.stoppedSig, k.xsig = true, sig
		suspendAll(p)
		park(t)
		return lookAgain
	case abi.Ignore, abi.Continue:
		acted(t, sig)
		return drop
	}
	return actOn
}

// showSignal stops the thread for the tracer with a signal, and is what is left of it, which is
// pending for the thread; 0 if nothing is, or it is to be looked for again.
func showSignal(t *kern.Thread, sig int) int {
	p, k, l := t.Proc, procOf(t.Proc), lwpOf(t)
	info, ok := t.Pending.Take(sig)
	q := &t.Pending
	if !ok {
		info, ok = p.Pending.Take(sig)
		q = &p.Pending
	}
	if !ok {
		return 0
	}
	l.info = info
	got := ptraceStop(t, sig, &info)
	l.info = kern.SigInfo{}
	switch {
	case got == 0:
		return 0
	case t.Mask.Has(got): // what was taken waits again, beside what the tracer made pending
		putBack(&p.Pending, info, got)
		return 0
	case !k.traced: // as it does at a detach, in the queue that it was in
		putBack(q, info, got)
		return 0
	}
	return got
}

// putBack has what is known of a signal wait again, as one of the number sig.
func putBack(q *kern.Queue, info kern.SigInfo, sig int) {
	if (sig == raw.SIGKILL || sig == raw.SIGSTOP) && q.Has(sig) {
		return // they do not queue (enqueue)
	}
	info.Signo = sig
	q.AddFirst(info)
}

// catch looks for signals before a sleep, and stops the thread in it if its process stops.
func catch(t *kern.Thread, why string, hard bool) (errno.Errno, bool) {
	l := lwpOf(t)
	if l.ast && !hard {
		l.ast = false
		before := t.Usage.Voluntary
		if sig := issignal(t); sig != 0 || t.Killed() {
			l.ast, l.interrupt = true, intrval(t.Proc, max(sig, 1))
			return errno.EINTR, true
		}
		if t.Usage.Voluntary != before {
			return errno.OK, true // it stopped meanwhile
		}
	}
	if t.Killed() && !hard {
		return errno.EINTR, true
	}
	if mustStop(t) && !l.suspended && !l.performing && (!hard || why == lentWhy || why == execWhy) {
		l.suspended = true
		t.Hold()
		if allSuspended(t.Proc) {
			stoppedAll(t.Proc)
		}
	}
	return errno.OK, false
}

// signaled stops the thread if its process stops, and says whether there is a signal for it, within a call that
// does not sleep but is to be begun again then (sig_intr).
func signaled(t *kern.Thread) bool {
	l := lwpOf(t)
	for mustStop(t) && !t.Killed() && !l.performing {
		park(t)
	}
	if l.ast {
		l.ast = false
		if issignal(t) != 0 {
			l.ast = true
		}
	}
	return l.ast || t.Killed()
}

// clockTick is how often, in ns, the clock interrupts who runs.
const clockTick = 10_000_000

// toUser is the way back to user mode (ast): signals first, then stops. It is false if the
// thread ends instead. What the last call was is remembered until something was done here.
func toUser(t *kern.Thread) bool {
	l := lwpOf(t)
	tick := t.M.Now() / clockTick
	did := !l.fromSC && tick != l.tick // a clock interrupt has it look
	l.fromSC, l.tick = false, tick
	if did || len(t.Pending.List()) > 0 { // package kern may have raised one
		notify(t)
	}
	for looked := false; !t.Killed(); {
		switch {
		case l.ast, mustStop(t) && !looked && !pending(t).Empty(): // whatever brings it here, it looks for the process's signals
			l.ast, did, looked, l.boundary = false, true, true, true
			if sig := issignal(t); sig != 0 {
				postsig(t, sig)
				l.ast = true
			}
			l.boundary = false
		case mustStop(t):
			did, looked, l.edge = true, false, true
			park(t)
			l.edge = false
		case l.hasMask:
			l.hasMask, t.Mask = false, l.mask
			notify(t)
		default:
			if did {
				l.forget()
			}
			t.Call.Active = false
			l.restore(&t.Regs)
			if t.Regs.DR[7]&0xff != 0 { // as they are read back once the thread has run
				t.Regs.DR[6], t.Regs.DR[7] = t.Regs.DR[6]|dr6Fixed, t.Regs.DR[7]|dr7Fixed
			}
			return true
		}
	}
	return false
}

// postsig acts on a signal that issignal found.
func postsig(t *kern.Thread, sig int) bool {
	info, ok := t.Pending.Take(sig)
	if !ok {
		info, ok = t.Proc.Pending.Take(sig)
	}
	if !ok {
		return false
	}
	acted(t, sig)
	if t.Proc.Actions.Get(sig).Handler <= kern.Ignored {
		sigexit(t, sig)
		return true
	}
	enter(t, info)
	return true
}

// acted tells whoever watches the machine that a thread does what a signal is for.
func acted(t *kern.Thread, sig int) {
	if t.M.Acted != nil {
		t.M.Acted(t, &kern.SigInfo{Signo: sig})
	}
}

// enter has a thread enter a signal's handler.
func enter(t *kern.Thread, info kern.SigInfo) {
	l, p := lwpOf(t), t.Proc
	a := p.Actions.Get(info.Signo)
	act := *a
	back := t.Mask
	if l.hasMask {
		back, l.hasMask = l.mask, false
	}
	if act.Flags&kern.SAReset != 0 {
		dflt(a)
	}
	t.M.Stats.Handled++
	t.Usage.Signals++
	p.Usage.Signals++
	if !sendSignal(t, &act, &info, back) {
		sigexit(t, sigILL)
		return
	}
	l.full()
	mask := t.Mask.Or(act.Mask)
	if act.Flags&kern.SANoDefer == 0 {
		mask = mask.With(info.Signo)
	}
	setMask(t, mask)
}

// setMask puts a mask in place; signals of the process that the thread blocks from now on are
// for others (reschedule_signals).
func setMask(t *kern.Thread, mask kern.Sigset) {
	old := t.Mask
	t.Mask = mask.Minus(System.Sig.Uncatchable())
	notify(t)
	blocked := t.Mask.Minus(old).And(t.Proc.Pending.Set())
	for sig := 1; sig <= System.Sig.Max && !blocked.Empty(); sig++ {
		if !blocked.Has(sig) {
			continue
		}
		blocked = blocked.Without(sig)
		if o := sigThread(t.Proc, sig); o != nil && o != t && !o.Mask.Has(sig) {
			notify(o)
			if procOf(t.Proc).traced || caught(t.Proc, sig) {
				wakeup(t.Proc, o, sig)
			}
		}
	}
}

// sigexit ends the process by a signal. A core is written where it may be.
func sigexit(t *kern.Thread, sig int) {
	p := t.Proc
	core := System.Sig.Default(sig) == abi.Core && of(t.M).coredump && !procOf(p).sugid && p.Limits[kern.LimitCore].Cur != 0
	exit(t, kern.End{Signal: sig, Core: core})
}

// exit ends the process (exit1). The thread waits for the others to end before it does; one that comes
// later ends as one of them.
func exit(t *kern.Thread, e kern.End) {
	k := procOf(t.Proc)
	if t.Proc.Dying() {
		return
	}
	k.exiter = t
	k.stoppedSig, k.stoppedTrace = false, false
	t.Proc.Terminate(e)
}
