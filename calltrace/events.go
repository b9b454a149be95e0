package calltrace

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/syscalls"
)

// Encoder writes events in some form.
type Encoder interface {
	// Encode appends an event to b. It must not keep the event.
	Encode(b []byte, e *Event) []byte
	// Finish appends what follows the last event.
	Finish(b []byte) []byte
}

// Events is the Sink that makes data of a trace: each call once, when it has returned or its
// thread has been killed or let go inside it, and everything else as it happens. Like a
// Printer's, its methods are called from one goroutine.
type Events struct {
	o       Options
	os      *abi.OS
	ch      *chooser
	w       *writer
	enc     Encoder
	threads map[int]*eventThread
	b       []byte
	now     func() time.Time
	sigcall syscalls.Call
	e       Event // scratch
	ce      CallEvent
}

// eventThread is what is known of a thread.
type eventThread struct {
	tid, pid int
	comm     string
	call     *syscalls.Call
	entered  time.Time
	line     []byte // of the call, as strace would write it
	shown    bool
	facts    facts
	stack    []Frame // at the enter of a call of leavesStack
	fresh    bool    // launched, it has still to become the program
}

// NewEvents makes a sink that writes what enc makes of events to out. Of the options those
// that lay out lines mean nothing here.
func NewEvents(out io.Writer, os *abi.OS, o Options, enc Encoder) *Events {
	e := &Events{o: o, os: os, w: newWriter(out, false, false), enc: enc, threads: map[int]*eventThread{}, now: o.Now}
	e.o.Syscall.Column = -1
	e.ch = newChooser(&e.o, true)
	if e.now == nil {
		e.now = time.Now
	}
	return e
}

func (e *Events) thread(tid int) *eventThread {
	t := e.threads[tid]
	if t == nil {
		t = &eventThread{tid: tid, pid: tid}
		e.threads[tid] = t
	}
	return t
}

// named brings up to date what command a thread runs.
func (e *Events) named(t *eventThread) {
	if e.o.Comm != nil {
		if comm := e.o.Comm(t.tid); comm != "" {
			t.comm = comm
		}
	}
}

// begin starts an event of a thread.
func (e *Events) begin(kind string, t *eventThread, at time.Time) *Event {
	if t.comm == "" {
		e.named(t)
	}
	e.e = Event{Type: kind, Time: at.UnixNano(), PID: t.pid, TID: t.tid, Command: t.comm}
	if l := e.o.Syscall.Labels; l != nil {
		e.e.Context = l.Thread(t.tid)
	}
	return &e.e
}

// put hands the event over.
func (e *Events) put() error {
	e.b = e.enc.Encode(e.b[:0], &e.e)
	if len(e.b) == 0 {
		return nil
	}
	return e.w.line(e.b)
}

// Born implements Sink.
func (e *Events) Born(tid int, b Birth) error {
	t := e.thread(tid)
	t.pid, t.fresh = b.PID, b.How == HowLaunch
	ev := e.begin(ProcessType, t, b.At)
	ev.Action, ev.How, ev.Parent = "start", b.How, b.Parent
	return e.put()
}

// Forked implements Sink.
func (e *Events) Forked(tid int, at time.Time, child int, how string) error {
	ev := e.begin(ProcessType, e.thread(tid), at)
	ev.Action, ev.How, ev.Child = "fork", how, child
	return e.put()
}

// Executed implements Sink.
func (e *Events) Executed(tid, former int, at time.Time) error {
	t := e.thread(former)
	if former != tid {
		delete(e.threads, former)
		t.tid = tid
		e.threads[tid] = t
	}
	e.named(t)
	ev := e.begin(ProcessType, t, at)
	ev.Action = "exec"
	if e.o.Exe != nil {
		ev.Path = e.o.Exe(t.pid)
	}
	if former != tid {
		ev.Former = former
	}
	return e.put()
}

// Enter implements Sink.
func (e *Events) Enter(tid int, at time.Time, c *syscalls.Call) error {
	t := e.thread(tid)
	t.pid, t.call, t.entered = c.PID, c, at
	if t.shown = e.o.Filter == nil || e.o.Filter.Has(c.ABI, c.Nr); !t.shown {
		return nil
	}
	begun := e.now()
	if t.stack = nil; e.o.Frames != nil && !t.fresh && leavesStack().Has(c.ABI, c.Nr) {
		t.stack = e.o.Frames(tid)
	}
	c.Opts = e.ch.options(c)
	e.ch.gather(&t.facts, true)
	t.line = syscalls.AppendEnter(t.line[:0], c)
	t.entered = at.Add(e.now().Sub(begun)) // the call waits for its arguments to be decoded
	if e.o.Syscall.Watch != nil {
		t.shown = c.Watched
	}
	return nil
}

// Exit implements Sink.
func (e *Events) Exit(tid int, at time.Time, c *syscalls.Call) error {
	t := e.thread(tid)
	known, stack := t.call != nil, t.stack
	t.call, t.stack, t.fresh = nil, nil, false
	if !known || !t.shown {
		return nil
	}
	e.ch.gather(&t.facts, false)
	t.line = syscalls.AppendExit(t.line, c)
	t.facts.line = t.line
	if !e.ch.wants(c, at.Sub(t.entered), &t.facts) {
		return nil
	}
	ev := e.callEvent(t, c, at)
	ev.outcome(c)
	if c.Result() > 0 {
		ev.Result = strings.TrimSuffix(string(t.line[c.Result():]), c.Note)
	}
	ev.Returned = ev.Entered + ev.Duration
	err := e.putStack(t, stack)
	if renames(c) {
		e.named(t)
	}
	return err
}

// renames says that a call has changed the name of its thread: prctl(PR_SET_NAME).
func renames(c *syscalls.Call) bool {
	const setName = 15
	row := c.ABI.Lookup(c.Nr)
	return row != nil && row.Name == "prctl" && c.Args[0] == setName
}

// callEvent fills in what is known of a call however it ended.
func (e *Events) callEvent(t *eventThread, c *syscalls.Call, at time.Time) *CallEvent {
	ev := e.begin(CallType, t, t.entered)
	e.ce = CallEvent{Name: c.ABI.CallName(c.Nr), Number: c.ABI.Register(c.Nr), ABI: c.ABI.Name, Raw: []string{}, Args: []Arg{}, Entered: t.entered.UnixNano(),
		Duration: max(0, int64(at.Sub(t.entered))), FDs: t.facts.fds, Paths: t.facts.paths, Note: strings.TrimSpace(c.Note)}
	ev.CallEvent = &e.ce
	for _, v := range c.Registers() {
		e.ce.Raw = append(e.ce.Raw, "0x"+strconv.FormatUint(v, 16))
	}
	for _, a := range c.Arguments() {
		if a.End >= a.Start && a.End <= len(t.line) {
			e.ce.Args = append(e.ce.Args, Arg{a.Name, string(t.line[a.Start:a.End])})
		}
	}
	return &e.ce
}

// outcome fills in what a call returned.
func (ev *CallEvent) outcome(c *syscalls.Call) {
	if !c.Returned {
		return
	}
	ret := c.Ret
	if c.Errno == 0 {
		ev.Ret = &ret
		return
	}
	if name := c.RestartName(); name != "" {
		ev.Restart = name
		return
	}
	ret = -1
	ev.Ret, ev.ErrnoNo = &ret, c.Errno
	if row := c.ABI.OS.Errno(c.Errno); row != nil {
		ev.Errno, ev.Error = row.Name, row.Text
	}
}

// putStack hands the event over with a stack, that of the thread where it is nil, if stacks are wanted.
func (e *Events) putStack(t *eventThread, stack []Frame) error {
	if stack == nil && e.o.Frames != nil {
		stack = e.o.Frames(t.tid)
	}
	e.e.Stack = stack
	return e.put()
}

// left ends a call that will not return under trace.
func (e *Events) left(t *eventThread, at time.Time, status Status, why string) error {
	c := t.call
	t.call = nil
	if c == nil || !t.shown || !e.ch.wantsAs(status, c, at.Sub(t.entered), &t.facts) {
		return nil
	}
	e.callEvent(t, c, at).Unfinished = why
	e.e.Stack = t.stack
	return e.put()
}

// Signal implements Sink.
func (e *Events) Signal(tid int, at time.Time, a *syscalls.ABI, signo int, info []byte) error {
	if !e.ch.wantsSignal(signo) {
		return nil
	}
	t := e.thread(tid)
	ev := e.begin(SignalType, t, at)
	ev.Signal, ev.SignalNumber = e.os.SignalName(signo), signo
	if len(info) >= 128 {
		e.ch.gather(nil, false)
		e.sigcall.ABI, e.sigcall.Opts, e.sigcall.TID, e.sigcall.PID = a, &e.ch.plain[0], tid, t.pid
		e.b = syscalls.AppendSiginfo(e.b[:0], &e.sigcall, info)
		ev.Info = string(e.b)
	}
	return e.putStack(t, nil)
}

// Stopped implements Sink.
func (e *Events) Stopped(tid int, at time.Time, signo int) error {
	if !e.ch.wantsSignal(signo) {
		return nil
	}
	ev := e.begin(StoppedType, e.thread(tid), at)
	ev.Signal, ev.SignalNumber = e.os.SignalName(signo), signo
	return e.put()
}

// Leaving implements Sink.
func (e *Events) Leaving(tid int, at time.Time) error {
	return e.left(e.thread(tid), at, Unfinished, "killed")
}

// Ended implements Sink.
func (e *Events) Ended(tid int, at time.Time, end End) error {
	t := e.thread(tid)
	err := e.left(t, at, Unfinished, "killed")
	ev := e.begin(ExitType, t, at)
	ev.Whole = &end.Process
	if ev.Core = end.Core; end.Signal != 0 {
		ev.Signal, ev.SignalNumber = e.os.SignalName(end.Signal), end.Signal
	} else {
		ev.Status = &end.Status
	}
	delete(e.threads, tid)
	return first(err, e.put())
}

// Detached implements Sink.
func (e *Events) Detached(tid int) error {
	err := e.left(e.thread(tid), e.now(), Detached, "detached")
	delete(e.threads, tid)
	return err
}

// Forgotten implements Sink.
func (e *Events) Forgotten(tid int) error { return e.Detached(tid) }

// Message implements Sink. Notices are no part of the data.
func (e *Events) Message(text string) error {
	if e.o.Messages != nil {
		e.o.Messages(e.o.Name + text)
	}
	return nil
}

// Close implements Sink: it writes what follows the last event.
func (e *Events) Close() error {
	var err error
	if e.b = e.enc.Finish(e.b[:0]); len(e.b) > 0 {
		err = e.w.line(e.b)
	}
	return first(err, e.w.close())
}
