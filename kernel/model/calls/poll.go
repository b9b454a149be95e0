package calls

// Waiting for several files.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/sleep"
)

// Events of poll(2).
const (
	PollIn     = 1
	PollPri    = 2
	PollOut    = 4
	PollErr    = 8
	PollHup    = 0x10
	pollNval   = 0x20
	PollRdNorm = 0x40
	PollWrNorm = 0x100

	pollfdSize = 8
)

// readyEvents are the events that a readiness is.
var readyEvents = []struct {
	ready  fs.Ready
	events uint16
}{{fs.In, PollIn | PollRdNorm}, {fs.Out, PollOut | PollWrNorm}, {fs.Pri, PollPri}, {fs.Err, PollErr}, {fs.Hup, PollHup}}

// EventsOf is what is ready of a file.
func EventsOf(f *fs.File) (events uint16) {
	r := f.Poll()
	for _, row := range readyEvents {
		if r&row.ready != 0 {
			events |= row.events
		}
	}
	return events
}

// Watch sleeps until scan, which looks at files, finds something. It gives the files to watch
// to see. EINTR, or errno.OK with 0 when the time has come.
func Watch(t *kern.Thread, until int64, scan func(see func(*fs.File)) int) (int, errno.Errno) {
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

// PollSet is poll's array.
type PollSet struct {
	addr uint64
	b    []byte
}

// PollSetAt reads the array.
func PollSetAt(t *kern.Thread, addr, n uint64) (*PollSet, errno.Errno) {
	if n = uint64(uint32(n)); n > min(t.Proc.Limits[kern.LimitFiles].Cur, 1<<20) {
		return nil, errno.EINVAL
	}
	s := &PollSet{addr: addr, b: make([]byte, n*pollfdSize)}
	return s, t.CopyIn(addr, s.b)
}

// scan fills revents in, and is how many are not 0.
func (s *PollSet) scan(t *kern.Thread) func(see func(*fs.File)) int {
	return func(see func(*fs.File)) int {
		n := 0
		for b := s.b; len(b) > 0; b = b[pollfdSize:] {
			revents := uint16(0)
			if fd := int(int32(le.Uint32(b))); fd >= 0 {
				if f, e := t.Proc.Files.Get(fd); e != errno.OK || f.Flags()&fs.OPath != 0 {
					revents = pollNval
				} else {
					revents = EventsOf(f) & (le.Uint16(b[4:]) | PollErr | PollHup)
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
func (s *PollSet) finish(t *kern.Thread) errno.Errno {
	for i := 0; i < len(s.b); i += pollfdSize {
		if e := t.CopyOut(s.addr+uint64(i)+6, s.b[i+6:i+8]); e != errno.OK {
			return e
		}
	}
	return errno.OK
}

// Run waits until something is found, the time comes (0: never) or a signal: EINTR.
func (s *PollSet) Run(t *kern.Thread, until int64) (uint64, errno.Errno) {
	n, e := Watch(t, until, s.scan(t))
	if e != errno.OK {
		return 0, e
	}
	return uint64(n), s.finish(t)
}

// Poll is poll(2).
func Poll(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	s, e := PollSetAt(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	return s.Run(t, PollUntil(t, a[2]))
}

// PollUntil is when a timeout of poll(2) is over, in milliseconds from now; 0: never.
func PollUntil(t *kern.Thread, timeout uint64) int64 {
	if ms := Integer(timeout); ms >= 0 {
		return After(t, int64(ms)*1_000_000)
	}
	return 0
}
