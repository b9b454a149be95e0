package freebsd

// How tracees come and go.

import (
	"slices"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/procfs/kinfo"
)

// Launch starts a program under trace: the child asks for it (PT_TRACE_ME) and execs. That
// it dies with its tracer is the system's choice for all tracees, also for those attached to
// (kern.kill_on_debugger_exit).
func (k *Kernel) Launch(l *kernel.Launch) (kernel.PID, error) {
	pid, e := k.sys.Spawn(l, l.Calls)
	if e != 0 {
		return 0, &kernel.Error{Op: "start " + l.Path, Errno: int(e), OS: abi.FreeBSD}
	}
	p := k.adopt(kernel.PID(pid), l.Events|kernel.EventExec)
	if err := k.awaitExec(l, p); err != nil {
		k.dropProcess(p)
		return 0, err
	}
	k.sys.Spawned(pid)
	return p.pid, nil
}

// awaitExec sees a child of ours through to its exec (with Calls, to the entry to it), whose
// stop is left for Wait to report. The child is not a program yet, so signals simply pass.
func (k *Kernel) awaitExec(l *kernel.Launch, p *process) error {
	for {
		st, err := k.await(p)
		if err != nil {
			return err
		}
		d := raw.DecodeStatus(st.status, &st.info)
		if d.Kind != raw.StatusStopped {
			return k.notStarted(l, p)
		}
		if k.lwpinfo(int(p.pid), &k.info) != 0 {
			continue
		}
		f := k.info.Flags
		if f&raw.FlagExec != 0 || f&raw.FlagSCE != 0 && k.info.Code == callExecve {
			if l.Calls {
				k.addTask(p, kernel.TID(k.info.LWP)).mode = kernel.Syscalls
			}
			k.decode(&st)
			p.events = l.Events
			return nil
		}
		if l.Calls && p.mask&raw.MaskSCE == 0 { // the SIGSTOP it sent itself
			mask := maskOf(l.Events) | raw.MaskSCE | raw.MaskSCX
			if k.writeMask(p, mask) == 0 {
				p.mask = mask
			}
			d.Value = 0
		}
		if f&raw.FlagSI == 0 {
			d.Value = 0
		}
		k.sys.Ptrace(raw.Continue, int(p.pid), onward, uint64(d.Value))
	}
}

// notStarted is why a child ended before it was a program.
func (k *Kernel) notStarted(l *kernel.Launch, p *process) error {
	op, e := k.sys.Spawned(int(p.pid))
	if e == 0 {
		op, e = "start", raw.EINTR
	}
	return &kernel.Error{Op: op + " " + l.Path, Errno: int(e), OS: abi.FreeBSD}
}

// await waits for one process alone: statuses taken earlier come first, and stops of others
// stay where they are.
func (k *Kernel) await(p *process) (status, error) {
	if i := slices.IndexFunc(k.ready, func(s status) bool { return s.pid == int(p.pid) }); i >= 0 {
		st := k.ready[i]
		k.ready = slices.Delete(k.ready, i, i+1)
		return st, nil
	}
	woken := false
	for {
		switch st, e := k.take(int(p.pid), true); e {
		case 0:
			if woken {
				k.sys.Wake() // that was for another wait
			}
			return st, nil
		case raw.EINTR:
			woken = true
		default:
			return status{}, fail("wait", kernel.TID(p.pid), e)
		}
	}
}

// Attach takes hold of a process. All its threads stop; each reports it. Without
// EventThreads only the thread named, or the first, is followed.
func (k *Kernel) Attach(pid kernel.PID, events kernel.Events) (kernel.PID, []kernel.TID, error) {
	refused := func(e Errno) error {
		return &kernel.Error{Op: "attach", TID: kernel.TID(pid), Errno: int(e), OS: abi.FreeBSD}
	}
	owner, kp := pid, k.kinfo(int(pid))
	if kp != nil { // an lwpid is taken for its process (attach-by-lwpid)
		owner = kernel.PID(kp.PID)
	}
	if e := k.seize(pid); e != 0 {
		return 0, nil, refused(e)
	}
	p := k.adopt(owner, events)
	p.found = kp != nil && kp.Stat == kinfo.Stop && kp.Flag&kinfo.FlagStoppedSig != 0
	st, err := k.await(p)
	if err == nil && raw.DecodeStatus(st.status, &st.info).Kind != raw.StatusStopped {
		err = refused(raw.ESRCH) // it ended meanwhile
	}
	if err != nil {
		k.dropProcess(p)
		return 0, nil, err
	}
	list, _ := k.lwps(p)
	if events&kernel.EventThreads == 0 {
		list = only(list, int32(pid))
	}
	for _, lwp := range list {
		k.addTask(p, kernel.TID(lwp)).asked = true
	}
	k.decode(&st)
	tids := make([]kernel.TID, 0, len(p.tasks))
	for _, t := range p.tasks {
		tids = append(tids, t.tid)
	}
	return owner, tids, nil
}

// execTries bounds how often a process that executes a program is tried: some ten milliseconds.
const execTries = 1000

// seize is PT_ATTACH. Who is in execve(2) cannot be attached to until it has a program again (EBUSY, as
// of who is traced already: p_candebug).
func (k *Kernel) seize(pid kernel.PID) (e Errno) {
	executes := true
	for range execTries {
		if _, e = k.sys.Ptrace(raw.Attach, int(pid), 0, 0); e != raw.EBUSY || !executes {
			break
		}
		kp := k.kinfo(int(pid))
		if kp == nil || kp.Tracer != 0 {
			break
		}
		executes = kp.Flag&kinfo.FlagInExec != 0 // if not, it may have been until now: the last try
	}
	return e
}

// only is the one of a list that is named, or its first.
func only(list []int32, lwp int32) []int32 {
	if slices.Contains(list, lwp) {
		return []int32{lwp}
	}
	return list[:min(1, len(list))]
}

// lwps are the threads of a stopped process (PT_GETLWPLIST).
func (k *Kernel) lwps(p *process) ([]int32, Errno) {
	for size := 64; ; size *= 4 {
		b := make([]byte, 4*size)
		n, e := k.sys.PtraceBuf(raw.GetLwpList, int(p.pid), b, uint64(size))
		if e != 0 {
			return nil, e
		}
		if n < size {
			out := make([]int32, n)
			for i := range out {
				out[i] = int32(le.Uint32(b[4*i:]))
			}
			return out, 0
		}
	}
}

// Detach lets a stopped process go: all its threads at once. The first signal of the thread
// whose stop it is in is delivered by the request, others are sent before it and pending
// then (detach-pending). One that job control had stopped is left so: by a SIGSTOP sent
// before, since one given with the request is lost (attach-job-stopped-detach-stop,
// detach-second-sigstop-pending).
func (k *Kernel) Detach(pid kernel.PID, actions []kernel.Action) error {
	p := k.procs[pid]
	if p == nil {
		return kernel.ErrGone
	}
	defer k.dropProcess(p)
	for i := range actions {
		if t := k.tasks[actions[i].TID]; t != nil && t.proc == p && actions[i].Signal != 0 {
			t.give(&actions[i])
		}
	}
	known := slices.Clone(p.tasks)
	p.parting = true
	for range settleLimit {
		if err := k.settle(p); err != nil {
			return err
		}
		if e := k.letLoose(p, known); e == 0 {
			return nil
		} else if e != raw.EBUSY { // else a thread has ended in the stop, which is told anew
			return fail("detach", kernel.TID(pid), e)
		}
	}
	return fail("detach", kernel.TID(pid), raw.EBUSY)
}

// letLoose is the request itself, with what has to be done just before; known are the threads that the
// engine was told of.
func (k *Kernel) letLoose(p *process, known []*task) Errno {
	list, _ := k.lwps(p)
	for _, lwp := range list {
		if !slices.ContainsFunc(known, func(t *task) bool { return int32(t.tid) == lwp }) {
			// It has its maker's debug registers, and nobody was told of it to clear them.
			k.sys.PtraceBuf(raw.SetDbRegs, int(lwp), make([]byte, raw.DbregSize), 0)
		}
	}
	p.pass = k.lastSignals(p)
	for _, t := range p.tasks {
		if t.stepping {
			k.request(raw.ClearStep, t)
		}
	}
	if p.found {
		k.sys.Kill(int(p.pid), raw.SIGSTOP)
		p.found = false
	}
	for _, t := range k.tasks {
		t.away = t.away || t.lent == p.pid && !p.left
	}
	_, e := k.sys.Ptrace(raw.Detach, int(p.pid), onward, uint64(p.pass))
	return e
}

// lastSignals sends what threads are still to be given and returns what goes with the
// request.
func (k *Kernel) lastSignals(p *process) kernel.Signal {
	sig := p.pass
	for _, t := range p.tasks {
		for i := range t.sigs {
			switch a := &t.sigs[i]; {
			case t == p.reporter && sig == 0:
				sig = a.Signal
			default:
				k.sys.ThrKill2(int(p.pid), int(t.tid), int(a.Signal))
			}
		}
		t.sigs = nil
	}
	return sig
}

// settleLimit bounds how often a process is set going for what it is not to be left with.
const settleLimit = 16

// settle lets a process run, thread by thread, until nothing of ours is on its way: a
// SIGSTOP that it would take for somebody's, a call that will fail for what was written, or an event
// that the kernel has yet to tell, which is the program's SIGTRAP once nobody traces it.
// None lets the program come far: the first is met before the next instruction, the second
// at the end of the call, at once, and the last where the thread is.
func (k *Kernel) settle(p *process) error {
	for range settleLimit + len(p.tasks) {
		if !p.stopped { // it was resumed by one who lets go of it now: there must be a stop
			if _, e := k.stopNow(p, nil); e != 0 {
				return fail("detach", kernel.TID(p.pid), e)
			}
		} else if t := k.undelivered(p); t != nil {
			k.goAlone(t)
		} else if t, e := k.unsettled(p); t != nil {
			k.goAlone(t)
		} else if e != raw.EBUSY { // else a thread has ended in the stop, which is told anew
			return nil
		}
		st, err := k.await(p)
		if err != nil {
			return err
		}
		told := len(k.told)
		k.decode(&st)
		if k.procs[p.pid] != p {
			return kernel.ErrGone
		}
		k.keep(p, told)
	}
	return nil
}

// undelivered is a thread of a process that is let go which the program is to see a signal in, nil if there is
// none. Given with the request, a signal waits in two queues then (detach_same_signal), and sent anew it has us as
// its sender. So it is given before. That of nobody's handler is left: it stops or ends the process.
func (k *Kernel) undelivered(p *process) *task {
	seen := func(t *task) bool {
		return len(t.sigs) > 0 && k.sees(t, t.sigs[0].Signal) || t == p.reporter && p.pass != 0 && k.sees(t, p.pass) || len(t.resent) > 0
	}
	if t := p.reporter; t != nil && !t.ending && seen(t) {
		return t
	}
	for _, t := range p.tasks {
		if !t.ending && t.lent == 0 && seen(t) {
			return t
		}
	}
	return nil
}

// unsettled is a thread of a stopped process that is not to be let go of yet, nil if there is none.
func (k *Kernel) unsettled(p *process) (*task, Errno) {
	list, e := k.lwps(p)
	if e != 0 {
		return nil, e
	}
	for t := p.halting(); t != nil; t = p.halting() {
		if k.meets(t) {
			return t, 0
		}
		t.sent = false
	}
	if i := slices.IndexFunc(p.tasks, k.fails); i >= 0 {
		return p.tasks[i], 0
	}
	for _, lwp := range list {
		var l raw.LWPInfo
		tid := kernel.TID(lwp)
		if tid == p.through || k.lwpinfo(int(lwp), &l) != 0 || l.Event == raw.EventNone ||
			l.Flags&raw.FlagSI != 0 && !k.catches(p, kernel.Signal(l.Siginfo.Signo)) { // else it would wait twice
			continue
		}
		if t := k.tasks[tid]; t != nil {
			return t, 0
		}
		return k.addTask(p, tid), 0
	}
	return nil, 0
}

// fails says whether a thread sleeps in a call that will fail for what was written, once it is named.
func (k *Kernel) fails(t *task) bool {
	return t.felt != 0 && !t.ending && !t.parked && k.getRegs(t) == 0 && k.sleeping(t, k.regbuf[:]) != 0
}

// meets says whether a SIGSTOP of ours is before a thread: pending, or in a stop that the kernel
// will tell of.
func (k *Kernel) meets(t *task) bool {
	var l raw.LWPInfo
	if k.lwpinfo(int(t.tid), &l) != 0 {
		return false
	}
	return l.Siglist.Has(raw.SIGSTOP) || t != t.proc.reporter && l.Flags&raw.FlagSI != 0 && l.Siginfo.Signo == raw.SIGSTOP
}

// goAlone lets one thread go, to meet what it has to. The stop that the process is in is left, so that
// what its thread is to be given is given.
func (k *Kernel) goAlone(t *task) {
	p := t.proc
	was := make([]bool, len(p.tasks))
	for i, x := range p.tasks {
		was[i] = x.stopped
		x.stopped = x != t && x != p.reporter
	}
	t.step, t.mode = false, kernel.Run
	asleep := false
	if t.sent {
		t.asked = true
		asleep = k.getRegs(t) == 0 && k.sleeping(t, k.regbuf[:]) != 0
	}
	k.setMask(p)
	for _, x := range p.tasks {
		k.suspend(x, x != t)
	}
	k.setStep(t, false)
	k.proceed(p, raw.Continue, int(t.tid), k.signals(p)) // by its name, or a call that is to fail does not
	if asleep {
		k.poke(t)
	}
	for i, x := range p.tasks {
		x.stopped = was[i]
	}
}

// keep turns stops that were told since into what is left of them when the process is let
// go: signals that the threads are still to get.
func (k *Kernel) keep(p *process, since int) {
	for i := since; i < len(k.told); i++ {
		s := &k.told[i]
		if t := k.tasks[s.TID]; t != nil && t.proc == p {
			t.stopped = true
			if s.Kind == kernel.SignalStop {
				info := s.Info
				t.give(&kernel.Action{TID: t.tid, Signal: s.Signal, Info: &info})
			}
		}
	}
	k.told = slices.DeleteFunc(k.told, func(s kernel.Stop) bool { return s.PID == p.pid && s.Kind.Alive() })
}

// Kill ends a process. PT_KILL is lost at the stop of an attach (attach-by-lwpid,
// attach-uninterruptible-vfork-parent), and a SIGKILL from kill(2) is a stop first, which
// finish passes on.
func (k *Kernel) Kill(pid kernel.PID) error {
	p := k.procs[pid]
	if p == nil {
		return kernel.ErrGone
	}
	if e := k.sys.Kill(int(pid), raw.SIGKILL); e != 0 {
		return fail("kill", kernel.TID(pid), e)
	}
	p.dying = true
	k.told = slices.DeleteFunc(k.told, func(s kernel.Stop) bool { return s.PID == pid && s.Kind.Alive() })
	k.held = slices.DeleteFunc(k.held, func(s kernel.Stop) bool { return s.PID == pid })
	if p.stopped {
		k.finish(p)
	}
	if slices.ContainsFunc(p.tasks, func(t *task) bool { return t.lent != 0 }) {
		return kernel.ErrLent
	}
	return nil
}
