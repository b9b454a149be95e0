package freebsd_test

// The debugger over the adapter over the modeled kernel: programs end as they do alone, whatever
// is done to them. The programs are the recorded tracees.

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	model "github.com/trapline/trapline/kernel/model/freebsd"
	recordings "github.com/trapline/trapline/testdata/freebsd"
	"github.com/trapline/trapline/tracer"
)

// tracee is a recorded program that ends by itself.
type tracee struct {
	name   string
	labels []uint64 // of its code, ascending
	others []string // programs it may execute
	end    string
}

// unlike are programs that tell whether they are traced, or whose parent's number is their end.
// int1 is not the same under a trap flag on every processor.
var unlike = []string{"traceme-by-hand", "scx-change-rax", "access-unprivileged-debug-off", "sig-int1"}

// tracees finds them, by running each alone.
var tracees = sync.OnceValue(func() (out []tracee) {
	seen := map[string]bool{}
	for _, s := range recordings.Index() {
		if slices.Contains(unlike, s.Name) || strings.HasPrefix(s.Name, "errnos-") || strings.HasPrefix(s.Name, "access-") {
			continue
		}
		var others []string
		for _, st := range recordings.Load(s.Name) {
			if st.Op != "program" {
				continue
			}
			others = append(others, strings.TrimSuffix(fmt.Sprint(st.Args["file"]), ".elf"))
			x := tracee{name: others[len(others)-1], others: slices.Clone(others)}
			labels, _ := st.Args["labels"].(map[string]any)
			for _, v := range labels {
				if at, _ := strconv.ParseUint(fmt.Sprint(v), 0, 64); at >= 0x400000 && at < 0x500000 && !slices.Contains(x.labels, at) {
					x.labels = append(x.labels, at)
				}
			}
			slices.Sort(x.labels)
			if code := string(recordings.ELF(x.name)); !seen[code] {
				seen[code] = true
				if x.end = x.alone(); x.end != "" {
					out = append(out, x)
				}
			}
		}
	}
	return out
})

// enough is how many steps of the machine a program has to come to its end alone.
const enough = 20000

func (x *tracee) alone() string {
	b := newBridge(nil, 1)
	x.install(b)
	pid, e := b.spawn("/w/"+x.name, model.Launch{})
	if e != 0 {
		return ""
	}
	return b.wait(pid)
}

func (x *tracee) install(b *bridge) {
	for _, f := range x.others {
		b.program(f)
	}
}

// ending is a process's end as wait(2) has it.
func ending(s *kernel.Stop) string {
	d := raw.Status{Kind: raw.StatusExited, Value: s.Code, Core: s.Core}
	if s.Kind == kernel.Killed {
		d.Kind, d.Value = raw.StatusKilled, int(s.Signal)
	}
	return fmt.Sprintf("%#x", d.Encode())
}

// session is one program under the engine.
type session struct {
	b   *bridge
	tr  *tracer.Tracer
	p   *tracer.Process
	end string
	n   int // events
}

func (x *tracee) launch(t *testing.T, seed uint64, o tracer.Options) *session {
	t.Helper()
	s := &session{b: newBridge(t, seed)}
	x.install(s.b)
	s.tr = tracer.New(freebsd.New(s.b), o)
	var err error
	if s.p, err = s.tr.Launch(&kernel.Launch{Path: "/w/" + x.name, Args: []string{"tracee"}}); err != nil {
		t.Fatal(err)
	}
	return s
}

// most is how many events are too many.
const most = 3000

// run lets it run to its end; look is told of every event first.
func (s *session) run(in tracer.Intent, look func(*tracer.Event) bool) {
	err := s.tr.Run(in, func(e *tracer.Event) bool {
		s.n++
		if e.Process == s.p && (e.Kind == tracer.EvExited || e.Kind == tracer.EvKilled) {
			s.end = ending(e.Stop)
		}
		return look != nil && look(e) || s.n > most
	})
	if err != nil && !errors.Is(err, kernel.ErrNoTracees) {
		s.b.t.Error(err)
	}
}

func eachTracee(t *testing.T, do func(t *testing.T, x *tracee)) {
	list := tracees()
	if len(list) < 80 {
		t.Errorf("only %d programs end by themselves", len(list))
	}
	for i := range list {
		t.Run(list[i].name, func(t *testing.T) { do(t, &list[i]) })
	}
}

// TestTransparent lets everything pass, in each way to follow and to stop.
func TestTransparent(t *testing.T) {
	eachTracee(t, func(t *testing.T, x *tracee) {
		for i, o := range []tracer.Options{{}, {Mode: kernel.Syscalls}, {Follow: tracer.FollowBoth}, {Follow: tracer.FollowBoth, Mode: kernel.Syscalls}} {
			s := x.launch(t, uint64(i+1), o)
			if s.run(tracer.Intent{}, nil); s.end != x.end {
				t.Errorf("follow %d mode %d: %q, alone %q", o.Follow, o.Mode, s.end, x.end)
			}
		}
	})
}

// TestBreakpoints puts one at every label of the code, some of them in debug registers.
func TestBreakpoints(t *testing.T) {
	hits := 0
	eachTracee(t, func(t *testing.T, x *tracee) {
		for _, follow := range []tracer.Follow{tracer.FollowParent, tracer.FollowBoth} {
			s := x.launch(t, 1, tracer.Options{Follow: follow})
			for i, at := range x.labels {
				b := &breakpoints.Breakpoint{Enabled: true}
				if follow == tracer.FollowBoth && i < 4 {
					b.Kind, b.Len = breakpoints.Execute, 1
				}
				if err := s.tr.Place(s.tr.Breakpoints.Add(b), s.p, at); err != nil {
					t.Fatal(err)
				}
			}
			s.run(tracer.Intent{}, func(e *tracer.Event) bool {
				if e.Kind == tracer.EvBreakpoint {
					hits++
				}
				return false
			})
			if s.end != x.end {
				t.Errorf("follow %d: %q, alone %q", follow, s.end, x.end)
			}
		}
	})
	if hits < 200 {
		t.Errorf("only %d hits", hits)
	}
}

// TestWatch: a store of another value is told, one of the same is not.
func TestWatch(t *testing.T) {
	for _, x := range tracees() {
		if x.name != "watch-write.a" {
			continue
		}
		s := x.launch(t, 1, tracer.Options{})
		b := s.tr.Breakpoints.Add(&breakpoints.Breakpoint{Enabled: true, Kind: breakpoints.Write, Len: 8})
		if err := s.tr.Place(b, s.p, 0x600000); err != nil {
			t.Fatal(err)
		}
		told := 0
		s.run(tracer.Intent{}, func(e *tracer.Event) bool {
			if e.Kind == tracer.EvWatchpoint {
				told++
			}
			return false
		})
		if told != 1 || s.end != x.end {
			t.Errorf("told %d times, ends %q", told, s.end)
		}
		return
	}
	t.Error("no watch-write")
}

// TestSteps goes by single instructions.
func TestSteps(t *testing.T) {
	eachTracee(t, func(t *testing.T, x *tracee) {
		s := x.launch(t, 1, tracer.Options{Follow: tracer.FollowBoth})
		s.run(tracer.Intent{Step: s.p.Leader()}, nil)
		if s.end != x.end && s.n < most && x.name != "step-user-tf.a" { // its own traps are taken for ours
			t.Errorf("%q, alone %q", s.end, x.end)
		}
	})
}

// TestAttach takes hold of a program at some point, with breakpoints at all its labels or
// without, lets go of it at another, and it ends as it does alone.
func TestAttach(t *testing.T) {
	attached := 0
	eachTracee(t, func(t *testing.T, x *tracee) {
		for point := range 60 {
			for _, traps := range []bool{false, true} {
				if x.attach(t, point, traps) {
					attached++
				}
			}
		}
	})
	if attached < 300 {
		t.Errorf("attached to only %d", attached)
	}
}

func (x *tracee) attach(t *testing.T, point int, traps bool) bool {
	t.Helper()
	b := newBridge(t, uint64(2*point+1)) // many turns
	x.install(b)
	pid, e := b.spawn("/w/"+x.name, model.Launch{})
	if e != 0 {
		t.Fatal(e)
	}
	for range point {
		b.m.Step()
	}
	if p := b.m.Proc(pid); p == nil || p.Ended() || !model.Executed(p) {
		return false
	}
	tr := tracer.New(freebsd.New(b), tracer.Options{})
	p, err := tr.Attach(kernel.PID(pid))
	if errors.Is(err, kernel.Errno(raw.ESRCH)) || errors.Is(err, kernel.Errno(raw.EINVAL)) { // it is at its end
		return false
	}
	if err != nil {
		t.Fatalf("point %d: %v", point, err)
	}
	if traps {
		for _, at := range x.labels {
			if err := tr.Place(tr.Breakpoints.Add(&breakpoints.Breakpoint{Enabled: true}), p, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := &session{b: b, tr: tr, p: p}
	b.after, b.call = 1+point%7, tr.Interrupt
	s.run(tracer.Intent{}, func(e *tracer.Event) bool { return e.Kind == tracer.EvInterrupted })
	if err := tr.Close(); err != nil { // of children too
		t.Fatalf("point %d: %v", point, err)
	}
	s.end = b.ends[pid] // it may have ended while it was being stopped
	if s.end == "" {
		if s.end = b.wait(pid); s.end == "" {
			t.Errorf("point %d traps %v: it does not end", point, traps)
		}
	}
	if s.end != x.end {
		t.Errorf("point %d traps %v: %q, alone %q", point, traps, s.end, x.end)
	}
	return true
}

// wait lets a process run by itself to its end.
func (b *bridge) wait(pid int) string {
	var info [raw.SiginfoSize]byte
	for range enough {
		if got, status, _ := b.Wait(pid, false, info[:]); got == pid {
			return fmt.Sprintf("%#x", status)
		}
		if !b.m.Step() {
			break
		}
	}
	return ""
}
