package elfinfo

import (
	"cmp"
	"debug/elf"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// nmSymbols is what nm prints about a file: "ADDRESS T NAME" lines.
func nmSymbols(t *testing.T, args ...string) map[string]uint64 {
	out := map[string]uint64{}
	for line := range strings.Lines(run(t, "nm", args...)) {
		f := strings.Fields(line)
		if len(f) != 3 || strings.ContainsAny(f[1], "aAUNwv") {
			continue
		}
		v, err := strconv.ParseUint(f[0], 16, 64)
		if err != nil {
			t.Fatalf("nm: %q: %v", line, err)
		}
		out[f[2]] = v
	}
	return out
}

func TestSymbolsAgainstNm(t *testing.T) {
	need(t, "nm")
	for _, c := range []struct {
		name string
		path string
		nm   []string
	}{
		{"program", compile(t), nil},
		{"static", compile(t, "-static"), nil},
		{"no-pie", compile(t, "-no-pie", "-O2"), nil},
		{"libc", libc(t), []string{"-D"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := open(t, c.path, Options{DebugRoots: []string{}})
			want := nmSymbols(t, append(c.nm, c.path)...)
			if len(want) == 0 {
				t.Fatal("nm listed nothing")
			}
			got := map[string]uint64{}
			for s := range f.Symbols().All() {
				got[s.FullName()] = s.Value
			}
			syms := f.Symbols()
			for name, v := range want {
				// nm -D shows versions; program tables spell them in the name.
				if g, ok := got[name]; !ok || g != v && !strings.Contains(name, "@") && countName(syms, name) < 2 {
					t.Errorf("%s: got %#x (%v), nm says %#x", name, g, ok, v)
				}
			}
			if len(syms.Problems) > 0 {
				t.Errorf("problems: %v", syms.Problems)
			}
		})
	}
}

func countName(s *Symbols, name string) (n int) {
	for sym := range s.All() {
		if sym.Name == name {
			n++
		}
	}
	return n
}

// libc is the C library this test's machine runs.
func libc(t testing.TB) string {
	for _, p := range []string{"/lib/x86_64-linux-gnu/libc.so.6", "/lib64/libc.so.6", "/lib/libc.so.7"} {
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	t.Skip("no C library found in the usual places")
	return ""
}

func TestLookup(t *testing.T) {
	f := open(t, compile(t), Options{})
	s := f.Symbols()
	add := s.ByName("add")
	if len(add) != 1 || !add[0].IsFunc() || add[0].Size == 0 {
		t.Fatalf("add: %+v", add)
	}
	for _, off := range []uint64{0, 1, add[0].Size - 1} {
		got, ok := s.Lookup(add[0].Value + off)
		if !ok || got.Name != "add" || got.Offset != off {
			t.Errorf("add+%d: got %+v, %v", off, got, ok)
		}
		if diff := gocmp.Diff([]string{"add_alias"}, got.Aliases); diff != "" {
			t.Errorf("aliases: %s", diff)
		}
	}
	if got, ok := s.Lookup(add[0].Value + add[0].Size); ok && got.Name == "add" {
		t.Errorf("end of add is still add: %+v", got)
	}
	if got, ok := s.Lookup(1 << 60); ok {
		t.Errorf("found %+v at a wild address", got)
	}
	tls := s.ByName("tls_counter")
	if len(tls) != 1 || !tls[0].IsTLS() {
		t.Errorf("tls_counter: %+v", tls)
	}
	for _, e := range s.index {
		if sym := s.deref(e.ref); sym.IsTLS() || sym.Undefined() {
			t.Fatalf("%+v is in the address index", sym)
		}
	}
}

// Every function that nm gives a size must be found at its first and last byte.
func TestLookupEverySymbol(t *testing.T) {
	f := open(t, libc(t), Options{DebugRoots: []string{}})
	s := f.Symbols()
	n := 0
	for sym := range s.All() {
		if !sym.addressable() || sym.Size == 0 || sym.Origin == PLT {
			continue
		}
		n++
		for _, a := range []uint64{sym.Value, sym.Value + sym.Size - 1} {
			got, ok := s.Lookup(a)
			if !ok || a-got.Value >= got.Size || got.Value < sym.Value {
				t.Fatalf("%#x in %s [%#x,+%d): got %+v %v", a, sym.Name, sym.Value, sym.Size, got, ok)
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d symbols", n)
	}
	for name, want := range map[string]bool{"puts": false, "strlen": true, "memcpy@@GLIBC_2.14": true, "memcpy@GLIBC_2.2.5": false} {
		got := s.ByName(name)
		if len(got) == 0 {
			t.Errorf("%s: not found", name)
		} else if got[0].FullName() != name && got[0].Name != name || (got[0].IsIFunc() != want && name != "memcpy@GLIBC_2.2.5") {
			t.Errorf("%s: %+v, ifunc %v", name, got[0], got[0].IsIFunc())
		}
	}
	if got := s.ByName("memcpy@GLIBC_2.99"); len(got) != 0 {
		t.Errorf("unknown version found: %+v", got)
	}
}

func TestChooseBest(t *testing.T) {
	f := func(name string, typ elf.SymType, bind elf.SymBind, size uint64) Symbol {
		return Symbol{Name: name, Type: typ, Bind: bind, Size: size, Section: 1}
	}
	for _, c := range []struct {
		want string
		in   []Symbol
	}{
		{"puts", []Symbol{f("_IO_puts", elf.STT_FUNC, elf.STB_GLOBAL, 9), f("puts", elf.STT_FUNC, elf.STB_WEAK, 9)}},
		{"open", []Symbol{f("open", elf.STT_FUNC, elf.STB_GLOBAL, 9), f("olocal", elf.STT_FUNC, elf.STB_LOCAL, 9)}},
		{"fn", []Symbol{f("label", elf.STT_NOTYPE, elf.STB_GLOBAL, 0), f("fn", elf.STT_FUNC, elf.STB_LOCAL, 9)}},
		{"strong", []Symbol{f("weak12", elf.STT_FUNC, elf.STB_WEAK, 9), f("strong", elf.STT_FUNC, elf.STB_GLOBAL, 9)}},
	} {
		if got := unique(slices.Clone(c.in)); got[0].Name != c.want {
			t.Errorf("got %s, want %s", got[0].Name, c.want)
		}
		slices.Reverse(c.in)
		if got := unique(c.in); got[0].Name != c.want {
			t.Errorf("reversed: got %s, want %s", got[0].Name, c.want)
		}
	}
}

func TestLabelsOfUnknownSize(t *testing.T) {
	const asm = `
	.text
	.globl _start
_start:	nop
	nop
	.globl sized
	.type sized,@function
sized:	nop
inner:	nop
	nop
	.size sized,.-sized
	nop
tail:	ret
`
	path := compileSource(t, "gcc", "a.s", asm, "-nostdlib", "-static")
	s := open(t, path, Options{}).Symbols()
	base := s.ByName("_start")[0].Value
	for off, want := range []string{"_start+0", "_start+1", "sized+0", "sized+1", "sized+2", "inner+2", "tail+0"} {
		got, ok := s.Lookup(base + uint64(off))
		text := ""
		if ok {
			text = fmt.Sprintf("%s+%d", got.Name, got.Offset)
		}
		if text != want {
			t.Errorf("at +%d: got %q, want %q", off, text, want)
		}
	}
}

func TestPLT(t *testing.T) {
	need(t, "objdump")
	for _, flags := range [][]string{{}, {"-fcf-protection=full", "-Wl,-z,ibtplt"}, {"-no-pie"}, {"-Wl,-z,now"}} {
		path := compile(t, flags...)
		want := map[string]uint64{}
		re := regexp.MustCompile(`(?m)^([0-9a-f]+) <(.*@plt)>:`)
		for _, m := range re.FindAllStringSubmatch(run(t, "objdump", "-d", path), -1) {
			v, _ := strconv.ParseUint(m[1], 16, 64)
			want[m[2]] = v
		}
		got := map[string]uint64{}
		s := open(t, path, Options{}).Symbols()
		for _, m := range s.made {
			got[m.Name] = m.Value
		}
		for name, v := range want {
			if strings.HasPrefix(name, "*ABS*") {
				continue // objdump gives several slots one name
			}
			if got[name] != v {
				t.Errorf("%v: %s: got %#x, objdump says %#x", flags, name, got[name], v)
			}
			if f, ok := s.Lookup(v + 2); !ok || f.Name != name {
				t.Errorf("%v: address %#x: got %+v, want %s", flags, v+2, f, name)
			}
		}
		if len(want) == 0 {
			t.Errorf("%v: objdump shows no PLT", flags)
		}
	}
}

const cxxSource = `#include <cstdio>
namespace ns {
	template <class T> __attribute__((noinline)) T twice(T v) { return v + v; }
	struct Box { int v; explicit Box(int x); ~Box(); int get(const char *, int) const; bool operator<(const Box &) const; };
	Box::Box(int x) : v(x) {}
	Box::~Box() { v = 0; }
	int Box::get(const char *p, int n) const { return v + p[n]; }
	bool Box::operator<(const Box &o) const { return v < o.v; }
	int foo(int x) { return x + 1; }
	int foo(char x) { return x + 2; }
}
int main() { ns::Box b(3); return ns::foo(1) + ns::foo('a') + ns::twice<int>(2) + b.get("x", 0) + (b < b); }
`

func TestDemangledNames(t *testing.T) {
	path := compileSource(t, "g++", "p.cc", cxxSource)
	s := open(t, path, Options{}).Symbols()
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"ns::foo", []string{"ns::foo(char)", "ns::foo(int)"}},
		{"ns::foo(int)", []string{"ns::foo(int)"}},
		{"foo", []string{"ns::foo(char)", "ns::foo(int)"}},
		{"foo(int)", []string{"ns::foo(int)"}},
		{"ns::Box::get( const char *,int ) const", nil},
		{"ns::Box::get(char const *,int ) const", []string{"ns::Box::get(char const*, int) const"}},
		{"Box::get", []string{"ns::Box::get(char const*, int) const"}},
		{"ns::twice<int>", []string{"int ns::twice<int>(int)"}},
		{"ns::twice", []string{"int ns::twice<int>(int)"}},
		{"ns::Box::Box", []string{"ns::Box::Box(int)", "ns::Box::Box(int)"}},
		{"ns::Box::~Box", []string{"ns::Box::~Box()", "ns::Box::~Box()"}},
		{"ns::Box::operator<", []string{"ns::Box::operator<(ns::Box const&) const"}},
		{"_ZN2ns3fooEi", []string{"ns::foo(int)"}},
		{"oo", nil},
		{"main", []string{"main"}},
	} {
		var got []string
		for _, sym := range s.ByName(c.query) {
			got = append(got, sym.Demangled())
		}
		slices.Sort(got)
		if diff := gocmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.query, diff)
		}
	}
	if got := s.Complete("ns::f", 10); !slices.Equal(got, []string{"ns::foo"}) {
		t.Errorf("complete: %q", got)
	}
	if got := s.Complete("ma", 10); !slices.Contains(got, "main") {
		t.Errorf("complete: %q", got)
	}
	glob, err := s.Glob("ns::Box::*", 100)
	if err != nil || len(glob) != 6 {
		t.Errorf("glob: %d symbols (%v): %v", len(glob), err, glob)
	}
	if _, err := s.Glob("[z-a]", 10); err == nil {
		t.Error("bad pattern accepted")
	}
	if got := s.Regexp(regexp.MustCompile(`foo\((int|char)\)`), 10); len(got) != 2 {
		t.Errorf("regexp: %v", got)
	}
}

func TestRustDemangling(t *testing.T) {
	for in, want := range map[string]string{
		"_ZN4core3fmt9Formatter9write_str17h0123456789abcdefE": "core::fmt::Formatter::write_str",
		"_RNvC6_123foo3bar":   "123foo::bar",
		"_ZNSt6vectorIiE1fEv": "std::vector<int>::f()",
		"_Znot":               "_Znot",
		"puts@plt":            "puts@plt",
		"_ZN2ns3fooEi@plt":    "ns::foo(int)@plt",
	} {
		if got := Demangle(in); got != want {
			t.Errorf("Demangle(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestMiniDebugInfo(t *testing.T) {
	need(t, "objcopy", "strip", "xz")
	path := compile(t)
	want := open(t, path, Options{}).Symbols().ByName("helper")[0]
	dir := t.TempDir()
	mini, stripped := dir+"/mini", dir+"/stripped"
	run(t, "objcopy", "--strip-debug", "--keep-symbol=helper", "--only-keep-debug", path, mini)
	run(t, "xz", "-k", mini)
	run(t, "strip", "-o", stripped, path)
	run(t, "objcopy", "--add-section", ".gnu_debugdata="+mini+".xz", stripped)
	s := open(t, stripped, Options{DebugRoots: []string{}}).Symbols()
	if len(s.Problems) > 0 {
		t.Fatal(s.Problems)
	}
	got, ok := s.Lookup(want.Value + 3)
	if !ok || got.Name != "helper" || got.Origin != MiniDebug || got.Offset != 3 {
		t.Errorf("got %+v, %v", got, ok)
	}
}

func TestGoTable(t *testing.T) {
	need(t, "go")
	dir := t.TempDir()
	src := dir + "/m.go"
	if err := os.WriteFile(src, []byte("package main\n\nfunc main() { println(one()) }\n\n//go:noinline\nfunc one() int { return 1 }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	full, stripped := dir+"/full", dir+"/stripped"
	run(t, "go", "build", "-o", full, src)
	run(t, "go", "build", "-ldflags=-s -w", "-o", stripped, src)
	want := open(t, full, Options{}).Symbols().ByName("main.one")
	s := open(t, stripped, Options{DebugRoots: []string{}}).Symbols()
	got := s.ByName("main.one")
	if len(s.Problems) > 0 || len(got) != 1 || len(want) != 1 || got[0].Origin != GoTable {
		t.Fatalf("got %+v, want %+v, problems %v", got, want, s.Problems)
	}
	if f, ok := s.Lookup(got[0].Value); !ok || f.Name != "main.one" {
		t.Errorf("lookup: %+v %v", f, ok)
	}
	if got[0].Value != want[0].Value {
		t.Errorf("main.one at %#x, symtab of the same build says %#x", got[0].Value, want[0].Value)
	}
}

func TestSortByAddr(t *testing.T) {
	for _, keys := range [][]uint64{nil, {5}, {3, 1, 2}, {1 << 63, 0, ^uint64(0), 7, 7}, {1 << 22, 1 << 11, 0, 1<<22 + 1}} {
		var in []indexEntry
		for i, k := range keys {
			in = append(in, indexEntry{addr: k, ref: uint32(i)})
		}
		want := slices.Clone(in)
		slices.SortStableFunc(want, func(a, b indexEntry) int { return cmp.Compare(a.addr, b.addr) })
		if got := sortByAddr(in); !slices.Equal(got, want) {
			t.Errorf("%v: got %v", keys, got)
		}
	}
}
