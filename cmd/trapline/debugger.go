package main

import (
	"errors"
	"io"
	"os"

	"github.com/trapline/trapline/internal/tty"
)

// StopPlace is where a launched program is first shown.
type StopPlace string

// The places to stop first.
const (
	StopMain  StopPlace = "main"
	StopEntry StopPlace = "entry"
)

// DebugConfig is one debugging session as the command line asks for it. Program, PID
// or neither is set; with neither the session's own commands choose.
type DebugConfig struct {
	Program string   // as typed: argv[0]
	Path    string   // the file to execute
	Args    []string // argv[1:]
	Env     []string // the whole environment
	Dir     string   // "" is ours
	Stop    StopPlace
	ASLR    bool
	PID     int // to attach to

	Scripts []string // files of commands, "-" is standard input
	Batch   bool     // end after the scripts
	Colour  tty.When

	Stdout io.Writer // keeps its first error; a session ends when it has one
	Stderr *os.File
}

// runDebugger runs the session. Its result is the exit status of the program as
// ExitStatus tells it, 0 when the program is still alive or never ran. A program that
// was launched is ended, one that was attached to is let go, however it returns.
func runDebugger(cfg DebugConfig) (exit int, err error) {
	return 0, errors.New("debugging sessions are not wired to the engine in this build")
}
