package main

import (
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A binary called truss is truss, over this machine's programs too.
func TestTrussByName(t *testing.T) {
	truss := func(args ...string) *exec.Cmd {
		cmd := exec.Command(realBinary(t))
		cmd.Args = append([]string{"/usr/local/bin/truss"}, args...)
		return cmd
	}
	e := finish(t, truss("-S", "sh", "-c", "echo hi; exit 3"))
	for _, want := range []string{"write(1,\"hi\\n\",3)\t\t\t\t = 3 (0x3)\n", "process exit, rval = 3\n", "ERR#2 'No such file or directory'\n"} {
		if !strings.Contains(e.stderr, want) {
			t.Errorf("%q is not in:\n%s", want, e.stderr)
		}
	}
	if e.status != "exit 0" || e.stdout != "hi\n" {
		t.Errorf("%s, printed %q", e.status, e.stdout)
	}
	e = finish(t, truss("-c", "-f", "sh", "-c", "/bin/true; kill -USR1 $$"))
	if lines := strings.Split(e.stderr, "\n"); !strings.HasPrefix(lines[0], "syscall                     seconds   calls  errors") || !strings.Contains(e.stderr, "\nexecve ") {
		t.Errorf("no table:\n%s", e.stderr)
	}
	e = finish(t, truss("-q"))
	if e.status != "exit 1" || !strings.HasPrefix(e.stderr, "truss: illegal option -- q\nusage: truss [-facedDHS]") {
		t.Errorf("%s: %s", e.status, e.stderr)
	}
}

// Attached, it lets go at SIGINT, and the program goes on.
func TestTrussAttach(t *testing.T) {
	if !mayAttach() {
		t.Skip("yama does not let us attach")
	}
	sleeper := exec.Command("sh", "-c", "while :; do sleep 0.02; done")
	start(t, sleeper)
	defer func() {
		_ = sleeper.Process.Kill()
		_ = sleeper.Wait()
	}()
	cmd := exec.Command(realBinary(t), "truss", "-p", fmt.Sprint(sleeper.Process.Pid))
	start(t, cmd)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if tracer, _, err := tracerOf(sleeper.Process.Pid); err == nil && tracer != 0 {
			break
		}
	}
	_ = cmd.Process.Signal(syscall.SIGINT)
	e := wait(t, cmd)
	if e.status != "exit 0" || strings.Contains(e.stderr, "truss:") {
		t.Errorf("%s:\n%s", e.status, e.stderr)
	}
	if tracer, state, err := tracerOf(sleeper.Process.Pid); err != nil || tracer != 0 {
		t.Errorf("the program is %v, traced by %d: %v", state, tracer, err)
	}
}
