package freebsd

// The signal frame (machine/sigframe.h, machine/ucontext.h), the code that calls the handler
// and then sigreturn(2), which is on the shared page, and sigreturn itself.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// sigcodeOffset is where on the shared page the code is.
const sigcodeOffset = 0x600

// sigcode calls the handler and returns from the signal.
var sigcode = []byte{
	0xff, 0x14, 0x24, // call *(%rsp)
	0x48, 0x8d, 0x7c, 0x24, frameUC, // lea frameUC(%rsp), %rdi
	0x6a, 0x00, // push $0
	0x48, 0xc7, 0xc0, 0xa1, 0x01, 0x00, 0x00, // mov $417, %rax
	0x0f, 0x05, // syscall
	0xeb, 0xed, // jmp to the beginning: it does not return
}

// Offsets in struct sigframe, ucontext_t and mcontext_t, in bytes.
const (
	frameUC   = 16
	ucSize    = 880
	frameInfo = frameUC + ucSize
	frameSize = frameInfo + raw.SiginfoSize

	ucContext = 16
	ucStack   = ucContext + mcSize + 8
	mcSize    = 800

	mcOnStack  = 0
	mcTrapno   = 128
	mcFS       = 132
	mcGS       = 134
	mcAddr     = 136
	mcFlags    = 144
	mcES       = 148
	mcDS       = 150
	mcErr      = 152
	mcRIP      = 160
	mcCS       = 168
	mcRflags   = 176
	mcRSP      = 184
	mcSS       = 192
	mcLen      = 200
	mcFormat   = 208
	mcOwned    = 216
	mcFP       = 224
	mcFSBase   = 736
	mcGSBase   = 744
	mcXState   = 752
	mcXLen     = 760
	hasSegs    = 1 // MC_HASSEGS
	hasFPXTend = 4 // _MC_HASFPXSTATE
	fpXMM      = 0x10002
	fpOwned    = 0x20001 // _MC_FPOWNED_FPU

	redZone = 128
	fxSize  = 512
	// xsaveSize is that of the extended state of the recorded processor (regs-xstate).
	xsaveSize = 2696
	xsaveMask = 543

	ssOnStack = 1
	ssDisable = 4
	minStack  = 2048

	// securedFlags are those a program may not change: EFL_SECURE's.
	userFlags = cpu.FlagCF | cpu.FlagPF | cpu.FlagAF | cpu.FlagZF | cpu.FlagSF | cpu.FlagTF | cpu.FlagDF | cpu.FlagOF |
		cpu.FlagNT | cpu.FlagRF | cpu.FlagAC | cpu.FlagID
)

// contextRegs is the order of general registers in mcontext_t, from byte 8 on.
var contextRegs = [15]int{cpu.RDI, cpu.RSI, cpu.RDX, cpu.RCX, cpu.R8, cpu.R9, cpu.RAX, cpu.RBX, cpu.RBP, cpu.R10, cpu.R11, cpu.R12,
	cpu.R13, cpu.R14, cpu.R15}

// sendSignal enters a handler by way of sigcode.
func sendSignal(t *kern.Thread, a *kern.Action, info *kern.SigInfo, mask kern.Sigset) bool {
	if t.Proc.Image == nil {
		return false
	}
	r := &t.Regs
	on := t.Alt.On(r.R[cpu.RSP])
	sp := r.R[cpu.RSP] - redZone
	if t.Alt.Size != 0 && !on && a.Flags&kern.SAOnStack != 0 {
		sp = t.Alt.Base + t.Alt.Size
	}
	xstate := (sp - (xsaveSize - fxSize)) &^ 63
	frame := (xstate - frameSize) &^ 15
	si := siginfoOf(info)
	b := make([]byte, frameSize)
	le.PutUint64(b, a.Handler)
	putMask(b[frameUC:], mask)
	context(b[frameUC+ucContext:], t, xstate, on)
	le.PutUint64(b[frameUC+ucStack:], t.Alt.Base)
	le.PutUint64(b[frameUC+ucStack+8:], t.Alt.Size)
	le.PutUint32(b[frameUC+ucStack+16:], uint32(altFlags(t)))
	si.Encode(b[frameInfo:])
	if t.CopyOut(xstate, make([]byte, xsaveSize-fxSize)) != errno.OK || t.CopyOut(frame, b) != errno.OK {
		return false
	}
	r.R[cpu.RDI], r.R[cpu.RDX] = uint64(info.Signo), frame+frameUC
	if a.Flags&kern.SAInfo != 0 {
		r.R[cpu.RSI], r.R[cpu.RCX] = frame+frameInfo, si.Addr
	} else {
		r.R[cpu.RSI], r.R[cpu.RCX] = uint64(si.Code), si.Addr
	}
	r.R[cpu.RSP] = frame
	r.RIP = t.Proc.Image.Shared + sigcodeOffset
	r.Flags &^= cpu.FlagDF | cpu.FlagTF // a step is over when the handler has returned
	r.Segment[cpu.CS], r.Segment[cpu.SS] = 0x43, 0x3b
	return true
}

// context fills mcontext_t.
func context(b []byte, t *kern.Thread, xstate uint64, on bool) {
	r := &t.Regs
	if on {
		le.PutUint64(b[mcOnStack:], 1)
	}
	for i, n := range contextRegs {
		le.PutUint64(b[8+8*i:], r.R[n])
	}
	le.PutUint16(b[mcFS:], r.Segment[cpu.FS])
	le.PutUint16(b[mcGS:], r.Segment[cpu.GS])
	le.PutUint32(b[mcFlags:], hasSegs|hasFPXTend)
	le.PutUint16(b[mcES:], r.Segment[cpu.ES])
	le.PutUint16(b[mcDS:], r.Segment[cpu.DS])
	le.PutUint64(b[mcRIP:], r.RIP)
	le.PutUint64(b[mcCS:], 0x43)
	le.PutUint64(b[mcRflags:], r.Flags)
	le.PutUint64(b[mcRSP:], r.R[cpu.RSP])
	le.PutUint64(b[mcSS:], 0x3b)
	le.PutUint64(b[mcLen:], mcSize)
	le.PutUint64(b[mcFormat:], fpXMM)
	le.PutUint64(b[mcOwned:], fpOwned)
	lwpOf(t).fx.put(b[mcFP:], r)
	le.PutUint64(b[mcFSBase:], r.FSBase)
	le.PutUint64(b[mcGSBase:], r.GSBase)
	le.PutUint64(b[mcXState:], xstate)
	le.PutUint64(b[mcXLen:], xsaveSize-fxSize)
}

// fx is what an FXSAVE area has of the x87: control and status, and the registers. The model
// keeps what it is given and computes nothing with it.
type fx struct {
	head [24]byte
	st   [128]byte
}

var newFX = fx{head: [24]byte{0x7f, 0x03}}

// put fills an FXSAVE area.
func (f *fx) put(b []byte, r *cpu.State) {
	copy(b, f.head[:])
	le.PutUint32(b[24:], r.MXCSR)
	le.PutUint32(b[28:], 0xffff)
	copy(b[32:], f.st[:])
	for i, x := range r.X {
		le.PutUint64(b[160+16*i:], x[0])
		le.PutUint64(b[168+16*i:], x[1])
	}
}

// get takes over an FXSAVE area; bits of MXCSR that do not exist are left out.
func (f *fx) get(b []byte, r *cpu.State) {
	r.MXCSR = le.Uint32(b[24:]) & 0xffff
	copy(f.head[:], b)
	copy(f.st[:], b[32:])
	for i := range r.X {
		r.X[i] = cpu.XMM{le.Uint64(b[160+16*i:]), le.Uint64(b[168+16*i:])}
	}
}

func putMask(b []byte, m kern.Sigset) {
	le.PutUint64(b, m[0])
	le.PutUint64(b[8:], m[1])
}

func maskAt(t *kern.Thread, addr uint64) (kern.Sigset, errno.Errno) {
	var b [16]byte
	e := t.CopyIn(addr, b[:])
	return kern.Sigset{le.Uint64(b[:]), le.Uint64(b[8:])}, e
}

// altFlags is ss_flags.
func altFlags(t *kern.Thread) int {
	switch {
	case t.Alt.Size == 0:
		return ssDisable
	case t.Alt.On(t.Regs.R[cpu.RSP]):
		return ssOnStack
	}
	return 0
}

// sysSigreturn is sigreturn(2): it does not return, but to what the context says.
func sysSigreturn(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	b := make([]byte, ucSize)
	if e := t.CopyIn(a[0], b); e != errno.OK {
		return 0, e
	}
	c, r := b[ucContext:], &t.Regs
	flags := le.Uint64(c[mcRflags:])
	if (flags^r.Flags)&^userFlags != 0 {
		return 0, errno.EINVAL
	}
	if le.Uint16(c[mcCS:])&3 != 3 {
		trapSignal(t, kern.SigInfo{Signo: sigBUS, Addr: r.RIP}, codeObject, trapProtection)
		return 0, errno.EINVAL
	}
	for i, n := range contextRegs {
		r.R[n] = le.Uint64(c[8+8*i:])
	}
	r.RIP, r.R[cpu.RSP], r.Flags = le.Uint64(c[mcRIP:]), le.Uint64(c[mcRSP:]), flags
	if le.Uint64(c[mcOwned:]) == fpOwned {
		lwpOf(t).fx.get(c[mcFP:mcFP+fxSize], r)
	}
	setMask(t, kern.Sigset{le.Uint64(b), le.Uint64(b[8:])})
	lwpOf(t).direct = true
	return 0, errno.OK
}

// siCodes are si_code by origin and reason.
var siCodes = map[kern.Origin]int32{kern.FromUser: raw.SiUser, kern.FromThread: raw.SiLWP, kern.FromQueue: raw.SiQueue,
	kern.FromTimer: raw.SiTimer, kern.FromKernel: raw.SiKernel}

var childCodes = map[kern.Reason]int32{kern.ChildExited: raw.CldExited, kern.ChildKilled: raw.CldKilled, kern.ChildDumped: raw.CldDumped,
	kern.ChildTrapped: raw.CldTrapped, kern.ChildStopped: raw.CldStopped, kern.ChildContinued: raw.CldContinued}

// siginfoOf is siginfo_t of a signal.
func siginfoOf(info *kern.SigInfo) raw.Siginfo {
	if len(info.Raw) >= raw.SiginfoSize {
		return raw.DecodeSiginfo(info.Raw)
	}
	s := raw.Siginfo{Signo: int32(info.Signo), Errno: int32(info.Errno), PID: int32(info.PID), UID: info.UID, Addr: info.Addr,
		Value: info.Value, Status: int32(info.Status)}
	switch info.Origin {
	case kern.FromRaw:
		s.Code = info.Code
	case kern.FromChild:
		s.Code = childCodes[info.Reason]
	default:
		s.Code = siCodes[info.Origin]
	}
	return s
}
