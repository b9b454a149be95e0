package repl_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/linux"
	"github.com/trapline/trapline/repl"
	"github.com/trapline/trapline/session"
	"github.com/trapline/trapline/tracer"
)

// The prompt is tested from outside: this test binary, run again with childEnv set, is
// a debugger on a terminal of its own, and the test is the person at the keyboard.

const childEnv = "TRAPLINE_REPL_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Exit(child())
	}
	os.Exit(testprog.Main(m))
}

// child debugs the program named by its arguments, or attaches to a process.
func child() int {
	runtime.LockOSThread()
	face, err := repl.New(repl.Config{Stdin: os.Stdin, Out: os.Stdout, Stderr: os.Stderr, History: os.Getenv("TRAPLINE_REPL_HISTORY")})
	if err != nil {
		fmt.Println(err)
		return 125
	}
	args := os.Args[1:]
	os.Unsetenv(childEnv)
	s := session.New(session.Config{Tracer: tracer.New(linux.New(linux.NewHost()), tracer.Options{}), Out: os.Stdout, Face: face,
		Palette: tty.Palette{}, NewGroup: face.OwnsTerminal(),
		Signal: func(pid kernel.PID, sig kernel.Signal) error { return syscall.Kill(int(pid), syscall.Signal(sig)) },
		Target: session.Target{Path: args[0], Program: args[0], Args: args[1:], Env: os.Environ()}})
	err = face.Run(s, func() error { return s.Start("main") })
	if cerr := s.Close(); cerr != nil {
		fmt.Println("close:", cerr)
	}
	if err != nil {
		fmt.Println("ended:", err)
		return 3
	}
	return 0
}

// desk is a debugger on a terminal.
type desk struct {
	t    *testing.T
	cmd  *exec.Cmd
	pty  *os.File
	mu   sync.Mutex
	seen bytes.Buffer
	more chan struct{}
	done chan error
}

func sit(t *testing.T, history, program string, args ...string) *desk {
	t.Helper()
	testprog.Leftovers(t)
	d := &desk{t: t, cmd: exec.Command(os.Args[0], append([]string{testprog.Build(t, program)}, args...)...),
		more: make(chan struct{}, 1), done: make(chan error, 1)}
	d.cmd.Env = append(os.Environ(), childEnv+"=1", "TRAPLINE_REPL_HISTORY="+history, "TERM=xterm")
	f, err := pty.StartWithSize(d.cmd, &pty.Winsize{Rows: 40, Cols: 200})
	if err != nil {
		t.Skipf("no terminal: %v", err)
	}
	d.pty = f
	go d.watch()
	t.Cleanup(func() {
		d.cmd.Process.Kill()
		select {
		case <-d.done:
		case <-time.After(testprog.Patience / 4):
			t.Error("the debugger does not end")
		}
		f.Close()
	})
	d.prompt()
	return d
}

// goes types a command that lets the program run, and waits until the program has the
// terminal: what is typed before belongs to the prompt.
func (d *desk) goes(line string) {
	d.t.Helper()
	ours, err := unix.IoctlGetInt(int(d.pty.Fd()), unix.TIOCGPGRP)
	if err != nil {
		d.t.Fatal(err)
	}
	d.typeText(line + "\r")
	d.expect(line)
	for end := time.Now().Add(testprog.Patience / 4); ; time.Sleep(time.Millisecond) {
		if fg, err := unix.IoctlGetInt(int(d.pty.Fd()), unix.TIOCGPGRP); err == nil && fg != ours {
			return
		}
		if time.Now().After(end) {
			d.t.Fatal("the program does not get the terminal")
		}
	}
}

func (d *desk) watch() {
	b := make([]byte, 4096)
	for {
		n, err := d.pty.Read(b)
		d.mu.Lock()
		d.seen.Write(b[:n])
		d.mu.Unlock()
		select {
		case d.more <- struct{}{}:
		default:
		}
		if err != nil {
			d.done <- d.cmd.Wait()
			return
		}
	}
}

// expect waits for text on the screen and takes all up to it away.
func (d *desk) expect(want string) string {
	d.t.Helper()
	deadline := time.After(testprog.Patience / 4)
	for {
		d.mu.Lock()
		text := d.seen.String()
		if i := strings.Index(text, want); i >= 0 {
			d.seen.Next(i + len(want))
			d.mu.Unlock()
			return text[:i]
		}
		d.mu.Unlock()
		select {
		case <-d.more:
		case <-deadline:
			d.t.Fatalf("waited for %q; on the screen: %q", want, text)
		}
	}
}

func (d *desk) typeText(text string) {
	d.t.Helper()
	if _, err := d.pty.WriteString(text); err != nil {
		d.t.Fatal(err)
	}
}

// say types a line and waits for the next prompt; it returns what was shown between.
func (d *desk) say(line string) string {
	d.t.Helper()
	d.typeText(line + "\r")
	d.expect(line)
	return d.prompt()
}

// prompt waits for the prompt to be ready for keys: it is printed a moment before the
// terminal is in the editor's mode.
func (d *desk) prompt() string {
	d.t.Helper()
	text := d.expect("(trapline) ")
	for end := time.Now().Add(testprog.Patience / 4); ; time.Sleep(time.Millisecond) {
		m, err := unix.IoctlGetTermios(int(d.pty.Fd()), unix.TCGETS)
		if err == nil && m.Lflag&unix.ECHO == 0 {
			return text
		}
		if time.Now().After(end) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.t.Fatalf("the prompt does not get the terminal; it was %q, on the screen: %q (%v)", text, d.seen.String(), err)
		}
	}
}

// ends types a line that lets the program run until something stops it.
func (d *desk) ends(line, event string) string {
	d.t.Helper()
	d.typeText(line + "\r")
	d.expect(line)
	before := d.expect(event)
	return before + event + d.prompt()
}

// leave waits for the debugger's end.
func (d *desk) leave(status int) {
	d.t.Helper()
	select {
	case err := <-d.done:
		d.done <- err
		if got := d.cmd.ProcessState.ExitCode(); got != status {
			d.t.Errorf("exit status %d (%v), want %d", got, err, status)
		}
	case <-time.After(testprog.Patience / 4):
		d.t.Fatal("the debugger does not end")
	}
}

func (d *desk) wants(got string, parts ...string) {
	d.t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			d.t.Errorf("%q lacks %q", got, p)
		}
	}
}

func TestPromptRepeatsAndCompletes(t *testing.T) {
	d := sit(t, "", "factorial", "3")
	d.wants(d.say("break innermost"), "Breakpoint 2 at")
	d.wants(d.say("next"), "21\t")
	d.typeText("\r") // next again, which meets the breakpoint
	d.expect("Breakpoint 2, innermost")
	d.prompt()
	d.typeText("info regi\t")
	d.expect("info registers ")
	d.typeText("rip\r")
	d.expect("innermost+")
	d.prompt()
	d.typeText("print factori\t")
	d.expect("factorial")
	d.typeText("\r")
	d.expect("<factorial>")
	d.prompt()
	d.wants(d.say("nonsense"), "undefined command")
	d.typeText("print 1")
	d.expect("print 1")
	d.typeText("\x03") // gives the line up
	d.prompt()
	d.wants(d.say("p 6*7"), "= 42")
	d.typeText("quit\r")
	d.expect("Quit anyway?")
	d.typeText("n\r")
	d.expect("not confirmed")
	d.prompt()
	d.typeText("\x04")
	d.expect("Quit anyway?")
	d.typeText("y\r")
	d.leave(0)
}

func TestInterrupt(t *testing.T) {
	d := sit(t, "", "busy", "0")
	d.goes("continue")
	d.expect("ready")
	d.typeText("\x03")
	d.expect("received signal SIGINT")
	d.prompt()
	d.wants(d.say("bt"), "main")
	d.goes("continue")
	d.typeText("\x03")
	d.expect("received signal SIGINT")
	d.prompt()
	d.typeText("kill\r")
	d.expect("(y or n)")
	d.typeText("y\r")
	d.expect("killed]")
	d.prompt()
	d.typeText("\x04")
	d.leave(0)
}

func TestSuspend(t *testing.T) {
	d := sit(t, "", "busy", "0")
	d.goes("continue")
	d.expect("ready")
	d.typeText("\x1a")
	d.expect("received signal SIGTSTP")
	d.prompt()
	d.ends("continue", "stopped by SIGTSTP") // it is delivered: job control stops the program
	d.goes("continue")                       // SIGCONT
	d.typeText("\x03")
	d.expect("received signal SIGINT")
	d.prompt()
	d.typeText("kill\r")
	d.expect("(y or n)")
	d.typeText("y\r")
	d.expect("killed]")
	d.prompt()
	d.typeText("quit\r")
	d.leave(0)
}

// A program that reads its terminal is its foreground job; the prompt has it between.
func TestProgramReadsTerminal(t *testing.T) {
	d := sit(t, "", "echo")
	d.goes("continue")
	d.typeText("hello\r")
	d.expect("1: hello")
	d.typeText("\x03")
	d.expect("received signal SIGINT")
	d.prompt()
	d.wants(d.say("p 1+1"), "= 2")
	d.goes("continue")
	d.typeText("again\r")
	d.expect("2: again")
	d.typeText("\x04")
	d.expect("exited with code 2")
	d.prompt()
	d.typeText("quit\r")
	d.leave(0)
}

// A program in raw mode gets its keys, ^C among them, and its mode back after a stop.
func TestRawProgram(t *testing.T) {
	d := sit(t, "", "rawtty")
	d.goes("continue")
	d.expect("raw")
	d.typeText("a")
	d.expect("key 97")
	d.typeText("\x03")
	d.expect("key 3")
	if err := syscall.Kill(d.inferior(), syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	d.expect("received signal SIGUSR1")
	d.prompt()
	d.wants(d.say("p 2+2"), "= 4") // a cooked prompt
	d.goes("signal 0")
	d.typeText("b")
	d.expect("key 98")
	d.typeText("q")
	d.expect("exited normally")
	d.prompt()
	d.typeText("quit\r")
	d.leave(0)
}

// inferior is the debugger's only child.
func (d *desk) inferior() int {
	d.t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", d.cmd.Process.Pid, d.cmd.Process.Pid))
	if err != nil {
		d.t.Fatal(err)
	}
	children := strings.Fields(string(b))
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", d.cmd.Process.Pid))
	for _, f := range tasks {
		if b, err := os.ReadFile(f); err == nil && len(children) == 0 {
			children = strings.Fields(string(b))
		}
	}
	var pid int
	if len(children) != 1 {
		d.t.Fatalf("children: %v", children)
	}
	fmt.Sscan(children[0], &pid)
	return pid
}

// A termination signal ends the session at the prompt and while the program runs, and
// takes the program with it.
func TestTermination(t *testing.T) {
	for _, running := range []bool{false, true} {
		d := sit(t, "", "busy", "0")
		if running {
			d.goes("continue")
			d.expect("ready")
		}
		if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		d.expect("ended: ended by signal terminated")
		d.leave(3)
	}
}

func TestHistory(t *testing.T) {
	history := filepath.Join(t.TempDir(), "state", "history")
	d := sit(t, history, "hello")
	d.say("p 11*11")
	d.typeText("kill\r")
	d.expect("(y or n)")
	d.typeText("y\r")
	d.expect("killed]")
	d.prompt()
	d.typeText("quit\r")
	d.leave(0)
	st, err := os.Stat(history)
	if err != nil {
		t.Fatal(err)
	}
	if st.Mode().Perm() != 0o600 {
		t.Errorf("history has mode %v", st.Mode().Perm())
	}
	d = sit(t, history, "hello")
	d.typeText("\x1b[A\x1b[A\x1b[A\r") // up to the first line
	d.expect("= 121")
	d.prompt()
	d.typeText("\x04")
	d.expect("Quit anyway?")
	d.typeText("y\r")
	d.leave(0)
}
