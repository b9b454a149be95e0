package calltrace

// A trace of living processes: the events of an engine are told to a Sink.

import (
	"fmt"
	"time"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/syscalls"
	"github.com/trapline/trapline/tracer"
)

// Live tells a Sink what an engine's tracees do. Its Handle is the engine's handler.
type Live struct {
	// Split makes a printer for every thread (-ff); nil: one sink for all.
	Split func(tid int) (*Printer, error)
	// Later is the engine's: what a call's registers tell alone is printed while its thread
	// runs on. nil: everything is printed first.
	Later func(func())

	sink  Sink
	split map[kernel.TID]*Printer
	os    *abi.OS
	err   error // the output's, once: from then on nothing is printed
	calls *Calls
	timed bool // the sink wants to know when
	now   func() time.Time

	bare   bool // the sink asks no more of a call than its Bare methods speak of
	call   late // left for later
	finish func()
}

// late is a half of a call that is still to be printed.
type late struct {
	tid  int
	at   time.Time
	c    *syscalls.Call
	sink Sink
	exit bool
}

// NewLive makes a handler that prints to p.
func NewLive(p *Printer) *Live {
	timed := p.o.Stamp != NoStamp || p.o.Since || p.o.Spent || p.o.Summary != 0 || p.o.Where != nil || p.o.Whole != nil
	l := newLive(p, p.os, &p.o, timed)
	l.bare = p.o.CPU == nil && p.o.Dump == nil && p.o.Stack == nil && p.o.Where == nil && p.o.Leader == nil && p.o.Syscall.Labels == nil && p.o.By == ByCall
	return l
}

// NewLiveEvents makes a handler that tells e.
func NewLiveEvents(e *Events) *Live { return newLive(e, e.os, &e.o, true) }

func newLive(s Sink, os *abi.OS, o *Options, timed bool) *Live {
	l := &Live{sink: s, os: os, split: map[kernel.TID]*Printer{}, calls: NewCalls(os, &o.Syscall, o.IP),
		timed: timed, now: o.Now}
	if l.now == nil {
		l.now = time.Now
	}
	l.finish = l.catchUp
	return l
}

// half tells of a half of a call, now or when its thread goes on.
func (l *Live) half(h late) error {
	if l.bare && l.Later != nil && (h.exit && h.c.BareExit() || !h.exit && h.c.BareEnter()) {
		l.Later(l.finish)
		l.call = h
		return nil
	}
	return h.tell()
}

func (h *late) tell() error {
	if h.exit {
		return h.sink.Exit(h.tid, h.at, h.c)
	}
	return h.sink.Enter(h.tid, h.at, h.c)
}

func (l *Live) catchUp() { l.err = first(l.err, l.call.tell()) }

// Err is the first failure of the output. The tracees go on without being printed.
func (l *Live) Err() error { return l.err }

// to is the sink for a thread.
func (l *Live) to(tid kernel.TID) Sink {
	if l.Split == nil {
		return l.sink
	}
	p := l.split[tid]
	if p == nil {
		var err error
		if p, err = l.Split(int(tid)); err != nil {
			l.err = first(l.err, err)
			return l.sink
		}
		l.split[tid] = p
	}
	return p
}

// Printer is the sink of a thread, for what the engine does not tell.
func (l *Live) Printer(tid kernel.TID) Sink { return l.to(tid) }

// Started registers the threads of a process that was launched or attached to, without a message.
func (l *Live) Started(p *tracer.Process) {
	how := HowKnown
	if p.Launched {
		how = HowLaunch
	}
	l.born(p, how)
}

// Attached says that a process was attached to.
func (l *Live) Attached(p *tracer.Process) { l.born(p, HowAttach) }

func (l *Live) born(p *tracer.Process, how string) {
	for _, th := range p.Threads() {
		l.err = first(l.err, l.to(th.TID).Born(int(th.TID), Birth{At: l.now(), PID: int(p.PID), How: how, Main: th == p.Leader()}))
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

// Note adds text behind the result of the call that a thread is in.
func (l *Live) Note(th *tracer.Thread, text string) { l.calls.of(th).Note = text }

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

// forkHow are the ways to make a process by name.
var forkHow = map[kernel.ForkKind]string{kernel.Fork: "fork", kernel.Vfork: "vfork", kernel.Clone: "clone"}

func (l *Live) print(e *tracer.Event, at time.Time) error {
	switch e.Kind {
	case tracer.EvSyscallEnter:
		return l.half(late{int(e.Thread.TID), at, l.calls.Enter(e.Thread), l.to(e.Thread.TID), false})
	case tracer.EvSyscallExit:
		return l.half(late{int(e.Thread.TID), at, l.calls.Exit(e.Thread), l.to(e.Thread.TID), true})
	case tracer.EvSignal:
		l.at(e.Thread)
		return l.to(e.Thread.TID).Signal(int(e.Thread.TID), at, syscalls.Native(l.os), int(e.Stop.Signal), e.Stop.Info.Raw[:])
	case tracer.EvGroupStop:
		l.at(e.Thread)
		return l.to(e.Thread.TID).Stopped(int(e.Thread.TID), at, int(e.Stop.Signal))
	case tracer.EvFork:
		return l.to(e.Thread.TID).Forked(int(e.Thread.TID), at, int(e.Stop.Process()), forkHow[e.Stop.How])
	case tracer.EvThreadNew:
		return l.to(e.Thread.TID).Born(int(e.Thread.TID), Birth{At: at, PID: int(e.Process.PID), How: HowThread})
	case tracer.EvProcessNew:
		return l.to(e.Thread.TID).Born(int(e.Thread.TID), Birth{At: at, PID: int(e.Process.PID), Parent: int(e.Process.Parent), How: HowChild, Main: true})
	case tracer.EvExec:
		former := e.Stop.Former
		if former != e.Thread.TID {
			l.calls.Renamed(former, e.Thread.TID)
		}
		return l.executed(e.Thread.TID, former, at)
	case tracer.EvThreadExit:
		return l.to(e.Thread.TID).Leaving(int(e.Thread.TID), at)
	case tracer.EvThreadGone, tracer.EvExited, tracer.EvKilled:
		return l.ended(e, at)
	}
	return nil
}

// at tells a printer that shows it where a thread stands outside a call.
func (l *Live) at(th *tracer.Thread) {
	p, ok := l.to(th.TID).(*Printer)
	if !ok || !l.calls.place {
		return
	}
	if set, err := th.Regs(regs.General); err == nil { // else it is gone, and stays where it was
		p.thread(int(th.TID)).ip = set.G[regs.RIP]
	}
}

func (l *Live) ended(e *tracer.Event, at time.Time) error {
	s := e.Stop
	l.calls.Ended(s.TID)
	sink := l.to(s.TID)
	err := sink.Ended(int(s.TID), at, End{Status: s.Code, Signal: int(s.Signal), Core: s.Core, Process: e.Kind != tracer.EvThreadGone})
	if l.Split != nil {
		delete(l.split, s.TID)
		err = first(err, sink.Close())
	}
	return err
}

// executed says that thread tid, until now former, runs another program. With a file for
// each thread, that of tid ends and former's goes on.
func (l *Live) executed(tid, former kernel.TID, at time.Time) error {
	old, ok := l.to(tid).(*Printer)
	if l.Split == nil || former == tid || !ok {
		return l.sink.Executed(int(tid), int(former), at)
	}
	heir, ok := l.to(former).(*Printer)
	if !ok {
		return nil
	}
	err := old.Replaced(int(tid), int(former), at)
	l.split[tid] = heir
	delete(l.split, former)
	return first(err, heir.Renamed(int(former), int(tid)), old.Close())
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
