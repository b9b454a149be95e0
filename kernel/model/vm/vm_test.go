package vm

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/kernel/model/cpu"
)

// small is a layout for tests: like Linux's, with small numbers.
func small(m *Memory) Layout {
	return Layout{Memory: m, Low: 0x10000, High: 0x8000_0000, Base: 0x7000_0000, StackGap: 0x10000, HeapName: "[heap]",
		Low32: Range{0x4000_0000, 0x4100_0000}, Limits: Limits{Unlimited, Unlimited, 0x10_0000}}
}

func newSmall() *Space { return New(small(NewMemory(1000 * PageSize))) }

// must maps and fails the test if that fails.
func must(t testing.TB, s *Space, m Mapping) uint64 {
	t.Helper()
	addr, err := s.Map(m)
	if err != OK {
		t.Fatalf("map %+v: %v", m, err)
	}
	return addr
}

// show is a map in lines: pages in hexadecimal, permissions, name.
func show(s *Space) string {
	var b strings.Builder
	for _, e := range s.Areas() {
		fmt.Fprintf(&b, "%x-%x %v%c", e.Start/PageSize, e.End/PageSize, e.Prot, "ps"[btoi(e.Shared)])
		if e.Offset != 0 {
			fmt.Fprintf(&b, " +%x", e.Offset/PageSize)
		}
		if e.Name != "" {
			fmt.Fprintf(&b, " %s", e.Name)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func sameMap(t *testing.T, s *Space, want ...string) {
	t.Helper()
	got := strings.Split(strings.TrimSpace(show(s)), "\n")
	if len(want) == 0 {
		want = []string{""}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("map (-want +got):\n%s", d)
	}
	checkBooks(t, s.mem, func() {})
}

const pg = PageSize

func TestMapPlaces(t *testing.T) {
	stack := Mapping{Addr: 0x6fff_0000, Length: 0x1_0000, Place: Fixed, Prot: Read | Write, GrowsDown: true}
	block := Mapping{Addr: 0x6ffd_0000, Length: 4 * pg, Place: Fixed, Prot: Read}
	for _, c := range []struct {
		name string
		have []Mapping
		m    Mapping
		want uint64
		err  Error
	}{
		{"the highest place", nil, Mapping{Length: pg}, 0x7000_0000 - pg, OK},
		{"lengths are rounded", nil, Mapping{Length: pg + 1}, 0x7000_0000 - 2*pg, OK},
		{"below a stack and its gap", []Mapping{stack}, Mapping{Length: pg}, 0x6ffe_0000 - pg, OK},
		{"under what is in the way", []Mapping{stack, block}, Mapping{Length: 0xd000}, 0x6ffd_0000 - 0xd000, OK},
		{"between", []Mapping{stack, block}, Mapping{Length: 0xc000}, 0x6ffd_4000, OK},
		{"a hint", nil, Mapping{Addr: 0x2000_0123, Length: pg}, 0x2000_0000, OK},
		{"a hint that is taken", []Mapping{block}, Mapping{Addr: 0x6ffd_1000, Length: pg}, 0x7000_0000 - pg, OK},
		{"a hint in a stack's gap", []Mapping{stack}, Mapping{Addr: 0x6ffe_8000, Length: pg}, 0x6ffe_0000 - pg, OK},
		{"a hint that is too low", nil, Mapping{Addr: 0x1000, Length: pg}, 0x10000, OK},
		{"fixed in a stack's gap", []Mapping{stack}, Mapping{Addr: 0x6ffe_8000, Length: pg, Place: Fixed}, 0x6ffe_8000, OK},
		{"fixed, not a page", nil, Mapping{Addr: 0x2000_0001, Length: pg, Place: Fixed}, 0, Invalid},
		{"fixed, too low", nil, Mapping{Addr: 0xf000, Length: pg, Place: Fixed}, 0, NotPermitted},
		{"fixed, too high", nil, Mapping{Addr: 0x8000_0000, Length: pg, Place: Fixed}, 0, NoMemory},
		{"fixed if empty", nil, Mapping{Addr: 0x2000_0000, Length: pg, Place: FixedIfEmpty}, 0x2000_0000, OK},
		{"fixed and not empty", []Mapping{block}, Mapping{Addr: 0x6ffc_f000, Length: 2 * pg, Place: FixedIfEmpty}, 0, Exists},
		{"low", nil, Mapping{Length: pg, Low: true}, 0x4000_0000, OK},
		{"low and full", nil, Mapping{Length: 0x100_1000, Low: true}, 0, NoMemory},
		{"from below when there is no room", nil, Mapping{Length: 0x7100_0000}, 0x10000, OK},
		{"no room at all", nil, Mapping{Length: 0x8000_0000}, 0, NoMemory},
		{"a length that wraps", nil, Mapping{Length: ^uint64(0)}, 0, NoMemory},
		{"nothing", nil, Mapping{}, 0, Invalid},
		{"an odd offset", nil, Mapping{Length: pg, Offset: 1}, 0, Invalid},
		{"an offset that wraps", nil, Mapping{Length: 2 * pg, Offset: ^uint64(pg - 1)}, 0, Overflow},
		{"more than the maximum", nil, Mapping{Length: pg, Prot: Write, Max: Read}, 0, Access},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSmall()
			for _, m := range c.have {
				must(t, s, m)
			}
			if got, err := s.Map(c.m); got != c.want || err != c.err {
				t.Errorf("%#x %v, want %#x %v", got, err, c.want, c.err)
			}
		})
	}
}

func TestBottomUp(t *testing.T) {
	l := small(NewMemory(10 * PageSize))
	l.BottomUp, l.Base = true, 0x2000_0000
	s := New(l)
	first, second := must(t, s, Mapping{Length: pg}), must(t, s, Mapping{Length: pg})
	if first != 0x2000_0000 || second != 0x2000_1000 {
		t.Errorf("%#x, %#x", first, second)
	}
}

// TestMaps: ranges are cut and joined so that maps look as they should.
func TestMaps(t *testing.T) {
	f := newFile("/f", 16*pg)
	base := uint64(0x100 * pg)
	anon := Mapping{Addr: base, Length: 8 * pg, Place: Fixed, Prot: Read | Write}
	text := anon
	text.File, text.Prot, text.Offset = f, Read|Exec, 2*pg
	shared := anon
	shared.Shared = true
	write := func(s *Space) { s.Store(base, make([]byte, 8*pg)) }
	for _, c := range []struct {
		name string
		m    Mapping
		do   func(s *Space)
		want []string
	}{
		{"unmap the middle", anon, func(s *Space) { s.Unmap(base+2*pg, pg) }, []string{"100-102 rw-p", "103-108 rw-p"}},
		{"protect the middle", anon, func(s *Space) { s.Protect(base+2*pg, pg, Read) }, []string{"100-102 rw-p", "102-103 r--p", "103-108 rw-p"}},
		{"and back", anon, func(s *Space) { s.Protect(base+2*pg, pg, Read); s.Protect(base+2*pg, pg, Read|Write) }, []string{"100-108 rw-p"}},
		{"and back after writes", anon, func(s *Space) {
			s.Protect(base+2*pg, pg, Read)
			s.Poke(base, make([]byte, 8*pg))
			s.Protect(base+2*pg, pg, Read|Write)
		}, []string{"100-108 rw-p"}},
		{"a neighbour", anon, func(s *Space) {
			write(s)
			s.Map(Mapping{Addr: base + 8*pg, Length: pg, Place: Fixed, Prot: Read | Write})
		}, []string{"100-109 rw-p"}},
		{"a neighbour of another kind", anon, func(s *Space) { s.Map(Mapping{Addr: base + 8*pg, Length: pg, Place: Fixed, Prot: Read}) },
			[]string{"100-108 rw-p", "108-109 r--p"}},
		{"a hole filled", anon, func(s *Space) {
			write(s)
			s.Unmap(base+2*pg, pg)
			s.Map(Mapping{Addr: base + 2*pg, Length: pg, Place: Fixed, Prot: Read | Write})
		}, []string{"100-108 rw-p"}},
		{"a file's parts", text, func(s *Space) { s.Unmap(base, pg); s.Protect(base+4*pg, 2*pg, All) },
			[]string{"101-104 r-xp +3 /f", "104-106 rwxp +6 /f", "106-108 r-xp +8 /f"}},
		{"a file's parts again one", text, func(s *Space) {
			s.Protect(base+4*pg, 2*pg, All)
			s.Poke(base+4*pg, []byte{1})
			s.Poke(base+6*pg, []byte{1})
			s.Protect(base+4*pg, 2*pg, Read|Exec)
		}, []string{"100-108 r-xp +2 /f"}},
		{"shared parts", shared, func(s *Space) { s.Protect(base+4*pg, pg, 0) }, []string{"100-104 rw-s", "104-105 ---s +4", "105-108 rw-s +5"}},
		{"two shared ones", shared, func(s *Space) {
			s.Map(Mapping{Addr: base + 8*pg, Length: pg, Place: Fixed, Prot: Read | Write, Shared: true})
		}, []string{"100-108 rw-s", "108-109 rw-s"}},
		{"tags", anon, func(s *Space) { s.Tag(base, pg, 1, 0) }, []string{"100-101 rw-p", "101-108 rw-p"}},
		{"tags cleared", anon, func(s *Space) { s.Tag(base, pg, 1, 0); s.Tag(base, 2*pg, 2, 1); s.Tag(base, 2*pg, 0, 2) }, []string{"100-108 rw-p"}},
		{"inheritance", anon, func(s *Space) { s.Inherit(base, pg, InheritNone) }, []string{"100-101 rw-p", "101-108 rw-p"}},
		{"moved beside another", anon, func(s *Space) {
			s.Remap(base+6*pg, 2*pg, 4*pg, base+0x20*pg, MayMove|MoveTo)
			s.Remap(base, 6*pg, 6*pg, base+0x24*pg, MayMove|MoveTo)
		},
			[]string{"120-12a rw-p"}},
		{"left behind beside another", anon, func(s *Space) {
			s.Remap(base, 8*pg, 8*pg, base+0x20*pg, MayMove|MoveTo)
			s.Store(base+0x20*pg, []byte{1})
			s.Remap(base+0x20*pg, 8*pg, 8*pg, base+0x40*pg, MayMove|MoveTo)
			s.Remap(base+0x40*pg, 8*pg, 8*pg, base+0x60*pg, MayMove|MoveTo|KeepOld)
			s.Map(Mapping{Addr: base + 0x48*pg, Length: pg, Place: Fixed, Prot: Read | Write})
		}, []string{"140-149 rw-p", "160-168 rw-p"}},
		{"all unmapped", anon, func(s *Space) { s.Unmap(0x10000, 0x7000_0000) }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSmall()
			must(t, s, c.m)
			c.do(s)
			sameMap(t, s, c.want...)
		})
	}
}

// TestRanges: the errors of calls on ranges.
func TestRanges(t *testing.T) {
	base := uint64(0x100 * pg)
	for _, c := range []struct {
		name string
		do   func(s *Space) Error
		want Error
		maps []string
	}{
		{"unmap nothing", func(s *Space) Error { return s.Unmap(base, 0) }, Invalid, nil},
		{"unmap what is not a page", func(s *Space) Error { return s.Unmap(base+1, pg) }, Invalid, nil},
		{"unmap the kernel", func(s *Space) Error { return s.Unmap(0x7fff_f000, 2*pg) }, Invalid, nil},
		{"unmap with a length that wraps", func(s *Space) Error { return s.Unmap(base, ^uint64(0)) }, Invalid, nil},
		{"unmap a hole", func(s *Space) Error { return s.Unmap(base+8*pg, pg) }, OK, nil},
		{"protect nothing", func(s *Space) Error { return s.Protect(base, 0, 0) }, OK, nil},
		{"protect a hole", func(s *Space) Error { return s.Protect(base+2*pg, 4*pg, 0) }, NoMemory,
			[]string{"100-102 rw-p", "102-104 ---p", "106-108 r--p"}},
		{"protect too much", func(s *Space) Error { return s.Protect(base+6*pg, 4*pg, All) }, Access, nil},
		{"protect past the last address", func(s *Space) Error { return s.Protect(base, 0x8000_0000, Read) }, NoMemory,
			[]string{"100-104 r--p", "106-108 r--p"}},
		{"protect with a length that wraps", func(s *Space) Error { return s.Protect(base, ^uint64(base-1), 0) }, Invalid, nil},
		{"tags over a hole", func(s *Space) Error { return s.Tag(base, 8*pg, 1, 0) }, NoMemory, nil},
		{"inherit what is not a page", func(s *Space) Error { return s.Inherit(base+1, pg, InheritNone) }, Invalid, nil},
		{"discard over a hole", func(s *Space) Error { return s.Discard(base, 8*pg) }, NoMemory, nil},
		{"discard past the end", func(s *Space) Error { return s.Discard(base+6*pg, 3*pg) }, NoMemory, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSmall()
			must(t, s, Mapping{Addr: base, Length: 4 * pg, Place: Fixed, Prot: Read | Write})
			must(t, s, Mapping{Addr: base + 6*pg, Length: 2 * pg, Place: Fixed, Prot: Read, Max: Read})
			if err := c.do(s); err != c.want {
				t.Errorf("%v, want %v", err, c.want)
			}
			if c.maps == nil {
				c.maps = []string{"100-104 rw-p", "106-108 r--p"}
			}
			sameMap(t, s, c.maps...)
		})
	}
}

// TestFaults: what each access to each kind of page gives.
func TestFaults(t *testing.T) {
	s := newSmall()
	f := newFile("/f", pg+1)
	addr := func(m Mapping) uint64 { m.Length = 3 * pg; return must(t, s, m) }
	none := addr(Mapping{})
	rd, wr, ex := addr(Mapping{Prot: Read}), addr(Mapping{Prot: Write}), addr(Mapping{Prot: Exec})
	file := addr(Mapping{Prot: Read | Write, File: f})
	for _, c := range []struct {
		addr              uint64
		read, write, exec Fault
	}{
		{0, Unmapped, Unmapped, Unmapped},
		{0xffff_8000_0000_0000, Unmapped, Unmapped, Unmapped},
		{none, Protected, Protected, Protected},
		{rd, None, Protected, Protected},
		{wr, None, None, Protected},
		{ex, None, Protected, None},
		{file + pg, None, None, Protected},
		{file + 2*pg, Beyond, Beyond, Protected},
	} {
		for a, want := range map[cpu.Access]Fault{cpu.Read: c.read, cpu.Write: c.write, cpu.Execute: c.exec} {
			if got := s.Why(c.addr, a); got != want || (s.Page(c.addr, a) != nil) != (want == None) {
				t.Errorf("%v of %#x: %v, want %v", a, c.addr, got, want)
			}
		}
	}
}

func TestStack(t *testing.T) {
	const top = 0x6000_0000
	for _, c := range []struct {
		name string
		have Mapping
		addr uint64
		want Fault
		maps []string
	}{
		{"the next page", Mapping{}, top - 3*pg, None, []string{"5fffd-60000 rw-p"}},
		{"at once", Mapping{}, top - 0x10_0000, None, []string{"5ff00-60000 rw-p"}},
		{"past the limit", Mapping{}, top - 0x10_0001, Unmapped, []string{"5fffe-60000 rw-p"}},
		{"into the gap", Mapping{Addr: top - 0x3_0000, Length: pg, Prot: Read}, top - 0x2_0000, Unmapped,
			[]string{"5ffd0-5ffd1 r--p", "5fffe-60000 rw-p"}},
		{"up to the gap", Mapping{Addr: top - 0x3_0000, Length: pg, Prot: Read}, top - 0x1_f000, None,
			[]string{"5ffd0-5ffd1 r--p", "5ffe1-60000 rw-p"}},
		{"a guard may be near", Mapping{Addr: top - 0x3_0000, Length: pg}, top - 0x2_f000, None,
			[]string{"5ffd0-5ffd1 ---p", "5ffd1-60000 rw-p"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSmall()
			must(t, s, Mapping{Addr: top - 2*pg, Length: 2 * pg, Place: Fixed, Prot: Read | Write, GrowsDown: true})
			if c.have.Length != 0 {
				c.have.Place = Fixed
				must(t, s, c.have)
			}
			if n := s.Peek(c.addr, make([]byte, 1)); n != 0 {
				t.Error("a tracer's look let the stack grow")
			}
			s.Page(c.addr, cpu.Write)
			if got := s.Why(c.addr, cpu.Write); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
			sameMap(t, s, c.maps...)
		})
	}
}

// TestForkedStack: a stack that fork has shared grows on both sides, within the limit.
func TestForkedStack(t *testing.T) {
	const top = 0x6000_0000
	s := newSmall()
	must(t, s, Mapping{Addr: top - pg, Length: pg, Place: Fixed, Prot: Read | Write, GrowsDown: true})
	s.Store(top-8, []byte("parent"))
	c, _ := s.Fork()
	c.Store(top-3*pg, []byte{1})
	c.Store(top-8, []byte("child"))
	sameMap(t, c, "5fffd-60000 rw-p")
	sameMap(t, s, "5ffff-60000 rw-p")
	if c.Why(top-0x10_0001, cpu.Read) != Unmapped || c.Why(top-0x10_0000, cpu.Read) != None {
		t.Error("the limit counts from the top")
	}
}

func TestBrk(t *testing.T) {
	s := newSmall()
	s.SetHeap(0x20_0100)
	if got := s.Brk(0); got != 0x20_0100 {
		t.Errorf("at first %#x", got)
	}
	for _, c := range []struct {
		to, want uint64
		maps     string
	}{
		{0x20_0f00, 0x20_0f00, ""},
		{0x20_1001, 0x20_1001, "201-202 rw-p [heap]"},
		{0x20_4000, 0x20_4000, "201-204 rw-p [heap]"},
		{0x20_0000, 0x20_4000, "201-204 rw-p [heap]"},
		{0x20_1800, 0x20_1800, "201-202 rw-p [heap]"},
		{0x9000_0000, 0x20_1800, "201-202 rw-p [heap]"},
		{0x20_0100, 0x20_0100, ""},
	} {
		if got := s.Brk(c.to); got != c.want {
			t.Errorf("brk %#x is %#x, want %#x", c.to, got, c.want)
		}
		sameMap(t, s, c.maps)
	}
	if h := s.Heap(); h != (Range{0x20_0100, 0x20_0100}) {
		t.Errorf("%#x", h)
	}
	must(t, s, Mapping{Addr: 0x20_5000, Length: pg, Place: Fixed})
	if got := s.Brk(0x20_5000); got != 0x20_0100 {
		t.Errorf("next to a mapping: %#x", got)
	}
	if got := s.Brk(0x20_4000); got != 0x20_4000 {
		t.Errorf("a page before a mapping: %#x", got)
	}
	s.Brk(0x20_0100)
	s.Limits.Data = 0x2000
	if got, is := s.Brk(0x20_2101), s.Brk(0x20_2100); got != 0x20_0100 || is != 0x20_2100 {
		t.Errorf("past the limit %#x, within it %#x", got, is)
	}
}

func TestRemapErrors(t *testing.T) {
	base := uint64(0x100 * pg)
	for _, c := range []struct {
		name         string
		old, was, is uint64
		to           uint64
		how          Move
		want         uint64
		err          Error
		maps         []string
	}{
		{"grow in place", base, 4 * pg, 6 * pg, 0, 0, base, OK, []string{"100-106 rw-p", "110-112 rw-s"}},
		{"no room to grow", base, 4 * pg, 17 * pg, 0, 0, 0, NoMemory, nil},
		{"not at the end", base, 2 * pg, 6 * pg, 0, 0, 0, NoMemory, nil},
		{"move", base, 4 * pg, 17 * pg, 0, MayMove, 0x6ffe_f000, OK, []string{"110-112 rw-s", "6ffef-70000 rw-p"}},
		{"move a part", base + pg, pg, 2 * pg, 0, MayMove, 0x6fff_e000, OK,
			[]string{"100-101 rw-p", "102-104 rw-p", "110-112 rw-s", "6fffe-70000 rw-p"}},
		{"shrink", base, 4 * pg, pg, 0, 0, base, OK, []string{"100-101 rw-p", "110-112 rw-s"}},
		{"to a place", base, 4 * pg, 2 * pg, 0x50 * pg, MayMove | MoveTo, 0x50 * pg, OK, []string{"50-52 rw-p", "110-112 rw-s"}},
		{"onto another", base, 4 * pg, 4 * pg, 0x111 * pg, MayMove | MoveTo, 0x111 * pg, OK, []string{"110-111 rw-s", "111-115 rw-p"}},
		{"onto itself", base, 4 * pg, 4 * pg, base + pg, MayMove | MoveTo, 0, Invalid, nil},
		{"to a place without moving", base, 4 * pg, 4 * pg, 0, MoveTo, 0, Invalid, nil},
		{"keep the old", base, 4 * pg, 4 * pg, 0, MayMove | KeepOld, 0x6fff_c000, OK,
			[]string{"100-104 rw-p", "110-112 rw-s", "6fffc-70000 rw-p"}},
		{"keep another length", base, 4 * pg, 5 * pg, 0, MayMove | KeepOld, 0, Invalid, nil},
		{"twice", base + 16*pg, 0, 2 * pg, 0, MayMove, 0x6fff_e000, OK, []string{"100-104 rw-p", "110-112 rw-s", "6fffe-70000 rw-s"}},
		{"twice what is private", base, 0, pg, 0, MayMove, 0, Invalid, nil},
		{"to no length", base, pg, 0, 0, MayMove, 0, Invalid, nil},
		{"odd", base + 1, pg, pg, 0, 0, 0, Invalid, nil},
		{"nothing there", base - pg, pg, 2 * pg, 0, MayMove, 0, BadAddress, nil},
		{"past the end", base, 5 * pg, 6 * pg, 0, MayMove, 0, BadAddress, nil},
		{"as it is", base, 4 * pg, 4 * pg, 0, MayMove, base, OK, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSmall()
			must(t, s, Mapping{Addr: base, Length: 4 * pg, Place: Fixed, Prot: Read | Write})
			must(t, s, Mapping{Addr: base + 16*pg, Length: 2 * pg, Place: Fixed, Prot: Read | Write, Shared: true})
			got, err := s.Remap(c.old, c.was, c.is, c.to, c.how)
			if got != c.want || err != c.err {
				t.Errorf("%#x %v, want %#x %v", got, err, c.want, c.err)
			}
			if c.maps == nil {
				c.maps = []string{"100-104 rw-p", "110-112 rw-s"}
			}
			sameMap(t, s, c.maps...)
		})
	}
}

// TestPoke: what a tracer may write, and who sees it.
func TestPoke(t *testing.T) {
	f := newFile("/f", 2*pg)
	copy(f.pages[0].Data[:], "text")
	for _, c := range []struct {
		name   string
		m      Mapping
		n      int
		inFile string
	}{
		{"private text", Mapping{File: f, Prot: Read | Exec}, 3, "text"},
		{"private without access", Mapping{File: f}, 3, "text"},
		{"shared and read-only", Mapping{File: f, Prot: Read, Shared: true}, 0, "text"},
		{"private and never writable", Mapping{File: f, Prot: Read, Max: Read}, 0, "text"},
		{"shared and writable", Mapping{File: f, Prot: Read | Write, Shared: true}, 3, "pokt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			copy(f.pages[0].Data[:], "text")
			s := newSmall()
			c.m.Length = 2 * pg
			addr := must(t, s, c.m)
			if n := s.Poke(addr, []byte("pok")); n != c.n {
				t.Errorf("%d bytes, want %d", n, c.n)
			}
			if got := string(f.pages[0].Data[:4]); got != c.inFile {
				t.Errorf("the file has %q, want %q", got, c.inFile)
			}
			b := make([]byte, 3)
			if n := s.Peek(addr, b); n != 3 || c.n == 3 && string(b) != "pok" {
				t.Errorf("%d bytes: %q", n, b)
			}
		})
	}
}

// TestPartial: accesses end where the mapping does.
func TestPartial(t *testing.T) {
	s := newSmall()
	addr := must(t, s, Mapping{Length: 2 * pg, Prot: Read | Write})
	must(t, s, Mapping{Addr: addr + 2*pg, Length: pg, Place: Fixed, Prot: Exec})
	b := make([]byte, 4*pg)
	for name, c := range map[string]struct{ got, want int }{
		"load":        {s.Load(addr+1, b), 3*pg - 1},
		"store":       {s.Store(addr+1, b), 2*pg - 1},
		"load other":  {s.LoadOther(addr+1, b), 2*pg - 1},
		"store other": {s.StoreOther(addr+1, b), 2*pg - 1},
		"peek":        {s.Peek(addr+1, b), 3*pg - 1},
		"poke":        {s.Poke(addr+1, b), 3*pg - 1},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d bytes, want %d", name, c.got, c.want)
		}
	}
}

func TestLoadString(t *testing.T) {
	s := newSmall()
	addr := must(t, s, Mapping{Length: 2 * pg, Prot: Read | Write})
	s.Store(addr, bytes.Repeat([]byte("x"), 2*pg))
	s.Store(addr+pg+3, []byte{0})
	for _, c := range []struct {
		addr  uint64
		limit int
		n     int
		fault Fault
	}{
		{addr + pg - 2, 100, 5, None},
		{addr + pg - 2, 5, 5, None},
		{addr + pg + 3, 5, 0, None},
		{addr + pg + 4, 8000, 0, Unmapped},
		{addr, 0, 0, None},
	} {
		if got, f := s.LoadString(c.addr, c.limit); len(got) != c.n || f != c.fault {
			t.Errorf("%#x: %d bytes, %v; want %d, %v", c.addr, len(got), f, c.n, c.fault)
		}
	}
}

// TestKey: shared memory has the same key everywhere, private memory in one space only.
func TestKey(t *testing.T) {
	s := newSmall()
	f := newFile("/f", 4*pg)
	private := must(t, s, Mapping{Length: pg, Prot: Read | Write})
	anon := must(t, s, Mapping{Length: 2 * pg, Prot: Read | Write, Shared: true})
	file := must(t, s, Mapping{Length: pg, Prot: Read | Write, Shared: true, File: f, Offset: pg})
	c, _ := s.Fork()
	again := must(t, c, Mapping{Length: 2 * pg, Prot: Read, Shared: true, File: f})
	key := func(s *Space, addr uint64) Key {
		k, fault := s.Key(addr, cpu.Read)
		if fault != None {
			t.Fatal(fault)
		}
		return k
	}
	if key(s, private+4) == key(c, private+4) || key(s, private+4) != s.PrivateKey(private+4) {
		t.Error("private keys")
	}
	if key(s, anon+4) != key(c, anon+4) || key(s, anon+4) == key(s, anon+pg+4) {
		t.Error("anonymous shared keys")
	}
	if key(s, file+4) != key(c, again+pg+4) || key(s, file) == key(s, anon) {
		t.Error("file keys")
	}
	if _, fault := s.Key(again-16*pg, cpu.Read); fault != Unmapped {
		t.Error(fault)
	}
	s.Release()
	if _, fault := c.Key(again, cpu.Write); fault != Protected {
		t.Error(fault)
	}
}

func TestWords(t *testing.T) {
	s := newSmall()
	addr := must(t, s, Mapping{Length: pg, Prot: Read | Write})
	s.Store(addr, []byte{1, 2, 3, 4, 5, 6, 7, 8})
	if v, f := s.Load64(addr); v != 0x0807060504030201 || f != None {
		t.Errorf("%#x %v", v, f)
	}
	old, f := s.Update32(addr, func(v uint32) uint32 { return v + 1 })
	if v, _ := s.Load32(addr); old != 0x04030201 || v != old+1 || f != None {
		t.Errorf("%#x, then %#x, %v", old, v, f)
	}
	if _, f := s.Load32(addr + pg - 2); f != Unmapped {
		t.Error(f)
	}
	if _, f := s.Update32(addr+pg-2, nil); f != Beyond {
		t.Error(f)
	}
}

// TestLimits: nothing grows without bound.
func TestLimits(t *testing.T) {
	mem := NewMemory(5 * PageSize)
	l := small(mem)
	l.MaxEntries = 8
	l.Limits = Limits{Total: 20 * pg, Data: 10 * pg, Stack: 3 * pg}
	s := New(l)
	addr := must(t, s, Mapping{Length: 10 * pg, Prot: Read | Write})
	if _, err := s.Map(Mapping{Length: pg, Prot: Write}); err != NoMemory {
		t.Errorf("data: %v", err)
	}
	if _, err := s.Map(Mapping{Addr: addr, Length: pg, Place: Fixed, Prot: Write}); err != OK {
		t.Errorf("data in place of other: %v", err)
	}
	if _, err := s.Map(Mapping{Length: 11 * pg}); err != NoMemory {
		t.Errorf("total: %v", err)
	}
	if n := s.Store(addr, make([]byte, 10*pg)); n != 5*pg || s.Why(addr+9*pg, cpu.Write) != Exhausted {
		t.Errorf("wrote %d pages, then %v", n/pg, s.Why(addr+9*pg, cpu.Write))
	}
	for i := uint64(0); ; i += 2 {
		if err := s.Protect(addr+i*pg, pg, Read); err != OK {
			if err != NoMemory || len(s.entries) > 8 {
				t.Errorf("%v with %d entries", err, len(s.entries))
			}
			break
		}
	}
	if err := s.Unmap(addr+8*pg, pg); err != NoMemory {
		t.Errorf("a hole: %v", err)
	}
	s.Release()
	if mem.Used() != 0 || mem.entries != 0 {
		t.Errorf("left: %+v", mem)
	}
	if mem.Take(6) || mem.Take(-1) || !mem.Take(5) || mem.Take(1) {
		t.Error("Take")
	}
}

func TestNames(t *testing.T) {
	got := fmt.Sprint(All, Read|Exec, InheritZero, Overflow, OK, Exhausted, None)
	if want := "rwx r-x zero overflow ok out of memory none"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestBlob(t *testing.T) {
	s := newSmall()
	b := NewBlob("[vdso]", bytes.Repeat([]byte{0x90}, pg+8))
	addr := must(t, s, Mapping{Length: b.Size(), File: b, Prot: Read | Exec})
	c, _ := s.Fork()
	s.Poke(addr, []byte{0xcc})
	if c.Page(addr, cpu.Execute).Data[0] != 0x90 || s.Page(addr, cpu.Execute).Data[0] != 0xcc || b.Page(2, true) != nil {
		t.Error("the shared page")
	}
	sameMap(t, c, "6fffe-70000 r-xp [vdso]")
}

// TestEntries: one entry after another, as procstat shows them, and as one area.
func TestEntries(t *testing.T) {
	s := newSmall()
	f := newFile("/f", 4*pg)
	addr := must(t, s, Mapping{Length: 4 * pg, Prot: Read | Write, Name: "anon"})
	s.Store(addr, make([]byte, 2*pg))
	c, _ := s.Fork()
	s.Protect(addr+pg, pg, Read)
	s.Store(addr, []byte{1})
	s.Poke(addr+pg, []byte{1})
	s.Protect(addr+pg, pg, Read|Write)
	text := must(t, s, Mapping{Length: 2 * pg, Prot: Read | Exec, File: f, Offset: pg, Tags: 4})
	e := func(from, n, resident, private uint64, object uint64, depth, refs int) Entry {
		return Entry{Start: addr + from*pg, End: addr + (from+n)*pg, Prot: Read | Write, Max: All, Name: "anon",
			Object: object, Depth: depth, Refs: refs, Resident: resident, Private: private}
	}
	textEntry := Entry{Start: text, End: text + 2*pg, Prot: Read | Exec, Max: All, Name: "/f", Offset: pg, Tags: 4,
		Dev: 1, Ino: 2, File: f, Object: 4, Depth: 1, Refs: 1, Resident: 2}
	want := []Entry{textEntry, e(0, 2, 2, 2, 2, 1, 1), e(2, 2, 0, 0, 1, 1, 2)}
	equal := cmp.Comparer(func(a, b Pager) bool { return a == b })
	if d := cmp.Diff(want, s.Entries(), equal); d != "" {
		t.Errorf("entries (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]Entry{textEntry, e(0, 4, 2, 2, 2, 1, 1)}, s.Areas(), equal); d != "" {
		t.Errorf("areas (-want +got):\n%s", d)
	}
	over := s.Over(text+pg, 2*pg)
	first, second := textEntry, e(0, 1, 0, 0, 2, 1, 1)
	first.Start, first.Offset, first.Resident = text+pg, 2*pg, 0
	if d := cmp.Diff([]Entry{first, second}, over, equal); d != "" {
		t.Errorf("over (-want +got):\n%s", d)
	}
	if n := len(s.Over(0, Unlimited)); n != 3 || s.Over(addr+4*pg, pg) != nil || len(s.Over(text, 0)) != 0 {
		t.Error("over")
	}
	if got := want[0]; got.Length() != 2*pg {
		t.Error("length")
	}
	if s.Resident() != 4 || s.Size() != 6*pg {
		t.Errorf("%d pages in memory, %d bytes mapped", s.Resident(), s.Size())
	}
	if !s.InMemory(text) || s.InMemory(addr+3*pg) || s.InMemory(0) || s.Chain(0) != nil {
		t.Error("residence")
	}
	for _, m := range []struct {
		addr, length uint64
		want         bool
	}{
		{addr, 4 * pg, true}, {text, 6 * pg, true}, {text, 7 * pg, false}, {text - pg, pg, false}, {0, 0, true},
		{addr + 1, 1, true}, {addr, ^uint64(0), false}, {addr, -addr, false},
	} {
		if got := s.Mapped(m.addr, m.length); got != m.want {
			t.Errorf("%#x+%#x mapped: %v", m.addr, m.length, got)
		}
	}
	c.Release()
}

// TestObject: memory that outlives its mappings, as shared-memory segments do.
func TestObject(t *testing.T) {
	s := newSmall()
	o := s.mem.NewObject(pg + 1)
	addr := must(t, s, Mapping{Length: 3 * pg, Prot: Read | Write, Shared: true, Object: o})
	if s.Store(addr+pg, []byte{7}) != 1 || s.Why(addr+2*pg, cpu.Read) != Beyond {
		t.Error("the object's size")
	}
	if _, err := s.Map(Mapping{Length: pg, Object: o}); err != Invalid {
		t.Error(err)
	}
	s.Unmap(addr, 3*pg)
	again := must(t, s, Mapping{Length: pg, Prot: Read, Shared: true, Object: o, Offset: pg})
	if one(s, again) != 7 || s.mem.Used() != 1 || o.ID() == 0 {
		t.Error("the object did not live on")
	}
	o.Release()
	s.Release()
	if s.mem.Used() != 0 || s.mem.Limit() != 1000 {
		t.Error("the object lives on for ever")
	}
}
