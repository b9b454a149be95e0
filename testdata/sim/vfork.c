/* vfork: the child runs in its parent's memory, breakpoints and all, and leaves it by
 * _exit or by exec of this program.
 *   vfork [exit|exec] [K] [T]: T threads (0: the leader alone) vfork K children each;
 *   a child calls work, then leaves; its parent calls work and after.
 * Counts, with C = K*max(T,1): work 2*C (exec: 3*C, once more in the new program),
 * after C. */
#include "sim.h"

char **self;
int execs;
long kids;
long worked;

NAKED void work(void)
{
	__asm__("push %rbx\n\t"
		"lock incq worked(%rip)\n\t"
		"pop %rbx\n\t"
		"ret");
}

NAKED void after(int *status MAYBE)
{
	__asm__("notl (%rdi)\n\t"
		"notl (%rdi)\n\t"
		"ret");
}

__attribute__((noinline, noreturn)) static void leave(void)
{
	char *argv[] = {self[0], "child", 0}, *env[] = {0};
	work();
	if (execs)
		sys(execve, argv[0], argv, env);
	sys(exit_group, 7);
	__builtin_unreachable();
}

static void body(long unused MAYBE)
{
	for (long i = 0; i < kids; i++) {
		long child = sys(vfork);
		if (child == 0)
			leave();
		CHECK(child > 0);
		int status = reap(child);
		work();
		after(&status);
		CHECK(EXITED(status, execs ? 8 : 7));
	}
}

int main(int argc, char **argv)
{
	self = argv;
	if (argc > 1 && same(argv[1], "child")) {
		work();
		return 7 + worked;
	}
	execs = argc > 1 && same(argv[1], "exec");
	kids = arg(argc, argv, 2, 3, 1000);
	long t = arg(argc, argv, 3, 0, THREADS);
	if (t == 0)
		body(0);
	for (long i = 0; i < t; i++)
		thread(i, body, i);
	for (long i = 0; i < t; i++)
		join(i);
	say("worked %d\n", worked);
	return 0;
}
