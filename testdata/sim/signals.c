/* Handlers that call work, for signals sent in every way a program has.
 *   signals [N]
 *     self: N SIGUSR1 to its own process
 *     queue: N real-time signals held by the mask, then handled in order
 *     nested: N SIGUSR1 whose handler raises SIGUSR2, whose handler raises a real-time one
 *     onstack: N handled on an alternate stack
 *     threads: N by tgkill to a thread, each answered
 *     processes: N to a child, each answered by one to the parent
 * Counts: work 9*N (self N, queue N, nested 3*N, onstack N, threads N, processes 2*N),
 * on_usr1 5*N, on_queued 2*N, on_usr2 N, on_answer N. */
#include "sim.h"

long n, order, top, bottom;
int handled, answered, asked;
long worked;

NAKED void work(void)
{
	__asm__("endbr64\n\t"
		"lock incq worked(%rip)\n\t"
		"ret");
}

static void raise_to(int sig)
{
	CHECK(sys(tgkill, pid(), tid(), sig) == 0);
}

NOINLINE void on_usr1(int sig, info_t *info, context_t *context MAYBE)
{
	CHECK(sig == SIGUSR1 && info->si_signo == SIGUSR1);
	work();
	if ((unsigned long)(&sig) - (unsigned long)bottom < (unsigned long)top)
		order++;
	advance(&handled);
}

/* The values of queued signals are consecutive. */
NOINLINE void on_queued(int sig MAYBE, info_t *info, context_t *context MAYBE)
{
	work();
	if (info->si_code == SI_QUEUE)
		CHECK(info->si_int == handled);
	advance(&handled);
}

NOINLINE void on_usr2(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
	work();
	raise_to(RT(3));
	advance(&handled);
}

static void on_usr1_nesting(int sig, info_t *info, context_t *context)
{
	int before = LOAD(&handled);
	raise_to(SIGUSR2); /* handled before tgkill returns, and so is what that one raises */
	CHECK(LOAD(&handled) == before + 2);
	on_usr1(sig, info, context);
}

NOINLINE void on_answer(int sig MAYBE, info_t *info, context_t *context MAYBE)
{
	CHECK(info->si_pid != (int)pid());
	work();
	answered++;
}

static void self(void)
{
	handle(SIGUSR1, on_usr1, 0, 0);
	for (long i = 0; i < n; i++) {
		CHECK(sys(kill, pid(), SIGUSR1) == 0);
		CHECK(handled == i + 1); /* one thread: before kill returns */
	}
	say("self %d\n", (long)handled);
}

static void queue(void)
{
	handled = 0;
	handle(RT(2), on_queued, 0, 0);
	mask(SIG_BLOCK, BIT(RT(2)));
	for (long i = 0; i < n; i++) {
		info_t info;
		memset(&info, 0, sizeof info);
		info.si_signo = RT(2);
		info.si_code = SI_QUEUE;
		info.si_int = i;
		CHECK(sys(rt_sigqueueinfo, pid(), RT(2), &info) == 0);
	}
	CHECK(handled == 0);
	set_t pending;
	CHECK(sys(rt_sigpending, &pending, 8) == 0 && (pending == BIT(RT(2)) || n == 0));
	mask(SIG_UNBLOCK, BIT(RT(2)));
	say("queue %d\n", (long)handled);
}

static void nested(void)
{
	handled = 0;
	handle(SIGUSR1, on_usr1_nesting, 0, 0);
	handle(SIGUSR2, on_usr2, 0, 0);
	handle(RT(3), on_queued, SA_NODEFER, 0);
	for (long i = 0; i < n; i++)
		raise_to(SIGUSR1);
	say("nested %d\n", (long)handled);
}

static void onstack(void)
{
	stack_t on = {.ss_sp = stacks[0], .ss_size = STACK}, off = {.ss_flags = SS_DISABLE};
	CHECK(sys(sigaltstack, &on, 0) == 0);
	bottom = (long)stacks[0];
	top = STACK;
	handle(SIGUSR1, on_usr1, SA_ONSTACK, 0);
	for (long i = 0; i < n; i++)
		raise_to(SIGUSR1);
	top = 0;
	CHECK(sys(sigaltstack, &off, 0) == 0);
	say("onstack %d\n", order);
}

static void sleeper(long unused MAYBE)
{
	mask(SIG_BLOCK, BIT(SIGUSR1));
	advance(&asked);
	for (long i = 0; i < n; i++)
		suspend(0);
}

static void threads(void)
{
	handled = 0;
	handle(SIGUSR1, on_usr1, 0, 0);
	thread(1, sleeper, 0);
	await(&asked, 1);
	for (long i = 0; i < n; i++) {
		CHECK(sys(tgkill, pid(), tids[1], SIGUSR1) == 0);
		await(&handled, i + 1);
	}
	join(1);
	say("threads %d\n", (long)handled);
}

static void processes(void)
{
	handle(SIGUSR1, on_usr1, 0, 0);
	handle(RT(4), on_answer, 0, 0);
	mask(SIG_BLOCK, BIT(SIGUSR1) | BIT(RT(4)));
	long parent = pid(), child = sys(fork);
	if (child == 0) {
		handled = 0;
		for (long i = 0; i < n; i++) {
			suspend(BIT(RT(4)));
			CHECK(handled == i + 1);
			CHECK(sys(kill, parent, RT(4)) == 0);
		}
		sys(exit_group, 3);
	}
	for (long i = 0; i < n; i++) {
		CHECK(sys(kill, child, SIGUSR1) == 0);
		suspend(BIT(SIGUSR1));
		CHECK(answered == i + 1);
	}
	CHECK(EXITED(reap(child), 3));
	say("processes %d worked %d\n", (long)answered, worked);
}

int main(int argc, char **argv)
{
	n = arg(argc, argv, 1, 3, 1000);
	self();
	queue();
	nested();
	onstack();
	threads();
	processes();
	return 0;
}
