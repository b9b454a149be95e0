/* Queued signals that arrive while a thread is at breakpoints of every kind.
 *   storm [T] [N]: the leader queues N real-time signals, each with a value, to each of T
 *     threads, which call under_step and under_call in a loop until they have handled all of
 *     theirs. Each handler finds the siginfo that was sent: values in order, none lost, none
 *     twice, the sender's pid.
 * Counts: on_value T*N, work T*N, last T. under_step and under_call depend on the schedule:
 * their first instructions are stepped over, xadd by the processor, syscall to its entry. */
#include "sim.h"

long n;
int ready, handled[THREADS];
long spun;

NOINLINE void work(int slot)
{
	advance(&handled[slot]);
}

NAKED void under_step(long by MAYBE)
{
	__asm__("lock xadd %rdi, spun(%rip)\n\t"
		"ret");
}

/* rax: the number. */
NAKED long under_call(void)
{
	__asm__("syscall\n\t"
		"ret");
}

NAKED int last(int *at MAYBE)
{
	__asm__("mov (%rdi), %eax\n\t"
		"ret");
}

/* The thread is known by its value: slot * 1000 + how many came before. */
NOINLINE void on_value(int sig, info_t *info, context_t *context MAYBE)
{
	int slot = info->si_int / 1000;
	CHECK(sig == RT(5) && info->si_signo == sig && info->si_errno == 0);
	CHECK(info->si_code == SI_QUEUE && info->si_pid == (int)pid());
	CHECK(slot >= 0 && slot < THREADS && info->si_int % 1000 == LOAD(&handled[slot]));
	work(slot);
}

static void body(long i)
{
	advance(&ready);
	while (LOAD(&handled[i]) < n) {
		under_step(1);
		call_raw(under_call, __NR_getppid, 0, 0, 0);
		sleep_ns(2000); /* or the leader, held for every step, would hardly come to send */
	}
	CHECK(last(&handled[i]) == n);
}

int main(int argc, char **argv)
{
	long t = arg(argc, argv, 1, 2, THREADS);
	n = arg(argc, argv, 2, 4, 999);
	handle(RT(5), on_value, SA_RESTART, 0);
	for (long i = 0; i < t; i++)
		thread(i, body, i);
	await(&ready, t);
	for (long k = 0; k < n; k++) {
		for (long i = 0; i < t; i++) {
			info_t info;
			memset(&info, 0, sizeof info);
			info.si_signo = RT(5);
			info.si_code = SI_QUEUE;
			info.si_pid = pid();
			info.si_int = i * 1000 + k;
			CHECK(sys(rt_tgsigqueueinfo, pid(), tids[i], RT(5), &info) == 0);
		}
	}
	for (long i = 0; i < t; i++)
		join(i);
	say("handled %d\n", t * n);
	return 0;
}
