package syscalls

import (
	"strings"
	"testing"
)

// Calls that 32-bit programs alone have, and structures that are laid out in another way for them.
func TestI386Structures(t *testing.T) {
	segment := func(number, base uint64) string { return le("wwww", number, base, 0xfff, 0x41) }
	limits := le("qqqqqqqqw", 1, 2, 3, 4, 5, 6, 7, 8, 9)
	quota := le("bbhb", 1, 0, 3, 0) + "\x00\x00\x00" + le("qqw", 4, 5, 6) + le("qqw", 7, 8, 9) + le("wwwwhh", 10, 11, 12, 13, 14, 15)
	const seconds = 1<<32 - 1
	i386 := func(name string, args [6]uint64, mem memory, ret int64, errno int, want string) decoderCase {
		return decoderCase{abi: I386, name: name, args: args, mem: mem, ret: ret, errno: errno, want: want}
	}
	verbose := func(c decoderCase) decoderCase { c.opts.Verbose = true; return c }
	after := func(c decoderCase, m memory) decoderCase { c.after = m; return c }
	checkDecoders(t, []decoderCase{
		i386("signal", [6]uint64{10, 1}, nil, 0, 0, "signal(SIGUSR1, SIG_IGN) = 0 (SIG_DFL)"),
		i386("signal", [6]uint64{10, 0x8000}, nil, -1<<31, 0, "signal(SIGUSR1, 0x8000) = 0x80000000"),
		i386("signal", [6]uint64{10, 0xffffffff}, nil, 1, 0, "signal(SIGUSR1, SIG_ERR) = 0x1 (SIG_IGN)"),
		i386("sgetmask", [6]uint64{}, nil, 0xa00, 0, "sgetmask() = 0xa00 (mask [USR1 USR2])"),
		i386("ssetmask", [6]uint64{0xa00}, nil, 0x200, 0, "ssetmask([USR1 USR2]) = 0x200 (old mask [USR1])"),
		i386("sigsuspend", [6]uint64{1, 2, 0xfffff7ff}, nil, 0, 514, "sigsuspend(~[USR2]) = ? ERESTARTNOHAND (To be restarted if no handler)"),
		i386("sigreturn", [6]uint64{}, memory{0x9050: le("w", 2), 0x92c8: le("w", 1)}, 0, 0, "sigreturn({mask=[INT RT_1]}) = 0"),
		i386("sigreturn", [6]uint64{}, nil, 0, 0, "sigreturn(0x9000) = 0"),
		i386("rt_sigprocmask", [6]uint64{0, 0x1000, 0, 4}, memory{0x1000: le("w", 2)}, 0, 22, "rt_sigprocmask(SIG_BLOCK, [INT], NULL, 4) = -1 EINVAL (Invalid argument)"),
		i386("rt_sigprocmask", [6]uint64{0, 0x1000, 0, 3}, memory{0x1000: le("w", 2)}, 0, 22, "rt_sigprocmask(SIG_BLOCK, 0x1000, NULL, 3) = -1 EINVAL (Invalid argument)"),
		{name: "rt_sigprocmask", args: [6]uint64{0, 0x1000, 0, 4}, mem: memory{0x1000: le("w", 2)}, errno: 22, want: "rt_sigprocmask(SIG_BLOCK, 0x1000, NULL, 4) = -1 EINVAL (Invalid argument)"},

		i386("connect", [6]uint64{3, 0x1000, 88}, memory{0x1000: le("hhwwwbb", 0x27, 0, 1, 0x42, 7, 1, 5) + "ab" + strings.Repeat("\x00", 64) + le("w", 2)}, 0, 9,
			`connect(3, {sa_family=AF_NFC, dev_idx=1, target_idx=0x42, nfc_protocol=NFC_PROTO_ISO15693, dsap=0x1 /* LLCP_SAP_SDP */, ssap=0x5, `+
				`service_name="ab", service_name_len=2}, 88) = -1 EBADF (Bad file descriptor)`),
		i386("getrusage", [6]uint64{0, 0x1000}, memory{0x1000: strings.Repeat("\xff", 72)}, 0, 0,
			"getrusage(RUSAGE_SELF, {ru_utime={tv_sec=-1, tv_usec=4294967295}, ru_stime={tv_sec=-1, tv_usec=4294967295}, ...}) = 0"),
		i386("sendfile", [6]uint64{1, 2, 0x1000, 1}, memory{0x1000: le("w", 0xfacefeed)}, 0, 22, "sendfile(1, 2, [4207869677], 1) = -1 EINVAL (Invalid argument)"),
		i386("prctl", [6]uint64{1, 0xdeadc0ed}, nil, 0, 22, "prctl(PR_SET_PDEATHSIG, 3735929069) = -1 EINVAL (Invalid argument)"),
		i386("readdir", [6]uint64{3, 0x1000, 1}, memory{0x1000: le("wwh", 7, 0xfffffff0, 2) + "ab"}, 1, 0, `readdir(3, {d_ino=7, d_off=4294967280, d_reclen=2, d_name="ab"}) = 1`),
		i386("readdir", [6]uint64{3, 0x1000, 1}, memory{0x1000: le("wwh", 7, 8, 2) + "ab"}, 0, 0, `readdir(3, 0x1000) = 0`),
		verbose(i386("oldfstat", [6]uint64{3, 0x1000}, memory{0x1000: le("hhhhhhhh", 6, 5, 0o020666, 1, 2, 3, 0x107, 0) + le("wwww", 0, 1, seconds, 3)}, 0, 0,
			"oldfstat(3, {st_dev=makedev(0, 0x6), st_ino=5, st_mode=S_IFCHR|0666, st_nlink=1, st_uid=2, st_gid=3, st_blksize=0, st_blocks=0, st_rdev=makedev(0x1, 0x7), "+
				"st_atime=1 /* 1970-01-01T00:00:01+0000 */, st_mtime=4294967295 /* 2106-02-07T06:28:15+0000 */, st_ctime=3 /* 1970-01-01T00:00:03+0000 */}) = 0")),

		after(i386("set_thread_area", [6]uint64{0x1000}, memory{0x1000: segment(1<<32-1, 0x10)}, 0, 0, "set_thread_area({entry_number=-1, base_addr=0x000010, limit=0x000fff, "+
			"seg_32bit=1, contents=0, read_exec_only=0, limit_in_pages=0, seg_not_present=0, useable=1}) = 0 (entry_number=12)"), memory{0x1000: segment(12, 0x10)}),
		i386("set_thread_area", [6]uint64{0x1000}, memory{0x1000: segment(12, 0x10)}, 0, 0, "set_thread_area({entry_number=12, base_addr=0x000010, limit=0x000fff, "+
			"seg_32bit=1, contents=0, read_exec_only=0, limit_in_pages=0, seg_not_present=0, useable=1}) = 0"),
		after(i386("get_thread_area", [6]uint64{0x1000}, memory{0x1000: segment(12, 0)}, 0, 0, "get_thread_area({entry_number=12, base_addr=0x000010, limit=0x000fff, "+
			"seg_32bit=1, contents=0, read_exec_only=0, limit_in_pages=0, seg_not_present=0, useable=1}) = 0"), memory{0x1000: segment(12, 0x10)}),
		i386("get_thread_area", [6]uint64{0x1000}, memory{0x1000: segment(12, 0)}, 0, 22, "get_thread_area({entry_number=12, ...}) = -1 EINVAL (Invalid argument)"),

		i386("ptrace", [6]uint64{0x420e, 7, 88, 0x1000}, memory{0x1000: le("bbhw", 1, 0, 0, 0x40000003) + le("qqqqqqqqq", 1, 2, 3, 0, 0, 0, 0, 0, 0)}, 32, 0,
			"ptrace(PTRACE_GET_SYSCALL_INFO, 7, 88, {op=PTRACE_SYSCALL_INFO_ENTRY, arch=AUDIT_ARCH_I386, instruction_pointer=0x1, stack_pointer=0x2, entry={nr=__NR_read}}) = 32"),
		i386("ptrace", [6]uint64{0x420e, 7, 88, 0x1000}, memory{0x1000: le("bbhw", 1, 0, 0, 0xc000003e) + le("qqqqqqqqq", 1, 2, 3, 0, 0, 0, 0, 0, 0)}, 32, 0,
			"ptrace(PTRACE_GET_SYSCALL_INFO, 7, 88, {op=PTRACE_SYSCALL_INFO_ENTRY, arch=AUDIT_ARCH_X86_64, instruction_pointer=0x1, stack_pointer=0x2, entry={nr=3 /* close */}}) = 32"),

		i386("mmap", [6]uint64{0x1000}, memory{0x1000: le("wwwwww", 0, 4096, 3, 0x22, 1<<32-1, 0xfaced000)}, -1<<30, 0,
			"mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0xfaced000) = 0xc0000000"),
		i386("mmap", [6]uint64{0x1000}, nil, 0, 14, "mmap(0x1000) = -1 EFAULT (Bad address)"),
		after(i386("select", [6]uint64{0x1000}, memory{0x1000: le("wwwww", 5, 0x2000, 0, 0, 0x3000), 0x2000: le("w", 0x18), 0x3000: le("ww", 1, 2)}, 1, 0,
			"select(5, [3 4], NULL, NULL, {tv_sec=1, tv_usec=2}) = 1 (in [4], left {tv_sec=0, tv_usec=3})"), memory{0x2000: le("w", 0x10), 0x3000: le("ww", 0, 3)}),
		i386("select", [6]uint64{0x1000}, memory{0x1000: le("wwww", 0, 0, 0, 0)}, 0, 14, "select(0x1000) = -1 EFAULT (Bad address)"),

		// struct if_dqblk ends with 4 bytes, behind which nothing need be mapped; struct fs_quota_stat has no padding.
		i386("quotactl", [6]uint64{0x80000800, 0, 0, 0x1000}, memory{0x1000: limits}, 0, 0,
			"quotactl(QCMD(Q_SETQUOTA, USRQUOTA), NULL, 0, {dqb_bhardlimit=1, dqb_bsoftlimit=2, dqb_curspace=3, dqb_ihardlimit=4, dqb_isoftlimit=5, dqb_curinodes=6, ...}) = 0"),
		{name: "quotactl", args: [6]uint64{0x80000800, 0, 0, 0x1000}, mem: memory{0x1000: limits}, errno: 14, want: "quotactl(QCMD(Q_SETQUOTA, USRQUOTA), NULL, 0, 0x1000) = -1 EFAULT (Bad address)"},
		i386("quotactl", [6]uint64{0x80000900, 0, 0, 0x1000}, memory{0x1000: limits + le("w", 10)}, 0, 0,
			"quotactl(QCMD(Q_GETNEXTQUOTA, USRQUOTA), NULL, 0, {dqb_bhardlimit=1, dqb_bsoftlimit=2, dqb_curspace=3, dqb_ihardlimit=4, dqb_isoftlimit=5, dqb_curinodes=6, dqb_id=10, ...}) = 0"),
		verbose(i386("quotactl", [6]uint64{0x580500, 0, 0, 0x1000}, memory{0x1000: quota}, 0, 0, "quotactl(QCMD(Q_XGETQSTAT, USRQUOTA), NULL, {qs_version=1, qs_flags=FS_QUOTA_UDQ_ACCT|FS_QUOTA_UDQ_ENFD, "+
			"qs_uquota={qfs_ino=4, qfs_nblks=5, qfs_nextents=6}, qs_gquota={qfs_ino=7, qfs_nblks=8, qfs_nextents=9}, qs_incoredqs=10, qs_btimelimit=11, qs_itimelimit=12, qs_rtbtimelimit=13, "+
			"qs_bwarnlimit=14, qs_iwarnlimit=15}) = 0")),
		{name: "quotactl", args: [6]uint64{0x580500, 0, 0, 0x1000}, mem: memory{0x1000: strings.Repeat("\x01", 80)}, want: "quotactl(QCMD(Q_XGETQSTAT, USRQUOTA), NULL, {qs_version=1, ...}) = 0"},
	})
}

// A trace that shows calls by what they name prints the enter twice; Args stay the registers.
func TestBlockOfArguments(t *testing.T) {
	c := &Call{ABI: I386, Nr: numberOf(t, I386, "mmap"), Args: [6]uint64{0x1000}, Mem: memory{0x1000: le("wwwwww", 0, 4096, 3, 0x22, 1<<32-1, 0)}}
	const want = "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0"
	for range 2 {
		if got := string(AppendEnter(nil, c)); got != want || c.Args[0] != 0x1000 {
			t.Errorf("got  %s, %#x\nwant %s", got, c.Args, want)
		}
	}
}

// The memory of the call before says nothing of where the arguments of this one lie.
func TestDemultiplexForgets(t *testing.T) {
	page := func(backlog uint64) string {
		const at = 0x200
		vector := strings.Repeat(le("ww", 0x1000, 1), 8)
		return vector + strings.Repeat("\x00", at-len(vector)) + le("ww", 3, backlog) + strings.Repeat("\x00", pageSize-at-8)
	}
	mem := memory{0x1000: page(7)}
	c := &Call{ABI: I386, Nr: numberOf(t, I386, "writev"), Args: [6]uint64{1, 0x1000, 8}, Mem: mem, Opts: &Options{Column: -1}, Returned: true}
	AppendEnter(nil, c)
	mem[0x1000] = page(4)
	c.Nr, c.Args = numberOf(t, I386, "socketcall"), [6]uint64{4, 0x1200}
	c.Demultiplex()
	if got, want := string(AppendExit(AppendEnter(nil, c), c)), "listen(3, 4) = 0"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
