package vm

// Mappings that change their size or place: the heap and mremap.

// Move is how Remap may move.
type Move uint8

// The ways to move, which combine.
const (
	MayMove Move = 1 << iota // if there is no room to grow
	MoveTo                   // to the given address, instead of what is there
	KeepOld                  // the old range stays mapped, as it was when it was new
)

// SetHeap says where the heap begins: its end is there too.
func (s *Space) SetHeap(start uint64) { s.heap = Range{start, start} }

// Heap is where the heap begins and ends.
func (s *Space) Heap() Range { return s.heap }

// Brk moves the end of the heap and is the new end, or the old one if that is not
// possible.
func (s *Space) Brk(end uint64) uint64 {
	was, is := round(s.heap.End), round(end)
	switch {
	case end < s.heap.Start || end > s.layout.High:
		return s.heap.End
	case s.Limits.Data != Unlimited && end-s.heap.Start > s.Limits.Data:
		return s.heap.End
	case is < was:
		if s.Unmap(is, was-is) != OK {
			return s.heap.End
		}
	case is > was:
		if !s.free(was, is+PageSize) {
			return s.heap.End
		}
		if _, err := s.Map(Mapping{Addr: was, Length: is - was, Place: FixedIfEmpty, Prot: Read | Write, Name: s.layout.HeapName}); err != OK {
			return s.heap.End
		}
	}
	s.heap.End = end
	return end
}

// reach is the end of what a map shows as one from addr on; addr if nothing is there.
func (s *Space) reach(addr uint64) uint64 {
	i := s.search(addr)
	if i == len(s.entries) || s.entries[i].start > addr {
		return addr
	}
	for i+1 < len(s.entries) && alike(s.entries[i], s.entries[i+1]) {
		i++
	}
	return s.entries[i].end
}

// Remap changes the size of a mapping, or its place, and is its address. An old length of
// 0 makes a second mapping of shared memory. The old range is part of one mapping, else it
// is BadAddress. Invalid: lengths, addresses or ways that do not go together. NoMemory: no
// room, a limit.
func (s *Space) Remap(old, oldLength, newLength, to uint64, how Move) (uint64, Error) {
	was, is := round(oldLength), round(newLength)
	switch {
	case !aligned(old) || is == 0 || was < oldLength || how&(MoveTo|KeepOld) != 0 && how&MayMove == 0:
		return 0, Invalid
	case how&KeepOld != 0 && was != is:
		return 0, Invalid
	case how&MoveTo != 0 && !s.target(old, was, to, is):
		return 0, Invalid
	}
	e := s.find(old)
	switch {
	case e == nil:
		return 0, BadAddress
	case was == 0 && !e.shared:
		return 0, Invalid
	case is < was && how&MoveTo == 0:
		return old, s.Unmap(old+is, was-is)
	case old+was > s.reach(old) || old+was < old:
		return 0, BadAddress
	case is == was && how&(MoveTo|KeepOld) == 0:
		return old, OK
	}
	if how&(MoveTo|KeepOld) == 0 && was != 0 && s.extend(old+was, is-was) {
		return old, OK
	}
	if how&MayMove == 0 {
		return 0, NoMemory
	}
	return s.move(old, was, is, to, how)
}

// target says whether a mapping may be moved to an address.
func (s *Space) target(old, was, to, is uint64) bool {
	h := s.layout.High
	return aligned(to) && is <= h && to <= h-is && to >= s.layout.Low && (old+was <= to || to+is <= old)
}

// charge is what of n bytes more like e counts for the limits.
func (s *Space) charge(e *entry, n uint64) bool {
	if e.isData() {
		return s.within(n, n)
	}
	return s.within(n, 0)
}

// extend lets the mapping that ends at end grow by n bytes, if there is room.
func (s *Space) extend(end, n uint64) bool {
	if s.reach(end-PageSize) != end || end > s.layout.High || n > s.layout.High-end || !s.free(end, end+n) {
		return false
	}
	e := s.find(end - PageSize)
	if !s.charge(e, n) || !s.roomFor(1) {
		return false
	}
	s.insert(e.continued(end, n))
	return true
}

// continued is a new entry, of n bytes at start, that shows what follows e in its object.
func (e *entry) continued(start, n uint64) *entry {
	c := *e
	c.start, c.end, c.offset = start, start+n, e.offset+e.pages()
	c.object = e.fresh()
	return &c
}

// fresh is the object that e had before anything was written, with a new reference.
func (e *entry) fresh() *Object {
	o := e.object
	if !e.shared {
		o = o.base()
	}
	if o != nil {
		o.refs++
	}
	return o
}

// move moves a mapping elsewhere.
func (s *Space) move(old, was, is, to uint64, how Move) (uint64, Error) {
	e := s.find(old)
	twin := *e // for a second mapping
	more := is - min(is, was)
	if how&KeepOld != 0 || was == 0 {
		more = is
	}
	if !s.charge(e, more) || !s.roomFor(6) {
		return 0, NoMemory
	}
	if how&MoveTo == 0 {
		var err Error
		if to, err = s.settle(&Mapping{}, is); err != OK {
			return 0, err
		}
	}
	if was == 0 {
		twin.start, twin.end, twin.offset, twin.object = to, to+is, e.index(old), e.fresh()
		s.clear(to, to+is)
		s.insert(&twin)
		return to, OK
	}
	s.clear(to, to+is)
	if is < was {
		s.clear(old+is, old+was)
		was = is
	}
	s.carry(old, was, is, to, how&KeepOld != 0)
	return to, OK
}

// carry moves the entries of a range to another address, where there is nothing, lets the
// last one grow, and leaves new ones behind if keep.
func (s *Space) carry(old, was, is, to uint64, keep bool) {
	i := s.cut(old)
	moved := s.take(i, s.cut(old+was))
	for _, e := range moved {
		if keep {
			c := *e
			if c.object = e.fresh(); c.object == nil {
				c.offset = c.start / PageSize
			}
			s.insert(&c)
		}
		e.start, e.end = e.start-old+to, e.end-old+to
		if e.object == nil {
			e.offset = e.start / PageSize
		}
	}
	if last := moved[len(moved)-1]; is > was {
		moved = append(moved, last.continued(to+was, is-was))
	}
	for _, e := range moved {
		s.insert(e)
	}
	s.changed(old, was)
}
