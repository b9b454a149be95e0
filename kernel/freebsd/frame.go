package freebsd

// The trap flag in signal frames. When a signal is delivered to a thread that is to make a step,
// the kernel saves the flags as they are, with ours, and enters the handler without: the step
// ends after the handler has returned. If the thread stops in the handler, the debugger may have
// forgotten the step by then, or let go of the program, which would die of its trap. So the
// frame is looked for at such a stop, and the flag taken out of it.

import (
	"bytes"

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
