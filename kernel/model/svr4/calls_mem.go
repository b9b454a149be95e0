package svr4

// Memory.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
	"github.com/trapline/trapline/kernel/svr4/nr"
)

func init() {
	register(map[int]calls.Call{nr.Mmap: sysMmap, nr.Munmap: calls.Munmap, nr.Mprotect: sysMprotect, nr.Mincore: calls.Mincore, nr.Brk: sysBrk})
}

// Flags of mmap(2) (sys/mman.h).
const (
	mapShared    = 1
	mapPrivate   = 2
	mapType      = 0xf
	mapFixed     = 0x10
	mapNoReserve = 0x40
	mapAnonymous = 0x100
	mapNew       = 0x80000000
)

func sysMmap(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	flags := uint64(uint32(a[3]))
	if flags&^(mapType|mapFixed|mapNoReserve|mapAnonymous|mapNew) != 0 || a[2]&^7 != 0 || a[5]%vm.PageSize != 0 || a[1] == 0 {
		return 0, errno.EINVAL
	}
	m := vm.Mapping{Addr: a[0], Length: a[1], Prot: calls.Prots[a[2]], Offset: a[5]}
	switch flags & mapType {
	case mapShared:
		m.Shared = true
	case mapPrivate:
	default:
		return 0, errno.EINVAL
	}
	if flags&mapFixed != 0 {
		m.Place = vm.Fixed
	}
	if flags&mapAnonymous != 0 {
		if calls.Integer(a[4]) != -1 {
			return 0, errno.EINVAL
		}
		m.Offset = 0
	} else if e := mapFile(t, &m, a[4]); e != errno.OK {
		return 0, e
	}
	addr, err := t.Proc.Space.Map(m)
	return addr, calls.VMErrors[err]
}

// mapFile is a mapping of a descriptor's file.
func mapFile(t *kern.Thread, m *vm.Mapping, fd uint64) errno.Errno {
	f, e := calls.OpenFile(t, fd)
	switch {
	case e != errno.OK:
		return e
	case f.Flags()&fs.ORead == 0:
		return errno.EACCES
	case m.Offset+m.Length < m.Offset:
		return errno.EOVERFLOW
	}
	n := f.Node()
	m.File, m.Max = n, vm.All
	if m.Shared && f.Flags()&fs.OWrite == 0 {
		if m.Prot&vm.Write != 0 {
			return errno.EACCES
		}
		m.Max &^= vm.Write
	}
	switch {
	case calls.IsZero(n):
		m.File, m.Max, m.Offset = nil, 0, 0
	case !n.Mappable():
		return errno.ENODEV
	}
	return errno.OK
}

func sysMprotect(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n := calls.Pages(a[1])
	switch {
	case a[0]%vm.PageSize != 0, a[2]&^7 != 0:
		return 0, errno.EINVAL
	case a[1] == 0:
		return 0, errno.OK
	case n < a[1], a[0]+n <= a[0]:
		return 0, errno.ENOMEM
	}
	return 0, calls.VMErrors[t.Proc.Space.Protect(a[0], n, calls.Prots[a[2]])]
}

// sysBrk is brk(2): the break is what was asked for, or ENOMEM.
func sysBrk(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if got := t.Proc.Space.Brk(a[0]); got != a[0] && a[0] != 0 {
		return 0, errno.ENOMEM
	}
	return 0, errno.OK
}
