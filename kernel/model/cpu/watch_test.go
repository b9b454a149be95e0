package cpu

import "testing"

// TestAreas: each kind of access to an area traps once, before or after it, with the first
// watched byte; what is beside an area does not.
func TestAreas(t *testing.T) {
	code := []byte{
		0xb8, 0x00, 0x20, 0x00, 0x00, // mov $0x2000, %eax
		0xc7, 0x00, 5, 0, 0, 0, // movl $5, (%rax)
		0x8b, 0x18, // mov (%rax), %ebx
		0xff, 0x00, // incl (%rax)
		0xc7, 0x40, 8, 9, 0, 0, 0, // movl $9, 8(%rax)
		0xcc, // int3
	}
	const text, data, load, inc, beside, end = 0x1000, 0x2000, 0x100b, 0x100d, 0x100f, 0x1016
	for _, test := range []struct {
		area       Area
		rip, addr  uint64
		after, hit bool
		stored     byte
	}{
		{Area{Addr: data, Size: 4, On: [3]bool{Write: true}}, 0x1005, data, false, true, 0},
		{Area{Addr: data + 3, Size: 1, On: [3]bool{Write: true}}, 0x1005, data + 3, false, true, 0},
		{Area{Addr: data - 100, Size: 102, On: [3]bool{Write: true}, After: true}, load, data, true, true, 5},
		{Area{Addr: data, Size: 4, On: [3]bool{Read: true}}, load, data, false, true, 5},
		{Area{Addr: data, Size: 4, On: [3]bool{Read: true}, After: true}, inc, data, true, true, 5},
		{Area{Addr: beside, Size: 1, On: [3]bool{Execute: true}}, beside, beside, false, true, 6},
		{Area{Addr: data + 4, Size: 4, On: [3]bool{Read: true, Write: true}}, end + 1, 0, false, false, 6},
		{Area{Addr: data + 12, Size: 4096, On: [3]bool{Read: true, Write: true, Execute: true}}, end + 1, 0, false, false, 6},
	} {
		m := pages{text: new(Page), data: new(Page)}
		copy(m[text].Data[:], code)
		c := New(m)
		c.RIP = text
		c.SetAreas([]Area{test.area})
		trap := c.Run(100)
		if (trap.Kind == Watched) != test.hit || c.RIP != test.rip || trap.After != test.after || test.hit && trap.Addr != test.addr {
			t.Errorf("%+v: %+v at %#x", test.area, trap, c.RIP)
		}
		if got := m[data].Data[0]; got != test.stored {
			t.Errorf("%+v: %d is stored, want %d", test.area, got, test.stored)
		}
		c.SetAreas(nil)
		if trap := c.Run(100); test.hit && trap.Kind != Breakpoint || test.hit && c.RIP != end+1 {
			t.Errorf("%+v: afterwards %+v at %#x", test.area, trap, c.RIP)
		}
	}
}

// pages is memory by page.
type pages map[uint64]*Page

// Page implements Memory.
func (m pages) Page(addr uint64, _ Access) *Page { return m[addr&^(PageSize-1)] }
