package cpu

// Watched areas: SVR4's watchpoints, which have any size and trap before an access or after
// it. Real kernels find them by the protection of pages; here a page with a watched byte
// stays out of the TLBs, as for the debug registers, so that all accesses to it look.

// Area is addresses that are watched, and for which accesses.
type Area struct {
	Addr, Size uint64
	On         [3]bool // by Access
	After      bool    // it traps when the instruction is done; an execution traps before, always
}

// holds says whether n bytes at an address touch the area.
func (a *Area) holds(addr, n uint64) bool { return addr-a.Addr < a.Size || a.Addr-addr < n }

// SetAreas replaces the watched areas. No two of them overlap.
func (c *CPU) SetAreas(areas []Area) {
	c.areas, c.execArea = areas, false
	for i := range areas {
		c.execArea = c.execArea || areas[i].On[Execute]
	}
	c.Flush()
}

// watchedArea says whether a page has a byte of an area.
func (c *CPU) watchedArea(addr uint64) bool {
	page := addr &^ (PageSize - 1)
	for i := range c.areas {
		if c.areas[i].holds(page, PageSize) {
			return true
		}
	}
	return false
}

// meets raises the trap of an access to a watched area, if there is one, and says whether the
// access is not to be made.
func (c *CPU) meets(addr, n uint64, a Access, after bool) bool {
	for i := range c.areas {
		w := &c.areas[i]
		if w.On[a] && (a == Execute || w.After == after) && w.holds(addr, n) {
			c.trap = Trap{Kind: Watched, Addr: max(addr, w.Addr), Access: a, After: after}
			return !after
		}
	}
	return false
}
