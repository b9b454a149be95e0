package svr4_test

// The engine on SVR4: attaching, interrupting, stepping, watching, killing; a tracer that dies;
// and the debugger of the seeds with its breakpoint table, on ptrace(2) alone.

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model"
	"github.com/trapline/trapline/kernel/model/kern"
	modelsvr4 "github.com/trapline/trapline/kernel/model/svr4"
	"github.com/trapline/trapline/kernel/svr4"
	"github.com/trapline/trapline/kernel/svr4/proc"
	"github.com/trapline/trapline/tracer"
)

// busy are programs of several threads and processes, to be disturbed.
var busy = []string{"simexec", "simfork", "simforkthreads", "simpipes", "simsigchld", "simstopcont", "simthreads", "simtimer", "simvfork"}

// TestInterrupted: a program that is interrupted again and again ends as ever.
func TestInterrupted(t *testing.T) {
	eachProgram(t, busy, func(t *testing.T, path string, run testprog.Run) {
		for seed := range *seeds {
			for _, mode := range []kernel.Mode{kernel.Run, kernel.Syscalls} {
				d := start(t, model.Options{System: "svr4", Seed: uint64(seed), Drift: 6}, path, run.Args,
					tracer.Options{Follow: tracer.FollowBoth, Mode: mode})
				c := d.w.M.Chooser
				again := func() { d.w.M.At(d.w.M.Steps()+uint64(c.Choose(400)), d.tr.Interrupt) }
				again()
				status := d.run(func(e *tracer.Event) bool {
					if e.Kind == tracer.EvInterrupted {
						again()
						return true
					}
					return c.Chance(16)
				})
				if err := run.Check(d.out.String(), status); err != nil {
					t.Fatalf("seed %d: %v\n%s", seed, err, d.out)
				}
			}
		}
	})
}

// TestAttached: a running program is attached to and let go, several times; it ends as ever.
func TestAttached(t *testing.T) {
	eachProgram(t, busy, func(t *testing.T, path string, run testprog.Run) {
		for seed := range *seeds {
			var out bytes.Buffer
			w, err := model.New(model.Options{System: "svr4", Seed: uint64(seed), Drift: 6, Stdout: &out, Stderr: &out})
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Import(path); err != nil {
				t.Fatal(err)
			}
			pid, err := w.Start(path, run.Args, []string{"TP_SIM=1"})
			if err != nil {
				t.Fatal(err)
			}
			p := w.M.Proc(int(pid))
			for p.State < kern.Zombie {
				for range 20 + w.M.Chooser.Choose(400) {
					w.M.Step()
				}
				attachOnce(t, w, pid)
			}
			w.M.Run(func() bool { return false }, 100_000)
			end := p.EndOf()
			if err := run.Check(out.String(), statusOf(end)); err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, &out)
			}
			w.Close()
		}
	})
}

func statusOf(end kern.End) string {
	if end.Signal != 0 {
		return fmt.Sprint("signal ", end.Signal)
	}
	return fmt.Sprint("exit ", end.Code)
}

// attachOnce takes hold of a process, lets it do something, and lets go of it.
func attachOnce(t *testing.T, w *model.World, pid kernel.PID) {
	t.Helper()
	p := w.M.Proc(int(pid))
	tr := tracer.New(w.Kernel, tracer.Options{})
	if _, err := tr.Attach(pid); err != nil {
		if p.State < kern.Zombie && !p.Dying() && p.Executed {
			t.Errorf("attach: %v", err)
		}
		return
	}
	w.M.At(w.M.Steps()+uint64(w.M.Chooser.Choose(60)), tr.Interrupt)
	err := tr.Run(tracer.Intent{}, func(e *tracer.Event) bool { return e.Kind == tracer.EvInterrupted })
	if err != nil && !errors.Is(err, kernel.ErrNoTracees) {
		t.Errorf("run: %v", err)
	}
	if err := tr.Close(); err != nil && !errors.Is(err, kernel.ErrGone) {
		t.Errorf("close: %v", err)
	}
	for _, th := range p.Threads {
		if th.State == kern.Traced && !p.Dying() {
			t.Errorf("a thread is left stopped: %s", th.Why)
		}
	}
}

// TestSteps: a program goes on by single steps for a while, over breakpoints too.
func TestSteps(t *testing.T) {
	eachProgram(t, []string{"simcondition", "simfork", "simthreads", "simtimer"}, func(t *testing.T, path string, run testprog.Run) {
		for seed := range *seeds {
			d := start(t, model.Options{System: "svr4", Seed: uint64(seed), Drift: 3}, path, run.Args, tracer.Options{Follow: tracer.FollowBoth})
			hits := map[string]int{}
			d.breakAt(d.p, run, hits)
			steps := 0
			for range 40 {
				th := d.p.Leader()
				n := 0
				err := d.tr.Run(tracer.Intent{Step: th}, func(e *tracer.Event) bool {
					d.note(e)
					if e.Kind == tracer.EvStep {
						n++
						steps++
					}
					return n == 25 || e.Kind == tracer.EvInterrupted
				})
				if err != nil || d.p.Leader() == nil || !d.p.Leader().Stopped() {
					break
				}
			}
			status := d.run(nil)
			if err := run.Check(d.out.String(), status); err != nil || steps < 100 {
				t.Fatalf("seed %d: after %d steps: %v\n%s", seed, steps, err, d.out)
			}
			for name, want := range run.Calls {
				if !eachIteration[name] && hits[name] != want {
					t.Errorf("seed %d: %s was hit %d times, want %d", seed, name, hits[name], want)
				}
			}
		}
	})
}

// TestWatched: changes of cells are counted by watched areas, for stores of the program's
// threads (see testdata/sim/watch.c).
func TestWatched(t *testing.T) {
	cells := []struct {
		name string
		off  uint64
		len  int
		hits int
	}{{"around", 0, 8, 15}, {"around", 8, 8, 15}, {"around", 12, 4, 0}, {"around", 16, 4, 15}, {"mine", 8, 8, 5},
		{"mine", 24, 8, 0}, {"same_value", 0, 8, 1}, {"filled", 16, 8, 5}}
	path := testprog.Build(t, "simwatch+svr4")
	for _, cell := range cells {
		for seed := range *seeds {
			d := start(t, model.Options{System: "svr4", Seed: uint64(seed), Drift: 3}, path, nil, tracer.Options{})
			b := d.tr.Breakpoints.Add(&breakpoints.Breakpoint{Kind: breakpoints.Write, Len: cell.len, Ignore: 1 << 40})
			if err := d.tr.Place(b, d.p, functions(t, path)[cell.name]+cell.off); err != nil {
				t.Fatal(err)
			}
			if status := d.run(nil); status != "exit 0" || b.Hits != cell.hits {
				t.Errorf("seed %d: %s+%d: %s, %d hits, want %d\n%s", seed, cell.name, cell.off, status, b.Hits, cell.hits, d.out)
			}
		}
	}
}

// TestKilled: whenever the program is killed, by others or by the engine, the engine comes to
// an end and nothing is left stopped.
func TestKilled(t *testing.T) {
	eachProgram(t, busy, func(t *testing.T, path string, run testprog.Run) {
		for seed := range *seeds * 3 {
			d := start(t, model.Options{System: "svr4", Seed: uint64(seed), Drift: 6}, path, run.Args, tracer.Options{Follow: tracer.FollowBoth,
				Mode: []kernel.Mode{kernel.Run, kernel.Syscalls}[seed%2]})
			if seed%2 == 0 {
				d.breakAt(d.p, run, map[string]int{})
			}
			m := d.w.M
			m.At(m.Steps()+uint64(m.Chooser.Choose(2000)), func() {
				for _, p := range m.Procs() {
					if !p.External {
						m.Post(p, kern.SigInfo{Signo: 9, Origin: kern.FromUser})
					}
				}
			})
			d.run(nil)
			d.nothingStopped()
		}
	})
}

// nothingStopped is that every process has ended, or runs.
func (d *debuggee) nothingStopped() {
	d.t.Helper()
	d.w.M.Run(func() bool { return false }, 50_000)
	for _, p := range d.w.M.Procs() {
		for _, th := range p.Threads {
			if th.State == kern.Traced {
				d.t.Errorf("a thread of %d is left stopped: %s", p.PID, th.Why)
			}
		}
	}
}

// TestCrashed: what a tracer launched dies with it. (A child that it had not opened yet stays
// stopped, as SVR4 has it.)
func TestCrashed(t *testing.T) {
	eachProgram(t, busy, func(t *testing.T, path string, run testprog.Run) {
		for seed := range *seeds * 3 {
			d := start(t, model.Options{System: "svr4", Seed: uint64(seed), Drift: 6}, path, run.Args, tracer.Options{Follow: tracer.FollowBoth})
			m := d.w.M
			type crash struct{}
			done := false
			func() {
				defer func() {
					if p := recover(); p != nil {
						if _, ours := p.(crash); !ours {
							panic(p)
						}
						d.w.X.Leave(kern.End{Signal: 9})
					}
				}()
				m.At(m.Steps()+uint64(m.Chooser.Choose(1500)), func() {
					if !done {
						panic(crash{})
					}
				})
				d.run(nil)
				done = true
			}()
			m.Run(func() bool { return false }, 50_000)
			if p := m.Proc(int(d.p.PID)); p != nil && p.State < kern.Zombie {
				t.Errorf("seed %d: what was launched lives on", seed)
			}
		}
	})
}

// TestOldWay: the engine on ptrace(2) alone, with programs of one thread.
func TestOldWay(t *testing.T) {
	eachProgram(t, []string{"simfaults", "simrep", "simtrapflag"}, func(t *testing.T, path string, run testprog.Run) {
		for seed := range *seeds {
			d := start(t, model.Options{System: "svr4-ptrace", Seed: uint64(seed), Drift: 3}, path, run.Args, tracer.Options{})
			hits := map[string]int{}
			d.breakAt(d.p, run, hits)
			status := d.run(nil)
			if err := run.Check(d.out.String(), status); err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, d.out)
			}
			for name, want := range run.Calls {
				if !eachIteration[name] && hits[name] != want {
					t.Errorf("seed %d: %s was hit %d times, want %d", seed, name, hits[name], want)
				}
			}
			if d.refused != nil {
				t.Errorf("seed %d: refused: %q", seed, d.refused)
			}
		}
	})
}

// entry is a row of the debugger of the seeds: number, address, saved word, counter (S1).
type entry struct {
	addr  uint64
	word  uint64
	count int
}

// TestSeedDebugger is that debugger: it reads the word, saves it, writes the trapping
// instruction; at a stop it compares the signal and looks the address up; it puts the word
// back, goes one step, and traps again.
func TestSeedDebugger(t *testing.T) {
	path := testprog.Build(t, "simfork+svr4")
	run := testprog.Run{Args: []string{"0", "0", "50"}, Stdout: "processes 1\n", Calls: map[string]int{"work": 50, "leaf": 1}}
	for seed := range *seeds {
		var out bytes.Buffer
		w, err := model.New(model.Options{System: "svr4-ptrace", Seed: uint64(seed), Stdout: &out, Stderr: &out})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Import(path); err != nil {
			t.Fatal(err)
		}
		sys := modelsvr4.NewSys(w.M, w.X)
		must := func(v uint64, e svr4.Errno) uint64 {
			t.Helper()
			if e != 0 {
				t.Fatalf("seed %d: errno %d", seed, e)
			}
			return v
		}
		pid, e := sys.Spawn(&kernel.Launch{Path: path, Args: append([]string{path}, run.Args...)}, nil)
		must(0, e)
		if got, status, e := sys.Wait(true); got != pid || status != 5<<8|0x7f || e != 0 { // exec stops it
			t.Fatalf("seed %d: %d %#x errno %d", seed, got, status, e)
		}
		table := map[uint64]*entry{}
		for name := range run.Calls {
			at := functions(t, path)[name]
			word := must(sys.Ptrace(svr4.ReqReadText, pid, at, 0))
			table[at] = &entry{at, word, 0}
			must(sys.Ptrace(svr4.ReqWriteText, pid, at, word&^0xff|0xcc))
		}
		status := debug(t, sys, pid, table, must)
		if status != 0 || out.String() != run.Stdout {
			t.Errorf("seed %d: status %#x, %q", seed, status, &out)
		}
		for name, want := range run.Calls {
			if got := table[functions(t, path)[name]].count; got != want {
				t.Errorf("seed %d: %s was hit %d times, want %d", seed, name, got, want)
			}
		}
		w.Close()
	}
}

// debug is the debugger's loop, and the status at the end.
func debug(t *testing.T, sys *modelsvr4.Sys, pid int, table map[uint64]*entry, must func(uint64, svr4.Errno) uint64) uint32 {
	t.Helper()
	regs := must(sys.Ptrace(svr4.ReqReadUser, pid, 0, 0)) - proc.UserBase // u_ar0
	pc := regs + 8*proc.RegRIP
	must(sys.Ptrace(svr4.ReqContinue, pid, 1, 0))
	for {
		_, status, e := sys.Wait(true)
		must(0, e)
		if status&0xff != 0x7f {
			return status
		}
		sig := uint64(status >> 8 & 0xff)
		at := must(sys.Ptrace(svr4.ReqReadUser, pid, pc, 0)) - 1
		b := table[at]
		if sig != 5 || b == nil { // an ordinary signal
			must(sys.Ptrace(svr4.ReqContinue, pid, 1, sig))
			continue
		}
		b.count++
		must(sys.Ptrace(svr4.ReqWriteText, pid, b.addr, b.word))
		must(sys.Ptrace(svr4.ReqWriteUser, pid, pc, b.addr))
		must(sys.Ptrace(svr4.ReqStep, pid, 1, 0))
		if _, status, e = sys.Wait(true); status != 5<<8|0x7f || e != 0 {
			t.Fatalf("a step ends with %#x", status)
		}
		must(sys.Ptrace(svr4.ReqWriteText, pid, b.addr, b.word&^0xff|0xcc))
		must(sys.Ptrace(svr4.ReqContinue, pid, 1, 0))
	}
}
