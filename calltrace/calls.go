package calltrace

// The calls that threads are in: what an engine says of them, as package syscalls wants it.

import (
	"io"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/syscalls"
	"github.com/trapline/trapline/tracer"
)

// abis are the conventions by which a stop says a call was made.
var abis = map[kernel.CallABI]*syscalls.ABI{kernel.CallAMD64: syscalls.X8664, kernel.CallI386: syscalls.I386, kernel.CallX32: syscalls.X32,
	kernel.CallSVR4: syscalls.SVR4, kernel.CallFreeBSD: syscalls.FreeBSD, kernel.CallFreeBSD32: syscalls.FreeBSD32}

// ABIOf is the convention by which a stop says a call was made.
func ABIOf(a kernel.CallABI) *syscalls.ABI { return abis[a] }

// Entered is the call that a thread has entered, by convention, number and arguments: what it stands for, if it
// stands for many (see syscalls.Call.Demultiplex).
func Entered(th *tracer.Thread) (a *syscalls.ABI, nr uint64, args [6]uint64) {
	c := syscalls.Call{ABI: abis[th.Call.ABI], Nr: th.Call.Nr, Args: th.Call.Args, Mem: th.Process}
	if c.ABI == syscalls.I386 {
		c.Demultiplex()
	}
	return c.ABI, c.Nr, c.Args
}

// Calls keeps a record of each thread's call, from its enter to its exit.
type Calls struct {
	os    *abi.OS
	opts  *syscalls.Options
	place bool // where the call was made is wanted, whatever it costs
	calls map[kernel.TID]*syscalls.Call
}

// NewCalls makes an empty one for the tracees of a kernel of os.
func NewCalls(os *abi.OS, opts *syscalls.Options, place bool) *Calls {
	return &Calls{os, opts, place, map[kernel.TID]*syscalls.Call{}}
}

// of is the record of a thread's call, with its memory.
func (l *Calls) of(th *tracer.Thread) *syscalls.Call {
	c := l.calls[th.TID]
	if c == nil {
		c = &syscalls.Call{Opts: l.opts}
		l.calls[th.TID] = c
	}
	c.PID, c.TID, c.Mem = int(th.Process.PID), int(th.TID), th.Process
	return c
}

// Enter is the call that a thread has entered.
func (l *Calls) Enter(th *tracer.Thread) *syscalls.Call {
	c := l.of(th)
	k := &th.Call
	c.ABI, c.Nr, c.Args, c.More, c.IP, c.SP = abis[k.ABI], k.Nr, k.Args, k.More, k.IP, k.SP
	c.Returned, c.Note = false, ""
	c.Demultiplex()
	if c.IP == 0 && l.place {
		if set, err := th.Regs(regs.General); err == nil {
			c.IP, c.SP = set.G[regs.RIP], set.G[regs.RSP]
		}
	}
	return c
}

// Exit is the call that a thread has returned from. Its error is that of the program's system,
// which need not be the kernel's.
func (l *Calls) Exit(th *tracer.Thread) *syscalls.Call {
	c := l.of(th)
	k := &th.Call
	if c.ABI == nil { // attached to inside the call
		c.ABI, c.Nr = abis[k.ABI], k.Nr
	}
	c.Returned, c.Ret, c.Errno = true, c.ABI.Result(c.Nr, k.Ret, k.High), 0
	if k.Failed {
		c.Errno = c.ABI.OS.ErrnoOf(l.os, int(-k.Ret))
	}
	return c
}

// Renamed says that a thread goes on under another number.
func (l *Calls) Renamed(from, to kernel.TID) {
	l.calls[to] = l.calls[from]
	delete(l.calls, from)
}

// Ended says that a thread is gone.
func (l *Calls) Ended(tid kernel.TID) { delete(l.calls, tid) }

// Lines writes whole lines for another face, as a Printer's are written: beside the tracees.
type Lines struct{ w *writer }

// NewLines makes one that writes to out until it is closed.
func NewLines(out io.Writer) Lines { return Lines{newWriter(out, false, false)} }

// Line hands over a line with its newline. A failure of the output is told once.
func (l Lines) Line(b []byte) error { return l.w.line(b) }

// Close waits until all is written.
func (l Lines) Close() error { return l.w.close() }
