/* What a tracer learns and changes about a tracee's signals: GET/SETSIGINFO, PEEKSIGINFO,
 * GET/SETSIGMASK. */
#include "tracing.h"

static void notes(int sig, info_t *info, context_t *context MAYBE)
{
	board[0] = sig;
	board[1] = info->si_code;
	board[2] = info->si_pid;
	board[3] = info->si_int;
	sys(exit_group, 0);
}

static void notes_signal(long unused MAYBE)
{
	handle(SIGUSR1, notes, 0, 0);
	handle(SIGUSR2, notes, 0, 0);
	raise(SIGUSR1);
}

/* A tracee in the delivery-stop of the SIGUSR1 that it sent itself. */
static long at_usr1(void)
{
	long p = traced(notes_signal, 0);
	CHECK(PT(CONT, p) == 0 && wait_status(p, 0) == W_STOPPED(SIGUSR1));
	return p;
}

static void queue(long p, int sig, int value)
{
	info_t info = {};
	info.si_signo = sig;
	info.si_code = SI_QUEUE;
	info.si_pid = pid();
	info.si_int = value;
	CHECK(sys(rt_sigqueueinfo, p, sig, &info) == 0);
}

CASE(info_tkill, "GETSIGINFO of a signal by tgkill: SI_TKILL, the sender's pid")
{
	long p = at_usr1();
	info_t info = info_of(p);
	SIG(info.si_signo, SIGUSR1);
	IS(info.si_errno, 0);
	IS(info.si_code, SI_TKILL);
	WHO(info.si_pid, p);
}

CASE(info_kill, "GETSIGINFO of a signal by kill: SI_USER, the sender's pid and user")
{
	long p = traced(sleeps, 0);
	CHECK(sys(kill, p, SIGUSR2) == 0 && PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGUSR2));
	info_t info = info_of(p);
	IS(info.si_code, SI_USER);
	WHO(info.si_pid, pid());
	TRUE(info.si_uid == (unsigned)sys(getuid));
}

CASE(info_queue, "GETSIGINFO of a queued signal has its value")
{
	long p = traced(sleeps, 0);
	queue(p, RT(4), 4711);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(RT(4)));
	info_t info = info_of(p);
	IS(info.si_code, SI_QUEUE);
	IS(info.si_int, 4711);
}

CASE(info_repeats, "GETSIGINFO can be asked again, with the same answer")
{
	long p = at_usr1();
	SIG(info_of(p).si_signo, SIGUSR1);
	SIG(info_of(p).si_signo, SIGUSR1);
	WHO(info_of(p).si_pid, p);
}

CASE(info_event, "GETSIGINFO in an event stop: SIGTRAP, si_code is the event << 8 | SIGTRAP, the tracee's own pid")
{
	long p = traced(execs, 0);
	CHECK(PT(SETOPTIONS, p, 0, PTRACE_O_TRACEEXEC) == 0 && PT(CONT, p) == 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	info_t info = info_of(p);
	SIG(info.si_signo, SIGTRAP);
	IS(info.si_code, PTRACE_EVENT_EXEC << 8 | SIGTRAP);
	WHO(info.si_pid, p);
}

CASE(info_syscall, "GETSIGINFO in a syscall-stop: SIGTRAP, si_code SIGTRAP, or SIGTRAP|0x80 with TRACESYSGOOD")
{
	long p = traced(leaves, 0);
	CHECK(PT(SYSCALL, p) == 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	SIG(info_of(p).si_signo, SIGTRAP);
	IS(info_of(p).si_code, SIGTRAP);
	p = traced(leaves, 0);
	CHECK(PT(SETOPTIONS, p, 0, PTRACE_O_TRACESYSGOOD) == 0 && PT(SYSCALL, p) == 0);
	WAIT(p, W_SYSCALL);
	SIG(info_of(p).si_signo, SIGTRAP);
	IS(info_of(p).si_code, SIGTRAP | 0x80);
}

CASE(info_set, "SETSIGINFO changes what the handler is told")
{
	long p = at_usr1();
	info_t info = info_of(p);
	info.si_code = SI_QUEUE;
	info.si_int = 99;
	IS(PT(SETSIGINFO, p, 0, &info), 0);
	IS(info_of(p).si_code, SI_QUEUE);
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	WAIT(p, W_EXITED(0));
	IS(board[1], SI_QUEUE);
	IS(board[3], 99);
}

CASE(info_set_other, "a SETSIGINFO for another signal than CONT gives is overwritten: SI_USER from the tracer")
{
	long p = at_usr1();
	info_t info = info_of(p);
	info.si_code = SI_QUEUE;
	info.si_int = 99;
	IS(PT(SETSIGINFO, p, 0, &info), 0);
	IS(PT(CONT, p, 0, SIGUSR2), 0);
	WAIT(p, W_EXITED(0));
	SIG(board[0], SIGUSR2);
	IS(board[1], SI_USER);
	WHO(board[2], pid());
}

CASE(info_set_signal, "SETSIGINFO of another signal, which CONT then gives, is kept whole")
{
	long p = at_usr1();
	info_t info = info_of(p);
	info.si_signo = SIGUSR2;
	info.si_code = SI_QUEUE;
	info.si_int = 98;
	IS(PT(SETSIGINFO, p, 0, &info), 0);
	IS(PT(CONT, p, 0, SIGUSR2), 0);
	WAIT(p, W_EXITED(0));
	SIG(board[0], SIGUSR2);
	IS(board[1], SI_QUEUE);
	IS(board[3], 98);
}

CASE(info_group_stop, "GETSIGINFO and SETSIGINFO in a group-stop of an ATTACH tracee are EINVAL")
{
	long p = traced(sleeps, 0);
	info_t info = info_of(p);
	CHECK(PT(CONT, p, 0, SIGSTOP) == 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	ERR(PT(GETSIGINFO, p, 0, &info), EINVAL);
	ERR(PT(SETSIGINFO, p, 0, &info), EINVAL);
}

CASE(info_nowhere, "GETSIGINFO and SETSIGINFO with a bad pointer are EFAULT")
{
	long p = at_usr1();
	ERR(PT(GETSIGINFO, p, 0, 8), EFAULT);
	ERR(PT(SETSIGINFO, p, 0, 8), EFAULT);
}

/* PEEKSIGINFO */
static long peek_queue(long p, unsigned long off, unsigned flags, int nr, info_t *to)
{
	struct ptrace_peeksiginfo_args args = {off, flags, nr};
	return sys(ptrace, PTRACE_PEEKSIGINFO, p, &args, to);
}

CASE(queue_thread, "PEEKSIGINFO lists the thread's queue in the order of sending, and leaves it")
{
	long p = traced(sleeps, 0);
	info_t infos[4];
	CHECK(sys(tgkill, p, p, SIGTERM) == 0 && sys(tgkill, p, p, SIGHUP) == 0);
	for (int i = 0; i < 2; i++) {
		IS(peek_queue(p, 0, 0, 4, infos), 2);
		SIG(infos[0].si_signo, SIGTERM);
		SIG(infos[1].si_signo, SIGHUP);
		IS(infos[0].si_code, SI_TKILL);
	}
}

CASE(queue_shared, "PEEKSIGINFO lists the process's queue with PTRACE_PEEKSIGINFO_SHARED")
{
	long p = traced(sleeps, 0);
	info_t infos[4];
	queue(p, RT(2), 1);
	queue(p, RT(2), 2);
	IS(peek_queue(p, 0, PTRACE_PEEKSIGINFO_SHARED, 4, infos), 2);
	SIG(infos[0].si_signo, RT(2));
	IS(infos[0].si_int, 1);
	IS(infos[1].si_int, 2);
	IS(peek_queue(p, 0, 0, 4, infos), 0);
}

CASE(queue_part, "PEEKSIGINFO from an offset; past the end it is 0")
{
	long p = traced(sleeps, 0);
	info_t infos[4];
	for (int i = 1; i <= 3; i++)
		queue(p, RT(2), i);
	IS(peek_queue(p, 1, PTRACE_PEEKSIGINFO_SHARED, 1, infos), 1);
	IS(infos[0].si_int, 2);
	IS(peek_queue(p, 2, PTRACE_PEEKSIGINFO_SHARED, 4, infos), 1);
	IS(infos[0].si_int, 3);
	IS(peek_queue(p, 3, PTRACE_PEEKSIGINFO_SHARED, 4, infos), 0);
	IS(peek_queue(p, 0, PTRACE_PEEKSIGINFO_SHARED, 0, infos), 0);
}

CASE(queue_bad, "PEEKSIGINFO with unknown flags or a negative number is EINVAL, with bad arguments EFAULT")
{
	long p = traced(sleeps, 0);
	info_t infos[4];
	CHECK(sys(tgkill, p, p, SIGTERM) == 0);
	ERR(peek_queue(p, 0, 2, 4, infos), EINVAL);
	ERR(peek_queue(p, 0, 0, -1, infos), EINVAL);
	ERR(peek_queue(p, 0, 0, 1, (info_t *)8), EFAULT);
	ERR(sys(ptrace, PTRACE_PEEKSIGINFO, p, 8, infos), EFAULT);
}

CASE(queue_current, "the signal of a signal-delivery-stop is in the queue no more")
{
	long p = at_usr1();
	info_t infos[4];
	IS(peek_queue(p, 0, 0, 4, infos), 0);
	IS(status_field(p, "SigPnd", 16), 0);
}

/* GETSIGMASK, SETSIGMASK */
static void blocks(long set)
{
	mask(SIG_SETMASK, set);
	raise(SIGUSR1); /* not blocked */
	raise(SIGUSR2);
	sys(exit_group, 9);
}

CASE(mask_get, "GETSIGMASK is the mask of blocked signals")
{
	long p = traced(blocks, BIT(SIGHUP) | BIT(SIGTERM));
	unsigned long set = 1;
	IS(PT(GETSIGMASK, p, 8, &set), 0);
	IS(set, 0);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(GETSIGMASK, p, 8, &set), 0);
	IS(set, BIT(SIGHUP) | BIT(SIGTERM));
}

CASE(mask_set, "SETSIGMASK blocks: a signal sent afterwards does not stop")
{
	long p = traced(blocks, 0);
	unsigned long set = BIT(SIGUSR2);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(SETSIGMASK, p, 8, &set), 0);
	IS(status_field(p, "SigBlk", 16), BIT(SIGUSR2));
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(9));
}

CASE(mask_set_unblocks, "SETSIGMASK unblocks: a pending signal stops next")
{
	long p = traced(sleeps, 0);
	unsigned long set = BIT(SIGTERM);
	CHECK(PT(SETSIGMASK, p, 8, &set) == 0 && sys(kill, p, SIGTERM) == 0 && PT(CONT, p) == 0);
	until_state(p, "S");
	NOTHING(p);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	set = 0;
	IS(PT(SETSIGMASK, p, 8, &set), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTERM));
}

CASE(mask_set_kill, "SETSIGMASK cannot block SIGKILL and SIGSTOP")
{
	long p = traced(sleeps, 0);
	unsigned long set = -1ul;
	IS(PT(SETSIGMASK, p, 8, &set), 0);
	IS(PT(GETSIGMASK, p, 8, &set), 0);
	IS(set, ~(BIT(SIGKILL) | BIT(SIGSTOP)));
}

CASE(mask_size, "GETSIGMASK and SETSIGMASK with another size than 8 are EINVAL, with a bad pointer EFAULT")
{
	long p = traced(sleeps, 0);
	unsigned long set = 0;
	ERR(PT(GETSIGMASK, p, 4, &set), EINVAL);
	ERR(PT(GETSIGMASK, p, 128, &set), EINVAL);
	ERR(PT(SETSIGMASK, p, 0, &set), EINVAL);
	ERR(PT(GETSIGMASK, p, 8, 8), EFAULT);
	ERR(PT(SETSIGMASK, p, 8, 8), EFAULT);
}

static void suspends(long set)
{
	mask(SIG_SETMASK, BIT(SIGHUP));
	sys(rt_sigsuspend, &set, 8);
}

CASE(mask_suspend, "GETSIGMASK of a tracee in rt_sigsuspend is the mask that it will restore; /proc has the other")
{
	long p = traced(suspends, BIT(SIGTERM));
	unsigned long set = 0;
	CHECK(PT(CONT, p) == 0);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(GETSIGMASK, p, 8, &set), 0);
	IS(set, BIT(SIGHUP));
	IS(status_field(p, "SigBlk", 16), BIT(SIGTERM));
}
