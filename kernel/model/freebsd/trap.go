package freebsd

// Traps of the processor, and the signals they become (amd64's trap.c).

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/image"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
)

// Signals that code names and raw does not.
const (
	sigILL  = 4
	sigFPE  = 8
	sigBUS  = 10
	sigSEGV = 11
	sigSYS  = 12
)

// Numbers of traps (machine/trap.h), as si_trapno has them.
const (
	trapPrivileged = 1
	trapBreakpoint = 3
	trapTrace      = 10
	trapPage       = 12
	trapProtection = 9
	trapAlignment  = 14
	trapDivide     = 18
	trapStack      = 26
)

// si_code values of faults (sys/signal.h).
const (
	codePrivileged = 5 // ILL_PRVOPC (sig-ill)
	codeIntDivide  = 2 // FPE_INTDIV
	codeAlignment  = 1 // BUS_ADRALN
	codeObject     = 3 // BUS_OBJERR
	codeMapping    = 1 // SEGV_MAPERR
	codeAccess     = 2 // SEGV_ACCERR
	codeOldPage    = 12
)

// faults are the signals of traps that only concern the instruction.
var faults = map[cpu.Kind]struct {
	sig    int
	code   int32
	trapno uint32
}{
	cpu.Divide:     {sigFPE, codeIntDivide, trapDivide},
	cpu.Undefined:  {sigILL, codePrivileged, trapPrivileged},
	cpu.Protection: {sigBUS, codeObject, trapProtection}, // sig-privileged, sig-segv-noncanonical
	cpu.StackFault: {sigBUS, codeObject, trapStack},
	cpu.Alignment:  {sigBUS, codeAlignment, trapAlignment},
	cpu.Breakpoint: {raw.SIGTRAP, raw.TrapBrkpt, trapBreakpoint},
}

// Trap makes a trap a signal itself.
func (tracing) Trap(t *kern.Thread, trap *cpu.Trap) bool {
	switch trap.Kind {
	case cpu.Debug:
		if trap.DR6 == 0 { // int1, which the recorded processor does not have (sig-int1)
			t.Regs.RIP--
			trapSignal(t, kern.SigInfo{Signo: sigILL, Addr: t.Regs.RIP}, codePrivileged, trapPrivileged)
			return false
		}
		noteDebug(t, trap.DR6)
		traceTrap(t, trapTrace)
		return false
	case cpu.PageFault:
		t.Regs.Flags &^= cpu.FlagRF
		pageFault(t, trap)
		return false
	case cpu.Watched:
		return true
	}
	t.Regs.Flags &^= cpu.FlagRF // which the recorded processor does not set for a fault
	if f, ok := faults[trap.Kind]; ok {
		trapSignal(t, kern.SigInfo{Signo: f.sig, Addr: t.Regs.RIP}, f.code, f.trapno)
		return false
	}
	trapSignal(t, kern.SigInfo{Signo: sigBUS, Addr: t.Regs.RIP}, codeObject, trapProtection)
	return false
}

// traceTrap is the SIGTRAP of a step: where a tracer set the trap flag it is gone now
// (step-plain, step-user-tf).
func traceTrap(t *kern.Thread, trapno uint32) {
	if l := lwpOf(t); l.step || trapno == 0 {
		t.Regs.Flags &^= cpu.FlagTF
		l.step = false
	}
	trapSignal(t, kern.SigInfo{Signo: raw.SIGTRAP, Addr: t.Regs.RIP}, raw.TrapTrace, trapno)
}

// dr6Fixed is the bits of dr6 that read as 1, and dr7Fixed those of dr7 (watch-write).
const (
	dr6Fixed = 0xffff0ff0
	dr7Fixed = 0x400
)

// noteDebug is what the debug registers show after a trap.
func noteDebug(t *kern.Thread, dr6 uint64) {
	if t.Regs.DR[7]&0xff != 0 {
		t.Regs.DR[6] = dr6Fixed | dr6
		t.Regs.DR[7] |= dr7Fixed
	}
}

// pageFault is trap_pfault: programs without an ABI tag get SIGBUS for what is not allowed
// (sig-bus-old-abi).
func pageFault(t *kern.Thread, trap *cpu.Trap) {
	info, code := kern.SigInfo{Signo: sigSEGV, Addr: trap.Addr}, int32(codeMapping)
	switch t.Proc.Space.Why(trap.Addr, trap.Access) {
	case vm.None:
		return // it was repaired meanwhile: the access is made again
	case vm.Protected:
		code = codeAccess
		if procOf(t.Proc).oldABI {
			info.Signo, code = sigBUS, codeOldPage
		}
	case vm.Beyond:
		info.Signo, code = sigBUS, codeObject
	case vm.Exhausted:
		post(t.Proc, nil, kern.SigInfo{Signo: raw.SIGKILL})
		return
	}
	t.M.Stats.Faults++
	t.Proc.Usage.Faults++
	trapSignal(t, info, code, trapPage)
}

// hasABITag says whether a program has the note that names its release: the kernel overlooks it
// when it is the last note of its segment (sig-bus-old-abi).
func hasABITag(f image.File) bool {
	if f == nil {
		return false
	}
	head := make([]byte, vm.PageSize)
	n, _ := f.ReadAt(head, 0)
	head = head[:n]
	if len(head) < 64 {
		return false
	}
	off, size, count := le.Uint64(head[32:]), uint64(le.Uint16(head[54:])), uint64(le.Uint16(head[56:]))
	for i := range count {
		at := off + i*size
		if size < 56 || at+56 > uint64(len(head)) {
			break
		}
		ph := head[at:]
		if start, n := le.Uint64(ph[8:]), le.Uint64(ph[32:]); le.Uint32(ph) == 4 && n <= vm.PageSize {
			notes := make([]byte, n)
			got, _ := f.ReadAt(notes, int64(start))
			if tagged(notes[:got]) {
				return true
			}
		}
	}
	return false
}

// tagged looks through notes.
func tagged(b []byte) bool {
	for len(b) >= 12 {
		n, d, kind := uint64(le.Uint32(b)), uint64(le.Uint32(b[4:])), le.Uint32(b[8:])
		end := 12 + (n+3)&^3 + (d+3)&^3
		if n > 64 || d > 4096 || end > uint64(len(b)) {
			return false
		}
		if kind == 1 && string(b[12:12+n]) == "FreeBSD\x00" {
			return end < uint64(len(b))
		}
		b = b[end:]
	}
	return false
}
