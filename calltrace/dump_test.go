package calltrace

import (
	"strings"
	"testing"
)

// Places have as many digits as the last of them needs.
func TestDumpPlaces(t *testing.T) {
	for n, want := range map[uint64]string{1: " | 00000  41 ", 1 << 20: " | 00000  41 ", 1<<20 + 1: " | 000000  41 "} {
		if got := appendDump(nil, []byte("A"), 0, n); !strings.HasPrefix(string(got), want) {
			t.Errorf("%d bytes begin %q, want %q", n, got[:len(want)], want)
		}
	}
	want := " | 00020  41 42 43 44 45 46 47 48  49 4a 0a                 ABCDEFGHIJ.      |\n"
	if got := string(appendDump(nil, []byte("ABCDEFGHIJ\n"), 0x20, 0x2b)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
