package main

// Traces under a filter of the kernel's: they say what they say without one, and nobody is harmed.

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/internal/testprog"
)

// numbers differ from run to run: pids, addresses.
var numbers = regexp.MustCompile(`0x[0-9a-f]+|\d{3,}`)

func TestFilteredTrace(t *testing.T) {
	trapline := realBinary(t)
	for _, c := range []struct {
		flags string
		prog  []string
	}{
		{"-e openat", []string{"true"}},
		{"-e execve,wait4 -e signal=USR1", []string{"sh", "-c", "/bin/true; (exit 3); kill -USR1 $$"}},
		{"-f -e execve,exit_group", []string{"sh", "-c", "/bin/true; /bin/false; exit 4"}},
		{"-e signal=none -e !%memory,%file,%desc,%stat,futex,getrandom,rt_sigreturn", []string{"sh", "-c", "(exit 2)"}},
		{"-f -e getppid", []string{testprog.Build(t, "ownfilter")}},
		{"-e getppid,exit_group", []string{testprog.Build(t, "ownfilter")}},
		{"-e none", []string{"sh", "-c", "kill -KILL $$"}},
		{"-k -e write", []string{"echo", "x"}},
		{"-c -U calls,errors,name -e openat -S name", []string{"true"}},
		{"--format json -e openat", []string{"true"}},
	} {
		var told [2]string
		for i, filter := range []string{"--seccomp-bpf=false", "--seccomp-bpf"} {
			file := filepath.Join(t.TempDir(), "trace")
			cmd := exec.Command(trapline, append(append([]string{"trace", filter, "-o", file}, strings.Fields(c.flags)...), c.prog...)...)
			e := finish(t, cmd)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			told[i] = e.status + "\n" + e.stdout + e.stderr + numbers.ReplaceAllString(string(text), "N")
		}
		if d := gocmp.Diff(told[0], told[1]); d != "" {
			t.Errorf("%s %q: -unfiltered +filtered\n%s", c.flags, c.prog, d)
		}
	}
}

// TestFilterIsThere looks whether the program has a filter: what is wanted decides.
func TestFilterIsThere(t *testing.T) {
	trapline := realBinary(t)
	const look = `grep -E "^(Seccomp|NoNewPrivs):" /proc/self/status`
	plain := finish(t, exec.Command("sh", "-c", look)).stdout
	for flags, filtered := range map[string]bool{"-e openat": true, "-f -e openat": true, "": false, "-e all": false, "-e signal=all": false,
		"--seccomp-bpf=false -e openat": false, "-e none": false, "-f -e none -e signal=all": false} {
		args := append(append([]string{"trace", "-o", "/dev/null"}, strings.Fields(flags)...), "sh", "-c", look)
		want := plain
		if filtered && os.Geteuid() == 0 { // privileges are left as they are
			want = strings.Replace(want, "Seccomp:\t0", "Seccomp:\t2", 1)
		}
		if e := finish(t, exec.Command(trapline, args...)); e.stdout != want && (os.Geteuid() == 0 || !filtered) {
			t.Errorf("%s: %q, want %q", flags, e.stdout, want)
		}
	}
}

// TestFilteredDaemon leaves a child behind that is not followed: the trace ends with the
// program, the child goes on and its calls are made, those that are looked for too.
func TestFilteredDaemon(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("without -f only root has filters")
	}
	trapline := realBinary(t)
	testprog.Leftovers(t)
	dir := t.TempDir()
	file, goOn := filepath.Join(dir, "made"), filepath.Join(dir, "go")
	if err := unix.Mkfifo(goOn, 0o600); err != nil {
		t.Fatal(err)
	}
	e := finish(t, exec.Command(trapline, "trace", "-e", "openat,wait4", "-o", filepath.Join(dir, "trace"), "sh", "-c",
		`(read x <"$1"; /bin/true && echo "$x $?" >"$0") </dev/null >/dev/null 2>&1 & exit 6`, file, goOn))
	if e.status != "exit 6" {
		t.Fatalf("%s: %s", e.status, e.stderr)
	}
	if err := os.WriteFile(goOn, []byte("went\n"), 0); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if text, _ := os.ReadFile(file); string(text) == "went 0\n" {
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("the child has written %q", text)
		}
	}
}

// TestFilteredEnd ends the tracer by a signal that the program outlives.
func TestFilteredEnd(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	for _, flags := range [][]string{{"-f"}, nil} {
		cmd := exec.Command(trapline, append(append([]string{"trace", "-e", "openat", "-o", "/dev/null"}, flags...),
			"sh", "-c", `trap 'cat /dev/null && echo alive; exit 5' TERM; echo ready; while :; do sleep 0.01; done`)...)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 64)
		if n, err := out.Read(b); err != nil || string(b[:n]) != "ready\n" {
			t.Fatalf("%q, %v", b[:n], err)
		}
		_ = cmd.Process.Signal(unix.SIGTERM)
		n, _ := out.Read(b)
		if err := cmd.Wait(); string(b[:n]) != "alive\n" {
			t.Errorf("%v: %q, %v", flags, b[:n], err)
		}
	}
}

// TestFilteredTracer traces a tracer: the user is told what hinders it.
func TestFilteredTracer(t *testing.T) {
	trapline := realBinary(t)
	for flags, hindered := range map[string]bool{"-e openat": os.Geteuid() == 0, "--seccomp-bpf=false -e openat": false} {
		e := finish(t, exec.Command(trapline, append(append([]string{"trace", "-o", "/dev/null"}, strings.Fields(flags)...),
			trapline, "trace", "-o", "/dev/null", "true")...))
		if told := strings.Contains(e.stderr, "--seccomp-bpf=false"); told != hindered || !hindered && e.status != "exit 0" {
			t.Errorf("%s: %s, %q", flags, e.status, e.stderr)
		}
	}
}
