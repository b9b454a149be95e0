package vm

// What system calls do to the map: map, unmap, protect, and the like.

// Place is how Map takes a Mapping's address.
type Place uint8

// The places.
const (
	Hint         Place = iota // if nothing is there, else anywhere; 0: anywhere
	Fixed                     // there, instead of what is there
	FixedIfEmpty              // there, or Exists
)

// Mapping is a request to map something. The file or object is mapped from Offset on;
// without one it is anonymous memory.
type Mapping struct {
	Addr      uint64
	Length    uint64 // in bytes; it is rounded up to pages
	Place     Place
	Low       bool // within the layout's Low32, unless Fixed
	Prot      Prot
	Max       Prot // what Protect may allow later; 0: All
	Shared    bool
	GrowsDown bool
	Inherit   Inherit
	Tags      Tags
	Name      string // as a map shows it; "": the file's
	File      Pager
	Object    *Object // of NewObject, Shared; or neither
	Offset    uint64  // in bytes, a multiple of PageSize
}

// aligned says whether addr is a page's.
func aligned(addr uint64) bool { return addr%PageSize == 0 }

// round is the length in whole pages, 0 if there is no such length.
func round(n uint64) uint64 { return (n + PageSize - 1) &^ (PageSize - 1) }

// Map maps memory and is its address. Invalid: a length of 0, or an address or offset
// that is not a page's. NoMemory: no such room, a limit. Access: more than Max.
// Overflow: an offset that large.
func (s *Space) Map(m Mapping) (uint64, Error) {
	n := round(m.Length)
	if m.Max == 0 {
		m.Max = All
	}
	switch {
	case m.Length == 0 || !aligned(m.Offset) || m.Place != Hint && !aligned(m.Addr):
		return 0, Invalid
	case n == 0 || n > s.layout.High-s.layout.Low:
		return 0, NoMemory
	case m.Offset+n < m.Offset:
		return 0, Overflow
	case m.Object != nil && !m.Shared:
		return 0, Invalid
	case m.Prot&^m.Max != 0:
		return 0, Access
	}
	addr, err := s.settle(&m, n)
	if err != OK {
		return 0, err
	}
	e := &entry{start: addr, end: addr + n, prot: m.Prot, max: m.Max, shared: m.Shared, growsDown: m.GrowsDown,
		inherit: m.Inherit, tags: m.Tags, name: m.Name, offset: m.Offset / PageSize}
	data := uint64(0)
	if e.isData() {
		data = n
	}
	gone, goneData := uint64(0), uint64(0)
	if m.Place == Fixed {
		gone, goneData = s.sizes(addr, addr+n)
	}
	if !s.within(n-min(gone, n), data-min(goneData, data)) || !s.roomFor(2) {
		return 0, NoMemory
	}
	if m.Place == Fixed {
		s.clear(addr, addr+n)
	}
	switch {
	case m.File != nil:
		e.object = s.mem.file(m.File)
	case m.Object != nil:
		e.object = m.Object
		e.object.refs++
	case m.Shared:
		e.object, e.offset = s.mem.NewObject(n), 0
	default:
		e.offset = addr / PageSize
	}
	s.insert(e)
	return addr, OK
}

// settle finds the address of a mapping of n bytes.
func (s *Space) settle(m *Mapping, n uint64) (uint64, Error) {
	l := &s.layout
	if m.Place != Hint {
		switch {
		case m.Addr > l.High-n:
			return 0, NoMemory
		case m.Addr < l.Low:
			return 0, NotPermitted
		case m.Place == FixedIfEmpty && !s.empty(m.Addr, m.Addr+n):
			return 0, Exists
		}
		return m.Addr, OK
	}
	if m.Low {
		return s.above(l.Low32.Start, l.Low32.End, n)
	}
	if hint := m.Addr &^ (PageSize - 1); hint != 0 {
		hint = max(hint, l.Low)
		if hint <= l.High-n && s.free(hint, hint+n) {
			return hint, OK
		}
	}
	if l.BottomUp {
		if addr, err := s.above(l.Base, l.High, n); err == OK {
			return addr, OK
		}
	} else if addr, ok := s.below(l.Base, n); ok {
		return addr, OK
	}
	return s.above(l.Low, l.High, n)
}

// floor is where the room of an entry begins: what grows down needs some below it.
func (s *Space) floor(e *entry) uint64 {
	if !e.growsDown {
		return e.start
	}
	return e.start - min(e.start, s.layout.StackGap)
}

// empty says whether nothing is mapped from start up to end.
func (s *Space) empty(start, end uint64) bool {
	i := s.search(start)
	return i == len(s.entries) || s.entries[i].start >= end
}

// free is empty, and clear of the room of what grows down.
func (s *Space) free(start, end uint64) bool {
	i := s.search(start)
	return i == len(s.entries) || s.floor(s.entries[i]) >= end
}

// above is the lowest free place of n bytes between lo and hi.
func (s *Space) above(lo, hi, n uint64) (uint64, Error) {
	for _, e := range s.entries[s.search(lo):] {
		if f := s.floor(e); f >= lo && f-lo >= n {
			break
		}
		lo = max(lo, e.end)
	}
	if lo > hi || hi-lo < n {
		return 0, NoMemory
	}
	return lo, OK
}

// below is the highest free place of n bytes under hi.
func (s *Space) below(hi, n uint64) (uint64, bool) {
	lo := s.layout.Low
	i := s.search(hi)
	if i < len(s.entries) {
		hi = min(hi, s.floor(s.entries[i]))
	}
	for i--; i >= 0; i-- {
		e := s.entries[i]
		if hi >= e.end && hi-e.end >= n {
			break
		}
		hi = min(hi, s.floor(e))
	}
	if hi < lo || hi-lo < n {
		return 0, false
	}
	return hi - n, true
}

// isData says whether the entry counts for Limits.Data.
func (e *entry) isData() bool { return !e.shared && e.prot&Write != 0 && !e.growsDown }

// sizes are the bytes mapped from start up to end, and those of them that are data.
func (s *Space) sizes(start, end uint64) (total, data uint64) {
	if s.Limits.Total == Unlimited && s.Limits.Data == Unlimited {
		return 0, 0
	}
	for _, e := range s.entries[s.search(start):] {
		if e.start >= end {
			break
		}
		n := min(e.end, end) - max(e.start, start)
		total += n
		if e.isData() {
			data += n
		}
	}
	return total, data
}

// within says whether the limits allow so many bytes more.
func (s *Space) within(total, data uint64) bool {
	t, d := s.sizes(0, s.layout.High)
	return total <= s.Limits.Total-min(t, s.Limits.Total) && (data == 0 || data <= s.Limits.Data-min(d, s.Limits.Data))
}

// clear unmaps what is there from start up to end.
func (s *Space) clear(start, end uint64) {
	i := s.cut(start)
	if j := s.cut(end); i < j {
		s.remove(i, j)
		s.changed(start, end-start)
	}
}

// span checks a range of whole pages that a call names, and is its end.
func span(addr, length uint64) (end uint64, err Error) {
	n := round(length)
	if !aligned(addr) || n < length || addr+n < addr {
		return 0, Invalid
	}
	return addr + n, OK
}

// Unmap unmaps a range; that nothing is there is no error. Invalid: no length, not a
// page, outside of user addresses. NoMemory: too many entries would remain.
func (s *Space) Unmap(addr, length uint64) Error {
	end, err := span(addr, length)
	if err != OK || length == 0 || end > s.layout.High {
		return Invalid
	}
	if !s.roomFor(1) && !s.empty(addr, end) {
		if e := s.entries[s.search(addr)]; e.start < addr && e.end > end {
			return NoMemory
		}
	}
	s.clear(addr, end)
	return OK
}

// Protect changes permissions. It goes from the first entry to the last and ends where
// nothing is mapped (NoMemory) or where the maximum does not allow it (Access): what was
// before that is changed.
func (s *Space) Protect(addr, length uint64, p Prot) Error {
	return s.alter(addr, length, true, func(e *entry) Error {
		if p&^e.max != 0 {
			return Access
		}
		e.prot = p
		return OK
	})
}

// Inherit says what a child of a fork gets. Where nothing is mapped it is NoMemory, after
// the rest is done.
func (s *Space) Inherit(addr, length uint64, how Inherit) Error {
	return s.alter(addr, length, false, func(e *entry) Error {
		e.inherit = how
		return OK
	})
}

// Tag sets and clears marks. Where nothing is mapped it is NoMemory, after the rest is
// done.
func (s *Space) Tag(addr, length uint64, set, clear Tags) Error {
	return s.alter(addr, length, false, func(e *entry) Error {
		e.tags = e.tags&^clear | set
		return OK
	})
}

// Discard gives up what was written to private memory: anonymous pages become zeros, a
// file's are seen again. Shared memory stays. Where nothing is mapped it is NoMemory,
// after the rest is done.
func (s *Space) Discard(addr, length uint64) Error {
	end, err := span(addr, length)
	if err != OK {
		return err
	}
	at := addr
	for _, e := range s.entries[s.search(addr):] {
		if e.start >= end {
			break
		}
		if e.start > at {
			err = NoMemory
		}
		at = e.end
		if o := e.object; e.shared || o == nil || o.pager != nil {
			continue
		}
		lo, hi := max(e.start, addr), min(e.end, end)
		e.claim(s.mem).hide(e.index(lo), (hi-lo)/PageSize)
	}
	if at < end {
		err = NoMemory
	}
	s.changed(addr, end-addr)
	return err
}

// cuts is how many entries a cut at addr makes.
func (s *Space) cuts(addr uint64) int {
	if e := s.find(addr); e != nil && e.start < addr {
		return 1
	}
	return 0
}

// alter calls f with each entry of a range, cut to it. With stop it ends where nothing is
// mapped; that is NoMemory in any case.
func (s *Space) alter(addr, length uint64, stop bool, f func(*entry) Error) Error {
	end, err := span(addr, length)
	if err != OK || addr == end {
		return err
	}
	if !s.roomFor(s.cuts(addr) + s.cuts(end)) {
		return NoMemory
	}
	first := s.cut(addr)
	last := s.cut(end)
	at, i := addr, first
	for ; i < last; i++ {
		e := s.entries[i]
		if e.start > at {
			if err = NoMemory; stop {
				break
			}
		}
		if failed := f(e); failed != OK {
			err = failed
			break
		}
		at = e.end
	}
	if i == last && at < end {
		err = NoMemory
	}
	s.tidy(first, last)
	s.changed(addr, end-addr)
	return err
}
