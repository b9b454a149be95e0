package elfinfo

// From an address to the symbol that contains it.

import (
	"debug/elf"
	"math/bits"
	"slices"
	"sort"
)

// indexEntry is one addressable symbol. high is the highest end of this and all
// earlier entries: looking left for a symbol that contains an address stops as soon
// as no earlier one can reach it.
type indexEntry struct {
	addr, high uint64
	ref        uint32 // see makeRef
}

// A reference packs a table number and a record number.
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
	x := make([]indexEntry, 0, s.Len())
	for ti, t := range s.tables {
		for i := 1; i < t.n; i++ {
			if r := t.at(i); r.addressable(t) {
				x = append(x, indexEntry{r.value, r.value + min(r.size, ^r.value), makeRef(ti, i)})
			}
		}
	}
	for i, m := range s.made {
		x = append(x, indexEntry{m.Value, m.Value + min(m.Size, ^m.Value), makeRef(madeTab, i)})
	}
	x = sortByAddr(x)
	high := uint64(0)
	for i := range x {
		high = max(high, x[i].high)
		x[i].high = high
	}
	s.index = x
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

// sortByAddr is a stable radix sort over the bits that differ: a comparison sort of a
// browser's symbols takes longer than everything else about the first look-up.
func sortByAddr(x []indexEntry) []indexEntry {
	low, high := ^uint64(0), uint64(0)
	for _, e := range x {
		low, high = min(low, e.addr), max(high, e.addr)
	}
	if len(x) < 2 {
		return x
	}
	const digit = 11
	next := make([]indexEntry, len(x))
	for shift := 0; shift < bits.Len64(high-low); shift += digit {
		var at [1<<digit + 1]int
		for _, e := range x {
			at[(e.addr-low)>>shift&(1<<digit-1)+1]++
		}
		for i := 1; i < len(at); i++ {
			at[i] += at[i-1]
		}
		for _, e := range x {
			d := (e.addr - low) >> shift & (1<<digit - 1)
			next[at[d]] = e
			at[d]++
		}
		x, next = next, x
	}
	return x
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
// end of its section. The best of several names is chosen as Symbol.compare says.
func (s *Symbols) Lookup(addr uint64) (found Found, ok bool) {
	err := Guard("symbol table", func() error {
		s.indexOnce.Do(s.buildIndex)
		found, ok = s.lookup(addr)
		return nil
	})
	return found, ok && err == nil
}

func (s *Symbols) lookup(addr uint64) (Found, bool) {
	x := s.index
	last := sort.Search(len(x), func(i int) bool { return x[i].addr > addr }) - 1
	for i := last; i >= 0; i-- {
		// The symbols that start where entry i does are one group.
		group := i
		for group > 0 && x[group-1].addr == x[i].addr {
			group--
		}
		if f, ok := s.choose(group, i, addr, i == last); ok {
			return f, true
		}
		i = group
		if i > 0 && x[i-1].high <= addr {
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
		sym := s.deref(s.index[i].ref)
		switch {
		case addr-sym.Value < sym.Size:
			sized = append(sized, sym)
		case sym.Value == addr:
			open = append(open, sym) // exactly here: a name whatever its size
		case sym.Size == 0 && nearest && s.sectionReaches(first, addr):
			open = append(open, sym)
		}
	}
	if len(sized) == 0 && len(open) > 0 && first > 0 && s.index[first-1].high > addr && !hasFunc(open) {
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
	ref := s.index[i].ref
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
