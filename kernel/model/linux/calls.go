package linux

// What handlers of system calls share. The calls themselves are in the files calls_*.go, one
// row each, by subject.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// nothing is a call whose effect nobody can see here.
func nothing(*kern.Thread, *[6]uint64) (uint64, errno.Errno) { return 0, errno.OK }

// refuse is a call that always fails.
func refuse(e errno.Errno) call {
	return func(*kern.Thread, *[6]uint64) (uint64, errno.Errno) { return 0, e }
}

// bootedAt is CLOCK_REALTIME when the machine was made, in seconds. It is before the epoch of
// every file that a host lends.
const bootedAt = 1_700_000_000

const second = 1_000_000_000

// realTime is the time of day for a modeled time, both in ns.
func realTime(now int64) int64 { return now + bootedAt*second }

// timeout is the deadline of a call by its relative timespec, 0 (never) for a null pointer.
func timeout(t *kern.Thread, addr uint64) (int64, errno.Errno) {
	if addr == 0 {
		return 0, errno.OK
	}
	ns, e := timespec(t, addr)
	return after(t, ns), e
}
