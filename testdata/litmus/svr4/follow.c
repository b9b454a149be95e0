/* What tracing by /proc does over fork, vfork, exec, new lwps and the end of the tracer
 * (SEEDS.md, S2.fork, S2.attach). */
#include "svr4.h"

static long cells[8] __attribute__((aligned(4096))) = {41};

/* Forks when the board says so; the child leaves with 3, the parent with the child's
 * status plus 1. */
static void forks(long unused MAYBE)
{
	await(&board[1], 1);
	long c = sys(fork);
	if (c == 0) {
		advance(&board[2]);
		sys(exit_group, 3);
	}
	int status = 0;
	sys(wait4, c, &status, 0);
	sys(exit_group, (status >> 8) + 1);
}

static void vforks(long unused MAYBE)
{
	await(&board[1], 1);
	long c = sys(vfork);
	if (c == 0) {
		STORE(&board[2], 1);
		sys(exit_group, 3);
	}
	STORE(&board[3], LOAD(&board[2]));
	int status = 0;
	sys(wait4, c, &status, 0);
	sys(exit_group, (status >> 8) + 1);
}

/* follow has a held puppet stop at the return from a call. */
static long follow(void (*fn)(long), int call, long modes, long *fd)
{
	long p = held(fn, 0, fd);
	CHECK(trace_exit(*fd, call) == 0 && order1(*fd, PCSET, modes) == 0);
	STORE(&board[1], 1);
	IS(order1(*fd, PCRUN, 0), 0);
	IS(order0(*fd, PCWSTOP), 0);
	IS(WHY(p), PR_SYSEXIT);
	IS(WHAT(p), call);
	return p;
}

/* child_of is the pid that a parent at the return from its fork has as result. */
static long child_of(long p)
{
	proc_get(p, "status");
	return role(LONG(LWP(pr_rval1)), "child");
}

CASE(fork_inherits, "inherit-on-fork: parent and child both stop at the return from fork")
{
	long fd, p = follow(forks, SYS_forksys, PR_FORK, &fd), c = child_of(p);
	IS(LONG(LWP(pr_rval2)), 0);
	long cfd = control(c);
	IS(order0(cfd, PCWSTOP), 0);
	IS(WHY(c), PR_SYSEXIT);
	IS(WHAT(c), SYS_forksys);
	WHO(LONG(LWP(pr_rval1)), p);
	IS(LONG(LWP(pr_rval2)), 1);
	IS(LOAD(&board[2]), 0);
	IS(order1(cfd, PCRUN, 0), 0);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(4));
}

CASE(fork_inherits_sets, "the child has its parent's tracing, and inherit-on-fork")
{
	long fd, p = held(forks, 0, &fd);
	trace_signal(fd, SIGUSR2);
	trace_fault(fd, FLTBPT);
	trace_exit(fd, SYS_forksys);
	order1(fd, PCSET, PR_FORK | PR_ASYNC);
	STORE(&board[1], 1);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	long c = child_of(p);
	proc_get(c, "status");
	IS(HAS(PSTATUS_pr_sigtrace, SIGUSR2), 1);
	IS(HAS(PSTATUS_pr_flttrace, FLTBPT), 1);
	IS(HAS(PSTATUS_pr_sysexit, SYS_forksys), 1);
	IS(INT(PSTATUS_pr_flags) & (PR_FORK | PR_ASYNC), PR_FORK);
}

CASE(fork_without, "without inherit-on-fork the child is free, with nothing traced")
{
	long fd, p = follow(forks, SYS_forksys, 0, &fd), c = child_of(p);
	await(&board[2], 1);
	until(c, 'Z');
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(4));
}

CASE(fork_opened, "the child can be opened, and changed, before it runs")
{
	long fd, p = follow(forks, SYS_forksys, PR_FORK, &fd), c = child_of(p);
	long cfd = proc_open(c, "ctl", O_WRONLY | O_EXCL);
	OK(cfd);
	IS(order0(cfd, PCWSTOP), 0);
	trace_entry(cfd, SYS_exit);
	IS(order1(cfd, PCRUN, 0), 0);
	IS(order0(cfd, PCWSTOP), 0);
	IS(WHAT(c), SYS_exit);
	IS(LONG(LWP(pr_sysarg)), 3);
	IS(LOAD(&board[2]), 1);
}

CASE(fork_breakpoint, "the child has the breakpoints of its parent's memory; its own write takes them out")
{
	long fd, p = held(forks, 0, &fd), as = proc_open(p, "as", O_RDWR);
	unsigned char trap = 0xcc, was = *(unsigned char *)leaves, now = 0;
	IS(sys(pwrite, as, &trap, 1, leaves), 1);
	trace_exit(fd, SYS_forksys);
	order1(fd, PCSET, PR_FORK);
	STORE(&board[1], 1);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	long c = child_of(p), cas = proc_open(c, "as", O_RDWR);
	IS(sys(pread, cas, &now, 1, leaves), 1);
	IS(now, 0xcc);
	IS(sys(pwrite, cas, &was, 1, leaves), 1);
	IS(sys(pread, as, &now, 1, leaves), 1);
	IS(now, 0xcc);
}

CASE(vfork_inherits, "vfork: the parent stops at its return too, before it waits for the child")
{
	long fd, p = follow(vforks, SYS_vfork, PR_FORK, &fd), c = child_of(p), cfd = control(c);
	IS(order0(cfd, PCWSTOP), 0);
	IS(WHY(c), PR_SYSEXIT);
	IS(LOAD(&board[2]), 0);
	IS(order1(fd, PCRUN, 0), 0);
	IS(FLAGS(p) & PR_VFORKP, PR_VFORKP);
	IS(LOAD(&board[3]), 0);
	IS(order1(cfd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(4));
	IS(LOAD(&board[3]), 1);
}

CASE(vfork_done, "PRSTOP at the return from vfork: it stops when it has its memory back")
{
	long fd, p = follow(vforks, SYS_vfork, PR_FORK, &fd), c = child_of(p), cfd = control(c);
	IS(order1(fd, PCRUN, PRSTOP), 0);
	IS(order0(cfd, PCWSTOP), 0);
	IS(FLAGS(p) & PR_ISTOP, 0);
	IS(order1(cfd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_REQUESTED);
	IS(LOAD(&board[2]), 1);
	IS(LOAD(&board[3]), 0);
}

CASE(vfork_watch, "PCWATCH: EBUSY for the parent of a vfork")
{
	long fd, p = follow(vforks, SYS_vfork, PR_FORK, &fd), c = child_of(p), cfd = control(c);
	IS(order0(cfd, PCWSTOP), 0);
	IS(order1(fd, PCRUN, 0), 0);
	IS(FLAGS(p) & PR_VFORKP, PR_VFORKP);
	ERR(watch(fd, cells, 8, WA_WRITE), EBUSY);
	IS(order1(cfd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(4));
}

CASE(fork_not_watched, "watched areas are not inherited")
{
	long fd, p = held(forks, 0, &fd);
	trace_fault(fd, FLTWATCH);
	IS(watch(fd, &board[2], 4, WA_WRITE), 0);
	trace_exit(fd, SYS_forksys);
	order1(fd, PCSET, PR_FORK);
	STORE(&board[1], 1);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	long c = child_of(p), cfd = control(c);
	IS(order0(cfd, PCWSTOP), 0);
	IS(order1(cfd, PCRUN, 0), 0);
	await(&board[2], 1);
	until(c, 'Z');
}

/* exec. */

static void execs_later(long code)
{
	await(&board[1], 1);
	execs(code);
}

CASE(exec_exit, "exec stops at its return, the pc at the new program's first instruction")
{
	long fd, p = follow(execs_later, SYS_execve, 0, &fd);
	IS(INT(LWP(pr_errno)), 0);
	IS(SHORT(LWP(pr_syscall)), SYS_execve);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(0));
}

CASE(exec_keeps, "tracing stays over exec, and so do open files")
{
	long fd, p = follow(execs_later, SYS_execve, 0, &fd);
	trace_signal(fd, SIGUSR2);
	trace_entry(fd, SYS_exit);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHAT(p), SYS_exit);
	proc_get(p, "status");
	IS(HAS(PSTATUS_pr_sigtrace, SIGUSR2), 1);
}

CASE(exec_unwatches, "watched areas end with exec")
{
	long fd, p = held(execs_later, 0, &fd);
	IS(watch(fd, cells, 8, WA_WRITE), 0);
	trace_exit(fd, SYS_execve);
	STORE(&board[1], 1);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHAT(p), SYS_execve);
	IS(proc_get(p, "watch"), 0);
}

CASE(exec_no_trap, "without request 0 exec sends no SIGTRAP")
{
	long fd, p = held(execs_later, 0, &fd);
	order_set(fd, PCSTRACE, -1, 4);
	STORE(&board[1], 1);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(0));
}

/* The last close. */

CASE(close_run, "run-on-last-close: it goes on, nothing traced, directives forgotten")
{
	long fd, p = held(works, 0, &fd);
	trace_signal(fd, SIGUSR2);
	IS(order1(fd, PCSET, PR_RLC), 0);
	sys(close, fd);
	await(&board[0], 1);
	proc_get(p, "status");
	IS(HAS(PSTATUS_pr_sigtrace, SIGUSR2), 0);
	STORE(&board[1], 5);
	WAIT(p, W_EXITED(5));
}

CASE(close_stay, "without it, it stays stopped, and can be opened again")
{
	long fd, p = held(works, 0, &fd);
	trace_signal(fd, SIGUSR2);
	sys(close, fd);
	IS(WHY(p), PR_REQUESTED);
	IS(FLAGS(p) & PR_ISTOP, PR_ISTOP);
	IS(HAS(PSTATUS_pr_sigtrace, SIGUSR2), 1);
	fd = control(p);
	STORE(&board[1], 5);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(5));
}

CASE(close_kill, "kill-on-last-close: it is killed")
{
	long fd, p = held(works, 0, &fd);
	IS(order1(fd, PCSET, PR_KLC), 0);
	sys(close, fd);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(close_not_last, "a close that is not the last does neither")
{
	long fd, p = held(works, 0, &fd), as = proc_open(p, "as", O_RDWR);
	IS(order1(fd, PCSET, PR_KLC), 0);
	sys(close, fd);
	IS(WHY(p), PR_REQUESTED);
	sys(close, as);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(close_reading, "files open for reading do not count")
{
	long fd, p = held(works, 0, &fd), status = proc_open(p, "status", O_RDONLY);
	IS(order1(fd, PCSET, PR_KLC), 0);
	sys(close, fd);
	WAIT(p, W_KILLED(SIGKILL));
	sys(close, status);
}

static void debugs(long p)
{
	long fd = control(p);
	CHECK(order0(fd, PCSTOP) == 0 && order1(fd, PCSET, PR_RLC) == 0);
	sys(exit_group, 0);
}

CASE(debugger_ends, "the debugger's end is a close: a process it let run on goes on")
{
	long p = puppet(works, 0);
	await(&board[0], 1);
	long q = puppet(debugs, p);
	WAIT(q, W_EXITED(0));
	STORE(&board[1], 6);
	WAIT(p, W_EXITED(6));
}

/* Attaching to and letting go of a process that runs. */

CASE(attach, "a running process is opened, stopped, looked at and let go; it notices nothing")
{
	long p = puppet(works, 0);
	await(&board[0], 1);
	long fd = proc_open(p, "ctl", O_WRONLY | O_EXCL), as = proc_open(p, "as", O_RDONLY), v = 0;
	IS(order1(fd, PCSET, PR_RLC), 0);
	IS(order0(fd, PCSTOP), 0);
	IS(sys(pread, as, &v, 8, cells), 8);
	IS(v, 41);
	sys(close, as);
	sys(close, fd);
	int n = LOAD(&board[0]);
	await(&board[0], n + 2);
	STORE(&board[1], 8);
	WAIT(p, W_EXITED(8));
}

/* Lwps. A ucontext_t's registers begin at 64 (gregs). */

static char stack[16384] __attribute__((aligned(16)));

static void second(void)
{
	advance(&board[2]);
	while (!LOAD(&board[3]))
		ADD(&board[4], 1);
	sys(lwp_exit);
}

static void makes_lwp(long unused MAYBE)
{
	static long context[256] __attribute__((aligned(16)));
	int id = 0;
	await(&board[1], 1);
	CHECK(sys(context, 0, context) == 0);
	context[8 + REG_RIP] = (long)second;
	context[8 + REG_RSP] = (long)(stack + sizeof stack - 8);
	CHECK(sys(lwp_create, context, 0, &id) >= 0);
	while (!LOAD(&board[5]))
		ADD(&board[0], 1);
	sys(exit_group, 2);
}

CASE(lwp_new, "a new lwp stops at the exit from lwp_create before it runs; its maker has its number")
{
	long fd, p = held(makes_lwp, 0, &fd);
	trace_exit(fd, SYS_lwp_create);
	order1(fd, PCSET, PR_ASYNC);
	STORE(&board[1], 1);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0); /* both */
	proc_get(p, "lwp/1/lwpstatus");
	IS(SHORT(LWPSTATUS_pr_why), PR_SYSEXIT);
	IS(LONG(LWPSTATUS_pr_rval1), 2);
	proc_get(p, "lwp/2/lwpstatus");
	IS(SHORT(LWPSTATUS_pr_why), PR_SYSEXIT);
	IS(SHORT(LWPSTATUS_pr_what), SYS_lwp_create);
	IS(LONG(LWPSTATUS_pr_rval1), 0);
	IS(LOAD(&board[2]), 0);
}

/* two is a puppet of two lwps, both at work. */
static long two(long modes, long *fd)
{
	long p = puppet(makes_lwp, 0);
	*fd = control(p);
	STORE(&board[1], 1);
	await(&board[2], 1);
	await(&board[0], 1);
	CHECK(order1(*fd, PCSET, modes) == 0);
	return p;
}

CASE(lwp_count, "status counts the lwps, lwp/ has them")
{
	long fd, p = two(0, &fd);
	IS(PSTATUS(p, pr_nlwp), 2);
	OK(proc_open(p, "lwp/2/lwpstatus", O_RDONLY));
	STORE(&board[5], 1);
	WAIT(p, W_EXITED(2));
}

CASE(lwp_stop_all, "PCSTOP to ctl stops all lwps")
{
	long fd, p = two(PR_ASYNC, &fd);
	IS(order0(fd, PCSTOP), 0);
	proc_get(p, "lwp/1/lwpstatus");
	IS(INT(LWPSTATUS_pr_flags) & PR_ISTOP, PR_ISTOP);
	proc_get(p, "lwp/2/lwpstatus");
	IS(INT(LWPSTATUS_pr_flags) & PR_ISTOP, PR_ISTOP);
}

CASE(lwp_stop_one, "PCSTOP to lwpctl stops one lwp alone")
{
	long fd, p = two(PR_ASYNC, &fd), l = proc_open(p, "lwp/2/lwpctl", O_WRONLY);
	IS(order0(l, PCSTOP), 0);
	int n = LOAD(&board[0]);
	await(&board[0], n + 2);
	proc_get(p, "lwp/2/lwpstatus");
	IS(SHORT(LWPSTATUS_pr_why), PR_REQUESTED);
	proc_get(p, "lwp/1/lwpstatus");
	IS(INT(LWPSTATUS_pr_flags) & PR_ISTOP, 0);
}

CASE(lwp_synchronous, "without asynchronous-stop an event of one lwp stops the others")
{
	long fd, p = two(0, &fd), l = proc_open(p, "lwp/2/lwpctl", O_WRONLY);
	order_set(fd, PCSTRACE, SIGUSR1, 4);
	IS(order1(l, PCKILL, SIGUSR1), 0);
	IS(order0(fd, PCWSTOP), 0);
	proc_get(p, "lwp/2/lwpstatus");
	IS(SHORT(LWPSTATUS_pr_why), PR_SIGNALLED);
	proc_get(p, "lwp/1/lwpstatus");
	IS(SHORT(LWPSTATUS_pr_why), PR_REQUESTED);
	IS(WHY(p), PR_SIGNALLED); /* the representative */
}

CASE(lwp_gone, "ENOENT for the files of an lwp that has ended")
{
	long fd, p = two(PR_ASYNC, &fd), l = proc_open(p, "lwp/2/lwpctl", O_WRONLY);
	STORE(&board[3], 1);
	while (PSTATUS(p, pr_nlwp) != 1)
		sys(yield);
	ERR(order0(l, PCDSTOP), ENOENT);
	ERR(proc_open(p, "lwp/2/lwpstatus", O_RDONLY), ENOENT);
	STORE(&board[5], 1);
	WAIT(p, W_EXITED(2));
}
