/* held MODE [PROG]: threads call f() all at once, whose first instruction is one
 * that no debugger carries out by itself: a breakpoint on f is stepped over with
 * the other threads held. Meanwhile, by MODE:
 *   exit   main ends the process; dies kills it
 *   exec   main becomes PROG; texec a thread does
 *   fork   each thread forks children that call f() too; vfork likewise, and
 *   vexec  whose children become PROG
 *   signal each thread sends signals to the next
 * The counts are exact in all modes that reach their end. */
#include "tp.h"

enum { N = 6, CALLS = 150, CHILDREN = 6 };
static volatile long calls, handled;
static pthread_barrier_t start;
static const char *mode, *prog;
static pthread_t ids[N];

void f(void);
__asm__(".text\n.type f,@function\n.globl f\nf:\tlock incq calls(%rip)\n\tret\n.size f,.-f\n");

static int is(const char *m) { return strcmp(mode, m) == 0; }

static void become(void)
{
	execl(prog, prog, "x", NULL);
	CHECK(!"exec");
}

static void child(pid_t (*make)(void))
{
	pid_t pid = make();
	CHECK(pid >= 0);
	if (pid == 0) {
		for (int i = 0; i < 3; i++)
			f();
		_exit(7);
	}
	int status;
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static void handler(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info, (void)context;
	__atomic_fetch_add(&handled, 1, __ATOMIC_RELAXED);
	f();
}

static void *body(void *arg)
{
	long me = (long)arg;
	pthread_barrier_wait(&start);
	int endless = !is("fork") && !is("vfork") && !is("vexec") && !is("signal");
	for (long i = 0; endless || i < CALLS; i++) {
		f();
		if (i % (CALLS / CHILDREN) == 0 && is("fork"))
			child(fork);
		if (i % (CALLS / CHILDREN) == 0 && (is("vfork") || is("vexec"))) {
			pid_t pid = vfork();
			CHECK(pid >= 0);
			if (pid == 0) {
				f();
				if (is("vexec"))
					execl(prog, prog, NULL);
				_exit(7);
			}
			int status;
			CHECK(waitpid(pid, &status, 0) == pid);
			CHECK(WIFEXITED(status) && WEXITSTATUS(status) == (is("vexec") ? 42 : 7));
		}
		if (is("signal")) /* queued: none is merged with another */
			CHECK(pthread_sigqueue(ids[(me + 1) % N], SIGRTMIN, (union sigval){0}) == 0);
		if (is("texec") && me == N - 1 && calls > 500)
			become();
	}
	pthread_barrier_wait(&start); /* none ends while signals are sent to it */
	return NULL;
}

int main(int argc, char **argv)
{
	CHECK(argc > 1);
	mode = argv[1];
	prog = argv[2];
	tp_handler(SIGRTMIN, handler, SA_RESTART);
	pthread_barrier_init(&start, NULL, N + 1);
	for (long i = 0; i < N; i++)
		CHECK(pthread_create(&ids[i], NULL, body, (void *)i) == 0);
	pthread_barrier_wait(&start);
	if (is("exit") || is("dies") || is("exec")) {
		while (calls < 500)
			usleep(100);
		if (is("exec"))
			become();
		if (is("dies"))
			kill(getpid(), SIGKILL);
		_exit(3);
	}
	pthread_barrier_wait(&start);
	for (int i = 0; i < N; i++)
		CHECK(pthread_join(ids[i], NULL) == 0);
	printf("calls %ld handled %ld\n", calls, handled);
	return 0;
}
