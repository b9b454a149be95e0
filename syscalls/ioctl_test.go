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
		0xe000: le("qqqqq", 4, 77, 4, 88, 0x11000) + zeros[:16] + "sub\x00" + strings.Repeat(zeros, 8), 0x11000: le("qqqqqqqqqqq", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
		0x16000: le("qqqqqqqq", 5, 256, ^uint64(255), 0, ^uint64(0), 0, 9, 12<<32|1) + le("w", 2) + zeros[:36] + le("qqqww", 7, 256, 1, 84, 4) + "item" + le("qqqww", 8, 257, 0, 24, 0) + strings.Repeat(zeros, 8),
		0x12000: le("qq", 4, 4096) + zeros[:32] + le("q", 0x12800), 0x12800: le("wwwwqq", 7, 0, 2, 1, 16, 18) + "a\x00b\x00",
		0x13000: le("qqq", 3, 9, 0) + le("qqqqq", 1, 2, 3, 4, 5) + strings.Repeat(zeros, 2),
		0x14000: le("qqqqqqqq", 1, 0, 2, 3, 1700000000, 0, 5, 6) + strings.Repeat(zeros, 6),
		0x15000: le("qq", 4, 1) + zeros[:136] + le("qqqqqqqqq", 1, 2, 8<<8|1, 0, ^uint64(0), 0, 0, 0, 32) + strings.Repeat(zeros, 2),
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
		{0x50009418, 0xe000, 0, false, Options{}, `BTRFS_IOC_SUBVOL_CREATE_V2, {fd=4, flags=BTRFS_SUBVOL_QGROUP_INHERIT, size=88, qgroup_inherit={flags=BTRFS_QGROUP_INHERIT_SET_LIMITS, num_qgroups=2, num_ref_copies=3, num_excl_copies=4, lim={flags=BTRFS_QGROUP_LIMIT_MAX_RFER|BTRFS_QGROUP_LIMIT_RSV_RFER, max_rfer=6, max_excl=7, rsv_rfer=8, rsv_excl=9}, ...}, name="sub"} => {transid=77}) = 0`},
		{0x50009418, 0xe000, 0, true, Options{Verbose: true}, `rsv_excl=9}, qgroups=[10, 11]}, name="sub"}) = -1 EPERM`},
		{0xd0009411, 0x16000, 0, false, Options{}, `BTRFS_IOC_TREE_SEARCH, {key={tree_id=BTRFS_FS_TREE_OBJECTID, min_offset=0, max_offset=UINT64_MAX, min_transid=0, max_transid=9, min_type=BTRFS_INODE_ITEM_KEY, max_type=BTRFS_INODE_REF_KEY, nr_items=2}} => {key={nr_items=2}, ...}) = 0`},
		{0xd0009411, 0x16000, 0, false, Options{Verbose: true}, `{key={nr_items=2}, buf=[{transid=7, objectid=BTRFS_FIRST_FREE_OBJECTID, offset=1, type=BTRFS_DIR_ITEM_KEY, len=4}, {transid=8, objectid=257, offset=0, type=BTRFS_XATTR_ITEM_KEY, len=0}]}) = 0`},
		{0xc0389423, 0x12000, 0, false, Options{Verbose: true}, `BTRFS_IOC_INO_PATHS, {inum=4, size=4096, fspath=0x12800} => {fspath={bytes_left=7, bytes_missing=0, elem_cnt=2, elem_missed=1, val=["a", "b"]}}) = 0`},
		{0xc4089434, 0x13000, 0, false, Options{}, `BTRFS_IOC_GET_DEV_STATS, {devid=makedev(0, 0x3), nr_items=9, flags=0} => {nr_items=9, flags=0, [[BTRFS_DEV_STAT_WRITE_ERRS]=1, [BTRFS_DEV_STAT_READ_ERRS]=2, [BTRFS_DEV_STAT_FLUSH_ERRS]=3, [BTRFS_DEV_STAT_CORRUPTION_ERRS]=4, [BTRFS_DEV_STAT_GENERATION_ERRS]=5, ...]}) = 0`},
		{0xca289435, 0x14000, 0, false, Options{}, `BTRFS_IOC_DEV_REPLACE, {cmd=BTRFS_IOCTL_DEV_REPLACE_CMD_STATUS} => {result=BTRFS_IOCTL_DEV_REPLACE_RESULT_NO_ERROR, status={replace_state=BTRFS_IOCTL_DEV_REPLACE_STATE_FINISHED, progress_1000=3 /* 0.3% */, time_started=1700000000 /* 2023-11-14T22:13:20+0000 */, time_stopped=0, num_write_errors=5, num_uncorrectable_read_errors=6}}) = 0`},
		{0x84009422, 0x15000, 0, false, Options{}, `BTRFS_IOC_BALANCE_PROGRESS, {flags=BTRFS_BALANCE_METADATA, state=BTRFS_BALANCE_STATE_RUNNING, meta={profiles=BTRFS_BLOCK_GROUP_DATA, usage=2, devid=makedev(0x8, 0x1), pstart=0, pend=UINT64_MAX, vstart=0, vend=0, target=0, flags=BTRFS_BALANCE_ARGS_LIMIT}}) = 0`},
		{0x5000943a, 0xe000, 0, false, Options{}, `BTRFS_IOC_RM_DEV_V2, {fd=4, flags=BTRFS_SUBVOL_QGROUP_INHERIT, name="sub"}) = 0`},
		{0x5000943a, 0xe000, 0, false, Options{As61: true}, `BTRFS_IOC_RM_DEV_V2, 0xe000) = 0`},
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
	for cmd := range ioctls() {
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
		c := &Call{ABI: a, Nr: nr, Args: [6]uint64{3, uint64(cmd), arg}, Mem: repeated(data, which&128 != 0), Opts: opts, Ret: int64(arg % 300), Returned: true}
		if line := AppendExit(AppendEnter(nil, c), c); len(line) > 16<<20 {
			t.Errorf("%s: a line of %d bytes", X8664.ioctlName(cmd), len(line))
		}
	})
}
