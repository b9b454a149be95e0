// Package svr4 is System V release 4 as the modeled kernel has it, on x86-64: the numbers,
// structures and habits of SVR4.2 and of its descendant illumos around the processes of
// kernel/model/kern.
//
//   - calls*.go are the system calls, by the numbers of kernel/svr4/nr; syscall.go is the way
//     in and out
//   - context.go is ucontext_t, by which handlers are called and return; siginfo.go, registers.go
//   - stop.go is where an lwp stops, and what is kept of it
//   - ptrace.go is ptrace(2), requests 0 to 9; wait.go is waitsys(2)
//   - proc*.go is /proc: its tree, its structures, the messages of ctl
//   - sys.go is the raw interface of the adapter kernel/svr4: a tracer from outside
//
// What SVR4 promises is in its manual pages, and those of illumos; what they leave open is
// decided in kernel/svr4/doc.go. The cases of testdata/litmus/svr4 hold it to both.
//
// Not modeled: STREAMS, System V messages and semaphores, doors, contracts, zones, scheduling
// classes, the agent lwp, forkall of several lwps. A watched area does not trap accesses that
// the kernel makes for a system call.
package svr4

import (
	"encoding/binary"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/image"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/sleep"
	adapter "github.com/trapline/trapline/kernel/svr4"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// System is SVR4.
var System = &kern.System{Name: "svr4", OS: abi.SVR4, Sig: kern.NewSignals(abi.SVR4, abi.SVR4.Signals[len(abi.SVR4.Signals)-1].Num+1),
	Image: &image.SVR4, ShowIgnored: true, StopsAsleep: true, BootedAt: bootedAt}

var (
	errnos = errno.Numbers(abi.SVR4)
	le     = binary.LittleEndian
)

// bootedAt is the time of day when a machine is made, in seconds since 1970.
const bootedAt = 1_700_000_000

func init() {
	s := System
	s.Boot = boot
	s.Syscall = syscall
	s.Restart = func(*kern.Thread, *kern.Action) {} // a call settles that itself
	s.SendSig = sendSignal
	s.Entry = func(*kern.Thread, *image.Result) {}
	s.Dead = func(*kern.Thread) {}
	s.Born = born
	s.Shows = shows
	s.Halted = func(t *kern.Thread) bool { return lwpOf(t).halted }
	s.Tracing = tracing{}
	s.Stub = stub
	s.CallText = callText
}

// New is a machine that runs SVR4.
func New(c kern.Config) *kern.Machine {
	c.System = System
	return kern.New(c)
}

// world is what a machine has of SVR4's.
type world struct {
	// events is woken when an lwp or a process has stopped or ended, or a file of /proc has
	// become invalid.
	events sleep.Queue
}

func worldOf(m *kern.Machine) *world { return m.Init.Private.(*world) }

// boot makes what an SVR4 finds in its file system.
func boot(m *kern.Machine) {
	m.Init.Private = &world{}
	root := m.FS.Root()
	for _, dir := range []string{"dev", "proc", "bin", "etc", "usr"} {
		m.FS.Mkdir(fs.Cred{}, root, dir, 0o755)
	}
	m.FS.Mkdir(fs.Cred{}, root, "tmp", 0o1777)
	if dev, e := m.FS.Lookup(fs.Cred{}, root, "dev", true); e == errno.OK {
		m.FS.AddDevices(dev, func(*fs.File) (fs.Device, errno.Errno) {
			if t := m.Current(); t != nil {
				if tt := t.Proc.Terminal(); tt != nil {
					return tt, errno.OK
				}
			}
			return nil, errno.ENXIO
		})
	}
	mountProc(m)
}

// process is what a process has of SVR4's: what is traced of it, and its lwps' numbers.
type process struct {
	lastLWP int
	nice    int // 0 to 39

	sigs        proc.SigSet // traced: signals,
	faults      proc.FltSet
	entry, exit proc.SysSet // system calls
	modes       uint32      // proc.Mode...
	areas       []proc.Watch
	heir        int  // who held the maker of a process that inherits its tracing
	lent        bool // a vfork child runs in its memory, or it is one

	handles []*handle // open files of /proc about it
	zombies []int     // lwps that have ended and that nobody has waited for
	gone    sleep.Queue
}

const defaultNice = 20

// processOf is the process's. One from outside has one too, in which nothing happens.
func processOf(p *kern.Proc) *process {
	k, _ := p.Private.(*process)
	if k == nil {
		k = &process{nice: defaultNice}
		if p != p.M.Init {
			p.Private = k
		}
	}
	return k
}

// lwp is what a thread has of SVR4's.
type lwp struct {
	id int

	// The stop it is in or was in last.
	halted    bool // it is in one that is not job control's
	event     bool // on an event of interest to /proc
	why, what int16
	fault     int          // the current fault, 0 if it was cleared
	info      proc.Siginfo // of the fault
	stamp     int64

	directed  bool // to stop (PR_DSTOP)
	together  bool // to stop, since another lwp has
	suspended bool // by lwp_suspend(2)
	seen      bool // somebody has read of the stop
	began     bool // it has executed a program, which ptrace(2) stops
	untold    bool // wait(2) has not told of the stop under ptrace(2)

	step   bool // PR_STEP
	forced bool // the trap flag is of the step

	// The call it is in.
	call   int // its number; 0: none
	args   [6]uint64
	err    errno.Errno
	v      [2]uint64
	skip   bool // it is not to be made (PRSABORT at its entry)
	own    bool // it has set the registers itself
	second uint64
	lent   *kern.Proc // the vfork child that is to give the memory back

	trapno, errcode uint64
	context         uint64 // pr_oldcontext
	fx              fxState
	detached        bool
	unparked        bool
	parked          sleep.Queue
}

// lwpOf is the thread's.
func lwpOf(t *kern.Thread) *lwp {
	l, _ := t.Private.(*lwp)
	if l == nil {
		l = &lwp{fx: newFX}
		if !t.Proc.External {
			k := processOf(t.Proc)
			k.lastLWP++
			l.id = k.lastLWP
		} else {
			l.id = 1
		}
		t.Private = l
	}
	return l
}

// TID is the thread's id to a tracer by the adapter kernel/svr4: its process's, or made of that
// and its number. The first lwp stands for the process.
func TID(t *kern.Thread) int {
	if l := lwpOf(t); l.id != 1 {
		return t.Proc.PID*adapter.LWPBase + l.id
	}
	return t.Proc.PID
}

// find is an lwp of a process by number, nil if there is none alive.
func find(p *kern.Proc, id int) *kern.Thread {
	for _, t := range p.Threads {
		if t.Alive() && lwpOf(t).id == id {
			return t
		}
	}
	return nil
}

// born gives a new thread or process what it has of its maker's.
func born(n, maker *kern.Thread) {
	l, old := lwpOf(n), lwpOf(maker)
	l.call, l.args, l.fx = old.call, old.args, old.fx
	if old.forced { // the step is its maker's
		n.Regs.Flags &^= flagTF
	}
	if n.Proc == maker.Proc {
		return
	}
	k, mk := processOf(n.Proc), processOf(maker.Proc)
	k.nice = mk.nice
	if mk.modes&proc.ModeFork != 0 {
		k.sigs, k.faults, k.entry, k.exit, k.modes = mk.sigs, mk.faults, mk.entry, mk.exit, proc.ModeFork
		k.heir = tracing{}.TracerOf(maker)
	}
}
