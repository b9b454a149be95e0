/* Calls that end with EINTR whatever woke them: nobody but the program's own signals may.
 *   sigwait [N]
 *     take: a thread takes N queued signals by rt_sigtimedwait, one after the other; it
 *       never fails
 *     eintr: its rt_sigtimedwait of another signal is interrupted by a handler, N times
 *     first: N reads of a pipe by a function whose first instruction is syscall, while
 *       another thread has to run for the byte to come
 * Counts: work 3*N, blocks N. on_usr1 depends on the schedule: the sender repeats until the
 * call, once begun, is interrupted. */
#include "sim.h"

long n;
int ends[2], taken, interruptions, enough, asked;
long worked;

NOINLINE void work(void)
{
	ADD(&worked, 1);
}

/* rax: read; rdi, rsi: where; rdx is set by call_read. */
NAKED long blocks(void)
{
	__asm__("syscall\n\t"
		"ret");
}

NAKED static long call_read(int fd MAYBE, char *to MAYBE)
{
	__asm__("mov $1, %edx\n\t"
		"mov $" TEXT(__NR_read) ", %eax\n\t"
		"jmp blocks");
}

static void on_usr1(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
}

static long wait_for(set_t set, info_t *info)
{
	return sys(rt_sigtimedwait, &set, info, 0, 8);
}

static void taker(long unused MAYBE)
{
	info_t info;
	mask(SIG_BLOCK, BIT(RT(6)));
	advance(&asked);
	for (long i = 0; i < n; i++) {
		CHECK(wait_for(BIT(RT(6)), &info) == RT(6));
		CHECK(info.si_signo == RT(6) && info.si_code == SI_TKILL && info.si_pid == (int)pid());
		work();
		advance(&taken);
	}
}

static void take(void)
{
	thread(0, taker, 0);
	await(&asked, 1);
	for (long i = 0; i < n; i++) {
		CHECK(sys(tgkill, pid(), tids[0], RT(6)) == 0);
		await(&taken, i + 1);
	}
	join(0);
	say("taken %d\n", (long)taken);
}

static void waiter(long unused MAYBE)
{
	mask(SIG_BLOCK, BIT(RT(7)));
	for (long i = 0; i < n; i++) {
		CHECK(wait_for(BIT(RT(7)), 0) == -EINTR);
		work();
		advance(&interruptions);
	}
	await(&enough, 1); /* a last signal may be on its way */
}

static void eintr(void)
{
	handle(SIGUSR1, on_usr1, 0, 0);
	thread(1, waiter, 0);
	for (long i = 0; i < n; i++) {
		while (LOAD(&interruptions) == i) {
			CHECK(sys(tgkill, pid(), tids[1], SIGUSR1) == 0);
			sleep_ns(20000);
		}
	}
	advance(&enough);
	join(1);
	say("interrupted %d\n", (long)interruptions);
}

static void feeder(long unused MAYBE)
{
	for (long i = 0; i < n; i++) {
		await(&asked, i + 2);
		sleep_ns(20000);
		work();
		put_byte(ends[1], 'a' + i % 26);
	}
}

static void first(void)
{
	char c;
	CHECK(sys(pipe, ends) == 0);
	thread(2, feeder, 0);
	for (long i = 0; i < n; i++) {
		advance(&asked);
		CHECK(call_read(ends[0], &c) == 1 && c == 'a' + i % 26);
	}
	join(2);
	say("read %d worked %d\n", n, worked);
}

int main(int argc, char **argv)
{
	n = arg(argc, argv, 1, 3, 1000);
	take();
	eintr();
	first();
	return 0;
}
