/* How tracing ends: DETACH, KILL, the tracer's end; and what the real parent is told. */
#include "tracing.h"

/* DETACH */
CASE(detach_goes_on, "DETACH lets the tracee go on, untraced")
{
	long p = traced(leaves, 3);
	IS(PT(DETACH, p), 0);
	WAIT(p, W_EXITED(3));
}

CASE(detach_untraced, "after DETACH nobody traces the process and requests are ESRCH")
{
	long p = traced(sleeps, 0);
	IS(PT(DETACH, p), 0);
	IS(status_field(p, "TracerPid", 10), 0);
	ERR(PT(CONT, p), ESRCH);
	ERR(PT(DETACH, p), ESRCH);
	ERR(PT(INTERRUPT, p), ESRCH);
}

CASE(detach_again, "a process can be traced again after DETACH")
{
	long p = traced(sleeps, 0);
	IS(PT(DETACH, p), 0);
	until_state(p, "S");
	IS(PT(SEIZE, p), 0);
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
}

CASE(detach_running, "DETACH of a tracee that is not stopped is ESRCH, and it stays traced")
{
	long p = asleep();
	IS(PT(SEIZE, p), 0);
	ERR(PT(DETACH, p), ESRCH);
	WHO(status_field(p, "TracerPid", 10), pid());
}

CASE(detach_kills, "DETACH with a signal delivers it")
{
	long p = traced(sleeps, 0);
	IS(PT(DETACH, p, 0, SIGTERM), 0);
	WAIT(p, W_KILLED(SIGTERM));
}

CASE(detach_stops, "DETACH with SIGSTOP leaves the process stopped, and the parent is told")
{
	long p = traced(leaves, 2);
	IS(PT(DETACH, p, 0, SIGSTOP), 0);
	STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGSTOP));
	STATE(p, 'T');
	CHECK(sys(kill, p, SIGCONT) == 0);
	WAIT(p, W_EXITED(2));
}

CASE(detach_bad_signal, "DETACH with a number that is no signal is EIO and detaches not")
{
	long p = traced(leaves, 2);
	ERR(PT(DETACH, p, 0, 65), EIO);
	ERR(PT(DETACH, p, 0, -1), EIO);
	IS(PT(DETACH, p, 0, 0), 0);
	WAIT(p, W_EXITED(2));
}

CASE(detach_in_group_stop, "DETACH of a SEIZE tracee in group-stop leaves it stopped")
{
	long p = asleep();
	IS(PT(SEIZE, p), 0);
	CHECK(sys(kill, p, SIGSTOP) == 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_GROUP(SIGSTOP));
	IS(PT(DETACH, p), 0);
	until_state(p, "T");
	CHECK(sys(kill, p, SIGCONT) == 0);
	until_state(p, "S");
	IS(status_field(p, "TracerPid", 10), 0);
}

CASE(detach_in_old_group_stop, "DETACH of an ATTACH tracee in group-stop leaves it stopped too")
{
	long p = traced(sleeps, 0);
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(PT(DETACH, p), 0);
	until_state(p, "T");
	CHECK(sys(kill, p, SIGCONT) == 0);
	until_state(p, "S");
}

CASE(detach_event_signal, "DETACH with a signal in an event stop: the signal is lost (the manual: may be)")
{
	long p = traced(execs, 5);
	CHECK(PT(SETOPTIONS, p, 0, PTRACE_O_TRACEEXEC) == 0 && PT(CONT, p) == 0);
	WAIT(p, W_EVENT(PTRACE_EVENT_EXEC));
	IS(PT(DETACH, p, 0, SIGTERM), 0);
	WAIT(p, W_EXITED(5));
}

CASE(detach_pending, "signals sent to a stopped tracee are delivered after DETACH")
{
	long p = traced(sleeps, 0);
	CHECK(sys(kill, p, SIGTERM) == 0);
	IS(PT(DETACH, p), 0);
	WAIT(p, W_KILLED(SIGTERM));
}

/* KILL */
CASE(kill_stopped, "KILL ends a stopped tracee as if by SIGKILL")
{
	long p = traced(sleeps, 0);
	IS(PT(KILL, p), 0);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(kill_running, "KILL ends a running tracee too (since Linux 5.19; before, it did nothing)")
{
	long p = asleep();
	IS(PT(SEIZE, p), 0);
	IS(PT(KILL, p), 0);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(kill_untraced, "KILL of a process that is not a tracee is ESRCH")
{
	long p = asleep();
	ERR(PT(KILL, p), ESRCH);
	STATE(p, 'S');
}

CASE(kill_zombie, "KILL of a tracee that is a zombie is 0 and does nothing")
{
	long p = traced(leaves, 5);
	CHECK(PT(CONT, p) == 0);
	until_state(p, "Z");
	IS(PT(KILL, p), 0);
	WAIT(p, W_EXITED(5));
}

/* The tracer's end. */
static void holds_killing(long p)
{
	CHECK(PT(SEIZE, p, 0, PTRACE_O_EXITKILL) == 0);
	advance(&board[0]);
	await(&board[1], 1);
}

CASE(tracer_exits, "when the tracer exits its tracees go on, untraced")
{
	long p = asleep();
	long t = puppet(holds, p);
	await(&board[0], 1);
	STATE(p, 't');
	advance(&board[1]);
	WAIT(t, W_EXITED(0));
	until_state(p, "S");
	IS(status_field(p, "TracerPid", 10), 0);
}

CASE(tracer_killed, "when the tracer is killed its tracees go on, untraced")
{
	long p = asleep();
	long t = puppet(holds, p);
	await(&board[0], 1);
	CHECK(sys(kill, t, SIGKILL) == 0);
	WAIT(t, W_KILLED(SIGKILL));
	until_state(p, "S");
	IS(status_field(p, "TracerPid", 10), 0);
}

static void attaches_only(long p)
{
	CHECK(PT(ATTACH, p) == 0);
	until_state(p, "t");
}

CASE(tracer_exits_unwaited, "a signal whose stop no wait has reported is delivered when the tracer exits")
{
	long p = asleep();
	long t = puppet(attaches_only, p);
	WAIT(t, W_EXITED(0));
	until_state(p, "T");
	STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGSTOP));
}

static void sees_term(long p)
{
	CHECK(PT(SEIZE, p) == 0 && sys(kill, p, SIGTERM) == 0);
	CHECK(wait_status(p, 0) == W_STOPPED(SIGTERM));
}

CASE(tracer_exits_waited, "a signal whose stop was waited for is lost when the tracer exits")
{
	long p = asleep();
	long t = puppet(sees_term, p);
	WAIT(t, W_EXITED(0));
	until_state(p, "S");
	NOTHING(p);
}

CASE(exitkill, "with EXITKILL the tracer's end kills a running tracee")
{
	long p = asleep();
	long t = puppet(holds_killing, p);
	await(&board[0], 1);
	advance(&board[1]);
	WAIT(t, W_EXITED(0));
	WAIT(p, W_KILLED(SIGKILL));
}

static void holds_stopped_killing(long p)
{
	CHECK(PT(ATTACH, p) == 0 && wait_status(p, 0) == W_STOPPED(SIGSTOP));
	CHECK(PT(SETOPTIONS, p, 0, PTRACE_O_EXITKILL) == 0);
}

CASE(exitkill_stopped, "with EXITKILL the tracer's end kills a stopped tracee")
{
	long p = asleep();
	long t = puppet(holds_stopped_killing, p);
	WAIT(t, W_EXITED(0));
	WAIT(p, W_KILLED(SIGKILL));
}

static void sets_and_takes_back(long p)
{
	holds_stopped_killing(p);
	CHECK(PT(SETOPTIONS, p, 0, 0) == 0);
}

CASE(exitkill_taken_back, "SETOPTIONS without EXITKILL takes it back")
{
	long p = asleep();
	long t = puppet(sets_and_takes_back, p);
	WAIT(t, W_EXITED(0));
	until_state(p, "S");
	NOTHING(p);
}

static void detaches_killing(long p)
{
	holds_stopped_killing(p);
	CHECK(PT(DETACH, p) == 0);
}

CASE(exitkill_detached, "EXITKILL does not outlive DETACH")
{
	long p = asleep();
	long t = puppet(detaches_killing, p);
	WAIT(t, W_EXITED(0));
	until_state(p, "S");
	NOTHING(p);
}

static void thread_holds(long p)
{
	CHECK(PT(SEIZE, p, 0, board[2]) == 0);
	board[0] = status_field(p, "TracerPid", 10) == tid();
}

CASE(tracer_is_thread, "the tracer is a thread: TracerPid is its thread id")
{
	long p = asleep();
	thread(0, thread_holds, p);
	join(0);
	IS(board[0], 1);
}

CASE(tracer_thread_exits, "when the thread that traces ends, its tracees are untraced, though its process goes on")
{
	long p = asleep();
	thread(0, thread_holds, p);
	join(0); /* wakes us before the kernel lets the tracees go */
	until_untraced(p);
	IS(board[0], 1);
	STATE(p, 'S');
}

CASE(exitkill_thread, "with EXITKILL the end of the thread that traces kills its tracees")
{
	long p = asleep();
	board[2] = PTRACE_O_EXITKILL;
	thread(0, thread_holds, p);
	join(0);
	WAIT(p, W_KILLED(SIGKILL));
}

/* The tracer and the real parent. */
static void asks_parent(long unused MAYBE)
{
	await(&board[3], 1);
	STORE(&board[2], sys(getppid));
	sleeps(0);
}

static void holds_loosely(long p)
{
	CHECK(PT(SEIZE, p) == 0);
	advance(&board[3]);
	await(&board[1], 1);
}

CASE(getppid_same, "a tracee's parent is who it was: getppid does not say the tracer")
{
	long p = puppet(asks_parent, 0);
	until_state(p, "S");
	long t = puppet(holds_loosely, p);
	while (!LOAD(&board[2]))
		sys(sched_yield);
	WHO(board[2], pid());
	WHO(status_field(p, "PPid", 10), pid());
	WHO(status_field(p, "TracerPid", 10), t);
}

static void holds_to_end(long p)
{
	CHECK(PT(ATTACH, p) == 0 && wait_status(p, 0) == W_STOPPED(SIGSTOP));
	CHECK(PT(CONT, p, 0, SIGTERM) == 0);
	until_state(p, "Z");
	advance(&board[0]);
	await(&board[1], 1);
	board[2] = wait_status(p, 0);
	board[3] = wait_status(p, 0);
}

CASE(tracer_reaps_first, "a tracee's end is reported to the tracer first, then to the parent")
{
	long p = asleep();
	long t = puppet(holds_to_end, p);
	await(&board[0], 1);
	NOTHING(p);
	advance(&board[1]);
	WAIT(t, W_EXITED(0));
	STATUS(board[2], W_KILLED(SIGTERM));
	IS(board[3], -ECHILD);
	WAIT(p, W_KILLED(SIGTERM));
}

static void leaves_zombie(long p)
{
	CHECK(PT(ATTACH, p) == 0 && wait_status(p, 0) == W_STOPPED(SIGSTOP));
	CHECK(PT(CONT, p, 0, SIGTERM) == 0);
	until_state(p, "Z");
}

CASE(tracer_leaves_zombie, "a tracee's end that the tracer did not wait for is the parent's when the tracer exits")
{
	long p = asleep();
	long t = puppet(leaves_zombie, p);
	WAIT(t, W_EXITED(0));
	WAIT(p, W_KILLED(SIGTERM));
}

CASE(parent_blind, "the parent's wait does not see its child's stops under another tracer")
{
	long p = asleep();
	puppet(holds, p);
	await(&board[0], 1);
	STATE(p, 't');
	STATUS(wait_status(p, WUNTRACED | WCONTINUED | WNOHANG), -EAGAIN);
}

static void passes_stop(long p)
{
	CHECK(PT(ATTACH, p) == 0 && wait_status(p, 0) == W_STOPPED(SIGSTOP));
	CHECK(PT(CONT, p, 0, SIGSTOP) == 0);
	CHECK(wait_status(p, 0) == W_STOPPED(SIGSTOP));
	advance(&board[0]);
	await(&board[1], 1);
}

CASE(parent_sees_group_stop, "the parent's WUNTRACED sees the group-stop of a child that another traces")
{
	long p = asleep();
	puppet(passes_stop, p);
	await(&board[0], 1);
	STATUS(wait_status(p, WUNTRACED | WNOHANG), W_STOPPED(SIGSTOP));
}

static void holds_dead_parents(long p)
{
	holds(p);
	board[2] = sys(kill, p, SIGKILL);
	board[3] = wait_status(p, 0);
}

static void has_child(long unused MAYBE)
{
	long p = sys(fork);
	CHECK(p >= 0);
	if (p == 0) {
		sys(alarm, 20); /* no leash: it has to survive */
		sleeps(0);
	}
	board[4] = p;
	until_state(p, "S");
	advance(&board[5]);
	await(&board[6], 1);
}

CASE(parent_dies, "a tracee whose parent ends stays its tracer's, to the end")
{
	long parent = puppet(has_child, 0);
	await(&board[5], 1);
	long t = puppet(holds_dead_parents, board[4]);
	await(&board[0], 1);
	advance(&board[6]);
	WAIT(parent, W_EXITED(0));
	advance(&board[1]);
	WAIT(t, W_EXITED(0));
	IS(board[2], 0);
	STATUS(board[3], W_KILLED(SIGKILL));
}
