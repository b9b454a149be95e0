package kerneltest

// The cases on the kernel below: the raw calls of this process.

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
)

// below is the kernel below.
type below struct {
	t     testing.TB
	began time.Time
}

// answer is a call's result as the kernel has it, an int.
func answer(n, _ uintptr, e syscall.Errno) (int, raw.Errno) { return int(int32(n)), raw.Errno(e) }

func failure(_, _ uintptr, e syscall.Errno) raw.Errno { return raw.Errno(e) }

func (below) Ptrace(req, id int, addr uintptr, data int) (int, raw.Errno) {
	if req == raw.Coredump { // takes its time, of which Go's scheduler should know
		return answer(unix.Syscall6(unix.SYS_PTRACE, uintptr(req), uintptr(id), addr, uintptr(data), 0, 0))
	}
	return answer(unix.RawSyscall6(unix.SYS_PTRACE, uintptr(req), uintptr(id), addr, uintptr(data), 0, 0))
}

func (below) Wait6(kind, id int, status *int32, options int, usage *[288]byte, info *replay.Siginfo) (int, raw.Errno) {
	return answer(unix.RawSyscall6(unix.SYS_WAIT6, uintptr(kind), uintptr(id), uintptr(unsafe.Pointer(status)), uintptr(options|raw.WNohang),
		uintptr(unsafe.Pointer(usage)), uintptr(unsafe.Pointer(info))))
}

func (below) Kill(pid, sig int) raw.Errno {
	return failure(unix.RawSyscall(unix.SYS_KILL, uintptr(pid), uintptr(sig), 0))
}

func (below) ThrKill2(pid, lwp, sig int) raw.Errno {
	return failure(unix.RawSyscall(unix.SYS_THR_KILL2, uintptr(pid), uintptr(lwp), uintptr(sig)))
}

func (below) Sigqueue(pid, sig int, value uint64) raw.Errno {
	return failure(unix.RawSyscall(unix.SYS_SIGQUEUE, uintptr(pid), uintptr(sig), uintptr(value)))
}

func (below) Procctl(pid, cmd int, data *int32) raw.Errno {
	return failure(unix.RawSyscall6(unix.SYS_PROCCTL, raw.PPid, uintptr(pid), uintptr(cmd), uintptr(unsafe.Pointer(data)), 0, 0))
}

func (below) Sysctl(mib []int32, set []byte) ([]byte, raw.Errno) {
	for size := 64 << 10; ; size *= 4 {
		buf := make([]byte, size)
		n := uintptr(len(buf))
		e := failure(unix.RawSyscall6(unix.SYS___SYSCTL, uintptr(unsafe.Pointer(&mib[0])), uintptr(len(mib)), uintptr(unsafe.Pointer(&buf[0])),
			uintptr(unsafe.Pointer(&n)), uintptr(unsafe.Pointer(unsafe.SliceData(set))), uintptr(len(set))))
		if e != raw.ENOMEM || size >= 64<<20 {
			return buf[:n], e
		}
	}
}

func (k below) SysctlMib(name string) []int32 {
	b, e := k.Sysctl([]int32{0, 3}, []byte(name)) // sysctl.name2oid
	if e != 0 {
		return nil
	}
	mib := make([]int32, len(b)/4)
	for i := range mib {
		mib[i] = int32(le.Uint32(b[4*i:]))
	}
	return mib
}

func (below) Pid() int { return os.Getpid() }

func (k below) Spawn(path string, argv []string, o replay.Options) (int, raw.Errno) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		k.t.Fatal(err)
	}
	defer null.Close()
	in := null.Fd()
	if o.Stdin != nil {
		in = uintptr(o.Stdin.FD)
	}
	pid, err := syscall.ForkExec(path, argv, &syscall.ProcAttr{Dir: filepath.Dir(path), Env: []string{"A=1"}, Files: []uintptr{in, null.Fd(), null.Fd()},
		Sys: &syscall.SysProcAttr{Ptrace: o.Trace, Setpgid: o.NewGroup, Setsid: o.Session}})
	if e, failed := err.(syscall.Errno); failed {
		return 0, raw.Errno(e)
	}
	return pid, 0
}

func (below) Sleep(d time.Duration) { time.Sleep(d) }
func (k below) Now() time.Duration  { return time.Since(k.began) }

func (k below) Pipe() (r, w *replay.File) {
	in, out, err := os.Pipe()
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { in.Close(); out.Close() })
	return &replay.File{FD: int(in.Fd())}, &replay.File{Write: func(b []byte) { out.Write(b) }}
}

func (below) WriteFile(path string, b []byte, mode int) error {
	return os.WriteFile(path, b, os.FileMode(mode))
}

func (below) ReadFile(path string) []byte {
	b, _ := os.ReadFile(path)
	return b
}

func (k below) Open(path string) int {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_TRUNC|unix.O_CLOEXEC, 0o600)
	if err != nil {
		k.t.Fatal(err)
	}
	return fd
}

func (below) Close(fd int) { unix.Close(fd) }

// TestFreeBSDHost plays all cases on the kernel below.
func TestFreeBSDHost(t *testing.T) {
	if *listFreeBSD {
		t.Skip("the cases are listed")
	}
	for _, c := range fbsdCases {
		t.Run(c.name, func(t *testing.T) {
			if c.root && os.Geteuid() != 0 {
				t.Skip("the super-user's")
			}
			newBench(t, below{t, time.Now()}, t.TempDir()).play(&c)
		})
	}
}
