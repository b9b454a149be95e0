package kern

// Between the kernel and a program's memory: copyin and copyout. An external thread has no
// memory here.

import (
	"encoding/binary"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

var le = binary.LittleEndian

// CopyIn reads the program's memory. EFAULT: not all of it could be.
func (t *Thread) CopyIn(addr uint64, b []byte) errno.Errno {
	if t.Proc.Space == nil || t.Proc.Space.Load(addr, b) != len(b) {
		return errno.EFAULT
	}
	return errno.OK
}

// CopyOut writes the program's memory. EFAULT: not all of it could be.
func (t *Thread) CopyOut(addr uint64, b []byte) errno.Errno {
	if t.Proc.Space == nil || t.Proc.Space.Store(addr, b) != len(b) {
		return errno.EFAULT
	}
	return errno.OK
}

// Word reads a 64-bit word.
func (t *Thread) Word(addr uint64) (uint64, errno.Errno) {
	var b [8]byte
	e := t.CopyIn(addr, b[:])
	return le.Uint64(b[:]), e
}

// PutWord writes a 64-bit word.
func (t *Thread) PutWord(addr, v uint64) errno.Errno {
	return t.CopyOut(addr, le.AppendUint64(nil, v))
}

// Put32 writes a 32-bit word.
func (t *Thread) Put32(addr uint64, v uint32) errno.Errno {
	return t.CopyOut(addr, le.AppendUint32(nil, v))
}

// PathMax is the longest path, with its 0.
const PathMax = 4096

// PathAt reads a path. EFAULT, ENAMETOOLONG.
func (t *Thread) PathAt(addr uint64) (string, errno.Errno) {
	s, f := t.Proc.Space.LoadString(addr, PathMax)
	switch {
	case f != vm.None:
		return "", errno.EFAULT
	case len(s) == PathMax:
		return "", errno.ENAMETOOLONG
	}
	return s, errno.OK
}

// StringsAt reads a vector of strings that a null pointer ends; a null vector is empty. E2BIG:
// it has too many bytes.
func (t *Thread) StringsAt(addr uint64) ([]string, errno.Errno) {
	var all []string
	if addr == 0 {
		return nil, errno.OK
	}
	const most = 6 << 20
	for total := 0; ; addr += 8 {
		p, e := t.Word(addr)
		if e != errno.OK || p == 0 {
			return all, e
		}
		s, f := t.Proc.Space.LoadString(p, 128<<10+1)
		if f != vm.None {
			return nil, errno.EFAULT
		}
		if total += len(s) + 9; total > most {
			return nil, errno.E2BIG
		}
		all = append(all, s)
	}
}
