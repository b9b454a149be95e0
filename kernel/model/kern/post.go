package kern

// Sending signals: psignal of the BSDs, send_signal of Linux.

import "github.com/trapline/trapline/abi"

// Post sends a signal to a process, to be taken by whichever of its threads may.
func (m *Machine) Post(p *Proc, info SigInfo) { m.post(p, nil, nil, info) }

// PostBy is Post of a signal to the process of a thread that was named: that one takes it if
// it can.
func (m *Machine) PostBy(t *Thread, info SigInfo) { m.post(t.Proc, nil, t, info) }

// PostThread sends a signal to one thread.
func (m *Machine) PostThread(t *Thread, info SigInfo) { m.post(t.Proc, t, nil, info) }

// PostGroup sends a signal to all of a process group.
func (m *Machine) PostGroup(g *Group, info SigInfo) {
	for _, p := range g.Members() {
		m.post(p, nil, nil, info)
	}
}

func (m *Machine) post(p *Proc, only, first *Thread, info SigInfo) {
	sig, s := info.Signo, p.Sys.Sig
	if p.State >= Zombie || only != nil && !only.Alive() || p.External && p == m.Init {
		return
	}
	m.Stats.Signals++
	if p.Sys.Post != nil && !p.External {
		p.Sys.Post(p, only, info)
		return
	}
	if p.dying && sig != 0 {
		return // what dies already takes nothing more
	}
	switch {
	case s.Stops(sig):
		p.discard(Of(s.CONT))
	case sig == s.CONT:
		p.discard(s.stops)
		p.resumeJob()
	}
	if p.drops(only, sig) {
		return
	}
	q := &p.Pending
	if only != nil {
		q = &only.Pending
	}
	if sig < s.RTMin && q.Has(sig) {
		return
	}
	if (sig >= s.RTMin || info.Origin == FromQueue || info.Origin == FromRaw && info.Code < 0) && p.QueueFull(only) {
		if q.Has(sig) {
			return
		}
		info = SigInfo{Signo: sig} // it is pending, but nothing more is known of it
	}
	q.add(info)
	m.notice(p, only, first, sig)
}

// maxPending bounds a queue of pending signals.
const maxPending = 4096

// QueueFull says whether a process, or with a thread that one, has as many signals pending as
// may be queued: RLIMIT_SIGPENDING counts those of all processes of its user.
func (p *Proc) QueueFull(only *Thread) bool {
	q := &p.Pending
	if only != nil {
		q = &only.Pending
	}
	if len(q.list) >= maxPending {
		return true
	}
	limit := p.Limits[LimitPending].Cur
	if limit >= maxPending*uint64(p.M.MaxThreads) {
		return false
	}
	n := 0
	for _, o := range p.M.order {
		if o.Cred.UID != p.Cred.UID {
			continue
		}
		n += len(o.Pending.list)
		for _, t := range o.Threads {
			n += len(t.Pending.list)
		}
	}
	return uint64(n) >= limit
}

// discard removes pending signals wherever they wait.
func (p *Proc) discard(s Sigset) {
	p.Pending.Remove(s)
	for _, t := range p.Threads {
		t.Pending.Remove(s)
	}
}

// ignores says whether the process ignores a signal.
func (p *Proc) ignores(sig int) bool {
	switch p.Actions.Get(sig).Handler {
	case Ignored:
		return true
	case Default:
		d := p.Sys.Sig.Default(sig)
		return d == abi.Ignore || d == abi.Continue
	}
	return false
}

// drops says whether a signal is lost as it is sent. A blocked one is kept, as it may be
// handled by the time it is unblocked; one of a traced thread for the tracer to see, where
// the system shows it.
func (p *Proc) drops(only *Thread, sig int) bool {
	if !p.ignores(sig) {
		return false
	}
	t := only
	if t == nil {
		t = p.first()
	}
	if t == nil {
		return true
	}
	if t.Mask.Has(sig) || t.waitsFor(sig) {
		return false
	}
	return !(p.Sys.ShowIgnored && sig != p.Sys.Sig.KILL && t.shown(sig))
}

// first is the leader, or if it has exited another thread; nil if there is none.
func (p *Proc) first() *Thread {
	if p.Leader != nil && p.Leader.Alive() {
		return p.Leader
	}
	for _, t := range p.Threads {
		if t.Alive() {
			return t
		}
	}
	return nil
}

// wants says whether a thread could take the signal now.
func (t *Thread) wants(sig int) bool {
	switch {
	case !t.Alive() || t.killed:
		return false
	case sig == t.Proc.Sys.Sig.KILL:
		return true
	case t.Mask.Has(sig):
		return false
	}
	return t.State != Stopped && t.State != Traced
}

// notice has a thread take notice of a signal that was sent.
func (m *Machine) notice(p *Proc, only, first *Thread, sig int) {
	t := only
	if t == nil {
		t = p.taker(first, sig)
	}
	if t == nil || only != nil && !only.wants(sig) {
		if sig != p.Sys.Sig.KILL {
			return
		}
		t = p.first()
		if t == nil {
			return
		}
	}
	if p.External {
		if sig == p.Sys.Sig.KILL || !p.ignores(sig) && p.Actions.Get(sig).Handler == Default {
			t.killed = true
			t.exit = End{Signal: sig}
		}
		t.signalled()
		return
	}
	if p.fatal(t, sig) {
		p.Terminate(End{Signal: sig})
		return
	}
	t.signalled()
}

// fatal says whether a signal ends the process at once, in whatever its threads are.
func (p *Proc) fatal(t *Thread, sig int) bool {
	s := p.Sys.Sig
	if sig == s.KILL {
		return true
	}
	return p.Actions.Get(sig).Handler == Default && s.Default(sig) == abi.Terminate &&
		!t.Mask.Has(sig) && !t.shown(sig) && !t.waitsFor(sig)
}

// taker chooses the thread that takes a signal sent to the process: the one that was named
// or else the leader, if it can.
func (p *Proc) taker(first *Thread, sig int) *Thread {
	if first != nil && first.wants(sig) {
		return first
	}
	if first == nil && p.Leader != nil && p.Leader.wants(sig) {
		return p.Leader
	}
	var able []*Thread
	for _, t := range p.Threads {
		if t.wants(sig) {
			able = append(able, t)
		}
	}
	if len(able) == 0 {
		return nil
	}
	return able[p.M.Chooser.Choose(len(able))]
}

// Force raises a signal that cannot be put off: one of the thread's own instruction. Where
// the program blocks or ignores it, it is as if it had not.
func (t *Thread) Force(info SigInfo) {
	sig := info.Signo
	a := t.Proc.Actions.Get(sig)
	if blocked := t.Mask.Has(sig); blocked || a.Handler == Ignored {
		*a = Action{}
		t.Mask = t.Mask.Without(sig)
	}
	info.forced = true
	if !t.Pending.Has(sig) {
		t.Pending.add(info)
	}
	t.M.Stats.Signals++
}

// SignalPending says whether there is something that ends an interruptible sleep: a signal
// that is not blocked, a stop, death.
func (t *Thread) SignalPending() bool {
	if t.killed || t.stopPending || t.noticed || t.Current != nil || t.Abort {
		return true
	}
	p := t.Proc
	if len(t.Pending.list) == 0 && len(p.Pending.list) == 0 {
		return false
	}
	mask := t.Mask
	return !t.Pending.Set().Minus(mask).Empty() || t.looks && !p.Pending.Set().Minus(mask).Empty()
}

// Notice makes the thread leave an interruptible sleep and look at what its tracer wants of
// it (Tracing.Before), which clears it.
func (t *Thread) Notice() {
	t.noticed = true
	t.signalled()
}

// Noticed takes the notice back.
func (t *Thread) Noticed() { t.noticed = false }

// Dequeue takes the next signal that the mask lets through: what an instruction raised, then
// what was sent to the thread, then to the process; the lowest number first, but those that
// instructions raise before others.
func (t *Thread) Dequeue(mask Sigset) (SigInfo, bool) {
	for i := range t.Pending.list {
		if info := t.Pending.list[i]; info.forced && !mask.Has(info.Signo) {
			return t.Pending.take(info.Signo)
		}
	}
	for _, q := range [...]*Queue{&t.Pending, &t.Proc.Pending} {
		if len(q.list) == 0 || q == &t.Proc.Pending && !t.looks {
			continue
		}
		if sig := t.Proc.Sys.Sig.next(q.Set().Minus(mask)); sig != 0 {
			return q.take(sig)
		}
	}
	return SigInfo{}, false
}

// next is the signal of a set to be taken first, 0 if it is empty.
func (s *Signals) next(set Sigset) int {
	if sync := set.And(s.sync); !sync.Empty() {
		set = sync
	}
	for sig := 1; sig <= s.Max; sig++ {
		if set.Has(sig) {
			return sig
		}
	}
	return 0
}

// PendStop makes SIGSTOP pending for a thread that is not yet running, with nothing known of it.
func (t *Thread) PendStop() {
	if s := t.Proc.Sys.Sig.STOP; !t.Pending.Has(s) {
		t.Pending.add(SigInfo{Signo: s, Origin: FromUser})
	}
}
