package linux

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/procfs"
)

// Kernel is the Linux adapter. It implements kernel.Kernel.
type Kernel struct {
	sys   Sys
	tasks map[kernel.TID]*task
	procs map[kernel.PID]*process

	ready   []raw // statuses taken from the kernel and not yet reported
	drained []raw // the memory of ready
	lull    int   // times in a row, roughly, that one status was all there was
	spare   int   // times more that no others are asked for
	// held are new processes that stopped before their making was reported: the engine hears
	// of a child from its parent first.
	held []held
	// unheard are the statuses of threads and processes that ended before their making was
	// reported, if it is to be: some were never traced.
	unheard map[kernel.TID]uint32
	one     [8]byte
	regbuf  [userRegsSize]byte
	callbuf [88]byte
	info    [siginfoSize]byte
	stray   func(kernel.PID)
}

type raw struct {
	tid    int
	status uint32
}

// process is what the adapter keeps of a traced process.
type process struct {
	pid    kernel.PID
	parent kernel.PID // that made it, as far as is known
	tasks  []*task
	mem    procfs.RandomAccess // /proc/PID/mem of the address space there is now
	events kernel.Events
	// threaded: it has had more than one thread since it became its program.
	threaded bool
	// filtered: a seccomp filter tells of the calls that are wanted.
	filtered bool
}

// held is a process that is not told of yet: its last stop, or its end.
type held struct {
	kernel.Stop
	parent kernel.PID
	told   bool // its maker has told of it
}

// task is one traced thread and the state the kernel has it in.
type task struct {
	tid     kernel.TID
	proc    *process
	stopped bool
	fresh   bool // has not reported its first stop
	untold  bool // it stopped before its maker told of it
	// inject: the stop is one for a signal, so that a signal (and its siginfo) can be
	// given with the next request.
	inject  bool
	current kernel.SigInfo // of that stop
	group   bool           // the stop is a group-stop: LISTEN is possible
	woken   bool           // a call that the stop ended may have ended for us alone
	late    bool           // it was not begun again, as a signal waits: maybe a trap of a step
	again   uint64         // where a call is to be begun again; 0 none
	resent  []kernel.SigInfo
	debug   bool // debug registers are in use, so DR6 is worth a request
	hushed  bool // signals are blocked until the next stop; then mask is put back
	mask    [8]byte
	how     uint64 // request that set it going last
	traced  bool   // which asked for stops at its calls
	inCall  bool   // the entry of its call was told
}

// New makes the adapter over a raw interface.
func New(sys Sys) *Kernel {
	return &Kernel{sys: sys, tasks: map[kernel.TID]*task{}, procs: map[kernel.PID]*process{},
		unheard: map[kernel.TID]uint32{}}
}

// OS is Linux's tables.
func (k *Kernel) OS() *abi.OS { return abi.Linux }

// Procfs is /proc of the system the tracees run on.
func (k *Kernel) Procfs() *procfs.FS { return k.sys.Files() }

// OnStray has f called with each child of ours that ended and never was traced: a tracee can
// give its child away (CLONE_PARENT, clone(2)). f runs within Wait.
func (k *Kernel) OnStray(f func(kernel.PID)) { k.stray = f }

// Wake makes a blocked Wait return.
func (k *Kernel) Wake() { k.sys.Wake() }

func (k *Kernel) fail(op string, tid kernel.TID, e Errno) error {
	if e == eSRCH {
		return kernel.ErrGone
	}
	return &kernel.Error{Op: op, TID: tid, Errno: int(e), OS: abi.Linux}
}

// stoppedTask finds a thread that takes requests.
func (k *Kernel) stoppedTask(tid kernel.TID) (*task, error) {
	t := k.tasks[tid]
	if t == nil {
		return nil, kernel.ErrGone
	}
	if !t.stopped {
		return nil, kernel.ErrRunning
	}
	return t, nil
}

func (k *Kernel) adopt(pid kernel.PID, events kernel.Events) *process {
	return k.child(pid, &process{events: events})
}

// child is the record of a process that parent has made, which is traced as that is.
func (k *Kernel) child(pid kernel.PID, parent *process) *process {
	p := k.procs[pid]
	if p == nil {
		p = &process{pid: pid, parent: parent.pid, events: parent.events, filtered: parent.filtered}
		k.procs[pid] = p
	}
	return p
}

func (k *Kernel) addTask(p *process, tid kernel.TID) *task {
	t := &task{tid: tid, proc: p, fresh: true}
	k.tasks[tid] = t
	p.tasks = append(p.tasks, t)
	p.threaded = p.threaded || len(p.tasks) > 1
	return t
}

func (k *Kernel) dropTask(t *task) {
	delete(k.tasks, t.tid)
	t.proc.tasks = slices.DeleteFunc(t.proc.tasks, func(x *task) bool { return x == t })
	if len(t.proc.tasks) == 0 {
		t.proc.closeMem()
		delete(k.procs, t.proc.pid)
	}
}

// Launch starts a program under trace.
func (k *Kernel) Launch(l *kernel.Launch) (kernel.PID, error) {
	bits := optionBits(l.Events | kernel.EventExec)
	if l.Only != nil {
		if filterProgram(l.Only) == nil {
			return 0, kernel.ErrNoFilter
		}
		bits |= optSeccomp
	}
	pid, e := k.sys.Spawn(l, func(pid int) Errno {
		e := k.sys.Ptrace(reqSeize, pid, 0, bits)
		if e == 0 && l.Calls { // a first stop, from which it goes on to its next system call
			e = k.sys.Ptrace(reqInterrupt, pid, 0, 0)
		}
		return e
	})
	if e != 0 {
		return 0, k.fail("start "+l.Path, 0, e)
	}
	p := k.adopt(kernel.PID(pid), l.Events)
	p.filtered = l.Only != nil
	k.addTask(p, kernel.TID(pid)).fresh = false
	if err := k.awaitExec(l, pid); err != nil {
		return 0, err
	}
	return p.pid, nil
}

// awaitExec sees a child of ours through to its exec, which it leaves for Wait to
// report. The child is not a program yet, so signals simply pass.
func (k *Kernel) awaitExec(l *kernel.Launch, pid int) error {
	var others []raw
	defer func() { k.ready = append(k.ready, others...) }()
	refused := false
	for {
		tid, status, e := k.sys.Wait(true)
		switch {
		case e == eINTR:
			continue
		case e != 0:
			return k.fail("wait for "+l.Path, 0, e)
		case tid != pid:
			others = append(others, raw{tid, status})
			continue
		}
		if status&0xff != 0x7f { // it ended
			k.dropTask(k.tasks[kernel.TID(pid)])
			op, e := k.sys.Spawned(pid)
			switch {
			case refused:
				return fmt.Errorf("PTRACE_GET_SYSCALL_INFO is refused (it needs Linux 5.3, and a seccomp filter that lets it pass): %w", kernel.ErrNoCalls)
			case op == filterStep:
				return kernel.ErrNoFilter
			case e == 0:
				op, e = "start", eINTR
			}
			return &kernel.Error{Op: op + " " + l.Path, Errno: int(e), OS: abi.Linux}
		}
		event, sig := status>>16, uint64(status>>8&0xff)
		entry := false
		if sig == syscallStop {
			if entry, e = k.entersExec(pid); e != 0 && e != eSRCH { // without it, nothing that the program does could be told
				refused = true
				k.sys.Kill(pid, sigKill)
				continue
			}
		}
		if event == evExec || entry {
			k.sys.Spawned(pid)
			k.ready = append(k.ready, raw{tid, status})
			return nil
		}
		if event != 0 || sig == syscallStop {
			sig = 0
		}
		req := reqCont
		if l.Calls {
			req = reqSyscall
		}
		k.sys.Ptrace(req, pid, 0, sig)
	}
}

// entersExec says whether a stop for a system call is the entry to execve.
func (k *Kernel) entersExec(pid int) (bool, Errno) {
	const nrExecve = 59
	b := k.callbuf[:]
	_, e := k.sys.PtraceBuf(reqSyscallInfo, pid, uint64(len(b)), b)
	return e == 0 && b[0] == callEntry && binary.LittleEndian.Uint64(b[24:]) == nrExecve, e
}

// Attach seizes the threads of a process until none is left that is not ours, then
// interrupts each. Without EventThreads only the thread named is taken, as a
// per-thread tracer wants.
func (k *Kernel) Attach(pid kernel.PID, events kernel.Events) (kernel.PID, []kernel.TID, error) {
	bits := optionBits(events)
	if e := k.sys.Ptrace(reqSeize, int(pid), 0, bits); e != 0 {
		return 0, nil, &kernel.Error{Op: "attach", TID: kernel.TID(pid), Errno: int(e), OS: abi.Linux}
	}
	owner := pid
	if st, err := k.sys.Files().Proc(int(pid)).Status(); err == nil {
		owner = kernel.PID(st.TGID)
	}
	p := k.adopt(owner, events)
	taken := []kernel.TID{kernel.TID(pid)}
	k.addTask(p, kernel.TID(pid))
	tried := map[int]bool{int(pid): true}
	for more := events&kernel.EventThreads != 0; more; {
		more = false
		tids, err := k.sys.Files().Proc(int(owner)).Tasks()
		if err != nil {
			break // it died: its end will be reported
		}
		for _, n := range tids {
			if tid := kernel.TID(n); k.tasks[tid] == nil && !tried[n] {
				tried[n], more = true, true
				// EPERM here is a thread that a seized one made and the kernel attached for us;
				// ESRCH one that ended, which may have made another first.
				if k.sys.Ptrace(reqSeize, n, 0, bits) == 0 {
					k.addTask(p, tid)
					taken = append(taken, tid)
				}
			}
		}
	}
	for _, tid := range taken {
		k.tasks[tid].fresh = false
		k.sys.Ptrace(reqInterrupt, int(tid), 0, 0)
	}
	return owner, taken, nil
}

// Detach lets the threads go. A thread that is not stopped is a leader that exited before its
// threads, and there is nothing to let go of; or it sleeps where only a kill reaches it, in
// an exec that waits for the others. The first signal of a thread is delivered by the
// request, further ones are sent.
func (k *Kernel) Detach(pid kernel.PID, actions []kernel.Action) error {
	p := k.procs[pid]
	if p == nil {
		return kernel.ErrGone
	}
	var first error
	var dying []int
	for _, t := range slices.Clone(p.tasks) {
		if !t.stopped && k.alive(t) {
			dying = append(dying, int(t.tid))
		} else if t.stopped {
			switch err := k.detach(t, actions); {
			case err == kernel.ErrGone:
				dying = append(dying, int(t.tid))
			case err != nil && first == nil:
				first = err
			}
		}
		k.dropTask(t)
	}
	k.seeOff(int(pid), dying)
	return first
}

// alive says whether a thread that has not stopped is no zombie: there is a stop to come.
func (k *Kernel) alive(t *task) bool {
	st, err := k.sys.Files().Proc(int(t.proc.pid)).Task(int(t.tid)).Stat()
	return err == nil && st.State != procfs.Zombie && st.State != procfs.Dead
}

// seeOff lets go of threads of a process that could not be let go of with the others: they
// were killed meanwhile, by another one's exec, say, which waits for them, or they are the one
// that waits. Each stops once more, at its exit or after the exec, and nobody else would set
// it going.
func (k *Kernel) seeOff(pid int, dying []int) {
	others, woken := []raw(nil), false
	for len(dying) > 0 {
		r, err := k.next(true)
		if err == kernel.ErrWoken { // that is for another wait
			woken = true
			continue
		}
		if err != nil {
			break
		}
		if r.tid == pid && r.status>>16 == evExec { // whoever called it is that one now
			dying = []int{pid}
		}
		i := slices.Index(dying, r.tid)
		switch {
		case i < 0:
			others = append(others, r)
		case r.status&0xff == 0x7f && k.sys.Ptrace(reqDetach, r.tid, 0, 0) == eSRCH: // killed in that stop too
		default:
			dying = slices.Delete(dying, i, i+1)
		}
	}
	k.ready = append(others, k.ready...)
	if woken {
		k.sys.Wake()
	}
}

func (k *Kernel) detach(t *task, actions []kernel.Action) error {
	var sig kernel.Signal
	for i := range actions {
		switch a := &actions[i]; {
		case a.TID != t.tid || a.Signal == 0:
		case sig == 0 && t.inject:
			sig = k.deliver(t, a)
		default:
			k.sys.Tgkill(int(t.proc.pid), int(t.tid), int(a.Signal))
		}
	}
	k.restart(t, sig)
	if e := k.sys.Ptrace(reqDetach, int(t.tid), 0, uint64(sig)); e != 0 {
		return k.fail("detach", t.tid, e)
	}
	return nil
}

// Kill ends a process.
func (k *Kernel) Kill(pid kernel.PID) error {
	if e := k.sys.Kill(int(pid), sigKill); e != 0 {
		return k.fail("kill", kernel.TID(pid), e)
	}
	return nil
}

// Interrupt asks a running thread to stop.
func (k *Kernel) Interrupt(tid kernel.TID) error {
	if e := k.sys.Ptrace(reqInterrupt, int(tid), 0, 0); e != 0 {
		return k.fail("interrupt", tid, e)
	}
	return nil
}

// Resume sets threads going.
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
	t, err := k.stoppedTask(a.TID)
	if err != nil {
		return err
	}
	req := reqCont
	switch {
	case a.Listen && t.group:
		req = reqListen
	case a.Step:
		req = reqStep
	case mode == kernel.Syscalls && (t.inCall || !t.proc.filtered):
		req = reqSyscall
	}
	t.traced = mode == kernel.Syscalls
	var sig kernel.Signal
	if a.Signal != 0 {
		sig = k.deliver(t, a)
	}
	k.restart(t, sig)
	if a.Hush {
		k.hush(t)
	}
	t.how = uint64(req)
	return k.letGo(t, req, sig)
}

func (k *Kernel) letGo(t *task, req int, sig kernel.Signal) error {
	switch e := k.sys.Ptrace(req, int(t.tid), 0, uint64(sig)); {
	case e == eIO && req == reqListen: // killed since: it is in the stop of its exit
		t.stopped = false
		return kernel.ErrGone
	case e != 0:
		return k.fail("resume", t.tid, e)
	}
	t.stopped, t.inject, t.group, t.woken = false, false, false, false
	return nil
}

// synchronous are the signals that an instruction raises: one that is blocked as it is raised
// would lose its handler (force_sig_info_to_task in kernel/signal.c).
const synchronous = 1<<(4-1) | 1<<(sigTrap-1) | 1<<(7-1) | 1<<(8-1) | 1<<(11-1) | 1<<(31-1)

// hush blocks all other signals of a thread until it stops.
func (k *Kernel) hush(t *task) {
	if _, e := k.sys.PtraceBuf(reqGetSigMask, int(t.tid), uint64(len(t.mask)), t.mask[:]); e != 0 {
		return
	}
	var all [8]byte
	binary.LittleEndian.PutUint64(all[:], binary.LittleEndian.Uint64(t.mask[:])|^uint64(synchronous))
	_, e := k.sys.PtraceBuf(reqSetSigMask, int(t.tid), uint64(len(all)), all[:])
	t.hushed = e == 0
}

func (k *Kernel) unhush(t *task) {
	if t.hushed {
		t.hushed = false
		k.sys.PtraceBuf(reqSetSigMask, int(t.tid), uint64(len(t.mask)), t.mask[:])
	}
}

// deliver arranges for a thread to get a signal as it goes on and returns what to
// pass with the request. A stop for a signal takes any signal, with its siginfo;
// another stop does not, so the signal is sent anew and its siginfo exchanged when
// it arrives (see resent).
func (k *Kernel) deliver(t *task, a *kernel.Action) kernel.Signal {
	if !t.inject {
		info := kernel.SigInfo{Signal: a.Signal}
		if a.Info != nil {
			info = *a.Info
		}
		if k.sys.Tgkill(int(t.proc.pid), int(t.tid), int(a.Signal)) == 0 && a.Info != nil {
			t.resent = append(t.resent, info)
		}
		return 0
	}
	if a.Info != nil && a.Info.Signal == a.Signal && a.Info.Raw != t.current.Raw {
		info := *a.Info
		k.sys.PtraceBuf(reqSetSiginfo, int(t.tid), 0, info.Raw[:])
	}
	return a.Signal
}
