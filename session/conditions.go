package session

import (
	"errors"
	"fmt"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/session/expr"
)

// Conditions of stop-points: compiled when they are given, evaluated while only the
// thread that hit is stopped.

// setCondition compiles a condition once: registers and constants into a closure,
// others into a tree that is walked in the thread's innermost frame.
func (s *Session) setCondition(b *breakpoints.Breakpoint, text string, locs []location) error {
	e := s.env()
	if len(locs) > 0 {
		e = s.envAt(locs[0])
	}
	n, err := expr.Parse(text, e)
	if err != nil {
		return err
	}
	if err := s.checkNames(n, e, locs); err != nil {
		return err
	}
	b.Cond = text
	if truth, ok := expr.Fast(n); ok {
		b.Check = func(h breakpoints.Hit) (bool, error) {
			th := s.T.Thread(kernel.TID(h.TID))
			set, err := th.Regs(regs.General)
			if err != nil {
				return true, err
			}
			return truth(set), nil
		}
		return nil
	}
	b.Check = func(h breakpoints.Hit) (bool, error) {
		v, err := expr.Eval(n, s.hitEnv(h))
		if err != nil {
			return true, err
		}
		if !v.Type.Scalar() {
			return true, fmt.Errorf("%s is no number", text)
		}
		return v.True(), nil
	}
	return nil
}

// hitEnv is the innermost frame of a thread that has arrived at a breakpoint.
func (s *Session) hitEnv(h breakpoints.Hit) *frameEnv {
	th := s.T.Thread(kernel.TID(h.TID))
	e := &frameEnv{s: s, inf: s.addInferiorFor(th.Process), th: th}
	s.stack.forget()
	if frames, err := s.frames(th, 1); err == nil && len(frames) > 0 {
		e.frame = &frames[0]
	}
	s.stack.forget()
	return e
}

func (s *Session) condition(a *Args) error {
	b, cond, err := s.oneBreakpoint(a.Text)
	if err != nil {
		return err
	}
	if cond == "" {
		b.Cond, b.Check = "", nil
		s.printf("Breakpoint %d now unconditional.\n", b.ID)
		return nil
	}
	var locs []location
	if !b.Kind.Watch() && s.catches[b] == nil {
		locs, _ = s.locate(b.Spec)
	}
	return s.setCondition(b, cond, locs)
}

// envAt is an environment for names at a place that the program has not reached.
func (s *Session) envAt(l location) *frameEnv {
	e := &frameEnv{s: s, inf: l.inf}
	if l.inf.Proc != nil {
		e.th = l.inf.Proc.Leader()
	}
	if l.mod != nil {
		f := Frame{mod: l.mod, th: e.th}
		f.V[16], f.Known = l.addr, 1<<16
		described := l.mod.debug.frames(l.addr-l.mod.bias, f)
		e.frame = &described[0]
	}
	return e
}

// checkNames finds names without meaning before the program runs into them. Values
// that cannot be had yet are no error.
func (s *Session) checkNames(n expr.Node, e *frameEnv, locs []location) error {
	if len(locs) == 0 {
		return nil
	}
	_, err := n.Eval(e)
	var missing *expr.NotFoundError
	if errors.As(err, &missing) {
		return missing
	}
	return nil
}
