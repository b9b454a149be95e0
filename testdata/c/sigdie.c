/* sigdie SIG [thread|blocked|kill]: dies of a signal: raised by the main
 * thread, by another thread, raised while blocked and then unblocked, or sent
 * by a child. No core file. */
#include "tp.h"
#include <sys/resource.h>

static int sig;

static void *body(void *arg)
{
	raise(sig);
	return arg;
}

int main(int argc, char **argv)
{
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	sig = tp_arg(argc, argv, 1, SIGTERM);
	const char *how = argc > 2 ? argv[2] : "raise";
	puts("dying");
	fflush(stdout);
	if (strcmp(how, "thread") == 0) {
		pthread_t t;
		CHECK(pthread_create(&t, NULL, body, NULL) == 0);
		pthread_join(t, NULL);
	} else if (strcmp(how, "blocked") == 0) {
		sigset_t set;
		sigemptyset(&set);
		sigaddset(&set, sig);
		sigprocmask(SIG_BLOCK, &set, NULL);
		raise(sig);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
	} else if (strcmp(how, "kill") == 0) {
		if (fork() == 0) {
			kill(getppid(), sig);
			_exit(0);
		}
		for (;;)
			pause();
	} else {
		raise(sig);
	}
	puts("survived");
	return 0;
}
