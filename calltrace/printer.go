// Package calltrace is the face that turns what threads do into strace's text: one line a
// call, with its result when it has returned, and lines for signals and ends between them.
//
// The engine calls the methods of a Printer from one goroutine, in the order in which things
// happened, while the thread concerned is stopped. A call's memory is read during the method,
// never later; writing the text out is another goroutine's work.
//
// When a thread enters a call its line stays open. If something else must be printed before
// the call returns, the line ends in <unfinished ...> and the return gets a line of its own
// that starts with <... NAME resumed>.
package calltrace

import (
	"io"
	"strconv"
	"time"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/syscalls"
)

// thread is what the printer knows of one.
type thread struct {
	tid     int
	pid     int            // its process, 0 when it has not been told
	num     int            // what it is shown by: the number of its process for the first thread, and for the only one after an exec
	call    *syscalls.Call // the call it is in, or nil
	entered time.Time
	cpu     time.Duration // of the thread, at the enter
	open    bool          // its line is the one not ended
	cut     bool          // its line was ended by <unfinished ...>
	shown   bool          // the filter lets the call through
	held    []byte        // the line of a call whose end decides whether it is printed
	facts   facts
	comm    string // the command it runs; "" when not known
	nr      uint64
	ip      uint64
	word    int
	seen    bool   // nr and ip are of a call of this thread
	stack   []byte // at the enter of a call of leavesStack
	fresh   bool   // launched, it has still to become the program
}

// Printer prints one trace. Its methods are not safe for concurrent use. Each returns an
// error only once: the first of the output's failures.
type Printer struct {
	o Options
	*chooser
	os      *abi.OS
	w       *writer
	threads map[int]*thread
	current *thread // the thread whose line is open
	line    []byte
	last    time.Time // of the line before, for -r
	owned   io.Closer
	waiting []*thread // in calls, with Whole
	live    []byte    // scratch
	sum     *summary
	sigcall syscalls.Call // for siginfo, which needs an ABI
}

// New makes a printer that writes to out.
func New(out io.Writer, os *abi.OS, o Options) *Printer {
	p := &Printer{o: o, os: os, w: newWriter(out, o.Partial, o.Shared), threads: map[int]*thread{}, line: make([]byte, 0, 512)}
	p.w.width = o.Whole
	p.o.normalize()
	p.chooser = newChooser(&p.o, false)
	if o.Summary != NoSummary {
		p.sum = newSummary(o.Histogram || spreads(o.Columns))
	}
	return p
}

func (p *Printer) thread(tid int) *thread {
	t := p.threads[tid]
	if t == nil {
		t = &thread{tid: tid, num: tid}
		p.threads[tid] = t
	}
	return t
}

// Attached says that a process or thread is traced from now on: one that was attached to, or
// a new one that was followed.
func (p *Printer) Attached(tid int) error {
	t := p.thread(tid)
	if p.o.NoAttach {
		return nil
	}
	return p.Message("Process " + strconv.Itoa(t.num) + " attached")
}

// Started registers the first process without a message.
func (p *Printer) Started(tid int) { p.thread(tid) }

// Born implements Sink: a thread that we started, or of which the user knows, needs no message.
func (p *Printer) Born(tid int, b Birth) error {
	t := p.thread(tid)
	if t.pid = b.PID; b.Main {
		t.num = b.PID
	}
	t.fresh = b.How == HowLaunch
	if b.How == HowLaunch || b.How == HowKnown {
		p.Started(tid)
		return nil
	}
	return p.Attached(tid)
}

// Forked implements Sink: the line of the call says it.
func (p *Printer) Forked(int, time.Time, int, string) error { return nil }

// Executed implements Sink: only that a thread goes on under another number is worth a line.
func (p *Printer) Executed(tid, former int, at time.Time) error {
	t := p.thread(former)
	t.comm = ""
	if former != tid {
		return p.Superseded(tid, former, at)
	}
	if t.pid == 0 || t.num == t.pid {
		return nil
	}
	var err error
	if p.current == t {
		err = p.pidChanged(t, t.pid)
	}
	t.num = t.pid
	return err
}

// Ended implements Sink.
func (p *Printer) Ended(tid int, at time.Time, e End) error {
	if t := p.thread(tid); e.Process && t.pid != 0 {
		t.num = t.pid
	}
	if e.Signal != 0 {
		return p.Killed(tid, at, e.Signal, e.Core)
	}
	return p.Exited(tid, at, e.Status)
}

// Detached says that a thread is traced no longer though it lives.
func (p *Printer) Detached(tid int) error {
	t := p.thread(tid)
	err := p.dropCall(t, " <detached ...>")
	delete(p.threads, tid)
	if !p.o.NoAttach {
		return first(err, p.Message("Process "+strconv.Itoa(t.num)+" detached"))
	}
	return err
}

// Forgotten is Detached without a message.
func (p *Printer) Forgotten(tid int) error {
	err := p.dropCall(p.thread(tid), " <detached ...>")
	delete(p.threads, tid)
	return err
}

// Message prints a notice on a line of its own.
func (p *Printer) Message(text string) error {
	text = p.o.Name + text
	if p.o.Messages != nil {
		p.o.Messages(text)
		return nil
	}
	err := p.cut()
	p.line = append(p.line[:0], text...)
	return first(err, p.end())
}

// Notice puts text, as it is, where the output stands: in the middle of the open line if
// need be, as what another writer sends to the same terminal.
func (p *Printer) Notice(text string) error { return p.w.notice([]byte(text)) }

// Enter says that a thread enters a call. c must stay the same value until Exit, and its
// memory must be readable now.
func (p *Printer) Enter(tid int, at time.Time, c *syscalls.Call) error {
	t := p.thread(tid)
	t.nr, t.ip, t.word, t.seen = c.ABI.Register(c.Nr), c.IP, c.ABI.Word, true
	t.call, t.entered, t.cut = c, at, false
	if p.o.CPU != nil {
		t.cpu = p.o.CPU(tid)
	}
	t.shown = p.o.Filter == nil || p.o.Filter.Has(c.ABI, c.Nr)
	if !t.shown || p.o.Summary == OnlySummary && !p.factual() {
		return nil
	}
	if p.o.Stack != nil && !t.fresh && leavesStack().Has(c.ABI, c.Nr) && p.o.Summary != OnlySummary {
		t.stack = p.o.Stack(t.stack[:0], tid)
	}
	c.Opts = p.options(c)
	p.gather(&t.facts, true)
	if p.late() {
		t.held = syscalls.AppendEnter(p.leader(t.held[:0], t, at), c)
		t.facts.line = t.held
		if t.shown = p.watched(c); t.shown {
			p.waits(t)
		}
		return nil
	}
	if p.o.Syscall.Watch != nil {
		t.held = syscalls.AppendEnter(t.held[:0], c)
		if t.shown = c.Watched; !t.shown {
			return nil
		}
	}
	if p.o.Summary == OnlySummary { // decoded for what it names only
		t.held = syscalls.AppendEnter(t.held[:0], c)
		return nil
	}
	err := p.cut()
	p.line = syscalls.AppendEnter(p.leader(p.line[:0], t, at), c)
	p.current, t.open = t, true
	return first(err, p.w.unended(p.line))
}

// watched says whether a call whose enter was printed is one of those looked for.
func (p *Printer) watched(c *syscalls.Call) bool { return p.o.Syscall.Watch == nil || c.Watched }

// Exit says that the call has returned, and c now holds what it returned. A thread whose
// enter was not seen, because it was attached to inside the call, gets a resumed line.
func (p *Printer) Exit(tid int, at time.Time, c *syscalls.Call) error {
	t := p.thread(tid)
	known := t.call != nil
	stack := t.stack
	t.call, t.stack, t.fresh = nil, t.stack[:0], false
	p.returns(t)
	if !known || !t.shown {
		t.open = false
		return nil
	}
	chosen := !p.late() || p.wants(c, at.Sub(t.entered), &t.facts)
	if p.o.Where != nil && !chosen {
		return nil
	}
	if p.sum != nil && c.Returned {
		d := at.Sub(t.entered)
		if p.o.CPU != nil {
			d = p.o.CPU(tid) - t.cpu
		}
		p.sum.add(c, d-p.o.Overhead, p.rows(t, c))
	}
	if p.o.Summary == OnlySummary || !chosen {
		return nil
	}
	err := p.reopen(t, at, c)
	p.line = syscalls.AppendExit(p.line, c)
	p.spent(t, at, c)
	p.waited(at.Sub(t.entered), c)
	p.current, t.open, t.cut = nil, false, false
	err = first(err, p.end())
	if p.o.Dump != nil {
		err = first(err, p.dump(c))
	}
	if len(stack) > 0 {
		return first(err, p.frames(stack))
	}
	return first(err, p.stack(tid))
}

// rows are the rows of the summary that a call counts in; nil: that of its name.
func (p *Printer) rows(t *thread, c *syscalls.Call) []string {
	switch p.o.By {
	case ByProcess:
		if t.comm == "" && p.o.Comm != nil {
			t.comm = p.o.Comm(t.tid)
		}
		return []string{t.comm + " (" + strconv.Itoa(c.PID) + ")"}
	case ByPath:
		if len(t.facts.paths) == 0 {
			return []string{"(none)"}
		}
		return t.facts.paths
	}
	return nil
}

// stack prints the stack of a thread, if stacks are wanted.
func (p *Printer) stack(tid int) error {
	if p.o.Stack == nil {
		return nil
	}
	p.line = p.o.Stack(p.line[:0], tid)
	err := p.frames(p.line)
	p.line = p.line[:0]
	return err
}

// frames prints the lines of a stack, if there are any.
func (p *Printer) frames(lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	return p.w.line(lines)
}

// spent appends the time of -T.
func (p *Printer) spent(t *thread, at time.Time, c *syscalls.Call) {
	if p.o.Spent && c.Returned {
		p.line = appendTime(append(p.line, " <"...), at.Sub(t.entered), p.o.SpentDigits)
		p.line = append(p.line, '>')
	}
}

// reopen goes on with the line of a call: the one that was held back, a new one where others came between, or
// the one that is open.
func (p *Printer) reopen(t *thread, at time.Time, c *syscalls.Call) (err error) {
	switch {
	case p.late():
		err = p.cut()
		p.line = append(p.line[:0], t.held...)
	case p.current != t:
		err = p.cut()
		p.line = p.resumed(t, at, c)
	}
	return err
}

func (p *Printer) resumed(t *thread, at time.Time, c *syscalls.Call) []byte {
	b := append(p.leader(p.line[:0], t, at), "<... "...)
	b = syscalls.AppendName(b, c)
	return append(b, " resumed>"...)
}

// Signal says that a signal is about to be delivered to a thread. info is its siginfo, of
// 128 bytes; nil when it could not be read. a is the ABI that it is laid out by.
func (p *Printer) Signal(tid int, at time.Time, a *syscalls.ABI, signo int, info []byte) error {
	if !p.wantsSignal(signo) || p.o.Summary == OnlySummary {
		return nil
	}
	err := p.event(tid, at, true)
	p.line = append(p.line, "--- "...)
	p.line = append(p.line, p.os.SignalName(signo)...)
	p.line = append(p.line, ' ')
	if len(info) >= 128 {
		p.sigcall.ABI, p.sigcall.Opts, p.sigcall.TID, p.sigcall.PID = a, &p.plain[0], tid, tid
		p.line = syscalls.AppendSiginfo(p.line, &p.sigcall, info)
		p.line = append(p.line, ' ')
	}
	p.line = append(p.line, "---"...)
	return first(err, p.end(), p.stack(tid))
}

// Stopped says that a signal stopped a thread: a group-stop.
func (p *Printer) Stopped(tid int, at time.Time, signo int) error {
	if !p.wantsSignal(signo) || p.o.Summary == OnlySummary {
		return nil
	}
	err := p.event(tid, at, true)
	p.line = append(p.line, "--- stopped by "...)
	p.line = append(p.line, p.os.SignalName(signo)...)
	p.line = append(p.line, " ---"...)
	return first(err, p.end())
}

// event starts the line of something that is not a call.
func (p *Printer) event(tid int, at time.Time, alive bool) error {
	err := p.cut()
	t := p.thread(tid)
	seen := t.seen
	t.seen = seen && alive
	p.line = p.leader(p.line[:0], t, at)
	t.seen = seen
	return err
}

// cut ends the open line of a call that something else interrupts.
func (p *Printer) cut() error {
	if p.current == nil {
		return nil
	}
	p.current.open, p.current.cut = false, true
	p.current = nil
	p.line = append(p.line, " <unfinished ...>"...)
	return p.end()
}

// end hands the line over.
func (p *Printer) end() error {
	p.line = append(p.line, '\n')
	err := p.w.line(p.line)
	p.line = p.line[:0]
	return err
}

// Close ends an open line, prints the summary if one was asked for, and waits until all is
// written. The printer must not be used after it.
func (p *Printer) Close() error {
	err := p.cut()
	if p.sum != nil {
		rows := p.sum.sorted(p.o.Sort)
		p.line = p.sum.table(p.line[:0], rows, p.o.Columns, p.o.By)
		if p.o.Histogram {
			if len(rows) > 1 {
				rows = append(rows, &p.sum.all)
			}
			for _, r := range rows {
				p.line = append(append(append(p.line, '\n'), r.name...), '\n')
				p.line = r.spread.histogram(p.line)
			}
		}
		err = first(err, p.w.line(p.line))
	}
	err = first(err, p.w.close())
	if p.owned != nil {
		err = first(err, p.owned.Close())
	}
	return err
}

// Owning makes the printer close its output when it is closed.
func (p *Printer) Owning(out io.Closer) *Printer {
	p.owned = out
	return p
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
