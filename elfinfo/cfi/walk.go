package cfi

import (
	"errors"
	"fmt"
	"strings"

	"github.com/trapline/trapline/regs"
)

// Module is the code that a pc belongs to.
type Module struct {
	Table *Table // nil: none
	Bias  uint64 // process address minus link-time address
}

// Flags say how a frame came to be.
type Flags uint8

const (
	// ReturnAddr: the frame's pc is a return address, so what it is executing is the
	// call before it; look pc-1 up (Frame.LookupPC).
	ReturnAddr Flags = 1 << iota
	// Signal: the kernel made this frame to deliver a signal; its caller was interrupted.
	Signal
)

// How says what told us about a frame, from certain to guessed.
type How uint8

// The ways to find a frame's caller.
const (
	None         How = iota
	CFI              // call-frame information
	Trampoline       // a signal trampoline's bytes and the kernel's frame layout
	Pattern          // a prologue, an epilogue or a PLT stub, by its bytes
	Leaf             // the return address is taken to be at the stack pointer
	FramePointer     // rbp, ebp
)

var howNames = [...]string{"none", "call-frame information", "signal trampoline", "code pattern", "leaf", "frame pointer"}

func (h How) String() string { return howNames[h] }

// Frame is one activation of a function. Inlined calls within it are the business of
// whoever reads its debug information.
type Frame struct {
	Regs        // at this frame's pc; the first frame's are those of the thread
	CFA  uint64 // the stack pointer before the call that made this frame; 0 when it could not be found
	Flags
	How How // how CFA and the caller were found
}

// LookupPC is the address whose function, line and variables are this frame's.
func (f *Frame) LookupPC() uint64 {
	if f.Flags&ReturnAddr != 0 {
		return f.PC() - 1
	}
	return f.PC()
}

// Reason says why a walk ended.
type Reason uint8

// The reasons. The first group are proper ends of a stack.
const (
	NotEnded  Reason = iota
	Outermost        // the call-frame information says that there is no caller
	TopFunc          // a function that is known to have no caller (_start, runtime.goexit)
	ZeroPC           // the return address is 0
	ChainEnd         // the frame pointer is 0 in code without call-frame information

	Stopped // the visitor had enough
	TooDeep // the limit was reached
	Loop    // the frame would lie below its callee: a damaged stack
	NoRule  // nothing tells how to find the caller
	BadMem  // the stack could not be read
)

var reasonNames = [...]string{"not ended", "outermost frame", "outermost function", "return address is 0",
	"end of the frame pointer chain", "stopped by the visitor", "too many frames",
	"the stack does not grow: it is damaged", "no way to find the caller", "the stack cannot be read"}

func (r Reason) String() string { return reasonNames[r] }

// Proper reports that the whole stack was walked.
func (r Reason) Proper() bool { return r >= Outermost && r <= ChainEnd }

// DefaultDepth bounds a walk that names no limit.
const DefaultDepth = 10000

// Unwinder walks the stacks of one process. It remembers what it learned about each
// pc: call Forget when modules come or go. Not safe for concurrent use.
type Unwinder struct {
	// ABI is the convention of the code that the threads run; nil is AMD64.
	ABI *ABI
	// ModuleAt finds the module that a process address belongs to; false when the
	// address is no module's (JIT code, or no code at all).
	ModuleAt func(pc uint64) (Module, bool)
	// Mem reads the process.
	Mem Memory
	// Symbol names the function at a process address, with its start. Optional: it
	// tells where Go stacks end, and entries of functions without call-frame information.
	Symbol func(pc uint64) (name string, start uint64, ok bool)

	plans map[planKey]*plan
	win   window
}

// Forget drops everything remembered.
func (u *Unwinder) Forget() { u.plans = nil }

// maxPlans bounds the memory of an Unwinder: about 1 KiB a plan at worst.
const maxPlans = 1 << 15

type planKey struct {
	abi *ABI
	pc  uint64
	ret bool
}

// plan is how to leave the frames that stand at a pc.
type plan struct {
	row    *Row
	bias   uint64
	how    How
	end    Reason
	jumps  bool // the caller may be on another stack
	signal bool
}

// Walk visits the frames of a stopped thread from the innermost outwards, at most max
// of them (0: DefaultDepth), until visit says no. The Frame is reused. The error
// explains NoRule and BadMem.
func (u *Unwinder) Walk(set *regs.Set, max int, visit func(*Frame) bool) (Reason, error) {
	if max <= 0 {
		max = DefaultDepth
	}
	u.win.reset(u.Mem)
	f := [2]Frame{{Regs: u.ABI.Regs(set)}}
	for i := range max {
		cur, next := &f[i&1], &f[1-i&1]
		reason, err := u.next(cur, next)
		if !visit(cur) {
			return Stopped, nil
		}
		if reason != NotEnded {
			return reason, err
		}
	}
	return TooDeep, nil
}

// Frames is Walk into a slice.
func (u *Unwinder) Frames(set *regs.Set, max int) ([]Frame, Reason, error) {
	var out []Frame
	reason, err := u.Walk(set, max, func(f *Frame) bool {
		out = append(out, *f)
		return true
	})
	return out, reason, err
}

// Step finds the caller of f, and with it f's CFA, How and Flags. A Reason other than
// NotEnded says that there is none.
func (u *Unwinder) Step(f, caller *Frame) (Reason, error) {
	u.win.reset(u.Mem)
	return u.next(f, caller)
}

func (u *Unwinder) next(f, caller *Frame) (Reason, error) {
	p := u.plan(f)
	if p.signal { // the kernel set this pc; nothing was called
		f.Flags = f.Flags&^ReturnAddr | Signal
	}
	if p.end != NotEnded {
		return p.end, f.endError(p.end)
	}
	u.win.sp = f.SP()
	if p.how == FramePointer && !p.jumps {
		if reason, ok := u.chain(f); !ok {
			return reason, f.endError(reason)
		}
	}
	cfa, err := p.row.Unwind(&f.Regs, &u.win, p.bias, &caller.Regs)
	f.How, f.CFA = p.how, cfa
	caller.CFA, caller.How, caller.Flags = 0, None, ReturnAddr
	if p.signal {
		caller.Flags = 0
	}
	switch {
	case err != nil:
		return failure(err), fmt.Errorf("unwind from %#x by %v: %w", f.PC(), p.how, err)
	case !p.signal && !p.jumps && cfa <= f.SP():
		return Loop, nil
	case caller.Known>>regs.RIP&1 == 0:
		return Outermost, nil
	case caller.PC() == 0 && !p.signal:
		return ZeroPC, nil
	}
	return NotEnded, nil
}

func failure(err error) Reason {
	var m *MemError
	if errors.As(err, &m) {
		return BadMem
	}
	return NoRule
}

func (f *Frame) endError(r Reason) error {
	if r == NoRule {
		return fmt.Errorf("unwind from %#x: no call-frame information, and %s is no frame pointer", f.PC(), f.abi.orDefault().name(regs.RBP))
	}
	return nil
}

// plan finds, or remembers, how to leave the frames at f's pc.
func (u *Unwinder) plan(f *Frame) *plan {
	key := planKey{f.abi, f.PC(), f.Flags&ReturnAddr != 0}
	if p := u.plans[key]; p != nil {
		return p
	}
	p, keep := u.makePlan(f)
	if keep {
		if u.plans == nil || len(u.plans) >= maxPlans {
			u.plans = map[planKey]*plan{}
		}
		u.plans[key] = &p
	}
	return &p
}

// makePlan asks, in order: the function's name, call-frame information of signal
// frames, the bytes of trampolines, other call-frame information, the bytes of
// prologues and stubs, the frame pointer. keep is false for guesses that depend on the
// stack as well as on the pc.
func (u *Unwinder) makePlan(f *Frame) (p plan, keep bool) {
	abi := f.abi.orDefault()
	called := f.Flags&ReturnAddr != 0
	if called {
		if fate, ok := u.fate(abi, f.LookupPC()); ok {
			if fate.end {
				return plan{end: TopFunc}, true
			}
			return plan{row: fate.row, how: FramePointer, jumps: true}, true
		}
	}
	mod, inModule := u.module(f.LookupPC())
	row := &Row{}
	end, described := describe(mod, f.LookupPC(), row)
	switch {
	case described && row.Signal:
		return plan{row: row, bias: mod.Bias, how: CFI, signal: true}, true
	case described && called && f.PC() < end:
		// A call returns into the middle of a function, a trampoline starts one: the same
		// entry covers both sides of pc, so the code need not be read.
		return plan{row: row, bias: mod.Bias, how: CFI}, true
	}
	var code [2 * shapeReach]byte
	from, to := u.code(f.PC(), &code)
	if s := recognise(abi.trampolines, code[:], from, to); s != nil {
		return plan{row: s.row, how: Trampoline, signal: true}, true
	}
	switch {
	case described:
		return plan{row: row, bias: mod.Bias, how: CFI}, true
	case called && !inModule && from == to:
		return plan{end: NoRule}, false
	case called:
		return plan{row: abi.framePointer, how: FramePointer}, true
	case from == to: // a call through a null or wild pointer
		return plan{row: abi.atEntry, how: Leaf}, false
	}
	return u.guess(abi, f, code[:], from, to)
}

// describe computes the row of a process address, and where its entry ends.
func describe(mod Module, pc uint64, row *Row) (end uint64, ok bool) {
	if mod.Table == nil {
		return 0, false
	}
	fde, err := mod.Table.Lookup(pc - mod.Bias)
	if err != nil || fde.Row(pc-mod.Bias, row) != nil {
		return 0, false
	}
	return fde.High + mod.Bias, true
}

func (u *Unwinder) module(pc uint64) (Module, bool) {
	if u.ModuleAt == nil {
		return Module{}, false
	}
	return u.ModuleAt(pc)
}

func (u *Unwinder) fate(abi *ABI, pc uint64) (fate, bool) {
	if u.Symbol == nil {
		return fate{}, false
	}
	name, _, ok := u.Symbol(pc)
	if !ok {
		return fate{}, false
	}
	f, ok := abi.fates[strings.TrimSuffix(name, ".abi0")]
	return f, ok
}

// code reads the instructions around pc; code[from:to] is what could be read, and
// from == to says that there is no memory at pc at all.
func (u *Unwinder) code(pc uint64, code *[2 * shapeReach]byte) (from, to int) {
	if pc < shapeReach {
		return 0, 0
	}
	if n, _ := u.Mem.ReadMem(pc-shapeReach, code[:]); n > shapeReach {
		return 0, n
	}
	n, _ := u.Mem.ReadMem(pc, code[shapeReach:])
	if n <= 0 {
		return 0, 0
	}
	return shapeReach, shapeReach + n
}

func recognise(rows []shape, code []byte, from, to int) *shape {
	if from == to {
		return nil
	}
	for i := range rows {
		if rows[i].matches(code, from, to) {
			return &rows[i]
		}
	}
	return nil
}

// guess is for an innermost (or interrupted) frame in code that nothing describes.
func (u *Unwinder) guess(abi *ABI, f *Frame, code []byte, from, to int) (p plan, keep bool) {
	if s := recognise(abi.shapes, code, from, to); s != nil {
		return plan{row: s.row, how: Pattern}, true
	}
	start := uint64(0)
	if u.Symbol != nil {
		if _, at, ok := u.Symbol(f.PC()); ok {
			start = at
		}
	}
	if start == f.PC() {
		return plan{row: abi.atEntry, how: Pattern}, true
	}
	if start != 0 && !u.hasFramePointer(abi, start) || !u.plausible(f) {
		if ra, err := abi.read(u.Mem, f.SP()); err == nil && u.returnsTo(ra) {
			return plan{row: abi.atEntry, how: Leaf}, false
		}
	}
	return plan{row: abi.framePointer, how: FramePointer}, false
}

// hasFramePointer reports that the function at start begins with the usual prologue.
func (u *Unwinder) hasFramePointer(abi *ABI, start uint64) bool {
	var code [2 * shapeReach]byte
	from, to := u.code(start, &code)
	s := recognise(abi.shapes, code[:], from, to)
	return s != nil && (strings.HasPrefix(s.at, "\x55") || strings.HasSuffix(s.at, "\x55"))
}

// returnsTo reports that a call could have pushed ra.
func (u *Unwinder) returnsTo(ra uint64) bool {
	var before [7]byte
	if ra < 7 {
		return false
	}
	n, _ := u.Mem.ReadMem(ra-7, before[:])
	return n == len(before) && isReturn(before[:])
}

// plausible reports that rbp (ebp) could be a frame pointer: aligned, not below the stack
// pointer, with code at the return address above it.
func (u *Unwinder) plausible(f *Frame) bool {
	abi := f.abi.orDefault()
	bp, ok := f.Get(uint64(regs.RBP))
	if !ok || bp < f.SP() || bp%uint64(abi.Word) != 0 {
		return false
	}
	ra, err := abi.read(u.Mem, bp+uint64(abi.Word))
	if err != nil {
		return false
	}
	if _, ok := u.module(ra - 1); ok {
		return true
	}
	return u.returnsTo(ra)
}

// chain checks a frame pointer before it is followed. A null one, or a null return
// address above it, is the proper end of a chain.
func (u *Unwinder) chain(f *Frame) (Reason, bool) {
	abi := f.abi.orDefault()
	bp, ok := f.Get(uint64(regs.RBP))
	if ok && bp == 0 {
		return ChainEnd, false
	}
	if ok && bp >= f.SP() {
		if ra, err := abi.read(&u.win, bp+uint64(abi.Word)); err == nil && ra == 0 {
			return ChainEnd, false
		}
	}
	if !u.plausible(f) {
		return NoRule, false
	}
	return NotEnded, true
}
