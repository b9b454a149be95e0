/* threads [N [M]]: N threads call f() M times each, all at once. A breakpoint
 * on f must be hit exactly N*M times, whatever the threads do to each other. */
#include "tp.h"

static long per_thread;
static volatile long calls;
static pthread_barrier_t start;

NOINLINE long f(long x)
{
	__atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
	return x + 1;
}

static void *body(void *arg)
{
	(void)arg;
	long mine = 0;
	pthread_barrier_wait(&start);
	for (long i = 0; i < per_thread; i++)
		mine = f(mine);
	return (void *)mine;
}

int main(int argc, char **argv)
{
	long n = tp_arg(argc, argv, 1, 4);
	per_thread = tp_arg(argc, argv, 2, 1000);
	CHECK(n > 0 && n <= 256);
	pthread_t ids[256];
	pthread_barrier_init(&start, NULL, n);
	for (long i = 0; i < n; i++)
		CHECK(pthread_create(&ids[i], NULL, body, NULL) == 0);
	long sum = 0;
	for (long i = 0; i < n; i++) {
		void *mine;
		CHECK(pthread_join(ids[i], &mine) == 0);
		sum += (long)mine;
	}
	printf("threads %ld calls %ld sum %ld\n", n, calls, sum);
	return 0;
}
