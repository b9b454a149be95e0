/* Breakpoints in forked children: a tree of processes, each in its own copy of memory.
 *   fork [K] [D] [N]: every process down to depth D forks K children before it waits
 *   for them; each process calls work N times and leaf once.
 * Counts, with P = 1 + K + K*K + ... (D powers) processes: work P*N, leaf P. */
#include "sim.h"

long kids, each;
long worked;

NOINLINE void work(long n)
{
	worked += n;
}

NAKED long leaf(long depth MAYBE)
{
	__asm__("endbr64\n\t"
		"lea 1(%rdi), %rax\n\t"
		"ret");
}

/* The processes of a subtree, which is also its exit status. */
static long tree(long depth)
{
	long pids[16], below = 1;
	for (long i = 0; depth > 0 && i < kids; i++) {
		pids[i] = sys(fork);
		CHECK(pids[i] >= 0);
		if (pids[i] == 0) {
			worked = 0;
			sys(exit_group, tree(depth - 1));
		}
	}
	for (long n = 0; n < each; n++)
		work(n);
	CHECK(worked == each * (each - 1) / 2);
	CHECK(leaf(depth) == depth + 1);
	for (long i = 0; depth > 0 && i < kids; i++) {
		int status = reap(pids[i]);
		CHECK((status & 0xff) == 0);
		below += status >> 8;
	}
	return below;
}

int main(int argc, char **argv)
{
	kids = arg(argc, argv, 1, 3, 16);
	long depth = arg(argc, argv, 2, 1, 4);
	each = arg(argc, argv, 3, 5, 100000);
	say("processes %d\n", tree(depth));
	return 0;
}
