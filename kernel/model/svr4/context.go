package svr4

// ucontext_t (illumos sys/ucontext.h, amd64): what a handler is called with, what getcontext(2)
// fills, and what setcontext(2), by which handlers return, takes back.

import (
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// Offsets in the structure, and flags of uc_flags.
const (
	ucFlags  = 0
	ucLink   = 8
	ucMask   = 16
	ucStack  = 32
	ucGregs  = 64
	ucFPRegs = ucGregs + proc.GregsSize
	ucSize   = 864

	ucHasMask  = 1
	ucHasStack = 2
	ucHasCPU   = 4
	ucHasFPU   = 8
	ucAll      = ucHasMask | ucHasStack | ucHasCPU | ucHasFPU

	ssOnStack = 1
	ssDisable = 2
	minStack  = 2048 // MINSIGSTKSZ
	redZone   = 128
)

// setOf and sigset are a sigset_t as package kern and as memory have it.
func setOf(s *proc.SigSet) kern.Sigset {
	return kern.Sigset{uint64(s[0]) | uint64(s[1])<<32, uint64(s[2]) | uint64(s[3])<<32}
}

func sigset(s kern.Sigset) proc.SigSet {
	return proc.SigSet{uint32(s[0]), uint32(s[0] >> 32), uint32(s[1]), uint32(s[1] >> 32)}
}

const sigsetSize = 16

func setFrom(b []byte) kern.Sigset { return kern.Sigset{le.Uint64(b), le.Uint64(b[8:])} }

func putSet(b []byte, s kern.Sigset) {
	le.PutUint64(b, s[0])
	le.PutUint64(b[8:], s[1])
}

// altFlags is ss_flags of the alternate stack.
func altFlags(t *kern.Thread) int32 {
	switch {
	case t.Alt.Size == 0:
		return ssDisable
	case t.Alt.On(t.Regs.R[cpu.RSP]):
		return ssOnStack
	}
	return 0
}

// save is the lwp's context with a mask.
func (l *lwp) save(t *kern.Thread, mask kern.Sigset) []byte {
	b := make([]byte, ucSize)
	le.PutUint64(b[ucFlags:], ucAll)
	le.PutUint64(b[ucLink:], l.context)
	putSet(b[ucMask:], mask)
	base, size, flags := t.Alt.Base, t.Alt.Size, altFlags(t)
	if flags != ssOnStack {
		base, size, flags = stackOf(t)
	}
	le.PutUint64(b[ucStack:], base)
	le.PutUint64(b[ucStack+8:], size)
	le.PutUint32(b[ucStack+16:], uint32(flags))
	g, f := l.gregs(t), l.fpregs(t)
	copy(b[ucGregs:], g.Bytes())
	copy(b[ucFPRegs:], f[:])
	return b
}

// stackOf is the process's stack.
func stackOf(t *kern.Thread) (base, size uint64, flags int32) {
	if as := t.Proc.Space; as != nil {
		if e, ok := as.At(t.Regs.R[cpu.RSP]); ok && e.GrowsDown {
			return e.Start, e.Length(), 0
		}
	}
	return 0, 0, 0
}

// restore takes a context over, as far as its flags say.
func (l *lwp) restore(t *kern.Thread, b []byte) {
	flags := le.Uint64(b[ucFlags:])
	if flags&ucHasCPU != 0 {
		var g proc.Gregs
		g.Decode(b[ucGregs:])
		fs, gs := t.Regs.FSBase, t.Regs.GSBase // the lwp's own, whoever made the context
		l.setGregs(t, &g)
		t.Regs.Flags = t.Regs.Flags&^flagTF | g[proc.RegRFL]&flagTF // a program may step itself
		t.Regs.FSBase, t.Regs.GSBase = fs, gs
	}
	if flags&ucHasFPU != 0 {
		l.setFPRegs(t, b[ucFPRegs:])
	}
	if flags&ucHasMask != 0 {
		t.SetMask(setFrom(b[ucMask:]))
	}
	l.context = le.Uint64(b[ucLink:])
}

// sendSignal has the lwp enter a handler: handler(sig, siginfo, ucontext), with no address to
// return to.
func sendSignal(t *kern.Thread, a *kern.Action, info *kern.SigInfo, mask kern.Sigset) bool {
	l := lwpOf(t)
	step := l.step
	l.unstep(t)
	l.step = step // Handler tells
	sp := t.Regs.R[cpu.RSP] - redZone
	onStack := t.Alt.On(t.Regs.R[cpu.RSP])
	if a.Flags&kern.SAOnStack != 0 && t.Alt.Size != 0 && !onStack {
		sp, onStack = t.Alt.Base+t.Alt.Size, true
	}
	uc := (sp - ucSize) &^ 15
	si := uc - proc.SiginfoSize
	frame := si - 8 // at a handler's entry rsp is 8 below a multiple of 16
	if onStack && !t.Alt.On(frame+1) {
		return false
	}
	s := encode(info)
	b := le.AppendUint64(nil, ^uint64(0)) // the return address
	b = append(s.Append(b), l.save(t, mask)...)
	if t.CopyOut(frame, b) != errno.OK {
		return false
	}
	r := &t.Regs
	r.R[cpu.RDI], r.R[cpu.RSI], r.R[cpu.RDX], r.R[cpu.RAX] = uint64(info.Signo), si, uc, 0
	if a.Flags&kern.SAInfo == 0 {
		r.R[cpu.RSI] = 0
	}
	r.RIP, r.R[cpu.RSP] = a.Handler, frame
	r.Flags &^= cpu.FlagDF | cpu.FlagRF | cpu.FlagTF | cpu.FlagCF
	l.context = uc
	return true
}

// Functions of context(2).
const (
	getContext = 0
	setContext = 1
	getUStack  = 2
	setUStack  = 3
)

// sysContext is getcontext(2) and setcontext(2).
func sysContext(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	l := lwpOf(t)
	switch a[0] {
	case getContext:
		b := l.save(t, t.Mask)
		le.PutUint64(b[ucGregs+8*proc.RegRAX:], 0) // as it is when it is gone back to
		le.PutUint64(b[ucGregs+8*proc.RegRDX:], 0)
		b[ucGregs+8*proc.RegRFL] &^= cpu.FlagCF
		return 0, t.CopyOut(a[1], b)
	case setContext:
		if a[1] == 0 { // there is no context after this one
			t.ExitThread(0)
			return 0, errno.OK
		}
		b := make([]byte, ucSize)
		if e := t.CopyIn(a[1], b); e != errno.OK {
			return 0, e
		}
		l.unstepped(t, func() { l.restore(t, b) })
		l.own = true
		return 0, errno.OK
	case getUStack, setUStack: // where a library keeps a stack_t, which the kernel does not need
		return 0, errno.OK
	}
	return 0, errno.EINVAL
}

// unstepped does something with the registers as they are without the step.
func (l *lwp) unstepped(t *kern.Thread, do func()) {
	step := l.step
	l.unstep(t)
	do()
	if step {
		l.restep(t)
	}
}
