// -D: the process that was started becomes the program, and what traces it is a grandchild.
//
// `trapline trace` has it, too. We start ourselves again twice over, so that the program has no child that it
// does not know of, and wait at a pipe. The grandchild attaches to our first thread, the one that will
// execute the program, and writes to the pipe; it is silent until it sees that execve.

package strace

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
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
	if len(os.Args) > 0 && Called(os.Args[0]) || slices.Contains(os.Args, "trace") {
		runtime.LockOSThread()
	}
}

// Daemon is the part of -D that traces: a grandchild of the process that becomes the program.
type Daemon struct {
	pid     int
	process *tracer.Process
	muted   bool // until it becomes the program
	young   bool // it has made no call of its own
	started bool // it is the program
}

// Daemonize does -D for the program of l, of which only the path, arguments, environment and credentials
// count. handed says that another process traces, and this one is at its end.
func (c *Config) Daemonize(l *kernel.Launch) (d *Daemon, handed bool, status int, err error) {
	part, pid, _ := strings.Cut(os.Getenv(daemonEnv), ":")
	switch part {
	case "middle":
		return nil, true, 0, c.startCopy("tracer:"+pid, os.NewFile(pipeFD, "pipe"), false)
	case "tracer":
		os.Unsetenv(daemonEnv)
		unix.CloseOnExec(pipeFD)
		d = &Daemon{muted: true, young: true}
		d.pid, err = strconv.Atoi(pid)
		return d, false, 0, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, true, 0, fatal("pipe: %s", reason(err))
	}
	if err := c.startCopy("middle:"+strconv.Itoa(os.Getpid()), w, true); err != nil {
		return nil, true, 0, err
	}
	w.Close()
	var b [1]byte
	n, _ := unix.Read(int(r.Fd()), b[:])
	runtime.KeepAlive(r) // a file that nobody has is closed
	if n == 0 {
		return nil, true, 1, nil // the tracer has said why
	}
	if err = become(l.Cred); err == nil {
		err = syscall.Exec(l.Path, l.Args, l.Env)
	}
	return nil, true, 0, fatal("exec: %s", reason(err))
}

// become makes us another user, unless cred is nil.
func become(cred *kernel.Cred) error {
	if cred == nil {
		return nil
	}
	if err := syscall.Setgroups(cred.Groups); err != nil {
		return err
	}
	if err := syscall.Setregid(cred.GID, cred.GID); err != nil {
		return err
	}
	return syscall.Setreuid(cred.UID, cred.UID)
}

// startCopy starts us again in another part.
func (c *Config) startCopy(part string, pipe *os.File, wait bool) error {
	self, err := os.Executable()
	if err != nil {
		return fatal("fork: %s", reason(err))
	}
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), daemonEnv+"="+part)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{pipe}
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if !wait {
		cmd.SysProcAttr.Setpgid, cmd.SysProcAttr.Setsid = c.Daemon == 2, c.Daemon >= 3
	}
	if err := cmd.Start(); err != nil {
		return fatal("fork: %s", reason(err))
	}
	if wait {
		return cmd.Wait()
	}
	return nil
}

// Adopt attaches to the process that waits to become the program, and lets it.
func (d *Daemon) Adopt(tr *tracer.Tracer) (*tracer.Process, error) {
	all := tr.Events
	tr.Events &^= kernel.EventThreads
	p, err := tr.Attach(kernel.PID(d.pid))
	tr.Events = all
	if err != nil {
		return nil, fatal("attach: ptrace(PTRACE_SEIZE, %d): %s", d.pid, errnoText(err))
	}
	d.process = p
	_, err = unix.Write(pipeFD, []byte{1})
	unix.Close(pipeFD)
	if err != nil {
		return nil, fmt.Errorf("pipe: %w", err)
	}
	return p, nil
}

// Muted says whether an event is of the time before the program: before its execve, or a
// signal by which the Go runtime wakes a thread of ours, which may come until the first call.
func (d *Daemon) Muted(e *tracer.Event) bool {
	if d == nil || !d.young {
		return false
	}
	switch {
	case e.Kind == tracer.EvSignal && e.Stop.Info.PID == d.process.PID:
		e.Thread.Signal = 0
		return true
	case e.Kind == tracer.EvExec:
		d.started = !d.muted
	case e.Kind == tracer.EvSyscallEnter && d.started:
		d.young = false
	case e.Kind == tracer.EvSyscallEnter && d.muted:
		d.muted = callName(e) != "execve"
	}
	return d.muted
}
