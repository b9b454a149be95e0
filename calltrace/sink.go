package calltrace

import (
	"time"

	"github.com/trapline/trapline/syscalls"
)

// Sink takes what the threads of a trace do, in the order in which it happened, each while
// the thread concerned is stopped. A Printer makes lines of it, Events make records. Each
// method returns a failure of the output only once.
type Sink interface {
	Born(tid int, b Birth) error                                                 // is traced from now on
	Forked(tid int, at time.Time, child int, how string) error                   // has made a process
	Executed(tid, former int, at time.Time) error                                // runs another program; former called exec
	Enter(tid int, at time.Time, c *syscalls.Call) error                         // c is the same until Exit
	Exit(tid int, at time.Time, c *syscalls.Call) error                          //
	Signal(tid int, at time.Time, a *syscalls.ABI, signo int, info []byte) error // is about to be delivered
	Stopped(tid int, at time.Time, signo int) error                              // by job control
	Leaving(tid int, at time.Time) error                                         // is about to end, in the call it is in
	Ended(tid int, at time.Time, e End) error                                    //
	Detached(tid int) error                                                      // lives on untraced
	Forgotten(tid int) error                                                     // the same, without a message
	Message(text string) error                                                   // a notice to the user
	Close() error                                                                // waits until all is written
}

// Birth is how a thread came to be traced.
type Birth struct {
	At     time.Time
	PID    int
	Parent int    // the process that made this one; 0 when the tracer did, or nobody knows
	How    string // one of the constants below
	Main   bool   // it is the first thread of its process, whatever its number (FreeBSD's threads have numbers of their own)
}

// How threads come to be traced.
const (
	HowLaunch = "launch" // by the tracer
	HowAttach = "attach" // it ran before
	HowKnown  = "known"  // as Attached, and the user has been told already
	HowThread = "thread" // a thread of a traced process made it
	HowChild  = "child"  // a traced process made the process
)

// End is how a thread or process ended.
type End struct {
	Status  int  // of exit(2)
	Signal  int  // that ended it; 0 none
	Core    bool // and a core was dumped
	Process bool // not a thread alone
}
