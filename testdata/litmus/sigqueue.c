/* Queued signals and their values, and the signals of timers. */
#include "plain.h"

static long queue(long p, long sig, int code, long value)
{
	info_t info = {.si_signo = sig, .si_code = code};
	info.si_pid = pid();
	info.si_uid = 7;
	info.si_value.sival_ptr = (void *)value;
	return sys(rt_sigqueueinfo, p, sig, &info);
}

/* What is taken from the queue: a signal, and its siginfo in taken. */
info_t taken;
static long take(void)
{
	unsigned long all = ~0ul;
	long now[2] = {0, 0};
	memset(&taken, 0, sizeof taken);
	return sys(rt_sigtimedwait, &all, &taken, now, 8);
}

#define TAKE(sig, value)                                                                    \
	do {                                                                                \
		SIG(take(), sig);                                                           \
		IS((long)taken.si_value.sival_ptr, value);                                  \
	} while (0)

static void block_all(void)
{
	mask(SIG_SETMASK, ~0ul);
}

CASE(queue_value, "a queued signal carries code, pid, uid and value as the sender wrote them")
{
	handle(SIGUSR1, notes, 0, 0);
	IS(queue(pid(), SIGUSR1, SI_QUEUE, 0x123456789abc), 0);
	SIG(noted.si_signo, SIGUSR1);
	IS(noted.si_code, SI_QUEUE);
	WHO(noted.si_pid, pid());
	IS(noted.si_uid, 7);
	IS((long)noted.si_value.sival_ptr, 0x123456789abc);
}

CASE(queue_number, "the siginfo's number is the call's, whatever was in there")
{
	info_t info = {.si_signo = SIGTERM, .si_code = SI_QUEUE};
	handle(SIGUSR1, notes, 0, 0);
	IS(sys(rt_sigqueueinfo, pid(), SIGUSR1, &info), 0);
	SIG(noted.si_signo, SIGUSR1);
}

CASE(queue_fifo, "signals of one real-time number come in the order they were sent, none lost")
{
	block_all();
	for (long i = 1; i <= 5; i++)
		CHECK(queue(pid(), RT(3), SI_QUEUE, i) == 0);
	for (long i = 1; i <= 5; i++)
		TAKE(RT(3), i);
	ERR(take(), EAGAIN);
}

CASE(queue_order, "lower real-time numbers come first, standard signals before them")
{
	block_all();
	CHECK(queue(pid(), RT(5), SI_QUEUE, 1) == 0);
	CHECK(queue(pid(), RT(4), SI_QUEUE, 2) == 0);
	CHECK(queue(pid(), RT(5), SI_QUEUE, 3) == 0);
	CHECK(queue(pid(), SIGTERM, SI_QUEUE, 4) == 0);
	CHECK(queue(pid(), RT(4), SI_QUEUE, 5) == 0);
	TAKE(SIGTERM, 4);
	TAKE(RT(4), 2);
	TAKE(RT(4), 5);
	TAKE(RT(5), 1);
	TAKE(RT(5), 3);
}

CASE(queue_standard, "a standard signal is queued once, the first value stays; the second call is no error")
{
	block_all();
	IS(queue(pid(), SIGUSR1, SI_QUEUE, 1), 0);
	IS(queue(pid(), SIGUSR1, SI_QUEUE, 2), 0);
	TAKE(SIGUSR1, 1);
	ERR(take(), EAGAIN);
}

CASE(queue_handlers, "each queued signal runs the handler, with its own value")
{
	void sums(int sig MAYBE, info_t *info, context_t *c MAYBE)
	{
		board[0] = board[0] * 10 + (long)info->si_value.sival_ptr;
	}
	handle(RT(2), sums, 0, 0);
	mask(SIG_BLOCK, BIT(RT(2)));
	for (long i = 1; i <= 4; i++)
		CHECK(queue(pid(), RT(2), SI_QUEUE, i) == 0);
	mask(SIG_UNBLOCK, BIT(RT(2)));
	IS(board[0], 1234);
}

CASE(queue_thread_first, "of one number the thread's own come before the process's, though these were first")
{
	block_all();
	CHECK(queue(pid(), RT(2), SI_QUEUE, 1) == 0);
	info_t info = {.si_code = SI_QUEUE};
	info.si_value.sival_ptr = (void *)2;
	IS(sys(rt_tgsigqueueinfo, pid(), tid(), RT(2), &info), 0);
	TAKE(RT(2), 2);
	TAKE(RT(2), 1);
}

CASE(queue_kill, "kill and tgkill of a real-time signal are queued too, with their own codes")
{
	block_all();
	IS(sys(kill, pid(), RT(2)), 0);
	IS(sys(kill, pid(), RT(2)), 0);
	raise(RT(2));
	SIG(take(), RT(2));
	IS(taken.si_code, SI_TKILL);
	SIG(take(), RT(2));
	IS(taken.si_code, SI_USER);
	SIG(take(), RT(2));
	WHO(taken.si_pid, pid());
	ERR(take(), EAGAIN);
}

CASE(queue_code_other, "to another process one may not send what looks like the kernel's or kill's: EPERM")
{
	long p = napping();
	ERR(queue(p, SIGUSR1, SI_USER, 0), EPERM);
	ERR(queue(p, SIGUSR1, SI_KERNEL, 0), EPERM);
	ERR(queue(p, SIGUSR1, SI_TKILL, 0), EPERM);
	IS(queue(p, 0, SI_QUEUE, 0), 0);
	IS(queue(p, SIGUSR1, SI_QUEUE, 0), 0);
	WAIT(p, W_KILLED(SIGUSR1));
}

CASE(queue_code_own, "to one's own process one may send siginfo of any code")
{
	handle(SIGUSR1, notes, 0, 0);
	IS(queue(pid(), SIGUSR1, SI_USER, 0), 0);
	IS(noted.si_code, SI_USER);
	IS(queue(pid(), SIGUSR1, SI_KERNEL, 0), 0);
	IS(noted.si_code, SI_KERNEL);
	IS(queue(pid(), SIGUSR1, SI_TKILL, 0), 0);
	IS(noted.si_code, SI_TKILL);
}

CASE(queue_errors, "rt_sigqueueinfo: EINVAL for the signal, EFAULT for siginfo, ESRCH for who is nobody")
{
	ERR(queue(pid(), 65, SI_QUEUE, 0), EINVAL);
	ERR(sys(rt_sigqueueinfo, pid(), SIGUSR1, 8), EFAULT);
	ERR(queue(nobody(), SIGUSR1, SI_QUEUE, 0), ESRCH);
	ERR(sys(rt_tgsigqueueinfo, 0, tid(), SIGUSR1, &(info_t){.si_code = SI_QUEUE}), EINVAL);
	ERR(sys(rt_tgsigqueueinfo, pid(), nobody(), SIGUSR1, &(info_t){.si_code = SI_QUEUE}), ESRCH);
}

CASE(queue_full, "over RLIMIT_SIGPENDING a real-time sigqueue is EAGAIN; kill sends the signal without its siginfo")
{
	block_all();
	CHECK(limit(RLIMIT_SIGPENDING, 0) == 0);
	ERR(queue(pid(), RT(2), SI_QUEUE, 1), EAGAIN);
	IS(sys(kill, pid(), RT(2)), 0);
	SIG(take(), RT(2));
	IS(taken.si_code, SI_USER);
	IS(taken.si_pid, 0);
}

CASE(queue_full_standard, "over RLIMIT_SIGPENDING kill's siginfo is kept for standard signals, sigqueue's is not")
{
	block_all();
	CHECK(limit(RLIMIT_SIGPENDING, 0) == 0);
	IS(sys(kill, pid(), SIGUSR1), 0);
	SIG(take(), SIGUSR1);
	WHO(taken.si_pid, pid());
	IS(queue(pid(), SIGUSR1, SI_QUEUE, 5), 0);
	SIG(take(), SIGUSR1);
	IS(taken.si_code, SI_USER);
	IS(taken.si_pid, 0);
}

CASE(queue_fork, "a queue is not inherited by a child")
{
	block_all();
	CHECK(queue(pid(), RT(2), SI_QUEUE, 1) == 0);
	long p = born();
	if (!p)
		leaves(take() == -EAGAIN ? 3 : 4);
	WAIT(p, W_EXITED(3));
	SIG(take(), SIGCHLD);
	TAKE(RT(2), 1);
}

ACTOR(takes_all)
{
	TAKE(RT(2), 5);
	TAKE(RT(2), 6);
	TAKE(RT(3), 7);
	ERR(take(), EAGAIN);
	return 0;
}

CASE(queue_exec, "a queue is kept over exec, the thread's and the process's, with its values")
{
	long p = born();
	if (!p) {
		block_all();
		CHECK(queue(pid(), RT(2), SI_QUEUE, 5) == 0);
		CHECK(queue(pid(), RT(3), SI_QUEUE, 7) == 0);
		CHECK(queue(pid(), RT(2), SI_QUEUE, 6) == 0);
		exec_self("@takes_all", "0");
	}
	WAIT(p, W_EXITED(0));
}

CASE(queue_ignore, "to ignore a real-time signal discards the whole of its queue")
{
	block_all();
	CHECK(queue(pid(), RT(2), SI_QUEUE, 1) == 0 && queue(pid(), RT(2), SI_QUEUE, 2) == 0);
	raise(RT(2));
	CHECK(action(RT(2), IGN, 0, 0) == 0 && action(RT(2), DFL, 0, 0) == 0);
	ERR(take(), EAGAIN);
}

CASE(queue_other, "the value reaches another process")
{
	long p = born();
	if (!p) {
		unsigned long set = BIT(RT(2));
		block_all();
		leaves(sys(rt_sigtimedwait, &set, &taken, 0, 8) == RT(2) ? (long)taken.si_value.sival_ptr : 0);
	}
	until_state(p, "S");
	IS(queue(p, RT(2), SI_QUEUE, 42), 0);
	WAIT(p, W_EXITED(42));
}

/* Timers: the interval in seconds and microseconds, then the first time. */
static long set_timer(int which, long every, long every_us, long first, long first_us)
{
	long t[] = {every, every_us, first, first_us};
	return sys(setitimer, which, t, 0);
}

CASE(alarm_left, "alarm returns the seconds left of the last one, rounded up; 0 takes it away")
{
	CHECK(sys(alarm, 0) >= 0);
	IS(sys(alarm, 100), 0);
	IS(sys(alarm, 50), 100);
	IS(sys(alarm, 0), 50);
	IS(sys(alarm, 0), 0);
}

CASE(alarm_kills, "SIGALRM of a timer ends a process by default")
{
	long p = born();
	if (!p) {
		set_timer(ITIMER_REAL, 0, 0, 0, 1000);
		sleeps(0);
	}
	WAIT(p, W_KILLED(SIGALRM));
}

CASE(alarm_is_itimer, "alarm and ITIMER_REAL are one timer")
{
	struct itimerval now;
	IS(set_timer(ITIMER_REAL, 0, 0, 200, 0), 0);
	IS(sys(alarm, 300), 200);
	IS(sys(getitimer, ITIMER_REAL, &now), 0);
	TRUE(now.it_value.tv_sec >= 299 && now.it_value.tv_sec <= 300);
	IS(now.it_interval.tv_sec, 0);
	sys(alarm, 20);
}

static void ticks_until(int which, int sig, int n)
{
	handle(sig, counts, SA_RESTART, 0);
	CHECK(set_timer(which, 0, 2000, 0, 2000) == 0);
	while (LOAD(&board[0]) < n)
		;
	CHECK(set_timer(which, 0, 0, 0, 0) == 0);
}

CASE(itimer_real, "ITIMER_REAL sends SIGALRM again and again, from the kernel")
{
	handle(SIGALRM, notes, 0, 0);
	CHECK(set_timer(ITIMER_REAL, 0, 2000, 0, 2000) == 0);
	mask(SIG_BLOCK, BIT(SIGALRM));
	while (orders < 3)
		suspend(0);
	CHECK(set_timer(ITIMER_REAL, 0, 0, 0, 0) == 0);
	IS(orders, 3);
	IS(noted.si_code, SI_KERNEL);
	IS(noted.si_pid, 0);
}

CASE(itimer_virtual, "ITIMER_VIRTUAL sends SIGVTALRM while the process computes")
{
	ticks_until(ITIMER_VIRTUAL, SIGVTALRM, 2);
	TRUE(board[0] >= 2);
}

CASE(itimer_prof, "ITIMER_PROF sends SIGPROF while the process computes")
{
	ticks_until(ITIMER_PROF, SIGPROF, 2);
	TRUE(board[0] >= 2);
}

CASE(itimer_asleep, "ITIMER_VIRTUAL and ITIMER_PROF stand still while the process sleeps")
{
	handle(SIGVTALRM, counts, 0, 0);
	handle(SIGPROF, counts, 0, 0);
	CHECK(set_timer(ITIMER_VIRTUAL, 0, 0, 1, 0) == 0);
	CHECK(set_timer(ITIMER_PROF, 0, 0, 1, 0) == 0);
	long nap[2] = {0, 30000000};
	struct itimerval left;
	IS(sys(nanosleep, nap, 0), 0);
	IS(sys(getitimer, ITIMER_VIRTUAL, &left), 0);
	TRUE(left.it_value.tv_sec == 1 || left.it_value.tv_usec > 970000);
}

CASE(itimer_old, "setitimer returns the old timer and getitimer the present one, the interval exactly")
{
	struct itimerval old;
	CHECK(set_timer(ITIMER_REAL, 7, 500, 1000, 0) == 0);
	IS(sys(getitimer, ITIMER_REAL, &old), 0);
	IS(old.it_interval.tv_sec, 7);
	IS(old.it_interval.tv_usec, 500);
	TRUE(old.it_value.tv_sec >= 998 && old.it_value.tv_sec <= 1000);
	IS(sys(setitimer, ITIMER_REAL, 0, &old), 0); /* as all zeros would */
	TRUE(old.it_value.tv_sec >= 998 && old.it_value.tv_sec <= 1000);
	IS(sys(getitimer, ITIMER_REAL, &old), 0);
	IS(old.it_value.tv_sec, 0);
	IS(old.it_value.tv_usec, 0);
	IS(old.it_interval.tv_sec, 0);
}

CASE(itimer_interval_only, "an interval without a first time is no timer, and is not kept")
{
	struct itimerval now;
	CHECK(sys(alarm, 0) >= 0);
	IS(set_timer(ITIMER_REAL, 7, 0, 0, 0), 0);
	IS(sys(getitimer, ITIMER_REAL, &now), 0);
	IS(now.it_value.tv_sec, 0);
	IS(now.it_interval.tv_sec, 0);
}

CASE(itimer_errors, "setitimer and getitimer: EINVAL for the timer and for microseconds out of range, EFAULT")
{
	struct itimerval t = {};
	ERR(sys(setitimer, 3, &t, 0), EINVAL);
	ERR(sys(getitimer, 3, &t), EINVAL);
	ERR(sys(getitimer, -1, &t), EINVAL);
	ERR(set_timer(ITIMER_REAL, 0, 0, 0, 1000000), EINVAL);
	ERR(set_timer(ITIMER_REAL, 0, -1, 1, 0), EINVAL);
	ERR(set_timer(ITIMER_REAL, 0, 0, -1, 0), EINVAL);
	ERR(sys(setitimer, ITIMER_REAL, 8, 0), EFAULT);
	ERR(sys(getitimer, ITIMER_REAL, 8), EFAULT);
}

CASE(timer_fork, "timers are not inherited by a child")
{
	sys(alarm, 100);
	CHECK(set_timer(ITIMER_PROF, 0, 0, 100, 0) == 0);
	long p = born();
	if (!p) {
		struct itimerval prof;
		sys(getitimer, ITIMER_PROF, &prof);
		leaves(sys(alarm, 0) == 0 && prof.it_value.tv_sec == 0 ? 2 : 3);
	}
	WAIT(p, W_EXITED(2));
	TRUE(sys(alarm, 20) >= 99);
}

ACTOR(alarm_left)
{
	return sys(alarm, 0) >= 99 ? 4 : 5;
}

CASE(timer_exec, "timers go on over exec")
{
	long p = born();
	if (!p) {
		sys(alarm, 100);
		exec_self("@alarm_left", "0");
	}
	WAIT(p, W_EXITED(4));
}

CASE(timer_thread, "a timer's signal is for the process: any thread may take it")
{
	void takes(long u MAYBE)
	{
		mask(SIG_UNBLOCK, BIT(SIGALRM));
		board[1] = sys(pause);
	}
	handle(SIGALRM, counts, 0, 0);
	mask(SIG_BLOCK, BIT(SIGALRM));
	thread(0, takes, 0);
	until_state(LOAD(&tids[0]), "S");
	CHECK(set_timer(ITIMER_REAL, 0, 0, 0, 1000) == 0);
	join(0);
	IS(board[0], 1);
	IS(board[1], -EINTR);
}

/* Timers of one's own */
CASE(timer_create_value, "a POSIX timer sends the signal with SI_TIMER, the value and no sender")
{
	long sev[8] = {0x9876, RT(2), 0}; /* value; signal and SIGEV_SIGNAL */
	int id;
	block_all();
	OK(sys(timer_create, 1, sev, &id));
	long when[4] = {0, 0, 0, 1000000};
	IS(sys(timer_settime, id, 0, when, 0), 0);
	SIG(sys(rt_sigtimedwait, &(unsigned long){BIT(RT(2))}, &taken, 0, 8), RT(2));
	IS(taken.si_code, SI_TIMER);
	IS((long)taken.si_value.sival_ptr, 0x9876);
	IS(taken.si_overrun, 0);
	IS(sys(timer_delete, id), 0);
	ERR(sys(timer_delete, id), EINVAL);
}

CASE(sleep_errors, "nanosleep and clock_nanosleep: EINVAL for times and clocks that cannot be, EFAULT")
{
	ERR(sys(nanosleep, ((long[]){0, 1000000000}), 0), EINVAL);
	ERR(sys(nanosleep, ((long[]){-1, 0}), 0), EINVAL);
	ERR(sys(nanosleep, 8, 0), EFAULT);
	ERR(sys(clock_nanosleep, 99, 0, ((long[]){0, 0}), 0), EINVAL);
	IS(sys(nanosleep, ((long[]){0, 0}), 0), 0);
}

CASE(sleep_absolute_past, "an absolute sleep until a time that has passed ends at once")
{
	long now[2];
	IS(sys(clock_gettime, 1, now), 0);
	IS(sys(clock_nanosleep, 1, 1, now, 0), 0);
}

CASE(clock_monotonic, "the monotonic clock does not go back, and passes in a sleep at least what was asked for")
{
	long a[2], b[2];
	CHECK(sys(clock_gettime, 1, a) == 0);
	IS(sys(nanosleep, ((long[]){0, 3000000}), 0), 0);
	CHECK(sys(clock_gettime, 1, b) == 0);
	TRUE((b[0] - a[0]) * 1000000000 + b[1] - a[1] >= 3000000);
}
