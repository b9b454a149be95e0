package dwarf

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/trapline/trapline/elfinfo/dwarf/op"
)

// Formatter renders values as C programmers know them from gdb:
// {name = 0x4010 "bob", flags = (READ | WRITE), next = 0x0}. Output is bounded; the
// zero Formatter's limits are the defaults below.
type Formatter struct {
	Mem      op.Memory // follows char pointers and references; nil: they are not followed
	Env      *op.Env   // evaluates bounds of variable-length arrays; optional
	MaxChars int       // of a string (200)
	MaxElems int       // of an array (200)
	MaxDepth int       // of nested structures (20)
	MaxBytes int       // of the whole text, about (65536)
}

// repeatThreshold is how many equal elements in a row are worth counting instead.
const repeatThreshold = 10

func or(n, def int) int {
	if n > 0 {
		return n
	}
	return def
}

type printer struct {
	*Formatter
	b    strings.Builder
	gone []bool // by byte of the whole object
}

// Format renders the bytes of a value of type t. gone marks bytes that do not exist
// (see op.Location.Read); nil: all do.
func (f *Formatter) Format(t *Type, data []byte, gone []bool) string {
	p := printer{Formatter: f, gone: gone}
	p.value(t, data, 0, 0)
	return p.b.String()
}

// FormatAt reads a value of type t at an absolute address and renders it.
func (f *Formatter) FormatAt(t *Type, addr uint64) (string, error) {
	size := t.SizeIn(f.Env)
	if size < 0 {
		return "", fmt.Errorf("read a %v at %#x: its size is not known", t, addr)
	}
	if f.Mem == nil {
		return "", fmt.Errorf("read a %v at %#x: no memory", t, addr)
	}
	data, _, err := op.Location{{Kind: op.InMemory, Addr: addr}}.Read(size, &op.Env{Mem: f.Mem})
	if err != nil {
		return "", fmt.Errorf("read a %v: %w", t, err)
	}
	return f.Format(t, data, nil), nil
}

func (p *printer) full() bool { return p.b.Len() >= or(p.MaxBytes, 1<<16) }

// lost reports that a part of the object at [at, at+n) does not exist.
func (p *printer) lost(at, n int) bool {
	for i := max(0, at); i < at+n && i < len(p.gone); i++ {
		if p.gone[i] {
			return true
		}
	}
	return false
}

// value renders data, which is at byte at of the whole object.
func (p *printer) value(t *Type, data []byte, at, depth int) {
	if depth > or(p.MaxDepth, 20) || p.full() {
		p.b.WriteString("...")
		return
	}
	s := t.Strip().Complete()
	switch s.Kind {
	case Struct, Class, Union:
		p.structure(s, data, at, depth)
		return
	case Array:
		p.array(s, data, at, depth)
		return
	case Func:
		fmt.Fprintf(&p.b, "{%s}", s)
		return
	case Void:
		p.b.WriteString("void")
		return
	case Bad:
		fmt.Fprintf(&p.b, "<%v>", s.Err)
		return
	}
	n := s.Size()
	if n < 0 || n > int64(len(data)) {
		p.b.WriteString("<incomplete>")
		return
	}
	if p.lost(at, int(n)) {
		p.b.WriteString("<optimized out>")
		return
	}
	data = data[:n]
	switch s.Kind {
	case Base, Subrange:
		p.b.WriteString(s.formatBase(data))
	case Enum:
		p.b.WriteString(s.formatEnum(data))
	case Pointer:
		p.pointer(s, le64(data), depth)
	case Reference, RValueReference:
		p.reference(s, le64(data), depth)
	case PtrToMember:
		if len(data) == 16 {
			fmt.Fprintf(&p.b, "{%#x, %d}", le64(data), int64(le64(data[8:])))
		} else {
			p.b.WriteString(strconv.FormatInt(int64(le64(data)), 10))
		}
	default:
		fmt.Fprintf(&p.b, "%#x", le64(data))
	}
}

// signExtend widens the low 8*n bits.
func signExtend(u uint64, bits int64) int64 {
	if bits <= 0 || bits >= 64 {
		return int64(u)
	}
	return int64(u<<(64-bits)) >> (64 - bits)
}

// formatBase renders a number of a base type.
func (t *Type) formatBase(b []byte) string {
	enc := t.Enc
	if t.Kind == Subrange {
		enc = EncSigned
		if e := t.Elem().Strip(); e.Kind == Base {
			enc = e.Enc
		}
	}
	switch {
	case enc == EncFloat || enc == EncImaginary:
		return formatFloat(b, t.Name)
	case enc == EncComplex && len(b)%2 == 0:
		return formatFloat(b[:len(b)/2], t.Name) + " + " + formatFloat(b[len(b)/2:], t.Name) + "i"
	case len(b) > 8:
		return formatBig(b, enc == EncSigned)
	}
	return t.formatInt(le64(b), int64(len(b))*8, enc)
}

// formatInt renders an integer of some bits: a whole one or a bit-field.
func (t *Type) formatInt(u uint64, bits int64, enc Encoding) string {
	signed := signExtend(u, bits)
	switch enc {
	case EncBoolean:
		switch u {
		case 0:
			return "false"
		case 1:
			return "true"
		}
		return strconv.FormatUint(u, 10)
	case EncSignedChar:
		return strconv.FormatInt(signed, 10) + " " + quoteChar(uint64(uint8(u)), bits)
	case EncUnsignedChar:
		return strconv.FormatUint(u, 10) + " " + quoteChar(u, bits)
	case EncUTF, EncUCS, EncASCII:
		prefix := map[int64]string{16: "u", 32: "U"}[bits]
		return strconv.FormatUint(u, 10) + " " + prefix + quoteChar(u, bits)
	case EncSigned:
		return strconv.FormatInt(signed, 10)
	case EncAddress:
		return fmt.Sprintf("%#x", u)
	}
	return strconv.FormatUint(u, 10)
}

func quoteChar(u uint64, bits int64) string {
	if bits <= 8 {
		return "'" + escape(byte(u), '\'') + "'"
	}
	if u < 0x20 || u > utf8.MaxRune || !utf8.ValidRune(rune(u)) {
		return fmt.Sprintf("'\\x%x'", u)
	}
	return "'" + string(rune(u)) + "'"
}

// escape renders a byte as C does within the quotes given.
func escape(c byte, quote byte) string {
	if i := strings.IndexByte("\a\b\t\n\v\f\r\x1b", c); i >= 0 {
		return `\` + "abtnvfre"[i:i+1]
	}
	switch {
	case c == quote || c == '\\':
		return `\` + string(c)
	case c < 0x20 || c >= 0x7f:
		return fmt.Sprintf(`\%03o`, c)
	}
	return string(c)
}

// formatFloat renders IEEE 754 of 2, 4, 8 and 16 bytes, bfloat16, and x87's 80 bits in
// 10, 12 or 16 bytes; the type's name tells the two of 16 and of 2 bytes apart.
func formatFloat(b []byte, name string) string {
	switch {
	case len(b) == 4:
		return strconv.FormatFloat(float64(math.Float32frombits(uint32(le64(b)))), 'g', -1, 32)
	case len(b) == 8:
		return strconv.FormatFloat(math.Float64frombits(le64(b)), 'g', -1, 64)
	case len(b) == 2 && strings.Contains(name, "bf"):
		return strconv.FormatFloat(float64(math.Float32frombits(uint32(le64(b))<<16)), 'g', -1, 32)
	case len(b) == 2:
		return wideFloat(new(big.Int).SetUint64(le64(b)), 5, 10, true)
	case len(b) == 16 && strings.Contains(name, "128"):
		return wideFloat(littleInt(b), 15, 112, true)
	case len(b) >= 10:
		return wideFloat(littleInt(b[:10]), 15, 63, false)
	}
	return fmt.Sprintf("<float of %d bytes>", len(b))
}

func littleInt(b []byte) *big.Int {
	rev := make([]byte, len(b))
	for i, c := range b {
		rev[len(b)-1-i] = c
	}
	return new(big.Int).SetBytes(rev)
}

// wideFloat renders a binary float given as sign, exponent and fraction bits; x87 keeps
// its leading one (implied false), in one more bit above the fraction.
func wideFloat(v *big.Int, expBits, fracBits uint, implied bool) string {
	mantBits := fracBits
	if !implied {
		mantBits++
	}
	mant := new(big.Int).And(v, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), mantBits), big.NewInt(1)))
	top := new(big.Int).Rsh(v, mantBits).Uint64()
	exp, neg := int(top&(1<<expBits-1)), top>>expBits&1 != 0
	sign := ""
	if neg {
		sign = "-"
	}
	frac := new(big.Int).And(mant, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), fracBits), big.NewInt(1)))
	switch {
	case exp == 1<<expBits-1 && frac.Sign() == 0:
		return sign + "inf"
	case exp == 1<<expBits-1:
		return sign + "nan"
	case mant.Sign() == 0 && exp == 0:
		return sign + "0"
	case exp == 0:
		exp = 1
	case implied:
		mant.SetBit(mant, int(fracBits), 1)
	}
	bias := 1<<(expBits-1) - 1
	f := new(big.Float).SetPrec(mantBits+1).SetMantExp(new(big.Float).SetInt(mant), exp-bias-int(fracBits))
	return sign + f.Text('g', int(float64(fracBits+1)*0.30103)+1)
}

func formatBig(b []byte, signed bool) string {
	v := littleInt(b)
	if signed && b[len(b)-1]&0x80 != 0 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return v.String()
}

// formatEnum renders an enum's value: a name, or flags joined, or a number.
func (t *Type) formatEnum(b []byte) string {
	signed := false
	if e := t.Elem().Strip(); e.Kind == Base {
		signed = e.Enc == EncSigned || e.Enc == EncSignedChar
	}
	u := le64(b)
	mask := ^uint64(0)
	if len(b) < 8 {
		mask = 1<<(8*len(b)) - 1
	}
	return t.enumText(u, mask, signed, int64(len(b))*8)
}

func (t *Type) enumText(u, mask uint64, signed bool, bits int64) string {
	scope := ""
	if t.EnumClass && t.Name != "" {
		scope = t.Name + "::"
	}
	all, flags := t.Enumerators(), true
	for _, e := range all {
		if uint64(e.Value)&mask == u&mask {
			return scope + e.Name
		}
		if v := uint64(e.Value) & mask; v&(v-1) != 0 { // a flag is one bit, a zero, or a combination
			flags = flags && v&^singleBits(all, mask) == 0
		}
	}
	number := strconv.FormatUint(u, 10)
	if signed {
		number = strconv.FormatInt(signExtend(u, bits), 10)
	}
	if !flags || len(all) == 0 || u == 0 {
		return number
	}
	var names []string
	rest := u
	for _, e := range all {
		if v := uint64(e.Value) & mask; v != 0 && v&(v-1) == 0 && rest&v != 0 {
			names = append(names, scope+e.Name)
			rest &^= v
		}
	}
	if len(names) == 0 {
		return number
	}
	if rest != 0 {
		names = append(names, fmt.Sprintf("unknown: %#x", rest))
	}
	return "(" + strings.Join(names, " | ") + ")"
}

func singleBits(all []Enumerator, mask uint64) (bits uint64) {
	for _, e := range all {
		if v := uint64(e.Value) & mask; v&(v-1) == 0 {
			bits |= v
		}
	}
	return bits
}

// isChar reports a type whose arrays are strings, and its width.
func isChar(t *Type) (width int64, ok bool) {
	t = t.Strip()
	if t.Kind != Base {
		return 0, false
	}
	switch t.Enc {
	case EncSignedChar, EncUnsignedChar:
		return t.Size(), t.Size() == 1 && strings.Contains(t.Name, "char")
	case EncUTF:
		return t.Size(), t.Size() == 1 || t.Size() == 2 || t.Size() == 4
	}
	return 0, false
}

func (p *printer) pointer(t *Type, addr uint64, depth int) {
	target := t.Elem().Strip()
	if target.Kind == Func {
		fmt.Fprintf(&p.b, "(%s) %#x", t, addr)
		return
	}
	fmt.Fprintf(&p.b, "%#x", addr)
	if w, ok := isChar(target); ok && w == 1 && addr != 0 && p.Mem != nil {
		p.b.WriteByte(' ')
		s, more, err := readString(p.Mem, addr, or(p.MaxChars, 200))
		if err != nil {
			fmt.Fprintf(&p.b, "<cannot read memory at %#x>", addr)
			return
		}
		p.quoted(s, more)
	}
}

// readString reads up to max bytes and the NUL; more reports that there was none.
func readString(mem op.Memory, addr uint64, max int) (s []byte, more bool, err error) {
	for len(s) < max {
		chunk := make([]byte, min(64-int((addr+uint64(len(s)))%64), max-len(s)))
		n, err := mem.ReadMem(addr+uint64(len(s)), chunk)
		if n <= 0 {
			if len(s) > 0 {
				return s, true, nil
			}
			return nil, false, errors.Join(err, errors.New("not mapped"))
		}
		for i, c := range chunk[:n] {
			if c == 0 {
				return append(s, chunk[:i]...), false, nil
			}
		}
		s = append(s, chunk[:n]...)
	}
	return s, true, nil
}

// quoted writes a string literal: valid UTF-8 as it is, other bytes in octal.
func (p *printer) quoted(s []byte, more bool) {
	p.b.WriteByte('"')
	for i := 0; i < len(s); {
		if r, n := utf8.DecodeRune(s[i:]); n > 1 && strconv.IsPrint(r) {
			p.b.WriteRune(r)
			i += n
			continue
		}
		p.b.WriteString(escape(s[i], '"'))
		i++
	}
	p.b.WriteByte('"')
	if more {
		p.b.WriteString("...")
	}
}

func (p *printer) reference(t *Type, addr uint64, depth int) {
	fmt.Fprintf(&p.b, "@%#x", addr)
	target := t.Elem()
	size := target.Size()
	if p.Mem == nil || size < 0 || size > 1<<16 {
		return
	}
	data := make([]byte, size)
	if n, _ := p.Mem.ReadMem(addr, data); n < len(data) {
		fmt.Fprintf(&p.b, ": <cannot read memory at %#x>", addr)
		return
	}
	gone := p.gone
	p.gone = nil // the referent is another object
	p.b.WriteString(": ")
	p.value(target, data, 0, depth+1)
	p.gone = gone
}
