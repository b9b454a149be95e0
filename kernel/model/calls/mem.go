package calls

// Memory: what calls that map it share, and those without flags of a system's own.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
)

// VMErrors are what package vm's errors are here.
var VMErrors = [...]errno.Errno{vm.OK: errno.OK, vm.Invalid: errno.EINVAL, vm.NoMemory: errno.ENOMEM, vm.Exists: errno.EEXIST,
	vm.Access: errno.EACCES, vm.NotPermitted: errno.EPERM, vm.BadAddress: errno.EFAULT, vm.Overflow: errno.EOVERFLOW}

// Prots are PROT_READ, WRITE and EXEC by their bits.
var Prots = [...]vm.Prot{0, vm.Read, vm.Write, vm.Read | vm.Write, vm.Exec, vm.Read | vm.Exec, vm.Write | vm.Exec, vm.All}

// IsZero says whether a file is /dev/zero, whose mappings are anonymous memory.
func IsZero(n *fs.Node) bool {
	s := n.Stat()
	return s.Kind == fs.Char && s.Major == 1 && s.Minor == 5
}

// Munmap is munmap(2).
func Munmap(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return 0, VMErrors[t.Proc.Space.Unmap(a[0], a[1])]
}

// Pages is a length in whole pages, 0 if that is too much.
func Pages(n uint64) uint64 { return (n + vm.PageSize - 1) &^ (vm.PageSize - 1) }

// Mincore is mincore(2).
func Mincore(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n := Pages(a[1])
	s := t.Proc.Space
	switch {
	case a[0]%vm.PageSize != 0:
		return 0, errno.EINVAL
	case a[0]+n < a[0], n < a[1], n != 0 && !s.Mapped(a[0], n):
		return 0, errno.ENOMEM
	}
	var b []byte
	for done := uint64(0); done < n; done += vm.PageSize {
		in := byte(0)
		if s.InMemory(a[0] + done) {
			in = 1
		}
		if b = append(b, in); len(b) == vm.PageSize || done+vm.PageSize == n {
			if e := t.CopyOut(a[2], b); e != errno.OK {
				return 0, e
			}
			a[2] += uint64(len(b))
			b = b[:0]
		}
	}
	return 0, errno.OK
}
