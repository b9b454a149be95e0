package calltrace

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/syscalls"
)

// buffer may be read while the writer writes.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

type textMemory struct{}

func (textMemory) ReadMem(_ uint64, p []byte) (int, error) { return copy(p, "text\n"), nil }

func call(nr uint64, args ...uint64) *syscalls.Call {
	c := &syscalls.Call{ABI: syscalls.X8664, Nr: nr, IP: 0x401000, Mem: textMemory{}}
	copy(c.Args[:], args)
	return c
}

func done(c *syscalls.Call, ret int64, errno int) *syscalls.Call {
	c.Returned, c.Ret, c.Errno = true, ret, errno
	return c
}

var start = time.Date(2026, 11, 24, 3, 2, 29, 123456000, time.UTC)

func at(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

// story is two threads, one of which is interrupted in a read, and how they end.
func story(p *Printer) {
	p.Started(10)
	getpid, read, pause := call(39), call(0, 3, 0x1000, 5), call(34)
	p.Enter(10, at(0), getpid)
	p.Exit(10, at(1), done(getpid, 10, 0))
	p.Attached(11)
	p.Enter(11, at(2), read)
	p.Enter(10, at(3), pause)
	p.Exit(11, at(4), done(read, 5, 0))
	var info [128]byte
	info[0], info[16] = 15, 11
	p.Exit(10, at(5), done(pause, 0, 514))
	p.Signal(10, at(6), syscalls.X8664, 15, info[:])
	p.Stopped(10, at(6), 20)
	read.Returned = false
	p.Enter(11, at(7), read)
	p.Exited(10, at(8), 3)
	p.Killed(11, at(9), 9, true)
}

func TestPrinter(t *testing.T) {
	pauses, err := syscalls.ParseSet("pause")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"file", Options{Follow: true, ToFile: true, NoAttach: true}, `
10    getpid()                          = 10
11    read(3,  <unfinished ...>
10    pause( <unfinished ...>
11    <... read resumed>"text\n", 5)    = 5
10    <... pause resumed>)              = ? ERESTARTNOHAND (To be restarted if no handler)
10    --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=11, si_uid=0} ---
10    --- stopped by SIGTSTP ---
11    read(3,  <unfinished ...>
10    +++ exited with 3 +++
11    <... read resumed> <unfinished ...>) = ?
11    +++ killed by SIGKILL (core dumped) +++
`},
		{"terminal", Options{Follow: true, Name: "trapline: ", Spent: true, Stamp: ClockUS, Quiet: true}, `
03:02:29.123456 getpid()                = 10 <0.001000>
trapline: Process 11 attached
[pid    11] 03:02:29.125456 read(3,  <unfinished ...>
[pid    10] 03:02:29.126456 pause( <unfinished ...>
[pid    11] 03:02:29.127456 <... read resumed>"text\n", 5) = 5 <0.002000>
[pid    10] 03:02:29.128456 <... pause resumed>) = ? ERESTARTNOHAND (To be restarted if no handler) <0.002000>
[pid    10] 03:02:29.129456 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=11, si_uid=0} ---
[pid    10] 03:02:29.129456 --- stopped by SIGTSTP ---
[pid    11] 03:02:29.130456 read(3,  <unfinished ...>) = ?
`},
		{"filtered", Options{Follow: true, ToFile: true, NoAttach: true, Filter: pauses, Signals: func(int) bool { return false }, Number: true, IP: true}, `
10    [  34] [0000000000401000] pause() = ? ERESTARTNOHAND (To be restarted if no handler)
10    [  34] [????????????????] +++ exited with 3 +++
`},
		{"failed", Options{Status: Failed, Quiet: true, NoAttach: true, Signals: func(int) bool { return false }, Stamp: Relative}, `
[pid    10]      0.001000 pause()       = ? ERESTARTNOHAND (To be restarted if no handler)
`},
		{"summary", Options{Summary: OnlySummary, Sort: "calls"}, `
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 40.00    0.002000        2000         1           read
 40.00    0.002000        2000         1         1 pause
 20.00    0.001000        1000         1           getpid
------ ----------- ----------- --------- --------- ----------------
100.00    0.005000        1666         3         1 total
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out buffer
			if c.name == "summary" {
				c.o.NoAttach = true
			}
			p := New(&out, abi.Linux, c.o)
			story(p)
			if err := p.Close(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), out.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// An exec by a thread that is not the leader goes on under the leader's number.
func TestSuperseded(t *testing.T) {
	var out buffer
	p := New(&out, abi.Linux, Options{Follow: true, ToFile: true})
	p.Started(20)
	p.Started(21)
	pause, exec := call(34), call(59, 0, 0, 0)
	p.Enter(20, at(0), pause)
	p.Enter(21, at(1), exec)
	p.Superseded(20, 21, at(2))
	p.Exit(20, at(3), done(exec, 0, 0))
	p.Exited(20, at(4), 0)
	p.Close()
	want := `20    pause( <unfinished ...>
21    execve(NULL, NULL, NULL <pid changed to 20 ...>
20    <... pause resumed>)              = ?
20    +++ superseded by execve in pid 21 +++
20    <... execve resumed>)             = 0
20    +++ exited with 0 +++
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// slow lets a writer block until it is told to go on.
type slow struct {
	buffer
	gate chan struct{}
}

func (s *slow) Write(p []byte) (int, error) {
	<-s.gate
	return s.buffer.Write(p)
}

// A slow output makes the engine wait, but loses nothing.
func TestSlowOutputLosesNothing(t *testing.T) {
	out := &slow{gate: make(chan struct{})}
	p := New(out, abi.Linux, Options{})
	p.Started(1)
	const calls = 40000 // more than the buffer holds
	go func() {
		for range calls * 2 {
			select {
			case out.gate <- struct{}{}:
			case <-p.w.done:
				return
			}
		}
	}()
	c := call(39)
	for range calls {
		p.Enter(1, start, c)
		p.Exit(1, start, done(c, 1, 0))
		c.Returned = false
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "getpid()"); got != calls {
		t.Errorf("%d of %d lines arrived", got, calls)
	}
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

// A broken output is told once, and never blocks the engine.
func TestBrokenOutputIsToldOnce(t *testing.T) {
	pipe := errors.New("broken pipe")
	p := New(broken{pipe}, abi.Linux, Options{})
	p.Started(1)
	c := call(39)
	told := 0
	for range 100000 {
		for _, err := range []error{p.Enter(1, start, c), p.Exit(1, start, done(c, 1, 0))} {
			if err != nil {
				told++
			}
		}
	}
	if err := p.Close(); err != nil {
		told++
	}
	if told != 1 {
		t.Errorf("the error was told %d times", told)
	}
}

// A terminal sees the open line of a call that takes long, and its end only once.
func TestPartialLine(t *testing.T) {
	var out buffer
	p := New(&out, abi.Linux, Options{Partial: true})
	p.Started(1)
	c := call(0, 3, 0x1000, 5)
	p.Enter(1, start, c)
	for out.String() == "" {
		time.Sleep(time.Millisecond)
	}
	if got := out.String(); got != "read(3, " {
		t.Errorf("shown so far: %q", got)
	}
	p.Exit(1, start, done(c, 5, 0))
	p.Close()
	if got, want := out.String(), "read(3, \"text\\n\", 5)                    = 5\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func BenchmarkCall(b *testing.B) {
	p := New(&discard{}, abi.Linux, Options{})
	p.Started(1)
	c := call(110)
	b.ReportAllocs()
	for b.Loop() {
		p.Enter(1, start, c)
		p.Exit(1, start, done(c, 1, 0))
	}
	p.Close()
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// contexts are labels of threads alone.
type contexts map[int]string

func (contexts) FD(int, int32) string           { return "" }
func (contexts) Path(int, int32, []byte) string { return "" }
func (c contexts) Thread(tid int) string        { return c[tid] }

// The security context of a thread stands between its number and the time.
func TestContexts(t *testing.T) {
	var out buffer
	o := Options{Follow: true, Stamp: ClockUS, NoAttach: true, Syscall: syscalls.Options{Column: -1, Labels: contexts{10: "staff_t"}}}
	p := New(&out, abi.Linux, o)
	p.Started(10)
	p.Started(11)
	for _, tid := range []int{10, 11} {
		c := call(39)
		p.Enter(tid, at(0), c)
		p.Exit(tid, at(0), done(c, 10, 0))
	}
	p.Exited(10, at(1), 0)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	want := "[pid    10] [staff_t] 03:02:29.123456 getpid() = 10\n[pid    11] 03:02:29.123456 getpid() = 10\n[pid    10] [staff_t] 03:02:29.124456 +++ exited with 0 +++\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	got := record(t, Options{Syscall: syscalls.Options{Labels: contexts{10: "staff_t"}}}, &JSONLines{})
	validate(t, got)
	if !strings.Contains(got, `"tid":10,"command":"sh","context":"staff_t"`) || strings.Contains(got, `"context":""`) {
		t.Errorf("contexts of threads: %s", got)
	}
}

// The stack behind a call that leaves it is of its enter; that of one that ends the thread stands behind the line about
// the end.
func TestLastStack(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		var out buffer
		n := 0
		o := Options{Quiet: quiet, Stack: func(b []byte, tid int) []byte { n++; return append(b, " > "+strings.Repeat("f", n)+"\n"...) }}
		p := New(&out, abi.Linux, o)
		p.Born(10, Birth{PID: 10, How: HowLaunch, Main: true})
		first, second := call(59), call(59) // the first is ours still
		p.Enter(10, at(0), first)
		p.Exit(10, at(0), done(first, 0, 0))
		p.Enter(10, at(0), second)
		n = 5
		p.Exit(10, at(0), done(second, 0, 0))
		p.Enter(10, at(0), call(231, 3))
		p.Exited(10, at(1), 3)
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		want := "execve(NULL, NULL, NULL) = 0\n > f\nexecve(NULL, NULL, NULL) = 0\n > ff\nexit_group(3) = ?\n+++ exited with 3 +++\n > ffffff\n"
		if quiet {
			want = strings.Replace(want, "+++ exited with 3 +++\n", "", 1)
		}
		if diff := cmp.Diff(want, regexp.MustCompile(" +=").ReplaceAllString(out.String(), " =")); diff != "" {
			t.Error(diff)
		}
	}
	var frames [][]Frame
	e := NewEvents(&buffer{}, abi.Linux, Options{Frames: func(int) []Frame { return []Frame{{Symbol: "_exit"}} }}, stacksOf{&frames})
	e.Enter(10, at(0), call(231, 3))
	e.Ended(10, at(1), End{Status: 3, Process: true})
	if diff := cmp.Diff([][]Frame{{{Symbol: "_exit"}}, nil}, frames); diff != "" {
		t.Error(diff)
	}
}

// stacksOf is an Encoder that keeps the stacks of events.
type stacksOf struct{ of *[][]Frame }

func (s stacksOf) Encode(b []byte, e *Event) []byte {
	*s.of = append(*s.of, e.Stack)
	return b
}

func (stacksOf) Finish(b []byte) []byte { return b }
