/* Built with -O2: outer() has inner() and innermost() inlined, twice each, at
 * known lines; a real function `sink` is called from the innermost. A backtrace
 * from sink shows the inlined frames between it and main. */
#include "tp.h"

volatile long seen;

NOINLINE void sink(long x)
{
	seen += x;
}

static inline __attribute__((always_inline)) void innermost(long x)
{
	sink(x * 3);
}

static inline __attribute__((always_inline)) void inner(long x)
{
	innermost(x + 1);
	innermost(x + 2);
}

NOINLINE void outer(long x)
{
	inner(x);
	inner(x * 10);
	seen++;
}

int main(int argc, char **argv)
{
	(void)argv;
	outer(argc + 4);
	printf("inline %ld\n", seen);
	return 0;
}
