/* Threads that fork while others sit on the same breakpoint: what a child's copy of
 * the text holds at that moment.
 *   forkthreads [T] [K] [N]: T threads fork K children each, T more call work N times;
 *   a child calls work and born once.
 * Counts: work T*N + T*K, born T*K. */
#include "sim.h"

long kids, each;
long worked;

NAKED long work(long *cell MAYBE, long by MAYBE)
{
	__asm__("lock xadd %rsi, (%rdi)\n\t"
		"mov %rsi, %rax\n\t"
		"ret");
}

NOINLINE long born(long i, long n)
{
	return pid() > 0 ? 10 + i + n : 0;
}

static void worker(long unused MAYBE)
{
	for (long i = 0; i < each; i++)
		work(&worked, 1);
}

static void forker(long i)
{
	for (long n = 0; n < kids; n++) {
		long child = sys(fork);
		CHECK(child >= 0);
		if (child == 0) {
			long before = LOAD(&worked);
			CHECK(work(&worked, 1) == before); /* no other thread is here */
			sys(exit_group, born(i, n));
		}
		CHECK(EXITED(reap(child), 10 + i + n));
	}
}

int main(int argc, char **argv)
{
	long t = arg(argc, argv, 1, 2, THREADS / 2);
	kids = arg(argc, argv, 2, 2, 100);
	each = arg(argc, argv, 3, 30, 100000);
	for (long i = 0; i < t; i++) {
		thread(i, forker, i);
		thread(t + i, worker, i);
	}
	for (long i = 0; i < 2 * t; i++)
		join(i);
	say("children %d worked %d\n", t * kids, worked);
	return 0;
}
