package linux

// An interrupt must not be felt. It wakes a thread that sleeps in a system call, and
// most calls are then begun again by the kernel itself (ERESTARTSYS and its like are
// never seen by the program unless a handler runs). Some calls are not: they return
// EINTR whatever woke them (signal(7), "Interruption of system calls and library
// functions by stop signals"; epoll_wait(2), msgop(2), recv(2) with a timeout). For
// these the adapter goes back over the syscall instruction. The call then waits
// anew; one with a timeout waits for the whole of it.

import (
	"encoding/binary"
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

// restart has a call that our interrupt ended begun again. When a signal is waiting
// the call ends for that, and stays ended.
func (k *Kernel) restart(t *task) {
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
	if queued, err := k.Pending(t.tid); err != nil || len(queued) > 0 {
		return
	}
	pc := le.Uint64(b[offRIP:])
	var code [2]byte
	if n, _ := k.ReadMem(t.proc.pid, pc-2, code[:]); n != 2 || code != [2]byte{0x0f, 0x05} {
		return
	}
	le.PutUint64(b[offRIP:], pc-2)
	le.PutUint64(b[offRAX:], nr)
	k.sys.PtraceBuf(reqSetRegs, int(t.tid), 0, b)
}
