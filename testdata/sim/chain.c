/* Threads that make threads: at any time one is new and one ends.
 *   chain [N]: each of N threads calls work, makes the next one and ends; the leader waits.
 * Counts: work N, hand N. */
#include "sim.h"

long n, worked;
int made;

NAKED long work(void)
{
	__asm__("push %rbx\n\t"
		"incq worked(%rip)\n\t"
		"pop %rbx\n\t"
		"ret");
}

NAKED long hand(long i MAYBE)
{
	__asm__("lea 1(%rdi), %rax\n\t"
		"ret");
}

static void link(long i)
{
	work();
	long next = hand(i);
	if (next < n) {
		if (next >= 3) /* the slot's last thread has gone */
			join(next % 3);
		thread(next % 3, link, next);
	} else {
		advance(&made);
	}
}

int main(int argc, char **argv)
{
	n = arg(argc, argv, 1, 12, 100000);
	thread(0, link, 0);
	await(&made, 1);
	for (long i = 0; i < 3 && i < n; i++)
		join(i);
	say("worked %d\n", worked);
	return 0;
}
