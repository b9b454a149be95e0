package main

// Traces of programs under a kernel's filter: only the calls that are wanted stop them.
//
// A filter cannot be taken out again and children have it, too, so nobody who has it is let go:
// children that the user does not follow, and who is left when the trace ends, are traced unseen, to
// their end. So another process of ours traces (the keeper): the one that was started passes on the
// program's end, and the keeper stays with the rest.

import (
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/tracer"
)

// filter is what has to stop the program that is launched; nil when all has to, or nothing, or no filter is safe.
func (cfg *TraceConfig) filter(k kernel.Kernel) kernel.CallFilter {
	enough := kernel.FilteringAll
	if cfg.Follow {
		enough = kernel.FilteringFollowed
	}
	if !cfg.Filter || calltrace.Mode(&cfg.Show, k.OS()) == kernel.Run || !cfg.More.Filterable() || cfg.Path == "" || len(cfg.PIDs) > 0 || kernel.FilteringOf(k) < enough {
		return nil
	}
	return calltrace.Needed(&cfg.Show, k.OS())
}

// launch starts the program, under a filter if there is one to have.
func (t *trace) launch(l *kernel.Launch) (*tracer.Process, error) {
	plain := t.tr.Options
	if l.Only = t.cfg.filter(t.machine.kernel); l.Only != nil {
		t.tr.Events |= kernel.EventThreads | kernel.EventForks
		t.tr.Outlive = false
	}
	p, err := t.tr.Launch(l)
	if errors.Is(err, kernel.ErrNoFilter) {
		t.tr.Options, l.Only = plain, nil
		p, err = t.tr.Launch(l)
	}
	t.filtered = err == nil && l.Only != nil
	return p, err
}

// unseen says whether an event is of a child or thread that is traced for the filter's sake alone. A program
// that traces its children is hindered by that.
func (t *trace) unseen(e *tracer.Event) bool {
	if !t.filtered || t.cfg.Follow {
		return false
	}
	if e.Kind == tracer.EvSyscallEnter && !t.warned && calltrace.ABIOf(e.Thread.Call.ABI).CallName(e.Thread.Call.Nr) == "ptrace" {
		t.warned = true
		t.tell("the program traces a process, which may fail: its children are traced already; start it again with --seccomp-bpf=false or -f")
	}
	return e.Process != t.launched || e.Thread != nil && int(e.Thread.TID) != int(t.launched.PID) || e.Kind == tracer.EvFork
}

// stay tells the exit status and goes on with those that cannot be let go, until they have ended or a signal ends us,
// and them.
func (t *trace) stay(exit int) {
	if !t.filtered || t.cfg.KillOnExit || len(t.tr.Processes()) == 0 {
		return
	}
	signal.Ignore(unix.SIGINT, unix.SIGQUIT, unix.SIGHUP) // of a terminal: they are for whom we stay with
	t.signal.Store(0)
	defer t.catchSignals()()
	t.cfg.Ended(exit)
	t.tr.Mode = kernel.Run
	_ = t.tr.Run(tracer.Intent{}, func(e *tracer.Event) bool { // there is nobody to tell of an error
		return e.Kind == tracer.EvInterrupted && t.signal.Load() != 0
	})
}

// keeperEnv tells a copy of us that it is the keeper, and by which descriptor it tells of the program's end.
const keeperEnv = "TRAPLINE_KEEPER"

// keeper is the descriptor of a keeper; 0 we are none. The program is not to see any of it.
func keeper() int {
	fd, err := strconv.Atoi(os.Getenv(keeperEnv))
	if err != nil {
		return 0
	}
	os.Unsetenv(keeperEnv)
	unix.CloseOnExec(fd)
	return fd
}

// release tells who started a keeper how the program ended.
func release(fd, status int) {
	if fd == 0 {
		return
	}
	_, _ = unix.Write(fd, binary.LittleEndian.AppendUint32(nil, uint32(status))) // it may be gone
	for fd := range 3 {
		unix.Close(fd)
	}
}

// commandLine is what we were started with; nil in a test that calls us as a function.
var commandLine []string

// wantsKeeper says whether a keeper is to trace: children may live on when the trace is over. kept says
// that we are one.
func (a *app) wantsKeeper(cfg *TraceConfig, kept int) bool {
	if commandLine == nil || kept != 0 || cfg.KillOnExit || !cfg.Filter || a.kernel.modeled() {
		return false
	}
	k, err := hostKernel()
	return err == nil && cfg.filter(k) != nil
}

// keep has a keeper trace and returns the exit status when the program has ended.
func keep() (status int, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	const above = 200 // descriptors that a program may have been given
	fd, err := unix.FcntlInt(w.Fd(), unix.F_DUPFD, above)
	if err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.Command(self, commandLine[1:]...)
	cmd.Args[0] = commandLine[0]
	cmd.Env = append(os.Environ(), keeperEnv+"="+strconv.Itoa(fd))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	w.Close()
	unix.Close(fd)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGHUP)
	go func() {
		for s := range signals {
			if s == unix.SIGTERM || s == unix.SIGHUP { // the others go to the whole group
				_ = cmd.Process.Signal(s) // it may have ended
			}
		}
	}()
	var b [4]byte
	if n, _ := r.Read(b[:]); n == len(b) {
		return int(binary.LittleEndian.Uint32(b[:])), nil
	}
	var ended *exec.ExitError
	switch err := cmd.Wait(); {
	case errors.As(err, &ended) && ended.ExitCode() < 0:
		return ExitStatus(0, int(ended.Sys().(interface{ Signal() unix.Signal }).Signal())), nil
	case ended != nil:
		return ended.ExitCode(), nil
	default:
		return 0, err
	}
}
