package tracer

// What a review of the engine asked of it: the corners where two things happen at once.

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/linux"
	"github.com/trapline/trapline/procfs"
)

// TestHitsInHeldThreads counts where each hit needs the other threads held, while
// processes are made that run the same code.
func TestHitsInHeldThreads(t *testing.T) {
	for _, c := range []struct {
		mode, out string
		follow    Follow
		hits      int
	}{
		{"fork", "calls 900 handled 0\n", FollowBoth, 900 + 36*3},
		{"fork", "calls 900 handled 0\n", FollowParent, 900},
		{"vfork", "calls 936 handled 0\n", FollowBoth, 936},
		{"vfork", "calls 936 handled 0\n", FollowParent, 900},
		{"signal", "calls 1800 handled 900\n", FollowBoth, 1800},
	} {
		testprog.Leftovers(t)
		run := testprog.Run{Args: []string{c.mode}, Stdout: c.out}
		r := launch(t, "held", run, Options{Follow: c.follow})
		b := placeOn(r, "f", nil)
		r.finish(run, Intent{}, nil)
		if b.Hits != c.hits {
			t.Errorf("%s: %d hits, want %d", c.mode, b.Hits, c.hits)
		}
	}
}

// TestMemoryWithoutLeader: the memory of a process whose first thread has ended is that
// of the others.
func TestMemoryWithoutLeader(t *testing.T) {
	testprog.Leftovers(t)
	run := testprog.Run{Stdout: "leader gone\n", Status: "exit 6"}
	r := launch(t, "leaderexit", run, Options{Mode: kernel.Syscalls})
	main := symbol(t, r.p, "main")
	gone, tried := false, false
	r.finish(run, Intent{}, func(e *Event) bool {
		if e.Kind == EvThreadExit && e.Thread == r.p.Leader() {
			gone = true
		}
		if gone && !tried && e.Kind == EvSyscallEnter && e.Thread.TID != kernel.TID(r.p.PID) &&
			runState(t, int(r.p.PID)) == procfs.Zombie {
			tried = true
			var text [64]byte
			if n, err := r.p.ReadMem(main, text[:]); err != nil || n != 64 {
				t.Errorf("read: %d, %v", n, err)
			}
			if n, err := r.p.WriteMem(main, text[:]); err != nil || n != 64 {
				t.Errorf("write: %d, %v", n, err)
			}
		}
		return false
	})
	if !tried {
		t.Error("the leader was never seen dead")
	}
}

// letGo waits for a launched program that has been let go and compares.
func (r *rig) letGo(run testprog.Run) {
	r.t.Helper()
	defer r.hung.Stop()
	<-r.read
	var ws syscall.WaitStatus // an engine that still waits for others took it already, and ours is all right
	_, err := syscall.Wait4(int(r.p.PID), &ws, 0, nil)
	status := fmt.Sprintf("exit %d", ws.ExitStatus())
	if err == nil && ws.Signaled() {
		status = fmt.Sprintf("signal %d", ws.Signal())
	}
	if err := run.Check(r.stdout.String(), status); err != nil {
		r.t.Error(err)
	}
}

// until runs to the n-th event of a kind and stops the world.
func (r *rig) until(kind EventKind, n int) *Event {
	r.t.Helper()
	var found Event
	err := r.tr.Run(Intent{}, func(e *Event) bool {
		if e.Kind == kind {
			n--
		}
		found = *e
		return e.Kind == kind && n == 0
	})
	if err != nil {
		r.t.Fatalf("run to event %d: %v", kind, err)
	}
	return &found
}

// TestLetGoInVfork lets go of a program in each way while a child of it runs in its
// memory, through its breakpoints.
func TestLetGoInVfork(t *testing.T) {
	ways := map[string]func(r *rig) error{
		"detach": func(r *rig) error { return r.tr.Detach(r.p) },
		"close":  func(r *rig) error { return r.tr.Close() },
	}
	for _, args := range [][]string{{"vfork"}, {"vexec", "{prog:exit42}"}} {
		for _, follow := range []Follow{FollowParent, FollowBoth} {
			for name, way := range ways {
				for n := 1; n <= 9; n += 2 {
					t.Run(fmt.Sprintf("%s/%d/%s/%d", args[0], follow, name, n), func(t *testing.T) {
						testprog.Leftovers(t)
						run := testprog.Run{Args: args, Stdout: "calls 936 handled 0\n"}
						r := launch(t, "held", run, Options{Follow: follow})
						placeOn(r, "f", nil)
						r.until(EvFork, n)
						for _, p := range r.tr.procs {
							p.Launched = false // or Close would kill it
						}
						if err := way(r); err != nil {
							t.Error(err)
						}
						if err := r.tr.Close(); err != nil {
							t.Error(err)
						}
						r.letGo(run)
					})
				}
			}
		}
	}
}

// TestFollowChild: the parent is let go at once, whatever it is doing.
func TestFollowChild(t *testing.T) {
	for _, args := range [][]string{{"fork"}, {"vfork"}, {"vexec", "{prog:exit42}"}} {
		t.Run(args[0], func(t *testing.T) {
			testprog.Leftovers(t)
			run := testprog.Run{Args: args, Stdout: "calls 900 handled 0\n"}
			if args[0] != "fork" {
				run.Stdout = "calls 936 handled 0\n"
			}
			r := launch(t, "held", run, Options{Follow: FollowChild})
			followed, hits := false, 0
			placeOn(r, "f", func(h breakpoints.Hit) (bool, error) {
				if followed && h.PID == int(r.p.PID) {
					t.Error("the parent is held still")
				}
				hits++
				return false, nil
			})
			for err := error(nil); err == nil; {
				err = r.tr.Run(Intent{}, func(e *Event) bool {
					followed = followed || e.Kind == EvProcessNew
					return false
				})
			}
			if hits == 0 {
				t.Error("nothing was hit")
			}
			r.letGo(run)
		})
	}
}

// TestRemoveInSharedMemory: two breakpoints at one address that two processes run
// through in one memory; one of them is removed.
func TestRemoveInSharedMemory(t *testing.T) {
	testprog.Leftovers(t)
	run := testprog.Run{Args: []string{"vfork"}, Stdout: "calls 936 handled 0\n"}
	r := launch(t, "held", run, Options{Follow: FollowBoth})
	one, two := placeOn(r, "f", nil), placeOn(r, "f", nil)
	r.until(EvProcessNew, 1)
	if err := r.tr.Remove(one); err != nil {
		t.Error(err)
	}
	r.finish(run, Intent{}, nil)
	if two.Hits != 936 {
		t.Errorf("%d hits, want 936", two.Hits)
	}
}

// TestPlaceAfterFork places a breakpoint between a fork and the child's first stop: the
// child is to have it, or to be without any trace of it.
func TestPlaceAfterFork(t *testing.T) {
	for _, remove := range []bool{false, true} {
		testprog.Leftovers(t)
		run := testprog.Run{Args: []string{"fork"}, Stdout: "calls 900 handled 0\n"}
		r := launch(t, "held", run, Options{Follow: FollowBoth})
		var b *breakpoints.Breakpoint
		if remove {
			b = placeOn(r, "f", nil)
		}
		child, hits := 0, 0
		count := func(h breakpoints.Hit) (bool, error) {
			if h.PID == child {
				hits++
			}
			return false, nil
		}
		r.finish(run, Intent{}, func(e *Event) bool {
			if e.Kind == EvFork && child == 0 {
				child = int(e.Stop.New)
				if remove {
					if err := r.tr.Remove(b); err != nil {
						t.Error(err)
					}
				} else {
					b = placeOn(r, "f", count)
				}
			}
			if e.Kind == EvProcessNew && remove && e.Process.space.sites.Len() != 0 {
				t.Error("the child has a trap of a breakpoint that is no more")
			}
			return false
		})
		if want := 3; !remove && hits != want {
			t.Errorf("%d hits in the child, want %d", hits, want)
		}
	}
}

// TestUnwatchWhileHit removes a watchpoint when threads have met it that nobody has been
// told of: what they met is not the program's own trap.
func TestUnwatchWhileHit(t *testing.T) {
	testprog.NeedDebugRegisters(t)
	for range 10 {
		testprog.Leftovers(t)
		run := testprog.Run{Args: []string{"signal"}, Stdout: "calls 1800 handled 900\n"}
		r := launch(t, "held", run, Options{})
		b := r.tr.Breakpoints.Add(&breakpoints.Breakpoint{Kind: breakpoints.Write, Len: 8})
		if err := r.tr.Place(b, r.p, symbol(t, r.p, "calls")); err != nil {
			t.Fatal(err)
		}
		r.until(EvWatchpoint, 50)
		if err := r.tr.Remove(b); err != nil {
			t.Fatal(err)
		}
		r.finish(run, Intent{}, nil)
	}
}

// TestExecCallPairs: execve from a thread that is not the leader ends as the leader's.
func TestExecCallPairs(t *testing.T) {
	testprog.Leftovers(t)
	prog, _, err := testprog.Lookup("execthread")
	if err != nil {
		t.Fatal(err)
	}
	run := prog.Runs[0]
	for _, events := range []kernel.Events{0, kernel.EventExec | kernel.EventThreads} {
		r := launch(t, "execthread", run, Options{Mode: kernel.Syscalls, Events: events})
		execed, checked := false, false
		r.finish(run, Intent{}, func(e *Event) bool {
			switch {
			case e.Kind == EvExec:
				execed = true
			case e.Kind == EvSyscallExit && execed && !checked:
				checked = true
				if nr := e.Thread.Call.Nr; nr != 59 || !e.Thread.InCall {
					t.Errorf("the exec ended as call %d, in a call %v", nr, e.Thread.InCall)
				}
			}
			return false
		})
	}
}

// TestDetachAfterVfork: a tracer that is not told when a vfork ends lets go of the
// parent, which sleeps, all the same.
func TestDetachAfterVfork(t *testing.T) {
	testprog.Leftovers(t)
	prog := testprog.Start(t, "vfork", "exit", "-", "wait")
	tr := New(linux.New(linux.NewHost()), Options{Follow: FollowBoth, Mode: kernel.Syscalls,
		Events: kernel.EventExec | kernel.EventThreads | kernel.EventForks})
	p, err := tr.Attach(kernel.PID(prog.PID))
	if err != nil {
		t.Fatal(err)
	}
	th := p.Leader()
	th.vforking = false
	timer := time.AfterFunc(5*time.Second, func() { prog.Stdin.Close() })
	for th.Call.Nr != 0 || !th.InCall { // read
		runFor(t, tr, 5*time.Millisecond, nil)
	}
	if err := tr.Detach(p); err != nil {
		t.Fatal(err)
	}
	if !timer.Stop() {
		t.Error("it was let go only when it went on by itself")
	}
	if rest, status := prog.Finish(); status != "exit 0" {
		t.Errorf("ended with %s: %q", status, rest)
	}
}

// TestCallsNotInterrupted: neither our interrupts while system calls are traced nor a
// signal that the program ignores end the calls that only a signal ends.
func TestCallsNotInterrupted(t *testing.T) {
	for name, o := range map[string]Options{"run": {}, "syscalls": {Mode: kernel.Syscalls}} {
		t.Run(name, func(t *testing.T) {
			testprog.Leftovers(t)
			prog := testprog.Start(t, "blocked")
			prog.Expect("ready")
			tr := New(linux.New(linux.NewHost()), o)
			p, err := tr.Attach(kernel.PID(prog.PID))
			if err != nil {
				t.Fatal(err)
			}
			for range 4 {
				runFor(t, tr, 10*time.Millisecond, nil)
			}
			const winch = 28
			for range 3 {
				for _, th := range p.Threads() {
					syscall.Tgkill(prog.PID, int(th.TID), winch)
				}
				runFor(t, tr, 20*time.Millisecond, nil)
			}
			if err := tr.Detach(p); err != nil {
				t.Fatal(err)
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
		})
	}
}

// TestStepsInterrupted steps through pushf and syscall while the world is stopped at
// moments nobody chose: the trap flag shows in neither.
func TestStepsInterrupted(t *testing.T) {
	testprog.Leftovers(t)
	run := testprog.Run{Args: []string{"40"}, Stdout: "pushf 0 r11 0 frame 0 lost 0\n"}
	r := launch(t, "pushf+static", run, Options{})
	done := make(chan struct{})
	defer close(done)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			case <-time.After(time.Duration(50+i%7*30) * time.Microsecond):
				r.tr.Interrupt()
			}
		}
	}()
	r.finish(run, Intent{Step: r.p.Leader()}, func(e *Event) bool { return e.Kind == EvInterrupted })
}

// TestStepThroughPopf: the trap flag of our steps does not stay when popf was one of
// them; the program would die of it.
func TestStepThroughPopf(t *testing.T) {
	for steps := 1; steps < 8; steps++ {
		testprog.Leftovers(t)
		run := testprog.Run{Args: []string{"2"}, Stdout: "pushf 0 r11 0 frame 0 lost 0\n"}
		r := launch(t, "pushf", run, Options{})
		placeOn(r, "load_flags", nil).Ignore = 0
		r.until(EvBreakpoint, 1)
		n := 0
		if err := r.tr.Run(Intent{Step: r.tr.current}, func(e *Event) bool { n++; return n == steps }); err != nil {
			t.Fatal(err)
		}
		r.finish(run, Intent{}, nil)
	}
}
