/* Faults that a program handles itself: a write to a protected page, made
 * writable in the handler and retried; a division by zero, an illegal
 * instruction and an access past the end of a mapped file, each skipped by
 * moving rip in the context. Address and code of each are checked. */
#include "tp.h"
#include <sys/mman.h>
#include <ucontext.h>

static siginfo_t got;
static volatile int faults;
static long skip; /* bytes to move rip by; 0: make the page writable and retry */

static void handler(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	faults++;
	got = *info;
	if (skip)
		((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += skip;
	else
		CHECK(mprotect((void *)((uintptr_t)info->si_addr & ~4095UL), 4096, PROT_READ | PROT_WRITE) == 0);
}

NOINLINE static void poke(volatile char *p)
{
	*p = 7;
}

static void segv(void)
{
	char *page = mmap(NULL, 3 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(page != MAP_FAILED);
	skip = 0;
	for (int i = 0; i < 3; i++) {
		poke(page + i * 4096 + 5);
		CHECK(got.si_code == SEGV_ACCERR && got.si_addr == page + i * 4096 + 5);
		CHECK(page[i * 4096 + 5] == 7);
	}
}

static void fpe(void)
{
	int quotient = 17;
	skip = 2;
	__asm__ volatile("cltd\n\tidiv %%ecx" : "+a"(quotient) : "c"(0) : "edx");
	CHECK(quotient == 17 && got.si_code == FPE_INTDIV);
}

static void ill(void)
{
	skip = 2;
	__asm__ volatile("ud2");
	CHECK(got.si_code == ILL_ILLOPN);
}

static void bus(void)
{
	char path[] = "/tmp/tp-faults-XXXXXX";
	int fd = mkstemp(path);
	CHECK(fd >= 0 && unlink(path) == 0 && ftruncate(fd, 4096) == 0);
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	skip = 2;
	__asm__ volatile("movb %%al, (%%rdi)" : : "D"(p + 4096), "a"(1) : "memory"); /* 88 07 */
	CHECK(got.si_code == BUS_ADRERR && got.si_addr == p + 4096);
	close(fd);
}

static const struct { const char *name; int sig; void (*fn)(void); } rows[] = {
	{"SIGSEGV", SIGSEGV, segv}, {"SIGFPE", SIGFPE, fpe}, {"SIGILL", SIGILL, ill}, {"SIGBUS", SIGBUS, bus},
};

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		faults = 0;
		tp_handler(rows[i].sig, handler, 0);
		rows[i].fn();
		CHECK(got.si_signo == rows[i].sig);
		printf("%s %d\n", rows[i].name, faults);
	}
	return 0;
}
