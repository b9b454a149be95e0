/* threadchurn [N]: N threads (default 2000) are born and die, eight at a time,
 * each born by another than the main thread: attach and detach race with
 * births and deaths. With N 0 it goes on until the end of stdin. Says "ready"
 * when the first threads run. */
#include "tp.h"

#define LANES 8

static long per_lane;
static volatile int stop;
static long done[LANES];
static pthread_barrier_t start;

NOINLINE static void *short_lived(void *arg)
{
	*(long *)arg += 1;
	return NULL;
}

static void *lane(void *arg)
{
	pthread_barrier_wait(&start);
	for (long i = 0; i == 0 || (per_lane ? i < per_lane : !stop); i++) {
		pthread_t t;
		CHECK(pthread_create(&t, NULL, short_lived, arg) == 0);
		CHECK(pthread_join(t, NULL) == 0);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	long n = tp_arg(argc, argv, 1, 2000);
	pthread_t ids[LANES];
	per_lane = n / LANES;
	pthread_barrier_init(&start, NULL, LANES + 1);
	for (int i = 0; i < LANES; i++)
		CHECK(pthread_create(&ids[i], NULL, lane, &done[i]) == 0);
	pthread_barrier_wait(&start);
	puts("ready");
	fflush(stdout);
	if (n == 0) {
		tp_wait_stdin();
		stop = 1;
	}
	long sum = 0;
	for (int i = 0; i < LANES; i++) {
		CHECK(pthread_join(ids[i], NULL) == 0);
		sum += done[i];
	}
	if (n)
		printf("threads %ld\n", sum);
	else
		puts(sum > 0 ? "threads many" : "threads none");
	return 0;
}
