/* Tracees of several threads: each is a tracee of its own; how they stop, end and exec
 * together; what wait says of the leader. */
#include "tracing.h"

/* A process whose thread 0 calls fn; the leader sleeps. */
void (*thread_fn)(long);
static void starts(long with)
{
	thread(0, thread_fn, with);
	STORE(&board[8], tids[0]);
	sleeps(0);
}

/* An untraced puppet of two sleeping threads; the second's role is t. */
static long untraced(long *t)
{
	thread_fn = sleeps;
	long p = puppet(starts, 0);
	while (!LOAD(&board[8]))
		sys(sched_yield);
	*t = role(LOAD(&board[8]), "t");
	until_state(p, "S");
	until_state(*t, "S");
	return p;
}

static long sleeping_thread; /* in the tracee: not used by it */

/* A SEIZE tracee with TRACECLONE and a thread that is to call fn(with): the leader in its
 * CLONE stop, the thread in its first stop. The thread's role is t. */
static long threaded(void (*fn)(long), long with, long options, long *t)
{
	thread_fn = fn;
	long p = seized(starts, with, PTRACE_O_TRACECLONE | options);
	CHECK(wait_status(p, __WALL) == W_EVENT(PTRACE_EVENT_CLONE));
	*t = role(event_message(p), "t");
	CHECK(wait_status(*t, __WALL) == W_GROUP(SIGTRAP));
	return p;
}

static void go(long p)
{
	CHECK(PT(CONT, p) == 0);
}

/* Both go on and are asleep: the leader in pause, the thread in what it calls. */
static long both_asleep(void (*fn)(long), long with, long options, long *t)
{
	long p = threaded(fn, with, options, t);
	go(p);
	go(*t);
	until_state(p, "S");
	until_state(*t, "S");
	return p;
}

static void exits(long code)
{
	sys(exit, code);
}

static void raises_in_thread(long sig)
{
	raise(sig);
	sleeps(0);
}

CASE(clone_event, "a new thread is a CLONE event; its message is the thread's id; the thread comes traced")
{
	long t, p = threaded(sleeps, 0, 0, &t);
	WHO(status_field(t, "Tgid", 10), p);
	WHO(status_field(t, "TracerPid", 10), pid());
	STATE(t, 't');
	STATE(p, 't');
}

CASE(clone_old, "under ATTACH a new thread's first stop is a SIGSTOP")
{
	thread_fn = sleeps;
	long p = traced(starts, 0);
	CHECK(PT(SETOPTIONS, p, 0, PTRACE_O_TRACECLONE) == 0);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_CLONE));
	long t = role(event_message(p), "t");
	WAIT(t, W_STOPPED(SIGSTOP));
}

CASE(clone_silent, "without TRACECLONE a new thread is not traced")
{
	thread_fn = sleeps;
	long p = seized(starts, 0, 0);
	while (status_field(p, "Threads", 10) != 2)
		sys(sched_yield);
	until_state(p, "S");
	NOTHING(p);
	WHO(status_field(p, "TracerPid", 10), pid());
}

CASE(attach_one, "ATTACH of a process stops its leader only; other threads are not traced")
{
	long t, p = untraced(&t);
	IS(PT(ATTACH, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(status_field(t, "TracerPid", 10), 0);
	until_state(t, "S");
}

CASE(attach_thread, "a thread can be attached to by its id; the others are not traced")
{
	long t, p = untraced(&t);
	IS(PT(ATTACH, t), 0);
	WAIT(t, W_STOPPED(SIGSTOP));
	STATE(p, 'S');
	IS(status_field(p, "TracerPid", 10), 0);
	ERR(PT(CONT, p), ESRCH);
}

CASE(stop_alone, "a stop is the thread's: others run on")
{
	long t, p = both_asleep(sleeps, 0, 0, &t);
	IS(PT(INTERRUPT, t), 0);
	WAIT(t, W_GROUP(SIGTRAP));
	STATE(p, 'S');
	NOTHING(p);
	ERR(PT(CONT, p), ESRCH);
}

CASE(signal_thread, "a signal to a thread is reported of that thread")
{
	long t, p = both_asleep(sleeps, 0, 0, &t);
	IS(sys(tgkill, p, t, SIGUSR1), 0);
	WAIT(t, W_STOPPED(SIGUSR1));
	IS(info_of(t).si_code, SI_TKILL);
	NOTHING(p);
}

CASE(signal_process, "a signal to the process is the leader's when it can take it")
{
	long t, p = both_asleep(sleeps, 0, 0, &t);
	IS(sys(kill, p, SIGUSR1), 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	STATE(t, 'S');
	NOTHING(t);
}

CASE(signal_process_stopped, "a signal to the process is another thread's when the leader is in a stop")
{
	long t, p = both_asleep(sleeps, 0, 0, &t);
	CHECK(PT(INTERRUPT, p) == 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(sys(kill, p, SIGUSR1), 0);
	WAIT(t, W_STOPPED(SIGUSR1));
	go(p);
	until_state(p, "S");
	NOTHING(p);
}

CASE(signal_process_blocked, "a signal to the process is another thread's when the leader blocks it")
{
	long t, p = both_asleep(sleeps, 0, 0, &t);
	unsigned long set = BIT(SIGUSR1);
	CHECK(PT(INTERRUPT, p) == 0);
	WAIT(p, W_GROUP(SIGTRAP));
	CHECK(PT(SETSIGMASK, p, 8, &set) == 0);
	go(p);
	until_state(p, "S");
	IS(sys(kill, p, SIGUSR1), 0);
	WAIT(t, W_STOPPED(SIGUSR1));
}

CASE(signal_kill_from_stop, "SIGTERM passed on by one thread ends all: each is reported")
{
	long t, p = both_asleep(sleeps, 0, 0, &t);
	CHECK(sys(tgkill, p, t, SIGTERM) == 0);
	WAIT(t, W_STOPPED(SIGTERM));
	IS(PT(CONT, t, 0, SIGTERM), 0);
	WAIT(t, W_KILLED(SIGTERM));
	WAIT(p, W_KILLED(SIGTERM));
}

/* Group-stop */
CASE(group_stop, "a group-stop is reported of each thread; only one has the signal's stop before")
{
	long t, p = both_asleep(sleeps, 0, 0, &t);
	CHECK(sys(kill, p, SIGSTOP) == 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	NOTHING(t);
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_GROUP(SIGSTOP));
	WAIT(t, W_GROUP(SIGSTOP));
}

CASE(group_stop_listen, "SIGCONT ends the LISTEN of each thread; its own stop is of the one that is continued first")
{
	long t, p = both_asleep(sleeps, 0, 0, &t);
	CHECK(sys(kill, p, SIGSTOP) == 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	CHECK(PT(CONT, p, 0, SIGSTOP) == 0);
	WAIT(p, W_GROUP(SIGSTOP));
	WAIT(t, W_GROUP(SIGSTOP));
	IS(PT(LISTEN, p), 0);
	IS(PT(LISTEN, t), 0);
	CHECK(sys(kill, p, SIGCONT) == 0);
	WAIT(p, W_GROUP(SIGTRAP));
	WAIT(t, W_GROUP(SIGTRAP));
	go(t);
	WAIT(t, W_STOPPED(SIGCONT));
	go(p);
	until_state(p, "S");
	NOTHING(p);
}

CASE(group_stop_one_traced, "a thread that is not traced stops with the group silently")
{
	long t, p = untraced(&t);
	CHECK(PT(SEIZE, t) == 0);
	CHECK(sys(kill, p, SIGSTOP) == 0); /* taken by the leader, whom nobody traces */
	WAIT(t, W_GROUP(SIGSTOP));
	until_state(p, "T");
}

/* Ends */
CASE(thread_exit, "a traced thread's exit is reported of its id, and its pid is gone then")
{
	long t, p = threaded(exits, 5, 0, &t);
	go(t);
	WAIT(t, W_EXITED(5));
	ERR(sys(wait4, t, 0, __WALL, 0), ECHILD);
	ERR(sys(tgkill, p, t, 0), ESRCH);
	STATE(p, 't');
}

CASE(thread_exit_event, "a thread's EXIT event has its own code for a message")
{
	long t, p = threaded(exits, 5, PTRACE_O_TRACEEXIT, &t);
	go(t);
	WAIT(t, W_EVENT(PTRACE_EVENT_EXIT));
	IS(event_message(t), W_EXITED(5));
	go(t);
	WAIT(t, W_EXITED(5));
	STATE(p, 't');
}

CASE(thread_exit_group, "exit_group of one thread ends all with its code; the leader is reported last")
{
	long t, p = threaded(leaves, 6, 0, &t);
	go(p);
	go(t);
	until_state(p, "Z");
	NOTHING(p);
	WAIT(t, W_EXITED(6));
	WAIT(p, W_EXITED(6));
}

CASE(thread_exit_group_stopped, "exit_group of one thread ends those that are in a stop, too")
{
	long t, p = threaded(leaves, 6, 0, &t);
	STATE(p, 't');
	go(t);
	WAIT(t, W_EXITED(6));
	WAIT(p, W_EXITED(6));
}

CASE(thread_kill, "SIGKILL of the process ends each thread; each is reported, the leader last")
{
	long t, p = threaded(sleeps, 0, 0, &t);
	CHECK(sys(kill, p, SIGKILL) == 0);
	WAIT(t, W_KILLED(SIGKILL));
	WAIT(p, W_KILLED(SIGKILL));
	ERR(sys(wait4, -1, 0, __WALL, 0), ECHILD);
}

CASE(thread_tgkill, "SIGKILL of one thread ends all")
{
	long t, p = both_asleep(sleeps, 0, 0, &t);
	CHECK(sys(tgkill, p, t, SIGKILL) == 0);
	WAIT(t, W_KILLED(SIGKILL));
	WAIT(p, W_KILLED(SIGKILL));
}

/* The leader ends first. */
static void outlives(long code)
{
	await(&board[0], 1);
	sys(exit_group, code);
}

static void leaves_first(long with)
{
	thread(0, thread_fn, with);
	sys(exit, 3);
}

static long led(void (*fn)(long), long with, long options, long *t)
{
	thread_fn = fn;
	long p = seized(leaves_first, with, PTRACE_O_TRACECLONE | options);
	CHECK(wait_status(p, __WALL) == W_EVENT(PTRACE_EVENT_CLONE));
	*t = role(event_message(p), "t");
	CHECK(wait_status(*t, __WALL) == W_GROUP(SIGTRAP));
	go(p);
	return p;
}

CASE(leader_zombie, "a leader that ended while threads run is a zombie, and is not reported")
{
	long t, p = led(outlives, 7, 0, &t);
	until_state(p, "Z");
	NOTHING(p);
	ERR(PT(CONT, p), ESRCH);
	IS(PT(INTERRUPT, p), 0); /* and nothing comes of it */
	go(t);
	NOTHING(p);
	advance(&board[0]);
	WAIT(t, W_EXITED(7));
	WAIT(p, W_EXITED(7));
}

CASE(leader_exit_event, "a leader that ends first has its EXIT event at once")
{
	long t, p = led(outlives, 7, PTRACE_O_TRACEEXIT, &t);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	IS(event_message(p), W_EXITED(3));
	go(p);
	until_state(p, "Z");
	NOTHING(p);
	STATE(t, 't');
}

CASE(leader_code, "when the last thread ends by exit its code is the process's (older kernels: the leader's)")
{
	long t, p = led(exits, 9, 0, &t);
	until_state(p, "Z");
	go(t);
	WAIT(t, W_EXITED(9));
	WAIT(p, W_EXITED(9));
}

CASE(leader_zombie_signal, "a signal to a process whose leader is a zombie is a thread's")
{
	long t, p = led(sleeps, 0, 0, &t);
	until_state(p, "Z");
	go(t);
	until_state(t, "S");
	CHECK(sys(kill, p, SIGUSR1) == 0);
	WAIT(t, W_STOPPED(SIGUSR1));
}

CASE(leader_zombie_attach, "a process whose leader is a zombie cannot be attached to: EPERM; its thread can")
{
	thread_fn = sleeps;
	long p = puppet(leaves_first, 0);
	until_state(p, "Z");
	ERR(PT(ATTACH, p), EPERM);
	ERR(PT(SEIZE, p), EPERM);
	IS(sys(wait4, p, 0, WNOHANG, 0), 0);
}

/* exec */
static void execs_other(long code)
{
	execs(code);
}

CASE(exec_thread, "exec of another thread than the leader: EXEC is the leader's pid, its message the thread's id")
{
	long t, p = threaded(execs_other, 5, PTRACE_O_TRACEEXEC, &t);
	go(p);
	go(t);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	WHO(event_message(p), t);
	IS(status_field(p, "Threads", 10), 1);
	TRUE(regs_of(p).rip == (unsigned long)_start);
	go(p);
	WAIT(p, W_EXITED(5));
}

CASE(exec_thread_gone, "after exec the former thread id is nobody; its end, and the old leader's, are not reported")
{
	long t, p = threaded(execs_other, 5, PTRACE_O_TRACEEXEC, &t);
	go(p);
	go(t);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	ERR(PT(CONT, t), ESRCH);
	ERR(sys(wait4, t, 0, __WALL | WNOHANG, 0), ECHILD);
	IS(state_of(t), 0);
	NOTHING(p);
}

CASE(exec_leader_stopped, "exec of a thread ends a leader that is in a stop")
{
	long t, p = threaded(execs_other, 5, PTRACE_O_TRACEEXEC, &t);
	STATE(p, 't');
	go(t);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	WHO(event_message(p), t);
}

CASE(exec_exit_event, "with TRACEEXIT the leader has an EXIT stop before another thread's exec goes on")
{
	long t, p = threaded(execs_other, 5, PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT, &t);
	go(p);
	go(t);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	IS(event_message(p), W_EXITED(0));
	NOTHING(t);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	WHO(event_message(p), t);
}

CASE(exec_trap, "without TRACEEXEC the exec of a SEIZE tracee's thread is seen in nothing but the thread's end")
{
	long t, p = threaded(execs_other, 5, 0, &t);
	go(p);
	go(t);
	WAIT(p, W_EXITED(5));
	ERR(sys(wait4, t, 0, __WALL, 0), ECHILD);
}

static void two_threads(long unused MAYBE)
{
	thread(0, sleeps, 0);
	thread(1, execs_other, 4);
	sleeps(0);
}

CASE(exec_kills_others, "exec ends the other threads; the tracer is told: exited with 0 (not killed)")
{
	long p = seized(two_threads, 0, PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC);
	WAIT(p, W_EVENT(PTRACE_EVENT_CLONE));
	long t = role(event_message(p), "t");
	WAIT(t, W_GROUP(SIGTRAP));
	go(t);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_CLONE));
	long u = role(event_message(p), "u");
	WAIT(u, W_GROUP(SIGTRAP));
	go(p);
	go(u);
	WAIT(t, W_EXITED(0));
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	WHO(event_message(p), u);
}

CASE(exec_needs_reaping, "exec is not done before the tracer has reaped the other threads")
{
	long p = seized(two_threads, 0, PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC);
	WAIT(p, W_EVENT(PTRACE_EVENT_CLONE));
	long t = role(event_message(p), "t");
	WAIT(t, W_GROUP(SIGTRAP));
	go(t);
	go(p);
	WAIT(p, W_EVENT(PTRACE_EVENT_CLONE));
	long u = role(event_message(p), "u");
	WAIT(u, W_GROUP(SIGTRAP));
	go(p);
	go(u);
	until_state(t, "Z");
	until_state(p, "Z");
	NOTHING(p);
	STATE(t, 'Z');
	WAIT(t, W_EXITED(0));
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
}

static void execs_led(long code)
{
	await(&board[0], 1);
	execs(code);
}

CASE(exec_dead_leader, "exec of a thread whose leader is a zombie gives the process its leader's pid back")
{
	long t, p = led(execs_led, 5, PTRACE_O_TRACEEXEC, &t);
	until_state(p, "Z");
	go(t);
	advance(&board[0]);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	WHO(event_message(p), t);
	STATE(p, 't');
	go(p);
	WAIT(p, W_EXITED(5));
}

CASE(exec_call_end, "the end of an execve by another thread is a syscall-stop of the leader's pid")
{
	long t, p = threaded(execs_other, 5, PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD, &t);
	go(p);
	CHECK(PT(SYSCALL, t) == 0);
	WAIT(t, W_SYSCALL);
	IS(regs_of(t).orig_rax, __NR_execve);
	CHECK(PT(SYSCALL, t) == 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	CHECK(PT(SYSCALL, p) == 0);
	WAIT(p, W_SYSCALL);
	IS(regs_of(p).orig_rax, __NR_execve);
	IS(regs_of(p).rax, 0);
}

/* Detaching, debug registers, breakpoints */
CASE(detach_one, "DETACH of one thread leaves the others traced")
{
	long t, p = threaded(sleeps, 0, 0, &t);
	IS(PT(DETACH, t), 0);
	IS(status_field(t, "TracerPid", 10), 0);
	WHO(status_field(p, "TracerPid", 10), pid());
	ERR(sys(wait4, t, 0, __WALL | WNOHANG, 0), ECHILD);
}

CASE(debug_registers_own, "debug registers are the thread's: a new thread has none in force")
{
	long t, p = threaded(sleeps, 0, 0, &t);
	CHECK(PT(POKEUSR, p, USER_DR(0), &sleeping_thread) == 0);
	IS(PT(POKEUSR, p, USER_DR(7), 0xd0001), 0);
	IS(peek_user(t, USER_DR(0)), 0);
	IS(peek_user(t, USER_DR(7)), 0);
}

CASE(memory_shared, "a POKE through one thread is seen through the other")
{
	long t, p = threaded(sleeps, 0, 0, &t);
	IS(PT(POKEDATA, t, &sleeping_thread, 12), 0);
	IS(peek(p, &sleeping_thread), 12);
}

CASE(raise_in_thread, "a thread that raises stops itself alone")
{
	long t, p = threaded(raises_in_thread, SIGUSR1, 0, &t);
	go(t);
	WAIT(t, W_STOPPED(SIGUSR1));
	WHO(info_of(t).si_pid, p);
	STATE(p, 't');
	NOTHING(p);
}

/* wait and its flags */
CASE(wait_any, "wait4(-1) reports any tracee's stop once, each")
{
	long t, p = both_asleep(sleeps, 0, 0, &t);
	CHECK(PT(INTERRUPT, p) == 0 && PT(INTERRUPT, t) == 0);
	until_state(p, "t");
	until_state(t, "t");
	long first = sys(wait4, -1, 0, __WALL, 0), second = sys(wait4, -1, 0, __WALL, 0);
	TRUE((first == p && second == t) || (first == t && second == p));
	IS(sys(wait4, -1, 0, __WALL | WNOHANG, 0), 0);
}

CASE(wait_thread_plain, "a traced thread can be waited for without __WALL: tracees are of every kind")
{
	long t, p = both_asleep(sleeps, 0, 0, &t);
	CHECK(PT(INTERRUPT, t) == 0);
	WHO(sys(wait4, t, 0, 0, 0), t);
	NOTHING(p);
}

CASE(wait_untraced_thread, "a thread that is not a tracee cannot be waited for: ECHILD")
{
	long t, p = untraced(&t);
	ERR(sys(wait4, t, 0, __WALL | WNOHANG, 0), ECHILD);
	IS(sys(wait4, p, 0, __WALL | WNOHANG, 0), 0);
}

static long clones(int sig)
{
	long p = sys(clone, sig, 0, 0, 0, 0);
	CHECK(p >= 0);
	if (p == 0) {
		leash();
		sys(exit_group, 4);
	}
	return role(p, "clone");
}

CASE(wait_clone, "a child with another exit signal than SIGCHLD needs __WCLONE or __WALL")
{
	long p = clones(0);
	until_state(p, "Z");
	ERR(sys(wait4, p, 0, 0, 0), ECHILD);
	STATUS(wait_status(p, __WCLONE), W_EXITED(4));
	p = clones(SIGURG);
	until_state(p, "Z");
	ERR(sys(wait4, p, 0, 0, 0), ECHILD);
	STATUS(wait_status(p, __WALL), W_EXITED(4));
}

CASE(wait_clone_plain, "__WCLONE does not see a child whose exit signal is SIGCHLD; __WALL does")
{
	long p = puppet(leaves, 4);
	until_state(p, "Z");
	ERR(sys(wait4, p, 0, __WCLONE, 0), ECHILD);
	STATUS(wait_status(p, __WALL), W_EXITED(4));
}

CASE(wait_clone_traced, "a tracee's stop is seen with __WCLONE too")
{
	long p = asleep();
	CHECK(PT(ATTACH, p) == 0);
	until_state(p, "t");
	STATUS(wait_status(p, __WCLONE), W_STOPPED(SIGSTOP));
}

static void waits_own(long p)
{
	board[0] = sys(wait4, p, 0, __WNOTHREAD | WNOHANG | __WALL, 0);
	board[1] = sys(wait4, p, 0, WNOHANG | __WALL, 0);
}

CASE(wait_nothread, "__WNOTHREAD sees the children and tracees of the calling thread only")
{
	long p = asleep();
	CHECK(PT(ATTACH, p) == 0);
	until_state(p, "t");
	thread(0, waits_own, p);
	join(0);
	IS(board[0], -ECHILD);
	WHO(board[1], p);
}

CASE(wait_raw_numbers, "statuses as numbers: 0x137f, 0x6057f, 0x80137f, 0x300, 9")
{
	int status;
	long p = traced(leaves, 3);
	IS(sys(ptrace, PTRACE_SETOPTIONS, p, 0, PTRACE_O_TRACEEXIT), 0);
	go(p);
	CHECK(sys(wait4, p, &status, __WALL, 0) == p);
	IS(status, 0x6057f);
	go(p);
	CHECK(sys(wait4, p, &status, __WALL, 0) == p);
	IS(status, 0x300);
	p = asleep();
	CHECK(PT(SEIZE, p) == 0 && sys(kill, p, SIGSTOP) == 0);
	CHECK(sys(wait4, p, &status, __WALL, 0) == p);
	IS(status, 0x137f);
	CHECK(PT(CONT, p, 0, SIGSTOP) == 0 && sys(wait4, p, &status, __WALL, 0) == p);
	IS(status, 0x80137f);
	CHECK(sys(kill, p, SIGKILL) == 0 && sys(wait4, p, &status, __WALL, 0) == p);
	IS(status, 9);
}
