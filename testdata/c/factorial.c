/* Recursion: a backtrace in the innermost call shows factorial N times, with
 * n from 1 upwards. Breakpoint on `innermost` to look. */
#include "tp.h"

NOINLINE long innermost(long n)
{
	return n;
}

NOINLINE long factorial(long n)
{
	if (n <= 1)
		return innermost(n);
	long rest = factorial(n - 1);
	return n * rest;
}

int main(int argc, char **argv)
{
	long n = tp_arg(argc, argv, 1, 12);
	printf("%ld! = %ld\n", n, factorial(n));
	return 0;
}
