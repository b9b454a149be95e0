package freebsd

// Steps into signal handlers, and the trap flag in signal frames. When a signal is delivered to a thread
// that has the trap flag set, the kernel saves the flags as they are, where the program sees ours, and
// enters the handler without: the step would end after the handler has returned. So a thread that is to
// make a step and is given a signal goes without the flag, and with a SIGSTOP behind the signal, which
// it meets before the handler's first instruction: that was the step. If there is no handler, it
// is where it was, and makes one.
//
// It cannot be done inside of a call, where the SIGSTOP would be met first, nor with SIGCONT, which
// takes it away. If the thread stops in the handler, the debugger may have forgotten the step by then,
// or let go of the program, which would die of its trap. So the frame is looked for at such a
// stop, and the flag taken out of it.

import (
	"bytes"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/regs"
)

// flags are what the frame has of a thread's registers, and nothing else in memory will.
type flags struct{ rip, rflags, rsp uint64 }

// Offsets in struct reg beyond those of restart.go, and in the part of mcontext_t that is the
// processor's own frame (machine/ucontext.h): mc_rip, mc_cs, mc_rflags, mc_rsp.
const (
	offRSP      = 160
	frameRFlags = 16
	frameSize   = 32
)

// frameReach is how far above the stack pointer a frame is looked for, in bytes.
const frameReach = 16 << 10

// enterHandler has the thread that is given a signal with its stop, and is to make a step, make it into
// the handler.
func (k *Kernel) enterHandler(t *task, sig kernel.Signal) {
	if sig == 0 || sig == raw.SIGCONT || t == nil || t.stopped || !t.step || t.trapped || t.proc.within || k.getRegs(t) != 0 {
		return
	}
	if k.poke(t) == 0 {
		t.enters = le.Uint64(k.regbuf[offRSP:])
	}
}

// entered is at a SIGSTOP of ours: it tells of the step if that was into a handler, whose frame is on a
// stack now.
func (k *Kernel) entered(t *task) bool {
	if t.enters == 0 || k.getRegs(t) != 0 || le.Uint64(k.regbuf[offRSP:]) == t.enters {
		return false
	}
	var b [raw.SiginfoSize]byte
	i := raw.Siginfo{Signo: raw.SIGTRAP, Code: raw.TrapTrace, Addr: le.Uint64(k.regbuf[offRIP:])}
	i.Encode(b[:])
	k.tell(t, kernel.Stop{Kind: kernel.Trap, Trap: kernel.Step, Signal: raw.SIGTRAP, Info: sigInfo(b[:])})
	return true
}

// flag notes that a signal is delivered to a thread with the trap flag set for us.
func (k *Kernel) flag(t *task) {
	b := k.regbuf[:]
	if k.getRegs(t) == 0 {
		t.flagged = &flags{le.Uint64(b[offRIP:]), le.Uint64(b[offRFlags:]), le.Uint64(b[offRSP:])}
	}
}

// unflag is at a stop: a thread that is in a handler now has made no step, and will not.
func (k *Kernel) unflag(t *task) {
	b := k.regbuf[:]
	if k.getRegs(t) != 0 || le.Uint64(b[offRFlags:])&regs.FlagTF != 0 {
		return
	}
	t.stepping = false
	sp := le.Uint64(b[offRSP:])
	stack := make([]byte, frameReach)
	n, _ := k.move("read memory", raw.ReadData, t.proc.pid, sp, stack)
	want := t.flagged
	pc := le.AppendUint64(nil, want.rip)
	for at := 0; ; at += 8 {
		i := bytes.Index(stack[at:n], pc)
		if at += i; i < 0 || at+frameSize > n {
			return
		}
		rflags := le.Uint64(stack[at+frameRFlags:])
		if le.Uint64(stack[at+frameSize-8:]) == want.rsp && (rflags^want.rflags)&^flagsOfCall == 0 {
			le.PutUint64(stack[at+frameRFlags:], rflags&^regs.FlagTF)
			k.sys.IO(int(t.proc.pid), raw.WriteData, sp+uint64(at+frameRFlags), stack[at+frameRFlags:][:8])
			t.flagged = nil
			return
		}
	}
}

// flagsOfCall are bits of the flags that may have changed since the signal was seen: the trap flag
// and RF, which are set on the way.
const flagsOfCall = regs.FlagTF | 1<<16
