package calltrace

import "strconv"

// Event is one thing that happened in a trace, as data: what --format json writes, one a line.
// docs/trace-event.schema.json describes it. Times are nanoseconds; those that are no
// durations count from the Epoch.
type Event struct {
	Type    string `json:"type"` // "call", "signal", "stopped", "process" or "exit"
	Time    int64  `json:"time"` // of a call: when it was entered
	PID     int    `json:"pid"`
	TID     int    `json:"tid"`
	Command string `json:"command,omitempty"` // that the thread runs, as the kernel has it
	Context string `json:"context,omitempty"` // its security context (--secontext)

	*CallEvent

	// Of a signal, of what stopped a thread, and of an end by a signal.
	Signal       string `json:"signal,omitempty"` // its name
	SignalNumber int    `json:"signal_number,omitempty"`
	Info         string `json:"info,omitempty"` // its siginfo, decoded

	// Of a process.
	Action string `json:"action,omitempty"` // "start", "fork" or "exec"
	How    string `json:"how,omitempty"`    // start: launch, attach, known, thread, child; fork: fork, vfork, clone
	Parent int    `json:"parent,omitempty"` // start: of a child
	Child  int    `json:"child,omitempty"`  // fork
	Path   string `json:"path,omitempty"`   // exec: the file that runs now
	Former int    `json:"former,omitempty"` // exec: the thread that called it, when that was another

	// Of an exit.
	Whole  *bool `json:"process,omitempty"` // the process has ended, not the thread alone
	Status *int  `json:"status,omitempty"`  // nil when a signal ended it
	Core   bool  `json:"core,omitempty"`

	Stack []Frame `json:"stack,omitempty"` // the innermost first
}

// The types of events.
const (
	CallType    = "call"
	SignalType  = "signal"
	StoppedType = "stopped"
	ProcessType = "process"
	ExitType    = "exit"
)

// CallEvent is what an Event of a call has besides.
type CallEvent struct {
	Name     string   `json:"name"`
	Number   uint64   `json:"nr"`
	ABI      string   `json:"abi"`
	Raw      []string `json:"raw"`              // the arguments' registers, in hexadecimal
	Args     []Arg    `json:"args"`             // the arguments, decoded
	Ret      *int64   `json:"ret,omitempty"`    // what the program sees: -1 of a call that failed
	Result   string   `json:"result,omitempty"` // decoded, as behind the = of a line
	Errno    string   `json:"errno,omitempty"`  // of a call that failed
	ErrnoNo  int      `json:"errno_number,omitempty"`
	Error    string   `json:"error,omitempty"`   // its text
	Restart  string   `json:"restart,omitempty"` // the kernel's reason to begin the call again, which no program sees
	Entered  int64    `json:"entered"`
	Returned int64    `json:"returned,omitempty"`
	Duration int64    `json:"duration"` // until it returned or was left
	// Unfinished says why the call never returned under trace: "killed", "detached".
	Unfinished string   `json:"unfinished,omitempty"`
	FDs        []FD     `json:"fds,omitempty"`   // descriptors among arguments and result
	Paths      []string `json:"paths,omitempty"` // paths among the arguments, as the program wrote them
	Note       string   `json:"note,omitempty"`  // what was done to the call
}

// Arg is one argument, decoded.
type Arg struct {
	Name string `json:"name,omitempty"`
	Text string `json:"text"`
}

// Frame is one frame of a stack.
type Frame struct {
	PC     string `json:"pc"`               // in hexadecimal
	Image  string `json:"image,omitempty"`  // the file mapped there
	Addr   string `json:"addr,omitempty"`   // the place in the file's own addresses
	Symbol string `json:"symbol,omitempty"` // demangled
	Offset uint64 `json:"offset,omitempty"` // into the symbol
	File   string `json:"file,omitempty"`   // of the source
	Line   int    `json:"line,omitempty"`
}

// String is the frame in one line: "libc.so.6(read+0x11) file.c:10".
func (f Frame) String() string {
	s := f.PC
	if f.Image != "" {
		s = f.Image
	}
	if f.Symbol != "" {
		s += "(" + f.Symbol + "+0x" + strconv.FormatUint(f.Offset, 16) + ")"
	}
	if f.File != "" {
		s += " " + f.File + ":" + strconv.Itoa(f.Line)
	}
	return s
}
