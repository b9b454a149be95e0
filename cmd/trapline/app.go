package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/internal/tty"
)

// Exit statuses that are ours; any other is that of the program (see ExitStatus).
const (
	exitUsage   = 2   // the command line makes no sense
	exitFailure = 125 // we could not do what was asked, as env(1) and timeout(1) have it
)

// app is what the verbs of one command line share.
type app struct {
	out    *output // standard output, for everything but questions about it
	stdout *os.File
	stderr *os.File
	colour tty.When
	// script and batch are the global -x and --batch, for run and attach.
	script  []string
	batch   bool
	kernel  kernelChoice // --kernel
	version bool         // --version
	status  int          // the exit status, when the verb did its work
}

// newApp takes over SIGPIPE: with a handler a write to a closed pipe is an error
// that unwinds through the verb, which lets go of its tracees, instead of a death
// that leaves breakpoints in them. A handler, unlike SIG_IGN, is not inherited by
// what we launch.
func newApp(stdout, stderr *os.File) *app {
	signal.Notify(make(chan os.Signal, 1), unix.SIGPIPE)
	return &app{out: &output{w: stdout}, stdout: stdout, stderr: stderr}
}

// colours says whether standard output is coloured.
func (a *app) colours() bool { return a.colour.Colour(a.stdout) }

// failure is an error on its way to the user: one line, "trapline: VERB: what; what
// to do", and a status.
type failure struct {
	verb   string // empty for the command as a whole
	err    error
	remedy string
	status int
}

func (f *failure) Error() string {
	s := "trapline: "
	if f.verb != "" {
		s += f.verb + ": "
	}
	s += oneLine(f.err.Error())
	if f.remedy != "" {
		s += "; " + oneLine(f.remedy)
	}
	return s
}

func (f *failure) Unwrap() error { return f.err }

// named is what errors are reported against: a verb. *cobra.Command is one.
type named interface {
	CommandPath() string // "trapline trace"
}

func verbOf(n named) string {
	if n == nil {
		return ""
	}
	_, verb, _ := strings.Cut(n.CommandPath(), " ")
	return verb
}

// failf is a failure of ours, exit status 125.
func failf(n named, format string, args ...any) *failure {
	return &failure{verb: verbOf(n), err: fmt.Errorf(format, args...), status: exitFailure}
}

// usagef is a command line that makes no sense, exit status 2.
func usagef(n named, format string, args ...any) *failure {
	verb := verbOf(n)
	return &failure{verb: verb, err: fmt.Errorf(format, args...), status: exitUsage,
		remedy: "try " + strings.TrimSpace("trapline "+verb) + " --help"}
}

// try replaces what the user is told to do.
func (f *failure) try(format string, args ...any) *failure {
	f.remedy = fmt.Sprintf(format, args...)
	return f
}

// oneLine keeps a message to one line whatever a file name or a library put in it.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}

// finish reports err, if any, and returns the exit status. When the reader of our
// output has gone away it does not return: like any filter we die of SIGPIPE.
func (a *app) finish(err error) int {
	if err == nil {
		return a.status
	}
	if errors.Is(err, unix.EPIPE) {
		return dieOfPipe()
	}
	var f *failure
	if !errors.As(err, &f) {
		// The verbs return nothing else, so this is cobra's, of the command line.
		f = usagef(nil, "%w", err)
	}
	if errors.Is(err, unix.ENOSPC) && f.remedy == "" {
		f.remedy = "free some space or write elsewhere"
	}
	fmt.Fprintln(a.stderr, f.Error())
	return f.status
}

// dieOfPipe ends the process as the default action of SIGPIPE does. The Go runtime
// offers that for writes to descriptor 1 only, and the pipe that broke may have been
// another (-o, standard error), so descriptor 1 becomes a broken one first. Where
// that fails the result is the status a shell would show for it.
func dieOfPipe() int {
	signal.Reset(unix.SIGPIPE)
	if r, w, err := os.Pipe(); err == nil {
		r.Close()
		if unix.Dup2(int(w.Fd()), 1) == nil {
			os.NewFile(1, "stdout").Write([]byte{'\n'})
		}
	}
	return 128 + int(unix.SIGPIPE)
}

// output is standard output with a memory: after the first error nothing more is
// written, and Err says what it was, so that printing code need not look each time.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(p)
	o.err = err
	return n, err
}

// Err is the first error of any Write.
func (o *output) Err() error { return o.err }

// ExitStatus is how a program's end is told by an exit status: its own, or 128 plus
// the number of the signal that ended it, as shells do.
func ExitStatus(code, signal int) int {
	if signal != 0 {
		return 128 + signal
	}
	return code
}
