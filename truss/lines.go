package truss

// The lines: each stands whole, behind the numbers and times that the options want.

import (
	"fmt"
	"io"
	"sort"
	"strconv"
	"time"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/syscalls"
	"github.com/trapline/trapline/tracer"
)

// thread is what is known of one.
type thread struct {
	pid    kernel.PID
	tid    kernel.TID
	call   *syscalls.Call // the call it is in, or nil
	held   []byte         // what was printed of it at its enter
	before time.Time      // of its last enter, or of its birth
}

// count is a row of -c.
type count struct {
	time          time.Duration
	calls, errors int
}

// lines prints one trace.
type lines struct {
	*Config
	os      *abi.OS
	w       calltrace.Lines
	now     func() time.Time
	start   time.Time
	calls   *calltrace.Calls
	threads map[kernel.TID]*thread
	counts  map[string]*count
	line    []byte
	sig     syscalls.Call // for siginfo, which needs an ABI
	err     error         // the output's, once
}

func newLines(c *Config, out io.Writer, os *abi.OS, now func() time.Time) *lines {
	return &lines{Config: c, os: os, w: calltrace.NewLines(out), now: now, start: now(), calls: calltrace.NewCalls(os, c.text(os), false),
		threads: map[kernel.TID]*thread{}, counts: map[string]*count{}}
}

// thread is that of an event.
func (l *lines) thread(th *tracer.Thread) *thread {
	t := l.threads[th.TID]
	if t == nil {
		t = &thread{pid: th.Process.PID, tid: th.TID, before: l.now()}
		l.threads[th.TID] = t
	}
	return t
}

// handle prints an event.
func (l *lines) handle(e *tracer.Event) {
	if l.err != nil {
		return
	}
	switch e.Kind {
	case tracer.EvSyscallEnter:
		l.enter(l.thread(e.Thread), l.calls.Enter(e.Thread))
	case tracer.EvSyscallExit:
		l.exit(l.thread(e.Thread), l.calls.Exit(e.Thread))
	case tracer.EvSignal:
		l.signal(l.thread(e.Thread), e.Stop)
	case tracer.EvProcessNew:
		l.event(l.thread(e.Thread), "<new process>")
	case tracer.EvThreadNew:
		l.event(l.thread(e.Thread), "<new thread "+strconv.Itoa(int(e.Thread.TID))+">")
	case tracer.EvExec:
		if e.Stop.Former != e.Thread.TID {
			l.renamed(e.Stop.Former, e.Thread)
		}
	case tracer.EvThreadGone:
		if t := l.threads[e.Stop.TID]; t != nil {
			l.event(t, "<thread "+strconv.Itoa(int(t.tid))+" exited>")
		}
		l.gone(e.Stop.TID)
	case tracer.EvExited, tracer.EvKilled:
		l.ended(e)
	}
}

func (l *lines) enter(t *thread, c *syscalls.Call) {
	t.call, t.before = c, l.now()
	if !l.Count {
		t.held = syscalls.AppendEnter(t.held[:0], c)
	}
}

func (l *lines) exit(t *thread, c *syscalls.Call) {
	if t.call == nil { // attached to inside the call: there is no line for it
		return
	}
	t.call = nil
	at := l.now()
	if l.Count {
		l.count(c, at.Sub(t.before))
		return
	}
	l.whole(t, at, c)
}

// whole prints a call: what its enter held and what its exit adds.
func (l *lines) whole(t *thread, at time.Time, c *syscalls.Call) {
	l.line = append(l.prefix(t, at), t.held...)
	l.line = syscalls.AppendExit(l.line, c)
	l.end()
}

// prefix starts a line: process, thread, times.
func (l *lines) prefix(t *thread, at time.Time) []byte {
	b := l.line[:0]
	if l.Follow {
		b = fmt.Appendf(b, "%5d", t.pid)
	}
	if l.Follow && l.Threads {
		b = append(b, ' ')
	}
	if l.Threads {
		b = fmt.Appendf(b, "%6d", t.tid)
	}
	if l.Follow || l.Threads {
		b = append(b, ": "...)
	}
	if l.Since {
		b = seconds(b, at.Sub(l.start))
	}
	if l.Delta {
		b = seconds(b, at.Sub(t.before))
	}
	return b
}

func seconds(b []byte, d time.Duration) []byte {
	d = max(0, d)
	return fmt.Appendf(b, "%d.%09d ", d/time.Second, d%time.Second)
}

// end hands the line over.
func (l *lines) end() {
	l.line = append(l.line, '\n')
	if err := l.w.Line(l.line); l.err == nil {
		l.err = err
	}
	l.line = l.line[:0]
}

// event prints a line that is no call.
func (l *lines) event(t *thread, text string) {
	if l.Count {
		return
	}
	at := l.now()
	l.line = append(l.prefix(t, at), text...)
	l.end()
}

func (l *lines) signal(t *thread, s *kernel.Stop) {
	if l.Count || l.NoSignals {
		return
	}
	name := "?"
	if r := l.os.Signal(int(s.Signal)); r != nil {
		name = r.Name
	}
	l.line = fmt.Appendf(l.prefix(t, l.now()), "SIGNAL %d (%s)", s.Signal, name)
	l.sig.ABI, l.sig.PID, l.sig.TID = syscalls.Native(l.os), int(t.pid), int(t.tid)
	l.line = syscalls.AppendTrussSignal(l.line, &l.sig, s.Info.Raw[:])
	l.end()
}

// ended prints the end of a process, and before it the call in which its last thread ended it.
func (l *lines) ended(e *tracer.Event) {
	t := l.threads[e.Stop.TID]
	if t == nil {
		t = &thread{pid: e.Process.PID, tid: e.Stop.TID, before: l.now()}
	}
	switch {
	case l.Count:
	case e.Kind == tracer.EvExited:
		if c := t.call; c != nil {
			c.Returned = false
			l.whole(t, l.now(), c)
		}
		l.event(t, "process exit, rval = "+strconv.Itoa(e.Stop.Code))
	default:
		text := "process killed, signal = " + strconv.Itoa(int(e.Stop.Signal))
		if e.Stop.Core {
			text += " (core dumped)"
		}
		l.event(t, text)
	}
	for tid, th := range l.threads {
		if th.pid == t.pid {
			l.gone(tid)
		}
	}
}

func (l *lines) gone(tid kernel.TID) {
	delete(l.threads, tid)
	l.calls.Ended(tid)
}

// renamed says that the thread that executed a program goes on as th; all others have ended.
func (l *lines) renamed(from kernel.TID, th *tracer.Thread) {
	t := l.threads[from]
	for tid, other := range l.threads {
		if other.pid == th.Process.PID && tid != from {
			l.gone(tid)
		}
	}
	if t != nil {
		delete(l.threads, from)
		t.tid = th.TID
		l.threads[th.TID] = t
		l.calls.Renamed(from, th.TID)
	}
}

func (l *lines) count(c *syscalls.Call, d time.Duration) {
	name := c.ABI.KernelName(l.os, c.Nr)
	n := l.counts[name]
	if n == nil {
		n = &count{}
		l.counts[name] = n
	}
	n.time += max(0, d)
	n.calls++
	if c.Errno != 0 {
		n.errors++
	}
}

// summary is the table of -c.
func (l *lines) summary() []byte {
	b := fmt.Appendf(nil, "%-20s%15s%8s%8s\n", "syscall", "seconds", "calls", "errors")
	names := make([]string, 0, len(l.counts))
	var all count
	for name, n := range l.counts {
		names = append(names, name)
		all.time, all.calls, all.errors = all.time+n.time, all.calls+n.calls, all.errors+n.errors
	}
	sort.Strings(names)
	for _, name := range names {
		b = l.counts[name].row(b, name)
	}
	b = fmt.Appendf(b, "%20s%15s%8s%8s\n", "", "-------------", "-------", "-------")
	return all.row(b, "")
}

func (n *count) row(b []byte, name string) []byte {
	return fmt.Appendf(b, "%-20s%5d.%09d%8d%8d\n", name, n.time/time.Second, n.time%time.Second, n.calls, n.errors)
}

// close prints the table, if it is wanted, and waits until all is written.
func (l *lines) close() error {
	err := l.err
	if l.Count && err == nil {
		err = l.w.Line(l.summary())
	}
	if e := l.w.Close(); err == nil {
		err = e
	}
	return err
}
