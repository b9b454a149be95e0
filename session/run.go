package session

import (
	"errors"
	"fmt"
	"slices"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/tracer"
)

// verdict is what becomes of the world after an event.
type verdict uint8

const (
	pass   verdict = iota // run on
	chores                // stop everything, do what is due (modules), run on
	again                 // stop everything and ask the plan for its next leg
	stop                  // stop and tell the user
)

// reason is the event that Run ended with and what to do about it.
type reason struct {
	verdict
	ev   tracer.Event
	note string // said instead of what the event's kind says
	ours []*breakpoints.Breakpoint
	gone []watchEnd
}

// plan is what a run is for: to get somewhere, in one or more legs.
type plan interface {
	// leg is what to set going next.
	leg(s *Session) (tracer.Intent, error)
	// judge looks at an event that is the plan's: the end of a step of its thread, a hit
	// of a breakpoint of its own, a signal on its way to the thread.
	judge(s *Session, ev *tracer.Event) verdict
	// end is called once the world has stopped for good, whatever for.
	end(s *Session)
}

// goOn is the plan of "continue": no end of its own.
type goOn struct{ only *tracer.Thread }

func (g goOn) leg(*Session) (tracer.Intent, error) { return tracer.Intent{Only: g.only}, nil }
func (goOn) judge(*Session, *tracer.Event) verdict { return pass }
func (goOn) end(*Session)                          {}

// role is what an internal breakpoint is for.
type role uint8

const (
	roleLoader role = iota // the dynamic linker's r_brk: modules may have changed
	rolePlan               // the running plan's
	roleScope              // the frame a watchpoint depends on has ended
)

// resume runs a plan to its end or to whatever stops it first, and tells the user.
func (s *Session) resume(p plan) error {
	why, err := s.runPlan(p)
	if err != nil {
		return err
	}
	return s.report(why)
}

// runPlan is resume without the telling. The reason is nil when all processes are gone
// and nothing was left to say.
func (s *Session) runPlan(p plan) (*reason, error) {
	s.plan = p
	s.stack.forget()
	s.Face.Running(s.foreground())
	why, err := s.legs(p)
	if len(s.T.Processes()) > 0 {
		p.end(s)
	}
	s.plan = nil
	s.Face.Stopped()
	s.stack.forget()
	s.sync()
	return why, err
}

func (s *Session) legs(p plan) (*reason, error) {
	for {
		in, err := p.leg(s)
		if err != nil {
			return nil, err
		}
		s.why = nil
		err = s.T.Run(in, s.handle)
		s.stack.forget()
		switch {
		case errors.Is(err, kernel.ErrNoTracees):
			return s.why, nil
		case err != nil:
			return s.why, fmt.Errorf("the program could not be run: %w", err)
		case s.why == nil:
			return nil, nil
		case s.why.verdict == chores:
			if err := s.doChores(); err != nil {
				s.warn("%v", err)
			}
		case s.why.verdict == stop:
			return s.why, nil
		}
	}
}

// foreground is the process whose job has the terminal while tracees run.
func (s *Session) foreground() *tracer.Process {
	if p := s.inf.Proc; p != nil && p.Launched {
		return p
	}
	for _, p := range s.T.Processes() {
		if p.Launched {
			return p
		}
	}
	return nil
}

// handle is the engine's Handler: it judges an event while only its thread is sure to
// be stopped.
func (s *Session) handle(ev *tracer.Event) bool {
	j := judges[ev.Kind]
	if j == nil {
		return false
	}
	r := &reason{}
	r.verdict = j(s, ev, r)
	if r.verdict == pass {
		return false
	}
	r.ev = *ev
	r.ev.Hits = slices.Clone(ev.Hits)
	s.why = r
	return true
}

// launch starts the target anew and leaves it stopped where the dynamic linker or the
// program begins.
func (s *Session) launch() (*tracer.Process, error) {
	t := s.Target
	if t.Path == "" {
		return nil, errors.New("no program is known; name one with \"file PROGRAM\"")
	}
	p, err := s.T.Launch(&kernel.Launch{Path: t.Path, Args: append([]string{t.Program}, t.Args...), Env: t.Env, Dir: t.Dir, Files: t.Files,
		NewGroup: s.NewGroup, Foreground: -1, NoASLR: !t.ASLR, Events: tracer.DefaultEvents | kernel.EventExitKill})
	if err != nil {
		if s.ExplainLaunch != nil {
			err = s.ExplainLaunch(t.Path, err)
		}
		return nil, err
	}
	s.Ended = false
	inf := s.inferiorOf(p)
	inf.Path = t.Path
	s.inf = inf
	s.newProgram(p)
	s.selectThread(p.Leader())
	return p, nil
}

// Start launches the target and runs it to a function ("" its first instruction).
func (s *Session) Start(until string) error {
	if _, err := s.launch(); err != nil {
		return err
	}
	if until == "" {
		s.showHere()
		return nil
	}
	if until == "main" && s.inf.mods.isGo() {
		until = "main.main"
	}
	b, err := s.addBreak(breakRequest{spec: until, temporary: true, quiet: true})
	if err == nil && b.Pending {
		_ = s.T.Remove(b)
		err = fmt.Errorf("there is no %s", until)
	}
	if err != nil {
		s.printf("%v; stopped at the first instruction\n", err)
		s.showHere()
		return nil
	}
	return s.resume(goOn{})
}

// Attach takes hold of a running process.
func (s *Session) Attach(pid kernel.PID) error {
	if s.CheckAttach != nil {
		if err := s.CheckAttach(int(pid)); err != nil {
			return err
		}
	}
	p, err := s.T.Attach(pid)
	if err != nil {
		if s.ExplainAttach != nil {
			err = s.ExplainAttach(int(pid), err)
		}
		return err
	}
	inf := s.inferiorOf(p)
	s.inf = inf
	s.learnPath(inf)
	s.newProgram(p)
	s.sync()
	s.selectThread(p.Leader())
	s.printf("Attached to process %d%s.\n", pid, plural(len(p.Threads()), ", %d threads", ""))
	if s.T.Kernel().Procfs().KillsTracees() {
		s.printf("Should trapline be killed (kill -9), this system kills the process with it; \"detach\" and \"quit\" let it go.\n")
	}
	s.showHere()
	return nil
}

// learnPath asks the kernel which program an inferior runs.
func (s *Session) learnPath(inf *Inferior) {
	if exe, _, err := s.T.Kernel().Procfs().Proc(int(inf.PID)).Exe(); err == nil {
		inf.Path = exe
	}
}

// plural is a text about n things when there is more than one, else another.
func plural(n int, many, one string) string {
	if n > 1 {
		return fmt.Sprintf(many, n)
	}
	return one
}
