package session

import (
	"debug/elf"
	"fmt"
	"strings"

	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/internal/spell"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/session/expr"
	"github.com/trapline/trapline/tracer"
)

// What names mean in expressions: the variables of a frame, globals and symbols of all
// modules, registers, and the session's own variables.

// frameEnv is the environment of one frame; with neither frame nor thread it knows
// symbols and variables only.
type frameEnv struct {
	s     *Session
	inf   *Inferior
	th    *tracer.Thread
	frame *Frame
	// unknown is set when a location asks for a register that the frame's callees have
	// not kept.
	unknown bool
}

// env is the environment of the selected frame.
func (s *Session) env() *frameEnv {
	e := &frameEnv{s: s, inf: s.inf}
	if s.inf.Proc == nil {
		s.mods()
		return e
	}
	if s.thread != nil && s.thread.Stopped() {
		e.th = s.thread
		if f, err := s.selected(); err == nil {
			e.frame = f
		}
	}
	return e
}

// eval evaluates a text in the selected frame; the value may be lazy.
func (s *Session) eval(text string) (expr.Value, error) {
	n, err := expr.Parse(text, s.env())
	if err != nil {
		return expr.Value{}, err
	}
	return n.Eval(s.env())
}

func (e *frameEnv) ReadMem(addr uint64, p []byte) error {
	if e.inf.Proc == nil {
		return e.s.readStatic(addr, p)
	}
	n, err := e.inf.Proc.ReadMem(addr, p)
	if n == len(p) {
		return nil
	}
	return e.s.memError("read", addr+uint64(n), err)
}

func (e *frameEnv) WriteMem(addr uint64, p []byte) error {
	if e.inf.Proc == nil {
		return errNoProcess
	}
	n, err := e.inf.Proc.WriteMem(addr, p)
	e.s.stack.forget()
	if n == len(p) {
		return nil
	}
	return e.s.memError("write", addr+uint64(n), err)
}

// memError says what is wrong with an address, by the process's map.
func (s *Session) memError(verb string, addr uint64, err error) error {
	why := "nothing is mapped there"
	if p := s.process(); p != nil {
		maps, merr := s.T.Kernel().Procfs().Proc(int(p.PID)).Maps()
		if merr != nil {
			return fmt.Errorf("cannot %s memory at %#x: %w", verb, addr, err)
		}
		for i := range maps {
			if maps[i].Contains(addr) {
				why = "it is mapped " + maps[i].Perm.String()
			}
		}
	}
	return fmt.Errorf("cannot %s memory at %#x: %s", verb, addr, why)
}

// readStatic reads initialised data out of the program's file when nothing runs.
func (s *Session) readStatic(addr uint64, p []byte) error {
	for _, m := range s.mods().list {
		if n, _ := m.elf.ReadAtVaddr(addr, p); n == len(p) {
			return nil
		}
	}
	return fmt.Errorf("cannot read memory at %#x: the program is not running", addr)
}

// Register reads a register as it was in the selected frame.
func (e *frameEnv) Register(name string) (expr.Value, bool, error) {
	row, ok := regs.Lookup(name)
	if !ok {
		return expr.Value{}, false, nil
	}
	if e.th == nil {
		return expr.Value{}, true, fmt.Errorf("no registers: %w", errNoProcess)
	}
	if v, done, err := e.outerRegister(row); done {
		return v, true, err
	}
	set, err := e.th.Regs(row.Group())
	if err != nil {
		return expr.Value{}, true, err
	}
	v, err := row.Read(set)
	if err != nil {
		return expr.Value{}, true, err
	}
	return expr.Value{Type: registerType(row), Bytes: v.Data()}, true, nil
}

// outerRegister is a register of a frame that is not the innermost: as the unwinder
// found it, or lost.
func (e *frameEnv) outerRegister(row *regs.Row) (v expr.Value, done bool, err error) {
	if e.frame == nil || e.frame.num == 0 {
		return v, false, nil
	}
	whole := row
	if row.Parent != "" {
		whole, _ = regs.Lookup(row.Parent)
	}
	if whole == nil || whole.DWARF < 0 || whole.DWARF >= 17 {
		return v, false, nil // not among those the call-frame information tells of
	}
	u, ok := e.frame.Get(uint64(whole.DWARF))
	if !ok {
		return expr.Value{Type: registerType(row), Gone: "not saved"}, true, nil
	}
	val := regs.Uint(row.Bits, u>>row.Bit)
	return expr.Value{Type: registerType(row), Bytes: val.Data()}, true, nil
}

func (e *frameEnv) SetRegister(name string, v expr.Value) error {
	row, ok := regs.Lookup(name)
	if !ok || e.th == nil {
		return fmt.Errorf("there is no register %s", name)
	}
	if e.frame != nil && e.frame.num > 0 {
		return fmt.Errorf("registers can be set in frame 0 only; select it with \"frame 0\"")
	}
	set, err := e.th.Regs(row.Group())
	if err != nil {
		return err
	}
	c := *set
	c.XSave = append([]byte(nil), set.XSave...)
	val := regs.Uint(row.Bits, v.Uint())
	if row.Bits > 64 {
		val = regs.FromBytes(v.Bytes)
	}
	if err := row.Write(&c, val); err != nil {
		return err
	}
	defer e.s.stack.forget()
	return e.th.SetRegs(&c, row.Group())
}

// registerType gives vector registers the union of views gdb gives them.
func registerType(row *regs.Row) *expr.Type {
	if row.Kind == regs.KindX87 && row.Bits == 80 {
		return &expr.Type{Kind: expr.Float, Name: "i387_ext", Size: 10}
	}
	if row.Bits <= 64 {
		return expr.RegisterType(row)
	}
	if t, ok := vectorTypes[row.Bits]; ok {
		return t
	}
	return expr.RegisterType(row)
}

var vectorTypes = map[int]*expr.Type{128: vectorType(16), 256: vectorType(32), 512: vectorType(64)}

func vectorType(n int) *expr.Type {
	t := &expr.Type{Kind: expr.Union, Name: fmt.Sprintf("vec%d", n*8), Size: n}
	for _, view := range []struct {
		name string
		elem *expr.Type
	}{{"float", expr.FloatType}, {"double", expr.DoubleType}, {"int8", &expr.Type{Kind: expr.Int, Name: "int8_t", Size: 1}},
		{"int16", expr.ShortType}, {"int32", expr.IntType}, {"int64", expr.LongType}} {
		count := n / view.elem.Size
		t.Fields = append(t.Fields, expr.Field{Name: fmt.Sprintf("v%d_%s", count, view.name), Type: expr.ArrayOf(view.elem, count)})
	}
	if n == 16 {
		t.Fields = append(t.Fields, expr.Field{Name: "uint128", Type: expr.Uint128})
	}
	return t
}

// Var is a session variable; a few are made when asked for.
func (e *frameEnv) Var(name string) expr.Value {
	if make := specialVars[name]; make != nil {
		if v, ok := make(e); ok {
			return v
		}
	}
	return e.s.vars[name]
}

func (e *frameEnv) SetVar(name string, v expr.Value) { e.s.vars[name] = v }

var specialVars = map[string]func(*frameEnv) (expr.Value, bool){
	"_thread":   func(e *frameEnv) (expr.Value, bool) { return e.intOf(func() int { return e.s.number(e.th.TID) }) },
	"_tid":      func(e *frameEnv) (expr.Value, bool) { return e.intOf(func() int { return int(e.th.TID) }) },
	"_pid":      func(e *frameEnv) (expr.Value, bool) { return e.intOf(func() int { return int(e.inf.PID) }) },
	"_inferior": func(e *frameEnv) (expr.Value, bool) { return expr.MakeInt(expr.IntType, uint64(e.inf.Num)), true },
	"_siginfo":  (*frameEnv).siginfo,
}

func (e *frameEnv) intOf(f func() int) (expr.Value, bool) {
	if e.th == nil {
		return expr.Value{}, false
	}
	return expr.MakeInt(expr.IntType, uint64(f())), true
}

// siginfoType shows the common fields of siginfo_t (sigaction(2)).
var siginfoType = &expr.Type{Kind: expr.Struct, Name: "siginfo", Size: 32, Fields: []expr.Field{
	{Name: "si_signo", Type: expr.IntType}, {Name: "si_errno", Type: expr.IntType, Off: 4}, {Name: "si_code", Type: expr.IntType, Off: 8},
	{Name: "si_pid", Type: expr.IntType, Off: 12}, {Name: "si_uid", Type: expr.IntType, Off: 16}, {Name: "si_status", Type: expr.IntType, Off: 20},
	{Name: "si_addr", Type: expr.DataPtr, Off: 24}}}

func (e *frameEnv) siginfo() (expr.Value, bool) {
	if e.th == nil || e.th.Stop.Info.Signal == 0 {
		return expr.Value{}, false
	}
	i := &e.th.Stop.Info
	var b []byte
	for _, n := range []int32{int32(i.Signal), i.Errno, i.Code, int32(i.PID), int32(i.UID), i.Status} {
		b = append(b, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	b = append(b, expr.MakeInt(expr.UlongType, i.Addr).Bytes...)
	return expr.Value{Type: siginfoType, Bytes: b}, true
}

// History is $, $$, $n and $$n.
func (e *frameEnv) History(n int, back bool) (expr.Value, error) {
	h := e.s.history
	if back {
		n = len(h) - n
		if len(h) == 0 {
			return expr.Value{Type: expr.VoidType}, nil
		}
	}
	if n < 1 || n > len(h) {
		return expr.Value{}, fmt.Errorf("history has not yet reached $%d", n)
	}
	return h[n-1], nil
}

func (s *Session) setIntVar(name string, u uint64) { s.vars[name] = expr.MakeInt(expr.IntType, u) }

func (e *frameEnv) mods() *modules { return &e.inf.mods }

// TypeNamed finds a type of the program; the module of the frame is asked first.
func (e *frameEnv) TypeNamed(name string) *expr.Type {
	for _, m := range e.inOrder() {
		if t := m.debug.typeNamed(name); t != nil {
			return t
		}
	}
	return nil
}

// inOrder is the modules with the frame's own first.
func (e *frameEnv) inOrder() []*module {
	list := e.mods().list
	if e.frame == nil || e.frame.mod == nil {
		return list
	}
	out := []*module{e.frame.mod}
	for _, m := range list {
		if m != e.frame.mod {
			out = append(out, m)
		}
	}
	return out
}

// Lookup finds a name: a local of the frame, a global, a symbol.
func (e *frameEnv) Lookup(name string) (expr.Value, error) {
	name = strings.TrimPrefix(name, "::")
	if e.frame != nil {
		if v, ok, err := e.local(name); ok || err != nil {
			return v, err
		}
	}
	var firstErr error
	for _, m := range e.inOrder() {
		v, ok, err := m.debug.global(e, m, name)
		if ok && err == nil {
			return v, nil
		}
		if err != nil && firstErr == nil {
			firstErr = err
		}
	}
	if v, ok := e.symbol(name); ok {
		return v, nil
	}
	if firstErr != nil {
		return expr.Value{}, firstErr
	}
	return expr.Value{}, &expr.NotFoundError{Name: name, Near: e.near(name)}
}

// symbol is a name that only the symbol tables know.
func (e *frameEnv) symbol(name string) (expr.Value, bool) {
	for _, m := range e.inOrder() {
		for _, sym := range m.elf.Symbols().ByName(name) {
			if sym.IsTLS() || sym.Section == elf.SHN_ABS {
				continue
			}
			t := expr.VoidType
			if sym.IsFunc() {
				t = &expr.Type{Kind: expr.Func, Size: 1, Elem: expr.VoidType}
				if rt := m.debug.funcType(sym.Value); rt != nil {
					t = rt
				}
			}
			return expr.Value{Type: t, Place: expr.InMemory, Addr: sym.Value + m.bias, Name: name}, true
		}
	}
	return expr.Value{}, false
}

func (e *frameEnv) near(name string) []string {
	locals := []string{}
	if e.frame != nil {
		locals = e.frame.scope.names()
	}
	if near := spell.Near(name, locals, 3); len(near) > 0 {
		return near
	}
	return e.s.nearSymbols(name, func(elfinfo.Symbol) bool { return true })
}

// local is a variable of the frame's function, innermost block first.
func (e *frameEnv) local(name string) (expr.Value, bool, error) {
	return e.frame.scope.lookup(e, name)
}

// printer shows values with the selected frame's memory and symbols.
func (s *Session) printer() *expr.Printer {
	e := s.env()
	return &expr.Printer{Env: e, Limit: s.opts.printElements, Symbol: func(addr uint64) string {
		if n := s.symbolText(addr); n != "" {
			return s.paint(tty.Function, "<"+n+">")
		}
		return ""
	}}
}

func (s *Session) symbolText(addr uint64) string { return s.mods().symbol(addr) }

// argsText is "n=3, s=0x... "x"" of a frame.
func (s *Session) argsText(f *Frame) string {
	e := &frameEnv{s: s, inf: s.inferiorOf(f.th.Process), th: f.th, frame: f}
	p := &expr.Printer{Env: e, Limit: 40, Symbol: s.printer0().Symbol}
	var out []string
	for _, v := range f.scope.args(e) {
		out = append(out, s.paint(tty.Name, v.name)+"="+s.brief(p, v))
	}
	return strings.Join(out, ", ")
}

// printer0 is printer without a frame, for use while frames are being printed.
func (s *Session) printer0() *expr.Printer {
	return &expr.Printer{Symbol: func(addr uint64) string {
		if n := s.symbolText(addr); n != "" {
			return "<" + n + ">"
		}
		return ""
	}}
}

// brief shows scalars; of structs and arrays in arguments only that they are there.
func (s *Session) brief(p *expr.Printer, v variable) string {
	if v.err != nil {
		return "<" + v.err.Error() + ">"
	}
	if v.value.Gone == "" && !v.value.Type.Scalar() {
		return "..."
	}
	return p.Show(v.value, 0)
}

// printLocals prints a frame's variables, one a line.
func (s *Session) printLocals(f *Frame, indent string) {
	e := &frameEnv{s: s, inf: s.inferiorOf(f.th.Process), th: f.th, frame: f}
	s.printVars(e, f.scope.locals(e), indent)
}

func (s *Session) printVars(e *frameEnv, vars []variable, indent string) {
	p := &expr.Printer{Env: e, Limit: s.opts.printElements, Symbol: s.printer0().Symbol}
	for _, v := range vars {
		text := ""
		if v.err != nil {
			text = "<" + v.err.Error() + ">"
		} else {
			text = p.Show(v.value, 0)
		}
		s.printf("%s%s = %s\n", indent, s.paint(tty.Name, v.name), text)
	}
}
