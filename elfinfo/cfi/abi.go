package cfi

import (
	"debug/elf"

	"github.com/trapline/trapline/regs"
)

// ABI is what a calling convention says of stacks and of what describes them. Frames and
// rules number registers as package regs does, whatever the convention: 32-bit code runs
// in the low halves of the same registers. Only what DWARF information says is
// numbered by the ABI.
type ABI struct {
	Name    string
	Machine elf.Machine // of files with such code
	Word    int         // bytes of an address, and of what a call and a push write

	registers    []register // by DWARF number
	saved        uint32     // what a function preserves for its caller, a bit each
	atEntry      *Row       // of a function's first instruction
	framePointer *Row       // of a function past the usual prologue
	// shapes are tried in order at the exact pc of a frame that has no call-frame
	// information. Instruction encodings: Intel SDM vol. 2.
	shapes []shape
	// trampolines are tried at the pc of every frame that no signal-frame CFI covers, even
	// when ordinary CFI does: Go's runtime describes its own trampoline as a function.
	trampolines []shape
	// fates are functions at which stacks end or change without the call-frame
	// information saying so.
	fates map[string]fate
}

// register is one that has rules.
type register struct {
	id   regs.ID
	name string
}

// ABIs are those that are known.
var ABIs = []*ABI{AMD64, I386}

// Of is the ABI of a machine's code; nil when it is not known.
func Of(m elf.Machine) *ABI {
	for _, a := range ABIs {
		if a.Machine == m {
			return a
		}
	}
	return nil
}

func (a *ABI) orDefault() *ABI {
	if a == nil {
		return AMD64
	}
	return a
}

// Regs takes the general registers of a stopped thread.
func (a *ABI) Regs(s *regs.Set) Regs {
	r := Regs{abi: a}
	a = a.orDefault()
	for _, row := range a.registers {
		r.set(int(row.id), a.cut(s.G[row.id]))
	}
	return r
}

// number is that of a register in rules and frames, by its DWARF number. One that has
// none there is a register nobody has.
func (a *ABI) number(dwarf uint64) uint16 {
	if dwarf >= uint64(len(a.registers)) {
		return 0xffff
	}
	return uint16(a.registers[dwarf].id)
}

func (a *ABI) name(id regs.ID) string {
	for _, row := range a.registers {
		if row.id == id {
			return row.name
		}
	}
	return "unknown register"
}

// cut is an address as wide as addresses are: they are counted modulo their size.
func (a *ABI) cut(v uint64) uint64 { return v << (64 - 8*a.Word) >> (64 - 8*a.Word) }
