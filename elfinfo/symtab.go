package elfinfo

// Raw symbol tables: fixed-size records in a section and a string table beside it.
// Records are decoded where they lie; nothing is copied until a symbol is asked for.

import (
	"bytes"
	"cmp"
	"debug/elf"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
)

// Symbols is all the symbols of a file: .symtab and .dynsym, those of its separate
// debug file or of .gnu_debugdata, and names made up for PLT entries. Tables are
// located on first use and the address index is built on the first address look-up.
type Symbols struct {
	// Problems lists what could not be used: a table cut off, a bad debug file.
	Problems []error

	tables []*symTable
	made   []Symbol // PLT and .gopclntab symbols

	indexOnce sync.Once
	index     []indexEntry // sorted by address
}

type symbolState struct {
	once sync.Once
	syms *Symbols
	mini *File // keeps the decompressed minidebuginfo
}

// symTable is one symbol section.
type symTable struct {
	file     *File // whose section headers the symbols refer to
	origin   Origin
	raw      []byte
	strs     []byte
	entsize  int
	n        int
	versions *versionTable // dynamic symbols only
}

// maxSymbols is what a reference into a table can express; the largest symbol
// tables known (browsers) have a few million entries.
const maxSymbols = 1 << 26

// Symbols returns the file's symbol tables.
func (f *File) Symbols() *Symbols {
	f.symtab.once.Do(func() {
		s := &Symbols{}
		if err := Guard(f.Name, func() error { f.loadSymbols(s); return nil }); err != nil {
			s.Problems = append(s.Problems, err)
		}
		f.symtab.syms = s
	})
	return f.symtab.syms
}

func (f *File) loadSymbols(s *Symbols) {
	note := func(err error) {
		if err != nil && !errors.Is(err, ErrNoSection) {
			s.Problems = append(s.Problems, err)
		}
	}
	static := f.HasSection(".symtab")
	if static {
		note(s.add(f, ".symtab", Static))
	} else if d, err := f.DebugFile(); err != nil {
		// "Nothing found" is the normal case for a stripped file; a refusal is news.
		if errors.Is(err, ErrBuildID) {
			note(err)
		}
	} else if d != nil && d.HasSection(".symtab") {
		static = true
		note(s.add(d, ".symtab", Static))
	}
	note(s.add(f, ".dynsym", Dynamic))
	if !static {
		mini, err := f.miniDebug()
		note(err)
		if mini != nil {
			f.symtab.mini = mini
			static = true
			note(s.add(mini, ".symtab", MiniDebug))
		}
	}
	if !static {
		made, err := f.goSymbols()
		note(err)
		s.made = append(s.made, made...)
	}
	made, err := f.pltSymbols()
	note(err)
	s.made = append(s.made, made...)
}

// add opens one symbol section of file.
func (s *Symbols) add(file *File, name string, origin Origin) error {
	raw, err := file.OwnSection(name)
	if err != nil {
		return err
	}
	hdr, _ := file.SectionHeader(name)
	t := &symTable{file: file, origin: origin, raw: raw, entsize: 24}
	if file.Header.Class == elf.ELFCLASS32 {
		t.entsize = 16
	}
	if int(hdr.Link) >= len(file.Sections) {
		return file.errAt(name, 0, "string table is section %d of %d", hdr.Link, len(file.Sections))
	}
	if t.strs, err = file.sectionAt(int(hdr.Link)); err != nil {
		return err
	}
	t.n = min(len(raw)/t.entsize, maxSymbols)
	if origin == Dynamic {
		t.versions, err = file.readVersions()
	}
	s.tables = append(s.tables, t)
	return err
}

// record is a symbol before its name is copied.
type record struct {
	name        uint32
	info, other uint8
	section     uint16
	value, size uint64
}

// at decodes record i (gABI chapter 4, "Symbol Table").
func (t *symTable) at(i int) record {
	b := t.raw[i*t.entsize : (i+1)*t.entsize]
	o := t.file.order
	if t.entsize == 16 {
		return record{o.Uint32(b), b[12], b[13], o.Uint16(b[14:]), uint64(o.Uint32(b[4:])), uint64(o.Uint32(b[8:]))}
	}
	return record{o.Uint32(b), b[4], b[5], o.Uint16(b[6:]), o.Uint64(b[8:]), o.Uint64(b[16:])}
}

// maxSymbolName cuts names no linker would write.
const maxSymbolName = 64 << 10

// nameBytes is the name in the string table, which may end without a NUL.
func (t *symTable) nameBytes(off uint32) []byte {
	if uint64(off) >= uint64(len(t.strs)) {
		return nil
	}
	b := bounded(t.strs[off:], maxSymbolName)
	if n := bytes.IndexByte(b, 0); n >= 0 {
		return b[:n]
	}
	return b
}

// symbol decodes record i in full.
func (t *symTable) symbol(i int) Symbol {
	r := t.at(i)
	s := Symbol{
		Name: string(t.nameBytes(r.name)), Value: r.value, Size: r.size,
		Type: elf.ST_TYPE(r.info), Bind: elf.ST_BIND(r.info),
		Section: elf.SectionIndex(r.section), Origin: t.origin,
	}
	if t.versions != nil {
		s.Version, s.Default = t.versions.of(i)
	} else {
		s.splitVersion()
	}
	return s
}

// splitVersion takes apart the name@version spelling that linkers write into .symtab.
func (s *Symbol) splitVersion() {
	name, version, ok := strings.Cut(s.Name, "@")
	if !ok || name == "" {
		return
	}
	version, isDefault := strings.CutPrefix(version, "@")
	for _, c := range version {
		if c != '_' && c != '.' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return
		}
	}
	if version != "" {
		s.Name, s.Version, s.Default = name, version, isDefault
	}
}

// All yields every symbol with a name, undefined ones included, in table order.
func (s *Symbols) All() iter.Seq[Symbol] {
	return func(yield func(Symbol) bool) {
		s.walk(func([]byte) bool { return true }, yield)
	}
}

// Len is the number of records in all tables.
func (s *Symbols) Len() int {
	n := len(s.made)
	for _, t := range s.tables {
		n += t.n
	}
	return n
}

// unique sorts symbols by address, best name first, and drops the copies that
// .dynsym has of .symtab's.
func unique(syms []Symbol) []Symbol {
	slices.SortStableFunc(syms, func(a, b Symbol) int {
		return cmp.Or(cmp.Compare(a.Value, b.Value), a.compare(b))
	})
	out := syms[:0]
	for _, s := range syms {
		if n := len(out); n > 0 && out[n-1].Name == s.Name && out[n-1].Value == s.Value {
			if out[n-1].Version == "" {
				out[n-1].Version, out[n-1].Default = s.Version, s.Default
			}
			continue
		}
		out = append(out, s)
	}
	return out
}
