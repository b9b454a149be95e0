package session

import (
	"fmt"
	"slices"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/tracer"
)

// judges decide about an event, by kind; a kind without one never stops anything.
var judges = [tracer.NEventKinds]func(*Session, *tracer.Event, *reason) verdict{
	tracer.EvBreakpoint:   (*Session).judgeHits,
	tracer.EvWatchpoint:   (*Session).judgeHits,
	tracer.EvStep:         (*Session).judgePlan,
	tracer.EvSignal:       (*Session).judgeSignal,
	tracer.EvSyscallEnter: (*Session).judgeSyscall,
	tracer.EvSyscallExit:  (*Session).judgeSyscall,
	tracer.EvGroupStop:    (*Session).judgeGroupStop,
	tracer.EvThreadNew:    (*Session).judgeThread,
	tracer.EvThreadExit:   (*Session).judgeThread,
	tracer.EvFork:         (*Session).judgeFork,
	tracer.EvProcessNew:   (*Session).judgeProcess,
	tracer.EvExec:         (*Session).judgeExec,
	tracer.EvExited:       (*Session).judgeEnd,
	tracer.EvKilled:       (*Session).judgeEnd,
	tracer.EvInterrupted:  func(*Session, *tracer.Event, *reason) verdict { return stop },
}

func (s *Session) judgePlan(ev *tracer.Event, _ *reason) verdict {
	return s.judgePlanOr(stop, ev)
}

// judgeHits sorts the user's breakpoints from our own.
func (s *Session) judgeHits(ev *tracer.Event, r *reason) verdict {
	v := pass
	for _, b := range ev.Hits {
		if !b.Internal {
			r.ours = append(r.ours, b)
			v = stop
			continue
		}
		switch s.internal[b] {
		case roleLoader:
			if s.loaderConsistent(ev.Process) {
				v = max(v, chores)
			}
		case rolePlan:
			v = max(v, s.judgePlan(ev, r))
		case roleScope:
			if gone := s.scopesEnded(ev, b); len(gone) > 0 {
				r.gone = gone
				v = stop
			}
		}
	}
	if ev.Err != nil {
		v = stop
	}
	return v
}

func (s *Session) judgeSignal(ev *tracer.Event, r *reason) verdict {
	sig := ev.Stop.Signal
	h := s.handling[sig%maxSignal]
	if b := s.caught(catchSignal, ev, int(sig)); b != nil {
		r.ours = append(r.ours, b)
	}
	if !h.pass {
		ev.Thread.Signal = 0
	}
	if sig == s.continued { // ours: nothing to tell of
		s.continued = 0
		return s.judgePlan(ev, r)
	}
	if h.stop || len(r.ours) > 0 {
		return stop
	}
	if h.print {
		s.printf("\n%s received signal %s.\n", s.receiver(ev.Thread), s.signalText(sig))
	}
	return s.judgePlan(ev, r)
}

func (s *Session) judgeSyscall(ev *tracer.Event, r *reason) verdict {
	if b := s.caughtSyscall(ev); b != nil {
		r.ours = append(r.ours, b)
		return stop
	}
	return pass
}

// judgeGroupStop: a program that we launched has been stopped by job control, with
// nobody but us to notice; one that we attached to has its own shell, and a child of
// either has its parent.
func (s *Session) judgeGroupStop(ev *tracer.Event, _ *reason) verdict {
	if ev.Process.Launched && ev.Process.Parent == 0 {
		return stop
	}
	s.printf("[Process %d stopped by job control (%s)]\n", ev.Process.PID, s.os.SignalName(int(ev.Stop.Signal)))
	return pass
}

func (s *Session) judgeThread(ev *tracer.Event, r *reason) verdict {
	n := s.number(ev.Thread.TID)
	if ev.Kind == tracer.EvThreadExit {
		if len(ev.Process.Threads()) > 1 && s.opts.printThreads {
			s.printf("[Thread %d (LWP %d) exited]\n", n, ev.Thread.TID)
		}
	} else if s.opts.printThreads {
		s.printf("[New thread %d (LWP %d)]\n", n, ev.Thread.TID)
	}
	kind := catchThread
	if ev.Kind == tracer.EvThreadExit && s.lastThread(ev.Process) {
		kind = catchExit
	}
	if b := s.caught(kind, ev, 0); b != nil {
		r.ours = append(r.ours, b)
		return stop
	}
	if ev.Kind == tracer.EvThreadExit {
		return s.judgePlanOr(pass, ev)
	}
	return pass
}

// judgePlanOr asks the plan, if there is one.
func (s *Session) judgePlanOr(none verdict, ev *tracer.Event) verdict {
	if s.plan == nil {
		return none
	}
	return s.plan.judge(s, ev)
}

func (s *Session) lastThread(p *tracer.Process) bool { return len(p.Threads()) <= 1 }

func (s *Session) judgeFork(ev *tracer.Event, r *reason) verdict {
	kind, word := catchFork, "fork"
	if ev.Stop.How == kernel.Vfork {
		kind, word = catchVfork, "vfork"
	}
	child := ev.Stop.Process()
	switch s.T.Follow {
	case tracer.FollowParent:
		s.printf("[Detaching after %s from child process %d]\n", word, child)
	case tracer.FollowChild:
		s.printf("[Following %s: process %d is left, child %d is followed]\n", word, ev.Process.PID, child)
	}
	if b := s.caught(kind, ev, 0); b != nil {
		r.ours = append(r.ours, b)
		r.note = fmt.Sprintf("(%sed process %d)", word, child)
		return stop
	}
	return pass
}

// judgeProcess: a followed child has its parent's modules and, copied by the engine,
// its breakpoints.
func (s *Session) judgeProcess(ev *tracer.Event, _ *reason) verdict {
	var parent *Inferior
	for _, inf := range s.inferiors {
		if inf.PID == ev.Process.Parent {
			parent = inf
		}
	}
	inf := s.addInferiorFor(ev.Process)
	if parent != nil {
		inf.Path, inf.mods = parent.Path, parent.mods.clone()
	}
	s.printf("[New inferior %d (process %d)]\n", inf.Num, inf.PID)
	if s.T.Follow == tracer.FollowChild {
		s.inf, s.thread = inf, ev.Thread
	}
	return pass
}

func (s *Session) addInferiorFor(p *tracer.Process) *Inferior {
	for _, inf := range s.inferiors {
		if inf.Proc == p {
			return inf
		}
	}
	inf := s.addInferior()
	inf.Proc, inf.PID = p, p.PID
	return inf
}

func (s *Session) judgeExec(ev *tracer.Event, r *reason) verdict {
	inf := s.addInferiorFor(ev.Process)
	s.learnPath(inf)
	s.printf("process %d is executing new program: %s\n", inf.PID, inf.Path)
	inf.mods = modules{}
	s.forgetWatches(ev.Process)
	s.fresh = append(s.fresh, ev.Process)
	if b := s.caught(catchExec, ev, 0); b != nil {
		if err := s.doChores(); err != nil {
			s.warn("%v", err)
		}
		r.ours = append(r.ours, b)
		return stop
	}
	return chores
}

func (s *Session) judgeEnd(ev *tracer.Event, r *reason) verdict {
	inf := s.addInferiorFor(ev.Process)
	s.Ended = true
	if ev.Kind == tracer.EvKilled {
		s.Exit = 128 + int(ev.Stop.Signal)
		r.note = fmt.Sprintf("\nProgram terminated with signal %s.\n[Inferior %d (process %d) was killed]\n",
			s.signalText(ev.Stop.Signal), inf.Num, inf.PID)
	} else {
		s.Exit = ev.Stop.Code
		how := "normally"
		if ev.Stop.Code != 0 {
			how = fmt.Sprintf("with code %d", ev.Stop.Code)
		}
		r.note = fmt.Sprintf("[Inferior %d (process %d) exited %s]\n", inf.Num, inf.PID, how)
	}
	selected := inf == s.inf
	s.ended(ev.Process)
	others := 0
	for _, p := range s.T.Processes() {
		if p != ev.Process {
			others++
		}
	}
	if others > 0 && !selected {
		s.printf("%s", r.note)
		return pass
	}
	return stop
}

// report tells the user why the program stopped, and runs what was asked for at the
// stop: displays and commands.
func (s *Session) report(r *reason) error {
	if r == nil {
		return nil
	}
	s.last = &r.ev
	s.lastBP = r.ours
	if r.ev.Kind == tracer.EvExited || r.ev.Kind == tracer.EvKilled {
		s.printf("%s", r.note)
		s.setIntVar("_exitcode", uint64(r.ev.Stop.Code))
		s.lists = listState{}
		return nil
	}
	before := s.place
	if r.ev.Thread != nil {
		if s.thread != nil && s.thread != r.ev.Thread && r.ev.Kind != tracer.EvInterrupted {
			s.printf("[Switching to thread %d (LWP %d)]\n", s.number(r.ev.Thread.TID), r.ev.Thread.TID)
		}
		if r.ev.Kind != tracer.EvInterrupted || s.thread == nil {
			s.selectThread(r.ev.Thread)
		}
	}
	s.frame = 0
	s.lists = listState{}
	quiet := s.tell(r, before)
	s.dropEnded()
	s.dropTemporary(r.ours)
	if !quiet {
		s.showDisplays()
	}
	return s.runStopCommands(r.ours)
}

// tell prints the stop. It reports whether the breakpoint's commands begin with
// "silent".
func (s *Session) tell(r *reason, before place) (quiet bool) {
	for _, b := range r.ours {
		if len(b.Commands) > 0 && b.Commands[0] == "silent" {
			return true
		}
	}
	if r.ev.Err != nil {
		s.printf("%s %v\n", s.paint(tty.Error, "error:"), r.ev.Err)
	}
	full := true
	switch r.ev.Kind {
	case tracer.EvBreakpoint, tracer.EvWatchpoint:
		full = len(r.ours)+len(r.gone) > 0
		s.tellHits(r)
	case tracer.EvSignal:
		s.tellSignal(r)
	case tracer.EvInterrupted:
		s.printf("\nInterrupted.\n")
	case tracer.EvGroupStop:
		s.printf("\nThe program was stopped by %s (job control); \"continue\" sends it SIGCONT.\n", s.signalText(r.ev.Stop.Signal))
	case tracer.EvStep:
		full = false
	default:
		s.tellCaught(r)
	}
	if f := s.planFinished(r); f != nil {
		return s.tellFinish(f)
	}
	s.showStop(full, before)
	return false
}

// planFinished is the finish whose end the stop is, if it is one.
func (s *Session) planFinished(r *reason) *finished {
	if len(r.ours) > 0 {
		return nil
	}
	f := s.returned
	s.returned = nil
	return f
}

func (s *Session) threadTitle(th *tracer.Thread) string {
	if th == nil || len(th.Process.Threads()) < 2 && s.live() < 2 {
		return ""
	}
	return fmt.Sprintf("Thread %d (LWP %d%s) hit ", s.number(th.TID), th.TID, s.quotedComm(th))
}

// live is how many processes the user knows to be under control.
func (s *Session) live() (n int) {
	for _, inf := range s.inferiors {
		if inf.Proc != nil {
			n++
		}
	}
	return n
}

func (s *Session) quotedComm(th *tracer.Thread) string {
	if name := s.comm(th); name != "" {
		return fmt.Sprintf(" %q", name)
	}
	return ""
}

// comm is the name of a thread, "" unknown.
func (s *Session) comm(th *tracer.Thread) string {
	st, err := s.T.Kernel().Procfs().Proc(int(th.Process.PID)).Task(int(th.TID)).Stat()
	if err != nil {
		return ""
	}
	return st.Comm
}

func (s *Session) tellHits(r *reason) {
	for _, w := range r.gone {
		s.printf("\nWatchpoint %d deleted because the program has left the block in which\nits expression (%s) is valid.\n", w.id, w.spec)
	}
	for _, b := range r.ours {
		if b.Kind.Watch() {
			s.tellWatch(r.ev.Thread, b)
			continue
		}
		word := "Breakpoint"
		if b.Temporary {
			word = "Temporary breakpoint"
		}
		s.printf("\n%s%s, ", s.threadTitle(r.ev.Thread), s.paint(tty.Heading, fmt.Sprintf("%s %d", word, b.ID)))
	}
}

// receiver names who got a signal: the thread when there are several.
func (s *Session) receiver(th *tracer.Thread) string {
	if len(th.Process.Threads()) < 2 {
		return "Program"
	}
	return fmt.Sprintf("Thread %d (LWP %d%s)", s.number(th.TID), th.TID, s.quotedComm(th))
}

func (s *Session) tellSignal(r *reason) {
	for _, b := range r.ours {
		s.printf("\nCatchpoint %d: ", b.ID)
	}
	if len(r.ours) == 0 {
		s.printf("\n")
	}
	s.printf("%s received signal %s%s.\n", s.receiver(r.ev.Thread), s.paint(tty.Error, s.signalText(r.ev.Stop.Signal)), s.faultText(&r.ev.Stop.Info))
}

// dropEnded deletes watchpoints whose frame or address space is gone.
func (s *Session) dropEnded() {
	for _, b := range s.ending {
		_ = s.removeBreak(b) // nothing is left to take it out of
	}
	s.ending = nil
}

func (s *Session) dropTemporary(hits []*breakpoints.Breakpoint) {
	for _, b := range hits {
		if b.Temporary {
			if err := s.removeBreak(b); err != nil {
				s.warn("breakpoint %d: %v", b.ID, err)
			}
		}
	}
}

// runStopCommands runs the "commands" of what stopped the program, as typed lines.
func (s *Session) runStopCommands(hits []*breakpoints.Breakpoint) error {
	for _, b := range slices.Clone(hits) {
		for _, line := range b.Commands {
			if line == "silent" {
				continue
			}
			if err := s.nested(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxNested bounds commands that run commands: a breakpoint's "continue" that hits the
// same breakpoint is a loop, not a recursion, for whoever wrote it, but each turn costs
// stack.
const maxNested = 1000

func (s *Session) nested(line string) error {
	if s.depth >= maxNested {
		return fmt.Errorf("commands nested %d deep", s.depth)
	}
	s.depth++
	defer func() { s.depth-- }()
	return s.Execute(line)
}
