package replay

// The kernel below, as a Kernel: the raw calls of this process. Scenarios want to be alone in
// their process, on one OS thread, as the super-user, and with the directory Dir.

import (
	"errors"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/kernel/freebsd/raw"
)

// Host is the kernel below. It has no second debugger: that would be another process.
type Host struct {
	began time.Time
	buf   []byte // for sysctl
}

// NewHost is the kernel below.
func NewHost() *Host { return &Host{began: time.Now(), buf: make([]byte, sysctlFirst)} }

// Bounds of what a sysctl may give.
const (
	sysctlFirst = 64 << 10
	sysctlMost  = 64 << 20
)

var _ Kernel = (*Host)(nil)

// ErrSecond is what Second panics with.
var ErrSecond = errors.New("a second debugger would have to be another process")

// call issues a call that does not block. What its arguments point to stays where it is.
//
//go:uintptrescapes
func call(nr uintptr, a, b, c, d, e, f uintptr) (int, Errno) {
	n, _, errno := unix.RawSyscall6(nr, a, b, c, d, e, f)
	return int(int32(n)), Errno(errno)
}

// Ptrace implements Kernel. The one request that takes its time is told to Go's scheduler.
func (*Host) Ptrace(req, id int, addr uintptr, data int) (int, Errno) {
	if req == ptCoredump {
		n, _, e := unix.Syscall6(unix.SYS_PTRACE, uintptr(req), uintptr(id), addr, uintptr(data), 0, 0)
		return int(int32(n)), Errno(e)
	}
	return call(unix.SYS_PTRACE, uintptr(req), uintptr(id), addr, uintptr(data), 0, 0)
}

// Wait6 implements Kernel.
func (*Host) Wait6(kind, id int, status *int32, options int, usage *[288]byte, info *Siginfo) (int, Errno) {
	return call(unix.SYS_WAIT6, uintptr(kind), uintptr(id), uintptr(unsafe.Pointer(status)), uintptr(options|WNOHANG), uintptr(unsafe.Pointer(usage)),
		uintptr(unsafe.Pointer(info)))
}

// Wait4 implements Kernel.
func (*Host) Wait4(pid int, status *int32, options int) (int, Errno) {
	n, _, e := unix.Syscall6(unix.SYS_WAIT4, uintptr(pid), uintptr(unsafe.Pointer(status)), uintptr(options), 0, 0, 0)
	return int(int32(n)), Errno(e)
}

// Kill implements Kernel.
func (*Host) Kill(pid, sig int) Errno {
	_, e := call(unix.SYS_KILL, uintptr(pid), uintptr(sig), 0, 0, 0, 0)
	return e
}

// ThrKill2 implements Kernel.
func (*Host) ThrKill2(pid, lwp, sig int) Errno {
	_, e := call(unix.SYS_THR_KILL2, uintptr(pid), uintptr(lwp), uintptr(sig), 0, 0, 0)
	return e
}

// Sigqueue implements Kernel.
func (*Host) Sigqueue(pid, sig int, value uint64) Errno {
	_, e := call(unix.SYS_SIGQUEUE, uintptr(pid), uintptr(sig), uintptr(value), 0, 0, 0)
	return e
}

// Procctl implements Kernel.
func (*Host) Procctl(pid, cmd int, data *int32) Errno {
	_, e := call(unix.SYS_PROCCTL, P_PID, uintptr(pid), uintptr(cmd), uintptr(unsafe.Pointer(data)), 0, 0)
	return e
}

// Sysctl implements Kernel.
func (k *Host) Sysctl(mib []int32, set []byte) ([]byte, Errno) {
	for {
		n := uintptr(len(k.buf))
		_, _, e := unix.RawSyscall6(unix.SYS___SYSCTL, uintptr(unsafe.Pointer(&mib[0])), uintptr(len(mib)), uintptr(unsafe.Pointer(&k.buf[0])),
			uintptr(unsafe.Pointer(&n)), uintptr(unsafe.Pointer(unsafe.SliceData(set))), uintptr(len(set)))
		if Errno(e) != raw.ENOMEM || len(k.buf) >= sysctlMost {
			return append([]byte(nil), k.buf[:min(n, uintptr(len(k.buf)))]...), Errno(e)
		}
		k.buf = make([]byte, 4*len(k.buf))
	}
}

// SysctlMib implements Kernel.
func (k *Host) SysctlMib(name string) []int32 {
	b, e := k.Sysctl([]int32{0, 3}, []byte(name)) // sysctl.name2oid
	if e != 0 {
		return nil
	}
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/4)
}

// Pid implements Kernel.
func (*Host) Pid() int { return os.Getpid() }

// Spawn implements Kernel.
func (*Host) Spawn(path string, argv []string, o Options) (int, Errno) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	defer null.Close()
	in := null.Fd()
	if o.Stdin != nil {
		in = uintptr(o.Stdin.FD)
	}
	sys := &syscall.SysProcAttr{Ptrace: o.Trace, Setpgid: o.NewGroup, Setsid: o.Session}
	if o.UID != 0 {
		sys.Credential = &syscall.Credential{Uid: uint32(o.UID), Gid: uint32(o.UID)}
	}
	pid, err := syscall.ForkExec(path, argv, &syscall.ProcAttr{Env: []string{"A=1"}, Files: []uintptr{in, null.Fd(), null.Fd()}, Sys: sys})
	if e, failed := err.(syscall.Errno); failed {
		return 0, Errno(e)
	}
	return pid, 0
}

// Second implements Kernel.
func (*Host) Second(int) Kernel { panic(ErrSecond) }

// Leave implements Kernel.
func (*Host) Leave(int) { panic(ErrSecond) }

// Sleep implements Kernel.
func (*Host) Sleep(d time.Duration) { time.Sleep(d) }

// Now implements Kernel.
func (k *Host) Now() time.Duration { return time.Since(k.began) }

// Pipe implements Kernel. The ends are this process's until it ends.
func (*Host) Pipe() (r, w *File) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		panic(err)
	}
	return &File{FD: p[0]}, &File{FD: p[1], Write: func(b []byte) { unix.Write(p[1], b) }}
}

// WriteFile implements Kernel.
func (*Host) WriteFile(path string, b []byte, mode int) error {
	if err := os.WriteFile(path, b, os.FileMode(mode&0o777)); err != nil {
		return err
	}
	return syscall.Chmod(path, uint32(mode))
}

// ReadFile implements Kernel.
func (*Host) ReadFile(path string) []byte {
	b, _ := os.ReadFile(path)
	return b
}

// Chown implements Kernel.
func (*Host) Chown(path string, uid, gid int) { syscall.Chown(path, uid, gid) }

// Chmod implements Kernel.
func (*Host) Chmod(path string, mode int) { syscall.Chmod(path, uint32(mode)) }

// Open implements Kernel.
func (*Host) Open(path string) int {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_TRUNC|unix.O_CLOEXEC, 0o600)
	if err != nil {
		panic(err)
	}
	return fd
}

// Close implements Kernel.
func (*Host) Close(fd int) { unix.Close(fd) }
