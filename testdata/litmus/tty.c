/* Terminals, as pairs of pseudo terminals: who has one for controlling terminal, its
 * foreground group, the signals of its keys and of its end, lines and their editing.
 * What is written to a master comes to the other side a little later (a kernel thread
 * carries it): here what tells that it has come is always something read or a signal. */
#include "plain.h"
#include <asm/ioctls.h>
#include <asm/termbits.h>

int master, slave;

static long slave_of(int m, long flags)
{
	int n, unlock = 0;
	struct line l;
	l.n = 0;
	CHECK(sys(ioctl, m, TIOCSPTLCK, &unlock) == 0 && sys(ioctl, m, TIOCGPTN, &n) == 0);
	put_text(&l, "/dev/pts/");
	line_number(&l, n, 10);
	line_put(&l, 0);
	return sys(open, l.text, flags);
}

static void open_pty(void)
{
	master = sys(open, "/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0)
		SKIP("no /dev/ptmx");
	slave = slave_of(master, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		SKIP("no /dev/pts");
}

/* A session whose leader, which observes, has the slave for its controlling terminal. */
static void (*session_fn)(void);
static void has_tty(long u MAYBE)
{
	CHECK(sys(setsid) == pid());
	role(pid(), "leader");
	CHECK(sys(ioctl, slave, TIOCSCTTY, 0) == 0);
	session_fn();
	finish();
}

static void session(void (*fn)(void))
{
	open_pty();
	session_fn = fn;
	WAIT(puppet(has_tty, 0), W_EXITED(0));
}

/* A job is a puppet in a group of its own, in the foreground if it says so. */
static long foreground(long group)
{
	int g = group;
	mask(SIG_BLOCK, BIT(SIGTTOU));
	long err = sys(ioctl, slave, TIOCSPGRP, &g);
	mask(SIG_UNBLOCK, BIT(SIGTTOU));
	return err;
}

static long foreground_group(int fd)
{
	int g = 0;
	long err = sys(ioctl, fd, TIOCGPGRP, &g);
	return err < 0 ? err : g;
}

static struct termios settings(void)
{
	struct termios t;
	CHECK(sys(ioctl, slave, TCGETS, &t) == 0);
	return t;
}

static void set_local(unsigned off, unsigned on)
{
	struct termios t = settings();
	t.c_lflag = (t.c_lflag & ~off) | on;
	CHECK(sys(ioctl, slave, TCSETS, &t) == 0);
}

static void type(const char *text)
{
	CHECK(sys(write, master, text, length(text)) == length(text));
}

/* The next n bytes of a descriptor, as many reads as it takes. */
char got[256];
static const char *next(int fd, long n)
{
	long at = 0, more;
	while (at < n && (more = sys(read, fd, got + at, n - at)) > 0)
		at += more;
	got[at] = 0;
	return got;
}

/* One read. */
static const char *a_read(int fd, long room)
{
	long n;
	while ((n = sys(read, fd, got, room)) == -EINTR)
		;
	CHECK(n >= 0);
	got[n] = 0;
	return got;
}

#define SEEN(text) STR(next(master, length(text)), text)

/* Text with control characters is shown as in cat -v. */
static const char *visible(const char *s)
{
	static struct line l;
	l.n = 0;
	for (; *s; s++) {
		if (*s < ' ' || *s == 127) {
			line_put(&l, '^');
			line_put(&l, *s ^ 64);
		} else {
			line_put(&l, *s);
		}
	}
	line_put(&l, 0);
	return l.text;
}

#define SEEN_KEYS(n, text) STR(visible(next(master, n)), text)

/* Pairs */
CASE(tty_lock, "a new slave is locked: EIO to open it, until TIOCSPTLCK 0")
{
	int n, unlock = 0;
	struct line l;
	master = sys(open, "/dev/ptmx", O_RDWR | O_NOCTTY);
	if (master < 0)
		SKIP("no /dev/ptmx");
	IS(sys(ioctl, master, TIOCGPTN, &n), 0);
	l.n = 0;
	put_text(&l, "/dev/pts/");
	line_number(&l, n, 10);
	line_put(&l, 0);
	ERR(sys(open, l.text, O_RDWR | O_NOCTTY), EIO);
	IS(sys(ioctl, master, TIOCSPTLCK, &unlock), 0);
	OK(sys(open, l.text, O_RDWR | O_NOCTTY));
	sys(close, master);
	ERR(sys(open, l.text, O_RDWR | O_NOCTTY), ENOENT);
}

CASE(tty_two, "each open of /dev/ptmx is another pair")
{
	int a, b;
	open_pty();
	int second = sys(open, "/dev/ptmx", O_RDWR | O_NOCTTY);
	CHECK(second >= 0 && sys(ioctl, master, TIOCGPTN, &a) == 0 && sys(ioctl, second, TIOCGPTN, &b) == 0);
	TRUE(a != b);
}

CASE(tty_enotty, "what is no terminal: ENOTTY; a bad address EFAULT; a descriptor that is not open EBADF")
{
	struct termios t;
	int ends[2], n;
	CHECK(sys(pipe, ends) == 0);
	open_pty();
	ERR(sys(ioctl, ends[0], TCGETS, &t), ENOTTY);
	ERR(sys(ioctl, ends[0], TIOCGPGRP, &n), ENOTTY);
	ERR(sys(ioctl, ends[0], TIOCGWINSZ, &t), ENOTTY);
	ERR(sys(ioctl, slave, TCGETS, 8), EFAULT);
	ERR(sys(ioctl, 99, TCGETS, &t), EBADF);
	ERR(sys(ioctl, slave, TIOCGPTN, &n), ENOTTY);
}

CASE(tty_settings, "a new terminal's settings: lines, echo, signals, newline to return and newline")
{
	open_pty();
	struct termios t = settings();
	IS(t.c_iflag, ICRNL | IXON);
	IS(t.c_oflag, OPOST | ONLCR);
	IS(t.c_cflag, B38400 | CS8 | CREAD);
	IS(t.c_lflag, ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN);
	IS(t.c_cc[VINTR], 3);
	IS(t.c_cc[VQUIT], 28);
	IS(t.c_cc[VERASE], 127);
	IS(t.c_cc[VKILL], 21);
	IS(t.c_cc[VEOF], 4);
	IS(t.c_cc[VSUSP], 26);
	IS(t.c_cc[VMIN], 1);
	IS(t.c_cc[VTIME], 0);
}

/* The controlling terminal */
CASE(tty_sctty, "TIOCSCTTY: a session leader without one takes it; its group is in the foreground")
{
	void tells(void)
	{
		int sid = 0;
		WHO(foreground_group(slave), pid());
		IS(sys(ioctl, slave, TIOCGSID, &sid), 0);
		WHO(sid, pid());
		IS(sys(ioctl, slave, TIOCSCTTY, 0), 0); /* again */
	}
	session(tells);
}

CASE(tty_sctty_errors, "TIOCSCTTY is EPERM for who leads no session, has one already, or takes another session's")
{
	void second(void)
	{
		int other = sys(open, "/dev/ptmx", O_RDWR | O_NOCTTY);
		int its_slave = slave_of(other, O_RDWR | O_NOCTTY);
		CHECK(its_slave >= 0);
		ERR(sys(ioctl, its_slave, TIOCSCTTY, 0), EPERM);
		long p = born();
		if (!p) {
			ERR(sys(ioctl, its_slave, TIOCSCTTY, 0), EPERM);
			CHECK(sys(setsid) == pid());
			ERR(sys(ioctl, slave, TIOCSCTTY, 0), EPERM);
			IS(sys(ioctl, its_slave, TIOCSCTTY, 0), 0);
			leaves(0);
		}
		WAIT(p, W_EXITED(0));
	}
	session(second);
}

CASE(tty_open_takes, "a session leader without one takes the terminal it opens, but not with O_NOCTTY, nor a master")
{
	open_pty();
	long p = born();
	if (!p) {
		CHECK(sys(setsid) == pid());
		role(pid(), "leader");
		sys(open, "/dev/ptmx", O_RDWR);
		CHECK(slave_of(master, O_RDWR | O_NOCTTY) >= 0);
		ERR(sys(open, "/dev/tty", O_RDWR), ENXIO);
		CHECK(slave_of(master, O_RDWR) >= 0);
		OK(sys(open, "/dev/tty", O_RDWR));
		WHO(foreground_group(slave), pid());
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
}

CASE(tty_dev_tty, "/dev/tty is the controlling terminal; without one it is ENXIO")
{
	void writes(void)
	{
		int tty = OK(sys(open, "/dev/tty", O_RDWR));
		IS(sys(write, tty, "hello", 5), 5);
		SEEN("hello");
		long p = born();
		if (!p) {
			CHECK(sys(setsid) == pid());
			ERR(sys(open, "/dev/tty", O_RDWR), ENXIO);
			leaves(0);
		}
		WAIT(p, W_EXITED(0));
	}
	session(writes);
}

CASE(tty_proc_stat, "/proc/PID/stat has the terminal and its foreground group; without one 0 and -1")
{
	long field(long p, int n)
	{
		static char text[512];
		char *at = 0;
		for (char *c = proc_read(text, sizeof text, p, "stat"); *c; c++)
			if (*c == ')')
				at = c + 2;
		for (; n > 3; n--) {
			while (*at != ' ')
				at++;
			at++;
		}
		return *at == '-' ? -number(at + 1) : number(at);
	}
	void tells(void)
	{
		struct stat st;
		CHECK(sys(fstat, slave, &st) == 0);
		TRUE(field(pid(), 7) == (long)st.st_rdev);
		WHO(field(pid(), 8), pid());
		long p = born();
		if (!p) {
			CHECK(sys(setsid) == pid());
			IS(field(pid(), 7), 0);
			IS(field(pid(), 8), -1);
			leaves(0);
		}
		WAIT(p, W_EXITED(0));
	}
	session(tells);
}

CASE(tty_not_mine, "the foreground group of a terminal that is not one's controlling one: ENOTTY; the master may ask")
{
	void asks(void)
	{
		int g = pid();
		long p = born();
		if (!p) {
			CHECK(sys(setsid) == pid());
			IS(foreground_group(slave), -ENOTTY);
			ERR(sys(ioctl, slave, TIOCSPGRP, &g), ENOTTY);
			leaves(0);
		}
		WAIT(p, W_EXITED(0));
		WHO(foreground_group(master), pid());
	}
	session(asks);
}

CASE(tty_spgrp, "TIOCSPGRP: a group of the session comes to the foreground; TIOCGPGRP says which")
{
	void sets(void)
	{
		long p = napping();
		IS(foreground(p), 0);
		WHO(foreground_group(slave), p);
		IS(foreground(pid()), 0);
		WHO(foreground_group(slave), pid());
	}
	session(sets);
}

CASE(tty_spgrp_errors, "TIOCSPGRP: EINVAL for a negative group, ESRCH for none, EPERM for one of another session")
{
	void in_own_session(long u MAYBE)
	{
		CHECK(sys(setsid) == pid());
		sleeps(0);
	}
	void sets(void)
	{
		long p = puppet(in_own_session, 0);
		until_state(p, "S");
		IS(foreground(-1), -EINVAL);
		IS(foreground(nobody()), -ESRCH);
		IS(foreground(p), -EPERM);
		ERR(sys(ioctl, slave, TIOCSPGRP, 8), EFAULT);
		WHO(foreground_group(slave), pid());
	}
	session(sets);
}

CASE(tty_notty, "TIOCNOTTY of the leader gives the terminal up: SIGHUP and SIGCONT to the foreground group")
{
	void gives_up(void)
	{
		handle(SIGHUP, notes, 0, 0);
		handle(SIGCONT, notes, 0, 0);
		IS(sys(ioctl, slave, TIOCNOTTY, 0), 0);
		IS(runs[SIGHUP], 1);
		IS(runs[SIGCONT], 1);
		ERR(sys(open, "/dev/tty", O_RDWR), ENXIO);
		ERR(sys(ioctl, slave, TIOCNOTTY, 0), ENOTTY);
	}
	session(gives_up);
}

/* Keys that are signals */
static long keyed(const char *key)
{
	long p = napping();
	CHECK(foreground(p) == 0);
	type(key);
	return p;
}

CASE(tty_intr, "^C: SIGINT to the foreground group; it is echoed, and not to be read")
{
	void keys(void)
	{
		long p = keyed("\3");
		WAIT(p, W_KILLED(SIGINT));
		SEEN("^C");
		CHECK(foreground(pid()) == 0);
		type("a\n");
		STR(a_read(slave, 9), "a\n");
	}
	session(keys);
}

CASE(tty_quit, "^\\: SIGQUIT to the foreground group")
{
	void keys(void)
	{
		limit(RLIMIT_CORE, 0);
		WAIT(keyed("\34"), W_KILLED(SIGQUIT));
	}
	session(keys);
}

CASE(tty_susp, "^Z: SIGTSTP to the foreground group, which stops; it goes on with SIGCONT")
{
	void keys(void)
	{
		long p = keyed("\32");
		STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGTSTP));
		IS(sys(kill, p, SIGCONT), 0);
		STATUS(wait_status(p, WCONTINUED), W_CONTINUED);
		WHO(foreground_group(slave), p);
	}
	session(keys);
}

CASE(tty_intr_all, "^C reaches all members of the foreground group, and nobody else")
{
	void keys(void)
	{
		long a = napping(), b = puppet(sleeps, 0), c = napping();
		CHECK(sys(setpgid, b, a) == 0 && foreground(a) == 0);
		type("\3");
		WAIT(a, W_KILLED(SIGINT));
		WAIT(b, W_KILLED(SIGINT));
		NOTHING(c);
	}
	session(keys);
}

CASE(tty_intr_info, "the SIGINT of ^C comes from the kernel: SI_KERNEL, no pid")
{
	void keys(void)
	{
		handle(SIGINT, notes, 0, 0);
		mask(SIG_BLOCK, BIT(SIGINT));
		type("\3");
		suspend(0);
		SIG(noted.si_signo, SIGINT);
		IS(noted.si_code, SI_KERNEL);
		IS(noted.si_pid, 0);
	}
	session(keys);
}

CASE(tty_intr_flushes, "^C throws away what was typed before; with NOFLSH it does not")
{
	void keys(void)
	{
		handle(SIGINT, notes, 0, 0);
		type("one\ntwo\3three\n");
		while (runs[SIGINT] < 1)
			sys(sched_yield);
		STR(a_read(slave, 99), "three\n");
		set_local(0, NOFLSH);
		type("one\ntwo\3three\n");
		while (runs[SIGINT] < 2)
			sys(sched_yield);
		STR(a_read(slave, 99), "one\n");
		STR(a_read(slave, 99), "twothree\n");
	}
	session(keys);
}

CASE(tty_isig, "without ISIG ^C is a character like others")
{
	void keys(void)
	{
		set_local(ISIG, 0);
		type("a\3b\n");
		STR(visible(a_read(slave, 99)), "a^Cb^J");
	}
	session(keys);
}

CASE(tty_intr_char, "which key it is, VINTR says; 0 is none")
{
	void keys(void)
	{
		struct termios t = settings();
		handle(SIGINT, notes, 0, 0);
		t.c_cc[VINTR] = 'x';
		t.c_cc[VQUIT] = 0;
		CHECK(sys(ioctl, slave, TCSETS, &t) == 0);
		type("ax\3b\34\n");
		STR(visible(a_read(slave, 99)), "^Cb^\\^J");
		IS(runs[SIGINT], 1);
	}
	session(keys);
}

/* Background */
char one;

static void reads_tty(long how)
{
	if (how == 1)
		mask(SIG_BLOCK, BIT(SIGTTIN));
	if (how == 2)
		action(SIGTTIN, IGN, 0, 0);
	if (how == 3)
		handle(SIGTTIN, counts, 0, 0);
	leaves(-sys(read, slave, &one, 1));
}

CASE(tty_ttin, "read in the background: SIGTTIN stops the group; in the foreground and continued it reads")
{
	void reads(void)
	{
		long p = grouped(reads_tty, 0);
		STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGTTIN));
		CHECK(foreground(p) == 0);
		IS(sys(kill, p, SIGCONT), 0);
		until_state(p, "S");
		type("a\n");
		WAIT(p, W_EXITED(255));
	}
	session(reads);
}

CASE(tty_ttin_again, "continued in the background it stops again")
{
	void reads(void)
	{
		long p = grouped(reads_tty, 0);
		STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGTTIN));
		IS(sys(kill, p, SIGCONT), 0);
		STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGTTIN));
	}
	session(reads);
}

CASE(tty_ttin_blocked, "read in the background with SIGTTIN blocked or ignored: EIO")
{
	void reads(void)
	{
		WAIT(grouped(reads_tty, 1), W_EXITED(EIO));
		WAIT(grouped(reads_tty, 2), W_EXITED(EIO));
	}
	session(reads);
}

CASE(tty_ttin_handled, "with a handler of SIGTTIN read is EINTR")
{
	void reads(void)
	{
		WAIT(grouped(reads_tty, 3), W_EXITED(EINTR));
		IS(board[0], 1);
	}
	session(reads);
}

CASE(tty_ttin_group, "SIGTTIN is for the whole background group")
{
	void reads_in(long group)
	{
		await(&board[0], 1);
		CHECK(sys(setpgid, 0, group) == 0);
		reads_tty(0);
	}
	void reads(void)
	{
		long a = napping();
		long b = puppet(reads_in, a);
		advance(&board[0]);
		STATUS(wait_status(a, WUNTRACED), W_STOPPED(SIGTTIN));
		STATUS(wait_status(b, WUNTRACED), W_STOPPED(SIGTTIN));
	}
	session(reads);
}

CASE(tty_ttin_adopted, "a job whose parent has ended, adopted by the session's leader, is not orphaned: SIGTTIN")
{
	void reads(void)
	{
		long leader = pid();
		CHECK(sys(prctl, PR_SET_CHILD_SUBREAPER, 1) == 0);
		long p = born();
		if (!p) {
			CHECK(sys(setpgid, 0, 0) == 0);
			long q = sys(fork);
			if (q == 0) { /* in the group of its parent, which has none but it */
				while (ppid() != leader)
					sys(sched_yield);
				reads_tty(3);
			}
			board[2] = q;
			leaves(0);
		}
		WAIT(p, W_EXITED(0));
		role(board[2], "job");
		STATUS(wait_status(board[2], 0), W_EXITED(EINTR));
		IS(board[0], 1);
	}
	session(reads);
}

static void writes_tty(long how)
{
	if (how == 1)
		mask(SIG_BLOCK, BIT(SIGTTOU));
	if (how == 2)
		action(SIGTTOU, IGN, 0, 0);
	if (how == 3)
		handle(SIGTTOU, counts, 0, 0);
	long n = sys(write, slave, "w", 1);
	leaves(n < 0 ? -n : 200 + n);
}

CASE(tty_background_write, "write in the background is allowed without TOSTOP")
{
	void writes(void)
	{
		WAIT(grouped(writes_tty, 0), W_EXITED(201));
		SEEN("w");
	}
	session(writes);
}

CASE(tty_ttou, "with TOSTOP write in the background: SIGTTOU stops it; in the foreground and continued it writes")
{
	void writes(void)
	{
		set_local(0, TOSTOP);
		long p = grouped(writes_tty, 0);
		STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGTTOU));
		CHECK(foreground(p) == 0);
		IS(sys(kill, p, SIGCONT), 0);
		WAIT(p, W_EXITED(201));
		SEEN("w");
	}
	session(writes);
}

CASE(tty_ttou_blocked, "with TOSTOP and SIGTTOU blocked or ignored the write is done; with a handler it is EINTR")
{
	void writes(void)
	{
		set_local(0, TOSTOP);
		WAIT(grouped(writes_tty, 1), W_EXITED(201));
		WAIT(grouped(writes_tty, 2), W_EXITED(201));
		SEEN("ww");
		WAIT(grouped(writes_tty, 3), W_EXITED(EINTR));
	}
	session(writes);
}

static void sets_tty(long how)
{
	struct termios t = settings();
	int g = pid();
	leaves(how ? -sys(ioctl, slave, TIOCSPGRP, &g) : -sys(ioctl, slave, TCSETS, &t));
}

CASE(tty_ttou_settings, "to change settings or the foreground group from the background: SIGTTOU, TOSTOP or not")
{
	void sets(void)
	{
		long p = grouped(sets_tty, 0), q = grouped(sets_tty, 1);
		STATUS(wait_status(p, WUNTRACED), W_STOPPED(SIGTTOU));
		STATUS(wait_status(q, WUNTRACED), W_STOPPED(SIGTTOU));
		WHO(foreground_group(slave), pid());
	}
	session(sets);
}

/* An orphaned group in the background: the leader's own, once another is in front. */
CASE(tty_orphaned, "an orphaned group in the background: read, TOSTOP write and TCSETS are EIO, without a signal")
{
	void tries(void)
	{
		struct termios t = settings();
		set_local(0, TOSTOP);
		handle(SIGTTIN, notes, 0, 0);
		handle(SIGTTOU, notes, 0, 0);
		CHECK(foreground(napping()) == 0);
		ERR(sys(read, slave, &one, 1), EIO);
		ERR(sys(write, slave, "w", 1), EIO);
		ERR(sys(ioctl, slave, TCSETS, &t), EIO);
		IS(orders, 0);
	}
	session(tries);
}

/* The end of a terminal or of its session */
CASE(tty_leader_exits, "the session leader's end: SIGHUP to the foreground group, not to the background")
{
	CHECK(sys(prctl, PR_SET_CHILD_SUBREAPER, 1) == 0);
	open_pty();
	long p = born();
	if (!p) {
		CHECK(sys(setsid) == pid() && sys(ioctl, slave, TIOCSCTTY, 0) == 0);
		for (int i = 0; i < 2; i++) {
			long q = sys(fork);
			if (q == 0) {
				CHECK(sys(setpgid, 0, 0) == 0);
				sleeps(0);
			}
			until_state(q, "S");
			board[i] = q;
		}
		CHECK(foreground(board[0]) == 0);
		leaves(3);
	}
	WAIT(p, W_EXITED(3));
	role(board[0], "front");
	role(board[1], "back");
	STATUS(wait_status(board[0], 0), W_KILLED(SIGHUP));
	STATE(board[1], 'S');
	IS(sys(write, slave, "x", 1), 1); /* a pseudo terminal is not hung up */
	SEEN("x");
}

CASE(tty_leader_exits_group, "a leader that ends in the foreground: the rest of its group gets SIGHUP")
{
	CHECK(sys(prctl, PR_SET_CHILD_SUBREAPER, 1) == 0);
	open_pty();
	long p = born();
	if (!p) {
		CHECK(sys(setsid) == pid() && sys(ioctl, slave, TIOCSCTTY, 0) == 0);
		long q = sys(fork);
		if (q == 0)
			sleeps(0);
		until_state(q, "S");
		board[0] = q;
		leaves(0);
	}
	WAIT(p, W_EXITED(0));
	role(board[0], "member");
	STATUS(wait_status(board[0], 0), W_KILLED(SIGHUP));
}

CASE(tty_master_closed, "the master's end: SIGHUP and SIGCONT to the session leader; then read is 0, write and ioctl EIO")
{
	void hangs_up(void)
	{
		int g;
		handle(SIGHUP, notes, 0, 0);
		handle(SIGCONT, notes, 0, 0);
		advance(&board[0]);
		while (!runs[SIGHUP] || !runs[SIGCONT])
			sys(sched_yield);
		IS(runs[SIGHUP], 1);
		IS(sys(read, slave, &one, 1), 0);
		ERR(sys(write, slave, "x", 1), EIO);
		ERR(sys(ioctl, slave, TIOCGPGRP, &g), EIO);
		ERR(sys(open, "/dev/tty", O_RDWR), ENXIO);
	}
	open_pty();
	session_fn = hangs_up;
	long p = born();
	if (!p) {
		sys(close, master);
		has_tty(0);
		leaves(0);
	}
	await(&board[0], 1);
	sys(close, master);
	WAIT(p, W_EXITED(0));
}

CASE(tty_slave_closed, "when no slave is open read of the master is EIO, once what was written is read; opened again it is well")
{
	open_pty();
	CHECK(sys(write, slave, "abc", 3) == 3);
	sys(close, slave);
	SEEN("abc");
	ERR(sys(read, master, &one, 1), EIO);
	slave = slave_of(master, O_RDWR | O_NOCTTY);
	CHECK(sys(write, slave, "de", 2) == 2);
	SEEN("de");
}

/* Lines */
CASE(tty_line, "read returns one line at most; a smaller read a part of it, and the next one the rest")
{
	open_pty();
	type("one\ntwo\n");
	STR(a_read(slave, 99), "one\n");
	STR(a_read(slave, 2), "tw");
	STR(a_read(slave, 99), "o\n");
}

CASE(tty_line_partial, "without its end a line cannot be read")
{
	open_pty();
	type("abc");
	SEEN("abc"); /* the echo: it has come */
	long flags = sys(fcntl, slave, F_GETFL);
	CHECK(sys(fcntl, slave, F_SETFL, flags | O_NONBLOCK) == 0);
	ERR(sys(read, slave, got, 9), EAGAIN);
	struct pollfd p = {slave, POLLIN, 0};
	IS(sys(poll, &p, 1, 0), 0);
	type("\n");
	SEEN("\r\n");
	STR(a_read(slave, 99), "abc\n");
}

CASE(tty_line_sleeps, "read sleeps until there is a line")
{
	open_pty();
	long p = born();
	if (!p)
		leaves(sys(read, slave, got, 99));
	until_state(p, "S");
	type("abc");
	SEEN("abc");
	until_state(p, "S");
	type("d\n");
	WAIT(p, W_EXITED(5));
}

CASE(tty_eof, "^D at the beginning of a line: read is 0, once; after some characters, it ends them without newline")
{
	open_pty();
	type("\4");
	IS(sys(read, slave, got, 9), 0);
	type("ab\4c\n");
	STR(a_read(slave, 9), "ab");
	STR(a_read(slave, 9), "c\n");
}

CASE(tty_erase, "DEL erases a character, ^U the line, ^W a word, of the line that is typed")
{
	open_pty();
	type("abx\177c\n");
	STR(a_read(slave, 99), "abc\n");
	type("gone\25here\n");
	STR(a_read(slave, 99), "here\n");
	type("one two\27three\n");
	STR(a_read(slave, 99), "one three\n");
	type("\177\177a\n");
	STR(a_read(slave, 99), "a\n");
}

CASE(tty_erase_echo, "the echo of DEL wipes the character out: backspace, blank, backspace")
{
	open_pty();
	type("ab\177");
	SEEN_KEYS(5, "ab^H ^H");
}

CASE(tty_quote, "^V takes the next character as it is")
{
	open_pty();
	type("a\26\3\26\4b\n");
	STR(visible(a_read(slave, 99)), "a^C^Db^J");
}

CASE(tty_echo, "input is echoed, newline as return and newline, control characters as ^X")
{
	open_pty();
	type("ab\1\n");
	SEEN_KEYS(6, "ab^A^M^J");
}

CASE(tty_echo_off, "without ECHO it is not")
{
	open_pty();
	set_local(ECHO, 0);
	type("secret\n");
	STR(a_read(slave, 99), "secret\n");
	CHECK(sys(write, slave, "x", 1) == 1);
	SEEN("x");
}

CASE(tty_echonl, "ECHONL echoes newlines even so")
{
	open_pty();
	set_local(ECHO, ECHONL);
	type("secret\n");
	SEEN_KEYS(2, "^M^J");
}

CASE(tty_icrnl, "return is read as newline; without ICRNL it is itself, and ends no line")
{
	open_pty();
	type("a\r");
	STR(visible(a_read(slave, 9)), "a^J");
	struct termios t = settings();
	t.c_iflag &= ~ICRNL;
	CHECK(sys(ioctl, slave, TCSETS, &t) == 0);
	type("a\rb\n");
	STR(visible(a_read(slave, 9)), "a^Mb^J");
}

CASE(tty_onlcr, "written newlines are return and newline; without OPOST they are themselves")
{
	open_pty();
	IS(sys(write, slave, "a\nb", 3), 3);
	SEEN_KEYS(4, "a^M^Jb");
	struct termios t = settings();
	t.c_oflag &= ~OPOST;
	CHECK(sys(ioctl, slave, TCSETS, &t) == 0);
	IS(sys(write, slave, "a\nb", 3), 3);
	SEEN_KEYS(3, "a^Jb");
}

CASE(tty_raw, "without ICANON read returns what there is, keys are themselves but for signals")
{
	open_pty();
	set_local(ICANON | ECHO, 0);
	type("a");
	STR(a_read(slave, 9), "a");
	type("b\4\177");
	STR(visible(next(slave, 3)), "b^D^?");
}

CASE(tty_vmin, "VMIN: read sleeps until there are so many; VMIN 0 and VTIME 0: it does not sleep")
{
	open_pty();
	set_local(ICANON, 0);
	struct termios t = settings();
	t.c_cc[VMIN] = 3;
	CHECK(sys(ioctl, slave, TCSETS, &t) == 0);
	long p = born();
	if (!p)
		leaves(sys(read, slave, got, 99));
	until_state(p, "S");
	type("ab");
	SEEN("ab");
	until_state(p, "S");
	type("c");
	WAIT(p, W_EXITED(3));
	t.c_cc[VMIN] = 0;
	CHECK(sys(ioctl, slave, TCSETS, &t) == 0);
	IS(sys(read, slave, got, 9), 0);
}

CASE(tty_flush, "TCSETSF and TCFLSH throw away what was not read")
{
	open_pty();
	struct termios t = settings();
	type("one\n");
	SEEN("one\r\n");
	IS(sys(ioctl, slave, TCSETSF, &t), 0);
	type("two\n");
	SEEN("two\r\n");
	IS(sys(ioctl, slave, TCFLSH, 0), 0); /* TCIFLUSH */
	ERR(sys(ioctl, slave, TCFLSH, 5), EINVAL);
	type("three\n");
	STR(a_read(slave, 99), "three\n");
}

CASE(tty_settings_kept, "settings are the terminal's: set by one descriptor, seen by others and through the master")
{
	open_pty();
	set_local(ECHO, 0);
	int other = slave_of(master, O_RDWR | O_NOCTTY);
	struct termios t;
	CHECK(sys(ioctl, other, TCGETS, &t) == 0);
	IS(t.c_lflag & ECHO, 0);
	CHECK(sys(ioctl, master, TCGETS, &t) == 0);
	IS(t.c_lflag & ECHO, 0);
}

CASE(tty_ready, "FIONREAD and poll of the slave know of whole lines, of the master of any output")
{
	int n = -1;
	open_pty();
	struct pollfd p[2] = {{slave, POLLIN, 0}, {master, POLLIN, 0}};
	IS(sys(poll, p, 2, 0), 0);
	type("abc\n");
	p[1].events = 0;
	IS(sys(poll, p, 2, 10000), 1);
	IS(p[0].revents, POLLIN);
	IS(sys(ioctl, slave, FIONREAD, &n), 0);
	IS(n, 4);
	p[1].events = POLLIN;
	IS(sys(poll, p, 2, 10000), 2);
}

/* Size */
CASE(tty_size, "the size is 0 by 0 at first; TIOCSWINSZ by either side is seen by both")
{
	struct winsize { unsigned short row, col, x, y; } w = {1, 1, 1, 1}, v = {};
	open_pty();
	IS(sys(ioctl, slave, TIOCGWINSZ, &w), 0);
	IS(w.row, 0);
	IS(w.col, 0);
	w.row = 24, w.col = 80;
	IS(sys(ioctl, master, TIOCSWINSZ, &w), 0);
	IS(sys(ioctl, slave, TIOCGWINSZ, &v), 0);
	IS(v.row, 24);
	IS(v.col, 80);
}

CASE(tty_winch, "a change of size sends SIGWINCH to the foreground group; the same size again does not")
{
	void resizes(void)
	{
		unsigned short w[4] = {24, 80, 0, 0};
		handle(SIGWINCH, notes, 0, 0);
		IS(sys(ioctl, master, TIOCSWINSZ, w), 0);
		IS(runs[SIGWINCH], 1);
		IS(sys(ioctl, master, TIOCSWINSZ, w), 0);
		IS(runs[SIGWINCH], 1);
		w[0] = 25;
		IS(sys(ioctl, slave, TIOCSWINSZ, w), 0);
		IS(runs[SIGWINCH], 2);
	}
	session(resizes);
}
