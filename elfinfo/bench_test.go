package elfinfo

import "testing"

// BenchmarkLookup is an address look-up with the index built.
func BenchmarkLookup(b *testing.B) {
	s := open(b, libc(b), Options{}).Symbols()
	pc := s.ByName("puts")[0].Value
	for b.Loop() {
		if _, ok := s.Lookup(pc + 8); !ok {
			b.Fatal("no symbol")
		}
	}
}

// BenchmarkFirstLookup opens the C library and asks for one symbol by address.
func BenchmarkFirstLookup(b *testing.B) {
	path := libc(b)
	for b.Loop() {
		f, err := Open(path, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, ok := f.Symbols().Lookup(f.Entry()); !ok && f.Entry() != 0 {
			b.Fatal("no symbol")
		}
		f.Close()
	}
}

// BenchmarkByName walks all names of the C library.
func BenchmarkByName(b *testing.B) {
	s := open(b, libc(b), Options{}).Symbols()
	for b.Loop() {
		if len(s.ByName("puts")) == 0 {
			b.Fatal("no symbol")
		}
	}
}
