package cfi

import (
	"fmt"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
)

// NumRegs is how many registers have rules, numbered as in package regs (and in the
// psABI of x86-64): the general registers and the return address. Rules of others
// (vector registers of the Microsoft convention) are parsed and dropped.
const NumRegs = 17

// RuleKind says how a caller's register is found (DWARF 5, 6.4.1).
type RuleKind uint8

// The kinds of rules. Unspecified is the absence of a rule: the callee keeps what its
// ABI tells it to; the stack pointer is the CFA; the others are lost.
const (
	Unspecified   RuleKind = iota
	Undefined              // lost; on the return address: the outermost frame
	SameValue              // unchanged
	Offset                 // saved in memory at CFA+Off
	ValOffset              // is CFA+Off
	Register               // is in register Reg
	Expression             // saved in memory where Expr says
	ValExpression          // is what Expr says
)

// Rule is how one register of the caller is found.
type Rule struct {
	Kind RuleKind
	Reg  uint16
	Off  int64
	Expr []byte // evaluated with the CFA on the stack; registers by DWARF number
}

// Row is the whole description of one pc.
type Row struct {
	CFA      Rule // Register: Reg+Off; ValExpression: Expr
	Rules    [NumRegs]Rule
	RetReg   uint16
	Signal   bool
	ArgsSize uint64 // DW_CFA_GNU_args_size: bytes of arguments pushed
}

// maxRemember bounds the nesting of DW_CFA_remember_state; compilers use one or two.
const maxRemember = 64

// cfa instructions (DWARF 5, 7.24); the first three carry an operand in 6 bits.
const (
	cfaAdvanceLoc           = 0x40
	cfaOffset               = 0x80
	cfaRestore              = 0xc0
	cfaNop                  = 0x00
	cfaSetLoc               = 0x01
	cfaAdvanceLoc1          = 0x02
	cfaAdvanceLoc2          = 0x03
	cfaAdvanceLoc4          = 0x04
	cfaOffsetExtended       = 0x05
	cfaRestoreExtended      = 0x06
	cfaUndefined            = 0x07
	cfaSameValue            = 0x08
	cfaRegister             = 0x09
	cfaRememberState        = 0x0a
	cfaRestoreState         = 0x0b
	cfaDefCFA               = 0x0c
	cfaDefCFARegister       = 0x0d
	cfaDefCFAOffset         = 0x0e
	cfaDefCFAExpression     = 0x0f
	cfaExpression           = 0x10
	cfaOffsetExtendedSF     = 0x11
	cfaDefCFASF             = 0x12
	cfaDefCFAOffsetSF       = 0x13
	cfaValOffset            = 0x14
	cfaValOffsetSF          = 0x15
	cfaValExpression        = 0x16
	cfaGNUWindowSave        = 0x2d
	cfaGNUArgsSize          = 0x2e
	cfaGNUNegOffsetExtended = 0x2f
)

// interp runs the instructions of a CIE and then of an FDE.
type interp struct {
	f     *FDE
	row   Row
	first Row // after the CIE: what restore goes back to
	saved []Row
	loc   uint64
	visit func(loc uint64, row *Row) bool // called when a row is complete
	done  bool
}

// Row computes the row at the link-time address pc into row.
func (f *FDE) Row(pc uint64, row *Row) error {
	if pc < f.Low || pc >= f.High {
		return fmt.Errorf("pc %#x is outside [%#x, %#x): %w", pc, f.Low, f.High, ErrNoFDE)
	}
	// The last row that starts at or before pc. A row is complete when the location
	// moves on, so the walk stops at the first move beyond pc.
	return f.run(func(loc uint64, r *Row) bool {
		if loc <= pc {
			*row = *r
			return true
		}
		return false
	})
}

// Rows calls visit with each row of the entry and the link-time address it starts at,
// until visit says no. The row is reused between calls.
func (f *FDE) Rows(visit func(pc uint64, row *Row) bool) error { return f.run(visit) }

func (f *FDE) run(visit func(uint64, *Row) bool) error {
	m := interp{f: f, loc: f.Low, visit: visit}
	m.row.RetReg, m.row.Signal = f.abi.number(f.RetReg), f.Signal
	if m.row.RetReg >= NumRegs {
		return m.bad("the return address is in register %d", f.RetReg)
	}
	m.visit = nil
	if err := m.exec(f.initial); err != nil {
		return err
	}
	m.first, m.visit, m.loc = m.row, visit, f.Low
	if err := m.exec(f.instr); err != nil {
		return err
	}
	if !m.done {
		visit(m.loc, &m.row)
	}
	return nil
}

func (m *interp) bad(format string, args ...any) error {
	return &FormatError{m.f.section, m.f.Off, "FDE: " + fmt.Sprintf(format, args...)}
}

// advance completes the current row and starts the next one delta*CodeAlign further.
func (m *interp) advance(to uint64) {
	if m.visit != nil && to != m.loc && !m.visit(m.loc, &m.row) {
		m.done = true
	}
	m.loc = to
}

func (m *interp) set(reg uint64, rule Rule) {
	if n := m.f.abi.number(reg); n < NumRegs {
		m.row.Rules[n] = rule
	}
}

func (m *interp) restore(reg uint64) {
	if n := m.f.abi.number(reg); n < NumRegs {
		m.row.Rules[n] = m.first.Rules[n]
	}
}

func (m *interp) exec(code []byte) error {
	r := buf.Reader{B: code}
	for r.Len() > 0 && !m.done {
		at := r.Off
		b := r.U8()
		if err := m.instruction(b, &r); err != nil {
			return err
		}
		if r.Bad {
			return m.bad("instruction %#x at byte %d is cut off", b, at)
		}
	}
	return nil
}

func (m *interp) instruction(b uint8, r *buf.Reader) error {
	code, data := m.f.CodeAlign, m.f.DataAlign
	low := uint64(b & 0x3f)
	switch b & 0xc0 {
	case cfaAdvanceLoc:
		m.advance(m.loc + low*code)
		return nil
	case cfaOffset:
		m.set(low, Rule{Kind: Offset, Off: int64(r.ULEB()) * data})
		return nil
	case cfaRestore:
		m.restore(low)
		return nil
	}
	switch b {
	case cfaNop, cfaGNUWindowSave:
	case cfaSetLoc:
		return m.setLoc(r)
	case cfaAdvanceLoc1:
		m.advance(m.loc + uint64(r.U8())*code)
	case cfaAdvanceLoc2:
		m.advance(m.loc + uint64(r.U16())*code)
	case cfaAdvanceLoc4:
		m.advance(m.loc + uint64(r.U32())*code)
	case cfaRestoreExtended:
		m.restore(r.ULEB())
	case cfaRememberState:
		if len(m.saved) >= maxRemember {
			return m.bad("states remembered more than %d deep", maxRemember)
		}
		m.saved = append(m.saved, m.row)
	case cfaRestoreState:
		if len(m.saved) == 0 {
			return m.bad("a state restored that was not remembered")
		}
		m.row = m.saved[len(m.saved)-1]
		m.saved = m.saved[:len(m.saved)-1]
	case cfaGNUArgsSize:
		m.row.ArgsSize = r.ULEB()
	case cfaDefCFA, cfaDefCFARegister, cfaDefCFAOffset, cfaDefCFASF, cfaDefCFAOffsetSF, cfaDefCFAExpression:
		m.defCFA(b, r)
	default:
		return m.rule(b, r)
	}
	return nil
}

// setLoc reads a target that is encoded as the FDE's own addresses are; only the
// absolute form can be read without knowing where the instruction stands.
func (m *interp) setLoc(r *buf.Reader) error {
	if m.f.ptrEnc != 0 {
		return m.bad("DW_CFA_set_loc with pointer encoding %#x", m.f.ptrEnc)
	}
	m.advance(r.Uint(m.f.addrSize))
	return nil
}

func (m *interp) defCFA(b uint8, r *buf.Reader) {
	cfa := &m.row.CFA
	switch b {
	case cfaDefCFA:
		*cfa = Rule{Kind: Register, Reg: m.f.abi.number(r.ULEB()), Off: int64(r.ULEB())}
	case cfaDefCFASF:
		*cfa = Rule{Kind: Register, Reg: m.f.abi.number(r.ULEB()), Off: r.SLEB() * m.f.DataAlign}
	case cfaDefCFARegister:
		*cfa = Rule{Kind: Register, Reg: m.f.abi.number(r.ULEB()), Off: cfa.Off}
	case cfaDefCFAOffset:
		cfa.Off = int64(r.ULEB())
	case cfaDefCFAOffsetSF:
		cfa.Off = r.SLEB() * m.f.DataAlign
	case cfaDefCFAExpression:
		*cfa = Rule{Kind: ValExpression, Expr: r.Bytes(r.ULEB())}
	}
}

// rule reads the instructions of the form "register, how to find it".
func (m *interp) rule(b uint8, r *buf.Reader) error {
	reg := r.ULEB()
	data := m.f.DataAlign
	switch b {
	case cfaUndefined:
		m.set(reg, Rule{Kind: Undefined})
	case cfaSameValue:
		m.set(reg, Rule{Kind: SameValue})
	case cfaOffsetExtended:
		m.set(reg, Rule{Kind: Offset, Off: int64(r.ULEB()) * data})
	case cfaOffsetExtendedSF:
		m.set(reg, Rule{Kind: Offset, Off: r.SLEB() * data})
	case cfaGNUNegOffsetExtended:
		m.set(reg, Rule{Kind: Offset, Off: -int64(r.ULEB()) * data})
	case cfaValOffset:
		m.set(reg, Rule{Kind: ValOffset, Off: int64(r.ULEB()) * data})
	case cfaValOffsetSF:
		m.set(reg, Rule{Kind: ValOffset, Off: r.SLEB() * data})
	case cfaRegister:
		m.set(reg, Rule{Kind: Register, Reg: m.f.abi.number(r.ULEB())})
	case cfaExpression:
		m.set(reg, Rule{Kind: Expression, Expr: r.Bytes(r.ULEB())})
	case cfaValExpression:
		m.set(reg, Rule{Kind: ValExpression, Expr: r.Bytes(r.ULEB())})
	default:
		return m.bad("unknown instruction %#x", b)
	}
	return nil
}
