package kern

// Modeled time and what is due at a time of it.

import (
	"container/heap"
	"fmt"
)

// Callout is something that happens at a time.
type Callout struct {
	At    int64 // ns, modeled
	do    func()
	index int // in the heap; -1: it is over or was cancelled
	seq   uint64
	owner fmt.Stringer // for people; nil: nobody said
}

// Of says whose a callout is, for people, and is the callout.
func (c *Callout) Of(owner fmt.Stringer) *Callout {
	c.owner = owner
	return c
}

// timers is a heap by time, and by age where times are equal.
type timers struct {
	heap []*Callout
	seq  uint64
}

func (h *timers) Len() int { return len(h.heap) }
func (h *timers) Less(i, j int) bool {
	a, b := h.heap[i], h.heap[j]
	return a.At < b.At || a.At == b.At && a.seq < b.seq
}
func (h *timers) Swap(i, j int) {
	h.heap[i], h.heap[j] = h.heap[j], h.heap[i]
	h.heap[i].index, h.heap[j].index = i, j
}
func (h *timers) Push(x any) {
	c := x.(*Callout)
	c.index = len(h.heap)
	h.heap = append(h.heap, c)
}
func (h *timers) Pop() any {
	c := h.heap[len(h.heap)-1]
	h.heap = h.heap[:len(h.heap)-1]
	c.index = -1
	return c
}

// CallAt has do called at a time; in the past: soon.
func (m *Machine) CallAt(at int64, do func()) *Callout {
	m.timers.seq++
	c := &Callout{At: at, do: do, seq: m.timers.seq}
	heap.Push(&m.timers, c)
	return c
}

// Cancel takes back a callout, if it is still to come. It may be nil.
func (m *Machine) Cancel(c *Callout) {
	if c != nil && c.index >= 0 {
		heap.Remove(&m.timers, c.index)
	}
}

// Pending says whether the callout is still to come. It may be nil.
func (c *Callout) Pending() bool { return c != nil && c.index >= 0 }

// expire does what is due, and says whether there was something.
func (m *Machine) expire() (did bool) {
	for m.timers.Len() > 0 && m.timers.heap[0].At <= m.now {
		heap.Pop(&m.timers).(*Callout).do()
		did = true
	}
	return did
}

// never is a time that does not come: half of what counts nanoseconds, so that sums fit.
const never = 1 << 62

// later is so much from now, or never.
func (m *Machine) later(ns int64) int64 {
	if ns >= never-m.now {
		return never
	}
	return m.now + ns
}

// Idle says whether nothing in the machine can go on.
func (m *Machine) Idle() bool {
	return len(m.runq) == 0 && m.timers.Len() == 0 && len(m.at) == 0
}

// Busy says whether a thread is ready to run.
func (m *Machine) Busy() bool { return len(m.runq) > 0 }

// idle is a step with nobody to run: time passes until something is due. It says whether
// there is such a thing.
func (m *Machine) idle() bool {
	next := int64(-1)
	if m.timers.Len() > 0 && m.timers.heap[0].At < never {
		next = m.timers.heap[0].At - m.now
	}
	if m.Outside != nil && next != 0 && m.Outside(next) {
		return true
	}
	if next < 0 {
		return len(m.at) > 0 // what is to come by steps comes by waiting, too
	}
	m.now = max(m.now, m.timers.heap[0].At)
	m.expire()
	return true
}
