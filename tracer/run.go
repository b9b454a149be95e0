package tracer

// The loop.

import (
	"errors"
	"slices"
	"time"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
)

// Interrupt makes a Run that is going on, or the next, hand EvInterrupted to its
// handler. Any goroutine may call it.
func (t *Tracer) Interrupt() {
	t.interrupt.Store(true)
	t.k.Wake()
}

// Run sets going what the intent says and hands events to the handler until it says
// stop. Then every thread is stopped, and Run returns nil. It returns
// kernel.ErrNoTracees when no tracee is left.
//
// Stops that came while the world was being stopped are told first, before anything
// goes on.
func (t *Tracer) Run(in Intent, h Handler) error {
	t.intent, t.handle = in, h
	defer t.catchUp()
	t.sampling = slices.ContainsFunc(t.Breakpoints.All(), func(b *breakpoints.Breakpoint) bool { return b.Kind == breakpoints.Sampled && b.Enabled })
	for th := range t.all() {
		th.step = th == in.Step
	}
	if th := t.current; th != nil {
		t.passOver(th)
	}
	if stop, err := t.judgeBacklog(); err != nil {
		return err
	} else if stop { // threads told of before may be going already
		return t.stopWorld()
	}
	if err := t.goAll(); err != nil {
		return err
	}
	for {
		stop, err := t.turn()
		if err != nil {
			return err
		}
		if stop {
			return t.stopWorld()
		}
	}
}

// passOver lets the thread that the user looks at leave the instruction it stands at
// without meeting a breakpoint put there since it stopped. One that stood there before is
// met: the thread was stopped in front of it by chance. It will be met by a thread sent
// there by the debugger, by one about to take a signal (when the handler returns), and by
// one that is not there yet: it has a system call to finish first.
func (t *Tracer) passOver(th *Thread) {
	if th.state != stopped || th.moved || th.Signal != 0 || th.pending || inCall[th.Stop.Kind] {
		return
	}
	set, err := th.Regs(regs.General)
	if err != nil || restarting(set) {
		return
	}
	if site := th.Process.space.sites.At(set.PC()); site != nil && site.Since >= th.seq {
		th.counted = set.PC()
	}
}

// inCall are the stops in the middle of a system call: its result is still to be
// written to the registers.
var inCall = [kernel.NKinds]bool{kernel.SyscallEnter: true, kernel.ThreadNew: true, kernel.ProcessNew: true,
	kernel.VforkDone: true, kernel.Exec: true}

// restarting says whether a system call that was interrupted may be begun again when
// the thread goes on: its number is still there and an error stands in rax.
func restarting(set *regs.Set) bool {
	return int64(set.G[regs.OrigRAX]) >= 0 && int64(set.G[regs.RAX]) < 0
}

// turn handles one thing: an interrupt, an end, a stop in hand, or the next stop.
func (t *Tracer) turn() (stop bool, err error) {
	if t.interrupt.Swap(false) {
		t.event = Event{Kind: EvInterrupted, Thread: t.anyThread(), Stop: &kernel.Stop{}}
		if t.event.Thread != nil {
			t.event.Process = t.event.Thread.Process
		}
		if t.deliver(&t.event) {
			return true, nil
		}
	}
	if t.idle {
		t.idle = false
		return false, t.goAll()
	}
	// Stops of threads that are to stay as they are wait for another Run.
	if len(t.ends) > 0 || slices.ContainsFunc(t.backlog, t.eligible) {
		return t.judgeBacklog()
	}
	switch err := t.k.Wait(&t.stop, true); {
	case err == nil:
	case errors.Is(err, kernel.ErrWoken):
		return false, nil
	default:
		return false, err
	}
	th := t.note(&t.stop)
	if th == nil {
		return t.judgeBacklog()
	}
	if !t.eligible(th) {
		t.settle(th)
		return false, nil
	}
	if len(t.ends) > 0 { // first what was before
		t.queue(th)
		return t.judgeBacklog()
	}
	return t.serve(th)
}

// serve judges a thread's stop and, unless the world is to stop, lets it go on.
func (t *Tracer) serve(th *Thread) (stop bool, err error) {
	if stop = t.judge(th); !stop {
		err = t.goOn(th)
	}
	t.catchUp()
	return stop, err
}

// Later has f called when the thread whose event is being handled has been set going again, or
// is to stay: for work on the event that need not hold the thread up. It is for handlers, and
// f is called before the next event is handled.
func (t *Tracer) Later(f func()) {
	t.catchUp()
	t.later = f
}

// catchUp does what was left for later.
func (t *Tracer) catchUp() {
	if f := t.later; f != nil {
		t.later = nil
		f()
	}
}

// judgeBacklog tells of what has ended and of the stops in hand, and lets the threads
// concerned go on.
func (t *Tracer) judgeBacklog() (stop bool, err error) {
	for len(t.ends) > 0 {
		ev := t.ends[0]
		t.ends = t.ends[1:]
		t.event = ev
		if t.deliverPast(&t.event) {
			return true, nil
		}
		if t.intent.Only == nil && len(t.threads) > 0 {
			if err := t.goAll(); err != nil { // those held for a thread that has ended
				return false, err
			}
		}
	}
	for i := 0; i < len(t.backlog); {
		th := t.backlog[i]
		if !t.eligible(th) {
			i++
			continue
		}
		t.backlog = append(t.backlog[:i], t.backlog[i+1:]...)
		if !th.pending || th.state != stopped {
			continue
		}
		if stop, err := t.serve(th); stop || err != nil {
			return stop, err
		}
	}
	return false, nil
}

// eligible says whether a thread may go on under the intent. A child that runs in the
// memory of the one thread that may is part of its step: that thread waits for it. A
// process that is not followed is nobody's to hold.
func (t *Tracer) eligible(th *Thread) bool {
	only := t.intent.Only
	return only == nil || th == only || th.Process.quiet() ||
		th.Process != only.Process && th.Process.space == only.Process.space
}

// goAll lets every thread go on that may. Steps over breakpoints come first, while the
// others are still stopped and need not be held.
func (t *Tracer) goAll() error {
	for _, first := range []bool{true, false} {
		for _, p := range slices.Clone(t.order) {
			for _, th := range slices.Clone(p.threads) {
				if th.state != stopped || th.pending || !t.eligible(th) || first && th.counted == 0 {
					continue
				}
				if err := t.goOn(th); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// goOn lets a thread go on from its stop.
func (t *Tracer) goOn(th *Thread) error {
	if th.state != stopped {
		return nil
	}
	if th.Process.leave && !th.Process.busyForking() {
		return t.leave(th.Process)
	}
	// Until it is continued it does nothing. A thread made while its process stops begins so.
	listen := th.Stop.Kind == kernel.GroupStop || th.Stop.Kind == kernel.Started && th.Stop.Signal != 0
	th.step = th.step || t.sampling && th.Process.sampled()
	if th.counted != 0 && !listen {
		if done, err := t.stepOver(th); !done || err != nil {
			return err
		}
	}
	if len(th.deferred) > 0 && th.Signal == 0 && !listen {
		th.Stop, th.deferred = th.deferred[0], th.deferred[1:]
		t.queue(th)
		return nil
	}
	if th.step && !th.owed {
		t.prepare(th)
	}
	if th.grouped && !listen { // it left its group-stop for a step of ours; this puts it back at once
		t.ask(th)
	}
	return t.resume(th, t.Mode, listen)
}

// resume hands a stopped thread back to the kernel.
func (t *Tracer) resume(th *Thread, mode kernel.Mode, listen bool) error {
	if err := th.flush(); err != nil {
		return t.lost(th, err)
	}
	if th.popped && th.step {
		t.ask(th)
	}
	step := th.step && !th.popped && !(th.owed && t.trapDue(th)) // done already: its trap needs no other
	th.popped = false
	a := &t.act[0]
	*a = kernel.Action{TID: th.TID, Step: step, Signal: th.Signal, Listen: listen, Hush: th.hush}
	if k := th.Stop.Kind; th.Signal != 0 && th.Stop.Signal == th.Signal && (k == kernel.SignalStop || k == kernel.Trap) {
		a.Info = &th.Stop.Info
	}
	if err := t.k.Resume(th.Process.PID, mode, t.act[:]); err != nil {
		return t.lost(th, err)
	}
	th.state, th.Signal = running, 0
	th.owed = th.owed || step && !listen
	if listen {
		th.state = listening
	}
	return nil
}

// lost turns the error of a request into nil when the thread is only gone: its end is
// on the way and Wait will tell.
func (t *Tracer) lost(th *Thread, err error) error {
	if errors.Is(err, kernel.ErrGone) {
		th.state, th.exiting = running, true
		return nil
	}
	return err
}

func (t *Tracer) ask(th *Thread) {
	if th.asked || th.exiting {
		return
	}
	if err := t.k.Interrupt(th.TID); err != nil {
		th.exiting = true // a zombie, or dying
		return
	}
	th.asked = true
}

func (t *Tracer) anyThread() *Thread {
	if t.current != nil {
		return t.current
	}
	for _, p := range t.Processes() {
		if th := p.Leader(); th != nil {
			return th
		}
	}
	return nil
}

// moving says whether a thread has to be waited for before all is still. One that
// waits in the kernel for its vfork child can neither stop nor run; one past its last
// stop is waited for until it is gone, but for a leader that other threads outlive.
func (th *Thread) moving() bool {
	if th.stuck || th.exiting && th.leads() && len(th.Process.threads) > 1 {
		return false
	}
	return th.state == running && !th.vforking || th.state == listening
}

// stopWorld stops every thread of every tracee, and books what else has stopped: the child,
// perhaps, of one that was killed before it told of it.
func (t *Tracer) stopWorld() error {
	if err := t.halt(func(*Thread) bool { return true }); err != nil {
		return err
	}
	for t.k.Wait(&t.stop, false) == nil {
		if th := t.note(&t.stop); th != nil {
			t.settle(th)
		}
	}
	return nil
}

// halt stops the threads that which names. Stops that come meanwhile, of any thread,
// are kept to be judged later.
func (t *Tracer) halt(which func(*Thread) bool) error {
	for th := range t.all() {
		if th.moving() && which(th) {
			t.ask(th)
		}
	}
	since := t.Clock.Now()
	patience := t.Clock.AfterFunc(stuckAfter, t.k.Wake)
	defer func() { patience() }()
	for t.anyMoving(which) {
		err := t.k.Wait(&t.stop, true)
		switch {
		case errors.Is(err, kernel.ErrWoken):
			if t.Clock.Now().Sub(since) >= stuckAfter { // not by Interrupt
				t.findStuck()
				patience()
				patience = t.Clock.AfterFunc(stuckAfter, t.k.Wake)
			}
			continue
		case err != nil:
			return err
		}
		if th := t.note(&t.stop); th != nil {
			t.settle(th)
		}
	}
	return nil
}

// stuckAfter is how long a thread may take to stop before it is looked at.
const stuckAfter = 100 * time.Millisecond

// findStuck looks for threads that were asked to stop and sleep in the kernel where
// nothing but a kill reaches them (state D): on a dead disk, or in an exec that
// waits for a thread stopped at its exit. They are not waited for; they stop when
// they wake. Nor is a leader that has ended before threads that are not traced.
func (t *Tracer) findStuck() {
	for th := range t.all() {
		if !th.moving() || !th.asked && !th.exiting {
			continue
		}
		st, err := t.k.Procfs().Proc(int(th.Process.PID)).Task(int(th.TID)).Stat()
		th.stuck = err == nil && (st.State == procfs.DiskSleep || st.State == procfs.Zombie && th.leads())
	}
}

func (t *Tracer) anyMoving(which func(*Thread) bool) bool {
	for th := range t.all() {
		if th.moving() && which(th) {
			return true
		}
	}
	return false
}
