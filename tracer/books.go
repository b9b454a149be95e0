package tracer

// The books: what a stop changes in what we know of processes and threads. Nothing is
// decided here and nobody is told; that is judge's.

import (
	"iter"
	"slices"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
)

func (t *Tracer) addProcess(pid kernel.PID) *Process {
	p := &Process{PID: pid, t: t}
	p.space = newSpace(t, p)
	t.procs[pid] = p
	t.order = append(t.order, p)
	return p
}

func (t *Tracer) addThread(p *Process, tid kernel.TID) *Thread {
	th := &Thread{TID: tid, Process: p, debug: p.slots.Used()}
	t.threads[tid] = th
	p.threads = append(p.threads, th)
	if p.first == 0 || int(tid) == int(p.PID) {
		p.first = tid
	}
	return th
}

func (t *Tracer) dropThread(th *Thread) {
	th.state, th.pending = gone, false
	delete(t.threads, th.TID)
	th.Process.threads = slices.DeleteFunc(th.Process.threads, func(x *Thread) bool { return x == th })
	t.backlog = slices.DeleteFunc(t.backlog, func(x *Thread) bool { return x == th })
	if t.current == th {
		t.current = nil
	}
	// Whoever the others were held for is no more.
	if t.intent.Only == th {
		t.intent.Only = nil
	}
}

func (t *Tracer) dropProcess(p *Process) {
	for _, th := range slices.Clone(p.threads) {
		t.dropThread(th)
	}
	t.bequeath(p)
	p.space.leave(p)
	if len(p.space.users) == 0 && p.space.sites.Len() > 0 {
		t.left = append(t.left, p.space.sites)
		t.left = t.left[max(0, len(t.left)-keptSites):]
	}
	t.forget(p, p.space)
	delete(t.procs, p.PID)
	t.order = slices.DeleteFunc(t.order, func(x *Process) bool { return x == p })
}

// note books a stop. It returns the thread, to be judged, or nil when the stop ended
// it; what is to be told then lies in t.ends.
func (t *Tracer) note(s *kernel.Stop) *Thread {
	th := t.threads[s.TID]
	if th == nil {
		if th = t.meet(s); th == nil {
			return nil
		}
	}
	if !s.Kind.Alive() || s.Kind == kernel.ThreadExit {
		t.overtaken(th)
	}
	if !s.Kind.Alive() {
		t.end(th, s)
		return nil
	}
	t.stops++
	th.Stop, th.seq = *s, t.stops
	th.asked, th.stuck, th.Signal, th.moved, th.rewound = false, false, 0, false, false
	th.vforking = false // no stop comes from inside a vfork, and its end may not be told
	th.regs.Have, th.dirty = 0, 0
	th.state = stopped
	th.pending = true
	th.ours = th.owed && s.Kind == kernel.Trap && s.Trap == kernel.Step
	// An interrupt is told before the trap of a step that was done already.
	th.owed = th.owed && (s.Kind == kernel.Interrupted || s.Kind == kernel.GroupStop)
	if s.Kind != kernel.Trap || s.Trap != kernel.Breakpoint {
		if again := t.restarts(th); again != 0 || !th.returning() {
			th.again = again
		}
	}
	if s.Again != 0 {
		th.again = s.Again
	}
	switch s.Kind {
	case kernel.ThreadNew:
		if s.New != 0 {
			t.expect(th.Process, s.New)
		}
	case kernel.ProcessNew:
		th.vforking = s.How == kernel.Vfork
		if t.threads[s.New] == nil {
			t.expect(t.born(s.Process(), th.Process, s.SharesMemory), s.New)
		}
	case kernel.VforkDone:
		t.returned(th.Process.space, t.procs[s.Process()])
	case kernel.Exec:
		t.exec(th, s.Former)
	case kernel.ThreadExit:
		th.exiting = true
	case kernel.Interrupted: // a group-stop still in force would have come as another GroupStop
		th.repeat, th.grouped = !th.grouped, false
	case kernel.GroupStop:
		th.repeat, th.grouped = th.grouped, true
	}
	return th
}

// returning says whether an interrupt found the thread on its way back to a call that is begun
// again: at the trap, or past it with its signal yet to come.
func (th *Thread) returning() bool {
	if th.again == 0 || th.Stop.Kind != kernel.Interrupted {
		return false
	}
	set, err := th.Regs(regs.General)
	return err == nil && set.PC()-th.again <= 1
}

// callEnds are the stops that may come between a system call that was interrupted and its
// new beginning.
var callEnds = [kernel.NKinds]bool{kernel.Interrupted: true, kernel.GroupStop: true, kernel.SyscallExit: true,
	kernel.SignalStop: true, kernel.Trap: true}

// restarts is the site of a system call that was interrupted and is begun again when its
// thread goes on: the trap is met again, but the program knows of one execution only.
func (t *Tracer) restarts(th *Thread) uint64 {
	const least = 512 // ERESTARTSYS and its like, which no program sees (linux/errno.h)
	sites := th.Process.space.sites
	if sites.Len() == 0 || !callEnds[th.Stop.Kind] {
		return 0
	}
	set, err := th.Regs(regs.General)
	if err != nil || !restarting(set) || -int64(set.G[regs.RAX]) < least || sites.At(set.PC()-2) == nil {
		return 0
	}
	return set.PC() - 2
}

// meet makes the record of a thread that nobody announced.
func (t *Tracer) meet(s *kernel.Stop) *Thread {
	p := t.procs[s.PID]
	if !s.Kind.Alive() {
		if p != nil && s.Kind != kernel.ThreadGone { // before any thread of it was seen
			t.endProcess(p, nil, s)
		}
		return nil
	}
	if p == nil {
		parent := t.procs[s.Parent]
		if p = t.born(s.PID, parent, false); parent == nil {
			t.foundling(p)
		}
	}
	return t.addThread(p, s.TID)
}

// all are the threads there are, processes and threads in the order they were met: what the
// engine does depends on nothing else, so that a simulated run can be repeated.
func (t *Tracer) all() iter.Seq[*Thread] {
	return func(yield func(*Thread) bool) {
		for _, p := range t.order {
			for _, th := range p.threads {
				if !yield(th) {
					return
				}
			}
		}
	}
}

// keptSites is how many ended spaces are remembered.
const keptSites = 8

// foundling takes our traps out of a process whose maker was killed before it told of it: its
// memory is a copy of one we know, or of one that is gone. It is to end with us, if all there was
// is.
func (t *Tracer) foundling(p *Process) {
	p.Launched = !t.spares
	for _, known := range t.order {
		p.space.sites.Adopt(known.space.sites)
	}
	for _, gone := range t.left {
		p.space.sites.Adopt(gone)
	}
	p.space.sites.Sweep()
}

// expect makes the record of a thread that its maker announced. From here on it has to
// be waited for: it is on its way to its first stop.
func (t *Tracer) expect(p *Process, tid kernel.TID) {
	if t.threads[tid] == nil {
		t.addThread(p, tid)
	}
}

// born makes the record of a process that a tracee made.
func (t *Tracer) born(pid kernel.PID, parent *Process, shares bool) *Process {
	p := t.addProcess(pid)
	if parent == nil {
		return p
	}
	p.Parent, p.Launched = parent.PID, parent.Launched
	if shares {
		p.space = parent.space
		p.space.join(p)
	} else {
		p.space = parent.space.fork(p)
	}
	if t.Follow == FollowParent {
		p.lent, p.leave = shares, !shares
	}
	p.heir = !p.quiet()
	return p
}

// exec: every other thread is gone, and the memory with the traps in it. The thread that
// called has the leader's number now, and its call goes on under it.
func (t *Tracer) exec(th *Thread, former kernel.TID) {
	p := th.Process
	if caller := t.threads[former]; caller != nil {
		th.Call, th.InCall = caller.Call, caller.InCall
	}
	for _, other := range slices.Clone(p.threads) {
		if other != th {
			t.dropThread(other)
		}
	}
	t.bequeath(p)
	t.moveOut(p)
	p.slots, p.first = breakpoints.Slots{}, th.TID
	th.debug, th.counted, th.exiting = false, 0, false
	th.deferred = nil
}

// returned: a vfork child has given the memory back, by an exec or its end, of which it
// may not have told yet.
func (t *Tracer) returned(lender *space, child *Process) {
	if child != nil && child.space == lender {
		t.moveOut(child)
	}
}

// moveOut gives a process an address space without traps in place of the one it had,
// which others may go on using.
func (t *Tracer) moveOut(p *Process) {
	old := p.space
	old.leave(p)
	t.forget(p, old)
	p.space = newSpace(t, p)
}

// end takes a dead thread or process out of the books.
func (t *Tracer) end(th *Thread, s *kernel.Stop) {
	th.Stop = *s
	if s.Kind != kernel.ThreadGone {
		t.endProcess(th.Process, th, s)
		return
	}
	t.dropThread(th)
	t.ended(th.Process, th, EvThreadGone, s)
}

func (t *Tracer) endProcess(p *Process, th *Thread, s *kernel.Stop) {
	kind := EvExited
	if s.Kind == kernel.Killed {
		kind = EvKilled
	}
	t.dropProcess(p)
	t.ended(p, th, kind, s)
}

func (t *Tracer) ended(p *Process, th *Thread, kind EventKind, s *kernel.Stop) {
	stop := *s
	if !p.quiet() {
		t.ends = append(t.ends, Event{Kind: kind, Process: p, Thread: th, Stop: &stop})
	}
}

// Processes are those traced now, in the order of their PIDs.
func (t *Tracer) Processes() []*Process {
	out := make([]*Process, 0, len(t.procs))
	for _, p := range t.order {
		if !p.lent {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *Process) int { return int(a.PID - b.PID) })
	return out
}

// Process finds a traced process, or nil.
func (t *Tracer) Process(pid kernel.PID) *Process { return t.procs[pid] }

// Thread finds a traced thread, or nil.
func (t *Tracer) Thread(tid kernel.TID) *Thread { return t.threads[tid] }

// settle makes a stop that came while the world was being stopped fit to be looked
// at: a thread that ran into one of our traps stands at the breakpoint, not past it.
// Whether that counts as a hit is judged when it would go on.
func (t *Tracer) settle(th *Thread) {
	switch s := &th.Stop; s.Kind {
	case kernel.Interrupted, kernel.GroupStop:
		if th.repeat {
			th.pending = false
			t.idle = true
			if s.Kind == kernel.Interrupted && t.trapDue(th) {
				t.resume(th, kernel.Run, false) // gone or not, something will come
			}
			return
		}
	case kernel.ThreadExit:
		t.letExit(th)
		return
	case kernel.Trap:
		if s.Trap == kernel.Breakpoint {
			t.rewind(th)
		}
	}
	t.queue(th)
}

// trapDue says whether a thread stopped by an interrupt had done its step, or run into
// one of our traps or debug registers: an interrupt is told first, and the trap's signal comes as soon as
// the thread goes on. It is taken at once: let go of, the program would die of it.
func (t *Tracer) trapDue(th *Thread) bool {
	if !th.owed && !th.Process.slots.Used() {
		set, err := th.Regs(regs.General)
		if err != nil || th.Process.space.sites.At(set.PC()-1) == nil {
			return false
		}
	}
	due, _ := t.k.Pending(th.TID)
	return slices.ContainsFunc(due, func(i kernel.SigInfo) bool { return i.Sync })
}

// letExit does not hold a thread at its exit while others are being stopped: it may be
// dying of another's exec, which waits for it and cannot be stopped before. Its exit
// is told as something past.
func (t *Tracer) letExit(th *Thread) {
	th.pending = false
	t.ended(th.Process, th, EvThreadExit, &th.Stop)
	t.resume(th, kernel.Run, false) // gone or not, its end will come
}

// overtaken keeps what the stop in hand of a thread that was killed in it says of a call:
// the debugger is told still, as of something past.
func (t *Tracer) overtaken(th *Thread) {
	kind := callEvent[th.Stop.Kind]
	if kind == 0 || !th.pending || th.state != stopped || kind == EvSyscallExit && !th.InCall {
		return
	}
	th.bookCall(&th.Stop)
	th.Stop.Syscall, th.InCall = th.Call, kind == EvSyscallEnter
	t.ended(th.Process, th, kind, &th.Stop)
}

func (t *Tracer) queue(th *Thread) {
	th.pending = true
	if !slices.Contains(t.backlog, th) {
		t.backlog = append(t.backlog, th)
	}
}

// rewind moves a thread that executed an int3 of ours back to it and says so; it
// returns false for an int3 of the program's own. One that is in memory no more was
// ours: the thread ran into it before it was taken out.
func (t *Tracer) rewind(th *Thread) bool {
	if th.rewound {
		return true
	}
	set, err := th.Regs(regs.General)
	if err != nil {
		return true // it is gone; its end will come
	}
	pc, sites := set.PC(), th.Process.space.sites
	if sites.At(pc-1) == nil {
		var b [2]byte // at pc-2: int3 is cc, or cd 03
		if n, _ := th.Process.ReadMem(pc-2, b[:]); n == 2 && (b[1] == breakpoints.Trap || b == [2]byte{0xcd, 3}) {
			return false
		}
	}
	th.rewound = true
	th.setPC(pc - 1)
	return true
}
