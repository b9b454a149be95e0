package svr4

// Registers as /proc, ptrace(2) and contexts have them: gregset_t and fpregset_t of amd64, by
// the table of kernel/svr4/proc.

import (
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// gregOf are the general registers' places in a gregset_t.
var gregOf = [16]int{
	cpu.RAX: proc.RegRAX, cpu.RCX: proc.RegRCX, cpu.RDX: proc.RegRDX, cpu.RBX: proc.RegRBX, cpu.RSP: proc.RegRSP, cpu.RBP: proc.RegRBP,
	cpu.RSI: proc.RegRSI, cpu.RDI: proc.RegRDI, cpu.R8: proc.RegR8, cpu.R9: proc.RegR9, cpu.R10: proc.RegR10, cpu.R11: proc.RegR11,
	cpu.R12: proc.RegR12, cpu.R13: proc.RegR13, cpu.R14: proc.RegR14, cpu.R15: proc.RegR15,
}

// segmentOf are the segment registers' places.
var segmentOf = [6]int{cpu.ES: proc.RegES, cpu.CS: proc.RegCS, cpu.SS: proc.RegSS, cpu.DS: proc.RegDS, cpu.FS: proc.RegFS, cpu.GS: proc.RegGS}

// userTop is the first address that is not a program's.
const userTop = 1 << 47

// gregs is the lwp's registers. The trap flag of a step is not seen.
func (l *lwp) gregs(t *kern.Thread) (g proc.Gregs) {
	r := &t.Regs
	for n, i := range gregOf {
		g[i] = r.R[n]
	}
	for n, i := range segmentOf {
		g[i] = uint64(r.Segment[n])
	}
	g[proc.RegRIP], g[proc.RegRFL], g[proc.RegFSBase], g[proc.RegGSBase] = r.RIP, r.Flags, r.FSBase, r.GSBase
	g[proc.RegTrapNo], g[proc.RegErr] = l.trapno, l.errcode
	if l.forced {
		g[proc.RegRFL] &^= flagTF
	}
	return g
}

// setGregs sets what of the registers a program may set: not the selectors, and of the flags
// the condition codes and the direction (proc(5), PCSREG).
func (l *lwp) setGregs(t *kern.Thread, g *proc.Gregs) {
	r := &t.Regs
	for n, i := range gregOf {
		r.R[n] = g[i]
	}
	r.RIP = g[proc.RegRIP]
	r.Flags = r.Flags&^proc.UserFlags | g[proc.RegRFL]&proc.UserFlags
	for i, base := range map[int]*uint64{proc.RegFSBase: &r.FSBase, proc.RegGSBase: &r.GSBase} {
		if g[i] < userTop {
			*base = g[i]
		}
	}
}

// fxState is what an FXSAVE area has besides the SSE registers: the x87's, which the model
// keeps as it is given and computes nothing with.
type fxState struct {
	head [24]byte
	st   [128]byte
	tail [proc.FPRegsSize - proc.FXSaveSize]byte
}

// newFX is the state of a new program: FCW 0x37f.
var newFX = fxState{head: [24]byte{0x7f, 0x03}}

// Offsets in an FXSAVE area (Intel SDM vol. 1, table 10-2).
const (
	fxMXCSR = 24
	fxMask  = 28
	fxST    = 32
	fxXMM   = 160
	csrBits = 0xffff
)

// fpregs is the lwp's floating-point registers.
func (l *lwp) fpregs(t *kern.Thread) (f proc.FPRegs) {
	copy(f[:], l.fx.head[:])
	le.PutUint32(f[fxMXCSR:], t.Regs.MXCSR)
	le.PutUint32(f[fxMask:], csrBits)
	copy(f[fxST:], l.fx.st[:])
	for i, x := range t.Regs.X {
		le.PutUint64(f[fxXMM+16*i:], x[0])
		le.PutUint64(f[fxXMM+8+16*i:], x[1])
	}
	copy(f[proc.FXSaveSize:], l.fx.tail[:])
	return f
}

// setFPRegs sets them; bits of MXCSR that do not exist are left out.
func (l *lwp) setFPRegs(t *kern.Thread, b []byte) {
	copy(l.fx.head[:], b)
	copy(l.fx.st[:], b[fxST:])
	copy(l.fx.tail[:], b[proc.FXSaveSize:])
	t.Regs.MXCSR = le.Uint32(b[fxMXCSR:]) & csrBits
	for i := range t.Regs.X {
		t.Regs.X[i] = cpu.XMM{le.Uint64(b[fxXMM+16*i:]), le.Uint64(b[fxXMM+8+16*i:])}
	}
}
