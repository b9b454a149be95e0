package session

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/elfinfo/dwarf"
	"github.com/trapline/trapline/elfinfo/dwarf/op"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/session/expr"
)

// What the compiler's debug information adds: the functions, inlined calls, variables
// and types of one file, in the terms of the session and of expressions.

// debugInfo is that of one file; without any, every question is answered with no.
type debugInfo struct {
	data  *dwarf.Data // nil: none
	types map[*dwarf.Type]*expr.Type
}

func openDebug(f *elfinfo.File) *debugInfo {
	var alt *dwarf.Data
	if a, err := f.AltFile(); err == nil && a != nil {
		alt = dwarf.New(a, nil)
	}
	d := &debugInfo{types: map[*dwarf.Type]*expr.Type{}}
	if data := dwarf.New(f, alt); data.Present() {
		d.data = data
	}
	return d
}

// function is the bounds, in the file's addresses, and the name of the function around
// an address: of the part of it, when the compiler has split it.
func (d *debugInfo) function(vaddr uint64) (low, high uint64, name string, ok bool) {
	if d.data == nil {
		return
	}
	fn, err := d.data.FunctionAt(vaddr)
	if err != nil || fn == nil {
		return
	}
	for _, r := range fn.Ranges {
		if vaddr >= r.Low && vaddr < r.High {
			return r.Low, r.High, fn.Qualified(), true
		}
	}
	return
}

// frames gives a frame its scope, and the calls inlined at its pc frames of their own.
func (d *debugInfo) frames(vaddr uint64, f Frame) []Frame {
	if d.data == nil {
		return []Frame{f}
	}
	fn, err := d.data.FunctionAt(vaddr)
	if err != nil || fn == nil {
		return []Frame{f}
	}
	var out []Frame
	file, line := f.file, f.line
	calls := fn.Inlined(vaddr)
	for i, call := range slices.Backward(calls) {
		in := f
		in.fn, in.inline, in.file, in.line = call.Qualified(), true, file, line
		in.around = len(out) > 0
		in.scope = scope{d: d, fn: fn, vars: call, pc: vaddr}
		out = append(out, in)
		around := fn.Entry
		if i > 0 {
			around = calls[i-1].Entry
		}
		line = call.CallLine
		if e, ok, _ := f.mod.lines.Find(around); ok {
			file = e.File
		}
	}
	f.file, f.line, f.around = file, line, len(calls) > 0
	f.scope = scope{d: d, fn: fn, vars: fn, pc: vaddr}
	return append(out, f)
}

// mayBeInlined says whether the functions at addresses have copies elsewhere. To ask
// for the copies reads the debug information of the whole file; to ask this does not.
func (d *debugInfo) mayBeInlined(addrs []uint64) bool {
	if d.data == nil {
		return false
	}
	for _, a := range addrs {
		if fn, err := d.data.FunctionAt(a); err == nil && fn != nil && !fn.Inlinable {
			return false
		}
	}
	return true
}

// inlined are the addresses, in the file, where copies of a function that was inlined
// begin.
func (d *debugInfo) inlined(name string) (out []uint64) {
	if d.data == nil {
		return nil
	}
	for _, fn := range d.data.FunctionsNamed(name) {
		if !fn.Inlinable && fn.HasCode() {
			continue
		}
		for _, site := range fn.InlineSites() {
			at := site.Entry
			if at == 0 && len(site.Ranges) > 0 {
				at = site.Ranges[0].Low
			}
			if at != 0 {
				out = append(out, at)
			}
		}
	}
	return out
}

// funcType is the type of the function that begins at an address; nil unknown.
func (d *debugInfo) funcType(vaddr uint64) *expr.Type {
	if d.data == nil {
		return nil
	}
	fn, err := d.data.FunctionAt(vaddr)
	if err != nil || fn == nil || fn.Entry != vaddr {
		return nil
	}
	var params []string
	for _, p := range fn.Params(vaddr) {
		params = append(params, d.convert(p.Type(), nil).String())
	}
	t := &expr.Type{Kind: expr.Func, Size: 1, Elem: d.resultType(fn), Params: strings.Join(params, ", ")}
	if len(params) == 0 && fn.Prototyped {
		t.Params = "void"
	}
	return t
}

func (d *debugInfo) resultType(fn *dwarf.Function) *expr.Type {
	if fn.ReturnsVoid {
		return expr.VoidType
	}
	return d.convert(fn.Result(), nil)
}

// resultType is the type that a frame's function returns; nil unknown.
func (s *Session) resultType(f *Frame) *expr.Type {
	if f.scope.fn == nil {
		return nil
	}
	return f.scope.d.resultType(f.scope.fn)
}

// global finds a variable of the program; the one of the frame's own file is preferred.
func (d *debugInfo) global(e *frameEnv, m *module, name string) (expr.Value, bool, error) {
	if d.data == nil {
		return expr.Value{}, false, nil
	}
	file, plain, qualified := strings.Cut(name, "::")
	if !qualified || !strings.Contains(file, ".") {
		file, plain = "", name
	}
	var first error
	var best *dwarf.Variable
	for _, v := range d.data.GlobalsNamed(plain) {
		switch {
		case file != "" && !fileMatches(v.Unit().Name(), file):
			continue
		case best == nil:
			best = v
		case e.frame != nil && e.frame.scope.fn != nil && v.Unit() == e.frame.scope.fn.Unit():
			best = v
		}
	}
	if best == nil {
		return expr.Value{}, false, first
	}
	env := e.opEnv(m)
	best.Unit().Env(env)
	v, err := d.value(e, best, 0, env)
	if errors.Is(err, op.ErrOptimizedOut) {
		return v, false, nil
	}
	return v, err == nil, err
}

// value is a variable as an expression sees it.
func (d *debugInfo) value(e *frameEnv, v *dwarf.Variable, pc uint64, env *op.Env) (expr.Value, error) {
	e.unknown = false
	t := d.convert(v.Type(), env)
	loc, err := v.Locate(pc, env)
	if e.lost(err) {
		return expr.Value{Type: t, Gone: "optimized out"}, nil
	}
	if err != nil {
		return expr.Value{}, err
	}
	if addr, ok := loc.Address(); ok {
		m := expr.Memory(t, addr)
		m.Name = v.Name
		return m, nil
	}
	b, gone, err := loc.Read(int64(t.ByteSize()), env)
	if e.lost(err) {
		return expr.Value{Type: t, Gone: "optimized out"}, nil
	}
	if err != nil {
		return expr.Value{}, err
	}
	if slices.Contains(gone, true) {
		return expr.Value{Type: t, Gone: "partly optimized out"}, nil
	}
	out := expr.Value{Type: t, Bytes: b}
	if len(loc) == 1 && loc[0].Kind == op.InRegister && loc[0].BitSize == 0 {
		if row, ok := regs.ByDWARF(int(loc[0].Reg)); ok {
			out.Place, out.Name = expr.InRegister, row.Name
		}
	}
	return out, nil
}

// lost says whether a variable cannot be had because the compiler, or a caller that did
// not save a register, has thrown it away.
func (e *frameEnv) lost(err error) bool {
	return errors.Is(err, op.ErrOptimizedOut) || err != nil && e.unknown
}

// opEnv is what location expressions of a module may ask of a frame.
func (e *frameEnv) opEnv(m *module) *op.Env {
	env := &op.Env{}
	if m != nil {
		env.Bias = m.bias
	}
	if e.inf.Proc == nil {
		return env
	}
	env.Mem = e.inf.Proc
	env.TLS = func(off uint64) (uint64, error) { return e.threadLocal(m, off) }
	if e.frame == nil {
		return env
	}
	env.Reg = func(n uint64) (uint64, bool) {
		u, ok := e.dwarfRegister(n)
		e.unknown = e.unknown || !ok
		return u, ok
	}
	env.RegBytes = e.dwarfBytes
	env.CFA = func() (uint64, error) {
		if e.frame.CFA == 0 {
			return 0, errors.New("the frame's base is not known")
		}
		return e.frame.CFA, nil
	}
	env.Entry = e.entryValue
	return env
}

func (e *frameEnv) dwarfRegister(n uint64) (uint64, bool) {
	if n < 17 {
		return e.frame.Get(n)
	}
	row, ok := regs.ByDWARF(int(n))
	if !ok || e.th == nil || row.Bits > 64 {
		return 0, false
	}
	set, err := e.th.Regs(row.Group())
	if err != nil {
		return 0, false
	}
	v, err := row.Read(set)
	return v.Uint64(), err == nil
}

// dwarfBytes reads vector registers, which call-frame information says nothing of: in
// outer frames they are lost.
func (e *frameEnv) dwarfBytes(n uint64) ([]byte, bool) {
	if n < 17 {
		u, ok := e.frame.Get(n)
		return expr.MakeInt(expr.UlongType, u).Bytes, ok
	}
	row, ok := regs.ByDWARF(int(n))
	if !ok || e.th == nil || e.frame.num > 0 {
		return nil, false
	}
	set, err := e.th.Regs(row.Group())
	if err != nil {
		return nil, false
	}
	v, err := row.Read(set)
	return v.Data(), err == nil
}

// entryValue is what an expression was worth when the frame's function was called, if
// the caller's debug information tells.
func (e *frameEnv) entryValue(x []byte) (uint64, error) {
	unknown := fmt.Errorf("the value at the function's entry is not known: %w", op.ErrOptimizedOut)
	frames := e.s.stack.frames
	if e.s.stack.th != e.th {
		return 0, unknown
	}
	for i := range frames {
		c := &frames[i]
		if c.num <= e.frame.num || c.inline || c.CFA == e.frame.CFA {
			continue
		}
		if c.scope.fn == nil {
			break
		}
		at, ok := c.scope.fn.CallSite(c.PC()-c.mod.bias, x)
		if !ok {
			break
		}
		ce := &frameEnv{s: e.s, inf: e.inf, th: e.th, frame: c}
		env := ce.opEnv(c.mod)
		c.scope.fn.Env(env, c.scope.pc)
		return op.Uint(at, env)
	}
	return 0, unknown
}

// threadLocal is the address of a thread-local variable of the main program: its block
// lies right below the thread pointer (ELF TLS variant II, psABI 3.4.6). Those of
// shared libraries are reached through the linker's own tables.
func (e *frameEnv) threadLocal(m *module, off uint64) (uint64, error) {
	if m == nil || !m.main {
		return 0, errors.New("thread-local variables of shared libraries are not supported")
	}
	if e.th == nil {
		return 0, errNoProcess
	}
	set, err := e.th.Regs(regs.General)
	if err != nil {
		return 0, err
	}
	size, align := m.tlsBlock()
	return set.G[regs.FSBase] - (size+align-1)&^(align-1) + off, nil
}

// variable is one name of a frame with its value.
type variable struct {
	name  string
	value expr.Value
	err   error
}

// scope is what is visible in a frame: a function, or a call inlined in one.
type scope struct {
	d    *debugInfo
	fn   *dwarf.Function // nil unknown
	vars interface {
		Params(pc uint64) []*dwarf.Variable
		Locals(pc uint64) []*dwarf.Variable
	}
	pc uint64 // in the file's addresses
}

func (sc scope) evaluate(e *frameEnv, v *dwarf.Variable) variable {
	env := e.opEnv(e.frame.mod)
	sc.fn.Env(env, sc.pc)
	val, err := sc.d.value(e, v, sc.pc, env)
	if err == nil && val.Type.Strip().Kind == expr.Reference && val.Gone == "" {
		if l, err := val.Load(e); err == nil {
			val = l
		}
	}
	return variable{v.Name, val, err}
}

func (sc scope) args(e *frameEnv) (out []variable) {
	if sc.fn == nil {
		return nil
	}
	for _, v := range sc.vars.Params(sc.pc) {
		if v.Name != "" && v.Name[0] != '~' { // Go's unnamed results
			out = append(out, sc.evaluate(e, v))
		}
	}
	return out
}

// locals are the variables that are no parameters, innermost block first.
func (sc scope) locals(e *frameEnv) (out []variable) {
	if sc.fn == nil {
		return nil
	}
	list := sc.vars.Locals(sc.pc)
	slices.SortStableFunc(list, func(a, b *dwarf.Variable) int { return b.Depth - a.Depth })
	for _, v := range list {
		if v.Name != "" && v.Name[0] != '~' && !v.Artificial {
			out = append(out, sc.evaluate(e, v))
		}
	}
	return out
}

// lookup finds a local or a parameter; that of the innermost block hides the others.
func (sc scope) lookup(e *frameEnv, name string) (expr.Value, bool, error) {
	if sc.fn == nil {
		return expr.Value{}, false, nil
	}
	var best *dwarf.Variable
	for _, v := range slices.Concat(sc.vars.Params(sc.pc), sc.vars.Locals(sc.pc)) {
		if v.Name == name && (best == nil || v.Depth >= best.Depth) {
			best = v
		}
	}
	if best == nil {
		return sc.throughThis(e, name)
	}
	v := sc.evaluate(e, best)
	return v.value, v.err == nil, v.err
}

// throughThis finds a member of C++'s implicit object.
func (sc scope) throughThis(e *frameEnv, name string) (expr.Value, bool, error) {
	if name == "this" {
		return expr.Value{}, false, nil
	}
	this, ok, err := sc.lookup(e, "this")
	if !ok || err != nil || this.Type.Strip().Kind != expr.Pointer {
		return expr.Value{}, false, nil
	}
	this, err = this.Load(e)
	if err != nil {
		return expr.Value{}, false, nil
	}
	v, ok := expr.Memory(this.Type.Strip().Elem, this.Uint()).Member(name)
	return v, ok, nil
}

func (sc scope) names() (out []string) {
	if sc.fn == nil {
		return nil
	}
	for _, v := range slices.Concat(sc.vars.Params(sc.pc), sc.vars.Locals(sc.pc)) {
		if v.Name != "" {
			out = append(out, v.Name)
		}
	}
	return out
}
