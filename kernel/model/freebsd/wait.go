package freebsd

// wait6(2) and wait4(2): a parent's children and a debugger's tracees, which are its children
// meanwhile (kern_wait6, proc_to_reap, proc_reap of kern_exit.c). The newest is looked at first
// (fork-mask, wait-zombie-leader).

import (
	"slices"

	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// query is what is waited for.
type query struct {
	by      *kern.Thread
	kind    int
	id      int
	options int
}

// found is what a wait brought.
type found struct {
	pid            int
	status         uint32
	info           raw.Siginfo // also of the last process that was looked at, if there is nothing
	looked         bool
	self, children kern.Usage
}

// Kinds of ids (sys/wait.h) that only waits here know, and the option WLINUXCLONE.
const (
	waitUID   = 5
	waitGID   = 6
	waitJail  = 12
	waitClone = -1 << 31
)

const (
	waitKnown  = raw.WNohang | raw.WStopped | raw.WContinued | raw.WNowait | raw.WExited | raw.WTrapped | waitClone
	waitEvents = raw.WStopped | raw.WContinued | raw.WExited | raw.WTrapped
)

// check is whether the query makes sense (wait-options, wait-nothing). Process 0 and group 0 are the
// caller's group.
func (q *query) check() errno.Errno {
	if q.id == 0 && (q.kind == raw.PPid || q.kind == raw.PPgid) {
		q.kind, q.id = raw.PPgid, q.by.Proc.Group.ID
	}
	if q.options&^waitKnown != 0 || q.options&waitEvents == 0 {
		return errno.EINVAL
	}
	return errno.OK
}

// childrenOf lists those who wait would look at, newest first.
func childrenOf(q *kern.Proc) []*kern.Proc {
	var all []*kern.Proc
	for _, p := range q.M.Procs() {
		if parentOf(p) != q {
			continue
		}
		if k := procOf(p); k.linkParent != q {
			relink(p)
		}
		all = append(all, p)
	}
	slices.SortStableFunc(all, func(a, b *kern.Proc) int { return int(procOf(b).link) - int(procOf(a).link) })
	return all
}

// matches says whether the query is about a process.
func (q *query) matches(p *kern.Proc) bool {
	switch q.kind {
	case raw.PAll:
		if k := procOf(p); k.desc && !(k.tracer == q.by.Proc && p.State < kern.Zombie) {
			return false
		}
	case raw.PPid:
		if p.PID != q.id {
			return false
		}
	case raw.PPgid:
		if p.Group.ID != q.id {
			return false
		}
	case raw.PSid:
		if p.Group.Session.ID != q.id {
			return false
		}
	case waitUID:
		if int(int32(p.Cred.EUID)) != q.id {
			return false
		}
	case waitGID:
		if int(int32(p.Cred.EGID)) != q.id {
			return false
		}
	case waitJail:
		if q.id != 0 { // all are in the host
			return false
		}
	default:
		return false
	}
	own := p.ExitSignal != raw.SIGCHLD && !procOf(p).desc && !p.External // rfork's RFLINUXTHPN and RFTSIGZMB
	return (p.State < kern.Zombie || q.options&raw.WExited != 0) && own == (q.options&waitClone != 0)
}

// look considers all once; some says whether there are any to wait for.
func (q *query) look() (f found, some bool) {
	for _, p := range childrenOf(q.by.Proc) {
		if !q.matches(p) || p.State == kern.Reaped {
			continue
		}
		some = true
		k := procOf(p)
		f.info, f.looked = q.info(p), true
		f.self, f.children = p.Usage, p.Reap
		switch {
		case p.Ended():
			f.pid, f.status = p.PID, p.EndOf().Status()
			if p.EndOf().Signal == 128 { // W_EXITCODE has no room for it (detach-bad-signal)
				f.status = 0x80
			}
			if q.options&raw.WNowait == 0 {
				reap(p)
			}
		case p.State >= kern.Zombie:
		case k.stoppedSig && allSuspended(p) && !k.waited && q.options&raw.WTrapped != 0 && k.traced:
			f.stopped(q, p, raw.CldTrapped)
		case k.stoppedSig && allSuspended(p) && !k.waited && q.options&raw.WStopped != 0:
			f.stopped(q, p, raw.CldStopped)
		case k.continued && q.options&raw.WContinued != 0:
			f.pid, f.status = p.PID, raw.Status{Kind: raw.StatusContinued}.Encode()
			f.info.Code, f.info.Status = raw.CldContinued, raw.SIGCONT
			if q.options&raw.WNowait == 0 {
				k.continued = false
			}
		}
		if f.pid != 0 {
			return f, true
		}
	}
	return f, some || q.orphans()
}

// orphans says whether a child of the caller's is traced by another, which is as good as a child
// as long as there is no other (wait-parent-while-traced).
func (q *query) orphans() bool {
	return slices.ContainsFunc(q.by.Proc.M.Procs(), func(p *kern.Proc) bool {
		k := procOf(p)
		return p.Parent == q.by.Proc && k.tracer != nil && k.tracer != q.by.Proc && p.State != kern.Reaped && q.matches(p)
	})
}

// stopped reports a stop.
func (f *found) stopped(q *query, p *kern.Proc, code int32) {
	k := procOf(p)
	f.pid, f.status = p.PID, raw.Status{Kind: raw.StatusStopped, Value: k.xsig}.Encode()
	f.info.Code, f.info.Status = code, int32(k.xsig)
	if q.options&raw.WNowait == 0 {
		k.waited = true
	}
}

// info is a rough estimate, as the kernel calls it: it is filled in also if there is nothing to
// tell, from what was last (wait-options).
func (q *query) info(p *kern.Proc) raw.Siginfo {
	k := procOf(p)
	s := raw.Siginfo{Signo: raw.SIGCHLD, PID: int32(p.PID), UID: p.Cred.EUID, Code: raw.CldExited, Status: int32(p.EndOf().Code)}
	switch {
	case k.xsig&0x80 != 0 && p.State >= kern.Zombie:
		s.Code, s.Status = raw.CldDumped, int32(k.xsig&0x7f)
	case k.xsig&0x7f != 0 && k.xsig != raw.SIGCONT:
		s.Code, s.Status = raw.CldKilled, int32(k.xsig&0x7f)
	}
	if p.State >= kern.Zombie && p.EndOf().Signal == 128 {
		s.Code, s.Status = raw.CldDumped, 0
	}
	return s
}

// reap takes a zombie away. One that was another's child is that one's to reap now
// (wait-exit-debugger-then-parent).
func reap(p *kern.Proc) {
	k := procOf(p)
	if k.tracer != nil && k.tracer != p.Parent {
		k.tracer = nil
		relink(p)
		p.HandBack()
		return
	}
	k.tracer = nil
	p.M.Reap(p)
}

// wait waits. ECHILD, ERESTART.
func (q *query) wait() (found, errno.Errno) {
	for {
		f, some := q.look()
		switch {
		case f.pid != 0:
			return f, errno.OK
		case !some:
			return f, errno.ECHILD
		case q.options&raw.WNohang != 0:
			return f, errno.OK
		}
		if e := q.by.Sleep("wait", 0, &q.by.Proc.Waiting); e == errno.EINTR {
			return f, errno.ERESTART
		}
	}
}

// rusageSize is that of struct rusage; wait6 has two of them.
const rusageSize = 144

// rusage fills a struct rusage.
func rusage(b []byte, u *kern.Usage) {
	for i, ns := range [2]int64{u.User, u.System} {
		copy(b[16*i:], calls.TimevalBytes(ns))
	}
	le.PutUint64(b[32:], uint64(u.MaxResident/1024))
	le.PutUint64(b[64:], uint64(u.Faults))
	le.PutUint64(b[120:], uint64(u.Signals))
	le.PutUint64(b[128:], uint64(u.Voluntary))
	le.PutUint64(b[136:], uint64(u.Preempted))
}

// sysWait4 is wait4(2): pid, status, options, rusage.
func sysWait4(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	q := query{by: t, kind: raw.PPid, id: calls.Integer(a[0]), options: calls.Integer(a[2])}
	switch {
	case q.id == -1:
		q.kind, q.id = raw.PAll, 0
	case q.id < 0:
		q.kind, q.id = raw.PPgid, -q.id
	}
	q.options |= raw.WExited | raw.WTrapped
	if e := q.check(); e != errno.OK {
		return 0, e
	}
	f, e := q.wait()
	if e != errno.OK || f.pid == 0 {
		return 0, e
	}
	if a[1] != 0 && t.Put32(a[1], f.status) != errno.OK {
		return 0, errno.EFAULT
	}
	if a[3] != 0 {
		b := make([]byte, rusageSize)
		rusage(b, &f.self)
		return uint64(f.pid), t.CopyOut(a[3], b)
	}
	return uint64(f.pid), errno.OK
}

// sysWait6 is wait6(2): idtype, id, status, options, wrusage, info.
func sysWait6(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	q := query{by: t, kind: calls.Integer(a[0]), id: calls.Integer(a[1]), options: calls.Integer(a[3])}
	if e := q.check(); e != errno.OK {
		return 0, e
	}
	f, e := q.wait()
	if e != errno.OK {
		return 0, e
	}
	if f.pid != 0 && a[2] != 0 && t.Put32(a[2], f.status) != errno.OK {
		return 0, errno.EFAULT
	}
	if f.pid != 0 && a[4] != 0 && t.CopyOut(a[4], f.usage()) != errno.OK {
		return 0, errno.EFAULT
	}
	if a[5] != 0 {
		return uint64(f.pid), t.CopyOut(a[5], f.siginfo())
	}
	return uint64(f.pid), errno.OK
}

// usage is struct __wrusage.
func (f *found) usage() []byte {
	b := make([]byte, 2*rusageSize)
	rusage(b, &f.self)
	rusage(b[rusageSize:], &f.children)
	return b
}

func (f *found) siginfo() []byte {
	b := make([]byte, raw.SiginfoSize)
	f.info.Encode(b)
	return b
}
