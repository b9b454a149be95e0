package svr4

// Debug registers, which the engine asks for, are watched areas here. PCWATCH takes areas
// of any size, for the whole process, and traps after a load or a store (PR_TRAPAFTER) or
// before an instruction.

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/svr4/proc"
	"github.com/trapline/trapline/regs"
)

// resumeFlag is the processor's: do not meet the breakpoint at this instruction. PCSREG
// does not set it; the adapter does what it asks.
const resumeFlag = regs.FlagRF

// watchFlags by the two bits that DR7 has for the kind of access (Intel SDM vol. 3, 18.2.4):
// execute, write, I/O, read or write.
var watchFlags = [4]int32{proc.WatchExec, proc.WatchWrite | proc.WatchAfter, 0, proc.WatchRead | proc.WatchWrite | proc.WatchAfter}

// sizes by the two bits for the length.
var watchSizes = [4]uint64{1, 2, 8, 4}

// slot is what debug register i stands for; Flags 0 when it is not enabled.
func slot(dr *[8]uint64, i int) proc.Watch {
	if dr[7]>>(2*i)&3 == 0 {
		return proc.Watch{}
	}
	bits := dr[7] >> (16 + 4*i)
	return proc.Watch{Addr: dr[i], Size: watchSizes[bits>>2&3], Flags: watchFlags[bits&3]}
}

// areasOf cuts what the debug registers ask for into areas that do not overlap.
func areasOf(dr *[8]uint64) []proc.Watch {
	var slots []proc.Watch
	var cuts []uint64
	for i := range 4 {
		if s := slot(dr, i); s.Flags != 0 {
			slots = append(slots, s)
			cuts = append(cuts, s.Addr, s.Addr+s.Size)
		}
	}
	slices.Sort(cuts)
	var out []proc.Watch
	for i := 0; i+1 < len(cuts); i++ {
		w := proc.Watch{Addr: cuts[i], Size: cuts[i+1] - cuts[i]}
		for _, s := range slots {
			if w.Size > 0 && w.Addr >= s.Addr && w.Addr < s.Addr+s.Size {
				w.Flags |= s.Flags
			}
		}
		if w.Flags != 0 {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b proc.Watch) int { return cmp.Compare(a.Addr, b.Addr) })
	return out
}

// setDebug makes the process's areas those that the registers ask for.
func (k *slash) setDebug(p *process, tid kernel.TID, set *regs.Set) error {
	want := areasOf(&set.DR)
	if !slices.Equal(want, p.areas) {
		var c proc.Ctl
		for _, w := range p.areas {
			c = c.Bytes(proc.PCWatch, (&proc.Watch{Addr: w.Addr}).Append(nil))
		}
		for _, w := range want {
			c = c.Bytes(proc.PCWatch, w.Append(nil))
		}
		if _, e := k.files.Pwrite(p.ctl, c, 0); e != 0 {
			return fail("write debug registers", tid, e)
		}
		p.areas = want
	}
	p.dr = set.DR
	return nil
}

// storeMax is how many bytes one instruction stores at most (AVX-512): of several areas
// that it touches only the first is told.
const storeMax = 64

// matched says which debug registers a watchpoint trap is of: those that hold the address,
// and those for stores that the same store may have reached. Whether they changed is seen
// by whoever asks.
func (p *process) matched(info *proc.Siginfo) uint8 {
	var hit uint8
	for i := range 4 {
		s := slot(&p.dr, i)
		if s.Flags == 0 || (s.Flags&proc.WatchExec != 0) != (info.Code == proc.TrapXWatch) {
			continue
		}
		if info.Addr-s.Addr < s.Size || info.Code == proc.TrapWWatch && s.Flags&proc.WatchRead == 0 && s.Addr-info.Addr < storeMax {
			hit |= 1 << i
		}
	}
	return hit
}

// standsWatched says whether the next instruction is a watched one.
func (l *lwp) standsWatched() bool {
	return slices.ContainsFunc(l.p.areas, func(w proc.Watch) bool {
		return w.Flags&proc.WatchExec != 0 && l.st.Reg[proc.RegRIP]-w.Addr < w.Size
	})
}

// unwatch has an lwp step over a watched instruction: areas that are executed are cleared
// until it is done. Another thread may slip through meanwhile.
func (k *slash) unwatch(l *lwp, c proc.Ctl) proc.Ctl {
	for _, w := range l.p.areas {
		if w.Flags&proc.WatchExec != 0 {
			c = c.Bytes(proc.PCWatch, (&proc.Watch{Addr: w.Addr}).Append(nil))
		}
	}
	l.over = true
	return c
}

// rearm puts back what unwatch has cleared.
func (k *slash) rearm(l *lwp) {
	l.over = false
	var c proc.Ctl
	for _, w := range l.p.areas {
		if w.Flags&proc.WatchExec != 0 {
			c = c.Bytes(proc.PCWatch, w.Append(nil))
		}
	}
	k.files.Pwrite(l.p.ctl, c, 0)
}

func kernelPID(pid kernel.PID) string { return strconv.Itoa(int(pid)) }
