package line

// Running a line program (DWARF 5, section 6.2.5) into rows.

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
)

// row is one row of the matrix, in 24 bytes: a large unit has hundreds of thousands.
type row struct {
	addr  uint64
	file  uint32
	line  uint32
	disc  uint32
	col   uint16 // larger columns are cut to 65535
	flags uint8
}

// Row flags.
const (
	isStmt uint8 = 1 << iota
	prologueEnd
	epilogueBegin
	endSequence
)

func (r row) is(flag uint8) bool { return r.flags&flag != 0 }

// sequence is a run of rows with rising addresses, the last being its end.
type sequence struct {
	span
	first, end int // rows[first:end]; rows[end-1] is the end_sequence row
}

// program is a line program that has been run.
type program struct {
	*header
	rows  []row
	seqs  []sequence // sorted by low
	paths map[uint32]string
}

// Limits. A program makes at most one row a byte, so maxRows bites only for programs
// over 16 MB; those of the largest generated sources are half that. maxHeld is what
// is kept of earlier programs: 2M rows are 48 MB.
const (
	maxRows = 16 << 20
	maxHeld = 2 << 20
)

// program runs the program of u, or returns it from the cache.
func (t *Table) program(u *unit) (*program, error) {
	root, err := t.readRoot(u)
	if err != nil {
		return nil, err
	}
	if !root.hasLines {
		return nil, fmt.Errorf("%s: unit at %#x has no line program: %w", t.name, u.offset, ErrNoInfo)
	}
	if p, ok := t.programs[root.stmtList]; ok {
		return p, nil
	}
	h, err := t.readHeader(u)
	if err != nil {
		t.problem(err)
		return nil, err
	}
	m := machine{t: t, p: &program{header: h, paths: map[uint32]string{}}, r: buf.At(t.section(".debug_line")[:h.end], h.body)}
	if err := m.run(); err != nil {
		t.problem(err) // what ran before the damage is good
	}
	slices.SortFunc(m.p.seqs, func(a, b sequence) int { return cmp.Compare(a.low, b.low) })
	if t.rowsHeld+len(m.p.rows) > maxHeld {
		clear(t.programs)
		t.rowsHeld = 0
	}
	t.rowsHeld += len(m.p.rows)
	t.programs[root.stmtList] = m.p
	return m.p, nil
}

// machine is the state of section 6.2.2.
type machine struct {
	t     *Table
	p     *program
	r     buf.Reader
	first int // row where the current sequence starts

	addr  uint64
	op    uint64
	file  uint64
	line  int64
	col   uint64
	disc  uint64
	flags uint8
}

func (m *machine) reset() {
	m.addr, m.op, m.file, m.line, m.col, m.disc, m.flags = 0, 0, 1, 1, 0, 0, 0
	if m.p.defaultStmt {
		m.flags = isStmt
	}
}

// Standard and extended opcodes (DWARF 5, tables 7.25 and 7.26).
const (
	lnsExtended         = 0
	lnsCopy             = 1
	lnsAdvancePC        = 2
	lnsAdvanceLine      = 3
	lnsSetFile          = 4
	lnsSetColumn        = 5
	lnsNegateStmt       = 6
	lnsSetBasicBlock    = 7
	lnsConstAddPC       = 8
	lnsFixedAdvancePC   = 9
	lnsSetPrologueEnd   = 10
	lnsSetEpilogueBegin = 11

	lneEndSequence      = 1
	lneSetAddress       = 2
	lneSetDiscriminator = 4
)

func (m *machine) run() error {
	m.reset()
	for m.r.Len() > 0 {
		at := m.r.Off
		op := m.r.U8()
		switch {
		case int(op) >= m.p.opcodeBase:
			adj := uint64(int(op) - m.p.opcodeBase)
			m.advance(adj / m.p.lineRange)
			m.line += m.p.lineBase + int64(adj%m.p.lineRange)
			m.emit()
		case op == lnsExtended:
			m.extended()
		default:
			m.standard(op)
		}
		if m.r.Bad {
			return m.t.errAt(".debug_line", uint64(at), "line program is cut off in opcode %#x", op)
		}
		if len(m.p.rows) > maxRows {
			return m.t.errAt(".debug_line", uint64(at), "line program makes more than %d rows", maxRows)
		}
	}
	// A sequence that does not end covers nothing: drop its rows.
	m.p.rows = m.p.rows[:m.first]
	return nil
}

// advance moves the address by n operations (section 6.2.5.1).
func (m *machine) advance(n uint64) {
	if m.p.maxOps == 1 {
		m.addr += m.p.minInst * n
		return
	}
	m.addr += m.p.minInst * ((m.op + n) / m.p.maxOps)
	m.op = (m.op + n) % m.p.maxOps
}

// standardOperands is what each opcode takes as compilers define it; a header that
// says otherwise redefines the opcode, which is then passed over.
var standardOperands = [...]uint8{0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1}

func (m *machine) standard(op uint8) {
	n := m.p.lengths[op-1]
	if int(op) >= len(standardOperands) || standardOperands[op] != n {
		for range n {
			m.r.SkipLEB()
		}
		return
	}
	switch op {
	case lnsCopy:
		m.emit()
	case lnsAdvancePC:
		m.advance(m.r.ULEB())
	case lnsAdvanceLine:
		m.line += m.r.SLEB()
	case lnsSetFile:
		m.file = m.r.ULEB()
	case lnsSetColumn:
		m.col = m.r.ULEB()
	case lnsNegateStmt:
		m.flags ^= isStmt
	case lnsSetBasicBlock:
	case lnsConstAddPC:
		m.advance(uint64(255-m.p.opcodeBase) / m.p.lineRange)
	case lnsFixedAdvancePC:
		m.addr += uint64(m.r.U16())
		m.op = 0
	case lnsSetPrologueEnd:
		m.flags |= prologueEnd
	case lnsSetEpilogueBegin:
		m.flags |= epilogueBegin
	default: // DW_LNS_set_isa
		m.r.SkipLEB()
	}
}

func (m *machine) extended() {
	n := m.r.ULEB()
	body := m.r.Bytes(n)
	if len(body) == 0 {
		return
	}
	x := buf.Reader{B: body, Off: 1}
	switch body[0] {
	case lneEndSequence:
		m.flags |= endSequence
		m.emit()
		m.endSequence()
		m.reset()
	case lneSetAddress:
		m.addr, m.op = x.Uint(len(body)-1), 0
	case lneSetDiscriminator:
		m.disc = x.ULEB()
	}
}

func (m *machine) emit() {
	m.p.rows = append(m.p.rows, row{
		addr: m.addr, file: uint32(min(m.file, math.MaxUint32)), line: uint32(max(0, min(m.line, math.MaxInt32))),
		disc: uint32(m.disc), col: uint16(min(m.col, math.MaxUint16)), flags: m.flags,
	})
	m.flags &= isStmt
	m.disc = 0
}

// endSequence keeps the rows since the last one if they cover code of the file.
func (m *machine) endSequence() {
	rows := m.p.rows[m.first:]
	body := rows[:len(rows)-1]
	byAddr := func(a, b row) int { return cmp.Compare(a.addr, b.addr) }
	if !slices.IsSortedFunc(body, byAddr) {
		slices.SortStableFunc(body, byAddr)
	}
	s := sequence{first: m.first, end: len(m.p.rows)}
	s.low, s.high = rows[0].addr, rows[len(rows)-1].addr
	if len(body) == 0 || s.high <= s.low || body[len(body)-1].addr > s.high || !m.t.src.Mapped(s.low) {
		m.p.rows = m.p.rows[:m.first]
		return
	}
	m.p.seqs = append(m.p.seqs, s)
	m.first = len(m.p.rows)
}

// find returns the index of the row that speaks for pc.
func (p *program) find(pc uint64) (int, bool) {
	i := sort.Search(len(p.seqs), func(i int) bool { return p.seqs[i].low > pc })
	for n := 0; i > 0 && n < lookBack; n++ {
		i--
		s := p.seqs[i]
		if pc >= s.high {
			continue
		}
		rows := p.rows[s.first : s.end-1]
		at := sort.Search(len(rows), func(i int) bool { return rows[i].addr > pc })
		return p.speaker(s.first + at - 1), true
	}
	return 0, false
}

// Rows that share an address are a group. Only its last row covers code, but when
// that one is no statement the last statement row of the group speaks for it, as in
// gdb: it is the line a breakpoint there was set for.

// speaker returns that row for the group whose last row is last.
func (p *program) speaker(last int) int {
	for i, start := last, p.groupStart(last); i >= start; i-- {
		if p.rows[i].is(isStmt) && p.rows[i].line != 0 {
			return i
		}
	}
	return last
}

func (p *program) groupStart(at int) int {
	for at > 0 && p.rows[at-1].addr == p.rows[at].addr && !p.rows[at-1].is(endSequence) {
		at--
	}
	return at
}

// groupEnd is the index behind the group of at; an end_sequence row is in none.
func (p *program) groupEnd(at int) int {
	addr := p.rows[at].addr
	for !p.rows[at].is(endSequence) && p.rows[at].addr == addr {
		at++
	}
	return at
}

// entry makes the public form of row at.
func (p *program) entry(at int) Entry {
	r := p.rows[at]
	return Entry{
		Addr: r.addr, End: p.next(at), File: p.path(r.file), Line: int(r.line), Column: int(r.col), Discriminator: r.disc,
		IsStmt: r.is(isStmt), PrologueEnd: r.is(prologueEnd), EpilogueBegin: r.is(epilogueBegin),
	}
}

// next is the first address after row at that belongs to another row; the end of the
// sequence is a row, so there is one.
func (p *program) next(at int) uint64 {
	for i := at + 1; i < len(p.rows); i++ {
		if p.rows[i].addr > p.rows[at].addr || p.rows[i].is(endSequence) {
			return p.rows[i].addr
		}
	}
	return p.rows[at].addr
}

func (p *program) path(file uint32) string {
	s, ok := p.paths[file]
	if !ok {
		s = p.header.path(uint64(file))
		p.paths[file] = s
	}
	return s
}

// stepRange widens the group of row at over its neighbours of the same line, or of
// line 0.
func (p *program) stepRange(at int) (low, high uint64) {
	line, file := p.rows[at].line, p.rows[at].file
	same := func(last int) bool {
		r := p.rows[p.speaker(last)]
		return r.line == line && r.file == file || r.line == 0
	}
	first := p.groupStart(at)
	for first > 0 && !p.rows[first-1].is(endSequence) && same(first-1) {
		first = p.groupStart(first - 1)
	}
	next := p.groupEnd(at)
	for !p.rows[next].is(endSequence) && same(p.groupEnd(next)-1) {
		next = p.groupEnd(next)
	}
	return p.rows[first].addr, p.rows[next].addr
}

// prologueEnd returns the marked end of the prologue of [low, high), or its second
// statement row (low when there is none) and whether all rows are statements. at is a
// row of low.
func (p *program) prologueEnd(at int, low, high uint64) (addr uint64, marked, plain bool) {
	addr, plain = low, true
	stmts := 0
	for i := p.groupStart(at); p.rows[i].addr < high && !p.rows[i].is(endSequence); i++ {
		r := p.rows[i]
		if r.is(prologueEnd) {
			return max(r.addr, low), true, plain
		}
		if !r.is(isStmt) {
			plain = false
		} else if r.line != 0 {
			if stmts++; stmts == 2 {
				addr = max(r.addr, low)
			}
		}
	}
	return addr, false, plain
}
