package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/cmd/trapline/internal/collect"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/repl"
	"github.com/trapline/trapline/session"
	"github.com/trapline/trapline/tracer"
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
	Kernel  kernelChoice

	Stdout io.Writer // keeps its first error; a session ends when it has one
	Stderr *os.File
}

// runDebugger runs the session. Its result is the exit status of the program as
// ExitStatus tells it, 0 when the program is still alive or never ran. A program that
// was launched is ended, one that was attached to is let go, however it returns: also
// by a panic or a termination signal.
//
// The goroutine stays locked to its OS thread, which owns the tracees (kernel.Kernel).
func runDebugger(cfg DebugConfig) (exit int, err error) {
	runtime.LockOSThread()
	collect.At(100) // symbols are large
	m, err := newMachine(cfg.Kernel, "")
	if err != nil {
		return 0, err
	}
	defer m.close()
	palette := tty.Palette{On: cfg.Colour.Colour(os.Stdout)}
	face, err := repl.New(repl.Config{Stdin: os.Stdin, Out: cfg.Stdout, Stderr: cfg.Stderr, Palette: palette,
		Batch: cfg.Batch, Scripts: cfg.Scripts, History: repl.HistoryFile(), Terminal: m.terminal})
	if err != nil {
		return 0, err
	}
	s := session.New(session.Config{
		Tracer: tracer.New(m.kernel, tracer.Options{Clock: m.clock}), Out: cfg.Stdout, Palette: palette, Face: face,
		Target:        session.Target{Path: cfg.Path, Program: cfg.Program, Args: cfg.Args, Env: cfg.Env, Dir: cfg.Dir, ASLR: cfg.ASLR},
		NewGroup:      m.alone || face.OwnsTerminal(),
		Signal:        m.signal,
		CheckAttach:   m.checkAttach,
		ExplainAttach: m.explainAttach,
		ExplainLaunch: m.explainLaunch,
		Describe:      m.describe,
		Views:         m.views,
	})
	m.interrupt = s.Interrupt
	if !cfg.Batch {
		m.hint = `; "info kernel threads" shows what for`
	}
	if m.name != "" && !cfg.Batch && tty.IsTerminal(os.Stdin) {
		fmt.Fprintln(cfg.Stderr, "modeled kernel:", m.name)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	err = face.Run(s, func() error { return begin(s, cfg) })
	var ended *repl.Terminated
	if errors.As(err, &ended) {
		if sig, ok := ended.Signal.(unix.Signal); ok {
			return 0, &failure{err: err, status: ExitStatus(0, int(sig))}
		}
	}
	var bad *session.ScriptError
	if errors.As(err, &bad) {
		return 0, &failure{err: err, status: exitScript}
	}
	if s.Ended {
		exit = s.Exit
	}
	if m.lacking {
		exit = exitFailure
	}
	return exit, err
}

// exitScript is the exit status of a script that failed.
const exitScript = 1

// begin brings the process that the command line names.
func begin(s *session.Session, cfg DebugConfig) error {
	switch {
	case cfg.PID != 0:
		return s.Attach(kernel.PID(cfg.PID))
	case cfg.Path == "":
		return nil
	case cfg.Stop == StopEntry:
		return s.Start("")
	}
	return s.Start("main")
}
