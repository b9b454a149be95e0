// Package kernel is the seam between the engine and an operating system: the verbs
// the engine needs and the closed set of stops it can be told of.
//
// An adapter (kernel/linux, kernel/freebsd, kernel/svr4) translates raw requests and
// wait statuses into these types and carries no policy: what a stop means for a
// breakpoint, which threads to hold, whether to follow a child is decided above the
// seam, once, for every OS. Nothing here names an OS constant.
package kernel

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
)

// PID identifies a process (Linux: thread group), TID one thread (LWP) of it.
// A TID is unique on the host.
type (
	PID int
	TID int
)

// Signal is a signal number in the numbering of the kernel's OS.
type Signal int

// Kernel is one OS's process-control interface. All methods but Wake must be called
// from one goroutine locked to its OS thread: ptrace requests are accepted only
// from the thread that attached (ptrace(2)). When that OS thread exits, what was
// launched dies and what was attached to is let go.
//
// Every request names a thread that is stopped; one for a thread that is running
// returns ErrRunning and reaches no kernel. A thread that died returns ErrGone and
// its exit arrives by Wait.
type Kernel interface {
	OS() *abi.OS
	// Procfs is what the system tells of its processes.
	Procfs() *procfs.FS

	// Launch starts a program; its first stop is an Exec (see Launch.Calls). What the program could
	// not be started for is an *Error with the errno of execve(2).
	Launch(*Launch) (PID, error)
	// Attach takes hold of every thread of a running process (without EventThreads, of
	// the one thread named) and says whose they are. Each thread returned will report a
	// stop: Interrupted, unless it met another first.
	Attach(PID, Events) (PID, []TID, error)
	// Detach lets go of a process of which every thread is stopped; an Action may
	// pass a signal to its thread.
	Detach(PID, []Action) error
	// Kill ends a process; its end arrives by Wait. ErrLent: not before the child that it made
	// by vfork has left its memory, and that child may be stopped.
	Kill(PID) error
	// Interrupt asks a running thread to stop; it ends in a stop of kind
	// Interrupted, or in another that was due first (then an Interrupted may still
	// follow, unless the thread ends).
	Interrupt(TID) error
	// Wait fills in the next stop. When none is ready it blocks, or returns ErrNone
	// if block is false. It returns ErrWoken after Wake and ErrNoTracees when
	// nothing is left to wait for.
	Wait(stop *Stop, block bool) error
	// Wake makes a Wait that blocks, now or next, return ErrWoken. Any goroutine.
	Wake()
	// Resume sets the named threads going. Threads not named stay stopped.
	Resume(PID, Mode, []Action) error

	Regs(TID, *regs.Set, regs.Group) error
	SetRegs(TID, *regs.Set, regs.Group) error
	// ReadMem and WriteMem move bytes of a process's memory; WriteMem writes text
	// that is mapped read-only too (a private copy of the page). They return how
	// many bytes moved and, when fewer than asked, an *Error with EFAULT or EIO.
	ReadMem(pid PID, addr uint64, p []byte) (int, error)
	WriteMem(pid PID, addr uint64, p []byte) (int, error)
	// Load and Store move bytes as the program itself would: where its pages do not
	// let it, they fail (EFAULT) and nothing has moved. p lies in one page.
	Load(pid PID, addr uint64, p []byte) error
	Store(pid PID, addr uint64, p []byte) error
	// Pending lists the signals queued for a stopped thread and for its process,
	// oldest first, without taking them.
	Pending(TID) ([]SigInfo, error)
}

// Filterer is a Kernel that can keep system calls of what it launches from stopping (Launch.Only).
type Filterer interface {
	// Filters says of which programs.
	Filters() Filtering
}

// Filtering says which launched programs may have their system calls filtered without harm.
type Filtering uint8

// A filter cannot be taken out again, and the children of a program have it too: a call that is to
// stop fails in a process that nobody traces. So everything has to be traced to its end.
const (
	NoFiltering       Filtering = iota
	FilteringFollowed           // those of which the user wants every child traced: the filter costs them privileges that the trace costs them anyway
	FilteringAll                // any
)

// CallFilter is the system calls that stop a thread, by convention. The adapter may add some of its own.
type CallFilter map[CallABI][]CallRange

// CallRange is calls by number, of the 32 bits that stand in the register.
type CallRange struct{ First, Last uint64 }

// FilteringOf is what a kernel, or the one it has something around, says of filters.
func FilteringOf(k Kernel) Filtering {
	if f, ok := inside[Filterer](k); ok {
		return f.Filters()
	}
	return NoFiltering
}

// Dumper is a Kernel whose system writes cores of living processes.
type Dumper interface {
	// DumpCore has the core of a stopped process written to a file that is open for writing; the
	// process stays as it is.
	DumpCore(PID, *os.File) error
}

// DumperOf is the Dumper that a kernel is, or that is in a kernel with something around it, which has
// a method Unwrap; nil when there is none.
func DumperOf(k Kernel) Dumper {
	d, _ := inside[Dumper](k)
	return d
}

// inside finds what a kernel, or the one it has something around, can do besides.
func inside[T any](k Kernel) (T, bool) {
	for {
		if found, ok := k.(T); ok {
			return found, true
		}
		around, ok := k.(interface{ Unwrap() Kernel })
		if !ok {
			var none T
			return none, false
		}
		k = around.Unwrap()
	}
}

// Events says which optional stops a tracee takes. Children and threads that a
// tracee creates under an event inherit its set.
type Events uint8

// The optional events.
const (
	EventThreads   Events = 1 << iota // new threads are followed
	EventForks                        // children of fork, vfork and process-making clone are followed
	EventExec                         // a successful exec stops before the first instruction
	EventExit                         // an exiting thread stops while it can still be inspected
	EventVforkDone                    // a vfork parent stops when the child has left its memory
	// EventExitKill ends the tracees when the tracer dies. For what we launched only.
	EventExitKill
)

// Launch says what to start and how.
type Launch struct {
	Path       string // file to execute, not searched for in PATH
	Args       []string
	Env        []string
	Dir        string // "" is ours
	Files      []int  // descriptor numbers to become 0, 1, 2...; nil passes ours
	NewGroup   bool   // the program leads a process group of its own
	Foreground int    // with NewGroup: a terminal descriptor whose foreground group it becomes; -1 none
	NoASLR     bool   // addresses do not vary between runs
	Cred       *Cred  // nil is ours
	Events     Events // stops wanted
	// Calls makes the entry to execve the first stop, for those who trace system calls.
	// That the call fails is then told by its exit, not by Launch.
	Calls bool
	// Only, with Calls, makes other calls than these not stop the program or its children in Mode Syscalls. For
	// a Filterer alone; ErrNoFilter: the system does not let us.
	Only CallFilter
}

// Cred is the user to run a program as.
type Cred struct {
	UID, GID int
	Groups   []int
}

// Mode is how far resumed threads go.
type Mode uint8

// The modes.
const (
	Run      Mode = iota // to the next signal, trap or event
	Syscalls             // also stop at entry to and exit from system calls
)

// Action is how one thread is resumed.
type Action struct {
	TID  TID
	Step bool // one instruction
	// Signal is delivered as the thread goes on; 0 none. Info is its siginfo; nil
	// means that of the stop the thread is in (which must be a stop for it).
	Signal Signal
	Info   *SigInfo
	// Hush holds back the signals that come from elsewhere until the next stop, so that they
	// stay in order. An adapter that cannot do so may ignore it.
	Hush bool
	// Listen keeps a thread that is in a group-stop stopped as job control would
	// have it, but lets the kernel tell of its continuation.
	Listen bool
}

// Kind is what made a thread stop. The set is closed.
type Kind uint8

// The kinds of stop.
const (
	_            Kind = iota
	SyscallEnter      // about to enter a system call: Syscall.Nr, Args
	SyscallExit       // a system call returned: Syscall.Ret
	SignalStop        // a signal is about to be delivered: Signal, Info
	Trap              // int3, single step or debug register: Trap, Info
	Interrupted       // by Interrupt, or the end of a group-stop
	GroupStop         // job control stopped the process: Signal
	ThreadNew         // the thread has made a thread: New. Not every OS announces it
	ProcessNew        // the thread has made a process: New, How
	Started           // first stop of a new thread, or of a new process (TID is its first thread)
	VforkDone         // a vfork child has left our memory: New
	Exec              // a new program is in place of the old; Former is the TID that called
	ThreadExit        // about to exit; memory and registers can be read: Code or Signal
	ThreadGone        // the thread no longer exists
	Exited            // the process ended: Code
	Killed            // the process was ended by Signal: Core
	NKinds
)

var kindNames = [NKinds]string{"no stop", "syscall enter", "syscall exit", "signal", "trap", "interrupted",
	"group-stop", "thread new", "process new", "started", "vfork done", "exec", "thread exit", "thread gone",
	"exited", "killed"}

func (k Kind) String() string {
	if k < NKinds {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Alive says whether the thread of a stop of this kind still takes requests.
func (k Kind) Alive() bool { return k != ThreadGone && k != Exited && k != Killed }

// TrapKind tells traps apart.
type TrapKind uint8

// The kinds of trap. Which of them are ours is the engine's to know: a program may
// contain int3 and may set its own trap flag.
const (
	_          TrapKind = iota
	Breakpoint          // int3: pc is one past it
	Step                // one instruction done
	Hardware            // a debug register: HW says which
)

// ForkKind is how a process was made.
type ForkKind uint8

// The ways to make a process.
const (
	Fork  ForkKind = iota
	Vfork          // the parent waits until the child execs or exits, and lends it its memory
	Clone          // another clone(2)
)

// Stop is one report of the kernel.
type Stop struct {
	Kind Kind
	PID  PID
	TID  TID
	// Again is where a system call was that had to be begun again, when a Breakpoint is met there:
	// the program knows of one execution. 0: not so, or the registers tell (orig_rax).
	Again uint64
	// Whole: every thread of the process is stopped, not this one alone.
	Whole bool

	Signal  Signal
	Info    SigInfo
	Trap    TrapKind
	HW      uint8 // bit n: debug register n matched
	Syscall Syscall

	New          TID // ThreadNew, ProcessNew, VforkDone: the (process's first) thread; 0: a thread that has ended already
	Child        PID // ProcessNew, VforkDone: the process, where its first thread's TID is another number
	How          ForkKind
	SharesMemory bool // ProcessNew: the child runs in the parent's address space
	Parent       PID  // Started of a process: who made it, 0 if unknown
	Former       TID  // Exec
	Code         int  // exit status, 0-255
	Core         bool
}

// CallABI is the convention a system call was made by; one process may use several.
type CallABI uint8

// The conventions on x86-64 hosts.
const (
	CallAMD64 CallABI = iota
	CallI386
	CallX32
	CallSVR4      // numbers of SVR4, failure told by the carry flag
	CallFreeBSD   // numbers of FreeBSD, failure told by the carry flag
	CallFreeBSD32 // the same, of 32-bit programs
)

// Syscall is a system call at its entry or exit, as the kernel tells it.
type Syscall struct {
	ABI    CallABI
	Nr     uint64
	Args   [6]uint64
	More   [2]uint64 // what is behind them, where calls have up to eight (FreeBSD)
	Ret    int64     // exit: the value, or minus the errno when Failed
	High   uint64    // and what its second register holds, where calls of 32-bit programs give 64 bits in two (FreeBSD)
	Failed bool
	IP, SP uint64 // 0 where the kernel does not tell them with the call (FreeBSD): see Regs
}

// Process is the process that a ProcessNew or VforkDone is about.
func (s *Stop) Process() PID {
	if s.Child != 0 {
		return s.Child
	}
	return PID(s.New)
}

// SigInfo is what a kernel tells of a signal: the common fields in our types, and
// the OS's own structure for delivering it again unchanged.
type SigInfo struct {
	Signal Signal
	Code   int32
	Errno  int32
	PID    PID // sender, for kill and for children
	UID    int
	Status int32  // SIGCHLD
	Addr   uint64 // faults
	// Sync: raised by the thread's own instruction (SEGV_*, BUS_*, ILL_*, FPE_*, TRAP_*
	// codes of siginfo(5)), which will fault again unless something changes.
	Sync bool
	Raw  [128]byte
}

// The errors that are states rather than failures.
var (
	ErrGone      = errors.New("the thread is gone")
	ErrRunning   = errors.New("the thread is running")
	ErrNone      = errors.New("no stop is ready")
	ErrNoCalls   = errors.New("the system does not say which calls are made")
	ErrNoFilter  = errors.New("system calls cannot be filtered")
	ErrWoken     = errors.New("woken")
	ErrNoTracees = errors.New("no tracee is left")
	ErrLent      = errors.New("the memory is lent to a vfork child")
)

// Error is a request that the kernel refused.
type Error struct {
	Op    string // "attach", "write memory"
	TID   TID    // 0 when none is concerned
	Addr  uint64 // for memory
	Errno int
	OS    *abi.OS
}

func (e *Error) Error() string {
	what := e.Op
	if e.Addr != 0 {
		what += fmt.Sprintf(" at %#x", e.Addr)
	}
	if e.TID != 0 {
		what += fmt.Sprintf(" of thread %d", e.TID)
	}
	name, text := fmt.Sprintf("errno %d", e.Errno), ""
	if row := e.OS.Errno(e.Errno); row != nil {
		name, text = row.Name, " ("+row.Text+")"
	}
	return what + ": " + name + text
}

// Is lets errors.Is find an Error by its errno: errors.Is(err, Errno(n)).
func (e *Error) Is(target error) bool {
	n, ok := target.(Errno)
	return ok && int(n) == e.Errno
}

// Unwrap lets errors.Is find an Error as fs.ErrPermission, fs.ErrNotExist or a
// syscall.Errno. The number is the tracee's OS's; the classic ones are the same on all.
func (e *Error) Unwrap() error { return syscall.Errno(e.Errno) }

// Errno is a target for errors.Is on an *Error.
type Errno int

func (n Errno) Error() string { return fmt.Sprintf("errno %d", int(n)) }
