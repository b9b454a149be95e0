/* execthread PROG [ARGS]: a thread that is not the leader execs while the
 * leader and two more threads sleep or spin. The kernel kills them all, and
 * the thread takes the leader's id: its own id vanishes without an exit stop
 * (ptrace(2), "execve(2) under ptrace"). */
#include "tp.h"

static char **args;
static pthread_barrier_t start;

static void *spin(void *arg)
{
	(void)arg;
	pthread_barrier_wait(&start);
	for (;;)
		__asm__ volatile("pause");
}

static void *nap(void *arg)
{
	(void)arg;
	pthread_barrier_wait(&start);
	for (;;)
		pause();
}

static void *exec(void *arg)
{
	(void)arg;
	pthread_barrier_wait(&start);
	CHECK(gettid() != getpid());
	execv(args[0], args);
	CHECK(!"execv");
	return NULL;
}

int main(int argc, char **argv)
{
	CHECK(argc >= 2);
	args = argv + 1;
	pthread_t t;
	pthread_barrier_init(&start, NULL, 4);
	CHECK(pthread_create(&t, NULL, spin, NULL) == 0);
	CHECK(pthread_create(&t, NULL, nap, NULL) == 0);
	CHECK(pthread_create(&t, NULL, exec, NULL) == 0);
	pthread_barrier_wait(&start);
	for (;;)
		pause();
}
