/* Flags where a program can see them: on its stack by pushf, in r11 after a system call,
 * in a signal frame. The trap flag is a debugger's and must not show.
 *   pushf [N]: N looks at each.
 * Counts: look N, call_look N, reload N, work N, identify N. */
#include "sim.h"

enum { TF = 0x100 };
long pushed, r11s, loaded, frames, worked;

NAKED long look(void)
{
	__asm__("pushf\n\t"
		"pop %rax\n\t"
		"ret");
}

/* rax: the number; the flags that the call brings back. */
NAKED long call_look(void)
{
	__asm__("syscall\n\t"
		"mov %r11, %rax\n\t"
		"ret");
}

/* The flags after they were loaded. */
NAKED long reload(void)
{
	__asm__("pushf\n\t"
		"popf\n\t"
		"nop\n\t"
		"pushf\n\t"
		"pop %rax\n\t"
		"ret");
}

/* rax, rcx: the leaf. */
NAKED long identify(void)
{
	__asm__("cpuid\n\t"
		"ret");
}

NOINLINE void work(int sig MAYBE, info_t *info MAYBE, context_t *context)
{
	worked++;
	frames += (context->uc_mcontext.eflags & TF) != 0;
}

int main(int argc, char **argv)
{
	long n = arg(argc, argv, 1, 10, 100000);
	handle(SIGUSR1, work, 0, 0);
	for (long i = 0; i < n; i++) {
		pushed += (look() & TF) != 0;
		r11s += (call_raw(call_look, __NR_getppid, 0, 0, 0) & TF) != 0;
		loaded += (reload() & TF) != 0;
		CHECK(sys(kill, pid(), SIGUSR1) == 0);
		CHECK(call_raw(identify, 0, 0, 0, 0) > 0);
	}
	say("trap flag pushf %d r11 %d popf %d frame %d worked %d\n", pushed, r11s, loaded, frames, worked);
	return 0;
}
