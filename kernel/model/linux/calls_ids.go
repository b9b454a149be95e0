package linux

// Capabilities: nothing here has other than all or none.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{"capget", sysCapget}, {"capset", sysCapset}})
}

// Versions of struct __user_cap_header_struct (capget(2)), and how many words of each set.
var capVersions = map[uint32]int{0x19980330: 1, 0x20071026: 2, 0x20080522: 2}

const (
	capLatest = 0x20080522
	capAll    = 1<<41 - 1
)

// capsOf is the capabilities that a process would have: all or none.
func capsOf(p *kern.Proc) uint64 {
	if p.Cred.Super() {
		return capAll
	}
	return 0
}

// capHeader reads the header. Of another version the latest is told: EINVAL.
func capHeader(t *kern.Thread, addr uint64) (words, pid int, e errno.Errno) {
	version, e := word32(t, addr)
	if e != errno.OK {
		return 0, 0, e
	}
	words, known := capVersions[version]
	if !known {
		if e := t.Put32(addr, capLatest); e != errno.OK {
			return 0, 0, e
		}
		return 0, 0, errno.EINVAL
	}
	id, e := word32(t, addr+4)
	return words, int(int32(id)), e
}

func sysCapget(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	words, pid, e := capHeader(t, a[0])
	if e == errno.EINVAL && a[1] == 0 {
		return 0, errno.OK // that was the question
	}
	if e != errno.OK {
		return 0, e
	}
	if pid < 0 {
		return 0, errno.EINVAL
	}
	p := procAt(t, uint64(pid))
	if p == nil {
		return 0, errno.ESRCH
	}
	var b []byte
	for i := range words {
		half := uint32(capsOf(p) >> (32 * i))
		for _, v := range []uint32{half, half, 0} { // effective, permitted, inheritable
			b = le.AppendUint32(b, v)
		}
	}
	return 0, t.CopyOut(a[1], b)
}

// sysCapset lets a process have what it has. To drop some of it is not modeled; programs that
// do so only want less to go wrong.
func sysCapset(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	words, pid, e := capHeader(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	if pid != 0 && pid != t.TID {
		return 0, errno.EPERM
	}
	b := make([]byte, 12*words)
	if e := t.CopyIn(a[1], b); e != errno.OK {
		return 0, e
	}
	has := capsOf(t.Proc)
	for i := range words {
		half := uint32(has >> (32 * i))
		if (le.Uint32(b[12*i:])|le.Uint32(b[12*i+4:])|le.Uint32(b[12*i+8:]))&^half != 0 {
			return 0, errno.EPERM
		}
	}
	return 0, errno.OK
}
