package session_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/elfinfo/core"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel/linux"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/session"
	"github.com/trapline/trapline/tracer"
)

// saved runs a program to a breakpoint on the host, saves a core there, and is what was said and the
// core's path. The program then runs to its end, as if nothing had been.
func saved(t *testing.T, program, at string) (text, path string, exit int) {
	t.Helper()
	testprog.Leftovers(t)
	binary := testprog.Build(t, program)
	path = filepath.Join(t.TempDir(), "saved core")
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	var out bytes.Buffer
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		s := session.New(session.Config{Out: &out, Face: &typist{out: &out}, Tracer: tracer.New(linux.New(linux.NewHost()), tracer.Options{}),
			Target: session.Target{Path: binary, Program: binary, Env: []string{"PATH=/bin"}, Files: []int{int(null.Fd()), int(null.Fd()), int(null.Fd())}}})
		defer s.Close()
		for _, line := range []string{"break " + at, "run", "p/x $pc", "p/x $sp", "info threads", fmt.Sprintf("gcore %q", path), "delete", "continue"} {
			if err := s.Execute(line); err != nil {
				fmt.Fprintf(&out, "error: %s: %v\n", line, err)
			}
		}
		exit = s.Exit
	}()
	<-done
	if !strings.Contains(out.String(), "Saved corefile "+path+"\n") || strings.Contains(out.String(), "error:") {
		t.Fatal(out.String())
	}
	return out.String(), path, exit
}

// shown is the nth value that the session printed.
func shown(t *testing.T, text string, n int) string {
	t.Helper()
	m := regexp.MustCompile(fmt.Sprintf(`\$%d = (0x[0-9a-f]+)`, n)).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no value %d in %s", n, text)
	}
	return m[1]
}

// TestGcore reads a core of ours: with our reader, and with gdb.
func TestGcore(t *testing.T) {
	text, path, _ := saved(t, "threads", "f")
	c, err := core.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if len(c.Problems) > 0 || c.System() != "Linux" || len(c.Threads) < 2 || c.Process.Name != "threads" {
		t.Fatalf("%v\n%s", c.Problems, c.Text())
	}
	th := &c.Threads[0]
	if pc := fmt.Sprintf("%#x", th.Regs.PC()); pc != shown(t, text, 1) || th.Regs.Have != regs.General|regs.Extended {
		t.Errorf("pc is %s in the core, %s in the session", pc, shown(t, text, 1))
	}
	code := make([]byte, 1)
	if m := c.Map(th.Regs.PC()); m == nil || filepath.Base(m.Path) != "threads" {
		t.Errorf("pc is in %v", m)
	}
	if n, _ := c.ReadMem(th.Regs.PC(), code); n == 1 && code[0] == 0xcc {
		t.Error("the breakpoint is in the core")
	}
	if n, err := c.ReadMem(th.Regs.SP(), make([]byte, 64)); n != 64 {
		t.Errorf("stack: %v", err)
	}
	if _, err := exec.LookPath("gdb"); err != nil {
		t.Skip("gdb is not installed: only our own reader has read it")
	}
	m := c.Map(th.Regs.PC())
	out, err := exec.Command("gdb", "-nx", "-batch", "-ex", "p/x $pc", "-ex", "p/x $sp", "-ex", "bt 1", "-ex", "info threads", m.Path, path).CombinedOutput()
	if err != nil {
		t.Fatalf("gdb: %v: %s", err, out)
	}
	if said := string(out); shown(t, said, 1) != shown(t, text, 1) || shown(t, said, 2) != shown(t, text, 2) || !strings.Contains(said, "#0  f") {
		t.Errorf("gdb: %s\nsession: %s", said, text)
	}
	if got, want := strings.Count(string(out), "(LWP "), len(c.Threads); got < want {
		t.Errorf("gdb sees %d threads of %d: %s", got, want, out)
	}
}

// TestGcoreCancelled: ^C leaves no file, and the process as it was.
func TestGcoreCancelled(t *testing.T) {
	testprog.Leftovers(t)
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	path := filepath.Join(t.TempDir(), "saved")
	var out bytes.Buffer
	failed, status := error(nil), -1
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		binary := testprog.Build(t, "threads")
		s := session.New(session.Config{Out: &out, Face: &typist{out: &out}, Tracer: tracer.New(linux.New(linux.NewHost()), tracer.Options{}),
			Target: session.Target{Path: binary, Program: binary, Env: []string{"PATH=/bin"}, Files: []int{int(null.Fd()), int(null.Fd()), int(null.Fd())}}})
		defer s.Close()
		for _, line := range []string{"break f", "run"} {
			if err := s.Execute(line); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
		over := make(chan struct{})
		pressed := make(chan struct{})
		go func() {
			defer close(pressed)
			for {
				select {
				case <-over:
					return
				default:
					s.Cancel()
				}
			}
		}()
		failed = s.Execute("gcore " + path)
		close(over)
		<-pressed
		for _, line := range []string{"delete", "continue"} {
			if err := s.Execute(line); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
		status = s.Exit
	}()
	<-done
	if failed == nil || failed.Error() != "no core was written: it was interrupted" {
		t.Errorf("it said %v", failed)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a part of a core is left")
	}
	if status != 0 || strings.Contains(out.String(), "Saved") {
		t.Errorf("the program ended with %d: %s", status, out.String())
	}
}

// TestGcoreRefused says why no core is written.
func TestGcoreRefused(t *testing.T) {
	var out bytes.Buffer
	s := session.New(session.Config{Out: &out, Face: &typist{out: &out}, Tracer: tracer.New(linux.New(linux.NewHost()), tracer.Options{})})
	if err := s.Execute("gcore"); err == nil || !strings.Contains(err.Error(), "not being run") {
		t.Errorf("without a process: %v", err)
	}
}

// TestGcoreNoFile: what is no file is left alone.
func TestGcoreNoFile(t *testing.T) {
	testprog.Leftovers(t)
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	var failed error
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		binary := testprog.Build(t, "threads")
		var out bytes.Buffer
		s := session.New(session.Config{Out: &out, Face: &typist{out: &out}, Tracer: tracer.New(linux.New(linux.NewHost()), tracer.Options{}),
			Target: session.Target{Path: binary, Program: binary, Env: []string{"PATH=/bin"}}})
		defer s.Close()
		for _, line := range []string{"start", "gcore " + fifo} {
			failed = s.Execute(line)
		}
	}()
	<-done
	if failed == nil || !strings.Contains(failed.Error(), "is no file that a core could be written to") {
		t.Errorf("it said %v", failed)
	}
	if _, err := os.Stat(fifo); err != nil {
		t.Error(err)
	}
}
