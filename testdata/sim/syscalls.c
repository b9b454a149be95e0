/* A known number of known system calls, good and failing, from several threads.
 *   syscalls [T] [N]: in each of N rounds each of T threads (0: the first) makes nine calls:
 *     getppid twice (once by trap_first, whose first instruction is syscall), gettid,
 *     write of nothing to stdout, write to -1 (EBADF), rt_sigpending to an impossible
 *     address (EFAULT), nanosleep of a moment, of which nothing is left, open of no such
 *     file (ENOENT), 9999 (ENOSYS; FreeBSD sends SIGSYS as well);
 *     before them one gettid, after them exit
 * Counts: work T*N, trap_first T*N, or N. */
#include "sim.h"

long each, parent, calls;

/* rax: the number. */
NAKED long trap_first(void)
{
	__asm__("syscall\n\t"
		"ret");
}

NOINLINE long work(long ok)
{
	return ADD(&calls, ok);
}

static void body(long i MAYBE)
{
	long moment[2] = {0, 500}, me = tid();
	for (long k = 0; k < each; k++) {
		CHECK(sys(getppid) == parent);
		CHECK(call_raw(trap_first, __NR_getppid, 0, 0, 0) == parent);
		CHECK(tid() == me);
		CHECK(sys(write, 1, "", 0) == 0);
		CHECK(sys(write, -1, "x", 1) == -EBADF);
		CHECK(sys(rt_sigpending, 8, 8) == -EFAULT);
		CHECK(sys(nanosleep, moment, 0) == 0);
		CHECK(sys(open, "/no/such/file", 0, 0) == -ENOENT);
		CHECK(sys_(9999, 1, 2, 3, 4, 5, 6) == -ENOSYS);
		work(9);
	}
}

static void on_sys(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
}

int main(int argc, char **argv)
{
	long t = arg(argc, argv, 1, 3, THREADS);
	each = arg(argc, argv, 2, 4, 100000);
	handle(SIGSYS, on_sys, 0, 0);
	parent = sys(getppid);
	if (t == 0)
		body(0);
	for (long i = 0; i < t; i++)
		thread(i, body, i);
	for (long i = 0; i < t; i++)
		join(i);
	say("calls %d\n", calls);
	return 0;
}
