/* Traps of the program's own, with its own SIGTRAP handler: int3 (cc), int $3
 * (cd 03), icebp (f1), and single steps under a trap flag that it sets itself
 * with popf. A debugger's traps must not be mistaken for these, nor these for
 * the debugger's. Prints how often each arrived and that rip was right. */
#include "tp.h"
#include <ucontext.h>

#define TF 0x100L

static volatile long traps, rip_ok = 1;
static volatile uintptr_t expected; /* 0: any */
static volatile long countdown;     /* steps to take under TF */

static void handler(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	(void)sig, (void)info;
	traps++;
	/* Hardware reports icebp with rip after it; some hypervisors on AMD with
	 * rip still on it, where sigreturn would run it again for ever. */
	if (expected && (uintptr_t)regs[REG_RIP] == expected - 1 && *(unsigned char *)(expected - 1) == 0xf1)
		regs[REG_RIP]++;
	if (expected && (uintptr_t)regs[REG_RIP] != expected)
		rip_ok = 0;
	if (countdown > 0 && --countdown == 0)
		regs[REG_EFL] &= ~TF;
}

/* Each leaves the address after its trap in `expected` first. */
#define TRAP(name, bytes)                                                              \
	NOINLINE static void name(void)                                                \
	{                                                                              \
		__asm__ volatile("lea 1f(%%rip), %%rax\n\tmov %%rax, %0\n\t" bytes "\n1:" \
				 : "=m"(expected) : : "rax", "memory");                \
	}
TRAP(trap_int3, "int3")
TRAP(trap_int_3, ".byte 0xcd, 0x03")
TRAP(trap_icebp, ".byte 0xf1")

/* Sets TF, then takes ten traps: popf itself causes none, the nop after it does. */
NOINLINE static void trap_flag(void)
{
	expected = 0;
	countdown = 10;
	__asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\t"
			 "nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop"
			 : : : "memory", "cc");
}

static const struct { const char *name; void (*fn)(void); int each; } rows[] = {
	{"int3", trap_int3, 1}, {"int_3", trap_int_3, 1}, {"icebp", trap_icebp, 1}, {"tf", trap_flag, 10},
};

int main(void)
{
	tp_handler(SIGTRAP, handler, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		traps = 0;
		for (int n = 0; n < 10; n++)
			rows[i].fn();
		CHECK(traps == 10 * rows[i].each);
		printf("%s %ld rip %s\n", rows[i].name, traps, rip_ok ? "right" : "wrong");
	}
	return 0;
}
