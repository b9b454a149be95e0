package kern

// Describe's views of processes: the tree, threads, signals, jobs.

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// doing is a process's state in a word.
func (p *Proc) doing() string {
	switch {
	case p.State >= Zombie:
		return p.State.String()
	case p.External:
		return "outside"
	case p.State == New_:
		return "new"
	case p.dying:
		return "dying"
	}
	living := p.Living()
	for _, s := range []ThreadState{Running, Runnable, Traced, Stopped} {
		if slices.ContainsFunc(living, func(t *Thread) bool { return t.State == s }) {
			return s.String()
		}
	}
	return Sleeping.String()
}

// tracerTeller is a Tracing that can name tracers.
type tracerTeller interface {
	TracerOf(t *Thread) int // an id, 0: nobody
}

// tracerOf is who traces a thread, for people.
func (t *Thread) tracerOf() string {
	tracing := t.Proc.Sys.Tracing
	if teller, can := tracing.(tracerTeller); can {
		if id := teller.TracerOf(t); id != 0 {
			return strconv.Itoa(id)
		}
		return ""
	}
	if tracing.Traced(t) {
		return "yes"
	}
	return ""
}

// describeTree is each process under its parent.
func (m *Machine) describeTree(d *description) {
	c := head(">PID", ">PPID", ">PGRP", ">SID", ">UID", ">THR", "STATE", "COMMAND", ">TRACER", "HOW IT IS")
	var walk func(p *Proc, depth int)
	walk = func(p *Proc, depth int) {
		parent, tracer := 0, ""
		if p.Parent != nil {
			parent = p.Parent.PID
		}
		if p.Leader != nil {
			tracer = p.Leader.tracerOf()
		}
		c.row(p.PID, parent, p.Group.ID, p.Group.Session.ID, p.Cred.EUID, len(p.Threads), p.doing(),
			strings.Repeat("  ", min(depth, 20))+p.Comm, tracer, p.how())
		for _, child := range p.Children {
			walk(child, depth+1)
		}
	}
	for _, p := range m.order {
		if p.Parent == nil {
			walk(p, 0)
		}
	}
	d.table(c)
}

// how is what else is to be said of a process.
func (p *Proc) how() string {
	var all []string
	say := func(when bool, format string, args ...any) {
		if when {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	say(p.State == Zombie || p.dying, "%s", p.end.text(p.Sys))
	say(p.Job.Stopped && p.State < Zombie, "stopped by %s", signalName(p.Sys, p.Job.Sig))
	say(p.Job.stopping > 0, "%d threads yet to stop", p.Job.stopping)
	say(p.execing != nil, "in exec")
	say(p.Lent != nil, "in the memory of %v", p.Lent)
	say(p.Reaper && p != p.M.Init, "adopts orphans")
	say(p.Undumpable, "not to be looked at")
	return strings.Join(all, ", ")
}

// text is how something ended.
func (e End) text(s *System) string {
	switch {
	case e.Core:
		return "killed by " + signalName(s, e.Signal) + ", with a core"
	case e.Signal != 0:
		return "killed by " + signalName(s, e.Signal)
	}
	return "exit " + strconv.Itoa(e.Code)
}

// signalName is a signal without its SIG.
func signalName(s *System, sig int) string { return strings.TrimPrefix(s.OS.SignalName(sig), "SIG") }

// signalNames are the signals of a set; of one that has most of them, those that are missing.
func signalNames(s *System, set Sigset) []string {
	var in, out []string
	for sig := 1; sig <= s.Sig.Max; sig++ {
		if set.Has(sig) {
			in = append(in, signalName(s, sig))
		} else {
			out = append(out, signalName(s, sig))
		}
	}
	switch {
	case len(out) == 0:
		return []string{"all"}
	case len(in) > len(out):
		return append([]string{"all", "but"}, out...)
	}
	return in
}

// shortNames are the names of a set for a column.
func shortNames(s *System, set Sigset) string {
	names := strings.Join(signalNames(s, set), ",")
	const most = 24
	if len(names) > most {
		names = names[:most-2] + ".."
	}
	return strings.ReplaceAll(names, "all,but,", "all but ")
}

// where is what a thread is in: a call, or its program.
func (t *Thread) where() string {
	switch {
	case t.Proc.External || !t.Alive():
		return ""
	case !t.Call.Active:
		return fmt.Sprintf("at %#x", t.Regs.RIP)
	case t.Proc.Sys.CallText != nil:
		return t.Proc.Sys.CallText(t)
	}
	return fmt.Sprintf("call %d", t.Call.Nr)
}

// asleepOn is what a thread waits for.
func (t *Thread) asleepOn() string {
	switch {
	case t.Exiting && t.Alive():
		return strings.TrimSpace(t.Why + " (it ends)")
	case t.Uninterruptible():
		return t.Why + " (until death)"
	case t.State == Dead:
		return t.Exit().text(t.Proc.Sys)
	}
	return t.Why
}

// describeThreads is each thread of each process.
func (m *Machine) describeThreads(d *description) {
	c := head(">PID", ">TID", "COMMAND", "STATE", "WAITS FOR", "IN", "PENDING", "BLOCKED")
	for _, p := range m.order {
		for _, t := range p.Threads {
			state := t.State.String()
			if p.External {
				state = "outside"
			}
			c.row(p.PID, t.TID, p.Comm, state, t.asleepOn(), t.where(),
				shortNames(p.Sys, t.Pending.Set().Or(p.Pending.Set())), shortNames(p.Sys, t.Mask))
		}
	}
	d.table(c)
}

// origins are who sent a signal, in words.
var origins = [...]string{FromUser: "kill", FromThread: "tkill", FromQueue: "sigqueue", FromKernel: "the kernel", FromTimer: "a timer",
	FromChild: "a child", FromFault: "a fault", FromTrace: "the tracer", FromRaw: "a structure"}

// pendingWords are the signals of a queue, oldest first, and who sent them.
func pendingWords(s *System, q *Queue) []string {
	var all []string
	for _, info := range q.List() {
		from := origins[info.Origin]
		if info.PID != 0 {
			from += " of " + strconv.Itoa(info.PID)
		}
		all = append(all, fmt.Sprintf("%s (%s)", signalName(s, info.Signo), from))
	}
	return all
}

// describeSignals is what each process does with signals, and what is pending where.
func (m *Machine) describeSignals(d *description) {
	for _, p := range m.order {
		d.linef("%v: %s", p, p.doing())
		some := func(label string, words []string) {
			if len(words) > 0 {
				d.list(label, words)
			}
		}
		var ignored Sigset
		var caught []string
		for sig := 1; sig <= p.Sys.Sig.Max; sig++ {
			switch a := p.Actions.Get(sig); a.Handler {
			case Default:
			case Ignored:
				ignored = ignored.With(sig)
			default:
				caught = append(caught, fmt.Sprintf("%s at %#x", signalName(p.Sys, sig), a.Handler))
			}
		}
		some("  ignores   ", signalNames(p.Sys, ignored))
		some("  catches   ", caught)
		some("  pending   ", pendingWords(p.Sys, &p.Pending))
		for _, t := range p.Threads {
			if !t.Alive() {
				continue
			}
			some(fmt.Sprintf("  thread %d blocks ", t.TID), signalNames(p.Sys, t.Mask))
			some(fmt.Sprintf("  thread %d pending", t.TID), pendingWords(p.Sys, &t.Pending))
		}
	}
}

// describeJobs is sessions, and the groups in them.
func (m *Machine) describeJobs(d *description) {
	var sessions []*Session
	for _, s := range m.sessions {
		sessions = append(sessions, s)
	}
	slices.SortFunc(sessions, func(a, b *Session) int { return cmp.Compare(a.ID, b.ID) })
	for _, s := range sessions {
		leader := "whose leader has left"
		if s.Leader != nil {
			leader = "led by " + s.Leader.String()
		}
		foreground := 0
		d.linef("session %d, %s", s.ID, leader)
		if s.TTY != nil {
			foreground = s.TTY.Foreground
			d.linef("  terminal %s", s.TTY.Describe())
		}
		for _, g := range m.groupsOf(s) {
			var words []string
			for _, p := range g.Members() {
				words = append(words, p.String()+" ("+p.doing()+")")
			}
			label := fmt.Sprintf("  group %d", g.ID)
			if g.ID == foreground {
				label += ", foreground"
			}
			if g.Orphaned() {
				label += ", orphaned"
			}
			d.list(label+":", words)
		}
	}
}

// groupsOf are the groups of a session, by id.
func (m *Machine) groupsOf(s *Session) []*Group {
	var all []*Group
	for _, g := range m.groups {
		if g.Session == s {
			all = append(all, g)
		}
	}
	slices.SortFunc(all, func(a, b *Group) int { return cmp.Compare(a.ID, b.ID) })
	return all
}
