package session

import (
	"encoding/binary"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/tracer"
)

// trail is what a plan follows, and the places where it waits for it. That is a thread; in
// a Go program it is the goroutine that the thread runs, which the runtime puts on another
// thread, and on another stack, whenever it likes.
type trail struct {
	th    *tracer.Thread
	g     uint64 // address of the goroutine's runtime.g; 0: the thread is followed
	top   uint64 // the upper end of the goroutine's stack
	temps []tempPoint
}

// tempPoint is an internal breakpoint of a plan: it counts only for what the plan follows,
// and only where the stack is no deeper than minSP says, so that recursion does not fool it.
type tempPoint struct {
	b           *breakpoints.Breakpoint
	addr, minSP uint64
	// landing: reaching it ends the step (the body of a function that was entered).
	landing bool
}

// follow takes up what the thread runs now.
func (t *trail) follow(s *Session) { t.g, t.top = s.goroutine(t.th) }

// wait makes an internal breakpoint.
func (t *trail) wait(s *Session, at tempPoint) (err error) {
	tid := t.th.TID
	if t.g != 0 {
		tid = 0
	}
	if at.b, err = s.placeInternal(t.th.Process, at.addr, rolePlan, tid); err == nil {
		t.temps = append(t.temps, at)
	}
	return err
}

// arrived is the point that an event says was reached by what is followed, nil if none was.
// A goroutine that has come to another thread is followed there; moved is by how many bytes
// its stack has moved (modulo 2^64).
func (t *trail) arrived(s *Session, ev *tracer.Event) (at *tempPoint, moved uint64) {
	if t.g == 0 && ev.Thread != t.th || len(t.temps) == 0 {
		return nil, 0
	}
	set, err := ev.Thread.Regs(regs.General)
	if err != nil {
		return nil, 0
	}
	if t.g != 0 {
		g, top := s.goroutine(ev.Thread)
		if g != t.g {
			return nil, 0
		}
		moved = top - t.top
	}
	for i := range t.temps {
		if p := &t.temps[i]; hasHit(ev, p.b) && (p.minSP == 0 || set.SP() >= p.minSP+moved) {
			t.th, t.top = ev.Thread, t.top+moved
			for j := range t.temps {
				if q := &t.temps[j]; q.minSP != 0 {
					q.minSP += moved
				}
			}
			return p, moved
		}
	}
	return nil, 0
}

func (t *trail) end(s *Session) {
	for _, p := range t.temps {
		s.removeInternal(p.b)
	}
	t.temps = nil
}

func hasHit(ev *tracer.Event, b *breakpoints.Breakpoint) bool {
	for _, h := range ev.Hits {
		if h == b {
			return true
		}
	}
	return false
}

// goroutine is the runtime.g that a thread of a Go program runs, and the upper end of its
// stack (runtime.g begins with its stack's two ends); zeros elsewhere. The runtime keeps
// the address in the thread-local variable runtime.tlsg, which on its own is right below
// the thread pointer.
func (s *Session) goroutine(th *tracer.Thread) (g, top uint64) {
	inf := s.inferiorOf(th.Process)
	if inf == nil || !inf.mods.isGo() {
		return 0, 0
	}
	set, err := th.Regs(regs.General)
	if err != nil {
		return 0, 0
	}
	at := inf.mods.goTLS()
	word := func(addr uint64) uint64 {
		var b [8]byte
		if _, err := th.Process.ReadMem(addr, b[:]); err != nil {
			return 0
		}
		return binary.LittleEndian.Uint64(b[:])
	}
	if g = word(set.G[regs.FSBase] + at); g == 0 {
		return 0, 0 // a thread of C code
	}
	return g, word(g + 8)
}
