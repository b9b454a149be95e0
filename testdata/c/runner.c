/* runner PROG ARGS: runs PROG as its own child, so that PROG is a stranger to
 * the test that attaches to it: a stop of a process that is traced is reported
 * to whichever thread of the tracer waits for it first, its parent's included.
 * Writes PROG's pid to descriptor 3 and ends as PROG does. */
#include "tp.h"
#include <sys/resource.h>

int main(int argc, char **argv)
{
	CHECK(argc > 1);
	CHECK(fcntl(3, F_SETFD, FD_CLOEXEC) == 0);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		execv(argv[1], argv + 1);
		_exit(127);
	}
	dprintf(3, "%d\n", pid);
	close(3);
	close(0);
	close(1);
	int status;
	while (waitpid(pid, &status, 0) < 0)
		CHECK(errno == EINTR);
	if (WIFSIGNALED(status)) {
		struct rlimit none = {0, 0};
		setrlimit(RLIMIT_CORE, &none);
		signal(WTERMSIG(status), SIG_DFL);
		kill(getpid(), WTERMSIG(status));
		pause();
	}
	return WEXITSTATUS(status);
}
