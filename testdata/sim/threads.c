/* Threads that hit the same breakpoints all at once, at three kinds of first
 * instruction: a push, a locked xadd, a jump's own target.
 *   threads [T 1..16] [N]: T threads call work and tick N times and hop once.
 * Counts: work T*N, tick T*N, hop 5*T (five turns a call). */
#include "sim.h"

long worked, ticked;
long each;

NAKED void work(void)
{
	__asm__("push %rbp\n\t"
		"mov %rsp, %rbp\n\t"
		"lock incq worked(%rip)\n\t"
		"pop %rbp\n\t"
		"ret");
}

/* Adds by to a cell, returns what was there. */
NAKED long tick(long by MAYBE, long *cell MAYBE)
{
	__asm__("lock xadd %rdi, (%rsi)\n\t"
		"mov %rdi, %rax\n\t"
		"ret");
}

NAKED void hop(int turns MAYBE)
{
	__asm__("dec %edi\n\t"
		"jnz hop\n\t"
		"ret");
}

static void body(long i)
{
	hop(5);
	for (long n = 0; n < each; n++) {
		work();
		CHECK(tick(i + 1, &ticked) >= 0);
	}
}

int main(int argc, char **argv)
{
	long t = arg(argc, argv, 1, 4, THREADS);
	each = arg(argc, argv, 2, 20, 100000);
	for (long i = 0; i < t; i++)
		thread(i, body, i);
	for (long i = 0; i < t; i++)
		join(i);
	say("threads %d worked %d ticked %d\n", t, worked, ticked);
	return 0;
}
