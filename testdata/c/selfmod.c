/* Code that changes: a function whose immediate is rewritten in place, called
 * after each change (a breakpoint on `patched` sits next to the bytes that
 * change), then functions made in mapped memory that is written and executed,
 * remapped and made anew. */
#include "tp.h"
#include <sys/mman.h>

/* mov $imm32, %eax; ret */
__asm__(".text\n"
	".globl patched\n.type patched, @function\n"
	"patched: .byte 0xb8\n"
	"patched_imm: .long 0\n"
	"ret\n"
	".size patched, . - patched\n");
extern int patched(void);
extern char patched_imm[];

static void make_writable(void *at)
{
	uintptr_t page = (uintptr_t)at & ~4095UL;
	CHECK(mprotect((void *)page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC) == 0);
}

NOINLINE static long run_jit(long (*fn)(long), long x)
{
	return fn(x);
}

static long jit(unsigned char addend)
{
	/* lea addend(%rdi), %rax; ret */
	unsigned char code[] = {0x48, 0x8d, 0x47, addend, 0xc3};
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED);
	memcpy(p, code, sizeof code);
	CHECK(mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0);
	long r = run_jit((long (*)(long))p, 100);
	CHECK(munmap(p, 4096) == 0);
	return r;
}

int main(void)
{
	long sum = 0;
	make_writable(patched_imm);
	for (int i = 1; i <= 100; i++) {
		memcpy(patched_imm, &i, sizeof i);
		CHECK(patched() == i);
		sum += i;
	}
	printf("patched %ld\n", sum);
	for (int i = 1; i <= 20; i++)
		CHECK(jit(i) == 100 + i);
	puts("jit 20");
	return 0;
}
