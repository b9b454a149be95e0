/* A handler for each signal from 1 to 64 that can have one, reached in each way
 * there is: raise (tgkill), kill, tgkill, sigqueue. The siginfo of each is
 * checked: number, code, sender, value. Prints how often each way arrived. */
#include "tp.h"

static volatile sig_atomic_t got_sig;
static siginfo_t got;

static void handler(int sig, siginfo_t *info, void *context)
{
	(void)context;
	got_sig = sig;
	got = *info;
}

/* The ways to send, with the code that the receiver must see. */
static int by_raise(int sig) { return raise(sig); }
static int by_kill(int sig) { return kill(getpid(), sig); }
static int by_tgkill(int sig) { return syscall(SYS_tgkill, getpid(), gettid(), sig); }
static int by_queue(int sig)
{
	union sigval v = {.sival_int = 1000 + sig};
	return sigqueue(getpid(), sig, v);
}

static const struct { const char *name; int (*send)(int); int code; } ways[] = {
	{"raise", by_raise, SI_TKILL},
	{"kill", by_kill, SI_USER},
	{"tgkill", by_tgkill, SI_TKILL},
	{"sigqueue", by_queue, SI_QUEUE},
};

/* SIGKILL and SIGSTOP have no handlers; 32 and 33 belong to libc. */
static int usable(int sig)
{
	return sig != SIGKILL && sig != SIGSTOP && sig != 32 && sig != 33;
}

int main(void)
{
	for (int sig = 1; sig <= 64; sig++)
		if (usable(sig))
			tp_handler(sig, handler, 0);
	for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
		int arrived = 0;
		for (int sig = 1; sig <= 64; sig++) {
			if (!usable(sig))
				continue;
			got_sig = 0;
			CHECK(ways[w].send(sig) == 0);
			CHECK(got_sig == sig); /* our own signal arrives before the call returns */
			CHECK(got.si_signo == sig && got.si_code == ways[w].code);
			CHECK(got.si_pid == getpid() && got.si_uid == getuid());
			CHECK(ways[w].code != SI_QUEUE || got.si_value.sival_int == 1000 + sig);
			arrived++;
		}
		printf("%s %d\n", ways[w].name, arrived);
	}
	return 0;
}
