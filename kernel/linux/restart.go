package linux

// An interrupt must not be felt, nor a signal that the program ignores: untraced, the
// kernel would have dropped it; it is queued only to be shown to the tracer. Both wake a
// thread that sleeps in a system call, and most calls are then begun again by the kernel
// itself (ERESTARTSYS and its like are never seen by the program unless a handler runs).
// Some calls are not: they return EINTR whatever woke them (signal(7), "Interruption of
// system calls and library functions by stop signals"; epoll_wait(2), msgop(2), recv(2)
// with a timeout). For these the adapter goes back over the syscall instruction. The
// call then waits anew; one with a timeout waits for the whole of it.

import (
	"encoding/binary"

	"github.com/trapline/trapline/kernel"
)

// unrestarted are the numbers of those calls on x86-64.
var unrestarted = map[uint64]bool{
	0: true, 1: true, 19: true, 20: true, // read, write, readv, writev: sockets with a timeout
	42: true, 43: true, 288: true, // connect, accept, accept4
	44: true, 45: true, 46: true, 47: true, 299: true, 307: true, // send and receive
	65: true, 220: true, // semop, semtimedop
	69: true, 70: true, // msgsnd, msgrcv
	128: true,                       // rt_sigtimedwait
	208: true, 333: true, 426: true, // io_getevents, io_pgetevents, io_uring_enter
	232: true, 281: true, 441: true, // epoll_wait, epoll_pwait, epoll_pwait2
}

// offsets in user_regs_struct of what the restart touches (sys/user.h).
const (
	offRAX     = 10 * 8
	offOrigRAX = 15 * 8
	offRIP     = 16 * 8
)

const syscallSize = 2 // bytes of the instruction

// restart has a call that ended for us, or for a signal that does nothing, begun again.
// When a signal that does something waits, or is delivered, the call stays ended.
func (k *Kernel) restart(t *task, sig kernel.Signal) {
	if !t.woken {
		return
	}
	t.woken = false
	b := k.regbuf[:]
	if _, e := k.sys.PtraceBuf(reqGetRegs, int(t.tid), 0, b); e != 0 {
		return
	}
	le := binary.LittleEndian
	eintr := -int64(eINTR)
	nr := le.Uint64(b[offOrigRAX:])
	if int64(le.Uint64(b[offRAX:])) != eintr || !unrestarted[nr] {
		return
	}
	if t.late = !k.quiet(t, sig); t.late {
		return
	}
	pc := le.Uint64(b[offRIP:]) - syscallSize
	var code [syscallSize]byte
	if n, _ := k.ReadMem(t.proc.pid, pc, code[:]); n != syscallSize || code != [syscallSize]byte{0x0f, 0x05} {
		return
	}
	le.PutUint64(b[offRIP:], pc)
	le.PutUint64(b[offRAX:], nr)
	if _, e := k.sys.PtraceBuf(reqSetRegs, int(t.tid), 0, b); e == 0 {
		t.again = pc
	}
}

// quiet says whether a thread goes on without noticing a signal: neither the one it is
// given (0: none) nor one that waits and is not blocked is acted on. The mask that
// counts is the one in force, which epoll_pwait(2) and its like change while they wait.
func (k *Kernel) quiet(t *task, sig kernel.Signal) bool {
	st, err := k.sys.Files().Proc(int(t.tid)).Status()
	if err != nil {
		return false
	}
	for i := range st.SigPending {
		if (st.SigPending[i]|st.SharedPending[i])&^st.SigBlocked[i] != 0 {
			return false
		}
	}
	n := int(sig)
	return sig == 0 || st.SigIgnored.Has(n) || ignoredByDefault[sig] && !st.SigCaught.Has(n)
}

// ignoredByDefault are the signals whose default action is none (signal(7)). SIGCONT is not
// among them: it follows a stop, after which these calls return EINTR untraced too.
var ignoredByDefault = map[kernel.Signal]bool{sigChld: true, 23: true, 28: true} // SIGURG, SIGWINCH

// unrestart undoes a restart when a signal arrives before the thread has gone back into
// its call: a handler that runs before the call would be one whose effect the call does
// not see.
func (k *Kernel) unrestart(t *task) {
	again := t.again
	t.again = 0
	b := k.regbuf[:]
	if again == 0 {
		return
	}
	if _, e := k.sys.PtraceBuf(reqGetRegs, int(t.tid), 0, b); e != 0 {
		return
	}
	le := binary.LittleEndian
	if nr := le.Uint64(b[offOrigRAX:]); le.Uint64(b[offRIP:]) != again || nr != le.Uint64(b[offRAX:]) || !unrestarted[nr] {
		return
	}
	le.PutUint64(b[offRIP:], again+syscallSize)
	eintr := -int64(eINTR)
	le.PutUint64(b[offRAX:], uint64(eintr))
	k.sys.PtraceBuf(reqSetRegs, int(t.tid), 0, b)
}
