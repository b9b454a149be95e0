/* What litmus programs of SVR4 stand on: SVR4's system calls and numbers in place of
 * sim.h, with the same names, and then litmus.h itself. So CASE, IS, ERR, WAIT and the
 * others are those of all litmus programs. They run on the modeled kernel alone: no SVR4
 * runs on this processor. Numbers and offsets are in layout.h, which is written from the
 * tables of kernel/svr4; what the manuals leave open is decided in kernel/svr4/doc.go.
 *
 * A call has its number in rax and arguments in rdi, rsi, rdx, r10, r8, r9; carry says that
 * it failed and rax is then the errno. sys() gives -errno, as elsewhere. */
#ifndef SVR4_H
#define SVR4_H
#define SIM_H /* this is its place */
#include "layout.h"

#define NOINLINE __attribute__((noinline, noclone))
#define NAKED __attribute__((naked, noinline, noclone, used))
#define MAYBE __attribute__((unused))
#define INLINE static inline __attribute__((always_inline))

/* intro(2) */
enum { EPERM = 1, ENOENT, ESRCH, EINTR, EIO, ENXIO, E2BIG, ENOEXEC, EBADF, ECHILD, EAGAIN, ENOMEM,
       EACCES, EFAULT, ENOTBLK, EBUSY, EEXIST, EXDEV, ENODEV, ENOTDIR, EISDIR, EINVAL, ENFILE, EMFILE,
       ENOTTY, ETXTBSY, EFBIG, ENOSPC, ESPIPE, EROFS, EMLINK, EPIPE, EDOM, ERANGE,
       EDEADLK = 45, ENAMETOOLONG = 78, ENOSYS = 89, ELOOP = 90, EOPNOTSUPP = 122, ETIMEDOUT = 145 };
/* signal(5); SIGSTKFLT is Linux's, and never seen */
enum { SIGHUP = 1, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGEMT, SIGFPE, SIGKILL, SIGBUS, SIGSEGV,
       SIGSYS, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD, SIGPWR, SIGWINCH, SIGURG, SIGIO,
       SIGSTOP, SIGTSTP, SIGCONT, SIGTTIN, SIGTTOU, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ,
       SIGSTKFLT = 1000 };
/* fcntl(2), mmap(2), waitid(2) */
enum { O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x100, O_TRUNC = 0x200, O_EXCL = 0x400 };
enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4, MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 0x10,
       MAP_ANONYMOUS = 0x100 };
enum { P_PID = 0, P_ALL = 7, WEXITED = 1, WTRAPPED = 2, WUNTRACED = 4, WCONTINUED = 8, WNOHANG = 0x40,
       WNOWAIT = 0x80, __WALL = 0 };
enum { CLD_EXITED = 1, CLD_KILLED, CLD_DUMPED, CLD_TRAPPED, CLD_STOPPED, CLD_CONTINUED };
enum { SIG_BLOCK = 1, SIG_UNBLOCK = 2, SIG_SETMASK = 3 };

/* call makes a call; *second is rdx afterwards. */
INLINE long call(long nr, long a, long b, long c, long d, long e, long f, long *second)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	_Bool bad;
	__asm__ volatile("syscall"
			 : "+a"(nr), "+d"(c), "=@ccc"(bad)
			 : "D"(a), "S"(b), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	*second = c;
	return bad ? -nr : nr;
}

/* sys(name, ...) is do_name(six longs). Those that are calls of SVR4 under that name: */
#define DO(name)                                                                            \
	INLINE MAYBE long do_##name(long a, long b, long c, long d, long e, long f)         \
	{                                                                                   \
		long second;                                                                \
		return call(SYS_##name, a, b, c, d, e, f, &second);                         \
	}
DO(exit) DO(read) DO(write) DO(open) DO(close) DO(creat) DO(unlink) DO(link) DO(chdir) DO(chmod)
DO(chown) DO(stat) DO(lseek) DO(getpid) DO(setuid) DO(getuid) DO(setgid) DO(getgid) DO(ptrace)
DO(alarm) DO(pause) DO(access) DO(nice) DO(kill) DO(pgrpsys) DO(dup) DO(times) DO(execve) DO(umask)
DO(getdents) DO(sigprocmask) DO(sigsuspend) DO(sigaction) DO(sigpending) DO(context) DO(waitsys)
DO(mmap) DO(mprotect) DO(munmap) DO(yield) DO(lwp_create) DO(lwp_exit) DO(lwp_kill) DO(lwp_self)
DO(lwp_wait) DO(pread) DO(pwrite) DO(nanosleep) DO(setreuid) DO(readlink) DO(seteuid)
#undef DO

/* Those that SVR4 has under another name, or not. */
#define AS(name, ...)                                                                       \
	INLINE MAYBE long do_##name(long a MAYBE, long b MAYBE, long c MAYBE, long d MAYBE, \
				    long e MAYBE, long f MAYBE)                             \
	{                                                                                   \
		long second MAYBE;                                                          \
		__VA_ARGS__                                                                 \
	}
AS(exit_group, return call(SYS_exit, a, 0, 0, 0, 0, 0, &second);)
AS(sched_yield, return call(SYS_yield, 0, 0, 0, 0, 0, 0, &second);)
AS(getppid, call(SYS_getpid, 0, 0, 0, 0, 0, 0, &second); return second;)
AS(geteuid, call(SYS_getuid, 0, 0, 0, 0, 0, 0, &second); return second;)
AS(tgkill, return call(SYS_lwp_kill, b, c, 0, 0, 0, 0, &second);)
AS(prctl, return 0;)
AS(fork, long p = call(SYS_forksys, 0, 0, 0, 0, 0, 0, &second); return p < 0 ? p : second ? 0 : p;)
AS(vfork, long p = call(SYS_vfork, 0, 0, 0, 0, 0, 0, &second); return p < 0 ? p : second ? 0 : p;)
AS(pipe, int *fds = (int *)a; long r = call(SYS_pipe, 0, 0, 0, 0, 0, 0, &second); if (r < 0) return r;
   fds[0] = r; fds[1] = second; return 0;)
AS(setpgrp, return call(SYS_pgrpsys, 1, 0, 0, 0, 0, 0, &second);)

/* What waitsys tells, as a status of wait(2). */
INLINE MAYBE long do_wait4(long id, long status, long flags, long d MAYBE, long e MAYBE, long f MAYBE)
{
	long second, info[SIZE_SIGINFO / 8] = {0};
	const char *b = (char *)info;
	if (status)
		*(int *)status = 0;
	long err = call(SYS_waitsys, id > 0 ? P_PID : P_ALL, id > 0 ? id : 0, (long)info,
			flags | WEXITED | WTRAPPED | WUNTRACED, 0, 0, &second);
	if (err < 0)
		return err;
	int code = *(int *)(b + SIGINFO_si_code), what = *(int *)(b + SIGINFO_si_status);
	static const int after[] = {0, 0, 0, 0x80, 0x7f, 0x7f};
	if (status && code == CLD_CONTINUED)
		*(int *)status = 0xffff;
	else if (status)
		*(int *)status = code == CLD_KILLED || code == CLD_DUMPED ? what | after[code] : what << 8 | after[code];
	return *(int *)(b + SIGINFO_si_pid);
}

#define SYS_7(name, a, b, c, d, e, f, ...) \
	do_##name((long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define sys(name, ...) SYS_7(name, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static inline long pid(void) { return sys(getpid); }
static inline long tid(void) { return sys(lwp_self); }

/* From here on to the entry: what sim.h has that does not depend on the system. */
MAYBE void *memset(void *to, int byte, unsigned long n)
{
	void *at = to;
	__asm__ volatile("rep stosb" : "+D"(at), "+c"(n) : "a"(byte) : "memory");
	return to;
}

MAYBE void *memcpy(void *to, const void *from, unsigned long n)
{
	void *at = to;
	__asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(n) : : "memory");
	return to;
}

MAYBE static int same(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return *a == *b;
}

struct line {
	char text[256];
	unsigned n;
};

static inline void line_put(struct line *l, char c)
{
	if (l->n < sizeof l->text)
		l->text[l->n++] = c;
}

static void line_number(struct line *l, long value, unsigned base)
{
	char digits[24];
	int n = 0;
	unsigned long v = value;
	if (base == 10 && value < 0) {
		line_put(l, '-');
		v = -v;
	}
	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	while (n)
		line_put(l, digits[--n]);
}

static void say_to(int fd, const char *format, ...)
{
	struct line l;
	l.n = 0;
	__builtin_va_list args;
	__builtin_va_start(args, format);
	for (; *format; format++) {
		if (*format != '%') {
			line_put(&l, *format);
			continue;
		}
		switch (*++format) {
		case 'd':
			line_number(&l, __builtin_va_arg(args, long), 10);
			break;
		case 's':
			for (const char *s = __builtin_va_arg(args, const char *); *s; s++)
				line_put(&l, *s);
		}
	}
	__builtin_va_end(args);
	sys(write, fd, l.text, l.n);
}
#define say(...) say_to(1, __VA_ARGS__)
#define CHECK(x)                                                                    \
	do {                                                                        \
		if (!(x)) {                                                         \
			say_to(2, "%s:%d: %s\n", __FILE__, (long)__LINE__, #x);     \
			sys(exit_group, 99);                                        \
		}                                                                   \
	} while (0)

MAYBE static long number(const char *s)
{
	long n = 0;
	for (; *s >= '0' && *s <= '9'; s++)
		n = n * 10 + *s - '0';
	return n;
}

MAYBE static char *decimal(long v, char *to)
{
	struct line l;
	l.n = 0;
	line_number(&l, v, 10);
	memcpy(to, l.text, l.n);
	to[l.n] = 0;
	return to;
}

#define ADD(at, n) __atomic_add_fetch(at, n, __ATOMIC_SEQ_CST)
#define LOAD(at) __atomic_load_n(at, __ATOMIC_SEQ_CST)
#define STORE(at, v) __atomic_store_n(at, v, __ATOMIC_SEQ_CST)

MAYBE static void await(int *word, int n)
{
	while (LOAD(word) < n)
		sys(yield);
}

MAYBE static void advance(int *word)
{
	ADD(word, 1);
}

/* Signals. The kernel calls a handler with the signal, its siginfo and the interrupted
 * context, and has no way back: the handler's end is setcontext (libc hides it). */
struct sigact {
	int flags;
	void (*handler)(int, void *, void *);
	unsigned mask[4];
};
enum { SA_ONSTACK = 1, SA_RESETHAND = 2, SA_RESTART = 4, SA_SIGINFO = 8, SA_NODEFER = 16 };
#define SIG_DFL ((void (*)(int, void *, void *))0)
#define SIG_IGN ((void (*)(int, void *, void *))1)

MAYBE static void handle(int sig, void (*fn)(int, void *, void *))
{
	struct sigact sa = {SA_SIGINFO, fn, {0}};
	CHECK(sys(sigaction, sig, &sa, 0) == 0);
}

#define HANDLER_END(with) do_context(1, (long)(with), 0, 0, 0, 0)

MAYBE static void mask(int how, int sig)
{
	unsigned set[4] = {1u << (sig - 1)};
	CHECK(sys(sigprocmask, how, set, 0) == 0);
}

int main(int argc, char **argv);

__attribute__((used, noreturn)) static void begin(long *sp)
{
	sys(exit_group, main(sp[0], (char **)(sp + 1)));
	__builtin_unreachable();
}

NAKED void _start(void)
{
	__asm__("xor %ebp, %ebp\n\t"
		"mov %rsp, %rdi\n\t"
		"and $-16, %rsp\n\t"
		"call begin");
}

#include "litmus.h"

/* ptrace(2): pt(7, p, 1, 0). A word read that looks like an errno is one. */
#define pt(req, p, addr, data) sys(ptrace, req, p, addr, data)

struct act {
	void (*fn)(long);
	long with;
};

static void asks(long a)
{
	struct act *act = (struct act *)a;
	sys(ptrace, 0, 0, 0, 0);
	act->fn(act->with);
}

/* traced is a puppet that asks to be traced, then acts. */
MAYBE static long traced(void (*fn)(long), long with)
{
	struct act act = {fn, with};
	return puppet(asks, (long)&act);
}

/* A word of the user area, and of a register in it, found as ptrace(2) says. */
#define USER_BASE 0xffffffffe0000000ul
#define user(p, field) pt(3, p, USER_##field, 0)
MAYBE static unsigned long reg_at(long p, int reg)
{
	return (unsigned long)user(p, u_ar0) - USER_BASE + 8 * reg;
}
#define get_reg(p, reg) pt(3, p, reg_at(p, REG_##reg), 0)
#define set_reg(p, reg, v) pt(6, p, reg_at(p, REG_##reg), v)

/* The files of /proc. */
MAYBE static long proc_open(long p, const char *file, long flags)
{
	char path[64];
	return sys(open, proc_path(path, p, file), flags, 0);
}

/* A structure that was read, and its members. */
static char file[4096] __attribute__((aligned(16)));
MAYBE static long proc_get(long p, const char *name)
{
	memset(file, 0, sizeof file);
	long fd = proc_open(p, name, O_RDONLY);
	if (fd < 0)
		return fd;
	long n = sys(read, fd, file, sizeof file);
	sys(close, fd);
	return n;
}
#define INT(field) (*(int *)(file + (field)))
#define SHORT(field) (*(short *)(file + (field)))
#define LONG(field) (*(long *)(file + (field)))
#define HAS(set, n) (((unsigned *)(file + (set)))[((n)-1) / 32] >> (((n)-1) % 32) & 1)

#define LWP(field) (PSTATUS_pr_lwp + LWPSTATUS_##field)
#define PSTATUS(p, field) (proc_get(p, "status"), INT(PSTATUS_##field))
#define WHY(p) (proc_get(p, "status"), SHORT(LWP(pr_why)))
#define WHAT(p) (proc_get(p, "status"), SHORT(LWP(pr_what)))
#define FLAGS(p) (proc_get(p, "status"), INT(LWP(pr_flags)))
#define GREG(p, reg) (proc_get(p, "status"), LONG(LWP(pr_reg) + 8 * REG_##reg))

enum { PR_STOPPED = 1, PR_ISTOP = 2, PR_DSTOP = 4, PR_STEP = 8, PR_ASLEEP = 0x10, PR_VFORKP = 0x2000,
       PR_FORK = 0x100000, PR_RLC = 0x200000, PR_KLC = 0x400000, PR_ASYNC = 0x800000,
       PR_BPTADJ = 0x2000000, PR_PTRACE = 0x4000000 };
enum { PR_REQUESTED = 1, PR_SIGNALLED, PR_SYSENTRY, PR_SYSEXIT, PR_JOBCONTROL, PR_FAULTED };
enum { PRCSIG = 1, PRCFAULT = 2, PRSTEP = 4, PRSABORT = 8, PRSTOP = 16 };
enum { FLTILL = 1, FLTPRIV, FLTBPT, FLTTRACE, FLTWATCH = 12 };
enum { WA_EXEC = 1, WA_WRITE = 2, WA_READ = 4, WA_TRAPAFTER = 8 };
enum { TRAP_RWATCH = 3, TRAP_WWATCH, TRAP_XWATCH };
enum { MA_EXEC = 1, MA_WRITE = 2, MA_READ = 4, MA_SHARED = 8 };

/* Messages. The result is that of the write, 0 for all of it. */
MAYBE static long order(long fd, const void *text, long n)
{
	long r = sys(write, fd, text, n);
	return r == n ? 0 : r;
}

MAYBE static long order0(long fd, long op)
{
	return order(fd, &op, 8);
}

MAYBE static long order1(long fd, long op, long with)
{
	long text[2] = {op, with};
	return order(fd, text, 16);
}

MAYBE static long order_bytes(long fd, long op, const void *arg, long n)
{
	char text[600] __attribute__((aligned(8)));
	CHECK(n <= 592);
	*(long *)text = op;
	memcpy(text + 8, arg, n);
	return order(fd, text, 8 + n);
}

/* order_set orders a set of one member (0: none, -1: all) of n words. */
MAYBE static long order_set(long fd, long op, int member, int n)
{
	unsigned set[16];
	memset(set, member < 0 ? 0xff : 0, sizeof set);
	if (member > 0)
		set[(member - 1) / 32] = 1u << ((member - 1) % 32);
	return order_bytes(fd, op, set, 4 * n);
}
#define trace_signal(fd, sig) order_set(fd, PCSTRACE, sig, 4)
#define trace_fault(fd, flt) order_set(fd, PCSFAULT, flt, 4)
#define trace_entry(fd, nr) order_set(fd, PCSENTRY, nr, 16)
#define trace_exit(fd, nr) order_set(fd, PCSEXIT, nr, 16)

MAYBE static long watch(long fd, const void *at, long n, int flags)
{
	struct {
		const void *at;
		long n;
		int flags, pad;
	} w = {at, n, flags, 0};
	return order_bytes(fd, PCWATCH, &w, sizeof w);
}

/* control opens a process to order it about. */
MAYBE static long control(long p)
{
	long fd = proc_open(p, "ctl", O_WRONLY);
	CHECK(fd >= 0);
	return fd;
}

/* until returns when ps(1) would show a state: S asleep, T stopped, Z zombie. */
MAYBE static void until(long p, char state)
{
	do {
		CHECK(proc_get(p, "psinfo") > 0);
		sys(yield);
	} while (file[PSINFO_pr_lwp + LWPSINFO_pr_sname] != state && !(state == 'Z' && INT(PSINFO_pr_nlwp) == 0));
}

/* Puppets more: one that works on the board until told to leave with the number in
 * board[1], one that sleeps and says so. */
MAYBE static void works(long unused MAYBE)
{
	while (!LOAD(&board[1]))
		ADD(&board[0], 1);
	sys(exit_group, LOAD(&board[1]));
}

/* A held puppet is stopped by /proc; fd is its ctl. */
MAYBE static long held(void (*fn)(long), long with, long *fd)
{
	long p = puppet(fn, with);
	*fd = control(p);
	CHECK(order0(*fd, PCSTOP) == 0);
	return p;
}
#endif
