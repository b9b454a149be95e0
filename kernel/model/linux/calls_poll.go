package linux

// Waiting for several files: poll(2), select(2) and their variants with a signal mask.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"math/bits"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{"poll", sysPoll}, {"ppoll", sysPpoll}, {"select", sysSelect}, {"pselect6", sysPselect6}})
}

func sysPoll(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	s, e := pollSetAt(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	return pollUntil(t, s, calls.PollUntil(t, a[2]))
}

// pollUntil goes on after a signal without handler with the time that is left.
func pollUntil(t *kern.Thread, s *calls.PollSet, until int64) (uint64, errno.Errno) {
	n, e := s.Run(t, until)
	if e == errno.EINTR {
		taskOf(t).restart = func(t *kern.Thread) (uint64, errno.Errno) { return pollUntil(t, s, until) }
		return 0, errno.ERESTARTBLOCK
	}
	return n, e
}

// masked runs a call with the signal mask at an address in place, if there is one.
func masked(t *kern.Thread, addr, size uint64, do func() (uint64, errno.Errno)) (uint64, errno.Errno) {
	if addr != 0 {
		if size != sigsetSize {
			return 0, errno.EINVAL
		}
		mask, e := t.Word(addr)
		if e != errno.OK {
			return 0, e
		}
		t.Suspend(kern.Sigset{mask})
	}
	n, e := do()
	if e == errno.EINTR {
		return n, errno.ERESTARTNOHAND // the mask comes back after the handler
	}
	if addr != 0 {
		t.Unsuspend()
	}
	return n, e
}

// tellLeft writes what is left of a timeout. That it cannot is no error.
func tellLeft(t *kern.Thread, addr uint64, until int64, put func(*kern.Thread, uint64, int64) errno.Errno) {
	if addr != 0 {
		put(t, addr, max(until-t.M.Now(), 0))
	}
}

func sysPpoll(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	until, e := timeout(t, a[2])
	if e != errno.OK {
		return 0, e
	}
	n, e := masked(t, a[3], a[4], func() (uint64, errno.Errno) {
		s, e := pollSetAt(t, a[0], a[1])
		if e != errno.OK {
			return 0, e
		}
		return s.Run(t, until)
	})
	tellLeft(t, a[2], until, putTimespec)
	return n, e
}

// selectSets are select's three sets: what is asked for, and what is found.
type selectSets struct {
	n     int
	addr  [3]uint64
	asked [3][]byte
	found [3][]byte
}

// selectEvents are what each set asks for.
var selectEvents = [3]uint16{pollIn | pollRdNorm | pollHup | pollErr, pollOut | pollWrNorm | pollErr, pollPri}

func selectSetsAt(t *kern.Thread, a *[6]uint64) (*selectSets, errno.Errno) {
	s := &selectSets{n: integer(a[0]), addr: [3]uint64{a[1], a[2], a[3]}}
	if s.n < 0 {
		return nil, errno.EINVAL
	}
	s.n = min(s.n, max(t.Proc.Files.Limit(), 0))
	size := (s.n + 63) / 64 * 8
	for i, addr := range s.addr {
		s.asked[i] = make([]byte, size)
		if addr == 0 {
			continue
		}
		if e := t.CopyIn(addr, s.asked[i]); e != errno.OK {
			return nil, e
		}
	}
	return s, s.check(t)
}

// each calls f with each descriptor that is in one of the sets.
func (s *selectSets) each(f func(fd, at int, bit byte)) {
	for at := range s.asked[0] {
		for any := s.asked[0][at] | s.asked[1][at] | s.asked[2][at]; any != 0; any &= any - 1 {
			i := bits.TrailingZeros8(any)
			if fd := 8*at + i; fd < s.n {
				f(fd, at, 1<<i)
			}
		}
	}
}

// check is EBADF for a descriptor that is not open.
func (s *selectSets) check(t *kern.Thread) (bad errno.Errno) {
	s.each(func(fd, _ int, _ byte) {
		if f, e := t.Proc.Files.Get(fd); e != errno.OK || f.Flags()&fs.OPath != 0 {
			bad = errno.EBADF
		}
	})
	return bad
}

func (s *selectSets) scan(t *kern.Thread) func(see func(*fs.File)) int {
	return func(see func(*fs.File)) int {
		n := 0
		for i := range s.found {
			s.found[i] = make([]byte, len(s.asked[i]))
		}
		s.each(func(fd, at int, bit byte) {
			f, e := t.Proc.Files.Get(fd)
			if e != errno.OK { // closed meanwhile
				return
			}
			see(f)
			events := eventsOf(f)
			for i := range s.asked {
				if s.asked[i][at]&bit != 0 && events&selectEvents[i] != 0 {
					s.found[i][at] |= bit
					n++
				}
			}
		})
		return n
	}
}

func (s *selectSets) run(t *kern.Thread, until int64) (uint64, errno.Errno) {
	n, e := watch(t, until, s.scan(t))
	if e != errno.OK {
		return 0, e
	}
	for i, addr := range s.addr {
		if addr != 0 {
			if e := t.CopyOut(addr, s.found[i]); e != errno.OK {
				return 0, e
			}
		}
	}
	return uint64(n), errno.OK
}

func sysSelect(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	until, e := selectTimeout(t, a[4])
	if e != errno.OK {
		return 0, e
	}
	s, e := selectSetsAt(t, a)
	if e != errno.OK {
		return 0, e
	}
	n, e := s.run(t, until)
	tellLeft(t, a[4], until, putTimeval)
	if e == errno.EINTR {
		e = errno.ERESTARTNOHAND
	}
	return n, e
}

// selectTimeout is the deadline by a struct timeval; microseconds may be more than a second.
func selectTimeout(t *kern.Thread, addr uint64) (int64, errno.Errno) {
	if addr == 0 {
		return 0, errno.OK
	}
	var b [16]byte
	if e := t.CopyIn(addr, b[:]); e != errno.OK {
		return 0, e
	}
	sec, us := int64(le.Uint64(b[:])), int64(le.Uint64(b[8:]))
	if sec < 0 || us < 0 {
		return 0, errno.EINVAL
	}
	const most = 1 << 32 // seconds: never
	if sec = min(sec, most) + min(us/1_000_000, most); sec >= most {
		return after(t, most*second), errno.OK
	}
	return after(t, sec*second+us%1_000_000*1000), errno.OK
}

func sysPselect6(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	until, e := timeout(t, a[4])
	if e != errno.OK {
		return 0, e
	}
	var mask, size uint64
	if a[5] != 0 {
		if mask, e = t.Word(a[5]); e == errno.OK {
			size, e = t.Word(a[5] + 8)
		}
		if e != errno.OK {
			return 0, e
		}
	}
	n, e := masked(t, mask, size, func() (uint64, errno.Errno) {
		s, e := selectSetsAt(t, a)
		if e != errno.OK {
			return 0, e
		}
		return s.run(t, until)
	})
	tellLeft(t, a[4], until, putTimespec)
	return n, e
}
