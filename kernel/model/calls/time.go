package calls

// Times in memory, and interval timers.

import (
	"math"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// Second is one in ns.
const Second = 1_000_000_000

// After is the modeled time so many ns from now; what is too far away is never.
func After(t *kern.Thread, ns int64) int64 {
	if now := t.M.Now(); ns <= math.MaxInt64-now {
		return max(now+ns, 1)
	}
	return math.MaxInt64
}

// Timespec reads a struct timespec, in ns, or more of it than fits. EINVAL: it is none.
func Timespec(t *kern.Thread, addr uint64) (int64, errno.Errno) {
	return timeAt(t, addr, 1)
}

// Timeval is Timespec of a struct timeval, with microseconds.
func Timeval(t *kern.Thread, addr uint64) (int64, errno.Errno) {
	return timeAt(t, addr, 1000)
}

func timeAt(t *kern.Thread, addr uint64, unit int64) (int64, errno.Errno) {
	var b [16]byte
	if e := t.CopyIn(addr, b[:]); e != errno.OK {
		return 0, e
	}
	sec, part := int64(le.Uint64(b[:])), int64(le.Uint64(b[8:]))
	if sec < 0 || part < 0 || part >= Second/unit {
		return 0, errno.EINVAL
	}
	if sec > math.MaxInt64/Second-1 {
		return math.MaxInt64, errno.OK
	}
	return sec*Second + part*unit, errno.OK
}

// PutTimespec writes a struct timespec.
func PutTimespec(t *kern.Thread, addr uint64, ns int64) errno.Errno {
	return t.CopyOut(addr, TimespecBytes(ns))
}

// TimespecBytes is a struct timespec.
func TimespecBytes(ns int64) []byte {
	b := le.AppendUint64(nil, uint64(ns/Second))
	return le.AppendUint64(b, uint64(ns%Second))
}

// PutTimeval writes a struct timeval.
func PutTimeval(t *kern.Thread, addr uint64, ns int64) errno.Errno {
	return t.CopyOut(addr, TimevalBytes(ns))
}

// TimevalBytes is a struct timeval.
func TimevalBytes(ns int64) []byte {
	b := le.AppendUint64(nil, uint64(ns/Second))
	return le.AppendUint64(b, uint64(ns%Second/1000))
}

// timers are the clocks of setitimer(2), by number.
var timers = []kern.ITimer{kern.RealTimer, kern.VirtualTimer, kern.ProfTimer}

// Alarm is alarm(2).
func Alarm(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	left, _ := t.Proc.Timer(kern.RealTimer)
	t.Proc.SetTimer(kern.RealTimer, int64(uint32(a[0]))*Second, 0)
	secs := (left + Second/2) / Second // rounded, but what runs is never 0
	if left > 0 && secs == 0 {
		secs = 1
	}
	return uint64(secs), errno.OK
}

// Getitimer is getitimer(2).
func Getitimer(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[0] >= uint64(len(timers)) {
		return 0, errno.EINVAL
	}
	return 0, putTimer(t, a[1], timers[a[0]])
}

// putTimer writes a struct itimerval. A timer that runs has a microsecond left at least.
func putTimer(t *kern.Thread, addr uint64, which kern.ITimer) errno.Errno {
	left, interval := t.Proc.Timer(which)
	if left > 0 {
		left = max(left, 1000)
	}
	return t.CopyOut(addr, append(TimevalBytes(interval), TimevalBytes(left)...))
}

// Setitimer is setitimer(2).
func Setitimer(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	interval, left := int64(0), int64(0)
	if a[1] != 0 {
		var e errno.Errno
		if interval, e = Timeval(t, a[1]); e == errno.OK {
			left, e = Timeval(t, a[1]+16)
		}
		if e != errno.OK {
			return 0, e
		}
	}
	if a[0] >= uint64(len(timers)) {
		return 0, errno.EINVAL
	}
	which := timers[a[0]]
	old, oldInterval := t.Proc.Timer(which)
	t.Proc.SetTimer(which, left, interval)
	if a[2] == 0 {
		return 0, errno.OK
	}
	if old > 0 {
		old = max(old, 1000)
	}
	return 0, t.CopyOut(a[2], append(TimevalBytes(oldInterval), TimevalBytes(old)...))
}
