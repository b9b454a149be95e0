package main

// The forms of a trace for other programs, of real processes and of modeled ones.

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/internal/testprog"
)

// Traces of real and of modeled processes are told by the same schema: births, ends and what is
// between them.
func TestTraceJSON(t *testing.T) {
	const text = `trap : USR1; cat </dev/null; kill -USR1 $$ & wait; (kill -KILL $(sh -c 'echo $PPID')) ; echo x >/no/such; exit 3`
	shell := []string{"sh", "-c", text}
	family := []string{"call", "start", "fork", "exec", "SIGUSR1", "SIGCHLD", "exit 0", "exit 3", "killed by SIGKILL"}
	for _, c := range []struct {
		kernel string
		prog   []string // the first is built, but for a shell
		status string
		told   []string // in a trace of it, besides what else there is
		calls  func(*testing.T, []calltrace.Event)
	}{
		{"host", shell, "exit 3", family, checkCalls},
		{"model,seed=2", shell, "exit 3", family, checkCalls},
		{"model:freebsd", []string{"simfork+freebsd", "1", "2", "3"}, "exit 0", []string{"call", "start", "fork", "exit 0", "exit 1"}, checkABI("freebsd")},
		{"model:freebsd,wild", []string{"simexec+freebsd"}, "exit 5", []string{"call", "start", "thread", "exec", "exit 5"}, checkABI("freebsd")},
		{"model:freebsd", []string{"simsignals+freebsd", "1"}, "exit 0", []string{"call", "start", "SIGUSR2", "exit 0"}, checkABI("freebsd")},
		{"model:svr4", []string{"simfork+svr4", "1", "2", "3"}, "exit 0", []string{"call", "start", "fork", "exit 0", "exit 1"}, checkABI("svr4")},
	} {
		t.Run(c.kernel+" "+c.prog[0], func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "trace.json")
			prog := c.prog
			if prog[0] != "sh" {
				prog = append([]string{testprog.Build(t, prog[0])}, prog[1:]...)
			}
			args := append([]string{"trace", "-f", "-y", "--format", "json", "-o", file}, prog...)
			cmd := exec.Command(realBinary(t), args...)
			if c.kernel != "host" {
				cmd = onModel(t, c.kernel, args...)
			}
			if e := finish(t, cmd); c.status != "" && e.status != c.status {
				t.Fatalf("status %s\n%s", e.status, e.stderr)
			}
			events := eventsOf(t, file)
			told := story(events)
			for _, what := range c.told {
				if told[what] == 0 {
					t.Errorf("nothing is told of %s: %v", what, told)
				}
			}
			ends := 0
			for what, n := range told {
				if strings.HasPrefix(what, "exit ") || strings.HasPrefix(what, "killed by ") {
					ends += n
				}
			}
			if told["fork"] != told["start"]-1 || told["start"] != ends {
				t.Errorf("births and ends do not match: %v", told)
			}
			c.calls(t, events)
		})
	}
}

// checkABI checks that calls are told by an ABI's name, and that threads are of the processes that
// were told of.
func checkABI(name string) func(*testing.T, []calltrace.Event) {
	return func(t *testing.T, events []calltrace.Event) {
		t.Helper()
		born := map[int]bool{}
		for _, e := range events {
			if e.Type == calltrace.ProcessType {
				born[e.PID] = true
			}
			if e.CallEvent != nil && e.ABI != name || !born[e.PID] {
				t.Errorf("%+v", e)
			}
		}
	}
}

// checkCalls looks at two calls of the trace whose every field is known.
func checkCalls(t *testing.T, events []calltrace.Event) {
	t.Helper()
	opened, failed := 0, 0
	for _, e := range events {
		if e.CallEvent == nil || e.Name != "openat" && e.Name != "open" || len(e.Paths) != 1 {
			continue
		}
		path := e.Args[len(e.Args)-min(len(e.Args), 3)]
		switch e.Paths[0] {
		case "/dev/null":
			opened++
			if e.Ret == nil || *e.Ret < 0 || e.Errno != "" || !strings.HasSuffix(e.Result, "</dev/null>") || e.Returned-e.Entered != e.Duration {
				t.Errorf("the open of /dev/null is %+v", *e.CallEvent)
			}
		case "/no/such":
			failed++
			if e.Ret == nil || *e.Ret != -1 || e.Errno != "ENOENT" || e.ErrnoNo != 2 {
				t.Errorf("the open of /no/such is %+v (%v)", *e.CallEvent, path)
			}
		}
	}
	if opened == 0 || failed == 0 {
		t.Errorf("%d opens of /dev/null, %d of /no/such", opened, failed)
	}
}

// A trace for Perfetto is JSON however it ends.
func TestTraceChrome(t *testing.T) {
	for _, sig := range []unix.Signal{0, unix.SIGTERM} {
		file := filepath.Join(t.TempDir(), "trace.json")
		args := []string{"trace", "-f", "--format", "chrome", "-o", file, "sh", "-c", "echo a | cat; echo ready >&2; test -z \"$1\" || exec sleep 1000", "sh"}
		want := "exit 0"
		if sig != 0 {
			args, want = append(args, "sleep"), fmt.Sprintf("exit %d", 128+int(sig))
		}
		cmd := exec.Command(realBinary(t), args...)
		start(t, cmd)
		if sig != 0 {
			until(t, "the program sleeps", func() bool {
				text, _ := os.ReadFile(file) // it may not be there yet
				return strings.Contains(string(text), `"buf":"\"ready\\n`)
			})
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
		}
		if e := wait(t, cmd); e.status != want {
			t.Errorf("status %s, want %s\n%s", e.status, want, e.stderr)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var entries []struct{ Ph, Name string }
		if err := json.Unmarshal(text, &entries); err != nil {
			t.Fatalf("signal %v: %v", sig, err)
		}
		phases := map[string]int{}
		for _, e := range entries {
			phases[e.Ph]++
		}
		if phases["X"] < 20 || phases["M"] < 4 || phases["i"] < 4 {
			t.Errorf("signal %v: entries by phase: %v", sig, phases)
		}
	}
}

// Threads that come and go, and one that is killed inside a call.
func TestTraceJSONThreads(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trace.json")
	prog := testprog.Build(t, "threads")
	e := finish(t, exec.Command(realBinary(t), "trace", "-f", "--format", "json", "-o", file, prog))
	if e.status != "exit 0" {
		t.Fatalf("status %s\n%s", e.status, e.stderr)
	}
	events := eventsOf(t, file)
	threads, unfinished, pid := 0, 0, events[0].PID
	for _, e := range events {
		if e.PID != pid {
			t.Fatalf("%+v is of another process than %d", e, pid)
		}
		if e.Action == "start" && e.How == calltrace.HowThread {
			threads++
		}
		if e.CallEvent != nil && e.Unfinished == "killed" {
			unfinished++
		}
	}
	if threads == 0 || unfinished == 0 {
		t.Errorf("%d threads began, %d calls never returned (exit is one)", threads, unfinished)
	}
}

// -k has the stack behind each call: as lines, and as data.
func TestTraceStacks(t *testing.T) {
	prog := testprog.Build(t, "hello")
	file := filepath.Join(t.TempDir(), "trace.json")
	if e := finish(t, exec.Command(realBinary(t), "trace", "-k", "--format", "json", "-o", file, prog)); e.status != "exit 0" {
		t.Fatalf("status %s\n%s", e.status, e.stderr)
	}
	calls, within := 0, 0
	for _, e := range eventsOf(t, file) {
		if e.CallEvent == nil || e.Name != "write" {
			continue
		}
		calls++
		for _, f := range e.Stack {
			if f.Symbol == "main" && f.Image == prog {
				within++
			}
		}
	}
	if calls == 0 {
		t.Errorf("no write")
	}
	e := finish(t, exec.Command(realBinary(t), "trace", "-k", "-e", "write", prog))
	if n := strings.Count(e.stderr, " > "+prog+"(main+0x"); n != within {
		t.Errorf("main is behind %d writes in the lines, %d in the events\n%s", n, within, e.stderr)
	}
	// What is buffered is written at the exit, and that comes from main's caller.
	if n := strings.Count(e.stderr, "\n > "); n < calls*2 {
		t.Errorf("%d frames of %d writes\n%s", n, calls, e.stderr)
	}
}

// A program that runs again and again is open once in the tracer, which is the parent of what it traces.
func TestTraceStacksOpenFilesOnce(t *testing.T) {
	prog := testprog.Build(t, "hello")
	script := fmt.Sprintf("for i in 1 2 3 4 5 6; do %[1]s >/dev/null; done; grep -c %[1]s /proc/$PPID/maps", prog)
	e := finish(t, exec.Command(realBinary(t), "trace", "-f", "-k", "-o", os.DevNull, "sh", "-c", script))
	if e.status != "exit 0" || e.stdout != "1\n" {
		t.Errorf("%s, mapped %q times, want once\n%s", e.status, e.stdout, e.stderr)
	}
}

// --tree says at the end which process made which, on any kernel.
func TestTraceTree(t *testing.T) {
	for _, choice := range []string{"host", "model,seed=4"} {
		args := []string{"trace", "--tree", "-o", os.DevNull, "sh", "-c", "(exit 3; true); sh -c 'cat </dev/null; kill -KILL $$'; exit 4"}
		cmd := exec.Command(realBinary(t), args...)
		if choice != "host" {
			cmd = onModel(t, choice, args...)
		}
		e := finish(t, cmd)
		if e.status != "exit 4" {
			t.Errorf("%s: status %s", choice, e.status)
		}
		want := []string{`^sh \(\d+\) \S+s, \d+ calls, \d+ errors, exited with 4$`, `^  sh \(\d+\) .* exited with 3$`,
			`^  sh \(\d+\) .* killed by SIGKILL$`, `^    cat \(\d+\) \S+s, \d\d+ calls, \d+ errors, exited with 0$`}
		lines := strings.Split(strings.TrimSpace(e.stderr), "\n")
		tree := lines[max(0, len(lines)-len(want)):]
		for i, pattern := range want {
			if i >= len(tree) || !regexp.MustCompile(pattern).MatchString(tree[i]) {
				t.Errorf("%s: no line %d like %s in\n%s", choice, i, pattern, e.stderr)
			}
		}
	}
}
