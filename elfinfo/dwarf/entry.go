package dwarf

import (
	"encoding/binary"
	"fmt"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
	"github.com/trapline/trapline/elfinfo/dwarf/form"
)

// value is an attribute's value as stored.
type value = form.Value

// entry is one debugging information entry.
type entry struct {
	u    *Unit
	off  uint64 // in its section
	next uint64 // after the attributes
	ab   *abbrev
	vals []value
}

// maxDepth bounds the nesting of entries, of references and of types.
const maxDepth = 256

// parse reads the entry at the section offset off. A null entry has ab == nil.
func (u *Unit) parse(off uint64, e *entry) error {
	r := buf.At(u.d.get(u.sect), off)
	if off < u.first || off >= u.end {
		return u.bad(off, "no entry of the unit at %#x", u.Off)
	}
	r.B = r.B[:u.end]
	return u.parseAt(&r, e)
}

func (u *Unit) parseAt(r *buf.Reader, e *entry) error {
	e.u, e.off, e.ab, e.vals = u, uint64(r.Off), nil, e.vals[:0]
	code := r.ULEB()
	if code == 0 && !r.Bad {
		e.next = uint64(r.Off)
		return nil
	}
	if e.ab = u.root.table.get(code); e.ab == nil {
		return u.bad(e.off, "an entry with the unknown abbreviation %d", code)
	}
	for i := range e.ab.attrs {
		s := &e.ab.attrs[i]
		e.vals = append(e.vals, u.enc.Read(r, s.form, s.implicit))
	}
	if r.Bad {
		return u.bad(e.off, "an entry is cut off")
	}
	e.next = uint64(r.Off)
	return nil
}

// get finds an attribute of the entry itself.
func (e *entry) get(at At) (value, bool) {
	for i := range e.vals {
		if e.ab.attrs[i].at == at {
			return e.vals[i], true
		}
	}
	return value{}, false
}

func (e *entry) has(at At) bool { _, ok := e.get(at); return ok }

func (e *entry) flag(at At) bool { v, ok := e.get(at); return ok && v.U != 0 }

// uint is a constant or section offset.
func (e *entry) uint(at At) (uint64, bool) {
	v, ok := e.get(at)
	return v.U, ok && v.B == nil
}

func (e *entry) str(at At) string {
	if v, ok := e.get(at); ok {
		return string(e.u.strBytes(v))
	}
	return ""
}

// cstring is the string at off of a section.
func (d *Data) cstring(s *section, off uint64) []byte {
	r := buf.At(d.get(s), off)
	return r.CString()
}

// strBytes resolves a string of any form; damage gives "".
func (u *Unit) strBytes(v value) []byte {
	switch v.Form {
	case form.String:
		return v.B
	case form.Strp:
		return u.d.cstring(&u.d.str, v.U)
	case form.LineStrp:
		return u.d.cstring(&u.d.lineStr, v.U)
	case form.StrpSup, form.GNUStrpAlt:
		if u.d.alt == nil {
			return nil
		}
		return u.d.alt.cstring(&u.d.alt.str, v.U)
	case form.Strx, form.Strx1, form.Strx2, form.Strx3, form.Strx4, form.GNUStrIndex:
		width := uint64(4)
		if u.enc.DWARF64 {
			width = 8
		}
		off, ok := tableAt(u.root.strOffsets, v.U, width)
		r := buf.At(u.d.get(&u.d.strOffsets), off)
		if at := r.Uint(int(width)); ok && !r.Bad {
			return u.d.cstring(&u.d.str, at)
		}
	}
	return nil
}

// tableAt is base + index*width; false on overflow.
func tableAt(base, index, width uint64) (uint64, bool) {
	if index > 1<<40 || base > 1<<60 {
		return ^uint64(0), false
	}
	return base + index*width, true
}

// addrx is an entry of the unit's address table.
func (u *Unit) addrx(index uint64) (uint64, error) {
	off, ok := tableAt(u.root.addr, index, uint64(u.enc.AddrSize))
	r := buf.At(u.d.get(&u.d.addr), off)
	a := r.Uint(int(u.enc.AddrSize))
	if !ok || r.Bad {
		return 0, &FormatError{".debug_addr", off, fmt.Sprintf("no address %d", index)}
	}
	return a, nil
}

// address resolves a value of class address.
func (u *Unit) address(v value) (uint64, bool) {
	switch v.Form {
	case form.Addr:
		return v.U, true
	case form.Addrx, form.Addrx1, form.Addrx2, form.Addrx3, form.Addrx4, form.GNUAddrIndex:
		a, err := u.addrx(v.U)
		return a, err == nil
	}
	return 0, false
}

func (e *entry) addr(at At) (uint64, bool) {
	if v, ok := e.get(at); ok {
		return e.u.address(v)
	}
	return 0, false
}

// pcRange is DW_AT_low_pc and DW_AT_high_pc, which is an address or a length.
func (e *entry) pcRange() (low, high uint64, ok bool) {
	low, ok = e.addr(AtLowPC)
	if !ok {
		return 0, 0, false
	}
	v, ok := e.get(AtHighPC)
	if !ok {
		return 0, 0, false
	}
	if a, isAddr := e.u.address(v); isAddr {
		return low, a, a > low
	}
	return low, low + v.U, low+v.U > low
}

// ref finds the entry that a value of class reference names.
func (u *Unit) ref(v value) (*Unit, uint64, error) {
	d := u.d
	switch v.Form {
	case form.Ref1, form.Ref2, form.Ref4, form.Ref8, form.RefUdata:
		if off := u.Off + v.U; v.U < u.end-u.Off && off >= u.first {
			return u, off, nil
		}
		return nil, 0, u.bad(u.Off, "a reference to offset %#x, outside the unit", v.U)
	case form.RefAddr:
	case form.RefSig8:
		d.Units()
		if t := d.sigs[v.U]; t != nil {
			return t, t.Off + t.tyOff, nil
		}
		return nil, 0, fmt.Errorf("type unit %#x: %w", v.U, ErrNotFound)
	case form.RefSup4, form.RefSup8, form.GNURefAlt:
		if d = d.alt; d == nil {
			return nil, 0, fmt.Errorf("entry %#x is in the supplementary debug file (dwz), which was not found", v.U)
		}
	default:
		return nil, 0, u.bad(u.Off, "form %#x is no reference", uint16(v.Form))
	}
	if t, ok := d.unitAt(v.U); ok {
		return t, v.U, nil
	}
	return nil, 0, u.bad(u.Off, "a reference to offset %#x, where no unit is", v.U)
}

// follow parses the entry that v refers to.
func (u *Unit) follow(v value, e *entry) error {
	t, off, err := u.ref(v)
	if err != nil {
		return err
	}
	if err := t.ready(); err != nil {
		return err
	}
	if err := t.parse(off, e); err != nil {
		return err
	}
	if e.ab == nil {
		return t.bad(off, "a reference to a null entry")
	}
	return nil
}

// origin follows DW_AT_abstract_origin or DW_AT_specification one step.
func (e *entry) origin(to *entry) bool {
	for _, at := range [...]At{AtAbstractOrigin, AtSpecification, AtExtension} {
		if v, ok := e.get(at); ok {
			return e.u.follow(v, to) == nil
		}
	}
	return false
}

// maxOrigins bounds chains of origins: an inlined copy, its abstract instance, the
// declaration in a class.
const maxOrigins = 8

// inherit looks for an attribute in the entry and then in those it originates from. The
// value must be interpreted in the unit returned.
func (e *entry) inherit(at At) (value, *Unit, bool) {
	if v, ok := e.get(at); ok {
		return v, e.u, true
	}
	var a, b entry
	cur := e
	for range maxOrigins {
		if !cur.origin(&a) {
			break
		}
		if v, ok := a.get(at); ok {
			return v, a.u, true
		}
		a, b = b, a
		cur = &b
	}
	return value{}, nil, false
}

// name is the entry's name, its own or inherited.
func (e *entry) name() string {
	if v, u, ok := e.inherit(AtName); ok {
		return string(u.strBytes(v))
	}
	return ""
}

func (e *entry) linkageName() string {
	for _, at := range [...]At{AtLinkageName, AtMIPSLinkageName} {
		if v, u, ok := e.inherit(at); ok {
			return string(u.strBytes(v))
		}
	}
	return ""
}

// decl is where the entry was declared: a file index of the unit's line table, a line.
func (e *entry) decl() (u *Unit, file, line int) {
	v, u, ok := e.inherit(AtDeclFile)
	if !ok {
		return e.u, 0, 0
	}
	l, _, _ := e.inherit(AtDeclLine)
	return u, int(v.U), int(l.U)
}

// children calls visit with each child of e, until visit says no. The child is reused.
func (e *entry) children(visit func(c *entry) bool) error {
	if e.ab == nil || !e.ab.children {
		return nil
	}
	u := e.u
	r := buf.At(u.d.get(u.sect), e.next)
	r.B = r.B[:u.end]
	var c entry
	for r.Len() > 0 {
		if err := u.parseAt(&r, &c); err != nil {
			return err
		}
		if c.ab == nil || !visit(&c) {
			return nil
		}
		if err := u.passTree(&r, c.ab, c.sibling()); err != nil {
			return err
		}
	}
	return nil // a missing null at the end of a unit is harmless
}

// sibling is the section offset of the next sibling, 0 when not given.
func (e *entry) sibling() uint64 {
	i := e.ab.sibling
	if i < 0 {
		return 0
	}
	_, off, err := e.u.ref(e.vals[i])
	if err != nil {
		return 0
	}
	return off
}

// passTree moves r, which stands after an entry's attributes, past its children.
func (u *Unit) passTree(r *buf.Reader, ab *abbrev, sibling uint64) error {
	if !ab.children {
		return nil
	}
	if sibling > uint64(r.Off) && sibling < u.end {
		r.Off = int(sibling)
		return nil
	}
	for depth := 1; depth > 0; {
		at := r.Off
		code := r.ULEB()
		if r.Bad {
			return nil // the unit ends
		}
		if code == 0 {
			depth--
			continue
		}
		a := u.root.table.get(code)
		if a == nil {
			return u.bad(uint64(at), "an entry with the unknown abbreviation %d", code)
		}
		if a.children && a.sibling == 0 && a.attrs[0].form == form.Ref4 { // gcc puts it first
			if to := u.Off + uint64(r.U32()); to > uint64(r.Off) && to < u.end {
				r.Off = int(to)
				continue
			}
			r.Off -= 4
		}
		a.pass(r, u.enc)
		if a.children {
			depth++
		}
	}
	return nil
}

// le64 widens up to 8 bytes.
func le64(b []byte) uint64 {
	var w [8]byte
	copy(w[:], b)
	return binary.LittleEndian.Uint64(w[:])
}
