package svr4

// Setting lwps going, and stopping them.

import (
	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// Interrupt directs an lwp to stop. One that is stopped, as far as the kernel goes, will
// be directed again when it is set running.
func (k *slash) Interrupt(tid kernel.TID) error {
	l := k.lwps[tid]
	if l == nil {
		return kernel.ErrGone
	}
	if l.asked = true; l.held {
		return nil
	}
	if e := l.write(k, proc.Ctl(nil).Op(proc.PCDStop)); e != 0 {
		return fail("interrupt", tid, e)
	}
	l.listens = false // it is to tell of the stop again
	k.jobControl(l)
	return nil
}

// jobControl looks whether an lwp that was directed to stop is stopped by job control. It
// will not come to a stop of ours before it is continued, so its stop is told for it.
func (k *slash) jobControl(l *lwp) {
	if l.held || l.jobs || l.listens || k.read(l) != 0 || l.st.Stopped() || l.st.Flags&proc.FlagStopped == 0 || l.st.Why != proc.JobControl {
		return
	}
	l.jobs, l.p.jobs = true, true
	k.told = append(k.told, kernel.Stop{Kind: kernel.GroupStop, PID: l.p.pid, TID: l.tid, Signal: kernel.Signal(l.st.What)})
}

// stopSignals are those of job control.
var stopSignals = func() (s proc.SigSet) {
	for _, row := range abi.SVR4.Signals {
		if row.Default == abi.Stop {
			s.Add(row.Num)
		}
	}
	return s
}()

// jobsOf tells of lwps that job control has stopped, in processes where it may have: no event
// tells of that, so it is looked for when others come.
func (k *slash) jobsOf(block bool) {
	for _, p := range k.order {
		stopping := false
		for i := 0; p.jobs && i < len(p.lwps); i++ {
			k.jobControl(p.lwps[i])
			stopping = stopping || p.lwps[i].jobs || p.lwps[i].listens
		}
		for i := 0; stopping && block && len(k.told) == 0 && i < len(p.lwps); i++ {
			k.awaitJob(p.lwps[i])
		}
	}
}

// awaitJob gives an lwp of a process that is being stopped the time to stop, which a wait for
// events would not see.
func (k *slash) awaitJob(l *lwp) {
	const patience = 1 // ms
	if !l.held && !l.jobs && !l.listens {
		l.write(k, proc.Ctl(nil).Long(proc.PCTWStop, patience))
		k.jobControl(l)
	}
}

// Resume sets lwps going, or tells what else their stop means.
func (k *slash) Resume(pid kernel.PID, mode kernel.Mode, actions []kernel.Action) error {
	var first error
	for i := range actions {
		if err := k.resume(mode, actions[i]); err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (k *slash) resume(mode kernel.Mode, a kernel.Action) error {
	l, err := k.find(a.TID)
	switch {
	case err != nil:
		return err
	case !l.held:
		return k.leaveJobs(l, a)
	}
	for len(l.owed) > 0 {
		next := l.owed[0]
		l.owed = l.owed[1:]
		if a.Signal != 0 {
			l.later, a.Signal = a, 0
		}
		if next.Kind != kernel.SyscallExit || mode == kernel.Syscalls {
			l.stopped = false
			k.told = append(k.told, next)
			return nil
		}
	}
	if a.Signal == 0 && l.later.Signal != 0 {
		a.Signal, a.Info = l.later.Signal, l.later.Info
	}
	l.later = kernel.Action{}
	return k.letGo(l, mode, a)
}

// leaveJobs: an lwp stopped by job control goes on when it is continued, not when we say
// so. The directive to stop is taken back, but for one that it is to meet then.
func (k *slash) leaveJobs(l *lwp, a kernel.Action) error {
	l.stopped, l.jobs, l.asked = false, false, false
	c := proc.Ctl(nil)
	if a.Signal != 0 {
		c = c.Long(proc.PCKill, int64(a.Signal))
	}
	if l.listens = a.Listen; l.listens { // it meets the directive when it is continued
		c = c.Op(proc.PCDStop)
	} else {
		c = c.Long(proc.PCRun, 0)
	}
	if e := l.write(k, c); e != 0 && e != eBUSY {
		return fail("resume", l.tid, e)
	}
	return nil
}

// letGo sets an lwp running as the kernel has it. The sets of system calls are the
// process's: they are full while any lwp that runs is to stop at all, and stops that the
// others make are passed over.
func (k *slash) letGo(l *lwp, mode kernel.Mode, a kernel.Action) error {
	l.mode, l.step = mode, a.Step
	p := l.p
	entry, exit := p.calls()
	for _, x := range p.lwps {
		if x.mode == kernel.Syscalls && (x == l || !x.held) {
			entry.Fill()
			exit.Fill()
		}
	}
	var c proc.Ctl
	if entry != p.entry {
		c = c.Bytes(proc.PCSEntry, entry.Bytes())
	}
	if exit != p.exit {
		c = c.Bytes(proc.PCSExit, exit.Bytes())
	}
	if l.skip != 0 && l.standsWatched() {
		c = k.unwatch(l, c)
		a.Step = true
	}
	if e := k.run(l, a, c); e != 0 {
		return fail("resume", l.tid, e)
	}
	p.entry, p.exit, p.maps = entry, exit, nil
	return nil
}

// run writes PCRUN, what goes before it in c, and which signal the lwp gets.
func (k *slash) run(l *lwp, a kernel.Action, c proc.Ctl) Errno {
	st := &l.st
	flags := int64(proc.RunClearFault)
	cur := kernel.Signal(st.CurSig)
	switch {
	case a.Signal == 0 && l.known:
		flags |= proc.RunClearSig
	case a.Signal == 0: // one that was given and is yet to be delivered stays
	case a.Signal == cur && l.known && (a.Info == nil || a.Info.Raw == sigInfo(&st.Info).Raw):
	case l.known || cur == 0:
		c = c.Bytes(proc.PCSSig, rawInfo(&a))
	default:
		c = c.Long(proc.PCKill, int64(a.Signal))
	}
	if a.Step {
		flags |= proc.RunStep
	}
	if l.asked || l.lent != 0 {
		flags |= proc.RunStop
	}
	if e := l.write(k, c.Long(proc.PCRun, flags)); e != 0 {
		return e
	}
	if a.Signal != 0 {
		l.p.given = a.Signal
		l.p.jobs = l.p.jobs || stopSignals.Has(int(a.Signal))
	}
	l.held, l.stopped = false, false
	return 0
}
