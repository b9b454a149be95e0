/* A tracee's registers: GETREGS and SETREGS, what the kernel does not let in, the
 * register sets, the floating point state. */
#include "tracing.h"

/* Every general register has a value of its own at the int3. */
NAKED static void known(void)
{
	__asm__("mov $0x101, %eax\n\t"
		"mov $0x102, %ebx\n\t"
		"mov $0x103, %ecx\n\t"
		"mov $0x104, %edx\n\t"
		"mov $0x105, %esi\n\t"
		"mov $0x106, %edi\n\t"
		"mov $0x107, %ebp\n\t"
		"mov $0x108, %r8d\n\t"
		"mov $0x109, %r9d\n\t"
		"mov $0x10a, %r10d\n\t"
		"mov $0x10b, %r11d\n\t"
		"mov $0x10c, %r12d\n\t"
		"mov $0x10d, %r13d\n\t"
		"mov $0x10e, %r14d\n\t"
		"mov $0x10f, %r15d\n\t"
		"cmp %eax, %eax\n\t"
		"int3\n"
		".globl after_known\n"
		"after_known:\n\t" /* exit_group with the low byte of the sum of all */
		"add %rbx, %rax\n\t"
		"add %rcx, %rax\n\t"
		"add %rdx, %rax\n\t"
		"add %rsi, %rax\n\t"
		"add %rbp, %rax\n\t"
		"add %r8, %rax\n\t"
		"add %r9, %rax\n\t"
		"add %r10, %rax\n\t"
		"add %r11, %rax\n\t"
		"add %r12, %rax\n\t"
		"add %r13, %rax\n\t"
		"add %r14, %rax\n\t"
		"add %r15, %rax\n\t"
		"add %rax, %rdi\n\t"
		"mov $231, %eax\n\t"
		"syscall");
}
extern char after_known[];

static void knows(long unused MAYBE)
{
	known();
}

/* A tracee at the int3. */
static long at_known(void)
{
	long p = traced(knows, 0);
	CHECK(PT(CONT, p) == 0 && wait_status(p, 0) == W_STOPPED(SIGTRAP));
	return p;
}

CASE(regs_get, "GETREGS has every general register, and flags")
{
	struct regs r = regs_of(at_known());
	IS(r.rax, 0x101);
	IS(r.rbx, 0x102);
	IS(r.rcx, 0x103);
	IS(r.rdx, 0x104);
	IS(r.rsi, 0x105);
	IS(r.rdi, 0x106);
	IS(r.rbp, 0x107);
	IS(r.r8, 0x108);
	IS(r.r9, 0x109);
	IS(r.r10, 0x10a);
	IS(r.r11, 0x10b);
	IS(r.r12, 0x10c);
	IS(r.r13, 0x10d);
	IS(r.r14, 0x10e);
	IS(r.r15, 0x10f);
	TRUE(r.rip == (unsigned long)after_known);
	IS(r.eflags & ~0x10000, 0x246); /* IF, ZF, PF; RF is the processor's affair */
}

CASE(regs_orig_rax, "orig_rax is -1 in a stop that is not in a system call")
{
	IS(regs_of(at_known()).orig_rax, -1);
}

CASE(regs_orig_rax_call, "orig_rax is the call's number in a signal stop at the end of a call; rax is its result")
{
	struct regs r = regs_of(traced(sleeps, 0)); /* in the tgkill that raised SIGSTOP */
	IS(r.orig_rax, __NR_tgkill);
	IS(r.rax, 0);
}

CASE(regs_segments, "cs is 0x33, ss 0x2b, the other selectors 0")
{
	struct regs r = regs_of(at_known());
	IS(r.cs, 0x33);
	IS(r.ss, 0x2b);
	IS(r.ds, 0);
	IS(r.es, 0);
	IS(r.fs, 0);
	IS(r.gs, 0);
	IS(r.fs_base, 0);
	IS(r.gs_base, 0);
}

CASE(regs_set, "SETREGS sets every general register: the tracee computes with them")
{
	long p = at_known();
	struct regs r = regs_of(p);
	r.rax = r.rbx = r.rcx = r.rdx = r.rsi = r.rdi = r.rbp = 1;
	r.r8 = r.r9 = r.r10 = r.r11 = r.r12 = r.r13 = r.r14 = r.r15 = 10;
	IS(PT(SETREGS, p, 0, &r), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(87));
}

CASE(regs_set_rip, "SETREGS of rip jumps")
{
	long p = at_known();
	struct regs r = regs_of(p);
	r.rip = (unsigned long)leaves;
	r.rdi = 61;
	r.rsp &= -16l;
	r.rsp -= 8;
	IS(PT(SETREGS, p, 0, &r), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_EXITED(61));
}

CASE(regs_flags, "SETREGS changes CF PF AF ZF SF TF DF OF NT RF AC of the flags and no others")
{
	long p = at_known();
	struct regs r = regs_of(p);
	r.eflags = -1;
	IS(PT(SETREGS, p, 0, &r), 0);
	IS(regs_of(p).eflags, 0x54fd7);
	r.eflags = 0;
	IS(PT(SETREGS, p, 0, &r), 0);
	IS(regs_of(p).eflags, 0x202);
}

CASE(regs_cs_zero, "a cs or ss of 0 is EIO")
{
	long p = at_known();
	ERR(PT(POKEUSR, p, USER(cs), 0), EIO);
	ERR(PT(POKEUSR, p, USER(ss), 0), EIO);
	IS(PT(POKEUSR, p, USER(ds), 0), 0);
}

CASE(regs_selector_privilege, "a selector that is not of privilege 3 is EIO, in each segment register")
{
	static const long at[] = {USER(cs), USER(ss), USER(ds), USER(es), USER(fs), USER(gs)};
	long p = at_known();
	for (int i = 0; i < 6; i++) {
		ERR(PT(POKEUSR, p, at[i], 0x10), EIO);
		ERR(PT(POKEUSR, p, at[i], 0x2a), EIO);
	}
	IS(PT(POKEUSR, p, USER(ds), 0x2b), 0);
	IS(peek_user(p, USER(ds)), 0x2b);
}

CASE(regs_selector_width, "of a selector only 16 bits count")
{
	long p = at_known();
	IS(PT(POKEUSR, p, USER(cs), 0x120033), 0);
	IS(peek_user(p, USER(cs)), 0x33);
}

CASE(regs_bad_middle, "SETREGS stops at the first register it refuses: those before it are set")
{
	long p = at_known();
	struct regs r = regs_of(p);
	r.r15 = 0xf15;
	r.cs = 0;
	r.eflags = 0x247;
	ERR(PT(SETREGS, p, 0, &r), EIO);
	IS(regs_of(p).r15, 0xf15);
	IS(regs_of(p).cs, 0x33);
	IS(regs_of(p).eflags & ~0x10000, 0x246);
}

CASE(regs_bases, "fs_base and gs_base can be any user address; one of the kernel is EIO")
{
	long p = at_known();
	IS(PT(POKEUSR, p, USER(fs_base), 0x12345678), 0);
	IS(PT(POKEUSR, p, USER(gs_base), &board), 0);
	IS(peek_user(p, USER(fs_base)), 0x12345678);
	TRUE(peek_user(p, USER(gs_base)) == (long)&board);
	ERR(PT(POKEUSR, p, USER(fs_base), 0xffffffff81000000), EIO);
	ERR(PT(POKEUSR, p, USER(gs_base), 1l << 62), EIO);
	IS(peek_user(p, USER(fs_base)), 0x12345678);
}

CASE(regs_arch_prctl, "fs_base is what arch_prctl(ARCH_SET_FS) set")
{
	long p = traced(sleeps, 0), got = 0;
	IS(PT(POKEUSR, p, USER(fs_base), 0x4000), 0);
	IS(sys(ptrace, PTRACE_ARCH_PRCTL, p, &got, 0x1003), 0); /* ARCH_GET_FS */
	IS(got, 0x4000);
	IS(sys(ptrace, PTRACE_ARCH_PRCTL, p, 0x5000, 0x1002), 0); /* ARCH_SET_FS */
	IS(peek_user(p, USER(fs_base)), 0x5000);
}

CASE(regs_rip_anything, "rip and rsp can be anything; the tracee faults when it goes on")
{
	long p = at_known();
	IS(PT(POKEUSR, p, USER(rip), 0x10), 0);
	IS(PT(POKEUSR, p, USER(rsp), 0), 0);
	IS(PT(CONT, p), 0);
	WAIT(p, W_STOPPED(SIGSEGV));
	IS(info_of(p).si_code, SEGV_MAPERR);
	IS(info_of(p).si_addr, 0x10);
	IS(regs_of(p).rip, 0x10);
}

CASE(regs_nowhere, "GETREGS and SETREGS with a bad pointer are EFAULT")
{
	long p = at_known();
	ERR(PT(GETREGS, p, 0, 8), EFAULT);
	ERR(PT(SETREGS, p, 0, 8), EFAULT);
	ERR(PT(GETREGS, p, 0, -8), EFAULT);
}

/* Register sets. */
CASE(regset_general, "GETREGSET NT_PRSTATUS is what GETREGS is: 27 words")
{
	long p = at_known();
	struct regs one = regs_of(p), other[2];
	struct iovec v = {other, sizeof other};
	IS(PT(GETREGSET, p, NT_PRSTATUS, &v), 0);
	IS(v.iov_len, sizeof one);
	for (unsigned i = 0; i < sizeof one / 8; i++)
		TRUE(((unsigned long *)&one)[i] == ((unsigned long *)other)[i]);
}

CASE(regset_short, "GETREGSET into less room fills it and says how much it is")
{
	long p = at_known(), words[4] = {0, 0, 0, 0x77};
	struct iovec v = {words, 24};
	IS(PT(GETREGSET, p, NT_PRSTATUS, &v), 0);
	IS(v.iov_len, 24);
	IS(words[0], 0x10f);
	IS(words[2], 0x10d);
	IS(words[3], 0x77);
}

CASE(regset_set_short, "SETREGSET of less sets the first registers only")
{
	long p = at_known(), words[2] = {0x71, 0x72};
	struct iovec v = {words, 16};
	IS(PT(SETREGSET, p, NT_PRSTATUS, &v), 0);
	IS(regs_of(p).r15, 0x71);
	IS(regs_of(p).r14, 0x72);
	IS(regs_of(p).r13, 0x10d);
}

CASE(regset_odd, "GETREGSET and SETREGSET of a length that is not a number of words are EINVAL")
{
	long p = at_known(), words[4];
	struct iovec v = {words, 12};
	ERR(PT(GETREGSET, p, NT_PRSTATUS, &v), EINVAL);
	ERR(PT(SETREGSET, p, NT_PRSTATUS, &v), EINVAL);
	IS(v.iov_len, 12);
}

CASE(regset_none, "GETREGSET with no room is 0 and a length of 0")
{
	long p = at_known();
	struct iovec v = {0, 0};
	IS(PT(GETREGSET, p, NT_PRSTATUS, &v), 0);
	IS(v.iov_len, 0);
}

CASE(regset_unknown, "a register set that is not there is EINVAL")
{
	long p = at_known(), words[4];
	struct iovec v = {words, 32};
	ERR(PT(GETREGSET, p, 0x9999, &v), EINVAL);
	ERR(PT(SETREGSET, p, 0x9999, &v), EINVAL);
	ERR(PT(GETREGSET, p, 0, &v), EINVAL);
}

CASE(regset_nowhere, "GETREGSET with a bad iovec, or bad room, is EFAULT")
{
	long p = at_known();
	struct iovec v = {(void *)8, 216};
	ERR(PT(GETREGSET, p, NT_PRSTATUS, 8), EFAULT);
	ERR(PT(GETREGSET, p, NT_PRSTATUS, &v), EFAULT);
	ERR(PT(SETREGSET, p, NT_PRSTATUS, &v), EFAULT);
}

/* Floating point. */
struct fp {
	unsigned short control, status, tag, op;
	unsigned long rip, rdp;
	unsigned mxcsr, mxcsr_mask;
	unsigned char st[128], xmm[256], rest[96];
};

CASE(fp_initial, "GETFPREGS of a program that used none: 512 bytes, control word 0x37f, mxcsr 0x1f80")
{
	long p = at_known();
	struct fp fp;
	memset(&fp, 0xee, sizeof fp);
	IS(PT(GETFPREGS, p, 0, &fp), 0);
	IS(sizeof fp, 512);
	IS(fp.control, 0x37f);
	IS(fp.status, 0);
	IS(fp.mxcsr, 0x1f80);
	IS(fp.xmm[0], 0);
}

CASE(fp_set, "SETFPREGS is what GETFPREGS says afterwards")
{
	long p = at_known();
	struct fp fp;
	CHECK(PT(GETFPREGS, p, 0, &fp) == 0);
	fp.xmm[0] = 1;
	fp.xmm[255] = 2;
	fp.st[0] = 3;
	fp.mxcsr = 0x1fa0;
	IS(PT(SETFPREGS, p, 0, &fp), 0);
	memset(&fp, 0, sizeof fp);
	IS(PT(GETFPREGS, p, 0, &fp), 0);
	IS(fp.xmm[0], 1);
	IS(fp.xmm[255], 2);
	IS(fp.st[0], 3);
	IS(fp.mxcsr, 0x1fa0);
}

CASE(fp_bad_mxcsr, "SETFPREGS with reserved bits of mxcsr is EINVAL")
{
	long p = at_known();
	struct fp fp;
	CHECK(PT(GETFPREGS, p, 0, &fp) == 0);
	fp.mxcsr = 0x80001f80;
	ERR(PT(SETFPREGS, p, 0, &fp), EINVAL);
}

CASE(fp_regset, "GETREGSET NT_PRFPREG is what GETFPREGS is")
{
	long p = at_known();
	struct fp one, other;
	struct iovec v = {&other, sizeof other};
	CHECK(PT(GETFPREGS, p, 0, &one) == 0);
	IS(PT(GETREGSET, p, NT_PRFPREG, &v), 0);
	IS(v.iov_len, 512);
	IS(other.control, one.control);
	IS(other.mxcsr, one.mxcsr);
}

CASE(fp_xstate, "GETREGSET NT_X86_XSTATE begins with what GETFPREGS is, and is at least 576 bytes")
{
	long p = at_known();
	static char room[16384] __attribute__((aligned(64)));
	struct iovec v = {room, sizeof room};
	long err = PT(GETREGSET, p, NT_X86_XSTATE, &v);
	if (err == -ENODEV || err == -EINVAL)
		SKIP("no extended state");
	IS(err, 0);
	TRUE(v.iov_len >= 576);
	IS(((struct fp *)room)->mxcsr, 0x1f80);
}
