package kern

// Making processes and threads: fork1 and do_fork.

import "github.com/trapline/trapline/kernel/model/errno"

// ForkSpec says what a new process or thread shares with its maker.
type ForkSpec struct {
	Thread   bool // of the same process; all below is then shared
	Memory   bool // CLONE_VM, RFMEM, vfork
	Files    bool // one descriptor table
	Place    bool // one working directory and umask
	Actions  bool // one table of signal actions
	Sibling  bool // its parent is the maker's parent
	Lend     bool // the maker waits until it has left the memory: vfork
	Exit     int  // signal to the parent at its end
	Stack    uint64
	TLS      uint64
	HasTLS   bool
	ClearAlt bool // no alternate stack, as memory is shared and the stack is another
}

// Fork makes a process or a thread, which is not yet runnable: Start makes it so. EAGAIN:
// there are too many, or no id is left. ENOMEM: no memory.
func (t *Thread) Fork(f ForkSpec) (*Thread, errno.Errno) {
	m, p := t.M, t.Proc
	if t.killed { // there must be no thread that its process's end does not reach
		return nil, errno.ERESTARTNOINTR
	}
	if len(m.threads) >= m.MaxThreads {
		return nil, errno.EAGAIN
	}
	if !t.Cred().Super() && m.countOf(t.Cred().UID) >= p.Limits[LimitProcs].Cur {
		return nil, errno.EAGAIN
	}
	id := 0
	if f.Thread && m.System.ThreadBase != 0 {
		id = m.newTID(0)
	} else if id = m.newID(); id == 0 {
		return nil, errno.EAGAIN
	}
	m.Stats.Forks++
	if f.Thread {
		n := m.newThread(p, id)
		n.inherit(t, &f)
		n.joinStop(t)
		return n, errno.OK
	}
	space := p.Space
	if f.Memory {
		space.Space.Retain()
	} else {
		copied, e := space.Fork()
		if e != 0 {
			m.pids.give(id)
			return nil, errno.ENOMEM
		}
		space = m.newSpace(copied)
	}
	parent, maker := p, t
	if f.Sibling && p.Parent != nil {
		parent, maker = p.Parent, p.ParentThr
	}
	c := m.newProc(id, parent)
	c.ParentThr = maker
	c.copyFrom(p, &f, space)
	if f.Lend {
		c.Lent = t
	}
	n := m.newThread(c, m.newTID(id))
	n.inherit(t, &f)
	return n, errno.OK
}

// copyFrom gives a new process what it has of its maker's.
func (c *Proc) copyFrom(p *Proc, f *ForkSpec, space *AddressSpace) {
	c.Sys, c.Comm, c.Space, c.Image = p.Sys, p.Comm, space, p.Image
	c.ExePath, c.Args = p.ExePath, p.Args
	c.At, c.Cred, c.Limits = p.At, p.Cred, p.Limits
	if !f.Place {
		at := *p.At
		c.At = &at
	}
	c.Cred.Groups = append([]uint32(nil), p.Cred.Groups...)
	c.NoNewPrivs, c.Undumpable = p.NoNewPrivs, p.Undumpable
	c.ExitSignal = f.Exit
	if f.Files {
		c.Files = p.Files.Share()
	} else {
		c.Files = p.Files.Fork()
	}
	c.Actions = p.Actions.fork(f.Actions)
	c.Group = p.Group
	c.Exe = nil
	c.setExe(p.Exe)
}

// inherit gives a new thread what it has of its maker's.
func (n *Thread) inherit(t *Thread, f *ForkSpec) {
	n.inheritCred(t)
	n.Regs, n.Mask, n.Alt = t.Regs, t.Mask, t.Alt
	if t.hasSaved {
		n.saved, n.hasSaved = t.saved, true
	}
	n.Call = t.Call
	n.Call.Restart = nil
	if f.ClearAlt {
		n.Alt = AltStack{Disabled: true}
	}
	if f.Stack != 0 {
		n.Regs.R[4] = f.Stack
	}
	if f.HasTLS {
		n.Regs.FSBase = f.TLS
	}
	if born := t.Proc.Sys.Born; born != nil {
		born(n, t)
	}
}

// Start makes a new thread runnable.
func (n *Thread) Start() {
	n.Proc.State = Normal
	n.M.ready(n)
}

// countOf is how many threads a user has.
func (m *Machine) countOf(uid uint32) uint64 {
	n := uint64(0)
	for _, p := range m.order {
		if p.Cred.UID == uid && !p.External {
			n += uint64(len(p.Threads))
		}
	}
	return n
}

// AwaitLent is the rest of vfork in the maker: it waits until the child has left its memory.
// Only death ends it early.
func (t *Thread) AwaitLent(c *Proc) {
	for c.Lent == t && !t.killed {
		t.SleepHard("vfork", &t.Proc.lentBack)
	}
}

// giveBack ends a vfork child's use of its parent's memory.
func (c *Proc) giveBack() {
	if c.Lent == nil {
		return
	}
	p := c.Lent.Proc
	c.Lent = nil
	p.lentBack.Wake()
}
