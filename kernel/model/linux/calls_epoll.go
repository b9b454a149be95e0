package linux

// epoll(7): a set of files that is kept between waits, and what has become ready of them.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/sleep"
)

func init() {
	register([]row{{"epoll_create", sysEpollCreate}, {"epoll_create1", sysEpollCreate1}, {"epoll_ctl", sysEpollCtl},
		{"epoll_wait", sysEpollWait}, {"epoll_pwait", sysEpollPwait}, {"epoll_pwait2", sysEpollPwait2}})
}

// From sys/epoll.h.
const (
	epollAdd, epollDel, epollMod = 1, 2, 3

	epollAlways  = calls.PollErr | calls.PollHup // told whether or not they are asked for, but after a one-shot
	epollOneShot = 1 << 30
	epollEdge    = 1 << 31
	epollInput   = 0xffff // the bits that are events

	epollEventSize = 12 // struct epoll_event is packed on x86-64
	maxEpollEvents = 1<<31 - 1
)

// epoll is a set: the Device of its file.
type epoll struct {
	items []*interest // those told of last are last
	queue sleep.Queue
}

// interest is a file in a set. It waits in the file's queues for as long as it is there.
type interest struct {
	set    *epoll
	fd     int
	f      *fs.File // not a user of it: that it is closed takes it out of the set
	events uint32
	data   uint64
	fresh  bool // something has happened since it was last told of
}

// Wakeup implements sleep.Waiter.
func (i *interest) Wakeup() {
	i.fresh = true
	i.set.queue.Wake()
}

func (i *interest) queues() []*sleep.Queue {
	all := []*sleep.Queue{i.f.ReadQueue(), i.f.WriteQueue()}
	return slices.DeleteFunc(slices.Compact(all), func(q *sleep.Queue) bool { return q == nil })
}

func (i *interest) leave() {
	for _, q := range i.queues() {
		q.Remove(i)
	}
}

// ready is what there is to tell of it now.
func (i *interest) ready() uint32 {
	if i.f.Users() == 0 || i.events&epollInput == 0 || i.events&epollEdge != 0 && !i.fresh {
		return 0
	}
	return uint32(calls.EventsOf(i.f)) & i.events & epollInput
}

// sweep takes closed files out.
func (p *epoll) sweep() {
	p.items = slices.DeleteFunc(p.items, func(i *interest) bool { return i.f.Users() == 0 })
}

func (p *epoll) find(fd int, f *fs.File) *interest {
	for _, i := range p.items {
		if i.fd == fd && i.f == f {
			return i
		}
	}
	return nil
}

// take tells of so many files at most, as an array of struct epoll_event.
func (p *epoll) take(most int) (b []byte, n int) {
	p.sweep()
	var told []*interest
	for _, i := range p.items {
		if n == most {
			break
		}
		events := i.ready()
		i.fresh = i.fresh && events == 0 && i.events&epollEdge == 0
		if events == 0 {
			continue
		}
		if i.events&epollOneShot != 0 {
			i.events &^= epollInput
		}
		b = le.AppendUint64(le.AppendUint32(b, events), i.data)
		told = append(told, i)
		n++
	}
	if n > 0 { // the others come first the next time
		p.items = append(slices.DeleteFunc(p.items, func(i *interest) bool { return slices.Contains(told, i) }), told...)
	}
	return b, n
}

// Read implements fs.Device.
func (p *epoll) Read(*fs.File, []byte, int64) (int, errno.Errno) { return 0, errno.EINVAL }

// Write implements fs.Device.
func (p *epoll) Write(*fs.File, []byte, int64) (int, errno.Errno) { return 0, errno.EINVAL }

// Poll implements fs.Device.
func (p *epoll) Poll(*fs.File) fs.Ready {
	p.sweep()
	if slices.ContainsFunc(p.items, func(i *interest) bool { return i.ready() != 0 }) {
		return fs.In
	}
	return 0
}

// Queues implements fs.Device.
func (p *epoll) Queues(*fs.File) (read, write *sleep.Queue) { return &p.queue, nil }

// Close implements fs.Device.
func (p *epoll) Close(*fs.File) {
	for _, i := range p.items {
		i.leave()
	}
	p.items = nil
}

func sysEpollCreate(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if integer(a[0]) <= 0 {
		return 0, errno.EINVAL
	}
	return sysEpollCreate1(t, &[6]uint64{})
}

func sysEpollCreate1(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if uint32(a[0])&^oCloexec != 0 {
		return 0, errno.EINVAL
	}
	return install(t, t.M.FS.Anonymous(credOf(t), "anon_inode:[eventpoll]", &epoll{}, fs.ORead|fs.OWrite), a[0]&oCloexec != 0)
}

// epollAt is a descriptor's set. EBADF; EINVAL: it is another kind of file.
func epollAt(t *kern.Thread, fd uint64) (*fs.File, *epoll, errno.Errno) {
	f, e := openFile(t, fd)
	if e != errno.OK {
		return nil, nil, e
	}
	p, is := f.Device().(*epoll)
	if !is {
		return nil, nil, errno.EINVAL
	}
	return f, p, errno.OK
}

func sysEpollCtl(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	op, events, data := integer(a[1]), uint32(0), uint64(0)
	if op != epollDel {
		var b [epollEventSize]byte
		if e := t.CopyIn(a[3], b[:]); e != errno.OK {
			return 0, e
		}
		events, data = le.Uint32(b[:])|epollAlways, le.Uint64(b[4:])
	}
	if _, e := openFile(t, a[0]); e != errno.OK {
		return 0, e
	}
	f, e := openFile(t, a[2])
	if e != errno.OK {
		return 0, e
	}
	if k := f.Node().Kind(); k == fs.Regular || k == fs.Directory {
		return 0, errno.EPERM
	}
	own, p, e := epollAt(t, a[0])
	if e != errno.OK || own == f {
		return 0, errno.EINVAL
	}
	p.sweep()
	return 0, p.change(op, &interest{set: p, fd: integer(a[2]), f: f, events: events, data: data, fresh: true})
}

// change is epoll_ctl's work.
func (p *epoll) change(op int, i *interest) errno.Errno {
	old := p.find(i.fd, i.f)
	switch {
	case op < epollAdd || op > epollMod:
		return errno.EINVAL
	case op == epollAdd && old != nil:
		return errno.EEXIST
	case op != epollAdd && old == nil:
		return errno.ENOENT
	case op == epollDel:
		old.leave()
		p.items = slices.DeleteFunc(p.items, func(i *interest) bool { return i == old })
		return errno.OK
	case op == epollMod:
		old.events, old.data, old.fresh = i.events, i.data, true
		i = old
	default:
		p.items = append(p.items, i)
		for _, q := range i.queues() {
			q.Add(i)
		}
	}
	if i.ready() != 0 {
		p.queue.Wake()
	}
	return errno.OK
}

// epollWait waits until a time; 0: without end. It is not begun again after a signal.
func epollWait(t *kern.Thread, a *[6]uint64, until int64) (uint64, errno.Errno) {
	most := integer(a[2])
	if most <= 0 || most > maxEpollEvents/epollEventSize {
		return 0, errno.EINVAL
	}
	f, p, e := epollAt(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	f.Retain()
	defer f.Release()
	for late := false; ; {
		if b, n := p.take(most); n > 0 {
			return uint64(n), t.CopyOut(a[1], b)
		}
		if late {
			return 0, errno.OK
		}
		switch t.Sleep("epoll", until, &p.queue) {
		case errno.EINTR:
			return 0, errno.EINTR
		case errno.ETIMEDOUT:
			late = true
		}
	}
}

// epollMasked is epollWait with a signal mask in place, if there is one.
func epollMasked(t *kern.Thread, a *[6]uint64, until int64) (uint64, errno.Errno) {
	if a[4] == 0 {
		return epollWait(t, a, until)
	}
	if a[5] != sigsetSize {
		return 0, errno.EINVAL
	}
	mask, e := t.Word(a[4])
	if e != errno.OK {
		return 0, e
	}
	t.Suspend(kern.Sigset{mask})
	n, e := epollWait(t, a, until)
	if e != errno.EINTR { // else the mask comes back after the handler
		t.Unsuspend()
	}
	return n, e
}

// untilMS is the end of a timeout in milliseconds.
func untilMS(t *kern.Thread, v uint64) int64 {
	if ms := integer(v); ms >= 0 {
		return after(t, int64(ms)*1_000_000)
	}
	return 0
}

func sysEpollWait(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return epollWait(t, a, untilMS(t, a[3]))
}

func sysEpollPwait(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return epollMasked(t, a, untilMS(t, a[3]))
}

func sysEpollPwait2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	until, e := timeout(t, a[3])
	if e != errno.OK {
		return 0, e
	}
	return epollMasked(t, a, until)
}
