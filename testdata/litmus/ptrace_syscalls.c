/* Syscall-stops: where they are, what can be seen and changed in them, and what
 * interruption and restart look like from there. */
#include "tracing.h"

#ifndef PTRACE_SET_SYSCALL_INFO
#define PTRACE_SET_SYSCALL_INFO 0x4212 /* since Linux 6.16 */
#endif
typedef struct ptrace_syscall_info call_info;

/* A tracee by TRACEME, with TRACESYSGOOD and more, that calls fn when continued. */
static long traced_good(void (*fn)(long), long with, long options)
{
	long p = traced(fn, with);
	CHECK(PT(SETOPTIONS, p, 0, PTRACE_O_TRACESYSGOOD | options) == 0);
	return p;
}

static void next(long p, int sig)
{
	CHECK(PT(SYSCALL, p, 0, sig) == 0);
}

/* The next stop is a syscall-stop, of this call, with this in rax. */
#define CALL(p, nr, result)                    \
	do {                                   \
		WAIT(p, W_SYSCALL);            \
		IS(regs_of(p).orig_rax, nr);   \
		IS(regs_of(p).rax, result);    \
	} while (0)
#define ENTRY(p, name) CALL(p, __NR_##name, -ENOSYS)
#define RETURN(p, name, result) CALL(p, __NR_##name, result)

static void asks_parent(long code)
{
	long got = sys(getppid);
	board[0] = got;
	sys(exit_group, code);
}

CASE(call_pair, "SYSCALL stops at a call's entry and at its end; rax is -ENOSYS at entry, the result at the end")
{
	long p = traced_good(asks_parent, 3, 0);
	next(p, 0);
	ENTRY(p, getppid);
	next(p, 0);
	WAIT(p, W_SYSCALL);
	IS(regs_of(p).orig_rax, __NR_getppid);
	WHO(regs_of(p).rax, pid());
	next(p, 0);
	ENTRY(p, exit_group);
	next(p, 0);
	WAIT(p, W_EXITED(3));
}

CASE(call_plain, "without TRACESYSGOOD a syscall-stop is a plain SIGTRAP")
{
	long p = traced(asks_parent, 3);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	next(p, 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	WHO(regs_of(p).rax, pid());
}

CASE(call_message, "the message of a syscall-stop is 1 at entry and 2 at the end")
{
	long p = traced_good(asks_parent, 3, 0);
	next(p, 0);
	WAIT(p, W_SYSCALL);
	IS(event_message(p), 1);
	next(p, 0);
	WAIT(p, W_SYSCALL);
	IS(event_message(p), 2);
}

CASE(call_rip, "rip is past the syscall instruction, rcx the same, r11 the flags")
{
	long p = traced_good(asks_parent, 3, 0);
	next(p, 0);
	WAIT(p, W_SYSCALL);
	struct regs r = regs_of(p);
	IS(peek(p, (void *)(r.rip - 2)) & 0xffff, 0x050f);
	TRUE(r.rcx == r.rip);
	TRUE(r.r11 == r.eflags);
}

CASE(call_cont, "CONT at a call's entry: there is no stop at its end, and the call is made")
{
	long p = traced_good(asks_parent, 3, 0);
	next(p, 0);
	ENTRY(p, getppid);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(3));
	WHO(board[0], pid());
}

CASE(call_detach, "DETACH at a call's entry: the call is made")
{
	long p = traced_good(asks_parent, 3, 0);
	next(p, 0);
	ENTRY(p, getppid);
	IS(PT(DETACH, p), 0);
	WAIT(p, W_EXITED(3));
	WHO(board[0], pid());
}

CASE(call_kill, "a tracee killed at a call's entry does not make the call")
{
	long p = traced_good(asks_parent, 3, 0);
	next(p, 0);
	ENTRY(p, getppid);
	CHECK(sys(kill, p, SIGKILL) == 0);
	WAIT(p, W_KILLED(SIGKILL));
	IS(board[0], 0);
}

CASE(call_seize, "syscall-stops of a SEIZE tracee are the same")
{
	long p = seized(sleeps, 0, PTRACE_O_TRACESYSGOOD);
	until_state(p, "S");
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	next(p, 0);
	ENTRY(p, pause);
}

CASE(call_signal, "a signal given in a syscall-stop is sent to the tracee, and so is reported before it is delivered")
{
	long p = traced_good(asks_parent, 3, 0);
	next(p, 0);
	ENTRY(p, getppid);
	next(p, SIGUSR1);
	WAIT(p, W_SYSCALL);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(info_of(p).si_code, SI_KERNEL);
}

/* Changes */
CASE(change_number, "orig_rax at entry is the call that will be made")
{
	long p = traced_good(asks_parent, 3, 0);
	next(p, 0);
	ENTRY(p, getppid);
	IS(PT(POKEUSR, p, USER(orig_rax), __NR_getpid), 0);
	next(p, 0);
	WAIT(p, W_SYSCALL);
	IS(regs_of(p).orig_rax, __NR_getpid);
	WHO(regs_of(p).rax, p);
}

CASE(change_number_none, "orig_rax -1 at entry: no call is made, and the result is -ENOSYS")
{
	long p = traced_good(asks_parent, 3, 0);
	next(p, 0);
	ENTRY(p, getppid);
	IS(PT(POKEUSR, p, USER(orig_rax), -1), 0);
	next(p, 0);
	CALL(p, -1, -ENOSYS);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(3));
	IS(board[0], -ENOSYS);
}

CASE(change_number_result, "with orig_rax -1 the rax set at entry is the result")
{
	long p = traced_good(asks_parent, 3, 0);
	next(p, 0);
	ENTRY(p, getppid);
	IS(PT(POKEUSR, p, USER(orig_rax), -1), 0);
	IS(PT(POKEUSR, p, USER(rax), 1234), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(3));
	IS(board[0], 1234);
}

CASE(change_rax_entry, "rax set at entry, alone, changes neither the call nor its result")
{
	long p = traced_good(asks_parent, 3, 0);
	next(p, 0);
	ENTRY(p, getppid);
	IS(PT(POKEUSR, p, USER(rax), __NR_getpid), 0);
	next(p, 0);
	WAIT(p, W_SYSCALL);
	WHO(regs_of(p).rax, pid());
}

CASE(change_argument, "arguments changed at entry are the call's")
{
	long p = traced_good(leaves, 3, 0);
	next(p, 0);
	ENTRY(p, exit_group);
	IS(PT(POKEUSR, p, USER(rdi), 44), 0);
	next(p, 0);
	WAIT(p, W_EXITED(44));
}

CASE(change_result, "rax changed at the end of a call is its result")
{
	long p = traced_good(asks_parent, 3, 0);
	next(p, 0);
	ENTRY(p, getppid);
	next(p, 0);
	WAIT(p, W_SYSCALL);
	IS(PT(POKEUSR, p, USER(rax), -EPERM), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(3));
	IS(board[0], -EPERM);
}

static void calls_nothing(long nr)
{
	board[0] = sys_(nr, 0, 0, 0, 0, 0, 0);
}

CASE(call_unknown, "a number that is no call has both stops, too")
{
	long p = traced_good(calls_nothing, 9999, 0);
	next(p, 0);
	CALL(p, 9999, -ENOSYS);
	next(p, 0);
	CALL(p, 9999, -ENOSYS);
}

CASE(call_minus_one, "call number -1 has both stops, too")
{
	long p = traced_good(calls_nothing, -1, 0);
	next(p, 0);
	CALL(p, -1, -ENOSYS);
	next(p, 0);
	CALL(p, -1, -ENOSYS);
	next(p, 0);
	ENTRY(p, exit_group);
}

CASE(sysemu, "SYSEMU stops at entry; the call is not made, whatever request follows, and has no stop at its end")
{
	long p = traced_good(asks_parent, 3, 0);
	IS(PT(SYSEMU, p), 0);
	ENTRY(p, getppid);
	IS(PT(POKEUSR, p, USER(rax), 77), 0);
	IS(PT(SYSEMU, p), 0);
	ENTRY(p, exit_group);
	IS(PT(CONT, p), 0); /* too late for this call */
	WAIT(p, W_EXITED(0));
	IS(board[0], 77);
}

/* GET_SYSCALL_INFO, SET_SYSCALL_INFO */
static void call_six(long unused MAYBE)
{
	sys_(9999, 1, 2, 3, 4, 5, 6);
	board[0] = sys(close, 1000);
	board[1] = sys(getppid) > 0;
}

CASE(info_entry, "GET_SYSCALL_INFO at entry: number, six arguments, where; 80 bytes")
{
	long p = traced_good(call_six, 0, 0);
	call_info info;
	next(p, 0);
	WAIT(p, W_SYSCALL);
	memset(&info, 0xee, sizeof info);
	IS(PT(GET_SYSCALL_INFO, p, sizeof info, &info), 80);
	IS(info.op, PTRACE_SYSCALL_INFO_ENTRY);
	IS(info.arch, 0xc000003e);
	TRUE(info.instruction_pointer == regs_of(p).rip);
	TRUE(info.stack_pointer == regs_of(p).rsp);
	IS(info.entry.nr, 9999);
	for (int i = 0; i < 6; i++)
		IS(info.entry.args[i], i + 1);
}

CASE(info_exit, "GET_SYSCALL_INFO at the end: the result, and whether it is an error; 33 bytes")
{
	long p = traced_good(call_six, 0, 0);
	call_info info;
	for (int i = 0; i < 4; i++) {
		next(p, 0);
		CHECK(wait_status(p, 0) == W_SYSCALL);
	}
	IS(PT(GET_SYSCALL_INFO, p, sizeof info, &info), 33);
	IS(info.op, PTRACE_SYSCALL_INFO_EXIT);
	IS(info.exit.rval, -EBADF);
	IS(info.exit.is_error, 1);
	next(p, 0);
	CHECK(wait_status(p, 0) == W_SYSCALL);
	next(p, 0);
	CHECK(wait_status(p, 0) == W_SYSCALL);
	IS(PT(GET_SYSCALL_INFO, p, sizeof info, &info), 33);
	WHO(info.exit.rval, pid());
	IS(info.exit.is_error, 0);
}

CASE(info_none, "GET_SYSCALL_INFO in another stop: op NONE, 24 bytes")
{
	long p = traced_good(raises, SIGUSR1, 0);
	call_info info;
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(GET_SYSCALL_INFO, p, sizeof info, &info), 24);
	IS(info.op, PTRACE_SYSCALL_INFO_NONE);
	TRUE(info.instruction_pointer == regs_of(p).rip);
}

CASE(info_plain, "GET_SYSCALL_INFO without TRACESYSGOOD is op NONE in a syscall-stop")
{
	long p = traced(asks_parent, 3);
	call_info info;
	next(p, 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(PT(GET_SYSCALL_INFO, p, sizeof info, &info), 24);
	IS(info.op, PTRACE_SYSCALL_INFO_NONE);
}

CASE(info_short, "GET_SYSCALL_INFO writes no more than addr says and returns how much there is")
{
	long p = traced_good(asks_parent, 3, 0);
	call_info info;
	next(p, 0);
	WAIT(p, W_SYSCALL);
	memset(&info, 0xee, sizeof info);
	IS(PT(GET_SYSCALL_INFO, p, 4, &info), 80);
	IS(info.op, PTRACE_SYSCALL_INFO_ENTRY);
	IS(info.arch, 0xeeeeeeee);
	IS(PT(GET_SYSCALL_INFO, p, 0, 0), 80);
	ERR(PT(GET_SYSCALL_INFO, p, 80, 8), EFAULT);
	IS(PT(GET_SYSCALL_INFO, p, 1000, &info), 80);
}

static int can_set(long p)
{
	call_info info = {};
	return PT(SET_SYSCALL_INFO, p, 0, &info) != -EIO;
}

CASE(info_set_entry, "SET_SYSCALL_INFO at entry: another call, other arguments")
{
	long p = traced_good(asks_parent, 3, 0);
	call_info info;
	next(p, 0);
	WAIT(p, W_SYSCALL);
	if (!can_set(p))
		SKIP("no PTRACE_SET_SYSCALL_INFO before Linux 6.16");
	CHECK(PT(GET_SYSCALL_INFO, p, sizeof info, &info) == 80);
	info.entry.nr = __NR_exit_group;
	info.entry.args[0] = 21;
	IS(PT(SET_SYSCALL_INFO, p, sizeof info, &info), 0);
	IS(regs_of(p).orig_rax, __NR_exit_group);
	IS(regs_of(p).rdi, 21);
	next(p, 0);
	WAIT(p, W_EXITED(21));
}

CASE(info_set_exit, "SET_SYSCALL_INFO at the end: another result")
{
	long p = traced_good(asks_parent, 3, 0);
	call_info info;
	next(p, 0);
	WAIT(p, W_SYSCALL);
	if (!can_set(p))
		SKIP("no PTRACE_SET_SYSCALL_INFO before Linux 6.16");
	next(p, 0);
	WAIT(p, W_SYSCALL);
	CHECK(PT(GET_SYSCALL_INFO, p, sizeof info, &info) == 33);
	info.exit.rval = -EACCES;
	info.exit.is_error = 1;
	IS(PT(SET_SYSCALL_INFO, p, sizeof info, &info), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(3));
	IS(board[0], -EACCES);
}

CASE(info_set_refused, "SET_SYSCALL_INFO short, with flags, of another op, or in another stop is EINVAL")
{
	long p = traced_good(asks_parent, 3, 0);
	call_info info, bad;
	if (!can_set(p))
		SKIP("no PTRACE_SET_SYSCALL_INFO before Linux 6.16");
	memset(&info, 0, sizeof info);
	ERR(PT(SET_SYSCALL_INFO, p, sizeof info, &info), EINVAL);
	next(p, 0);
	WAIT(p, W_SYSCALL);
	CHECK(PT(GET_SYSCALL_INFO, p, sizeof info, &info) == 80);
	ERR(PT(SET_SYSCALL_INFO, p, 79, &info), EINVAL);
	bad = info;
	bad.op = PTRACE_SYSCALL_INFO_EXIT;
	ERR(PT(SET_SYSCALL_INFO, p, sizeof info, &bad), EINVAL);
	bad = info;
	bad.pad[0] = 1;
	ERR(PT(SET_SYSCALL_INFO, p, sizeof info, &bad), EINVAL);
	ERR(PT(SET_SYSCALL_INFO, p, sizeof info, 8), EFAULT);
}

/* exec, fork, exit */
CASE(call_exec, "execve: entry, EXEC, end with 0")
{
	long p = traced_good(execs, 3, PTRACE_O_TRACEEXEC);
	next(p, 0);
	ENTRY(p, execve);
	next(p, 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	next(p, 0);
	RETURN(p, execve, 0);
	next(p, 0);
	ENTRY(p, exit_group);
}

CASE(call_exec_trap, "execve without TRACEEXEC: entry, end, and only then the SIGTRAP")
{
	long p = traced_good(execs, 3, 0);
	next(p, 0);
	ENTRY(p, execve);
	next(p, 0);
	RETURN(p, execve, 0);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(info_of(p).si_code, SI_USER);
}

static void forks(long unused MAYBE)
{
	long child = sys(fork);
	if (child == 0) {
		leash();
		sys(exit_group, 4);
	}
	reap(child);
}

CASE(call_fork, "fork: entry, FORK, end with the child; the child has no stop at the end of its fork")
{
	long p = traced_good(forks, 0, PTRACE_O_TRACEFORK);
	call_info info;
	next(p, 0);
	ENTRY(p, fork);
	next(p, 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = role(event_message(p), "child");
	next(p, 0);
	WAIT(p, W_SYSCALL);
	WHO(regs_of(p).rax, child);
	WAIT(child, W_STOPPED(SIGSTOP));
	IS(regs_of(child).orig_rax, __NR_fork);
	IS(PT(GET_SYSCALL_INFO, child, sizeof info, &info), 24);
	next(child, 0);
	ENTRY(child, prctl);
}

CASE(call_exit_event, "exit_group: entry, EXIT, and no end")
{
	long p = traced_good(leaves, 3, PTRACE_O_TRACEEXIT);
	next(p, 0);
	ENTRY(p, exit_group);
	next(p, 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	next(p, 0);
	WAIT(p, W_EXITED(3));
}

/* Interruption and restart */
int handled;
static void counts(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
	handled++;
}

int ends[2];
static void reads(long flags)
{
	char c;
	handle(SIGUSR1, counts, flags, 0);
	board[0] = sys(read, ends[0], &c, 1);
	board[1] = handled;
}

/* A tracee asleep in its read, to be traced from there on by SYSCALL; past the entry. */
static long in_read(long flags)
{
	CHECK(sys(pipe, ends) == 0);
	long p = traced_good(reads, flags, 0);
	next(p, 0);
	ENTRY(p, rt_sigaction);
	next(p, 0);
	RETURN(p, rt_sigaction, 0);
	next(p, 0);
	ENTRY(p, read);
	next(p, 0);
	until_state(p, "S");
	return p;
}

static void finish_read(long p)
{
	CHECK(sys(write, ends[1], "x", 1) == 1);
	RETURN(p, read, 1);
}

CASE(restart_read, "a read that a signal interrupts ends with -ERESTARTSYS; suppressed, it is made again")
{
	long p = in_read(0);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	next(p, 0);
	ENTRY(p, read);
	next(p, 0);
	finish_read(p);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], 1);
	IS(board[1], 0);
}

CASE(restart_read_regs, "in the signal's stop rip is still past the call, orig_rax and rax are as at its end")
{
	long p = in_read(0);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	unsigned long rip = regs_of(p).rip;
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	TRUE(regs_of(p).rip == rip);
	IS(regs_of(p).orig_rax, __NR_read);
	IS(regs_of(p).rax, -512);
	next(p, 0);
	WAIT(p, W_SYSCALL);
	TRUE(regs_of(p).rip == rip);
}

CASE(restart_read_eintr, "a handler without SA_RESTART: the read returns EINTR after it")
{
	long p = in_read(0);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	next(p, SIGUSR1);
	ENTRY(p, rt_sigreturn);
	next(p, 0);
	CALL(p, -1, -EINTR);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], -EINTR);
	IS(board[1], 1);
}

CASE(restart_read_again, "a handler with SA_RESTART: the read is made again after it")
{
	long p = in_read(SA_RESTART);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	next(p, SIGUSR1);
	ENTRY(p, rt_sigreturn);
	next(p, 0);
	CALL(p, -1, __NR_read); /* the frame was made to make the call again */
	next(p, 0);
	ENTRY(p, read);
	next(p, 0);
	finish_read(p);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(0));
	IS(board[1], 1);
}

CASE(restart_interrupt, "INTERRUPT in a call: EVENT_STOP, and the call again; but a stop at the call's end takes EVENT_STOP's place")
{
	CHECK(sys(pipe, ends) == 0);
	long p = seized(reads, 0, PTRACE_O_TRACESYSGOOD);
	while (!(status_field(p, "SigCgt", 16) & BIT(SIGUSR1)))
		sys(sched_yield);
	until_state(p, "S");
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(regs_of(p).rax, -512);
	next(p, 0);
	ENTRY(p, read);
	next(p, 0);
	until_state(p, "S");
	IS(PT(INTERRUPT, p), 0);
	RETURN(p, read, -512);
	next(p, 0);
	ENTRY(p, read);
	next(p, 0);
	finish_read(p);
}

CASE(restart_attach, "ATTACH in a call interrupts it; the call is made again when the SIGSTOP is suppressed")
{
	CHECK(sys(pipe, ends) == 0);
	long p = puppet(reads, 0);
	while (!(status_field(p, "SigCgt", 16) & BIT(SIGUSR1)))
		sys(sched_yield);
	until_state(p, "S");
	IS(PT(ATTACH, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(regs_of(p).rax, -512);
	IS(regs_of(p).orig_rax, __NR_read);
	IS(PT(DETACH, p), 0);
	CHECK(sys(write, ends[1], "x", 1) == 1);
	WAIT(p, W_EXITED(0));
	IS(board[0], 1);
}

CASE(restart_refused, "orig_rax -1 in the signal's stop: the call is not made again, and -ERESTARTSYS is seen")
{
	long p = in_read(0);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(POKEUSR, p, USER(orig_rax), -1), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], -512);
}

CASE(restart_replaced, "rax changed in the signal's stop is the call's result: it is not made again")
{
	long p = in_read(0);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(POKEUSR, p, USER(rax), -EINTR), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], -EINTR);
}

CASE(restart_jump, "rip moved in the stop of a call to be restarted: the kernel moves it back by 2 from there")
{
	long p = in_read(0);
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, read, -512);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(POKEUSR, p, USER(rip), 0x12), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGSEGV));
	IS(regs_of(p).rip, 0x10);
	IS(regs_of(p).rax, __NR_read);
}

CASE(restart_pause, "pause ends with -ERESTARTNOHAND: made again when there is no handler")
{
	long p = traced_good(sleeps, 0, 0);
	next(p, 0);
	ENTRY(p, pause);
	next(p, 0);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, pause, -514);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	next(p, 0);
	ENTRY(p, pause);
}

static void pauses(long flags)
{
	handle(SIGUSR1, counts, flags, 0);
	board[0] = sys(pause);
}

CASE(restart_pause_handler, "pause with a handler returns EINTR, SA_RESTART or not")
{
	long p = traced_good(pauses, SA_RESTART, 0);
	IS(PT(CONT, p), 0);
	while (!(status_field(p, "SigCgt", 16) & BIT(SIGUSR1)))
		sys(sched_yield);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(regs_of(p).rax, -514);
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], -EINTR);
}

static void naps(long flags)
{
	long whole[2] = {1000, 0}, left[2] = {0, 0};
	handle(SIGUSR1, counts, flags, 0);
	board[0] = sys(nanosleep, whole, left);
	board[1] = left[0] > 900 && left[0] <= 1000; /* slack may be added */
}

static long in_nap(long flags)
{
	long p = traced_good(naps, flags, 0);
	next(p, 0);
	ENTRY(p, rt_sigaction);
	next(p, 0);
	RETURN(p, rt_sigaction, 0);
	next(p, 0);
	ENTRY(p, nanosleep);
	next(p, 0);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, nanosleep, -516);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	return p;
}

CASE(restart_nanosleep, "nanosleep ends with -ERESTART_RESTARTBLOCK and goes on as restart_syscall")
{
	long p = in_nap(0);
	next(p, 0);
	ENTRY(p, restart_syscall);
	next(p, 0);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	RETURN(p, restart_syscall, -516);
	next(p, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
}

CASE(restart_nanosleep_handler, "nanosleep with a handler returns EINTR and what is left, SA_RESTART or not")
{
	long p = in_nap(SA_RESTART);
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], -EINTR);
	IS(board[1], 1);
}

static void waits_futex(long timeout)
{
	int word = 1;
	long whole[2] = {1000, 0};
	handle(SIGUSR1, counts, 0, 0);
	board[0] = sys(futex, &word, FUTEX_WAIT, 1, timeout ? whole : 0);
}

static long in_futex(long timeout)
{
	long p = traced_good(waits_futex, timeout, 0);
	IS(PT(CONT, p), 0);
	while (!(status_field(p, "SigCgt", 16) & BIT(SIGUSR1)))
		sys(sched_yield);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	return p;
}

CASE(restart_futex, "FUTEX_WAIT for ever is restarted as itself: -ERESTARTSYS")
{
	long p = in_futex(0);
	IS(regs_of(p).rax, -512);
	next(p, 0);
	ENTRY(p, futex);
}

CASE(restart_futex_timeout, "FUTEX_WAIT with a timeout goes on as restart_syscall: -ERESTART_RESTARTBLOCK")
{
	long p = in_futex(1);
	IS(regs_of(p).rax, -516);
	next(p, 0);
	ENTRY(p, restart_syscall);
}

CASE(restart_futex_eintr, "FUTEX_WAIT with a handler returns EINTR")
{
	long p = in_futex(1);
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], -EINTR);
}

static void reaps(long unused MAYBE)
{
	handle(SIGUSR1, counts, 0, 0);
	long child = sys(fork);
	if (child == 0) {
		leash();
		advance(&board[2]);
		sleeps(0);
	}
	await(&board[2], 1);
	STORE(&board[3], 1);
	board[0] = sys(wait4, child, 0, 0, 0);
}

CASE(restart_wait, "wait4 is restarted after a suppressed signal: -ERESTARTSYS")
{
	long p = traced_good(reaps, 0, 0);
	IS(PT(CONT, p), 0);
	while (!LOAD(&board[3]))
		sys(sched_yield);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(regs_of(p).rax, -512);
	next(p, 0);
	ENTRY(p, wait4);
}

CASE(sigreturn_stops, "rt_sigreturn has both stops; at its end rax is the interrupted program's, orig_rax -1")
{
	long p = traced_good(pauses, 0, 0);
	IS(PT(CONT, p), 0);
	while (!(status_field(p, "SigCgt", 16) & BIT(SIGUSR1)))
		sys(sched_yield);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	next(p, SIGUSR1);
	ENTRY(p, rt_sigreturn);
	next(p, 0);
	CALL(p, -1, -EINTR);
	next(p, 0);
	ENTRY(p, exit_group);
}
