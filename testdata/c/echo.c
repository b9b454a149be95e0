/* Reads lines of stdin, prints each back with its number. Ends at the end of
 * stdin; the exit status is the number of lines. */
#include "tp.h"

int main(void)
{
	char line[4096];
	int n = 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		printf("%d: %s\n", ++n, line);
	}
	return n;
}
