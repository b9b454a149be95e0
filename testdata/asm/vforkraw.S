/* vfork without libc: the child shares memory and stack, stores 7 where the
 * parent sees it and exits with 5; the parent checks both and exits with 12, or
 * with 1. Then a plain fork does the same: there the store is not seen. */
#include <sys/syscall.h>
	.bss
	.p2align 3
cell:	.quad 0
status:	.quad 0
	.text
	.globl child
	.type child, @function
child:	addq $7, cell(%rip)
	mov $5, %edi
	mov $SYS_exit, %eax
	syscall
	ud2
	.size child, . - child

/* The system call in eax makes a child; waits for it; rax: its exit code. */
	.globl family
	.type family, @function
family:	pop %r12 /* kept in a register: the child shares the stack */
	syscall
	test %rax, %rax
	jz child
	mov %rax, %rdi
	lea status(%rip), %rsi
	xor %edx, %edx
	xor %r10d, %r10d
	mov $SYS_wait4, %eax
	syscall
	movzbl status+1(%rip), %eax
	push %r12
	ret
	.size family, . - family

	.globl _start
	.type _start, @function
_start:	mov $SYS_vfork, %eax
	call family
	cmp $5, %eax
	jne failed
	mov $SYS_fork, %eax
	call family
	cmp $5, %eax
	jne failed
	cmpq $7, cell(%rip)
	jne failed
	mov $12, %edi
	jmp out
failed:	mov $1, %edi
out:	mov $SYS_exit_group, %eax
	syscall
	.size _start, . - _start
	.section .note.GNU-stack, "", @progbits
