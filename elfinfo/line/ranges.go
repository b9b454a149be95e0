package line

// Which unit covers an address: .debug_aranges, then the ranges of root DIEs.

import (
	"cmp"
	"slices"
	"sort"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
	"github.com/trapline/trapline/elfinfo/dwarf/form"
)

// covered is one range of one unit, which is named by its offset: most ranges are
// never asked for, and reading unit headers touches pages all over .debug_info.
type covered struct {
	span
	unit uint64
}

// rangeIndex is sorted by low. Each stage extends it: aranges, then roots, then the
// programs of units that state no range.
type rangeIndex struct {
	list  []covered
	stage int
	named map[uint64]bool // offsets of units that .debug_aranges mentions
	left  int             // how many more ranges root DIEs may add; see maxRanges
}

// unitsAt returns the units that say they cover pc, the closest first.
func (t *Table) unitsAt(pc uint64) []*unit {
	stages := []func(){t.indexAranges, t.indexRoots, t.indexPrograms}
	for {
		var out []*unit
		for _, off := range t.ranges.at(pc) {
			if u, _, err := t.unitAt(off); u != nil {
				out = append(out, u)
			} else {
				t.problem(err)
			}
		}
		if len(out) > 0 || t.ranges.stage == len(stages) {
			return out
		}
		stages[t.ranges.stage]()
		t.ranges.stage++
		slices.SortStableFunc(t.ranges.list, func(a, b covered) int { return cmp.Compare(a.low, b.low) })
	}
}

// Unit names a compilation unit.
type Unit struct {
	Offset  uint64 // of its header in .debug_info
	Name    string // of the primary source file, as compiled; "" in split DWARF
	CompDir string // directory of compilation
	DWO     string // split DWARF: the file, relative to CompDir, that has the rest
}

// UnitAt returns the unit whose code pc is; ok is false when none says so.
func (t *Table) UnitAt(pc uint64) (out Unit, ok bool) {
	_ = t.locked(func() error {
		for _, u := range t.unitsAt(pc) {
			if r, err := t.readRoot(u); err == nil {
				out, ok = Unit{u.offset, string(r.name), string(r.compDir), string(r.dwoName)}, true
				break
			}
		}
		return nil
	})
	return out, ok
}

// lookBack bounds how far an enclosing range is looked for; ranges of real units do
// not overlap.
const lookBack = 16

func (x *rangeIndex) at(pc uint64) (out []uint64) {
	i := sort.Search(len(x.list), func(i int) bool { return x.list[i].low > pc })
	for n := 0; i > 0 && n < lookBack; n++ {
		i--
		if c := x.list[i]; pc < c.high && !slices.Contains(out, c.unit) {
			out = append(out, c.unit)
		}
	}
	return out
}

// indexAranges reads .debug_aranges (DWARF 5, section 6.1.2).
func (t *Table) indexAranges() {
	b := t.section(".debug_aranges")
	t.ranges.named = map[uint64]bool{}
	for at := uint64(0); at < uint64(len(b)); {
		r := buf.At(b, at)
		n, d64 := r.InitialLength()
		if r.Bad || n > uint64(r.Len()) {
			t.problem(t.errAt(".debug_aranges", at, "set of %d bytes reaches beyond the end of the section (%d bytes)", n, len(b)))
			return
		}
		end := uint64(r.Off) + n
		set := buf.Reader{B: b[:end], Off: r.Off}
		version := set.U16()
		unit := set.Offset(d64)
		size, seg := int(set.U8()), set.U8()
		if version == 2 && seg == 0 && (size == 4 || size == 8) {
			t.arangeSet(&set, at, size, unit)
		}
		at = end
	}
}

// arangeSet reads the tuples of one set, which start at a multiple of their size from
// the start of the set.
func (t *Table) arangeSet(r *buf.Reader, start uint64, size int, unit uint64) {
	tuple := uint64(2 * size)
	r.Skip((tuple - (uint64(r.Off)-start)%tuple) % tuple)
	for {
		low, length := r.Uint(size), r.Uint(size)
		if r.Bad || low == 0 && length == 0 {
			return
		}
		t.ranges.named[unit] = true
		t.cover(unit, low, low+length)
	}
}

// cover adds a range unless it belongs to code that was dropped by the linker.
func (t *Table) cover(unit, low, high uint64) {
	if low < high && t.src.Mapped(low) {
		t.ranges.list = append(t.ranges.list, covered{span{low, high}, unit})
	}
}

// indexRoots reads the root DIEs of the units that .debug_aranges left out.
func (t *Table) indexRoots() {
	for _, u := range t.listUnits() {
		if t.ranges.named[u.offset] {
			continue
		}
		root, err := t.readRoot(u)
		if err != nil {
			continue
		}
		for _, s := range root.ranges {
			t.cover(u.offset, s.low, s.high)
		}
	}
}

// indexPrograms runs the programs of units whose root DIE states no range (some
// assemblers' output) and takes their sequences' ranges.
func (t *Table) indexPrograms() {
	for _, u := range t.listUnits() {
		if t.ranges.named[u.offset] || u.root == nil || !u.root.hasLines || len(u.root.ranges) > 0 {
			continue
		}
		p, err := t.program(u)
		if err != nil {
			continue
		}
		for _, s := range p.seqs {
			t.cover(u.offset, s.low, s.high)
		}
	}
}

// maxRanges is how many ranges all root DIEs together may have: each takes two bytes
// or more of a range section, and real units do not share lists.
func (t *Table) maxRanges() int {
	return (len(t.section(".debug_ranges"))+len(t.section(".debug_rnglists")))/2 + 1
}

// rangeList reads the list that a DW_AT_ranges attribute refers to.
func (s resolver) rangeList(v form.Value, low uint64) ([]span, error) {
	if s.t.ranges.left == 0 {
		s.t.ranges.left = s.t.maxRanges()
	}
	if s.enc.Version < 5 {
		return s.ranges4(v.U+s.rangesBase, low)
	}
	at := v.U
	if v.Class() == form.RangeListIndex {
		r := buf.At(s.t.section(".debug_rnglists"), index(s.rnglistAt, v.U, uint64(s.enc.OffsetSize())))
		at = s.rnglistAt + r.Offset(s.enc.DWARF64)
	}
	return s.ranges5(at, low)
}

// add appends a range while the file's total stays within reason.
func (s resolver) add(out []span, low, high uint64) ([]span, bool) {
	if s.t.ranges.left <= 1 {
		return out, false
	}
	s.t.ranges.left--
	return append(out, span{low, high}), true
}

// ranges4 reads a list of .debug_ranges (DWARF 4, section 2.17.3).
func (s resolver) ranges4(at, base uint64) (out []span, err error) {
	r := buf.At(s.t.section(".debug_ranges"), at)
	size := int(s.enc.AddrSize)
	maxAddr := ^uint64(0) >> (64 - 8*min(size, 8))
	for {
		low, high := r.Uint(size), r.Uint(size)
		switch {
		case r.Bad:
			return out, s.t.errAt(".debug_ranges", at, "list is cut off")
		case low == 0 && high == 0:
			return out, nil
		case low == maxAddr:
			base = high
			continue
		}
		var ok bool
		if out, ok = s.add(out, base+low, base+high); !ok {
			return out, s.t.errAt(".debug_ranges", at, "units share range lists without end")
		}
	}
}

// Range list entries (DWARF 5, section 7.25): what each holds.
const (
	rleEnd = iota
	rleBaseX
	rleStartXEndX
	rleStartXLength
	rleOffsetPair
	rleBase
	rleStartEnd
	rleStartLength
)

// ranges5 reads a list of .debug_rnglists.
func (s resolver) ranges5(at, base uint64) (out []span, err error) {
	r := buf.At(s.t.section(".debug_rnglists"), at)
	size := int(s.enc.AddrSize)
	x := func() uint64 { return s.addr(form.Value{Form: form.Addrx, U: r.ULEB()}) }
	for {
		var low, high uint64
		switch kind := r.U8(); {
		case r.Bad:
			return out, s.t.errAt(".debug_rnglists", at, "list is cut off")
		case kind == rleEnd:
			return out, nil
		case kind == rleBaseX:
			base = x()
			continue
		case kind == rleBase:
			base = r.Uint(size)
			continue
		case kind == rleStartXEndX:
			low = x()
			high = x()
		case kind == rleStartXLength:
			low = x()
			high = low + r.ULEB()
		case kind == rleOffsetPair:
			low = base + r.ULEB()
			high = base + r.ULEB()
		case kind == rleStartEnd:
			low = r.Uint(size)
			high = r.Uint(size)
		case kind == rleStartLength:
			low = r.Uint(size)
			high = low + r.ULEB()
		default:
			return out, s.t.errAt(".debug_rnglists", uint64(r.Off)-1, "unknown entry kind %d", kind)
		}
		if r.Bad {
			continue // reported above
		}
		var ok bool
		if out, ok = s.add(out, low, high); !ok {
			return out, s.t.errAt(".debug_rnglists", at, "units share range lists without end")
		}
	}
}
