package freebsd

// kqueue(2) and kevent(2): descriptors, signals and what users trigger. A file's note waits in the
// file's queues; a signal's counts what is sent to its process, also what is ignored.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/sleep"
)

func init() {
	register([]row{{362, "kqueue", 0, sysKqueue}, {560, "kevent", 6, sysKevent}, {583, "kqueuex", 1, sysKqueuex}})
}

// From sys/event.h.
const (
	filterRead   = -1
	filterWrite  = -2
	filterSignal = -6
	filterUser   = -11

	evAdd      = 1
	evDelete   = 2
	evEnable   = 4
	evDisable  = 8
	evOneShot  = 0x10
	evClear    = 0x20
	evReceipt  = 0x40
	evDispatch = 0x80
	evEOF      = 0x8000
	evError    = 0x4000

	noteTrigger = 0x1000000

	keventSize = 64
)

// kevent is struct kevent.
type kevent struct {
	ident  uint64
	filter int16
	flags  uint16
	fflags uint32
	data   int64
	udata  uint64
	ext    [4]uint64
}

func decodeKevent(b []byte) (e kevent) {
	e = kevent{ident: le.Uint64(b), filter: int16(le.Uint16(b[8:])), flags: le.Uint16(b[10:]), fflags: le.Uint32(b[12:]),
		data: int64(le.Uint64(b[16:])), udata: le.Uint64(b[24:])}
	for i := range e.ext {
		e.ext[i] = le.Uint64(b[32+8*i:])
	}
	return e
}

func (e *kevent) append(b []byte) []byte {
	b = le.AppendUint64(b, e.ident)
	b = le.AppendUint16(b, uint16(e.filter))
	b = le.AppendUint16(b, e.flags)
	b = le.AppendUint32(b, e.fflags)
	b = le.AppendUint64(b, uint64(e.data))
	b = le.AppendUint64(b, e.udata)
	for _, x := range e.ext {
		b = le.AppendUint64(b, x)
	}
	return b
}

// kqueue is a queue: the Device of its file.
type kqueue struct {
	fs.Always
	notes []*knote
	queue sleep.Queue
}

// knote is what a queue is asked to tell of.
type knote struct {
	kevent
	q     *kqueue
	f     *fs.File   // of a descriptor
	p     *kern.Proc // of a signal
	count int64      // of a signal; of a user's trigger: 1
	fresh bool       // something happened since it was last told (EV_CLEAR)
	off   bool       // EV_DISABLE
}

// Wakeup implements sleep.Waiter.
func (n *knote) Wakeup() {
	n.fresh = true
	n.q.queue.Wake()
}

// from is the queue of the file in which the note waits.
func (n *knote) from() *sleep.Queue {
	if n.filter == filterWrite {
		return n.f.WriteQueue()
	}
	return n.f.ReadQueue()
}

// ready says whether there is something to tell, and what.
func (n *knote) ready() (e kevent, some bool) {
	e = n.kevent
	e.flags &^= evAdd | evEnable | evReceipt
	switch {
	case n.off:
	case n.f == nil:
		e.data = n.count
		some = n.count > 0
	case n.f.Users() == 0 || n.flags&evClear != 0 && !n.fresh:
	default:
		want := fs.In
		if n.filter == filterWrite {
			want = fs.Out
		}
		r := n.f.Poll()
		if r&fs.Hup != 0 || n.filter == filterWrite && r&fs.Err != 0 {
			e.flags |= evEOF
		}
		some = r&want != 0 || e.flags&evEOF != 0
		if r&want != 0 { // how much may be moved, as far as that is known
			e.data = 1
			if n.filter == filterRead {
				e.data = int64(max(n.f.Buffered(), 1))
			}
		}
	}
	return e, some
}

// told is what becomes of a note that was told of; true: it is over.
func (n *knote) told() bool {
	n.fresh = false
	if n.f == nil && (n.filter == filterSignal || n.flags&evClear != 0) {
		n.count = 0
	}
	if n.flags&evDispatch != 0 {
		n.off = true
	}
	return n.flags&evOneShot != 0
}

// leave takes a note away.
func (n *knote) leave() {
	if n.f != nil && n.f.Users() > 0 && n.from() != nil {
		n.from().Remove(n)
	}
	if n.p != nil {
		k := procOf(n.p)
		k.notes = slices.DeleteFunc(k.notes, func(o *knote) bool { return o == n })
	}
	n.q.notes = slices.DeleteFunc(n.q.notes, func(o *knote) bool { return o == n })
}

// noteSignal has the notes of a process count a signal (KNOTE of tdsendsignal).
func noteSignal(p *kern.Proc, sig int) {
	for _, n := range procOf(p).notes {
		if n.ident == uint64(sig) {
			n.count++
			n.q.queue.Wake()
		}
	}
}

// take is at most so many events.
func (q *kqueue) take(most int) (all []kevent) {
	for _, n := range slices.Clone(q.notes) {
		if n.f != nil && n.f.Users() == 0 { // a closed descriptor is told of no more
			n.leave()
			continue
		}
		if len(all) == most {
			break
		}
		if e, some := n.ready(); some {
			all = append(all, e)
			if n.told() {
				n.leave()
			}
		}
	}
	return all
}

// Poll implements fs.Device.
func (q *kqueue) Poll(*fs.File) fs.Ready {
	if slices.ContainsFunc(q.notes, func(n *knote) bool { _, some := n.ready(); return some }) {
		return fs.In
	}
	return 0
}

// Read and Write implement fs.Device.
func (q *kqueue) Read(*fs.File, []byte, int64) (int, errno.Errno)  { return 0, errno.ENXIO }
func (q *kqueue) Write(*fs.File, []byte, int64) (int, errno.Errno) { return 0, errno.ENXIO }

// Queues implements fs.Device.
func (q *kqueue) Queues(*fs.File) (read, write *sleep.Queue) { return &q.queue, nil }

// Close implements fs.Device.
func (q *kqueue) Close(*fs.File) {
	for _, n := range slices.Clone(q.notes) {
		n.leave()
	}
}

func sysKqueue(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	return calls.Install(t, t.M.FS.Anonymous(calls.Cred(t), "kqueue", &kqueue{}, fs.ORead|fs.OWrite), false)
}

func sysKqueuex(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const cloexec = 1
	if a[0]&^cloexec != 0 {
		return 0, errno.EINVAL
	}
	return calls.Install(t, t.M.FS.Anonymous(calls.Cred(t), "kqueue", &kqueue{}, fs.ORead|fs.OWrite), a[0]&cloexec != 0)
}

// sysKevent is kevent(2): queue, changes, how many, room for events, how many, how long. A change
// that fails is told as an event, if there is room.
func sysKevent(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := calls.OpenFile(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	q, is := f.Device().(*kqueue)
	if !is {
		return 0, errno.EBADF
	}
	changes, room := calls.Integer(a[2]), calls.Integer(a[4])
	until := int64(0)
	if a[5] != 0 {
		ns, e := calls.Timespec(t, a[5])
		if e != errno.OK {
			return 0, e
		}
		until = calls.After(t, ns)
	}
	var out []byte
	for i := range max(changes, 0) {
		b := make([]byte, keventSize)
		if e := t.CopyIn(a[1]+uint64(keventSize*i), b); e != errno.OK {
			return 0, e
		}
		c := decodeKevent(b)
		e := q.change(t, c)
		if e == errno.OK && c.flags&evReceipt == 0 {
			continue
		}
		if len(out)/keventSize >= room {
			return 0, e
		}
		c.flags, c.data = evError, int64(number(e))
		out = c.append(out)
	}
	if len(out) > 0 || room <= 0 {
		return uint64(len(out) / keventSize), t.CopyOut(a[3], out)
	}
	for {
		if all := q.take(room); len(all) > 0 {
			for _, e := range all {
				out = e.append(out)
			}
			return uint64(len(all)), t.CopyOut(a[3], out)
		}
		if until != 0 && until <= t.M.Now() {
			return 0, errno.OK
		}
		if e := t.Sleep("kqread", until, &q.queue); e == errno.EINTR {
			return 0, errno.EINTR
		}
	}
}

// change is kqueue_register.
func (q *kqueue) change(t *kern.Thread, c kevent) errno.Errno {
	n := &knote{kevent: c, q: q, fresh: true}
	switch c.filter {
	case filterRead, filterWrite:
		f, e := calls.OpenFile(t, c.ident)
		if e != errno.OK {
			return e
		}
		n.f = f
	case filterSignal:
		if c.ident == 0 || c.ident > uint64(System.Sig.Max) {
			return errno.EINVAL
		}
		n.p = t.Proc
	case filterUser:
	default:
		if c.filter < 0 && c.filter >= -14 {
			t.M.NotModeled(t, "kevent filter %d", c.filter)
		}
		return errno.EINVAL
	}
	i := slices.IndexFunc(q.notes, func(o *knote) bool {
		return o.ident == c.ident && o.filter == c.filter && (n.f == nil || o.f == n.f)
	})
	if i < 0 {
		if c.flags&evAdd == 0 {
			return errno.ENOENT
		}
		q.add(n)
	} else {
		old := q.notes[i]
		if c.flags&evDelete != 0 {
			old.leave()
			return errno.OK
		}
		if c.flags&evAdd != 0 {
			old.flags, old.udata, old.ext = c.flags, c.udata, c.ext
		}
		n = old
	}
	if c.filter == filterUser && c.fflags&noteTrigger != 0 {
		n.count = 1
	}
	if c.flags&evDisable != 0 {
		n.off = true
	}
	if c.flags&evEnable != 0 {
		n.off = false
	}
	if _, some := n.ready(); some {
		q.queue.Wake()
	}
	return errno.OK
}

func (q *kqueue) add(n *knote) {
	q.notes = append(q.notes, n)
	if n.f != nil && n.from() != nil {
		n.from().Add(n)
	}
	if n.p != nil {
		k := procOf(n.p)
		k.notes = append(k.notes, n)
	}
}
