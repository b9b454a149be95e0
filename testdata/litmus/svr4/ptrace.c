/* SVR4 ptrace(2), requests 0 to 9: who may ask, what words can be read and written, how a
 * process goes on. The promises are those of its manual page (SEEDS.md, S1 and S4). */
#include "svr4.h"

static int cell = 41, hits;

static void on_signal(int sig, void *info MAYBE, void *context)
{
	board[sig]++;
	HANDLER_END(context);
}

/* Stops itself by a signal, then counts on the board and leaves with 7. */
static void stops_once(long sig)
{
	sys(kill, pid(), sig);
	ADD(&board[0], 1);
	sys(exit_group, 7);
}

static void stops_with_handlers(long sig)
{
	handle(SIGUSR1, on_signal);
	handle(SIGUSR2, on_signal);
	stops_once(sig);
}

/* Known code: three nops, an int3's place, and the end; r12 is what it is called with. */
extern char code_nops[], code_end[], code_far[];
NAKED static void code(long r12 MAYBE)
{
	__asm__("mov %rdi, %r12\n\t"
		"mov $20, %eax\n\t" /* getpid */
		"syscall\n\t"
		"mov %rax, %rdi\n\t"
		"mov $16, %esi\n\t" /* SIGUSR1 */
		"mov $37, %eax\n\t" /* kill */
		"syscall\n"
		".globl code_nops\ncode_nops:\n\t"
		"nop\n\tnop\n\tnop\n\t"
		"jmp code_far\n\t"
		"ud2\n"
		".globl code_far\ncode_far:\n\t"
		"mov %r12, %rdi\n\t"
		"mov $1, %eax\n\t" /* exit */
		"syscall\n"
		".globl code_end\ncode_end:\n\t"
		"ud2");
}

/* at_code is a traced puppet stopped at code_nops, its signal dropped when it goes on. */
static long at_code(long r12)
{
	long p = traced(code, r12);
	WAIT(p, W_STOPPED(SIGUSR1));
	return p;
}

static long rip_in_code(long p)
{
	return get_reg(p, RIP) - (long)code_nops;
}

/* Request 0, and who may ask. */

CASE(traceme, "request 0 makes the child stop when it receives a signal")
{
	long p = traced(stops_once, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(LOAD(&board[0]), 0);
}

CASE(traceme_handler, "the stop comes before the signal's handler")
{
	long p = traced(stops_with_handlers, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(LOAD(&board[SIGUSR1]), 0);
	IS(pt(7, p, 1, SIGUSR1), SIGUSR1);
	WAIT(p, W_EXITED(7));
	IS(LOAD(&board[SIGUSR1]), 1);
}

static void ignores(long sig)
{
	struct sigact sa = {0, SIG_IGN, {0}};
	sys(sigaction, sig, &sa, 0);
	stops_once(sig);
}

CASE(traceme_ignored, "a signal that is ignored stops it too")
{
	long p = traced(ignores, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
}

CASE(traceme_kill, "SIGKILL does not stop it")
{
	long p = traced(stops_once, SIGKILL);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(traceme_stop, "SIGSTOP stops it as any signal does; dropped, it goes on")
{
	long p = traced(stops_once, SIGSTOP);
	WAIT(p, W_STOPPED(SIGSTOP));
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(7));
}

static void blocks_a_while(long sig)
{
	mask(SIG_BLOCK, sig);
	sys(kill, pid(), sig);
	advance(&board[0]);
	await(&board[1], 1);
	mask(SIG_UNBLOCK, sig);
	sys(exit_group, 3);
}

CASE(traceme_blocked, "a blocked signal stops it when it is unblocked, not before")
{
	long p = traced(blocks_a_while, SIGUSR1);
	await(&board[0], 1);
	NOTHING(p);
	advance(&board[1]);
	WAIT(p, W_STOPPED(SIGUSR1));
}

CASE(traceme_asleep, "a signal stops one that sleeps; dropped, the call returns or sleeps on")
{
	long p = traced(sleeps, 0);
	until(p, 'S');
	sys(kill, p, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(pt(7, p, 1, 0), 0);
	sys(kill, p, SIGTERM);
	WAIT(p, W_STOPPED(SIGTERM));
}

CASE(untraced, "ESRCH for a child that never asked")
{
	long p = puppet(sleeps, 0);
	until(p, 'S');
	ERR(pt(1, p, &cell, 0), ESRCH);
	ERR(pt(3, p, 0, 0), ESRCH);
	ERR(pt(4, p, &cell, 1), ESRCH);
	ERR(pt(7, p, 1, 0), ESRCH);
	ERR(pt(8, p, 0, 0), ESRCH);
	ERR(pt(9, p, 1, 0), ESRCH);
}

CASE(no_process, "ESRCH for no process")
{
	ERR(pt(1, 29999, &cell, 0), ESRCH);
	ERR(pt(7, 29999, 1, 0), ESRCH);
}

CASE(running, "ESRCH for a child that runs")
{
	long p = traced(works, 0);
	await(&board[0], 1);
	ERR(pt(1, p, &cell, 0), ESRCH);
	ERR(pt(3, p, 0, 0), ESRCH);
	ERR(pt(7, p, 1, 0), ESRCH);
	ERR(pt(9, p, 1, 0), ESRCH);
}

CASE(running_again, "ESRCH after it has gone on")
{
	long p = traced(stops_once, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(7));
	ERR(pt(1, p, &cell, 0), ESRCH);
}

static void has_tracee(long unused MAYBE)
{
	board[8] = traced(stops_once, SIGUSR1);
	WAIT(board[8], W_STOPPED(SIGUSR1));
	advance(&board[9]);
	sleeps(0);
}

CASE(not_parent, "ESRCH for a tracee of another parent")
{
	puppet(has_tracee, 0);
	await(&board[9], 1);
	ERR(pt(1, board[8], &cell, 0), ESRCH);
	ERR(pt(7, board[8], 1, 0), ESRCH);
	sys(kill, board[8], SIGKILL);
}

CASE(bad_request, "EIO for a request there is not")
{
	long p = at_code(3);
	ERR(pt(10, p, 0, 0), EIO);
	ERR(pt(99, p, 0, 0), EIO);
	ERR(pt(-1, p, 0, 0), EIO);
	IS(rip_in_code(p), 0);
}

CASE(zombie, "ESRCH for a zombie")
{
	long p = traced(leaves, 3);
	until(p, 'Z');
	ERR(pt(1, p, &cell, 0), ESRCH);
	ERR(pt(7, p, 1, 0), ESRCH);
	WAIT(p, W_EXITED(3));
}

/* Words of memory. */

CASE(read_words, "requests 1 and 2 read the same word")
{
	long p = at_code(3);
	IS((int)pt(1, p, &cell, 0), 41);
	IS((int)pt(2, p, &cell, 0), 41);
	TRUE(pt(1, p, code_nops, 0) == *(long *)code_nops);
	TRUE(pt(2, p, code_nops, 0) == *(long *)code_nops);
}

CASE(read_unmapped, "EIO where nothing is mapped")
{
	long p = at_code(3);
	ERR(pt(1, p, 8, 0), EIO);
	ERR(pt(2, p, -4096, 0), EIO);
}

static void shows_cell(long sig)
{
	sys(kill, pid(), sig);
	sys(exit_group, cell);
}

CASE(write_words, "requests 4 and 5 write a word and return it")
{
	long p = traced(shows_cell, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(pt(4, p, &cell, 5), 5);
	IS((int)pt(1, p, &cell, 0), 5);
	IS(pt(5, p, &cell, 6), 6);
	IS((int)pt(2, p, &cell, 0), 6);
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(6));
	IS(cell, 41);
}

CASE(write_text, "text is written in a copy of the process's own")
{
	long p = at_code(3), word = *(long *)code_nops;
	TRUE(pt(4, p, code_nops, word ^ 0xff) == (word ^ 0xff));
	TRUE(pt(1, p, code_nops, 0) == (word ^ 0xff));
	TRUE(*(long *)code_nops == word);
	long q = at_code(4);
	TRUE(pt(1, q, code_nops, 0) == word);
}

CASE(write_unmapped, "EIO where nothing is mapped, and nothing is written")
{
	long p = at_code(3);
	ERR(pt(4, p, 8, 1), EIO);
	ERR(pt(5, p, -4096, 1), EIO);
	IS(rip_in_code(p), 0);
}

/* The user area. */

CASE(user_registers, "u_ar0 leads to the registers")
{
	long p = at_code(1234567);
	IS(rip_in_code(p), 0);
	IS(get_reg(p, R12), 1234567);
	IS(get_reg(p, RAX), 0); /* of kill */
}

CASE(user_names, "u_comm is the name of the program, u_uid whose it is")
{
	long p = at_code(3), text[2] = {user(p, u_comm), pt(3, p, USER_u_comm + 8, 0)};
	TRUE(((char *)text)[0] != 0);
	IS((int)user(p, u_uid), (int)sys(geteuid));
	IS((int)user(p, u_ruid), (int)sys(getuid));
}

CASE(user_sizes, "u_torg and u_tsize hold the text")
{
	long p = at_code(3), from = user(p, u_torg);
	TRUE((long)code_nops >= from && (long)code_nops < from + user(p, u_tsize));
	long data = user(p, u_dorg);
	TRUE((long)&cell >= data && (long)&cell < data + user(p, u_dsize));
	TRUE(user(p, u_ssize) > 0);
}

CASE(user_dispositions, "u_signal is what signals do")
{
	long p = traced(stops_with_handlers, SIGTERM);
	WAIT(p, W_STOPPED(SIGTERM));
	TRUE(pt(3, p, USER_u_signal + 8 * (SIGUSR1 - 1), 0) == (long)on_signal);
	IS(pt(3, p, USER_u_signal + 8 * (SIGTERM - 1), 0), 0);
}

CASE(user_outside, "EIO outside of the user area, and between its words")
{
	long p = at_code(3);
	ERR(pt(3, p, SIZE_USER, 0), EIO);
	ERR(pt(3, p, -8, 0), EIO);
	ERR(pt(3, p, 4, 0), EIO);
	TRUE(pt(3, p, SIZE_USER - 8, 0) >= 0); /* gsbase */
}

CASE(user_write_register, "request 6 writes a general register and returns the word")
{
	long p = at_code(3);
	IS(set_reg(p, R12, 9), 9);
	IS(get_reg(p, R12), 9);
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(9));
}

CASE(user_write_rip, "a written pc is where it goes on")
{
	long p = at_code(11);
	TRUE(set_reg(p, RIP, code_far) == (long)code_far);
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(11));
}

CASE(user_write_flags, "of the flags only the condition codes change")
{
	long p = at_code(3), before = get_reg(p, RFL);
	set_reg(p, RFL, ~0l);
	IS(get_reg(p, RFL) & 0x8d5, 0x8d5); /* carry, parity, auxiliary, zero, sign, overflow */
	IS((get_reg(p, RFL) ^ before) & ~0xcd5l, 0);
	set_reg(p, RFL, 0);
	IS(get_reg(p, RFL) & 0x8d5, 0);
	IS((get_reg(p, RFL) ^ before) & ~0xcd5l, 0);
}

CASE(user_write_special, "EIO for other registers")
{
	long p = at_code(3), cs = get_reg(p, CS);
	ERR(set_reg(p, CS, 3), EIO);
	ERR(set_reg(p, SS, 3), EIO);
	ERR(set_reg(p, FSBASE, 4096), EIO);
	ERR(set_reg(p, ERR, 0), EIO);
	IS(get_reg(p, CS) == cs, 1);
}

CASE(user_write_other, "EIO for all else of the user area, and outside")
{
	long p = at_code(3);
	ERR(pt(6, p, USER_u_uid, 0), EIO);
	ERR(pt(6, p, USER_u_ar0, 0), EIO);
	ERR(pt(6, p, USER_u_signal, 0), EIO);
	ERR(pt(6, p, SIZE_USER, 0), EIO);
	ERR(pt(6, p, -8, 0), EIO);
}

/* Going on. */

CASE(continue_here, "request 7 with addr 1 goes on from where it stopped, and returns data")
{
	long p = at_code(5);
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(5));
}

CASE(continue_there, "request 7 with another addr goes on from there")
{
	long p = at_code(5);
	pt(4, p, code_nops, (pt(1, p, code_nops, 0) & 0xfful << 56) | 0xcccccccccccccc); /* up to code_far */
	IS(pt(7, p, code_far, 0), 0);
	WAIT(p, W_EXITED(5));
}

CASE(continue_drops, "data 0 drops the signal that stopped it")
{
	long p = traced(stops_once, SIGTERM);
	WAIT(p, W_STOPPED(SIGTERM));
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(7));
	IS(LOAD(&board[0]), 1);
}

CASE(continue_delivers, "data a signal: it goes on as if it had received that")
{
	long p = traced(stops_once, SIGTERM);
	WAIT(p, W_STOPPED(SIGTERM));
	IS(pt(7, p, 1, SIGTERM), SIGTERM);
	WAIT(p, W_KILLED(SIGTERM));
}

CASE(continue_another, "the signal may be another")
{
	long p = traced(stops_with_handlers, SIGTERM);
	WAIT(p, W_STOPPED(SIGTERM));
	IS(pt(7, p, 1, SIGUSR2), SIGUSR2);
	WAIT(p, W_EXITED(7));
	IS(LOAD(&board[SIGUSR2]), 1);
}

CASE(continue_bad_signal, "EIO for data that is no signal; it stays stopped")
{
	long p = at_code(5);
	ERR(pt(7, p, 1, 1000), EIO);
	ERR(pt(7, p, 1, -1), EIO);
	ERR(pt(9, p, 1, 1000), EIO);
	IS(rip_in_code(p), 0);
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(5));
}

CASE(continue_drops_pending, "data 0 drops all signals that came meanwhile")
{
	long p = traced(stops_with_handlers, SIGTERM);
	WAIT(p, W_STOPPED(SIGTERM));
	sys(kill, p, SIGUSR1);
	sys(kill, p, SIGUSR2);
	sys(kill, p, SIGHUP);
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(7));
	IS(LOAD(&board[SIGUSR1]), 0);
	IS(LOAD(&board[SIGUSR2]), 0);
}

CASE(continue_one_of_pending, "data a signal drops all others")
{
	long p = traced(stops_with_handlers, SIGTERM);
	WAIT(p, W_STOPPED(SIGTERM));
	sys(kill, p, SIGUSR1);
	sys(kill, p, SIGHUP);
	IS(pt(7, p, 1, SIGUSR2), SIGUSR2);
	WAIT(p, W_EXITED(7));
	IS(LOAD(&board[SIGUSR1]), 0);
	IS(LOAD(&board[SIGUSR2]), 1);
}

CASE(continue_not_kill, "SIGKILL that came meanwhile is not dropped")
{
	long p = traced(stops_once, SIGTERM);
	WAIT(p, W_STOPPED(SIGTERM));
	sys(kill, p, SIGKILL);
	WAIT(p, W_KILLED(SIGKILL));
}

CASE(signal_and_wait, "the stopping sequence: a signal, wait, and every request is heard")
{
	long p = traced(works, 0);
	await(&board[0], 1);
	ERR(pt(3, p, 0, 0), ESRCH);
	sys(kill, p, SIGTRAP);
	WAIT(p, W_STOPPED(SIGTRAP));
	TRUE(get_reg(p, RIP) != 0);
	IS((int)pt(1, p, &cell, 0), 41);
	STORE(&board[1], 9);
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(9));
}

CASE(wait_nohang, "there is nothing to wait for while it runs, and one report a stop")
{
	long p = traced(works, 0);
	await(&board[0], 1);
	NOTHING(p);
	sys(kill, p, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	NOTHING(p);
}

CASE(sigchld, "the parent gets SIGCHLD for a stop: CLD_TRAPPED, and the signal")
{
	long p = traced(stops_once, SIGUSR1), info[SIZE_SIGINFO / 8] = {0};
	OK(sys(waitsys, P_PID, p, info, WTRAPPED));
	memcpy(file, info, SIZE_SIGINFO);
	IS(INT(SIGINFO_si_signo), SIGCHLD);
	IS(INT(SIGINFO_si_code), CLD_TRAPPED);
	SIG(INT(SIGINFO_si_status), SIGUSR1);
	WHO(INT(SIGINFO_si_pid), p);
}

CASE(exit_status, "after the last stop its end is reported as ever")
{
	long p = traced(stops_once, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(7));
	ERR(wait_status(p, 0), ECHILD);
}

/* Request 8. */

CASE(kill_ends, "request 8 ends it: no stop, no more of its code")
{
	long p = traced(stops_once, SIGUSR1);
	WAIT(p, W_STOPPED(SIGUSR1));
	OK(pt(8, p, 0, 0));
	TRUE((wait_status(p, 0) & 0xff) != 0x7f);
	IS(LOAD(&board[0]), 0);
	ERR(pt(1, p, &cell, 0), ESRCH);
}

static void holds_pipe(long fd)
{
	sys(kill, pid(), SIGUSR1);
	sys(close, fd);
	sleeps(0);
}

CASE(kill_closes, "as exit(2): its descriptors are closed")
{
	int fds[2] = {0};
	char c;
	CHECK(sys(pipe, fds) == 0);
	long p = traced(holds_pipe, fds[0]);
	sys(close, fds[1]);
	WAIT(p, W_STOPPED(SIGUSR1));
	OK(pt(8, p, 0, 0));
	IS(sys(read, fds[0], &c, 1), 0);
}

static void has_child(long unused MAYBE)
{
	if (sys(fork) == 0) {
		STORE(&board[3], sys(getpid));
		advance(&board[2]);
		while (sys(getppid) != 1)
			sys(yield);
		advance(&board[4]);
		sys(exit_group, 0);
	}
	await(&board[2], 1);
	stops_once(SIGUSR1);
}

CASE(kill_orphans, "as exit(2): its children go to init")
{
	long p = traced(has_child, 0);
	WAIT(p, W_STOPPED(SIGUSR1));
	OK(pt(8, p, 0, 0));
	TRUE((wait_status(p, 0) & 0xff) != 0x7f);
	await(&board[4], 1);
	IS(LOAD(&board[4]), 1);
}

/* Request 9. */

CASE(step_one, "request 9 runs one instruction and stops with SIGTRAP")
{
	long p = at_code(5);
	IS(pt(9, p, 1, 0), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(rip_in_code(p), 1);
	IS(pt(9, p, 1, 0), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(rip_in_code(p), 2);
}

CASE(step_jump, "a step of a jump ends at its target")
{
	long p = at_code(5);
	for (int i = 0; i < 4; i++) {
		pt(9, p, 1, 0);
		STATUS(wait_status(p, 0), W_STOPPED(SIGTRAP));
	}
	TRUE(get_reg(p, RIP) == (long)code_far);
}

CASE(step_there, "addr is where the step begins")
{
	long p = at_code(5);
	IS(pt(9, p, code_nops + 2, 0), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(rip_in_code(p), 3);
}

CASE(step_flag, "the trace bit is not left in the flags")
{
	long p = at_code(5);
	pt(9, p, 1, 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(get_reg(p, RFL) & 0x100, 0);
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(5));
}

CASE(step_drops, "a step drops the signal of its stop, and those that came meanwhile")
{
	long p = at_code(5);
	sys(kill, p, SIGTERM);
	IS(pt(9, p, 1, 0), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(5));
}

CASE(step_call, "a step of a system call makes the call")
{
	long p = at_code(5);
	pt(7, p, code_far, 0); /* exit */
	WAIT(p, W_EXITED(5));
	long q = at_code(6);
	TRUE(set_reg(q, RIP, code_far) == (long)code_far);
	for (int i = 0; i < 2; i++) {
		pt(9, q, 1, 0);
		STATUS(wait_status(q, 0), W_STOPPED(SIGTRAP));
	}
	pt(9, q, 1, 0);
	WAIT(q, W_EXITED(6));
}

/* Breakpoints (S1). */

CASE(breakpoint, "an int3 that was written stops it with SIGTRAP, the pc one past it")
{
	long p = at_code(5), word = pt(1, p, code_nops + 1, 0);
	pt(4, p, code_nops + 1, (word & ~0xffl) | 0xcc);
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(rip_in_code(p), 2);
}

NOINLINE static void work(void)
{
	hits++;
	__asm__ volatile("" ::: "memory");
}

static void works_five_times(long unused MAYBE)
{
	sys(kill, pid(), SIGUSR1);
	for (int i = 0; i < 5; i++)
		work();
	sys(exit_group, hits);
}

CASE(breakpoint_table, "word saved, trap written, hit, word back, one step, trap in again: each call is counted")
{
	long p = traced(works_five_times, 0), count = 0;
	WAIT(p, W_STOPPED(SIGUSR1));
	long word = pt(1, p, work, 0), trap = (word & ~0xffl) | 0xcc, status;
	pt(4, p, work, trap);
	pt(7, p, 1, 0);
	while ((status = wait_status(p, 0)) == W_STOPPED(SIGTRAP) && get_reg(p, RIP) == (long)work + 1) {
		count++;
		pt(4, p, work, word);
		set_reg(p, RIP, work);
		pt(9, p, 1, 0);
		CHECK(wait_status(p, 0) == W_STOPPED(SIGTRAP));
		pt(4, p, work, trap);
		pt(7, p, 1, 0);
	}
	IS(count, 5);
	STATUS(status, W_EXITED(5));
}

/* exec and fork. */

CASE(exec_stops, "a traced exec stops with SIGTRAP before the first instruction")
{
	long p = traced(execs, 4);
	WAIT(p, W_STOPPED(SIGTRAP));
	TRUE(get_reg(p, RIP) == user(p, u_entloc));
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(4));
}

CASE(exec_again, "each exec stops it")
{
	long p = traced(execs, 4);
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(pt(9, p, 1, 0), 0);
	WAIT(p, W_STOPPED(SIGTRAP));
	TRUE(get_reg(p, RIP) != user(p, u_entloc));
}

static void execs_nothing(long unused MAYBE)
{
	const char *argv[] = {"/nothing", 0};
	long err = sys(execve, "/nothing", argv, argv + 1);
	sys(exit_group, -err);
}

CASE(exec_fails, "an exec that fails does not stop it")
{
	long p = traced(execs_nothing, 0);
	WAIT(p, W_EXITED(ENOENT));
}

ACTOR(tells_euid)
{
	return sys(geteuid);
}

/* A copy of this program that belongs to user 1 and is set-user-id. */
static const char *set_uid_copy(void)
{
	static const char path[] = "/tmp/litmus-suid";
	long in = sys(open, own_path, O_RDONLY, 0), n;
	sys(unlink, path);
	long out = sys(open, path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	if (in < 0 || out < 0)
		SKIP("no copy can be made");
	while ((n = sys(read, in, file, sizeof file)) > 0)
		CHECK(sys(write, out, file, n) == n);
	sys(close, out);
	sys(close, in);
	if (sys(chown, path, 1, 1) < 0 || sys(chmod, path, 04755) < 0)
		SKIP("not the superuser");
	return path;
}

static void execs_as(long path)
{
	const char *argv[] = {(char *)path, "@tells_euid", "0", 0};
	sys(setuid, 2);
	sys(execve, path, argv, argv + 3);
	sys(exit_group, 98);
}

CASE(exec_set_uid, "exec honours set-user-id")
{
	long p = puppet(execs_as, (long)set_uid_copy());
	WAIT(p, W_EXITED(1));
}

CASE(exec_set_uid_traced, "a traced exec does not honour set-user-id")
{
	long p = traced(execs_as, (long)set_uid_copy());
	WAIT(p, W_STOPPED(SIGTRAP));
	IS(pt(7, p, 1, 0), 0);
	WAIT(p, W_EXITED(2));
}

static void forks_traced(long unused MAYBE)
{
	long c = sys(fork);
	if (c == 0) {
		sys(kill, pid(), SIGTERM);
		sleeps(0);
	}
	int status = 0;
	sys(wait4, c, &status, 0);
	sys(exit_group, status);
}

CASE(fork_untraced, "the child of a tracee is not traced")
{
	long p = traced(forks_traced, 0);
	long status = wait_status(p, 0);
	if (status == W_STOPPED(SIGCHLD)) { /* received when the child died */
		pt(7, p, 1, 0);
		status = wait_status(p, 0);
	}
	STATUS(status, W_EXITED(SIGTERM));
}

CASE(fault, "a fault stops it with its signal before it dies of it")
{
	long p = at_code(3);
	pt(7, p, code_end, 0); /* ud2 */
	WAIT(p, W_STOPPED(SIGILL));
	TRUE(get_reg(p, RIP) == (long)code_end);
	IS(pt(7, p, 1, SIGILL), SIGILL);
	WAIT(p, W_KILLED(SIGILL));
}
