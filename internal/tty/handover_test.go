package tty

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// The hand-over needs a session with a controlling terminal of its own, so the
// test runs itself again under a pseudo-terminal in one of these roles.
var roles = map[string]func() error{
	"debugger": roleDebugger,
	"inferior": roleInferior,
	"lonely":   roleLonely,
}

func TestMain(m *testing.M) {
	if role := roles[os.Getenv("TTY_TEST_ROLE")]; role != nil {
		if err := role(); err != nil {
			fmt.Println("FAIL:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func self(role string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TTY_TEST_ROLE="+role)
	return cmd
}

func TestHandover(t *testing.T) {
	cmd := self("debugger")
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	defer master.Close()
	out, _ := io.ReadAll(master) // ends with EIO when the last writer closes
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v; it said:\n%s", err, out)
	}
}

func TestHandoverWithoutTerminal(t *testing.T) {
	cmd := self("lonely")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v; it said:\n%s", err, out)
	}
	var h *Handover
	if h.Active() || h.Give(1) != nil || h.Take() != nil || h.Close() != nil {
		t.Error("a nil Handover does something")
	}
}

// roleLonely has no controlling terminal.
func roleLonely() error {
	if _, err := Open(); err != ErrNoTerminal {
		return fmt.Errorf("Open says %v, want %v", err, ErrNoTerminal)
	}
	h, err := NewHandover()
	if err != nil {
		return err
	}
	if h.Active() {
		return fmt.Errorf("a Handover without a terminal is active")
	}
	return h.Close()
}

// roleInferior switches echo off when it is told to and waits for the end of its
// standard input. Changing the modes would stop it were it not the foreground job.
func roleInferior() error {
	in := bufio.NewReader(os.Stdin)
	t, err := Open()
	if err != nil {
		return err
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil
		}
		m, err := t.Modes()
		if err != nil {
			return err
		}
		if line == "mute\n" {
			m.termios.Lflag &^= unix.ECHO
			if err := unix.IoctlSetTermios(t.fd(), ioctlSetModes, &m.termios); err != nil {
				return err
			}
		}
		fmt.Printf("echo %v\n", m.termios.Lflag&unix.ECHO != 0)
	}
}

// inferior is a roleInferior in a process group of its own, spoken to by pipes.
type inferior struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startInferior() (*inferior, error) {
	cmd := self("inferior")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &inferior{cmd, in, bufio.NewReader(out)}, cmd.Start()
}

func (i *inferior) ask(question string) (string, error) {
	if _, err := io.WriteString(i.in, question+"\n"); err != nil {
		return "", err
	}
	answer, err := i.out.ReadString('\n')
	return strings.TrimSpace(answer), err
}

// roleDebugger gives its terminal to an inferior and takes it back, twice.
func roleDebugger() error {
	h, err := NewHandover()
	if err != nil {
		return err
	}
	if !h.Active() {
		return fmt.Errorf("not the foreground job of %v", os.Stdin.Name())
	}
	inf, err := startInferior()
	if err != nil {
		return err
	}
	// The debugger itself runs these checks as a background job in between: without
	// SIGTTOU blocked it would be stopped here and the test would never end.
	steps := []struct {
		do    func() error
		owner func() int
		ask   string
		want  string // the inferior's answer
		echo  bool   // as it is afterwards
	}{
		{h.Take, h.us, "", "", true},
		{give(h, inf), inf.pid, "mute", "echo false", false},
		{give(h, inf), inf.pid, "", "", false},
		{h.Take, h.us, "", "", true},
		{h.Take, h.us, "", "", true},
		{give(h, inf), inf.pid, "look", "echo false", false},
		{h.Take, h.us, "", "", true},
		{func() error { h.Forget(); return h.Give(inf.pid()) }, inf.pid, "look", "echo true", true},
	}
	for n, s := range steps {
		if err := s.do(); err != nil {
			return fmt.Errorf("step %d: %w", n, err)
		}
		if s.ask != "" {
			if got, err := inf.ask(s.ask); err != nil || got != s.want {
				return fmt.Errorf("step %d: the inferior says %q, %v; want %q", n, got, err, s.want)
			}
		}
		if err := expect(h.tty, s.owner(), s.echo); err != nil {
			return fmt.Errorf("step %d: %w", n, err)
		}
	}
	inf.in.Close()
	if err := inf.cmd.Wait(); err != nil {
		return fmt.Errorf("inferior: %w", err)
	}
	t := h.tty
	if err := h.Take(); err != nil { // the foreground group is gone by now
		return err
	}
	if err := expect(t, unix.Getpgrp(), true); err != nil {
		return fmt.Errorf("after the inferior's end: %w", err)
	}
	return h.Close()
}

func (h *Handover) us() int  { return h.pgid }
func (i *inferior) pid() int { return i.cmd.Process.Pid }

func give(h *Handover, inf *inferior) func() error {
	return func() error { return h.Give(inf.pid()) }
}

func expect(t *TTY, owner int, echo bool) error {
	fg, err := t.Foreground()
	if err != nil {
		return err
	}
	m, err := t.Modes()
	if err != nil {
		return err
	}
	if got := m.termios.Lflag&unix.ECHO != 0; fg != owner || got != echo {
		return fmt.Errorf("foreground group %d, echo %v; want %d, %v", fg, got, owner, echo)
	}
	return nil
}
