package form

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
)

var dwarf2 = Encoding{Version: 2, AddrSize: 8}
var dwarf5 = Encoding{Version: 5, AddrSize: 8}
var dwarf5wide = Encoding{Version: 5, DWARF64: true, AddrSize: 8}

func TestRead(t *testing.T) {
	const tail = "\x55\x55"
	for _, c := range []struct {
		name  string
		enc   Encoding
		form  Form
		bytes string
		want  Value
	}{
		{"address", dwarf5, Addr, "\x01\x02\x03\x04\x05\x06\x07\x08", Value{Addr, 0x0807060504030201, nil}},
		{"three bytes", dwarf5, Strx3, "\x01\x02\x03", Value{Strx3, 0x030201, nil}},
		{"offset", dwarf5, Strp, "\x01\x02\x03\x04", Value{Strp, 0x04030201, nil}},
		{"wide offset", dwarf5wide, SecOffset, "\x01\x02\x03\x04\x00\x00\x00\x00", Value{SecOffset, 0x04030201, nil}},
		{"reference of DWARF 2", dwarf2, RefAddr, "\x01\x00\x00\x00\x00\x00\x00\x01", Value{RefAddr, 1<<56 + 1, nil}},
		{"reference", dwarf5, RefAddr, "\x01\x00\x00\x01", Value{RefAddr, 1<<24 + 1, nil}},
		{"unsigned", dwarf5, Udata, "\xff\x01", Value{Udata, 255, nil}},
		{"signed", dwarf5, Sdata, "\x7f", Value{Sdata, ^uint64(0), nil}},
		{"string", dwarf5, String, "ab\x00", Value{String, 0, []byte("ab")}},
		{"block, one byte", dwarf5, Block1, "\x02ab", Value{Block1, 0, []byte("ab")}},
		{"block, two bytes", dwarf5, Block2, "\x02\x00ab", Value{Block2, 0, []byte("ab")}},
		{"block, four bytes", dwarf5, Block4, "\x02\x00\x00\x00ab", Value{Block4, 0, []byte("ab")}},
		{"expression", dwarf5, Exprloc, "\x02ab", Value{Exprloc, 0, []byte("ab")}},
		{"sixteen bytes", dwarf5, Data16, "0123456789abcdef", Value{Data16, 0, []byte("0123456789abcdef")}},
		{"present", dwarf5, FlagPresent, "", Value{FlagPresent, 1, nil}},
		{"implicit", dwarf5, ImplicitConst, "", Value{ImplicitConst, 7, nil}},
		{"indirect", dwarf5, Indirect, "\x0b\x2a", Value{Data1, 42, nil}},
		{"GNU", dwarf5, GNUStrpAlt, "\x01\x00\x00\x00", Value{GNUStrpAlt, 1, nil}},
	} {
		r := buf.Reader{B: []byte(c.bytes + tail)}
		got := c.enc.Read(&r, c.form, 7)
		if d := cmp.Diff(c.want, got); d != "" || r.Bad {
			t.Errorf("%s (bad: %v) (-want +got):\n%s", c.name, r.Bad, d)
		}
		if r.Off != len(c.bytes) {
			t.Errorf("%s: read to %d, want %d", c.name, r.Off, len(c.bytes))
		}
	}
}

// TestForms holds the ways over a value against each other, for each number that might
// be a form.
func TestForms(t *testing.T) {
	section := []byte("\x05\x00\x00\x00\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13")
	known := 0
	for n := range Form(0x2000) {
		for _, enc := range []Encoding{dwarf2, dwarf5, dwarf5wide} {
			read, skip := buf.Reader{B: section}, buf.Reader{B: section}
			v := enc.Read(&read, n, 0)
			enc.Skip(&skip, n)
			if read.Off != skip.Off || read.Bad != skip.Bad {
				t.Errorf("form %#x: Read ends at %d (bad: %v), Skip at %d (bad: %v)", n, read.Off, read.Bad, skip.Off, skip.Bad)
			}
			size := n.Size(enc)
			if size >= 0 && size != read.Off {
				t.Errorf("form %#x: size %d, read %d", n, size, read.Off)
			}
			if (size == Unknown) != (n.row() == row{}) || size == Unknown && !read.Bad {
				t.Errorf("form %#x: size %d, row %v, bad: %v", n, size, n.row(), read.Bad)
			}
			if bytes := v.B != nil; !read.Bad && n != Indirect && n != Data16 && bytes != (v.Class() == Text || v.Class() == Bytes) {
				t.Errorf("form %#x: class %d, bytes: %v", n, v.Class(), bytes)
			}
			if size != Unknown {
				known++
			}
		}
	}
	if want := 3 * (len(standard) - 2 + len(gnu)); known != want { // 0 and 2 are none
		t.Errorf("%d forms are known, want %d", known/3, want/3)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name  string
		form  Form
		bytes string
	}{
		{"no form", 0, "\x00"},
		{"unknown", 0x70, "\x00"},
		{"too large for a form", Of(0x1000b), "\x00"},
		{"cut off", Data4, "\x00\x00\x00"},
		{"block beyond the end", Block, "\x05ab"},
		{"indirect to indirect", Indirect, "\x16\x0b\x00"},
		{"indirect to a constant of the abbreviation", Indirect, "\x21\x00"},
		{"indirect to an unknown form", Indirect, "\x70\x00"},
	} {
		read, skip := buf.Reader{B: []byte(c.bytes)}, buf.Reader{B: []byte(c.bytes)}
		dwarf5.Read(&read, c.form, 0)
		dwarf5.Skip(&skip, c.form)
		if !read.Bad || !skip.Bad {
			t.Errorf("%s: read is bad: %v, skip: %v", c.name, read.Bad, skip.Bad)
		}
	}
}

func TestInt(t *testing.T) {
	for _, c := range []struct {
		v    Value
		want int64
	}{
		{Value{Data1, 0xff, nil}, -1},
		{Value{Data2, 0xffff, nil}, -1},
		{Value{Data4, 0xffffffff, nil}, -1},
		{Value{Data8, ^uint64(0), nil}, -1},
		{Value{Udata, 0xff, nil}, 255},
	} {
		if got := c.v.Int(); got != c.want || !c.v.Number() {
			t.Errorf("form %#x of %#x: %d, want %d; a number: %v", c.v.Form, c.v.U, got, c.want, c.v.Number())
		}
	}
}
