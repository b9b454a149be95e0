package syscalls

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/trapline/trapline/abi"
)

// freebsdMemory is what the calls of the tests point to.
func freebsdMemory() memory {
	zeros := func(n int) string { return strings.Repeat("\x00", n) }
	stat := le("qqqhhwwwq", 0x5f, 4711, 1, 0o100644, 0, 0, 0, 0, 0) + zeros(64) + le("qqww", 1234, 8, 4096, 0) + zeros(100)
	statfs := zeros(192) + le("ww", 0x11223344, 0xde) + zeros(80) + "ufs" + zeros(13) + "/dev/ada0p2" + zeros(1013) + "/" + zeros(1023)
	return memory{
		0x1000: "/etc/libmap.conf\x00", 0x1100: "hello\n\x00\x01\xff", 0x1200: "héllo\x00",
		0x2000: stat, 0x20000: statfs,
		0x3000: le("qhhwqq", 3, 0xffff, 1|0x20, 0, 0, 0) + zeros(32) + le("qhhwqq", 20, 0xfffa, 1, 0, 5, 0x77) + zeros(32),
		0x4000: le("qw", 0x401000, 2|0x40) + le("wwww", 1<<1|1<<14, 0, 1, 0) + zeros(4), 0x4100: le("qw", 1, 0) + zeros(20),
		0x4200: le("wwww", 1<<1|1<<19, 0, 0, 0),
		0x5000: "\x10\x02\x00\x50\x7f\x00\x00\x01" + zeros(8), 0x5100: le("w", 16),
		0x5200: "\x1c\x1c\x00\x35\x00\x00\x00\x00" + zeros(15) + "\x01" + zeros(4), 0x5300: "\x0d\x01/var/run/log",
		0x5400: "\x36\x12\x01\x00\x06\x03\x06\x00em0\x02\x03\x04\x05\x06\x07" + zeros(40),
		0x6000: le("qqwhhw", 0, 10, 0, 3, 0, 0), 0x6100: le("w", 0x0700), 0x6200: le("w", 11|0x80), 0x6300: le("w", 0x137f), 0x6400: le("w", 19),
		0x7000: le("qq", 5, 6), 0x7100: le("qqqq", 1, 2, 3, 4), 0x7200: le("qqqq", 9, ^uint64(0), 8, ^uint64(1)),
		0x8000: le("wwww", 1, 14, 12, 42), 0x8100: le("ww", 1, 10), 0x8200: "FreeBSD\x00", 0x8300: le("q", 8),
		0x9000: le("qqqqqqqq", 0x401000, 0, 0x800000, 0x10000, 0, 0, 0x10, 0x18) + le("w", 2) + zeros(36),
		0xa000: le("qq", 0x200000000000000|3|4, 0x400000000000000|1), 0xb000: le("qqq", 0x1000, 0x1200, 0),
		0xc000: le("qw", 0x5000, 16) + le("wqqqwww", 0, 0xc100, 1, 0xc200, 20, 0, 0), 0xc100: le("qq", 0x1100, 5),
		0xc200: le("wwwww", 20, 0xffff, 1, 0, 7), 0xd000: le("whhwhh", 3, 1, 1, 4, 4, 0), 0xd100: le("ww", 3, 4),
		0xe000: le("q", 0x11), 0xe100: le("qq", 8<<20, 1<<63-1), 0xf000: le("qqqqqqqqqqqqqqqqqq", 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 5, 6, 0, 0, 0, 0, 0),
		0xf100: le("wwwwwwqq", 20, 0, 1, 42, 0, 7, 0, 0) + zeros(40), 0xf200: le("www", 1, 2, 3),
		0xf300: le("ww", 7, 0x100005), 0xf400: le("w", 0x100004), 0xf500: le("wwwwwwwwqq", 1001, 1002, 1003, 20, 21, 22, 0, 3, 0xf200, 0),
	}
}

// One call for each kind of argument, in both forms.
func TestFreeBSDCalls(t *testing.T) {
	t.Setenv("TZ", "UTC")
	mem := freebsdMemory()
	for _, c := range []struct {
		name          string
		args          [6]uint64
		ret           int64
		errno         int
		strace, truss string
	}{
		{"open", [6]uint64{0x1000, 0x100000}, 3, 0, `open("/etc/libmap.conf", O_RDONLY|O_CLOEXEC) = 3`, `open("/etc/libmap.conf",O_RDONLY|O_CLOEXEC,00)	 = 3 (0x3)`},
		{"open", [6]uint64{0x1000, 0x601, 0o644}, 0, 2, `open("/etc/libmap.conf", O_WRONLY|O_CREAT|O_TRUNC, 0644) = -1 ENOENT (No such file or directory)`,
			`open("/etc/libmap.conf",O_WRONLY|O_CREAT|O_TRUNC,0644) ERR#2 'No such file or directory'`},
		{"openat", [6]uint64{^uint64(99), 0x1200, 0x40002}, 4, 0, `openat(AT_FDCWD, "h\303\251llo", 0x2|O_EXEC) = 4`, `openat(AT_FDCWD,"héllo",0x2|O_EXEC,00)		 = 4 (0x4)`},
		{"write", [6]uint64{1, 0x1100, 9}, 9, 0, `write(1, "hello\n\0\1\377", 9) = 9`, `write(1,"hello\n\0\^A\M^?",9)			 = 9 (0x9)`},
		{"write", [6]uint64{1, 0x99000, 9}, 9, 0, `write(1, 0x99000, 9) = 9`, `write(1,0x99000,9)				 = 9 (0x9)`},
		{"read", [6]uint64{0, 0x1100, 100}, 0, 35, `read(0, 0x1100, 100) = -1 EAGAIN (Resource temporarily unavailable)`, `read(0,0x1100,100)				 ERR#35 'Resource temporarily unavailable'`},
		{"read", [6]uint64{0, 0x1100, 100}, 0, -1, `read(0, 0x1100, 100) = ? ERESTART`, `read(0,0x1100,100)				 ERESTART`},
		{"__specialfd", [6]uint64{1, 0xf300, 8}, 5, 0, `__specialfd(SPECIALFD_EVENTFD, {initval=7, flags=EFD_SEMAPHORE|EFD_NONBLOCK|EFD_CLOEXEC}, 8) = 5`, `__specialfd(SPECIALFD_EVENTFD,0xf300,8)		 = 5 (0x5)`},
		{"__specialfd", [6]uint64{2, 0xf400, 4}, 5, 0, `__specialfd(SPECIALFD_INOTIFY, {flags=IN_NONBLOCK|IN_CLOEXEC}, 4) = 5`, ""},
		{"setcred", [6]uint64{0x41, 0xf500, 48}, 0, 0, `setcred(SETCREDF_UID|SETCREDF_SUPP_GROUPS, {sc_uid=1001, sc_supp_groups=[1, 2, 3]}, 48) = 0`, ""},
		{"setcred", [6]uint64{0, 0xf500, 48}, 0, 0, `setcred(0, {}, 48) = 0`, ""},
		{"exterrctl", [6]uint64{1, 1, 0x1000}, 0, 0, `exterrctl(EXTERRCTL_ENABLE, EXTERRCTLF_FORCE, 0x1000) = 0`, ""},
		{"ktrace", [6]uint64{0x1000, 4, 0x40000006, 42}, 0, 0, `ktrace("/etc/libmap.conf", KTRFLAG_DESCEND, KTRFAC_SYSCALL|KTRFAC_SYSRET|KTRFAC_INHERIT, 42) = 0`, ""},
		{"semget", [6]uint64{0, 2, 0x380}, 4, 0, `semget(IPC_PRIVATE, 2, IPC_CREAT|0600) = 4`, ""},
		{"getrlimitusage", [6]uint64{8, 1, 0x8300}, 0, 0, `getrlimitusage(RLIMIT_NOFILE, GETRLIMITUSAGE_EUIDONLY, [8]) = 0`, ""},
		{"exit", [6]uint64{3}, 0, 0, `exit(3) = 0`, `exit(0x3)					 = 0 (0x0)`},
		{"mmap", [6]uint64{0, 32768, 3, 0x1002, 0xffffffff, 0}, 0x801000000, 0, `mmap(NULL, 32768, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANON, -1, 0) = 0x801000000`,
			`mmap(0x0,32768,PROT_READ|PROT_WRITE,MAP_PRIVATE|MAP_ANON,-1,0x0) = 34376515584 (0x801000000)`},
		{"mmap", [6]uint64{0, 4096, 3<<16 | 1, 0x15001002, 3, 0x1000}, 0x801000000, 0,
			`mmap(NULL, 4096, PROT_MAX(PROT_READ|PROT_WRITE)|PROT_READ, MAP_PRIVATE|MAP_ANON|MAP_ALIGNED(21), 3, 0x1000) = 0x801000000`,
			`mmap(0x0,4096,PROT_MAX(PROT_READ|PROT_WRITE)|PROT_READ,MAP_PRIVATE|MAP_ANON|MAP_ALIGNED(21),3,0x1000) = 34376515584 (0x801000000)`},
		{"fstat", [6]uint64{3, 0x2000}, 0, 0, `fstat(3, {st_mode=S_IFREG|0644, st_size=1234, ...}) = 0`, `fstat(3,{ mode=-rw-r--r-- ,inode=4711,size=1234,blksize=4096 }) = 0 (0x0)`},
		{"statfs", [6]uint64{0x1000, 0x20000}, 0, 0, "", `statfs("/etc/libmap.conf",{ fstypename=ufs,mntonname=/,mntfromname=/dev/ada0p2,fsid=44332211de000000 }) = 0 (0x0)`},
		{"kevent", [6]uint64{5, 0x3000, 2, 0x3000, 2, 0x7000}, 1, 0,
			`kevent(5, [{ident=3, filter=EVFILT_READ, flags=EV_ADD|EV_CLEAR, fflags=0, data=0, udata=NULL}, {ident=SIGCHLD, filter=EVFILT_SIGNAL, flags=EV_ADD, fflags=0, data=5, udata=0x77}], 2, ` +
				`[{ident=3, filter=EVFILT_READ, flags=EV_ADD|EV_CLEAR, fflags=0, data=0, udata=NULL}], 2, {tv_sec=5, tv_nsec=6}) = 1`,
			`kevent(5,{ 3,EVFILT_READ,EV_ADD|EV_CLEAR,0,0,0x0 SIGCHLD,EVFILT_SIGNAL,EV_ADD,0,0x5,0x77 },2,{ 3,EVFILT_READ,EV_ADD|EV_CLEAR,0,0,0x0 },2,{ 5.000000006 }) = 1 (0x1)`},
		{"sigaction", [6]uint64{2, 0x4000, 0x4100}, 0, 0, `sigaction(SIGINT, {sa_handler=0x401000, sa_flags=SA_RESTART|SA_SIGINFO, sa_mask=[INT TERM RTMIN]}, {sa_handler=SIG_IGN, sa_flags=0, sa_mask=[]}) = 0`,
			`sigaction(SIGINT,{ 0x401000 SA_RESTART|SA_SIGINFO ss_t },{ SIG_IGN 0x0 ss_t }) = 0 (0x0)`},
		{"sigprocmask", [6]uint64{1, 0x4200, 0}, 0, 0, `sigprocmask(SIG_BLOCK, [INT CHLD], NULL) = 0`, `sigprocmask(SIG_BLOCK,{ SIGINT|SIGCHLD },0x0)	 = 0 (0x0)`},
		{"connect", [6]uint64{3, 0x5000, 16}, 0, 61, `connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 ECONNREFUSED (Connection refused)`,
			`connect(3,{ AF_INET 127.0.0.1:80 },16)		 ERR#61 'Connection refused'`},
		{"bind", [6]uint64{3, 0x5200, 28}, 0, 0, "", `bind(3,{ AF_INET6 [::1]:53 },28)		 = 0 (0x0)`},
		{"connect", [6]uint64{3, 0x5300, 14}, 0, 0, `connect(3, {sa_family=AF_UNIX, sun_path="/var/run/log"}, 14) = 0`, `connect(3,{ AF_UNIX "/var/run/log" },14)	 = 0 (0x0)`},
		{"bind", [6]uint64{3, 0x5400, 54}, 0, 0, `bind(3, {sa_family=AF_LINK, sdl_index=1, sdl_type=6, sdl_name="em0", sdl_addr="\x02\x03\x04\x05\x06\x07"}, 54) = 0`, ""},
		{"accept", [6]uint64{3, 0x5000, 0x5100}, 4, 0, `accept(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, [16]) = 4`, `accept(3,{ AF_INET 127.0.0.1:80 },0x5100)	 = 4 (0x4)`},
		{"socket", [6]uint64{28, 0x10000001, 6}, 3, 0, `socket(AF_INET6, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3`, `socket(AF_INET6,SOCK_STREAM|SOCK_CLOEXEC,IPPROTO_TCP) = 3 (0x3)`},
		{"setsockopt", [6]uint64{3, 0xffff, 4, 0x8100, 4}, 0, 0, `setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0`, `setsockopt(3,SOL_SOCKET,SO_REUSEADDR,0x8100,4)	 = 0 (0x0)`},
		{"sendmsg", [6]uint64{3, 0xc000, 0x20000}, 5, 0,
			`sendmsg(3, {msg_name={sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, msg_namelen=16, msg_iov=[{iov_base="hello", iov_len=5}], msg_iovlen=1, ` +
				`msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[7]}], msg_controllen=20, msg_flags=0}, MSG_NOSIGNAL) = 5`,
			`sendmsg(3,{{ AF_INET 127.0.0.1:80 },16,[{"hello",5}],1,{{level=SOL_SOCKET,type=SCM_RIGHTS,data={0x07,0x00,0x00,0x00}}},20,0x0},MSG_NOSIGNAL) = 5 (0x5)`},
		{"fcntl", [6]uint64{3, 2, 1}, 0, 0, `fcntl(3, F_SETFD, FD_CLOEXEC) = 0`, `fcntl(3,F_SETFD,FD_CLOEXEC)			 = 0 (0x0)`},
		{"fcntl", [6]uint64{3, 12, 0x6000}, 0, 0, `fcntl(3, F_SETLK, {l_start=0, l_len=10, l_pid=0, l_type=F_WRLCK, l_whence=SEEK_SET, l_sysid=0}) = 0`, `fcntl(3,F_SETLK,0x6000)				 = 0 (0x0)`},
		{"fcntl", [6]uint64{3, 3}, 0x40002, 0, `fcntl(3, F_GETFL) = 262146`, ""},
		{"wait4", [6]uint64{^uint64(0), 0x6100, 0, 0}, 42, 0, `wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 7}], 0, NULL) = 42`, `wait4(-1,{ EXITED,val=7 },0x0,0x0)		 = 42 (0x2a)`},
		{"wait6", [6]uint64{0, 42, 0x6200, 0x30, 0, 0xf100}, 42, 0,
			`wait6(P_PID, 42, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}], WEXITED|WTRAPPED, NULL, {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=42, si_uid=0, si_status=7}) = 42`,
			`wait6(P_PID,42,{ SIGNALED,sig=SIGSEGV,cored },WEXITED|WTRAPPED,0x0,{ signo=SIGCHLD code=CLD_EXITED pid=42 uid=0 status=7 }) = 42 (0x2a)`},
		{"wait4", [6]uint64{42, 0x6400, 4, 0}, 42, 0, `wait4(42, [{WIFCONTINUED(s)}], WCONTINUED, NULL) = 42`, `wait4(42,{ CONTINUED },WCONTINUED,0x0)		 = 42 (0x2a)`},
		{"nanosleep", [6]uint64{0x7000, 0}, 0, 0, `nanosleep({tv_sec=5, tv_nsec=6}, NULL) = 0`, `nanosleep({ 5.000000006 },0x0)			 = 0 (0x0)`},
		{"utimensat", [6]uint64{^uint64(99), 0x1000, 0x7200, 0x200}, 0, 0, `utimensat(AT_FDCWD, "/etc/libmap.conf", [UTIME_NOW, UTIME_OMIT], AT_SYMLINK_NOFOLLOW) = 0`,
			`utimensat(AT_FDCWD,"/etc/libmap.conf",{ UTIME_NOW, UTIME_OMIT },AT_SYMLINK_NOFOLLOW) = 0 (0x0)`},
		{"__sysctl", [6]uint64{0x8000, 4, 0x8200, 0x8300, 0, 0}, 0, 0, `__sysctl("kern.proc.pathname.42", 4, "FreeBSD\0", [8], NULL, 0) = 0`, `__sysctl("kern.proc.pathname.42",4,0x8200,0x8300,0x0,0) = 0 (0x0)`},
		{"__sysctl", [6]uint64{0x8100, 2, 0, 0, 0, 0}, 0, 0, `__sysctl("kern.hostname", 2, NULL, NULL, NULL, 0) = 0`, ""},
		{"_umtx_op", [6]uint64{0x9000, 0x8000000b, 1, 0, 0}, 0, 60, `_umtx_op(0x9000, UMTX_OP_WAIT_UINT|UMTX_OP__32BIT, 0x1, NULL, NULL) = -1 ETIMEDOUT (Operation timed out)`, ""},
		{"thr_new", [6]uint64{0x9000, 104}, 0, 0,
			`thr_new({start_func=0x401000, arg=0x0, stack_base=0x800000, stack_size=0x10000, tls_base=0x0, tls_size=0x0, child_tid=0x10, parent_tid=0x18, flags=THR_SYSTEM_SCOPE}, 104) = 0`, `thr_new(0x9000,104)				 = 0 (0x0)`},
		{"cap_rights_limit", [6]uint64{3, 0xa000}, 0, 0, `cap_rights_limit(3, {CAP_READ|CAP_WRITE|CAP_SEEK_TELL|CAP_MAC_GET}) = 0`, `cap_rights_limit(3,{ CAP_READ|CAP_WRITE|CAP_SEEK_TELL|CAP_MAC_GET }) = 0 (0x0)`},
		{"procctl", [6]uint64{0, 42, 4, 0xf200}, 0, 2, `procctl(P_PID, 42, PROC_REAP_STATUS, 0xf200) = -1 ENOENT (No such file or directory)`, ""},
		{"procctl", [6]uint64{0, 42, 7, 0xf200}, 0, 0, `procctl(P_PID, 42, PROC_TRACE_CTL, [PROC_TRACE_CTL_ENABLE]) = 0`, `procctl(P_PID,42,PROC_TRACE_CTL,0xf200)		 = 0 (0x0)`},
		{"rfork", [6]uint64{0x14}, 50, 0, `rfork(RFFDG|RFPROC) = 50`, `rfork(RFFDG|RFPROC)				 = 50 (0x32)`},
		{"ptrace", [6]uint64{13, 42, 0x9000, 160}, 0, 0, `ptrace(PT_LWPINFO, 42, 0x9000, 160) = 0`, `ptrace(PT_LWPINFO,42,0x9000,160)		 = 0 (0x0)`},
		{"execve", [6]uint64{0x1000, 0xb000, 0xb000}, 0, -2, `execve("/etc/libmap.conf", ["/etc/libmap.conf", "h\303\251llo"], 0xb000 /* 2 vars */) = ? EJUSTRETURN`,
			`execve("/etc/libmap.conf",0xb000,0xb000)	 EJUSTRETURN`},
		{"poll", [6]uint64{0xd000, 2, 100}, 1, 0, `poll([{fd=3, events=POLLIN}, {fd=4, events=POLLOUT}], 2, 100) = 1 ([{fd=3, revents=POLLIN}])`, `poll({ 3/POLLIN 4/POLLOUT },2,100)		 = 1 (0x1)`},
		{"select", [6]uint64{5, 0xe000, 0, 0, 0}, 2, 0, `select(5, [0 4], NULL, NULL, NULL) = 2 (in [0 4])`, `select(5,{ 0 4 },0x0,0x0,0x0)			 = 2 (0x2)`},
		{"pipe2", [6]uint64{0xd100, 0x100000}, 0, 0, `pipe2([3, 4], O_CLOEXEC) = 0`, `pipe2({ 3, 4 },O_CLOEXEC)			 = 0 (0x0)`},
		{"getrlimit", [6]uint64{3, 0xe100}, 0, 0, `getrlimit(RLIMIT_STACK, {rlim_cur=8192*1024, rlim_max=RLIM_INFINITY}) = 0`, `getrlimit(RLIMIT_STACK,{ cur=8388608,max=9223372036854775807 }) = 0 (0x0)`},
		{"getrusage", [6]uint64{^uint64(0), 0xf000}, 0, 0, `getrusage(RUSAGE_CHILDREN, {ru_utime={tv_sec=1, tv_usec=2}, ru_stime={tv_sec=3, tv_usec=4}, ...}) = 0`,
			`getrusage(RUSAGE_CHILDREN,{ u=1.000002,s=3.000004,in=5,out=6 }) = 0 (0x0)`},
		{"ioctl", [6]uint64{1, 0x402c7413, 0x99000}, 0, 25, `ioctl(1, TIOCGETA, 0x99000) = -1 ENOTTY (Inappropriate ioctl for device)`, `ioctl(1,TIOCGETA,0x99000)			 ERR#25 'Inappropriate ioctl for device'`},
		{"ioctl", [6]uint64{1, 0x80046705, 0x99000}, 0, 0, `ioctl(1, _IOC(IOC_IN, 0x67, 0x5, 0x4), 0x99000) = 0`, `ioctl(1,0x80046705 { IOW 0x67('g'), 5, 4 },0x99000) = 0 (0x0)`},
		{"setgroups", [6]uint64{3, 0xf200}, 0, 0, `setgroups(3, [1, 2, 3]) = 0`, ""},
		{"compat11.stat", [6]uint64{0x1000, 0x99000}, 0, 2, `compat11.stat("/etc/libmap.conf", 0x99000) = -1 ENOENT (No such file or directory)`, ""},
		{"jail_attach_jd", [6]uint64{7}, 0, 0, `jail_attach_jd(7) = 0`, ""},
	} {
		nr, ok := FreeBSD.Number(c.name)
		if !ok {
			t.Errorf("%s has no number", c.name)
			continue
		}
		for _, f := range []struct {
			form *Form
			want string
		}{{Strace, c.strace}, {Truss, c.truss}} {
			if f.want == "" {
				continue
			}
			call := &Call{ABI: FreeBSD, Nr: nr, Args: c.args, Ret: c.ret, Errno: c.errno, Returned: true, Mem: mem, Opts: &Options{Column: -1, Form: f.form}}
			if got := string(AppendExit(AppendEnter(nil, call), call)); got != f.want {
				t.Errorf("got  %s\nwant %s", got, f.want)
			}
		}
	}
}

// A 32-bit program: pairs of words for numbers of 64 bits, halves of structures.
func TestFreeBSD32(t *testing.T) {
	mem := memory{
		0x1000: le("ww", 5, 6), 0x2000: le("whhwqww", 3, 0xffff, 1, 0, 7, 0x99, 0) + strings.Repeat("\x00", 28),
		0x3000: le("qqqhhwwwqwwwwwwwwwwwwqq", 1, 4711, 1, 0o40755, 0, 0, 0, 0, 0, 0, 1, 2, 0, 3, 4, 0, 5, 6, 0, 7, 8, 512, 8) + le("ww", 4096, 0) + strings.Repeat("\x00", 120),
		0x4000: le("www", 0x401000, 0x40, 2) + strings.Repeat("\x00", 12),
	}
	for _, c := range []struct {
		name string
		args [6]uint64
		more [2]uint64
		want string
	}{
		{"pread", [6]uint64{3, 0x9000, 0, 0xffffffff, 0x7fffffff}, [2]uint64{}, `pread(3, "", 0, 9223372036854775807) = 0`},
		{"mmap", [6]uint64{0, 4096, 1, 2, 3, 0x1000}, [2]uint64{1}, `mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0x100001000) = 0`},
		{"nanosleep", [6]uint64{0x1000}, [2]uint64{}, `nanosleep({tv_sec=5, tv_nsec=6}, NULL) = 0`},
		{"kevent", [6]uint64{4, 0x2000, 1, 0, 0, 0}, [2]uint64{}, `kevent(4, [{ident=3, filter=EVFILT_READ, flags=EV_ADD, fflags=0, data=7, udata=0x99}], 1, NULL, 0, NULL) = 0`},
		{"fstat", [6]uint64{3, 0x3000}, [2]uint64{}, `fstat(3, {st_mode=S_IFDIR|0755, st_size=512, ...}) = 0`},
		{"sigaction", [6]uint64{15, 0x4000, 0}, [2]uint64{}, `sigaction(SIGTERM, {sa_handler=0x401000, sa_flags=SA_SIGINFO, sa_mask=[INT]}, NULL) = 0`},
		{"procctl", [6]uint64{7, 0, 0, 5, 0x9000}, [2]uint64{}, `procctl(P_ALL, 0, PROC_REAP_GETPIDS, 0x9000) = 0`},
	} {
		nr, _ := FreeBSD32.Number(c.name)
		call := &Call{ABI: FreeBSD32, Nr: nr, Args: c.args, More: c.more, Returned: true, Mem: mem, Opts: &Options{Column: -1}}
		if got := string(AppendExit(AppendEnter(nil, call), call)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// A result of 64 bits is whole for a program of 32, in every form.
func TestFreeBSD32Result(t *testing.T) {
	nr, _ := FreeBSD32.Number("lseek")
	for _, c := range []struct {
		opts Options
		want string
	}{
		{Options{}, "lseek(3, 6442450944, SEEK_SET) = 6442450944"},
		{Options{Raw: true}, "lseek(0x3, 0x80000000, 0x1, 0) = 0x180000000"},
		{Options{Form: Truss, Kernel: abi.FreeBSD}, "freebsd32_lseek(3,0x180000000,SEEK_SET)\t\t = 6442450944 (0x180000000)"},
	} {
		call := &Call{ABI: FreeBSD32, Nr: nr, Args: [6]uint64{3, 1 << 31, 1}, Ret: FreeBSD32.Result(nr, -1<<31, 1), Returned: true, Opts: &c.opts}
		call.Opts.Column = -1
		if got := string(AppendExit(AppendEnter(nil, call), call)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// The names that FreeBSD's kernel has for the calls of programs that are not its own; each that
// it calls by a name of its own is a call of theirs.
func TestKernelNames(t *testing.T) {
	for _, c := range []struct {
		abi    *ABI
		kernel *abi.OS
		nr     uint64
		want   string
	}{
		{FreeBSD, abi.FreeBSD, 7, "wait4"}, {FreeBSD32, abi.FreeBSD, 7, "freebsd32_wait4"}, {FreeBSD32, abi.FreeBSD, 3, "read"},
		{FreeBSD32, abi.FreeBSD, 188, "compat11.freebsd32_stat"}, {FreeBSD32, abi.FreeBSD, 396, "compat11.statfs"},
		{FreeBSD32, abi.FreeBSD, 157, "compat4.freebsd32_statfs"}, {FreeBSD32, abi.FreeBSD, 555, "statfs"}, {FreeBSD32, abi.FreeBSD, 454, "freebsd32__umtx_op"},
		{FreeBSD32, abi.FreeBSD, 559, "freebsd32_mknodat"}, {FreeBSD32, abi.FreeBSD, 498, "compat11.mknodat"}, {FreeBSD32, abi.FreeBSD, 9999, "syscall_0x270f"},
		{X8664, abi.FreeBSD, 0, "read"}, {X8664, abi.FreeBSD, 1, "linux_write"}, {X8664, abi.FreeBSD, 5, "linux_newfstat"}, {X8664, abi.FreeBSD, 202, "linux_sys_futex"},
		{X8664, abi.FreeBSD, 96, "gettimeofday"}, {I386, abi.FreeBSD, 78, "linux_gettimeofday"}, {I386, abi.FreeBSD, 16, "linux_lchown16"},
		{I386, abi.FreeBSD, 198, "linux_lchown"}, {I386, abi.FreeBSD, 201, "geteuid"}, {I386, abi.FreeBSD, 140, "linux_llseek"},
		{X8664, abi.Linux, 1, "write"}, {I386, abi.Linux, 140, "_llseek"},
	} {
		if got := c.abi.KernelName(c.kernel, c.nr); got != c.want {
			t.Errorf("%s %d: %s, want %s", c.abi.Name, c.nr, got, c.want)
		}
	}
	known := func(a *ABI) map[string]bool {
		names := map[string]bool{}
		for _, r := range a.rows {
			if r != nil {
				names[r.Name], names[r.Name[strings.IndexByte(r.Name, '.')+1:]] = true, true
			}
		}
		return names
	}
	for _, c := range []struct {
		abi   *ABI
		names []func() map[string]bool
	}{{FreeBSD32, []func() map[string]bool{freebsd32Own, freebsd32Shared}}, {X8664, []func() map[string]bool{linuxShared, linux64Shared}}, {I386, []func() map[string]bool{linuxShared}}} {
		names := known(c.abi)
		for _, set := range c.names {
			for n := range set() {
				if !names[n] {
					t.Errorf("%s has no call %s", c.abi.Name, n)
				}
			}
		}
		for n := range c.abi.foreign.renamed {
			if !names[n] {
				t.Errorf("%s has no call %s", c.abi.Name, n)
			}
		}
	}
}

// What comes with a signal, in both forms.
func TestFreeBSDSiginfo(t *testing.T) {
	info := func(s string) []byte { return append([]byte(s), make([]byte, 128-len(s))...) }
	for _, c := range []struct{ info, strace, truss string }{
		{le("wwwwww", 15, 0, 0x10001, 42, 1001, 0), "{si_signo=SIGTERM, si_code=SI_USER, si_pid=42, si_uid=1001}", " code=SI_USER pid=42 uid=1001"},
		{le("wwwwwwqqw", 11, 0, 1, 0, 0, 0, 0x1234, 0, 12), "{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_trapno=12, si_addr=0x1234}", " code=SEGV_MAPERR trapno=12 addr=0x1234"},
		{le("wwwwww", 20, 0, 2, 42, 0, 9), "{si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=42, si_uid=0, si_status=9}", " code=CLD_KILLED pid=42 uid=0 status=9"},
		{le("wwwwwwqq", 30, 0, 0x10002, 42, 0, 0, 0, 0x77), "{si_signo=SIGUSR1, si_code=SI_QUEUE, si_value=0x77, si_pid=42, si_uid=0}", " code=SI_QUEUE value=0x77 pid=42 uid=0"},
		{le("wwwwwwqqww", 14, 0, 0x10003, 0, 0, 0, 0, 1, 3, 2), "{si_signo=SIGALRM, si_code=SI_TIMER, si_value=0x1, si_timerid=3, si_overrun=2}", " code=SI_TIMER value=0x1 timerid=3 overrun=2"},
		{le("www", 5, 0, 99), "{si_signo=SIGTRAP, si_code=99}", " code=99"},
	} {
		call := &Call{ABI: FreeBSD}
		if got := string(AppendSiginfo(nil, call, info(c.info))); got != c.strace {
			t.Errorf("got  %s\nwant %s", got, c.strace)
		}
		if got := string(AppendTrussSignal(nil, call, info(c.info))); got != c.truss {
			t.Errorf("got  %s\nwant %s", got, c.truss)
		}
	}
}

// The numbers agree with those that golang.org/x/sys/unix took from the same file.
func TestFreeBSDNumbers(t *testing.T) {
	last := -1
	for _, r := range freebsdCalls {
		if r.nr <= last {
			t.Errorf("row %d follows row %d", r.nr, last)
		}
		last = r.nr
	}
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "golang.org/x/sys/unix").Output()
	if err != nil {
		t.Skip("the sources of golang.org/x/sys are not here: ", err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "zsysnum_freebsd_amd64.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		nr, err := strconv.Atoi(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.TrimPrefix(spec.Names[0].Name, "SYS_")
		got := strings.ToUpper(FreeBSD.CallName(uint64(nr)))
		if _, plain, old := strings.Cut(got, "."); old {
			got = fmt.Sprintf("FREEBSD%s_%s", strings.TrimPrefix(got[:len(got)-len(plain)-1], "COMPAT"), plain)
			want = strings.Replace(want, "FREEBSD11_VADVISE", got, 1)
		}
		// Calls have become compat ones since the list was made.
		if _, plain, _ := strings.Cut(got, "_"); got != want && plain != want {
			t.Errorf("call %d is %s, want %s", nr, got, want)
		}
		n++
		return true
	})
	if n < 380 {
		t.Errorf("only %d numbers were compared", n)
	}
}
