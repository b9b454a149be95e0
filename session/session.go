// Package session is a source-level debugging session: what a person at a prompt, or a
// script, says and sees. It turns lines into calls on the engine (tracer) and what the
// engine reports into text, by way of the symbols, line tables and types of the files
// that are loaded (elfinfo).
//
//	table.go help.go      the command table, and what is made from it
//	session.go run.go     the session, its processes, running them
//	stops.go signals.go   what an event means: stop or go on, and what is said
//	step.go finish.go     plans: what a step does with the events on its way
//	modules.go locate.go  files in a process; places in them
//	frames.go vars.go     stacks, variables, the environment of expressions
//	breaks.go watch.go catch.go  stop-points
//	cmd_*.go              the commands, a chapter each
//
// A session belongs to the goroutine that owns the engine: nothing here may be called
// from another one but Interrupt and Cancel.
package session

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/session/expr"
	"github.com/trapline/trapline/tracer"
)

// Face is the user's side of a session: a prompt, a script, a test.
type Face interface {
	// Confirm asks a question; a face without a user answers yes.
	Confirm(question string) bool
	// ReadLine gives the next line of a block such as that of "commands"; io.EOF ends it.
	ReadLine(prompt string) (string, error)
	// Running is called before tracees run and Stopped after: the terminal changes
	// hands between them. p is the process in the foreground.
	Running(p *tracer.Process)
	Stopped()
}

// Target is what "run" starts.
type Target struct {
	Path    string   // file to execute; "" none
	Program string   // argv[0]
	Args    []string // argv[1:]
	Env     []string
	Dir     string
	Files   []int // descriptors of ours to become its 0, 1, 2...; nil: the same
	ASLR    bool
}

// Config is what a session needs of the program around it.
type Config struct {
	Tracer  *tracer.Tracer
	Out     io.Writer
	Palette tty.Palette
	Face    Face
	Target  Target
	// NewGroup makes a launched program a job of its own, which the face hands the
	// terminal to.
	NewGroup bool
	// Signal sends a signal to a process from outside, as kill(2) does.
	Signal func(kernel.PID, kernel.Signal) error
	// CheckAttach says, before it is tried, why a process is none for a debugger.
	CheckAttach func(pid int) error
	// ExplainAttach and ExplainLaunch say why a request was refused and what helps.
	ExplainAttach func(pid int, err error) error
	ExplainLaunch func(path string, err error) error
	// Describe shows the kernel from inside, as far as that can be seen: one of its Views,
	// "" for all in short. Nil: it cannot be.
	Describe func(w io.Writer, what string) error
	Views    []string // first words for Describe
}

// Session is one debugging session.
type Session struct {
	Config
	T    *tracer.Tracer
	os   *abi.OS
	opts settings

	files elfinfo.Cache // stay open until the session ends: breakpoints, types and values refer to them

	inferiors []*Inferior
	nextInf   int
	inf       *Inferior      // selected
	thread    *tracer.Thread // selected; nil when none lives
	frame     int            // selected: 0 is the innermost
	stack     stackCache

	numbers    map[kernel.TID]int // threads as the user numbers them
	nextThread int

	handling [maxSignal]handling
	catches  map[*breakpoints.Breakpoint]*catchpoint
	watches  map[*breakpoints.Breakpoint]*watchpoint
	internal map[*breakpoints.Breakpoint]role

	plan      plan          // what the current Run is for; nil: until something stops it
	why       *reason       // what the handler decided
	continued kernel.Signal // the SIGCONT that we sent ourselves; 0 none on its way
	last      *tracer.Event // the event the user was last told of
	lastBP    []*breakpoints.Breakpoint

	cancelled atomic.Bool // see Cancel

	vars     map[string]expr.Value
	history  []expr.Value
	displays []*display
	nextDisp int
	lists    listState
	place    place // where the user was last shown to be
	returned *finished
	fresh    []*tracer.Process         // have exec'ed and not been looked at
	ending   []*breakpoints.Breakpoint // watchpoints without their frame or address space
	sources  map[string]*sourceFile
	defined  map[string][]string            // commands of the user's own
	lines    []func(string) (string, error) // who gives the lines of blocks, innermost last
	xs       examineState
	depth    int // nesting of source and commands
	// Exit is the status of the last program that ended: its own, or 128 and the
	// signal that killed it. Ended says that one has.
	Exit  int
	Ended bool
}

// maxSignal bounds signal numbers of every OS.
const maxSignal = 129

// New makes a session without a process.
func New(c Config) *Session {
	s := &Session{Config: c, T: c.Tracer, os: c.Tracer.OS(),
		numbers: map[kernel.TID]int{}, vars: map[string]expr.Value{},
		catches:  map[*breakpoints.Breakpoint]*catchpoint{},
		watches:  map[*breakpoints.Breakpoint]*watchpoint{},
		internal: map[*breakpoints.Breakpoint]role{}}
	s.opts = defaultSettings()
	s.handling = defaultHandling(s.os)
	s.inf = s.addInferior()
	s.inf.Path = c.Target.Path
	return s
}

// ErrQuit is what Execute returns when the user has asked to leave.
var ErrQuit = errors.New("quit")

// Execute runs one line. Errors are for the user: one line that says what happened.
func (s *Session) Execute(line string) error {
	line = strings.TrimSpace(line)
	if line == "" || strings.HasPrefix(line, "#") {
		return nil
	}
	if done, err := s.runDefined(line); done {
		return err
	}
	c, a, err := parse(line)
	if err != nil {
		return err
	}
	if err := s.check(c); err != nil {
		return err
	}
	return c.Run(s, a)
}

func (s *Session) check(c *Command) error {
	switch {
	case c.Needs == NeedsProcess && s.process() == nil:
		return errNoProcess
	case c.Needs == NeedsProgram && s.process() == nil && s.inf.Path == "":
		return errors.New("no program is known; name one with \"file\" or attach to a process")
	}
	return nil
}

var errNoProcess = errors.New("the program is not being run; \"run\" starts it, \"attach PID\" takes hold of a running one")

// RepeatLine is what an empty line means after this one: "" nothing.
func RepeatLine(line string) string {
	c, _, err := parse(line)
	if err != nil {
		return ""
	}
	switch c.Repeat {
	case RepeatSame:
		return line
	case RepeatBare:
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		return word
	}
	return ""
}

// Interrupt stops what runs; any goroutine may call it.
func (s *Session) Interrupt() { s.T.Interrupt() }

// Cancel ends a command that takes its time while nothing runs (generate-core-file), as if it had not
// been given; any goroutine may call it.
func (s *Session) Cancel() { s.cancelled.Store(true) }

var errCancelled = errors.New("it was interrupted")

// Close ends what was launched, lets go of what was attached to and closes what was read.
func (s *Session) Close() error {
	return errors.Join(s.T.Close(), s.files.Close())
}

// Live are the processes under control.
func (s *Session) Live() []*tracer.Process { return s.T.Processes() }

// process is the selected process, nil when it does not live.
func (s *Session) process() *tracer.Process { return s.inf.Proc }

func (s *Session) printf(format string, args ...any) { fmt.Fprintf(s.Out, format, args...) }

func (s *Session) paint(style tty.Style, text string) string { return s.Palette.Paint(style, text) }

func (s *Session) warn(format string, args ...any) {
	s.printf("%s %s\n", s.paint(tty.Warning, "warning:"), fmt.Sprintf(format, args...))
}

func (s *Session) addr(a uint64) string { return s.paint(tty.Address, fmt.Sprintf("%#x", a)) }

// confirm asks unless the user has switched questions off.
func (s *Session) confirm(format string, args ...any) error {
	if !s.opts.confirm || s.Face.Confirm(fmt.Sprintf(format, args...)) {
		return nil
	}
	return errors.New("not confirmed")
}
