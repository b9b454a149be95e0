package linux

import (
	"encoding/binary"
	"slices"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/procfs"
)

// Wait reports the next stop.
func (k *Kernel) Wait(s *kernel.Stop, block bool) error {
	for {
		if i := slices.IndexFunc(k.held, k.releasable); i >= 0 {
			*s = k.held[i].Stop
			k.held = slices.Delete(k.held, i, i+1)
			if t := k.tasks[s.TID]; t != nil {
				t.untold = false
			}
			return nil
		}
		r, err := k.next(block)
		if err != nil {
			return err
		}
		if k.decode(r, s) && !k.hold(s) {
			return nil
		}
	}
}

// hold keeps the stop of a new process back whose maker has not told of it. One that was killed
// in it has another, or its end, to be told instead.
func (k *Kernel) hold(s *kernel.Stop) bool {
	if h := k.heldChild(s.TID); h != nil {
		h.Stop = *s
		return true
	}
	t := k.tasks[s.TID]
	if t == nil || !t.untold || int(s.TID) != int(s.PID) {
		return false
	}
	k.held = append(k.held, held{Stop: *s, parent: t.proc.parent})
	return true
}

func (k *Kernel) heldChild(tid kernel.TID) *held {
	if i := slices.IndexFunc(k.held, func(h held) bool { return h.TID == tid }); i >= 0 {
		return &k.held[i]
	}
	return nil
}

// releasable says whether a new process may be told of: its parent has told of it, or
// never will: it is no more, or tells of no children (one made with CLONE_PTRACE is traced all the same).
func (k *Kernel) releasable(h held) bool {
	parent := k.procs[h.parent]
	return h.told || parent == nil || parent.events&kernel.EventForks == 0
}

// next takes a status from the kernel, or one taken earlier.
func (k *Kernel) next(block bool) (raw, error) {
	if len(k.ready) == 0 {
		if err := k.fill(block); err != nil {
			return raw{}, err
		}
	}
	r := k.ready[0]
	k.ready = k.ready[1:]
	return r, nil
}

// fill takes all the statuses there are, to be served in turn: wait4(-1) always looks at its
// children in one order, so that with hundreds of busy threads the last would starve. There
// is an end to them: a thread does not stop again before it is served. Where there were none
// beside the first, the next few times are spared.
func (k *Kernel) fill(block bool) error {
	tid, status, e := k.sys.Wait(block)
	if e == 0 && tid == 0 && len(k.tasks) == 0 && len(k.newborn(0)) > 0 {
		tid, status, e = k.waitSoon()
	}
	switch {
	case e == eINTR:
		return kernel.ErrWoken
	case e == eCHILD:
		return kernel.ErrNoTracees
	case e != 0:
		return k.fail("wait", 0, e)
	case tid == 0:
		return kernel.ErrNone
	}
	k.drained = append(k.drained[:0], raw{tid, status})
	if k.spare > 0 {
		k.spare--
	} else if len(k.tasks) > 1 {
		k.drain()
	}
	k.ready = k.drained
	return nil
}

func (k *Kernel) drain() {
	const most = 15
	k.lull = min(2*k.lull+1, most)
	for {
		tid, status, e := k.sys.Wait(false)
		if e != 0 || tid == 0 {
			break
		}
		k.drained = append(k.drained, raw{tid, status})
		k.lull = 0
	}
	k.spare = k.lull
}

// newborn are the processes of which nothing has been told but that are traced, all of them or the
// children of one: who made them was killed before it told. They are about to stop for the
// first time, or to end.
func (k *Kernel) newborn(parent kernel.PID) []int {
	all, err := k.sys.Files().Tracees()
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(all, func(pid int) bool {
		st, err := k.sys.Files().Proc(pid).Status()
		return k.tasks[kernel.TID(pid)] != nil || err != nil || parent != 0 && st.PPID != int(parent)
	})
}

// awaitNewborn waits for the children of threads that an exec of their process has killed. It says
// whether there are any.
func (k *Kernel) awaitNewborn(p *process) (some bool) {
	if !p.threaded {
		return false
	}
	for _, pid := range k.newborn(p.pid) {
		for some = true; !slices.ContainsFunc(k.ready, func(r raw) bool { return r.tid == pid }); {
			tid, status, e := k.waitSoon()
			if e != 0 {
				return false
			}
			k.ready = append(k.ready, raw{tid, status})
		}
	}
	return some
}

// waitSoon waits for what is about to come. A Wake is for another wait.
func (k *Kernel) waitSoon() (tid int, status uint32, e Errno) {
	woken := false
	for tid, status, e = k.sys.Wait(true); e == eINTR; tid, status, e = k.sys.Wait(true) {
		woken = true
	}
	if woken {
		k.sys.Wake()
	}
	return tid, status, e
}

// bereave has the children that a process has made and has not told of told of, before its end or
// its exec is: who made them is no more, and their memory is a copy of what it had. It says whether
// there are any.
func (k *Kernel) bereave(p *process) (some bool) {
	for i := range k.held {
		if h := &k.held[i]; h.parent == p.pid && !h.told {
			h.told, some = true, true
		}
	}
	return some
}

// decode turns a status into a stop. It returns false when there is nothing to
// report: a first stop to hold back, a thread that died since, a stray child.
func (k *Kernel) decode(r raw, s *kernel.Stop) bool {
	t := k.tasks[kernel.TID(r.tid)]
	if r.status&0xff != 0x7f {
		if t != nil {
			return k.ended(t, r.status, s)
		}
		k.unheard[kernel.TID(r.tid)] = r.status
		if k.stray != nil {
			k.stray(kernel.PID(r.tid))
		}
		return false
	}
	if t == nil {
		if t = k.stranger(r.tid); t == nil {
			return false
		}
	}
	*s = kernel.Stop{PID: t.proc.pid, TID: t.tid}
	t.stopped, t.inject, t.group = true, false, false
	k.unhush(t)
	t.woken = false
	event, sig := int(r.status>>16), int(r.status>>8&0xff)
	switch {
	case event == evStop:
		return k.eventStop(t, sig, s)
	case event != 0:
		return k.event(t, event, s)
	case sig == syscallStop:
		return k.syscall(t, s)
	}
	return k.signal(t, kernel.Signal(sig), s)
}

// endOf is the end of a thread or process (wait(2): low byte 0 for exit, else the signal with
// bit 7 for a core).
func endOf(pid kernel.PID, tid kernel.TID, status uint32) kernel.Stop {
	s := kernel.Stop{PID: pid, TID: tid, Code: int(status >> 8 & 0xff), Signal: kernel.Signal(status & 0x7f), Core: status&0x80 != 0}
	switch {
	case int(tid) != int(pid):
		s.Kind = kernel.ThreadGone
	case s.Signal != 0:
		s.Kind = kernel.Killed
	default:
		s.Kind = kernel.Exited
	}
	return s
}

// ended reports a thread or process that is no more.
func (k *Kernel) ended(t *task, status uint32, s *kernel.Stop) bool {
	p := t.proc
	if int(t.tid) == int(p.pid) && k.bereave(p) {
		k.ready = slices.Insert(k.ready, 0, raw{int(t.tid), status})
		return false
	}
	*s = endOf(p.pid, t.tid, status)
	k.dropTask(t)
	if s.Kind == kernel.ThreadGone {
		if t.untold {
			k.unheard[t.tid] = status
		}
		return true
	}
	for _, left := range slices.Clone(p.tasks) { // the kernel reports a leader last; threads taken over by exec never end
		k.dropTask(left)
	}
	return true
}

// stranger is a thread the kernel attached for us when a tracee made it. Which process
// it belongs to is asked of /proc: its maker's report may be yet to come.
func (k *Kernel) stranger(tid int) *task {
	st, err := k.sys.Files().Proc(tid).Status()
	if err != nil {
		return nil // it died; nothing was known of it
	}
	parent := k.procs[kernel.PID(st.PPID)]
	if parent == nil {
		parent = &process{pid: kernel.PID(st.PPID)}
	}
	t := k.addTask(k.child(kernel.PID(st.TGID), parent), kernel.TID(tid))
	t.untold = true
	return t
}

// eventStop is PTRACE_EVENT_STOP: a new thread's first stop, the answer to INTERRUPT,
// a group-stop (the signal is then the stopping one), or the end of one.
func (k *Kernel) eventStop(t *task, sig int, s *kernel.Stop) bool {
	if sig != sigTrap {
		t.group = true
		s.Signal = kernel.Signal(sig)
	}
	switch {
	case t.fresh:
		t.fresh = false
		s.Kind = kernel.Started
		if int(t.tid) == int(t.proc.pid) {
			s.Parent = t.proc.parent
		}
	case t.group:
		s.Kind = kernel.GroupStop
	default:
		s.Kind = kernel.Interrupted
		t.woken = true
	}
	return true
}

// still says whether a thread is in the stop of an event. One that was killed since is in that
// of its exit, and the message is the other's.
func (k *Kernel) still(t *task, event int) bool {
	if event == evExit {
		return true
	}
	_, e := k.sys.PtraceBuf(reqGetSiginfo, int(t.tid), 0, k.info[:])
	return e == 0 && binary.LittleEndian.Uint32(k.info[8:]) == uint32(event<<8|sigTrap)
}

// event is a stop asked for by an option.
func (k *Kernel) event(t *task, event int, s *kernel.Stop) bool {
	if _, e := k.sys.PtraceBuf(reqGetEventMsg, int(t.tid), 0, k.one[:]); e != 0 || !k.still(t, event) {
		return false
	}
	msg := binary.LittleEndian.Uint64(k.one[:])
	switch event {
	case evSeccomp:
		return k.seccomp(t, s)
	case evFork, evVfork, evClone:
		k.newTask(t, event, kernel.TID(msg), s)
	case evExec:
		if k.awaitNewborn(t.proc) || k.bereave(t.proc) {
			k.ready = append(k.ready, raw{int(t.tid), uint32(event)<<16 | sigTrap<<8 | 0x7f})
			return false
		}
		k.exec(t, kernel.TID(msg), s)
	case evVforkDone:
		s.Kind, s.New = kernel.VforkDone, kernel.TID(msg)
	case evExit:
		s.Kind = kernel.ThreadExit
		s.Code, s.Signal, s.Core = int(msg>>8&0xff), kernel.Signal(msg&0x7f), msg&0x80 != 0
	default:
		s.Kind = kernel.Interrupted
	}
	return true
}

var forkKinds = map[int]kernel.ForkKind{evFork: kernel.Fork, evVfork: kernel.Vfork, evClone: kernel.Clone}

// newTask is a clone, fork or vfork that has happened. EVENT_CLONE is a thread or a
// process, as CLONE_THREAD was given or not.
func (k *Kernel) newTask(t *task, event int, child kernel.TID, s *kernel.Stop) {
	s.New, s.How = child, forkKinds[event]
	s.Kind = kernel.ProcessNew
	if event == evClone && k.isThread(t, child) {
		s.Kind = kernel.ThreadNew
	} else if same, e := k.sys.SharesVM(int(t.proc.pid), int(child)); e == 0 {
		s.SharesMemory = same
	} else {
		s.SharesMemory = event == evVfork
	}
	status, ended := k.hasEnded(child)
	pid := kernel.PID(child)
	if s.Kind == kernel.ThreadNew {
		pid = t.proc.pid
	}
	switch h, known := k.heldChild(child), k.tasks[child]; {
	case h != nil:
		if h.told = true; h.Kind == kernel.Started {
			h.Stop.Parent = t.proc.pid
		}
	case known != nil:
		known.untold = false
	case !ended:
		k.addTask(k.child(pid, t.proc), child)
	case s.Kind == kernel.ThreadNew:
		s.New = 0
	default:
		k.held = append(k.held, held{Stop: endOf(pid, child, status), told: true})
	}
}

// hasEnded says whether a child that its maker tells of ended before, and how. A number that
// somebody else had is not meant.
func (k *Kernel) hasEnded(child kernel.TID) (status uint32, ended bool) {
	if status, ended = k.unheard[child]; ended {
		delete(k.unheard, child)
		st, err := k.sys.Files().Proc(int(child)).Stat()
		ended = err != nil || st.State == procfs.Zombie || st.State == procfs.Dead
	}
	return status, ended
}

func (k *Kernel) isThread(t *task, child kernel.TID) bool {
	if c := k.tasks[child]; c != nil {
		return c.proc == t.proc
	}
	st, err := k.sys.Files().Proc(int(child)).Status()
	return err != nil || st.TGID == int(t.proc.pid)
}

// exec: the calling thread has taken the leader's TID and every other thread is gone.
// Those may report their end after this, or (the old leader) never.
func (k *Kernel) exec(t *task, former kernel.TID, s *kernel.Stop) {
	s.Kind, s.Former = kernel.Exec, former
	p := t.proc
	if former != t.tid {
		if caller := k.tasks[former]; caller != nil {
			t.resent, t.inCall, t.traced = caller.resent, caller.inCall, caller.traced
		}
	}
	for _, other := range slices.Clone(p.tasks) {
		if other != t {
			k.dropTask(other)
		}
	}
	t.debug, p.threaded = false, false // flush_thread clears the debug registers
	p.closeMem()
}

// syscall reads which call the thread is in. The kernel says whether this is its entry
// or its exit; nothing is toggled here.
func (k *Kernel) syscall(t *task, s *kernel.Stop) bool {
	n, e := k.sys.PtraceBuf(reqSyscallInfo, int(t.tid), uint64(len(k.callbuf)), k.callbuf[:])
	switch {
	case e == eSRCH:
		return false
	case e != 0 || n < 33: // a system that does not say (Launch looks): the thread is to go on all the same
		s.Kind = kernel.Interrupted
		return true
	}
	le := binary.LittleEndian
	b := k.callbuf[:]
	c := &s.Syscall
	c.ABI = callABIs[le.Uint32(b[4:])]
	c.IP, c.SP = le.Uint64(b[8:]), le.Uint64(b[16:])
	switch b[0] {
	case callEntry, callSeccomp:
		s.Kind, t.inCall = kernel.SyscallEnter, true
		c.Nr = le.Uint64(b[24:])
		for i := range c.Args {
			c.Args[i] = le.Uint64(b[32+8*i:])
		}
		if c.ABI == kernel.CallAMD64 && c.Nr&x32Bit != 0 && int64(c.Nr) > 0 {
			c.ABI = kernel.CallX32
		}
		t.proc.filtered = t.proc.filtered && !ownFilter(c)
	case callExit:
		s.Kind, t.inCall = kernel.SyscallExit, false
		c.Ret, c.Failed = int64(le.Uint64(b[24:])), b[32] != 0
		t.woken = c.Ret == -int64(eINTR) // by an interrupt, maybe: it may have come in the stop at the entry
	default: // between calls: the thread was seized inside one
		s.Kind = kernel.Interrupted
	}
	return true
}

// Conventions by the kernel's name for the architecture, and the bit that marks x32 numbers.
var callABIs = map[uint32]kernel.CallABI{archAMD64: kernel.CallAMD64, archI386: kernel.CallI386}

const x32Bit = 0x40000000

// signal is a stop before a signal is delivered; SIGTRAP from the processor is a trap.
func (k *Kernel) signal(t *task, sig kernel.Signal, s *kernel.Stop) bool {
	if _, e := k.sys.PtraceBuf(reqGetSiginfo, int(t.tid), 0, t.current.Raw[:]); e != 0 {
		return false // ESRCH: killed since
	}
	decodeSiginfo(&t.current)
	if t.current.Signal != sig || sig == sigTrap && t.current.Code>>8 != 0 && t.current.Code&0xff == sigTrap {
		return false // killed since: this is the stop of its exit
	}
	t.inject = true
	if k.exchange(t, sig) {
		return false
	}
	k.unrestart(t)
	s.Kind, s.Signal, s.Info = kernel.SignalStop, sig, t.current
	if sig == sigTrap {
		k.trap(t, s)
	}
	t.woken, t.late = s.Kind == kernel.SignalStop || t.late, false
	return true
}

// exchange recognises a signal that deliver sent anew, gives it back its siginfo and
// lets it through.
func (k *Kernel) exchange(t *task, sig kernel.Signal) bool {
	if t.current.Code != siTkill {
		return false
	}
	i := slices.IndexFunc(t.resent, func(r kernel.SigInfo) bool { return r.Signal == sig })
	if i < 0 {
		return false
	}
	info := t.resent[i]
	t.resent = slices.Delete(t.resent, i, i+1)
	k.sys.PtraceBuf(reqSetSiginfo, int(t.tid), 0, info.Raw[:])
	k.letGo(t, int(t.how), sig)
	return true
}

func (k *Kernel) trap(t *task, s *kernel.Stop) {
	switch s.Info.Code {
	case siKernel:
		s.Kind, s.Trap = kernel.Trap, kernel.Breakpoint
	case trapTrace, trapBrkpt:
		s.Kind, s.Trap = kernel.Trap, kernel.Step
		if t.debug {
			s.HW = k.takeDR6(t)
		}
	case trapHwbp:
		s.Kind, s.Trap, s.HW = kernel.Trap, kernel.Hardware, k.takeDR6(t)
	case trapNotify:
		s.Kind, s.Trap = kernel.Trap, kernel.Step
		t.inject = false // ptrace_notify ignores the signal it is continued with
	}
}

// takeDR6 reads which debug registers matched and clears the status, which the
// processor never does (Intel SDM vol. 3, 18.2.3).
func (k *Kernel) takeDR6(t *task) uint8 {
	k.sys.PtraceBuf(reqPeekUser, int(t.tid), debugOffset+6*8, k.one[:])
	dr6 := binary.LittleEndian.Uint64(k.one[:])
	k.sys.Ptrace(reqPokeUser, int(t.tid), debugOffset+6*8, 0)
	return uint8(dr6 & 0xf)
}
