package svr4

// Signals: actions, masks, waiting for them, sending them.

import (
	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/svr4/nr"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

func init() {
	register(map[int]calls.Call{
		nr.Sigaction: sysSigaction, nr.Signal: sysSignal, nr.Sigprocmask: sysSigprocmask, nr.LwpSigmask: sysLwpSigmask,
		nr.Sigsuspend: sysSigsuspend, nr.Sigpending: sysSigpending, nr.Sigaltstack: sysSigaltstack, nr.Sigtimedwait: sysSigtimedwait,
		nr.Pause: sysPause, nr.Kill: sysKill, nr.Sigqueue: sysSigqueue, nr.Sigsendsys: sysSigsendsys, nr.Context: sysContext,
	})
}

// actionFlags are the flags that mean something to package kern.
var actionFlags = []struct {
	svr4 int32
	kern kern.SigFlag
}{{proc.SAOnStack, kern.SAOnStack}, {proc.SAResetHand, kern.SAReset}, {proc.SARestart, kern.SARestart}, {proc.SASigInfo, kern.SAInfo},
	{proc.SANoDefer, kern.SANoDefer}, {proc.SANoCldWait, kern.SANoCldWait}, {proc.SANoCldStop, kern.SANoCldStop}}

// action is an action as the structure.
func action(a *kern.Action) proc.Sigaction {
	return proc.Sigaction{Flags: int32(a.Raw), Handler: a.Handler, Mask: sigset(a.Mask)}
}

// setAction changes an action. A signal that is ignored from now on is not pending any more.
func setAction(p *kern.Proc, sig int, s *proc.Sigaction) {
	act := kern.Action{Handler: s.Handler, Raw: uint64(uint32(s.Flags)), Mask: setOf(&s.Mask).Minus(System.Sig.Uncatchable())}
	for _, row := range actionFlags {
		if s.Flags&row.svr4 != 0 {
			act.Flags |= row.kern
		}
	}
	*p.Actions.Get(sig) = act
	d := System.Sig.Default(sig)
	if act.Handler == kern.Ignored || act.Handler == kern.Default && (d == abi.Ignore || d == abi.Continue) {
		p.Pending.Remove(kern.Of(sig))
		for _, t := range p.Threads {
			t.Pending.Remove(kern.Of(sig))
		}
	}
}

func sysSigaction(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	sig := calls.Integer(a[0])
	if !System.Sig.Valid(sig) || a[1] != 0 && System.Sig.Uncatchable().Has(sig) {
		return 0, errno.EINVAL
	}
	old := action(t.Proc.Actions.Get(sig))
	if a[1] != 0 {
		b := make([]byte, proc.SigactionTable.Size)
		if e := t.CopyIn(a[1], b); e != errno.OK {
			return 0, e
		}
		list, err := proc.DecodeSigacts(b)
		if err != nil {
			return 0, errno.EINVAL
		}
		setAction(t.Proc, sig, &list[0])
	}
	if a[2] == 0 {
		return 0, errno.OK
	}
	return 0, t.CopyOut(a[2], old.Append(nil))
}

// sysSignal is signal(2) of old: the handler is for one signal, which is not blocked in it.
func sysSignal(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	sig := calls.Integer(a[0])
	if !System.Sig.Valid(sig) || System.Sig.Uncatchable().Has(sig) {
		return 0, errno.EINVAL
	}
	old := t.Proc.Actions.Get(sig).Handler
	setAction(t.Proc, sig, &proc.Sigaction{Flags: proc.SAResetHand | proc.SANoDefer, Handler: a[1]})
	return old, errno.OK
}

// setAt reads a sigset_t.
func setAt(t *kern.Thread, addr uint64) (kern.Sigset, errno.Errno) {
	b := make([]byte, sigsetSize)
	e := t.CopyIn(addr, b)
	return setFrom(b), e
}

// changeMask is sigprocmask(2)'s rule; EINVAL: no such way.
func changeMask(t *kern.Thread, how uint64, s kern.Sigset) errno.Errno {
	const block, unblock, set = 1, 2, 3
	switch how {
	case block:
		s = t.Mask.Or(s)
	case unblock:
		s = t.Mask.Minus(s)
	case set:
	default:
		return errno.EINVAL
	}
	t.SetMask(s)
	return errno.OK
}

func sysSigprocmask(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	old := t.Mask
	if a[1] != 0 {
		s, e := setAt(t, a[1])
		if e == errno.OK {
			e = changeMask(t, a[0], s)
		}
		if e != errno.OK {
			return 0, e
		}
	}
	if a[2] == 0 {
		return 0, errno.OK
	}
	b := make([]byte, sigsetSize)
	putSet(b, old)
	return 0, t.CopyOut(a[2], b)
}

// sysLwpSigmask has the set in registers: four words of it.
func sysLwpSigmask(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	old := sigset(t.Mask)
	s := proc.SigSet{uint32(a[1]), uint32(a[2]), uint32(a[3]), uint32(a[4])}
	if a[0] != 0 {
		if e := changeMask(t, a[0], setOf(&s)); e != errno.OK {
			return 0, e
		}
	}
	return two(t, uint64(old[0]), uint64(old[1]))
}

func sysSigsuspend(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	s, e := setAt(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	t.Suspend(s)
	return awaitSignal(t, "sigsuspend")
}

func sysPause(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) { return awaitSignal(t, "pause") }

func awaitSignal(t *kern.Thread, why string) (uint64, errno.Errno) {
	for t.Sleep(why, 0) != errno.EINTR {
	}
	return 0, errno.EINTR
}

// sysSigpending is sigpending(2) and sigfillset(3).
func sysSigpending(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const pending, all = 1, 2
	b := make([]byte, sigsetSize)
	switch a[0] {
	case pending:
		putSet(b, t.Pending.Set().Or(t.Proc.Pending.Set()).And(t.Mask))
	case all:
		putSet(b, kern.Sigset{1<<System.Sig.Max - 1})
	default:
		return 0, errno.EINVAL
	}
	return 0, t.CopyOut(a[1], b)
}

func sysSigaltstack(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	var b, old [24]byte
	le.PutUint64(old[:], t.Alt.Base)
	le.PutUint64(old[8:], t.Alt.Size)
	le.PutUint32(old[16:], uint32(altFlags(t)))
	if a[0] != 0 {
		if e := t.CopyIn(a[0], b[:]); e != errno.OK {
			return 0, e
		}
		base, size, flags := le.Uint64(b[:]), le.Uint64(b[8:]), le.Uint32(b[16:])
		switch {
		case t.Alt.On(t.Regs.R[cpu.RSP]):
			return 0, errno.EPERM
		case flags&^ssDisable != 0:
			return 0, errno.EINVAL
		case flags == ssDisable:
			t.Alt = kern.AltStack{Disabled: true}
		case size < minStack:
			return 0, errno.ENOMEM
		default:
			t.Alt = kern.AltStack{Base: base, Size: size}
		}
	}
	if a[1] == 0 {
		return 0, errno.OK
	}
	return 0, t.CopyOut(a[1], old[:])
}

// sysSigtimedwait is sigtimedwait(2): set, info, timeout.
func sysSigtimedwait(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	s, e := setAt(t, a[0])
	until := int64(0)
	if e == errno.OK && a[2] != 0 {
		var ns int64
		if ns, e = calls.Timespec(t, a[2]); e == errno.OK {
			until = calls.After(t, ns)
		}
	}
	if e != errno.OK {
		return 0, e
	}
	info, e := t.WaitSignal(s, until)
	if e != errno.OK {
		return 0, e
	}
	if a[1] != 0 {
		i := encode(&info)
		if e := t.CopyOut(a[1], i.Append(nil)); e != errno.OK {
			return 0, e
		}
	}
	return uint64(info.Signo), errno.OK
}

// sysKill is kill(2). An lwp has no id that others may name.
func sysKill(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if pid := calls.Integer(a[0]); pid > 0 && t.M.Proc(pid) == nil {
		return 0, errno.ESRCH
	}
	return calls.Kill(t, a)
}

// sysSigqueue is sigqueue(3): process, signal, value, code.
func sysSigqueue(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	p := t.M.Proc(calls.Integer(a[0]))
	if p == nil || calls.Integer(a[0]) <= 0 {
		return 0, errno.ESRCH
	}
	info := calls.FromSelf(t, calls.Integer(a[1]))
	info.Origin, info.Value, info.Code = kern.FromQueue, a[2], int32(a[3])
	if info.Code > 0 {
		return 0, errno.EINVAL
	}
	if p.QueueFull(nil) {
		return 0, errno.EAGAIN
	}
	return 0, calls.Send(t, p, info, calls.ToProcess(p))
}

// sysSigsendsys is sigsendset(2), of one process or one group: of a procset_t the left half.
func sysSigsendsys(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	b := make([]byte, 20)
	if e := t.CopyIn(a[0], b); e != errno.OK {
		return 0, e
	}
	id := uint64(le.Uint32(b[8:]))
	switch le.Uint32(b[4:]) {
	case idPID:
	case idPGID:
		id = -id
	case idAll:
		id = ^uint64(0)
	default:
		return 0, errno.EINVAL
	}
	return sysKill(t, &[6]uint64{id, a[1]})
}
