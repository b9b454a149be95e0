package main

// However trapline ends, what it had attached to goes on, without a trap in it.

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/trapline/trapline/internal/debugregs"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/procfs"
)

// going is what a script says when the next line lets the program run.
const going = "shell echo going >&2"

// holds are ways to be attached, and by what is seen on standard error or output that
// they are.
var holds = []struct {
	name   string
	args   []string
	script []string
	prompt bool // read commands from a pipe that stays open
	seen   string
	exits  map[syscall.Signal]string
}{
	{name: "trace -f", args: []string{"trace", "-f", "-p"}, seen: `attached`,
		exits: map[syscall.Signal]string{syscall.SIGINT: "exit 0", syscall.SIGTERM: "exit 143", syscall.SIGHUP: "exit 129",
			syscall.SIGQUIT: "exit 131", syscall.SIGKILL: "signal 9"}},
	{name: "trace", args: []string{"trace", "-p"}, seen: `attached`,
		exits: map[syscall.Signal]string{syscall.SIGTERM: "exit 143", syscall.SIGKILL: "signal 9"}},
	{name: "breakpoints", args: []string{"attach", "--batch"}, seen: "going",
		script: []string{"break {function}", "ignore 1 1000000000", going, "continue"},
		exits: map[syscall.Signal]string{syscall.SIGINT: "exit 0", syscall.SIGTERM: "exit 143", syscall.SIGHUP: "exit 129",
			syscall.SIGQUIT: "exit 131"}},
	{name: "conditions", args: []string{"attach", "--batch"}, seen: "going",
		script: []string{"break {function} if $rsp == 1", "watch *(long*)&{variable} if $rsp == 1", going, "continue"},
		exits:  map[syscall.Signal]string{syscall.SIGTERM: "exit 143", syscall.SIGHUP: "exit 129"}},
	{name: "stops", args: []string{"attach", "--batch"}, seen: "going",
		script: append([]string{"break {function}", going}, slices.Repeat([]string{"continue", "stepi"}, 50_000)...),
		exits:  map[syscall.Signal]string{syscall.SIGTERM: "exit 143"}},
	{name: "the prompt", args: []string{"attach"}, prompt: true, seen: "Breakpoint 1 at",
		exits: map[syscall.Signal]string{syscall.SIGTERM: "exit 143", syscall.SIGHUP: "exit 129", syscall.SIGQUIT: "exit 131"}},
}

// victims are what is attached to: threads that come and go, and one that computes.
var victims = []struct{ name, function, variable string }{
	{"threadchurn", "short_lived", "stop"},
	{"busy", "turn", "turns"},
}

func TestKilled(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	for _, v := range victims {
		victim := testprog.Start(t, v.name, "0")
		victim.Expect("ready")
		names := strings.NewReplacer("{function}", v.function, "{variable}", v.variable)
		for _, h := range holds {
			for sig, exit := range h.exits {
				for i := range 2 {
					what := fmt.Sprintf("%s, %s, %v after %d0 ms", v.name, h.name, sig, i)
					log := filepath.Join(t.TempDir(), "log")
					f, err := os.Create(log)
					if err != nil {
						t.Fatal(err)
					}
					args := slices.Clone(h.args)
					if h.script != nil {
						script := slices.DeleteFunc(slices.Clone(h.script), func(line string) bool {
							return strings.HasPrefix(line, "watch ") && errors.Is(debugregs.Try(), debugregs.ErrSilent)
						})
						args = append(args, "-x", scriptFile(t, names.Replace(strings.Join(script, "\n"))))
					}
					cmd := exec.Command(trapline, append(args, fmt.Sprint(victim.PID))...)
					cmd.Stdout, cmd.Stderr = f, f
					if h.prompt {
						in, err := cmd.StdinPipe()
						if err != nil {
							t.Fatal(err)
						}
						fmt.Fprintf(in, "break %s\n", v.function)
					}
					start(t, cmd)
					said := func() string { text, _ := os.ReadFile(log); return string(text) }
					seen := regexp.MustCompile(h.seen)
					until(t, what, func() bool { return seen.MatchString(said()) })
					time.Sleep(time.Duration(i) * 10 * time.Millisecond)
					cmd.Process.Signal(sig)
					t.Log(what)
					if e := wait(t, cmd); e.status != exit {
						t.Errorf("%s: ended with %s, want %s: %.2000s", what, e.status, exit, said())
					}
					f.Close()
					checkGoesOn(t, what, victim.PID)
				}
			}
		}
		if v.name != "threadchurn" { // it has no end
			continue
		}
		if rest, status := victim.Finish(); status != "exit 0" || rest != "threads many\n" {
			t.Errorf("%s ended with %s: %q", v.name, status, rest)
		}
	}
}

// checkGoesOn checks that a process is untraced and uses the processor.
func checkGoesOn(t *testing.T, what string, pid int) {
	t.Helper()
	used := func() time.Duration {
		st, err := procfs.New("").Proc(pid).Stat()
		if err != nil {
			t.Fatalf("%s: the process is gone: %v", what, err)
		}
		return st.UTime + st.STime
	}
	until(t, what+": nobody traces it", func() bool { n, _, _ := tracerOf(pid); return n == 0 }) // the kernel lets go of SIGKILL's
	untouched(t, pid)
	before := used()
	until(t, what+": it works on", func() bool { return used() > before })
}

// What was launched ends with the debugger, even by SIGKILL; a traced program is told of
// what ends its tracer, and outlives SIGKILL.
func TestKilledLaunched(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	busy := testprog.Build(t, "busy")
	for _, row := range []struct {
		args  []string
		sig   syscall.Signal
		exit  string
		lives bool
	}{
		{[]string{"run", "--batch", "-x", scriptFile(t, "break turn", "ignore 2 1000000000", "continue"), busy, "0"}, syscall.SIGTERM, "exit 143", false},
		{[]string{"run", "--batch", "-x", scriptFile(t, "break turn", "ignore 2 1000000000", "continue"), busy, "0"}, syscall.SIGKILL, "signal 9", false},
		{[]string{"trace", "-f", "-o", os.DevNull, busy, "0"}, syscall.SIGTERM, "exit 143", false},
		{[]string{"trace", "-f", "-o", os.DevNull, busy, "0"}, syscall.SIGHUP, "exit 129", false},
		{[]string{"trace", "-f", "-o", os.DevNull, busy, "0"}, syscall.SIGKILL, "signal 9", true},
	} {
		what := fmt.Sprint(row.args[:2], row.sig)
		log := filepath.Join(t.TempDir(), "log")
		f, err := os.Create(log)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(trapline, row.args...)
		cmd.Stdout, cmd.Stderr = f, f // no pipe, which a survivor would hold open
		start(t, cmd)
		until(t, what, func() bool { text, _ := os.ReadFile(log); return strings.Contains(string(text), "ready") })
		var child int
		for _, p := range testprog.Descendants() {
			if p.Comm == "busy" {
				child = p.PID
			}
		}
		cmd.Process.Signal(row.sig)
		if e := wait(t, cmd); e.status != row.exit {
			t.Errorf("%s: %+v, want %s", what, e, row.exit)
		}
		f.Close()
		if row.lives {
			checkGoesOn(t, what, child)
			syscall.Kill(child, syscall.SIGKILL)
		}
		until(t, what+": it is gone", func() bool { // a zombie waits for init
			st, err := procfs.New("").Proc(child).Stat()
			return err != nil || st.State == procfs.Zombie
		})
	}
}
