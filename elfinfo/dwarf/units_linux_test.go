package dwarf

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// TestDeclarationElsewhere: a pointer to what another unit defines.
func TestDeclarationElsewhere(t *testing.T) {
	other := filepath.Join(t.TempDir(), "q.c")
	source := "struct opaque { int z; struct hidden *h; }; struct opaque one = {5, 0}; extern int shared; int shared = 3; int q(void) { return one.z; }\n"
	if err := os.WriteFile(other, []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, v := range []string{"-gdwarf-2", "-gdwarf-4", "-gdwarf-5"} {
		src := open(t, compile(t, "p.c", "struct opaque; extern struct opaque one; extern int shared; struct opaque *ptr = &one; int q(void); int main(void) { return ptr != 0 && q() + shared; }", other, v, "-no-pie"))
		d := New(src, nil)
		ptr := d.GlobalsNamed("ptr")
		if len(ptr) != 1 {
			t.Fatalf("%s: ptr: %v", v, ptr)
		}
		target := ptr[0].Type().Elem()
		if !target.Incomplete || target.Size() != 16 || len(target.Fields()) != 2 || target.Complete().Incomplete {
			t.Errorf("%s: struct opaque: incomplete %v, size %d, %d fields", v, target.Incomplete, target.Size(), len(target.Fields()))
		}
		hidden := target.Fields()[1].Type().Elem()
		if hidden.Complete() != hidden || hidden.Size() != -1 || hidden.Describe() != "struct hidden {<incomplete type>}" {
			t.Errorf("%s: a type defined nowhere: size %d, %s", v, hidden.Size(), hidden.Describe())
		}
		if got := d.GlobalsNamed("shared"); len(got) != 1 {
			t.Errorf("%s: shared: %d definitions, want 1", v, len(got))
		}
		if got := showGlobal(t, d, src, "one"); got != "{z = 5, h = 0x0}" {
			t.Errorf("%s: one is %s", v, got)
		}
		for _, name := range []string{"main", "q"} {
			fs := d.FunctionsNamed(name)
			if len(fs) != 1 {
				t.Fatalf("%s: %s: %v", v, name, fs)
			}
			u, err := d.UnitAt(fs[0].Entry)
			if err != nil || u != fs[0].Unit() {
				t.Errorf("%s: the unit at %s: %v, %v", v, name, u, err)
			}
			if _, ok := u.LineTable(); !ok || u.CompDir() == "" || u.Producer() == "" {
				t.Errorf("%s: the unit of %s says nothing of itself", v, name)
			}
		}
	}
}

// TestInlineSites: where a function was inlined.
func TestInlineSites(t *testing.T) {
	d := New(open(t, compile(t, "p.c", valuesC, "-g", "-O2")), nil)
	fs := d.FunctionsNamed("twice")
	if len(fs) != 1 || fs[0].HasCode() || !fs[0].Inlinable {
		t.Fatalf("twice: %+v", fs)
	}
	sites := fs[0].InlineSites()
	if len(sites) == 0 {
		t.Fatal("twice was inlined nowhere")
	}
	for _, s := range sites {
		pc := s.Ranges[0].Low
		f, err := d.FunctionAt(pc)
		if err != nil || f.Name != "frame" {
			t.Errorf("around the inlined call at %#x: %v, %v", pc, f, err)
			continue
		}
		chain := f.Inlined(pc)
		if len(chain) == 0 || chain[0].Name != "twice" || chain[0].CallLine != f.DeclLine+3 {
			t.Errorf("the chain at %#x: %+v", pc, chain)
		}
	}
}

// TestConcurrent: many readers of one Data that nobody has read before.
func TestConcurrent(t *testing.T) {
	d := New(open(t, compile(t, "p.cc", classesCC, "-g", "-O1")), nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, f := range d.FunctionsNamed("main") {
				if got, err := d.FunctionAt(f.Entry); err != nil || got != f {
					t.Errorf("FunctionAt: %v, %v", got, err)
				}
				for _, v := range f.Locals(f.Entry) {
					_ = v.Type().Describe()
				}
			}
			if typ, err := d.TypeNamed("ns::Derived"); err != nil || len(typ.Fields()) != 8 {
				t.Errorf("ns::Derived: %v, %v", typ, err)
			}
		})
	}
	wg.Wait()
}
