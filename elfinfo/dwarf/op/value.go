package op

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// Encoding says how the bytes of a base type are read.
type Encoding uint8

// The encodings that arithmetic tells apart. Generic is DWARF's untyped value:
// as wide as an address, signed or not as each operation likes (DWARF 5, 2.5.1.1).
const (
	Generic Encoding = iota
	Signed
	Unsigned
	Float
)

// BaseType is the type of a typed stack value. The zero BaseType is the generic type.
type BaseType struct {
	Size int // bytes
	Enc  Encoding
}

// value is one stack entry. Integers keep u sign- or zero-extended to 64 bits by
// their type; floats keep u as the bits of a float64; values wider than 8 bytes keep
// only raw, which no arithmetic reads.
type value struct {
	u   uint64
	t   BaseType
	raw []byte
}

func generic(u uint64) value { return value{u: u} }

func (t BaseType) size() int {
	if t.Enc == Generic {
		return 8
	}
	return t.Size
}

// fit cuts u to the type's width.
func (t BaseType) fit(u uint64) uint64 {
	if n := t.size(); n > 0 && n < 8 && t.Enc != Float {
		shift := uint(64 - 8*n)
		if t.Enc == Signed {
			return uint64(int64(u<<shift) >> shift)
		}
		return u << shift >> shift
	}
	return u
}

// decode makes a value of t from the low bytes of b; b may be longer.
func decode(b []byte, t BaseType) (value, error) {
	n := t.size()
	if n < 0 || n > len(b) {
		return value{}, errors.New("the typed value is wider than its storage")
	}
	if n > 8 {
		return value{t: t, raw: b[:n]}, nil
	}
	var w [8]byte
	copy(w[:], b[:n])
	u := binary.LittleEndian.Uint64(w[:])
	if t.Enc == Float {
		switch n {
		case 4:
			u = math.Float64bits(float64(math.Float32frombits(uint32(u))))
		case 8:
		default:
			return value{}, fmt.Errorf("%w: a float of %d bytes", ErrUnsupported, n)
		}
	}
	return value{u: t.fit(u), t: t}, nil
}

// bytes is the value as the target stores it.
func (v value) bytes() []byte {
	if v.raw != nil {
		return v.raw
	}
	u := v.u
	if v.t.Enc == Float && v.t.Size == 4 {
		u = uint64(math.Float32bits(float32(math.Float64frombits(u))))
	}
	return binary.LittleEndian.AppendUint64(nil, u)[:min(8, max(0, v.t.size()))]
}

func (v value) float() float64 { return math.Float64frombits(v.u) }

// convert is DW_OP_convert: the same number in another type.
func (v value) convert(t BaseType) (value, error) {
	if v.raw != nil || t.size() > 8 {
		return v.convertWide(t)
	}
	from, to := v.t.Enc == Float, t.Enc == Float
	switch {
	case from && to:
		return value{u: v.u, t: t}, nil
	case from && (t.Enc == Unsigned || t.Enc == Generic):
		if f := v.float(); f >= 1<<63 {
			return value{u: t.fit(uint64(f-1<<63) + 1<<63), t: t}, nil
		}
		return value{u: t.fit(uint64(int64(v.float()))), t: t}, nil
	case from:
		return value{u: t.fit(uint64(int64(v.float()))), t: t}, nil
	case to && v.t.Enc == Signed:
		return value{u: math.Float64bits(float64(int64(v.u))), t: t}, nil
	case to:
		return value{u: math.Float64bits(float64(v.u)), t: t}, nil
	}
	return value{u: t.fit(v.u), t: t}, nil
}

// convertWide converts to or from an integer wider than 8 bytes: cut off or extended.
func (v value) convertWide(t BaseType) (value, error) {
	if v.t.Enc == Float || t.Enc == Float {
		return value{}, fmt.Errorf("%w: converting a float wider than 8 bytes", ErrUnsupported)
	}
	b := append([]byte{}, v.bytes()...)
	fill := byte(0)
	if v.t.Enc == Signed && len(b) > 0 && b[len(b)-1]&0x80 != 0 {
		fill = 0xff
	}
	for len(b) < t.size() {
		b = append(b, fill)
	}
	return decode(b, t)
}

var (
	errDivide = errors.New("division by zero")
	errTypes  = errors.New("operands of different types")
	errFloat  = errors.New("an integer operation on a float")
	errWide   = fmt.Errorf("%w: arithmetic on a value wider than 8 bytes", ErrUnsupported)
)

// flag is the generic 1 or 0 that a comparison pushes.
func flag(b bool) (value, error) {
	if b {
		return generic(1), nil
	}
	return generic(0), nil
}

// binary2 applies a two-operand operation: a is the former second entry, b the top.
func binary2(o Opcode, a, b value) (value, error) {
	if a.raw != nil || b.raw != nil {
		return value{}, errWide
	}
	isShift := o == Shl || o == Shr || o == Shra
	if a.t != b.t && !isShift {
		return value{}, errTypes
	}
	if a.t.Enc == Float {
		return binaryFloat(o, a, b)
	}
	x, y := a.u, b.u
	signed := a.t.Enc != Unsigned
	keep := func(u uint64) (value, error) { return value{u: a.t.fit(u), t: a.t}, nil }
	switch o {
	case And:
		return keep(x & y)
	case Or:
		return keep(x | y)
	case Xor:
		return keep(x ^ y)
	case Plus:
		return keep(x + y)
	case Minus:
		return keep(x - y)
	case Mul:
		return keep(x * y)
	case Div, Mod:
		return divide(o, a, y)
	case Shl:
		return keep(x << min(y, 64))
	case Shr: // logical whatever the type: on the width of the type
		width := uint(64 - 8*min(8, max(0, a.t.size())))
		return keep(x << width >> width >> min(y, 64))
	case Shra:
		return keep(uint64(int64(x) >> min(y, 63)))
	}
	less := x < y
	if signed {
		less = int64(x) < int64(y)
	}
	return compare(o, less, x == y)
}

// divide is DW_OP_div (signed for the generic type) and DW_OP_mod (unsigned for it).
func divide(o Opcode, a value, y uint64) (value, error) {
	x := a.u
	if y == 0 {
		return value{}, errDivide
	}
	var r uint64
	switch {
	case o == Div && a.t.Enc == Unsigned:
		r = x / y
	case o == Div && int64(y) == -1: // avoids the overflow of MinInt64 / -1
		r = -x
	case o == Div:
		r = uint64(int64(x) / int64(y))
	case a.t.Enc != Signed:
		r = x % y
	case int64(y) == -1:
		r = 0
	default:
		r = uint64(int64(x) % int64(y))
	}
	return value{u: a.t.fit(r), t: a.t}, nil
}

func binaryFloat(o Opcode, a, b value) (value, error) {
	x, y := a.float(), b.float()
	var r float64
	switch o {
	case Plus:
		r = x + y
	case Minus:
		r = x - y
	case Mul:
		r = x * y
	case Div:
		r = x / y // IEEE: division by zero is an infinity
	case Eq, Ne, Lt, Le, Gt, Ge:
		if x != x || y != y {
			return flag(o == Ne)
		}
		return compare(o, x < y, x == y)
	default:
		return value{}, errFloat
	}
	return value{u: math.Float64bits(r), t: a.t}, nil
}

func compare(o Opcode, less, equal bool) (value, error) {
	switch o {
	case Eq:
		return flag(equal)
	case Ne:
		return flag(!equal)
	case Lt:
		return flag(less)
	case Le:
		return flag(less || equal)
	case Gt:
		return flag(!less && !equal)
	}
	return flag(!less) // Ge
}

// unary applies abs, neg or not.
func unary(o Opcode, v value) (value, error) {
	switch {
	case v.raw != nil:
		return v, errWide
	case v.t.Enc == Float && o == Not:
		return v, errFloat
	case v.t.Enc == Float && o == Abs:
		v.u = math.Float64bits(math.Abs(v.float()))
	case v.t.Enc == Float:
		v.u = math.Float64bits(-v.float())
	case o == Not:
		v.u = v.t.fit(^v.u)
	case o == Neg:
		v.u = v.t.fit(-v.u)
	case v.t.Enc != Unsigned && int64(v.u) < 0: // Abs
		v.u = v.t.fit(-v.u)
	}
	return v, nil
}

// getBits copies size bits of src, from bit from, to bit to of dst; bit 0 is the least
// significant of the first byte, as bit_piece counts on a little-endian machine.
// Bits outside src read as zero, bits outside dst are dropped.
func getBits(dst []byte, to uint64, src []byte, from, size uint64) {
	if to%8 == 0 && from%8 == 0 && size%8 == 0 {
		if d, s := to/8, from/8; d < uint64(len(dst)) && s < uint64(len(src)) {
			s1, c := bits.Add64(s, size/8, 0)
			if c != 0 || s1 > uint64(len(src)) {
				s1 = uint64(len(src))
			}
			copy(dst[d:], src[s:s1])
		}
		return
	}
	for i := uint64(0); i < size && (to+i)/8 < uint64(len(dst)); i++ {
		if f := from + i; f/8 < uint64(len(src)) && src[f/8]>>(f%8)&1 != 0 {
			dst[(to+i)/8] |= 1 << ((to + i) % 8)
		}
	}
}
