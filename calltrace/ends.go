package calltrace

// Ends of threads, and of calls that do not return.

import (
	"strconv"
	"time"

	"github.com/trapline/trapline/syscalls"
)

// Exited says that a thread ended with an exit status.
func (p *Printer) Exited(tid int, at time.Time, status int) error {
	return p.ended(tid, at, p.o.Quiet, func() {
		p.line = append(p.line, "+++ exited with "...)
		p.line = strconv.AppendInt(p.line, int64(status), 10)
	})
}

// Killed says that a signal ended a thread.
func (p *Printer) Killed(tid int, at time.Time, signo int, core bool) error {
	return p.ended(tid, at, p.o.Quiet || !p.wantsSignal(signo), func() {
		p.line = append(p.line, "+++ killed by "...)
		p.line = append(p.line, p.os.SignalName(signo)...)
		if core {
			p.line = append(p.line, " (core dumped)"...)
		}
	})
}

// Superseded says that thread by executed a new program, which ends all other threads, and
// goes on under the number of the leader, tid.
func (p *Printer) Superseded(tid, by int, at time.Time) error {
	var err error
	if heir := p.thread(by); p.current == heir {
		err = p.pidChanged(heir, tid)
	}
	return first(err, p.Replaced(tid, by, at), p.Renamed(by, tid))
}

// Replaced ends a leader whose thread by has executed a program.
func (p *Printer) Replaced(tid, by int, at time.Time) error {
	return p.ended(tid, at, p.o.NoSuperseded, func() {
		p.line = append(p.line, "+++ superseded by execve in pid "...)
		p.line = strconv.AppendInt(p.line, int64(by), 10)
	})
}

// Leaving says that a thread is about to end, in the call it is in.
func (p *Printer) Leaving(tid int, at time.Time) error { return p.killedInside(p.thread(tid), at) }

// Renamed says that a thread goes on under another number.
func (p *Printer) Renamed(tid, as int) error {
	t := p.thread(tid)
	var err error
	if p.current == t {
		err = p.pidChanged(t, as)
	}
	delete(p.threads, tid)
	t.tid, t.num = as, as
	p.threads[as] = t
	return err
}

// pidChanged ends the open line of a thread that will go on under another number.
func (p *Printer) pidChanged(t *thread, as int) error {
	t.open, t.cut = false, true
	p.current = nil
	p.line = append(p.line, " <pid changed to "...)
	p.line = append(strconv.AppendInt(p.line, int64(as), 10), " ...>"...)
	return p.end()
}

// ended prints the line about the end of a thread, unless quiet.
func (p *Printer) ended(tid int, at time.Time, quiet bool, text func()) error {
	t := p.thread(tid)
	err := p.killedInside(t, at)
	if !quiet && p.o.Summary != OnlySummary {
		err = first(err, p.event(tid, at, false))
		text()
		p.line = append(p.line, " +++"...)
		err = first(err, p.end())
	}
	delete(p.threads, tid)
	return first(err, p.frames(t.stack))
}

// killedInside ends the line of a call that will never return.
func (p *Printer) killedInside(t *thread, at time.Time) error {
	c := t.call
	t.call = nil
	p.returns(t)
	if c == nil || !t.shown || p.o.Summary == OnlySummary || !p.wantsAs(Unfinished, c, at.Sub(t.entered), &t.facts) {
		return nil
	}
	err := p.reopen(t, at, c)
	p.current, t.open = nil, false
	p.line = syscalls.AppendUnreturned(p.line, c)
	return first(err, p.end())
}

// dropCall ends the open line of a thread that is let go.
func (p *Printer) dropCall(t *thread, text string) error {
	c := t.call
	t.call = nil
	p.returns(t)
	if p.late() && c != nil && t.shown && p.wantsAs(Detached, c, 0, &t.facts) {
		err := p.cut()
		p.line = append(append(p.line[:0], t.held...), text...)
		return first(err, p.end())
	}
	if p.current != t {
		return nil
	}
	p.current, t.open = nil, false
	p.line = append(p.line, text...)
	return p.end()
}
