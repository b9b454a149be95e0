package kerneltest

// The host's kernel. A case that hangs, or leaves a process, is ended with its whole
// process group.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Host is the [Runner] of the kernel below.
type Host struct {
	Timeout time.Duration // of one program; 0 is 30 seconds
}

// Run implements [Runner].
func (h Host) Run(ctx context.Context, path string, args ...string) (Output, error) {
	limit := h.Timeout
	if limit == 0 {
		limit = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // a process out of the group may hold the pipe
	err := cmd.Run()
	out := Output{Stdout: stdout.String(), Stderr: stderr.String()}
	if cmd.ProcessState != nil {
		out.Status = statusOf(cmd.ProcessState)
	}
	if ctx.Err() != nil {
		return out, fmt.Errorf("kerneltest: %s %q: still running after %v", path, args, limit)
	}
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		return out, fmt.Errorf("kerneltest: %s %q: %w", path, args, err)
	}
	return out, nil
}

func statusOf(state *os.ProcessState) string {
	ws := state.Sys().(syscall.WaitStatus)
	if ws.Signaled() {
		return fmt.Sprintf("signal %d", ws.Signal())
	}
	return fmt.Sprintf("exit %d", ws.ExitStatus())
}
