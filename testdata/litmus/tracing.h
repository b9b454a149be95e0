/* What litmus programs about ptrace stand on beside litmus.h. */
#ifndef TRACING_H
#define TRACING_H
#include "litmus.h"
#include <asm/ptrace-abi.h>
#include <linux/elf.h>
#include <linux/ptrace.h>
#include <linux/uio.h>

/* PT(CONT, p, 0, SIGUSR1): the raw request, -errno for an error. */
#define PT_4(req, p, addr, data, ...) sys(ptrace, PTRACE_##req, p, addr, data)
#define PT(req, ...) PT_4(req, ##__VA_ARGS__, 0, 0, 0)

/* user_regs_struct, and offsets in the USER area by name. */
struct regs {
	unsigned long r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	unsigned long orig_rax, rip, cs, eflags, rsp, ss, fs_base, gs_base, ds, es, fs, gs;
};
#define USER(reg) __builtin_offsetof(struct regs, reg)
#define USER_SIZE 928           /* sizeof(struct user) */
#define USER_DR(n) (848 + 8 * (n)) /* offsetof(struct user, u_debugreg) */
#define TF 0x100

MAYBE static struct regs regs_of(long p)
{
	struct regs r;
	CHECK(PT(GETREGS, p, 0, &r) == 0);
	return r;
}

/* A word of a tracee's memory or USER area, which must be there. */
MAYBE static long peek(long p, const void *at)
{
	long v;
	CHECK(PT(PEEKDATA, p, at, &v) == 0);
	return v;
}

MAYBE static long peek_user(long p, long at)
{
	long v;
	CHECK(PT(PEEKUSR, p, at, &v) == 0);
	return v;
}

MAYBE static long event_message(long p)
{
	unsigned long v;
	CHECK(PT(GETEVENTMSG, p, 0, &v) == 0);
	return v;
}

MAYBE static info_t info_of(long p)
{
	info_t info;
	CHECK(PT(GETSIGINFO, p, 0, &info) == 0);
	return info;
}

void (*then_fn)(long);

MAYBE static void becomes_traced(long with)
{
	CHECK(PT(TRACEME) == 0);
	raise(SIGSTOP);
	then_fn(with);
}

/* traced makes a puppet that is our tracee by TRACEME and stands in the
 * signal-delivery-stop of its own SIGSTOP; continued with 0 it calls fn. */
MAYBE static long traced(void (*fn)(long), long with)
{
	then_fn = fn;
	long p = puppet(becomes_traced, with);
	CHECK(wait_status(p, __WALL) == W_STOPPED(SIGSTOP));
	return p;
}

#define SEIZED 60 /* the word of the board that seized uses */

MAYBE static void awaits_seize(long with)
{
	int mine = LOAD(&board[SEIZED + 1]);
	await(&board[SEIZED], mine);
	then_fn(with);
}

/* seized makes a puppet that is our tracee by SEIZE, with these options, and running:
 * all of fn is traced. */
MAYBE static long seized(void (*fn)(long), long with, long options)
{
	then_fn = fn;
	ADD(&board[SEIZED + 1], 1);
	long p = puppet(awaits_seize, with);
	until_state(p, "S");
	CHECK(PT(SEIZE, p, 0, options) == 0);
	advance(&board[SEIZED]);
	return p;
}

/* A puppet that traces p and does as the board says. board[0]: it holds p in a stop;
 * board[1]: it may go on. */
MAYBE static void holds(long p)
{
	CHECK(PT(ATTACH, p) == 0);
	CHECK(wait_status(p, 0) == W_STOPPED(SIGSTOP));
	advance(&board[0]);
	await(&board[1], 1);
}

/* asleep makes an untraced puppet that sleeps in pause. */
MAYBE static long asleep(void)
{
	long p = puppet(sleeps, 0);
	until_state(p, "S");
	return p;
}

MAYBE static void until_untraced(long p)
{
	while (status_field(p, "TracerPid", 10) != 0)
		sys(sched_yield);
}

/* A tracee that handles signals. */
int counted; /* signals handled, in the tracee's memory */

MAYBE static void counts(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
	counted++;
}

/* Handles what USR1, USR2 and SIGCONT say and exits with how often it did when told by
 * SIGTERM; first and last it sleeps. */
int ended;
MAYBE static void ends(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
	ended = 1;
}

MAYBE static void handler(long flags)
{
	handle(SIGUSR1, counts, flags, 0);
	handle(SIGUSR2, counts, flags, 0);
	handle(SIGCONT, counts, flags, 0);
	handle(SIGTERM, ends, 0, 0);
	mask(SIG_BLOCK, BIT(SIGTERM));
	while (!ended) {
		unsigned long none = 0;
		sys(rt_sigsuspend, &none, 8);
	}
	sys(exit_group, counted);
}

MAYBE static void until_handling(long p)
{
	while (!(status_field(p, "SigCgt", 16) & BIT(SIGTERM)))
		sys(sched_yield);
	until_state(p, "S");
}

/* A tracee by SEIZE that sleeps in handler. */
MAYBE static long handling(void)
{
	long p = seized(handler, 0, 0);
	until_handling(p);
	return p;
}

/* The puppet's count when it is told to end. */
MAYBE static void count_is(long p, long n)
{
	CHECK(sys(kill, p, SIGTERM) == 0);
	WAIT(p, W_STOPPED(SIGTERM));
	IS(PT(CONT, p, 0, SIGTERM), 0);
	WAIT(p, W_EXITED(n));
}

MAYBE static void send(long p, int sig)
{
	CHECK(sys(kill, p, sig) == 0);
}

/* Syscall-stops. */
/* A tracee by TRACEME, with TRACESYSGOOD and more, that calls fn when continued. */
MAYBE static long traced_good(void (*fn)(long), long with, long options)
{
	long p = traced(fn, with);
	CHECK(PT(SETOPTIONS, p, 0, PTRACE_O_TRACESYSGOOD | options) == 0);
	return p;
}

MAYBE static void next(long p, int sig)
{
	CHECK(PT(SYSCALL, p, 0, sig) == 0);
}

/* The next stop is a syscall-stop, of this call, with this in rax. */
#define CALL(p, nr, result)                    \
	do {                                   \
		WAIT(p, W_SYSCALL);            \
		IS(regs_of(p).orig_rax, nr);   \
		IS(regs_of(p).rax, result);    \
	} while (0)
#define ENTRY(p, name) CALL(p, __NR_##name, -ENOSYS)
#define RETURN(p, name, result) CALL(p, __NR_##name, result)
#endif
