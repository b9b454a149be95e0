package svr4

// From poll(2) and lwpstatus to stops.

import (
	"slices"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/svr4/nr"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// polled is whose file was polled: a process's ctl, or an lwp's.
type polled struct {
	p *process
	l *lwp
}

// Wait reports the next stop.
func (k *slash) Wait(s *kernel.Stop, block bool) error {
	for {
		if len(k.told) > 0 {
			*s = k.told[0]
			k.told = slices.Delete(k.told, 0, 1)
			if l := k.lwps[s.TID]; l != nil {
				l.stopped = true
			}
			return nil
		}
		if len(k.procs) == 0 {
			return kernel.ErrNoTracees
		}
		if err := k.poll(block); err != nil {
			return err
		}
	}
}

// poll asks for what has happened and takes all of it.
func (k *slash) poll(block bool) error {
	k.polls, k.whose = k.polls[:0], k.whose[:0]
	for _, p := range k.order {
		k.polls = append(k.polls, PollFD{FD: p.ctl})
		k.whose = append(k.whose, polled{p, nil})
		for _, l := range p.lwps {
			if !l.held {
				k.polls = append(k.polls, PollFD{FD: l.status, Events: PollStop})
				k.whose = append(k.whose, polled{p, l})
			}
		}
	}
	if k.jobsOf(block); len(k.told) > 0 {
		return nil
	}
	switch n, e := k.files.Poll(k.polls, block); {
	case e == eINTR:
		return kernel.ErrWoken
	case e != 0:
		return fail("wait", 0, e)
	case n == 0 && !block:
		return kernel.ErrNone
	}
	for i := range k.polls {
		w, got := k.whose[i], k.polls[i].Revents
		switch {
		case got == 0 || k.procs[w.p.pid] != w.p:
		case w.l == nil:
			k.processEvent(w.p, got)
		case k.lwps[w.l.tid] != w.l: // dropped by what came before it in the list
		case got&PollEnd != 0:
			k.lwpEnded(w.l)
		case got&PollStop != 0 && k.read(w.l) == 0 && w.l.st.Stopped():
			w.l.held = true
			k.arrived(w.l)
		}
	}
	return nil
}

// processEvent is the end of a process, or of our right to it: it has executed a program
// that may not be traced by us. Then it goes on without us, as the kernel has it, and for
// the engine it is at its end.
func (k *slash) processEvent(p *process, got uint16) {
	if got&(PollEnd|PollInvalid) == 0 {
		return
	}
	s := kernel.Stop{Kind: kernel.Exited, PID: p.pid, TID: kernel.TID(p.pid)}
	if got&PollEnd != 0 {
		ending(&s, k.status(p))
	}
	switch { // named by a thread that the engine knows: its leader may have ended before it
	case k.lwps[s.TID] != nil:
	case len(p.lwps) > 0:
		s.TID = p.lwps[0].tid
	case p.last != 0:
		s.TID = p.last
	}
	k.dropProcess(p)
	k.told = append(k.told, s)
	if got&PollEnd != 0 {
		k.orphans(p)
	}
}

// lwpEnded: an lwp is gone and its process is not. In an exec all but one go, and that one
// has a new number. One that this lwp made and did not live to tell of has to be found.
func (k *slash) lwpEnded(l *lwp) {
	p := l.p
	k.dropLWP(l)
	if l.tid == p.caller {
		k.replaced(p)
	}
	k.scan(p)
	switch {
	case p.caller != 0:
	case len(p.lwps) == 0:
		p.last = l.tid // the end of the process will be told, by it
	default:
		k.told = append(k.told, kernel.Stop{Kind: kernel.ThreadGone, PID: p.pid, TID: l.tid})
	}
}

// replaced: an exec has ended its caller's file. If the lwp that had number 1 was stopped for
// us meanwhile, it is another one now, whose stop is to be heard of.
func (k *slash) replaced(p *process) {
	for _, l := range p.lwps {
		if l.id == firstLWP {
			l.held, l.stopped, l.owed = false, false, nil
			k.told = slices.DeleteFunc(k.told, func(s kernel.Stop) bool { return s.TID == l.tid && s.Kind.Alive() })
		}
	}
}

// firstLWP is the number of the lwp that an exec leaves.
const firstLWP = 1

// arrived makes stops of the one that an lwp has met, and tells of the first.
func (k *slash) arrived(l *lwp) {
	l.known, l.jobs, l.listens = l.st.Why == proc.Signalled, false, false
	if l.late {
		k.writeLate(l)
	}
	if l.st.Why == proc.Faulted && l.st.What == proc.FltTrace || l.st.Reg[proc.RegRIP] != l.skip {
		l.skip = 0
	}
	over := l.over
	if over {
		k.rearm(l)
	}
	stops := k.decode(l)
	if over && !l.step && l.st.Why == proc.Faulted && l.st.What == proc.FltTrace {
		stops = nil // the step was ours
	}
	if l.fresh && len(stops) > 0 && stops[0].Kind != kernel.Exec {
		first := kernel.Stop{Kind: kernel.Started, PID: l.p.pid, TID: l.tid}
		if int(l.tid) == int(l.p.pid) {
			first.Parent = l.p.parent
		}
		if stops[0].Kind == kernel.Interrupted {
			stops = stops[1:]
		}
		stops = append([]kernel.Stop{first}, stops...)
	}
	l.fresh = false
	if len(stops) == 0 {
		k.letGo(l, l.mode, kernel.Action{TID: l.tid, Step: l.step})
		return
	}
	for i := range stops {
		stops[i].PID, stops[i].TID = l.p.pid, l.tid
	}
	k.told = append(k.told, stops[0])
	l.owed = append(l.owed[:0], stops[1:]...)
}

// writeLate writes the registers that were changed in a stop that takes no orders.
func (k *slash) writeLate(l *lwp) {
	l.late = false
	if l.write(k, proc.Ctl(nil).Bytes(proc.PCSReg, l.wanted.Bytes())) == 0 {
		k.read(l)
	}
}

// decoders by pr_why. What none is for (a stop by others) is an interrupt.
var decoders = [...]func(*slash, *lwp) []kernel.Stop{
	proc.Requested: (*slash).requested,
	proc.Signalled: (*slash).signalled,
	proc.SysEntry:  (*slash).sysEntry,
	proc.SysExit:   (*slash).sysExit,
	proc.Faulted:   (*slash).faulted,
}

func (k *slash) decode(l *lwp) []kernel.Stop {
	if why := int(l.st.Why); why > 0 && why < len(decoders) && decoders[why] != nil {
		return decoders[why](k, l)
	}
	return []kernel.Stop{{Kind: kernel.Interrupted}}
}

// requested is the answer to an interrupt, or the return of memory that was lent.
func (k *slash) requested(l *lwp) []kernel.Stop {
	var out []kernel.Stop
	if l.lent != 0 {
		if l.p.events&kernel.EventVforkDone != 0 {
			out = append(out, kernel.Stop{Kind: kernel.VforkDone, New: l.lent})
		}
		if l.mode == kernel.Syscalls {
			l.lending.Ret = int64(l.lent)
			out = append(out, kernel.Stop{Kind: kernel.SyscallExit, Syscall: l.lending})
		}
		l.lent = 0
		if !l.asked {
			return out
		}
	}
	l.asked = false
	return append(out, kernel.Stop{Kind: kernel.Interrupted})
}

func (k *slash) signalled(l *lwp) []kernel.Stop {
	return []kernel.Stop{{Kind: kernel.SignalStop, Signal: kernel.Signal(l.st.What), Info: sigInfo(&l.st.Info)}}
}

// faulted is a trap.
func (k *slash) faulted(l *lwp) []kernel.Stop {
	s := kernel.Stop{Kind: kernel.Trap, Signal: sigTrap, Info: sigInfo(&l.st.Info)}
	switch l.st.What {
	case proc.FltBpt:
		s.Trap = kernel.Breakpoint
	case proc.FltTrace:
		s.Trap = kernel.Step
	case proc.FltWatch:
		s.Trap, s.HW = kernel.Hardware, l.p.matched(&l.st.Info)
		if l.step && l.st.Info.TrapAfter != 0 {
			s.Trap = kernel.Step // the instruction is done, and its trap with it
		}
	default: // not asked for: the signal that it stands for
		s.Kind, s.Signal = kernel.SignalStop, s.Info.Signal
	}
	return []kernel.Stop{s}
}

// call is the system call an lwp is in.
func (k *slash) call(l *lwp) kernel.Syscall {
	c := kernel.Syscall{ABI: kernel.CallSVR4, Nr: uint64(uint16(l.st.Syscall)), IP: l.st.Reg[proc.RegRIP], SP: l.st.Reg[proc.RegRSP]}
	for i := range c.Args {
		c.Args[i] = uint64(l.st.SysArg[i])
	}
	return c
}

// sysEntry: the exit code is noted, since nobody tells it of a process whose parent has
// waited for it.
func (k *slash) sysEntry(l *lwp) []kernel.Stop {
	var out []kernel.Stop
	n := int(l.st.What)
	if isExec(n) {
		l.p.caller, l.p.calling = l.tid, l.mode
	}
	if l.mode == kernel.Syscalls {
		out = append(out, kernel.Stop{Kind: kernel.SyscallEnter, Syscall: k.call(l)})
	}
	if isExit(n) {
		code := int(l.st.SysArg[0] & 0xff)
		if n == nr.Exit {
			l.p.code, l.p.given = code, 0
		} else {
			code, l.p.given = 0, 0
		}
		if l.p.events&kernel.EventExit != 0 {
			out = append(out, kernel.Stop{Kind: kernel.ThreadExit, Code: code})
		}
	}
	return out
}

// sysExit tells first of what the call has made, then of its end.
func (k *slash) sysExit(l *lwp) []kernel.Stop {
	var out []kernel.Stop
	st, n := &l.st, int(l.st.What)
	_, makes := forks[n]
	switch {
	case isExec(n):
		if st.Errno == 0 {
			if s := k.exec(l); l.p.born || l.p.events&kernel.EventExec != 0 {
				out = append(out, s)
			}
			l.p.born = false
		}
		l.p.caller = 0
	case st.Errno != 0:
	case l.fresh && (makes || n == nr.LwpCreate): // its own beginning
		return []kernel.Stop{{Kind: kernel.Interrupted}}
	case makes && st.RVal2 == 0:
		out = k.forked(l)
	case n == nr.LwpCreate && st.RVal1 != 0:
		out = k.threaded(l)
	}
	if l.mode == kernel.Syscalls && l.lent == 0 {
		s := kernel.Stop{Kind: kernel.SyscallExit, Syscall: k.call(l)}
		s.Syscall.Ret = st.RVal1
		if s.Syscall.Failed = st.Errno != 0; s.Syscall.Failed {
			s.Syscall.Ret = -int64(st.Errno)
		}
		out = append(out, s)
	}
	return out
}

// threaded is an lwp at the return from lwp_create. What it made has ended already where it ran
// before anybody traced it (at an attach), and then nobody is to wait for it.
func (k *slash) threaded(l *lwp) []kernel.Stop {
	id := int(l.st.RVal1)
	tid := tidOf(l.p.pid, id, l.p.leader)
	if k.lwps[tid] == nil && k.addLWP(l.p, id) == nil || l.p.events&kernel.EventThreads == 0 {
		return nil
	}
	return []kernel.Stop{{Kind: kernel.ThreadNew, New: tid}}
}

// forked is a parent at the return from its fork: the child's pid is read and the child
// taken hold of before either goes on.
func (k *slash) forked(l *lwp) []kernel.Stop {
	if l.p.events&kernel.EventForks == 0 {
		return nil
	}
	child := kernel.PID(l.st.RVal1)
	if k.procs[child] == nil && k.adopt(child, l.p) == nil {
		return nil
	}
	s := kernel.Stop{Kind: kernel.ProcessNew, New: kernel.TID(child), How: forkKind(&l.st)}
	if s.How == kernel.Vfork {
		s.SharesMemory = true
		l.lent, l.lending = s.New, k.call(l)
	}
	return []kernel.Stop{s}
}

// exec: the one lwp that is left is number 1, and nothing of what was arranged in the old
// memory stands.
func (k *slash) exec(l *lwp) kernel.Stop {
	p := l.p
	s := kernel.Stop{Kind: kernel.Exec, Former: l.tid}
	if p.caller != 0 {
		s.Former = p.caller
		l.mode = p.calling // it may be a file of another lwp that the program is now seen by
	}
	for _, x := range slices.Clone(p.lwps) {
		if x != l {
			k.dropLWP(x)
		}
	}
	p.areas, p.dr, p.maps = nil, [8]uint64{}, nil
	l.over = false
	p.leader = int(l.st.LwpID)
	if l.id != p.leader {
		k.files.Close(l.ctl)
		k.files.Close(l.status)
		l.id = p.leader
		k.openLWP(l)
	}
	delete(k.lwps, l.tid)
	l.tid = kernel.TID(p.pid)
	k.lwps[l.tid] = l
	return s
}
