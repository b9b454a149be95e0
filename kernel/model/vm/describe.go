package vm

// What maps show: /proc/PID/maps, procstat -v, prmap, and the chains behind them.

import "github.com/trapline/trapline/kernel/model/cpu"

// Entry describes a range of addresses.
type Entry struct {
	Start, End uint64
	Prot, Max  Prot
	Shared     bool
	GrowsDown  bool
	Inherit    Inherit
	Tags       Tags
	Name       string
	Offset     uint64 // in bytes, of a file or a shared object; else 0
	Dev, Ino   uint64 // of a file
	File       Pager  // at the end of the chain, or nil

	Object   uint64 // its ID; 0: none yet
	Refs     int    // the object's users
	Depth    int    // objects in the chain
	Resident uint64 // pages that are in memory
	Private  uint64 // of them, those that only this entry's object has
}

// Length is the size of the range in bytes.
func (e *Entry) Length() uint64 { return e.End - e.Start }

// maxCounted bounds the pages of a file that are counted for one entry.
const maxCounted = 1 << 16

// Entries describes the map, entry by entry: FreeBSD's view.
func (s *Space) Entries() []Entry {
	all := make([]Entry, len(s.entries))
	for i, e := range s.entries {
		all[i] = e.describe()
	}
	return all
}

// Areas describes the map with entries shown as one where only their objects differ:
// Linux's view. Object, Refs and Depth are the first one's.
func (s *Space) Areas() []Entry {
	var all []Entry
	for i, e := range s.entries {
		d := e.describe()
		if i == 0 || !alike(s.entries[i-1], e) {
			all = append(all, d)
			continue
		}
		a := &all[len(all)-1]
		a.End = d.End
		a.Resident += d.Resident
		a.Private += d.Private
	}
	return all
}

// At describes the entry that shows an address, but for Resident and Private.
func (s *Space) At(addr uint64) (Entry, bool) {
	e := s.find(addr)
	if e == nil {
		return Entry{}, false
	}
	return e.facts(), true
}

// Over describes, as At does, what is mapped in a range: entries that go past it are cut.
func (s *Space) Over(addr, length uint64) []Entry {
	var all []Entry
	for _, e := range s.entries[s.search(addr):] {
		if e.start >= addr && e.start-addr >= length {
			break
		}
		d := e.facts()
		if d.Start < addr {
			d.Start = addr
			if d.File != nil || d.Shared {
				d.Offset = e.index(addr) * PageSize
			}
		}
		if d.End-addr > length {
			d.End = addr + length
		}
		all = append(all, d)
	}
	return all
}

// Mapped says whether all of a range is mapped.
func (s *Space) Mapped(addr, length uint64) bool {
	end := addr + length
	for i := s.search(addr); addr < end; i++ {
		if i == len(s.entries) || s.entries[i].start > addr {
			return false
		}
		addr = s.entries[i].end
	}
	return addr >= length // else it went past the last address
}

// Resident is how many pages of the space are in memory.
func (s *Space) Resident() uint64 {
	n := uint64(0)
	for _, e := range s.entries {
		r, _ := e.count()
		n += r
	}
	return n
}

// Size is how many bytes are mapped.
func (s *Space) Size() uint64 {
	n := uint64(0)
	for _, e := range s.entries {
		n += e.end - e.start
	}
	return n
}

// InMemory says whether there is a page in memory for an address.
func (s *Space) InMemory(addr uint64) bool {
	e := s.find(addr)
	return e != nil && e.resident(e.index(addr))
}

func (e *entry) resident(i uint64) bool {
	for o := e.object; o != nil; o = o.backing {
		switch p := o.pages[i]; {
		case o.pager != nil:
			return i < pagesOf(o.pager.Size()) && o.pager.Page(i, false) != nil
		case p == o.mem.hole:
			base := o.base()
			return base != nil && base.pager.Page(i, false) != nil
		case p != nil:
			return true
		}
	}
	return false
}

func (e *entry) describe() Entry {
	d := e.facts()
	d.Resident, d.Private = e.count()
	return d
}

// facts is the description without what has to be counted.
func (e *entry) facts() Entry {
	d := Entry{Start: e.start, End: e.end, Prot: e.prot, Max: e.max, Shared: e.shared, GrowsDown: e.growsDown,
		Inherit: e.inherit, Tags: e.tags, Name: e.name}
	if e.shared {
		d.Offset = e.offset * PageSize
	}
	if o := e.object; o != nil {
		d.Object, d.Refs = o.id, o.refs
	}
	for o := e.object; o != nil; o = o.backing {
		d.Depth++
	}
	if base := e.object.base(); base != nil {
		d.File, d.Offset = base.pager, e.offset*PageSize
		d.Dev, d.Ino = base.pager.ID()
		if d.Name == "" {
			d.Name = base.pager.Name()
		}
	}
	return d
}

// count counts the pages in memory, and the private ones.
func (e *entry) count() (resident, private uint64) {
	o := e.object
	if o != nil && o.backing == nil && o.pager == nil {
		o.each(e.offset, e.pages(), func(uint64, *cpu.Page) { resident++ })
	} else {
		resident = e.countChain()
	}
	if e.private() {
		o.each(e.offset, e.pages(), func(_ uint64, p *cpu.Page) {
			if p != o.mem.hole {
				private++
			}
		})
	}
	return resident, private
}

func (e *entry) countChain() (n uint64) {
	seen := map[uint64]*cpu.Page{} // what hides what is behind: pages and holes
	o := e.object
	for ; o != nil && o.pager == nil; o = o.backing {
		o.each(e.offset, e.pages(), func(i uint64, p *cpu.Page) {
			if seen[i] == nil {
				if seen[i] = p; p != o.mem.hole {
					n++
				}
			}
		})
	}
	if o == nil {
		return n
	}
	size := pagesOf(o.pager.Size())
	for i := e.offset; i-e.offset < min(e.pages(), maxCounted) && i < size; i++ {
		if p := seen[i]; (p == nil || p == o.mem.hole) && o.pager.Page(i, false) != nil {
			n++
		}
	}
	return n
}

// Link is an object of a chain.
type Link struct {
	Object uint64 // its ID
	File   Pager  // or nil: anonymous
	Pages  int    // that it has itself; of a file 0
	Refs   int    // entries, shadows and holders that use it
}

// Chain describes the objects that show what is at an address, the first one first.
func (s *Space) Chain(addr uint64) []Link {
	e := s.find(addr)
	if e == nil {
		return nil
	}
	var chain []Link
	for o := e.object; o != nil; o = o.backing {
		chain = append(chain, Link{Object: o.id, File: o.pager, Pages: len(o.pages), Refs: o.refs})
	}
	return chain
}
