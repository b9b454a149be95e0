/* Litmus programs: what a kernel promises, each promise as one small drama. A binary has
 * the cases of one topic; `prog` alone lists them, `prog NAME` plays one. The real kernel
 * is the truth; package kernel/kerneltest plays the cases on it and on the modeled one and
 * compares the transcripts.
 *
 *   CASE(wait_exit, "wait4 reports the exit code in bits 8 to 15")
 *   {
 *           long p = puppet(leaves, 7);
 *           WAIT(p, W_EXITED(7));
 *           ERR(sys(kill, p, 0), ESRCH);
 *   }
 *
 * Each observation is checked in place and is a line of the transcript,
 * `name:line: text = value`, where nothing depends on the run: pids are roles, addresses
 * are not shown, what the kernel leaves open is ANY or not observed.
 * Exit statuses: 0 kept, 77 not to be had here (SKIP), 99 not kept (FAIL).
 *
 * Rules: no sleeping for luck (until_state, the board, pipes); no case depends on time,
 * on addresses, on another case, or on other processes of the machine. Only one process at
 * a time observes: between two that do there is a wait or a rendezvous. */
#ifndef LITMUS_H
#define LITMUS_H
#include "sim.h"
#include <linux/prctl.h>

/* The cases. */
struct litmus {
	const char *name, *promise;
	void (*play)(void);
	long line;
};
extern const struct litmus __start_litmus[], __stop_litmus[];
const struct litmus *playing;

#define CASE(id, text)                                                                      \
	static void play_##id(void);                                                        \
	_Static_assert(sizeof(#id text) < 240, "a line of the list");                       \
	static const struct litmus row_##id                                                 \
		__attribute__((section("litmus"), used, aligned(8))) = {#id, text, play_##id, __LINE__}; \
	static void play_##id(void)

/* An actor is what this binary does when it is executed as `prog @ID WITH` (exec_self):
 *   ACTOR(looks) { IS(sys(getppid), with); return 0; }
 * Its result is the exit status. */
struct actor {
	const char *name;
	long (*act)(long with);
};
extern const struct actor __start_actors[] __attribute__((weak)), __stop_actors[] __attribute__((weak));

#define ACTOR(id)                                                                           \
	static long act_##id(long with);                                                    \
	static const struct actor actor_##id                                                \
		__attribute__((section("actors"), used, aligned(8))) = {"@" #id, act_##id}; \
	static long act_##id(long with MAYBE)

/* What the processes of a case share: the words of the board, all 0 at first. Use
 * advance(&board[i]) and await(&board[i], n), or ADD, LOAD, STORE. Words from 56 on are
 * the framework's. */
int *board;
char *own_path;  /* of this binary, for exec */
char **own_argv; /* the environment and the auxiliary vector lie behind it */

/* Names of numbers. */
struct named {
	long value;
	const char *name;
};
#define N(x) {x, #x}
static const struct named errno_names[] = {
	N(EPERM), N(ENOENT), N(ESRCH), N(EINTR), N(EIO), N(ENXIO), N(E2BIG), N(ENOEXEC), N(EBADF),
	N(ECHILD), N(EAGAIN), N(ENOMEM), N(EACCES), N(EFAULT), N(EBUSY), N(EEXIST), N(ENOTDIR),
	N(EISDIR), N(EINVAL), N(ENFILE), N(EMFILE), N(ENOTTY), N(EFBIG), N(ENOSPC), N(ESPIPE),
	N(EROFS), N(EPIPE), N(ERANGE), N(EDEADLK), N(ENAMETOOLONG), N(ENOSYS), N(ELOOP), N(ETXTBSY),
	N(ETIMEDOUT), N(EOPNOTSUPP), {512, "ERESTARTSYS"}, {513, "ERESTARTNOINTR"},
	{514, "ERESTARTNOHAND"}, {516, "ERESTART_RESTARTBLOCK"}, {0, 0}};
static const struct named signal_names[] = {
	N(SIGHUP), N(SIGINT), N(SIGQUIT), N(SIGILL), N(SIGTRAP), N(SIGABRT), N(SIGBUS), N(SIGFPE),
	N(SIGKILL), N(SIGUSR1), N(SIGSEGV), N(SIGUSR2), N(SIGPIPE), N(SIGALRM), N(SIGTERM),
	N(SIGSTKFLT), N(SIGCHLD), N(SIGCONT), N(SIGSTOP), N(SIGTSTP), N(SIGTTIN), N(SIGTTOU),
	N(SIGURG), N(SIGXCPU), N(SIGXFSZ), N(SIGVTALRM), N(SIGPROF), N(SIGWINCH), N(SIGIO),
	N(SIGPWR), N(SIGSYS), {SIGTRAP | 0x80, "SIGTRAP|0x80"}, {0, 0}};
static const struct named event_names[] = {
	{1, "FORK"}, {2, "VFORK"}, {3, "CLONE"}, {4, "EXEC"}, {5, "VFORK_DONE"}, {6, "EXIT"},
	{7, "SECCOMP"}, {128, "STOP"}, {0, 0}};
#undef N

static const char *name_of(const struct named *n, long value)
{
	while (n->name && n->value != value)
		n++;
	return n->name;
}

static void put_text(struct line *l, const char *s)
{
	while (*s)
		line_put(l, *s++);
}

static void put_named(struct line *l, const struct named *names, long v)
{
	const char *name = name_of(names, v);
	if (name)
		put_text(l, name);
	else
		line_number(l, v, 10);
}

/* A number: an errno by name, a big one in hexadecimal. */
static void put_number(struct line *l, long v)
{
	if (v < 0 && name_of(errno_names, -v)) {
		line_put(l, '-');
		put_text(l, name_of(errno_names, -v));
	} else if (v > 99999 || v < -99999) {
		put_text(l, "0x");
		line_number(l, v, 16);
	} else {
		line_number(l, v, 10);
	}
}

/* Wait statuses, as the kernel writes them (wait(2) has the macros that take them apart).
 * Whether a core was dumped is the machine's business, and left out. */
#define W_EXITED(code) ((code) << 8)
#define W_KILLED(sig) (sig)
#define W_STOPPED(sig) ((sig) << 8 | 0x7f)
#define W_EVENT(event) ((event) << 16 | SIGTRAP << 8 | 0x7f) /* a PTRACE_EVENT_ */
#define W_GROUP(sig) (128 << 16 | (sig) << 8 | 0x7f)         /* PTRACE_EVENT_STOP */
#define W_SYSCALL ((SIGTRAP | 0x80) << 8 | 0x7f)             /* with TRACESYSGOOD */
#define W_CONTINUED 0xffff

static void put_status(struct line *l, long s)
{
	if (s == W_CONTINUED) {
		put_text(l, "continued");
	} else if ((s & 0xff) == 0x7f) {
		put_text(l, "stopped ");
		put_named(l, signal_names, s >> 8 & 0xff);
		if (s >> 16) {
			put_text(l, " event ");
			put_named(l, event_names, s >> 16);
		}
	} else if (s & 0x7f) {
		put_text(l, "killed ");
		put_named(l, signal_names, s & 0x7f);
	} else {
		put_text(l, "exited ");
		line_number(l, s >> 8, 10);
	}
}

MAYBE static void put_wait(struct line *l, long s)
{
	if (s == -EAGAIN)
		put_text(l, "nothing");
	else if (s < 0)
		put_number(l, s);
	else
		put_status(l, s);
}

/* Roles: who a pid is. */
#define ROLES 64
struct {
	long pid;
	const char *name;
} roles[ROLES];
int role_count;

/* role names a process or thread; WHO then shows the name. */
MAYBE static long role(long pid, const char *name)
{
	CHECK(role_count < ROLES && pid > 0);
	roles[role_count].pid = pid;
	roles[role_count++].name = name;
	return pid;
}

MAYBE static void put_role(struct line *l, long p)
{
	for (int i = role_count - 1; p > 0 && i >= 0; i--)
		if (roles[i].pid == p) {
			put_text(l, roles[i].name);
			return;
		}
	if (p > 0)
		put_text(l, "a stranger");
	else
		put_number(l, p);
}

/* Observations. */
typedef void put_fn(struct line *, long);

static void write_line(struct line *l)
{
	line_put(l, '\n');
	if (l->n == sizeof l->text)
		l->text[l->n - 1] = '\n';
	sys(write, 1, l->text, l->n);
}

static void put_where(struct line *l, long at)
{
	l->n = 0;
	put_text(l, playing ? playing->name : "litmus");
	line_put(l, ':');
	line_number(l, at, 10);
	put_text(l, ": ");
}

__attribute__((noreturn)) static void failed(const char *file, long at, const char *text, put_fn *put,
					     long got, long want)
{
	struct line l;
	l.n = 0;
	put_text(&l, "FAIL ");
	put_text(&l, file);
	line_put(&l, ':');
	line_number(&l, at, 10);
	put_text(&l, ": ");
	put_text(&l, text);
	put_text(&l, " is ");
	put(&l, got);
	put_text(&l, ", want ");
	put(&l, want);
	write_line(&l);
	sys(exit_group, 99);
	__builtin_unreachable();
}

MAYBE static void observe(const char *file, long at, const char *text, put_fn *put, long got, long want)
{
	struct line l;
	put_where(&l, at);
	put_text(&l, text);
	put_text(&l, " = ");
	put(&l, got);
	write_line(&l);
	if (got != want)
		failed(file, at, text, put, got, want);
}

MAYBE static void observe_any(const char *file, long at, const char *text, const char *set, long got,
			const long *of, int n)
{
	struct line l;
	put_where(&l, at);
	put_text(&l, text);
	put_text(&l, " is one of ");
	put_text(&l, set);
	write_line(&l);
	while (n-- > 0)
		if (got == of[n])
			return;
	failed(file, at, text, put_number, got, of[0]);
}

MAYBE static void put_string(struct line *l, long s)
{
	put_text(l, (const char *)s);
}

MAYBE static void put_ok(struct line *l, long v)
{
	if (v >= 0)
		put_text(l, "ok");
	else
		put_number(l, v);
}

MAYBE static void put_char(struct line *l, long c)
{
	line_put(l, c);
}

MAYBE static void put_signal(struct line *l, long sig)
{
	put_named(l, signal_names, sig);
}

/* IS: a number. ERR: a call's error. OK: any result but an error, which is not shown.
 * TRUE: a condition. WHO: a pid, shown as a role. STATUS: a wait status. STR: a text.
 * SIG: a signal. STATE: of a process or thread, in /proc (see until_state).
 * ANY(got, a, b): one of them, and the kernel does not promise which. */
#define IS(got, want) observe(__FILE__, __LINE__, #got, put_number, (long)(got), (long)(want))
#define ERR(call, errno) observe(__FILE__, __LINE__, #call, put_number, (long)(call), -(long)(errno))
#define TRUE(x) observe(__FILE__, __LINE__, #x, put_number, !!(x), 1)
#define WHO(got, pid) observe(__FILE__, __LINE__, #got, put_role, (long)(got), (long)(pid))
#define STATUS(got, want) observe(__FILE__, __LINE__, #got, put_wait, plain(got), (long)(want))
#define SIG(got, want) observe(__FILE__, __LINE__, #got, put_signal, (long)(got), (long)(want))
#define STATE(p, want) observe(__FILE__, __LINE__, "state " #p, put_char, state_of(p), want)
#define OK(call)                                                                            \
	({                                                                                  \
		long ok_ = (long)(call);                                                    \
		observe(__FILE__, __LINE__, #call, put_ok, ok_ < 0 && ok_ > -4096 ? ok_ : 0, 0); \
		ok_;                                                                        \
	})
#define STR(got, want)                                                                      \
	({                                                                                  \
		const char *str_ = (got), *is_ = (want);                                    \
		observe(__FILE__, __LINE__, #got, put_string, (long)str_, (long)(same(str_, is_) ? str_ : is_)); \
	})
#define ANY(got, ...)                                                                       \
	({                                                                                  \
		const long any_[] = {__VA_ARGS__};                                          \
		observe_any(__FILE__, __LINE__, #got, #__VA_ARGS__, (long)(got), any_,      \
			    sizeof any_ / sizeof *any_);                                    \
	})

/* SKIP ends the case: this kernel, or who runs it, does not allow for it. */
#define SKIP(why)                                                                           \
	do {                                                                                \
		say("SKIP %s\n", why);                                                      \
		finish();                                                                   \
		sys(exit_group, 77);                                                        \
	} while (0)

MAYBE static long plain(long status)
{
	return status > 0 && (status & 0x7f) && (status & 0x7f) != 0x7f ? status & ~0x80l : status;
}

/* Waiting. */
/* wait_status waits for a process or thread, cloned or not; a status or -errno. */
MAYBE static long wait_status(long pid, long flags)
{
	int status;
	long got;
	while ((got = sys(wait4, pid, &status, flags, 0)) == -EINTR)
		;
	return got < 0 ? got : got == 0 ? -EAGAIN : plain((unsigned)status);
}

/* WAIT: what the next wait for p reports. NOTHING: that there is no report now, which
 * has to be certain (until_state). */
#define WAIT(p, want) observe(__FILE__, __LINE__, "wait " #p, put_wait, wait_status(p, __WALL), want)
#define NOTHING(p) \
	observe(__FILE__, __LINE__, "wait " #p, put_wait, wait_status(p, __WALL | WNOHANG), -EAGAIN)

/* /proc. A file's text, or "" when there is none; the buffer is the caller's. */
MAYBE static char *proc_path(char *to, long pid, const char *file)
{
	struct line l;
	l.n = 0;
	put_text(&l, "/proc/");
	line_number(&l, pid, 10);
	line_put(&l, '/');
	put_text(&l, file);
	memcpy(to, l.text, l.n);
	to[l.n] = 0;
	return to;
}

MAYBE static char *proc_read(char *to, long n, long pid, const char *file)
{
	long fd = sys(open, proc_path(to, pid, file), 0, 0), got = 0;
	if (fd >= 0) {
		for (long more; got < n - 1 && (more = sys(read, fd, to + got, n - 1 - got)) > 0;)
			got += more;
		sys(close, fd);
	}
	to[got] = 0;
	return to;
}

/* The state of a process or thread as /proc has it; 0 when there is none. */
MAYBE static int state_of(long tid)
{
	char text[512];
	char *after = 0;
	for (char *c = proc_read(text, sizeof text, tid, "stat"); *c; c++)
		if (*c == ')')
			after = c;
	return after ? after[2] : 0;
}

/* until_state returns when the thread is in one of the states: S asleep, T stopped,
 * t stopped and traced, Z zombie. */
MAYBE static void until_state(long tid, const char *states)
{
	for (;;) {
		int s = state_of(tid);
		CHECK(s);
		for (const char *c = states; *c; c++)
			if (*c == s)
				return;
		sys(sched_yield);
	}
}

/* until_gone returns when /proc has the process or thread no more. */
MAYBE static void until_gone(long tid)
{
	while (state_of(tid))
		sys(sched_yield);
}

/* The number after "Key:" in /proc/PID/status, or -ENOENT. */
MAYBE static long status_field(long pid, const char *key, unsigned base)
{
	char text[4096];
	for (char *c = proc_read(text, sizeof text, pid, "status"); *c; c++) {
		const char *k = key;
		char *at = c;
		while (*k && *at == *k)
			at++, k++;
		if (!*k && *at == ':' && (c == text || c[-1] == '\n')) {
			long n = 0;
			for (at++; *at == ' ' || *at == '\t'; at++)
				;
			for (; (*at >= '0' && *at <= '9') || (base == 16 && *at >= 'a' && *at <= 'f'); at++)
				n = n * base + (*at <= '9' ? *at - '0' : *at - 'a' + 10);
			return n;
		}
	}
	return -ENOENT;
}

/* Puppets: processes of the case. They die with who made them, once they are on the
 * leash: who forks a child that may outlive the case awaits a word of it first. */
MAYBE static void leash(void)
{
	sys(prctl, PR_SET_PDEATHSIG, SIGKILL);
	sys(prctl, PR_SET_PTRACER, PR_SET_PTRACER_ANY); /* EINVAL without yama */
}

static const char *const puppet_names[] = {"p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"};
int puppets;

/* puppet forks; the child calls fn and exits with 0. Its role is p1, p2, ... */
MAYBE static long puppet(void (*fn)(long), long with)
{
	long p = sys(fork);
	CHECK(p >= 0 && puppets < 9);
	if (p == 0) {
		leash();
		fn(with);
		sys(exit_group, 0);
	}
	return role(p, puppet_names[puppets++]);
}

/* What puppets do. */
MAYBE static void leaves(long code)
{
	sys(exit_group, code);
}

MAYBE static void sleeps(long unused MAYBE)
{
	for (;;)
		sys(pause);
}

/* To itself, the thread. */
MAYBE static void raise(long sig)
{
	CHECK(sys(tgkill, pid(), tid(), sig) == 0);
}

MAYBE static void raises(long sig)
{
	raise(sig);
}

/* exec_self runs this binary again as a puppet of no case: "@exit" "7" exits with 7,
 * "@sleep" sleeps, "@raise" "10" raises, and there are ACTORs. Returns only when it fails. */
MAYBE static long exec_self(const char *what, const char *with)
{
	const char *argv[] = {own_path, what, with, 0}, *env[] = {0};
	return sys(execve, own_path, argv, env);
}

MAYBE static void execs(long code)
{
	char text[24];
	exec_self("@exit", decimal(code, text));
	sys(exit_group, 98);
}

/* finish kills what the case left and reaps it. */
MAYBE static void finish(void)
{
	int status;
	long got;
	for (int i = 0; i < role_count; i++)
		if (sys(wait4, roles[i].pid, &status, WNOHANG | __WALL, 0) >= 0) { /* still ours */
			sys(kill, roles[i].pid, SIGKILL);
			sys(ptrace, 7, roles[i].pid, 0, 0); /* PTRACE_CONT: past a stop at exit */
		}
	while ((got = sys(wait4, -1, &status, __WALL, 0)) != -ECHILD)
		if (got > 0 && (status & 0xff) == 0x7f) {
			sys(kill, got, SIGKILL);
			sys(ptrace, 7, got, 0, 0);
		}
}

static int list(void)
{
	for (long last = 0;;) { /* in the order of the source */
		const struct litmus *next = 0;
		for (const struct litmus *c = __start_litmus; c < __stop_litmus; c++)
			if (c->line > last && (!next || c->line < next->line))
				next = c;
		if (!next)
			return 0;
		say("%s\t%s\n", next->name, next->promise);
		last = next->line;
	}
}

static int act(char **argv)
{
	if (same(argv[1], "@exit"))
		return number(argv[2]);
	if (same(argv[1], "@sleep"))
		sleeps(0);
	if (same(argv[1], "@raise"))
		raise(number(argv[2]));
	role(pid(), "me");
	for (const struct actor *a = __start_actors; a < __stop_actors; a++)
		if (same(a->name, argv[1]))
			return a->act(argv[2] ? number(argv[2]) : 0);
	return 97;
}

int main(int argc, char **argv)
{
	own_path = argv[0];
	own_argv = argv;
	if (argc < 2)
		return list();
	if (argv[1][0] == '@')
		return act(argv);
	sys(alarm, 20);
	board = (int *)sys(mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK((unsigned long)board < -4095ul);
	role(pid(), "me");
	for (const struct litmus *c = __start_litmus; c < __stop_litmus; c++)
		if (same(c->name, argv[1])) {
			playing = c;
			c->play();
			finish();
			return 0;
		}
	say_to(2, "no case %s\n", argv[1]);
	return 2;
}
#endif
