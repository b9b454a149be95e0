package svr4

// /proc of SVR4.2: a directory of files a process (proc(5)). Programs of the machine and the
// debugger outside open the same nodes.
//
// Who may open what does not depend on modes alone: only the owner and the superuser may open
// other files than psinfo and lwpsinfo, and nobody may read ctl or write status. An open file
// names a process, and an lwp by its number; after the end of it all says ENOENT.

import (
	"slices"
	"strconv"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/sleep"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

const procDev = 22

// procFile is a row: a file of a process's directory, or of an lwp's.
type procFile struct {
	name   string
	mode   fs.Mode
	public bool // everybody may read it
	zombie bool // it outlives the process
	// text is what is read; or readAt reads at an offset that means something.
	text   func(p *kern.Proc, t *kern.Thread) []byte
	readAt func(p *kern.Proc, b []byte, off int64) int
	write  func(h *handle, by *kern.Thread, b []byte, off int64) (int, errno.Errno)
}

// subject is whom a directory is about: a process, or one of its lwps.
type subject struct {
	m   *kern.Machine
	p   *kern.Proc
	lwp int
}

// thread is the lwp, or the process's representative; nil when it has ended.
func (s *subject) thread() *kern.Thread {
	switch {
	case s.p.State >= kern.Zombie:
		return nil
	case s.lwp != 0:
		return find(s.p, s.lwp)
	}
	return representative(s.p)
}

// handle is an open file.
type handle struct {
	subject
	row     *procFile
	write   bool
	own     bool   // opened by the process itself, which neither holds nor is held
	opener  uint32 // whose
	by      int    // process
	invalid bool   // the process executes what the opener may not trace
}

// owns says whether a user may open a process's files.
func owns(c *fs.Cred, p *kern.Proc) bool {
	o := &p.Cred
	return c.Root() || c.UID == o.EUID && c.UID == o.UID && c.UID == o.SUID && !p.Undumpable
}

// attr is a node's mode and owner.
func (s *subject) attr(mode fs.Mode) func() (fs.Mode, uint32, uint32) {
	return func() (fs.Mode, uint32, uint32) { return mode, s.p.Cred.EUID, s.p.Cred.EGID }
}

func (s *subject) ino(n int) uint64 {
	return 1<<48 | uint64(s.p.PID)<<24 | uint64(s.lwp)<<8 | uint64(n)
}

// node makes a node of the subject's. Private directories are its owner's alone to search.
func (s *subject) node(k fs.Kind, mode fs.Mode, n int, hooks *fs.Synthetic) *fs.Node {
	hooks.Attr = s.attr(mode)
	if hooks.Permit == nil && mode&0o077 == 0 {
		hooks.Permit = func(c fs.Cred, _ fs.Access) errno.Errno {
			if !owns(&c, s.p) {
				return errno.EACCES
			}
			return errno.OK
		}
	}
	return s.m.FS.NewSynthetic(k, mode, 0, 0, procDev, s.ino(n), hooks)
}

// file makes the node of a row.
func (s *subject) file(row *procFile, n int) *fs.Node {
	return s.node(fs.Regular, row.mode, n, &fs.Synthetic{
		Permit: func(c fs.Cred, want fs.Access) errno.Errno {
			switch {
			case want&fs.MayExec != 0, want&fs.MayRead != 0 && row.mode&0o400 == 0, want&fs.MayWrite != 0 && row.mode&0o200 == 0:
				return errno.EACCES
			case row.public || owns(&c, s.p):
				return errno.OK
			}
			return errno.EACCES
		},
		Open:  func(f *fs.File) errno.Errno { return s.open(row, f) },
		Close: func(f *fs.File) { f.Data.(*handle).close() },
		ReadAt: func(f *fs.File, b []byte, off int64) (int, errno.Errno) {
			return f.Data.(*handle).read(b, off)
		},
		WriteAt: func(f *fs.File, b []byte, off int64) (int, errno.Errno) {
			return f.Data.(*handle).writeAt(b, off)
		},
		Poll:  func(f *fs.File) fs.Ready { return f.Data.(*handle).poll() },
		Queue: func(*fs.File) *sleep.Queue { return &worldOf(s.m).events },
	})
}

// open is the opening of a file. EBUSY: exclusively, and another one holds the process.
func (s *subject) open(row *procFile, f *fs.File) errno.Errno {
	by, k := s.m.Current(), processOf(s.p)
	h := &handle{subject: *s, row: row, write: f.Flags()&fs.OWrite != 0, own: by != nil && by.Proc == s.p, opener: f.Cred().UID}
	if by != nil {
		h.by = by.Proc.PID
	}
	switch {
	case !row.zombie && s.thread() == nil:
		return errno.ENOENT
	case h.write && s.p.External:
		return errno.EPERM // a system process
	case h.write && !h.own && f.Asked()&fs.OExcl != 0 && k.writers() > 0:
		return errno.EBUSY
	}
	f.Data = h
	k.handles = append(k.handles, h)
	return errno.OK
}

// writers is how many hold the process.
func (k *process) writers() (n int) {
	for _, h := range k.handles {
		if h.write && !h.own && !h.invalid {
			n++
		}
	}
	return n
}

// close is the last close of an open file; of the last that holds the process: what was
// arranged for that.
func (h *handle) close() {
	k := processOf(h.p)
	k.handles = slices.DeleteFunc(k.handles, func(x *handle) bool { return x == h })
	if h.write && !h.own && !h.invalid && k.writers() == 0 {
		k.abandon(h.p)
	}
}

// abandon is run-on-last-close and kill-on-last-close.
func (k *process) abandon(p *kern.Proc) {
	switch {
	case p.State >= kern.Zombie:
	case k.modes&proc.ModeKLC != 0:
		p.M.Post(p, kern.SigInfo{Signo: System.Sig.KILL, Origin: kern.FromKernel})
	case k.modes&proc.ModeRLC != 0:
		k.free(p)
	}
}

// free clears all that is traced and sets the process running.
func (k *process) free(p *kern.Proc) {
	k.sigs, k.faults, k.entry, k.exit = proc.SigSet{}, proc.FltSet{}, proc.SysSet{}, proc.SysSet{}
	k.modes &= proc.ModePtrace
	k.setAreas(p, nil)
	for _, t := range p.Threads {
		l := lwpOf(t)
		l.directed, l.together = false, false
		if l.halted && l.event {
			l.release(t)
		}
	}
}

// invalidate takes the right to a process from those who opened it before it executed what
// they may not trace (proc(5), "SET-ID"). With nobody left it is as if the last had closed.
func (k *process) invalidate(p *kern.Proc) {
	held := k.writers()
	for _, h := range k.handles {
		h.invalid = h.invalid || h.opener != 0 && !h.own && !h.row.public
	}
	if held > 0 && k.writers() == 0 {
		if k.modes&proc.ModeKLC == 0 {
			k.modes |= proc.ModeRLC
		}
		k.abandon(p)
	}
}

// valid says why an open file cannot be used: EAGAIN, it is invalid; ENOENT, whom it is about
// has ended.
func (h *handle) valid() errno.Errno {
	switch {
	case h.invalid:
		return errno.EAGAIN
	case h.p.State == kern.Reaped, !h.row.zombie && h.thread() == nil:
		return errno.ENOENT
	}
	return errno.OK
}

func (h *handle) read(b []byte, off int64) (int, errno.Errno) {
	if e := h.valid(); e != errno.OK {
		return 0, e
	}
	if h.row.readAt != nil {
		return h.row.readAt(h.p, b, off), errno.OK
	}
	if h.row.text == nil {
		return 0, errno.EBADF
	}
	text := h.row.text(h.p, h.thread())
	return copy(b, text[min(off, int64(len(text))):]), errno.OK
}

func (h *handle) writeAt(b []byte, off int64) (int, errno.Errno) {
	if e := h.valid(); e != errno.OK {
		return 0, e
	}
	if h.row.write == nil {
		return 0, errno.EBADF
	}
	return h.row.write(h, h.m.Current(), b, off)
}

// poll is what poll(2) tells: the stop of the lwp, or of all lwps; the end.
func (h *handle) poll() (r fs.Ready) {
	switch e := h.valid(); {
	case e == errno.EAGAIN:
		return fs.Err
	case e != errno.OK, h.p.State >= kern.Zombie:
		return fs.Hup
	case h.stopped():
		r = fs.Pri
	}
	if h.row.text != nil || h.row.readAt != nil {
		r |= fs.In
	}
	if h.write {
		r |= fs.Out
	}
	return r
}

// stopped says whether the lwp, or every lwp of the process, is stopped on an event of interest.
func (s *subject) stopped() bool {
	if s.lwp != 0 {
		t := s.thread()
		return t != nil && lwpOf(t).event
	}
	n := 0
	for _, t := range s.p.Threads {
		if t.Alive() {
			if l := lwpOf(t); !l.event && !(l.halted && l.why == proc.Suspended) {
				return false
			}
			n++
		}
	}
	return n > 0
}

// representative is the lwp that status is of (illumos: prchoose): one that runs before one
// that sleeps, and of those that are stopped one that has met something.
func representative(p *kern.Proc) (best *kern.Thread) {
	rank := func(t *kern.Thread) int {
		switch l := lwpOf(t); {
		case t.State == kern.Runnable, t.State == kern.Running:
			return 0
		case t.State == kern.Sleeping:
			return 1
		case t.State == kern.Stopped:
			return 2
		case l.why == proc.Suspended:
			return 5
		case l.why == proc.Requested:
			return 4
		}
		return 3
	}
	for _, t := range p.Threads {
		if t.Alive() && (best == nil || rank(t) < rank(best)) {
			best = t
		}
	}
	return best
}

// number is a name that is a number, without a sign and zeros before it.
func number(name string) (int, bool) {
	n, err := strconv.Atoi(name)
	return n, err == nil && n > 0 && strconv.Itoa(n) == name
}
