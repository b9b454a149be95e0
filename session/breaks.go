package session

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/x86"
)

// Breakpoints on code: made from a location, resolved again whenever a program or a
// library is loaded.

// breakRequest is what a break command asks for.
type breakRequest struct {
	spec      string
	cond      string
	thread    kernel.TID
	temporary bool
	hardware  bool
	quiet     bool // say nothing when it is set
}

// breakCommand makes the function of break, tbreak and hbreak.
func breakCommand(temporary, hardware bool) func(*Session, *Args) error {
	return func(s *Session, a *Args) error {
		r, err := s.parseBreak(a.Text)
		if err != nil {
			return err
		}
		r.temporary, r.hardware = temporary, hardware
		_, err = s.addBreak(r)
		return err
	}
}

// parseBreak reads "LOCATION [thread N] [if COND]".
func (s *Session) parseBreak(text string) (r breakRequest, err error) {
	text, r.cond = cutCondition(text)
	if r.cond == "" && strings.HasSuffix(" "+text, " if") {
		return r, errors.New("a condition is missing after \"if\"")
	}
	if at := strings.LastIndex(" "+text, " thread "); at >= 0 {
		th, err := s.findThread(text[at+len("thread "):])
		if err != nil {
			return r, err
		}
		r.thread, text = th.TID, strings.TrimSpace(text[:at])
	}
	r.spec = text
	if r.spec == "" {
		f, err := s.selected()
		if err != nil {
			return r, err
		}
		r.spec = fmt.Sprintf("*%#x", f.PC())
	}
	return r, nil
}

// cutCondition splits at the word "if".
func cutCondition(text string) (before, cond string) {
	padded := " " + text
	for i := 0; i < len(padded); i++ {
		rest := padded[i:]
		if strings.HasPrefix(rest, " if ") || strings.HasPrefix(rest, " if(") {
			return strings.TrimSpace(padded[:i]), strings.TrimSpace(rest[3:])
		}
	}
	return strings.TrimSpace(text), ""
}

// addBreak makes a breakpoint. A name that nothing loaded knows gives a pending one if
// the user agrees.
func (s *Session) addBreak(r breakRequest) (*breakpoints.Breakpoint, error) {
	at, err := s.fixed(r.spec)
	if err != nil {
		return nil, err
	}
	locs, err := s.locate(at)
	var unknown *unknownError
	if errors.As(err, &unknown) && !r.quiet {
		s.printf("%s\n", capital(err.Error()))
		if !s.Face.Confirm("Make breakpoint pending on future shared library load?") {
			return nil, errors.New("not set")
		}
	} else if err != nil && !errors.As(err, &unknown) {
		return nil, err
	}
	if err := s.checkCode(locs); err != nil {
		return nil, err
	}
	b := &breakpoints.Breakpoint{Spec: at, Temporary: r.temporary, Thread: int(r.thread), Pending: len(locs) == 0}
	if r.hardware {
		b.Kind = breakpoints.Execute
	}
	if r.cond != "" {
		if err := s.setCondition(b, r.cond, locs); err != nil {
			return nil, err
		}
	}
	s.T.Breakpoints.Add(b)
	if err := s.placeAll(b, locs); err != nil {
		_ = s.T.Remove(b)
		return nil, err
	}
	if !r.quiet {
		s.tellSet(b, locs)
	}
	return b, nil
}

func (s *Session) placeAll(b *breakpoints.Breakpoint, locs []location) error {
	for _, l := range locs {
		if l.inf.Proc == nil {
			continue
		}
		if err := s.T.Place(b, l.inf.Proc, l.addr); err != nil {
			return err
		}
	}
	return nil
}

// checkCode refuses what is no code and warns of what is not where an instruction
// begins.
func (s *Session) checkCode(locs []location) error {
	for _, l := range locs {
		if l.inf.Proc == nil {
			continue
		}
		maps, err := s.T.Kernel().Procfs().Proc(int(l.inf.PID)).Maps()
		if err != nil {
			return nil // the kernel will say when it is tried
		}
		m := procfs.FindMap(maps, l.addr)
		switch {
		case m == nil:
			return fmt.Errorf("nothing is mapped at %#x; \"info proc maps\" shows what is", l.addr)
		case m.Perm&procfs.Exec == 0:
			return fmt.Errorf("%#x is data (%s), not code; \"watch *(char*)%#x\" stops when it changes", l.addr, m.Perm, l.addr)
		}
		if start, inside := s.insideInstruction(l); inside {
			s.warn("%#x is inside the instruction at %#x; the program will misbehave when it is run", l.addr, start)
		}
	}
	return nil
}

// insideInstruction decodes from the beginning of the function.
func (s *Session) insideInstruction(l location) (start uint64, inside bool) {
	low, high, name := l.inf.mods.function(l.addr)
	const farthest = 1 << 20
	if name == "" || l.addr >= high || l.addr-low > farthest {
		return 0, false
	}
	code := make([]byte, l.addr-low+x86.MaxLen)
	n, _ := l.inf.Proc.ReadMem(low, code)
	for pc := low; pc < l.addr; {
		size, err := x86.Len(code[min(int(pc-low), n):n])
		if err != nil {
			return 0, false
		}
		if pc+uint64(size) > l.addr {
			return pc, true
		}
		pc += uint64(size)
	}
	return 0, false
}

// tellSet is gdb's answer to a break command.
func (s *Session) tellSet(b *breakpoints.Breakpoint, locs []location) {
	word := "Breakpoint"
	switch {
	case b.Kind == breakpoints.Execute:
		word = "Hardware assisted breakpoint"
	case b.Temporary:
		word = "Temporary breakpoint"
	}
	head := s.paint(tty.Heading, fmt.Sprintf("%s %d", word, b.ID))
	switch len(locs) {
	case 0:
		s.printf("%s (%s) pending.\n", head, b.Spec)
	case 1:
		s.printf("%s at %s\n", head, s.locationText(locs[0]))
	default:
		s.printf("%s at %s: %s. (%d locations)\n", head, s.addr(locs[0].addr), b.Spec, len(locs))
	}
}

func (s *Session) locationText(l location) string {
	t := s.addr(l.addr)
	switch {
	case l.line != 0:
		t += ": file " + s.paint(tty.File, s.shortFile(l.file)) + fmt.Sprintf(", line %d.", l.line)
	case l.fn != "":
		t += " in " + s.paint(tty.Function, l.fn)
	}
	return t
}

// resolve places the user's code breakpoints in an inferior whose modules have changed.
func (s *Session) resolve(inf *Inferior) error {
	for _, b := range s.T.Breakpoints.Listed() {
		if b.Kind.Watch() || b.Spec == "" || s.catches[b] != nil {
			continue
		}
		if err := s.resolveOne(b, inf); err != nil {
			s.warn("breakpoint %d (%s): %v", b.ID, b.Spec, err)
		}
	}
	return nil
}

func (s *Session) resolveOne(b *breakpoints.Breakpoint, inf *Inferior) error {
	sp, err := parseSpec(b.Spec)
	if err != nil {
		return err
	}
	var locs []location
	if sp.addr != "" {
		v, err := s.evalInt(sp.addr)
		if err != nil {
			return err
		}
		locs = []location{{inf: inf, addr: uint64(v)}}
	} else if locs, err = locateIn(inf, &inf.mods, sp); err != nil {
		return err
	}
	pending := b.Pending
	if err := s.placeAll(b, locs); err != nil {
		return err
	}
	if pending && len(locs) > 0 {
		b.Pending = false
		s.printf("Breakpoint %d, %s, resolved at %s\n", b.ID, b.Spec, s.locationText(locs[0]))
	}
	return nil
}

// removeBreak takes a stop-point of any kind out of everything.
func (s *Session) removeBreak(b *breakpoints.Breakpoint) error {
	s.dropCatch(b)
	s.dropWatch(b)
	return s.T.Remove(b)
}

// breakpointsNamed reads a list of numbers and ranges: "1 3-5"; empty means all.
func (s *Session) breakpointsNamed(text string) ([]*breakpoints.Breakpoint, error) {
	if text == "" {
		return s.T.Breakpoints.Listed(), nil
	}
	var out []*breakpoints.Breakpoint
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
		first, last, isRange := strings.Cut(w, "-")
		if !isRange {
			last = first
		}
		a, err1 := s.breakNumber(first)
		z, err2 := s.breakNumber(last)
		if err1 != nil || err2 != nil || a > z {
			return nil, fmt.Errorf("%q is no breakpoint number", w)
		}
		for id := a; id <= z && id-a < 10_000; id++ {
			b, err := s.T.Breakpoints.Get(id)
			if err != nil {
				if isRange {
					continue
				}
				return nil, err
			}
			out = append(out, b)
		}
	}
	return out, nil
}

func (s *Session) breakNumber(text string) (int, error) {
	if strings.HasPrefix(text, "$") {
		v, err := s.evalInt(text)
		return int(v), err
	}
	return strconv.Atoi(text)
}

func (s *Session) deleteCommand(a *Args) error {
	text := strings.TrimSpace(strings.TrimPrefix(a.Text, "breakpoints"))
	if text == "" && len(s.T.Breakpoints.Listed()) > 0 {
		if err := s.confirm("Delete all breakpoints?"); err != nil {
			return err
		}
	}
	list, err := s.breakpointsNamed(text)
	if err != nil {
		return err
	}
	var errs []error
	for _, b := range slices.Clone(list) {
		errs = append(errs, s.removeBreak(b))
	}
	return errors.Join(errs...)
}

// clear deletes the breakpoints at a place.
func (s *Session) clear(a *Args) error {
	text := a.Text
	if text == "" {
		f, err := s.selected()
		if err != nil {
			return err
		}
		text = fmt.Sprintf("%s:%d", f.file, f.line)
		if f.line == 0 {
			text = fmt.Sprintf("*%#x", f.PC())
		}
	}
	text, err := s.fixed(text)
	if err != nil {
		return err
	}
	locs, err := s.locate(text)
	if err != nil {
		return err
	}
	var gone []string
	for _, b := range slices.Clone(s.T.Breakpoints.Listed()) {
		if b.Spec == text || slices.ContainsFunc(locs, func(l location) bool {
			return slices.Contains(b.Locations, breakpoints.Location{PID: int(l.inf.PID), Addr: l.addr})
		}) {
			gone = append(gone, strconv.Itoa(b.ID))
			if err := s.removeBreak(b); err != nil {
				return err
			}
		}
	}
	if len(gone) == 0 {
		return fmt.Errorf("no breakpoint at %s", text)
	}
	s.printf("Deleted breakpoint%s %s\n", plural(len(gone), "s", "")[:min(1, len(gone)-1)], strings.Join(gone, " "))
	return nil
}

func enableCommand(on bool) func(*Session, *Args) error {
	return func(s *Session, a *Args) error {
		list, err := s.breakpointsNamed(strings.TrimSpace(strings.TrimPrefix(a.Text, "breakpoints")))
		if err != nil {
			return err
		}
		for _, b := range list {
			if err := s.T.Enable(b, on); err != nil {
				return err
			}
			if s.catches[b] != nil {
				s.syncCatches()
			}
		}
		return nil
	}
}

// oneBreakpoint reads a number off the front of a text.
func (s *Session) oneBreakpoint(text string) (*breakpoints.Breakpoint, string, error) {
	word, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	if word == "" {
		return nil, "", errors.New("a breakpoint number is missing; \"info breakpoints\" lists them")
	}
	id, err := s.breakNumber(word)
	if err != nil {
		return nil, "", fmt.Errorf("%q is no breakpoint number", word)
	}
	b, err := s.T.Breakpoints.Get(id)
	return b, strings.TrimSpace(rest), err
}

func (s *Session) ignore(a *Args) error {
	b, rest, err := s.oneBreakpoint(a.Text)
	if err != nil {
		return err
	}
	if rest == "" {
		return errors.New("ignore needs a count: ignore 1 10")
	}
	n, err := s.evalInt(rest)
	if err != nil {
		return err
	}
	b.Ignore = max(0, int(n))
	if b.Ignore == 0 {
		s.printf("Breakpoint %d will stop the next time it is reached.\n", b.ID)
	} else {
		s.printf("Will ignore next %d crossing%s of breakpoint %d.\n", b.Ignore, map[bool]string{true: "s"}[b.Ignore != 1], b.ID)
	}
	return nil
}

// commands reads the lines that are run when a breakpoint stops the program.
func (s *Session) commands(a *Args) error {
	var list []*breakpoints.Breakpoint
	if a.Text == "" {
		all := s.T.Breakpoints.Listed()
		if len(all) == 0 {
			return errors.New("there are no breakpoints")
		}
		list = all[len(all)-1:]
	} else {
		var err error
		if list, err = s.breakpointsNamed(a.Text); err != nil {
			return err
		}
	}
	lines, err := s.readBlock()
	if err != nil {
		return err
	}
	for _, b := range list {
		b.Commands = lines
	}
	return nil
}

// readBlock reads lines up to "end".
func (s *Session) readBlock() ([]string, error) {
	var lines []string
	for {
		l, err := s.readLine(">")
		if err != nil {
			return nil, fmt.Errorf("the commands end without \"end\": %w", err)
		}
		l = strings.TrimSpace(l)
		if l == "end" {
			return lines, nil
		}
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		if l != "silent" {
			if _, _, err := parse(l); err != nil {
				return nil, err
			}
		}
		lines = append(lines, l)
	}
}
