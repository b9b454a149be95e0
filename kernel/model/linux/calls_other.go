package linux

// Other processes' memory, and what two processes share.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{"process_vm_readv", sysProcessVMReadv}, {"process_vm_writev", sysProcessVMWritev}, {"kcmp", sysKcmp}})
}

// otherMemory is the address space of a thread that the caller might trace.
func otherMemory(t *kern.Thread, id uint64) (*kern.AddressSpace, errno.Errno) {
	o := t.M.Thread(integer(id))
	if o == nil || o.Proc.Space == nil || !o.Alive() {
		return nil, errno.ESRCH
	}
	if o.Proc != t.Proc {
		if e := mayTrace(t, o); e != errno.OK {
			return nil, e
		}
	}
	return o.Proc.Space, errno.OK
}

// exchange copies between vectors here and there, with a function for each piece that says how
// much of it could be.
func exchange(t *kern.Thread, a *[6]uint64, move func(as *kern.AddressSpace, here, there uint64, b []byte) int) (uint64, errno.Errno) {
	if a[5] != 0 {
		return 0, errno.EINVAL
	}
	local, e := vectorsAt(t, a[1], a[2])
	if e != errno.OK {
		return 0, e
	}
	remote, e := vectorsAt(t, a[3], a[4])
	if e != errno.OK {
		return 0, e
	}
	as, e := otherMemory(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	done := uint64(0)
	for len(local) > 0 && len(remote) > 0 && done < maxTransfer {
		h, r := &local[0], &remote[0]
		n := min(h.Size, r.Size, piece)
		switch {
		case h.Size == 0:
			local = local[1:]
			continue
		case r.Size == 0:
			remote = remote[1:]
			continue
		}
		moved := uint64(max(move(as, h.Base, r.Base, make([]byte, n)), 0))
		done += moved
		if moved < n {
			if done == 0 {
				return 0, errno.EFAULT
			}
			break
		}
		h.Base, h.Size, r.Base, r.Size = h.Base+n, h.Size-n, r.Base+n, r.Size-n
	}
	return done, errno.OK
}

func sysProcessVMReadv(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return exchange(t, a, func(as *kern.AddressSpace, here, there uint64, b []byte) int {
		n := as.LoadOther(there, b)
		return t.Proc.Space.Store(here, b[:n])
	})
}

func sysProcessVMWritev(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return exchange(t, a, func(as *kern.AddressSpace, here, there uint64, b []byte) int {
		n := t.Proc.Space.Load(here, b)
		return as.StoreOther(there, b[:n])
	})
}

// Types of kcmp(2).
const (
	kcmpFile    = 0
	kcmpVM      = 1
	kcmpFiles   = 2
	kcmpFS      = 3
	kcmpSighand = 4
)

// sysKcmp tells equal (0) from different (3: no order is meant).
func sysKcmp(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	x, y := t.M.Thread(integer(a[0])), t.M.Thread(integer(a[1]))
	if x == nil || y == nil {
		return 0, errno.ESRCH
	}
	for _, o := range []*kern.Thread{x, y} {
		if e := mayTrace(t, o); o.Proc != t.Proc && e != errno.OK {
			return 0, e
		}
	}
	p, q := x.Proc, y.Proc
	same := false
	switch a[2] {
	case kcmpFile:
		if p.Files == nil || q.Files == nil {
			return 0, errno.EBADF
		}
		f, e1 := p.Files.Get(integer(a[3]))
		g, e2 := q.Files.Get(integer(a[4]))
		if e1 != errno.OK || e2 != errno.OK {
			return 0, errno.EBADF
		}
		same = f == g
	case kcmpVM:
		same = p.Space == q.Space
	case kcmpFiles:
		same = p.Files == q.Files
	case kcmpFS:
		same = p.At == q.At
	case kcmpSighand:
		same = p.Actions == q.Actions
	default:
		return 0, errno.EINVAL
	}
	if same {
		return 0, errno.OK
	}
	return 3, errno.OK
}
