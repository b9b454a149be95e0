// Package regs describes the user-visible registers of an x86-64 thread as a table
// of rows, and holds their values in a Set whose layout belongs to no OS.
//
// A kernel adapter converts between its own layout and a Set by the offsets in the
// rows (see Table); everything above an adapter names registers by ID.
package regs

// ID names a general register slot of a Set. The order is the DWARF order of the
// System V x86-64 psABI (figure 3.36) for 0-16, so that an unwinder can index
// by DWARF number, followed by what DWARF numbers elsewhere or not at all.
type ID uint8

// The general registers of a Set: 64 bits each, segments zero-extended.
const (
	RAX ID = iota
	RDX
	RCX
	RBX
	RSI
	RDI
	RBP
	RSP
	R8
	R9
	R10
	R11
	R12
	R13
	R14
	R15
	RIP
	EFlags
	CS
	SS
	DS
	ES
	FS
	GS
	FSBase
	GSBase
	OrigRAX // Linux: the system call number while one is in progress, else -1
	NGeneral
)

// Group is a set of register groups that one request fetches.
type Group uint8

// The groups: each costs its own request to the kernel.
const (
	General  Group = 1 << iota // Set.G
	Extended                   // Set.XSave: x87, SSE, AVX, AVX-512, ...
	Debug                      // Set.DR
)

// Set is the registers of one thread. Have says which groups hold values.
type Set struct {
	Have  Group
	G     [NGeneral]uint64
	XSave []byte    // XSAVE area, standard (non-compacted) form; Intel SDM vol. 1, 13.4
	DR    [8]uint64 // DR0-DR3 addresses, DR6 status, DR7 control; 4 and 5 unused

	Layout *XSaveLayout // of XSave; nil: that of the processor running this program
}

// PC is the address of the next instruction.
func (s *Set) PC() uint64 { return s.G[RIP] }

// SP is the stack pointer.
func (s *Set) SP() uint64 { return s.G[RSP] }

// Bits of eflags that the engine works with (Intel SDM vol. 1, 3.4.3).
const (
	FlagTF = 1 << 8  // trap flag: #DB after the next instruction
	FlagRF = 1 << 16 // resume flag: no instruction breakpoint on the next instruction
)
