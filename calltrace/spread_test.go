package calltrace

import (
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/trapline/trapline/abi"
)

// Each duration is in the step that ends at or after it, no more than a sixteenth away.
func TestSpreadSteps(t *testing.T) {
	for _, d := range []time.Duration{0, 1, 15, 16, 17, 31, 32, 33, 999, 1000, 12345678, time.Hour, 1<<63 - 1} {
		i := stepOf(d)
		if end := stepEnd(i); end < d || float64(end) > float64(d)*(1+1.0/steps) {
			t.Errorf("%d is in step %d, which ends at %d", d, i, end)
		}
		if i > 0 && stepEnd(i-1) >= d {
			t.Errorf("%d is in step %d, and in the one before", d, i)
		}
	}
}

// Percentiles are those of the sorted durations, but for a sixteenth.
func TestPercentiles(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	for _, n := range []int{1, 2, 3, 10, 1000, 5000} {
		s, all := &Spread{}, []time.Duration{}
		for range n {
			d := time.Duration(rng.ExpFloat64() * 1e6)
			s.Add(d)
			all = append(all, d)
		}
		slices.Sort(all)
		for _, part := range []float64{0.5, 0.9, 0.99, 1} {
			want := all[max(0, int(part*float64(n)+0.9999999)-1)]
			if got := s.Percentile(part); got < want || float64(got) > float64(want)*(1+1.0/steps)+1 {
				t.Errorf("%d durations: %v of them take %d or less, want %d", n, part, got, want)
			}
		}
	}
}

// The table by process and by path, with percentiles and the histogram.
func TestSummaryBy(t *testing.T) {
	for _, row := range []struct {
		name string
		o    Options
		want string
	}{
		{"process", Options{By: ByProcess, Columns: []string{"p50", "max-us", "calls", "errors", "name"}, Sort: "name"}, `
  p50 us    max us     calls    errors process
-------- --------- --------- --------- ----------------
    2000      2000         1         1 a "b" (12)
    1015      2000         4         2 sh (10)
-------- --------- --------- --------- ----------------
    1015      2000         5         3 total
`},
		{"path", Options{By: ByPath, Columns: []string{"calls", "name"}, Sort: "calls"}, `
    calls path
--------- ----------------
        3 (none)
        1 /etc/x
        1 /lib/a.so
--------- ----------------
        5 total
`},
		{"histogram", Options{Histogram: true, Columns: []string{"calls", "name"}, Sort: "name"}, `
    calls syscall
--------- ----------------
        1 fork
        1 openat
        1 pause
        1 read
        1 syscall_0x3e8
--------- ----------------
        5 total

fork
    524us ..  1.05ms         1 |########################################

openat
    524us ..  1.05ms         1 |########################################

pause
   1.05ms ..  2.10ms         1 |########################################

read
   1.05ms ..  2.10ms         1 |########################################

syscall_0x3e8
      0ns ..     1ns         1 |########################################

total
`},
	} {
		t.Run(row.name, func(t *testing.T) {
			var out buffer
			row.o.Summary, row.o.Comm, row.o.NoAttach = OnlySummary, names, true
			row.o.Links = func(_ int, fd int32) string { return map[int32]string{3: "/etc/x"}[fd] }
			eventStory(t, New(&out, abi.Linux, row.o))
			got := "\n" + out.String()
			if row.name == "histogram" { // the total's lines are counted below
				head, total, _ := strings.Cut(got, "\ntotal\n")
				if n := strings.Count(total, "\n"); n < 12 || !strings.Contains(total, "         2 |####") {
					t.Errorf("the histogram of all is\n%s", total)
				}
				got = head + "\ntotal\n"
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
