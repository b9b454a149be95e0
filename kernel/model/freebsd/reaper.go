package freebsd

// Reapers (procctl(2), kern_exit.c): a process has the reaper that there was when it was made, and goes to
// it when its parent ends. A reaper's own list has the newest first.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// Sizes of struct procctl_reaper_status, _kill, _pids and _pidinfo: 15 words of each are for
// later.
const (
	reapStatusSize = 80
	reapKillSize   = 80
	reapPidsSize   = 72
	reapPidSize    = 72
)

// Flags of struct procctl_reaper_status, of _kill, and of _pidinfo.
const (
	statusOwned    = 1
	statusRealInit = 2

	killChildren = 1
	killSubtree  = 2

	pidValid   = 1
	pidChild   = 2
	pidReaper  = 4
	pidZombie  = 8
	pidStopped = 16
	pidExiting = 32
)

// reaperOf is who adopts a process when its parent ends (p_reaper). A process that the machine was made
// with has the nearest above it.
func reaperOf(p *kern.Proc) *kern.Proc {
	k := procOf(p)
	if k.reaper == nil && p != p.M.Init {
		k.reaper = p.M.Init
		if q := p.Parent; q != nil && q.Reaper {
			k.reaper = q
		} else if q != nil {
			k.reaper = reaperOf(q)
		}
		k.join(p)
	}
	return k.reaper
}

// join puts a process at the head of its reaper's list.
func (k *proc) join(p *kern.Proc) {
	r := procOf(k.reaper)
	r.below = slices.Insert(r.below, 0, p)
}

// leave takes it out.
func (k *proc) leave(p *kern.Proc) {
	if k.reaper != nil {
		r := procOf(k.reaper)
		r.below = slices.DeleteFunc(r.below, func(q *kern.Proc) bool { return q == p })
	}
}

// inheritReaper gives a new process its reaper: the maker if it is one; apart, with RFNOWAIT, the maker's.
func inheritReaper(c, maker *kern.Proc, apart bool) {
	k, o := procOf(c), procOf(maker)
	k.leave(c)
	above := reaperOf(maker)
	if k.reaper, k.subtree = above, o.subtree; maker == c.M.Init || maker.Reaper && !apart {
		if k.reaper = maker; maker != c.M.Init {
			k.subtree = c.PID
		}
	}
	k.join(c)
}

// abandon ends a process's being a reaper: those below it are its reaper's, who adopts the children of
// one that has ended.
func abandon(r *kern.Proc, ended bool) {
	k, above := procOf(r), reaperOf(r)
	r.Reaper = false
	for _, p := range slices.Clone(k.below) {
		c := procOf(p)
		c.reaper, c.subtree = above, k.subtree
		c.join(p)
		if ended && p.Parent == r {
			p.M.Adopt(p, above)
			if c.tracer == nil {
				relink(p)
			}
		}
	}
	k.below = nil
}

// adopter is who gets a child of a process that ends.
func adopter(c *kern.Proc) *kern.Proc { return reaperOf(c) }

// reaped is the end of a zombie.
func reaped(p *kern.Proc) {
	if p.Reaper {
		abandon(p, true)
	}
	procOf(p).leave(p)
}

// settleReapers gives a reaper to those that have none yet, before who is one changes.
func settleReapers(m *kern.Machine) {
	for _, p := range m.Procs() {
		reaperOf(p)
	}
}

func (c *control) reaper() *kern.Proc {
	settleReapers(c.by.M)
	if c.p.Reaper {
		return c.p
	}
	return reaperOf(c.p)
}

// reapAcquire is PROC_REAP_ACQUIRE: those below already stay where they are.
func reapAcquire(c *control) errno.Errno {
	switch {
	case c.p != c.by.Proc:
		return errno.EPERM
	case c.p.Reaper:
		return errno.EBUSY
	}
	settleReapers(c.by.M)
	c.p.Reaper = true
	return errno.OK
}

func reapRelease(c *control) errno.Errno {
	switch {
	case c.p != c.by.Proc:
		return errno.EPERM
	case !c.p.Reaper, c.p == c.by.M.Init:
		return errno.EINVAL
	}
	abandon(c.p, false)
	return errno.OK
}

// reapStatus fills struct procctl_reaper_status: flags, children, descendants, reaper, and the newest
// child, or the newest descendant if there is no child.
func reapStatus(c *control) errno.Errno {
	r := c.reaper()
	flags, children, first := uint32(0), uint32(0), int32(-1)
	if r == c.p {
		flags |= statusOwned
	}
	if r == c.by.M.Init {
		flags |= statusRealInit
	}
	all := procOf(r).below
	for _, p := range all {
		if p.Parent == r {
			children++
		}
	}
	if len(all) > 0 {
		first = int32(all[0].PID)
		if near := childrenOf(r); len(near) > 0 {
			first = int32(near[0].PID)
		}
	}
	for i, v := range []uint32{flags, children, uint32(len(all)), uint32(r.PID), uint32(first)} {
		le.PutUint32(c.data[4*i:], v)
	}
	return errno.OK
}

// reapPids fills the array that struct procctl_reaper_pids points to: pid, subtree, flags.
func reapPids(c *control) errno.Errno {
	r := c.reaper()
	n, at := le.Uint32(c.data), le.Uint64(c.data[64:])
	var b []byte
	for i, p := range procOf(r).below {
		if uint32(i) >= n {
			break
		}
		k, flags := procOf(p), uint32(pidValid)
		for _, f := range []struct {
			on   bool
			flag uint32
		}{{p.Parent == r, pidChild}, {p.Reaper, pidReaper}, {k.stopping() && p.State < kern.Zombie, pidStopped}, {p.State >= kern.Zombie, pidZombie},
			{k.wexit && p.State < kern.Zombie, pidExiting}} {
			if f.on {
				flags |= f.flag
			}
		}
		e := make([]byte, reapPidSize)
		le.PutUint32(e, uint32(p.PID))
		le.PutUint32(e[4:], uint32(k.subtree))
		le.PutUint32(e[8:], flags)
		b = append(b, e...)
	}
	return c.mem.out(at, b)
}

// reapKill signals those below a reaper and below the reapers there, or only one child's subtree, or only
// the children: of these ESRCH is told also when they were signaled. It does not wait for who is stopped.
func reapKill(c *control) errno.Errno {
	sig, flags, subtree := int(int32(le.Uint32(c.data))), le.Uint32(c.data[4:]), int(int32(le.Uint32(c.data[8:])))
	if sig <= 0 || sig > System.Sig.Max || flags&^(killChildren|killSubtree) != 0 || flags == killChildren|killSubtree {
		return errno.EINVAL
	}
	r := c.reaper()
	killed, failed, result := uint32(0), int32(-1), errno.ESRCH
	send := func(p *kern.Proc) errno.Errno {
		e := canSee(c.by, p)
		if e == errno.OK {
			e = calls.Send(c.by, p, calls.FromSelf(c.by, sig), calls.ToProcess(p))
		}
		if e == errno.OK {
			killed++
		}
		return e
	}
	gone := func(p *kern.Proc) bool { return p.State >= kern.Zombie || p.Dying() || procOf(p).wexit }
	if flags == killChildren {
		for _, p := range childrenOf(r) {
			if gone(p) {
				continue
			}
			if e := send(p); e != errno.OK && result == errno.ESRCH {
				failed, result = int32(p.PID), e
			}
		}
	} else {
		for reapers := []*kern.Proc{r}; len(reapers) > 0; reapers = reapers[1:] {
			for _, p := range slices.Clone(procOf(reapers[0]).below) {
				if reapers[0] == r && flags == killSubtree && procOf(p).subtree != subtree {
					continue
				}
				if gone(p) {
					continue
				}
				if p.Reaper {
					reapers = append(reapers, p)
				}
				switch e := send(p); {
				case e == errno.OK:
					result = errno.OK
				case e != errno.ESRCH && result == errno.OK:
					failed, result = int32(p.PID), e
				}
			}
		}
	}
	le.PutUint32(c.data[12:], killed)
	le.PutUint32(c.data[16:], uint32(failed))
	return result
}
