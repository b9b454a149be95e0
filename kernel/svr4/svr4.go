package svr4

import (
	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
)

// Kernel is the SVR4 adapter. The kernel.Kernel in it is one of the two ways to trace.
type Kernel struct{ kernel.Kernel }

// New makes the adapter over a raw interface: by /proc where the system has one, else by
// ptrace(2).
func New(sys Sys) *Kernel {
	if files := sys.Files(); files != nil {
		return &Kernel{newSlash(sys, files)}
	}
	return NewPtrace(sys)
}

// NewPtrace makes the adapter use ptrace(2) even where there is a /proc.
func NewPtrace(sys Sys) *Kernel { return &Kernel{newOld(sys)} }

// LWPBase keeps the TIDs of lwps apart from PIDs and from each other: lwps are numbered
// from 1 in each process, and no system has a million processes or lwps in one.
const LWPBase = 1_000_000

// tidOf is the TID of an lwp. The leader, which is the first a process had, has its PID.
func tidOf(pid kernel.PID, lwp, leader int) kernel.TID {
	if lwp == leader {
		return kernel.TID(pid)
	}
	return kernel.TID(int(pid)*LWPBase + lwp)
}

// LWP takes a TID apart. lwp is 0 for a process's leader.
func LWP(tid kernel.TID) (pid kernel.PID, lwp int) {
	if tid < LWPBase {
		return kernel.PID(tid), 0
	}
	return kernel.PID(tid / LWPBase), int(tid % LWPBase)
}

// fail makes an error of a refused request. What has ended is ErrGone: ESRCH to ptrace(2),
// ENOENT to /proc.
func fail(op string, tid kernel.TID, e Errno) error {
	if e == eSRCH || e == eNOENT {
		return kernel.ErrGone
	}
	return &kernel.Error{Op: op, TID: tid, Errno: int(e), OS: abi.SVR4}
}

// lacking is the error for what one way of tracing cannot do.
func lacking(what, why string) error {
	return &kernel.Error{Op: what + ": " + why, Errno: int(eNOSYS), OS: abi.SVR4}
}

func memError(op string, addr uint64, e Errno) error {
	return &kernel.Error{Op: op, Addr: addr, Errno: int(e), OS: abi.SVR4}
}

// ending fills in how a process ended from a status of wait(2).
func ending(s *kernel.Stop, status uint32) {
	s.Code, s.Signal, s.Core = int(status>>8&0xff), kernel.Signal(status&0x7f), status&0x80 != 0
	s.Kind = kernel.Exited
	if s.Signal != 0 {
		s.Kind, s.Code = kernel.Killed, 0
	}
}
