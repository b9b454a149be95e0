/* Calls that sleep with a timeout are stopped and continued by the parent while
 * asleep: they must go on where they were (restart_syscall), not return early
 * and not fail. Per call the child checks the result and that at least the
 * whole time has passed. */
#include "tp.h"
#include <linux/futex.h>
#include <poll.h>

#define MS 300

static int fds[2], word;
static const struct timespec rest = {.tv_nsec = MS * 1000000L};

static long do_nanosleep(void) { struct timespec left; return syscall(SYS_nanosleep, &rest, &left); }
static long do_clock_nanosleep(void) { return syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &rest, NULL); }
static long do_poll(void) { struct pollfd p = {fds[0], POLLIN, 0}; return syscall(SYS_poll, &p, 1, MS); }
static long do_futex(void)
{
	long r = syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &rest, NULL, 0);
	return r < 0 && errno == ETIMEDOUT ? 0 : -1;
}

static const struct row { const char *name; long nr; long (*call)(void); } rows[] = {
	{"nanosleep", SYS_nanosleep, do_nanosleep},
	{"clock_nanosleep", SYS_clock_nanosleep, do_clock_nanosleep},
	{"poll", SYS_poll, do_poll},
	{"futex", SYS_futex, do_futex},
};

static void child(const struct row *row)
{
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	long r = row->call();
	clock_gettime(CLOCK_MONOTONIC, &b);
	double ms = (b.tv_sec - a.tv_sec) * 1e3 + (b.tv_nsec - a.tv_nsec) / 1e6;
	_exit(r == 0 && ms >= MS - 1 ? 0 : 1);
}

int main(void)
{
	CHECK(pipe(fds) == 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int status;
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			child(&rows[i]);
		/* On a slow machine the call may be over before the stop: then this
		 * checks less, and prints the same. */
		usleep(30000);
		CHECK(kill(pid, SIGSTOP) == 0);
		CHECK(waitpid(pid, &status, WUNTRACED) == pid);
		if (WIFSTOPPED(status)) {
			CHECK(kill(pid, SIGCONT) == 0);
			CHECK(waitpid(pid, &status, 0) == pid);
		}
		CHECK(WIFEXITED(status));
		printf("%s: %s\n", rows[i].name, WEXITSTATUS(status) == 0 ? "whole" : "cut short");
		fflush(stdout);
	}
	return 0;
}
