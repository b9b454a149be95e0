/* Memory that comes, goes, is shared and is copied.
 *   mmap [P] [K]: P pages private and one shared; K children check what they inherit,
 *   write their own values, count in the shared page; the parent's pages stay.
 * Counts: work P (the parent fills) + 2*P*K (a child checks and writes) + P (the parent
 * checks), shared_add K. */
#include "sim.h"

enum { PAGE = 4096 };
long pages;

NOINLINE long work(long *at, long v)
{
	long old = *at;
	*at = v;
	return old;
}

NAKED long shared_add(long *at MAYBE, long by MAYBE)
{
	__asm__("lock xadd %rsi, (%rdi)\n\t"
		"mov %rsi, %rax\n\t"
		"ret");
}

static void *map(long bytes, long how)
{
	long at = sys(mmap, 0, bytes, PROT_READ | PROT_WRITE, how | MAP_ANONYMOUS, -1, 0);
	CHECK(at > 0);
	return (void *)at;
}

static void child(char *private, long *shared, long i)
{
	for (long p = 0; p < pages; p++)
		CHECK(work((long *)(private + p * PAGE + 8 * p), 500 + i) == 100 + p);
	for (long p = 0; p < pages; p++)
		CHECK(work((long *)(private + p * PAGE + 8 * p), 0) == 500 + i);
	shared_add(shared, 1 << i);
	sys(exit_group, 20 + i);
}

/* The break goes up and down again. */
static void heap(void)
{
	long top = sys(brk, 0);
	CHECK(sys(brk, top + 2 * PAGE) == top + 2 * PAGE);
	*(long *)(top + PAGE) = 1;
	CHECK(sys(brk, top) == top);
}

int main(int argc, char **argv)
{
	pages = arg(argc, argv, 1, 3, 100);
	long k = arg(argc, argv, 2, 2, 16), kids[16];
	char *private = map((pages + 2) * PAGE, MAP_PRIVATE);
	long *shared = map(PAGE, MAP_SHARED);
	for (long p = 0; p < pages; p++)
		work((long *)(private + p * PAGE + 8 * p), 100 + p);
	CHECK(sys(munmap, private + pages * PAGE, PAGE) == 0);
	CHECK(sys(mprotect, private + pages * PAGE, PAGE, PROT_READ) == PROTECTS_NOTHING);
	for (long i = 0; i < k; i++) {
		kids[i] = sys(fork);
		CHECK(kids[i] >= 0);
		if (kids[i] == 0)
			child(private, shared, i);
	}
	for (long i = 0; i < k; i++)
		CHECK(EXITED(reap(kids[i]), 20 + i));
	for (long p = 0; p < pages; p++)
		CHECK(work((long *)(private + p * PAGE + 8 * p), 0) == 100 + p);
	CHECK(*shared == (1 << k) - 1);
	heap();
	CHECK(sys(munmap, private, (pages + 2) * PAGE) == 0 && sys(munmap, shared, PAGE) == 0);
	say("pages %d children %d\n", pages, k);
	return 0;
}
