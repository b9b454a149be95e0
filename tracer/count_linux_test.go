package tracer

// Every executed breakpoint is counted once, watchpoints see what they are put on.

import (
	"debug/elf"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
)

type sysSignal = syscall.Signal

// symbol is where a symbol of the program lies in a process.
func symbol(t testing.TB, p *Process, name string) uint64 {
	t.Helper()
	f, err := elf.Open(fmt.Sprintf("/proc/%d/exe", p.PID))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	syms, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range syms {
		if s.Name == name {
			return s.Value + bias(t, p, f)
		}
	}
	t.Fatalf("no symbol %s", name)
	return 0
}

// placeOn puts a counting breakpoint on a function.
func placeOn(r *rig, name string, check func(breakpoints.Hit) (bool, error)) *breakpoints.Breakpoint {
	r.t.Helper()
	b := r.tr.Breakpoints.Add(&breakpoints.Breakpoint{Spec: name, Ignore: 1 << 40, Check: func(h breakpoints.Hit) (bool, error) {
		if r.goesOn(); check != nil {
			return check(h)
		}
		return true, nil
	}})
	if err := r.tr.Place(b, r.p, symbol(r.t, r.p, name)); err != nil {
		r.t.Fatal(err)
	}
	return b
}

func TestHitsAreCounted(t *testing.T) {
	for _, c := range []struct {
		prog, fn string
		run      testprog.Run
		hits     int
	}{
		{"loop", "work", testprog.Run{Stdout: "calls 1000 sum 499500\n"}, 1000},
		{"loop+O2", "work", testprog.Run{Args: []string{"300"}, Stdout: "calls 300 sum 44850\n"}, 300},
		{"factorial", "factorial", testprog.Run{Stdout: "12! = 479001600\n"}, 12},
		{"threads", "f", testprog.Run{Stdout: "threads 4 calls 4000 sum 4000\n"}, 4000},
		{"threads+O2", "f", testprog.Run{Args: []string{"16", "50"}, Stdout: "threads 16 calls 800 sum 800\n"}, 800},
		{"threads+cet", "f", testprog.Run{Args: []string{"16", "50"}, Stdout: "threads 16 calls 800 sum 800\n"}, 800},
		{"pushcalls", "fn", testprog.Run{Args: []string{"5000"}}, 5000},
		{"endbrcalls", "fn", testprog.Run{Args: []string{"5000"}}, 5000},
	} {
		t.Run(c.prog, func(t *testing.T) {
			testprog.Leftovers(t)
			r := launch(t, c.prog, c.run, Options{})
			b := placeOn(r, c.fn, nil)
			r.finish(c.run, Intent{}, nil)
			if b.Hits != c.hits {
				t.Errorf("%d hits, want %d", b.Hits, c.hits)
			}
		})
	}
}

// TestHitsWhileStopping counts in many threads while the world is stopped and set
// going all the time, and threads step now and then.
func TestHitsWhileStopping(t *testing.T) {
	testprog.Leftovers(t)
	run := testprog.Run{Args: []string{"8", "400"}, Stdout: "threads 8 calls 3200 sum 3200\n"}
	r := launch(t, "threads+cet", run, Options{})
	b := placeOn(r, "f", nil)
	b.Ignore = 0
	n := 0
	for {
		in := Intent{}
		if n%7 == 3 && r.tr.current != nil {
			in.Step = r.tr.current
		}
		err := r.tr.Run(in, r.watch(func(e *Event) bool {
			return e.Kind == EvBreakpoint || e.Kind == EvStep
		}))
		if err != nil {
			break
		}
		n++
	}
	r.finish(run, Intent{}, nil)
	if b.Hits != 3200 {
		t.Errorf("%d hits, want 3200", b.Hits)
	}
}

// TestFirstInstructions steps over each kind of first instruction.
func TestFirstInstructions(t *testing.T) {
	prog, _, err := testprog.Lookup("stepover")
	if err != nil {
		t.Fatal(err)
	}
	run := prog.Runs[0]
	testprog.Leftovers(t)
	r := launch(t, "stepover", run, Options{})
	f, err := elf.Open(testprog.Build(t, "stepover"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	syms, _ := f.Symbols()
	var placed []*breakpoints.Breakpoint
	for _, s := range syms {
		if elf.ST_TYPE(s.Info) == elf.STT_FUNC && strings.HasPrefix(s.Name, "first_") {
			placed = append(placed, placeOn(r, s.Name, nil))
		}
	}
	r.finish(run, Intent{}, nil)
	if len(placed) < 20 {
		t.Fatalf("only %d functions first_*", len(placed))
	}
	for _, b := range placed[1:] {
		if b.Hits != placed[0].Hits || b.Hits == 0 {
			t.Errorf("%s: %d hits, %s: %d", b.Spec, b.Hits, placed[0].Spec, placed[0].Hits)
		}
	}
}

func TestWatchpoints(t *testing.T) {
	for _, c := range []struct {
		prog string
		name string
		len  int
		kind breakpoints.Kind
		hits int
	}{
		{"watch", "shared", 4, breakpoints.Write, 100},
		{"watch", "w1", 1, breakpoints.Write, 5},
		{"watch", "w2", 2, breakpoints.Write, 5},
		{"watch", "w4", 4, breakpoints.Write, 5},
		{"watch", "w8", 8, breakpoints.Write, 5},
		{"watch", "same", 4, breakpoints.Write, 0},
		{"watch", "same", 4, breakpoints.ReadWrite, 4}, // 3 writes, and the read that prints it
		{"watch", "read_only", 4, breakpoints.Read, 6},
		{"watch", "main", 1, breakpoints.Execute, 1},
		{"simwatch", "mine", 3, breakpoints.Sampled, 5},
		{"simwatch", "same_value", 8, breakpoints.Sampled, 1},
		{"simwatch", "filled", 8, breakpoints.Sampled, 5},
	} {
		t.Run(fmt.Sprintf("%s/%s", c.kind, c.name), func(t *testing.T) {
			if c.kind.Hardware() {
				testprog.NeedDebugRegisters(t)
			}
			testprog.Leftovers(t)
			prog, _, err := testprog.Lookup(c.prog)
			if err != nil {
				t.Fatal(err)
			}
			run := prog.Runs[0]
			r := launch(t, c.prog, run, Options{})
			b := r.tr.Breakpoints.Add(&breakpoints.Breakpoint{Kind: c.kind, Len: c.len, Ignore: 1 << 40})
			if err := r.tr.Place(b, r.p, symbol(t, r.p, c.name)); err != nil {
				t.Fatal(err)
			}
			r.finish(run, Intent{}, nil)
			if b.Hits != c.hits {
				t.Errorf("%d hits, want %d", b.Hits, c.hits)
			}
		})
	}
}

func TestFifthWatchpoint(t *testing.T) {
	testprog.NeedDebugRegisters(t)
	testprog.Leftovers(t)
	r := launch(t, "watch", testprog.Run{}, Options{})
	defer r.hung.Stop()
	for i := range 5 {
		b := r.tr.Breakpoints.Add(&breakpoints.Breakpoint{Kind: breakpoints.Write, Len: 1})
		err := r.tr.Place(b, r.p, symbol(t, r.p, "w8")+uint64(i))
		if want := i == 4; (err != nil) != want {
			t.Errorf("watchpoint %d: %v", i+1, err)
		}
	}
	if err := r.tr.Close(); err != nil {
		t.Error(err)
	}
}

// TestMemoryHidesTraps reads and writes under a breakpoint.
func TestMemoryHidesTraps(t *testing.T) {
	testprog.Leftovers(t)
	run := testprog.Run{Stdout: "calls 1000 sum 499500\n"}
	r := launch(t, "loop", run, Options{})
	at := symbol(t, r.p, "work")
	var before, after [32]byte
	if _, err := r.p.ReadMem(at-8, before[:]); err != nil {
		t.Fatal(err)
	}
	b := placeOn(r, "work", nil)
	if _, err := r.p.ReadMem(at-8, after[:]); err != nil || before != after {
		t.Errorf("read % x, %v; before % x", after, err, before)
	}
	if _, err := r.p.WriteMem(at-8, before[:]); err != nil {
		t.Fatal(err)
	}
	r.finish(run, Intent{}, nil)
	if b.Hits != 1000 {
		t.Errorf("%d hits after writing over the trap, want 1000", b.Hits)
	}
}

// TestBadPlaces are addresses where no breakpoint can stand.
func TestBadPlaces(t *testing.T) {
	testprog.Leftovers(t)
	r := launch(t, "hello", testprog.Run{}, Options{})
	defer r.hung.Stop()
	for _, addr := range []uint64{0, 0x10, 0xdead00000000, 1 << 63, ^uint64(0)} {
		b := r.tr.Breakpoints.Add(&breakpoints.Breakpoint{})
		if err := r.tr.Place(b, r.p, addr); err == nil {
			t.Errorf("a breakpoint stands at %#x", addr)
		}
	}
	r.tr.Close()
}

// TestJump goes elsewhere from a call that sleeps.
func TestRegisterWrites(t *testing.T) {
	testprog.Leftovers(t)
	run := testprog.Run{Stdout: "calls 1000 sum 499500\n"}
	r := launch(t, "loop", run, Options{})
	b := placeOn(r, "work", nil)
	b.Ignore = 0
	if err := r.tr.Run(Intent{}, func(e *Event) bool { return e.Kind == EvBreakpoint }); err != nil {
		t.Fatal(err)
	}
	th := r.tr.current
	set, err := th.Regs(regs.General | regs.Extended)
	if err != nil {
		t.Fatal(err)
	}
	changed := *set
	changed.G[regs.RDI] += 1000 // the first call's argument is 0
	if err := th.SetRegs(&changed, regs.General); err != nil {
		t.Fatal(err)
	}
	b.Ignore = 1 << 30
	r.finish(testprog.Run{Stdout: "calls 1000 sum 500500\n"}, Intent{}, nil)
}

// TestFairness counts how often each of many busy threads is served: wait4 looks at its
// children in one order, so that a careless tracer serves the first of them for ever.
func TestFairness(t *testing.T) {
	const threads, rounds = 150, 40
	r := launch(t, "crowd", testprog.Run{Args: []string{strconv.Itoa(threads), "1000"}}, Options{Mode: kernel.Syscalls})
	served := map[kernel.TID]int{}
	sum := 0
	err := r.tr.Run(Intent{}, func(e *Event) bool {
		if e.Kind != EvSyscallEnter || len(r.p.Threads()) <= threads { // some are still to be made
			return false
		}
		served[e.Thread.TID]++
		sum++
		return sum == threads*rounds
	})
	if err != nil {
		t.Fatal(err)
	}
	r.hung.Stop()
	if err := r.tr.Close(); err != nil {
		t.Fatal(err)
	}
	for tid, n := range served {
		if n > 4*rounds {
			t.Errorf("thread %d was served %d times, all %d on the average", tid, n, rounds)
		}
	}
	if n := len(served); n < threads {
		t.Errorf("%d of %d threads were served in %d rounds", n, threads, rounds)
	}
}
