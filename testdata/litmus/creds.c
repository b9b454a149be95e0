/* Who one is and what that allows: user and group ids, whom one may signal and trace,
 * which files one may open, set-user-id programs. Most of it takes root, to be others. */
#include "plain.h"
#include <linux/auxvec.h>
#include <linux/prctl.h>

#define ANN 54321
#define BOB 54322
#define EVE 54323

/* As another: real, effective and saved user id. */
static void be(int real, int effective, int saved)
{
	CHECK(sys(setresgid, real, real, real) == 0);
	CHECK(sys(setgroups, 0, 0) == 0);
	CHECK(sys(setresuid, real, effective, saved) == 0);
}

#define USER_IDS(real, effective, saved)                                                    \
	do {                                                                                \
		int r_, e_, s_;                                                             \
		CHECK(sys(getresuid, &r_, &e_, &s_) == 0);                                  \
		IS(r_, real);                                                               \
		IS(e_, effective);                                                          \
		IS(s_, saved);                                                              \
	} while (0)

#define GROUP_IDS(real, effective, saved)                                                   \
	do {                                                                                \
		int r_, e_, s_;                                                             \
		CHECK(sys(getresgid, &r_, &e_, &s_) == 0);                                  \
		IS(r_, real);                                                               \
		IS(e_, effective);                                                          \
		IS(s_, saved);                                                              \
	} while (0)

CASE(setuid_root, "setuid of root sets all three ids, and there is no way back")
{
	ROOT_ONLY();
	IS(sys(setuid, ANN), 0);
	USER_IDS(ANN, ANN, ANN);
	ERR(sys(setuid, 0), EPERM);
	ERR(sys(setresuid, -1, 0, -1), EPERM);
}

CASE(setuid_user, "setuid of others sets the effective id, to the real or the saved one: else EPERM")
{
	ROOT_ONLY();
	be(ANN, BOB, EVE);
	IS(sys(setuid, EVE), 0);
	USER_IDS(ANN, EVE, EVE);
	IS(sys(setuid, ANN), 0);
	USER_IDS(ANN, ANN, EVE);
	ERR(sys(setuid, BOB), EPERM);
	ERR(sys(setuid, 0), EPERM);
	ERR(sys(setuid, -1), EINVAL);
}

CASE(setreuid_saved, "setreuid: the new effective id is saved if the real one is set or they differ")
{
	ROOT_ONLY();
	IS(sys(setreuid, ANN, BOB), 0);
	USER_IDS(ANN, BOB, BOB);
	IS(sys(setreuid, BOB, ANN), 0);
	USER_IDS(BOB, ANN, ANN);
	IS(sys(setreuid, -1, BOB), 0);
	USER_IDS(BOB, BOB, ANN);
	ERR(sys(setreuid, EVE, -1), EPERM);
	ERR(sys(setreuid, ANN, -1), EPERM); /* the saved one is for the effective only */
	IS(sys(setreuid, -1, ANN), 0);
}

CASE(setresuid_user, "setresuid of others: each may become any of the three; -1 leaves one as it is")
{
	ROOT_ONLY();
	be(ANN, BOB, EVE);
	IS(sys(setresuid, EVE, ANN, BOB), 0);
	USER_IDS(EVE, ANN, BOB);
	IS(sys(setresuid, -1, BOB, -1), 0);
	USER_IDS(EVE, BOB, BOB);
	ERR(sys(setresuid, ANN, -1, -1), EPERM);
	ERR(sys(setresuid, -1, -1, 0), EPERM);
	USER_IDS(EVE, BOB, BOB);
}

CASE(seteuid_back, "root that only changed its effective id comes back")
{
	ROOT_ONLY();
	IS(sys(setresuid, -1, ANN, -1), 0);
	IS(sys(geteuid), ANN);
	IS(sys(getuid), 0);
	ERR(sys(setgroups, 0, 0), EPERM);
	IS(sys(setresuid, -1, 0, -1), 0);
	IS(sys(setgroups, 0, 0), 0);
}

CASE(setgid_rules, "group ids: root's setgid sets three, others' the effective one, to the real or the saved")
{
	ROOT_ONLY();
	IS(sys(setgid, BOB), 0);
	GROUP_IDS(BOB, BOB, BOB);
	IS(sys(setresgid, ANN, BOB, EVE), 0);
	CHECK(sys(setresuid, ANN, ANN, ANN) == 0);
	IS(sys(setgid, EVE), 0);
	GROUP_IDS(ANN, EVE, EVE);
	ERR(sys(setgid, 0), EPERM);
	ERR(sys(setresgid, 0, -1, -1), EPERM);
	IS(sys(setregid, -1, ANN), 0);
	GROUP_IDS(ANN, ANN, EVE);
}

CASE(groups, "setgroups and getgroups: in rising order; EINVAL for too many or too little room; EPERM for others")
{
	ROOT_ONLY();
	int set[3] = {30, 10, 20}, got[3];
	IS(sys(setgroups, 3, set), 0);
	IS(sys(getgroups, 0, 0), 3);
	IS(sys(getgroups, 3, got), 3);
	IS(got[0], 10);
	IS(got[2], 30);
	ERR(sys(getgroups, 2, got), EINVAL);
	ERR(sys(getgroups, -1, got), EINVAL);
	ERR(sys(setgroups, 65537, set), EINVAL);
	CHECK(sys(setuid, ANN) == 0);
	ERR(sys(setgroups, 1, set), EPERM);
	IS(sys(getgroups, 0, 0), 3);
}

CASE(setfsuid_old, "setfsuid returns the old id; it follows the effective one; what is not allowed changes nothing")
{
	ROOT_ONLY();
	be(ANN, BOB, EVE);
	IS(sys(setfsuid, -1), BOB);
	IS(sys(setfsuid, ANN), BOB);
	IS(sys(setfsuid, 0), ANN);
	IS(sys(setfsuid, -1), ANN);
	IS(sys(setuid, EVE), 0);
	IS(sys(setfsuid, -1), EVE);
}

CASE(ids_fork, "a child has its parent's ids and groups")
{
	ROOT_ONLY();
	int one = 77, got = 0;
	CHECK(sys(setgroups, 1, &one) == 0 && sys(setresuid, ANN, BOB, EVE) == 0);
	long p = born();
	if (!p) {
		USER_IDS(ANN, BOB, EVE);
		IS(sys(getgroups, 1, &got), 1);
		IS(got, 77);
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
}

CASE(ids_thread, "ids are the thread's: the system call changes no other thread's")
{
	ROOT_ONLY();
	void changes(long u MAYBE)
	{
		board[0] = sys(setresuid, ANN, ANN, ANN);
		board[1] = sys(getuid);
	}
	thread(0, changes, 0);
	join(0);
	IS(board[0], 0);
	IS(board[1], ANN);
	IS(sys(getuid), 0);
}

ACTOR(ids)
{
	USER_IDS(ANN, BOB, BOB);
	IS(sys(prctl, PR_GET_DUMPABLE) != 1, 1);
	return 0;
}

CASE(ids_exec, "exec keeps real and effective id, the saved one becomes the effective one")
{
	ROOT_ONLY();
	const char *path = copy_of_self("plain", 0755), *argv[] = {path, "@ids", "0", 0};
	long p = born();
	if (!p) {
		be(ANN, BOB, EVE);
		sys(execve, path, argv, argv + 3);
	}
	WAIT(p, W_EXITED(0));
	unlink_made();
}

CASE(ids_proc, "/proc/PID/status has real, effective, saved and file system ids; Uid begins with the real one")
{
	ROOT_ONLY();
	CHECK(sys(setresuid, ANN, BOB, EVE) == 0);
	IS(status_field(pid(), "Uid", 10), ANN);
	CHECK(sys(setresuid, -1, -1, -1) == 0);
	IS(status_field(pid(), "Gid", 10), sys(getgid));
}

/* Signals. A puppet sleeps with these ids, and one of others sends. */
int target_ids[3], sender_ids[3];

static void sleeps_as(long u MAYBE)
{
	be(target_ids[0], target_ids[1], target_ids[2]);
	sleeps(0);
}

static void kills_as(long p)
{
	be(sender_ids[0], sender_ids[1], sender_ids[2]);
	board[0] = sys(kill, p, SIGUSR1);
}

/* What kill returns to a sender (real, effective, saved), for such a target. */
static long may_kill(int sr, int se, int ss, int tr, int te, int ts)
{
	sender_ids[0] = sr, sender_ids[1] = se, sender_ids[2] = ss;
	target_ids[0] = tr, target_ids[1] = te, target_ids[2] = ts;
	long p = grouped(sleeps_as, 0);
	until_state(p, "S");
	long q = puppet(kills_as, p);
	CHECK(wait_status(q, 0) == W_EXITED(0));
	sys(kill, p, SIGKILL);
	CHECK(wait_status(p, 0) == (board[0] == 0 ? W_KILLED(SIGUSR1) : W_KILLED(SIGKILL)));
	return board[0];
}

CASE(kill_user, "a user may signal its own processes, and no other's: EPERM")
{
	ROOT_ONLY();
	IS(may_kill(ANN, ANN, ANN, ANN, ANN, ANN), 0);
	IS(may_kill(ANN, ANN, ANN, BOB, BOB, BOB), -EPERM);
	IS(may_kill(ANN, ANN, ANN, 0, 0, 0), -EPERM);
}

CASE(kill_sender_ids, "the sender's real and its effective id count, its saved one does not")
{
	ROOT_ONLY();
	IS(may_kill(EVE, ANN, EVE, ANN, ANN, ANN), 0);
	IS(may_kill(ANN, EVE, EVE, ANN, ANN, ANN), 0);
	IS(may_kill(EVE, EVE, ANN, ANN, ANN, ANN), -EPERM);
}

CASE(kill_target_ids, "the target's real and its saved id count, its effective one does not")
{
	ROOT_ONLY();
	IS(may_kill(ANN, ANN, ANN, ANN, BOB, BOB), 0);
	IS(may_kill(ANN, ANN, ANN, BOB, BOB, ANN), 0);
	IS(may_kill(ANN, ANN, ANN, BOB, ANN, BOB), -EPERM);
}

CASE(kill_as_root, "the effective user root may signal all, the real one alone only what its ids allow")
{
	ROOT_ONLY();
	IS(may_kill(0, 0, 0, BOB, BOB, BOB), 0);
	IS(may_kill(ANN, 0, ANN, BOB, BOB, BOB), 0);
	IS(may_kill(0, ANN, 0, BOB, BOB, BOB), -EPERM);
}

static void probes_as(long p)
{
	be(ANN, ANN, ANN);
	ERR(sys(kill, p, 0), EPERM);
	ERR(sys(tgkill, p, p, 0), EPERM);
	ERR(sys(rt_sigqueueinfo, p, SIGTERM, &(info_t){.si_code = SI_QUEUE}), EPERM);
	ERR(sys(kill, -p, SIGTERM), EPERM);
	IS(sys(kill, p, SIGCONT), 0);
	ERR(sys(kill, p, 65), EINVAL);
}

CASE(kill_probes, "signal 0, tgkill, sigqueue and a group are EPERM as well; SIGCONT is allowed within a session")
{
	ROOT_ONLY();
	target_ids[0] = target_ids[1] = target_ids[2] = BOB;
	long p = grouped(sleeps_as, 0);
	until_state(p, "S");
	long q = puppet(probes_as, p);
	WAIT(q, W_EXITED(0));
	STATE(p, 'S');
}

CASE(kill_some, "kill of a group succeeds if it may signal one of them, and signals only those it may")
{
	ROOT_ONLY();
	target_ids[0] = target_ids[1] = target_ids[2] = ANN;
	long a = grouped(sleeps_as, 0);
	until_state(a, "S");
	target_ids[0] = target_ids[1] = target_ids[2] = BOB;
	long b = puppet(sleeps_as, 0);
	CHECK(sys(setpgid, b, a) == 0);
	until_state(b, "S");
	sender_ids[0] = sender_ids[1] = sender_ids[2] = ANN;
	long q = puppet(kills_as, -a);
	WAIT(q, W_EXITED(0));
	IS(board[0], 0);
	WAIT(a, W_KILLED(SIGUSR1));
	NOTHING(b);
}

CASE(kill_info_uid, "siginfo of kill has the sender's real user id")
{
	ROOT_ONLY();
	handle(SIGUSR1, notes, 0, 0);
	mask(SIG_BLOCK, BIT(SIGUSR1));
	sender_ids[0] = ANN, sender_ids[1] = 0, sender_ids[2] = 0;
	WAIT(puppet(kills_as, pid()), W_EXITED(0));
	mask(SIG_UNBLOCK, BIT(SIGUSR1));
	IS(noted.si_uid, ANN);
}

/* What a change of ids takes away */
CASE(dumpable, "a change of the effective id clears dumpable; to become who one is does not")
{
	ROOT_ONLY();
	IS(sys(prctl, PR_GET_DUMPABLE), 1);
	IS(sys(setresuid, 0, 0, 0), 0);
	IS(sys(prctl, PR_GET_DUMPABLE), 1);
	IS(sys(setresuid, -1, ANN, -1), 0);
	TRUE(sys(prctl, PR_GET_DUMPABLE) != 1); /* 0, or as fs.suid_dumpable says */
	IS(sys(prctl, PR_SET_DUMPABLE, 1), 0);
	IS(sys(prctl, PR_GET_DUMPABLE), 1);
}

CASE(dumpable_set, "PR_SET_DUMPABLE takes 0 and 1, others are EINVAL")
{
	IS(sys(prctl, PR_SET_DUMPABLE, 0), 0);
	IS(sys(prctl, PR_GET_DUMPABLE), 0);
	ERR(sys(prctl, PR_SET_DUMPABLE, 2), EINVAL);
	IS(sys(prctl, PR_SET_DUMPABLE, 1), 0);
}

CASE(pdeathsig_cleared, "a change of the effective id clears the parent death signal")
{
	ROOT_ONLY();
	int sig = -1;
	CHECK(sys(prctl, PR_SET_PDEATHSIG, SIGUSR1) == 0);
	IS(sys(setresuid, -1, ANN, -1), 0);
	IS(sys(prctl, PR_GET_PDEATHSIG, &sig), 0);
	IS(sig, 0);
}

static void traces_as(long p)
{
	be(sender_ids[0], sender_ids[1], sender_ids[2]);
	board[0] = sys(ptrace, 16, p, 0, 0); /* PTRACE_ATTACH */
	if (board[0] == 0) {
		CHECK(wait_status(p, 0) == W_STOPPED(SIGSTOP));
		sys(ptrace, 17, p, 0, 0); /* PTRACE_DETACH */
	}
}

CASE(trace_other, "a process of another user, or of one's own that is not dumpable, may not be traced: EPERM")
{
	ROOT_ONLY();
	target_ids[0] = target_ids[1] = target_ids[2] = BOB;
	sender_ids[0] = sender_ids[1] = sender_ids[2] = ANN;
	long p = puppet(sleeps_as, 0);
	until_state(p, "S");
	WAIT(puppet(traces_as, p), W_EXITED(0));
	IS(board[0], -EPERM);
	sender_ids[0] = sender_ids[1] = sender_ids[2] = BOB;
	WAIT(puppet(traces_as, p), W_EXITED(0));
	IS(board[0], -EPERM); /* the setresuid of p made it so */
}

CASE(limit_raise, "the hard limit can be lowered by all, and not be raised without privilege: EPERM")
{
	ROOT_ONLY();
	struct rlimit l;
	CHECK(sys(getrlimit, RLIMIT_NOFILE, &l) == 0);
	l.rlim_cur = 20, l.rlim_max = 30;
	IS(sys(setrlimit, RLIMIT_NOFILE, &l), 0);
	CHECK(sys(setuid, ANN) == 0);
	l.rlim_max = 31;
	ERR(sys(setrlimit, RLIMIT_NOFILE, &l), EPERM);
	l.rlim_max = 29;
	IS(sys(setrlimit, RLIMIT_NOFILE, &l), 0);
}

/* Files */
static const char *owned(const char *name, int user, int group, int mode)
{
	const char *path = file(name, "x", 0600);
	CHECK(sys(chown, path, user, group) == 0 && sys(chmod, path, mode) == 0);
	return path;
}

CASE(file_classes, "owner, group, others: the first class one is of decides, and no other")
{
	ROOT_ONLY();
	const char *a = owned("a", ANN, BOB, 0077), *b = owned("b", BOB, ANN, 0707), *c = owned("c", BOB, BOB, 0770);
	const char *d = owned("d", BOB, ANN, 0040), *e = owned("e", BOB, BOB, 0004);
	long p = born();
	if (!p) {
		be(ANN, ANN, ANN);
		ERR(sys(open, a, O_RDONLY), EACCES);
		ERR(sys(open, b, O_RDONLY), EACCES);
		ERR(sys(open, c, O_RDONLY), EACCES);
		OK(sys(open, d, O_RDONLY));
		ERR(sys(open, d, O_WRONLY), EACCES);
		OK(sys(open, e, O_RDONLY));
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
	OK(sys(open, owned("f", BOB, BOB, 0), O_RDWR)); /* root may */
	unlink_made();
}

CASE(file_change, "mode and owner of a file are for the owner and root to change: EPERM")
{
	ROOT_ONLY();
	const char *a = owned("a", ANN, ANN, 0600), *b = owned("b", BOB, BOB, 0666);
	long p = born();
	if (!p) {
		be(ANN, ANN, ANN);
		IS(sys(chmod, a, 0644), 0);
		ERR(sys(chmod, b, 0644), EPERM);
		ERR(sys(chown, a, BOB, -1), EPERM);
		ERR(sys(chown, b, ANN, -1), EPERM);
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
	unlink_made();
}

CASE(file_sticky, "in /tmp, which is sticky, another's file cannot be removed: EPERM")
{
	ROOT_ONLY();
	struct stat st;
	if (sys(stat, "/tmp", &st) != 0 || !(st.st_mode & 01000))
		SKIP("/tmp is not sticky");
	const char *b = owned("b", BOB, BOB, 0666);
	long p = born();
	if (!p) {
		be(ANN, ANN, ANN);
		ERR(sys(unlink, b), EPERM);
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
	unlink_made();
}

CASE(file_access_real, "access asks for the real ids, open for the effective ones")
{
	ROOT_ONLY();
	const char *b = owned("b", BOB, BOB, 0600);
	long p = born();
	if (!p) {
		be(ANN, BOB, BOB);
		ERR(sys(access, b, 4), EACCES);
		OK(sys(open, b, O_RDONLY));
		ERR(sys(access, b, 8), EINVAL);
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
	unlink_made();
}

CASE(file_exec, "to execute takes the permission to, not the one to read")
{
	ROOT_ONLY();
	const char *a = copy_of_self("a", 0644), *b = copy_of_self("b", 0711);
	long p = born();
	if (!p) {
		const char *argv[] = {"x", "@exit", "3", 0};
		be(ANN, ANN, ANN);
		ERR(sys(open, b, O_RDONLY), EACCES);
		ERR(sys(execve, a, argv, argv + 3), EACCES);
		sys(execve, b, argv, argv + 3);
	}
	WAIT(p, W_EXITED(3));
	unlink_made();
}

CASE(chown_clears, "a change of owner clears the set-user-id bit, root's too")
{
	ROOT_ONLY();
	struct stat st;
	const char *path = file("s", "x", 04755);
	CHECK(sys(stat, path, &st) == 0);
	IS(st.st_mode & 07777, 04755);
	IS(sys(chown, path, ANN, ANN), 0);
	CHECK(sys(stat, path, &st) == 0);
	IS(st.st_mode & 07777, 0755);
	unlink_made();
}

/* Set-user-id programs */
/* A copy of this program of that owner and mode. */
static const char *program(const char *name, int user, int group, int mode)
{
	const char *path = copy_of_self(name, 0700);
	CHECK(sys(chown, path, user, group) == 0 && sys(chmod, path, mode) == 0);
	return path;
}

static long secure(void)
{
	char **e = own_argv;
	while (*e++)
		;
	while (*e++)
		;
	for (unsigned long *a = (unsigned long *)e; a[0] != AT_NULL; a += 2)
		if (a[0] == AT_SECURE)
			return a[1];
	return -1;
}

static long exec_as(const char *path, const char *what, int user, long no_new_privs)
{
	long p = born();
	if (!p) {
		const char *argv[] = {path, what, "0", 0};
		be(user, user, user);
		if (no_new_privs)
			CHECK(sys(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
		sys(execve, path, argv, argv + 3);
		sys(exit_group, 98);
	}
	return p;
}

ACTOR(is_bob)
{
	USER_IDS(ANN, BOB, BOB);
	GROUP_IDS(ANN, ANN, ANN);
	IS(secure(), 1);
	TRUE(sys(prctl, PR_GET_DUMPABLE) != 1);
	IS(sys(setuid, ANN), 0);
	USER_IDS(ANN, ANN, BOB);
	IS(sys(setuid, BOB), 0);
	return 0;
}

CASE(suid_exec, "a set-user-id program runs as its owner, effective and saved; AT_SECURE is 1, dumpable is not")
{
	ROOT_ONLY();
	long p = exec_as(program("suid", BOB, BOB, 04755), "@is_bob", ANN, 0);
	WAIT(p, W_EXITED(0));
	unlink_made();
}

ACTOR(is_root)
{
	USER_IDS(ANN, 0, 0);
	IS(sys(setuid, 0), 0);
	USER_IDS(0, 0, 0);
	return 0;
}

CASE(suid_root, "a set-user-id program of root's has root's privileges")
{
	ROOT_ONLY();
	long p = exec_as(program("suid", 0, 0, 04755), "@is_root", ANN, 0);
	WAIT(p, W_EXITED(0));
	unlink_made();
}

ACTOR(is_ann)
{
	USER_IDS(ANN, ANN, ANN);
	GROUP_IDS(ANN, ANN, ANN);
	IS(secure(), 0);
	return 0;
}

CASE(suid_no_new_privs, "with PR_SET_NO_NEW_PRIVS set-user-id and set-group-id bits mean nothing")
{
	ROOT_ONLY();
	long p = exec_as(program("suid", BOB, BOB, 06755), "@is_ann", ANN, 1);
	WAIT(p, W_EXITED(0));
	unlink_made();
}

ACTOR(is_group_bob)
{
	USER_IDS(ANN, ANN, ANN);
	GROUP_IDS(ANN, BOB, BOB);
	IS(secure(), 1);
	return 0;
}

CASE(sgid_exec, "a set-group-id program runs with its group")
{
	ROOT_ONLY();
	long p = exec_as(program("sgid", 0, BOB, 02755), "@is_group_bob", ANN, 0);
	WAIT(p, W_EXITED(0));
	unlink_made();
}

CASE(sgid_no_exec, "without the group's permission to execute the set-group-id bit means nothing")
{
	ROOT_ONLY();
	long p = exec_as(program("sgid", ANN, BOB, 02705), "@is_ann", ANN, 0);
	WAIT(p, W_EXITED(0));
	unlink_made();
}

CASE(suid_script, "the set-user-id bit of a script means nothing")
{
	ROOT_ONLY();
	struct line l;
	const char *path = copy_of_self("i", 0755);
	l.n = 0;
	put_text(&l, "#!");
	put_text(&l, path);
	put_text(&l, " @is_ann\n");
	line_put(&l, 0);
	const char *script = file("s", l.text, 0700);
	CHECK(sys(chown, script, BOB, BOB) == 0 && sys(chmod, script, 06755) == 0);
	long p = exec_as(script, "0", ANN, 0);
	WAIT(p, W_EXITED(0));
	unlink_made();
}

CASE(no_new_privs_rules, "PR_SET_NO_NEW_PRIVS takes 1 only, cannot be undone, and is inherited by children")
{
	IS(sys(prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
	ERR(sys(prctl, PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL);
	IS(sys(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ERR(sys(prctl, PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL);
	long p = born();
	if (!p)
		leaves(sys(prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	WAIT(p, W_EXITED(1));
}

ACTOR(pdeathsig)
{
	int sig = -1;
	sys(prctl, PR_GET_PDEATHSIG, &sig);
	return sig;
}

CASE(suid_pdeathsig, "a set-user-id program has no parent death signal")
{
	ROOT_ONLY();
	const char *path = program("suid", BOB, BOB, 04755);
	long p = born();
	if (!p) {
		const char *argv[] = {path, "@pdeathsig", "0", 0};
		be(ANN, ANN, ANN);
		CHECK(sys(prctl, PR_SET_PDEATHSIG, SIGUSR1) == 0);
		sys(execve, path, argv, argv + 3);
	}
	WAIT(p, W_EXITED(0));
	unlink_made();
}
