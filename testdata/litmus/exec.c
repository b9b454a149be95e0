/* exec: what a new program finds, what it keeps of the old one and what not, what cannot
 * be executed, scripts. Programs are this binary and files under /tmp. */
#include "plain.h"
#include <linux/auxvec.h>

static const char *const no_env[] = {0};

/* exec of a path with "@exit 3" for arguments: that it succeeded is W_EXITED(3). */
static long run(const char *path)
{
	const char *argv[] = {path, "@exit", "3", 0};
	return sys(execve, path, argv, no_env);
}

static void runs_path(long path)
{
	sys(exit_group, -run((const char *)path));
}

/* exec of this binary as an actor, in a puppet, with what. */
static long actor(const char *what, long with)
{
	char text[24];
	long p = born();
	if (!p) {
		exec_self(what, decimal(with, text));
		sys(exit_group, 98);
	}
	return p;
}

static char **env_of(char **argv)
{
	while (*argv++)
		;
	return argv;
}

static unsigned long *auxv(void)
{
	char **e = env_of(own_argv);
	while (*e++)
		;
	return (unsigned long *)e;
}

/* A value of the auxiliary vector, or -1. */
static long aux(unsigned long type)
{
	for (unsigned long *a = auxv(); a[0] != AT_NULL; a += 2)
		if (a[0] == type)
			return a[1];
	return -1;
}

/* What the program finds */
ACTOR(arguments)
{
	STR(own_argv[2], "");
	STR(own_argv[3], "two words");
	STR(own_argv[4], "end");
	TRUE(own_argv[5] == 0);
	IS(((long *)own_argv)[-1], 5);
	char **env = env_of(own_argv);
	STR(env[0], "A=1");
	STR(env[1], "no equals sign");
	STR(env[2], "");
	TRUE(env[3] == 0);
	return 0;
}

CASE(exec_arguments, "arguments and environment reach the program as they are, empty strings too; argc counts")
{
	long p = born();
	if (!p) {
		const char *argv[] = {own_path, "@arguments", "", "two words", "end", 0};
		const char *env[] = {"A=1", "no equals sign", "", 0};
		sys(execve, own_path, argv, env);
	}
	WAIT(p, W_EXITED(0));
}

CASE(exec_null, "null for arguments or environment is an empty list; there is an argument all the same, an empty one")
{
	int to[2];
	char got[8] = "";
	CHECK(sys(pipe, to) == 0);
	long p = born();
	if (!p) {
		sys(dup2, to[1], 1);
		sys(execve, own_path, 0, 0); /* lists its cases */
	}
	sys(close, to[1]);
	WAIT(p, W_EXITED(0));
	IS(sys(read, to[0], got, 5), 5);
	STR(got, "exec_");
}

ACTOR(stack)
{
	long sp = (long)(own_argv - 1);
	IS(sp & 15, 0);
	TRUE(own_argv[0] > (char *)auxv());
	TRUE(own_argv[1] == own_argv[0] + length(own_argv[0]) + 1);
	return 0;
}

CASE(exec_stack, "argc lies at a stack pointer that is aligned to 16; the strings lie above, one after the other")
{
	WAIT(actor("@stack", 0), W_EXITED(0));
}

ACTOR(auxv)
{
	IS(aux(AT_PAGESZ), 4096);
	IS(aux(AT_PHENT), 56);
	TRUE(aux(AT_PHNUM) > 1);
	TRUE(aux(AT_PHDR) > 0x1000);
	TRUE(aux(AT_ENTRY) == (long)_start);
	IS(aux(AT_BASE), 0);
	IS(aux(AT_FLAGS), 0);
	IS(aux(AT_CLKTCK), 100);
	IS(aux(AT_SECURE), 0);
	TRUE(aux(AT_UID) == sys(getuid));
	TRUE(aux(AT_EUID) == sys(geteuid));
	TRUE(aux(AT_GID) == sys(getgid));
	TRUE(aux(AT_EGID) == sys(getegid));
	STR((char *)aux(AT_PLATFORM), "x86_64");
	TRUE(same((char *)aux(AT_EXECFN), own_path));
	TRUE(aux(AT_RANDOM) != -1 && aux(AT_RANDOM) != 0);
	return 0;
}

CASE(exec_auxv, "the auxiliary vector: page size, program headers, entry, ids, AT_SECURE, platform, path, random bytes")
{
	WAIT(actor("@auxv", 0), W_EXITED(0));
}

ACTOR(phdr)
{
	unsigned *ph = (unsigned *)aux(AT_PHDR);
	int loads = 0;
	for (long i = 0; i < aux(AT_PHNUM); i++)
		loads += ph[i * 14] == 1; /* PT_LOAD */
	TRUE(loads > 0);
	return 0;
}

CASE(exec_phdr, "AT_PHDR is where the program headers are in memory")
{
	WAIT(actor("@phdr", 0), W_EXITED(0));
}

int zeroed[5000];

ACTOR(memory)
{
	for (int i = 0; i < 5000; i++)
		CHECK(zeroed[i] == 0);
	ERR(sys(rt_sigprocmask, 0, with, 0, 8), EFAULT);
	return 0;
}

CASE(exec_memory, "of the old memory nothing is left: data is fresh, mappings are gone, shared ones too")
{
	zeroed[77] = 1;
	WAIT(actor("@memory", (long)board), W_EXITED(0));
}

ACTOR(brk)
{
	extern char _end[];
	long at = sys(brk, 0);
	TRUE(at >= (long)_end);
	TRUE(sys(brk, at + 4096) == at + 4096);
	*(char *)at = 1;
	TRUE(at + 0x200000 > (long)_end);
	return with != 0 && at == with;
}

CASE(exec_brk, "the break begins anew, behind the program's data")
{
	long at = sys(brk, 0), grown = at + 0x4000000;
	CHECK(sys(brk, grown) == grown);
	WAIT(actor("@brk", grown), W_EXITED(0));
}

ACTOR(bases)
{
	unsigned long fs = 1, gs = 1;
	IS(sys(arch_prctl, 0x1003, &fs), 0);
	IS(sys(arch_prctl, 0x1004, &gs), 0);
	IS(fs, 0);
	IS(gs, 0);
	return 0;
}

CASE(exec_bases, "the segment bases of FS and GS are 0 in a new program")
{
	long p = born();
	if (!p) {
		CHECK(sys(arch_prctl, 0x1002, board) == 0 && sys(arch_prctl, 0x1001, board) == 0);
		exec_self("@bases", "0");
	}
	WAIT(p, W_EXITED(0));
}

static int ends_with(const char *s, const char *end)
{
	long n = length(s), m = length(end);
	return n >= m && same(s + n - m, end);
}

static const char *base(const char *path)
{
	const char *at = path;
	for (; *path; path++)
		if (*path == '/')
			at = path + 1;
	return at;
}

ACTOR(comm)
{
	char name[16], want[16] = "", text[64];
	IS(sys(prctl, PR_GET_NAME, name), 0);
	for (int i = 0; i < 15 && base(own_path)[i]; i++)
		want[i] = base(own_path)[i];
	TRUE(same(name, want));
	proc_read(text, sizeof text, pid(), "comm");
	for (int i = 0; i < 16; i++)
		CHECK(want[i] ? text[i] == want[i] : text[i] == '\n' || want[i - 1] == 0);
	return 0;
}

CASE(exec_comm, "the name of the process is the last part of the path, cut to 15 characters")
{
	long p = born();
	if (!p) {
		CHECK(sys(prctl, PR_SET_NAME, "old name") == 0);
		exec_self("@comm", "0");
	}
	WAIT(p, W_EXITED(0));
}

CASE(exec_proc, "/proc: exe is the new program, cmdline has its arguments, each ended by a 0")
{
	char text[512];
	const char *path = copy_of_self("sleeper", 0700);
	long p = born();
	if (!p) {
		const char *argv[] = {"zero", "@sleep", "", "x y", 0};
		sys(execve, path, argv, no_env);
	}
	while (!same(proc_read(text, 5, p, "cmdline"), "zero"))
		sys(sched_yield);
	until_state(p, "S");
	long fd = sys(open, proc_path(text, p, "cmdline"), 0), n = sys(read, fd, text, sizeof text);
	IS(n, 5 + 7 + 1 + 4);
	STR(text, "zero");
	STR(text + 5, "@sleep");
	STR(text + 12, "");
	STR(text + 13, "x y");
	n = sys(readlink, proc_path(text, p, "exe"), text + 64, 256);
	CHECK(n > 0);
	text[64 + n] = 0;
	TRUE(same(text + 64, path));
	unlink_made();
	n = sys(readlink, proc_path(text, p, "exe"), text + 64, 256);
	text[64 + (n > 0 ? n : 0)] = 0;
	TRUE(ends_with(text + 64, " (deleted)"));
}

/* What is kept */
ACTOR(ids)
{
	WHO(tid(), pid());
	return pid() == with;
}

CASE(exec_ids, "the pid stays, the thread id is the same")
{
	long p = born();
	if (!p) {
		char text[24];
		exec_self("@ids", decimal(pid(), text));
	}
	WAIT(p, W_EXITED(1));
}

ACTOR(group)
{
	WHO(sys(getpgid, 0), pid());
	WHO(sys(getsid, 0), pid());
	return ppid() == with;
}

CASE(exec_session, "a session leader is one after exec, too, and its parent is the same")
{
	long p = born();
	if (!p) {
		char text[24];
		CHECK(sys(setsid) == pid());
		exec_self("@group", decimal(ppid(), text));
	}
	WAIT(p, W_EXITED(1));
}

ACTOR(files)
{
	char c = 0;
	IS(sys(read, 40, &c, 1), 1);
	IS(c, 'b');
	IS(sys(fcntl, 40, F_GETFD), 0);
	ERR(sys(fcntl, 41, F_GETFD), EBADF);
	IS(sys(fcntl, 42, F_GETFD), 0);
	ERR(sys(fcntl, 43, F_GETFD), EBADF);
	return 0;
}

CASE(exec_files, "open files stay open, at their offsets, but for those of FD_CLOEXEC; a dup of one stays")
{
	const char *path = file("offset", "abc", 0600);
	char c;
	long fd = sys(open, path, O_RDONLY);
	unlink_made();
	CHECK(sys(read, fd, &c, 1) == 1 && sys(dup2, fd, 40) == 40);
	CHECK(sys(dup2, fd, 41) == 41 && sys(fcntl, 41, F_SETFD, FD_CLOEXEC) == 0);
	CHECK(sys(dup2, 41, 42) == 42);
	CHECK(sys(dup3, fd, 43, O_CLOEXEC) == 43);
	WAIT(actor("@files", 0), W_EXITED(0));
}

CASE(exec_fails_files, "an exec that fails closes nothing")
{
	CHECK(sys(dup3, 1, 43, O_CLOEXEC) == 43);
	ERR(run("/tmp/litmus/none"), ENOENT);
	IS(sys(fcntl, 43, F_GETFD), FD_CLOEXEC);
}

ACTOR(kept)
{
	char cwd[64];
	struct rlimit l;
	IS(sys(umask, 0), 0123);
	CHECK(sys(getcwd, cwd, sizeof cwd) > 0);
	STR(cwd, "/tmp");
	IS(sys(getrlimit, RLIMIT_NOFILE, &l), 0);
	IS(l.rlim_cur, 77);
	return 0;
}

CASE(exec_keeps, "working directory, umask and limits stay")
{
	long p = born();
	if (!p) {
		const char *argv[] = {own_path, "@kept", "0", 0};
		CHECK(sys(chdir, "/tmp") == 0 && limit(RLIMIT_NOFILE, 77) == 0);
		sys(umask, 0123);
		sys(execve, "/proc/self/exe", argv, no_env);
	}
	WAIT(p, W_EXITED(0));
}

ACTOR(reaps)
{
	return reap(with) >> 8;
}

CASE(exec_children, "children stay the process's children")
{
	long p = born();
	if (!p) {
		char text[24];
		long q = sys(fork);
		if (q == 0)
			leaves(6);
		exec_self("@reaps", decimal(q, text));
	}
	WAIT(p, W_EXITED(6));
}

ACTOR(pdeathsig)
{
	int sig = 0;
	sys(prctl, PR_GET_PDEATHSIG, &sig);
	return sig * 2 + sys(prctl, PR_GET_DUMPABLE);
}

CASE(exec_prctl, "the parent death signal stays over exec; dumpable is 1 again")
{
	long p = born();
	if (!p) {
		CHECK(sys(prctl, PR_SET_DUMPABLE, 0) == 0);
		exec_self("@pdeathsig", "0");
	}
	WAIT(p, W_EXITED(SIGKILL * 2 + 1));
}

/* Threads */
static void thread_execs(long unused MAYBE)
{
	char text[24];
	exec_self("@ids", decimal(pid(), text));
}

CASE(exec_thread, "exec of a thread that is not the leader: the new program has the process's pid for its thread id")
{
	long p = born();
	if (!p) {
		thread(0, sleeps, 0);
		thread(1, thread_execs, 0);
		sleeps(0);
	}
	WAIT(p, W_EXITED(1));
}

CASE(exec_leader_gone, "so it is if the leader has exited before")
{
	void after_leader(long u MAYBE)
	{
		until_state(pid(), "Z");
		thread_execs(0);
	}
	long p = born();
	if (!p) {
		thread(0, after_leader, 0);
		sys(exit, 0);
	}
	WAIT(p, W_EXITED(1));
}

ACTOR(thread_gone)
{
	ERR(sys(tgkill, pid(), with, 0), ESRCH);
	IS(status_field(pid(), "Threads", 10), 1);
	return 0;
}

CASE(exec_threads_die, "exec ends all other threads")
{
	long p = born();
	if (!p) {
		char text[24];
		thread(0, sleeps, 0);
		exec_self("@thread_gone", decimal(LOAD(&tids[0]), text));
	}
	WAIT(p, W_EXITED(0));
}

CASE(exec_fails_threads, "an exec that fails leaves the other threads alone")
{
	thread(0, sleeps, 0);
	ERR(run("/tmp/litmus/none"), ENOENT);
	IS(sys(tgkill, pid(), LOAD(&tids[0]), 0), 0);
}

CASE(exec_vfork, "a vfork child's exec lets the parent go on, while the new program runs")
{
	int hold[2];
	CHECK(sys(pipe, hold) == 0);
	STORE(&board[0], 0);
	const char *argv[] = {own_path, "@sleep", 0};
	long p = sys(vfork);
	if (p == 0) {
		sys(prctl, PR_SET_PDEATHSIG, SIGKILL);
		board[0] = 1;
		sys(execve, own_path, argv, no_env);
		sys(exit, 1);
	}
	IS(board[0], 1);
	role(p, "p1");
	NOTHING(p);
	IS(sys(kill, p, SIGKILL), 0);
	WAIT(p, W_KILLED(SIGKILL));
}

/* What cannot be executed */
CASE(exec_enoent, "no such file, or an empty path: ENOENT")
{
	ERR(run("/tmp/litmus.none"), ENOENT);
	ERR(run("/tmp/litmus.none/either"), ENOENT);
	ERR(run(""), ENOENT);
}

CASE(exec_eacces, "a file without any permission to execute, even for root; a directory; a device: EACCES")
{
	ERR(run(copy_of_self("data", 0666)), EACCES);
	ERR(run("/tmp"), EACCES);
	ERR(run("/dev/null"), EACCES);
	unlink_made();
}

CASE(exec_enotdir, "a path through a file: ENOTDIR")
{
	const char *path = file("file", "x", 0700);
	char beyond[80];
	memcpy(beyond, path, length(path));
	memcpy(beyond + length(path), "/x", 3);
	ERR(run(beyond), ENOTDIR);
	unlink_made();
}

CASE(exec_enoexec, "not a program: ENOEXEC, for text, nothing, and headers of the wrong kind")
{
	ERR(run(file("text", "echo hello\n", 0700)), ENOEXEC);
	ERR(run(file("empty", "", 0700)), ENOEXEC);
	ERR(run(file("magic", "\177ELF", 0700)), ENOEXEC);
	ERR(run(file("blank", "#!\n", 0700)), ENOEXEC);
	ERR(run(file("spaces", "#!   \n", 0700)), ENOEXEC);
	unlink_made();
}

/* A copy of this program with one byte changed. */
static const char *spoilt(const char *name, long offset, char byte)
{
	const char *path = copy_of_self(name, 0700);
	long fd = sys(open, path, O_WRONLY);
	CHECK(fd >= 0 && sys(lseek, fd, offset, 0) == offset && sys(write, fd, &byte, 1) == 1);
	sys(close, fd);
	return path;
}

CASE(exec_bad_elf, "an ELF file of another machine, type, or size of program headers: ENOEXEC; the ident's rest is not looked at")
{
	ERR(run(spoilt("machine", 18, 40)), ENOEXEC); /* EM_ARM */
	ERR(run(spoilt("type", 16, 1)), ENOEXEC);     /* ET_REL */
	ERR(run(spoilt("core", 16, 4)), ENOEXEC);     /* ET_CORE */
	ERR(run(spoilt("phent", 54, 55)), ENOEXEC);
	ERR(run(spoilt("phnum", 56, 0)), ENOEXEC);
	const char *path = spoilt("abi", 7, 9); /* ELFOSABI_FREEBSD */
	long p = puppet(runs_path, (long)path);
	WAIT(p, W_EXITED(3));
	unlink_made();
}

CASE(exec_efault, "bad addresses: EFAULT, for the path, the lists and their strings")
{
	const char *argv[] = {"x", (char *)8, 0};
	ERR(sys(execve, 8, 0, 0), EFAULT);
	ERR(sys(execve, own_path, 8, 0), EFAULT);
	ERR(sys(execve, own_path, argv, 0), EFAULT);
	ERR(sys(execve, own_path, no_env, 8), EFAULT);
	ERR(sys(execve, own_path, no_env, argv), EFAULT);
}

CASE(exec_toolong, "a path of 4096 bytes or a part of 256: ENAMETOOLONG")
{
	char path[4200] = "/tmp/";
	memset(path + 5, 'a', 4190);
	ERR(run(path), ENAMETOOLONG);
	path[5 + 256] = 0;
	ERR(run(path), ENAMETOOLONG);
	path[5 + 255] = 0;
	ERR(run(path), ENOENT);
}

CASE(exec_e2big, "a string longer than 128 KiB: E2BIG")
{
	char *much = (char *)sys(mmap, 0, 132 << 10, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const char *argv[] = {own_path, much, 0};
	CHECK((unsigned long)much < -4095ul);
	memset(much, 'a', 131072);
	ERR(sys(execve, own_path, argv, no_env), E2BIG);
	ERR(sys(execve, own_path, no_env, argv), E2BIG);
	much[131071] = 0; /* with the 0, as much as there may be */
	long p = born();
	if (!p) {
		const char *long_argv[] = {own_path, "@exit", "4", much, 0};
		sys(execve, own_path, long_argv, no_env);
	}
	WAIT(p, W_EXITED(4));
}

CASE(exec_e2big_total, "all strings together more than a quarter of the stack's limit: E2BIG")
{
	char *much = (char *)sys(mmap, 0, 128 << 10, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const char *argv[] = {own_path, much, much, much, much, 0};
	CHECK((unsigned long)much < -4095ul && limit(RLIMIT_STACK, 1 << 20) == 0);
	memset(much, 'a', 100000);
	ERR(sys(execve, own_path, argv, no_env), E2BIG);
}

CASE(exec_eloop, "symbolic links in a circle: ELOOP")
{
	const char *a = path_of("a"), *b = path_of("b");
	CHECK(sys(symlink, a, b) == 0 && sys(symlink, b, a) == 0);
	ERR(run(a), ELOOP);
	unlink_made();
}

CASE(exec_symlink, "exec follows links; the name is the link's, exe is the file")
{
	const char *to = copy_of_self("target", 0700), *link = path_of("link");
	CHECK(sys(symlink, to, link) == 0);
	long p = puppet(runs_path, (long)link);
	WAIT(p, W_EXITED(3));
	unlink_made();
}

CASE(exec_busy_write, "a file that somebody has open for writing cannot be executed: ETXTBSY")
{
	const char *path = copy_of_self("busy", 0700);
	long fd = sys(open, path, O_WRONLY);
	ERR(run(path), ETXTBSY);
	sys(close, fd);
	WAIT(puppet(runs_path, (long)path), W_EXITED(3));
	unlink_made();
}

static void sleeps_as(long path)
{
	const char *argv[] = {"copy", "@sleep", 0};
	sys(execve, path, argv, no_env);
}

CASE(exec_busy_run, "a running program cannot be opened for writing, nor made shorter: ETXTBSY; it can be removed")
{
	char text[64];
	const char *path = copy_of_self("busy", 0700);
	long p = puppet(sleeps_as, (long)path);
	while (!same(proc_read(text, 5, p, "cmdline"), "copy"))
		sys(sched_yield);
	ERR(sys(open, path, O_WRONLY), ETXTBSY);
	ERR(sys(open, path, O_RDWR), ETXTBSY);
	ERR(sys(truncate, path, 100), ETXTBSY);
	long fd = OK(sys(open, path, O_RDONLY));
	sys(close, fd);
	CHECK(sys(kill, p, SIGKILL) == 0);
	WAIT(p, W_KILLED(SIGKILL));
	fd = OK(sys(open, path, O_WRONLY));
	unlink_made();
}

/* Scripts */
/* A script that this program's copy interprets, with what comes after its path. */
static const char *interpreter;
static const char *script(const char *name, const char *after)
{
	struct line l;
	if (!interpreter)
		interpreter = copy_of_self("i", 0700);
	l.n = 0;
	put_text(&l, "#!");
	put_text(&l, interpreter);
	put_text(&l, after);
	put_text(&l, "\nthe rest\n");
	line_put(&l, 0);
	return file(name, l.text, 0700);
}

static void runs_script(long path)
{
	const char *argv[] = {"zero", "one", "two words", 0};
	leaves(-sys(execve, path, argv, no_env));
}

ACTOR(script)
{
	TRUE(ends_with(own_argv[0], ".i"));
	STR(own_argv[1], "@script");
	TRUE(ends_with(own_argv[2], ".s"));
	STR(own_argv[3], "one");
	STR(own_argv[4], "two words");
	TRUE(own_argv[5] == 0);
	return 0;
}

CASE(script_arguments, "a script: interpreter, its one argument, the script's path, the arguments but the first")
{
	long p = puppet(runs_script, (long)script("s", " @script"));
	WAIT(p, W_EXITED(0));
	unlink_made();
}

CASE(script_blanks, "blanks around the interpreter and its argument are not theirs")
{
	long p = puppet(runs_script, (long)script("s", " \t @script \t "));
	WAIT(p, W_EXITED(0));
	unlink_made();
}

CASE(script_one_argument, "all the rest of the line is one argument, blanks within included")
{
	long p = puppet(runs_script, (long)script("s", " @script @script"));
	WAIT(p, W_EXITED(97)); /* no such actor as "@script @script" */
	unlink_made();
}

ACTOR(names)
{
	char name[16];
	sys(prctl, PR_GET_NAME, name);
	TRUE(ends_with((char *)aux(AT_EXECFN), ".s"));
	TRUE(ends_with(own_argv[2], ".s"));
	TRUE(ends_with(name, ".s") || length(name) == 15);
	return 0;
}

CASE(script_names, "AT_EXECFN and the process's name are the script's")
{
	long p = puppet(runs_script, (long)script("s", " @names"));
	WAIT(p, W_EXITED(0));
	unlink_made();
}

static const char *script_of(const char *name, const char *of)
{
	struct line l;
	l.n = 0;
	put_text(&l, "#!");
	put_text(&l, of);
	put_text(&l, "\n");
	line_put(&l, 0);
	return file(name, l.text, 0700);
}

ACTOR(nested)
{
	TRUE(ends_with(own_argv[0], ".i"));
	STR(own_argv[1], "@nested");
	TRUE(ends_with(own_argv[2], ".inner"));
	TRUE(ends_with(own_argv[3], ".outer"));
	STR(own_argv[4], "one");
	return 0;
}

CASE(script_nested, "the interpreter of a script may be a script")
{
	long p = puppet(runs_script, (long)script_of("outer", script("inner", " @nested")));
	WAIT(p, W_EXITED(0));
	unlink_made();
}

CASE(script_deep, "scripts of scripts: five are run, six are ELOOP; so is one of itself")
{
	const char *s = script("1", " @exit"), *name[] = {"2", "3", "4", "5"};
	for (int i = 0; i < 4; i++)
		s = script_of(name[i], s);
	long p = puppet(runs_script, (long)s);
	WAIT(p, W_EXITED(0)); /* "@exit" of a path: 0 */
	ERR(run(script_of("6", s)), ELOOP);
	unlink_made();
	const char *self = path_of("self");
	made_count--;
	ERR(run(script_of("self", self)), ELOOP);
	unlink_made();
}

CASE(script_bad, "an interpreter that is not there is ENOENT, one that may not be executed or is a directory EACCES")
{
	ERR(run(script_of("none", "/tmp/litmus.none")), ENOENT);
	ERR(run(script_of("data", file("d", "x", 0600))), EACCES);
	ERR(run(script_of("dir", "/tmp")), EACCES);
	ERR(run(script_of("text", file("t", "x", 0700))), ENOEXEC);
	unlink_made();
}

CASE(script_long, "an interpreter's path that the first 256 bytes do not have whole: ENOEXEC")
{
	char text[400] = "#!/tmp/";
	memset(text + 7, 'x', 300);
	text[307] = '\n';
	ERR(run(file("long", text, 0700)), ENOEXEC);
	unlink_made();
}

CASE(script_no_newline, "a script needs no newline after its interpreter")
{
	struct line l;
	interpreter = copy_of_self("i", 0700);
	l.n = 0;
	put_text(&l, "#!");
	put_text(&l, interpreter);
	put_text(&l, " @script");
	line_put(&l, 0);
	long p = puppet(runs_script, (long)file("s", l.text, 0700));
	WAIT(p, W_EXITED(0));
	unlink_made();
}

/* execveat */
CASE(execveat_fd, "execveat with AT_EMPTY_PATH executes an open file; AT_EXECFN names the descriptor")
{
	long fd = sys(open, own_path, 0x200000); /* O_PATH */
	long p = born();
	if (!p) {
		const char *argv[] = {own_path, "@execfn", "0", 0};
		CHECK(sys(dup2, fd, 45) == 45);
		sys(execveat, 45, "", argv, no_env, 0x1000);
	}
	WAIT(p, W_EXITED(0));
	ERR(sys(execveat, fd, "", no_env, no_env, 0), ENOENT);
	ERR(sys(execveat, 99, "", no_env, no_env, 0x1000), EBADF);
	ERR(sys(execveat, fd, "x", no_env, no_env, 1), EINVAL);
}

ACTOR(execfn)
{
	STR((char *)aux(AT_EXECFN), "/dev/fd/45");
	return 0;
}

CASE(execveat_dir, "execveat with a path relative to a directory; AT_SYMLINK_NOFOLLOW of a link is ELOOP")
{
	const char *to = copy_of_self("target", 0700), *link = path_of("link");
	const char *argv[] = {own_path, "@exit", "3", 0};
	CHECK(sys(symlink, to, link) == 0);
	long dir = sys(open, "/tmp", O_DIRECTORY);
	long p = born();
	if (!p)
		sys(execveat, dir, base(to), argv, no_env, 0);
	WAIT(p, W_EXITED(3));
	ERR(sys(execveat, dir, base(link), argv, no_env, 0x100), ELOOP);
	unlink_made();
}
