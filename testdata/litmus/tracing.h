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
#endif
