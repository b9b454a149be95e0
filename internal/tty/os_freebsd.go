package tty

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	ioctlGetModes = unix.TIOCGETA
	ioctlSetModes = unix.TIOCSETA
)

// The "how" of sigprocmask(2), <sys/signal.h>; x/sys/unix lacks them.
const (
	maskBlock = 1
	maskSet   = 3
)

// setMask changes the signal mask of the calling OS thread; old may be nil. The
// system call acts on the thread, as pthread_sigmask does.
func setMask(how int, set, old *unix.Sigset_t) error {
	_, _, errno := unix.RawSyscall(unix.SYS_SIGPROCMASK, uintptr(how),
		uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(old)))
	if errno != 0 {
		return errno
	}
	return nil
}

// maskOf is the set of one signal: bit n-1 is signal n.
func maskOf(sig unix.Signal) unix.Sigset_t {
	var s unix.Sigset_t
	s.Val[(sig-1)/32] = 1 << ((sig - 1) % 32)
	return s
}
