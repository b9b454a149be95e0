package tracer

// Attaching to what runs and leaving it as it was; killing; what is refused.

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/linux"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
)

func attached(t testing.TB, pid int) (*Tracer, *Process) {
	t.Helper()
	tr := New(linux.New(linux.NewHost()), Options{Follow: FollowBoth})
	p, err := tr.Attach(kernel.PID(pid))
	if err != nil {
		t.Fatal(err)
	}
	return tr, p
}

// runFor lets everything run for a while and then stops the world.
func runFor(t testing.TB, tr *Tracer, d time.Duration, h Handler) {
	t.Helper()
	timer := time.AfterFunc(d, tr.Interrupt)
	defer timer.Stop()
	err := tr.Run(Intent{}, func(e *Event) bool {
		return e.Kind == EvInterrupted || h != nil && h(e)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// stopAll checks that a stopped world is one.
func checkStill(t testing.TB, p *Process) {
	t.Helper()
	for _, th := range p.Threads() {
		if !th.Stopped() {
			t.Errorf("thread %d is not stopped", th.TID)
		}
		if _, err := th.Regs(regs.General); err != nil {
			t.Errorf("thread %d: %v", th.TID, err)
		}
	}
}

func TestAttachIsNotNoticed(t *testing.T) {
	testprog.Leftovers(t)
	prog := testprog.Start(t, "blocked")
	prog.Expect("ready")
	for range 5 {
		tr, p := attached(t, prog.PID)
		if n := len(p.Threads()); n != 19 {
			t.Errorf("%d threads, want 19", n)
		}
		checkStill(t, p)
		for range 3 {
			runFor(t, tr, 20*time.Millisecond, nil)
			checkStill(t, p)
		}
		if err := tr.Detach(p); err != nil {
			t.Fatal(err)
		}
	}
	rest, status := prog.Finish()
	if status != "exit 0" {
		t.Errorf("ended with %s", status)
	}
	for line := range strings.Lines(rest) {
		if !strings.HasSuffix(line, "returned 0 eintr 0\n") {
			t.Errorf("noticed: %s", line)
		}
	}
}

func TestAttachRacesWithThreads(t *testing.T) {
	testprog.Leftovers(t)
	prog := testprog.Start(t, "threadchurn", "0")
	prog.Expect("ready")
	for i := range 40 {
		tr, p := attached(t, prog.PID)
		checkStill(t, p)
		if i%2 == 0 {
			runFor(t, tr, time.Duration(i)*100*time.Microsecond, nil)
			checkStill(t, p)
		}
		if err := tr.Detach(p); err != nil {
			t.Fatal(err)
		}
	}
	if rest, status := prog.Finish(); status != "exit 0" || rest != "threads many\n" {
		t.Errorf("ended with %s: %q", status, rest)
	}
}

// TestAttachBreakDetach leaves no trap behind in a program that keeps hitting one.
func TestAttachBreakDetach(t *testing.T) {
	testprog.Leftovers(t)
	prog := testprog.Start(t, "threadchurn", "0")
	prog.Expect("ready")
	for range 10 {
		tr, p := attached(t, prog.PID)
		hits := 0
		for _, addr := range functions(t, p) {
			b := tr.Breakpoints.Add(&breakpoints.Breakpoint{Check: func(breakpoints.Hit) (bool, error) { hits++; return false, nil }})
			if err := tr.Place(b, p, addr); err != nil {
				t.Fatal(err)
			}
		}
		for end := time.Now().Add(patience); hits == 0 && time.Now().Before(end); {
			runFor(t, tr, 20*time.Millisecond, nil)
		}
		if err := tr.Detach(p); err != nil {
			t.Fatal(err)
		}
		if hits == 0 {
			t.Error("no breakpoint was hit")
		}
	}
	if rest, status := prog.Finish(); status != "exit 0" {
		t.Errorf("ended with %s: %q", status, rest)
	}
}

// TestAttachStopped attaches to a process that job control has stopped: it stays
// stopped, continues when it is continued, and is stopped after detach if it was.
func TestAttachStopped(t *testing.T) {
	testprog.Leftovers(t)
	prog := testprog.Start(t, "echo")
	proc, _ := os.FindProcess(prog.PID)
	proc.Signal(sigStop)
	await(t, prog.PID, procfs.Stopped)
	tr, p := attached(t, prog.PID)
	runFor(t, tr, 10*time.Millisecond, nil)
	if s := runState(t, prog.PID); s != procfs.TracingStop {
		t.Errorf("state %c while the world is stopped", s)
	}
	if err := tr.Detach(p); err != nil {
		t.Fatal(err)
	}
	await(t, prog.PID, procfs.Stopped)

	tr, p = attached(t, prog.PID)
	continued := false
	time.AfterFunc(20*time.Millisecond, func() { proc.Signal(sigCont) })
	runFor(t, tr, 5*time.Second, func(e *Event) bool {
		continued = continued || e.Kind == EvContinued
		return e.Kind == EvSignal && e.Stop.Signal == 18
	})
	if err := tr.Detach(p); err != nil {
		t.Fatal(err)
	}
	await(t, prog.PID, procfs.Sleeping)
	if _, status := prog.Finish(); status != "exit 0" {
		t.Errorf("ended with %s", status)
	}
	if !continued {
		t.Error("its continuation was not told")
	}
}

const (
	sigStop = sysSignal(19)
	sigCont = sysSignal(18)
)

func runState(t testing.TB, pid int) procfs.State {
	st, err := procfs.New("").Proc(pid).Stat()
	if err != nil {
		t.Fatal(err)
	}
	return st.State
}

func await(t testing.TB, pid int, want procfs.State) {
	t.Helper()
	for range 5000 {
		if runState(t, pid) == want {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("process %d is in state %c, not %c", pid, runState(t, pid), want)
}

func TestAttachRefused(t *testing.T) {
	tr := New(linux.New(linux.NewHost()), Options{})
	for pid, errno := range map[int]int{os.Getpid(): 1, 2: 1} {
		var e *kernel.Error
		if _, err := tr.Attach(kernel.PID(pid)); !errors.As(err, &e) || e.Errno != errno {
			t.Errorf("attach %d: %v, want errno %d", pid, err, errno)
		}
	}
	if _, err := tr.Attach(1 << 22); !errors.Is(err, kernel.Errno(3)) {
		t.Errorf("attach to nothing: %v", err)
	}
	for path, errno := range map[string]int{"/no/such": 2, "/tmp": 13, "/etc/passwd": 13} {
		if _, err := tr.Launch(&kernel.Launch{Path: path, Args: []string{path}}); !errors.Is(err, kernel.Errno(errno)) {
			t.Errorf("launch %s: %v, want errno %d", path, err, errno)
		}
	}
}

// TestKillAnywhere kills the program from outside at moments nobody chose, while
// breakpoints are stepped over.
func TestKillAnywhere(t *testing.T) {
	testprog.Leftovers(t)
	for i := range 60 {
		r := launch(t, "threads", testprog.Run{Args: []string{"8", "100000"}}, Options{Follow: FollowBoth})
		placeOn(r, "f", nil)
		pid := int(r.p.PID)
		time.AfterFunc(time.Duration(i)*300*time.Microsecond, func() { killGroup(pid) })
		r.finish(testprog.Run{Status: "signal 9"}, Intent{}, nil)
	}
}

func TestKill(t *testing.T) {
	testprog.Leftovers(t)
	r := launch(t, "threads", testprog.Run{Args: []string{"8", "1000000000"}}, Options{})
	defer r.hung.Stop()
	runFor(t, r.tr, 5*time.Millisecond, nil)
	if err := r.tr.Kill(r.p); err != nil {
		t.Fatal(err)
	}
	if n := len(r.tr.Processes()); n != 0 {
		t.Errorf("%d processes are left", n)
	}
}

func TestClose(t *testing.T) {
	testprog.Leftovers(t)
	prog := testprog.Start(t, "echo")
	r := launch(t, "busy", testprog.Run{Args: []string{"0"}}, Options{})
	defer r.hung.Stop()
	if _, err := r.tr.Attach(kernel.PID(prog.PID)); err != nil {
		t.Fatal(err)
	}
	pid := int(r.p.PID)
	if err := r.tr.Close(); err != nil {
		t.Fatal(err)
	}
	if procfs.New("").Proc(pid).Exists() {
		t.Error("what was launched is still there")
	}
	if rest, status := prog.Finish(); status != "exit 0" {
		t.Errorf("what was attached to ended with %s: %q", status, rest)
	}
}

// TestSignalAtDetach: a signal that has stopped a thread is not lost by detaching.
func TestSignalAtDetach(t *testing.T) {
	testprog.Leftovers(t)
	prog := testprog.Start(t, "busy", "0")
	prog.Expect("ready")
	tr, p := attached(t, prog.PID)
	proc, _ := os.FindProcess(prog.PID)
	time.AfterFunc(5*time.Millisecond, func() { proc.Signal(sysSignal(15)) })
	if err := tr.Run(Intent{}, func(e *Event) bool { return e.Kind == EvSignal }); err != nil {
		t.Fatal(err)
	}
	if err := tr.Detach(p); err != nil {
		t.Fatal(err)
	}
	if _, status := prog.Wait(); status != "signal 15" {
		t.Errorf("ended with %s, want signal 15", status)
	}
}

// TestJumpOutOfCallAndBack sends a thread that sleeps in read(2) elsewhere, as a call
// of a function of the program's does, and puts it back: the read goes on.
func TestJumpOutOfCallAndBack(t *testing.T) {
	testprog.Leftovers(t)
	prog := testprog.Start(t, "echo")
	await(t, prog.PID, procfs.Sleeping)
	tr, p := attached(t, prog.PID)
	th := p.Leader()
	set, err := th.Regs(regs.General)
	if err != nil {
		t.Fatal(err)
	}
	before := *set
	main := symbol(t, p, "main")
	b := tr.Breakpoints.Add(&breakpoints.Breakpoint{})
	if err := tr.Place(b, p, main); err != nil {
		t.Fatal(err)
	}
	jump := before
	jump.G[regs.RIP] = main
	if err := th.SetRegs(&jump, regs.General); err != nil {
		t.Fatal(err)
	}
	if err := tr.Run(Intent{}, func(e *Event) bool { return true }); err != nil {
		t.Fatal(err)
	}
	if pc, err := th.PC(); err != nil || pc != main || b.Hits != 1 {
		t.Errorf("pc %#x, want %#x (%v); %d hits", pc, main, err, b.Hits)
	}
	if err := th.SetRegs(&before, regs.General); err != nil {
		t.Fatal(err)
	}
	if err := tr.Detach(p); err != nil {
		t.Fatal(err)
	}
	io.WriteString(prog.Stdin, "still there\n")
	if rest, status := prog.Finish(); status != "exit 1" || rest != "1: still there\n" {
		t.Errorf("ended with %s: %q", status, rest)
	}
}
