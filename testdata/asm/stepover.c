/* Runs the table of stepover.S; see there. */
#include "../c/tp.h"

struct row {
	const char *name;
	long (*fn)(long);
	long factor, addend;
};
extern const struct row rows[];

int main(int argc, char **argv)
{
	long n = tp_arg(argc, argv, 1, 100), only = tp_arg(argc, argv, 2, -1), failed = 0;
	setvbuf(stdout, NULL, _IOFBF, 65536);
	for (long r = 0; rows[r].name; r++) {
		long right = 0;
		if (only >= 0 && r != only)
			continue;
		for (long x = 0; x < n; x++)
			right += rows[r].fn(x) == rows[r].factor * x + rows[r].addend;
		printf("%s %ld\n", rows[r].name, right);
		failed += right != n;
	}
	return failed;
}
