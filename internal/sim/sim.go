// Package sim runs the engine on the modeled kernel, under schedules that seeds choose, and
// holds it to its eight promises (ARCHITECTURE.md).
//
//	go run ./internal/sim -seeds 2000            so many schedules
//	go run ./internal/sim -seed 77 -v            one again, with what happened
//
// A run is a program of testdata, a profile (what a debugger may do to it), and a seed. The
// seed decides everything: what the machine's threads do when, what the debugger does and
// when, who dies. So a run that fails is repeated by its number, and made shorter (shrink.go)
// by repeating it with fewer and smaller choices.
//
// What has to come out is known: each program prints what it prints and ends as it ends
// untraced, and executes its functions as often as its row in internal/testprog says. The
// machine counts system calls, and sees every request that it refuses.
package main

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/tracer"
)

// subject is a program under simulation: a run of a row, and what its file says.
type subject struct {
	system *system
	row    testprog.Program
	run    testprog.Run
	path   string
	data   []byte
	// funcs are the addresses of functions whose calls the row knows, other those of all
	// others; was are the bytes there.
	funcs, other map[string]uint64
	was          map[uint64]byte
	code         map[uint64][]byte // the first instructions of functions
	symbols      map[string]uint64
	lazily
}

// eachIteration are functions that begin with a repeated string instruction, which a
// breakpoint meets once an iteration.
var eachIteration = map[string]bool{"fill": true, "store": true, "copy": true, "find": true, "back": true}

// load reads the program of a row.
func load(y *system, row testprog.Program, run testprog.Run) (*subject, error) {
	path, err := testprog.Path(row.Name + y.variant)
	if err != nil {
		return nil, err
	}
	s := &subject{system: y, row: row, run: run, path: path, funcs: map[string]uint64{}, other: map[string]uint64{}, was: map[uint64]byte{},
		code: map[uint64][]byte{}, symbols: map[string]uint64{}}
	if s.data, err = os.ReadFile(path); err != nil {
		return nil, err
	}
	f, err := elf.NewFile(bytes.NewReader(s.data))
	if err != nil {
		return nil, err
	}
	symbols, err := f.Symbols()
	if err != nil {
		return nil, err
	}
	for _, sym := range symbols {
		s.symbols[sym.Name] = sym.Value
		if elf.ST_TYPE(sym.Info) != elf.STT_FUNC || sym.Size == 0 {
			continue
		}
		if _, known := run.Calls[sym.Name]; known && !eachIteration[sym.Name] {
			s.funcs[sym.Name] = sym.Value
		} else {
			s.other[sym.Name] = sym.Value
		}
		for _, ph := range f.Progs {
			if ph.Type == elf.PT_LOAD && sym.Value-ph.Vaddr < ph.Filesz {
				at := s.data[sym.Value-ph.Vaddr+ph.Off:]
				s.was[sym.Value], s.code[sym.Value] = at[0], at[:min(len(at), breakpoints.Window)]
			}
		}
	}
	return s, nil
}

// crash is panicked through the engine to make it end where it stands.
type crash struct{}

// hung is panicked when the engine waits for what cannot come.
type hung struct{}

// session is one run.
type session struct {
	*subject
	profile *Profile
	check   func(*session, *tracer.Event)
	w       *model.World
	m       *kern.Machine
	c       *kern.Chooser
	tr      *tracer.Tracer
	log     func(string)

	roots    []*root        // the program, or several of it
	launched bool           // by the debugger
	hits     map[string]int // by function
	placed   []*breakpoints.Breakpoint
	inCall   map[kernel.TID]uint64
	calls    uint64 // entries seen
	watch    *breakpoints.Breakpoint
	cell     *cell
	truth    *truth
	signals  signals
	told     *tracer.Thread // of the last event, unless that was an interrupt: its stop has been judged
	// what the debugger or the world did that changes what has to come out
	killed, crashed, dropped bool
	quits, hasty             bool // it ends before the program; it is to, at once
	released                 bool // a process was let go
	done                     bool // the debugger is
	tired                    bool // it was interrupted, as nothing more will happen
	faults                   []string
}

// root is one program, as the first process of it.
type root struct {
	pid       kernel.PID
	proc      *kern.Proc
	out, errs *bytes.Buffer
}

// fail notes a promise that was broken.
func (s *session) fail(promise int, format string, args ...any) {
	s.faults = append(s.faults, fmt.Sprintf("promise %d: ", promise)+fmt.Sprintf(format, args...))
	s.note("FAIL %s", s.faults[len(s.faults)-1])
}

func (s *session) note(format string, args ...any) {
	if s.log != nil {
		s.log(fmt.Sprintf(format, args...))
	}
}

// Result is what came of a run.
type Result struct {
	Faults  []string
	Choices []uint32
	Steps   uint64
}

// Err is the faults as an error.
func (r *Result) Err() error {
	if len(r.Faults) == 0 {
		return nil
	}
	return errors.New(strings.Join(r.Faults, "\n"))
}

// Case is a run to be made.
type Case struct {
	Profile *Profile
	Subject *subject
	Seed    uint64
	Replay  []uint32 // instead of the seed
	Log     func(string)
	// Check, if it is not nil, is one more check of what the debugger is told.
	Check func(*session, *tracer.Event)
}

// Play makes a run.
func Play(c Case) (r Result) {
	s := &session{subject: c.Subject, profile: c.Profile, check: c.Check, log: c.Log, hits: map[string]int{}, inCall: map[kernel.TID]uint64{}}
	first := &root{out: &bytes.Buffer{}, errs: &bytes.Buffer{}}
	s.roots = []*root{first}
	w, err := model.New(model.Options{System: c.Subject.system.name, Seed: c.Seed, Replay: c.Replay, Drift: c.Profile.Drift, Stdout: first.out, Stderr: first.errs})
	if err != nil {
		return Result{Faults: []string{err.Error()}}
	}
	defer w.Close()
	s.w, s.m, s.c = w, w.M, w.M.Chooser
	s.m.Log = c.Log
	w.Refused = s.refused
	w.Idle = s.idle
	s.tr = tracer.New(w.Kernel, tracer.Options{Follow: c.Profile.Follow, Mode: c.Profile.Mode, Clock: clock{s.m, new(int)}})
	if err := w.Put(s.path, s.data, 0o755); err != nil {
		return Result{Faults: []string{err.Error()}}
	}
	defer func() {
		if p := recover(); p != nil {
			s.faults = append(s.faults, fmt.Sprintf("panic: %v\n%s", p, trace()))
		}
		r.Faults, r.Choices, r.Steps = s.faults, s.c.Made(), s.m.Steps()
	}()
	s.m.At(c.Profile.steps(), s.patience)
	if c.Profile.counted(c.Subject) {
		s.watchTruth()
	}
	s.watchSignals()
	s.guarded(func() { c.Profile.drive(s) })
	s.settle()
	if s.m.Unmodeled != nil {
		s.faults = append(s.faults, s.m.Unmodeled.Error())
	}
	return r
}

// patience is at an end: the engine should be done by now. But where something was killed,
// those whom it would have woken may wait for ever; then the debugger is interrupted.
func (s *session) patience() {
	switch {
	case s.done:
	case s.killed && !s.tired && s.asleep():
		s.tired = true
		s.tr.Interrupt()
		s.m.At(2*s.profile.steps(), s.patience)
	default:
		panic(hung{})
	}
}

// asleep says whether all that live wait for one another, or are stopped by one.
func (s *session) asleep() bool {
	for _, p := range s.m.Procs() {
		for _, t := range p.Threads {
			if !p.External && t.Alive() && t.State != kern.Sleeping && !p.Job.Stopped {
				return false
			}
		}
	}
	return true
}

// idle is called when the engine waits and nothing can go on. Those whom the dead would have
// woken may sleep for ever; they are killed then, as a user would.
func (s *session) idle() {
	stuck := !s.killed
	var left []*kern.Proc
	for _, p := range s.m.Procs() {
		if p.External || p.State >= kern.Zombie {
			continue
		}
		left = append(left, p)
		for _, t := range p.Threads {
			stuck = stuck || t.State == kern.Traced
		}
	}
	if stuck || len(left) == 0 {
		panic(hung{})
	}
	for _, p := range left {
		s.m.Post(p, kern.SigInfo{Signo: s.m.System.Sig.KILL, Origin: kern.FromUser})
	}
}

// guarded runs the debugger until it is done, crashes or hangs.
func (s *session) guarded(f func()) {
	defer func() {
		s.done = true
		switch p := recover().(type) {
		case nil:
		case crash:
			s.note("the debugger dies")
			s.crashed = true
			s.w.X.Leave(kern.End{Signal: s.m.System.Sig.KILL})
		case hung:
			s.fail(7, "the engine waits for what cannot come")
			for _, p := range s.m.Procs() {
				s.note("process %d: %s", p.PID, threadStates(p))
			}
		default:
			panic(p)
		}
	}()
	f()
}

// steps is more than any run of a profile needs: a slow debugger's runs are longer.
func (p *Profile) steps() uint64 { return maxSteps * uint64(8+p.Drift) / 8 }

// maxSteps is more than any run needs of a debugger that takes no time; so is maxCalls, of how often the engine's patience ends.
const (
	maxSteps = 100_000
	maxCalls = 500
)

// refused holds promise 6: a request is refused only because its thread is no more, or is
// dying, or because of what it asks for.
func (s *session) refused(request, tid, errno int) {
	const esrch = 3
	t := s.w.Thread(kernel.TID(tid))
	if errno != esrch || t == nil || !t.Alive() || t.Killed() || t.Proc.Dying() {
		return
	}
	s.fail(6, "request %d of thread %d, which is %v", request, tid, t.State)
}

// clock is the engine's time: the machine's.
type clock struct {
	m     *kern.Machine
	calls *int
}

func (c clock) Now() time.Time { return time.Unix(0, c.m.Now()) }

func (c clock) AfterFunc(d time.Duration, f func()) func() {
	callout := c.m.CallAt(c.m.Now()+int64(d), func() {
		if *c.calls++; *c.calls > maxCalls {
			panic(hung{})
		}
		f()
	})
	return func() { c.m.Cancel(callout) }
}
