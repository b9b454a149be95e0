package spell

import (
	"slices"
	"testing"
)

func TestNear(t *testing.T) {
	for _, c := range []struct {
		word string
		list []string
		want []string
	}{
		{"mian", []string{"main", "mainly", "domain", "x"}, []string{"main"}},
		{"cuont", []string{"count", "counter", "amount"}, []string{"count"}},
		{"zzz", []string{"main"}, nil},
		{"opne", []string{"open", "openat", "pause", "open"}, []string{"open"}},
		{"reed", []string{"rd", "read", "readv", "reads", "creed", "seed"}, []string{"read", "creed", "seed"}},
		{"a", []string{"b", "ab"}, nil},
		{"", []string{"main"}, nil},
	} {
		if got := Near(c.word, c.list, 3); !slices.Equal(got, c.want) {
			t.Errorf("Near(%q) = %q, want %q", c.word, got, c.want)
		}
	}
}
