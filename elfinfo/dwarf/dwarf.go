// Package dwarf reads what compilers say about a program: which function an address is
// in, what was inlined there, which variables are in scope and where they live, and
// what their types look like. DWARF 2 to 5, 32- and 64-bit, with GNU's extensions.
//
// It exists beside debug/dwarf because a debugger asks small questions of big files:
// opening one and stopping at main must not read it all. Units are indexed by their
// headers; a unit is skimmed (its tree passed over with precomputed skips) when an
// address or a name leads to it; types are built when looked at.
//
// Not read: split DWARF (.dwo, .dwp: Unit.SplitName says that a unit's contents are
// elsewhere), .debug_names and .gdb_index (names are found by skimming all units,
// once), and line tables (package elfinfo/line).
//
// Every file is hostile: damage gives an error that names section and offset, and
// reading is bounded in depth and memory. Addresses are the file's (link-time) ones.
// Data is safe for concurrent use.
package dwarf

import (
	"errors"
	"fmt"
	"sync"
)

// Source is the part of an ELF file that Data reads from: the section's contents,
// decompressed. Any error is taken as absence.
type Source interface {
	Section(name string) ([]byte, error)
}

// ErrNoDWARF says that a file has no debug information.
var ErrNoDWARF = errors.New("no debug information (no .debug_info section)")

// ErrNotFound says that the debug information has nothing under a name or address.
var ErrNotFound = errors.New("not in the debug information")

// FormatError is damaged debug information.
type FormatError struct {
	Section string
	Off     uint64
	Msg     string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("debug information: %s at offset %#x: %s", e.Section, e.Off, e.Msg)
}

// section is one section, read when first asked for.
type section struct {
	name string
	once sync.Once
	data []byte
}

// Data is the debug information of one file.
type Data struct {
	src Source
	alt *Data // the supplementary file that dwz moved common entries to

	info, types, abbrev, str, lineStr, strOffsets, addr section
	ranges, rnglists, loc, loclists, aranges            section

	unitsOnce sync.Once
	units     []*Unit // of .debug_info in order, then of .debug_types
	nInfo     int     // how many are of .debug_info
	unitsErr  error
	sigs      map[uint64]*Unit // type units by signature

	abbrevMu sync.Mutex
	abbrevs  map[abbrevKey]*abbrevTable

	pcs   pcIndex
	names nameIndex

	typeMu sync.Mutex
	typeBy map[typeKey]*Type
}

// New makes the debug information of a file; alt is that of its supplementary file
// (.gnu_debugaltlink, DWARF 5 .debug_sup), or nil. Nothing is read before it is asked for.
func New(src Source, alt *Data) *Data {
	d := &Data{src: src, alt: alt, abbrevs: map[abbrevKey]*abbrevTable{}, typeBy: map[typeKey]*Type{}}
	for s, name := range map[*section]string{
		&d.info: ".debug_info", &d.types: ".debug_types", &d.abbrev: ".debug_abbrev", &d.str: ".debug_str",
		&d.lineStr: ".debug_line_str", &d.strOffsets: ".debug_str_offsets", &d.addr: ".debug_addr",
		&d.ranges: ".debug_ranges", &d.rnglists: ".debug_rnglists", &d.loc: ".debug_loc",
		&d.loclists: ".debug_loclists", &d.aranges: ".debug_aranges",
	} {
		s.name = name
	}
	return d
}

// get returns a section's contents, nil when it is absent.
func (d *Data) get(s *section) []byte {
	s.once.Do(func() {
		if b, err := d.src.Section(s.name); err == nil {
			s.data = b
		}
	})
	return s.data
}

// Present reports that there is debug information at all.
func (d *Data) Present() bool { return len(d.get(&d.info)) > 0 }
