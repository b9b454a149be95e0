// Package cfi unwinds stacks. Compilers describe, for every instruction, how to find
// the caller's registers from the callee's: call-frame information, in .eh_frame
// (System V ABI AMD64, LSB core 10.6) and .debug_frame (DWARF 5, 6.4).
//
// A Table is one module's call-frame information. It gives the FDE that covers a pc,
// the FDE gives the Row at that pc, and the Row takes a register file to the
// caller's. An Unwinder walks a stack over many modules and knows what to do where
// compilers said nothing: signal trampolines, PLT stubs, prologues, frame pointers.
//
// Addresses in a Table are those of the file (link-time); add the module's load bias
// for those of a process.
package cfi

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync"

	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/elfinfo/dwarf/buf"
)

// Source is the part of an ELF file that a Table reads from.
type Source interface {
	// Machine is what the file's code is for; its ABI is AMD64 where none is known.
	Machine() elf.Machine
	// Section returns a section's contents, decompressed; any error is taken as absence.
	Section(name string) ([]byte, error)
	// SectionAddr is the link-time address of a loaded section.
	SectionAddr(name string) (uint64, bool)
}

// ErrNoFDE says that no entry of the module covers a pc.
var ErrNoFDE = errors.New("no call-frame information")

// FormatError is damaged call-frame information.
type FormatError struct {
	Section string
	Off     uint64
	Msg     string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("call-frame information: %s at offset %#x: %s", e.Section, e.Off, e.Msg)
}

// section is one of .eh_frame and .debug_frame.
type section struct {
	abi  *ABI
	name string
	eh   bool // .eh_frame's variant of the format
	data []byte
	addr uint64 // link-time address, the base of pc-relative pointers
	text uint64 // base of textrel pointers
	got  uint64 // base of datarel pointers

	mu   sync.Mutex
	cies map[uint64]*CIE

	index     []span // sorted by low; built by indexOnce
	indexErr  error  // the first damage met while indexing; entries before it count
	indexOnce sync.Once
}

// span is one FDE of the index.
type span struct{ low, high, off uint64 }

// Table is the call-frame information of one module. It is safe for concurrent use.
type Table struct {
	eh, debug *section // nil when absent
	hdr       []byte   // the sorted table of .eh_frame_hdr: pairs of 4-byte offsets
	hdrAddr   uint64
}

// TableOf is New for an ELF file, which keeps its table.
func TableOf(f *elfinfo.File) *Table {
	return elfinfo.Derived(f, func(f *elfinfo.File) *Table { return New(f) })
}

// New makes the table of a file. Only .eh_frame_hdr is looked at before the first
// look-up. A file without call-frame information gives an empty table.
func New(src Source) *Table {
	abi := Of(src.Machine()).orDefault()
	t := &Table{}
	text, _ := src.SectionAddr(".text")
	got, _ := src.SectionAddr(".got")
	load := func(name string, eh bool) *section {
		data, err := src.Section(name)
		if err != nil || len(data) == 0 {
			return nil
		}
		addr, _ := src.SectionAddr(name)
		return &section{abi: abi, name: name, eh: eh, data: data, addr: addr, text: text, got: got, cies: map[uint64]*CIE{}}
	}
	t.eh, t.debug = load(".eh_frame", true), load(".debug_frame", false)
	if addr, ok := src.SectionAddr(".eh_frame_hdr"); ok && t.eh != nil {
		if hdr, err := src.Section(".eh_frame_hdr"); err == nil {
			t.hdr, t.hdrAddr = searchTable(hdr, addr, abi), addr
		}
	}
	return t
}

// Empty reports that the file has no call-frame information at all.
func (t *Table) Empty() bool { return t.eh == nil && t.debug == nil }

// searchTable returns the binary search table of an .eh_frame_hdr (LSB core 10.6.2)
// or nil when there is none in the form that every linker writes: sorted pairs of
// 4-byte signed offsets from the header's address.
func searchTable(hdr []byte, addr uint64, abi *ABI) []byte {
	const sdata4Datarel = 0x3b
	r := buf.Reader{B: hdr}
	version, ptrEnc, countEnc, tableEnc := r.U8(), r.U8(), r.U8(), r.U8()
	if version != 1 || tableEnc != sdata4Datarel || countEnc == encOmit {
		return nil
	}
	base := section{abi: abi, addr: addr, got: addr}
	base.pointer(&r, ptrEnc, abi.Word)
	count := base.pointer(&r, countEnc, abi.Word)
	if r.Bad || count > uint64(r.Len())/8 {
		return nil
	}
	table := r.Bytes(count * 8)
	for i := 8; i < len(table); i += 8 { // unsorted: the index is right, the table is not
		if hdrEntry(table, i/8-1) > hdrEntry(table, i/8) {
			return nil
		}
	}
	return table
}

// hdrEntry is the start of the function of entry i, relative to the header.
func hdrEntry(table []byte, i int) int32 {
	return int32(binary.LittleEndian.Uint32(table[8*i:]))
}

// Lookup finds the FDE that covers the link-time address pc. The error is ErrNoFDE
// when there is none, and a *FormatError when what there is cannot be read.
func (t *Table) Lookup(pc uint64) (*FDE, error) {
	var damage error
	if t.hdr != nil {
		f, err := t.lookupHdr(pc)
		if err == nil {
			return f, nil
		}
		damage = keep(damage, err)
	} else if t.eh != nil {
		f, err := t.eh.lookup(pc)
		if err == nil {
			return f, nil
		}
		damage = keep(damage, err)
	}
	if t.debug != nil {
		f, err := t.debug.lookup(pc)
		if err == nil {
			return f, nil
		}
		damage = keep(damage, err)
	}
	if damage != nil {
		return nil, damage
	}
	return nil, ErrNoFDE
}

// keep remembers the first error that is not mere absence.
func keep(have, err error) error {
	if have != nil || err == ErrNoFDE {
		return have
	}
	return err
}

func (t *Table) lookupHdr(pc uint64) (*FDE, error) {
	n := len(t.hdr) / 8
	rel := int64(pc - t.hdrAddr)
	i := sort.Search(n, func(i int) bool { return int64(hdrEntry(t.hdr, i)) > rel }) - 1
	if i < 0 {
		return nil, ErrNoFDE
	}
	at := t.hdrAddr + uint64(int64(int32(binary.LittleEndian.Uint32(t.hdr[8*i+4:]))))
	f, err := t.eh.fde(at - t.eh.addr)
	switch {
	case err != nil:
		return nil, err
	case f == nil:
		return nil, &FormatError{".eh_frame_hdr", uint64(i), "an entry of the search table does not point to an FDE"}
	case pc < f.Low || pc >= f.High:
		return nil, ErrNoFDE
	}
	return f, nil
}

func (s *section) lookup(pc uint64) (*FDE, error) {
	s.indexOnce.Do(s.buildIndex)
	i := sort.Search(len(s.index), func(i int) bool { return s.index[i].low > pc })
	// Entries may overlap where a linker left discarded functions in; look a little back.
	for n := 0; i > 0 && n < 8; n++ {
		i--
		if e := s.index[i]; pc < e.high {
			f, err := s.fde(e.off)
			if err == nil && f == nil {
				err = ErrNoFDE
			}
			return f, err
		}
	}
	if s.indexErr != nil {
		return nil, s.indexErr
	}
	return nil, ErrNoFDE
}

// buildIndex reads every entry's address range. Damage ends it; what came before holds.
func (s *section) buildIndex() {
	s.indexErr = s.each(func(f *FDE) bool {
		if f.High > f.Low {
			s.index = append(s.index, span{f.Low, f.High, f.Off})
		}
		return true
	})
	byLow := func(a, b span) int {
		if a.low < b.low {
			return -1
		} else if a.low > b.low {
			return 1
		}
		return 0
	}
	if !slices.IsSortedFunc(s.index, byLow) {
		slices.SortStableFunc(s.index, byLow)
	}
}

// each calls visit with every FDE in order of the section until visit says no.
func (s *section) each(visit func(*FDE) bool) error {
	for off := uint64(0); off < uint64(len(s.data)); {
		f, next, err := s.entry(off)
		if err != nil {
			return err
		}
		if f != nil && !visit(f) {
			return nil
		}
		off = next
	}
	return nil
}

// FDEs calls visit with every entry of both sections, .eh_frame first, in file order,
// until visit says no.
func (t *Table) FDEs(visit func(*FDE) bool) error {
	more := true
	for _, s := range []*section{t.eh, t.debug} {
		if s == nil || !more {
			continue
		}
		if err := s.each(func(f *FDE) bool { more = visit(f); return more }); err != nil {
			return err
		}
	}
	return nil
}
