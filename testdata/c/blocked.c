/* One thread sleeps in each blocking system call. A debugger that attaches,
 * looks and detaches must not be noticed: no call may return, least of all
 * with EINTR, since no signal handler ever runs.
 *
 * Says "ready" when all are asleep, then waits for the end of stdin itself and
 * reports per call how often it returned. Some calls (epoll_wait, semop,
 * msgrcv, inotify reads... signal(7), "Interruption of system calls and library
 * functions by stop signals") return EINTR on Linux whenever the thread is
 * stopped and continued: an attach is noticed unless the debugger repairs it. */
#include "tp.h"
#include <linux/aio_abi.h>
#include <linux/futex.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/un.h>

#define LONG 100000 /* seconds: longer than any test */

static int pipe_fd[2], epoll_fd, inotify_fd, listen_fd, pair_fd[2], msg_id, sem_id, lock_fd;
static aio_context_t aio;
static int futex_word;

static long do_read(void) { char c; return read(pipe_fd[0], &c, 1); }
static long do_futex(void) { return syscall(SYS_futex, &futex_word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0); }
static long do_futex_timeout(void)
{
	struct timespec ts = {.tv_sec = LONG};
	return syscall(SYS_futex, &futex_word, FUTEX_WAIT_PRIVATE, 0, &ts, NULL, 0);
}
static long do_nanosleep(void) { struct timespec ts = {.tv_sec = LONG}; return syscall(SYS_nanosleep, &ts, NULL); }
static long do_clock_nanosleep(void)
{
	struct timespec ts = {.tv_sec = LONG};
	return syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &ts, NULL);
}
static long do_epoll(void) { struct epoll_event e; return syscall(SYS_epoll_wait, epoll_fd, &e, 1, -1); }
static long do_poll(void) { struct pollfd p = {pipe_fd[0], POLLIN, 0}; return syscall(SYS_poll, &p, 1, LONG * 10); }
static long do_select(void)
{
	fd_set set;
	FD_ZERO(&set);
	FD_SET(pipe_fd[0], &set);
	return syscall(SYS_select, pipe_fd[0] + 1, &set, NULL, NULL, NULL);
}
static long do_sigtimedwait(void)
{
	uint64_t set = 1ULL << (SIGUSR2 - 1);
	struct timespec ts = {.tv_sec = LONG};
	return syscall(SYS_rt_sigtimedwait, &set, NULL, &ts, sizeof set);
}
static long do_msgrcv(void) { struct { long type; char text[8]; } m; return syscall(SYS_msgrcv, msg_id, &m, sizeof m.text, 0, 0); }
static long do_semop(void) { struct sembuf op = {0, -1, 0}; return syscall(SYS_semop, sem_id, &op, 1); }
static long do_accept(void) { return syscall(SYS_accept, listen_fd, NULL, NULL); }
static long do_recv(void) { char c; return recv(pair_fd[0], &c, 1, 0); }
static long do_io_getevents(void) { struct io_event e; return syscall(SYS_io_getevents, aio, 1, 1, &e, NULL); }
static long do_inotify(void) { char buf[4096]; return read(inotify_fd, buf, sizeof buf); }
static long do_pause(void) { return syscall(SYS_pause); }
static long do_sigsuspend(void) { uint64_t set = 0; return syscall(SYS_rt_sigsuspend, &set, sizeof set); }
static long do_flock(void) { return flock(lock_fd, LOCK_EX); }

static struct call {
	const char *name;
	long nr;
	long (*fn)(void);
	pid_t tid;
	int returned, eintr;
} calls[] = {
	{.name = "read", .nr = SYS_read, .fn = do_read},
	{.name = "futex", .nr = SYS_futex, .fn = do_futex},
	{.name = "futex-timeout", .nr = SYS_futex, .fn = do_futex_timeout},
	{.name = "nanosleep", .nr = SYS_nanosleep, .fn = do_nanosleep},
	{.name = "clock_nanosleep", .nr = SYS_clock_nanosleep, .fn = do_clock_nanosleep},
	{.name = "epoll_wait", .nr = SYS_epoll_wait, .fn = do_epoll},
	{.name = "poll", .nr = SYS_poll, .fn = do_poll},
	{.name = "select", .nr = SYS_select, .fn = do_select},
	{.name = "sigtimedwait", .nr = SYS_rt_sigtimedwait, .fn = do_sigtimedwait},
	{.name = "msgrcv", .nr = SYS_msgrcv, .fn = do_msgrcv},
	{.name = "semop", .nr = SYS_semop, .fn = do_semop},
	{.name = "accept", .nr = SYS_accept, .fn = do_accept},
	{.name = "recv-rcvtimeo", .nr = SYS_recvfrom, .fn = do_recv},
	{.name = "io_getevents", .nr = SYS_io_getevents, .fn = do_io_getevents},
	{.name = "inotify-read", .nr = SYS_read, .fn = do_inotify},
	{.name = "pause", .nr = SYS_pause, .fn = do_pause},
	{.name = "sigsuspend", .nr = SYS_rt_sigsuspend, .fn = do_sigsuspend},
	{.name = "flock", .nr = SYS_flock, .fn = do_flock},
};
#define CALLS (sizeof calls / sizeof *calls)

static volatile int finished;

static void *sleeper(void *arg)
{
	struct call *c = arg;
	__atomic_store_n(&c->tid, gettid(), __ATOMIC_RELEASE);
	for (;;) {
		long r = c->fn();
		if (finished)
			pause(); /* the objects it sleeps on are being removed */
		c->eintr += r < 0 && errno == EINTR;
		c->returned++;
		if (r < 0 && errno != EINTR) {
			fprintf(stderr, "%s: errno %d\n", c->name, errno);
			_exit(TP_FAILED);
		}
	}
}

static void setup(void)
{
	char lock_path[] = "/tmp/tp-blocked-XXXXXX";
	struct timeval timeout = {.tv_sec = LONG};
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	CHECK(pipe(pipe_fd) == 0);
	CHECK((epoll_fd = epoll_create1(0)) >= 0);
	CHECK((inotify_fd = inotify_init1(0)) >= 0);
	CHECK((listen_fd = socket(AF_UNIX, SOCK_STREAM, 0)) >= 0);
	CHECK(bind(listen_fd, (struct sockaddr *)&addr, sizeof(sa_family_t)) == 0); /* an abstract name */
	CHECK(listen(listen_fd, 1) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair_fd) == 0);
	CHECK(setsockopt(pair_fd[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) == 0);
	CHECK((msg_id = msgget(IPC_PRIVATE, 0600)) >= 0);
	CHECK((sem_id = semget(IPC_PRIVATE, 1, 0600)) >= 0);
	CHECK(syscall(SYS_io_setup, 1, &aio) == 0);
	int held = mkstemp(lock_path);
	CHECK(held >= 0 && flock(held, LOCK_EX) == 0);
	CHECK((lock_fd = open(lock_path, O_RDWR)) >= 0);
	unlink(lock_path);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
}

static void remove_ipc(void)
{
	msgctl(msg_id, IPC_RMID, NULL);
	semctl(sem_id, 0, IPC_RMID);
}

int main(void)
{
	setup();
	for (size_t i = 0; i < CALLS; i++) {
		pthread_t t;
		CHECK(pthread_create(&t, NULL, sleeper, &calls[i]) == 0);
	}
	for (size_t i = 0; i < CALLS; i++) {
		pid_t tid;
		while ((tid = __atomic_load_n(&calls[i].tid, __ATOMIC_ACQUIRE)) == 0)
			usleep(500);
		tp_await_syscall(getpid(), tid, calls[i].nr);
	}
	puts("ready");
	fflush(stdout);
	tp_wait_stdin();
	int noticed = 0;
	for (size_t i = 0; i < CALLS; i++) {
		printf("%s returned %d eintr %d\n", calls[i].name, calls[i].returned, calls[i].eintr);
		noticed += calls[i].returned;
	}
	fflush(stdout);
	finished = 1;
	remove_ipc();
	_exit(noticed ? 1 : 0);
}
