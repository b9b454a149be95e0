package session

import (
	"encoding/binary"
	"fmt"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/tracer"
)

// Stepping is a plan over single steps and internal breakpoints. It follows one thread,
// or the goroutine that the thread runs (trail): while instructions of a line are stepped
// through the other threads stand still, unless the instruction is a system call, which may
// wait for one of them; while a called function runs, they run too.

type stepPlan struct {
	trail
	count int
	over  bool // calls are run through
	insn  bool // one instruction, not one line
	until bool // do not go back in the function

	low, high uint64 // addresses of the line that is being stepped through
	line      int
	file      string
	cfa       uint64 // of the frame the step began in; 0 unknown
	pc, sp    uint64 // before the step that is going on
	signal    bool   // a signal is being delivered with it
	free      bool   // the other threads run meanwhile
	dead      bool   // the thread has ended: nothing more to step
	used      bool   // the temporary points have served
}

// newStep prepares a step of the selected thread from where it is.
func (s *Session) newStep(count int, over, insn bool) (*stepPlan, error) {
	th, err := s.current()
	if err != nil {
		return nil, err
	}
	p := &stepPlan{trail: trail{th: th}, count: count, over: over, insn: insn}
	return p, p.begin(s)
}

// begin takes the line at the thread's pc as the one to step through.
func (p *stepPlan) begin(s *Session) error {
	set, err := p.th.Regs(regs.General)
	if err != nil {
		return err
	}
	p.pc, p.sp = set.PC(), set.SP()
	p.follow(s)
	if p.insn {
		return nil
	}
	p.cfa = s.frameCFA(p.th)
	inf := s.inferiorOf(p.th.Process)
	at, ok := inf.mods.line(p.pc)
	if !ok {
		low, high, name := inf.mods.function(p.pc)
		if name == "" {
			return fmt.Errorf("no line and no function is known at %#x; use stepi or finish", p.pc)
		}
		s.printf("Single stepping until exit from %s, which has no line number information.\n", name)
		p.low, p.high, p.over, p.line = low, high, true, 0
		return nil
	}
	p.low, p.high, p.line, p.file = at.low, at.high, at.line, at.file
	if p.until {
		if low, _, name := inf.mods.function(p.pc); name != "" {
			p.low = low
		}
	}
	return nil
}

func (p *stepPlan) leg(s *Session) (tracer.Intent, error) {
	if p.used || p.dead {
		p.drop(s)
	}
	if len(p.temps) > 0 || p.dead {
		return tracer.Intent{}, nil
	}
	p.free = p.blocking()
	if p.free {
		return tracer.Intent{Step: p.th}, nil
	}
	return tracer.Intent{Step: p.th, Only: p.th}, nil
}

// syscallInsn is the machine code of "syscall" (Intel SDM vol. 2).
var syscallInsn = [2]byte{0x0f, 0x05}

// blocking says whether the next instruction may wait for another thread.
func (p *stepPlan) blocking() bool {
	var b [2]byte
	_, err := p.th.Process.ReadMem(p.pc, b[:])
	return err == nil && b == syscallInsn
}

func (p *stepPlan) judge(s *Session, ev *tracer.Event) verdict {
	switch {
	case ev.Kind == tracer.EvBreakpoint:
		return p.hit(s, ev)
	case ev.Thread != p.th:
		return pass
	case ev.Kind == tracer.EvSignal:
		p.signal = ev.Thread.Signal != 0
		return pass
	case ev.Kind == tracer.EvThreadExit:
		p.dead = p.g == 0 // a goroutine outlives the threads that ran it
		if p.dead {
			return again
		}
		return pass
	}
	if len(p.temps) > 0 && !p.used {
		return pass
	}
	set, err := p.th.Regs(regs.General)
	if err != nil {
		return pass
	}
	return p.stepped(s, set.PC(), set.SP())
}

// stepped judges one finished instruction.
func (p *stepPlan) stepped(s *Session, pc, sp uint64) verdict {
	pc0, sp0 := p.pc, p.sp
	p.pc, p.sp = pc, sp
	jumped := pc < pc0 || pc > pc0+maxInsn
	if p.signal {
		p.signal = false
		if jumped && sp-sp0+redZone > 2*redZone { // the first instruction of a handler, perhaps on a stack of its own
			return p.runTo(s, pc0, sp0)
		}
	}
	ret, called := p.calledFrom(pc0, sp0, jumped)
	switch {
	case p.insn && called && p.over:
		return p.runTo(s, ret, sp+8)
	case p.insn:
		return p.one(s)
	case called:
		return p.entered(s, pc, ret)
	}
	return p.moved(s, pc, sp)
}

const (
	maxInsn = 15  // bytes of the longest instruction (Intel SDM vol. 2, 2.3.11)
	redZone = 128 // bytes below rsp that a signal frame stays clear of (psABI 3.2.2)
)

// calledFrom says whether the instruction at pc0 was a call: it pushed the address
// after itself and went elsewhere.
func (p *stepPlan) calledFrom(pc0, sp0 uint64, jumped bool) (ret uint64, ok bool) {
	if !jumped || p.sp != sp0-8 {
		return 0, false
	}
	var b [8]byte
	if _, err := p.th.Process.ReadMem(p.sp, b[:]); err != nil {
		return 0, false
	}
	ret = binary.LittleEndian.Uint64(b[:])
	return ret, ret > pc0 && ret <= pc0+maxInsn
}

// moved is a step that stayed in its function, or left it by returning or jumping.
func (p *stepPlan) moved(s *Session, pc, sp uint64) verdict {
	if pc >= p.low && pc < p.high {
		if p.free || len(p.th.Process.Threads()) > 1 && p.blocking() {
			return again
		}
		return pass
	}
	inf := s.inferiorOf(p.th.Process)
	at, ok := inf.mods.line(pc)
	returned := p.cfa != 0 && sp >= p.cfa
	switch {
	case !ok && returned: // into a caller without lines: out of that too
		if ret, cfa, err := s.returnOf(p.th); err == nil {
			return p.runTo(s, ret, cfa)
		}
		return p.one(s)
	case !ok: // a jump into a stub or a tail call
		return p.tail(s, pc, sp)
	case at.line == p.line && at.file == p.file && !returned, at.line == 0, !at.start:
		// The same line again, or the middle of another: on to the start of one.
		if low, _, _ := inf.mods.function(pc); pc == low && !returned {
			return p.tail(s, pc, sp)
		}
		p.low, p.high, p.line, p.file = at.low, at.high, at.line, at.file
		if returned {
			p.cfa = s.frameCFA(p.th)
			p.line = 0
		}
		return p.continueFrom()
	}
	if low, _, _ := inf.mods.function(pc); pc == low && !returned {
		return p.tail(s, pc, sp)
	}
	return p.one(s)
}

func (p *stepPlan) continueFrom() verdict {
	if p.free || len(p.temps) > 0 || len(p.th.Process.Threads()) > 1 && p.blocking() {
		return again
	}
	return pass
}

// tail is a jump to the beginning of a function: its return address is that of the
// function that jumped.
func (p *stepPlan) tail(s *Session, pc, sp uint64) verdict {
	var b [8]byte
	if _, err := p.th.Process.ReadMem(sp, b[:]); err != nil {
		return p.one(s)
	}
	return p.entered(s, pc, binary.LittleEndian.Uint64(b[:]))
}

// entered is a call of the function at pc that will return to ret.
func (p *stepPlan) entered(s *Session, pc, ret uint64) verdict {
	v := p.runTo(s, ret, p.sp+8)
	if p.over || v == stop {
		return v
	}
	inf := s.inferiorOf(p.th.Process)
	body, ok := inf.mods.body(pc)
	if !ok {
		body, ok = inf.mods.throughStub(pc)
	}
	if !ok {
		return v
	}
	if body == pc {
		p.used = true
		return p.one(s)
	}
	_ = p.wait(s, tempPoint{addr: body, landing: true}) // else the step ends where the function returns
	return v
}

// runTo lets everything run until the thread is at an address with a stack no deeper
// than minSP.
func (p *stepPlan) runTo(s *Session, addr, minSP uint64) verdict {
	if p.used {
		p.drop(s)
	}
	if err := p.wait(s, tempPoint{addr: addr, minSP: minSP}); err != nil {
		return p.one(s)
	}
	return again
}

// hit is an arrival at one of the plan's points.
func (p *stepPlan) hit(s *Session, ev *tracer.Event) verdict {
	t, moved := p.arrived(s, ev)
	if t == nil {
		return pass
	}
	set, err := p.th.Regs(regs.General)
	if err != nil {
		return pass
	}
	p.used = true
	p.pc, p.sp = set.PC(), set.SP()
	if p.cfa != 0 {
		p.cfa += moved
	}
	if t.landing || p.insn {
		return p.one(s)
	}
	if v := p.moved(s, p.pc, p.sp); v != pass {
		return v
	}
	return again
}

// one counts a finished step.
func (p *stepPlan) one(s *Session) verdict {
	if p.count--; p.count <= 0 {
		return stop
	}
	if err := p.begin(s); err != nil {
		return stop
	}
	return p.continueFrom()
}

func (p *stepPlan) drop(s *Session) {
	p.trail.end(s)
	p.used = false
}

func (p *stepPlan) end(s *Session) { p.drop(s) }

func (s *Session) placeInternal(p *tracer.Process, addr uint64, r role, tid kernel.TID) (*breakpoints.Breakpoint, error) {
	b := s.T.Breakpoints.Add(&breakpoints.Breakpoint{Internal: true, Thread: int(tid)})
	if err := s.T.Place(b, p, addr); err != nil {
		_ = s.T.Remove(b)
		return nil, err
	}
	s.internal[b] = r
	return b, nil
}

func (s *Session) removeInternal(b *breakpoints.Breakpoint) {
	delete(s.internal, b)
	_ = s.T.Remove(b) // its process may be gone
}
