package regs

// The x87 80-bit format (Intel SDM vol. 1, 4.2.2): sign and 15 bits of exponent, then
// 64 of significand whose integer bit is explicit, so that some encodings mean nothing.

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"strings"
)

const (
	bias80   = 16383
	maxExp80 = 0x7fff
)

func (v Value) parts80() (neg bool, exp int, man uint64) {
	se := binary.LittleEndian.Uint16(v.Bytes[8:])
	return se>>15 != 0, int(se & maxExp80), binary.LittleEndian.Uint64(v.Bytes[:])
}

// Float80 is the value of an 80-bit register, exactly; ok is false for infinities,
// NaNs and encodings that the processor does not accept.
func (v Value) Float80() (f *big.Float, ok bool) {
	neg, exp, man := v.parts80()
	f = new(big.Float).SetPrec(64)
	if exp == maxExp80 || (exp != 0 && man>>63 == 0) {
		return f, false
	}
	f.SetUint64(man)
	f.SetMantExp(f, max(exp, 1)-bias80-63) // subnormals have the exponent of 1
	if neg {
		f.Neg(f)
	}
	return f, true
}

// float80 is the shortest text that reads back as the same 80 bits.
func (v Value) float80() string {
	neg, exp, man := v.parts80()
	sign := ""
	if neg {
		sign = "-"
	}
	if f, ok := v.Float80(); ok {
		form := byte('f')
		if e := f.MantExp(nil); f.Sign() != 0 && (e < -13 || e > 64) {
			form = 'e'
		}
		const enough = 20 // digits behind the point that tell any 64 bits
		text := f.Text(form, -1)
		if back, err := parseFloat80(text); err != nil || back.Raw() != v.Raw() { // below a power of two the next number is nearer than Text takes it to be
			text = f.Text('e', enough)
		}
		return text
	}
	switch {
	case exp != maxExp80 || man>>63 == 0:
		return fmt.Sprintf("%s<invalid 80-bit number %s>", sign, v.Raw())
	case man<<1 == 0:
		return sign + "inf"
	}
	return fmt.Sprintf("%snan(0x%x)", sign, man)
}

// parseFloat80 rounds to nearest even, as the processor does by default.
func parseFloat80(text string) (Value, error) {
	body, neg := strings.CutPrefix(text, "-")
	if !neg {
		body = strings.TrimPrefix(body, "+")
	}
	switch strings.ToLower(body) {
	case "inf", "infinity":
		return pack80(neg, maxExp80, 1<<63), nil
	case "nan":
		return pack80(neg, maxExp80, 3<<62), nil
	}
	if len(body) > 6000 || !plausible(body) {
		return Value{}, fmt.Errorf("not a floating-point number")
	}
	f, _, err := big.ParseFloat(body, 0, 64, big.ToNearestEven)
	if err != nil || f.IsInf() {
		return Value{}, fmt.Errorf("not a floating-point number of 80 bits")
	}
	if f.Sign() == 0 {
		return pack80(neg, 0, 0), nil
	}
	exp := f.MantExp(nil) - 1 // f = 1.xxx * 2^exp
	if exp > bias80 {
		return Value{}, fmt.Errorf("too large for 80 bits")
	}
	if exp < 1-bias80 { // subnormal: fewer significant bits, from the text again
		drop := 1 - bias80 - exp
		if drop > 64 {
			return pack80(neg, 0, 0), nil
		}
		f.SetMantExp(f, bias80-1+63) // units of the last place
		man := roundEven(f)
		return pack80(neg, int(man>>63), man), nil
	}
	man, _ := f.SetMantExp(f, 63-exp).Uint64()
	return pack80(neg, exp+bias80, man), nil
}

// plausible keeps the exponent to a size that cannot make big.ParseFloat work for
// seconds: five digits are more than the format has.
func plausible(text string) bool {
	hex := strings.HasPrefix(strings.ToLower(text), "0x")
	i := strings.LastIndexAny(text, "pP")
	if !hex && i < 0 {
		i = strings.LastIndexAny(text, "eE")
	}
	return i < 0 || len(text)-i <= 7
}

// roundEven is f, which is below 2^64, rounded to an integer.
func roundEven(f *big.Float) uint64 {
	n, _ := f.Uint64()
	rest := new(big.Float).Sub(f, new(big.Float).SetUint64(n))
	if c := rest.Cmp(big.NewFloat(0.5)); (c > 0 || c == 0 && n&1 == 1) && n < math.MaxUint64 {
		n++
	}
	return n
}

func pack80(neg bool, exp int, man uint64) Value {
	v := Value{Bits: 80, Kind: KindX87}
	binary.LittleEndian.PutUint64(v.Bytes[:], man)
	se := uint16(exp)
	if neg {
		se |= 1 << 15
	}
	binary.LittleEndian.PutUint16(v.Bytes[8:], se)
	return v
}
