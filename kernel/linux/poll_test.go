package linux

import "testing"

func TestPolling(t *testing.T) {
	every := func(n int) func(int) bool { return func(i int) bool { return i%n == 0 } }
	always, never := every(1), func(int) bool { return false }
	for _, tc := range []struct {
		name           string
		stop, preempts func(wait int) bool
		least, most    int // tries in 10,000 waits
	}{
		{"the next stop is near", always, never, 10000, 10000},
		{"a call in eight sleeps", func(i int) bool { return i%8 != 0 }, never, 6000, 10000},
		{"every other call sleeps", every(2), never, 5, 500},
		{"all calls sleep", never, never, 5, 50},
		{"one processor", always, always, 5, 50},
		{"a busy processor", always, every(2), 5, 500},
		{"a processor that is wanted at times", always, every(50), 8000, 10000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var p polling
			preemptions, tries := int64(0), 0
			for i := range 10000 {
				if !p.due() {
					continue
				}
				tries++
				if tc.preempts(i) {
					preemptions++
				}
				p.tried(tc.stop(i), preemptions)
			}
			if tries < tc.least || tries > tc.most {
				t.Errorf("%d tries, want %d to %d", tries, tc.least, tc.most)
			}
		})
	}
}

// Calls that sleep are forgotten soon when the program makes others.
func TestPollingBeginsAgain(t *testing.T) {
	var p polling
	for range 100_000 {
		if p.due() {
			p.tried(false, 0)
		}
	}
	waits := 0
	for ; p.losses > 0 && waits < 5000; waits++ {
		if p.due() {
			p.tried(true, 0)
		}
	}
	if waits > 1100 {
		t.Errorf("polls again after %d waits", waits)
	}
}
