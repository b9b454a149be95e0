/* Processes, signals, limits, time, sockets and waiting, in a settled order. Prints nothing. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void handler(int s) { (void)s; }

static void child(int how)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		if (how == 0)
			_exit(7);
		if (how == 1)
			kill(getpid(), SIGTERM);
		_exit(0);
	}
	wait4(pid, &status, how ? 0 : __WALL, 0);
}

static void sockets(void)
{
	int sv[2], one = 1;
	char buf[64];
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv);
	send(sv[0], "ping", 4, MSG_NOSIGNAL);
	recv(sv[1], buf, sizeof buf, 0);
	struct iovec iov = {"data", 4};
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	struct cmsghdr *cm = CMSG_FIRSTHDR(&mh);
	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cm), &sv[0], sizeof(int));
	sendmsg(sv[0], &mh, 0);
	struct iovec riov = {buf, sizeof buf};
	struct msghdr rh = {.msg_iov = &riov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	recvmsg(sv[1], &rh, 0);
	shutdown(sv[0], SHUT_WR);
	int s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	struct linger l = {1, 2};
	setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof l);
	socklen_t len = sizeof one;
	getsockopt(s, SOL_SOCKET, SO_TYPE, &one, &len);
	getsockopt(s, SOL_SOCKET, SO_ERROR, &one, &len);
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	bind(s, (void *)&in, sizeof in);
	listen(s, 5);
	len = sizeof in;
	int accepted = fcntl(s, F_SETFL, O_NONBLOCK);
	accepted = accept(s, (void *)&in, &len);
	accept4(s, 0, 0, SOCK_NONBLOCK);
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/nonexistent/sock"};
	int u = socket(AF_UNIX, SOCK_DGRAM, 0);
	connect(u, (void *)&un, sizeof un);
	memcpy(un.sun_path, "\0abstract", 9);
	connect(u, (void *)&un, offsetof(struct sockaddr_un, sun_path) + 9);
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(80), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int v6 = socket(AF_INET6, SOCK_DGRAM, IPPROTO_IP);
	sendto(v6, "x", 1, MSG_DONTWAIT, (void *)&in6, 3);
	getpeername(v6, (void *)&in6, &len);
	len = sizeof un;
	getsockname(u, (void *)&un, &len);
	recvfrom(u, buf, 10, MSG_DONTWAIT, 0, 0);
	socket(AF_NETLINK, SOCK_RAW, 0);
	(void)accepted;
}

static void waiting(void)
{
	int p[2];
	char buf[8];
	pipe(p);
	struct pollfd pf[2] = {{p[0], POLLIN, 0}, {p[1], POLLOUT | POLLERR, 0}};
	poll(pf, 2, 10);
	poll(pf, 1, 1);
	write(p[1], "x", 1);
	fd_set r;
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	struct timeval tv = {0, 0};
	syscall(SYS_select, p[0] + 1, &r, 0, 0, &tv);
	FD_ZERO(&r);
	syscall(SYS_select, p[0] + 1, &r, 0, 0, &tv);
	struct timespec ts = {0, 1000};
	ppoll(pf, 1, &ts, 0);
	int ep = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.u64 = 5}, evs[4];
	epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev);
	epoll_wait(ep, evs, 4, 0);
	epoll_ctl(ep, EPOLL_CTL_DEL, p[0], 0);
	epoll_pwait(ep, evs, 4, 0, 0);
	int e = eventfd(3, EFD_NONBLOCK);
	read(e, buf, 8);
	read(e, buf, 8);
	int t = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	struct itimerspec it = {{1, 2}, {3, 4}}, old;
	timerfd_settime(t, 0, &it, &old);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	signalfd(-1, &set, SFD_CLOEXEC);
	int in = inotify_init1(IN_NONBLOCK);
	inotify_add_watch(in, "/", IN_CREATE | IN_DELETE);
	inotify_rm_watch(in, 1);
}

int main(void)
{
	int word = 1;
	struct rlimit rl;
	struct rusage ru;
	struct utsname un;
	struct timespec ts = {0, 1000};
	struct itimerval itv = {{0}, {0}};
	sigset_t set;
	unsigned long mask = 0;
	char buf[16];
	getrlimit(RLIMIT_NOFILE, &rl);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	prlimit(0, 999, 0, &rl);
	uname(&un);
	getpriority(PRIO_PROCESS, 0);
	sched_yield();
	sched_getscheduler(0);
	syscall(SYS_sched_getaffinity, 0, 1, &mask);
	prctl(PR_SET_NAME, "tracee");
	prctl(PR_GET_NAME, buf);
	prctl(PR_SET_PDEATHSIG, 0);
	prctl(PR_GET_DUMPABLE);
	prctl(999, 1, 2, 3, 4);
	syscall(SYS_arch_prctl, 0x1003, &mask);
	syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 2, 0);
	syscall(SYS_futex, &word, FUTEX_WAKE, 1);
	syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 1, &ts, 0, -1);
	nanosleep(&ts, 0);
	syscall(SYS_nanosleep, &ts, &ts);
	clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, 0);
	syscall(SYS_clock_getres, CLOCK_MONOTONIC, &ts);
	syscall(SYS_clock_gettime, 99, &ts);
	setitimer(ITIMER_REAL, &itv, 0);
	alarm(0);
	struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};
	sigaddset(&sa.sa_mask, SIGHUP);
	sigaction(SIGUSR1, &sa, 0);
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGPIPE, 0, &sa);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, 0);
	sigprocmask(SIG_SETMASK, 0, &set);
	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, 0);
	sigdelset(&set, SIGUSR1);
	sigprocmask(SIG_SETMASK, &set, &set);
	raise(SIGUSR1);
	kill(getpid(), 0);
	syscall(SYS_rt_sigpending, &set, 8);
	sigaltstack(0, &(stack_t){0});
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, 0);
	child(0);
	child(1);
	child(2);
	waitpid(-1, 0, WNOHANG);
	siginfo_t si;
	waitid(P_ALL, 0, &si, WEXITED | WNOHANG);
	sockets();
	waiting();
	getuid();
	setuid(0);
	setgroups(0, 0);
	syscall(SYS_set_robust_list, 0, 1);
	syscall(SYS_capget, &(unsigned[2]){0x20080522, 0}, 0);
	getrandom(buf, 0, GRND_NONBLOCK);
	execl("/nonexistent", "nonexistent", "a\nb", (char *)0);
	if (vfork() == 0)
		_exit(3);
	wait4(-1, &word, 0, &ru);
	execve("/bin/true", (char *[]){"true", "x", 0}, (char *[]){"A=1", "B=2", 0});
	return 1;
}
