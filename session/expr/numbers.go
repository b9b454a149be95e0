package expr

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/trapline/trapline/regs"
)

// Numbers and characters as text.

func formatWide(v Value, letter byte) string {
	if letter == 'f' || v.Type.Strip().Kind == Float {
		return showFloat(v)
	}
	lo, hi := wide(v)
	switch {
	case letter == 't' && hi != 0:
		return strconv.FormatUint(hi, 2) + fmt.Sprintf("%064b", lo)
	case letter == 't':
		return strconv.FormatUint(lo, 2)
	case letter == 'd' || letter == 'u':
		return showWide(v, letter == 'd')
	case letter == 'z' || hi != 0:
		return fmt.Sprintf("0x%0*x%016x", map[bool]int{true: 16, false: 1}[letter == 'z'], hi, lo)
	}
	return fmt.Sprintf("%#x", lo)
}

func wide(v Value) (lo, hi uint64) {
	var b [16]byte
	copy(b[:], v.Bytes)
	return binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])
}

// showWide is a 128-bit integer in decimal, by two long divisions by 10^19.
func showWide(v Value, signed bool) string {
	lo, hi := wide(v)
	sign := ""
	if signed && int64(hi) < 0 {
		var carry uint64
		lo, carry = bits.Add64(^lo, 1, 0)
		hi, sign = ^hi+carry, "-"
	}
	const ten19 = 10_000_000_000_000_000_000
	if hi == 0 {
		return sign + strconv.FormatUint(lo, 10)
	}
	top, rem := hi/ten19, hi%ten19
	mid, low := bits.Div64(rem, lo, ten19)
	if top == 0 {
		return fmt.Sprintf("%s%d%019d", sign, mid, low)
	}
	q, midRem := bits.Div64(top, mid, ten19)
	return fmt.Sprintf("%s%d%019d%019d", sign, q, midRem, low)
}

// showFloat prints as many digits as tell the number from its neighbours.
func showFloat(v Value) string {
	size, f := 64, v.Float()
	if len(v.Bytes) == 4 {
		size = 32
	}
	return regs.FloatText(f, size)
}

// showEnum names a value, or the flags it is made of.
func showEnum(v Value, t *Type) string {
	n := int64(v.Uint())
	for _, e := range t.Enums {
		if e.Value == n {
			return e.Name
		}
	}
	rest, names := uint64(n), []string{}
	for _, e := range t.Enums {
		if e.Value < 0 || bits.OnesCount64(uint64(e.Value)) > 1 {
			return strconv.FormatInt(n, 10) // no set of flags
		}
		if b := uint64(e.Value); b != 0 && rest&b != 0 {
			rest &^= b
			names = append(names, e.Name)
		}
	}
	if len(names) == 0 {
		return strconv.FormatInt(n, 10)
	}
	if rest != 0 {
		names = append(names, fmt.Sprintf("unknown: %#x", rest))
	}
	return "(" + strings.Join(names, " | ") + ")"
}

var charEscapes = map[byte]string{'\n': `\n`, '\t': `\t`, '\r': `\r`, 7: `\a`, 8: `\b`, 12: `\f`, 11: `\v`,
	27: `\033`, '\\': `\\`}

func quoteChar(c byte) string {
	if c == '\'' {
		return `'\''`
	}
	return "'" + escape(c) + "'"
}

func escape(c byte) string {
	if s, ok := charEscapes[c]; ok {
		return s
	}
	if c < ' ' || c >= 0x7f {
		return fmt.Sprintf(`\%03o`, c)
	}
	return string(rune(c))
}

// quoteText quotes bytes as a C string; valid UTF-8 stays readable.
func quoteText(b []byte) string {
	var s strings.Builder
	s.WriteByte('"')
	for _, r := range string(b) {
		switch {
		case r == '"':
			s.WriteString(`\"`)
		case r < 0x80:
			s.WriteString(escape(byte(r)))
		case r == '\uFFFD':
			return quoteBytes(b)
		default:
			s.WriteRune(r)
		}
	}
	s.WriteByte('"')
	return s.String()
}

func quoteBytes(b []byte) string {
	var s strings.Builder
	s.WriteByte('"')
	for _, c := range b {
		if c == '"' {
			s.WriteByte('\\')
			s.WriteByte(c)
			continue
		}
		s.WriteString(escape(c))
	}
	s.WriteByte('"')
	return s.String()
}

// Quote quotes bytes as a C string.
func Quote(b []byte) string { return quoteText(b) }
