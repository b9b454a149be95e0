/* What a watchpoint is put on, with a known number of changes: a global that
 * several threads change one after another (4 x 25), a local changed in a loop
 * (10), cells of 1, 2, 4 and 8 bytes written in turn (5 each), a cell written
 * with the value it had (3 writes, no change), one that is only read (6), and
 * one that a system call writes. */
#include "tp.h"

volatile int shared;
volatile uint8_t w1;
volatile uint16_t w2;
volatile uint32_t w4;
volatile uint64_t w8;
volatile int same = 9;
volatile int read_only = 8;
volatile char by_kernel[8];
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void *changer(void *arg)
{
	for (int i = 0; i < 25; i++) {
		pthread_mutex_lock(&turn);
		shared++;
		pthread_mutex_unlock(&turn);
	}
	return arg;
}

NOINLINE int local_loop(void)
{
	volatile int local = 0;
	for (int i = 0; i < 10; i++)
		local += i + 1;
	return local;
}

NOINLINE void cells(void)
{
	for (int i = 1; i <= 5; i++) {
		w1 = i;
		w2 = i * 0x101;
		w4 = i * 0x1010101;
		w8 = i * 0x101010101010101UL;
	}
}

NOINLINE int accesses(void)
{
	int sum = 0;
	for (int i = 0; i < 3; i++)
		same = 9;
	for (int i = 0; i < 6; i++)
		sum += read_only;
	return sum;
}

int main(void)
{
	pthread_t t[4];
	for (int i = 0; i < 4; i++)
		CHECK(pthread_create(&t[i], NULL, changer, NULL) == 0);
	for (int i = 0; i < 4; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
	int local = local_loop();
	cells();
	int sum = accesses(), fds[2];
	CHECK(pipe(fds) == 0 && write(fds[1], "kernel", 6) == 6 && read(fds[0], (void *)by_kernel, 6) == 6);
	printf("shared %d local %d cells %d %d %u %lu same %d sum %d %s\n", shared, local, w1, w2, w4, w8, same, sum,
	       (const char *)by_kernel);
	return 0;
}
