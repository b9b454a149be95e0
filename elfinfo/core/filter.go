package core

// Which memory is worth a core: the rules of Linux's kernel (fs/coredump.c, core(5)).

import (
	"slices"
	"strings"

	"github.com/trapline/trapline/procfs"
)

// Filter is /proc/PID/coredump_filter.
type Filter uint32

// The bits.
const (
	AnonPrivate Filter = 1 << iota
	AnonShared
	FilePrivate
	FileShared
	ELFHeaders // the first page of programs and libraries
	HugePrivate
	HugeShared
	DAXPrivate
	DAXShared

	DefaultFilter = AnonPrivate | AnonShared | ELFHeaders | HugePrivate
)

// shared are mappings that others see the writes of, told by one bit or its neighbour.
func (f Filter) has(private Filter, perm procfs.Perm) bool {
	if perm&procfs.Shared != 0 {
		return f&(private<<1) != 0
	}
	return f&private != 0
}

// Dumped is how many bytes of a mapping, from its start, belong into a core. Flags that smaps
// tells decide first: dd (madvise(MADV_DONTDUMP)), io (devices), ht (huge pages).
func (f Filter) Dumped(m *procfs.MapUse) uint64 {
	whole := map[bool]uint64{true: m.Size()}
	flag := func(name string) bool { return slices.Contains(m.Flags, name) }
	file := m.Path != "" && !m.Deleted // shared anonymous memory has the name of a file that is gone
	switch {
	case m.Name == "[vdso]":
		return m.Size()
	case m.Name == "[vsyscall]", m.Name == "[vvar]", m.Name == "[vvar_vclock]", flag("dd"), flag("io"):
		return 0
	case flag("ht"):
		return whole[f.has(HugePrivate, m.Perm)]
	case m.Perm&procfs.Shared != 0:
		return whole[f&map[bool]Filter{true: FileShared, false: AnonShared}[file] != 0]
	case m.Anonymous > 0 && f&AnonPrivate != 0: // what was written to, also of files
		return m.Size()
	case m.Path == "" && !strings.HasPrefix(m.Name, "anon_inode:"):
		return 0 // nothing was put there
	case f&FilePrivate != 0:
		return m.Size()
	case f&ELFHeaders != 0 && m.Offset == 0 && m.Perm&procfs.Read != 0:
		return min(m.Size(), pageSize)
	}
	return 0
}
