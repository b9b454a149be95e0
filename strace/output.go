// Where the trace goes: standard error, a file, a file per process, or a command.

package strace

import (
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// sink is the output of a trace.
type sink struct {
	io.Writer
	close func() error
}

// openOutput opens the output of -o.
func openOutput(c *Config, stderr *os.File) (*sink, error) {
	name := c.Output
	switch {
	case name == "":
		return &sink{stderr, func() error { return nil }}, nil
	case isCommand(name):
		return openPipe(name[1:])
	case c.Separate:
		if len(name) >= unix.PathMax-20 {
			return nil, fatal("%s: File name too long", name)
		}
		return &sink{io.Discard, func() error { return nil }}, nil
	}
	return openFile(name, c.Append)
}

// isCommand says that an output is one to run.
func isCommand(name string) bool { return name != "" && (name[0] == '|' || name[0] == '!') }

// openFor opens the file of one thread.
func openFor(c *Config, tid int) (*sink, error) {
	return openFile(c.Output+"."+strconv.Itoa(tid), c.Append)
}

func openFile(name string, adding bool) (*sink, error) {
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if adding {
		flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	f, err := os.OpenFile(name, flags, 0o666)
	if err != nil {
		return nil, fatal("Can't fopen '%s': %s", name, reason(err))
	}
	return &sink{f, f.Close}, nil
}

// openPipe starts a command that reads the trace.
func openPipe(command string) (*sink, error) {
	cmd := exec.Command("/bin/sh", "-c", command)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	out, in, err := os.Pipe() // one of exec's own would be closed when the command ends
	if err != nil {
		return nil, fatal("Can't popen '%s': %s", command, reason(err))
	}
	cmd.Stdin = out
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread() // the engine waits for the children of its own thread: this is another's
		err := cmd.Start()
		_ = out.Close() // the command has its own
		started <- err
		if err == nil {
			_ = cmd.Wait() // its status is its own affair
		}
		close(ended)
	}()
	if err := <-started; err != nil {
		return nil, fatal("Can't popen '%s': %s", command, reason(err))
	}
	return &sink{in, func() error {
		err := in.Close()
		<-ended
		return err
	}}, nil
}
