package regs

// Value is what a register holds: up to 512 bits, with the text forms that users know.

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Value is the content of a register. The zero Value is 0 bits wide.
type Value struct {
	Bits  int      // width, a multiple of 8, at most 512
	Kind  Kind     // chooses the form of String
	Bytes [64]byte // little-endian; those beyond Bits are 0
}

// Uint is a value of a width in bits, at most 64; higher bits of x are dropped.
func Uint(bits int, x uint64) Value {
	v := Value{Bits: 64}
	binary.LittleEndian.PutUint64(v.Bytes[:], x)
	v.truncate(min(bits, 64))
	return v
}

// FromBytes is a value as wide as its little-endian bytes, at most 64 of them.
func FromBytes(b []byte) Value {
	v := Value{Bits: 8 * min(len(b), 64)}
	copy(v.Bytes[:], b)
	return v
}

// Uint64 is the low 64 bits.
func (v Value) Uint64() uint64 { return binary.LittleEndian.Uint64(v.Bytes[:]) }

// Int64 is the value as a signed number of its width; of the low 64 bits if wider.
func (v Value) Int64() int64 {
	if v.Bits >= 64 || v.Bits <= 0 {
		return int64(v.Uint64())
	}
	shift := 64 - v.Bits
	return int64(v.Uint64()<<shift) >> shift
}

// Data is the value's little-endian bytes.
func (v Value) Data() []byte { return append([]byte(nil), v.Bytes[:v.Bits/8]...) }

// Lane is bits bits (8 to 64) of the value, lane i from the low end; 0 beyond its width.
func (v Value) Lane(bits, i int) uint64 {
	n := bits / 8
	if i < 0 || n < 1 || n > 8 || (i+1)*n > len(v.Bytes) {
		return 0
	}
	var w [8]byte
	copy(w[:n], v.Bytes[i*n:])
	return binary.LittleEndian.Uint64(w[:])
}

// truncate changes the width, dropping what lies beyond.
func (v *Value) truncate(bits int) {
	v.Bits = bits
	clear(v.Bytes[bits/8:])
}

// fits says whether the value is a number of so many bits, unsigned or signed.
func (v *Value) fits(bits int) bool {
	if v.Bits <= bits {
		return true
	}
	high := v.Bytes[bits/8 : v.Bits/8]
	fill := byte(0)
	if bits >= 8 && v.Bytes[bits/8-1] >= 0x80 && high[0] == 0xff {
		fill = 0xff
	}
	for _, b := range high {
		if b != fill {
			return false
		}
	}
	return true
}

// Hex is the value as an unsigned number, "0x" and no leading zeros.
func (v Value) Hex() string {
	return "0x" + new(big.Int).SetBytes(v.bigEndian()).Text(16)
}

// Raw is the value in hex with every digit of its width.
func (v Value) Raw() string { return fmt.Sprintf("0x%x", v.bigEndian()) }

func (v Value) bigEndian() []byte {
	b := v.Data()
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return b
}

// String is the value in the form that suits its kind: a floating-point number for
// st0-7, every vector view for vector registers, hex for the rest.
func (v Value) String() string {
	switch {
	case v.Kind == KindX87 && v.Bits == 80:
		return v.float80()
	case v.isVector():
		return v.allViews()
	}
	return v.Hex()
}

func (v Value) isVector() bool {
	switch v.Kind {
	case KindSSE, KindAVX, KindAVX512:
		return v.Bits >= 128
	case KindMMX:
		return true
	}
	return false
}

// Format is the value as text for a person: named bits for registers made of them
// ("[ PF ZF IF ]"), else as Value.String.
func (r *Row) Format(v Value) string {
	if r.fields != nil {
		return formatFields(r.fields, v.Uint64())
	}
	v.Kind = r.Kind
	return v.String()
}

// Flags says whether the register is made of named bits.
func (r *Row) Flags() bool { return r.fields != nil }

// Parse is the reverse of Format: a number (any base of Go, a sign, _ between digits),
// names of bits for a register that has them, a floating-point number for st0-7, or
// the lanes of a vector in braces: {1, 2, 3, 4}. Bits of old without a name (the
// fixed bit 1 of eflags) are kept by a list of names.
func (r *Row) Parse(text string, old Value) (Value, error) {
	text = strings.TrimSpace(text)
	v, err := r.parse(text, old)
	if err == nil && !v.fits(r.Bits) {
		err = fmt.Errorf("it does not fit in %d bits", r.Bits)
	}
	if err != nil {
		return Value{}, fmt.Errorf("register %s: value %q: %w", r.Name, text, err)
	}
	v.truncate(r.Bits)
	v.Kind = r.Kind
	return v, nil
}

func (r *Row) parse(text string, old Value) (Value, error) {
	switch {
	case text == "":
		return Value{}, fmt.Errorf("nothing there")
	case text[0] == '{':
		return parseLanes(text, r.Bits)
	case r.Kind == KindX87 && r.Bits == 80:
		return parseFloat80(text)
	case r.fields != nil && (text[0] < '0' || text[0] > '9') && text[0] != '-' && text[0] != '+':
		x, err := parseFields(r.fields, text, old.Uint64())
		return Uint(64, x), err
	}
	return parseInt(text, r.Bits)
}

// parseInt parses a number of at most so many bits; a negative one is in two's
// complement of that width.
func parseInt(text string, bits int) (Value, error) {
	if len(text) > 600 { // 512 binary digits, with room for separators
		return Value{}, fmt.Errorf("too long for a register")
	}
	n, ok := new(big.Int).SetString(text, 0)
	if !ok {
		return Value{}, fmt.Errorf("not a number")
	}
	limit := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	if n.Sign() < 0 {
		if n.Cmp(new(big.Int).Neg(new(big.Int).Rsh(limit, 1))) < 0 {
			return Value{}, fmt.Errorf("it does not fit in %d bits", bits)
		}
		n.Add(n, limit)
	}
	if n.BitLen() > bits {
		return Value{}, fmt.Errorf("it does not fit in %d bits", bits)
	}
	b := n.FillBytes(make([]byte, 64))
	v := Value{Bits: bits}
	for i := range b {
		v.Bytes[i] = b[63-i]
	}
	return v, nil
}

// parseLanes parses "{a, b, ...}": as many lanes of equal width as fill the register;
// integers, or floats if any has a point, an exponent or a name.
func parseLanes(text string, bits int) (Value, error) {
	body, ok := strings.CutSuffix(text[1:], "}")
	if !ok {
		return Value{}, fmt.Errorf("no closing brace")
	}
	lanes := strings.Split(body, ",")
	width := bits / len(lanes)
	if bits%len(lanes) != 0 || (width != 8 && width != 16 && width != 32 && width != 64 && width != 128) {
		return Value{}, fmt.Errorf("%d lanes do not divide %d bits", len(lanes), bits)
	}
	v := Value{Bits: bits}
	for i, l := range lanes {
		x, err := parseLane(strings.TrimSpace(l), width)
		if err != nil {
			return Value{}, fmt.Errorf("lane %d: %w", i, err)
		}
		copy(v.Bytes[i*width/8:], x.Bytes[:width/8])
	}
	return v, nil
}

func parseLane(text string, width int) (Value, error) {
	x, err := parseInt(text, width)
	if err == nil || (width != 32 && width != 64) {
		return x, err
	}
	f, ferr := strconv.ParseFloat(text, width)
	if ferr != nil {
		return x, err
	}
	return floatLane(f, width), nil
}
