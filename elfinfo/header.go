package elfinfo

// Reading the three tables of an ELF file. One row per field says where it is in
// each class, so that 32- and 64-bit files share the code.

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"strings"
)

// Limits on tables. A core has a segment for each mapping of its process; the largest known
// object files (-ffunction-sections) have a few hundred thousand sections.
const (
	maxProgs    = 1 << 20
	maxSections = 1 << 20
)

// layout holds the sizes and field offsets that differ between the classes
// (gABI chapter 4, figures 4-3, 4-8 and 5-1).
type layout struct {
	word                      int // size of Elf_Addr and Elf_Off
	ehsize, phentsize, shsize uint64
	// file header
	entry, phoff, shoff, flags, ehsz int
	// program header
	pFlags, pOff, pVaddr, pPaddr, pFilesz, pMemsz, pAlign int
	// section header
	sFlags, sAddr, sOff, sSize, sLink, sInfo, sAlign, sEnt int
}

var layouts = map[elf.Class]*layout{
	elf.ELFCLASS32: {word: 4, ehsize: 52, phentsize: 32, shsize: 40,
		entry: 24, phoff: 28, shoff: 32, flags: 36, ehsz: 40,
		pFlags: 24, pOff: 4, pVaddr: 8, pPaddr: 12, pFilesz: 16, pMemsz: 20, pAlign: 28,
		sFlags: 8, sAddr: 12, sOff: 16, sSize: 20, sLink: 24, sInfo: 28, sAlign: 32, sEnt: 36},
	elf.ELFCLASS64: {word: 8, ehsize: 64, phentsize: 56, shsize: 64,
		entry: 24, phoff: 32, shoff: 40, flags: 48, ehsz: 52,
		pFlags: 4, pOff: 8, pVaddr: 16, pPaddr: 24, pFilesz: 32, pMemsz: 40, pAlign: 48,
		sFlags: 8, sAddr: 16, sOff: 24, sSize: 32, sLink: 40, sInfo: 44, sAlign: 48, sEnt: 56},
}

// fields reads numbers out of one header.
type fields struct {
	b     []byte
	order binary.ByteOrder
	word  int
}

func (r fields) u16(at int) uint16 { return r.order.Uint16(r.b[at:]) }
func (r fields) u32(at int) uint32 { return r.order.Uint32(r.b[at:]) }
func (r fields) addr(at int) uint64 {
	if r.word == 4 {
		return uint64(r.order.Uint32(r.b[at:]))
	}
	return r.order.Uint64(r.b[at:])
}

func (f *File) readHeader() error {
	id, err := f.src.bytes(0, elf.EI_NIDENT)
	if err != nil || string(id[:4]) != elf.ELFMAG {
		return fmt.Errorf("%s: %w", f.Name, notELF(f.src))
	}
	h := &f.Header
	h.Class, h.Data, h.Version = elf.Class(id[elf.EI_CLASS]), elf.Data(id[elf.EI_DATA]), elf.Version(id[elf.EI_VERSION])
	h.OSABI, h.ABIVersion = elf.OSABI(id[elf.EI_OSABI]), id[elf.EI_ABIVERSION]
	l := layouts[h.Class]
	if l == nil {
		return f.errAt("ELF header", elf.EI_CLASS, "unknown class %d (1 is 32-bit, 2 is 64-bit)", h.Class)
	}
	switch h.Data {
	case elf.ELFDATA2LSB:
		f.order = binary.LittleEndian
	case elf.ELFDATA2MSB:
		f.order = binary.BigEndian
	default:
		return f.errAt("ELF header", elf.EI_DATA, "unknown byte order %d (1 is little-endian, 2 is big-endian)", h.Data)
	}
	if h.Version != elf.EV_CURRENT {
		return f.errAt("ELF header", elf.EI_VERSION, "unknown ELF version %d", h.Version)
	}
	b, err := f.src.bytes(0, l.ehsize)
	if err != nil {
		return f.errAt("ELF header", 0, "%v", err)
	}
	r := fields{b, f.order, l.word}
	h.Type, h.Machine = elf.Type(r.u16(16)), elf.Machine(r.u16(18))
	h.Entry, h.Phoff, h.Shoff, h.Flags = r.addr(l.entry), r.addr(l.phoff), r.addr(l.shoff), r.u32(l.flags)
	h.Ehsize, h.Phentsize, h.Phnum = r.u16(l.ehsz), r.u16(l.ehsz+2), uint32(r.u16(l.ehsz+4))
	h.Shentsize, h.Shnum, h.Shstrndx = r.u16(l.ehsz+6), uint32(r.u16(l.ehsz+8)), uint32(r.u16(l.ehsz+10))
	return nil
}

// notELF says what a file is instead, as far as that helps the user on.
func notELF(s *source) error {
	if s.size == 0 {
		return fmt.Errorf("empty file: %w", ErrNotELF)
	}
	b, err := s.bytes(0, 2)
	if err == nil && string(b) == "#!" {
		line, _ := s.bytes(0, min(128, uint64(max(s.size, 0))))
		interp, _, _ := strings.Cut(string(line), "\n")
		return fmt.Errorf("script (%s); give its interpreter: %w", strings.TrimSpace(interp), ErrNotELF)
	}
	return ErrNotELF
}

func (f *File) readSections() error {
	h, l := &f.Header, layouts[f.Header.Class]
	if h.Shoff == 0 {
		return nil
	}
	const table = "section headers"
	if uint64(h.Shentsize) < l.shsize {
		return f.errAt(table, h.Shoff, "entry size is %d, want %d", h.Shentsize, l.shsize)
	}
	first, err := f.sectionHeader(h.Shoff)
	if err != nil {
		return f.errAt(table, h.Shoff, "%v", err)
	}
	if h.Shnum == 0 { // extended numbering: the real counts are in section 0
		if first.Size > maxSections {
			return f.errAt(table, h.Shoff, "%d sections are more than %d", first.Size, maxSections)
		}
		h.Shnum = uint32(first.Size)
	}
	if h.Shstrndx == uint32(elf.SHN_XINDEX) {
		h.Shstrndx = first.Link
	}
	const pnXnum = 0xffff // PN_XNUM: the count of segments is in section 0
	if h.Phnum == pnXnum && first.Info != 0 {
		h.Phnum = first.Info
	}
	if f.src.size >= 0 && uint64(h.Shnum)*uint64(h.Shentsize) > uint64(f.src.size) {
		return f.errAt(table, h.Shoff, "%d headers of %d bytes reach beyond the end of the file (%d bytes)", h.Shnum, h.Shentsize, f.src.size)
	}
	var all []elf.SectionHeader
	for i := range uint64(h.Shnum) {
		off := h.Shoff + i*uint64(h.Shentsize)
		s, err := f.sectionHeader(off)
		if err != nil {
			return f.errAt(table, off, "section %d: %v", i, err)
		}
		all = append(all, s)
	}
	f.Sections = all
	return f.nameSections()
}

func (f *File) sectionHeader(off uint64) (s elf.SectionHeader, err error) {
	l := layouts[f.Header.Class]
	b, err := f.src.bytes(off, l.shsize)
	if err != nil {
		return s, err
	}
	r := fields{b, f.order, l.word}
	s = elf.SectionHeader{
		Type: elf.SectionType(r.u32(4)), Flags: elf.SectionFlag(r.addr(l.sFlags)),
		Addr: r.addr(l.sAddr), Offset: r.addr(l.sOff), Size: r.addr(l.sSize),
		Link: r.u32(l.sLink), Info: r.u32(l.sInfo), Addralign: r.addr(l.sAlign), Entsize: r.addr(l.sEnt),
	}
	s.FileSize = s.Size
	return s, nil
}

// nameSections fills in names from the section name string table.
func (f *File) nameSections() error {
	h := &f.Header
	if h.Shstrndx == uint32(elf.SHN_UNDEF) {
		return nil
	}
	if h.Shstrndx >= uint32(len(f.Sections)) {
		return f.errAt("ELF header", 0, "section name table is section %d of %d", h.Shstrndx, len(f.Sections))
	}
	strs := f.Sections[h.Shstrndx]
	if strs.Type == elf.SHT_NOBITS || strs.Size > f.opts.maxSection() {
		return f.errAt(".shstrtab", strs.Offset, "unusable section name table (%v, %d bytes)", strs.Type, strs.Size)
	}
	names, err := f.src.bytes(strs.Offset, strs.Size)
	if err != nil {
		return f.errAt(".shstrtab", strs.Offset, "%v", err)
	}
	l := layouts[h.Class]
	for i := range f.Sections {
		b, err := f.src.bytes(h.Shoff+uint64(i)*uint64(h.Shentsize), l.shsize)
		if err != nil {
			return f.errAt("section headers", h.Shoff, "%v", err)
		}
		at := f.order.Uint32(b)
		if uint64(at) >= uint64(len(names)) {
			if at != 0 {
				return f.errAt(".shstrtab", uint64(at), "name of section %d is outside the table (%d bytes)", i, len(names))
			}
			continue
		}
		f.Sections[i].Name = cstring(bounded(names[at:], maxSectionName))
	}
	return nil
}

// maxSectionName keeps a table of a million headers that share one endless name
// from costing its square.
const maxSectionName = 256

func bounded(b []byte, n int) []byte { return b[:min(len(b), n)] }

func (f *File) readProgs() error {
	h, l := &f.Header, layouts[f.Header.Class]
	if h.Phnum == 0 || h.Phoff == 0 {
		return nil
	}
	const table = "program headers"
	if uint64(h.Phentsize) < l.phentsize {
		return f.errAt(table, h.Phoff, "entry size is %d, want %d", h.Phentsize, l.phentsize)
	}
	if h.Phnum > maxProgs {
		return f.errAt(table, h.Phoff, "%d segments are more than %d", h.Phnum, maxProgs)
	}
	for i := range uint64(h.Phnum) {
		off := h.Phoff + i*uint64(h.Phentsize)
		b, err := f.src.bytes(off, l.phentsize)
		if err != nil {
			return f.errAt(table, off, "segment %d of %d: %v", i, h.Phnum, err)
		}
		r := fields{b, f.order, l.word}
		f.Progs = append(f.Progs, elf.ProgHeader{
			Type: elf.ProgType(r.u32(0)), Flags: elf.ProgFlag(r.u32(l.pFlags)),
			Off: r.addr(l.pOff), Vaddr: r.addr(l.pVaddr), Paddr: r.addr(l.pPaddr),
			Filesz: r.addr(l.pFilesz), Memsz: r.addr(l.pMemsz), Align: r.addr(l.pAlign),
		})
	}
	return nil
}
