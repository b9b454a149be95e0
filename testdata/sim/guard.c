/* First instructions that fault, and code that is changed.
 *   guard [N]
 *     push: N times onto a stack that may not be written until the handler, on another
 *       stack, allows it
 *     load: N times from a page that may not be read until then
 *     patch: the operand of patched's first instruction is another one each of N times
 * Counts: work 2*N, push_first 2*N, load_first 2*N (the instruction is begun twice), patched N. */
#include "sim.h"

long n, faults;
char *page;
int allow;

NOINLINE void work(void)
{
	faults++;
}

NAKED long push_first(void)
{
	__asm__("push %rbp\n\t"
		"pop %rax\n\t"
		"ret");
}

NAKED long load_first(char *at MAYBE)
{
	__asm__("movzbl (%rdi), %eax\n\t"
		"ret");
}

/* What it returns is in its bytes 1 to 4. */
NAKED long patched(void)
{
	__asm__("mov $0, %eax\n\t"
		"ret");
}

static void on_segv(int sig MAYBE, info_t *info, context_t *context MAYBE)
{
	CHECK((unsigned long)info->si_addr - (unsigned long)page < 4096 && info->si_code == SEGV_ACCERR);
	work();
	CHECK(sys(mprotect, page, 4096, allow) == 0);
}

/* Calls push_first with a stack that ends at a place. The call itself stores its return
 * address above it, in the page that may be written. */
NAKED static long on_stack(char *top MAYBE)
{
	__asm__("mov %rsp, %rdx\n\t"
		"mov %rdi, %rsp\n\t"
		"push %rdx\n\t"
		"call push_first\n\t"
		"pop %rsp\n\t"
		"ret");
}

int main(int argc, char **argv)
{
	stack_t on = {.ss_sp = stacks[0], .ss_size = STACK};
	n = arg(argc, argv, 1, 3, 1000);
	CHECK(sys(sigaltstack, &on, 0) == 0);
	handle(SIGSEGV, on_segv, SA_ONSTACK, 0);
	page = (char *)sys(mmap, 0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK((long)page > 0);
	char *code = (char *)((long)patched & -4096l);
	CHECK(sys(mprotect, code, 8192, PROT_READ | PROT_WRITE | PROT_EXEC) == 0);
	for (long i = 1; i <= n; i++) {
		allow = PROT_READ | PROT_WRITE;
		CHECK(sys(mprotect, page, 4096, PROT_READ) == 0);
		on_stack(page + 4096 + 16);
		CHECK(faults == 2 * i - 1);
		page[7] = i;
		CHECK(sys(mprotect, page, 4096, PROT_NONE) == 0);
		CHECK(load_first(page + 7) == i);
		CHECK(faults == 2 * i);
		*(volatile int *)((char *)patched + 1) = 1000 + i;
		CHECK(patched() == 1000 + i);
	}
	say("faults %d\n", faults);
	return 0;
}
