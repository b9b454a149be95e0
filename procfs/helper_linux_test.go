package procfs

// A child that holds one descriptor of every kind this machine lets it open. The
// live tests read it; with -record its /proc directory becomes a fixture.

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

const helperEnv = "PROCFS_TEST_HELPER"

func TestMain(m *testing.M) {
	if os.Getenv(helperEnv) != "" {
		helperMain()
		return
	}
	os.Exit(m.Run())
}

// helperMain opens things, prints one line "KIND FD [DETAIL]" each and "ready", and
// ends when its standard input does.
func helperMain() {
	say := func(kind string, fd int, err error, detail ...any) {
		if err == nil {
			fmt.Println(append([]any{kind, fd}, detail...)...)
		}
	}
	fd, err := unix.Eventfd(5, unix.EFD_CLOEXEC)
	say("eventfd", fd, err)
	event := fd

	fd, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, 0)
	if err == nil {
		hour := unix.Timespec{Sec: 3600}
		err = unix.TimerfdSettime(fd, 0, &unix.ItimerSpec{Interval: hour, Value: hour}, nil)
	}
	say("timerfd", fd, err)

	fd, err = unix.Signalfd(-1, &unix.Sigset_t{Val: [16]uint64{1<<(unix.SIGUSR1-1) | 1<<(64-1)}}, 0)
	say("signalfd", fd, err)

	fd, err = unix.InotifyInit1(0)
	if err == nil {
		_, err = unix.InotifyAddWatch(fd, "/", unix.IN_CREATE)
	}
	say("inotify", fd, err)

	fd, err = unix.MemfdCreate("a name\nof two lines", 0)
	say("memfd", fd, err)

	fd, err = unix.PidfdOpen(os.Getppid(), 0)
	say("pidfd", fd, err, os.Getppid())

	fd, err = unix.EpollCreate1(0)
	if err == nil {
		err = unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, event, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: 77})
	}
	say("epoll", fd, err, event)

	var p [2]int
	err = unix.Pipe2(p[:], unix.O_NONBLOCK)
	say("pipe", p[0], err)

	fd, err = unix.Open("/proc/self/ns/net", unix.O_RDONLY, 0)
	say("namespace", fd, err)

	params := make([]byte, 120)
	ring, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 4, uintptr(unsafe.Pointer(&params[0])), 0)
	if errno == 0 {
		say("io_uring", int(ring), nil)
	}

	fd, err = unix.Open("/", unix.O_TMPFILE|unix.O_RDWR|unix.O_APPEND, 0o600)
	if err == nil {
		unix.Write(fd, []byte("eleven byte"))
	}
	say("deleted", fd, err)

	helperSockets(say)
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
}

func helperSockets(say func(string, int, error, ...any)) {
	bind := func(kind string, domain, typ int, sa unix.Sockaddr, listen bool) int {
		fd, err := unix.Socket(domain, typ, 0)
		if err == nil {
			err = unix.Bind(fd, sa)
		}
		if err == nil && listen {
			err = unix.Listen(fd, 1)
		}
		detail := ""
		if name, e := unix.Getsockname(fd); e == nil {
			switch a := name.(type) {
			case *unix.SockaddrInet4:
				detail = net.JoinHostPort(net.IP(a.Addr[:]).String(), strconv.Itoa(a.Port))
			case *unix.SockaddrInet6:
				detail = net.JoinHostPort(net.IP(a.Addr[:]).String(), strconv.Itoa(a.Port))
			}
		}
		say(kind, fd, err, detail)
		return fd
	}
	four := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	six := &unix.SockaddrInet6{Addr: [16]byte{15: 1}}
	listener := bind("tcp", unix.AF_INET, unix.SOCK_STREAM, four, true)
	bind("tcp6", unix.AF_INET6, unix.SOCK_STREAM, six, true)
	bind("udp", unix.AF_INET, unix.SOCK_DGRAM, four, false)
	bind("udp6", unix.AF_INET6, unix.SOCK_DGRAM, six, false)
	bind("unix", unix.AF_UNIX, unix.SOCK_SEQPACKET, &unix.SockaddrUnix{Name: fmt.Sprintf("@two\nlines-%d", os.Getpid())}, true)
	bind("netlink", unix.AF_NETLINK, unix.SOCK_RAW, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}, false)

	if sa, err := unix.Getsockname(listener); err == nil {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err == nil {
			err = unix.Connect(fd, sa)
		}
		say("connected", fd, err)
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0x0300)
	say("packet", fd, err)
}

// helper is a running child.
type helper struct {
	pid int
	fds map[string][]string // kind to fd and details
	cmd *exec.Cmd
}

// startHelper runs the child; it is gone when the test ends.
func startHelper(t *testing.T, configure func(*exec.Cmd)) *helper {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = []string{helperEnv + "=1", "EMPTY=", "LINES=a\nb"}
	cmd.Dir = "/"
	cmd.Stderr = os.Stderr
	if configure != nil {
		configure(cmd)
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close(); cmd.Wait() })
	h := &helper{pid: cmd.Process.Pid, fds: map[string][]string{}, cmd: cmd}
	for sc := bufio.NewScanner(stdout); sc.Scan(); {
		f := strings.Fields(sc.Text())
		if f[0] == "ready" {
			return h
		}
		h.fds[f[0]] = f[1:]
	}
	t.Fatal("the helper ended before it was ready")
	return nil
}

var record = flag.Bool("record", false, "write testdata/linux anew from this kernel (needs root)")

// recordedFiles are what a fixture keeps of a process. Its cgroups and mounts say more
// about the machine than about the format: testdata/handmade has those.
var recordedFiles = []string{
	"maps", "smaps_rollup", "stat", "status", "auxv", "cmdline", "environ", "comm", "limits", "wchan", "syscall",
	"stack", "oom_score", "oom_score_adj", "io", "net/unix", "net/tcp", "net/tcp6", "net/udp",
	"net/udp6", "net/netlink", "net/packet", "net/raw",
}

// TestRecord replaces the fixture: the child runs from a plain path in a network
// namespace of its own, so that the tables show no one else's sockets.
func TestRecord(t *testing.T) {
	if !*record {
		t.Skip("only with -record")
	}
	dir := "/tmp/demo"
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	self, _ := os.ReadFile("/proc/self/exe")
	if err := os.WriteFile(dir+"/demo", self, 0o755); err != nil {
		t.Fatal(err)
	}
	h := startHelper(t, func(cmd *exec.Cmd) {
		cmd.Path, cmd.Args, cmd.Stderr = dir+"/demo", []string{"demo", "", "two words"}, nil
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	})
	src, dst := fmt.Sprintf("/proc/%d/", h.pid), fmt.Sprintf("testdata/linux/%d/", h.pid)
	os.RemoveAll("testdata/linux")
	for _, f := range recordedFiles {
		copyFile(t, src+f, dst+f)
	}
	for _, sub := range []string{"task", "fdinfo", "fd", "ns"} {
		names, _ := os.ReadDir(src + sub)
		for _, e := range names {
			from, to := src+sub+"/"+e.Name(), dst+sub+"/"+e.Name()
			switch sub {
			case "task":
				copyFile(t, from+"/stat", to+"/stat")
				copyFile(t, from+"/status", to+"/status")
			case "fdinfo":
				copyFile(t, from, to)
			default:
				copyLink(t, from, to)
			}
		}
	}
	for _, l := range []string{"exe", "cwd", "root"} {
		copyLink(t, src+l, dst+l)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755)
	}
	if err == nil {
		err = os.WriteFile(to, b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func copyLink(t *testing.T, from, to string) {
	t.Helper()
	s, err := os.Readlink(from)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755)
	}
	if err == nil {
		err = os.Symlink(s, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}
