package tracer

// How tracees come and go.

import (
	"errors"
	"fmt"
	"slices"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
)

// Launch starts a program and returns with it stopped before its first instruction (or,
// with Launch.Calls, at the entry to its execve).
// What we launch dies with us, unless it is to outlive us.
func (t *Tracer) Launch(l *kernel.Launch) (*Process, error) {
	spec := *l
	spec.Events |= t.Events
	if !t.Outlive {
		spec.Events |= kernel.EventExitKill
	}
	pid, err := t.k.Launch(&spec)
	if err != nil {
		return nil, err
	}
	p := t.addProcess(pid)
	p.Launched = true
	th, err := t.awaitFirst(p)
	if err != nil {
		return nil, err
	}
	if th == nil {
		return nil, fmt.Errorf("start %s: it was killed before its first instruction", l.Path)
	}
	t.current = th
	if th.Stop.Kind != kernel.Exec {
		t.queue(th) // the entry to execve: told by the next Run
		return p, nil
	}
	return p, t.finishExec(th)
}

// awaitFirst waits for the first stop of a process, which tells its first thread; nil when the
// process ended. Stops of others are kept.
func (t *Tracer) awaitFirst(p *Process) (*Thread, error) {
	for t.procs[p.PID] == p {
		switch err := t.k.Wait(&t.stop, true); {
		case errors.Is(err, kernel.ErrWoken):
			continue
		case err != nil:
			return nil, err
		}
		switch x := t.note(&t.stop); {
		case x == nil:
		case x.Process == p:
			return x, nil
		default:
			t.settle(x)
		}
	}
	return nil, nil
}

// finishExec sees a thread from its exec, which is a stop inside the system call, to
// the first instruction: only there are its registers its own.
func (t *Tracer) finishExec(th *Thread) error {
	th.pending = false
	t.ask(th) // before it goes on: the stop is taken on the way out of the kernel
	if err := t.resume(th, kernel.Run, false); err != nil {
		return err
	}
	return t.halt(func(x *Thread) bool { return x == th })
}

// Attach takes hold of a running process and returns with all of its threads stopped.
// The error is the kernel's: EPERM, ESRCH (ptrace(2)).
func (t *Tracer) Attach(pid kernel.PID) (*Process, error) {
	owner, tids, err := t.k.Attach(pid, t.Events)
	if err != nil {
		return nil, err
	}
	p := t.procs[owner]
	if p == nil {
		p, t.spares = t.addProcess(owner), true
	}
	for _, tid := range tids {
		if t.threads[tid] == nil {
			t.addThread(p, tid).asked = true
		}
	}
	if err := t.halt(func(th *Thread) bool { return th.Process == p }); err != nil {
		return nil, err
	}
	if t.procs[owner] == nil {
		return nil, fmt.Errorf("attach to %d: it ended meanwhile", pid)
	}
	t.current = p.Leader()
	return p, nil
}

// Detach lets a process go as if it had never been held: traps and debug registers
// out, signals that are on their way delivered. What other processes do meanwhile, such as a
// vfork child that has to leave the memory first, is not told.
func (t *Tracer) Detach(p *Process) error {
	t.handle, t.intent = func(*Event) bool { return false }, Intent{}
	for t.procs[p.PID] == p {
		if err := t.awaitVfork(p); err != nil {
			return err
		}
		if err := t.leave(p); err != nil {
			return err
		}
	}
	return nil
}

// awaitVfork lets vfork children run until the memory is their parent's alone: a thread
// that waits for its child takes no request, and a child that was let go would run
// into the traps in what it was lent.
func (t *Tracer) awaitVfork(p *Process) error {
	for space := p.space; p.space == space && slices.ContainsFunc(space.users, (*Process).busyForking); {
		if err := t.nudgeBorrowers(space); err != nil {
			return err
		}
		if err := t.k.Wait(&t.stop, true); err != nil && !errors.Is(err, kernel.ErrWoken) {
			return err
		} else if err == nil {
			if th := t.note(&t.stop); th != nil {
				t.settle(th)
			}
		}
	}
	return nil
}

// nudgeBorrowers lets the vfork children in a memory go on, and who waits for them.
func (t *Tracer) nudgeBorrowers(space *space) error {
	for _, user := range slices.Clone(space.users) {
		lends := user.busyForking()
		for _, th := range slices.Clone(user.threads) {
			if lends && !th.vforking {
				continue
			}
			if err := t.nudge(th); err != nil {
				return err
			}
		}
	}
	return nil
}

// nudge lets a stopped thread go on, its stop judged, also if the world was to stop.
func (t *Tracer) nudge(th *Thread) error {
	if th.state == stopped && th.pending {
		if stop, err := t.serve(th); err != nil || !stop {
			return err
		}
	}
	return t.goOn(th)
}

// busyForking says whether a thread of the process waits in the kernel for its vfork
// child, or is about to.
func (p *Process) busyForking() bool {
	return slices.ContainsFunc(p.threads, func(th *Thread) bool { return th.vforking })
}

// leave stops a process's threads and lets it go, unless one of them is found to have made a
// vfork child, to which the memory is lent, traps and all. Where another process goes on in the
// same memory (clone(2) with CLONE_VM), it goes on without breakpoints: one that nobody
// traces would die of them.
func (t *Tracer) leave(p *Process) error {
	if err := t.halt(func(th *Thread) bool { return th.Process == p }); err != nil {
		return err
	}
	if t.procs[p.PID] != p {
		return nil // it ended; Wait has told
	}
	if t.meetTraps(p) {
		return t.leave(p)
	}
	if p.busyForking() {
		t.idle = true // all that were stopped go on until the child is done
		return nil
	}
	if err := ignoreGone(p.space.sites.RemoveAll()); err != nil {
		return fmt.Errorf("process %d is not let go, a breakpoint could not be taken out of it: %w", p.PID, err)
	}
	used := p.slots.Used()
	p.slots = breakpoints.Slots{}
	var actions []kernel.Action
	for _, th := range p.threads {
		th.debug = used
		actions = append(actions, th.lastSignals()...)
		if err := th.flush(); ignoreGone(err) != nil && !errors.Is(err, kernel.ErrRunning) {
			return err
		}
	}
	err := t.k.Detach(p.PID, actions)
	t.spares = true
	t.dropProcess(p)
	return ignoreGone(err)
}

// meetTraps sets threads going that an interrupt stopped before the trap of an instruction that
// is done was told: let go of, they would die of it. It says whether there are any.
func (t *Tracer) meetTraps(p *Process) (some bool) {
	for _, th := range slices.Clone(p.threads) {
		if th.state == stopped && th.Stop.Kind == kernel.Interrupted && t.trapDue(th) {
			t.resume(th, kernel.Run, false) // gone or not, something will come
			some = true
		}
	}
	return some
}

// lastSignals are what a thread still has to be given: by the user's word, or in stops
// that nobody has judged.
func (th *Thread) lastSignals() []kernel.Action {
	var out []kernel.Action
	add := func(sig kernel.Signal, s *kernel.Stop) {
		a := kernel.Action{TID: th.TID, Signal: sig}
		if s.Signal == sig && (s.Kind == kernel.SignalStop || s.Kind == kernel.Trap) {
			info := s.Info
			a.Info = &info
		}
		out = append(out, a)
	}
	switch s := &th.Stop; {
	case th.Signal != 0:
		add(th.Signal, s)
	case th.pending && s.Kind == kernel.SignalStop, th.pending && s.Kind == kernel.Trap && !th.rewound && !th.ours && s.HW == 0:
		add(s.Signal, s)
	}
	for i := range th.deferred {
		add(th.deferred[i].Signal, &th.deferred[i])
	}
	return out
}

// Kill ends a process and returns when it is no more. Its end is not told.
func (t *Tracer) Kill(p *Process) error {
	err := t.k.Kill(p.PID)
	lent := errors.Is(err, kernel.ErrLent)
	if err != nil && !lent && !errors.Is(err, kernel.ErrGone) {
		return err
	}
	for _, th := range slices.Clone(p.threads) { // a kill does not wake a thread that is dying already
		if th.state == stopped && th.Stop.Kind == kernel.ThreadExit {
			if err := t.resume(th, kernel.Run, false); err != nil {
				return err
			}
		}
	}
	for t.procs[p.PID] == p {
		if lent {
			if err := t.nudgeBorrowers(p.space); err != nil {
				return err
			}
		}
		switch err := t.k.Wait(&t.stop, true); {
		case errors.Is(err, kernel.ErrWoken):
			continue
		case errors.Is(err, kernel.ErrNoTracees):
			t.dropProcess(p)
			continue
		case err != nil:
			return err
		}
		th := t.note(&t.stop)
		switch {
		case th == nil:
		case th.Process == p:
			if err := t.resume(th, kernel.Run, false); err != nil {
				return err
			}
		default:
			t.settle(th)
		}
	}
	t.ends = slices.DeleteFunc(t.ends, func(e Event) bool { return e.Process == p })
	return nil
}

// Close kills what was launched and lets go of what was attached to, and of children
// that are not followed. The child of one that was killed as it made it may come to light
// only then.
func (t *Tracer) Close() error {
	t.handle, t.intent = func(*Event) bool { return false }, Intent{}
	err := errors.Join(t.stopWorld(), t.endAll(), t.stopWorld())
	for err == nil && len(t.order) > 0 {
		err = errors.Join(t.endAll(), t.stopWorld())
	}
	return err
}

func (t *Tracer) endAll() error {
	var errs []error
	for _, way := range []struct {
		end   func(*Process) error
		which func(*Process) bool
	}{
		{t.Kill, func(p *Process) bool { return p.Launched && !p.quiet() }},
		{t.Detach, func(*Process) bool { return true }},
	} {
		for _, p := range slices.Clone(t.order) {
			if t.procs[p.PID] == p && way.which(p) {
				errs = append(errs, way.end(p))
			}
		}
	}
	return errors.Join(errs...)
}
