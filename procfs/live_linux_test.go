package procfs

// The real /proc of this machine.

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

var live = New("")

func TestLiveSelf(t *testing.T) {
	self := live.Proc(os.Getpid())
	var onStack int
	addr := uint64(uintptr(unsafe.Pointer(&onStack)))
	ms := must(self.Maps())(t)
	if m := FindMap(ms, addr); m == nil || m.Perm&(Read|Write) != Read|Write {
		t.Errorf("%#x lies in %v", addr, m)
	}
	if !slices.IsSortedFunc(ms, func(a, b Map) int { return int(int64(a.Start>>12) - int64(b.Start>>12)) }) {
		t.Error("maps are not sorted")
	}
	st := must(self.Stat())(t)
	if st.PID != os.Getpid() || st.PPID != os.Getppid() || st.KernelThread() || st.Threads < 1 {
		t.Errorf("%+v", st)
	}
	status := must(self.Status())(t)
	if status.UID.Effective != uint32(os.Geteuid()) || !status.HasMemory {
		t.Errorf("%+v", status)
	}
	exe, _, err := self.Exe()
	if want, _ := os.Executable(); exe != want || err != nil {
		t.Errorf("%s, want %s (%v)", exe, want, err)
	}
	diff(t, must(self.Cmdline())(t), os.Args)
	want, _ := os.Getwd()
	diff(t, must(self.Cwd())(t), want)
	if tids := must(self.Tasks())(t); !slices.Contains(tids, os.Getpid()) {
		t.Errorf("tasks %v", tids)
	}
	must(self.Mounts())(t)
	must(self.Cgroups())(t)
	must(self.Limits())(t)
	must(self.MemTotals())(t)
	if must(live.Sysctl("kernel/ostype"))(t) != "Linux" {
		t.Error("not Linux")
	}
}

func TestLiveMemory(t *testing.T) {
	word := uint64(0x1122334455667788)
	m := must(live.Proc(os.Getpid()).OpenMem(true))(t)
	defer m.Close()
	b := make([]byte, 8)
	addr := int64(uintptr(unsafe.Pointer(&word)))
	if n, err := m.ReadAt(b, addr); n != 8 || err != nil || b[0] != 0x88 {
		t.Fatal(n, err, b)
	}
	if n, err := m.WriteAt([]byte{1}, addr); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if *(*byte)(unsafe.Pointer(&word)) != 1 {
		t.Errorf("%#x after the write", word)
	}
	runtime.KeepAlive(&word)
	_, err := m.ReadAt(b, 16)
	if !errors.Is(err, syscall.EIO) || !strings.Contains(err.Error(), "address 0x10 is not mapped") {
		t.Error(err)
	}
	// A read over the end of a mapping gives what there is.
	page := must(syscall.Mmap(-1, 0, 8192, syscall.PROT_READ, syscall.MAP_ANON|syscall.MAP_PRIVATE))(t)
	defer syscall.Munmap(page)
	hole := uintptr(unsafe.Pointer(&page[4096]))
	if _, _, e := syscall.Syscall(syscall.SYS_MUNMAP, hole, 4096, 0); e != 0 {
		t.Fatal(e)
	}
	n, err := m.ReadAt(make([]byte, 64), int64(hole)-10)
	if n != 10 || !errors.Is(err, syscall.EIO) {
		t.Error(n, err)
	}
}

// Every descriptor the child says it has must be told back, kind and detail.
func TestLiveDescriptors(t *testing.T) {
	h := startHelper(t, nil)
	byNum := map[int]FD{}
	for _, fd := range must(live.Proc(h.pid).FDs())(t) {
		byNum[fd.Num] = fd
	}
	wantKind := map[string]FDKind{
		"eventfd": KindEventFD, "timerfd": KindTimerFD, "signalfd": KindSignalFD, "inotify": KindInotify, "memfd": KindMemFD,
		"pidfd": KindPidFD, "epoll": KindEpoll, "pipe": KindPipe, "namespace": KindNamespace, "io_uring": KindIOUring,
		"deleted": KindFile, "tcp": KindSocket, "tcp6": KindSocket, "udp": KindSocket, "udp6": KindSocket,
		"unix": KindSocket, "netlink": KindSocket, "packet": KindSocket, "connected": KindSocket,
	}
	for name, words := range h.fds {
		n, _ := strconv.Atoi(words[0])
		fd, ok := byNum[n]
		if !ok || fd.Kind != wantKind[name] {
			t.Errorf("%s %d: %+v", name, n, fd)
			continue
		}
		switch name {
		case "tcp", "tcp6", "udp", "udp6":
			want := netip.MustParseAddrPort(words[1])
			if fd.Socket == nil || fd.Socket.Protocol != name || fd.Socket.Local != want {
				t.Errorf("%s: %v, want %v", name, fd.Socket, want)
			}
		case "connected":
			if fd.Socket == nil || fd.Socket.Remote.String() != h.fds["tcp"][1] || fd.Socket.State != "ESTABLISHED" {
				t.Errorf("%s: %v", name, fd.Socket)
			}
		case "unix":
			if fd.Socket == nil || fd.Socket.Path != "@two\nlines-"+strconv.Itoa(h.pid) {
				t.Errorf("%s: %+v", name, fd.Socket)
			}
		case "epoll":
			if len(fd.Targets) != 1 || strconv.Itoa(fd.Targets[0].FD) != words[1] {
				t.Errorf("%s: %+v", name, fd.Targets)
			}
		case "pidfd":
			diff(t, fd.PID, os.Getpid())
		}
	}
	if len(h.fds) < 12 {
		t.Errorf("the helper could open only %v", h.fds)
	}
}

// A process killed while it is read from gives whole answers or ErrGone, never
// anything else.
func TestLiveDying(t *testing.T) {
	reads := map[string]func(Proc) error{
		"maps":    func(p Proc) error { _, err := p.Maps(); return err },
		"stat":    func(p Proc) error { _, err := p.Stat(); return err },
		"status":  func(p Proc) error { _, err := p.Status(); return err },
		"tasks":   func(p Proc) error { _, err := p.Tasks(); return err },
		"fds":     func(p Proc) error { _, err := p.FDs(); return err },
		"auxv":    func(p Proc) error { _, err := p.Auxv(); return err },
		"cmdline": func(p Proc) error { _, err := p.Cmdline(); return err },
		"environ": func(p Proc) error { _, err := p.Environ(); return err },
		"limits":  func(p Proc) error { _, err := p.Limits(); return err },
		"syscall": func(p Proc) error { _, err := p.Syscall(); return err },
		"ns":      func(p Proc) error { _, err := p.Namespaces(); return err },
		"io":      func(p Proc) error { _, err := p.IO(); return err },
		"totals":  func(p Proc) error { _, err := p.MemTotals(); return err },
		"mounts":  func(p Proc) error { _, err := p.Mounts(); return err },
		"exe":     func(p Proc) error { _, _, err := p.Exe(); return err },
	}
	for round := range 40 {
		cmd := exec.Command("sleep", "60")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		p := live.Proc(cmd.Process.Pid)
		done := make(chan struct{})
		go func() {
			time.Sleep(time.Duration(round) * 20 * time.Microsecond)
			cmd.Process.Kill()
			cmd.Wait()
			close(done)
		}()
		for alive := true; alive; {
			select {
			case <-done:
				alive = false
			default:
			}
			for name, read := range reads {
				err := read(p)
				// A zombie has no program, no mounts and no descriptors to show.
				zombie := errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EINVAL)
				switch {
				case err == nil && alive, errors.Is(err, ErrGone), zombie && alive:
				case err == nil || zombie:
					t.Errorf("%s of the dead: %v", name, err)
				default:
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}

func TestLiveZombie(t *testing.T) {
	cmd := exec.Command("true")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	p := live.Proc(cmd.Process.Pid)
	for must(p.Stat())(t).State != Zombie {
		time.Sleep(time.Millisecond)
	}
	if ms, err := p.Maps(); len(ms) != 0 || err != nil {
		t.Error(ms, err)
	}
	// What is left of it belongs to root.
	if a, err := p.Auxv(); len(a) != 0 || err != nil && (os.Geteuid() == 0 || !errors.Is(err, fs.ErrPermission)) {
		t.Error(a, err)
	}
	if c, err := p.Cmdline(); len(c) != 0 || err != nil {
		t.Error(c, err)
	}
	if _, _, err := p.Exe(); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrGone) {
		t.Error(err)
	}
	if st := must(p.Status())(t); st.State != Zombie || st.HasMemory {
		t.Errorf("%+v", st)
	}
}

func TestLivePermission(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to have another user")
	}
	// An unprivileged reader of our files: the child is this test under another uid.
	exe, _ := os.Executable()
	cmd := exec.Command("/proc/self/fd/3", "-test.run=TestLivePermissionChild$", "-test.v")
	f := must(os.Open(exe))(t)
	defer f.Close()
	cmd.ExtraFiles = []*os.File{f}
	cmd.Env = []string{"PROCFS_TEST_PID=" + strconv.Itoa(os.Getpid())}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestLivePermissionChild") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestLivePermissionChild(t *testing.T) {
	pid, err := strconv.Atoi(os.Getenv("PROCFS_TEST_PID"))
	if err != nil {
		t.Skip("run by TestLivePermission")
	}
	p := live.Proc(pid)
	_, err = p.Maps()
	_, err2 := p.FDs()
	_, _, err3 := p.Exe()
	_, err4 := p.OpenMem(false)
	for _, err := range []error{err, err2, err3, err4} {
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "/proc/"+strconv.Itoa(pid)+"/") {
			t.Error(err)
		}
	}
	must(p.Stat())(t)
	must(p.Status())(t)
}

func TestLiveTree(t *testing.T) {
	cmd := exec.Command("sh", "-c", "sleep 60 & echo; wait")
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out.Read(make([]byte, 1))
	tree := must(live.Tree())(t)
	below := tree.Descendants(os.Getpid())
	grandchild := tree.Children[cmd.Process.Pid]
	if !slices.Contains(below, cmd.Process.Pid) || len(grandchild) != 1 || !slices.Contains(below, grandchild[0]) {
		t.Errorf("%v, %v", below, grandchild)
	}
	for _, pid := range grandchild {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	cmd.Wait()
}

func BenchmarkLiveStat(b *testing.B) {
	p := live.Proc(os.Getpid())
	for b.Loop() {
		if _, err := p.Stat(); err != nil {
			b.Fatal(err)
		}
	}
}
