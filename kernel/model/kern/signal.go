package kern

// Signals: what is asked for, what is pending, and how one is sent (psignal).

import (
	"slices"

	"github.com/trapline/trapline/abi"
)

// Sigset is a set of signals. The widest system has 126.
type Sigset [2]uint64

func bit(sig int) (word int, mask uint64) { return (sig - 1) >> 6 & 1, 1 << (uint(sig-1) & 63) }

// Of is the set of these signals.
func Of(sigs ...int) Sigset {
	var s Sigset
	for _, sig := range sigs {
		s = s.With(sig)
	}
	return s
}

// Has says whether the signal is in the set.
func (s Sigset) Has(sig int) bool { w, b := bit(sig); return sig > 0 && s[w]&b != 0 }

// With is the set and the signal.
func (s Sigset) With(sig int) Sigset { w, b := bit(sig); s[w] |= b; return s }

// Without is the set without the signal.
func (s Sigset) Without(sig int) Sigset { w, b := bit(sig); s[w] &^= b; return s }

// Or is the union, Minus the difference.
func (s Sigset) Or(o Sigset) Sigset    { return Sigset{s[0] | o[0], s[1] | o[1]} }
func (s Sigset) Minus(o Sigset) Sigset { return Sigset{s[0] &^ o[0], s[1] &^ o[1]} }
func (s Sigset) And(o Sigset) Sigset   { return Sigset{s[0] & o[0], s[1] & o[1]} }

// Empty says whether there is none in it.
func (s Sigset) Empty() bool { return s[0]|s[1] == 0 }

// Origin is who raised a signal; systems encode it in si_code.
type Origin uint8

// The origins.
const (
	FromUser   Origin = iota // kill(2)
	FromThread               // tkill(2), thr_kill(2)
	FromQueue                // sigqueue(2): Value
	FromKernel               // no particular reason
	FromTimer                // a POSIX timer: Value
	FromChild                // a child's change: PID, UID, Status, Reason
	FromFault                // the thread's own instruction: Reason, Addr
	FromTrace                // raised for a tracer: Reason
	FromRaw                  // as Raw says: a system encoded it
)

// Reason says more of a FromChild, FromFault or FromTrace.
type Reason uint8

// The reasons. Systems have a number for each.
const (
	NoReason          Reason = iota
	ChildExited              // CLD_EXITED
	ChildKilled              // CLD_KILLED
	ChildDumped              // CLD_DUMPED
	ChildTrapped             // CLD_TRAPPED
	ChildStopped             // CLD_STOPPED
	ChildContinued           // CLD_CONTINUED
	NotMapped                // SEGV_MAPERR
	NotAllowed               // SEGV_ACCERR
	NotThere                 // BUS_ADRERR: past the end of a file
	Misaligned               // BUS_ADRALN
	GeneralProtection        // a general protection fault: no address is known
	StackSegment             // a stack fault
	DivideByZero             // FPE_INTDIV
	BadOpcode                // ILL_ILLOPN
	SteppedOne               // TRAP_TRACE
	SteppedCall              // a step that ended with a system call
	Icebp                    // int1
	HitBreakpoint            // int3
	HitDebugReg              // a debug register, TRAP_HWBKPT
	BadCall                  // a system call that does not exist, where that is a SIGSYS
	ExecTrap                 // a traced exec's SIGTRAP
)

// SigInfo is a signal and what is known of it.
type SigInfo struct {
	Signo  int
	Origin Origin
	Reason Reason
	Errno  int
	PID    int // sender or child
	UID    uint32
	Status int // FromChild
	Addr   uint64
	Value  uint64 // FromQueue, FromTimer
	Code   int32  // FromQueue, FromRaw: si_code as the sender gave it
	// Raw is the system's structure, when a tracer or a sender gave one; then it is what counts.
	Raw []byte
	// User, System are the child's times, in ns.
	User, System int64
	Overrun      int
	forced       bool
	byTracer     bool
}

// ByTracer marks a signal that a tracer gave, and that it is not to be shown again; FromTracer
// says whether it is one.
func (i *SigInfo) ByTracer()        { i.byTracer = true }
func (i *SigInfo) FromTracer() bool { return i.byTracer }

// Queue is pending signals: a set, and what is known of each, oldest first.
type Queue struct{ list []SigInfo }

// Set is which signals are pending.
func (q *Queue) Set() Sigset {
	var s Sigset
	for i := range q.list {
		s = s.With(q.list[i].Signo)
	}
	return s
}

// List is the pending signals, oldest first.
func (q *Queue) List() []SigInfo { return q.list }

// Has says whether the signal is pending.
func (q *Queue) Has(sig int) bool {
	return slices.ContainsFunc(q.list, func(i SigInfo) bool { return i.Signo == sig })
}

func (q *Queue) add(i SigInfo) { q.list = append(q.list, i) }

// Add queues a signal.
func (q *Queue) Add(i SigInfo) { q.add(i) }

// AddFirst queues a signal before all others.
func (q *Queue) AddFirst(i SigInfo) { q.list = slices.Insert(q.list, 0, i) }

// Take takes out the oldest of a signal.
func (q *Queue) Take(sig int) (SigInfo, bool) { return q.take(sig) }

// Remove takes out all of the signals of a set.
func (q *Queue) Remove(s Sigset) {
	q.list = slices.DeleteFunc(q.list, func(i SigInfo) bool { return s.Has(i.Signo) })
}

// take takes out the oldest of a signal.
func (q *Queue) take(sig int) (SigInfo, bool) {
	i := slices.IndexFunc(q.list, func(i SigInfo) bool { return i.Signo == sig })
	if i < 0 {
		return SigInfo{}, false
	}
	info := q.list[i]
	q.list = slices.Delete(q.list, i, i+1)
	return info, true
}

// SigFlag is a flag of a signal's action.
type SigFlag uint16

// The flags (sigaction(2)).
const (
	SAInfo      SigFlag = 1 << iota // SA_SIGINFO
	SANoDefer                       // SA_NODEFER
	SAReset                         // SA_RESETHAND
	SARestart                       // SA_RESTART
	SAOnStack                       // SA_ONSTACK
	SANoCldStop                     // SA_NOCLDSTOP
	SANoCldWait                     // SA_NOCLDWAIT
	SARestorer                      // Restorer is set
)

// Handlers that are none.
const (
	Default uint64 = 0
	Ignored uint64 = 1
)

// Action is what a process does at a signal.
type Action struct {
	Handler  uint64 // Default, Ignored or an address
	Flags    SigFlag
	Raw      uint64 // the flags as the program gave them
	Mask     Sigset
	Restorer uint64
}

// Actions is the table of a process; several may share one.
type Actions struct {
	refs int
	of   [129]Action
}

// NewActions is a table of defaults with one user.
func NewActions() *Actions { return &Actions{refs: 1} }

// Get is the action of a signal.
func (a *Actions) Get(sig int) *Action { return &a.of[sig] }

// fork copies the table, or shares it.
func (a *Actions) fork(share bool) *Actions {
	if share {
		a.refs++
		return a
	}
	c := *a
	c.refs = 1
	return &c
}

// forExec is the table as exec leaves it: what was caught is default, what was ignored stays.
func (a *Actions) forExec() *Actions {
	n := NewActions()
	for i := range a.of {
		if a.of[i].Handler == Ignored {
			n.of[i].Handler = Ignored
		}
	}
	a.refs--
	return n
}

// AltStack is a thread's alternate signal stack.
type AltStack struct {
	Base, Size uint64
	Disabled   bool
	Flags      uint64 // as the program gave them
}

// On says whether the stack pointer is on it.
func (a *AltStack) On(sp uint64) bool { return a.Size != 0 && sp-a.Base-1 < a.Size }

// Signals are the numbers of a system's signals; 0: it has none such.
type Signals struct {
	HUP, INT, QUIT, ILL, TRAP, ABRT, BUS, FPE, KILL, SEGV, PIPE, ALRM, TERM, USR1, CHLD, CONT, STOP,
	TSTP, TTIN, TTOU, XCPU, XFSZ, VTALRM, PROF, WINCH, SYS int
	RTMin int // the first that is queued
	Max   int

	defaults  [129]abi.Default
	uncatched Sigset // KILL, STOP
	stops     Sigset
	sync      Sigset // raised by instructions: taken first
}

// NewSignals reads the numbers from a system's rows.
func NewSignals(os *abi.OS, rtmin int) *Signals {
	s := &Signals{RTMin: rtmin}
	byName := map[string]int{}
	for _, row := range os.Signals {
		byName[row.Name] = row.Num
		s.defaults[row.Num] = row.Default
		s.Max = max(s.Max, row.Num)
	}
	for name, field := range map[string]*int{"SIGHUP": &s.HUP, "SIGINT": &s.INT, "SIGQUIT": &s.QUIT, "SIGILL": &s.ILL,
		"SIGTRAP": &s.TRAP, "SIGABRT": &s.ABRT, "SIGBUS": &s.BUS, "SIGFPE": &s.FPE, "SIGKILL": &s.KILL, "SIGSEGV": &s.SEGV,
		"SIGPIPE": &s.PIPE, "SIGALRM": &s.ALRM, "SIGTERM": &s.TERM, "SIGUSR1": &s.USR1, "SIGCHLD": &s.CHLD,
		"SIGCONT": &s.CONT, "SIGSTOP": &s.STOP, "SIGTSTP": &s.TSTP, "SIGTTIN": &s.TTIN, "SIGTTOU": &s.TTOU,
		"SIGXCPU": &s.XCPU, "SIGXFSZ": &s.XFSZ, "SIGVTALRM": &s.VTALRM, "SIGPROF": &s.PROF, "SIGWINCH": &s.WINCH,
		"SIGSYS": &s.SYS} {
		*field = byName[name]
	}
	s.uncatched = Of(s.KILL, s.STOP)
	s.stops = Of(s.STOP, s.TSTP, s.TTIN, s.TTOU)
	s.sync = Of(s.SEGV, s.BUS, s.ILL, s.TRAP, s.FPE, s.SYS)
	return s
}

// Default is what a signal does by itself.
func (s *Signals) Default(sig int) abi.Default { return s.defaults[sig] }

// Valid says whether there is such a signal.
func (s *Signals) Valid(sig int) bool { return sig > 0 && sig <= s.Max }

// Stops says whether the signal is one of job control's.
func (s *Signals) Stops(sig int) bool { return s.stops.Has(sig) }

// Uncatchable is the signals that cannot be blocked, caught or ignored.
func (s *Signals) Uncatchable() Sigset { return s.uncatched }
