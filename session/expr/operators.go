package expr

import (
	"bytes"
	"errors"
	"fmt"
	"math"
)

// promote is C's integer promotion (C11 6.3.1.1): what is narrower than int becomes int.
func promote(t *Type) *Type {
	s := t.Strip()
	switch {
	case s.size() < 4 || s.Kind == Bool:
		return IntType
	case s.Kind == Enum && s.size() == 4:
		if s.Signed() {
			return IntType
		}
		return UintType
	}
	return s
}

// balance is the common type of two operands (C11 6.3.1.8).
func balance(x, y *Type) *Type {
	a, b := x.Strip(), y.Strip()
	if a.Kind == Float || b.Kind == Float {
		switch {
		case a.Kind != Float:
			return b
		case b.Kind != Float, a.Size >= b.Size:
			return a
		}
		return b
	}
	a, b = promote(a), promote(b)
	switch {
	case a.size() > b.size():
		return a
	case b.size() > a.size():
		return b
	case !a.Signed():
		return a
	}
	return b
}

func (n *binary_) Eval(env Env) (Value, error) {
	switch n.op {
	case "&&", "||":
		return n.logical(env)
	case ",":
		if _, err := n.x.Eval(env); err != nil {
			return Value{}, err
		}
		return n.y.Eval(env)
	case "@":
		return n.repeat(env)
	}
	x, err := rvalue(n.x, env)
	if err != nil {
		return x, err
	}
	y, err := rvalue(n.y, env)
	if err != nil {
		return y, err
	}
	return apply(n.op, x, y)
}

func (n *binary_) logical(env Env) (Value, error) {
	x, err := rvalue(n.x, env)
	if err != nil {
		return x, err
	}
	if x.True() == (n.op == "||") {
		return MakeInt(IntType, b2u(x.True())), nil
	}
	y, err := rvalue(n.y, env)
	if err != nil {
		return y, err
	}
	return MakeInt(IntType, b2u(y.True())), nil
}

// repeat is gdb's x@n: n values of x's type, one after another from x on.
func (n *binary_) repeat(env Env) (Value, error) {
	x, err := n.x.Eval(env)
	if err != nil {
		return x, err
	}
	if x.Place != InMemory {
		return x, errors.New("only values in memory can be extended with '@'")
	}
	c, err := rvalue(n.y, env)
	if err != nil {
		return c, err
	}
	count, size := int64(c.Uint()), int64(x.Type.size())
	if count <= 0 || size <= 0 || count > maxValue/size {
		return c, fmt.Errorf("%d elements of %s cannot be shown", count, x.Type)
	}
	return Memory(ArrayOf(x.Type, int(count)), x.Addr), nil
}

// apply is a binary operator on loaded values.
func apply(op string, x, y Value) (Value, error) {
	tx, ty := x.Type.Strip(), y.Type.Strip()
	if tx.Kind == Pointer || ty.Kind == Pointer || tx.Kind == Reference || ty.Kind == Reference {
		return pointerOp(op, x, y)
	}
	if !tx.Scalar() || !ty.Scalar() {
		if op == "==" || op == "!=" {
			if tx.size() == ty.size() {
				return MakeInt(IntType, b2u(bytes.Equal(x.Bytes, y.Bytes) == (op == "=="))), nil
			}
		}
		return x, fmt.Errorf("operator %s does not apply to %s and %s", op, x.Type, y.Type)
	}
	if op == "<<" || op == ">>" {
		return shift(op, x, y)
	}
	t := balance(x.Type, y.Type)
	if t.Kind == Float {
		return floatOp(op, t, x.Float(), y.Float())
	}
	return intOp(op, t, x.Uint(), y.Uint())
}

func pointerOp(op string, x, y Value) (Value, error) {
	px, py := isPtr(x), isPtr(y)
	switch {
	case op == "-" && px && py:
		n := int64(stride(x))
		return MakeInt(LongType, uint64(int64(x.Uint()-y.Uint())/n)), nil
	case op == "+" && px && y.Type.Integer():
		return MakeInt(x.Type, x.Uint()+y.Uint()*stride(x)), nil
	case op == "+" && py && x.Type.Integer():
		return MakeInt(y.Type, y.Uint()+x.Uint()*stride(y)), nil
	case op == "-" && px && y.Type.Integer():
		return MakeInt(x.Type, x.Uint()-y.Uint()*stride(x)), nil
	case x.Type.Strip().Kind == Float || y.Type.Strip().Kind == Float:
		return x, fmt.Errorf("operator %s does not apply to %s and %s", op, x.Type, y.Type)
	}
	return intOp(op, UlongType, x.Uint(), y.Uint())
}

func isPtr(v Value) bool {
	k := v.Type.Strip().Kind
	return k == Pointer || k == Reference
}

// stride is what a pointer moves by; void and functions count as one byte, as in GNU C.
func stride(v Value) uint64 { return uint64(max(1, v.Type.Strip().Elem.size())) }

// shift by the width of the left operand or more gives what shifting one by one would.
func shift(op string, x, y Value) (Value, error) {
	if x.Type.Strip().Kind == Float || y.Type.Strip().Kind == Float {
		return x, fmt.Errorf("operator %s needs integers", op)
	}
	t := promote(x.Type)
	u, by := x.Uint(), y.Uint()
	switch {
	case op == "<<" && by >= uint64(t.size()*8):
		u = 0
	case op == "<<":
		u <<= by
	case t.Signed():
		u = uint64(int64(u) >> min(by, 63))
	case by >= 64:
		u = 0
	default:
		u >>= by
	}
	return MakeInt(t, u), nil
}

func floatOp(op string, t *Type, x, y float64) (Value, error) {
	truth := func(b bool) (Value, error) { return MakeInt(IntType, b2u(b)), nil }
	switch op {
	case "+":
		return MakeFloat(t, x+y), nil
	case "-":
		return MakeFloat(t, x-y), nil
	case "*":
		return MakeFloat(t, x*y), nil
	case "/":
		return MakeFloat(t, x/y), nil
	case "%":
		return MakeFloat(t, math.Mod(x, y)), nil
	case "==":
		return truth(x == y)
	case "!=":
		return truth(x != y)
	case "<":
		return truth(x < y)
	case ">":
		return truth(x > y)
	case "<=":
		return truth(x <= y)
	case ">=":
		return truth(x >= y)
	}
	return Value{}, fmt.Errorf("operator %s needs integers", op)
}

// intOp is an operator on operands already converted to a common type.
func intOp(op string, t *Type, x, y uint64) (Value, error) {
	if t.size() < 8 { // the conversion of the operands to t
		x, y = MakeInt(t, x).Uint(), MakeInt(t, y).Uint()
	}
	if less, ok := compare(op, t.Signed(), x, y); ok {
		return MakeInt(IntType, b2u(less)), nil
	}
	if (op == "/" || op == "%") && y == 0 {
		return Value{}, errors.New("division by zero")
	}
	var r uint64
	switch op {
	case "+":
		r = x + y
	case "-":
		r = x - y
	case "*":
		r = x * y
	case "&":
		r = x & y
	case "|":
		r = x | y
	case "^":
		r = x ^ y
	case "/", "%":
		r = divide(op, t.Signed(), x, y)
	default:
		return Value{}, fmt.Errorf("operator %s does not apply to integers", op)
	}
	return MakeInt(t, r), nil
}

func divide(op string, signed bool, x, y uint64) uint64 {
	switch {
	case signed && int64(y) == -1: // Go, unlike the hardware, defines it; say so
		if op == "/" {
			return -x
		}
		return 0
	case signed && op == "/":
		return uint64(int64(x) / int64(y))
	case signed:
		return uint64(int64(x) % int64(y))
	case op == "/":
		return x / y
	}
	return x % y
}

func compare(op string, signed bool, x, y uint64) (result, ok bool) {
	less, more := x < y, x > y
	if signed {
		less, more = int64(x) < int64(y), int64(x) > int64(y)
	}
	switch op {
	case "==":
		return x == y, true
	case "!=":
		return x != y, true
	case "<":
		return less, true
	case ">":
		return more, true
	case "<=":
		return !more, true
	case ">=":
		return !less, true
	}
	return false, false
}

func (n *assign) Eval(env Env) (Value, error) {
	y, err := rvalue(n.y, env)
	if err != nil {
		// Arrays and strings may become a variable as they are.
		if y, err = Eval(n.y, env); err != nil {
			return y, err
		}
	}
	x, err := n.x.Eval(env)
	if err != nil {
		return x, err
	}
	if n.op != "" {
		old, err := x.Load(env)
		if err != nil {
			return old, err
		}
		if old.IsVoid() {
			return old, errors.New("value is void")
		}
		if y, err = apply(n.op, old, y); err != nil {
			return y, err
		}
	}
	return Store(env, x, y)
}

// Store assigns a loaded value to what another value names and returns the result.
func Store(env Env, to, from Value) (Value, error) {
	if to.Place == InVar {
		v := Value{Type: from.Type, Bytes: from.Bytes}
		env.SetVar(to.Name, v)
		v.Place, v.Name = InVar, to.Name
		return v, nil
	}
	if to.Gone != "" {
		return to, fmt.Errorf("cannot assign: the value has been %s", to.Gone)
	}
	if to.Place == NoPlace {
		return to, errors.New("the left side of the assignment is neither a register, nor a variable, nor memory")
	}
	v, err := from.Cast(to.Type)
	if err != nil {
		return v, err
	}
	if to.Place == InRegister {
		if err := env.SetRegister(to.Name, v); err != nil {
			return v, err
		}
		v.Place, v.Name = InRegister, to.Name
		return v, nil
	}
	if to.BitSize > 0 {
		if v, err = insertBits(env, to, v.Uint()); err != nil {
			return v, err
		}
	}
	if err := env.WriteMem(to.Addr, v.Bytes); err != nil {
		return v, err
	}
	v.Place, v.Addr = InMemory, to.Addr
	return v, nil
}

// insertBits is the bytes of a bit-field with new bits among its neighbours.
func insertBits(env Env, to Value, u uint64) (Value, error) {
	old, err := Value{Type: to.Type, Place: InMemory, Addr: to.Addr, BitOff: to.BitOff, BitSize: to.BitSize}.Load(env)
	if err != nil {
		return old, err
	}
	for i := range to.BitSize {
		at := to.BitOff + i
		mask := byte(1) << (at % 8)
		old.Bytes[at/8] &^= mask
		if i < 64 && u>>i&1 != 0 {
			old.Bytes[at/8] |= mask
		}
	}
	return old, nil
}
