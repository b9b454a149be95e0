package line

// The units of .debug_info: their headers, and of their DIEs only the root.

import (
	"bytes"
	"fmt"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
	"github.com/trapline/trapline/elfinfo/dwarf/form"
)

// unit is one compilation unit that may have lines.
type unit struct {
	offset uint64 // of the unit header in .debug_info
	enc    form.Encoding
	abbrev uint64 // offset in .debug_abbrev
	die    uint64 // offset of the root DIE in .debug_info
	end    uint64

	root    *root // nil until read
	rootErr error
}

// root is what the root DIE says. Strings alias the sections.
type root struct {
	name, compDir []byte
	dwoName       []byte
	stmtList      uint64
	hasLines      bool
	low           uint64
	ranges        []span
	strBase       uint64 // of .debug_str_offsets, for the file table
}

// span is a half-open range of vaddrs.
type span struct{ low, high uint64 }

// Attribute numbers (DWARF 5, table 7.5; GNU split DWARF).
const (
	atName           = 0x03
	atStmtList       = 0x10
	atLowPC          = 0x11
	atHighPC         = 0x12
	atCompDir        = 0x1b
	atRanges         = 0x55
	atStrOffsetsBase = 0x72
	atAddrBase       = 0x73
	atRnglistsBase   = 0x74
	atDwoName        = 0x76
	atGNUDwoName     = 0x2130
	atGNURangesBase  = 0x2132
	atGNUAddrBase    = 0x2133
)

// Unit types with a longer header (DWARF 5, section 7.5.1).
const (
	utType      = 0x02
	utSkeleton  = 0x04
	utSplitUnit = 0x05
	utSplitType = 0x06
)

// listUnits walks the unit headers; damage ends the walk and keeps what was found.
func (t *Table) listUnits() []*unit {
	if t.listed {
		return t.units
	}
	t.listed = true
	info := t.section(".debug_info")
	for at := uint64(0); at < uint64(len(info)); {
		u, next, err := t.unitAt(at)
		if err != nil {
			t.problem(err)
			t.unitsErr = err
			break
		}
		if u != nil {
			t.units = append(t.units, u)
		}
		at = next
	}
	return t.units
}

// unitAt returns the unit whose header is at off, always the same for the same
// offset, and the offset of the next one.
func (t *Table) unitAt(off uint64) (*unit, uint64, error) {
	if u := t.byOffset[off]; u != nil {
		return u, u.end, nil
	}
	u, next, err := t.unitHeader(t.section(".debug_info"), off)
	if u != nil {
		t.byOffset[off] = u
	}
	return u, next, err
}

// unitHeader reads one header; the unit is nil when it is a type unit.
func (t *Table) unitHeader(info []byte, at uint64) (u *unit, next uint64, err error) {
	r := buf.At(info, at)
	n, d64 := r.InitialLength()
	if r.Bad || n > uint64(r.Len()) {
		return nil, 0, t.errAt(".debug_info", at, "unit of %d bytes reaches beyond the end of the section (%d bytes)", n, len(info))
	}
	end := uint64(r.Off) + n
	u = &unit{offset: at, end: end, enc: form.Encoding{Version: r.U16(), DWARF64: d64}}
	if u.enc.Version < 2 || u.enc.Version > 5 {
		t.problem(t.errAt(".debug_info", at, "unit has unknown DWARF version %d", u.enc.Version))
		return nil, end, nil
	}
	kind := uint8(0)
	if u.enc.Version >= 5 {
		kind, u.enc.AddrSize = r.U8(), r.U8()
		u.abbrev = r.Offset(d64)
		if kind == utSkeleton || kind == utSplitUnit {
			r.Skip(8) // dwo_id
		}
	} else {
		u.abbrev = r.Offset(d64)
		u.enc.AddrSize = r.U8()
	}
	if r.Bad || uint64(r.Off) > end {
		return nil, 0, t.errAt(".debug_info", at, "unit header is cut off")
	}
	u.die = uint64(r.Off)
	if kind == utType || kind == utSplitType {
		u = nil
	}
	return u, end, nil
}

// attrSpec is one attribute of an abbreviation.
type attrSpec struct {
	name     uint64
	form     form.Form
	constant int64
}

// maxRootAttrs is far above the two dozen attributes compilers give a unit.
const maxRootAttrs = 512

// abbreviation finds a code in the table at off. The root's is nearly always the
// first, so nothing is cached.
func (t *Table) abbreviation(off, code uint64) ([]attrSpec, error) {
	r := buf.At(t.section(".debug_abbrev"), off)
	for !r.Bad {
		c := r.ULEB()
		if c == 0 {
			break
		}
		r.SkipLEB() // tag
		r.U8()      // children
		var specs []attrSpec
		for !r.Bad {
			s := attrSpec{name: r.ULEB(), form: form.Of(r.ULEB())}
			if s.form == form.ImplicitConst {
				s.constant = r.SLEB()
			}
			if s.name == 0 && s.form == 0 {
				break
			}
			if c == code {
				specs = append(specs, s)
			}
			if len(specs) > maxRootAttrs {
				return nil, t.errAt(".debug_abbrev", off, "abbreviation %d has more than %d attributes", code, maxRootAttrs)
			}
		}
		if c == code && !r.Bad {
			return specs, nil
		}
	}
	return nil, t.errAt(".debug_abbrev", off, "no abbreviation %d", code)
}

// readRoot reads the unit's root DIE, once.
func (t *Table) readRoot(u *unit) (*root, error) {
	if u.root == nil && u.rootErr == nil {
		u.root, u.rootErr = t.parseRoot(u)
		t.problem(u.rootErr)
	}
	return u.root, u.rootErr
}

func (t *Table) parseRoot(u *unit) (*root, error) {
	r := buf.At(t.section(".debug_info")[:u.end], u.die)
	code := r.ULEB()
	if code == 0 {
		return &root{}, nil // an empty unit
	}
	specs, err := t.abbreviation(u.abbrev, code)
	if err != nil {
		return nil, fmt.Errorf("unit at %#x: %w", u.offset, err)
	}
	vals := map[uint64]form.Value{}
	for _, s := range specs {
		vals[s.name] = u.enc.Read(&r, s.form, s.constant)
		if r.Bad {
			return nil, t.errAt(".debug_info", uint64(r.Off), "root DIE of the unit at %#x: attribute %#x has form %#x, unknown or cut off", u.offset, s.name, uint16(s.form))
		}
	}
	res := t.resolverFor(u, vals)
	out := &root{strBase: res.strBase}
	out.name, out.compDir = res.str(vals[atName]), res.str(vals[atCompDir])
	for _, at := range []uint64{atDwoName, atGNUDwoName} {
		if v, ok := vals[at]; ok {
			out.dwoName = res.str(v)
		}
	}
	if v, ok := vals[atStmtList]; ok {
		out.stmtList, out.hasLines = v.U, true
	}
	if v, ok := vals[atLowPC]; ok {
		out.low = res.addr(v)
	}
	if v, ok := vals[atRanges]; ok {
		out.ranges, err = res.rangeList(v, out.low)
		if err != nil {
			t.problem(err)
		}
	} else if v, ok := vals[atHighPC]; ok {
		high := v.U + out.low // a constant is a length, since DWARF 4
		if c := v.Class(); c == form.Address || c == form.AddressIndex {
			high = res.addr(v)
		}
		if high > out.low {
			out.ranges = []span{{out.low, high}}
		}
	}
	return out, nil
}

// resolver turns offsets and indices into strings and addresses.
type resolver struct {
	t                            *Table
	enc                          form.Encoding
	strBase, addrBase, rnglistAt uint64
	rangesBase                   uint64 // GNU split DWARF 4
}

func (t *Table) resolverFor(u *unit, vals map[uint64]form.Value) resolver {
	// Without a base attribute the first contribution follows its header.
	header := uint64(8)
	if u.enc.DWARF64 {
		header = 16
	}
	res := resolver{t: t, enc: u.enc, strBase: header, addrBase: header, rnglistAt: header + 4}
	if u.enc.Version < 5 {
		res.strBase, res.addrBase = 0, 0
	}
	for at, base := range map[uint64]*uint64{
		atStrOffsetsBase: &res.strBase, atAddrBase: &res.addrBase, atGNUAddrBase: &res.addrBase,
		atRnglistsBase: &res.rnglistAt, atGNURangesBase: &res.rangesBase,
	} {
		if v, ok := vals[at]; ok {
			*base = v.U
		}
	}
	return res
}

// str returns a string attribute's bytes, nil when absent or out of bounds.
func (s resolver) str(v form.Value) []byte {
	switch v.Class() {
	case form.StringOffset:
		return cstring(s.t.section(".debug_str"), v.U)
	case form.LineStringOffset:
		return cstring(s.t.section(".debug_line_str"), v.U)
	case form.AltStringOffset:
		return cstring(s.t.altSection(".debug_str"), v.U)
	case form.StringIndex:
		r := buf.At(s.t.section(".debug_str_offsets"), index(s.strBase, v.U, uint64(s.enc.OffsetSize())))
		if off := r.Offset(s.enc.DWARF64); !r.Bad {
			return cstring(s.t.section(".debug_str"), off)
		}
		return nil
	}
	return v.B
}

func (s resolver) addr(v form.Value) uint64 {
	if v.Class() != form.AddressIndex {
		return v.U
	}
	r := buf.At(s.t.section(".debug_addr"), index(s.addrBase, v.U, uint64(s.enc.AddrSize)))
	return r.Uint(int(s.enc.AddrSize))
}

// index is base+i*size, or an offset outside every section when that overflows.
func index(base, i, size uint64) uint64 {
	if i > 1<<40 || base > 1<<60 {
		return ^uint64(0)
	}
	return base + i*size
}

// maxString bounds paths: 16 times PATH_MAX.
const maxString = 64 << 10

// cstring returns the string at off of a string section.
func cstring(b []byte, off uint64) []byte {
	if off >= uint64(len(b)) {
		return nil
	}
	b = b[off:min(uint64(len(b)), off+maxString)]
	if n := bytes.IndexByte(b, 0); n >= 0 {
		return b[:n]
	}
	return b
}
