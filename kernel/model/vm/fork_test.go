package vm

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/kernel/model/cpu"
)

// one is the byte at an address.
func one(s *Space, addr uint64) byte {
	var b [1]byte
	s.Peek(addr, b[:])
	return b[0]
}

func depth(s *Space, addr uint64) int { return len(s.Chain(addr)) }

// TestCopyOnWrite follows one page through forks and writes: the seed's lecture.
func TestCopyOnWrite(t *testing.T) {
	s := newSmall()
	addr := must(t, s, Mapping{Length: 4 * pg, Prot: Read | Write})
	if one(s, addr); s.mem.Used() != 0 || depth(s, addr) != 0 {
		t.Error("reading zeros takes memory")
	}
	s.Store(addr, []byte{1})
	s.Store(addr+pg, []byte{2})
	c, _ := s.Fork()
	if s.mem.Used() != 2 || s.Page(addr, cpu.Read) != c.Page(addr, cpu.Read) {
		t.Error("fork copies pages")
	}
	c.Store(addr, []byte{3})
	if one(s, addr) != 1 || one(c, addr) != 3 || one(c, addr+pg) != 2 || s.mem.Used() != 3 {
		t.Errorf("%d %d %d, %d pages", one(s, addr), one(c, addr), one(c, addr+pg), s.mem.Used())
	}
	want := []Link{{Object: 2, Pages: 1, Refs: 1}, {Object: 1, Pages: 2, Refs: 2}}
	if d := cmp.Diff(want, c.Chain(addr)); d != "" {
		t.Errorf("chain (-want +got):\n%s", d)
	}
	e := c.Entries()[0]
	if e.Resident != 2 || e.Private != 1 || e.Depth != 2 || e.Refs != 1 {
		t.Errorf("%+v", e)
	}
	s.Release()
	if depth(c, addr) != 1 || c.mem.Used() != 2 || one(c, addr) != 3 || one(c, addr+pg) != 2 {
		t.Errorf("after the parent: depth %d, %d pages", depth(c, addr), c.mem.Used())
	}
}

// TestGenerations: chains stay short however many forks there were.
func TestGenerations(t *testing.T) {
	for name, next := range map[string]func(parent, child *Space) *Space{
		"the child lives":  func(p, c *Space) *Space { p.Release(); return c },
		"the parent lives": func(p, c *Space) *Space { c.Release(); return p },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSmall()
			addr := must(t, s, Mapping{Length: 4 * pg, Prot: Read | Write})
			s.Store(addr, make([]byte, 3*pg))
			for i := range 100 {
				c, _ := s.Fork()
				s.Store(addr, []byte{byte(i)})
				c.Store(addr, []byte{byte(i)})
				c.Store(addr+pg, []byte{byte(i)})
				s = next(s, c)
				if d := depth(s, addr); d > 1 || s.mem.Used() > 4 {
					t.Fatalf("generation %d: depth %d, %d pages", i, d, s.mem.Used())
				}
			}
		})
	}
}

// TestUncovered: what is hidden altogether is not kept, while others live too.
func TestUncovered(t *testing.T) {
	s := newSmall()
	addr := must(t, s, Mapping{Length: 2 * pg, Prot: Read | Write})
	for range 10 {
		s.Store(addr, make([]byte, 2*pg))
		if d := depth(s, addr); d != 1 {
			t.Fatalf("depth %d", d)
		}
		s.Fork()
	}
}

// TestInheritances: what a child gets.
func TestInheritances(t *testing.T) {
	for _, c := range []struct {
		how    Inherit
		shared bool
		parent byte // after the child wrote 2
		child  int  // before; -1: not mapped
	}{
		{InheritCopy, false, 1, 1},
		{InheritCopy, true, 2, 1},
		{InheritShare, false, 2, 1},
		{InheritNone, false, 1, -1},
		{InheritZero, false, 1, 0},
		{InheritZero, true, 1, 0},
	} {
		s := newSmall()
		addr := must(t, s, Mapping{Length: 2 * pg, Prot: Read | Write, Shared: c.shared, Inherit: c.how})
		s.Store(addr, []byte{1})
		n, _ := s.Fork()
		child := -1
		if _, mapped := n.At(addr); mapped {
			child = int(one(n, addr))
			n.Store(addr, []byte{2})
		}
		if child != c.child || one(s, addr) != c.parent {
			t.Errorf("%v, shared %v: child %d, then parent %d", c.how, c.shared, child, one(s, addr))
		}
		checkBooks(t, s.mem, func() {})
	}
}

// TestForkFails: a fork without room for entries leaves everything as it was.
func TestForkFails(t *testing.T) {
	mem := NewMemory(10 * PageSize)
	s := New(small(mem))
	must(t, s, Mapping{Length: pg, Prot: Read | Write})
	mem.entries = defaultEntries
	if _, err := s.Fork(); err != NoMemory {
		t.Error(err)
	}
	mem.entries = 1
	checkBooks(t, mem, func() {})
}

// TestSharedSpace: the last user frees.
func TestSharedSpace(t *testing.T) {
	s := newSmall()
	addr := must(t, s, Mapping{Length: pg, Prot: Read | Write})
	s.Retain()
	s.Release()
	if s.Users() != 1 || s.Store(addr, []byte{1}) != 1 {
		t.Error("the space is gone")
	}
	s.Release()
	if s.mem.Used() != 0 || len(s.mem.spaces) != 0 || s.Page(addr, cpu.Read) != nil {
		t.Error("the space is not gone")
	}
}

// TestFilePages: all see the file's own pages until they write.
func TestFilePages(t *testing.T) {
	s := newSmall()
	f := newFile("/f", 3*pg)
	private := must(t, s, Mapping{Length: 3 * pg, Prot: Read | Write, File: f})
	shared := must(t, s, Mapping{Length: 3 * pg, Prot: Read | Write, File: f, Shared: true})
	if s.Page(private, cpu.Read) != f.pages[0] || s.Page(shared, cpu.Write) != f.pages[0] {
		t.Error("not the file's page")
	}
	s.Store(private, []byte{1})
	s.Store(shared, []byte{2})
	s.Store(shared+pg, []byte{3})
	if one(s, private) != 1 || one(s, private+pg) != 3 || f.pages[0].Data[0] != 2 {
		t.Error("writes went astray")
	}
	if !s.mem.Mapped(f) || !s.mem.Writable(f) {
		t.Error("the file is not known to be mapped")
	}
	s.Discard(private, 3*pg)
	if one(s, private) != 2 || s.mem.Used() != 0 {
		t.Error("discarding does not show the file")
	}
	s.Unmap(shared, 3*pg)
	if s.mem.Writable(f) || !s.mem.Mapped(f) {
		t.Error("the file is still known to be writable")
	}
	s.Store(private+2*pg, []byte{4})
	f.resize(pg)
	s.mem.Truncated(f)
	if s.Why(private+2*pg, cpu.Read) != Beyond || s.mem.Used() != 0 {
		t.Error("a page is there that the file lost")
	}
}

// TestDiscardAfterFork: the discarded page does not come back from the chain.
func TestDiscardAfterFork(t *testing.T) {
	s := newSmall()
	addr := must(t, s, Mapping{Length: 4 * pg, Prot: Read | Write})
	s.Store(addr, make([]byte, 4*pg))
	s.Store(addr+pg, []byte{1})
	c, _ := s.Fork()
	c.Discard(addr+pg, pg)
	if one(c, addr+pg) != 0 || one(s, addr+pg) != 1 || c.InMemory(addr+pg) || !c.InMemory(addr) {
		t.Error("the wrong one was discarded")
	}
	e := c.Entries()[0]
	if e.Resident != 3 || e.Private != 0 {
		t.Errorf("%+v", e)
	}
	c.Store(addr+pg+1, []byte{2})
	if one(c, addr+pg) != 0 || one(c, addr+pg+1) != 2 {
		t.Error("the page did not start from zeros")
	}
}

// TestChanged: processors are told when what they know is wrong, and not told of more
// than needed where it would be slow.
func TestChanged(t *testing.T) {
	f := newFile("/f", 4*pg)
	base := uint64(0x100 * pg)
	for _, c := range []struct {
		name string
		do   func(s *Space)
		want []Range
	}{
		{"first write", func(s *Space) { s.Page(base+5, cpu.Write) }, []Range{{base, pg}}},
		{"second write", func(s *Space) { s.Page(base+2*pg, cpu.Write) }, nil},
		{"reads", func(s *Space) { s.Page(base, cpu.Read); s.Page(base+4*pg, cpu.Execute) }, nil},
		{"a tracer's copy", func(s *Space) { s.Poke(base+4*pg, []byte{1}) }, []Range{{base + 4*pg, pg}}},
		{"protect", func(s *Space) { s.Protect(base, pg, Read) }, []Range{{base, pg}}},
		{"unmap", func(s *Space) { s.Unmap(base, 2*pg) }, []Range{{base, 2 * pg}}},
		{"unmap nothing", func(s *Space) { s.Unmap(base-pg, pg) }, nil},
		{"fork", func(s *Space) { s.Fork() }, []Range{{0, 0x8000_0000}}},
		{"discard", func(s *Space) { s.Discard(base+2*pg, pg) }, []Range{{base + 2*pg, pg}}},
		{"map over", func(s *Space) { s.Map(Mapping{Addr: base, Length: pg, Place: Fixed}) }, []Range{{base, pg}}},
		{"move", func(s *Space) { s.Remap(base, pg, pg, base+0x100*pg, MayMove|MoveTo) }, []Range{{base, pg}}},
		{"truncated", func(s *Space) { f.resize(pg); s.mem.Truncated(f) }, []Range{{base + 4*pg, 4 * pg}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.resize(4 * pg)
			s := newSmall()
			must(t, s, Mapping{Addr: base, Length: 4 * pg, Place: Fixed, Prot: Read | Write})
			must(t, s, Mapping{Addr: base + 4*pg, Length: 4 * pg, Place: Fixed, Prot: Read | Exec, File: f})
			s.Store(base+2*pg, []byte{1})
			var got []Range
			s.Changed = func(addr, length uint64) { got = append(got, Range{addr, length}) }
			c.do(s)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// program is a small process's space: text, data, heap, stack, a shared page.
func program(b testing.TB) *Space {
	l := small(NewMemory((1 << 16) * PageSize))
	s := New(l)
	f := newFile("/bin/prog", 64*pg)
	for i := range uint64(4) {
		must(b, s, Mapping{Addr: 0x40_0000 + i*16*pg, Length: 16 * pg, Place: Fixed, Prot: []Prot{Read, Read | Exec, Read, Read | Write}[i], File: f, Offset: i * 16 * pg})
	}
	s.SetHeap(0x44_0000)
	s.Brk(0x44_0000 + 32*pg)
	must(b, s, Mapping{Addr: 0x6fff_0000, Length: 16 * pg, Place: Fixed, Prot: Read | Write, GrowsDown: true, Name: "[stack]"})
	must(b, s, Mapping{Length: pg, Prot: Read | Exec, File: NewBlob("[vdso]", make([]byte, pg)), Name: "[vdso]"})
	s.Store(0x44_0000, make([]byte, 32*pg))
	s.Store(0x6fff_8000, make([]byte, 8*pg))
	s.Store(0x43_0000, make([]byte, 4*pg))
	return s
}

func BenchmarkForkTouch(b *testing.B) {
	s := program(b)
	for b.Loop() {
		c, _ := s.Fork()
		c.Page(0x6fff_f000, cpu.Write)
		s.Page(0x6fff_f000, cpu.Write)
		c.Release()
	}
}

func BenchmarkFork(b *testing.B) {
	s := program(b)
	for b.Loop() {
		c, _ := s.Fork()
		c.Release()
	}
}

func BenchmarkPageHit(b *testing.B) {
	s := program(b)
	for b.Loop() {
		s.Page(0x44_1000, cpu.Write)
	}
}

func BenchmarkPageAnyEntry(b *testing.B) {
	s := program(b)
	at := []uint64{0x41_1000, 0x44_1000, 0x6fff_f000, 0x43_1000}
	i := 0
	for b.Loop() {
		s.Page(at[i&3], cpu.Read)
		i++
	}
}

func BenchmarkMapUnmap(b *testing.B) {
	s := program(b)
	for b.Loop() {
		addr, _ := s.Map(Mapping{Length: 4 * pg, Prot: Read | Write})
		s.Store(addr, []byte{1})
		s.Unmap(addr, 4*pg)
	}
}

// TestNotRevived: what was unmapped while a fork shared it does not come back with a new
// mapping beside what remained.
func TestNotRevived(t *testing.T) {
	for name, c := range map[string]struct{ gone, beside uint64 }{
		"above": {2, 1}, "below": {0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSmall()
			addr := must(t, s, Mapping{Length: 4 * pg, Prot: Read | Write})
			s.Store(addr, bytes.Repeat([]byte{1}, 4*pg))
			n, _ := s.Fork()
			s.Unmap(addr+c.gone*pg, 2*pg)
			n.Release()
			must(t, s, Mapping{Addr: addr + c.gone*pg, Length: 2 * pg, Place: Fixed, Prot: Read | Write})
			if len(s.entries) != 1 || s.mem.Used() != 2 {
				t.Errorf("%d entries, %d pages", len(s.entries), s.mem.Used())
			}
			for i := range uint64(4) {
				if got, want := one(s, addr+i*pg), byte(btoi(i-c.gone >= 2)); got != want {
					t.Errorf("page %d has %d, want %d", i, got, want)
				}
			}
		})
	}
}

// TestNotRevivedBySplit is TestNotRevived of a part.
func TestNotRevivedBySplit(t *testing.T) {
	s := newSmall()
	addr := must(t, s, Mapping{Length: 8 * pg, Prot: Read | Write})
	s.Store(addr, bytes.Repeat([]byte{1}, 8*pg))
	n, _ := s.Fork()
	s.Unmap(addr+6*pg, 2*pg)
	n.Release()
	s.Protect(addr, 2*pg, Read)
	must(t, s, Mapping{Addr: addr + 6*pg, Length: 2 * pg, Place: Fixed, Prot: Read | Write})
	if one(s, addr+5*pg) != 1 || one(s, addr+6*pg) != 0 || one(s, addr) != 1 {
		t.Error("the wrong pages")
	}
	s.Unmap(addr+2*pg, 6*pg)
	n, _ = s.Fork()
	s.Unmap(addr, pg)
	n.Release()
	s.Protect(addr+pg, pg, Read|Write)
	must(t, s, Mapping{Addr: addr, Length: pg, Place: Fixed, Prot: Read | Write})
	if one(s, addr) != 0 || one(s, addr+pg) != 1 {
		t.Error("the wrong page of two")
	}
}
