/* Faults and traps that the program makes and answers itself.
 *   faults [N]
 *     segv: N writes to a protected page, made writable by the handler
 *     int3: N of its own, at the beginning of own_trap
 *     divide: N divisions by zero that the handler skips
 *     ud2: N, skipped
 * Counts: work 4*N, own_trap N, divide N, undefined N, poke 2*N: it is called N times
 * and its first instruction is begun twice each time.
 * SIGTRAP is handled with SA_NODEFER: see sim.h. */
#include "sim.h"

long n, segv, traps, divisions, illegal;
char *page;

NOINLINE void work(long *counter)
{
	++*counter;
}

NAKED void poke(char *at MAYBE)
{
	__asm__("movb $1, (%rdi)\n\t"
		"ret");
}

NAKED void own_trap(void)
{
	__asm__("int3\n\t"
		"ret");
}

/* rax by rcx. */
NAKED void divide(void)
{
	__asm__("div %rcx\n\t" /* three bytes */
		"ret");
}

NAKED void undefined(void)
{
	__asm__("ud2\n\t"
		"ret");
}

static void on_segv(int sig MAYBE, info_t *info, context_t *context MAYBE)
{
	CHECK(info->si_addr == page && info->si_code == SEGV_ACCERR);
	work(&segv);
	CHECK(sys(mprotect, page, 4096, PROT_READ | PROT_WRITE) == 0);
}

static void on_trap(int sig MAYBE, info_t *info MAYBE, context_t *context)
{
	CHECK(context->uc_mcontext.rip == (unsigned long)own_trap + 1);
	work(&traps);
}

static void on_fpe(int sig MAYBE, info_t *info, context_t *context)
{
	CHECK(info->si_addr == (void *)divide && info->si_code == FPE_INTDIV);
	work(&divisions);
	context->uc_mcontext.rip += 3;
}

static void on_ill(int sig MAYBE, info_t *info, context_t *context)
{
	CHECK(info->si_addr == (void *)undefined);
	work(&illegal);
	context->uc_mcontext.rip += 2;
}

int main(int argc, char **argv)
{
	n = arg(argc, argv, 1, 3, 1000);
	handle(SIGSEGV, on_segv, 0, 0);
	handle(SIGTRAP, on_trap, SA_NODEFER, 0);
	handle(SIGFPE, on_fpe, 0, 0);
	handle(SIGILL, on_ill, 0, 0);
	page = (char *)sys(mmap, 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK((long)page > 0);
	for (long i = 0; i < n; i++) {
		CHECK(sys(mprotect, page, 4096, PROT_READ) == 0);
		poke(page);
		own_trap();
		call_raw(divide, 1, 0, 0, 0);
		undefined();
	}
	say("segv %d int3 %d divide %d ud2 %d\n", segv, traps, divisions, illegal);
	return 0;
}
