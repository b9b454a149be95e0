package main

// Commands of the tests as processes of their own, until their end.

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/trapline/trapline/internal/testprog"
)

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

// until waits for a condition that another process brings about.
func until(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(testprog.Patience); !cond(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %v", what, testprog.Patience)
		}
	}
}
