package tty

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Delays of a Progress: an operation that ends sooner than the first shows
// nothing, and the line is redrawn no more often than the second.
const (
	progressAfter = 500 * time.Millisecond
	progressEvery = 100 * time.Millisecond
)

// Progress is one line that says how far a slow operation has come, drawn over
// itself and erased at the end. It is safe for use by several goroutines, and a nil
// *Progress shows nothing.
type Progress struct {
	w     io.Writer
	now   func() time.Time
	width func() int

	mu    sync.Mutex
	label string
	start time.Time
	drawn time.Time // zero until the line is on the screen
}

// NewProgress starts an operation described by label ("reading symbols of libc").
// The line goes to f if that is a terminal; otherwise the result is nil.
func NewProgress(f *os.File, label string) *Progress {
	if !IsTerminal(f) {
		return nil
	}
	width := func() int { columns, _ := Size(f); return columns }
	return newProgress(f, label, time.Now, width)
}

func newProgress(w io.Writer, label string, now func() time.Time, width func() int) *Progress {
	return &Progress{w: w, now: now, width: width, label: label, start: now()}
}

// Update says that done of total units are finished; a total of 0 is unknown.
func (p *Progress) Update(done, total int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if now.Sub(p.start) < progressAfter || now.Sub(p.drawn) < progressEvery {
		return
	}
	p.drawn = now
	fmt.Fprintf(p.w, "\r\x1b[K%s", clip(p.line(done, total), p.width()-1))
}

// Done erases the line.
func (p *Progress) Done() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.drawn.IsZero() {
		io.WriteString(p.w, "\r\x1b[K")
		p.drawn = time.Time{}
	}
}

func (p *Progress) line(done, total int64) string {
	if total <= 0 {
		return fmt.Sprintf("%s: %d", p.label, done)
	}
	done = min(max(done, 0), total)
	return fmt.Sprintf("%s: %3.0f%%", p.label, 100*float64(done)/float64(total))
}

// clip keeps the end of a line too long for the window: that is where the number
// is, and a line that wraps could not be erased.
func clip(s string, width int) string {
	r := []rune(s)
	if width <= 0 || len(r) <= width {
		return s
	}
	return "…" + string(r[len(r)-width+1:])
}
