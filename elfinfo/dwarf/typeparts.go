package dwarf

import (
	"github.com/trapline/trapline/elfinfo/dwarf/buf"
	"github.com/trapline/trapline/elfinfo/dwarf/form"
)

// maxParts bounds the children that a type keeps.
const maxParts = 1 << 18

// fill reads the type's children, once. Damage ends them; what came before counts.
func (t *Type) fill() *parts {
	t.fillOnce.Do(func() {
		var e entry
		if t.u == nil || t.Kind == Bad || t.u.parse(t.off, &e) != nil || e.ab == nil {
			return
		}
		if e.ab.tag == TagStringType {
			return
		}
		n := 0
		e.children(func(c *entry) bool {
			t.child(c)
			n++
			return n < maxParts
		})
	})
	return &t.parts
}

func (t *Type) child(c *entry) {
	switch c.ab.tag {
	case TagMember, TagInheritance:
		if t.Kind != Enum {
			if f := c.field(); f != nil {
				t.fields = append(t.fields, f)
			}
		}
	case TagVariantPart:
		if t.variant == nil {
			t.variant = c.variantPart()
		}
	case TagEnumerator:
		v, _ := c.get(AtConstValue)
		t.enums = append(t.enums, Enumerator{c.str(AtName), enumValue(v)})
	case TagSubrangeType, TagEnumerationType, TagGenericSubrange:
		if t.Kind == Array {
			t.dims = append(t.dims, c.dim())
		}
	case TagFormalParameter:
		v, u, ok := c.inherit(AtType)
		if !ok {
			u = c.u
		}
		t.params = append(t.params, &Param{Artificial: c.flag(AtArtificial), u: u, typ: v})
	case TagUnspecifiedParameters:
		t.variadic = true
	case TagTemplateTypeParam, TagTemplateValueParam:
		a := TemplateArg{Name: c.str(AtName), u: c.u}
		a.typ, _ = c.get(AtType)
		if v, ok := c.get(AtConstValue); ok {
			a.Value = c.u.constBytes(v)
		}
		t.templates = append(t.templates, a)
	}
}

// enumValue keeps unsigned data unsigned: gcc writes 200 as the byte 0xc8 and -1 as sdata.
func enumValue(v value) int64 {
	if v.B != nil {
		return int64(le64(v.B))
	}
	return int64(v.U)
}

// field makes a field of a member; nil for a static one.
func (c *entry) field() *Field {
	if c.flag(AtExternal) || c.flag(AtDeclaration) {
		return nil
	}
	f := &Field{Name: c.str(AtName), Base: c.ab.tag == TagInheritance, Artificial: c.flag(AtArtificial), u: c.u}
	f.typ, _ = c.get(AtType)
	virtual, _ := c.uint(AtVirtuality)
	f.Virtual = f.Base && virtual != 0
	if loc, ok := c.get(AtDataMemberLoc); ok {
		switch {
		case loc.Class() != form.Bytes:
			f.Offset = int64(min(loc.U, maxTypeSize))
		default:
			f.Offset, f.Expr = plusUconst(loc.B)
		}
	}
	c.bits(f)
	return f
}

// plusUconst reads the expression "plus_uconst n" by which DWARF 2 gives an offset.
func plusUconst(expr []byte) (int64, []byte) {
	r := buf.Reader{B: expr}
	if r.U8() == 0x23 {
		if n := r.ULEB(); !r.Bad && r.Len() == 0 && n <= maxTypeSize {
			return int64(n), nil
		}
	}
	return -1, expr
}

// bits finds where a bit-field is. DWARF 4 and 5 count from the start of the structure
// (DW_AT_data_bit_offset); DWARF 2 and 3 from the most significant bit of a storage
// unit (DW_AT_bit_offset), which on a little-endian machine is the far end.
func (c *entry) bits(f *Field) {
	size, ok := c.uint(AtBitSize)
	if !ok || size == 0 || size > 1<<16 || f.Offset < 0 {
		return
	}
	f.BitSize = int64(size)
	if at, ok := c.uint(AtDataBitOffset); ok {
		f.BitOffset = int64(min(at, maxTypeSize))
		f.Offset = f.BitOffset / 8
		return
	}
	f.BitOffset = f.Offset * 8
	if v, ok := c.get(AtBitOffset); ok && v.Number() {
		storage, ok := c.uint(AtByteSize)
		if !ok {
			storage = uint64(max(0, c.u.sizeOf(f.typ)))
		}
		f.BitOffset += int64(min(storage, 64))*8 - max(-1024, min(v.Int(), 1024)) - f.BitSize
	}
}

// sizeOf is a type's size, its typedefs and qualifiers followed by hand: the type that
// asks may be half-made.
func (u *Unit) sizeOf(v value) int64 {
	var e entry
	for range maxDepth {
		if v.Form == 0 || u.follow(v, &e) != nil {
			return -1
		}
		if n, ok := e.uint(AtByteSize); ok {
			return int64(min(n, maxTypeSize))
		}
		u = e.u
		v, _ = e.get(AtType)
	}
	return -1
}

// dim reads a subrange: a count, or an upper bound, or neither (a flexible array).
func (c *entry) dim() *Dim {
	d := &Dim{Count: -1, Lower: c.u.root.lang.lowerBound(), u: c.u}
	if v, ok := c.get(AtLowerBound); ok && v.Number() {
		d.Lower = v.Int()
	}
	d.count, _ = c.get(AtCount)
	d.upper, _ = c.get(AtUpperBound)
	switch {
	case d.count.Number():
		d.Count = int64(min(d.count.U, maxTypeSize))
	case d.upper.Number():
		up := int64(d.upper.U)
		if d.upper.Form == form.Data4 && d.upper.U == 0xffffffff { // an empty array's -1
			up = -1
		}
		if n := up - d.Lower + 1; n >= 0 && n <= maxTypeSize {
			d.Count = n
		}
	}
	return d
}

// variantPart reads a Rust enum's choice.
func (c *entry) variantPart() *VariantPart {
	p := &VariantPart{}
	part := *c // children reuses c
	discr, hasDiscr := c.get(AtDiscr)
	part.vals = nil
	if hasDiscr {
		var e entry
		if part.u.follow(discr, &e) == nil && e.ab.tag == TagMember {
			p.Discr = e.field()
		}
	}
	signed := false
	if p.Discr != nil {
		t := p.Discr.u.encodingOf(p.Discr.typ)
		signed = t == EncSigned || t == EncSignedChar
	}
	part.children(func(k *entry) bool {
		if k.ab.tag != TagVariant {
			return true
		}
		v := Variant{Default: true}
		if d, ok := k.get(AtDiscrValue); ok {
			v.Ranges, v.Default = [][2]uint64{{d.U, d.U}}, false
		} else if d, ok := k.get(AtDiscrList); ok {
			v.Ranges, v.Default = discrList(d.B, signed), false
		}
		in := *k
		in.vals = nil
		in.children(func(m *entry) bool {
			if m.ab.tag == TagMember {
				if f := m.field(); f != nil {
					v.Fields = append(v.Fields, f)
				}
			}
			return len(v.Fields) < maxParts
		})
		p.Variants = append(p.Variants, v)
		return len(p.Variants) < maxParts
	})
	return p
}

// encodingOf is the encoding of a base type by its entry.
func (u *Unit) encodingOf(v value) Encoding {
	var e entry
	for range maxDepth {
		if v.Form == 0 || u.follow(v, &e) != nil {
			return 0
		}
		if enc, ok := e.uint(AtEncoding); ok {
			return Encoding(enc)
		}
		u = e.u
		v, _ = e.get(AtType)
	}
	return 0
}

// discrList reads a DW_AT_discr_list: labels (0, value) and ranges (1, low, high).
func discrList(b []byte, signed bool) [][2]uint64 {
	r := buf.Reader{B: b}
	num := func() uint64 {
		if signed {
			return uint64(r.SLEB())
		}
		return r.ULEB()
	}
	var out [][2]uint64
	for r.Len() > 0 {
		kind := r.U8()
		low := num()
		high := low
		if kind == 1 {
			high = num()
		}
		if r.Bad {
			break
		}
		out = append(out, [2]uint64{low, high})
	}
	return out
}
