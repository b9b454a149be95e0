/* Ends of every kind while other threads run and sleep.
 *   exits MODE [T] [N]: T threads call work N times each; when all have, half of them
 *   spin and half sleep, and then the end comes:
 *     group   the leader calls exit_group(5)
 *     other   a thread calls exit_group(6)
 *     join    nobody lingers: every thread ends, then the leader, with 0
 *     leader  the leader ends first by exit(3), then the threads; the last of them
 *             calls exit_group(7)
 *     last    the same, but the last thread ends by exit(3) too. (Older kernels
 *             report the status of the leader, newer that of the last thread.)
 *     kill    a thread sends SIGKILL to the process
 *     term    the leader sends SIGTERM to one of the threads
 *     segv    a thread reads address 0
 * Counts: work T*N, ready T. */
#include "sim.h"

char *mode;
enum { LEADER = THREADS - 1 }; /* its slot */
int arrived;
long each, threads, never, worked, ended;

NAKED void work(void)
{
	__asm__("push %r12\n\t"
		"lock incq worked(%rip)\n\t"
		"pop %r12\n\t"
		"ret");
}

NAKED void ready(int *where MAYBE)
{
	__asm__("lock incl (%rdi)\n\t"
		"ret");
}

static int leader_first(void)
{
	return same(mode, "leader") || same(mode, "last");
}

static void linger(long i)
{
	while (LOAD(&never) == 0)
		if (i & 1)
			sys(pause);
		else
			__asm__ volatile("pause");
}

static void body(long i)
{
	for (long k = 0; k < each; k++)
		work();
	ready(&arrived);
	sys(futex, &arrived, FUTEX_WAKE, 1 << 30);
	if (same(mode, "join"))
		return;
	if (leader_first()) {
		join(LEADER); /* cleared when it ends */
		sys(futex, &tids[LEADER], FUTEX_WAKE, 1 << 30); /* the kernel has woken one */
		if (ADD(&ended, 1) == threads) {
			say("leader gone\n");
			if (same(mode, "leader"))
				sys(exit_group, 7);
		}
		sys(exit, 3);
	}
	if (i == 0) {
		await(&arrived, threads);
		if (same(mode, "other"))
			sys(exit_group, 6);
		if (same(mode, "kill"))
			sys(kill, pid(), SIGKILL);
		if (same(mode, "segv"))
			__asm__ volatile("mov 0, %%eax" : : : "eax");
	}
	linger(i);
}

int main(int argc, char **argv)
{
	mode = argc > 1 ? argv[1] : "group";
	threads = arg(argc, argv, 2, 3, THREADS - 1);
	each = arg(argc, argv, 3, 5, 100000);
	tids[LEADER] = 1;
	CHECK(sys(set_tid_address, &tids[LEADER]) == tid());
	for (long i = 0; i < threads; i++)
		thread(i, body, i);
	await(&arrived, threads);
	if (leader_first())
		sys(exit, 3);
	if (same(mode, "term"))
		sys(tgkill, pid(), tids[threads - 1], SIGTERM);
	if (same(mode, "group")) {
		say("worked %d\n", worked);
		return 5;
	}
	for (long i = 0; i < threads; i++)
		join(i);
	say("worked %d\n", worked);
	return 0;
}
