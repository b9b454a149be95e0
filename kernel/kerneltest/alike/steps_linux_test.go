package alike

// Steps: a program is made to go instruction by instruction to its end on both kernels, and
// after each all registers must be the same.

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/tracer"
	"github.com/trapline/trapline/x86"
)

// walks are programs whose first thread does the same under any schedule. Those with a C library
// are not: it looks at the processor and does what is best on that one. Nor are those with
// children: SIGCHLD comes when it comes.
var walks = []struct {
	subject
	least int // steps that it takes
}{
	{subject{name: "exit42"}, 3},
	{subject{name: "asmhello"}, 5},
	{subject{name: "simcondition", args: []string{"5", "0"}}, 100},
	{subject{name: "simthreads", args: []string{"0", "0"}}, 100},
	{subject{name: "simrep", args: []string{"2", "40"}}, 1000},
	{subject{name: "simfaults", args: []string{"3"}}, 1000},
	{subject{name: "simtrapflag", args: []string{"2"}}, 100},
	{subject{name: "simmmap", args: []string{"2", "0"}}, 500},
	{subject{name: "simsyscalls", args: []string{"0", "0"}}, 100},
	{subject{name: "simwatch", args: []string{"0", "0"}}, 100},
	{subject{name: "simpushf", args: []string{"0"}}, 100},
	{subject{name: "simexec", args: []string{"leader", "0", "0"}}, 30},
	{subject{name: "simforkthreads", args: []string{"0", "0", "0"}}, 30},
	{subject{name: "simexits", args: []string{"group", "0", "0"}}, 30},
	{subject{name: "simexits", args: []string{"term", "0", "0"}}, 30},
	{subject{name: "simexits", args: []string{"segv", "0", "0"}}, 30},
	{subject{name: "simexits", args: []string{"kill", "0", "0"}}, 30},
}

// mostSteps bounds a walk.
const mostSteps = 30_000

// mark is where a walk is after a step, or at a signal.
type mark struct {
	what string
	g    [regs.NGeneral]uint64
}

func TestSteps(t *testing.T) {
	for _, w := range walks {
		t.Run(strings.Join(append([]string{w.name}, w.args...), " "), func(t *testing.T) {
			var host, modeled *walk
			onHost(t, &w.subject, func(k *side) { host = walkOn(t, k, &w.subject) })
			onModel(t, &w.subject, func(k *side) { modeled = walkOn(t, k, &w.subject) })
			if n := len(host.marks); n < w.least {
				t.Errorf("%d steps, want %d at least", n, w.least)
			}
			compareWalks(t, host, modeled)
		})
	}
}

// walk is a program's steps.
type walk struct {
	marks   []mark
	code    map[uint64][]byte // the instructions, by address
	printed string
}

func walkOn(t *testing.T, k *side, s *subject) *walk {
	path, args := s.build(t)
	tr := tracer.New(k.kernel, tracer.Options{Clock: k.clock})
	defer func() {
		if err := tr.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	w := &walk{code: map[uint64][]byte{}}
	p, err := tr.Launch(&kernel.Launch{Path: path, Args: append([]string{path}, args...), Env: environment, Dir: directory,
		NewGroup: true, Foreground: -1, NoASLR: true, Events: tracer.DefaultEvents | kernel.EventExitKill, Files: k.files})
	if err != nil {
		t.Errorf("launch: %v", err)
		return w
	}
	th := p.Leader()
	note := func(e *tracer.Event) bool {
		if e.Thread != th {
			return false
		}
		what := ""
		switch e.Kind {
		case tracer.EvStep:
		case tracer.EvSignal:
			what = fmt.Sprintf("signal %d code %d", e.Stop.Signal, e.Stop.Info.Code)
		case tracer.EvExited:
			w.marks = append(w.marks, mark{what: fmt.Sprintf("exit %d", e.Stop.Code)})
			return false
		case tracer.EvKilled:
			w.marks = append(w.marks, mark{what: fmt.Sprintf("killed %d", e.Stop.Signal)})
			return false
		default:
			what = fmt.Sprintf("event %d", e.Kind)
		}
		set, err := th.Regs(regs.General)
		if err != nil {
			return false
		}
		w.marks = append(w.marks, mark{what, set.G})
		if pc := set.PC(); w.code[pc] == nil {
			b := make([]byte, x86.MaxLen)
			n, _ := p.ReadMem(pc, b)
			w.code[pc] = b[:n]
		}
		return len(w.marks) >= mostSteps
	}
	if err := tr.Run(tracer.Intent{Step: th}, note); err != nil && !errors.Is(err, kernel.ErrNoTracees) {
		t.Errorf("run: %v", err)
	}
	for _, p := range tr.Processes() {
		if err := tr.Kill(p); err != nil {
			t.Errorf("kill: %v", err)
		}
	}
	w.printed = k.printed()
	return w
}

// compareWalks tells of the first few steps after which something differs.
func compareWalks(t *testing.T, host, modeled *walk) {
	t.Helper()
	told := 0
	same := likeness{ids: map[uint64]uint64{}}
	for i := range min(len(host.marks), len(modeled.marks)) {
		h, m := &host.marks[i], &modeled.marks[i]
		from := &mark{}
		if i > 0 {
			from = &host.marks[i-1]
		}
		same.learn(host.code[from.g[regs.RIP]], from, h, m)
		bad := h.what != m.what
		for id := range h.g {
			bad = bad || !same.as(regs.ID(id), h, m)
		}
		if !bad {
			continue
		}
		t.Errorf("step %d from %#x: %q on the host, %q on the model", i, from.g[regs.RIP], h.what, m.what)
		for id := range h.g {
			if h.g[id] != m.g[id] {
				t.Errorf("  %v: %#x on the host, %#x on the model", regs.ID(id), h.g[id], m.g[id])
			}
		}
		if told++; told == 3 || h.g[regs.RIP] != m.g[regs.RIP] {
			break
		}
	}
	if len(host.marks) != len(modeled.marks) {
		t.Errorf("%d steps on the host, %d on the model", len(host.marks), len(modeled.marks))
	}
	if host.printed != modeled.printed {
		t.Errorf("%q is printed on the host, %q on the model", host.printed, modeled.printed)
	}
	t.Logf("%d steps", len(host.marks))
}

// likeness is what two walks may differ in.
type likeness struct {
	// stacks are how far apart the stacks are: a signal's frame is as big as the processor's
	// state, 512 bytes in the model, and addresses below one differ by that.
	stacks []uint64
	// ids are the numbers of processes on the host, and what they are on the model.
	ids map[uint64]uint64
	// unknown are flags that an instruction has left undefined; saved those that a call has put
	// into r11.
	unknown, saved uint64
	// The last call, and where it returns to.
	nr, back uint64
}

// numbering are calls that return numbers of processes: getpid, clone, fork, vfork, wait4, getppid,
// getpgrp, setsid, getpgid, getsid, gettid, set_tid_address.
var numbering = []uint64{39, 56, 57, 58, 61, 110, 111, 112, 121, 124, 186, 218}

// undefined are the flags that instructions leave undefined (Intel SDM vol. 2; AMD APM vol. 3).
var undefined = []struct {
	names string
	flags uint64
}{
	{"div idiv", flagC | flagP | flagA | flagZ | flagS | flagO},
	{"mul imul", flagP | flagA | flagZ | flagS},
	{"and or xor test", flagA},
	{"shl shr sar sal", flagA | flagO},
	{"rol ror rcl rcr", flagO},
	{"bsf bsr bt bts btr btc", flagC | flagP | flagA | flagS | flagO},
}

// Flags (Intel SDM vol. 1, 3.4.3).
const (
	flagC = 1 << 0
	flagP = 1 << 2
	flagA = 1 << 4
	flagZ = 1 << 6
	flagS = 1 << 7
	flagO = 1 << 11
)

// learn takes in a step from a place, by an instruction.
func (l *likeness) learn(code []byte, from, h, m *mark) {
	if delta := h.g[regs.RSP] - m.g[regs.RSP]; !slices.Contains(l.stacks, delta) {
		l.stacks = append(l.stacks, delta)
	}
	if bytes.HasPrefix(code, []byte{0x0f, 0x05}) {
		l.nr, l.back, l.saved = from.g[regs.RAX], from.g[regs.RIP]+2, l.unknown
	}
	if h.g[regs.RIP] == l.back && slices.Contains(numbering, l.nr) {
		l.ids[h.g[regs.RAX]] = m.g[regs.RAX]
	}
	name, _, err := x86.Disasm(code, from.g[regs.RIP], x86.Options{Syntax: x86.Intel})
	if err != nil {
		return
	}
	name, _, _ = strings.Cut(name, " ")
	for _, u := range undefined {
		if slices.Contains(strings.Fields(u.names), name) {
			l.unknown |= u.flags
			return
		}
	}
	if h.g[regs.EFlags] == m.g[regs.EFlags] {
		l.unknown = 0
	}
}

// as says whether a register is the same on both.
func (l *likeness) as(id regs.ID, h, m *mark) bool {
	a, b := h.g[id], m.g[id]
	switch id {
	case regs.EFlags:
		if h.what == "" { // a page fault, which the program is not told of, leaves RF in a repeated instruction
			a, b = a&^regs.FlagRF, b&^regs.FlagRF
		}
		return (a^b)&^l.unknown == 0
	case regs.R11: // flags as a call saved them
		if (a^b)&^l.saved == 0 {
			return true
		}
	}
	if known, is := l.ids[a]; a == b || is && known == b {
		return true
	}
	return slices.Contains(l.stacks, a-b)
}
