package dwarf

import (
	"fmt"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
	"github.com/trapline/trapline/elfinfo/dwarf/form"
)

// Range is the link-time addresses [Low, High).
type Range struct{ Low, High uint64 }

func contains(rs []Range, pc uint64) bool {
	for _, r := range rs {
		if pc >= r.Low && pc < r.High {
			return true
		}
	}
	return false
}

// maxRanges bounds one list; compilers write some thousands for a unit.
const maxRanges = 1 << 20

// Entry kinds of .debug_rnglists (DWARF 5, 7.25) and .debug_loclists (7.7.3); the two
// agree where they overlap but for 0x05-0x07 in range lists, which come one lower.
const (
	leEnd          = 0x00
	leBaseAddrx    = 0x01
	leStartxEndx   = 0x02
	leStartxLength = 0x03
	leOffsetPair   = 0x04
	lleDefault     = 0x05
	lleBaseAddr    = 0x06
	lleStartEnd    = 0x07
	lleStartLength = 0x08
	lleViewPair    = 0x09 // GNU
)

// ranges of the entry: DW_AT_ranges, or its low and high pc. nil: it has no code.
func (e *entry) ranges() ([]Range, error) {
	if v, ok := e.get(AtRanges); ok {
		return e.u.rangeList(v)
	}
	if low, high, ok := e.pcRange(); ok {
		return []Range{{low, high}}, nil
	}
	return nil, nil
}

// rangeList reads the list that a DW_AT_ranges value names.
func (u *Unit) rangeList(v value) ([]Range, error) {
	var out []Range
	add := func(low, high uint64, _ []byte) bool {
		if low < high {
			out = append(out, Range{low, high})
		}
		return len(out) < maxRanges
	}
	if u.enc.Version < 5 {
		off := v.U
		if v.Form == form.SecOffset && u.root.dwoName != "" {
			off += u.root.rnglists
		}
		return out, u.oldList(&u.d.ranges, off, false, add)
	}
	off, err := u.listOffset(v, form.Rnglistx, &u.d.rnglists, u.root.rnglists)
	if err != nil {
		return nil, err
	}
	err = u.newList(&u.d.rnglists, off, false, add)
	return out, err
}

// listOffset resolves an index into a list table, or takes the offset as it is.
func (u *Unit) listOffset(v value, indexed form.Form, s *section, base uint64) (uint64, error) {
	if v.Form != indexed {
		return v.U, nil
	}
	width := uint64(4)
	if u.enc.DWARF64 {
		width = 8
	}
	at, ok := tableAt(base, v.U, width)
	r := buf.At(u.d.get(s), at)
	off := r.Uint(int(width))
	if !ok || r.Bad {
		return 0, &FormatError{s.name, at, fmt.Sprintf("no list %d", v.U)}
	}
	return base + off, nil
}

// oldList reads .debug_ranges or .debug_loc (DWARF 4, 2.17.3 and 2.6.2): pairs relative
// to a base, ended by two zeros; with expr, an expression follows each pair.
func (u *Unit) oldList(s *section, off uint64, expr bool, add func(low, high uint64, expr []byte) bool) error {
	r := buf.At(u.d.get(s), off)
	size := int(u.enc.AddrSize)
	top := ^uint64(0) >> (64 - 8*uint(size))
	base := u.root.low
	for {
		low, high := r.Uint(size), r.Uint(size)
		if r.Bad {
			return &FormatError{s.name, off, "a list runs over the end"}
		}
		switch {
		case low == 0 && high == 0:
			return nil
		case low == top:
			base = high
			continue
		}
		var b []byte
		if expr {
			b = r.Bytes(uint64(r.U16()))
		}
		if r.Bad {
			return &FormatError{s.name, off, "a list runs over the end"}
		}
		if !add(base+low, base+high, b) {
			return nil
		}
	}
}

// newList reads .debug_rnglists or .debug_loclists. A default location is given as the
// range [0, MaxUint64).
func (u *Unit) newList(s *section, off uint64, expr bool, add func(low, high uint64, expr []byte) bool) error {
	r := buf.At(u.d.get(s), off)
	size := int(u.enc.AddrSize)
	base := u.root.low
	indexed := func() uint64 {
		a, err := u.addrx(r.ULEB())
		r.Bad = r.Bad || err != nil
		return a
	}
	for !r.Bad {
		kind := r.U8()
		if !expr && kind >= lleDefault && kind <= lleStartEnd { // range lists have no default location
			kind++
		}
		var low, high uint64
		switch kind {
		case leEnd:
			if r.Bad {
				break
			}
			return nil
		case leBaseAddrx:
			base = indexed()
			continue
		case leStartxEndx:
			low, high = indexed(), indexed()
		case leStartxLength:
			low = indexed()
			high = low + r.ULEB()
		case leOffsetPair:
			low, high = base+r.ULEB(), base+r.ULEB()
		case lleDefault:
			low, high = 0, ^uint64(0)
		case lleBaseAddr:
			base = r.Uint(size)
			continue
		case lleStartEnd:
			low, high = r.Uint(size), r.Uint(size)
		case lleStartLength:
			low = r.Uint(size)
			high = low + r.ULEB()
		case lleViewPair:
			r.SkipLEB()
			r.SkipLEB()
			continue
		default:
			return &FormatError{s.name, off, fmt.Sprintf("unknown list entry %#x", kind)}
		}
		var b []byte
		if expr {
			b = r.Bytes(r.ULEB())
		}
		if !r.Bad && !add(low, high, b) {
			return nil
		}
	}
	return &FormatError{s.name, off, "a list runs over the end"}
}

// locList finds the expression that holds at pc in the list that v names. A location
// for a range beats the default location.
func (u *Unit) locList(v value, pc uint64) (expr []byte, ok bool, err error) {
	var def []byte
	hasDef := false
	add := func(low, high uint64, b []byte) bool {
		if low == 0 && high == ^uint64(0) {
			def, hasDef = b, true
			return true
		}
		if pc >= low && pc < high {
			expr, ok = b, true
		}
		return !ok
	}
	if u.enc.Version < 5 {
		err = u.oldList(&u.d.loc, v.U, true, add)
	} else {
		var off uint64
		if off, err = u.listOffset(v, form.Loclistx, &u.d.loclists, u.root.loclists); err == nil {
			err = u.newList(&u.d.loclists, off, true, add)
		}
	}
	if !ok && hasDef {
		return def, true, err
	}
	return expr, ok, err
}
