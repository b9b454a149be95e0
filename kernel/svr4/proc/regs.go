package proc

// Registers: gregset_t and fpregset_t of amd64 (regset.h), and their place in a regs.Set.

import "github.com/trapline/trapline/regs"

// The words of a Gregs by their index.
const (
	RegR15 = iota
	RegR14
	RegR13
	RegR12
	RegR11
	RegR10
	RegR9
	RegR8
	RegRDI
	RegRSI
	RegRBP
	RegRBX
	RegRDX
	RegRCX
	RegRAX
	RegTrapNo
	RegErr
	RegRIP
	RegCS
	RegRFL
	RegRSP
	RegSS
	RegFS
	RegGS
	RegES
	RegDS
	RegFSBase
	RegGSBase
	NGregs
)

// Gregs is prgregset_t.
type Gregs [NGregs]uint64

// GregsSize is its size in bytes.
const GregsSize = 8 * NGregs

// gregRows say which slot of a regs.Set a word is. TrapNo and Err have none: they tell of
// the last trap.
var gregRows = [NGregs]struct {
	name string
	id   regs.ID
	none bool
}{
	RegR15: {"r15", regs.R15, false}, RegR14: {"r14", regs.R14, false}, RegR13: {"r13", regs.R13, false},
	RegR12: {"r12", regs.R12, false}, RegR11: {"r11", regs.R11, false}, RegR10: {"r10", regs.R10, false},
	RegR9: {"r9", regs.R9, false}, RegR8: {"r8", regs.R8, false}, RegRDI: {"rdi", regs.RDI, false},
	RegRSI: {"rsi", regs.RSI, false}, RegRBP: {"rbp", regs.RBP, false}, RegRBX: {"rbx", regs.RBX, false},
	RegRDX: {"rdx", regs.RDX, false}, RegRCX: {"rcx", regs.RCX, false}, RegRAX: {"rax", regs.RAX, false},
	RegTrapNo: {"trapno", 0, true}, RegErr: {"err", 0, true}, RegRIP: {"rip", regs.RIP, false},
	RegCS: {"cs", regs.CS, false}, RegRFL: {"rfl", regs.EFlags, false}, RegRSP: {"rsp", regs.RSP, false},
	RegSS: {"ss", regs.SS, false}, RegFS: {"fs", regs.FS, false}, RegGS: {"gs", regs.GS, false},
	RegES: {"es", regs.ES, false}, RegDS: {"ds", regs.DS, false}, RegFSBase: {"fsbase", regs.FSBase, false},
	RegGSBase: {"gsbase", regs.GSBase, false},
}

// RegName is the name of a word of a Gregs.
func RegName(i int) string { return gregRows[i].name }

// ToSet fills the general registers of a set; orig_rax, which is Linux's, becomes -1.
func (g *Gregs) ToSet(s *regs.Set) {
	for i := range gregRows {
		if !gregRows[i].none {
			s.G[gregRows[i].id] = g[i]
		}
	}
	s.G[regs.OrigRAX] = ^uint64(0)
	s.Have |= regs.General
}

// FromSet takes the general registers of a set; trapno and err stay as they are.
func (g *Gregs) FromSet(s *regs.Set) {
	for i := range gregRows {
		if !gregRows[i].none {
			g[i] = s.G[gregRows[i].id]
		}
	}
}

// Bytes are the registers as they lie in memory.
func (g *Gregs) Bytes() []byte {
	b := make([]byte, GregsSize)
	put(b, g[:])
	return b
}

// Decode reads a prgregset_t.
func (g *Gregs) Decode(b []byte) error {
	if len(b) < GregsSize {
		return ErrShort
	}
	get(b, g[:])
	return nil
}

// CarryFlag is set in RegRFL when a system call has failed; rax is then the errno.
const CarryFlag = 1

// UserFlags are the bits of RegRFL that PCSREG and request 6 change: the condition codes
// (carry, parity, auxiliary, zero, sign, overflow) and the direction (proc(5), PCSREG).
const UserFlags = 0x0cd5

// FPRegs is prfpregset_t: what fxsave64 stores (Intel SDM vol. 1, table 10-2), then the
// status words at the last exception.
type FPRegs [FPRegsSize]byte

// Sizes in bytes.
const (
	FPRegsSize = 528
	FXSaveSize = 512
)
