package elfinfo

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// seedFile returns a small linked program, or nil where there is no compiler.
func seedFile(f *testing.F, flags ...string) []byte {
	if _, err := exec.LookPath("gcc"); err != nil {
		return nil
	}
	dir := f.TempDir()
	src, out := filepath.Join(dir, "a.s"), filepath.Join(dir, "a")
	text := ".globl _start\n.type _start,@function\n_start: call f@plt\n.size _start,.-_start\nf: ret\n.section .note.GNU-stack,\"\"\n"
	if err := writeFile(src, []byte(text)); err != nil {
		f.Fatal(err)
	}
	if out, err := exec.Command("gcc", append([]string{"-g", "-nostdlib", "-o", out, src}, flags...)...).CombinedOutput(); err != nil {
		f.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		f.Fatal(err)
	}
	return b
}

// FuzzNew asks a hostile file everything.
func FuzzNew(f *testing.F) {
	f.Add([]byte("\x7fELF\x02\x01\x01"))
	f.Add(header32())
	f.Add(seedFile(f, "-static"))
	f.Add(seedFile(f, "-shared", "-gz=zlib"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := New(bytes.NewReader(b), "fuzz", Options{DebugRoots: []string{}, MaxSection: 1 << 24})
		if err != nil {
			return
		}
		for _, s := range file.Sections {
			file.Section(s.Name)
			file.SectionAddr(s.Name)
		}
		_ = file.Describe().Text()
		file.ReadAtVaddr(file.Entry(), make([]byte, 64))
		askSymbols(file.Symbols())
	})
}

// askSymbols tries every kind of look-up.
func askSymbols(s *Symbols) {
	n := 0
	for sym := range s.All() {
		s.Lookup(sym.Value)
		s.Lookup(sym.Value + sym.Size)
		if n++; n > 50 {
			break
		}
		s.ByName(sym.FullName())
		s.Complete(sym.Name, 10)
	}
	s.Lookup(0)
	s.Lookup(^uint64(0))
	s.Regexp(regexp.MustCompile("a|f"), 10)
	s.Glob("*", 10)
}

// FuzzSymbols makes a file whose tables are the fuzzer's, without the work of
// getting section headers right.
func FuzzSymbols(f *testing.F) {
	sym := make([]byte, 72)
	sym[24], sym[28], sym[30], sym[40] = 1, 0x12, 1, 8
	sym[48], sym[52], sym[54], sym[56] = 3, 0x10, 1, 4
	f.Add(sym, []byte("\x00f\x00_ZN2ns3fooEi\x00"), []byte{0, 0, 2, 0, 2, 0x80}, []byte{1, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0}, []byte{})
	f.Fuzz(func(t *testing.T, symtab, strtab, versym, verdef, verneed []byte) {
		file, err := New(bytes.NewReader(header32()), "fuzz", Options{DebugRoots: []string{}})
		if err != nil {
			t.Fatal(err)
		}
		file.Header.Class = 2
		v := &versionTable{versym, file, map[uint16]string{}}
		str := func(off uint32) string {
			if uint64(off) >= uint64(len(strtab)) {
				return ""
			}
			return cstring(strtab[off:])
		}
		v.readDefs(verdef, str)
		v.readNeeds(verneed, str)
		s := &Symbols{}
		for _, origin := range []Origin{Static, Dynamic} {
			tab := &symTable{file: file, origin: origin, raw: symtab, strs: strtab, entsize: 24, n: len(symtab) / 24}
			if origin == Dynamic {
				tab.versions = v
			}
			s.tables = append(s.tables, tab)
		}
		askSymbols(s)
	})
}

// FuzzMiniDebug decompresses anything.
func FuzzMiniDebug(f *testing.F) {
	f.Add(hugeDict())
	if out, err := exec.Command("sh", "-c", "printf hello | xz").Output(); err == nil {
		f.Add(out)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		const limit = 1 << 20
		if out, err := unxz(b, limit); err == nil && len(out) > limit {
			t.Errorf("%d bytes came out", len(out))
		}
	})
}

// FuzzRDebug walks link maps in memory that the fuzzer fills.
func FuzzRDebug(f *testing.F) {
	m := fakeMem{0x1000, make([]byte, 256)}
	m.put(0x1000, 2, 0x1040, 0, 0, 0, 0x1000)
	m.put(0x1040, 0, 0x1010, 5, 0x1040)
	f.Add(m.b)
	f.Fuzz(func(t *testing.T, b []byte) {
		mem := fakeMem{0x1000, b}
		r, err := ReadRDebug(mem, 0x1000)
		if err != nil {
			return
		}
		if maps, _ := r.LinkMaps(mem); len(maps) > maxLinkMaps {
			t.Errorf("%d link maps", len(maps))
		}
	})
}
