/* pushf stores the flags, popf loads them: under a debugger's single step the
 * trap flag must not be seen in what is stored, nor survive, nor be lost.
 * Calls the two functions N times (default 100) and prints how often a set TF
 * was seen. syscall keeps a copy of the flags in r11, a signal frame another,
 * and both are looked at as well. */
#include "tp.h"
#include <ucontext.h>

#define TF 0x100UL

static volatile long in_frame;

static void handler(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info;
	in_frame += (((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] & TF) != 0;
}

unsigned long store_flags(void);
void load_flags(unsigned long flags);
unsigned long flags_of_syscall(void);
__asm__(".text\n"
	".globl store_flags, load_flags, flags_of_syscall\n"
	".type store_flags, @function\n.type load_flags, @function\n.type flags_of_syscall, @function\n"
	"store_flags: pushfq\n\tpopq %rax\n\tret\n"
	".size store_flags, . - store_flags\n"
	"load_flags: pushq %rdi\n\tpopfq\n\tret\n"
	".size load_flags, . - load_flags\n"
	"flags_of_syscall: mov $39, %eax\n\tsyscall\n\tmov %r11, %rax\n\tret\n" /* getpid */
	".size flags_of_syscall, . - flags_of_syscall\n");

int main(int argc, char **argv)
{
	long n = tp_arg(argc, argv, 1, 100), pushed = 0, in_r11 = 0, lost = 0;
	tp_handler(SIGUSR1, handler, 0);
	for (long i = 0; i < n; i++) {
		pushed += (store_flags() & TF) != 0;
		load_flags(0x246 | 0x400); /* and the direction flag: must come through */
		lost += (store_flags() & 0x400) == 0;
		load_flags(0x246);
		in_r11 += (flags_of_syscall() & TF) != 0;
		raise(SIGUSR1);
	}
	printf("pushf %ld r11 %ld frame %ld lost %ld\n", pushed, in_r11, in_frame, lost);
	return 0;
}
