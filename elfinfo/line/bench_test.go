package line

import (
	"path/filepath"
	"testing"

	"github.com/trapline/trapline/elfinfo"
)

// BenchmarkFirstLine is the whole way of a fresh start: open, find main, its line.
func BenchmarkFirstLine(b *testing.B) {
	prog := filepath.Join(build(b, "gcc", "-static"), "prog")
	for b.Loop() {
		f, err := elfinfo.Open(prog, elfinfo.Options{})
		if err != nil {
			b.Fatal(err)
		}
		main := f.Symbols().ByName("main")
		if _, ok, err := Of(f).Find(main[0].Value); !ok || err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}

// BenchmarkFind is an address look-up in tables that are loaded.
func BenchmarkFind(b *testing.B) {
	f, table := open(b, filepath.Join(build(b, "gcc"), "prog"))
	pc := f.Symbols().ByName("main")[0].Value
	for b.Loop() {
		if _, ok, _ := table.Find(pc + 8); !ok {
			b.Fatal("no row")
		}
	}
}
