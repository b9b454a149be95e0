package tracer

// Address spaces. A vfork child, or one of clone(CLONE_VM), runs in its parent's: the
// traps belong to the memory, not to a process.

import (
	"errors"
	"slices"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
)

// space is one address space: its traps and the processes that run in it.
type space struct {
	t     *Tracer
	users []*Process
	sites *breakpoints.Sites
	// watched are the last values that watchpoints saw in it.
	watched map[*breakpoints.Breakpoint]uint64
}

func newSpace(t *Tracer, p *Process) *space {
	s := &space{t: t, users: []*Process{p}, watched: map[*breakpoints.Breakpoint]uint64{}}
	s.sites = breakpoints.NewSites(s)
	return s
}

// fork is the copy of a space that a forked child has.
func (s *space) fork(child *Process) *space {
	c := &space{t: s.t, users: []*Process{child}, watched: map[*breakpoints.Breakpoint]uint64{}}
	c.sites = s.sites.Fork(c)
	return c
}

func (s *space) join(p *Process) { s.users = append(s.users, p) }
func (s *space) leave(p *Process) {
	s.users = slices.DeleteFunc(s.users, func(x *Process) bool { return x == p })
}

// acquire is Sites.Acquire, and notes when a site was made.
func (s *space) acquire(addr uint64) (*breakpoints.Site, error) {
	made := s.sites.At(addr) == nil
	site, err := s.sites.Acquire(addr)
	if err == nil && made {
		site.Since = s.t.stops
		if isSyscall(site.Original()) {
			s.look()
		}
	}
	return site, err
}

// look reads the registers of all that have stopped: adapters note who is in a system call. One that made
// it before the trap was there does not meet that when its call is begun again.
func (s *space) look() {
	for _, p := range s.users {
		for _, th := range p.threads {
			if th.state == stopped {
				th.Regs(regs.General)
			}
		}
	}
}

// ReadAll implements breakpoints.Memory on raw memory, traps included.
func (s *space) ReadAll(addr uint64, p []byte) error { return s.move(s.t.k.ReadMem, addr, p) }

// WriteAll implements breakpoints.Memory.
func (s *space) WriteAll(addr uint64, p []byte) error { return s.move(s.t.k.WriteMem, addr, p) }

// move reads or writes by one of the processes that have the memory: the first may have ended
// while another lives in what it lent, or may not be stopped before that one has left.
func (s *space) move(do func(kernel.PID, uint64, []byte) (int, error), addr uint64, p []byte) error {
	err := kernel.ErrGone
	for _, u := range s.users {
		if _, err = do(u.PID, addr, p); !errors.Is(err, kernel.ErrGone) && !errors.Is(err, kernel.ErrRunning) {
			return err
		}
	}
	return err
}

// ReadMem reads a process's memory as the program knows it: no trap of ours is seen.
// It returns how many bytes it read; fewer than asked come with an error.
func (p *Process) ReadMem(addr uint64, b []byte) (int, error) {
	n, err := p.t.k.ReadMem(p.PID, addr, b)
	if p.space.sites.Len() > 0 {
		p.space.sites.Overlay(addr, b[:n])
	}
	return n, err
}

// WriteMem writes a process's memory under the traps that stand in it: they stay, and
// what is written there becomes the program's own byte.
func (p *Process) WriteMem(addr uint64, b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if p.space.sites.Len() > 0 {
		b = p.space.sites.Underlay(addr, b)
	}
	return p.t.k.WriteMem(p.PID, addr, b)
}
