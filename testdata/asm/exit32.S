/* A 32-bit program (ELFCLASS32, machine 386): what a debugger for x86-64 must
 * refuse clearly and a system call tracer may meet. Writes a line and exits with
 * 32 by int $0x80 (i386 numbers: write 4, exit_group 252). */
	.code32
	.section .rodata
text:	.ascii "hello from 32 bits\n"
	.set text_len, . - text
	.text
	.globl _start
	.type _start, @function
_start:
	mov $4, %eax
	mov $1, %ebx
	mov $text, %ecx
	mov $text_len, %edx
	int $0x80
	mov $252, %eax
	mov $32, %ebx
	int $0x80
	.size _start, . - _start
	.section .note.GNU-stack, "", @progbits
