package line

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trapline/trapline/elfinfo"
)

const mainC = `#include "part.h"
int global;
int leaf(int x)
{
	int r = x;
	for (int i = 0; i < x; i++)
		r += i;
	return r;
}

/* a comment: no code on these
   two lines */
int main(int argc, char **argv)
{
	global = leaf(argc) + part(argc); global++;
	if (global > 1000) return leaf(2);
	return twice(global) == 0;
}
`

const partH = `int part(int);
static inline int twice(int v)
{
	return v + v;
}
`

const partC = `#include "../part.h"
int part(int v)
{
	return twice(v) + 1;
}
`

func need(t testing.TB, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
}

func run(t testing.TB, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "CGO_ENABLED=0")
	var stderr strings.Builder
	cmd.Stderr = &stderr // warnings of binutils about what they do not know
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// built keeps what build made: tests only read it.
var built = map[string]string{}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, dir := range built {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// build compiles the three files, one in a sub-directory, and returns the directory.
func build(t testing.TB, cc string, flags ...string) string {
	t.Helper()
	need(t, cc)
	key := cc + " " + strings.Join(flags, " ")
	if dir := built[key]; dir != "" {
		return dir
	}
	dir, err := os.MkdirTemp("", "line-test")
	if err != nil {
		t.Fatal(err)
	}
	built[key] = dir
	for name, text := range map[string]string{"main.c": mainC, "part.h": partH, "sub/part.c": partC} {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, dir, cc, append([]string{"-g", "-o", "prog", "main.c", "sub/part.c"}, flags...)...)
	return dir
}

func open(t testing.TB, p string) (*elfinfo.File, *Table) {
	t.Helper()
	f, err := elfinfo.Open(p, elfinfo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, Of(f)
}

// variants are the compilers and DWARF versions under test.
var variants = []struct {
	name, cc string
	flags    []string
}{
	{"gcc2", "gcc", []string{"-gdwarf-2", "-gstrict-dwarf"}},
	{"gcc3", "gcc", []string{"-gdwarf-3"}},
	{"gcc4", "gcc", []string{"-gdwarf-4"}},
	{"gcc5", "gcc", []string{"-gdwarf-5"}},
	{"gcc5-O2", "gcc", []string{"-gdwarf-5", "-O2"}},
	{"gcc5-64bit", "gcc", []string{"-gdwarf-5", "-gdwarf64"}},
	{"gcc4-64bit", "gcc", []string{"-gdwarf-4", "-gdwarf64"}},
	{"gcc-static", "gcc", []string{"-static"}},
	{"gcc-nopie", "gcc", []string{"-no-pie"}},
	{"gcc-zlib", "gcc", []string{"-gz=zlib"}},
	{"gcc-zdebug", "gcc", []string{"-gz=zlib-gnu"}},
	{"gcc-split4", "gcc", []string{"-gdwarf-4", "-gsplit-dwarf"}},
	{"gcc-split5", "gcc", []string{"-gdwarf-5", "-gsplit-dwarf"}},
	{"gcc-sections", "gcc", []string{"-ffunction-sections", "-Wl,--gc-sections"}},
	{"clang4-sections", "clang", []string{"-gdwarf-4", "-ffunction-sections"}},
	{"clang5-sections", "clang", []string{"-gdwarf-5", "-ffunction-sections"}},
	{"clang4", "clang", []string{"-gdwarf-4"}},
	{"clang5", "clang", []string{"-gdwarf-5"}},
	{"clang5-O2", "clang", []string{"-gdwarf-5", "-O2"}},
	{"clang5-64bit", "clang", []string{"-gdwarf-5", "-gdwarf64"}},
	{"clang-split5", "clang", []string{"-gdwarf-5", "-gsplit-dwarf"}},
	{"clang-aranges", "clang", []string{"-gdwarf-aranges"}},
}

func TestLines(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			if strings.Contains(v.name, "O2") {
				t.Skip("optimised code has other lines")
			}
			dir := build(t, v.cc, v.flags...)
			f, table := open(t, filepath.Join(dir, "prog"))
			for _, c := range []struct {
				file string
				line int
				want int    // line found
				in   string // function it is in
				err  error
			}{
				{"main.c", 5, 5, "leaf", nil},
				{dir + "/main.c", 15, 15, "main", nil},
				{"main.c", 11, 14, "main", nil}, // gcc and clang differ on the line of the brace
				{"sub/part.c", 4, 4, "part", nil},
				{"part.c", 4, 4, "part", nil},
				{"part.h", 4, 4, "twice", nil},
				{"./main.c", 8, 8, "leaf", nil},
				{"other/part.c", 4, 0, "", ErrNoFile},
				{"art.c", 4, 0, "", ErrNoFile},
				{"/nowhere/main.c", 4, 0, "", ErrNoFile},
				{"main.c", 900, 0, "", ErrNoLine},
			} {
				es, err := table.Lines(c.file, c.line)
				if !errors.Is(err, c.err) || (err != nil) != (c.err != nil) {
					t.Errorf("%s:%d: error %v, want %v", c.file, c.line, err, c.err)
					continue
				}
				if err != nil {
					if !IsNotFound(err) {
						t.Errorf("IsNotFound(%v) is false", err)
					}
					continue
				}
				for _, e := range es {
					if e.Line != c.want && !(c.line == 11 && e.Line >= 13 && e.Line <= 14) || !e.IsStmt {
						t.Errorf("%s:%d: got %+v", c.file, c.line, e)
					}
					s, ok := f.Symbols().Lookup(e.Addr)
					if !ok || s.Name != c.in {
						t.Errorf("%s:%d at %#x is in %s, want %s", c.file, c.line, e.Addr, s.Name, c.in)
					}
				}
			}
		})
	}
}

// A for statement has two runs of rows in one function, and twice has two copies.
func TestOnePerFunction(t *testing.T) {
	f, table := open(t, filepath.Join(build(t, "gcc"), "prog"))
	bounds := func(pc uint64) (uint64, uint64, bool) {
		s, ok := f.Symbols().Lookup(pc)
		return s.Value, s.Value + s.Size, ok
	}
	for _, c := range []struct {
		file      string
		line      int
		runs, one int
	}{{"main.c", 6, 2, 1}, {"part.h", 4, 2, 2}, {"main.c", 15, 1, 1}} {
		es, err := table.Lines(c.file, c.line)
		if err != nil || len(es) < c.runs {
			t.Errorf("%s:%d: %d rows (%v)", c.file, c.line, len(es), err)
		}
		if one := table.OnePerFunction(es, bounds); len(one) != c.one {
			t.Errorf("%s:%d: %d places, want %d", c.file, c.line, len(one), c.one)
		}
	}
	// The line of the brace is the function's entry: the place is behind the prologue.
	es, err := table.Lines("main.c", 4)
	if err != nil {
		t.Fatal(err)
	}
	leaf := f.Symbols().ByName("leaf")[0]
	if one := table.OnePerFunction(es, bounds); len(one) != 1 || one[0].Addr <= leaf.Value {
		t.Errorf("brace of leaf at %#x: %+v", leaf.Value, one)
	}
}

func TestStepRange(t *testing.T) {
	f, table := open(t, filepath.Join(build(t, "gcc"), "prog"))
	es, err := table.Lines("main.c", 15)
	if err != nil || len(es) != 1 {
		t.Fatalf("%v %v", es, err)
	}
	low, high, ok := table.StepRange(es[0].Addr + 1)
	if !ok || low != es[0].Addr || high <= low {
		t.Fatalf("%#x-%#x %v", low, high, ok)
	}
	// Two statements of the line, several rows: one range.
	if high == es[0].End {
		t.Errorf("the range %#x-%#x is one row", low, high)
	}
	for pc := low; pc < high; pc++ {
		if e, ok, _ := table.Find(pc); !ok || e.Line != 15 {
			t.Errorf("%#x: %v", pc, e)
		}
	}
	if e, _, _ := table.Find(high); e.Line == 15 {
		t.Errorf("%#x is line 15 still", high)
	}
	s := f.Symbols().ByName("main")[0]
	rows, err := table.Range(s.Value, s.Value+s.Size)
	if err != nil || len(rows) < 4 || rows[0].Addr != s.Value {
		t.Errorf("rows of main: %v %v", rows, err)
	}
	if e, ok, err := table.Find(1); ok || err != nil {
		t.Errorf("address 1: %v %v", e, err)
	}
}

// The Go linker writes DWARF 5 without .debug_aranges, compressed.
func TestGoProgram(t *testing.T) {
	need(t, "go")
	dir := t.TempDir()
	src := "package main\n\nimport \"strings\"\n\nfunc main() {\n\tprintln(strings.Repeat(\"a\", 3))\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "m.go"), []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, dir, "go", "build", "-o", "prog", "m.go")
	prog := filepath.Join(dir, "prog")
	f, table := open(t, prog)
	compareStdlib(t, f, table, prog, "main.main", "strings.Repeat", "runtime.mallocgc")
	es, err := table.Lines("m.go", 6)
	if err != nil || len(es) == 0 {
		t.Errorf("m.go:6: %v %v", es, err)
	}
}

func TestStripped(t *testing.T) {
	need(t, "strip", "objcopy")
	dir := build(t, "gcc", "-Wl,--build-id")
	run(t, dir, "strip", "-o", "bare", "prog")
	_, table := open(t, filepath.Join(dir, "bare"))
	if _, err := table.Lines("main.c", 5); !errors.Is(err, ErrNoInfo) {
		t.Errorf("stripped: %v", err)
	}
	run(t, dir, "objcopy", "--only-keep-debug", "prog", "prog.debug")
	run(t, dir, "objcopy", "--strip-all", "--add-gnu-debuglink=prog.debug", "prog", "linked")
	f, table := open(t, filepath.Join(dir, "linked"))
	es, err := table.Lines("main.c", 5)
	if err != nil || len(es) != 1 {
		t.Fatalf("linked: %v %v", es, err)
	}
	if s, ok := f.Symbols().Lookup(es[0].Addr); !ok || s.Name != "leaf" {
		t.Errorf("%#x is in %+v", es[0].Addr, s)
	}
}

func TestUnitAt(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			dir := build(t, v.cc, v.flags...)
			f, table := open(t, filepath.Join(dir, "prog"))
			for name, want := range map[string]string{"main": "main.c", "part": "sub/part.c"} {
				s := f.Symbols().ByName(name)[0]
				u, ok := table.UnitAt(s.Value)
				if split := strings.Contains(v.name, "split"); split && strings.HasSuffix(u.DWO, ".dwo") {
					u.Name = want
				}
				if !ok || u.Name != want || u.CompDir != dir {
					t.Errorf("%s: %+v, %v", name, u, ok)
				}
			}
			if u, ok := table.UnitAt(1); ok {
				t.Errorf("address 1 is in %+v", u)
			}
		})
	}
}
