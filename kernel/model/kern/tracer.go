package kern

// A tracer outside: a debugger whose system calls are Go calls. What the calls do is its system's;
// that time passes between them, how it waits and how it starts programs is the same everywhere.

import (
	"sync/atomic"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/sleep"
)

// Tracer is a tracer outside, which the Sys of an adapter is made of.
type Tracer struct {
	M *Machine
	X *External // the tracer, as a process

	// Drift is how many steps, at most, the machine makes before each request.
	Drift int
	// Idle is called when the tracer waits and the machine has come to rest: all that is left
	// sleeps for something from outside. It returns true when that may have come. Without it,
	// or when it says that nothing will, the wait is EDEADLK.
	Idle func() bool
	// Refused is told of requests that fail: which, of whom, and the system's number of the error.
	Refused func(request, id, errno int)

	woken   atomic.Bool
	spawned map[int]*Proc // children not yet known to have become programs
}

// Pass lets some time pass, as it does on a real machine between two requests.
func (x *Tracer) Pass() {
	if x.Drift > 0 {
		for range x.M.Chooser.Choose(x.Drift + 1) {
			if !x.M.Busy() {
				return
			}
			x.M.Step()
		}
	}
}

// Tell has Refused hear of a request that failed; 0 is none that did.
func (x *Tracer) Tell(request, id, errno int) {
	if errno != 0 && x.Refused != nil {
		x.Refused(request, id, errno)
	}
}

// Await looks until there is something, which look says; in between the machine runs until the queue
// is woken. One that does not block looks once. EINTR: Wake was called; EDEADLK: see Idle; ENOSYS: the
// machine has met what it does not model.
func (x *Tracer) Await(q *sleep.Queue, block bool, look func() bool) errno.Errno {
	for {
		if block && x.woken.CompareAndSwap(true, false) {
			return errno.EINTR
		}
		if look() || !block {
			return errno.OK
		}
		if x.X.Await(q, x.woken.Load) {
			continue
		}
		switch {
		case x.M.Unmodeled != nil:
			return errno.ENOSYS
		case x.Idle == nil || !x.Idle():
			return errno.EDEADLK
		}
	}
}

// Wake makes an Await that blocks, now or next, return EINTR.
func (x *Tracer) Wake() { x.woken.Store(true) }

// Launch makes a child that is about to execute the code (Spawn.Code), which executes the program of l.
// Start lets it.
func (x *Tracer) Launch(l *kernel.Launch, code func(pc, path, argv, envp uint64) []byte) (*Thread, errno.Errno) {
	s := &Spawn{Path: l.Path, Args: l.Args, Env: l.Env, Dir: l.Dir, Files: l.Files, NewGroup: l.NewGroup, Code: code}
	if l.Cred != nil {
		c := Cred{UID: uint32(l.Cred.UID), GID: uint32(l.Cred.GID)}
		c.EUID, c.SUID, c.EGID, c.SGID = c.UID, c.UID, c.GID, c.GID
		for _, g := range l.Cred.Groups {
			c.Groups = append(c.Groups, uint32(g))
		}
		s.Cred = &c
	}
	t, e := x.X.Spawn(s)
	if e != errno.OK {
		return nil, e
	}
	p := t.Proc
	p.NoASLR = l.NoASLR
	if x.spawned == nil {
		x.spawned = map[int]*Proc{}
	}
	x.spawned[p.PID] = p
	if l.NewGroup && l.Foreground >= 0 && x.M.TTY != nil {
		x.M.TTY.Foreground = p.PID
	}
	return t, errno.OK
}

// Release kills a child of Launch whose tracer could not take hold of it, and lets any go.
func (x *Tracer) Release(t *Thread, held bool) {
	if !held {
		x.M.Post(t.Proc, SigInfo{Signo: x.M.System.Sig.KILL})
	}
	t.Start()
}

// Failed says at what a child of Launch failed that ended before it was a program, and the system's
// number of the error. It is asked once.
func (x *Tracer) Failed(pid int) (what string, errno int) {
	p := x.spawned[pid]
	delete(x.spawned, pid)
	if p == nil || p.Executed || p.EndOf().Code == 0 {
		return "", 0
	}
	return "execute", p.EndOf().Code
}
