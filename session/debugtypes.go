package session

import (
	"slices"
	"strings"

	"github.com/trapline/trapline/elfinfo/dwarf"
	"github.com/trapline/trapline/elfinfo/dwarf/op"
	"github.com/trapline/trapline/session/expr"
)

// The program's types as expressions have them.

func (d *debugInfo) typeNamed(name string) *expr.Type {
	if d.data == nil {
		return nil
	}
	t, err := d.data.TypeNamed(name)
	if err != nil || t == nil {
		return nil
	}
	return d.convert(t, nil)
}

// convert makes an expression's type of one of the program's. env gives the bounds of
// variable-length arrays; such types are not kept.
func (d *debugInfo) convert(t *dwarf.Type, env *op.Env) *expr.Type {
	if t == nil {
		return expr.VoidType
	}
	if c := d.types[t]; c != nil {
		return c
	}
	c := &expr.Type{Name: t.Name}
	variable := env != nil && t.Size() < 0
	if !variable {
		d.types[t] = c
	}
	d.fill(c, t, env)
	return c
}

func (d *debugInfo) fill(c *expr.Type, t *dwarf.Type, env *op.Env) {
	c.Size = int(max(0, t.Size()))
	switch t.Kind {
	case dwarf.Void:
		*c = *expr.VoidType
	case dwarf.Base:
		c.Kind, c.Name = baseKind(t), t.String()
	case dwarf.Pointer, dwarf.PtrToMember:
		c.Kind, c.Name, c.Size, c.Elem = expr.Pointer, "", expr.PtrSize, d.convert(t.Elem(), nil)
	case dwarf.Reference, dwarf.RValueReference:
		c.Kind, c.Name, c.Size, c.Elem = expr.Reference, "", expr.PtrSize, d.convert(t.Elem(), nil)
	case dwarf.Const, dwarf.Volatile, dwarf.Restrict, dwarf.Atomic, dwarf.Typedef, dwarf.Subrange:
		c.Kind, c.Elem, c.Name = expr.Typedef, d.convert(t.Elem(), env), t.String()
	case dwarf.Struct, dwarf.Class, dwarf.Union:
		d.fillStruct(c, t)
	case dwarf.Enum:
		c.Kind, c.Name = expr.Enum, t.String()
		for _, e := range t.Enumerators() {
			c.Enums = append(c.Enums, expr.Enumerator{Name: e.Name, Value: e.Value})
		}
	case dwarf.Array:
		d.fillArray(c, t, env)
	case dwarf.Func:
		c.Kind, c.Name, c.Size, c.Elem = expr.Func, "", 1, d.convert(t.Elem(), nil)
		params, variadic := t.Params()
		var texts []string
		for _, p := range params {
			texts = append(texts, d.convert(p.Type(), nil).String())
		}
		if variadic {
			texts = append(texts, "...")
		} else if len(texts) == 0 && t.Prototyped {
			texts = []string{"void"}
		}
		c.Params = strings.Join(texts, ", ")
	case dwarf.Unspecified:
		c.Kind = expr.Pointer
		c.Elem, c.Size = expr.VoidType, expr.PtrSize
	default:
		c.Kind, c.Name = expr.Void, "<damaged type>"
	}
}

var encodings = map[dwarf.Encoding]expr.Kind{dwarf.EncAddress: expr.Uint, dwarf.EncBoolean: expr.Bool, dwarf.EncFloat: expr.Float,
	dwarf.EncSigned: expr.Int, dwarf.EncSignedChar: expr.Char, dwarf.EncUnsigned: expr.Uint, dwarf.EncUnsignedChar: expr.UChar,
	dwarf.EncUTF: expr.Uint, dwarf.EncUCS: expr.Uint, dwarf.EncASCII: expr.Char}

func baseKind(t *dwarf.Type) expr.Kind {
	if k, ok := encodings[t.Enc]; ok {
		return k
	}
	return expr.Uint
}

func (d *debugInfo) fillStruct(c *expr.Type, t *dwarf.Type) {
	c.Kind, c.Name = expr.Struct, t.String()
	if t.Kind == dwarf.Union {
		c.Kind = expr.Union
	}
	if t.Name == "" {
		c.Name = ""
	}
	whole := t
	if t.Incomplete {
		whole = t.Complete()
		c.Size = int(max(0, whole.Size()))
	}
	c.Complete = func(c *expr.Type) {
		for _, f := range whole.Fields() {
			if f.Offset < 0 { // a virtual base
				continue
			}
			n := expr.Field{Name: f.Name, Type: d.convert(f.Type(), nil), Off: int(f.Offset)}
			n.Base = f.Base
			if f.BitSize > 0 {
				n.Off, n.BitOff, n.BitSize = int(f.BitOffset/8), int(f.BitOffset%8), int(f.BitSize)
			}
			c.Fields = append(c.Fields, n)
		}
	}
}

// fillArray nests the dimensions, outermost first.
func (d *debugInfo) fillArray(c *expr.Type, t *dwarf.Type, env *op.Env) {
	elem := d.convert(t.Elem(), env)
	dims := t.Dims()
	counts := make([]int, len(dims))
	for i, dim := range dims {
		n := dim.Count
		if n < 0 && env != nil {
			n = dim.CountIn(env)
		}
		counts[i] = int(max(0, n))
	}
	if len(counts) == 0 {
		counts = []int{0}
	}
	for _, n := range slices.Backward(counts[1:]) {
		elem = expr.ArrayOf(elem, n)
	}
	*c = *expr.ArrayOf(elem, counts[0])
}
