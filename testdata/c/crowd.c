/* N threads that call getppid as fast as they can for S seconds. Prints how many calls the
 * slowest and the fastest of them made, the mean, and the sum: whether a tracer serves all
 * alike. crowd N S */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static pthread_barrier_t begin;
static volatile int over;
static long *counts;

static void *run(void *at)
{
	long *n = at;
	pthread_barrier_wait(&begin);
	while (!over) {
		syscall(SYS_getppid);
		++*n;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 500;
	double s = argc > 2 ? atof(argv[2]) : 1;
	pthread_t *threads = calloc(n, sizeof *threads);
	pthread_attr_t attr;
	struct timespec t = {(time_t)s, (long)((s - (time_t)s) * 1e9)};
	long least, most, sum = 0;

	counts = calloc((size_t)n * 8, sizeof *counts);
	pthread_barrier_init(&begin, NULL, n + 1);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	for (int i = 0; i < n; i++)
		if (pthread_create(&threads[i], &attr, run, &counts[8 * i]))
			return perror("pthread_create"), 1;
	pthread_barrier_wait(&begin);
	nanosleep(&t, NULL);
	over = 1;
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	least = most = counts[0];
	for (int i = 0; i < n; i++) {
		long c = counts[8 * i];
		sum += c;
		least = c < least ? c : least;
		most = c > most ? c : most;
	}
	printf("least %ld most %ld mean %.1f sum %ld\n", least, most, (double)sum / n, sum);
	return 0;
}
