/* Signal-delivery-stops: what stops, in which order, and what the tracer may do with it. */
#include "tracing.h"

/* Signal-delivery-stop. */
CASE(signal_passed, "a signal passed on is delivered to its handler")
{
	long p = handling();
	send(p, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	until_state(p, "S");
	count_is(p, 1);
}

CASE(signal_suppressed, "a signal that is not passed on is gone")
{
	long p = handling();
	send(p, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(CONT, p, 0, 0), 0);
	until_state(p, "S");
	NOTHING(p);
	count_is(p, 0);
}

static void notes(int sig, info_t *info, context_t *context MAYBE)
{
	board[0] = sig;
	board[1] = info->si_code;
	board[2] = info->si_pid;
	sys(exit_group, 0);
}

static void notes_all(long unused MAYBE)
{
	handle(SIGUSR1, notes, 0, 0);
	handle(SIGUSR2, notes, 0, 0);
	handle(SIGSEGV, notes, 0, 0);
	raise(SIGUSR1);
}

CASE(signal_replaced, "another signal can be injected instead; it comes as if the tracer had sent it")
{
	long p = traced(notes_all, 0);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(CONT, p, 0, SIGUSR2), 0);
	WAIT(p, W_EXITED(0));
	SIG(board[0], SIGUSR2);
	IS(board[1], SI_USER);
	WHO(board[2], pid());
}

CASE(signal_same_info, "the same signal passed on keeps its siginfo")
{
	long p = traced(notes_all, 0);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	WAIT(p, W_EXITED(0));
	SIG(board[0], SIGUSR1);
	IS(board[1], SI_TKILL);
	WHO(board[2], p);
}

CASE(signal_injected_no_stop, "an injected signal causes no stop of its own")
{
	long p = traced(sleeps, 0);
	IS(PT(CONT, p, 0, SIGTERM), 0);
	WAIT(p, W_KILLED(SIGTERM));
}

static void blocks_usr2(long unused MAYBE)
{
	mask(SIG_BLOCK, BIT(SIGUSR2));
	raise(SIGUSR1);
	raise(SIGTRAP);
	mask(SIG_UNBLOCK, BIT(SIGUSR2));
	sys(exit_group, 1);
}

CASE(signal_injected_blocked, "an injected signal that is blocked stays pending, and stops when it is unblocked")
{
	long p = traced(blocks_usr2, 0);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(CONT, p, 0, SIGUSR2), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(status_field(p, "SigPnd", 16), BIT(SIGUSR2));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGUSR2));
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(1));
}

static void ignores(long sig)
{
	struct sigaction sa = {.sa_handler = SIG_IGN};
	CHECK(sys(rt_sigaction, sig, &sa, 0, 8) == 0);
	raise(sig);
	sys(exit_group, 3);
}

CASE(signal_ignored, "a traced process stops for a signal that it ignores, too")
{
	long p = traced(ignores, SIGUSR1);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	WAIT(p, W_EXITED(3));
}

CASE(signal_default_ignored, "a traced process stops for SIGCHLD, SIGURG, SIGWINCH, which do nothing by default")
{
	static const int sigs[] = {SIGCHLD, SIGURG, SIGWINCH};
	for (int i = 0; i < 3; i++) {
		long p = traced(raises, sigs[i]);
		CHECK(PT(CONT, p) == 0);
		WAIT(p, W_STOPPED(sigs[i]));
		IS(PT(CONT, p, 0, sigs[i]), 0);
		WAIT(p, W_EXITED(0));
	}
}

static void blocks_all(long unused MAYBE)
{
	mask(SIG_BLOCK, BIT(SIGUSR1));
	raise(SIGUSR1);
	raise(SIGUSR2);
}

CASE(signal_blocked, "a blocked signal causes no stop")
{
	long p = traced(blocks_all, 0);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGUSR2));
	IS(status_field(p, "SigPnd", 16), BIT(SIGUSR1));
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(0));
}

CASE(signal_kill_no_stop, "SIGKILL is never reported before it kills")
{
	long p = traced(sleeps, 0);
	CHECK(PT(CONT, p) == 0);
	send(p, SIGKILL);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(signal_kill_stopped, "SIGKILL kills a tracee in a stop, without the tracer's leave")
{
	long p = traced(sleeps, 0);
	send(p, SIGKILL);
	WAIT(p, W_KILLED(SIGKILL));
	ERR(PT(CONT, p), ESRCH);
}

CASE(signal_kill_injected, "SIGKILL can be injected")
{
	long p = traced(sleeps, 0);
	IS(PT(CONT, p, 0, SIGKILL), 0);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(signal_two_pending, "of several pending signals the one with the lowest number stops first")
{
	long p = traced(sleeps, 0);
	send(p, SIGTERM);
	send(p, SIGHUP);
	send(p, SIGUSR2);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGHUP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGUSR2));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTERM));
}

CASE(signal_thread_first, "signals of the thread stop before signals of the process")
{
	long p = traced(sleeps, 0);
	send(p, SIGHUP);
	CHECK(sys(tgkill, p, p, SIGTERM) == 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTERM));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGHUP));
}

CASE(signal_synchronous_first, "a pending SIGSEGV or SIGTRAP sent to the thread stops before lower numbers")
{
	long p = traced(sleeps, 0);
	CHECK(sys(tgkill, p, p, SIGHUP) == 0 && sys(tgkill, p, p, SIGSEGV) == 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGSEGV));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGHUP));
}

CASE(signal_not_queued, "a standard signal sent twice before it stops is one")
{
	long p = traced(sleeps, 0);
	send(p, SIGUSR1);
	send(p, SIGUSR1);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	NOTHING(p);
}

CASE(signal_queued, "a real-time signal sent twice stops twice")
{
	long p = traced(sleeps, 0);
	send(p, RT(3));
	send(p, RT(3));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(RT(3)));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(RT(3)));
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	NOTHING(p);
}

CASE(signal_again_in_stop, "the same signal sent during its delivery-stop is reported again")
{
	long p = handling();
	send(p, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	send(p, SIGUSR1);
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	until_state(p, "S");
	count_is(p, 2);
}

static void faults(long unused MAYBE)
{
	*(volatile int *)8 = 1;
}

CASE(signal_fault_repeats, "a fault that is suppressed and not repaired happens again")
{
	long p = traced(faults, 0);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGSEGV));
	info_t info = info_of(p);
	IS(info.si_code, SEGV_MAPERR);
	IS(info.si_addr, 8);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGSEGV));
	IS(PT(CONT, p, 0, SIGSEGV), 0);
	WAIT(p, W_KILLED(SIGSEGV));
}

CASE(signal_fault_ignored, "a fault of a process that ignores or blocks it is still reported, and is fatal")
{
	long p = traced(faults, 0);
	unsigned long set = BIT(SIGSEGV);
	IS(PT(SETSIGMASK, p, 8, &set), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGSEGV));
	IS(status_field(p, "SigBlk", 16), 0);
	IS(PT(CONT, p, 0, SIGSEGV), 0);
	WAIT(p, W_KILLED(SIGSEGV));
}

CASE(cont_bad_signal, "CONT, SYSCALL, SINGLESTEP, SINGLEBLOCK with a number that is no signal are EIO; the tracee stays stopped")
{
	long p = traced(leaves, 1);
	ERR(PT(CONT, p, 0, 65), EIO);
	ERR(PT(CONT, p, 0, -1), EIO);
	ERR(PT(SYSCALL, p, 0, 65), EIO);
	ERR(PT(SINGLESTEP, p, 0, 1000), EIO);
	ERR(PT(SINGLEBLOCK, p, 0, 65), EIO);
	STATE(p, 't');
	IS(PT(CONT, p, 0, 0), 0);
	WAIT(p, W_EXITED(1));
}

CASE(cont_last_signal, "64 is a signal to CONT; it kills")
{
	long p = traced(leaves, 1);
	IS(PT(CONT, p, 0, 64), 0);
	WAIT(p, W_KILLED(64));
}

CASE(cont_ignores_addr, "CONT ignores addr: it does not jump")
{
	long p = traced(leaves, 4);
	IS(PT(CONT, p, 1, 0), 0);
	WAIT(p, W_EXITED(4));
}

CASE(cont_twice, "the second of two CONTs is ESRCH")
{
	long p = traced(sleeps, 0);
	IS(PT(CONT, p), 0);
	ERR(PT(CONT, p), ESRCH);
}

CASE(stop_reported_once, "a stop is reported by one wait only")
{
	long p = traced(sleeps, 0);
	NOTHING(p);
	STATE(p, 't');
}

CASE(stop_wnowait, "waitid with WNOWAIT leaves the stop to be reported again; si_code is CLD_TRAPPED")
{
	long p = traced(raises, SIGUSR1);
	info_t info;
	CHECK(PT(CONT, p) == 0);
	IS(sys(waitid, P_PID, p, &info, WSTOPPED | WNOWAIT | __WALL, 0), 0);
	SIG(info.si_signo, SIGCHLD);
	IS(info.si_code, CLD_TRAPPED);
	SIG(info.si_status, SIGUSR1);
	WHO(info.si_pid, p);
	WAIT(p, W_STOPPED(SIGUSR1));
	NOTHING(p);
}

int chld_codes[8], chlds;
static void notes_chld(int sig MAYBE, info_t *info, context_t *context MAYBE)
{
	if (chlds < 8)
		chld_codes[chlds++] = info->si_code << 16 | info->si_status;
}

CASE(stop_sigchld, "each stop sends the tracer SIGCHLD: CLD_TRAPPED with the signal")
{
	long p = traced(raises, SIGUSR1);
	handle(SIGCHLD, notes_chld, 0, 0);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(chlds, 1);
	IS(chld_codes[0] >> 16, CLD_TRAPPED);
	SIG(chld_codes[0] & 0xffff, SIGUSR1);
}

CASE(stop_sigchld_nocldstop, "SA_NOCLDSTOP keeps a tracee's stops from sending SIGCHLD")
{
	long p = traced(raises, SIGUSR1);
	handle(SIGCHLD, notes_chld, SA_NOCLDSTOP, 0);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(chlds, 0);
}
