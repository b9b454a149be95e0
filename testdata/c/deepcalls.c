/* N calls of getppid, each behind ten frames. deepcalls N */
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((noinline)) static long deep(int frames)
{
	volatile long r = frames ? deep(frames - 1) : syscall(SYS_getppid);
	return r;
}

int main(int argc, char **argv)
{
	for (long n = argc > 1 ? atol(argv[1]) : 1; n > 0; n--)
		deep(10);
	return 0;
}
