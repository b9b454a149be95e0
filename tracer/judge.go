package tracer

// What a stop means. judge is called once for each stop of a thread that is to go on,
// with the thread stopped, and says whether the world should stop.

import (
	"iter"
	"slices"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
)

// emit tells the handler.
func (t *Tracer) emit(kind EventKind, th *Thread) bool {
	if th.Process.quiet() {
		return false
	}
	t.event = Event{Kind: kind, Process: th.Process, Thread: th, Stop: &th.Stop}
	return t.deliver(&t.event)
}

func (t *Tracer) deliver(ev *Event) bool {
	t.catchUp()
	if !t.handle(ev) {
		return false
	}
	if t.current = ev.Thread; t.current != nil && t.current.state == gone {
		t.current = nil
	}
	return true
}

// eventOf is the event for kinds of stop that need no thought.
var eventOf = [kernel.NKinds]EventKind{
	kernel.VforkDone:  EvVforkDone,
	kernel.Exec:       EvExec,
	kernel.ThreadExit: EvThreadExit,
	kernel.ProcessNew: EvFork,
}

func (t *Tracer) judge(th *Thread) (stop bool) {
	th.pending = false
	s := &th.Stop
	switch s.Kind {
	case kernel.SyscallEnter, kernel.SyscallExit:
		th.bookCall(s)
		stop = t.emit(callEvent[s.Kind], th)
		th.InCall = s.Kind == kernel.SyscallEnter
		return stop
	case kernel.SignalStop:
		return t.judgeSignal(th, s.Signal)
	case kernel.Trap:
		return t.judgeTrap(th)
	case kernel.Interrupted:
		return !th.repeat && t.emit(EvContinued, th)
	case kernel.GroupStop:
		return !th.repeat && t.emit(EvGroupStop, th)
	case kernel.Started:
		return t.judgeStarted(th)
	case kernel.Exec:
		if th.Process.lent { // it has left the memory it was lent, and our traps
			th.Process.leave = true
			return false
		}
	}
	if kind := eventOf[s.Kind]; kind != 0 {
		return t.emit(kind, th)
	}
	return false
}

// callEvent is the event for a stop at a system call.
var callEvent = [kernel.NKinds]EventKind{
	kernel.SyscallEnter: EvSyscallEnter,
	kernel.SyscallExit:  EvSyscallExit,
}

// bookCall brings Call up to date with a stop at a system call.
func (th *Thread) bookCall(s *kernel.Stop) {
	c := &s.Syscall
	if s.Kind == kernel.SyscallEnter {
		th.Call, th.InCall = *c, true
		return
	}
	th.Call.Ret, th.Call.High, th.Call.Failed, th.Call.IP, th.Call.SP = c.Ret, c.High, c.Failed, c.IP, c.SP
}

// deliverPast delivers an event of t.ends. A thread shows the call that it tells of meanwhile.
func (t *Tracer) deliverPast(ev *Event) (stop bool) {
	if callEvent[ev.Stop.Kind] == 0 {
		return t.deliver(ev)
	}
	th := ev.Thread
	call, in := th.Call, th.InCall
	th.Call, th.InCall = ev.Stop.Syscall, true
	stop = t.deliver(ev)
	th.Call, th.InCall = call, in
	return stop
}

func (t *Tracer) judgeSignal(th *Thread, sig kernel.Signal) bool {
	th.Signal = sig
	return t.emit(EvSignal, th)
}

// judgeTrap tells our traps from the program's own, which are signals like others.
func (t *Tracer) judgeTrap(th *Thread) bool {
	switch s := &th.Stop; {
	case s.Trap == kernel.Breakpoint:
		if !t.rewind(th) {
			return t.judgeSignal(th, s.Info.Signal)
		}
		if th.moved || th.regs.Have == 0 {
			return false // the debugger sent it elsewhere since, or it died
		}
		return t.arrive(th, false)
	case s.HW != 0: // no program has debug registers of its own; one that matched may be free by now
		return t.judgeHardware(th)
	case th.ours:
		return t.judgeStep(th)
	}
	return t.judgeSignal(th, th.Stop.Info.Signal)
}

// judgeStep is the end of a step that was asked for. Stepping onto a breakpoint is
// arriving at it. A step that is wanted no more (the world stopped before its end was
// told) has been done all the same.
func (t *Tracer) judgeStep(th *Thread) bool {
	t.repair(th)
	pc, err := th.PC()
	if err != nil || !th.step {
		return false
	}
	if t.sampling && t.sample(th) {
		return true
	}
	if s := th.Process.space.sites.At(pc); s != nil && s.Inserted() && t.arrive(th, true) {
		return true
	}
	if th != t.intent.Step {
		return false
	}
	t.event = Event{Kind: EvStep, Process: th.Process, Thread: th, Stop: &th.Stop, Stepped: true}
	return t.deliver(&t.event)
}

// arrive books the hits of all breakpoints at the thread's pc.
func (t *Tracer) arrive(th *Thread, stepped bool) bool {
	pc := th.regs.PC()
	if th.Process.space.sites.At(pc) == nil {
		return false // taken out since it was hit
	}
	again := th.again == pc
	th.counted, th.again = pc, 0
	if again || th.Process.quiet() {
		return false
	}
	at := breakpoints.Location{PID: int(th.Process.PID), Addr: pc}
	t.hits = t.Breakpoints.At(t.hits[:0], at, false)
	return t.book(th, EvBreakpoint, pc, stepped)
}

// book counts t.hits and tells of those that want the world stopped.
func (t *Tracer) book(th *Thread, kind EventKind, addr uint64, stepped bool) bool {
	hit := breakpoints.Hit{PID: int(th.Process.PID), TID: int(th.TID), Addr: addr}
	stopping := t.hits[:0]
	var failed error
	for _, b := range t.hits {
		ok, err := b.Arrive(hit)
		if err != nil && failed == nil {
			failed = err
		}
		if ok {
			stopping = append(stopping, b)
		}
	}
	if len(stopping) == 0 {
		return false
	}
	t.event = Event{Kind: kind, Process: th.Process, Thread: th, Stop: &th.Stop, Err: failed, Stepped: stepped,
		Hits: append([]*breakpoints.Breakpoint(nil), stopping...)}
	return t.deliver(&t.event)
}

// sample looks at the values that a step of the thread may have changed, and books those that did.
func (t *Tracer) sample(th *Thread) bool {
	t.hits = t.hits[:0]
	var addr uint64
	for b, at := range th.Process.samples() {
		if t.changed(th.Process, b, at) {
			t.hits, addr = append(t.hits, b), at
		}
	}
	return len(t.hits) > 0 && t.book(th, EvWatchpoint, addr, th == t.intent.Step)
}

// samples are the places in a process that are looked at after each step.
func (p *Process) samples() iter.Seq2[*breakpoints.Breakpoint, uint64] {
	return func(yield func(*breakpoints.Breakpoint, uint64) bool) {
		for _, b := range p.t.Breakpoints.All() {
			if b.Kind != breakpoints.Sampled || !b.Enabled {
				continue
			}
			for _, l := range b.Locations {
				if l.PID == int(p.PID) && !yield(b, l.Addr) {
					return
				}
			}
		}
	}
}

// sampled says whether there are any, so that the process goes by single steps.
func (p *Process) sampled() bool {
	for range p.samples() {
		return !p.quiet()
	}
	return false
}

// judgeHardware finds which breakpoints the debug registers that matched stand for.
// An execution breakpoint is met before its instruction, a watchpoint after the
// access; a watchpoint on changes is not met by a write of the same value.
func (t *Tracer) judgeHardware(th *Thread) bool {
	stepped := th.ours
	if stepped {
		t.repair(th)
	}
	p := th.Process
	var execute, watch []*breakpoints.Breakpoint
	var addr uint64
	for i, slot := range p.slots {
		if th.Stop.HW&(1<<i) == 0 || slot.Len == 0 {
			continue
		}
		addr = slot.Addr
		for _, b := range t.Breakpoints.At(nil, breakpoints.Location{PID: int(p.PID), Addr: addr}, true) {
			if !b.Kind.Watch() {
				execute = append(execute, b)
			} else if b.Len == slot.Len && t.changed(p, b, addr) {
				watch = append(watch, b)
			}
		}
	}
	if set, err := th.Regs(regs.General); len(execute) > 0 && err == nil {
		set.G[regs.EFlags] |= regs.FlagRF // or it would be met again for ever
		th.dirty |= regs.General
	}
	if t.hits = append(t.hits[:0], watch...); len(watch) > 0 && t.book(th, EvWatchpoint, addr, stepped) {
		return true
	}
	if t.hits = append(t.hits[:0], execute...); len(execute) > 0 && t.book(th, EvBreakpoint, addr, stepped) {
		return true
	}
	return stepped && t.judgeStep(th)
}

// changed brings a watchpoint's values up to date and says whether the access is one
// it waits for. Each memory has its own value.
func (t *Tracer) changed(p *Process, b *breakpoints.Breakpoint, addr uint64) bool {
	v, err := readValue(p, addr, b.Len)
	if err != nil {
		return b.Kind.Hardware() // unmapped: worth telling, but not at every step
	}
	was, ok := p.space.watched[b]
	if !ok {
		was = b.New
	}
	p.space.watched[b] = v
	different := v != was
	switch b.Kind {
	case breakpoints.Write, breakpoints.Sampled:
		if !different {
			return false
		}
	case breakpoints.Read:
		if different {
			return false
		}
	}
	b.Old, b.New = was, v
	return true
}

// judgeStarted is the first stop of a thread or a process.
func (t *Tracer) judgeStarted(th *Thread) bool {
	p := th.Process
	if !th.leads() {
		return t.emit(EvThreadNew, th)
	}
	parent := t.procs[p.Parent]
	if parent == nil && p.Parent == 0 { // its maker died before telling: nothing is known of its memory
		return t.emit(EvProcessNew, th)
	}
	if p.quiet() {
		return false
	}
	if parent != nil {
		if p.heir {
			t.inherit(p, parent)
		}
		if t.Follow == FollowChild {
			t.dismiss(parent)
		}
	}
	return t.emit(EvProcessNew, th)
}

// dismiss has a process let go at its next stop, for which it need not wait long.
func (t *Tracer) dismiss(p *Process) {
	p.leave = true
	if i := slices.IndexFunc(p.threads, (*Thread).moving); i >= 0 {
		t.ask(p.threads[i])
	}
}

// quiet says whether nothing is told of a process: it is not followed.
func (p *Process) quiet() bool { return p.lent || p.leave }
