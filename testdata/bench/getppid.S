/* getppid [N]: calls getppid N times (default 1,000,000) and exits with 0:
 * N+1 system calls after execve, nothing else. The cost of a traced call.
 * The count is one byte string of decimal digits, argv[1]. */
#include <sys/syscall.h>
	.globl _start
	.type _start, @function
_start:
	mov $1000000, %ebx
	cmpq $1, (%rsp)
	je again
	mov 16(%rsp), %rsi
	xor %ebx, %ebx
digit:	movzbl (%rsi), %eax
	sub $'0', %eax
	js again
	imul $10, %rbx, %rbx
	add %rax, %rbx
	inc %rsi
	jmp digit
again:	test %rbx, %rbx
	jz done
	mov $SYS_getppid, %eax
	syscall
	dec %rbx
	jmp again
done:	xor %edi, %edi
	mov $SYS_exit_group, %eax
	syscall
	.size _start, . - _start
	.section .note.GNU-stack, "", @progbits
