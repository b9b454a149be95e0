package svr4

// siginfo_t, by the tables of kernel/svr4/proc (siginfo.h).

import (
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// codes are si_code by reason (siginfo.h).
var codes = map[kern.Reason]int32{
	kern.ChildExited: proc.CldExited, kern.ChildKilled: proc.CldKilled, kern.ChildDumped: proc.CldDumped,
	kern.ChildTrapped: proc.CldTrapped, kern.ChildStopped: proc.CldStopped, kern.ChildContinued: proc.CldCont,
	kern.NotMapped: 1, kern.NotAllowed: 2, kern.NotThere: 2, kern.Misaligned: 1, kern.GeneralProtection: 1, kern.StackSegment: 1,
	kern.DivideByZero: 1, kern.BadOpcode: 1,
	kern.SteppedOne: proc.TrapTrace, kern.SteppedCall: proc.TrapTrace, kern.Icebp: proc.TrapTrace, kern.HitDebugReg: proc.TrapTrace,
	kern.HitBreakpoint: proc.TrapBrkpt,
}

func codeOf(i *kern.SigInfo) int32 {
	switch i.Origin {
	case kern.FromUser:
		return proc.SIUser
	case kern.FromThread:
		return proc.SILwp
	case kern.FromKernel:
		return proc.SINoInfo
	case kern.FromTimer:
		return proc.SITimer
	case kern.FromQueue, kern.FromRaw:
		return i.Code
	}
	return codes[i.Reason]
}

// encode is what is known of a signal, as the structure.
func encode(i *kern.SigInfo) proc.Siginfo {
	if i.Raw != nil {
		if s, err := proc.DecodeSiginfo(i.Raw); err == nil {
			s.Signo = int32(i.Signo)
			return s
		}
	}
	s := proc.Siginfo{Signo: int32(i.Signo), Code: codeOf(i), Errno: int32(i.Errno), Value: i.Value, Status: int32(i.Status)}
	if i.Origin == kern.FromFault || i.Origin == kern.FromTrace {
		s.Addr = i.Addr
	} else {
		s.PID, s.UID = int32(i.PID), int32(i.UID)
	}
	return s
}

// given is a signal that somebody gave as a structure.
func given(b []byte) kern.SigInfo {
	s, _ := proc.DecodeSiginfo(b)
	return kern.SigInfo{Signo: int(s.Signo), Errno: int(s.Errno), Code: s.Code, Origin: kern.FromRaw, PID: int(s.PID), UID: uint32(s.UID),
		Status: int(s.Status), Addr: s.Addr, Value: s.Value, Raw: append([]byte(nil), b[:proc.SiginfoSize]...)}
}

// watchCodes are si_code of a watchpoint by the access.
var watchCodes = [...]int32{cpu.Read: proc.TrapRWatch, cpu.Write: proc.TrapWWatch, cpu.Execute: proc.TrapXWatch}

// watchInfo is the signal of a watchpoint.
func watchInfo(t *kern.Thread, trap *cpu.Trap) kern.SigInfo {
	s := proc.Siginfo{Signo: int32(System.Sig.TRAP), Code: watchCodes[trap.Access], Addr: trap.Addr, PC: t.Regs.RIP}
	if trap.After {
		s.TrapAfter = 1
	}
	return given(s.Append(nil))
}
