// Package form is how DWARF stores the values of attributes: the forms of DWARF 5,
// section 7.5.6, and GNU's, as rows. Entries (package dwarf) and the file tables of line
// programs (package line) are made of the same values.
package form

import "github.com/trapline/trapline/elfinfo/dwarf/buf"

// Form is how a value is stored. 0 is no form.
type Form uint16

// The forms, all of them.
const (
	Addr          Form = 0x01
	Block2        Form = 0x03
	Block4        Form = 0x04
	Data2         Form = 0x05
	Data4         Form = 0x06
	Data8         Form = 0x07
	String        Form = 0x08
	Block         Form = 0x09
	Block1        Form = 0x0a
	Data1         Form = 0x0b
	Flag          Form = 0x0c
	Sdata         Form = 0x0d
	Strp          Form = 0x0e
	Udata         Form = 0x0f
	RefAddr       Form = 0x10
	Ref1          Form = 0x11
	Ref2          Form = 0x12
	Ref4          Form = 0x13
	Ref8          Form = 0x14
	RefUdata      Form = 0x15
	Indirect      Form = 0x16
	SecOffset     Form = 0x17
	Exprloc       Form = 0x18
	FlagPresent   Form = 0x19
	Strx          Form = 0x1a
	Addrx         Form = 0x1b
	RefSup4       Form = 0x1c
	StrpSup       Form = 0x1d
	Data16        Form = 0x1e
	LineStrp      Form = 0x1f
	RefSig8       Form = 0x20
	ImplicitConst Form = 0x21
	Loclistx      Form = 0x22
	Rnglistx      Form = 0x23
	RefSup8       Form = 0x24
	Strx1         Form = 0x25
	Strx2         Form = 0x26
	Strx3         Form = 0x27
	Strx4         Form = 0x28
	Addrx1        Form = 0x29
	Addrx2        Form = 0x2a
	Addrx3        Form = 0x2b
	Addrx4        Form = 0x2c
	GNUAddrIndex  Form = 0x1f01
	GNUStrIndex   Form = 0x1f02
	GNURefAlt     Form = 0x1f20
	GNUStrpAlt    Form = 0x1f21
)

// Of is the form of a number as sections have it; 0, which no row has, for one that is
// too large for any.
func Of(n uint64) Form {
	if n > 0xffff {
		return 0
	}
	return Form(n)
}

// Encoding is what the sizes of forms depend on: a unit's.
type Encoding struct {
	Version  uint16 // of DWARF
	DWARF64  bool   // offsets have 8 bytes, not 4
	AddrSize uint8  // bytes of an address
}

// OffsetSize is the width in bytes of offsets into other sections.
func (e Encoding) OffsetSize() int {
	if e.DWARF64 {
		return 8
	}
	return 4
}

// Class says what a value means, as far as its form tells.
type Class uint8

// The classes. Constant includes flags and offsets whose meaning the attribute decides.
const (
	Constant Class = iota
	Address
	AddressIndex // in .debug_addr
	Text         // the string itself
	StringOffset // in .debug_str
	LineStringOffset
	AltStringOffset // in the supplementary file's .debug_str
	StringIndex     // by .debug_str_offsets
	RangeListIndex
	LocationListIndex
	Reference // to an entry
	Bytes     // an expression or other bytes
)

// storage says where a value's bytes end.
type storage uint8

const (
	fixed   storage = iota + 1 // n bytes, a number
	address                    // a number of the size of an address
	offset                     // a number of the size of an offset
	refAddr                    // an address in DWARF 2, an offset later
	uleb
	sleb
	text     // up to a NUL
	block    // a length of n bytes (0: ULEB), then that many bytes
	raw      // n bytes, no number
	present  // nothing; the value is 1
	implicit // nothing; the value is in the abbreviation
	indirect // the form stands before the value, as ULEB
)

type row struct {
	store storage
	n     uint8
	class Class
}

// The rows: the standard's, by number, and GNU's.
var standard = [...]row{
	Addr:          {store: address, class: Address},
	Block2:        {store: block, n: 2, class: Bytes},
	Block4:        {store: block, n: 4, class: Bytes},
	Data2:         {store: fixed, n: 2},
	Data4:         {store: fixed, n: 4},
	Data8:         {store: fixed, n: 8},
	String:        {store: text, class: Text},
	Block:         {store: block, class: Bytes},
	Block1:        {store: block, n: 1, class: Bytes},
	Data1:         {store: fixed, n: 1},
	Flag:          {store: fixed, n: 1},
	Sdata:         {store: sleb},
	Strp:          {store: offset, class: StringOffset},
	Udata:         {store: uleb},
	RefAddr:       {store: refAddr, class: Reference},
	Ref1:          {store: fixed, n: 1, class: Reference},
	Ref2:          {store: fixed, n: 2, class: Reference},
	Ref4:          {store: fixed, n: 4, class: Reference},
	Ref8:          {store: fixed, n: 8, class: Reference},
	RefUdata:      {store: uleb, class: Reference},
	Indirect:      {store: indirect},
	SecOffset:     {store: offset},
	Exprloc:       {store: block, class: Bytes},
	FlagPresent:   {store: present},
	Strx:          {store: uleb, class: StringIndex},
	Addrx:         {store: uleb, class: AddressIndex},
	RefSup4:       {store: fixed, n: 4, class: Reference},
	StrpSup:       {store: offset, class: AltStringOffset},
	Data16:        {store: raw, n: 16},
	LineStrp:      {store: offset, class: LineStringOffset},
	RefSig8:       {store: fixed, n: 8, class: Reference},
	ImplicitConst: {store: implicit},
	Loclistx:      {store: uleb, class: LocationListIndex},
	Rnglistx:      {store: uleb, class: RangeListIndex},
	RefSup8:       {store: fixed, n: 8, class: Reference},
	Strx1:         {store: fixed, n: 1, class: StringIndex},
	Strx2:         {store: fixed, n: 2, class: StringIndex},
	Strx3:         {store: fixed, n: 3, class: StringIndex},
	Strx4:         {store: fixed, n: 4, class: StringIndex},
	Addrx1:        {store: fixed, n: 1, class: AddressIndex},
	Addrx2:        {store: fixed, n: 2, class: AddressIndex},
	Addrx3:        {store: fixed, n: 3, class: AddressIndex},
	Addrx4:        {store: fixed, n: 4, class: AddressIndex},
}

var gnu = map[Form]row{
	GNUAddrIndex: {store: uleb, class: AddressIndex},
	GNUStrIndex:  {store: uleb, class: StringIndex},
	GNURefAlt:    {store: offset, class: Reference},
	GNUStrpAlt:   {store: offset, class: AltStringOffset},
}

// row is the form's; the zero row for an unknown one.
func (f Form) row() row {
	if f < Form(len(standard)) {
		return standard[f]
	}
	return gnu[f]
}

// Class is what values of the form mean.
func (f Form) Class() Class { return f.row().class }

// Results of Size that are not sizes.
const (
	Variable = -1
	Unknown  = -2
)

// Size is the form's width in bytes, or Variable, or Unknown.
func (f Form) Size(e Encoding) int {
	switch row := f.row(); row.store {
	case fixed, raw:
		return int(row.n)
	case address:
		return int(e.AddrSize)
	case offset:
		return e.OffsetSize()
	case refAddr:
		return e.refSize()
	case present, implicit:
		return 0
	case 0:
		return Unknown
	}
	return Variable
}

// refSize is the width of references between units: in DWARF 2 that of addresses.
func (e Encoding) refSize() int {
	if e.Version <= 2 {
		return int(e.AddrSize)
	}
	return e.OffsetSize()
}

// Value is a value as stored: a number, offset or index in U, or bytes in B, which
// alias the section. Form is the one it was stored in, never Indirect; 0 is no value.
type Value struct {
	Form Form
	U    uint64
	B    []byte
}

// Class is what the value means, as far as its form tells.
func (v Value) Class() Class { return v.Form.Class() }

// Int is a constant with the sign that its form has: fixed-size data is signed here, as
// compilers mean it for bounds and constants.
func (v Value) Int() int64 {
	switch v.Form {
	case Data1:
		return int64(int8(v.U))
	case Data2:
		return int64(int16(v.U))
	case Data4:
		return int64(int32(v.U))
	}
	return int64(v.U)
}

// Number reports a value that is a constant by its form.
func (v Value) Number() bool {
	switch v.Form {
	case Data1, Data2, Data4, Data8, Sdata, Udata, ImplicitConst:
		return true
	}
	return false
}

// Read reads one value; constant is what the abbreviation has for ImplicitConst. A
// form that is unknown, or not to be had here, sets r.Bad as the end of the bytes does.
func (e Encoding) Read(r *buf.Reader, f Form, constant int64) Value {
	v := Value{Form: f}
	switch row := f.row(); row.store {
	case fixed:
		v.U = r.Uint(int(row.n))
	case address:
		v.U = r.Uint(int(e.AddrSize))
	case offset:
		v.U = r.Offset(e.DWARF64)
	case refAddr:
		v.U = r.Uint(e.refSize())
	case uleb:
		v.U = r.ULEB()
	case sleb:
		v.U = uint64(r.SLEB())
	case text:
		v.B = r.CString()
	case block:
		v.B = r.Bytes(length(r, row.n))
	case raw:
		v.B = r.Bytes(uint64(row.n))
	case present:
		v.U = 1
	case implicit:
		v.U = uint64(constant)
	case indirect:
		if g, ok := follow(r); ok {
			return e.Read(r, g, 0)
		}
	default:
		r.Bad = true
	}
	return v
}

// Skip moves r past a value as Read does.
func (e Encoding) Skip(r *buf.Reader, f Form) {
	if n := f.Size(e); n >= 0 {
		r.Skip(uint64(n))
		return
	}
	switch row := f.row(); row.store {
	case uleb, sleb:
		r.SkipLEB()
	case text:
		r.CString()
	case block:
		r.Skip(length(r, row.n))
	case indirect:
		if g, ok := follow(r); ok {
			e.Skip(r, g)
		}
	default:
		r.Bad = true
	}
}

// length is the length before a block.
func length(r *buf.Reader, width uint8) uint64 {
	if width == 0 {
		return r.ULEB()
	}
	return r.Uint(int(width))
}

// follow reads the form that Indirect announces. It cannot be indirect again, nor one
// whose value is in an abbreviation that it has none of.
func follow(r *buf.Reader) (Form, bool) {
	f := Of(r.ULEB())
	switch f.row().store {
	case 0, indirect, implicit:
		r.Bad = true
		return f, false
	}
	return f, true
}
