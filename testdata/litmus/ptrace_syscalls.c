/* Syscall-stops: where they are, what can be seen and changed in them. */
#include "tracing.h"

#ifndef PTRACE_SET_SYSCALL_INFO
#define PTRACE_SET_SYSCALL_INFO 0x4212 /* since Linux 6.16 */
#endif
typedef struct ptrace_syscall_info call_info;

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
