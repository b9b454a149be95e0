/* crash HOW: dies in one of the ways programs die. null: calls through NULL;
 * nowhere: jumps to an address that is not canonical; smash: overwrites its
 * return address with rubbish; garbage: returns into data that is not
 * executable; abort; overflow: endless recursion; read: reads address 8;
 * div: divides by zero; ill: ud2; trap: int3 without a handler; gone: dies in a
 * working directory that is gone. */
#include "tp.h"
#include <sys/resource.h>

static char data[64] = "this is not code";

NOINLINE static void null_call(void)
{
	void (*volatile fn)(void) = NULL;
	fn();
}

NOINLINE static void nowhere(void)
{
	__asm__ volatile("movabs $0x4141414141414141, %rax\n\tjmp *%rax");
}

NOINLINE static void smash(void)
{
	memset(__builtin_frame_address(0), 'A', 16); /* the saved rbp and the return address */
}

NOINLINE static void garbage(void)
{
	__asm__ volatile("push %0\n\tret" : : "r"(data));
}

static volatile int never;

NOINLINE static int overflow(int n)
{
	volatile char frame[1024];
	if (never)
		return 0;
	frame[n % 1024] = (char)n;
	return overflow(n + 1) + frame[n % 1024];
}

NOINLINE static void overflow_start(void) { overflow(0); }
NOINLINE static void null_read(void) { *(volatile char *)8; }
NOINLINE static void divide(void) { volatile int zero = 0; volatile int x = 7 / zero; (void)x; }
NOINLINE static void ill(void) { __asm__ volatile("ud2"); }
NOINLINE static void trap(void) { __asm__ volatile("int3"); }

NOINLINE static void gone(void)
{
	char dir[] = "/tmp/tp-crash-XXXXXX";
	CHECK(mkdtemp(dir) && chdir(dir) == 0 && rmdir(dir) == 0);
	abort();
}

static const struct { const char *name; void (*fn)(void); } ways[] = {
	{"null", null_call}, {"nowhere", nowhere}, {"smash", smash}, {"garbage", garbage},
	{"abort", abort}, {"overflow", overflow_start}, {"read", null_read}, {"div", divide},
	{"ill", ill}, {"trap", trap}, {"gone", gone},
};

int main(int argc, char **argv)
{
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++)
		if (strcmp(argv[1], ways[i].name) == 0) {
			printf("%s\n", argv[1]);
			fflush(stdout);
			ways[i].fn();
			puts("survived");
			return 1;
		}
	return 2;
}
