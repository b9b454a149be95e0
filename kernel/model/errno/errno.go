// Package errno names the errors of the modeled kernels. They are names, not numbers: what
// number a program gets is its system's affair (abi.OS).
package errno

import (
	"fmt"

	"github.com/trapline/trapline/abi"
)

// Errno is why a system call failed; 0 is that it did not.
type Errno uint8

// The errors, in intro(2)'s order.
const (
	OK Errno = iota
	EPERM
	ENOENT
	ESRCH
	EINTR
	EIO
	ENXIO
	E2BIG
	ENOEXEC
	EBADF
	ECHILD
	EAGAIN
	ENOMEM
	EACCES
	EFAULT
	EBUSY
	EEXIST
	EXDEV
	ENODEV
	ENOTDIR
	EISDIR
	EINVAL
	ENFILE
	EMFILE
	ENOTTY
	ETXTBSY
	EFBIG
	ENOSPC
	ESPIPE
	EROFS
	EMLINK
	EPIPE
	ERANGE
	EDEADLK
	ENAMETOOLONG
	ENOSYS
	ENOTEMPTY
	ELOOP
	EOVERFLOW
	ELIBBAD
	EOPNOTSUPP
	ETIMEDOUT
	EUSERS
	ENOTSUP

	// How a sleep ended that a signal interrupted, if the call may be begun again. No program
	// sees them; what they become is settled when the signal is delivered.
	ERESTART       // again if the handler has SA_RESTART or there is none, else EINTR
	ERESTARTNOHAND // again if there is no handler, else EINTR
	ERESTARTNOINTR // again, always
	ERESTARTBLOCK  // as ERESTARTNOHAND, but it goes on with what is left of its time
	count
)

var names = [count]string{"OK", "EPERM", "ENOENT", "ESRCH", "EINTR", "EIO", "ENXIO", "E2BIG", "ENOEXEC", "EBADF", "ECHILD",
	"EAGAIN", "ENOMEM", "EACCES", "EFAULT", "EBUSY", "EEXIST", "EXDEV", "ENODEV", "ENOTDIR", "EISDIR", "EINVAL",
	"ENFILE", "EMFILE", "ENOTTY", "ETXTBSY", "EFBIG", "ENOSPC", "ESPIPE", "EROFS", "EMLINK", "EPIPE", "ERANGE",
	"EDEADLK", "ENAMETOOLONG", "ENOSYS", "ENOTEMPTY", "ELOOP", "EOVERFLOW", "ELIBBAD", "EOPNOTSUPP", "ETIMEDOUT",
	"EUSERS", "ENOTSUP", "ERESTART", "ERESTARTNOHAND", "ERESTARTNOINTR", "ERESTARTBLOCK"}

func (e Errno) String() string {
	if e < count {
		return names[e]
	}
	return fmt.Sprintf("Errno(%d)", uint8(e))
}

func (e Errno) Error() string { return e.String() }

// Restarts says whether the error is one of a call that may be begun again.
func (e Errno) Restarts() bool { return e >= ERESTART && e < count }

// others are the names by which a system may know an error, tried before the error's own.
var others = map[string]string{"ERESTART": "ERESTARTSYS", "ERESTARTBLOCK": "ERESTART_RESTARTBLOCK", "ENOTSUP": "EOPNOTSUPP"}

// Numbers is the errors' numbers on a system, by Errno; -1 where the system has no such error.
func Numbers(os *abi.OS) []int {
	byName := map[string]int{}
	for _, row := range os.Errnos {
		byName[row.Name] = row.Num
	}
	all := make([]int, count)
	for e := EPERM; e < count; e++ {
		n, ok := byName[others[names[e]]]
		if !ok {
			n, ok = byName[names[e]]
		}
		if !ok {
			n = -1
		}
		all[e] = n
	}
	return all
}
