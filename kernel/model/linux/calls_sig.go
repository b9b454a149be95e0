package linux

// Signals: what a process does at one, which it blocks, how it waits for and sends them.

import (
	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{"rt_sigaction", sysSigaction}, {"rt_sigprocmask", sysSigprocmask}, {"rt_sigpending", sysSigpending},
		{"rt_sigsuspend", sysSigsuspend}, {"rt_sigtimedwait", sysSigtimedwait}, {"rt_sigqueueinfo", sysSigqueueinfo},
		{"rt_tgsigqueueinfo", sysTgsigqueueinfo}, {"sigaltstack", sysSigaltstack}, {"kill", calls.Kill}, {"tkill", sysTkill},
		{"tgkill", sysTgkill}, {"pause", sysPause}})
}

const sigsetSize = 8 // bytes of the kernel's sigset_t

// Offsets in the kernel's struct sigaction (asm/signal.h).
const (
	saHandler   = 0
	saFlags     = 8
	saRestore   = 16
	saMask      = 24
	saLength    = 32
	saKnown     = saNoCldSt | saNoCldWt | saSigInfo | saExposeTag | saRestorer | saOnStack | saRestart | saNoDefer | saReset
	saExposeTag = 0x800 // flags that are not known are not kept, so that programs can find out
	saOnStack   = 0x08000000
	saRestart   = 0x10000000
	saNoDefer   = 0x40000000
	saReset     = 0x80000000
	saNoCldSt   = 1
	saNoCldWt   = 2
	saSigInfo   = 4
	sigMaximum  = 64
)

// saFlag are the flags that mean something to package kern.
var saFlag = []struct {
	linux uint64
	kern  kern.SigFlag
}{{saNoCldSt, kern.SANoCldStop}, {saNoCldWt, kern.SANoCldWait}, {saSigInfo, kern.SAInfo}, {saRestorer, kern.SARestorer},
	{saOnStack, kern.SAOnStack}, {saRestart, kern.SARestart}, {saNoDefer, kern.SANoDefer}, {saReset, kern.SAReset}}

func sysSigaction(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[3] != sigsetSize {
		return 0, errno.EINVAL
	}
	b := make([]byte, saLength)
	if a[1] != 0 {
		if e := t.CopyIn(a[1], b); e != errno.OK {
			return 0, e
		}
	}
	sig := integer(a[0])
	if !System.Sig.Valid(sig) || a[1] != 0 && System.Sig.Uncatchable().Has(sig) {
		return 0, errno.EINVAL
	}
	old := *t.Proc.Actions.Get(sig)
	if a[1] != 0 {
		setAction(t.Proc, sig, b)
	}
	if a[2] == 0 {
		return 0, errno.OK
	}
	le.PutUint64(b[saHandler:], old.Handler)
	le.PutUint64(b[saFlags:], old.Raw)
	le.PutUint64(b[saRestore:], old.Restorer)
	le.PutUint64(b[saMask:], old.Mask[0])
	return 0, t.CopyOut(a[2], b)
}

// setAction changes an action. A signal that is ignored from now on is not pending any more.
func setAction(p *kern.Proc, sig int, b []byte) {
	raw := le.Uint64(b[saFlags:]) & saKnown
	act := kern.Action{Handler: le.Uint64(b[saHandler:]), Raw: raw, Restorer: le.Uint64(b[saRestore:]),
		Mask: kern.Sigset{le.Uint64(b[saMask:])}.Minus(System.Sig.Uncatchable())}
	for _, row := range saFlag {
		if raw&row.linux != 0 {
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

func sysSigprocmask(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const block, unblock, set = 0, 1, 2
	if a[3] != sigsetSize {
		return 0, errno.EINVAL
	}
	old := t.Mask
	if a[1] != 0 {
		w, e := t.Word(a[1])
		if e != errno.OK {
			return 0, e
		}
		s := kern.Sigset{w}
		switch integer(a[0]) {
		case block:
			s = old.Or(s)
		case unblock:
			s = old.Minus(s)
		case set:
		default:
			return 0, errno.EINVAL
		}
		t.SetMask(s)
	}
	if a[2] == 0 {
		return 0, errno.OK
	}
	return 0, t.PutWord(a[2], old[0])
}

func sysSigpending(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[1] > sigsetSize {
		return 0, errno.EINVAL
	}
	set := t.Pending.Set().Or(t.Proc.Pending.Set()).And(t.Mask)
	return 0, t.CopyOut(a[0], le.AppendUint64(nil, set[0])[:a[1]])
}

func sysSigsuspend(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[1] != sigsetSize {
		return 0, errno.EINVAL
	}
	w, e := t.Word(a[0])
	if e != errno.OK {
		return 0, e
	}
	t.Suspend(kern.Sigset{w})
	return awaitSignal(t, "sigsuspend")
}

func sysPause(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) { return awaitSignal(t, "pause") }

func awaitSignal(t *kern.Thread, why string) (uint64, errno.Errno) {
	for t.Sleep(why, 0) != errno.EINTR {
	}
	return 0, errno.ERESTARTNOHAND
}

func sysSigtimedwait(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[3] != sigsetSize {
		return 0, errno.EINVAL
	}
	w, e := t.Word(a[0])
	if e != errno.OK {
		return 0, e
	}
	until, e := timeout(t, a[2])
	if e != errno.OK {
		return 0, e
	}
	info, e := t.WaitSignal(kern.Sigset{w}, until)
	if e != errno.OK {
		return 0, e
	}
	if a[1] != 0 {
		if e := t.CopyOut(a[1], encode(&info)); e != errno.OK {
			return 0, e
		}
	}
	return uint64(info.Signo), errno.OK
}

func sysSigaltstack(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	var b, old [24]byte
	if a[0] != 0 {
		if e := t.CopyIn(a[0], b[:]); e != errno.OK {
			return 0, e
		}
	}
	le.PutUint64(old[:], t.Alt.Base)
	le.PutUint32(old[8:], uint32(altFlags(t)))
	le.PutUint64(old[16:], t.Alt.Size)
	if a[0] != 0 {
		e := setAltStack(t, le.Uint64(b[:]), uint64(le.Uint32(b[8:])), le.Uint64(b[16:]), t.Regs.R[cpu.RSP])
		if e != errno.OK {
			return 0, e
		}
	}
	if a[1] == 0 {
		return 0, errno.OK
	}
	return 0, t.CopyOut(a[1], old[:])
}

func sysTkill(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if integer(a[0]) <= 0 {
		return 0, errno.EINVAL
	}
	return 0, sendThread(t, 0, integer(a[0]), threadInfo(t, a[1]))
}

func sysTgkill(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if integer(a[0]) <= 0 || integer(a[1]) <= 0 {
		return 0, errno.EINVAL
	}
	return 0, sendThread(t, integer(a[0]), integer(a[1]), threadInfo(t, a[2]))
}

// threadInfo is what is known of a tkill.
func threadInfo(t *kern.Thread, sig uint64) kern.SigInfo {
	info := fromSelf(t, integer(sig))
	info.Origin = kern.FromThread
	return info
}

// sendThread sends to a thread, of the process with that id if it is not 0.
func sendThread(t *kern.Thread, pid, tid int, info kern.SigInfo) errno.Errno {
	to := t.M.Thread(tid)
	if to == nil || pid != 0 && to.Proc.PID != pid {
		return errno.ESRCH
	}
	return send(t, to.Proc, info, toThread(to))
}

// queued is the siginfo of a sigqueue. EPERM: the kernel's own, to another process.
func queued(t *kern.Thread, sig, addr uint64, own bool) (kern.SigInfo, errno.Errno) {
	b := make([]byte, siginfoSize)
	if e := t.CopyIn(addr, b); e != errno.OK {
		return kern.SigInfo{}, e
	}
	le.PutUint32(b, uint32(sig))
	info := decode(b)
	if (info.Code >= 0 || info.Code == siTkill) && !own {
		return info, errno.EPERM
	}
	return info, errno.OK
}

func sysSigqueueinfo(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	info, e := queued(t, a[1], a[2], integer(a[0]) == t.Proc.PID)
	if e != errno.OK {
		return 0, e
	}
	var p *kern.Proc
	if integer(a[0]) > 0 {
		p = procAt(t, a[0])
	}
	if p == nil {
		return 0, errno.ESRCH
	}
	return 0, sendQueued(t, p, nil, info, toNamed(p, a[0]))
}

func sysTgsigqueueinfo(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	info, e := queued(t, a[2], a[3], integer(a[0]) == t.Proc.PID)
	switch {
	case integer(a[0]) <= 0 || integer(a[1]) <= 0:
		return 0, errno.EINVAL
	case e != errno.OK:
		return 0, e
	}
	to := t.M.Thread(integer(a[1]))
	if to == nil || to.Proc.PID != integer(a[0]) {
		return 0, errno.ESRCH
	}
	return 0, sendQueued(t, to.Proc, to, info, toThread(to))
}

// sendQueued is send of a signal that is to be queued: EAGAIN if there are too many.
func sendQueued(t *kern.Thread, p *kern.Proc, to *kern.Thread, info kern.SigInfo, post func(kern.SigInfo)) errno.Errno {
	if info.Signo >= System.Sig.RTMin && info.Signo <= sigMaximum && p.State < kern.Zombie && p.QueueFull(to) {
		if e := maySignal(t, p, info.Signo); e != errno.OK {
			return e
		}
		return errno.EAGAIN
	}
	return send(t, p, info, post)
}
