/* String instructions with rep: one instruction, many iterations, and under a
 * single step one iteration a trap. Copies and fills; checks; prints. */
#include "tp.h"

#define BYTES 4096
static unsigned char from[BYTES], to[BYTES];

NOINLINE static void copy(void *d, const void *s, long n)
{
	__asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
}

NOINLINE static void fill(void *d, int c, long n)
{
	__asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(c) : "memory");
}

NOINLINE static long find(const void *d, int c, long n)
{
	const void *p = d;
	__asm__ volatile("repne scasb" : "+D"(p), "+c"(n) : "a"(c) : "memory", "cc");
	return (const char *)p - (const char *)d - 1;
}

int main(void)
{
	for (int i = 0; i < BYTES; i++)
		from[i] = (unsigned char)(i * 7);
	copy(to, from, BYTES);
	CHECK(memcmp(to, from, BYTES) == 0);
	fill(to, 0x5a, BYTES - 1);
	CHECK(to[BYTES - 2] == 0x5a && to[BYTES - 1] == from[BYTES - 1]);
	printf("rep %d found %ld\n", BYTES, find(to, from[BYTES - 1], BYTES));
	return 0;
}
