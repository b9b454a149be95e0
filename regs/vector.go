package regs

// The views of a vector register: the same bits as lanes of every element type, named
// as gdb names them (v4_float, v16_int8), so that habits carry over.

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Elem is the type of a vector's lanes.
type Elem struct {
	Name string // "float", "int8"
	Bits int
	text func(v Value, lane int) string
}

// elems are the element types in the order in which views are listed.
var elems = []Elem{
	{"bfloat16", 16, func(v Value, i int) string { return FloatText(float64(bfloat16(v.Lane(16, i))), 32) }},
	{"half", 16, func(v Value, i int) string { return FloatText(float64(half(uint16(v.Lane(16, i)))), 32) }},
	{"float", 32, func(v Value, i int) string {
		return FloatText(float64(math.Float32frombits(uint32(v.Lane(32, i)))), 32)
	}},
	{"double", 64, func(v Value, i int) string { return FloatText(math.Float64frombits(v.Lane(64, i)), 64) }},
	{"int8", 8, intText(8)},
	{"int16", 16, intText(16)},
	{"int32", 32, intText(32)},
	{"int64", 64, intText(64)},
	{"int128", 128, func(v Value, i int) string { return FromBytes(v.Bytes[16*i : 16*i+16]).Hex() }},
}

// View is one way to see a vector: Count lanes of an element type.
type View struct {
	Name  string // "v4_float"; "uint128" and "uint64" for a single lane
	Elem  Elem
	Count int
}

// Views lists how a vector of a width can be seen. An MMX register has no
// floating-point views.
func Views(bits int) []View {
	var vs []View
	for _, e := range elems {
		n := bits / e.Bits
		switch {
		case n == 0 || bits%e.Bits != 0, bits == 64 && !strings.HasPrefix(e.Name, "int"):
			continue
		case n == 1:
			vs = append(vs, View{"u" + e.Name, e, 1})
		default:
			vs = append(vs, View{fmt.Sprintf("v%d_%s", n, e.Name), e, n})
		}
	}
	return vs
}

// View is the value in the view of that name: "{1, 2, 3, 4}".
func (v Value) View(name string) (string, error) {
	var names []string
	for _, w := range Views(v.Bits) {
		if w.Name == name {
			return v.lanes(w), nil
		}
		names = append(names, w.Name)
	}
	return "", fmt.Errorf("no view %q of a register of %d bits; there are %s", name, v.Bits, strings.Join(names, ", "))
}

// lanes writes runs of ten and more equal lanes as gdb does.
func (v Value) lanes(w View) string {
	if w.Count == 1 {
		return w.Elem.text(v, 0)
	}
	var out []string
	for i := 0; i < w.Count; {
		t := w.Elem.text(v, i)
		n := 1
		for i+n < w.Count && w.Elem.text(v, i+n) == t {
			n++
		}
		if n >= 10 {
			out = append(out, fmt.Sprintf("%s <repeats %d times>", t, n))
		} else {
			for range n {
				out = append(out, t)
			}
		}
		i += n
	}
	return "{" + strings.Join(out, ", ") + "}"
}

func (v Value) allViews() string {
	var out []string
	for _, w := range Views(v.Bits) {
		out = append(out, w.Name+" = "+v.lanes(w))
	}
	return "{" + strings.Join(out, ", ") + "}"
}

func intText(bits int) func(Value, int) string {
	return func(v Value, i int) string {
		return strconv.FormatInt(Uint(bits, v.Lane(bits, i)).Int64(), 10)
	}
}

// FloatText is the shortest text that reads back as the same number of the width, 32 or
// 64 bits. It has an exponent where the plain digits would be long, as in gdb.
func FloatText(f float64, bits int) string {
	switch a := math.Abs(f); {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case a != 0 && (a < 1e-4 || a >= 1e17):
		return strconv.FormatFloat(f, 'e', -1, bits)
	}
	return strconv.FormatFloat(f, 'f', -1, bits)
}

func floatLane(f float64, width int) Value {
	if width == 32 {
		return Uint(32, uint64(math.Float32bits(float32(f))))
	}
	return Uint(64, math.Float64bits(f))
}

func bfloat16(x uint64) float32 { return math.Float32frombits(uint32(x) << 16) }

// half is an IEEE 754 binary16.
func half(x uint16) float32 {
	sign, exp, man := uint32(x)>>15<<31, int(x>>10&31), uint32(x&0x3ff)
	switch exp {
	case 0: // zero or subnormal: man * 2^-24
		f := float32(man) / (1 << 24)
		return math.Float32frombits(math.Float32bits(f) | sign)
	case 31:
		return math.Float32frombits(sign | 0xff<<23 | man<<13)
	}
	return math.Float32frombits(sign | uint32(exp-15+127)<<23 | man<<13)
}
