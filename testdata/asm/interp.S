/* A program interpreter, the least there is: it writes a line and jumps to the program
 * that the kernel loaded beside it (AT_ENTRY), with the stack as it found it. It has no
 * relocations, so it may be loaded anywhere. Run as a program itself it is AT_ENTRY, and
 * there is nothing to jump to: exit status 127. (AT_BASE does not tell: it is 0 too of an
 * interpreter that has addresses of its own.) 99: rsp was not a multiple of 16. */
#include <sys/syscall.h>
	.section .rodata
text:	.ascii "interpreter\n"
	.set text_len, . - text
	.text
	.globl _start
	.type _start, @function
_start:
	mov $99, %edi
	test $15, %spl
	jnz leave
	mov (%rsp), %rax		/* argc */
	lea 16(%rsp,%rax,8), %rbx	/* envp */
skip:	add $8, %rbx
	cmpq $0, -8(%rbx)
	jne skip
	xor %r12d, %r12d		/* AT_ENTRY */
row:	mov (%rbx), %rax
	mov 8(%rbx), %rdx
	add $16, %rbx
	cmp $9, %rax
	cmove %rdx, %r12
	test %rax, %rax
	jnz row
	mov $127, %edi
	lea _start(%rip), %rax
	cmp %rax, %r12
	je leave
	mov $1, %edi
	lea text(%rip), %rsi
	mov $text_len, %edx
	mov $SYS_write, %eax
	syscall
	xor %edx, %edx			/* no function for atexit */
	jmp *%r12
leave:	mov $SYS_exit_group, %eax
	syscall
	.size _start, . - _start
	.section .note.GNU-stack, "", @progbits
