package image

// Whose program a file is: the system calls it makes are that system's.

import (
	"bytes"
	"debug/elf"

	"github.com/trapline/trapline/kernel/model/errno"
)

// Brand is the system that a program was made for.
type Brand uint8

// The brands.
const (
	BrandUnknown Brand = iota // it says that it is for a system that is not one of these
	BrandLinux
	BrandFreeBSD
	BrandSVR4
)

func (b Brand) String() string { return [...]string{"unknown", "Linux", "FreeBSD", "SVR4"}[b&3] }

// byOSABI has the values of EI_OSABI that tell. ELFOSABI_NONE, which most programs have, is
// not one of them.
var byOSABI = map[elf.OSABI]Brand{elf.ELFOSABI_LINUX: BrandLinux, elf.ELFOSABI_FREEBSD: BrandFreeBSD, elf.ELFOSABI_SOLARIS: BrandSVR4,
	elf.ELFOSABI_NETBSD: BrandUnknown, elf.ELFOSABI_OPENBSD: BrandUnknown}

// byNote has the notes of type 1 that name a system. GNU's tells which one in its first
// word (Linux Standard Base core, "ABI note tag").
var byNote = map[string]func(desc []byte) (Brand, bool){
	"GNU":     gnuABI,
	"FreeBSD": func([]byte) (Brand, bool) { return BrandFreeBSD, true },
	"NetBSD":  func([]byte) (Brand, bool) { return BrandUnknown, true },
	"OpenBSD": func([]byte) (Brand, bool) { return BrandUnknown, true },
}

func gnuABI(desc []byte) (Brand, bool) {
	if len(desc) < 4 {
		return BrandUnknown, false
	}
	b, ok := map[uint32]Brand{0: BrandLinux, 2: BrandSVR4, 3: BrandFreeBSD}[le.Uint32(desc)]
	return b, ok
}

const maxNotes = 4096 // bytes that are read of a PT_NOTE

// brand is the program's, or, if it does not say, the system's.
func (p *program) brand(system Brand) Brand {
	if b, ok := byOSABI[elf.OSABI(p.osabi)]; ok {
		return b
	}
	segments := 0
	for _, h := range p.phdrs {
		if elf.ProgType(h.typ) != elf.PT_NOTE {
			continue
		}
		if segments++; segments > 8 {
			break
		}
		b, err := read(p.file, h.offset, int(min(h.filesz, maxNotes)))
		if err != errno.OK {
			continue
		}
		if b, ok := noteBrand(b, max(h.align, 4)); ok {
			return b
		}
	}
	return system
}

// noteBrand looks for a note that names a system.
func noteBrand(b []byte, align uint64) (Brand, bool) {
	if align != 8 {
		align = 4
	}
	for len(b) >= 12 {
		n, d, typ := uint64(le.Uint32(b)), uint64(le.Uint32(b[4:])), le.Uint32(b[8:])
		desc := up(12+n, align)
		if desc+d > uint64(len(b)) {
			break
		}
		name := bytes.TrimRight(b[12:12+n], "\x00")
		if known := byNote[string(name)]; known != nil && typ == 1 {
			if brand, ok := known(b[desc : desc+d]); ok {
				return brand, true
			}
		}
		b = b[min(up(desc+d, align), uint64(len(b))):]
	}
	return BrandUnknown, false
}

// up is n rounded up to a power of two.
func up(n, align uint64) uint64 { return (n + align - 1) &^ (align - 1) }
