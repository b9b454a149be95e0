package cpu

// The debug registers. Execute breakpoints cost a look at each instruction while one is
// armed. Data breakpoints cost nothing elsewhere: a page with a watched byte stays out of
// the TLBs, so that all accesses to it take the slow path, which looks.

import "github.com/trapline/trapline/regs"

const dr6Step = 1 << 14 // BS

// arm notices changes of the debug registers and of AC.
func (c *CPU) arm() {
	c.ac = 0
	if c.Flags&FlagAC != 0 {
		c.ac = ^uint64(0)
	}
	now := [5]uint64{c.DR[0], c.DR[1], c.DR[2], c.DR[3], c.DR[7]}
	if now == c.armed {
		return
	}
	c.armed = now
	c.execBP, c.watch = false, false
	for n := range 4 {
		if a, _ := regs.DR7(c.DR[7]).Slot(n); !regs.DR7(c.DR[7]).Enabled(n) {
			continue
		} else if a == regs.AccessExec {
			c.execBP = true
		} else {
			c.watch = true
		}
	}
	c.Flush()
}

// breaksAt is the DR6 bits of the execute breakpoints at an address.
func (c *CPU) breaksAt(addr uint64) (dr6 uint64) {
	d := regs.DR7(c.DR[7])
	for n := range 4 {
		if a, _ := d.Slot(n); d.Enabled(n) && a == regs.AccessExec && c.DR[n] == addr {
			dr6 |= 1 << n
		}
	}
	return dr6
}

// watched says whether a page has a watched byte. A watched range is aligned to its
// length, so it does not cross pages.
func (c *CPU) watched(addr uint64) bool {
	if len(c.areas) > 0 && c.watchedArea(addr) {
		return true
	}
	if !c.watch {
		return false
	}
	d := regs.DR7(c.DR[7])
	for n := range 4 {
		if a, _ := d.Slot(n); d.Enabled(n) && a != regs.AccessExec && tag(c.DR[n]) == tag(addr) {
			return true
		}
	}
	return false
}

// touch raises the debug trap of an access that has been made; a fault later in the same
// instruction takes its place.
func (c *CPU) touch(addr, n uint64, a Access) {
	if len(c.areas) > 0 {
		c.meets(addr, n, a, true)
	}
	if !c.watch {
		return
	}
	d := regs.DR7(c.DR[7])
	for i := range 4 {
		kind, size := d.Slot(i)
		if !d.Enabled(i) || kind&1 == 0 || kind == regs.AccessWrite && a == Read { // execute and I/O are even
			continue
		}
		start := c.DR[i] &^ (uint64(size) - 1)
		if addr < start+uint64(size) && start < addr+n {
			c.hits |= 1 << i
			c.trap = Trap{Kind: Debug}
		}
	}
}
