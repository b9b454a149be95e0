package calls

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// Operations of flock(2), the same in all systems.
const (
	lockShared    = 1
	lockExclusive = 2
	lockNonblock  = 4
	lockUnlock    = 8
)

// Flock is flock(2): descriptor, operation. EBADF, EINVAL, EAGAIN; a signal ends the wait.
func Flock(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := OpenFile(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	switch op := a[1] &^ lockNonblock; op {
	case lockUnlock:
		f.Unlock()
		return 0, errno.OK
	case lockShared, lockExclusive:
		f.Retain()
		defer f.Release()
		for {
			q, e := f.Lock(op == lockExclusive)
			if e != errno.EAGAIN || a[1]&lockNonblock != 0 {
				return 0, e
			}
			if e := SleepOn(t, "lockf", q); e != errno.OK {
				return 0, e
			}
		}
	}
	return 0, errno.EINVAL
}
