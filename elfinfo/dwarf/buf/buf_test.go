package buf

import "testing"

func TestNumbers(t *testing.T) {
	r := Reader{B: []byte{0xe5, 0x8e, 0x26, 0xc0, 0xbb, 0x78, 0x7f, 1, 2, 3, 'h', 'i', 0, 9}}
	if v := r.ULEB(); v != 624485 {
		t.Errorf("ULEB: got %d, want 624485", v)
	}
	if v := r.SLEB(); v != -123456 {
		t.Errorf("SLEB: got %d, want -123456", v)
	}
	if v := r.SLEB(); v != -1 {
		t.Errorf("one-byte SLEB: got %d, want -1", v)
	}
	if v := r.U24(); v != 0x030201 {
		t.Errorf("U24: got %#x", v)
	}
	if s := r.CString(); string(s) != "hi" {
		t.Errorf("CString: got %q", s)
	}
	if r.Bad || r.Len() != 1 {
		t.Errorf("after good reads: bad %v, %d left", r.Bad, r.Len())
	}
}

func TestPastTheEnd(t *testing.T) {
	reads := map[string]func(*Reader){
		"U8":      func(r *Reader) { r.Off = len(r.B); r.U8() },
		"U16":     func(r *Reader) { r.U16(); r.U16() },
		"U24":     func(r *Reader) { r.U16(); r.U24() },
		"U32":     func(r *Reader) { r.U32() },
		"U64":     func(r *Reader) { r.U64() },
		"ULEB":    func(r *Reader) { r.ULEB() },
		"SLEB":    func(r *Reader) { r.SLEB() },
		"SkipLEB": func(r *Reader) { r.SkipLEB() },
		"CString": func(r *Reader) { r.CString() },
		"Bytes":   func(r *Reader) { r.Bytes(1 << 63) },
		"Skip":    func(r *Reader) { r.Skip(4) },
		"Uint":    func(r *Reader) { r.Uint(5) },
	}
	for name, read := range reads {
		r := Reader{B: []byte{0x80, 0x80, 0x80}}
		read(&r)
		if !r.Bad || r.Len() != 0 {
			t.Errorf("%s past the end: bad %v, %d left; want bad and none", name, r.Bad, r.Len())
		}
	}
	if r := At(nil, 1); !r.Bad {
		t.Error("At outside the data is not bad")
	}
}

func TestInitialLength(t *testing.T) {
	r := Reader{B: []byte{0xff, 0xff, 0xff, 0xff, 8, 0, 0, 0, 0, 0, 0, 0}}
	if n, d64 := r.InitialLength(); n != 8 || !d64 || r.Bad {
		t.Errorf("64-bit: got %d %v %v", n, d64, r.Bad)
	}
	r = Reader{B: []byte{0xf5, 0xff, 0xff, 0xff}}
	if r.InitialLength(); !r.Bad {
		t.Error("a reserved length was accepted")
	}
}
