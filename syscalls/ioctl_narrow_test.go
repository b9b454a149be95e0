package syscalls

import (
	"strings"
	"testing"
)

// strace 6.1 has few HDIO commands of 32-bit programs; we have all, unless we are to be it. Others' structures end or begin elsewhere.
func TestNarrowDisks(t *testing.T) {
	mem := memory{0x1000: le("ww", 0x05060708, 9), 0x2000: le("wwqww", 1, 0, 5, 0, 0), 0x3000: le("wwww", 1, 0, 0, 0x4000), 0x4000: le("qqw", 7, 8, 9) + "sda" + strings.Repeat("\x00", 125)}
	for _, c := range []struct {
		abi  *ABI
		cmd  uint64
		addr uint64
		as61 bool
		want string
	}{
		{I386, 0x302, 0x1000, true, "ioctl(3, HDIO_GET_UNMASKINTR, 0x1000) = 0"},
		{I386, 0x302, 0x1000, false, "ioctl(3, HDIO_GET_UNMASKINTR, [84281096]) = 0"},
		{I386, 0x301, 0x1000, true, "ioctl(3, HDIO_GETGEO, {heads=8, sectors=7, cylinders=1286, start=9}) = 0"},
		{X8664, 0x326, 0x1000, true, "ioctl(3, HDIO_SET_DMA, 4096) = 0"},
		{I386, 0x326, 0x1000, true, "ioctl(3, HDIO_SET_DMA, 0x1000) = 0"},
		{I386, 0xc0104d08, 0x2000, true, "ioctl(3, MEMGETREGIONINFO or MTRRIOC_GET_PAGE_ENTRY, {regionindex=0, offset=0x1, erasesize=0, numblocks=0x5}) = 0"},
		{I386, 0x40104f06, 0x2000, true, "ioctl(3, UBI_IOCSETVOLPROP, {property=UBI_VOL_PROP_DIRECT_WRITE, value=0x5}) = 0"},
		{I386, 0x1269, 0x3000, true, `ioctl(3, BLKPG, {op=BLKPG_ADD_PARTITION, flags=0, datalen=0, data={start=7, length=8, pno=9, devname="sda", volname=""}}) = 0`},
	} {
		call := &Call{ABI: c.abi, Nr: numberOf(t, c.abi, "ioctl"), Args: [6]uint64{3, c.cmd, c.addr}, Mem: mem, Opts: &Options{Column: -1, As61: c.as61}, Returned: true}
		if got := string(AppendExit(AppendEnter(nil, call), call)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
