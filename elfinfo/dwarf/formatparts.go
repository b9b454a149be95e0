package dwarf

import (
	"encoding/binary"
	"fmt"
	"unicode/utf16"

	"github.com/trapline/trapline/elfinfo/dwarf/op"
)

// This file renders what is made of parts: structures, bit-fields, arrays, variants.

func (p *printer) structure(t *Type, data []byte, at, depth int) {
	if t.Incomplete {
		p.b.WriteString("<incomplete type>")
		return
	}
	if v := t.Variants(); v != nil {
		p.chosen(t, v, data, at, depth)
		return
	}
	p.fields(t.Fields(), data, at, depth)
}

func (p *printer) fields(fields []*Field, data []byte, at, depth int) {
	p.b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			p.b.WriteString(", ")
		}
		if p.full() {
			p.b.WriteString("...")
			break
		}
		switch {
		case f.Base:
			fmt.Fprintf(&p.b, "<%s> = ", f.Type())
		case f.Name != "":
			p.b.WriteString(f.Name + " = ")
		}
		p.field(f, data, at, depth)
	}
	p.b.WriteByte('}')
}

func (p *printer) field(f *Field, data []byte, at, depth int) {
	if f.Offset < 0 {
		p.b.WriteString("<at a computed offset>")
		return
	}
	if f.BitSize > 0 {
		p.bitField(f, data, at)
		return
	}
	if f.Offset > int64(len(data)) {
		p.b.WriteString("<outside the structure>")
		return
	}
	p.value(f.Type(), data[f.Offset:], at+int(f.Offset), depth+1)
}

// Bits extracts a bit-field from the bytes of its structure; ok is false when it lies
// outside them.
func (f *Field) Bits(data []byte) (u uint64, ok bool) {
	if f.BitSize <= 0 || f.BitSize > 64 || f.BitOffset < 0 || f.BitOffset+f.BitSize > int64(len(data))*8 {
		return 0, false
	}
	for i := f.BitSize - 1; i >= 0; i-- {
		bit := f.BitOffset + i
		u = u<<1 | uint64(data[bit/8]>>(bit%8)&1)
	}
	return u, true
}

func (p *printer) bitField(f *Field, data []byte, at int) {
	u, ok := f.Bits(data)
	if !ok {
		p.b.WriteString("<outside the structure>")
		return
	}
	if p.lost(at+int(f.BitOffset/8), int((f.BitOffset%8+f.BitSize+7)/8)) {
		p.b.WriteString("<optimized out>")
		return
	}
	t := f.Type().Strip()
	switch t.Kind {
	case Enum:
		p.b.WriteString(t.enumText(u, 1<<f.BitSize-1, false, f.BitSize))
	case Base:
		enc := t.Enc
		if enc == EncSignedChar || enc == EncUnsignedChar { // too narrow to be characters
			enc -= EncSignedChar - EncSigned
		}
		p.b.WriteString(t.formatInt(u, f.BitSize, enc))
	default:
		fmt.Fprintf(&p.b, "%d", u)
	}
}

// chosen renders the variant of a Rust enum that the discriminant selects.
func (p *printer) chosen(t *Type, part *VariantPart, data []byte, at, depth int) {
	v, ok := part.Choose(data)
	if !ok {
		p.b.WriteString("<no such variant>")
		return
	}
	if len(v.Fields) == 1 { // the usual form: one member named after the variant, a structure
		f := v.Fields[0]
		p.b.WriteString(f.Name)
		if s := f.Type().Strip(); s.Kind != Struct || len(s.Fields()) > 0 {
			p.field(f, data, at, depth)
		}
		return
	}
	p.fields(append(append([]*Field{}, t.Fields()...), v.Fields...), data, at, depth)
}

// Choose finds the variant that data, the bytes of the whole object, holds.
func (part *VariantPart) Choose(data []byte) (*Variant, bool) {
	var u uint64
	if f := part.Discr; f != nil {
		n := f.Type().Size()
		if f.Offset < 0 || n <= 0 || f.Offset+n > int64(len(data)) {
			return nil, false
		}
		u = le64(data[f.Offset : f.Offset+min(8, n)])
		for i := range part.Variants {
			for _, r := range part.Variants[i].Ranges {
				low, high := cut(r[0], n), cut(r[1], n)
				if u >= low && u <= high {
					return &part.Variants[i], true
				}
			}
		}
	}
	for i := range part.Variants {
		if part.Variants[i].Default || part.Discr == nil {
			return &part.Variants[i], true
		}
	}
	return nil, false
}

// cut keeps the low n bytes.
func cut(u uint64, n int64) uint64 {
	if n >= 8 {
		return u
	}
	return u & (1<<(8*n) - 1)
}

func (p *printer) array(t *Type, data []byte, at, depth int) {
	var counts []int64
	for _, d := range t.Dims() {
		counts = append(counts, d.CountIn(p.env()))
	}
	elem := t.Elem()
	size := elem.Size()
	if len(counts) == 0 && t.Size() > 0 && size <= 0 { // a DW_TAG_string_type
		p.quoted(data[:min(int64(len(data)), t.Size())], false)
		return
	}
	if len(counts) == 0 || size < 0 {
		p.b.WriteString("<array of unknown size>")
		return
	}
	p.dimension(elem, size, counts, data, at, depth)
}

func (p *printer) env() *op.Env {
	if p.Env != nil {
		return p.Env
	}
	return &op.Env{Mem: p.Mem}
}

// dimension renders one dimension of an array.
func (p *printer) dimension(elem *Type, size int64, counts []int64, data []byte, at, depth int) {
	n := counts[0]
	stride := size
	for _, c := range counts[1:] {
		if c < 0 || stride > 0 && c > maxTypeSize/stride {
			p.b.WriteString("<array of unknown size>")
			return
		}
		stride *= c
	}
	if n < 0 {
		p.b.WriteString("<array of unknown size>")
		return
	}
	if w, ok := isChar(elem); ok && len(counts) == 1 && !p.lost(at, int(min(n*size, int64(len(data))))) {
		p.text(data[:min(n*w, int64(len(data)))], w)
		return
	}
	p.b.WriteByte('{')
	shown := int64(0)
	for i := int64(0); i < n; shown++ {
		if i > 0 {
			p.b.WriteString(", ")
		}
		if shown >= int64(or(p.MaxElems, 200)) || p.full() || stride > 0 && (i+1)*stride > int64(len(data)) {
			p.b.WriteString("...")
			break
		}
		run := p.run(data, at, i, n, stride)
		if depth > or(p.MaxDepth, 20) {
			p.b.WriteString("...")
			break
		}
		cell := data[i*stride : (i+1)*stride]
		if len(counts) > 1 {
			p.dimension(elem, size, counts[1:], cell, at+int(i*stride), depth+1)
		} else {
			p.value(elem, cell, at+int(i*stride), depth+1)
		}
		if run >= repeatThreshold {
			fmt.Fprintf(&p.b, " <repeats %d times>", run)
			i += run
		} else {
			i++
		}
	}
	p.b.WriteByte('}')
}

// run counts the elements from i on that have the same bytes as element i.
func (p *printer) run(data []byte, at int, i, n, stride int64) int64 {
	if p.gone != nil || stride == 0 {
		return 1
	}
	first := string(data[i*stride : (i+1)*stride])
	j := i + 1
	for j < n && (j+1)*stride <= int64(len(data)) && string(data[j*stride:(j+1)*stride]) == first {
		j++
	}
	return j - i
}

// text renders an array of characters: up to its trailing NULs, as gdb does.
func (p *printer) text(data []byte, width int64) {
	prefix := map[int64]string{2: "u", 4: "U"}[width]
	var s []byte
	switch width {
	case 1:
		s = data
	case 2:
		var units []uint16
		for i := 0; i+1 < len(data); i += 2 {
			units = append(units, binary.LittleEndian.Uint16(data[i:]))
		}
		s = []byte(string(utf16.Decode(units)))
	default:
		for i := 0; i+3 < len(data); i += 4 {
			s = append(s, string(rune(binary.LittleEndian.Uint32(data[i:])))...)
		}
	}
	end := len(s)
	for end > 0 && s[end-1] == 0 {
		end--
	}
	limit := or(p.MaxChars, 200)
	p.b.WriteString(prefix)
	p.quoted(s[:min(end, limit)], end > limit)
}
