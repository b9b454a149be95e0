package breakpoints

import (
	"fmt"
)

// NSlots is how many debug registers x86-64 has for addresses.
const NSlots = 4

// Slots hands out the debug registers: the same for every thread of a session.
type Slots [NSlots]Slot

// Slot is one debug register in use; Len 0 is a free one.
type Slot struct {
	Addr uint64
	Len  int
	Kind Kind
	refs int
}

// ErrNoSlot is the refusal of a fifth hardware stop-point.
var ErrNoSlot = fmt.Errorf("all %d debug registers are in use; delete or disable a hardware breakpoint or watchpoint first", NSlots)

// Acquire takes a register for an address, or shares one that does the same.
// The length must be 1, 2, 4 or 8 and the address a multiple of it (Intel SDM vol. 3,
// 18.2.5); code takes 1.
func (s *Slots) Acquire(addr uint64, length int, kind Kind) error {
	switch {
	case kind == Execute && length != 1:
		return fmt.Errorf("a hardware breakpoint covers one byte, not %d", length)
	case length != 1 && length != 2 && length != 4 && length != 8:
		return fmt.Errorf("a debug register watches 1, 2, 4 or 8 bytes, not %d", length)
	case addr%uint64(length) != 0:
		return fmt.Errorf("a debug register watches aligned memory: %#x is not a multiple of %d", addr, length)
	}
	if kind == Read {
		kind = ReadWrite
	}
	free := -1
	for i := range s {
		switch slot := &s[i]; {
		case slot.Len == 0:
			if free < 0 {
				free = i
			}
		case slot.Addr == addr && slot.Len == length && slot.Kind == kind:
			slot.refs++
			return nil
		}
	}
	if free < 0 {
		return ErrNoSlot
	}
	s[free] = Slot{Addr: addr, Len: length, Kind: kind, refs: 1}
	return nil
}

// Release gives back what Acquire took.
func (s *Slots) Release(addr uint64, length int, kind Kind) {
	if kind == Read {
		kind = ReadWrite
	}
	for i := range s {
		if slot := &s[i]; slot.Len == length && slot.Addr == addr && slot.Kind == kind {
			if slot.refs--; slot.refs == 0 {
				*slot = Slot{}
			}
			return
		}
	}
}

// Used says whether any register is taken.
func (s *Slots) Used() bool {
	for i := range s {
		if s[i].Len != 0 {
			return true
		}
	}
	return false
}

// Registers writes the slots into a thread's DR0-DR3 and DR7 and clears DR6
// (Intel SDM vol. 3, 18.2.4: L0-L3 in bits 0-6, R/W and LEN from bit 16 on).
func (s *Slots) Registers(dr *[8]uint64) {
	var dr7 uint64
	for i := range s {
		slot := &s[i]
		dr[i] = slot.Addr
		if slot.Len == 0 {
			continue
		}
		dr7 |= 1<<(2*i) | (rw[slot.Kind]|lengths[slot.Len]<<2)<<(16+4*i)
	}
	dr[6], dr[7] = 0, dr7
}

var (
	rw      = map[Kind]uint64{Execute: 0, Write: 1, ReadWrite: 3}
	lengths = map[int]uint64{1: 0, 2: 1, 8: 2, 4: 3}
)
