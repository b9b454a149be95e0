// Package line answers the two questions of a source-level debugger: which line is
// this address, and which addresses are this line. It reads the line programs of
// DWARF 2 to 5 (DWARF 5, section 6.2).
//
// Everything is done a unit at a time and on demand. An address is looked up in
// .debug_aranges; a miss reads the root DIEs of the units that section does not
// mention (clang and Go write none) and remembers their ranges. Only then is that
// one unit's line program run, into rows sorted for binary search. A question about
// a file reads the file tables of all units, but runs only the programs of units
// that name the file. What has been run is kept up to a limit.
//
// Peers' readers (the standard library's, delve's) run a program from its start for
// each question, which takes milliseconds, and some lose the directory when clang
// adds an MD5 column; see line_test.go for the facts held against addr2line.
package line

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"sync"

	"github.com/trapline/trapline/elfinfo"
)

// Errors that callers test for with errors.Is.
var (
	// ErrNoInfo: the file has no line information at all.
	ErrNoInfo = errors.New("no line information")
	// ErrNoFile: no unit was compiled from a file of that name.
	ErrNoFile = errors.New("no such source file")
	// ErrNoLine: the file has no code at or after the line.
	ErrNoLine = errors.New("no code at or after the line")
)

// Source is where the sections come from; *elfinfo.File is one. Section fails with
// elfinfo.ErrNoSection when there is no such section. Mapped reports whether the
// file maps an address: rows of functions that the linker dropped lie outside.
type Source interface {
	Section(name string) ([]byte, error)
	ByteOrder() binary.ByteOrder
	Mapped(addr uint64) bool
}

// altSource is a Source that has a supplementary file (dwz).
type altSource interface {
	AltFile() (*elfinfo.File, error)
}

// Entry is one row of a line table with the addresses it covers.
type Entry struct {
	Addr, End     uint64 // vaddrs; End is the next row's
	File          string // full path as compiled, cleaned
	Line          int    // 0: code that belongs to no line
	Column        int    // 0: not given
	Discriminator uint32
	IsStmt        bool // a good place for a breakpoint
	PrologueEnd   bool // a good place for a breakpoint on the function
	EpilogueBegin bool
}

func (e Entry) String() string { return fmt.Sprintf("%s:%d", e.File, e.Line) }

// Table is the line information of one file. It may be used from several goroutines.
type Table struct {
	name string
	src  Source

	mu       sync.Mutex
	sections map[string]section
	units    []*unit // all, once listed
	byOffset map[uint64]*unit
	unitsErr error
	listed   bool
	ranges   rangeIndex
	programs map[uint64]*program // by offset in .debug_line
	rowsHeld int
	problems []error
}

// section is a cached answer of the Source.
type section struct {
	b   []byte
	err error
}

// New returns the line table of src; nothing is read yet. name (the file's) appears
// in errors.
func New(src Source, name string) *Table {
	return &Table{name: name, src: src, sections: map[string]section{}, byOffset: map[uint64]*unit{}, programs: map[uint64]*program{}}
}

// Of is New for an ELF file, which keeps its table.
func Of(f *elfinfo.File) *Table {
	return elfinfo.Derived(f, func(f *elfinfo.File) *Table { return New(f, f.Name) })
}

// Problems lists units and tables that were damaged and left out so far.
func (t *Table) Problems() []error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]error(nil), t.problems...)
}

// maxProblems keeps a file that is damaged everywhere from filling memory with errors.
const maxProblems = 100

func (t *Table) problem(err error) {
	if err != nil && len(t.problems) < maxProblems {
		t.problems = append(t.problems, err)
	}
}

// locked runs fn under the lock and under Guard.
func (t *Table) locked(fn func() error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return elfinfo.Guard(t.name, func() error {
		if t.src.ByteOrder() != binary.LittleEndian {
			return fmt.Errorf("%s: big-endian debug information is not supported", t.name)
		}
		return fn()
	})
}

// section returns an optional section; nil when absent.
func (t *Table) section(name string) []byte {
	s, ok := t.sections[name]
	if !ok {
		s.b, s.err = t.src.Section(name)
		if s.err != nil && !errors.Is(s.err, elfinfo.ErrNoSection) {
			t.problem(s.err)
		}
		t.sections[name] = s
	}
	return s.b
}

// altSection returns a section of the supplementary file; nil when there is none.
func (t *Table) altSection(name string) []byte {
	key := "alt" + name
	s, ok := t.sections[key]
	if !ok {
		if alt, can := t.src.(altSource); can {
			f, err := alt.AltFile()
			if f != nil {
				s.b, err = f.Section(name)
			}
			t.problem(err)
		}
		t.sections[key] = s
	}
	return s.b
}

// errAt is a FormatError about a section.
func (t *Table) errAt(section string, off uint64, format string, args ...any) error {
	return &elfinfo.FormatError{File: t.name, Section: section, Offset: off, Msg: fmt.Sprintf(format, args...)}
}

// Find returns the row that covers pc: of several with its address the last statement
// row, or the last if none is a statement. ok is false when no row does; err tells of
// damage that was met while looking.
func (t *Table) Find(pc uint64) (e Entry, ok bool, err error) {
	err = t.locked(func() error {
		p, at, err := t.rowAt(pc)
		if p != nil {
			e, ok = p.entry(at), true
		}
		return err
	})
	return e, ok, err
}

// rowAt returns the program and the index of the row that covers pc; nil if none.
func (t *Table) rowAt(pc uint64) (*program, int, error) {
	var first error
	for _, u := range t.unitsAt(pc) {
		p, err := t.program(u)
		if err != nil {
			first = errors.Join(first, err)
			continue
		}
		if at, ok := p.find(pc); ok {
			return p, at, nil
		}
	}
	return nil, 0, first
}

// StepRange returns the addresses around pc that belong to its line without a gap:
// what `step` runs through. Rows of line 0 in between belong to it too.
func (t *Table) StepRange(pc uint64) (low, high uint64, ok bool) {
	_ = t.locked(func() error {
		p, at, err := t.rowAt(pc)
		if p != nil {
			low, high = p.stepRange(at)
			ok = true
		}
		return err
	})
	return low, high, ok
}

// Range returns the rows that cover any of [low, high), which must lie in one unit
// (a function's addresses do), by address.
func (t *Table) Range(low, high uint64) (out []Entry, err error) {
	err = t.locked(func() error {
		p, at, err := t.rowAt(low)
		if p == nil {
			return err
		}
		for at = p.groupStart(at); at < len(p.rows) && p.rows[at].addr < high && !p.rows[at].is(endSequence); at++ {
			out = append(out, p.entry(at))
		}
		return nil
	})
	return out, err
}

// codeSource is a Source that can also show the code.
type codeSource interface {
	ReadAtVaddr(addr uint64, p []byte) (int, error)
}

// PrologueEnd returns where a breakpoint on the function [low, high) goes: the first
// row that the compiler marked as the end of the prologue; without marks the second
// statement row of the function, as gdb does (compilers emit one for the opening
// brace and one for the first thing after it). In optimised code that row may lie
// behind a branch, and a breakpoint there could be missed: it is taken only when the
// function sets up a frame pointer and has no rows but statements, or when it has the
// address of the entry anyway. Otherwise the answer is low.
func (t *Table) PrologueEnd(low, high uint64) (addr uint64, ok bool) {
	_ = t.locked(func() error {
		p, at, err := t.rowAt(low)
		if p == nil {
			return err
		}
		var marked, plain bool
		addr, marked, plain = p.prologueEnd(at, low, high)
		if !marked && !(plain && t.setsUpFrame(low)) {
			addr = low
		}
		ok = true
		return nil
	})
	return addr, ok
}

// frameSetups are the ways compilers encode push %rbp; mov %rsp,%rbp.
var frameSetups = [][]byte{{0x55, 0x48, 0x89, 0xe5}, {0x55, 0x48, 0x8b, 0xec}}

// setsUpFrame reports whether the function at low starts so, after an endbr64. When
// the code cannot be read the rows alone decide.
func (t *Table) setsUpFrame(low uint64) bool {
	code, can := t.src.(codeSource)
	if !can {
		return true
	}
	var b [8]byte
	n, _ := code.ReadAtVaddr(low, b[:])
	text := bytes.TrimPrefix(b[:n], []byte{0xf3, 0x0f, 0x1e, 0xfa})
	for _, f := range frameSetups {
		if bytes.HasPrefix(text, f) {
			return true
		}
	}
	return false
}

// joinPath is the full path of name in dir, which may be relative to comp.
func joinPath(comp, dir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	if !path.IsAbs(dir) {
		dir = path.Join(comp, dir)
	}
	return path.Join(dir, name)
}
