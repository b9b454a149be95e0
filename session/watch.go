package session

import (
	"errors"
	"fmt"
	"strings"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/session/expr"
	"github.com/trapline/trapline/tracer"
)

// Watchpoints: the debug registers watch the object an expression names, or, where there are
// none that work, the program makes single steps and the object is looked at after each. One
// on a variable of a frame ends with the frame.

type watchpoint struct {
	typ   *expr.Type
	th    *tracer.Thread
	cfa   uint64                  // of the frame the expression depends on; 0 none
	scope *breakpoints.Breakpoint // at the frame's return address
}

// watchEnd is a watchpoint whose frame has ended.
type watchEnd struct {
	id   int
	spec string
}

func watchCommand(kind breakpoints.Kind) func(*Session, *Args) error {
	return func(s *Session, a *Args) error {
		text, cond := cutCondition(a.Text)
		location := false
		for _, flag := range []string{"-location ", "-l "} {
			if t, ok := strings.CutPrefix(text, flag); ok {
				text, location = strings.TrimSpace(t), true
			}
		}
		if text == "" {
			return errors.New("an expression to watch is missing: watch x, watch *(int*)0x601040")
		}
		return s.watch(kind, text, cond, location)
	}
}

func (s *Session) watch(kind breakpoints.Kind, text, cond string, location bool) error {
	p := s.process()
	if p == nil {
		return errNoProcess
	}
	v, err := s.eval(text)
	if err != nil {
		return err
	}
	n := v.Type.ByteSize()
	if v.IsVoid() && v.Place == expr.InMemory { // a symbol without debug information
		return fmt.Errorf("the type of %s is not known; cast it: watch (int)%s", text, text)
	}
	switch {
	case v.Gone != "":
		return fmt.Errorf("%s cannot be watched: it has been %s", text, v.Gone)
	case v.Place == expr.InRegister:
		return fmt.Errorf("%s is in a register; the processor watches memory only", text)
	case v.Place != expr.InMemory:
		return fmt.Errorf("cannot watch constant value %q", text)
	case kind == breakpoints.Write && !s.opts.hardwareWatch && n > 0 && n <= 8:
		kind = breakpoints.Sampled
	case n != 1 && n != 2 && n != 4 && n != 8:
		return fmt.Errorf("%s is %d bytes (%s); a debug register watches 1, 2, 4 or 8: watch a member, an element or *(long*)&%s", text, n, v.Type, text)
	case v.Addr%uint64(n) != 0:
		return fmt.Errorf("%s is at %#x, not a multiple of its size %d; a debug register watches aligned memory only", text, v.Addr, n)
	}
	if _, err := v.Load(s.env()); err != nil {
		return err
	}
	if kind.Hardware() && s.registersInUse(v.Addr, n, kind) >= breakpoints.NSlots {
		return breakpoints.ErrNoSlot
	}
	b := &breakpoints.Breakpoint{Kind: kind, Len: n, Spec: text}
	if cond != "" {
		if err := s.setCondition(b, cond, nil); err != nil {
			return err
		}
	}
	s.T.Breakpoints.Add(b)
	err = s.T.Place(b, p, v.Addr)
	if kind == breakpoints.Write && errors.Is(err, tracer.ErrNoDebug) {
		s.warn("%v: the program goes by single steps, some ten thousand a second, and %s is looked at after each", err, text)
		b.Kind = breakpoints.Sampled
		err = s.T.Place(b, p, v.Addr)
	}
	if err != nil {
		_ = s.T.Remove(b)
		return err
	}
	w := &watchpoint{typ: v.Type}
	s.watches[b] = w
	if !location {
		s.limitToFrame(b, w, text)
	}
	s.printf("%s: %s\n", s.paint(tty.Heading, fmt.Sprintf("%s %d", watchTitle[b.Kind], b.ID)), text)
	return nil
}

// registersInUse counts the debug registers taken by others than one that would serve
// for an object too.
func (s *Session) registersInUse(addr uint64, n int, kind breakpoints.Kind) int {
	type slot struct {
		addr uint64
		n    int
		kind breakpoints.Kind
	}
	used := map[slot]bool{}
	for _, b := range s.T.Breakpoints.All() {
		for _, l := range b.Locations {
			if b.Enabled && b.Kind.Hardware() && l.PID == int(s.inf.PID) {
				used[slot{l.Addr, b.Len, b.Kind}] = true
			}
		}
	}
	delete(used, slot{addr, n, kind})
	return len(used)
}

var watchTitle = map[breakpoints.Kind]string{breakpoints.Write: "Hardware watchpoint",
	breakpoints.ReadWrite: "Hardware access (read/write) watchpoint", breakpoints.Read: "Hardware read watchpoint",
	breakpoints.Sampled: "Watchpoint"}

// limitToFrame ends a watchpoint on a local variable with its frame.
func (s *Session) limitToFrame(b *breakpoints.Breakpoint, w *watchpoint, text string) {
	e := s.env()
	if e.frame == nil || !usesLocals(e, text) {
		return
	}
	frames, err := s.frames(e.th, s.frame+defaultFrames)
	outer := s.frame + 1
	for err == nil && outer < len(frames) && frames[outer].CFA == e.frame.CFA {
		outer++
	}
	if err != nil || outer >= len(frames) {
		return
	}
	w.th, w.cfa = e.th, e.frame.CFA
	if sc, err := s.placeInternal(e.th.Process, frames[outer].PC(), roleScope, e.th.TID); err == nil {
		w.scope = sc
	}
}

// usesLocals says whether a name in the text is a variable of the frame.
func usesLocals(e *frameEnv, text string) bool {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r != '_' && !isAlnum(byte(min(r, 127))) }) {
		if v, ok, _ := e.local(word); ok && v.Place == expr.InMemory && e.onStack(v.Addr) {
			return true
		}
	}
	return false
}

// onStack says whether an address lies in the frames from the frame on inwards.
func (e *frameEnv) onStack(addr uint64) bool {
	set, err := e.th.Regs(regs.General)
	return err == nil && addr+redZone >= set.SP() && addr < e.frame.CFA+4096
}

// scopesEnded are the watchpoints whose frame has returned to where the internal
// breakpoint stands.
func (s *Session) scopesEnded(ev *tracer.Event, at *breakpoints.Breakpoint) (ended []watchEnd) {
	set, err := ev.Thread.Regs(regs.General)
	if err != nil {
		return nil
	}
	for _, b := range s.T.Breakpoints.Listed() {
		if w := s.watches[b]; w != nil && w.scope == at && set.SP() >= w.cfa {
			ended = append(ended, watchEnd{b.ID, b.Spec})
			s.ending = append(s.ending, b)
		}
	}
	return ended
}

// forgetWatches drops the watchpoints of an address space that is gone.
func (s *Session) forgetWatches(p *tracer.Process) {
	for b := range s.watches {
		if len(b.Locations) == 0 {
			s.ending = append(s.ending, b)
		}
	}
}

func (s *Session) dropWatch(b *breakpoints.Breakpoint) {
	w := s.watches[b]
	if w == nil {
		return
	}
	delete(s.watches, b)
	if w.scope != nil {
		s.removeInternal(w.scope)
	}
}

// tellWatch prints what happened to a watched value.
func (s *Session) tellWatch(th *tracer.Thread, b *breakpoints.Breakpoint) {
	w := s.watches[b]
	if w == nil {
		return
	}
	show := func(u uint64) string {
		var raw [8]byte
		for i := range raw {
			raw[i] = byte(u >> (8 * i))
		}
		return s.printer().Top(expr.Value{Type: w.typ, Bytes: raw[:b.Len]}, 0)
	}
	s.printf("\n%s%s: %s\n\n", s.threadTitle(th), s.paint(tty.Heading, fmt.Sprintf("%s %d", watchTitle[b.Kind], b.ID)), b.Spec)
	if b.Kind == breakpoints.Read || b.Kind == breakpoints.ReadWrite && b.Old == b.New {
		s.printf("Value = %s\n", show(b.New))
		return
	}
	s.printf("Old value = %s\nNew value = %s\n", show(b.Old), s.paint(tty.Changed, show(b.New)))
}
