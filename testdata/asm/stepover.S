/* The step-over test. Each function of the table begins with an instruction
 * that a debugger may have to emulate, run out of line or step in place when a
 * breakpoint sits on it; each has a result that is wrong when that is done
 * wrong. main calls each N times (N is argv[1], default 100) and compares; a
 * function's own count of its calls must equal N too.
 *
 *   stepover [N [ROW]]     all rows, or one, counted from 0
 *
 * Prints one line a row: the row's name and how many results were right. Exits
 * with the number of rows that had wrong ones.
 *
 * The function of a row is first_NAME, and the instruction is its first. Where
 * the instruction needs something prepared, first_NAME prepares it and calls
 * inner_NAME, which begins with the instruction. Either is run once a call,
 * except inner_self (4 times), inner_loop (5), inner_jcc and inner_jrcxz (2).
 *
 * Every function takes X in rdi, gives its result in rax, and keeps rbx, rbp and
 * r12 to r15. The row says what the result is: FACTOR * X + ADDEND. */

	.macro FUNCTION name
	.text
	.p2align 4
	.globl first_\name
	.type first_\name, @function
	first_\name:
	.endm

	.macro END name
	.size first_\name, . - first_\name
	.endm

	.macro INNER name
	.text
	.p2align 4
	.globl inner_\name
	.type inner_\name, @function
	inner_\name:
	.endm

	.macro END_INNER name
	.size inner_\name, . - inner_\name
	.endm

/* A row of the table; see struct row in stepover.c. */
	.macro ROW name, factor, addend
	.section .rodata.str
	9: .asciz "\name"
	.section .data.rel.ro.rows, "aw"
	.quad 9b, first_\name, \factor, \addend
	.text
	.endm

	.section .data.rel.ro.rows, "aw"
	.globl rows
rows:
	.data
	.p2align 4
cell:	.quad 1000
counter: .quad 0
	.p2align 4
vector:	.long 1, 2, 3, 4
scratch: .fill 64, 1, 0
	.section .data.rel.ro, "aw"
target:	.quad add_five
	.text

	.type add_five, @function
add_five:
	lea 5(%rdi), %rax
	ret
	.size add_five, . - add_five

/* --- what compilers put first --- */
FUNCTION endbr64
	endbr64
	lea 1(%rdi), %rax
	ret
END endbr64
ROW endbr64, 1, 1

FUNCTION push_rbp
	push %rbp
	mov %rsp, %rbp
	lea 2(%rdi), %rax
	pop %rbp
	ret
END push_rbp
ROW push_rbp, 1, 2

FUNCTION push_r15
	push %r15
	mov %rdi, %r15
	lea 3(%r15), %rax
	pop %r15
	ret
END push_r15
ROW push_r15, 1, 3

FUNCTION push_rsp
	push %rsp
	pop %rax
	sub %rsp, %rax
	add %rdi, %rax
	ret
END push_rsp
ROW push_rsp, 1, 0

FUNCTION push_imm
	push $-7
	pop %rax
	add %rdi, %rax
	ret
END push_imm
ROW push_imm, 1, -7

FUNCTION push_mem
	pushq cell(%rip)
	pop %rax
	add %rdi, %rax
	ret
END push_mem
ROW push_mem, 1, 1000

FUNCTION sub_rsp
	sub $0x28, %rsp
	mov %rdi, 8(%rsp)
	mov 8(%rsp), %rax
	add $0x28, %rsp
	ret
END sub_rsp
ROW sub_rsp, 1, 0

FUNCTION sub_rsp_imm32
	sub $0x1008, %rsp
	orq $0, (%rsp)
	lea 4(%rdi), %rax
	add $0x1008, %rsp
	ret
END sub_rsp_imm32
ROW sub_rsp_imm32, 1, 4

/* The flags that sub sets are used. */
FUNCTION sub_flags
	sub $50, %rdi
	setb %al
	movzbl %al, %eax
	lea 50(%rdi), %rdi
	cmp $50, %rdi
	setb %cl
	movzbl %cl, %ecx
	sub %rcx, %rax
	add %rdi, %rax
	ret
END sub_flags
ROW sub_flags, 1, 0

FUNCTION mov_reg
	mov %rdi, %rax
	add $6, %rax
	ret
END mov_reg
ROW mov_reg, 1, 6

/* A 32-bit move clears the upper half. */
FUNCTION mov_reg32
	mov %edi, %eax
	ret
END mov_reg32
ROW mov_reg32, 1, 0

FUNCTION mov_imm
	mov $0x12345, %eax
	sub $0x12345, %rax
	add %rdi, %rax
	ret
END mov_imm
ROW mov_imm, 1, 0

FUNCTION movabs
	movabs $0x123456789abcdef, %rax
	mov $0x123456789abcdef, %rcx
	sub %rcx, %rax
	add %rdi, %rax
	ret
END movabs
ROW movabs, 1, 0

FUNCTION lea
	lea 7(%rdi,%rdi,2), %rax
	ret
END lea
ROW lea, 3, 7

FUNCTION lea_rip
	lea cell(%rip), %rax
	mov (%rax), %rax
	add %rdi, %rax
	ret
END lea_rip
ROW lea_rip, 1, 1000

FUNCTION xor
	xor %eax, %eax
	jnz 1f
	mov %rdi, %rax
1:	ret
END xor
ROW xor, 1, 0

FUNCTION test
	test %rdi, %rdi
	mov %rdi, %rax
	jns 1f
	mov $-1, %rax
1:	ret
END test
ROW test, 1, 0

FUNCTION cmp_jcc
	cmp $10, %rdi
	jb 1f
	lea 8(%rdi), %rax
	ret
1:	mov %rdi, %rax
	add $8, %rax
	ret
END cmp_jcc
ROW cmp_jcc, 1, 8

/* --- control transfer --- */
FUNCTION call_rel32
	call add_five
	inc %rax
	ret
END call_rel32
ROW call_rel32, 1, 6

FUNCTION jmp_rel32
	.byte 0xe9
	.long add_five - 1f
1:	ud2
END jmp_rel32
ROW jmp_rel32, 1, 5

FUNCTION jmp_rel8
	jmp 1f
	ud2
1:	lea 9(%rdi), %rax
	ret
END jmp_rel8
ROW jmp_rel8, 1, 9

FUNCTION jmp_rip
	jmp *target(%rip)
	ud2
END jmp_rip
ROW jmp_rip, 1, 5

FUNCTION call_rip
	call *target(%rip)
	add $2, %rax
	ret
END call_rip
ROW call_rip, 1, 7

/* The target is on the stack that the call pushes on. */
INNER call_stack
	call *-16(%rsp)
	add $3, %rax
	ret
END_INNER call_stack

FUNCTION call_stack
	lea add_five(%rip), %rax
	mov %rax, -24(%rsp)
	call inner_call_stack
	ret
END call_stack
ROW call_stack, 1, 8

INNER jcc
	jc 1f
	lea 1(%rdi), %rax
	ret
1:	lea 2(%rdi), %rax
	ret
END_INNER jcc

FUNCTION jcc
	stc
	call inner_jcc
	mov %rax, %rcx
	clc
	call inner_jcc
	add %rcx, %rax
	ret
END jcc
ROW jcc, 2, 3

INNER ret
	ret
END_INNER ret

FUNCTION ret
	lea 11(%rdi), %rax
	call inner_ret
	ret
END ret
ROW ret, 1, 11

INNER rep_ret
	.byte 0xf3, 0xc3 /* rep ret */
END_INNER rep_ret

FUNCTION rep_ret
	lea 27(%rdi), %rax
	call inner_rep_ret
	ret
END rep_ret
ROW rep_ret, 1, 27

INNER notrack
	notrack jmp *%rdx
END_INNER notrack

FUNCTION notrack
	lea add_five(%rip), %rdx
	call inner_notrack
	ret
END notrack
ROW notrack, 1, 5

INNER ret_pop
	ret $16
END_INNER ret_pop

FUNCTION ret_pop
	push %rdi
	push %rdi
	call inner_ret_pop
	lea 12(%rdi), %rax
	ret
END ret_pop
ROW ret_pop, 1, 12

/* Back to its own first byte. */
INNER self
	inc %rax
	cmp $4, %rax
	jb inner_self
	ret
END_INNER self

FUNCTION self
	xor %eax, %eax
	call inner_self
	add %rdi, %rax
	ret
END self
ROW self, 1, 4

INNER loop
	loop inner_loop
	lea 13(%rdi), %rax
	ret
END_INNER loop

FUNCTION loop
	mov $5, %ecx
	call inner_loop
	add %rcx, %rax
	ret
END loop
ROW loop, 1, 13

INNER jrcxz
	jrcxz 1f
	lea 14(%rdi), %rax
	ret
1:	lea 15(%rdi), %rax
	ret
END_INNER jrcxz

FUNCTION jrcxz
	xor %ecx, %ecx
	call inner_jrcxz
	mov %rax, %rdx
	inc %ecx
	call inner_jrcxz
	add %rdx, %rax
	ret
END jrcxz
ROW jrcxz, 2, 29

/* --- no operation --- */
FUNCTION nop
	nop
	lea 16(%rdi), %rax
	ret
END nop
ROW nop, 1, 16

FUNCTION nopw
	nopw %cs:0x0(%rax,%rax,1)
	lea 17(%rdi), %rax
	ret
END nopw
ROW nopw, 1, 17

FUNCTION pause
	pause
	lea 18(%rdi), %rax
	ret
END pause
ROW pause, 1, 18

FUNCTION nop_xchg
	xchg %ax, %ax
	lea 25(%rdi), %rax
	ret
END nop_xchg
ROW nop_xchg, 1, 25

/* No operation either unless the shadow stack is on. */
FUNCTION rdssp
	rdsspq %rcx
	lea 26(%rdi), %rax
	ret
END rdssp
ROW rdssp, 1, 26

/* --- the kernel and the flags --- */
INNER syscall
	syscall
	ret
END_INNER syscall

/* getpid twice; rcx must be the address after the instruction, in either way
 * of running it, and r11 the flags without TF. */
FUNCTION syscall
	mov $39, %eax
	call inner_syscall
	mov %rax, %rdx
	lea inner_syscall+2(%rip), %rsi
	sub %rcx, %rsi
	mov %r11, %r8
	and $0x100, %r8
	mov $39, %eax
	syscall
	sub %rdx, %rax
	add %rsi, %rax
	add %r8, %rax
	add %rdi, %rax
	ret
END syscall
ROW syscall, 1, 0

/* The trap flag must not be in what is stored. */
INNER pushf
	pushfq
	pop %rax
	ret
END_INNER pushf

FUNCTION pushf
	call inner_pushf
	and $0x100, %eax
	add %rdi, %rax
	ret
END pushf
ROW pushf, 1, 0

INNER popf
	popfq
	jmp *%rdx
END_INNER popf

FUNCTION popf
	lea 1f(%rip), %rdx
	pushq $0x247
	jmp inner_popf
1:	setc %al
	movzbl %al, %eax
	add %rdi, %rax
	ret
END popf
ROW popf, 1, 1

FUNCTION cld
	cld
	lea 19(%rdi), %rax
	ret
END cld
ROW cld, 1, 19

FUNCTION lahf
	lahf
	mov %rdi, %rax
	ret
END lahf
ROW lahf, 1, 0

/* No trap comes between a load of ss and the instruction after it: a single
 * step takes both. */
INNER mov_ss
	mov %ecx, %ss
	add $28, %rax
	ret
END_INNER mov_ss

FUNCTION mov_ss
	mov %ss, %ecx
	mov %rdi, %rax
	call inner_mov_ss
	ret
END mov_ss
ROW mov_ss, 1, 28

/* --- memory --- */
INNER rep_stosb
	rep stosb
	ret
END_INNER rep_stosb

FUNCTION rep_stosb
	mov %rdi, %rdx
	lea scratch(%rip), %rdi
	mov $64, %ecx
	mov $3, %eax
	call inner_rep_stosb
	movzbl scratch+63(%rip), %eax
	add %rcx, %rax
	add %rdx, %rax
	ret
END rep_stosb
ROW rep_stosb, 1, 3

INNER rep_movsb
	rep movsb
	ret
END_INNER rep_movsb

FUNCTION rep_movsb
	mov %rdi, %rdx
	lea vector(%rip), %rsi
	lea scratch(%rip), %rdi
	mov $16, %ecx
	call inner_rep_movsb
	mov scratch+12(%rip), %eax
	add %rdx, %rax
	ret
END rep_movsb
ROW rep_movsb, 1, 4

FUNCTION lock_xadd
	lock xadd %rdi, counter(%rip)
	mov counter(%rip), %rax
	sub %rdi, %rax
	ret
END lock_xadd
ROW lock_xadd, 1, 0

INNER lock_cmpxchg
	lock cmpxchg %rdx, scratch(%rip)
	ret
END_INNER lock_cmpxchg

FUNCTION lock_cmpxchg
	movq $40, scratch(%rip)
	mov $40, %eax
	mov $41, %edx
	call inner_lock_cmpxchg
	sete %al
	movzbl %al, %eax
	add scratch(%rip), %rax
	add %rdi, %rax
	ret
END lock_cmpxchg
ROW lock_cmpxchg, 1, 42

FUNCTION mov_rip
	mov cell(%rip), %rax
	add %rdi, %rax
	ret
END mov_rip
ROW mov_rip, 1, 1000

FUNCTION mov_rip_imm
	movl $21, scratch(%rip)
	mov scratch(%rip), %eax
	add %rdi, %rax
	ret
END mov_rip_imm
ROW mov_rip_imm, 1, 21

FUNCTION cmp_rip
	cmpl $1000, cell(%rip)
	sete %al
	movzbl %al, %eax
	add %rdi, %rax
	ret
END cmp_rip
ROW cmp_rip, 1, 1

FUNCTION mov_fs
	mov %fs:0, %rax
	sub %fs:0, %rax
	add %rdi, %rax
	ret
END mov_fs
ROW mov_fs, 1, 0

INNER movaps
	movaps %xmm0, -0x18(%rsp)
	ret
END_INNER movaps

/* -0x18(%rsp) is aligned in inner_movaps: the call has pushed 8 bytes. */
FUNCTION movaps
	mov %rsp, %rdx
	and $-16, %rsp
	movd %edi, %xmm0
	call inner_movaps
	mov -0x20(%rsp), %eax
	mov %rdx, %rsp
	ret
END movaps
ROW movaps, 1, 0

FUNCTION movaps_rip
	movaps vector(%rip), %xmm0
	movd %xmm0, %eax
	add %rdi, %rax
	ret
END movaps_rip
ROW movaps_rip, 1, 1

FUNCTION cvtsi2sd
	cvtsi2sd %rdi, %xmm0
	cvttsd2si %xmm0, %rax
	ret
END cvtsi2sd
ROW cvtsi2sd, 1, 0

FUNCTION fld
	fld1
	fistpl scratch(%rip)
	mov scratch(%rip), %eax
	add %rdi, %rax
	ret
END fld
ROW fld, 1, 1

FUNCTION xchg
	xchg %rdi, %rax
	ret
END xchg
ROW xchg, 1, 0

FUNCTION imul
	imul $3, %rdi, %rax
	ret
END imul
ROW imul, 3, 0

/* --- the processor --- */
INNER cpuid
	cpuid
	ret
END_INNER cpuid

FUNCTION cpuid
	push %rbx
	xor %eax, %eax
	call inner_cpuid
	test %eax, %eax
	setne %al
	movzbl %al, %eax
	add %rdi, %rax
	pop %rbx
	ret
END cpuid
ROW cpuid, 1, 1

FUNCTION rdtsc
	rdtsc
	mov %rdi, %rax
	ret
END rdtsc
ROW rdtsc, 1, 0

FUNCTION enter
	enter $16, $0
	lea 22(%rdi), %rax
	mov %rax, -8(%rbp)
	mov -8(%rbp), %rax
	leave
	ret
END enter
ROW enter, 1, 22

INNER leave
	leave
	ret
END_INNER leave

FUNCTION leave
	push %rbp
	mov %rsp, %rbp
	sub $32, %rsp
	lea 23(%rdi), %rax
	jmp inner_leave
END leave
ROW leave, 1, 23

INNER pop
	pop %rdx
	jmp *%rdx
END_INNER pop

FUNCTION pop
	lea 24(%rdi), %rax
	call inner_pop
	ret
END pop
ROW pop, 1, 24

/* The end of the table. */
	.section .data.rel.ro.rows, "aw"
	.quad 0, 0, 0, 0
	.section .note.GNU-stack, "", @progbits
