package strace

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/syscalls"
	"github.com/trapline/trapline/tracer"
)

// trace is one run.
type trace struct {
	*Config
	stderr   *os.File
	k        kernel.Kernel
	tr       *tracer.Tracer
	out      *sink
	printer  *calltrace.Printer
	live     *calltrace.Live
	extras   *Extras
	launched *tracer.Process
	path     string
	started  bool
	execErr  error
	status   int // of what was launched; from 256 on a signal
	attached map[kernel.PID]bool
	leaving  []*tracer.Process // to be let go of: -b
	stacks   *calltrace.Stacks
	filtered bool // the program has a filter: nobody is let go
	daemon   *Daemon
	signal   atomic.Int32
}

// run traces. Its result is the program's exit status, or 256 and the signal that ended it.
func run(c *Config, stderr *os.File, newKernel func() (kernel.Kernel, error)) (status int, err error) {
	t := &trace{Config: c, stderr: stderr, attached: map[kernel.PID]bool{}}
	if len(c.Program) > 0 {
		if t.path, err = findProgram(c.Program[0]); err != nil {
			return 0, err
		}
		if err := t.credentials(); err != nil {
			return 0, err
		}
	}
	if c.Daemon > 0 {
		var handed bool
		t.daemon, handed, status, err = c.Daemonize(&kernel.Launch{Path: t.path, Args: t.Program, Env: changed(os.Environ(), t.Env), Cred: t.Cred})
		if handed || err != nil {
			return status, err
		}
	}
	if t.k, err = newKernel(); err != nil {
		return 0, err
	}
	if t.out, err = openOutput(c, stderr); err != nil {
		return 0, err
	}
	t.engine()
	t.watch()
	stop := Catch(t.interruptible(), func(sig unix.Signal) {
		t.signal.Store(int32(sig))
		t.tr.Interrupt()
	})
	defer stop()
	if err = t.begin(); err == nil {
		err = t.loop()
	}
	t.letGo()
	if e := t.live.Close(); err == nil {
		err = e
	}
	t.outputFailed(first(t.live.Err(), t.printer.Close()))
	if e := t.out.close(); err == nil {
		err = e
	}
	t.stay()
	if t.execErr != nil {
		return 1, nil
	}
	if sig := t.signal.Load(); sig != 0 {
		t.status = 0x100 | int(sig)
	}
	return t.status, err
}

// outputFailed says that the trace could not be written, which fails nothing.
func (t *trace) outputFailed(err error) {
	if err != nil {
		fmt.Fprintf(t.stderr, "%s: %s: %s\n", t.Name, cmp.Or(t.Output, "standard error"), reason(err))
	}
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// engine makes the engine and the printers.
func (t *trace) engine() {
	opts := tracer.Options{Mode: kernel.Syscalls, Follow: tracer.FollowBoth, Events: kernel.EventExec | kernel.EventExit, Outlive: true}
	if t.Follow > 0 {
		opts.Events |= kernel.EventThreads | kernel.EventForks
	}
	if t.KillOnExit {
		opts.Events |= kernel.EventExitKill
	}
	t.tr = tracer.New(t.k, opts)
	if k, ok := t.k.(interface{ OnStray(func(kernel.PID)) }); ok {
		k.OnStray(t.stray)
	}
	t.Show.Messages = t.message
	t.Show.Syscall.Short = func(addr uint64, got, want int) {
		t.message(fmt.Sprintf("umovestr: short read (%d < %d) @%#x: Bad address", got, want, addr))
	}
	if t.Stacks {
		t.stacks = calltrace.NewStacks(t.tr)
		t.Show.Stack = t.stacks.Append
	}
}

// watch starts the printers; -P is told of first.
func (t *trace) watch() {
	t.extras = t.NewExtras(t.k, &t.Show, t.message)
	t.extras.Look(&t.Show)
	t.printer = calltrace.New(t.out, t.k.OS(), t.Show)
	t.live = calltrace.NewLive(t.printer)
	if t.Inject == nil && !t.Show.Shared { // which look at what is printed of a call before it goes on
		t.live.Later = t.tr.Later
	}
	if t.Separate {
		t.live.Split = func(tid int) (*calltrace.Printer, error) {
			out, err := openFor(t.Config, tid)
			if err != nil {
				return nil, err
			}
			return calltrace.New(out, t.k.OS(), t.Show).Owning(closing{out}), nil
		}
	}
}

// closing is an output of which the printer is the last user.
type closing struct{ *sink }

// Close implements io.Closer.
func (c closing) Close() error { return c.close() }

// message is a line of ours; beside the trace it stands where the trace stands.
func (t *trace) message(text string) {
	text = t.Name + ": " + text + "\n"
	if t.Output == "" && t.printer != nil {
		_ = t.printer.Notice(text)
		return
	}
	fmt.Fprint(t.stderr, text)
}

// dumps says whether what a call moves is shown.
func (c *Config) dumps(call *syscalls.Call, write bool) bool {
	set := c.Read
	if write {
		set = c.Write
	}
	return set.has(int(int32(call.Args[0])))
}

// begin attaches and launches.
func (t *trace) begin() (err error) {
	for _, pid := range t.PIDs {
		if pid == os.Getpid() {
			return fatal("I'm sorry, I can't let you do that, Dave.")
		}
	}
	for _, pid := range t.PIDs {
		if err := t.attach(pid); err != nil {
			t.message(err.Error())
		}
	}
	if len(t.Program) == 0 {
		if len(t.tr.Processes()) == 0 {
			t.status = 1
		}
		return nil
	}
	if t.daemon != nil {
		if t.launched, err = t.daemon.Adopt(t.tr); err == nil {
			t.live.Started(t.launched)
			t.tellAttached(t.launched)
		}
		return err
	}
	p, err := t.launch(&kernel.Launch{Path: t.path, Args: t.Program, Env: changed(os.Environ(), t.Env), Cred: t.Cred,
		Calls: true, Foreground: -1, Only: t.filter()})
	refused := errors.Is(err, kernel.ErrNoCalls)
	if t.Debug {
		t.message("PTRACE_GET_SYSCALL_INFO " + map[bool]string{false: "works", true: "does not work"}[refused])
	}
	switch {
	case refused:
		return fatal("%s", err)
	case err != nil:
		return fatal("exec: %s", errnoText(err))
	}
	t.launched = p
	t.live.Started(p)
	t.giveUpStandardFiles()
	return nil
}

// filter is what has to stop the program; nil is all. A filter cannot be taken out again and children
// have it, too: it is for those that are traced to their ends.
func (t *trace) filter() kernel.CallFilter {
	if !t.BPF || t.Follow == 0 || len(t.PIDs) > 0 || !t.Filterable() || kernel.FilteringOf(t.k) == kernel.NoFiltering {
		return nil
	}
	return calltrace.Needed(&t.Show, t.k.OS())
}

// launch starts the program, without a filter if the system does not let us have one.
func (t *trace) launch(l *kernel.Launch) (*tracer.Process, error) {
	t.tr.Outlive = l.Only == nil
	p, err := t.tr.Launch(l)
	if errors.Is(err, kernel.ErrNoFilter) {
		l.Only, t.tr.Outlive = nil, true
		p, err = t.tr.Launch(l)
	}
	t.filtered = err == nil && l.Only != nil
	return p, err
}

// stay goes on with those that cannot be let go, until they have ended or a signal ends us, and them.
func (t *trace) stay() {
	if !t.filtered || len(t.tr.Processes()) == 0 {
		return
	}
	before := t.signal.Swap(0)
	t.tr.Mode = kernel.Run
	_ = t.tr.Run(tracer.Intent{}, func(e *tracer.Event) bool { // there is nobody to tell of an error
		return e.Kind == tracer.EvInterrupted && t.signal.Load() != 0
	})
	t.signal.Store(before)
}

// giveUpStandardFiles lets go of the program's input and output, so that who is at the other end
// sees when the program closes them.
func (t *trace) giveUpStandardFiles() {
	null, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	for fd := range 2 {
		if null != fd {
			_ = unix.Dup2(null, fd) // it cannot fail: both are descriptors
		}
	}
	if null > 2 {
		_ = unix.Close(null)
	}
}

func (t *trace) attach(pid int) error {
	p, err := t.tr.Attach(kernel.PID(pid))
	if err != nil {
		return fmt.Errorf("attach: ptrace(PTRACE_SEIZE, %d): %s", pid, errnoText(err))
	}
	t.attached[p.PID] = true
	t.live.Started(p)
	t.tellAttached(p)
	return nil
}

// tellAttached says that a process is traced that was there before.
func (t *trace) tellAttached(p *tracer.Process) {
	if t.Quiet&quietAttach != 0 {
		return
	}
	text := fmt.Sprintf("Process %d attached", p.PID)
	if n := len(p.Threads()); n > 1 {
		text += fmt.Sprintf(" with %d threads", n)
	}
	t.message(text)
}

func errnoText(err error) string {
	var e *kernel.Error
	if errors.As(err, &e) {
		if row := abi.Linux.Errno(e.Errno); row != nil {
			return row.Text
		}
	}
	if errors.Is(err, kernel.ErrGone) {
		return "No such process"
	}
	return err.Error()
}

// changed is an environment with the changes of -E.
func changed(env, changes []string) []string {
	for _, change := range changes {
		name, _, set := strings.Cut(change, "=")
		kept := env[:0:0]
		for _, v := range env {
			if !strings.HasPrefix(v, name+"=") {
				kept = append(kept, v)
			}
		}
		if env = kept; set {
			env = append(env, change)
		}
	}
	return env
}

// loop traces until all tracees have ended or a signal ends us.
func (t *trace) loop() error {
	for len(t.tr.Processes()) > 0 {
		err := t.tr.Run(tracer.Intent{}, t.handle)
		for _, p := range t.leaving {
			t.detach(p)
		}
		t.leaving = nil
		switch {
		case errors.Is(err, kernel.ErrNoTracees):
			return nil
		case err != nil:
			return err
		case t.signal.Load() != 0:
			t.endLaunched()
			return nil
		case t.execErr != nil:
			t.message("exec: " + errnoText(t.execErr))
		}
	}
	return nil
}

// endLaunched lets what we started go with us, as by the signal that ended us.
func (t *trace) endLaunched() {
	if t.launched == nil || t.tr.Process(t.launched.PID) == nil || t.attached[t.launched.PID] {
		return
	}
	sig := unix.Signal(t.signal.Load())
	if sig == 0 {
		sig = unix.SIGTERM
	}
	_ = unix.Kill(int(t.launched.PID), sig) // it may have ended
	_ = unix.Kill(int(t.launched.PID), unix.SIGCONT)
}

// callName is the name of the call of an event.
func callName(e *tracer.Event) string {
	return calltrace.ABIOf(e.Thread.Call.ABI).CallName(e.Thread.Call.Nr)
}

func (t *trace) handle(e *tracer.Event) bool {
	if t.daemon.Muted(e) {
		return false
	}
	if t.stacks != nil {
		t.stacks.Watch(e)
	}
	switch e.Kind {
	case tracer.EvProcessNew:
		if t.Follow == 0 { // made with CLONE_PTRACE
			t.leaving = append(t.leaving, e.Process)
			return true
		}
	case tracer.EvInterrupted:
		return t.signal.Load() != 0
	case tracer.EvExited, tracer.EvKilled:
		t.ended(e)
	case tracer.EvExec:
		t.started = t.started || e.Process == t.launched
	case tracer.EvSyscallEnter:
		if t.Debug {
			t.unknown(e.Thread)
		}
	}
	if t.execErr != nil && e.Process == t.launched && !t.failed(e) {
		return false
	}
	t.extras.Handle(t.live, e)
	if e.Kind == tracer.EvSyscallExit && !t.started && e.Process == t.launched && e.Thread.Call.Failed {
		t.execErr = &kernel.Error{Op: "execute " + t.path, Errno: int(-e.Thread.Call.Ret), OS: t.tr.OS()}
		t.tr.Later(func() { t.message("exec: " + errnoText(t.execErr)) }) // behind the line of the call
	}
	if t.extras.Leaves(e, t.launched) {
		t.leaving = append(t.leaving, e.Process)
		return true
	}
	if t.live.Err() != nil { // nobody reads: the program runs on by itself
		t.tr.Mode = kernel.Run
	}
	return false
}

// failed is the end of a process that could not become the program. What it does until then is
// its maker's affair; it reports whether the event is to be shown.
func (t *trace) failed(e *tracer.Event) bool {
	if e.Kind != tracer.EvExited {
		return false
	}
	e.Stop.Code = 1
	return true
}

// unknown tells of a call without a name (-d).
func (t *trace) unknown(th *tracer.Thread) {
	c := syscalls.Call{ABI: calltrace.ABIOf(th.Call.ABI), Nr: th.Call.Nr, Opts: &t.Show.Syscall}
	if !c.Known() {
		fmt.Fprintf(t.stderr, "%s: pid %d invalid syscall %#x\n", t.Name, th.TID, c.Nr)
	}
}

// stray tells of a child that a tracee gave us.
func (t *trace) stray(pid kernel.PID) {
	if t.Quiet&quietExit == 0 {
		t.message(fmt.Sprintf("Exit of unknown pid %d ignored", pid))
	}
}

func (t *trace) ended(e *tracer.Event) {
	if t.launched == nil || e.Process != t.launched {
		return
	}
	if e.Kind == tracer.EvExited {
		t.status = e.Stop.Code
	} else {
		t.status = 0x100 | int(e.Stop.Signal)
	}
}

// detach lets a process go and says so.
func (t *trace) detach(p *tracer.Process) {
	if t.tr.Process(p.PID) == nil {
		return
	}
	text := "Process %d detached"
	if t.Follow == 0 && p != t.launched && !t.attached[p.PID] {
		text = "Detached unknown pid %d"
	}
	for _, th := range p.Threads() {
		if t.Quiet&quietAttach == 0 {
			t.message(fmt.Sprintf(text, th.TID))
		}
		_ = t.live.Printer(th.TID).Forgotten(int(th.TID))
	}
	if t.filtered { // see stay
		return
	}
	if err := t.tr.Detach(p); err != nil {
		t.message(err.Error())
	}
}

// letGo detaches from whatever is left.
func (t *trace) letGo() {
	for _, p := range t.tr.Processes() {
		t.detach(p)
	}
}

// interruptible is what -I says, or means.
func (t *trace) interruptible() int {
	switch {
	case t.Interruptible != 0:
		return t.Interruptible
	case t.Output != "" && len(t.Program) > 0:
		return never
	}
	return whileWaiting
}
