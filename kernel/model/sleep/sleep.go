// Package sleep is the queues that threads of the modeled kernel sleep on. Whatever can
// make a thread wait (a pipe, a terminal, a futex, a child) has a Queue, says "not now"
// instead of waiting, and wakes the queue when asking again may succeed.
package sleep

import "slices"

// Waiter is who sleeps: a thread. Wakeup makes it runnable; it then asks again.
type Waiter interface{ Wakeup() }

// Queue is those who wait for one thing, longest first. The zero Queue is empty.
type Queue struct{ waiters []Waiter }

// Add puts a waiter at the end.
func (q *Queue) Add(w Waiter) { q.waiters = append(q.waiters, w) }

// Remove takes a waiter out, wherever it stands; it need not be there.
func (q *Queue) Remove(w Waiter) {
	if i := slices.Index(q.waiters, w); i >= 0 {
		q.waiters = slices.Delete(q.waiters, i, i+1)
	}
}

// Len is how many wait.
func (q *Queue) Len() int { return len(q.waiters) }

// Wake wakes all. They stay in the queue until they remove themselves.
func (q *Queue) Wake() {
	for _, w := range q.waiters {
		w.Wakeup()
	}
}

// Waiters lists who waits, longest first.
func (q *Queue) Waiters() []Waiter { return slices.Clone(q.waiters) }
