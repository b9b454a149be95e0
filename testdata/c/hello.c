/* One line and a clean exit: the smallest hosted program. */
#include <stdio.h>

int main(void)
{
	puts("hello");
	return 0;
}
