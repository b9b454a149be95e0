package vm

// The machine's memory: how much there is, and who uses it.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/cpu"
)

// Memory is the pages of a machine, that all of its spaces and files share. Use
// NewMemory.
type Memory struct {
	limit   int // pages, and entries in all spaces
	used    int // pages
	entries int

	zero   *cpu.Page // read where an anonymous object has no page; nobody writes it
	hole   *cpu.Page // see Object.pages; nobody reads it
	files  map[Pager]*Object
	spaces []*Space
	ids    uint64 // of the last object
}

// NewMemory is a memory of so many bytes, in whole pages. What would need more fails.
func NewMemory(size uint64) *Memory {
	return &Memory{limit: int(size / PageSize), zero: new(cpu.Page), hole: new(cpu.Page), files: map[Pager]*Object{}}
}

// Take claims n pages, for a user other than a space: a file. It says whether there are
// as many.
func (m *Memory) Take(n int) bool {
	if n < 0 || n > m.limit-m.used {
		return false
	}
	m.used += n
	return true
}

// Give returns n pages that were taken.
func (m *Memory) Give(n int) { m.used -= n }

// Used is how many pages are in use.
func (m *Memory) Used() int { return m.used }

// Limit is how many pages there are.
func (m *Memory) Limit() int { return m.limit }

// roomFor says whether spaces may have n more entries. Entries are bounded as pages are:
// a process could make far more of them than it touches pages.
func (m *Memory) roomFor(n int) bool { return n <= max(m.limit, defaultEntries)-m.entries }

func (m *Memory) enter(s *Space) {
	s.place = len(m.spaces)
	m.spaces = append(m.spaces, s)
}

func (m *Memory) leave(s *Space) {
	m.spaces[s.place] = m.spaces[len(m.spaces)-1]
	m.spaces[s.place].place = s.place
	m.spaces = m.spaces[:len(m.spaces)-1]
}

// page is a new page of zeros, or a copy; nil if there is no memory.
func (m *Memory) page(from *cpu.Page) *cpu.Page {
	switch {
	case !m.Take(1):
		return nil
	case from == nil || from == m.zero:
		return new(cpu.Page)
	}
	return from.Copy()
}

// free returns what an object had in a slot.
func (m *Memory) free(p *cpu.Page) {
	if p != m.hole {
		m.Give(1)
	}
}

// Truncated is to be called after a file has become smaller: its pages from the new size
// on, and private copies of them, are no longer seen by anyone. Zeroing the rest of the
// last page is up to the file.
func (m *Memory) Truncated(p Pager) {
	root := m.files[p]
	if root == nil {
		return
	}
	from := pagesOf(p.Size())
	for _, s := range m.spaces {
		for _, e := range s.entries {
			if e.object.base() == root && e.offset+e.pages() > from {
				e.object.cut(from)
				s.changed(e.start, e.end-e.start)
			}
		}
	}
}

// Mapped says whether a space maps the file, or a private copy of some of it.
func (m *Memory) Mapped(p Pager) bool { return m.files[p] != nil }

// Writable says whether a space maps the file shared and may make it writable.
func (m *Memory) Writable(p Pager) bool {
	root := m.files[p]
	return root != nil && slices.ContainsFunc(m.spaces, func(s *Space) bool {
		return slices.ContainsFunc(s.entries, func(e *entry) bool {
			return e.object == root && e.shared && e.max&Write != 0
		})
	})
}

// pagesOf is how many pages hold n bytes.
func pagesOf(n uint64) uint64 { return n/PageSize + (n%PageSize+PageSize-1)/PageSize }
