// -D: the process that was started becomes the program, and what traces it is a grandchild.
//
// We start ourselves again twice over, so that the program has no child that it does not know
// of, and wait at a pipe. The grandchild attaches to our first thread, the one that will
// execute the program, and writes to the pipe; it is silent until it sees that execve.

package strace

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/tracer"
)

// daemonEnv tells a copy of us its part: "middle:PID" or "tracer:PID". Descriptor 3 is the pipe.
const daemonEnv = "TRAPLINE_STRACE_DAEMON"

const pipeFD = 3

// What the tracer of -D attaches to is our first thread, so that one has to execute the program:
// the main goroutine stays on it from the start. (It is the engine's thread in other traces.)
func init() {
	if len(os.Args) > 0 && Called(os.Args[0]) {
		runtime.LockOSThread()
	}
}

// daemonize does -D. handed says that another process traces, and this one is at its end.
func daemonize(t *trace) (handed bool, status int, err error) {
	part, pid, _ := strings.Cut(os.Getenv(daemonEnv), ":")
	switch part {
	case "middle":
		return true, 0, startCopy(t, "tracer:"+pid, os.NewFile(pipeFD, "pipe"), false)
	case "tracer":
		os.Unsetenv(daemonEnv)
		unix.CloseOnExec(pipeFD)
		t.becoming, err = strconv.Atoi(pid)
		return false, 0, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return true, 0, fatal("pipe: %s", reason(err))
	}
	if err := startCopy(t, "middle:"+strconv.Itoa(os.Getpid()), w, true); err != nil {
		return true, 0, err
	}
	w.Close()
	var b [1]byte
	if n, _ := unix.Read(int(r.Fd()), b[:]); n == 0 {
		return true, 1, nil // the tracer has said why
	}
	err = syscall.Exec(t.path, t.Program, changed(os.Environ(), t.Env))
	return true, 0, fatal("exec: %s", reason(err))
}

// startCopy starts us again in another part.
func startCopy(t *trace, part string, pipe *os.File, wait bool) error {
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Args[0] = t.Name
	cmd.Env = append(os.Environ(), daemonEnv+"="+part)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{pipe}
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if !wait {
		cmd.SysProcAttr.Setpgid, cmd.SysProcAttr.Setsid = t.Daemon == 2, t.Daemon >= 3
	}
	if err := cmd.Start(); err != nil {
		return fatal("fork: %s", reason(err))
	}
	if wait {
		return cmd.Wait()
	}
	return nil
}

// adopt attaches to the process that waits to become the program.
func (t *trace) adopt() error {
	all := t.tr.Events
	t.tr.Events &^= kernel.EventThreads
	p, err := t.tr.Attach(kernel.PID(t.becoming))
	t.tr.Events = all
	if err != nil {
		return fatal("attach: ptrace(PTRACE_SEIZE, %d): %s", t.becoming, errnoText(err))
	}
	t.launched, t.muted, t.young = p, true, true
	t.live.Started(p)
	_, err = unix.Write(pipeFD, []byte{1})
	unix.Close(pipeFD)
	if err != nil {
		return fmt.Errorf("pipe: %w", err)
	}
	return nil
}

// stillMuted says whether an event is of the time before the program: before its execve, or a
// signal by which the Go runtime wakes a thread of ours, which may come until the first call.
func (t *trace) stillMuted(e *tracer.Event) bool {
	switch {
	case e.Kind == tracer.EvSignal && e.Stop.Info.PID == t.launched.PID:
		e.Thread.Signal = 0
		return true
	case e.Kind == tracer.EvSyscallEnter && t.started:
		t.young = false
	case e.Kind == tracer.EvSyscallEnter && t.muted:
		t.muted = callName(e) != "execve"
	}
	return t.muted
}
