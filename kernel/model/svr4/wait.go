package svr4

// waitsys(2): what a process's children have come to. Every thread of it may wait for all.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/svr4/nr"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

func init() {
	register(map[int]calls.Call{nr.Waitsys: sysWaitsys, nr.Wait: sysWait})
}

// Options (waitid(2)), and kinds of ids (procset(5)).
const (
	wExited    = 1
	wTrapped   = 2
	wStopped   = 4
	wContinued = 8
	wNoHang    = 0x40
	wNoWait    = 0x80
	wAny       = wExited | wTrapped | wStopped | wContinued

	idPID  = 0
	idPGID = 2
	idSID  = 3
	idUID  = 5
	idGID  = 6
	idAll  = 7
)

// query is what a wait is for.
type query struct {
	by      *kern.Thread
	kind    int
	id      int
	options uint64
}

// found is what it found: of a process, in siginfo's terms.
type found struct {
	p      *kern.Proc
	pid    int
	code   int32
	detail int
}

// wait waits until something is found. ECHILD: there is no such child. EINTR. With WNOHANG it
// is nobody.
func (q *query) wait() (found, errno.Errno) {
	for {
		f, some := q.look()
		switch {
		case f.pid != 0:
			return f, errno.OK
		case !some:
			return f, errno.ECHILD
		case q.options&wNoHang != 0:
			return f, errno.OK
		}
		if e := q.by.Sleep("wait", 0, &q.by.Proc.Waiting); e == errno.EINTR {
			return f, errno.ERESTART
		}
	}
}

// look considers all children once; some says whether there are any to wait for. To one from
// outside the first is any of them.
func (q *query) look() (f found, some bool) {
	all := q.by.Proc.Children
	from := 0
	if q.by.Proc.External {
		from = q.by.M.Chooser.Choose(len(all))
	}
	for i := range all {
		c := all[(from+i)%len(all)]
		if c.State == kern.Reaped || c.Leader == nil || !q.eligible(c) {
			continue
		}
		if f := q.consider(c); f.pid != 0 {
			return f, true
		}
		some = true
	}
	return found{}, some
}

func (q *query) eligible(c *kern.Proc) bool {
	switch q.kind {
	case idPID:
		return c.PID == q.id
	case idPGID:
		return c.Group.ID == q.id
	case idSID:
		return c.Group.Session.ID == q.id
	case idUID:
		return int(c.Cred.EUID) == q.id
	case idGID:
		return int(c.Cred.EGID) == q.id
	}
	return true
}

// consider is what there is to tell of a child.
func (q *query) consider(c *kern.Proc) found {
	keep := q.options&wNoWait != 0
	if c.Ended() {
		if q.options&wExited == 0 {
			return found{}
		}
		info := c.EndInfo()
		f := found{c, c.PID, codes[info.Reason], info.Status}
		if !keep {
			c.M.Reap(c)
		}
		return f
	}
	j := &c.Job
	switch t := untold(c); {
	case q.options&wTrapped != 0 && t != nil:
		l := lwpOf(t)
		l.untold = keep
		return found{c, c.PID, proc.CldTrapped, int(l.what)}
	case q.options&wStopped != 0 && j.Stopped && !j.Told:
		j.Told = !keep
		return found{c, c.PID, proc.CldStopped, j.Sig}
	case q.options&wContinued != 0 && j.Continued:
		j.Continued = keep
		return found{c, c.PID, proc.CldCont, System.Sig.CONT}
	}
	return found{}
}

// untold is an lwp that has stopped under ptrace(2) and that nobody has been told of.
func untold(p *kern.Proc) *kern.Thread {
	for _, t := range p.Threads {
		if l := lwpOf(t); t.Alive() && l.halted && l.untold {
			return t
		}
	}
	return nil
}

// status is the word of wait(2).
func (f *found) status() uint32 {
	switch f.code {
	case proc.CldExited:
		return uint32(f.detail&0xff) << 8
	case proc.CldKilled:
		return uint32(f.detail)
	case proc.CldDumped:
		return uint32(f.detail) | 0x80
	case proc.CldCont:
		return 0xffff
	}
	return uint32(f.detail)<<8 | 0x7f
}

// sysWaitsys is waitsys(2): kind of id, id, info, options.
func sysWaitsys(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	q := query{by: t, kind: calls.Integer(a[0]), id: calls.Integer(a[1]), options: uint64(uint32(a[3]))}
	if q.options&^(wAny|wNoHang|wNoWait) != 0 || q.options&wAny == 0 {
		return 0, errno.EINVAL
	}
	switch q.kind {
	case idPID, idSID, idUID, idGID, idAll:
	case idPGID:
		if q.id == 0 {
			q.id = t.Proc.Group.ID
		}
	default:
		return 0, errno.EINVAL
	}
	f, e := q.wait()
	if e != errno.OK {
		return 0, e
	}
	b := make([]byte, proc.SiginfoSize)
	if f.pid != 0 {
		s := proc.Siginfo{Signo: int32(System.Sig.CHLD), Code: f.code, PID: int32(f.pid), Status: int32(f.detail)}
		b = s.Append(nil)
	}
	return 0, t.CopyOut(a[2], b)
}

// sysWait is wait(2) of old: the status is the second value.
func sysWait(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	q := query{by: t, kind: idAll, options: wExited | wTrapped}
	f, e := q.wait()
	if e != errno.OK {
		return 0, e
	}
	lwpOf(t).second = uint64(f.status())
	return uint64(f.pid), errno.OK
}
