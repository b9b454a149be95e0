package freebsd

// Requests that set a tracee going, and about its threads and events.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	for req, f := range map[int]func(*request) (int, errno.Errno){
		raw.Continue: (*request).resume, raw.ToSCE: toEvents(raw.MaskSCE), raw.ToSCX: toEvents(raw.MaskSCX),
		raw.Syscall: toEvents(raw.MaskSCE | raw.MaskSCX), raw.Step: (*request).step, raw.Kill: (*request).kill, raw.Detach: (*request).detach,
		raw.SetStep: (*request).setStep, raw.ClearStep: (*request).clearStep, raw.Suspend: suspendThread(true), raw.Resume: suspendThread(false),
		raw.FollowFork: toggle(raw.MaskFork), raw.LwpEvents: toggle(raw.MaskLWP),
		raw.GetEventMask: (*request).getMask, raw.SetEventMask: (*request).setMask,
		raw.GetNumLwps: (*request).numLwps, raw.GetLwpList: (*request).lwpList, raw.Lwpinfo: (*request).lwpinfo,
		raw.GetScArgs: (*request).scArgs, raw.GetScRet: (*request).scRet, raw.ScRemote: (*request).scRemote,
	} {
		requests[req] = f
	}
}

// signal says whether the request's data is a signal, or 0 (continue-bad-signal).
func (r *request) signal() bool { return r.data >= 0 && r.data <= System.Sig.Max }

// resume is PT_CONTINUE: an address other than 1 is where to go on (continue-addr-0).
func (r *request) resume() (int, errno.Errno) {
	if !r.signal() {
		return 0, errno.EINVAL
	}
	if r.addr != 1 {
		r.t.Regs.RIP = r.addr
		lwpOf(r.t).full()
		r.wrote()
	}
	r.send(r.data)
	return 0, errno.OK
}

// toEvents is PT_TO_SCE and its like: the events stay asked for (to-sce-then-continue).
func toEvents(mask uint32) func(*request) (int, errno.Errno) {
	return func(r *request) (int, errno.Errno) {
		if !r.signal() {
			return 0, errno.EINVAL
		}
		procOf(r.p).events |= mask
		return r.resume()
	}
}

// step is PT_STEP: its address is ignored (step-addr).
func (r *request) step() (int, errno.Errno) {
	if !r.signal() {
		return 0, errno.EINVAL
	}
	r.setStep()
	r.send(r.data)
	return 0, errno.OK
}

func (r *request) kill() (int, errno.Errno) {
	r.send(raw.SIGKILL)
	return 0, errno.OK
}

// send sets the process going (the label sendsig of kern_ptrace): the thread that reported gets
// the signal, wherever the request was made. A thread that did not stop by itself, as after an
// attach, does not look at it: the signal is lost (attach-by-lwpid). The sleep of the thread that the
// request names, and of no other, ends with EINTR if its registers or memory were written by its name
// (attach-sleeping-write, attach-sleeping-setregs).
func (r *request) send(sig int) {
	k := procOf(r.p)
	if x := k.xthread; x != nil {
		l := lwpOf(x)
		l.xsigStop, l.xsig = false, sig
		k.xthread = nil
	}
	k.xsig = sig
	if sig == raw.SIGKILL {
		k.wkilled = true
	}
	if l := lwpOf(r.t); l.userWrite && r.t.State == kern.Sleeping && !r.t.Uninterruptible() {
		l.userWrite, l.interrupt = false, errno.EINTR
		r.t.Interrupt()
	}
	k.stoppedTrace, k.stoppedSig, k.waited = false, false, false
	unsuspendAll(r.p)
}

// detach is PT_DETACH: the parent is told that the process goes on (wait-continued-traced). The trap flag
// stays where it is set, and who was to step still does.
func (r *request) detach() (int, errno.Errno) {
	if !r.signal() {
		return 0, errno.EINVAL
	}
	k, x := procOf(r.p), procOf(r.p).xthread
	untrace(r.p)
	k.tracer = nil
	relink(r.p)
	k.xthread = x
	r.send(r.data)
	continuedChild(r.p)
	return 0, errno.OK
}

// setStep is PT_SETSTEP: it sets the trap flag (setstep-clearstep), which is the tracer's if it was
// not set.
func (r *request) setStep() (int, errno.Errno) {
	if r.t.Regs.Flags&cpu.FlagTF == 0 {
		r.t.Regs.Flags |= cpu.FlagTF
		lwpOf(r.t).step = true
	}
	return 0, errno.OK
}

func (r *request) clearStep() (int, errno.Errno) {
	clearStep(r.t)
	return 0, errno.OK
}

func clearStep(t *kern.Thread) {
	t.Regs.Flags &^= cpu.FlagTF
	lwpOf(t).step = false
}

// suspendThread is PT_SUSPEND and PT_RESUME: they do not count (suspend-resume).
func suspendThread(on bool) func(*request) (int, errno.Errno) {
	return func(r *request) (int, errno.Errno) {
		lwpOf(r.t).suspend = on
		return 0, errno.OK
	}
}

// toggle is PT_FOLLOW_FORK and PT_LWP_EVENTS.
func toggle(mask uint32) func(*request) (int, errno.Errno) {
	return func(r *request) (int, errno.Errno) {
		k := procOf(r.p)
		k.events &^= mask
		if r.data != 0 {
			k.events |= mask
		}
		return 0, errno.OK
	}
}

// getMask and setMask want the size of an int (event-mask-bits).
func (r *request) getMask() (int, errno.Errno) {
	if r.data != 4 {
		return 0, errno.EINVAL
	}
	return 0, r.mem.out(r.addr, le.AppendUint32(nil, procOf(r.p).events))
}

func (r *request) setMask() (int, errno.Errno) {
	var b [4]byte
	if r.data != 4 {
		return 0, errno.EINVAL
	}
	if e := r.mem.in(r.addr, b[:]); e != errno.OK {
		return 0, e
	}
	v := le.Uint32(b[:])
	if v&^uint32(raw.MaskAll) != 0 {
		return 0, errno.EINVAL
	}
	procOf(r.p).events = v
	return 0, errno.OK
}

func (r *request) numLwps() (int, errno.Errno) { return len(r.p.Living()), errno.OK }

// lwpList is PT_GETLWPLIST: data is how many ids fit.
func (r *request) lwpList() (int, errno.Errno) {
	if r.data <= 0 {
		return 0, errno.EINVAL
	}
	var b []byte
	for i, t := range r.p.Living() {
		if i < r.data {
			b = le.AppendUint32(b, uint32(t.TID))
		}
	}
	return len(b) / 4, r.mem.out(r.addr, b)
}

func rawMask(m kern.Sigset) raw.SigSet {
	return raw.SigSet{uint32(m[0]), uint32(m[0] >> 32), uint32(m[1]), uint32(m[1] >> 32)}
}

// lwpinfo is PT_LWPINFO: what fits into data bytes; a siginfo that does not fit is not said to be
// there (lwpinfo-sizes).
func (r *request) lwpinfo() (int, errno.Errno) {
	if r.data <= 0 || r.data > raw.LwpinfoSize {
		return 0, errno.EINVAL
	}
	if l := lwpOf(r.t); l.narg == 0 && r.t == procOf(r.p).xthread {
		l.asked = true // there is no more to it
	}
	b := make([]byte, raw.LwpinfoSize)
	info := lwpInfo(r.t, r.data >= raw.LwpSiginfo+raw.SiginfoSize)
	info.Encode(b)
	return 0, r.mem.out(r.addr, b[:r.data])
}

// lwpInfo is struct ptrace_lwpinfo of a thread.
func lwpInfo(t *kern.Thread, withSiginfo bool) raw.LWPInfo {
	l := lwpOf(t)
	info := raw.LWPInfo{LWP: int32(t.TID), Sigmask: rawMask(t.Mask), Siglist: rawMask(t.Pending.Set())}
	if l.xsigStop {
		info.Event = raw.EventSignal
		if l.info.Signo != 0 && withSiginfo {
			info.Flags |= raw.FlagSI
			info.Siginfo = siginfoOf(&l.info)
		}
	}
	switch {
	case l.sce:
		info.Flags |= raw.FlagSCE
	case l.scx:
		info.Flags |= raw.FlagSCX
	}
	switch {
	case l.forked:
		info.Flags |= raw.FlagForked
		info.ChildPID = int32(l.childPID)
		if l.vforked {
			info.Flags |= raw.FlagVforked
		}
	case l.vforked && !l.scx && l.lent == nil && l.xsigStop:
		info.Flags |= raw.FlagVforkDone
	}
	for _, f := range []struct {
		on   bool
		flag uint32
	}{{l.exec, raw.FlagExec}, {l.child, raw.FlagChild}, {l.born, raw.FlagBorn}, {l.exiting, raw.FlagExited}} {
		if f.on {
			info.Flags |= f.flag
		}
	}
	copy(info.Tdname[:19], threadName(t))
	if l.code != 0 {
		info.Code, info.Narg = l.code, uint32(l.narg)
	}
	return info
}

// threadName is the thread's own, or its process's.
func threadName(t *kern.Thread) string {
	if l := lwpOf(t); l.name != "" {
		return l.name
	}
	return t.Proc.Comm
}

// scArgs is PT_GET_SC_ARGS: what is asked for of eight arguments, as long as the thread's last
// call is remembered (sc-args-elsewhere, syscall-many-args).
func (r *request) scArgs() (int, errno.Errno) {
	l := lwpOf(r.t)
	if l.code == 0 {
		return 0, errno.EINVAL
	}
	l.asked = true
	var b []byte
	for _, v := range l.args {
		b = le.AppendUint64(b, v)
	}
	return 0, r.mem.out(r.addr, b[:clip(r.data, len(b))])
}

// clip is how much a request copies out: negative sizes are large ones.
func clip(n, most int) int {
	if n < 0 {
		return most
	}
	return min(n, most)
}

// scRet is PT_GET_SC_RET: only at an exit from a call (errnos-syscall-stops).
func (r *request) scRet() (int, errno.Errno) {
	l := lwpOf(r.t)
	if !l.scx || l.code == 0 {
		return 0, errno.EINVAL
	}
	b := make([]byte, raw.ScRetSize)
	ret := raw.ScReturn{Ret: l.ret, Err: l.err}
	if l.shown != 0 {
		ret.Err = l.shown
	}
	if l.err != 0 {
		ret.Ret = [2]uint64{}
	}
	ret.Encode(b)
	return 0, r.mem.out(r.addr, b[:clip(r.data, len(b))])
}

// scRemote is PT_SC_REMOTE: the thread makes a call, if it has stopped between a call and user mode
// (errnos-by-thread, errnos-syscall-stops); after it the process has stopped anew (sc-remote-mmap,
// sc-remote-bad).
func (r *request) scRemote() (int, errno.Errno) {
	if r.data != raw.ScRemoteSize {
		return 0, errno.EINVAL
	}
	b := make([]byte, raw.ScRemoteSize)
	if e := r.mem.in(r.addr, b); e != errno.OK {
		return 0, e
	}
	nr, n, at := le.Uint32(b[raw.ScRetSize:]), le.Uint32(b[raw.ScRetSize+4:]), le.Uint64(b[raw.ScRetSize+8:])
	if n > raw.ScArgsMax {
		return 0, errno.EINVAL
	}
	args := make([]byte, 8*n)
	if e := r.mem.in(at, args); n > 0 && e != errno.OK {
		return 0, e
	}
	if !lwpOf(r.t).boundary {
		return 0, errno.EBUSY
	}
	var ret raw.ScReturn
	a := make([]uint64, n)
	for i := range a {
		a[i] = le.Uint64(args[8*i:])
	}
	r.remotely(func(t *kern.Thread) { ret = remoteCall(t, nr, a) })
	ret.Encode(b)
	return 0, r.mem.out(r.addr, b[:raw.ScRetSize])
}

// remoteCall makes a call as the thread, without any stop (sc-remote-events). The call is what is
// remembered afterwards, and that it forked; a number past the table's end is not even looked at.
func remoteCall(t *kern.Thread, nr uint32, a []uint64) raw.ScReturn {
	code := nr
	if nr == nrSyscall || nr == nrIndirect {
		if len(a) == 0 {
			return raw.ScReturn{Err: raw.EINVAL}
		}
		code, a = uint32(a[0]), a[1:]
	}
	if code >= maxCall {
		return raw.ScReturn{Err: raw.ENOSYS}
	}
	l := lwpOf(t)
	saved := *l
	l.narg, l.args, l.direct = 0, [8]uint64{}, false
	if row := lookup(code); row != nil {
		l.narg = row.narg
	}
	var regs [6]uint64
	copy(l.args[:], a[:min(l.narg, len(a))])
	copy(regs[:], a)
	l.code, l.err, l.ret, l.interrupt, l.performing = code, 0, [2]uint64{}, errno.ERESTART, true
	switch code {
	case nrExecve, nrExit, nrSigreturn: // a kernel ends or replaces the thread that it needs for the answer
		l.err = raw.Errno(errnos[errno.EOPNOTSUPP])
	default:
		invoke(t, &regs)
	}
	now := *l
	*l = saved
	l.code, l.narg, l.args = nr, now.narg, now.args
	l.forked, l.vforked, l.childPID, l.lent, l.ast = l.forked || now.forked, l.vforked || now.vforked, now.childPID, now.lent, now.ast
	return raw.ScReturn{Ret: now.ret, Err: now.err}
}

// remotely has the stopped thread do something, and waits until it has.
func (r *request) remotely(do func(*kern.Thread)) {
	l, k := lwpOf(r.t), procOf(r.p)
	job := &remote{do: do, by: r.by.Proc}
	l.remote = job
	k.waited = false
	unsuspend(r.t)
	if r.by.Proc.External {
		r.by.M.Run(func() bool { return job.done && l.suspended || !r.t.Alive() }, 1<<20)
		return
	}
	for !job.done && r.t.Alive() && !r.by.Killed() {
		r.by.SleepHard("ptrace", &r.by.Proc.Waiting)
	}
}
