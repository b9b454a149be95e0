package expr

import "github.com/trapline/trapline/regs"

// Fast compiles an expression of general registers and integer constants into a
// closure, for conditions that are evaluated at every hit of a breakpoint: no names
// are looked up, nothing is allocated, no memory is read. ok is false for all others,
// which Eval takes.
func Fast(n Node) (truth func(*regs.Set) bool, ok bool) {
	f, _, ok := fast(n)
	if !ok {
		return nil, false
	}
	return func(s *regs.Set) bool { return f(s) != 0 }, true
}

type fastFunc func(*regs.Set) uint64

func fast(n Node) (fastFunc, *Type, bool) {
	switch n := n.(type) {
	case *literal:
		if !n.v.Type.Integer() {
			return nil, nil, false
		}
		u := n.v.Uint()
		return func(*regs.Set) uint64 { return u }, n.v.Type, true
	case *dollar:
		return fastRegister(n.text)
	case *unary:
		return fastUnary(n)
	case *binary_:
		return fastBinary(n)
	}
	return nil, nil, false
}

// fastRegister reads a slot of the general registers, or a part of one.
func fastRegister(name string) (fastFunc, *Type, bool) {
	row, ok := regs.Lookup(name)
	if !ok || row.Flags() {
		return nil, nil, false
	}
	whole, shift := row, 0
	if _, own := row.ID(); !own {
		parent, ok := regs.Lookup(row.Parent)
		if !ok {
			return nil, nil, false
		}
		whole, shift = parent, row.Bit
	}
	id, ok := whole.ID()
	if !ok {
		return nil, nil, false
	}
	t := RegisterType(row)
	if row.Bits == 64 {
		return func(s *regs.Set) uint64 { return s.G[id] }, t, true
	}
	up := 64 - row.Bits
	if t.Signed() {
		return func(s *regs.Set) uint64 { return uint64(int64(s.G[id]>>shift<<up) >> up) }, t, true
	}
	return func(s *regs.Set) uint64 { return s.G[id] >> shift << up >> up }, t, true
}

// RegisterType is the type an integer register has in expressions: gdb's.
func RegisterType(row *regs.Row) *Type {
	if id, ok := row.ID(); ok && row.Bits == 64 && id == regs.RIP {
		return CodePtr
	} else if ok && row.Bits == 64 && (id == regs.RSP || id == regs.RBP) {
		return DataPtr
	}
	switch row.Bits {
	case 8:
		return &Type{Kind: Int, Name: "int8_t", Size: 1}
	case 16:
		return ShortType
	case 32:
		return IntType
	case 128:
		return Uint128
	}
	if row.Kind != regs.KindGeneral {
		return UlongType
	}
	return LongType
}

func fastUnary(n *unary) (fastFunc, *Type, bool) {
	x, t, ok := fast(n.x)
	if !ok || !t.Integer() {
		return nil, nil, false
	}
	r := promote(t)
	switch n.op {
	case "!":
		return func(s *regs.Set) uint64 { return b2u(x(s) == 0) }, IntType, true
	case "-":
		return cut(r, func(s *regs.Set) uint64 { return -x(s) }), r, true
	case "~":
		return cut(r, func(s *regs.Set) uint64 { return ^x(s) }), r, true
	}
	return nil, nil, false
}

// cut gives a function's result the width and sign of a type.
func cut(t *Type, f fastFunc) fastFunc {
	up := 64 - 8*t.size()
	switch {
	case up <= 0:
		return f
	case t.Signed():
		return func(s *regs.Set) uint64 { return uint64(int64(f(s)<<up) >> up) }
	}
	return func(s *regs.Set) uint64 { return f(s) << up >> up }
}

func fastBinary(n *binary_) (fastFunc, *Type, bool) {
	x, tx, ok := fast(n.x)
	if !ok {
		return nil, nil, false
	}
	y, ty, ok := fast(n.y)
	if !ok {
		return nil, nil, false
	}
	switch n.op {
	case "&&":
		return func(s *regs.Set) uint64 { return b2u(x(s) != 0 && y(s) != 0) }, IntType, true
	case "||":
		return func(s *regs.Set) uint64 { return b2u(x(s) != 0 || y(s) != 0) }, IntType, true
	}
	t := UlongType // addresses compare as such
	if tx.Integer() && ty.Integer() {
		t = balance(tx, ty)
		x, y = cut(t, x), cut(t, y)
	}
	if _, is := compare(n.op, false, 0, 0); is {
		op, signed := n.op, t.Signed()
		return func(s *regs.Set) uint64 { r, _ := compare(op, signed, x(s), y(s)); return b2u(r) }, IntType, true
	}
	if !tx.Integer() || !ty.Integer() {
		return nil, nil, false
	}
	var f fastFunc
	switch n.op {
	case "+":
		f = func(s *regs.Set) uint64 { return x(s) + y(s) }
	case "-":
		f = func(s *regs.Set) uint64 { return x(s) - y(s) }
	case "*":
		f = func(s *regs.Set) uint64 { return x(s) * y(s) }
	case "&":
		f = func(s *regs.Set) uint64 { return x(s) & y(s) }
	case "|":
		f = func(s *regs.Set) uint64 { return x(s) | y(s) }
	case "^":
		f = func(s *regs.Set) uint64 { return x(s) ^ y(s) }
	case "%":
		if m, isConst := n.y.(*literal); !isConst || !m.v.True() || int64(m.v.Uint()) < 0 {
			return nil, nil, false
		}
		signed := t.Signed()
		f = func(s *regs.Set) uint64 { return divide("%", signed, x(s), y(s)) }
	default:
		return nil, nil, false
	}
	return cut(t, f), t, true
}
