package linux

// siginfo_t: what is known of a signal, as programs and tracers see it (siginfo(5),
// asm-generic/siginfo.h).

import (
	"encoding/binary"

	"github.com/trapline/trapline/kernel/model/kern"
)

var le = binary.LittleEndian

const siginfoSize = 128

// Codes of si_code.
const (
	siUser   = 0
	siKernel = 0x80
	siQueue  = -1
	siTimer  = -2
	siTkill  = -6
)

// codes are si_code by reason.
var codes = map[kern.Reason]int32{
	kern.ChildExited: 1, kern.ChildKilled: 2, kern.ChildDumped: 3, kern.ChildTrapped: 4, kern.ChildStopped: 5, kern.ChildContinued: 6,
	kern.NotMapped: 1, kern.NotAllowed: 2, kern.NotThere: 2, kern.Misaligned: 1, kern.DivideByZero: 1, kern.BadOpcode: 2,
	kern.SteppedOne: 2, kern.SteppedCall: 1, kern.HitDebugReg: 4, kern.Icebp: 1,
	kern.GeneralProtection: siKernel, kern.StackSegment: siKernel, kern.HitBreakpoint: siKernel,
}

// clockTick is the unit of si_utime, in ns.
const clockTick = 10_000_000

// encode is the structure.
func encode(i *kern.SigInfo) []byte {
	b := make([]byte, siginfoSize)
	if i.Raw != nil {
		copy(b, i.Raw)
		le.PutUint32(b, uint32(i.Signo))
		return b
	}
	le.PutUint32(b, uint32(i.Signo))
	le.PutUint32(b[4:], uint32(i.Errno))
	le.PutUint32(b[8:], uint32(codeOf(i)))
	switch i.Origin {
	case kern.FromKernel:
	case kern.FromFault:
		le.PutUint64(b[16:], i.Addr)
	case kern.FromTimer:
		le.PutUint32(b[16:], uint32(i.PID)) // si_tid, the timer's
		le.PutUint32(b[20:], uint32(i.Overrun))
		le.PutUint64(b[24:], i.Value)
	default:
		le.PutUint32(b[16:], uint32(i.PID))
		le.PutUint32(b[20:], i.UID)
		switch i.Origin {
		case kern.FromChild:
			le.PutUint32(b[24:], uint32(i.Status))
			le.PutUint64(b[32:], uint64(i.User/clockTick))
			le.PutUint64(b[40:], uint64(i.System/clockTick))
		case kern.FromQueue:
			le.PutUint64(b[24:], i.Value)
		}
	}
	return b
}

func codeOf(i *kern.SigInfo) int32 {
	switch i.Origin {
	case kern.FromUser:
		return siUser
	case kern.FromThread:
		return siTkill
	case kern.FromKernel:
		return siKernel
	case kern.FromTimer:
		return siTimer
	case kern.FromQueue, kern.FromRaw:
		return i.Code
	}
	return codes[i.Reason]
}

// decode is a signal that somebody gave as a structure.
func decode(b []byte) kern.SigInfo {
	raw := make([]byte, siginfoSize)
	copy(raw, b)
	return kern.SigInfo{Signo: int(int32(le.Uint32(b))), Errno: int(int32(le.Uint32(b[4:]))), Code: int32(le.Uint32(b[8:])),
		Origin: kern.FromRaw, PID: int(int32(le.Uint32(b[16:]))), UID: le.Uint32(b[20:]), Status: int(int32(le.Uint32(b[24:]))), Raw: raw}
}
