package dwarf

import (
	stddwarf "debug/dwarf"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
)

// elfSource is a Source, and a memory, over the standard library's ELF reader.
type elfSource struct{ *elf.File }

func (s elfSource) Section(name string) ([]byte, error) {
	sec := s.File.Section(name)
	if sec == nil || sec.Type == elf.SHT_NOBITS {
		return nil, fmt.Errorf("no section %s", name)
	}
	return sec.Data()
}

// ReadMem reads what the file says is at a link-time address.
func (s elfSource) ReadMem(addr uint64, p []byte) (int, error) {
	for _, ph := range s.Progs {
		if ph.Type == elf.PT_LOAD && addr >= ph.Vaddr && addr < ph.Vaddr+ph.Memsz {
			p = p[:min(uint64(len(p)), ph.Vaddr+ph.Memsz-addr)]
			clear(p)
			ph.ReadAt(p, int64(addr-ph.Vaddr)) // what the file does not hold is zero
			return len(p), nil
		}
	}
	return 0, fmt.Errorf("%#x is not in the file", addr)
}

func open(t testing.TB, path string) elfSource {
	t.Helper()
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return elfSource{f}
}

func need(t testing.TB, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("%s is not installed", tool)
	}
}

// compile builds a source file; its name's ending decides the compiler.
// The flag "clang" asks for LLVM's compiler.
func compile(t testing.TB, name, source string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	src, bin := filepath.Join(dir, name), filepath.Join(dir, "p")
	if err := os.WriteFile(src, []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	if len(flags) > 0 && flags[0] == "clang" {
		return clang(t, bin, append([]string{"-o", bin, src}, flags[1:]...))
	}
	tool, args := "gcc", append([]string{"-o", bin, src}, flags...)
	switch filepath.Ext(name) {
	case ".cc":
		tool = "g++"
	case ".go":
		tool, args = "go", append(append([]string{"build", "-o", bin}, flags...), src)
	case ".rs":
		tool = "rustc"
	}
	need(t, tool)
	if out, err := exec.Command(tool, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", tool, args, err, out)
	}
	return bin
}

// clang runs clang or, when it is not on the path, the one that Debian keeps in its
// versioned directory.
func clang(t testing.TB, bin string, args []string) string {
	t.Helper()
	path, err := exec.LookPath("clang++")
	if err != nil {
		found, _ := filepath.Glob("/usr/lib/llvm-*/bin/clang++")
		if len(found) == 0 {
			t.Skip("clang is not installed")
		}
		path = found[len(found)-1]
	}
	if strings.HasSuffix(args[2], ".c") {
		path = strings.TrimSuffix(path, "++")
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", path, args, err, out)
	}
	return bin
}

// TestAgainstStdlib reads every entry of real files with this package and with the
// standard library's and compares tags, shapes and values.
func TestAgainstStdlib(t *testing.T) {
	files := map[string]string{"go": compile(t, "p.go", "package main\nfunc main() { println(1) }")}
	for v := 2; v <= 5; v++ {
		files[fmt.Sprintf("gcc DWARF %d", v)] = compile(t, "p.c", valuesC, fmt.Sprintf("-gdwarf-%d", v), "-O2")
		files[fmt.Sprintf("g++ DWARF %d", v)] = compile(t, "p.cc", classesCC, fmt.Sprintf("-gdwarf-%d", v), "-O1")
	}
	files["g++ type units"] = compile(t, "p.cc", classesCC, "-gdwarf-5", "-fdebug-types-section")
	files["gcc 64-bit DWARF"] = compile(t, "p.c", valuesC, "-gdwarf64", "-gdwarf-5")
	for v := 3; v <= 5; v++ {
		files[fmt.Sprintf("clang DWARF %d", v)] = compile(t, "p.cc", classesCC, "clang", fmt.Sprintf("-gdwarf-%d", v), "-O1")
	}
	files["link-time optimisation"] = compile(t, "p.c", valuesC, "-g", "-O2", "-flto")
	files["compressed"] = compile(t, "p.c", valuesC, "-g", "-gz")
	for name, path := range files {
		t.Run(name, func(t *testing.T) { againstStdlib(t, path) })
	}
}

func againstStdlib(t *testing.T, path string) {
	src := open(t, path)
	std, err := src.DWARF()
	if err != nil {
		t.Fatal(err)
	}
	d := New(src, nil)
	units, err := d.Units()
	if err != nil {
		t.Fatal(err)
	}
	r := std.Reader()
	entries := 0
	for _, u := range units[:d.nInfo] {
		if err := u.ready(); err != nil {
			t.Fatal(err)
		}
		in := buf.At(d.get(u.sect), u.first)
		in.B = in.B[:u.end]
		var e entry
		for in.Len() > 0 {
			if err := u.parseAt(&in, &e); err != nil {
				t.Fatal(err)
			}
			want, err := r.Next()
			if err != nil {
				t.Skipf("the standard library fails: %v", err)
			}
			if want == nil {
				t.Fatalf("the standard library ends at %#x", e.off)
			}
			entries++
			if !sameEntry(t, &e, want) {
				return
			}
		}
	}
	t.Logf("%d entries agree", entries)
}

func sameEntry(t *testing.T, e *entry, want *stddwarf.Entry) bool {
	if e.ab == nil {
		if want.Tag != 0 {
			t.Errorf("%#x: a null entry; the standard library has %v", e.off, want.Tag)
		}
		return want.Tag == 0
	}
	if uint32(e.ab.tag) != uint32(want.Tag) || e.ab.children != want.Children || uint64(want.Offset) != e.off || len(want.Field) != len(e.vals) {
		t.Errorf("%#x: tag %#x, children %v, %d values; the standard library has %v %v %d at %#x",
			e.off, e.ab.tag, e.ab.children, len(e.vals), want.Tag, want.Children, len(want.Field), want.Offset)
		return false
	}
	for i, f := range want.Field {
		at, v := e.ab.attrs[i].at, e.vals[i]
		got := any(nil)
		switch x := f.Val.(type) {
		case string:
			got = string(e.u.strBytes(v))
		case []byte:
			got = string(v.B)
			f.Val = string(x)
		case bool:
			got = v.U != 0
		case uint64:
			if a, ok := e.u.address(v); ok {
				got = a
			} else {
				got = v.U
			}
			if f.Class == stddwarf.ClassRngList { // an index there, an offset here
				got = f.Val
			}
		case int64:
			got = int64(v.U)
			if uint16(at) == uint16(AtRanges) || f.Class == stddwarf.ClassRangeListPtr || f.Class == stddwarf.ClassRngList {
				got = f.Val
			}
		case stddwarf.Offset:
			_, off, err := e.u.ref(v)
			got = stddwarf.Offset(off)
			if err != nil {
				got = err
			}
		default:
			got = f.Val
		}
		if got != f.Val {
			t.Errorf("%#x: attribute %#x form %#x: got %#v, the standard library has %#v (%v)", e.off, at, v.Form, got, f.Val, f.Class)
			return false
		}
	}
	return true
}

// TestFunctionsOfSymbols: every function symbol of a program with debug information
// leads to the function of that name, and back by name.
func TestFunctionsOfSymbols(t *testing.T) {
	files := map[string]string{
		"C":          compile(t, "p.c", valuesC, "-g", "-O2"),
		"C++":        compile(t, "p.cc", classesCC, "-g", "-O2"),
		"C++ 4":      compile(t, "p.cc", classesCC, "-gdwarf-4", "-O0", "-fdebug-types-section"),
		"clang":      compile(t, "p.cc", classesCC, "clang", "-g", "-O1"),
		"clang 4":    compile(t, "p.cc", classesCC, "clang", "-gdwarf-4", "-O0", "-fdebug-types-section"),
		"LTO":        compile(t, "p.c", valuesC, "-g", "-O2", "-flto"),
		"no aranges": compile(t, "p.c", valuesC, "-g", "-gno-pubnames", "-fno-dwarf2-cfi-asm"),
		"Go":         compile(t, "p.go", "package main\nimport \"fmt\"\nfunc main() { fmt.Println(1) }"),
	}
	for name, path := range files {
		t.Run(name, func(t *testing.T) {
			src := open(t, path)
			d := New(src, nil)
			syms, err := src.Symbols()
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, s := range syms {
				if elf.ST_TYPE(s.Info) != elf.STT_FUNC || s.Size == 0 || s.Section == elf.SHN_UNDEF {
					continue
				}
				f, err := d.FunctionAt(s.Value)
				if err != nil {
					continue // the C start files and Go's assembly have no debug information
				}
				n++
				base, _, cold := strings.Cut(strings.TrimSuffix(s.Name, ".abi0"), ".cold")
				if !namesSymbol(f, base) {
					t.Errorf("at %#x: function %q (%q), symbol %q", s.Value, f.Name, f.Linkage, s.Name)
					continue
				}
				if !cold && f.Entry != s.Value {
					t.Errorf("%s: entry %#x, symbol at %#x", f.Name, f.Entry, s.Value)
				}
				byName := false
				for _, g := range d.FunctionsNamed(f.Name) {
					byName = byName || g == f
				}
				if !byName {
					t.Errorf("FunctionsNamed(%q) does not find the one at %#x", f.Name, s.Value)
				}
			}
			if n < 3 {
				t.Errorf("only %d functions found", n)
			}
			t.Logf("%d functions agree with their symbols", n)
		})
	}
}

// namesSymbol: constructors and destructors have several symbols (C1, C2, D1, D2) for
// one entry, local functions of C++ have symbols but no linkage names, gcc's clones add
// ".isra.0", and Go's linker writes a dot for a middle dot.
func namesSymbol(f *Function, symbol string) bool {
	name := strings.ReplaceAll(f.Name, "·", ".")
	if name == symbol || f.Linkage == symbol || strings.HasPrefix(symbol, name+".") {
		return true
	}
	if f.Linkage == strings.NewReplacer("C1E", "C2E", "D1E", "D2E").Replace(symbol) {
		return true
	}
	return strings.HasPrefix(symbol, "_Z") && (name == "operator()" || strings.Contains(symbol, strings.TrimPrefix(name, "~")))
}
