/* Signals that do not arrive: ignored, blocked, blocked and pending, merged
 * while pending (standard) and queued (real time), unblocked in order, taken
 * by sigwait in another thread, ignored again by default (SIGCHLD, SIGURG,
 * SIGWINCH, SIGCONT). */
#include "tp.h"

static volatile int handled, order_ok = 1, last_value = -1;

static void handler(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	handled++;
	if (info->si_code == SI_QUEUE) {
		order_ok &= info->si_value.sival_int == last_value + 1;
		last_value = info->si_value.sival_int;
	}
}

static void mask(int how, int sig)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, sig);
	CHECK(pthread_sigmask(how, &set, NULL) == 0);
}

static int pending(int sig)
{
	sigset_t set;
	CHECK(sigpending(&set) == 0);
	return sigismember(&set, sig);
}

static void *waiter(void *arg)
{
	sigset_t set;
	int sig = 0;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	CHECK(sigwait(&set, &sig) == 0);
	*(int *)arg = sig;
	return NULL;
}

int main(void)
{
	CHECK(signal(SIGUSR1, SIG_IGN) != SIG_ERR);
	raise(SIGUSR1);
	kill(getpid(), SIGUSR1);
	printf("ignored: pending %d\n", pending(SIGUSR1));

	static const int quiet[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
	for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++)
		raise(quiet[i]);
	puts("default ignore: alive");

	tp_handler(SIGUSR1, handler, 0);
	mask(SIG_BLOCK, SIGUSR1);
	for (int i = 0; i < 5; i++)
		kill(getpid(), SIGUSR1);
	printf("blocked: handled %d pending %d\n", handled, pending(SIGUSR1));
	mask(SIG_UNBLOCK, SIGUSR1);
	printf("unblocked: handled %d pending %d\n", handled, pending(SIGUSR1));

	handled = 0;
	tp_handler(SIGRTMIN + 1, handler, 0);
	mask(SIG_BLOCK, SIGRTMIN + 1);
	for (int i = 0; i < 20; i++)
		CHECK(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = i}) == 0);
	mask(SIG_UNBLOCK, SIGRTMIN + 1);
	printf("queued: handled %d in order %d\n", handled, order_ok);

	int sig = 0;
	pthread_t t;
	mask(SIG_BLOCK, SIGUSR2);
	CHECK(pthread_create(&t, NULL, waiter, &sig) == 0);
	CHECK(kill(getpid(), SIGUSR2) == 0);
	CHECK(pthread_join(t, NULL) == 0);
	printf("sigwait: %d\n", sig == SIGUSR2);
	return 0;
}
