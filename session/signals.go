package session

import (
	"fmt"
	"strings"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/internal/spell"
	"github.com/trapline/trapline/kernel"
)

// What becomes of signals on their way to the program.

type handling struct{ stop, print, pass bool }

// exceptions are the signals that are not simply stop, print and pass: those that
// programs live with by the hundred, and those that are the debugger's own business.
// The rows are gdb's.
var exceptions = map[string]handling{
	"SIGALRM": {pass: true}, "SIGURG": {pass: true}, "SIGIO": {pass: true}, "SIGPOLL": {pass: true},
	"SIGVTALRM": {pass: true}, "SIGPROF": {pass: true}, "SIGCHLD": {pass: true}, "SIGWINCH": {pass: true},
	"SIGWAITING": {pass: true}, "SIGLWP": {pass: true}, "SIGTHR": {pass: true}, "SIGPRIO": {pass: true},
	"SIGCANCEL": {pass: true}, "SIGINFO": {pass: true},
	// The C libraries' own (nptl: cancellation, setxid).
	"SIGRTMIN": {pass: true}, "SIGRT_1": {pass: true},
	"SIGINT": {stop: true, print: true}, "SIGTRAP": {stop: true, print: true},
}

func defaultHandling(os *abi.OS) (h [maxSignal]handling) {
	for i := range h {
		h[i] = handling{true, true, true}
	}
	for _, row := range os.Signals {
		if e, ok := exceptions[row.Name]; ok && row.Num < maxSignal {
			h[row.Num] = e
		}
	}
	return h
}

// signalText is "SIGSEGV, Segmentation fault".
func (s *Session) signalText(sig kernel.Signal) string {
	if row := s.os.Signal(int(sig)); row != nil {
		return row.Name + ", " + row.Text
	}
	return s.os.SignalName(int(sig))
}

// faultText is the address a fault was about, or who sent the signal.
func (s *Session) faultText(info *kernel.SigInfo) string {
	switch {
	case info.Sync && s.os.SignalName(int(info.Signal)) != "SIGTRAP":
		return fmt.Sprintf(" (address %#x)", info.Addr)
	case info.PID != 0 && !info.Sync && info.Code <= 0:
		return fmt.Sprintf(" (sent by process %d)", info.PID)
	}
	return ""
}

// actions are the words of "handle", each with what it implies.
var actions = map[string]func(*handling){
	"stop":     func(h *handling) { h.stop, h.print = true, true },
	"nostop":   func(h *handling) { h.stop = false },
	"print":    func(h *handling) { h.print = true },
	"noprint":  func(h *handling) { h.print, h.stop = false, false },
	"pass":     func(h *handling) { h.pass = true },
	"nopass":   func(h *handling) { h.pass = false },
	"ignore":   func(h *handling) { h.pass = false },
	"noignore": func(h *handling) { h.pass = true },
}

// handleCommand is "handle SIG... ACTION...".
func (s *Session) handleCommand(a *Args) error {
	var sigs []int
	var acts []func(*handling)
	for _, w := range a.Words() {
		if act, ok := actions[w]; ok {
			acts = append(acts, act)
			continue
		}
		found, err := s.signalsNamed(w)
		if err != nil {
			return fmt.Errorf("%w; actions are stop, nostop, print, noprint, pass, nopass", err)
		}
		sigs = append(sigs, found...)
	}
	if len(sigs) == 0 {
		return fmt.Errorf("handle needs a signal: handle SIGUSR1 nostop print pass")
	}
	s.signalHeader()
	for _, n := range sigs {
		for _, act := range acts {
			act(&s.handling[n])
		}
		s.signalRow(n)
	}
	return nil
}

// signalsNamed takes a name, a number, a range of numbers or "all" (which leaves out
// the debugger's own, as gdb does).
func (s *Session) signalsNamed(w string) (out []int, err error) {
	if w == "all" {
		for _, row := range s.os.Signals {
			if row.Name != "SIGTRAP" && row.Name != "SIGINT" && row.Num < maxSignal {
				out = append(out, row.Num)
			}
		}
		return out, nil
	}
	first, last, isRange := strings.Cut(w, "-")
	if isRange && !strings.Contains(strings.ToUpper(w), "RT") {
		a, b := s.os.SignalByName(first), s.os.SignalByName(last)
		if a == nil || b == nil || a.Num > b.Num {
			return nil, fmt.Errorf("%q is no range of signals", w)
		}
		for n := a.Num; n <= b.Num; n++ {
			out = append(out, n)
		}
		return out, nil
	}
	row := s.os.SignalByName(w)
	if row == nil || row.Num >= maxSignal {
		return nil, fmt.Errorf("there is no signal %q%s", w, s.nearSignal(w))
	}
	return []int{row.Num}, nil
}

func (s *Session) nearSignal(w string) string {
	var names []string
	for _, row := range s.os.Signals {
		names = append(names, row.Name, strings.TrimPrefix(row.Name, "SIG"))
	}
	if near := spell.Near(strings.ToUpper(w), names, 2); len(near) > 0 {
		return "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return ""
}

func (s *Session) signalHeader() {
	s.printf("%-12s %-5s %-6s %-16s %s\n", "Signal", "Stop", "Print", "Pass to program", "Description")
}

func (s *Session) signalRow(n int) {
	yes := map[bool]string{true: "yes", false: "no"}
	h, text := s.handling[n], ""
	if row := s.os.Signal(n); row != nil {
		text = row.Text
	}
	s.printf("%-12s %-5s %-6s %-16s %s\n", s.os.SignalName(n), yes[h.stop], yes[h.print], yes[h.pass], text)
}

func (s *Session) infoSignals(a *Args) error {
	sigs := a.Words()
	if len(sigs) == 0 {
		s.signalHeader()
		for _, row := range s.os.Signals {
			if row.Num < maxSignal {
				s.signalRow(row.Num)
			}
		}
		return nil
	}
	var all []int
	for _, w := range sigs {
		n, err := s.signalsNamed(w)
		if err != nil {
			return err
		}
		all = append(all, n...)
	}
	s.signalHeader()
	for _, n := range all {
		s.signalRow(n)
	}
	return nil
}
