package svr4_test

// A toy system: one process of one lwp, whose instructions the interpreter of the modeled
// kernel runs, behind both of SVR4's ways to trace. engine_test.go runs the engine on it.

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/svr4"
	"github.com/trapline/trapline/kernel/svr4/nr"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

const (
	pid   = 100
	text  = 0x401000
	loop  = 0x401005
	work  = 0x401020
	cell  = 0x402000
	stack = 0x7000
)

// program calls work five times, sends itself SIGUSR1 (16) and exits with 7.
var program = []byte{
	0xbb, 5, 0, 0, 0, // mov $5, %ebx
	0xe8, 0x16, 0, 0, 0, // loop: call work
	0xff, 0xcb, // dec %ebx
	0x75, 0xf7, // jnz loop
	0xbf, pid, 0, 0, 0, // mov $100, %edi
	0x6a, 37, 0x58, // push $37; pop %rax: kill
	0x6a, 16, 0x5e, // push $16; pop %rsi
	0x0f, 0x05, // syscall
	0xeb, 0x0d, 0x90, 0x90, 0x90, // jmp exit
	0x48, 0x83, 0x04, 0x25, 0, 0x20, 0x40, 0, 1, // work: addq $1, cell
	0xc3,          // ret
	0x6a, 7, 0x5f, // exit: push $7; pop %rdi
	0x6a, 1, 0x58, // push $1; pop %rax
	0x0f, 0x05, // syscall
}

// machine is the system.
type machine struct {
	c       *cpu.CPU
	pages   map[uint64]*cpu.Page
	running bool
	step    bool
	ended   bool
	reaped  bool // its end has been waited for
	code    int
	stopped bool // and not told by Wait yet
	signal  int  // it stopped for, by ptrace

	proc    bool // the files are there
	st      proc.Lwpstatus
	stop    bool // a stop directive
	past    bool // the entry to the call under way has been told
	entry   proc.SysSet
	exit    proc.SysSet
	areas   map[uint64]proc.Watch
	refused []string // what a real kernel would not have been asked
}

func newMachine(files bool) *machine {
	m := &machine{pages: map[uint64]*cpu.Page{}, proc: files, areas: map[uint64]proc.Watch{}}
	for _, at := range []uint64{text, cell, stack} {
		m.pages[at/cpu.PageSize] = new(cpu.Page)
	}
	copy(m.pages[text/cpu.PageSize].Data[:], program)
	m.c = cpu.New(m)
	m.c.Reset()
	m.c.RIP, m.c.R[cpu.RSP] = text, stack+cpu.PageSize-64
	return m
}

// Page implements cpu.Memory.
func (m *machine) Page(addr uint64, a cpu.Access) *cpu.Page {
	if a == cpu.Write && addr/cpu.PageSize == text/cpu.PageSize {
		return nil
	}
	return m.pages[addr/cpu.PageSize]
}

func (m *machine) move(addr uint64, p []byte, write bool) int {
	for i := range p {
		page := m.pages[(addr+uint64(i))/cpu.PageSize]
		if page == nil {
			return i
		}
		off := int(addr+uint64(i)) % cpu.PageSize
		if write {
			page.Data[off] = p[i]
			page.Written(off, 1)
		} else {
			p[i] = page.Data[off]
		}
	}
	return len(p)
}

// halt stops the lwp: as an event of /proc, or as a signal of ptrace.
func (m *machine) halt(why, what, signal int, code int32) {
	m.running, m.stopped, m.signal = false, true, signal
	m.st.Flags, m.st.Why, m.st.What = proc.FlagStopped|proc.FlagIStop, int16(why), int16(what)
	m.st.CurSig = 0
	if why == proc.Signalled {
		m.st.CurSig = int16(signal)
	}
	m.st.Info = proc.Siginfo{Signo: int32(signal), Code: code, Addr: m.c.RIP}
}

// run runs the process to its next stop or end.
func (m *machine) run() {
	for m.running && !m.ended {
		if m.stop {
			m.stop = false
			m.halt(proc.Requested, 0, 0, 0)
			return
		}
		if m.watched(m.c.RIP, proc.WatchExec) != nil {
			m.trapped(m.c.RIP, proc.TrapXWatch, 0)
			return
		}
		before := m.shot()
		m.c.Flags &^= cpu.FlagTF
		if m.step {
			m.c.Flags |= cpu.FlagTF
		}
		trap := m.c.Run(1)
		m.c.Flags &^= cpu.FlagTF
		if at, changed := m.changed(before); changed {
			m.trapped(at, proc.TrapWWatch, 1)
			return
		}
		switch trap.Kind {
		case cpu.Budget:
		case cpu.Breakpoint:
			m.halt(proc.Faulted, proc.FltBpt, 5, proc.TrapBrkpt)
		case cpu.Debug:
			m.halt(proc.Faulted, proc.FltTrace, 5, proc.TrapTrace)
		case cpu.Syscall:
			m.call()
		default:
			panic(fmt.Sprintf("%v at %#x", trap.Kind, m.c.RIP))
		}
	}
}

// watched is the area of a kind that holds an address.
func (m *machine) watched(addr uint64, kind int32) *proc.Watch {
	for _, w := range m.areas {
		if w.Flags&kind != 0 && addr-w.Addr < w.Size {
			return &w
		}
	}
	return nil
}

// shot is the data that stores change; changed, the first watched byte that is different
// since. A store of what was there is missed.
func (m *machine) shot() (b [16]byte) {
	m.move(cell, b[:], false)
	return b
}

func (m *machine) changed(before [16]byte) (uint64, bool) {
	for i, c := range m.shot() {
		if at := cell + uint64(i); c != before[i] && m.watched(at, proc.WatchWrite) != nil {
			return at, true
		}
	}
	return 0, false
}

func (m *machine) trapped(addr uint64, code, after int32) {
	m.halt(proc.Faulted, proc.FltWatch, 5, code)
	m.st.Info.Addr, m.st.Info.TrapAfter, m.st.Info.PC = addr, after, m.c.RIP
}

// call makes a system call, or stops at its entry or exit.
func (m *machine) call() {
	n := int(m.c.R[cpu.RAX])
	m.st.Syscall, m.st.SysArg = int16(n), [8]int64{int64(m.c.R[cpu.RDI]), int64(m.c.R[cpu.RSI])}
	if m.proc && m.entry.Has(n) && !m.past {
		m.past = true
		m.halt(proc.SysEntry, n, 0, 0)
		return
	}
	m.past = false
	switch n {
	case nr.Exit:
		m.ended, m.running, m.code = true, false, int(m.c.R[cpu.RDI])
		return
	case nr.Kill:
		m.c.R[cpu.RAX] = 0
		m.st.RVal1 = 0
		m.c.Flags &^= cpu.FlagCF
		sig := int(m.c.R[cpu.RSI])
		if m.proc && m.exit.Has(n) {
			m.halt(proc.SysExit, n, 0, 0)
			m.st.LwpPend.Add(sig)
			return
		}
		m.halt(proc.Signalled, sig, sig, 0)
	}
}

func (m *machine) regs() (g proc.Gregs) {
	for i, r := range [...]int{proc.RegRAX, proc.RegRCX, proc.RegRDX, proc.RegRBX, proc.RegRSP, proc.RegRBP, proc.RegRSI, proc.RegRDI} {
		g[r] = m.c.R[i]
	}
	g[proc.RegR11], g[proc.RegRIP], g[proc.RegRFL], g[proc.RegCS] = m.c.R[cpu.R11], m.c.RIP, m.c.Flags, 0x33
	return g
}

func (m *machine) setReg(i int, v uint64) {
	for n, r := range [...]int{proc.RegRAX, proc.RegRCX, proc.RegRDX, proc.RegRBX, proc.RegRSP, proc.RegRBP, proc.RegRSI, proc.RegRDI} {
		if r == i {
			m.c.R[n] = v
		}
	}
	switch i {
	case proc.RegR11:
		m.c.R[cpu.R11] = v
	case proc.RegRIP:
		m.c.RIP = v
	case proc.RegRFL:
		m.c.Flags = m.c.Flags&^proc.UserFlags | v&proc.UserFlags
	}
}

func (m *machine) Ptrace(req, p int, addr, data uint64) (uint64, svr4.Errno) {
	if m.running || m.ended {
		m.refused = append(m.refused, fmt.Sprint("request ", req, " while it runs"))
		return 0, 3
	}
	var word [8]byte
	switch req {
	case svr4.ReqReadText, svr4.ReqReadData:
		if m.move(addr, word[:], false) < 8 {
			return 0, 5
		}
		return binary.LittleEndian.Uint64(word[:]), 0
	case svr4.ReqWriteText, svr4.ReqWriteData:
		binary.LittleEndian.PutUint64(word[:], data)
		m.move(addr, word[:], true)
	case svr4.ReqReadUser:
		u := proc.User{AR0: proc.UserBase + proc.UserRegs, TOrg: text, TSize: 4096, DOrg: cell, DSize: 4096, Entry: text, Regs: m.regs()}
		return binary.LittleEndian.Uint64(u.Append(nil)[addr:]), 0
	case svr4.ReqWriteUser:
		if proc.UserMask(addr) == 0 {
			m.refused = append(m.refused, fmt.Sprint("write of the user area at ", addr))
			return 0, 5
		}
		m.setReg(int(addr-proc.UserRegs)/8, data)
	case svr4.ReqContinue, svr4.ReqStep:
		m.goOn(req == svr4.ReqStep, int(data))
	}
	return data, 0
}

// goOn sets it running; its one signal ends it, since it handles none.
func (m *machine) goOn(step bool, signal int) {
	m.running, m.step, m.stopped = true, step, false
	if signal != 0 {
		m.ended, m.running, m.code = true, false, -signal
	}
}

func (m *machine) status() uint32 {
	if m.code < 0 {
		return uint32(-m.code)
	}
	return uint32(m.code) << 8
}

func (m *machine) Wait(block bool) (int, uint32, svr4.Errno) {
	m.run()
	switch {
	case m.reaped:
		return 0, 0, 10
	case m.ended:
		m.reaped = true
		return pid, m.status(), 0
	case m.stopped && !m.proc:
		m.stopped = false
		return pid, uint32(m.signal)<<8 | 0x7f, 0
	case block:
		return 0, 0, 10
	}
	return 0, 0, 0
}

func (m *machine) Wake() {}
func (m *machine) Kill(p, sig int) svr4.Errno {
	if m.running {
		m.halt(proc.Signalled, sig, sig, 0)
	}
	return 0
}
func (m *machine) Spawned(int) (string, svr4.Errno) { return "", 0 }

func (m *machine) Spawn(l *kernel.Launch, hold func(int) svr4.Errno) (int, svr4.Errno) {
	if hold == nil {
		m.halt(proc.Signalled, 5, 5, 0)
		return pid, 0
	}
	e := hold(pid)
	m.st.Syscall = nr.Execve
	m.halt(proc.SysExit, nr.Execve, 0, 0)
	return pid, e
}

func (m *machine) Files() svr4.Files {
	if !m.proc {
		return nil
	}
	return m
}

var names = []string{"100/ctl", "100/as", "100/lwp/1/lwpctl", "100/lwp/1/lwpstatus", "100/psinfo", "100/map", "100/status"}

func (m *machine) Open(name string, flags int) (int, svr4.Errno) {
	if i := slices.Index(names, name); i >= 0 && (!m.ended || name == "100/psinfo") {
		return i, 0
	}
	return 0, 2
}
func (m *machine) Close(int) {}

func (m *machine) Pread(fd int, p []byte, off uint64) (int, svr4.Errno) {
	var b []byte
	switch names[fd] {
	case "100/as":
		return m.move(off, p, false), 0
	case "100/lwp/1/lwpstatus":
		m.st.LwpID, m.st.Reg = 1, m.regs()
		b = m.st.Append(nil)
	case "100/psinfo":
		b = (&proc.Psinfo{PID: pid, WStat: int32(m.status())}).Append(nil)
	case "100/map":
		for at, flags := range map[uint64]int32{text: proc.MapRead | proc.MapExec, cell: proc.MapRead | proc.MapWrite, stack: proc.MapRead | proc.MapWrite} {
			b = (&proc.Map{Addr: at, Size: 4096, Flags: flags}).Append(b)
		}
	case "100/status":
		b = (&proc.Pstatus{PID: pid}).Append(nil)
	}
	if off >= uint64(len(b)) {
		return 0, 0
	}
	return copy(p, b[off:]), 0
}

func (m *machine) Pwrite(fd int, p []byte, off uint64) (int, svr4.Errno) {
	switch {
	case m.ended:
		return 0, 2
	case names[fd] == "100/as":
		return m.move(off, p, true), 0
	}
	for rest := p; len(rest) > 0; {
		msg, more, ok := proc.Next(rest)
		if !ok {
			return 0, 22
		}
		rest = more
		if m.running && (msg.Stopped || msg.Op == proc.PCRun) {
			m.refused = append(m.refused, msg.String()+" while it runs")
			return 0, 16
		}
		m.obey(msg)
	}
	return len(p), 0
}

func (m *machine) obey(msg proc.Message) {
	switch msg.Op {
	case proc.PCDStop:
		m.stop = true
	case proc.PCSEntry:
		m.entry = msg.SysSet()
	case proc.PCSExit:
		m.exit = msg.SysSet()
	case proc.PCSReg:
		var g proc.Gregs
		g.Decode(msg.Arg)
		for i, v := range g {
			m.setReg(i, v)
		}
	case proc.PCRun:
		flags := msg.Long()
		m.stop = flags&proc.RunStop != 0
		m.st.Flags = 0
		sig := int(m.st.CurSig)
		if flags&proc.RunClearSig != 0 {
			sig = 0
		}
		pending := m.st.LwpPend.Has(16)
		m.goOn(flags&proc.RunStep != 0, sig)
		switch {
		case pending && !m.stop:
			m.st.LwpPend.Remove(16)
			m.halt(proc.Signalled, 16, 16, 0)
		case m.past:
			m.call()
		}
	case proc.PCWatch:
		var w proc.Watch
		w.Decode(msg.Arg)
		if m.areas[w.Addr] = w; w.Flags == 0 {
			delete(m.areas, w.Addr)
		}
	case proc.PCSTrace, proc.PCSFault, proc.PCSet, proc.PCUnset:
	default:
		panic(msg.String())
	}
}

func (m *machine) ReadDir(name string) ([]string, svr4.Errno) { return []string{"1"}, 0 }
func (m *machine) Readlink(string) (string, svr4.Errno)       { return "", 2 }

func (m *machine) Poll(fds []svr4.PollFD, block bool) (int, svr4.Errno) {
	m.run()
	n := 0
	for i := range fds {
		fds[i].Revents = 0
		switch {
		case m.ended:
			fds[i].Revents = svr4.PollEnd
		case m.st.Stopped() && fds[i].Events != 0:
			fds[i].Revents = svr4.PollStop
		default:
			continue
		}
		n++
	}
	if n == 0 && block {
		return 0, 4
	}
	return n, 0
}
