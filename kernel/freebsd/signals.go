package freebsd

// Stops for signals, traps among them.

import (
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/procfs/kinfo"
	"github.com/trapline/trapline/regs"
)

// faults are the signals the hardware raises for what an instruction did: SIGILL, SIGTRAP,
// SIGEMT, SIGFPE, SIGBUS, SIGSEGV, SIGSYS. Codes of sending (SI_USER and its like) lie above
// 0x10000.
var faults = [...]bool{4: true, 5: true, 7: true, 8: true, 10: true, 11: true, 12: true}

func isFault(signo, code int32) bool {
	return signo > 0 && int(signo) < len(faults) && faults[signo] && code > 0 && code < 0x10000
}

// sigInfo is a siginfo_t as the seam has it.
func sigInfo(b []byte) kernel.SigInfo {
	r := raw.DecodeSiginfo(b)
	s := kernel.SigInfo{Signal: kernel.Signal(r.Signo), Code: r.Code, Errno: r.Errno, PID: kernel.PID(r.PID), UID: int(r.UID),
		Status: r.Status, Sync: isFault(r.Signo, r.Code)}
	if s.Sync {
		s.Addr = r.Addr
	}
	copy(s.Raw[:], b[:raw.SiginfoSize])
	return s
}

// signal is a stop before a signal is delivered. SIGSTOPs of ours, and signals that were sent
// for a thread that could not be given them otherwise, are not told of.
func (k *Kernel) signal(t *task, l *raw.LWPInfo) {
	p := t.proc
	info := sigInfo(k.infobuf[raw.LwpSiginfo:])
	sig := info.Signal
	if sig == raw.SIGTRAP && info.Code == raw.SiNoinfo {
		k.findTrap(t, &info)
	}
	p.signal = info
	switch {
	case sig == raw.SIGSTOP && t.sent:
		t.sent = l.Siglist.Has(raw.SIGSTOP) // there may be two
		if k.entered(t) {
			return
		}
		k.resumeCall(t, l)
		if t.asked {
			k.tell(t, kernel.Stop{Kind: kernel.Interrupted})
		}
		return
	case k.passes(t, &info):
		p.pass = sig
		t.seen = k.inside(t, l, &p.signal)
		return
	}
	if sig == raw.SIGCONT {
		p.found = false
	}
	k.unrestart(t, sig)
	t.within = k.inside(t, l, &p.signal)
	s := kernel.Stop{Kind: kernel.SignalStop, Signal: sig, Info: info}
	if info.Sync && t.recall != 0 && k.isAt(t, t.recall+1) {
		s.Again = t.recall
	}
	t.recall, t.slept = 0, 0
	if sig == raw.SIGTRAP {
		unwanted := t.late && !t.step
		t.trapped, t.late = false, false
		if info.Sync && !k.trap(t, &s, unwanted) {
			return
		}
	}
	k.tell(t, s)
}

// findTrap finds out what a SIGTRAP is of which the kernel does not tell: so many signals wait in the process
// that it keeps no more than numbers (kern.sigqueue.max_pending_per_proc). The trap flag is left set by an int3,
// and taken back by the trap of a step.
func (k *Kernel) findTrap(t *task, info *kernel.SigInfo) {
	if k.getRegs(t) != 0 {
		return
	}
	r := raw.Siginfo{Signo: raw.SIGTRAP, Addr: le.Uint64(k.regbuf[offRIP:])}
	step := t.trapped || t.stepping && le.Uint64(k.regbuf[offRFlags:])&regs.FlagTF == 0
	var b [1]byte
	n, e := k.sys.IO(int(t.proc.pid), raw.ReadInstr, r.Addr-1, b[:])
	switch {
	case !step && e == 0 && n == 1 && b[0] == int3:
		r.Code = raw.TrapBrkpt
	case step || t.debug:
		r.Code = raw.TrapTrace
	default:
		return
	}
	var buf [raw.SiginfoSize]byte
	r.Encode(buf[:])
	*info = sigInfo(buf[:])
}

const int3 = 0xcc

// within is a signal that a thread was stopped for inside of a call, as it was about to sleep there.
// The kernel tells of it once more when it comes to act on it: if handlers were entered meanwhile, it
// is another one.
type within struct {
	info    kernel.SigInfo
	handled int64
}

// inside is what is to be kept of a signal, nil if the kernel will not tell of it again.
func (k *Kernel) inside(t *task, l *raw.LWPInfo, info *kernel.SigInfo) *within {
	if !k.comesAgain(t, l, info.Signal) {
		return nil
	}
	return &within{*info, k.handled(t)}
}

// handled is how many handlers a thread has entered (ru_nsignals), -1 if that is not known.
func (k *Kernel) handled(t *task) int64 {
	b, e := k.sys.Sysctl("kern.proc.pid_td", int32(t.proc.pid))
	if e != 0 {
		return -1
	}
	list, _ := kinfo.DecodeProcs(b)
	for i := range list {
		if kernel.TID(list[i].TID) == t.tid {
			return list[i].Usage.Signals
		}
	}
	return -1
}

// System calls that take signals of a set, at the address that is their first argument (sys/syscall.h).
var takers = map[uint32]bool{345: true, 346: true, 429: true} // sigtimedwait, sigwaitinfo, sigwait

// comesAgain says whether the kernel tells of a signal once more when the thread has got it: one that
// it found as it was about to sleep in a call, which then ends.
func (k *Kernel) comesAgain(t *task, l *raw.LWPInfo, sig kernel.Signal) bool {
	if l.Flags&raw.FlagSCE == 0 {
		return false
	}
	if takers[l.Code] {
		var set raw.SigSet
		b := make([]byte, 4*len(set))
		args, e := k.callArgs(t)
		if e != 0 {
			return false
		}
		if n, e := k.sys.IO(int(t.proc.pid), raw.ReadData, args[0], b); e == 0 && n == len(b) {
			for i := range set {
				set[i] = le.Uint32(b[4*i:])
			}
		}
		return !set.Has(int(sig))
	}
	return true
}

// isAt says whether a stopped thread is at an address.
func (k *Kernel) isAt(t *task, pc uint64) bool {
	return k.getRegs(t) == 0 && le.Uint64(k.regbuf[offRIP:]) == pc
}

// passes recognises a signal that is to be passed on: one sent anew, or a fault that the
// thread was to be given and has met again.
func (k *Kernel) passes(t *task, info *kernel.SigInfo) bool {
	if seen := t.seen; seen != nil && info.Raw == seen.info.Raw {
		t.seen = nil
		if k.handled(t) == seen.handled {
			return true
		}
	}
	if info.Sync {
		again := t.again
		t.again = 0
		return again == info.Signal
	}
	return k.comesBack(t, info)
}

// trap tells traps apart. A debug register and a step have one code (watch-write); DR6 says
// which it was. It returns false for the end of a step that nobody waits for: unwanted, if it is one.
func (k *Kernel) trap(t *task, s *kernel.Stop, unwanted bool) bool {
	switch s.Info.Code {
	case raw.TrapBrkpt: // under a step the trap flag is left set: step-int3
		s.Kind, s.Trap = kernel.Trap, kernel.Breakpoint
	case raw.TrapTrace:
		var dr6 uint64
		if t.debug {
			dr6 = k.takeDR6(t)
		}
		s.Kind, s.Trap, s.HW = kernel.Trap, kernel.Step, uint8(dr6&0xf)
		if s.HW != 0 && dr6&dr6Step == 0 {
			s.Trap = kernel.Hardware
			return true
		}
		stale := t.flagged != nil && !t.stepping
		if stale { // a handler has returned to a step that was over long since
			k.request(raw.ClearStep, t)
			k.known.of = 0
		}
		t.stepping, t.flagged = false, nil
		return !stale && !unwanted || s.HW != 0
	}
	return true
}

// dr6Step is BS: the trap is that of a single step (Intel SDM vol. 3, 18.2.3).
const dr6Step = 1 << 14

// takeDR6 reads which debug registers matched and clears the status, which neither processor
// nor kernel does.
func (k *Kernel) takeDR6(t *task) uint64 {
	var set regs.Set
	b := make([]byte, raw.DbregSize)
	if _, e := k.sys.PtraceBuf(raw.GetDbRegs, int(t.tid), b, 0); e != 0 {
		return 0
	}
	regs.FromFreeBSDDebug(b, &set)
	dr6 := set.DR[6]
	set.DR[6] = 0
	regs.ToFreeBSDDebug(&set, b)
	k.sys.PtraceBuf(raw.SetDbRegs, int(t.tid), b, 0)
	return dr6
}

// Pending lists the signals queued for a stopped thread and for its process. The kernel tells
// which there are, not in which order they came: by number, as they will be reported
// (attach-sigusr1-first). Of one whose stop it keeps back it tells all
// (two-threads-two-signals); of the others nothing but the number, and a SIGTRAP of a
// thread's own is taken for that of the processor. Those of the process are not in pl_siglist
// but in kern.proc.pid's.
func (k *Kernel) Pending(tid kernel.TID) ([]kernel.SigInfo, error) {
	t, err := k.stoppedTask(tid)
	if err != nil {
		return nil, err
	}
	var l raw.LWPInfo
	if e := k.lwpinfo(int(tid), &l); e != 0 {
		return nil, fail("read pending signals", tid, e)
	}
	var out []kernel.SigInfo
	if l.Flags&raw.FlagSI != 0 && t != t.proc.reporter {
		out = append(out, sigInfo(k.infobuf[raw.LwpSiginfo:]))
	}
	for _, n := range l.Siglist.List() {
		if n == raw.SIGSTOP && t.sent {
			continue // ours
		}
		out = append(out, kernel.SigInfo{Signal: kernel.Signal(n), Sync: n == raw.SIGTRAP})
	}
	if kp := k.kinfo(int(t.proc.pid)); kp != nil {
		set := raw.SigSet(kp.SigList)
		for _, n := range set.List() {
			out = append(out, kernel.SigInfo{Signal: kernel.Signal(n)})
		}
	}
	return out, nil
}
