package kern

// Threads as coroutines: how one gives the processor away, sleeps, is woken and stopped.

import (
	"iter"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/sleep"
)

// tornDown unwinds a thread's stack when its machine is closed.
type tornDown struct{}

// resume runs a thread until it gives the processor away.
func (m *Machine) resume(t *Thread) {
	t.queued = false
	if t.State != Runnable || t.held {
		return
	}
	t.State = Running
	outside := m.current
	m.current = t
	if t.next == nil {
		t.next, t.stop = iter.Pull(func(yield func(struct{}) bool) {
			defer func() {
				if r := recover(); r != nil {
					if _, ok := r.(tornDown); !ok {
						panic(r)
					}
				}
			}()
			t.yield = yield
			t.main()
		})
	}
	if _, more := t.next(); !more {
		t.next, t.stop = nil, nil
	}
	m.current = outside
}

// Current is the thread on whose behalf the kernel does something: the one that runs, or the
// External of an As. Nil: none, the machine is being built or looked at.
func (m *Machine) Current() *Thread { return m.current }

// As has a thread be Current while do is done: an External, whose system calls are Go calls.
func (m *Machine) As(t *Thread, do func()) {
	former := m.current
	m.current = t
	defer func() { m.current = former }()
	do()
}

// ready puts a thread into the run queue.
func (m *Machine) ready(t *Thread) {
	t.State = Runnable
	if !t.queued && !t.held && !t.Proc.External {
		t.queued = true
		m.runq = append(m.runq, t)
	}
}

// swtch gives the processor away. The state says what for.
func (t *Thread) swtch() {
	if !t.yield(struct{}{}) {
		panic(tornDown{})
	}
}

// Yield lets others run.
func (t *Thread) Yield() {
	if t.Proc.External {
		return
	}
	t.M.ready(t)
	t.swtch()
}

// turnCalls is after how many system calls a machine that does not preempt threads in the
// kernel does: one that makes calls all the time would have the processor for ever.
const turnCalls = 64

// Preempt is a place within the kernel where others may come first.
func (t *Thread) Preempt() {
	m := t.M
	turn := m.Yielding == 0 && m.Stats.Calls%turnCalls == 0
	if !t.Proc.External && (turn || m.Chooser.Chance(m.Yielding)) {
		t.Usage.Preempted++
		t.Yield()
	}
}

// Linger is a place within the kernel where a thread may be left behind, as it is where others
// have processors of their own: as often as it is preempted it gives them up to so many turns. It
// does not stop meanwhile, but may be told to die.
func (t *Thread) Linger() {
	if m := t.M; !t.Proc.External && m.Yielding > 0 {
		for n := m.Chooser.Choose(256); n >= 256-m.Yielding && !t.killed; n-- {
			t.Yield()
		}
	}
}

// Wakeup makes a sleeping thread runnable. It then looks again whether it may go on.
func (t *Thread) Wakeup() {
	t.woken = true
	if t.State == Sleeping && !t.Proc.External {
		t.M.ready(t)
	}
}

// signalled lets a signal end the thread's sleep, if it is one that signals end.
func (t *Thread) signalled() {
	t.looks = true
	if t.State == Sleeping && (!t.uninterrupted || t.killed) {
		t.interrupted = true
		t.Wakeup()
	}
}

// Sleep is until one of the queues is woken, the time has come (0: never), or a signal is to
// be delivered. It is errno.OK, ETIMEDOUT or EINTR; errno.OK may be said too early: the caller looks
// again. An external thread lets the machine run.
func (t *Thread) Sleep(why string, until int64, queues ...*sleep.Queue) errno.Errno {
	return t.sleep(why, until, false, queues)
}

// SleepHard is Sleep that only the thread's death ends early.
func (t *Thread) SleepHard(why string, queues ...*sleep.Queue) errno.Errno {
	return t.sleep(why, 0, true, queues)
}

func (t *Thread) sleep(why string, until int64, hard bool, queues []*sleep.Queue) errno.Errno {
	m := t.M
	if until != 0 && m.now >= until {
		return errno.ETIMEDOUT
	}
	rests, catch := t.stopsAsleep(), t.Proc.Sys.Catch
	if t.Proc.External {
		catch = nil
	}
	if catch != nil && !t.killed {
		if e, ends := catch(t, why, hard); ends {
			return e
		}
	} else if t.killed || !hard && !rests && t.SignalPending() {
		return errno.EINTR
	}
	for _, q := range queues {
		q.Add(t)
	}
	var alarm *Callout
	late := false
	if until != 0 {
		alarm = m.CallAt(until, func() { late = true; t.Wakeup() }).Of(t)
	}
	t.Why, t.uninterrupted, t.interrupted, t.woken = why, hard, false, false
	t.Usage.Voluntary++
	t.asleep, t.dozing = queues, !hard
	if t.Proc.External {
		m.Run(func() bool { return t.woken || t.killed }, 0)
	} else if disturbed := rests && !hard && t.disturbed(); !disturbed && !t.woken {
		t.Why = why
		t.State = Sleeping
		t.swtch()
	}
	disturbed := !late && !hard && rests && t.disturbed()
	t.asleep, t.dozing = nil, false
	for _, q := range queues {
		q.Remove(t)
	}
	m.Cancel(alarm)
	if t.Proc.External {
		t.Why = "outside"
		if !t.woken && !late {
			return errno.EINTR // the machine has come to rest
		}
	} else {
		t.Why = ""
	}
	switch {
	case t.killed, disturbed, !rests && t.interrupted && !late && (catch != nil || t.SignalPending()):
		return errno.EINTR
	case late:
		return errno.ETIMEDOUT
	}
	return errno.OK
}

// Park stops the thread until Unpark, or until it is to die; a thread that ends already
// (Exiting) is stopped until Unpark.
func (t *Thread) Park(state ThreadState, why string) {
	if t.killed && !t.Exiting || t.Proc.External {
		return
	}
	t.Why = why
	t.State = state
	t.Usage.Voluntary++
	t.swtch()
	t.Why, t.looks = "", true
}

// Unpark sets a stopped thread going.
func (t *Thread) Unpark() {
	if t.State == Stopped || t.State == Traced {
		t.M.ready(t)
	}
}

// Hold keeps a thread from running, in whatever state it is: what it sleeps for may come
// meanwhile (thread_suspend_one of the BSDs). Release lets it.
func (t *Thread) Hold() { t.held = true }

// Release ends a Hold.
func (t *Thread) Release() {
	if t.held {
		t.held = false
		if t.State == Runnable {
			t.M.ready(t)
		}
	}
}

// Held says whether the thread is kept from running.
func (t *Thread) Held() bool { return t.held }

// Interrupt ends the thread's sleep, if it is one that signals end, and says whether it did.
func (t *Thread) Interrupt() bool {
	if t.State != Sleeping || t.uninterrupted {
		return false
	}
	t.interrupted = true
	t.Wakeup()
	return true
}

// kill marks a thread to end: it wakes from whatever it is in.
func (t *Thread) kill(e End) {
	if t.killed || !t.Alive() {
		return
	}
	t.killed, t.exit = true, e
	t.Release()
	switch t.State {
	case Sleeping:
		t.interrupted = true
		t.Wakeup()
	case Stopped, Traced:
		t.M.ready(t)
	}
}

// Uninterruptible says whether the thread is in a sleep that only death ends.
func (t *Thread) Uninterruptible() bool { return t.State == Sleeping && t.uninterrupted }

// Killed says whether the thread is to end.
func (t *Thread) Killed() bool { return t.killed }
