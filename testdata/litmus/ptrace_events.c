/* Options and the event stops they ask for: FORK, VFORK, VFORK_DONE, CLONE, EXEC, EXIT; the
 * children that come traced. */
#include "tracing.h"

#define ALL_EVENTS                                                                           \
	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | \
	 PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACEEXIT)

/* A tracee by TRACEME that calls fn once it is continued. */
static long traced_with(void (*fn)(long), long with, long options)
{
	long p = traced(fn, with);
	CHECK(PT(SETOPTIONS, p, 0, options) == 0);
	return p;
}

static void go(long p)
{
	CHECK(PT(CONT, p) == 0);
}

static void forks(long code)
{
	mask(SIG_BLOCK, BIT(SIGCHLD));
	long child = sys(fork);
	if (child == 0) {
		leash();
		sys(exit_group, code);
	}
	sys(exit_group, EXITED(reap(child), code) ? code + 1 : 99);
}

/* The child of an event that has just been waited for. */
static long child_of(long p)
{
	return role(event_message(p), "child");
}

/* Options */
CASE(options_unknown, "SETOPTIONS with unknown bits is EINVAL and changes nothing")
{
	long p = traced_with(forks, 1, PTRACE_O_TRACEFORK);
	ERR(PT(SETOPTIONS, p, 0, 0x100), EINVAL);
	ERR(PT(SETOPTIONS, p, 0, 1 << 30), EINVAL);
	ERR(PT(SETOPTIONS, p, 0, -1), EINVAL);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
}

CASE(options_replace, "SETOPTIONS replaces all options; it does not add")
{
	long p = traced_with(forks, 1, PTRACE_O_TRACEFORK);
	IS(PT(SETOPTIONS, p, 0, PTRACE_O_TRACEEXIT), 0);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
}

CASE(options_ignore_addr, "SETOPTIONS ignores addr")
{
	long p = traced(leaves, 0);
	IS(PT(SETOPTIONS, p, 17, PTRACE_O_TRACEEXIT), 0);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
}

CASE(options_detach, "options do not outlive DETACH")
{
	long p = traced_with(sleeps, 0, PTRACE_O_TRACEEXIT);
	IS(PT(DETACH, p), 0);
	IS(PT(ATTACH, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(PT(CONT, p, 0, SIGTERM), 0);
	WAIT(p, W_KILLED(SIGTERM));
}

CASE(options_exec, "options outlive exec")
{
	long p = traced_with(execs, 3, PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	IS(event_message(p), W_EXITED(3));
}

/* FORK */
CASE(fork_event, "TRACEFORK: an event stop of the parent, whose message is the child")
{
	long p = traced_with(forks, 5, PTRACE_O_TRACEFORK);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = child_of(p);
	WHO(status_field(child, "PPid", 10), p);
	WHO(status_field(child, "TracerPid", 10), pid());
	WAIT(child, W_STOPPED(SIGSTOP));
	go(child);
	WAIT(child, W_EXITED(5));
	go(p);
	WAIT(p, W_EXITED(6));
}

CASE(fork_child_stop, "the child's first stop under ATTACH or TRACEME is a SIGSTOP from nobody")
{
	long p = traced_with(forks, 5, PTRACE_O_TRACEFORK);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = child_of(p);
	WAIT(child, W_STOPPED(SIGSTOP));
	info_t info = info_of(child);
	SIG(info.si_signo, SIGSTOP);
	IS(info.si_code, SI_USER);
	IS(info.si_pid, 0);
	IS(regs_of(child).rax, 0);
}

CASE(fork_child_stop_seize, "the child's first stop under SEIZE is EVENT_STOP")
{
	long p = seized(forks, 5, PTRACE_O_TRACEFORK);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = child_of(p);
	WAIT(child, W_GROUP(SIGTRAP));
	info_t info = info_of(child);
	SIG(info.si_signo, SIGTRAP);
	IS(info.si_code, 128 << 8 | SIGTRAP);
	IS(PT(INTERRUPT, child), 0);
	go(child);
	WAIT(child, W_GROUP(SIGTRAP));
}

CASE(fork_child_runs_alone, "the parent's event stop does not hold the child, nor the child the parent")
{
	long p = traced_with(forks, 5, PTRACE_O_TRACEFORK);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = child_of(p);
	WAIT(child, W_STOPPED(SIGSTOP));
	go(child);
	WAIT(child, W_EXITED(5));
	STATE(p, 't');
}

CASE(fork_silent, "without TRACEFORK a fork is not reported and the child is not traced")
{
	long p = traced_with(forks, 5, PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE | PTRACE_O_TRACEVFORK);
	go(p);
	WAIT(p, W_EXITED(6));
	ERR(sys(wait4, -1, 0, __WALL, 0), ECHILD);
}

static void forks_twice(long code)
{
	mask(SIG_BLOCK, BIT(SIGCHLD));
	long child = sys(fork);
	if (child == 0) {
		leash();
		forks(code);
	}
	sys(exit_group, EXITED(reap(child), code + 1) ? 0 : 99);
}

CASE(fork_inherits, "the child has its parent's options: its own child comes traced too")
{
	long p = traced_with(forks_twice, 5, PTRACE_O_TRACEFORK);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = child_of(p);
	WAIT(child, W_STOPPED(SIGSTOP));
	go(child);
	WAIT(child, W_EVENT(PTRACE_EVENT_FORK));
	long grandchild = role(event_message(child), "grandchild");
	WAIT(grandchild, W_STOPPED(SIGSTOP));
	WHO(status_field(grandchild, "PPid", 10), child);
}

CASE(fork_message, "GETEVENTMSG with a bad pointer is EFAULT; the message stays until the next stop")
{
	long p = traced_with(forks, 5, PTRACE_O_TRACEFORK);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	ERR(PT(GETEVENTMSG, p, 0, 8), EFAULT);
	long child = child_of(p);
	WHO(event_message(p), child);
	WAIT(child, W_STOPPED(SIGSTOP));
	IS(event_message(child), 0);
}

CASE(message_signal_stop, "the message of a signal-delivery-stop is 0, whatever event came before")
{
	long p = traced_with(raises, SIGUSR1, PTRACE_O_TRACEEXEC);
	IS(event_message(p), 0);
	go(p);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(event_message(p), 0);
}

CASE(fork_event_signal, "a signal given to CONT in an event stop is lost")
{
	long p = traced_with(forks, 5, PTRACE_O_TRACEFORK);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = child_of(p);
	WAIT(child, W_STOPPED(SIGSTOP));
	IS(PT(CONT, p, 0, SIGTERM), 0);
	go(child);
	WAIT(child, W_EXITED(5));
	WAIT(p, W_EXITED(6));
}

CASE(fork_detach_child, "the child can be detached by itself; its parent stays traced")
{
	long p = traced_with(forks, 5, PTRACE_O_TRACEFORK);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = child_of(p);
	WAIT(child, W_STOPPED(SIGSTOP));
	IS(PT(DETACH, child), 0);
	ERR(sys(wait4, child, 0, __WALL, 0), ECHILD);
	WHO(status_field(p, "TracerPid", 10), pid());
	go(p);
	WAIT(p, W_EXITED(6));
}

CASE(fork_kill_child_first, "a child killed before its first stop is reported as killed")
{
	long p = traced_with(forks, 5, PTRACE_O_TRACEFORK);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = child_of(p);
	CHECK(sys(kill, child, SIGKILL) == 0);
	WAIT(child, W_KILLED(SIGKILL));
}

CASE(fork_child_tracer_first, "the tracee that forked can reap its traced child only after the tracer has")
{
	long p = traced_with(forks, 5, PTRACE_O_TRACEFORK);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = child_of(p);
	WAIT(child, W_STOPPED(SIGSTOP));
	go(child);
	until_state(child, "Z");
	go(p);
	until_state(p, "S");
	STATE(child, 'Z');
	WAIT(child, W_EXITED(5));
	WAIT(p, W_EXITED(6));
}

/* VFORK */
static void vforks(long code)
{
	mask(SIG_BLOCK, BIT(SIGCHLD));
	long child = sys(vfork);
	if (child == 0)
		sys(exit_group, code);
	sys(exit_group, EXITED(reap(child), code) ? code + 1 : 99);
}

CASE(vfork_event, "TRACEVFORK: an event of the parent; TRACEFORK does not mean it")
{
	long p = traced_with(vforks, 5, PTRACE_O_TRACEVFORK | PTRACE_O_TRACEFORK);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_VFORK));
	long child = child_of(p);
	WAIT(child, W_STOPPED(SIGSTOP));
	go(child);
	WAIT(child, W_EXITED(5));
	go(p);
	WAIT(p, W_EXITED(6));
}

CASE(vfork_parent_waits, "the parent of a vfork sleeps in it, traced or not, until the child has left its memory")
{
	long p = traced_with(vforks, 5, PTRACE_O_TRACEVFORK | PTRACE_O_TRACEVFORKDONE);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_VFORK));
	long child = child_of(p);
	WAIT(child, W_STOPPED(SIGSTOP));
	go(p);
	until_state(p, "SD");
	NOTHING(p);
	go(child);
	WAIT(p, W_EVENT(PTRACE_EVENT_VFORK_DONE));
	WHO(event_message(p), child);
	WAIT(child, W_EXITED(5));
}

CASE(vfork_done_alone, "TRACEVFORKDONE without TRACEVFORK: only the end of the vfork; its message is the child")
{
	long p = traced_with(vforks, 5, PTRACE_O_TRACEVFORKDONE);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_VFORK_DONE));
	TRUE(event_message(p) > 0 && event_message(p) != p);
	go(p);
	WAIT(p, W_EXITED(6));
}

static void vforks_exec(long code)
{
	char text[24];
	const char *argv[] = {own_path, "@exit", decimal(code, text), 0}, *env[] = {0};
	mask(SIG_BLOCK, BIT(SIGCHLD));
	long child = sys(vfork);
	if (child == 0) {
		sys(execve, own_path, argv, env);
		sys(exit_group, 98);
	}
	sys(exit_group, EXITED(reap(child), code) ? code + 1 : 99);
}

CASE(vfork_exec, "the exec of a vfork child ends the vfork: EXEC of the child, VFORK_DONE of the parent")
{
	long p = traced_with(vforks_exec, 5, ALL_EVENTS & ~PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_VFORK));
	long child = child_of(p);
	WAIT(child, W_STOPPED(SIGSTOP));
	go(p);
	go(child);
	WAIT(child, W_EVENT(PTRACE_EVENT_EXEC));
	WAIT(p, W_EVENT(PTRACE_EVENT_VFORK_DONE));
	STATE(child, 't');
	go(child);
	WAIT(child, W_EXITED(5));
}

CASE(vfork_kill_parent, "the parent of a vfork can be killed while it waits")
{
	long p = traced_with(vforks, 5, PTRACE_O_TRACEVFORK);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_VFORK));
	long child = child_of(p);
	WAIT(child, W_STOPPED(SIGSTOP));
	go(p);
	CHECK(sys(kill, p, SIGKILL) == 0);
	WAIT(p, W_KILLED(SIGKILL));
}

/* CLONE: which event a clone is. */
static void clones(long flags)
{
	mask(SIG_BLOCK, BIT(SIGCHLD));
	long child = sys(clone, flags, 0, 0, 0, 0);
	if (child == 0) {
		leash();
		sys(exit_group, 2);
	}
	int status;
	long got;
	while ((got = sys(wait4, child, &status, __WALL, 0)) == -EINTR)
		;
	sys(exit_group, got == child && status == 2 << 8 ? 3 : 99);
}

CASE(clone_fork, "a clone whose exit signal is SIGCHLD is a FORK event")
{
	long p = traced_with(clones, SIGCHLD, ALL_EVENTS & ~PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
}

CASE(clone_other_signal, "a clone with another exit signal, or none, is a CLONE event")
{
	long p = traced_with(clones, 0, ALL_EVENTS & ~PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_CLONE));
	p = traced_with(clones, SIGUSR1, ALL_EVENTS & ~PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_CLONE));
}

CASE(clone_vfork, "a clone with CLONE_VFORK is a VFORK event whatever its signal")
{
	long p = traced_with(clones, CLONE_VFORK, ALL_EVENTS & ~PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_VFORK));
}

CASE(clone_untraced, "a clone with CLONE_UNTRACED is no event and its child is not traced")
{
	long p = traced_with(clones, CLONE_UNTRACED | SIGCHLD, ALL_EVENTS & ~PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EXITED(3));
	ERR(sys(wait4, -1, 0, __WALL, 0), ECHILD);
}

CASE(clone_ptrace, "a clone with CLONE_PTRACE is no event by itself, but its child comes traced")
{
	long p = traced_with(clones, CLONE_PTRACE | SIGCHLD, 0);
	go(p);
	int status;
	long child = role(sys(wait4, -1, &status, __WALL, 0), "child");
	STATUS(status, W_STOPPED(SIGSTOP));
	TRUE(child != p);
	WHO(status_field(child, "PPid", 10), p);
	go(child);
	WAIT(child, W_EXITED(2));
	WAIT(p, W_EXITED(3));
}

CASE(clone_fails, "a clone that fails is no event")
{
	long p = traced_with(clones, CLONE_THREAD | SIGCHLD, ALL_EVENTS & ~PTRACE_O_TRACEEXIT);
	go(p); /* CLONE_THREAD without CLONE_SIGHAND is EINVAL */
	WAIT(p, W_EXITED(99));
}

/* EXEC */
CASE(exec_event, "TRACEEXEC: an event stop in the new program, before its first instruction")
{
	long p = traced_with(execs, 5, PTRACE_O_TRACEEXEC);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	struct regs r = regs_of(p);
	TRUE(r.rip == (unsigned long)_start);
	IS(r.rsp & 15, 0);
	IS(peek(p, (void *)r.rsp), 3); /* argc */
	IS(r.rbx | r.rcx | r.rdx | r.rsi | r.rdi | r.rbp | r.r8 | r.r12 | r.r15, 0);
	IS(r.orig_rax, __NR_execve);
	WHO(event_message(p), p);
}

CASE(exec_same_pid, "exec keeps the pid, the tracer, and the parent")
{
	long p = traced_with(execs, 5, PTRACE_O_TRACEEXEC);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	WHO(status_field(p, "Tgid", 10), p);
	WHO(status_field(p, "TracerPid", 10), pid());
	WHO(status_field(p, "PPid", 10), pid());
}

CASE(exec_signals, "exec keeps ignored and blocked signals, handlers are gone")
{
	long p = traced_with(execs, 5, PTRACE_O_TRACEEXEC);
	unsigned long set = BIT(SIGUSR2);
	IS(PT(SETSIGMASK, p, 8, &set), 0);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	IS(status_field(p, "SigBlk", 16), BIT(SIGUSR2));
	IS(status_field(p, "SigCgt", 16), 0);
}

CASE(exec_pending_signal, "a signal sent during the EXEC stop is reported before the new program begins")
{
	long p = traced_with(execs, 5, PTRACE_O_TRACEEXEC);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	CHECK(sys(kill, p, SIGUSR1) == 0);
	go(p);
	WAIT(p, W_STOPPED(SIGUSR1));
	TRUE(regs_of(p).rip == (unsigned long)_start);
}

/* EXIT */
CASE(exit_event, "TRACEEXIT: an event stop whose message is the wait status to come")
{
	long p = traced_with(leaves, 3, PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	IS(event_message(p), W_EXITED(3));
	go(p);
	WAIT(p, W_EXITED(3));
}

CASE(exit_event_signal, "the EXIT event of a process that a signal kills has the signal for a message")
{
	long p = traced_with(sleeps, 3, PTRACE_O_TRACEEXIT);
	IS(PT(CONT, p, 0, SIGTERM), 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	IS(event_message(p), SIGTERM);
	go(p);
	WAIT(p, W_KILLED(SIGTERM));
}

CASE(exit_event_kill, "SIGKILL of a running tracee stops at EXIT too; the manual leaves it open")
{
	long p = traced_with(sleeps, 3, PTRACE_O_TRACEEXIT);
	go(p);
	until_state(p, "S");
	CHECK(sys(kill, p, SIGKILL) == 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	IS(event_message(p), SIGKILL);
	go(p);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(exit_event_kill_stopped, "SIGKILL of a tracee in a stop leads to its EXIT stop too")
{
	long p = traced_with(sleeps, 3, PTRACE_O_TRACEEXIT);
	CHECK(sys(kill, p, SIGKILL) == 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	go(p);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(exit_event_killed_in, "SIGKILL does not end an EXIT stop: what is dying takes no signals (older kernels: it did)")
{
	long p = traced_with(leaves, 3, PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	IS(sys(kill, p, SIGKILL), 0);
	STATE(p, 't');
	NOTHING(p);
	go(p);
	WAIT(p, W_EXITED(3));
}

CASE(exit_event_alive, "in the EXIT stop memory and registers are still there")
{
	long p = traced_with(leaves, 3, PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	struct regs r = regs_of(p);
	IS(r.orig_rax, __NR_exit_group);
	IS(r.rdi, 3);
	TRUE(peek(p, &own_path) == (long)own_path);
	STATE(p, 't');
}

CASE(exit_event_signal_ignored, "a signal given to CONT in the EXIT stop, or sent there, does nothing")
{
	long p = traced_with(leaves, 3, PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	CHECK(sys(kill, p, SIGTERM) == 0);
	IS(PT(CONT, p, 0, SIGTERM), 0);
	WAIT(p, W_EXITED(3));
}

CASE(exit_event_change, "the exit status cannot be changed in the EXIT stop")
{
	long p = traced_with(leaves, 3, PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	IS(PT(POKEUSR, p, USER(rdi), 9), 0);
	go(p);
	WAIT(p, W_EXITED(3));
}

CASE(exit_event_detach, "DETACH in the EXIT stop lets the process end; the parent is told")
{
	long p = traced_with(leaves, 3, PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	IS(PT(DETACH, p), 0);
	WAIT(p, W_EXITED(3));
}

CASE(exit_event_fork_child, "TRACEEXIT is inherited by a child that comes traced")
{
	long p = traced_with(forks, 5, PTRACE_O_TRACEFORK | PTRACE_O_TRACEEXIT);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_FORK));
	long child = child_of(p);
	WAIT(child, W_STOPPED(SIGSTOP));
	go(child);
	WAIT(child, W_EVENT(PTRACE_EVENT_EXIT));
	IS(event_message(child), W_EXITED(5));
	go(child);
	WAIT(child, W_EXITED(5));
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	IS(event_message(p), W_EXITED(6));
}
