package linux

// futex(2), and the locks that die with their thread (get_robust_list(2)).

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
)

func init() {
	register([]row{{"futex", sysFutex}, {"set_robust_list", sysSetRobustList}, {"get_robust_list", sysGetRobustList}})
}

// Operations of futex(2).
const (
	futexWait       = 0
	futexWake       = 1
	futexRequeue    = 3
	futexCmpRequeue = 4
	futexWakeOp     = 5
	futexLockPI     = 6
	futexUnlockPI   = 7
	futexTryLockPI  = 8
	futexWaitBits   = 9
	futexWakeBits   = 10
	futexWaitPI     = 11
	futexCmpPI      = 12
	futexLockPI2    = 13
	futexPrivate    = 0x80
	futexRealtime   = 0x100
	futexAllBits    = ^uint32(0)
)

func sysFutex(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	op := uint32(a[1])
	private := op&futexPrivate != 0
	realtime := op&futexRealtime != 0
	op &^= futexPrivate | futexRealtime
	if realtime && op != futexWait && op != futexWaitBits && op != futexWaitPI && op != futexLockPI2 {
		return 0, errno.ENOSYS
	}
	bits := futexAllBits
	switch op {
	case futexWaitBits, futexWakeBits:
		bits = uint32(a[5])
		if bits == 0 {
			return 0, errno.EINVAL
		}
		fallthrough
	case futexWait, futexWake:
		key, e := t.FutexKey(a[0], private)
		if e != errno.OK {
			return 0, e
		}
		if op == futexWake || op == futexWakeBits {
			n := t.M.FutexWake(key, max(integer(a[2]), 1), bits)
			return uint64(n), errno.OK
		}
		until, e := futexTimeout(t, a[3], op == futexWaitBits, realtime)
		if e != errno.OK {
			return 0, e
		}
		return waitFor(t, key, a[0], uint32(a[2]), bits, until)
	case futexRequeue, futexCmpRequeue, futexWakeOp:
		return futexTwo(t, a, op, private)
	case futexLockPI, futexUnlockPI, futexTryLockPI, futexWaitPI, futexCmpPI, futexLockPI2:
		t.M.NotModeled(t, "futex with priority inheritance")
	}
	return 0, errno.ENOSYS
}

// futexTimeout is the deadline of a wait. FUTEX_WAIT has a relative one.
func futexTimeout(t *kern.Thread, addr uint64, absolute, realtime bool) (int64, errno.Errno) {
	if addr == 0 {
		return 0, errno.OK
	}
	ns, e := timespec(t, addr)
	switch {
	case e != errno.OK:
		return 0, e
	case !absolute:
		return after(t, ns), errno.OK
	case realtime:
		ns -= bootedAt * second
	}
	return max(ns, 1), errno.OK
}

// waitFor waits. With a deadline it goes on after a signal without handler until then.
func waitFor(t *kern.Thread, key vm.Key, addr uint64, value, bits uint32, until int64) (uint64, errno.Errno) {
	e := t.FutexWait(key, addr, value, bits, until)
	if e != errno.EINTR {
		return 0, e
	}
	if until == 0 {
		return 0, errno.ERESTART
	}
	taskOf(t).restart = func(t *kern.Thread) (uint64, errno.Errno) {
		return waitFor(t, key, addr, value, bits, until)
	}
	return 0, errno.ERESTARTBLOCK
}

// futexTwo is the operations on two words.
func futexTwo(t *kern.Thread, a *[6]uint64, op uint32, private bool) (uint64, errno.Errno) {
	from, e := t.FutexKey(a[0], private)
	if e != errno.OK {
		return 0, e
	}
	to, e := t.FutexKey(a[4], private)
	if e != errno.OK {
		return 0, e
	}
	n, more := integer(a[2]), integer(a[3])
	if op == futexWakeOp {
		return wakeOp(t, from, to, a[4], max(n, 1), max(more, 1), uint32(a[5]))
	}
	if n < 0 || more < 0 {
		return 0, errno.EINVAL
	}
	if op == futexCmpRequeue {
		now, e := word32(t, a[0])
		switch {
		case e != errno.OK:
			return 0, e
		case now != uint32(a[5]):
			return 0, errno.EAGAIN
		}
	}
	return uint64(t.M.FutexRequeue(from, to, n, more)), errno.OK
}

// wakeOp is FUTEX_WAKE_OP: change the second word, wake who waits for the first, and who waits
// for the second if it was as said.
func wakeOp(t *kern.Thread, from, to vm.Key, addr uint64, n, more int, how uint32) (uint64, errno.Errno) {
	signed := func(v uint32) int32 { return int32(v<<20) >> 20 }
	op, cmp, operand, against := how>>28, how>>24&15, uint32(signed(how>>12)), signed(how)
	const shift = 8 // FUTEX_OP_ARG_SHIFT
	if op&shift != 0 {
		operand = 1 << (operand & 31)
	}
	change, compare := futexChanges[op&7], futexCompares[cmp]
	if change == nil || compare == nil {
		return 0, errno.ENOSYS
	}
	was, fault := t.Proc.Space.Update32(addr, func(v uint32) uint32 { return change(v, operand) })
	if fault != vm.None {
		return 0, errno.EFAULT
	}
	woken := t.M.FutexWake(from, n, futexAllBits)
	if compare(int32(was), against) {
		woken += t.M.FutexWake(to, more, futexAllBits)
	}
	return uint64(woken), errno.OK
}

// futexChanges and futexCompares are FUTEX_OP_SET and so on, and FUTEX_OP_CMP_EQ and so on.
var (
	futexChanges = [8]func(v, x uint32) uint32{
		func(_, x uint32) uint32 { return x },
		func(v, x uint32) uint32 { return v + x },
		func(v, x uint32) uint32 { return v | x },
		func(v, x uint32) uint32 { return v &^ x },
		func(v, x uint32) uint32 { return v ^ x },
	}
	futexCompares = [16]func(v, x int32) bool{
		func(v, x int32) bool { return v == x },
		func(v, x int32) bool { return v != x },
		func(v, x int32) bool { return v < x },
		func(v, x int32) bool { return v <= x },
		func(v, x int32) bool { return v > x },
		func(v, x int32) bool { return v >= x },
	}
)

// robustHead is struct robust_list_head: the first entry, where the word is from an entry on,
// and the entry that is being locked.
const robustHead = 24

func sysSetRobustList(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[1] != robustHead {
		return 0, errno.EINVAL
	}
	taskOf(t).robust = a[0]
	return 0, errno.OK
}

func sysGetRobustList(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	of := t
	if tid := integer(a[0]); tid != 0 {
		if of = t.M.Thread(tid); of == nil {
			return 0, errno.ESRCH
		}
	}
	if of.Proc != t.Proc {
		if e := mayTrace(t, of); e != errno.OK {
			return 0, errno.EPERM
		}
	}
	if e := t.PutWord(a[2], robustHead); e != errno.OK {
		return 0, e
	}
	return 0, t.PutWord(a[1], taskOf(of).robust)
}

// Bits of a robust futex's word.
const (
	futexWaiters   = 1 << 31
	futexOwnerDied = 1 << 30
	futexTID       = 1<<30 - 1
	robustMost     = 2048 // ROBUST_LIST_LIMIT: a list may be a circle
)

// releaseRobust marks the locks that a thread has as it ends.
func releaseRobust(t *kern.Thread) {
	head := taskOf(t).robust
	if head == 0 {
		return
	}
	entry, e1 := t.Word(head)
	offset, e2 := t.Word(head + 8)
	pending, e3 := t.Word(head + 16)
	if e1 != errno.OK || e2 != errno.OK || e3 != errno.OK {
		return
	}
	const isPI = 1 // the lowest bit of a pointer
	for n := 0; entry&^isPI != head && n < robustMost; n++ {
		next, e := t.Word(entry &^ isPI)
		if entry&^isPI != pending&^isPI {
			ownerDied(t, entry&^isPI+offset, false)
		}
		if e != errno.OK {
			return
		}
		entry = next
	}
	if pending != 0 {
		ownerDied(t, pending&^isPI+offset, true)
	}
}

// ownerDied marks one lock, if it is the thread's, and wakes one who waits for it.
func ownerDied(t *kern.Thread, addr uint64, pending bool) {
	word, e := word32(t, addr)
	if e != errno.OK || addr%4 != 0 {
		return
	}
	switch {
	case pending && word == 0: // it was being unlocked
	case word&futexTID != uint32(t.TID)&futexTID:
		return
	default:
		t.Put32(addr, word&futexWaiters|futexOwnerDied)
		if word&futexWaiters == 0 {
			return
		}
	}
	for _, private := range []bool{false, true} {
		if key, e := t.FutexKey(addr, private); e == errno.OK {
			t.M.FutexWake(key, 1, futexAllBits)
		}
	}
}
