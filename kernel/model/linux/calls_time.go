package linux

// Clocks, sleeping, and interval timers.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"math"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{"nanosleep", sysNanosleep}, {"clock_nanosleep", sysClockNanosleep}, {"clock_gettime", sysClockGettime},
		{"clock_getres", sysClockGetres}, {"gettimeofday", sysGettimeofday}, {"time", sysTime}, {"alarm", calls.Alarm},
		{"setitimer", calls.Setitimer}, {"getitimer", calls.Getitimer}})
}

// Clocks (clock_gettime(2)).
const (
	clockRealtime       = 0
	clockMonotonic      = 1
	clockProcess        = 2
	clockThread         = 3
	clockMonotonicRaw   = 4
	clockRealtimeCoarse = 5
	clockCoarse         = 6
	clockBoottime       = 7
	clockRealtimeAlarm  = 8
	clockBoottimeAlarm  = 9
	clockTAI            = 11
)

// readClock is a clock's time in ns. EINVAL: there is no such clock.
func readClock(t *kern.Thread, clock int) (int64, errno.Errno) {
	switch clock {
	case clockRealtime, clockRealtimeCoarse, clockRealtimeAlarm, clockTAI:
		return realTime(t.M.Now()), errno.OK
	case clockMonotonic, clockMonotonicRaw, clockCoarse, clockBoottime, clockBoottimeAlarm:
		return t.M.Now(), errno.OK
	case clockProcess:
		return t.Proc.Usage.User + t.Proc.Usage.System, errno.OK
	case clockThread:
		return t.Usage.User + t.Usage.System, errno.OK
	}
	if clock >= 0 {
		return 0, errno.EINVAL
	}
	return otherClock(t, clock)
}

// otherClock is a clock of another process or thread: its id, and in three bits what for
// (clock_getcpuclockid(3)).
func otherClock(t *kern.Thread, clock int) (int64, errno.Errno) {
	const perThread, scheduler = 4, 2
	id, kind := ^(clock >> 3), clock&3
	if kind > scheduler {
		return 0, errno.EINVAL
	}
	u := t.Proc.Usage
	switch {
	case clock&perThread != 0:
		o := t
		if id != 0 {
			o = t.M.Thread(id)
		}
		if o == nil || o.Proc != t.Proc {
			return 0, errno.EINVAL
		}
		u = o.Usage
	default:
		p := procAt(t, uint64(id))
		if p == nil {
			return 0, errno.EINVAL
		}
		u = p.Usage
	}
	return u.User + u.System, errno.OK
}

func sysClockGettime(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	now, e := readClock(t, integer(a[0]))
	if e != errno.OK {
		return 0, e
	}
	return 0, putTimespec(t, a[1], now)
}

func sysClockGetres(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if _, e := readClock(t, integer(a[0])); e != errno.OK {
		return 0, e
	}
	res := int64(1)
	if c := integer(a[0]); c == clockCoarse || c == clockRealtimeCoarse {
		res = 4_000_000
	}
	if a[1] == 0 {
		return 0, errno.OK
	}
	return 0, putTimespec(t, a[1], res)
}

func sysGettimeofday(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[0] != 0 {
		if e := putTimeval(t, a[0], realTime(t.M.Now())); e != errno.OK {
			return 0, e
		}
	}
	if a[1] != 0 { // struct timezone: UTC
		return 0, t.PutWord(a[1], 0)
	}
	return 0, errno.OK
}

func sysTime(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	now := uint64(realTime(t.M.Now()) / second)
	if a[0] != 0 {
		return now, t.PutWord(a[0], now)
	}
	return now, errno.OK
}

func sysNanosleep(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	ns, e := timespec(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	return sleepUntil(t, after(t, ns), a[1])
}

// sleepUntil sleeps, and if a signal comes tells what is left; without a handler it goes on.
func sleepUntil(t *kern.Thread, until int64, left uint64) (uint64, errno.Errno) {
	for {
		switch t.Sleep("nanosleep", until) {
		case errno.ETIMEDOUT:
			return 0, errno.OK
		case errno.EINTR:
			if left != 0 {
				if e := putTimespec(t, left, max(until-t.M.Now(), 0)); e != errno.OK {
					return 0, e
				}
			}
			taskOf(t).restart = func(t *kern.Thread) (uint64, errno.Errno) { return sleepUntil(t, until, left) }
			return 0, errno.ERESTARTBLOCK
		}
	}
}

func sysClockNanosleep(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const absolute = 1
	clock := integer(a[0])
	switch clock {
	case clockRealtime, clockMonotonic, clockBoottime, clockTAI:
	case clockProcess:
		t.M.NotModeled(t, "clock_nanosleep on a processor's time")
		return 0, errno.EOPNOTSUPP
	case clockRealtimeAlarm, clockBoottimeAlarm, clockMonotonicRaw, clockRealtimeCoarse, clockCoarse:
		return 0, errno.EOPNOTSUPP
	default:
		return 0, errno.EINVAL
	}
	ns, e := timespec(t, a[2])
	if e != errno.OK {
		return 0, e
	}
	if a[1]&absolute == 0 {
		return sleepUntil(t, after(t, ns), a[3])
	}
	if clock == clockRealtime || clock == clockTAI {
		ns -= bootedAt * second
	}
	for {
		switch t.Sleep("nanosleep", max(ns, 1)) {
		case errno.ETIMEDOUT:
			return 0, errno.OK
		case errno.EINTR:
			return 0, errno.ERESTARTNOHAND // the same call again does it
		}
	}
}

// far is a duration that nothing outlasts.
const far = math.MaxInt64 / 2
