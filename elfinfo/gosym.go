package elfinfo

// Function names of stripped Go programs, from the runtime's own table. debug/gosym
// reads it too, but allocates what the table's header asks for before checking it.
//
// Layout (Go's runtime/symtab.go, pcHeader): magic, two zero bytes, instruction
// quantum, pointer size; then words: nfunc, nfiles, textStart, and the offsets of
// funcnametab, cutab, filetab, pctab, functab. functab is nfunc pairs of 32-bit
// offsets (entry from textStart, func record from functab) and one last entry; a
// func record starts with its entry and the offset of its name in funcnametab.

import (
	"debug/elf"
	"errors"
)

// goMagics are the layouts known, all with 32-bit entries relative to textStart.
var goMagics = map[uint32]string{0xfffffff0: "go1.18", 0xfffffff1: "go1.20"}

// goSymbols returns a symbol for every function in .gopclntab.
func (f *File) goSymbols() ([]Symbol, error) {
	name := ".gopclntab"
	if _, ok := f.sectionIndex(name); !ok {
		name = ".data.rel.ro.gopclntab" // PIE
	}
	b, err := f.OwnSection(name)
	if err != nil {
		if errors.Is(err, ErrNoSection) {
			return nil, nil
		}
		return nil, err
	}
	const header = 8 + 8*8
	if len(b) < header || b[7] != 8 {
		return nil, f.errAt(name, 0, "header is cut off or not for 64-bit pointers")
	}
	magic := f.order.Uint32(b)
	if goMagics[magic] == "" {
		return nil, f.errAt(name, 0, "unknown layout %#x; known are those of Go 1.18 and later", magic)
	}
	word := func(i int) uint64 { return f.order.Uint64(b[8+8*i:]) }
	nfunc, textStart, names, functab := word(0), word(2), word(3), word(7)
	if textStart == 0 { // Go 1.26 leaves it to the module data
		textStart, _ = f.SectionAddr(".text")
	}
	size := uint64(len(b))
	if names > size || functab > size || nfunc > (size-functab)/8 {
		return nil, f.errAt(name, 8, "%d functions at offset %#x do not fit in %d bytes", nfunc, functab, size)
	}
	tab := b[functab:]
	text, _ := f.sectionIndex(".text")
	out := gather{room: int(nfunc)}
	for i := range nfunc {
		entry, rec := uint64(f.order.Uint32(tab[8*i:])), uint64(f.order.Uint32(tab[8*i+4:]))
		if rec+8 > uint64(len(tab)) {
			return out.syms, f.errAt(name, functab+8*i, "record of function %d is outside the table", i)
		}
		nameOff := names + uint64(f.order.Uint32(tab[rec+4:]))
		if nameOff >= size {
			return out.syms, f.errAt(name, functab+rec, "name of function %d is outside the table", i)
		}
		end := entry
		if 8*i+12 <= uint64(len(tab)) { // the next entry, or the end mark
			end = uint64(f.order.Uint32(tab[8*i+8:]))
		}
		out.add(Symbol{Name: cstring(bounded(b[nameOff:], maxMangled)), Value: textStart + entry, Size: end - min(entry, end),
			Type: elf.STT_FUNC, Bind: elf.STB_GLOBAL, Section: elf.SectionIndex(text), Origin: GoTable})
	}
	return out.syms, nil
}
