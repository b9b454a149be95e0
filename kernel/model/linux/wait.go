package linux

// wait4(2) and waitid(2): a parent's children, and a tracer's tracees, thread by thread
// (do_wait of kernel/exit.c).

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// Options (wait(2)).
const (
	wNoHang    = 1
	wUntraced  = 2 // and WSTOPPED
	wExited    = 4
	wContinued = 8
	wNoWait    = 0x01000000
	wNoThread  = 0x20000000
	wAll       = 0x40000000
	wClone     = 0x80000000
)

// query is what a wait is for.
type query struct {
	by      *kern.Thread
	options uint32
	pid     int // of one thread or process; 0: any
	group   int // of one process group; 0: any
}

// found is what it found.
type found struct {
	tid    int
	status uint32
	why    kern.Reason
	detail int // of siginfo: exit status or signal
	uid    uint32
	usage  kern.Usage
}

// wait waits until something is found. ECHILD: there is nothing to wait for. EINTR. With
// WNOHANG it is found.tid 0.
func (q *query) wait() (found, errno.Errno) {
	for {
		f, some := q.look()
		switch {
		case f.tid != 0:
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

// candidate is a thread that a wait considers.
type candidate struct {
	t      *kern.Thread
	tracer bool // as a tracer's tracee
}

// candidates are children and tracees of the waiting process, or thread, in Linux's order.
func (q *query) candidates() []candidate {
	all := taskOf(q.by).scan[:0]
	for _, w := range q.by.Proc.Threads {
		if w != q.by && q.options&wNoThread != 0 {
			continue
		}
		for _, c := range q.by.Proc.Children {
			if (c.ParentThr == w || c.ParentThr == nil && w == q.by) && c.Leader != nil {
				all = append(all, candidate{c.Leader, false})
			}
		}
		for _, t := range taskOf(w).tracees {
			all = append(all, candidate{t, true})
		}
	}
	taskOf(q.by).scan = all[:0]
	return all
}

// look considers all candidates once; some says whether there are any to wait for.
func (q *query) look() (f found, some bool) {
	all := q.candidates()
	first := 0
	if q.by.Proc.External { // in which order it hears of things is the kernel's business
		first = q.by.M.Chooser.Choose(len(all))
	}
	for i := range all {
		if i += first; i >= len(all) {
			i -= len(all)
		}
		c := all[i]
		if !q.eligible(c) {
			continue
		}
		f, here := q.consider(c)
		if f.tid != 0 {
			return f, true
		}
		some = some || here
	}
	return found{}, some
}

func (q *query) eligible(c candidate) bool {
	t := c.t
	if q.pid != 0 && t.TID != q.pid || q.group != 0 && t.Proc.Group.ID != q.group {
		return false
	}
	if c.tracer || q.options&wAll != 0 {
		return true
	}
	return (t.Proc.ExitSignal != System.Sig.CHLD) == (q.options&wClone != 0)
}

// consider is wait_consider_task: what there is to tell of a thread, and whether there may
// be something later.
func (q *query) consider(c candidate) (f found, here bool) {
	t, k := c.t, taskOf(c.t)
	asTracer := c.tracer
	if !c.tracer && k.tracer != nil {
		asTracer = k.tracer.Proc == q.by.Proc
	}
	if t.State >= kern.Dead {
		whole := t != t.Proc.Leader || t.Proc.Ended()
		if whole && (asTracer || k.tracer == nil) {
			return q.zombie(t, k), false
		}
		if !asTracer || q.options&(wContinued|wExited) != 0 {
			here = true
		}
	} else {
		here = true
	}
	if f = q.stopped(t, k, asTracer); f.tid != 0 {
		return f, true
	}
	return q.continued(t), here
}

func describe(t *kern.Thread) found {
	return found{tid: t.TID, uid: t.Cred().UID, usage: t.Proc.Usage}
}

// zombie reports an end and, unless WNOWAIT, what becomes of the zombie: the tracer has heard,
// and the parent is to hear; or it is gone.
func (q *query) zombie(t *kern.Thread, k *task) found {
	if q.options&wExited == 0 {
		return found{}
	}
	end := t.Exit()
	f := describe(t)
	f.status = end.Status()
	info := t.Proc.EndInfo()
	f.why, f.detail = info.Reason, info.Status
	if t != t.Proc.Leader && !t.Proc.Dying() {
		f.why, f.detail = kern.ChildExited, end.Code
	}
	if q.options&wNoWait != 0 {
		return f
	}
	leader, parent := t == t.Proc.Leader, t.Proc.Parent
	reparented := k.tracer != nil && k.tracer.Proc != parent
	if k.tracer != nil {
		k.unlink(t)
	}
	switch {
	case !leader:
		t.M.Forget(t)
	case reparented:
		t.Proc.Settle()
	default:
		f.usage.Add(t.Proc.Reap)
		t.M.Reap(t.Proc)
	}
	return f
}

// stopped reports a stop: of a tracee, or by job control.
func (q *query) stopped(t *kern.Thread, k *task, asTracer bool) found {
	if !asTracer && q.options&wUntraced == 0 {
		return found{}
	}
	f := describe(t)
	switch j := &t.Proc.Job; {
	case asTracer && t.State == kern.Traced && !k.listening && k.code != 0 && !k.resumed(t):
		f.status = uint32(k.code)<<8 | 0x7f
		f.why, f.detail = kern.ChildTrapped, k.code
		if q.options&wNoWait == 0 {
			k.code = 0
		}
	case !asTracer && j.Stopped && !j.Told:
		f.status = uint32(j.Sig)<<8 | 0x7f
		f.why, f.detail = kern.ChildStopped, j.Sig
		if q.options&wNoWait == 0 {
			j.Told = true
		}
	default:
		return found{}
	}
	return f
}

// resumed says whether the thread was set going and has not run yet.
func (k *task) resumed(t *kern.Thread) bool { return t.State != kern.Traced }

// continued reports a continuation by job control.
func (q *query) continued(t *kern.Thread) found {
	j := &t.Proc.Job
	if q.options&wContinued == 0 || !j.Continued {
		return found{}
	}
	if q.options&wNoWait == 0 {
		j.Continued = false
	}
	f := describe(t)
	f.status, f.why, f.detail = 0xffff, kern.ChildContinued, System.Sig.CONT
	return f
}

func init() {
	register([]row{{"wait4", sysWait4}, {"waitid", sysWaitid}, {"restart_syscall", sysRestart}, {"rt_sigreturn", sysSigreturn}})
}

// sysWait4 is wait4(2): pid, status, options, usage.
func sysWait4(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	options := uint32(a[2])
	if options&^(wNoHang|wUntraced|wContinued|wNoThread|wAll|wClone) != 0 {
		return 0, errno.EINVAL
	}
	q := query{by: t, options: options | wExited}
	switch pid := int(int32(a[0])); {
	case pid == -1<<31:
		return 0, errno.ESRCH
	case pid > 0:
		q.pid = pid
	case pid == 0:
		q.group = t.Proc.Group.ID
	case pid < -1:
		q.group = -pid
	}
	f, e := q.wait()
	if e != errno.OK || f.tid == 0 {
		return 0, e
	}
	if a[1] != 0 && t.Put32(a[1], f.status) != errno.OK {
		return 0, errno.EFAULT
	}
	if a[3] != 0 && t.CopyOut(a[3], rusage(&f.usage)) != errno.OK {
		return 0, errno.EFAULT
	}
	return uint64(f.tid), errno.OK
}

// Kinds of waitid's id.
const (
	pAll = iota
	pPID
	pPGID
	pPIDFD
)

// sysWaitid is waitid(2): idtype, id, info, options, usage.
func sysWaitid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	options := uint32(a[3])
	if options&^(wNoHang|wUntraced|wExited|wContinued|wNoWait|wNoThread|wAll|wClone) != 0 ||
		options&(wUntraced|wExited|wContinued) == 0 {
		return 0, errno.EINVAL
	}
	q := query{by: t, options: options}
	switch id := int(int32(a[1])); uint32(a[0]) {
	case pAll:
	case pPID:
		if q.pid = id; id <= 0 {
			return 0, errno.EINVAL
		}
	case pPIDFD:
		p, e := pidfdOf(t, a[1])
		if e != errno.OK {
			return 0, e
		}
		q.pid = p.PID
	case pPGID:
		switch {
		case id < 0:
			return 0, errno.EINVAL
		case id == 0:
			id = t.Proc.Group.ID
		}
		q.group = id
	default:
		return 0, errno.EINVAL
	}
	f, e := q.wait()
	if e != errno.OK {
		return 0, e
	}
	if f.tid != 0 && a[4] != 0 && t.CopyOut(a[4], rusage(&f.usage)) != errno.OK || a[2] != 0 && t.CopyOut(a[2], f.info()) != errno.OK {
		return 0, errno.EFAULT
	}
	return 0, errno.OK
}

// info is the structure that waitid fills: 32 bytes of it are written.
func (f *found) info() []byte {
	b := make([]byte, 28)
	if f.tid == 0 {
		return b
	}
	le.PutUint32(b, uint32(System.Sig.CHLD))
	le.PutUint32(b[8:], uint32(codes[f.why]))
	le.PutUint32(b[16:], uint32(f.tid))
	le.PutUint32(b[20:], f.uid)
	le.PutUint32(b[24:], uint32(f.detail))
	return b
}

// rusage is struct rusage (getrusage(2)).
func rusage(u *kern.Usage) []byte {
	b := make([]byte, 144)
	for i, ns := range [2]int64{u.User, u.System} {
		le.PutUint64(b[16*i:], uint64(ns/1e9))
		le.PutUint64(b[16*i+8:], uint64(ns%1e9/1000))
	}
	le.PutUint64(b[32:], uint64(u.MaxResident/1024))
	le.PutUint64(b[64:], uint64(u.Faults))
	le.PutUint64(b[128:], uint64(u.Voluntary))
	le.PutUint64(b[136:], uint64(u.Preempted))
	return b
}
