/* Process groups and sessions: who is in which, and signals to all of a group.
 *   jobs [K]: a child leads a session; in it, K processes of one group. The group is
 *   sent SIGUSR1, which each handles, and then SIGTERM, of which each dies.
 * Counts: work K, member K. */
#include "sim.h"

int to;
long worked;

NOINLINE void work(int fd)
{
	worked++;
	put_byte(fd, 'h');
}

NAKED long member(long group MAYBE, long mine MAYBE)
{
	__asm__("cmp %rsi, %rdi\n\t"
		"sete %al\n\t"
		"movzbl %al, %eax\n\t"
		"ret");
}

static void on_usr1(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
	work(to);
}

static void run(long group)
{
	handle(SIGUSR1, on_usr1, 0, 0);
	CHECK(sys(setpgid, 0, group) == 0); /* so does the parent: who comes first */
	CHECK(member(group ? group : pid(), sys(getpgid, 0)));
	put_byte(to, 'r');
	for (;;)
		sys(pause);
}

static void lead(long k)
{
	long me = pid(), kids[16], group = 0;
	int up[2];
	CHECK(sys(setsid) == me && sys(getsid, 0) == me && sys(getpgid, 0) == me);
	CHECK(sys(setsid) == -EPERM && sys(setpgid, 0, 0) == -EPERM);
	CHECK(sys(pipe, up) == 0);
	to = up[1];
	for (long i = 0; i < k; i++) {
		kids[i] = sys(fork);
		CHECK(kids[i] >= 0);
		if (kids[i] == 0)
			run(group);
		if (i == 0)
			group = kids[0];
		CHECK(sys(setpgid, kids[i], group) == 0 && sys(getpgid, kids[i]) == group);
	}
	for (long i = 0; i < k; i++)
		CHECK(get_byte(up[0]) == 'r');
	CHECK(sys(kill, -group, SIGUSR1) == 0);
	for (long i = 0; i < k; i++)
		CHECK(get_byte(up[0]) == 'h');
	CHECK(sys(kill, -group, SIGTERM) == 0);
	for (long i = 0; i < k; i++) {
		int status;
		long got;
		while ((got = sys(wait4, -group, &status, 0, 0)) == -EINTR)
			;
		CHECK(got > 0 && status == SIGTERM);
	}
	CHECK(sys(kill, -group, 0) == -ESRCH);
	CHECK(sys(wait4, -group, 0, 0, 0) == -ECHILD);
	sys(exit_group, k);
}

int main(int argc, char **argv)
{
	long k = arg(argc, argv, 1, 3, 16);
	CHECK(k > 0);
	long leader = sys(fork);
	CHECK(leader >= 0);
	if (leader == 0)
		lead(k);
	CHECK(EXITED(reap(leader), k));
	say("group of %d\n", k);
	return 0;
}
