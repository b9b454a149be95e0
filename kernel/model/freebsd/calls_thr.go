package freebsd

// Threads: thr_new(2) and its like, _umtx_op(2).

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{331, "sched_yield", 0, sysYield}, {431, "thr_exit", 1, sysThrExit}, {432, "thr_self", 1, sysThrSelf},
		{433, "thr_kill", 2, sysThrKill}, {442, "thr_suspend", 1, sysThrSuspend}, {443, "thr_wake", 1, sysThrWake}, {454, "_umtx_op", 5, sysUmtxOp},
		{455, "thr_new", 2, sysThrNew}, {464, "thr_set_name", 2, sysThrSetName}, {481, "thr_kill2", 3, sysThrKill2}})
}

func sysYield(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	t.Yield()
	return 0, errno.OK
}

// Offsets in struct thr_param.
const (
	tpStart     = 0
	tpArg       = 8
	tpStack     = 16
	tpStackSize = 24
	tpTLS       = 32
	tpChildTID  = 48
	tpParentTID = 56
	tpSize      = 104
)

// sysThrNew is thr_new(2): the parameters, their size. The flag THR_SUSPENDED means nothing to the
// kernel.
func sysThrNew(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if calls.Integer(a[1]) < 0 || a[1] > tpSize {
		return 0, errno.EINVAL
	}
	b := make([]byte, tpSize)
	if e := t.CopyIn(a[0], b[:a[1]]); e != errno.OK {
		return 0, e
	}
	at := func(off int) uint64 { return le.Uint64(b[off:]) }
	lwpOf(t).full()
	n, e := t.Fork(kern.ForkSpec{Thread: true, Stack: (at(tpStack)+at(tpStackSize))&^15 - 8, TLS: at(tpTLS), HasTLS: true, ClearAlt: true})
	if e != errno.OK {
		return 0, e
	}
	n.Regs.RIP, n.Regs.R[cpu.RDI], n.Regs.R[cpu.RBP] = at(tpStart), at(tpArg), 0
	n.Regs.Flags &^= cpu.FlagTF
	for _, where := range []uint64{at(tpChildTID), at(tpParentTID)} {
		if where != 0 {
			t.PutWord(where, uint64(n.TID))
		}
	}
	k, l := procOf(t.Proc), lwpOf(n)
	l.born = k.traced && k.events&raw.MaskLWP != 0
	n.Start()
	return 0, errno.OK
}

// sysThrExit is thr_exit(2): for the last thread it does nothing (lwp-last-exits).
func sysThrExit(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	k, l := procOf(t.Proc), lwpOf(t)
	if a[0] != 0 && t.PutWord(a[0], 1) == errno.OK {
		umtxWake(t, a[0], 1<<30, true)
	}
	staying := 0
	for _, o := range t.Proc.Living() {
		if !lwpOf(o).threadEnd { // p_pendingexits counts the others
			staying++
		}
	}
	if staying == 1 {
		return 0, errno.OK
	}
	l.threadEnd, t.Exiting = true, true
	if k.traced && k.events&raw.MaskLWP != 0 {
		l.exiting = true
		ptraceStop(t, raw.SIGTRAP, nil)
		l.exiting = false
	}
	t.ExitThread(0)
	return 0, errno.OK
}

func sysThrSelf(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return 0, t.PutWord(a[0], uint64(t.TID))
}

// sysThrKill is thr_kill(2): a thread of the caller's process, or with -1 all the others.
func sysThrKill(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return thrKill(t, t.Proc, calls.Integer(a[0]), calls.Integer(a[1]))
}

func thrKill(t *kern.Thread, p *kern.Proc, id, sig int) (uint64, errno.Errno) {
	info := kern.SigInfo{Signo: sig, Origin: kern.FromThread, PID: t.Proc.PID, UID: t.Proc.Cred.UID}
	if id == -1 {
		if sig < 0 || sig > System.Sig.Max {
			return 0, errno.EINVAL
		}
		e := errno.ESRCH
		for _, o := range p.Living() {
			if o != t {
				e = errno.OK
				if sig != 0 {
					post(p, o, info)
				}
			}
		}
		return 0, e
	}
	o := t.M.Thread(id)
	if o == nil || o.Proc != p || !o.Alive() {
		return 0, errno.ESRCH
	}
	return 0, calls.Send(t, p, info, calls.ToThread(o))
}

// sysThrKill2 is thr_kill2(2): process, thread, signal.
func sysThrKill2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	p := t.M.Proc(calls.Integer(a[0]))
	if p == nil || p.State >= kern.Zombie {
		return 0, errno.ESRCH
	}
	return thrKill(t, p, calls.Integer(a[1]), calls.Integer(a[2]))
}

// sysThrSuspend is thr_suspend(2): until thr_wake, a signal, or the time.
func sysThrSuspend(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	until := int64(0)
	if a[0] != 0 {
		ns, e := calls.Timespec(t, a[0])
		if e != errno.OK {
			return 0, e
		}
		until = calls.After(t, ns)
	}
	l := lwpOf(t)
	for !l.awoken {
		switch e := t.Sleep("lthr", until, &l.suspendQ); e {
		case errno.EINTR, errno.ETIMEDOUT:
			l.awoken = false
			return 0, e
		}
	}
	l.awoken = false
	return 0, errno.OK
}

// sysThrWake is thr_wake(2).
func sysThrWake(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	o := t.M.Thread(calls.Integer(a[0]))
	if o == nil || o.Proc != t.Proc {
		return 0, errno.ESRCH
	}
	l := lwpOf(o)
	l.awoken = true
	l.suspendQ.Wake()
	return 0, errno.OK
}

func sysThrSetName(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	name := ""
	if a[1] != 0 {
		var e errno.Errno
		if name, e = t.PathAt(a[1]); e != errno.OK {
			return 0, e
		}
	}
	o := t.M.Thread(calls.Integer(a[0]))
	if o == nil || o.Proc != t.Proc {
		return 0, errno.ESRCH
	}
	lwpOf(o).name = name[:min(len(name), 19)]
	return 0, errno.OK
}

// Operations of _umtx_op(2).
const (
	umtxWait         = 2
	umtxWakeOp       = 3
	umtxWaitUint     = 11
	umtxWaitPrivate  = 15
	umtxWakePrivate  = 16
	umtxNWakePrivate = 21
)

// sysUmtxOp is _umtx_op(2): object, operation, value, and of a wait how long. Mutexes and the
// rest are the C library's, that no program here has.
func sysUmtxOp(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	switch op := calls.Integer(a[1]); op {
	case umtxWait, umtxWaitUint, umtxWaitPrivate:
		return 0, umtxSleep(t, a, op == umtxWait, op == umtxWaitPrivate)
	case umtxWakeOp, umtxWakePrivate:
		umtxWake(t, a[0], int(min(a[2], 1<<30)), op == umtxWakePrivate)
		return 0, errno.OK
	case umtxNWakePrivate:
		for i := range min(a[2], 1<<16) {
			addr, e := t.Word(a[0] + 8*i)
			if e != errno.OK {
				return 0, e
			}
			umtxWake(t, addr, 1<<30, true)
		}
		return 0, errno.OK
	case 0, 1, 6, 7, 8, 9:
		t.M.NotModeled(t, "_umtx_op operation %d", op)
		return 0, errno.EOPNOTSUPP
	}
	return 0, errno.EINVAL
}

func umtxWake(t *kern.Thread, addr uint64, n int, private bool) {
	for _, how := range []bool{private, !private} {
		if key, e := t.FutexKey(addr, how); e == errno.OK {
			n -= t.M.FutexWake(key, n, ^uint32(0))
		}
	}
}

// umtxSleep is UMTX_OP_WAIT: it returns at once if the word is another. a[3] is the size of the
// time in a[4], if it is more than a timespec it is a struct _umtx_time: clock and flags after.
func umtxSleep(t *kern.Thread, a *[6]uint64, long, private bool) errno.Errno {
	until := int64(0)
	if a[4] != 0 {
		ns, e := calls.Timespec(t, a[4])
		if e != errno.OK {
			return e
		}
		until = calls.After(t, ns)
		if a[3] >= 24 {
			if flags, e := calls.Word32(t, a[4]+16); e == errno.OK && flags&1 != 0 { // UMTX_ABSTIME
				clock, _ := calls.Word32(t, a[4]+20)
				until = max(ns-clockOffset(int(clock)), 1)
			}
		}
	}
	key, e := t.FutexKey(a[0], private)
	if e != errno.OK {
		return e
	}
	if long {
		if v, e := t.Word(a[0]); e != errno.OK || v != a[2] {
			return e
		}
	}
	if e = t.FutexWait(key, a[0], uint32(a[2]), ^uint32(0), until); e == errno.EAGAIN {
		return errno.OK
	}
	return e
}
