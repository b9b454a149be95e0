package replay

// Numbers, and structures as the kernel lays them out on amd64, with their names. Numbers come from
// sys/ptrace.h, sys/wait.h, sys/procctl.h, sys/signal.h and sys/syscall.h. They are written out
// here once more, so that a mistake in package raw is not the same mistake on both sides.

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/trapline/trapline/kernel/freebsd/raw"
)

// Errno is an error number.
type Errno = raw.Errno

const (
	ptTraceMe, ptReadI, ptReadD, ptWriteI, ptWriteD                          = 0, 1, 2, 4, 5
	ptContinue, ptKill, ptStep, ptAttach, ptDetach, ptIO, ptLwpinfo          = 7, 8, 9, 10, 11, 12, 13
	ptGetNumLwps, ptGetLwpList, ptClearStep, ptSetStep, ptSuspend, ptResume  = 14, 15, 16, 17, 18, 19
	ptToSCE, ptToSCX, ptSyscall, ptFollowFork, ptLwpEvents                   = 20, 21, 22, 23, 24
	ptGetEventMask, ptSetEventMask, ptGetScArgs, ptGetScRet, ptCoredump      = 25, 26, 27, 28, 29
	ptGetRegs, ptSetRegs, ptGetFpRegs, ptSetFpRegs, ptGetDbRegs, ptSetDbRegs = 33, 34, 35, 36, 37, 38
	ptVMTimestamp, ptVMEntry, ptGetRegset, ptSetRegset, ptScRemote           = 40, 41, 42, 43, 44
	ptGetXstateInfo, ptGetXstate, ptSetXstate, ptGetFsBase, ptSetFsBase      = 68, 69, 70, 71, 72 // machine-dependent
	ptGetGsBase, ptSetGsBase                                                 = 73, 74
)

var ptNames = map[int]string{0: "PT_TRACE_ME", 1: "PT_READ_I", 2: "PT_READ_D", 4: "PT_WRITE_I", 5: "PT_WRITE_D", 7: "PT_CONTINUE",
	8: "PT_KILL", 9: "PT_STEP", 10: "PT_ATTACH", 11: "PT_DETACH", 12: "PT_IO", 13: "PT_LWPINFO", 14: "PT_GETNUMLWPS", 15: "PT_GETLWPLIST",
	16: "PT_CLEARSTEP", 17: "PT_SETSTEP", 18: "PT_SUSPEND", 19: "PT_RESUME", 20: "PT_TO_SCE", 21: "PT_TO_SCX", 22: "PT_SYSCALL",
	23: "PT_FOLLOW_FORK", 24: "PT_LWP_EVENTS", 25: "PT_GET_EVENT_MASK", 26: "PT_SET_EVENT_MASK", 27: "PT_GET_SC_ARGS", 28: "PT_GET_SC_RET",
	29: "PT_COREDUMP", 33: "PT_GETREGS", 34: "PT_SETREGS", 35: "PT_GETFPREGS", 36: "PT_SETFPREGS", 37: "PT_GETDBREGS", 38: "PT_SETDBREGS",
	40: "PT_VM_TIMESTAMP", 41: "PT_VM_ENTRY", 42: "PT_GETREGSET", 43: "PT_SETREGSET", 44: "PT_SC_REMOTE",
	68: "PT_GETXSTATE_INFO", 69: "PT_GETXSTATE", 70: "PT_SETXSTATE", 71: "PT_GETFSBASE", 72: "PT_SETFSBASE", 73: "PT_GETGSBASE", 74: "PT_SETGSBASE"}

func ptName(r int) string {
	if n, ok := ptNames[r]; ok {
		return n
	}
	return fmt.Sprintf("request %d", r)
}

const (
	sysExit, sysFork, sysRead, sysWrite, sysOpen, sysClose, sysWait4         = 1, 2, 3, 4, 5, 6, 7
	sysGetpid, sysSetuid, sysPtrace, sysKill, sysGetppid, sysExecve          = 20, 23, 26, 37, 39, 59
	sysVfork, sysMunmap, sysMprotect, sysSetpgid, sysDup2, sysSetsid         = 66, 73, 74, 82, 90, 147
	sysNanosleep, sysRfork, sysYield, sysSigprocmask, sysSigsuspend          = 240, 251, 331, 340, 341
	sysSigaction, sysThrExit, sysThrSelf, sysThrKill, sysThrNew, sysSigqueue = 416, 431, 432, 433, 455, 456
	sysMmap, sysPdfork, sysWait6, sysProcctl, sysSysctl                      = 477, 518, 532, 544, 202
	sysSyscall, sysIndirect                                                  = 0, 198 // syscall(2), __syscall(2)
	sysThrSetName                                                            = 464
)

var sysNames = map[uint32]string{0: "syscall", 1: "exit", 2: "fork", 3: "read", 4: "write", 5: "open", 6: "close", 7: "wait4", 20: "getpid", 23: "setuid", 26: "ptrace", 37: "kill",
	39: "getppid", 59: "execve", 66: "vfork", 73: "munmap", 74: "mprotect", 82: "setpgid", 90: "dup2", 147: "setsid", 198: "__syscall", 240: "nanosleep", 251: "rfork", 331: "sched_yield",
	340: "sigprocmask", 341: "sigsuspend", 416: "sigaction", 417: "sigreturn", 431: "thr_exit", 432: "thr_self", 433: "thr_kill", 455: "thr_new",
	456: "sigqueue", 464: "thr_set_name", 477: "mmap", 518: "pdfork", 532: "wait6", 544: "procctl", 542: "pipe2"}

var errnoNames = strings.Fields("0 EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EDEADLK ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EAGAIN EINPROGRESS EALREADY ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED ELOOP ENAMETOOLONG EHOSTDOWN EHOSTUNREACH ENOTEMPTY EPROCLIM EUSERS EDQUOT ESTALE EREMOTE EBADRPC ERPCMISMATCH EPROGUNAVAIL EPROGMISMATCH EPROCUNAVAIL ENOLCK ENOSYS EFTYPE EAUTH ENEEDAUTH EIDRM ENOMSG EOVERFLOW ECANCELED EILSEQ ENOATTR EDOOFUS EBADMSG EMULTIHOP ENOLINK EPROTO ENOTCAPABLE ECAPMODE ENOTRECOVERABLE EOWNERDEAD EINTEGRITY")

func errnoName(e Errno) string {
	switch v := int32(e); {
	case v == -1:
		return "ERESTART"
	case v == -2:
		return "EJUSTRETURN"
	case v >= 0 && int(v) < len(errnoNames):
		return errnoNames[v]
	}
	return fmt.Sprintf("errno %d", int(e))
}

var sigNames = strings.Fields("0 SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGEMT SIGFPE SIGKILL SIGBUS SIGSEGV SIGSYS SIGPIPE SIGALRM SIGTERM SIGURG SIGSTOP SIGTSTP SIGCONT SIGCHLD SIGTTIN SIGTTOU SIGIO SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGINFO SIGUSR1 SIGUSR2 SIGTHR SIGLIBRT")

func sigName(s int) string {
	if s >= 0 && s < len(sigNames) {
		return sigNames[s]
	}
	return fmt.Sprintf("SIG%d", s)
}

const (
	SIGHUP, SIGINT, SIGILL, SIGTRAP, SIGFPE, SIGKILL, SIGBUS, SIGSEGV, SIGSYS  = 1, 2, 4, 5, 8, 9, 10, 11, 12
	SIGTERM, SIGSTOP, SIGTSTP, SIGCONT, SIGCHLD, SIGTTIN, SIGUSR1, SIGUSR2     = 15, 17, 18, 19, 20, 21, 30, 31
	SA_ONSTACK, SA_RESTART, SA_RESETHAND, SA_NOCLDSTOP, SA_NODEFER, SA_SIGINFO = 1, 2, 4, 8, 0x10, 0x40
	SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK                                        = 1, 2, 3
	SIG_IGN                                                                    = 1
)

const (
	P_PID, P_PGID, P_SID, P_ALL                                = 0, 2, 3, 7
	WNOHANG, WSTOPPED, WCONTINUED, WNOWAIT, WEXITED, WTRAPPED  = 1, 2, 4, 8, 16, 32
	waitAny                                                    = WEXITED | WTRAPPED | WSTOPPED
	PTRACE_EXEC, PTRACE_SCE, PTRACE_SCX, PTRACE_FORK           = 1, 2, 4, 8
	PTRACE_LWP, PTRACE_VFORK                                   = 0x10, 0x20
	RFFDG, RFPROC, RFMEM, RFNOWAIT                             = 1 << 2, 1 << 4, 1 << 5, 1 << 6
	PIOD_READ_D, PIOD_WRITE_D, PIOD_READ_I, PIOD_WRITE_I       = 1, 2, 3, 4
	procReapAcquire, procReapRelease, procReapKill             = 2, 3, 6
	procTraceCtl, procTraceStatus, procNoNewPrivs, procReapSta = 7, 8, 19, 4
)

// Flags of pl_flags, in bit order.
var plFlags = []string{"SA", "BOUND", "SCE", "SCX", "EXEC", "SI", "FORKED", "CHILD", "BORN", "EXITED", "VFORKED", "VFORK_DONE"}
var waitFlags = []string{"WNOHANG", "WSTOPPED", "WCONTINUED", "WNOWAIT", "WEXITED", "WTRAPPED"}
var eventFlags = []string{"EXEC", "SCE", "SCX", "FORK", "LWP", "VFORK"}

func bits(v uint32, names []string) string {
	var s []string
	for i := 0; i < 32; i++ {
		if v>>i&1 != 0 {
			if i < len(names) {
				s = append(s, names[i])
			} else {
				s = append(s, fmt.Sprintf("%#x", 1<<i))
			}
		}
	}
	return strings.Join(s, "|")
}

// Regs is struct reg.
type Regs struct {
	R15, R14, R13, R12, R11, R10, R9, R8, Rdi, Rsi, Rbp, Rbx, Rdx, Rcx, Rax uint64
	Trapno                                                                  uint32
	Fs, Gs                                                                  uint16
	Err                                                                     uint32
	Es, Ds                                                                  uint16
	Rip, Cs, Rflags, Rsp, Ss                                                uint64
}

// Siginfo is siginfo_t.
type Siginfo struct {
	Signo, Errno, Code, Pid int32
	Uid                     uint32
	Status                  int32
	Addr, Value             uint64
	Reason                  [5]uint64 // si_trapno and friends
}

// Lwpinfo is struct ptrace_lwpinfo.
type Lwpinfo struct {
	Lwpid, Event     int32
	Flags            uint32
	Sigmask, Siglist [4]uint32
	_                int32
	Siginfo          Siginfo
	Tdname           [20]byte
	ChildPid         int32
	Code, Narg       uint32
}

type ioDesc struct {
	Op   int32
	_    int32
	Offs uint64
	Addr uintptr
	Len  uint64
}

type vmEntry struct {
	Entry, Timestamp   int32
	Start, End, Offset uint64
	Prot, Pathlen      uint32
	Fileid             int64
	Fsid               uint32
	_                  int32
	Path               uintptr
}

type scRet struct {
	Ret [2]uint64
	Err int32
	_   int32
}

type scRemote struct {
	Ret        scRet
	Num, Nargs uint32
	Args       uintptr
}

type coredumpReq struct {
	Fd    int32
	Flags uint32
	Limit int64
}

// keep keeps what was pointed to where it is: a kernel that is Go code reads and writes it by its
// address later.
var keep [256]any
var kept int

func ptr[T any](p *T) uintptr {
	keep[kept%len(keep)] = p
	kept++
	return uintptr(unsafe.Pointer(p))
}
