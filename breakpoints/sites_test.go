package breakpoints

import (
	"bytes"
	"testing"
)

// memory is a Memory from address 0 on.
type memory []byte

func (m memory) ReadAll(addr uint64, p []byte) error  { copy(p, m[addr:]); return nil }
func (m memory) WriteAll(addr uint64, p []byte) error { copy(m[addr:], p); return nil }

// TestAdopt: a copy was made with traps in it, of which one has been taken out since where it was
// made, to be stepped over. All are known in the copy, which is as the program had it without them;
// its own int3 stays.
func TestAdopt(t *testing.T) {
	program := []byte{0x55, 0x90, 0xc3, Trap, 0x48, 0x89, 0xe5, 0x5d, 0xc3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	maker := memory(bytes.Clone(program))
	sites := NewSites(maker)
	for _, addr := range []uint64{0, 1, 3} {
		if _, err := sites.Acquire(addr); err != nil {
			t.Fatal(err)
		}
	}
	child := memory(bytes.Clone(maker))
	if err := sites.Remove(sites.At(0)); err != nil {
		t.Fatal(err)
	}
	adopted := NewSites(child)
	adopted.Adopt(sites)
	if n := adopted.Len(); n != 3 {
		t.Errorf("%d sites are known, not 3", n)
	}
	if adopted.Sweep(); !bytes.Equal(child, program) || adopted.Len() != 0 {
		t.Errorf("left in the copy: %x, %d sites", child, adopted.Len())
	}
}
