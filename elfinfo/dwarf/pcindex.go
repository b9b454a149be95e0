package dwarf

import (
	"cmp"
	"slices"
	"sort"
	"sync"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
)

// From an address to its unit. .debug_aranges says it without touching a unit, but
// compilers leave units out of it (clang writes none by default), so the units that it
// does not mention are asked, once an address is not found in it, through the ranges
// of their root entries; and what says neither is skimmed.

type unitRange struct {
	Range
	unit *Unit
}

type pcIndex struct {
	once   sync.Once
	quick  []unitRange // from .debug_aranges
	listed map[*Unit]bool

	fullOnce sync.Once
	full     []unitRange // from the other units
}

// tombstone reports addresses that linkers give to discarded code: 0, 1, and the
// highest ones.
func tombstone(low uint64) bool {
	return low <= 1 || low >= ^uint64(1) || low == 0xffffffff || low == 0xfffffffe
}

// UnitAt finds the unit whose code is at a link-time address.
func (d *Data) UnitAt(pc uint64) (*Unit, error) {
	if _, err := d.Units(); len(d.units) == 0 && err != nil {
		return nil, err
	}
	d.pcs.once.Do(d.readAranges)
	if u := find(d.pcs.quick, pc); u != nil {
		return u, nil
	}
	d.pcs.fullOnce.Do(d.readRootRanges)
	if u := find(d.pcs.full, pc); u != nil {
		return u, nil
	}
	return nil, ErrNotFound
}

func sortRanges(rs []unitRange) {
	slices.SortFunc(rs, func(a, b unitRange) int { return cmp.Compare(a.Low, b.Low) })
}

func find(rs []unitRange, pc uint64) *Unit {
	i := sort.Search(len(rs), func(i int) bool { return rs[i].Low > pc })
	for n := 0; i > 0 && n < 16; n++ { // ranges may nest where discarded code overlaps
		i--
		if pc < rs[i].High {
			return rs[i].unit
		}
	}
	return nil
}

// readAranges reads .debug_aranges (DWARF 5, 6.1.2); damage ends it, what came before
// counts.
func (d *Data) readAranges() {
	d.pcs.listed = map[*Unit]bool{}
	r := buf.Reader{B: d.get(&d.aranges)}
	for r.Len() > 0 {
		start := r.Off
		length, dwarf64 := r.InitialLength()
		if length > uint64(r.Len()) {
			break
		}
		end := r.Off + int(length)
		set := buf.Reader{B: r.B[:end], Off: r.Off}
		r.Off = end
		set.U16()
		unitOff := set.Offset(dwarf64)
		size, segment := int(set.U8()), int(set.U8())
		u := d.unitWithHeader(unitOff)
		if set.Bad || u == nil || size != 4 && size != 8 || segment != 0 {
			continue
		}
		set.Skip(uint64(-(set.Off - start) & (2*size - 1))) // tuples are aligned from the set's start
		for set.Len() >= 2*size {
			low, n := set.Uint(size), set.Uint(size)
			if n == 0 {
				if low == 0 {
					break
				}
				continue
			}
			if !tombstone(low) && low+n > low {
				d.pcs.quick = append(d.pcs.quick, unitRange{Range{low, low + n}, u})
				d.pcs.listed[u] = true
			}
		}
	}
	sortRanges(d.pcs.quick)
}

// unitWithHeader finds the unit of .debug_info whose header is at off.
func (d *Data) unitWithHeader(off uint64) *Unit {
	units := d.units[:d.nInfo]
	i := sort.Search(len(units), func(i int) bool { return units[i].Off >= off })
	if i < len(units) && units[i].Off == off {
		return units[i]
	}
	return nil
}

// readRootRanges asks every unit that .debug_aranges did not list.
func (d *Data) readRootRanges() {
	for _, u := range d.units[:d.nInfo] {
		if d.pcs.listed[u] || u.kind == utPartial || u.ready() != nil {
			continue
		}
		for _, r := range u.codeRanges() {
			if !tombstone(r.Low) {
				d.pcs.full = append(d.pcs.full, unitRange{r, u})
			}
		}
	}
	sortRanges(d.pcs.full)
}

func (u *Unit) codeRanges() []Range {
	if u.root.ranges.Form != 0 {
		if rs, err := u.rangeList(u.root.ranges); err == nil {
			return rs
		}
	}
	if u.root.hasLow && u.root.high > u.root.low {
		return []Range{{u.root.low, u.root.high}}
	}
	if u.root.hasLow && u.root.high == 0 && u.root.low != 0 || u.root.ranges.Form == 0 && !u.root.hasLow {
		var rs []Range
		for _, f := range u.skim().funcs {
			rs = append(rs, f.Range)
		}
		return rs
	}
	return nil
}
