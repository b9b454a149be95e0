package strace

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/kernel/linux/ownlimits"
)

// startedBlocked says whether a signal was blocked when we were started.
func startedBlocked(sig unix.Signal) bool {
	blocked, _, _ := ownlimits.Signals()
	return blocked>>(sig-1)&1 != 0
}

// defaultAction gives a signal its default action, which os/signal does not do for those that
// the Go runtime has handlers of its own for.
func defaultAction(sig unix.Signal) {
	var action [4]uint64 // struct sigaction of the kernel: SIG_DFL, no flags, no mask
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
	set := uint64(1) << (sig - 1)
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_UNBLOCK, uintptr(unsafe.Pointer(&set)), 0, 8, 0, 0)
}
