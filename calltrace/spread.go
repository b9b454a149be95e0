package calltrace

import (
	"maps"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"
)

// How durations spread, in memory that does not grow with their number: a count for each
// sixteenth of a power of two of nanoseconds, so that a percentile is right to one part in
// sixteen, as in HdrHistogram.

const (
	stepBits = 4 // sixteenths
	steps    = 1 << stepBits
)

// Spread is the counts of durations, by step. Most rows of a summary have few.
type Spread struct {
	n      int64
	counts map[int]int64
}

// stepOf is the index of a duration's count: below 16 ns each has its own.
func stepOf(d time.Duration) int {
	v := uint64(max(0, d))
	if v < steps {
		return int(v)
	}
	shift := bits.Len64(v) - 1 - stepBits
	return (shift+1)*steps + int(v>>shift)&(steps-1)
}

// stepEnd is the longest duration that a count is of.
func stepEnd(i int) time.Duration {
	if i < steps {
		return time.Duration(i)
	}
	shift := i/steps - 1
	return time.Duration((uint64(i&(steps-1)|steps)+1)<<shift - 1)
}

// Add counts a duration.
func (s *Spread) Add(d time.Duration) {
	if s.counts == nil {
		s.counts = map[int]int64{}
	}
	s.n++
	s.counts[stepOf(d)]++
}

// Percentile is a duration that a part of all, 0 to 1, do not exceed.
func (s *Spread) Percentile(part float64) time.Duration {
	if s == nil || s.n == 0 {
		return 0
	}
	left := int64(part*float64(s.n) + 0.9999999)
	for _, i := range slices.Sorted(maps.Keys(s.counts)) {
		if left -= s.counts[i]; left <= 0 {
			return stepEnd(i)
		}
	}
	return 0
}

// Powers are the counts by powers of two: [i] is of durations below 1<<i ns that [i-1] is not of.
func (s *Spread) Powers() (counts [65]int64) {
	for i, n := range s.counts {
		counts[bits.Len64(uint64(stepEnd(i)))] += n
	}
	return counts
}

const barWidth = 40

// histogram appends a line for each power of two between the shortest and the longest.
func (s *Spread) histogram(b []byte) []byte {
	powers := s.Powers()
	first, last, most := len(powers), -1, int64(0)
	for p, n := range powers {
		if n > 0 {
			first, last, most = min(first, p), p, max(most, n)
		}
	}
	for p := first; p <= last; p++ {
		low := time.Duration(0)
		if p > 0 {
			low = time.Duration(1) << (p - 1)
		}
		b = append(padText(append(b, "  "...), about(low), 7), " .. "...)
		b = append(padText(b, about(time.Duration(1)<<p), 7), ' ')
		b = padText(b, strconv.FormatInt(powers[p], 10), 9)
		b = append(append(b, " |"...), strings.Repeat("#", int((powers[p]*barWidth+most-1)/most))...)
		b = append(b, '\n')
	}
	return b
}

// about is a duration in three digits.
func about(d time.Duration) string {
	for _, unit := range []struct {
		d    time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "us"}} {
		if d >= unit.d {
			v := float64(d) / float64(unit.d)
			digits := 2
			if v >= 10 {
				digits = 1
			}
			if v >= 100 {
				digits = 0
			}
			return strconv.FormatFloat(v, 'f', digits, 64) + unit.name
		}
	}
	return strconv.FormatInt(int64(d), 10) + "ns"
}
