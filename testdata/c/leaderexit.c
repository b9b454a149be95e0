/* leaderexit [exec PROG]: the leader of the thread group ends first, by
 * pthread_exit, and stays as a zombie while another thread goes on. That thread
 * ends the process with exit 6, or execs PROG. */
#include "tp.h"

static int argn;
static char **args;

/* The state letter of the leader's task. */
static char leader_state(void)
{
	char path[64], buf[256];
	snprintf(path, sizeof path, "/proc/self/task/%d/stat", getpid());
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	ssize_t n = read(fd, buf, sizeof buf - 1);
	CHECK(n > 0);
	close(fd);
	buf[n] = 0;
	return strrchr(buf, ')')[2];
}

NOINLINE static void survivor(void)
{
	puts("leader gone");
	fflush(stdout);
}

static void *body(void *arg)
{
	(void)arg;
	while (leader_state() != 'Z')
		usleep(500);
	survivor();
	if (argn > 2) {
		execv(args[2], args + 2);
		CHECK(!"execv");
	}
	exit(6);
}

int main(int argc, char **argv)
{
	pthread_t t;
	argn = argc;
	args = argv;
	CHECK(pthread_create(&t, NULL, body, NULL) == 0);
	pthread_exit(NULL);
}
