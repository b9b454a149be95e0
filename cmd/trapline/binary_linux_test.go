package main

// The program itself, as users have it: built once, run as a process of its own. What
// only shows there - exit statuses, signals, descriptors, the Go runtime's threads,
// what a death leaves behind - is tested with it.

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

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
	cmd := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-E _rt0_trapline", "-o", path, ".")
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
