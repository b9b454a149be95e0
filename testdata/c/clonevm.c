/* clone(CLONE_VM | SIGCHLD) without CLONE_THREAD: another process in the same
 * memory, running at the same time. A breakpoint that one of them lifts is
 * lifted for the other. Both call both() N times. */
#include "tp.h"
#include <sched.h>

#define N 500
static volatile int count[2];
static volatile int go;
static char stack[65536] __attribute__((aligned(16)));

NOINLINE void both(int who)
{
	count[who]++;
}

static void calls(int who)
{
	while (!go)
		sched_yield();
	for (int i = 0; i < N; i++)
		both(who);
}

static int child(void *arg)
{
	(void)arg;
	calls(1);
	return 5;
}

int main(void)
{
	pid_t pid = clone(child, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL);
	CHECK(pid > 0);
	go = 1;
	calls(0);
	int status;
	CHECK(waitpid(pid, &status, 0) == pid);
	printf("parent %d child %d exit %d\n", count[0], count[1], WEXITSTATUS(status));
	return 0;
}
