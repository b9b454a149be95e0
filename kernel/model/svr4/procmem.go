package svr4

// The memory of a process through /proc: as, PCREAD and PCWRITE, and watched areas.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// readMemory is a read of as: up to where nothing is mapped.
func readMemory(p *kern.Proc, b []byte, off int64) int {
	if p.Space == nil {
		return 0
	}
	return p.Space.Peek(uint64(off), b)
}

// writeMemory is a write of it. EIO: nothing could be written.
func writeMemory(h *handle, _ *kern.Thread, b []byte, off int64) (int, errno.Errno) {
	if h.p.Space == nil {
		return 0, errno.EIO
	}
	n := h.p.Space.Poke(uint64(off), b)
	if n == 0 && len(b) > 0 {
		return 0, errno.EIO
	}
	return n, errno.OK
}

// vector is the operand of PCREAD and PCWRITE.
func (o *order) vector() (v proc.IOVec, e errno.Errno) {
	const most = 1 << 20 // bytes that a message moves
	if v.Decode(o.msg.Arg) != nil || v.Len > most {
		return v, errno.EINVAL
	}
	if o.by == nil || o.by.Proc.Space == nil || o.p.Space == nil {
		return v, errno.EIO
	}
	return v, errno.OK
}

// read is PCREAD, from the process to who writes the message. EIO: not all of it.
func (o *order) read() errno.Errno {
	v, e := o.vector()
	if e != errno.OK {
		return e
	}
	b := make([]byte, v.Len)
	if o.p.Space.Peek(uint64(v.Off), b) < len(b) {
		return errno.EIO
	}
	return o.by.CopyOut(v.Base, b)
}

func (o *order) write() errno.Errno {
	v, e := o.vector()
	if e != errno.OK {
		return e
	}
	b := make([]byte, v.Len)
	if e := o.by.CopyIn(v.Base, b); e != errno.OK {
		return e
	}
	if o.p.Space.Poke(uint64(v.Off), b) < len(b) {
		return errno.EIO
	}
	return errno.OK
}

// maxAreas bounds a process's watched areas (illumos: prnwatch).
const maxAreas = 10000

// watch is PCWATCH: an area more, other flags of one that is the same, or with none an area
// less. EBUSY: memory is lent. EINVAL: flags there are not, or it overlaps another.
func (o *order) watch() errno.Errno {
	var w proc.Watch
	if w.Decode(o.msg.Arg) != nil || w.Flags&^proc.WatchAll != 0 {
		return errno.EINVAL
	}
	all := slices.Clone(o.k.areas)
	i := slices.IndexFunc(all, func(x proc.Watch) bool { return x.Addr == w.Addr })
	switch {
	case o.k.lent:
		return errno.EBUSY
	case w.Flags&(proc.WatchRead|proc.WatchWrite|proc.WatchExec) == 0:
		if i >= 0 {
			all = slices.Delete(all, i, i+1)
		}
	case w.Size == 0 || w.Addr+w.Size-1 < w.Addr:
		return errno.EINVAL
	case i >= 0 && all[i].Size == w.Size:
		all[i] = w
	case slices.ContainsFunc(all, func(x proc.Watch) bool { return w.Addr-x.Addr < x.Size || x.Addr-w.Addr < w.Size }):
		return errno.EINVAL
	case len(all) >= maxAreas:
		return errno.E2BIG
	default:
		all = append(all, w)
	}
	o.k.setAreas(o.p, all)
	return errno.OK
}

// setAreas replaces the watched areas.
func (k *process) setAreas(p *kern.Proc, all []proc.Watch) {
	if len(all) == 0 && len(k.areas) == 0 {
		return
	}
	k.areas = all
	k.arm(p)
}

// arm has the processor look out for the watched areas; not while memory is lent.
func (k *process) arm(p *kern.Proc) {
	if p.Space == nil || k.lent {
		return
	}
	var areas []cpu.Area
	for _, w := range k.areas {
		areas = append(areas, cpu.Area{Addr: w.Addr, Size: w.Size, After: w.Flags&proc.WatchAfter != 0,
			On: [3]bool{cpu.Read: w.Flags&proc.WatchRead != 0, cpu.Write: w.Flags&proc.WatchWrite != 0, cpu.Execute: w.Flags&proc.WatchExec != 0}})
	}
	p.Space.CPU.SetAreas(areas)
}
