package syscalls

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// le packs numbers of the widths the letters of format say: b, h, w, q (1, 2, 4, 8 bytes).
func le(format string, vs ...uint64) string {
	var b []byte
	for i, f := range format {
		switch f {
		case 'b':
			b = append(b, byte(vs[i]))
		case 'h':
			b = binary.LittleEndian.AppendUint16(b, uint16(vs[i]))
		case 'w':
			b = binary.LittleEndian.AppendUint32(b, uint32(vs[i]))
		case 'q':
			b = binary.LittleEndian.AppendUint64(b, vs[i])
		}
	}
	return string(b)
}

// One call for each kind of argument, with memory made for it.
func TestKinds(t *testing.T) {
	t.Setenv("TZ", "UTC")
	long := strings.Repeat("x", 40)
	stat := le("qqqwwwwqqqqqqqqqq", 0xfe00, 7, 1, 0o100644, 0, 0, 0, 0, 33519, 4096, 72, 1, 2, 3, 4, 5, 6)
	mem := memory{
		0x1000: "/etc/passwd\x00", 0x2000: long + "\x00", 0x3000: stat + strings.Repeat("\x00", 24),
		0x4000: le("qq", 0x1000, 0) + le("q", 0), 0x5000: le("qq", 5, 6),
		0x6000: "\x02\x00\x00\x50\x7f\x00\x00\x01" + strings.Repeat("\x00", 8), 0x6100: le("w", 16),
		0x7000: le("whhwhh", 3, 1, 1, 4, 4, 0), 0x8000: le("qq", 0x2000, 5),
		0x9000: le("qqqq", 0x401000, 0x04000000|0x10000000, 0x402000, 2), 0xa000: le("q", 1<<1|1<<14),
		0xb000: le("w", 0x0700), 0xb100: le("w", 11|0x80), 0xb200: le("w", 0x137f),
		0xc000: le("wq", 1|1<<31, 9), 0xd000: le("qq", 8<<20, ^uint64(0)),
		0xe000: "\x01\x00/tmp/sock\x00", 0xe100: "\x01\x00\x00abstract",
	}
	for _, c := range []struct {
		name string
		args [6]uint64
		ret  int64
		want string
	}{
		{"stat", [6]uint64{0x1000, 0x3000}, 0, `stat("/etc/passwd", {st_mode=S_IFREG|0644, st_size=33519, ...}) = 0`},
		{"write", [6]uint64{1, 0x2000, 40}, 40, `write(1, "` + long[:32] + `"..., 40) = 40`},
		{"write", [6]uint64{1, 0x99000, 40}, 40, `write(1, 0x99000, 40) = 40`},
		{"execve", [6]uint64{0x1000, 0x4000, 0x4000}, 0, `execve("/etc/passwd", ["/etc/passwd"], 0x4000 /* 1 var */) = 0`},
		{"nanosleep", [6]uint64{0x5000, 0}, 0, `nanosleep({tv_sec=5, tv_nsec=6}, NULL) = 0`},
		{"connect", [6]uint64{3, 0x6000, 16}, 0, `connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0`},
		{"connect", [6]uint64{3, 0xe000, 12}, 0, `connect(3, {sa_family=AF_UNIX, sun_path="/tmp/sock"}, 12) = 0`},
		{"bind", [6]uint64{3, 0xe100, 11}, 0, `bind(3, {sa_family=AF_UNIX, sun_path=@"abstract"}, 11) = 0`},
		{"accept", [6]uint64{3, 0x6000, 0x6100}, 4, `accept(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, [16]) = 4`},
		{"poll", [6]uint64{0x7000, 2, 100}, 1, `poll([{fd=3, events=POLLIN}, {fd=4, events=POLLOUT}], 2, 100) = 1 ([{fd=3, revents=POLLIN}])`},
		{"poll", [6]uint64{0x7000, 1, 100}, 0, `poll([{fd=3, events=POLLIN}], 1, 100) = 0 (Timeout)`},
		{"writev", [6]uint64{1, 0x8000, 1}, 5, `writev(1, [{iov_base="xxxxx", iov_len=5}], 1) = 5`},
		{"rt_sigaction", [6]uint64{2, 0x9000, 0, 8}, 0, `rt_sigaction(SIGINT, {sa_handler=0x401000, sa_mask=[INT], sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=0x402000}, NULL, 8) = 0`},
		{"rt_sigprocmask", [6]uint64{0, 0xa000, 0, 8}, 0, `rt_sigprocmask(SIG_BLOCK, [INT TERM], NULL, 8) = 0`},
		{"wait4", [6]uint64{^uint64(0), 0xb000, 1, 0}, 5, `wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 7}], WNOHANG, NULL) = 5`},
		{"wait4", [6]uint64{^uint64(0), 0xb100, 0, 0}, 5, `wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}], 0, NULL) = 5`},
		{"wait4", [6]uint64{^uint64(0), 0xb200, 2, 0}, 5, `wait4(-1, [{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}], WSTOPPED, NULL) = 5`},
		{"epoll_ctl", [6]uint64{3, 1, 4, 0xc000}, 0, `epoll_ctl(3, EPOLL_CTL_ADD, 4, {events=EPOLLIN|EPOLLET, data={u32=9, u64=9}}) = 0`},
		{"getrlimit", [6]uint64{3, 0xd000}, 0, `getrlimit(RLIMIT_STACK, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0`},
		{"mmap", [6]uint64{0, 4096, 3, 0x22, ^uint64(0), 0}, 0x7f0000000000, `mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000`},
		{"fcntl", [6]uint64{3, 3}, 0x8002, `fcntl(3, F_GETFL) = 0x8002 (flags O_RDWR|O_LARGEFILE)`},
		{"umask", [6]uint64{0o22}, 0o77, `umask(022) = 077`},
		{"kill", [6]uint64{5, 15}, 0, `kill(5, SIGTERM) = 0`},
		{"futex", [6]uint64{0x1000, 0x80, 2, 0}, 0, `futex(0x1000, FUTEX_WAIT_PRIVATE, 2, NULL) = 0`},
		{"futex", [6]uint64{0x1000, 0x81, 1}, 1, `futex(0x1000, FUTEX_WAKE_PRIVATE, 1) = 1`},
		{"prctl", [6]uint64{15, 0x1000}, 0, `prctl(PR_SET_NAME, "/etc/passwd") = 0`},
		{"ioctl", [6]uint64{0, 0x12345678, 5}, 0, `ioctl(0, _IOC(_IOC_NONE, 0x56, 0x78, 0x1234), 0x5) = 0`},
		{"socket", [6]uint64{2, 0x80001, 6}, 3, `socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3`},
		{"shmget", [6]uint64{0, 10, 0o1600}, 3, `shmget(IPC_PRIVATE, 10, IPC_CREAT|0600) = 3`},
		{"mknod", [6]uint64{0x1000, 0o020666, 0x103}, 0, `mknod("/etc/passwd", S_IFCHR|0666, makedev(0x1, 0x3)) = 0`},
	} {
		call := &Call{ABI: X8664, Nr: numberOf(t, X8664, c.name), Args: c.args, Mem: mem, Opts: &Options{Column: -1}}
		enter := AppendEnter(nil, call)
		call.Ret, call.Returned = c.ret, true
		if diff := cmp.Diff(c.want, string(AppendExit(enter, call))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// i386 passes 64-bit numbers in two registers and has structures of its own.
func TestI386(t *testing.T) {
	mem := memory{0x1000: "abcdef", 0x2000: le("ww", 0x1000, 3), 0x3000: le("ww", 5, 6), 0x4000: le("qq", 5, 6)}
	for _, c := range []struct {
		name string
		args [6]uint64
		want string
	}{
		{"pwrite64", [6]uint64{3, 0x1000, 6, 0xdead00000001, 2}, `pwrite64(3, "abcdef", 6, 8589934593) = 0`},
		{"writev", [6]uint64{1, 0x2000, 1}, `writev(1, [{iov_base="abc", iov_len=3}], 1) = 0`},
		{"clock_settime", [6]uint64{0, 0x3000}, `clock_settime(CLOCK_REALTIME, {tv_sec=5, tv_nsec=6}) = 0`},
		{"clock_settime64", [6]uint64{0, 0x4000}, `clock_settime64(CLOCK_REALTIME, {tv_sec=5, tv_nsec=6}) = 0`},
		{"mmap2", [6]uint64{0, 4096, 1, 2, 3, 2}, `mmap2(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0x2000) = 0`},
		{"close", [6]uint64{0xffffffff00000003}, `close(3) = 0`},
	} {
		call := &Call{ABI: I386, Nr: numberOf(t, I386, c.name), Args: c.args, Mem: mem, Opts: &Options{Column: -1}, Returned: true}
		if got := string(AppendExit(AppendEnter(nil, call), call)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestOptions(t *testing.T) {
	mem := memory{0x1000: "ab\n\x01\xff" + strings.Repeat("z", 60)}
	call := func(o *Options) string {
		c := &Call{ABI: X8664, Nr: 1, Args: [6]uint64{1, 0x1000, 6}, Mem: mem, Opts: o, Ret: 6, Returned: true}
		o.Column = -1
		return string(AppendExit(AppendEnter(nil, c), c))
	}
	for want, o := range map[string]*Options{
		`write(1, "ab\n\1\377z", 6) = 6`:              {},
		`write(1, "ab"..., 6) = 6`:                    {StringLimit: 2},
		`write(1, ""..., 6) = 6`:                      {StringLimit: -1},
		`write(1, "\x61\x62\x0a\x01\xff\x7a", 6) = 6`: {Hex: 1},
		`write(0x1, 0x1000, 0x6) = 0x6`:               {Raw: true},
		`write(1</dev/pts/0>, "ab\n\1\377z", 6) = 6`:  {FD: func(int, int32) string { return "/dev/pts/0" }},
	} {
		if got := call(o); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestSiginfo(t *testing.T) {
	for _, c := range []struct{ info, want string }{
		{le("wwwwwwwwqq", 17, 0, 1, 0, 100, 1000, 3, 0, 4, 5), "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=100, si_uid=1000, si_status=3, si_utime=4 /* 0.04 s */, si_stime=5 /* 0.05 s */}"},
		{le("wwwwwwwwqq", 17, 0, 2, 0, 100, 1000, 9, 0, 4, 5), "{si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=100, si_uid=1000, si_status=SIGKILL, si_utime=4 /* 0.04 s */, si_stime=5 /* 0.05 s */}"},
		{le("wwwwq", 11, 0, 1, 0, 8), "{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x8}"},
		{le("wwwwq", 11, 0, 0x80, 0, 0), "{si_signo=SIGSEGV, si_code=SI_KERNEL, si_addr=NULL}"},
		{le("wwwwww", 15, 0, 0, 0, 7, 0), "{si_signo=SIGTERM, si_code=SI_USER, si_pid=7, si_uid=0}"},
		{le("wwwwww", 6, 0, 0xfffffffa, 0, 7, 0), "{si_signo=SIGABRT, si_code=SI_TKILL, si_pid=7, si_uid=0}"},
		{le("wwwwwwq", 34, 0, 0xffffffff, 0, 7, 0, 42), "{si_signo=SIGRT_2, si_code=SI_QUEUE, si_pid=7, si_uid=0, si_int=42, si_ptr=0x2a}"},
		{le("wwwwqw", 29, 0, 1, 0, 0x41, 5), "{si_signo=SIGIO, si_code=POLL_IN, si_band=POLLIN|POLLRDNORM, si_fd=5}"},
		{le("wwwwqww", 31, 0, 1, 0, 0x401000, 39, 0xc000003e), "{si_signo=SIGSYS, si_code=SYS_SECCOMP, si_call_addr=0x401000, si_syscall=__NR_getpid, si_arch=AUDIT_ARCH_X86_64}"},
		{le("wwwwq", 5, 0, 2, 0, 0x401000), "{si_signo=SIGTRAP, si_code=TRAP_TRACE, si_addr=0x401000}"},
	} {
		info := append([]byte(c.info), make([]byte, 128)...)[:128]
		if got := string(AppendSiginfo(nil, &Call{ABI: X8664}, info)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// The descriptors of kcmp are those of processes by the numbers that we know them by.
func TestKcmpHere(t *testing.T) {
	opts := &Options{Column: -1, Here: func(caller, pid int) int { return caller + pid }, FD: func(pid int, fd int32) string { return fmt.Sprintf("%d:%d>", pid, fd) }}
	c := &Call{ABI: X8664, Nr: numberOf(t, X8664, "kcmp"), PID: 100, Args: [6]uint64{4, 5, 0, 23, 42}, Mem: memory{}, Opts: opts, Returned: true}
	if got, want := string(AppendExit(AppendEnter(nil, c), c)), "kcmp(4, 5, KCMP_FILE, 23<104:23>, 42<105:42>) = 0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
