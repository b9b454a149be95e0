/* A program with an interpreter that is in the working directory, ./interp: so a test
 * says by a link which one it is. Writes a line, exits with argc. */
#include <sys/syscall.h>
	.section .interp, "a", @progbits
	.asciz "./interp"
	.section .rodata
text:	.ascii "program\n"
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
	mov (%rsp), %rdi
	mov $SYS_exit_group, %eax
	syscall
	.size _start, . - _start
	.section .note.GNU-stack, "", @progbits
