package linux

// Making processes and threads: clone(2) and what is written in terms of it; and their end.

import (
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{"fork", sysFork}, {"vfork", sysVfork}, {"clone", sysClone}, {"clone3", sysClone3}, {"exit", sysExit},
		{"exit_group", sysExitGroup}, {"set_tid_address", sysSetTIDAddress}, {"unshare", sysUnshare}})
}

// Flags of clone(2).
const (
	cloneSignal       = 0xff // CSIGNAL: what is sent to the parent
	cloneVM           = 0x100
	cloneFS           = 0x200
	cloneFiles        = 0x400
	cloneSighand      = 0x800
	clonePidfd        = 0x1000
	cloneVfork        = 0x4000
	cloneParent       = 0x8000
	cloneThread       = 0x10000
	cloneNewNS        = 0x20000
	cloneSetTLS       = 0x80000
	cloneParentSetTID = 0x100000
	cloneChildClear   = 0x200000
	cloneDetached     = 0x400000
	cloneChildSetTID  = 0x1000000
	cloneNewUser      = 0x10000000
	cloneNewPID       = 0x20000000
	cloneClearSighand = 1 << 32
	cloneIntoCgroup   = 1 << 33
	// cloneNamespaces: of mounts, cgroups, hosts, IPC, users, processes, networks, time.
	cloneNamespaces = cloneNewNS | 0x02000000 | 0x04000000 | 0x08000000 | cloneNewUser | cloneNewPID | 0x40000000 | 0x80
)

// cloneArgs is what clone3 is told.
type cloneArgs struct {
	flags               uint64 // without the signal
	signal              int
	parentTID, childTID uint64
	stack, tls          uint64
	pidfd               uint64 // where a descriptor of the child's is put
}

func sysFork(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	return clone(t, &cloneArgs{signal: System.Sig.CHLD})
}

func sysVfork(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	return clone(t, &cloneArgs{flags: cloneVM | cloneVfork, signal: System.Sig.CHLD})
}

// sysClone has 32 bits of flags.
func sysClone(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	flags := uint64(uint32(a[0]))
	c := cloneArgs{flags: flags &^ cloneSignal, signal: int(flags & cloneSignal), stack: a[1], parentTID: a[2], childTID: a[3], tls: a[4]}
	if flags&clonePidfd != 0 {
		if flags&(cloneParentSetTID|cloneDetached) != 0 {
			return 0, errno.EINVAL
		}
		c.pidfd, c.parentTID = c.parentTID, 0
	}
	return clone(t, &c)
}

// Offsets in struct clone_args (clone3(2)), and its sizes.
const (
	caFlags      = 0
	caPidfd      = 8
	caChildTID   = 16
	caParentTID  = 24
	caExitSignal = 32
	caStack      = 40
	caStackSize  = 48
	caTLS        = 56
	caSetTIDSize = 72
	caSize0      = 64
	caSize       = 88
	caMost       = 4096
)

func sysClone3(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	switch {
	case a[1] > caMost:
		return 0, errno.E2BIG
	case a[1] < caSize0:
		return 0, errno.EINVAL
	}
	b := make([]byte, max(a[1], caSize))
	if e := t.CopyIn(a[0], b[:a[1]]); e != errno.OK {
		return 0, e
	}
	for _, more := range b[caSize:] {
		if more != 0 {
			return 0, errno.E2BIG
		}
	}
	at := func(off int) uint64 { return le.Uint64(b[off:]) }
	c := cloneArgs{flags: at(caFlags), pidfd: at(caPidfd), parentTID: at(caParentTID), childTID: at(caChildTID), tls: at(caTLS)}
	signal, stack, size := at(caExitSignal), at(caStack), at(caStackSize)
	switch {
	case signal&^cloneSignal != 0 || signal != 0 && !System.Sig.Valid(int(signal)):
		return 0, errno.EINVAL
	case at(caSetTIDSize) != 0 || c.flags&cloneIntoCgroup != 0:
		return 0, errno.EINVAL
	case c.flags&(cloneDetached|cloneSignal&^0x80) != 0 || c.flags>>34 != 0:
		return 0, errno.EINVAL
	case c.flags&cloneSighand != 0 && c.flags&cloneClearSighand != 0:
		return 0, errno.EINVAL
	case c.flags&(cloneThread|cloneParent) != 0 && signal != 0:
		return 0, errno.EINVAL
	case (stack == 0) != (size == 0):
		return 0, errno.EINVAL
	}
	c.signal = int(signal)
	if stack != 0 {
		c.stack = stack + size
	}
	return clone(t, &c)
}

// check is the rules of clone(2): which flags go together.
func (c *cloneArgs) check(t *kern.Thread) errno.Errno {
	has := func(flags uint64) bool { return c.flags&flags == flags }
	switch {
	case has(cloneNewNS | cloneFS), has(cloneNewUser | cloneFS):
		return errno.EINVAL
	case has(cloneThread) && !has(cloneSighand), has(cloneSighand) && !has(cloneVM):
		return errno.EINVAL
	case has(cloneThread) && c.flags&(cloneNewUser|cloneNewPID) != 0:
		return errno.EINVAL
	case has(cloneThread | clonePidfd): // since Linux 6.9, but only with PIDFD_THREAD's semantics
		t.M.NotModeled(t, "clone of a thread with CLONE_PIDFD")
		return errno.EINVAL
	case c.flags&cloneNamespaces != 0 && !t.Cred().Super() && !has(cloneNewUser):
		return errno.EPERM
	case c.flags&cloneNamespaces != 0: // a kernel that was built without them
		return errno.EINVAL
	case has(clonePidfd) && full(t):
		return errno.EMFILE
	case has(clonePidfd) && writable(t, c.pidfd, 4) < 4:
		return errno.EFAULT
	case has(cloneThread) && !has(cloneFiles|cloneFS):
		t.M.NotModeled(t, "clone of a thread with files or a directory of its own")
		return errno.EINVAL
	case has(cloneSetTLS) && c.tls >= 1<<47:
		return errno.EPERM
	}
	return errno.OK
}

// clone is kernel_clone: the child is made, the tracer told, the child started; who called
// vfork waits.
func clone(t *kern.Thread, c *cloneArgs) (uint64, errno.Errno) {
	if e := c.check(t); e != errno.OK {
		return 0, e
	}
	has := func(flag uint64) bool { return c.flags&flag != 0 }
	if !System.Sig.Valid(c.signal) {
		c.signal = 0
	}
	child, e := t.Fork(kern.ForkSpec{Thread: has(cloneThread), Memory: has(cloneVM), Files: has(cloneFiles), Place: has(cloneFS),
		Actions: has(cloneSighand), Sibling: has(cloneParent), Lend: has(cloneVfork), Exit: c.signal, Stack: c.stack, TLS: c.tls,
		HasTLS: has(cloneSetTLS), ClearAlt: has(cloneVM) && !has(cloneVfork)})
	if e != errno.OK {
		return 0, e
	}
	child.Regs.R[cpu.RAX] = 0
	taskOf(child).comm = taskOf(t).comm
	if has(cloneParent) && !has(cloneThread) {
		child.Proc.ExitSignal = t.Proc.ExitSignal
	}
	if has(cloneClearSighand) {
		clearHandlers(child.Proc)
	}
	if has(cloneChildClear) {
		child.ClearTID = c.childTID
	}
	if has(cloneChildSetTID) {
		child.SetTID = c.childTID
	}
	if has(cloneParentSetTID) {
		t.Put32(c.parentTID, uint32(child.TID)) // that it cannot is no error
	}
	if has(clonePidfd) {
		if fd, e := newPidfd(t, child.Proc, 0); e == errno.OK {
			t.Put32(c.pidfd, uint32(fd))
		}
	}
	tid, proc := child.TID, child.Proc
	flags := c.flags | uint64(c.signal)
	event := traceFork(t, child, flags)
	child.Start()
	t.Linger() // the child, on another processor, may have ended before its maker's event
	reportFork(t, event, tid)
	if has(cloneVfork) {
		t.AwaitLent(proc)
		reportVforkDone(t, tid)
	}
	return uint64(tid), errno.OK
}

// clearHandlers makes what is caught default.
func clearHandlers(p *kern.Proc) {
	for sig := 1; sig <= System.Sig.Max; sig++ {
		if a := p.Actions.Get(sig); a.Handler != kern.Ignored {
			*a = kern.Action{}
		}
	}
}

// sysExit is exit(2), which does not return: a tracer sees no result.
func sysExit(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	taskOf(t).returned = true
	t.ExitThread(integer(a[0]))
	return 0, errno.OK
}

func sysExitGroup(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	taskOf(t).returned = true
	t.Proc.Terminate(kern.End{Code: integer(a[0]) & 0xff})
	return 0, errno.OK
}

func sysSetTIDAddress(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	t.ClearTID = a[0]
	return uint64(t.TID), errno.OK
}

// sysUnshare has what can be shared here without being a thread: descriptors and directory.
func sysUnshare(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const known = cloneFiles | cloneFS | cloneVM | cloneSighand | cloneThread
	p := t.Proc
	switch {
	case a[0]&cloneNamespaces != 0 && !p.Cred.Super():
		return 0, errno.EPERM
	case a[0]&^known != 0:
		return 0, errno.EINVAL
	case a[0]&(cloneThread|cloneSighand|cloneVM) != 0 && (len(p.Living()) > 1 || p.Space.Users() > 1):
		return 0, errno.EINVAL
	case len(p.Living()) > 1 && a[0] != 0:
		t.M.NotModeled(t, "unshare by one of several threads")
		return 0, errno.EINVAL
	}
	if a[0]&cloneFiles != 0 && p.Files.Users() > 1 {
		own := p.Files.Fork()
		p.Files.Release()
		p.Files = own
	}
	if a[0]&cloneFS != 0 {
		at := *p.At
		p.At = &at
	}
	return 0, errno.OK
}
