package svr4

// Clocks, timers, sleeping.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/svr4/nr"
)

func init() {
	register(map[int]calls.Call{
		nr.Time: sysTime, nr.Gettimeofday: sysGettimeofday, nr.ClockGettime: sysClockGettime, nr.Nanosleep: sysNanosleep,
		nr.Alarm: calls.Alarm, nr.Getitimer: calls.Getitimer, nr.Setitimer: calls.Setitimer,
	})
}

const second = calls.Second

// timeOfDay is it, in ns.
func timeOfDay(t *kern.Thread) int64 { return t.M.Now() + bootedAt*second }

func sysTime(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	return uint64(timeOfDay(t) / second), errno.OK
}

func sysGettimeofday(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[0] == 0 {
		return 0, errno.OK
	}
	return 0, calls.PutTimeval(t, a[0], timeOfDay(t))
}

// sysClockGettime has illumos' clocks (sys/time_impl.h).
func sysClockGettime(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const virtual, thread, realtime, monotonic, process = 1, 2, 3, 4, 5
	var ns int64
	switch calls.Integer(a[0]) {
	case virtual:
		ns = t.Usage.User
	case thread:
		ns = t.Usage.User + t.Usage.System
	case 0, realtime:
		ns = timeOfDay(t)
	case monotonic:
		ns = t.M.Now()
	case process:
		ns = t.Proc.Usage.User + t.Proc.Usage.System
	default:
		return 0, errno.EINVAL
	}
	return 0, calls.PutTimespec(t, a[1], ns)
}

// sysNanosleep is nanosleep(2): how long, and where what is left is put when a signal ends it.
func sysNanosleep(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	ns, e := calls.Timespec(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	until := calls.After(t, ns)
	for {
		switch t.Sleep("nanosleep", until) {
		case errno.ETIMEDOUT:
			return 0, errno.OK
		case errno.EINTR:
			if a[1] != 0 {
				if e := calls.PutTimespec(t, a[1], max(until-t.M.Now(), 0)); e != errno.OK {
					return 0, e
				}
			}
			return 0, errno.EINTR
		}
	}
}
