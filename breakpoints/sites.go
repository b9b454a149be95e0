package breakpoints

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
)

// Memory is an address space as far as stop-points need it. Both methods move all of
// p or fail.
type Memory interface {
	ReadAll(addr uint64, p []byte) error
	WriteAll(addr uint64, p []byte) error
}

// Trap is the int3 instruction.
const Trap = 0xcc

// Window is how many original bytes a site keeps: an x86-64 instruction's limit
// (Intel SDM vol. 2, 2.3.11), so that it can be stepped over without reading memory.
const Window = 15

// Site is one address of one address space that holds a trap.
type Site struct {
	Addr  uint64
	saved [Window]byte // original bytes from Addr on, other sites' traps undone
	n     int          // how many of saved are valid, at least 1
	in    bool         // the trap is in memory now
	refs  int

	// Since is the owner's: when the site was made, by a count of its own.
	Since uint64
}

// Inserted says whether the trap is in memory now.
func (s *Site) Inserted() bool { return s.in }

// Original is the program's own bytes at the site: up to Window, at least one.
func (s *Site) Original() []byte { return s.saved[:s.n] }

// Sites is the traps of one address space.
type Sites struct {
	mem   Memory
	sites []*Site // by address
}

// NewSites starts an empty table over a memory.
func NewSites(mem Memory) *Sites { return &Sites{mem: mem} }

func (t *Sites) search(addr uint64) (int, bool) {
	i := sort.Search(len(t.sites), func(i int) bool { return t.sites[i].Addr >= addr })
	return i, i < len(t.sites) && t.sites[i].Addr == addr
}

// At finds the site at an address, or nil.
func (t *Sites) At(addr uint64) *Site {
	if i, ok := t.search(addr); ok {
		return t.sites[i]
	}
	return nil
}

// Len is the number of sites.
func (t *Sites) Len() int { return len(t.sites) }

// All is the sites in the order of their addresses.
func (t *Sites) All() []*Site { return t.sites }

// Acquire puts a trap at an address, or shares the one that is there. The program
// may itself have an int3 there; it keeps it.
func (t *Sites) Acquire(addr uint64) (*Site, error) {
	i, ok := t.search(addr)
	if ok {
		s := t.sites[i]
		s.refs++
		if s.in {
			return s, nil
		}
		return s, t.Insert(s)
	}
	s := &Site{Addr: addr, refs: 1}
	if err := t.load(s); err != nil {
		return nil, err
	}
	if err := t.Insert(s); err != nil {
		return nil, err
	}
	t.sites = slices.Insert(t.sites, i, s)
	return s, nil
}

// load reads the program's bytes at a site; the window may end with the mapping.
func (t *Sites) load(s *Site) error {
	if err := t.mem.ReadAll(s.Addr, s.saved[:1]); err != nil {
		return err
	}
	s.n = 1
	if rest := s.saved[1:Window]; t.mem.ReadAll(s.Addr+1, rest) == nil {
		s.n = Window
	} else if page := int(-s.Addr & 0xfff); page > 1 && page < Window && t.mem.ReadAll(s.Addr+1, s.saved[1:page]) == nil {
		s.n = page
	}
	t.Overlay(s.Addr, s.saved[:s.n])
	return nil
}

// Reload reads a site's bytes after the trap again, for a program that modifies
// itself.
func (t *Sites) Reload(s *Site) {
	first := s.saved[0]
	if t.load(s) == nil && s.in {
		s.saved[0] = first
	}
}

// Release gives up one claim on a site; the last one takes the trap out.
func (t *Sites) Release(addr uint64) error {
	i, ok := t.search(addr)
	if !ok {
		return fmt.Errorf("no site at %#x", addr)
	}
	s := t.sites[i]
	if s.refs--; s.refs > 0 {
		return nil
	}
	err := t.Remove(s)
	t.sites = slices.Delete(t.sites, i, i+1)
	return err
}

// Insert puts a site's trap into memory.
func (t *Sites) Insert(s *Site) error {
	if s.in {
		return nil
	}
	if err := t.mem.WriteAll(s.Addr, []byte{Trap}); err != nil {
		return err
	}
	s.in = true
	return nil
}

// Remove puts the original byte back, unless the program has since put another
// there (self-modifying code, a library unmapped and another mapped).
func (t *Sites) Remove(s *Site) error {
	if !s.in {
		return nil
	}
	s.in = false
	var now [1]byte
	if err := t.mem.ReadAll(s.Addr, now[:]); err != nil {
		return err
	}
	if now[0] != Trap {
		return nil
	}
	return t.mem.WriteAll(s.Addr, s.saved[:1])
}

// RemoveAll takes every trap out and goes on past errors, of which it returns the
// first. The sites stay, to be inserted again.
func (t *Sites) RemoveAll() error {
	var first error
	for _, s := range t.sites {
		if err := t.Remove(s); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Forget empties the table without touching memory: after exec the address space is
// gone and the traps with it.
func (t *Sites) Forget() { t.sites = nil }

// Drop forgets the sites in [low, high): the mapping they were in is gone.
func (t *Sites) Drop(low, high uint64) {
	t.sites = slices.DeleteFunc(t.sites, func(s *Site) bool { return s.Addr >= low && s.Addr < high })
}

// Fork is the table of a child whose memory is a copy of this one's, traps included.
// Nobody claims them yet: who inherits them does so by Acquire.
func (t *Sites) Fork(mem Memory) *Sites {
	c := NewSites(mem)
	for _, s := range t.sites {
		copied := *s
		copied.refs = 0
		c.sites = append(c.sites, &copied)
	}
	return c
}

// Adopt takes over the traps of another space that are in this memory too: a copy of that
// one, or what is left of it. One that is out there now may have been in when the copy was made.
// Nobody claims them yet.
func (t *Sites) Adopt(other *Sites) {
	var b [1]byte
	for _, s := range other.sites {
		i, known := t.search(s.Addr)
		if known || t.mem.ReadAll(s.Addr, b[:]) != nil || b[0] != Trap {
			continue
		}
		copied := *s
		copied.in, copied.refs = true, 0
		t.sites = slices.Insert(t.sites, i, &copied)
	}
}

// Sweep takes out the traps that nobody claims, as far as the memory is there.
func (t *Sites) Sweep() {
	t.sites = slices.DeleteFunc(t.sites, func(s *Site) bool { return s.refs == 0 && t.Remove(s) == nil })
}

// Overlay undoes our traps in bytes that were read at an address, so that no reader
// ever sees one.
func (t *Sites) Overlay(addr uint64, p []byte) {
	t.overlap(addr, len(p), func(s *Site) {
		if s.in && p[s.Addr-addr] == Trap {
			p[s.Addr-addr] = s.saved[0]
		}
	})
}

// Underlay prepares a write of p at an address: bytes that fall on inserted traps
// become the sites' originals, and the trap goes into what is written. It returns p
// itself, or a copy where it had to change one.
func (t *Sites) Underlay(addr uint64, p []byte) []byte {
	out := p
	t.overlap(addr, len(p), func(s *Site) {
		if !s.in {
			return
		}
		if &out[0] == &p[0] {
			out = bytes.Clone(p)
		}
		s.saved[0] = p[s.Addr-addr]
		out[s.Addr-addr] = Trap
	})
	t.refresh(addr, p)
	return out
}

// Touches says whether n bytes at an address fall on a trap or on bytes kept with one.
func (t *Sites) Touches(addr uint64, n int) bool {
	for _, s := range t.sites {
		if addr < s.Addr+Window && s.Addr < addr+uint64(n) {
			return true
		}
	}
	return false
}

// refresh keeps the windows of sites before or inside a write true.
func (t *Sites) refresh(addr uint64, p []byte) {
	end := addr + uint64(len(p))
	for _, s := range t.sites {
		for i := 0; i < s.n; i++ {
			if a := s.Addr + uint64(i); a >= addr && a < end {
				s.saved[i] = p[a-addr]
			}
		}
	}
}

func (t *Sites) overlap(addr uint64, n int, do func(*Site)) {
	if n == 0 {
		return
	}
	i, _ := t.search(addr)
	for ; i < len(t.sites) && t.sites[i].Addr-addr < uint64(n); i++ {
		do(t.sites[i])
	}
}
