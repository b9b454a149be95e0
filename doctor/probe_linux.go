package doctor

import (
	"encoding/binary"
	"errors"
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/internal/debugregs"
)

// Requests that neither syscall nor x/sys/unix wraps (linux/ptrace.h, linux/fs.h).
const (
	ptraceSeize          = 0x4206
	ptraceGetSyscallInfo = 0x420e
	ptraceSetSyscallInfo = 0x4212
	procmapQuery         = 0xC0686611 // _IOWR('f', 17, struct procmap_query), 104 bytes
	procmapQuerySize     = 104
	procmapCovering      = 0x10 // PROCMAP_QUERY_COVERING_OR_NEXT_VMA
)

// probe tries each feature where a failure does no harm: memory and maps on
// ourselves, ptrace on a child that stops at its exec and is killed there.
func probe() map[string]error {
	runtime.LockOSThread() // ptrace requests work only from the thread that traces
	defer runtime.UnlockOSThread()
	out := make(map[string]error)
	out[ProbeVMRead] = probeVMRead()
	out[ProbeProcmap] = probeProcmap()
	if err := debugregs.Try(); err == nil || errors.Is(err, debugregs.ErrSilent) { // else it was not tried
		out[ProbeDebugRegs] = err
	}

	pid, err := syscall.ForkExec("/proc/self/exe", []string{"trapline"}, &syscall.ProcAttr{
		Sys: &syscall.SysProcAttr{Ptrace: true, Pdeathsig: syscall.SIGKILL},
	})
	out[ProbeTraceme] = err
	if err != nil {
		return out
	}
	defer reap(pid)
	var status syscall.WaitStatus
	if _, err := wait(pid, &status); err != nil || !status.Stopped() {
		return out
	}
	out[ProbeGetSyscall] = ptraceInfo(ptraceGetSyscallInfo, pid)
	// At an exec stop there is nothing to set: EINVAL is a kernel that understood.
	if out[ProbeSetSyscall] = ptraceInfo(ptraceSetSyscallInfo, pid); out[ProbeSetSyscall] == syscall.EINVAL {
		out[ProbeSetSyscall] = nil
	}
	// Let go of it with SIGSTOP, so that it never runs, and attach again.
	if err := ptrace(syscall.PTRACE_DETACH, pid, 0, uintptr(syscall.SIGSTOP)); err == nil {
		out[ProbeSeize] = ptrace(ptraceSeize, pid, 0, 0)
	}
	return out
}

func reap(pid int) {
	syscall.Kill(pid, syscall.SIGKILL)
	var status syscall.WaitStatus
	for {
		if _, err := wait(pid, &status); err != nil || status.Exited() || status.Signaled() {
			return
		}
	}
}

func wait(pid int, status *syscall.WaitStatus) (int, error) {
	for {
		n, err := syscall.Wait4(pid, status, 0, nil)
		if err != syscall.EINTR {
			return n, err
		}
	}
}

func ptrace(request, pid int, addr, data uintptr) error {
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PTRACE, uintptr(request), uintptr(pid), addr, data, 0, 0); e != 0 {
		return e
	}
	return nil
}

// ptraceInfo makes a request that moves a struct ptrace_syscall_info (88 bytes).
func ptraceInfo(request, pid int) error {
	var info [88]byte
	_, _, e := syscall.RawSyscall6(syscall.SYS_PTRACE, uintptr(request), uintptr(pid), unsafe.Sizeof(info),
		uintptr(unsafe.Pointer(&info)), 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

// source is read by its address, so it lies where nothing moves it.
var source = [8]byte{'t', 'r', 'a', 'p', 'l', 'i', 'n', 'e'}

func probeVMRead() error {
	var dst [len(source)]byte
	local := []unix.Iovec{{Base: &dst[0], Len: uint64(len(dst))}}
	remote := []unix.RemoteIovec{{Base: uintptr(unsafe.Pointer(&source)), Len: len(source)}}
	_, err := unix.ProcessVMReadv(os.Getpid(), local, remote, 0)
	if err == nil && dst != source {
		err = syscall.EIO
	}
	return err
}

func probeProcmap() error {
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		return err
	}
	defer f.Close()
	var q [procmapQuerySize]byte
	binary.LittleEndian.PutUint64(q[0:], procmapQuerySize)
	binary.LittleEndian.PutUint64(q[8:], procmapCovering)
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), procmapQuery, uintptr(unsafe.Pointer(&q))); e != 0 {
		return e
	}
	return nil
}
