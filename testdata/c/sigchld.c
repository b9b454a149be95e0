/* sigchld [N]: a storm of SIGCHLD: N children (default 200), reaped in the
 * handler only. Signals merge, children do not. */
#include "tp.h"

static volatile int reaped, runs, wrong;

static void handler(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info, (void)context;
	int status;
	runs++;
	while (waitpid(-1, &status, WNOHANG) > 0) {
		reaped++;
		wrong += !WIFEXITED(status) || WEXITSTATUS(status) != 4;
	}
}

int main(int argc, char **argv)
{
	long n = tp_arg(argc, argv, 1, 200);
	sigset_t chld, none;
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigemptyset(&none);
	tp_handler(SIGCHLD, handler, SA_RESTART);
	for (long i = 0; i < n; i++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			_exit(4);
	}
	CHECK(sigprocmask(SIG_BLOCK, &chld, NULL) == 0);
	while (reaped < n)
		sigsuspend(&none);
	printf("reaped %d wrong %d handler %s\n", reaped, wrong, runs > 0 && runs <= n ? "ran" : "odd");
	return 0;
}
