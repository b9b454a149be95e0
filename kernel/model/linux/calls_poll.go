package linux

// Waiting for several files: poll(2), select(2) and their variants with a signal mask.

import (
	"math/bits"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/sleep"
)

func init() {
	register([]row{{"poll", sysPoll}, {"ppoll", sysPpoll}, {"select", sysSelect}, {"pselect6", sysPselect6}})
}

// Events of poll(2).
const (
	pollIn     = 1
	pollPri    = 2
	pollOut    = 4
	pollErr    = 8
	pollHup    = 0x10
	pollNval   = 0x20
	pollRdNorm = 0x40
	pollWrNorm = 0x100

	pollfdSize = 8
)

// readyEvents are the events that a readiness is.
var readyEvents = []struct {
	ready  fs.Ready
	events uint16
}{{fs.In, pollIn | pollRdNorm}, {fs.Out, pollOut | pollWrNorm}, {fs.Pri, pollPri}, {fs.Err, pollErr}, {fs.Hup, pollHup}}

// eventsOf is what is ready of a file.
func eventsOf(f *fs.File) (events uint16) {
	r := f.Poll()
	for _, row := range readyEvents {
		if r&row.ready != 0 {
			events |= row.events
		}
	}
	return events
}

// watch sleeps until scan, which looks at files, finds something. It gives the files to watch
// to see. EINTR, or errno.OK with 0 when the time has come.
func watch(t *kern.Thread, until int64, scan func(see func(*fs.File)) int) (int, errno.Errno) {
	for {
		var queues []*sleep.Queue
		n := scan(func(f *fs.File) {
			for _, q := range []*sleep.Queue{f.ReadQueue(), f.WriteQueue()} {
				if q != nil {
					queues = append(queues, q)
				}
			}
		})
		if n > 0 {
			return n, errno.OK
		}
		switch t.Sleep("poll", until, queues...) {
		case errno.EINTR:
			return 0, errno.EINTR
		case errno.ETIMEDOUT:
			return scan(func(*fs.File) {}), errno.OK
		}
	}
}

// pollSet is poll's array.
type pollSet struct {
	addr uint64
	b    []byte
}

func pollSetAt(t *kern.Thread, addr, n uint64) (*pollSet, errno.Errno) {
	if n = uint64(uint32(n)); n > min(t.Proc.Limits[kern.LimitFiles].Cur, 1<<20) {
		return nil, errno.EINVAL
	}
	s := &pollSet{addr: addr, b: make([]byte, n*pollfdSize)}
	return s, t.CopyIn(addr, s.b)
}

// scan fills revents in, and is how many are not 0.
func (s *pollSet) scan(t *kern.Thread) func(see func(*fs.File)) int {
	return func(see func(*fs.File)) int {
		n := 0
		for b := s.b; len(b) > 0; b = b[pollfdSize:] {
			revents := uint16(0)
			if fd := int(int32(le.Uint32(b))); fd >= 0 {
				if f, e := t.Proc.Files.Get(fd); e != errno.OK || f.Flags()&fs.OPath != 0 {
					revents = pollNval
				} else {
					revents = eventsOf(f) & (le.Uint16(b[4:]) | pollErr | pollHup)
					see(f)
				}
			}
			if le.PutUint16(b[6:], revents); revents != 0 {
				n++
			}
		}
		return n
	}
}

// finish writes revents, and only these.
func (s *pollSet) finish(t *kern.Thread) errno.Errno {
	for i := 0; i < len(s.b); i += pollfdSize {
		if e := t.CopyOut(s.addr+uint64(i)+6, s.b[i+6:i+8]); e != errno.OK {
			return e
		}
	}
	return errno.OK
}

func (s *pollSet) run(t *kern.Thread, until int64) (uint64, errno.Errno) {
	n, e := watch(t, until, s.scan(t))
	if e != errno.OK {
		return 0, e
	}
	return uint64(n), s.finish(t)
}

func sysPoll(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	s, e := pollSetAt(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	until := int64(0)
	if ms := integer(a[2]); ms >= 0 {
		until = after(t, int64(ms)*1_000_000)
	}
	return s.pollUntil(t, until)
}

// pollUntil goes on after a signal without handler with the time that is left.
func (s *pollSet) pollUntil(t *kern.Thread, until int64) (uint64, errno.Errno) {
	n, e := s.run(t, until)
	if e == errno.EINTR {
		taskOf(t).restart = func(t *kern.Thread) (uint64, errno.Errno) { return s.pollUntil(t, until) }
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
		return s.run(t, until)
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
