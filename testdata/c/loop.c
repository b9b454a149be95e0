/* loop [N]: calls work() N times. The hits of a breakpoint on work must equal
 * the counter that is printed. */
#include "tp.h"

volatile long calls;
volatile long sum;

NOINLINE void work(long i)
{
	calls++;
	sum += i;
}

int main(int argc, char **argv)
{
	long n = tp_arg(argc, argv, 1, 1000);
	for (long i = 0; i < n; i++)
		work(i);
	printf("calls %ld sum %ld\n", calls, sum);
	return 0;
}
