package calltrace

import (
	"time"

	"github.com/trapline/trapline/calltrace/where"
	"github.com/trapline/trapline/syscalls"
)

// Stamp is the kind of time at the start of a line.
type Stamp uint8

// The stamps of -t, -tt, -ttt and -r.
const (
	NoStamp  Stamp = iota
	Clock          // 15:04:05
	ClockUS        // 15:04:05.000000
	UnixUS         // 1700000000.000000
	Relative       // seconds since the line before
	Unix           // seconds since the Epoch
)

// Status chooses calls by how they ended.
type Status uint8

// AnyStatus is all calls; the others are bits.
const (
	AnyStatus   Status = 0
	Successful  Status = 1 << (iota - 1) // -z
	Failed                               // -Z
	Unfinished                           // the thread was killed inside
	Unavailable                          // returned, but nobody knows what
	Detached                             // the thread was let go inside
	NoStatus                             // none
	EveryStatus = Successful | Failed | Unfinished | Unavailable | Detached
)

// Options are what the flags of the trace command say. The zero value prints every call of a
// single process plainly.
type Options struct {
	Follow   bool  // -f: several processes; a pid starts each line when it must
	ToFile   bool  // the output is a file of -o: with Follow every line starts with a pid
	Stamp    Stamp // -t, -tt, -ttt, -r
	Digits   int   // of Clock and Unix behind the point
	Since    bool  // -r beside a Stamp
	SinceDig int   // its digits
	Spent    bool  // -T: time spent in the call at the end of its line
	// SpentDigits are those behind the point: 0 means 6, -1 none.
	SpentDigits  int
	IP           bool                                    // -i: the instruction pointer
	Number       bool                                    // -n: the number of the call
	Partial      bool                                    // show the open line of a call that takes long, for a terminal
	Shared       bool                                    // the program may write to the same file: lines are written before it goes on
	Whole        func() int                              // lines are written when their calls have returned, to a terminal this wide; nil: see Partial
	Quiet        bool                                    // -qq: no lines about ends of processes
	NoAttach     bool                                    // -q: no messages about attaching
	NoSuperseded bool                                    // no lines about threads that an execve ends
	Status       Status                                  // -z, -Z
	Summary      Summary                                 // -c, -C
	Sort         string                                  // -S: time, calls, errors, name, max, nothing; "" means time
	CPU          func(tid int) time.Duration             // processor time of a thread, which the summary counts; nil: the clock
	Filter       *syscalls.Set                           // -e trace=: nil means all
	Raw          *syscalls.Set                           // -e raw=
	Verbose      *syscalls.Set                           // -v is the set of all calls
	Deref        *syscalls.Set                           // calls whose structures are shown; nil means all
	Dump         func(c *syscalls.Call, write bool) bool // whether to show what a call moved (-e read=, write=)
	Stack        func(b []byte, tid int) []byte          // appends the lines of a stack (-k); they end in newlines
	Frames       func(tid int) []Frame                   // the same as data, for Events; nil: no stacks
	Exe          func(pid int) string                    // the file that a process runs; may be nil
	Signals      func(signo int) bool                    // -e signal=: nil means all
	Now          func() time.Time                        // the time of the tracees; nil is the real one
	Syscall      syscalls.Options                        // how to print arguments; Raw and Verbose are set per call
	Where        *where.Expr                             // --where: nil means all
	Links        func(pid int, fd int32) string          // what a descriptor refers to, for Where; may be nil
	Cwd          func(pid int) string                    // the directory of a process, for Where; may be nil
	Comm         func(tid int) string                    // the command that a thread runs; may be nil

	// Messages receives notices such as "Process 12 attached", without a newline; nil prints
	// them between the lines of the trace.
	Messages func(text string)
	Name     string               // what such notices start with: "trapline: "
	Leader   func(pid int) string // what follows a pid at the start of a line (-Y)
	Columns  []string             // of the summary (-U); nil means strace's
	Overhead time.Duration        // what to take off each call's time (-O)

	By        By   // what the rows of the summary are
	Histogram bool // the summary shows how the durations of each row spread
}

// normalize makes one form of the several a stamp can be asked for in.
func (o *Options) normalize() {
	switch o.Stamp {
	case ClockUS:
		o.Stamp, o.Digits = Clock, 6
	case UnixUS:
		o.Stamp, o.Digits = Unix, 6
	case Relative:
		o.Stamp, o.Since, o.SinceDig = NoStamp, true, 6
	}
	if o.SpentDigits == 0 {
		o.SpentDigits = 6
	}
}
