package syscalls

import "testing"

// strace 6.1 has few HDIO commands of 32-bit programs; we have all, unless we are to be it.
func TestNarrowHDIO(t *testing.T) {
	mem := memory{0x1000: le("ww", 0x05060708, 9)}
	for _, c := range []struct {
		abi  *ABI
		cmd  uint64
		as61 bool
		want string
	}{
		{I386, 0x302, true, "ioctl(3, HDIO_GET_UNMASKINTR, 0x1000) = 0"},
		{I386, 0x302, false, "ioctl(3, HDIO_GET_UNMASKINTR, [84281096]) = 0"},
		{I386, 0x301, true, "ioctl(3, HDIO_GETGEO, {heads=8, sectors=7, cylinders=1286, start=9}) = 0"},
		{X8664, 0x326, true, "ioctl(3, HDIO_SET_DMA, 4096) = 0"},
		{I386, 0x326, true, "ioctl(3, HDIO_SET_DMA, 0x1000) = 0"},
	} {
		call := &Call{ABI: c.abi, Nr: numberOf(t, c.abi, "ioctl"), Args: [6]uint64{3, c.cmd, 0x1000}, Mem: mem, Opts: &Options{Column: -1, As61: c.as61}, Returned: true}
		if got := string(AppendExit(AppendEnter(nil, call), call)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
