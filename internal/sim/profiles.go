package main

// What a debugger may do, as rows, and which programs it does it to.

import (
	"slices"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/tracer"
)

// Profile is a way to debug. The chances are of 256.
type Profile struct {
	Name   string
	Follow tracer.Follow
	Mode   kernel.Mode
	Drift  int // steps of the machine before a request, at most

	Break      bool // breakpoints on the functions whose calls are known
	Everywhere bool // and on all others
	StopAtHit  int  // at a hit,
	// and at any other event, the world is stopped.
	StopAtEvent int

	Interrupt, Step, Toggle, Look int
	Detach, Kill, KillByUs, Crash int
	KillMaking                    int  // as a process or a thread is made
	Quit                          int  // the debugger ends while the world stands
	Attach                        bool // to the program running already, instead of launching it
	Watch                         bool
	Hardware                      bool     // the breakpoints are debug registers
	Sampled                       bool     // the cell is looked at after each step
	Only, Limit                   int      // one thread goes alone; a breakpoint is for one thread
	Give                          int      // a thread is given a signal
	Two                           bool     // programs
	Halted                        bool     // the process attached to is stopped
	Without                       []string // programs that it is not for, with the reason where the row is
	Linux                         bool     // it is for Linux alone, where a child is looked for whose maker was killed
}

// Profiles are all ways.
var Profiles = []Profile{
	{Name: "plain", Follow: tracer.FollowBoth, Drift: 2},
	{Name: "calls", Follow: tracer.FollowBoth, Mode: kernel.Syscalls, Drift: 2},
	{Name: "calls interrupted", Follow: tracer.FollowBoth, Mode: kernel.Syscalls, Drift: 4, Interrupt: 200, StopAtEvent: 8},
	{Name: "breakpoints", Follow: tracer.FollowBoth, Drift: 3, Break: true},
	{Name: "breakpoints that stop", Follow: tracer.FollowBoth, Drift: 3, Break: true, StopAtHit: 64, StopAtEvent: 16, Look: 64},
	{Name: "breakpoints and interrupts", Follow: tracer.FollowBoth, Drift: 6, Break: true, Interrupt: 220, StopAtHit: 32, StopAtEvent: 16, Look: 32},
	{Name: "breakpoints everywhere", Follow: tracer.FollowBoth, Drift: 2, Break: true, Everywhere: true, StopAtEvent: 8},
	{Name: "breakpoints in the parent", Follow: tracer.FollowParent, Drift: 3, Break: true, StopAtHit: 16, StopAtEvent: 16},
	{Name: "breakpoints in the child", Follow: tracer.FollowChild, Drift: 3, Break: true, StopAtHit: 16, StopAtEvent: 16},
	{Name: "steps", Follow: tracer.FollowBoth, Drift: 2, Break: true, StopAtHit: 32, StopAtEvent: 32, Step: 128, Interrupt: 128,
		Without: []string{"simtrapflag"}}, // the trap flag of a program is lost in the steps of a debugger
	{Name: "toggled", Follow: tracer.FollowBoth, Drift: 4, Break: true, StopAtHit: 64, StopAtEvent: 16, Toggle: 128, Interrupt: 100},
	{Name: "detached", Follow: tracer.FollowBoth, Drift: 4, Break: true, StopAtHit: 64, StopAtEvent: 24, Detach: 64, Interrupt: 200},
	{Name: "attached", Follow: tracer.FollowBoth, Drift: 6, Break: true, StopAtHit: 32, StopAtEvent: 24, Detach: 64, Interrupt: 200, Attach: true},
	{Name: "attached, calls", Follow: tracer.FollowBoth, Mode: kernel.Syscalls, Drift: 6, StopAtEvent: 8, Detach: 64, Interrupt: 200, Attach: true},
	{Name: "killed", Follow: tracer.FollowBoth, Drift: 4, Break: true, StopAtHit: 32, StopAtEvent: 16, Kill: 64, KillByUs: 16, Interrupt: 100},
	{Name: "killed, calls", Follow: tracer.FollowBoth, Mode: kernel.Syscalls, Drift: 4, StopAtEvent: 8, Kill: 128},
	{Name: "quit", Follow: tracer.FollowBoth, Drift: 4, Break: true, StopAtHit: 32, StopAtEvent: 24, Interrupt: 200, Attach: true, Quit: 48},
	{Name: "quit, launched", Follow: tracer.FollowBoth, Drift: 4, Break: true, StopAtHit: 32, StopAtEvent: 128, Interrupt: 100, Quit: 24, Linux: true},
	{Name: "killed in a fork", Follow: tracer.FollowBoth, Drift: 4, Break: true, StopAtHit: 32, StopAtEvent: 16, KillMaking: 64, Interrupt: 100, Quit: 64, Linux: true},
	{Name: "killed in a fork, calls", Follow: tracer.FollowBoth, Mode: kernel.Syscalls, Drift: 4, StopAtEvent: 16, KillMaking: 64, Interrupt: 64, Quit: 32, Linux: true},
	{Name: "killed in a fork, attached", Follow: tracer.FollowBoth, Drift: 4, Break: true, Attach: true, StopAtHit: 32, StopAtEvent: 16, KillMaking: 128, Interrupt: 100, Quit: 64, Linux: true},
	{Name: "crashed", Follow: tracer.FollowBoth, Drift: 4, Break: true, StopAtHit: 32, StopAtEvent: 16, Crash: 128, Interrupt: 100},
	{Name: "watched", Follow: tracer.FollowBoth, Drift: 3, Watch: true, Interrupt: 64},
	{Name: "watched, breakpoints", Follow: tracer.FollowBoth, Drift: 3, Watch: true, Break: true, Interrupt: 64, StopAtHit: 16},
	{Name: "watched, steps", Follow: tracer.FollowBoth, Drift: 3, Watch: true, Interrupt: 128, Step: 128, StopAtEvent: 16},
	{Name: "watched, detached", Follow: tracer.FollowBoth, Drift: 3, Watch: true, Interrupt: 200, Detach: 48},
	{Name: "sampled", Follow: tracer.FollowBoth, Drift: 3, Watch: true, Sampled: true, Interrupt: 64},
	{Name: "sampled, breakpoints", Follow: tracer.FollowBoth, Drift: 3, Watch: true, Sampled: true, Break: true, Interrupt: 64, StopAtHit: 16},
	{Name: "sampled, steps", Follow: tracer.FollowBoth, Drift: 3, Watch: true, Sampled: true, Interrupt: 128, Step: 128, StopAtEvent: 16},
	{Name: "sampled, detached", Follow: tracer.FollowBoth, Drift: 3, Watch: true, Sampled: true, Interrupt: 200, Detach: 48},
	{Name: "hardware breakpoints", Follow: tracer.FollowBoth, Drift: 3, Break: true, Hardware: true, Interrupt: 100, StopAtHit: 32, StopAtEvent: 8,
		Without: []string{"simfaults", "simguard"}}, // an instruction that faults is not met again after its handler: RF is in the frame
	{Name: "limited to threads", Follow: tracer.FollowBoth, Drift: 3, Break: true, Interrupt: 100, StopAtHit: 64, StopAtEvent: 16, Limit: 100,
		Without: []string{"simvfork"}}, // an exec makes new ones
	{Name: "one thread alone", Follow: tracer.FollowBoth, Drift: 3, Break: true, Interrupt: 32, StopAtHit: 48, StopAtEvent: 16, Only: 100, Step: 32,
		Without: []string{"simtrapflag"}},
	{Name: "signals given", Follow: tracer.FollowBoth, Drift: 3, Break: true, Everywhere: true, Interrupt: 64, StopAtHit: 64, StopAtEvent: 16, Give: 100},
	{Name: "signals given, calls", Follow: tracer.FollowBoth, Mode: kernel.Syscalls, Drift: 3, Break: true, Interrupt: 64, StopAtHit: 64, StopAtEvent: 16, Give: 100},
	{Name: "steps without breakpoints", Follow: tracer.FollowBoth, Drift: 2, Interrupt: 128, StopAtEvent: 24, Step: 200,
		Without: []string{"simtrapflag"}},
	{Name: "slow, breakpoints everywhere", Follow: tracer.FollowBoth, Drift: 16, Break: true, Everywhere: true, StopAtEvent: 8, Interrupt: 32},
	{Name: "two programs", Follow: tracer.FollowBoth, Drift: 3, Break: true, Two: true, Interrupt: 100, StopAtHit: 32, StopAtEvent: 8},
	{Name: "attached, stopped", Follow: tracer.FollowBoth, Drift: 4, Break: true, Attach: true, Halted: true, Interrupt: 100, StopAtHit: 16, StopAtEvent: 16, Detach: 16,
		Without: []string{"simsigwait"}}, // its calls end with EINTR after a stop
}

// cell is memory of a program run without arguments, and how often its value changes (see
// testdata/sim/watch.c and watchfork.c).
type cell struct {
	name string
	off  uint64
	len  int
	hits int
}

var cells = map[string][]cell{
	"simwatch": {{"around", 0, 8, 15}, {"around", 8, 8, 15}, {"around", 12, 4, 0}, {"around", 16, 4, 15}, {"mine", 8, 8, 5},
		{"mine", 24, 8, 0}, {"same_value", 0, 8, 1}, {"filled", 16, 8, 5}},
	"simwatchfork": {{"cell", 0, 8, 14}},
}

// drive is the debugger.
func (p *Profile) drive(s *session) {
	if p.Attach {
		if err := s.start(); err != nil {
			s.fail(5, "start: %v", err)
			return
		}
		s.dropped = true
		s.attach(s.roots[0].pid)
	} else if proc, err := s.launch(s.roots[0], nil); err != nil {
		s.fail(5, "launch: %v", err)
		return
	} else {
		p.prepare(s, proc)
	}
	if p.Two {
		proc, err := s.launchAnother()
		if err != nil {
			s.fail(5, "launch another: %v", err)
			return
		}
		p.prepare(s, proc)
	}
	s.debug()
	if err := s.tr.Close(); err != nil && !gone(err) {
		s.fail(5, "close: %v", err)
	}
}

// prepare puts breakpoints into a process.
func (p *Profile) prepare(s *session, proc *tracer.Process) {
	if p.Break && p.Mode != kernel.Syscalls { // that one is not the program yet
		s.breakAt(proc)
	}
	if p.Watch {
		s.watchCell(proc)
	}
}

// counted says whether the machine has to count for promise 3. Threads that die of another's
// exit or exec are more than truth.go knows of.
func (p *Profile) counted(s *subject) bool {
	comes := p.Attach || p.Toggle > 0 || p.Limit > 0 || p.Detach > 0 || p.Kill > 0 || p.KillMaking > 0 || p.Follow != tracer.FollowBoth
	return p.Break && comes && !p.Hardware && !slices.Contains([]string{"simexec", "simexits", "simorphans"}, s.row.Name)
}

func (s *session) watchCell(p *tracer.Process) {
	all := cells[s.row.Name]
	s.cell = &all[s.c.Choose(len(all))]
	kind := breakpoints.Write
	if s.profile.Sampled {
		kind = breakpoints.Sampled
	}
	s.watch = s.tr.Breakpoints.Add(&breakpoints.Breakpoint{Kind: kind, Len: s.cell.len, Ignore: 1 << 40})
	if err := s.tr.Place(s.watch, p, s.symbols[s.cell.name]+s.cell.off); err != nil {
		s.fail(3, "watch %s: %v", s.cell.name, err)
	}
}

// fits says whether a profile is for a program.
func (p *Profile) fits(s *subject) bool {
	if p.Linux && s.system != systems[0] || slices.Contains(s.system.without, p.Name) ||
		slices.ContainsFunc(s.system.unfit, func(u unfit) bool { return u.program == s.row.Name && u.by(p) }) {
		return false
	}
	if p.Watch {
		return cells[s.row.Name] != nil && len(s.run.Args) == 0
	}
	return !slices.Contains(p.Without, s.row.Name)
}
