// The writer: lines leave the engine's thread by being appended to a bounded buffer, and a
// goroutine writes them out. A stopped tracee must not wait for a terminal or a pipe, but no
// line may be lost either: when the buffer is full the engine waits.
//
// Where the program may write too, nothing is left to the goroutine but what stands below the
// lines: a line is written before its thread goes on, so that all is in its order.
//
// After a write the goroutine naps before it looks again, so that a busy trace costs
// thirty wake-ups a second and not one a line; while nothing happens it sleeps, and the
// first line after that wakes it at once.

package calltrace

import (
	"io"
	"sync"
	"time"
)

const (
	bufferLimit = 1 << 20               // bytes that may wait to be written
	nap         = 30 * time.Millisecond // between two writes of a busy trace
	partialWait = 20 * time.Millisecond
)

type writer struct {
	out     io.Writer
	partial bool // show the open line of a call that takes long
	shared  bool // with the program: write at once
	mu      sync.Mutex
	room    sync.Cond // the buffer was emptied, or the writer is done
	pending []byte    // whole lines not yet written
	open    []byte    // the line that is not ended, from its start
	sent    int       // bytes of open already in pending or written
	changes uint64    // counts the changes of open
	err     error     // the first failure; everything after it is dropped
	told    bool      // err was returned to the engine
	spare   []byte    // the memory of pending
	writing bool      // somebody does, without the lock
	state   state     // what the goroutine is doing
	closed  bool
	live    []byte      // what stands below the lines, to be shown when nothing else is written
	shown   bool        // it is
	width   func() int  // of the terminal, in columns
	timer   *time.Timer // of a rest
	wake    chan struct{}
	done    chan struct{}
}

// state is what the writing goroutine is doing.
type state uint8

const (
	awake   state = iota
	napping       // for a moment: only a full buffer or the end wakes it
	asleep        // until there is something to write
)

func newWriter(out io.Writer, partial, shared bool) *writer {
	w := &writer{out: out, partial: partial, shared: shared, timer: time.NewTimer(nap),
		wake: make(chan struct{}, 1), done: make(chan struct{})}
	w.timer.Stop()
	w.room.L = &w.mu
	go w.run()
	return w
}

// line hands over the end of the open line, or a line that was never open, with its newline.
func (w *writer) line(b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.pending) >= bufferLimit && w.err == nil {
		w.poke(napping)
		w.room.Wait()
	}
	if w.err == nil {
		w.erase()
		w.pending = append(w.pending, b[min(w.sent, len(b)):]...)
	}
	w.open, w.sent = w.open[:0], 0
	w.changes++
	w.hand()
	return w.failure()
}

// notice writes b behind what there is of the open line.
func (w *writer) notice(b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.pending = append(append(w.pending, w.open[min(w.sent, len(w.open)):]...), b...)
		w.sent = len(w.open)
	}
	w.changes++
	w.hand()
	return w.failure()
}

// unended says that b is the open line so far.
func (w *writer) unended(b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = append(w.open[:0], b...)
	w.changes++
	if w.partial {
		if w.shared {
			w.begin()
		}
		w.hand()
	}
	return w.failure()
}

// begin hands over what there is of the open line; w.mu is held.
func (w *writer) begin() {
	if len(w.open) > w.sent && w.err == nil {
		w.pending = append(w.pending, w.open[w.sent:]...)
		w.sent = len(w.open)
	}
}

// hand sees to it that what is pending will be written; w.mu is held.
func (w *writer) hand() {
	if w.shared {
		w.flush()
	}
	w.poke(asleep)
}

// flush writes what is pending; w.mu is held, but for the time of the write.
func (w *writer) flush() {
	for w.writing {
		w.room.Wait()
	}
	if len(w.pending) == 0 {
		return
	}
	full := w.pending
	w.pending, w.writing = w.spare[:0], true
	w.mu.Unlock()
	_, err := w.out.Write(full)
	w.mu.Lock()
	w.spare, w.writing = full, false
	if err != nil && w.err == nil {
		w.err, w.pending = err, w.pending[:0]
	}
	w.room.Broadcast()
}

// poke wakes the goroutine from a sleep as deep as from or deeper; w.mu is held.
func (w *writer) poke(from state) {
	if w.state < from {
		return
	}
	w.state = awake
	select {
	case w.wake <- struct{}{}:
	default: // a token is left from a nap that ended by itself
	}
}

// failure returns the error of the writer once.
func (w *writer) failure() error {
	if w.err == nil || w.told {
		return nil
	}
	w.told = true
	return w.err
}

// run writes what is pending until close.
func (w *writer) run() {
	defer close(w.done)
	w.mu.Lock()
	for {
		if len(w.pending) > 0 {
			w.flush()
			w.rest(nap)
			continue
		}
		if w.closed {
			break
		}
		if w.partial && len(w.open) > w.sent {
			seen := w.changes
			w.rest(partialWait)
			if seen == w.changes && len(w.pending) == 0 {
				w.begin()
			}
			continue
		}
		if len(w.live) > 0 && !w.shown {
			seen := w.changes
			w.rest(partialWait)
			if seen == w.changes && len(w.pending) == 0 && w.err == nil {
				w.show()
			}
			continue
		}
		w.state = asleep
		w.mu.Unlock()
		<-w.wake
		w.mu.Lock()
		w.state = awake
	}
	w.mu.Unlock()
}

// rest lets go of the lock for a while, or until the buffer is full or closed.
func (w *writer) rest(d time.Duration) {
	if len(w.pending) >= bufferLimit || w.closed {
		return
	}
	w.state = napping
	w.mu.Unlock()
	w.timer.Reset(d)
	select {
	case <-w.timer.C:
	case <-w.wake:
	}
	w.timer.Stop()
	w.mu.Lock()
	w.state = awake
}

// close writes what is left and returns the error that was not yet returned.
func (w *writer) close() error {
	w.mu.Lock()
	if !w.closed {
		w.erase()
		w.closed = true
		w.poke(napping)
	}
	w.mu.Unlock()
	<-w.done
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failure()
}
