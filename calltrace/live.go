package calltrace

// A trace of living processes: the events of an engine become lines of a Printer.

import (
	"fmt"
	"time"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/syscalls"
	"github.com/trapline/trapline/tracer"
)

// Live prints what an engine's tracees do. Its Handle is the engine's handler.
type Live struct {
	// Split makes a printer for every thread (-ff); nil: one for all.
	Split func(tid int) (*Printer, error)

	p     *Printer
	split map[kernel.TID]*Printer
	err   error // the output's, once: from then on nothing is printed
	calls map[kernel.TID]*syscalls.Call
	opts  *syscalls.Options
	timed bool
	now   func() time.Time
}

// NewLive makes a handler that prints to p.
func NewLive(p *Printer) *Live {
	l := &Live{p: p, split: map[kernel.TID]*Printer{}, calls: map[kernel.TID]*syscalls.Call{}, opts: &p.o.Syscall,
		timed: p.o.Stamp != NoStamp || p.o.Since || p.o.Spent || p.o.Summary != 0, now: p.o.Now}
	if l.now == nil {
		l.now = time.Now
	}
	return l
}

// Err is the first failure of the output. The tracees go on without being printed.
func (l *Live) Err() error { return l.err }

// printer is the one for a thread's lines.
func (l *Live) printer(tid kernel.TID) *Printer {
	if l.Split == nil {
		return l.p
	}
	p := l.split[tid]
	if p == nil {
		var err error
		if p, err = l.Split(int(tid)); err != nil {
			l.err = first(l.err, err)
			return l.p
		}
		l.split[tid] = p
	}
	return p
}

// Printer is the one for a thread's lines, for what the engine does not tell.
func (l *Live) Printer(tid kernel.TID) *Printer { return l.printer(tid) }

// Started registers the threads of a process that was launched or attached to, without a message.
func (l *Live) Started(p *tracer.Process) {
	for _, th := range p.Threads() {
		l.printer(th.TID).Started(int(th.TID))
	}
}

// Close closes the printers that Split made and are left.
func (l *Live) Close() error {
	var errs []error
	for _, p := range l.split {
		errs = append(errs, p.Close())
	}
	clear(l.split)
	return first(errs...)
}

// abis are the conventions by which a stop says a call was made.
var abis = map[kernel.CallABI]*syscalls.ABI{kernel.CallAMD64: syscalls.X8664, kernel.CallI386: syscalls.I386, kernel.CallX32: syscalls.X32,
	kernel.CallSVR4: syscalls.SVR4, kernel.CallFreeBSD: syscalls.FreeBSD, kernel.CallFreeBSD32: syscalls.FreeBSD32}

// ABIOf is the convention by which a stop says a call was made.
func ABIOf(a kernel.CallABI) *syscalls.ABI { return abis[a] }

// Note adds text behind the result of the call that a thread is in.
func (l *Live) Note(th *tracer.Thread, text string) { l.call(th).Note = text }

// call is the record of a thread's call, with its memory.
func (l *Live) call(th *tracer.Thread) *syscalls.Call {
	c := l.calls[th.TID]
	if c == nil {
		c = &syscalls.Call{Opts: l.opts}
		l.calls[th.TID] = c
	}
	c.PID, c.TID, c.Mem = int(th.Process.PID), int(th.TID), th.Process
	return c
}

// Handle prints an event. It never stops the world.
func (l *Live) Handle(e *tracer.Event) bool {
	if l.err != nil {
		return false
	}
	var at time.Time
	if l.timed {
		at = l.now()
	}
	l.err = l.print(e, at)
	return false
}

func (l *Live) print(e *tracer.Event, at time.Time) error {
	switch e.Kind {
	case tracer.EvSyscallEnter:
		return l.enter(e.Thread, at)
	case tracer.EvSyscallExit:
		return l.exit(e.Thread, at)
	case tracer.EvSignal:
		return l.printer(e.Thread.TID).Signal(int(e.Thread.TID), at, syscalls.Native(l.p.os), int(e.Stop.Signal), e.Stop.Info.Raw[:])
	case tracer.EvGroupStop:
		return l.printer(e.Thread.TID).Stopped(int(e.Thread.TID), at, int(e.Stop.Signal))
	case tracer.EvThreadNew, tracer.EvProcessNew:
		return l.printer(e.Thread.TID).Attached(int(e.Thread.TID))
	case tracer.EvExec:
		if e.Stop.Former != e.Thread.TID {
			l.calls[e.Thread.TID] = l.calls[e.Stop.Former]
			delete(l.calls, e.Stop.Former)
			return l.superseded(e.Thread.TID, e.Stop.Former, at)
		}
	case tracer.EvThreadExit:
		return l.printer(e.Thread.TID).Leaving(int(e.Thread.TID), at)
	case tracer.EvThreadGone, tracer.EvExited, tracer.EvKilled:
		return l.ended(e.Stop, at)
	}
	return nil
}

func (l *Live) enter(th *tracer.Thread, at time.Time) error {
	c := l.call(th)
	k := &th.Call
	c.ABI, c.Nr, c.Args, c.More, c.IP, c.SP = abis[k.ABI], k.Nr, k.Args, k.More, k.IP, k.SP
	if c.IP == 0 && l.p.o.IP {
		if set, err := th.Regs(regs.General); err == nil {
			c.IP, c.SP = set.G[regs.RIP], set.G[regs.RSP]
		}
	}
	c.Returned, c.Note = false, ""
	return l.printer(th.TID).Enter(int(th.TID), at, c)
}

func (l *Live) exit(th *tracer.Thread, at time.Time) error {
	c := l.call(th)
	k := &th.Call
	if c.ABI == nil { // attached to inside the call
		c.ABI, c.Nr = abis[k.ABI], k.Nr
	}
	c.Returned, c.Ret, c.Errno = true, k.Ret, 0
	if k.Failed {
		c.Errno = c.ABI.OS.ErrnoOf(l.p.os, int(-k.Ret))
	}
	return l.printer(th.TID).Exit(int(th.TID), at, c)
}

func (l *Live) ended(s *kernel.Stop, at time.Time) error {
	delete(l.calls, s.TID)
	p := l.printer(s.TID)
	err := l.ending(p, s, at)
	if l.Split != nil {
		delete(l.split, s.TID)
		err = first(err, p.Close())
	}
	return err
}

func (l *Live) ending(p *Printer, s *kernel.Stop, at time.Time) error {
	if s.Signal != 0 {
		return p.Killed(int(s.TID), at, int(s.Signal), s.Core)
	}
	return p.Exited(int(s.TID), at, s.Code)
}

// superseded says that thread by goes on as tid. With a file for each, that of by ends and
// tid's goes on.
func (l *Live) superseded(tid, by kernel.TID, at time.Time) error {
	if l.Split == nil {
		return l.p.Superseded(int(tid), int(by), at)
	}
	old, heir := l.printer(tid), l.printer(by)
	err := old.Replaced(int(tid), int(by), at)
	l.split[tid] = heir
	delete(l.split, by)
	return first(err, heir.Renamed(int(by), int(tid)), old.Close())
}

// Descriptors returns the function that names descriptors for -y: by the kernel's own
// name, or with sockets by protocol and addresses, as in "TCP:[127.0.0.1:80->...]".
func Descriptors(fs *procfs.FS, sockets bool) func(pid int, fd int32) string {
	return func(pid int, fd int32) string {
		if fd < 0 {
			return ""
		}
		proc := fs.Proc(pid)
		link, err := proc.FDLink(int(fd))
		if err != nil {
			return ""
		}
		var inode uint64
		if !sockets {
			return link
		}
		if n, _ := fmt.Sscanf(link, "socket:[%d]", &inode); n != 1 {
			return link
		}
		s, err := proc.Sockets().Find(inode)
		if err != nil || s == nil {
			return link
		}
		return socketName(s, inode)
	}
}

func socketName(s *procfs.Socket, inode uint64) string {
	proto := socketProtocols[s.Protocol]
	switch {
	case proto == "":
		proto = s.Protocol
	case s.Local.IsValid() && s.Remote.IsValid() && s.Remote.Port() != 0:
		return fmt.Sprintf("%s:[%s->%s]", proto, s.Local, s.Remote)
	case s.Local.IsValid():
		return fmt.Sprintf("%s:[%s]", proto, s.Local)
	case s.Path != "":
		return fmt.Sprintf("%s:[%d,%q]", proto, inode, s.Path)
	}
	return fmt.Sprintf("%s:[%d]", proto, inode)
}

var socketProtocols = map[string]string{"tcp": "TCP", "tcp6": "TCPv6", "udp": "UDP", "udp6": "UDPv6",
	"unix": "UNIX", "netlink": "NETLINK", "packet": "PACKET", "raw": "RAW", "raw6": "RAWv6"}
