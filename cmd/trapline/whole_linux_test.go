package main

import (
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/creack/pty"

	"github.com/trapline/trapline/internal/testprog"
)

// TestWholeCalls looks at a trace on a terminal: a call that blocks is shown while it does.
func TestWholeCalls(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	for flags, want := range map[string]string{
		"": "clock_nanosleep\\(CLOCK_REALTIME, 0, {tv_sec=0, tv_nsec=3000…" + // as wide as the terminal
			"\r\x1b\\[Kclock_nanosleep\\(.*\\) = 0 <0\\.[3-9]\\d\\d>\r\n\\+\\+\\+ exited with 0 \\+\\+\\+\r\n",
		"--unfinished": "^clock_nanosleep\\(CLOCK_REALTIME, 0, {tv_sec=0, tv_nsec=300000000}, [^…\x1b]*\\) = 0\r\n\\+\\+\\+",
	} {
		cmd := exec.Command(trapline, append(append([]string{"trace"}, strings.Fields(flags)...), "-e", "clock_nanosleep", "sleep", "0.3")...)
		terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 60})
		if err != nil {
			t.Fatal(err)
		}
		said, _ := io.ReadAll(terminal) // EIO is how a terminal ends
		_ = cmd.Wait()
		terminal.Close()
		if !regexp.MustCompile(want).Match(said) {
			t.Errorf("%s: %q", flags, said)
		}
	}
}
