package elfinfo

// What `file`, `readelf -h` and `readelf -l` say, as data and as text.

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"strings"
)

// Description is the facts of `info file`.
type Description struct {
	Name       string
	Header     Header
	Progs      []elf.ProgHeader
	InSegment  [][]string // per segment, the names of the sections in it
	Kind       Kind
	Linking    string // "dynamically linked", "statically linked", "static-pie linked", ""
	Interp     string
	BuildID    string // GNU build-id, hexadecimal
	GoBuildID  string
	OSTag      string // "GNU/Linux 3.2.0", from the OS's own note
	Brand      Brand
	DebugInfo  bool   // .debug_info is in the file itself
	Stripped   bool   // no .symtab
	DebugFile  string // the separate debug file in use; "" when none
	DebugError error  // why a separate debug file is missing or was refused
	SectionErr error  // damaged section headers
}

// Kind is what an ELF file is for.
type Kind uint8

// The kinds of file(1).
const (
	KindOther Kind = iota
	KindRelocatable
	KindExecutable
	KindPIE
	KindShared
	KindCore
)

var kindNames = [...]string{"file", "relocatable", "executable", "pie executable", "shared object", "core file"}

func (k Kind) String() string { return kindNames[k] }

// words is a constant's text in file(1) and in readelf(1).
type words struct{ file, readelf string }

var machineWords = map[elf.Machine]words{
	elf.EM_X86_64:  {"x86-64", "Advanced Micro Devices X86-64"},
	elf.EM_386:     {"Intel 80386", "Intel 80386"},
	elf.EM_AARCH64: {"ARM aarch64", "AArch64"},
	elf.EM_ARM:     {"ARM", "ARM"},
	elf.EM_RISCV:   {"UCB RISC-V", "RISC-V"},
	elf.EM_PPC64:   {"64-bit PowerPC or cisco 7500", "PowerPC64"},
	elf.EM_S390:    {"IBM S/390", "IBM S/390"},
	elf.EM_MIPS:    {"MIPS", "MIPS R3000"},
}

var osabiWords = map[elf.OSABI]words{
	elf.ELFOSABI_NONE:    {"SYSV", "UNIX - System V"},
	elf.ELFOSABI_LINUX:   {"GNU/Linux", "UNIX - GNU"},
	elf.ELFOSABI_FREEBSD: {"FreeBSD", "UNIX - FreeBSD"},
	elf.ELFOSABI_NETBSD:  {"NetBSD", "UNIX - NetBSD"},
	elf.ELFOSABI_OPENBSD: {"OpenBSD", "UNIX - OpenBSD"},
	elf.ELFOSABI_SOLARIS: {"Solaris", "UNIX - Solaris"},
}

var typeWords = map[elf.Type]string{
	elf.ET_NONE: "NONE (None)", elf.ET_REL: "REL (Relocatable file)", elf.ET_EXEC: "EXEC (Executable file)",
	elf.ET_DYN: "DYN (Shared object file)", elf.ET_CORE: "CORE (Core file)",
}

var dataWords = map[elf.Data]words{
	elf.ELFDATA2LSB: {"LSB", "2's complement, little endian"},
	elf.ELFDATA2MSB: {"MSB", "2's complement, big endian"},
}

// Dynamic tags (gABI chapter 5; DT_FLAGS_1 is Solaris's, shared by all).
const (
	dtSoname = 14
	dtFlags1 = 0x6ffffffb
	df1PIE   = 0x08000000
)

// Describe gathers the facts. It opens the separate debug file if there is one.
func (f *File) Describe() Description {
	d := Description{
		Name: f.Name, Header: f.Header, Progs: f.Progs, Interp: f.Interp(), BuildID: f.BuildID(),
		DebugInfo: f.HasSection(".debug_info"), Stripped: !f.HasSection(".symtab"), SectionErr: f.SectionErr,
	}
	for _, n := range f.Notes() {
		switch {
		case n.Name == "Go" && n.Type == NoteGoBuildID:
			d.GoBuildID = string(n.Desc)
		case n.Name == "GNU" && n.Type == NoteGNUABITag && len(n.Desc) >= 16:
			d.OSTag = gnuTag(f.order, n.Desc)
		}
	}
	if t, ok := f.FreeBSDTags(); ok {
		d.OSTag = t.String()
	}
	d.Brand = f.Brand()
	f.describeLinking(&d)
	for _, p := range f.Progs {
		d.InSegment = append(d.InSegment, f.sectionsIn(p))
	}
	if !d.DebugInfo {
		dbg, err := f.DebugFile()
		d.DebugError = err
		if dbg != nil {
			d.DebugFile = dbg.Name
		}
	}
	return d
}

// gnuTag decodes NT_GNU_ABI_TAG: an OS and its oldest version.
func gnuTag(o binary.ByteOrder, desc []byte) string {
	names := [...]string{"GNU/Linux", "GNU/Hurd", "Solaris", "kFreeBSD", "kNetBSD"}
	system := fmt.Sprintf("OS %d", o.Uint32(desc))
	if i := o.Uint32(desc); int64(i) < int64(len(names)) {
		system = names[i]
	}
	return fmt.Sprintf("%s %d.%d.%d", system, o.Uint32(desc[4:]), o.Uint32(desc[8:]), o.Uint32(desc[12:]))
}

func (f *File) describeLinking(d *Description) {
	dyn, hasDynamic := f.Prog(elf.PT_DYNAMIC)
	_, hasInterp := f.Prog(elf.PT_INTERP)
	tags := f.dynamicTags(dyn)
	pie := tags[dtFlags1]&df1PIE != 0
	if _, soname := tags[dtSoname]; hasInterp && !soname && len(tags) > 0 {
		pie = true // linkers before DF_1_PIE
	}
	switch f.Header.Type {
	case elf.ET_REL:
		d.Kind = KindRelocatable
		return
	case elf.ET_CORE:
		d.Kind = KindCore
		return
	case elf.ET_EXEC:
		d.Kind = KindExecutable
	case elf.ET_DYN:
		d.Kind = KindShared
		if pie {
			d.Kind = KindPIE
		}
	default:
		return
	}
	switch {
	case hasInterp, hasDynamic && !pie:
		d.Linking = "dynamically linked"
	case pie:
		d.Linking = "static-pie linked"
	default:
		d.Linking = "statically linked"
	}
}

// dynamicTags reads the dynamic section; of a tag that repeats the last counts.
func (f *File) dynamicTags(dyn elf.ProgHeader) map[uint64]uint64 {
	out := map[uint64]uint64{}
	word := uint64(f.AddrSize())
	b, err := f.fileBytes(dyn.Off, min(dyn.Filesz, maxDynamic*2*word))
	if err != nil {
		return out
	}
	r := fields{b, f.order, int(word)}
	for at := 0; at+int(2*word) <= len(b); at += int(2 * word) {
		tag := r.addr(at)
		if tag == 0 {
			break
		}
		out[tag] = r.addr(at + int(word))
	}
	return out
}

// sectionsIn lists the sections a segment holds, by readelf's rules: loaded ones,
// inside in the file and in memory, .tbss only in the TLS segment.
func (f *File) sectionsIn(p elf.ProgHeader) []string {
	var out []string
	if p.Memsz == 0 {
		return nil
	}
	for _, s := range f.Sections {
		tls, nobits := s.Flags&elf.SHF_TLS != 0, s.Type == elf.SHT_NOBITS
		switch {
		case s.Type == elf.SHT_NULL || s.Flags&elf.SHF_ALLOC == 0:
			continue
		case tls && p.Type != elf.PT_TLS && (nobits || p.Type != elf.PT_LOAD && p.Type != elf.PT_GNU_RELRO):
			continue
		case !tls && (p.Type == elf.PT_TLS || p.Type == elf.PT_PHDR):
			continue
		case !nobits && !within(s.Offset, s.Size, p.Off, p.Filesz):
			continue
		case !within(s.Addr, s.Size, p.Vaddr, p.Memsz):
			continue
		}
		out = append(out, s.Name)
	}
	return out
}

// within: [at, at+size) lies in [start, start+total), and at itself does.
func within(at, size, start, total uint64) bool {
	return at >= start && at-start < total && size <= total-(at-start)
}

// FileLine is what file(1) says after the name.
func (d Description) FileLine() string {
	bits := map[elf.Class]string{elf.ELFCLASS32: "32-bit", elf.ELFCLASS64: "64-bit"}
	parts := []string{
		fmt.Sprintf("ELF %s %s %s", bits[d.Header.Class], dataWords[d.Header.Data].file, d.Kind),
		d.machine().file,
		fmt.Sprintf("version %d (%s)", d.Header.Version, d.osabi().file),
	}
	add := func(when bool, format string, args ...any) {
		if when {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(d.Linking != "", "%s", d.Linking)
	add(d.Interp != "", "interpreter %s", d.Interp)
	add(d.GoBuildID != "", "Go BuildID=%s", d.GoBuildID)
	add(d.BuildID != "", "BuildID%s=%s", buildIDKind(d.BuildID), d.BuildID)
	add(d.OSTag != "", "for %s", d.OSTag)
	add(d.DebugInfo, "with debug_info")
	add(true, "%s", map[bool]string{true: "stripped", false: "not stripped"}[d.Stripped])
	return strings.Join(parts, ", ")
}

// buildIDKind names the hash by its length, as file(1) does.
func buildIDKind(id string) string {
	switch len(id) {
	case 40:
		return "[sha1]"
	case 32:
		return "[md5/uuid]"
	case 16:
		return "[xxHash]"
	}
	return ""
}

func (d Description) machine() words {
	if w, ok := machineWords[d.Header.Machine]; ok {
		return w
	}
	return words{d.Header.Machine.String(), d.Header.Machine.String()}
}

func (d Description) osabi() words {
	if w, ok := osabiWords[d.Header.OSABI]; ok {
		return w
	}
	return words{d.Header.OSABI.String(), d.Header.OSABI.String()}
}

// HeaderText is the file header in readelf -h's form.
func (d Description) HeaderText() string {
	h := d.Header
	typ := typeWords[h.Type]
	switch {
	case typ == "":
		typ = h.Type.String()
	case d.Kind == KindPIE:
		typ = "DYN (Position-Independent Executable file)"
	}
	var b strings.Builder
	b.WriteString("ELF Header:\n")
	for _, row := range [...]struct {
		name  string
		value any
	}{
		{"Class", strings.Replace(h.Class.String(), "ELFCLASS", "ELF", 1)},
		{"Data", dataWords[h.Data].readelf},
		{"Version", fmt.Sprintf("%d (current)", h.Version)},
		{"OS/ABI", d.osabi().readelf},
		{"ABI Version", h.ABIVersion},
		{"Type", typ},
		{"Machine", d.machine().readelf},
		{"Entry point address", fmt.Sprintf("%#x", h.Entry)},
		{"Start of program headers", fmt.Sprintf("%d (bytes into file)", h.Phoff)},
		{"Start of section headers", fmt.Sprintf("%d (bytes into file)", h.Shoff)},
		{"Flags", fmt.Sprintf("%#x", h.Flags)},
		{"Size of this header", fmt.Sprintf("%d (bytes)", h.Ehsize)},
		{"Size of program headers", fmt.Sprintf("%d (bytes)", h.Phentsize)},
		{"Number of program headers", h.Phnum},
		{"Size of section headers", fmt.Sprintf("%d (bytes)", h.Shentsize)},
		{"Number of section headers", h.Shnum},
		{"Section header string table index", h.Shstrndx},
	} {
		fmt.Fprintf(&b, "  %-35s%v\n", row.name+":", row.value)
	}
	return b.String()
}

// SegmentText is the program headers in readelf -lW's form.
func (d Description) SegmentText() string {
	var b strings.Builder
	b.WriteString("Program Headers:\n  Type           Offset   VirtAddr           PhysAddr           FileSiz  MemSiz   Flg Align\n")
	for _, p := range d.Progs {
		fmt.Fprintf(&b, "  %-14s 0x%06x 0x%016x 0x%016x 0x%06x 0x%06x %s %#x\n", segmentName(p.Type), p.Off, p.Vaddr, p.Paddr, p.Filesz, p.Memsz, segmentFlags(p.Flags), p.Align)
		if p.Type == elf.PT_INTERP {
			fmt.Fprintf(&b, "      [Requesting program interpreter: %s]\n", d.Interp)
		}
	}
	b.WriteString("\n Section to Segment mapping:\n  Segment Sections...\n")
	for i, names := range d.InSegment {
		fmt.Fprintf(&b, "   %02d     %s\n", i, strings.Join(names, " "))
	}
	return b.String()
}

// ptGNUProperty is PT_GNU_PROPERTY.
const ptGNUProperty = elf.ProgType(0x6474e553)

func segmentName(t elf.ProgType) string {
	if t == ptGNUProperty {
		return "GNU_PROPERTY"
	}
	if name, ok := strings.CutPrefix(t.String(), "PT_"); ok && !strings.Contains(name, "+") {
		return name
	}
	return fmt.Sprintf("%#x", uint32(t))
}

func segmentFlags(f elf.ProgFlag) string {
	out := []byte("   ")
	for i, bit := range []elf.ProgFlag{elf.PF_R, elf.PF_W, elf.PF_X} {
		if f&bit != 0 {
			out[i] = "RWE"[i]
		}
	}
	return string(out)
}

// Text is everything `info file` prints.
func (d Description) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", d.Name, d.FileLine())
	if d.Brand.System != "" {
		fmt.Fprintf(&b, "brand: %s, by its %s\n", d.Brand.System, d.Brand.By)
	}
	switch {
	case d.DebugFile != "":
		fmt.Fprintf(&b, "debug information: %s\n", d.DebugFile)
	case d.DebugInfo:
		b.WriteString("debug information: in the file\n")
	case d.DebugError != nil:
		fmt.Fprintf(&b, "debug information: %v\n", d.DebugError)
	default:
		b.WriteString("debug information: none\n")
	}
	if d.SectionErr != nil {
		fmt.Fprintf(&b, "damaged: %v\n", d.SectionErr)
	}
	fmt.Fprintf(&b, "%s\n%s", d.HeaderText(), d.SegmentText())
	return b.String()
}
