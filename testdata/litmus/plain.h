/* What litmus programs that trace nobody stand on beside litmus.h. */
#ifndef PLAIN_H
#define PLAIN_H
#include "litmus.h"
#include <asm/poll.h>
#include <asm/stat.h>
#include <linux/fcntl.h>
#include <linux/resource.h>

#define DFL ((void *)0)
#define IGN ((void *)1)
#define SS_ONSTACK 1

MAYBE static long ppid(void)
{
	return sys(getppid);
}

/* rt_sigaction, raw: a handler gets a restorer. */
MAYBE static long action(long sig, void *fn, unsigned long flags, unsigned long set)
{
	struct sigaction sa;
	sa.sa_handler = (__sighandler_t)fn;
	sa.sa_flags = flags | SA_RESTORER;
	sa.sa_restorer = restorer;
	sa.sa_mask = set;
	return sys(rt_sigaction, sig, &sa, 0, 8);
}

MAYBE static unsigned long blocked(void)
{
	unsigned long set = 0;
	CHECK(sys(rt_sigprocmask, SIG_BLOCK, 0, &set, 8) == 0);
	return set;
}

MAYBE static unsigned long pending(void)
{
	unsigned long set = 0;
	CHECK(sys(rt_sigpending, &set, 8) == 0);
	return set;
}

MAYBE static long length(const char *s)
{
	long n = 0;
	while (s[n])
		n++;
	return n;
}

/* What the handler notes was told. */
int runs[66];            /* how often, by signal */
int order[16], orders;   /* which signals, one after the other */
info_t noted;            /* the last one's siginfo */
context_t noted_context; /* and context */

MAYBE static void notes(int sig, info_t *info, context_t *context)
{
	runs[sig]++;
	if (orders < 16)
		order[orders++] = sig;
	memcpy(&noted, info, sizeof noted);
	memcpy(&noted_context, context, sizeof noted_context);
}

/* A handler of puppets: it counts on board[0]. */
MAYBE static void counts(int sig MAYBE, info_t *info MAYBE, context_t *context MAYBE)
{
	advance(&board[0]);
}

/* born forks a puppet that is written where it is born; ends with leaves(code):
 *   long p = born();
 *   if (!p) { ...; leaves(0); } */
MAYBE static long born(void)
{
	long p = sys(fork);
	CHECK(p >= 0 && puppets < 9);
	if (p == 0) {
		leash();
		return 0;
	}
	return role(p, puppet_names[puppets++]);
}

/* grouped is a puppet in a group of its own, which is not orphaned: we are its parent. */
void (*grouped_fn)(long);
MAYBE static void in_group(long with)
{
	CHECK(sys(setpgid, 0, 0) == 0);
	grouped_fn(with);
}

MAYBE static long grouped(void (*fn)(long), long with)
{
	grouped_fn = fn;
	long p = puppet(in_group, with);
	CHECK(sys(setpgid, p, p) == 0);
	return p;
}

/* napping is a puppet asleep in pause, in a group of its own. */
MAYBE static long napping(void)
{
	long p = grouped(sleeps, 0);
	until_state(p, "S");
	return p;
}

/* The pid of nobody: of a process that is gone. */
MAYBE static long nobody(void)
{
	long p = sys(fork);
	if (p == 0)
		sys(exit_group, 0);
	reap(p);
	return p;
}

/* A new file under /tmp, gone with the case: its name is removed by unlink_made. */
#define MADE 8
char made[MADE][64];
int made_count;
MAYBE static const char *path_of(const char *name)
{
	CHECK(made_count < MADE);
	struct line l;
	l.n = 0;
	put_text(&l, "/tmp/litmus.");
	line_number(&l, pid(), 10);
	line_put(&l, '.');
	put_text(&l, name);
	memcpy(made[made_count], l.text, l.n);
	made[made_count][l.n] = 0;
	return made[made_count++];
}

MAYBE static void unlink_made(void)
{
	while (made_count > 0)
		sys(unlink, made[--made_count]);
}

/* A file of this text and mode. */
MAYBE static const char *file(const char *name, const char *text, long mode)
{
	const char *path = path_of(name);
	long n = length(text), fd = sys(open, path, O_CREAT | O_TRUNC | O_WRONLY, mode);
	CHECK(fd >= 0);
	CHECK(sys(write, fd, text, n) == n);
	CHECK(sys(fchmod, fd, mode) == 0);
	sys(close, fd);
	return path;
}

/* A copy of this program. */
MAYBE static const char *copy_of_self(const char *name, long mode)
{
	char some[4096];
	const char *path = path_of(name);
	long from = sys(open, own_path, O_RDONLY), n, to = sys(open, path, O_CREAT | O_TRUNC | O_WRONLY, mode);
	CHECK(from >= 0 && to >= 0);
	while ((n = sys(read, from, some, sizeof some)) > 0)
		CHECK(sys(write, to, some, n) == n);
	CHECK(n == 0 && sys(fchmod, to, mode) == 0);
	sys(close, from);
	sys(close, to);
	return path;
}

MAYBE static long limit(int what, unsigned long now)
{
	struct rlimit l;
	CHECK(sys(getrlimit, what, &l) == 0);
	l.rlim_cur = now;
	return sys(setrlimit, what, &l);
}

#define ROOT_ONLY()                                                                         \
	do {                                                                                \
		if (sys(geteuid) != 0)                                                      \
			SKIP("it takes root");                                              \
	} while (0)

/* A page, anonymous. */
MAYBE static char *page(int prot)
{
	long at = sys(mmap, 0, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK((unsigned long)at < -4095ul);
	return (char *)at;
}
#endif
