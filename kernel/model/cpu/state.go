package cpu

// The registers of a thread.

import (
	"encoding/binary"

	"github.com/trapline/trapline/regs"
)

// Numbers of the general registers, as instructions encode them.
const (
	RAX = iota
	RCX
	RDX
	RBX
	RSP
	RBP
	RSI
	RDI
	R8
	R9
	R10
	R11
	R12
	R13
	R14
	R15
)

// Bits of RFLAGS (Intel SDM vol. 1, 3.4.3).
const (
	FlagCF = 1 << 0
	FlagPF = 1 << 2
	FlagAF = 1 << 4
	FlagZF = 1 << 6
	FlagSF = 1 << 7
	FlagTF = 1 << 8
	FlagIF = 1 << 9
	FlagDF = 1 << 10
	FlagOF = 1 << 11
	FlagNT = 1 << 14
	FlagRF = 1 << 16
	FlagAC = 1 << 18
	FlagID = 1 << 21

	flagFixed = 1 << 1
	flagIOPL  = 3 << 12
	flagVM    = 1 << 17

	// arith is the flags of arithmetic.
	arith = FlagCF | FlagPF | FlagAF | FlagZF | FlagSF | FlagOF
)

// Numbers of the segment registers, as instructions encode them.
const (
	ES = iota
	CS
	SS
	DS
	FS
	GS
)

// XMM is an SSE register: its low and its high half.
type XMM [2]uint64

// State is the registers of a thread, as compact as they are often copied.
type State struct {
	R       [16]uint64 // by their numbers in instructions
	RIP     uint64
	Flags   uint64 // RFLAGS
	FSBase  uint64
	GSBase  uint64
	Segment [6]uint16 // selectors
	MXCSR   uint32
	X       [16]XMM
	Shadow  bool      // the last instruction was mov ss: no #DB before the next one is done
	DR      [8]uint64 // DR0-DR3 and DR7 as ptrace sets them; DR6 is the owner's
}

// The selectors of 64-bit user code and its data on Linux; FreeBSD has 0x43 and 0x3b.
const (
	linuxCS = 0x33
	linuxSS = 0x2b
)

// Reset is the state of a new Linux program, but for RIP and RSP.
func (s *State) Reset() {
	*s = State{Flags: flagFixed | FlagIF, MXCSR: 0x1f80}
	s.Segment[CS], s.Segment[SS] = linuxCS, linuxSS
}

// slots of regs.Set.G for our numbers.
var (
	gprSlots = [16]regs.ID{regs.RAX, regs.RCX, regs.RDX, regs.RBX, regs.RSP, regs.RBP, regs.RSI, regs.RDI,
		regs.R8, regs.R9, regs.R10, regs.R11, regs.R12, regs.R13, regs.R14, regs.R15}
	segSlots = [6]regs.ID{regs.ES, regs.CS, regs.SS, regs.DS, regs.FS, regs.GS}
)

// Offsets in the legacy region of an XSAVE area (Intel SDM vol. 1, table 10-2), and
// XSTATE_BV, which says whether the SSE part counts.
const (
	xsMXCSR = 24
	xsXMM   = 160
	xsEnd   = 416
	xsBV    = 512
	bvSSE   = 1 << regs.SSE
)

// FromSet takes the groups of registers that the set has.
func (s *State) FromSet(set *regs.Set) {
	if set.Have&regs.General != 0 {
		for i, id := range gprSlots {
			s.R[i] = set.G[id]
		}
		for i, id := range segSlots {
			s.Segment[i] = uint16(set.G[id])
		}
		s.RIP, s.Flags = set.G[regs.RIP], set.G[regs.EFlags]|flagFixed
		s.FSBase, s.GSBase = set.G[regs.FSBase], set.G[regs.GSBase]
	}
	if set.Have&regs.Debug != 0 {
		s.DR = set.DR
	}
	if set.Have&regs.Extended == 0 || len(set.XSave) < xsEnd {
		return
	}
	s.MXCSR = binary.LittleEndian.Uint32(set.XSave[xsMXCSR:])
	valid := len(set.XSave) < xsBV+8 || set.XSave[xsBV]&bvSSE != 0
	for i := range s.X {
		s.X[i] = XMM{}
		if b := set.XSave[xsXMM+16*i:]; valid {
			s.X[i] = XMM{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
		}
	}
}

// ToSet writes the general and the debug registers into the set, and the SSE ones if the
// set has an area for them. What a State does not have (orig_rax, x87) stays.
func (s *State) ToSet(set *regs.Set) {
	for i, id := range gprSlots {
		set.G[id] = s.R[i]
	}
	for i, id := range segSlots {
		set.G[id] = uint64(s.Segment[i])
	}
	set.G[regs.RIP], set.G[regs.EFlags] = s.RIP, s.Flags
	set.G[regs.FSBase], set.G[regs.GSBase] = s.FSBase, s.GSBase
	set.DR = s.DR
	set.Have |= regs.General | regs.Debug
	if len(set.XSave) < xsEnd {
		return
	}
	set.Have |= regs.Extended
	binary.LittleEndian.PutUint32(set.XSave[xsMXCSR:], s.MXCSR)
	for i, x := range s.X {
		b := set.XSave[xsXMM+16*i:]
		binary.LittleEndian.PutUint64(b, x[0])
		binary.LittleEndian.PutUint64(b[8:], x[1])
	}
	if len(set.XSave) >= xsBV+8 {
		set.XSave[xsBV] |= bvSSE
	}
}
