package kern

// The end of threads and processes (exit1), orphans, and zombies.

import "slices"

// Terminate ends the process: all of its threads, in the order in which they come to it.
func (p *Proc) Terminate(e End) {
	if p.dying || p.State >= Zombie {
		return
	}
	p.dying, p.end = true, e
	p.Job.stopping = 0
	for _, t := range p.Threads {
		t.stopPending = false
		if t.Exiting && t.State == Traced { // at the end of its own, before this one
			t.M.ready(t)
		}
		t.kill(e)
	}
}

// ExitThread has the calling thread end when its system call is over.
func (t *Thread) ExitThread(code int) {
	t.kill(End{Code: code & 0xff})
}

// finish is the last that a thread does.
func (t *Thread) finish() {
	p, m := t.Proc, t.M
	t.Exiting = true
	t.retarget(Sigset{^uint64(0), ^uint64(0)}.Minus(t.Mask))
	t.Preempt()
	p.Sys.Tracing.Exiting(t)
	if t.TakePart() {
		p.TellStopped()
	}
	p.Sys.Dead(t)
	m.Stats.Exits++
	t.depart()
}

// depart takes the thread out of the world.
func (t *Thread) depart() {
	p := t.Proc
	t.State, t.Why = Dead, ""
	p.giveBackBy(t)
	if !p.dying && p.living() == 0 {
		p.end = t.exit // the last one's, not the leader's
	}
	p.Sys.Tracing.Departed(t)
	t.disown()
	last := p.living() == 0
	if last {
		p.release()
	}
	if keep := p.Sys.Tracing.Ended(t); !keep && t != p.Leader {
		p.M.Forget(t)
		return
	}
	p.gathering.Wake()
	p.Settle()
}

// Forget removes a thread that has ended and that nobody is to be told of any more.
func (m *Machine) Forget(t *Thread) {
	m.dropThread(t)
	t.Proc.gathering.Wake()
	t.Proc.Settle()
}

// Exit is how the thread ends or has ended: as its process, or by itself. Of a leader that is
// all that is left it is how the process ended.
func (t *Thread) Exit() End {
	if t.Proc.dying || t == t.Proc.Leader && t.Proc.State >= Zombie {
		return t.Proc.end
	}
	return t.exit
}

// giveBackBy ends the loan of a vfork child whose borrowing thread ends.
func (p *Proc) giveBackBy(t *Thread) {
	if p.Lent != nil && (t == p.Leader || p.living() == 0) {
		p.giveBack()
	}
}

// disown gives the children that the thread made to another thread of the process; those
// that asked for it hear of it.
func (t *Thread) disown() {
	p := t.Proc
	heir := p.first()
	for _, c := range slices.Clone(p.Children) {
		if c.ParentThr != t {
			continue
		}
		c.ParentThr = heir
		if c.ParentDeath != 0 {
			p.M.Post(c, SigInfo{Signo: c.ParentDeath, Origin: FromUser, PID: p.PID, UID: p.Cred.UID})
		}
	}
}

// release is what a process gives up when its last thread has ended.
func (p *Proc) release() {
	m := p.M
	p.State = Zombie
	if p.Files != nil {
		p.Files.Release()
		p.Files = nil
	}
	p.giveBack()
	if p.Space != nil {
		p.Usage.MaxResident = max(p.Usage.MaxResident, int64(p.Space.Resident()*4096))
		p.Space.Release()
		p.Space = nil
	}
	p.setExe(nil)
	p.Actions.refs--
	p.timers.stop(m)
	m.leaveTerminal(p)
	m.adoptOrphans(p)
	if q := p.Parent; q != nil && q.Group != p.Group && q.Group.Session == p.Group.Session { // it kept its group from being orphaned
		m.orphan(p.Group, p)
	}
	m.Logf("process %d ended: %+v", p.PID, p.end)
}

// leaveTerminal is the end of a session's leader: the foreground group gets SIGHUP, and
// nobody has the terminal any more.
func (m *Machine) leaveTerminal(p *Proc) {
	s := p.Group.Session
	if s.Leader != p {
		return
	}
	s.Leader = nil
	if t := s.TTY; t != nil {
		s.TTY = nil
		foreground := t.Foreground
		t.Session, t.Foreground = 0, 0
		m.hangup(foreground)
	}
}

// reaperOf is who adopts the children of a process that ends.
func (m *Machine) reaperOf(p *Proc) *Proc {
	for q := p.Parent; q != nil; q = q.Parent {
		if q.Reaper && q.State < Zombie && !q.dying {
			return q
		}
	}
	return m.Init
}

// adoptOrphans gives the children of a process that ends to who adopts them.
func (m *Machine) adoptOrphans(p *Proc) {
	heir := m.reaperOf(p)
	children := slices.Clone(p.Children)
	for _, c := range children {
		if f := m.System.Adopter; f != nil {
			heir = f(c)
		}
		before := c.Group
		c.moveTo(heir)
		c.ExitSignal = m.System.Sig.CHLD
		if before.Session == p.Group.Session && before != p.Group {
			m.orphan(before, p)
		}
	}
	for _, c := range children {
		if c.Parent != p {
			c.retell()
		}
	}
}

// Adopt makes a process another's child, who is told of its end if it has ended.
func (m *Machine) Adopt(c, by *Proc) {
	c.moveTo(by)
	c.retell()
}

// moveTo puts a process among the children of another.
func (p *Proc) moveTo(parent *Proc) {
	if q := p.Parent; q == parent {
		return
	} else if q != nil {
		q.Children = slices.DeleteFunc(q.Children, func(x *Proc) bool { return x == p })
	}
	p.Parent, p.ParentThr = parent, parent.first()
	parent.Children = append(parent.Children, p)
}

// retell tells the parent of an end that another was told of.
func (p *Proc) retell() {
	if p.told && p.State == Zombie {
		p.told = false
		p.Settle()
	}
}

// Settle tells the parent of the end of a process, once there is nothing left of it but its
// leader and nobody else is to be told first.
func (p *Proc) Settle() {
	if p.told || p.Leader == nil || p.Leader.State != Dead || len(p.Threads) != 1 {
		return
	}
	if p.Sys.Tracing.Traced(p.Leader) {
		p.Sys.Tracing.Alone(p.Leader) // the parent is told when the tracer has heard
		return
	}
	p.told = true
	p.Ending.Wake()
	p.tellEnd()
}

// HandBack tells the parent of the end of a process that another had to hear of first. The parent
// may wait for it even if it ignores SIGCHLD.
func (p *Proc) HandBack() {
	q := p.Parent
	if p.told || q == nil {
		return
	}
	p.told = true
	p.Ending.Wake()
	if q == p.M.Init {
		p.M.Reap(p)
		return
	}
	p.M.Post(q, p.EndInfo())
	q.Waiting.Wake()
}

// Ended says whether all of the process has ended and can be waited for.
func (p *Proc) Ended() bool {
	return p.State == Zombie && p.Leader != nil && p.Leader.State == Dead && len(p.Threads) == 1
}

// tellEnd sends the parent the signal it is to get, and lets a process that nobody is to wait
// for disappear.
func (p *Proc) tellEnd() {
	q, chld := p.Parent, p.Sys.Sig.CHLD
	if q == nil {
		return
	}
	sig, forgotten := p.ExitSignal, q == p.M.Init
	if a := q.Actions.Get(chld); sig == chld && (a.Handler == Ignored || a.Flags&SANoCldWait != 0) {
		forgotten = true
		if a.Handler == Ignored {
			sig = 0
		}
	}
	if sig != 0 {
		info := p.EndInfo()
		info.Signo = sig
		p.M.Post(q, info)
	}
	if forgotten {
		p.M.Reap(p)
	}
	q.Waiting.Wake()
}

// EndInfo is what SIGCHLD says of the end.
func (p *Proc) EndInfo() SigInfo {
	why, status := ChildExited, p.end.Code
	if p.end.Signal != 0 {
		why, status = ChildKilled, p.end.Signal
		if p.end.Core {
			why = ChildDumped
		}
	}
	return p.childInfo(why, status)
}

// Reap removes a zombie: its id is free.
func (m *Machine) Reap(p *Proc) {
	if p.State == Reaped {
		return
	}
	if f := m.System.Reaped; f != nil {
		f(p)
	}
	p.State = Reaped
	if q := p.Parent; q != nil {
		q.Reap.Add(p.Usage)
		q.Reap.Add(p.Reap)
		q.Children = slices.DeleteFunc(q.Children, func(c *Proc) bool { return c == p })
	}
	for _, t := range slices.Clone(p.Threads) {
		m.dropThread(t)
	}
	delete(m.procs, p.PID)
	m.order = slices.DeleteFunc(m.order, func(x *Proc) bool { return x == p })
	g := p.Group
	m.leave(g)
	m.releaseID(p.PID)
}

// Leave ends a process of the world outside.
func (x *External) Leave(e End) {
	p := x.Proc
	if !x.Alive() {
		return
	}
	p.dying, p.end = true, e
	x.exit, x.killed = e, true
	x.depart()
}
