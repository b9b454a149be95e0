package freebsd

import (
	"slices"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
)

// Kernel is the FreeBSD adapter. It implements kernel.Kernel.
//
// FreeBSD stops a process as a whole and tells of one thread's event at a time; the seam
// knows threads that stop and go on by themselves. So there are two kinds of standing still:
// a process is stopped (the kernel has it), and a thread is stopped (the engine has been
// told). In a stop of the process the threads that the engine has not been told of are, for
// the engine, still running: one that it interrupts is told of at once and costs no request.
// Resume only notes what is to be done; Wait, when there is nothing to tell, sets the
// processes going in which some thread is to go, with those that are not suspended
// (PT_SUSPEND). A thread's news that the kernel keeps back comes with the next stop
// (two-threads-int3, setstep-both-threads).
type Kernel struct {
	sys   anew
	files *procfs.FS
	tasks map[kernel.TID]*task
	procs map[kernel.PID]*process
	order []*process // as they came: the order in which they are set going

	told  []kernel.Stop // stops ready to be reported
	ready []status      // statuses taken from the kernel and not yet decoded
	// held are first stops of new processes whose making has not been reported: the
	// engine hears of a child from its parent first.
	held      []kernel.Stop
	announced map[kernel.PID]kernel.PID // children told of, not yet seen; their parent

	info    raw.LWPInfo
	infobuf [raw.LwpinfoSize]byte
	sigbuf  [raw.SiginfoSize]byte
	regbuf  [raw.RegSize]byte
	known   known
	pid     kernel.PID // our own; 0: not known yet
	callbuf [8 * raw.ScArgsMax]byte
}

// status is what a wait gave.
type status struct {
	pid    int
	status uint32
	info   raw.Siginfo
}

// process is what the adapter keeps of a traced process.
type process struct {
	pid    kernel.PID
	tasks  []*task
	events kernel.Events
	mask   uint32 // event mask the kernel has
	abi    kernel.CallABI
	knows  bool // abi has been asked for since the last exec

	// stopped: the kernel has it stopped and the stop has been waited for, so that it takes
	// requests.
	stopped bool
	stops   int // so far
	// reporter is the thread whose event the stop is; only that one can be given a signal
	// with the request that sets the process going. It is nil after an attach, where a signal
	// given is lost (attach-job-stopped-detach-stop), and for threads that are not followed.
	reporter *task
	attach   bool           // the stop is that of the attach
	within   bool           // the stop is inside of a call, or at the entry to it
	halted   bool           // the stop is that of a SIGSTOP
	ending   bool           // the stop is that of a thread at its end
	signal   kernel.SigInfo // of the stop, as the kernel tells it; of signal 0 if it is for no signal
	call     uint32         // the reporter's last call, until it has been in the program again
	entering uint32         // the call that the reporter is about to make, if that is the stop
	through  kernel.TID     // the thread it was made for, through which memory is written
	pass     kernel.Signal  // given to a thread whose stop is not told of
	parting  bool           // it is being let go
	dying    bool           // it was killed: nothing but its end is told
	poked    bool           // a SIGSTOP was sent since it was set going
	left     bool           // it has executed a program, and left the memory that a vfork lent it
	found    bool           // job control had it stopped when it was attached to
	last     kernel.TID     // the last thread, when it has ended and that has not been told

	maps      []span // of the address space when it had the timestamp
	timestamp int
	mapped    bool
}

// task is one traced thread.
type task struct {
	tid     kernel.TID
	proc    *process
	stopped bool // the engine knows of its stop
	asked   bool // an interrupt was asked for and no stop has been told since
	ending  bool // at its EXITED stop: it is gone when it goes on
	signal  bool // the stop the engine knows is one for a signal

	mode kernel.Mode     // what it was resumed to
	step bool            // one instruction was asked for
	sigs []kernel.Action // signals to be given when it goes on, oldest first

	suspended bool          // PT_SUSPEND is in force
	parked    bool          // it has not gone on since a stop of its own
	stepping  bool          // the kernel has its trap flag set for us
	midway    bool          // which was set in the middle of a call
	trapped   bool          // the trap of a step is on its way: it was made, or is at the end of a call
	late      bool          // a stop that is no interrupt was told since the step was asked for: nobody waits for its trap
	owed      []kernel.Stop // what else its stop means
	sent      bool          // a SIGSTOP of ours is on its way to it
	made      kernel.PID    // the last process that it has made, and that was told of
	lent      kernel.PID    // the vfork child that its memory is lent to
	away      bool          // that was let go of meanwhile
	lending   []kernel.Stop // what is told when it has come back
	fresh     bool          // its maker has told of it, and it has not been seen
	resent    []resent
	disguise  *disguise     // of the signal that it is given, nil if it is what it seems
	within    *within       // the signal of its stop, if the kernel may tell of it once more
	seen      *within       // and which it was given
	again     kernel.Signal // a fault that it will meet again and is to be given
	debug     bool          // debug registers are in use, so DR6 is worth a request
	// felt is the system call it sleeps in that will end with EINTR because registers or
	// memory were written; 0 none. See restart.go.
	felt      uint32
	feltPC    uint64 // where it will have returned to
	elsewhere []byte // the registers it is to have then instead, when it is not to make the call
	// shown are the registers of one that sleeps in a call, as the engine was shown them at this stop of
	// its; number is what really stood in rax, of the last such call.
	shown     *[regs.NGeneral]uint64
	number    uint64
	looked    int    // the stop, by process.stops, in which it was looked at
	call      uint32 // that it slept in then; 0 none
	slept     uint64 // where it will have returned to from the call that it was last seen asleep in; 0: it was not, or is past it
	restarted uint64 // where a call is to be begun again, by us; 0 none
	recall    uint64 // and by us or the kernel, after an interrupt that the program does not know of
	flagged   *flags // the trap flag may be in a signal frame
	enters    uint64 // the stack pointer from which it is to enter a handler, as the step that was asked for; 0: it is not
}

// New makes the adapter over a raw interface.
func New(sys Sys) *Kernel {
	k := &Kernel{tasks: map[kernel.TID]*task{}, procs: map[kernel.PID]*process{}, announced: map[kernel.PID]kernel.PID{}}
	k.sys = anew{sys, k}
	k.files = procfs.NewFreeBSD(func(name string, args ...int32) ([]byte, int) {
		b, e := sys.Sysctl(name, args...)
		return b, int(e)
	})
	return k
}

// OS is FreeBSD's tables.
func (k *Kernel) OS() *abi.OS { return abi.FreeBSD }

// Procfs is what the kern.proc sysctls tell.
func (k *Kernel) Procfs() *procfs.FS { return k.files }

// Wake makes a blocked Wait return.
func (k *Kernel) Wake() { k.sys.Wake() }

func fail(op string, tid kernel.TID, e Errno) error {
	if e == raw.ESRCH {
		return kernel.ErrGone
	}
	return &kernel.Error{Op: op, TID: tid, Errno: int(e), OS: abi.FreeBSD}
}

// stoppedTask finds a thread that takes requests.
func (k *Kernel) stoppedTask(tid kernel.TID) (*task, error) {
	t := k.tasks[tid]
	switch {
	case t == nil:
		return nil, kernel.ErrGone
	case !t.stopped:
		return nil, kernel.ErrRunning
	}
	if err := k.still(t.proc); err != nil {
		return nil, err
	}
	return t, nil
}

// stoppedProcess finds a process that takes requests.
func (k *Kernel) stoppedProcess(pid kernel.PID) (*process, error) {
	p := k.procs[pid]
	if p == nil {
		return nil, kernel.ErrGone
	}
	return p, k.still(p)
}

func (k *Kernel) adopt(pid kernel.PID, events kernel.Events) *process {
	p := k.procs[pid]
	if p == nil {
		p = &process{pid: pid, events: events, mask: raw.MaskDefault}
		k.procs[pid] = p
		k.order = append(k.order, p)
	}
	return p
}

// addTask makes the record of a thread. One of that number there was before is no more.
func (k *Kernel) addTask(p *process, tid kernel.TID) *task {
	if old := k.tasks[tid]; old != nil && old.proc != p {
		k.bury(old.proc)
	}
	t := &task{tid: tid, proc: p}
	k.tasks[tid] = t
	p.tasks = append(p.tasks, t)
	return t
}

func (k *Kernel) dropTask(t *task) {
	delete(k.tasks, t.tid)
	k.known = known{}
	p := t.proc
	p.tasks = slices.DeleteFunc(p.tasks, func(x *task) bool { return x == t })
	k.told = slices.DeleteFunc(k.told, func(s kernel.Stop) bool { return s.TID == t.tid && s.Kind.Alive() })
	if p.reporter == t {
		p.reporter = nil
	}
}

func (k *Kernel) dropProcess(p *process) {
	for _, t := range slices.Clone(p.tasks) {
		k.dropTask(t)
	}
	delete(k.procs, p.pid)
	k.order = slices.DeleteFunc(k.order, func(x *process) bool { return x == p })
	k.held = slices.DeleteFunc(k.held, func(s kernel.Stop) bool { return s.PID == p.pid })
}

// tell queues a stop of a thread.
func (k *Kernel) tell(t *task, s kernel.Stop) {
	s.PID, s.TID, s.Whole = t.proc.pid, t.tid, true
	t.asked = false
	k.told = append(k.told, s)
}

// due says whether a stop of a thread waits to be told.
func (k *Kernel) due(t *task) bool {
	return slices.ContainsFunc(k.told, func(s kernel.Stop) bool { return s.TID == t.tid })
}

// request is a request on a thread whose address and data mean nothing.
func (k *Kernel) request(req int, t *task) Errno {
	_, e := k.sys.Ptrace(req, int(t.tid), 0, 0)
	return e
}
