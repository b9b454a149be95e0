package svr4

// The new way: /proc. A traced process is held by its ctl (open for writing, exclusively)
// and each of its lwps by lwpctl and lwpstatus. Lwps stop one by one (asynchronous stop),
// for all signals, for breakpoint, trace and watchpoint faults, and for the system calls
// by which processes, lwps and address spaces come and go; poll(2) tells of them.
//
// One stop of the kernel may be several of the seam's: a fork whose calls are traced is
// ProcessNew and then SyscallExit. The first is told at once, the others when the engine
// resumes the thread, which until then has not moved.

import (
	"slices"
	"strconv"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/svr4/nr"
	"github.com/trapline/trapline/kernel/svr4/proc"
	"github.com/trapline/trapline/procfs"
)

// slash is the adapter by /proc.
type slash struct {
	sys   Sys
	files Files
	fs    *procfs.FS
	procs map[kernel.PID]*process
	order []*process // as they came: the order in which they are polled
	lwps  map[kernel.TID]*lwp
	told  []kernel.Stop  // stops ready to be reported
	ended map[int]uint32 // statuses of children that Sys.Wait gave
	polls []PollFD
	whose []polled // of each of polls
	buf   []byte
}

// process is a traced process.
type process struct {
	pid    kernel.PID
	leader int // number of the lwp that has the PID as TID
	ctl    int
	as     int
	lwps   []*lwp
	events kernel.Events
	jobs   bool       // it was given a signal of job control, or has been seen stopped by one
	parent kernel.PID // told with the first stop of a child

	entry, exit proc.SysSet // as they were written last
	areas       []proc.Watch
	dr          [8]uint64   // what the areas stand for
	maps        []proc.Map  // while everything is stopped; nil unknown
	caller      kernel.TID  // whose exec is under way,
	calling     kernel.Mode // and how it was going on
	born        bool        // no program yet: its first exec is told whatever was asked for
	last        kernel.TID  // of the last lwp, when that has ended
	code        int         // of an exit(2) that was seen to be called
	given       kernel.Signal
}

// lwp is a traced thread.
type lwp struct {
	tid     kernel.TID
	id      int
	p       *process
	ctl     int
	status  int
	held    bool // the kernel has it stopped on an event of interest
	stopped bool // and the engine knows
	fresh   bool // has not reported its first stop
	asked   bool // an interrupt was asked for and has not been told
	listens bool // it is to tell when job control continues it
	late    bool // wanted is yet to be written: the registers were changed in such a stop
	wanted  proc.Gregs
	jobs    bool // the stop the engine knows of is job control's, which takes no orders
	st      proc.Lwpstatus
	owed    []kernel.Stop // what else the stop means
	known   bool          // the engine was told of the current signal
	later   kernel.Action // a signal to be given when it really goes on
	mode    kernel.Mode   // it went on in
	step    bool
	lent    kernel.TID     // the vfork child that its memory is lent to
	lending kernel.Syscall // and the call
	skip    uint64         // the pc at which a watched instruction is to be passed over; 0 none
	over    bool           // it is being stepped over, and the areas are put back then
}

func newSlash(sys Sys, files Files) *slash {
	return &slash{sys: sys, files: files, fs: procfs.NewFiles("/proc", texts{files}), procs: map[kernel.PID]*process{},
		lwps: map[kernel.TID]*lwp{}, ended: map[int]uint32{}, buf: make([]byte, proc.PstatusTable.Size)}
}

func (k *slash) OS() *abi.OS        { return abi.SVR4 }
func (k *slash) Procfs() *procfs.FS { return k.fs }
func (k *slash) Wake()              { k.sys.Wake() }

// forks are the calls that make a process.
var forks = map[int]kernel.ForkKind{nr.Forkall: kernel.Fork, nr.Fork1: kernel.Fork, nr.Forksys: kernel.Fork, nr.Vfork: kernel.Vfork}

func isExec(n int) bool { return n == nr.Exec || n == nr.Execve }
func isExit(n int) bool { return n == nr.Exit || n == nr.LwpExit }

// calls are the system calls that have to be seen, at entry and at exit, whoever asks.
func (p *process) calls() (entry, exit proc.SysSet) {
	entry.Add(nr.Exit, nr.Exec, nr.Execve)
	exit.Add(nr.Exec, nr.Execve, nr.LwpCreate)
	if p.events&kernel.EventExit != 0 {
		entry.Add(nr.LwpExit)
	}
	if p.events&kernel.EventForks != 0 {
		for n := range forks {
			exit.Add(n)
		}
	}
	return entry, exit
}

// lastClose is what becomes of a process when its tracer is no more.
func (p *process) lastClose() int64 {
	if p.events&kernel.EventExitKill != 0 {
		return proc.ModeKLC
	}
	return proc.ModeRLC
}

// seize opens a process for control and arranges for its stops.
func (k *slash) seize(pid kernel.PID, events kernel.Events) (*process, Errno) {
	dir := strconv.Itoa(int(pid))
	ctl, e := k.files.Open(dir+"/ctl", OpenWrite|OpenExcl)
	if e != 0 {
		return nil, e
	}
	as, e := k.files.Open(dir+"/as", OpenRead|OpenWrite)
	if e != 0 {
		k.files.Close(ctl)
		return nil, e
	}
	p := &process{pid: pid, ctl: ctl, as: as, events: events}
	p.entry, p.exit = p.calls()
	modes := proc.ModeAsync | p.lastClose()
	if events&kernel.EventForks != 0 {
		modes |= proc.ModeFork
	}
	var signals proc.SigSet
	signals.Fill()
	var faults proc.FltSet
	faults.Add(proc.FltBpt, proc.FltTrace, proc.FltWatch)
	c := proc.Ctl(nil).Long(proc.PCUnset, proc.ModeAll).Long(proc.PCSet, modes).
		Bytes(proc.PCSTrace, signals.Bytes()).Bytes(proc.PCSFault, faults.Bytes()).
		Bytes(proc.PCSEntry, p.entry.Bytes()).Bytes(proc.PCSExit, p.exit.Bytes())
	if _, e = k.files.Pwrite(ctl, c, 0); e != 0 {
		k.files.Close(as)
		k.files.Close(ctl)
		return nil, e
	}
	k.procs[pid] = p
	k.order = append(k.order, p)
	return p, 0
}

// scan takes hold of lwps of a process that are not known yet, and returns them. One that is listed
// and cannot be opened has ended, or has got another number by an exec: then it looks again.
func (k *slash) scan(p *process) []*lwp {
	var out []*lwp
	for before := []int(nil); ; {
		ids, missed := lwpsOf(k.files, strconv.Itoa(int(p.pid))), false
		for _, id := range ids {
			if slices.ContainsFunc(p.lwps, func(l *lwp) bool { return l.id == id }) {
				continue
			}
			if l := k.addLWP(p, id); l != nil {
				out = append(out, l)
			} else {
				missed = true
			}
		}
		if !missed || slices.Equal(ids, before) {
			return out
		}
		before = ids
	}
}

// addLWP opens an lwp; nil when it has ended. The first has the PID as TID.
func (k *slash) addLWP(p *process, id int) *lwp {
	l := &lwp{p: p, id: id, fresh: true}
	if k.openLWP(l) != 0 {
		return nil
	}
	if p.leader == 0 {
		p.leader = id
	}
	l.tid = tidOf(p.pid, id, p.leader)
	k.lwps[l.tid] = l
	p.lwps = append(p.lwps, l)
	return l
}

func (k *slash) openLWP(l *lwp) (e Errno) {
	dir := strconv.Itoa(int(l.p.pid)) + "/lwp/" + strconv.Itoa(l.id)
	if l.ctl, e = k.files.Open(dir+"/lwpctl", OpenWrite); e != 0 {
		return e
	}
	if l.status, e = k.files.Open(dir+"/lwpstatus", OpenRead); e != 0 {
		k.files.Close(l.ctl)
	}
	return e
}

func (k *slash) dropLWP(l *lwp) {
	k.files.Close(l.ctl)
	k.files.Close(l.status)
	delete(k.lwps, l.tid)
	l.p.lwps = slices.DeleteFunc(l.p.lwps, func(x *lwp) bool { return x == l })
	for _, s := range l.owed {
		k.disown(&s)
	}
	k.told = slices.DeleteFunc(k.told, func(s kernel.Stop) bool {
		lost := s.TID == l.tid && s.Kind.Alive()
		if lost {
			k.disown(&s)
		}
		return lost
	})
}

// disown: nobody will be told who made the process of a stop that is lost.
func (k *slash) disown(s *kernel.Stop) {
	if c := k.procs[kernel.PID(s.New)]; s.Kind == kernel.ProcessNew && c != nil {
		c.parent = 0
	}
}

func (k *slash) dropProcess(p *process) {
	for _, l := range slices.Clone(p.lwps) {
		k.dropLWP(l)
	}
	k.files.Close(p.as)
	k.files.Close(p.ctl)
	delete(k.procs, p.pid)
	k.order = slices.DeleteFunc(k.order, func(x *process) bool { return x == p })
}

// find is an lwp that takes requests.
func (k *slash) find(tid kernel.TID) (*lwp, error) {
	l := k.lwps[tid]
	switch {
	case l == nil:
		return nil, kernel.ErrGone
	case !l.stopped:
		return nil, kernel.ErrRunning
	}
	return l, nil
}

// write writes messages to an lwp's control file.
func (l *lwp) write(k *slash, c proc.Ctl) Errno {
	_, e := k.files.Pwrite(l.ctl, c, 0)
	if e == eBUSY && l.held { // nothing but its end takes an lwp out of a stop behind our back
		e = eNOENT
	}
	return e
}

// read brings an lwp's status up to date.
func (k *slash) read(l *lwp) Errno {
	b := k.buf[:proc.LwpstatusTable.Size]
	n, e := k.files.Pread(l.status, b, 0)
	if e != 0 {
		return e
	}
	if n < 0 || n > len(b) || l.st.Decode(b[:n]) != nil {
		return eIO
	}
	return 0
}
