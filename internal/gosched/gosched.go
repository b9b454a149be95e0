// Package gosched keeps Go's scheduler from watching a thread that traces.
//
// Such a thread belongs to one goroutine and spends its life in short waits: it blocks, is
// served for a few microseconds, and blocks again, some ten thousand times a second. Go's
// monitor takes that for a call that may last, and tries to give what the thread holds to
// others; while it does that it wakes every 20 us. On one processor each time costs the
// traced program two context switches. The facts are those of runtime/proc.go (retake, sysmon) of Go 1.26.
package gosched

import (
	"os"
	"runtime"
	"time"
)

// SpareProcessor sees to it that the scheduler always has a processor (a P, which GOMAXPROCS counts)
// that it does not use. Where it has none, the monitor takes that of a thread which is in a system
// call for more than 20 us. A GOMAXPROCS of the environment is left as it is.
func SpareProcessor() {
	const enough = 4 // the engine, what writes, what collects garbage
	if runtime.GOMAXPROCS(0) < enough && os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(enough)
	}
}

// A Turn is what the scheduler thinks a goroutine has without a pause: from 10 ms on it takes the
// processor away at every system call. The zero Turn has just begun.
type Turn struct {
	calls int
	began time.Time
}

const (
	turn = 8 * time.Millisecond
	look = 32 // calls between two looks at the clock
)

// Call is to be called before each call that blocks; it starts a new turn when it is time to.
func (t *Turn) Call() {
	if t.calls++; t.calls%look != 0 {
		return
	}
	if now := time.Now(); now.Sub(t.began) >= turn {
		runtime.Gosched()
		t.began = now
	}
}

// End has the next Call start a new turn.
func (t *Turn) End() { t.calls, t.began = look-1, time.Time{} }
