/* Group-stops and the stops of INTERRUPT; what SIGCONT, CONT and LISTEN do in them. */
#include "tracing.h"

/* SIGCONT and SIGSTOP. */
CASE(cont_signal_stops, "SIGCONT is reported like any signal, and its handler runs when it is passed on")
{
	long p = traced(handler, 0);
	CHECK(PT(CONT, p) == 0);
	until_handling(p);
	send(p, SIGCONT);
	WAIT(p, W_STOPPED(SIGCONT));
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	send(p, SIGCONT);
	WAIT(p, W_STOPPED(SIGCONT));
	IS(PT(CONT, p, 0, SIGCONT), 0);
	until_state(p, "S");
	count_is(p, 1);
}

CASE(cont_signal_seize, "each SIGCONT of a SEIZE tracee is an EVENT_STOP first, even when nothing was stopped")
{
	long p = handling();
	send(p, SIGCONT);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	count_is(p, 0);
}

CASE(cont_signal_no_wake, "SIGCONT does not continue a tracee in a signal-delivery-stop")
{
	long p = traced(sleeps, 0);
	send(p, SIGCONT);
	STATE(p, 't');
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
}

CASE(cont_removes_stop, "SIGCONT removes a pending SIGSTOP, and SIGSTOP a pending SIGCONT")
{
	long p = traced(sleeps, 0);
	send(p, SIGTSTP);
	send(p, SIGSTOP);
	send(p, SIGCONT);
	IS(status_field(p, "ShdPnd", 16), BIT(SIGCONT));
	send(p, SIGSTOP);
	IS(status_field(p, "ShdPnd", 16), BIT(SIGSTOP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
}

CASE(cont_undoes_reported_stop, "SIGCONT sent during a SIGSTOP's delivery-stop undoes the SIGSTOP, though it is passed on")
{
	long p = handling();
	send(p, SIGSTOP);
	WAIT(p, W_STOPPED(SIGSTOP));
	send(p, SIGCONT);
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
	IS(PT(CONT, p, 0, SIGCONT), 0);
	until_state(p, "S");
	count_is(p, 1);
}

/* Group-stop, ATTACH style. */
CASE(group_old, "SIGSTOP passed on: a group-stop, reported as the signal again; GETSIGINFO is EINVAL")
{
	long p = asleep();
	CHECK(PT(ATTACH, p) == 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(info_of(p).si_signo, SIGSTOP);
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	info_t info;
	ERR(PT(GETSIGINFO, p, 0, &info), EINVAL);
	STATE(p, 't');
}

CASE(group_old_tstp, "SIGTSTP passed on is a group-stop, reported as SIGTSTP")
{
	long p = traced(sleeps, 0);
	CHECK(sys(setpgid, p, p) == 0); /* not orphaned: we are of its session */
	IS(PT(CONT, p, 0, SIGTSTP), 0);
	WAIT(p, W_STOPPED(SIGTSTP));
	ERR(PT(GETSIGINFO, p, 0, &(info_t){}), EINVAL);
}

static void leads(long unused MAYBE)
{
	CHECK(sys(setsid) == pid());
	raise(SIGTSTP);
	raise(SIGTTIN);
	raise(SIGTTOU);
	sys(exit_group, 8);
}

CASE(group_old_orphan, "SIGTSTP, SIGTTIN, SIGTTOU passed on to a process of an orphaned group do nothing")
{
	long p = traced(leads, 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGTSTP));
	IS(PT(CONT, p, 0, SIGTSTP), 0);
	WAIT(p, W_STOPPED(SIGTTIN));
	IS(PT(CONT, p, 0, SIGTTIN), 0);
	WAIT(p, W_STOPPED(SIGTTOU));
	IS(PT(CONT, p, 0, SIGTTOU), 0);
	WAIT(p, W_EXITED(8));
}

CASE(group_old_cont, "CONT in a group-stop lets the tracee run: the stop is forgotten")
{
	long p = traced(leaves, 2);
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(2));
}

CASE(group_old_cont_signal, "a signal given to CONT in a group-stop is ignored")
{
	long p = traced(leaves, 2);
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(PT(CONT, p, 0, SIGTERM), 0);
	WAIT(p, W_EXITED(2));
}

CASE(group_old_sigcont, "SIGCONT does not wake an ATTACH tracee in group-stop")
{
	long p = traced(sleeps, 0);
	IS(PT(CONT, p, 0, SIGSTOP), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	send(p, SIGCONT);
	STATE(p, 't');
	NOTHING(p);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
}

CASE(group_old_no_event, "an ATTACH tracee's INTERRUPT and LISTEN are EIO")
{
	long p = traced(sleeps, 0);
	ERR(PT(INTERRUPT, p), EIO);
	ERR(PT(LISTEN, p), EIO);
	IS(PT(CONT, p), 0);
	ERR(PT(INTERRUPT, p), EIO);
}

/* Group-stop, SEIZE style. */
static long group_stopped(void)
{
	long p = handling();
	send(p, SIGSTOP);
	CHECK(wait_status(p, 0) == W_STOPPED(SIGSTOP) && PT(CONT, p, 0, SIGSTOP) == 0);
	CHECK(wait_status(p, 0) == W_GROUP(SIGSTOP));
	return p;
}

CASE(group_seize, "a SEIZE tracee's group-stop is EVENT_STOP with the stopping signal")
{
	long p = handling();
	CHECK(sys(setpgid, p, p) == 0);
	send(p, SIGTSTP);
	WAIT(p, W_STOPPED(SIGTSTP));
	SIG(info_of(p).si_signo, SIGTSTP);
	IS(PT(CONT, p, 0, SIGTSTP), 0);
	WAIT(p, W_GROUP(SIGTSTP));
	STATE(p, 't');
}

CASE(group_seize_siginfo, "GETSIGINFO of a SEIZE group-stop: SIGTRAP or the signal, si_code EVENT_STOP<<8|signal")
{
	long p = group_stopped();
	info_t info = info_of(p);
	SIG(info.si_signo, SIGSTOP);
	IS(info.si_code, 128 << 8 | SIGSTOP);
}

CASE(group_seize_cont, "CONT in a SEIZE group-stop lets the tracee run, though its process is stopped")
{
	long p = group_stopped();
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	send(p, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
}

CASE(group_seize_cont_signal, "a signal given to CONT in a SEIZE group-stop is ignored")
{
	long p = group_stopped();
	IS(PT(CONT, p, 0, SIGTERM), 0);
	until_state(p, "S");
	NOTHING(p);
}

CASE(group_parent_told, "SIGCONT of a SEIZE tracee in group-stop traps it: EVENT_STOP with SIGTRAP after CONT")
{
	long p = group_stopped();
	send(p, SIGCONT);
	STATE(p, 't');
	NOTHING(p);
	IS(PT(CONT, p), 0);
	long first = wait_status(p, 0);
	STATUS(first, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
}

CASE(listen, "LISTEN leaves the tracee in group-stop; requests are ESRCH meanwhile")
{
	long p = group_stopped();
	struct regs r;
	IS(PT(LISTEN, p), 0);
	STATE(p, 't');
	NOTHING(p);
	ERR(PT(GETREGS, p, 0, &r), ESRCH);
	ERR(PT(CONT, p), ESRCH);
	ERR(PT(LISTEN, p), ESRCH);
}

CASE(listen_sigcont, "SIGCONT ends a LISTEN: EVENT_STOP with SIGTRAP, then SIGCONT's own stop")
{
	long p = group_stopped();
	IS(PT(LISTEN, p), 0);
	send(p, SIGCONT);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
	IS(PT(CONT, p, 0, SIGCONT), 0);
	until_state(p, "S");
	count_is(p, 1);
}

CASE(listen_interrupt, "INTERRUPT ends a LISTEN: EVENT_STOP with the stopping signal, still in group-stop")
{
	long p = group_stopped();
	IS(PT(LISTEN, p), 0);
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGSTOP));
	IS(PT(LISTEN, p), 0);
	NOTHING(p);
}

CASE(listen_signal, "a signal sent to a tracee in LISTEN stays pending")
{
	long p = group_stopped();
	IS(PT(LISTEN, p), 0);
	send(p, SIGUSR1);
	STATE(p, 't');
	NOTHING(p);
	IS(status_field(p, "ShdPnd", 16), BIT(SIGUSR1));
	send(p, SIGCONT);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGCONT));
}

CASE(listen_kill, "SIGKILL ends a tracee in LISTEN")
{
	long p = group_stopped();
	IS(PT(LISTEN, p), 0);
	send(p, SIGKILL);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(listen_elsewhere, "LISTEN in a stop that is no EVENT_STOP is EIO")
{
	long p = handling();
	send(p, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	ERR(PT(LISTEN, p), EIO);
}

CASE(listen_interrupted, "LISTEN after INTERRUPT of a tracee that is in no group-stop: it stays where it is")
{
	long p = handling();
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(LISTEN, p), 0);
	STATE(p, 't');
	ERR(PT(CONT, p), ESRCH);
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
}

/* INTERRUPT */
CASE(interrupt, "INTERRUPT stops a running tracee: EVENT_STOP with SIGTRAP")
{
	long p = handling();
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	info_t info = info_of(p);
	SIG(info.si_signo, SIGTRAP);
	IS(info.si_code, 128 << 8 | SIGTRAP);
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	count_is(p, 0);
}

CASE(interrupt_twice, "two INTERRUPTs before the stop are one stop")
{
	long p = handling();
	IS(PT(INTERRUPT, p), 0);
	until_state(p, "t");
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	NOTHING(p);
}

CASE(interrupt_stopped, "INTERRUPT of a stopped tracee: a stop of its own as soon as it is continued")
{
	long p = handling();
	send(p, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(PT(INTERRUPT, p), 0);
	NOTHING(p);
	IS(PT(CONT, p, 0, SIGUSR1), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	NOTHING(p);
	count_is(p, 1);
}

CASE(interrupt_in_interrupt, "INTERRUPT in the stop of INTERRUPT stops once more after CONT")
{
	long p = handling();
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(INTERRUPT, p), 0);
	NOTHING(p);
	IS(PT(CONT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
}

CASE(interrupt_and_signal, "INTERRUPT stops before a signal that came earlier is reported")
{
	long p = handling();
	send(p, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	send(p, SIGUSR2);
	IS(PT(INTERRUPT, p), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGUSR2));
}

CASE(interrupt_signal_given, "a signal given to CONT after INTERRUPT is ignored")
{
	long p = handling();
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p, 0, SIGKILL), 0);
	until_state(p, "S");
	count_is(p, 0);
}

CASE(interrupt_pause, "INTERRUPT does not make pause return: the call is restarted")
{
	long p = seized(sleeps, 0, 0);
	until_state(p, "S");
	IS(PT(INTERRUPT, p), 0);
	WAIT(p, W_GROUP(SIGTRAP));
	IS(PT(CONT, p), 0);
	until_state(p, "S");
	NOTHING(p);
}

CASE(interrupt_attach, "INTERRUPT of an ATTACH tracee that runs is EIO")
{
	long p = asleep();
	CHECK(PT(ATTACH, p) == 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	CHECK(PT(CONT, p) == 0);
	until_state(p, "S");
	ERR(PT(INTERRUPT, p), EIO);
	STATE(p, 'S');
}
