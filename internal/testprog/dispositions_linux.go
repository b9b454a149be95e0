package testprog

import (
	"syscall"
	"unsafe"
)

// init lets the programs under test begin with the dispositions that they would have from a
// shell: what is ignored is inherited. nohup ignores SIGHUP, a shell without job control SIGINT in
// what it runs in the background, and the C library's posix_spawn, which make and others use, the
// two signals that it keeps for its threads. Where these are ignored the Go runtime leaves them so.
func init() {
	const ignored = 1 // SIG_IGN
	var action, fresh struct{ handler, flags, restorer, mask uint64 }
	for _, sig := range [...]uintptr{uintptr(syscall.SIGHUP), uintptr(syscall.SIGINT), 32, 33} {
		syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, sig, 0, uintptr(unsafe.Pointer(&action)), 8, 0, 0)
		if action.handler == ignored {
			syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&fresh)), 0, 8, 0, 0)
		}
	}
}
