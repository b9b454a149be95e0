// Package repl is the face of a debugging session that people see: a prompt with
// history and completion, or lines from a script or a pipe.
//
// The session, and the engine under it, belong to one goroutine locked to its OS
// thread: the one that calls Run. Reading a line happens on another goroutine while
// that one waits, so that a termination signal finds it ready to let go of the tracees.
package repl

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/session"
	"github.com/trapline/trapline/tracer"
)

// Config is what a REPL works with.
type Config struct {
	Stdin   *os.File
	Out     io.Writer // keeps its first error if it has an Err method
	Stderr  io.Writer // errors of commands
	Palette tty.Palette
	Batch   bool     // no questions; end after the scripts
	Scripts []string // run before the first prompt; "-" is standard input
	History string   // file; "" keeps none
	// Terminal is what changes hands between the prompt and programs; nil: our own one does.
	Terminal Terminal
}

// Terminal is a terminal that is the prompt's, or a program's while that runs.
type Terminal interface {
	Active() bool       // there is one
	Give(pid int) error // to the job of a process
	Take() error        // back
	Close() error
}

// REPL is one face.
type REPL struct {
	Config
	s       *session.Session
	lines   lineReader
	hand    Terminal
	running atomic.Bool
	script  atomic.Bool    // lines come from a script
	early   atomic.Bool    // ^C came between two runs of a script
	ended   chan os.Signal // asked to terminate
	term    *Terminated    // once that was noticed
	last    string         // what an empty line means
}

// lineReader gives lines. ErrAborted is ^C, io.EOF the end.
type lineReader interface {
	line(prompt string, complete func(string) (string, []string)) (string, error)
	remember(line string)
	close() error
}

var errAborted = errors.New("interrupted")

// New makes a face; its session is given to Run, as each needs the other.
func New(c Config) (*REPL, error) {
	r := &REPL{Config: c, hand: c.Terminal, ended: make(chan os.Signal, 1)}
	if r.hand != nil {
		return r, nil
	}
	hand, err := tty.NewHandover()
	if err != nil {
		return nil, err
	}
	r.hand = hand
	return r, nil
}

// OwnsTerminal says whether there is a terminal to hand to a program.
func (r *REPL) OwnsTerminal() bool { return r.hand.Active() }

// Terminated is the error of a session that a signal ended.
type Terminated struct{ Signal os.Signal }

func (e *Terminated) Error() string { return fmt.Sprintf("ended by signal %v", e.Signal) }

// Run serves a session until it ends: begin brings the first process, scripts follow,
// then the prompt. It returns what made it end, nil for quit and the end of input. The
// session is not closed.
func (r *REPL) Run(s *session.Session, begin func() error) error {
	r.s = s
	defer r.signals()()
	defer r.hand.Close()
	if begin != nil {
		if err := begin(); err != nil {
			return err
		}
	}
	if err := r.scripts(); err != nil {
		return quiet(err)
	}
	if r.Batch {
		if len(r.Scripts) == 0 {
			return quiet(r.unattended())
		}
		return nil
	}
	r.lines = r.newLines()
	defer r.lines.close()
	return quiet(r.loop())
}

func quiet(err error) error {
	if errors.Is(err, session.ErrQuit) {
		return nil
	}
	return err
}

// deadly are the signals that would end us where we stand, with traps left in what was
// attached to. They end the session instead.
var deadly = []os.Signal{unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGUSR1, unix.SIGUSR2, unix.SIGALRM, unix.SIGXCPU}

// signals routes ^C to what runs, and the signals that end us to whoever waits.
func (r *REPL) signals() (undo func()) {
	c := make(chan os.Signal, 8)
	signal.Notify(c, append(deadly, unix.SIGINT)...)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case sig := <-c:
				if sig != unix.SIGINT {
					select {
					case r.ended <- sig:
					default:
					}
				}
				if sig == unix.SIGINT && r.script.Load() {
					r.early.Store(true)
				}
				if r.running.Load() {
					r.early.Store(false)
					r.s.Interrupt()
				} else {
					r.s.Cancel()
				}
			}
		}
	}()
	return func() {
		signal.Stop(c)
		close(done)
	}
}

func (r *REPL) scripts() error {
	r.script.Store(true)
	defer func() {
		r.script.Store(false)
		r.early.Store(false)
	}()
	for _, name := range r.Scripts {
		var err error
		if name == "-" {
			err = r.s.Script(r.Stdin, "standard input")
		} else {
			err = r.s.Source(name)
		}
		if err == nil {
			err = r.Health()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unattended is --batch without a script: the program runs to its end; if something
// stops it, the stack tells where.
func (r *REPL) unattended() error {
	if err := r.s.Execute("continue"); err != nil {
		return err
	}
	if len(r.s.Live()) > 0 {
		return r.s.Execute("backtrace")
	}
	return nil
}

// Health is what ends a session from outside: a signal, output that goes nowhere.
func (r *REPL) Health() error {
	select {
	case sig := <-r.ended:
		r.term = &Terminated{sig}
	default:
	}
	if r.term != nil {
		return r.term
	}
	if o, ok := r.Out.(interface{ Err() error }); ok {
		return o.Err()
	}
	return nil
}

const prompt = "(trapline) "

func (r *REPL) loop() error {
	for {
		line, err := r.read(prompt)
		switch {
		case errors.Is(err, errAborted):
			continue
		case errors.Is(err, io.EOF):
			if err := r.s.Execute("quit"); err != nil && !errors.Is(err, session.ErrQuit) {
				if !r.interactive() {
					return nil
				}
				continue
			}
			return nil
		case err != nil:
			return err
		}
		if err := r.one(line); err != nil {
			return err
		}
	}
}

func (r *REPL) interactive() bool { _, plain := r.lines.(*plainLines); return !plain }

// one runs a line; only what ends the session is returned.
func (r *REPL) one(line string) error {
	line = strings.TrimSpace(line)
	if line == "" {
		line = r.last
	} else if r.interactive() {
		r.lines.remember(line)
	}
	if line == "" {
		return nil
	}
	r.last = session.RepeatLine(line)
	err := r.s.Execute(line)
	if errors.Is(err, session.ErrQuit) {
		return err
	}
	if err != nil {
		fmt.Fprintln(r.Stderr, r.Palette.Paint(tty.Error, err.Error()))
	}
	return r.Health()
}

// read waits for a line or for a signal that ends us.
func (r *REPL) read(p string) (string, error) {
	type result struct {
		line string
		err  error
	}
	c := make(chan result, 1)
	go func() {
		line, err := r.lines.line(p, r.s.Complete)
		c <- result{line, err}
	}()
	select {
	case res := <-c:
		return res.line, res.err
	case sig := <-r.ended:
		return "", &Terminated{sig}
	}
}

// Confirm asks a yes-or-no question; without a person the answer is yes.
func (r *REPL) Confirm(question string) bool {
	if r.Batch || r.lines == nil || !r.interactive() {
		return true
	}
	text, last := "", question
	if i := strings.LastIndexByte(question, '\n'); i >= 0 { // a prompt is one line
		text, last = question[:i+1], question[i+1:]
	}
	fmt.Fprint(r.Out, text)
	for {
		answer, err := r.read(last + " (y or n) ")
		if err != nil {
			return errors.Is(err, io.EOF)
		}
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "y", "yes":
			return true
		case "n", "no":
			return false
		}
		fmt.Fprintln(r.Out, "Please answer y or n.")
	}
}

// ReadLine is a line of a block.
func (r *REPL) ReadLine(p string) (string, error) {
	if r.lines == nil {
		return "", io.EOF
	}
	return r.read(p)
}

// Running hands the terminal to the program's job.
func (r *REPL) Running(p *tracer.Process) {
	r.running.Store(true)
	if r.early.Swap(false) || len(r.ended) > 0 { // a signal that came when nothing ran
		r.s.Interrupt()
	}
	if p == nil {
		return
	}
	if err := r.hand.Give(int(p.PID)); err != nil {
		fmt.Fprintln(r.Stderr, r.Palette.Paint(tty.Warning, "the program does not get the terminal: "+err.Error()))
	}
}

// Stopped takes it back.
func (r *REPL) Stopped() {
	r.running.Store(false)
	if err := r.hand.Take(); err != nil {
		fmt.Fprintln(r.Stderr, r.Palette.Paint(tty.Warning, "the terminal does not come back: "+err.Error()))
	}
}
