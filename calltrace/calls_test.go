package calltrace

import (
	"testing"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/syscalls"
	"github.com/trapline/trapline/tracer"
)

// The ABI of a call is what the kernel says for it, not the kernel's own; the error that a kernel
// of another system tells by its number is shown by the program's.
func TestCallsOfSeveralABIs(t *testing.T) {
	for _, c := range []struct {
		os   *abi.OS
		call kernel.Syscall
		want string
	}{
		{abi.FreeBSD, kernel.Syscall{ABI: kernel.CallFreeBSD, Nr: 6, Args: [6]uint64{9}, Ret: -9, Failed: true}, "close(9) = -1 EBADF (Bad file descriptor)"},
		{abi.FreeBSD, kernel.Syscall{ABI: kernel.CallFreeBSD, Nr: 37, Args: [6]uint64{1, 30}}, "kill(1, SIGUSR1) = 0"},
		{abi.FreeBSD, kernel.Syscall{ABI: kernel.CallFreeBSD32, Nr: 480, Args: [6]uint64{3, 0, 1}}, "ftruncate(3, 4294967296) = 0"},
		{abi.FreeBSD, kernel.Syscall{ABI: kernel.CallFreeBSD32, Nr: 478, Args: [6]uint64{3, 5, 1}, Ret: 5, High: 1}, "lseek(3, 4294967301, SEEK_SET) = 4294967301"},
		{abi.FreeBSD, kernel.Syscall{ABI: kernel.CallFreeBSD32, Nr: 3, Args: [6]uint64{3}, High: 7}, "read(3, NULL, 0) = 0"},
		{abi.FreeBSD, kernel.Syscall{ABI: kernel.CallFreeBSD, Nr: 478, Args: [6]uint64{3, 5}, Ret: 5, High: 7}, "lseek(3, 5, SEEK_SET) = 5"},
		{abi.FreeBSD, kernel.Syscall{ABI: kernel.CallFreeBSD, Nr: 393, Args: [6]uint64{3, 4, 0, 5}, More: [2]uint64{2}}, "sendfile(3, 4, 0, 5, NULL, NULL, SF_MNOWAIT) = 0"},
		{abi.FreeBSD, kernel.Syscall{ABI: kernel.CallAMD64, Nr: 3, Args: [6]uint64{9}, Ret: -35, Failed: true}, "close(9) = -1 EAGAIN (Resource temporarily unavailable)"},
		{abi.FreeBSD, kernel.Syscall{ABI: kernel.CallI386, Nr: 37, Args: [6]uint64{1, 10}}, "kill(1, SIGUSR1) = 0"},
		{abi.FreeBSD, kernel.Syscall{ABI: kernel.CallFreeBSD, Nr: 3, Ret: 1, Failed: true}, "read(0, NULL, 0) = ? ERESTART"},
		{abi.Linux, kernel.Syscall{ABI: kernel.CallAMD64, Nr: 3, Args: [6]uint64{9}, Ret: -35, Failed: true}, "close(9) = -1 EDEADLK (Resource deadlock avoided)"},
	} {
		calls := NewCalls(c.os, &syscalls.Options{Column: -1}, false)
		th := &tracer.Thread{TID: 2, Process: &tracer.Process{PID: 1}, Call: c.call}
		line := syscalls.AppendEnter(nil, calls.Enter(th))
		if got := string(syscalls.AppendExit(line, calls.Exit(th))); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
