/* What sim.h has of threads and signals, on FreeBSD. */

/* Who is on none of our stacks. An exec does not change a thread's number here. */
MAYBE static int is_leader(void)
{
	return (unsigned long)__builtin_frame_address(0) - (unsigned long)stacks >= sizeof stacks;
}

/* A thread says that it has ended here: thr_exit(2) puts 1 and wakes who waits. */
long ended_at[THREADS];

/* struct thr_param. */
struct thread_param {
	void *start, *arg, *stack;
	unsigned long stack_size;
	void *tls;
	unsigned long tls_size;
	long *child_tid, *parent_tid;
	long flags;
	void *rtp, *spare[3];
};

/* What is on top of a new thread's stack. It ends when fn returns. */
struct thread_start {
	void (*fn)(long);
	long with, slot;
};

__attribute__((noinline, noreturn)) static void thread_main(struct thread_start *s)
{
	s->fn(s->with);
	sys(thr_exit, &ended_at[s->slot]);
	sys(exit_group, 0); /* the last thread cannot end by itself */
	__builtin_unreachable();
}

MAYBE static void thread(int slot, void (*fn)(long), long with)
{
	CHECK(slot < THREADS);
	struct thread_start *s = (struct thread_start *)(stacks[slot] + STACK) - 1;
	long lwp;
	*s = (struct thread_start){fn, with, slot};
	struct thread_param p = {.start = thread_main, .arg = s, .stack = stacks[slot],
				 .stack_size = (char *)s - stacks[slot], .parent_tid = &lwp};
	STORE(&ended_at[slot], 0);
	CHECK(sys(thr_new, &p, sizeof p) == 0);
	STORE(&tids[slot], lwp);
}

MAYBE static void join(int slot)
{
	while (LOAD(&ended_at[slot]) == 0)
		sys_(__NR__umtx_op, (long)&ended_at[slot], 2, 0, 0, 0, 0); /* UMTX_OP_WAIT: a long */
}

/* set_tid_address: the slot that stands for the thread that a program has at its beginning. */
int leader_slot;
MAYBE static long do_set_tid_address(long at, long b MAYBE, long c MAYBE, long d MAYBE, long e MAYBE, long f MAYBE)
{
	leader_slot = (int *)at - tids;
	ended_at[leader_slot] = 0;
	return tid();
}

/* exit of a thread, that of the last one of the process. */
MAYBE static long do_exit(long code, long b MAYBE, long c MAYBE, long d MAYBE, long e MAYBE, long f MAYBE)
{
	sys(thr_exit, is_leader() ? &ended_at[leader_slot] : 0);
	return sys(exit_group, code);
}

/* ucontext_t and siginfo_t, with Linux's names of the members. */
typedef struct {
	unsigned uc_sigmask[4];
	struct {
		long onstack;
		unsigned long rdi, rsi, rdx, rcx, r8, r9, rax, rbx, rbp, r10, r11, r12, r13, r14, r15;
		unsigned trapno;
		unsigned short fs, gs;
		unsigned long addr;
		unsigned flags;
		unsigned short es, ds;
		unsigned long err, rip, cs, eflags, rsp, ss;
		long rest[75];
	} uc_mcontext;
} context_t;
typedef struct {
	int si_signo, si_errno, si_code, si_pid, si_uid, si_status;
	void *si_addr;
	union {
		int si_int;
		void *si_ptr;
	};
	long rest[5];
} info_t;
enum { SEGV_MAPERR = 1, SEGV_ACCERR, FPE_INTOVF = 1, FPE_INTDIV, ILL_ILLOPC = 1, TRAP_BRKPT = 1, TRAP_TRACE,
       SI_USER = 0x10001, SI_QUEUE = 0x10002, SI_TKILL = 0x10007 /* SI_LWP */ };
typedef struct {
	void *ss_sp;
	unsigned long ss_size;
	int ss_flags;
} stack_t;
enum { SS_ONSTACK = 1, SS_DISABLE = 4 };

/* Real-time signals are 65 to 126. */
#define RT(n) (65 + (n))

/* A handler returns through code of the kernel's. */
struct sigact {
	void (*handler)(int, info_t *, context_t *);
	int flags;
	unsigned mask[4];
};
enum { SA_ONSTACK = 1, SA_RESTART = 2, SA_RESETHAND = 4, SA_NOCLDSTOP = 8, SA_NODEFER = 0x10, SA_NOCLDWAIT = 0x20,
       SA_SIGINFO = 0x40 };

MAYBE static void handle(int sig, void (*fn)(int, info_t *, context_t *), long flags, set_t mask)
{
	struct sigact sa = {fn, flags | SA_SIGINFO, {0}};
	memcpy(sa.mask, &mask, sizeof mask);
	CHECK(sys(sigaction, sig, &sa, 0) == 0);
}

MAYBE static void mask(int how, set_t set)
{
	CHECK(sys(sigprocmask, how, &set, 0) == 0);
}

/* Sleeps until a handler has run, with set for a mask meanwhile. */
MAYBE static void suspend(set_t set)
{
	CHECK(sys(sigsuspend, &set) == -EINTR);
}

/* A signal with a value, to a process. */
MAYBE static long do_rt_sigqueueinfo(long to, long sig, long info, long d MAYBE, long e MAYBE, long f MAYBE)
{
	return sys(sigqueue, to, sig, ((info_t *)info)->si_ptr);
}

/* And to a thread of one's own process (FreeBSD 15). */
MAYBE static long do_rt_tgsigqueueinfo(long process MAYBE, long to, long sig, long info, long e MAYBE, long f MAYBE)
{
	enum { SIGQUEUE_TID = 1 << 31 };
	return sys(sigqueue, to, sig | (unsigned)SIGQUEUE_TID, ((info_t *)info)->si_ptr);
}
