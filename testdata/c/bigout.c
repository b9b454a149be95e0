/* bigout [KIB]: writes that many KiB of numbered lines (default 4096), 64 bytes
 * a line, by write calls of 64 KiB. */
#include "tp.h"

static void line(char *to, unsigned long n)
{
	memset(to, '.', 64);
	for (int i = 9; i >= 0; i--, n /= 10)
		to[i] = '0' + n % 10;
	to[63] = '\n';
}

int main(int argc, char **argv)
{
	static char buf[65536];
	long lines = tp_arg(argc, argv, 1, 4096) * 1024 / 64, n = 0;
	while (n < lines) {
		size_t used = 0;
		for (; used < sizeof buf && n < lines; used += 64, n++)
			line(buf + used, n);
		for (size_t done = 0; done < used;) {
			ssize_t w = write(1, buf + done, used - done);
			CHECK(w > 0 || errno == EINTR);
			if (w > 0)
				done += w;
		}
	}
	return 0;
}
