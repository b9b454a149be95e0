/* A tight loop of arithmetic, for single steps: 4 instructions a turn, 2^32
 * turns, exit 0. */
#include <sys/syscall.h>
	.globl _start
	.type _start, @function
_start:
	mov $0xffffffff, %ecx
	xor %eax, %eax
again:	add %rcx, %rax
	xor $0x55, %rax
	dec %rcx
	jnz again
	xor %edi, %edi
	mov $SYS_exit_group, %eax
	syscall
	.size _start, . - _start
	.section .note.GNU-stack, "", @progbits
