/* busy [N]: computes without any system call; with N 0 until the end of the
 * world, else for N turns. Says "ready" first. To interrupt and attach to. */
#include "tp.h"

volatile unsigned long turns;

NOINLINE static void turn(void)
{
	turns++;
}

int main(int argc, char **argv)
{
	long n = tp_arg(argc, argv, 1, 1000000);
	puts("ready");
	fflush(stdout);
	while (n == 0 || turns < (unsigned long)n)
		turn();
	printf("turns %lu\n", turns);
	return 0;
}
