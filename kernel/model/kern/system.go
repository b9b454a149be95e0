package kern

// What a system decides. The fields of a System are tables and small functions; what it does
// with tracers is behind Tracing.

import (
	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/image"
	"github.com/trapline/trapline/kernel/model/vm"
)

// System is an operating system as a value.
type System struct {
	Name   string
	OS     *abi.OS
	Sig    *Signals
	Image  *image.System
	Layout vm.Layout // of address spaces; Memory is filled in

	// ThreadBase: threads have ids of their own, above it. 0: they share those of processes.
	ThreadBase int
	// ShowIgnored: signals that a traced program ignores are queued for the tracer to see.
	ShowIgnored bool
	// Shows says whether a tracer sees a signal before it is acted on; nil: all of those that
	// Tracing says are traced.
	Shows func(t *Thread, sig int) bool
	// Halted says whether a tracer has stopped the thread so that a stop of its process need not
	// wait for it; nil: none has.
	Halted func(t *Thread) bool
	// StopsAsleep: a stop leaves the sleep that a thread is in as it is (SVR4).
	StopsAsleep bool
	// BootedAt is the time of day when a machine is made, in seconds since 1970.
	BootedAt int64
	// ThreadCreds: a thread that changes its ids changes no other thread's.
	ThreadCreds bool
	// Brands are the systems whose programs this one runs, by what their files say; what is
	// not in it is its own.
	Brands map[image.Brand]*System

	// Boot is called when a machine is made: to make device files and mount /proc.
	Boot func(m *Machine)
	// Syscall is a thread's system call, from the registers it came with to those it returns
	// with, tracer's stops included.
	Syscall func(t *Thread)
	// Gate is another way into the kernel: int n. Nil: there is none.
	Gate func(t *Thread, vector uint8)
	// Restart settles what a call returns that a signal interrupted: with the action of the
	// signal whose handler is about to run, or nil if none is.
	Restart func(t *Thread, a *Action)
	// Post sends a signal to a process, or to only one of its threads, instead of this package's
	// way; ToUser is the way back to user mode (false: the thread ends); Catch looks, before a
	// sleep that signals end, for what ends it at once (and before a hard one, that nothing does).
	// It is what the sleep is to return, and whether it is to. Nil: as this package does it.
	Post   func(p *Proc, only *Thread, info SigInfo)
	ToUser func(t *Thread) bool
	Catch  func(t *Thread, why string, hard bool) (errno.Errno, bool)
	// SendSig makes a signal's frame on the thread's stack and has it enter the handler. It is
	// false if the stack does not take it. The mask is the one to come back.
	SendSig func(t *Thread, a *Action, info *SigInfo, mask Sigset) bool
	// Entry sets the registers for a new program, beyond its pc and sp.
	Entry func(t *Thread, r *image.Result)
	// Dead is called when a thread has ended, while its memory is still there.
	Dead func(t *Thread)
	// Adopter is who a process goes to whose parent ends, perhaps that parent still, until it is Reaped: a
	// zombie that is about to disappear. Nil: the nearest above that is a reaper.
	Adopter func(c *Proc) *Proc
	Reaped  func(p *Proc)
	// Born is called for a new process or thread, to make what it has of the System's.
	Born func(t *Thread, maker *Thread)

	// CallText is the call that a thread is in, for people; nil: its number will do.
	CallText func(t *Thread) string
	// Stub is the code of a child that the world outside starts (Spawn.Code).
	Stub func(pc, path, argv, envp uint64) []byte

	Tracing Tracing
}

// Tracing is a system's way with tracers. Each call is made by the thread concerned, which
// may stop in it, unless it says otherwise.
type Tracing interface {
	// Traced says whether somebody traces the thread. (Anybody calls it.)
	Traced(t *Thread) bool
	// Before is called on the way to user mode, until it says false: it stopped for what was
	// asked of it (an interrupt, a stop of the process), so that all is to be looked at again.
	Before(t *Thread) bool
	// Signal shows the tracer a signal, which it may change or take: false, nothing is left.
	Signal(t *Thread, info *SigInfo) bool
	// Handler is called when a handler is entered.
	Handler(t *Thread)
	// Started is called by a new thread before its first instruction.
	Started(t *Thread)
	// Exec is called when a new program is in place. former is the id the thread had.
	Exec(t *Thread, former int)
	// Exiting is called when a thread is about to end and can still be looked at.
	Exiting(t *Thread)
	// Ended is called when it has. It says whether somebody else than the parent is to be told
	// of the end, and so whether the thread is to be kept.
	Ended(t *Thread) bool
	// Alone is called when a traced leader that has ended is all that is left of its process:
	// the tracer can be told. (Anybody calls it.)
	Alone(t *Thread)
	// Dropped is called when a thread is forgotten, whether or not somebody was told of its end.
	Dropped(t *Thread)
	// Departed is called when a thread that traces others, or is External, ends. (By itself.)
	Departed(t *Thread)
	// JobStops tells that the thread is to take part in a stop of its process, JobContinues
	// that the process goes on. (Anybody calls them.)
	JobStops(t *Thread)
	JobContinues(t *Thread)
	// Privileged says whether an exec by the thread may give it the privileges of the file.
	Privileged(t *Thread) bool
	// Trap is called for a trap of the processor, before it becomes a signal; false: it does not.
	Trap(t *Thread, trap *cpu.Trap) bool
}

// Untraced is the Tracing of a system without tracers; others embed it.
type Untraced struct{}

// The methods of Tracing, for nobody.
func (Untraced) Traced(*Thread) bool           { return false }
func (Untraced) Before(*Thread) bool           { return false }
func (Untraced) Signal(*Thread, *SigInfo) bool { return true }
func (Untraced) Handler(*Thread)               {}
func (Untraced) Started(*Thread)               {}
func (Untraced) Exec(*Thread, int)             {}
func (Untraced) Exiting(*Thread)               {}
func (Untraced) Ended(*Thread) bool            { return false }
func (Untraced) Dropped(*Thread)               {}
func (Untraced) Alone(*Thread)                 {}
func (Untraced) Departed(*Thread)              {}
func (Untraced) JobStops(*Thread)              {}
func (Untraced) JobContinues(*Thread)          {}
func (Untraced) Privileged(*Thread) bool       { return true }
func (Untraced) Trap(*Thread, *cpu.Trap) bool  { return true }
