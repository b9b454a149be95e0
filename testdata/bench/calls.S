/* calls [N]: calls a function N times (default 100,000); exits with 0 when the
 * function ran N times, with 1 otherwise. Linked at fixed addresses, so that a
 * tracer without a symbol table finds it: FN is at 0x401000. Built twice: FN
 * begins with push %rbp (pushcalls) or, with -DENDBR, endbr64 (endbrcalls). */
#include <sys/syscall.h>
	.text
	.globl fn, _start
	.type fn, @function
fn:
#ifdef ENDBR
	endbr64
	inc %r12
	ret
#else
	push %rbp
	mov %rsp, %rbp
	inc %r12
	pop %rbp
	ret
#endif
	.size fn, . - fn

	.type _start, @function
_start:
	mov $100000, %ebx
	xor %r12d, %r12d
	cmpq $1, (%rsp)
	je ready
	mov 16(%rsp), %rsi
	xor %ebx, %ebx
digit:	movzbl (%rsi), %eax
	sub $'0', %eax
	js ready
	imul $10, %rbx, %rbx
	add %rax, %rbx
	inc %rsi
	jmp digit
ready:	mov %rbx, %r13
again:	test %rbx, %rbx
	jz done
	call fn
	dec %rbx
	jmp again
done:	xor %edi, %edi
	cmp %r12, %r13
	setne %dil
	mov $SYS_exit_group, %eax
	syscall
	.size _start, . - _start
	.section .note.GNU-stack, "", @progbits
