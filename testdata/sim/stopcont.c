/* A parent stops and continues a child of several threads and is told of both. A stop
 * takes every thread, those asleep and those that run: while it lasts none does anything.
 *   stopcont [R] [T]: R stops while T threads and the leader run; the leader calls work
 *   once a round, when it is told to; each thread calls turn until it is told to end and
 *   ends with one call of last.
 * Counts: work R, last T. */
#include "sim.h"

int stop;
long worked, *turned; /* shared with the parent */

NOINLINE void work(int to)
{
	worked++;
	put_byte(to, 'w');
}

NAKED void turn(long *at MAYBE)
{
	__asm__("lock incq (%rdi)\n\t"
		"ret");
}

NAKED int last(int *cell MAYBE)
{
	__asm__("push (%rdi)\n\t"
		"pop %rax\n\t"
		"ret");
}

static void body(long i)
{
	while (!LOAD(&stop)) {
		turn(turned);
		if (i < 2)
			sleep_ns(i ? 100000 : 3000);
		else
			sys(sched_yield);
	}
	CHECK(last(&stop) == 1);
}

static void run(int from, int to, long t)
{
	for (long i = 0; i < t; i++)
		thread(i, body, i);
	put_byte(to, 'r');
	while (get_byte(from) >= 0)
		work(to);
	STORE(&stop, 1);
	for (long i = 0; i < t; i++)
		join(i);
	sys(exit_group, worked);
}

int main(int argc, char **argv)
{
	long rounds = arg(argc, argv, 1, 3, 100);
	long t = arg(argc, argv, 2, 2, THREADS);
	int down[2], up[2], status;
	CHECK(sys(pipe, down) == 0 && sys(pipe, up) == 0);
	turned = (long *)sys(mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK((long)turned > 0);
	long child = sys(fork);
	CHECK(child >= 0);
	if (child == 0) {
		sys(close, down[1]);
		run(down[0], up[1], t);
	}
	CHECK(get_byte(up[0]) == 'r');
	for (long i = 0; i < rounds; i++) {
		CHECK(sys(kill, child, SIGSTOP) == 0);
		CHECK(sys(wait4, child, &status, WUNTRACED, 0) == child && status == (SIGSTOP << 8 | 0x7f));
		long before = LOAD(turned);
		sleep_ns(50000);
		CHECK(LOAD(turned) == before);
		CHECK(sys(kill, child, SIGCONT) == 0);
		CHECK(sys(wait4, child, &status, WCONTINUED, 0) == child && status == WENT_ON);
		put_byte(down[1], 'g');
		CHECK(get_byte(up[0]) == 'w');
		say("stopped and continued\n");
	}
	sys(close, down[1]);
	CHECK(EXITED(reap(child), rounds));
	return 0;
}
