/* bigmem [MiB]: maps that much memory (default 1024) at 0x100000000000, fills
 * every 8 bytes with their own offset times an odd constant, says "ready",
 * waits for the end of stdin and checks that nothing has changed. */
#include "../c/tp.h"
#include <sys/mman.h>

#define REGION ((uint64_t *)0x100000000000)
#define MULTIPLIER 0x9e3779b97f4a7c15ULL

int main(int argc, char **argv)
{
	size_t bytes = (size_t)tp_arg(argc, argv, 1, 1024) << 20, words = bytes / 8;
	uint64_t *p = mmap(REGION, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	CHECK(p == REGION);
	for (size_t i = 0; i < words; i++)
		p[i] = i * MULTIPLIER;
	printf("ready\n");
	fflush(stdout);
	tp_wait_stdin();
	size_t changed = 0;
	for (size_t i = 0; i < words; i++)
		changed += p[i] != i * MULTIPLIER;
	printf("%zu words, %zu changed\n", words, changed);
	return changed != 0;
}
