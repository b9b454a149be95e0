/* The program that the demonstration debugs: how long the Collatz orbit of a number is. */
#include <stdio.h>
#include <stdlib.h>

static long next(long n)
{
	if (n % 2 == 0)
		return n / 2;
	return 3 * n + 1;
}

static int orbit(long n)
{
	int steps = 0;
	while (n != 1) {
		n = next(n);
		steps++;
	}
	return steps;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 27;
	int steps = orbit(n);
	printf("the orbit of %ld has %d steps\n", n, steps);
	return 0;
}
