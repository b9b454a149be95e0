// Package op evaluates DWARF expressions (DWARF 5 sections 2.5 and 2.6, with GNU's
// extensions): the little stack programs that say where a variable is, what a
// frame's base is, and, in call-frame information, where a register was saved.
//
// An expression comes from a file that nobody vouches for. Evaluation is bounded in
// steps, stack and call depth; every fault is an *Error naming the operation, never
// a panic; and what cannot be done is told apart (errors.Is ErrUnsupported) from
// what is damaged.
package op

import (
	"errors"
	"fmt"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
)

// Limits of one evaluation. gcc's longest real expressions are some hundred steps.
const (
	maxSteps = 10000
	maxStack = 1024
	maxCalls = 16
	maxBlock = 1 << 20 // bytes of one implicit value or piece
)

// Memory reads the tracee's memory at absolute addresses; n < len(p) with or without
// an error means that the rest could not be read.
type Memory interface {
	ReadMem(addr uint64, p []byte) (n int, err error)
}

// ErrUnsupported is wrapped by errors about operations or contexts that the evaluator
// does not know or was not given (no thread pointer, no frame base, ...).
var ErrUnsupported = errors.New("unsupported")

// Error is a failed operation of an expression.
type Error struct {
	Op  Opcode
	Off int // byte offset in the expression
	Err error
}

func (e *Error) Error() string {
	return fmt.Sprintf("evaluate DWARF expression: %v at offset %d: %v", e.Op, e.Off, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Env is what an expression may ask of its surroundings. A nil function makes the
// operations that need it fail with ErrUnsupported.
type Env struct {
	AddrSize int // bytes of an address, and of a value without a type: 4, or 8, which 0 means too

	Bias    uint64 // added to DW_OP_addr and indexed addresses: load minus link address
	Version int    // of the unit, 2-5; decides the width of GNU_implicit_pointer's reference
	Dwarf64 bool   // the unit is 64-bit DWARF: references take 8 bytes
	PC      uint64 // link-time; for callers whose functions below look location lists up

	Reg      func(reg uint64) (uint64, bool)            // a 64-bit register by DWARF number; false: unknown
	RegBytes func(reg uint64) ([]byte, bool)            // wider registers (xmm, st); optional
	Mem      Memory                                     // nil: no memory
	CFA      func() (uint64, error)                     // canonical frame address of the frame
	Base     func() (uint64, error)                     // the function's frame base, absolute
	TLS      func(offset uint64) (uint64, error)        // address of a thread-local at an offset in its module's block
	AddrX    func(index uint64) (uint64, error)         // entry of .debug_addr, without bias
	Type     func(unitOffset uint64) (BaseType, error)  // base type DIE of the unit
	Call     func(ref uint64, o Opcode) ([]byte, error) // location of the DIE that call2, call4 (unit offset) or call_ref (section offset) names
	Entry    func(expr []byte) (uint64, error)          // value that expr had at entry to the function
	Object   *uint64                                    // DW_OP_push_object_address
}

// Kind tells what a Piece is.
type Kind uint8

// The kinds of a Piece. The zero Kind is a piece that exists nowhere.
const (
	OptimizedOut    Kind = iota
	InMemory             // at Addr
	InRegister           // in register Reg, from its low bits
	Implicit             // the bytes are Data
	ImplicitPointer      // a pointer that was optimised away: it pointed Off bytes into the object of the DIE at DIE
)

// Piece is one part of a location.
type Piece struct {
	Kind    Kind
	Addr    uint64
	Reg     uint64
	Data    []byte
	DIE     uint64 // .debug_info offset
	Off     int64
	BitSize uint64 // 0: the whole object (only in a location of one piece)
	BitOff  uint64 // bits of the source passed over first
	Uninit  bool   // GNU_uninit: the variable holds nothing yet
}

// Location is where an object is: one whole piece, or pieces in order of their bits.
type Location []Piece

type machine struct {
	env   *Env
	stack []value
	loc   Location
	cur   Piece // a register, implicit or stack value waiting for its piece or the end
	have  bool  // cur is set
	steps int
	depth int
}

// Locate evaluates a location expression. An empty expression is an object that was
// optimised out (DWARF 5, 2.6.1.1.4).
func Locate(expr []byte, env *Env) (Location, error) {
	m := machine{env: env}
	if err := m.run(expr); err != nil {
		return nil, err
	}
	if len(m.loc) == 0 {
		return Location{m.simple()}, nil
	}
	if m.have {
		return nil, errors.New("evaluate DWARF expression: a location without its piece at the end")
	}
	return m.loc, nil
}

// Uint evaluates an expression that yields a number or an address: call-frame rules,
// frame bases, bounds, member offsets. The initial values are pushed first.
func Uint(expr []byte, env *Env, initial ...uint64) (uint64, error) {
	m := machine{env: env}
	for _, v := range initial {
		m.stack = append(m.stack, generic(v))
	}
	if err := m.run(expr); err != nil {
		return 0, err
	}
	if m.have && m.cur.Kind == InRegister && len(m.loc) == 0 {
		// A frame base of DW_OP_regN means the register's value (DWARF 5, 3.3.5).
		return env.reg(m.cur.Reg)
	}
	if m.have && m.cur.Kind == Implicit && len(m.cur.Data) == 8 && len(m.loc) == 0 {
		r := buf.Reader{B: m.cur.Data}
		return r.U64(), nil
	}
	if m.have || len(m.loc) > 0 || len(m.stack) == 0 {
		return 0, errors.New("evaluate DWARF expression: it yields no value")
	}
	v := m.stack[len(m.stack)-1]
	if v.raw != nil {
		return 0, errors.New("evaluate DWARF expression: the value is wider than 8 bytes")
	}
	return v.u, nil
}

func (e *Env) addrSize() int {
	if e.AddrSize == 0 {
		return 8
	}
	return e.AddrSize
}

// cut is a number modulo the size of an address, as values without a type are.
func (e *Env) cut(u uint64) uint64 { return u << (64 - 8*e.addrSize()) >> (64 - 8*e.addrSize()) }

// operand is a value as an operation takes it: to some, one without a type is signed.
func (e *Env) operand(o Opcode, v value) value {
	if v.t.Enc == Generic && (o == Abs || o == Div || o == Shra || o >= Eq && o <= Ne) {
		v.u = BaseType{Size: e.addrSize(), Enc: Signed}.fit(v.u)
	}
	return v
}

func (e *Env) reg(n uint64) (uint64, error) {
	if e.Reg != nil {
		if v, ok := e.Reg(n); ok {
			return v, nil
		}
	}
	if e.RegBytes != nil { // the low half of a vector register
		if b, ok := e.RegBytes(n); ok && len(b) >= 8 {
			r := buf.Reader{B: b}
			return r.U64(), nil
		}
	}
	if e.Reg == nil {
		return 0, fmt.Errorf("%w: no registers here", ErrUnsupported)
	}
	return 0, fmt.Errorf("register %d is not known in this frame", n)
}

// simple takes the location described since the last piece.
func (m *machine) simple() Piece {
	p := Piece{}
	switch {
	case m.have:
		p = m.cur
	case len(m.stack) > 0:
		p = Piece{Kind: InMemory, Addr: m.stack[len(m.stack)-1].u, Uninit: m.cur.Uninit}
		m.stack = m.stack[:len(m.stack)-1]
	}
	m.have, m.cur = false, Piece{}
	return p
}

func (m *machine) run(expr []byte) error {
	r := buf.Reader{B: expr}
	for r.Len() > 0 {
		off := r.Off
		o := Opcode(r.U8())
		m.steps++
		err := error(nil)
		if m.steps > maxSteps {
			err = fmt.Errorf("no end after %d operations", maxSteps)
		} else if err = m.step(o, &r); err == nil && r.Bad {
			err = errors.New("the operand is cut off")
		} else if err == nil && len(m.stack) > maxStack {
			err = fmt.Errorf("more than %d values on the stack", maxStack)
		} else if n := len(m.stack); n > 0 && m.stack[n-1].t.Enc == Generic {
			m.stack[n-1].u = m.env.cut(m.stack[n-1].u)
		}
		if err != nil {
			var inner *Error
			if errors.As(err, &inner) {
				return err
			}
			return &Error{o, off, err}
		}
	}
	return nil
}

func (m *machine) push(u uint64) error {
	m.stack = append(m.stack, generic(u))
	return nil
}

var errEmpty = errors.New("too few values on the stack")

func (m *machine) pop() (value, error) {
	n := len(m.stack)
	if n == 0 {
		return value{}, errEmpty
	}
	v := m.stack[n-1]
	m.stack = m.stack[:n-1]
	return v, nil
}

// step executes one operation, its operands read from r.
func (m *machine) step(o Opcode, r *buf.Reader) error {
	switch {
	case o >= Lit0 && o < Reg0:
		return m.push(uint64(o - Lit0))
	case o >= Reg0 && o < Breg0:
		return m.register(uint64(o - Reg0))
	case o >= Breg0 && o < Regx:
		return m.breg(uint64(o-Breg0), r.SLEB())
	case o >= And && o <= Xor && o != Neg && o != Not && o != PlusUconst, o >= Eq && o <= Ne:
		b, err := m.pop()
		if err != nil {
			return err
		}
		a, err := m.pop()
		if err != nil {
			return err
		}
		v, err := binary2(o, m.env.operand(o, a), m.env.operand(o, b))
		m.stack = append(m.stack, v)
		return err
	}
	if f := constants[o]; f != nil {
		return m.push(f(r))
	}
	if f := table[o]; f != nil {
		return f(m, r, o)
	}
	return fmt.Errorf("%w operation", ErrUnsupported)
}

func (m *machine) register(n uint64) error {
	if m.have {
		return errors.New("a second location without a piece between")
	}
	m.cur, m.have = Piece{Kind: InRegister, Reg: n, Uninit: m.cur.Uninit}, true
	return nil
}

func (m *machine) breg(n uint64, off int64) error {
	v, err := m.env.reg(n)
	if err != nil {
		return err
	}
	return m.push(v + uint64(off))
}
