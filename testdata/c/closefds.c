/* Closes every descriptor, 0 to 2 too, then goes on: opens a file, which gets
 * descriptor 0, and tells the result by its exit status (11) only. */
#include "tp.h"

int main(void)
{
	CHECK(syscall(SYS_close_range, 0, ~0U, 0) == 0);
	int fd = open("/dev/null", O_RDWR);
	return fd == 0 ? 11 : 12;
}
