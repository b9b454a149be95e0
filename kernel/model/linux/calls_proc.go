package linux

// What a process knows and says of itself and of the machine: prctl(2), limits, usage, names.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
)

func init() {
	register([]row{{"prctl", sysPrctl}, {"arch_prctl", sysArchPrctl}, {"personality", sysPersonality}, {"uname", sysUname},
		{"sysinfo", sysSysinfo}, {"getrandom", sysGetrandom}, {"getrusage", sysGetrusage}, {"times", sysTimes},
		{"getrlimit", sysGetrlimit}, {"setrlimit", sysSetrlimit}, {"prlimit64", sysPrlimit64}, {"sched_yield", sysSchedYield},
		{"sched_getaffinity", sysSchedGetaffinity}, {"sched_setaffinity", sysSchedSetaffinity}, {"getcpu", sysGetcpu},
		{"membarrier", sysMembarrier}, {"getpriority", sysGetpriority}, {"setpriority", sysSetpriority},
		{"sched_getscheduler", sysSchedGetscheduler}, {"sched_getparam", sysSchedGetparam}, {"rseq", refuse(errno.ENOSYS)}})
}

// Options of prctl(2).
const (
	prSetParentDeath   = 1
	prGetParentDeath   = 2
	prGetDumpable      = 3
	prSetDumpable      = 4
	prGetKeepCaps      = 7
	prSetKeepCaps      = 8
	prSetName          = 15
	prGetName          = 16
	prGetSeccomp       = 21
	prCapbsetRead      = 23
	prGetSecurebits    = 27
	prSetTimerSlack    = 29
	prGetTimerSlack    = 30
	prSetSubreaper     = 36
	prGetSubreaper     = 37
	prSetNoNewPrivs    = 38
	prGetNoNewPrivs    = 39
	prGetTHPDisable    = 42
	prSetTracer        = 0x59616d61
	commLength         = 16
	defaultSlack       = 50_000
	lastCapability     = 40
	dumpable, capsKeep = 1, 1
)

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func sysPrctl(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	p := t.Proc
	switch integer(a[0]) {
	case prSetParentDeath:
		if a[1] != 0 && !(a[1] < 128 && System.Sig.Valid(int(a[1]))) {
			return 0, errno.EINVAL
		}
		p.ParentDeath = int(a[1])
	case prGetParentDeath:
		return 0, t.Put32(a[1], uint32(p.ParentDeath))
	case prGetDumpable:
		return truth(!p.Undumpable), errno.OK
	case prSetDumpable:
		if a[1] > dumpable {
			return 0, errno.EINVAL
		}
		p.Undumpable = a[1] != dumpable
	case prSetName:
		return 0, setName(t, a[1])
	case prGetName:
		b := make([]byte, commLength)
		copy(b[:commLength-1], commOf(t))
		return 0, t.CopyOut(a[1], b)
	case prSetSubreaper:
		p.Reaper = a[1] != 0
	case prGetSubreaper:
		return 0, t.Put32(a[1], uint32(truth(p.Reaper)))
	case prSetNoNewPrivs:
		if a[1] != 1 || a[2]|a[3]|a[4] != 0 {
			return 0, errno.EINVAL
		}
		p.NoNewPrivs = true
	case prGetNoNewPrivs:
		if a[1]|a[2]|a[3]|a[4] != 0 {
			return 0, errno.EINVAL
		}
		return truth(p.NoNewPrivs), errno.OK
	case prCapbsetRead:
		if a[1] > lastCapability {
			return 0, errno.EINVAL
		}
		return 1, errno.OK
	case prSetKeepCaps:
		if a[1] > capsKeep {
			return 0, errno.EINVAL
		}
	case prGetTimerSlack:
		return defaultSlack, errno.OK
	case prSetTimerSlack, prGetKeepCaps, prGetSeccomp, prGetSecurebits, prGetTHPDisable, prSetTracer:
	default: // PR_SET_VMA among them, as a kernel without names for memory
		return 0, errno.EINVAL
	}
	return 0, errno.OK
}

func setName(t *kern.Thread, addr uint64) errno.Errno {
	name, f := t.Proc.Space.LoadString(addr, commLength-1)
	if f != vm.None {
		return errno.EFAULT
	}
	taskOf(t).comm = name
	return errno.OK
}

func sysArchPrctl(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const setGS, setFS, getFS, getGS, getCPUID = 0x1001, 0x1002, 0x1003, 0x1004, 0x1011
	r := &t.Regs
	switch a[0] {
	case setGS, setFS:
		if a[1] >= 1<<47-vm.PageSize {
			return 0, errno.EPERM
		}
		if a[0] == setFS {
			r.FSBase = a[1]
		} else {
			r.GSBase = a[1]
		}
	case getFS:
		return 0, t.PutWord(a[1], r.FSBase)
	case getGS:
		return 0, t.PutWord(a[1], r.GSBase)
	case getCPUID:
		return 1, errno.OK
	default:
		return 0, errno.EINVAL
	}
	return 0, errno.OK
}

// sysPersonality keeps one bit: no randomization of addresses, which the next exec heeds.
func sysPersonality(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const noRandomize, query = 0x0040000, 0xffffffff
	old := noRandomize * truth(t.Proc.NoASLR)
	if uint32(a[0]) != query {
		t.Proc.NoASLR = a[0]&noRandomize != 0
	}
	return old, errno.OK
}

// release is the Linux that this claims to be: the one whose behaviour the litmus tests hold.
const release = "6.18.0-trapline"

func sysUname(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const field = 65
	b := make([]byte, 6*field)
	for i, s := range []string{"Linux", "model", release, "#1 modeled", "x86_64", "(none)"} {
		copy(b[i*field:], s)
	}
	return 0, t.CopyOut(a[0], b)
}

// Offsets in struct sysinfo (sysinfo(2)).
const (
	siUptime   = 0
	siTotalRAM = 32
	siFreeRAM  = 40
	siProcs    = 80
	siUnit     = 104
	siLength   = 112
)

func sysSysinfo(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	b := make([]byte, siLength)
	all, used := uint64(t.M.Mem.Limit())*vm.PageSize, uint64(t.M.Mem.Used())*vm.PageSize
	le.PutUint64(b[siUptime:], uint64(t.M.Now()/second))
	le.PutUint64(b[siTotalRAM:], all)
	le.PutUint64(b[siFreeRAM:], all-used)
	le.PutUint16(b[siProcs:], uint16(min(len(t.M.Procs()), 1<<16-1)))
	le.PutUint32(b[siUnit:], 1)
	return 0, t.CopyOut(a[0], b)
}

func sysGetrandom(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const nonblock, random, insecure = 1, 2, 4
	if a[2]&^(nonblock|random|insecure) != 0 || a[2]&(random|insecure) == random|insecure {
		return 0, errno.EINVAL
	}
	want := min(a[1], maxTransfer)
	for done := uint64(0); done < want; {
		var b []byte
		for range min((want-done+7)/8, vm.PageSize/8) {
			b = le.AppendUint64(b, t.M.Chooser.Bits())
		}
		b = b[:min(uint64(len(b)), want-done)]
		if e := t.CopyOut(a[0]+done, b); e != errno.OK {
			if done > 0 {
				return done, errno.OK
			}
			return 0, e
		}
		done += uint64(len(b))
	}
	return want, errno.OK
}

func sysGetrusage(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const self, children, thread = 0, -1, 1
	u := t.Proc.Usage
	switch integer(a[0]) {
	case self:
		if t.Proc.Space != nil {
			u.MaxResident = max(u.MaxResident, int64(t.Proc.Space.Resident()*vm.PageSize))
		}
	case children:
		u = t.Proc.Reap
	case thread:
		u = t.Usage
	default:
		return 0, errno.EINVAL
	}
	return 0, t.CopyOut(a[1], rusage(&u))
}

func sysTimes(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	now := uint64(realTime(t.M.Now()) / clockTick)
	if a[0] == 0 {
		return now, errno.OK
	}
	var b []byte
	p := t.Proc
	for _, ns := range []int64{p.Usage.User, p.Usage.System, p.Reap.User, p.Reap.System} {
		b = le.AppendUint64(b, uint64(ns/clockTick))
	}
	return now, t.CopyOut(a[0], b)
}

// resources are RLIMIT_...: those that are limited here; the others have no limit.
var resources = [16]struct {
	is      kern.Resource
	modeled bool
}{0: {kern.LimitCPU, true}, 1: {kern.LimitFile, true}, 2: {kern.LimitData, true}, 3: {kern.LimitStack, true}, 4: {kern.LimitCore, true},
	6: {kern.LimitProcs, true}, 7: {kern.LimitFiles, true}, 8: {kern.LimitLocked, true}, 9: {kern.LimitMemory, true}, 11: {kern.LimitPending, true}}

const infinity = ^uint64(0)

// maxFiles is what no process's RLIMIT_NOFILE may exceed (/proc/sys/fs/nr_open).
const maxFiles = 1 << 20

func sysGetrlimit(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return sysPrlimit64(t, &[6]uint64{0, a[0], 0, a[1]})
}

func sysSetrlimit(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return sysPrlimit64(t, &[6]uint64{0, a[0], a[1], 0})
}

func sysPrlimit64(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	which := uint32(a[1])
	if which >= uint32(len(resources)) {
		return 0, errno.EINVAL
	}
	var b [16]byte
	if a[2] != 0 {
		if e := t.CopyIn(a[2], b[:]); e != errno.OK {
			return 0, e
		}
	}
	p := procAt(t, a[0])
	if p == nil || p.State >= kern.Zombie {
		return 0, errno.ESRCH
	}
	if p != t.Proc && !sameUsers(t.Cred(), &p.Cred) {
		return 0, errno.EPERM
	}
	r := resources[which]
	old := kern.Limit{Cur: infinity, Max: infinity}
	if r.modeled {
		old = p.Limits[r.is]
	}
	if a[2] != 0 {
		n := kern.Limit{Cur: le.Uint64(b[:]), Max: le.Uint64(b[8:])}
		switch {
		case n.Cur > n.Max:
			return 0, errno.EINVAL
		case n.Max > old.Max && !t.Cred().Super(), r.modeled && r.is == kern.LimitFiles && n.Max > maxFiles:
			return 0, errno.EPERM
		}
		if r.modeled {
			setLimit(p, r.is, n)
		}
	}
	if a[3] == 0 {
		return 0, errno.OK
	}
	return 0, t.CopyOut(a[3], le.AppendUint64(le.AppendUint64(nil, old.Cur), old.Max))
}

// sameUsers says whether a process is wholly another user's: check_prlimit_permission.
func sameUsers(by, c *kern.Cred) bool {
	return by.Super() || by.UID == c.UID && by.UID == c.EUID && by.UID == c.SUID && by.GID == c.GID && by.GID == c.EGID && by.GID == c.SGID
}

// setLimit puts a limit in place where it is looked at.
func setLimit(p *kern.Proc, which kern.Resource, n kern.Limit) {
	p.Limits[which] = n
	switch which {
	case kern.LimitFiles:
		p.Files.SetLimit(int(min(n.Cur, maxFiles)))
	case kern.LimitMemory:
		p.Space.Limits.Total = n.Cur
	case kern.LimitData:
		p.Space.Limits.Data = n.Cur
	case kern.LimitStack:
		p.Space.Limits.Stack = n.Cur
	}
}

func sysSchedYield(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	t.Yield()
	return 0, errno.OK
}

// cpuMask is the processors: one. Linux writes whole words.
const cpuMask = 8

func sysSchedGetaffinity(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if n := uint32(a[1]); n < cpuMask || n%8 != 0 {
		return 0, errno.EINVAL
	}
	if n := integer(a[0]); n != 0 && t.M.Thread(n) == nil {
		return 0, errno.ESRCH
	}
	return cpuMask, t.PutWord(a[2], 1)
}

func sysSchedSetaffinity(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	b := make([]byte, min(uint32(a[1]), cpuMask))
	if e := t.CopyIn(a[2], b); e != errno.OK {
		return 0, e
	}
	switch n := integer(a[0]); {
	case n != 0 && t.M.Thread(n) == nil:
		return 0, errno.ESRCH
	case len(b) == 0 || b[0]&1 == 0:
		return 0, errno.EINVAL
	}
	return 0, errno.OK
}

func sysGetcpu(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	for _, addr := range a[:2] {
		if addr != 0 {
			if e := t.Put32(addr, 0); e != errno.OK {
				return 0, e
			}
		}
	}
	return 0, errno.OK
}

// sysMembarrier orders nothing: there is one processor, and threads change places between
// instructions.
func sysMembarrier(_ *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const known = 1 | 2 | 4 | 8 | 16 | 32 | 64
	switch cmd := uint32(a[0]); {
	case a[1] != 0:
		return 0, errno.EINVAL
	case cmd == 0: // MEMBARRIER_CMD_QUERY
		return known, errno.OK
	case cmd&(cmd-1) == 0 && cmd&known != 0:
		return 0, errno.OK
	}
	return 0, errno.EINVAL
}

// sysGetpriority is 20 - nice, which is 0 for all.
func sysGetpriority(_ *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[0] > 2 {
		return 0, errno.EINVAL
	}
	return 20, errno.OK
}

func sysSetpriority(_ *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[0] > 2 {
		return 0, errno.EINVAL
	}
	return 0, errno.OK
}

// sysSchedGetscheduler is SCHED_OTHER.
func sysSchedGetscheduler(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	switch n := integer(a[0]); {
	case n < 0:
		return 0, errno.EINVAL
	case n != 0 && t.M.Thread(n) == nil:
		return 0, errno.ESRCH
	}
	return 0, errno.OK
}

func sysSchedGetparam(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if _, e := sysSchedGetscheduler(t, a); e != errno.OK {
		return 0, e
	}
	return 0, t.Put32(a[1], 0)
}
