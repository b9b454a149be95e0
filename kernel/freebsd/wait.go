package freebsd

// What the kernel tells, and what it means.

import (
	"encoding/binary"
	"slices"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/regs"
)

var le = binary.LittleEndian

// drainLimit bounds how many statuses are taken at a time. Taking several and serving them
// in turn keeps a busy process from starving others: wait6(P_ALL) always gives the newest
// child first (fork-mask, wait-zombie-leader).
const drainLimit = 64

// Wait reports the next stop.
func (k *Kernel) Wait(s *kernel.Stop, block bool) error {
	for {
		if k.next(s) {
			return nil
		}
		k.goAll()
		if len(k.told) > 0 { // threads that ended as they went on
			continue
		}
		if len(k.ready) == 0 {
			if err := k.fill(block); err != nil {
				return err
			}
		}
		st := k.ready[0]
		k.ready = k.ready[:copy(k.ready, k.ready[1:])]
		k.decode(&st)
	}
}

// next takes a stop that is ready to be told.
func (k *Kernel) next(s *kernel.Stop) bool {
	if i := slices.IndexFunc(k.held, k.releasable); i >= 0 {
		if t := k.tasks[k.held[i].TID]; t != nil {
			t.asked = false
		}
		k.told = append(k.told, k.held[i])
		delete(k.announced, k.held[i].PID)
		k.held = slices.Delete(k.held, i, i+1)
	}
	if len(k.told) == 0 {
		return false
	}
	*s = k.told[0]
	k.told = slices.Delete(k.told, 0, 1)
	if t := k.tasks[s.TID]; t != nil && s.Kind.Alive() {
		t.stopped = true
		t.signal = s.Kind == kernel.SignalStop
		t.late = t.late || (t.stepping || t.trapped) && s.Kind != kernel.Interrupted
	}
	return true
}

// releasable says whether a new process may be told of: its parent has told of it, or is no
// more and never will.
func (k *Kernel) releasable(s kernel.Stop) bool {
	_, told := k.announced[s.PID]
	return told || k.procs[s.Parent] == nil
}

func (k *Kernel) fill(block bool) error {
	st, e := k.take(0, block)
	switch {
	case e == raw.EINTR:
		return kernel.ErrWoken
	case e == raw.ECHILD:
		return kernel.ErrNoTracees
	case e != 0:
		return fail("wait", 0, e)
	case st.pid == 0:
		return kernel.ErrNone
	}
	k.ready = append(k.ready, st)
	for len(k.procs) > 1 && len(k.ready) < drainLimit {
		st, e := k.take(0, false)
		if e != 0 || st.pid == 0 {
			break
		}
		k.ready = append(k.ready, st)
	}
	return nil
}

// take is one wait: for a process, or 0 for all.
func (k *Kernel) take(pid int, block bool) (status, Errno) {
	got, st, e := k.sys.Wait(pid, block, k.sigbuf[:])
	s := status{pid: got, status: st}
	if e == 0 && got != 0 {
		s.info = raw.DecodeSiginfo(k.sigbuf[:])
	}
	return s, e
}

// decode makes stops of a status. There may be none to tell: then the process goes on.
func (k *Kernel) decode(st *status) {
	p := k.procs[kernel.PID(st.pid)]
	d := raw.DecodeStatus(st.status, &st.info)
	switch {
	case d.Kind == raw.StatusContinued:
	case d.Kind != raw.StatusStopped:
		if p != nil { // else a child of ours that nobody traces
			k.ended(p, d)
		}
	default:
		k.stop(st.pid, p, d.Value)
	}
}

// ended reports a process that is no more, by a thread that the engine knows.
func (k *Kernel) ended(p *process, d raw.Status) {
	s := kernel.Stop{Kind: kernel.Exited, PID: p.pid, TID: p.last, Code: d.Value}
	if d.Kind == raw.StatusKilled {
		s.Kind, s.Code, s.Signal, s.Core = kernel.Killed, 0, kernel.Signal(d.Value), d.Core
	}
	if len(p.tasks) > 0 {
		s.TID = p.tasks[0].tid
	}
	k.dropProcess(p)
	k.told = append(k.told, s)
}

// stop is a stop of a process. One PT_LWPINFO says whose it is and what for.
func (k *Kernel) stop(pid int, p *process, sig int) {
	if p != nil && p.stopped {
		return // it is told anew
	}
	l := &k.info
	if e := k.lwpinfo(pid, l); e != 0 {
		return // ESRCH: it died since
	}
	if p == nil {
		p = k.stranger(pid, l)
	}
	p.stopped, p.attach, p.pass = true, l.Event == raw.EventNone && sig == raw.SIGSTOP, 0
	p.through, p.entering, p.within, p.call = kernel.TID(l.LWP), 0, l.Flags&raw.FlagSCE != 0, l.Code
	if l.Flags&(raw.FlagSCE|raw.FlagSI) == raw.FlagSCE {
		p.entering = l.Code
	}
	p.ending = l.Flags&raw.FlagExited != 0
	p.halted = l.Flags&raw.FlagSI != 0 && sig == raw.SIGSTOP
	p.signal = kernel.SigInfo{}
	p.stops++
	if p.dying || sig == raw.SIGKILL {
		k.finish(p)
		return
	}
	t := k.tasks[kernel.TID(l.LWP)]
	if t == nil || t.proc != p {
		p.reporter, t = nil, k.newcomer(p, l)
	}
	if t == nil { // not followed
		if l.Flags&raw.FlagSI != 0 {
			p.pass = kernel.Signal(sig)
		}
	} else {
		p.reporter, t.parked = t, !p.attach
		for _, x := range p.tasks {
			k.reveal(x)
			if x.flagged != nil && x.stepping {
				k.unflag(x)
			}
		}
		k.event(t, l, sig)
	}
	if p.stopped { // else it was set going at once
		k.answer(p)
	}
}

// bury is the end of a process whose thread's number is another's now: it has been waited for.
func (k *Kernel) bury(p *process) {
	i := slices.IndexFunc(k.ready, func(s status) bool { return s.pid == int(p.pid) })
	if i < 0 {
		k.dropProcess(p)
		return
	}
	st := k.ready[i]
	k.ready = slices.Delete(k.ready, i, i+1)
	k.ended(p, raw.DecodeStatus(st.status, &st.info))
}

// answer tells of the threads that were asked to stop: they have.
func (k *Kernel) answer(p *process) {
	for _, t := range p.tasks {
		if t.asked && !t.stopped && !t.ending && !k.due(t) {
			k.interrupted(t)
		}
	}
}

// lwpinfo is PT_LWPINFO: of the thread a process stopped for, or of the thread named.
func (k *Kernel) lwpinfo(id int, l *raw.LWPInfo) Errno {
	_, e := k.sys.PtraceBuf(raw.Lwpinfo, id, k.infobuf[:], raw.LwpinfoSize)
	if e == 0 {
		raw.DecodeLWPInfo(k.infobuf[:], l)
	}
	return e
}

// finish lets a process that was killed die. SIGKILL to one that runs is a stop
// (sig-kill-running), and so is one that was pending in a stop (sig-kill-while-stopped); the
// debugger could drop it, and has to pass it on. Other threads than the one it is passed to do not go on, or
// they might make children yet, of which nobody would hear, and which have our traps; or die, and all with
// them, of a second SIGSTOP, as the kill takes the place of the first.
func (k *Kernel) finish(p *process) {
	p.dying = true
	t := k.tasks[p.through]
	if p.attach || p.ending || t != nil && (t.proc != p || t.lent != 0) {
		t = nil
	}
	for _, x := range p.tasks {
		k.suspend(x, t != nil && x != t)
	}
	k.proceed(p, raw.Continue, int(p.pid), raw.SIGKILL)
}

// newcomer is the record of a thread seen for the first time; nil when its process's threads
// are not followed.
func (k *Kernel) newcomer(p *process, l *raw.LWPInfo) *task {
	if p.events&kernel.EventThreads == 0 && len(p.tasks) > 0 && l.Flags&raw.FlagExec == 0 {
		return nil
	}
	if p.last != 0 {
		k.tellGone(p, p.last)
		p.last = 0
	}
	return k.addTask(p, kernel.TID(l.LWP))
}

// stranger is a process that the kernel attached for us when a tracee made it. Its events
// are those of its maker; its own mask is the default (fork-mask-not-inherited).
func (k *Kernel) stranger(pid int, l *raw.LWPInfo) *process {
	events := kernel.Events(0)
	if parent := k.maker(pid); parent != nil {
		events = parent.events
	}
	return k.adopt(kernel.PID(pid), events)
}

// maker is the tracee that made a process, nil when it is not known.
func (k *Kernel) maker(pid int) *process {
	if by, ok := k.announced[kernel.PID(pid)]; ok {
		return k.procs[by]
	}
	if kp := k.kinfo(pid); kp != nil {
		return k.procs[kernel.PID(kp.PPID)]
	}
	return nil
}

// event tells what a thread's stop means. Stops of events never carry PL_FLAG_SI
// (launch-hello-syscalls), while one for a signal may show that it came inside of a call
// (sig-sigsuspend: SCE|SI).
func (k *Kernel) event(t *task, l *raw.LWPInfo, sig int) {
	defer func() { t.enters = 0 }()
	if l.Flags&raw.FlagForked != 0 { // which is the exit from the call
		t.felt = 0
	}
	switch f := l.Flags; {
	case f&raw.FlagSI != 0:
		k.signal(t, l)
	case f&raw.FlagExited != 0:
		k.exiting(t)
	case f&raw.FlagExec != 0:
		k.exec(t)
	case f&raw.FlagChild != 0:
		k.child(t)
	case f&raw.FlagBorn != 0:
		k.tell(t, kernel.Stop{Kind: kernel.Started})
	case f&raw.FlagForked != 0 && t.made == kernel.PID(l.ChildPID): // told already
	case f&raw.FlagForked != 0:
		k.forked(t, l)
	case f&raw.FlagVforkDone != 0:
		k.vforkDone(t)
	case f&raw.FlagSCE != 0:
		k.enter(t, l)
	case f&raw.FlagSCX != 0:
		k.leave(t, l)
	case t.proc.attach: // the stop has nothing that tells it (attach-running)
		t.proc.reporter = nil
		k.tell(t, kernel.Stop{Kind: kernel.Interrupted})
	}
	if k.trapDue(t, l) {
		t.trapped, t.stepping = true, false
	}
}

// trapDue says whether the trap of a step is to come, over the call that the stop is in: the kernel
// has taken the trap flag back (step-fork, step-execve).
func (k *Kernel) trapDue(t *task, l *raw.LWPInfo) bool {
	return l.Siglist.Has(raw.SIGTRAP) && !l.Sigmask.Has(raw.SIGTRAP) && !t.awaits(raw.SIGTRAP) && k.getRegs(t) == 0 &&
		le.Uint64(k.regbuf[offRFlags:])&regs.FlagTF == 0
}

// exiting is a thread at its end, whether by thr_exit(2), another's exec or its process's
// exit (lwp-process-exit).
func (k *Kernel) exiting(t *task) {
	t.ending = true
	if t.proc.events&kernel.EventExit != 0 {
		k.tell(t, kernel.Stop{Kind: kernel.ThreadExit})
	}
}
