package regs

// The debug registers as the engine uses them: which of the four comparators caught
// what (DR6), and how each is set (DR7). Intel SDM vol. 3B, 17.2.

import "fmt"

// Access is what a debug comparator watches for: the R/W field of DR7.
type Access uint8

// The accesses. The hardware has no "read only".
const (
	AccessExec      Access = 0
	AccessWrite     Access = 1
	AccessIO        Access = 2
	AccessReadWrite Access = 3
)

// DR7 is the debug control register.
type DR7 uint64

// lenCode is the LEN field of DR7 for a length in bytes.
var lenCode = map[int]DR7{1: 0, 2: 1, 4: 3, 8: 2}

// lenBytes is the reverse, by code.
var lenBytes = [4]int{1, 2, 8, 4}

// Enabled says whether comparator n (0-3) is on for this thread.
func (d DR7) Enabled(n int) bool { return d>>(2*n)&3 != 0 }

// Slot is what comparator n watches: the access and the length in bytes.
func (d DR7) Slot(n int) (Access, int) {
	f := d >> (16 + 4*n)
	return Access(f & 3), lenBytes[f>>2&3]
}

// With turns comparator n on (locally, with exact matching) for an access of size
// bytes at an address, which goes to DRn. The size is 1, 2, 4 or 8 and the address a
// multiple of it; an execute comparator has size 1.
func (d DR7) With(n int, a Access, addr uint64, size int) (DR7, error) {
	code, ok := lenCode[size]
	switch {
	case n < 0 || n > 3:
		return d, fmt.Errorf("debug comparator %d: a processor has 0 to 3", n)
	case !ok:
		return d, fmt.Errorf("watch %d bytes at %#x: the hardware watches 1, 2, 4 or 8 bytes", size, addr)
	case addr%uint64(size) != 0:
		return d, fmt.Errorf("watch %d bytes at %#x: the address must be a multiple of %d", size, addr, size)
	case a == AccessExec && size != 1:
		return d, fmt.Errorf("hardware breakpoint at %#x: its length must be 1, not %d", addr, size)
	}
	return d.Without(n) | 1<<(2*n) | 1<<8 | (DR7(a)|code<<2)<<(16+4*n), nil
}

// Without turns comparator n off.
func (d DR7) Without(n int) DR7 { return d &^ (3<<(2*n) | 0xf<<(16+4*n)) }

// WatchesData says whether any comparator is on for data.
func (d DR7) WatchesData() bool {
	for n := range 4 {
		if a, _ := d.Slot(n); d.Enabled(n) && a != AccessExec {
			return true
		}
	}
	return false
}

func (d DR7) String() string { return formatFields(dr7Fields, uint64(d)) }

// DR6 is the debug status register.
type DR6 uint64

// Bits of DR6.
const (
	DR6Step DR6 = 1 << 14 // BS: the trap flag's single step
	DR6Task DR6 = 1 << 15 // BT
)

// Hit says whether comparator n matched. The processor also sets it for a comparator
// that matches while off, so check DR7 too.
func (d DR6) Hit(n int) bool { return d>>n&1 != 0 }

func (d DR6) String() string { return formatFields(dr6Fields, uint64(d)) }
