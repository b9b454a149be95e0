/* The stops of a tracee: signal-delivery-stop, group-stop, the stops of INTERRUPT; and how
 * LISTEN and CONT leave them. */
#include "tracing.h"

int counted; /* signals handled, in the tracee's memory */

static void counts(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
	counted++;
}

/* Handles what USR1, USR2 and SIGCONT say and exits with how often it did when told by
 * SIGTERM; first and last it sleeps. */
int ended;
static void ends(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
	ended = 1;
}

static void handler(long flags)
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

static void until_handling(long p)
{
	while (!(status_field(p, "SigCgt", 16) & BIT(SIGTERM)))
		sys(sched_yield);
	until_state(p, "S");
}

/* A tracee by SEIZE that sleeps in handler. */
static long handling(void)
{
	long p = seized(handler, 0, 0);
	until_handling(p);
	return p;
}

/* The puppet's count when it is told to end. */
static void count_is(long p, long n)
{
	CHECK(sys(kill, p, SIGTERM) == 0);
	WAIT(p, W_STOPPED(SIGTERM));
	IS(PT(CONT, p, 0, SIGTERM), 0);
	WAIT(p, W_EXITED(n));
}

static void send(long p, int sig)
{
	CHECK(sys(kill, p, sig) == 0);
}

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

/* SIGCONT and SIGSTOP. */
CASE(cont_signal_stops, "SIGCONT is reported like any signal, and its handler runs when it is passed on")
{
	long p = traced(handler, 0);
	CHECK(PT(CONT, p) == 0);
	until_handling(p);
	send(p, SIGCONT);
	WAIT(p, W_STOPPED(SIGCONT));
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	send(p, SIGCONT);
	WAIT(p, W_STOPPED(SIGCONT));
	IS(PT(CONT, p, 0, SIGCONT), 0);
	until_state(p, "S");
	count_is(p, 1);
}

CASE(cont_signal_seize, "each SIGCONT of a SEIZE tracee is an EVENT_STOP first, even when nothing was stopped")
{
	long p = handling();
	send(p, SIGCONT);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	count_is(p, 0);
}

CASE(cont_signal_no_wake, "SIGCONT does not continue a tracee in a signal-delivery-stop")
{
	long p = traced(sleeps, 0);
	send(p, SIGCONT);
	STATE(p, 't');
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
}

CASE(cont_removes_stop, "SIGCONT removes a pending SIGSTOP, and SIGSTOP a pending SIGCONT")
{
	long p = traced(sleeps, 0);
	send(p, SIGTSTP);
	send(p, SIGSTOP);
	send(p, SIGCONT);
	IS(status_field(p, "ShdPnd", 16), BIT(SIGCONT));
	send(p, SIGSTOP);
	IS(status_field(p, "ShdPnd", 16), BIT(SIGSTOP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
}

CASE(cont_undoes_reported_stop, "SIGCONT sent during a SIGSTOP's delivery-stop undoes the SIGSTOP, though it is passed on")
{
	long p = handling();
	send(p, SIGSTOP);
	WAIT(p, W_STOPPED(SIGSTOP));
	send(p, SIGCONT);
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
	IS(PT(CONT, p, 0, SIGCONT), 0);
	until_state(p, "S");
	count_is(p, 1);
}

/* Group-stop, ATTACH style. */
CASE(group_old, "SIGSTOP passed on: a group-stop, reported as the signal again; GETSIGINFO is EINVAL")
{
	long p = asleep();
	CHECK(PT(ATTACH, p) == 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(info_of(p).si_signo, SIGSTOP);
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	info_t info;
	ERR(PT(GETSIGINFO, p, 0, &info), EINVAL);
	STATE(p, 't');
}

CASE(group_old_tstp, "SIGTSTP passed on is a group-stop, reported as SIGTSTP")
{
	long p = traced(sleeps, 0);
	CHECK(sys(setpgid, p, p) == 0); /* not orphaned: we are of its session */
	IS(PT(CONT, p, 0, SIGTSTP), 0);
	WAIT(p, W_STOPPED(SIGTSTP));
	ERR(PT(GETSIGINFO, p, 0, &(info_t){}), EINVAL);
}

static void leads(long unused MAYBE)
{
	CHECK(sys(setsid) == pid());
	raise(SIGTSTP);
	raise(SIGTTIN);
	raise(SIGTTOU);
	sys(exit_group, 8);
}

CASE(group_old_orphan, "SIGTSTP, SIGTTIN, SIGTTOU passed on to a process of an orphaned group do nothing")
{
	long p = traced(leads, 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTSTP));
	IS(PT(CONT, p, 0, SIGTSTP), 0);
	WAIT(p, W_STOPPED(SIGTTIN));
	IS(PT(CONT, p, 0, SIGTTIN), 0);
	WAIT(p, W_STOPPED(SIGTTOU));
	IS(PT(CONT, p, 0, SIGTTOU), 0);
	WAIT(p, W_EXITED(8));
}

CASE(group_old_cont, "CONT in a group-stop lets the tracee run: the stop is forgotten")
{
	long p = traced(leaves, 2);
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(2));
}

CASE(group_old_cont_signal, "a signal given to CONT in a group-stop is ignored")
{
	long p = traced(leaves, 2);
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(PT(CONT, p, 0, SIGTERM), 0);
	WAIT(p, W_EXITED(2));
}

CASE(group_old_sigcont, "SIGCONT does not wake an ATTACH tracee in group-stop")
{
	long p = traced(sleeps, 0);
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	send(p, SIGCONT);
	STATE(p, 't');
	NOTHING(p);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
}

CASE(group_old_no_event, "an ATTACH tracee's INTERRUPT and LISTEN are EIO")
{
	long p = traced(sleeps, 0);
	ERR(PT(INTERRUPT, p), EIO);
	ERR(PT(LISTEN, p), EIO);
	IS(PT(CONT, p), 0);
	ERR(PT(INTERRUPT, p), EIO);
}

/* Group-stop, SEIZE style. */
static long group_stopped(void)
{
	long p = handling();
	send(p, SIGSTOP);
	CHECK(wait_status(p, 0) == W_STOPPED(SIGSTOP) && PT(CONT, p, 0, SIGSTOP) == 0);
	CHECK(wait_status(p, 0) == W_GROUP(SIGSTOP));
	return p;
}

CASE(group_seize, "a SEIZE tracee's group-stop is EVENT_STOP with the stopping signal")
{
	long p = handling();
	CHECK(sys(setpgid, p, p) == 0);
	send(p, SIGTSTP);
	WAIT(p, W_STOPPED(SIGTSTP));
	SIG(info_of(p).si_signo, SIGTSTP);
	IS(PT(CONT, p, 0, SIGTSTP), 0);
	WAIT(p, W_GROUP(SIGTSTP));
	STATE(p, 't');
}

CASE(group_seize_siginfo, "GETSIGINFO of a SEIZE group-stop: SIGTRAP or the signal, si_code EVENT_STOP<<8|signal")
{
	long p = group_stopped();
	info_t info = info_of(p);
	SIG(info.si_signo, SIGSTOP);
	IS(info.si_code, 128 << 8 | SIGSTOP);
}

CASE(group_seize_cont, "CONT in a SEIZE group-stop lets the tracee run, though its process is stopped")
{
	long p = group_stopped();
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	send(p, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
}

CASE(group_seize_cont_signal, "a signal given to CONT in a SEIZE group-stop is ignored")
{
	long p = group_stopped();
	IS(PT(CONT, p, 0, SIGTERM), 0);
	until_state(p, "S");
	NOTHING(p);
}

CASE(group_parent_told, "SIGCONT of a SEIZE tracee in group-stop traps it: EVENT_STOP with SIGTRAP after CONT")
{
	long p = group_stopped();
	send(p, SIGCONT);
	STATE(p, 't');
	NOTHING(p);
	IS(PT(CONT, p), 0);
	long first = wait_status(p, 0);
	STATUS(first, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
}

CASE(listen, "LISTEN leaves the tracee in group-stop; requests are ESRCH meanwhile")
{
	long p = group_stopped();
	struct regs r;
	IS(PT(LISTEN, p), 0);
	STATE(p, 't');
	NOTHING(p);
	ERR(PT(GETREGS, p, 0, &r), ESRCH);
	ERR(PT(CONT, p), ESRCH);
	ERR(PT(LISTEN, p), ESRCH);
}

CASE(listen_sigcont, "SIGCONT ends a LISTEN: EVENT_STOP with SIGTRAP, then SIGCONT's own stop")
{
	long p = group_stopped();
	IS(PT(LISTEN, p), 0);
	send(p, SIGCONT);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
	IS(PT(CONT, p, 0, SIGCONT), 0);
	until_state(p, "S");
	count_is(p, 1);
}

CASE(listen_interrupt, "INTERRUPT ends a LISTEN: EVENT_STOP with the stopping signal, still in group-stop")
{
	long p = group_stopped();
	IS(PT(LISTEN, p), 0);
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGSTOP));
	IS(PT(LISTEN, p), 0);
	NOTHING(p);
}

CASE(listen_signal, "a signal sent to a tracee in LISTEN stays pending")
{
	long p = group_stopped();
	IS(PT(LISTEN, p), 0);
	send(p, SIGUSR1);
	STATE(p, 't');
	NOTHING(p);
	IS(status_field(p, "ShdPnd", 16), BIT(SIGUSR1));
	send(p, SIGCONT);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
}

CASE(listen_kill, "SIGKILL ends a tracee in LISTEN")
{
	long p = group_stopped();
	IS(PT(LISTEN, p), 0);
	send(p, SIGKILL);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(listen_elsewhere, "LISTEN in a stop that is no EVENT_STOP is EIO")
{
	long p = handling();
	send(p, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	ERR(PT(LISTEN, p), EIO);
}

CASE(listen_interrupted, "LISTEN after INTERRUPT of a tracee that is in no group-stop: it stays where it is")
{
	long p = handling();
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(LISTEN, p), 0);
	STATE(p, 't');
	ERR(PT(CONT, p), ESRCH);
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
}

/* INTERRUPT */
CASE(interrupt, "INTERRUPT stops a running tracee: EVENT_STOP with SIGTRAP")
{
	long p = handling();
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	info_t info = info_of(p);
	SIG(info.si_signo, SIGTRAP);
	IS(info.si_code, 128 << 8 | SIGTRAP);
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	count_is(p, 0);
}

CASE(interrupt_twice, "two INTERRUPTs before the stop are one stop")
{
	long p = handling();
	IS(PT(INTERRUPT, p), 0);
	until_state(p, "t");
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	NOTHING(p);
}

CASE(interrupt_stopped, "INTERRUPT of a stopped tracee: a stop of its own as soon as it is continued")
{
	long p = handling();
	send(p, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(INTERRUPT, p), 0);
	NOTHING(p);
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	NOTHING(p);
	count_is(p, 1);
}

CASE(interrupt_in_interrupt, "INTERRUPT in the stop of INTERRUPT stops once more after CONT")
{
	long p = handling();
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(INTERRUPT, p), 0);
	NOTHING(p);
	IS(PT(CONT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
}

CASE(interrupt_and_signal, "INTERRUPT stops before a signal that came earlier is reported")
{
	long p = handling();
	send(p, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	send(p, SIGUSR2);
	IS(PT(INTERRUPT, p), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGUSR2));
}

CASE(interrupt_signal_given, "a signal given to CONT after INTERRUPT is ignored")
{
	long p = handling();
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p, 0, SIGKILL), 0);
	until_state(p, "S");
	count_is(p, 0);
}

CASE(interrupt_pause, "INTERRUPT does not make pause return: the call is restarted")
{
	long p = seized(sleeps, 0, 0);
	until_state(p, "S");
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	NOTHING(p);
}

CASE(interrupt_attach, "INTERRUPT of an ATTACH tracee that runs is EIO")
{
	long p = asleep();
	CHECK(PT(ATTACH, p) == 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	CHECK(PT(CONT, p) == 0);
	until_state(p, "S");
	ERR(PT(INTERRUPT, p), EIO);
	STATE(p, 'S');
}
