package tracer

// The engine on the running kernel: every program of testdata must do traced what it
// does untraced.

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/linux"
	"github.com/trapline/trapline/regs"
)

func TestMain(m *testing.M) { os.Exit(testprog.Main(m)) }

// rig is one program under the engine, its output collected.
type rig struct {
	t      testing.TB
	tr     *Tracer
	p      *Process
	stdout bytes.Buffer
	read   chan struct{}
	hung   *time.Timer
	status string
}

// launch starts a run of a program and leaves it stopped at its first instruction.
func launch(t testing.TB, name string, run testprog.Run, o Options) *rig {
	t.Helper()
	cmd := testprog.Command(t, name, run)
	in, inW := pipe(t)
	outR, out := pipe(t)
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	defer in.Close()
	defer out.Close()
	r := &rig{t: t, tr: New(linux.New(linux.NewHost()), o), read: make(chan struct{})}
	p, err := r.tr.Launch(&kernel.Launch{Path: cmd.Path, Args: cmd.Args, Env: os.Environ(),
		Files: []int{int(in.Fd()), int(out.Fd()), int(null.Fd())}})
	if err != nil {
		t.Fatalf("launch %s: %v", name, err)
	}
	r.p = p
	go func() {
		io.WriteString(inW, run.Stdin)
		inW.Close()
	}()
	go func() {
		io.Copy(&r.stdout, outR)
		close(r.read)
	}()
	pid := p.PID
	r.hung = time.AfterFunc(patience, func() {
		t.Errorf("%s %v hung", name, run.Args)
		for _, p := range testprog.Descendants() {
			fmt.Fprintf(os.Stderr, "left: %+v\n", p)
		}
		killGroup(int(pid))
	})
	return r
}

func killGroup(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		p.Kill()
	}
}

func pipe(t testing.TB) (r, w *os.File) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return r, w
}

// watch wraps a handler and records how the launched process ends.
func (r *rig) watch(h Handler) Handler {
	return func(e *Event) bool {
		if e.Kind == EvStep {
			r.goesOn()
		}
		if e.Process == r.p {
			switch e.Kind {
			case EvExited:
				r.status = fmt.Sprintf("exit %d", e.Stop.Code)
			case EvKilled:
				r.status = fmt.Sprintf("signal %d", e.Stop.Signal)
			}
		}
		return h != nil && h(e)
	}
}

// finish lets everything run to its end under a handler and compares.
func (r *rig) finish(run testprog.Run, in Intent, h Handler) {
	r.t.Helper()
	defer r.hung.Stop()
	for {
		err := r.tr.Run(in, r.watch(h))
		if errors.Is(err, kernel.ErrNoTracees) {
			break
		}
		if err != nil {
			r.t.Fatalf("run: %v", err)
		}
	}
	<-r.read
	if err := run.Check(r.stdout.String(), r.status); err != nil {
		r.t.Error(err)
	}
}

// policies are ways to trace a program that it must not notice.
var policies = []struct {
	name string
	opts Options
	run  func(*rig, testprog.Run)
}{
	{"plain", Options{}, func(r *rig, run testprog.Run) { r.finish(run, Intent{}, nil) }},
	{"follow", Options{Follow: FollowBoth}, func(r *rig, run testprog.Run) { r.finish(run, Intent{}, nil) }},
	{"syscalls", Options{Follow: FollowBoth, Mode: kernel.Syscalls}, checkPairs},
	{"interrupted", Options{Follow: FollowBoth}, interruptOften},
	{"breakpoints", Options{Follow: FollowBoth}, breakEverywhere},
	{"breakpoints in the parent", Options{Follow: FollowParent}, breakEverywhere},
	{"stepped", Options{Follow: FollowBoth}, stepMuch},
}

// notApplied are the policies a program cannot be put under, with the reason.
var notApplied = map[string]string{
	"busy/breakpoints":               "millions of hits: a benchmark, not a test",
	"busy/breakpoints in the parent": "millions of hits: a benchmark, not a test",
	"getppid/syscalls":               "a benchmark's tracee: a million calls",
	"simtrapflag/stepped":            "the trap flag of a program is lost in the steps of a debugger",
}

// onlyMain are programs with functions that run while SIGTRAP is blocked or ignored.
// There a trap makes the kernel reset the program's SIGTRAP handler (Linux
// kernel/signal.c, force_sig_info_to_task), which no debugger can undo; so breakpoints
// stand on main alone.
var onlyMain = map[string]bool{"sigall": true, "traps": true, "sigmask": true}

func TestTransparency(t *testing.T) {
	for _, prog := range testprog.Programs() {
		if prog.Lang == testprog.Generated || strings.HasPrefix(prog.Name, "big") {
			continue
		}
		for _, pol := range policies {
			for i, run := range prog.Runs {
				t.Run(fmt.Sprintf("%s/%d/%s", prog.Name, i, pol.name), func(t *testing.T) {
					if why := notApplied[prog.Name+"/"+pol.name]; why != "" {
						t.Skip(why)
					}
					testprog.Leftovers(t)
					pol.run(launch(t, prog.Name, run, pol.opts), run)
				})
			}
		}
	}
}

// checkPairs holds promise 8: a thread's exits follow its entries.
func checkPairs(r *rig, run testprog.Run) {
	in := map[kernel.TID]uint64{}
	r.finish(run, Intent{}, func(e *Event) bool {
		switch tid := kernel.TID(0); e.Kind {
		case EvSyscallEnter:
			tid = e.Thread.TID
			if nr, ok := in[tid]; ok {
				r.t.Errorf("thread %d enters %d inside %d", tid, e.Thread.Call.Nr, nr)
			}
			in[tid] = e.Thread.Call.Nr
		case EvSyscallExit:
			tid = e.Thread.TID
			if _, ok := in[tid]; !ok && e.Thread.InCall {
				r.t.Errorf("thread %d leaves a call it never entered", tid)
			}
			delete(in, tid)
		case EvExec:
			delete(in, e.Stop.Former)
			in[e.Thread.TID] = e.Thread.Call.Nr
		case EvThreadGone:
			delete(in, e.Thread.TID)
		}
		return false
	})
}

// interruptOften stops the world again and again at moments nobody chose.
func interruptOften(r *rig, run testprog.Run) {
	done := make(chan struct{})
	defer close(done)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			case <-time.After(time.Duration(200+i%7*300) * time.Microsecond):
				r.tr.Interrupt()
			}
		}
	}()
	r.finish(run, Intent{}, func(e *Event) bool { return e.Kind == EvInterrupted })
}

// bias is how far a process's image lies from where its file was linked.
func bias(t testing.TB, p *Process, f *elf.File) uint64 {
	t.Helper()
	auxv, err := os.ReadFile(fmt.Sprintf("/proc/%d/auxv", p.PID))
	if err != nil {
		t.Fatal(err)
	}
	for ; len(auxv) >= 16; auxv = auxv[16:] {
		if binary.LittleEndian.Uint64(auxv) == 9 { // AT_ENTRY
			return binary.LittleEndian.Uint64(auxv[8:]) - f.Entry
		}
	}
	return 0
}

// functions are the addresses of the program's own functions in a process. A Go
// program's are those of package main: its run-time system has thousands.
func functions(t testing.TB, p *Process) []uint64 {
	exe := fmt.Sprintf("/proc/%d/exe", p.PID)
	f, err := elf.Open(exe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	bias := bias(t, p, f)
	syms, _ := f.Symbols()
	only := ""
	switch {
	case f.Section(".gopclntab") != nil:
		only = "main."
	case onlyMain[base(t, exe)]:
		only = "main"
	}
	var out []uint64
	for _, s := range syms {
		if only != "" && !strings.HasPrefix(s.Name, only) {
			continue
		}
		if elf.ST_TYPE(s.Info) == elf.STT_FUNC && s.Section != elf.SHN_UNDEF && s.Value != 0 && s.Size > 0 {
			out = append(out, s.Value+bias)
		}
	}
	return out
}

func base(t testing.TB, link string) string {
	path, err := os.Readlink(link)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Base(path)
}

// breakEverywhere puts a breakpoint on every function, passes over each hit, and does
// so again after an exec.
func breakEverywhere(r *rig, run testprog.Run) {
	place := func(p *Process) {
		for _, addr := range functions(r.t, p) {
			b := r.tr.Breakpoints.Add(&breakpoints.Breakpoint{Check: func(breakpoints.Hit) (bool, error) {
				r.goesOn()
				return false, nil
			}})
			if err := r.tr.Place(b, p, addr); err != nil {
				r.t.Fatal(err)
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
}

// stepMuch steps the first thread for a while, then lets it run.
func stepMuch(r *rig, run testprog.Run) {
	const steps = 30000
	n := 0
	th := r.p.Leader()
	in := Intent{Step: th}
	for n < steps && !th.Gone() {
		err := r.tr.Run(in, r.watch(func(e *Event) bool {
			if e.Kind == EvStep {
				n++
			}
			return n >= steps
		}))
		if err != nil {
			break
		}
	}
	r.finish(run, Intent{}, nil)
}

func TestSingleStepCount(t *testing.T) {
	testprog.Leftovers(t)
	r := launch(t, "exit42", testprog.Run{}, Options{})
	steps := 0
	r.finish(testprog.Run{Status: "exit 42"}, Intent{Step: r.p.Leader()}, func(e *Event) bool {
		if e.Kind == EvStep {
			steps++
			set, err := e.Thread.Regs(regs.General)
			if err != nil {
				t.Fatal(err)
			}
			if set.G[regs.EFlags]&regs.FlagTF != 0 {
				t.Error("the trap flag shows")
			}
		}
		return false
	})
	if steps == 0 {
		t.Error("no step was reported")
	}
}

// patience is how long a traced program may take, or go without a hit or a step, before it counts as
// hung.
const patience = 10 * time.Second

// goesOn says that the program does: it gets the whole patience anew.
func (r *rig) goesOn() {
	if r.hung.Stop() { // else nobody is watching
		r.hung.Reset(patience)
	}
}
