/* System calls and numbers of FreeBSD on amd64, in place of those of Linux's headers and with
 * the same names: sim.h includes it when FREEBSD is defined. Such a program runs on the
 * modeled kernel and on a real FreeBSD 14 or later; a note gives it its brand.
 *
 * A call has its number in rax and arguments in rdi, rsi, rdx, r10, r8, r9; carry says that
 * it failed and rax is then the errno. sys() gives -errno, as elsewhere.
 * Sources: intro(2), sigaction(2), wait6(2), mmap(2); sys/syscall.h, sys/errno.h,
 * sys/signal.h, sys/fcntl.h, sys/elf_common.h. */
#ifndef FREEBSDCALLS_H
#define FREEBSDCALLS_H

#define INLINE static inline __attribute__((always_inline))

/* NT_FREEBSD_ABI_TAG: the version that the program was made for, 15.0; and NT_FREEBSD_FEATURE_CTL,
 * as the kernel overlooks a tag that comes last. */
__asm__(".pushsection .note.tag, \"a\", @note\n\t"
	".p2align 2\n\t"
	".long 8, 4, 1\n\t"
	".asciz \"FreeBSD\"\n\t"
	".long 1500068\n\t"
	".long 8, 4, 4\n\t"
	".asciz \"FreeBSD\"\n\t"
	".long 0\n\t"
	".popsection");

enum { EPERM = 1, ENOENT, ESRCH, EINTR, EIO, ENXIO, E2BIG, ENOEXEC, EBADF, ECHILD, EDEADLK, ENOMEM,
       EACCES, EFAULT, ENOTBLK, EBUSY, EEXIST, EXDEV, ENODEV, ENOTDIR, EISDIR, EINVAL, ENFILE, EMFILE,
       ENOTTY, ETXTBSY, EFBIG, ENOSPC, ESPIPE, EROFS, EMLINK, EPIPE, EDOM, ERANGE, EAGAIN,
       EOPNOTSUPP = 45, ETIMEDOUT = 60, ELOOP = 62, ENAMETOOLONG = 63, ENOSYS = 78 };
enum { SIGHUP = 1, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGEMT, SIGFPE, SIGKILL, SIGBUS, SIGSEGV,
       SIGSYS, SIGPIPE, SIGALRM, SIGTERM, SIGURG, SIGSTOP, SIGTSTP, SIGCONT, SIGCHLD, SIGTTIN, SIGTTOU,
       SIGIO, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH, SIGINFO, SIGUSR1, SIGUSR2, SIGTHR };
enum { O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x200, O_TRUNC = 0x400, O_EXCL = 0x800 };
enum { PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4, MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 0x10,
       MAP_ANONYMOUS = 0x1000 };
enum { WNOHANG = 1, WUNTRACED = 2, WCONTINUED = 4 };
enum { CLD_EXITED = 1, CLD_KILLED, CLD_DUMPED, CLD_TRAPPED, CLD_STOPPED, CLD_CONTINUED };
enum { SIG_BLOCK = 1, SIG_UNBLOCK, SIG_SETMASK };
enum { ITIMER_REAL = 0 };
#define WENT_ON 0x13         /* a status: continued */
#define PROTECTS_NOTHING 0 /* what mprotect(2) of what is not mapped is */

#define __NR_exit 1
#define __NR_fork 2
#define __NR_read 3
#define __NR_write 4
#define __NR_open 5
#define __NR_close 6
#define __NR_wait4 7
#define __NR_break 17
#define __NR_getpid 20
#define __NR_kill 37
#define __NR_getppid 39
#define __NR_sigaltstack 53
#define __NR_execve 59
#define __NR_vfork 66
#define __NR_munmap 73
#define __NR_mprotect 74
#define __NR_setpgid 82
#define __NR_setitimer 83
#define __NR_setsid 147
#define __NR_getpgid 207
#define __NR_nanosleep 240
#define __NR_getsid 310
#define __NR_sched_yield 331
#define __NR_sigprocmask 340
#define __NR_sigsuspend 341
#define __NR_sigpending 343
#define __NR_sigtimedwait 345
#define __NR_sigaction 416
#define __NR_thr_exit 431
#define __NR_thr_self 432
#define __NR__umtx_op 454
#define __NR_thr_new 455
#define __NR_sigqueue 456
#define __NR_mmap 477
#define __NR_thr_kill2 481
#define __NR_pipe2 542

INLINE long sys_(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	_Bool bad;
	__asm__ volatile("syscall"
			 : "+a"(nr), "+d"(c), "=@ccc"(bad), "+r"(r10), "+r"(r8), "+r"(r9)
			 : "D"(a), "S"(b)
			 : "rcx", "r11", "memory");
	return bad ? -nr : nr;
}

/* sys(name, ...) is do_name(six longs). Those that are calls of FreeBSD under that name: */
#define DO(name)                                                                            \
	INLINE MAYBE long do_##name(long a, long b, long c, long d, long e, long f)         \
	{                                                                                   \
		return sys_(__NR_##name, a, b, c, d, e, f);                                 \
	}
DO(fork) DO(read) DO(write) DO(open) DO(close) DO(wait4) DO(getpid) DO(kill) DO(getppid) DO(sigaltstack) DO(execve)
DO(vfork) DO(munmap) DO(mprotect) DO(setpgid) DO(setitimer) DO(setsid) DO(getpgid) DO(nanosleep) DO(getsid)
DO(sched_yield) DO(sigprocmask) DO(sigsuspend) DO(sigaction) DO(thr_exit) DO(thr_new) DO(sigqueue) DO(mmap)
#undef DO

/* Those that FreeBSD has under another name, or not. */
#define AS(name, ...)                                                                       \
	INLINE MAYBE long do_##name(long a MAYBE, long b MAYBE, long c MAYBE, long d MAYBE, \
				    long e MAYBE, long f MAYBE)                             \
	{                                                                                   \
		__VA_ARGS__                                                                 \
	}
AS(exit_group, return sys_(__NR_exit, a, 0, 0, 0, 0, 0);)
AS(tgkill, return sys_(__NR_thr_kill2, a, b, c, 0, 0, 0);)
AS(pipe, return sys_(__NR_pipe2, a, 0, 0, 0, 0, 0);)
AS(rt_sigpending, return sys_(__NR_sigpending, a, 0, 0, 0, 0, 0);)
AS(rt_sigtimedwait, return sys_(__NR_sigtimedwait, a, b, c, 0, 0, 0);)
AS(pause, unsigned old[4]; sys_(__NR_sigprocmask, SIG_BLOCK, 0, (long)old, 0, 0, 0);
   return sys_(__NR_sigsuspend, (long)old, 0, 0, 0, 0, 0);)
extern char _end[];
AS(brk, if (a == 0) return ((long)_end + 4095) & -4096; long err = sys_(__NR_break, a, 0, 0, 0, 0, 0); return err < 0 ? err : a;)

/* Waits and wakes of words that processes may share: UMTX_OP_WAIT_UINT, UMTX_OP_WAKE. */
enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1 };
AS(futex, return b == FUTEX_WAIT ? sys_(__NR__umtx_op, a, 11, c, 0, 0, 0) : sys_(__NR__umtx_op, a, 3, c, 0, 0, 0);)

#define SYS_7(name, a, b, c, d, e, f, ...) \
	do_##name((long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define sys(name, ...) SYS_7(name, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static inline long pid(void) { return sys(getpid); }
INLINE long tid(void)
{
	long id;
	sys_(__NR_thr_self, (long)&id, 0, 0, 0, 0, 0);
	return id;
}
#endif
