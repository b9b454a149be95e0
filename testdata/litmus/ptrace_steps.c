/* Traps: breakpoints, single steps, block steps, hardware breakpoints and watches; their
 * siginfo, where rip is, what is left behind. */
#include "tracing.h"

/* A function of one trap each, with labels around. */
#define TRAP_FN(name, body)                     \
	extern char name##_after[];             \
	NAKED static void name(void)            \
	{                                       \
		__asm__(body "\n"               \
			#name "_after:\n\t"     \
			"nop\n\t"               \
			"nop\n\t"               \
			"ret");                 \
	}

TRAP_FN(int3, "int3")
TRAP_FN(int_3, ".byte 0xcd, 3")
TRAP_FN(icebp, ".byte 0xf1")
TRAP_FN(nops, "nop")
TRAP_FN(spins, "1: jmp 1b")
TRAP_FN(ud, "ud2")
TRAP_FN(pushes, "pushf\n\tpop %rax\n\tmov %rax, %rbx")
TRAP_FN(pops, "pushf\n\torq $0x100, (%rsp)\n\tpopf")
TRAP_FN(clears, "pushf\n\tpopf")
TRAP_FN(reps, "mov $3, %ecx\n\tlea reps_to(%rip), %rdi\n\trep stosb")
TRAP_FN(calls, "mov $39, %eax\n\tsyscall") /* getpid */
TRAP_FN(loads, "mov cell(%rip), %rax")
TRAP_FN(stores, "movq $5, cell(%rip)")
TRAP_FN(stores_byte, "movb $5, 7+cell(%rip)")
TRAP_FN(stores_beside, "movq $5, beside(%rip)")
TRAP_FN(branches, "nop\n\tnop\n\tnop\n\tjmp branches_after\n\tud2")
char reps_to[8];
long cell = 1, beside = 2;
void (*body)(void);

static void runs(long fn)
{
	body = (void (*)(void))fn;
	__asm__ volatile("call *%0" : : "r"(body) : "rax", "rbx", "rcx", "rdx", "rdi", "rsi", "r11", "memory", "cc");
	sys(exit_group, 7);
}

static void handles(long fn)
{
	handle(SIGUSR1, counts, 0, 0);
	handle(SIGTRAP, counts, 0, 0);
	runs(fn);
}

/* A tracee whose rip is the first instruction of fn; what calls it exits with 7. */
static long at(void (*how)(long), void (*fn)(void))
{
	long p = traced(how, (long)fn);
	long word = peek(p, fn);
	CHECK(PT(POKEDATA, p, fn, (word & ~0xffl) | 0xcc) == 0 && PT(CONT, p) == 0);
	CHECK(wait_status(p, 0) == W_STOPPED(SIGTRAP));
	CHECK(PT(POKEDATA, p, fn, word) == 0 && PT(POKEUSR, p, USER(rip), fn) == 0);
	return p;
}

static void step(long p)
{
	CHECK(PT(SINGLESTEP, p) == 0);
	CHECK(wait_status(p, 0) == W_STOPPED(SIGTRAP));
}

#define RIP(p, where) TRUE(regs_of(p).rip == (unsigned long)(where))

/* Breakpoints */
CASE(int3, "int3: SIGTRAP, si_code SI_KERNEL (0x80), rip past it")
{
	long p = traced(runs, (long)int3);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	SIG(info_of(p).si_signo, SIGTRAP);
	IS(info_of(p).si_code, 0x80);
	IS(info_of(p).si_addr, 0);
	RIP(p, int3_after);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(7));
}

CASE(int3_passed, "the SIGTRAP of an int3 passed on without a handler kills")
{
	long p = traced(runs, (long)int3);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(PT(CONT, p, 0, SIGTRAP), 0);
	WAIT(p, W_KILLED(SIGTRAP));
}

CASE(int3_blocked, "the SIGTRAP of an int3 is forced: blocked with a handler, the handler is lost")
{
	long p = at(handles, int3);
	unsigned long set = BIT(SIGTRAP);
	CHECK(PT(SETSIGMASK, p, 8, &set) == 0 && PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(status_field(p, "SigBlk", 16), 0);
	IS(status_field(p, "SigCgt", 16), BIT(SIGUSR1));
	IS(PT(CONT, p, 0, SIGTRAP), 0);
	WAIT(p, W_KILLED(SIGTRAP));
}

CASE(int_3_long, "int $3 of two bytes is like int3, rip past both")
{
	long p = traced(runs, (long)int_3);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(info_of(p).si_code, 0x80);
	RIP(p, int_3_after);
}

CASE(icebp, "icebp: SIGTRAP, si_code TRAP_BRKPT, rip past it (on it under some hypervisors on AMD)")
{
	long p = traced(runs, (long)icebp);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(info_of(p).si_code, TRAP_BRKPT);
	IS(regs_of(p).rip - (unsigned long)icebp <= 1, 1);
}

CASE(breakpoint, "a breakpoint: int3 poked, hit, taken out, rip moved back: the program runs as if it had not been")
{
	long p = traced(runs, (long)nops);
	long word = peek(p, nops);
	IS(PT(POKETEXT, p, nops, (word & ~0xffl) | 0xcc), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	RIP(p, (char *)nops + 1);
	IS(PT(POKETEXT, p, nops, word), 0);
	IS(PT(POKEUSR, p, USER(rip), nops), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(7));
}

CASE(breakpoint_child, "a forked child has the breakpoints of its parent in its own copy of the memory")
{
	long p = at(runs, calls);
	step(p);
	long word = peek(p, calls_after);
	CHECK(PT(POKETEXT, p, calls_after, (word & ~0xffl) | 0xcc) == 0);
	CHECK(PT(POKEUSR, p, USER(rax), __NR_fork) == 0 && PT(SETOPTIONS, p, 0, PTRACE_O_TRACEFORK) == 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = role(event_message(p), "child");
	WAIT(child, W_STOPPED(SIGSTOP));
	IS(PT(POKETEXT, p, calls_after, word), 0);
	IS(PT(CONT, child), 0);
	WAIT(child, W_STOPPED(SIGTRAP));
	RIP(child, calls_after + 1);
	IS(info_of(child).si_code, 0x80);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(7));
}

CASE(ud, "an undefined instruction: SIGILL, rip at it, si_addr too")
{
	long p = traced(runs, (long)ud);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGILL));
	IS(info_of(p).si_code, ILL_ILLOPN);
	TRUE(info_of(p).si_addr == (void *)ud);
	RIP(p, ud);
}

/* Single steps */
CASE(step_one, "SINGLESTEP runs one instruction: SIGTRAP, si_code TRAP_TRACE, si_addr and rip at the next")
{
	long p = at(runs, nops);
	IS(PT(SINGLESTEP, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(info_of(p).si_code, TRAP_TRACE);
	TRUE(info_of(p).si_addr == nops_after);
	RIP(p, nops_after);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(7));
}

CASE(step_flag_hidden, "GETREGS does not show the TF with which the kernel steps")
{
	long p = at(runs, nops);
	step(p);
	IS(regs_of(p).eflags & TF, 0);
	step(p);
	IS(regs_of(p).eflags & TF, 0);
}

CASE(step_dr6, "after a step DR6 has the BS bit")
{
	long p = at(runs, nops);
	step(p);
	IS(peek_user(p, USER_DR(6)), 0xffff4ff0);
}

CASE(step_jump_to_self, "a step of a jump to itself leaves rip where it is")
{
	long p = at(runs, spins);
	step(p);
	RIP(p, spins);
	step(p);
	RIP(p, spins);
}

CASE(step_rep, "a step of a rep instruction is one round of it")
{
	long p = at(runs, reps);
	step(p);
	step(p);
	unsigned long rip = regs_of(p).rip;
	for (int left = 3; left > 0; left--) {
		TRUE(regs_of(p).rip == rip);
		IS(regs_of(p).rcx, left);
		step(p);
	}
	RIP(p, reps_after);
	IS(regs_of(p).rcx, 0);
}

CASE(step_pushf, "pushf stores the TF of a step: the program can see it")
{
	long p = at(runs, pushes);
	for (int i = 0; i < 3; i++)
		step(p);
	IS(regs_of(p).rbx & TF, TF);
	IS(regs_of(p).eflags & TF, 0);
}

CASE(step_popf, "popf that sets TF under a step: the flag is the program's own, and stays when it is continued")
{
	long p = at(runs, pops);
	for (int i = 0; i < 3; i++)
		step(p);
	RIP(p, pops_after);
	IS(regs_of(p).eflags & TF, TF);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(info_of(p).si_code, TRAP_TRACE);
	RIP(p, pops_after + 1);
}

CASE(step_popf_pushed, "popf of flags that pushf stored under a step sets TF: the program steps on by itself")
{
	long p = at(runs, clears);
	step(p);
	step(p);
	RIP(p, clears_after);
	IS(regs_of(p).eflags & TF, TF);
}

CASE(step_syscall, "a step of a system call stops at its end: si_code TRAP_BRKPT")
{
	long p = at(runs, calls);
	step(p);
	step(p);
	RIP(p, calls_after);
	WHO(regs_of(p).rax, p);
	IS(info_of(p).si_code, TRAP_BRKPT);
	step(p);
	RIP(p, calls_after + 1);
	IS(info_of(p).si_code, TRAP_TRACE);
}

CASE(step_from_entry, "SINGLESTEP from a call's entry-stop stops at its end: a syscall-stop and the step in one")
{
	long p = at(runs, calls);
	CHECK(PT(SETOPTIONS, p, 0, PTRACE_O_TRACESYSGOOD) == 0 && PT(SYSCALL, p) == 0);
	WAIT(p, W_SYSCALL);
	IS(PT(SINGLESTEP, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(info_of(p).si_code, TRAP_BRKPT);
	RIP(p, calls_after);
	WHO(regs_of(p).rax, p);
}

CASE(step_exit, "a step of exit_group: there is no trap")
{
	long p = at(runs, calls);
	step(p);
	CHECK(PT(POKEUSR, p, USER(rax), __NR_exit_group) == 0 && PT(POKEUSR, p, USER(rdi), 33) == 0);
	IS(PT(SINGLESTEP, p), 0);
	WAIT(p, W_EXITED(33));
}

CASE(step_int3, "a step of an int3 is the int3's SIGTRAP, once")
{
	long p = at(runs, int3);
	step(p);
	RIP(p, int3_after);
	IS(info_of(p).si_code, 0x80);
	step(p);
	RIP(p, int3_after + 1);
}

CASE(step_fault, "a step of an instruction that faults is the fault")
{
	long p = at(runs, ud);
	IS(PT(SINGLESTEP, p), 0);
	WAIT(p, W_STOPPED(SIGILL));
	RIP(p, ud);
}

CASE(step_handler, "a step with a signal for a handler stops at the handler's first instruction: si_code SIGTRAP")
{
	long p = at(handles, nops);
	IS(PT(SINGLESTEP, p, 0, SIGUSR1), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	RIP(p, counts);
	IS(info_of(p).si_code, SIGTRAP);
	IS(regs_of(p).rdi, SIGUSR1);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(7));
}

CASE(step_handler_frame, "the TF of a step is not in the signal frame: the handler's return does not trap")
{
	long p = at(handles, nops);
	CHECK(PT(SINGLESTEP, p, 0, SIGUSR1) == 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	context_t *context = (context_t *)regs_of(p).rdx;
	IS(peek(p, &context->uc_mcontext.eflags) & TF, 0);
	TRUE(peek(p, &context->uc_mcontext.rip) == (long)nops);
}

CASE(step_ignored, "a step with a signal that does nothing is a step")
{
	long p = at(runs, nops);
	IS(PT(SINGLESTEP, p, 0, SIGURG), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	RIP(p, nops_after);
}

CASE(step_pending, "a signal that is pending stops before the step is made")
{
	long p = at(runs, nops);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	IS(PT(SINGLESTEP, p), 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	RIP(p, nops);
	step(p);
	RIP(p, nops_after);
}

CASE(step_then_cont, "CONT after a step runs freely")
{
	long p = at(runs, nops);
	step(p);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(7));
}

CASE(step_detach, "DETACH after a step leaves no TF behind")
{
	long p = at(runs, nops);
	step(p);
	IS(PT(DETACH, p), 0);
	WAIT(p, W_EXITED(7));
}

CASE(step_own_flag, "TF set by SETREGS is the program's own: CONT traps after one instruction, DETACH would kill")
{
	long p = at(runs, nops);
	IS(PT(POKEUSR, p, USER(eflags), regs_of(p).eflags | TF), 0);
	IS(regs_of(p).eflags & TF, TF);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(info_of(p).si_code, TRAP_TRACE);
	RIP(p, nops_after);
	IS(regs_of(p).eflags & TF, TF);
	IS(PT(DETACH, p), 0);
	WAIT(p, W_KILLED(SIGTRAP));
}


CASE(step_fork, "a step of fork: the child has no TF, and comes from the same place")
{
	long p = at(runs, calls);
	step(p);
	CHECK(PT(POKEUSR, p, USER(rax), __NR_fork) == 0);
	CHECK(PT(SETOPTIONS, p, 0, PTRACE_O_TRACEFORK) == 0);
	IS(PT(SINGLESTEP, p), 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = role(event_message(p), "child");
	WAIT(child, W_STOPPED(SIGSTOP));
	IS(regs_of(child).eflags & TF, 0);
	RIP(child, calls_after);
	IS(PT(CONT, child), 0);
	WAIT(child, W_EXITED(7));
	IS(PT(SINGLESTEP, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	RIP(p, calls_after);
}

CASE(step_exec, "a step of execve stops in the new program, before its first instruction")
{
	long p = traced(execs, 5);
	CHECK(PT(SETOPTIONS, p, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC) == 0 && PT(SYSCALL, p) == 0);
	WAIT(p, W_SYSCALL);
	IS(PT(SINGLESTEP, p), 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	IS(PT(SINGLESTEP, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	RIP(p, _start);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(5));
}

CASE(block_step, "SINGLEBLOCK runs to the next branch taken")
{
	long p = at(runs, branches);
	IS(PT(SINGLEBLOCK, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	if (regs_of(p).rip == (unsigned long)branches + 1)
		SKIP("the processor does not step blocks");
	RIP(p, branches_after);
	IS(info_of(p).si_code, TRAP_TRACE);
}

/* Hardware breakpoints and watches */
#define DR7(slot, type, len) (1l << (2 * (slot)) | ((type) | (len) << 2) << (16 + 4 * (slot)))
enum { EXECUTE, WRITE, IO, ACCESS };
enum { LEN1, LEN2, LEN8, LEN4 };

static void hardware(long p, int slot, const void *where, long control)
{
	CHECK(PT(POKEUSR, p, USER_DR(slot), where) == 0);
	CHECK(PT(POKEUSR, p, USER_DR(7), control) == 0);
}

CASE(hw_execute, "a hardware breakpoint stops before its instruction: si_code TRAP_HWBKPT, DR6 has its bit")
{
	long p = traced(runs, (long)nops);
	hardware(p, 0, nops, DR7(0, EXECUTE, LEN1));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(info_of(p).si_code, TRAP_HWBKPT);
	RIP(p, nops);
	IS(peek_user(p, USER_DR(6)), 0xffff0ff1);
	IS(PT(CONT, p), 0); /* the resume flag is set: it does not stop again */
	WAIT(p, W_EXITED(7));
}

CASE(hw_slots, "each of the four slots has its bit in DR6")
{
	for (int i = 0; i < 4; i++) {
		long p = traced(runs, (long)nops);
		hardware(p, i, nops_after, DR7(i, EXECUTE, LEN1));
		CHECK(PT(CONT, p) == 0);
		WAIT(p, W_STOPPED(SIGTRAP));
		IS(peek_user(p, USER_DR(6)), 0xffff0ff0 | 1 << i);
		RIP(p, nops_after);
	}
}

CASE(hw_step_onto, "a step from a hardware breakpoint's instruction goes past it")
{
	long p = traced(runs, (long)nops);
	hardware(p, 0, nops, DR7(0, EXECUTE, LEN1));
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	step(p);
	RIP(p, nops_after);
	IS(info_of(p).si_code, TRAP_TRACE);
}

CASE(hw_taken_out, "a hardware breakpoint that is taken out stops no more")
{
	long p = at(runs, nops);
	hardware(p, 0, nops_after, DR7(0, EXECUTE, LEN1));
	IS(PT(POKEUSR, p, USER_DR(7), 0), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(7));
}

CASE(watch_write, "a watch of writes stops after the instruction that wrote: TRAP_HWBKPT, DR6 has its bit")
{
	long p = at(runs, stores);
	hardware(p, 1, &cell, DR7(1, WRITE, LEN8));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(info_of(p).si_code, TRAP_HWBKPT);
	RIP(p, stores_after);
	IS(peek_user(p, USER_DR(6)), 0xffff0ff2);
	IS(peek(p, &cell), 5);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(7));
}

CASE(watch_write_reads, "a watch of writes does not see reads, nor writes beside it")
{
	long p = at(runs, loads);
	hardware(p, 0, &cell, DR7(0, WRITE, LEN8));
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(7));
	p = at(runs, stores_beside);
	hardware(p, 0, &cell, DR7(0, WRITE, LEN8));
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(7));
}

CASE(watch_access, "a watch of accesses sees reads and writes")
{
	long p = at(runs, loads);
	hardware(p, 0, &cell, DR7(0, ACCESS, LEN8));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	RIP(p, loads_after);
	IS(regs_of(p).rax, 1);
	p = at(runs, stores);
	hardware(p, 0, &cell, DR7(0, ACCESS, LEN8));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	RIP(p, stores_after);
}

CASE(watch_same_value, "a watch of writes sees a write that does not change the value")
{
	long p = at(runs, stores);
	CHECK(PT(POKEDATA, p, &cell, 5) == 0);
	hardware(p, 0, &cell, DR7(0, WRITE, LEN8));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	RIP(p, stores_after);
}

CASE(watch_length, "a watch of one byte sees writes of it only, or of more that covers it")
{
	long p = at(runs, stores_byte);
	hardware(p, 0, (char *)&cell + 6, DR7(0, WRITE, LEN1));
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(7));
	p = at(runs, stores_byte);
	hardware(p, 0, (char *)&cell + 7, DR7(0, WRITE, LEN1));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	p = at(runs, stores);
	hardware(p, 0, (char *)&cell + 6, DR7(0, WRITE, LEN2));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
}

CASE(watch_step, "a step that writes a watched cell: TRAP_TRACE, and both bits in DR6")
{
	long p = at(runs, stores);
	hardware(p, 0, &cell, DR7(0, WRITE, LEN8));
	step(p);
	IS(info_of(p).si_code, TRAP_TRACE);
	IS(peek_user(p, USER_DR(6)), 0xffff4ff1);
	RIP(p, stores_after);
}

CASE(watch_status_fresh, "DR6 is of the last trap: a step clears the watch's bit")
{
	long p = at(runs, stores);
	hardware(p, 0, &cell, DR7(0, WRITE, LEN8));
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(peek_user(p, USER_DR(6)), 0xffff0ff1);
	step(p);
	IS(peek_user(p, USER_DR(6)), 0xffff4ff0);
}

CASE(watch_poke, "the tracer's own POKE of a watched cell stops nobody")
{
	long p = at(runs, nops);
	hardware(p, 0, &cell, DR7(0, WRITE, LEN8));
	IS(PT(POKEDATA, p, &cell, 9), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(7));
}

CASE(watch_detached, "a watch stays in force after DETACH: its SIGTRAP kills")
{
	long p = at(runs, stores);
	hardware(p, 0, &cell, DR7(0, WRITE, LEN8));
	IS(PT(DETACH, p), 0);
	WAIT(p, W_KILLED(SIGTRAP));
}
