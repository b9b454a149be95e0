/* forks [DEPTH [WIDTH]]: a tree of processes, each with WIDTH children down to
 * DEPTH; each exits with its own number modulo 50, and each parent checks the
 * exit codes of its children. The root prints how many there were. Calls
 * node() once in every process: a breakpoint there is hit in each. */
#include "tp.h"
#include <sys/mman.h>

static long depth, width;
static volatile int *born; /* shared by all */

NOINLINE int node(int level, int number)
{
	__atomic_fetch_add(born, 1, __ATOMIC_RELAXED);
	if (level == depth)
		return number % 50;
	pid_t kids[16];
	for (int i = 0; i < width; i++) {
		kids[i] = fork();
		CHECK(kids[i] >= 0);
		if (kids[i] == 0)
			_exit(node(level + 1, number * width + i + 1));
	}
	for (int i = 0; i < width; i++) {
		int status;
		CHECK(waitpid(kids[i], &status, 0) == kids[i]);
		CHECK(WIFEXITED(status));
		CHECK(WEXITSTATUS(status) == (number * width + i + 1) % 50);
	}
	return number % 50;
}

int main(int argc, char **argv)
{
	depth = tp_arg(argc, argv, 1, 3);
	width = tp_arg(argc, argv, 2, 3);
	CHECK(width <= 16);
	born = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(born != MAP_FAILED);
	node(0, 0);
	printf("processes %d\n", *born);
	return 0;
}
