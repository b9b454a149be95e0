package line

import (
	"debug/dwarf"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
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

func TestAgainstAddr2line(t *testing.T) {
	need(t, "addr2line")
	for _, v := range variants {
		if strings.HasSuffix(v.name, "-O2") {
			continue // addr2line takes the last row of an address, statement or not
		}
		if v.name == "gcc5-64bit" {
			continue // binutils 2.40's addr2line finds nothing there; readelf does, see below
		}
		t.Run(v.name, func(t *testing.T) {
			prog := filepath.Join(build(t, v.cc, v.flags...), "prog")
			f, table := open(t, prog)
			compareAddr2line(t, f, table, prog, "main", "leaf", "part")
			// Without .debug_aranges the root DIEs' ranges must lead to the same unit.
			compareAddr2line(t, f, New(noAranges{f}, prog), prog, "main", "part")
			for _, p := range table.Problems() {
				t.Error(p)
			}
		})
	}
}

// noAranges is a file without .debug_aranges, as clang and Go write them.
type noAranges struct{ *elfinfo.File }

func (f noAranges) Section(name string) ([]byte, error) {
	if name == ".debug_aranges" {
		return nil, elfinfo.ErrNoSection
	}
	return f.File.Section(name)
}

// gdbLines asks gdb for the lines of addresses, as "base name:line", "" for none.
func gdbLines(t *testing.T, prog string, pcs []uint64) []string {
	t.Helper()
	need(t, "gdb")
	script := filepath.Join(t.TempDir(), "script")
	var b strings.Builder
	for _, pc := range pcs {
		fmt.Fprintf(&b, "info line *%#x\n", pc)
	}
	if err := os.WriteFile(script, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	re := regexp.MustCompile(`^Line (\d+) of "(.*)" (?:starts at|is at) address`)
	var out []string
	for l := range strings.Lines(run(t, ".", "gdb", "-nx", "-batch", "-x", script, prog)) {
		switch m := re.FindStringSubmatch(l); {
		case m != nil:
			out = append(out, path.Base(m[2])+":"+m[1])
		case strings.HasPrefix(l, "No line number"), strings.HasPrefix(l, "Line number"):
			out = append(out, "")
		}
	}
	if len(out) != len(pcs) {
		t.Fatalf("gdb answered %d of %d", len(out), len(pcs))
	}
	return out
}

// compareGdb holds Find against gdb at every address.
func compareGdb(t *testing.T, table *Table, prog string, pcs []uint64) {
	t.Helper()
	bad, known := 0, 0
	for i, want := range gdbLines(t, prog, pcs) {
		if want == "" {
			continue
		}
		known++
		e, _, err := table.Find(pcs[i])
		base := func(e Entry) string { return fmt.Sprintf("%s:%d", path.Base(e.File), e.Line) }
		if got := base(e); err != nil || got != want {
			// gdb drops rows that repeat the line of the row before them, so that the
			// statement row that speaks for that one takes over their addresses.
			low, _, _ := table.StepRange(pcs[i])
			if before, _, _ := table.Find(low - 1); !e.IsStmt && base(before) == want {
				continue
			}
			if bad++; bad < 10 {
				t.Errorf("%#x: got %s %v, gdb says %s", pcs[i], got, err, want)
			}
		}
	}
	if known == 0 || bad > 0 {
		t.Errorf("%d of %d addresses differ", bad, known)
	}
}

// The C library's debug file is somebody else's, optimised, and large. (addr2line of
// binutils 2.40 gives wrong files there.)
func TestLibcAgainstGdb(t *testing.T) {
	const libc = "/lib/x86_64-linux-gnu/libc.so.6"
	if _, err := os.Stat(libc); err != nil {
		t.Skip(err)
	}
	f, table := open(t, libc)
	if d, err := f.DebugFile(); d == nil {
		t.Skipf("no debug file for the C library: %v", err)
	}
	var pcs []uint64
	for s := range f.Symbols().All() {
		if s.IsFunc() && s.Size > 40 && !s.Undefined() && s.Value%7 == 0 && len(pcs) < 1500 {
			pcs = append(pcs, s.Value, s.Value+s.Size/2, s.Value+s.Size-1)
		}
	}
	compareGdb(t, table, libc, pcs)
	if p := table.Problems(); len(p) > 0 {
		t.Error(p)
	}
}

// Optimised code: several rows at one address, some of them no statements.
func TestOptimisedAgainstGdb(t *testing.T) {
	for _, v := range variants {
		if !strings.HasSuffix(v.name, "-O2") {
			continue
		}
		t.Run(v.name, func(t *testing.T) {
			prog := filepath.Join(build(t, v.cc, v.flags...), "prog")
			f, table := open(t, prog)
			var pcs []uint64
			for _, name := range []string{"main", "leaf", "part"} {
				for _, s := range f.Symbols().ByName(name) {
					for pc := s.Value; pc < s.Value+s.Size; pc++ {
						pcs = append(pcs, pc)
					}
				}
			}
			compareGdb(t, table, prog, pcs)
		})
	}
}

var addr2lineOut = regexp.MustCompile(`^(.*):(\d+|\?)(?: \(discriminator (\d+)\))?$`)

// compareAddr2line asks both about every byte of the functions.
func compareAddr2line(t *testing.T, f *elfinfo.File, table *Table, prog string, funcs ...string) {
	t.Helper()
	var args []string
	var pcs []uint64
	for _, name := range funcs {
		for _, s := range f.Symbols().ByName(name) {
			for pc := s.Value; pc < s.Value+s.Size; pc++ {
				pcs, args = append(pcs, pc), append(args, fmt.Sprintf("%#x", pc))
			}
		}
	}
	if len(pcs) == 0 {
		t.Fatalf("no symbols for %v", funcs)
	}
	lines := strings.Split(strings.TrimSpace(run(t, ".", "addr2line", append([]string{"-e", prog}, args...)...)), "\n")
	if len(lines) != len(pcs) {
		t.Fatalf("addr2line gave %d lines for %d addresses", len(lines), len(pcs))
	}
	bad := 0
	for i, pc := range pcs {
		m := addr2lineOut.FindStringSubmatch(lines[i])
		if m == nil {
			t.Fatalf("addr2line says %q", lines[i])
		}
		e, ok, err := table.Find(pc)
		if err != nil {
			t.Fatalf("%#x: %v", pc, err)
		}
		got := fmt.Sprintf("%s:%d", e.File, e.Line)
		want := path.Clean(m[1]) + ":" + m[2]
		if !ok || e.Line == 0 {
			got = "none"
		}
		if m[2] == "?" || m[2] == "0" {
			want = "none"
		}
		if got != want {
			if bad++; bad < 10 {
				t.Errorf("%#x: got %s, addr2line says %s", pc, got, lines[i])
			}
		}
	}
	if bad > 0 {
		t.Errorf("%d of %d addresses differ", bad, len(pcs))
	}
}

// readelfRow is a line of readelf --debug-dump=decodedline.
var readelfRow = regexp.MustCompile(`^(\S+)\s+(\d+)\s+(0x[0-9a-f]+|0)(?:\[\d+\])?(?:\s+(\d+))?(?:\s+(x))?$`)

// Every row readelf prints must be ours, with the same is_stmt flag.
func TestAgainstReadelf(t *testing.T) {
	need(t, "readelf")
	for _, v := range variants {
		if strings.Contains(v.name, "static") || v.name == "gcc-sections" {
			continue // rows of the C library's start files, of dropped functions
		}
		t.Run(v.name, func(t *testing.T) {
			prog := filepath.Join(build(t, v.cc, v.flags...), "prog")
			_, table := open(t, prog)
			type key struct {
				addr uint64
				base string
				line int
				stmt bool
			}
			have := map[key]bool{}
			files, err := table.Files()
			if err != nil || len(files) == 0 {
				t.Fatalf("files: %v %v", files, err)
			}
			for _, p := range table.programs {
				t.Errorf("program of %v was run to list files", p.files)
			}
			_ = table.eachProgram(func(u *Unit, h *header) error {
				p, err := table.program(u)
				if err != nil {
					t.Fatal(err)
				}
				for i, r := range p.rows {
					if !r.is(endSequence) {
						e := p.entry(i)
						have[key{e.Addr, path.Base(e.File), e.Line, e.IsStmt}] = true
					}
				}
				return nil
			})
			n := 0
			for l := range strings.Lines(run(t, ".", "readelf", "-wL", prog)) {
				m := readelfRow.FindStringSubmatch(strings.TrimSpace(l))
				if m == nil {
					continue
				}
				addr, _ := strconv.ParseUint(m[3], 0, 64)
				ln, _ := strconv.Atoi(m[2])
				n++
				if k := (key{addr, path.Base(m[1]), ln, m[5] == "x"}); !have[k] {
					t.Errorf("missing row %+v", k)
				}
			}
			if n < 10 {
				t.Errorf("readelf showed %d rows", n)
			}
		})
	}
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

// gdb's own choice for a breakpoint on a function.
func TestPrologueAgainstGdb(t *testing.T) {
	need(t, "gdb")
	for _, v := range variants {
		if strings.Contains(v.name, "split") || strings.Contains(v.name, "O2") {
			continue // for optimised gcc code gdb stays at the entry
		}
		t.Run(v.name, func(t *testing.T) {
			prog := filepath.Join(build(t, v.cc, v.flags...), "prog")
			f, table := open(t, prog)
			out := run(t, ".", "gdb", "-nx", "-batch", "-ex", "break main", "-ex", "break leaf", "-ex", "break part", prog)
			stops := regexp.MustCompile(`Breakpoint \d at (0x[0-9a-f]+)`).FindAllStringSubmatch(out, -1)
			if len(stops) != 3 {
				t.Fatalf("gdb says %s", out)
			}
			for i, name := range []string{"main", "leaf", "part"} {
				s := f.Symbols().ByName(name)[0]
				got, ok := table.PrologueEnd(s.Value, s.Value+s.Size)
				if want, _ := strconv.ParseUint(stops[i][1], 0, 64); !ok || got != want {
					t.Errorf("%s: got %#x, gdb stops at %#x", name, got, want)
				}
			}
		})
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

// compareStdlib holds Find against debug/dwarf, another reader of the same format;
// binutils 2.40 cannot read Go's DWARF 5.
func compareStdlib(t *testing.T, f *elfinfo.File, table *Table, prog string, funcs ...string) {
	t.Helper()
	ef, err := elf.Open(prog)
	if err != nil {
		t.Fatal(err)
	}
	defer ef.Close()
	d, err := ef.DWARF()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range funcs {
		syms := f.Symbols().ByName(name)
		if len(syms) != 1 {
			t.Fatalf("%s: %v", name, syms)
		}
		s := syms[0]
		unit, err := d.Reader().SeekPC(s.Value)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := d.LineReader(unit)
		if err != nil {
			t.Fatal(err)
		}
		var e dwarf.LineEntry
		for pc := s.Value; pc < s.Value+s.Size; pc += 3 {
			if err := lines.SeekPC(pc, &e); err != nil {
				t.Fatal(err)
			}
			got, ok, err := table.Find(pc)
			if err != nil || !ok || got.File != path.Clean(e.File.Name) || got.Line != e.Line || got.IsStmt != e.IsStmt {
				t.Fatalf("%s %#x: got %+v (%v), debug/dwarf says %s:%d", name, pc, got, err, e.File.Name, e.Line)
			}
		}
	}
}
