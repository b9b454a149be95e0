package strace

import (
	"os"
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
