package calltrace

// Whole calls, for a person at a terminal: a line is written when its call has returned, so none is
// cut by another. The call that began last and has not returned stands below the lines, as far as
// it is known, and disappears when something is written.

import (
	"bytes"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/trapline/trapline/syscalls"
)

const (
	eraseLine = "\r\x1b[K" // ECMA-48: CR, EL
	ellipsis  = "…"
)

// waits says that a thread is in a call, which may take long.
func (p *Printer) waits(t *thread) {
	if p.o.Whole == nil || p.o.Status != AnyStatus || p.o.Where != nil {
		return
	}
	p.waiting = append(p.waiting, t)
	p.showWaiting()
}

// returns says that a thread's call is over.
func (p *Printer) returns(t *thread) {
	if i := slices.Index(p.waiting, t); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
		p.showWaiting()
	}
}

// showWaiting has the writer show the call that began last.
func (p *Printer) showWaiting() {
	b := p.live[:0]
	if n := len(p.waiting); n > 0 {
		b = append(append(b, bytes.TrimRight(p.waiting[n-1].held, " ")...), " "+ellipsis...)
		if n > 1 {
			b = append(strconv.AppendInt(append(b, " and "...), int64(n-1), 10), " more"...)
		}
	}
	p.live = b
	p.w.below(b)
}

// waited appends how long a call took that was seen while it did.
func (p *Printer) waited(d time.Duration, c *syscalls.Call) {
	if p.o.Whole != nil && !p.o.Spent && c.Returned && d >= partialWait {
		p.line = append(appendTime(append(p.line, " <"...), d, 3), '>')
	}
}

// below sets the text that stands below the lines; it is shown when nothing has been written for a while.
func (w *writer) below(b []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.live = append(w.live[:0], b...)
	w.changes++
	if len(b) > 0 {
		w.poke(asleep)
	}
}

// erase takes it away; w.mu is held.
func (w *writer) erase() {
	if w.shown {
		w.pending, w.shown = append(w.pending, eraseLine...), false
	}
}

// show writes it, as far as a line of the terminal goes; w.mu is held.
func (w *writer) show() {
	b := w.live
	if most := w.width() - 1; most > 1 && utf8.RuneCount(b) > most { // all but the end is ASCII
		b = append(b[:most-1], ellipsis...)
	}
	w.pending, w.shown = append(w.pending, b...), true
}
