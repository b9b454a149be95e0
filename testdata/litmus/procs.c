/* Processes and what they own: memory, files, threads, futexes, pipes, limits. */
#include "plain.h"
#include <asm/ioctls.h>
#include <linux/resource.h>
#include <linux/times.h>
#include <linux/utsname.h>

int word = 1; /* of data */

/* fork */
CASE(fork_copies, "fork copies memory: what one writes after it the other does not see")
{
	int on_stack = 1;
	char *at = page(PROT_READ | PROT_WRITE);
	*at = 1;
	long p = born();
	if (!p) {
		await(&board[0], 1);
		IS(word, 1);
		IS(*at, 1);
		IS(on_stack, 1);
		word = 3, *at = 3, on_stack = 3;
		leaves(0);
	}
	word = 2, *at = 2, on_stack = 2;
	advance(&board[0]);
	WAIT(p, W_EXITED(0));
	IS(word, 2);
	IS(*at, 2);
	IS(on_stack, 2);
}

CASE(fork_grandchild, "a copy of a copy is a copy")
{
	word = 5;
	long p = born();
	if (!p) {
		word = 6;
		long q = sys(fork);
		if (q == 0) {
			int had = word;
			word = 7;
			leaves(had);
		}
		word = 8;
		leaves((reap(q) >> 8) * 10 + word);
	}
	WAIT(p, W_EXITED(68));
	IS(word, 5);
}

CASE(fork_shared, "MAP_SHARED memory is the same after fork, MAP_PRIVATE is not")
{
	int *mine = (int *)page(PROT_READ | PROT_WRITE);
	long p = born();
	if (!p) {
		board[0] = 5, *mine = 5;
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
	IS(board[0], 5);
	IS(*mine, 0);
}

CASE(fork_ids, "fork returns 0 in the child and its pid in the parent; the child's parent is the parent")
{
	long me = pid();
	long p = born();
	if (!p) {
		board[0] = pid(), board[1] = tid(), board[2] = ppid() == me;
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
	WHO(board[0], p);
	WHO(board[1], p);
	IS(board[2], 1);
}

CASE(fork_thread, "only the forking thread is in the child")
{
	void forks(long u MAYBE)
	{
		long q = sys(fork);
		if (q == 0)
			leaves(status_field(pid(), "Threads", 10) * 10 + (pid() == tid()));
		board[0] = q;
	}
	thread(0, sleeps, 0);
	thread(1, forks, 0);
	join(1);
	role(board[0], "p1");
	STATUS(wait_status(board[0], 0), W_EXITED(11));
}

CASE(fork_group, "a child is in its parent's group and session")
{
	long p = puppet(sleeps, 0);
	TRUE(sys(getpgid, p) == sys(getpgid, 0));
	TRUE(sys(getsid, p) == sys(getsid, 0));
}

CASE(fork_keeps, "umask, working directory, limits and name are inherited")
{
	CHECK(sys(chdir, "/tmp") == 0 && limit(RLIMIT_NOFILE, 66) == 0 && sys(prctl, PR_SET_NAME, "litmus") == 0);
	sys(umask, 031);
	long p = born();
	if (!p) {
		char cwd[64], name[16];
		struct rlimit l;
		IS(sys(umask, 0), 031);
		CHECK(sys(getcwd, cwd, sizeof cwd) > 0 && sys(getrlimit, RLIMIT_NOFILE, &l) == 0);
		STR(cwd, "/tmp");
		IS(l.rlim_cur, 66);
		CHECK(sys(prctl, PR_GET_NAME, name) == 0);
		STR(name, "litmus");
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
}

CASE(fork_umask, "after fork umask and working directory are each one's own")
{
	sys(umask, 022);
	long p = born();
	if (!p) {
		sys(umask, 077);
		sys(chdir, "/");
		leaves(0);
	}
	CHECK(sys(chdir, "/tmp") == 0);
	WAIT(p, W_EXITED(0));
	char cwd[8];
	IS(sys(umask, 022), 022);
	IS(sys(getcwd, cwd, sizeof cwd), 5);
	STR(cwd, "/tmp");
}

CASE(fork_limit, "over RLIMIT_NPROC of a user who is not root fork is EAGAIN; a thread too")
{
	ROOT_ONLY();
	long p = born();
	if (!p) {
		CHECK(limit(RLIMIT_NPROC, 1) == 0 && sys(setresuid, 54321, 54321, 54321) == 0);
		ERR(sys(fork), EAGAIN);
		ERR(clone_raw(THREAD_FLAGS, stacks[0] + STACK - 16, tids, tids), EAGAIN);
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
}

CASE(fork_limit_root, "root is not bound by RLIMIT_NPROC")
{
	ROOT_ONLY();
	CHECK(limit(RLIMIT_NPROC, 1) == 0);
	long p = puppet(leaves, 2);
	WAIT(p, W_EXITED(2));
}

/* vfork */
CASE(vfork_order, "the parent of a vfork runs when the child has ended; what the child wrote it sees")
{
	long p = sys(vfork);
	if (p == 0) {
		word = 9;
		sys(exit, 3);
	}
	IS(word, 9);
	role(p, "p1");
	WAIT(p, W_EXITED(3));
}

CASE(vfork_blocks, "meanwhile the parent sleeps, and only SIGKILL reaches it")
{
	long p = born();
	if (!p) {
		handle(SIGUSR1, counts, 0, 0);
		long q = sys(vfork);
		if (q == 0) {
			sys(prctl, PR_SET_PDEATHSIG, SIGKILL);
			await(&board[1], 1);
			sys(exit, 3);
		}
		board[2] = board[0];
		leaves(reap(q) >> 8);
	}
	until_state(p, "D");
	IS(sys(kill, p, SIGUSR1), 0);
	STATE(p, 'D');
	IS(board[0], 0);
	advance(&board[1]);
	WAIT(p, W_EXITED(3));
	IS(board[0], 1);
}

CASE(vfork_killed, "SIGKILL ends a parent that waits for its vfork child")
{
	CHECK(sys(prctl, PR_SET_CHILD_SUBREAPER, 1) == 0);
	long p = born();
	if (!p) {
		long q = sys(vfork);
		if (q == 0) {
			advance(&board[0]);
			await(&board[1], 1);
			sys(exit, 3);
		}
	}
	await(&board[0], 1);
	until_state(p, "D");
	IS(sys(kill, p, SIGKILL), 0);
	WAIT(p, W_KILLED(SIGKILL));
	advance(&board[1]);
	STATUS(wait_status(-1, 0), W_EXITED(3));
}

/* clone */
CASE(clone_einval, "clone: THREAD without SIGHAND, SIGHAND without VM, contradictions: EINVAL")
{
	ERR(sys(clone, CLONE_THREAD | SIGCHLD, 0, 0, 0, 0), EINVAL);
	ERR(sys(clone, CLONE_THREAD | CLONE_VM | SIGCHLD, 0, 0, 0, 0), EINVAL);
	ERR(sys(clone, CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0), EINVAL);
	ERR(sys(clone, CLONE_THREAD | CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0), EINVAL);
	ERR(sys(clone, CLONE_FS | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0), EINVAL);
	ERR(sys(clone3, 8, 64), EFAULT);
	ERR(sys(clone3, board, 8), EINVAL);
}

CASE(clone_tids, "PARENT_SETTID and CHILD_SETTID write the id, in the parent's and in the child's memory")
{
	static int parent_tid, child_tid;
	long p = sys(clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0, &parent_tid, &child_tid, 0);
	if (p == 0)
		leaves(LOAD(&child_tid) == pid());
	role(p, "p1");
	WAIT(p, W_EXITED(1));
	WHO(LOAD(&parent_tid), p);
	IS(LOAD(&child_tid), 0);
}

CASE(clone_files, "CLONE_FILES: one table of descriptors; without it, one each")
{
	long fd = sys(dup, 1), other = sys(dup, 1);
	long p = sys(clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (p == 0) {
		sys(close, fd);
		leaves(sys(dup2, 1, 50) == 50);
	}
	role(p, "p1");
	WAIT(p, W_EXITED(1));
	ERR(sys(close, fd), EBADF);
	IS(sys(close, 50), 0);
	long q = born();
	if (!q) {
		sys(close, other);
		leaves(0);
	}
	WAIT(q, W_EXITED(0));
	IS(sys(close, other), 0);
}

CASE(clone_fs, "CLONE_FS: one working directory and one umask")
{
	char cwd[64];
	sys(umask, 022);
	CHECK(sys(chdir, "/") == 0);
	long p = sys(clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0);
	if (p == 0) {
		sys(umask, 070);
		leaves(sys(chdir, "/tmp"));
	}
	role(p, "p1");
	WAIT(p, W_EXITED(0));
	CHECK(sys(getcwd, cwd, sizeof cwd) > 0);
	STR(cwd, "/tmp");
	IS(sys(umask, 022), 070);
}

/* A process that shares our memory, and more. */
static long clone_process(long flags, void (*fn)(long), long with)
{
	long *sp = (long *)(stacks[0] + STACK) - 2;
	sp[0] = (long)fn;
	sp[1] = with;
	long p = clone_raw(CLONE_VM | SIGCHLD | flags, sp, 0, 0);
	CHECK(p > 0);
	return role(p, "p1");
}

static void changes_all(long u MAYBE)
{
	word = 7;
	action(SIGUSR1, IGN, 0, 0);
	mask(SIG_BLOCK, BIT(SIGUSR2));
}

CASE(clone_vm, "CLONE_VM without CLONE_THREAD: a process of its own that shares the memory, not the actions")
{
	struct sigaction sa;
	long p = clone_process(0, changes_all, 0);
	WAIT(p, W_EXITED(0));
	IS(LOAD(&word), 7);
	CHECK(sys(rt_sigaction, SIGUSR1, 0, &sa, 8) == 0);
	IS(sa.sa_handler, 0);
}

CASE(clone_sighand, "CLONE_SIGHAND: one table of actions for two processes; the masks are each one's own")
{
	struct sigaction sa;
	long p = clone_process(CLONE_SIGHAND, changes_all, 0);
	WAIT(p, W_EXITED(0));
	CHECK(sys(rt_sigaction, SIGUSR1, 0, &sa, 8) == 0);
	IS(sa.sa_handler, 1);
	IS(blocked(), 0);
}

CASE(clone_settls, "CLONE_SETTLS sets the thread's base of FS")
{
	unsigned long base = 0;
	long p = sys(clone, CLONE_SETTLS | SIGCHLD, 0, 0, 0, board);
	if (p == 0) {
		sys(arch_prctl, 0x1003, &base); /* ARCH_GET_FS */
		leaves(base == (unsigned long)board);
	}
	role(p, "p1");
	WAIT(p, W_EXITED(1));
	IS(sys(arch_prctl, 0x1003, &base), 0);
	IS(base, 0);
}

CASE(clone3_plain, "clone3 with an exit signal is a fork; the signal is not among its flags")
{
	unsigned long args[8] = {0, 0, 0, 0, SIGCHLD};
	long p = sys(clone3, args, sizeof args);
	if (p == 0)
		leaves(4);
	CHECK(p > 0);
	role(p, "p1");
	WAIT(p, W_EXITED(4));
	args[0] = SIGCHLD, args[4] = 0;
	ERR(sys(clone3, args, sizeof args), EINVAL);
	args[0] = 0, args[4] = 65;
	ERR(sys(clone3, args, sizeof args), EINVAL);
}

CASE(thread_ids, "threads have one pid and a thread id each; the leader's is the pid; parents are the process's")
{
	void tells(long u MAYBE)
	{
		board[0] = pid(), board[1] = tid(), board[2] = ppid();
	}
	WHO(tid(), pid());
	thread(0, tells, 0);
	join(0);
	WHO(board[0], pid());
	TRUE(board[1] != pid());
	TRUE(board[2] == ppid());
}

CASE(thread_shares, "threads share memory, descriptors, working directory and umask")
{
	void changes(long u MAYBE)
	{
		word = 8;
		sys(close, 50);
		sys(chdir, "/tmp");
		sys(umask, 0123);
	}
	char cwd[64];
	CHECK(sys(dup2, 1, 50) == 50);
	thread(0, changes, 0);
	join(0);
	IS(LOAD(&word), 8);
	ERR(sys(close, 50), EBADF);
	CHECK(sys(getcwd, cwd, sizeof cwd) > 0);
	STR(cwd, "/tmp");
	IS(sys(umask, 022), 0123);
}

CASE(thread_count, "/proc: Threads counts those that live, Tgid of a thread is the process, Pid its id")
{
	thread(0, sleeps, 0);
	thread(1, sleeps, 0);
	long t = role(LOAD(&tids[1]), "t2");
	IS(status_field(pid(), "Threads", 10), 3);
	WHO(status_field(t, "Tgid", 10), pid());
	WHO(status_field(t, "Pid", 10), t);
}

CASE(set_tid_address, "set_tid_address returns the thread id; at the thread's end the word is 0, and who waits there is woken")
{
	void sets(long u MAYBE)
	{
		board[0] = 1;
		board[1] = sys(set_tid_address, &board[0]) == tid();
		advance(&board[2]);
	}
	thread(0, sets, 0);
	await(&board[2], 1);
	while (LOAD(&board[0]) != 0)
		sys(futex, &board[0], FUTEX_WAIT, 1, 0);
	IS(board[0], 0);
	IS(board[1], 1);
}

CASE(robust_list, "a thread's robust futexes are marked when it ends: FUTEX_OWNER_DIED")
{
	static struct { void *next; long offset; void *pending; } head;
	static struct { void *next; int lock; } entry;
	void dies(long u MAYBE)
	{
		entry.next = &head;
		entry.lock = tid();
		head.next = &entry;
		head.offset = 8;
		board[0] = sys(set_robust_list, &head, 24);
	}
	thread(0, dies, 0);
	join(0);
	IS(board[0], 0);
	IS(LOAD(&entry.lock) & 0x40000000, 0x40000000);
	ERR(sys(set_robust_list, &head, 23), EINVAL);
}

/* futex */
CASE(futex_again, "futex wait with another value in the word: EAGAIN; a wake without waiters is 0")
{
	ERR(sys(futex, &board[0], FUTEX_WAIT, 1, 0), EAGAIN);
	IS(sys(futex, &board[0], FUTEX_WAKE, 1), 0);
}

CASE(futex_timeout, "futex wait: ETIMEDOUT after the timeout, EINVAL for a bad one")
{
	ERR(sys(futex, &board[0], FUTEX_WAIT, 0, ((long[]){0, 2000000})), ETIMEDOUT);
	ERR(sys(futex, &board[0], FUTEX_WAIT, 0, ((long[]){0, -1})), EINVAL);
	ERR(sys(futex, &board[0], FUTEX_WAIT, 0, ((long[]){0, 1000000000})), EINVAL);
	ERR(sys(futex, &board[0], FUTEX_WAIT_BITSET, 0, ((long[]){0, 0}), 0, ~0), ETIMEDOUT); /* absolute */
}

CASE(futex_errors, "futex: EINVAL for an address that is not aligned and for an empty bitset, EFAULT, ENOSYS")
{
	ERR(sys(futex, (char *)board + 1, FUTEX_WAIT, 0, 0), EINVAL);
	ERR(sys(futex, (char *)board + 2, FUTEX_WAKE, 1), EINVAL);
	ERR(sys(futex, 4096, FUTEX_WAIT, 0, 0), EFAULT);
	ERR(sys(futex, 4096, FUTEX_WAKE, 1), EFAULT);
	ERR(sys(futex, &board[0], FUTEX_WAIT_BITSET, 0, 0, 0, 0), EINVAL);
	ERR(sys(futex, &board[0], 77, 0, 0), ENOSYS);
}

static void waits_bitset(long bits)
{
	leaves(sys(futex, &board[0], FUTEX_WAIT_BITSET, 0, 0, 0, bits) == 0 ? 1 : 2);
}

CASE(futex_wake_count, "a wake returns how many it woke, at most as many as it was told, the first that waits first")
{
	long a = puppet(waits_bitset, ~0);
	until_state(a, "S");
	long b = puppet(waits_bitset, ~0), c = puppet(waits_bitset, ~0);
	until_state(b, "S");
	until_state(c, "S");
	IS(sys(futex, &board[0], FUTEX_WAKE, 1), 1);
	WAIT(a, W_EXITED(1));
	IS(sys(futex, &board[0], FUTEX_WAKE, 10), 2);
	WAIT(b, W_EXITED(1));
	WAIT(c, W_EXITED(1));
}

CASE(futex_bitset, "a wake with a bitset wakes those with a bit in common")
{
	long a = puppet(waits_bitset, 1), b = puppet(waits_bitset, 6);
	until_state(a, "S");
	until_state(b, "S");
	IS(sys(futex, &board[0], FUTEX_WAKE_BITSET, 10, 0, 0, 2), 1);
	WAIT(b, W_EXITED(1));
	NOTHING(a);
	IS(sys(futex, &board[0], FUTEX_WAKE_BITSET, 10, 0, 0, 8), 0);
	IS(sys(futex, &board[0], FUTEX_WAKE, 10), 1);
	WAIT(a, W_EXITED(1));
}

CASE(futex_requeue, "requeue wakes some and lets others wait at another word; with CMP it is EAGAIN if the word differs")
{
	long a = puppet(waits_bitset, ~0);
	until_state(a, "S");
	long b = puppet(waits_bitset, ~0);
	until_state(b, "S");
	ERR(sys(futex, &board[0], FUTEX_CMP_REQUEUE, 1, 1, &board[1], 5), EAGAIN);
	IS(sys(futex, &board[0], FUTEX_REQUEUE, 1, 10, &board[1]), 2);
	WAIT(a, W_EXITED(1));
	IS(sys(futex, &board[0], FUTEX_WAKE, 10), 0);
	IS(sys(futex, &board[1], FUTEX_WAKE, 10), 1);
	WAIT(b, W_EXITED(1));
}

CASE(futex_private, "FUTEX_PRIVATE and shared waits at one word do not meet")
{
	void waits(long u MAYBE)
	{
		sys(futex, &board[0], FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, 0);
	}
	thread(0, waits, 0);
	until_state(LOAD(&tids[0]), "S");
	IS(sys(futex, &board[0], FUTEX_WAKE, 1), 0);
	IS(sys(futex, &board[0], FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1), 1);
	join(0);
}

CASE(futex_fork, "a futex in private memory is not the parent's after fork")
{
	long p = born();
	if (!p)
		leaves(sys(futex, &word, FUTEX_WAIT, 1, 0) == 0);
	until_state(p, "S");
	IS(sys(futex, &word, FUTEX_WAKE, 1), 0);
}

/* Memory */
#define MAP(at, n, prot, flags) sys(mmap, at, n, prot, (flags) | MAP_ANONYMOUS, -1, 0)

/* What a load there comes to: the byte, or -EFAULT without a fault. */
static long byte_at(void *at)
{
	int to[2];
	unsigned char c;
	CHECK(sys(pipe, to) == 0);
	long n = sys(write, to[1], at, 1);
	if (n == 1)
		CHECK(sys(read, to[0], &c, 1) == 1);
	sys(close, to[0]);
	sys(close, to[1]);
	return n == 1 ? c : n;
}

CASE(mmap_zero, "anonymous memory is zeros, at an address of the kernel's choice")
{
	char *at = (char *)OK(MAP(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE));
	IS((long)at & 4095, 0);
	IS(at[0], 0);
	IS(at[8191], 0);
}

CASE(mmap_errors, "mmap: EINVAL for no length, no kind, an odd fixed address; EBADF; ENOMEM")
{
	ERR(MAP(0, 0, PROT_READ, MAP_PRIVATE), EINVAL);
	ERR(MAP(0, 4096, PROT_READ, 0), EINVAL);
	ERR(MAP(4097, 4096, PROT_READ, MAP_PRIVATE | MAP_FIXED), EINVAL);
	ERR(sys(mmap, 0, 4096, PROT_READ, MAP_PRIVATE, 99, 0), EBADF);
	ERR(sys(mmap, 0, 4096, PROT_READ, MAP_PRIVATE, 1, 100), EINVAL);
	ERR(MAP(0, 1l << 47, PROT_READ, MAP_PRIVATE), ENOMEM);
	ERR(MAP(1l << 47, 4096, PROT_READ, MAP_PRIVATE | MAP_FIXED), ENOMEM);
}

CASE(mmap_low, "the lowest pages cannot be mapped: EPERM, EACCES, or for root it is allowed")
{
	ANY(MAP(0x1000, 4096, PROT_READ, MAP_PRIVATE | MAP_FIXED), 0x1000, -EPERM, -EACCES);
}

CASE(mmap_fixed, "MAP_FIXED replaces what was there; MAP_FIXED_NOREPLACE is EEXIST then; a hint is one")
{
	char *at = page(PROT_READ | PROT_WRITE);
	*at = 1;
	ERR(MAP(at, 4096, PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE), EEXIST);
	TRUE(MAP(at, 4096, PROT_READ, MAP_PRIVATE) != (long)at);
	TRUE(MAP(at, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED) == (long)at);
	IS(*at, 0);
	CHECK(sys(munmap, at, 4096) == 0);
	TRUE(MAP(at, 4096, PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE) == (long)at);
}

CASE(mmap_file_private, "a private mapping of a file: its contents; writes do not reach the file")
{
	char c = 0;
	long fd = sys(open, file("map", "abc", 0600), O_RDWR);
	unlink_made();
	char *at = (char *)OK(sys(mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	IS(at[1], 'b');
	at[1] = 'X';
	IS(sys(pread64, fd, &c, 1, 1), 1);
	IS(c, 'b');
	sys(close, fd);
	IS(at[2], 'c');
}

CASE(mmap_file_shared, "a shared mapping of a file: writes reach it, and what is written to it is in the mapping")
{
	char c = 0;
	long fd = sys(open, file("map", "abc", 0600), O_RDWR);
	unlink_made();
	char *at = (char *)OK(sys(mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	at[1] = 'X';
	IS(sys(pread64, fd, &c, 1, 1), 1);
	IS(c, 'X');
	CHECK(sys(pwrite64, fd, "Y", 1, 2) == 1);
	IS(at[2], 'Y');
}

CASE(mmap_file_access, "a file open for reading cannot be mapped shared and writable: EACCES; for writing only, not at all")
{
	const char *path = file("map", "abc", 0600);
	long r = sys(open, path, O_RDONLY), w = sys(open, path, O_WRONLY);
	unlink_made();
	ERR(sys(mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, r, 0), EACCES);
	OK(sys(mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, r, 0));
	ERR(sys(mmap, 0, 4096, PROT_READ, MAP_PRIVATE, w, 0), EACCES);
	long at = OK(sys(mmap, 0, 4096, PROT_READ, MAP_SHARED, r, 0));
	ERR(sys(mprotect, at, 4096, PROT_READ | PROT_WRITE), EACCES);
}

CASE(mmap_what, "a pipe and a directory cannot be mapped: ENODEV")
{
	int ends[2];
	CHECK(sys(pipe, ends) == 0);
	ERR(sys(mmap, 0, 4096, PROT_READ, MAP_PRIVATE, ends[0], 0), ENODEV);
	long fd = sys(open, "/tmp", O_DIRECTORY);
	ERR(sys(mmap, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 0), ENODEV);
}

CASE(mmap_limit, "over RLIMIT_AS mmap is ENOMEM, and brk does nothing")
{
	long at = sys(brk, 0);
	CHECK(limit(RLIMIT_AS, 4 << 20) == 0);
	ERR(MAP(0, 8 << 20, PROT_READ, MAP_PRIVATE), ENOMEM);
	TRUE(sys(brk, at + (8 << 20)) == at);
}

CASE(munmap_part, "munmap takes a part out of a mapping; over holes it is no error")
{
	char *at = (char *)MAP(0, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	at[0] = 1, at[4096] = 2, at[3 * 4096] = 4;
	IS(sys(munmap, at + 4096, 100), 0); /* the whole page */
	IS(byte_at(at), 1);
	IS(byte_at(at + 4096), -EFAULT);
	IS(byte_at(at + 3 * 4096), 4);
	IS(sys(munmap, at, 5 * 4096), 0);
	IS(byte_at(at), -EFAULT);
	IS(sys(munmap, at, 5 * 4096), 0);
}

CASE(munmap_errors, "munmap: EINVAL for an odd address or no length")
{
	char *at = page(PROT_READ);
	ERR(sys(munmap, at + 1, 4096), EINVAL);
	ERR(sys(munmap, at, 0), EINVAL);
	ERR(sys(munmap, 0, 1ul << 63), EINVAL);
}

CASE(mprotect_part, "mprotect changes some pages of a mapping; ENOMEM where nothing is mapped, EINVAL for odd ones")
{
	char *at = (char *)MAP(0, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	at[4096] = 2;
	IS(sys(mprotect, at + 4096, 4096, PROT_NONE), 0);
	IS(byte_at(at), 0);
	IS(byte_at(at + 4096), -EFAULT);
	IS(sys(mprotect, at, 3 * 4096, PROT_READ), 0);
	IS(byte_at(at + 4096), 2);
	ERR(sys(mprotect, at + 1, 4096, PROT_READ), EINVAL);
	IS(sys(mprotect, at, 0, PROT_NONE), 0);
	CHECK(sys(munmap, at + 4096, 4096) == 0);
	ERR(sys(mprotect, at, 3 * 4096, PROT_NONE), ENOMEM);
	IS(byte_at(at), -EFAULT); /* up to the hole it was done */
	IS(byte_at(at + 8192), 0);
}

CASE(mprotect_read, "a call that writes where only reading is allowed: EFAULT")
{
	char *at = page(PROT_READ);
	int ends[2];
	CHECK(sys(pipe, ends) == 0 && sys(write, ends[1], "x", 1) == 1);
	ERR(sys(read, ends[0], at, 1), EFAULT);
	IS(sys(read, ends[0], board, 1), 1); /* still there */
}

CASE(brk_moves, "brk returns the break: moved if it could be, else as it was; new memory is zeros")
{
	char *at = (char *)sys(brk, 0);
	TRUE(sys(brk, at + 10000) == (long)at + 10000);
	at[9999] = 1;
	TRUE(sys(brk, at) == (long)at);
	IS(byte_at(at + 9999), -EFAULT);
	TRUE(sys(brk, at + 10000) == (long)at + 10000);
	IS(at[9999], 0);
	TRUE(sys(brk, 4096) == (long)at + 10000);
	TRUE(sys(brk, -1) == (long)at + 10000);
}

CASE(brk_fork, "the break and its memory are copied by fork")
{
	char *at = (char *)sys(brk, 0);
	CHECK(sys(brk, at + 4096) == (long)at + 4096);
	*at = 5;
	long p = born();
	if (!p) {
		CHECK(sys(brk, 0) == (long)at + 4096);
		sys(brk, at);
		leaves(byte_at(at) == -EFAULT);
	}
	WAIT(p, W_EXITED(1));
	IS(*at, 5);
}

CASE(mremap_moves, "mremap grows and shrinks a mapping and keeps its contents; it may move only if told")
{
	char *at = (char *)MAP(0, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	at[0] = 1, at[4096] = 2;
	TRUE(sys(mremap, at, 3 * 4096, 4096, 0) == (long)at);
	IS(byte_at(at + 4096), -EFAULT);
	TRUE(MAP(at + 4096, 4096, PROT_READ, MAP_SHARED | MAP_FIXED) == (long)at + 4096);
	ERR(sys(mremap, at, 4096, 8192, 0), ENOMEM);
	char *to = (char *)sys(mremap, at, 4096, 8192, MREMAP_MAYMOVE);
	TRUE(to != at);
	IS(to[0], 1);
	IS(to[4096], 0);
	IS(byte_at(at), -EFAULT);
}

CASE(mremap_errors, "mremap: EINVAL for odd addresses and no size, EFAULT where nothing is mapped")
{
	char *at = page(PROT_READ);
	ERR(sys(mremap, at + 1, 4096, 8192, 0), EINVAL);
	ERR(sys(mremap, at, 4096, 0, 0), EINVAL);
	ERR(sys(mremap, at, 4096, 8192, 8), EINVAL);
	ERR(sys(mremap, at, 4096, 8192, MREMAP_FIXED, at), EINVAL);
	CHECK(sys(munmap, at, 4096) == 0);
	ERR(sys(mremap, at, 4096, 8192, 1), EFAULT);
}

CASE(madvise_dontneed, "MADV_DONTNEED: private anonymous memory is zeros again")
{
	char *at = page(PROT_READ | PROT_WRITE);
	*at = 1;
	IS(sys(madvise, at, 4096, MADV_DONTNEED), 0);
	IS(*at, 0);
	ERR(sys(madvise, at + 1, 4096, MADV_DONTNEED), EINVAL);
	ERR(sys(madvise, at, 4096, 9999), EINVAL);
}

CASE(stack_grows, "the stack grows when it is touched below")
{
	volatile char *sp = __builtin_frame_address(0);
	sp[-(1 << 20)] = 7;
	IS(sp[-(1 << 20)], 7);
	IS(sp[-(1 << 19)], 0);
}

CASE(stack_limit, "below RLIMIT_STACK it does not: SIGSEGV")
{
	long p = born();
	if (!p) {
		limit(RLIMIT_CORE, 0);
		CHECK(limit(RLIMIT_STACK, 256 << 10) == 0);
		volatile char *sp = __builtin_frame_address(0);
		sp[-(100 << 10)] = 7;
		advance(&board[0]);
		sp[-(1 << 20)] = 7;
		leaves(0);
	}
	WAIT(p, W_KILLED(SIGSEGV));
	IS(board[0], 1);
}

/* Descriptors */
CASE(fd_lowest, "a new descriptor is the lowest that is free")
{
	long a = sys(dup, 1), b = sys(dup, 1);
	IS(b - a, 1);
	CHECK(sys(close, a) == 0);
	TRUE(sys(open, "/dev/null", O_RDONLY) == a);
	TRUE(sys(fcntl, 1, F_DUPFD, 60) == 60);
	TRUE(sys(fcntl, 1, F_DUPFD, 60) == 61);
}

CASE(fd_errors, "descriptors that are not open: EBADF, from each call")
{
	char c;
	ERR(sys(read, 99, &c, 1), EBADF);
	ERR(sys(write, 99, &c, 1), EBADF);
	ERR(sys(close, 99), EBADF);
	ERR(sys(dup, 99), EBADF);
	ERR(sys(dup2, 99, 98), EBADF);
	ERR(sys(fcntl, 99, F_GETFD), EBADF);
	ERR(sys(dup3, 1, 1, 0), EINVAL);
	ERR(sys(dup2, 1, -1), EBADF);
	IS(sys(dup2, 1, 1), 1);
}

CASE(fd_limit, "over RLIMIT_NOFILE: EMFILE; dup2 there EBADF, F_DUPFD EINVAL; open ones above stay")
{
	int ends[2];
	CHECK(sys(dup2, 1, 90) == 90 && limit(RLIMIT_NOFILE, 3) == 0);
	while (sys(dup, 1) >= 0)
		;
	ERR(sys(dup, 1), EMFILE);
	ERR(sys(open, "/dev/null", O_RDONLY), EMFILE);
	ERR(sys(pipe, ends), EMFILE);
	ERR(sys(dup2, 1, 90), EBADF);
	ERR(sys(fcntl, 1, F_DUPFD, 90), EINVAL);
	IS(sys(fcntl, 90, F_GETFD), 0);
}

CASE(fd_offset, "dup and fork share the offset of an open file; open anew has its own")
{
	char c;
	const char *path = file("offset", "abcdef", 0600);
	long fd = sys(open, path, O_RDONLY), other = sys(open, path, O_RDONLY), copy = sys(dup, fd);
	unlink_made();
	CHECK(sys(read, fd, &c, 1) == 1);
	IS(sys(lseek, copy, 0, 1), 1);
	long p = born();
	if (!p)
		leaves(sys(lseek, fd, 3, 1));
	WAIT(p, W_EXITED(4));
	IS(sys(read, copy, &c, 1), 1);
	IS(c, 'e');
	IS(sys(lseek, other, 0, 1), 0);
}

CASE(fd_append, "O_APPEND writes at the end, wherever the offset is; the flag is the open file's, shared by dup")
{
	const char *path = file("append", "abc", 0600);
	char text[16] = "";
	long a = sys(open, path, O_RDWR | O_APPEND), b = sys(open, path, O_WRONLY);
	unlink_made();
	IS(sys(lseek, a, 0, 0), 0);
	CHECK(sys(write, a, "d", 1) == 1 && sys(write, b, "X", 1) == 1 && sys(write, a, "e", 1) == 1);
	IS(sys(pread64, a, text, 15, 0), 5);
	STR(text, "Xbcde");
	long copy = sys(dup, a);
	CHECK(sys(fcntl, copy, F_SETFL, 0) == 0);
	IS(sys(fcntl, a, F_GETFL) & O_APPEND, 0);
}

CASE(fd_cloexec, "FD_CLOEXEC is the descriptor's: dup clears it, F_DUPFD_CLOEXEC sets it")
{
	long fd = sys(open, "/dev/null", O_RDONLY | O_CLOEXEC);
	IS(sys(fcntl, fd, F_GETFD), FD_CLOEXEC);
	long copy = sys(dup, fd);
	IS(sys(fcntl, copy, F_GETFD), 0);
	copy = sys(fcntl, fd, F_DUPFD_CLOEXEC, 0);
	IS(sys(fcntl, copy, F_GETFD), FD_CLOEXEC);
	IS(sys(fcntl, copy, F_SETFD, 0), 0);
	IS(sys(fcntl, fd, F_GETFD), FD_CLOEXEC);
}

CASE(fd_access, "to read what is open for writing, and the other way round: EBADF")
{
	char c;
	const char *path = file("access", "x", 0600);
	long r = sys(open, path, O_RDONLY), w = sys(open, path, O_WRONLY);
	unlink_made();
	ERR(sys(write, r, "x", 1), EBADF);
	ERR(sys(read, w, &c, 1), EBADF);
	ERR(sys(ftruncate, r, 0), EINVAL);
}

CASE(fd_open_errors, "open: ENOENT, EEXIST, EISDIR, ENOTDIR, EFAULT; O_EXCL and O_DIRECTORY")
{
	const char *path = file("there", "x", 0600);
	ERR(sys(open, "/tmp/litmus.none", O_RDONLY), ENOENT);
	ERR(sys(open, path, O_CREAT | O_EXCL | O_RDWR, 0600), EEXIST);
	ERR(sys(open, "/tmp", O_WRONLY), EISDIR);
	ERR(sys(open, path, O_DIRECTORY), ENOTDIR);
	ERR(sys(open, 8, O_RDONLY), EFAULT);
	unlink_made();
	ERR(sys(open, path, O_RDONLY), ENOENT);
}

CASE(fd_umask, "a new file's mode is without the bits of umask")
{
	struct stat st;
	const char *path = path_of("mode");
	sys(umask, 027);
	long fd = sys(open, path, O_CREAT | O_RDWR, 0666);
	CHECK(fd >= 0);
	IS(sys(fstat, fd, &st), 0);
	IS(st.st_mode & 07777, 0640);
	IS(st.st_nlink, 1);
	unlink_made();
	CHECK(sys(fstat, fd, &st) == 0);
	IS(st.st_nlink, 0);
}

CASE(fsize_limit, "over RLIMIT_FSIZE: a short write first, then SIGXFSZ and EFBIG")
{
	handle(SIGXFSZ, notes, 0, 0);
	long fd = sys(open, file("big", "", 0600), O_WRONLY);
	unlink_made();
	CHECK(limit(RLIMIT_FSIZE, 5) == 0);
	long first = sys(write, fd, "abcdefgh", 8), sent_first = runs[SIGXFSZ];
	long second = sys(write, fd, "abcdefgh", 8);
	CHECK(limit(RLIMIT_FSIZE, -1) == 0); /* where our output goes may be a file */
	IS(first, 5);
	IS(sent_first, 0);
	IS(second, -EFBIG);
	IS(runs[SIGXFSZ], 1);
}

/* Pipes and poll */
static int ends[2];

static short polled(int fd, short events)
{
	struct pollfd p = {fd, events, 0x7777};
	long n = sys(poll, &p, 1, 0);
	CHECK(n == (p.revents != 0));
	return p.revents;
}

CASE(pipe_eof, "read of a pipe without writers is 0 when all is read")
{
	char some[8];
	CHECK(sys(pipe, ends) == 0 && sys(write, ends[1], "abc", 3) == 3);
	sys(close, ends[1]);
	IS(sys(read, ends[0], some, 8), 3);
	IS(sys(read, ends[0], some, 8), 0);
}

CASE(pipe_eof_fork, "a child's copy of the write end keeps the pipe open, until it ends")
{
	char c;
	CHECK(sys(pipe2, ends, O_NONBLOCK) == 0);
	long p = born();
	if (!p) {
		await(&board[0], 1);
		leaves(0);
	}
	sys(close, ends[1]);
	ERR(sys(read, ends[0], &c, 1), EAGAIN);
	advance(&board[0]);
	WAIT(p, W_EXITED(0));
	IS(sys(read, ends[0], &c, 1), 0);
}

CASE(pipe_some, "read of a pipe returns what there is; writes are not kept apart")
{
	char some[8] = "";
	CHECK(sys(pipe, ends) == 0 && sys(write, ends[1], "ab", 2) == 2 && sys(write, ends[1], "cd", 2) == 2);
	IS(sys(read, ends[0], some, 3), 3);
	STR(some, "abc");
	IS(sys(read, ends[0], some, 8), 1);
}

CASE(pipe_nonblock, "O_NONBLOCK: EAGAIN for an empty pipe and for a full one; a pipe takes 65536 bytes")
{
	static char much[70000];
	char c;
	CHECK(sys(pipe2, ends, O_NONBLOCK) == 0);
	ERR(sys(read, ends[0], &c, 1), EAGAIN);
	IS(sys(write, ends[1], much, sizeof much), 65536);
	ERR(sys(write, ends[1], much, 1), EAGAIN);
	int n = 0;
	IS(sys(ioctl, ends[0], FIONREAD, &n), 0);
	IS(n, 65536);
}

CASE(pipe_atomic, "up to 4096 bytes are written as one or not at all; more may be written in part")
{
	static char much[65536];
	CHECK(sys(pipe2, ends, O_NONBLOCK) == 0 && sys(write, ends[1], much, 65536) == 65536);
	CHECK(sys(read, ends[0], much, 4096) == 4096);
	IS(sys(write, ends[1], much, 4097), 4096);
	ERR(sys(write, ends[1], much, 4096), EAGAIN);
}

CASE(pipe_blocks, "write to a full pipe sleeps until there is room for all of it")
{
	static char much[65536];
	CHECK(sys(pipe, ends) == 0);
	long p = born();
	if (!p)
		leaves(sys(write, ends[1], much, 65536 + 0) == 65536 && sys(write, ends[1], much, 5000) == 5000);
	until_state(p, "S");
	CHECK(sys(read, ends[0], much, 4096) == 4096);
	until_state(p, "S");
	NOTHING(p);
	CHECK(sys(read, ends[0], much, 4096) == 4096);
	WAIT(p, W_EXITED(1));
}

CASE(pipe_errors, "pipes: EBADF for the wrong end, ESPIPE for lseek, EFAULT and EINVAL for the call")
{
	char c;
	ERR(sys(pipe, 8), EFAULT);
	ERR(sys(pipe2, ends, O_APPEND), EINVAL);
	CHECK(sys(pipe, ends) == 0);
	ERR(sys(read, ends[1], &c, 1), EBADF);
	ERR(sys(write, ends[0], &c, 1), EBADF);
	ERR(sys(lseek, ends[0], 0, 0), ESPIPE);
	ERR(sys(pread64, ends[0], &c, 1, 0), ESPIPE);
	ERR(sys(read, ends[0], 8, 0), 0);
}

CASE(pipe_fault, "read into a bad address: EFAULT, and the bytes stay in the pipe")
{
	char c;
	CHECK(sys(pipe, ends) == 0 && sys(write, ends[1], "a", 1) == 1);
	ERR(sys(read, ends[0], 8, 1), EFAULT);
	ERR(sys(write, ends[1], 8, 1), EFAULT);
	IS(sys(read, ends[0], &c, 1), 1);
	IS(c, 'a');
}

CASE(poll_pipe, "poll of a pipe: IN when there is something, OUT when there is room, HUP and ERR when the other end is closed")
{
	int two[2];
	CHECK(sys(pipe, ends) == 0 && sys(pipe, two) == 0);
	IS(polled(ends[0], POLLIN), 0);
	IS(polled(ends[1], POLLOUT), POLLOUT);
	CHECK(sys(write, ends[1], "a", 1) == 1);
	IS(polled(ends[0], POLLIN), POLLIN);
	sys(close, ends[1]);
	IS(polled(ends[0], POLLIN), POLLIN | POLLHUP);
	IS(polled(ends[0], 0), POLLHUP);
	sys(close, two[0]);
	IS(polled(two[1], POLLOUT), POLLOUT | POLLERR);
}

CASE(poll_others, "poll: NVAL for what is not open, files are always ready, negative ones are left out, timeouts end with 0")
{
	struct pollfd two[2] = {{-1, POLLIN, 5}, {99, POLLIN, 0}};
	IS(sys(poll, two, 2, 1000), 1);
	IS(two[0].revents, 0);
	IS(two[1].revents, POLLNVAL);
	long fd = sys(open, file("ready", "", 0600), O_RDONLY);
	unlink_made();
	IS(polled(fd, POLLIN | POLLOUT), POLLIN | POLLOUT);
	IS(sys(poll, 0, 0, 3), 0);
	ERR(sys(poll, 8, 1, 0), EFAULT);
}

CASE(poll_wakes, "poll sleeps until there is something")
{
	CHECK(sys(pipe, ends) == 0);
	long p = born();
	if (!p) {
		struct pollfd fd = {ends[0], POLLIN, 0};
		leaves(sys(poll, &fd, 1, -1) * 10 + fd.revents);
	}
	until_state(p, "S");
	CHECK(sys(write, ends[1], "a", 1) == 1);
	WAIT(p, W_EXITED(11));
}

/* The process itself */
CASE(name_set, "PR_SET_NAME: the thread's name, 15 characters of it; /proc has it too")
{
	char name[20] = "";
	IS(sys(prctl, PR_SET_NAME, "a name much too long"), 0);
	IS(sys(prctl, PR_GET_NAME, name), 0);
	STR(name, "a name much too");
	proc_read(name, sizeof name, pid(), "comm");
	STR(name, "a name much too\n");
}

CASE(name_thread, "each thread has its own name, at first its creator's")
{
	char name[20] = "", of_thread[20];
	void names(long u MAYBE)
	{
		sys(prctl, PR_GET_NAME, board + 4);
		sys(prctl, PR_SET_NAME, "other");
		proc_read((char *)(board + 9), 20, tid(), "comm");
	}
	CHECK(sys(prctl, PR_SET_NAME, "first") == 0);
	thread(0, names, 0);
	join(0);
	CHECK(sys(prctl, PR_GET_NAME, name) == 0);
	STR(name, "first");
	memcpy(of_thread, board + 4, 16);
	STR(of_thread, "first");
	STR((char *)(board + 9), "other\n");
}

CASE(personality_query, "the personality of a program is 0, Linux")
{
	IS(sys(personality, 0xffffffff) & 0xff, 0);
}

CASE(arch_prctl_bases, "arch_prctl sets and gets the bases of FS and GS; no kernel addresses: EPERM")
{
	unsigned long fs = 0, gs = 0, at_fs, at_gs;
	board[0] = 55, board[1] = 66;
	IS(sys(arch_prctl, 0x1002, board), 0);
	IS(sys(arch_prctl, 0x1001, board + 1), 0);
	__asm__ volatile("mov %%fs:0, %k0\n\tmov %%gs:0, %k1" : "=r"(at_fs), "=r"(at_gs) : : "memory");
	IS(at_fs, 55);
	IS(at_gs, 66);
	IS(sys(arch_prctl, 0x1003, &fs), 0);
	IS(sys(arch_prctl, 0x1004, &gs), 0);
	TRUE(fs == (unsigned long)board);
	TRUE(gs == (unsigned long)(board + 1));
	ERR(sys(arch_prctl, 0x1002, 1l << 47), EPERM);
	ERR(sys(arch_prctl, 0x1001, -4096), EPERM);
	ERR(sys(arch_prctl, 0x1003, 8), EFAULT);
	ERR(sys(arch_prctl, 9, 0), EINVAL);
}

CASE(rusage_calls, "getrusage: EINVAL for who, EFAULT; of children nothing before they are waited for")
{
	struct rusage r;
	ERR(sys(getrusage, 5, &r), EINVAL);
	ERR(sys(getrusage, RUSAGE_SELF, 8), EFAULT);
	IS(sys(getrusage, RUSAGE_SELF, &r), 0);
	IS(r.ru_nsignals, 0);
	IS(sys(getrusage, RUSAGE_CHILDREN, &r), 0);
	IS(r.ru_utime.tv_sec + r.ru_utime.tv_usec, 0);
	IS(r.ru_minflt, 0);
}

CASE(rusage_children, "the usage of a child is its parent's children's when it has been waited for")
{
	struct rusage r;
	struct tms before, after;
	CHECK(sys(times, &before) != -1);
	long p = born();
	if (!p) {
		do
			CHECK(sys(getrusage, RUSAGE_SELF, &r) == 0);
		while (r.ru_utime.tv_usec + r.ru_stime.tv_usec < 30000);
		leaves(0);
	}
	until_state(p, "Z");
	CHECK(sys(getrusage, RUSAGE_CHILDREN, &r) == 0);
	IS(r.ru_utime.tv_usec + r.ru_stime.tv_usec, 0);
	WAIT(p, W_EXITED(0));
	CHECK(sys(getrusage, RUSAGE_CHILDREN, &r) == 0);
	TRUE(r.ru_utime.tv_usec + r.ru_stime.tv_usec >= 20000);
	CHECK(sys(times, &after) != -1);
	IS(before.tms_cutime + before.tms_cstime, 0);
	TRUE(after.tms_cutime + after.tms_cstime > 0);
}

CASE(rlimit_rules, "limits: EINVAL for numbers and for a soft one above the hard one; prlimit of oneself is the same")
{
	struct rlimit l, now;
	CHECK(sys(getrlimit, RLIMIT_NOFILE, &l) == 0);
	l.rlim_cur = 20, l.rlim_max = 30;
	IS(sys(setrlimit, RLIMIT_NOFILE, &l), 0);
	l.rlim_cur = 31;
	ERR(sys(setrlimit, RLIMIT_NOFILE, &l), EINVAL);
	ERR(sys(setrlimit, 16, &l), EINVAL);
	ERR(sys(getrlimit, 99, &l), EINVAL);
	ERR(sys(getrlimit, RLIMIT_NOFILE, 8), EFAULT);
	IS(sys(prlimit64, 0, RLIMIT_NOFILE, 0, &now), 0);
	IS(now.rlim_cur, 20);
	IS(now.rlim_max, 30);
	ERR(sys(prlimit64, nobody(), RLIMIT_NOFILE, 0, &now), ESRCH);
}

CASE(uname_linux, "uname: Linux on x86_64")
{
	struct new_utsname u;
	IS(sys(uname, &u), 0);
	STR(u.sysname, "Linux");
	STR(u.machine, "x86_64");
	ERR(sys(uname, 8), EFAULT);
}

CASE(yield, "sched_yield is 0, always")
{
	IS(sys(sched_yield), 0);
}

CASE(unknown_call, "a system call that does not exist: ENOSYS")
{
	IS(sys_(9999, 0, 0, 0, 0, 0, 0), -ENOSYS);
	IS(sys_(-1, 0, 0, 0, 0, 0, 0), -ENOSYS);
}

CASE(syscall_registers, "a system call changes rax, rcx and r11 only: rcx is where it returns to, r11 the flags")
{
	long rcx, r11, same_regs, here;
	__asm__ volatile("mov $0x1111, %%edx\n\tmov $0x2222, %%r8d\n\tmov $0x3333, %%r9d\n\tmov $0x4444, %%r10d\n\t"
			 "mov $39, %%eax\n\tsyscall\n1:\t"
			 "lea 1b(%%rip), %3\n\t"
			 "mov %%rcx, %0\n\tmov %%r11, %1\n\t"
			 "lea (%%rdx,%%r8), %2\n\tadd %%r9, %2\n\tadd %%r10, %2"
			 : "=&r"(rcx), "=&r"(r11), "=&r"(same_regs), "=&r"(here)
			 :
			 : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "memory");
	TRUE(rcx == here);
	IS(r11 & 0x202, 0x202);
	IS(same_regs, 0xaaaa);
}

CASE(proc_self, "/proc/self is oneself, /proc/self/stat begins with pid, name and state")
{
	char text[64], want[24];
	long n = sys(readlink, "/proc/self", text, sizeof text - 1);
	CHECK(n > 0);
	text[n] = 0;
	TRUE(same(text, decimal(pid(), want)));
	CHECK(sys(prctl, PR_SET_NAME, "x y) z") == 0);
	proc_read(text, sizeof text, pid(), "stat");
	n = length(want);
	text[n + 1 + 8 + 2] = 0;
	STR(text + n, " (x y) z) R");
}

/* The number in a field of /proc/PID/stat, counted from 3, the state. */
static long stat_field(long p, int field)
{
	char text[512], *at = 0;
	for (char *c = proc_read(text, sizeof text, p, "stat"); *c; c++)
		if (*c == ')')
			at = c + 2;
	CHECK(at);
	for (; field > 3; field--) {
		while (*at != ' ')
			at++;
		at++;
	}
	return *at == '-' ? -number(at + 1) : number(at);
}

CASE(proc_stat, "/proc/PID/stat: parent, group, session, threads, exit signal in their fields")
{
	long p = napping();
	WHO(stat_field(p, 4), pid());
	WHO(stat_field(p, 5), p);
	TRUE(stat_field(p, 6) == sys(getsid, 0));
	IS(stat_field(p, 20), 1);
	IS(stat_field(p, 38), SIGCHLD);
}

CASE(proc_none, "/proc of who is nobody: ENOENT")
{
	char path[64];
	ERR(sys(open, proc_path(path, nobody(), "stat"), O_RDONLY), ENOENT);
}
