/* Process groups and sessions: who may join which, and what becomes of orphaned groups. */
#include "plain.h"

/* Runs fn in a puppet of another session; it observes. */
static void in_session(long fn)
{
	CHECK(sys(setsid) == pid());
	role(pid(), "leader");
	((void (*)(void))fn)();
	finish();
}

#define SESSION(fn) WAIT(puppet(in_session, (long)(fn)), W_EXITED(0))

CASE(setpgid_self, "setpgid(0, 0) leads a new group of one's own; again it is no error")
{
	long p = born();
	if (!p) {
		IS(sys(setpgid, 0, 0), 0);
		IS(sys(setpgid, 0, 0), 0);
		IS(sys(getpgid, 0) == pid(), 1);
		IS(sys(getpgrp) == pid(), 1);
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
}

CASE(setpgid_child, "a parent puts its child into a group of the child's, or into another of its session")
{
	long a = puppet(sleeps, 0), b = puppet(sleeps, 0);
	IS(sys(setpgid, a, 0), 0);
	WHO(sys(getpgid, a), a);
	IS(sys(setpgid, b, a), 0);
	WHO(sys(getpgid, b), a);
	long ours = sys(getpgrp);
	IS(sys(setpgid, b, ours), 0);
	TRUE(sys(getpgid, b) == ours);
}

CASE(setpgid_invalid, "setpgid: a negative group is EINVAL; who is nobody, or no child, ESRCH")
{
	CHECK(sys(prctl, PR_SET_CHILD_SUBREAPER, 1) == 0); /* the grandchild is ours to reap */
	long gone = nobody();
	ERR(sys(setpgid, 0, -1), EINVAL);
	ERR(sys(setpgid, gone, -1), EINVAL);
	ERR(sys(setpgid, gone, 0), ESRCH);
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
	ERR(sys(setpgid, board[0], 0), ESRCH); /* a grandchild */
	CHECK(sys(kill, board[0], SIGKILL) == 0);
}

CASE(setpgid_parent, "the parent is no child: ESRCH")
{
	long p = born();
	if (!p) {
		ERR(sys(setpgid, ppid(), 0), ESRCH);
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
}

CASE(setpgid_no_group, "setpgid: a group that does not exist is EPERM")
{
	long p = puppet(sleeps, 0);
	ERR(sys(setpgid, p, nobody()), EPERM);
	long q = born();
	if (!q) {
		ERR(sys(setpgid, 0, nobody()), EPERM);
		leaves(0);
	}
	WAIT(q, W_EXITED(0));
}

CASE(setpgid_left_group, "the pid of a process that leads no group is no group either: EPERM")
{
	long a = puppet(sleeps, 0), b = puppet(sleeps, 0);
	ERR(sys(setpgid, a, b), EPERM);
	IS(sys(setpgid, b, b), 0);
	IS(sys(setpgid, a, b), 0);
}

CASE(setpgid_after_exec, "a child that has executed a program is not for its parent to move: EACCES; it may move itself")
{
	int hold[2];
	char c;
	CHECK(sys(pipe2, hold, O_CLOEXEC) == 0);
	long p = born();
	if (!p)
		exec_self("@sleep", "0");
	sys(close, hold[1]);
	IS(sys(read, hold[0], &c, 1), 0); /* the exec has closed it */
	ERR(sys(setpgid, p, p), EACCES);
}

ACTOR(moves)
{
	IS(sys(setpgid, 0, 0), 0);
	return sys(getpgid, 0) == pid();
}

CASE(setpgid_self_after_exec, "a process that has executed a program may move itself")
{
	long p = born();
	if (!p)
		exec_self("@moves", "0");
	WAIT(p, W_EXITED(1));
}

static void lead_session(long u MAYBE)
{
	CHECK(sys(setsid) == pid());
	sleeps(0);
}

CASE(setpgid_leader, "a session leader cannot be moved, by itself or its parent: EPERM")
{
	void moves(void)
	{
		ERR(sys(setpgid, 0, 0), EPERM);
		ERR(sys(setpgid, pid(), pid()), EPERM);
	}
	SESSION(moves);
	long p = puppet(lead_session, 0);
	until_state(p, "S");
	ERR(sys(setpgid, p, p), EPERM);
}

CASE(setpgid_session, "nor a child in another session, nor into a group of another session: EPERM")
{
	long p = puppet(lead_session, 0), q = puppet(sleeps, 0);
	until_state(p, "S");
	ERR(sys(setpgid, p, 0), EPERM);
	ERR(sys(setpgid, q, p), EPERM);
}

CASE(setpgid_zombie, "a zombie child may be moved, and its group is there to be joined")
{
	long p = puppet(leaves, 1), q = puppet(sleeps, 0);
	until_state(p, "Z");
	IS(sys(setpgid, p, 0), 0);
	IS(sys(setpgid, q, p), 0);
	WAIT(p, W_EXITED(1));
	WHO(sys(getpgid, q), p); /* the leader is gone, the group is not */
	IS(sys(kill, -p, SIGTERM), 0);
	WAIT(q, W_KILLED(SIGTERM));
	ERR(sys(kill, -p, SIGTERM), ESRCH);
}

CASE(getpgid_errors, "getpgid and getsid of who is nobody: ESRCH; of others they are no secret")
{
	long gone = nobody();
	ERR(sys(getpgid, gone), ESRCH);
	ERR(sys(getsid, gone), ESRCH);
	ERR(sys(getpgid, -1), ESRCH);
	long p = puppet(lead_session, 0);
	until_state(p, "S");
	WHO(sys(getpgid, p), p);
	WHO(sys(getsid, p), p);
}

CASE(setsid_leads, "setsid returns the pid: leader of a new session and of a new group")
{
	void tells(void)
	{
		WHO(sys(getsid, 0), pid());
		WHO(sys(getpgid, 0), pid());
		ERR(sys(setsid), EPERM);
	}
	SESSION(tells);
}

CASE(setsid_group_leader, "setsid of a group leader is EPERM, and so it is while its old group has members")
{
	long p = born();
	if (!p) {
		CHECK(sys(setpgid, 0, 0) == 0);
		ERR(sys(setsid), EPERM);
		long q = sys(fork);
		if (q == 0)
			sleeps(0);
		CHECK(sys(setpgid, q, q) == 0 && sys(setpgid, 0, q) == 0);
		CHECK(sys(setpgid, q, q) == 0);
		sys(kill, q, SIGKILL);
		reap(q);
		IS(sys(setsid) == pid(), 1); /* the group of this pid is gone */
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
}

CASE(setsid_group_left, "the group of a pid whose process has left it still forbids that process setsid")
{
	long p = born();
	if (!p) {
		CHECK(sys(setpgid, 0, 0) == 0);
		long q = sys(fork), r = q ? sys(fork) : 0;
		if (q == 0 || r == 0)
			sleeps(0);
		CHECK(sys(setpgid, q, q) == 0 && sys(setpgid, 0, q) == 0); /* r stays */
		ERR(sys(setsid), EPERM);
		sys(kill, q, SIGKILL), sys(kill, r, SIGKILL);
		reap(q), reap(r);
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
}

CASE(session_inherited, "children are in the session; a group of theirs is too")
{
	void tells(void)
	{
		long a = grouped(sleeps, 0);
		WHO(sys(getsid, a), pid());
		WHO(sys(getpgid, a), a);
		long b = puppet(sleeps, 0);
		WHO(sys(getpgid, b), pid());
	}
	SESSION(tells);
}

/* Orphaned groups. A group is one if no member has a parent in another group of the
 * session. A session leader's own group always is. */
CASE(orphaned_tstp, "TSTP, TTIN and TTOU do not stop a member of an orphaned group; STOP does")
{
	long p = puppet(lead_session, 0);
	until_state(p, "S");
	IS(sys(kill, p, SIGTSTP), 0);
	IS(sys(kill, p, SIGTTIN), 0);
	IS(sys(kill, p, SIGTTOU), 0);
	while (status_field(p, "ShdPnd", 16) != 0)
		sys(sched_yield);
	until_state(p, "S");
	STATUS(wait_status(p, WUNTRACED | WNOHANG), -EAGAIN);
	IS(sys(kill, p, SIGSTOP), 0);
	STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGSTOP));
}

CASE(not_orphaned_tstp, "a group with a parent in another group of its session is not orphaned: TSTP stops it")
{
	void stops(void)
	{
		long p = napping();
		IS(sys(kill, p, SIGTSTP), 0);
		STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGTSTP));
	}
	SESSION(stops);
}

CASE(orphaned_same_group, "a parent in the same group does not keep it from being orphaned")
{
	void stops(void)
	{
		long p = puppet(sleeps, 0);
		until_state(p, "S");
		IS(sys(kill, p, SIGTSTP), 0);
		while (status_field(p, "ShdPnd", 16) != 0)
			sys(sched_yield);
		until_state(p, "S");
		STATUS(wait_status(p, WUNTRACED | WNOHANG), -EAGAIN);
	}
	SESSION(stops);
}

static void tells_signals(int sig, info_t *i MAYBE, context_t *c MAYBE)
{
	ADD(&board[sig == SIGHUP ? 1 : 2], 1);
}

/* A leader of a session with a job that stops if told to; the leader ends, and the job is
 * ours then. */
static long orphaned_job(int stops)
{
	CHECK(sys(prctl, PR_SET_CHILD_SUBREAPER, 1) == 0);
	long p = born();
	if (!p) {
		CHECK(sys(setsid) == pid());
		handle(SIGHUP, tells_signals, 0, 0);
		handle(SIGCONT, tells_signals, 0, 0);
		long q = sys(fork);
		if (q == 0) {
			CHECK(sys(setpgid, 0, 0) == 0);
			advance(&board[4]);
			for (;;)
				sys(pause);
		}
		await(&board[4], 1);
		until_state(q, "S");
		if (stops) {
			sys(kill, q, SIGSTOP);
			until_state(q, "T");
		}
		board[3] = q;
		leaves(0);
	}
	CHECK(wait_status(p, 0) == W_EXITED(0));
	return role(board[3], "job");
}

CASE(orphaned_stopped, "a group that becomes orphaned with a stopped member is sent SIGHUP and SIGCONT")
{
	long q = orphaned_job(1);
	while (LOAD(&board[1]) + LOAD(&board[2]) < 2)
		sys(sched_yield);
	until_state(q, "S");
	IS(board[1], 1);
	IS(board[2], 1);
}

CASE(orphaned_running, "a group that becomes orphaned with no member stopped is sent nothing")
{
	long q = orphaned_job(0);
	STATE(q, 'S');
	IS(status_field(q, "ShdPnd", 16), 0);
	IS(board[1], 0);
	IS(board[2], 0);
}

CASE(orphaned_default, "SIGHUP ends the members of such a group by default")
{
	CHECK(sys(prctl, PR_SET_CHILD_SUBREAPER, 1) == 0);
	long p = born();
	if (!p) {
		CHECK(sys(setsid) == pid());
		action(SIGHUP, DFL, 0, 0);
		long q = sys(fork);
		if (q == 0) {
			CHECK(sys(setpgid, 0, 0) == 0);
			raise(SIGSTOP);
			leaves(0);
		}
		CHECK(wait_status(q, WUNTRACED) == W_STOPPED(SIGSTOP));
		board[3] = q;
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
	role(board[3], "job");
	STATUS(wait_status(board[3], 0), W_KILLED(SIGHUP));
}
