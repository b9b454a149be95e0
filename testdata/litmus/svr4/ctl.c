/* The messages of ctl and lwpctl: each one, and each that is refused (SEEDS.md, S2.ctl,
 * S2.brk, S2.watch; proc(5), CONTROL MESSAGES). */
#include "svr4.h"

static long cells[64] __attribute__((aligned(4096))) = {41, 42};

static void on_signal(int sig, void *info MAYBE, void *context)
{
	board[sig]++;
	HANDLER_END(context);
}

/* Handles SIGUSR1 and works. */
static void works_with_handler(long unused)
{
	handle(SIGUSR1, on_signal);
	works(unused);
}

static long asleep(long *fd)
{
	long p = puppet(sleeps, 0);
	until(p, 'S');
	*fd = control(p);
	return p;
}

static long at_work(long *fd)
{
	long p = puppet(works_with_handler, 0);
	await(&board[0], 1);
	*fd = control(p);
	return p;
}

/* Goes on and leaves with n. */
#define LEAVES(p, n)                            \
	do {                                    \
		STORE(&board[1], n);            \
		WAIT(p, W_EXITED(n));           \
	} while (0)

/* Known code for traps and steps: rdi is what it exits with. */
extern char code_start[], code_trap[], code_after[], code_far[];
NAKED static void code(long rdi MAYBE)
{
	__asm__(".globl code_start\ncode_start:\n\t"
		"nop\n\tnop\n"
		".globl code_trap\ncode_trap:\n\t"
		"int3\n"
		".globl code_after\ncode_after:\n\t"
		"nop\n"
		".globl code_far\ncode_far:\n\t"
		"mov $1, %eax\n\t" /* exit */
		"syscall\n\t"
		"ud2");
}

/* at_code is a puppet stopped at code_start by its own order. */
static long at_code(long with, long *fd)
{
	long p = held(works, 0, fd);
	CHECK(order1(*fd, PCSVADDR, (long)code_start) == 0);
	long regs[28];
	proc_get(p, "status");
	memcpy(regs, file + LWP(pr_reg), sizeof regs);
	regs[REG_RDI] = with;
	CHECK(order_bytes(*fd, PCSREG, regs, sizeof regs) == 0);
	return p;
}

/* PCSTOP, PCDSTOP, PCWSTOP, PCTWSTOP. */

CASE(stop, "PCSTOP stops the process and waits until it is stopped")
{
	long fd, p = at_work(&fd);
	IS(order0(fd, PCSTOP), 0);
	IS(WHY(p), PR_REQUESTED);
	IS(FLAGS(p) & (PR_STOPPED | PR_ISTOP), PR_STOPPED | PR_ISTOP);
	int n = LOAD(&board[0]);
	for (int i = 0; i < 10; i++)
		sys(yield);
	IS(LOAD(&board[0]) - n, 0);
}

CASE(stop_again, "PCSTOP of one that is stopped is done at once")
{
	long fd, p = at_work(&fd);
	IS(order0(fd, PCSTOP), 0);
	IS(order0(fd, PCSTOP), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_REQUESTED);
}

CASE(direct_and_wait, "PCDSTOP directs, PCWSTOP waits")
{
	long fd, p = at_work(&fd);
	IS(order0(fd, PCDSTOP), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_REQUESTED);
}

CASE(wait_timeout, "PCTWSTOP gives up after its milliseconds, without an error")
{
	long fd, p = at_work(&fd);
	IS(order1(fd, PCTWSTOP, 10), 0);
	IS(FLAGS(p) & PR_STOPPED, 0);
}

CASE(stop_asleep, "a directed stop does not end a sleep: it goes on with it")
{
	int fds[2] = {0};
	char c = 9;
	CHECK(sys(pipe, fds) == 0);
	long p = sys(fork), fd;
	if (p == 0) {
		long n = sys(read, fds[0], &c, 1);
		sys(exit_group, n == 1 ? c : 99);
	}
	role(p, "reader");
	until(p, 'S');
	fd = control(p);
	IS(order0(fd, PCSTOP), 0);
	IS(FLAGS(p) & PR_ASLEEP, PR_ASLEEP);
	IS(WHY(p), PR_REQUESTED);
	IS(SHORT(LWP(pr_syscall)), SYS_read);
	IS(order1(fd, PCRUN, 0), 0);
	IS(sys(write, fds[1], &c, 1), 1);
	WAIT(p, W_EXITED(9));
}

CASE(stop_lwp, "lwpctl takes the same messages for one lwp")
{
	long ctl, p = at_work(&ctl), fd = proc_open(p, "lwp/1/lwpctl", O_WRONLY);
	IS(order0(fd, PCSTOP), 0);
	IS(WHY(p), PR_REQUESTED);
	IS(order1(fd, PCRUN, 0), 0);
	LEAVES(p, 4);
}

/* PCRUN. */

CASE(run, "PCRUN sets it going")
{
	long fd, p = at_work(&fd);
	IS(order0(fd, PCSTOP), 0);
	IS(order1(fd, PCRUN, 0), 0);
	LEAVES(p, 3);
}

CASE(run_running, "PCRUN: EBUSY for one that is not stopped, nor directed to stop")
{
	long fd, p = at_work(&fd);
	ERR(order1(fd, PCRUN, 0), EBUSY);
	LEAVES(p, 3);
}

CASE(run_bad_flags, "PCRUN: EINVAL for flags there are not")
{
	long fd, p = held(works, 0, &fd);
	ERR(order1(fd, PCRUN, 0x1000), EINVAL);
	IS(WHY(p), PR_REQUESTED);
}

CASE(run_stop, "PRSTOP: it stops again before it runs any of its code")
{
	long fd, p = at_code(3, &fd);
	IS(order1(fd, PCRUN, PRSTOP), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_REQUESTED);
	TRUE(GREG(p, RIP) == (long)code_start);
}

CASE(run_step, "PRSTEP: one instruction, then FLTTRACE")
{
	long fd, p = at_code(3, &fd);
	IS(trace_fault(fd, FLTTRACE), 0);
	IS(order1(fd, PCRUN, PRSTEP), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_FAULTED);
	IS(WHAT(p), FLTTRACE);
	IS(GREG(p, RIP) - (long)code_start, 1);
	IS(GREG(p, RFL) & 0x100, 0);
	IS(FLAGS(p) & PR_STEP, 0);
}

CASE(run_step_signal, "PRSTEP without FLTTRACE: SIGTRAP, which stops if it is traced")
{
	long fd, p = at_code(3, &fd);
	IS(trace_signal(fd, SIGTRAP), 0);
	IS(order1(fd, PCRUN, PRSTEP), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_SIGNALLED);
	SIG(WHAT(p), SIGTRAP);
	IS(GREG(p, RIP) - (long)code_start, 1);
}

CASE(run_step_untraced, "PRSTEP with neither traced: it dies of SIGTRAP")
{
	long fd, p = at_code(3, &fd);
	IS(order1(fd, PCRUN, PRSTEP), 0);
	WAIT(p, W_KILLED(SIGTRAP));
}

/* Messages that are none. */

CASE(bad_operation, "EINVAL for an operation there is not")
{
	long fd, p = at_work(&fd);
	ERR(order0(fd, 99), EINVAL);
	ERR(order0(fd, -1), EINVAL);
	LEAVES(p, 3);
}

CASE(short_message, "EINVAL for a message that is not all there")
{
	long fd, p = held(works, 0, &fd), text[2] = {PCRUN, 0};
	ERR(order(fd, text, 4), EINVAL);
	ERR(order(fd, text, 8), EINVAL);
	ERR(order(fd, text, 12), EINVAL);
	IS(WHY(p), PR_REQUESTED);
}

CASE(several, "several messages in one write are done in turn")
{
	long fd, p = at_work(&fd), text[5] = {PCNULL, PCDSTOP, PCWSTOP, PCRUN, 0};
	IS(order(fd, text, sizeof text), 0);
	LEAVES(p, 3);
}

CASE(several_failed, "those before one that fails are done, those after it are not")
{
	long fd, p = at_work(&fd), text[4] = {PCSTOP, 99, PCRUN, 0};
	ERR(order(fd, text, sizeof text), EINVAL);
	IS(WHY(p), PR_REQUESTED);
}

CASE(gone, "ENOENT for a process that has ended")
{
	long fd, p = at_work(&fd);
	LEAVES(p, 3);
	ERR(order0(fd, PCSTOP), ENOENT);
	ERR(order1(fd, PCRUN, 0), ENOENT);
	ERR(order1(fd, PCKILL, SIGTERM), ENOENT);
}

CASE(stop_ends, "PCSTOP of one that ends meanwhile: ENOENT")
{
	long fd, p = asleep(&fd);
	sys(kill, p, SIGKILL);
	until(p, 'Z');
	ERR(order0(fd, PCWSTOP), ENOENT);
}

/* Signals. */

CASE(signal, "PCSTRACE: the receipt of a traced signal stops it")
{
	long fd, p = at_work(&fd);
	IS(trace_signal(fd, SIGUSR1), 0);
	sys(kill, p, SIGUSR1);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_SIGNALLED);
	SIG(WHAT(p), SIGUSR1);
	SIG(SHORT(LWP(pr_cursig)), SIGUSR1);
	SIG(INT(LWP(pr_info) + SIGINFO_si_signo), SIGUSR1);
	WHO(INT(LWP(pr_info) + SIGINFO_si_pid), pid());
	IS(LOAD(&board[SIGUSR1]), 0);
}

CASE(signal_goes_on, "PCRUN delivers the signal of the stop")
{
	long fd, p = at_work(&fd);
	trace_signal(fd, SIGUSR1);
	sys(kill, p, SIGUSR1);
	IS(order0(fd, PCWSTOP), 0);
	IS(order1(fd, PCRUN, 0), 0);
	await(&board[SIGUSR1], 1);
	LEAVES(p, 3);
}

CASE(signal_cleared, "PRCSIG drops it")
{
	long fd, p = at_work(&fd);
	trace_signal(fd, SIGTERM);
	sys(kill, p, SIGTERM);
	IS(order0(fd, PCWSTOP), 0);
	IS(order1(fd, PCRUN, PRCSIG), 0);
	LEAVES(p, 3);
}

CASE(signal_cleared_first, "PCCSIG drops it too, and pr_cursig says so")
{
	long fd, p = at_work(&fd);
	trace_signal(fd, SIGTERM);
	sys(kill, p, SIGTERM);
	IS(order0(fd, PCWSTOP), 0);
	IS(order0(fd, PCCSIG), 0);
	proc_get(p, "status");
	IS(SHORT(LWP(pr_cursig)), 0);
	IS(order1(fd, PCRUN, 0), 0);
	LEAVES(p, 3);
}

CASE(signal_set, "PCSSIG makes another signal the current one; it does not stop again")
{
	long fd, p = at_work(&fd), info[SIZE_SIGINFO / 8] = {SIGUSR1};
	order_set(fd, PCSTRACE, -1, 4);
	IS(order0(fd, PCSTOP), 0);
	IS(order_bytes(fd, PCSSIG, info, sizeof info), 0);
	proc_get(p, "status");
	SIG(SHORT(LWP(pr_cursig)), SIGUSR1);
	IS(order1(fd, PCRUN, 0), 0);
	await(&board[SIGUSR1], 1);
	LEAVES(p, 3);
}

CASE(signal_set_bad, "PCSSIG: EINVAL for a signal there is not; 0 clears")
{
	long fd, p = held(works, 0, &fd), info[SIZE_SIGINFO / 8] = {1000};
	ERR(order_bytes(fd, PCSSIG, info, sizeof info), EINVAL);
	info[0] = SIGTERM;
	IS(order_bytes(fd, PCSSIG, info, sizeof info), 0);
	info[0] = 0;
	IS(order_bytes(fd, PCSSIG, info, sizeof info), 0);
	IS(order1(fd, PCRUN, 0), 0);
	LEAVES(p, 3);
}

CASE(signal_kill, "PCSSIG of SIGKILL ends the process at once")
{
	long fd, p = held(works, 0, &fd), info[SIZE_SIGINFO / 8] = {SIGKILL};
	IS(order_bytes(fd, PCSSIG, info, sizeof info), 0);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(signal_untraceable, "SIGKILL in PCSTRACE is ignored")
{
	long fd, p = at_work(&fd);
	IS(order_set(fd, PCSTRACE, -1, 4), 0);
	proc_get(p, "status");
	IS(HAS(PSTATUS_pr_sigtrace, SIGKILL), 0);
	IS(HAS(PSTATUS_pr_sigtrace, SIGTERM), 1);
	sys(kill, p, SIGKILL);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(signal_held, "a traced signal that the process blocks does not stop it")
{
	long fd, p = held(works, 0, &fd);
	trace_signal(fd, SIGUSR1);
	IS(order_set(fd, PCSHOLD, SIGUSR1, 4), 0);
	IS(order1(fd, PCRUN, 0), 0);
	sys(kill, p, SIGUSR1);
	int n = LOAD(&board[0]);
	await(&board[0], n + 3);
	IS(FLAGS(p) & PR_STOPPED, 0);
	IS(HAS(PSTATUS_pr_sigpend, SIGUSR1), 1);
}

CASE(hold, "PCSHOLD sets the mask; SIGKILL and SIGSTOP cannot be in it")
{
	long fd, p = held(works, 0, &fd);
	IS(order_set(fd, PCSHOLD, -1, 4), 0);
	proc_get(p, "status");
	IS(HAS(LWP(pr_lwphold), SIGUSR2), 1);
	IS(HAS(LWP(pr_lwphold), SIGKILL), 0);
	IS(HAS(LWP(pr_lwphold), SIGSTOP), 0);
}

CASE(kill, "PCKILL sends a signal as kill(2) does")
{
	long fd, p = at_work(&fd);
	IS(order1(fd, PCKILL, SIGUSR1), 0);
	await(&board[SIGUSR1], 1);
	IS(order1(fd, PCKILL, SIGKILL), 0);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(kill_bad, "PCKILL: EINVAL for a signal there is not")
{
	long fd, p = at_work(&fd);
	ERR(order1(fd, PCKILL, 1000), EINVAL);
	ERR(order1(fd, PCKILL, -1), EINVAL);
	LEAVES(p, 3);
}

CASE(kill_stopped, "PCKILL of SIGKILL ends one that is stopped")
{
	long fd, p = held(works, 0, &fd);
	IS(order1(fd, PCKILL, SIGKILL), 0);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(unkill, "PCUNKILL takes a pending signal back")
{
	long fd, p = held(works, 0, &fd);
	sys(kill, p, SIGTERM);
	proc_get(p, "status");
	IS(HAS(PSTATUS_pr_sigpend, SIGTERM), 1);
	IS(order1(fd, PCUNKILL, SIGTERM), 0);
	proc_get(p, "status");
	IS(HAS(PSTATUS_pr_sigpend, SIGTERM), 0);
	IS(order1(fd, PCRUN, 0), 0);
	LEAVES(p, 3);
}

CASE(unkill_bad, "PCUNKILL: EINVAL for SIGKILL and for no signal")
{
	long fd, p = held(works, 0, &fd);
	ERR(order1(fd, PCUNKILL, SIGKILL), EINVAL);
	ERR(order1(fd, PCUNKILL, 1000), EINVAL);
	IS(WHY(p), PR_REQUESTED);
}

CASE(pending_kept, "signals that come while it is stopped are not dropped by PCRUN")
{
	long fd, p = at_work(&fd);
	IS(order0(fd, PCSTOP), 0);
	sys(kill, p, SIGUSR1);
	IS(order1(fd, PCRUN, PRCSIG), 0);
	await(&board[SIGUSR1], 1);
	LEAVES(p, 3);
}

CASE(job_control, "a stop by job control is no event of interest")
{
	long fd, p = at_work(&fd);
	sys(kill, p, SIGSTOP);
	until(p, 'T');
	IS(WHY(p), PR_JOBCONTROL);
	SIG(WHAT(p), SIGSTOP);
	IS(FLAGS(p) & (PR_STOPPED | PR_ISTOP), PR_STOPPED);
	ERR(order1(fd, PCRUN, 0), EBUSY);
	IS(order0(fd, PCDSTOP), 0);
	IS(WHY(p), PR_JOBCONTROL);
	sys(kill, p, SIGCONT);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_REQUESTED);
}

/* Faults: breakpoints. */

CASE(fault, "PCSFAULT of FLTBPT: an int3 stops it, the pc one past it")
{
	long fd, p = at_code(3, &fd);
	IS(trace_fault(fd, FLTBPT), 0);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_FAULTED);
	IS(WHAT(p), FLTBPT);
	TRUE(GREG(p, RIP) == (long)code_after);
	SIG(INT(LWP(pr_info) + SIGINFO_si_signo), SIGTRAP);
}

CASE(fault_cleared, "PRCFAULT: its signal is not sent")
{
	long fd, p = at_code(3, &fd);
	trace_fault(fd, FLTBPT);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(order1(fd, PCRUN, PRCFAULT), 0);
	WAIT(p, W_EXITED(3));
}

CASE(fault_cleared_first, "PCCFAULT clears it too")
{
	long fd, p = at_code(3, &fd);
	trace_fault(fd, FLTBPT);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(order0(fd, PCCFAULT), 0);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(3));
}

CASE(fault_sent, "a fault that is not cleared becomes its signal when it goes on")
{
	long fd, p = at_code(3, &fd);
	trace_fault(fd, FLTBPT);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_KILLED(SIGTRAP));
}

CASE(fault_adjusted, "PR_BPTADJ: the pc is at the int3")
{
	long fd, p = at_code(3, &fd);
	trace_fault(fd, FLTBPT);
	IS(order1(fd, PCSET, PR_BPTADJ), 0);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	TRUE(GREG(p, RIP) == (long)code_trap);
}

NOINLINE static void work(void)
{
	ADD(&board[2], 1);
}

static void works_five_times(long unused MAYBE)
{
	await(&board[1], 1);
	for (int i = 0; i < 5; i++)
		work();
	sys(exit_group, LOAD(&board[2]));
}

CASE(breakpoint, "a breakpoint by write: hit, byte back, one step, trap in again; each call is counted")
{
	long fd, p = held(works_five_times, 0, &fd), as = proc_open(p, "as", O_RDWR), count = 0;
	unsigned char was = *(unsigned char *)work, trap = 0xcc;
	unsigned faults[4] = {1 << (FLTBPT - 1) | 1 << (FLTTRACE - 1)};
	IS(order_bytes(fd, PCSFAULT, faults, 16), 0);
	IS(sys(pwrite, as, &trap, 1, work), 1);
	STORE(&board[1], 1);
	IS(order1(fd, PCRUN, 0), 0);
	while (order0(fd, PCWSTOP) == 0 && WHAT(p) == FLTBPT) {
		count++;
		CHECK(sys(pwrite, as, &was, 1, work) == 1);
		CHECK(order1(fd, PCSVADDR, (long)work) == 0 && order1(fd, PCRUN, PRCFAULT | PRSTEP) == 0);
		CHECK(order0(fd, PCWSTOP) == 0 && WHAT(p) == FLTTRACE);
		CHECK(sys(pwrite, as, &trap, 1, work) == 1);
		CHECK(order1(fd, PCRUN, PRCFAULT) == 0);
	}
	IS(count, 5);
	WAIT(p, W_EXITED(5));
}

/* System calls. */

static void calls(long unused MAYBE)
{
	await(&board[1], 1);
	long err = sys(close, 77);
	sys(umask, 027);
	sys(exit_group, -err);
}

CASE(entry, "PCSENTRY: a stop at the entry, the call and its arguments told")
{
	long fd, p = held(calls, 0, &fd);
	IS(trace_entry(fd, SYS_close), 0);
	STORE(&board[1], 1);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_SYSENTRY);
	IS(WHAT(p), SYS_close);
	IS(SHORT(LWP(pr_syscall)), SYS_close);
	IS(SHORT(LWP(pr_nsysarg)), 1);
	IS(LONG(LWP(pr_sysarg)), 77);
}

CASE(exit, "PCSEXIT: a stop at the exit, the result told and in the registers")
{
	long fd, p = held(calls, 0, &fd);
	IS(trace_exit(fd, SYS_close), 0);
	STORE(&board[1], 1);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_SYSEXIT);
	IS(WHAT(p), SYS_close);
	IS(INT(LWP(pr_errno)), EBADF);
	IS(GREG(p, RAX), EBADF);
	IS(GREG(p, RFL) & 1, 1);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(EBADF));
}

CASE(exit_value, "PCSEXIT: pr_rval1 is what the call returned")
{
	long fd, p = held(calls, 0, &fd);
	trace_exit(fd, SYS_umask);
	STORE(&board[1], 1);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	proc_get(p, "status");
	IS(INT(LWP(pr_errno)), 0);
	TRUE(LONG(LWP(pr_rval1)) == GREG(p, RAX));
	IS(GREG(p, RFL) & 1, 0);
}

CASE(entry_and_exit, "entry and exit of one call, each told once")
{
	long fd, p = held(calls, 0, &fd);
	trace_entry(fd, SYS_umask);
	trace_exit(fd, SYS_umask);
	STORE(&board[1], 1);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_SYSENTRY);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_SYSEXIT);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(EBADF));
}

CASE(entry_changed, "arguments are fetched after the stop at the entry: they can be changed")
{
	long fd, p = held(calls, 0, &fd), regs[28];
	trace_entry(fd, SYS_exit);
	STORE(&board[1], 1);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	proc_get(p, "status");
	memcpy(regs, file + LWP(pr_reg), sizeof regs);
	regs[REG_RDI] = 33;
	IS(order_bytes(fd, PCSREG, regs, sizeof regs), 0);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(33));
}

CASE(abort, "PRSABORT at the entry: the call is not made, and returns EINTR")
{
	long fd, p = held(calls, 0, &fd);
	trace_entry(fd, SYS_close);
	STORE(&board[1], 1);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(order1(fd, PCRUN, PRSABORT), 0);
	WAIT(p, W_EXITED(EINTR));
}

static void pauses(long unused MAYBE)
{
	long err = sys(pause);
	sys(exit_group, -err);
}

CASE(abort_asleep, "PRSABORT ends a sleep: the call returns EINTR")
{
	long p = puppet(pauses, 0);
	until(p, 'S');
	long fd = control(p);
	IS(order0(fd, PCSTOP), 0);
	IS(order1(fd, PCRUN, PRSABORT), 0);
	WAIT(p, W_EXITED(EINTR));
}

/* Registers. */

CASE(registers, "PCSREG sets the general registers")
{
	long fd, p = at_code(21, &fd);
	TRUE(GREG(p, RIP) == (long)code_start);
	IS(GREG(p, RDI), 21);
	IS(order1(fd, PCSVADDR, (long)code_far), 0);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(21));
}

CASE(registers_flags, "PCSREG changes the condition codes and the direction, no other flag")
{
	long fd, p = held(works, 0, &fd), regs[28], before = GREG(p, RFL);
	memcpy(regs, file + LWP(pr_reg), sizeof regs);
	regs[REG_RFL] = ~0l;
	IS(order_bytes(fd, PCSREG, regs, sizeof regs), 0);
	IS((GREG(p, RFL) ^ before) & ~0xcd5l, 0);
	IS(GREG(p, RFL) & 0x8d5, 0x8d5);
}

CASE(registers_running, "PCSREG, PCSVADDR, PCSFPREG: EBUSY for one that is not stopped")
{
	long fd, p = at_work(&fd), regs[528 / 8] = {0};
	ERR(order_bytes(fd, PCSREG, regs, 28 * 8), EBUSY);
	ERR(order1(fd, PCSVADDR, (long)code_far), EBUSY);
	ERR(order_bytes(fd, PCSFPREG, regs, 528), EBUSY);
	LEAVES(p, 3);
}

CASE(registers_float, "PCSFPREG sets the floating-point registers")
{
	long fd, p = held(works, 0, &fd), regs[528 / 8];
	proc_get(p, "status");
	memcpy(regs, file + LWP(pr_fpreg), sizeof regs);
	regs[160 / 8] = 0x1234; /* xmm0 */
	IS(order_bytes(fd, PCSFPREG, regs, sizeof regs), 0);
	proc_get(p, "status");
	IS(LONG(LWP(pr_fpreg) + 160), 0x1234);
}

CASE(address_jump, "PCSVADDR is where it goes on")
{
	long fd, p = at_code(6, &fd);
	IS(order1(fd, PCSVADDR, (long)code_far), 0);
	TRUE(GREG(p, RIP) == (long)code_far);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(6));
}

/* Modes. */

CASE(modes, "PCSET sets modes, PCUNSET clears them, pr_flags shows them")
{
	long fd, p = at_work(&fd);
	IS(order1(fd, PCSET, PR_FORK | PR_RLC), 0);
	IS(FLAGS(p) & (PR_FORK | PR_RLC | PR_KLC), PR_FORK | PR_RLC);
	IS(order1(fd, PCUNSET, PR_FORK), 0);
	IS(FLAGS(p) & (PR_FORK | PR_RLC | PR_KLC), PR_RLC);
	LEAVES(p, 3);
}

CASE(modes_bad, "PCSET, PCUNSET: EINVAL for what is no mode")
{
	long fd, p = at_work(&fd);
	ERR(order1(fd, PCSET, 1), EINVAL);
	ERR(order1(fd, PCUNSET, PR_STOPPED), EINVAL);
	IS(FLAGS(p) & (PR_FORK | PR_RLC | PR_KLC), 0);
}

CASE(tracing_shown, "status shows what is traced")
{
	long fd, p = at_work(&fd);
	trace_signal(fd, SIGUSR2);
	trace_fault(fd, FLTBPT);
	trace_entry(fd, SYS_read);
	trace_exit(fd, SYS_write);
	proc_get(p, "status");
	IS(HAS(PSTATUS_pr_sigtrace, SIGUSR2), 1);
	IS(HAS(PSTATUS_pr_sigtrace, SIGUSR1), 0);
	IS(HAS(PSTATUS_pr_flttrace, FLTBPT), 1);
	IS(HAS(PSTATUS_pr_sysentry, SYS_read), 1);
	IS(HAS(PSTATUS_pr_sysentry, SYS_write), 0);
	IS(HAS(PSTATUS_pr_sysexit, SYS_write), 1);
}

CASE(nice, "PCNICE adds to the nice value")
{
	long fd, p = at_work(&fd);
	proc_get(p, "psinfo");
	int before = file[PSINFO_pr_lwp + LWPSINFO_pr_nice];
	IS(order1(fd, PCNICE, 3), 0);
	proc_get(p, "psinfo");
	IS(file[PSINFO_pr_lwp + LWPSINFO_pr_nice] - before, 3);
}

CASE(read_write, "PCREAD and PCWRITE move memory among other messages; EIO if not all can be")
{
	long fd, p = held(works, 0, &fd), v = 0;
	struct {
		void *base;
		long n;
		long at;
	} io = {&v, 8, (long)cells};
	IS(order_bytes(fd, PCREAD, &io, sizeof io), 0);
	IS(v, 41);
	v = 50;
	IS(order_bytes(fd, PCWRITE, &io, sizeof io), 0);
	v = 0;
	IS(order_bytes(fd, PCREAD, &io, sizeof io), 0);
	IS(v, 50);
	io.at = 8;
	ERR(order_bytes(fd, PCREAD, &io, sizeof io), EIO);
	IS(WHY(p), PR_REQUESTED);
}

/* Watched areas. */

/* Waits for the word, then stores into cells[n] and loads from it. */
static void touches(long n)
{
	await(&board[1], 1);
	*(volatile long *)&cells[n] = 7;
	advance(&board[2]);
	long v = *(volatile long *)&cells[n];
	sys(exit_group, v);
}

static long watched(long n, long *fd)
{
	long p = held(touches, n, fd);
	CHECK(trace_fault(*fd, FLTWATCH) == 0);
	STORE(&board[1], 1);
	return p;
}

CASE(watch_write, "a watched area is not written: the trap comes before the store is done")
{
	long fd, p = watched(0, &fd), as = proc_open(p, "as", O_RDONLY), v = 0;
	IS(watch(fd, cells, 8, WA_WRITE), 0);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHY(p), PR_FAULTED);
	IS(WHAT(p), FLTWATCH);
	IS(INT(LWP(pr_info) + SIGINFO_si_code), TRAP_WWATCH);
	TRUE(LONG(LWP(pr_info) + SIGINFO_si_addr) == (long)cells);
	IS(INT(LWP(pr_info) + SIGINFO_si_trapafter), 0);
	sys(pread, as, &v, 8, cells);
	IS(v, 41);
}

CASE(watch_after, "WA_TRAPAFTER: the trap comes when the store is done")
{
	long fd, p = watched(0, &fd), as = proc_open(p, "as", O_RDONLY), v = 0;
	IS(watch(fd, cells, 8, WA_WRITE | WA_TRAPAFTER), 0);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHAT(p), FLTWATCH);
	TRUE(INT(LWP(pr_info) + SIGINFO_si_trapafter) != 0);
	sys(pread, as, &v, 8, cells);
	IS(v, 7);
	IS(order1(fd, PCRUN, PRCFAULT), 0);
	WAIT(p, W_EXITED(7));
}

CASE(watch_read, "WA_READ: a load traps, a store does not")
{
	long fd, p = watched(0, &fd);
	IS(watch(fd, cells, 8, WA_READ | WA_TRAPAFTER), 0);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHAT(p), FLTWATCH);
	IS(INT(LWP(pr_info) + SIGINFO_si_code), TRAP_RWATCH);
	IS(LOAD(&board[2]), 1);
}

CASE(watch_exec, "WA_EXEC: the instruction traps before it is executed")
{
	long fd, p = at_code(5, &fd);
	trace_fault(fd, FLTWATCH);
	IS(watch(fd, code_start + 1, 1, WA_EXEC), 0);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHAT(p), FLTWATCH);
	IS(INT(LWP(pr_info) + SIGINFO_si_code), TRAP_XWATCH);
	IS(GREG(p, RIP) - (long)code_start, 1);
}

CASE(watch_size, "an area may have any size: a store into its last byte traps")
{
	long fd, p = watched(50, &fd);
	IS(watch(fd, (char *)cells + 3, 50 * 8 - 3 + 1, WA_WRITE), 0);
	IS(order1(fd, PCRUN, 0), 0);
	IS(order0(fd, PCWSTOP), 0);
	IS(WHAT(p), FLTWATCH);
	TRUE(LONG(LWP(pr_info) + SIGINFO_si_addr) == (long)&cells[50]);
}

CASE(watch_beside, "a store beside the area, in its page, does not trap")
{
	long fd, p = watched(8, &fd);
	IS(watch(fd, cells, 64, WA_WRITE | WA_READ), 0);
	IS(watch(fd, &cells[9], 64, WA_WRITE | WA_READ), 0);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(7));
}

CASE(watch_cleared, "flags 0 clear the area that begins there, whatever the size")
{
	long fd, p = watched(0, &fd);
	IS(watch(fd, cells, 16, WA_WRITE), 0);
	IS(watch(fd, cells, 0, 0), 0);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_EXITED(7));
}

CASE(watch_overlap, "EINVAL for an area that overlaps another")
{
	long fd, p = watched(0, &fd);
	IS(watch(fd, cells, 16, WA_WRITE), 0);
	ERR(watch(fd, (char *)cells + 8, 16, WA_WRITE), EINVAL);
	IS(watch(fd, (char *)cells + 16, 16, WA_WRITE), 0);
	IS(WHY(p), PR_REQUESTED);
}

CASE(watch_bad_flags, "EINVAL for flags there are not")
{
	long fd, p = watched(0, &fd);
	ERR(watch(fd, cells, 8, 0x100), EINVAL);
	ERR(watch(fd, cells, 8, 0x100 | WA_WRITE), EINVAL);
	IS(WHY(p), PR_REQUESTED);
}

CASE(watch_signal, "without FLTWATCH a watchpoint is SIGTRAP")
{
	long fd, p = held(touches, 0, &fd);
	STORE(&board[1], 1);
	IS(watch(fd, cells, 8, WA_WRITE), 0);
	IS(order1(fd, PCRUN, 0), 0);
	WAIT(p, W_KILLED(SIGTRAP));
}
