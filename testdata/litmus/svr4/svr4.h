/* What litmus programs of SVR4 stand on: sim.h with SVR4's system calls, and litmus.h itself.
 * So CASE, IS, ERR, WAIT and the others are those of all litmus programs. What the manuals
 * leave open is decided in kernel/svr4/doc.go. */
#ifndef SVR4_H
#define SVR4_H
#define SVR4
#include "sim.h"

/* Signals. The kernel calls a handler with the signal, its siginfo and the interrupted
 * context, and has no way back: the handler's end is setcontext (libc hides it). */
struct sigact {
	int flags;
	void (*handler)(int, void *, void *);
	unsigned mask[4];
};
enum { SA_ONSTACK = 1, SA_RESETHAND = 2, SA_RESTART = 4, SA_SIGINFO = 8, SA_NODEFER = 16 };
#define SIG_DFL ((void (*)(int, void *, void *))0)
#define SIG_IGN ((void (*)(int, void *, void *))1)

MAYBE static void handle(int sig, void (*fn)(int, void *, void *))
{
	struct sigact sa = {SA_SIGINFO, fn, {0}};
	CHECK(sys(sigaction, sig, &sa, 0) == 0);
}

#define HANDLER_END(with) do_context(1, (long)(with), 0, 0, 0, 0)

MAYBE static void mask(int how, int sig)
{
	unsigned set[4] = {1u << (sig - 1)};
	CHECK(sys(sigprocmask, how, set, 0) == 0);
}

#include "litmus.h"

/* ptrace(2): pt(7, p, 1, 0). A word read that looks like an errno is one. */
#define pt(req, p, addr, data) sys(ptrace, req, p, addr, data)

struct act {
	void (*fn)(long);
	long with;
};

static void asks(long a)
{
	struct act *act = (struct act *)a;
	sys(ptrace, 0, 0, 0, 0);
	act->fn(act->with);
}

/* traced is a puppet that asks to be traced, then acts. */
MAYBE static long traced(void (*fn)(long), long with)
{
	struct act act = {fn, with};
	return puppet(asks, (long)&act);
}

/* A word of the user area, and of a register in it, found as ptrace(2) says. */
#define USER_BASE 0xffffffffe0000000ul
#define user(p, field) pt(3, p, USER_##field, 0)
MAYBE static unsigned long reg_at(long p, int reg)
{
	return (unsigned long)user(p, u_ar0) - USER_BASE + 8 * reg;
}
#define get_reg(p, reg) pt(3, p, reg_at(p, REG_##reg), 0)
#define set_reg(p, reg, v) pt(6, p, reg_at(p, REG_##reg), v)

/* The files of /proc. */
MAYBE static long proc_open(long p, const char *file, long flags)
{
	char path[64];
	return sys(open, proc_path(path, p, file), flags, 0);
}

/* A structure that was read, and its members. */
static char file[4096] __attribute__((aligned(16)));
MAYBE static long proc_get(long p, const char *name)
{
	memset(file, 0, sizeof file);
	long fd = proc_open(p, name, O_RDONLY);
	if (fd < 0)
		return fd;
	long n = sys(read, fd, file, sizeof file);
	sys(close, fd);
	return n;
}
#define INT(field) (*(int *)(file + (field)))
#define SHORT(field) (*(short *)(file + (field)))
#define LONG(field) (*(long *)(file + (field)))
#define HAS(set, n) (((unsigned *)(file + (set)))[((n)-1) / 32] >> (((n)-1) % 32) & 1)

#define LWP(field) (PSTATUS_pr_lwp + LWPSTATUS_##field)
#define PSTATUS(p, field) (proc_get(p, "status"), INT(PSTATUS_##field))
#define WHY(p) (proc_get(p, "status"), SHORT(LWP(pr_why)))
#define WHAT(p) (proc_get(p, "status"), SHORT(LWP(pr_what)))
#define FLAGS(p) (proc_get(p, "status"), INT(LWP(pr_flags)))
#define GREG(p, reg) (proc_get(p, "status"), LONG(LWP(pr_reg) + 8 * REG_##reg))

enum { PR_STOPPED = 1, PR_ISTOP = 2, PR_DSTOP = 4, PR_STEP = 8, PR_ASLEEP = 0x10, PR_VFORKP = 0x2000,
       PR_FORK = 0x100000, PR_RLC = 0x200000, PR_KLC = 0x400000, PR_ASYNC = 0x800000,
       PR_BPTADJ = 0x2000000, PR_PTRACE = 0x4000000 };
enum { PR_REQUESTED = 1, PR_SIGNALLED, PR_SYSENTRY, PR_SYSEXIT, PR_JOBCONTROL, PR_FAULTED };
enum { PRCSIG = 1, PRCFAULT = 2, PRSTEP = 4, PRSABORT = 8, PRSTOP = 16 };
enum { FLTILL = 1, FLTPRIV, FLTBPT, FLTTRACE, FLTWATCH = 12 };
enum { WA_EXEC = 1, WA_WRITE = 2, WA_READ = 4, WA_TRAPAFTER = 8 };
enum { TRAP_RWATCH = 3, TRAP_WWATCH, TRAP_XWATCH };
enum { MA_EXEC = 1, MA_WRITE = 2, MA_READ = 4, MA_SHARED = 8 };

/* Messages. The result is that of the write, 0 for all of it. */
MAYBE static long order(long fd, const void *text, long n)
{
	long r = sys(write, fd, text, n);
	return r == n ? 0 : r;
}

MAYBE static long order0(long fd, long op)
{
	return order(fd, &op, 8);
}

MAYBE static long order1(long fd, long op, long with)
{
	long text[2] = {op, with};
	return order(fd, text, 16);
}

MAYBE static long order_bytes(long fd, long op, const void *arg, long n)
{
	char text[600] __attribute__((aligned(8)));
	CHECK(n <= 592);
	*(long *)text = op;
	memcpy(text + 8, arg, n);
	return order(fd, text, 8 + n);
}

/* order_set orders a set of one member (0: none, -1: all) of n words. */
MAYBE static long order_set(long fd, long op, int member, int n)
{
	unsigned set[16];
	memset(set, member < 0 ? 0xff : 0, sizeof set);
	if (member > 0)
		set[(member - 1) / 32] = 1u << ((member - 1) % 32);
	return order_bytes(fd, op, set, 4 * n);
}
#define trace_signal(fd, sig) order_set(fd, PCSTRACE, sig, 4)
#define trace_fault(fd, flt) order_set(fd, PCSFAULT, flt, 4)
#define trace_entry(fd, nr) order_set(fd, PCSENTRY, nr, 16)
#define trace_exit(fd, nr) order_set(fd, PCSEXIT, nr, 16)

MAYBE static long watch(long fd, const void *at, long n, int flags)
{
	struct {
		const void *at;
		long n;
		int flags, pad;
	} w = {at, n, flags, 0};
	return order_bytes(fd, PCWATCH, &w, sizeof w);
}

/* control opens a process to order it about. */
MAYBE static long control(long p)
{
	long fd = proc_open(p, "ctl", O_WRONLY);
	CHECK(fd >= 0);
	return fd;
}

/* until returns when ps(1) would show a state: S asleep, T stopped, Z zombie. */
MAYBE static void until(long p, char state)
{
	do {
		CHECK(proc_get(p, "psinfo") > 0);
		sys(yield);
	} while (file[PSINFO_pr_lwp + LWPSINFO_pr_sname] != state && !(state == 'Z' && INT(PSINFO_pr_nlwp) == 0));
}

/* Puppets more: one that works on the board until told to leave with the number in
 * board[1], one that sleeps and says so. */
MAYBE static void works(long unused MAYBE)
{
	while (!LOAD(&board[1]))
		ADD(&board[0], 1);
	sys(exit_group, LOAD(&board[1]));
}

/* A held puppet is stopped by /proc; fd is its ctl. */
MAYBE static long held(void (*fn)(long), long with, long *fd)
{
	long p = puppet(fn, with);
	*fd = control(p);
	CHECK(order0(*fd, PCSTOP) == 0);
	return p;
}
#endif
