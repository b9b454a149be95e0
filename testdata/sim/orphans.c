/* A thread forks, and as soon as there is a child the process ends or becomes another
 * program: who made the child may be killed before it has returned from fork, and before a
 * tracer has heard of it.
 *   orphans [exec|exit|kill] [N]: exec: N times, and each program but the first waits for
 *   the child that the one before has left; exit: the leader calls exit_group(5); kill: it
 *   sends SIGKILL to the process. A child calls lost and ends.
 * Counts: work N, or 1. */
#include "sim.h"

int made;
long worked;

NAKED void work(void)
{
	__asm__("push %rbx\n\t"
		"lock incq worked(%rip)\n\t"
		"pop %rbx\n\t"
		"ret");
}

NAKED long lost(void)
{
	__asm__("push %rbp\n\t"
		"mov $7, %eax\n\t"
		"pop %rbp\n\t"
		"ret");
}

static void forker(long unused MAYBE)
{
#ifdef FREEBSD
	long child = sys(fork);
#else
	long child = sys(clone, SIGCHLD | CLONE_PARENT_SETTID, 0, &made); /* made is set before the child runs */
#endif
	CHECK(child >= 0);
	if (child == 0)
		sys(exit_group, lost());
	STORE(&made, child);
	for (;;)
		sys(pause);
}

static void leave(void)
{
	thread(0, forker, 0);
	while (LOAD(&made) == 0)
		sys(sched_yield);
	work();
}

int main(int argc, char **argv)
{
	char n[24];
	long left = arg(argc, argv, 2, 3, 1000);
	int exec = argc < 2 || same(argv[1], "exec");
	if (argc > 3)
		CHECK(EXITED(reap(-1), 7));
	say("orphans %d\n", left);
	if (left == 0)
		return 0;
	leave();
	if (exec) {
		char *again[] = {argv[0], "exec", decimal(left - 1, n), "again", 0};
		char *env[] = {0};
		sys(execve, argv[0], again, env);
		CHECK(0);
	}
	if (same(argv[1], "kill"))
		sys(kill, pid(), SIGKILL);
	return 5;
}
