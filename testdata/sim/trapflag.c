/* The trap flag in the program's own hands: set by popf, and set in the frame of a
 * signal handler; its own handler counts the steps and takes it away.
 *   trapflag [N]: N times each.
 * Counts: work 12*N (four steps each), by_popf N, by_return N, under N. */
#include "sim.h"

enum { TF = 0x100 };
long n, steps, began, inside;

NOINLINE void work(unsigned long rip)
{
	steps++;
	inside += rip - began < 16;
}

NAKED void by_popf(void)
{
	__asm__("pushf\n\t"
		"orl $0x100, (%rsp)\n\t"
		"popf\n\t"
		"nop\n\t" /* the first step ends after this */
		"xor %eax, %eax\n\t"
		"mov $3, %ecx\n\t"
		"inc %eax\n\t" /* the fourth */
		"ret");
}

NAKED void by_return(void)
{
	__asm__("ud2\n\t" /* its handler goes on after it, with the flag */
		"nop\n\t"
		"xor %eax, %eax\n\t"
		"mov $3, %ecx\n\t"
		"inc %eax\n\t"
		"ret");
}

/* Its first instruction runs under the flag. */
NAKED void under(void)
{
	__asm__("nop\n\t"
		"xor %eax, %eax\n\t"
		"ret");
}

NAKED void call_under(void)
{
	__asm__("pushf\n\t"
		"orl $0x100, (%rsp)\n\t"
		"popf\n\t"
		"call under\n\t" /* the first step ends after this, the fourth after ret */
		"ret");
}

static void on_trap(int sig MAYBE, info_t *info MAYBE, context_t *context)
{
	work(context->uc_mcontext.rip);
	if (steps % 4 == 0)
		context->uc_mcontext.eflags &= ~(unsigned long)TF;
}

static void on_ill(int sig MAYBE, info_t *info MAYBE, context_t *context)
{
	context->uc_mcontext.rip += 2;
	context->uc_mcontext.eflags |= TF;
}

int main(int argc, char **argv)
{
	n = arg(argc, argv, 1, 3, 1000);
	handle(SIGTRAP, on_trap, SA_NODEFER, 0);
	handle(SIGILL, on_ill, 0, 0);
	for (long i = 0; i < n; i++) {
		began = (long)by_popf + 9; /* after popf */
		by_popf();
		began = (long)by_return + 2;
		by_return();
		began = (long)under; /* all but one step */
		call_under();
	}
	say("steps %d inside %d\n", steps, inside);
	return 0;
}
