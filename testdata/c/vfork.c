/* vfork exec PROG | vfork exit [- wait]: the child borrows the parent's memory until it
 * execs PROG or exits. The parent is suspended meanwhile: what the child wrote
 * in memory is there when vfork returns. With wait, the parent then reads stdin. */
#include "tp.h"

static volatile int wrote;

int main(int argc, char **argv)
{
	CHECK(argc >= 2);
	int do_exec = strcmp(argv[1], "exec") == 0;
	for (int i = 0; i < 3; i++) {
		pid_t pid = vfork();
		CHECK(pid >= 0);
		if (pid == 0) {
			wrote++;
			if (do_exec)
				execl(argv[2], argv[2], "x", NULL);
			_exit(7);
		}
		CHECK(wrote == i + 1);
		int status;
		CHECK(waitpid(pid, &status, 0) == pid);
		printf("child %d: exit %d\n", i, WEXITSTATUS(status));
		fflush(stdout);
	}
	if (argc > 3)
		tp_wait_stdin();
	return 0;
}
