package alike

// Traces: all system calls of all processes and threads of a program, as calltrace writes them,
// are the same on both kernels, thread by thread. What order threads have among one another is the
// schedule's.

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/tracer"
)

// byChance is what of a trace depends on the schedule: who has to wait; when a child ends, and
// what that interrupts; what is left of such a call; whether a thread sleeps already when its
// process ends.
var byChance = regexp.MustCompile(`^futex\(|^--- SIGCHLD |ERESTART|^restart_syscall\(|^pause\(\) = \?$`)

// chancy are programs of whose traces only the first call is compared, and what is printed: how
// often they repeat a call, or how far they come, is left to the schedule.
var chancy = map[string]string{
	"simstorm":    "signals in the midst of anything",
	"simsigwait":  "signals are sent until one has interrupted a sleep",
	"simpipes":    "the same",
	"simtimer":    "ticks until there were enough",
	"simstopcont": "spinning and sleeping until it is enough",
	"simexits":    "how far the others come before they are ended, and which is the last one",
	"simexec":     "the same, before an exec ends them",
	"simjobs":     "in which order members of a group end",
	"simsigchld":  "how many ends one SIGCHLD tells of",
	"simguard":    "who comes first",
	"simorphans":  "whether a clone has returned when its process ends",
}

func TestTraces(t *testing.T) {
	for _, row := range testprog.Programs() {
		if row.Lang != testprog.Freestanding || !strings.HasPrefix(row.Name, "sim") {
			continue
		}
		for _, run := range row.Runs {
			t.Run(strings.Join(append([]string{row.Name}, run.Args...), " "), func(t *testing.T) {
				s := &subject{name: row.Name, args: run.Args, stdin: run.Stdin}
				var host, modeled bytes.Buffer
				onHost(t, s, func(k *side) { traceOn(t, k, s, &host) })
				onModel(t, s, func(k *side) { traceOn(t, k, s, &modeled) })
				a, b := threads(row.Name, host.String()), threads(row.Name, modeled.String())
				if d := cmp.Diff(a, b); d != "" {
					t.Errorf("-host +model:\n%s", d)
				}
				if _, traced := a["main"]; !traced {
					t.Errorf("no trace: %s", &host)
				}
			})
		}
	}
}

// traceOn writes the trace of a program.
func traceOn(t *testing.T, k *side, s *subject, out *bytes.Buffer) {
	path, args := s.build(t)
	o := calltrace.Options{Follow: true, ToFile: true, NoAttach: true}
	if k.clock != nil {
		o.Now = k.clock.Now
	}
	tr := tracer.New(k.kernel, tracer.Options{Clock: k.clock, Mode: kernel.Syscalls, Follow: tracer.FollowBoth, Outlive: true,
		Events: kernel.EventExec | kernel.EventThreads | kernel.EventForks})
	printer := calltrace.New(out, tr.OS(), o)
	defer func() {
		if err := errors.Join(tr.Close(), printer.Close()); err != nil {
			t.Errorf("close: %v", err)
		}
		fmt.Fprintf(out, "\n%s", k.printed())
	}()
	p, err := tr.Launch(&kernel.Launch{Path: path, Args: append([]string{path}, args...), Env: environment, Dir: directory,
		NewGroup: true, Foreground: -1, NoASLR: true, Calls: true, Files: k.files})
	if err != nil {
		t.Errorf("launch: %v", err)
		return
	}
	printer.Started(int(p.PID))
	fmt.Fprintf(out, "%d %d\n", k.tracer, p.PID)
	if err := tr.Run(tracer.Intent{}, calltrace.NewLive(printer).Handle); err != nil && !errors.Is(err, kernel.ErrNoTracees) {
		t.Errorf("run: %v", err)
	}
}

var (
	unfinished = regexp.MustCompile(`^(.*) <unfinished \.\.\.>$`)
	resumed    = regexp.MustCompile(`^<\.\.\. \w+ resumed>(.*)$`)
	makes      = regexp.MustCompile(`^v?(?:fork|clone3?)\(.*\) = (\d+)$`)
	number     = regexp.MustCompile(`\b\d+\b`)
	column     = regexp.MustCompile(`\) += `)
	// Where stacks are below a signal's frame, which differ in size; the tracer's own strings; a
	// word that is cleared when the new thread has ended.
	address = regexp.MustCompile(`\b0x7fff[0-9a-f]+\b|0x[0-9a-f]+ /\* 2 vars \*/|parent_tid=\[[^]]*\]`)
)

// threads are the lines of each thread, named by who made whom.
func threads(program, text string) map[string][]string {
	root, text, _ := strings.Cut(text, "\n")
	lines := map[string][]string{}
	text, printed, _ := strings.Cut(text, "\n\n")
	for _, l := range strings.Split(text, "\n") {
		tid, rest, ok := strings.Cut(l, " ")
		if !ok {
			continue
		}
		rest = column.ReplaceAllString(strings.TrimLeft(rest, " "), ") = ")
		mine := lines[tid]
		if m := resumed.FindStringSubmatch(rest); m != nil && len(mine) > 0 {
			mine[len(mine)-1] += m[1]
			continue
		}
		if m := unfinished.FindStringSubmatch(rest); m != nil {
			rest = m[1]
		}
		lines[tid] = append(mine, rest)
	}
	tracer, root, _ := strings.Cut(root, " ")
	names := map[string]string{tracer: "TRACER"}
	nameThreads(lines, names, root, "main")
	all := map[string][]string{"printed": {printed}}
	for tid, mine := range lines {
		name := names[tid]
		if name != "main" && chancy[program] != "" || name == "" { // its maker was killed before that was told
			continue
		}
		if chancy[program] != "" {
			mine = mine[:1] // the execve
		}
		for _, l := range mine {
			l = column.ReplaceAllString(l, ") = ")
			if byChance.MatchString(l) {
				continue
			}
			l = number.ReplaceAllStringFunc(l, func(n string) string {
				if name := names[n]; name != "" {
					return name
				}
				return n
			})
			all[name] = append(all[name], address.ReplaceAllString(l, "ADDRESS"))
		}
	}
	return all
}

// nameThreads names a thread and those it makes.
func nameThreads(lines map[string][]string, names map[string]string, tid, name string) {
	names[tid] = name
	n := 0
	for _, l := range lines[tid] {
		if m := makes.FindStringSubmatch(column.ReplaceAllString(l, ") = ")); m != nil && names[m[1]] == "" {
			n++
			nameThreads(lines, names, m[1], fmt.Sprintf("%s.%d", name, n))
		}
	}
}
