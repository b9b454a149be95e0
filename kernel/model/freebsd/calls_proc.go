package freebsd

// Processes: making, replacing and ending them, and who they are.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{
		{nrExit, "exit", 1, sysExit}, {2, "fork", 0, sysFork}, {7, "wait4", 4, sysWait4}, {20, "getpid", 0, sysGetpid},
		{23, "setuid", 1, credential(calls.Setuid)}, {24, "getuid", 0, sysGetuid}, {25, "geteuid", 0, calls.Tells(func(p *kern.Proc, _ *kern.Thread) uint64 { return uint64(p.Cred.EUID) })},
		{26, "ptrace", 4, sysPtrace}, {39, "getppid", 0, calls.Tells(calls.ParentID)}, {43, "getegid", 0, calls.Tells(func(p *kern.Proc, _ *kern.Thread) uint64 { return uint64(p.Cred.EGID) })},
		{47, "getgid", 0, calls.Tells(func(p *kern.Proc, _ *kern.Thread) uint64 { return uint64(p.Cred.GID) })},
		{nrExecve, "execve", 3, sysExecve}, {66, "vfork", 0, sysVfork}, {79, "getgroups", 2, calls.Getgroups}, {80, "setgroups", 2, calls.Setgroups},
		{81, "getpgrp", 0, calls.Tells(func(p *kern.Proc, _ *kern.Thread) uint64 { return uint64(p.Group.ID) })},
		{82, "setpgid", 2, calls.Setpgid}, {126, "setreuid", 2, credential(calls.Setreuid)}, {127, "setregid", 2, credential(calls.Setregid)},
		{147, "setsid", 0, calls.Setsid}, {181, "setgid", 1, credential(calls.Setgid)}, {182, "setegid", 1, credential(effective(calls.Setregid))},
		{183, "seteuid", 1, credential(effective(calls.Setreuid))}, {207, "getpgid", 1, calls.Getpgid}, {251, "rfork", 1, sysRfork},
		{310, "getsid", 1, calls.Getsid}, {311, "setresuid", 3, credential(calls.Setresuid)}, {312, "setresgid", 3, credential(calls.Setresgid)},
		{360, "getresuid", 3, calls.Getresuid}, {361, "getresgid", 3, calls.Getresgid}, {518, "pdfork", 2, sysPdfork},
		{532, "wait6", 6, sysWait6}, {117, "getrusage", 2, sysGetrusage}, {253, "issetugid", 0, calls.Tells(func(p *kern.Proc, _ *kern.Thread) uint64 {
			if procOf(p).sugid {
				return 1
			}
			return 0
		})},
	})
}

// sysGetpid is getpid(2): the second value is not the parent any more.
func sysGetpid(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	return uint64(t.Proc.PID), errno.OK
}

func sysGetuid(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	lwpOf(t).ret[1] = uint64(t.Proc.Cred.EUID)
	return uint64(t.Proc.Cred.UID), errno.OK
}

// credential is a call that changes ids: a process whose ids change is not its user's to trace
// any more, until it executes another program (access-sugid).
func credential(do call) call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		before := t.Proc.Cred
		v, e := do(t, a)
		now := t.Proc.Cred
		if now.UID != before.UID || now.EUID != before.EUID || now.SUID != before.SUID || now.GID != before.GID || now.EGID != before.EGID || now.SGID != before.SGID {
			procOf(t.Proc).sugid = true
		}
		return v, e
	}
}

// effective makes seteuid(2) of setreuid(2).
func effective(do call) call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		return do(t, &[6]uint64{^uint64(0), a[0]})
	}
}

// sysExit is exit(2): a status has room for eight bits of the code, a siginfo for all.
func sysExit(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	exit(t, kern.End{Code: int(int32(a[0]))})
	return 0, errno.OK
}

func sysExecve(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	path, e := t.PathAt(a[0])
	if e != errno.OK {
		return 0, e
	}
	if a[1] == 0 {
		return 0, errno.EFAULT
	}
	argv, e := t.StringsAt(a[1])
	if e != errno.OK {
		return 0, e
	}
	envp, e := t.StringsAt(a[2])
	if e != errno.OK {
		return 0, e
	}
	if len(argv) == 0 {
		return 0, errno.EINVAL
	}
	before, actions := t.Proc.Cred, *t.Proc.Actions
	if e := t.Exec(path, argv, envp); e != errno.OK {
		return 0, e
	}
	execSignals(t.Proc, &actions)
	k := procOf(t.Proc)
	k.timestamp++
	if now := t.Proc.Cred; now.EUID != before.EUID || now.EGID != before.EGID {
		k.sugid, k.deathSignal = true, 0
	} else if now.UID == now.EUID && now.GID == now.EGID {
		k.sugid = false
	}
	return 0, errno.OK
}

// Flags of rfork(2). rfSpawn stands alone, and makes a vfork whose child has no handlers.
const (
	rfFiles      = 1 << 2
	rfProc       = 1 << 4
	rfMem        = 1 << 5
	rfNoWait     = 1 << 6
	rfCleanFiles = 1 << 12
	rfThread     = 1 << 13
	rfSigShare   = 1 << 14
	rfLinuxEnd   = 1 << 16
	rfEnd        = 1 << 19 // RFTSIGZMB: the signal at the end is in the bits from rfEndShift on
	rfEndShift   = 20
	rfEndMask    = 0xff << rfEndShift
	rfSpawn      = 1 << 31
	rfKnown      = rfFiles | rfProc | rfMem | rfNoWait | rfCleanFiles | rfThread | rfSigShare | rfLinuxEnd | rfEnd | rfEndMask
)

func sysFork(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	_, v, e := fork(t, rfFiles|rfProc, false)
	return v, e
}

func sysVfork(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	_, v, e := fork(t, rfFiles|rfProc|rfMem, true)
	return v, e
}

// sysRfork is rfork(2). Without rfProc the caller itself gets descriptors of its own, or none.
func sysRfork(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	flags := uint32(a[0])
	if flags == rfSpawn {
		child, v, e := fork(t, rfFiles|rfProc|rfMem, true)
		if e == errno.OK {
			dropCaught(child.Proc)
		}
		return v, e
	}
	switch end := flags & rfEndMask >> rfEndShift; {
	case flags&^rfKnown != 0, flags&(rfFiles|rfCleanFiles) == rfFiles|rfCleanFiles:
		return 0, errno.EINVAL
	case end != 0 && flags&rfEnd == 0, int(end) > System.Sig.Max:
		return 0, errno.EINVAL
	case flags&rfProc == 0:
		if flags&rfCleanFiles != 0 {
			noFiles(t.Proc, t.Proc.Files.Limit())
		} else if flags&rfFiles != 0 {
			ownFiles(t)
		}
		return 0, errno.OK
	}
	_, v, e := fork(t, flags, false)
	return v, e
}

// execSignals makes a new program's signal actions of those there were (execsigs): handlers are gone, and
// children become zombies.
func execSignals(p *kern.Proc, before *kern.Actions) {
	for sig := 1; sig <= System.Sig.Max; sig++ {
		a := p.Actions.Get(sig)
		*a = *before.Get(sig)
		if a.Handler > kern.Ignored || a.Handler == kern.Ignored && sig == raw.SIGCHLD {
			dflt(a)
		}
	}
	a := p.Actions.Get(raw.SIGCHLD)
	a.Raw, a.Flags = a.Raw&^saNoCldWait, a.Flags&^kern.SANoCldWait
}

// dropCaught takes all handlers away (sig_drop_caught).
func dropCaught(p *kern.Proc) {
	for sig := 1; sig <= System.Sig.Max; sig++ {
		if a := p.Actions.Get(sig); caught(p, sig) {
			dflt(a)
		}
	}
}

// noFiles gives a process an empty descriptor table.
func noFiles(p *kern.Proc, limit int) {
	p.Files.Release()
	p.Files = fs.NewTable(limit)
}

// ownFiles gives a process a descriptor table that no other shares.
func ownFiles(t *kern.Thread) {
	if p := t.Proc; p.Files.Users() > 1 {
		own := p.Files.Fork()
		p.Files.Release()
		p.Files = own
	}
}

// sysPdfork is pdfork(2): the descriptor, flags.
func sysPdfork(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[1]&^0x3 != 0 {
		return 0, errno.EINVAL
	}
	if calls.Full(t) {
		return 0, errno.EMFILE
	}
	child, v, e := fork(t, rfFiles|rfProc, false)
	if e != errno.OK {
		return 0, e
	}
	procOf(child.Proc).desc = true
	child.Proc.ExitSignal = 0 // the descriptor tells of its end
	f := t.M.FS.Anonymous(calls.Cred(t), "procdesc", procDesc{p: child.Proc, daemon: a[1]&1 != 0}, fs.ORead|fs.OWrite)
	fd, e := calls.Install(t, f, true)
	if e != errno.OK {
		return 0, e
	}
	return v, t.Put32(a[0], uint32(fd))
}

// procDesc is a process descriptor.
type procDesc struct {
	fs.Always
	p      *kern.Proc
	daemon bool
}

// Read and Write: there is nothing to read or write.
func (procDesc) Read(*fs.File, []byte, int64) (int, errno.Errno)  { return 0, errno.EOPNOTSUPP }
func (procDesc) Write(*fs.File, []byte, int64) (int, errno.Errno) { return 0, errno.EOPNOTSUPP }

// Close is called with the last descriptor: the process does not outlive it (pdfork(2)).
func (d procDesc) Close(*fs.File) {
	k := procOf(d.p)
	k.desc = false
	switch {
	case d.p.State == kern.Zombie:
		reap(d.p)
	case d.p.State < kern.Zombie:
		d.p.M.Adopt(d.p, reaperOf(d.p))
		d.p.ExitSignal = raw.SIGCHLD
		if !d.daemon {
			d.p.M.Post(d.p, kern.SigInfo{Signo: raw.SIGKILL})
		}
	}
}

// fork is fork1: the child is made, the tracer told on the way out of the call; a vfork waits
// after that.
func fork(t *kern.Thread, flags uint32, lend bool) (*kern.Thread, uint64, errno.Errno) {
	if signaled(t) {
		return nil, 0, errno.ERESTART
	}
	spec := kern.ForkSpec{Memory: flags&rfMem != 0, Files: flags&(rfFiles|rfCleanFiles) == 0, Actions: flags&rfSigShare != 0, Lend: lend,
		Exit: raw.SIGCHLD}
	if flags&rfEnd != 0 {
		spec.Exit = int(flags & rfEndMask >> rfEndShift)
	} else if flags&rfLinuxEnd != 0 {
		spec.Exit = System.Sig.USR1
	}
	lwpOf(t).full()
	child, e := t.Fork(spec)
	if e != errno.OK {
		return nil, 0, e
	}
	r := &child.Regs
	r.R[cpu.RAX], r.R[cpu.RDX] = 0, 1
	r.Flags &^= cpu.FlagCF | cpu.FlagTF
	c := child.Proc
	if flags&rfCleanFiles != 0 {
		noFiles(c, t.Proc.Files.Limit())
	}
	if flags&rfNoWait != 0 {
		inheritReaper(c, t.Proc, true)
		t.M.Adopt(c, reaperOf(c))
	}
	k, l, cl := procOf(t.Proc), lwpOf(t), lwpOf(child)
	l.ret[1], cl.ret = 0, [2]uint64{0, 1}
	if k.traced && k.events&raw.MaskFork != 0 {
		l.forked, l.childPID = true, c.PID
		cl.stopFork = true
		setTraced(c, k.tracer, true)
	} else {
		relink(c)
	}
	if lend {
		l.vforked, l.lent = true, c
	}
	child.Start()
	return child, uint64(c.PID), errno.OK
}

// awaitLent is the rest of vfork in the parent: it waits until the child has left its memory, and
// tells its tracer (vfork-done).
func awaitLent(t *kern.Thread) {
	k, l := procOf(t.Proc), lwpOf(t)
	if l.lent == nil {
		return
	}
	if !k.traced {
		l.forget() // attach-uninterruptible-vfork-parent
	}
	t.AwaitLent(l.lent)
	l.lent = nil
	if k.traced && k.events&raw.MaskVfork != 0 && !t.Killed() {
		ptraceStop(t, raw.SIGTRAP, nil)
	}
	l.vforked = false
}

func sysGetrusage(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	u := t.Proc.Usage
	switch calls.Integer(a[0]) {
	case 0:
	case -1:
		u = t.Proc.Reap
	case 1:
		u = t.Usage
	default:
		return 0, errno.EINVAL
	}
	b := make([]byte, rusageSize)
	rusage(b, &u)
	return 0, t.CopyOut(a[1], b)
}
