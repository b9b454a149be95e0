/* A tracee's memory as its tracer sees it: PEEK and POKE, /proc/PID/mem,
 * process_vm_readv; and whose memory it is after fork and vfork. */
#include "tracing.h"
#include <linux/mman.h>

long cell = 0x1122334455667788, beside = 0x99aabbccddeeff00;
const long constant = 0x0123456789abcdef;

NAKED static long text(void)
{
	__asm__("mov $1, %eax\n\t"
		"ret");
}

static void says_cell(long unused MAYBE)
{
	raise(SIGUSR1);
	sys(exit_group, cell & 0xff);
}

CASE(peek_word, "PEEKDATA reads a word to where data points; raw ptrace returns 0 for it")
{
	long p = traced(sleeps, 0), word = 0;
	IS(PT(PEEKDATA, p, &cell, &word), 0);
	IS(word, 0x1122334455667788);
}

CASE(peek_text_same, "PEEKTEXT and PEEKDATA are the same, for text and for data")
{
	long p = traced(sleeps, 0), word = 0;
	IS(PT(PEEKTEXT, p, &cell, &word), 0);
	IS(word, cell);
	IS(PT(PEEKDATA, p, text, &word), 0);
	IS(word & 0xffffffffffff, 0xc300000001b8);
	long same = word;
	IS(PT(PEEKTEXT, p, text, &word), 0);
	TRUE(word == same);
}

CASE(peek_unaligned, "PEEK and POKE take any alignment")
{
	long p = traced(says_cell, 0);
	IS(peek(p, (char *)&cell + 1) & 0xffffffffffffff, 0x11223344556677);
	IS(PT(POKEDATA, p, (char *)&cell + 3, -1), 0);
	IS(peek(p, &cell), 0xffffffffff667788);
}

CASE(peek_unmapped, "PEEK and POKE where nothing is mapped are EIO")
{
	long p = traced(sleeps, 0), word;
	ERR(PT(PEEKDATA, p, 0, &word), EIO);
	ERR(PT(PEEKTEXT, p, 8, &word), EIO);
	ERR(PT(POKEDATA, p, 0, 1), EIO);
	ERR(PT(POKETEXT, p, 8, 1), EIO);
}

CASE(peek_kernel, "PEEK and POKE of the kernel's addresses are EIO")
{
	long p = traced(sleeps, 0), word;
	ERR(PT(PEEKDATA, p, 0xffffffff81000000, &word), EIO);
	ERR(PT(POKEDATA, p, 0xffffffff81000000, 1), EIO);
	ERR(PT(PEEKDATA, p, -8, &word), EIO);
	ERR(PT(PEEKDATA, p, 1l << 62, &word), EIO);
}

CASE(peek_partly, "PEEK and POKE of a word that is only partly mapped are EIO")
{
	char *two = (char *)sys(mmap, 0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long word;
	CHECK(sys(munmap, two + 4096, 4096) == 0);
	long p = traced(sleeps, 0);
	ERR(PT(PEEKDATA, p, two + 4092, &word), EIO);
	ERR(PT(POKEDATA, p, two + 4092, 1), EIO);
	IS(PT(PEEKDATA, p, two + 4088, &word), 0);
}

CASE(peek_to_nowhere, "PEEKDATA that cannot store its word is EFAULT")
{
	long p = traced(sleeps, 0);
	ERR(PT(PEEKDATA, p, &cell, 8), EFAULT);
}

CASE(peek_across, "PEEK and POKE across two pages work")
{
	char *two = (char *)sys(mmap, 0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long p = traced(sleeps, 0);
	IS(PT(POKEDATA, p, two + 4092, 0x1020304050607080), 0);
	IS(peek(p, two + 4092), 0x1020304050607080);
	IS(peek(p, two + 4096), 0x10203040);
}

CASE(poke_seen, "the tracee sees what POKE wrote")
{
	long p = traced(says_cell, 0);
	IS(PT(POKEDATA, p, &cell, 42), 0);
	IS(peek(p, &beside), beside);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(42));
}

static void says_text(long unused MAYBE)
{
	sys(exit_group, text());
}

CASE(poke_text, "POKE writes to text, which the tracee itself may not")
{
	long p = traced(says_text, 0);
	long word = peek(p, text);
	IS(PT(POKETEXT, p, text, (word & ~0xff00l) | 55 << 8), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(55));
	IS(text(), 1);
}

CASE(poke_constant, "POKE writes to a read-only private mapping: the process gets its own copy")
{
	long p = traced(sleeps, 0);
	IS(PT(POKEDATA, p, &constant, 7), 0);
	IS(peek(p, &constant), 7);
	IS(*(volatile const long *)&constant, 0x0123456789abcdef);
}

CASE(poke_none, "PEEK and POKE reach private memory that nobody may access")
{
	long *none = (long *)sys(mmap, 0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long p = traced(sleeps, 0);
	IS(peek(p, none), 0);
	IS(PT(POKEDATA, p, none, 5), 0);
	IS(peek(p, none), 5);
}

CASE(poke_shared_readonly, "POKE to a shared mapping that is read-only is EIO; to one that is not it is seen by all")
{
	long *ro = (long *)sys(mmap, 0, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long p = traced(sleeps, 0);
	ERR(PT(POKEDATA, p, ro, 5), EIO);
	IS(*(volatile long *)ro, 0);
	IS(PT(POKEDATA, p, board, 5), 0);
	IS(LOAD(&board[0]), 5);
}

CASE(poke_own_copy, "POKE of a forked child is not seen by the parent it was forked from")
{
	long p = traced(sleeps, 0);
	IS(PT(POKEDATA, p, &cell, 1), 0);
	IS(cell, 0x1122334455667788);
}

static void forks_and_stops(long unused MAYBE)
{
	long child = sys(fork);
	if (child == 0) {
		leash();
		board[9] = 1;
		raise(SIGUSR2);
		sys(exit_group, cell & 0xff);
	}
	board[0] = EXITED(reap(child), 0x88);
	sys(exit_group, cell & 0xff);
}

CASE(poke_parent_not_child, "POKE of a parent after its fork is not seen by the child")
{
	long p = traced(forks_and_stops, 0);
	CHECK(PT(SETOPTIONS, p, 0, PTRACE_O_TRACEFORK) == 0 && PT(CONT, p) == 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = role(event_message(p), "child");
	WAIT(child, W_STOPPED(SIGSTOP));
	IS(PT(POKEDATA, p, &cell, 3), 0);
	IS(peek(child, &cell), 0x1122334455667788);
	CHECK(PT(CONT, child) == 0 && PT(CONT, p) == 0);
	WAIT(child, W_STOPPED(SIGUSR2));
	CHECK(PT(CONT, child) == 0);
	WAIT(child, W_EXITED(0x88));
	WAIT(p, W_STOPPED(SIGCHLD));
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_EXITED(3));
	IS(board[0], 1);
}

static void vforks(long unused MAYBE)
{
	long child = sys(vfork);
	if (child == 0)
		sys(exit_group, 0);
	reap(child);
	sys(exit_group, cell & 0xff);
}

CASE(poke_vfork, "POKE of a vfork child is seen by the parent: they share their memory")
{
	long p = traced(vforks, 0);
	CHECK(PT(SETOPTIONS, p, 0, PTRACE_O_TRACEVFORK) == 0 && PT(CONT, p) == 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_VFORK));
	long child = role(event_message(p), "child");
	WAIT(child, W_STOPPED(SIGSTOP));
	IS(PT(POKEDATA, child, &cell, 9), 0);
	IS(peek(p, &cell), 9);
	CHECK(PT(CONT, child) == 0 && PT(CONT, p) == 0);
	WAIT(child, W_EXITED(0));
	WAIT(p, W_STOPPED(SIGCHLD));
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_EXITED(9));
}

static void pokes_other(long p)
{
	CHECK(PT(ATTACH, p) == 0 && wait_status(p, 0) == W_STOPPED(SIGSTOP));
	CHECK(PT(POKEDATA, p, &cell, 77) == 0);
}

CASE(poke_lasts, "what a tracer poked stays when it exits")
{
	long p = asleep();
	long t = puppet(pokes_other, p);
	WAIT(t, W_EXITED(0));
	IS(PT(ATTACH, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(peek(p, &cell), 77);
}

/* /proc/PID/mem and process_vm_readv. */
static long open_mem(long p)
{
	char path[40];
	return sys(open, proc_path(path, p, "mem"), 2, 0);
}

CASE(mem_file, "/proc/PID/mem reads a tracee's memory at the file's offset, and writes to text")
{
	long p = traced(says_text, 0), words[2] = {0, 0};
	long fd = OK(open_mem(p));
	IS(sys(pread64, fd, &words, 8, &cell), 8);
	IS(words[0], 0x1122334455667788);
	unsigned char code = 66;
	IS(sys(pwrite64, fd, &code, 1, (char *)text + 1), 1);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(66));
}

CASE(mem_file_unmapped, "/proc/PID/mem where nothing is mapped is EIO; up to there it is a short read")
{
	char *two = (char *)sys(mmap, 0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char some[64];
	CHECK(sys(munmap, two + 4096, 4096) == 0);
	long p = traced(sleeps, 0);
	long fd = OK(open_mem(p));
	ERR(sys(pread64, fd, some, 8, 0), EIO);
	ERR(sys(pwrite64, fd, some, 8, 8), EIO);
	IS(sys(pread64, fd, some, 64, two + 4096 - 20), 20);
	IS(sys(pread64, fd, some, 0, two), 0);
}

CASE(mem_file_gone, "/proc/PID/mem opened before the process ended reads nothing after it")
{
	long p = traced(sleeps, 0), word;
	long fd = OK(open_mem(p));
	CHECK(sys(kill, p, SIGKILL) == 0);
	WAIT(p, W_KILLED(SIGKILL));
	IS(sys(pread64, fd, &word, 8, &cell), 0);
}

static long vm(long nr, long p, void *mine, const void *theirs, long n)
{
	struct iovec here = {mine, n}, there = {(void *)theirs, n};
	return sys_(nr, p, (long)&here, 1, (long)&there, 1, 0);
}

CASE(vm_read, "process_vm_readv reads a process, traced or not")
{
	long p = asleep(), words[2] = {0, 0};
	IS(vm(__NR_process_vm_readv, p, words, &cell, 8), 8);
	IS(words[0], cell);
	ERR(vm(__NR_process_vm_readv, p, words, 0, 8), EFAULT);
}

CASE(vm_write, "process_vm_writev writes to data; text is EFAULT: it forces nothing")
{
	long p = traced(says_cell, 0), word = 12;
	IS(vm(__NR_process_vm_writev, p, &word, &cell, 8), 8);
	ERR(vm(__NR_process_vm_writev, p, &word, text, 8), EFAULT);
	IS(peek(p, &cell), 12);
}

CASE(vm_nobody, "process_vm_readv of a pid that is not there is ESRCH")
{
	long p = puppet(leaves, 0), word;
	WAIT(p, W_EXITED(0));
	ERR(vm(__NR_process_vm_readv, p, &word, &cell, 8), ESRCH);
}

/* The USER area. */
CASE(user_regs, "PEEKUSR has the registers in the order of struct user_regs_struct")
{
	long p = traced(sleeps, 0);
	struct regs r = regs_of(p);
	unsigned long *words = (unsigned long *)&r;
	for (unsigned i = 0; i < sizeof r / 8; i++)
		TRUE((unsigned long)peek_user(p, 8 * i) == words[i]);
}

CASE(user_offsets, "PEEKUSR and POKEUSR of an unaligned offset or past struct user are EIO")
{
	long p = traced(sleeps, 0), word;
	ERR(PT(PEEKUSR, p, 4, &word), EIO);
	ERR(PT(PEEKUSR, p, 1, &word), EIO);
	ERR(PT(PEEKUSR, p, USER_SIZE, &word), EIO);
	ERR(PT(PEEKUSR, p, -8, &word), EIO);
	ERR(PT(POKEUSR, p, 4, 0), EIO);
	ERR(PT(POKEUSR, p, USER_SIZE, 0), EIO);
	IS(PT(PEEKUSR, p, USER_SIZE - 8, &word), 0);
}

CASE(user_between, "the USER area between registers and debug registers reads as 0 and cannot be written: EIO")
{
	long p = traced(sleeps, 0), word = 1;
	IS(PT(PEEKUSR, p, sizeof(struct regs), &word), 0);
	IS(word, 0);
	ERR(PT(POKEUSR, p, sizeof(struct regs), 0), EIO);
	ERR(PT(POKEUSR, p, 840, 0), EIO);
	ERR(PT(POKEUSR, p, 912, 0), EIO);
}

CASE(user_to_nowhere, "PEEKUSR that cannot store its word is EFAULT")
{
	long p = traced(sleeps, 0);
	ERR(PT(PEEKUSR, p, 0, 8), EFAULT);
}

CASE(user_poke, "POKEUSR of a register is what GETREGS says")
{
	long p = traced(sleeps, 0);
	IS(PT(POKEUSR, p, USER(r12), 0x123456789), 0);
	IS(PT(POKEUSR, p, USER(rbx), -1), 0);
	IS(regs_of(p).r12, 0x123456789);
	IS(regs_of(p).rbx, -1);
}

/* Debug registers. */
CASE(debug_initial, "debug registers: DR0-3 and DR7 are 0 at first, DR6 its reserved bits, DR4 and DR5 are 0")
{
	long p = traced(sleeps, 0);
	for (int i = 0; i < 6; i++)
		IS(peek_user(p, USER_DR(i)), 0);
	IS(peek_user(p, USER_DR(6)), 0xffff0ff0);
	IS(peek_user(p, USER_DR(7)), 0);
}

CASE(debug_reserved, "POKEUSR of DR4 and DR5 is EIO")
{
	long p = traced(sleeps, 0);
	ERR(PT(POKEUSR, p, USER_DR(4), 0), EIO);
	ERR(PT(POKEUSR, p, USER_DR(5), 0), EIO);
}

CASE(debug_addresses, "DR0 to DR3 keep user addresses; one of the kernel is EINVAL")
{
	long p = traced(sleeps, 0);
	for (int i = 0; i < 4; i++) {
		IS(PT(POKEUSR, p, USER_DR(i), 0x10000 + i), 0);
		IS(peek_user(p, USER_DR(i)), 0x10000 + i);
	}
	ERR(PT(POKEUSR, p, USER_DR(0), 0xffffffff81000000), EINVAL);
	IS(peek_user(p, USER_DR(0)), 0x10000);
}

#define DR7(slot, type, len) (1l << (2 * (slot)) | ((type) | (len) << 2) << (16 + 4 * (slot)))
enum { EXECUTE, WRITE, IO, ACCESS };
enum { LEN1, LEN2, LEN8, LEN4 };

CASE(debug_control, "DR7 with good types and lengths is kept as written")
{
	long p = traced(sleeps, 0);
	CHECK(PT(POKEUSR, p, USER_DR(0), &cell) == 0 && PT(POKEUSR, p, USER_DR(1), text) == 0);
	IS(PT(POKEUSR, p, USER_DR(7), DR7(0, WRITE, LEN8)), 0);
	IS(peek_user(p, USER_DR(7)), DR7(0, WRITE, LEN8));
	IS(PT(POKEUSR, p, USER_DR(7), DR7(0, ACCESS, LEN4) | DR7(1, EXECUTE, LEN1)), 0);
	IS(peek_user(p, USER_DR(7)), DR7(0, ACCESS, LEN4) | DR7(1, EXECUTE, LEN1));
	IS(PT(POKEUSR, p, USER_DR(7), 0), 0);
	IS(peek_user(p, USER_DR(7)), 0);
}

CASE(debug_bad_control, "DR7 with type I/O, or execution with a length, is EINVAL and changes nothing")
{
	long p = traced(sleeps, 0);
	CHECK(PT(POKEUSR, p, USER_DR(0), &cell) == 0);
	ERR(PT(POKEUSR, p, USER_DR(7), DR7(0, IO, LEN1)), EINVAL);
	ERR(PT(POKEUSR, p, USER_DR(7), DR7(0, EXECUTE, LEN4)), EINVAL);
	IS(peek_user(p, USER_DR(7)), 0);
}

CASE(debug_unaligned, "DR7 that makes a watch of an address that its length does not divide is EINVAL")
{
	long p = traced(sleeps, 0);
	CHECK(PT(POKEUSR, p, USER_DR(0), (char *)&cell + 1) == 0);
	ERR(PT(POKEUSR, p, USER_DR(7), DR7(0, WRITE, LEN4)), EINVAL);
	ERR(PT(POKEUSR, p, USER_DR(7), DR7(0, WRITE, LEN2)), EINVAL);
	IS(PT(POKEUSR, p, USER_DR(7), DR7(0, WRITE, LEN1)), 0);
}

CASE(debug_unaligned_later, "an address that the length of its watch does not divide is EINVAL")
{
	long p = traced(sleeps, 0);
	CHECK(PT(POKEUSR, p, USER_DR(0), &cell) == 0);
	IS(PT(POKEUSR, p, USER_DR(7), DR7(0, WRITE, LEN8)), 0);
	ERR(PT(POKEUSR, p, USER_DR(0), (char *)&cell + 4), EINVAL);
	IS(PT(POKEUSR, p, USER_DR(0), &beside), 0);
}

CASE(debug_no_address, "DR7 may enable a slot whose address was never set")
{
	long p = traced(sleeps, 0);
	IS(PT(POKEUSR, p, USER_DR(7), DR7(2, WRITE, LEN8)), 0);
	IS(peek_user(p, USER_DR(2)), 0);
}

CASE(debug_status, "DR6 can be written; the bits that hardware reserves read inverted")
{
	long p = traced(sleeps, 0);
	IS(PT(POKEUSR, p, USER_DR(6), 0), 0);
	IS(peek_user(p, USER_DR(6)), 0);
	IS(PT(POKEUSR, p, USER_DR(6), 0xffff0ff1), 0);
	IS(peek_user(p, USER_DR(6)), 0xffff0ff1);
}

CASE(debug_detach, "debug registers stay set over DETACH and the next ATTACH")
{
	long p = traced(sleeps, 0);
	CHECK(PT(POKEUSR, p, USER_DR(0), &cell) == 0);
	IS(PT(POKEUSR, p, USER_DR(7), DR7(0, WRITE, LEN8)), 0);
	IS(PT(DETACH, p), 0);
	until_state(p, "S");
	IS(PT(ATTACH, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(peek_user(p, USER_DR(7)), DR7(0, WRITE, LEN8));
	TRUE(peek_user(p, USER_DR(0)) == (long)&cell);
}

CASE(debug_exec, "exec clears the debug registers")
{
	long p = traced(execs, 0);
	CHECK(PT(POKEUSR, p, USER_DR(0), &cell) == 0);
	IS(PT(POKEUSR, p, USER_DR(7), DR7(0, WRITE, LEN8)), 0);
	CHECK(PT(CONT, p) == 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(peek_user(p, USER_DR(7)), 0);
	IS(peek_user(p, USER_DR(0)), 0);
}

CASE(debug_fork, "a forked child has its parent's DR7 to look at, but no address, and nothing in force")
{
	long p = traced(forks_and_stops, 0);
	CHECK(PT(POKEUSR, p, USER_DR(0), &board[9]) == 0);
	IS(PT(POKEUSR, p, USER_DR(7), DR7(0, WRITE, LEN4)), 0);
	CHECK(PT(SETOPTIONS, p, 0, PTRACE_O_TRACEFORK) == 0 && PT(CONT, p) == 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = role(event_message(p), "child");
	WAIT(child, W_STOPPED(SIGSTOP));
	IS(peek_user(child, USER_DR(7)), DR7(0, WRITE, LEN4));
	IS(peek_user(child, USER_DR(0)), 0);
	IS(PT(CONT, child), 0);
	WAIT(child, W_STOPPED(SIGUSR2)); /* it has written board[9] */
	IS(board[9], 1);
}
