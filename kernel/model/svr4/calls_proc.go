package svr4

// Processes: their making, their programs, their ids, what they know of themselves.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
	"github.com/trapline/trapline/kernel/svr4/nr"
)

func init() {
	register(map[int]calls.Call{
		nr.Forkall: sysForkall, nr.Fork1: sysFork1, nr.Vfork: sysVfork, nr.Forksys: sysForksys,
		nr.Exec: sysExec, nr.Execve: sysExecve, nr.Exit: sysExit, nr.Ptrace: sysPtrace,
		nr.Getpid: sysGetpid, nr.Getuid: sysGetuid, nr.Getgid: sysGetgid, nr.Pgrpsys: sysPgrpsys,
		nr.Setuid: calls.Setuid, nr.Setgid: calls.Setgid, nr.Setreuid: calls.Setreuid, nr.Setregid: calls.Setregid,
		nr.Seteuid: sysSeteuid, nr.Setegid: sysSetegid, nr.Getgroups: calls.Getgroups, nr.Setgroups: calls.Setgroups,
		nr.Nice: sysNice, nr.Times: sysTimes, nr.Uname: sysUname, nr.Sysconfig: sysSysconfig,
		nr.Getrlimit: sysGetrlimit, nr.Setrlimit: sysSetrlimit, nr.Ulimit: sysUlimit,
	})
}

// fork makes a process. In the child the values are its parent's pid and 1.
func fork(t *kern.Thread, lend bool, exit int) (uint64, errno.Errno) {
	l := lwpOf(t)
	child, e := t.Fork(kern.ForkSpec{Memory: lend, Lend: lend, Exit: exit})
	if e != errno.OK {
		return 0, e
	}
	c := lwpOf(child)
	c.v = [2]uint64{uint64(t.Proc.PID), 1}
	child.Regs.R[cpu.RAX], child.Regs.R[cpu.RDX] = c.v[0], c.v[1]
	child.Regs.Flags &^= cpu.FlagCF
	if lend {
		l.lend(t, child.Proc)
	}
	pid := child.TID
	child.Start()
	return uint64(pid), errno.OK
}

// lend notes whose memory is another's; nothing is watched in it meanwhile.
func (l *lwp) lend(t *kern.Thread, c *kern.Proc) {
	l.lent = c
	processOf(t.Proc).lent, processOf(c).lent = true, true
	t.Proc.Space.CPU.SetAreas(nil)
}

// awaitMemory is the parent's wait for its memory, once it has told of the call's end.
func (l *lwp) awaitMemory(t *kern.Thread, c *kern.Proc) {
	t.AwaitLent(c)
	k := processOf(t.Proc)
	k.lent = false
	for _, o := range t.Proc.Threads {
		k.lent = k.lent || lwpOf(o).lent != nil
	}
	if !t.Killed() && t.Proc.Space != nil {
		k.arm(t.Proc)
	}
}

func sysFork1(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	return fork(t, false, System.Sig.CHLD)
}

func sysForkall(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if len(t.Proc.Living()) > 1 {
		t.M.NotModeled(t, "forkall of a process of several lwps")
		return 0, errno.EAGAIN
	}
	return sysFork1(t, a)
}

func sysVfork(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	return fork(t, true, System.Sig.CHLD)
}

// sysForksys is forkx(2), forkallx(2) and vforkx(2).
func sysForksys(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const noSignal, waitPID = 1, 2
	if a[1]&^(noSignal|waitPID) != 0 {
		return 0, errno.EINVAL
	}
	exit := System.Sig.CHLD
	if a[1]&noSignal != 0 {
		exit = 0
	}
	switch a[0] {
	case 0:
		return fork(t, false, exit)
	case 1:
		return sysForkall(t, a)
	case 2:
		return fork(t, true, exit)
	}
	return 0, errno.EINVAL
}

func sysExec(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return sysExecve(t, &[6]uint64{a[0], a[1]})
}

func sysExecve(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	path, e := t.PathAt(a[0])
	if e != errno.OK {
		return 0, e
	}
	args, e := t.StringsAt(a[1])
	if e != errno.OK {
		return 0, e
	}
	env, e := t.StringsAt(a[2])
	if e != errno.OK {
		return 0, e
	}
	if e := t.Exec(path, args, env); e != errno.OK {
		return 0, e
	}
	lwpOf(t).own = true
	return 0, errno.OK
}

func sysExit(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	t.Proc.Terminate(kern.End{Code: calls.Integer(a[0]) & 0xff})
	return 0, errno.OK
}

// two makes two values a call's result.
func two(t *kern.Thread, first, second uint64) (uint64, errno.Errno) {
	lwpOf(t).second = second
	return first, errno.OK
}

func sysGetpid(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	return two(t, uint64(t.Proc.PID), calls.ParentID(t.Proc, t))
}

func sysGetuid(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	return two(t, uint64(t.Proc.Cred.UID), uint64(t.Proc.Cred.EUID))
}

func sysGetgid(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	return two(t, uint64(t.Proc.Cred.GID), uint64(t.Proc.Cred.EGID))
}

const keepID = uint64(^uint32(0))

func sysSeteuid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return calls.Setresuid(t, &[6]uint64{keepID, a[0], keepID})
}

func sysSetegid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return calls.Setresgid(t, &[6]uint64{keepID, a[0], keepID})
}

// sysPgrpsys is getpgrp(2) and its like.
func sysPgrpsys(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	p := t.Proc
	switch a[0] {
	case 0:
		return uint64(p.Group.ID), errno.OK
	case 1: // setpgrp(2): who leads a session already does
		if p.Group.Session.ID != p.PID {
			p.SetSID()
		}
		return uint64(p.Group.ID), errno.OK
	case 2:
		return calls.Getsid(t, &[6]uint64{a[1]})
	case 3:
		return calls.Setsid(t, a)
	case 4:
		return calls.Getpgid(t, &[6]uint64{a[1]})
	case 5:
		return calls.Setpgid(t, &[6]uint64{a[1], a[2]})
	}
	return 0, errno.EINVAL
}

func sysNice(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	k, by := processOf(t.Proc), calls.Integer(a[0])
	if by < 0 && !t.Proc.Cred.Super() {
		return 0, errno.EPERM
	}
	k.niceBy(int64(by))
	return uint64(int64(k.nice - defaultNice)), errno.OK
}

// niceBy changes the nice value, within its bounds.
func (k *process) niceBy(n int64) { k.nice = int(min(max(int64(k.nice)+max(min(n, 40), -40), 0), 39)) }

// ticks are clock ticks, of which there are 100 a second.
func ticks(ns int64) uint64 { return uint64(ns / (second / 100)) }

func sysTimes(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	p := t.Proc
	var b []byte
	for _, ns := range []int64{p.Usage.User, p.Usage.System, p.Reap.User, p.Reap.System} {
		b = le.AppendUint64(b, ticks(ns))
	}
	return ticks(t.M.Now()), t.CopyOut(a[0], b)
}

// sysUname fills five names of 257 bytes.
func sysUname(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const length = 257
	b := make([]byte, 5*length)
	for i, s := range []string{"UNIX_SV", "model", "4.2", "1", "i86pc"} {
		copy(b[i*length:], s)
	}
	return 1, t.CopyOut(a[0], b)
}

// sysSysconfig tells limits by the numbers of sys/sysconfig.h.
func sysSysconfig(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	known := map[uint64]uint64{2: 16, 3: t.Proc.Limits[kern.LimitProcs].Cur, 4: uint64(t.Proc.Files.Limit()), 5: 199506, 6: vm.PageSize, 7: 100}
	if v, ok := known[a[0]]; ok {
		return v, errno.OK
	}
	return 0, errno.EINVAL
}

// limits are the resources by number (sys/resource.h); infinity is RLIM_INFINITY there.
var limits = [...]kern.Resource{kern.LimitCPU, kern.LimitFile, kern.LimitData, kern.LimitStack, kern.LimitCore, kern.LimitFiles, kern.LimitMemory}

const infinity = ^uint64(2)

func sysGetrlimit(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[0] >= uint64(len(limits)) {
		return 0, errno.EINVAL
	}
	l := t.Proc.Limits[limits[a[0]]]
	return 0, t.CopyOut(a[1], le.AppendUint64(le.AppendUint64(nil, min(l.Cur, infinity)), min(l.Max, infinity)))
}

func sysSetrlimit(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[0] >= uint64(len(limits)) {
		return 0, errno.EINVAL
	}
	b := make([]byte, 16)
	if e := t.CopyIn(a[1], b); e != errno.OK {
		return 0, e
	}
	n := kern.Limit{Cur: le.Uint64(b), Max: le.Uint64(b[8:])}
	if n.Cur == infinity {
		n.Cur = ^uint64(0)
	}
	if n.Max == infinity {
		n.Max = ^uint64(0)
	}
	p, which := t.Proc, limits[a[0]]
	switch old := &p.Limits[which]; {
	case n.Cur > n.Max:
		return 0, errno.EINVAL
	case n.Max > old.Max && !p.Cred.Super():
		return 0, errno.EPERM
	default:
		*old = n
	}
	switch which {
	case kern.LimitFiles:
		p.Files.SetLimit(int(min(n.Cur, 1<<20)))
	case kern.LimitData, kern.LimitStack, kern.LimitMemory:
		p.Space.Limits = vm.Limits{Total: p.Limits[kern.LimitMemory].Cur, Data: p.Limits[kern.LimitData].Cur, Stack: p.Limits[kern.LimitStack].Cur}
	}
	return 0, errno.OK
}

// sysUlimit is ulimit(2): the file size in blocks of 512, the break's limit, the descriptors'.
func sysUlimit(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const getFile, setFile, getBreak, getFiles = 1, 2, 3, 4
	l := &t.Proc.Limits[kern.LimitFile]
	switch a[0] {
	case getFile:
		return min(l.Cur, infinity) / 512, errno.OK
	case setFile:
		if a[1] > l.Max/512 && !t.Proc.Cred.Super() {
			return 0, errno.EPERM
		}
		l.Cur = min(a[1], infinity/512) * 512
		return a[1], errno.OK
	case getBreak:
		return t.Proc.Space.Brk(0) + min(t.Proc.Limits[kern.LimitData].Cur, 1<<40), errno.OK
	case getFiles:
		return uint64(t.Proc.Files.Limit()), errno.OK
	}
	return 0, errno.EINVAL
}
