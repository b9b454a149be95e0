package strace

import (
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/syscalls"
)

// The protocol of a netlink socket is known from when it has a port: not knowing it before is not remembered.
func TestNetlinkOfSocket(t *testing.T) {
	s, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_AUDIT)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(s)
	d := newDescriber(procfs.New("/proc"), 0, 0)
	if got := d.netlink(os.Getpid(), int32(s)); got != syscalls.NetlinkUnbound {
		t.Errorf("unbound: %d", got)
	}
	if err := unix.Bind(s, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		t.Fatal(err)
	}
	if got := d.netlink(os.Getpid(), int32(s)); got != unix.NETLINK_AUDIT {
		t.Errorf("bound: %d", got)
	}
	if got := d.netlink(os.Getpid(), 0); got != -1 {
		t.Errorf("standard input: %d", got)
	}
}

// Addresses of internet sockets, by sock_diag and by /proc's tables, and that those found once stay.
func TestSocketAddresses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // perhaps by MPTCP
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	p := procfs.New("/proc").Proc(os.Getpid())
	d := newDescriber(procfs.New("/proc"), fdSocket, 0)
	for _, c := range []struct {
		socket interface {
			SyscallConn() (syscall.RawConn, error)
		}
		want string
	}{
		{l.(*net.TCPListener), l.Addr().String()},
		{client.(*net.TCPConn), client.LocalAddr().String() + "->" + l.Addr().String()},
	} {
		raw, err := c.socket.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		var fd int32
		if err := raw.Control(func(n uintptr) { fd = int32(n) }); err != nil {
			t.Fatal(err)
		}
		link, _ := p.FDLink(int(fd))
		inode, _ := strconv.ParseUint(strings.Trim(link, "socket:[]"), 10, 64)
		if got := tableDetail(p, "TCP", inode); got != c.want {
			t.Errorf("table: %q, want %q", got, c.want)
		}
		if got := inetDetail(inetDiags["TCP"], inode); got != c.want {
			t.Errorf("sock_diag: %q, want %q", got, c.want)
		}
		if got := d.descriptor(os.Getpid(), fd); got != "TCP:["+c.want+"]>" || d.sockets[link]+">" != got {
			t.Errorf("descriptor: %q, kept %q, want %q", got, d.sockets[link], c.want)
		}
	}
}
