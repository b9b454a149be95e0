package freebsd

// The stops of events: system calls, execs and forks.

import (
	"slices"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/procfs/kinfo"
)

// Numbers of system calls by which processes are made and end (sys/syscall.h).
const (
	callExit   = 1
	callFork   = 2
	callExecve = 59
	callVfork  = 66
	callRfork  = 251
	callPdfork = 518
)

// rforkMem is RFMEM of rfork(2): the child runs in its parent's memory.
const rforkMem = 1 << 5

// exec: the thread that called is the only one left, under its own lwpid (exec-from-thread).
// Debug registers are cleared (exec-dbregs), the trap flag is not.
func (k *Kernel) exec(t *task) {
	p := t.proc
	for _, other := range slices.Clone(p.tasks) {
		if other != t {
			k.dropTask(other)
		}
	}
	*t = task{tid: t.tid, proc: p, mode: t.mode, step: t.step, sigs: t.sigs, asked: t.asked, sent: t.sent, suspended: t.suspended, stepping: t.stepping}
	p.knows, p.mapped, p.left = false, false, true
	if t.mode == kernel.Syscalls { // its exit is this same stop (exec-syscall)
		t.owed = []kernel.Stop{{Kind: kernel.SyscallExit, Syscall: kernel.Syscall{ABI: k.callABI(p), Nr: callExecve}}}
	}
	if p.events&kernel.EventExec != 0 {
		k.tell(t, kernel.Stop{Kind: kernel.Exec, Former: t.tid})
	} else {
		k.tellOwed(t)
	}
}

// tellOwed tells what a stop means besides what is not asked for.
func (k *Kernel) tellOwed(t *task) {
	for _, s := range t.owed {
		k.tell(t, s)
	}
	t.owed = nil
}

// child is the first stop of a followed child, a SIGSTOP (fork-follow-request). Only once its
// parent has told of it is it told.
func (k *Kernel) child(t *task) {
	p := t.proc
	t.stopped, t.fresh = true, false
	s := kernel.Stop{Kind: kernel.Started, PID: p.pid, TID: t.tid, Whole: true}
	if parent := k.maker(int(p.pid)); parent != nil {
		s.Parent = parent.pid
	}
	k.held = append(k.held, s)
}

// forked: the thread has made a process. In the same stop is its exit from the call
// (fork-scx-only); that of a vfork is told when the memory is back.
func (k *Kernel) forked(t *task, l *raw.LWPInfo) {
	child := kernel.PID(l.ChildPID)
	t.made = child
	s := kernel.Stop{Kind: kernel.ProcessNew, Child: child}
	vforked := l.Flags&raw.FlagVforked != 0
	switch {
	case vforked:
		s.How, s.SharesMemory = kernel.Vfork, true
	case l.Code == callRfork:
		s.How = kernel.Clone
		if args, e := k.callArgs(t); e == 0 {
			s.SharesMemory = args[0]&rforkMem != 0
		}
	}
	k.announce(t.proc, child)
	s.New = k.firstOf(child)
	if vforked {
		t.lent, t.away = child, false
	}
	if t.mode == kernel.Syscalls {
		exit := kernel.Stop{Kind: kernel.SyscallExit, Syscall: kernel.Syscall{ABI: k.callABI(t.proc), Nr: uint64(l.Code), Ret: int64(child)}}
		if l.Code == callPdfork {
			exit.Syscall = k.callResult(t, l)
		}
		if vforked {
			t.lending = []kernel.Stop{exit}
		} else {
			t.owed = append(t.owed[:0], exit)
		}
	}
	k.tell(t, s)
}

// announce makes the record of a child that its parent tells of: it has to be waited for.
func (k *Kernel) announce(parent *process, child kernel.PID) {
	k.announced[child] = parent.pid
	for i := range k.held {
		if k.held[i].PID == child {
			k.held[i].Parent = parent.pid
			return
		}
	}
	p := k.adopt(child, parent.events)
	if len(p.tasks) > 0 {
		return
	}
	tid := kernel.TID(child) // when it is no more, and its end to be waited for
	if kp := k.kinfo(int(child)); kp != nil && kp.TID != 0 {
		tid = kernel.TID(kp.TID)
	}
	k.addTask(p, tid).fresh = true
}

// firstOf is the first thread of a process, 0 when it is not known.
func (k *Kernel) firstOf(pid kernel.PID) kernel.TID {
	if p := k.procs[pid]; p != nil && len(p.tasks) > 0 {
		return p.tasks[0].tid
	}
	return 0
}

// vforkDone: the child has left the memory (vfork-done, vfork-exec).
func (k *Kernel) vforkDone(t *task) {
	s := kernel.Stop{Kind: kernel.VforkDone, New: k.firstOf(t.lent), Child: t.lent}
	t.owed = append(t.owed[:0], t.lending...)
	t.lent, t.lending = 0, nil
	if t.proc.events&kernel.EventVforkDone != 0 {
		k.tell(t, s)
		return
	}
	k.tellOwed(t)
}

// kinfo is the record of a process, nil when there is none.
func (k *Kernel) kinfo(pid int) *kinfo.Proc {
	b, e := k.sys.Sysctl("kern.proc.pid", int32(pid))
	if e != 0 {
		return nil
	}
	list, err := kinfo.DecodeProcs(b)
	if err != nil || len(list) == 0 {
		return nil
	}
	return &list[0]
}

// enter is the entry to a system call. The kernel tells it from the exit; nothing is toggled
// here. The registers are not read: PT_LWPINFO has the call, PT_GET_SC_ARGS what it was given
// even through syscall(2).
func (k *Kernel) enter(t *task, l *raw.LWPInfo) {
	t.restarted, t.recall, t.slept = 0, 0, 0 // if it was to be begun again, it is
	if l.Code == callExit {
		if x := k.killed(t.proc); x != nil {
			k.goAlone(x)
			return
		}
	}
	if t.mode != kernel.Syscalls {
		return
	}
	var args [raw.ScArgsMax]uint64
	if l.Narg != 0 {
		var e Errno
		if args, e = k.callArgs(t); e != 0 {
			return
		}
	}
	s := kernel.Stop{Kind: kernel.SyscallEnter, Syscall: kernel.Syscall{ABI: k.callABI(t.proc), Nr: uint64(l.Code)}}
	copy(s.Syscall.More[:], args[copy(s.Syscall.Args[:], args[:]):])
	k.tell(t, s)
}

// leave is the return from a system call.
func (k *Kernel) leave(t *task, l *raw.LWPInfo) {
	t.slept = 0
	k.taken(t, l.Code)
	again := t.felt != 0 && k.redo(t, l)
	if t.mode != kernel.Syscalls {
		return
	}
	s := kernel.Stop{Kind: kernel.SyscallExit, Syscall: k.callResult(t, l)}
	switch {
	case again: // as the kernel says it of those that it begins again itself
		s.Syscall.Ret = -int64(raw.ERESTART)
	case s.Syscall.Failed && s.Syscall.Ret == -int64(raw.ERESTART) && k.getRegs(t) == 0:
		t.recall = le.Uint64(k.regbuf[offRIP:])
	}
	if t.stopped { // it was told to stay, and had to leave the call first
		t.owed = append(t.owed, s)
		return
	}
	k.tell(t, s)
}

// killed is a thread that waits to tell of a SIGKILL that it has taken, nil if there is none. If the process ends by
// itself before it has, the signal is lost (ptracestop with P_SINGLE_EXIT).
func (k *Kernel) killed(p *process) *task {
	for _, t := range p.tasks {
		var l raw.LWPInfo
		if t != p.reporter && k.lwpinfo(int(t.tid), &l) == 0 && l.Flags&raw.FlagSI != 0 && l.Siginfo.Signo == raw.SIGKILL {
			return t
		}
	}
	return nil
}

func (k *Kernel) callArgs(t *task) (args [raw.ScArgsMax]uint64, e Errno) {
	b := k.callbuf[:]
	clear(b)
	if _, e = k.sys.PtraceBuf(raw.GetScArgs, int(t.tid), b, uint64(len(b))); e == 0 {
		for i := range args {
			args[i] = le.Uint64(b[8*i:])
		}
	}
	return args, e
}

// callResult asks what a call returned. ERESTART (-1) is a failure that the program does not
// see: the call is begun again (read-restart). EJUSTRETURN (-2) is the success of those that
// set the registers themselves.
func (k *Kernel) callResult(t *task, l *raw.LWPInfo) kernel.Syscall {
	c := kernel.Syscall{ABI: k.callABI(t.proc), Nr: uint64(l.Code)}
	b := k.callbuf[:raw.ScRetSize]
	if _, e := k.sys.PtraceBuf(raw.GetScRet, int(t.tid), b, raw.ScRetSize); e != 0 {
		return c
	}
	switch r := raw.DecodeScReturn(b); r.Err {
	case 0:
		c.Ret, c.High = int64(r.Ret[0]), r.Ret[1]
	case raw.EJUSTRETURN:
	default:
		c.Ret, c.Failed = -int64(r.Err), true
	}
	return c
}

// abis are the conventions by the name of the system whose programs use them (ki_emul).
var abis = map[string]kernel.CallABI{"FreeBSD ELF64": kernel.CallFreeBSD, "FreeBSD ELF32": kernel.CallFreeBSD32,
	"Linux ELF64": kernel.CallAMD64, "Linux ELF32": kernel.CallI386, "Linux ELF": kernel.CallI386}

// callABI is the convention of a process's system calls, asked for once a program.
func (k *Kernel) callABI(p *process) kernel.CallABI {
	if !p.knows {
		p.knows, p.abi = true, kernel.CallFreeBSD
		if kp := k.kinfo(int(p.pid)); kp != nil {
			if abi, ok := abis[kp.Emul]; ok {
				p.abi = abi
			}
		}
	}
	return p.abi
}
