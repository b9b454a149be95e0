/* exec of itself again and again, from the leader or from another thread, while other
 * threads run and sleep: breakpoints must be set anew, threads forgotten, and the
 * process keeps its id.
 *   exec [leader|thread] [N] [T]: N times, with T threads besides (thread: and one that
 *   execs). Before each exec each of the T calls work once, then half of them spin and
 *   half of them sleep; every program, the last too, calls fresh once.
 * Counts: work N*T, fresh N+1. */
#include "sim.h"

char **args;
int arrived;
long left;
long never;
long seen;

NAKED void work(int *where MAYBE)
{
	__asm__("endbr64\n\t"
		"lock incl (%rdi)\n\t"
		"ret");
}

NAKED long fresh(void)
{
	__asm__("incq seen(%rip)\n\t" /* an operand that depends on rip */
		"mov seen(%rip), %rax\n\t"
		"ret");
}

static void other(long i)
{
	work(&arrived);
	sys(futex, &arrived, FUTEX_WAKE, 1 << 30);
	while (LOAD(&never) == 0)
		if (i & 1)
			sys(pause);
		else
			__asm__ volatile("pause");
}

static void next(long t)
{
	char n[24], me[24];
	char *env[] = {0};
	char *argv[] = {args[0], args[1], decimal(left - 1, n), args[3], decimal(pid(), me), 0};
	await(&arrived, t);
	sys(execve, args[0], argv, env);
	CHECK(0);
}

int main(int argc, char **argv)
{
	char *standard[] = {argv[0], "leader", "3", "2", 0};
	args = argc > 3 ? argv : standard;
	left = number(args[2]);
	long t = number(args[3]);
	CHECK(t < THREADS);
	CHECK(fresh() == 1);
	CHECK(is_leader());
	if (argc > 4)
		CHECK(pid() == number(argv[4]));
	say("exec %d\n", left);
	if (left == 0)
		return 5;
	for (long i = 0; i < t; i++)
		thread(i, other, i);
	if (same(args[1], "thread")) {
		thread(t, next, t);
		for (;;)
			sys(pause);
	}
	next(t);
	return 1;
}
