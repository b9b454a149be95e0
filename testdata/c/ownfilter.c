// Makes a seccomp filter of its own that denies getppid: for itself, and in a child by prctl.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sock_filter deny[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EDOM),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};
static struct sock_fprog prog = {sizeof deny / sizeof *deny, deny};

static int denied(void) { return syscall(SYS_getppid) < 0 && errno == EDOM; }

int main(void)
{
	printf("denied %d", denied());
	fflush(stdout);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!fork())
		_exit(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) ? 9 : denied());
	int status;
	wait(&status);
	printf(", in the child %d", WEXITSTATUS(status));
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog))
		return 1;
	printf(", then %d\n", denied());
	return 0;
}
