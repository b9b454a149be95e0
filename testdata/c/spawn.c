/* spawn PROG: posix_spawn (CLONE_VM | CLONE_VFORK on a stack of its own) of
 * PROG with one argument, three times. */
#include "tp.h"
#include <spawn.h>

extern char **environ;

int main(int argc, char **argv)
{
	CHECK(argc == 2);
	for (int i = 0; i < 3; i++) {
		char *args[] = {argv[1], "spawned", NULL};
		pid_t pid;
		int status;
		CHECK(posix_spawn(&pid, argv[1], NULL, NULL, args, environ) == 0);
		CHECK(waitpid(pid, &status, 0) == pid);
		printf("exit %d\n", WEXITSTATUS(status));
		fflush(stdout);
	}
	return 0;
}
