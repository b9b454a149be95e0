package regs

// Conversion between a Set and the structures of the two kernels, by the offsets in
// the rows. This is done at every stop of every thread, so the rows are compiled once
// into flat tables; nothing here allocates.

import (
	"encoding/binary"
	"errors"
)

// Sizes of the structures, in bytes.
const (
	LinuxRegsSize    = 27 * 8 // struct user_regs_struct (sys/user.h)
	FreeBSDRegsSize  = 176    // struct __reg64 (sys/x86/include/reg.h)
	FreeBSDDebugSize = 128    // struct __dbreg64, same file
)

var (
	errLinuxSize   = errors.New("regs: struct user_regs_struct needs 216 bytes")
	errFreeBSDSize = errors.New("regs: struct reg needs 176 bytes")
	errDebugSize   = errors.New("regs: struct dbreg needs 128 bytes")
)

// linuxSlots holds the slot at each word; freebsdWords the 8-byte members of struct
// reg, freebsdHalves its 2-byte ones.
var (
	linuxSlots    [LinuxRegsSize / 8]ID
	freebsdWords  []slotAt
	freebsdHalves []slotAt
)

type slotAt struct {
	id  ID
	off uint8
}

func compileLayouts() {
	for i := range Table {
		r := &Table[i]
		if r.own.group != General {
			continue
		}
		id := ID(r.own.index)
		linuxSlots[r.Linux.Off/8] = id
		at := slotAt{id, uint8(r.FreeBSD.Off)}
		switch r.FreeBSD.Size {
		case 8:
			freebsdWords = append(freebsdWords, at)
		case 2:
			freebsdHalves = append(freebsdHalves, at)
		}
	}
}

// FromLinux fills the general registers from a struct user_regs_struct. It fails
// only when buf is shorter than LinuxRegsSize.
func FromLinux(buf []byte, s *Set) error {
	if len(buf) < LinuxRegsSize {
		return errLinuxSize
	}
	for i, id := range linuxSlots {
		s.G[id] = binary.LittleEndian.Uint64(buf[8*i:])
	}
	s.Have |= General
	return nil
}

// ToLinux writes the general registers as a struct user_regs_struct. It fails only
// when buf is shorter than LinuxRegsSize.
func ToLinux(s *Set, buf []byte) error {
	if len(buf) < LinuxRegsSize {
		return errLinuxSize
	}
	for i, id := range linuxSlots {
		binary.LittleEndian.PutUint64(buf[8*i:], s.G[id])
	}
	return nil
}

// FromFreeBSD fills the general registers from a struct reg. That has neither the
// segment bases (PT_GETFSBASE and PT_GETGSBASE give them) nor orig_rax, which
// becomes -1; the bases keep what the set holds.
func FromFreeBSD(buf []byte, s *Set) error {
	if len(buf) < FreeBSDRegsSize {
		return errFreeBSDSize
	}
	for _, w := range freebsdWords {
		s.G[w.id] = binary.LittleEndian.Uint64(buf[w.off:])
	}
	for _, h := range freebsdHalves {
		s.G[h.id] = uint64(binary.LittleEndian.Uint16(buf[h.off:]))
	}
	s.G[OrigRAX] = ^uint64(0)
	s.Have |= General
	return nil
}

// ToFreeBSD writes the general registers into a struct reg, leaving its trapno and
// err members as they are: give it the buffer that PT_GETREGS filled.
func ToFreeBSD(s *Set, buf []byte) error {
	if len(buf) < FreeBSDRegsSize {
		return errFreeBSDSize
	}
	for _, w := range freebsdWords {
		binary.LittleEndian.PutUint64(buf[w.off:], s.G[w.id])
	}
	for _, h := range freebsdHalves {
		binary.LittleEndian.PutUint16(buf[h.off:], uint16(s.G[h.id]))
	}
	return nil
}

// FromFreeBSDDebug fills the debug registers from a struct dbreg.
func FromFreeBSDDebug(buf []byte, s *Set) error {
	if len(buf) < FreeBSDDebugSize {
		return errDebugSize
	}
	for i := range s.DR {
		s.DR[i] = binary.LittleEndian.Uint64(buf[8*i:])
	}
	s.Have |= Debug
	return nil
}

// ToFreeBSDDebug writes the debug registers into a struct dbreg, leaving its reserved
// members as they are.
func ToFreeBSDDebug(s *Set, buf []byte) error {
	if len(buf) < FreeBSDDebugSize {
		return errDebugSize
	}
	for _, i := range [...]int{0, 1, 2, 3, 6, 7} {
		binary.LittleEndian.PutUint64(buf[8*i:], s.DR[i])
	}
	return nil
}

// LinuxDebugOffset is the offset in struct user of a debug register, for
// PTRACE_PEEKUSER and PTRACE_POKEUSER.
func LinuxDebugOffset(n int) int { return byName["dr0"].Linux.Off + 8*n }
