package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTotalsLine(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1234567 * time.Nanosecond:  "1 call, 0 errors, 2 processes, 1.2ms",
		2*time.Second + 70612345:   "1 call, 0 errors, 2 processes, 2.071s",
		90*time.Second + 612345678: "1 call, 0 errors, 2 processes, 1m30.612s",
	} {
		if diff := cmp.Diff(want, (&totals{calls: 1, processes: 2}).line(d)); diff != "" {
			t.Error(diff)
		}
	}
}
