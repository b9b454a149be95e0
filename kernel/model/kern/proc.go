package kern

// Processes and threads: what they are made of, and how they are found.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/image"
	"github.com/trapline/trapline/kernel/model/sleep"
	"github.com/trapline/trapline/kernel/model/vm"
)

// ProcState is a process's state.
type ProcState uint8

// The states of a process (PRS_NEW, PRS_NORMAL, PRS_ZOMBIE).
const (
	New_ ProcState = iota
	Normal
	Zombie
	Reaped // it is no more
)

func (s ProcState) String() string { return [...]string{"new", "normal", "zombie", "reaped"}[s&3] }

// ThreadState is a thread's state.
type ThreadState uint8

// The states of a thread.
const (
	Runnable ThreadState = iota
	Running
	Sleeping // until woken, by a signal too if it is interruptible
	Stopped  // by job control
	Traced   // stopped for a tracer
	Dead     // it has exited; if somebody is to be told, it is still there
	Gone
)

func (s ThreadState) String() string {
	return [...]string{"runnable", "running", "sleeping", "stopped", "traced", "dead", "gone", "?"}[s&7]
}

// AddressSpace is what processes run in: the map, and the processor that remembers it.
type AddressSpace struct {
	*vm.Space
	CPU *cpu.CPU
}

func (m *Machine) newSpace(s *vm.Space) *AddressSpace {
	as := &AddressSpace{Space: s, CPU: cpu.New(s)}
	as.CPU.TSC = func() uint64 { return uint64(m.now) }
	as.CPU.Random = m.Chooser.Bits
	s.Changed = func(addr, length uint64) {
		if length <= 4*vm.PageSize {
			for a := addr &^ (vm.PageSize - 1); a < addr+length; a += vm.PageSize {
				as.CPU.FlushPage(a)
			}
			return
		}
		as.CPU.Flush()
	}
	return as
}

// Place is where a process is in the file system; several may share one (CLONE_FS).
type Place struct {
	Dir   *fs.Node
	Umask fs.Mode
}

// Limit is a resource limit.
type Limit struct{ Cur, Max uint64 }

// Resource names a limit.
type Resource uint8

// The resources that are limited here.
const (
	LimitCPU Resource = iota
	LimitFile
	LimitData
	LimitStack
	LimitCore
	LimitProcs
	LimitFiles
	LimitLocked
	LimitMemory
	LimitPending
	nLimits
)

// Usage is what a process has used.
type Usage struct {
	User, System                 int64 // ns
	Faults, Voluntary, Preempted int64
	Signals                      int64 // handlers entered, where the system counts them
	MaxResident                  int64 // bytes
}

// Add adds another's.
func (u *Usage) Add(v Usage) {
	u.User += v.User
	u.System += v.System
	u.Faults += v.Faults
	u.Voluntary += v.Voluntary
	u.Preempted += v.Preempted
	u.Signals += v.Signals
	u.MaxResident = max(u.MaxResident, v.MaxResident)
}

// End is how a process or a thread ended.
type End struct {
	Code   int // what was given to exit: on Linux and System V of 8 bits
	Signal int // or what killed it
	Core   bool
}

// Status is the end as wait(2) tells it, on all systems.
func (e End) Status() uint32 {
	s := uint32(e.Code&0xff)<<8 | uint32(e.Signal&0x7f)
	if e.Core {
		s |= 0x80
	}
	return s
}

// Proc is a process.
type Proc struct {
	M     *Machine
	PID   int
	Sys   *System // the conventions of its program
	State ProcState
	Comm  string

	Parent    *Proc
	ParentThr *Thread // that made it, while it lives
	Children  []*Proc // oldest first
	Reaper    bool    // adopts the orphans below it
	// ExitSignal is sent to the parent when it ends; 0 none.
	ExitSignal int

	Threads []*Thread // those alive, and dead ones that somebody will be told of
	Leader  *Thread   // the first one; where threads have no ids of their own its TID is the PID
	Group   *Group

	Space   *AddressSpace // nil once it has ended, and of an external
	Image   *image.Result // of the program, nil before there was one
	Exe     *fs.Node
	ExePath string
	Args    []string // as given to exec
	Files   *fs.Table
	At      *Place
	Cred    Cred
	Limits  [nLimits]Limit

	Actions *Actions
	Pending Queue // signals for whichever thread takes them
	Job     Job

	NoASLR      bool // its programs are not moved about
	NoNewPrivs  bool
	Undumpable  bool // set-user-id, or it asked for it
	Executed    bool // it has called exec (setpgid's EACCES)
	ParentDeath int  // signal it wants when its parent ends

	// dying: all threads are to end; end says how. execing: all but that one.
	dying   bool
	end     End
	execing *Thread
	// Lent: this child runs in its parent's memory, and the thread waits for it.
	Lent *Thread

	Usage, Reap Usage // its own, and of the children it has waited for
	Born        int64
	Waiting     sleep.Queue // its threads that wait for children
	Ending      sleep.Queue // who waits for its end without being its parent (pidfd_open)
	lentBack    sleep.Queue // its threads that wait for a vfork child
	gathering   sleep.Queue // its thread that calls exec and waits for the others to end
	told        bool        // the parent knows of the end
	timers      procTimers

	External bool // a tracer or another process of the world outside
	Trace    any  // of the System's Tracing
	Private  any  // of the System
}

// Thread is a thread of a process (an LWP).
type Thread struct {
	M     *Machine
	Proc  *Proc
	TID   int
	State ThreadState
	Regs  cpu.State
	Last  cpu.Trap // the last fault or trap, as signal frames tell of it

	Mask    Sigset
	Pending Queue
	// saved is the mask to come back when a call that put another in place is over.
	saved    Sigset
	hasSaved bool
	Alt      AltStack
	real     Sigset // while it waits for signals: its mask otherwise
	waiting  bool
	never    sleep.Queue // that nobody wakes

	looks       bool // it takes signals sent to the process: it was chosen to, or something changed
	stopPending bool // it is to take part in a stop of the process, by stopSig
	stopSig     int
	stopTaken   bool // a signal was taken, and no SIGCONT has been sent since
	noticed     bool // its tracer wants something of it
	held        bool // it is kept from running
	dozing      bool // it is in a sleep that signals end

	// Current is a signal that was taken and is acted on next, whatever the mask (Issue).
	Current *SigInfo
	// Abort: the call it is in does not sleep, but ends as if for a signal.
	Abort bool

	next   func() (struct{}, bool)
	yield  func(struct{}) bool
	stop   func()
	queued bool

	// Why names what it sleeps or is stopped for.
	Why           string
	uninterrupted bool // the sleep is one that only death ends
	interrupted   bool // a signal ended the sleep
	woken         bool
	asleep        []*sleep.Queue

	killed  bool // it is to end before it gets back to its program
	exit    End  // with that
	Exiting bool // it ends now
	Call    Call

	// ClearTID is where the thread's id is taken back when it ends, and a futex woken.
	ClearTID uint64
	SetTID   uint64 // where it is put at the start
	Usage    Usage
	Born     int64

	own     *Cred // nil: its process's
	Trace   any   // of the System's Tracing
	Private any   // of the System
}

// Call is the system call that a thread is in.
type Call struct {
	Active bool
	Nr     uint64
	Args   [6]uint64
	// Restart continues a call that a signal cut short with what is left of it.
	Restart func(t *Thread) (uint64, errno.Errno)
}

// Alive says whether the thread can still do something.
func (t *Thread) Alive() bool { return t.State < Dead }

// Proc finds a process, zombie or not; nil if there is none.
func (m *Machine) Proc(pid int) *Proc { return m.procs[pid] }

// Thread finds a thread that is alive, or dead and not yet told of.
func (m *Machine) Thread(tid int) *Thread { return m.threads[tid] }

// Group finds a process group.
func (m *Machine) Group(id int) *Group { return m.groups[id] }

// Session finds a session.
func (m *Machine) Session(id int) *Session { return m.sessions[id] }

// Procs lists the processes, oldest first.
func (m *Machine) Procs() []*Proc { return slices.Clone(m.order) }

// newID is an id that neither a process nor a thread, group or session has; 0: none is left.
func (m *Machine) newID() int {
	for range m.PIDs {
		n := m.pids.take()
		if n == 0 || m.groups[n] == nil && m.sessions[n] == nil && m.threads[n] == nil {
			return n
		}
	}
	return 0
}

// newTID is an id for the first thread of a process: its own, or one of the threads' ids.
func (m *Machine) newTID(pid int) int {
	if m.System.ThreadBase == 0 {
		return pid
	}
	if n := len(m.freeTIDs) - 1; n >= 0 && pid != 0 {
		id := m.freeTIDs[n]
		m.freeTIDs = m.freeTIDs[:n]
		return id
	}
	m.tids++
	return m.System.ThreadBase + m.tids
}

// releaseID gives an id back if nobody has it any more.
func (m *Machine) releaseID(n int) {
	if m.procs[n] == nil && m.threads[n] == nil && m.groups[n] == nil && m.sessions[n] == nil {
		m.pids.give(n)
	}
}

// newProc is a process without threads.
func (m *Machine) newProc(pid int, parent *Proc) *Proc {
	p := &Proc{M: m, PID: pid, Parent: parent, Born: m.now, Sys: m.System, State: New_}
	m.procs[pid] = p
	m.order = append(m.order, p)
	if parent != nil {
		parent.Children = append(parent.Children, p)
	}
	return p
}

func (m *Machine) newThread(p *Proc, tid int) *Thread {
	t := &Thread{M: m, Proc: p, TID: tid, Born: m.now}
	m.threads[tid] = t
	p.Threads = append(p.Threads, t)
	if p.Leader == nil {
		p.Leader = t
	}
	return t
}

// dropThread forgets a thread that is dead and that everybody who should has heard of.
func (m *Machine) dropThread(t *Thread) {
	if t.State == Gone {
		return
	}
	t.State = Gone
	p := t.Proc
	p.Sys.Tracing.Dropped(t)
	p.Threads = slices.DeleteFunc(p.Threads, func(x *Thread) bool { return x == t })
	if m.threads[t.TID] == t {
		delete(m.threads, t.TID)
	}
	if m.System.ThreadBase != 0 && p.State == Reaped {
		m.freeTIDs = append(m.freeTIDs, t.TID)
	}
	if t.TID != p.PID && m.System.ThreadBase == 0 {
		m.releaseID(t.TID)
	}
}

// Living lists the threads that have not ended.
func (p *Proc) Living() []*Thread {
	var all []*Thread
	for _, t := range p.Threads {
		if t.Alive() {
			all = append(all, t)
		}
	}
	return all
}

// living is how many there are.
func (p *Proc) living() int {
	n := 0
	for _, t := range p.Threads {
		if t.Alive() {
			n++
		}
	}
	return n
}

// Dying says whether all of the process is to end.
func (p *Proc) Dying() bool { return p.dying }

// EndOf is how a process that is dying or has died ends.
func (p *Proc) EndOf() End { return p.end }

// Cred is what a process may do. Nothing here has capabilities: user 0 may do all.
type Cred struct {
	UID, EUID, SUID uint32
	GID, EGID, SGID uint32
	Groups          []uint32

	// FSUID and FSGID are who it is to files, if it has said so (Linux: setfsuid(2)); else it
	// is EUID and EGID.
	FSUID, FSGID       uint32
	OwnFSUID, OwnFSGID bool
}

// FSUser and FSGroup are who it is to files.
func (c *Cred) FSUser() uint32 {
	if c.OwnFSUID {
		return c.FSUID
	}
	return c.EUID
}

// FSGroup is FSUser's group.
func (c *Cred) FSGroup() uint32 {
	if c.OwnFSGID {
		return c.FSGID
	}
	return c.EGID
}

// FS is the credentials as files are accessed.
func (c *Cred) FS() fs.Cred { return fs.Cred{UID: c.FSUser(), GID: c.FSGroup(), Groups: c.Groups} }

// Super says whether the effective user is the superuser.
func (c *Cred) Super() bool { return c.EUID == 0 }

// External is a process of the world outside: its program is not the model's.
type External struct {
	*Thread
}

// NewExternal adds a process from outside, a child of init, in a session of its own.
func (m *Machine) NewExternal(name string, cred Cred) *External {
	return &External{m.newExternal(m.newID(), name, m.Init, cred)}
}

func (m *Machine) newExternal(pid int, name string, parent *Proc, cred Cred) *Thread {
	m.pids.claim(pid)
	p := m.newProc(pid, parent)
	p.External, p.Comm, p.State, p.Cred = true, name, Normal, cred
	p.Actions = NewActions()
	p.Files = fs.NewTable(1024)
	p.At = &Place{m.FS.Root(), 0o22}
	for i := range p.Limits {
		p.Limits[i] = Limit{^uint64(0), ^uint64(0)}
	}
	p.Limits[LimitStack].Cur = 8 << 20
	p.Limits[LimitCore].Cur = 0
	p.Limits[LimitFiles] = Limit{1024, 4096}
	t := m.newThread(p, m.newTID(pid))
	t.State = Sleeping
	t.Why = "outside"
	m.newSession(p)
	return t
}
