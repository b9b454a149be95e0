/* A 64-bit program that makes 32-bit system calls: getpid (20) by int $0x80 and
 * getpid (39) by syscall must agree; 39 by int $0x80 is mkdir, of NULL: EFAULT.
 * Exits with 80, or 1. The ABI of a call is the kernel's to tell, per call. */
#include <sys/syscall.h>
	.globl _start
	.type _start, @function
_start:
	mov $20, %eax
	int $0x80
	mov %eax, %r12d
	mov $SYS_getpid, %eax
	syscall
	mov $1, %edi
	cmp %eax, %r12d
	jne out
	mov $39, %eax
	xor %ebx, %ebx
	xor %ecx, %ecx
	int $0x80
	cmp $-14, %eax
	jne out
	mov $80, %edi
out:	mov $SYS_exit_group, %eax
	syscall
	.size _start, . - _start
	.section .note.GNU-stack, "", @progbits
