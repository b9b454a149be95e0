/* forkthreads [N [M]]: N threads fork M children each, all at once; a child
 * exits with its thread's number. */
#include "tp.h"

static long per_thread;
static int ok;
static pthread_barrier_t start;

NOINLINE static void child(int number)
{
	_exit(number);
}

static void *body(void *arg)
{
	int number = (int)(long)arg;
	pthread_barrier_wait(&start);
	for (long i = 0; i < per_thread; i++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			child(number);
		int status;
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == number);
		__atomic_fetch_add(&ok, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	long n = tp_arg(argc, argv, 1, 4);
	per_thread = tp_arg(argc, argv, 2, 25);
	CHECK(n <= 64);
	pthread_t ids[64];
	pthread_barrier_init(&start, NULL, n);
	for (long i = 0; i < n; i++)
		CHECK(pthread_create(&ids[i], NULL, body, (void *)(i + 1)) == 0);
	for (long i = 0; i < n; i++)
		CHECK(pthread_join(ids[i], NULL) == 0);
	printf("children %d\n", ok);
	return 0;
}
