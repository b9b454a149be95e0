/* The files of SVR4.2's /proc: who may open them, and what they say (SEEDS.md, S2.files). */
#include "svr4.h"

static long cells[1024] __attribute__((aligned(4096))) = {41, 42};

static long asleep(void)
{
	long p = puppet(sleeps, 0);
	until(p, 'S');
	return p;
}

/* status and its lwps. */

CASE(status_ids, "status: pid, parent, group, session, lwps")
{
	long p = asleep();
	TRUE(proc_get(p, "status") >= SIZE_PSTATUS);
	WHO(INT(PSTATUS_pr_pid), p);
	WHO(INT(PSTATUS_pr_ppid), pid());
	TRUE(INT(PSTATUS_pr_pgid) == sys(pgrpsys, 0));
	TRUE(INT(PSTATUS_pr_sid) == sys(pgrpsys, 2, 0));
	IS(INT(PSTATUS_pr_nlwp), 1);
	IS(INT(PSTATUS_pr_agentid), 0);
}

CASE(status_running, "status of a process that is not stopped: no stop, no tracing")
{
	long p = asleep();
	IS(FLAGS(p) & (PR_STOPPED | PR_ISTOP | PR_DSTOP), 0);
	for (int i = 1; i <= 31; i++)
		CHECK(!HAS(PSTATUS_pr_sigtrace, i));
	IS(HAS(PSTATUS_pr_sysentry, SYS_read), 0);
	IS(HAS(PSTATUS_pr_flttrace, FLTBPT), 0);
}

static void reads(long fd)
{
	char c;
	sys(read, fd, &c, 1);
	sleeps(0);
}

CASE(status_call, "an lwp asleep in a system call shows the call and its arguments")
{
	int fds[2] = {0};
	CHECK(sys(pipe, fds) == 0);
	long p = puppet(reads, fds[0]);
	until(p, 'S');
	IS(FLAGS(p) & PR_ASLEEP, PR_ASLEEP);
	IS(SHORT(LWP(pr_syscall)), SYS_read);
	IS(SHORT(LWP(pr_nsysarg)), 3);
	IS(LONG(LWP(pr_sysarg)), fds[0]);
	IS(LONG(LWP(pr_sysarg) + 16), 1);
}

CASE(status_break, "status: the heap is where brk(2) says")
{
	long p = asleep();
	proc_get(p, "status");
	TRUE(LONG(PSTATUS_pr_brkbase) != 0);
	TRUE(LONG(PSTATUS_pr_stksize) > 0);
	long here = (long)&p;
	TRUE(here >= LONG(PSTATUS_pr_stkbase) && here < LONG(PSTATUS_pr_stkbase) + LONG(PSTATUS_pr_stksize));
}

static void blocks(long sig)
{
	mask(SIG_BLOCK, sig);
	sys(kill, pid(), sig);
	advance(&board[0]);
	sleeps(0);
}

CASE(status_pending, "a blocked signal is held by the lwp and pending for the process")
{
	long p = puppet(blocks, SIGUSR1);
	await(&board[0], 1);
	proc_get(p, "status");
	IS(HAS(LWP(pr_lwphold), SIGUSR1), 1);
	IS(HAS(LWP(pr_lwphold), SIGUSR2), 0);
	IS(HAS(PSTATUS_pr_sigpend, SIGUSR1), 1);
	IS(HAS(PSTATUS_pr_sigpend, SIGUSR2), 0);
}

CASE(lwp_files, "lwp/1 has the status and the information of the one lwp")
{
	long p = asleep();
	TRUE(proc_get(p, "lwp/1/lwpstatus") >= SIZE_LWPSTATUS);
	IS(INT(LWPSTATUS_pr_lwpid), 1);
	TRUE(proc_get(p, "lwp/1/lwpsinfo") >= SIZE_LWPSINFO);
	IS(INT(LWPSINFO_pr_lwpid), 1);
	IS(file[LWPSINFO_pr_sname], 'S');
	ERR(proc_open(p, "lwp/2/lwpstatus", O_RDONLY), ENOENT);
}

/* psinfo. */

CASE(psinfo_ids, "psinfo: who it is and whose")
{
	long p = asleep();
	TRUE(proc_get(p, "psinfo") >= SIZE_PSINFO);
	WHO(INT(PSINFO_pr_pid), p);
	WHO(INT(PSINFO_pr_ppid), pid());
	IS(INT(PSINFO_pr_uid), sys(getuid));
	IS(INT(PSINFO_pr_euid), sys(geteuid));
	IS(INT(PSINFO_pr_nlwp), 1);
	TRUE(LONG(PSINFO_pr_size) > 0);
	TRUE(INT(PSINFO_pr_argc) >= 2);
}

CASE(psinfo_zombie, "psinfo outlives the process: no lwps, and its wait status")
{
	long p = puppet(leaves, 5);
	until(p, 'Z');
	proc_get(p, "psinfo");
	IS(INT(PSINFO_pr_nlwp), 0);
	STATUS(INT(PSINFO_pr_wstat), W_EXITED(5));
	IS(INT(PSINFO_pr_lwp + LWPSINFO_pr_lwpid), 0);
	WAIT(p, W_EXITED(5));
	ERR(proc_get(p, "psinfo"), ENOENT);
}

CASE(zombie_files, "the other files of a zombie are gone")
{
	long p = asleep(), fd = proc_open(p, "status", O_RDONLY), ctl = control(p);
	sys(kill, p, SIGKILL);
	until(p, 'Z');
	ERR(proc_open(p, "status", O_RDONLY), ENOENT);
	ERR(proc_open(p, "ctl", O_WRONLY), ENOENT);
	ERR(proc_open(p, "as", O_RDWR), ENOENT);
	ERR(sys(read, fd, file, 8), ENOENT);
	ERR(order0(ctl, PCDSTOP), ENOENT);
}

CASE(no_process, "ENOENT for the files of no process")
{
	ERR(proc_open(29999, "status", O_RDONLY), ENOENT);
	ERR(proc_open(29999, "psinfo", O_RDONLY), ENOENT);
	long p = asleep();
	ERR(proc_open(p, "nothing", O_RDONLY), ENOENT);
}

/* as. */

CASE(as_read, "as is read at an address")
{
	long p = asleep(), fd = proc_open(p, "as", O_RDWR), v = 0;
	IS(sys(pread, fd, &v, 8, cells), 8);
	IS(v, 41);
	OK(sys(lseek, fd, cells + 1, 0));
	IS(sys(read, fd, &v, 8), 8);
	IS(v, 42);
}

static void shows_cell(long unused MAYBE)
{
	await(&board[0], 1);
	sys(exit_group, cells[0]);
}

CASE(as_write, "what is written to as is in the process, and nowhere else")
{
	long p = puppet(shows_cell, 0), fd = proc_open(p, "as", O_RDWR), v = 17;
	IS(sys(pwrite, fd, &v, 8, cells), 8);
	advance(&board[0]);
	WAIT(p, W_EXITED(17));
	IS(cells[0], 41);
}

CASE(as_text, "text is written in a private copy: a breakpoint")
{
	long p = asleep(), fd = proc_open(p, "as", O_RDWR);
	unsigned char trap = 0xcc, was = *(unsigned char *)leaves, now = 0;
	IS(sys(pwrite, fd, &trap, 1, leaves), 1);
	IS(sys(pread, fd, &now, 1, leaves), 1);
	IS(now, 0xcc);
	IS(*(unsigned char *)leaves == was, 1);
	long q = puppet(leaves, 3);
	WAIT(q, W_EXITED(3));
}

CASE(as_unmapped, "a read that begins where nothing is mapped returns 0, a write EIO")
{
	long p = asleep(), fd = proc_open(p, "as", O_RDWR), v = 0;
	IS(sys(pread, fd, &v, 8, 8), 0);
	ERR(sys(pwrite, fd, &v, 8, 8), EIO);
}

CASE(as_boundary, "a transfer ends where the mapping does")
{
	char *at = (char *)sys(mmap, 0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK((unsigned long)at < -4095ul && sys(munmap, at + 4096, 4096) == 0);
	long p = asleep(), fd = proc_open(p, "as", O_RDWR);
	IS(sys(pread, fd, file, 64, at + 4096 - 16), 16);
	IS(sys(pwrite, fd, file, 64, at + 4096 - 16), 16);
}

CASE(as_read_only, "as that was opened for reading is not written")
{
	long p = asleep(), fd = proc_open(p, "as", O_RDONLY), v = 1;
	ERR(sys(pwrite, fd, &v, 8, cells), EBADF);
}

/* map, object, cred, sigact. */

/* find_map finds the mapping that holds an address in what was read of map. */
static char *find_map(long n, const void *at)
{
	for (char *m = file; m < file + n; m += SIZE_PRMAP) {
		unsigned long from = *(long *)(m + PRMAP_pr_vaddr);
		if ((unsigned long)at - from < *(unsigned long *)(m + PRMAP_pr_size))
			return m;
	}
	return 0;
}

CASE(map_text, "map: the text can be read and executed, and is of a.out")
{
	long p = asleep(), n = proc_get(p, "map");
	IS(n > 0 && n % SIZE_PRMAP == 0, 1);
	char *m = find_map(n, leaves);
	TRUE(m);
	IS(*(int *)(m + PRMAP_pr_mflags) & (MA_READ | MA_WRITE | MA_EXEC | MA_SHARED), MA_READ | MA_EXEC);
	STR(m + PRMAP_pr_mapname, "a.out");
	IS(*(int *)(m + PRMAP_pr_shmid), -1);
}

CASE(map_data, "map: data can be written, the stack too, the board is shared")
{
	long p = asleep(), n = proc_get(p, "map");
	IS(*(int *)(find_map(n, cells) + PRMAP_pr_mflags) & (MA_READ | MA_WRITE | MA_SHARED), MA_READ | MA_WRITE);
	IS(*(int *)(find_map(n, &p) + PRMAP_pr_mflags) & (MA_READ | MA_WRITE | MA_SHARED), MA_READ | MA_WRITE);
	IS(*(int *)(find_map(n, board) + PRMAP_pr_mflags) & (MA_READ | MA_WRITE | MA_SHARED), MA_READ | MA_WRITE | MA_SHARED);
	TRUE(!find_map(n, (void *)8));
}

CASE(map_order, "map is in the order of addresses")
{
	long p = asleep(), n = proc_get(p, "map"), bad = 0;
	for (long i = SIZE_PRMAP; i < n; i += SIZE_PRMAP)
		bad += LONG(i + PRMAP_pr_vaddr) < LONG(i - SIZE_PRMAP + PRMAP_pr_vaddr) + LONG(i - SIZE_PRMAP + PRMAP_pr_size);
	IS(bad, 0);
}

CASE(object, "object/a.out is the program")
{
	long p = asleep();
	TRUE(proc_get(p, "object/a.out") > 4);
	IS(INT(0), 0x464c457f);
	ERR(proc_open(p, "object/a.out", O_WRONLY), EACCES);
}

CASE(cred, "cred: the ids")
{
	long p = asleep();
	TRUE(proc_get(p, "cred") >= PRCRED_pr_ngroups + 4);
	IS(INT(PRCRED_pr_ruid), sys(getuid));
	IS(INT(PRCRED_pr_euid), sys(geteuid));
	IS(INT(PRCRED_pr_rgid), sys(getgid));
	TRUE(INT(PRCRED_pr_ngroups) >= 0);
}

static void becomes(long uid)
{
	CHECK(sys(setuid, uid) == 0);
	advance(&board[0]);
	sleeps(0);
}

CASE(cred_changed, "cred follows setuid(2)")
{
	if (sys(geteuid) != 0)
		SKIP("not the superuser");
	long p = puppet(becomes, 5);
	await(&board[0], 1);
	proc_get(p, "cred");
	IS(INT(PRCRED_pr_ruid), 5);
	IS(INT(PRCRED_pr_euid), 5);
	IS(INT(PRCRED_pr_suid), 5);
}

static void on_signal(int sig MAYBE, void *info MAYBE, void *context)
{
	HANDLER_END(context);
}

static void arranges(long unused MAYBE)
{
	struct sigact ignored = {0, SIG_IGN, {0}};
	handle(SIGUSR1, on_signal);
	sys(sigaction, SIGUSR2, &ignored, 0);
	advance(&board[0]);
	sleeps(0);
}

CASE(sigact, "sigact: the action of signal n at n-1")
{
	long p = puppet(arranges, 0);
	await(&board[0], 1);
	TRUE(proc_get(p, "sigact") >= 31 * SIZE_SIGACTION);
	TRUE(LONG((SIGUSR1 - 1) * SIZE_SIGACTION + SIGACTION_sa_handler) == (long)on_signal);
	IS(INT((SIGUSR1 - 1) * SIZE_SIGACTION + SIGACTION_sa_flags), SA_SIGINFO);
	IS(LONG((SIGUSR2 - 1) * SIZE_SIGACTION + SIGACTION_sa_handler), 1);
	IS(LONG((SIGTERM - 1) * SIZE_SIGACTION + SIGACTION_sa_handler), 0);
}

/* Who may open what. */

CASE(open_modes, "status and its like are only read, ctl and lwpctl only written")
{
	long p = asleep();
	ERR(proc_open(p, "status", O_WRONLY), EACCES);
	ERR(proc_open(p, "map", O_RDWR), EACCES);
	ERR(proc_open(p, "cred", O_WRONLY), EACCES);
	ERR(proc_open(p, "ctl", O_RDONLY), EACCES);
	ERR(proc_open(p, "ctl", O_RDWR), EACCES);
	ERR(proc_open(p, "lwp/1/lwpctl", O_RDONLY), EACCES);
	OK(proc_open(p, "ctl", O_WRONLY));
	OK(proc_open(p, "as", O_RDWR));
}

static void looks_as(long p)
{
	CHECK(sys(setuid, 7) == 0);
	ERR(proc_open(p, "status", O_RDONLY), EACCES);
	ERR(proc_open(p, "as", O_RDONLY), EACCES);
	ERR(proc_open(p, "ctl", O_WRONLY), EACCES);
	ERR(proc_open(p, "map", O_RDONLY), EACCES);
	ERR(proc_open(p, "cred", O_RDONLY), EACCES);
	OK(proc_open(p, "psinfo", O_RDONLY));
}

CASE(open_foreign, "only psinfo of another user's process can be opened")
{
	if (sys(geteuid) != 0)
		SKIP("not the superuser");
	long p = asleep(), q = puppet(looks_as, p);
	WAIT(q, W_EXITED(0));
}

static void owns(long unused MAYBE)
{
	CHECK(sys(setuid, 7) == 0);
	advance(&board[0]);
	sleeps(0);
}

CASE(open_owner, "its owner, and the superuser, may open all")
{
	if (sys(geteuid) != 0)
		SKIP("not the superuser");
	long p = puppet(owns, 0);
	await(&board[0], 1);
	OK(proc_open(p, "status", O_RDONLY));
	OK(proc_open(p, "ctl", O_WRONLY));
}

CASE(excl_second, "O_EXCL fails with EBUSY while another has it open for writing")
{
	long p = asleep(), fd = proc_open(p, "ctl", O_WRONLY);
	ERR(proc_open(p, "ctl", O_WRONLY | O_EXCL), EBUSY);
	ERR(proc_open(p, "as", O_RDWR | O_EXCL), EBUSY);
	ERR(proc_open(p, "lwp/1/lwpctl", O_WRONLY | O_EXCL), EBUSY);
	sys(close, fd);
	OK(proc_open(p, "ctl", O_WRONLY | O_EXCL));
}

CASE(excl_advisory, "O_EXCL keeps out only those that ask for it")
{
	long p = asleep();
	OK(proc_open(p, "ctl", O_WRONLY | O_EXCL));
	ERR(proc_open(p, "ctl", O_WRONLY | O_EXCL), EBUSY);
	OK(proc_open(p, "ctl", O_WRONLY));
}

CASE(excl_reading, "opens for reading do not count, and O_EXCL is nothing to them")
{
	long p = asleep();
	OK(proc_open(p, "as", O_RDONLY));
	OK(proc_open(p, "status", O_RDONLY | O_EXCL));
	OK(proc_open(p, "as", O_RDWR | O_EXCL));
	OK(proc_open(p, "as", O_RDONLY | O_EXCL));
}

static void opens_itself(long unused MAYBE)
{
	OK(proc_open(pid(), "ctl", O_WRONLY));
	advance(&board[0]);
	await(&board[1], 1);
	OK(proc_open(pid(), "as", O_RDWR | O_EXCL));
	advance(&board[0]);
	sleeps(0);
}

CASE(excl_self, "a process opening itself neither keeps others out nor is kept out")
{
	long p = puppet(opens_itself, 0);
	await(&board[0], 1);
	OK(proc_open(p, "ctl", O_WRONLY | O_EXCL));
	advance(&board[1]);
	await(&board[0], 2);
	IS(LOAD(&board[0]), 2);
}

CASE(self, "/proc/self is oneself")
{
	long fd = sys(open, "/proc/self/psinfo", O_RDONLY, 0);
	IS(sys(read, fd, file, SIZE_PSINFO), SIZE_PSINFO);
	WHO(INT(PSINFO_pr_pid), pid());
}
