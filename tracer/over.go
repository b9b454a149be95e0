package tracer

// Stepping over a breakpoint. The hit has been booked; the instruction under the trap
// must now run once, in this thread, while no other misses the trap.
//
// Most breakpoints stand on a function's first instruction, and those are few and
// simple: they are carried out on the registers from the saved bytes, in the stop
// there already is. For the rest the threads that share the memory are held, the
// trap is taken out, the thread makes one step, and all is as before.

import (
	"bytes"
	"errors"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/x86"
)

// stepOver takes a thread past the breakpoint whose hit it has had. It returns true
// when the thread may go on from its present stop, false when that stop (or its
// end) is to be judged first.
func (t *Tracer) stepOver(th *Thread) (done bool, err error) {
	at := th.counted
	th.counted = 0
	set, err := th.Regs(regs.General)
	if err != nil {
		return false, t.lost(th, err)
	}
	site := th.Process.space.sites.At(at)
	if set.PC() != at || site == nil || !site.Inserted() {
		return true, nil
	}
	if t.emulate(th, site, set) {
		return !th.step, t.stepped(th)
	}
	return t.stepHeld(th, site)
}

// emulate carries out the instruction under a trap on the registers, if it is one of
// the simple ones. It does nothing where the processor would do more than the
// instruction: under the program's own trap flag, at a debug register that watches
// data, or on a shadow stack.
func (t *Tracer) emulate(th *Thread, site *breakpoints.Site, set *regs.Set) bool {
	if set.G[regs.EFlags]&regs.FlagTF != 0 || th.Process.watching() {
		return false
	}
	code := t.instruction(th, site)
	if t.shadowStacks {
		if in, err := x86.Decode(code, site.Addr); err != nil || in.IsCall() || in.IsRet() {
			return false
		}
	}
	if ok, _ := x86.Emulate(code, set, userMemory{th.Process}); !ok {
		return false
	}
	th.dirty |= regs.General
	return true
}

// userMemory is a process's memory under the protection of its pages: an emulated
// store that the program could not make must fault in the program.
type userMemory struct{ p *Process }

func (m userMemory) ReadMem(addr uint64, b []byte) (int, error) {
	if err := m.p.t.k.Load(m.p.PID, addr, b); err != nil {
		return 0, err
	}
	m.p.space.sites.Overlay(addr, b)
	return len(b), nil
}

func (m userMemory) WriteMem(addr uint64, b []byte) (int, error) {
	if m.p.space.sites.Touches(addr, len(b)) {
		return 0, errTouches
	}
	if err := m.p.t.k.Store(m.p.PID, addr, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

var errTouches = errors.New("a store over a trap")

// watching says whether a debug register watches data of the process.
func (p *Process) watching() bool {
	for _, s := range p.slots {
		if s.Len != 0 && s.Kind.Watch() {
			return true
		}
	}
	return false
}

// endbr64 is the landing pad that begins functions built for Intel CET.
var endbr64 = []byte{0xf3, 0x0f, 0x1e, 0xfa}

// instruction is the program's bytes at a site as they are now: a program that
// modifies itself may have changed those after the trap. One word is read, and the
// whole window only when that shows a change or is too short. An instruction without
// operands to patch, such as push %rbp or endbr64, needs none.
func (t *Tracer) instruction(th *Thread, site *breakpoints.Site) []byte {
	code := site.Original()
	length, err := x86.Len(code)
	if err == nil && (length == 1 || bytes.HasPrefix(code, endbr64)) {
		return code[:length]
	}
	var word [8]byte
	if n, err := t.k.ReadMem(th.Process.PID, site.Addr, word[:]); err != nil || n > len(code) {
		return nil
	}
	th.Process.space.sites.Overlay(site.Addr, word[:])
	if err != nil || length > len(word) || !bytes.Equal(word[:], code[:len(word)]) {
		th.Process.space.sites.Reload(site)
	}
	return site.Original()
}

// stepped makes an emulated instruction the end of a step, where one was asked for.
func (t *Tracer) stepped(th *Thread) error {
	if th.step {
		th.Stop.Kind, th.Stop.Trap, th.Stop.HW, th.ours = kernel.Trap, kernel.Step, 0, true
		t.queue(th)
	}
	return nil
}

// stepHeld steps with everything else that runs in the memory held.
func (t *Tracer) stepHeld(th *Thread, site *breakpoints.Site) (bool, error) {
	space := th.Process.space
	held := t.holders(th)
	if err := t.halt(func(x *Thread) bool { return x != th && x.Process.space == space }); err != nil {
		return false, err
	}
	if err := space.sites.Remove(site); err != nil && !errors.Is(err, kernel.ErrGone) {
		return false, err
	}
	done, err := t.stepOnce(th, site)
	if err == nil { // others may use the memory still if this thread does not
		err = ignoreGone(space.sites.Insert(site))
	}
	for _, x := range held {
		if err == nil && x.state == stopped && !x.pending && t.eligible(x) {
			err = t.goOn(x)
		}
	}
	return done, err
}

// holders are the threads that will have to be set going again.
func (t *Tracer) holders(th *Thread) []*Thread {
	var out []*Thread
	for x := range t.all() {
		if x != th && x.moving() && x.Process.space == th.Process.space {
			out = append(out, x)
		}
	}
	return out
}

func ignoreGone(err error) error {
	if errors.Is(err, kernel.ErrGone) {
		return nil
	}
	return err
}

// stepOnce runs one instruction of a thread with its trap out. A signal that comes
// from elsewhere meanwhile waits until the instruction is done; so does the one the
// thread was to be given. Further ones are held back: given while the handler of the first
// runs, they would go behind those that came later; so are all on the way into a system
// call, where none can be given. A system call is run to its entry only: it may block, and
// the others must not be held for that.
func (t *Tracer) stepOnce(th *Thread, site *breakpoints.Site) (done bool, err error) {
	if th.state != stopped {
		return false, nil // it died while the others were being held
	}
	wanted := th.step
	if th.Signal != 0 {
		given := th.Stop
		given.Kind, given.Signal = kernel.SignalStop, th.Signal
		th.deferred = append(th.deferred, given)
		th.Signal = 0
	}
	enter := isSyscall(site.Original())
	mode := kernel.Run
	if enter {
		mode = kernel.Syscalls
	}
	t.prepare(th)
	for {
		th.step, th.hush = !enter, enter || len(th.deferred) > 0
		err := t.resume(th, mode, false)
		if err == nil {
			err = t.await(th)
		}
		th.step, th.hush = wanted, false
		if err != nil || th.state != stopped {
			return false, err
		}
		switch s := &th.Stop; {
		case s.Kind == kernel.SignalStop && !s.Info.Sync:
			th.deferred = append(th.deferred, *s)
		case s.Kind == kernel.GroupStop && t.before(th, site):
			th.counted = site.Addr // it takes its step when it is continued
			t.queue(th)
			return false, nil
		case s.Kind == kernel.Interrupted, s.Kind == kernel.GroupStop: // before the step, or before its trap
		default:
			return t.afterStep(th, enter && t.Mode == kernel.Run), nil
		}
	}
}

// before says whether a thread has not made the step it was to make.
func (t *Tracer) before(th *Thread, site *breakpoints.Site) bool {
	pc, err := th.PC()
	return err == nil && pc == site.Addr && !t.trapDue(th)
}

// afterStep says whether the one step ended as meant, so that nobody need hear of it;
// any other stop is kept to be judged.
func (t *Tracer) afterStep(th *Thread, entered bool) bool {
	s := &th.Stop
	switch {
	case s.Kind == kernel.Trap && s.Trap == kernel.Step && s.HW == 0 && !th.step && th.fix.hide:
		t.repair(th)
	case s.Kind == kernel.Trap && s.Trap == kernel.Step && !th.step && !th.fix.hide:
		th.ours = false // under the program's own trap flag it is the program's
		t.queue(th)
		return false
	case entered && s.Kind == kernel.SyscallEnter:
	case s.Kind == kernel.Trap && s.Trap == kernel.Breakpoint:
		// The program's own int3, which stood under our trap.
		s.Kind = kernel.SignalStop
		fallthrough
	default:
		t.queue(th)
		return false
	}
	th.pending = false
	return true
}

// await waits until a thread has stopped or ended. Stops of other threads are kept.
func (t *Tracer) await(th *Thread) error {
	for th.state == running && !th.exiting {
		switch err := t.k.Wait(&t.stop, true); {
		case errors.Is(err, kernel.ErrWoken):
			continue
		case err != nil:
			return err
		}
		if x := t.note(&t.stop); x != nil && x != th {
			t.settle(x)
		}
	}
	return nil
}
