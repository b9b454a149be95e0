package main

// The promises, as far as they can be checked while a run goes on, and at its end.

import (
	"fmt"
	"strings"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/tracer"
)

// checkEvent holds promise 8: a thread's exits follow its entries, by one number.
func (s *session) checkEvent(e *tracer.Event) {
	th := e.Thread
	switch e.Kind {
	case tracer.EvSyscallEnter:
		s.calls++
		if nr, in := s.inCall[th.TID]; in {
			s.fail(8, "thread %d enters call %d inside of %d", th.TID, th.Call.Nr, nr)
		}
		s.inCall[th.TID] = th.Call.Nr
	case tracer.EvSyscallExit:
		switch nr, in := s.inCall[th.TID]; {
		case in && (!th.InCall || nr != th.Call.Nr):
			s.fail(8, "thread %d leaves call %d (in a call: %v), and had entered %d", th.TID, th.Call.Nr, th.InCall, nr)
		case !in && th.InCall:
			s.fail(8, "thread %d leaves a call it did not enter", th.TID)
		}
		delete(s.inCall, th.TID)
	case tracer.EvExec:
		if nr, in := s.inCall[e.Stop.Former]; in {
			delete(s.inCall, e.Stop.Former)
			s.inCall[th.TID] = nr
		}
		s.forgetEnded()
	case tracer.EvThreadGone:
		delete(s.inCall, th.TID)
	case tracer.EvExited, tracer.EvKilled:
		s.forgetEnded()
	case tracer.EvProcessNew: // which may have the number of a thread that is no more
		for _, t := range e.Process.Threads() {
			delete(s.inCall, t.TID)
		}
	}
}

// forgetEnded: threads are no more, and their numbers may be given again.
func (s *session) forgetEnded() {
	for tid := range s.inCall {
		if s.tr.Thread(tid) == nil {
			delete(s.inCall, tid)
		}
	}
}

// checkTraps holds promise 2: no process runs untraced with a trap of ours in its memory.
func (s *session) checkTraps() {
	if len(s.placed) == 0 {
		return
	}
	held := map[*kern.AddressSpace]bool{}
	for _, p := range s.m.Procs() {
		if p.Space != nil && s.traced(p) {
			held[p.Space] = true
		}
	}
	for _, p := range s.m.Procs() {
		if p.Space == nil || held[p.Space] || p.ExePath != s.path || p.Dying() || p.Pending.Has(s.m.System.Sig.KILL) {
			continue
		}
		s.checkText(p)
	}
}

// checkLetGo: nobody traces a process that was let go of.
func (s *session) checkLetGo(p *kern.Proc) {
	if p == nil {
		return
	}
	for _, t := range p.Threads {
		if t.Alive() && !t.Killed() && s.w.Traced(t) {
			s.fail(5, "thread %d of process %d is still traced", t.TID, p.PID)
			return
		}
	}
}

func (s *session) traced(p *kern.Proc) bool {
	for _, t := range p.Threads {
		if s.w.Traced(t) {
			return true
		}
	}
	return false
}

// checkText compares the first bytes of functions with those of the file.
func (s *session) checkText(p *kern.Proc) {
	var b [1]byte
	for _, name := range sorted(s.breaks()) {
		addr := s.breaks()[name]
		if p.Space.Peek(addr, b[:]) == 1 && b[0] != s.was[addr] {
			s.fail(2, "process %d, which is not traced, has %#x at %s", p.PID, b[0], name)
			return
		}
	}
}

// checkStill holds promise 2 for reads, and what a stopped world means.
func (s *session) checkStill() {
	var b [1]byte
	for _, p := range s.tr.Processes() {
		mp := s.m.Proc(int(p.PID))
		if mp == nil || mp.ExePath != s.path {
			continue
		}
		for _, name := range sorted(s.funcs) {
			addr := s.funcs[name]
			if n, err := p.ReadMem(addr, b[:]); err == nil && n == 1 && b[0] != s.was[addr] {
				s.fail(2, "a read of process %d shows %#x at %s", p.PID, b[0], name)
				return
			}
		}
	}
}

// settleSteps bounds what is left to run when the debugger is done.
const settleSteps = 150_000

// settle is the end of a run: whatever still lives runs alone, and what came out is compared.
func (s *session) settle() {
	over := func() bool {
		for _, p := range s.m.Procs() {
			if !p.External && p.State < kern.Zombie {
				return false
			}
		}
		return true
	}
	s.checkTraps()
	if p := s.roots[0].proc; s.profile.Halted && s.system.lingers && p != nil { // one that came meanwhile may have been lost
		s.m.Post(p, kern.SigInfo{Signo: s.m.System.Sig.CONT, Origin: kern.FromUser})
	}
	done := s.m.Run(over, settleSteps)
	s.checkLeft(done)
	if s.roots[0].proc == nil || len(s.faults) > 0 || s.m.Unmodeled != nil {
		return
	}
	if !s.killed && !s.crashed {
		for _, r := range s.roots {
			s.checkOutcome(r)
		}
	}
	s.checkCounts()
	s.checkTruth()
	s.checkSignals()
	if n := s.m.Stats.Astray; n > 0 && s.profile.Step == 0 { // those who are told to step do
		s.fail(1, "threads ran %d times while their process was stopped by job control", n)
	}
}

// checkLeft holds promise 5: nothing is left stopped, and all that can end has.
func (s *session) checkLeft(done bool) {
	for _, p := range s.m.Procs() {
		if p.External || p.State >= kern.Zombie {
			continue
		}
		if s.crashed && s.traced(p) { // a child that the tracer had not opened yet stays as it is (SVR4)
			continue
		}
		for _, t := range p.Threads {
			if t.State == kern.Traced || t.State == kern.Stopped && !s.killed {
				s.fail(5, "thread %d of process %d is left %v (%s)", t.TID, p.PID, t.State, t.Why)
				return
			}
		}
		if !done && !s.killed && !s.crashed {
			s.fail(5, "process %d has not ended: %s", p.PID, threadStates(p))
			return
		}
		const kill = 9 // SIGKILL, on every system
		// One for a thread that was at its end is left to another, whose sleep it does not end (reschedule_signals,
		// sys/kern/kern_sig.c).
		if dying := s.system.lingers && p.Pending.Has(kill); (s.crashed || s.quits) && s.launched && !dying {
			s.fail(5, "process %d outlives the debugger that launched it", p.PID)
			return
		}
	}
}

// threadStates says what the threads of a process do.
func threadStates(p *kern.Proc) string {
	var all []string
	for _, t := range p.Threads {
		all = append(all, fmt.Sprintf("thread %d is %v (%s)", t.TID, t.State, t.Why))
	}
	return strings.Join(all, ", ")
}

// checkOutcome holds promises 1 and 4: the program has done what it does alone.
func (s *session) checkOutcome(r *root) {
	end := r.proc.EndOf()
	status := fmt.Sprintf("exit %d", end.Code)
	if end.Signal != 0 {
		status = fmt.Sprintf("signal %d", end.Signal)
	}
	if err := s.run.Check(r.out.String(), status); err != nil {
		s.fail(1, "%v; stderr %q", err, r.errs.String())
	}
}

// checkCounts holds promise 3, where every breakpoint stood from the first instruction on and
// everything was followed to its end; and that every call was told, where all were traced.
func (s *session) checkCounts() {
	whole := s.launched && !s.killed && !s.crashed && !s.dropped && s.profile.Follow == tracer.FollowBoth
	if whole && s.profile.Break {
		for _, name := range sorted(s.breaks()) {
			want, known := s.run.Calls[name]
			if got := s.hits[name]; known && !eachIteration[name] && got != want*len(s.roots) {
				s.fail(3, "%s was executed %d times, %d hits were counted", name, want*len(s.roots), got)
			}
		}
	}
	if whole && s.profile.Mode == kernel.Syscalls && s.calls+s.m.Stats.Untold != s.m.Stats.Calls {
		s.fail(8, "%d system calls were made, %d entries were told, and %d could not be", s.m.Stats.Calls, s.calls, s.m.Stats.Untold)
	}
	if whole && s.cell != nil && s.watch.Hits != s.cell.hits {
		s.fail(3, "%s+%d was changed %d times, %d hits were counted", s.cell.name, s.cell.off, s.cell.hits, s.watch.Hits)
	}
}
