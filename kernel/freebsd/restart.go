package freebsd

// A debugger must not be felt, and on FreeBSD it is in two ways.
//
// One is the SIGSTOP by which a running process is stopped. Most calls that it wakes are
// begun again by the kernel (read-attach-stop: ERESTART, and rip is back on the instruction).
// Some return EINTR whatever woke them, because they cannot know how long they still have to
// wait: nanosleep, select, poll, kevent, those of umtx with a time (nanosleep-signal-dropped,
// step-sleeping-thread). So does a call that a signal ended which the debugger then drops
// (read-signal-dropped).
//
// The other is a write. The stop of PT_ATTACH does not wake a sleeping call (attach-sleeping),
// but once registers or memory were written through the thread it fails with EINTR when the
// process goes on, though nothing has happened (attach-sleeping-write, attach-sleeping-setregs,
// attach-reading-write). A write goes through the thread that a process stopped for; at any
// other stop than that of the attach this one is out of the kernel, and nothing is felt; or it is
// about to enter a call, and may sleep in it when the process stops the next time.
//
// Both are made good in the same way: rip goes back over the syscall instruction, rax is the
// call's number again, and carry is cleared. Arguments are in registers that the kernel
// leaves alone until the thread is back in the program, but for the fourth: it is in rcx, and in r10 is
// what an earlier trap left there (syscall-many-args). Back in the program rcx is rip, and r8 to r10 are lost: who
// has got as far was not woken by us. For the first the registers are put right at the stop; for
// the second the exit of the call is awaited (PTRACE_SCX). A call with a time then waits for
// the whole of it again.
//
// It cannot be done for calls of which something was done when EINTR came, or which a second
// call would find in another state (see unrepeatable), and not where the tracee is let go before
// its call has failed.

import (
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
)

// unrepeatable are the calls that may not be begun again (numbers of sys/syscall.h), always or when
// the arguments say so: close(2) has given the descriptor up, connect(2) goes on by itself,
// sendfile(2) may have sent, kevent(2) has made its changes, waiting for a condition variable
// has let go of the mutex. The last are not left with an EINTR of ours.
var unrepeatable = map[uint32]func(rsi, rdx uint64) bool{
	6:              always,                                                 // close
	98:             always,                                                 // connect
	393:            always,                                                 // sendfile
	539:            always,                                                 // connectat
	363:            func(_, nchanges uint64) bool { return nchanges != 0 }, // kevent of FreeBSD 11
	560:            func(_, nchanges uint64) bool { return nchanges != 0 }, // kevent
	454:            func(op, _ uint64) bool { return op == umtxCondWait },  // _umtx_op
	callSigsuspend: always,
	417:            always, // sigreturn
	431:            always, // thr_exit
}

func always(uint64, uint64) bool { return true }

const umtxCondWait = 8 // UMTX_OP_CV_WAIT

// Offsets in struct reg (regs' FreeBSD column), and the carry flag, which says that a call
// has failed.
const (
	offR10      = 40
	offRDI      = 64
	offRSI      = 72
	offRDX      = 96
	offRCX      = 104
	offRAX      = 112
	offRIP      = 136
	offRFlags   = 152
	carry       = 1
	syscallSize = 2
)

// resumeCall has a call that our SIGSTOP ended begun again, if the kernel does not do so. One that it came
// inside of has not ended: rax is the number still, which may be that of EINTR. A thread that the kernel has
// put back before its call looks as one that is about to make it, after another of that number: it is the
// first that was seen asleep there, or at the exit from the call (redo).
func (k *Kernel) resumeCall(t *task, l *raw.LWPInfo) {
	if l.Code == 0 || l.Flags&raw.FlagSCE != 0 || k.redoCall(t, l.Code, 0) {
		return
	}
	b := k.regbuf[:]
	if k.getRegs(t) != 0 {
		return
	}
	same := le.Uint64(b[offRCX:]) == le.Uint64(b[offR10:])
	if pc := le.Uint64(b[offRIP:]); same && t.slept == pc+syscallSize && isCall(b, l.Code) && k.afterSyscall(t, t.slept) {
		t.recall = pc
	}
}

// isCall says whether a struct reg has the number of a call, or of the calls that have it as their
// first argument. sigsuspend(2) has failed from its beginning (sig-sigsuspend).
func isCall(b []byte, call uint32) bool {
	rax := le.Uint64(b[offRAX:])
	return call == callSigsuspend && rax == uint64(raw.EINTR) || rax == uint64(call) || (rax == callIndirect || rax == callIndirect64) && le.Uint64(b[offRDI:]) == uint64(call)
}

// restart has the call begun again that a signal ended which is dropped. The stop is the
// reporter's, so the thread is out of the kernel.
func (k *Kernel) restart(t *task) {
	var l raw.LWPInfo
	if k.lwpinfo(int(t.tid), &l) == 0 && l.Code != 0 && l.Flags&raw.FlagSCE == 0 {
		k.redoCall(t, l.Code, 0)
	}
}

// redo is at the exit of a call of a thread that was asleep when it was written to. It
// returns true when the call is begun again, by us.
func (k *Kernel) redo(t *task, l *raw.LWPInfo) bool {
	call, pc, sent := t.felt, t.feltPC, t.elsewhere
	t.felt, t.elsewhere = 0, nil
	if sent != nil { // the debugger has sent it elsewhere: the call stays ended
		k.setRegs(t, sent)
		return true
	}
	switch {
	case l.Code != call:
		return false
	case k.isAt(t, pc-syscallSize):
		t.recall = pc - syscallSize
		return false
	}
	return k.redoCall(t, call, pc)
}

// redoCall moves a thread that has just had EINTR of a call back to it. after is where it is to
// stand then, 0 if that is not known.
func (k *Kernel) redoCall(t *task, call uint32, after uint64) bool {
	b := k.regbuf[:]
	if k.getRegs(t) != 0 {
		return false
	}
	if not := unrepeatable[call]; not != nil && not(le.Uint64(b[offRSI:]), le.Uint64(b[offRDX:])) {
		return false
	}
	flags := le.Uint64(b[offRFlags:])
	if le.Uint64(b[offRAX:]) != uint64(raw.EINTR) || flags&carry == 0 {
		return false
	}
	pc := le.Uint64(b[offRIP:])
	if le.Uint64(b[offRCX:]) == pc || after != 0 && pc != after || after == 0 && !k.afterSyscall(t, pc) {
		return false
	}
	copy(b[offR10:offR10+8], b[offRCX:])
	pc -= syscallSize
	le.PutUint64(b[offRIP:], pc)
	le.PutUint64(b[offRAX:], k.number(t, call, le.Uint64(b[offRDI:])))
	le.PutUint64(b[offRFlags:], flags&^carry)
	if k.setRegs(t, b) != 0 {
		return false
	}
	t.restarted, t.recall = pc, pc
	return true
}

// afterSyscall says whether a syscall instruction ends at pc. A trap may stand on it.
func (k *Kernel) afterSyscall(t *task, pc uint64) bool {
	var code [syscallSize]byte
	n, e := k.sys.IO(int(t.proc.pid), raw.ReadInstr, pc-syscallSize, code[:])
	return e == 0 && n == syscallSize && (code[0] == 0x0f || code[0] == 0xcc) && code[1] == 0x05
}

// number is what was in rax when a call was made: its number, or that of syscall(2) where the
// arguments begin one register later.
func (k *Kernel) number(t *task, call uint32, rdi uint64) uint64 {
	if rdi == uint64(call) {
		if args, e := k.callArgs(t); e == 0 && args[0] != rdi {
			return callIndirect
		}
	}
	return uint64(call)
}

// unrestart undoes it when a signal comes, or is given, before the thread has gone back into
// its call: a handler that runs before the call would be one whose effect it does not see. Without a
// handler there is none.
func (k *Kernel) unrestart(t *task, sig kernel.Signal) {
	at := t.restarted
	b := k.regbuf[:]
	if at == 0 || !k.catches(t.proc, sig) {
		return
	}
	t.restarted = 0
	if k.getRegs(t) != 0 || le.Uint64(b[offRIP:]) != at {
		return
	}
	le.PutUint64(b[offRIP:], at+syscallSize)
	le.PutUint64(b[offRAX:], uint64(raw.EINTR))
	le.PutUint64(b[offRFlags:], le.Uint64(b[offRFlags:])|carry)
	k.setRegs(t, b)
}

// catches says whether a program has a handler for a signal.
func (k *Kernel) catches(p *process, sig kernel.Signal) bool {
	kp := k.kinfo(int(p.pid))
	if kp == nil {
		return false
	}
	set := raw.SigSet(kp.SigCatch)
	return set.Has(int(sig))
}

// sleeping is the system call that a stopped thread sleeps in, 0 if it is in none; b has its
// struct reg. The thread that a process stopped for sleeps only at the stop of an attach;
// others may at any. In a call rax still is its number, and rip is past the instruction
// (attach-sleeping); a thread that is not in one may be remembered to have made one
// (two-threads-int3).
func (k *Kernel) sleeping(t *task, b []byte) uint32 {
	p := t.proc
	if t == p.reporter && !p.attach {
		return 0
	}
	if t.looked != p.stops {
		t.looked, t.call = p.stops, 0
		var l raw.LWPInfo
		if k.lwpinfo(int(t.tid), &l) != 0 || l.Event != raw.EventNone {
			return 0
		}
		t.slept = 0
		if pc := le.Uint64(b[offRIP:]); l.Code != 0 && isCall(b, l.Code) && k.afterSyscall(t, pc) {
			t.call, t.slept = l.Code, pc
		}
	}
	return t.call
}

// written notes that a stopped thread was written through. If it sleeps in a call, that will
// fail.
func (k *Kernel) written(t *task) {
	p := t.proc
	if t.felt != 0 || t == p.reporter && !p.attach && p.entering == 0 {
		return
	}
	b := k.regbuf[:]
	if k.getRegs(t) == 0 {
		call := k.sleeping(t, b)
		if t == p.reporter && p.entering != 0 {
			call = p.entering
		}
		if feels(call) {
			t.felt, t.feltPC = call, le.Uint64(b[offRIP:])
		}
	}
}

// feels says whether a call ends when its thread is written to. sigsuspend(2) sleeps again until there is a
// signal.
func feels(call uint32) bool { return call != 0 && call != callSigsuspend }

// Numbers of syscall(2) and __syscall(2), whose first argument is the number of the call, and of sigsuspend(2).
const (
	callIndirect   = 0
	callIndirect64 = 198
	callSigsuspend = 341
)

// writtenThrough is written, for memory.
func (k *Kernel) writtenThrough(p *process) {
	if (p.attach || p.entering != 0) && k.tasks[p.through] != nil {
		k.written(k.tasks[p.through])
	}
}
