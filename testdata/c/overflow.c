/* The stack overflows, the handler on an alternate stack sees it and jumps
 * back; three times. */
#include "tp.h"
#include <setjmp.h>

static sigjmp_buf env;
static char alt[65536];
static volatile char *fault;

static void handler(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	fault = info->si_addr;
	siglongjmp(env, 1);
}

static volatile int never;

NOINLINE static int deeper(int n)
{
	volatile char frame[4096];
	if (never)
		return 0;
	frame[0] = (char)n;
	return deeper(n + 1) + frame[0];
}

int main(void)
{
	char here;
	volatile int caught = 0;
	stack_t ss = {.ss_sp = alt, .ss_size = sizeof alt};
	CHECK(sigaltstack(&ss, NULL) == 0);
	tp_handler(SIGSEGV, handler, SA_ONSTACK);
	while (caught < 3) {
		if (sigsetjmp(env, 1) == 0)
			deeper(0);
		CHECK(fault < (volatile char *)&here);
		caught++;
	}
	printf("overflows %d\n", caught);
	return 0;
}
