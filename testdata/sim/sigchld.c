/* Children that end whenever they like; the handler of SIGCHLD reaps what there is.
 *   sigchld [K]: K children call work and exit with their number.
 * Counts: work K in the children and K in the handler, collect K. How often the handler
 * itself runs depends on the schedule: signals of one number merge. */
#include "sim.h"

long reaped, codes;
long worked;

NAKED void work(void)
{
	__asm__("incq worked(%rip)\n\t"
		"ret");
}

NOINLINE void collect(int status)
{
	CHECK((status & 0xff) == 0);
	codes += status >> 8;
	reaped++;
}

static void on_chld(int sig MAYBE, info_t *info, context_t *context MAYBE)
{
	CHECK(info->si_code == CLD_EXITED);
	int status;
	while (sys(wait4, -1, &status, WNOHANG, 0) > 0) {
		work();
		collect(status);
	}
}

int main(int argc, char **argv)
{
	long k = arg(argc, argv, 1, 4, 20);
	handle(SIGCHLD, on_chld, SA_NOCLDSTOP, 0);
	mask(SIG_BLOCK, BIT(SIGCHLD));
	for (long i = 0; i < k; i++) {
		long child = sys(fork);
		CHECK(child >= 0);
		if (child == 0) {
			work();
			sys(exit_group, 10 + i);
		}
	}
	while (reaped < k)
		suspend(0);
	CHECK(sys(wait4, -1, 0, WNOHANG, 0) == -ECHILD);
	say("reaped %d codes %d worked %d\n", reaped, codes, worked);
	return 0;
}
