package main

// What the debugger does in a run, by the run's choices.

import (
	"errors"
	"runtime/debug"
	"slices"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/tracer"
)

func trace() string { return string(debug.Stack()) }

// launch starts the program under the engine.
func (s *session) launch() error {
	p, err := s.tr.Launch(&kernel.Launch{Path: s.path, Args: append([]string{s.path}, s.run.Args...), Env: []string{"TP_SIM=1"},
		NewGroup: true, Foreground: -1, Calls: s.profile.Mode == kernel.Syscalls})
	if err != nil {
		return err
	}
	s.root, s.launched = p.PID, true
	s.rootProc = s.m.Proc(int(p.PID))
	return nil
}

// start starts the program untraced and lets it run for a while.
func (s *session) start() error {
	pid, err := s.w.Start(s.path, s.run.Args, []string{"TP_SIM=1"})
	if err != nil {
		return err
	}
	s.root, s.rootProc = pid, s.m.Proc(int(pid))
	for range s.c.Choose(300) {
		s.m.Step()
	}
	return nil
}

// breakAt puts counting breakpoints on functions.
func (s *session) breakAt(p *tracer.Process, funcs map[string]uint64) {
	for _, name := range sorted(funcs) {
		b := s.tr.Breakpoints.Add(&breakpoints.Breakpoint{Spec: name, Check: func(h breakpoints.Hit) (bool, error) {
			s.hits[name]++
			s.note("thread %d at %s", h.TID, name)
			return s.c.Chance(s.profile.StopAtHit), nil
		}})
		if err := s.tr.Place(b, p, funcs[name]); err != nil && !gone(err) {
			s.fail(1, "place %s in %d: %v", name, p.PID, err)
		}
		s.placed = append(s.placed, b)
	}
}

func gone(err error) bool {
	return errors.Is(err, kernel.ErrGone) || errors.Is(err, kernel.ErrRunning)
}

func sorted(m map[string]uint64) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// handle is the engine's handler: it checks what it is told, and stops the world now and then.
func (s *session) handle(e *tracer.Event) bool {
	s.checkEvent(e)
	s.checkTraps()
	switch e.Kind {
	case tracer.EvExec:
		if s.profile.Break {
			s.breakAt(e.Process, s.breaks())
		}
	case tracer.EvBreakpoint, tracer.EvInterrupted, tracer.EvWatchpoint:
		return true
	}
	return s.c.Chance(s.profile.StopAtEvent)
}

// breaks are the functions that get breakpoints.
func (s *session) breaks() map[string]uint64 {
	if !s.profile.Everywhere {
		return s.funcs
	}
	all := map[string]uint64{}
	for name, addr := range s.funcs {
		all[name] = addr
	}
	for name, addr := range s.other {
		all[name] = addr
	}
	return all
}

// debug lets the program run to its end, and does what the profile has while the world stands.
func (s *session) debug() {
	for n := 0; n < maxStops; n++ {
		s.interruptLater()
		switch err := s.tr.Run(s.intent(), s.handle); {
		case errors.Is(err, kernel.ErrNoTracees):
			return
		case err != nil:
			s.fail(7, "run: %v", err)
			return
		}
		s.checkStill()
		if s.act(); s.tired || len(s.tr.Processes()) == 0 || len(s.faults) > 0 {
			return
		}
	}
	for s.tr.Run(tracer.Intent{}, func(e *tracer.Event) bool { s.checkEvent(e); return false }) == nil {
	}
}

// maxStops bounds how often the world is stopped; then it runs to its end.
const maxStops = 400

// interruptLater has the debugger interrupted, the program killed, or the debugger die at a
// step to come.
func (s *session) interruptLater() {
	p := s.profile
	soon := func() uint64 { return s.m.Steps() + uint64(s.c.Choose(400)) }
	if s.c.Chance(p.Interrupt) {
		s.m.At(soon(), s.tr.Interrupt)
	}
	if s.c.Chance(p.Kill) {
		s.m.At(soon(), func() {
			if p := s.m.Proc(int(s.root)); p != nil && p.State < kern.Zombie {
				s.note("kill %d", p.PID)
				s.killed = true
				s.m.Post(p, kern.SigInfo{Signo: s.m.System.Sig.KILL, Origin: kern.FromUser})
			}
		})
	}
	if s.c.Chance(p.Crash) {
		s.m.At(soon(), func() {
			if !s.done {
				panic(crash{})
			}
		})
	}
}

// intent is what is to go: everything, or a thread by steps.
func (s *session) intent() (in tracer.Intent) {
	th := s.anyThread()
	if th == nil || !th.Stopped() {
		return in
	}
	if s.c.Chance(s.profile.Step) {
		in.Step = th
		s.note("step thread %d", th.TID)
	}
	return in
}

// anyThread is one of the threads there are.
func (s *session) anyThread() *tracer.Thread {
	var all []*tracer.Thread
	for _, p := range s.tr.Processes() {
		all = append(all, p.Threads()...)
	}
	if len(all) == 0 {
		return nil
	}
	return all[s.c.Choose(len(all))]
}

// act is what the debugger does while the world stands.
func (s *session) act() {
	p := s.profile
	if s.c.Chance(p.Toggle) && len(s.placed) > 0 {
		b := s.placed[s.c.Choose(len(s.placed))]
		s.dropped = true
		s.note("breakpoint %s enabled %v", b.Spec, !b.Enabled)
		if err := s.tr.Enable(b, !b.Enabled); err != nil && !gone(err) {
			s.fail(2, "enable %s: %v", b.Spec, err)
		}
	}
	if th := s.anyThread(); th != nil && s.c.Chance(p.Look) {
		s.look(th)
	}
	if s.c.Chance(p.Detach) {
		s.detach()
	}
	if s.c.Chance(p.KillByUs) {
		if proc := s.tr.Process(s.root); proc != nil {
			s.note("the debugger kills %d", proc.PID)
			s.killed = true
			if err := s.tr.Kill(proc); err != nil && !gone(err) {
				s.fail(7, "kill: %v", err)
			}
		}
	}
}

// look reads and writes a thread's registers and memory back.
func (s *session) look(th *tracer.Thread) {
	set, err := th.Regs(regs.General)
	if err != nil {
		return
	}
	if set.G[regs.EFlags]&regs.FlagTF != 0 && s.row.Name != "simtrapflag" {
		s.fail(1, "thread %d shows the trap flag", th.TID)
	}
	if err := th.SetRegs(set, regs.General); err != nil && !gone(err) {
		s.fail(6, "write back the registers of %d: %v", th.TID, err)
	}
}

// detach lets go of a process, which then runs alone; another may be attached to.
func (s *session) detach() {
	procs := s.tr.Processes()
	if len(procs) == 0 {
		return
	}
	p := procs[s.c.Choose(len(procs))]
	s.note("detach %d", p.PID)
	s.dropped = true
	for _, th := range p.Threads() {
		delete(s.inCall, th.TID)
	}
	if err := s.tr.Detach(p); err != nil && !gone(err) {
		s.fail(5, "detach %d: %v", p.PID, err)
	}
	s.checkTraps()
	if s.c.Chance(128) {
		s.attach(p.PID)
	}
}

// attach takes hold of a process after it has run alone for a while.
func (s *session) attach(pid kernel.PID) {
	for range s.c.Choose(60) {
		s.m.Step()
	}
	p := s.m.Proc(int(pid))
	if p == nil || p.State >= kern.Zombie || p.Dying() {
		return
	}
	s.note("attach %d", pid)
	proc, err := s.tr.Attach(pid)
	if err != nil {
		if p.State < kern.Zombie && !p.Dying() && p.Leader.Alive() && !p.Leader.Killed() {
			s.fail(5, "attach %d: %v", pid, err)
		}
		return
	}
	if s.profile.Break {
		s.breakAt(proc, s.breaks())
	}
}
