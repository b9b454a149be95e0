package regs

// This file is the shape of a register's row and the two rules that turn the rows
// into the pieces of storage that Read and Write copy:
//
//   - a register without storage of its own is the sum of its parts that have some
//     (zmm0 = xmm0 + ymm0h + zmm0h);
//   - a register without storage and without parts is a slice of its parent
//     (ah = bits 8-15 of ax, which is a slice of eax, which is a slice of rax).

import (
	"fmt"
	"strings"
)

// Kind says what a register is for; faces group and print by it.
type Kind uint8

// The kinds of registers.
const (
	KindGeneral Kind = iota
	KindFlags        // eflags
	KindSegment      // selectors and bases
	KindX87          // st0-7 and the control words of the x87 unit
	KindMMX          // mm0-7, which share their bits with st0-7
	KindSSE          // xmm0-15 and mxcsr
	KindAVX          // ymm0-15
	KindAVX512       // zmm0-31, the registers that only AVX-512 names, k0-7
	KindDebug        // DR0-3, DR6, DR7
	KindPseudo       // kept for the thread by the system, not a register of the instruction set
)

var kindNames = [...]string{"general", "flags", "segment", "x87", "mmx", "sse", "avx", "avx512", "debug", "pseudo"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// Area names the kernel structure a Place is in.
type Area uint8

// The areas.
const (
	Nowhere   Area = iota // this OS does not give the register there
	RegsArea              // Linux struct user_regs_struct (PTRACE_GETREGS), FreeBSD struct reg (PT_GETREGS)
	DebugArea             // Linux struct user (PTRACE_PEEKUSER), FreeBSD struct dbreg (PT_GETDBREGS)
	XSaveArea             // the XSAVE area (NT_X86_XSTATE; PT_GETXSTATE), the same on both
)

// Place is where a kernel keeps a register.
type Place struct {
	Area Area
	Comp Component // for XSaveArea
	Off  int       // bytes from the start of the structure; of the component for XSaveArea
	Size int       // bytes
}

// NoDWARF is the DWARF number of a register that DWARF does not number.
const NoDWARF = -1

// Row is one register.
type Row struct {
	Name    string
	Aliases []string
	Bits    int    // width in bits, a multiple of 8
	DWARF   int    // System V x86-64 psABI figure 3.36, or NoDWARF
	Kind    Kind   //
	Parent  string // the register that this one is part of, "" if none
	Bit     int    // offset of its bit 0 within Parent, in bits
	Linux   Place  //
	FreeBSD Place  //

	own    piece // its own storage in a Set; own.n is 0 if it has none
	pieces []piece
	codec  *codec  // non-nil when the stored form is not the register's own
	fields []field // names of its bits, for Format and Parse
}

// piece is a run of bytes of a register within one of a Set's groups.
type piece struct {
	group Group
	index uint8 // slot of G or DR, or XSAVE component
	off   int   // byte within the slot or component
	n     int   // bytes
	at    int   // byte within the register
}

// Group says which group of a Set must be present to read or write the register.
func (r *Row) Group() Group { return r.pieces[0].group }

// ID is the register's slot in Set.G, if the row is a whole slot or the low part of one.
func (r *Row) ID() (ID, bool) {
	p := r.pieces[0]
	return ID(p.index), p.group == General && p.off == 0
}

// Component is the XSAVE component that must exist for the register to exist: the
// last one it needs, ok = false for registers outside the XSAVE area.
func (r *Row) Component() (c Component, ok bool) {
	p := r.pieces[len(r.pieces)-1]
	return Component(p.index), p.group == Extended
}

// Lookup finds a register by name or alias, in any case, with or without the $ that
// debuggers write before it.
func Lookup(name string) (*Row, bool) {
	name = strings.TrimPrefix(name, "$")
	if r, ok := byName[name]; ok {
		return r, true
	}
	r, ok := byName[strings.ToLower(name)]
	return r, ok
}

// ByDWARF finds the register with a DWARF number: the widest that the number always
// means (17 is xmm0, as in the psABI).
func ByDWARF(n int) (*Row, bool) {
	r, ok := byDWARF[n]
	return r, ok
}

// ByID gives the row of a general register slot.
func ByID(id ID) *Row { return byID[id] }

// Name of the register in the slot.
func (id ID) String() string {
	if id < NGeneral {
		return byID[id].Name
	}
	return fmt.Sprintf("ID(%d)", uint8(id))
}

var (
	byName  = map[string]*Row{}
	byDWARF = map[int]*Row{}
	byID    [NGeneral]*Row
)

func init() {
	for i := range Table {
		r := &Table[i]
		for _, n := range append([]string{r.Name}, r.Aliases...) {
			if byName[n] != nil {
				panic("regs: two rows named " + n)
			}
			byName[n] = r
		}
		if r.DWARF != NoDWARF {
			byDWARF[r.DWARF] = r
		}
		if r.own.group == General {
			byID[r.own.index] = r
		}
	}
	for i := range Table {
		contribute(&Table[i])
	}
	for i := range Table {
		compile(&Table[i])
	}
	compileLayouts()
}

// contribute hands the register's own storage to itself and to every ancestor that
// has none.
func contribute(r *Row) {
	if r.own.n == 0 {
		return
	}
	r.pieces = []piece{r.own}
	at := 0
	for p := r; p.Parent != ""; {
		at += p.Bit / 8
		if p = byName[p.Parent]; p.own.n != 0 {
			return
		}
		q := r.own
		q.at = at
		p.pieces = append(p.pieces, q)
	}
}

// compile gives a register that still has no pieces, or fewer than its width, its
// slice of the parent's.
func compile(r *Row) []piece {
	if len(r.pieces) > 0 {
		return r.pieces
	}
	lo := r.Bit / 8
	hi := lo + r.Bits/8
	for _, p := range compile(byName[r.Parent]) {
		a, b := max(p.at, lo), min(p.at+p.n, hi)
		if a < b {
			p.off += a - p.at
			p.n = b - a
			p.at = a - lo
			r.pieces = append(r.pieces, p)
		}
	}
	return r.pieces
}
