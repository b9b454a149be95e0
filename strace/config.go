// Package strace is the face that takes strace's command line and prints strace's text, for
// those who call trapline by that name: scripts, habits and strace's own tests carry over.
// Its facts are those of strace(1), of `strace -h` and of what strace 6.1 prints; the engine
// and the text are trapline's.
package strace

import (
	"time"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/syscalls"
)

// Config is one command line, read.
type Config struct {
	Name string // argv[0], which messages start with

	Help, Version, Debug bool
	Program              []string // with its arguments
	PIDs                 []int
	Env                  []string // -E
	User                 string
	Cred                 *kernel.Cred

	Output        string // -o; "" is standard error
	Append        bool
	Separate      bool // a file per process
	Follow        int  // how often -f was given
	FollowLong    bool // --follow-forks
	OldFollow     bool // -F
	Daemon        int  // 1 a grandchild, 2 in a process group of its own, 3 in a session
	DaemonCount   int  // the same by -D, -DD, -DDD
	Interruptible int  // -I
	DetachOnExec  bool
	KillOnExit    bool
	BPF           bool
	Stacks        bool

	Quiet         quiet
	Quieted       bool // by a set; then -q does nothing
	QuietCount    int
	RelTime       bool
	StampCount    int  // -t, -tt, -ttt
	ShortStamps   bool // -t was given, and
	LongStamps    bool // --absolute-timestamps
	StampSet      bool
	StampPrec     int
	RelPrec       int
	StringLimit   int
	Column        int
	Hex           int
	HexCount      int
	FDs           fdDetail
	FDCount       int
	PIDNames      pidDetail
	Contexts      contextDetail // --secontext
	VCPUs         bool          // -e kvm=vcpu
	Style         syscalls.Style
	Summary       calltrace.Summary
	Sort          string
	SortSet       bool
	Columns       []string // -U
	WallClock     bool
	Overhead      time.Duration
	OverheadSet   bool
	Paths         []string
	TraceFDs      *numbers
	Read, Write   *numbers
	StatusSet     bool
	StatusOptions int // how often -z and -Z were given
	Inject        []injection
	Warnings      []string // of expressions that are taken, without a newline

	Show calltrace.Options

	watched map[string]bool // what Paths stand for, when they have been resolved

	option string // that is being read, as it was written but not shortened
	given  bool   // with an argument behind "="
}

// quiet is a set of messages that are not printed.
type quiet uint8

// The messages of -e quiet=.
const (
	quietAttach quiet = 1 << iota
	quietExit
	quietPath
	quietPersonality
	quietThreadExec
	quietAll = 1<<iota - 1
)

// fdDetail is a set of what is told of descriptors.
type fdDetail uint8

// The details of -e decode-fds=.
const (
	fdDev fdDetail = 1 << iota
	fdPath
	fdPidfd
	fdSocket
	fdAll = 1<<iota - 1
)

// pidDetail is a set of what is told of process numbers.
type pidDetail uint8

// The details of -e decode-pids=.
const (
	pidComm pidDetail = 1 << iota
	pidNS
	pidAll = 1<<iota - 1
)
