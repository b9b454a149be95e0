/* itimer [N]: an interval timer of 200 us until the handler has run N times
 * (default 300) while the program computes, then one alarm. Each tick does the
 * same work; the result is checked. */
#include "tp.h"
#include <sys/time.h>

static volatile long ticks, limit, alarms;

static void stop_timer(void)
{
	struct itimerval off = {0};
	CHECK(setitimer(ITIMER_REAL, &off, NULL) == 0);
}

static void tick(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info, (void)context;
	if (ticks < limit && ++ticks == limit)
		stop_timer();
}

static void on_alarm(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info, (void)context;
	alarms++;
}

NOINLINE static unsigned long compute(unsigned long x)
{
	for (int i = 0; i < 1000; i++)
		x = x * 6364136223846793005UL + 1442695040888963407UL;
	return x;
}

int main(int argc, char **argv)
{
	limit = tp_arg(argc, argv, 1, 300);
	struct itimerval every = {{0, 200}, {0, 200}};
	tp_handler(SIGALRM, tick, SA_RESTART);
	CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
	unsigned long want = compute(1);
	while (ticks < limit)
		CHECK(compute(1) == want);

	sigset_t block, none;
	sigemptyset(&none);
	sigemptyset(&block);
	sigaddset(&block, SIGALRM);
	CHECK(sigprocmask(SIG_BLOCK, &block, NULL) == 0);
	tp_handler(SIGALRM, on_alarm, 0);
	struct itimerval once = {{0, 0}, {0, 1000}};
	CHECK(setitimer(ITIMER_REAL, &once, NULL) == 0);
	while (!alarms)
		sigsuspend(&none);
	printf("ticks %ld alarms %ld\n", ticks, alarms);
	return 0;
}
