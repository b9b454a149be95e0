package kern

// Jobs: process groups, sessions, and stopping and continuing all of a process.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/errno"
)

// Group is a process group.
type Group struct {
	ID      int
	Session *Session
	m       *Machine
}

// Session is a session.
type Session struct {
	ID     int
	Leader *Proc // nil once it has ended or left
	TTY    *TTY
}

// Members lists the processes of the group, oldest first.
func (g *Group) Members() []*Proc {
	var all []*Proc
	for _, p := range g.m.order {
		if p.Group == g {
			all = append(all, p)
		}
	}
	return all
}

// Orphaned says whether no living member has a parent in another group of the session: then
// there is no shell that could continue it.
func (g *Group) Orphaned() bool { return g.orphanedBut(nil) }

func (g *Group) orphanedBut(leaving *Proc) bool {
	for _, p := range g.Members() {
		if p == leaving || p.State >= Zombie || p.Parent == nil || p.Parent == g.m.Init {
			continue
		}
		if q := p.Parent; q.State < Zombie && q.Group != g && q.Group.Session == g.Session {
			return false
		}
	}
	return true
}

// hasStopped says whether a member is stopped.
func (g *Group) hasStopped() bool {
	return slices.ContainsFunc(g.Members(), func(p *Proc) bool { return p.Job.Stopped })
}

// enter moves a process into a group of a session, which is made if there is none.
func (m *Machine) enter(p *Proc, id int, s *Session) {
	g := m.groups[id]
	if g == nil {
		g = &Group{ID: id, Session: s, m: m}
		m.groups[id] = g
	}
	old := p.Group
	p.Group = g
	m.leave(old)
}

// leave forgets a group without members.
func (m *Machine) leave(g *Group) {
	if g == nil || slices.ContainsFunc(m.order, func(p *Proc) bool { return p.Group == g }) {
		return
	}
	delete(m.groups, g.ID)
	s := g.Session
	for _, other := range m.groups {
		if other.Session == s {
			m.releaseID(g.ID)
			return
		}
	}
	delete(m.sessions, s.ID)
	m.releaseID(g.ID)
	if s.ID != g.ID {
		m.releaseID(s.ID)
	}
}

// newSession makes the process the leader of a new session and of a new group.
func (m *Machine) newSession(p *Proc) {
	s := &Session{ID: p.PID, Leader: p}
	m.sessions[s.ID] = s
	m.enter(p, p.PID, s)
}

// SetSID is setsid(2). EPERM: it leads a group already.
func (p *Proc) SetSID() errno.Errno {
	if p.M.groups[p.PID] != nil {
		return errno.EPERM
	}
	p.M.newSession(p)
	return errno.OK
}

// SetPGID is setpgid(2) as process p calls it. ESRCH: pid is neither it nor a child of its.
// EACCES: the child has called exec. EPERM: a session leader, another session, no such group.
func (p *Proc) SetPGID(pid, id int) errno.Errno {
	if id < 0 {
		return errno.EINVAL
	}
	q := p
	if pid != 0 {
		q = p.M.procs[pid]
	}
	if q == nil {
		return errno.ESRCH
	}
	if id == 0 {
		id = q.PID
	}
	if q != p {
		switch {
		case q.Parent != p:
			return errno.ESRCH
		case q.Group.Session != p.Group.Session:
			return errno.EPERM
		case q.Executed:
			return errno.EACCES
		}
	}
	if q.Group.Session.Leader == q && q.Group.Session.ID == q.PID {
		return errno.EPERM
	}
	if id != q.PID {
		if g := p.M.groups[id]; g == nil || g.Session != p.Group.Session {
			return errno.EPERM
		}
	}
	if q.Group.ID != id {
		p.M.enter(q, id, q.Group.Session)
	}
	return errno.OK
}

// Job is whether job control has a process stopped.
type Job struct {
	Sig      int  // what it is to stop or has stopped with; 0: it runs
	stopping int  // threads that are yet to stop
	Stopped  bool // all have
	Stops    int  // how often they had
	// Told: the stop was reported to one who waited (WUNTRACED).
	Told      bool
	Continued bool   // to be reported (WCONTINUED)
	announce  Reason // the parent is to hear, by the next thread that runs
}

// beginStop stops the process: each of its threads stops when it next is on its way to user
// mode.
func (p *Proc) beginStop(sig int, by *Thread) {
	j := &p.Job
	if by.stopPending || p.dying {
		return
	}
	if !j.Stopped {
		j.Sig, j.Told = sig, false
	}
	j.stopping = 0
	for _, t := range p.Threads {
		if !t.Alive() || t.Exiting || t.State == Stopped {
			continue
		}
		t.stopPending, t.stopSig = true, sig
		j.stopping++
		p.Sys.Tracing.JobStops(t)
		t.signalled()
	}
	for _, t := range p.Threads {
		if h := p.Sys.Halted; h != nil && t.stopPending && h(t) {
			t.CountStopped()
		}
	}
}

// CountStopped has the thread count as stopped with its process.
func (t *Thread) CountStopped() {
	if t.TakePart() {
		t.Proc.TellStopped()
	}
}

// StopPending says whether the thread is to take part in a stop of the process, and by what.
func (t *Thread) StopPending() (sig int, ok bool) { return t.stopSig, t.stopPending }

// StopSignal is the signal of the last stop that the thread was to take part in.
func (t *Thread) StopSignal() int { return t.stopSig }

// Rejoin has a thread whose tracer let it go take part in the stop that its process is in.
func (t *Thread) Rejoin() {
	j := &t.Proc.Job
	if t.Exiting || t.killed || !j.Stopped && j.stopping == 0 || t.stopPending {
		return
	}
	t.stopPending = true
	if t.stopSig == 0 {
		t.stopSig = t.Proc.Sys.Sig.STOP
	}
	if !j.Stopped {
		j.stopping++
	}
	t.signalled()
}

// Stopping says whether the process is stopped or stopping.
func (p *Proc) Stopping() bool { return p.Job.Stopped || p.Job.stopping > 0 }

// TakePart counts the thread as stopped, and says whether it was the last.
func (t *Thread) TakePart() bool {
	if !t.stopPending {
		return false
	}
	t.stopPending = false
	j := &t.Proc.Job
	if j.stopping > 0 {
		j.stopping--
	}
	if j.stopping == 0 && !j.Stopped {
		j.Stopped, j.Continued = true, false
		j.Stops++
		return true
	}
	return false
}

// stopForJob stops the thread until the process is continued.
func (t *Thread) stopForJob() {
	t.CountStopped()
	t.Park(Stopped, "job control")
}

// TellStopped tells the parent that the process has stopped.
func (p *Proc) TellStopped() {
	p.M.Logf("process %d stopped by signal %d", p.PID, p.Job.Sig)
	p.tellParent(ChildStopped, p.Job.Sig)
}

// resumeJob is what sending SIGCONT does, whether or not it is caught.
func (p *Proc) resumeJob() {
	j := &p.Job
	switch {
	case j.Stopped:
		j.announce = ChildContinued
		j.Continued = true
	case j.stopping > 0:
		j.announce = ChildStopped
		j.Continued = true
	}
	sig := j.Sig
	j.Sig, j.stopping, j.Stopped, j.Told = 0, 0, false, false
	for _, t := range p.Threads {
		if !t.Alive() {
			continue
		}
		t.stopPending, t.stopTaken = false, false
		p.Sys.Tracing.JobContinues(t)
		if t.State == Stopped {
			t.Unpark()
		}
	}
	if p.External {
		p.announceJob()
	}
	if sig != 0 {
		p.M.Logf("process %d continued", p.PID)
	}
}

// announceJob tells the parent of a continuation, in the first thread that runs after it.
func (p *Proc) announceJob() {
	if why := p.Job.announce; why != NoReason {
		p.Job.announce = NoReason
		status := p.Sys.Sig.CONT
		if why == ChildStopped {
			status = p.Job.Sig
		}
		p.tellParent(why, status)
	}
}

// joinStop makes a new thread take part in a stop that its maker is to take part in.
func (t *Thread) joinStop(maker *Thread) {
	j := &t.Proc.Job
	if maker.stopPending || j.Stopped {
		t.stopPending, t.stopSig = true, max(maker.stopSig, j.Sig)
		if !j.Stopped {
			j.stopping++
		}
	}
}

// tellParent sends SIGCHLD for a stop or a continuation, and wakes who waits.
func (p *Proc) tellParent(why Reason, status int) {
	q := p.Parent
	if q == nil {
		return
	}
	info := p.childInfo(why, status)
	if a := q.Actions.Get(q.Sys.Sig.CHLD); a.Flags&SANoCldStop == 0 {
		p.M.Post(q, info)
	}
	q.Waiting.Wake()
}

func (p *Proc) childInfo(why Reason, status int) SigInfo {
	return SigInfo{Signo: p.Sys.Sig.CHLD, Origin: FromChild, Reason: why, PID: p.PID, UID: p.Cred.UID, Status: status,
		User: p.Usage.User, System: p.Usage.System}
}

// Hangup is what a terminal that goes away, or the end of its controlling process, does:
// SIGHUP and SIGCONT to the foreground group.
func (m *Machine) hangup(foreground int) {
	if g := m.groups[foreground]; g != nil {
		m.PostGroup(g, SigInfo{Signo: m.System.Sig.HUP, Origin: FromKernel})
		m.PostGroup(g, SigInfo{Signo: m.System.Sig.CONT, Origin: FromKernel})
	}
}

// orphan gives SIGHUP and SIGCONT to a group that becomes orphaned with a stopped member,
// when process p leaves it or stops being the parent that kept it.
func (m *Machine) orphan(g *Group, leaving *Proc) {
	if g != nil && g.hasStopped() && g.orphanedBut(leaving) {
		m.PostGroup(g, SigInfo{Signo: m.System.Sig.HUP, Origin: FromKernel})
		m.PostGroup(g, SigInfo{Signo: m.System.Sig.CONT, Origin: FromKernel})
	}
}
