package truss

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/syscalls"
	"github.com/trapline/trapline/tracer"
)

// trace is one run.
type trace struct {
	*Config
	host   Host
	tr     *tracer.Tracer
	lines  *lines
	over   atomic.Bool // a signal to us, or our reader, ended it
	launch *tracer.Process
}

// run traces until the tracees have ended. The error is why it could not.
func run(c *Config, stderr io.Writer, newHost func() (Host, error)) (err error) {
	path := ""
	if len(c.Program) > 0 {
		if path, err = find(c.Program[0]); err != nil {
			return err
		}
	}
	out := stderr
	if c.Output != "" {
		f, err := os.Create(c.Output) // close-on-exec, as all that Go opens
		if err != nil {
			var e *os.PathError
			errors.As(err, &e)
			return fail(1, "cannot open %s: %s", c.Output, errnoText(e.Err))
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = f
	}
	host, err := newHost()
	if err != nil {
		return err
	}
	t := &trace{Config: c, host: host}
	opts := tracer.Options{Mode: kernel.Syscalls, Follow: tracer.FollowBoth, Events: kernel.EventExec | kernel.EventThreads,
		Outlive: true, Clock: host.Clock}
	if c.Follow {
		opts.Events |= kernel.EventForks
	}
	t.tr = tracer.New(host.Kernel, opts)
	now := time.Now
	if host.Clock != nil {
		now = host.Clock.Now
	}
	t.lines = newLines(c, out, host.Kernel.OS(), now)
	defer func() { err = errors.Join(err, t.lines.close()) }()
	if host.Interrupted != nil {
		host.Interrupted(t.end)
	}
	defer t.catchSignals()()
	if err := t.begin(path); err != nil {
		return err
	}
	err = t.tr.Run(tracer.Intent{}, t.handle)
	if errors.Is(err, kernel.ErrNoTracees) {
		err = nil
	}
	return errors.Join(err, t.letGo())
}

// errnoText is an error of our own, with a capital as strerror(3) writes it.
func errnoText(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}

// begin launches or attaches.
func (t *trace) begin(path string) error {
	if path == "" {
		if _, err := t.tr.Attach(kernel.PID(t.PID)); err != nil {
			return fail(1, "can not attach to target process: %s", reason(t.tr.OS(), err))
		}
		return nil
	}
	p, err := t.tr.Launch(&kernel.Launch{Path: path, Args: t.Program, Env: os.Environ(), NewGroup: t.host.Alone, Foreground: -1})
	if err != nil {
		return fail(1, "execvp %s: %s", t.Program[0], reason(t.tr.OS(), err))
	}
	t.launch = p
	return nil
}

func (t *trace) handle(e *tracer.Event) bool {
	if e.Kind == tracer.EvInterrupted {
		return t.over.Load()
	}
	if t.lines.handle(e); t.lines.err != nil && t.tr.Mode != kernel.Run {
		t.tr.Mode = kernel.Run // nobody reads: what is left runs on untraced
		return t.launch == nil
	}
	return false
}

// letGo detaches from what is left.
func (t *trace) letGo() error {
	var errs []error
	for _, p := range t.tr.Processes() {
		errs = append(errs, t.tr.Detach(p))
	}
	return errors.Join(errs...)
}

// end makes the trace end; any goroutine may call it.
func (t *trace) end() {
	t.over.Store(true)
	t.tr.Interrupt()
}

// catchSignals makes SIGINT, SIGTERM and SIGQUIT let go of a process attached to; a program
// launched gets them from the terminal, too, and they are its to handle: unless it is not there
// that they reach, on a modeled kernel.
func (t *trace) catchSignals() (stop func()) {
	ours := make(chan os.Signal, 4)
	signal.Notify(ours, unix.SIGINT, unix.SIGTERM, unix.SIGQUIT, unix.SIGPIPE)
	go func() {
		for s := range ours {
			if (t.PID != 0 || t.host.Alone) && s != unix.SIGPIPE {
				t.end()
			}
		}
	}()
	return func() { signal.Stop(ours); close(ours) }
}

// text is how the calls are printed.
func (c *Config) text(kernel *abi.OS) *syscalls.Options {
	limit := c.Strings
	if limit == 0 {
		limit = -1
	}
	return &syscalls.Options{Form: syscalls.Truss, Kernel: kernel, StringLimit: limit, ExecArgs: c.Args, ExecEnv: c.Env, Column: -1}
}
