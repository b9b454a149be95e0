package main

// What the debugger does in a run, by the run's choices.

import (
	"bytes"
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
func (s *session) launch(r *root, files []int) (*tracer.Process, error) {
	p, err := s.tr.Launch(&kernel.Launch{Path: s.path, Args: append([]string{s.path}, s.run.Args...), Env: []string{"TP_SIM=1"},
		Files: files, NewGroup: true, Foreground: -1, Calls: s.profile.Mode == kernel.Syscalls})
	if err != nil {
		return nil, err
	}
	r.pid, r.proc, s.launched = p.PID, s.m.Proc(int(p.PID)), true
	return p, nil
}

// launchAnother starts the program once more, beside the first.
func (s *session) launchAnother() (*tracer.Process, error) {
	const outFD, errFD = 3, 4
	r := &root{out: &bytes.Buffer{}, errs: &bytes.Buffer{}}
	s.w.X.Connect(outFD, "another's stdout", nil, r.out)
	s.w.X.Connect(errFD, "another's stderr", nil, r.errs)
	s.roots = append(s.roots, r)
	return s.launch(r, []int{0, outFD, errFD})
}

// start starts the program untraced and lets it run for a while.
func (s *session) start() error {
	pid, err := s.w.Start(s.path, s.run.Args, []string{"TP_SIM=1"})
	if err != nil {
		return err
	}
	p := s.m.Proc(int(pid))
	s.roots[0].pid, s.roots[0].proc = pid, p
	s.m.Run(func() bool { return p.Executed || p.State >= kern.Zombie }, 10_000)
	for range s.c.Choose(300) {
		s.m.Step()
	}
	if s.profile.Halted {
		s.m.Post(p, kern.SigInfo{Signo: s.m.System.Sig.STOP, Origin: kern.FromUser})
		s.m.Run(func() bool { return p.Job.Stopped || p.State >= kern.Zombie }, 10_000)
		s.m.At(s.soon(), func() { s.m.Post(p, kern.SigInfo{Signo: s.m.System.Sig.CONT, Origin: kern.FromUser}) })
	}
	return nil
}

// soon is a step of the machine in the near future.
func (s *session) soon() uint64 { return s.m.Steps() + uint64(s.c.Choose(400)) }

// breakAt puts counting breakpoints on functions.
func (s *session) breakAt(p *tracer.Process) {
	kind := breakpoints.Software
	if s.profile.Hardware {
		kind = breakpoints.Execute
	}
	funcs := s.breaks()
	for _, name := range sorted(funcs) {
		b := s.tr.Breakpoints.Add(&breakpoints.Breakpoint{Kind: kind, Spec: name, Check: func(h breakpoints.Hit) (bool, error) {
			s.hits[name]++
			s.hit(h.PID, name)
			s.note("thread %d at %s", h.TID, name)
			return s.c.Chance(s.profile.StopAtHit), nil
		}})
		switch err := s.tr.Place(b, p, funcs[name]); {
		case err == nil:
			s.arm(int(p.PID), true, name)
		case !gone(err):
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
	if s.tell(e); e.Kind == tracer.EvInterrupted {
		s.told = nil
	} else {
		s.told = e.Thread
	}
	if s.check != nil {
		s.check(s, e)
	}
	s.checkTraps()
	switch e.Kind {
	case tracer.EvExec:
		if s.profile.Break {
			s.breakAt(e.Process)
		}
	case tracer.EvProcessNew:
		s.inherit(int(e.Process.PID), int(e.Process.Parent))
	case tracer.EvBreakpoint, tracer.EvInterrupted, tracer.EvWatchpoint:
		return true
	}
	return s.c.Chance(s.profile.StopAtEvent)
}

// inherit: a child has the breakpoints of its parent, or those it had when it was let go.
func (s *session) inherit(child, parent int) {
	if s.truth == nil {
		return
	}
	for _, at := range s.truth.seconds {
		key := armed{parent, at.name}
		if s.truth.armed[key] || s.truth.left[key] {
			s.arm(child, true, at.name)
		}
	}
	if s.profile.Follow == tracer.FollowChild {
		s.disarm(parent)
	}
}

// disarm: a process is let go, without breakpoints. Children that it has made already have them.
func (s *session) disarm(pid int) {
	if s.truth == nil {
		return
	}
	for _, at := range s.truth.seconds {
		if key := (armed{pid, at.name}); s.truth.armed[key] {
			s.truth.left[key] = true
			s.arm(pid, false, at.name)
		}
	}
}

// breaks are the functions that get breakpoints.
func (s *session) breaks() map[string]uint64 {
	if !s.profile.Everywhere && !s.profile.Hardware {
		return s.funcs
	}
	all := map[string]uint64{}
	for _, name := range sorted(s.funcs) {
		if s.profile.Hardware && len(all) == breakpoints.NSlots {
			return all
		}
		all[name] = s.funcs[name]
	}
	if s.profile.Hardware {
		return all
	}
	for name, addr := range s.other {
		all[name] = addr
	}
	return all
}

// debug lets the program run to its end, and does what the profile has while the world stands.
func (s *session) debug() {
	p := s.profile
	for n := 0; n < maxStops; n++ {
		s.interruptLater()
		in := s.intent()
		check := s.others(in.Only)
		switch err := s.tr.Run(in, s.handle); {
		case errors.Is(err, kernel.ErrNoTracees):
			return
		case err != nil:
			s.fail(7, "run: %v", err)
			return
		}
		check()
		s.checkStill()
		if s.act(); s.tired || s.released && len(s.tr.Processes()) == 0 || len(s.faults) > 0 { // else ends are to be told
			return
		}
		if s.hasty || s.c.Chance(p.Quit) {
			s.quit()
			return
		}
	}
	for s.tr.Run(tracer.Intent{}, func(e *tracer.Event) bool { s.handle(e); return false }) == nil {
	}
}

// quit: the debugger ends before the program, which goes on alone if it was not launched by it.
func (s *session) quit() {
	s.note("the debugger quits")
	s.quits, s.dropped, s.released = true, true, true
	s.killed = s.killed || s.launched
	s.loosenAll()
}

// maxStops bounds how often the world is stopped; then it runs to its end.
const maxStops = 400

// interruptLater has the debugger interrupted, the program killed, or the debugger die at a
// step to come.
func (s *session) interruptLater() {
	p := s.profile
	if s.c.Chance(p.Interrupt) {
		s.m.At(s.soon(), s.tr.Interrupt)
	}
	if s.c.Chance(p.Kill) {
		s.m.At(s.soon(), func() {
			if p := s.m.Proc(int(s.roots[0].pid)); p != nil && p.State < kern.Zombie {
				s.note("kill %d", p.PID)
				s.killed = true
				s.loosenAll()
				s.m.Post(p, kern.SigInfo{Signo: s.m.System.Sig.KILL, Origin: kern.FromUser})
			}
		})
	}
	if s.c.Chance(p.KillMaking) {
		s.m.At(s.soon(), s.killMaking)
	}
	if s.c.Chance(p.Crash) {
		s.m.At(s.soon(), func() {
			if !s.done {
				panic(crash{})
			}
		})
	}
}

// killMaking kills a process that makes another or a thread, or the one that is made, before the
// debugger has been told of it.
func (s *session) killMaking() {
	if s.done {
		return
	}
	for _, p := range s.m.Procs() {
		for _, t := range p.Threads {
			if p.State != kern.Normal || !s.w.Traced(t) || s.tr.Thread(s.w.TID(t)) != nil {
				continue
			}
			if t == p.Leader && p.Parent != nil && !p.Parent.External && s.c.Chance(128) {
				p = p.Parent
			}
			s.note("kill %d", p.PID)
			s.killed = true
			s.loosenAll()
			s.m.Post(p, kern.SigInfo{Signo: s.m.System.Sig.KILL, Origin: kern.FromUser})
			if s.hasty = s.c.Chance(s.profile.Quit); s.hasty {
				s.tr.Interrupt()
			}
			return
		}
	}
	s.m.At(s.m.Steps()+1, s.killMaking)
}

// intent is what is to go: everything, a thread by steps, or nothing but a thread. That one
// may wait for others, so the debugger is interrupted then.
func (s *session) intent() (in tracer.Intent) {
	th := s.anyThread()
	if th == nil || !th.Stopped() {
		return in
	}
	if s.c.Chance(s.profile.Step) {
		in.Step = th
		s.note("step thread %d", th.TID)
	}
	if s.c.Chance(s.profile.Only) {
		in.Only = th
		s.note("only thread %d", th.TID)
		s.m.At(s.soon(), s.tr.Interrupt)
	}
	return in
}

// others notes what all threads but one have done so far. What it returns checks that none of
// them has done more, unless it runs in the memory of the one; or that one is no more.
func (s *session) others(only *tracer.Thread) (check func()) {
	if only == nil {
		return func() {}
	}
	space := s.m.Proc(int(only.Process.PID)).Space
	spent := map[*kern.Thread]int64{}
	for _, p := range s.m.Procs() {
		for _, t := range p.Threads {
			if s.traced(p) && s.w.TID(t) != only.TID && (p.Space != space || p.PID == int(only.Process.PID)) {
				spent[t] = t.Usage.User
			}
		}
	}
	return func() {
		for t, was := range spent {
			if !only.Gone() && s.w.TID(t) != only.TID && t.Usage.User != was { // an exec takes the leader's number
				s.fail(6, "thread %d has run, but only %d was to", t.TID, only.TID)
				return
			}
		}
	}
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
		s.toggle(s.placed[s.c.Choose(len(s.placed))])
	}
	if th := s.anyThread(); th != nil && s.c.Chance(p.Limit) && len(s.placed) > 0 {
		s.limit(s.placed[s.c.Choose(len(s.placed))], int(th.TID))
	}
	if th := s.anyThread(); th != nil && s.c.Chance(p.Look) {
		s.look(th)
	}
	if th := s.told; th != nil && s.c.Chance(p.Give) {
		s.give(th)
	}
	if s.c.Chance(p.Detach) {
		s.detach()
	}
	if s.c.Chance(p.KillByUs) {
		if proc := s.tr.Process(s.roots[0].pid); proc != nil {
			s.note("the debugger kills %d", proc.PID)
			s.killed = true
			s.loosenAll()
			if err := s.tr.Kill(proc); err != nil && !gone(err) {
				s.fail(7, "kill: %v", err)
			}
		}
	}
}

// toggle takes a breakpoint out, or puts it in again.
func (s *session) toggle(b *breakpoints.Breakpoint) {
	s.dropped = true
	s.note("breakpoint %s enabled %v", b.Spec, !b.Enabled)
	if err := s.tr.Enable(b, !b.Enabled); err != nil && !gone(err) {
		s.fail(2, "enable %s: %v", b.Spec, err)
	}
	for _, l := range b.Locations {
		s.arm(l.PID, b.Enabled, b.Spec)
	}
}

// limit makes a breakpoint one for a thread, or for all again.
func (s *session) limit(b *breakpoints.Breakpoint, tid int) {
	if s.truth == nil || !b.Enabled {
		return
	}
	if b.Thread != 0 {
		tid = 0
	}
	s.note("breakpoint %s is for thread %d", b.Spec, tid)
	s.dropped = true
	for _, on := range []bool{false, true} {
		for _, l := range b.Locations {
			s.arm(l.PID, on, b.Spec)
		}
		b.Thread, s.truth.only[b.Spec] = tid, tid
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
	funcs := s.breaks()
	names := sorted(funcs)
	if len(names) == 0 || th.Process.PID != s.roots[0].pid {
		return
	}
	var b [4]byte
	addr := funcs[names[s.c.Choose(len(names))]]
	if n, err := th.Process.ReadMem(addr, b[:]); n == len(b) && err == nil {
		if _, err := th.Process.WriteMem(addr, b[:]); err != nil && !gone(err) {
			s.fail(6, "write back the code of %d: %v", th.Process.PID, err)
		}
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
	s.dropped, s.released = true, true
	for _, th := range p.Threads() {
		delete(s.inCall, th.TID)
	}
	s.loosen(s.m.Proc(int(p.PID)))
	if err := s.tr.Detach(p); err != nil && !gone(err) {
		s.fail(5, "detach %d: %v", p.PID, err)
	}
	s.disarm(int(p.PID))
	s.catchUp()
	s.checkLetGo(s.m.Proc(int(p.PID)))
	s.checkTraps()
	if s.c.Chance(128) {
		s.attach(p.PID)
	}
}

// catchUp: what others did while a process was let go of was not told, calls among it.
func (s *session) catchUp() {
	for _, p := range s.tr.Processes() {
		for _, th := range p.Threads() {
			if delete(s.inCall, th.TID); th.InCall {
				s.inCall[th.TID] = th.Call.Nr
			}
		}
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
		s.breakAt(proc)
	}
}
