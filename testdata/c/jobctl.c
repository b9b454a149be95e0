/* Job control seen by a real parent: a child stops itself by each of the stop
 * signals, is continued, stops again, and is killed while stopped. The parent
 * prints what waitpid with WUNTRACED and WCONTINUED told it. */
#include "tp.h"

static const struct { int sig; const char *name; } stops[] = {
	{SIGSTOP, "SIGSTOP"}, {SIGTSTP, "SIGTSTP"}, {SIGTTIN, "SIGTTIN"}, {SIGTTOU, "SIGTTOU"},
};
#define STOPS (int)(sizeof stops / sizeof *stops)

static volatile int continued;
static int seen[2]; /* a pipe: the parent has seen the child continue */

static void on_cont(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info, (void)context;
	continued++;
}

static void child(void)
{
	/* A group of its own in its parent's session: not orphaned, so that the
	 * terminal stops are not ignored. */
	CHECK(setpgid(0, 0) == 0);
	tp_handler(SIGCONT, on_cont, 0);
	for (int i = 0; i < STOPS; i++) {
		raise(stops[i].sig);
		CHECK(continued == i + 1);
		char c;
		CHECK(read(seen[0], &c, 1) == 1);
	}
	raise(SIGSTOP);
	_exit(1);
}

static const char *name_of(int sig)
{
	for (int i = 0; i < STOPS; i++)
		if (stops[i].sig == sig)
			return stops[i].name;
	return "?";
}

int main(void)
{
	CHECK(pipe(seen) == 0);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		child();
	for (int i = 0;; i++) {
		int status;
		CHECK(waitpid(pid, &status, WUNTRACED) == pid);
		if (WIFSIGNALED(status)) {
			printf("killed %d\n", WTERMSIG(status));
			return 0;
		}
		CHECK(WIFSTOPPED(status));
		printf("stopped %s\n", name_of(WSTOPSIG(status)));
		if (i == STOPS) {
			CHECK(kill(pid, SIGKILL) == 0);
			continue;
		}
		CHECK(kill(pid, SIGCONT) == 0);
		CHECK(waitpid(pid, &status, WCONTINUED) == pid);
		printf("continued %d\n", WIFCONTINUED(status));
		CHECK(write(seen[1], "", 1) == 1);
	}
}
