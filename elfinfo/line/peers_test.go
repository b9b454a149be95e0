package line

// The same questions asked of addr2line, readelf, gdb and debug/dwarf.

import (
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/trapline/trapline/elfinfo"
)

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
			_ = table.eachProgram(func(u *unit, h *header) error {
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

// gdb's own choice for a breakpoint on a function.
func TestPrologueAgainstGdb(t *testing.T) {
	need(t, "gdb")
	for _, v := range variants {
		if strings.Contains(v.name, "split") {
			continue
		}
		t.Run(v.name, func(t *testing.T) {
			prog := filepath.Join(build(t, v.cc, v.flags...), "prog")
			f, table := open(t, prog)
			out := run(t, ".", "gdb", "-nx", "-batch", "-ex", "break main", "-ex", "break leaf", "-ex", "break part", prog)
			stops := regexp.MustCompile(`Breakpoint \d at (0x[0-9a-f]+): (.*)`).FindAllStringSubmatch(out, -1)
			if len(stops) != 3 {
				t.Fatalf("gdb says %s", out)
			}
			for i, name := range []string{"main", "leaf", "part"} {
				if strings.Contains(stops[i][2], "locations") {
					continue // gdb counts inlined copies too, and names the lowest address
				}
				s := f.Symbols().ByName(name)[0]
				got, ok := table.PrologueEnd(s.Value, s.Value+s.Size)
				if want, _ := strconv.ParseUint(stops[i][1], 0, 64); !ok || got != want {
					t.Errorf("%s: got %#x, gdb stops at %#x", name, got, want)
				}
			}
		})
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
