package main

// The program itself, as users have it: built once, run as a process of its own. What
// only shows there - exit statuses, signals, descriptors, the Go runtime's threads,
// what a death leaves behind - is tested with it.

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/procfs"
)

var build = sync.OnceValues(func() (path string, err error) {
	if builtIn, err = os.MkdirTemp("", "trapline-test"); err != nil {
		return "", err
	}
	if err := os.Chmod(builtIn, 0o755); err != nil { // other users run it, too
		return "", err
	}
	path = filepath.Join(builtIn, "trapline")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", path, ".")
	// Without the mark of our processes: the go command may leave one of its own behind.
	cmd.Env = append(unmarked(os.Environ()), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

func unmarked(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, "TRAPLINE_TEST_OWNER=") })
}

func realBinary(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the real program")
	}
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// ended is how a process ended and what it said.
type ended struct{ stdout, stderr, status string }

// finish runs a command to its end. What hangs is killed, with SIGABRT first so that a Go
// program says where, and fails the test.
func finish(t testing.TB, cmd *exec.Cmd) ended {
	t.Helper()
	start(t, cmd)
	return wait(t, cmd)
}

// start starts a command; wait waits for its end.
func start(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if cmd.Stdout == nil {
		cmd.Stdout = new(bytes.Buffer)
	}
	if cmd.Stderr == nil {
		cmd.Stderr = new(bytes.Buffer)
	}
	cmd.WaitDelay = 10 * time.Second // for pipes that what it left behind holds open
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil { // the test gave up
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
}

func wait(t testing.TB, cmd *exec.Cmd) ended {
	t.Helper()
	quit := time.AfterFunc(testprog.Patience, func() { cmd.Process.Signal(syscall.SIGABRT) })
	kill := time.AfterFunc(testprog.Patience+2*time.Second, func() { cmd.Process.Kill() })
	err := cmd.Wait()
	kill.Stop()
	text := func(w any) string {
		if b, ok := w.(*bytes.Buffer); ok {
			return b.String()
		}
		return ""
	}
	e := ended{text(cmd.Stdout), text(cmd.Stderr), ""}
	if !quit.Stop() {
		t.Fatalf("%s: hung for %v\nstdout: %s\nstderr: %s", strings.Join(cmd.Args, " "), testprog.Patience, e.stdout, e.stderr)
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v\nstderr: %s", strings.Join(cmd.Args, " "), err, e.stderr)
	}
	e.status = testprog.StatusOf(cmd.ProcessState)
	return e
}

// scriptFile writes a script of debugger commands.
func scriptFile(t testing.TB, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script.tl")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// tracerOf is the process that traces another, 0 none, and the other's state.
func tracerOf(pid int) (tracer int, state procfs.State, err error) {
	st, err := procfs.New("").Proc(pid).Status()
	if err != nil {
		return 0, 0, err
	}
	return st.TracerPID, st.State, nil
}

// untouched checks that every thread of a process lives on untraced and not stopped.
func untouched(t testing.TB, pid int) {
	t.Helper()
	tasks, err := procfs.New("").Proc(pid).Tasks()
	if err != nil {
		t.Errorf("process %d: %v", pid, err)
		return
	}
	for _, tid := range tasks {
		tracer, state, err := tracerOf(tid)
		if errors.Is(err, procfs.ErrGone) { // a thread that has ended meanwhile
			continue
		}
		if err != nil || tracer != 0 || state == procfs.Stopped || state == procfs.TracingStop {
			t.Errorf("thread %d of process %d: traced by %d, state %c, %v", tid, pid, tracer, state, err)
		}
	}
}

// until waits for a condition that another process brings about.
func until(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(testprog.Patience); !cond(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %v", what, testprog.Patience)
		}
	}
}
