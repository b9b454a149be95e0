#include "textflag.h"

// func getrlimit(resource uintptr, lim *[2]int64) int64
TEXT ·getrlimit(SB), NOSPLIT, $0-24
	MOVQ resource+0(FP), DI
	MOVQ lim+8(FP), SI
	MOVQ $194, AX // SYS_getrlimit
	SYSCALL
	MOVQ AX, ret+16(FP)
	RET
