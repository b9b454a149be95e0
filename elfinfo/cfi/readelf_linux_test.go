package cfi

import (
	"bufio"
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/trapline/trapline/regs"
)

// elfSource is a Source over the standard library's ELF reader.
type elfSource struct{ *elf.File }

func (s elfSource) Machine() elf.Machine { return s.File.Machine }

func (s elfSource) Section(name string) ([]byte, error) {
	sec := s.File.Section(name)
	if sec == nil || sec.Type == elf.SHT_NOBITS {
		return nil, fmt.Errorf("no section %s", name)
	}
	return sec.Data()
}

func (s elfSource) SectionAddr(name string) (uint64, bool) {
	sec := s.File.Section(name)
	if sec == nil {
		return 0, false
	}
	return sec.Addr, true
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

func need(t testing.TB, tool string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("%s is not installed", tool)
	}
	return path
}

func run(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return out
}

// compile builds C source with the compiler and flags given.
func compile(t testing.TB, compiler, source string, flags ...string) string {
	t.Helper()
	need(t, compiler)
	dir := t.TempDir()
	src, bin := filepath.Join(dir, "p.c"), filepath.Join(dir, "p")
	if err := os.WriteFile(src, []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	run(t, compiler, append([]string{"-o", bin, src}, flags...)...)
	return bin
}

func buildGo(t testing.TB, source string, flags ...string) string {
	t.Helper()
	need(t, "go")
	dir := t.TempDir()
	src, bin := filepath.Join(dir, "p.go"), filepath.Join(dir, "p")
	if err := os.WriteFile(src, []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	run(t, "go", append(append([]string{"build", "-o", bin}, flags...), src)...)
	return bin
}

// need32 skips where there is nothing to build 32-bit programs with.
func need32(t testing.TB) {
	t.Helper()
	cmd := exec.Command(need(t, "gcc"), "-m32", "-x", "c", "-o", filepath.Join(t.TempDir(), "p"), "-")
	cmd.Stdin = strings.NewReader("#include <stdio.h>\nint main(void) { return puts(\"\"); }\n")
	if err := cmd.Run(); err != nil {
		t.Skip("gcc -m32 has no C library here")
	}
}

// readelfRegs maps readelf's column heads to numbers of registers.
var readelfRegs = map[string]int{"rax": 0, "rdx": 1, "rcx": 2, "rbx": 3, "rsi": 4, "rdi": 5, "rbp": 6, "rsp": 7,
	"eax": 0, "edx": 1, "ecx": 2, "ebx": 3, "esi": 4, "edi": 5, "ebp": 6, "esp": 7,
	"r8": 8, "r9": 9, "r10": 10, "r11": 11, "r12": 12, "r13": 13, "r14": 14, "r15": 15, "ra": 16}

// regAlias is the name that readelf adds to a register's number in a cell.
var regAlias = regexp.MustCompile(` \([re]\w+\)`)

// cell renders a rule as readelf's frames-interp does.
func cell(a *ABI, r Rule) string {
	switch r.Kind {
	case Unspecified, Undefined:
		return "u"
	case SameValue:
		return "s"
	case Offset:
		return fmt.Sprintf("c%+d", r.Off)
	case ValOffset:
		return fmt.Sprintf("v%+d", r.Off)
	case Register:
		return fmt.Sprintf("r%d", slices.IndexFunc(a.registers, func(row register) bool { return uint16(row.id) == r.Reg }))
	case Expression:
		return "exp"
	}
	return "vexp"
}

func cfaCell(a *ABI, r Rule) string {
	if r.Kind != Register {
		return "exp"
	}
	return fmt.Sprintf("%s%+d", a.name(regs.ID(r.Reg)), r.Off)
}

// TestAgainstReadelf compares every row of every FDE with binutils' reading.
func TestAgainstReadelf(t *testing.T) {
	need(t, "readelf")
	files := map[string]string{}
	for _, f := range []string{"/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6", "/usr/bin/bash"} {
		if _, err := os.Stat(f); err == nil {
			files[filepath.Base(f)] = f
		}
	}
	files["go"] = buildGo(t, "package main\nfunc main() { println(1) }")
	files["gcc .debug_frame"] = compile(t, "gcc", nestedC, "-g", "-O2", "-pthread", "-fno-asynchronous-unwind-tables")
	if found, _ := filepath.Glob("/usr/lib/llvm-*/bin/clang"); len(found) > 0 { // CIE version 4
		files["clang .debug_frame"] = compile(t, found[0], nestedC, "-g", "-O1", "-pthread", "-fno-asynchronous-unwind-tables")
	}
	files["drap"] = compile(t, "gcc", drapC, "-O0", "-mavx")
	for name, path := range files {
		t.Run(name, func(t *testing.T) { againstReadelf(t, path) })
	}
}

// TestAgainstReadelf32 is the same for 32-bit files, whose registers have other numbers.
func TestAgainstReadelf32(t *testing.T) {
	need(t, "readelf")
	need32(t)
	for name, path := range map[string]string{
		"static":           compile(t, "gcc", nestedC, "-m32", "-O2", "-static"),
		"gcc .debug_frame": compile(t, "gcc", nestedC, "-m32", "-g", "-O2", "-fno-asynchronous-unwind-tables"),
		"drap":             compile(t, "gcc", drapC, "-m32", "-O0", "-mavx"),
	} {
		t.Run(name, func(t *testing.T) { againstReadelf(t, path) })
	}
}

func againstReadelf(t *testing.T, path string) {
	src := open(t, path)
	abi := Of(src.Machine())
	table := New(src)
	bySection := map[string]map[uint64]*FDE{".eh_frame": {}, ".debug_frame": {}}
	if err := table.FDEs(func(f *FDE) bool { bySection[f.section][f.Off] = f; return true }); err != nil {
		t.Fatal(err)
	}
	out := run(t, "readelf", "--debug-dump=no-follow-links", "--debug-dump=frames-interp", path)
	var fde *FDE
	var heads []string
	fdes, rows, section := 0, 0, ""
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		w := strings.Fields(regAlias.ReplaceAllString(line, ""))
		switch {
		case strings.HasPrefix(line, "Contents of the "):
			section = w[3]
		case len(w) == 0:
			fde, heads = nil, nil
		case len(w) > 3 && w[3] == "FDE":
			fdes++
			off, _ := strconv.ParseUint(w[0], 16, 64)
			fde = bySection[section][off]
			if fde == nil {
				t.Fatalf("%s: no FDE at %#x", section, off)
			}
			if want := fmt.Sprintf("pc=%0*x..%0*x", 2*abi.Word, fde.Low, 2*abi.Word, fde.High); w[len(w)-1] != want {
				t.Errorf("FDE at %#x: got %s, readelf says %s", off, want, w[len(w)-1])
			}
			if fde.High > fde.Low {
				if got, err := table.Lookup(fde.Low); err != nil || got.Low != fde.Low {
					t.Errorf("Lookup(%#x): got %v, %v", fde.Low, got, err)
				}
			}
		case w[0] == "LOC":
			heads = w
		case heads != nil && fde != nil:
			rows++
			compareRow(t, fde, heads, w)
		}
		if t.Failed() {
			return
		}
	}
	if fdes == 0 || rows == 0 {
		t.Fatalf("readelf gave %d FDEs and %d rows", fdes, rows)
	}
	t.Logf("%d FDEs and %d rows agree", fdes, rows)
}

func compareRow(t *testing.T, fde *FDE, heads, cells []string) {
	loc, err := strconv.ParseUint(cells[0], 16, 64)
	if err != nil || len(cells) != len(heads) {
		t.Fatalf("unreadable row of readelf: %q under %q", cells, heads)
	}
	if loc >= fde.High { // an advance past the end, of use to nobody
		return
	}
	var row Row
	found := false
	fde.Rows(func(pc uint64, r *Row) bool {
		if pc == loc {
			row, found = *r, true
		}
		return pc <= loc
	})
	if !found {
		t.Errorf("FDE %#x: no row at %#x", fde.Off, loc)
		return
	}
	if got := cfaCell(fde.abi, row.CFA); got != cells[1] {
		t.Errorf("FDE %#x at %#x: CFA is %s, readelf says %s", fde.Off, loc, got, cells[1])
	}
	for i, h := range heads[2:] {
		n, ok := readelfRegs[h]
		if !ok {
			continue // a vector register
		}
		if got := cell(fde.abi, row.Rules[n]); got != cells[i+2] {
			t.Errorf("FDE %#x at %#x: %s is %s, readelf says %s", fde.Off, loc, h, got, cells[i+2])
		}
	}
}

// drapC needs a realigned stack, whose CFA is an expression.
const drapC = `
#include <string.h>
typedef float v8 __attribute__((vector_size(32)));
__attribute__((noinline)) void use(v8 *p) { *p += *p; }
int f(int n) { v8 v = {0}; char buf[n]; memset(buf, n, n); use(&v); return (int)v[0] + buf[0]; }
int main(int argc, char **argv) { return f(argc); }
`
