/* String instructions that are one instruction and many steps, at the beginning of
 * functions too.
 *   rep [N] [LEN]: N rounds over LEN bytes, a signal to itself between two of them.
 * Counts: work N, store N, copy N, find N, back N: the address is executed once a call,
 * however many times the instruction stops on its way. */
#include "sim.h"

enum { MOST = 4096 };
unsigned char from[MOST], into[MOST];
long worked, found, length;

NOINLINE void work(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
	worked++;
}

/* rdi: where; al: what; rcx: how many. */
NAKED void store(void)
{
	__asm__("rep stosb\n\t"
		"ret");
}

/* rdi: where to; rsi: from; rcx: how many. */
NAKED void copy(void)
{
	__asm__("rep movsb\n\t"
		"ret");
}

/* rdi: where; al: what; rcx: how many; rax after it: how many were left. */
NAKED void find(void)
{
	__asm__("repne scasb\n\t"
		"mov %rcx, %rax\n\t"
		"ret");
}

/* rdi: the last byte to; rsi: the last byte from; rcx: how many. */
NAKED void back(void)
{
	__asm__("std\n\t"
		"rep movsb\n\t"
		"cld\n\t"
		"ret");
}

int main(int argc, char **argv)
{
	long n = arg(argc, argv, 1, 3, 1000);
	length = arg(argc, argv, 2, 200, MOST);
	CHECK(length > 1);
	handle(SIGUSR1, work, 0, 0);
	for (long i = 1; i <= n; i++) {
		call_raw(store, i, (long)from, 0, length);
		from[length - 1] = 0xff;
		call_raw(copy, 0, (long)into, (long)from, length);
		CHECK(sys(kill, pid(), SIGUSR1) == 0);
		CHECK(call_raw(find, 0xff, (long)into, 0, length) == 0);
		call_raw(back, 0, (long)from + length - 1, (long)from + length - 2, length - 1);
		CHECK(from[0] == (i & 0xff) && from[length - 1] == (i & 0xff));
		for (long k = 0; k < length; k++)
			found += into[k];
	}
	say("worked %d sum %d\n", worked, found);
	return 0;
}
