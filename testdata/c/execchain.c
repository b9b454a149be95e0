/* execchain PROG [ARGS]: execs PROG with ARGS, so that a chain is an argument
 * list: execchain execchain+static args x. Prints its own name first. */
#include "tp.h"

int main(int argc, char **argv)
{
	printf("exec %d\n", argc - 1);
	fflush(stdout);
	if (argc < 2)
		return 0;
	execv(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
