/* Shows what a program is started with: each argument but argv[0], each
 * environment variable that begins with TP_. Exits with the number of
 * arguments. */
#include <stdio.h>
#include <string.h>

extern char **environ;

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		printf("argv[%d]=%s\n", i, argv[i]);
	for (char **e = environ; *e; e++)
		if (strncmp(*e, "TP_", 3) == 0)
			printf("%s\n", *e);
	return argc > 0 ? argc - 1 : 0;
}
