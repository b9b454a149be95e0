package main

import (
	"errors"
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/tracer"
)

var schedules = flag.Uint64("schedules", 2000, "how many schedules TestSchedules plays on Linux, and a share of it elsewhere")

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(testprog.Main(m))
}

// batch is all profiles and programs, or those named, on Linux.
func batch(t *testing.T, profile, program string) *Batch {
	t.Helper()
	return batchFor(t, systems[0].name, profile, program)
}

func batchFor(t *testing.T, system, profile, program string) *Batch {
	t.Helper()
	b, err := batchOn(system, profile, program)
	var missing *testprog.MissingError
	switch {
	case errors.As(err, &missing):
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	b.From = 1
	return b
}

func TestSchedules(t *testing.T) {
	b := batch(t, "", "")
	b.Seeds, b.Workers, b.Most = *schedules, 2, 10
	seen := map[string]bool{}
	for seed := b.From; seed < b.From+b.Seeds; seed++ {
		c := CaseOf(seed, b.Subjects, b.Profiles)
		seen[c.Profile.Name], seen[c.Subject.row.Name] = true, true
	}
	for _, p := range b.Profiles {
		if !seen[p.Name] && b.Seeds >= 2000 {
			t.Errorf("no schedule has the profile %q", p.Name)
		}
	}
	for _, s := range b.Subjects {
		if !seen[s.row.Name] && b.Seeds >= 2000 {
			t.Errorf("no schedule has the program %s", s.row.Name)
		}
	}
	tally := b.Run(failing(t), func(*Tally) {})
	t.Log(&tally)
}

// failing tells of runs that fail.
func failing(t *testing.T) func(Case, *Result) {
	return func(c Case, r *Result) {
		t.Errorf("%s %q, %s:\n%v\nagain: %s", c.Subject.row.Name, c.Subject.run.Args, c.Profile.Name, r.Err(), again(c, "", ""))
	}
}

// shares are how many schedules other systems have, in eighths of Linux's.
var shares = map[string]uint64{"freebsd": 4, "svr4": 1}

func TestOtherSystems(t *testing.T) {
	for name, share := range shares {
		t.Run(name, func(t *testing.T) {
			b := batchFor(t, name, "", "")
			b.Seeds, b.Workers, b.Most = max(*schedules*share/8, 1), 2, 10
			tally := b.Run(failing(t), func(*Tally) {})
			t.Log(&tally)
		})
	}
}

// logged plays a case and keeps what happened in it.
func logged(c Case) (r Result, log []string) {
	c.Log = func(s string) { log = append(log, s) }
	return Play(c), log
}

// The same seed is the same run, event by event, and so is the run of its choices.
func TestReplay(t *testing.T) {
	for _, y := range systems {
		t.Run(y.name, func(t *testing.T) { replays(t, batchFor(t, y.name, "", "")) })
	}
}

func replays(t *testing.T, b *Batch) {
	for seed := uint64(1); seed <= 30; seed++ {
		c := CaseOf(seed, b.Subjects, b.Profiles)
		first, log := logged(c)
		if len(log) == 0 || len(first.Choices) == 0 {
			t.Fatalf("seed %d: nothing happens", seed)
		}
		again, relog := logged(c)
		if diff := cmp.Diff(log, relog); diff != "" || !slices.Equal(first.Choices, again.Choices) {
			t.Fatalf("seed %d is another run the second time (-first +second):\n%s", seed, diff)
		}
		c.Replay = first.Choices
		replayed, relog := logged(c)
		if !slices.Equal(first.Choices, replayed.Choices) {
			t.Fatalf("seed %d: its choices make a run of %d choices, not %d", seed, len(replayed.Choices), len(first.Choices))
		}
		if diff := cmp.Diff(log, relog); diff != "" {
			t.Fatalf("seed %d is another run when its choices are played (-seed +choices):\n%s", seed, diff)
		}
	}
}

// A run that fails is made shorter, and fails in the same way. The failure is made up: that a
// thread was interrupted while another stood at a breakpoint.
func TestShrink(t *testing.T) {
	b := batch(t, "breakpoints and interrupts", "simthreads")
	fault := func(s *session, e *tracer.Event) {
		if e.Kind == tracer.EvBreakpoint && len(e.Process.Threads()) > 2 {
			s.fail(9, "made up")
		}
	}
	for seed := uint64(1); seed < 200; seed++ {
		c := CaseOf(seed, b.Subjects, b.Profiles)
		c.Check = fault
		r := Play(c)
		if kindOf(&r) != "promise 9" {
			continue
		}
		began := time.Now()
		short := Shrink(c, &r)
		again := c
		again.Replay = append([]uint32{}, short...)
		res := Play(again)
		if len(short)*2 > len(r.Choices) || kindOf(&res) != "promise 9" {
			t.Errorf("seed %d: %d choices became %d; they fail with %v", seed, len(r.Choices), len(short), res.Faults)
		}
		t.Logf("seed %d: %d choices became %d in %v", seed, len(r.Choices), len(short), time.Since(began).Round(time.Millisecond))
		return
	}
	t.Fatal("no schedule has the made-up failure")
}
