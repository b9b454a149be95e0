/* A double fork: the middle process ends, and its child, now an orphan, is adopted.
 *   daemon [N]: the daemon calls work N times before it is one and N times after.
 * Counts: work 2*N, adopted 1. */
#include "sim.h"

long worked;

NAKED void work(void)
{
	__asm__("endbr64\n\t"
		"incq worked(%rip)\n\t"
		"ret");
}

NAKED long adopted(long parent MAYBE)
{
	__asm__("call 1f\n"
		"1:\tpop %rax\n\t"
		"mov %rdi, %rax\n\t"
		"ret");
}

static void serve(long middle, long n, int go, int to)
{
	for (long i = 0; i < n; i++)
		work();
	CHECK(sys(getppid) == middle);
	put_byte(to, 'r');
	CHECK(get_byte(go) < 0); /* the middle process is gone, and reaped */
	CHECK(sys(getppid) != middle);
	CHECK(adopted(middle) == middle);
	for (long i = 0; i < n; i++)
		work();
	put_byte(to, 'd');
	sys(exit_group, worked);
}

int main(int argc, char **argv)
{
	long n = arg(argc, argv, 1, 5, 100000);
	int go[2], up[2];
	CHECK(sys(pipe, go) == 0 && sys(pipe, up) == 0);
	long middle = sys(fork);
	CHECK(middle >= 0);
	if (middle == 0) {
		middle = pid();
		CHECK(sys(setsid) == middle && sys(getsid, 0) == middle);
		long child = sys(fork);
		CHECK(child >= 0);
		if (child > 0) {
			CHECK(get_byte(up[0]) == 'r');
			sys(exit_group, 4);
		}
		sys(close, go[1]);
		serve(middle, n, go[0], up[1]);
	}
	CHECK(EXITED(reap(middle), 4));
	CHECK(sys(wait4, -1, 0, 0, 0) == -ECHILD);
	sys(close, go[1]);
	sys(close, up[1]);
	CHECK(get_byte(up[0]) == 'd');
	CHECK(get_byte(up[0]) < 0);
	say("daemon adopted\n");
	return 0;
}
