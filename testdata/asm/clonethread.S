/* Threads without libc: main makes three by raw clone(2), each adds its share to
 * a counter under lock and ends by exit(2); main waits on the word that the
 * kernel clears (CLONE_CHILD_CLEARTID) and exits with the sum, 3 * 100 mod 256 =
 * 44, or 1 when it is another. */
#include <sys/syscall.h>
	/* VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID */
	.set CLONE_FLAGS, 0x350f00
	.bss
	.p2align 4
stacks:	.fill 3 * 4096, 1, 0
tids:	.fill 3, 4, 0
sum:	.quad 0
	.text
	.globl work
	.type work, @function
work:	lock incq sum(%rip)
	ret
	.size work, . - work

	.globl thread
	.type thread, @function
thread:	mov $100, %ebx
1:	call work
	dec %ebx
	jnz 1b
	xor %edi, %edi
	mov $SYS_exit, %eax
	syscall
	ud2
	.size thread, . - thread

	.globl _start
	.type _start, @function
_start:	xor %r12d, %r12d
1:	mov $CLONE_FLAGS, %edi
	lea 1(%r12), %rsi
	shl $12, %rsi
	lea stacks(%rip), %rax
	add %rax, %rsi
	lea tids(%rip), %rdx
	lea (%rdx,%r12,4), %rdx
	mov %rdx, %r10
	mov $SYS_clone, %eax
	syscall
	test %rax, %rax
	jz thread
	js failed
	inc %r12
	cmp $3, %r12
	jb 1b
	xor %r12d, %r12d
join:	lea tids(%rip), %rdi
	lea (%rdi,%r12,4), %rdi
	mov (%rdi), %edx
	test %edx, %edx
	jz 2f
	xor %esi, %esi
	xor %r10d, %r10d
	mov $SYS_futex, %eax
	syscall
	jmp join
2:	inc %r12
	cmp $3, %r12
	jb join
	cmpq $300, sum(%rip)
	jne failed
	mov sum(%rip), %rdi
	movzbl %dil, %edi
	jmp out
failed:	mov $1, %edi
out:	mov $SYS_exit_group, %eax
	syscall
	.size _start, . - _start
	.section .note.GNU-stack, "", @progbits
