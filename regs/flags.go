package regs

// The registers made of named bits: their fields as rows, and one formatter and one
// parser for all of them.

import (
	"fmt"
	"strconv"
	"strings"
)

// field is a run of bits with a name.
type field struct {
	name   string
	shift  uint8
	width  uint8
	when   uint64   // show a zero field too when any of these bits is set
	values []string // names of the values of a field wider than a bit, else a number
}

func bit(name string, n uint8) field { return field{name: name, shift: n, width: 1} }

func bits(names string, first uint8) []field {
	var f []field
	for i, n := range strings.Fields(names) {
		f = append(f, bit(n, first+uint8(i)))
	}
	return f
}

func fieldsOf(groups ...[]field) []field {
	var f []field
	for _, g := range groups {
		f = append(f, g...)
	}
	return f
}

// Intel SDM vol. 1, 3.4.3.
var eflagsFields = []field{
	bit("CF", 0), bit("PF", 2), bit("AF", 4), bit("ZF", 6), bit("SF", 7), bit("TF", 8), bit("IF", 9),
	bit("DF", 10), bit("OF", 11), {name: "IOPL", shift: 12, width: 2}, bit("NT", 14), bit("RF", 16),
	bit("VM", 17), bit("AC", 18), bit("VIF", 19), bit("VIP", 20), bit("ID", 21),
}

var rounding = []string{"near", "down", "up", "zero"}

// Intel SDM vol. 1, 10.2.3.
var mxcsrFields = fieldsOf(bits("IE DE ZE OE UE PE DAZ IM DM ZM OM UM PM", 0),
	[]field{{name: "RC", shift: 13, width: 2, values: rounding}, bit("FZ", 15), bit("MM", 17)})

// Intel SDM vol. 1, 8.1.5 and 8.1.3.
var fctrlFields = fieldsOf(bits("IM DM ZM OM UM PM", 0), []field{
	{name: "PC", shift: 8, width: 2, values: []string{"single", "", "double", "extended"}, when: 0x3f},
	{name: "RC", shift: 10, width: 2, values: rounding}, bit("X", 12)})

var fstatFields = fieldsOf(bits("IE DE ZE OE UE PE SF ES C0 C1 C2", 0),
	[]field{{name: "TOP", shift: 11, width: 3}, bit("C3", 14), bit("B", 15)})

// Intel SDM vol. 3B, 17.2.3 and 17.2.4. Bits 11 and 16 of DR6 are 1 when idle.
var dr6Fields = fieldsOf(bits("B0 B1 B2 B3", 0), bits("BD BS BT", 13))

var dr7Fields = fieldsOf(bits("L0 G0 L1 G1 L2 G2 L3 G3 LE GE", 0), []field{bit("GD", 13)},
	slotFields(0), slotFields(1), slotFields(2), slotFields(3))

func slotFields(n uint8) []field {
	on := uint64(3) << (2 * n)
	return []field{
		{fmt.Sprintf("RW%d", n), 16 + 4*n, 2, on, []string{"exec", "write", "io", "rdwr"}},
		{fmt.Sprintf("LEN%d", n), 18 + 4*n, 2, on, []string{"1", "2", "8", "4"}},
	}
}

// formatFields is the names of the bits that are set, lowest first, as gdb writes
// them: "[ PF ZF IF ]", with fields of more than a bit as NAME=VALUE.
func formatFields(fields []field, v uint64) string {
	b := []byte("[ ")
	for _, f := range fields {
		x := v >> f.shift & (1<<f.width - 1)
		if x == 0 && v&f.when == 0 {
			continue
		}
		b = append(b, f.name...)
		if f.width > 1 {
			b = append(append(b, '='), f.valueName(x)...)
		}
		b = append(b, ' ')
	}
	return string(append(b, ']'))
}

func (f *field) valueName(x uint64) string {
	if int(x) < len(f.values) && f.values[x] != "" {
		return f.values[x]
	}
	return strconv.FormatUint(x, 10)
}

// parseFields is the reverse: names separated by blanks, commas or bars, in any case
// and order, with or without the brackets. Bits that have no field come from rest.
func parseFields(fields []field, text string, rest uint64) (uint64, error) {
	v := rest
	for _, f := range fields {
		v &^= (1<<f.width - 1) << f.shift
	}
	text = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), "["), "]")
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" ,|\t", c) }) {
		name, val, given := strings.Cut(word, "=")
		f := findField(fields, name)
		if f == nil {
			return 0, fmt.Errorf("no flag named %q; the flags are %s", name, fieldNames(fields))
		}
		x, err := f.parseValue(val, given)
		if err != nil {
			return 0, err
		}
		v = v&^((1<<f.width-1)<<f.shift) | x<<f.shift
	}
	return v, nil
}

func (f *field) parseValue(text string, given bool) (uint64, error) {
	if !given {
		if f.width > 1 {
			return 0, fmt.Errorf("flag %s needs a value: %s=N", f.name, f.name)
		}
		return 1, nil
	}
	for i, n := range f.values {
		if n != "" && strings.EqualFold(n, text) {
			return uint64(i), nil
		}
	}
	x, err := strconv.ParseUint(text, 0, int(f.width))
	if err != nil {
		return 0, fmt.Errorf("flag %s: %q is not a value of %d bits", f.name, text, f.width)
	}
	return x, nil
}

func findField(fields []field, name string) *field {
	for i := range fields {
		if strings.EqualFold(fields[i].name, name) {
			return &fields[i]
		}
	}
	return nil
}

func fieldNames(fields []field) string {
	var n []string
	for _, f := range fields {
		n = append(n, f.name)
	}
	return strings.Join(n, " ")
}
