/* A program that takes the terminal over: raw mode, one "key NN" line per byte
 * typed (so ^C is key 3 and no signal), q or end of file ends it, and the old
 * mode is put back. On SIGCONT it takes raw mode again, as an editor does.
 * Without a terminal it says so and reads bytes all the same. */
#include "tp.h"
#include <termios.h>

static struct termios cooked, raw;

static void on_cont(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info, (void)context;
	tcsetattr(0, TCSANOW, &raw);
}

int main(void)
{
	int tty = tcgetattr(0, &cooked) == 0;
	unsigned char c;
	ssize_t n;
	if (tty) {
		raw = cooked;
		cfmakeraw(&raw);
		CHECK(tcsetattr(0, TCSANOW, &raw) == 0);
		tp_handler(SIGCONT, on_cont, SA_RESTART);
	}
	dprintf(1, "%s\r\n", tty ? "raw" : "no tty");
	while ((n = read(0, &c, 1)) == 1 && c != 'q')
		dprintf(1, "key %d\r\n", c);
	if (tty)
		CHECK(tcsetattr(0, TCSADRAIN, &cooked) == 0);
	dprintf(1, "%s\n", n == 1 ? "quit" : "end");
	return 0;
}
