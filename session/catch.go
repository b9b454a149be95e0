package session

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/syscalls"
	"github.com/trapline/trapline/tracer"
)

// Catchpoints stop at events rather than places. They are breakpoints without
// locations: numbered, listed, conditional, ignored and deleted like the others.

type catchKind uint8

const (
	catchSyscall catchKind = iota
	catchFork
	catchVfork
	catchExec
	catchSignal
	catchThread
	catchExit
)

// catchRow is one kind: its word, what it says in "info breakpoints", and how its
// arguments are read.
type catchRow struct {
	name, what, short string
	parse             func(*Session, *catchpoint, []string) error
	complete          Complete
}

var catchRows = [...]catchRow{
	catchSyscall: {"syscall", "syscall", "stop at system calls: all, or those named, numbered or of a class (%file)", (*Session).parseSyscalls, CompleteSyscall},
	catchFork:    {"fork", "fork", "stop when the program forks", nil, CompleteNothing},
	catchVfork:   {"vfork", "vfork", "stop when the program vforks", nil, CompleteNothing},
	catchExec:    {"exec", "exec", "stop when the program runs another", nil, CompleteNothing},
	catchSignal:  {"signal", "signal", "stop at signals, whatever \"handle\" says", (*Session).parseSignals, CompleteSignal},
	catchThread:  {"thread", "thread", "stop when a thread is made or ends", nil, CompleteNothing},
	catchExit:    {"exit", "exit", "stop when the program is about to end", nil, CompleteNothing},
}

type catchpoint struct {
	kind  catchKind
	only  map[int]bool // signals or system calls; nil all
	names []string     // as given
}

func catchSubs(temporary bool) []Command {
	var subs []Command
	for kind, row := range catchRows {
		args := ""
		if row.parse != nil {
			args = "[" + strings.ToUpper(row.name) + "]..."
		}
		subs = append(subs, Command{Names: []string{row.name}, Args: args, Short: row.short, Complete: row.complete,
			Run: func(s *Session, a *Args) error { return s.addCatch(catchKind(kind), a, temporary) }})
	}
	return subs
}

func (s *Session) addCatch(kind catchKind, a *Args, temporary bool) error {
	text, cond := cutCondition(a.Text)
	c := &catchpoint{kind: kind, names: strings.Fields(text)}
	row := catchRows[kind]
	switch {
	case row.parse != nil:
		if err := row.parse(s, c, c.names); err != nil {
			return err
		}
	case len(c.names) > 0:
		return fmt.Errorf("\"catch %s\" takes no argument", row.name)
	}
	b := &breakpoints.Breakpoint{Spec: strings.TrimSpace(row.what + " " + text), Temporary: temporary}
	if cond != "" {
		if err := s.setCondition(b, cond, nil); err != nil {
			return err
		}
	}
	s.T.Breakpoints.Add(b)
	s.catches[b] = c
	s.syncCatches()
	s.printf("%s (%s)\n", s.paint(tty.Heading, fmt.Sprintf("Catchpoint %d", b.ID)), b.Spec)
	return nil
}

func (s *Session) parseSignals(c *catchpoint, words []string) error {
	for _, w := range words {
		sigs, err := s.signalsNamed(w)
		if err != nil {
			return err
		}
		c.restrict(sigs...)
	}
	return nil
}

// parseSyscalls takes what trace -e takes: names, numbers, classes (%file, or gdb's
// group:file), /regular expressions.
func (s *Session) parseSyscalls(c *catchpoint, words []string) error {
	for _, w := range words {
		for _, group := range []string{"group:", "g:"} {
			if name, ok := strings.CutPrefix(w, group); ok {
				w = "%" + name
			}
		}
		set, err := syscalls.ParseSet(w)
		if err != nil {
			return err
		}
		for _, nr := range set.Numbers(syscalls.Native(s.os)) {
			c.restrict(int(nr))
		}
	}
	return nil
}

func (c *catchpoint) restrict(ns ...int) {
	if c.only == nil {
		c.only = map[int]bool{}
	}
	for _, n := range ns {
		c.only[n] = true
	}
}

func (s *Session) dropCatch(b *breakpoints.Breakpoint) {
	delete(s.catches, b)
	s.syncCatches()
}

// syncCatches makes the engine report system calls only while somebody asks for them.
func (s *Session) syncCatches() {
	s.T.Mode = kernel.Run
	for b, c := range s.catches {
		if c.kind == catchSyscall && b.Enabled {
			s.T.Mode = kernel.Syscalls
		}
	}
}

// caught is the catchpoint that an event stops for, after its condition and counts.
func (s *Session) caught(kind catchKind, ev *tracer.Event, n int) *breakpoints.Breakpoint {
	hit := breakpoints.Hit{PID: int(ev.Process.PID)}
	if ev.Thread != nil {
		hit.TID = int(ev.Thread.TID)
	}
	for _, b := range s.T.Breakpoints.Listed() {
		c := s.catches[b]
		if c == nil || c.kind != kind || c.only != nil && !c.only[n] {
			continue
		}
		if ok, err := b.Arrive(hit); ok {
			ev.Err = err
			return b
		}
	}
	return nil
}

// nativeCalls are the conventions whose numbers are those that names of calls mean here.
var nativeCalls = map[kernel.CallABI]bool{kernel.CallAMD64: true, kernel.CallSVR4: true, kernel.CallFreeBSD: true}

func (s *Session) caughtSyscall(ev *tracer.Event) *breakpoints.Breakpoint {
	if abi := ev.Thread.Call.ABI; len(s.catches) == 0 || !nativeCalls[abi] {
		return nil
	}
	return s.caught(catchSyscall, ev, int(ev.Thread.Call.Nr))
}

// tellCaught prints a stop at an event.
func (s *Session) tellCaught(r *reason) {
	s.printf("\n")
	title := s.threadTitle(r.ev.Thread)
	for _, b := range r.ours {
		s.printf("%s%s ", title, s.paint(tty.Heading, fmt.Sprintf("Catchpoint %d", b.ID)))
	}
	switch r.ev.Kind {
	case tracer.EvSyscallEnter, tracer.EvSyscallExit:
		s.tellSyscall(r)
	case tracer.EvThreadNew:
		s.printf("(new thread %d), ", s.number(r.ev.Thread.TID))
	case tracer.EvThreadExit:
		if slices.ContainsFunc(r.ours, func(b *breakpoints.Breakpoint) bool { c := s.catches[b]; return c != nil && c.kind == catchExit }) {
			s.printf("(the program is about to end), ")
		} else {
			s.printf("(thread %d is about to end), ", s.number(r.ev.Thread.TID))
		}
	case tracer.EvExec:
		s.printf("(exec'd %s), ", s.inferiorOf(r.ev.Process).Path)
	default:
		s.printf("%s, ", r.note)
	}
}

func (s *Session) tellSyscall(r *reason) {
	c := &r.ev.Thread.Call
	name := s.syscallName(c.Nr)
	if r.ev.Kind == tracer.EvSyscallEnter {
		s.printf("(call to syscall %s), ", s.paint(tty.Function, name))
		return
	}
	result := fmt.Sprintf("%d", c.Ret)
	if c.Failed {
		result = fmt.Sprintf("-1 %s", s.os.ErrnoName(int(-c.Ret)))
	}
	s.printf("(returned from syscall %s = %s), ", s.paint(tty.Function, name), result)
}
