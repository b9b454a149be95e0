package calltrace

import (
	"bytes"
	"testing"
)

// Places have as many digits as the last of them needs.
func TestDumpPlaces(t *testing.T) {
	for n, want := range map[int]string{1: " | 00000  41 ", 1 << 20: " | 00000  41 ", 1<<20 + 1: " | 000000  41 "} {
		if got := appendDump(nil, bytes.Repeat([]byte("A"), n)); !bytes.HasPrefix(got, []byte(want)) {
			t.Errorf("%d bytes begin %q, want %q", n, got[:len(want)], want)
		}
	}
	want := " | 00000  41 42 43 44 45 46 47 48  49 4a 0a                 ABCDEFGHIJ.      |\n"
	if got := string(appendDump(nil, []byte("ABCDEFGHIJ\n"))); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
