package linux

// What handlers of system calls share. The calls themselves are in the files calls_*.go, one
// row each, by subject.

import (
	"math"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// nothing is a call whose effect nobody can see here.
func nothing(*kern.Thread, *[6]uint64) (uint64, errno.Errno) { return 0, errno.OK }

// refuse is a call that always fails.
func refuse(e errno.Errno) call {
	return func(*kern.Thread, *[6]uint64) (uint64, errno.Errno) { return 0, e }
}

// word32 reads a 32-bit word of the program's.
func word32(t *kern.Thread, addr uint64) (uint32, errno.Errno) {
	var b [4]byte
	e := t.CopyIn(addr, b[:])
	return le.Uint32(b[:]), e
}

// bootedAt is CLOCK_REALTIME when the machine was made, in seconds. It is before the epoch of
// every file that a host lends.
const bootedAt = 1_700_000_000

const second = 1_000_000_000

// realTime is the time of day for a modeled time, both in ns.
func realTime(now int64) int64 { return now + bootedAt*second }

// after is the modeled time so many ns from now; what is too far away is never.
func after(t *kern.Thread, ns int64) int64 {
	if now := t.M.Now(); ns <= math.MaxInt64-now {
		return max(now+ns, 1)
	}
	return math.MaxInt64
}

// timespec reads a struct timespec, in ns, or more of it than fits. EINVAL: it is none.
func timespec(t *kern.Thread, addr uint64) (int64, errno.Errno) {
	return timeAt(t, addr, 1)
}

// timeval is timespec with microseconds.
func timeval(t *kern.Thread, addr uint64) (int64, errno.Errno) {
	return timeAt(t, addr, 1000)
}

func timeAt(t *kern.Thread, addr uint64, unit int64) (int64, errno.Errno) {
	var b [16]byte
	if e := t.CopyIn(addr, b[:]); e != errno.OK {
		return 0, e
	}
	sec, part := int64(le.Uint64(b[:])), int64(le.Uint64(b[8:]))
	if sec < 0 || part < 0 || part >= second/unit {
		return 0, errno.EINVAL
	}
	if sec > math.MaxInt64/second-1 {
		return math.MaxInt64, errno.OK
	}
	return sec*second + part*unit, errno.OK
}

// putTimespec writes a struct timespec.
func putTimespec(t *kern.Thread, addr uint64, ns int64) errno.Errno {
	return t.CopyOut(addr, timespecBytes(ns))
}

func timespecBytes(ns int64) []byte {
	b := le.AppendUint64(nil, uint64(ns/second))
	return le.AppendUint64(b, uint64(ns%second))
}

// putTimeval writes a struct timeval.
func putTimeval(t *kern.Thread, addr uint64, ns int64) errno.Errno {
	return t.CopyOut(addr, timevalBytes(ns))
}

func timevalBytes(ns int64) []byte {
	b := le.AppendUint64(nil, uint64(ns/second))
	return le.AppendUint64(b, uint64(ns%second/1000))
}

// timeout is the deadline of a call by its relative timespec, 0 (never) for a null pointer.
func timeout(t *kern.Thread, addr uint64) (int64, errno.Errno) {
	if addr == 0 {
		return 0, errno.OK
	}
	ns, e := timespec(t, addr)
	return after(t, ns), e
}
