/* Signals: their actions, masks, sets of pending ones, who gets them and in which order,
 * what they interrupt, stops, faults and timers. */
#include "plain.h"

/* Actions */
CASE(action_numbers, "no action for SIGKILL and SIGSTOP, nor for numbers that are no signal: EINVAL")
{
	ERR(action(SIGKILL, IGN, 0, 0), EINVAL);
	ERR(action(SIGSTOP, IGN, 0, 0), EINVAL);
	ERR(action(SIGKILL, DFL, 0, 0), EINVAL);
	ERR(action(0, IGN, 0, 0), EINVAL);
	ERR(action(65, IGN, 0, 0), EINVAL);
	ERR(action(-1, IGN, 0, 0), EINVAL);
	IS(action(64, IGN, 0, 0), 0);
}

CASE(action_read_kill, "the action of SIGKILL can be read")
{
	struct sigaction old = {.sa_flags = 1};
	IS(sys(rt_sigaction, SIGKILL, 0, &old, 8), 0);
	IS(old.sa_handler, 0);
	IS(old.sa_flags, 0);
}

CASE(action_size, "rt_sigaction takes sets of 8 bytes only: EINVAL, before any other look")
{
	ERR(sys(rt_sigaction, SIGUSR1, 0, 0, 16), EINVAL);
	ERR(sys(rt_sigaction, SIGUSR1, 0, 0, 4), EINVAL);
	ERR(sys(rt_sigaction, SIGUSR1, 1, 1, 0), EINVAL);
}

CASE(action_fault, "a bad new action is EFAULT; a bad place for the old one too, but then the new one is in force")
{
	struct sigaction now;
	ERR(sys(rt_sigaction, SIGUSR1, 8, 0, 8), EFAULT);
	struct sigaction ignore = {.sa_handler = (__sighandler_t)1};
	ERR(sys(rt_sigaction, SIGUSR1, &ignore, 8, 8), EFAULT);
	IS(sys(rt_sigaction, SIGUSR1, 0, &now, 8), 0);
	IS(now.sa_handler, 1);
}

CASE(action_old, "the old action is as it was set, but that its mask has no SIGKILL and SIGSTOP")
{
	struct sigaction old;
	IS(action(SIGUSR1, notes, SA_SIGINFO | SA_NODEFER, ~0ul), 0);
	IS(sys(rt_sigaction, SIGUSR1, 0, &old, 8), 0);
	TRUE(old.sa_handler == (__sighandler_t)(void *)notes);
	IS(old.sa_flags, SA_SIGINFO | SA_NODEFER | SA_RESTORER);
	TRUE(old.sa_restorer == restorer);
	IS(~old.sa_mask, BIT(SIGKILL) | BIT(SIGSTOP));
}

CASE(action_unsupported, "flags that the kernel does not know are not kept")
{
	struct sigaction old;
	IS(action(SIGUSR1, IGN, 0x400 | 0x10000 | SA_RESTART, 0), 0); /* SA_UNSUPPORTED */
	IS(sys(rt_sigaction, SIGUSR1, 0, &old, 8), 0);
	IS(old.sa_flags, SA_RESTART | SA_RESTORER);
}

CASE(action_resethand, "SA_RESETHAND: the action is the default's when the handler runs; flags and mask stay")
{
	struct sigaction old;
	handle(SIGUSR1, notes, SA_RESETHAND, BIT(SIGHUP));
	raise(SIGUSR1);
	IS(runs[SIGUSR1], 1);
	IS(sys(rt_sigaction, SIGUSR1, 0, &old, 8), 0);
	IS(old.sa_handler, 0);
	IS(old.sa_mask, BIT(SIGHUP));
}

CASE(action_no_restorer, "a handler without SA_RESTORER cannot be called: SIGSEGV instead")
{
	long p = born();
	if (!p) {
		struct sigaction sa = {.sa_handler = (__sighandler_t)(void *)notes};
		sys(rt_sigaction, SIGUSR1, &sa, 0, 8);
		raise(SIGUSR1);
		leaves(0);
	}
	WAIT(p, W_KILLED(SIGSEGV));
}

CASE(action_ignore_discards, "to ignore a signal discards it where it is pending")
{
	mask(SIG_BLOCK, BIT(SIGUSR1));
	raise(SIGUSR1);
	IS(sys(kill, pid(), SIGUSR1), 0);
	IS(pending(), BIT(SIGUSR1));
	IS(action(SIGUSR1, IGN, 0, 0), 0);
	IS(pending(), 0);
}

CASE(action_default_discards, "the default action discards a pending signal if it is to ignore it")
{
	unsigned long all = BIT(SIGCHLD) | BIT(SIGCONT) | BIT(SIGURG) | BIT(SIGWINCH);
	for (int s = 1; s < 32; s++)
		if (all & BIT(s))
			handle(s, notes, 0, 0);
	mask(SIG_BLOCK, all | BIT(SIGUSR1));
	raise(SIGCHLD), raise(SIGCONT), raise(SIGURG), raise(SIGWINCH), raise(SIGUSR1);
	IS(pending(), all | BIT(SIGUSR1));
	for (int s = 1; s < 32; s++)
		if (all & BIT(s))
			CHECK(action(s, DFL, 0, 0) == 0);
	IS(pending(), BIT(SIGUSR1));
	CHECK(action(SIGUSR1, DFL, 0, 0) == 0);
	IS(pending(), BIT(SIGUSR1));
	CHECK(action(SIGUSR1, IGN, 0, 0) == 0);
}

CASE(action_thread, "an action is the process's: set by one thread, in force in another")
{
	void sets(long u MAYBE)
	{
		handle(SIGUSR1, notes, 0, 0);
	}
	thread(0, sets, 0);
	join(0);
	raise(SIGUSR1);
	IS(runs[SIGUSR1], 1);
}

CASE(default_ignored, "CHLD, CONT, URG and WINCH do nothing by default; they do not wake a sleeper")
{
	long p = napping();
	IS(sys(kill, p, SIGCHLD), 0);
	IS(sys(kill, p, SIGCONT), 0);
	IS(sys(kill, p, SIGURG), 0);
	IS(sys(kill, p, SIGWINCH), 0);
	STATE(p, 'S');
	IS(sys(kill, p, SIGUSR2), 0);
	WAIT(p, W_KILLED(SIGUSR2));
}

CASE(default_kills, "all other signals end a process by default, the real-time ones too")
{
	const int fatal[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 25, 26, 27, 29, 30, 31, 32, 33, 34, 64};
	for (unsigned i = 0; i < sizeof fatal / sizeof *fatal; i++) {
		long p = sys(fork);
		if (p == 0) {
			limit(RLIMIT_CORE, 0);
			raise(fatal[i]);
			leaves(0);
		}
		STATUS(reap(p), W_KILLED(fatal[i]));
	}
}

CASE(default_core, "with a core limit of 0 the core flag is not in the status")
{
	char text[64];
	long fd = sys(open, "/proc/sys/kernel/core_pattern", 0);
	if (fd >= 0 && sys(read, fd, text, sizeof text) > 0 && text[0] == '|')
		SKIP("cores go to a program, whatever the limit");
	long p = born();
	if (!p) {
		limit(RLIMIT_CORE, 0);
		raise(SIGABRT);
	}
	IS(reap(p), SIGABRT);
}

CASE(kills_threads, "a fatal signal to one thread ends the process with all its threads")
{
	long p = born();
	if (!p) {
		thread(0, sleeps, 0);
		thread(1, sleeps, 0);
		sys(tgkill, pid(), tids[1], SIGUSR1);
		sleeps(0);
	}
	WAIT(p, W_KILLED(SIGUSR1));
}

/* Masks */
CASE(mask_cannot, "SIGKILL and SIGSTOP cannot be blocked; to try is no error")
{
	mask(SIG_SETMASK, ~0ul);
	IS(~blocked(), BIT(SIGKILL) | BIT(SIGSTOP));
	mask(SIG_SETMASK, 0);
}

CASE(mask_how, "SIG_BLOCK adds, SIG_UNBLOCK removes, SIG_SETMASK replaces; the old mask comes back")
{
	unsigned long set = BIT(SIGUSR1) | BIT(SIGUSR2), old = 1;
	IS(sys(rt_sigprocmask, SIG_BLOCK, &set, &old, 8), 0);
	IS(old, 0);
	set = BIT(SIGHUP);
	IS(sys(rt_sigprocmask, SIG_BLOCK, &set, &old, 8), 0);
	IS(old, BIT(SIGUSR1) | BIT(SIGUSR2));
	set = BIT(SIGUSR1) | BIT(SIGTERM);
	IS(sys(rt_sigprocmask, SIG_UNBLOCK, &set, 0, 8), 0);
	IS(blocked(), BIT(SIGUSR2) | BIT(SIGHUP));
	set = BIT(SIGINT);
	IS(sys(rt_sigprocmask, SIG_SETMASK, &set, 0, 8), 0);
	IS(blocked(), BIT(SIGINT));
}

CASE(mask_errors, "rt_sigprocmask: a bad how is EINVAL, but not without a set; EFAULT, EINVAL for the size")
{
	unsigned long set = BIT(SIGUSR1), old;
	ERR(sys(rt_sigprocmask, 3, &set, 0, 8), EINVAL);
	ERR(sys(rt_sigprocmask, -1, &set, 0, 8), EINVAL);
	IS(sys(rt_sigprocmask, 3, 0, &old, 8), 0);
	ERR(sys(rt_sigprocmask, SIG_BLOCK, 8, 0, 8), EFAULT);
	ERR(sys(rt_sigprocmask, SIG_BLOCK, &set, &old, 16), EINVAL);
	IS(blocked(), 0);
	ERR(sys(rt_sigprocmask, SIG_BLOCK, &set, 8, 8), EFAULT);
	IS(blocked(), BIT(SIGUSR1)); /* set all the same */
}

CASE(mask_delivers, "an unblocked signal is delivered before rt_sigprocmask returns")
{
	handle(SIGUSR1, notes, 0, 0);
	mask(SIG_BLOCK, BIT(SIGUSR1));
	raise(SIGUSR1);
	IS(runs[SIGUSR1], 0);
	IS(pending(), BIT(SIGUSR1));
	mask(SIG_UNBLOCK, BIT(SIGUSR1));
	IS(runs[SIGUSR1], 1);
	IS(pending(), 0);
}

CASE(mask_thread, "a mask is the thread's; a new thread has its creator's")
{
	void blocks(long u MAYBE)
	{
		board[0] = blocked();
		mask(SIG_BLOCK, BIT(SIGUSR2));
	}
	mask(SIG_BLOCK, BIT(SIGUSR1));
	thread(0, blocks, 0);
	join(0);
	IS(board[0], BIT(SIGUSR1));
	IS(blocked(), BIT(SIGUSR1));
}

CASE(pending_size, "rt_sigpending takes sets of up to 8 bytes, and writes so many")
{
	unsigned long set = ~0ul;
	mask(SIG_BLOCK, BIT(SIGUSR1) | BIT(RT(2)));
	raise(SIGUSR1), raise(RT(2));
	ERR(sys(rt_sigpending, &set, 16), EINVAL);
	IS(sys(rt_sigpending, &set, 4), 0);
	IS(set, BIT(SIGUSR1) | 0xffffffff00000000);
	ERR(sys(rt_sigpending, 8, 8), EFAULT);
	CHECK(action(SIGUSR1, IGN, 0, 0) == 0 && action(RT(2), IGN, 0, 0) == 0);
}

CASE(pending_of_thread, "sent to a thread a signal is pending there only; sent to the process, in all of them")
{
	void looks(long u MAYBE)
	{
		advance(&board[0]);
		await(&board[1], 1);
		board[2] = pending();
	}
	mask(SIG_BLOCK, BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGTERM));
	thread(0, looks, 0);
	await(&board[0], 1);
	IS(sys(tgkill, pid(), tids[0], SIGUSR1), 0);
	IS(sys(kill, pid(), SIGUSR2), 0);
	raise(SIGTERM);
	advance(&board[1]);
	join(0);
	IS(board[2], BIT(SIGUSR1) | BIT(SIGUSR2));
	IS(pending(), BIT(SIGUSR2) | BIT(SIGTERM));
	for (int s = SIGUSR1; s <= SIGTERM; s++)
		if (pending() & BIT(s))
			CHECK(action(s, IGN, 0, 0) == 0);
}

CASE(pending_ignored, "a blocked signal becomes pending even if it is ignored")
{
	mask(SIG_BLOCK, BIT(SIGUSR1) | BIT(SIGWINCH));
	CHECK(action(SIGUSR1, IGN, 0, 0) == 0);
	raise(SIGUSR1), raise(SIGWINCH);
	IS(pending(), BIT(SIGUSR1) | BIT(SIGWINCH));
	mask(SIG_SETMASK, 0);
	IS(pending(), 0);
}

CASE(pending_proc, "/proc/PID/status has the pending, blocked, ignored and caught sets")
{
	mask(SIG_BLOCK, BIT(SIGUSR1) | BIT(SIGUSR2));
	handle(SIGTERM, notes, 0, 0);
	CHECK(action(SIGHUP, IGN, 0, 0) == 0);
	raise(SIGUSR1);
	CHECK(sys(kill, pid(), SIGUSR2) == 0);
	IS(status_field(pid(), "SigPnd", 16), BIT(SIGUSR1));
	IS(status_field(pid(), "ShdPnd", 16), BIT(SIGUSR2));
	IS(status_field(pid(), "SigBlk", 16), BIT(SIGUSR1) | BIT(SIGUSR2));
	IS(status_field(pid(), "SigIgn", 16) & BIT(SIGHUP), BIT(SIGHUP));
	IS(status_field(pid(), "SigCgt", 16), BIT(SIGTERM));
	CHECK(action(SIGUSR1, IGN, 0, 0) == 0 && action(SIGUSR2, IGN, 0, 0) == 0);
}

/* Handlers, one and several */
CASE(handler_defers, "while a handler runs its signal is blocked, and so is the mask of its action")
{
	void looks(int sig MAYBE, info_t *i MAYBE, context_t *c MAYBE)
	{
		board[0] = blocked();
	}
	handle(SIGUSR1, looks, 0, BIT(SIGHUP));
	raise(SIGUSR1);
	IS(board[0], BIT(SIGUSR1) | BIT(SIGHUP));
	IS(blocked(), 0);
}

CASE(handler_nodefer, "SA_NODEFER: only the mask of the action is blocked, and the handler can nest")
{
	void nests(int sig, info_t *i MAYBE, context_t *c MAYBE)
	{
		if (ADD(&board[0], 1) < 3)
			raise(sig);
		board[1] = blocked();
	}
	handle(SIGUSR1, nests, SA_NODEFER, BIT(SIGHUP));
	raise(SIGUSR1);
	IS(board[0], 3);
	IS(board[1], BIT(SIGHUP));
}

CASE(handler_deferred_runs, "raised in its own handler a signal is handled after that")
{
	void again(int sig, info_t *i MAYBE, context_t *c MAYBE)
	{
		int depth = ADD(&board[1], 1);
		if (depth > board[2])
			board[2] = depth;
		if (ADD(&board[0], 1) < 3)
			raise(sig);
		ADD(&board[1], -1);
	}
	handle(SIGUSR1, again, 0, 0);
	raise(SIGUSR1);
	IS(board[0], 3);
	IS(board[2], 1);
}

CASE(handler_nested, "a handler is interrupted by another signal, and goes on after")
{
	void outer(int sig MAYBE, info_t *i MAYBE, context_t *c MAYBE)
	{
		raise(SIGUSR2);
		board[0] = orders;
	}
	handle(SIGUSR1, outer, 0, 0);
	handle(SIGUSR2, notes, 0, 0);
	raise(SIGUSR1);
	IS(board[0], 1);
}

CASE(handler_plain_args, "a handler without SA_SIGINFO gets the context all the same, and a siginfo that nobody filled in")
{
	mask(SIG_BLOCK, BIT(SIGHUP));
	IS(action(SIGUSR1, notes, 0, 0), 0);
	raise(SIGUSR1);
	IS(runs[SIGUSR1], 1);
	IS(noted_context.uc_sigmask, BIT(SIGHUP));
}

CASE(merge_standard, "a standard signal that is pending is not queued again; the first one's siginfo stays")
{
	handle(SIGUSR1, notes, 0, 0);
	mask(SIG_BLOCK, BIT(SIGUSR1));
	raise(SIGUSR1);
	info_t info = {.si_signo = SIGUSR1, .si_code = SI_QUEUE};
	IS(sys(rt_tgsigqueueinfo, pid(), tid(), SIGUSR1, &info), 0);
	mask(SIG_UNBLOCK, BIT(SIGUSR1));
	IS(runs[SIGUSR1], 1);
	IS(noted.si_code, SI_TKILL);
}

CASE(merge_not_both, "one pending for the thread and one for the process are two")
{
	handle(SIGUSR1, notes, 0, 0);
	mask(SIG_BLOCK, BIT(SIGUSR1));
	raise(SIGUSR1);
	IS(sys(kill, pid(), SIGUSR1), 0);
	mask(SIG_UNBLOCK, BIT(SIGUSR1));
	IS(runs[SIGUSR1], 2);
	IS(noted.si_code, SI_USER);
}

static void pend_two(unsigned long in_handlers)
{
	handle(SIGUSR1, notes, 0, in_handlers);
	handle(SIGUSR2, notes, 0, in_handlers);
	mask(SIG_SETMASK, ~0ul);
	raise(SIGUSR2), raise(SIGUSR1);
	mask(SIG_SETMASK, 0);
}

CASE(order_lowest, "of several pending signals the lowest is taken first")
{
	pend_two(~0ul);
	SIG(order[0], SIGUSR1);
	SIG(order[1], SIGUSR2);
}

CASE(order_stacked, "all frames are built before the first handler runs: unmasked handlers run in reverse")
{
	pend_two(0);
	SIG(order[0], SIGUSR2);
	SIG(order[1], SIGUSR1);
}

CASE(order_synchronous, "SEGV, BUS, ILL, TRAP, FPE, SYS are taken before lower ones")
{
	handle(SIGHUP, notes, 0, ~0ul);
	handle(SIGINT, notes, 0, ~0ul);
	handle(SIGSEGV, notes, 0, ~0ul);
	handle(SIGFPE, notes, 0, ~0ul);
	mask(SIG_SETMASK, ~0ul);
	raise(SIGSEGV), raise(SIGINT), raise(SIGFPE), raise(SIGHUP);
	mask(SIG_SETMASK, 0);
	SIG(order[0], SIGFPE);
	SIG(order[1], SIGSEGV);
	SIG(order[2], SIGHUP);
	SIG(order[3], SIGINT);
}

CASE(order_thread_first, "the thread's own pending signals come before the process's")
{
	handle(SIGHUP, notes, 0, ~0ul);
	handle(SIGUSR1, notes, 0, ~0ul);
	mask(SIG_SETMASK, ~0ul);
	IS(sys(kill, pid(), SIGHUP), 0);
	raise(SIGUSR1);
	mask(SIG_SETMASK, 0);
	SIG(order[0], SIGUSR1);
	SIG(order[1], SIGHUP);
}

CASE(kill_before_all, "SIGKILL comes before all others, and no handler runs any more")
{
	long p = born();
	if (!p) {
		handle(SIGHUP, counts, 0, 0);
		mask(SIG_SETMASK, ~0ul);
		raise(SIGHUP);
		sys(kill, pid(), SIGKILL);
		leaves(1);
	}
	WAIT(p, W_KILLED(SIGKILL));
	IS(board[0], 0);
}

CASE(kill_blocked, "SIGKILL ends a process that blocks all and ignores what it can")
{
	long p = born();
	if (!p) {
		for (int s = 1; s < 65; s++)
			action(s, IGN, 0, 0);
		mask(SIG_SETMASK, ~0ul);
		sleeps(0);
	}
	until_state(p, "S");
	IS(sys(kill, p, SIGKILL), 0);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(process_signal_thread, "a signal to the process goes to a thread that does not block it")
{
	void takes(int sig MAYBE, info_t *i MAYBE, context_t *c MAYBE)
	{
		board[1] = tid();
		advance(&board[0]);
	}
	void naps(long u MAYBE)
	{
		mask(SIG_UNBLOCK, BIT(SIGUSR1));
		sys(pause);
	}
	handle(SIGUSR1, takes, 0, 0);
	mask(SIG_BLOCK, BIT(SIGUSR1));
	thread(0, naps, 0);
	long who = role(LOAD(&tids[0]), "t1");
	until_state(who, "S");
	IS(sys(kill, pid(), SIGUSR1), 0);
	await(&board[0], 1);
	join(0);
	WHO(board[1], who);
	IS(pending(), 0);
}

CASE(process_signal_leader, "the leader is preferred if it does not block the signal")
{
	void takes(int sig MAYBE, info_t *i MAYBE, context_t *c MAYBE)
	{
		board[1] = tid();
		advance(&board[0]);
	}
	handle(SIGUSR1, takes, 0, 0);
	thread(0, sleeps, 0);
	until_state(LOAD(&tids[0]), "S");
	IS(sys(kill, pid(), SIGUSR1), 0);
	WHO(board[1], pid());
}

CASE(thread_signal_thread, "tgkill runs the handler in that thread, though others do not block it")
{
	void takes(int sig MAYBE, info_t *i MAYBE, context_t *c MAYBE)
	{
		board[1] = tid();
		advance(&board[0]);
	}
	void naps(long u MAYBE)
	{
		sys(pause);
	}
	handle(SIGUSR1, takes, 0, 0);
	thread(0, naps, 0);
	long who = role(LOAD(&tids[0]), "t1");
	until_state(who, "S");
	IS(sys(tgkill, pid(), who, SIGUSR1), 0);
	await(&board[0], 1);
	join(0);
	WHO(board[1], who);
}

CASE(raise_now, "a signal to oneself that is not blocked is delivered before kill and tgkill return")
{
	handle(SIGUSR1, notes, 0, 0);
	IS(sys(kill, pid(), SIGUSR1), 0);
	IS(runs[SIGUSR1], 1);
	IS(sys(tgkill, pid(), tid(), SIGUSR1), 0);
	IS(runs[SIGUSR1], 2);
	IS(sys(tkill, tid(), SIGUSR1), 0);
	IS(runs[SIGUSR1], 3);
}

/* kill and its kin */
CASE(kill_errors, "kill: EINVAL for what is no signal, ESRCH for who is nobody")
{
	long gone = nobody();
	ERR(sys(kill, pid(), 65), EINVAL);
	ERR(sys(kill, pid(), -1), EINVAL);
	ERR(sys(kill, gone, 0), ESRCH);
	ERR(sys(kill, gone, 65), ESRCH); /* who comes before what */
	ERR(sys(kill, -gone, SIGTERM), ESRCH);
	ERR(sys(kill, (int)0x80000000, SIGTERM), ESRCH);
}

CASE(kill_zero, "signal 0 sends nothing; it tells whether there is such a process or group")
{
	long p = napping();
	IS(sys(kill, p, 0), 0);
	IS(sys(kill, -p, 0), 0);
	IS(sys(tgkill, p, p, 0), 0);
	STATE(p, 'S');
	IS(sys(kill, p, SIGKILL), 0);
	WAIT(p, W_KILLED(SIGKILL));
	ERR(sys(kill, p, 0), ESRCH);
	ERR(sys(kill, -p, 0), ESRCH);
}

CASE(kill_zombie, "a zombie may be sent signals, and nothing comes of it; its group is there too")
{
	long p = grouped(leaves, 3);
	until_state(p, "Z");
	IS(sys(kill, p, 0), 0);
	IS(sys(kill, p, SIGKILL), 0);
	IS(sys(kill, -p, SIGTERM), 0);
	IS(sys(tgkill, p, p, SIGTERM), 0);
	WAIT(p, W_EXITED(3));
	ERR(sys(kill, p, 0), ESRCH);
}

CASE(kill_thread_id, "kill takes the id of any thread for the process; that thread is preferred to the leader")
{
	void takes(int sig MAYBE, info_t *i MAYBE, context_t *c MAYBE)
	{
		board[1] = tid();
		advance(&board[0]);
	}
	handle(SIGUSR1, takes, 0, 0);
	thread(0, sleeps, 0);
	long who = role(LOAD(&tids[0]), "t1");
	until_state(who, "S");
	IS(sys(kill, who, SIGUSR1), 0);
	await(&board[0], 1);
	WHO(board[1], who);
}

CASE(tgkill_errors, "tgkill and tkill: EINVAL for ids below 1, ESRCH for a thread of another process")
{
	long p = napping(), gone = nobody();
	ERR(sys(tgkill, 0, pid(), 0), EINVAL);
	ERR(sys(tgkill, -1, pid(), 0), EINVAL);
	ERR(sys(tgkill, pid(), 0, 0), EINVAL);
	ERR(sys(tkill, 0, 0), EINVAL);
	ERR(sys(tkill, -5, 0), EINVAL);
	ERR(sys(tgkill, pid(), p, SIGTERM), ESRCH);
	ERR(sys(tgkill, p, pid(), SIGTERM), ESRCH);
	ERR(sys(tgkill, gone, gone, 0), ESRCH);
	ERR(sys(tkill, gone, 0), ESRCH);
	ERR(sys(tgkill, p, p, 65), EINVAL);
	STATE(p, 'S');
}

CASE(tgkill_group, "tgkill wants the thread's process: its thread id for both is ESRCH")
{
	thread(0, sleeps, 0);
	long t = LOAD(&tids[0]);
	IS(sys(tgkill, pid(), t, 0), 0);
	ERR(sys(tgkill, t, t, 0), ESRCH);
	IS(sys(tkill, t, 0), 0);
}

CASE(kill_group, "kill(-group) reaches all of the group and nobody else")
{
	long a = napping();
	long b = puppet(sleeps, 0), c = napping();
	CHECK(sys(setpgid, b, a) == 0);
	IS(sys(kill, -a, SIGUSR1), 0);
	WAIT(a, W_KILLED(SIGUSR1));
	WAIT(b, W_KILLED(SIGUSR1));
	NOTHING(c);
	STATE(c, 'S');
}

CASE(kill_own_group, "kill(0) reaches one's own group, oneself included")
{
	long p = born();
	if (!p) {
		CHECK(sys(setpgid, 0, 0) == 0);
		handle(SIGUSR1, notes, 0, 0);
		long q = sys(fork);
		if (q == 0)
			sleeps(0);
		until_state(q, "S");
		CHECK(action(SIGUSR1, notes, SA_SIGINFO, 0) == 0);
		board[0] = sys(kill, 0, SIGUSR1);
		board[1] = runs[SIGUSR1];
		sys(kill, q, SIGKILL);
		board[2] = reap(q);
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
	IS(board[0], 0);
	IS(board[1], 1);
	IS(board[2], SIGKILL);
}

CASE(kill_info, "siginfo of kill and tgkill: SI_USER and SI_TKILL, with pid and uid of the sender")
{
	handle(SIGUSR1, notes, 0, 0);
	CHECK(sys(kill, pid(), SIGUSR1) == 0);
	SIG(noted.si_signo, SIGUSR1);
	IS(noted.si_errno, 0);
	IS(noted.si_code, SI_USER);
	WHO(noted.si_pid, pid());
	TRUE((long)noted.si_uid == sys(getuid));
	CHECK(sys(tgkill, pid(), tid(), SIGUSR1) == 0);
	IS(noted.si_code, SI_TKILL);
	WHO(noted.si_pid, pid());
}

CASE(kill_info_child, "siginfo of kill by another process: that one's pid")
{
	long me = pid();
	handle(SIGUSR1, notes, 0, 0);
	mask(SIG_BLOCK, BIT(SIGUSR1));
	long p = born();
	if (!p)
		leaves(sys(kill, me, SIGUSR1));
	WAIT(p, W_EXITED(0));
	mask(SIG_UNBLOCK, BIT(SIGUSR1));
	IS(noted.si_code, SI_USER);
	WHO(noted.si_pid, p);
}

/* What is interrupted, and what is done again. A puppet makes a call, is sent SIGUSR1
 * as it sleeps there, and tells the result on board[1]. */
long (*call_fn)(void);
int ends[2];

static void makes_call(long flags)
{
	handle(SIGUSR1, counts, flags, 0);
	board[1] = call_fn();
}

static long interrupted(long (*fn)(void), long flags)
{
	CHECK(ends[1] || sys(pipe, ends) == 0);
	call_fn = fn;
	long p = puppet(makes_call, flags);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	await(&board[0], 1);
	return p;
}

#define INTERRUPTED(fn, flags)                                                              \
	do {                                                                                \
		long p = interrupted(fn, flags);                                            \
		WAIT(p, W_EXITED(0));                                                       \
		IS(board[1], -EINTR);                                                       \
	} while (0)

static long reads(void)
{
	char c;
	return sys(read, ends[0], &c, 1);
}

CASE(eintr_read, "a handler without SA_RESTART ends read of a pipe with EINTR")
{
	INTERRUPTED(reads, 0);
}

CASE(restart_read, "with SA_RESTART read of a pipe goes on sleeping after the handler")
{
	long p = interrupted(reads, SA_RESTART);
	until_state(p, "S");
	put_byte(ends[1], 'x');
	WAIT(p, W_EXITED(0));
	IS(board[1], 1);
}

static long writes(void)
{
	char some[4096];
	long n;
	do
		n = sys(write, ends[1], some, sizeof some);
	while (n == sizeof some);
	return n;
}

CASE(eintr_write, "a handler ends write to a full pipe with EINTR if nothing was written")
{
	INTERRUPTED(writes, 0);
}

static long writes_much(void)
{
	static char much[70000];
	return sys(write, ends[1], much, sizeof much);
}

CASE(short_write, "a handler ends write to a pipe that has written some with that number, SA_RESTART or not")
{
	long p = interrupted(writes_much, SA_RESTART);
	WAIT(p, W_EXITED(0));
	IS(board[1], 65536);
}

static long pauses(void)
{
	return sys(pause);
}

CASE(eintr_pause, "pause is EINTR after a handler, even with SA_RESTART")
{
	INTERRUPTED(pauses, SA_RESTART);
}

static long naps(void)
{
	long want[2] = {10, 0}, left[2] = {-1, -1};
	long err = sys(nanosleep, want, left);
	/* up to the timer slack, 50 us, more than was asked for */
	board[2] = left[0] >= 0 && left[0] <= 10 && left[1] >= 0 && left[1] < 1000000000;
	board[3] = want[0];
	return err;
}

CASE(eintr_nanosleep, "nanosleep is EINTR after a handler, even with SA_RESTART, and tells the rest")
{
	INTERRUPTED(naps, SA_RESTART);
	IS(board[2], 1);
	IS(board[3], 10);
}

static long naps_absolute(void)
{
	long until[2];
	CHECK(sys(clock_gettime, 1, until) == 0);
	until[0] += 10;
	long left[2] = {-1, -1};
	long err = sys(clock_nanosleep, 1, 1, until, left); /* TIMER_ABSTIME */
	board[2] = left[0];
	return err;
}

CASE(eintr_nanosleep_absolute, "an absolute clock_nanosleep is EINTR without SA_RESTART and tells no rest")
{
	INTERRUPTED(naps_absolute, 0);
	IS(board[2], -1);
}

static long waits(void)
{
	long q = sys(fork);
	if (q == 0) {
		sys(prctl, PR_SET_PDEATHSIG, SIGKILL);
		await(&board[4], 1);
		sys(exit_group, 5);
	}
	long got = sys(wait4, q, &board[5], 0, 0);
	board[6] = got == q;
	if (got < 0) {
		advance(&board[4]);
		reap(q);
	}
	return got;
}

CASE(eintr_wait, "wait4 is EINTR after a handler")
{
	INTERRUPTED(waits, 0);
}

CASE(restart_wait, "with SA_RESTART wait4 goes on")
{
	long p = interrupted(waits, SA_RESTART);
	until_state(p, "S");
	advance(&board[4]);
	WAIT(p, W_EXITED(0));
	IS(board[6], 1);
	STATUS(board[5], W_EXITED(5));
}

static long waits_futex(void)
{
	return sys(futex, &board[7], FUTEX_WAIT, 0, 0);
}

CASE(eintr_futex, "futex wait is EINTR after a handler")
{
	INTERRUPTED(waits_futex, 0);
}

CASE(restart_futex, "with SA_RESTART a futex wait without timeout goes on, and looks at the word again")
{
	long p = interrupted(waits_futex, SA_RESTART);
	until_state(p, "S");
	advance(&board[7]);
	WAIT(p, W_EXITED(0));
	IS(board[1], 0);
}

static long waits_futex_long(void)
{
	long timeout[2] = {10, 0};
	return sys(futex, &board[7], FUTEX_WAIT, 0, timeout);
}

CASE(eintr_futex_timeout, "a futex wait with a timeout is EINTR after a handler, even with SA_RESTART")
{
	INTERRUPTED(waits_futex_long, SA_RESTART);
}

static long polls(void)
{
	struct pollfd fd = {ends[0], POLLIN, 0};
	return sys(poll, &fd, 1, 10000);
}

CASE(eintr_poll, "poll is EINTR after a handler, even with SA_RESTART")
{
	INTERRUPTED(polls, SA_RESTART);
}

static long suspends(void)
{
	unsigned long none = 0;
	return sys(rt_sigsuspend, &none, 8);
}

CASE(eintr_sigsuspend, "rt_sigsuspend is EINTR after a handler, even with SA_RESTART")
{
	INTERRUPTED(suspends, SA_RESTART);
}

static long sigwaits(void)
{
	unsigned long set = BIT(SIGUSR2);
	return sys(rt_sigtimedwait, &set, 0, 0, 8);
}

CASE(eintr_sigwait, "rt_sigtimedwait is EINTR after a handler of another signal, even with SA_RESTART")
{
	INTERRUPTED(sigwaits, SA_RESTART);
}

CASE(not_interrupted, "signals that are ignored or blocked interrupt nothing")
{
	CHECK(sys(pipe, ends) == 0);
	long p = born();
	if (!p) {
		action(SIGUSR1, IGN, 0, 0);
		mask(SIG_BLOCK, BIT(SIGUSR2));
		leaves(reads());
	}
	until_state(p, "S");
	IS(sys(kill, p, SIGUSR1), 0);
	IS(sys(kill, p, SIGUSR2), 0);
	STATE(p, 'S');
	put_byte(ends[1], 'x');
	WAIT(p, W_EXITED(1));
}

CASE(stop_no_eintr, "stopped and continued without a handler, calls go on: no EINTR")
{
	CHECK(sys(pipe, ends) == 0);
	long (*const all[])(void) = {reads, polls, waits_futex_long};
	for (int i = 0; i < 3; i++) {
		call_fn = all[i];
		long p = puppet(makes_call, 0);
		board[7] = 0;
		until_state(p, "S");
		CHECK(sys(kill, p, SIGSTOP) == 0);
		until_state(p, "T");
		CHECK(sys(kill, p, SIGCONT) == 0);
		until_state(p, "S");
		if (i == 2)
			advance(&board[7]);
		else
			put_byte(ends[1], 'x');
		WAIT(p, W_EXITED(0));
		IS(board[1], i < 2);
	}
}

CASE(stop_pause, "stopped and continued, pause sleeps on")
{
	call_fn = pauses;
	board[1] = 1;
	long p = puppet(makes_call, 0);
	until_state(p, "S");
	IS(sys(kill, p, SIGSTOP), 0);
	until_state(p, "T");
	IS(sys(kill, p, SIGCONT), 0);
	until_state(p, "S");
	IS(board[1], 1);
}

static long naps_briefly(void)
{
	long want[2] = {0, 20000000}, left[2] = {-1, -1};
	long err = sys(nanosleep, want, left);
	board[2] = left[0];
	return err;
}

CASE(stop_nanosleep, "stopped and continued, nanosleep ends when its whole time is over, without EINTR")
{
	call_fn = naps_briefly;
	long p = puppet(makes_call, 0);
	until_state(p, "S");
	IS(sys(kill, p, SIGSTOP), 0);
	IS(sys(kill, p, SIGCONT), 0);
	WAIT(p, W_EXITED(0));
	IS(board[1], 0);
}

/* Waiting for signals */
CASE(suspend_mask, "rt_sigsuspend: its mask while it sleeps and in the handler, then the old one again")
{
	void looks(int sig MAYBE, info_t *i MAYBE, context_t *c)
	{
		board[0] = blocked();
		board[1] = c->uc_sigmask;
	}
	unsigned long only = BIT(SIGUSR2);
	handle(SIGUSR1, looks, 0, 0);
	mask(SIG_SETMASK, BIT(SIGUSR1) | BIT(SIGHUP));
	raise(SIGUSR1);
	ERR(sys(rt_sigsuspend, &only, 8), EINTR);
	IS(board[0], BIT(SIGUSR1) | BIT(SIGUSR2));
	IS(board[1], BIT(SIGUSR1) | BIT(SIGHUP)); /* what sigreturn restores */
	IS(blocked(), BIT(SIGUSR1) | BIT(SIGHUP));
}

CASE(suspend_errors, "rt_sigsuspend: EINVAL for the size, EFAULT for the mask")
{
	ERR(sys(rt_sigsuspend, &(long){0}, 16), EINVAL);
	ERR(sys(rt_sigsuspend, 8, 8), EFAULT);
}

CASE(sigwait_takes, "rt_sigtimedwait takes a pending signal without its handler: number and siginfo")
{
	unsigned long set = BIT(SIGUSR1) | BIT(SIGUSR2);
	info_t info;
	handle(SIGUSR1, notes, 0, 0);
	mask(SIG_BLOCK, set);
	raise(SIGUSR2), raise(SIGUSR1);
	SIG(sys(rt_sigtimedwait, &set, &info, 0, 8), SIGUSR1);
	SIG(info.si_signo, SIGUSR1);
	IS(info.si_code, SI_TKILL);
	WHO(info.si_pid, pid());
	IS(pending(), BIT(SIGUSR2));
	IS(runs[SIGUSR1], 0);
	SIG(sys(rt_sigtimedwait, &set, 0, 0, 8), SIGUSR2);
}

CASE(sigwait_times_out, "rt_sigtimedwait with nothing pending: EAGAIN after its timeout, at once for 0")
{
	unsigned long set = BIT(SIGUSR1);
	long none[2] = {0, 0}, brief[2] = {0, 3000000};
	ERR(sys(rt_sigtimedwait, &set, 0, none, 8), EAGAIN);
	ERR(sys(rt_sigtimedwait, &set, 0, brief, 8), EAGAIN);
}

CASE(sigwait_errors, "rt_sigtimedwait: EINVAL for the size and the timeout, EFAULT")
{
	unsigned long set = BIT(SIGUSR1);
	ERR(sys(rt_sigtimedwait, &set, 0, 0, 4), EINVAL);
	ERR(sys(rt_sigtimedwait, &set, 0, ((long[]){0, 1000000000}), 8), EINVAL);
	ERR(sys(rt_sigtimedwait, &set, 0, ((long[]){-1, 0}), 8), EINVAL);
	ERR(sys(rt_sigtimedwait, 8, 0, 0, 8), EFAULT);
	ERR(sys(rt_sigtimedwait, &set, 0, 8, 8), EFAULT);
}

CASE(sigwait_sleeps, "rt_sigtimedwait sleeps until the signal is sent, and takes it even where it is not blocked")
{
	long p = born();
	if (!p) {
		handle(SIGUSR2, counts, 0, 0);
		leaves(sigwaits());
	}
	until_state(p, "S");
	IS(sys(kill, p, SIGUSR2), 0);
	WAIT(p, W_EXITED(SIGUSR2));
	IS(board[0], 0);
}

CASE(sigwait_default, "a signal that is waited for, but not blocked, and fatal by default, ends the process")
{
	long p = born();
	if (!p)
		leaves(sigwaits());
	until_state(p, "S");
	IS(sys(kill, p, SIGUSR2), 0);
	WAIT(p, W_KILLED(SIGUSR2));
}

CASE(sigwait_never_kill, "SIGKILL cannot be waited for")
{
	long p = born();
	if (!p)
		leaves(sys(rt_sigtimedwait, &(unsigned long){~0ul}, 0, 0, 8));
	until_state(p, "S");
	IS(sys(kill, p, SIGKILL), 0);
	WAIT(p, W_KILLED(SIGKILL));
}

/* Stop and continue */
static void stop_and_wait(long p, int sig)
{
	CHECK(sys(kill, p, sig) == 0);
	CHECK(wait_status(p, WUNTRACED) == W_STOPPED(sig));
}

CASE(stop_signals, "STOP, TSTP, TTIN and TTOU stop a process by default; CONT lets it run")
{
	const int all[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
	long p = napping();
	for (int i = 0; i < 4; i++) {
		IS(sys(kill, p, all[i]), 0);
		STATUS(wait_status(p, WUNTRACED), W_STOPPED(all[i]));
		STATE(p, 'T');
		IS(sys(kill, p, SIGCONT), 0);
		STATUS(wait_status(p, WCONTINUED), W_CONTINUED);
		until_state(p, "S");
	}
}

CASE(stop_all_threads, "a stop stops all threads")
{
	long p = born();
	if (!p) {
		thread(0, sleeps, 0);
		STORE(&board[0], tids[0]);
		sleeps(0);
	}
	until_state(p, "S");
	until_state(board[0], "S");
	IS(sys(tgkill, p, board[0], SIGSTOP), 0);
	STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGSTOP));
	until_state(p, "T");
	until_state(board[0], "T");
	IS(sys(kill, p, SIGCONT), 0);
	until_state(p, "S");
	until_state(board[0], "S");
}

CASE(stopped_pends, "a signal for a stopped process waits for its continuation")
{
	long p = napping();
	stop_and_wait(p, SIGSTOP);
	IS(sys(kill, p, SIGTERM), 0);
	STATE(p, 'T');
	IS(status_field(p, "ShdPnd", 16), BIT(SIGTERM));
	IS(sys(kill, p, SIGCONT), 0);
	WAIT(p, W_KILLED(SIGTERM));
}

CASE(stopped_kill, "SIGKILL ends a stopped process at once")
{
	long p = napping();
	stop_and_wait(p, SIGSTOP);
	IS(sys(kill, p, SIGKILL), 0);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(stop_twice, "a stopped process does not stop again: the next stop signal stays pending until SIGCONT, which discards it")
{
	long p = napping();
	stop_and_wait(p, SIGSTOP);
	IS(sys(kill, p, SIGTSTP), 0);
	STATUS(wait_status(p, WUNTRACED | WNOHANG), -EAGAIN);
	IS(status_field(p, "ShdPnd", 16), BIT(SIGTSTP));
	IS(sys(kill, p, SIGCONT), 0);
	until_state(p, "S");
	IS(status_field(p, "ShdPnd", 16), 0);
}

CASE(cont_discards_stop, "SIGCONT discards pending stop signals, blocked or not, even if it is ignored itself")
{
	unsigned long stops = BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU);
	mask(SIG_BLOCK, stops);
	raise(SIGTSTP), raise(SIGTTIN), raise(SIGTTOU);
	IS(pending(), stops);
	CHECK(action(SIGCONT, IGN, 0, 0) == 0);
	IS(sys(kill, pid(), SIGCONT), 0);
	IS(pending(), 0);
}

CASE(stop_discards_cont, "a stop signal discards a pending SIGCONT, even if it is ignored itself")
{
	mask(SIG_BLOCK, BIT(SIGCONT));
	CHECK(action(SIGTSTP, IGN, 0, 0) == 0);
	raise(SIGCONT);
	IS(pending(), BIT(SIGCONT));
	raise(SIGTSTP);
	IS(pending(), 0);
}

CASE(cont_blocked, "SIGCONT continues a process that blocks it, and is then pending")
{
	long p = born();
	if (!p) {
		mask(SIG_BLOCK, BIT(SIGCONT));
		sleeps(0);
	}
	until_state(p, "S");
	stop_and_wait(p, SIGSTOP);
	IS(sys(kill, p, SIGCONT), 0);
	until_state(p, "S");
	IS(status_field(p, "ShdPnd", 16), BIT(SIGCONT));
}

CASE(cont_ignored, "SIGCONT continues a process that ignores it")
{
	long p = born();
	if (!p) {
		action(SIGCONT, IGN, 0, 0);
		sleeps(0);
	}
	until_state(p, "S");
	stop_and_wait(p, SIGSTOP);
	IS(sys(kill, p, SIGCONT), 0);
	until_state(p, "S");
	IS(status_field(p, "ShdPnd", 16), 0);
}

CASE(cont_handled, "SIGCONT runs its handler once the process is continued")
{
	long p = born();
	if (!p) {
		handle(SIGCONT, counts, 0, 0);
		sys(pause);
		leaves(4);
	}
	until_state(p, "S");
	stop_and_wait(p, SIGSTOP);
	IS(board[0], 0);
	IS(sys(kill, p, SIGCONT), 0);
	WAIT(p, W_EXITED(4));
	IS(board[0], 1);
}

CASE(cont_running, "SIGCONT to a process that is not stopped is no continuation to report")
{
	long p = napping();
	IS(sys(kill, p, SIGCONT), 0);
	STATUS(wait_status(p, WCONTINUED | WNOHANG), -EAGAIN);
}

CASE(tstp_handled, "SIGTSTP with a handler runs it and does not stop")
{
	handle(SIGTSTP, notes, 0, 0);
	raise(SIGTSTP);
	IS(runs[SIGTSTP], 1);
}

CASE(stop_self, "raised by itself, SIGSTOP stops before the call returns; others see the state")
{
	long p = born();
	if (!p) {
		raise(SIGSTOP);
		STORE(&board[0], 1);
		leaves(0);
	}
	STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGSTOP));
	IS(board[0], 0);
	IS(sys(kill, p, SIGCONT), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], 1);
}

/* SIGCHLD */
static void child_signals(long flags)
{
	handle(SIGCHLD, notes, flags, 0);
	mask(SIG_BLOCK, BIT(SIGCHLD));
}

#define CHILD_INFO(p, code, status)                                                         \
	do {                                                                                \
		info_t i_;                                                                  \
		SIG(sys(rt_sigtimedwait, &(unsigned long){BIT(SIGCHLD)}, &i_, 0, 8), SIGCHLD); \
		SIG(i_.si_signo, SIGCHLD);                                                  \
		IS(i_.si_code, code);                                                       \
		WHO(i_.si_pid, p);                                                          \
		IS(i_.si_status, status);                                                   \
	} while (0)

CASE(chld_exited, "siginfo of SIGCHLD: CLD_EXITED with the exit code")
{
	child_signals(0);
	long p = puppet(leaves, 7);
	CHILD_INFO(p, CLD_EXITED, 7);
	WAIT(p, W_EXITED(7));
}

CASE(chld_killed, "siginfo of SIGCHLD: CLD_KILLED with the signal")
{
	child_signals(0);
	long p = puppet(raises, SIGTERM);
	CHILD_INFO(p, CLD_KILLED, SIGTERM);
	WAIT(p, W_KILLED(SIGTERM));
}

CASE(chld_stopped, "siginfo of SIGCHLD: CLD_STOPPED with the signal, CLD_CONTINUED with SIGCONT")
{
	child_signals(0);
	long p = napping();
	CHECK(sys(kill, p, SIGTSTP) == 0);
	CHILD_INFO(p, CLD_STOPPED, SIGTSTP);
	CHECK(sys(kill, p, SIGCONT) == 0);
	CHILD_INFO(p, CLD_CONTINUED, SIGCONT);
}

CASE(chld_nocldstop, "SA_NOCLDSTOP: no SIGCHLD for stops and continuations; they can be waited for")
{
	child_signals(SA_NOCLDSTOP);
	long p = napping();
	CHECK(sys(kill, p, SIGSTOP) == 0);
	STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGSTOP));
	CHECK(sys(kill, p, SIGCONT) == 0);
	STATUS(wait_status(p, WCONTINUED), W_CONTINUED);
	IS(pending(), 0);
	CHECK(sys(kill, p, SIGKILL) == 0);
	CHILD_INFO(p, CLD_KILLED, SIGKILL);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(chld_merges, "children that end while SIGCHLD is pending make one signal; all of them can be waited for")
{
	child_signals(0);
	long a = puppet(leaves, 1);
	until_state(a, "Z");
	long b = puppet(leaves, 2);
	until_state(b, "Z");
	CHILD_INFO(a, CLD_EXITED, 1);
	IS(pending(), 0);
	WAIT(a, W_EXITED(1));
	WAIT(b, W_EXITED(2));
}

CASE(chld_stays, "waiting for the child does not take the SIGCHLD away")
{
	child_signals(0);
	long p = puppet(leaves, 1);
	WAIT(p, W_EXITED(1));
	IS(pending(), BIT(SIGCHLD));
}

/* SIGPIPE */
static void broken_pipe(void)
{
	CHECK(sys(pipe, ends) == 0);
	CHECK(sys(close, ends[0]) == 0);
}

CASE(pipe_kills, "write to a pipe without readers: SIGPIPE, fatal by default")
{
	broken_pipe();
	long p = born();
	if (!p) {
		action(SIGPIPE, DFL, 0, 0);
		sys(write, ends[1], "x", 1);
		leaves(0);
	}
	WAIT(p, W_KILLED(SIGPIPE));
}

CASE(pipe_handled, "SIGPIPE handled or ignored: write is EPIPE; siginfo says SI_USER from oneself")
{
	broken_pipe();
	handle(SIGPIPE, notes, 0, 0);
	ERR(sys(write, ends[1], "x", 1), EPIPE);
	IS(runs[SIGPIPE], 1);
	IS(noted.si_code, SI_USER);
	WHO(noted.si_pid, pid());
	CHECK(action(SIGPIPE, IGN, 0, 0) == 0);
	ERR(sys(write, ends[1], "x", 1), EPIPE);
	IS(sys(write, ends[1], "x", 0), 0);
}

CASE(pipe_thread, "SIGPIPE is for the thread that wrote")
{
	void pipes(long u MAYBE)
	{
		board[0] = sys(write, ends[1], "x", 1);
		board[1] = pending();
	}
	broken_pipe();
	mask(SIG_BLOCK, BIT(SIGPIPE));
	thread(0, pipes, 0);
	join(0);
	IS(board[0], -EPIPE);
	IS(board[1], BIT(SIGPIPE));
	IS(pending(), 0);
}

/* fork and exec */
CASE(fork_signals, "a forked child has the handlers and the mask, and nothing pending")
{
	handle(SIGUSR1, notes, 0, 0);
	mask(SIG_BLOCK, BIT(SIGUSR1) | BIT(SIGUSR2));
	raise(SIGUSR1);
	CHECK(sys(kill, pid(), SIGUSR2) == 0);
	long p = born();
	if (!p) {
		IS(pending(), 0);
		IS(blocked(), BIT(SIGUSR1) | BIT(SIGUSR2));
		raise(SIGUSR1);
		mask(SIG_UNBLOCK, BIT(SIGUSR1));
		IS(runs[SIGUSR1], 1);
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
	IS(pending(), BIT(SIGUSR1) | BIT(SIGUSR2));
	CHECK(action(SIGUSR2, IGN, 0, 0) == 0);
}

CASE(fork_actions, "after fork actions are each process's own")
{
	handle(SIGUSR1, notes, 0, 0);
	long p = born();
	if (!p) {
		action(SIGUSR1, IGN, 0, 0);
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
	raise(SIGUSR1);
	IS(runs[SIGUSR1], 1);
}

/* What a signal's action is: 0, 1, or 2 for a handler. */
static int action_of(int sig)
{
	struct sigaction sa;
	CHECK(sys(rt_sigaction, sig, 0, &sa, 8) == 0);
	return sa.sa_handler == 0 ? 0 : sa.sa_handler == (__sighandler_t)1 ? 1 : 2;
}

ACTOR(signals_kept)
{
	struct sigaction sa;
	IS(blocked(), BIT(SIGUSR1) | BIT(SIGUSR2));
	IS(pending(), BIT(SIGUSR1) | BIT(SIGUSR2));
	IS(action_of(SIGHUP), 1);
	IS(action_of(SIGTERM), 0);
	IS(action_of(SIGUSR1), 0);
	CHECK(sys(rt_sigaction, SIGTERM, 0, &sa, 8) == 0);
	IS(sa.sa_flags, 0);
	IS(sa.sa_mask, 0);
	IS(sa.sa_restorer, 0);
	return 0;
}

CASE(exec_signals, "exec keeps mask, pending and ignored signals; handled ones are default again, flags and all")
{
	long p = born();
	if (!p) {
		handle(SIGTERM, notes, SA_RESTART, BIT(SIGHUP));
		handle(SIGUSR1, notes, 0, 0);
		action(SIGHUP, IGN, 0, 0);
		mask(SIG_BLOCK, BIT(SIGUSR1) | BIT(SIGUSR2));
		raise(SIGUSR1);
		sys(kill, pid(), SIGUSR2);
		exec_self("@signals_kept", "0");
	}
	WAIT(p, W_EXITED(0));
}

ACTOR(chld_action)
{
	return action_of(SIGCHLD);
}

CASE(exec_ignored_chld, "SIGCHLD ignored stays ignored over exec")
{
	long p = born();
	if (!p) {
		action(SIGCHLD, IGN, 0, 0);
		exec_self("@chld_action", "0");
	}
	WAIT(p, W_EXITED(1));
}
