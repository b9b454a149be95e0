package freebsd

// Setting threads going, and stopping them.

import (
	"slices"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/regs"
)

// onward is the address that PT_CONTINUE and its like take for "from where it is"
// (continue-addr; 0 is an address: continue-addr-0).
const onward = 1

// Interrupt asks a running thread to stop. Where its process is stopped already it stands
// still, and is told of at once. Otherwise the process is sent a SIGSTOP, to the thread
// itself so that it can be told from SIGSTOPs of others, which go to the process; one is
// enough for all threads.
func (k *Kernel) Interrupt(tid kernel.TID) error {
	t := k.tasks[tid]
	if t == nil {
		return kernel.ErrGone
	}
	p := t.proc
	switch {
	case t.stopped, t.fresh: // it will be told of when it is set going; its first stop is on its way
		t.asked = true
	case p.stopped:
		if !k.due(t) && !t.ending {
			k.interrupted(t)
		}
	default:
		t.asked = true
		if _, e := k.stopNow(p, t); e != 0 {
			return fail("interrupt", tid, e)
		}
	}
	return nil
}

// interrupted tells of a thread that stands still as its process has stopped. If it has made a process
// itself, of which the kernel will tell later, that is told: what is done to the memory from now on is
// not done to the child's copy.
func (k *Kernel) interrupted(t *task) {
	p := t.proc
	if t != p.reporter && p.events&kernel.EventForks != 0 && len(p.tasks) > 1 {
		var l raw.LWPInfo
		if k.lwpinfo(int(t.tid), &l) == 0 && l.Flags&raw.FlagForked != 0 && t.made != kernel.PID(l.ChildPID) {
			k.forked(t, &l)
			return
		}
	}
	k.tell(t, kernel.Stop{Kind: kernel.Interrupted})
}

// stopNow sends the SIGSTOP that stops a process, to a thread that will see it: one that is not
// suspended, nor waits for a vfork child. best is the first choice, if it is not nil. False: there
// is none.
func (k *Kernel) stopNow(p *process, best *task) (bool, Errno) {
	for _, t := range append([]*task{best}, p.tasks...) {
		if t == nil || t.suspended || t.lent != 0 || t.ending {
			continue
		}
		if p.poked {
			return true, 0
		}
		return true, k.poke(t)
	}
	return false, 0
}

// poke sends a thread the SIGSTOP. One that comes while the process is stopped already, of which we
// have yet to hear, does not wake a sleeping thread, then or later: it has to be sent again.
func (k *Kernel) poke(t *task) Errno {
	e := k.sys.ThrKill2(int(t.proc.pid), int(t.tid), raw.SIGSTOP)
	if e == 0 {
		t.sent, t.proc.poked = true, true
	}
	return e
}

// returns says whether a thread is about to stop as its vfork child has left the memory.
func (k *Kernel) returns(p *process) bool {
	return slices.ContainsFunc(p.tasks, func(t *task) bool { return t.lent != 0 && !t.away && !k.lends(t) })
}

// halting is a thread of a process that a SIGSTOP of ours is on its way to, nil if there is none.
func (p *process) halting() *task {
	for _, t := range p.tasks {
		if t.sent && !t.ending {
			return t
		}
	}
	return nil
}

// still has a process take requests: one of which other threads run, while the engine asks for
// something of one that it was told has stopped, is stopped. What else its threads stop for is told
// later.
func (k *Kernel) still(p *process) error {
	for !p.stopped {
		if !slices.ContainsFunc(p.tasks, func(t *task) bool { return t.stopped }) {
			return kernel.ErrRunning
		}
		switch some, e := k.stopNow(p, nil); {
		case e != 0:
			return fail("stop", kernel.TID(p.pid), e)
		case !some && !k.returns(p):
			return kernel.ErrRunning
		}
		st, err := k.await(p)
		if err != nil {
			return err
		}
		k.decode(&st)
		if k.procs[p.pid] != p {
			return kernel.ErrGone
		}
	}
	return nil
}

// Resume notes what threads are to do; Wait sets them going.
func (k *Kernel) Resume(pid kernel.PID, mode kernel.Mode, actions []kernel.Action) error {
	var first error
	for i := range actions {
		if err := k.resume(mode, &actions[i]); err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (k *Kernel) resume(mode kernel.Mode, a *kernel.Action) error {
	t := k.tasks[a.TID]
	switch {
	case t == nil:
		return kernel.ErrGone
	case !t.stopped:
		return kernel.ErrRunning
	}
	// One that is suspended while others run goes on at a stop of them all; if they wait for a vfork
	// child, at the next.
	if err := k.still(t.proc); err != nil && err != kernel.ErrRunning {
		return err
	}
	t.stopped, t.shown, t.mode, t.step = false, nil, mode, a.Step
	t.late = t.late && !a.Step
	if a.Signal != 0 {
		t.give(a)
	}
	for len(t.owed) > 0 {
		next := t.owed[0]
		t.owed = t.owed[1:]
		if next.Kind != kernel.SyscallExit || mode == kernel.Syscalls {
			k.tell(t, next)
			return nil
		}
	}
	if t.asked && !t.ending {
		k.tell(t, kernel.Stop{Kind: kernel.Interrupted})
	}
	return nil
}

// give keeps a signal until the thread really goes on.
func (t *task) give(a *kernel.Action) {
	kept := *a
	if a.Info != nil {
		info := *a.Info
		kept.Info = &info
	}
	t.sigs = append(t.sigs, kept)
}

// goAll sets going what is stopped and has a thread that is to go.
func (k *Kernel) goAll() {
	for i := 0; i < len(k.order); i++ {
		if p := k.order[i]; p.stopped {
			if k.going(p) {
				k.letGo(p)
			}
			k.buryAll(p)
		}
	}
}

// going says whether some thread is to go on. A process of which no thread is followed goes
// on by itself. One that is at its end is no reason: left alone with threads that are
// suspended, it would leave a process that can be neither stopped nor killed
// (suspend-all-continue). It ends when the others go on.
func (k *Kernel) going(p *process) bool {
	for _, t := range p.tasks {
		if !t.stopped && !t.ending && !k.lends(t) {
			return true
		}
	}
	return len(p.tasks) == 0 || len(p.tasks) == 1 && !p.tasks[0].stopped
}

// lends says whether a thread waits for a child that still has its memory, and that we hold. There
// is nothing that it could do yet.
func (k *Kernel) lends(t *task) bool {
	child := k.procs[t.lent]
	return t.lent != 0 && child != nil && !child.left
}

// letGo sets a stopped process going: threads that are to stay are suspended, the trap flag
// is set where a step is wanted, and signals are given. There is always a thread that is not
// suspended.
func (k *Kernel) letGo(p *process) {
	k.setMask(p)
	var stepper *task
	for _, t := range p.tasks {
		k.suspend(t, t.stopped)
	}
	sig := k.signals(p)
	k.enterHandler(p.reporter, sig)
	for _, t := range p.tasks {
		if !t.stopped && k.setStep(t, len(p.tasks) == 1) {
			stepper = t
		}
	}
	if stepper != nil {
		k.proceed(p, raw.Step, int(stepper.tid), sig)
	} else {
		k.proceed(p, raw.Continue, p.named(), sig)
	}
	k.buryAll(p)
}

// named is whom the request that sets a process going names. It matters to a thread that sleeps in a call
// and is to be elsewhere: its sleep ends then.
func (p *process) named() int {
	for _, t := range p.tasks {
		if !t.stopped && t.elsewhere != nil {
			return int(t.tid)
		}
	}
	return int(p.pid)
}

// buryAll is the end of threads that were at it and have been resumed.
func (k *Kernel) buryAll(p *process) {
	for i := len(p.tasks) - 1; i >= 0; i-- {
		if t := p.tasks[i]; t.ending && !t.stopped {
			k.gone(t)
		}
	}
}

// proceed is the request that sets a process going. That it fails (ESRCH) can only mean that
// the process died in its stop: its end will be waited for.
func (k *Kernel) proceed(p *process, req, id int, sig kernel.Signal) {
	if t := p.reporter; sig != 0 && t != nil {
		if t.stepping {
			k.flag(t)
		}
		k.hide(t, sig)
	}
	k.known = known{}
	k.sys.Ptrace(req, id, onward, uint64(sig))
	p.stopped, p.reporter, p.attach, p.pass, p.mapped, p.poked = false, nil, false, 0, false, false
	for _, t := range p.tasks {
		t.parked = t.parked && t.suspended
	}
}

// gone tells that a thread is no more, as it is when it has left its EXITED stop. Of the last
// one that is known it is told when there is another (lwp-main-exits), or with its process's
// end.
func (k *Kernel) gone(t *task) {
	p := t.proc
	k.dropTask(t)
	if len(p.tasks) == 0 {
		p.last = t.tid
	} else {
		k.tellGone(p, t.tid)
	}
}

func (k *Kernel) tellGone(p *process, tid kernel.TID) {
	if p.events&kernel.EventThreads != 0 {
		k.told = append(k.told, kernel.Stop{Kind: kernel.ThreadGone, PID: p.pid, TID: tid})
	}
}

// setMask brings the event mask up to date. Nothing but PT_SET_EVENT_MASK takes bits out of
// it (to-sce-then-to-scx), so PT_SYSCALL is not used.
func (k *Kernel) setMask(p *process) {
	want := maskOf(p.events)
	for _, t := range p.tasks {
		if t.mode == kernel.Syscalls { // also of one that is to stay: it leaves a call that it is in
			want |= raw.MaskSCE | raw.MaskSCX
		}
		if t.felt != 0 || t.disguise != nil && t.disguise.exit {
			want |= raw.MaskSCX
		}
	}
	if want == p.mask {
		return
	}
	if k.writeMask(p, want) == 0 {
		p.mask = want
	}
}

func (k *Kernel) writeMask(p *process, mask uint32) Errno {
	b := k.callbuf[:4]
	le.PutUint32(b, mask)
	_, e := k.sys.PtraceBuf(raw.SetEventMask, int(p.pid), b, 4)
	return e
}

// maskBits is one row per seam event. Execs are always told of: the threads and the memory
// are others then.
var maskBits = []struct {
	event kernel.Events
	bits  uint32
}{
	{kernel.EventThreads | kernel.EventExit, raw.MaskLWP},
	{kernel.EventForks, raw.MaskFork | raw.MaskVfork},
	{kernel.EventVforkDone, raw.MaskVfork},
}

func maskOf(e kernel.Events) uint32 {
	bits := uint32(raw.MaskExec)
	for _, row := range maskBits {
		if e&row.event != 0 {
			bits |= row.bits
		}
	}
	return bits
}

// suspend holds a thread, or takes the hold back. Holds do not nest (suspend-resume).
func (k *Kernel) suspend(t *task, on bool) {
	if t.suspended == on {
		return
	}
	req := raw.Resume
	if on {
		req = raw.Suspend
	}
	if k.request(req, t) == 0 {
		t.suspended = on
	}
}

// setStep sets or clears the trap flag. It is not set for a step whose trap is to come; the kernel makes that
// of a call when the call ends, also if the flag is cleared meanwhile. For the only thread of a process it
// leaves it to PT_STEP and returns true.
func (k *Kernel) setStep(t *task, alone bool) bool {
	step := t.step && t.enters == 0
	switch {
	case step && t.trapped: // it is made, and a second one would be begun
	case step && alone:
		t.stepping = true
		k.beginStep(t)
		return true
	case step && !t.stepping:
		t.stepping = k.request(raw.SetStep, t) == 0
		k.known.of = 0 // it is in the flags
		k.beginStep(t)
	case !step && t.stepping:
		k.request(raw.ClearStep, t)
		t.stepping, k.known.of = false, 0
		in, _ := k.inCall(t)
		t.trapped = in && !t.midway
		t.late = t.late && t.trapped
	}
	return false
}

// beginStep is for a step that begins in a call or on the way out of one. The short way back puts the flags
// into r11, ours among them; with a base that was set a thread is given all of its registers instead
// (PCB_FULL_IRET), and unlike registers that are set that ends no sleep.
func (k *Kernel) beginStep(t *task) {
	in, near := k.inCall(t)
	t.midway = in
	if near && k.readBases(t, &regs.Set{}) == 0 {
		le.PutUint64(k.callbuf[:], k.known.bases[0])
		k.sys.PtraceBuf(raw.SetFsBase, int(t.tid), k.callbuf[:8], 0)
	}
}

// inCall says whether a stopped thread is in a system call, and whether it is so or has just left one.
func (k *Kernel) inCall(t *task) (in, near bool) {
	if p := t.proc; t == p.reporter {
		return p.within, p.call != 0
	}
	var l raw.LWPInfo
	return k.lwpinfo(int(t.tid), &l) == 0 && l.Flags&raw.FlagSCE != 0, l.Code != 0
}

// signals gives the threads that go on what they are to be given, and returns what the
// request itself is to pass. Only the thread whose stop it is can be given a signal so; to
// others, and after an attach, it is sent, comes back as a stop, and is passed on then. So it is at the stop
// of a SIGSTOP, if another waits or is about to be sent: put in the place of the first, it
// would have the kernel act on the second, by which the process ends. A
// fault is not sent: the instruction will fault again.
func (k *Kernel) signals(p *process) kernel.Signal {
	out := p.pass
	for _, t := range p.tasks {
		if t.stopped {
			continue
		}
		if t.signal && len(t.sigs) == 0 && t == p.reporter {
			k.restart(t) // its signal was dropped
		}
		for i := range t.sigs {
			k.unrestart(t, t.sigs[i].Signal)
			switch a := &t.sigs[i]; {
			case t == p.reporter && out == 0 && !(p.halted && (t.sent || t.step)) && (a.Info == nil || p.signal.Signal == a.Signal):
				if out = a.Signal; t.within != nil && t.within.info.Signal == out {
					t.seen = t.within
				}
				if t.disguise = nil; a.Info != nil && a.Info.Raw != p.signal.Raw {
					t.disguise = &disguise{info: *a.Info}
				}
			case a.Info != nil && a.Info.Sync && a.Info.Signal == a.Signal && a.Signal != raw.SIGTRAP:
				t.again = a.Signal
			default:
				k.resend(t, a)
			}
		}
		t.sigs, t.signal = t.sigs[:0], false
	}
	return out
}
