package dwarf

import (
	"fmt"
	"sort"
	"sync"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
	"github.com/trapline/trapline/elfinfo/dwarf/form"
)

// Unit is one compilation, partial, type or skeleton unit.
type Unit struct {
	d     *Data
	sect  *section // .debug_info or .debug_types
	index int      // in d.units

	Off   uint64 // of the header in the section
	first uint64 // of the root entry
	end   uint64
	enc   form.Encoding
	kind  uint8 // DW_UT_*
	abbr  uint64
	sig   uint64 // of a type unit
	tyOff uint64 // of a type unit: its type's entry, from Off

	rootOnce sync.Once
	root     rootAttrs
	rootErr  error

	skimOnce sync.Once
	skimmed  *skim
	deepOnce sync.Once
	deep     []funcRange

	funcMu sync.Mutex
	funcs  map[uint64]*Function
}

// rootAttrs is what the unit's own entry says.
type rootAttrs struct {
	table     *abbrevTable
	name      string
	compDir   string
	producer  string
	dwoName   string
	lang      Lang
	stmtList  uint64
	hasStmt   bool
	low, high uint64
	hasLow    bool
	ranges    value // AtRanges, form 0: none

	strOffsets, addr, rnglists, loclists uint64 // bases
}

// Units returns all units. A damaged header ends the list, and is the error.
func (d *Data) Units() ([]*Unit, error) {
	d.unitsOnce.Do(func() {
		d.sigs = map[uint64]*Unit{}
		if !d.Present() {
			d.unitsErr = ErrNoDWARF
			return
		}
		d.unitsErr = d.readUnits(&d.info)
		d.nInfo = len(d.units)
		if err := d.readUnits(&d.types); d.unitsErr == nil {
			d.unitsErr = err
		}
	})
	return d.units, d.unitsErr
}

func (d *Data) readUnits(s *section) error {
	data := d.get(s)
	for off := uint64(0); off < uint64(len(data)); {
		u, err := d.readUnit(s, data, off)
		if err != nil {
			return err
		}
		off = u.end
		if u.first >= u.end { // padding
			continue
		}
		u.index = len(d.units)
		d.units = append(d.units, u)
		if u.kind == utType || u.kind == utSplitType {
			d.sigs[u.sig] = u
		}
	}
	return nil
}

// readUnit parses a unit's header (DWARF 5, 7.5.1; DWARF 4, 7.5.1.1-2).
func (d *Data) readUnit(s *section, data []byte, off uint64) (*Unit, error) {
	u := &Unit{d: d, sect: s, Off: off, kind: utCompile}
	r := buf.At(data, off)
	length, dwarf64 := r.InitialLength()
	if r.Bad || length > uint64(r.Len()) {
		return nil, &FormatError{s.name, off, fmt.Sprintf("a unit of %d bytes runs over the end", length)}
	}
	u.end = uint64(r.Off) + length
	r.B = data[:u.end]
	version := r.U16()
	if version < 2 || version > 5 {
		if length == 0 {
			u.first = u.end
			return u, nil
		}
		return nil, &FormatError{s.name, off, fmt.Sprintf("DWARF version %d: 2 to 5 are known", version)}
	}
	u.enc = form.Encoding{Version: version, DWARF64: dwarf64}
	if version >= 5 {
		u.kind = r.U8()
		u.enc.AddrSize = r.U8()
		u.abbr = r.Offset(dwarf64)
	} else {
		u.abbr = r.Offset(dwarf64)
		u.enc.AddrSize = r.U8()
	}
	if s == &d.types {
		u.kind = utType
	}
	switch u.kind {
	case utCompile, utPartial:
	case utSkeleton, utSplitCompile:
		r.U64() // the split unit's id
	case utType, utSplitType:
		u.sig, u.tyOff = r.U64(), r.Offset(dwarf64)
	default:
		return nil, &FormatError{s.name, off, fmt.Sprintf("unknown unit type %#x", u.kind)}
	}
	if r.Bad || u.enc.AddrSize != 4 && u.enc.AddrSize != 8 {
		return nil, &FormatError{s.name, off, fmt.Sprintf("a damaged unit header (address size %d)", u.enc.AddrSize)}
	}
	u.first = uint64(r.Off)
	return u, nil
}

// unitAt finds the unit of .debug_info that holds the entry at off.
func (d *Data) unitAt(off uint64) (*Unit, bool) {
	d.Units()
	units := d.units[:d.nInfo]
	i := sort.Search(len(units), func(i int) bool { return units[i].end > off })
	if i < len(units) && off >= units[i].first {
		return units[i], true
	}
	return nil, false
}

func (u *Unit) bad(off uint64, format string, args ...any) error {
	return &FormatError{u.sect.name, off, fmt.Sprintf(format, args...)}
}

// ready reads the unit's root entry.
func (u *Unit) ready() error {
	u.rootOnce.Do(func() { u.rootErr = u.readRoot() })
	return u.rootErr
}

func (u *Unit) readRoot() error {
	t, err := u.d.abbrevTable(u.abbr, u.enc)
	if err != nil {
		return err
	}
	u.root.table = t
	u.defaultBases()
	var e entry
	if err := u.parse(u.first, &e); err != nil {
		return err
	}
	if e.ab == nil {
		return u.bad(u.first, "a unit without a root entry")
	}
	// Bases first: the other attributes may be indexes into the tables they give.
	for at, p := range map[At]*uint64{AtStrOffsetsBase: &u.root.strOffsets, AtAddrBase: &u.root.addr,
		AtGNUAddrBase: &u.root.addr, AtRnglistsBase: &u.root.rnglists, AtLoclistsBase: &u.root.loclists,
		AtGNURangesBase: &u.root.rnglists} {
		if v, ok := e.get(at); ok {
			*p = v.U
		}
	}
	root := &u.root
	root.name, root.compDir, root.producer = e.str(AtName), e.str(AtCompDir), e.str(AtProducer)
	if root.dwoName = e.str(AtDwoName); root.dwoName == "" {
		root.dwoName = e.str(AtGNUDwoName)
	}
	lang, _ := e.uint(AtLanguage)
	root.lang = Lang(lang)
	root.stmtList, root.hasStmt = e.uint(AtStmtList)
	root.low, root.hasLow = e.addr(AtLowPC)
	if _, high, ok := e.pcRange(); ok {
		root.high = high
	}
	root.ranges, _ = e.get(AtRanges)
	return nil
}

// defaultBases: without an attribute, DWARF 5 tables start after their first header.
func (u *Unit) defaultBases() {
	if u.enc.Version < 5 {
		return
	}
	head := uint64(8)
	if u.enc.DWARF64 {
		head = 16
	}
	u.root.strOffsets, u.root.addr = head, head
	u.root.rnglists, u.root.loclists = head+4, head+4
}

// Name is the source file's name as the compiler was given it.
func (u *Unit) Name() string { u.ready(); return u.root.name }

// CompDir is the directory in which the compiler ran.
func (u *Unit) CompDir() string { u.ready(); return u.root.compDir }

// Producer is the compiler's name, version and often options.
func (u *Unit) Producer() string { u.ready(); return u.root.producer }

// Lang is the source language.
func (u *Unit) Lang() Lang { u.ready(); return u.root.lang }

// Version is the DWARF version, 2 to 5.
func (u *Unit) Version() int { return int(u.enc.Version) }

// SplitName is the .dwo file that holds the unit's contents (split DWARF, which is not
// read), or "".
func (u *Unit) SplitName() string { u.ready(); return u.root.dwoName }

// LineTable is the offset of the unit's line table in .debug_line.
func (u *Unit) LineTable() (off uint64, ok bool) {
	u.ready()
	return u.root.stmtList, u.root.hasStmt
}
