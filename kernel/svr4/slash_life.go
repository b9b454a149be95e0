package svr4

// How processes come into the hands of the tracer by /proc, and out of them.

import (
	"strconv"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/svr4/nr"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// Launch starts a program: the child waits until it is held, then execs.
func (k *slash) Launch(l *kernel.Launch) (kernel.PID, error) {
	var p *process
	pid, e := k.sys.Spawn(l, func(pid int) (e Errno) {
		p, e = k.seize(kernel.PID(pid), l.Events)
		return e
	})
	if e != 0 || p == nil {
		if p != nil {
			k.dropProcess(p)
		}
		return 0, &kernel.Error{Op: "start " + l.Path, Errno: int(e), OS: abi.SVR4}
	}
	p.born = true
	for _, t := range k.scan(p) {
		t.fresh = false
	}
	if err := k.awaitExec(p, l); err != nil {
		return 0, err
	}
	k.sys.Spawned(pid)
	return p.pid, nil
}

// awaitExec sees a child through to its exec, whose stop is left for Wait to report. The
// child is not a program yet, so its signals pass. Stops of others stay where they are:
// poll tells of them again.
func (k *slash) awaitExec(p *process, spec *kernel.Launch) error {
	failed := Errno(0)
	for {
		k.polls = append(k.polls[:0], PollFD{FD: p.ctl})
		for _, l := range p.lwps {
			k.polls = append(k.polls, PollFD{FD: l.status, Events: PollStop})
		}
		if _, e := k.files.Poll(k.polls, true); e == eINTR {
			continue
		} else if e != 0 {
			return fail("wait for "+spec.Path, 0, e)
		}
		if k.polls[0].Revents&(PollEnd|PollInvalid) != 0 || len(p.lwps) == 0 {
			op, e := k.sys.Spawned(int(p.pid))
			if failed != 0 {
				op, e = "execute", failed
			} else if e == 0 {
				op, e = "start", eINTR
			}
			k.status(p)
			k.dropProcess(p)
			return &kernel.Error{Op: op + " " + spec.Path, Errno: int(e), OS: abi.SVR4}
		}
		l := p.lwps[0]
		if k.read(l) != 0 || !l.st.Stopped() {
			continue
		}
		l.held = true
		switch st := &l.st; {
		case st.Why == proc.SysEntry && isExec(int(st.What)) && spec.Calls,
			st.Why == proc.SysExit && isExec(int(st.What)) && st.Errno == 0:
			if spec.Calls {
				l.mode = kernel.Syscalls
			}
			k.arrived(l)
			return nil
		case st.Why == proc.SysExit && isExec(int(st.What)):
			failed = Errno(st.Errno)
		}
		l.known = false // its current signal stays
		k.letGo(l, kernel.Run, kernel.Action{})
	}
}

// Attach takes hold of every lwp of a running process: the sets of what is traced are the
// process's, so one cannot be taken alone. Those that are being made report themselves.
func (k *slash) Attach(pid kernel.PID, events kernel.Events) (kernel.PID, []kernel.TID, error) {
	if owner, lwp := LWP(kernel.TID(pid)); lwp != 0 {
		pid = owner
	}
	p := k.procs[pid]
	if p == nil {
		var e Errno
		if p, e = k.seize(pid, events); e != 0 {
			if e == eNOENT {
				e = eSRCH
			}
			return 0, nil, &kernel.Error{Op: "attach", TID: kernel.TID(pid), Errno: int(e), OS: abi.SVR4}
		}
	}
	k.files.Pwrite(p.ctl, proc.Ctl(nil).Op(proc.PCDStop), 0)
	var tids []kernel.TID
	for more := true; more; {
		more = false
		for _, l := range k.scan(p) {
			l.fresh, l.asked, more = false, true, true
			tids = append(tids, l.tid)
			l.write(k, proc.Ctl(nil).Op(proc.PCDStop)) // one that was being made
		}
	}
	for _, l := range p.lwps {
		k.jobControl(l)
	}
	return pid, tids, nil
}

// Detach clears all that was arranged and lets the lwps go.
func (k *slash) Detach(pid kernel.PID, actions []kernel.Action) error {
	p := k.procs[pid]
	if p == nil {
		return kernel.ErrGone
	}
	c := proc.Ctl(nil)
	for _, w := range p.areas {
		c = c.Bytes(proc.PCWatch, (&proc.Watch{Addr: w.Addr}).Append(nil))
	}
	c = c.Bytes(proc.PCSTrace, new(proc.SigSet).Bytes()).Bytes(proc.PCSFault, new(proc.FltSet).Bytes()).
		Bytes(proc.PCSEntry, new(proc.SysSet).Bytes()).Bytes(proc.PCSExit, new(proc.SysSet).Bytes()).
		Long(proc.PCUnset, proc.ModeFork|proc.ModeKLC|proc.ModeAsync).Long(proc.PCSet, proc.ModeRLC)
	_, e := k.files.Pwrite(p.ctl, c, 0)
	for _, l := range p.lwps {
		k.detachLWP(l, actions)
	}
	k.dropProcess(p)
	if e != 0 && e != eNOENT {
		return fail("detach", kernel.TID(pid), e)
	}
	return nil
}

// detachLWP gives an lwp its first signal as it goes on; further ones are sent to it.
func (k *slash) detachLWP(l *lwp, actions []kernel.Action) {
	l.asked, l.lent = false, 0
	last := kernel.Action{TID: l.tid}
	for _, a := range actions {
		switch {
		case a.TID != l.tid || a.Signal == 0:
		case last.Signal == 0:
			last = a
		default:
			l.write(k, proc.Ctl(nil).Long(proc.PCKill, int64(a.Signal)))
		}
	}
	if l.held {
		k.run(l, last, nil)
		return
	}
	l.write(k, proc.Ctl(nil).Long(proc.PCRun, 0)) // a directive that has not been met
}

// Kill ends a process.
func (k *slash) Kill(pid kernel.PID) error {
	p := k.procs[pid]
	if p == nil {
		return kernel.ErrGone
	}
	if _, e := k.files.Pwrite(p.ctl, proc.Ctl(nil).Long(proc.PCKill, sigKill), 0); e != 0 {
		return fail("kill", kernel.TID(pid), e)
	}
	return nil
}

// adopt takes hold of a child that was made with its parent's tracing, at the return from
// the call that made it. It is nil when the child is no more.
func (k *slash) adopt(pid kernel.PID, parent *process) *process {
	p, e := k.seize(pid, parent.events)
	if e != 0 {
		return nil
	}
	p.parent = parent.pid
	k.scan(p)
	return p
}

// orphans looks for children that a process made and did not live to tell of: they are
// stopped at their first return, with the tracing they inherited, and nobody has them.
func (k *slash) orphans(dead *process) {
	if dead.events&kernel.EventForks == 0 {
		return
	}
	names, _ := k.files.ReadDir(".")
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil || k.procs[kernel.PID(pid)] != nil {
			continue
		}
		st := texts{k.files}.pstatus(name)
		if st == nil || st.Flags&proc.ModeFork == 0 || !st.Lwp.Stopped() || st.Lwp.Why != proc.SysExit || st.Lwp.RVal1 != int64(dead.pid) {
			continue
		}
		if _, made := forks[int(st.Lwp.What)]; made && st.Lwp.RVal2 == 1 {
			k.adopt(kernel.PID(pid), dead)
		}
	}
}

// status is how a process ended: what wait(2) says of a child of ours, what psinfo keeps
// of another until its parent has waited, else what it was last seen to do.
func (k *slash) status(p *process) uint32 {
	for {
		pid, status, e := k.sys.Wait(false)
		if e != 0 || pid == 0 {
			break
		}
		if status&0xff != 0x7f {
			k.ended[pid] = status
		}
	}
	if status, ok := k.ended[int(p.pid)]; ok {
		delete(k.ended, int(p.pid))
		return status
	}
	if ps, e := (texts{k.files}).psinfo(strconv.Itoa(int(p.pid))); e == 0 && ps.Zombie() {
		return uint32(ps.WStat)
	}
	if p.given != 0 {
		return uint32(p.given)
	}
	return uint32(p.code&0xff) << 8
}

// forkKind is how a call made a process.
func forkKind(st *proc.Lwpstatus) kernel.ForkKind {
	const vforkx = 2
	if int(st.What) == nr.Forksys && st.SysArg[0] == vforkx {
		return kernel.Vfork
	}
	return forks[int(st.What)]
}
