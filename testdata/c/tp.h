/* What every program under test wants: to stop at the first surprise, saying
 * where. Exit status 99 always means that the program's own check failed. */
#ifndef TP_H
#define TP_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TP_FAILED 99

/* CHECK(x): x must hold. */
#define CHECK(x)                                                                     \
	do {                                                                         \
		if (!(x)) {                                                          \
			fprintf(stderr, "%s:%d: %s: errno %d\n", __FILE__, __LINE__, #x, errno); \
			_exit(TP_FAILED);                                            \
		}                                                                    \
	} while (0)

/* A function that must stay a function under -O2. */
#define NOINLINE __attribute__((noinline, noclone))

/* The n-th argument as a number, or a default. */
static inline long tp_arg(int argc, char **argv, int n, long otherwise)
{
	return argc > n ? strtol(argv[n], NULL, 0) : otherwise;
}

/* Reads stdin to its end: how a test tells a program that it may finish. */
static inline void tp_wait_stdin(void)
{
	char c;
	ssize_t n;
	while ((n = read(0, &c, 1)) > 0 || (n < 0 && errno == EINTR))
		;
}

static inline void tp_handler(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = {.sa_sigaction = fn, .sa_flags = SA_SIGINFO | flags};
	CHECK(sigaction(sig, &sa, NULL) == 0);
}

/* Waits until a thread of a process is inside a system call: asleep there, or
 * about to be. Times are not involved: a loaded machine only takes longer. A call
 * with a timeout that a tracer has interrupted goes on as restart_syscall. */
static inline void tp_await_syscall(pid_t pid, pid_t tid, long nr)
{
	char path[64], buf[64], want[24];
	snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", pid, tid);
	int n = snprintf(want, sizeof want, "%ld ", nr);
	for (;;) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		CHECK(fd >= 0);
		ssize_t got = read(fd, buf, sizeof buf - 1);
		close(fd);
		buf[got > 0 ? got : 0] = 0;
		if (got > n && (memcmp(buf, want, n) == 0 || atol(buf) == SYS_restart_syscall))
			return;
		usleep(500);
	}
}

#endif
