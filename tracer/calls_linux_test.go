package tracer

// Promise 3 on the running kernel: the programs of the simulation execute their
// functions a number of times that no schedule changes, and each time is counted once.

import (
	"debug/elf"
	"fmt"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel"
)

// eachIteration are functions that begin with a repeated string instruction: it steps
// once an iteration, and a breakpoint on it is hit as often.
var eachIteration = map[string]bool{"fill": true, "store": true, "copy": true, "find": true}

func TestCalls(t *testing.T) {
	for _, prog := range testprog.Programs() {
		for i, run := range prog.Runs {
			if run.Calls == nil {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d", prog.Name, i), func(t *testing.T) {
				testprog.Leftovers(t)
				maps.DeleteFunc(run.Calls, func(fn string, _ int) bool { return eachIteration[fn] })
				got := countCalls(t, prog.Name, run)
				if diff := cmp.Diff(run.Calls, got); diff != "" {
					t.Errorf("%v: executions (-row +counted):\n%s", run.Args, diff)
				}
			})
		}
	}
}

// countCalls runs a program to its end, in all processes, with a breakpoint on each
// function whose calls the row knows.
func countCalls(t *testing.T, name string, run testprog.Run) map[string]int {
	got := map[string]int{}
	addrs := symbols(t, testprog.Build(t, name), run.Calls)
	r := launch(t, name, run, Options{Follow: FollowBoth})
	place := func(p *Process) {
		for fn, addr := range addrs {
			got[fn] += 0
			b := r.tr.Breakpoints.Add(&breakpoints.Breakpoint{Check: func(breakpoints.Hit) (bool, error) {
				got[fn]++
				return false, nil
			}})
			if err := r.tr.Place(b, p, addr); err != nil {
				t.Fatal(err)
			}
		}
	}
	place(r.p)
	r.finish(run, Intent{}, func(e *Event) bool {
		if e.Kind == EvExec {
			place(e.Process)
		}
		return false
	})
	return got
}

// symbols are the addresses of the named functions of a static program.
func symbols(t *testing.T, path string, names map[string]int) map[string]uint64 {
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]uint64{}
	for _, s := range all {
		if _, ok := names[s.Name]; ok && elf.ST_TYPE(s.Info) == elf.STT_FUNC {
			out[s.Name] = s.Value
		}
	}
	if len(out) != len(names) {
		t.Fatalf("%s: found %v of %v", path, out, names)
	}
	return out
}

// TestThreadsWatched puts one watchpoint at a time on the cells of simwatch, which
// several threads change and whose neighbours they change too.
func TestThreadsWatched(t *testing.T) {
	testprog.NeedDebugRegisters(t)
	prog, _, err := testprog.Lookup("simwatch")
	if err != nil {
		t.Fatal(err)
	}
	run := prog.Runs[0] // 3 threads, 5 rounds
	for _, c := range []struct {
		name string
		off  uint64
		len  int
		hits int
	}{
		{"around", 0, 8, 15},  // left
		{"around", 8, 8, 15},  // cell
		{"around", 12, 4, 0},  // its upper half
		{"around", 16, 4, 15}, // right
		{"mine", 8, 8, 5},     // of thread 1
		{"mine", 24, 8, 0},    // of a thread that is not
		{"same_value", 0, 8, 1},
		{"filled", 16, 8, 5},
	} {
		t.Run(fmt.Sprintf("%s+%d", c.name, c.off), func(t *testing.T) {
			testprog.Leftovers(t)
			r := launch(t, prog.Name, run, Options{})
			b := r.tr.Breakpoints.Add(&breakpoints.Breakpoint{Kind: breakpoints.Write, Len: c.len, Ignore: 1 << 40})
			if err := r.tr.Place(b, r.p, symbol(t, r.p, c.name)+c.off); err != nil {
				t.Fatal(err)
			}
			r.finish(run, Intent{}, nil)
			if b.Hits != c.hits {
				t.Errorf("%d hits, want %d", b.Hits, c.hits)
			}
		})
	}
}

// TestLater does work that an event makes while its thread runs on: after it was set going,
// before the next event, and at the last of all, too.
func TestLater(t *testing.T) {
	run := testprog.Run{Args: []string{"50"}}
	r := launch(t, "getppid", run, Options{Mode: kernel.Syscalls})
	asked, done, early := 0, 0, 0
	r.finish(run, Intent{}, func(e *Event) bool {
		if asked != done {
			t.Errorf("event %d before what was left for later", e.Kind)
		}
		if e.Kind != EvSyscallEnter && e.Kind != EvExited {
			return false
		}
		asked++
		th, enters := e.Thread, e.Kind == EvSyscallEnter
		r.tr.Later(func() {
			done++
			if enters && th.state != running {
				early++
			}
		})
		return false
	})
	if asked != done || asked < 50 {
		t.Errorf("%d times work was left for later, done %d times", asked, done)
	}
	if early != 0 {
		t.Errorf("%d times the thread still stood", early)
	}
}
