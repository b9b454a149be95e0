/* How tracing begins and ends: TRACEME, ATTACH, SEIZE, DETACH, KILL, the tracer's end. */
#include "tracing.h"

CASE(traceme_twice, "TRACEME of a process that is traced already is EPERM")
{
	long p = traced(sleeps, 0);
	ERR(PT(ATTACH, p), EPERM);
	ERR(PT(SEIZE, p), EPERM);
}

CASE(attach_stops, "ATTACH sends SIGSTOP: the tracee stops before it is delivered")
{
	long p = asleep();
	IS(PT(ATTACH, p), 0);
	WAIT(p, W_STOPPED(SIGSTOP));
	SIG(info_of(p).si_signo, SIGSTOP);
	STATE(p, 't');
}

CASE(seize_stops_not, "SEIZE does not stop the tracee")
{
	long p = asleep();
	IS(PT(SEIZE, p), 0);
	STATE(p, 'S');
	NOTHING(p);
	ERR(PT(CONT, p), ESRCH);
}
