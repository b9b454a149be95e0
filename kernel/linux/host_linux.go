package linux

// The real kernel: the only file of the adapter, with spawn_linux.go and package child,
// that issues system calls.

import (
	"errors"
	"os"
	"os/signal"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/internal/debugregs"
	"github.com/trapline/trapline/internal/gosched"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/internal/child"
	"github.com/trapline/trapline/procfs"
)

// Host is the Sys of the running kernel. It belongs to the OS thread that made it.
type Host struct {
	pid, tid int
	fs       *procfs.FS
	woken    atomic.Bool // Wake was called and Wait has not told
	waiting  atomic.Bool // Wait is about to block or blocks
	spawned  child.Reports
	turn     gosched.Turn
	polling  polling
}

// wakeSignal interrupts our own wait4. A real-time signal that neither Go nor glibc
// uses.
const wakeSignal = syscall.Signal(51)

// NewHost locks the calling goroutine to its OS thread, which becomes the tracer of
// all that is launched and attached to. It must stay alive and never return to the
// scheduler's pool: when it exits, the kernel kills or lets go of the tracees.
func NewHost() *Host {
	runtime.LockOSThread()
	h := &Host{pid: os.Getpid(), tid: unix.Gettid(), fs: procfs.New(""), spawned: child.Reports{}}
	signal.Notify(make(chan os.Signal, 1), wakeSignal)
	flagSignal(wakeSignal, 0, saRestart) // Go sets it on every handler; without, a blocked wait4 returns EINTR
	flagSignal(syscall.SIGCHLD, saNoCldStop, 0)
	return h
}

// Flags of sigaction(2). Every stop of a tracee sends its tracer SIGCHLD, which would
// wake one of our idle threads to run a handler that has nothing to do; with
// SA_NOCLDSTOP it is not sent, and waiting works as before.
const (
	saNoCldStop = 1
	saRestart   = 0x10000000
)

// kernelSigaction is struct sigaction as rt_sigaction(2) has it on x86-64.
type kernelSigaction struct {
	handler, flags, restorer, mask uint64
}

// flagSignal changes flags of a signal's action and leaves the handler, which is the Go
// runtime's.
func flagSignal(sig syscall.Signal, set, clear uint64) {
	var sa kernelSigaction
	if _, _, e := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), 0, uintptr(unsafe.Pointer(&sa)), 8, 0, 0); e != 0 {
		return
	}
	sa.flags = sa.flags&^clear | set
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&sa)), 0, 8, 0, 0)
}

// Ptrace issues a request whose data is a number.
func (h *Host) Ptrace(req, tid int, addr, data uint64) Errno {
	_, _, e := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(req), uintptr(tid), uintptr(addr), uintptr(data), 0, 0)
	return Errno(e)
}

// PtraceBuf issues a request whose data is a buffer.
func (h *Host) PtraceBuf(req, tid int, addr uint64, buf []byte) (int, Errno) {
	data := unsafe.Pointer(unsafe.SliceData(buf))
	if req == reqGetRegSet || req == reqSetRegSet {
		iov := unix.Iovec{Base: (*byte)(data), Len: uint64(len(buf))}
		_, _, e := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(req), uintptr(tid), uintptr(addr), uintptr(unsafe.Pointer(&iov)), 0, 0)
		return int(iov.Len), Errno(e)
	}
	n, _, e := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(req), uintptr(tid), uintptr(addr), uintptr(data), 0, 0)
	return int(n), Errno(e)
}

// PeekSiginfo is PTRACE_PEEKSIGINFO.
func (h *Host) PeekSiginfo(tid int, off uint64, shared bool, buf []byte) (int, Errno) {
	const request, sharedFlag = 0x4209, 1
	args := struct {
		off   uint64
		flags uint32
		nr    int32
	}{off: off, nr: int32(len(buf) / siginfoSize)}
	if shared {
		args.flags = sharedFlag
	}
	n, _, e := unix.RawSyscall6(unix.SYS_PTRACE, request, uintptr(tid), uintptr(unsafe.Pointer(&args)), uintptr(unsafe.Pointer(unsafe.SliceData(buf))), 0, 0)
	return int(n), Errno(e)
}

// Wait is wait4 for the children and tracees of this thread alone, so that children
// another part of the program starts are not taken from it. The blocking call
// tells Go's scheduler (Syscall): a raw one would hold up a garbage collection. Before it
// blocks it polls, where that pays.
func (h *Host) Wait(block bool) (int, uint32, Errno) {
	var status uint32 // its address is taken in the calls themselves: before them the stack may move
	const options, any = unix.WALL | unix.WNOTHREAD, ^uintptr(0)
	if !block { // a Wake is for the wait that blocks
		n, _, e := unix.RawSyscall6(unix.SYS_WAIT4, any, uintptr(unsafe.Pointer(&status)), options|unix.WNOHANG, 0, 0, 0)
		return int(n), status, Errno(e)
	}
	h.turn.Call()
	if h.polling.due() {
		n, e := uintptr(0), syscall.Errno(0)
		for i := 0; i < polls && n == 0 && e == 0 && !h.woken.Load(); i++ {
			n, _, e = unix.RawSyscall6(unix.SYS_WAIT4, any, uintptr(unsafe.Pointer(&status)), options|unix.WNOHANG, 0, 0, 0)
		}
		h.polling.tried(n != 0, preemptions())
		if n != 0 || e != 0 {
			return int(n), status, Errno(e)
		}
	}
	for {
		h.waiting.Store(true)
		if h.woken.CompareAndSwap(true, false) {
			h.waiting.Store(false)
			return 0, 0, eINTR
		}
		n, _, e := unix.Syscall6(unix.SYS_WAIT4, any, uintptr(unsafe.Pointer(&status)), options, 0, 0, 0)
		h.waiting.Store(false)
		if e != unix.EINTR {
			return int(n), status, Errno(e)
		}
	}
}

// preemptions is how often this thread has had to give up its processor to others.
func preemptions() int64 {
	const thread = 1 // RUSAGE_THREAD
	var u unix.Rusage
	unix.RawSyscall(unix.SYS_GETRUSAGE, thread, uintptr(unsafe.Pointer(&u)), 0)
	return u.Nivcsw
}

// Wake makes a Wait that blocks, now or next, return EINTR. The signal may come
// before wait4 is entered, and is then lost; so it is sent until Wait has seen.
func (h *Host) Wake() {
	h.woken.Store(true)
	for h.woken.Load() && h.waiting.Load() {
		unix.Tgkill(h.pid, h.tid, wakeSignal)
		time.Sleep(100 * time.Microsecond)
	}
}

// Kill is kill(2).
func (h *Host) Kill(pid, sig int) Errno { return errno(unix.Kill(pid, syscall.Signal(sig))) }

// Tgkill is tgkill(2).
func (h *Host) Tgkill(pid, tid, sig int) Errno {
	return errno(unix.Tgkill(pid, tid, syscall.Signal(sig)))
}

// VMRead is process_vm_readv(2).
func (h *Host) VMRead(pid int, addr uint64, p []byte) (int, Errno) {
	return vm(unix.SYS_PROCESS_VM_READV, pid, addr, p)
}

// VMWrite is process_vm_writev(2).
func (h *Host) VMWrite(pid int, addr uint64, p []byte) (int, Errno) {
	return vm(unix.SYS_PROCESS_VM_WRITEV, pid, addr, p)
}

func vm(call uintptr, pid int, addr uint64, p []byte) (int, Errno) {
	if len(p) == 0 {
		return 0, 0
	}
	local := unix.Iovec{Base: &p[0], Len: uint64(len(p))}
	remote := unix.RemoteIovec{Base: uintptr(addr), Len: len(p)}
	n, _, e := unix.Syscall6(call, uintptr(pid), uintptr(unsafe.Pointer(&local)), 1, uintptr(unsafe.Pointer(&remote)), 1, 0)
	return int(n), Errno(e)
}

// SharesVM is kcmp(2) of address spaces.
func (h *Host) SharesVM(a, b int) (bool, Errno) {
	const kcmpVM = 1
	n, _, e := unix.RawSyscall6(unix.SYS_KCMP, uintptr(a), uintptr(b), kcmpVM, 0, 0, 0)
	return n == 0, Errno(e)
}

// DebugRegisters is debugregs.ErrSilent where they never fire.
func (h *Host) DebugRegisters() error {
	if err := debugregs.Try(); errors.Is(err, debugregs.ErrSilent) {
		return err
	}
	return nil
}

// Filters says which programs may have a seccomp filter. Who lacks CAP_SYS_ADMIN has to give up new
// privileges for it (seccomp(2)), which a traced program does not get anyway from a tracer without any.
func (h *Host) Filters() kernel.Filtering {
	if h.mayFilter() {
		return kernel.FilteringAll
	}
	return kernel.FilteringFollowed
}

func (h *Host) mayFilter() bool {
	st, err := h.fs.Proc(h.pid).Status()
	return err == nil && st.CapEffective.Has(procfs.CapSysAdmin)
}

// Files is /proc.
func (h *Host) Files() *procfs.FS { return h.fs }

func errno(err error) Errno {
	if e, ok := err.(syscall.Errno); ok {
		return Errno(e)
	}
	if err != nil {
		return eIO
	}
	return 0
}
