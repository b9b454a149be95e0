package vm

// What happens when memory is touched: the page fault.

import "github.com/trapline/trapline/kernel/model/cpu"

// permits has the permissions of which one is needed for an access: what x86-64 can write
// or execute it can read.
var permits = [...]Prot{cpu.Read: All, cpu.Write: Write, cpu.Execute: Exec}

// Page is the page that a program's access to addr gets, nil if it faults: Why says how.
// A write gets a page that is the space's own or shared on purpose, an entry that grows
// down grows.
func (s *Space) Page(addr uint64, a cpu.Access) *cpu.Page {
	e := s.last
	if e == nil || addr-e.start >= e.end-e.start {
		if e = s.find(addr); e == nil {
			p, _ := s.fault(addr, a)
			return p
		}
	}
	if e.prot&permits[a] == 0 {
		return nil
	}
	if o := e.object; o != nil && (a != cpu.Write || o.refs == 1 || e.shared) {
		if p := o.pages[e.index(addr)]; p != nil && p != o.mem.hole {
			return p
		}
	}
	p, _ := s.touch(e, addr, a == cpu.Write)
	return p
}

// Why is why Page is nil.
func (s *Space) Why(addr uint64, a cpu.Access) Fault {
	_, f := s.fault(addr, a)
	return f
}

// fault is the page for a program's access, or why there is none.
func (s *Space) fault(addr uint64, a cpu.Access) (*cpu.Page, Fault) {
	e := s.find(addr)
	if e == nil {
		if e = s.grow(addr); e == nil {
			return nil, Unmapped
		}
	}
	if e.prot&permits[a] == 0 {
		return nil, Protected
	}
	return s.touch(e, addr, a == cpu.Write)
}

// touch is the page at addr of an entry that shows it, whatever the protection.
func (s *Space) touch(e *entry, addr uint64, write bool) (*cpu.Page, Fault) {
	i := e.index(addr)
	switch {
	case e.shared: // even to read it is made: no one must remember what stood in for it
		p, _, f := e.object.own(i)
		return p, f
	case !write && e.object == nil:
		return s.mem.zero, None
	case !write:
		return e.object.see(i)
	}
	if o := e.object; o != nil { // what cannot be seen is not copied
		if _, f := o.see(i); f != None {
			return nil, f
		}
	}
	o := e.claim(s.mem)
	p, made, f := o.own(i)
	if made {
		o.uncover(e.pages())
		s.changed(addr&^(PageSize-1), PageSize)
	}
	return p, f
}

// grow extends the entry above addr down to it, if it grows, and is the entry that then
// shows addr, else nil.
func (s *Space) grow(addr uint64) *entry {
	i := s.search(addr)
	if i == len(s.entries) || addr < s.layout.Low {
		return nil
	}
	e := s.entries[i]
	if !e.growsDown || e.shared || e.object.base() != nil {
		return nil
	}
	start := addr &^ (PageSize - 1)
	if i > 0 {
		below := s.entries[i-1]
		if !below.growsDown && below.prot != 0 && start-below.end < s.layout.StackGap {
			return nil
		}
	}
	top := i
	for top+1 < len(s.entries) && alike(s.entries[top], s.entries[top+1]) {
		top++
	}
	if s.entries[top].end-start > s.Limits.Stack || !s.within(e.start-start, 0) || !s.roomFor(1) {
		return nil
	}
	n := *e
	n.start, n.end, n.object = start, e.start, nil
	n.offset = e.offset - n.pages()
	s.insert(&n)
	return s.find(addr)
}
