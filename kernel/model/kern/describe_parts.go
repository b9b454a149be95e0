package kern

// Describe's views of what processes have, and of the machine's own lists.

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trapline/trapline/kernel/model/vm"
)

// describeFiles is the descriptors of a process.
func (p *Proc) describeFiles(d *description) {
	d.linef("%v", p)
	if p.At != nil {
		d.linef("  directory %s, umask %03o", p.At.Dir.Path(), p.At.Umask)
	}
	if p.Exe != nil {
		d.linef("  program   %s", p.Exe.Path())
	}
	if p.Files == nil {
		d.linef("  it has no descriptors any more")
		return
	}
	if n := p.Files.Users(); n > 1 {
		d.linef("  the descriptors are %d processes' in common", n)
	}
	for line := range strings.Lines(p.Files.Describe()) {
		d.cut(strings.TrimSuffix(line, "\n"))
	}
}

// describeSpace is the address space of a process.
func (p *Proc) describeSpace(d *description) {
	s := p.Space
	if s == nil {
		d.linef("%v has no memory here", p)
		return
	}
	d.linef("%v: %d KiB mapped, %d KiB in memory, %d users, heap %#x-%#x", p, s.Size()>>10, s.Resident()*vm.PageSize>>10, s.Users(),
		s.Heap().Start, s.Heap().End)
	c := head("ADDRESSES", "PROT", "MAX", "FORK", ">OFFSET", ">PAGES", ">OWN", "NAME")
	entries := s.Entries()
	for i := range entries {
		e := &entries[i]
		kind, name := "p", e.Name
		if e.Shared {
			kind = "s"
		}
		if e.GrowsDown {
			name += " (grows down)"
		}
		c.row(fmt.Sprintf("%012x-%012x", e.Start, e.End), e.Prot.String()+kind, e.Max, e.Inherit, fmt.Sprintf("%#x", e.Offset),
			e.Resident, e.Private, name)
	}
	d.table(c)
	d.linef("objects, the first one first:")
	for i := range entries {
		if chain := s.Chain(entries[i].Start); len(chain) > 0 {
			d.list(fmt.Sprintf("  %012x", entries[i].Start), chainWords(chain))
		}
	}
}

// chainWords are the objects of a chain.
func chainWords(chain []vm.Link) []string {
	var all []string
	for i, l := range chain {
		what := fmt.Sprintf("%d pages, %d users", l.Pages, l.Refs)
		if l.File != nil {
			what = fmt.Sprintf("file %s, %d users", l.File.Name(), l.Refs)
		}
		word := fmt.Sprintf("#%d (%s)", l.Object, what)
		if i < len(chain)-1 {
			word += " shadows"
		}
		all = append(all, word)
	}
	return all
}

// describeQueues is who is to run, and what everybody else waits for.
func (m *Machine) describeQueues(d *description) {
	d.list("to run:", names(m.runq))
	waiting := map[string][]*Thread{}
	for _, p := range m.order {
		for _, t := range p.Threads {
			if t.Alive() && t.Why != "" {
				waiting[t.Why] = append(waiting[t.Why], t)
			}
		}
	}
	var whys []string
	for why := range waiting {
		whys = append(whys, why)
	}
	slices.Sort(whys)
	d.linef("waiting, by what for:")
	for _, why := range whys {
		d.list(fmt.Sprintf("  %-18s", why), names(waiting[why]))
	}
	m.describeTimers(d)
	m.describeFutexes(d)
}

func names(threads []*Thread) []string {
	if len(threads) == 0 {
		return []string{"nobody"}
	}
	var all []string
	for _, t := range threads {
		all = append(all, t.String())
	}
	return all
}

// describeTimers is what is due, soonest first.
func (m *Machine) describeTimers(d *description) {
	due := slices.Clone(m.timers.heap)
	slices.SortFunc(due, func(a, b *Callout) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.seq, b.seq)) })
	d.linef("timers, now %s:", clock(m.now))
	c := head(">  DUE AT", ">IN", "FOR")
	for _, t := range due {
		who := "a timer"
		if t.owner != nil {
			who = t.owner.String()
		}
		c.row("  "+clock(t.At), clock(max(t.At-m.now, 0)), who)
	}
	d.table(c)
	if n := len(m.at); n > 0 {
		d.linef("  and %d things from outside, the next before step %d", n,
			slices.MinFunc(m.at, func(a, b appointment) int { return cmp.Compare(a.step, b.step) }).step)
	}
}

// describeFutexes is who waits for which word of memory, longest first.
func (m *Machine) describeFutexes(d *description) {
	var all []vm.Key
	for key := range m.futexes {
		all = append(all, key)
	}
	first := func(k vm.Key) int { return m.futexes[k][0].tid() }
	slices.SortFunc(all, func(a, b vm.Key) int { return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(first(a), first(b))) })
	d.linef("futexes:")
	if len(all) == 0 {
		d.linef("  none")
	}
	for _, key := range all {
		var words []string
		for _, w := range m.futexes[key] {
			for _, waiter := range w.Waiters() {
				words = append(words, fmt.Sprint(waiter))
			}
		}
		place := fmt.Sprintf("  shared, offset %#x:", key.Offset)
		if key.Space != nil {
			place = fmt.Sprintf("  %#x of %s:", key.Offset, m.ownersOf(key.Space))
		}
		d.list(place, words)
	}
}

// tid is the thread that waits, 0 while it does not.
func (w *futexWaiter) tid() int {
	for _, x := range w.Waiters() {
		if t, is := x.(*Thread); is {
			return t.TID
		}
	}
	return 0
}

// ownersOf are the processes that run in an address space.
func (m *Machine) ownersOf(s *vm.Space) string {
	var all []string
	for _, p := range m.order {
		if p.Space != nil && p.Space.Space == s {
			all = append(all, strconv.Itoa(p.PID))
		}
	}
	return strings.Join(all, ",")
}

// describeStats is what was counted.
func (m *Machine) describeStats(d *description) {
	s := &m.Stats
	c := head(">COUNT", "OF")
	for _, row := range []struct {
		n    uint64
		what string
	}{
		{m.steps, "steps: a thread was chosen and ran"},
		{s.Instructions, "instructions"},
		{s.Slices, "slices of instructions"},
		{s.Calls, "system calls"},
		{s.Faults, "faults"},
		{s.Signals, "signals sent"},
		{s.Handled, "handlers entered"},
		{s.Forks, "processes and threads made"},
		{s.Execs, "programs executed"},
		{s.Exits, "threads ended"},
		{uint64(len(m.Chooser.Made())), "choices made"},
	} {
		c.row(row.n, row.what)
	}
	d.table(c)
	d.linef("")
	d.linef("time     %s", clock(m.now))
	d.linef("memory   %d pages of %d in use", m.Mem.Used(), m.Mem.Limit())
	p := m.pids
	d.linef("pids     %d, %d free, the last one given was %d", len(p.used), p.free, p.last)
	d.linef("has      %d processes, %d threads of %d, %d groups, %d sessions", len(m.order), len(m.threads), m.MaxThreads, len(m.groups),
		len(m.sessions))
}
