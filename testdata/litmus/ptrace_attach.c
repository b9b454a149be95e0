/* How tracing begins: TRACEME, ATTACH, SEIZE; and whose requests are heard. */
#include "tracing.h"

/* TRACEME */
static void traceme_twice(long unused MAYBE)
{
	board[0] = PT(TRACEME);
	board[1] = PT(TRACEME);
}

CASE(traceme_twice, "TRACEME of a process that is traced already is EPERM")
{
	long p = puppet(traceme_twice, 0);
	WAIT(p, W_EXITED(0));
	IS(board[0], 0);
	IS(board[1], -EPERM);
}

CASE(traceme_runs, "TRACEME itself does not stop the process")
{
	long p = puppet(traceme_twice, 0);
	WAIT(p, W_EXITED(0));
}

CASE(traceme_tracer, "TRACEME makes the parent the tracer; TracerPid says so")
{
	long p = traced(sleeps, 0);
	WHO(status_field(p, "TracerPid", 10), pid());
	STATE(p, 't');
}

CASE(untraced_tracer, "TracerPid of a process that nobody traces is 0")
{
	long p = asleep();
	IS(status_field(p, "TracerPid", 10), 0);
}

static void execs_traced(long code)
{
	CHECK(PT(TRACEME) == 0);
	execs(code);
}

CASE(traceme_exec_trap, "a successful exec of a TRACEME tracee sends it SIGTRAP: an ordinary signal of its own")
{
	long p = puppet(execs_traced, 5);
	WAIT(p, W_STOPPED(SIGTRAP));
	info_t info = info_of(p);
	SIG(info.si_signo, SIGTRAP);
	IS(info.si_code, SI_USER);
	WHO(info.si_pid, p);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(5));
}

CASE(traceme_exec_trap_kills, "the SIGTRAP of exec is fatal when it is passed on")
{
	long p = puppet(execs_traced, 5);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(PT(CONT, p, 0, SIGTRAP), 0);
	WAIT(p, W_KILLED(SIGTRAP));
}

CASE(traceme_exec_event, "with TRACEEXEC exec is an event stop and there is no SIGTRAP")
{
	long p = traced(execs, 5);
	IS(PT(SETOPTIONS, p, 0, PTRACE_O_TRACEEXEC), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(5));
}

static void execs_nothing(long unused MAYBE)
{
	const char *none[] = {0};
	CHECK(PT(TRACEME) == 0);
	long err = sys(execve, "/proc/self/no/such/file", none, none);
	sys(exit_group, -err);
}

CASE(traceme_exec_fails, "an exec that fails sends no SIGTRAP")
{
	long p = puppet(execs_nothing, 0);
	WAIT(p, W_EXITED(ENOENT));
}

CASE(attach_exec_trap, "an ATTACH tracee gets SIGTRAP at exec like a TRACEME one")
{
	then_fn = execs;
	ADD(&board[SEIZED + 1], 1);
	long p = puppet(awaits_seize, 6);
	until_state(p, "S");
	IS(PT(ATTACH, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(PT(CONT, p), 0);
	advance(&board[SEIZED]);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(6));
}

CASE(seize_exec_silent, "exec of a SEIZE tracee without TRACEEXEC is not reported at all")
{
	long p = seized(execs, 6, 0);
	WAIT(p, W_EXITED(6));
}

/* ATTACH */
CASE(attach_stops, "ATTACH sends SIGSTOP: the tracee stops before it is delivered")
{
	long p = asleep();
	IS(PT(ATTACH, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	SIG(info_of(p).si_signo, SIGSTOP);
	STATE(p, 't');
}

CASE(attach_ignores_addr, "ATTACH ignores addr and data")
{
	long p = asleep();
	IS(PT(ATTACH, p, 12345, 54321), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
}

CASE(attach_stop_from_kernel, "the SIGSTOP of ATTACH comes from the kernel: si_code SI_KERNEL, no pid")
{
	long p = asleep();
	IS(PT(ATTACH, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(info_of(p).si_code, SI_KERNEL);
	IS(info_of(p).si_pid, 0);
}

CASE(attach_continue, "continued without the SIGSTOP, an attached tracee sleeps on as before")
{
	long p = asleep();
	IS(PT(ATTACH, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	NOTHING(p);
}

CASE(attach_pass_stop, "the SIGSTOP of ATTACH passed on stops the process: a group-stop")
{
	long p = asleep();
	IS(PT(ATTACH, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	ERR(PT(GETSIGINFO, p, 0, &(info_t){}), EINVAL);
}

CASE(attach_races, "a signal sent right after ATTACH is reported too, in either order")
{
	long p = asleep();
	IS(PT(ATTACH, p), 0);
	IS(sys(kill, p, SIGUSR1), 0);
	long first = wait_status(p, __WALL);
	ANY(first, W_STOPPED(SIGSTOP), W_STOPPED(SIGUSR1));
	CHECK(PT(CONT, p) == 0);
	long second = wait_status(p, __WALL);
	IS(first + second, W_STOPPED(SIGSTOP) + W_STOPPED(SIGUSR1));
	CHECK(PT(CONT, p) == 0);
	until_state(p, "S");
	NOTHING(p);
}

CASE(attach_twice, "ATTACH and SEIZE of one's own tracee are EPERM")
{
	long p = traced(sleeps, 0);
	ERR(PT(ATTACH, p), EPERM);
	ERR(PT(SEIZE, p), EPERM);
	ERR(PT(SEIZE, p, 0, PTRACE_O_TRACEEXEC), EPERM);
}

CASE(attach_other_tracers, "ATTACH and SEIZE of another's tracee are EPERM")
{
	long p = asleep();
	puppet(holds, p);
	await(&board[0], 1);
	ERR(PT(ATTACH, p), EPERM);
	ERR(PT(SEIZE, p), EPERM);
}

CASE(attach_self, "ATTACH and SEIZE of oneself are EPERM")
{
	ERR(PT(ATTACH, pid()), EPERM);
	ERR(PT(SEIZE, pid()), EPERM);
}

static void thread_sleeps(long unused MAYBE)
{
	sleeps(0);
}

CASE(attach_own_thread, "ATTACH and SEIZE of a thread of one's own process are EPERM")
{
	thread(0, thread_sleeps, 0);
	ERR(PT(ATTACH, tids[0]), EPERM);
	ERR(PT(SEIZE, tids[0]), EPERM);
}

CASE(attach_nobody, "ATTACH and SEIZE of a pid that is not there are ESRCH, and so is pid 0 or -1")
{
	long p = puppet(leaves, 0);
	WAIT(p, W_EXITED(0));
	ERR(PT(ATTACH, p), ESRCH);
	ERR(PT(SEIZE, p), ESRCH);
	ERR(PT(ATTACH, 0), ESRCH);
	ERR(PT(ATTACH, -1), ESRCH);
}

CASE(attach_zombie, "ATTACH and SEIZE of a zombie are EPERM")
{
	long p = puppet(leaves, 3);
	until_state(p, "Z");
	ERR(PT(ATTACH, p), EPERM);
	ERR(PT(SEIZE, p), EPERM);
	WAIT(p, W_EXITED(3));
}

CASE(attach_parent, "a child may trace its parent, which then waits for its child as before")
{
	long child = sys(fork);
	CHECK(child >= 0);
	if (child == 0) {
		long parent = sys(getppid);
		leash();
		board[0] = PT(ATTACH, parent);
		board[1] = wait_status(parent, 0);
		board[2] = PT(DETACH, parent);
		sys(exit_group, 4);
	}
	role(child, "child");
	WAIT(child, W_EXITED(4));
	IS(board[0], 0);
	STATUS(board[1], W_STOPPED(SIGSTOP));
	IS(board[2], 0);
}

CASE(attach_stopped, "ATTACH of a process in group-stop: it is reported at once, and SIGSTOP again later")
{
	long p = asleep();
	CHECK(sys(kill, p, SIGSTOP) == 0);
	until_state(p, "T");
	IS(PT(ATTACH, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	ERR(PT(GETSIGINFO, p, 0, &(info_t){}), EINVAL);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	SIG(info_of(p).si_signo, SIGSTOP);
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	NOTHING(p);
}

static void attaches_as_nobody(long p)
{
	CHECK(sys(setresgid, 65534, 65534, 65534) == 0 && sys(setresuid, 65534, 65534, 65534) == 0);
	board[0] = PT(ATTACH, p);
	board[1] = PT(SEIZE, p);
}

CASE(attach_other_user, "ATTACH and SEIZE of another user's process without privilege are EPERM")
{
	if (sys(geteuid))
		SKIP("needs root");
	long p = asleep();
	long t = puppet(attaches_as_nobody, p);
	WAIT(t, W_EXITED(0));
	IS(board[0], -EPERM);
	IS(board[1], -EPERM);
}

static void becomes_nobody(long dumpable)
{
	CHECK(sys(setresgid, 65534, 65534, 65534) == 0 && sys(setresuid, 65534, 65534, 65534) == 0);
	leash(); /* a change of credentials unties it */
	CHECK(sys(prctl, PR_SET_DUMPABLE, dumpable) == 0);
	sleeps(0);
}

CASE(attach_not_dumpable, "without privilege a process that is not dumpable cannot be traced, even by its own user")
{
	if (sys(geteuid))
		SKIP("needs root");
	long p = puppet(becomes_nobody, 0);
	until_state(p, "S");
	long t = puppet(attaches_as_nobody, p);
	WAIT(t, W_EXITED(0));
	IS(board[0], -EPERM);
	IS(board[1], -EPERM);
}

CASE(attach_own_user, "a process of the same user that is dumpable can be traced without privilege")
{
	if (sys(geteuid))
		SKIP("needs root");
	long p = puppet(becomes_nobody, 1);
	until_state(p, "S");
	long t = puppet(attaches_as_nobody, p);
	WAIT(t, W_EXITED(0));
	IS(board[0], 0);
	IS(board[1], -EPERM);
}

/* SEIZE */
CASE(seize_stops_not, "SEIZE does not stop the tracee")
{
	long p = asleep();
	IS(PT(SEIZE, p), 0);
	STATE(p, 'S');
	NOTHING(p);
	WHO(status_field(p, "TracerPid", 10), pid());
}

CASE(seize_bad_addr, "SEIZE with an addr other than 0 is EIO")
{
	long p = asleep();
	ERR(PT(SEIZE, p, 8, 0), EIO);
	IS(status_field(p, "TracerPid", 10), 0);
}

CASE(seize_bad_options, "SEIZE with unknown options is EIO (SETOPTIONS says EINVAL)")
{
	long p = asleep();
	ERR(PT(SEIZE, p, 0, 1 << 30), EIO);
	ERR(PT(SEIZE, p, 0, PTRACE_O_TRACEEXEC | 0x100), EIO);
	IS(status_field(p, "TracerPid", 10), 0);
}

CASE(seize_bad_before_esrch, "SEIZE looks for the process before it looks at addr and options")
{
	long p = puppet(leaves, 0);
	WAIT(p, W_EXITED(0));
	ERR(PT(SEIZE, p, 8, 0), ESRCH);
}

CASE(seize_options, "the options of SEIZE are in force at once")
{
	long p = asleep();
	IS(PT(SEIZE, p, 0, PTRACE_O_TRACEEXIT), 0);
	CHECK(sys(kill, p, SIGTERM) == 0);
	WAIT(p, W_STOPPED(SIGTERM));
	IS(PT(CONT, p, 0, SIGTERM), 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXIT));
	IS(PT(CONT, p), 0);
	WAIT(p, W_KILLED(SIGTERM));
}

CASE(seize_stopped, "SEIZE of a process in group-stop reports the group-stop")
{
	long p = asleep();
	CHECK(sys(kill, p, SIGSTOP) == 0);
	until_state(p, "T");
	IS(PT(SEIZE, p), 0);
	WAIT(p, W_GROUP(SIGSTOP));
	NOTHING(p);
}

/* Whose requests are heard. */
CASE(request_running, "requests of a tracee that runs are ESRCH")
{
	long p = asleep(), word;
	struct regs r;
	IS(PT(SEIZE, p), 0);
	ERR(PT(CONT, p), ESRCH);
	ERR(PT(SYSCALL, p), ESRCH);
	ERR(PT(SINGLESTEP, p), ESRCH);
	ERR(PT(PEEKDATA, p, board, &word), ESRCH);
	ERR(PT(POKEDATA, p, board, 1), ESRCH);
	ERR(PT(PEEKUSR, p, 0, &word), ESRCH);
	ERR(PT(GETREGS, p, 0, &r), ESRCH);
	ERR(PT(SETOPTIONS, p, 0, 0), ESRCH);
	ERR(PT(GETEVENTMSG, p, 0, &word), ESRCH);
	ERR(PT(LISTEN, p), ESRCH);
	STATE(p, 'S');
}

CASE(request_untraced, "requests of a process that nobody traces are ESRCH, also when it is stopped")
{
	long p = asleep();
	ERR(PT(CONT, p), ESRCH);
	ERR(PT(INTERRUPT, p), ESRCH);
	CHECK(sys(kill, p, SIGSTOP) == 0);
	until_state(p, "T");
	ERR(PT(CONT, p), ESRCH);
	ERR(PT(INTERRUPT, p), ESRCH);
}

CASE(request_others, "requests of a stopped tracee by a process that is not its tracer are ESRCH")
{
	long p = asleep();
	struct regs r;
	puppet(holds, p);
	await(&board[0], 1);
	STATE(p, 't');
	ERR(PT(CONT, p), ESRCH);
	ERR(PT(GETREGS, p, 0, &r), ESRCH);
	ERR(PT(DETACH, p), ESRCH);
	ERR(PT(KILL, p), ESRCH);
	ERR(PT(INTERRUPT, p), ESRCH);
}

static void asks(long p)
{
	struct regs r;
	board[0] = PT(CONT, p);
	board[1] = PT(GETREGS, p, 0, &r);
	board[2] = PT(DETACH, p);
}

CASE(request_other_thread, "requests by another thread of the tracer's process are ESRCH")
{
	long p = traced(sleeps, 0);
	thread(0, asks, p);
	join(0);
	IS(board[0], -ESRCH);
	IS(board[1], -ESRCH);
	IS(board[2], -ESRCH);
	IS(PT(CONT, p), 0);
}

static void waits(long p)
{
	board[0] = wait_status(p, __WALL);
	board[1] = wait_status(p, __WALL | WNOHANG);
}

CASE(wait_other_thread, "another thread of the tracer's process can wait for the tracee")
{
	long p = asleep();
	IS(PT(ATTACH, p), 0);
	thread(0, waits, p);
	join(0);
	STATUS(board[0], W_STOPPED(SIGSTOP));
	IS(board[1], -EAGAIN);
	IS(PT(CONT, p), 0);
}

CASE(request_unknown, "an unknown request is EIO for a stopped tracee, ESRCH for a running one")
{
	long p = traced(sleeps, 0);
	ERR(sys(ptrace, 9999, p, 0, 0), EIO);
	IS(PT(CONT, p), 0);
	ERR(sys(ptrace, 9999, p, 0, 0), ESRCH);
}

CASE(request_zombie, "requests of a tracee that is a zombie are ESRCH")
{
	long p = traced(leaves, 5);
	struct regs r;
	CHECK(PT(CONT, p) == 0);
	until_state(p, "Z");
	ERR(PT(CONT, p), ESRCH);
	ERR(PT(GETREGS, p, 0, &r), ESRCH);
	ERR(PT(DETACH, p), ESRCH);
	WAIT(p, W_EXITED(5));
}

CASE(request_before_wait, "requests are heard once the tracee has stopped, before any wait reports it")
{
	long p = asleep();
	IS(PT(ATTACH, p), 0);
	until_state(p, "t");
	SIG(info_of(p).si_signo, SIGSTOP);
	WAIT(p, W_STOPPED(SIGSTOP));
}

CASE(continue_before_wait, "a stop that is continued before a wait is never reported")
{
	long p = asleep();
	IS(PT(ATTACH, p), 0);
	until_state(p, "t");
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	NOTHING(p);
}
