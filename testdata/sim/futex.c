/* A mutex and a turn, both on futex.
 *   futex [T] [N]: T threads add to a counter under the mutex, N times each; then two
 *   threads take turns, N each.
 * Counts: work T*N + 2*N, enter T*N, leave T*N. */
#include "sim.h"

long n, counter;
int turn;
int mutex; /* 0 free, 1 held, 2 held and waited for */
long worked;

NAKED void work(void)
{
	__asm__("lock incq worked(%rip)\n\t"
		"ret");
}

/* cmpxchg of its first argument from 0 (eax) to its second: what was there. */
NAKED int enter(int *word MAYBE, int to MAYBE)
{
	__asm__("lock cmpxchg %esi, (%rdi)\n\t"
		"ret");
}

NAKED int leave(int *word MAYBE, int to MAYBE)
{
	__asm__("xchg %esi, (%rdi)\n\t"
		"mov %esi, %eax\n\t"
		"ret");
}

static void add(long unused MAYBE)
{
	for (long i = 0; i < n; i++) {
		if (call_raw(enter, 0, (long)&mutex, 1, 0) != 0)
			while (__atomic_exchange_n(&mutex, 2, __ATOMIC_ACQUIRE) != 0)
				sys(futex, &mutex, FUTEX_WAIT, 2, 0);
		long seen = counter;
		work();
		CHECK(counter == seen);
		counter = seen + 1;
		if (leave(&mutex, 0) == 2)
			sys(futex, &mutex, FUTEX_WAKE, 1);
	}
}

static void alternate(long side)
{
	for (long i = 0; i < n; i++) {
		await(&turn, 2 * i + side);
		CHECK(LOAD(&turn) == 2 * i + side);
		work();
		advance(&turn);
	}
}

int main(int argc, char **argv)
{
	long t = arg(argc, argv, 1, 3, THREADS);
	n = arg(argc, argv, 2, 10, 100000);
	for (long i = 0; i < t; i++)
		thread(i, add, i);
	for (long i = 0; i < t; i++)
		join(i);
	thread(0, alternate, 0);
	thread(1, alternate, 1);
	join(0);
	join(1);
	say("counter %d turns %d worked %d\n", counter, (long)turn, worked);
	return 0;
}
