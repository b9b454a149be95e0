// Package tracer is the engine: it turns a kernel's stops into processes, threads and
// events, and keeps the eight promises of ARCHITECTURE.md while breakpoints stand in
// programs that fork, exec, take signals and die.
//
// There is one loop, Run. It sets threads going, waits, keeps the books, and hands
// each event to the caller's Handler while the thread it happened to is stopped. The
// handler looks (registers, memory) and answers whether the world should stop; if so,
// Run stops every thread of every tracee and returns. A system-call tracer is a
// handler that never stops the world; a debugger is one that nearly always does; a
// conditional breakpoint or a source-line step is one that decides.
//
// Everything but Interrupt runs on one goroutine locked to its OS thread.
package tracer

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
)

// Follow says what becomes of the processes a tracee makes.
type Follow uint8

// The ways to follow.
const (
	FollowParent Follow = iota // children are let go, without traps in them
	FollowChild                // the parent is let go
	FollowBoth
)

// Options are set before the first tracee and may be changed while the world is
// stopped, but for Events, which tracees take with them from their start.
type Options struct {
	Follow Follow
	// Mode makes every thread stop at its system calls.
	Mode kernel.Mode
	// Events are the optional stops; DefaultEvents when zero.
	Events kernel.Events
	// Outlive lets launched programs go on when the tracer dies, rather than end with
	// it. For those who put nothing into their tracees: a trap would be left behind.
	Outlive bool
	// Clock is what time is taken from: the machine's, or a simulation's.
	Clock Clock
}

// Clock tells the time and calls at a time, from any goroutine.
type Clock interface {
	Now() time.Time
	AfterFunc(d time.Duration, f func()) (stop func())
}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }
func (realClock) AfterFunc(d time.Duration, f func()) func() {
	timer := time.AfterFunc(d, f)
	return func() { timer.Stop() }
}

// DefaultEvents is all that a debugger wants to be told.
const DefaultEvents = kernel.EventThreads | kernel.EventForks | kernel.EventExec | kernel.EventExit | kernel.EventVforkDone

// Tracer holds the tracees of one session.
type Tracer struct {
	Options
	Breakpoints breakpoints.Table

	k       kernel.Kernel
	os      *abi.OS
	procs   map[kernel.PID]*Process
	order   []*Process // as they were met
	threads map[kernel.TID]*Thread
	left    []*breakpoints.Sites // traps of spaces that ended lately: see foundling
	current *Thread              // of the last event that stopped the world
	// spares: there was a process that is not to end with us, attached to or let go.
	spares bool

	stops     uint64 // reported so far
	intent    Intent
	handle    Handler
	stop      kernel.Stop // scratch of the loop
	event     Event       // scratch of the loop
	backlog   []*Thread   // threads with a stop in hand that nobody has judged
	ends      []Event     // ends of threads and processes nobody has been told of
	hits      []*breakpoints.Breakpoint
	act       [1]kernel.Action
	later     func()
	sampling  bool // a value is looked at after each step
	interrupt atomic.Bool
	// idle: a thread may have stopped for nothing while others were waited for, and is to
	// be set going again.
	idle bool

	// shadowStacks: threads may have one (Intel CET), which a call or return that is
	// emulated would leave behind.
	shadowStacks bool
}

// New makes an engine over a kernel.
func New(k kernel.Kernel, o Options) *Tracer {
	if o.Events == 0 {
		o.Events = DefaultEvents
	}
	if o.Clock == nil {
		o.Clock = realClock{}
	}
	cpu, _ := k.Procfs().CPUFlags()
	return &Tracer{Options: o, k: k, os: k.OS(), shadowStacks: slices.Contains(cpu, "user_shstk"), handle: func(*Event) bool { return true },
		procs: map[kernel.PID]*Process{}, threads: map[kernel.TID]*Thread{}}
}

// Kernel is the kernel the tracees run on.
func (t *Tracer) Kernel() kernel.Kernel { return t.k }

// OS is the kernel's tables.
func (t *Tracer) OS() *abi.OS { return t.os }

// EventKind is what an Event tells.
type EventKind uint8

// The kinds of event. Signal-like kinds leave the thread with Thread.Signal set to
// what it will be given when it goes on; the handler may change it.
const (
	_              EventKind = iota
	EvBreakpoint             // Hits says which; pc is at the breakpoint
	EvWatchpoint             // Hits; the access has happened
	EvStep                   // the instruction Intent.Step asked for is done
	EvSignal                 // about to be delivered
	EvSyscallEnter           // Thread.Call holds the call
	EvSyscallExit            // Thread.Call holds call and result
	EvGroupStop              // job control stopped the process
	EvContinued              // job control set it going again
	EvThreadNew              // Thread is the new one
	EvThreadExit             // about to exit; can still be inspected
	EvThreadGone             // Thread no longer exists
	EvFork                   // Thread made process NewPID (Stop.How: fork, vfork, clone)
	EvVforkDone              // the vfork child has left Thread's memory
	EvProcessNew             // first stop of a followed child; Parent is set
	EvExec                   // Process runs another program; its breakpoints' locations are gone
	EvExited                 // Process ended with Code
	EvKilled                 // Process was ended by Signal
	EvInterrupted            // Interrupt was called; Thread is one that was stopped for it
	NEventKinds
)

// Event is what a Handler is told. It is valid until the handler returns, but for the
// one Run returned for.
type Event struct {
	Kind    EventKind
	Process *Process
	Thread  *Thread // nil for EvExited and EvKilled
	Stop    *kernel.Stop
	Hits    []*breakpoints.Breakpoint // those that want the world stopped
	Err     error                     // a condition that could not be evaluated
	// Stepped: the event came instead of, or together with, the end of a step.
	Stepped bool
}

// Handler looks at an event and says whether to stop the world.
type Handler func(*Event) (stop bool)

// Intent is what Run sets going.
type Intent struct {
	// Step makes this thread go one instruction at a time, each an EvStep.
	Step *Thread
	// Only leaves every other thread of every process as it is: stopped.
	Only *Thread
}

// Process is one traced process.
type Process struct {
	PID      kernel.PID
	Launched bool // by us: killed rather than let go at the end
	Parent   kernel.PID

	t       *Tracer
	space   *space
	threads []*Thread  // in the order they were met
	first   kernel.TID // the thread it began with, or that called exec
	slots   breakpoints.Slots
	// lent: a child we do not follow that runs in a followed process's memory, traps
	// and all, until it execs or exits.
	lent bool
	// heir: a followed child that has not got its parent's breakpoints yet.
	heir bool
	// leave: to be let go as soon as every thread of it can be stopped.
	leave bool
}

// Threads are the process's threads in the order they were met.
func (p *Process) Threads() []*Thread { return p.threads }

// Leader is the thread that the process began with (on Linux its TID is the PID), or the
// first that is left.
func (p *Process) Leader() *Thread {
	for _, th := range p.threads {
		if th.leads() {
			return th
		}
	}
	if len(p.threads) > 0 {
		return p.threads[0]
	}
	return nil
}

// Thread is one traced thread.
type Thread struct {
	TID     kernel.TID
	Process *Process
	// Signal is what the thread will be given when it goes on; 0 nothing.
	Signal kernel.Signal
	// Call is the system call the thread is in (InCall) or was last in.
	Call   kernel.Syscall
	InCall bool
	// Stop is the last stop the kernel reported for the thread.
	Stop kernel.Stop

	seq      uint64 // of that stop, by Tracer.stops
	state    state
	regs     regs.Set
	dirty    regs.Group    // groups of regs changed and not yet written
	pending  bool          // Stop has not been judged
	asked    bool          // an interrupt was requested and nothing has come since
	stuck    bool          // cannot be stopped now: it sleeps in the kernel, deaf to interrupts
	exiting  bool          // past its last stop: only its end can come
	vforking bool          // waits in the kernel for its vfork child
	grouped  bool          // its process is stopped by job control
	repeat   bool          // the stop tells nothing new: an answer to our interrupt
	rewound  bool          // pc has been moved back over our trap
	step     bool          // single steps are wanted
	owed     bool          // it went on for one step, whose trap has not come yet
	ours     bool          // Stop is the trap of a step of ours, wanted still or not
	counted  uint64        // the site at pc whose hit has been booked; 0 none
	moved    bool          // the debugger changed pc since the stop
	debug    bool          // debug registers have to be written before it goes on
	popped   bool          // the last step was of popf: see fixup.go
	fix      fixup         // what the step in progress leaves to be put right
	hush     bool          // it is to take no more signals in the step-over that goes on
	again    uint64        // the site of a system call that was interrupted and will be begun again; 0 none
	deferred []kernel.Stop // signals that came during a step-over
}

type state uint8

const (
	running state = iota
	stopped
	listening // in a group-stop that the kernel watches over
	gone
)
