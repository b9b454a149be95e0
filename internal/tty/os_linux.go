package tty

import "golang.org/x/sys/unix"

const (
	ioctlGetModes = unix.TCGETS
	ioctlSetModes = unix.TCSETS
)

// setMask changes the signal mask of the calling OS thread; old may be nil.
func setMask(how int, set, old *unix.Sigset_t) error {
	return unix.PthreadSigmask(how, set, old)
}

const (
	maskBlock = unix.SIG_BLOCK
	maskSet   = unix.SIG_SETMASK
)

// maskOf is the set of one signal: bit n-1 is signal n.
func maskOf(sig unix.Signal) unix.Sigset_t {
	var s unix.Sigset_t
	s.Val[(sig-1)/64] = 1 << ((sig - 1) % 64)
	return s
}
