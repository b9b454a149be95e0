package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/calltrace/report"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/strace"
	"github.com/trapline/trapline/tracer"
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
	// More is what strace's options add.
	More       strace.Config
	KillOnExit bool   // --kill-on-exit
	Unfinished bool   // --unfinished: at a terminal, too, lines begin with their calls
	Files      string // -ff: what the files of threads are called before their numbers; "" there are none
	Adding     bool   // to what is in them
	// Filter lets the kernel keep calls that are not wanted from stopping the program (--seccomp-bpf).
	Filter bool
	// Ended is called with the exit status when the trace is over, though tracees are left that have to be traced on.
	Ended func(status int)
	// Daemon is set in the process that traces with -D; then the program is adopted, not launched.
	Daemon *strace.Daemon

	// FDs is -y: 1 shows what descriptors refer to, 2 addresses of sockets, too.
	FDs int
	// Show is how calls are printed. Its functions that look at processes (Syscall.FD)
	// are runTrace's to set.
	Show calltrace.Options
	// Encoder makes data of the trace (--format); nil prints lines.
	Encoder calltrace.Encoder
	Page    *report.Report // the Encoder, if it is one that makes a page
	Stacks  bool           // -k
	Lines   bool           // -kk: with lines of sources
	Tree    bool           // --tree
	// Closing: a line at the end says how much was traced, if Stderr is a terminal.
	Closing bool
	Colour  tty.When
	Kernel  kernelChoice

	// Out is where the trace goes: the file of -o, or standard error. Its first error
	// stays with it; the tracees run on untraced then, and the caller reports it.
	Out    io.Writer
	Stderr *os.File // our own messages
}

// runTrace runs the trace. Its result is the exit status of the launched program as
// ExitStatus tells it, 0 when it only attached. What it attached to is let go however
// it returns; what it launched outlives it, since nothing of ours stands in it.
func runTrace(cfg TraceConfig) (exit int, err error) {
	m, err := newMachine(cfg.Kernel, "trapline trace -p")
	if err != nil {
		return 0, err
	}
	defer m.close()
	opts := tracer.Options{Mode: calltrace.Mode(&cfg.Show, m.kernel.OS()), Follow: tracer.FollowBoth, Events: kernel.EventExec, Outlive: true, Clock: m.clock}
	if cfg.Follow {
		opts.Events |= kernel.EventThreads | kernel.EventForks
	}
	if cfg.KillOnExit {
		opts.Outlive = false
		opts.Events |= kernel.EventExitKill
	}
	t := &trace{cfg: cfg, machine: m, tr: tracer.New(m.kernel, opts)}
	defer func() {
		if err == nil {
			t.stay(exit)
		}
	}()
	if cfg.FDs > 0 {
		t.cfg.Show.Syscall.FD = calltrace.Descriptors(m.kernel.Procfs(), cfg.FDs > 1)
	}
	if m.clock != nil {
		t.cfg.Show.Now = m.clock.Now
	}
	t.totals.begun = t.now()
	t.look()
	t.extras = t.cfg.More.NewExtras(m.kernel, &t.cfg.Show, t.tell)
	if m.name == "" {
		t.extras.Look(&t.cfg.Show)
	}
	t.open()
	defer t.close()
	for _, text := range cfg.More.Warnings {
		t.tell(text)
	}
	m.tell = t.tell
	m.interrupt = func() { t.end(unix.SIGINT) }
	defer func() { err = errors.Join(err, t.live.Close(), t.sink.Close()) }()
	defer t.letGo()
	if m.terminal != nil {
		defer func() { err = errors.Join(err, m.terminal.Close()) }()
	}
	stop := t.catchSignals()
	defer stop()
	if err := t.begin(); err != nil {
		return 0, err
	}
	return t.run()
}

// trace is one run of the trace command.
type trace struct {
	cfg      TraceConfig
	machine  *machine
	tr       *tracer.Tracer
	sink     calltrace.Sink
	live     *calltrace.Live
	extras   *strace.Extras
	totals   totals
	stacks   *calltrace.Stacks // nil: nobody wants any
	tree     *calltrace.Tree   // nil: nobody wants it
	launched *tracer.Process
	started  bool  // the program launched has replaced our child
	failed   error // why it could not
	status   int
	leaving  []*tracer.Process // to be let go of: -b
	filtered bool              // the program has a filter: nobody is let go
	warned   bool              // the user knows what that hinders
	signal   atomic.Int32      // that ended us, 0 none
	presses
}

// look gives the sink its views of the processes.
func (t *trace) look() {
	fs, show := t.machine.kernel.Procfs(), &t.cfg.Show
	if t.cfg.Stacks {
		t.stacks = calltrace.NewStacks(t.tr)
		t.stacks.Lines = t.cfg.Lines
		show.Stack, show.Frames = t.stacks.Append, t.stacks.Frames
	}
	show.Comm = func(tid int) string {
		comm, _ := fs.Proc(tid).Comm() // of one that has just ended nothing is known
		return comm
	}
	show.Exe = func(pid int) string {
		path, _, _ := fs.Proc(pid).Exe()
		return path
	}
	if t.cfg.Page != nil {
		cwd := func(pid int) string {
			path, _ := fs.Proc(pid).Cwd() // of one that has just ended nothing is known
			return path
		}
		t.cfg.Page.Look(cwd, calltrace.Descriptors(fs, true))
	}
	if t.cfg.Tree {
		t.tree = calltrace.NewTree(t.machine.kernel.OS(), show.Comm, t.now)
	}
	if show.By == calltrace.ByPath || show.Where != nil && (show.Where.Uses("path") || show.Where.Uses("peer")) {
		show.Links = calltrace.Descriptors(fs, true)
		show.Cwd = func(pid int) string {
			path, _ := fs.Proc(pid).Cwd() // of one that has just ended nothing is known
			return path
		}
	}
}

// open makes the sink. What is told the user has no place among data: it goes to standard
// error if the data goes elsewhere.
func (t *trace) open() {
	if t.cfg.Encoder == nil {
		if show := &t.cfg.Show; !t.cfg.Unfinished && show.Partial && show.Summary != calltrace.OnlySummary && tty.IsTerminal(t.cfg.Stderr) {
			show.Partial = false
			show.Whole = func() int { columns, _ := tty.Size(t.cfg.Stderr); return columns }
		}
		p := calltrace.New(t.cfg.Out, t.machine.kernel.OS(), t.cfg.Show)
		t.sink, t.live = p, calltrace.NewLive(p)
		if t.cfg.More.Inject == nil && !t.cfg.Show.Shared { // which look at what is printed of a call before it goes on
			t.live.Later = t.tr.Later
		}
		if t.cfg.Files != "" {
			t.separately(t.cfg.Files, t.cfg.Adding)
		}
		return
	}
	if t.cfg.Show.ToFile {
		t.cfg.Show.Messages = func(text string) { fmt.Fprintln(t.cfg.Stderr, text) }
	}
	e := calltrace.NewEvents(t.cfg.Out, t.machine.kernel.OS(), t.cfg.Show, t.cfg.Encoder)
	t.sink, t.live = e, calltrace.NewLiveEvents(e)
}

// close says what was traced, to a person.
func (t *trace) close() {
	if t.tree != nil {
		_ = t.tree.Write(t.cfg.Stderr) // a closed standard error is not told of
	}
	if t.cfg.Closing && (t.totals.calls > 0 || t.signal.Load() != 0) && tty.IsTerminal(t.cfg.Stderr) && (t.cfg.Encoder == nil || t.cfg.Show.ToFile) {
		fmt.Fprintln(t.cfg.Stderr, "trapline: trace:", t.totals.line(t.now().Sub(t.totals.begun)))
	}
}

// now is the time of the tracees.
func (t *trace) now() time.Time {
	if t.machine.clock != nil {
		return t.machine.clock.Now()
	}
	return time.Now()
}

// begin launches and attaches. A process that cannot be attached to is told of and the
// others are traced; when none is left that is the error.
func (t *trace) begin() error {
	var last error
	for _, pid := range t.cfg.PIDs {
		p, err := t.tr.Attach(kernel.PID(pid))
		if err != nil {
			last = t.machine.explainAttach(pid, err)
			if len(t.cfg.PIDs) > 1 {
				fmt.Fprintln(t.cfg.Stderr, "trapline: trace:", last)
			}
			continue
		}
		t.live.Attached(p)
		t.met(p)
	}
	if len(t.tr.Processes()) > 0 && !t.cfg.Show.NoAttach && t.machine.kernel.Procfs().KillsTracees() {
		t.tell("should trapline be killed (kill -9), this system kills with it what it has attached to; ^C lets it go")
	}
	if t.cfg.Path == "" {
		if len(t.tr.Processes()) == 0 {
			return last
		}
		return nil
	}
	p, err := t.start()
	if err != nil {
		return err
	}
	t.launched = p
	t.met(p)
	t.live.Started(p)
	if t.machine.terminal != nil {
		return t.machine.terminal.Give(int(p.PID))
	}
	return nil
}

// program is what is started.
func (cfg *TraceConfig) program() *kernel.Launch {
	return &kernel.Launch{Path: cfg.Path, Args: append([]string{cfg.Program}, cfg.Args...), Env: cfg.Env, Cred: cfg.Cred}
}

// start launches the program, or adopts who becomes it.
func (t *trace) start() (*tracer.Process, error) {
	if t.cfg.Daemon != nil {
		return t.cfg.Daemon.Adopt(t.tr)
	}
	l := t.cfg.program()
	l.Calls, l.NewGroup, l.Foreground = true, t.machine.alone, -1
	p, err := t.launch(l)
	if err != nil {
		err = t.machine.explainLaunch(t.cfg.Path, err)
	}
	return p, err
}

// met counts a process that was launched or attached to.
func (t *trace) met(p *tracer.Process) {
	t.totals.processes++
	if t.tree != nil {
		t.tree.Add(p)
	}
}

// tell is a line for the user, whom a line of the trace may be in the way of.
func (t *trace) tell(text string) {
	if t.cfg.Show.ToFile {
		fmt.Fprintln(t.cfg.Stderr, "trapline: trace:", text)
		return
	}
	_ = t.sink.Message("trace: " + text) // if nobody reads, the next line tells
}

// run traces until every tracee has ended, or a signal ends us.
func (t *trace) run() (int, error) {
	err := t.tr.Run(tracer.Intent{}, t.handle)
	for ; err == nil && len(t.leaving) > 0; err = t.tr.Run(tracer.Intent{}, t.handle) {
		for _, p := range t.leaving {
			t.detach(p)
		}
		t.leaving = nil
	}
	if errors.Is(err, kernel.ErrNoTracees) {
		err = nil
	}
	if t.failed != nil {
		return 0, errors.Join(t.machine.explainLaunch(t.cfg.Path, t.failed), t.tr.Kill(t.launched))
	}
	sig := t.signal.Load()
	if sig == 0 && err == nil {
		t.machine.runOn()
	}
	if sig != 0 && t.launched != nil && t.tr.Process(t.launched.PID) != nil {
		if sig != int32(unix.SIGINT) { // as strace does: what we started goes with us
			_ = t.machine.signal(t.launched.PID, kernel.Signal(sig)) // it may have ended
		}
		t.status = ExitStatus(0, int(sig))
	} else if t.launched == nil && sig != 0 && sig != int32(unix.SIGINT) { // ^C is how one ends it
		t.status = ExitStatus(0, int(sig))
	}
	if t.machine.lacking {
		t.status = exitFailure
	}
	return t.status, err
}

func (t *trace) handle(e *tracer.Event) bool {
	switch {
	case e.Kind == tracer.EvInterrupted:
		return t.signal.Load() != 0 || t.pressedAgain()
	case t.cfg.Daemon.Muted(e), t.unseen(e):
		return false
	}
	if e.Process == t.launched && t.launched != nil {
		switch e.Kind {
		case tracer.EvExited:
			t.status = ExitStatus(e.Stop.Code, 0)
		case tracer.EvKilled:
			t.status = ExitStatus(0, int(e.Stop.Signal))
		}
	}
	t.totals.count(e)
	if t.stacks != nil {
		t.stacks.Watch(e)
	}
	if t.tree != nil {
		t.tree.Watch(e)
	}
	t.extras.Handle(t.live, e)
	if e.Process == t.launched && (e.Kind == tracer.EvExited || e.Kind == tracer.EvKilled) {
		t.pressedAgain()
	}
	if e.Kind == tracer.EvExec {
		t.started = true
	} else if t.filtered && !t.cfg.Follow && (e.Kind == tracer.EvExited || e.Kind == tracer.EvKilled) {
		return true // those unseen may live on
	} else if e.Kind == tracer.EvSyscallExit && !t.started && e.Process == t.launched && t.cfg.Daemon == nil { // who tells of it
		t.failed = &kernel.Error{Op: "execute " + t.cfg.Path, Errno: int(-e.Thread.Call.Ret), OS: t.tr.OS()}
		return true
	}
	if t.extras.Leaves(e, t.launched) {
		t.leaving = append(t.leaving, e.Process)
		return true
	}
	if t.live.Err() == nil {
		return false
	}
	// Nobody reads: what we launched runs on at full speed, to its exit status; what we
	// attached to has no more use for us.
	t.tr.Mode = kernel.Run
	return t.launched == nil || t.tr.Process(t.launched.PID) == nil
}

// letGo detaches from whatever is left.
func (t *trace) letGo() {
	for _, p := range t.tr.Processes() {
		if t.filtered && !t.cfg.Follow {
			continue
		}
		t.detach(p)
	}
}

// detach lets a process go, unless it has a filter: see stay.
func (t *trace) detach(p *tracer.Process) {
	for _, th := range p.Threads() {
		_ = t.sink.Detached(int(th.TID)) // the output keeps its failure
	}
	if t.filtered {
		return
	}
	if err := t.tr.Detach(p); err != nil {
		fmt.Fprintln(t.cfg.Stderr, "trapline: trace:", err)
	}
}
