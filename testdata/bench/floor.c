/* The floor: the least that a ptrace tracer on this kernel can do, in C, with
 * nothing around it. What trapline does is measured against it in one run.
 *
 *   floor syscalls PROG ARGS        trace every system call: wait, GET_SYSCALL_INFO, resume
 *   floor stops PROG ARGS           the same without GET_SYSCALL_INFO
 *   floor tree PROG ARGS            the same as syscalls, of all descendants too
 *   floor step N PROG ARGS          N single steps: wait, SINGLESTEP
 *   floor stepregs N PROG ARGS      the same, registers read at each step
 *   floor break push|endbr ADDR PROG ARGS
 *                                   int3 at ADDR; a hit costs one stop: the instruction under it
 *                                   (push %rbp or endbr64) is emulated, then CONT
 *   floor breakstep ADDR PROG ARGS  int3 at ADDR the classic way: two stops a hit: original byte
 *                                   back, step, int3 in again, CONT
 *   floor read ADDR LEN CHUNK PROG ARGS
 *                                   process_vm_readv of LEN bytes in chunks; PROG says "ready"
 *                                   on its stdout first
 *
 * ADDR is absolute, in hex; the tracees are not PIE. LEN and CHUNK are decimal,
 * in bytes. Run it under taskset(1), pinned to one CPU, for figures that can be
 * compared: where the scheduler puts tracer and tracee changes them threefold.
 * Prints one line:
 * MODE COUNT events SECONDS s RATE /s (for read: bytes and MB/s). The program's
 * own stdout goes to /dev/null. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t pid;

static void die(const char *what)
{
	perror(what);
	if (pid > 0)
		kill(pid, SIGKILL);
	exit(1);
}

static double now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* The raw call: <sys/ptrace.h> and <linux/ptrace.h> do not go together. */
static long request(long req, void *addr, void *data, const char *what)
{
	long r = syscall(SYS_ptrace, req, pid, addr, data);
	if (r < 0)
		die(what);
	return r;
}

static int wait_stop(void)
{
	int status;
	if (waitpid(pid, &status, __WALL) != pid)
		die("wait");
	return status;
}

/* Starts the program with its stdout on out; it is left at its exec stop. */
static void launch(char **argv, int out)
{
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		dup2(out, 1);
		syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		execv(argv[0], argv);
		perror(argv[0]);
		_exit(127);
	}
	wait_stop();
	request(PTRACE_SETOPTIONS, 0, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC), "setoptions");
	request(PTRACE_CONT, 0, 0, "cont");
	int status = wait_stop();
	if (!WIFSTOPPED(status) || status >> 8 != (SIGTRAP | PTRACE_EVENT_EXEC << 8)) {
		fprintf(stderr, "%s: no exec stop, status %x\n", argv[0], status);
		exit(1);
	}
}

static void report(const char *mode, long count, double start)
{
	double s = now() - start;
	printf("%s %ld events %.6f s %.0f /s\n", mode, count, s, count / s);
}

static long syscalls(int info)
{
	struct ptrace_syscall_info si;
	long entries = 0;
	int sig = 0, entry = 1;
	for (;;) {
		request(PTRACE_SYSCALL, 0, (void *)(long)sig, "syscall");
		int status = wait_stop();
		if (!WIFSTOPPED(status))
			return entries;
		sig = WSTOPSIG(status);
		if (sig != (SIGTRAP | 0x80))
			continue;
		sig = 0;
		if (info) {
			request(PTRACE_GET_SYSCALL_INFO, (void *)sizeof si, &si, "get_syscall_info");
			entry = si.op == PTRACE_SYSCALL_INFO_ENTRY;
			entries += entry;
		} else {
			entries += entry;
			entry = !entry;
		}
	}
}

/* Every system call of the program and of all that it makes: the stops that following takes. */
static long tree(void)
{
	struct ptrace_syscall_info si;
	long entries = 0, sig;
	int status;
	request(PTRACE_SETOPTIONS, 0, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC |
		PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE), "setoptions");
	request(PTRACE_SYSCALL, 0, 0, "syscall");
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status))
			continue;
		sig = status >> 8;
		if (sig == (SIGTRAP | 0x80)) {
			request(PTRACE_GET_SYSCALL_INFO, (void *)sizeof si, &si, "get_syscall_info");
			entries += si.op == PTRACE_SYSCALL_INFO_ENTRY;
			sig = 0;
		} else if (sig > 0xff || sig == SIGSTOP) { /* an event; the first stop of a child */
			sig = 0;
		}
		request(PTRACE_SYSCALL, 0, (void *)sig, "syscall");
	}
	return entries;
}

static long steps(long n, int regs)
{
	struct user_regs_struct r;
	long i;
	for (i = 0; i < n; i++) {
		request(PTRACE_SINGLESTEP, 0, 0, "singlestep");
		if (!WIFSTOPPED(wait_stop()))
			return i;
		if (regs)
			request(PTRACE_GETREGS, 0, &r, "getregs");
	}
	kill(pid, SIGKILL);
	return i;
}

static long plant(unsigned long addr)
{
	long word;
	request(PTRACE_PEEKTEXT, (void *)addr, &word, "peektext");
	request(PTRACE_POKETEXT, (void *)addr, (void *)((word & ~0xffL) | 0xcc), "poketext");
	return word;
}

/* One stop a hit: do what the instruction would have done, and go on after it. */
static long breaks_emulated(unsigned long addr, int endbr)
{
	struct user_regs_struct r;
	long hits = 0;
	plant(addr);
	for (;;) {
		request(PTRACE_CONT, 0, 0, "cont");
		int status = wait_stop();
		if (!WIFSTOPPED(status))
			return hits;
		hits++;
		request(PTRACE_GETREGS, 0, &r, "getregs");
		if (r.rip != addr + 1)
			die("a stop that is not the breakpoint");
		if (endbr) {
			r.rip = addr + 4;
		} else {
			r.rsp -= 8;
			struct iovec from = {&r.rbp, 8}, to = {(void *)r.rsp, 8};
			if (process_vm_writev(pid, &from, 1, &to, 1, 0) != 8)
				die("process_vm_writev");
			r.rip = addr + 1;
		}
		request(PTRACE_SETREGS, 0, &r, "setregs");
	}
}

/* Two stops a hit, as every textbook has it. */
static long breaks_stepped(unsigned long addr)
{
	struct user_regs_struct r;
	long hits = 0, word = plant(addr);
	for (;;) {
		request(PTRACE_CONT, 0, 0, "cont");
		if (!WIFSTOPPED(wait_stop()))
			return hits;
		hits++;
		request(PTRACE_GETREGS, 0, &r, "getregs");
		r.rip = addr;
		request(PTRACE_SETREGS, 0, &r, "setregs");
		request(PTRACE_POKETEXT, (void *)addr, (void *)word, "poketext");
		request(PTRACE_SINGLESTEP, 0, 0, "singlestep");
		if (!WIFSTOPPED(wait_stop()))
			return hits;
		request(PTRACE_POKETEXT, (void *)addr, (void *)((word & ~0xffL) | 0xcc), "poketext");
	}
}

/* Lets the program run until it says "ready", then reads it while it is
 * stopped. */
static long read_memory(unsigned long addr, long len, long chunk, int from_prog, double *start)
{
	char text[64], *buf = malloc(chunk);
	int got = 0, status;
	request(PTRACE_CONT, 0, 0, "cont");
	while (got < 6) {
		ssize_t n = read(from_prog, text + got, sizeof text - got);
		if (n <= 0)
			die("the program did not say ready");
		got += n;
	}
	kill(pid, SIGSTOP);
	status = wait_stop();
	if (!WIFSTOPPED(status))
		die("the program ended");
	memset(buf, 1, chunk);
	*start = now();
	for (long done = 0; done < len; done += chunk) {
		struct iovec to = {buf, chunk}, from = {(void *)(addr + done), chunk};
		if (process_vm_readv(pid, &to, 1, &from, 1, 0) != chunk)
			die("process_vm_readv");
	}
	return len;
}

static unsigned long number(const char *s, int base)
{
	char *end;
	unsigned long v = strtoul(s, &end, base);
	if (*end || end == s) {
		fprintf(stderr, "not a number: %s\n", s);
		exit(2);
	}
	return v;
}

/* The modes: name, arguments before PROG. */
enum mode { SYSCALLS, STOPS, TREE, STEP, STEPREGS, BREAK, BREAKSTEP, READ, MODES };
static const struct { const char *name; int args; } modes[MODES] = {
	[SYSCALLS] = {"syscalls", 0}, [STOPS] = {"stops", 0}, [TREE] = {"tree", 0}, [STEP] = {"step", 1}, [STEPREGS] = {"stepregs", 1},
	[BREAK] = {"break", 2}, [BREAKSTEP] = {"breakstep", 1}, [READ] = {"read", 3},
};

int main(int argc, char **argv)
{
	int m = 0;
	while (argc > 1 && m < MODES && strcmp(modes[m].name, argv[1]) != 0)
		m++;
	if (argc < 2 || m == MODES || argc < 3 + modes[m].args) {
		fprintf(stderr, "usage: floor syscalls|stops|tree|step N|stepregs N|break push|endbr ADDR|breakstep ADDR|read ADDR LEN CHUNK PROG [ARGS]\n");
		return 2;
	}
	char **arg = argv + 2;
	int out = open("/dev/null", O_WRONLY | O_CLOEXEC), pipes[2] = {-1, -1};
	if (m == READ) {
		if (pipe2(pipes, O_CLOEXEC) < 0)
			die("pipe");
		out = pipes[1];
	}
	launch(arg + modes[m].args, out);
	double start = now();
	long count = 0;
	switch (m) {
	case SYSCALLS: count = syscalls(1); break;
	case STOPS: count = syscalls(0); break;
	case TREE: count = tree(); break;
	case STEP: count = steps(number(arg[0], 10), 0); break;
	case STEPREGS: count = steps(number(arg[0], 10), 1); break;
	case BREAK: count = breaks_emulated(number(arg[1], 16), arg[0][0] == 'e'); break;
	case BREAKSTEP: count = breaks_stepped(number(arg[0], 16)); break;
	case READ: count = read_memory(number(arg[0], 16), number(arg[1], 10), number(arg[2], 10),
					     pipes[0], &start); break;
	}
	if (m == READ) {
		double s = now() - start;
		printf("read %ld bytes %.6f s %.0f MB/s\n", count, s, count / s / 1e6);
		kill(pid, SIGKILL);
		wait_stop();
		return 0;
	}
	report(argv[1], count, start);
	return 0;
}
