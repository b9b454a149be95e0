package syscalls

import (
	"strings"
	"testing"
)

// Addresses are strings, and shown as strings are; what is cloned is a number for strace 6.1.
func TestAddressesAndClones(t *testing.T) {
	fd := func(_ int, fd int32) string { return "/f" }
	for _, row := range []struct {
		name string
		args [6]uint64
		mem  string
		opts Options
		want string
	}{
		{"connect", [6]uint64{3, countedBase, 16}, "\x02\x00\x00\x50\x01\x02\x03\x04\x00\x00\x00\x00\x00\x00\x00\x00", Options{}, `inet_addr("1.2.3.4")`},
		{"connect", [6]uint64{3, countedBase, 16}, "\x02\x00\x00\x50\x01\x02\x03\x04\x00\x00\x00\x00\x00\x00\x00\x00", Options{Hex: HexAll}, `inet_addr("\x31\x2e\x32\x2e\x33\x2e\x34")`},
		{"connect", [6]uint64{3, countedBase, 28}, "\x0a\x00\x00\x50" + strings.Repeat("\x00", 4+15) + "\x01" + "\x00\x00\x00\x00", Options{Hex: HexAll}, `inet_pton(AF_INET6, "\x3a\x3a\x31", &sin6_addr)`},
		{"ioctl", [6]uint64{3, 0x40049409, 4}, "", Options{FD: fd}, `ioctl(3</f>, BTRFS_IOC_CLONE or FICLONE, 4</f>)`},
		{"ioctl", [6]uint64{3, 0x40049409, 4}, "", Options{FD: fd, As61: true}, `ioctl(3</f>, BTRFS_IOC_CLONE or FICLONE, 4)`},
	} {
		c := &Call{ABI: X8664, Nr: numberOf(t, X8664, row.name), Args: row.args, Mem: &countedMem{data: []byte(row.mem)}, Opts: &row.opts, Returned: true}
		if got := string(AppendExit(AppendEnter(nil, c), c)); !strings.Contains(got, row.want) {
			t.Errorf("%s: want %s", got, row.want)
		}
	}
}
