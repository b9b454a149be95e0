package svr4

// Lwps (illumos _lwp_create(2) and its like). They are numbered from 1 in each process.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/svr4/nr"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

func init() {
	register(map[int]calls.Call{
		nr.LwpCreate: sysLwpCreate, nr.LwpExit: sysLwpExit, nr.LwpWait: sysLwpWait, nr.LwpDetach: sysLwpDetach,
		nr.LwpSelf: sysLwpSelf, nr.LwpKill: sysLwpKill, nr.LwpSuspend: sysLwpSuspend, nr.LwpContinue: sysLwpContinue,
		nr.LwpPark: sysLwpPark, nr.LwpPrivate: sysLwpPrivate, nr.LwpInfo: sysLwpInfo, nr.Yield: sysYield,
	})
}

// Flags of lwp_create(2).
const (
	lwpDaemon    = 0x20
	lwpDetached  = 0x40
	lwpSuspended = 0x80
)

// sysLwpCreate makes an lwp with a context: context, flags, where its number is put.
func sysLwpCreate(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[1]&^(lwpDaemon|lwpDetached|lwpSuspended) != 0 {
		return 0, errno.EINVAL
	}
	b := make([]byte, ucSize)
	if e := t.CopyIn(a[0], b); e != errno.OK {
		return 0, e
	}
	n, e := t.Fork(kern.ForkSpec{Thread: true, Memory: true, Files: true, Place: true, Actions: true, ClearAlt: true})
	if e != errno.OK {
		return 0, e
	}
	l := lwpOf(n)
	l.restore(n, b)
	l.context = 0
	l.detached, l.suspended = a[1]&lwpDetached != 0, a[1]&lwpSuspended != 0
	if l.suspended {
		n.Notice()
	}
	id := uint64(l.id)
	if a[2] != 0 {
		t.Put32(a[2], uint32(id)) // that it cannot is no error: the lwp is there
	}
	n.Start()
	return id, errno.OK
}

func sysLwpExit(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	t.ExitThread(0)
	return 0, errno.OK
}

func sysLwpSelf(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	return uint64(lwpOf(t).id), errno.OK
}

// sysLwpWait waits for an lwp to end, or with 0 for any: number, where that of the one that
// ended is put.
func sysLwpWait(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	k, id := processOf(t.Proc), calls.Integer(a[0])
	if id == lwpOf(t).id {
		return 0, errno.EDEADLK
	}
	for {
		i := slices.IndexFunc(k.zombies, func(z int) bool { return id == 0 || z == id })
		if i >= 0 {
			z := k.zombies[i]
			k.zombies = slices.Delete(k.zombies, i, i+1)
			if a[1] != 0 {
				return 0, t.Put32(a[1], uint32(z))
			}
			return 0, errno.OK
		}
		if e := mayWait(t, id); e != errno.OK {
			return 0, e
		}
		if t.Sleep("lwp_wait", 0, &k.gone) == errno.EINTR {
			return 0, errno.ERESTART
		}
	}
}

// mayWait says why waiting for an lwp is in vain. ESRCH: there is none. EDEADLK: no other is left.
func mayWait(t *kern.Thread, id int) errno.Errno {
	if id != 0 {
		if o := find(t.Proc, id); o == nil || lwpOf(o).detached {
			return errno.ESRCH
		}
		return errno.OK
	}
	for _, o := range t.Proc.Threads {
		if o != t && o.Alive() && !lwpOf(o).detached {
			return errno.OK
		}
	}
	return errno.EDEADLK
}

func sysLwpDetach(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	k, id := processOf(t.Proc), calls.Integer(a[0])
	if i := slices.Index(k.zombies, id); i >= 0 {
		k.zombies = slices.Delete(k.zombies, i, i+1)
		return 0, errno.OK
	}
	o := find(t.Proc, id)
	switch {
	case o == nil:
		return 0, errno.ESRCH
	case lwpOf(o).detached:
		return 0, errno.EINVAL
	}
	lwpOf(o).detached = true
	return 0, errno.OK
}

func sysLwpKill(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	o := find(t.Proc, calls.Integer(a[0]))
	if o == nil {
		return 0, errno.ESRCH
	}
	info := calls.FromSelf(t, calls.Integer(a[1]))
	info.Origin = kern.FromThread
	return 0, calls.Send(t, o.Proc, info, calls.ToThread(o))
}

// sysLwpSuspend stops an lwp until lwp_continue(2).
func sysLwpSuspend(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	o := find(t.Proc, calls.Integer(a[0]))
	if o == nil {
		return 0, errno.ESRCH
	}
	if o == t && len(t.Proc.Living()) == 1 {
		return 0, errno.EDEADLK
	}
	lwpOf(o).suspended = true
	o.Notice()
	return 0, errno.OK
}

func sysLwpContinue(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	o := find(t.Proc, calls.Integer(a[0]))
	if o == nil {
		return 0, errno.ESRCH
	}
	l := lwpOf(o)
	l.suspended = false
	if l.halted && l.why == proc.Suspended {
		l.release(o)
	}
	return 0, errno.OK
}

// sysLwpPark is the sleep of mutexes and conditions: 0 parks the caller until somebody unparks
// it, after it has unparked another; 1 unparks; 2 unparks several.
func sysLwpPark(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	switch a[0] {
	case 0:
		return park(t, a[1], calls.Integer(a[2]))
	case 1:
		return 0, unpark(t.Proc, calls.Integer(a[1]))
	case 2:
		first := errno.OK
		for i := range min(a[2], 4096) {
			id, e := calls.Word32(t, a[1]+4*i)
			if e != errno.OK {
				return 0, e
			}
			if e := unpark(t.Proc, int(int32(id))); first == errno.OK {
				first = e
			}
		}
		return 0, first
	}
	return 0, errno.EINVAL
}

func park(t *kern.Thread, timeout uint64, other int) (uint64, errno.Errno) {
	l, until := lwpOf(t), int64(0)
	if timeout != 0 {
		ns, e := calls.Timespec(t, timeout)
		if e != errno.OK {
			return 0, e
		}
		until = calls.After(t, ns)
	}
	if other != 0 {
		unpark(t.Proc, other)
	}
	for !l.unparked {
		if e := t.Sleep("park", until, &l.parked); e != errno.OK {
			return 0, e // ETIME of illumos is ETIMEDOUT here
		}
	}
	l.unparked = false
	return 0, errno.OK
}

func unpark(p *kern.Proc, id int) errno.Errno {
	o := find(p, id)
	if o == nil {
		return errno.ESRCH
	}
	l := lwpOf(o)
	l.unparked = true
	l.parked.Wake()
	return errno.OK
}

// sysLwpPrivate sets or gets the base of fs or gs: what, which, the base or where it is put.
func sysLwpPrivate(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	base := &t.Regs.FSBase
	switch a[1] {
	case 0:
	case 1:
		base = &t.Regs.GSBase
	default:
		return 0, errno.EINVAL
	}
	switch a[0] {
	case 0:
		if a[2] >= userTop {
			return 0, errno.EFAULT
		}
		*base = a[2]
		return 0, errno.OK
	case 1:
		return 0, t.PutWord(a[2], *base)
	}
	return 0, errno.EINVAL
}

// sysLwpInfo tells the lwp's times: a struct lwpinfo.
func sysLwpInfo(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return 0, t.CopyOut(a[0], append(calls.TimespecBytes(t.Usage.User), append(calls.TimespecBytes(t.Usage.System), make([]byte, 32)...)...))
}

func sysYield(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	t.Yield()
	return 0, errno.OK
}
