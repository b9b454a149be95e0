package op

import (
	"errors"
	"fmt"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
)

// constants are the operations that push their operand.
var constants = [256]func(*buf.Reader) uint64{
	Const1u: func(r *buf.Reader) uint64 { return uint64(r.U8()) },
	Const1s: func(r *buf.Reader) uint64 { return uint64(int8(r.U8())) },
	Const2u: func(r *buf.Reader) uint64 { return uint64(r.U16()) },
	Const2s: func(r *buf.Reader) uint64 { return uint64(int16(r.U16())) },
	Const4u: func(r *buf.Reader) uint64 { return uint64(r.U32()) },
	Const4s: func(r *buf.Reader) uint64 { return uint64(int32(r.U32())) },
	Const8u: func(r *buf.Reader) uint64 { return r.U64() },
	Const8s: func(r *buf.Reader) uint64 { return r.U64() },
	Constu:  func(r *buf.Reader) uint64 { return r.ULEB() },
	Consts:  func(r *buf.Reader) uint64 { return uint64(r.SLEB()) },
}

type action func(m *machine, r *buf.Reader, o Opcode) error

// table holds every other operation. It is filled by init because calls recurse.
var table [256]action

func init() {
	table = [256]action{
		Addr:  func(m *machine, r *buf.Reader, o Opcode) error { return m.push(r.Uint(m.env.addrSize()) + m.env.Bias) },
		Addrx: (*machine).addrx, GNUAddrIndex: (*machine).addrx,
		Constx: (*machine).addrx, GNUConstIndex: (*machine).addrx,

		Dup:  func(m *machine, r *buf.Reader, o Opcode) error { return m.pick(0) },
		Over: func(m *machine, r *buf.Reader, o Opcode) error { return m.pick(1) },
		Pick: func(m *machine, r *buf.Reader, o Opcode) error { return m.pick(int(r.U8())) },
		Drop: func(m *machine, r *buf.Reader, o Opcode) error { _, err := m.pop(); return err },
		Swap: func(m *machine, r *buf.Reader, o Opcode) error { return m.rotate(2) },
		Rot:  func(m *machine, r *buf.Reader, o Opcode) error { return m.rotate(3) },

		Abs: (*machine).unary, Neg: (*machine).unary, Not: (*machine).unary,
		PlusUconst: (*machine).plusUconst,
		Skip:       (*machine).branch, Bra: (*machine).branch,
		Nop: func(*machine, *buf.Reader, Opcode) error { return nil },

		Deref: (*machine).deref, DerefSize: (*machine).deref, Xderef: (*machine).deref, XderefSize: (*machine).deref,
		DerefType: (*machine).deref, XderefType: (*machine).deref, GNUDerefType: (*machine).deref,

		Regx: func(m *machine, r *buf.Reader, o Opcode) error { return m.register(r.ULEB()) },
		Bregx: func(m *machine, r *buf.Reader, o Opcode) error {
			n := r.ULEB()
			return m.breg(n, r.SLEB())
		},
		Fbreg:             (*machine).fbreg,
		CallFrameCFA:      func(m *machine, r *buf.Reader, o Opcode) error { return m.ask(m.env.CFA, "frame address") },
		PushObjectAddress: (*machine).object,
		FormTLSAddress:    (*machine).tls, GNUPushTLSAddress: (*machine).tls,
		Call2: (*machine).call, Call4: (*machine).call, CallRef: (*machine).call,
		EntryValue: (*machine).entry, GNUEntryValue: (*machine).entry,

		Piece_: (*machine).piece, BitPiece: (*machine).piece,
		ImplicitValue: (*machine).implicitValue, StackValue: (*machine).stackValue,
		ImplicitPointer_: (*machine).implicitPointer, GNUImplicitPointer: (*machine).implicitPointer,
		GNUUninit: func(m *machine, r *buf.Reader, o Opcode) error { m.cur.Uninit = true; return nil },

		ConstType: (*machine).constType, GNUConstType: (*machine).constType,
		RegvalType: (*machine).regvalType, GNURegvalType: (*machine).regvalType,
		Convert: (*machine).convert, GNUConvert: (*machine).convert,
		Reinterpret: (*machine).convert, GNUReinterpret: (*machine).convert,
	}
}

func missing(what string) error { return fmt.Errorf("%w: no %s here", ErrUnsupported, what) }

// ask pushes what a function of the environment answers.
func (m *machine) ask(f func() (uint64, error), what string) error {
	if f == nil {
		return missing(what)
	}
	v, err := f()
	if err != nil {
		return err
	}
	return m.push(v)
}

func (m *machine) addrx(r *buf.Reader, o Opcode) error {
	index := r.ULEB()
	if m.env.AddrX == nil {
		return missing("address table (.debug_addr)")
	}
	v, err := m.env.AddrX(index)
	if err != nil {
		return err
	}
	if o == Addrx || o == GNUAddrIndex {
		v += m.env.Bias
	}
	return m.push(v)
}

func (m *machine) pick(i int) error {
	if i >= len(m.stack) {
		return errEmpty
	}
	m.stack = append(m.stack, m.stack[len(m.stack)-1-i])
	return nil
}

// rotate moves the top entry below the n-1 entries under it.
func (m *machine) rotate(n int) error {
	if len(m.stack) < n {
		return errEmpty
	}
	s := m.stack[len(m.stack)-n:]
	top := s[n-1]
	copy(s[1:], s[:n-1])
	s[0] = top
	return nil
}

func (m *machine) unary(r *buf.Reader, o Opcode) error {
	v, err := m.pop()
	if err != nil {
		return err
	}
	v, err = unary(o, m.env.operand(o, v))
	m.stack = append(m.stack, v)
	return err
}

func (m *machine) plusUconst(r *buf.Reader, o Opcode) error {
	n := r.ULEB()
	v, err := m.pop()
	if err != nil {
		return err
	}
	v, err = binary2(Plus, v, value{u: v.t.fit(n), t: v.t})
	m.stack = append(m.stack, v)
	return err
}

func (m *machine) branch(r *buf.Reader, o Opcode) error {
	to := int(int16(r.U16()))
	if o == Bra {
		v, err := m.pop()
		if err != nil {
			return err
		}
		if v.u == 0 {
			return nil
		}
	}
	to += r.Off
	if to < 0 || to > len(r.B) {
		return fmt.Errorf("it jumps to offset %d, outside the expression", to)
	}
	r.Off = to
	return nil
}

// deref is the whole family: with a size, with a type, with an address space.
func (m *machine) deref(r *buf.Reader, o Opcode) error {
	size, t := m.env.addrSize(), BaseType{}
	switch o {
	case DerefSize, XderefSize:
		size = int(r.U8())
	case DerefType, XderefType, GNUDerefType:
		size = int(r.U8())
		var err error
		if t, err = m.baseType(r.ULEB()); err != nil {
			return err
		}
	}
	addr, err := m.pop()
	if err != nil {
		return err
	}
	if o == Xderef || o == XderefSize || o == XderefType {
		if space, err := m.pop(); err != nil {
			return err
		} else if space.u != 0 {
			return fmt.Errorf("%w: address space %d", ErrUnsupported, space.u)
		}
	}
	if size == 0 || size > 8 && t.Enc == Generic {
		return fmt.Errorf("a dereference of %d bytes", size)
	}
	b := make([]byte, max(size, t.size()))
	if err := m.env.read(addr.u, b[:size]); err != nil {
		return err
	}
	v, err := decode(b, t)
	m.stack = append(m.stack, v)
	return err
}

func (e *Env) read(addr uint64, p []byte) error {
	if e.Mem == nil {
		return missing("memory")
	}
	n, err := e.Mem.ReadMem(addr, p)
	if n >= len(p) {
		return nil
	}
	if err == nil {
		err = errors.New("not mapped")
	}
	return fmt.Errorf("read %d bytes at %#x: %w", len(p), addr, err)
}

func (m *machine) fbreg(r *buf.Reader, o Opcode) error {
	off := uint64(r.SLEB())
	if err := m.ask(m.env.Base, "frame base"); err != nil {
		return err
	}
	m.stack[len(m.stack)-1].u += off
	return nil
}

func (m *machine) object(r *buf.Reader, o Opcode) error {
	if m.env.Object == nil {
		return missing("object address")
	}
	return m.push(*m.env.Object)
}

func (m *machine) tls(r *buf.Reader, o Opcode) error {
	v, err := m.pop()
	if err != nil {
		return err
	}
	if m.env.TLS == nil {
		return missing("thread-local storage")
	}
	return m.ask(func() (uint64, error) { return m.env.TLS(v.u) }, "")
}

func (m *machine) call(r *buf.Reader, o Opcode) error {
	var ref uint64
	switch o {
	case Call2:
		ref = uint64(r.U16())
	case Call4:
		ref = uint64(r.U32())
	default:
		ref = r.Offset(m.env.Dwarf64)
	}
	if m.env.Call == nil {
		return missing("other entries")
	}
	if m.depth >= maxCalls {
		return fmt.Errorf("calls nested more than %d deep", maxCalls)
	}
	expr, err := m.env.Call(ref, o)
	if err != nil {
		return err
	}
	m.depth++
	defer func() { m.depth-- }()
	return m.run(expr)
}

func (m *machine) entry(r *buf.Reader, o Opcode) error {
	expr := r.Bytes(r.ULEB())
	if len(expr) == 0 {
		return errors.New("an empty operand")
	}
	if m.env.Entry == nil {
		return missing("caller's value")
	}
	return m.ask(func() (uint64, error) { return m.env.Entry(expr) }, "")
}

func (m *machine) piece(r *buf.Reader, o Opcode) error {
	var size, off uint64
	if o == Piece_ {
		size = r.ULEB() * 8
	} else {
		size, off = r.ULEB(), r.ULEB()
	}
	if size > maxBlock*8 || off > maxBlock*8 {
		return fmt.Errorf("a piece of %d bits at bit %d", size, off)
	}
	p := m.simple()
	p.BitSize, p.BitOff = size, off
	if size > 0 {
		m.loc = append(m.loc, p)
	}
	return nil
}

func (m *machine) implicitValue(r *buf.Reader, o Opcode) error {
	if m.have {
		return errors.New("a second location without a piece between")
	}
	m.cur, m.have = Piece{Kind: Implicit, Data: r.Bytes(r.ULEB())}, true
	return nil
}

func (m *machine) stackValue(r *buf.Reader, o Opcode) error {
	v, err := m.pop()
	if err != nil {
		return err
	}
	if m.have {
		return errors.New("a second location without a piece between")
	}
	m.cur, m.have = Piece{Kind: Implicit, Data: v.bytes(), Uninit: m.cur.Uninit}, true
	return nil
}

func (m *machine) implicitPointer(r *buf.Reader, o Opcode) error {
	var die uint64
	if m.env.Version == 2 { // DWARF 2 references are as wide as addresses
		die = r.Uint(m.env.addrSize())
	} else {
		die = r.Offset(m.env.Dwarf64)
	}
	if m.have {
		return errors.New("a second location without a piece between")
	}
	m.cur, m.have = Piece{Kind: ImplicitPointer, DIE: die, Off: r.SLEB()}, true
	return nil
}

// baseType resolves a type operand; offset 0 is the generic type.
func (m *machine) baseType(unitOff uint64) (BaseType, error) {
	if unitOff == 0 {
		return BaseType{}, nil
	}
	if m.env.Type == nil {
		return BaseType{}, missing("types")
	}
	t, err := m.env.Type(unitOff)
	if err == nil && (t.Size <= 0 || t.Size > 64 || t.Enc == Generic) {
		err = fmt.Errorf("the entry at unit offset %#x is no base type", unitOff)
	}
	return t, err
}

func (m *machine) constType(r *buf.Reader, o Opcode) error {
	ref := r.ULEB()
	b := r.Bytes(uint64(r.U8()))
	t, err := m.baseType(ref)
	if err != nil {
		return err
	}
	v, err := decode(b, t)
	m.stack = append(m.stack, v)
	return err
}

func (m *machine) regvalType(r *buf.Reader, o Opcode) error {
	reg := r.ULEB()
	t, err := m.baseType(r.ULEB())
	if err != nil {
		return err
	}
	b, err := m.env.regBytes(reg)
	if err != nil {
		return err
	}
	v, err := decode(b, t)
	m.stack = append(m.stack, v)
	return err
}

// regBytes is a register's whole contents, low byte first.
func (e *Env) regBytes(reg uint64) ([]byte, error) {
	if e.RegBytes != nil {
		if b, ok := e.RegBytes(reg); ok {
			return b, nil
		}
	}
	u, err := e.reg(reg)
	if err != nil {
		return nil, err
	}
	return generic(u).bytes(), nil
}

func (m *machine) convert(r *buf.Reader, o Opcode) error {
	t, err := m.baseType(r.ULEB())
	if err != nil {
		return err
	}
	v, err := m.pop()
	if err != nil {
		return err
	}
	if o == Convert || o == GNUConvert {
		v, err = v.convert(t)
	} else if b := v.bytes(); len(b) != t.size() {
		err = errors.New("a reinterpretation as a type of another size")
	} else {
		v, err = decode(b, t)
	}
	m.stack = append(m.stack, v)
	return err
}
