package dwarf

import (
	"errors"
	"strings"
	"testing"

	"github.com/trapline/trapline/elfinfo/dwarf/op"
)

// given is a Source made by hand.
type given map[string][]byte

func (g given) Section(name string) ([]byte, error) {
	if b, ok := g[name]; ok {
		return b, nil
	}
	return nil, errors.New("absent")
}

// fuzzSections is the order in which a fuzz input's sections are given.
var fuzzSections = []string{".debug_info", ".debug_abbrev", ".debug_str", ".debug_line_str", ".debug_str_offsets", ".debug_addr",
	".debug_rnglists", ".debug_loclists", ".debug_ranges", ".debug_loc", ".debug_aranges", ".debug_types"}

// smallC is compiled to seeds: small, so that mutations hit something.
const smallC = `struct s { struct s *n; int a[2][3]; unsigned b : 3; enum { A, B } e; union { int i; float f; } u; };
struct s v; static inline int in(int k) { int j = k + 1; return j; }
int main(int c, char **w) { struct s l = v; { int d = c; l.a[0][0] += in(d); } return l.a[0][0]; }`

func seeds(f *testing.F) {
	for _, flags := range [][]string{{"-gdwarf-5", "-O1"}, {"-gdwarf-4", "-O0"}, {"-gdwarf-2", "-O1"}, {"-gdwarf-5", "-fdebug-types-section"}} {
		src := open(f, compile(f, "p.c", smallC, flags...))
		var b [12][]byte
		for i, name := range fuzzSections {
			b[i], _ = src.Section(name)
		}
		f.Add(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11])
	}
}

// FuzzSkim: unit headers, the skimmer, look-ups by address and by name.
func FuzzSkim(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11 []byte) {
		d := New(fuzzInput(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11), nil)
		for _, pc := range []uint64{0x1130, 0x1139, 0x1040, 0x1150, 0x2000} {
			fn, err := d.FunctionAt(pc)
			if err != nil {
				continue
			}
			fn.Qualified()
			fn.FrameBase(pc)
			env := &op.Env{Reg: func(uint64) (uint64, bool) { return pc, true }}
			fn.Env(env, pc)
			for _, v := range append(fn.Params(pc), fn.Locals(pc)...) {
				v.Read(pc, env)
			}
			for _, c := range fn.Inlined(pc) {
				c.Qualified()
				c.Locals(pc)
			}
			fn.CallSite(pc, []byte{0x55})
			fn.InlineSites()
		}
		for _, name := range []string{"main", "in", "v", "s", "a::b"} {
			d.FunctionsNamed(name)
			for _, v := range d.GlobalsNamed(name) {
				v.Read(0, &op.Env{})
			}
		}
	})
}

// FuzzTypes: building, printing and formatting every type under a name.
func FuzzTypes(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11 []byte) {
		d := New(fuzzInput(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11), nil)
		data := []byte(strings.Repeat("\x01\x80\x00\xff", 64))
		for _, name := range []string{"s", "int", "main", "float", "char"} {
			typ, err := d.TypeNamed(name)
			if err != nil {
				continue
			}
			_ = typ.String()
			_ = typ.Describe()
			form := Formatter{MaxBytes: 4096}
			form.Format(typ, data, nil)
			for _, fl := range typ.Fields() {
				fl.Type().Size()
				fl.Bits(data)
			}
		}
		for _, v := range d.GlobalsNamed("v") {
			_ = v.Type().Declare("v")
		}
	})
}

func fuzzInput(b ...[]byte) given {
	g := given{}
	for i, name := range fuzzSections {
		g[name] = b[i]
	}
	return g
}

// TestDamaged: what stands in a file's place must be named.
func TestDamaged(t *testing.T) {
	tests := []struct {
		name string
		src  given
		want string
	}{
		{"no section", given{}, "no debug information"},
		{"unit too long", given{".debug_info": []byte("\xff\x00\x00\x00\x05\x00")}, ".debug_info at offset 0x0: a unit of 255 bytes runs over the end"},
		{"unknown version", given{".debug_info": []byte("\x08\x00\x00\x00\x09\x00\x00\x00\x00\x00\x08\x00")}, "DWARF version 9"},
		{"unknown unit type", given{".debug_info": []byte("\x08\x00\x00\x00\x05\x00\x44\x08\x00\x00\x00\x00")}, "unknown unit type 0x44"},
		{"odd address size", given{".debug_info": []byte("\x08\x00\x00\x00\x04\x00\x00\x00\x00\x00\x03\x00")}, "address size 3"},
	}
	for _, tt := range tests {
		if _, err := New(tt.src, nil).Units(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	header := "\x0a\x00\x00\x00\x04\x00\x00\x00\x00\x00\x08"
	for name, src := range map[string]given{
		"no abbreviations":     {".debug_info": []byte(header + "\x01\x00\x00")},
		"unknown form":         {".debug_info": []byte(header + "\x01\x00\x00"), ".debug_abbrev": []byte("\x01\x11\x00\x03\x70\x00\x00\x00")},
		"unknown abbreviation": {".debug_info": []byte(header + "\x05\x00\x00"), ".debug_abbrev": []byte("\x01\x11\x00\x00\x00\x00")},
		"cut entry":            {".debug_info": []byte(header + "\x01\x00\x00"), ".debug_abbrev": []byte("\x01\x11\x00\x11\x01\x00\x00\x00")},
	} {
		d := New(src, nil)
		units, err := d.Units()
		if err != nil || len(units) != 1 {
			t.Errorf("%s: %d units, %v", name, len(units), err)
			continue
		}
		var format *FormatError
		if err := units[0].ready(); !errors.As(err, &format) {
			t.Errorf("%s: got %v, want a FormatError", name, err)
		}
		if fs := d.FunctionsNamed("main"); len(fs) != 0 {
			t.Errorf("%s: found %v", name, fs)
		}
	}
}

// TestSplitDWARF: a limit, said clearly.
func TestSplitDWARF(t *testing.T) {
	for _, v := range []string{"-gdwarf-4", "-gdwarf-5"} {
		src := open(t, compile(t, "p.c", smallC, v, "-gsplit-dwarf"))
		syms, _ := src.Symbols()
		for _, s := range syms {
			if s.Name != "main" {
				continue
			}
			_, err := New(src, nil).FunctionAt(s.Value)
			if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "split DWARF") || !strings.Contains(err.Error(), ".dwo") {
				t.Errorf("%s: got %v, want an error that names the .dwo file", v, err)
			}
		}
	}
}
