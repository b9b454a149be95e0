package freebsd

// Memory and time.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
)

func init() {
	register([]row{{73, "munmap", 2, mapChange(calls.Munmap)}, {74, "mprotect", 3, mapChange(sysMprotect)}, {75, "madvise", 3, sysMadvise},
		{78, "mincore", 3, calls.Mincore}, {477, "mmap", 6, mapChange(sysMmap)}, {65, "msync", 3, sysMadvise}, {69, "sbrk", 1, sysSbrk}, {17, "break", 1, sysBreak},
		{83, "setitimer", 3, calls.Setitimer}, {86, "getitimer", 2, calls.Getitimer}, {116, "gettimeofday", 2, sysGettimeofday},
		{232, "clock_gettime", 2, sysClockGettime}, {234, "clock_getres", 2, sysClockGetres}, {240, "nanosleep", 2, sysNanosleep},
		{244, "clock_nanosleep", 4, sysClockNanosleep}, {165, "sysarch", 2, sysSysarch}, {194, "getrlimit", 2, sysGetrlimit}, {195, "setrlimit", 2, sysSetrlimit}})
}

// mapChange is a call that changes the map, which its timestamp counts (vm-timestamp).
func mapChange(do call) call {
	return func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
		v, e := do(t, a)
		if e == errno.OK {
			procOf(t.Proc).timestamp++
		}
		return v, e
	}
}

// Flags of mmap(2) (sys/mman.h).
const (
	mapShared  = 1
	mapPrivate = 2
	mapFixed   = 0x10
	mapStack   = 0x400
	mapAnon    = 0x1000
	mapGuard   = 0x2000
	mapExcl    = 0x4000
	map32bit   = 0x80000
)

func sysMmap(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	flags := uint32(a[3])
	m := vm.Mapping{Addr: a[0], Length: a[1], Prot: calls.Prots[a[2]&7], Offset: a[5], Low: flags&map32bit != 0, Shared: flags&mapShared != 0}
	switch {
	case a[1] == 0, flags&(mapShared|mapPrivate) == mapShared|mapPrivate:
		return 0, errno.EINVAL
	case flags&mapExcl != 0 && flags&mapFixed == 0:
		return 0, errno.EINVAL
	case flags&(mapStack|mapGuard|mapAnon) != 0:
		if calls.Integer(a[4]) != -1 || flags&mapAnon != 0 && a[5] != 0 {
			return 0, errno.EINVAL
		}
		m.Offset, m.GrowsDown = 0, flags&mapStack != 0
	default:
		if e := mapFile(t, &m, a[4]); e != errno.OK {
			return 0, e
		}
	}
	if flags&mapFixed != 0 {
		m.Place = vm.Fixed
		if flags&mapExcl != 0 {
			m.Place = vm.FixedIfEmpty
		}
		if a[0]%vm.PageSize != 0 {
			return 0, errno.EINVAL
		}
	}
	m.Addr &^= vm.PageSize - 1
	addr, err := t.Proc.Space.Map(m)
	return addr, calls.VMErrors[err]
}

// mapFile is a mapping of a descriptor's file.
func mapFile(t *kern.Thread, m *vm.Mapping, fd uint64) errno.Errno {
	f, e := calls.OpenFile(t, fd)
	if e != errno.OK {
		return e
	}
	n := f.Node()
	m.File, m.Max = n, vm.All
	switch {
	case m.Offset%vm.PageSize != 0, m.Offset+m.Length < m.Offset:
		return errno.EINVAL
	case calls.IsZero(n):
		m.File = nil
		return errno.OK
	case n.Kind() != fs.Regular:
		return errno.ENODEV
	case f.Flags()&fs.ORead == 0:
		return errno.EACCES
	case m.Shared && f.Flags()&fs.OWrite == 0:
		if m.Prot&vm.Write != 0 {
			return errno.EACCES
		}
		m.Max &^= vm.Write
	}
	return errno.OK
}

// sysMprotect is mprotect(2): it looks at all entries before it changes one, and passes over what
// is not mapped (vm_map_protect of vm/vm_map.c).
func sysMprotect(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	addr := a[0] &^ (vm.PageSize - 1)
	n := calls.Pages(a[1] + a[0] - addr)
	if addr+n < addr {
		return 0, errno.EINVAL
	}
	prot, entries := calls.Prots[a[2]&7], t.Proc.Space.Over(addr, n)
	for _, e := range entries {
		if prot&^e.Max != 0 {
			return 0, errno.EACCES
		}
	}
	for _, e := range entries {
		if err := t.Proc.Space.Protect(e.Start, e.Length(), prot); err != vm.OK {
			return 0, calls.VMErrors[err]
		}
	}
	return 0, errno.OK
}

func sysMadvise(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) { return 0, errno.OK }

func sysSbrk(*kern.Thread, *[6]uint64) (uint64, errno.Errno) { return 0, errno.EOPNOTSUPP }

func sysBreak(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if end := t.Proc.Space.Brk(a[0]); end != a[0] {
		return 0, errno.ENOMEM
	}
	return a[0], errno.OK
}

// Operations of sysarch(2) on amd64.
const (
	getFSBase = 128
	setFSBase = 129
	getGSBase = 130
	setGSBase = 131
)

func sysSysarch(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	base := &t.Regs.FSBase
	switch calls.Integer(a[0]) {
	case getGSBase:
		return 0, t.PutWord(a[1], t.Regs.GSBase)
	case getFSBase:
		return 0, t.PutWord(a[1], t.Regs.FSBase)
	case setGSBase:
		base = &t.Regs.GSBase
	case setFSBase:
	default:
		return 0, errno.EINVAL
	}
	v, e := t.Word(a[1])
	if e == errno.OK && v >= maxUser {
		e = errno.EINVAL
	}
	if e == errno.OK {
		*base = v
	}
	return 0, e
}

// limits are RLIMIT_* by number.
var limits = []kern.Resource{kern.LimitCPU, kern.LimitFile, kern.LimitData, kern.LimitStack, kern.LimitCore, kern.LimitMemory, kern.LimitLocked,
	kern.LimitProcs, kern.LimitFiles}

func sysGetrlimit(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[0] >= uint64(len(limits)) {
		return 0, errno.EINVAL
	}
	l := t.Proc.Limits[limits[a[0]]]
	return 0, t.CopyOut(a[1], le.AppendUint64(le.AppendUint64(nil, l.Cur), l.Max))
}

// sysSetrlimit is setrlimit(2): only the super-user raises what may be had at most.
func sysSetrlimit(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[0] >= uint64(len(limits)) {
		return 0, errno.EINVAL
	}
	var b [16]byte
	if e := t.CopyIn(a[1], b[:]); e != errno.OK {
		return 0, e
	}
	l, n := &t.Proc.Limits[limits[a[0]]], kern.Limit{Cur: le.Uint64(b[:]), Max: le.Uint64(b[8:])}
	n.Cur = min(n.Cur, n.Max)
	if n.Max > l.Max && !t.Cred().Super() {
		return 0, errno.EPERM
	}
	*l = n
	return 0, errno.OK
}

// clockOffset is what a clock shows more than modeled time; clocks of processors show usage.
func clockOffset(clock int) int64 {
	switch clock {
	case 0, 9, 10, 13: // CLOCK_REALTIME and its kin
		return bootedAt * calls.Second
	}
	return 0
}

// readClock is a clock's time; false: there is none such.
func readClock(t *kern.Thread, clock int) (int64, bool) {
	switch clock {
	case 1, 2, 15: // CLOCK_VIRTUAL, PROF, PROCESS_CPUTIME_ID
		return t.Proc.Usage.User, true
	case 14:
		return t.Usage.User, true
	case 0, 4, 5, 7, 8, 9, 10, 11, 12, 13:
		return t.M.Now() + clockOffset(clock), true
	}
	return 0, false
}

func sysClockGettime(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	ns, ok := readClock(t, calls.Integer(a[0]))
	if !ok {
		return 0, errno.EINVAL
	}
	return 0, calls.PutTimespec(t, a[1], ns)
}

func sysClockGetres(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if _, ok := readClock(t, calls.Integer(a[0])); !ok {
		return 0, errno.EINVAL
	}
	if a[1] == 0 {
		return 0, errno.OK
	}
	return 0, calls.PutTimespec(t, a[1], 1)
}

func sysGettimeofday(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[0] == 0 {
		return 0, errno.OK
	}
	return 0, calls.PutTimeval(t, a[0], t.M.Now()+bootedAt*calls.Second)
}

// sleepUntil is the sleep of nanosleep(2): a signal ends it, also one that the tracer drops
// (nanosleep-signal-dropped), and nothing begins it again.
func sleepUntil(t *kern.Thread, until int64, left uint64) (uint64, errno.Errno) {
	for {
		switch t.Sleep("nanslp", until) {
		case errno.ETIMEDOUT:
			return 0, errno.OK
		case errno.EINTR:
			if left != 0 {
				if e := calls.PutTimespec(t, left, max(until-t.M.Now(), 0)); e != errno.OK {
					return 0, e
				}
			}
			return 0, errno.EINTR
		}
	}
}

func sysNanosleep(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	ns, e := calls.Timespec(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	return sleepUntil(t, calls.After(t, ns), a[1])
}

// sysClockNanosleep is clock_nanosleep(2): clock, flags (1: until, not for), time, what is left.
// It returns its error as a value.
func sysClockNanosleep(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	ns, e := calls.Timespec(t, a[2])
	if e == errno.OK {
		until, left := calls.After(t, ns), a[3]
		if a[1]&1 != 0 {
			until, left = max(ns-clockOffset(calls.Integer(a[0])), 1), 0
		}
		_, e = sleepUntil(t, until, left)
	}
	if e != errno.OK {
		return uint64(number(e)), errno.OK
	}
	return 0, errno.OK
}
