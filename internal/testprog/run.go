package testprog

// Running programs: to the end, or beside the test to be attached to.

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Patience is how long a program may take before a helper of this package
// gives it up as hung. It is far above what any of them needs.
const Patience = 60 * time.Second

// StatusOf spells how a process ended: "exit 3" or "signal 11".
func StatusOf(state *os.ProcessState) string {
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return fmt.Sprintf("signal %d", int(ws.Signal()))
	}
	return fmt.Sprintf("exit %d", state.ExitCode())
}

// MustExit runs a command to its end and returns what it wrote to stdout. The
// test fails when the command cannot start, does not end within [Patience] or
// ends otherwise than status says ("exit 0", "signal 9").
func MustExit(t testing.TB, cmd *exec.Cmd, status string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	got, err := runToEnd(cmd)
	if err != nil {
		t.Fatalf("%s: %v", strings.Join(cmd.Args, " "), err)
	}
	if got != status {
		t.Fatalf("%s: ended with %s, want %s\nstdout: %s\nstderr: %s",
			strings.Join(cmd.Args, " "), got, status, clip(stdout.String()), clip(stderr.String()))
	}
	return stdout.String()
}

// runToEnd runs a command and spells its end. A command that outlives
// Patience is killed and is an error; so are pipes held open by what it left.
func runToEnd(cmd *exec.Cmd) (string, error) {
	cmd.WaitDelay = Patience
	if err := cmd.Start(); err != nil {
		return "", err
	}
	hung := time.AfterFunc(Patience, func() { cmd.Process.Kill() })
	err := cmd.Wait()
	if !hung.Stop() {
		return "", fmt.Errorf("hung: killed after %v", Patience)
	}
	if _, isExit := err.(*exec.ExitError); err != nil && !isExit {
		return "", err
	}
	return StatusOf(cmd.ProcessState), nil
}

// Proc is a program running beside the test, killed at the test's end.
type Proc struct {
	PID   int
	Stdin io.WriteCloser // closing it asks most of the programs to finish
	t     testing.TB
	cmd   *exec.Cmd
	lines chan string
	done  chan struct{}
	err   error
}

// Start runs a program in the background, for tests that attach. Read its
// lines with Line, end it with Finish; it is killed when the test ends. It is
// not a child of the test's process (see testdata/c/runner.c).
func Start(t testing.TB, name string, args ...string) *Proc {
	t.Helper()
	args, err := Expand(args)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(Build(t, "runner"), append([]string{Build(t, name)}, args...)...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	pidR, pidW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pidR.Close()
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = w, os.Stderr, []*os.File{pidW}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	pidW.Close()
	p := &Proc{Stdin: stdin, t: t, cmd: cmd,
		lines: make(chan string, 1024), done: make(chan struct{})}
	if _, err := fmt.Fscan(pidR, &p.PID); err != nil {
		t.Fatalf("%s: its pid is not told: %v", name, err)
	}
	go p.scan(stdout)
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(p.kill)
	return p
}

func (p *Proc) scan(r io.ReadCloser) {
	defer r.Close()
	defer close(p.lines)
	for s := bufio.NewScanner(r); s.Scan(); {
		p.lines <- s.Text()
	}
}

func (p *Proc) kill() {
	select {
	case <-p.done: // so p.PID may be another's by now
		return
	default:
	}
	if prog, err := os.FindProcess(p.PID); err == nil {
		prog.Kill()
	}
	select {
	case <-p.done:
	case <-time.After(Patience):
		p.t.Errorf("%s (pid %d) does not die of SIGKILL", p.cmd.Path, p.PID)
	}
}

// Line returns the next line of the program's stdout, or fails the test when
// there is none.
func (p *Proc) Line() string {
	p.t.Helper()
	select {
	case line, ok := <-p.lines:
		if !ok {
			p.t.Fatalf("%s (pid %d) closed its stdout", p.cmd.Path, p.PID)
		}
		return line
	case <-time.After(Patience):
		p.t.Fatalf("%s (pid %d) printed nothing for %v", p.cmd.Path, p.PID, Patience)
	}
	return ""
}

// Expect reads lines until one equals want.
func (p *Proc) Expect(want string) {
	p.t.Helper()
	for p.Line() != want {
	}
}

// Finish closes the program's stdin, waits for its end and returns the rest
// of its stdout and how it ended.
func (p *Proc) Finish() (rest, status string) {
	p.t.Helper()
	p.Stdin.Close()
	return p.Wait()
}

// Wait waits for the program's end without closing its stdin.
func (p *Proc) Wait() (rest, status string) {
	p.t.Helper()
	var out strings.Builder
	timeout := time.After(Patience)
	for open := true; open; {
		select {
		case line, ok := <-p.lines:
			if open = ok; ok {
				out.WriteString(line + "\n")
			}
		case <-timeout:
			p.t.Fatalf("%s (pid %d) did not end within %v; so far: %q", p.cmd.Path, p.PID, Patience, out.String())
		}
	}
	select {
	case <-p.done:
	case <-timeout:
		p.t.Fatalf("%s (pid %d) did not end within %v", p.cmd.Path, p.PID, Patience)
	}
	if _, isExit := p.err.(*exec.ExitError); p.err != nil && !isExit {
		p.t.Fatalf("%s (pid %d): %v", p.cmd.Path, p.PID, p.err)
	}
	return out.String(), StatusOf(p.cmd.ProcessState)
}
