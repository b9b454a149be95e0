// A 32-bit program without a C library. Makes system calls by int $0x80, or by the vDSO, and prints
// the trace that they should give; the first argument names the case.

typedef unsigned long word;

enum { nr_exit = 1, nr_write = 4, nr_chdir = 12, nr_kill = 37, nr_getpid = 20, nr_socketcall = 102, nr_ipc = 117, nr_sigaction = 67, nr_connect = 362 };
enum { part_socket = 1, part_connect = 3, part_send = 9, part_shmat = 21, part_shmget = 23 };

static long call(word nr, word a, word b, word c, word d, word e) {
	long r;
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
	return r;
}

static word length(const char *s) {
	word n = 0;
	while (s[n])
		n++;
	return n;
}

static void puts(const char *s) {
	call(nr_write, 1, (word)s, length(s), 0, 0);
	call(nr_write, 1, (word) "\n", 1, 0, 0);
}

static long part(word which, word a, word b, word c, word d) {
	volatile word args[] = {a, b, c, d};
	return call(nr_socketcall, which, (word)args, 0, 0, 0);
}


struct address {
	unsigned short family;
	char path[6];
};

static void do_inject(void) {
	static struct address at = {1, "a"};
	part(part_connect, -1, (word)&at, 4, 0);
	puts("connect(-1, {sa_family=AF_UNIX, sun_path=\"a\"}, 4) = 42 (INJECTED)");
	call(nr_connect, -1, (word)&at, 4, 0, 0);
	puts("connect(-1, {sa_family=AF_UNIX, sun_path=\"a\"}, 4) = 42 (INJECTED)");
}

// Calls of other parts are not counted: the second connect is the one meant.
static void do_when(void) {
	static struct address at = {1, "a"};
	part(part_connect, -1, (word)&at, 4, 0);
	puts("connect(-1, {sa_family=AF_UNIX, sun_path=\"a\"}, 4) = -1 EBADF (Bad file descriptor)");
	part(part_send, -1, 0, 0, 0);
	puts("send(-1, NULL, 0, 0) = -1 EBADF (Bad file descriptor)");
	part(part_connect, -1, (word)&at, 4, 0);
	puts("connect(-1, {sa_family=AF_UNIX, sun_path=\"a\"}, 4) = -1 EXDEV (Invalid cross-device link) (INJECTED)");
}

// The arguments that are written to are the part's.
static void do_poke(void) {
	static struct address at = {1, "abcd"};
	part(part_connect, -1, (word)&at, 7, 0);
	puts("connect(-1, {sa_family=AF_UNIX, sun_path=\"xy\"}, 7) = -1 EBADF (Bad file descriptor) (INJECTED: args)");
	part(part_connect, -1, (word)&at, 7, 0);
	puts("connect(-1, {sa_family=AF_UNIX, sun_path=\"xy\"}, 7) = -1 EBADF (Bad file descriptor) (INJECTED: args)");
}

static void do_ipc(void) {
	call(nr_ipc, part_shmget, 0, 4096, 0600, 0);
	puts("shmget(IPC_PRIVATE, 4096, 0600) = -1 ENOSPC (No space left on device) (INJECTED)");
	call(nr_ipc, part_shmat, -1, 0, 0, 0);
	puts("shmat(-1, NULL, 0) = -1 EINVAL (Invalid argument)");
}

static void (*vsyscall)(void); // __kernel_vsyscall

__attribute__((noinline)) long bottom(void) {
	long r;
	__asm__ volatile("call *%1" : "=a"(r) : "m"(vsyscall), "a"(nr_chdir), "b"("/no such") : "memory");
	return r;
}
__attribute__((noinline)) long middle(long n) {
	volatile char local[40];
	local[n] = 1;
	return bottom() + local[n];
}
static void handler(int sig) {
	middle(sig);
	__asm__ volatile(""); // no tail call
}

static void do_stack(void) { // prints nothing: the test looks at the frames
	struct { void (*f)(int); word mask, flags, restorer; } act = {handler, 0, 0, 0};
	middle(3);
	call(nr_sigaction, 10, (word)&act, 0, 0, 0);
	call(nr_kill, call(nr_getpid, 0, 0, 0, 0, 0), 10, 0, 0, 0);
}

static const struct { const char *name; void (*f)(void); } cases[] = {
#define C(n) {#n, do_##n}
	C(inject), C(when), C(poke), C(ipc), C(stack),
};

static int same(const char *a, const char *b) {
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

__attribute__((used)) static void begin(word *stack) {
	word argc = *stack++, *p = stack + argc + 1;
	char **argv = (char **)stack;
	while (*p++) // the environment
		;
	for (; *p; p += 2)
		if (*p == 32) // AT_SYSINFO
			vsyscall = (void (*)(void))p[1];
	for (word i = 0; argc > 1 && i < sizeof cases / sizeof *cases; i++)
		if (same(cases[i].name, argv[1])) {
			cases[i].f();
			if (!same(argv[1], "stack"))
				puts("+++ exited with 0 +++");
			call(nr_exit, 0, 0, 0, 0, 0);
		}
	call(nr_exit, 2, 0, 0, 0, 0);
}

__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %esp, %eax\n\tand $-16, %esp\n\tsub $12, %esp\n\tpush %eax\n\tcall begin\n\thlt\n");
