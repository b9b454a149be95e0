package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/procfs"
)

// TestInterrupts presses ^C while a program is traced: the first is the program's; a second in a row, or one after
// the program has ended, ends the trace, and who is left goes on.
func TestInterrupts(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	const deaf = `trap "" INT HUP; echo ready $$; exec sleep 60`
	const child = `(trap "" INT HUP; exec sleep 60) & echo ready $!; sleep 61`
	for _, row := range []struct {
		flags, script string
		shown         []string // after the ^C of each
		status        string
		pause         time.Duration // between the second ^C and the third
	}{
		{"", deaf, []string{"", "", "trapline: trace: "}, "exit 130", 200 * time.Millisecond},
		{"--seccomp-bpf=false", deaf, []string{"", "detached", "trapline: trace: "}, "exit 130", 200 * time.Millisecond},
		{"-f -e none", deaf, []string{"", "detached", "trapline: trace: "}, "exit 130", 200 * time.Millisecond},
		{"-f -e none", child, []string{"^C again", "detached", "trapline: trace: "}, "exit 130", inARow + 200*time.Millisecond},
		{"-f --seccomp-bpf=false -e none", child, []string{"^C again", "detached", "trapline: trace: "}, "exit 130", inARow + 200*time.Millisecond},
		{"-o |true", deaf, []string{"", "", "trapline: trace: "}, "signal 13", 200 * time.Millisecond},
		{"-f -o /dev/null", child, []string{"^C again", "", "trapline: trace: "}, "exit 130", inARow + 200*time.Millisecond},
	} {
		cmd := exec.Command(trapline, append(append([]string{"trace"}, strings.Fields(row.flags)...), "sh", "-c", row.script)...)
		p := sitDown(t, cmd)
		var left int
		until(t, "the program is ready", func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			_, said, _ := bytes.Cut(append([]byte("\n"), p.seen.Bytes()...), []byte("\nready ")) // not what the trace says of it
			n, _ := fmt.Sscan(string(said), &left)
			p.read = p.seen.Len()
			return n == 1
		})
		time.Sleep(100 * time.Millisecond) // until it sleeps
		p.types("\x03", row.shown[0])
		time.Sleep(row.pause)
		p.types("\x03", row.shown[1], row.shown[2])
		if e := wait(t, cmd); e.status != row.status {
			t.Errorf("%s: ended with %s", row.flags, e.status)
		}
		if _, state, err := tracerOf(left); err != nil || state != procfs.Sleeping {
			t.Errorf("%s: who was left is %c, %v", row.flags, state, err)
		}
		if err := syscall.Kill(left, syscall.SIGKILL); err != nil {
			t.Error(row.flags, err)
		}
	}
}
