package svr4_test

// The engine over the adapter over the toy of machine_test.go: the debugger of the seeds,
// at work with its breakpoint table.

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/svr4"
	"github.com/trapline/trapline/tracer"
)

// ways are both ways to trace.
func ways(t *testing.T, test func(*testing.T, *machine, *tracer.Tracer, *tracer.Process)) {
	for name, files := range map[string]bool{"ptrace": false, "proc": true} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(files)
			tr := tracer.New(svr4.New(m), tracer.Options{})
			p, err := tr.Launch(&kernel.Launch{Path: "/prog"})
			if err != nil {
				t.Fatal(err)
			}
			test(t, m, tr, p)
			if m.refused != nil {
				t.Errorf("refused: %q", m.refused)
			}
		})
	}
}

// story runs to the end and tells the events.
func story(t *testing.T, tr *tracer.Tracer, in tracer.Intent, look func(*tracer.Event) bool) string {
	t.Helper()
	var out []string
	err := tr.Run(in, func(e *tracer.Event) bool {
		line := map[tracer.EventKind]string{tracer.EvBreakpoint: "breakpoint", tracer.EvStep: "step", tracer.EvSignal: "signal",
			tracer.EvSyscallEnter: "enter", tracer.EvSyscallExit: "exit", tracer.EvThreadExit: "ending", tracer.EvExited: "exited",
			tracer.EvKilled: "killed", tracer.EvWatchpoint: "watchpoint"}[e.Kind]
		switch e.Kind {
		case tracer.EvExited:
			line += fmt.Sprint(" ", e.Stop.Code)
		case tracer.EvSignal, tracer.EvKilled:
			line += fmt.Sprint(" ", e.Stop.Signal)
		case tracer.EvSyscallEnter:
			line += fmt.Sprint(" ", e.Thread.Call.Nr)
		}
		if line == "" {
			line = fmt.Sprint("event ", e.Kind)
		}
		if e.Kind != tracer.EvThreadExit { // ptrace has none
			out = append(out, line)
		}
		if e.Kind == tracer.EvSignal {
			e.Thread.Signal = 0
		}
		return look != nil && look(e)
	})
	if err != nil && !errors.Is(err, kernel.ErrNoTracees) {
		t.Fatal(err, out)
	}
	return strings.Join(out, "; ")
}

func (m *machine) cell() byte { return m.pages[cell/cpu.PageSize].Data[0] }

func TestEngineRuns(t *testing.T) {
	ways(t, func(t *testing.T, m *machine, tr *tracer.Tracer, p *tracer.Process) {
		if got := story(t, tr, tracer.Intent{}, nil); got != "signal 16; exited 7" || m.cell() != 5 {
			t.Errorf("%q, worked %d", got, m.cell())
		}
	})
}

// TestEngineBreakpoints: each call of work is counted once, and the program works as ever.
func TestEngineBreakpoints(t *testing.T) {
	for _, at := range []uint64{work, loop, work + 9, 0x40100a} {
		ways(t, func(t *testing.T, m *machine, tr *tracer.Tracer, p *tracer.Process) {
			b := tr.Breakpoints.Add(&breakpoints.Breakpoint{Enabled: true})
			if err := tr.Place(b, p, at); err != nil {
				t.Fatal(err)
			}
			want := strings.Repeat("breakpoint; ", 5) + "signal 16; exited 7"
			if got := story(t, tr, tracer.Intent{}, nil); got != want || m.cell() != 5 || b.Hits != 5 {
				t.Errorf("%#x: %q, worked %d, hits %d", at, got, m.cell(), b.Hits)
			}
		})
	}
}

// TestEngineStops stops at each hit and goes on, and takes the breakpoint out at the third.
func TestEngineStops(t *testing.T) {
	ways(t, func(t *testing.T, m *machine, tr *tracer.Tracer, p *tracer.Process) {
		b := tr.Breakpoints.Add(&breakpoints.Breakpoint{Enabled: true})
		if err := tr.Place(b, p, work); err != nil {
			t.Fatal(err)
		}
		always := func(*tracer.Event) bool { return true }
		for i := range 3 {
			if got := story(t, tr, tracer.Intent{}, always); got != "breakpoint" || int(m.cell()) != i {
				t.Fatalf("hit %d: %q, worked %d", i+1, got, m.cell())
			}
			if pc, _ := p.Leader().PC(); pc != work {
				t.Errorf("pc %#x", pc)
			}
		}
		if err := tr.Remove(b); err != nil {
			t.Fatal(err)
		}
		if got := m.pages[text/cpu.PageSize].Data[work-text]; got != program[work-text] {
			t.Errorf("the trap is left: %#x", got)
		}
		if got := story(t, tr, tracer.Intent{}, nil); got != "signal 16; exited 7" || m.cell() != 5 {
			t.Errorf("%q, worked %d", got, m.cell())
		}
	})
}

// TestEngineSteps goes by single instructions over a breakpoint.
func TestEngineSteps(t *testing.T) {
	ways(t, func(t *testing.T, m *machine, tr *tracer.Tracer, p *tracer.Process) {
		b := tr.Breakpoints.Add(&breakpoints.Breakpoint{Enabled: true})
		if err := tr.Place(b, p, work); err != nil {
			t.Fatal(err)
		}
		var pcs []uint64
		got := story(t, tr, tracer.Intent{Step: p.Leader()}, func(e *tracer.Event) bool {
			pc, _ := e.Thread.PC()
			pcs = append(pcs, pc-text)
			return len(pcs) == 6
		})
		// At the breakpoint there are two events: the arrival, and the step that brought it.
		if want := []uint64{5, 0x20, 0x20, 0x29, 0xa, 0xc}; !slices.Equal(pcs, want) {
			t.Errorf("%x, want %x (%s)", pcs, want, got)
		}
		if got := story(t, tr, tracer.Intent{}, nil); got != strings.Repeat("breakpoint; ", 4)+"signal 16; exited 7" || m.cell() != 5 {
			t.Errorf("%q, worked %d", got, m.cell())
		}
	})
}

// TestEngineCalls: system calls are the new way's; the old one says so.
func TestEngineCalls(t *testing.T) {
	ways(t, func(t *testing.T, m *machine, tr *tracer.Tracer, p *tracer.Process) {
		tr.Mode = kernel.Syscalls
		if !m.proc {
			if err := tr.Run(tracer.Intent{}, func(*tracer.Event) bool { return false }); !errors.Is(err, kernel.Errno(89)) {
				t.Errorf("%v", err)
			}
			return
		}
		if got := story(t, tr, tracer.Intent{}, nil); got != "enter 37; exit; signal 16; enter 1; exited 7" {
			t.Errorf("%q", got)
		}
	})
}

func TestEngineSignal(t *testing.T) {
	ways(t, func(t *testing.T, m *machine, tr *tracer.Tracer, p *tracer.Process) {
		var end string
		err := tr.Run(tracer.Intent{}, func(e *tracer.Event) bool {
			end = fmt.Sprint(e.Kind == tracer.EvKilled, e.Stop.Signal)
			return false
		})
		if !errors.Is(err, kernel.ErrNoTracees) || end != "true 16" && end != "true16" {
			t.Errorf("%v, %s", err, end)
		}
	})
}

// TestEngineNoDebugRegisters: a hardware breakpoint is refused before anything runs.
func TestEngineNoDebugRegisters(t *testing.T) {
	ways(t, func(t *testing.T, m *machine, tr *tracer.Tracer, p *tracer.Process) {
		b := tr.Breakpoints.Add(&breakpoints.Breakpoint{Enabled: true, Kind: breakpoints.Write, Len: 8})
		err := tr.Place(b, p, cell)
		if m.proc != (err == nil) {
			t.Errorf("%v", err)
		}
		if err != nil && !strings.Contains(err.Error(), "use the /proc personality") {
			t.Errorf("%v", err)
		}
	})
}

// TestEngineAreas: what the engine asks of debug registers is done by watched areas.
func TestEngineAreas(t *testing.T) {
	for _, c := range []struct {
		kind breakpoints.Kind
		at   uint64
		len  int
		want string
	}{
		{breakpoints.Write, cell, 8, "watchpoint"},
		{breakpoints.Write, cell + 8, 8, ""},
		{breakpoints.Execute, work, 1, "breakpoint"},
		{breakpoints.Execute, work + 9, 1, "breakpoint"},
	} {
		m := newMachine(true)
		tr := tracer.New(svr4.New(m), tracer.Options{})
		p, err := tr.Launch(&kernel.Launch{Path: "/prog"})
		if err != nil {
			t.Fatal(err)
		}
		b := tr.Breakpoints.Add(&breakpoints.Breakpoint{Enabled: true, Kind: c.kind, Len: c.len})
		if err := tr.Place(b, p, c.at); err != nil {
			t.Fatal(err)
		}
		want := "signal 16; exited 7"
		if c.want != "" {
			want = strings.Repeat(c.want+"; ", 5) + want
		}
		if got := story(t, tr, tracer.Intent{}, nil); got != want || m.cell() != 5 || m.refused != nil {
			t.Errorf("%v at %#x: %q, worked %d, refused %q", c.kind, c.at, got, m.cell(), m.refused)
		}
	}
}
