package elfinfo

// Names for procedure linkage table entries. Nothing in the file maps entry to
// relocation: orders differ between .plt, .plt.sec (CET), .plt.got and between
// linkers. So each entry's jump is decoded, and the slot it jumps through is looked
// up among the relocations.

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
)

// pltSections hold entries of 16 bytes, or 8 where their header says so.
var pltSections = []string{".plt", ".plt.sec", ".plt.got"}

// Relocation types that fill a slot with a function (psABI x86-64, table 4.9).
const (
	rX86_64GlobDat  = 6
	rX86_64JmpSlot  = 7
	rX86_64Irelativ = 37
)

// pltSymbols makes symbols such as puts@plt. Only x86-64's PLT is known.
func (f *File) pltSymbols() ([]Symbol, error) {
	if f.Header.Machine != elf.EM_X86_64 || f.Header.Class != elf.ELFCLASS64 {
		return nil, nil
	}
	slots, err := f.pltSlots()
	if err != nil || len(slots) == 0 {
		return nil, err
	}
	out := gather{room: maxMatches}
	for _, name := range pltSections {
		code, err := f.OwnSection(name)
		if err != nil {
			continue
		}
		index, _ := f.sectionIndex(name)
		hdr := f.Sections[index]
		step := 16
		if hdr.Entsize == 8 {
			step = 8
		}
		for off := 0; off+step <= len(code); off += step {
			slot, ok := jumpSlot(code[off:off+step], hdr.Addr+uint64(off))
			if target := slots[slot]; ok && target != nil {
				out.add(Symbol{Name: target() + "@plt", Value: hdr.Addr + uint64(off), Size: uint64(step),
					Type: elf.STT_FUNC, Bind: elf.STB_LOCAL, Section: elf.SectionIndex(index), Origin: PLT})
			}
		}
	}
	return out.syms, nil
}

// jumpSlot decodes `[endbr64] [bnd] jmp *disp(%rip)` and returns the address that the
// jump reads.
func jumpSlot(entry []byte, addr uint64) (uint64, bool) {
	at := 0
	if len(entry) >= 4 && binary.LittleEndian.Uint32(entry) == 0xfa1e0ff3 { // endbr64
		at = 4
	}
	if at < len(entry) && entry[at] == 0xf2 { // bnd
		at++
	}
	if at+6 > len(entry) || entry[at] != 0xff || entry[at+1] != 0x25 {
		return 0, false
	}
	disp := int32(binary.LittleEndian.Uint32(entry[at+2:]))
	return addr + uint64(at) + 6 + uint64(int64(disp)), true
}

// pltSlots maps the address of each GOT slot to the name of what it is bound to.
func (f *File) pltSlots() (map[uint64]func() string, error) {
	var dyn *symTable
	holder := &Symbols{}
	if err := holder.add(f, ".dynsym", Dynamic); err == nil {
		dyn = holder.tables[0]
	}
	slots := map[uint64]func() string{}
	for _, name := range []string{".rela.plt", ".rela.dyn"} {
		b, err := f.OwnSection(name)
		if err != nil {
			continue
		}
		for ; len(b) >= 24; b = b[24:] { // Elf64_Rela
			off, info, addend := f.order.Uint64(b), f.order.Uint64(b[8:]), f.order.Uint64(b[16:])
			switch uint32(info) {
			case rX86_64GlobDat, rX86_64JmpSlot:
				if sym := int(info >> 32); dyn != nil && sym > 0 && sym < dyn.n {
					slots[off] = func() string { return string(dyn.nameBytes(dyn.at(sym).name)) }
				}
			case rX86_64Irelativ:
				slots[off] = func() string { return fmt.Sprintf("*ABS*+%#x", addend) } // as objdump names it
			}
		}
	}
	return slots, nil
}
