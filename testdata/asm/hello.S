/* Two system calls: write and exit_group. The shortest trace with text in it. */
#include <sys/syscall.h>
	.section .rodata
text:	.ascii "hello\n"
	.set text_len, . - text
	.text
	.globl _start
	.type _start, @function
_start:
	mov $1, %edi
	lea text(%rip), %rsi
	mov $text_len, %edx
	mov $SYS_write, %eax
	syscall
	xor %edi, %edi
	mov $SYS_exit_group, %eax
	syscall
	.size _start, . - _start
	.section .note.GNU-stack, "", @progbits
