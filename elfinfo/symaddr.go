package elfinfo

// From an address to the symbol that contains it.

import (
	"debug/elf"
	"math/bits"
	"slices"
	"sort"
)

// addrIndex holds every addressable symbol sorted by address. maxEnd[i] is the
// highest end of the first i+1 entries: looking left for a symbol that contains an
// address stops as soon as no earlier one can reach it.
type addrIndex struct {
	addr   []uint64
	ref    []uint32 // symRef
	maxEnd []uint64
}

// A symRef packs a table number and a record number.
const (
	refBits = 26
	madeTab = 1<<(32-refBits) - 1 // "table" of the made-up symbols
)

func makeRef(table, i int) uint32 { return uint32(table)<<refBits | uint32(i) }

func (s *Symbols) deref(ref uint32) Symbol {
	table, i := int(ref>>refBits), int(ref&(1<<refBits-1))
	if table == madeTab {
		return s.made[i]
	}
	return s.tables[table].symbol(i)
}

func (s *Symbols) buildIndex() {
	x := &s.index
	var ends []uint64
	put := func(addr, size uint64, ref uint32) {
		x.addr, x.ref = append(x.addr, addr), append(x.ref, ref)
		ends = append(ends, addr+min(size, ^addr))
	}
	for ti, t := range s.tables {
		for i := 1; i < t.n; i++ {
			r := t.at(i)
			if r.addressable(t) {
				put(r.value, r.size, makeRef(ti, i))
			}
		}
	}
	for i, m := range s.made {
		put(m.Value, m.Size, makeRef(madeTab, i))
	}
	order := sortedOrder(x.addr)
	x.addr, x.ref, ends = permute(x.addr, order), permute(x.ref, order), permute(ends, order)
	high := uint64(0)
	for i, e := range ends {
		high = max(high, e)
		ends[i] = high
	}
	x.maxEnd = ends
}

// addressable is Symbol.addressable without making the Symbol.
func (r record) addressable(t *symTable) bool {
	switch elf.ST_TYPE(r.info) {
	case elf.STT_FUNC, elf.STT_OBJECT, elf.STT_NOTYPE, sttIFunc:
	default:
		return false
	}
	switch elf.SectionIndex(r.section) {
	case elf.SHN_UNDEF, elf.SHN_ABS, elf.SHN_COMMON:
		return false
	}
	return uint64(r.name) < uint64(len(t.strs)) && t.strs[r.name] != 0
}

// sortedOrder returns the permutation that sorts keys, by a radix sort over the bits
// that differ: a comparison sort of a browser's symbols takes longer than everything
// else about the first look-up together.
func sortedOrder(keys []uint64) []uint32 {
	order, next := make([]uint32, len(keys)), make([]uint32, len(keys))
	low, high := ^uint64(0), uint64(0)
	for i, k := range keys {
		order[i] = uint32(i)
		low, high = min(low, k), max(high, k)
	}
	if len(keys) < 2 {
		return order
	}
	const digit = 11
	for shift := 0; shift < bits.Len64(high-low); shift += digit {
		var count [1<<digit + 1]uint32
		for _, k := range keys {
			count[(k-low)>>shift&(1<<digit-1)+1]++
		}
		for i := 1; i < len(count); i++ {
			count[i] += count[i-1]
		}
		for _, o := range order {
			d := (keys[o] - low) >> shift & (1<<digit - 1)
			next[count[d]] = o
			count[d]++
		}
		order, next = next, order
	}
	return order
}

func permute[T any](in []T, order []uint32) []T {
	out := make([]T, len(in))
	for i, o := range order {
		out[i] = in[o]
	}
	return out
}

// Found is the answer to an address look-up.
type Found struct {
	Symbol
	Offset  uint64   // address minus Symbol.Value
	Aliases []string // other names of the same address, best first, versions included
}

// maxAliases bounds the names listed for one address.
const maxAliases = 64

// Lookup returns the symbol that contains addr: the innermost sized one; else the
// nearest label of unknown size before it, which extends to the next symbol or the
// end of its section. The best of several names is chosen as Symbol.better says.
func (s *Symbols) Lookup(addr uint64) (found Found, ok bool) {
	err := Guard("symbol table", func() error {
		s.indexOnce.Do(s.buildIndex)
		found, ok = s.lookup(addr)
		return nil
	})
	return found, ok && err == nil
}

func (s *Symbols) lookup(addr uint64) (Found, bool) {
	x := &s.index
	last := sort.Search(len(x.addr), func(i int) bool { return x.addr[i] > addr }) - 1
	for i := last; i >= 0; i-- {
		// Symbols that start at x.addr[i], one group.
		group := i
		for group > 0 && x.addr[group-1] == x.addr[i] {
			group--
		}
		if f, ok := s.choose(group, i, addr, i == last); ok {
			return f, true
		}
		i = group
		if i > 0 && x.maxEnd[i-1] <= addr {
			break
		}
	}
	return Found{}, false
}

// choose picks the best of entries first..last, which share an address, among those
// that contain addr. Symbols of unknown size count only when nearest, and only if no
// earlier sized symbol contains addr too (a label inside a function).
func (s *Symbols) choose(first, last int, addr uint64, nearest bool) (Found, bool) {
	var sized, open []Symbol
	for i := first; i <= last && len(sized)+len(open) < maxAliases; i++ {
		sym := s.deref(s.index.ref[i])
		switch {
		case addr-sym.Value < sym.Size:
			sized = append(sized, sym)
		case sym.Value == addr:
			open = append(open, sym) // exactly here: a name whatever its size
		case sym.Size == 0 && nearest && s.sectionReaches(first, addr):
			open = append(open, sym)
		}
	}
	if len(sized) == 0 && len(open) > 0 && first > 0 && s.index.maxEnd[first-1] > addr && !hasFunc(open) {
		return Found{}, false
	}
	all := unique(append(sized, open...))
	if len(all) == 0 {
		return Found{}, false
	}
	f := Found{Symbol: all[0], Offset: addr - all[0].Value}
	for _, a := range all[1:] {
		f.Aliases = append(f.Aliases, a.FullName())
	}
	return f, true
}

func hasFunc(syms []Symbol) bool {
	return slices.ContainsFunc(syms, Symbol.IsFunc)
}

// sectionReaches reports whether addr is in the section of the symbol at index i.
func (s *Symbols) sectionReaches(i int, addr uint64) bool {
	ref := s.index.ref[i]
	table := int(ref >> refBits)
	if table == madeTab {
		return false
	}
	t := s.tables[table]
	r := t.at(int(ref & (1<<refBits - 1)))
	if int(r.section) >= len(t.file.Sections) {
		return t.file.Mapped(addr) // no usable section headers
	}
	sec := t.file.Sections[r.section]
	return addr >= sec.Addr && addr-sec.Addr < sec.Size
}
