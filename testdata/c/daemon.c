/* A double fork: the grandchild, in a session of its own, outlives parent and
 * grandparent and writes to the stdout it inherited. Whoever waits for the end
 * of that output sees all of it. */
#include "tp.h"

int main(void)
{
	int gone[2];
	CHECK(pipe(gone) == 0);
	pid_t child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		CHECK(setsid() == getpid());
		pid_t grandchild = fork();
		CHECK(grandchild >= 0);
		if (grandchild > 0)
			_exit(0);
		/* End of file when all the ancestors have ended. */
		char c;
		close(gone[1]);
		CHECK(read(gone[0], &c, 1) == 0);
		puts("daemon: alone");
		fflush(stdout);
		_exit(3);
	}
	int status;
	CHECK(waitpid(child, &status, 0) == child);
	printf("child: exit %d\n", WEXITSTATUS(status));
	return 0;
}
