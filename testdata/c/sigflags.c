/* What sigaction's flags and sigreturn do, each as a line: SA_RESETHAND,
 * SA_NODEFER, the signal blocked in its own handler without it, SA_ONSTACK,
 * handlers nested three deep, siglongjmp out of a handler, the mask restored
 * by sigreturn, registers changed in the context. */
#include "tp.h"
#include <setjmp.h>
#include <ucontext.h>

static volatile int depth, deepest, count, on_stack;
static char alt[65536];
static sigjmp_buf env;

static int action_is_default(int sig)
{
	struct sigaction sa;
	CHECK(sigaction(sig, NULL, &sa) == 0);
	return sa.sa_handler == SIG_DFL;
}

static int blocked(int sig)
{
	sigset_t set;
	CHECK(pthread_sigmask(SIG_BLOCK, NULL, &set) == 0);
	return sigismember(&set, sig);
}

static void recursive(int sig, siginfo_t *info, void *context)
{
	(void)info, (void)context;
	int mine = ++depth;
	if (mine > deepest)
		deepest = mine;
	if (++count < 3)
		raise(sig);
	depth--;
}

static void where(int sig, siginfo_t *info, void *context)
{
	char here;
	(void)sig, (void)info, (void)context;
	on_stack = &here >= alt && &here < alt + sizeof alt;
}

static void next(int sig, siginfo_t *info, void *context)
{
	(void)info, (void)context;
	count++;
	if (sig == SIGUSR1)
		raise(SIGUSR2);
	if (sig == SIGUSR2)
		raise(SIGHUP);
}

static void jump(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info, (void)context;
	siglongjmp(env, 1);
}

static void set_r12(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info;
	((ucontext_t *)context)->uc_mcontext.gregs[REG_R12] = 0x1122334455667788;
}

static void test_recursion(const char *name, int flags)
{
	depth = deepest = count = 0;
	tp_handler(SIGUSR1, recursive, flags);
	raise(SIGUSR1);
	printf("%s: runs %d deepest %d\n", name, count, deepest);
}

int main(void)
{
	tp_handler(SIGUSR1, where, SA_RESETHAND);
	raise(SIGUSR1);
	printf("resethand: default %d\n", action_is_default(SIGUSR1));

	test_recursion("nodefer", SA_NODEFER);
	test_recursion("deferred", 0);

	stack_t ss = {.ss_sp = alt, .ss_size = sizeof alt};
	CHECK(sigaltstack(&ss, NULL) == 0);
	tp_handler(SIGUSR1, where, SA_ONSTACK);
	raise(SIGUSR1);
	printf("onstack: %d\n", on_stack);
	tp_handler(SIGUSR1, where, 0);
	raise(SIGUSR1);
	printf("offstack: %d\n", on_stack);

	count = 0;
	tp_handler(SIGUSR1, next, 0);
	tp_handler(SIGUSR2, next, 0);
	tp_handler(SIGHUP, next, 0);
	raise(SIGUSR1);
	printf("nested: %d\n", count);

	tp_handler(SIGUSR1, jump, 0);
	int jumps = 0;
	if (sigsetjmp(env, 1) == 0)
		raise(SIGUSR1);
	else
		jumps++;
	printf("siglongjmp: %d blocked %d\n", jumps, blocked(SIGUSR1));

	tp_handler(SIGUSR1, set_r12, 0);
	long r12;
	__asm__ volatile("xor %%r12d, %%r12d\n\tsyscall\n\tmov %%r12, %0"
			 : "=r"(r12)
			 : "a"(SYS_tgkill), "D"(getpid()), "S"(gettid()), "d"(SIGUSR1)
			 : "rcx", "r11", "r12", "memory");
	printf("context: r12 %lx blocked %d\n", r12, blocked(SIGUSR1));
	return 0;
}
