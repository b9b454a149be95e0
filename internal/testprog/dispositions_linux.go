package testprog

import (
	"syscall"
	"unsafe"
)

// init lets the programs under test begin with the dispositions that they would have from a
// shell. The C library's posix_spawn, which make and others use, leaves the two signals that it
// keeps for its threads ignored; the Go runtime touches neither, and what is ignored is inherited.
func init() {
	var action struct{ handler, flags, restorer, mask uint64 }
	for _, sig := range [...]uintptr{32, 33} {
		syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
	}
}
