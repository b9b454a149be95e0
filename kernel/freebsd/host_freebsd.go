package freebsd

// The real kernel: the only file of the adapter, with spawn_freebsd.go, that issues
// system calls. FreeBSD 13 to 15 on amd64, without cgo.

import (
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/internal/gosched"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/internal/child"
)

// Host is the Sys of the running kernel. Any thread of the debugger may make requests
// (debugger-thread); it is bound to its OS thread for Wake alone.
type Host struct {
	pid     int
	lwp     int64
	woken   atomic.Bool // Wake was called and Wait has not told
	waiting atomic.Bool // Wait is about to block or blocks
	spawned child.Reports
	sysctls sync.Mutex // Sysctl is for any goroutine: procfs reads by it
	mibs    map[string][]int32
	buf     []byte // for sysctl
	turn    gosched.Turn
}

// wakeSignal interrupts our own wait6: SIGTHR, which the thread library uses and a program
// without one does not.
const wakeSignal = syscall.Signal(32)

// NewHost locks the calling goroutine to its OS thread.
func NewHost() *Host {
	runtime.LockOSThread()
	h := &Host{pid: os.Getpid(), spawned: child.Reports{}, mibs: map[string][]int32{}}
	unix.RawSyscall(unix.SYS_THR_SELF, uintptr(unsafe.Pointer(&h.lwp)), 0, 0)
	signal.Notify(make(chan os.Signal, 1), wakeSignal)
	flagSignal(wakeSignal, 0, saRestart) // Go sets it on every handler; without, a blocked wait6 returns EINTR
	flagSignal(syscall.SIGCHLD, saNoCldStop, 0)
	return h
}

// Flags of sigaction(2). Every stop of a tracee sends its tracer SIGCHLD, which would
// wake one of our idle threads to run a handler that has nothing to do.
const (
	saRestart   = 0x2
	saNoCldStop = 0x8
)

// kernelSigaction is struct sigaction.
type kernelSigaction struct {
	handler uintptr
	flags   int32
	mask    [4]uint32
}

// flagSignal changes flags of a signal's action and leaves the handler, which is the Go
// runtime's.
func flagSignal(sig syscall.Signal, set, clear int32) {
	var sa kernelSigaction
	if _, _, e := unix.RawSyscall(unix.SYS_SIGACTION, uintptr(sig), 0, uintptr(unsafe.Pointer(&sa))); e != 0 {
		return
	}
	sa.flags = sa.flags&^clear | set
	unix.RawSyscall(unix.SYS_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&sa)), 0)
}

// Ptrace issues a request whose address and data are numbers.
func (h *Host) Ptrace(req, id int, addr, data uint64) (int, Errno) {
	n, _, e := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(req), uintptr(id), uintptr(addr), uintptr(data), 0, 0)
	return int(int32(n)), Errno(e)
}

// PtraceBuf issues a request whose address is that of a buffer.
func (h *Host) PtraceBuf(req, id int, buf []byte, data uint64) (int, Errno) {
	return ptrace(req, id, unsafe.Pointer(unsafe.SliceData(buf)), data)
}

// ptrace tells Go's scheduler of the one request that takes its time.
func ptrace(req, id int, p unsafe.Pointer, data uint64) (int, Errno) {
	if req == raw.Coredump {
		n, _, e := unix.Syscall6(unix.SYS_PTRACE, uintptr(req), uintptr(id), uintptr(p), uintptr(data), 0, 0)
		return int(int32(n)), Errno(e)
	}
	n, _, e := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(req), uintptr(id), uintptr(p), uintptr(data), 0, 0)
	return int(int32(n)), Errno(e)
}

// ioDesc is struct ptrace_io_desc.
type ioDesc struct {
	op   int32
	_    int32
	offs uint64
	addr unsafe.Pointer
	len  uint64
}

// IO is PT_IO.
func (h *Host) IO(id, op int, addr uint64, p []byte) (int, Errno) {
	d := ioDesc{op: int32(op), offs: addr, addr: unsafe.Pointer(unsafe.SliceData(p)), len: uint64(len(p))}
	_, e := ptrace(raw.IO, id, unsafe.Pointer(&d), 0)
	runtime.KeepAlive(p)
	return int(d.len), e
}

// Regset is PT_GETREGSET and PT_SETREGSET.
func (h *Host) Regset(req, id, note int, buf []byte) (int, Errno) {
	iov := unix.Iovec{Base: unsafe.SliceData(buf), Len: uint64(len(buf))}
	_, e := ptrace(req, id, unsafe.Pointer(&iov), uint64(note))
	return int(iov.Len), e
}

// VMEntry is PT_VM_ENTRY.
func (h *Host) VMEntry(id int, entry, path []byte) Errno {
	var b struct {
		fixed   [raw.VMEntrySize - 8]byte
		pathPtr unsafe.Pointer
	}
	copy(b.fixed[:], entry)
	b.pathPtr = unsafe.Pointer(unsafe.SliceData(path))
	_, e := ptrace(raw.VMEntry, id, unsafe.Pointer(&b), 0)
	copy(entry, b.fixed[:])
	runtime.KeepAlive(path)
	return e
}

// scRemote is struct ptrace_sc_remote.
type scRemote struct {
	ret    [raw.ScRetSize]byte
	call   uint32
	nargs  uint32
	argPtr unsafe.Pointer
}

// ScRemote is PT_SC_REMOTE.
func (h *Host) ScRemote(id int, call uint32, args []uint64) (raw.ScReturn, Errno) {
	r := scRemote{call: call, nargs: uint32(len(args)), argPtr: unsafe.Pointer(unsafe.SliceData(args))}
	_, e := ptrace(raw.ScRemote, id, unsafe.Pointer(&r), uint64(unsafe.Sizeof(r)))
	runtime.KeepAlive(args)
	return raw.DecodeScReturn(r.ret[:]), e
}

// Wait is wait6. It takes every child of this process: nothing else in it may expect to reap
// them. The blocking call tells Go's scheduler (Syscall): a raw one would hold up a garbage
// collection.
func (h *Host) Wait(pid int, block bool, info []byte) (int, uint32, Errno) {
	var status int32
	idtype := uintptr(raw.PAll)
	if pid != 0 {
		idtype = raw.PPid
	}
	const options = raw.WExited | raw.WTrapped
	ps, pi := unsafe.Pointer(&status), unsafe.Pointer(unsafe.SliceData(info))
	if !block { // a Wake is for the wait that blocks
		n, _, e := unix.RawSyscall6(unix.SYS_WAIT6, idtype, uintptr(pid), uintptr(ps), options|raw.WNohang, 0, uintptr(pi))
		return int(int32(n)), uint32(status), Errno(e)
	}
	h.turn.Call()
	for {
		h.waiting.Store(true)
		if h.woken.CompareAndSwap(true, false) {
			h.waiting.Store(false)
			return 0, 0, raw.EINTR
		}
		n, _, e := unix.Syscall6(unix.SYS_WAIT6, idtype, uintptr(pid), uintptr(ps), options, 0, uintptr(pi))
		h.waiting.Store(false)
		if e != unix.EINTR {
			return int(int32(n)), uint32(status), Errno(e)
		}
	}
}

// Wake makes a Wait that blocks, now or next, return EINTR. The signal may come before wait6
// is entered, and is then lost; so it is sent until Wait has seen.
func (h *Host) Wake() {
	h.woken.Store(true)
	for h.woken.Load() && h.waiting.Load() {
		unix.RawSyscall(unix.SYS_THR_KILL2, uintptr(h.pid), uintptr(h.lwp), uintptr(wakeSignal))
		time.Sleep(100 * time.Microsecond)
	}
}

// Kill is kill(2).
func (h *Host) Kill(pid, sig int) Errno {
	_, _, e := unix.RawSyscall(unix.SYS_KILL, uintptr(pid), uintptr(sig), 0)
	return Errno(e)
}

// ThrKill2 is thr_kill2(2).
func (h *Host) ThrKill2(pid, lwp, sig int) Errno {
	_, _, e := unix.RawSyscall(unix.SYS_THR_KILL2, uintptr(pid), uintptr(lwp), uintptr(sig))
	return Errno(e)
}

// Procctl is procctl(2).
func (h *Host) Procctl(pid, cmd int, data []byte) Errno {
	_, _, e := unix.RawSyscall6(unix.SYS_PROCCTL, raw.PPid, uintptr(pid), uintptr(cmd), uintptr(unsafe.Pointer(unsafe.SliceData(data))), 0, 0)
	return Errno(e)
}

// Bounds of what a sysctl may give.
const (
	sysctlFirst = 64 << 10
	sysctlMost  = 64 << 20
)

// Sysctl reads a node into a buffer that grows until it fits: what the kernel says of a size
// beforehand is an estimate, or nothing.
func (h *Host) Sysctl(name string, args ...int32) ([]byte, Errno) {
	h.sysctls.Lock()
	defer h.sysctls.Unlock()
	mib, e := h.mib(name)
	if e != 0 {
		return nil, e
	}
	mib = append(mib[:len(mib):len(mib)], args...)
	if h.buf == nil {
		h.buf = make([]byte, sysctlFirst)
	}
	for {
		n := uintptr(len(h.buf))
		_, _, e := unix.RawSyscall6(unix.SYS___SYSCTL, uintptr(unsafe.Pointer(&mib[0])), uintptr(len(mib)),
			uintptr(unsafe.Pointer(&h.buf[0])), uintptr(unsafe.Pointer(&n)), 0, 0)
		if e != unix.ENOMEM || len(h.buf) >= sysctlMost {
			if e != 0 {
				return nil, Errno(e)
			}
			return append([]byte(nil), h.buf[:n]...), 0
		}
		h.buf = make([]byte, 4*len(h.buf))
	}
}

// mib asks the kernel for the numbers of a name (sysctl.name2oid: {0, 3}).
func (h *Host) mib(name string) ([]int32, Errno) {
	if m, ok := h.mibs[name]; ok {
		return m, 0
	}
	q := [2]int32{0, 3}
	var out [24]int32 // CTL_MAXNAME
	n := unsafe.Sizeof(out)
	b := []byte(name)
	_, _, e := unix.RawSyscall6(unix.SYS___SYSCTL, uintptr(unsafe.Pointer(&q)), uintptr(len(q)),
		uintptr(unsafe.Pointer(&out)), uintptr(unsafe.Pointer(&n)), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	if e != 0 {
		return nil, Errno(e)
	}
	m := append([]int32(nil), out[:n/4]...)
	h.mibs[name] = m
	return m, 0
}

func errno(err error) Errno {
	if e, ok := err.(syscall.Errno); ok {
		return Errno(e)
	}
	if err != nil {
		return raw.EIO
	}
	return 0
}
