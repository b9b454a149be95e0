// Package raw is what FreeBSD's ptrace(2), wait6(2) and procctl(2) take and give on amd64:
// numbers as rows, structures as offsets, with both directions. The adapter decodes by it,
// the modeled kernel encodes by it. It depends on no system and on nothing above it.
//
// Numbers are those of sys/ptrace.h, machine/ptrace.h, sys/wait.h, sys/signal.h and
// sys/procctl.h of FreeBSD 13 to 15. That the structures are laid out so is tested on bytes
// of a real FreeBSD 15.0 kernel (testdata/freebsd).
package raw

import "fmt"

// Requests of ptrace(2).
const (
	TraceMe      = 0
	ReadI        = 1
	ReadD        = 2
	WriteI       = 4
	WriteD       = 5
	Continue     = 7
	Kill         = 8
	Step         = 9
	Attach       = 10
	Detach       = 11
	IO           = 12
	Lwpinfo      = 13
	GetNumLwps   = 14
	GetLwpList   = 15
	ClearStep    = 16
	SetStep      = 17
	Suspend      = 18
	Resume       = 19
	ToSCE        = 20
	ToSCX        = 21
	Syscall      = 22
	FollowFork   = 23
	LwpEvents    = 24
	GetEventMask = 25
	SetEventMask = 26
	GetScArgs    = 27
	GetScRet     = 28
	Coredump     = 29
	GetRegs      = 33
	SetRegs      = 34
	GetFpRegs    = 35
	SetFpRegs    = 36
	GetDbRegs    = 37
	SetDbRegs    = 38
	VMTimestamp  = 40
	VMEntry      = 41
	GetRegset    = 42 // since FreeBSD 14
	SetRegset    = 43
	ScRemote     = 44 // since FreeBSD 14
	// Of amd64 alone.
	GetXstateInfo = 68
	GetXstate     = 69
	SetXstate     = 70
	GetFsBase     = 71
	SetFsBase     = 72
	GetGsBase     = 73
	SetGsBase     = 74
	// FirstReserved to LastReserved are refused before the process is looked for
	// (errnos-running: EINVAL where others are EBUSY).
	FirstReserved = 128
	LastReserved  = 191
)

// RequestRow is one request.
type RequestRow struct {
	Num  int
	Name string
	// Resumes: it sets the process going; a stop is needed for it again.
	Resumes bool
}

// Requests are all of them, ascending.
var Requests = []RequestRow{
	{TraceMe, "PT_TRACE_ME", false}, {ReadI, "PT_READ_I", false}, {ReadD, "PT_READ_D", false}, {WriteI, "PT_WRITE_I", false},
	{WriteD, "PT_WRITE_D", false}, {Continue, "PT_CONTINUE", true}, {Kill, "PT_KILL", true}, {Step, "PT_STEP", true},
	{Attach, "PT_ATTACH", false}, {Detach, "PT_DETACH", true}, {IO, "PT_IO", false}, {Lwpinfo, "PT_LWPINFO", false},
	{GetNumLwps, "PT_GETNUMLWPS", false}, {GetLwpList, "PT_GETLWPLIST", false}, {ClearStep, "PT_CLEARSTEP", false},
	{SetStep, "PT_SETSTEP", false}, {Suspend, "PT_SUSPEND", false}, {Resume, "PT_RESUME", false}, {ToSCE, "PT_TO_SCE", true},
	{ToSCX, "PT_TO_SCX", true}, {Syscall, "PT_SYSCALL", true}, {FollowFork, "PT_FOLLOW_FORK", false},
	{LwpEvents, "PT_LWP_EVENTS", false}, {GetEventMask, "PT_GET_EVENT_MASK", false}, {SetEventMask, "PT_SET_EVENT_MASK", false},
	{GetScArgs, "PT_GET_SC_ARGS", false}, {GetScRet, "PT_GET_SC_RET", false}, {Coredump, "PT_COREDUMP", false},
	{GetRegs, "PT_GETREGS", false}, {SetRegs, "PT_SETREGS", false}, {GetFpRegs, "PT_GETFPREGS", false}, {SetFpRegs, "PT_SETFPREGS", false},
	{GetDbRegs, "PT_GETDBREGS", false}, {SetDbRegs, "PT_SETDBREGS", false}, {VMTimestamp, "PT_VM_TIMESTAMP", false},
	{VMEntry, "PT_VM_ENTRY", false}, {GetRegset, "PT_GETREGSET", false}, {SetRegset, "PT_SETREGSET", false}, {ScRemote, "PT_SC_REMOTE", false},
	{GetXstateInfo, "PT_GETXSTATE_INFO", false}, {GetXstate, "PT_GETXSTATE", false}, {SetXstate, "PT_SETXSTATE", false},
	{GetFsBase, "PT_GETFSBASE", false}, {SetFsBase, "PT_SETFSBASE", false}, {GetGsBase, "PT_GETGSBASE", false}, {SetGsBase, "PT_SETGSBASE", false},
}

var byNumber = func() map[int]*RequestRow {
	t := map[int]*RequestRow{}
	for i := range Requests {
		t[Requests[i].Num] = &Requests[i]
	}
	return t
}()

// Request is the row of a request, nil when there is none.
func Request(n int) *RequestRow { return byNumber[n] }

// RequestName is the request's name, "PT_CONTINUE", or "request 30".
func RequestName(n int) string {
	if r := byNumber[n]; r != nil {
		return r.Name
	}
	return fmt.Sprintf("request %d", n)
}

// Events of the event mask (PT_SET_EVENT_MASK). A mask with other bits is EINVAL
// (event-mask-bits).
const (
	MaskExec  = 0x01
	MaskSCE   = 0x02
	MaskSCX   = 0x04
	MaskFork  = 0x08
	MaskLWP   = 0x10
	MaskVfork = 0x20
	MaskAll   = 0x3f
	// MaskDefault is that of a process when its tracing begins (launch-traceme), and of a
	// followed child whatever its parent's is (fork-mask-not-inherited).
	MaskDefault = MaskExec
)

// Operations of PT_IO (piod_op).
const (
	ReadData   = 1
	WriteData  = 2
	ReadInstr  = 3
	WriteInstr = 4
)

// Options of wait6(2).
const (
	WNohang    = 1
	WStopped   = 2
	WContinued = 4
	WNowait    = 8
	WExited    = 16
	WTrapped   = 32
)

// Kinds of id of wait6(2).
const (
	PPid  = 0
	PPgid = 2
	PSid  = 3
	PAll  = 7
)

// Commands of procctl(2).
const (
	ReapAcquire = 2
	ReapRelease = 3
	ReapStatus  = 4
	ReapGetPids = 5
	ReapKill    = 6
	TraceCtl    = 7
	TraceStatus = 8
	ASLRCtl     = 13
	ASLRStatus  = 14
	NoNewPrivs  = 19

	TraceCtlEnable      = 1
	TraceCtlDisable     = 2
	TraceCtlDisableExec = 3
	ASLRForceDisable    = 2
)

// Notes of PT_GETREGSET and PT_SETREGSET (sys/elf_common.h; regs-xstate has their sizes).
const (
	NotePrstatus  = 1     // NT_PRSTATUS: 224 bytes
	NoteFpregset  = 2     // NT_FPREGSET: 512
	NoteThrmisc   = 7     // NT_THRMISC
	NoteLwpinfo   = 17    // NT_PTLWPINFO
	NoteSegbases  = 0x200 // NT_X86_SEGBASES: fs and gs base
	NoteX86Xstate = 0x202 // NT_X86_XSTATE: in cores alone
)

// Signals and errors the adapter and the model act on are in abi.FreeBSD; these are the
// numbers that code names.
const (
	SIGTRAP = 5
	SIGKILL = 9
	SIGSTOP = 17
	SIGTSTP = 18
	SIGCONT = 19
	SIGCHLD = 20
	SIGTTIN = 21
	SIGTTOU = 22
)

// Errno is a FreeBSD error number; 0 is success.
type Errno int32

// Errors, by the name errno(2) gives them.
const (
	EPERM       Errno = 1
	ENOENT      Errno = 2
	ESRCH       Errno = 3
	EINTR       Errno = 4
	EIO         Errno = 5
	ECHILD      Errno = 10
	ENOMEM      Errno = 12
	EACCES      Errno = 13
	EFAULT      Errno = 14
	EBUSY       Errno = 16
	EINVAL      Errno = 22
	EAGAIN      Errno = 35
	ENOSYS      Errno = 78
	ERESTART    Errno = -1 // kernel only: the call is begun again
	EJUSTRETURN Errno = -2 // kernel only: the registers are not to be touched
)
