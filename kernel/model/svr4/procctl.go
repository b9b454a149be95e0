package svr4

// The messages of ctl and lwpctl (proc(5), CONTROL MESSAGES). Those to ctl that are about an
// lwp are about the representative one.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// order is a message on its way to an lwp.
type order struct {
	*handle
	by  *kern.Thread // who wrote it
	t   *kern.Thread // the lwp
	l   *lwp
	k   *process
	msg proc.Message
}

// control is a write of messages: those before one that fails are done.
func control(h *handle, by *kern.Thread, b []byte, _ int64) (int, errno.Errno) {
	for rest := b; len(rest) > 0; {
		msg, more, ok := proc.Next(rest)
		if !ok {
			return 0, errno.EINVAL
		}
		if e := h.valid(); e != errno.OK { // it may have ended by the one before
			return 0, e
		}
		o := &order{handle: h, by: by, t: h.thread(), k: processOf(h.p), msg: msg}
		o.l = lwpOf(o.t)
		e := errno.EBUSY
		if !msg.Stopped || o.l.event {
			e = orders[msg.Op](o)
		}
		h.m.Logf("    %v to %d/%d: %v", msg, h.p.PID, o.l.id, e)
		if e != errno.OK {
			return 0, e
		}
		rest = more
	}
	return len(b), errno.OK
}

// orders do the messages, by operation.
var orders [len(proc.Controls)]func(o *order) errno.Errno

func init() {
	nothing := func(*order) errno.Errno { return errno.OK }
	for op := range orders {
		orders[op] = func(*order) errno.Errno { return errno.EINVAL }
	}
	for op, do := range map[int]func(*order) errno.Errno{
		proc.PCNull: nothing, proc.PCStop: (*order).stopAndWait, proc.PCDStop: (*order).direct, proc.PCWStop: (*order).wait,
		proc.PCTWStop: (*order).waitFor, proc.PCRun: (*order).run, proc.PCCSig: (*order).clearSignal, proc.PCCFault: (*order).clearFault,
		proc.PCSSig: (*order).setSignal, proc.PCKill: (*order).kill, proc.PCUnkill: (*order).unkill, proc.PCSHold: (*order).setHold,
		proc.PCSTrace: (*order).traceSignals, proc.PCSFault: (*order).traceFaults, proc.PCSEntry: (*order).traceEntries,
		proc.PCSExit: (*order).traceExits, proc.PCSet: (*order).setModes, proc.PCUnset: (*order).unsetModes, proc.PCSReg: (*order).setRegs,
		proc.PCSFPReg: (*order).setFPRegs, proc.PCNice: (*order).nice, proc.PCSVAddr: (*order).setAddr, proc.PCWatch: (*order).watch,
		proc.PCRead: (*order).read, proc.PCWrite: (*order).write, proc.PCSCred: (*order).setCred,
	} {
		orders[op] = do
	}
}

// lwps are those that a message to stop is for.
func (o *order) lwps() []*kern.Thread {
	if o.lwp != 0 {
		return []*kern.Thread{o.t}
	}
	return o.p.Living()
}

// direct is PCDSTOP.
func (o *order) direct() errno.Errno {
	if o.by != nil && o.by.Proc == o.p { // nobody could set it going
		return errno.EBUSY
	}
	for _, t := range o.lwps() {
		if l := lwpOf(t); !l.event {
			l.directed = true
			t.Notice()
		}
	}
	return errno.OK
}

func (o *order) stopAndWait() errno.Errno {
	if e := o.direct(); e != errno.OK {
		return e
	}
	return o.wait()
}

func (o *order) wait() errno.Errno { return o.waitUntil(0) }

// waitFor is PCTWSTOP: for so many milliseconds; 0 for ever.
func (o *order) waitFor() errno.Errno {
	ms := o.msg.Long()
	if ms < 0 {
		return errno.EINVAL
	}
	until := int64(0)
	if ms > 0 {
		until = o.m.Now() + min(ms, 1<<40)*1_000_000
	}
	return o.waitUntil(until)
}

// waitUntil waits until the lwp, or every one, is stopped on an event of interest; that the
// time has come is no error. ENOENT: it has ended. EINTR.
func (o *order) waitUntil(until int64) errno.Errno {
	switch {
	case o.by == nil, o.by.Proc == o.p:
		return errno.EBUSY
	}
	for {
		if e := o.valid(); e != errno.OK {
			return e
		}
		if o.stopped() {
			return errno.OK
		}
		switch o.by.Sleep("PCWSTOP", until, &worldOf(o.m).events) {
		case errno.EINTR:
			return errno.EINTR
		case errno.ETIMEDOUT:
			return errno.OK
		}
	}
}

// run is PCRUN. To ctl without PRSTEP and PRSTOP it sets all going that were only asked to
// stop, once the representative is one of them (proc(5), PCRUN).
func (o *order) run() errno.Errno {
	flags := o.msg.Long()
	switch {
	case flags&^proc.RunAll != 0:
		return errno.EINVAL
	case !o.l.event && !o.l.directed && !o.l.together:
		return errno.EBUSY
	case !o.l.event: // the directive is taken back
		for _, t := range o.lwps() {
			l := lwpOf(t)
			l.directed, l.together = flags&proc.RunStop != 0, false
		}
		return errno.OK
	}
	o.apply(flags)
	if o.lwp != 0 || flags&(proc.RunStep|proc.RunStop) != 0 {
		o.l.release(o.t)
		return errno.OK
	}
	o.l.why, o.l.what = proc.Requested, 0
	if o.allRequested() {
		for _, t := range o.p.Living() {
			if l := lwpOf(t); l.event {
				l.release(t)
			}
		}
	}
	return errno.OK
}

// allRequested says whether every lwp is stopped for no more than that it was asked to.
func (o *order) allRequested() bool {
	for _, t := range o.p.Living() {
		if l := lwpOf(t); !l.halted || l.why != proc.Requested && l.why != proc.Suspended {
			return false
		}
	}
	return true
}

// apply does what the flags of PCRUN say before the lwp goes on.
func (o *order) apply(flags int64) {
	l, t := o.l, o.t
	if flags&proc.RunClearSig != 0 {
		t.Current = nil
	}
	if flags&proc.RunClearFault != 0 {
		l.fault = 0
	}
	if flags&proc.RunStep != 0 {
		l.restep(t)
	}
	if flags&proc.RunAbort != 0 {
		switch {
		case l.why == proc.SysEntry:
			l.skip = true
		case t.Asleep():
			t.Abort = true
		}
	}
	l.directed, l.together = flags&proc.RunStop != 0, false
	if l.directed {
		t.Notice()
	}
}

func (o *order) clearSignal() errno.Errno {
	o.t.Current = nil
	return errno.OK
}

func (o *order) clearFault() errno.Errno {
	o.l.fault = 0
	return errno.OK
}

// setSignal is PCSSIG: the current signal, which stops the lwp no more; 0 is none.
func (o *order) setSignal() errno.Errno {
	info := given(o.msg.Arg)
	switch {
	case info.Signo < 0 || info.Signo > System.Sig.Max:
		return errno.EINVAL
	case info.Signo == 0:
		o.t.Current = nil
	case info.Signo == System.Sig.KILL:
		o.m.Post(o.p, info)
	default:
		o.t.Current = &info
		o.t.Notice()
	}
	return errno.OK
}

// signal is an operand that is a signal.
func (o *order) signal() (int, errno.Errno) {
	if n := o.msg.Long(); n > 0 && n <= int64(System.Sig.Max) {
		return int(n), errno.OK
	}
	return 0, errno.EINVAL
}

// kill is PCKILL: to the process, or the lwp.
func (o *order) kill() errno.Errno {
	sig, e := o.signal()
	if e != errno.OK {
		return e
	}
	info := kern.SigInfo{Signo: sig, Origin: kern.FromUser}
	if o.by != nil {
		info.PID, info.UID = o.by.Proc.PID, o.by.Proc.Cred.UID
	}
	if o.lwp != 0 {
		o.m.PostThread(o.t, info)
	} else {
		o.m.Post(o.p, info)
	}
	return errno.OK
}

// unkill is PCUNKILL.
func (o *order) unkill() errno.Errno {
	sig, e := o.signal()
	switch {
	case e != errno.OK:
		return e
	case sig == System.Sig.KILL:
		return errno.EINVAL
	case o.lwp != 0:
		o.t.Pending.Remove(kern.Of(sig))
	default:
		o.p.Pending.Remove(kern.Of(sig))
	}
	return errno.OK
}

func (o *order) setHold() errno.Errno {
	set := o.msg.SigSet()
	o.t.SetMask(setOf(&set))
	return errno.OK
}

func (o *order) traceSignals() errno.Errno {
	o.k.sigs = o.msg.SigSet()
	o.k.sigs.Remove(System.Sig.KILL)
	return errno.OK
}

func (o *order) traceFaults() errno.Errno {
	o.k.faults = o.msg.FltSet()
	return errno.OK
}

func (o *order) traceEntries() errno.Errno {
	o.k.entry = o.msg.SysSet()
	return errno.OK
}

func (o *order) traceExits() errno.Errno {
	o.k.exit = o.msg.SysSet()
	return errno.OK
}

func (o *order) setModes() errno.Errno {
	if o.msg.Long()&^proc.ModeAll != 0 {
		return errno.EINVAL
	}
	o.k.modes |= uint32(o.msg.Long())
	return errno.OK
}

func (o *order) unsetModes() errno.Errno {
	if o.msg.Long()&^proc.ModeAll != 0 {
		return errno.EINVAL
	}
	o.k.modes &^= uint32(o.msg.Long())
	return errno.OK
}

func (o *order) setRegs() errno.Errno {
	var g proc.Gregs
	if g.Decode(o.msg.Arg) != nil {
		return errno.EINVAL
	}
	o.l.unstepped(o.t, func() { o.l.setGregs(o.t, &g) })
	return errno.OK
}

func (o *order) setFPRegs() errno.Errno {
	o.l.setFPRegs(o.t, o.msg.Arg)
	return errno.OK
}

func (o *order) setAddr() errno.Errno {
	o.t.Regs.RIP = uint64(o.msg.Long())
	return errno.OK
}

// nice is PCNICE. EPERM: less than before is for the superuser.
func (o *order) nice() errno.Errno {
	if o.msg.Long() < 0 && o.opener != 0 {
		return errno.EPERM
	}
	o.k.niceBy(o.msg.Long())
	return errno.OK
}

// setCred is PCSCRED, for the superuser.
func (o *order) setCred() errno.Errno {
	var c proc.Cred
	if c.Decode(o.msg.Arg) != nil {
		return errno.EINVAL
	}
	if o.opener != 0 {
		return errno.EPERM
	}
	p := &o.p.Cred
	p.UID, p.EUID, p.SUID = uint32(c.RUID), uint32(c.EUID), uint32(c.SUID)
	p.GID, p.EGID, p.SGID = uint32(c.RGID), uint32(c.EGID), uint32(c.SGID)
	return errno.OK
}
