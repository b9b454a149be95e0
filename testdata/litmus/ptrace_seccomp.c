/* TRACESECCOMP: calls that a filter hands to the tracer. */
#include "tracing.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

/* Hands getppid to the tracer, with data 0x77; all else is allowed. */
static void filters(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), /* the number */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | 0x77),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {4, code};
	CHECK(sys(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	board[1] = sys(prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void filtered(long code)
{
	filters();
	long got = sys(getppid);
	board[0] = got;
	sys(exit_group, code);
}

static long traced_filtered(long options)
{
	long p = traced(filtered, 3);
	CHECK(PT(SETOPTIONS, p, 0, options) == 0 && PT(CONT, p) == 0);
	return p;
}

#define NEEDS_SECCOMP                                \
	do {                                         \
		if (LOAD(&board[1]) != 0)            \
			SKIP("no seccomp filters");  \
	} while (0)

CASE(seccomp_event, "RET_TRACE is an event stop before the call; its message is the filter's data")
{
	long p = traced_filtered(PTRACE_O_TRACESECCOMP);
	long s = wait_status(p, 0);
	NEEDS_SECCOMP;
	STATUS(s, W_EVENT(PTRACE_EVENT_SECCOMP));
	IS(event_message(p), 0x77);
	IS(regs_of(p).orig_rax, __NR_getppid);
	IS(regs_of(p).rax, -ENOSYS);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(3));
	WHO(board[0], pid());
}

CASE(seccomp_info, "GET_SYSCALL_INFO in a SECCOMP stop: op SECCOMP, with the filter's data; 84 bytes")
{
	long p = traced_filtered(PTRACE_O_TRACESECCOMP);
	struct ptrace_syscall_info info;
	long s = wait_status(p, 0);
	NEEDS_SECCOMP;
	STATUS(s, W_EVENT(PTRACE_EVENT_SECCOMP));
	IS(PT(GET_SYSCALL_INFO, p, sizeof info, &info), 84);
	IS(info.op, PTRACE_SYSCALL_INFO_SECCOMP);
	IS(info.seccomp.nr, __NR_getppid);
	IS(info.seccomp.ret_data, 0x77);
}

CASE(seccomp_skip, "orig_rax -1 in a SECCOMP stop: the call is not made, rax is its result")
{
	long p = traced_filtered(PTRACE_O_TRACESECCOMP);
	long s = wait_status(p, 0);
	NEEDS_SECCOMP;
	STATUS(s, W_EVENT(PTRACE_EVENT_SECCOMP));
	IS(PT(POKEUSR, p, USER(orig_rax), -1), 0);
	IS(PT(POKEUSR, p, USER(rax), -EPERM), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(3));
	IS(board[0], -EPERM);
}

CASE(seccomp_exit, "SYSCALL from a SECCOMP stop stops at the call's end: entry-stops come before SECCOMP")
{
	long p = traced_filtered(PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD);
	long s = wait_status(p, 0);
	NEEDS_SECCOMP;
	STATUS(s, W_EVENT(PTRACE_EVENT_SECCOMP));
	IS(PT(SYSCALL, p), 0);
	WAIT(p, W_SYSCALL);
	IS(event_message(p), 2);
	WHO(regs_of(p).rax, pid());
}

CASE(seccomp_no_tracer, "RET_TRACE without TRACESECCOMP, or without a tracer, is ENOSYS")
{
	long p = traced_filtered(0);
	WAIT(p, W_EXITED(3));
	NEEDS_SECCOMP;
	IS(board[0], -ENOSYS);
	board[0] = 0;
	p = puppet(filtered, 3);
	WAIT(p, W_EXITED(3));
	IS(board[0], -ENOSYS);
}
