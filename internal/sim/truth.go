package main

// Promise 3 where no row can know the counts, as breakpoints come and go, and processes are
// taken and let go of: the machine itself counts how often a function's second instruction is
// completed by a thread that is traced, in a process whose breakpoint stands. So many times
// has the first been hit.
//
// When a breakpoint is put in or taken out, a thread may stand between the two: that is
// allowed for. Where it cannot be known whether the hit has been booked, one more or less is.

import (
	"slices"
	"sync"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel/model"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/x86"
)

// truth is what the machine has seen.
type truth struct {
	seconds []place
	armed   map[armed]bool
	passed  map[string]int // how often the second instruction was completed under a breakpoint
	hits    map[string]int // of breakpoints that stand
	slack   map[string]int
	only    map[string]int // the thread a function's breakpoint is for
	left    map[armed]bool // breakpoints of a parent that is let go; children it has made have them
}

// armed is a breakpoint that stands in a process.
type armed struct {
	pid  int
	name string
}

// place is a function's first instruction and its second.
type place struct {
	name          string
	first, second uint64
}

// places are the functions whose second instruction is executed as often as their first: a
// run without a tracer shows it. They are found once for a subject.
func (s *subject) places() []place {
	s.once.Do(func() { s.seconds = s.findPlaces() })
	return s.seconds
}

func (s *subject) findPlaces() []place {
	w, err := model.New(model.Options{System: s.system.name, Seed: 1})
	if err != nil {
		return nil
	}
	defer w.Close()
	if w.Put(s.path, s.data, 0o755) != nil {
		return nil
	}
	var found []place
	counts := map[string]int{}
	w.M.Probes = map[uint64]func(*kern.Thread){}
	for _, name := range sorted(s.funcs) {
		first := s.funcs[name]
		n, err := x86.Len(s.code[first])
		if second := first + uint64(n); err == nil && w.M.Probes[second] == nil && s.was[first] != breakpoints.Trap {
			w.M.Probes[second] = func(*kern.Thread) { counts[name]++ }
			found = append(found, place{name, first, second})
		}
	}
	if _, err := w.Run(s.path, s.run.Args, []string{"TP_SIM=1"}); err != nil {
		return nil
	}
	w.M.Run(func() bool { return false }, settleSteps) // whom the first process left behind
	var good []place
	for _, p := range found {
		if counts[p.name] == s.run.Calls[p.name] {
			good = append(good, p)
		}
	}
	return good
}

// watchTruth has the machine count.
func (s *session) watchTruth() {
	s.truth = &truth{seconds: s.places(), armed: map[armed]bool{}, passed: map[string]int{}, hits: map[string]int{}, slack: map[string]int{}, only: map[string]int{},
		left: map[armed]bool{}}
	s.m.Probes = map[uint64]func(*kern.Thread){}
	for _, p := range s.truth.seconds {
		s.m.Probes[p.second] = func(t *kern.Thread) {
			if s.truth.armed[armed{t.Proc.PID, p.name}] && s.w.Traced(t) && s.truth.wants(p.name, int(s.w.TID(t))) && !s.lingers(t.Proc.PID) {
				s.truth.passed[p.name]++
			}
		}
	}
}

// lingers says whether a process was killed and may run on for a while: its traps may be out then.
func (s *session) lingers(pid int) bool {
	return s.system.lingers && s.killed && pid == int(s.roots[0].pid)
}

// hit counts one.
func (s *session) hit(pid int, name string) {
	h := s.truth
	switch key := (armed{pid, name}); {
	case h == nil, s.lingers(pid):
	case h.armed[key]:
		h.hits[name]++
	case slices.ContainsFunc(h.seconds, func(at place) bool { return at.name == name }) && (!s.released || h.left[key]): // else it started while another was let go of, which nobody is told
		s.fail(3, "a hit of %s is counted in process %d, where no breakpoint stands", name, pid)
	}
}

func (h *truth) wants(name string, tid int) bool { return h.only[name] == 0 || h.only[name] == tid }

// arm notes that the breakpoints of these functions stand in a process, or do no more.
func (s *session) arm(pid int, on bool, names ...string) {
	h, p := s.truth, s.m.Proc(pid)
	if h == nil {
		return
	}
	for _, at := range h.seconds {
		for _, name := range names {
			if key := (armed{pid, name}); name == at.name && h.armed[key] != on {
				h.armed[key] = on
				if p != nil {
					s.between(p, at, on)
				}
			}
		}
	}
}

// between allows for the threads that stand at a function's beginning. Behind a trap a thread
// may be at the second instruction, or just past the trap: the engine knows, if it has it.
func (s *session) between(p *kern.Proc, at place, on bool) {
	h := s.truth
	if s.m.Stats.Handled > 0 { // a handler may run between the two
		h.slack[at.name] += len(p.Threads)
	}
	for _, t := range p.Threads {
		rip, sure := t.Regs.RIP, at.second != at.first+1
		if rip-at.first > breakpoints.Window || !h.wants(at.name, int(s.w.TID(t))) {
			continue
		}
		if th := s.tr.Thread(s.w.TID(t)); th != nil && th.Stopped() {
			if pc, err := th.PC(); err == nil {
				rip, sure = pc, true
			}
		}
		switch {
		case rip == at.second && sure && on: // it will complete the second without having been counted
			h.passed[at.name]--
		case rip == at.second && sure:
			h.passed[at.name]++
		case rip == at.first || rip == at.first+1:
			h.slack[at.name]++
		}
	}
}

// loosen allows for threads of a process that end, or are let go of, who knows where.
func (s *session) loosen(p *kern.Proc) {
	if s.truth == nil || p == nil {
		return
	}
	for _, at := range s.truth.seconds {
		s.truth.slack[at.name] += len(p.Threads)
	}
}

// loosenAll allows for a kill.
func (s *session) loosenAll() {
	for _, p := range s.m.Procs() {
		s.loosen(p)
	}
}

// checkTruth compares.
func (s *session) checkTruth() {
	if s.truth == nil || s.crashed {
		return
	}
	for _, at := range s.truth.seconds {
		got, want, slack := s.truth.hits[at.name], s.truth.passed[at.name], s.truth.slack[at.name]
		if got < want-slack || got > want+slack {
			s.fail(3, "%s was passed %d times under its breakpoint (give or take %d), %d hits were counted", at.name, want, slack, got)
		}
	}
}

// lazily is what a subject finds out once, for all its runs.
type lazily struct {
	once    sync.Once
	seconds []place
}
