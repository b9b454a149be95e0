package linux

// Programs under test, run by the model: what they print and how they end is what they do on
// a real kernel, under any schedule.

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

func TestMain(m *testing.M) { os.Exit(testprog.Main(m)) }

var (
	seedFlag  = flag.Uint64("model.seed", 0, "run programs with this seed only")
	seedsFlag = flag.Uint64("model.seeds", 3, "run programs with so many seeds")
	logFlag   = flag.Bool("model.log", false, "tell what the machine does")
)

// seeds are the schedules to try.
func seeds() []uint64 {
	if *seedFlag != 0 {
		return []uint64{*seedFlag}
	}
	var all []uint64
	for i := range *seedsFlag {
		all = append(all, i+1)
	}
	if testing.Short() {
		all = all[:1]
	}
	return all
}

// mostSteps is when a program is given up.
const mostSteps = 20_000_000

// ended is what came of a program.
type ended struct{ stdout, stderr, status string }

// runProgram runs a program of the host to its end, on a machine of its own. The files that
// its arguments name are there, too.
func runProgram(seed uint64, path string, args []string, run testprog.Run) (ended, error) {
	m := New(kern.Config{Chooser: kern.NewChooser(seed), Yielding: 32})
	defer m.Close()
	if *logFlag {
		m.Log = func(s string) { fmt.Fprintln(os.Stderr, s) }
	}
	for _, file := range append([]string{path}, args...) {
		if data, err := os.ReadFile(file); err == nil && strings.HasPrefix(file, "/") {
			if _, e := m.FS.WriteFile(file, data, 0o755); e != errno.OK {
				return ended{}, e
			}
		}
	}
	x := m.NewExternal("outside", kern.Cred{})
	var stdout, stderr bytes.Buffer
	x.Connect(0, "stdin", strings.NewReader(run.Stdin), nil)
	x.Connect(1, "stdout", nil, &stdout)
	x.Connect(2, "stderr", nil, &stderr)
	name := path
	if run.Arg0 != "" {
		name = run.Arg0
	}
	t, e := x.Spawn(&kern.Spawn{Path: path, Args: append([]string{name}, args...), Env: []string{"PATH=/bin"}, NewGroup: true, Code: stub})
	if e != errno.OK {
		return ended{}, e
	}
	t.Start()
	p := t.Proc
	over := m.Run(func() bool { return p.State >= kern.Zombie }, mostSteps)
	out := ended{stdout.String(), stderr.String(), endOf(p)}
	if !over {
		return out, fmt.Errorf("still there: %v%s", m.Unmodeled, states(m))
	}
	return out, nil
}

func endOf(p *kern.Proc) string {
	end := p.EndOf()
	if end.Signal != 0 {
		return fmt.Sprintf("signal %d", end.Signal)
	}
	return fmt.Sprintf("exit %d", end.Code)
}

// states is a line for each thread, for who wonders why nothing goes on.
func states(m *kern.Machine) string {
	var b strings.Builder
	for _, p := range m.Procs() {
		for _, t := range p.Threads {
			fmt.Fprintf(&b, "\n process %d thread %d %v %s pc %#x call %d mask %x pending %v", p.PID, t.TID, t.State, t.Why, t.Regs.RIP, t.Call.Nr, t.Mask[0], t.Pending.Set())
		}
	}
	return b.String()
}

// beyond are programs that need what the processor does not have.
var beyond = map[string]string{"stepover+static": "x87 instructions"}

// modelPrograms are rows that need no loader, and have cases.
func modelPrograms() []string {
	names := []string{"hello+static", "args+static", "loop+static", "threads+static", "forks+static", "sigall+static"}
	for _, p := range testprog.Programs() {
		switch {
		case len(p.Runs) == 0:
		case p.Lang == testprog.Freestanding:
			names = append(names, p.Name)
		case p.Lang == testprog.C:
			for _, v := range p.Variants {
				if v == "static" {
					names = append(names, p.Name+"+static")
				}
			}
		}
	}
	seen := map[string]bool{}
	var all []string
	for _, n := range names {
		if !seen[n] {
			seen[n] = true
			all = append(all, n)
		}
	}
	return all
}

func TestPrograms(t *testing.T) {
	for _, name := range modelPrograms() {
		t.Run(name, func(t *testing.T) {
			if why := beyond[name]; why != "" {
				t.Skip(why)
			}
			path := testprog.Build(t, name)
			p, _, err := testprog.Lookup(name)
			if err != nil {
				t.Fatal(err)
			}
			for i, run := range p.Runs {
				t.Run(fmt.Sprint(i), func(t *testing.T) { runRow(t, path, run) })
			}
		})
	}
}

func runRow(t *testing.T, path string, run testprog.Run) {
	args, err := testprog.Expand(run.Args)
	if err != nil {
		t.Skip(err)
	}
	for _, seed := range seeds() {
		out, err := runProgram(seed, path, args, run)
		if err != nil {
			t.Fatalf("-model.seed=%d: %v\nstdout %q\nstderr %q", seed, err, out.stdout, out.stderr)
		}
		if err := run.Check(out.stdout, out.status); err != nil {
			t.Fatalf("-model.seed=%d: %v\nstderr %s", seed, err, out.stderr)
		}
	}
}
