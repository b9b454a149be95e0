package freebsd

// What a program is told of a signal. A signal keeps its siginfo_t if its thread is given it in the very
// stop that told of it. If another thread goes on first, or this one has an instruction to finish, it is lost
// with the stop, and there is no request for a siginfo_t: what is sent anew has us as its sender. So what
// it told is put back where the program finds it: into the handler's frame, when a SIGSTOP behind the
// signal has the thread stop before the handler's first instruction, or into the memory that
// sigtimedwait(2) has filled, at its exit.
//
// A signal that is sent anew stands behind others of its number that came meanwhile. The program is to see
// them in their order, so they change places: the next that comes is passed on as the one it was told
// of first.

import (
	"slices"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
)

// resent is a signal that is to come: one that was sent anew, with what is to be told of it, nil for what
// the kernel tells; or, not told of yet, one whose place another has taken.
type resent struct {
	sig  kernel.Signal
	info *kernel.SigInfo
	told bool
}

// disguise is what a program is to be told of a signal that it is given.
type disguise struct {
	info kernel.SigInfo
	// from is the thread's stack pointer when it was set going to enter the handler; 0: it was not, as it
	// is in a system call yet.
	from uint64
	exit bool // the exit from the call that it is in is awaited
}

// resend sends a signal anew. It comes before those of its number that the engine has not been told of.
func (k *Kernel) resend(t *task, a *kernel.Action) {
	if k.sys.ThrKill2(int(t.proc.pid), int(t.tid), int(a.Signal)) != 0 {
		return
	}
	i := slices.IndexFunc(t.resent, func(r resent) bool { return r.sig == a.Signal && !r.told })
	if i < 0 {
		i = len(t.resent)
	}
	t.resent = slices.Insert(t.resent, i, resent{a.Signal, a.Info, true})
}

// awaits says whether a signal was sent anew to a thread and has not come back.
func (t *task) awaits(sig kernel.Signal) bool {
	return slices.ContainsFunc(t.resent, func(r resent) bool { return r.sig == sig })
}

// comesBack recognises a signal that was sent anew, or comes in the place of one. It returns true when the
// signal is to be passed on. Otherwise info is what the engine is to be told.
func (k *Kernel) comesBack(t *task, info *kernel.SigInfo) bool {
	i := slices.IndexFunc(t.resent, func(r resent) bool { return r.sig == info.Signal })
	if i < 0 {
		return false
	}
	r := t.resent[i]
	ours := info.Code == raw.SiNoinfo || info.Code == raw.SiLWP && info.PID == k.self(t.proc)
	if !ours && r.info == nil {
		return false
	}
	t.resent = slices.Delete(t.resent, i, i+1)
	if !ours {
		other := *info
		t.resent = append(t.resent, resent{info.Signal, &other, false})
	}
	if r.told {
		t.disguise = nil
		if r.info != nil {
			t.disguise = &disguise{info: *r.info}
		}
		return true
	}
	*info = *r.info
	return false
}

// self is our own process, as the kernel tells of a tracee (ki_tracer).
func (k *Kernel) self(p *process) kernel.PID {
	if k.pid == 0 {
		if kp := k.kinfo(int(p.pid)); kp != nil {
			k.pid = kernel.PID(kp.Tracer)
		}
	}
	return k.pid
}

// hide is at the request by which a thread is given a signal in disguise, or one of a process that is let go:
// it has it stop behind the signal. Inside of a call the SIGSTOP would come first, so that the exit is awaited:
// the call has taken the signal by then, or entered the handler (sigsuspend); or the kernel is to tell of it
// once more.
func (k *Kernel) hide(t *task, sig kernel.Signal) {
	p := t.proc
	switch d := t.disguise; {
	case sig == raw.SIGCONT, d != nil && sig != d.info.Signal: // a SIGSTOP would take SIGCONT away
		t.disguise = nil
		return
	case d == nil && p.parting && p.signal.Signal == sig && k.sees(t, sig):
		t.disguise = &disguise{info: p.signal}
	case d == nil:
		return
	}
	d := t.disguise
	if d.exit = p.within; d.exit {
		k.setMask(p)
	}
	if k.getRegs(t) == 0 && (!p.within && (t.enters != 0 || k.poke(t) == 0) || p.call == callSigsuspend) {
		d.from = le.Uint64(k.regbuf[offRSP:])
	}
}

// sees says whether the program sees a signal of a thread: it has a handler, or the call that the thread is
// in takes it.
func (k *Kernel) sees(t *task, sig kernel.Signal) bool {
	p := t.proc
	return t == p.reporter && p.within && takers[p.call] || k.catches(p, sig)
}

// offFrameContext is where struct sigframe has its ucontext_t (machine/sigframe.h), at which rdx points.
const offFrameContext = 16

// reveal is at a stop of a thread's process: it puts the disguise on if the handler has been entered. If it
// is the thread's own stop and there is no frame, there is no handler.
func (k *Kernel) reveal(t *task) {
	d, b := t.disguise, k.regbuf[:]
	if d == nil || d.from == 0 || k.getRegs(t) != 0 {
		return
	}
	sp := le.Uint64(b[offRSP:])
	if sp == d.from && t != t.proc.reporter {
		return // it has not come to it
	}
	t.disguise = nil
	if sp == d.from || le.Uint64(b[offRDX:]) != sp+offFrameContext || le.Uint64(b[offRDI:]) != uint64(d.info.Signal) {
		return
	}
	if at := le.Uint64(b[offRSI:]); at-sp < frameReach {
		k.tellProgram(t, at, d)
		return
	}
	le.PutUint64(b[offRSI:], uint64(int64(d.info.Code))) // a handler without SA_SIGINFO
	le.PutUint64(b[offRCX:], d.info.Addr)
	k.setRegs(t, b)
}

// taken is at the exit from a call: it puts the disguise on if that has taken the signal.
func (k *Kernel) taken(t *task, call uint32) {
	d := t.disguise
	if d == nil || !d.exit {
		return
	}
	d.exit = false
	if !takers[call] {
		return
	}
	b := k.callbuf[:raw.ScRetSize]
	if _, e := k.sys.PtraceBuf(raw.GetScRet, int(t.tid), b, raw.ScRetSize); e != 0 {
		return
	}
	r := raw.DecodeScReturn(b)
	if args, e := k.callArgs(t); e == 0 && r.Err == 0 && r.Ret[0] == uint64(d.info.Signal) && args[1] != 0 {
		k.tellProgram(t, args[1], d)
		t.disguise = nil
	}
}

func (k *Kernel) tellProgram(t *task, at uint64, d *disguise) {
	k.writtenThrough(t.proc)
	k.sys.IO(int(t.proc.pid), raw.WriteData, at, d.info.Raw[:raw.SiginfoSize])
}
