// The entry point of the program, before the Go runtime's: see Signals and Closed.

#include "textflag.h"

#define SYS_rt_sigaction   13
#define SYS_rt_sigprocmask 14
#define SYS_fcntl          72

#define F_GETFD 1

// struct kernel_sigaction: handler, flags, restorer, mask
GLOBL action<>(SB), NOPTR, $32
DATA ignore<>+0(SB)/8, $1 // SIG_IGN
GLOBL ignore<>(SB), NOPTR|RODATA, $32

// The signals that the Go runtime unblocks before it has a handler for them: HUP, INT, QUIT, TERM.
// One that was blocked and is pending would end us then.
#define UNBLOCKED 0x4007

// At the entry the stack pointer is at argc (System V ABI, AMD64, 3.4.1), and so it is left.
TEXT _rt0_trapline(SB), NOSPLIT|NOFRAME, $0
	MOVQ	$SYS_rt_sigprocmask, AX
	XORL	DI, DI
	XORL	SI, SI
	LEAQ	·blocked(SB), DX
	MOVQ	$8, R10
	SYSCALL
	XORL	BX, BX
file:
	MOVQ	$SYS_fcntl, AX
	MOVQ	BX, DI
	MOVQ	$F_GETFD, SI
	SYSCALL
	TESTQ	AX, AX
	JGE	open
	BTSQ	BX, ·closed(SB)
open:
	INCQ	BX
	CMPQ	BX, $3
	JLT	file
	MOVQ	$1, BX
signal:
	MOVQ	$SYS_rt_sigaction, AX
	MOVQ	BX, DI
	XORL	SI, SI
	LEAQ	action<>(SB), DX
	MOVQ	$8, R10
	SYSCALL
	TESTQ	AX, AX
	JNE	next
	CMPQ	action<>(SB), $1 // SIG_IGN
	JNE	handled
	LEAQ	-1(BX), CX
	BTSQ	CX, ·ignored(SB)
	JMP	next
handled:
	MOVQ	$UNBLOCKED, DX
	ANDQ	·blocked(SB), DX
	LEAQ	-1(BX), CX
	BTQ	CX, DX
	JCC	next
	MOVQ	$SYS_rt_sigaction, AX
	MOVQ	BX, DI
	LEAQ	ignore<>(SB), SI
	XORL	DX, DX
	MOVQ	$8, R10
	SYSCALL
next:
	INCQ	BX
	CMPQ	BX, $64
	JLE	signal
	MOVB	$1, ·entered(SB)
	JMP	_rt0_amd64_linux(SB)
