/* Signal frames: what a handler finds on its stack and in its registers, what changes in
 * the frame do, alternate stacks; and what faults say. */
#include "plain.h"

/* fault calls fn(with), which faults at its first instruction or so; the handler returns
 * from fn to its caller with -1. */
long faults_at;

static void returns(int sig, info_t *info, context_t *c)
{
	notes(sig, info, c);
	faults_at = c->uc_mcontext.rip;
	c->uc_mcontext.rip = *(long *)c->uc_mcontext.rsp;
	c->uc_mcontext.rsp += 8;
	c->uc_mcontext.rax = -1;
}

static long fault(int sig, void *fn, long with)
{
	handle(sig, returns, 0, 0);
	return call_raw(fn, 0, with, 0, 0);
}

NAKED static void loads(void)
{
	__asm__("mov (%rdi), %rax\n\tret");
}
NAKED static void stores(void)
{
	__asm__("mov %rax, (%rdi)\n\tret");
}
NAKED static void jumps(void)
{
	__asm__("jmp *%rdi");
}
NAKED static void divides(void)
{
	__asm__("mov $7, %eax\n\txor %edx, %edx\n\txor %ecx, %ecx\n\tdiv %ecx\n\tret");
}
NAKED static void overflows(void)
{
	__asm__("mov $1, %edx\n\tmov $1, %ecx\n\tdiv %ecx\n\tret");
}
NAKED static void is_illegal(void)
{
	__asm__("ud2\n\tret");
}
NAKED static void halts(void)
{
	__asm__("hlt\n\tret");
}
NAKED static void traps(void)
{
	__asm__("int3\n\tret");
}

CASE(fault_maperr, "a load where nothing is mapped: SIGSEGV, SEGV_MAPERR, the address")
{
	char *at = page(PROT_READ);
	CHECK(sys(munmap, at, 4096) == 0);
	IS(fault(SIGSEGV, loads, (long)at + 5), -1);
	SIG(noted.si_signo, SIGSEGV);
	IS(noted.si_code, SEGV_MAPERR);
	TRUE(noted.si_addr == at + 5);
	TRUE(faults_at == (long)loads);
}

CASE(fault_accerr, "a store where it is forbidden: SEGV_ACCERR, the address")
{
	char *at = page(PROT_READ);
	IS(fault(SIGSEGV, stores, (long)at + 8), -1);
	IS(noted.si_code, SEGV_ACCERR);
	TRUE(noted.si_addr == at + 8);
}

CASE(fault_none, "a load from a page of PROT_NONE: SEGV_ACCERR")
{
	char *at = page(PROT_NONE);
	IS(fault(SIGSEGV, loads, (long)at), -1);
	IS(noted.si_code, SEGV_ACCERR);
	TRUE(noted.si_addr == at);
}

CASE(fault_nx, "a jump to a page that may not be executed: SEGV_ACCERR, the address is where it went")
{
	char *at = page(PROT_READ | PROT_WRITE);
	*at = 0xc3;
	IS(fault(SIGSEGV, jumps, (long)at), -1);
	IS(noted.si_code, SEGV_ACCERR);
	TRUE(noted.si_addr == at);
	TRUE(faults_at == (long)at);
}

CASE(fault_across, "an access over the end of a mapping faults at the first byte of the next page")
{
	char *at = page(PROT_READ | PROT_WRITE);
	char *two = (char *)sys(mremap, at, 4096, 8192, 1);
	CHECK((unsigned long)two < -4095ul && sys(munmap, two + 4096, 4096) == 0);
	IS(fault(SIGSEGV, loads, (long)two + 4092), -1);
	TRUE(noted.si_addr == two + 4096);
}

CASE(fault_noncanonical, "an address that cannot be: SIGSEGV from the kernel, address 0")
{
	IS(fault(SIGSEGV, loads, 1l << 60), -1);
	IS(noted.si_code, SI_KERNEL);
	IS(noted.si_addr, 0);
	IS(noted_context.uc_mcontext.trapno, 13);
}

CASE(fault_kernel, "an address of the kernel: SEGV_MAPERR")
{
	IS(fault(SIGSEGV, loads, -4096), -1);
	IS(noted.si_code, SEGV_MAPERR);
	TRUE(noted.si_addr == (void *)-4096);
}

CASE(fault_numbers, "the frame has the trap number, the error code and the address of a page fault")
{
	char *at = page(PROT_READ);
	CHECK(*(volatile char *)at == 0);
	IS(fault(SIGSEGV, stores, (long)at + 16), -1);
	IS(noted_context.uc_mcontext.trapno, 14);
	IS(noted_context.uc_mcontext.err, 7); /* present, write, user */
	TRUE(noted_context.uc_mcontext.cr2 == (unsigned long)at + 16);
	CHECK(sys(munmap, at, 4096) == 0);
	IS(fault(SIGSEGV, loads, (long)at), -1);
	IS(noted_context.uc_mcontext.err, 4); /* absent, read, user */
}

CASE(fault_divide, "division by zero: SIGFPE, FPE_INTDIV, at the instruction")
{
	IS(fault(SIGFPE, divides, 0), -1);
	SIG(noted.si_signo, SIGFPE);
	IS(noted.si_code, FPE_INTDIV);
	TRUE((long)noted.si_addr == faults_at);
	IS(noted_context.uc_mcontext.trapno, 0);
}

CASE(fault_overflow, "a quotient too big is reported as division by zero is: FPE_INTDIV")
{
	IS(fault(SIGFPE, overflows, 0), -1);
	IS(noted.si_code, FPE_INTDIV);
	TRUE((long)noted.si_addr == faults_at);
}

CASE(fault_illegal, "ud2: SIGILL, ILL_ILLOPN, at the instruction")
{
	IS(fault(SIGILL, is_illegal, 0), -1);
	SIG(noted.si_signo, SIGILL);
	IS(noted.si_code, ILL_ILLOPN);
	TRUE((long)noted.si_addr == (long)is_illegal);
	TRUE(faults_at == (long)is_illegal);
}

CASE(fault_privileged, "hlt is not for users: SIGSEGV from the kernel, address 0, at the instruction")
{
	IS(fault(SIGSEGV, halts, 0), -1);
	IS(noted.si_code, SI_KERNEL);
	IS(noted.si_addr, 0);
	TRUE(faults_at == (long)halts);
}

CASE(fault_int3, "int3: SIGTRAP from the kernel, address 0, past the instruction")
{
	IS(fault(SIGTRAP, traps, 0), -1);
	SIG(noted.si_signo, SIGTRAP);
	IS(noted.si_code, SI_KERNEL);
	IS(noted.si_addr, 0);
	TRUE(faults_at == (long)traps + 1);
	IS(noted_context.uc_mcontext.trapno, 3);
}

NAKED static void flagged(void)
{
	__asm__("pushf\n\t"
		"orl $0x100, (%rsp)\n\t"
		"popf\n\t"
		"nop\n"
		"flagged_trap:\n\t"
		"nop\n\t"
		"ret");
}
extern char flagged_trap[];

static void traps_once(int sig, info_t *info, context_t *c)
{
	notes(sig, info, c);
	c->uc_mcontext.eflags &= ~0x100ul;
}

CASE(fault_step, "the trap flag: SIGTRAP, TRAP_TRACE, after the next instruction, and its address; the handler is not stepped")
{
	handle(SIGTRAP, traps_once, 0, 0);
	call_raw(flagged, 0, 0, 0, 0);
	IS(runs[SIGTRAP], 1);
	IS(noted.si_code, TRAP_TRACE);
	TRUE(noted.si_addr == flagged_trap);
	TRUE(noted_context.uc_mcontext.rip == (unsigned long)flagged_trap);
	IS(noted_context.uc_mcontext.eflags & 0x100, 0x100);
}

CASE(fault_bus, "past the end of a mapped file: SIGBUS, BUS_ADRERR; up to the end of its last page, zeros")
{
	const char *path = file("bus", "x", 0600);
	long fd = sys(open, path, O_RDWR);
	char *at = (char *)sys(mmap, 0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	unlink_made();
	CHECK((unsigned long)at < -4095ul);
	IS(at[0], 'x');
	IS(at[4095], 0);
	IS(fault(SIGBUS, loads, (long)at + 4096), -1);
	SIG(noted.si_signo, SIGBUS);
	IS(noted.si_code, BUS_ADRERR);
	TRUE(noted.si_addr == at + 4096);
}

CASE(fault_truncated, "pages of a mapped file that is made shorter are gone: SIGBUS")
{
	const char *path = path_of("cut");
	long fd = sys(open, path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(sys(ftruncate, fd, 8192) == 0);
	char *at = (char *)sys(mmap, 0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	unlink_made();
	at[5000] = 'a';
	CHECK(sys(ftruncate, fd, 100) == 0);
	IS(fault(SIGBUS, loads, (long)at + 5000), -1);
	TRUE(noted.si_addr == at + 5000);
	CHECK(sys(ftruncate, fd, 8192) == 0);
	IS(at[5000], 0);
}

static void faults_so(long how)
{
	limit(RLIMIT_CORE, 0);
	handle(SIGSEGV, counts, 0, 0);
	if (how == 1)
		mask(SIG_BLOCK, BIT(SIGSEGV));
	if (how == 2)
		action(SIGSEGV, IGN, 0, 0);
	call_raw(loads, 0, 0, 0, 0);
}

CASE(fault_blocked, "a fault whose signal is blocked ends the process, handler or not")
{
	WAIT(puppet(faults_so, 1), W_KILLED(SIGSEGV));
	IS(board[0], 0);
}

CASE(fault_ignored, "a fault whose signal is ignored ends the process")
{
	WAIT(puppet(faults_so, 2), W_KILLED(SIGSEGV));
}

static void faults_again(int sig MAYBE, info_t *i MAYBE, context_t *c MAYBE)
{
	advance(&board[0]);
	call_raw(loads, 0, 0, 0, 0);
}

CASE(fault_in_handler, "a fault in the handler of the same signal ends the process")
{
	long p = born();
	if (!p) {
		limit(RLIMIT_CORE, 0);
		handle(SIGSEGV, faults_again, 0, 0);
		call_raw(loads, 0, 0, 0, 0);
	}
	WAIT(p, W_KILLED(SIGSEGV));
	IS(board[0], 1);
}

CASE(fault_repeats, "a handler that only returns faults again; the instruction is done when the cause is gone")
{
	void opens(int sig, info_t *info, context_t *c)
	{
		notes(sig, info, c);
		if (runs[SIGSEGV] == 3)
			CHECK(sys(mprotect, (long)info->si_addr & -4096, 4096, PROT_READ | PROT_WRITE) == 0);
	}
	char *at = page(PROT_READ);
	handle(SIGSEGV, opens, 0, 0);
	IS(call_raw(stores, 77, (long)at, 0, 0), 77);
	IS(runs[SIGSEGV], 3);
	IS(at[0], 77);
}

CASE(fault_thread, "a fault's signal is for the thread that faulted")
{
	void faults(long u MAYBE)
	{
		board[0] = call_raw(loads, 0, 0, 0, 0);
	}
	handle(SIGSEGV, returns, 0, 0);
	thread(0, faults, 0);
	join(0);
	IS(board[0], -1);
	IS(runs[SIGSEGV], 1);
}

CASE(fault_syscall, "a system call with a bad address is EFAULT and no signal")
{
	handle(SIGSEGV, returns, 0, 0);
	ERR(sys(nanosleep, 8, 0), EFAULT);
	IS(runs[SIGSEGV], 0);
}

CASE(fault_recursion, "a stack that overflows is SIGSEGV, fatal if the handler is to run on that very stack")
{
	long p = born();
	if (!p) {
		limit(RLIMIT_CORE, 0);
		handle(SIGSEGV, counts, 0, 0);
		char *low = page(PROT_READ | PROT_WRITE);
		__asm__ volatile("mov %0, %%rsp\n\tpush %%rax" : : "r"(low) : "memory");
	}
	WAIT(p, W_KILLED(SIGSEGV));
	IS(board[0], 0);
}

/* The frame. enters is a handler: it notes its registers and calls look. */
long entered[6]; /* rsp, rdi, rsi, rdx, rflags, rax */
context_t *frame;
void (*look_fn)(context_t *);

__attribute__((used)) static void looks(int sig MAYBE, info_t *info MAYBE, context_t *c)
{
	frame = c;
	if (look_fn)
		look_fn(c);
}

NAKED static void enters(int sig MAYBE, info_t *info MAYBE, context_t *c MAYBE)
{
	__asm__("pushf\n\t"
		"popq entered+32\n\t"
		"mov %rsp, entered\n\t"
		"mov %rdi, entered+8\n\t"
		"mov %rsi, entered+16\n\t"
		"mov %rdx, entered+24\n\t"
		"mov %rax, entered+40\n\t"
		"jmp looks");
}

/* Sends SIGUSR1 to itself with known registers. */
long sent[8]; /* before: rbx r12 r13 rsp rip; after: rbx r12 r13 */
NAKED static void sends(void)
{
	__asm__("push %rbx\n\tpush %rbp\n\tpush %r12\n\tpush %r13\n\t"
		"mov $0x1111, %ebx\n\tmov $0x2222, %ebp\n\tmov $0x3333, %r12d\n\tmov $0x4444, %r13d\n\t"
		"mov $39, %eax\n\tsyscall\n\t" /* getpid */
		"mov %eax, %edi\n\t"
		"mov $10, %esi\n\t"
		"mov $0x5555, %edx\n\tmov $0x6666, %r8d\n\tmov $0x7777, %r9d\n\tmov $0x8888, %r10d\n\t"
		"mov %rsp, sent\n\t"
		"mov $62, %eax\n\tstd\n\tsyscall\n" /* kill */
		"sends_after:\n\t"
		"pushf\n\tpopq sent+8\n\tcld\n\t"
		"mov %rax, sent+16\n\tmov %rbx, sent+24\n\tmov %r12, sent+32\n\tmov %rdx, sent+40\n\t"
		"pop %r13\n\tpop %r12\n\tpop %rbp\n\tpop %rbx\n\t"
		"ret");
}
extern char sends_after[];

static void send_usr1(void (*look)(context_t *), long flags)
{
	look_fn = look;
	handle(SIGUSR1, enters, flags, 0);
	call_raw(sends, 0, 0, 0, 0);
}

CASE(frame_registers, "the frame has all registers as they were, after the call that sent the signal")
{
	void checks(context_t *c)
	{
		struct sigcontext *r = &c->uc_mcontext;
		IS(r->rbx, 0x1111);
		IS(r->rbp, 0x2222);
		IS(r->r12, 0x3333);
		IS(r->r13, 0x4444);
		IS(r->rdx, 0x5555);
		IS(r->r8, 0x6666);
		IS(r->r9, 0x7777);
		IS(r->r10, 0x8888);
		IS(r->rsi, 10);
		IS(r->rax, 0);
		TRUE(r->rip == (unsigned long)sends_after);
		TRUE(r->rcx == r->rip);
		TRUE(r->rsp == (unsigned long)sent[0]);
		IS(r->cs, 0x33);
		IS(r->eflags & 0x400, 0x400); /* DF */
		TRUE(r->r11 == r->eflags);
	}
	send_usr1(checks, 0);
	IS(sent[2], 0);
	IS(sent[3], 0x1111);
	IS(sent[4], 0x3333);
	IS(sent[5], 0x5555);
	IS(sent[1] & 0x400, 0x400);
}

CASE(frame_arguments, "a handler gets the signal, siginfo and context in rdi, rsi, rdx, and 0 in rax")
{
	send_usr1(0, 0);
	IS(entered[1], SIGUSR1);
	IS(((info_t *)entered[2])->si_signo, SIGUSR1);
	TRUE(entered[3] == (long)frame);
	IS(entered[5], 0);
}

CASE(frame_flags, "a handler starts with the direction, trap and resume flags clear")
{
	send_usr1(0, 0);
	IS(entered[4] & 0x400, 0);
	IS(entered[4] & 0x100, 0);
	IS(entered[4] & 0x10000, 0);
}

CASE(frame_stack, "a handler's stack: below the red zone, aligned as after a call, the restorer to return to")
{
	send_usr1(0, 0);
	TRUE(entered[0] < sent[0] - 128);
	IS((entered[0] + 8) & 15, 0);
	TRUE(*(long *)entered[0] == (long)restorer);
	TRUE(entered[3] == entered[0] + 8);
}

CASE(frame_layout, "the context follows the return address, siginfo is 304 bytes on; uc_link is 0")
{
	send_usr1(0, 0);
	IS(sizeof(context_t), 304);
	IS(entered[2] - entered[3], 304);
	IS(frame->uc_link, 0);
	IS(frame->uc_flags & 6, 6); /* UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS */
	IS(frame->uc_mcontext.ss, 0x2b);
}

CASE(frame_fpstate, "the frame points to the floating-point state, aligned; MXCSR is in it")
{
	void checks(context_t *c)
	{
		long at = (long)c->uc_mcontext.fpstate;
		TRUE(at > (long)c);
		IS(at & 63, 0);
		IS(*(int *)(at + 24), 0x1f80);
		IS(*(unsigned short *)at, 0x37f);
	}
	send_usr1(checks, 0);
}

NAKED static long keeps_xmm(void)
{
	__asm__("mov $0x1234, %eax\n\tmovq %rax, %xmm3\n\t"
		"call sends\n\t"
		"movq %xmm3, %rax\n\tret");
}

static void spoils_xmm(context_t *c MAYBE)
{
	__asm__ volatile("pcmpeqb %xmm3, %xmm3");
}

CASE(frame_xmm, "xmm registers are as before when the handler has returned")
{
	look_fn = spoils_xmm;
	handle(SIGUSR1, enters, 0, 0);
	IS(call_raw(keeps_xmm, 0, 0, 0, 0), 0x1234);
}

static void sets_xmm(context_t *c)
{
	((long *)((char *)c->uc_mcontext.fpstate + 160))[2 * 3] = 0x4321;
}

CASE(frame_set_xmm, "an xmm register changed in the frame is changed when the handler has returned")
{
	look_fn = sets_xmm;
	handle(SIGUSR1, enters, 0, 0);
	IS(call_raw(keeps_xmm, 0, 0, 0, 0), 0x4321);
}

static void drops_xmm(context_t *c)
{
	c->uc_mcontext.fpstate = 0;
}

CASE(frame_no_fpstate, "without its floating-point state sigreturn clears the xmm registers")
{
	look_fn = drops_xmm;
	handle(SIGUSR1, enters, 0, 0);
	IS(call_raw(keeps_xmm, 0, 0, 0, 0), 0);
}

CASE(frame_set_registers, "registers changed in the frame are changed when the handler has returned")
{
	void changes(context_t *c)
	{
		c->uc_mcontext.rax = -77;
		c->uc_mcontext.rbx = 0xabcd;
		c->uc_mcontext.rdx = 0x123456789a;
		c->uc_mcontext.eflags &= ~0x400ul;
		c->uc_mcontext.eflags |= 1;
	}
	send_usr1(changes, 0);
	IS(sent[2], -77);
	IS(sent[3], 0xabcd);
	IS(sent[5], 0x123456789a);
	IS(sent[1] & 0x401, 1);
}

CASE(frame_set_flags, "flags that are not a user's cannot be set by the frame: IOPL and IF stay")
{
	void changes(context_t *c)
	{
		c->uc_mcontext.eflags |= 0x3000;
		c->uc_mcontext.eflags &= ~0x200ul;
	}
	send_usr1(changes, 0);
	IS(sent[1] & 0x3200, 0x200);
}

CASE(frame_mask, "the frame has the mask that is restored; a changed one is in force after, but for SIGKILL and SIGSTOP")
{
	void changes(context_t *c)
	{
		IS(c->uc_sigmask, BIT(SIGHUP));
		c->uc_sigmask = BIT(SIGTERM) | BIT(SIGKILL) | BIT(SIGSTOP);
	}
	mask(SIG_BLOCK, BIT(SIGHUP));
	send_usr1(changes, 0);
	IS(blocked(), BIT(SIGTERM));
}

CASE(frame_mask_procmask, "what the handler does to its mask is lost when it returns")
{
	void changes(context_t *c MAYBE)
	{
		mask(SIG_BLOCK, BIT(SIGTERM));
	}
	send_usr1(changes, 0);
	IS(blocked(), 0);
}

CASE(frame_mask_delivers, "a signal that the handler's return unblocks is delivered at once")
{
	void raises_more(context_t *c MAYBE)
	{
		raise(SIGUSR2);
		IS(runs[SIGUSR2], 0);
	}
	look_fn = raises_more;
	handle(SIGUSR1, enters, 0, BIT(SIGUSR2));
	handle(SIGUSR2, notes, 0, 0);
	raise(SIGUSR1);
	IS(runs[SIGUSR2], 1);
}

static void bad_return(long how)
{
	limit(RLIMIT_CORE, 0);
	if (how == 0) /* no frame there */
		__asm__ volatile("mov $4096, %%esp\n\tmov $15, %%eax\n\tsyscall" : : : "memory");
	else
		raise(SIGUSR1);
}

CASE(frame_unreadable, "sigreturn from an address that cannot be read: SIGSEGV")
{
	WAIT(puppet(bad_return, 0), W_KILLED(SIGSEGV));
}

CASE(frame_bad_fpstate, "sigreturn with a bad pointer to the floating-point state: SIGSEGV")
{
	void changes(context_t *c)
	{
		c->uc_mcontext.fpstate = (void *)64;
	}
	look_fn = changes;
	handle(SIGUSR1, enters, 0, 0);
	WAIT(puppet(bad_return, 1), W_KILLED(SIGSEGV));
}

CASE(frame_bad_caught, "the SIGSEGV of a bad frame can be handled: it is from the kernel, address 0")
{
	void caught(int sig MAYBE, info_t *info, context_t *c MAYBE)
	{
		IS(info->si_code, SI_KERNEL);
		IS(info->si_addr, 0);
		sys(exit_group, 6);
	}
	long p = born();
	if (!p) {
		handle(SIGSEGV, caught, SA_ONSTACK, 0);
		stack_t s = {.ss_sp = stacks[0], .ss_size = STACK};
		CHECK(sys(sigaltstack, &s, 0) == 0);
		bad_return(0);
	}
	WAIT(p, W_EXITED(6));
}

CASE(frame_bad_rip, "a frame's rip may be anything; the fault comes at the first instruction")
{
	void caught(int sig MAYBE, info_t *info, context_t *c)
	{
		IS(info->si_code, SEGV_MAPERR);
		IS(info->si_addr, 4096);
		IS(c->uc_mcontext.rip, 4096);
		sys(exit_group, 6);
	}
	void changes(context_t *c)
	{
		c->uc_mcontext.rip = 4096;
	}
	long p = born();
	if (!p) {
		handle(SIGSEGV, caught, 0, 0);
		send_usr1(changes, 0);
	}
	WAIT(p, W_EXITED(6));
}

CASE(frame_no_room, "no room for the frame: SIGSEGV, fatal on that stack")
{
	long p = born();
	if (!p) {
		limit(RLIMIT_CORE, 0);
		handle(SIGUSR1, counts, 0, 0);
		long at = (long)page(PROT_READ | PROT_WRITE) + 256;
		__asm__ volatile("mov %0, %%rsp\n\t"
				 "mov $39, %%eax\n\tsyscall\n\tmov %%eax, %%edi\n\tmov $10, %%esi\n\t"
				 "mov $62, %%eax\n\tsyscall" : : "r"(at) : "memory");
	}
	WAIT(p, W_KILLED(SIGSEGV));
	IS(board[0], 0);
}

static int restart_pipe[2];
static void restarts(long flags)
{
	void tells(int sig MAYBE, info_t *i MAYBE, context_t *c)
	{
		board[1] = c->uc_mcontext.rax;
		board[2] = *(unsigned short *)c->uc_mcontext.rip == 0x050f; /* syscall */
		advance(&board[0]);
	}
	char b;
	handle(SIGUSR1, tells, flags, 0);
	leaves(sys(read, restart_pipe[0], &b, 1) == 1 ? 1 : 2);
}

CASE(frame_restart, "a call to be restarted: the frame's rip is at the syscall instruction, rax its number again")
{
	CHECK(sys(pipe, restart_pipe) == 0);
	long p = puppet(restarts, SA_RESTART);
	until_state(p, "S");
	IS(sys(kill, p, SIGUSR1), 0);
	await(&board[0], 1);
	put_byte(restart_pipe[1], 'x');
	WAIT(p, W_EXITED(1));
	IS(board[1], __NR_read);
	IS(board[2], 1);
}

CASE(frame_eintr, "a call that was interrupted: the frame's rip is past it, rax is -EINTR")
{
	CHECK(sys(pipe, restart_pipe) == 0);
	long p = puppet(restarts, 0);
	until_state(p, "S");
	IS(sys(kill, p, SIGUSR1), 0);
	WAIT(p, W_EXITED(2));
	IS(board[1], -EINTR);
	IS(board[2], 0);
}

CASE(frame_longjmp, "a handler need not return: left by a jump, its signal stays blocked")
{
	long p = born();
	if (!p) {
		void leaves_it(int sig MAYBE, info_t *i MAYBE, context_t *c MAYBE)
		{
			IS(blocked(), BIT(SIGUSR1));
			IS(sys(kill, pid(), SIGUSR1), 0);
			IS(pending(), BIT(SIGUSR1));
			leaves(2);
		}
		handle(SIGUSR1, leaves_it, 0, 0);
		raise(SIGUSR1);
	}
	WAIT(p, W_EXITED(2));
}

/* Alternate stacks */
#define ALT 8192
char alt[2 * ALT] __attribute__((aligned(64)));

static long set_alt(void *at, long size, int flags)
{
	stack_t s = {.ss_sp = at, .ss_size = size, .ss_flags = flags};
	return sys(sigaltstack, &s, 0);
}

static int on(long sp, char *stack)
{
	return sp > (long)stack && sp <= (long)stack + ALT;
}

CASE(alt_none, "at first there is no alternate stack: SS_DISABLE, all zeros")
{
	stack_t old = {.ss_size = 1};
	IS(sys(sigaltstack, 0, &old), 0);
	IS(old.ss_flags, SS_DISABLE);
	IS(old.ss_sp, 0);
	IS(old.ss_size, 0);
}

CASE(alt_old, "sigaltstack returns the old one")
{
	stack_t old;
	IS(set_alt(alt, ALT, 0), 0);
	stack_t s = {.ss_sp = alt + ALT, .ss_size = ALT};
	IS(sys(sigaltstack, &s, &old), 0);
	TRUE(old.ss_sp == alt);
	IS(old.ss_size, ALT);
	IS(old.ss_flags, 0);
}

CASE(alt_errors, "sigaltstack: too small is ENOMEM, unknown flags EINVAL, bad addresses EFAULT")
{
	ERR(set_alt(alt, 2047, 0), ENOMEM);
	ERR(set_alt(alt, 0, 0), ENOMEM);
	ERR(set_alt(alt, ALT, 4), EINVAL);
	ERR(sys(sigaltstack, 8, 0), EFAULT);
	IS(set_alt(alt, 2048, 0), 0);
	IS(set_alt(alt, ALT, SS_ONSTACK), 0); /* taken for 0, as ever */
	stack_t s = {.ss_sp = alt, .ss_size = ALT};
	ERR(sys(sigaltstack, &s, 8), EFAULT);
}

CASE(alt_disable, "SS_DISABLE takes it away, whatever else is said")
{
	stack_t old;
	IS(set_alt(alt, ALT, 0), 0);
	IS(set_alt(alt, 5, SS_DISABLE), 0);
	IS(sys(sigaltstack, 0, &old), 0);
	IS(old.ss_flags, SS_DISABLE);
	IS(old.ss_sp, 0);
	IS(old.ss_size, 0);
	send_usr1(0, SA_ONSTACK);
	TRUE(!on(entered[0], alt));
}

CASE(alt_used, "only handlers with SA_ONSTACK run on the alternate stack")
{
	CHECK(set_alt(alt, ALT, 0) == 0);
	send_usr1(0, 0);
	TRUE(!on(entered[0], alt));
	send_usr1(0, SA_ONSTACK);
	TRUE(on(entered[0], alt));
	IS((entered[0] + 8) & 15, 0);
}

CASE(alt_busy, "while on it, it can neither be changed nor taken away (EPERM), and shows SS_ONSTACK")
{
	void checks(context_t *c MAYBE)
	{
		stack_t old;
		ERR(set_alt(alt + ALT, ALT, 0), EPERM);
		ERR(set_alt(0, 0, SS_DISABLE), EPERM);
		IS(sys(sigaltstack, 0, &old), 0);
		IS(old.ss_flags, SS_ONSTACK);
		TRUE(old.ss_sp == alt);
	}
	CHECK(set_alt(alt, ALT, 0) == 0);
	send_usr1(checks, SA_ONSTACK);
	IS(set_alt(alt + ALT, ALT, 0), 0);
}

CASE(alt_in_frame, "the frame says which alternate stack there is, and that one was not on it")
{
	void checks(context_t *c)
	{
		TRUE(c->uc_stack.ss_sp == alt);
		IS(c->uc_stack.ss_size, ALT);
		IS(c->uc_stack.ss_flags, 0);
	}
	CHECK(set_alt(alt, ALT, 0) == 0);
	send_usr1(checks, SA_ONSTACK);
}

CASE(alt_restored, "sigreturn sets the alternate stack that the frame names")
{
	void changes(context_t *c)
	{
		c->uc_stack.ss_sp = alt + ALT;
	}
	stack_t old;
	CHECK(set_alt(alt, ALT, 0) == 0);
	send_usr1(changes, 0);
	IS(sys(sigaltstack, 0, &old), 0);
	TRUE(old.ss_sp == alt + ALT);
}

CASE(alt_nested, "a handler on the alternate stack is interrupted by another on the same stack, further down")
{
	void raises_more(context_t *c MAYBE)
	{
		long sp = entered[0];
		look_fn = 0;
		raise(SIGUSR2);
		TRUE(entered[0] > (long)alt && entered[0] < sp);
	}
	CHECK(set_alt(alt, 2 * ALT, 0) == 0);
	handle(SIGUSR2, enters, SA_ONSTACK, 0);
	send_usr1(raises_more, SA_ONSTACK);
}

CASE(alt_autodisarm, "SS_AUTODISARM: while the handler runs there is no alternate stack, so it can be changed")
{
	void checks(context_t *c MAYBE)
	{
		stack_t old;
		IS(sys(sigaltstack, 0, &old), 0);
		IS(old.ss_flags, SS_DISABLE);
		IS(set_alt(alt + ALT, ALT, 0), 0);
	}
	stack_t old;
	IS(set_alt(alt, ALT, 1 << 31), 0);
	send_usr1(checks, SA_ONSTACK);
	TRUE(on(entered[0], alt));
	IS(sys(sigaltstack, 0, &old), 0);
	TRUE(old.ss_sp == alt); /* the frame's again */
	IS((unsigned)old.ss_flags, 1u << 31);
}

CASE(alt_overflow, "a handler of SIGSEGV on the alternate stack can see to a stack that overflowed")
{
	CHECK(set_alt(alt, ALT, 0) == 0);
	long p = born();
	if (!p) {
		void sees(int sig MAYBE, info_t *i MAYBE, context_t *c MAYBE)
		{
			leaves(8);
		}
		handle(SIGSEGV, sees, SA_ONSTACK, 0);
		__asm__ volatile("mov %0, %%rsp\n\tpush %%rax" : : "r"(page(PROT_READ)) : "memory");
	}
	WAIT(p, W_EXITED(8));
}

CASE(alt_too_full, "no room for another frame on the alternate stack: SIGSEGV, fatal")
{
	void fills(context_t *c MAYBE)
	{
		raise(SIGUSR1);
	}
	long p = born();
	if (!p) {
		limit(RLIMIT_CORE, 0);
		look_fn = fills;
		CHECK(set_alt(alt + ALT, ALT, 0) == 0);
		handle(SIGUSR1, enters, SA_ONSTACK | SA_NODEFER, 0);
		raise(SIGUSR1);
		leaves(0);
	}
	WAIT(p, W_KILLED(SIGSEGV));
}

CASE(alt_fork, "a forked child has the alternate stack")
{
	CHECK(set_alt(alt, ALT, 0) == 0);
	long p = born();
	if (!p) {
		stack_t old;
		sys(sigaltstack, 0, &old);
		leaves(old.ss_sp == alt && old.ss_flags == 0);
	}
	WAIT(p, W_EXITED(1));
}

CASE(alt_thread, "a new thread has no alternate stack")
{
	void tells(long u MAYBE)
	{
		stack_t old;
		sys(sigaltstack, 0, &old);
		board[0] = old.ss_flags;
	}
	CHECK(set_alt(alt, ALT, 0) == 0);
	thread(0, tells, 0);
	join(0);
	IS(board[0], SS_DISABLE);
}

ACTOR(has_alt)
{
	stack_t old;
	sys(sigaltstack, 0, &old);
	return old.ss_flags == SS_DISABLE && old.ss_sp == 0 ? 5 : 6;
}

CASE(alt_exec, "after exec there is no alternate stack")
{
	CHECK(set_alt(alt, ALT, 0) == 0);
	long p = born();
	if (!p)
		exec_self("@has_alt", "0");
	WAIT(p, W_EXITED(5));
}
