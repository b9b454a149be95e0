package freebsd

// ptrace(2) (kern_ptrace of sys_process.c): who may ask what of whom, and in which state. The
// requests themselves are rows in the files ptrace_*.go.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// request is a request on its way: by whom, of which process and thread.
type request struct {
	by   *kern.Thread
	p    *kern.Proc
	t    *kern.Thread
	addr uint64
	data int
	mem  memory
}

// requests are what can be asked of a tracee that is stopped.
var requests = map[int]func(r *request) (int, errno.Errno){}

// sysPtrace is ptrace(2).
func sysPtrace(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	v, e := ptrace(t, calls.Integer(a[0]), calls.Integer(a[1]), a[2], calls.Integer(a[3]), own{t})
	return uint64(v), e
}

// firstKernel to lastKernel are the ids of the kernel's own processes, which a machine does not
// have as such.
const (
	firstKernel = 2
	lastKernel  = 19
)

// find is the process of an id, and the thread if the id is a thread's.
func find(by *kern.Thread, id int) (*kern.Proc, *kern.Thread, errno.Errno) {
	m := by.M
	if id < threadBase {
		p := m.Proc(id)
		if p == nil && (id == 0 || id >= firstKernel && id <= lastKernel) {
			if !by.Cred().Super() {
				return nil, nil, errno.EPERM
			}
			return nil, nil, errno.EINVAL
		}
		if p == nil || p.State >= kern.Zombie {
			return nil, nil, errno.ESRCH
		}
		return p, nil, errno.OK
	}
	t := m.Thread(id)
	if t == nil || !t.Alive() || t.Proc.State >= kern.Zombie {
		return nil, nil, errno.ESRCH
	}
	return t.Proc, t, errno.OK
}

// ptrace makes a request.
func ptrace(by *kern.Thread, req, id int, addr uint64, data int, mem memory) (int, errno.Errno) {
	switch {
	case !of(by.M).allowPtrace: // access-ptrace-off
		return 0, errno.ENOSYS
	case req >= raw.FirstReserved && req <= raw.LastReserved: // errnos-running
		return 0, errno.EINVAL
	case req == raw.TraceMe:
		return 0, traceMe(by)
	}
	if e := operand(req, addr, data, mem); e != errno.OK {
		return 0, e
	}
	p, t, e := find(by, id)
	switch {
	case e != errno.OK:
		return 0, e
	case procOf(p).wexit:
		return 0, errno.ESRCH
	}
	if e := canSee(by, p); e != errno.OK {
		return 0, e
	}
	if e := canDebug(by, p); e != errno.OK {
		return 0, e
	}
	if p == by.M.Init {
		return 0, errno.EINVAL
	}
	if t == nil {
		if t = procOf(p).xthread; t == nil || !procOf(p).stoppedTrace {
			t = firstThread(p)
		}
	}
	r := &request{by: by, p: p, t: t, addr: addr, data: data, mem: mem}
	switch {
	case req == raw.Attach:
		return 0, r.attach()
	case t == nil:
		return 0, errno.ESRCH
	case req == raw.ClearStep && t == by: // errnos-none
		return r.clearStep()
	}
	if e := r.eligible(); e != errno.OK {
		return 0, e
	}
	if f := requests[req]; f != nil {
		return f(r)
	}
	return 0, errno.EINVAL
}

// operand fetches what the request takes, before anything is looked at (coredump: a wrong size is
// EINVAL where all else is EBUSY).
func operand(req int, addr uint64, data int, mem memory) errno.Errno {
	sizes := map[int]int{raw.SetEventMask: 4, raw.IO: raw.IODescSize, raw.VMEntry: raw.VMEntrySize, raw.Coredump: raw.CoredumpSize,
		raw.ScRemote: raw.ScRemoteSize, raw.SetRegs: raw.RegSize, raw.SetFpRegs: raw.FpregSize, raw.SetDbRegs: raw.DbregSize, raw.GetRegset: 16,
		raw.SetRegset: 16}
	n, ok := sizes[req]
	switch {
	case !ok:
		return errno.OK
	case (req == raw.SetEventMask || req == raw.Coredump || req == raw.ScRemote) && data != n:
		return errno.EINVAL
	}
	b := make([]byte, n)
	if e := mem.in(addr, b); e != errno.OK || req != raw.ScRemote {
		return e
	}
	nargs := le.Uint32(b[raw.ScRetSize+4:])
	if nargs > raw.ScArgsMax {
		return errno.EINVAL
	}
	return mem.in(le.Uint64(b[raw.ScRetSize+8:]), make([]byte, 8*nargs))
}

func firstThread(p *kern.Proc) *kern.Thread {
	if living := p.Living(); len(living) > 0 {
		return living[0]
	}
	return nil
}

// traceMe is PT_TRACE_ME (traceme-by-hand).
func traceMe(t *kern.Thread) errno.Errno {
	k := procOf(t.Proc)
	switch {
	case k.traced:
		return errno.EBUSY
	case t.Proc.Parent == t.M.Init || t.Proc.Parent == nil:
		return errno.EPERM
	}
	setTraced(t.Proc, t.Proc.Parent, false)
	k.ppTrace = t.Proc.Lent != nil
	return errno.OK
}

// attach is PT_ATTACH: a stop by job control is forgotten (attach-job-stopped).
func (r *request) attach() errno.Errno {
	k := procOf(r.p)
	switch {
	case r.p == r.by.Proc:
		return errno.EINVAL
	case k.traced:
		return errno.EBUSY
	case procOf(r.by.Proc).traced && isAncestor(r.p, r.by.Proc):
		return errno.EINVAL
	}
	setTraced(r.p, r.by.Proc, true)
	if k.stoppedSig {
		k.stoppedSig, k.waited = false, false
		unsuspendAll(r.p)
	}
	firstStop(r.p, raw.SIGSTOP)
	return errno.OK
}

// isAncestor says whether q is above p.
func isAncestor(q, p *kern.Proc) bool {
	for p = parentOf(p); p != nil; p = parentOf(p) {
		if p == q {
			return true
		}
	}
	return false
}

// eligible is proc_can_ptrace: it is traced, by the caller, and has stopped, which somebody has
// waited for.
func (r *request) eligible() errno.Errno {
	k := procOf(r.p)
	switch {
	case !k.traced:
		return errno.EPERM
	case k.tracer != r.by.Proc:
		return errno.EBUSY
	case !k.stoppedTrace || !allSuspended(r.p) || !k.waited:
		return errno.EBUSY
	}
	return errno.OK
}

// canSee is p_cansee: ESRCH for who is not to be seen (access-see-other-uids-off).
func canSee(by *kern.Thread, p *kern.Proc) errno.Errno {
	if c := by.Cred(); !c.Super() && !of(by.M).seeOtherUIDs && c.UID != p.Cred.UID {
		return errno.ESRCH
	}
	return errno.OK
}

// canDebug is p_candebug: EPERM unless it is the same user's and nothing forbids it.
func canDebug(by *kern.Thread, p *kern.Proc) errno.Errno {
	k, c, o := procOf(p), by.Cred(), &p.Cred
	if by.Proc == p || c.Super() {
		return errno.OK
	}
	switch {
	case !of(by.M).unprivilegedDebug, k.noTrace, k.sugid:
		return errno.EPERM
	case c.EUID != o.EUID || c.EUID != o.UID || c.EUID != o.SUID || c.GID != o.GID:
		return errno.EPERM
	}
	return errno.OK
}
