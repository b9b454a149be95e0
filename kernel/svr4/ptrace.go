package svr4

// The old way: ptrace(2), requests 1 to 9. It traces what it launches, one thread each; a
// process stops for every signal, and the signal is all that is told. What a trap was has
// to be found out: an int3 lies behind the pc; a step was asked for; after exec the pc is
// the entry. Continuing drops what other signals have come, says the manual, so a signal
// that arrives while the process is stopped is lost, whoever the tracer is. A child of a
// tracee is not traced, and dies of the traps in its copy of the memory.

import (
	"encoding/binary"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/svr4/proc"
	"github.com/trapline/trapline/procfs"
)

const noRequest = "SVR4 ptrace has no such request; use the /proc personality"

// old is the adapter by ptrace(2).
type old struct {
	sys   Sys
	fs    *procfs.FS
	procs map[kernel.PID]*child
	told  []kernel.Stop // stops made here, reported before any of the kernel's
}

// child is a traced process, and its only thread.
type child struct {
	pid     kernel.PID
	launch  kernel.Launch
	stopped bool
	asked   bool // to be interrupted; by a SIGSTOP of ours once it runs
	signal  kernel.Signal
	stepped bool // it goes on for one step
	from    uint64
	int3    bool      // from an int3
	call    bool      // from a system call
	user    proc.User // as it was at the last stop
}

func newOld(sys Sys) *old {
	k := &old{sys: sys, procs: map[kernel.PID]*child{}}
	k.fs = procfs.NewFiles("/proc", userFiles{k})
	return k
}

func (k *old) OS() *abi.OS        { return abi.SVR4 }
func (k *old) Procfs() *procfs.FS { return k.fs }
func (k *old) Wake()              { k.sys.Wake() }

func (k *old) find(tid kernel.TID) (*child, error) {
	c := k.procs[kernel.PID(tid)]
	switch {
	case c == nil:
		return nil, kernel.ErrGone
	case !c.stopped:
		return nil, kernel.ErrRunning
	}
	return c, nil
}

// Launch starts a program: the child asks to be traced, and its exec stops it.
func (k *old) Launch(l *kernel.Launch) (kernel.PID, error) {
	if l.Calls {
		return 0, lacking("trace system calls", noRequest)
	}
	pid, e := k.sys.Spawn(l, nil)
	if e != 0 {
		return 0, &kernel.Error{Op: "start " + l.Path, Errno: int(e), OS: abi.SVR4}
	}
	c := &child{pid: kernel.PID(pid), launch: *l}
	k.procs[c.pid] = c
	for {
		got, status, e := k.sys.Wait(true)
		var s kernel.Stop
		switch {
		case e == eINTR:
			continue
		case e != 0:
			return 0, fail("wait for "+l.Path, 0, e)
		case got != pid:
			if k.decode(got, status, &s) {
				k.told = append(k.told, s)
			}
			continue
		case status&0xff != 0x7f:
			delete(k.procs, c.pid)
			op, e := k.sys.Spawned(pid)
			if e == 0 {
				op, e = "start", eINTR
			}
			return 0, &kernel.Error{Op: op + " " + l.Path, Errno: int(e), OS: abi.SVR4}
		case status>>8&0xff != sigTrap: // before the exec signals pass
			k.sys.Ptrace(ReqContinue, pid, 1, uint64(status>>8&0xff))
			continue
		}
		k.sys.Spawned(pid)
		c.stopped = true
		k.readUser(c)
		k.told = append(k.told, kernel.Stop{Kind: kernel.Exec, PID: c.pid, TID: kernel.TID(pid), Former: kernel.TID(pid)})
		return c.pid, nil
	}
}

// Attach has no request.
func (k *old) Attach(kernel.PID, kernel.Events) (kernel.PID, []kernel.TID, error) {
	return 0, nil, lacking("attach", noRequest)
}

// Detach has no request.
func (k *old) Detach(kernel.PID, []kernel.Action) error {
	return lacking("detach", noRequest)
}

// Kill ends a process: a stopped one as if it had called exit(2).
func (k *old) Kill(pid kernel.PID) error {
	c := k.procs[pid]
	if c == nil {
		return kernel.ErrGone
	}
	var e Errno
	if c.stopped {
		_, e = k.sys.Ptrace(ReqKill, int(pid), 0, 0)
		c.stopped = e != 0
	} else {
		e = k.sys.Kill(int(pid), sigKill)
	}
	if e != 0 {
		return fail("kill", kernel.TID(pid), e)
	}
	return nil
}

// Interrupt stops a process by a signal. One that is stopped gets it when it goes on:
// request 7 would drop a signal sent before it.
func (k *old) Interrupt(tid kernel.TID) error {
	c := k.procs[kernel.PID(tid)]
	switch {
	case c == nil:
		return kernel.ErrGone
	case c.asked:
		return nil
	}
	c.asked = true
	if c.stopped {
		return nil
	}
	if e := k.sys.Kill(int(tid), sigStop); e != 0 {
		return fail("interrupt", tid, e)
	}
	return nil
}

// Wait reports the next stop.
func (k *old) Wait(s *kernel.Stop, block bool) error {
	for {
		if len(k.told) > 0 {
			*s = k.told[0]
			k.told = k.told[1:]
			if c := k.procs[s.PID]; c != nil {
				c.stopped = true
			}
			return nil
		}
		pid, status, e := k.sys.Wait(block)
		switch {
		case e == eINTR:
			return kernel.ErrWoken
		case e == eCHILD:
			return kernel.ErrNoTracees
		case e != 0:
			return fail("wait", 0, e)
		case pid == 0:
			return kernel.ErrNone
		}
		if k.decode(pid, status, s) {
			return nil
		}
	}
}

// decode turns a status of wait(2) into a stop; false when there is nothing to tell.
func (k *old) decode(pid int, status uint32, s *kernel.Stop) bool {
	c := k.procs[kernel.PID(pid)]
	if c == nil {
		return false
	}
	*s = kernel.Stop{PID: c.pid, TID: kernel.TID(pid)}
	if status&0xff != 0x7f {
		ending(s, status)
		delete(k.procs, c.pid)
		return true
	}
	c.stopped = true
	c.signal = kernel.Signal(status >> 8 & 0xff)
	if !k.readUser(c) {
		return false // killed since: its end comes
	}
	switch {
	case c.signal == sigStop && c.asked:
		c.asked, c.signal = false, 0
		s.Kind = kernel.Interrupted
	case c.signal == sigTrap && k.trap(c, s):
	default:
		s.Kind, s.Signal = kernel.SignalStop, c.signal
		// Of a step that got nowhere such a signal is its instruction's own, which will fault again.
		s.Info.Sync = c.stepped && c.user.Regs[proc.RegRIP] == c.from && proc.FaultSignal(int(c.signal))
	}
	s.Info.Signal = c.signal
	if s.Kind == kernel.Trap || s.Kind == kernel.Exec {
		c.signal = 0
	}
	c.stepped = false
	return true
}

// trap finds out what a SIGTRAP is; false when it is a signal like others.
func (k *old) trap(c *child, s *kernel.Stop) bool {
	pc := c.user.Regs[proc.RegRIP]
	s.Info.Sync, s.Signal = true, sigTrap
	switch {
	case c.stepped && c.int3 && pc == c.from+1:
		s.Kind, s.Trap, s.Info.Code = kernel.Trap, kernel.Breakpoint, proc.TrapBrkpt
	case pc == c.user.Entry && (!c.stepped || c.call):
		s.Kind, s.Former, s.Signal = kernel.Exec, s.TID, 0
	case c.stepped:
		s.Kind, s.Trap, s.Info.Code = kernel.Trap, kernel.Step, proc.TrapTrace
	case k.codeAt(c, pc-1, int3):
		s.Kind, s.Trap, s.Info.Code = kernel.Trap, kernel.Breakpoint, proc.TrapBrkpt
	default:
		s.Info.Sync = false
		return false
	}
	return true
}

// Instructions that matter here.
const (
	int3        = "\xcc"
	syscallCode = "\x0f\x05"
)

// codeAt says whether an instruction stands at an address.
func (k *old) codeAt(c *child, addr uint64, code string) bool {
	b := make([]byte, len(code))
	n, _ := k.ReadMem(c.pid, addr, b)
	return n == len(b) && string(b) == code
}

// Resume sets a process going. An interrupt that was asked for while it was stopped is
// the answer itself, unless there is something to be done first.
func (k *old) Resume(pid kernel.PID, mode kernel.Mode, actions []kernel.Action) error {
	for i := range actions {
		if err := k.resume(mode, &actions[i]); err != nil {
			return err
		}
	}
	return nil
}

func (k *old) resume(mode kernel.Mode, a *kernel.Action) error {
	c, err := k.find(a.TID)
	if err != nil {
		return err
	}
	if c.asked && a.Signal == 0 {
		c.asked, c.stopped = false, false
		k.told = append(k.told, kernel.Stop{Kind: kernel.Interrupted, PID: c.pid, TID: a.TID})
		return nil
	}
	c.from = c.user.Regs[proc.RegRIP]
	c.int3, c.call = k.codeAt(c, c.from, int3), k.codeAt(c, c.from, syscallCode)
	req := ReqContinue
	switch {
	case a.Step, mode == kernel.Syscalls && c.call: // one call can be stepped over, in place of being entered
		req = ReqStep
	case mode == kernel.Syscalls:
		return lacking("stop at system calls", noRequest)
	}
	c.stepped = req == ReqStep
	if _, e := k.sys.Ptrace(req, int(c.pid), 1, uint64(a.Signal)); e != 0 {
		return fail("resume", a.TID, e)
	}
	c.stopped = false
	if c.asked {
		k.sys.Kill(int(c.pid), sigStop)
	}
	return nil
}

// Pending is not told by ptrace(2), and what is pending is lost when the process goes on.
func (k *old) Pending(tid kernel.TID) ([]kernel.SigInfo, error) {
	_, err := k.find(tid)
	return nil, err
}

// readUser reads the user area, a word at a time.
func (k *old) readUser(c *child) bool {
	b := make([]byte, proc.UserTable.Size)
	for off := 0; off < len(b); off += 8 {
		w, e := k.sys.Ptrace(ReqReadUser, int(c.pid), uint64(off), 0)
		if e != 0 {
			return false
		}
		binary.LittleEndian.PutUint64(b[off:], w)
	}
	return c.user.Decode(b) == nil
}
