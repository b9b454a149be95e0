/* What sim.h has of threads and signals, on SVR4. */

/* ucontext_t and siginfo_t, with Linux's names of the members. */
typedef struct {
	unsigned long uc_flags;
	void *uc_link;
	unsigned uc_sigmask[4];
	long uc_stack[4];
	struct {
		unsigned long r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax, trapno, err, rip, cs,
			eflags, rsp, ss, fs, gs, es, ds, fsbase, gsbase;
	} uc_mcontext;
	long rest[72];
} __attribute__((aligned(16))) context_t;
typedef struct {
	int si_signo, si_code, si_errno, pad;
	union {
		void *si_addr;
		int si_pid;
	};
	int si_uid, pad2;
	union {
		int si_int, si_status;
	};
	long more[27];
} info_t;
enum { SEGV_MAPERR = 1, SEGV_ACCERR, FPE_INTDIV = 1, ILL_ILLOPC = 1, TRAP_BRKPT = 1, TRAP_TRACE, SI_USER = 0,
       ITIMER_REAL = 0 };

/* A new thread calls what is on top of its stack: fn, then arg. It ends when fn returns. */
NAKED static void thread_start(void)
{
	__asm__("xor %ebp, %ebp\n\t"
		"pop %rax\n\t"
		"pop %rdi\n\t"
		"call *%rax\n\t"
		"mov $160, %eax\n\t" /* lwp_exit */
		"syscall\n\t"
		"ud2");
}

MAYBE static void thread(int slot, void (*fn)(long), long with)
{
	CHECK(slot < THREADS);
	context_t c;
	long *sp = (long *)(stacks[slot] + STACK) - 2;
	sp[0] = (long)fn;
	sp[1] = with;
	CHECK(sys(context, 0, &c) == 0);
	c.uc_mcontext.rip = (unsigned long)thread_start;
	c.uc_mcontext.rsp = (unsigned long)sp;
	CHECK(sys(lwp_create, &c, 0, &tids[slot]) > 0);
}

MAYBE static void join(int slot)
{
	long err;
	while ((err = sys(lwp_wait, tids[slot], 0)) == -EINTR)
		;
	CHECK(err == 0);
}

/* The kernel calls a handler with the signal, its siginfo and the interrupted context, and
 * has no way back: the end is setcontext, which libc hides, and so does this. */
struct sigact {
	int flags;
	void (*handler)(int, info_t *, context_t *);
	unsigned mask[4];
};
enum { SA_ONSTACK = 1, SA_RESETHAND = 2, SA_RESTART = 4, SA_SIGINFO = 8, SA_NODEFER = 16, SA_NOCLDWAIT = 0x10000,
       SA_NOCLDSTOP = 0x20000 };
void (*handlers[32])(int, info_t *, context_t *);

MAYBE static void caught(int sig, info_t *info, context_t *c)
{
	handlers[sig](sig, info, c);
	sys(context, 1, c);
	__builtin_unreachable();
}

MAYBE static void handle(int sig, void (*fn)(int, info_t *, context_t *), long flags, long mask)
{
	struct sigact sa = {flags | SA_SIGINFO, caught, {mask, mask >> 32, 0, 0}};
	handlers[sig] = fn;
	CHECK(sys(sigaction, sig, &sa, 0) == 0);
}

MAYBE static void mask(int how, unsigned long set)
{
	unsigned words[4] = {set, set >> 32, 0, 0};
	CHECK(sys(sigprocmask, how, words, 0) == 0);
}

/* Sleeps until a handler has run, with set for a mask meanwhile. */
MAYBE static void suspend(unsigned long set)
{
	unsigned words[4] = {set, set >> 32, 0, 0};
	CHECK(sys(sigsuspend, words) == -EINTR);
}
