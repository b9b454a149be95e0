/* What a program of the simulation stands on: no libc, no thread-local storage, no
 * vDSO, general registers only, so that the same binary runs on the modeled kernel
 * and on a real one. System calls are raw and return -errno. The constants and
 * structures are those of the kernel's own user headers.
 *
 * Rules of the programs here: the output and the end are the same under any
 * schedule; only functions whose count does not depend on the schedule are called
 * work, or are in the row's Calls; SIGTRAP is never blocked (a breakpoint hit then
 * costs the program its handler); what handlers and threads change is global, not
 * static: GCC takes a static for unseen by a system call. Exit status 99: a check of
 * the program failed. */
#ifndef SIM_H
#define SIM_H

#define NOINLINE __attribute__((noinline, noclone))
#define NAKED __attribute__((naked, noinline, noclone, used)) /* the body is one asm */
#define MAYBE __attribute__((unused))
#define TEXT(macro) TEXT_OF(macro)
#define TEXT_OF(x) #x

#ifdef SVR4
#include "svr4calls.h"
#elif defined FREEBSD
#include "freebsdcalls.h"
#else
#include <asm/sigcontext.h>
#include <asm/signal.h>
#include <asm/siginfo.h>
#include <asm/ucontext.h>
#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/futex.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/time.h>
#include <linux/wait.h>

static inline long sys_(long nr, long a, long b, long c, long d, long e, long f)
{
	long ret;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "0"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}
#define SYS_7(nr, a, b, c, d, e, f, ...) \
	sys_(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
/* sys(getppid), sys(write, 1, text, n): up to six arguments. It is always in line, so
 * sys(vfork) is safe: no return address of the parent lies where the child writes. */
#define sys(name, ...) SYS_7(__NR_##name, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static inline long pid(void)
{
	return sys(getpid);
}

static inline long tid(void)
{
	return sys(gettid);
}

/* Whether this is the thread that a program has at its beginning. */
MAYBE static int is_leader(void)
{
	return tid() == pid();
}

#define WENT_ON 0xffff           /* a status: continued */
#define PROTECTS_NOTHING (-ENOMEM) /* what mprotect(2) of what is not mapped is */
#endif

/* Calls a function of assembly that wants a register no C function is given, and
 * that may change all that it likes but rsp and rbp. */
static inline long call_raw(void *fn, long rax, long rdi, long rsi, long rcx)
{
	__asm__ volatile("call *%[fn]"
			 : "+a"(rax), "+D"(rdi), "+S"(rsi), "+c"(rcx)
			 : [fn] "r"(fn)
			 : "rbx", "rdx", "r8", "r9", "r10", "r11", "memory", "cc");
	return rax;
}

/* Memory. GCC may call these two by itself. */
void *memset(void *to, int byte, unsigned long n)
{
	void *at = to;
	__asm__ volatile("rep stosb" : "+D"(at), "+c"(n) : "a"(byte) : "memory");
	return to;
}

void *memcpy(void *to, const void *from, unsigned long n)
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

/* say writes one line of %d, %x, %s to a descriptor, by one write. */
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
		case 'x':
			line_number(&l, __builtin_va_arg(args, long), 16);
			break;
		case 's':
			for (const char *s = __builtin_va_arg(args, const char *); *s; s++)
				line_put(&l, *s);
		}
	}
	__builtin_va_end(args);
	for (unsigned done = 0; done < l.n;) {
		long n = sys(write, fd, l.text + done, l.n - done);
		if (n > 0)
			done += n;
		else if (n != -EINTR)
			return;
	}
}
#define say(...) say_to(1, __VA_ARGS__) /* numbers are longs: cast them */

/* CHECK(x): x must hold. */
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

/* The n-th argument as a number, or a default; it is at most most. */
MAYBE static long arg(int argc, char **argv, int n, long otherwise, long most)
{
	long v = argc > n ? number(argv[n]) : otherwise;
	CHECK(v >= 0 && v <= most);
	return v;
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

/* Atomics and a spin lock that lets others run. */
#define ADD(at, n) __atomic_add_fetch(at, n, __ATOMIC_SEQ_CST)
#define LOAD(at) __atomic_load_n(at, __ATOMIC_SEQ_CST)
#define STORE(at, v) __atomic_store_n(at, v, __ATOMIC_SEQ_CST)

MAYBE static void spin_lock(int *l)
{
	while (__atomic_exchange_n(l, 1, __ATOMIC_ACQUIRE))
		sys(sched_yield);
}

MAYBE static void spin_unlock(int *l)
{
	__atomic_store_n(l, 0, __ATOMIC_RELEASE);
}

#ifdef SVR4
/* The board that processes share has no queue to sleep on here. */
MAYBE static void await(int *word, int n)
{
	while (LOAD(word) < n)
		sys(yield);
}

MAYBE static void advance(int *word)
{
	ADD(word, 1);
}
#else
/* await returns when *word, which others advance, is at least n. */
MAYBE static void await(int *word, int n)
{
	for (int v; (v = LOAD(word)) < n;)
		sys(futex, word, FUTEX_WAIT, v, 0);
}

MAYBE static void advance(int *word)
{
	ADD(word, 1);
	sys(futex, word, FUTEX_WAKE, 1 << 30);
}
#endif

/* Threads, by slot. A slot may be used again after its join. */
#define THREADS 16
#define STACK (16 << 10)
char stacks[THREADS][STACK] __attribute__((aligned(16)));
int tids[THREADS];

#if !defined SVR4 && !defined FREEBSD
#define THREAD_FLAGS                                                                  \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | \
	 CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

/* clone with what the new thread calls on top of its stack: fn, then arg. The thread
 * ends when fn returns. */
NAKED static long clone_raw(long flags MAYBE, void *sp MAYBE, int *ptid MAYBE, int *ctid MAYBE)
{
	__asm__("mov %rcx, %r10\n\t"
		"mov $56, %eax\n\t" /* clone */
		"syscall\n\t"
		"test %rax, %rax\n\t"
		"jz 1f\n\t"
		"ret\n"
		"1:\txor %ebp, %ebp\n\t"
		"pop %rax\n\t"
		"pop %rdi\n\t"
		"call *%rax\n\t"
		"xor %edi, %edi\n\t"
		"mov $60, %eax\n\t" /* exit: of this thread */
		"syscall\n\t"
		"ud2");
}

MAYBE static void thread(int slot, void (*fn)(long), long with)
{
	CHECK(slot < THREADS);
	long *sp = (long *)(stacks[slot] + STACK) - 2;
	sp[0] = (long)fn;
	sp[1] = with;
	CHECK(clone_raw(THREAD_FLAGS, sp, &tids[slot], &tids[slot]) > 0);
}

MAYBE static void join(int slot)
{
	for (int v; (v = LOAD(&tids[slot])) != 0;)
		sys(futex, &tids[slot], FUTEX_WAIT, v, 0);
}
#endif

/* Processes. */
MAYBE static int reap(int pid)
{
	int status;
	long got;
	while ((got = sys(wait4, pid, &status, 0, 0)) == -EINTR)
		;
	CHECK(got > 0 && (pid < 0 || got == pid));
	return status;
}
#define EXITED(status, code) ((status) == (code) << 8)

/* Descriptors: exactly one byte, whatever interrupts. */
MAYBE static void put_byte(int fd, char c)
{
	long n;
	while ((n = sys(write, fd, &c, 1)) == -EINTR)
		;
	CHECK(n == 1);
}

/* The next byte, or -1 at the end. */
MAYBE static int get_byte(int fd)
{
	unsigned char c;
	long n;
	while ((n = sys(read, fd, &c, 1)) == -EINTR)
		;
	CHECK(n >= 0);
	return n ? c : -1;
}

/* Signals. */
#ifdef FREEBSD
typedef unsigned __int128 set_t;
#else
typedef unsigned long set_t;
#endif
#define BIT(sig) ((set_t)1 << ((sig)-1))
#ifdef SVR4
#ifndef SVR4_H /* which has its own */
#include "svr4sim.h"
#endif
#elif defined FREEBSD
#include "freebsdsim.h"
#else
#define RT(n) (32 + (n)) /* the kernel's real-time signals begin at 32 */
#define SS_DISABLE 2      /* of linux/signal.h, which is the libc's business */
typedef struct siginfo info_t;
typedef struct ucontext context_t;

NAKED static void restorer(void)
{
	__asm__("mov $15, %eax\n\t" /* rt_sigreturn */
		"syscall");
}

MAYBE static void handle(int sig, void (*fn)(int, info_t *, context_t *), long flags, long mask)
{
	struct sigaction sa;
	sa.sa_handler = (__sighandler_t)(void *)fn;
	sa.sa_flags = flags | SA_SIGINFO | SA_RESTORER;
	sa.sa_restorer = restorer;
	sa.sa_mask = mask;
	CHECK(sys(rt_sigaction, sig, &sa, 0, 8) == 0);
}

MAYBE static void mask(int how, unsigned long set)
{
	CHECK(sys(rt_sigprocmask, how, &set, 0, 8) == 0);
}

/* Sleeps until a handler has run, with set for a mask meanwhile. */
MAYBE static void suspend(unsigned long set)
{
	CHECK(sys(rt_sigsuspend, &set, 8) == -EINTR);
}

#endif

/* Sleeps for less than a second, as often as it takes. */
MAYBE static void sleep_ns(long ns)
{
	long left[2] = {0, ns};
	long err;
	while ((err = sys(nanosleep, left, left)) == -EINTR)
		;
	CHECK(err == 0);
}

/* The entry. main's result is the exit status. */
int main(int argc, char **argv);

__attribute__((used, noreturn)) static void begin(long *sp)
{
	sys(exit_group, main(sp[0], (char **)(sp + 1)));
	__builtin_unreachable();
}

#ifdef FREEBSD
#define ARGC_TO_RDI /* it is there */
#else
#define ARGC_TO_RDI "mov %rsp, %rdi\n\t"
#endif

NAKED void _start(void)
{
	__asm__("xor %ebp, %ebp\n\t"
		ARGC_TO_RDI
		"and $-16, %rsp\n\t"
		"call begin");
}
#endif
