/* forkexec PROG: a child runs PROG after a while, its parent waits for it. */
#include "tp.h"

int main(int argc, char **argv)
{
	CHECK(argc > 1);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		usleep(1000);
		execv(argv[1], argv + 1);
		_exit(127);
	}
	int status;
	CHECK(waitpid(pid, &status, 0) == pid);
	return WEXITSTATUS(status);
}
