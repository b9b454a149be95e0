package main

import (
	"errors"
	"io"
	"os"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/kernel"
)

// TraceConfig is one trace as the command line asks for it. Path or PIDs is set.
type TraceConfig struct {
	Program string       // as typed: argv[0]
	Path    string       // the file to execute; "" when attaching only
	Args    []string     // argv[1:]
	Env     []string     // the whole environment
	Cred    *kernel.Cred // -u: whom to run the program as; nil is us
	PIDs    []int        // -p: to attach to
	Follow  bool         // -f

	// FDs is -y: 1 shows what descriptors refer to, 2 addresses of sockets, too.
	FDs int
	// Show is how calls are printed. Its functions that look at processes (Syscall.FD)
	// are runTrace's to set.
	Show   calltrace.Options
	Colour tty.When

	// Out is where the trace goes: the file of -o, or standard error. Its first error
	// stays with it; the tracees run on untraced then, and the caller reports it.
	Out    io.Writer
	Stderr *os.File // our own messages
}

// runTrace runs the trace. Its result is the exit status of the launched program as
// ExitStatus tells it, 0 when it only attached. What it attached to is let go however
// it returns.
func runTrace(cfg TraceConfig) (exit int, err error) {
	return 0, errors.New("tracing is not wired to the engine in this build")
}
