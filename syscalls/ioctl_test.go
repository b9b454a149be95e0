package syscalls

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// One command of each family, with memory made for it; the text is strace's.
func TestIoctls(t *testing.T) {
	t.Setenv("TZ", "UTC")
	zeros := strings.Repeat("\x00", 512)
	mem := memory{
		0x1000: le("wwwwbbbb", 0x500, 5, 0xbf, 0x8a3b, 0, 3, 0x1c, 0x7f) + zeros, // struct termios
		0x2000: le("qqwwww", 0, 4096, 1, 1, 32, 0) + le("qqqqqwwww", 0, 8192, 4096, 0, 0, 1, 0, 0, 0),
		0x3000: "lo\x00" + zeros[:13] + le("h", 0x49) + zeros,
		0x4000: "line\x00" + zeros[:27] + "user\x00" + zeros[:27] + le("wwq", 7, 0, 5) + zeros,
		0x5000: le("wwwwwww", 1, 640, 480, 0x56595559, 1, 1280, 614400), // v4l2_format begins with a type and padding
		0x6000: le("ww", 1, 0) + le("wwwwwww", 640, 480, 0x56595559, 1, 1280, 614400, 8) + zeros,
		0x7000: "\x07\x00\x00\x00\x00\x00\x00\x00",
		0x8000: le("wwwwwwww", 1, 2, 3, 4, 5, 6, 0, 0),
		0x9000: le("qqqqq", 0x1000, 0x2000, 3, 0, 9),
		0xa000: le("wbbhwwqq", 'S', 0xfe, 0xff, 0xffff, 0, 0, 0, 0) + zeros,
		0xb000: le("q", 11) + le("wwww", 77, 0, 39, 0xc000003e) + le("qqqqqqq", 0x401000, 1, 2, 3, 4, 5, 6),
		0xc000: le("wwwwwwwww", 30, 15, 10, 1, 0, 126, 0, 0, 0),
		0xd000: le("hh", 2, 0) + le("w", 0) + le("q", 0xd100), 0xd100: le("hhhh", 0x41, 1, 0x42, 2),
	}
	for _, c := range []struct {
		cmd, arg uint64
		ret      int64
		failed   bool
		opts     Options
		want     string
	}{
		{0x5401, 0x1000, 0, false, Options{}, `TCGETS, {c_iflag=ICRNL|IXON, c_oflag=NL0|CR0|TAB0|BS0|VT0|FF0|OPOST|ONLCR, c_cflag=B38400|CS8|CREAD, c_lflag=ISIG|ICANON|ECHO|ECHOE|ECHOK|IEXTEN|ECHOCTL|ECHOKE, ...}) = 0`},
		{0x5401, 0x1000, 0, true, Options{}, `TCGETS, 0x1000) = -1 EPERM (Operation not permitted)`},
		{0xc020660b, 0x2000, 0, false, Options{Verbose: true}, `FS_IOC_FIEMAP, {fm_start=0, fm_length=4096, fm_flags=FIEMAP_FLAG_SYNC, fm_extent_count=32} => {fm_flags=FIEMAP_FLAG_SYNC, fm_mapped_extents=1, fm_extents=[{fe_logical=0, fe_physical=8192, fe_length=4096, fe_flags=FIEMAP_EXTENT_LAST}]}) = 0`},
		{0xc020660b, 0x2000, 0, true, Options{}, `FS_IOC_FIEMAP, {fm_start=0, fm_length=4096, fm_flags=FIEMAP_FLAG_SYNC, fm_extent_count=32}) = -1 EPERM (Operation not permitted)`},
		{0x8913, 0x3000, 0, false, Options{}, `SIOCGIFFLAGS, {ifr_name="lo", ifr_flags=IFF_UP|IFF_LOOPBACK|IFF_RUNNING}) = 0`},
		{0x8913, 0x3000, 0, true, Options{}, `SIOCGIFFLAGS, {ifr_name="lo"}) = -1 EPERM (Operation not permitted)`},
		{0xc100b405, 0x4000, 0, false, Options{}, `GPIO_V2_GET_LINEINFO_IOCTL, {offset=7} => {name="line", consumer="user", flags=GPIO_V2_LINE_FLAG_USED|GPIO_V2_LINE_FLAG_INPUT, num_attrs=0}) = 0`},
		{0xc0d05604, 0x6000, 0, false, Options{}, `VIDIOC_G_FMT, {type=V4L2_BUF_TYPE_VIDEO_CAPTURE, fmt.pix={width=640, height=480, pixelformat=v4l2_fourcc('Y', 'U', 'Y', 'V') /* V4L2_PIX_FMT_YUYV */, field=V4L2_FIELD_NONE, bytesperline=1280, sizeimage=614400, colorspace=V4L2_COLORSPACE_SRGB}}) = 0`},
		{0x80084518, 0x7000, 1, false, Options{}, `EVIOCGKEY(8), [KEY_RESERVED KEY_ESC KEY_1]) = 1`},
		{0x80084518, 0x7000, 1, false, Options{Style: Numbers}, `[0x7]) = 1`},
		{0x80184540, 0x8000, 0, false, Options{}, `EVIOCGABS(ABS_X), {value=1, minimum=2, ...}) = 0`},
		{0xc028aa03, 0x9000, 0, false, Options{}, `UFFDIO_COPY, {dst=0x1000, src=0x2000, len=0x3, mode=0, copy=0x9}) = 0`},
		{0xc0502100, 0xb000, 0, false, Options{}, `SECCOMP_IOCTL_NOTIF_RECV, {id=0xb, pid=77, flags=0, data={nr=__NR_getpid, arch=AUDIT_ARCH_X86_64, instruction_pointer=0x401000, args=[0x1, 0x2, 0x3, 0x4, 0x5, 0x6]}} => {id=0xb, pid=77, flags=0, data={nr=__NR_getpid, arch=AUDIT_ARCH_X86_64, instruction_pointer=0x401000, args=[0x1, 0x2, 0x3, 0x4, 0x5, 0x6]}}) = 0`},
		{0x80247009, 0xc000, 0, false, Options{}, `RTC_RD_TIME, {tm_sec=30, tm_min=15, tm_hour=10, tm_mday=1, tm_mon=0, tm_year=126, ...}) = 0`},
		{0x4b66, 0xd000, 0, false, Options{}, `GIO_UNIMAP, {entry_ct=2 => 2, entries=[{unicode=0x41, fontpos=0x1}, {unicode=0x42, fontpos=0x2}]}) = 0`},
		{0x4b30, 0x640400, 0, false, Options{}, `KDMKTONE, 100<<16|1024 /* 1165 Hz, 100 ms */) = 0`},
		{0xb703, 0, 0x20000000, false, Options{}, `NS_GET_NSTYPE) = 536870912 (CLONE_NEWPID)`},
		{0x4c00, 5, 0, false, Options{}, `LOOP_SET_FD, 5) = 0`},
		{0xae03, 0, 1, false, Options{}, `KVM_CHECK_EXTENSION, KVM_CAP_IRQCHIP) = 1`},
		{0x80046900, 0x7000, 0, false, Options{}, `LIRC_GET_FEATURES, [LIRC_CAN_SEND_PULSE|0x5]) = 0`},
		{0xc00864bf, 0x10, 0, false, Options{}, `DRM_IOCTL_SYNCOBJ_CREATE, 0x10) = 0`},
		{0x2285, 0xa000, 0, false, Options{}, `SG_IO, {interface_id='S'`},
		{0x2285, 0x99000, 0, false, Options{}, `SG_IO, 0x99000) = 0`},
	} {
		c.opts.Column = -1
		call := &Call{ABI: X8664, Nr: 16, Args: [6]uint64{3, c.cmd, c.arg}, Mem: mem, Opts: &c.opts}
		enter := AppendEnter(nil, call)
		if call.Ret, call.Returned = c.ret, true; c.failed {
			call.Errno = 1
		}
		got := string(AppendExit(enter, call))
		if !strings.Contains(got, c.want) {
			t.Errorf("%#x: %s", c.cmd, cmp.Diff(c.want, got))
		}
	}
}

// FuzzIoctl prints any command with any memory: no panic, no endless text.
func FuzzIoctl(f *testing.F) {
	for cmd := range ioctls {
		f.Add(uint8(cmd), cmd, uint64(0x100), []byte{1, 0, 0, 0, 2, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f})
	}
	for i := range ioctlRanges {
		f.Add(uint8(i), ioctlRanges[i].cmd|0xff<<16, uint64(0x100), []byte{0xff})
	}
	f.Fuzz(func(t *testing.T, which uint8, cmd uint32, arg uint64, data []byte) {
		if len(data) == 0 {
			return
		}
		a := ABIs[int(which)%len(ABIs)]
		opts := &Options{Verbose: which&8 != 0, Style: Style(which >> 4 & 3 % 3), As61: which&64 != 0}
		nr, _ := a.Number("ioctl")
		c := &Call{ABI: a, Nr: nr, Args: [6]uint64{3, uint64(cmd), arg}, Mem: wrapMemory{data, which&128 != 0}, Opts: opts, Ret: int64(arg % 300), Returned: true}
		if line := AppendExit(AppendEnter(nil, c), c); len(line) > 16<<20 {
			t.Errorf("%s: a line of %d bytes", ioctlName(cmd), len(line))
		}
	})
}
