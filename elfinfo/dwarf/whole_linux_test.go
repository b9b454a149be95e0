package dwarf

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trapline/trapline/elfinfo/dwarf/op"
)

// TestWholeFiles asks everything of real files nobody here wrote: every function's
// variables at its entry and in the middle, their expressions, types and text. What is
// damaged or unknown to the reader shows as an error of a kind not listed.
func TestWholeFiles(t *testing.T) {
	files, _ := filepath.Glob("/usr/lib/debug/.build-id/*/*.debug")
	var biggest string
	size := int64(0)
	for _, f := range files {
		if st, err := os.Stat(f); err == nil && st.Size() > size && st.Size() < 8<<20 {
			biggest, size = f, st.Size()
		}
	}
	list := []string{compile(t, "p.go", "package main\nimport \"fmt\"\nfunc main() { fmt.Println(1) }"), compile(t, "p.cc", classesCC, "clang", "-g", "-O2")}
	if biggest != "" {
		list = append(list, biggest)
	}
	for _, path := range list {
		d := New(open(t, path), nil)
		units, err := d.Units()
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		funcs, vars := 0, 0
		for _, u := range units {
			if err := u.skim().err; err != nil {
				t.Errorf("%s: %v", path, err)
			}
			for _, fr := range u.skim().funcs {
				f, err := u.function(fr.off)
				if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				funcs++
				for _, pc := range []uint64{fr.Low, (fr.Low + fr.High) / 2} {
					vars += wholeFunction(t, f, pc)
				}
			}
		}
		t.Logf("%s: %d functions, %d variables", filepath.Base(path), funcs, vars)
	}
}

func wholeFunction(t *testing.T, f *Function, pc uint64) int {
	env := &op.Env{
		Reg:   func(n uint64) (uint64, bool) { return 0x10000 + n, n < 17 },
		Mem:   zeroMem{},
		CFA:   func() (uint64, error) { return 0x20000, nil },
		TLS:   func(uint64) (uint64, error) { return 0x30000, nil },
		Entry: func([]byte) (uint64, error) { return 1, nil },
	}
	env.RegBytes = func(n uint64) ([]byte, bool) { return make([]byte, 64), n >= 17 && n < 130 }
	f.Env(env, pc)
	vars := append(f.Params(pc), f.Locals(pc)...)
	for _, c := range f.Inlined(pc) {
		vars = append(append(vars, c.Params(pc)...), c.Locals(pc)...)
	}
	for _, v := range vars {
		typ := v.Type()
		if typ.Kind == Bad {
			t.Errorf("%s: %s: %v", f.Name, v.Name, typ.Err)
		}
		data, gone, err := v.Read(pc, env)
		switch {
		case errors.Is(err, op.ErrOptimizedOut), errors.Is(err, op.ErrUnsupported), typ.SizeIn(env) < 0:
		case err != nil && (strings.Contains(err.Error(), "division by zero") || strings.Contains(err.Error(), "the limit is")):
			// of what the memory here holds: zeros
		case err != nil:
			t.Errorf("%s at %#x: %v", f.Name, pc, err)
		default:
			if text := (&Formatter{Mem: zeroMem{}, Env: env}).Format(typ, data, gone); text == "" {
				t.Errorf("%s at %#x: %s has no text", f.Name, pc, v.Name)
			}
		}
	}
	return len(vars)
}

// zeroMem is memory in which everything is zero.
type zeroMem struct{}

func (zeroMem) ReadMem(addr uint64, p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
