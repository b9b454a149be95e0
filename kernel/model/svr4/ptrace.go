package svr4

// ptrace(2), requests 0 to 9: a parent and its child that asked for it, which stops for every
// signal.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/svr4"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// sysPtrace is ptrace(2): request, pid, address, data.
func sysPtrace(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return ptrace(t, int(int32(a[0])), int(int32(a[1])), a[2], a[3])
}

// ptrace is the call, for a parent inside or outside. EIO: no such request. ESRCH: the process
// is no child that asked to be traced, or is not stopped.
func ptrace(by *kern.Thread, req, pid int, addr, data uint64) (uint64, errno.Errno) {
	if req == svr4.ReqTraceMe {
		processOf(by.Proc).modes |= proc.ModePtrace
		return 0, errno.OK
	}
	if req < 0 || req > svr4.ReqStep {
		return 0, errno.EIO
	}
	p := by.M.Proc(pid)
	if p == nil || p.Parent != by.Proc || p.State >= kern.Zombie || p.Dying() || processOf(p).modes&proc.ModePtrace == 0 {
		return 0, errno.ESRCH
	}
	if t := stoppedByPtrace(p); t != nil {
		return requests[req](lwpOf(t), t, addr, data)
	}
	return 0, errno.ESRCH
}

// stoppedByPtrace is the lwp that requests are about: of several that have stopped for a signal
// one that the parent has been told of. Nil: none has stopped.
func stoppedByPtrace(p *kern.Proc) (found *kern.Thread) {
	for _, t := range p.Threads {
		if l := lwpOf(t); t.Alive() && l.halted && l.why == proc.Signalled && !t.Killed() && (found == nil || lwpOf(found).untold) {
			found = t
		}
	}
	return found
}

// requests are those of a stopped child, by number.
var requests = [...]func(l *lwp, t *kern.Thread, addr, data uint64) (uint64, errno.Errno){
	svr4.ReqReadText: readWord, svr4.ReqReadData: readWord, svr4.ReqReadUser: readUser,
	svr4.ReqWriteText: writeWord, svr4.ReqWriteData: writeWord, svr4.ReqWriteUser: writeUser,
	svr4.ReqContinue: goOn, svr4.ReqKill: killChild, svr4.ReqStep: step,
}

func readWord(_ *lwp, t *kern.Thread, addr, _ uint64) (uint64, errno.Errno) {
	var b [8]byte
	if t.Proc.Space.Peek(addr, b[:]) < len(b) {
		return 0, errno.EIO
	}
	return le.Uint64(b[:]), errno.OK
}

// writeWord writes all of a word or nothing.
func writeWord(l *lwp, t *kern.Thread, addr, data uint64) (uint64, errno.Errno) {
	old, e := readWord(l, t, addr, 0)
	if e != errno.OK {
		return 0, e
	}
	as := t.Proc.Space
	if n := as.Poke(addr, le.AppendUint64(nil, data)); n < 8 {
		as.Poke(addr, le.AppendUint64(nil, old)[:n])
		return 0, errno.EIO
	}
	return data, errno.OK
}

// readUser reads a word of the user area.
func readUser(l *lwp, t *kern.Thread, addr, _ uint64) (uint64, errno.Errno) {
	if addr%8 != 0 || addr >= uint64(proc.UserTable.Size) {
		return 0, errno.EIO
	}
	return le.Uint64(l.user(t).Append(nil)[addr:]), errno.OK
}

// writeUser writes the bits of one that may be written.
func writeUser(l *lwp, t *kern.Thread, addr, data uint64) (uint64, errno.Errno) {
	mask := proc.UserMask(addr)
	if mask == 0 {
		return 0, errno.EIO
	}
	g := l.gregs(t)
	w := &g[(addr-proc.UserRegs)/8]
	*w = *w&^mask | data&mask
	l.unstepped(t, func() { l.setGregs(t, &g) })
	return data, errno.OK
}

// user is the user area.
func (l *lwp) user(t *kern.Thread) *proc.User {
	p := t.Proc
	u := &proc.User{AR0: proc.UserBase + proc.UserRegs, UID: uint64(p.Cred.EUID), GID: uint64(p.Cred.EGID), RUID: uint64(p.Cred.UID),
		RGID: uint64(p.Cred.GID), Start: uint64(p.Born/second + bootedAt), Regs: l.gregs(t)}
	copy(u.Comm[:len(u.Comm)-1], p.Comm)
	copy(u.PsArgs[:len(u.PsArgs)-1], psArgs(p))
	if im := p.Image; im != nil {
		u.TOrg, u.TSize = im.StartCode, im.EndCode-im.StartCode
		u.DOrg, u.DSize = im.StartData, max(im.EndData, im.StartBrk)-im.StartData
		u.Entry = im.Entry
	}
	_, u.SSize = stackRange(p)
	for sig := 1; sig <= proc.NSignals; sig++ {
		u.Signal[sig-1] = p.Actions.Get(sig).Handler
	}
	return u
}

func goOn(l *lwp, t *kern.Thread, addr, data uint64) (uint64, errno.Errno) {
	return resume(l, t, addr, data, false)
}

func step(l *lwp, t *kern.Thread, addr, data uint64) (uint64, errno.Errno) {
	return resume(l, t, addr, data, true)
}

// resume is requests 7 and 9. What other signals have come is dropped; only SIGKILL is not.
func resume(l *lwp, t *kern.Thread, addr, data uint64, step bool) (uint64, errno.Errno) {
	if data > uint64(System.Sig.Max) {
		return 0, errno.EIO
	}
	p, sig := t.Proc, int(data)
	all := kern.Sigset{^uint64(0), ^uint64(0)}.Without(System.Sig.KILL)
	p.Pending.Remove(all)
	for _, o := range p.Threads {
		o.Pending.Remove(all)
	}
	switch {
	case sig == System.Sig.KILL:
		t.M.Post(p, kern.SigInfo{Signo: sig, Origin: kern.FromUser, PID: p.Parent.PID, UID: p.Parent.Cred.UID})
		return data, errno.OK
	case sig == 0:
		t.Current = nil
	case t.Current == nil || t.Current.Signo != sig:
		t.Current = &kern.SigInfo{Signo: sig, Origin: kern.FromUser, PID: p.Parent.PID, UID: p.Parent.Cred.UID}
	}
	if addr != 1 { // from there; a call that it is in is left
		t.Regs.RIP = addr
		if l.call != 0 {
			t.Abort, l.own = true, true
		}
	}
	if step {
		l.restep(t)
	}
	l.release(t)
	for _, o := range p.Threads { // those that stopped with it, or were yet to
		ol := lwpOf(o)
		if ol.together = false; ol.halted && ol.why == proc.Requested {
			ol.release(o)
		}
	}
	return data, errno.OK
}

// release sets a stopped lwp going.
func (l *lwp) release(t *kern.Thread) {
	if l.halted {
		l.halted, l.event, l.untold = false, false, false
		t.Unpark()
	}
}

// killChild is request 8: the end without a stop or more of its code.
func killChild(_ *lwp, t *kern.Thread, _, _ uint64) (uint64, errno.Errno) {
	t.Proc.Terminate(kern.End{Signal: System.Sig.KILL})
	return 0, errno.OK
}
