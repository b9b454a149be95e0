/* Calls that signals and stops interrupt, and how they are made again, as syscall-stops and
 * signal-stops show it. */
#include "tracing.h"

int fds[2];
static void reads(long flags)
{
	char c;
	handle(SIGUSR1, counts, flags, 0);
	board[0] = sys(read, fds[0], &c, 1);
	board[1] = counted;
}

/* A tracee asleep in its read, to be traced from there on by SYSCALL; past the entry. */
static long in_read(long flags)
{
	CHECK(sys(pipe, fds) == 0);
	long p = traced_good(reads, flags, 0);
	next(p, 0);
	ENTRY(p, rt_sigaction);
	next(p, 0);
	RETURN(p, rt_sigaction, 0);
	next(p, 0);
	ENTRY(p, read);
	next(p, 0);
	until_state(p, "S");
	return p;
}

static void finish_read(long p)
{
	CHECK(sys(write, fds[1], "x", 1) == 1);
	RETURN(p, read, 1);
}

CASE(restart_read, "a read that a signal interrupts ends with -ERESTARTSYS; suppressed, it is made again")
{
	long p = in_read(0);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	next(p, 0);
	ENTRY(p, read);
	next(p, 0);
	finish_read(p);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], 1);
	IS(board[1], 0);
}

CASE(restart_read_regs, "in the signal's stop rip is still past the call, orig_rax and rax are as at its end")
{
	long p = in_read(0);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	unsigned long rip = regs_of(p).rip;
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	TRUE(regs_of(p).rip == rip);
	IS(regs_of(p).orig_rax, __NR_read);
	IS(regs_of(p).rax, -512);
	next(p, 0);
	WAIT(p, W_SYSCALL);
	TRUE(regs_of(p).rip == rip);
}

CASE(restart_read_eintr, "a handler without SA_RESTART: the read returns EINTR after it")
{
	long p = in_read(0);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	next(p, SIGUSR1);
	ENTRY(p, rt_sigreturn);
	next(p, 0);
	CALL(p, -1, -EINTR);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], -EINTR);
	IS(board[1], 1);
}

CASE(restart_read_again, "a handler with SA_RESTART: the read is made again after it")
{
	long p = in_read(SA_RESTART);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	next(p, SIGUSR1);
	ENTRY(p, rt_sigreturn);
	next(p, 0);
	CALL(p, -1, __NR_read); /* the frame was made to make the call again */
	next(p, 0);
	ENTRY(p, read);
	next(p, 0);
	finish_read(p);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(0));
	IS(board[1], 1);
}

CASE(restart_interrupt, "INTERRUPT in a call: EVENT_STOP, and the call again; but a stop at the call's end takes EVENT_STOP's place")
{
	CHECK(sys(pipe, fds) == 0);
	long p = seized(reads, 0, PTRACE_O_TRACESYSGOOD);
	while (!(status_field(p, "SigCgt", 16) & BIT(SIGUSR1)))
		sys(sched_yield);
	until_state(p, "S");
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(regs_of(p).rax, -512);
	next(p, 0);
	ENTRY(p, read);
	next(p, 0);
	until_state(p, "S");
	IS(PT(INTERRUPT, p), 0);
	RETURN(p, read, -512);
	next(p, 0);
	ENTRY(p, read);
	next(p, 0);
	finish_read(p);
}

CASE(restart_attach, "ATTACH in a call interrupts it; the call is made again when the SIGSTOP is suppressed")
{
	CHECK(sys(pipe, fds) == 0);
	long p = puppet(reads, 0);
	while (!(status_field(p, "SigCgt", 16) & BIT(SIGUSR1)))
		sys(sched_yield);
	until_state(p, "S");
	IS(PT(ATTACH, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(regs_of(p).rax, -512);
	IS(regs_of(p).orig_rax, __NR_read);
	IS(PT(DETACH, p), 0);
	CHECK(sys(write, fds[1], "x", 1) == 1);
	WAIT(p, W_EXITED(0));
	IS(board[0], 1);
}

CASE(restart_refused, "orig_rax -1 in the signal's stop: the call is not made again, and -ERESTARTSYS is seen")
{
	long p = in_read(0);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(POKEUSR, p, USER(orig_rax), -1), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], -512);
}

CASE(restart_replaced, "rax changed in the signal's stop is the call's result: it is not made again")
{
	long p = in_read(0);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(POKEUSR, p, USER(rax), -EINTR), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], -EINTR);
}

CASE(restart_jump, "rip moved in the stop of a call to be restarted: the kernel moves it back by 2 from there")
{
	long p = in_read(0);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(POKEUSR, p, USER(rip), 0x12), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGSEGV));
	IS(regs_of(p).rip, 0x10);
	IS(regs_of(p).rax, __NR_read);
}

CASE(restart_pause, "pause ends with -ERESTARTNOHAND: made again when there is no handler")
{
	long p = traced_good(sleeps, 0, 0);
	next(p, 0);
	ENTRY(p, pause);
	next(p, 0);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, pause, -514);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	next(p, 0);
	ENTRY(p, pause);
}

static void pauses(long flags)
{
	handle(SIGUSR1, counts, flags, 0);
	board[0] = sys(pause);
}

CASE(restart_pause_handler, "pause with a handler returns EINTR, SA_RESTART or not")
{
	long p = traced_good(pauses, SA_RESTART, 0);
	IS(PT(CONT, p), 0);
	while (!(status_field(p, "SigCgt", 16) & BIT(SIGUSR1)))
		sys(sched_yield);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(regs_of(p).rax, -514);
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], -EINTR);
}

static void naps(long flags)
{
	long whole[2] = {1000, 0}, left[2] = {0, 0};
	handle(SIGUSR1, counts, flags, 0);
	board[0] = sys(nanosleep, whole, left);
	board[1] = left[0] > 900 && left[0] <= 1000; /* slack may be added */
}

static long in_nap(long flags)
{
	long p = traced_good(naps, flags, 0);
	next(p, 0);
	ENTRY(p, rt_sigaction);
	next(p, 0);
	RETURN(p, rt_sigaction, 0);
	next(p, 0);
	ENTRY(p, nanosleep);
	next(p, 0);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, nanosleep, -516);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	return p;
}

CASE(restart_nanosleep, "nanosleep ends with -ERESTART_RESTARTBLOCK and goes on as restart_syscall")
{
	long p = in_nap(0);
	next(p, 0);
	ENTRY(p, restart_syscall);
	next(p, 0);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, restart_syscall, -516);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
}

CASE(restart_nanosleep_handler, "nanosleep with a handler returns EINTR and what is left, SA_RESTART or not")
{
	long p = in_nap(SA_RESTART);
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], -EINTR);
	IS(board[1], 1);
}

static void waits_futex(long timeout)
{
	int word = 1;
	long whole[2] = {1000, 0};
	handle(SIGUSR1, counts, 0, 0);
	board[0] = sys(futex, &word, FUTEX_WAIT, 1, timeout ? whole : 0);
}

static long in_futex(long timeout)
{
	long p = traced_good(waits_futex, timeout, 0);
	IS(PT(CONT, p), 0);
	while (!(status_field(p, "SigCgt", 16) & BIT(SIGUSR1)))
		sys(sched_yield);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	return p;
}

CASE(restart_futex, "FUTEX_WAIT for ever is restarted as itself: -ERESTARTSYS")
{
	long p = in_futex(0);
	IS(regs_of(p).rax, -512);
	next(p, 0);
	ENTRY(p, futex);
}

CASE(restart_futex_timeout, "FUTEX_WAIT with a timeout goes on as restart_syscall: -ERESTART_RESTARTBLOCK")
{
	long p = in_futex(1);
	IS(regs_of(p).rax, -516);
	next(p, 0);
	ENTRY(p, restart_syscall);
}

CASE(restart_futex_eintr, "FUTEX_WAIT with a handler returns EINTR")
{
	long p = in_futex(1);
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], -EINTR);
}

static void reaps(long unused MAYBE)
{
	handle(SIGUSR1, counts, 0, 0);
	long child = sys(fork);
	if (child == 0) {
		leash();
		advance(&board[2]);
		sleeps(0);
	}
	await(&board[2], 1);
	STORE(&board[3], 1);
	board[0] = sys(wait4, child, 0, 0, 0);
}

CASE(restart_wait, "wait4 is restarted after a suppressed signal: -ERESTARTSYS")
{
	long p = traced_good(reaps, 0, 0);
	IS(PT(CONT, p), 0);
	while (!LOAD(&board[3]))
		sys(sched_yield);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(regs_of(p).rax, -512);
	next(p, 0);
	ENTRY(p, wait4);
}

CASE(sigreturn_stops, "rt_sigreturn has both stops; at its end rax is the interrupted program's, orig_rax -1")
{
	long p = traced_good(pauses, 0, 0);
	IS(PT(CONT, p), 0);
	while (!(status_field(p, "SigCgt", 16) & BIT(SIGUSR1)))
		sys(sched_yield);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	next(p, SIGUSR1);
	ENTRY(p, rt_sigreturn);
	next(p, 0);
	CALL(p, -1, -EINTR);
	next(p, 0);
	ENTRY(p, exit_group);
}
