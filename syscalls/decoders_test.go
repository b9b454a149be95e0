package syscalls

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// decoderCase is one call: its memory, what the kernel changes in it, and strace's text.
type decoderCase struct {
	abi   *ABI // nil: X8664
	name  string
	args  [6]uint64
	mem   memory
	after memory // what the kernel writes
	ret   int64
	errno int
	opts  Options
	want  string
}

func checkDecoders(t *testing.T, cases []decoderCase) {
	t.Helper()
	t.Setenv("TZ", "UTC")
	for _, c := range cases {
		c.opts.Column = -1
		mem := maps.Clone(c.mem)
		if c.abi == nil {
			c.abi = X8664
		}
		call := &Call{ABI: c.abi, Nr: numberOf(t, c.abi, c.name), PID: 1, TID: 1, Args: c.args, SP: 0x9000, Mem: mem, Opts: &c.opts}
		enter := AppendEnter(nil, call)
		maps.Copy(mem, c.after)
		call.Ret, call.Errno, call.Returned = c.ret, c.errno, true
		if diff := cmp.Diff(c.want, string(AppendExit(enter, call))); diff != "" {
			t.Errorf("%s %#x: %s", c.name, c.args, diff)
		}
	}
}

// Attributes of links and what the kernel tells of objects.
func TestBPFObjects(t *testing.T) {
	link := func(typ, flags uint64, rest string) memory {
		return memory{0x1000: le("wwww", 3, 4, typ, flags) + rest, 0x2000: le("qq", 0x3000, 0), 0x3000: "foo\x00", 0x4000: le("ww", 5, 6)}
	}
	prog := le("ww", 1, 9) + "12345678" + le("ww", 0, 8) + le("qqq", 0, 0x5000, 5e9) + le("wwq", 0, 2, 0x6000) + "test\x00" + strings.Repeat("\x00", 11) + strings.Repeat("\x00", 24)
	progAfter := le("ww", 1, 9) + "12345678" + le("ww", 86, 16) + le("qqq", 0, 0x5000, 5e9) + le("wwq", 0, 1, 0x6000) + "test\x00" + strings.Repeat("\x00", 11) + strings.Repeat("\x00", 24)
	links := func(_ int, fd int32) string {
		return map[int32]string{5: "anon_inode:bpf-prog", 6: "anon_inode:bpf-map"}[fd]
	}
	info := func(fd, n uint64) string { return le("wwq", fd, n, 0x2000) }
	checkDecoders(t, []decoderCase{
		{name: "bpf", args: [6]uint64{28, 0x1000, 20}, mem: link(0, 1, le("w", 7)), ret: 5,
			want: "bpf(BPF_LINK_CREATE, {link_create={prog_fd=3, target_fd=4, attach_type=BPF_CGROUP_INET_INGRESS, flags=0x1, target_btf_id=7}}, 20) = 5"},
		{name: "bpf", args: [6]uint64{28, 0x1000, 20}, mem: link(2, 0, le("w", 7)), ret: 5,
			want: "bpf(BPF_LINK_CREATE, {link_create={prog_fd=3, target_fd=4, attach_type=BPF_CGROUP_INET_SOCK_CREATE, flags=0}, ...}, 20) = 5"},
		{name: "bpf", args: [6]uint64{28, 0x1000, 28}, mem: link(28, 0, le("qw", 0x4000, 2)), ret: 5,
			want: "bpf(BPF_LINK_CREATE, {link_create={prog_fd=3, target_fd=4, attach_type=BPF_TRACE_ITER, flags=0, iter_info=[{map={map_fd=5}}, {map={map_fd=6}}], iter_info_len=2}}, 28) = 5"},
		{name: "bpf", args: [6]uint64{28, 0x1000, 24}, mem: link(41, 0, le("q", 7)), ret: 5,
			want: "bpf(BPF_LINK_CREATE, {link_create={prog_fd=3, target_fd=4, attach_type=BPF_PERF_EVENT, flags=0, perf_event={bpf_cookie=0x7}}}, 24) = 5"},
		{name: "bpf", args: [6]uint64{28, 0x1000, 48}, mem: link(42, 0, le("wwqqq", 1, 2, 0x2000, 0x2000, 0)), ret: 5,
			want: `bpf(BPF_LINK_CREATE, {link_create={prog_fd=3, target_fd=4, attach_type=BPF_TRACE_KPROBE_MULTI, flags=0, kprobe_multi={flags=BPF_F_KPROBE_MULTI_RETURN, cnt=2, syms=["foo", NULL], addrs=[0x3000, 0], cookies=NULL}}}, 48) = 5`},
		{name: "bpf", args: [6]uint64{15, 0x1000, 16}, mem: memory{0x1000: info(6, 100), 0x2000: strings.Repeat("\x00", 104)}, after: memory{0x1000: info(6, 88), 0x2000: le("wwwwww", 2, 3, 4, 8, 1, 0) + "map\x00" + strings.Repeat("\x00", 60)},
			opts: Options{Verbose: true, Link: links},
			want: `bpf(BPF_OBJ_GET_INFO_BY_FD, {info={bpf_fd=6, info_len=100 => 88, info={type=BPF_MAP_TYPE_ARRAY, id=3, key_size=4, value_size=8, max_entries=1, map_flags=0, name="map", ifindex=0, btf_vmlinux_value_type_id=0, netns_dev=makedev(0, 0), netns_ino=0, btf_id=0, btf_key_type_id=0, btf_value_type_id=0, map_extra=0}}}, 16) = 0`},
		{name: "bpf", args: [6]uint64{15, 0x1000, 16}, mem: memory{0x1000: info(5, 104), 0x2000: prog}, after: memory{0x2000: progAfter, 0x5000: le("bbhw", 0x95, 0, 0, 0), 0x6000: le("w", 3)},
			opts: Options{Verbose: true, Link: links, Booted: 1e18},
			want: `bpf(BPF_OBJ_GET_INFO_BY_FD, {info={bpf_fd=5, info_len=104, info={type=BPF_PROG_TYPE_SOCKET_FILTER, id=9, tag="\x31\x32\x33\x34\x35\x36\x37\x38", jited_prog_len=0 => 86, jited_prog_insns=NULL, xlated_prog_len=8 => 16, xlated_prog_insns=[{code=BPF_JMP|BPF_K|BPF_EXIT, dst_reg=BPF_REG_0, src_reg=BPF_REG_0, off=0, imm=0}], load_time=5000000000 /* 2001-09-09T01:46:45+0000 */, created_by_uid=0, nr_map_ids=2 => 1, map_ids=[3], name="test", ifindex=0, gpl_compatible=0, netns_dev=makedev(0, 0), netns_ino=0}}}, 16) = 0`},
		{name: "bpf", args: [6]uint64{15, 0x1000, 16}, mem: memory{0x1000: info(5, 64), 0x2000: prog}, errno: 14, opts: Options{Verbose: true, Link: links},
			want: `bpf(BPF_OBJ_GET_INFO_BY_FD, {info={bpf_fd=5, info_len=64, info={type=BPF_PROG_TYPE_SOCKET_FILTER, id=9, tag="\x31\x32\x33\x34\x35\x36\x37\x38", jited_prog_len=0, jited_prog_insns=NULL, xlated_prog_len=8, xlated_prog_insns=0x5000, load_time=5000000000, created_by_uid=0, nr_map_ids=2, map_ids=0x6000}}}, 16) = -1 EFAULT (Bad address)`},
		{name: "bpf", args: [6]uint64{15, 0x1000, 16}, mem: memory{0x1000: info(5, 64), 0x2000: prog}, opts: Options{Link: links},
			want: "bpf(BPF_OBJ_GET_INFO_BY_FD, {info={bpf_fd=5, info_len=64, info=0x2000}}, 16) = 0"},
		{name: "bpf", args: [6]uint64{19, 0x1000, 4}, mem: memory{0x1000: le("w", 7)}, ret: 1 << 40, want: "bpf(BPF_BTF_GET_FD_BY_ID, {btf_id=7}, 4) = 1099511627776"},
	})
}

// Corners of ioctl commands, as strace's own tests have them.
func TestIoctlCorners(t *testing.T) {
	ioctl := func(cmd uint64, mem, after memory, errno int, opts Options, want string) decoderCase {
		c := decoderCase{name: "ioctl", args: [6]uint64{3, cmd, 0x1000}, mem: mem, after: after, errno: errno, opts: opts, want: "ioctl(3, " + want}
		if errno == 0 {
			c.want += " = 0"
		} else {
			c.want += " = -1 EBADF (Bad file descriptor)"
		}
		return c
	}
	zeros := strings.Repeat("\x00", 600)
	notif := func(nr uint64) string {
		return le("qwwww", 1, 2, 0, nr, 0xc000003e) + le("qqqqqqq", 0, 1, 2, 3, 4, 5, 6)
	}
	text := func(nr string) string {
		return "{id=0x1, pid=2, flags=0, data={nr=" + nr + ", arch=AUDIT_ARCH_X86_64, instruction_pointer=NULL, args=[0x1, 0x2, 0x3, 0x4, 0x5, 0x6]}}"
	}
	session := func(login, client uint64) memory {
		return memory{0x1000: le("qq", 0x2000, 88), 0x2000: "\xde\xad\xbe\xef\x01\x23456789abcd"[:16] + le("q", client) + zeros[:8] + le("wwwwww", login, 7, 0, 0, 0, 1) + le("qqqq", 0x101, 1, 2, 3)}
	}
	opened := func(client string) string {
		return "TEE_IOC_OPEN_SESSION, {buf_len=88, buf_ptr={uuid=deadbeef-0123-3435-3637-383961626364, clnt_login=" + client + "cancel_id=7, num_params=1, params=[{attr=TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT|TEE_IOCTL_PARAM_ATTR_META, a=0x1, b=0x2, c=0x3}]}})"
	}
	checkDecoders(t, []decoderCase{
		ioctl(0x8912, memory{0x1000: le("wwq", 0xbb40e64d, 0, 0)}, memory{0x1000: le("wwq", 80, 0, 0)}, 0, Options{}, "SIOCGIFCONF, {ifc_len=80 /* 2 * sizeof(struct ifreq) */, ifc_buf=NULL})"),
		ioctl(0x89a0, memory{0x1000: "0123456789abcdef"}, nil, 9, Options{}, `SIOCBRADDBR, "0123456789abcdef"...)`),
		ioctl(0x89a0, memory{0x1000: "br0\x00"}, nil, 9, Options{StringLimit: 2}, `SIOCBRADDBR, "br"...)`),
		ioctl(0x2285, memory{0x1000: "Q\x00\x00\x00"}, nil, 9, Options{}, "SG_IO, {guard='Q', 0x1004})"),
		ioctl(0xc018aa3f, memory{0x1000: le("qqq", 0xaa, 0, 0)}, memory{0x1000: le("qqq", 0xaa, 1, 1)}, 0, Options{},
			"UFFDIO_API, {api=0xaa, features=0 => features=UFFD_FEATURE_PAGEFAULT_FLAG_WP, ioctls=1<<_UFFDIO_REGISTER})"),
		ioctl(0xc018aa3f, memory{0x1000: le("qqq", 0xaa, 1, 0)}, memory{0x1000: le("qqq", 0xaa, 1, 1)}, 0, Options{}, "UFFDIO_API, {api=0xaa, features=UFFD_FEATURE_PAGEFAULT_FLAG_WP, ioctls=1<<_UFFDIO_REGISTER})"),
		ioctl(0xc0502100, memory{0x1000: zeros[:80]}, nil, 9, Options{}, "SECCOMP_IOCTL_NOTIF_RECV, 0x1000)"),
		ioctl(0xc0502100, memory{0x1000: zeros[:80]}, memory{0x1000: notif(0x40000000 | 186)}, 0, Options{}, "SECCOMP_IOCTL_NOTIF_RECV, "+text("1073742010 /* gettid */")+")"),
		ioctl(0xc0502100, memory{0x1000: notif(186)}, nil, 0, Options{}, "SECCOMP_IOCTL_NOTIF_RECV, "+text("__NR_gettid")+" => "+text("__NR_gettid")+")"),
		ioctl(0xc0502100, memory{}, nil, 9, Options{}, "SECCOMP_IOCTL_NOTIF_RECV, 0x1000)"),
		ioctl(0x80082102, memory{0x1000: le("q", 7)}, nil, 9, Options{}, "SECCOMP_IOCTL_NOTIF_ID_VALID_WRONG_DIR, [0x7])"),
		ioctl(0x40182103, memory{0x1000: le("qwwww", 7, 1, 3, 0xffffffff, 0x80000)}, nil, 9, Options{}, "SECCOMP_IOCTL_NOTIF_ADDFD, {id=0x7, flags=SECCOMP_ADDFD_FLAG_SETFD, srcfd=3, newfd=-1, newfd_flags=O_CLOEXEC})"),
		ioctl(0x8010a402, session(0, 0), nil, 9, Options{}, opened("TEE_IOCTL_LOGIN_PUBLIC, ")),
		ioctl(0x8010a402, session(2, 100), nil, 9, Options{}, opened("TEE_IOCTL_LOGIN_GROUP, clnt_uuid=100, ")),
		ioctl(0x8010a402, session(9, 1), nil, 9, Options{}, opened("0x9 /* TEE_IOCTL_LOGIN_??? */, clnt_uuid=[0x1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ")),
		ioctl(0xc020a408, memory{0x1000: le("qqwwq", 3, 0, 2, 0, 0)}, nil, 9, Options{}, "_IOC(_IOC_READ|_IOC_WRITE, 0xa4, 0x8, 0x20), {fd=3, flags=TEE_IOCTL_SHM_DMA_BUF})"),
		ioctl(0xc008561b, memory{0x1000: le("ww", 0x980000, 0)}, nil, 9, Options{}, "VIDIOC_G_CTRL, {id=V4L2_CTRL_CLASS_USER+0})"),
		ioctl(0xc008561b, memory{0x1000: le("ww", 0xa31234, 0)}, nil, 9, Options{Style: Both}, "0xc008561b /* VIDIOC_G_CTRL */, {id=0xa31234 /* V4L2_CTRL_CLASS_DETECT+0x1234 */})"),
		ioctl(0xc008561b, memory{0x1000: le("ww", 0x70000000, 0)}, nil, 9, Options{}, "VIDIOC_G_CTRL, {id=0x70000000 /* V4L2_CID_??? */})"),
		ioctl(0x4b4b, memory{0x1000: le("w", 257) + strings.Repeat("abc", 256)}, nil, 9, Options{StringLimit: 1024},
			"KDSKBDIACR, {kb_cnt=257, kbdiacr=["+strings.Repeat("{diacr='a', base='b', result='c'}, ", 256)+"...]})"),
	})
}

// Requests of ptrace(2) and the styles of signals.
func TestPtraceRequests(t *testing.T) {
	user := strings.Repeat(le("q", 1), 27)
	info := le("wwww", 5, 2, 1, 0) + le("q", 8) + strings.Repeat("\x00", 104)
	iov := func(n uint64) string { return le("qq", 0x3000, n) }
	regs := func(n int) string {
		names := strings.Fields("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs")
		return "{" + strings.Join(names[:n], "=0x1, ") + "=0x1}"
	}
	p := func(req, addr uint64, mem, after memory, errno int, opts Options, want string) decoderCase {
		c := decoderCase{name: "ptrace", args: [6]uint64{req, 7, addr, 0x2000}, mem: mem, after: after, errno: errno, opts: opts, want: "ptrace(" + want}
		if errno != 0 {
			c.want += " = -1 ESRCH (No such process)"
		} else {
			c.want += " = 0"
		}
		return c
	}
	cases := []decoderCase{
		p(12, 0, memory{0x2000: user}, nil, 0, Options{}, "PTRACE_GETREGS, 7, "+regs(27)+")"),
		p(12, 0, memory{0x2000: user}, nil, 3, Options{}, "PTRACE_GETREGS, 7, 0x2000)"),
		p(13, 0, memory{0x2000: user}, nil, 3, Options{}, "PTRACE_SETREGS, 7, "+regs(27)+")"),
		p(0x4204, 1, memory{0x2000: iov(224), 0x3000: user}, memory{0x2000: iov(216)}, 0, Options{}, "PTRACE_GETREGSET, 7, NT_PRSTATUS, {iov_base="+regs(27)+", iov_len=224 => 216})"),
		p(0x4204, 1, memory{0x2000: iov(16), 0x3000: user}, nil, 3, Options{}, "PTRACE_GETREGSET, 7, NT_PRSTATUS, {iov_base=0x3000, iov_len=16})"),
		p(0x4205, 1, memory{0x2000: iov(16), 0x3000: user}, nil, 3, Options{}, "PTRACE_SETREGSET, 7, NT_PRSTATUS, {iov_base="+regs(2)+", iov_len=16})"),
		p(0x4205, 1, memory{0x2000: iov(17), 0x3000: user}, nil, 3, Options{}, "PTRACE_SETREGSET, 7, NT_PRSTATUS, {iov_base=0x3000, iov_len=17})"),
		p(0x4205, 1, memory{0x2000: iov(224), 0x3000: user + "12345678"}, memory{0x2000: iov(216)}, 0, Options{},
			"PTRACE_SETREGSET, 7, NT_PRSTATUS, {iov_base="+strings.TrimSuffix(regs(27), "}")+", ...}, iov_len=224 => 216})"),
		p(0x4205, 2, memory{0x2000: iov(40), 0x3000: user}, nil, 0, Options{},
			"PTRACE_SETREGSET, 7, NT_FPREGSET, {iov_base={cwd=0x1, swd=0, ftw=0, fop=0, rip=0x1, rdp=0x1, mxcsr=0x1, mxcr_mask=0, st_space=[0x1, 0]}, iov_len=40})"),
		p(0x4205, 7, memory{0x2000: iov(40), 0x3000: user}, nil, 0, Options{}, "PTRACE_SETREGSET, 7, 0x7 /* NT_??? */, {iov_base=0x3000, iov_len=40})"),
		p(0x420d, 8, memory{0x2000: le("q", 5)}, nil, 3, Options{}, "PTRACE_SECCOMP_GET_METADATA, 7, 8, {filter_off=5})"),
		p(0x420d, 16, memory{0x2000: le("qq", 5, 2)}, nil, 0, Options{}, "PTRACE_SECCOMP_GET_METADATA, 7, 16, {filter_off=5, flags=SECCOMP_FILTER_FLAG_LOG})"),
		p(0x420d, 7, memory{0x2000: le("q", 5)}, nil, 0, Options{}, "PTRACE_SECCOMP_GET_METADATA, 7, 7, 0x2000)"),
		p(0x4203, 0, memory{0x2000: info}, nil, 0, Options{}, "PTRACE_SETSIGINFO, 7, NULL, {si_signo=SIGTRAP, si_code=TRAP_BRKPT, si_errno=ENOENT, si_addr=0x8})"),
		p(0x4203, 0, memory{0x2000: info}, nil, 0, Options{Style: Both},
			"0x4203 /* PTRACE_SETSIGINFO */, 7, NULL, {si_signo=5 /* SIGTRAP */, si_code=0x1 /* TRAP_BRKPT */, si_errno=2 /* ENOENT */, si_addr=0x8})"),
		p(0x420b, 8, memory{0x2000: le("q", 1<<9)}, nil, 0, Options{Style: Numbers}, "0x420b, 7, 8, [10])"),
		p(0x4207, 8, nil, nil, 3, Options{}, "PTRACE_INTERRUPT, 7)"),
	}
	peek := p(0x4209, 0x4000, memory{0x4000: le("qww", 1, 1, 4), 0x2000: info + info}, nil, 0, Options{}, "PTRACE_PEEKSIGINFO, 7, {off=1, flags=PTRACE_PEEKSIGINFO_SHARED, nr=4}, "+
		"[{si_signo=SIGTRAP, si_code=TRAP_BRKPT, si_errno=ENOENT, si_addr=0x8}])")
	peek.ret, peek.want = 1, strings.TrimSuffix(peek.want, "0")+"1"
	checkDecoders(t, append(cases, peek,
		decoderCase{name: "setsockopt", args: [6]uint64{3, 1, 74, 0x1000, 4}, mem: memory{0x1000: le("w", 0xffffffff)}, want: "setsockopt(3, SOL_SOCKET, SO_TXREHASH, [-1 /* SOCK_TXREHASH_??? */], 4) = 0"},
		decoderCase{name: "setsockopt", args: [6]uint64{3, 1, 47, 0x1000, 5}, mem: memory{0x1000: le("w", 7)}, want: "setsockopt(3, SOL_SOCKET, SO_MAX_PACING_RATE, 0x1000, 5) = 0"},
		decoderCase{name: "setsockopt", args: [6]uint64{3, 1, 76, 0x1000, 5}, mem: memory{0x1000: le("w", 7)}, opts: Options{As61: true}, want: "setsockopt(3, SOL_SOCKET, 0x4c /* SO_??? */, 0x1000, 5) = 0"},
		decoderCase{name: "setsockopt", args: [6]uint64{3, 1, 76, 0x1000, 4}, mem: memory{0x1000: le("w", 7)}, want: "setsockopt(3, SOL_SOCKET, SO_PASSPIDFD, [7], 4) = 0"},
	))
}

// What io_uring_register(2) is given.
func TestUringRegister(t *testing.T) {
	u := func(cmd, n uint64, mem, after memory, errno int, opts Options, want string) decoderCase {
		c := decoderCase{name: "io_uring_register", args: [6]uint64{3, cmd, 0x1000, n}, mem: mem, after: after, errno: errno, opts: opts, want: "io_uring_register(3, " + want}
		if errno != 0 {
			c.want += " = -1 EFAULT (Bad address)"
		} else {
			c.want += " = 0"
		}
		return c
	}
	probe := le("bbhwww", 46, 3, 0, 0, 0, 0) + le("bbhwbbhw", 0, 0, 1, 0, 46, 1, 0, 2)
	shown := "{last_op=IORING_OP_URING_CMD, ops_len=3, ops=[{op=IORING_OP_NOP, flags=IO_URING_OP_SUPPORTED}, {op=IORING_OP_URING_CMD, resv=0x1, flags=0, resv2=0x2}"
	resources := memory{0x1000: le("wwqqqq", 2, 1, 0, 0x2000, 0x3000, 7), 0x2000: le("ww", 5, 0xffffffff), 0x3000: le("qq", 8, 0)}
	checkDecoders(t, []decoderCase{
		u(0, 2, memory{0x1000: le("qqqq", 1, 2, 3, 4)}, nil, 0, Options{}, "IORING_REGISTER_BUFFERS, [{iov_base=0x1, iov_len=2}, {iov_base=0x3, iov_len=4}], 2)"),
		u(2, 2, memory{0x1000: le("ww", 5, 0xffffffff)}, nil, 0, Options{}, "IORING_REGISTER_FILES, [5, -1], 2)"),
		u(6, 2, memory{0x1000: le("wwq", 5, 1, 0x2000), 0x2000: le("ww", 5, 0xfffffffe)}, nil, 0, Options{}, "IORING_REGISTER_FILES_UPDATE, {offset=5, resv=0x1, fds=[5, IORING_REGISTER_FILES_SKIP]}, 2)"),
		u(8, 2, memory{0x1000: strings.Repeat("\x00", 32)}, memory{0x1000: probe}, 0, Options{}, "IORING_REGISTER_PROBE, "+shown+", ...]}, 2)"),
		u(8, 2, memory{0x1000: strings.Repeat("\x00", 32)}, nil, 14, Options{}, "IORING_REGISTER_PROBE, 0x1000, 2)"),
		u(8, 2, memory{0x1000: probe}, nil, 14, Options{}, "IORING_REGISTER_PROBE, "+shown+"]}, 2)"),
		u(8, 300, memory{0x1000: probe}, nil, 0, Options{}, "IORING_REGISTER_PROBE, 0x1000, 300)"),
		u(11, 3, memory{0x1000: le("hbbwww", 0, 2, 0, 0, 0, 0) + le("hbbwww", 3, 2, 1, 0, 0, 0) + le("hbbwww", 9, 0xef, 0, 1, 0, 0)}, nil, 0, Options{}, "IORING_REGISTER_RESTRICTIONS, "+
			"[{opcode=IORING_RESTRICTION_REGISTER_OP, register_op=IORING_REGISTER_FILES}, {opcode=IORING_RESTRICTION_SQE_FLAGS_REQUIRED, sqe_flags=IOSQE_IO_DRAIN, resv=0x1}, "+
			"{opcode=0x9 /* IORING_RESTRICTION_??? */ /* op: 0xef */, resv2=[0x1, 0, 0]}], 3)"),
		u(13, 32, resources, nil, 0, Options{}, "IORING_REGISTER_FILES2, {nr=2, flags=IORING_RSRC_REGISTER_SPARSE, data=[5, -1], tags=[0x8, 0]}, 32)"),
		u(13, 40, resources, nil, 0, Options{}, `IORING_REGISTER_FILES2, {nr=2, flags=IORING_RSRC_REGISTER_SPARSE, data=[5, -1], tags=[0x8, 0], /* bytes 32..39 */ "\x07\x00\x00\x00\x00\x00\x00\x00"}, 40)`),
		u(13, 24, resources, nil, 0, Options{}, "IORING_REGISTER_FILES2, 0x1000, 24)"),
		u(16, 32, memory{0x1000: le("wwqqww", 1, 0, 0, 0, 3, 4)}, nil, 0, Options{}, "IORING_REGISTER_BUFFERS_UPDATE, {offset=1, data=NULL, tags=NULL, nr=3, resv2=0x4}, 32)"),
		u(17, 1, memory{0x1000: "\x05"}, nil, 0, Options{}, "IORING_REGISTER_IOWQ_AFF, [0 2], 1)"),
		u(19, 3, memory{0x1000: le("www", 1, 2, 3)}, memory{0x1000: le("www", 4, 5, 6)}, 0, Options{}, "IORING_REGISTER_IOWQ_MAX_WORKERS, [[IO_WQ_BOUND]=1, [IO_WQ_UNBOUND]=2, [2 /* IO_WQ_??? */]=3] => "+
			"[[IO_WQ_BOUND]=4, [IO_WQ_UNBOUND]=5, [2 /* IO_WQ_??? */]=6], 3)"),
		u(20, 1, memory{0x1000: le("wwq", 0xffffffff, 0, 5)}, nil, 0, Options{}, "IORING_REGISTER_RING_FDS, [{offset=-1, data=5}], 1)"),
		u(21, 1, memory{0x1000: le("wwq", 0xffffffff, 0, 5)}, nil, 0, Options{}, "IORING_UNREGISTER_RING_FDS, [{offset=4294967295, data=0x5}], 1)"),
		u(22, 1, memory{0x1000: le("qwhhqqq", 0x9000, 8, 2, 1, 0, 0, 3)}, nil, 0, Options{}, "IORING_REGISTER_PBUF_RING, {ring_addr=0x9000, ring_entries=8, bgid=2, pad=0x1, resv=[0, 0, 0x3]}, 1)"),
		u(1, 0, nil, nil, 0, Options{}, "IORING_UNREGISTER_BUFFERS, 0x1000, 0)"),
	})
}

// Process numbers that need a name, and answers of the kernel that are not results.
func TestNumbersOfProcesses(t *testing.T) {
	named := Options{PID: func(_, pid int, _ bool) string { return map[int]string{7: "<sh>"}[pid] }}
	checkDecoders(t, []decoderCase{
		{name: "fcntl", args: [6]uint64{3, 15, 0x1000}, mem: memory{0x1000: le("ww", 1, 7)}, opts: named, want: "fcntl(3, F_SETOWN_EX, {type=F_OWNER_PID, pid=7<sh>}) = 0"},
		{name: "fcntl", args: [6]uint64{3, 9}, ret: 7, opts: named, want: "fcntl(3, F_GETOWN) = 7<sh>"},
		{name: "fcntl", args: [6]uint64{3, 9}, ret: -7, opts: named, want: "fcntl(3, F_GETOWN) = -7"},
		{name: "fcntl", args: [6]uint64{3, 1025}, ret: 2, want: "fcntl(3, F_GETLEASE) = 0x2 (F_UNLCK)"},
		{name: "sendto", args: [6]uint64{3, 0x1000, 16}, mem: memory{0x1000: le("whhww", 16, 1000, 1, 0, 7)}, opts: Options{PID: named.PID, Netlink: func(int, int32) int { return 9 }},
			want: "sendto(3, {nlmsg_len=16, nlmsg_type=AUDIT_GET, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=0, nlmsg_pid=7<sh>}, 16, 0, NULL, 0) = 0"},
		{name: "sendto", args: [6]uint64{3, 0x1000, 16}, mem: memory{0x1000: le("whhww", 16, 1000, 1, 0, 0xf0000007)}, opts: Options{PID: named.PID, Netlink: func(int, int32) int { return 9 }},
			want: "sendto(3, {nlmsg_len=16, nlmsg_type=AUDIT_GET, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=0, nlmsg_pid=-268435449}, 16, 0, NULL, 0) = 0"},
		{name: "sched_setattr", args: [6]uint64{0, 0x1000, 0}, mem: memory{0x1000: le("w", 47) + strings.Repeat("\x00", 44)}, after: memory{0x1000: le("w", 56) + strings.Repeat("\x00", 44)}, errno: 7,
			want: "sched_setattr(0, {size=47} => {size=56}, 0) = -1 E2BIG (Argument list too long)"},
		{name: "sched_setattr", args: [6]uint64{0, 0x1000, 0}, mem: memory{0x1000: le("wwq", 48, 77, 16) + strings.Repeat("\x00", 32)}, want: "sched_setattr(0, {size=48, sched_flags=SCHED_FLAG_KEEP_PARAMS}, 0) = 0"},
	})
}

// The device mapper's structure and the data behind it.
func TestDeviceMapper(t *testing.T) {
	zeros := strings.Repeat("\x00", 300)
	dm := func(cmd, size, start, targets, flags uint64, data string, opts Options, want string) decoderCase {
		mem := le("www", 4, 1, 0) + le("wwwwwwwq", size, start, targets, 3, flags, 5, 0, 0x1234) + "nnn\x00" + zeros[:124] + zeros[:136]
		return decoderCase{name: "ioctl", args: [6]uint64{3, 0xc138fd00 + cmd, 0x1000}, mem: memory{0x1000: mem + data}, opts: opts, want: "ioctl(3, " + want + " = 0"}
	}
	head := func(size, rest string) string {
		return "[{version=[4, 1, 0], data_size=" + size + ", data_start=312, " + rest
	}
	v := Options{Verbose: true}
	dev := `dev=makedev(0x12, 0x34), name="nnn", `
	names := le("qw", 0x801, 16) + "one\x00" + le("qw", 0x802, 0) + "two\x00"
	specs := le("qqww", 1, 2, 3, 48) + "lin\x00" + zeros[:12] + "params\x00\x00" + le("qqww", 0, 0, 4, 8) + "lin2" + zeros[:12] + "more\x00\x00\x00\x00"
	checkDecoders(t, []decoderCase{
		dm(2, 344, 312, 0, 4, names, v, "DM_LIST_DEVICES, "+head("344", "flags=DM_EXISTS_FLAG}] => ")+head("344", `flags=DM_EXISTS_FLAG}, {dev=makedev(0x8, 0x1), name="one"}, {dev=makedev(0x8, 0x2), name="two"}])`)),
		dm(2, 344, 312, 0, 4, names, Options{}, "DM_LIST_DEVICES, "+head("344", "flags=DM_EXISTS_FLAG}] => ")+head("344", `flags=DM_EXISTS_FLAG}, ...])`)),
		dm(9, 408, 312, 3, 0, specs, v, "DM_TABLE_LOAD, "+head("408", dev+`target_count=3, flags=0}, {sector_start=1, length=2, target_type="lin", string="params"}, `+
			`{sector_start=0, length=0, target_type="lin2", string="more"}, ??? /* misplaced struct dm_target_spec */] => `)+head("408", dev+"target_count=3, open_count=3, event_nr=5, flags=0}])")),
		dm(12, 408, 312, 1, 0, specs, v, "DM_TABLE_STATUS, "+head("408", dev+"flags=0}] => ")+head("408", dev+`target_count=1, open_count=3, event_nr=5, flags=0}, `+
			`{sector_start=1, length=2, status=3, target_type="lin", string="params"}])`)),
		dm(11, 336, 312, 0, 0, le("wwqq", 2, 0, 0x801, 0x802), v, "DM_TABLE_DEPS, "+head("336", dev+"flags=0}] => ")+head("336", dev+
			"target_count=0, open_count=3, event_nr=5, flags=0}, {count=2, deps=[makedev(0x8, 0x1), makedev(0x8, 0x2)]}])")),
		dm(14, 324, 312, 0, 1<<16, le("q", 7)+"msg\x00", v, "DM_TARGET_MSG, "+head("324", dev+`flags=DM_DATA_OUT_FLAG}, {sector=7, message="msg"}] => `)+head("324", dev+
			`target_count=0, open_count=3, event_nr=5, flags=DM_DATA_OUT_FLAG}, {string="\7"}])`)),
		dm(5, 312, 999, 0, 0, "", v, `DM_DEV_RENAME, [{version=[4, 1, 0], data_size=312, data_start=999, dev=makedev(0x12, 0x34), name="nnn", event_nr=5, flags=0}, ??? /* misplaced string */] => `+
			`[{version=[4, 1, 0], data_size=312, data_start=999, dev=makedev(0x12, 0x34), name="nnn", target_count=0, open_count=3, event_nr=5, flags=0}])`),
		dm(6, 312, 0, 0, 2, "", v, "DM_DEV_SUSPEND, [{version=[4, 1, 0], data_size=312, "+dev+"flags=DM_SUSPEND_FLAG}] => [{version=[4, 1, 0], data_size=312, "+dev+
			"target_count=0, open_count=3, event_nr=5, flags=DM_SUSPEND_FLAG}])"),
		dm(7, 304, 0, 0, 0, "", v, "DM_DEV_STATUS, [{version=[4, 1, 0], data_size=304 /* data_size too small */}] => [{version=[4, 1, 0], data_size=304 /* data_size too small */}])"),
		{name: "ioctl", args: [6]uint64{3, 0xc138fd00, 0x1000}, mem: memory{0x1000: le("wwww", 5, 0, 0, 312) + zeros}, errno: 9, want: "ioctl(3, DM_VERSION, [{version=[5, 0, 0] /* unsupported device mapper ABI version */}]) = -1 EBADF (Bad file descriptor)"},
		{name: "ioctl", args: [6]uint64{3, 0xc138fd00, 0x1000}, mem: memory{0x1000: le("wwww", 4, 0, 0, 11) + zeros}, want: "ioctl(3, DM_VERSION, 0x1000) = 0"},
		{name: "ioctl", args: [6]uint64{3, 0xc138fd00}, want: "ioctl(3, DM_VERSION, 0) = 0"},
	})
}

// A string that ends where memory does is told of; pages of shared memory in numbers.
func TestShortStrings(t *testing.T) {
	var told []string
	short := Options{Short: func(addr uint64, got, want int) { told = append(told, fmt.Sprintf("%#x %d %d", addr, got, want)) }}
	checkDecoders(t, []decoderCase{
		{name: "chdir", args: [6]uint64{0x1000}, mem: memory{0x1000: "ab"}, opts: short, want: "chdir(0x1000) = 0"},
		{name: "chdir", args: [6]uint64{0x1000}, mem: memory{0x1000: "ab\x00"}, opts: short, want: `chdir("ab") = 0`},
		{name: "chdir", args: [6]uint64{0x3000}, mem: memory{0x1000: "ab\x00"}, opts: short, want: "chdir(0x3000) = 0"},
		{name: "shmget", args: [6]uint64{5, 9, 21<<26 | 0o4600}, opts: Options{Style: Both}, want: "shmget(0x5, 9, 0x800 /* SHM_HUGETLB */|21<<26 /* SHM_HUGE_SHIFT */|0600) = 0"},
		{name: "shmget", args: [6]uint64{5, 9, 21<<26 | 0o4600}, want: "shmget(0x5, 9, SHM_HUGETLB|21<<SHM_HUGE_SHIFT|0600) = 0"},
	})
	if diff := cmp.Diff([]string{"0x1000 2 4096"}, told); diff != "" {
		t.Error(diff)
	}
}

// struct perf_event_attr of several sizes.
func TestPerfEventAttr(t *testing.T) {
	open := func(typ, size, config, bits uint64, after memory, errno int, opts Options, want string) decoderCase {
		attr := le("wwqqqqq", typ, size, config, 100, 1<<11|1, 4, bits) + le("wwqqqqwwqwhhwwq", 7, 3, 0x1000, 8, 1, 2, 9, 1, 3, 4, 5, 6, 8, 0, 9)
		c := decoderCase{name: "perf_event_open", args: [6]uint64{0x1000, 0, ^uint64(0), ^uint64(0), 8}, mem: memory{0x1000: attr}, after: after, errno: errno, opts: opts, ret: 3,
			want: "perf_event_open(" + want + ", 0, -1, -1, PERF_FLAG_FD_CLOEXEC) = 3"}
		if errno != 0 {
			c.want = strings.TrimSuffix(c.want, "3") + "-1 E2BIG (Argument list too long)"
		}
		return c
	}
	brief := "sample_period=100, sample_type=PERF_SAMPLE_IP|PERF_SAMPLE_BRANCH_STACK, read_format=PERF_FORMAT_ID, disabled=1, "
	off := "inherit=0, pinned=0, exclusive=0, exclude_user=0, exclude_kernel=0, exclude_hv=0, exclude_idle=0, mmap=0, comm=0, freq=0, inherit_stat=0, enable_on_exec=0, task=0, watermark=0, "
	rest := "mmap_data=0, sample_id_all=0, exclude_host=0, exclude_guest=0, exclude_callchain_kernel=0, exclude_callchain_user=0, mmap2=0, comm_exec=0, use_clockid=1, context_switch=0, " +
		"write_backward=0, namespaces=0, ksymbol=0, bpf_event=0, aux_output=0, cgroup=0, text_poke=0, build_id=0, inherit_thread=0, remove_on_exec=0, sigtrap=0, "
	checkDecoders(t, []decoderCase{
		open(0, 128, 4, 1|2<<15, nil, 0, Options{}, "{type=PERF_TYPE_HARDWARE, size=PERF_ATTR_SIZE_VER7, config=PERF_COUNT_HW_BRANCH_INSTRUCTIONS, "+brief+"precise_ip=2 /* requested to have 0 skid */, ...}"),
		open(3, 64, 0x5_01_01_02_03, 1|1<<10, nil, 0, Options{}, "{type=PERF_TYPE_HW_CACHE, size=PERF_ATTR_SIZE_VER0, config=0x5<<32|0x1<<24|PERF_COUNT_HW_CACHE_RESULT_MISS<<16|PERF_COUNT_HW_CACHE_OP_PREFETCH<<8|"+
			"PERF_COUNT_HW_CACHE_DTLB, sample_freq=100"+strings.TrimSuffix(strings.TrimPrefix(brief, "sample_period=100"), " ")+" freq=1, precise_ip=0 /* arbitrary skid */, ...}"),
		open(5, 128, 0, 1|1<<25, nil, 0, Options{Verbose: true}, "{type=PERF_TYPE_BREAKPOINT, size=PERF_ATTR_SIZE_VER7, config=0, "+brief+off+"precise_ip=0 /* arbitrary skid */, "+rest+"wakeup_events=7, "+
			"bp_type=HW_BREAKPOINT_RW, bp_addr=0x1000, bp_len=8, branch_sample_type=PERF_SAMPLE_BRANCH_USER, sample_regs_user=0x2, clockid=CLOCK_MONOTONIC, sample_regs_intr=0x3, aux_watermark=4, "+
			"sample_max_stack=5 /* bytes 110..111: 0x6 */, aux_sample_size=8, sig_data=0x9}"),
		open(4, 81, 7, 1|1<<25, nil, 0, Options{Verbose: true}, "{type=PERF_TYPE_RAW, size=0x51 /* PERF_ATTR_SIZE_??? */, config=0x7, "+brief+off+"precise_ip=0 /* arbitrary skid */, "+rest+"wakeup_events=7, "+
			"config1=0x1000, config2=0x8, branch_sample_type=PERF_SAMPLE_BRANCH_USER, sample_regs_user=0x2}"),
		open(1, 160, 3, 1, memory{0x1000: le("ww", 1, 128) + le("qqqqq", 3, 100, 1<<11|1, 4, 1) + strings.Repeat("\x00", 80)}, 7, Options{},
			"{type=PERF_TYPE_SOFTWARE, size=0xa0 /* PERF_ATTR_SIZE_??? */ => PERF_ATTR_SIZE_VER7, config=PERF_COUNT_SW_CONTEXT_SWITCHES, "+brief+"precise_ip=0 /* arbitrary skid */, ...}"),
		open(0, 63, 0, 0, nil, 0, Options{}, "0x1000"),
	})
}

// Commands of btrfs.
func TestBtrfs(t *testing.T) {
	b := func(cmd uint64, mem memory, opts Options, want string) decoderCase {
		return decoderCase{name: "ioctl", args: [6]uint64{3, cmd, 0x1000}, mem: mem, opts: opts, want: "ioctl(3, " + want + ") = 0"}
	}
	features := le("qqq", 1, 2, 1<<9|1<<40)
	shown := "{compat_flags=0x1 /* BTRFS_FEATURE_COMPAT_??? */, compat_ro_flags=BTRFS_FEATURE_COMPAT_RO_FREE_SPACE_TREE_VALID, incompat_flags=BTRFS_FEATURE_INCOMPAT_NO_HOLES|0x10000000000}"
	send := memory{0x1000: le("qqqqqqqqq", 4, 2, 0x2000, 257, 1, 0, 0, 0, 0), 0x2000: le("qq", 256, 5)}
	checkDecoders(t, []decoderCase{
		b(0x9408, nil, Options{}, "BTRFS_IOC_SYNC"),
		b(0x5000940e, memory{0x1000: le("q", 5) + "vol\x00" + strings.Repeat("\x00", 4084)}, Options{}, `BTRFS_IOC_SUBVOL_CREATE, {fd=5, name="vol"}`),
		b(0x40089413, memory{0x1000: le("q", 5)}, Options{}, "BTRFS_IOC_DEFAULT_SUBVOL, [5]"),
		b(0x40309410, memory{0x1000: le("qqqwwqq", 1, ^uint64(0), 2, 7, 3, 0, 0)}, Options{}, "BTRFS_IOC_DEFRAG_RANGE, {start=1, len=UINT64_MAX, flags=BTRFS_DEFRAG_RANGE_START_IO, extent_thresh=7, compress_type=BTRFS_COMPRESS_ZSTD}"),
		b(0xc0109428, memory{0x1000: le("qq", 1, 0)}, Options{Style: Both}, "0xc0109428 /* BTRFS_IOC_QUOTA_CTL */, {cmd=0x1 /* BTRFS_QUOTA_CTL_ENABLE */}"),
		b(0x80189439, memory{0x1000: features}, Options{}, "BTRFS_IOC_GET_FEATURES, "+shown),
		b(0x80489439, memory{0x1000: features + features + features}, Options{}, "BTRFS_IOC_GET_SUPPORTED_FEATURES, ["+shown+" /* supported */, "+shown+" /* safe to set */, "+shown+" /* safe to clear */]"),
		b(0x40489426, send, Options{}, "BTRFS_IOC_SEND, {send_fd=4, clone_sources_count=2, clone_sources=0x2000, parent_root=257, flags=BTRFS_SEND_FLAG_NO_FILE_DATA}"),
		b(0x40489426, send, Options{Verbose: true}, "BTRFS_IOC_SEND, {send_fd=4, clone_sources_count=2, clone_sources=[BTRFS_FIRST_FREE_OBJECTID, BTRFS_FS_TREE_OBJECTID], parent_root=257, flags=BTRFS_SEND_FLAG_NO_FILE_DATA}"),
		b(0x8030942b, memory{0x1000: le("qqqqqq", 5, 1, 6, 7, 8, 9)}, Options{}, "BTRFS_IOC_QGROUP_LIMIT, {qgroupid=5, lim={flags=BTRFS_QGROUP_LIMIT_MAX_RFER, max_rfer=6, max_excl=7, rsv_rfer=8, rsv_excl=9}}"),
	})
}

// Structures of calls that ask the kernel for work or for what it knows.
func TestKernelStructures(t *testing.T) {
	request := le("qwwhhwqqqq", 0xaa, 7, 3, 1, 5, 1, 0x2000, 5, 99, 0) + le("ww", 3, 9)
	vector := le("qwwhhwqqqq", 0xbb, 0, 0, 7, 0, 1, 0x2100, 1, 0, 0) + le("ww", 0, 0)
	aio := memory{0x1000: le("qqq", 0x1100, 0x1200, 0), 0x1100: request, 0x1200: vector, 0x2000: "hello", 0x2100: le("qq", 0x2000, 5), 0x3000: le("qqqq", 1, 2, 3, ^uint64(4))}
	ring := le("wwwwwwwwww", 2, 4, 0, 0, 0, 0x1001, 0, 0, 0, 0) + le("wwwwwwwwq", 0, 4, 16, 24, 36, 32, 128, 0, 0) + le("wwwwwwwwq", 8, 12, 20, 28, 44, 64, 40, 0, 0)
	sg := le("wwbbhwqqq", 'S', sgToFromDev, 0, 0, 0, 3, 0x2000, 0, 0) + le("wwwwqbbbbhhwwww", 0, 0x34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0)
	checkDecoders(t, []decoderCase{
		{name: "io_submit", args: [6]uint64{0x10, 3, 0x1000}, mem: aio, ret: 2, want: `io_submit(0x10, 3, [{aio_data=0xaa, aio_key=7, aio_rw_flags=RWF_HIPRI|RWF_DSYNC, aio_lio_opcode=IOCB_CMD_PWRITE, ` +
			`aio_reqprio=IOPRIO_PRIO_VALUE(IOPRIO_CLASS_NONE, 5), aio_fildes=1, aio_buf="hello", aio_nbytes=5, aio_offset=99, aio_flags=IOCB_FLAG_RESFD|IOCB_FLAG_IOPRIO, aio_resfd=9}, ` +
			`{aio_data=0xbb, aio_lio_opcode=IOCB_CMD_PREADV, aio_fildes=1, aio_buf=[{iov_base=0x2000, iov_len=5}], aio_offset=0}, NULL]) = 2`},
		{name: "io_submit", args: [6]uint64{0x10, ^uint64(0), 0x1000}, mem: aio, errno: 22, want: "io_submit(0x10, -1, 0x1000) = -1 EINVAL (Invalid argument)"},
		{name: "io_cancel", args: [6]uint64{0x10, 0x1200, 0x3000}, mem: aio, want: "io_cancel(0x10, {aio_data=0xbb, aio_lio_opcode=IOCB_CMD_PREADV, aio_fildes=1}, {data=0x1, obj=0x2, res=3, res2=-5}) = 0"},
		{name: "io_getevents", args: [6]uint64{0x10, 1, 2, 0x3000, 0}, mem: aio, ret: 1, want: "io_getevents(0x10, 1, 2, [{data=0x1, obj=0x2, res=3, res2=-5}], NULL) = 1"},
		{name: "io_uring_setup", args: [6]uint64{2, 0x1000}, mem: memory{0x1000: ring}, ret: 4, opts: Options{As61: true}, want: "io_uring_setup(2, {flags=0, sq_thread_cpu=0, sq_thread_idle=0, sq_entries=2, cq_entries=4, " +
			"features=IORING_FEAT_SINGLE_MMAP|IORING_FEAT_LINKED_FILE, sq_off={head=0, tail=4, ring_mask=16, ring_entries=24, flags=36, dropped=32, array=128}, " +
			"cq_off={head=8, tail=12, ring_mask=20, ring_entries=28, overflow=44, cqes=64, flags=40}}) = 4"},
		{name: "kexec_load", args: [6]uint64{0x10, 1, 0x1000, 0x3e0001}, mem: memory{0x1000: le("qqqq", 1, 2, 3, 4)}, want: "kexec_load(0x10, 1, [{buf=0x1, bufsz=2, mem=0x3, memsz=4}], KEXEC_ARCH_X86_64|KEXEC_ON_CRASH) = 0"},
		{name: "kexec_load", args: [6]uint64{0x10, 17, 0x1000, 0}, mem: memory{0x1000: le("qqqq", 1, 2, 3, 4)}, errno: 22, want: "kexec_load(0x10, 17, 0x1000, KEXEC_ARCH_DEFAULT) = -1 EINVAL (Invalid argument)"},
		{name: "_sysctl", args: [6]uint64{0x1000}, mem: memory{0x1000: le("qqqqqq", 1, 2, 3, 4, 5, 6) + strings.Repeat("\x00", 32)}, errno: 38,
			want: "_sysctl({name=0x1, nlen=2, oldval=0x3, oldlenp=0x4, newval=0x5, newlen=6}) = -1 ENOSYS (Function not implemented)"},
		{name: "seccomp", args: [6]uint64{3, 0, 0x1000}, mem: memory{0x1000: le("hhh", 0xffff, 1, 2)}, after: memory{0x1000: le("hhh", 80, 24, 64)},
			want: "seccomp(SECCOMP_GET_NOTIF_SIZES, 0, {seccomp_notif=80, seccomp_notif_resp=24, seccomp_data=64}) = 0"},
		{name: "prctl", args: [6]uint64{22, 1, 2, 3, 4}, want: "prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) = 0"},
		{name: "prctl", args: [6]uint64{22, 7, 2, 3, 4}, errno: 22, want: "prctl(PR_SET_SECCOMP, 0x7 /* SECCOMP_MODE_??? */, 0x2, 0x3, 0x4) = -1 EINVAL (Invalid argument)"},
		{name: "prctl", args: [6]uint64{54, 17, 2, 3, 4}, want: "prctl(PR_PAC_RESET_KEYS, PR_PAC_APIAKEY|PR_PAC_APGAKEY, 0x2, 0x3, 0x4) = 0"},
		{name: "prctl", args: [6]uint64{45, 3, 2, 3, 4}, want: "prctl(PR_SET_FP_MODE, PR_FP_MODE_FR|PR_FP_MODE_FRE) = 0"},
		{name: "prctl", args: [6]uint64{27}, ret: 1, opts: Options{Style: Both}, want: "prctl(0x1b /* PR_GET_SECUREBITS */) = 0x1 (SECBIT_NOROOT)"},
		{name: "mount", args: [6]uint64{0, 0, 0, 0xc0ed000f, 0}, opts: Options{Style: Numbers}, want: "mount(NULL, NULL, NULL, 0xc0ed0000|0xf, NULL) = 0"},
		{name: "memfd_create", args: [6]uint64{0x1000, 0}, mem: memory{0x1000: "m\x00"}, ret: 3, opts: Options{Style: Both}, want: `memfd_create("m", 0) = 3`},
		{name: "times", args: [6]uint64{0x1000}, mem: memory{0x1000: le("qqqq", 28, 0, 0, 0)}, ret: 5, opts: Options{Style: Numbers}, want: "times({tms_utime=28, tms_stime=0, tms_cutime=0, tms_cstime=0}) = 5"},
		{name: "recvmmsg", args: [6]uint64{3, 0x1000, 1, 0, 0x2000}, mem: memory{0x1000: le("qqqqqqqq", 0, 0, 0, 0, 0, 0, 0, 0), 0x2000: le("qq", 1, 2)}, after: memory{0x2000: le("qq", 0, 3)}, ret: 1,
			want: "recvmmsg(3, [{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=NULL, msg_iovlen=0, msg_controllen=0, msg_flags=0}, msg_len=0}], 1, 0, {tv_sec=1, tv_nsec=2}) = 1 (left {tv_sec=0, tv_nsec=3})"},
		{name: "epoll_pwait2", args: [6]uint64{3, 0x1000, 1, 0x2000, 0x3000, 8}, mem: memory{0x2000: le("qq", 1, 2), 0x3000: le("q", 1)}, errno: 22, want: "epoll_pwait2(3, 0x1000, 1, 0x2000, 0x3000, 8) = -1 EINVAL (Invalid argument)"},
		{name: "getsockopt", args: [6]uint64{4, 1, 4, 0x1000, 0x2000}, mem: memory{0x1000: le("w", 111), 0x2000: le("w", 4)}, want: "getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0"},
		{name: "setsockopt", args: [6]uint64{4, 41, 20, 0x1000, 20}, mem: memory{0x1000: "\xff\x01" + strings.Repeat("\x00", 13) + "\x0c" + le("w", 0)},
			want: `setsockopt(4, SOL_IPV6, IPV6_ADD_MEMBERSHIP, {inet_pton(AF_INET6, "ff01::c", &ipv6mr_multiaddr), ipv6mr_interface=0}, 20) = 0`},
		{name: "connect", args: [6]uint64{3, 0x1000, 30}, mem: memory{0x1000: le("h", 3) + "\xac\x82\x98\x92\x88\x40\x1a" + "\x00\x00\x00" + le("w", 3) + "\xa6\xa0\x82\x40\x86\x8a\x00" + "\x40\x40\x40\x40\x40\x40\x00"},
			want: `connect(3, {sa_family=AF_AX25, fsa_ax25={sax25_call=VALID-13, sax25_ndigis=3}, fsa_digipeater=[{ax25_call="\xa6\xa0\x82\x40\x86\x8a\x00"} /* SPA CE-0 */, *, ...]}, 30) = 0`},
		{name: "connect", args: [6]uint64{3, 0x1000, 18}, mem: memory{0x1000: le("h", 9) + "0123456789abcdef"}, want: `connect(3, {sa_family=AF_X25, sx25_addr={x25_addr="0123456789abcde"...}}, 18) = 0`},
		{name: "connect", args: [6]uint64{3, 0x1000, 12}, mem: memory{0x1000: le("hh", 31, 5000) + "abcdef" + le("h", 1)},
			want: "connect(3, {sa_family=AF_BLUETOOTH, l2_psm=htobs(L2CAP_PSM_DYN_START+903), l2_bdaddr=61:62:63:64:65:66, l2_cid=htobs(L2CAP_CID_SIGNALING)}, 12) = 0"},
		{name: "connect", args: [6]uint64{3, 0x1000, 4}, mem: memory{0x1000: le("hh", 31, 5)}, want: "connect(3, {sa_family=AF_BLUETOOTH, hci_dev=htobs(5)}, 4) = 0"},
		{name: "connect", args: [6]uint64{3, 0x1000, 5}, mem: memory{0x1000: le("hh", 31, 5) + "\x00"}, want: `connect(3, {sa_family=AF_BLUETOOTH, sa_data="\5\0\0"}, 5) = 0`},
		{name: "fsconfig", args: [6]uint64{3, 2, 0x1000, 0x2000, 3}, mem: memory{0x1000: "key\x00", 0x2000: "abc"}, want: `fsconfig(3, FSCONFIG_SET_BINARY, "key", "\x61\x62\x63", 3) = 0`},
		{name: "fsconfig", args: [6]uint64{3, 2, 0x1000, 0x2000, 1<<20 + 1}, mem: memory{0x1000: "key\x00", 0x2000: "abc"}, errno: 22, want: `fsconfig(3, FSCONFIG_SET_BINARY, "key", 0x2000, 1048577) = -1 EINVAL (Invalid argument)`},
		{name: "ioctl", args: [6]uint64{3, 0x2285, 0x1000}, mem: memory{0x1000: sg, 0x2000: "abc"}, want: `ioctl(3, SG_IO, {interface_id='S', dxfer_direction=SG_DXFER_TO_FROM_DEV, cmd_len=0, cmdp=NULL, mx_sb_len=0, iovec_count=0, dxfer_len=3, timeout=0, ` +
			`flags=SG_FLAG_MMAP_IO|SG_FLAG_Q_AT_TAIL|SG_FLAG_Q_AT_HEAD, dxferp="\x61\x62\x63", status=0, masked_status=0, msg_status=0, sb_len_wr=0, sbp=NULL, host_status=0, driver_status=0, resid=3, duration=0, info=0}) = 0`},
		{name: "ioctl", args: [6]uint64{3, 0x2285, 0x1000}, mem: memory{0x1000: "S\x00\x00\x00"}, errno: 22, want: "ioctl(3, SG_IO, {interface_id='S', 0x1004}) = -1 EINVAL (Invalid argument)"},
		{name: "ioctl", args: [6]uint64{3, 0x400c6f02, 0x1000}, mem: memory{0x1000: le("qw", 9, 2)}, want: "ioctl(3, UBI_IOCRSVOL, {bytes=9, vol_id=2}) = 0"},
		{name: "ioctl", args: [6]uint64{3, 0xc008240a, 0x1000}, mem: memory{0x1000: le("w", 9)}, want: "ioctl(3, PERF_EVENT_IOC_QUERY_BPF, {ids_len=9, ...}) = 0"},
	})
}
