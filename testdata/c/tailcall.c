/* Built with -O2: ping and pong reach each other by jmp, not by call: a
 * breakpoint on either is hit once a turn though no frame is added, and
 * `finish` from any of them returns to main. */
#include "tp.h"

volatile long pings, pongs;
NOINLINE long pong(long n);

NOINLINE long ping(long n)
{
	pings++;
	return n == 0 ? 0 : pong(n - 1);
}

NOINLINE long pong(long n)
{
	pongs++;
	return n == 0 ? 1 : ping(n - 1);
}

int main(int argc, char **argv)
{
	long last = ping(tp_arg(argc, argv, 1, 999));
	printf("ping %ld pong %ld last %ld\n", pings, pongs, last);
	return 0;
}
