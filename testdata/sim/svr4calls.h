/* System calls and numbers of SVR4, in place of those of Linux's headers and with the same
 * names: sim.h includes it when SVR4 is defined. Such programs run on the modeled kernel
 * alone: no SVR4 runs on this processor. Numbers and offsets are in layout.h, which is
 * written from the tables of kernel/svr4.
 *
 * A call has its number in rax and arguments in rdi, rsi, rdx, r10, r8, r9; carry says that
 * it failed and rax is then the errno. sys() gives -errno, as elsewhere. */
#ifndef SVR4CALLS_H
#define SVR4CALLS_H
#include "layout.h"

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
#define WENT_ON 0xffff

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
DO(lwp_wait) DO(pread) DO(pwrite) DO(nanosleep) DO(setreuid) DO(readlink) DO(seteuid) DO(setitimer)
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
AS(pipe, int *fds = (int *)a; fds[0] = fds[1] = -1; long r = call(SYS_pipe, 0, 0, 0, 0, 0, 0, &second); if (r < 0) return r;
   fds[0] = r; fds[1] = second; return 0;)
AS(getsid, return call(SYS_pgrpsys, 2, a, 0, 0, 0, 0, &second);)
AS(setsid, return call(SYS_pgrpsys, 3, 0, 0, 0, 0, 0, &second);)
AS(getpgid, return call(SYS_pgrpsys, 4, a, 0, 0, 0, 0, &second);)
AS(setpgid, return call(SYS_pgrpsys, 5, a, b, 0, 0, 0, &second);)
AS(setpgrp, return call(SYS_pgrpsys, 1, 0, 0, 0, 0, 0, &second);)

/* There is no futex: who waits looks again. */
enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1 };
AS(futex, if (b == FUTEX_WAIT) call(SYS_yield, 0, 0, 0, 0, 0, 0, &second); return 0;)

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
MAYBE static int is_leader(void) { return tid() == 1; }
#endif
