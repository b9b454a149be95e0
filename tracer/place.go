package tracer

// Where breakpoints stand. All of this is called while the processes concerned are
// stopped.

import (
	"errors"
	"fmt"
	"slices"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
)

// Place makes a breakpoint of the table stand at an address of a process too. The
// error is the kernel's when the address cannot be written, or that all debug
// registers are taken.
func (t *Tracer) Place(b *breakpoints.Breakpoint, p *Process, addr uint64) error {
	at := breakpoints.Location{PID: int(p.PID), Addr: addr}
	if slices.Contains(b.Locations, at) {
		return nil
	}
	if b.Enabled {
		if err := t.arm(b, p, addr); err != nil {
			return err
		}
	}
	b.Locations = append(b.Locations, at)
	b.Pending = false
	return nil
}

// arm gives a location its site or debug register.
func (t *Tracer) arm(b *breakpoints.Breakpoint, p *Process, addr uint64) error {
	if b.Kind == breakpoints.Software {
		if _, err := p.space.acquire(addr); err != nil {
			return fmt.Errorf("no breakpoint can stand at %#x: %w", addr, err)
		}
		return nil
	}
	if b.Kind.Watch() {
		v, err := readValue(p, addr, b.Len)
		if err != nil {
			return fmt.Errorf("nothing can be watched at %#x: %w", addr, err)
		}
		b.Old, b.New, p.space.watched[b] = v, v, v
	}
	if !b.Kind.Hardware() {
		return nil
	}
	if err := p.hasDebug(); err != nil {
		return fmt.Errorf("%w: %w", ErrNoDebug, err)
	}
	if err := p.slots.Acquire(addr, b.Len, b.Kind); err != nil {
		return err
	}
	p.debugChanged()
	return nil
}

// ErrNoDebug is a process without debug registers: its kernel does not hand them out, or they
// are known never to match.
var ErrNoDebug = errors.New("no debug register can be had")

// hasDebug asks for a thread's debug registers: not every kernel has them (SVR4's ptrace
// does not), and when the thread is set going it is too late to say so.
func (p *Process) hasDebug() error {
	for _, th := range p.threads {
		if th.state == stopped {
			_, err := th.Regs(regs.Debug)
			return ignoreGone(err)
		}
	}
	return nil
}

func (t *Tracer) disarm(b *breakpoints.Breakpoint, at breakpoints.Location) error {
	p := t.procs[kernel.PID(at.PID)]
	if p == nil {
		return nil
	}
	switch {
	case b.Kind == breakpoints.Software:
		return p.space.sites.Release(at.Addr)
	case b.Kind.Hardware():
		p.slots.Release(at.Addr, b.Len, b.Kind)
		p.debugChanged()
	}
	return nil
}

func (p *Process) debugChanged() {
	for _, th := range p.threads {
		th.debug = true
	}
}

// Unplace takes a breakpoint out of one process.
func (t *Tracer) Unplace(b *breakpoints.Breakpoint, p *Process) error {
	return t.takeOut(b, func(l breakpoints.Location) bool { return l.PID == int(p.PID) })
}

// Remove takes a breakpoint out everywhere and out of the table.
func (t *Tracer) Remove(b *breakpoints.Breakpoint) error {
	t.Breakpoints.Delete(b)
	return t.takeOut(b, func(breakpoints.Location) bool { return true })
}

func (t *Tracer) takeOut(b *breakpoints.Breakpoint, which func(breakpoints.Location) bool) error {
	var errs []error
	kept := b.Locations[:0]
	for _, l := range b.Locations {
		if !which(l) {
			kept = append(kept, l)
		} else if b.Enabled {
			errs = append(errs, t.disarm(b, l))
		}
	}
	b.Locations = kept
	return errors.Join(errs...)
}

// Enable puts a breakpoint's traps in, or takes them out and keeps the breakpoint.
func (t *Tracer) Enable(b *breakpoints.Breakpoint, on bool) error {
	if b.Enabled == on {
		return nil
	}
	b.Enabled = on
	var errs []error
	for _, l := range b.Locations {
		p := t.procs[kernel.PID(l.PID)]
		switch {
		case p == nil:
		case on:
			if err := t.arm(b, p, l.Addr); err != nil {
				errs = append(errs, err)
			}
		default:
			errs = append(errs, t.disarm(b, l))
		}
	}
	return errors.Join(errs...)
}

// forget drops the locations of a process that has left an address space. Its claims
// matter only where others go on using the space; otherwise the memory is gone.
func (t *Tracer) forget(p *Process, left *space) {
	for _, b := range t.Breakpoints.All() {
		b.Locations = slices.DeleteFunc(b.Locations, func(l breakpoints.Location) bool {
			if l.PID != int(p.PID) {
				return false
			}
			if len(left.users) > 0 && b.Enabled && b.Kind == breakpoints.Software {
				left.sites.Release(l.Addr)
			}
			return true
		})
	}
}

// inherit gives a child the breakpoints that its parent has now, which need not be those
// it had when it forked: each claims its site, which a copied or a shared memory has as
// a rule. A trap in a copy that nobody claims is taken out.
func (t *Tracer) inherit(child, parent *Process) {
	child.heir = false
	for _, b := range t.Breakpoints.All() {
		for _, l := range slices.Clone(b.Locations) {
			if l.PID != int(parent.PID) {
				continue
			}
			if b.Enabled && b.Kind == breakpoints.Software {
				if _, err := child.space.acquire(l.Addr); err != nil {
					continue // memory that is not passed on (madvise(2), MADV_DONTFORK)
				}
			}
			if b.Kind.Watch() && child.space != parent.space {
				if v, err := readValue(child, l.Addr, b.Len); err == nil {
					child.space.watched[b] = v
				}
			}
			b.Locations = append(b.Locations, breakpoints.Location{PID: int(child.PID), Addr: l.Addr})
		}
	}
	child.space.sites.Sweep()
	child.slots = parent.slots
	if child.slots.Used() {
		child.debugChanged()
	}
}

// bequeath gives the children that nobody has been told of yet what they inherit, before
// their parent ends, executes another program or is let go.
func (t *Tracer) bequeath(parent *Process) {
	for _, p := range t.order {
		if p.heir && p.Parent == parent.PID {
			t.inherit(p, parent)
		}
	}
}

// readValue reads a watched object of up to 8 bytes, little-endian.
func readValue(p *Process, addr uint64, n int) (uint64, error) {
	var b [8]byte
	if _, err := p.ReadMem(addr, b[:n]); err != nil {
		return 0, err
	}
	var v uint64
	for i := n - 1; i >= 0; i-- {
		v = v<<8 | uint64(b[i])
	}
	return v, nil
}

// WithoutTraps takes the traps out of a stopped process's memory, calls f, and puts them in again.
// What is known of its threads' registers has reached the kernel by then: pc is at a breakpoint, not
// past its trap.
func (p *Process) WithoutTraps(f func() error) error {
	sites := p.space.sites
	var out []*breakpoints.Site
	var err error
	for _, th := range p.threads {
		if th.state == stopped {
			err = errors.Join(err, ignoreGone(th.flush()))
		}
	}
	if err != nil {
		return err
	}
	for _, site := range sites.All() {
		if !site.Inserted() {
			continue
		}
		if err = sites.Remove(site); err != nil {
			break
		}
		out = append(out, site)
	}
	if err == nil {
		err = f()
	}
	for _, site := range out {
		err = errors.Join(err, ignoreGone(sites.Insert(site)))
	}
	return err
}
