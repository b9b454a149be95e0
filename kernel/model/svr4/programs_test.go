package svr4_test

// The programs of the simulation, built with SVR4's system calls: untraced, and with the
// engine on them by both of SVR4's ways. What they print and how often they call what is
// known from their rows.

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model"
	"github.com/trapline/trapline/kernel/svr4"
	"github.com/trapline/trapline/tracer"
)

// simPrograms are those that do without what SVR4 has not.
var simPrograms = []string{"simcondition", "simdaemon", "simexec", "simfaults", "simfork", "simforkthreads", "simfutex", "simjobs", "simpipes", "simrep",
	"simsigchld", "simstopcont", "simthreads", "simtimer", "simtrapflag", "simvfork", "simwatch"}

// eachProgram runs a test for each run of each program.
func eachProgram(t *testing.T, names []string, test func(t *testing.T, path string, run testprog.Run)) {
	for _, p := range testprog.Programs() {
		if !slices.Contains(names, p.Name) {
			continue
		}
		for _, run := range p.Runs {
			t.Run(fmt.Sprint(p.Name, run.Args), func(t *testing.T) {
				test(t, testprog.Build(t, p.Name+"+svr4"), run)
			})
		}
	}
}

func TestPrograms(t *testing.T) {
	eachProgram(t, simPrograms, func(t *testing.T, path string, run testprog.Run) {
		for seed := range *seeds {
			out, err := model.Run(model.Options{System: "svr4", Seed: uint64(seed), Calm: seed == 0}, path, run.Args, []string{"TP_SIM=1"})
			if err == nil {
				err = run.Check(out.Stdout, out.Status)
			}
			if err != nil {
				t.Fatalf("seed %d: %v\n%s%s", seed, err, out.Stdout, out.Stderr)
			}
		}
	})
}

// debuggee is a program under the engine.
type debuggee struct {
	t       *testing.T
	w       *model.World
	tr      *tracer.Tracer
	p       *tracer.Process
	out     *bytes.Buffer
	path    string
	refused []string
	status  string // how the program ended
}

// start launches a program under the engine.
func start(t *testing.T, o model.Options, path string, args []string, opts tracer.Options) *debuggee {
	t.Helper()
	d := &debuggee{t: t, out: &bytes.Buffer{}, path: path}
	o.Stdout, o.Stderr = d.out, d.out
	w, err := model.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	d.w = w
	if err := w.Import(path); err != nil {
		t.Fatal(err)
	}
	w.Refused = func(request, pid, e int) {
		d.refused = append(d.refused, fmt.Sprintf("%d of %d: errno %d", request, pid, e))
	}
	d.tr = tracer.New(w.Kernel, opts)
	d.p, err = d.tr.Launch(&kernel.Launch{Path: path, Args: append([]string{path}, args...), Env: []string{"TP_SIM=1"}, NewGroup: true,
		Foreground: -1, Calls: opts.Mode == kernel.Syscalls})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// functions are the addresses of a program's.
func functions(t *testing.T, path string) map[string]uint64 {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.NewFile(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	symbols, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]uint64{}
	for _, s := range symbols {
		all[s.Name] = s.Value
	}
	return all
}

// run lets the program run to its end and is how it ended.
func (d *debuggee) run(handle func(e *tracer.Event) bool) string {
	d.t.Helper()
	for range 10_000 {
		err := d.tr.Run(tracer.Intent{}, func(e *tracer.Event) bool {
			d.note(e)
			return handle != nil && handle(e)
		})
		if errors.Is(err, kernel.ErrNoTracees) {
			return d.status
		}
		if err != nil {
			d.t.Fatalf("run: %v\n%s", err, d.out)
		}
	}
	d.t.Fatal("it does not end")
	return ""
}

// note keeps how the program ended.
func (d *debuggee) note(e *tracer.Event) {
	switch {
	case e.Process != d.p:
	case e.Kind == tracer.EvExited:
		d.status = fmt.Sprint("exit ", e.Stop.Code)
	case e.Kind == tracer.EvKilled:
		d.status = fmt.Sprint("signal ", int(e.Stop.Signal))
	}
}

// breakAt puts breakpoints on the functions whose calls are known, in a process.
func (d *debuggee) breakAt(p *tracer.Process, run testprog.Run, hits map[string]int) {
	d.t.Helper()
	funcs := functions(d.t, d.path)
	for name := range run.Calls {
		b := d.tr.Breakpoints.Add(&breakpoints.Breakpoint{Spec: name, Enabled: true, Check: func(breakpoints.Hit) (bool, error) {
			hits[name]++
			return false, nil
		}})
		if err := d.tr.Place(b, p, funcs[name]); err != nil {
			d.t.Fatalf("break at %s: %v", name, err)
		}
	}
}

// eachIteration are functions that begin with a repeated string instruction, which a
// breakpoint meets once an iteration.
var eachIteration = map[string]bool{"fill": true, "store": true, "copy": true, "find": true, "back": true}

// TestBreakpoints counts calls by breakpoints, in every thread and every child.
func TestBreakpoints(t *testing.T) {
	eachProgram(t, simPrograms, func(t *testing.T, path string, run testprog.Run) {
		for seed := range *seeds {
			d := start(t, model.Options{System: "svr4", Seed: uint64(seed), Drift: 3}, path, run.Args, tracer.Options{Follow: tracer.FollowBoth})
			hits := map[string]int{}
			d.breakAt(d.p, run, hits)
			status := d.run(func(e *tracer.Event) bool {
				if e.Kind == tracer.EvExec {
					d.breakAt(e.Process, run, hits)
				}
				return false
			})
			if err := run.Check(d.out.String(), status); err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, d.out)
			}
			for name, want := range run.Calls {
				if !eachIteration[name] && hits[name] != want {
					t.Errorf("seed %d: %s was hit %d times, want %d", seed, name, hits[name], want)
				}
			}
		}
	})
}

// TestCalls traces system calls: each entry has its exit, and all are told.
func TestCalls(t *testing.T) {
	eachProgram(t, simPrograms, func(t *testing.T, path string, run testprog.Run) {
		for seed := range *seeds {
			d := start(t, model.Options{System: "svr4", Seed: uint64(seed), Drift: 3}, path, run.Args,
				tracer.Options{Follow: tracer.FollowBoth, Mode: kernel.Syscalls})
			in := map[kernel.TID]uint64{}
			status := d.run(func(e *tracer.Event) bool {
				th := e.Thread
				switch e.Kind {
				case tracer.EvSyscallEnter:
					if nr, inside := in[th.TID]; inside {
						t.Errorf("seed %d: thread %d enters %d inside of %d", seed, th.TID, th.Call.Nr, nr)
					}
					in[th.TID] = th.Call.Nr
				case tracer.EvSyscallExit:
					if nr, inside := in[th.TID]; inside && nr != th.Call.Nr {
						t.Errorf("seed %d: thread %d leaves %d, and had entered %d", seed, th.TID, th.Call.Nr, nr)
					}
					delete(in, th.TID)
				case tracer.EvExec:
					nr, inside := in[e.Stop.Former]
					for tid := range in { // the others are no more, and their numbers are given again
						if pid, _ := svr4.LWP(tid); pid == e.Process.PID {
							delete(in, tid)
						}
					}
					if inside {
						in[th.TID] = nr
					}
				case tracer.EvThreadGone, tracer.EvExited, tracer.EvKilled:
					delete(in, e.Stop.TID)
				}
				return false
			})
			if err := run.Check(d.out.String(), status); err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, d.out)
			}
		}
	})
}
