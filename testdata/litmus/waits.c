/* Waiting for children: wait4 and waitid, zombies, who inherits orphans, how threads end. */
#include "plain.h"

static long wait_info(int idtype, long id, info_t *info, long options)
{
	memset(info, 0, sizeof *info);
	return sys(waitid, idtype, id, info, options, 0);
}

/* A child in a group of its own that ends with code, and is a zombie already. */
static long zombie(long code)
{
	long p = grouped(leaves, code);
	until_state(p, "Z");
	return p;
}

/* wait4: statuses */
CASE(status_exit, "the status of an exit is the code's low byte in bits 8 to 15")
{
	int status = -1;
	long p = puppet(leaves, 0x1234);
	WHO(sys(wait4, p, &status, 0, 0), p);
	IS(status, 0x3400);
}

CASE(status_exit_minus, "exit code -1 is 255")
{
	int status = -1;
	long p = puppet(leaves, -1);
	WHO(sys(wait4, p, &status, 0, 0), p);
	IS(status, 0xff00);
}

CASE(status_killed, "the status of a death by signal is the signal")
{
	int status = -1;
	long p = puppet(raises, SIGKILL);
	WHO(sys(wait4, p, &status, 0, 0), p);
	IS(status, 9);
}

CASE(status_stopped, "the status of a stop is the signal in bits 8 to 15 over 0x7f; of a continuation, 0xffff")
{
	int status = -1;
	long p = napping();
	CHECK(sys(kill, p, SIGSTOP) == 0);
	WHO(sys(wait4, p, &status, WUNTRACED, 0), p);
	IS(status, 0x137f);
	CHECK(sys(kill, p, SIGCONT) == 0);
	WHO(sys(wait4, p, &status, WCONTINUED, 0), p);
	IS(status, 0xffff);
}

/* wait4: whom */
CASE(wait_none, "without children wait is ECHILD, at once")
{
	int status;
	ERR(sys(wait4, -1, &status, 0, 0), ECHILD);
	ERR(sys(wait4, -1, &status, WNOHANG, 0), ECHILD);
	ERR(sys(wait4, 0, &status, 0, 0), ECHILD);
	ERR(sys(wait4, pid(), &status, 0, 0), ECHILD);
}

CASE(wait_not_child, "wait for a process that is not a child is ECHILD, for a grandchild too")
{
	CHECK(sys(prctl, PR_SET_CHILD_SUBREAPER, 1) == 0); /* the grandchild is ours to reap */
	long p = born();
	if (!p) {
		long q = sys(fork);
		if (q == 0)
			sleeps(0);
		board[0] = q;
		advance(&board[1]);
		sleeps(0);
	}
	await(&board[1], 1);
	ERR(sys(wait4, board[0], 0, 0, 0), ECHILD);
	CHECK(sys(kill, board[0], SIGKILL) == 0);
}

CASE(wait_nohang, "WNOHANG: 0 while no child has anything to tell")
{
	int status = 55;
	long p = napping();
	IS(sys(wait4, p, &status, WNOHANG, 0), 0);
	IS(sys(wait4, -1, &status, WNOHANG, 0), 0);
	IS(status, 55);
}

CASE(wait_once, "a child's end is reported once; then it is gone: ECHILD, ESRCH, no /proc")
{
	long p = zombie(1);
	WAIT(p, W_EXITED(1));
	ERR(sys(wait4, p, 0, 0, 0), ECHILD);
	ERR(sys(kill, p, 0), ESRCH);
	IS(state_of(p), 0);
}

CASE(wait_group, "wait4: 0 is for children of one's own group, -N for those of group N")
{
	long a = zombie(1), b = puppet(leaves, 2);
	until_state(b, "Z");
	int status;
	WHO(sys(wait4, 0, &status, 0, 0), b);
	STATUS(status, W_EXITED(2));
	ERR(sys(wait4, 0, &status, 0, 0), ECHILD);
	WHO(sys(wait4, -a, &status, 0, 0), a);
	STATUS(status, W_EXITED(1));
	ERR(sys(wait4, -a, &status, 0, 0), ECHILD);
}

CASE(wait_any_order, "wait for any takes the oldest child that has ended, not the first to end")
{
	int status;
	long a = napping(), b = puppet(leaves, 2);
	until_state(b, "Z");
	CHECK(sys(kill, a, SIGKILL) == 0);
	until_state(a, "Z");
	WHO(sys(wait4, -1, &status, 0, 0), a);
	WHO(sys(wait4, -1, &status, 0, 0), b);
}

CASE(wait_sleeps, "wait sleeps until a child ends")
{
	long p = born();
	if (!p) {
		long q = sys(fork);
		if (q == 0) {
			await(&board[0], 1);
			leaves(9);
		}
		leaves(reap(q) >> 8);
	}
	until_state(p, "S");
	advance(&board[0]);
	WAIT(p, W_EXITED(9));
}

CASE(wait_errors, "wait4: options it does not know are EINVAL, WEXITED and WNOWAIT among them; EFAULT after all is done")
{
	long p = zombie(1);
	ERR(sys(wait4, p, 0, 0x100, 0), EINVAL);
	ERR(sys(wait4, p, 0, WEXITED, 0), EINVAL);
	ERR(sys(wait4, p, 0, WNOWAIT, 0), EINVAL);
	ERR(sys(wait4, (int)0x80000000, 0, 0, 0), ESRCH);
	ERR(sys(wait4, p, 8, 0, 0), EFAULT);
	ERR(sys(wait4, p, 0, 0, 0), ECHILD); /* reaped all the same */
}

CASE(wait_null, "wait4 without a place for the status reaps too")
{
	long p = zombie(1);
	WHO(sys(wait4, p, 0, 0, 0), p);
	ERR(sys(wait4, p, 0, 0, 0), ECHILD);
}

CASE(wait_untraced, "a stop is reported with WUNTRACED only, and once")
{
	long p = napping();
	CHECK(sys(kill, p, SIGSTOP) == 0);
	until_state(p, "T");
	STATUS(wait_status(p, WNOHANG), -EAGAIN);
	STATUS(wait_status(p, WNOHANG | WCONTINUED), -EAGAIN);
	STATUS(wait_status(p, WNOHANG | WUNTRACED), W_STOPPED(SIGSTOP));
	STATUS(wait_status(p, WNOHANG | WUNTRACED), -EAGAIN);
}

CASE(wait_continued, "a continuation is reported with WCONTINUED only, and once; the stop before it is forgotten")
{
	long p = napping();
	CHECK(sys(kill, p, SIGSTOP) == 0);
	until_state(p, "T");
	CHECK(sys(kill, p, SIGCONT) == 0);
	until_state(p, "S");
	STATUS(wait_status(p, WNOHANG | WUNTRACED), -EAGAIN);
	STATUS(wait_status(p, WNOHANG | WCONTINUED), W_CONTINUED);
	STATUS(wait_status(p, WNOHANG | WCONTINUED), -EAGAIN);
}

CASE(wait_stop_again, "stopped again before anyone asked, a child has stopped: its continuation is not reported")
{
	long p = napping();
	CHECK(sys(kill, p, SIGSTOP) == 0);
	until_state(p, "T");
	CHECK(sys(kill, p, SIGCONT) == 0);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGTSTP) == 0);
	until_state(p, "T");
	STATUS(wait_status(p, WNOHANG | WCONTINUED), -EAGAIN);
	STATUS(wait_status(p, WNOHANG | WUNTRACED), W_STOPPED(SIGTSTP));
}

CASE(wait_rusage, "wait4 writes all of rusage; what Linux does not count is 0")
{
	struct rusage r;
	memset(&r, 0x55, sizeof r);
	long p = zombie(1);
	WHO(sys(wait4, p, 0, 0, &r), p);
	TRUE(r.ru_utime.tv_sec == 0 && r.ru_utime.tv_usec < 1000000);
	IS(r.ru_ixrss, 0);
	IS(r.ru_idrss, 0);
	IS(r.ru_nswap, 0);
	IS(r.ru_msgsnd, 0);
	IS(r.ru_nsignals, 0);
}

CASE(wait_thread, "any thread may wait for the process's children, but not with __WNOTHREAD for another's")
{
	void waits(long p)
	{
		board[0] = sys(wait4, p, 0, WNOHANG | __WNOTHREAD, 0);
		board[1] = sys(wait4, p, 0, WNOHANG, 0) == p;
	}
	long p = zombie(1);
	thread(0, waits, p);
	join(0);
	IS(board[0], -ECHILD);
	IS(board[1], 1);
}

CASE(wait_thread_child, "a thread's child stays the process's child when the thread has ended")
{
	void forks(long u MAYBE)
	{
		long q = sys(fork);
		if (q == 0)
			leaves(6);
		board[0] = q;
	}
	thread(0, forks, 0);
	join(0);
	STATUS(wait_status(board[0], __WNOTHREAD), W_EXITED(6));
}

/* clone's exit signal */
static long clone_child(long signal, long code)
{
	long p = sys(clone, signal, 0, 0, 0, 0);
	CHECK(p >= 0);
	if (p == 0)
		leaves(code);
	return role(p, "p1");
}

CASE(clone_other_signal, "a child of another exit signal sends that; plain wait does not see it, __WCLONE and __WALL do")
{
	handle(SIGUSR1, notes, 0, 0);
	long p = clone_child(SIGUSR1, 3);
	until_state(p, "Z");
	IS(runs[SIGUSR1], 1);
	IS(noted.si_code, CLD_EXITED);
	WHO(noted.si_pid, p);
	ERR(sys(wait4, p, 0, 0, 0), ECHILD);
	STATUS(wait_status(p, __WCLONE), W_EXITED(3));
}

CASE(clone_no_signal, "a child of exit signal 0 sends nothing, and is one for __WALL or __WCLONE")
{
	handle(SIGCHLD, notes, 0, 0);
	long p = clone_child(0, 3);
	until_state(p, "Z");
	IS(orders, 0);
	ERR(sys(wait4, -1, 0, 0, 0), ECHILD);
	STATUS(wait_status(p, __WALL), W_EXITED(3));
}

CASE(clone_wclone, "__WCLONE does not see ordinary children")
{
	long p = zombie(1);
	ERR(sys(wait4, p, 0, __WCLONE, 0), ECHILD);
	STATUS(wait_status(p, __WALL), W_EXITED(1));
}

CASE(clone_exec_signal, "exec makes a child an ordinary one: its exit signal is SIGCHLD from then on")
{
	handle(SIGUSR1, notes, 0, 0);
	handle(SIGCHLD, notes, 0, 0);
	long p = sys(clone, SIGUSR1, 0, 0, 0, 0);
	if (p == 0)
		execs(4);
	role(p, "p1");
	until_state(p, "Z");
	IS(runs[SIGUSR1], 0);
	IS(runs[SIGCHLD], 1);
	STATUS(wait_status(p, 0), W_EXITED(4));
}

CASE(clone_parent, "CLONE_PARENT: the child of a child is a sibling of it, and ours to wait for")
{
	long p = born();
	if (!p) {
		long q = sys(clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
		if (q == 0)
			leaves(5);
		board[0] = q;
		board[1] = sys(wait4, q, 0, 0, 0);
		leaves(1);
	}
	WAIT(p, W_EXITED(1));
	role(board[0], "p2");
	IS(board[1], -ECHILD);
	STATUS(wait_status(board[0], 0), W_EXITED(5));
}

/* waitid */
CASE(waitid_exited, "waitid returns 0 and siginfo: SIGCHLD, CLD_EXITED, pid, uid, code")
{
	info_t info;
	long p = zombie(9);
	IS(wait_info(P_PID, p, &info, WEXITED), 0);
	SIG(info.si_signo, SIGCHLD);
	IS(info.si_errno, 0);
	IS(info.si_code, CLD_EXITED);
	WHO(info.si_pid, p);
	TRUE((long)info.si_uid == sys(getuid));
	IS(info.si_status, 9);
}

CASE(waitid_code, "the exit code in siginfo is the low byte, too")
{
	info_t info;
	long p = zombie(0x1234);
	IS(wait_info(P_PID, p, &info, WEXITED), 0);
	IS(info.si_status, 0x34);
}

CASE(waitid_killed, "waitid: CLD_KILLED and the signal")
{
	info_t info;
	long p = puppet(raises, SIGTERM);
	IS(wait_info(P_PID, p, &info, WEXITED), 0);
	IS(info.si_code, CLD_KILLED);
	SIG(info.si_status, SIGTERM);
}

CASE(waitid_stopped, "waitid WSTOPPED: CLD_STOPPED and the signal; WCONTINUED: CLD_CONTINUED and SIGCONT")
{
	info_t info;
	long p = napping();
	CHECK(sys(kill, p, SIGTSTP) == 0);
	IS(wait_info(P_PID, p, &info, WSTOPPED), 0);
	IS(info.si_code, CLD_STOPPED);
	SIG(info.si_status, SIGTSTP);
	CHECK(sys(kill, p, SIGCONT) == 0);
	IS(wait_info(P_PID, p, &info, WCONTINUED), 0);
	IS(info.si_code, CLD_CONTINUED);
	SIG(info.si_status, SIGCONT);
}

CASE(waitid_nowait, "WNOWAIT leaves the child as it is: it can be asked again, and reaped")
{
	info_t info;
	long p = zombie(9);
	IS(wait_info(P_PID, p, &info, WEXITED | WNOWAIT), 0);
	WHO(info.si_pid, p);
	STATE(p, 'Z');
	IS(wait_info(P_PID, p, &info, WEXITED | WNOWAIT), 0);
	WHO(info.si_pid, p);
	WAIT(p, W_EXITED(9));
}

CASE(waitid_nowait_stop, "WNOWAIT leaves a stop to be reported again")
{
	info_t info;
	long p = napping();
	CHECK(sys(kill, p, SIGSTOP) == 0);
	IS(wait_info(P_PID, p, &info, WSTOPPED | WNOWAIT), 0);
	IS(info.si_code, CLD_STOPPED);
	STATUS(wait_status(p, WUNTRACED | WNOHANG), W_STOPPED(SIGSTOP));
	STATUS(wait_status(p, WUNTRACED | WNOHANG), -EAGAIN);
}

CASE(waitid_nohang, "waitid WNOHANG with nothing to tell: 0, and pid and signo are 0")
{
	info_t info;
	napping();
	memset(&info, 0x55, sizeof info);
	IS(sys(waitid, P_ALL, 0, &info, WEXITED | WNOHANG, 0), 0);
	IS(info.si_pid, 0);
	IS(info.si_signo, 0);
}

CASE(waitid_only_asked, "waitid without WEXITED does not report an end, and a zombie has no stops to wait for")
{
	info_t info;
	long p = zombie(1);
	ERR(wait_info(P_PID, p, &info, WSTOPPED), ECHILD);
	ERR(wait_info(P_PID, p, &info, WCONTINUED | WNOHANG), ECHILD);
}

CASE(waitid_group, "waitid P_PGID: children of that group, of one's own for 0")
{
	info_t info;
	long a = zombie(1), b = puppet(leaves, 2);
	until_state(b, "Z");
	IS(wait_info(P_PGID, 0, &info, WEXITED), 0);
	WHO(info.si_pid, b);
	IS(wait_info(P_PGID, a, &info, WEXITED), 0);
	WHO(info.si_pid, a);
	ERR(wait_info(P_PGID, a, &info, WEXITED), ECHILD);
}

CASE(waitid_errors, "waitid: EINVAL without anything to wait for, for unknown options, types and ids; ECHILD")
{
	info_t info;
	ERR(wait_info(P_ALL, 0, &info, 0), EINVAL);
	ERR(wait_info(P_ALL, 0, &info, WNOHANG), EINVAL);
	ERR(wait_info(P_ALL, 0, &info, WEXITED | 0x100), EINVAL);
	ERR(wait_info(7, 0, &info, WEXITED), EINVAL);
	ERR(wait_info(P_PID, 0, &info, WEXITED), EINVAL);
	ERR(wait_info(P_PID, -5, &info, WEXITED), EINVAL);
	ERR(wait_info(P_PGID, -5, &info, WEXITED), EINVAL);
	ERR(wait_info(P_ALL, 0, &info, WEXITED), ECHILD);
	ERR(wait_info(P_PID, pid(), &info, WEXITED), ECHILD);
}

CASE(waitid_null, "waitid may be called without a place for siginfo")
{
	long p = zombie(1);
	IS(sys(waitid, P_PID, p, 0, WEXITED, 0), 0);
	ERR(sys(waitid, P_PID, p, 0, WEXITED, 0), ECHILD);
}

CASE(waitid_rusage, "waitid's fifth argument is the child's rusage")
{
	struct rusage r;
	memset(&r, 0x55, sizeof r);
	long p = zombie(1);
	IS(sys(waitid, P_PID, p, 0, WEXITED, &r), 0);
	IS(r.ru_nsignals, 0);
	TRUE(r.ru_utime.tv_sec == 0 && r.ru_utime.tv_usec < 1000000);
}

CASE(waitid_pidfd, "pidfd_open and waitid P_PIDFD; the descriptor can be read from when the child has ended")
{
	info_t info;
	long p = zombie(3);
	long fd = OK(sys(pidfd_open, p, 0));
	struct pollfd poll = {fd, POLLIN, 0};
	IS(sys(poll, &poll, 1, 0), 1);
	IS(poll.revents, POLLIN);
	IS(wait_info(P_PIDFD, fd, &info, WEXITED), 0);
	WHO(info.si_pid, p);
	ERR(sys(pidfd_send_signal, fd, 0, 0, 0), ESRCH);
}

/* Zombies and SIGCHLD */
CASE(zombie_proc, "a zombie in /proc: state Z, its name, its parent; no command line, no memory map, no exe")
{
	char text[512];
	long p = zombie(1);
	STATE(p, 'Z');
	WHO(status_field(p, "PPid", 10), pid());
	WHO(status_field(p, "Pid", 10), p);
	STR(proc_read(text, sizeof text, p, "cmdline"), "");
	STR(proc_read(text, sizeof text, p, "maps"), "");
	ERR(sys(readlink, proc_path(text, p, "exe"), text + 64, 64), ENOENT);
}

CASE(zombie_group, "a zombie keeps its group and session until it is reaped")
{
	long p = zombie(1);
	WHO(sys(getpgid, p), p);
	OK(sys(getsid, p));
	WAIT(p, W_EXITED(1));
	ERR(sys(getpgid, p), ESRCH);
	ERR(sys(getsid, p), ESRCH);
}

CASE(ignored_chld, "SIGCHLD ignored: children leave no zombies; wait sleeps until all are gone, then ECHILD")
{
	CHECK(action(SIGCHLD, IGN, 0, 0) == 0);
	long p = born();
	if (!p) {
		await(&board[0], 1);
		leaves(1);
	}
	long q = sys(fork);
	if (q == 0) {
		until_state(ppid(), "S"); /* the parent waits */
		advance(&board[0]);
		leaves(0);
	}
	ERR(sys(wait4, p, 0, 0, 0), ECHILD);
	until_gone(p);
	ERR(sys(wait4, -1, 0, 0, 0), ECHILD);
}

CASE(ignored_chld_zombie, "a zombie from before stays one when SIGCHLD is ignored after")
{
	long p = zombie(2);
	CHECK(action(SIGCHLD, IGN, 0, 0) == 0);
	STATE(p, 'Z');
	WAIT(p, W_EXITED(2));
}

CASE(nocldwait, "SA_NOCLDWAIT: no zombies, but SIGCHLD is sent all the same")
{
	handle(SIGCHLD, notes, SA_NOCLDWAIT, 0);
	long p = puppet(leaves, 1);
	ERR(wait_status(p, 0), ECHILD);
	IS(runs[SIGCHLD], 1);
	WHO(noted.si_pid, p);
	until_gone(p);
}

CASE(default_chld_zombie, "SIGCHLD's default, to ignore it, leaves zombies: it is not the same as SIG_IGN")
{
	CHECK(action(SIGCHLD, DFL, 0, 0) == 0);
	long p = zombie(2);
	STATE(p, 'Z');
	WAIT(p, W_EXITED(2));
}

CASE(ignored_chld_stop, "SIGCHLD ignored: stops can be waited for")
{
	CHECK(action(SIGCHLD, IGN, 0, 0) == 0);
	long p = napping();
	CHECK(sys(kill, p, SIGSTOP) == 0);
	STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGSTOP));
}

/* Orphans */
static long fork_orphan(void (*fn)(long), long with)
{
	long p = sys(fork);
	if (p == 0) {
		long q = sys(fork);
		if (q == 0) {
			fn(with);
			sys(exit_group, 0);
		}
		board[0] = q;
		leaves(0);
	}
	reap(p);
	return role(board[0], "orphan");
}

CASE(orphan_subreaper, "orphans go to the nearest ancestor that is a subreaper, and are its to wait for")
{
	IS(sys(prctl, PR_SET_CHILD_SUBREAPER, 1), 0);
	long p = fork_orphan(leaves, 12);
	STATUS(wait_status(p, 0), W_EXITED(12));
}

static void tells_parent(long u MAYBE)
{
	await(&board[2], 1);
	board[1] = ppid();
}

CASE(orphan_ppid, "an orphan's parent is the subreaper")
{
	CHECK(sys(prctl, PR_SET_CHILD_SUBREAPER, 1) == 0);
	long p = fork_orphan(tells_parent, 0);
	advance(&board[2]);
	WAIT(p, W_EXITED(0));
	WHO(board[1], pid());
}

CASE(orphan_zombie, "an orphaned zombie is the subreaper's to reap, and it is told by SIGCHLD")
{
	CHECK(sys(prctl, PR_SET_CHILD_SUBREAPER, 1) == 0);
	handle(SIGCHLD, notes, 0, 0);
	mask(SIG_BLOCK, BIT(SIGCHLD));
	long p = born();
	if (!p) {
		long q = sys(fork);
		if (q == 0)
			leaves(5);
		board[0] = q;
		until_state(q, "Z");
		await(&board[1], 1);
		leaves(0);
	}
	until_state(p, "S");
	advance(&board[1]);
	WAIT(p, W_EXITED(0));
	role(board[0], "orphan");
	STATUS(wait_status(board[0], 0), W_EXITED(5));
	IS(pending(), BIT(SIGCHLD));
}

CASE(subreaper_query, "being a subreaper is not inherited by children")
{
	int is = -1;
	CHECK(sys(prctl, PR_SET_CHILD_SUBREAPER, 1) == 0);
	IS(sys(prctl, PR_GET_CHILD_SUBREAPER, &is), 0);
	IS(is, 1);
	long p = born();
	if (!p) {
		sys(prctl, PR_GET_CHILD_SUBREAPER, &is);
		leaves(is);
	}
	WAIT(p, W_EXITED(0));
}

CASE(orphan_init, "without a subreaper an orphan's parent is not its grandparent")
{
	long grandparent = pid();
	long p = born();
	if (!p) {
		long me = pid();
		long q = sys(fork);
		if (q == 0) {
			while (ppid() == me)
				sys(sched_yield);
			board[0] = ppid() != grandparent;
			advance(&board[1]);
		}
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
	await(&board[1], 1);
	IS(board[0], 1);
}

CASE(pdeathsig, "PR_SET_PDEATHSIG: the signal when the parent ends")
{
	CHECK(sys(prctl, PR_SET_CHILD_SUBREAPER, 1) == 0);
	long p = born();
	if (!p) {
		long q = sys(fork);
		if (q == 0) {
			int sig = 0;
			sys(prctl, PR_SET_PDEATHSIG, SIGUSR2);
			sys(prctl, PR_GET_PDEATHSIG, &sig);
			board[2] = sig;
			advance(&board[1]);
			sleeps(0);
		}
		board[0] = q;
		await(&board[1], 1);
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
	role(board[0], "p2");
	SIG(board[2], SIGUSR2);
	STATUS(wait_status(board[0], 0), W_KILLED(SIGUSR2));
}

CASE(pdeathsig_fork, "a forked child has no parent death signal; EINVAL for what is no signal")
{
	int sig = -1;
	ERR(sys(prctl, PR_SET_PDEATHSIG, 65), EINVAL);
	IS(sys(prctl, PR_SET_PDEATHSIG, SIGUSR1), 0);
	long p = sys(fork);
	if (p == 0) {
		sys(prctl, PR_GET_PDEATHSIG, &sig);
		leaves(sig);
	}
	STATUS(reap(p), W_EXITED(0));
	IS(sys(prctl, PR_SET_PDEATHSIG, 0), 0);
}

CASE(pdeathsig_thread, "the parent is the thread that forked: its end sends the signal, though the process lives")
{
	void forks(long u MAYBE)
	{
		long q = sys(fork);
		if (q == 0) {
			sys(prctl, PR_SET_PDEATHSIG, SIGUSR2);
			advance(&board[1]);
			sleeps(0);
		}
		board[0] = q;
		await(&board[1], 1);
	}
	thread(0, forks, 0);
	join(0);
	role(board[0], "p1");
	STATUS(wait_status(board[0], 0), W_KILLED(SIGUSR2));
}

/* Ends of threads */
static void thread_exits(long code)
{
	sys(exit, code);
}

CASE(thread_exit, "exit ends the thread only; the process ends with its last thread, and with that one's code")
{
	long p = born();
	if (!p) {
		thread(0, thread_exits, 4);
		join(0);
		sys(exit, 5);
	}
	WAIT(p, W_EXITED(5));
}

static void thread_exits_last(long code)
{
	await(&board[0], 1);
	sys(exit, code);
}

CASE(leader_exits_first, "the leader that exits first stays, a zombie, until the last thread ends; no report before; the code is that thread's (Linux 5.17)")
{
	long p = born();
	if (!p) {
		thread(0, thread_exits_last, 8);
		sys(exit, 5);
	}
	until_state(p, "Z");
	NOTHING(p);
	IS(sys(kill, p, 0), 0);
	advance(&board[0]);
	WAIT(p, W_EXITED(8));
}

static void thread_exits_all(long code)
{
	await(&board[0], 1);
	sys(exit_group, code);
}

CASE(leader_exits_group, "the leader gone, exit_group of another thread gives the code")
{
	long p = born();
	if (!p) {
		thread(0, thread_exits_all, 8);
		sys(exit, 5);
	}
	until_state(p, "Z");
	advance(&board[0]);
	WAIT(p, W_EXITED(8));
}

CASE(leader_exits_killed, "the leader gone, a signal still ends the process")
{
	long p = born();
	if (!p) {
		thread(0, sleeps, 0);
		sys(exit, 5);
	}
	until_state(p, "Z");
	IS(sys(kill, p, SIGTERM), 0);
	WAIT(p, W_KILLED(SIGTERM));
}

CASE(exit_group_threads, "exit_group of any thread ends all, sleeping ones too")
{
	long p = born();
	if (!p) {
		thread(0, sleeps, 0);
		thread(1, thread_exits_all, 7);
		advance(&board[0]);
		sleeps(0);
	}
	WAIT(p, W_EXITED(7));
}

CASE(thread_no_wait, "a thread is nobody's child: wait for its id is ECHILD, even with __WALL")
{
	thread(0, sleeps, 0);
	ERR(sys(wait4, LOAD(&tids[0]), 0, WNOHANG | __WALL, 0), ECHILD);
}

CASE(thread_gone, "a thread that has ended leaves no zombie: ESRCH, no /proc")
{
	thread(0, sleeps, 0);
	long t = LOAD(&tids[0]);
	OK(sys(tgkill, pid(), t, 0));
	void exits_on(int s MAYBE, info_t *i MAYBE, context_t *c MAYBE)
	{
		sys(exit, 0);
	}
	handle(SIGUSR1, exits_on, 0, 0);
	IS(sys(tgkill, pid(), t, SIGUSR1), 0);
	until_gone(t);
	ERR(sys(tgkill, pid(), t, 0), ESRCH);
}
