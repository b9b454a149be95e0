package session

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/elfinfo/line"
	"github.com/trapline/trapline/internal/spell"
	"github.com/trapline/trapline/session/expr"
	"github.com/trapline/trapline/x86"
)

// Places in a program as people write them: function, file:line, line, +n, -n,
// file:function, *ADDRESS. One text may mean several places: an inlined line, a static
// function of two files, a template.

// location is one place in one inferior. Without a process addr is the file's.
type location struct {
	inf  *Inferior
	mod  *module // nil for an address in no module
	addr uint64
	fn   string
	file string
	line int
}

// spec is a location's text taken apart.
type spec struct {
	text     string
	addr     string // *EXPR
	file, fn string
	line     int
	relative int // +n, -n: sign of the line
}

// parseSpec takes a location apart without asking what exists.
func parseSpec(text string) (spec, error) {
	sp := spec{text: text}
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return sp, errors.New("a location is missing: a function, file:line or *ADDRESS")
	case text[0] == '*':
		sp.addr = strings.TrimSpace(text[1:])
		if sp.addr == "" {
			return sp, errors.New("an address is missing after *")
		}
		return sp, nil
	case text[0] == '+' || text[0] == '-':
		n, err := strconv.Atoi(strings.TrimSpace(text[1:]))
		if err != nil || n < 0 {
			return sp, fmt.Errorf("%q is no number of lines", text)
		}
		sp.line, sp.relative = n, map[byte]int{'+': 1, '-': -1}[text[0]]
		return sp, nil
	}
	if n, err := strconv.Atoi(text); err == nil {
		if n <= 0 {
			return sp, fmt.Errorf("there is no line %d", n)
		}
		sp.line = n
		return sp, nil
	}
	file, rest, ok := cutFile(text)
	if !ok {
		sp.fn = unquoteName(text)
		return sp, nil
	}
	sp.file = unquoteName(file)
	if n, err := strconv.Atoi(rest); err == nil {
		if n <= 0 {
			return sp, fmt.Errorf("there is no line %d", n)
		}
		sp.line = n
		return sp, nil
	}
	if rest == "" {
		return sp, fmt.Errorf("a line or function is missing after %q", file+":")
	}
	sp.fn = unquoteName(rest)
	return sp, nil
}

// cutFile splits file:rest at the last single colon; the two of a namespace are not one.
func cutFile(text string) (file, rest string, ok bool) {
	for i := len(text) - 1; i > 0; i-- {
		if text[i] != ':' {
			continue
		}
		if text[i-1] == ':' {
			i--
			continue
		}
		if i+1 < len(text) && text[i+1] == ':' {
			continue
		}
		return strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+1:]), true
	}
	return "", "", false
}

func unquoteName(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// unknownError is a location that nothing loaded has; a library loaded later may.
type unknownError struct{ msg string }

func (e *unknownError) Error() string { return e.msg }

// locate finds what a text means in every inferior.
func (s *Session) locate(text string) ([]location, error) {
	sp, err := parseSpec(text)
	if err != nil {
		return nil, err
	}
	if sp.addr != "" {
		v, err := s.evalInt(sp.addr)
		if err != nil {
			return nil, err
		}
		return []location{s.addressLocation(uint64(v))}, nil
	}
	if sp.file == "" && sp.fn == "" {
		if err := s.defaultFile(&sp); err != nil {
			return nil, err
		}
	}
	var all []location
	for _, inf := range s.inferiors {
		mods := &inf.mods
		if inf.Proc == nil {
			if inf != s.inf {
				continue
			}
			mods = s.mods()
		}
		found, err := locateIn(inf, mods, sp)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return nil, s.unknown(sp)
	}
	return all, nil
}

// fixed is a location's text with what it leaves to the moment said: the file of a line's
// number, the value of an address.
func (s *Session) fixed(text string) (string, error) {
	sp, err := parseSpec(text)
	switch {
	case err != nil:
		return "", err
	case sp.addr != "":
		v, err := s.evalInt(sp.addr)
		return fmt.Sprintf("*%#x", uint64(v)), err
	case sp.file != "" || sp.fn != "":
		return text, nil
	}
	err = s.defaultFile(&sp)
	return fmt.Sprintf("%s:%d", sp.file, sp.line), err
}

// defaultFile completes "12" and "+3" with the file of the selected frame or of the
// last listing.
func (s *Session) defaultFile(sp *spec) error {
	at, err := s.defaultLine()
	if err != nil {
		return err
	}
	if sp.relative != 0 {
		sp.line = at.around + sp.relative*sp.line
		if sp.line <= 0 {
			return fmt.Errorf("there is no line %d", sp.line)
		}
	}
	sp.file = at.file
	return nil
}

func (s *Session) addressLocation(addr uint64) location {
	l := location{inf: s.inf, addr: addr, mod: s.mods().at(addr)}
	l.describe()
	return l
}

// describe fills in function and line.
func (l *location) describe() {
	if l.mod == nil {
		return
	}
	_, _, l.fn = l.mod.function(l.addr - l.mod.bias)
	if e, ok, _ := l.mod.lines.Find(l.addr - l.mod.bias); ok {
		l.file, l.line = e.File, e.Line
	}
}

func locateIn(inf *Inferior, mods *modules, sp spec) ([]location, error) {
	var out []location
	add := func(m *module, vaddr uint64) {
		l := location{inf: inf, mod: m, addr: vaddr + m.bias}
		l.describe()
		if !slices.ContainsFunc(out, func(o location) bool { return o.addr == l.addr }) {
			out = append(out, l)
		}
	}
	for _, m := range mods.list {
		if sp.fn != "" {
			found := m.functionsNamed(sp.fn, sp.file)
			if m.main && sp.file == "" && m.debug.mayBeInlined(found) {
				found = append(found, m.debug.inlined(sp.fn)...)
			}
			for _, vaddr := range found {
				add(m, vaddr)
			}
			continue
		}
		rows, err := m.lines.Lines(sp.file, sp.line)
		if line.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		rows = m.lines.OnePerFunction(rows, func(pc uint64) (uint64, uint64, bool) {
			low, high, name := m.function(pc)
			return low, high, name != ""
		})
		for _, r := range rows {
			add(m, r.Addr)
		}
	}
	return out, nil
}

// functionsNamed are the places behind the prologues of functions of a name, in a file
// if one is given.
func (im *image) functionsNamed(name, file string) []uint64 {
	var out []uint64
	for _, sym := range im.elf.Symbols().ByName(name) {
		if !sym.IsFunc() || sym.IsIFunc() || sym.Origin == elfinfo.PLT {
			continue
		}
		low, high, _ := im.function(sym.Value)
		if low != sym.Value || high <= low {
			low, high = sym.Value, sym.Value+max(sym.Size, 1)
		}
		if file != "" {
			e, ok, _ := im.lines.Find(low)
			if !ok || !fileMatches(e.File, file) {
				continue
			}
		}
		addr := im.skipPrologue(low, high)
		if !slices.Contains(out, addr) {
			out = append(out, addr)
		}
	}
	return out
}

// skipPrologue is where a breakpoint on the function [low, high) goes. Where the line
// table marks no end of the prologue, a function that sets up a frame is entered where
// the row with that code ends, as gdb has it, so that arguments can be found from the
// frame. A function that has returned by then (one of assembly, whose second row is its
// closing brace) is entered at its first instruction.
func (im *image) skipPrologue(low, high uint64) uint64 {
	if addr := im.prologueEnd(low, high); !im.leaves(low, addr) {
		return addr
	}
	return low
}

func (im *image) prologueEnd(low, high uint64) uint64 {
	if addr, ok := im.lines.PrologueEnd(low, high); ok && addr != low {
		return addr
	}
	addr := skipFramePush(im, low)
	if e, ok, _ := im.lines.Find(addr); ok && addr != low && e.Addr < addr && e.End < high {
		return e.End
	}
	return addr
}

// leaves says whether the instructions [from, to) return or jump away for good.
func (im *image) leaves(from, to uint64) bool {
	code := make([]byte, min(to-from, 4096))
	n, _ := im.elf.ReadAtVaddr(from, code)
	for code = code[:n]; len(code) > 0; {
		in, err := x86.Decode(code, from)
		if err != nil {
			return false
		}
		if in.IsRet() || in.IsJump() && !in.IsCond() {
			return true
		}
		code, from = code[in.Len:], from+uint64(in.Len)
	}
	return false
}

// skipFramePush passes over "push %rbp; mov %rsp,%rbp"; endbr64 goes with it.
func skipFramePush(im *image, low uint64) uint64 {
	var b [8]byte
	if _, err := im.elf.ReadAtVaddr(low, b[:]); err != nil {
		return low
	}
	at := 0
	if strings.HasPrefix(string(b[:]), "\xf3\x0f\x1e\xfa") {
		at = 4
	}
	for _, mov := range []string{"\x55\x48\x89\xe5", "\x55\x48\x8b\xec"} {
		if strings.HasPrefix(string(b[at:]), mov) {
			return low + uint64(at+len(mov))
		}
	}
	return low
}

// fileMatches says whether a full path ends in what the user wrote.
func fileMatches(full, want string) bool {
	return full == want || strings.HasSuffix(full, "/"+strings.TrimPrefix(filepath.Clean(want), "./"))
}

// unknown explains why a location means nothing, with names that may have been meant.
func (s *Session) unknown(sp spec) error {
	if sp.fn != "" {
		msg := fmt.Sprintf("function %q is not defined", sp.fn)
		if sp.file != "" {
			msg += fmt.Sprintf(" in %q", sp.file)
		}
		if near := s.nearFunctions(sp.fn); len(near) > 0 {
			msg += "; did you mean " + strings.Join(near, ", ") + "?"
		}
		return &unknownError{msg}
	}
	known := false
	for _, m := range s.mods().list {
		if _, err := m.lines.Lines(sp.file, 1); err == nil {
			known = true
		}
	}
	if known {
		return &unknownError{fmt.Sprintf("no code at or after line %d of %s", sp.line, sp.file)}
	}
	msg := fmt.Sprintf("no source file named %s", sp.file)
	if near := s.nearFiles(sp.file); len(near) > 0 {
		msg += "; did you mean " + strings.Join(near, ", ") + "?"
	}
	return &unknownError{msg}
}

// mostNames bounds how many symbols are compared to find near ones.
const mostNames = 200_000

func (s *Session) nearFunctions(name string) []string {
	return s.nearSymbols(name, func(sym elfinfo.Symbol) bool { return sym.IsFunc() })
}

func (s *Session) nearSymbols(name string, want func(elfinfo.Symbol) bool) []string {
	var names []string
	for _, m := range s.mods().list {
		for sym := range m.elf.Symbols().All() {
			if len(names) >= mostNames {
				break
			}
			if !sym.Undefined() && want(sym) && sym.Origin != elfinfo.PLT && len(sym.Name) < 2*len(name)+40 {
				names = append(names, elfinfo.DemangleShort(sym.Name))
			}
		}
	}
	return spell.Near(name, names, 3)
}

func (s *Session) nearFiles(name string) []string {
	var names []string
	for _, m := range s.mods().list {
		if !m.main {
			continue
		}
		files, _ := m.lines.Files()
		for _, f := range files {
			names = append(names, filepath.Base(f))
		}
	}
	return spell.Near(filepath.Base(name), names, 3)
}

// evalInt evaluates an expression to an integer.
func (s *Session) evalInt(text string) (int64, error) {
	v, err := s.eval(text)
	if err != nil {
		return 0, err
	}
	v, err = v.Load(s.env())
	switch {
	case err != nil:
		return 0, err
	case v.Type.Strip().Kind == expr.Func, v.Type.Strip().Kind == expr.Array:
		return int64(v.Addr), nil
	case v.IsVoid() && v.Place == expr.InMemory: // a symbol: its address
		return int64(v.Addr), nil
	case !v.Type.Scalar():
		return 0, fmt.Errorf("%s is no number", text)
	}
	return int64(v.Uint()), nil
}
