package vm

// The list of entries: finding, cutting, joining.

import "slices"

// entry is a range of addresses that show one object.
type entry struct {
	start, end uint64
	object     *Object // nil: private, nothing written yet, zeros
	offset     uint64  // index in the object of the first page
	prot, max  Prot
	shared     bool // writes go to the object, whoever else uses it
	growsDown  bool
	inherit    Inherit
	tags       Tags
	name       string
}

func (e *entry) pages() uint64            { return (e.end - e.start) / PageSize }
func (e *entry) index(addr uint64) uint64 { return e.offset + (addr-e.start)/PageSize }

// private says whether the entry has its object for itself, to write to.
func (e *entry) private() bool {
	return e.object != nil && e.object.refs == 1 && e.object.pager == nil && !e.shared
}

// claim gives a private entry an object that it may write to.
func (e *entry) claim(m *Memory) *Object {
	switch {
	case e.object == nil:
		e.object = m.object()
	case !e.private():
		e.object = e.object.shadow()
	}
	return e.object
}

// makeShared lets the entry be one of several that write to its object.
func (e *entry) makeShared(m *Memory) {
	if !e.shared {
		e.claim(m)
		e.shared = true
	}
}

// trim frees pages of a private entry's object that the entry does not show.
func (e *entry) trim() {
	if !e.private() || !e.object.loose {
		return
	}
	lo, n := e.offset, e.pages()
	e.object.discard(lo+n, -n)
	e.object.loose = false
}

// alike says whether a map shows the two as one: a ends where b begins, and what b shows
// continues what a shows.
func alike(a, b *entry) bool {
	if a.end != b.start || a.prot != b.prot || a.max != b.max || a.shared != b.shared || a.growsDown != b.growsDown ||
		a.inherit != b.inherit || a.tags != b.tags || a.offset+a.pages() != b.offset || a.name != b.name {
		return false
	}
	return a.object == b.object || !a.shared && a.object.base() == b.object.base()
}

// join makes one entry of two that are alike, if their objects can be: it is then a.
func join(a, b *entry) bool {
	switch o, p := a.object, b.object; {
	case !alike(a, b):
		return false
	case o == p:
		if o != nil {
			o.drop()
		}
	case !o.plain() || !p.plain():
		return false
	default:
		a.trim()
		b.trim()
		switch {
		case a.private() && b.private():
			o.absorb(p)
		case b.private():
			a.object, b.object = p, o
			fallthrough
		default:
			if b.object != nil {
				b.object.drop()
			}
		}
	}
	a.end = b.end
	return true
}

// search is the index of the first entry that ends above addr.
func (s *Space) search(addr uint64) int {
	lo, hi := 0, len(s.entries)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); s.entries[mid].end <= addr {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// find is the entry at addr, or nil.
func (s *Space) find(addr uint64) *entry {
	if e := s.last; e != nil && addr-e.start < e.end-e.start {
		return e
	}
	i := s.search(addr)
	if i == len(s.entries) || addr < s.entries[i].start {
		return nil
	}
	s.last = s.entries[i]
	return s.last
}

// roomFor says whether there may be n more entries.
func (s *Space) roomFor(n int) bool {
	return len(s.entries)+n <= s.layout.MaxEntries && s.mem.roomFor(n)
}

// insert puts an entry into the list, where there is nothing, and joins it with its
// neighbours.
func (s *Space) insert(e *entry) {
	i := s.search(e.start)
	s.entries = slices.Insert(s.entries, i, e)
	s.mem.entries++
	s.tidy(i, i+1)
}

// remove takes the entries from i up to j out of the list and drops their objects.
func (s *Space) remove(i, j int) {
	for _, e := range s.take(i, j) {
		if e.object != nil {
			e.object.drop()
		}
	}
}

// take takes the entries from i up to j out of the list, with their objects.
func (s *Space) take(i, j int) []*entry {
	taken := slices.Clone(s.entries[i:j])
	s.entries = slices.Delete(s.entries, i, j)
	s.mem.entries -= j - i
	s.last = nil
	return taken
}

// cut makes an entry begin at addr, if one shows it, and is the index of the first entry
// that begins there or above.
func (s *Space) cut(addr uint64) int {
	i := s.search(addr)
	if i == len(s.entries) || addr <= s.entries[i].start {
		return i
	}
	e := s.entries[i]
	n := new(entry)
	*n = *e
	n.start, n.offset = addr, e.index(addr)
	e.end = addr
	switch o := e.object; {
	case o == nil:
	case !e.private():
		o.refs++
		o.loose = o.loose || !e.shared
	case e.pages() < n.pages():
		e.object = o.split(e.offset, e.pages())
	default:
		n.object = o.split(n.offset, n.pages())
	}
	s.entries = slices.Insert(s.entries, i+1, n)
	s.mem.entries++
	return i + 1
}

// tidy joins what can be of the entries from i up to j, and their neighbours.
func (s *Space) tidy(i, j int) {
	i, j = max(i, 1), min(j, len(s.entries)-1)
	if i > j {
		return
	}
	kept := i - 1
	for k := i; k <= j; k++ {
		if !join(s.entries[kept], s.entries[k]) {
			kept++
			s.entries[kept] = s.entries[k]
		}
	}
	if kept < j {
		s.entries = slices.Delete(s.entries, kept+1, j+1)
		s.mem.entries -= j - kept
		s.last = nil
	}
}
