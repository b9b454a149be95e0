package elfinfo

// What FreeBSD programs say of themselves: their notes, and by what the kernel knows whose they are.

import (
	"debug/elf"
	"fmt"
	"strings"
)

// Notes of FreeBSD programs (sys/elf_common.h).
const (
	NoteFreeBSDABITag  = 1 // __FreeBSD_version that it was made for
	NoteFreeBSDNoInit  = 2 // crt files that need no .init
	NoteFreeBSDArchTag = 3 // MACHINE_ARCH
	NoteFreeBSDFeature = 4 // what the kernel is asked to leave off
)

// FreeBSDFeature are the bits of NoteFreeBSDFeature (NT_FREEBSD_FCTL_...).
type FreeBSDFeature uint32

// The bits.
const (
	FreeBSDNoASLR    FreeBSDFeature = 1 << iota // addresses are not to vary
	FreeBSDNoProtMax                            // mmap's protection is not its maximum
	FreeBSDNoStkGap                             // no gap of random size above the stack
	FreeBSDWXNeeded                             // wants memory that is written and executed
	FreeBSDLA48                                 // wants addresses of 48 bits
	_                                           // was FCTL_ASG_DISABLE
	FreeBSDLA57                                 // can have addresses of 57 bits
)

var freebsdFeatures = []string{"no-aslr", "no-protmax", "no-stackgap", "wxneeded", "la48", "", "la57"}

// String is the names of the bits, "no-aslr,wxneeded"; "none" for none.
func (f FreeBSDFeature) String() string {
	var out []string
	for i := range 32 {
		switch bit := FreeBSDFeature(1) << i; {
		case f&bit == 0:
		case i < len(freebsdFeatures) && freebsdFeatures[i] != "":
			out = append(out, freebsdFeatures[i])
		default:
			out = append(out, fmt.Sprintf("%#x", uint32(bit)))
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ",")
}

// FreeBSDTags is what a program's FreeBSD notes say.
type FreeBSDTags struct {
	Release  int    // __FreeBSD_version: major*100000 + minor*1000 + revision; 0 unknown
	Arch     string // "amd64"; "" when not said
	Feature  FreeBSDFeature
	Features bool // there is a note about features
	NoInit   bool
}

// String is "FreeBSD 15.0 (1500068), amd64, features no-aslr".
func (t FreeBSDTags) String() string {
	s := "FreeBSD"
	if t.Release != 0 {
		s += fmt.Sprintf(" %d.%d (%d)", t.Release/100000, t.Release/1000%100, t.Release)
	}
	if t.Arch != "" {
		s += ", " + t.Arch
	}
	if t.Features {
		s += ", features " + t.Feature.String()
	}
	return s
}

// FreeBSDTags reads the notes; ok is false when the file has none of FreeBSD's.
func (f *File) FreeBSDTags() (t FreeBSDTags, ok bool) {
	for _, n := range f.Notes() {
		if n.Name != "FreeBSD" || f.Header.Type == elf.ET_CORE {
			continue
		}
		ok = true
		number := uint32(0)
		if len(n.Desc) >= 4 {
			number = f.order.Uint32(n.Desc)
		}
		switch n.Type {
		case NoteFreeBSDABITag:
			t.Release = int(int32(number))
		case NoteFreeBSDNoInit:
			t.NoInit = true
		case NoteFreeBSDArchTag:
			t.Arch = cstring(n.Desc)
		case NoteFreeBSDFeature:
			t.Feature, t.Features = FreeBSDFeature(number), true
		}
	}
	return t, ok
}

// Brand is the system whose programs a file is one of, and what says so.
type Brand struct {
	System string // "FreeBSD", "Linux", "NetBSD", "OpenBSD"; "" when nothing tells
	By     string // "note", "EI_OSABI", "interpreter"
}

// brandNotes are the notes that tell, by owner; a GNU one names the system in its first word.
var brandNotes = map[string]uint32{"FreeBSD": NoteFreeBSDABITag, "NetBSD": 1, "OpenBSD": 1, "GNU": NoteGNUABITag}

var gnuBrands = []string{"Linux", "Hurd", "Solaris", "FreeBSD", "NetBSD"}

var abiBrands = map[elf.OSABI]string{elf.ELFOSABI_FREEBSD: "FreeBSD", elf.ELFOSABI_LINUX: "Linux", elf.ELFOSABI_NETBSD: "NetBSD",
	elf.ELFOSABI_OPENBSD: "OpenBSD", elf.ELFOSABI_SOLARIS: "Solaris"}

// interpBrands are the dynamic linkers of the systems (imgact_elf.c's brands).
var interpBrands = map[string]string{"/libexec/ld-elf.so.1": "FreeBSD", "/libexec/ld-elf32.so.1": "FreeBSD", "/usr/libexec/ld-elf.so.1": "FreeBSD",
	"/lib64/ld-linux-x86-64.so.2": "Linux", "/lib/ld-linux.so.2": "Linux", "/lib64/ld-linux.so.2": "Linux", "/lib/ld-musl-x86_64.so.1": "Linux",
	"/lib/ld-musl-i386.so.1": "Linux", "/usr/libexec/ld.elf_so": "NetBSD", "/libexec/ld.elf_so": "NetBSD", "/usr/libexec/ld.so": "OpenBSD"}

// Brand finds out, in the order in which FreeBSD's kernel does: by the notes, by the header, by
// the dynamic linker. A file without any of them is whatever the kernel falls back to.
func (f *File) Brand() Brand {
	for _, n := range f.Notes() {
		kind, ok := brandNotes[n.Name]
		switch {
		case !ok || n.Type != kind || len(n.Desc) < 4:
		case n.Name != "GNU":
			return Brand{n.Name, "note"}
		default:
			if i := f.order.Uint32(n.Desc); int64(i) < int64(len(gnuBrands)) {
				return Brand{gnuBrands[i], "note"}
			}
		}
	}
	if s := abiBrands[f.Header.OSABI]; s != "" {
		return Brand{s, "EI_OSABI"}
	}
	if s := interpBrands[f.Interp()]; s != "" {
		return Brand{s, "interpreter"}
	}
	return Brand{}
}
