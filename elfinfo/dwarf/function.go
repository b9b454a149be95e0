package dwarf

import (
	"fmt"
	"sort"

	"github.com/trapline/trapline/elfinfo/dwarf/form"
	"github.com/trapline/trapline/elfinfo/dwarf/op"
)

// Function is one function, or one copy of it: an inline function has an abstract
// instance and perhaps code of its own.
type Function struct {
	scopeEntry
	Name        string // "f"
	Linkage     string // "_ZN2ns1fEv"; "" when the linker knows it by Name
	Ranges      []Range
	Entry       uint64 // where it is entered; meaningless without code
	DeclUnit    *Unit  // whose line table DeclFile indexes
	DeclFile    int
	DeclLine    int
	External    bool
	Inlinable   bool // declared or chosen inline
	NoReturn    bool
	Prototyped  bool
	ReturnsVoid bool

	frameBase value
}

// scopeEntry is an entry with variables: a function or an inlined call of one.
type scopeEntry struct {
	u   *Unit
	off uint64
}

// Unit is the unit that holds the entry.
func (s *scopeEntry) Unit() *Unit { return s.u }

// HasCode is false for a function of which there are only inlined copies.
func (f *Function) HasCode() bool { return len(f.Ranges) > 0 }

// Low and High are the first and last address of the function's code, which may have
// holes between (Ranges).
func (f *Function) Low() uint64 {
	low := ^uint64(0)
	for _, r := range f.Ranges {
		low = min(low, r.Low)
	}
	return low
}

// High is one past the last address.
func (f *Function) High() uint64 {
	high := uint64(0)
	for _, r := range f.Ranges {
		high = max(high, r.High)
	}
	return high
}

// Qualified is the name with its namespaces and classes.
func (f *Function) Qualified() string {
	return f.u.qualifiedAt(f.off, f.Name)
}

// FunctionAt finds the function whose code is at a link-time address; inlined copies
// are part of the function around them (Function.Inlined).
func (d *Data) FunctionAt(pc uint64) (*Function, error) {
	u, err := d.UnitAt(pc)
	if err != nil {
		return nil, err
	}
	if off, ok := findFunc(u.skim().funcs, pc); ok {
		return u.function(off)
	}
	if off, ok := findFunc(u.nestedFuncs(), pc); ok {
		return u.function(off)
	}
	if name := u.SplitName(); name != "" {
		return nil, fmt.Errorf("function at %#x: its debug information is in %s (split DWARF), which is not read; compile without -gsplit-dwarf: %w", pc, name, ErrNotFound)
	}
	return nil, ErrNotFound
}

// findFunc looks for the innermost of the ranges around pc, which is the one that
// starts last.
func findFunc(fs []funcRange, pc uint64) (uint64, bool) {
	i := sort.Search(len(fs), func(i int) bool { return fs[i].Low > pc })
	for n := 0; i > 0 && n < 32; n++ {
		i--
		if pc < fs[i].High {
			return fs[i].off, true
		}
	}
	return 0, false
}

// function builds, or remembers, the function of the entry at off.
func (u *Unit) function(off uint64) (*Function, error) {
	u.funcMu.Lock()
	defer u.funcMu.Unlock()
	if f := u.funcs[off]; f != nil {
		return f, nil
	}
	if err := u.ready(); err != nil {
		return nil, err
	}
	var e entry
	if err := u.parse(off, &e); err != nil {
		return nil, err
	}
	if e.ab == nil {
		return nil, u.bad(off, "a null entry for a function")
	}
	f := &Function{scopeEntry: scopeEntry{u, off}, Name: e.name(), Linkage: e.linkageName()}
	if f.Name == "" { // made by the compiler: clang's _GLOBAL__sub_I_file
		f.Name = f.Linkage
	}
	f.Ranges, _ = e.ranges()
	if len(f.Ranges) > 0 {
		f.Entry = f.Ranges[0].Low
	}
	if low, ok := e.addr(AtLowPC); ok {
		f.Entry = low
	}
	if pc, ok := e.entryPC(); ok {
		f.Entry = pc
	}
	f.DeclUnit, f.DeclFile, f.DeclLine = e.decl()
	f.frameBase, _ = e.get(AtFrameBase)
	inline, _, _ := e.inherit(AtInline)
	f.Inlinable = inline.U != 0
	set := func(p *bool, at At) { v, _, _ := e.inherit(at); *p = v.U != 0 }
	set(&f.External, AtExternal)
	set(&f.NoReturn, AtNoreturn)
	set(&f.Prototyped, AtPrototyped)
	_, _, typed := e.inherit(AtType)
	f.ReturnsVoid = !typed
	if u.funcs == nil {
		u.funcs = map[uint64]*Function{}
	}
	u.funcs[off] = f
	return f, nil
}

// entryPC is DW_AT_entry_pc, an address or an offset from the low pc.
func (e *entry) entryPC() (uint64, bool) {
	v, ok := e.get(AtEntryPC)
	if !ok {
		return 0, false
	}
	if a, ok := e.u.address(v); ok {
		return a, true
	}
	if low, ok := e.addr(AtLowPC); ok {
		return low + v.U, true
	}
	if rs, err := e.ranges(); err == nil && len(rs) > 0 {
		return rs[0].Low + v.U, true
	}
	return 0, false
}

// Result is the type that the function returns; Void for none.
func (f *Function) Result() *Type {
	var e entry
	if f.u.parse(f.off, &e) != nil || e.ab == nil {
		return f.u.d.void()
	}
	return e.typ()
}

// FrameBase is the expression for the frame base at pc: what DW_OP_fbreg counts from.
func (f *Function) FrameBase(pc uint64) ([]byte, bool) {
	expr, ok, err := f.u.exprAt(f.frameBase, pc)
	return expr, ok && err == nil
}

// exprAt is a location attribute's expression at pc: its own, or its list's.
func (u *Unit) exprAt(v value, pc uint64) ([]byte, bool, error) {
	switch {
	case v.Class() == form.Bytes:
		return v.B, true, nil
	case v.Form == form.SecOffset, v.Form == form.Loclistx, u.enc.Version < 4 && (v.Form == form.Data4 || v.Form == form.Data8):
		return u.locList(v, pc)
	}
	return nil, false, nil
}

// Env completes env, which the caller has given registers, memory and CFA, with what
// expressions of this function need: its unit and, at the link-time pc, its frame base.
func (f *Function) Env(env *op.Env, pc uint64) {
	f.u.Env(env)
	env.PC = pc
	env.Base = func() (uint64, error) {
		expr, ok := f.FrameBase(pc)
		if !ok {
			return 0, f.u.bad(f.off, "function %s has no frame base at %#x", f.Name, pc)
		}
		inner := *env
		inner.Base = nil // a frame base in terms of itself would not end
		return op.Uint(expr, &inner)
	}
}

// Env completes env with the unit's own: address table, base types, entries called.
func (u *Unit) Env(env *op.Env) {
	u.ready()
	env.Version, env.Dwarf64 = u.Version(), u.enc.DWARF64
	env.AddrX = u.addrx
	env.Type = u.opType
	env.Call = u.opCall
}

// opType is the base type at an offset in the unit, for typed expressions.
func (u *Unit) opType(unitOff uint64) (op.BaseType, error) {
	var e entry
	if err := u.parse(u.Off+unitOff, &e); err != nil {
		return op.BaseType{}, err
	}
	if e.ab == nil || e.ab.tag != TagBaseType {
		return op.BaseType{}, u.bad(u.Off+unitOff, "an expression names this as a base type")
	}
	size, _ := e.uint(AtByteSize)
	enc, _ := e.uint(AtEncoding)
	t := op.BaseType{Size: int(min(size, 1<<10)), Enc: op.Unsigned}
	switch Encoding(enc) {
	case EncSigned, EncSignedChar:
		t.Enc = op.Signed
	case EncFloat:
		t.Enc = op.Float
	}
	return t, nil
}

// opCall is the location of the entry that DW_OP_call2, call4 or call_ref names.
func (u *Unit) opCall(ref uint64, o op.Opcode) ([]byte, error) {
	v := value{Form: form.Ref4, U: ref}
	if o == op.CallRef {
		v.Form = form.RefAddr
	}
	var e entry
	if err := u.follow(v, &e); err != nil {
		return nil, err
	}
	if loc, ok := e.get(AtLocation); ok && loc.Class() == form.Bytes {
		return loc.B, nil
	}
	return nil, nil
}

// InlinedCall is one call that the compiler replaced by the callee's body.
type InlinedCall struct {
	scopeEntry
	Name       string
	Linkage    string
	Ranges     []Range
	Entry      uint64 // 0: not said
	CallFile   int    // of the unit's line table: where the call was written
	CallLine   int
	CallColumn int
	DeclUnit   *Unit
	DeclFile   int
	DeclLine   int
}

// Qualified is the callee's name with its namespaces and classes.
func (c *InlinedCall) Qualified() string {
	return c.u.qualifiedAt(c.off, c.Name)
}

func (e *entry) inlined() *InlinedCall {
	c := &InlinedCall{scopeEntry: scopeEntry{e.u, e.off}, Name: e.name(), Linkage: e.linkageName()}
	c.Ranges, _ = e.ranges()
	c.Entry, _ = e.entryPC()
	num := func(at At) int { v, _ := e.uint(at); return int(v) }
	c.CallFile, c.CallLine, c.CallColumn = num(AtCallFile), num(AtCallLine), num(AtCallColumn)
	c.DeclUnit, c.DeclFile, c.DeclLine = e.decl()
	return c
}

// Inlined is the chain of inlined calls that pc is in, outermost first: the last one's
// body is the code at pc. Empty when pc is the function's own code.
func (f *Function) Inlined(pc uint64) []*InlinedCall {
	var out []*InlinedCall
	var e entry
	if f.u.parse(f.off, &e) == nil {
		e.inlinedAt(pc, 0, func(c *InlinedCall) { out = append(out, c) })
	}
	return out
}

// inlinedAt looks for the inlined calls around pc below e.
func (e *entry) inlinedAt(pc uint64, depth int, add func(*InlinedCall)) {
	if depth > maxDepth {
		return
	}
	e.children(func(c *entry) bool {
		if c.ab.tag != TagInlinedSubroutine && c.ab.tag != TagLexicalBlock {
			return true
		}
		rs, err := c.ranges()
		if err != nil || rs == nil && c.ab.tag == TagInlinedSubroutine || rs != nil && !contains(rs, pc) {
			return true
		}
		if c.ab.tag == TagInlinedSubroutine {
			add(c.inlined())
		}
		inside := *c // the walk reuses c
		inside.vals = nil
		inside.inlinedAt(pc, depth+1, add)
		return rs == nil
	})
}

// InlineSites is every inlined copy of the function in the units that hold or import it:
// its own unit, and with link-time optimisation all others that refer to it.
func (f *Function) InlineSites() []*InlinedCall {
	target := f.off
	var self entry
	if f.u.parse(f.off, &self) == nil && self.ab != nil {
		if v, ok := self.get(AtAbstractOrigin); ok {
			if _, off, err := f.u.ref(v); err == nil {
				target = off
			}
		}
	}
	var out []*InlinedCall
	units, _ := f.u.d.Units()
	for _, u := range units {
		if u != f.u && !u.refersAbroad() || u.ready() != nil {
			continue
		}
		u.eachInlined(func(e *entry) {
			if v, ok := e.get(AtAbstractOrigin); ok {
				if _, off, err := u.ref(v); err == nil && off == target {
					out = append(out, e.inlined())
				}
			}
		})
	}
	return out
}

// refersAbroad reports that inlined calls of the unit may name functions of others.
func (u *Unit) refersAbroad() bool {
	if u.ready() != nil {
		return false
	}
	for _, a := range u.root.table.dense {
		if a == nil || a.tag != TagInlinedSubroutine {
			continue
		}
		for _, s := range a.attrs {
			if s.at == AtAbstractOrigin && s.form == form.RefAddr {
				return true
			}
		}
	}
	return false
}

// CallSite is the expression, if the compiler gave one, for the value that an entry
// value had at the call: retPC is the link-time return address in the caller (this
// function), expr the operand of DW_OP_entry_value. The result is evaluated in the
// caller's frame.
func (f *Function) CallSite(retPC uint64, expr []byte) ([]byte, bool) {
	var e entry
	if f.u.parse(f.off, &e) != nil {
		return nil, false
	}
	return e.callSite(retPC, expr, 0)
}

func (e *entry) callSite(retPC uint64, expr []byte, depth int) (out []byte, ok bool) {
	if depth > maxDepth {
		return nil, false
	}
	e.children(func(c *entry) bool {
		switch c.ab.tag {
		case TagCallSite, TagGNUCallSite:
			at, has := c.addr(AtCallReturnPC)
			if !has {
				at, has = c.addr(AtLowPC)
			}
			if has && at == retPC {
				out, ok = c.callValue(expr)
				return false
			}
		case TagLexicalBlock, TagInlinedSubroutine:
			if rs, err := c.ranges(); err == nil && (rs == nil || contains(rs, retPC-1) || contains(rs, retPC)) {
				inside := *c
				inside.vals = nil
				out, ok = inside.callSite(retPC, expr, depth+1)
			}
		}
		return !ok
	})
	return out, ok
}

// callValue is the value of the parameter that a call site passes in expr.
func (e *entry) callValue(expr []byte) (out []byte, ok bool) {
	site := *e
	site.vals = nil
	site.children(func(c *entry) bool {
		if c.ab.tag != TagCallSiteParameter && c.ab.tag != TagGNUCallSiteParameter {
			return true
		}
		if loc, has := c.get(AtLocation); !has || string(loc.B) != string(expr) {
			return true
		}
		v, has := c.get(AtCallValue)
		if !has {
			v, has = c.get(AtGNUCallSiteValue)
		}
		out, ok = v.B, has && v.Class() == form.Bytes
		return false
	})
	return out, ok
}
