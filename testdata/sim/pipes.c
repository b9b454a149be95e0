/* Threads and processes that sleep in read and write, and what interrupts them.
 *   pipes [T] [N]
 *     sum: T threads write N bytes each, a child process reads them to the end
 *     restart: N signals to a thread in read with SA_RESTART: it never notices
 *     eintr: without SA_RESTART its read fails with EINTR, N times
 *     full: the child of a full pipe sleeps in write until it is emptied
 * Counts: work T*N (writers) + T*N (the reader) + N (restart) + N (eintr), interrupted N.
 * How often on_plain runs depends on the schedule: the sender repeats until the read,
 * once begun, is interrupted. */
#include "sim.h"

long n;
int ends[2], handled, ready, interruptions, enough;
long result;
long worked;

NAKED void work(void)
{
	__asm__("lock incq worked(%rip)\n\t"
		"ret");
}

NOINLINE void interrupted(void)
{
	work();
	advance(&interruptions);
}

static void writer(long i)
{
	for (long k = 0; k < n; k++) {
		work();
		put_byte(ends[1], i + 1);
	}
}

static void sum(long t)
{
	int back[2];
	CHECK(sys(pipe, ends) == 0 && sys(pipe, back) == 0);
	long child = sys(fork);
	CHECK(child >= 0);
	if (child == 0) {
		long total = 0;
		sys(close, ends[1]);
		for (int c; (c = get_byte(ends[0])) >= 0; total += c)
			work();
		put_byte(back[1], total);
		sys(exit_group, 0);
	}
	for (long i = 0; i < t; i++)
		thread(i, writer, i);
	for (long i = 0; i < t; i++)
		join(i);
	sys(close, ends[1]);
	say("sum %d\n", (long)get_byte(back[0]));
	CHECK(EXITED(reap(child), 0));
	sys(close, ends[0]);
}

static void on_restart(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
	work();
	advance(&handled);
}

static void on_plain(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
}

static void reader(long unused MAYBE)
{
	char c;
	advance(&ready);
	result = sys(read, ends[0], &c, 1);
}

static void interrupted_reader(long unused MAYBE)
{
	char c;
	for (long i = 0; i < n; i++) {
		CHECK(sys(read, ends[0], &c, 1) == -EINTR);
		interrupted();
	}
	await(&enough, 1); /* a last signal may be on its way */
}

static void restart(void)
{
	CHECK(sys(pipe, ends) == 0);
	handle(SIGUSR1, on_restart, SA_RESTART, 0);
	thread(0, reader, 0);
	await(&ready, 1);
	for (long i = 0; i < n; i++) {
		CHECK(sys(tgkill, pid(), tids[0], SIGUSR1) == 0);
		await(&handled, i + 1);
	}
	put_byte(ends[1], 'x');
	join(0);
	say("restart %d handled %d\n", result, (long)handled);
}

static void eintr(void)
{
	handle(SIGUSR2, on_plain, 0, 0);
	thread(0, interrupted_reader, 0);
	for (long i = 0; i < n; i++)
		while (LOAD(&interruptions) == i) {
			CHECK(sys(tgkill, pid(), tids[0], SIGUSR2) == 0);
			sleep_ns(50000);
		}
	advance(&enough);
	join(0);
	say("eintr %d worked %d\n", (long)interruptions, worked);
}

static void full(void)
{
	enum { BIG = 100000 }; /* more than a pipe holds */
	static char block[4096];
	int back[2];
	CHECK(sys(pipe, back) == 0);
	long child = sys(fork), got = 0, more;
	if (child == 0) {
		sys(close, back[0]);
		for (long left = BIG; left > 0;) {
			long k = sys(write, back[1], block, left < 4096 ? left : 4096);
			CHECK(k > 0);
			left -= k;
		}
		sys(exit_group, 0);
	}
	sys(close, back[1]);
	while ((more = sys(read, back[0], block, sizeof block)) > 0)
		got += more;
	CHECK(EXITED(reap(child), 0));
	say("full %d\n", got);
}

int main(int argc, char **argv)
{
	long t = arg(argc, argv, 1, 2, 4);
	n = arg(argc, argv, 2, 5, 20);
	sum(t);
	restart();
	eintr();
	full();
	return 0;
}
