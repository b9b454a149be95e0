package dwarf

import (
	"fmt"
	"strings"
	"testing"

	"github.com/trapline/trapline/elfinfo/dwarf/op"
)

// showGlobal formats a global of the file, read from the file itself.
func showGlobal(t *testing.T, d *Data, mem op.Memory, name string) string {
	t.Helper()
	vs := d.GlobalsNamed(name)
	if len(vs) == 0 {
		return "<not found>"
	}
	env := &op.Env{Mem: mem}
	data, gone, err := vs[0].Read(0, env)
	if err != nil {
		return err.Error()
	}
	return (&Formatter{Mem: mem}).Format(vs[0].Type(), data, gone)
}

func TestGlobalsOfC(t *testing.T) {
	tests := []struct{ name, typ, value string }{
		{"g_int", "int", "-42"},
		{"g_uint", "unsigned int", "4000000000"},
		{"g_long", "long int", "-5000000000"},
		{"g_ull", "long long unsigned int", "18446744073709551615"},
		{"g_short", "short int", "-3"},
		{"g_schar", "signed char", "65 'A'"},
		{"g_uchar", "unsigned char", `200 '\310'`},
		{"g_char", "char", `10 '\n'`},
		{"g_bool", "_Bool", "true"},
		{"g_float", "float", "1.5"},
		{"g_double", "double", "-2.25e+100"},
		{"g_ld", "long double", "3.25"},
		{"g_f128", "_Float128", "0.5"},
		{"g_cplx", "complex double", "1 + 2i"},
		{"g_i128", "__int128", "-170"},
		{"g_u128", "__int128 unsigned", "5"},
		{"g_color", "enum color", "GREEN"},
		{"g_neg", "enum color", "BLUE"},
		{"g_odd", "enum color", "77"},
		{"g_flags", "enum flags", "(READ | EXEC)"},
		{"g_text", "char [16]", `"hi \"there\""`},
		{"g_null", "const char *", "0x0"},
		{"g_array", "int [2][3]", "{{1, 2, 3}, {4, 5, 6}}"},
		{"g_zeros", "int [40]", "{1, 0 <repeats 39 times>}"},
		{"g_second", "node_t", `{next = 0x0, name = 0xADDR "second", value = 2}`},
		{"g_union", "union u", `{i = 1065353216, f = 1, b = "\000\000\200?"}`},
		{"g_bits", "struct bits", "{a = 5, b = -3, f = (READ | WRITE), c = 78187493530, d = true, tail = 122 'z'}"},
		{"g_opaque", "struct opaque *", "0x0"},
		{"g_outer", "struct outer", "{{x = 1, y = 2}, un = {k = 3, g = 4e-45}, flex = <array of unknown size>}"},
		{"g_callback", "callback", "(int (*)(const char *, struct node *, ...)) 0x0"},
		{"g_fpp", "int (*(*)(int (*)[3], char **restrict))(void)", "(int (*(*)(int (*)[3], char **restrict))(void)) 0x0"},
		{"g_cv", "const volatile int *const *", "0x0"},
		{"g_list", "struct node *volatile", "0xADDR"},
		{"g_atomic", "_Atomic int", "9"},
		{"hidden", "int", "11"},
		{"g_void", "void *", "0x10"},
		{"g_vec", "v4", "{1, 2, 3, 4}"},
		{"g_names", "const char *[2]", `{0xADDR "one", 0xADDR "two"}`},
		{"g_str", "const char *const", `0xADDR "pointed to"`},
		{"g_c32", "char32_t", "128512"}, // in C these are typedefs of plain integers
		{"g_s32", "char32_t [3]", "{104, 105, 0}"},
	}
	for version := 2; version <= 5; version++ {
		for _, opt := range []string{"-O0", "-O2"} {
			t.Run(fmt.Sprintf("DWARF %d %s", version, opt), func(t *testing.T) {
				src := open(t, compile(t, "p.c", valuesC, fmt.Sprintf("-gdwarf-%d", version), opt, "-no-pie"))
				d := New(src, nil)
				for _, tt := range tests {
					if version < 5 && strings.Contains(tt.typ, "_Atomic") {
						tt.typ = "int" // no DW_TAG_atomic_type yet
					}
					if version == 2 { // nor DW_TAG_restrict_type
						tt.value = strings.ReplaceAll(tt.value, "char **restrict", "char **")
					}
					if tt.name == "hidden" && opt == "-O2" {
						continue // folded into the code
					}
					got := showGlobal(t, d, src, tt.name)
					if !likeAddr(got, tt.value) {
						t.Errorf("%s: got %s, want %s", tt.name, got, tt.value)
					}
					if vs := d.GlobalsNamed(tt.name); len(vs) > 0 && vs[0].Type().String() != tt.typ && version > 2 {
						t.Errorf("%s: type %q, want %q", tt.name, vs[0].Type().String(), tt.typ)
					}
				}
			})
		}
	}
}

// likeAddr compares text in which 0xADDR stands for any address but 0.
func likeAddr(got, want string) bool {
	for {
		before, after, ok := strings.Cut(want, "0xADDR")
		if !strings.HasPrefix(got, before) {
			return false
		}
		got = got[len(before):]
		if !ok {
			return got == ""
		}
		if !strings.HasPrefix(got, "0x") {
			return false
		}
		got = strings.TrimLeft(got[2:], "0123456789abcdef")
		want = after
	}
}

func TestTypesOfC(t *testing.T) {
	d := New(open(t, compile(t, "p.c", valuesC, "-g", "-O0")), nil)
	for name, want := range map[string]string{
		"struct node": "struct node", "node": "struct node", "node_t": "node_t", "enum color": "enum color",
		"union u": "union u", "unsigned int": "unsigned int", "callback": "callback",
	} {
		if typ, err := d.TypeNamed(name); err != nil || typ.String() != want {
			t.Errorf("TypeNamed(%q): got %v, %v; want %s", name, typ, err, want)
		}
	}
	if typ, err := d.TypeNamed("union node"); err == nil {
		t.Errorf("TypeNamed(union node): got %v, want an error", typ)
	}
	node, _ := d.TypeNamed("struct node")
	next := node.Fields()[0].Type().Elem()
	if next != node || node.Size() != 24 {
		t.Errorf("a list's node does not come back to itself: %p %p, size %d", next, node, node.Size())
	}
	want := "struct node {\n    struct node *next;\n    const char *name;\n    int value;\n}"
	if got := node.Describe(); got != want {
		t.Errorf("Describe:\n%s\nwant:\n%s", got, want)
	}
	bits, _ := d.TypeNamed("struct bits")
	if got := bits.Describe(); !strings.Contains(got, "int b : 5;") || !strings.Contains(got, "_Bool d : 1;") {
		t.Errorf("Describe of bit-fields:\n%s", got)
	}
}

func TestClasses(t *testing.T) {
	for _, flags := range [][]string{{"-gdwarf-5"}, {"-gdwarf-4"}, {"-gdwarf-5", "-fdebug-types-section"}, {"-gdwarf-4", "-fdebug-types-section"},
		{"clang", "-gdwarf-5"}, {"clang", "-gdwarf-4"}, {"clang", "-gdwarf-5", "-fdebug-types-section"}} {
		t.Run(strings.Join(flags, " "), func(t *testing.T) {
			src := open(t, compile(t, "p.cc", classesCC, append(flags, "-O0", "-no-pie")...))
			d := New(src, nil)
			for _, tt := range []struct{ name, typ, value string }{
				{"ns::number", "int", "7"},
				{"number", "int", "7"},
				{"ns::(anonymous namespace)::anon", "int", "4"},
				{"anon", "int", "4"},
				{"ns::box", "ns::Box<int, 2>", "{items = {8, 9}}"},
				{"ns::Box<int, 2>::count", "int", "3"},
				{"_ZN2ns3boxE", "ns::Box<int, 2>", "{items = {8, 9}}"},
				{"fwd", "Fwd *", "0x0"},
				{"np", "decltype(nullptr)", "0x0"},
				{"c8", "char16_t", "120 u'x'"},
			} {
				if got := showGlobal(t, d, src, tt.name); got != tt.value {
					t.Errorf("%s: got %s, want %s", tt.name, got, tt.value)
				}
				if vs := d.GlobalsNamed(tt.name); len(vs) > 0 && vs[0].Type().String() != tt.typ {
					t.Errorf("%s: type %q, want %q", tt.name, vs[0].Type().String(), tt.typ)
				}
			}
			testDerived(t, d)
			testFunctions(t, d)
		})
	}
}

func testDerived(t *testing.T, d *Data) {
	typ, err := d.TypeNamed("ns::Derived")
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, f := range typ.Fields() {
		base := ""
		if f.Base {
			base = "base "
		}
		fields = append(fields, fmt.Sprintf("%s%s@%d", base, f.Type().Declare(f.Name), f.Offset))
	}
	want := "base ns::Base@0, base ns::Other@12, int d@16, ns::Shade shade@20, int &ref@24, int &&moved@32, int ns::Derived::*member@40, ns::Derived::Inner inner@48"
	if got := strings.Join(fields, ", "); got != want {
		t.Errorf("fields of ns::Derived:\n%s\nwant\n%s", got, want)
	}
	box, err := d.TypeNamed("ns::Box<int, 2>")
	if err != nil || len(box.TemplateArgs()) != 2 || box.TemplateArgs()[0].Type().String() != "int" || box.TemplateArgs()[1].Value[0] != 2 {
		t.Errorf("template arguments of ns::Box<int, 2>: %v, %v", box, err)
	}
	shade, err := d.TypeNamed("enum Shade")
	if err != nil || shade.Size() != 1 || (&Formatter{}).Format(shade, []byte{200}, nil) != "Shade::Light" {
		t.Errorf("enum class: %v, %v", shade, err)
	}
}

func testFunctions(t *testing.T, d *Data) {
	for name, n := range map[string]int{"overloaded": 2, "_Z10overloadedd": 1, "ns::Derived::helper": 1, "Derived::helper": 1,
		"helper": 1, "ns::Box<int, 2>::size": 1, "no_such": 0, "ns::overloaded": 0, "ns::(anonymous namespace)::hidden": 1} {
		fs := d.FunctionsNamed(name)
		if len(fs) != n {
			t.Errorf("FunctionsNamed(%q): %d functions, want %d", name, len(fs), n)
		}
		for _, f := range fs {
			if at, err := d.FunctionAt(f.Entry); err != nil || at != f {
				t.Errorf("FunctionAt(entry of %s): %v, %v", name, at, err)
			}
		}
	}
	if fs := d.FunctionsNamed("ns::Derived::helper"); len(fs) == 1 && (fs[0].Qualified() != "ns::Derived::helper" || fs[0].Linkage != "_ZN2ns7Derived6helperEi" || fs[0].DeclLine == 0) {
		t.Errorf("ns::Derived::helper is %+v", fs[0])
	}
}

func TestFloats(t *testing.T) {
	for _, tt := range []struct {
		name, bytes, want string
	}{
		{"_Float16", "\x00\x3e", "1.5"},
		{"_Float16", "\x01\x00", "5.96e-08"},
		{"__bf16", "\xc0\x3f", "1.5"},
		{"long double", "\x00\x00\x00\x00\x00\x00\x00\xc0\x00\xc0", "-3"},
		{"long double", "\x00\x00\x00\x00\x00\x00\x00\x80\xff\x7f\x00\x00\x00\x00\x00\x00", "inf"},
		{"long double", strings.Repeat("\x00", 16), "0"},
		{"_Float128", strings.Repeat("\x00", 14) + "\xff\xff", "-inf"},
		{"float", "\x00\x00\xc0\x7f", "NaN"},
		{"float", "\xcd\xcc\xcc\x3d", "0.1"},
	} {
		if got := formatFloat([]byte(tt.bytes), tt.name); got != tt.want {
			t.Errorf("%s % x: got %s, want %s", tt.name, tt.bytes, got, tt.want)
		}
	}
}
