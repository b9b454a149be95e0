package dwarf

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
	"github.com/trapline/trapline/elfinfo/dwarf/form"
	"github.com/trapline/trapline/elfinfo/dwarf/op"
)

// Variable is a parameter, a local or a global variable.
type Variable struct {
	u   *Unit
	off uint64

	Name       string
	Param      bool
	Artificial bool // the compiler's own, such as C++'s this
	External   bool
	DeclUnit   *Unit // whose line table DeclFile indexes
	DeclFile   int
	DeclLine   int
	Depth      int // of the lexical block; a deeper variable hides a shallower one of its name

	loc   value
	konst value
	typ   value
	typU  *Unit
}

// variable makes the variable of the entry.
func (e *entry) variable(depth int) *Variable {
	v := &Variable{u: e.u, off: e.off, Name: e.name(), Param: e.ab.tag == TagFormalParameter, Depth: depth}
	art, _, _ := e.inherit(AtArtificial)
	ext, _, _ := e.inherit(AtExternal)
	v.Artificial, v.External = art.U != 0, ext.U != 0
	v.DeclUnit, v.DeclFile, v.DeclLine = e.decl()
	v.loc, _ = e.get(AtLocation)
	v.konst, _ = e.get(AtConstValue)
	if v.loc.Form == 0 && v.konst.Form == 0 { // a constant of the abstract instance holds in its copies
		v.konst, _, _ = e.inherit(AtConstValue)
	}
	v.typ, v.typU, _ = e.inherit(AtType)
	return v
}

// Unit is the unit that holds the entry.
func (v *Variable) Unit() *Unit { return v.u }

// Qualified is the name with its namespaces and classes.
func (v *Variable) Qualified() string {
	return v.u.qualifiedAt(v.off, v.Name)
}

// Type is the variable's type.
func (v *Variable) Type() *Type {
	if v.typU == nil {
		return v.u.d.void()
	}
	return v.typU.typeRef(v.typ)
}

// Expr is the location expression that holds at the link-time pc; ok is false when the
// variable has none there: it was optimised out, is a constant, or lives in other code.
func (v *Variable) Expr(pc uint64) (expr []byte, ok bool, err error) {
	return v.u.exprAt(v.loc, pc)
}

// Locate evaluates where the variable is at the link-time pc. env holds the frame's
// registers, memory and, by Function.Env, its frame base. A variable that is nowhere
// gives one piece of kind op.OptimizedOut, not an error.
func (v *Variable) Locate(pc uint64, env *op.Env) (op.Location, error) {
	if v.konst.Form != 0 && v.loc.Form == 0 {
		return op.Location{{Kind: op.Implicit, Data: v.u.constBytes(v.konst)}}, nil
	}
	expr, ok, err := v.Expr(pc)
	if err != nil {
		return nil, fmt.Errorf("variable %s: %w", v.Name, err)
	}
	if !ok {
		return op.Location{{}}, nil
	}
	e := *env
	v.u.Env(&e) // the entry may be in another unit than the function around it
	loc, err := op.Locate(expr, &e)
	if err != nil {
		return nil, fmt.Errorf("variable %s: %w", v.Name, err)
	}
	return loc, nil
}

// constBytes is a DW_AT_const_value as the target would store it.
func (u *Unit) constBytes(v value) []byte {
	switch {
	case v.B != nil && v.Form != form.String:
		return v.B
	case v.Number():
		return binary.LittleEndian.AppendUint64(nil, uint64(v.Int()))
	}
	if b := u.strBytes(v); b != nil {
		return append(append([]byte{}, b...), 0)
	}
	return binary.LittleEndian.AppendUint64(nil, v.U)
}

// Read locates the variable and reads its bytes. gone marks bytes that were optimised
// out (nil: none); when all were, the error is op.ErrOptimizedOut.
func (v *Variable) Read(pc uint64, env *op.Env) (data []byte, gone []bool, err error) {
	loc, err := v.Locate(pc, env)
	if err != nil {
		return nil, nil, err
	}
	size := v.Type().SizeIn(env)
	if size < 0 {
		return nil, nil, fmt.Errorf("variable %s: the size of type %v is not known", v.Name, v.Type())
	}
	data, gone, err = loc.Read(size, env)
	if err != nil && !errors.Is(err, op.ErrOptimizedOut) {
		err = fmt.Errorf("variable %s: %w", v.Name, err)
	}
	return data, gone, err
}

// Params is the parameters, in order, as they are known at the link-time pc.
func (s *scopeEntry) Params(pc uint64) []*Variable { return s.variables(pc, TagFormalParameter) }

// Locals is the local variables in scope at the link-time pc, outer blocks first.
func (s *scopeEntry) Locals(pc uint64) []*Variable { return s.variables(pc, TagVariable) }

// maxVariables bounds what one scope yields.
const maxVariables = 1 << 16

func (s *scopeEntry) variables(pc uint64, tag Tag) []*Variable {
	var e entry
	if s.u.ready() != nil || s.u.parse(s.off, &e) != nil || e.ab == nil {
		return nil
	}
	c := collector{pc: pc, tag: tag, seen: map[uint64]bool{}}
	c.block(&e, 0)
	// What the abstract instance has and this copy lacks was optimised out.
	var abstract entry
	if v, ok := e.get(AtAbstractOrigin); ok && e.u.follow(v, &abstract) == nil {
		abstract.children(func(k *entry) bool {
			if k.ab.tag == tag && !c.seen[k.off] {
				c.out = append(c.out, k.variable(0))
			}
			return len(c.out) < maxVariables
		})
	}
	return c.out
}

type collector struct {
	pc   uint64
	tag  Tag
	seen map[uint64]bool // abstract entries that a concrete one stands for
	out  []*Variable
}

func (c *collector) block(e *entry, depth int) {
	if depth > maxDepth {
		return
	}
	e.children(func(k *entry) bool {
		switch k.ab.tag {
		case c.tag:
			if v, ok := k.get(AtAbstractOrigin); ok {
				if _, off, err := k.u.ref(v); err == nil {
					c.seen[off] = true
				}
			}
			if !k.flag(AtDeclaration) {
				c.out = append(c.out, k.variable(depth))
			}
		case TagLexicalBlock:
			if rs, err := k.ranges(); err == nil && (rs == nil || contains(rs, c.pc)) && c.tag == TagVariable {
				inside := *k // the walk reuses k
				inside.vals = nil
				c.block(&inside, depth+1)
			}
		}
		return len(c.out) < maxVariables
	})
}

// eachInlined calls visit with every inlined call of the unit, wherever it is nested.
func (u *Unit) eachInlined(visit func(e *entry)) error {
	r := buf.At(u.d.get(u.sect), u.first)
	r.B = r.B[:u.end]
	var e entry
	for r.Len() > 0 {
		at := r.Off
		code := r.ULEB()
		if code == 0 {
			continue
		}
		ab := u.root.table.get(code)
		if ab == nil {
			return u.bad(uint64(at), "an entry with the unknown abbreviation %d", code)
		}
		if ab.tag != TagInlinedSubroutine {
			ab.pass(&r, u.enc)
			continue
		}
		r.Off = at
		if err := u.parseAt(&r, &e); err != nil {
			return err
		}
		visit(&e)
	}
	return nil
}
