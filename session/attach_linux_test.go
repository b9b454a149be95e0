package session_test

import (
	"bytes"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/linux"
	"github.com/trapline/trapline/session"
	"github.com/trapline/trapline/tracer"
)

// A process that was attached to, stopped at a breakpoint, looked at and let go ends as
// if nothing had happened; so does one whose session just closes.
func TestAttachAndLetGo(t *testing.T) {
	testprog.Leftovers(t)
	for _, last := range []string{"detach", ""} {
		p := testprog.Start(t, "echo")
		var out bytes.Buffer
		done := make(chan struct{})
		go func() {
			defer close(done)
			runtime.LockOSThread()
			s := session.New(session.Config{Tracer: tracer.New(linux.New(linux.NewHost()), tracer.Options{}), Out: &out, Face: &typist{out: &out}})
			defer func() {
				if err := s.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			}()
			if err := s.Attach(kernel.PID(p.PID)); err != nil {
				t.Error(err)
				return
			}
			p.Stdin.Write([]byte("one\n"))
			for _, line := range []string{"break echo.c:12", "continue", "p n", "x/s line", "bt 1", last} {
				if err := s.Execute(line); err != nil {
					t.Errorf("%s: %v", line, err)
				}
			}
		}()
		<-done
		for _, want := range []string{"Attached to process", "Breakpoint 1, main", `$1 = 0`, `"one"`} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q is not in %s", want, out.String())
			}
		}
		p.Stdin.Write([]byte("two\n"))
		if rest, status := p.Finish(); rest != "1: one\n2: two\n" || status != "exit 2" {
			t.Errorf("the program printed %q and ended with %s", rest, status)
		}
	}
}

// What cannot be attached to is refused, by name.
func TestAttachRefused(t *testing.T) {
	var out bytes.Buffer
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		s := session.New(session.Config{Tracer: tracer.New(linux.New(linux.NewHost()), tracer.Options{}), Out: &out, Face: &typist{out: &out}})
		defer s.Close()
		for _, line := range []string{"attach 1", "attach 0", "attach x", "attach", "attach 4194305"} {
			if err := s.Execute(line); err == nil {
				t.Errorf("%s is not refused", line)
			}
		}
		if err := s.Attach(kernel.PID(os.Getpid())); err == nil {
			t.Error("attaching to oneself is not refused")
		}
	}()
	<-done
}
