/* A cell that a parent, its threads and its forked children change, each process its own.
 *   watchfork [K] [N]: K children are forked, and then a thread is made; parent, thread (after
 *     the parent) and each child change their process's cell N times, to the same values.
 * Counts: put (K + 2)*N. The cell is changed as often, plus once by the parent before each
 * fork: (K + 2)*N + K. */
#include "sim.h"

long cell, each;

NAKED void put(long v MAYBE)
{
	__asm__("mov %rdi, cell(%rip)\n\t"
		"ret");
}

static void change(long from)
{
	for (long i = 1; i <= each; i++)
		put(from + i);
}

static void body(long from)
{
	change(from);
}

int main(int argc, char **argv)
{
	long kids = arg(argc, argv, 1, 2, 16), pids[16];
	each = arg(argc, argv, 2, 3, 1000);
	for (long i = 0; i < kids; i++) {
		cell = -1 - i;
		pids[i] = sys(fork);
		CHECK(pids[i] >= 0);
		if (pids[i] == 0) {
			change(0);
			sys(exit_group, cell);
		}
	}
	change(0);
	thread(0, body, each);
	join(0);
	for (long i = 0; i < kids; i++)
		CHECK(EXITED(reap(pids[i]), each));
	say("cell %d\n", cell);
	return 0;
}
