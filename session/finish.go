package session

import (
	"errors"
	"fmt"

	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/session/expr"
	"github.com/trapline/trapline/tracer"
)

// Running to a place: until a frame returns (finish), to given addresses (until
// LOCATION, advance), whichever comes first.

// finished is a function that has returned: what it returned is in the registers.
type finished struct {
	typ  *expr.Type // of the result; nil unknown, void when there is none
	name string
}

type runToPlan struct {
	trail
	addrs  []uint64
	ret    uint64 // where the frame returns to; 0: do not care
	cfa    uint64 // its CFA: rsp after the return
	result *finished
}

func (p *runToPlan) leg(s *Session) (tracer.Intent, error) {
	if len(p.temps) > 0 {
		return tracer.Intent{}, nil
	}
	p.follow(s)
	points := []tempPoint{}
	for _, a := range p.addrs {
		points = append(points, tempPoint{addr: a, landing: true})
	}
	if p.ret != 0 {
		points = append(points, tempPoint{addr: p.ret, minSP: p.cfa})
	}
	for _, t := range points {
		if err := p.wait(s, t); err != nil {
			return tracer.Intent{}, err
		}
	}
	return tracer.Intent{}, nil
}

func (p *runToPlan) judge(s *Session, ev *tracer.Event) verdict {
	if ev.Kind != tracer.EvBreakpoint {
		return pass
	}
	t, _ := p.arrived(s, ev)
	if t == nil {
		return pass
	}
	if !t.landing {
		s.returned = p.result
	}
	return stop
}

// finish runs until the selected frame returns.
func (s *Session) finish(*Args) error {
	th, err := s.current()
	if err != nil {
		return err
	}
	frames, err := s.frames(th, s.frame+defaultFrames)
	if err != nil {
		return err
	}
	if s.frame+1 >= len(frames) {
		return errors.New("\"finish\" has no meaning in the outermost frame")
	}
	f := frames[s.frame]
	outer := s.frame + 1
	for outer < len(frames) && frames[outer].CFA == f.CFA {
		outer++
	}
	if outer >= len(frames) {
		return errors.New("the caller of this inlined function is not known")
	}
	s.printf("Run till exit from %s\n", s.frameLine(&f, true, true))
	p := &runToPlan{trail: trail{th: th}, ret: frames[outer].PC(), cfa: f.CFA, result: &finished{typ: s.resultType(&f), name: f.fn}}
	return s.resume(p)
}

// tellFinish prints where a finished function returned to, and what.
func (s *Session) tellFinish(f *finished) bool {
	s.showStop(true, place{})
	if f.typ == nil || f.typ.Strip().Kind == expr.Void {
		return false
	}
	v, err := s.resultValue(f.typ)
	if err != nil {
		s.printf("The value returned cannot be shown: %v\n", err)
		return false
	}
	s.history = append(s.history, v)
	s.printf("Value returned is %s = %s\n", s.paint(tty.Name, fmt.Sprintf("$%d", len(s.history))), s.printer().Top(v, 0))
	return false
}

// resultValue reads a function's result where the psABI (3.2.3) leaves it: rax for
// integers and pointers, xmm0 for floating point, memory at rax for large structs.
func (s *Session) resultValue(t *expr.Type) (expr.Value, error) {
	th, err := s.current()
	if err != nil {
		return expr.Value{}, err
	}
	set, err := th.Regs(regs.General | regs.Extended)
	if err != nil {
		return expr.Value{}, err
	}
	u := t.Strip()
	switch {
	case u.Kind == expr.Float && u.Size == 16:
		return s.regValue(set, "st0", t)
	case u.Kind == expr.Float:
		return s.regValue(set, "xmm0", t)
	case u.Scalar() && u.Size <= 8:
		return s.regValue(set, "rax", t)
	case u.Scalar():
		lo, err := s.regValue(set, "rax", expr.UlongType)
		if err != nil {
			return lo, err
		}
		hi, err := s.regValue(set, "rdx", expr.UlongType)
		return expr.Value{Type: t, Bytes: append(append([]byte(nil), lo.Bytes...), hi.Bytes...)}, err
	case u.Size > 16:
		return expr.Memory(t, set.G[regs.RAX]), nil
	}
	return expr.Value{}, fmt.Errorf("it is a %s of %d bytes in registers", t, u.Size)
}

// regValue takes the low bytes of a register as a value of a type.
func (s *Session) regValue(set *regs.Set, name string, t *expr.Type) (expr.Value, error) {
	row, ok := regs.Lookup(name)
	if !ok {
		return expr.Value{}, fmt.Errorf("there is no register %s", name)
	}
	v, err := row.Read(set)
	if err != nil {
		return expr.Value{}, err
	}
	b := v.Data()
	n := t.ByteSize()
	for len(b) < n {
		b = append(b, 0)
	}
	return expr.Value{Type: t, Bytes: b[:n]}, nil
}

// until without a location is "next" that does not go back in a loop.
func (s *Session) until(a *Args) error {
	if a.Text != "" {
		return s.runTo(a, true)
	}
	p, err := s.newStep(1, true, false)
	if err != nil {
		return err
	}
	p.until = true
	if err := p.begin(s); err != nil {
		return err
	}
	return s.resume(p)
}

func (s *Session) advance(a *Args) error {
	if a.Text == "" {
		return errors.New("advance needs a location: advance file.c:12")
	}
	return s.runTo(a, true)
}

// runTo runs to a location, or until the current frame returns.
func (s *Session) runTo(a *Args, orReturn bool) error {
	th, err := s.current()
	if err != nil {
		return err
	}
	locs, err := s.locate(a.Text)
	if err != nil {
		return err
	}
	p := &runToPlan{trail: trail{th: th}}
	for _, l := range locs {
		if l.inf.Proc == th.Process {
			p.addrs = append(p.addrs, l.addr)
		}
	}
	if len(p.addrs) == 0 {
		return fmt.Errorf("%s is not in this process", a.Text)
	}
	if frames, err := s.frames(th, s.frame+2); err == nil && orReturn && s.frame+1 < len(frames) {
		p.ret, p.cfa = frames[s.frame+1].PC(), frames[s.frame].CFA
	}
	return s.resume(p)
}

// returnOf is where the thread's innermost frame returns to and its CFA.
func (s *Session) returnOf(th *tracer.Thread) (ret, cfa uint64, err error) {
	s.stack.forget()
	frames, err := s.frames(th, 2)
	if err != nil || len(frames) < 2 {
		return 0, 0, errors.New("the caller is not known")
	}
	return frames[1].PC(), frames[0].CFA, nil
}

// frameCFA is the CFA of a thread's innermost frame; 0 unknown.
func (s *Session) frameCFA(th *tracer.Thread) uint64 {
	s.stack.forget()
	frames, err := s.frames(th, 1)
	if err != nil || len(frames) == 0 {
		return 0
	}
	return frames[0].CFA
}
