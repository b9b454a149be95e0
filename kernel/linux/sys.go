// Package linux speaks Linux's ptrace(2) and wait(2) on one side and kernel.Kernel on
// the other.
//
// It has no build tags: everything a kernel does for it goes through Sys, whose only
// implementation that issues system calls is Host (host_linux.go); the modeled kernel
// is another. So this adapter compiles everywhere and runs unchanged in simulation.
package linux

import (
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/procfs"
)

// Errno is a Linux error number; 0 is success.
type Errno int

// Sys is the raw interface of the operating system. Requests and statuses are Linux's
// own numbers. Buffers are not kept.
type Sys interface {
	// Ptrace issues a request whose data is a number.
	Ptrace(req, tid int, addr, data uint64) Errno
	// PtraceBuf issues a request whose data is the address of buf (for GETREGSET and
	// SETREGSET: of an iovec over buf). It returns how much of buf the kernel used:
	// the request's result, or the iovec's new length.
	PtraceBuf(req, tid int, addr uint64, buf []byte) (int, Errno)
	// PeekSiginfo is PTRACE_PEEKSIGINFO from offset off of the thread's queue, or of
	// the process's; it returns how many 128-byte records were stored.
	PeekSiginfo(tid int, off uint64, shared bool, buf []byte) (int, Errno)
	// Wait is wait4(-1, __WALL|__WNOTHREAD): children and tracees of this thread. With
	// block it may return EINTR after Wake; without, tid 0 means none is ready.
	Wait(block bool) (tid int, status uint32, e Errno)
	Wake()
	Kill(pid, sig int) Errno
	Tgkill(pid, tid, sig int) Errno
	// VMRead is process_vm_readv of one range.
	VMRead(pid int, addr uint64, p []byte) (int, Errno)
	// VMWrite is process_vm_writev of one range.
	VMWrite(pid int, addr uint64, p []byte) (int, Errno)
	// SharesVM is kcmp(KCMP_VM): whether two processes have one address space.
	SharesVM(a, b int) (bool, Errno)
	// Spawn makes a child that waits, calls hold with its pid so that it can be
	// seized, and lets it go on to execve, under the filter that l.Only asks for.
	Spawn(l *kernel.Launch, hold func(pid int) Errno) (pid int, e Errno)
	// Spawned is called once when a spawned child has become a program or has exited,
	// and says in the latter case at what it failed, and why.
	Spawned(pid int) (op string, e Errno)
	Files() *procfs.FS
}

// Error numbers the adapter acts on (errno(3)).
const (
	ePERM    Errno = 1
	eSRCH    Errno = 3
	eINTR    Errno = 4
	eIO      Errno = 5
	eCHILD   Errno = 10
	eFAULT   Errno = 14
	eINVAL   Errno = 22
	eNOSYS   Errno = 38
	eRESTART Errno = 512
)

// ptrace(2) requests, by their numbers in linux/ptrace.h and asm/ptrace-abi.h.
const (
	reqPeekData    = 2
	reqPeekUser    = 3
	reqPokeUser    = 6
	reqCont        = 7
	reqStep        = 9
	reqGetRegs     = 12
	reqSetRegs     = 13
	reqDetach      = 17
	reqSyscall     = 24
	reqSetOptions  = 0x4200
	reqGetEventMsg = 0x4201
	reqGetSiginfo  = 0x4202
	reqSetSiginfo  = 0x4203
	reqGetRegSet   = 0x4204
	reqSetRegSet   = 0x4205
	reqSeize       = 0x4206
	reqInterrupt   = 0x4207
	reqListen      = 0x4208
	reqGetSigMask  = 0x420a
	reqSetSigMask  = 0x420b
	reqSyscallInfo = 0x420e
)

// Event numbers in the third byte of a stop's status, and the options that ask for
// them (ptrace(2), PTRACE_SETOPTIONS).
const (
	evFork = 1 + iota
	evVfork
	evClone
	evExec
	evVforkDone
	evExit
	evSeccomp
	evStop = 128
)

const (
	optSysGood   = 1
	optFork      = 1 << evFork
	optVfork     = 1 << evVfork
	optClone     = 1 << evClone
	optExec      = 1 << evExec
	optVforkDone = 1 << evVforkDone
	optExit      = 1 << evExit
	optSeccomp   = 1 << evSeccomp
	optExitKill  = 1 << 20
)

// options is one row per seam event.
var options = []struct {
	event kernel.Events
	bits  uint64
}{
	{kernel.EventThreads, optClone},
	{kernel.EventForks, optFork | optVfork | optClone},
	{kernel.EventExec, optExec},
	{kernel.EventExit, optExit},
	{kernel.EventVforkDone, optVforkDone},
	{kernel.EventExitKill, optExitKill},
}

func optionBits(e kernel.Events) uint64 {
	bits := uint64(optSysGood)
	for _, row := range options {
		if e&row.event != 0 {
			bits |= row.bits
		}
	}
	return bits
}

const (
	sigTrap      = 5
	sigKill      = 9
	syscallStop  = sigTrap | 0x80 // with optSysGood
	ntXState     = 0x202          // NT_X86_XSTATE, elf.h
	debugOffset  = 848            // offsetof(struct user, u_debugreg), sys/user.h
	siginfoSize  = 128
	userRegsSize = 27 * 8
)

// Whether a call is at its entry or exit: struct ptrace_syscall_info's op
// (linux/ptrace.h).
const (
	callEntry   = 1
	callExit    = 2
	callSeccomp = 3 // an entry that a filter tells of
)

// filterStep is what Spawned calls the step at which a system refuses a filter.
const filterStep = "filter the calls of"
