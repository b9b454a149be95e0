/* Arguments to be looked at by conditional breakpoints.
 *   condition [N] [T]: T threads call work(i) and pick(i, i*i, name) for i in 0..N-1.
 * Counts: work T*N, pick T*N; work with i == k: T for each k below N; pick with name
 * "odd": T*(N/2). */
#include "sim.h"

long each;
long sum, odd;

NOINLINE void work(long i)
{
	ADD(&sum, i);
}

NAKED long pick(long i MAYBE, long square MAYBE, const char *name MAYBE)
{
	__asm__("endbr64\n\t"
		"xor %eax, %eax\n\t"
		"cmpb $'o', (%rdx)\n\t"
		"sete %al\n\t"
		"sub %rdi, %rsi\n\t"
		"ret");
}

static void body(long unused MAYBE)
{
	for (long i = 0; i < each; i++) {
		work(i);
		ADD(&odd, pick(i, i * i, i & 1 ? "odd" : "even"));
	}
}

int main(int argc, char **argv)
{
	each = arg(argc, argv, 1, 50, 100000);
	long t = arg(argc, argv, 2, 2, THREADS);
	for (long i = 0; i < t; i++)
		thread(i, body, i);
	for (long i = 0; i < t; i++)
		join(i);
	say("sum %d odd %d\n", sum, odd);
	return 0;
}
