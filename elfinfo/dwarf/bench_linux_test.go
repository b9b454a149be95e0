package dwarf

import (
	"os"
	"testing"
)

// benchFile is a file with much debug information: name one in DWARF_BENCH, or the go
// command's own build of cmd/go is used.
func benchFile(b *testing.B) elfSource {
	path := os.Getenv("DWARF_BENCH")
	if path == "" {
		path = compile(b, "p.go", "package main\nimport _ \"net/http\"\nfunc main() {}", "-ldflags=-compressdwarf=false")
	}
	return open(b, path)
}

// preread keeps sections in memory, so that benchmarks measure reading DWARF, not files.
type preread struct {
	elfSource
	data map[string][]byte
}

func (p preread) Section(name string) ([]byte, error) {
	if b, ok := p.data[name]; ok {
		return b, nil
	}
	b, err := p.elfSource.Section(name)
	if err == nil {
		p.data[name] = b
	}
	return b, err
}

// BenchmarkNameIndex is what the first look-up of a name costs.
func BenchmarkNameIndex(b *testing.B) {
	src := preread{benchFile(b), map[string][]byte{}}
	New(src, nil).FunctionsNamed("main.main")
	b.SetBytes(int64(len(src.data[".debug_info"])))
	for b.Loop() {
		New(src, nil).FunctionsNamed("main.main")
	}
}

// BenchmarkFirstFunction is what the first look-up of an address costs.
func BenchmarkFirstFunction(b *testing.B) {
	src := preread{benchFile(b), map[string][]byte{}}
	fs := New(src, nil).FunctionsNamed("main.main")
	if len(fs) == 0 {
		fs = New(src, nil).FunctionsNamed("main")
	}
	if len(fs) == 0 {
		b.Skip("no main")
	}
	for b.Loop() {
		if _, err := New(src, nil).FunctionAt(fs[0].Entry); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStdlib is the standard library reading every entry of the same file.
func BenchmarkStdlib(b *testing.B) {
	src := benchFile(b)
	d, err := src.DWARF()
	if err != nil {
		b.Skip(err)
	}
	for b.Loop() {
		r := d.Reader()
		for {
			if e, err := r.Next(); err != nil || e == nil {
				break
			}
		}
	}
}
