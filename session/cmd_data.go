package session

import (
	"errors"
	"fmt"
	"strings"

	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/session/expr"
)

func dataCommands() []Command {
	return []Command{
		{Names: []string{"print", "p", "inspect", "call"}, Args: "[/FMT] [EXPR]", Class: Data, Complete: CompleteExpr, Repeat: RepeatSame, Run: (*Session).print,
			Short: "show the value of an expression and keep it in the history",
			Long: `EXPR is a C expression: variables of the selected frame, globals, functions, registers ($rax, $eax, $xmm0, $pc),
variables of the session ($x), earlier values ($ the last, $$ the one before, $3), casts, assignments, and gdb's
x@n (n values from x on) and {type}address. FMT is one of x d u o t c a f s z.`},
		{Names: []string{"output"}, Args: "[/FMT] EXPR", Class: Data, Complete: CompleteExpr, Run: (*Session).output, Short: "show a value without a number and without a newline"},
		{Names: []string{"printf"}, Args: "\"FORMAT\", EXPR...", Class: Data, Complete: CompleteExpr, Run: (*Session).printfCommand,
			Short: "show values in C's format", Long: "FORMAT knows %d %i %u %x %o %c %s %f %g %e %p %% with widths and lengths."},
		{Names: []string{"x"}, Args: "[/NFU] [ADDRESS]", Class: Data, Complete: CompleteExpr, Repeat: RepeatBare, Run: (*Session).examine,
			Short: "examine memory",
			Long: `N is a count, F a format (x d u o t c a f, s for strings, i for instructions), U a size: b 1, h 2, w 4, g 8 bytes.
Format and size are remembered. An empty line goes on behind what was shown.`},
		{Names: []string{"display"}, Args: "[/FMT] [EXPR]", Class: Data, Complete: CompleteExpr, Run: (*Session).display,
			Short: "show an expression each time the program stops"},
		{Names: []string{"undisplay"}, Args: "[N]...", Class: Data, Run: (*Session).undisplay, Short: "no longer show expressions at stops: those numbered, or all"},
		{Names: []string{"set"}, Args: "SETTING VALUE | EXPR", Class: Data, Complete: CompleteExpr, Run: func(s *Session, a *Args) error { return s.assign(a.Text) },
			Sub: setSubs(), Short: "change a setting, or a variable, register or memory of the program",
			Long: "set x = 3, set $rax = 0, set {int}0x601040 = 7. Where a setting has the variable's name: set var x = 3."},
		{Names: []string{"show"}, Args: "[SETTING]", Class: Support, Run: (*Session).showAll, Sub: showSubs(), Short: "show settings"},
		{Names: []string{"unset"}, Class: Support, Short: "take back a setting", Sub: []Command{
			{Names: []string{"env", "environment"}, Args: "[NAME]", Short: "remove a variable from the environment of the program, or all",
				Run: func(s *Session, a *Args) error {
					if a.Text == "" {
						s.Target.Env = nil
					}
					s.unsetEnv(a.Text)
					return nil
				}}}},
		{Names: []string{"disassemble", "disas"}, Args: "[/srm] [LOCATION | START,END | START,+LENGTH]", Class: Data, Complete: CompleteLocation, Run: (*Session).disassemble,
			Short: "show instructions of a function or a range", Long: "/s and /m show the source lines too, /r the bytes. The next instruction is marked =>."},
		{Names: []string{"whatis", "ptype"}, Args: "EXPR | TYPE", Class: Data, Complete: CompleteExpr, Run: (*Session).whatis, Short: "show the type of an expression"},
	}
}

// cutFormat takes "/x" off the front of a text when it did not touch the command.
func cutFormat(a *Args) (expr.Format, string, error) {
	f, text := a.Format, a.Text
	if f == "" && strings.HasPrefix(text, "/") {
		f, text, _ = strings.Cut(text[1:], " ")
	}
	parsed, err := expr.ParseFormat(f)
	return parsed, strings.TrimSpace(text), err
}

func (s *Session) print(a *Args) error {
	f, text, err := cutFormat(a)
	if err != nil {
		return err
	}
	switch {
	case f.Letter == 'i':
		return errors.New("print has no format i; use x/i")
	case f.Count > 0 || f.Size != 0:
		return errors.New("print takes a format letter only; counts and sizes are for x")
	case text == "":
		text = "$"
	}
	v, err := s.eval(text)
	if err != nil {
		return err
	}
	if v.IsVoid() && v.Place != expr.InMemory {
		s.printf("$%d = void\n", len(s.history)+1)
		return nil
	}
	if v.Type.Strip().Kind != expr.Func && !v.IsVoid() && v.Gone == "" {
		if v, err = v.Load(s.env()); err != nil {
			return err
		}
	}
	if v.IsVoid() {
		return fmt.Errorf("%q has unknown type; cast it to its declared type: (int)%s", text, text)
	}
	s.history = append(s.history, v)
	s.printf("%s = %s\n", s.paint(tty.Name, fmt.Sprintf("$%d", len(s.history))), s.showValue(v, f.Letter))
	return nil
}

// showValue lets flags registers name their bits.
func (s *Session) showValue(v expr.Value, letter byte) string {
	if v.Place == expr.InRegister && letter == 0 && v.Gone == "" {
		if text, ok := flagsText(v); ok {
			return text
		}
	}
	return s.printer().Top(v, letter)
}

func (s *Session) output(a *Args) error {
	f, text, err := cutFormat(a)
	if err != nil {
		return err
	}
	v, err := s.eval(text)
	if err != nil {
		return err
	}
	s.printf("%s", s.showValue(v, f.Letter))
	return nil
}

func (s *Session) whatis(a *Args) error {
	if t, err := expr.ParseType(a.Text, s.env()); err == nil {
		s.printf("type = %s\n", typeText(t, a))
		return nil
	}
	v, err := s.eval(a.Text)
	if err != nil {
		return err
	}
	s.printf("type = %s\n", typeText(v.Type, a))
	return nil
}

// typeText spells structs out where a member-by-member answer is wanted.
func typeText(t *expr.Type, a *Args) string {
	u := t.Strip()
	if len(u.Members()) == 0 || u.Kind != expr.Struct && u.Kind != expr.Union {
		return t.String()
	}
	var b strings.Builder
	name := u.Name
	if name == "" {
		name = map[expr.Kind]string{expr.Struct: "struct", expr.Union: "union"}[u.Kind]
	}
	fmt.Fprintf(&b, "%s {\n", name)
	for _, f := range u.Members() {
		bits := ""
		if f.BitSize > 0 {
			bits = fmt.Sprintf(" : %d", f.BitSize)
		}
		fmt.Fprintf(&b, "    %s %s%s;\n", f.Type, f.Name, bits)
	}
	return b.String() + "}"
}

// examineState is where "x" goes on.
type examineState struct {
	fmt  expr.Format
	next uint64
	last uint64
	set  bool
}

func (s *Session) examine(a *Args) error {
	f, text, err := cutFormat(a)
	if err != nil {
		return err
	}
	x := &s.xs
	if f.Letter == 0 {
		f.Letter = x.fmt.Letter
	}
	if f.Letter == 0 {
		f.Letter = 'x'
	}
	if f.Size == 0 {
		f.Size = defaultUnit(f.Letter, x.fmt)
	}
	count := max(1, f.Count)
	if text == "" && !x.set {
		return errors.New("x needs an address: x/8xw $sp")
	}
	if text != "" {
		v, err := s.evalInt(text)
		if err != nil {
			return err
		}
		x.next, x.set = uint64(v), true
	}
	x.fmt = expr.Format{Letter: f.Letter, Size: f.Size}
	switch f.Letter {
	case 'i':
		x.next, err = s.examineCode(x.next, count)
	case 's':
		err = s.examineStrings(x, count)
	default:
		err = s.examineUnits(x, f, count)
	}
	s.vars["_"] = expr.MakeInt(expr.PointerTo(expr.LongType), x.last)
	return err
}

func defaultUnit(letter byte, before expr.Format) byte {
	switch letter {
	case 'a':
		return 'g'
	case 'c':
		return 'b'
	case 'f':
		if before.Size != 'w' {
			return 'g'
		}
	case 's':
		return 'b'
	}
	if before.Size == 0 || before.Letter == 's' || before.Letter == 'i' {
		return 'w'
	}
	return before.Size
}

func (s *Session) examineStrings(x *examineState, count int) error {
	p := s.printer()
	for range count {
		b, ended, err := p.CString(x.next)
		if err != nil {
			return err
		}
		text := expr.Quote(b)
		if !ended {
			text += "..."
		}
		s.printf("%s:\t%s\n", s.addressText(x.next), text)
		x.last = x.next
		x.next += uint64(len(b))
		if ended {
			x.next++
		}
	}
	return nil
}

// unitType is the type of one unit in a format.
func unitType(f expr.Format) *expr.Type {
	if f.Letter == 'f' {
		switch f.SizeBytes() {
		case 4:
			return expr.FloatType
		case 8:
			return expr.DoubleType
		}
	}
	if f.Letter == 'a' {
		return expr.DataPtr
	}
	return map[int]*expr.Type{1: expr.CharType, 2: expr.ShortType, 4: expr.IntType, 8: expr.LongType}[f.SizeBytes()]
}

// perLine is how many units gdb puts on a line.
func perLine(f expr.Format) int {
	if f.Letter == 'a' || f.Letter == 't' && f.Size != 'b' {
		return map[byte]int{'a': 2}[f.Letter] + map[byte]int{'t': 2}[f.Letter]
	}
	return map[int]int{1: 8, 2: 8, 4: 4, 8: 2}[f.SizeBytes()]
}

func (s *Session) examineUnits(x *examineState, f expr.Format, count int) error {
	t, p, size := unitType(f), s.printer(), f.SizeBytes()
	if f.Letter == 'a' {
		size = expr.PtrSize
	}
	letter := f.Letter
	if letter == 'x' {
		letter = 'z' // all digits, so that columns line up
	}
	b := make([]byte, size)
	for i := range count {
		if err := s.env().ReadMem(x.next, b); err != nil {
			if i%perLine(f) != 0 {
				s.printf("\n")
			}
			return err
		}
		if i%perLine(f) == 0 {
			if i > 0 {
				s.printf("\n")
			}
			s.printf("%s:", s.addressText(x.next))
		}
		s.printf("\t%s", p.Show(expr.Value{Type: t, Bytes: append([]byte(nil), b...)}, letter))
		x.last = x.next
		x.next += uint64(size)
	}
	s.printf("\n")
	return nil
}

// addressText is an address with its symbol: "0x401136 <main+4>".
func (s *Session) addressText(addr uint64) string {
	t := s.addr(addr)
	if n := s.symbolText(addr); n != "" {
		t += " <" + s.paint(tty.Function, n) + ">"
	}
	return t
}
