package linux

// The signal frame: what a handler finds on its stack, and rt_sigreturn, which takes it back
// (asm/ucontext.h, asm/sigcontext.h, asm/sigframe.h).

import (
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// faultInfo is the last fault, as sigcontext tells of it.
type faultInfo struct{ err, trapno, cr2 uint64 }

// Offsets in struct rt_sigframe.
const (
	frameUC      = 8
	frameStack   = frameUC + 16
	frameContext = frameUC + 40
	frameMask    = frameContext + 256
	frameInfo    = frameMask + 8
	frameSize    = frameInfo + siginfoSize

	ctxFlags  = 17 * 8 // in sigcontext: eflags, after 16 registers and rip
	ctxSegs   = 18 * 8
	ctxErr    = 19 * 8
	ctxTrapno = 20 * 8
	ctxMask   = 21 * 8
	ctxCR2    = 22 * 8
	ctxFPU    = 23 * 8

	redZone = 128

	fxSize     = 512
	xsaveSize  = fxSize + 64   // with its header; nothing beyond SSE
	fpSize     = xsaveSize + 4 // and FP_XSTATE_MAGIC2
	fpMagic1   = 0x46505853
	fpMagic2   = 0x46505845
	fpSoftware = 464 // of the FXSAVE area: struct _fpx_sw_bytes

	ucXState      = 1
	ucSS          = 2
	ucStrictSS    = 4
	saRestorer    = 0x04000000
	ssOnStack     = 1
	ssDisable     = 2
	ssAutodisarm  = 1 << 31
	minStack      = 2048
	sigReturnMask = cpu.FlagAC | cpu.FlagOF | cpu.FlagDF | cpu.FlagTF | cpu.FlagSF | cpu.FlagZF | cpu.FlagAF | cpu.FlagPF |
		cpu.FlagCF | cpu.FlagRF
)

// contextRegs is the order of general registers in sigcontext.
var contextRegs = [16]int{cpu.R8, cpu.R9, cpu.R10, cpu.R11, cpu.R12, cpu.R13, cpu.R14, cpu.R15, cpu.RDI, cpu.RSI, cpu.RBP,
	cpu.RBX, cpu.RDX, cpu.RAX, cpu.RCX, cpu.RSP}

// sendSignal enters a handler.
func sendSignal(t *kern.Thread, a *kern.Action, info *kern.SigInfo, mask kern.Sigset) bool {
	k := taskOf(t)
	stepping := k.step
	k.disableStep(t)
	sp := t.Regs.R[cpu.RSP] - redZone
	onStack := t.Alt.On(t.Regs.R[cpu.RSP]) && !(t.Alt.Flags&ssAutodisarm != 0)
	entering := a.Flags&kern.SAOnStack != 0 && t.Alt.Size != 0 && !onStack
	if entering {
		sp = t.Alt.Base + t.Alt.Size
	}
	fp := (sp - fpSize) &^ 63
	frame := (fp-frameSize)&^15 - 8
	if (onStack || entering) && !t.Alt.On(frame+1) {
		return false
	}
	if a.Flags&kern.SARestorer == 0 || t.CopyOut(fp, k.fpState(&t.Regs)) != errno.OK {
		return false
	}
	b := make([]byte, frameSize)
	le.PutUint64(b, a.Restorer)
	le.PutUint64(b[frameUC:], ucXState|ucSS|ucStrictSS)
	le.PutUint64(b[frameStack:], t.Alt.Base)
	le.PutUint32(b[frameStack+8:], uint32(altFlags(t)))
	le.PutUint64(b[frameStack+16:], t.Alt.Size)
	k.context(b[frameContext:], t, fp, mask)
	le.PutUint64(b[frameMask:], mask[0])
	copy(b[frameInfo:], encode(info))
	if t.CopyOut(frame, b) != errno.OK {
		return false
	}
	if t.Alt.Flags&ssAutodisarm != 0 {
		t.Alt = kern.AltStack{Disabled: true}
	}
	r := &t.Regs
	r.R[cpu.RDI], r.R[cpu.RSI], r.R[cpu.RDX], r.R[cpu.RAX] = uint64(info.Signo), frame+frameInfo, frame+frameUC, 0
	r.RIP, r.R[cpu.RSP] = a.Handler, frame
	r.Flags &^= cpu.FlagDF | cpu.FlagRF | cpu.FlagTF
	r.Segment[cpu.CS], r.Segment[cpu.SS] = 0x33, 0x2b
	k.handlerStep = stepping
	return true
}

// context fills struct sigcontext.
func (k *task) context(b []byte, t *kern.Thread, fp uint64, mask kern.Sigset) {
	r := &t.Regs
	for i, n := range contextRegs {
		le.PutUint64(b[8*i:], r.R[n])
	}
	le.PutUint64(b[16*8:], r.RIP)
	le.PutUint64(b[ctxFlags:], r.Flags)
	le.PutUint16(b[ctxSegs:], r.Segment[cpu.CS])
	le.PutUint16(b[ctxSegs+6:], r.Segment[cpu.SS])
	le.PutUint64(b[ctxErr:], k.fault.err)
	le.PutUint64(b[ctxTrapno:], k.fault.trapno)
	le.PutUint64(b[ctxMask:], mask[0])
	le.PutUint64(b[ctxCR2:], k.fault.cr2)
	le.PutUint64(b[ctxFPU:], fp)
}

// fpState is the extended state of a frame: FXSAVE's area, the XSAVE header, and the marks by
// which sigreturn knows that there is more than the area.
func (k *task) fpState(r *cpu.State) []byte {
	b := make([]byte, fpSize)
	k.putFX(b, r)
	le.PutUint32(b[fpSoftware:], fpMagic1)
	le.PutUint32(b[fpSoftware+4:], fpSize)
	le.PutUint64(b[fpSoftware+8:], 3) // x87 and SSE
	le.PutUint32(b[fpSoftware+16:], xsaveSize)
	le.PutUint64(b[fxSize:], 3)
	le.PutUint32(b[xsaveSize:], fpMagic2)
	return b
}

// x87 is what an FXSAVE area has of the x87: control and status, and the registers. The model
// keeps what it is given and computes nothing with it.
type x87 struct {
	head [24]byte
	st   [128]byte
}

// newX87 is the state of a new program: FCW 0x37f.
var newX87 = x87{head: [24]byte{0x7f, 0x03}}

// Offsets in an FXSAVE area (Intel SDM vol. 1, table 10-2).
const (
	fxMXCSR = 24
	fxMask  = 28
	fxST    = 32
	fxXMM   = 160
)

// putFX fills an FXSAVE area.
func (k *task) putFX(b []byte, r *cpu.State) {
	copy(b, k.x87.head[:])
	le.PutUint32(b[fxMXCSR:], r.MXCSR)
	le.PutUint32(b[fxMask:], 0xffff)
	copy(b[fxST:], k.x87.st[:])
	for i, x := range r.X {
		le.PutUint64(b[fxXMM+16*i:], x[0])
		le.PutUint64(b[fxXMM+8+16*i:], x[1])
	}
}

// getFX takes over an FXSAVE area. False: MXCSR has bits that do not exist.
func (k *task) getFX(b []byte, r *cpu.State) bool {
	mxcsr := le.Uint32(b[fxMXCSR:])
	if mxcsr&^0xffff != 0 {
		return false
	}
	r.MXCSR = mxcsr
	copy(k.x87.head[:], b)
	copy(k.x87.st[:], b[fxST:])
	for i := range r.X {
		r.X[i] = cpu.XMM{le.Uint64(b[fxXMM+16*i:]), le.Uint64(b[fxXMM+8+16*i:])}
	}
	return true
}

// altFlags is ss_flags.
func altFlags(t *kern.Thread) uint64 {
	f := t.Alt.Flags & ssAutodisarm
	switch {
	case t.Alt.Size == 0:
		return f | ssDisable
	case t.Alt.On(t.Regs.R[cpu.RSP]):
		return f | ssOnStack
	}
	return f
}

// sysSigreturn is rt_sigreturn(2): it does not return, but to what the frame says.
func sysSigreturn(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	k := taskOf(t)
	frame := t.Regs.R[cpu.RSP] - 8
	k.returned = true
	b := make([]byte, frameSize)
	if t.CopyIn(frame, b[:frameInfo]) != errno.OK || !k.takeContext(t, b) {
		t.Regs.R[cpu.RAX] = 0
		t.Force(kern.SigInfo{Signo: System.Sig.SEGV, Origin: kern.FromKernel})
	}
	k.orig = noCall
	t.Call.Active = false
	return 0, errno.OK
}

func (k *task) takeContext(t *kern.Thread, b []byte) bool {
	t.SetMask(kern.Sigset{le.Uint64(b[frameMask:])})
	c := b[frameContext:]
	r := &t.Regs
	for i, n := range contextRegs {
		r.R[n] = le.Uint64(c[8*i:])
	}
	r.RIP = le.Uint64(c[16*8:])
	r.Flags = r.Flags&^sigReturnMask | le.Uint64(c[ctxFlags:])&sigReturnMask
	r.Segment[cpu.CS] = le.Uint16(c[ctxSegs:]) | 3
	if le.Uint64(b[frameUC:])&ucStrictSS != 0 {
		r.Segment[cpu.SS] = le.Uint16(c[ctxSegs+6:]) | 3
	}
	if fp := le.Uint64(c[ctxFPU:]); fp != 0 {
		area := make([]byte, fxSize)
		if t.CopyIn(fp, area) != errno.OK || !k.getFX(area, r) {
			return false
		}
	} else {
		r.MXCSR, r.X, k.x87 = 0x1f80, [16]cpu.XMM{}, newX87
	}
	k.takeStack(t, b)
	return true
}

// takeStack is the alternate stack of a frame; what sigaltstack(2) would refuse is ignored.
func (k *task) takeStack(t *kern.Thread, b []byte) {
	setAltStack(t, le.Uint64(b[frameStack:]), uint64(le.Uint32(b[frameStack+8:])), le.Uint64(b[frameStack+16:]), t.Regs.R[cpu.RSP])
}

// setAltStack is sigaltstack(2) for a thread whose stack pointer is sp. EPERM: it is on that
// stack. EINVAL, ENOMEM.
func setAltStack(t *kern.Thread, base, flags, size, sp uint64) errno.Errno {
	mode := flags &^ ssAutodisarm
	switch {
	case t.Alt.On(sp) && t.Alt.Flags&ssAutodisarm == 0:
		return errno.EPERM
	case mode != 0 && mode != ssOnStack && mode != ssDisable:
		return errno.EINVAL
	case mode == ssDisable:
		t.Alt = kern.AltStack{Disabled: true, Flags: flags}
		return errno.OK
	case size < minStack:
		return errno.ENOMEM
	}
	t.Alt = kern.AltStack{Base: base, Size: size, Flags: flags}
	return errno.OK
}
