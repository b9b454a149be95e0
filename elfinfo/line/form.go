package line

// Attribute forms (DWARF 5, section 7.5.6), as far as root DIEs and line tables need
// their values, and to pass over all others.

import "github.com/trapline/trapline/elfinfo/dwarf/buf"

// formKind says how a form is stored.
type formKind uint8

const (
	fixed    formKind = iota + 1 // arg bytes, a number
	address                      // a number of the unit's address size
	offset                       // a number of the unit's offset size
	uleb                         // a number
	sleb                         // a number
	inline                       // a NUL-terminated string
	block                        // arg bytes of length (0: ULEB), then that many bytes
	raw                          // arg bytes, not a number
	refAddr                      // address size in DWARF 2, offset size later
	indirect                     // the form follows as ULEB
	implicit                     // the value is in the abbreviation
)

// formClass says what the number means.
type formClass uint8

const (
	plain   formClass = iota
	strp              // offset in .debug_str
	lineStr           // offset in .debug_line_str
	strx              // index by .debug_str_offsets
	strAlt            // offset in the supplementary file's .debug_str
	addrx             // index in .debug_addr
	addrVal           // an address
	rnglist           // index of a range list
)

type formRow struct {
	kind  formKind
	arg   int
	class formClass
}

var forms = map[uint64]formRow{
	0x01: {address, 0, addrVal}, // DW_FORM_addr
	0x03: {block, 2, plain},     // block2
	0x04: {block, 4, plain},     // block4
	0x05: {fixed, 2, plain},     // data2
	0x06: {fixed, 4, plain},     // data4
	0x07: {fixed, 8, plain},     // data8
	0x08: {inline, 0, plain},    // string
	0x09: {block, 0, plain},     // block
	0x0a: {block, 1, plain},     // block1
	0x0b: {fixed, 1, plain},     // data1
	0x0c: {fixed, 1, plain},     // flag
	0x0d: {sleb, 0, plain},      // sdata
	0x0e: {offset, 0, strp},     // strp
	0x0f: {uleb, 0, plain},      // udata
	0x10: {refAddr, 0, plain},   // ref_addr
	0x11: {fixed, 1, plain},     // ref1
	0x12: {fixed, 2, plain},     // ref2
	0x13: {fixed, 4, plain},     // ref4
	0x14: {fixed, 8, plain},     // ref8
	0x15: {uleb, 0, plain},      // ref_udata
	0x16: {indirect, 0, plain},  // indirect
	0x17: {offset, 0, plain},    // sec_offset
	0x18: {block, 0, plain},     // exprloc
	0x19: {fixed, 0, plain},     // flag_present
	0x1a: {uleb, 0, strx},       // strx
	0x1b: {uleb, 0, addrx},      // addrx
	0x1c: {fixed, 4, plain},     // ref_sup4
	0x1d: {offset, 0, strAlt},   // strp_sup
	0x1e: {raw, 16, plain},      // data16
	0x1f: {offset, 0, lineStr},  // line_strp
	0x20: {fixed, 8, plain},     // ref_sig8
	0x21: {implicit, 0, plain},  // implicit_const
	0x22: {uleb, 0, plain},      // loclistx
	0x23: {uleb, 0, rnglist},    // rnglistx
	0x24: {fixed, 8, plain},     // ref_sup8
	0x25: {fixed, 1, strx},      // strx1
	0x26: {fixed, 2, strx},      // strx2
	0x27: {fixed, 3, strx},      // strx3
	0x28: {fixed, 4, strx},      // strx4
	0x29: {fixed, 1, addrx},     // addrx1
	0x2a: {fixed, 2, addrx},     // addrx2
	0x2b: {fixed, 3, addrx},     // addrx3
	0x2c: {fixed, 4, addrx},     // addrx4

	0x1f01: {uleb, 0, addrx},    // GNU_addr_index
	0x1f02: {uleb, 0, strx},     // GNU_str_index
	0x1f20: {offset, 0, plain},  // GNU_ref_alt
	0x1f21: {offset, 0, strAlt}, // GNU_strp_alt
}

// encoding is what the sizes of forms depend on.
type encoding struct {
	version  uint16
	dwarf64  bool
	addrSize int
}

// value is an attribute's value, not resolved yet: strx and addrx need bases that
// may come later in the same DIE.
type value struct {
	class formClass
	n     uint64
	b     []byte // inline strings and blocks
}

// read reads one value; ok is false for an unknown form or a cut-off section.
func (e encoding) read(r *buf.Reader, form uint64, constant int64) (v value, ok bool) {
	row := forms[form]
	v.class = row.class
	switch row.kind {
	case fixed:
		if row.arg == 0 {
			v.n = 1
		} else {
			v.n = r.Uint(row.arg)
		}
	case address:
		v.n = r.Uint(e.addrSize)
	case offset:
		v.n = r.Offset(e.dwarf64)
	case uleb:
		v.n = r.ULEB()
	case sleb:
		v.n = uint64(r.SLEB())
	case inline:
		v.b = r.CString()
	case block:
		n := uint64(0)
		if row.arg == 0 {
			n = r.ULEB()
		} else {
			n = r.Uint(row.arg)
		}
		v.b = r.Bytes(n)
	case raw:
		v.b = r.Bytes(uint64(row.arg))
	case refAddr:
		if e.version <= 2 {
			v.n = r.Uint(e.addrSize)
		} else {
			v.n = r.Offset(e.dwarf64)
		}
	case implicit:
		v.n = uint64(constant)
	case indirect:
		if next := r.ULEB(); next != form {
			return e.read(r, next, constant) // at most one level: indirect to indirect is malformed
		}
		return v, false
	default:
		return v, false
	}
	return v, !r.Bad
}
