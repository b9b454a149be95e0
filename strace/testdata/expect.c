// Makes system calls and prints, on standard output, the trace that they should give. The first
// argument names the case; strace_linux_test.go says with which options it is traced.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define BADF "-1 EBADF (Bad file descriptor)"

static void raw(long nr, long a, long b, long c, long d, long e, long f) { syscall(nr, a, b, c, d, e, f); }
#define call(nr, a, b, c, d, e, f) raw(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static void do_open(void) {
	open("no such file", O_RDONLY | O_CLOEXEC);
	puts("openat(AT_FDCWD, \"no such file\", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)");
	openat(-1, "x\n\"\\", O_WRONLY | O_CREAT | O_EXCL, 0640);
	puts("openat(-1, \"x\\n\\\"\\\\\", O_WRONLY|O_CREAT|O_EXCL, 0640) = " BADF);
}
static void do_openraw(void) {
	openat(-1, "f", O_RDWR | O_APPEND);
	puts("openat(-1, \"f\", 0x402) = " BADF);
}
static void do_openboth(void) {
	openat(-1, "f", O_RDWR | O_APPEND);
	puts("openat(-1, \"f\", 0x402 /* O_RDWR|O_APPEND */) = " BADF);
}
static void do_null(void) {
	call(SYS_chdir, 0, 0, 0, 0, 0, 0);
	puts("chdir(NULL)     = -1 EFAULT (Bad address)");
	call(SYS_chdir, 1, 0, 0, 0, 0, 0);
	puts("chdir(0x1)      = -1 EFAULT (Bad address)");
}
static void do_octal(void) {
	write(-1, "\0\0017\33\377a", 6);
	puts("write(-1, \"\\0\\0017\\33\\377a\", 6) = " BADF);
}
static void do_hex(void) {
	write(-1, "a\377", 2);
	puts("write(-1, \"\\x61\\xff\", 2) = " BADF);
	write(-1, "ab", 2);
	puts("write(-1, \"ab\", 2) = " BADF);
}
static void do_allhex(void) {
	write(-1, "ab", 2);
	puts("write(-1, \"\\x61\\x62\", 2) = " BADF);
}
static void do_limit(void) {
	write(-1, "0123456789", 10);
	puts("write(-1, \"0123\"..., 10) = " BADF);
	write(-1, "0123", 4);
	puts("write(-1, \"0123\", 4) = " BADF);
}
static void do_iovec(void) {
	struct iovec v[2] = {{"abc", 3}, {"de", 2}};
	writev(-1, v, 2);
	puts("writev(-1, [{iov_base=\"abc\", iov_len=3}, {iov_base=\"de\", iov_len=2}], 2) = " BADF);
}
static void do_dupy(void) {
	int fd = open("/dev/null", O_RDONLY);
	dup(fd);
	printf("dup(%d</dev/null>) = %d</dev/null>\n", fd, fd + 1);
}
static void do_dupyy(void) {
	int fd = open("/dev/null", O_RDONLY);
	dup(fd);
	printf("dup(%d</dev/null<char 1:3>>) = %d</dev/null<char 1:3>>\n", fd, fd + 1);
}
static void do_path(void) {
	chdir("/no/such/dir");
	chdir("/proc/self/fd");
	puts("chdir(\"/proc/self/fd\") = 0");
}
static void do_fault(void) {
	chdir("/");
	puts("chdir(\"/\")      = -1 ENOSYS (Function not implemented) (INJECTED)");
}
static void do_error(void) {
	for (int i = 0; i < 3; i++) chdir("/");
	puts("chdir(\"/\")      = 0");
	puts("chdir(\"/\")      = -1 EXDEV (Invalid cross-device link) (INJECTED)");
	puts("chdir(\"/\")      = 0");
}
static void do_retval(void) {
	if (chdir("/no/such/dir") != 42) exit(1);
	puts("chdir(\"/no/such/dir\") = 42 (INJECTED)");
}
static void do_injectsig(void) {
	signal(SIGUSR1, SIG_IGN);
	chdir("/");
	puts("chdir(\"/\")      = 0");
	puts("--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_KERNEL} ---");
}
static void do_poke(void) {
	char dir[] = "/dev/nulX";
	chdir(dir);
	puts("chdir(\"/dev/null\") = -1 ENOTDIR (Not a directory) (INJECTED: args)");
}
static void do_delay(void) {
	chdir("/");
	puts("chdir(\"/\")      = 0 (DELAYED)");
}
static void do_failed(void) {
	chdir("/");
	chdir("/no/such/dir");
	puts("chdir(\"/no/such/dir\") = -1 ENOENT (No such file or directory)");
}
static void do_successful(void) {
	chdir("/no/such/dir");
	chdir("/");
	puts("chdir(\"/\")      = 0");
}
static void do_mask(void) {
	sigset_t s;
	sigemptyset(&s);
	sigaddset(&s, SIGHUP);
	sigaddset(&s, SIGCHLD);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &s, NULL, 8);
	puts("rt_sigprocmask(SIG_SETMASK, [HUP CHLD], NULL, 8) = 0");
	sigfillset(&s);
	sigdelset(&s, SIGUSR2);
	syscall(SYS_rt_sigprocmask, 77, (char *)&s, NULL, 8);
	puts("rt_sigprocmask(0x4d /* SIG_??? */, ~[USR2 RTMIN RT_1], NULL, 8) = -1 EINVAL (Invalid argument)");
}
static void do_kill(void) {
	signal(SIGHUP, SIG_IGN);
	kill(getpid(), SIGHUP);
	printf("kill(%d, SIGHUP) = 0\n", getpid());
	printf("--- SIGHUP {si_signo=SIGHUP, si_code=SI_USER, si_pid=%d, si_uid=%d} ---\n", getpid(), getuid());
}
static void do_sleep(void) {
	struct timespec t = {0, 1000};
	syscall(SYS_nanosleep, &t, NULL);
	puts("nanosleep({tv_sec=0, tv_nsec=1000}, NULL) = 0");
}
static void do_name(void) {
	prctl(PR_SET_NAME, "0123456789abcdef", 0, 0, 0);
	puts("prctl(PR_SET_NAME, \"0123456789abcde\"...) = 0");
}
static void do_linger(void) {
	struct linger l = {1, 5};
	setsockopt(-1, SOL_SOCKET, SO_LINGER, &l, sizeof l);
	puts("setsockopt(-1, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=5}, 8) = " BADF);
	int n = 7;
	setsockopt(-1, SOL_SOCKET, SO_RCVBUF, &n, sizeof n);
	puts("setsockopt(-1, SOL_SOCKET, SO_RCVBUF, [7], 4) = " BADF);
}
static void do_address(void) {
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(0x7f000001)};
	connect(-1, (void *)&a, sizeof a);
	puts("connect(-1, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = " BADF);
	struct sockaddr_un u = {.sun_family = AF_UNIX, .sun_path = "a\tb"};
	connect(-1, (void *)&u, sizeof u);
	puts("connect(-1, {sa_family=AF_UNIX, sun_path=\"a\\tb\"}, 110) = " BADF);
}
static void do_address6(void) {
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons(80), .sin6_addr.s6_addr = {[15] = 1}};
	connect(-1, (void *)&a, sizeof a);
	puts("connect(-1, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_scope_id=0}, 28) = " BADF);
}
static void do_rights(void) {
	union { char b[CMSG_SPACE(8)]; struct cmsghdr h; } u;
	struct msghdr m = {.msg_control = u.b, .msg_controllen = CMSG_LEN(8)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_len = CMSG_LEN(8), c->cmsg_level = SOL_SOCKET, c->cmsg_type = SCM_RIGHTS;
	int fds[2] = {-1, -2};
	memcpy(CMSG_DATA(c), fds, 8);
	sendmsg(-1, &m, MSG_DONTWAIT);
	puts("sendmsg(-1, {msg_name=NULL, msg_namelen=0, msg_iov=NULL, msg_iovlen=0, msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[-1, -2]}], msg_controllen=24, msg_flags=0}, MSG_DONTWAIT) = " BADF);
}
static void do_netlink(void) {
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	struct sockaddr_nl a = {.nl_family = AF_NETLINK};
	bind(s, (void *)&a, sizeof a);
	struct { struct nlmsghdr h; struct rtgenmsg g; } m = {{17, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 0, 0}, {AF_UNIX}};
	sendto(s, &m, 17, MSG_DONTWAIT, NULL, 0);
	printf("sendto(%d, [{nlmsg_len=17, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, nlmsg_seq=0, nlmsg_pid=0}, {ifi_family=AF_UNIX, ...}], 17, MSG_DONTWAIT, NULL, 0) = 17\n", s);
}
static void do_futex(void) {
	static int word = 1;
	syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1);
	printf("futex(%p, FUTEX_WAKE_PRIVATE, 1) = 0\n", &word);
	syscall(SYS_futex, &word, FUTEX_WAIT, 2, NULL);
	printf("futex(%p, FUTEX_WAIT, 2, NULL) = -1 EAGAIN (Resource temporarily unavailable)\n", &word);
}
static void do_mmap(void) {
	void *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = %p\n", p);
	munmap(p, 8192);
	printf("munmap(%p, 8192) = 0\n", p);
}
static void do_fcntl(void) {
	fcntl(-1, F_SETFD, FD_CLOEXEC);
	puts("fcntl(-1, F_SETFD, FD_CLOEXEC) = " BADF);
	fcntl(-1, F_SETFL, O_NONBLOCK);
	puts("fcntl(-1, F_SETFL, O_RDONLY|O_NONBLOCK) = " BADF);
}
static void do_epoll(void) {
	struct epoll_event e = {EPOLLIN | EPOLLET, {.u64 = 5}};
	epoll_ctl(-1, EPOLL_CTL_ADD, -2, &e);
	puts("epoll_ctl(-1, EPOLL_CTL_ADD, -2, {events=EPOLLIN|EPOLLET, data={u32=5, u64=5}}) = " BADF);
}
static void do_poll(void) {
	struct pollfd p = {.fd = -1, .events = POLLIN | POLLPRI};
	poll(&p, 1, 0);
	puts("poll([{fd=-1}], 1, 0) = 0 (Timeout)");
}
static void do_openat2(void) {
	struct { unsigned long flags, mode, resolve, more; } h = {O_RDONLY, 0, 1, 0x41};
	syscall(437, -1, "f", &h, 32L);
	puts("openat2(-1, \"f\", {flags=O_RDONLY, resolve=RESOLVE_NO_XDEV, /* bytes 24..31 */ \"\\x41\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"}, 32) = -1 E2BIG (Argument list too long)");
}
static void do_landlock(void) {
	unsigned long attr = 1;
	syscall(445, -1, 1, &attr, 0);
	syscall(446, -1, 0);
	puts("landlock_restrict_self(-1, 0) = " BADF);
}
static void do_raw(void) {
	openat(-1, (char *)0x10, O_RDONLY);
	puts("openat(0xffffffff, 0x10, 0, 0) = -1 EFAULT (Bad address)");
}
static void do_shallow(void) {
	struct iovec v[1] = {{"abc", 3}};
	writev(-1, v, 1);
	printf("writev(-1, %p, 1) = " BADF "\n", v);
}
static void do_number(void) {
	chdir("/");
	puts("[  80] chdir(\"/\") = 0");
}
static sigjmp_buf back;
static void leap(int sig) { siglongjmp(back, 1); }
static void do_place(void) {
	signal(SIGSEGV, leap);
	if (!sigsetjmp(back, 0)) ((void (*)(void))0x1000)(); // nothing is mapped there
	puts("[0000000000001000] --- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x1000} ---");
	printf("[????????????????] ");
}
static void do_dump(void) {
	int fd = open("/dev/null", O_WRONLY);
	write(fd, "Hello, world of sixteen", 23);
	printf("write(%d, \"Hello, world of sixteen\", 23) = 23\n", fd);
	puts(" | 00000  48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 20 6f 66 20  Hello, world of  |");
	puts(" | 00010  73 69 78 74 65 65 6e                              sixteen          |");
}
static void do_child(void) {
	fflush(stdout);
	pid_t p = fork();
	if (p == 0) { chdir("/no"); _exit(7); }
	waitpid(p, NULL, 0);
	printf("%-5d chdir(\"/no\")    = -1 ENOENT (No such file or directory)\n%-5d +++ exited with 7 +++\n%-5d +++ exited with 0 +++\n", p, p, getpid());
}

static const struct { const char *name; void (*f)(void); } cases[] = {
#define C(n) {#n, do_##n}
	C(open), C(openraw), C(openboth), C(null), C(octal), C(hex), C(allhex), C(limit), C(iovec), C(dupy), C(dupyy), C(path), C(fault), C(error), C(retval),
	C(injectsig), C(poke), C(delay), C(failed), C(successful), C(mask), C(kill), C(sleep), C(name), C(linger), C(address), C(address6), C(rights), C(netlink),
	C(futex), C(mmap), C(fcntl), C(epoll), C(poll), C(openat2), C(landlock), C(raw), C(shallow), C(number), C(dump), C(place), C(child),
};

int main(int argc, char **argv) {
	static char buffer[1 << 16];
	setvbuf(stdout, buffer, _IOFBF, sizeof buffer); // nothing else is written while the case runs
	for (size_t i = 0; argc > 1 && i < sizeof cases / sizeof *cases; i++)
		if (!strcmp(cases[i].name, argv[1])) {
			cases[i].f();
			if (strcmp(argv[1], "child")) puts(strcmp(argv[1], "number") ? "+++ exited with 0 +++" : "[ 231] +++ exited with 0 +++");
			return 0;
		}
	return 2;
}
