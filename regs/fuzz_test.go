package regs

import "testing"

// FuzzParse: any text is a value that reads back, or an error; for every register.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"1", "-1", "[ ZF ]", "{1,2}", "1e10", "0x1p-16445", "0x1p-441", "nan", "RW0=1", "{1.5,nan,inf,0}"} {
		f.Add("st0", s)
		f.Add("xmm1", s)
		f.Add("dr7", s)
	}
	amd, _ := GuessXSave(2440, 0x2e7)
	f.Fuzz(func(t *testing.T, name, text string) {
		r, ok := Lookup(name)
		if !ok {
			return
		}
		v, err := r.Parse(text, Value{})
		if err != nil {
			return
		}
		if v.Bits != r.Bits {
			t.Fatalf("%s = %q has %d bits", name, text, v.Bits)
		}
		r.Format(v)
		s := fullSet(amd)
		if err := r.Write(s, v); err != nil {
			return
		}
		if got := get(t, s, name); r.codec == nil && got.Raw() != v.Raw() {
			t.Fatalf("%s: wrote %v, read %v", name, v.Raw(), got.Raw())
		}
		if r.Name[:2] == "st" {
			back, err := r.Parse(r.Format(v), Value{})
			if _, ok := v.Float80(); ok && (err != nil || back.Raw() != v.Raw()) {
				t.Fatalf("%s prints %s, which is %s (%v)", v.Raw(), r.Format(v), back.Raw(), err)
			}
		}
	})
}

// FuzzXSave: an area of any bytes and length, under any size of layout, never panics.
func FuzzXSave(f *testing.F) {
	amd, intel := layouts(f)
	f.Add(NewXSave(amd), 100)
	f.Add(NewXSave(intel), 2000)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		for _, l := range []*XSaveLayout{amd, intel, nil} {
			s := &Set{Have: Extended, XSave: b, Layout: l}
			for i := range Table {
				if v, err := Table[i].Read(s); err == nil {
					Table[i].Format(v)
					Table[i].Write(s, v)
				}
			}
		}
		if cut >= 0 && cut < len(b) {
			GuessXSave(cut, uint64(len(b)))
		}
	})
}

func BenchmarkFromLinux(b *testing.B) {
	var buf [LinuxRegsSize]byte
	var s Set
	for b.Loop() {
		FromLinux(buf[:], &s)
	}
}

func BenchmarkToLinux(b *testing.B) {
	var buf [LinuxRegsSize]byte
	var s Set
	for b.Loop() {
		ToLinux(&s, buf[:])
	}
}

func BenchmarkFromFreeBSD(b *testing.B) {
	var buf [FreeBSDRegsSize]byte
	var s Set
	for b.Loop() {
		FromFreeBSD(buf[:], &s)
	}
}

func BenchmarkReadEAX(b *testing.B) {
	s := &Set{Have: General}
	r, _ := Lookup("eax")
	for b.Loop() {
		r.Read(s)
	}
}

// Powers of two read back, too, though the next number below is nearer than the one above.
func TestPowersOfTwo(t *testing.T) {
	r, _ := Lookup("st0")
	for exp := bias80 - 600; exp < bias80+600; exp++ {
		v := pack80(exp%2 == 0, exp, 1<<63)
		if back, err := r.Parse(r.Format(v), Value{}); err != nil || back.Raw() != v.Raw() {
			t.Errorf("%s prints %s, which is %s (%v)", v.Raw(), r.Format(v), back.Raw(), err)
		}
	}
}
