/* Calls interrupted by a handler: with SA_RESTART and without, and the calls
 * that are never restarted (nanosleep, poll, futex with a timeout). A helper
 * thread waits until the main thread is inside the call, signals it, and, when
 * the handler has run and the call should have been restarted, ends the call. */
#include "tp.h"
#include <linux/futex.h>
#include <poll.h>

#define LONG 100000 /* seconds */

static volatile sig_atomic_t handled;
static int fds[2], word;
static pid_t main_tid;

static void handler(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info, (void)context;
	handled++;
}

static long do_read(void) { char c; return read(fds[0], &c, 1); }
static long do_nanosleep(void) { struct timespec ts = {.tv_sec = LONG}; return syscall(SYS_nanosleep, &ts, NULL); }
static long do_poll(void) { struct pollfd p = {fds[0], POLLIN, 0}; return syscall(SYS_poll, &p, 1, LONG * 10); }
static long do_futex(void) { return syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0); }
static long do_futex_timeout(void)
{
	struct timespec ts = {.tv_sec = LONG};
	return syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &ts, NULL, 0);
}
static long do_waitid(void) { siginfo_t si; return syscall(SYS_waitid, P_ALL, 0, &si, WEXITED | WNOWAIT, NULL); }

static pid_t sleeper;
static void end_read(void) { CHECK(write(fds[1], "x", 1) == 1); }
static void end_futex(void)
{
	__atomic_store_n(&word, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
static void end_waitid(void) { CHECK(kill(sleeper, SIGKILL) == 0); }

static const struct row {
	const char *name;
	long nr;
	long (*call)(void);
	void (*end)(void); /* NULL: interrupted whatever the flags say */
} rows[] = {
	{"read", SYS_read, do_read, end_read},
	{"futex", SYS_futex, do_futex, end_futex},
	{"waitid", SYS_waitid, do_waitid, end_waitid},
	{"nanosleep", SYS_nanosleep, do_nanosleep, NULL},
	{"poll", SYS_poll, do_poll, NULL},
	{"futex-timeout", SYS_futex, do_futex_timeout, NULL},
};

struct job { const struct row *row; int restart; };

static void *interrupter(void *arg)
{
	struct job *job = arg;
	sigset_t all;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	tp_await_syscall(getpid(), main_tid, job->row->nr);
	CHECK(syscall(SYS_tgkill, getpid(), main_tid, SIGUSR1) == 0);
	if (job->restart && job->row->end) {
		while (!handled)
			usleep(500);
		tp_await_syscall(getpid(), main_tid, job->row->nr);
		job->row->end();
	}
	return NULL;
}

static void run(const struct row *row, int restart)
{
	struct job job = {row, restart};
	pthread_t t;
	handled = word = 0;
	if (row->nr == SYS_waitid && (sleeper = fork()) == 0)
		for (;;)
			pause();
	tp_handler(SIGUSR1, handler, restart ? SA_RESTART : 0);
	CHECK(pthread_create(&t, NULL, interrupter, &job) == 0);
	long r = row->call();
	int e = errno;
	CHECK(pthread_join(t, NULL) == 0);
	if (row->nr == SYS_waitid) {
		kill(sleeper, SIGKILL);
		CHECK(waitpid(sleeper, NULL, 0) == sleeper);
	}
	printf("%s %s: %s, handled %d\n", row->name, restart ? "restart" : "plain",
	       r >= 0 ? "done" : e == EINTR ? "EINTR" : "other error", handled);
	fflush(stdout);
}

int main(void)
{
	main_tid = gettid();
	CHECK(pipe(fds) == 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		run(&rows[i], 1);
		run(&rows[i], 0);
	}
	return 0;
}
