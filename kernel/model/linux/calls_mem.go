package linux

// Memory: mmap(2) and what changes mappings. The errors are in the order in which Linux
// looks for them, as far as programs can tell.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
)

func init() {
	register([]row{{"mmap", sysMmap}, {"munmap", calls.Munmap}, {"mprotect", sysMprotect}, {"brk", sysBrk}, {"mremap", sysMremap},
		{"madvise", sysMadvise}, {"msync", sysMsync}, {"mincore", calls.Mincore}, {"mlock", sysMlock}, {"mlock2", sysMlock2},
		{"munlock", sysMlock}, {"mlockall", sysMlockall}, {"munlockall", nothing}, {"memfd_create", sysMemfdCreate}})
}

// Protections and flags of mmap(2).
const (
	protMask      = 7
	protGrowsDown = 0x01000000
	protGrowsUp   = 0x02000000

	mapShared         = 1
	mapPrivate        = 2
	mapSharedValidate = 3
	mapType           = 0xf
	mapFixed          = 0x10
	mapAnonymous      = 0x20
	map32bit          = 0x40
	mapGrowsDown      = 0x100
	mapHuge           = 0x40000
	mapFixedNoReplace = 0x100000
	// mapKnown are the flags that MAP_SHARED_VALIDATE accepts.
	mapKnown = mapType | mapFixed | mapAnonymous | map32bit | mapGrowsDown | mapFixedNoReplace | mapHuge |
		0x800 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x10000 | 0x20000 // DENYWRITE to STACK
)

func sysMmap(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	prot, flags := a[2], uint64(uint32(a[3]))
	if a[5]%vm.PageSize != 0 {
		return 0, errno.EINVAL
	}
	m := vm.Mapping{Addr: a[0], Length: a[1], Prot: prots[prot&protMask], Offset: a[5], Low: flags&map32bit != 0}
	e := errno.OK
	if flags&mapAnonymous == 0 {
		e = mapFile(t, &m, a[4], flags)
	} else {
		e = mapNothing(&m, flags)
	}
	if e != errno.OK {
		return 0, e
	}
	switch {
	case flags&mapFixedNoReplace != 0:
		m.Place = vm.FixedIfEmpty
	case flags&mapFixed != 0:
		m.Place = vm.Fixed
	}
	addr, err := t.Proc.Space.Map(m)
	return addr, vmErrors[err]
}

// mapNothing is anonymous memory.
func mapNothing(m *vm.Mapping, flags uint64) errno.Errno {
	m.Offset = 0
	m.GrowsDown = flags&mapGrowsDown != 0
	switch {
	case m.Length == 0:
		return errno.EINVAL
	case flags&mapHuge != 0: // there are no huge pages
		return errno.ENOMEM
	}
	switch flags & mapType {
	case mapShared:
		m.Shared = true
		if m.GrowsDown {
			return errno.EINVAL
		}
	case mapPrivate:
	default:
		return errno.EINVAL
	}
	return errno.OK
}

// mapFile is a mapping of a descriptor's file.
func mapFile(t *kern.Thread, m *vm.Mapping, fd, flags uint64) errno.Errno {
	f, e := openFile(t, fd)
	switch {
	case e != errno.OK:
		return e
	case flags&mapHuge != 0, m.Length == 0:
		return errno.EINVAL
	case m.Offset+m.Length < m.Offset:
		return errno.EOVERFLOW
	}
	n := f.Node()
	m.File, m.Max = n, vm.All
	switch flags & mapType {
	case mapSharedValidate:
		if flags&^mapKnown != 0 {
			return errno.EOPNOTSUPP
		}
		fallthrough
	case mapShared:
		m.Shared = true
		if f.Flags()&fs.OWrite == 0 {
			if m.Prot&vm.Write != 0 {
				return errno.EACCES
			}
			m.Max &^= vm.Write
		}
	case mapPrivate:
	default:
		return errno.EINVAL
	}
	switch {
	case f.Flags()&fs.ORead == 0:
		return errno.EACCES
	case isZero(n):
		m.File, m.Max, m.Offset = nil, 0, 0
	case !n.Mappable():
		return errno.ENODEV
	case flags&mapGrowsDown != 0:
		return errno.EINVAL
	}
	return errno.OK
}

func sysMprotect(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	addr, length, prot := a[0], a[1], a[2]
	grows := prot & (protGrowsDown | protGrowsUp)
	prot &^= grows
	switch {
	case grows == protGrowsDown|protGrowsUp, addr%vm.PageSize != 0:
		return 0, errno.EINVAL
	case length == 0:
		return 0, errno.OK
	case addr+pages(length) <= addr:
		return 0, errno.ENOMEM
	case prot&^protMask != 0:
		return 0, errno.EINVAL
	}
	if grows != 0 {
		entry, found := t.Proc.Space.At(addr)
		if !found {
			return 0, errno.ENOMEM
		}
		if grows == protGrowsUp || !entry.GrowsDown {
			return 0, errno.EINVAL
		}
		addr, length = entry.Start, length+addr-entry.Start
	}
	return 0, vmErrors[t.Proc.Space.Protect(addr, length, prots[prot])]
}

func sysBrk(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return t.Proc.Space.Brk(a[0]), errno.OK
}

// Flags of mremap(2).
const (
	remapMayMove   = 1
	remapFixed     = 2
	remapDontUnmap = 4
)

func sysMremap(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	flags := a[3]
	if flags&^(remapMayMove|remapFixed|remapDontUnmap) != 0 {
		return 0, errno.EINVAL
	}
	how := vm.Move(0)
	for flag, move := range map[uint64]vm.Move{remapMayMove: vm.MayMove, remapFixed: vm.MoveTo, remapDontUnmap: vm.KeepOld} {
		if flags&flag != 0 {
			how |= move
		}
	}
	addr, err := t.Proc.Space.Remap(a[0], a[1], a[2], a[4], how)
	return addr, vmErrors[err]
}

// Marks on mappings, which /proc/PID/smaps tells.
const (
	tagDontDump vm.Tags = 1 << iota
	tagHuge
	tagNoHuge
	tagMergeable
	tagRandom
	tagSequential
)

// Advice of madvise(2).
const (
	adviceNormal      = 0
	adviceRandom      = 1
	adviceSequential  = 2
	adviceWillNeed    = 3
	adviceDontNeed    = 4
	adviceFree        = 8
	adviceRemove      = 9
	adviceDontFork    = 10
	adviceDoFork      = 11
	adviceMergeable   = 12
	adviceUnmergeable = 13
	adviceHuge        = 14
	adviceNoHuge      = 15
	adviceDontDump    = 16
	adviceDoDump      = 17
	adviceWipeOnFork  = 18
	adviceKeepOnFork  = 19
	adviceCold        = 20
	advicePageOut     = 21
	advicePopulate    = 22
	advicePopulateW   = 23
)

// marks are the advices that only set and clear marks.
var marks = map[int]struct{ set, clear vm.Tags }{
	adviceNormal: {0, tagRandom | tagSequential}, adviceRandom: {tagRandom, tagSequential}, adviceSequential: {tagSequential, tagRandom},
	adviceMergeable: {tagMergeable, 0}, adviceUnmergeable: {0, tagMergeable}, adviceHuge: {tagHuge, tagNoHuge},
	adviceNoHuge: {tagNoHuge, tagHuge}, adviceDontDump: {tagDontDump, 0}, adviceDoDump: {0, tagDontDump},
	adviceWillNeed: {}, adviceCold: {}, advicePageOut: {},
}

// inherits are the advices about fork.
var inherits = map[int]vm.Inherit{adviceDontFork: vm.InheritNone, adviceDoFork: vm.InheritCopy, adviceWipeOnFork: vm.InheritZero,
	adviceKeepOnFork: vm.InheritCopy}

func sysMadvise(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	addr, length, advice := a[0], pages(a[1]), integer(a[2])
	_, mark := marks[advice]
	_, inherit := inherits[advice]
	discard := advice == adviceDontNeed || advice == adviceFree || advice == adviceRemove
	populate := advice == advicePopulate || advice == advicePopulateW
	switch {
	case !mark && !inherit && !discard && !populate:
		return 0, errno.EINVAL
	case addr%vm.PageSize != 0, length < a[1], addr+length < addr:
		return 0, errno.EINVAL
	case length == 0:
		return 0, errno.OK
	}
	return 0, advise(t, addr, length, advice)
}

func advise(t *kern.Thread, addr, length uint64, advice int) errno.Errno {
	s := t.Proc.Space
	over := s.Over(addr, length)
	private := true
	for i := range over {
		private = private && !over[i].Shared && over[i].File == nil
	}
	switch advice {
	case adviceFree, adviceWipeOnFork:
		if !private {
			return errno.EINVAL
		}
	case adviceRemove: // a hole in shared memory: no package here can make one
		return errno.EINVAL
	case advicePopulate, advicePopulateW:
		if !s.Mapped(addr, length) {
			return errno.ENOMEM
		}
		return errno.OK
	}
	if how, is := inherits[advice]; is {
		return vmErrors[s.Inherit(addr, length, how)]
	}
	if m, is := marks[advice]; is {
		return vmErrors[s.Tag(addr, length, m.set, m.clear)]
	}
	return vmErrors[s.Discard(addr, length)]
}

func sysMsync(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const async, invalidate, sync = 1, 2, 4
	n := pages(a[1])
	switch {
	case a[2]&^(async|invalidate|sync) != 0, a[0]%vm.PageSize != 0, a[2]&async != 0 && a[2]&sync != 0:
		return 0, errno.EINVAL
	case a[0]+n < a[0], n < a[1]:
		return 0, errno.ENOMEM
	case n != 0 && !t.Proc.Space.Mapped(a[0], n):
		return 0, errno.ENOMEM
	}
	return 0, errno.OK
}

// sysMlock locks nothing: no page here is ever written out.
func sysMlock(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	start := a[0] &^ (vm.PageSize - 1)
	n := pages(a[1] + a[0] - start)
	switch {
	case start+n < start:
		return 0, errno.EINVAL
	case n != 0 && !t.Proc.Space.Mapped(start, n):
		return 0, errno.ENOMEM
	}
	return 0, errno.OK
}

func sysMlock2(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const onFault = 1
	if a[2]&^onFault != 0 {
		return 0, errno.EINVAL
	}
	return sysMlock(t, a)
}

func sysMlockall(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const current, future, onFault = 1, 2, 4
	if a[0] == 0 || a[0] == onFault || a[0]&^(current|future|onFault) != 0 {
		return 0, errno.EINVAL
	}
	return 0, errno.OK
}

// sysMemfdCreate is a file without a name: one of the file system's whose name is gone.
func sysMemfdCreate(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	const cloexec, sealing, noExec = 1, 2, 8
	name, e := t.PathAt(a[0])
	switch {
	case e == errno.ENAMETOOLONG || len(name) > fs.MaxName-len("memfd:"):
		return 0, errno.EINVAL
	case e != errno.OK:
		return 0, e
	case a[1]&^(cloexec|sealing|noExec) != 0:
		return 0, errno.EINVAL
	}
	f := t.M.FS.Memfd(credOf(t), "/memfd:"+name+" (deleted)")
	return install(t, f, a[1]&cloexec != 0)
}
