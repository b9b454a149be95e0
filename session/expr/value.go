package expr

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Place says where a value lives, which decides whether it can be assigned to.
type Place uint8

// The places.
const (
	NoPlace    Place = iota // a result: 1+2
	InMemory                // at Addr
	InRegister              // Name
	InVar                   // a convenience variable, Name
)

// Value is a typed run of bytes in the target's order, little-endian. A value in
// memory may be lazy: its bytes are read when they are wanted, so that &x and sizeof x
// work where x cannot be read, and p->big.field reads the field only.
type Value struct {
	Type  *Type
	Place Place
	Addr  uint64
	Name  string
	Bytes []byte // nil for a lazy value
	// BitOff and BitSize pick a bit-field out of Bytes; BitSize 0 is no bit-field.
	BitOff, BitSize int
	// Gone says why there is no value ("optimized out"); empty when there is.
	Gone string
}

// maxValue bounds how much of memory one value may take.
const maxValue = 16 << 20

// MakeInt is an integer of a type, cut to its size.
func MakeInt(t *Type, v uint64) Value {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], v)
	n := t.size()
	if n > 8 && t.Signed() && int64(v) < 0 {
		binary.LittleEndian.PutUint64(b[8:], math.MaxUint64)
	}
	return Value{Type: t, Bytes: b[:min(n, len(b))]}
}

// MakeFloat is a floating-point number of type float or double.
func MakeFloat(t *Type, f float64) Value {
	switch t.size() {
	case 4:
		return Value{Type: t, Bytes: binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(f)))}
	case 16:
		return Value{Type: t, Bytes: extended(f)}
	}
	return Value{Type: t, Bytes: binary.LittleEndian.AppendUint64(nil, math.Float64bits(f))}
}

// MakeString is a char array that ends with NUL.
func MakeString(s string) Value {
	return Value{Type: ArrayOf(CharType, len(s)+1), Bytes: append([]byte(s), 0)}
}

// Memory is a lazy value of a type at an address.
func Memory(t *Type, addr uint64) Value { return Value{Type: t, Place: InMemory, Addr: addr} }

// IsVoid says whether there is nothing in the value.
func (v Value) IsVoid() bool { return v.Type == nil || v.Type.Strip().Kind == Void }

// Load makes sure that the bytes are there.
func (v Value) Load(env Env) (Value, error) {
	if v.Gone != "" {
		return v, fmt.Errorf("value has been %s", v.Gone)
	}
	if v.Bytes != nil || v.Place != InMemory {
		return v, nil
	}
	n := v.Type.size()
	if n < 0 || n > maxValue {
		return v, fmt.Errorf("a value of %d bytes (%s) is more than can be shown (%d bytes)", n, v.Type, maxValue)
	}
	if v.BitSize > 0 {
		n = (v.BitOff + v.BitSize + 7) / 8
	}
	b := make([]byte, n)
	if err := env.ReadMem(v.Addr, b); err != nil {
		return v, err
	}
	v.Bytes = b
	return v, nil
}

// uint is the value's bits, zero-extended; wider ones are cut to 64.
func (v Value) raw() uint64 {
	var b [8]byte
	copy(b[:], v.Bytes)
	u := binary.LittleEndian.Uint64(b[:])
	if v.BitSize > 0 {
		if v.BitOff > 0 && len(v.Bytes) > 8 { // a field over nine bytes
			u = u>>v.BitOff | uint64(v.Bytes[8])<<(64-v.BitOff)
		} else {
			u >>= v.BitOff
		}
		if v.BitSize < 64 {
			u &= 1<<v.BitSize - 1
		}
	}
	return u
}

// Uint is the value as 64 bits, sign-extended if its type is signed; floating-point
// numbers are truncated as C does.
func (v Value) Uint() uint64 {
	if v.Type.Strip().Kind == Float {
		f := v.Float()
		if f < 0 {
			return uint64(int64(f))
		}
		return uint64(f)
	}
	u, bits := v.raw(), len(v.Bytes)*8
	if v.BitSize > 0 {
		bits = v.BitSize
	}
	if v.Type.Signed() && bits < 64 && bits > 0 {
		shift := 64 - bits
		u = uint64(int64(u<<shift) >> shift)
	}
	return u
}

// Float is the value as a floating-point number.
func (v Value) Float() float64 {
	if v.Type.Strip().Kind == Float {
		switch len(v.Bytes) {
		case 4:
			return float64(math.Float32frombits(binary.LittleEndian.Uint32(v.Bytes)))
		case 8:
			return math.Float64frombits(binary.LittleEndian.Uint64(v.Bytes))
		case 10, 16:
			return fromExtended(v.Bytes)
		}
		return math.NaN()
	}
	if u := v.Uint(); v.Type.Signed() {
		return float64(int64(u))
	} else {
		return float64(u)
	}
}

// True is C's truth.
func (v Value) True() bool {
	if v.Type.Strip().Kind == Float {
		return v.Float() != 0
	}
	return v.raw() != 0
}

// fromExtended converts x87's 80 bits (Intel SDM vol. 1, 4.2.2) with the precision of
// a double.
func fromExtended(b []byte) float64 {
	mant, se := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint16(b[8:])
	exp, sign := int(se&0x7fff), 1.0
	if se&0x8000 != 0 {
		sign = -1
	}
	switch {
	case exp == 0x7fff && mant<<1 != 0:
		return math.NaN()
	case exp == 0x7fff:
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(float64(mant), exp-16383-63)
}

func extended(f float64) []byte {
	b := make([]byte, 16)
	se := uint16(0)
	if math.Signbit(f) {
		se, f = 0x8000, -f
	}
	switch {
	case math.IsNaN(f):
		se |= 0x7fff
		binary.LittleEndian.PutUint64(b, 3<<62)
	case math.IsInf(f, 0):
		se |= 0x7fff
		binary.LittleEndian.PutUint64(b, 1<<63)
	case f != 0:
		frac, exp := math.Frexp(f)
		binary.LittleEndian.PutUint64(b, uint64(math.Ldexp(frac, 64)))
		se |= uint16(exp - 1 + 16383)
	}
	binary.LittleEndian.PutUint16(b[8:], se)
	return b
}

// Cast converts a loaded value to a type as C does.
func (v Value) Cast(t *Type) (Value, error) {
	from, to := v.Type.Strip(), t.Strip()
	switch {
	case to.Kind == Void:
		return Value{Type: t}, nil
	case !to.Scalar():
		if len(v.Bytes) == to.size() {
			v.Type = t
			return v, nil
		}
		if v.Place == InMemory { // gdb reinterprets memory
			return Memory(t, v.Addr), nil
		}
		return Value{}, fmt.Errorf("cannot cast %s (%d bytes) to %s (%d bytes)", v.Type, v.Type.size(), t, t.size())
	case from.Kind == Array || from.Kind == Func:
		if v.Place != InMemory {
			return Value{}, fmt.Errorf("cannot take the address of a value that is not in memory")
		}
		return MakeInt(t, v.Addr), nil
	case !from.Scalar():
		return Value{}, fmt.Errorf("cannot cast %s to %s", v.Type, t)
	case to.Kind == Float:
		return MakeFloat(t, v.Float()), nil
	case to.Kind == Bool:
		return MakeInt(t, b2u(v.True())), nil
	case len(v.Bytes) == 16 && to.size() == 16:
		v.Type = t
		return v, nil
	}
	return MakeInt(t, v.Uint()), nil
}

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
