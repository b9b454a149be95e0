/* Timers, and calls that they interrupt.
 *   timer [N]
 *     ticks: an interval timer until N ticks are handled
 *     shots: N alarms, each set by the handler of the one before
 *     sleep: a nanosleep gone on with after each of N ticks or more, to its end
 * Counts: work 2*N, sleeps 1. How often on_alarm runs depends on the schedule: only its
 * first N runs of a part count. */
#include "sim.h"

long n, done, next_us;
long worked;

NAKED void work(void)
{
	__asm__("push %r15\n\t"
		"incq worked(%rip)\n\t"
		"pop %r15\n\t"
		"ret");
}

static void set(long first_us, long every_us)
{
	long it[4] = {0, every_us, 0, first_us};
	CHECK(sys(setitimer, ITIMER_REAL, it, 0) == 0);
}

static void on_alarm(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
	if (done == n)
		return;
	work();
	if (++done < n && next_us)
		set(next_us, 0);
}

static void until_done(const char *what)
{
	while (done < n)
		suspend(0);
	set(0, 0);
	say("%s %d\n", what, done);
}

NOINLINE void sleeps(long ns)
{
	sleep_ns(ns);
}

int main(int argc, char **argv)
{
	n = arg(argc, argv, 1, 4, 1000);
	handle(SIGALRM, on_alarm, 0, 0);
	mask(SIG_BLOCK, BIT(SIGALRM));
	set(1000, 1000);
	until_done("ticks");
	done = 0;
	next_us = 500;
	set(500, 0);
	until_done("shots");
	next_us = 0;
	mask(SIG_UNBLOCK, BIT(SIGALRM));
	set(700, 700);
	sleeps(3000000);
	set(0, 0);
	say("sleep worked %d\n", worked);
	return 0;
}
