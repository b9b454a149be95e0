package elfinfo

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// split makes a stripped copy of prog and its debug file; it returns both.
func split(t *testing.T, prog string) (stripped, debug string) {
	t.Helper()
	need(t, "objcopy", "strip")
	dir := t.TempDir()
	stripped, debug = filepath.Join(dir, "stripped"), filepath.Join(dir, "prog.debug")
	run(t, "objcopy", "--only-keep-debug", prog, debug)
	run(t, "objcopy", "--strip-all", "--add-gnu-debuglink="+debug, prog, stripped)
	return stripped, debug
}

// move puts a file elsewhere, making directories.
func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func TestSeparateDebugFile(t *testing.T) {
	for _, withID := range []string{"-Wl,--build-id", "-Wl,--build-id=none"} {
		prog := compile(t, withID)
		id := open(t, prog, Options{}).BuildID()
		for name, place := range map[string]func(dir, root string) string{
			"beside":   func(dir, root string) string { return dir + "/prog.debug" },
			".debug":   func(dir, root string) string { return dir + "/.debug/prog.debug" },
			"root":     func(dir, root string) string { return root + dir + "/prog.debug" },
			"build-id": func(dir, root string) string { return root + "/.build-id/" + id[:2] + "/" + id[2:] + ".debug" },
		} {
			if name == "build-id" && id == "" {
				continue
			}
			t.Run(withID+" "+name, func(t *testing.T) {
				stripped, debug := split(t, prog)
				root := t.TempDir()
				want := place(filepath.Dir(stripped), root)
				move(t, debug, want)
				f := open(t, stripped, Options{DebugRoots: []string{root}})
				d, err := f.DebugFile()
				if err != nil || d == nil || d.Name != want {
					t.Fatalf("got %v, %v; want %s", d, err, want)
				}
				if b, err := f.Section(".debug_info"); err != nil || len(b) == 0 {
					t.Errorf(".debug_info: %d bytes, %v", len(b), err)
				}
				if b, err := f.Section(".text"); err != nil || len(b) == 0 {
					t.Errorf(".text: %d bytes, %v", len(b), err)
				}
				if s := f.Symbols().ByName("helper"); len(s) != 1 || s[0].Origin != Static {
					t.Errorf("helper: %+v", s)
				}
				if _, err := f.Section(".no_such"); !errors.Is(err, ErrNoSection) {
					t.Errorf("missing section: %v", err)
				}
			})
		}
	}
}

func TestDebugFileRefused(t *testing.T) {
	// Another program's debug file under this one's build-id.
	prog, other := compile(t), compile(t, "-O2")
	id := open(t, prog, Options{}).BuildID()
	stripped, _ := split(t, prog)
	_, debug := split(t, other)
	root := t.TempDir()
	os.Remove(filepath.Dir(stripped) + "/prog.debug")
	move(t, debug, root+"/.build-id/"+id[:2]+"/"+id[2:]+".debug")
	f := open(t, stripped, Options{DebugRoots: []string{root}})
	_, err := f.Section(".debug_info")
	if !errors.Is(err, ErrBuildID) || !errors.Is(err, ErrNoSection) || !strings.Contains(err.Error(), id) {
		t.Errorf("mismatch: %v", err)
	}
	if p := f.Symbols().Problems; len(p) != 1 || !errors.Is(p[0], ErrBuildID) {
		t.Errorf("problems: %v", p)
	}

	// Without build-ids the CRC decides.
	prog = compile(t, "-Wl,--build-id=none")
	stripped, debug = split(t, prog)
	b, err := os.ReadFile(debug)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-1] ^= 1
	if err := writeFile(debug, b); err != nil {
		t.Fatal(err)
	}
	f = open(t, stripped, Options{DebugRoots: []string{}})
	if _, err := f.Section(".debug_info"); err == nil || !strings.Contains(err.Error(), "CRC") {
		t.Errorf("bad CRC: %v", err)
	}

	// Nothing there: the error says where it looked.
	os.Remove(debug)
	f = open(t, stripped, Options{DebugRoots: []string{}})
	if _, err := f.Section(".debug_info"); err == nil || !strings.Contains(err.Error(), debug) {
		t.Errorf("nothing: %v", err)
	}
}

func TestAltFile(t *testing.T) {
	need(t, "objcopy")
	prog := compile(t)
	dir := t.TempDir()
	common := dir + "/common.debug"
	id := open(t, prog, Options{}).BuildID()
	run(t, "objcopy", "--only-keep-debug", prog, common)
	raw := make([]byte, 0, 64)
	raw = append(raw, "common.debug\x00"...)
	for i := 0; i < len(id); i += 2 {
		raw = append(raw, unhex(id[i])<<4|unhex(id[i+1]))
	}
	link := dir + "/link"
	if err := writeFile(link, raw); err != nil {
		t.Fatal(err)
	}
	linked := dir + "/linked"
	run(t, "objcopy", "--add-section", ".gnu_debugaltlink="+link, prog, linked)
	alt, err := open(t, linked, Options{DebugRoots: []string{}}).AltFile()
	if err != nil || alt == nil || alt.Name != common {
		t.Errorf("got %v, %v", alt, err)
	}
	os.Remove(common)
	if _, err := open(t, linked, Options{DebugRoots: []string{}}).AltFile(); err == nil || !strings.Contains(err.Error(), common) {
		t.Errorf("missing: %v", err)
	}
	if alt, err := open(t, prog, Options{}).AltFile(); alt != nil || err != nil {
		t.Errorf("no link: %v %v", alt, err)
	}
}

func unhex(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}
