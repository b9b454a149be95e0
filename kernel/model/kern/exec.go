package kern

// execve: a new program in an old process.

import (
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/image"
	"github.com/trapline/trapline/kernel/model/vm"
)

// Exec replaces the thread's program. The errors are execve(2)'s; after the point of no
// return there is none: the process is killed instead.
func (t *Thread) Exec(path string, argv, envp []string) errno.Errno {
	return t.ExecNode(nil, path, argv, envp)
}

// ExecNode is Exec of a file that is there already and is only called path (fexecve). Nil: it
// is to be looked up.
func (t *Thread) ExecNode(program *fs.Node, path string, argv, envp []string) errno.Errno {
	m, p := t.M, t.Proc
	var opened []*fs.Node
	var random func() uint64
	if m.ASLR && !p.NoASLR {
		random = m.Chooser.Bits
	}
	plan, e := image.Prepare(&image.Request{System: p.Sys.Image, Path: path, Argv: argv, Envp: envp,
		StackLimit: p.Limits[LimitStack].Cur, Random: random,
		Open: func(path string) (image.File, errno.Errno) {
			n, e := t.openExec(program, path)
			program = nil // an interpreter is looked up
			if e == errno.OK {
				opened = append(opened, n)
			}
			return n, e
		}})
	defer func() {
		for _, n := range opened {
			n.AllowWrite()
		}
	}()
	if e != errno.OK {
		return e
	}
	next := p.Sys
	if s := p.Sys.Brands[plan.Brand]; s != nil {
		next = s
	}
	t.Preempt()
	former, ok := t.gather()
	if !ok {
		return errno.EAGAIN // another thread was first, or it dies: nobody sees this
	}
	m.Stats.Execs++
	node, _ := plan.File.(*fs.Node)
	start := t.become(node)
	limits := vm.Limits{Total: p.Limits[LimitMemory].Cur, Data: p.Limits[LimitData].Cur, Stack: p.Limits[LimitStack].Cur}
	space := vm.New(plan.Layout(m.Mem, limits))
	image_, e := plan.Load(space, start)
	t.replaceSpace(m.newSpace(space))
	if e != errno.OK {
		p.Terminate(End{Signal: p.Sys.Sig.SEGV})
		return errno.OK
	}
	p.Sys, p.Image, p.ExePath, p.Args, p.Comm = next, &image_, path, plan.Argv, image_.Comm
	if node != nil {
		p.ExePath = node.Path()
	}
	p.setExe(node)
	p.forget(t)
	t.Regs = cpu.State{}
	t.Regs.Reset()
	t.Regs.RIP, t.Regs.R[4] = image_.Entry, image_.SP
	p.Sys.Entry(t, &image_)
	m.Logf("process %d exec %s", p.PID, path)
	p.Sys.Tracing.Exec(t, former)
	return errno.OK
}

// openExec opens a file for exec, and denies writing it until AllowWrite.
func (t *Thread) openExec(n *fs.Node, path string) (*fs.Node, errno.Errno) {
	c := t.Cred().FS()
	if n == nil {
		var e errno.Errno
		if n, e = t.M.FS.Lookup(c, t.Proc.At.Dir, path, true); e != errno.OK {
			return nil, e
		}
	}
	if n.Kind() != fs.Regular {
		return nil, errno.EACCES
	}
	if e := n.Permit(c, fs.MayExec); e != errno.OK {
		return nil, e
	}
	return n, n.DenyWrite()
}

// setExe makes a node the file that the process executes, which nobody may write meanwhile.
func (p *Proc) setExe(n *fs.Node) {
	if n != nil && n.DenyWrite() == errno.OK {
		n.Retain()
	} else {
		n = nil
	}
	if p.Exe != nil {
		p.Exe.AllowWrite()
		p.Exe.Release()
	}
	p.Exe = n
}

// gather ends all other threads and makes this one the leader. It is false if this thread is
// to end itself.
func (t *Thread) gather() (former int, ok bool) {
	p := t.Proc
	former = t.TID
	if p.dying || p.execing != nil || t.killed {
		return former, false
	}
	p.execing = t
	defer func() { p.execing = nil }()
	for _, o := range p.Threads {
		if o != t {
			o.stopPending = false
			o.kill(End{}) // not killed, to who asks
		}
	}
	alone := func() bool {
		n := len(p.Threads)
		return n == 1 || n == 2 && t != p.Leader && p.Leader.State == Dead
	}
	for !alone() {
		if t.SleepHard("exec: other threads", &p.gathering); t.killed {
			return former, false
		}
	}
	if t != p.Leader {
		p.M.lead(t)
	}
	return former, true
}

// lead gives a thread its process's id, that of the leader it replaces. Where threads have ids
// of their own it keeps its own.
func (m *Machine) lead(t *Thread) {
	p, old := t.Proc, t.TID
	gone := p.Leader
	m.dropThread(gone)
	if m.System.ThreadBase != 0 {
		p.Leader = t
		return
	}
	delete(m.threads, old)
	t.TID = p.PID
	m.threads[p.PID] = t
	p.Leader = t
	m.releaseID(old)
}

// become changes the credentials to those the file gives, and is what the program is told.
func (t *Thread) become(n *fs.Node) image.Start {
	p := t.Proc
	t.takeOver()
	c := &p.Cred
	p.Undumpable = false
	if n != nil && !p.NoNewPrivs && p.Sys.Tracing.Privileged(t) {
		st := n.Stat()
		if st.Mode&fs.Setuid != 0 {
			c.EUID = st.UID
		}
		if st.Mode&fs.Setgid != 0 && st.Mode&0o010 != 0 {
			c.EGID = st.GID
		}
	}
	c.SUID, c.SGID = c.EUID, c.EGID
	c.OwnFSUID, c.OwnFSGID = false, false
	secure := c.EUID != c.UID || c.EGID != c.GID
	if secure {
		p.Undumpable = true
		p.ParentDeath = 0
	}
	if n != nil && n.Permit(c.FS(), fs.MayRead) != errno.OK {
		p.Undumpable = true
	}
	s := image.Start{UID: c.UID, EUID: c.EUID, GID: c.GID, EGID: c.EGID, Secure: secure}
	for i := 0; i < 16; i += 8 {
		b := t.M.Chooser.Bits()
		for j := range 8 {
			s.Random[i+j] = byte(b >> (8 * j))
		}
	}
	return s
}

// replaceSpace leaves the old memory for the new.
func (t *Thread) replaceSpace(as *AddressSpace) {
	p := t.Proc
	old := p.Space
	p.Space = as
	p.giveBack()
	if old != nil {
		p.Usage.MaxResident = max(p.Usage.MaxResident, int64(old.Resident()*vm.PageSize))
		old.Release()
	}
}

// forget is what a process loses by an exec.
func (p *Proc) forget(t *Thread) {
	p.Executed = true
	p.ExitSignal = p.Sys.Sig.CHLD
	p.Actions = p.Actions.forExec()
	t.Alt = AltStack{Disabled: true}
	t.ClearTID = 0
	if p.Files.Users() > 1 {
		own := p.Files.Fork()
		p.Files.Release()
		p.Files = own
	}
	p.Files.CloseExec()
	p.timers.exec(p.M)
}
