package raw

// The rows and offsets here are those that golang.org/x/sys/unix took from FreeBSD's headers, where
// it has them.

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestRequestsAreTheSystems(t *testing.T) {
	for name, n := range map[string]int{"PT_TRACE_ME": unix.PT_TRACE_ME, "PT_WRITE_I": unix.PT_WRITE_I, "PT_WRITE_D": unix.PT_WRITE_D, "PT_CONTINUE": unix.PT_CONTINUE,
		"PT_KILL": unix.PT_KILL, "PT_STEP": unix.PT_STEP, "PT_ATTACH": unix.PT_ATTACH, "PT_DETACH": unix.PT_DETACH, "PT_IO": unix.PT_IO,
		"PT_LWPINFO": unix.PT_LWPINFO, "PT_GETNUMLWPS": unix.PT_GETNUMLWPS, "PT_GETLWPLIST": unix.PT_GETLWPLIST, "PT_CLEARSTEP": unix.PT_CLEARSTEP,
		"PT_SETSTEP": unix.PT_SETSTEP, "PT_SUSPEND": unix.PT_SUSPEND, "PT_RESUME": unix.PT_RESUME, "PT_TO_SCE": unix.PT_TO_SCE, "PT_TO_SCX": unix.PT_TO_SCX,
		"PT_SYSCALL": unix.PT_SYSCALL, "PT_FOLLOW_FORK": unix.PT_FOLLOW_FORK, "PT_LWP_EVENTS": unix.PT_LWP_EVENTS, "PT_GET_EVENT_MASK": unix.PT_GET_EVENT_MASK,
		"PT_SET_EVENT_MASK": unix.PT_SET_EVENT_MASK, "PT_GET_SC_ARGS": unix.PT_GET_SC_ARGS, "PT_GET_SC_RET": unix.PT_GET_SC_RET, "PT_GETREGS": unix.PT_GETREGS,
		"PT_SETREGS": unix.PT_SETREGS, "PT_GETFPREGS": unix.PT_GETFPREGS, "PT_SETFPREGS": unix.PT_SETFPREGS, "PT_GETDBREGS": unix.PT_GETDBREGS,
		"PT_SETDBREGS": unix.PT_SETDBREGS, "PT_VM_TIMESTAMP": unix.PT_VM_TIMESTAMP, "PT_VM_ENTRY": unix.PT_VM_ENTRY, "PT_GETXSTATE_INFO": unix.PT_GETXSTATE_INFO,
		"PT_GETXSTATE": unix.PT_GETXSTATE, "PT_SETXSTATE": unix.PT_SETXSTATE, "PT_GETFSBASE": unix.PT_GETFSBASE, "PT_SETFSBASE": unix.PT_SETFSBASE,
		"PT_GETGSBASE": unix.PT_GETGSBASE, "PT_SETGSBASE": unix.PT_SETGSBASE} {
		if got := RequestName(n); got != name {
			t.Errorf("%s is %d, which is %s here", name, n, got)
		}
	}
	for _, c := range []struct{ got, want uintptr }{
		{MaskExec, unix.PTRACE_EXEC}, {MaskSCE, unix.PTRACE_SCE}, {MaskSCX, unix.PTRACE_SCX}, {MaskFork, unix.PTRACE_FORK}, {MaskLWP, unix.PTRACE_LWP},
		{MaskVfork, unix.PTRACE_VFORK}, {WNohang, unix.WNOHANG}, {WStopped, unix.WSTOPPED}, {WContinued, unix.WCONTINUED}, {WNowait, unix.WNOWAIT},
		{WExited, unix.WEXITED}, {WTrapped, unix.WTRAPPED},
		{LwpinfoSize, unsafe.Sizeof(unix.PtraceLwpInfoStruct{})}, {lwpSigmask, unsafe.Offsetof(unix.PtraceLwpInfoStruct{}.Sigmask)},
		{lwpSiglist, unsafe.Offsetof(unix.PtraceLwpInfoStruct{}.Siglist)}, {LwpSiginfo, unsafe.Offsetof(unix.PtraceLwpInfoStruct{}.Siginfo)},
		{lwpTdname, unsafe.Offsetof(unix.PtraceLwpInfoStruct{}.Tdname)}, {lwpChildPID, unsafe.Offsetof(unix.PtraceLwpInfoStruct{}.Child_pid)},
		{lwpCode, unsafe.Offsetof(unix.PtraceLwpInfoStruct{}.Syscall_code)}, {lwpNarg, unsafe.Offsetof(unix.PtraceLwpInfoStruct{}.Syscall_narg)},
		{SiginfoSize, unsafe.Sizeof(unix.PtraceLwpInfoStruct{}.Siginfo)}, {RegSize, unsafe.Sizeof(unix.Reg{})}, {FpregSize, unsafe.Sizeof(unix.FpReg{})},
		{RegTrapno, unsafe.Offsetof(unix.Reg{}.Trapno)}, {RegErr, unsafe.Offsetof(unix.Reg{}.Err)}, {IODescSize, unsafe.Sizeof(unix.PtraceIoDesc{})},
	} {
		if c.got != c.want {
			t.Errorf("%#x here, %#x in the headers", c.got, c.want)
		}
	}
}
