package session

import (
	"errors"
	"fmt"
	"slices"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/tracer"
)

// Inferior is a process as the user counts them: it keeps its number, and what was run
// in it, when the process has ended.
type Inferior struct {
	Num  int
	PID  kernel.PID
	Proc *tracer.Process // nil when it has ended
	Path string          // the program; "" unknown
	mods modules
}

func (s *Session) addInferior() *Inferior {
	s.nextInf++
	inf := &Inferior{Num: s.nextInf}
	s.inferiors = append(s.inferiors, inf)
	return inf
}

// inferiorOf finds or makes the inferior of a process. The first process takes the
// place of the empty one a session starts with.
func (s *Session) inferiorOf(p *tracer.Process) *Inferior {
	for _, inf := range s.inferiors {
		if inf.Proc == p {
			return inf
		}
	}
	inf := s.inf
	if inf.Proc != nil {
		inf = s.addInferior()
	}
	inf.Proc, inf.PID = p, p.PID
	inf.mods = modules{}
	return inf
}

func (s *Session) ended(p *tracer.Process) {
	for _, inf := range s.inferiors {
		if inf.Proc == p {
			inf.Proc, inf.mods = nil, modules{}
		}
	}
	if s.thread != nil && s.thread.Process == p {
		s.thread = nil
		s.stack.forget()
	}
}

// dropLost empties inferiors whose processes the engine no longer knows, and is those that it does.
func (s *Session) dropLost() []*tracer.Process {
	procs := s.T.Processes()
	for _, inf := range s.inferiors {
		if inf.Proc != nil && !slices.Contains(procs, inf.Proc) {
			s.ended(inf.Proc)
		}
	}
	return procs
}

// sync drops inferiors that the engine no longer knows and numbers threads that it
// has met.
func (s *Session) sync() {
	procs := s.dropLost()
	for _, p := range procs {
		s.inferiorOf(p)
		for _, th := range p.Threads() {
			s.number(th.TID)
		}
	}
	if s.inf.Proc == nil && len(procs) > 0 {
		s.inf = s.inferiorOf(procs[0])
	}
	if s.thread == nil || s.thread.Process != s.inf.Proc || !slices.Contains(s.thread.Process.Threads(), s.thread) {
		s.thread = nil
		if s.inf.Proc != nil {
			s.thread = s.inf.Proc.Leader()
		}
	}
}

// number is the user's number of a thread.
func (s *Session) number(tid kernel.TID) int {
	n, ok := s.numbers[tid]
	if !ok {
		s.nextThread++
		n = s.nextThread
		s.numbers[tid] = n
	}
	return n
}

// threads are all live threads in the order of their numbers.
func (s *Session) threads() []*tracer.Thread {
	var all []*tracer.Thread
	for _, p := range s.T.Processes() {
		all = append(all, p.Threads()...)
	}
	slices.SortFunc(all, func(a, b *tracer.Thread) int { return s.number(a.TID) - s.number(b.TID) })
	return all
}

// findThread takes a number of ours, or a TID.
func (s *Session) findThread(text string) (*tracer.Thread, error) {
	v, err := s.evalInt(text)
	if err != nil {
		return nil, err
	}
	all := s.threads()
	for _, th := range all {
		if int64(s.number(th.TID)) == v {
			return th, nil
		}
	}
	for _, th := range all {
		if int64(th.TID) == v {
			return th, nil
		}
	}
	if len(all) == 0 {
		return nil, errNoProcess
	}
	return nil, fmt.Errorf("no thread %d; \"info threads\" lists them", v)
}

// current is the selected thread, or an error for the user.
func (s *Session) current() (*tracer.Thread, error) {
	if s.inf.Proc == nil {
		return nil, errNoProcess
	}
	if s.thread == nil {
		return nil, errors.New("no thread is selected; \"info threads\" lists them")
	}
	return s.thread, nil
}

// selectThread makes a thread and its process the ones that commands are about.
func (s *Session) selectThread(th *tracer.Thread) {
	if th == nil {
		return
	}
	s.thread, s.frame = th, 0
	s.number(th.TID) // the first thread is number 1, though nothing was said of it
	s.inf = s.inferiorOf(th.Process)
	s.lists = listState{}
}
