package linux

// Timers of POSIX: timer_create(2) and its family.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{"timer_create", sysTimerCreate}, {"timer_settime", sysTimerSettime}, {"timer_gettime", sysTimerGettime},
		{"timer_getoverrun", sysTimerGetoverrun}, {"timer_delete", sysTimerDelete}})
}

// posixTimer is a timer of a process.
type posixTimer struct {
	m        *kern.Machine
	p        *kern.Proc
	to       *kern.Thread // SIGEV_THREAD_ID; nil: the process
	id       int32
	clock    int
	sig      int // 0: SIGEV_NONE
	value    uint64
	interval int64
	callout  *kern.Callout
	overrun  int // of the signal that was delivered last
	missed   int // since the one that is pending was sent
}

// maxTimers bounds a process's timers (RLIMIT_SIGPENDING does on Linux).
const maxTimers = 1024

// procData is what a process has of Linux's own.
type procData struct {
	timers []*posixTimer
	next   int32
}

// dataOf is the process's.
func dataOf(p *kern.Proc) *procData {
	d, _ := p.Private.(*procData)
	if d == nil {
		d = &procData{}
		p.Private = d
	}
	return d
}

func timerAt(t *kern.Thread, id uint64) (*posixTimer, errno.Errno) {
	for _, tm := range dataOf(t.Proc).timers {
		if tm.id == int32(id) {
			return tm, errno.OK
		}
	}
	return nil, errno.EINVAL
}

// Offsets in struct sigevent (sigevent(7)), and notifications.
const (
	sevValue    = 0
	sevSigno    = 8
	sevNotify   = 12
	sevThread   = 16
	sevLength   = 64
	sigevSignal = 0
	sigevNone   = 1
	sigevThread = 2
	sigevTID    = 4
)

func sysTimerCreate(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	d := dataOf(t.Proc)
	tm := &posixTimer{m: t.M, p: t.Proc, clock: integer(a[0]), sig: System.Sig.ALRM, id: d.next}
	switch tm.clock {
	case clockRealtime, clockMonotonic, clockBoottime, clockTAI:
	case clockProcess, clockThread:
		t.M.NotModeled(t, "timer_create on a processor's time")
		return 0, errno.EOPNOTSUPP
	default:
		return 0, errno.EINVAL
	}
	tm.value = uint64(tm.id)
	if a[1] != 0 {
		if e := tm.notify(t, a[1]); e != errno.OK {
			return 0, e
		}
	}
	if len(d.timers) >= maxTimers {
		return 0, errno.EAGAIN
	}
	if e := t.Put32(a[2], uint32(tm.id)); e != errno.OK {
		return 0, e
	}
	d.next = (d.next + 1) & (1<<31 - 1)
	d.timers = append(d.timers, tm)
	return 0, errno.OK
}

// notify reads a struct sigevent.
func (tm *posixTimer) notify(t *kern.Thread, addr uint64) errno.Errno {
	b := make([]byte, sevLength)
	if e := t.CopyIn(addr, b); e != errno.OK {
		return e
	}
	tm.value, tm.sig = le.Uint64(b[sevValue:]), int(int32(le.Uint32(b[sevSigno:])))
	switch le.Uint32(b[sevNotify:]) {
	case sigevSignal, sigevThread:
	case sigevNone:
		tm.sig = 0
		return errno.OK
	case sigevSignal | sigevTID:
		tm.to = t.M.Thread(int(int32(le.Uint32(b[sevThread:]))))
		if tm.to == nil || tm.to.Proc != t.Proc {
			return errno.EINVAL
		}
	default:
		return errno.EINVAL
	}
	if !System.Sig.Valid(tm.sig) {
		return errno.EINVAL
	}
	return errno.OK
}

// fire sends the signal; if it is pending still, that is an overrun.
func (tm *posixTimer) fire() {
	if tm.interval > 0 {
		tm.callout = tm.m.CallAt(tm.m.Now()+tm.interval, tm.fire)
	}
	if tm.sig == 0 {
		return
	}
	q := &tm.p.Pending
	if tm.to != nil {
		q = &tm.to.Pending
	}
	for i := range q.List() {
		if info := &q.List()[i]; info.Origin == kern.FromTimer && info.PID == int(tm.id) && info.Signo == tm.sig {
			tm.missed++
			info.Overrun = tm.missed
			tm.overrun = tm.missed
			return
		}
	}
	tm.missed, tm.overrun = 0, 0
	info := kern.SigInfo{Signo: tm.sig, Origin: kern.FromTimer, PID: int(tm.id), Value: tm.value}
	if tm.to != nil {
		tm.m.PostThread(tm.to, info)
	} else {
		tm.m.Post(tm.p, info)
	}
}

// left is until it fires, 0 if it does not.
func (tm *posixTimer) left() int64 {
	if !tm.callout.Pending() {
		return 0
	}
	return max(tm.callout.At-tm.m.Now(), 1)
}

func sysTimerSettime(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const absolute = 1
	if a[2] == 0 {
		return 0, errno.EINVAL
	}
	interval, e := timespec(t, a[2])
	if e != errno.OK {
		return 0, e
	}
	value, e := timespec(t, a[2]+16)
	if e != errno.OK {
		return 0, e
	}
	tm, e := timerAt(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	old := append(timespecBytes(tm.interval), timespecBytes(tm.left())...)
	t.M.Cancel(tm.callout)
	tm.callout, tm.interval = nil, min(interval, far)
	if value != 0 {
		at := after(t, value)
		if a[1]&absolute != 0 {
			at = value
			if tm.clock == clockRealtime || tm.clock == clockTAI {
				at = max(value-bootedAt*second, 1)
			}
		}
		tm.callout = t.M.CallAt(at, tm.fire)
	}
	if a[3] == 0 {
		return 0, errno.OK
	}
	return 0, t.CopyOut(a[3], old)
}

func sysTimerGettime(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	tm, e := timerAt(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	return 0, t.CopyOut(a[1], append(timespecBytes(tm.interval), timespecBytes(tm.left())...))
}

func sysTimerGetoverrun(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	tm, e := timerAt(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	return uint64(tm.overrun), errno.OK
}

func sysTimerDelete(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	tm, e := timerAt(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	t.M.Cancel(tm.callout)
	d := dataOf(t.Proc)
	d.timers = slices.DeleteFunc(d.timers, func(x *posixTimer) bool { return x == tm })
	return 0, errno.OK
}

// deleteTimers ends the timers of a process that executes another program or ends.
func deleteTimers(p *kern.Proc) {
	d := dataOf(p)
	for _, tm := range d.timers {
		p.M.Cancel(tm.callout)
	}
	*d = procData{}
}
