package freebsd

// Signals, as programs ask for them.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{37, "kill", 2, sysKill}, {53, "sigaltstack", 2, sysSigaltstack}, {340, "sigprocmask", 3, sysSigprocmask},
		{341, "sigsuspend", 1, sysSigsuspend}, {343, "sigpending", 1, sysSigpending}, {345, "sigtimedwait", 3, sysSigtimedwait},
		{346, "sigwaitinfo", 2, sysSigwaitinfo}, {416, "sigaction", 3, sysSigaction}, {nrSigreturn, "sigreturn", 1, sysSigreturn},
		{429, "sigwait", 2, sysSigwait}, {456, "sigqueue", 3, sysSigqueue}})
}

// sysKill is kill(2): threads' ids are none of processes.
func sysKill(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if pid := calls.Integer(a[0]); pid > 0 && t.M.Proc(pid) == nil {
		if sig := calls.Integer(a[1]); sig < 0 || sig > System.Sig.Max {
			return 0, errno.EINVAL
		}
		return 0, errno.ESRCH
	}
	return calls.Kill(t, a)
}

// queueTID is __SIGQUEUE_TID (sys/signal.h): the signal is for a thread of the caller's process.
const queueTID = 1 << 31

// sysSigqueue is sigqueue(2): process or thread, signal, value.
func sysSigqueue(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	id, sig := calls.Integer(a[0]), int(uint32(a[1])&^queueTID)
	if id <= 0 || sig > System.Sig.Max {
		return 0, errno.EINVAL
	}
	p, way := t.M.Proc(id), calls.ToProcess
	if uint32(a[1])&queueTID != 0 {
		o := t.M.Thread(id)
		if o == nil || o.Proc != t.Proc || !o.Alive() {
			return 0, errno.ESRCH
		}
		p, way = t.Proc, func(*kern.Proc) func(kern.SigInfo) { return calls.ToThread(o) }
	}
	switch {
	case p == nil:
		return 0, errno.ESRCH
	case sig != 0 && pendingCount(p) >= maxPending:
		return 0, errno.EAGAIN
	}
	info := kern.SigInfo{Signo: sig, Origin: kern.FromQueue, PID: t.Proc.PID, UID: t.Proc.Cred.UID, Value: a[2]}
	return 0, calls.Send(t, p, info, way(p))
}

// sigFlags are SA_* by bit.
var sigFlags = []struct {
	raw  uint32
	flag kern.SigFlag
}{{1, kern.SAOnStack}, {2, kern.SARestart}, {4, kern.SAReset}, {8, kern.SANoCldStop}, {0x10, kern.SANoDefer}, {0x20, kern.SANoCldWait},
	{0x40, kern.SAInfo}}

// actionSize is that of struct sigaction: handler, flags, mask.
const actionSize = 32

// Bits of what is kept of an action's flags. In SA_RESTART's place it is whether a sleep that the signal
// ends fails with EINTR, which none does at first (ps_sigintr).
const (
	saNoCldStop = 0x8
	saNoCldWait = 0x20
	saInfo      = 0x40
	saAll       = 0x7f
	saIntr      = 0x2
)

// sysSigaction is sigaction(2).
func sysSigaction(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	sig := calls.Integer(a[0])
	var b [actionSize]byte
	if a[1] != 0 {
		if e := t.CopyIn(a[1], b[:]); e != errno.OK {
			return 0, e
		}
	}
	if sig <= 0 || sig > System.Sig.Max {
		return 0, errno.EINVAL
	}
	act := t.Proc.Actions.Get(sig)
	old := *act
	if a[1] != 0 {
		n := kern.Action{Handler: le.Uint64(b[:]), Raw: uint64(le.Uint32(b[8:])), Mask: kern.Sigset{le.Uint64(b[12:]), le.Uint64(b[20:])}}
		if System.Sig.Uncatchable().Has(sig) && n.Handler != kern.Default || n.Handler > kern.Ignored && n.Raw&^saAll != 0 {
			return 0, errno.EINVAL
		}
		n.Mask = n.Mask.Minus(System.Sig.Uncatchable())
		n.Raw &= saAll
		if n.Handler <= kern.Ignored {
			n.Raw &^= saInfo
		}
		if sig != raw.SIGCHLD {
			n.Raw &^= saNoCldStop | saNoCldWait
		}
		for _, f := range sigFlags {
			if uint32(n.Raw)&f.raw != 0 {
				n.Flags |= f.flag
			}
		}
		n.Raw ^= saIntr
		*act = n
		if ignored(t.Proc, sig) {
			discard(t.Proc, kern.Of(sig))
		}
	}
	if a[2] == 0 {
		return 0, errno.OK
	}
	b = [actionSize]byte{}
	le.PutUint64(b[:], old.Handler)
	le.PutUint32(b[8:], uint32(old.Raw^saIntr))
	putMask(b[12:], old.Mask)
	return 0, t.CopyOut(a[2], b[:])
}

// dflt takes an action's handler away; how it was asked for stays, and its mask (sigdflt).
func dflt(a *kern.Action) {
	a.Handler, a.Raw, a.Flags = kern.Default, a.Raw&^saInfo, a.Flags&^kern.SAInfo
}

// sysSigprocmask is sigprocmask(2): how, set, old set.
func sysSigprocmask(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	old, mask := t.Mask, t.Mask
	if a[1] != 0 {
		set, e := maskAt(t, a[1])
		if e != errno.OK {
			return 0, e
		}
		switch a[0] {
		case 1:
			mask = mask.Or(set)
		case 2:
			mask = mask.Minus(set)
		case 3:
			mask = set
		default:
			return 0, errno.EINVAL
		}
		setMask(t, mask)
	}
	if a[2] == 0 {
		return 0, errno.OK
	}
	return 0, outMask(t, a[2], old)
}

func outMask(t *kern.Thread, addr uint64, m kern.Sigset) errno.Errno {
	var b [16]byte
	putMask(b[:], m)
	return t.CopyOut(addr, b[:])
}

func sysSigpending(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return 0, outMask(t, a[0], t.Pending.Set().Or(t.Proc.Pending.Set()).And(t.Mask))
}

// sysSigsuspend is sigsuspend(2): signals are shown and acted on within it (sig-sigsuspend).
func sysSigsuspend(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	set, e := maskAt(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	l := lwpOf(t)
	old := t.Mask
	l.mask, l.hasMask = old, true
	setMask(t, set)
	l.err = raw.EINTR // it has failed from the beginning, for signals' frames
	setReturn(t)
	l.direct, l.shown = true, raw.EINTR
	for l.hasMask && !t.Killed() {
		t.Sleep("pause", 0, &l.suspendQ)
		for !t.Killed() {
			sig := issignal(t)
			if sig == 0 {
				break
			}
			postsig(t, sig)
		}
	}
	return 0, errno.OK
}

// sysSigaltstack is sigaltstack(2): new, old; struct sigaltstack is pointer, size, flags.
func sysSigaltstack(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	old := make([]byte, 24)
	le.PutUint64(old, t.Alt.Base)
	le.PutUint64(old[8:], t.Alt.Size)
	le.PutUint32(old[16:], uint32(altFlags(t)))
	if a[0] != 0 {
		b := make([]byte, 24)
		if e := t.CopyIn(a[0], b); e != errno.OK {
			return 0, e
		}
		flags, size := le.Uint32(b[16:]), le.Uint64(b[8:])
		switch {
		case altFlags(t) == ssOnStack:
			return 0, errno.EPERM
		case flags&^uint32(ssDisable) != 0:
			return 0, errno.EINVAL
		case flags&ssDisable != 0:
			t.Alt = kern.AltStack{Disabled: true}
		case size < minStack:
			return 0, errno.ENOMEM
		default:
			t.Alt = kern.AltStack{Base: le.Uint64(b), Size: size}
		}
	}
	if a[1] == 0 {
		return 0, errno.OK
	}
	return 0, t.CopyOut(a[1], old)
}

// sigwait waits for a signal of a set until a time (0: never; in the past: now). Signals that are ignored, as is
// also the default of some, are discarded as ever (kern.sig_discard_ign).
func sigwait(t *kern.Thread, addr uint64, until int64) (kern.SigInfo, errno.Errno) {
	set, e := maskAt(t, addr)
	if e != errno.OK {
		return kern.SigInfo{}, e
	}
	set = set.Minus(System.Sig.Uncatchable())
	l, mask := lwpOf(t), t.Mask
	defer func() { t.Mask = mask; notify(t) }()
	t.Mask = mask.Minus(set)
	for {
		for sig := issignal(t); sig != 0; {
			if !set.Has(sig) {
				return kern.SigInfo{}, errno.EINTR
			}
			info, ok := t.Pending.Take(sig)
			if !ok {
				info, _ = t.Proc.Pending.Take(sig)
			}
			acted(t, sig)
			return info, errno.OK
		}
		if t.Killed() {
			return kern.SigInfo{}, errno.EINTR
		}
		if until != 0 && until <= t.M.Now() {
			return kern.SigInfo{}, errno.EAGAIN
		}
		t.Sleep("sigwait", until, &l.suspendQ)
	}
}

func sysSigtimedwait(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	until := int64(0)
	if a[2] != 0 {
		ns, e := calls.Timespec(t, a[2])
		if e != errno.OK {
			return 0, e
		}
		until = calls.After(t, ns)
	}
	return sigwaited(t, a, until)
}

func sigwaited(t *kern.Thread, a *[6]uint64, until int64) (uint64, errno.Errno) {
	info, e := sigwait(t, a[0], until)
	if e != errno.OK {
		return 0, e
	}
	if a[1] != 0 {
		b := make([]byte, raw.SiginfoSize)
		s := siginfoOf(&info)
		s.Encode(b)
		if e := t.CopyOut(a[1], b); e != errno.OK {
			return 0, e
		}
	}
	return uint64(info.Signo), errno.OK
}

func sysSigwaitinfo(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) { return sigwaited(t, a, 0) }

// sysSigwait is sigwait(2): it returns its error as a value; a signal that is not waited for
// begins it again.
func sysSigwait(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	info, e := sigwait(t, a[0], 0)
	switch e {
	case errno.OK:
		return 0, t.Put32(a[1], uint32(info.Signo))
	case errno.EINTR:
		return 0, errno.ERESTART
	}
	return uint64(number(e)), errno.OK
}
