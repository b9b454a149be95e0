package svr4

// The adapter against a scripted system: a /proc of which tests say what its lwps have
// come to, and a log of what is written to it; and a ptrace(2) over one child.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/svr4/nr"
	"github.com/trapline/trapline/kernel/svr4/proc"
	"github.com/trapline/trapline/regs"
)

// script is a Sys. Its lwps are files by name ("100/lwp/1/lwpstatus").
type script struct {
	t      *testing.T
	lwps   map[string]*proc.Lwpstatus // "100/1"
	dead   map[string]bool            // "100", "100/2"
	text   map[string][]byte
	links  map[string]string
	fds    map[int]string
	next   int
	waits  []waited
	log    []string
	refuse map[string]Errno // by the log's line
	spawn  func(*script)
	noProc bool

	memory map[uint64]uint64 // words, for ptrace(2)
	user   proc.User
}

type waited struct {
	pid    int
	status uint32
}

func newScript(t *testing.T) *script {
	return &script{t: t, lwps: map[string]*proc.Lwpstatus{}, dead: map[string]bool{}, text: map[string][]byte{}, links: map[string]string{},
		fds: map[int]string{}, refuse: map[string]Errno{}, memory: map[uint64]uint64{}}
}

func (s *script) say(format string, args ...any) Errno {
	line := fmt.Sprintf(format, args...)
	s.log = append(s.log, line)
	return s.refuse[line]
}

// take returns the log and empties it.
func (s *script) take() string {
	out := strings.Join(s.log, "; ")
	s.log = nil
	return out
}

func (s *script) Files() Files {
	if s.noProc {
		return nil
	}
	return s
}
func (s *script) Wake()                       {}
func (s *script) Kill(pid, sig int) Errno     { return s.say("kill %d %d", pid, sig) }
func (s *script) Spawned(int) (string, Errno) { return "execute", 8 }
func (s *script) Spawn(l *kernel.Launch, hold func(int) Errno) (int, Errno) {
	if s.spawn != nil {
		s.spawn(s)
	}
	if hold == nil {
		return 100, 0
	}
	return 100, hold(100)
}

func (s *script) Wait(block bool) (int, uint32, Errno) {
	if len(s.waits) == 0 {
		if block {
			return 0, 0, eCHILD
		}
		return 0, 0, 0
	}
	w := s.waits[0]
	s.waits = s.waits[1:]
	return w.pid, w.status, 0
}

// owner is the process or lwp that a file is of: "100" or "100/1".
func owner(name string) string {
	words := strings.Split(name, "/")
	if len(words) > 2 && words[1] == "lwp" {
		return words[0] + "/" + words[2]
	}
	return words[0]
}

func (s *script) gone(name string) bool {
	pid, _, _ := strings.Cut(name, "/")
	return s.dead[owner(name)] || s.dead[pid]
}

func (s *script) Open(name string, flags int) (int, Errno) {
	if e := s.refuse["open "+name]; e != 0 {
		return 0, e
	}
	if s.gone(name) && !strings.HasSuffix(name, "/psinfo") {
		return 0, eNOENT
	}
	if _, ok := s.text[name]; !ok && strings.Contains(name, "/lwp/") && s.lwps[owner(name)] == nil {
		return 0, eNOENT
	}
	s.next++
	s.fds[s.next] = name
	return s.next, 0
}

func (s *script) Close(fd int) { delete(s.fds, fd) }

func (s *script) Pread(fd int, p []byte, off uint64) (int, Errno) {
	name := s.fds[fd]
	if s.gone(name) && !strings.HasSuffix(name, "/psinfo") {
		return 0, eNOENT
	}
	b, ok := s.text[name]
	if strings.HasSuffix(name, "/lwpstatus") {
		b, ok = s.lwps[owner(name)].Append(nil), true
	}
	switch {
	case !ok:
		return 0, eNOENT
	case off >= uint64(len(b)):
		return 0, 0
	}
	return copy(p, b[off:]), 0
}

func (s *script) Pwrite(fd int, p []byte, off uint64) (int, Errno) {
	name := s.fds[fd]
	if s.gone(name) {
		return 0, eNOENT
	}
	if strings.HasSuffix(name, "/as") {
		b := s.text[name]
		if off >= uint64(len(b)) {
			return 0, eIO
		}
		return copy(b[off:], p), 0
	}
	for rest := p; len(rest) > 0; {
		m, more, ok := proc.Next(rest)
		if !ok {
			s.t.Errorf("%s is written a bad message: %x", name, rest)
			return 0, eINVAL
		}
		rest = more
		if e := s.say("%s %s", owner(name), m); e != 0 {
			return 0, e
		}
		if l := s.lwps[owner(name)]; l != nil && m.Op == proc.PCRun {
			l.Flags &^= proc.FlagStopped | proc.FlagIStop
			if m.Long()&proc.RunAbort != 0 {
				s.aborted(l)
			}
		}
		if l := s.lwps[owner(name)]; l != nil && m.Op == proc.PCSReg {
			l.Reg.Decode(m.Arg)
		}
	}
	return len(p), 0
}

func (s *script) ReadDir(name string) ([]string, Errno) {
	var out []string
	for key := range s.lwps {
		pid, lwp, _ := strings.Cut(key, "/")
		switch {
		case s.dead[pid] || s.dead[key]:
		case name == "." && !slices.Contains(out, pid):
			out = append(out, pid)
		case name == pid+"/lwp":
			out = append(out, lwp)
		}
	}
	slices.Sort(out)
	return out, 0
}

func (s *script) Readlink(name string) (string, Errno) {
	if l, ok := s.links[name]; ok {
		return l, 0
	}
	return "", eNOENT
}

func (s *script) Poll(fds []PollFD, block bool) (int, Errno) {
	n := 0
	for i := range fds {
		name := s.fds[fds[i].FD]
		fds[i].Revents = 0
		if s.gone(name) {
			fds[i].Revents = PollEnd
		} else if l := s.lwps[owner(name)]; l != nil && l.Stopped() && fds[i].Events&PollStop != 0 {
			fds[i].Revents = PollStop
		}
		if fds[i].Revents != 0 {
			n++
		}
	}
	if n == 0 && block {
		return 0, eINTR
	}
	return n, 0
}

// aborted ends the call that an lwp sleeps in, whose exit is traced.
func (s *script) aborted(l *proc.Lwpstatus) {
	l.Flags = proc.FlagStopped | proc.FlagIStop
	l.Why, l.What, l.Errno = proc.SysExit, l.Syscall, int32(eINTR)
}

// lwp makes an lwp, running.
func (s *script) lwp(pid, id int) *proc.Lwpstatus {
	l := &proc.Lwpstatus{LwpID: int32(id)}
	s.lwps[fmt.Sprintf("%d/%d", pid, id)] = l
	if _, ok := s.text[strconv.Itoa(pid)+"/as"]; !ok {
		s.text[strconv.Itoa(pid)+"/as"] = make([]byte, 256)
	}
	return l
}

// stop brings an lwp to a stop.
func (s *script) stop(pid, id, why, what int) *proc.Lwpstatus {
	l := s.lwps[fmt.Sprintf("%d/%d", pid, id)]
	l.Flags |= proc.FlagStopped | proc.FlagIStop
	l.Why, l.What = int16(why), int16(what)
	l.CurSig, l.Errno, l.RVal1, l.RVal2, l.Syscall = 0, 0, 0, 0, 0
	l.Info = proc.Siginfo{}
	switch why {
	case proc.Signalled:
		l.CurSig = int16(what)
		l.Info = proc.Siginfo{Signo: int32(what), PID: 77, UID: 5}
	case proc.Faulted:
		l.Info = proc.Siginfo{Signo: sigTrap, Code: map[int]int32{proc.FltBpt: proc.TrapBrkpt, proc.FltTrace: proc.TrapTrace, proc.FltWatch: proc.TrapWWatch}[what]}
	case proc.SysEntry, proc.SysExit:
		l.Syscall = int16(what)
	}
	return l
}

const everything = kernel.EventThreads | kernel.EventForks | kernel.EventExec | kernel.EventExit | kernel.EventVforkDone

// attachedTo is an adapter that holds process 100 with the given lwps, all running.
func attachedTo(t *testing.T, s *script, lwps ...int) *Kernel {
	t.Helper()
	for _, id := range lwps {
		s.lwp(100, id)
	}
	k := New(s)
	if _, _, err := k.Attach(100, everything); err != nil {
		t.Fatal(err)
	}
	for _, id := range lwps {
		s.stop(100, id, proc.Requested, 0)
	}
	for _, line := range stops(t, k) {
		if !strings.HasPrefix(line, "interrupted") {
			t.Fatal(line)
		}
	}
	for _, id := range lwps {
		resume(t, k, tidOf(100, id, lwps[0]), kernel.Run)
	}
	s.take()
	return k
}

func resume(t *testing.T, k *Kernel, tid kernel.TID, mode kernel.Mode) {
	t.Helper()
	pid, _ := LWP(tid)
	if err := k.Resume(pid, mode, []kernel.Action{{TID: tid}}); err != nil {
		t.Fatal(err)
	}
}

func told(s *kernel.Stop) string {
	line := fmt.Sprintf("%s %d/%d", s.Kind, s.PID, s.TID)
	for _, f := range []struct {
		name  string
		value int
	}{{"signal", int(s.Signal)}, {"new", int(s.New)}, {"parent", int(s.Parent)}, {"former", int(s.Former)}, {"code", s.Code},
		{"trap", int(s.Trap)}, {"hw", int(s.HW)}, {"nr", int(s.Syscall.Nr)}, {"ret", int(s.Syscall.Ret)}} {
		if f.value != 0 && !(f.name == "signal" && s.Kind == kernel.Trap) {
			line += fmt.Sprintf(" %s %d", f.name, f.value)
		}
	}
	return line
}

// stops drains the adapter.
func stops(t *testing.T, k *Kernel) []string {
	t.Helper()
	var out []string
	for {
		var s kernel.Stop
		if err := k.Wait(&s, false); err != nil {
			return out
		}
		out = append(out, told(&s))
	}
}

// TestStops are stops of the kernel and what they are told as: the first at once, the
// others each time the thread is resumed.
func TestStops(t *testing.T) {
	for _, c := range []struct {
		name string
		mode kernel.Mode
		at   func(s *script)
		want string
	}{
		{"a signal", kernel.Run, func(s *script) { s.stop(100, 1, proc.Signalled, 16) }, "signal 100/100 signal 16"},
		{"a breakpoint", kernel.Run, func(s *script) { s.stop(100, 1, proc.Faulted, proc.FltBpt) }, "trap 100/100 trap 1"},
		{"a step", kernel.Run, func(s *script) { s.stop(100, 1, proc.Faulted, proc.FltTrace) }, "trap 100/100 trap 2"},
		{"stopped by another", kernel.Run, func(s *script) { s.stop(100, 1, proc.Requested, 0) }, "interrupted 100/100"},
		{"a call, entry", kernel.Syscalls, func(s *script) { s.stop(100, 1, proc.SysEntry, nr.Read) }, "syscall enter 100/100 nr 3"},
		{"a call, exit", kernel.Syscalls, func(s *script) { s.stop(100, 1, proc.SysExit, nr.Read).RVal1 = 7 }, "syscall exit 100/100 nr 3 ret 7"},
		{"a call that failed", kernel.Syscalls, func(s *script) { s.stop(100, 1, proc.SysExit, nr.Read).Errno = 9 }, "syscall exit 100/100 nr 3 ret -9"},
		{"a call of another's wish", kernel.Run, func(s *script) { s.stop(100, 1, proc.SysEntry, nr.Read) }, ""},
		{"exit", kernel.Run, func(s *script) { s.stop(100, 1, proc.SysEntry, nr.Exit).SysArg[0] = 3 }, "thread exit 100/100 code 3"},
		{"exit, calls traced", kernel.Syscalls, func(s *script) { s.stop(100, 1, proc.SysEntry, nr.Exit).SysArg[0] = 3 },
			"syscall enter 100/100 nr 1; thread exit 100/100 code 3"},
		{"fork", kernel.Run, func(s *script) { s.lwp(200, 1); s.stop(100, 1, proc.SysExit, nr.Forksys).RVal1 = 200 }, "process new 100/100 new 200"},
		{"fork, calls traced", kernel.Syscalls, func(s *script) { s.lwp(200, 1); s.stop(100, 1, proc.SysExit, nr.Forksys).RVal1 = 200 },
			"process new 100/100 new 200; syscall exit 100/100 nr 142 ret 200"},
		{"fork that failed", kernel.Run, func(s *script) { s.stop(100, 1, proc.SysExit, nr.Fork1).Errno = 11 }, ""},
		{"a new lwp", kernel.Run, func(s *script) { s.lwp(100, 7); s.stop(100, 1, proc.SysExit, nr.LwpCreate).RVal1 = 7 }, "thread new 100/100 new 100000007"},
		{"exec", kernel.Run, func(s *script) { s.stop(100, 1, proc.SysExit, nr.Execve) }, "exec 100/100 former 100"},
		{"exec, calls traced", kernel.Syscalls, func(s *script) { s.stop(100, 1, proc.SysExit, nr.Execve) },
			"exec 100/100 former 100; syscall exit 100/100 nr 59"},
		{"exec that failed", kernel.Run, func(s *script) { s.stop(100, 1, proc.SysExit, nr.Execve).Errno = 2 }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScript(t)
			k := attachedTo(t, s, 1)
			s.stop(100, 1, proc.Requested, 0)
			stops(t, k)
			resume(t, k, 100, c.mode)
			c.at(s)
			var got []string
			for range 4 {
				more := stops(t, k)
				if got = append(got, more...); len(more) == 0 {
					break
				}
				resume(t, k, 100, c.mode)
			}
			if got := strings.Join(got, "; "); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if s.lwps["100/1"].Stopped() {
				t.Error("it is left stopped")
			}
		})
	}
}

func TestThreads(t *testing.T) {
	s := newScript(t)
	k := attachedTo(t, s, 1, 2)
	// A new lwp stops before its maker, which has to tell first.
	s.lwp(100, 3)
	s.stop(100, 3, proc.SysExit, nr.LwpCreate)
	if got := stops(t, k); got != nil {
		t.Errorf("told before its maker: %q", got)
	}
	s.stop(100, 2, proc.SysExit, nr.LwpCreate).RVal1 = 3
	want := []string{"thread new 100/100000002 new 100000003", "started 100/100000003"}
	if got := stops(t, k); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// The maker dies; another that it made is found.
	s.lwp(100, 4)
	s.stop(100, 4, proc.SysExit, nr.LwpCreate)
	resume(t, k, 100000002, kernel.Run)
	s.dead["100/2"] = true
	want = []string{"thread gone 100/100000002", "started 100/100000004"}
	if got := stops(t, k); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// The leader ends first, the process by its last thread.
	for _, tid := range []kernel.TID{100000003, 100000004} {
		resume(t, k, tid, kernel.Run)
	}
	s.dead["100/1"] = true
	stops(t, k)
	s.dead["100/3"] = true
	stops(t, k)
	s.dead["100/4"] = true
	stops(t, k)
	s.dead["100"] = true
	s.waits = []waited{{100, 5 << 8}}
	if got := stops(t, k); !slices.Equal(got, []string{"exited 100/100000004 code 5"}) {
		t.Errorf("the end: %q", got)
	}
}

func TestExecFromThread(t *testing.T) {
	s := newScript(t)
	k := attachedTo(t, s, 1, 2)
	s.stop(100, 2, proc.SysEntry, nr.Execve)
	if got := stops(t, k); got != nil {
		t.Errorf("the entry: %q", got)
	}
	s.dead["100/2"] = true // its files; it is lwp 1 now
	s.stop(100, 1, proc.SysExit, nr.Execve)
	if got := stops(t, k); !slices.Equal(got, []string{"exec 100/100 former 100000002"}) {
		t.Errorf("%q", got)
	}
}

func TestVfork(t *testing.T) {
	s := newScript(t)
	k := attachedTo(t, s, 1)
	s.lwp(200, 1)
	s.stop(100, 1, proc.SysExit, nr.Vfork).RVal1 = 200
	var stop kernel.Stop
	if err := k.Wait(&stop, false); err != nil || stop.Kind != kernel.ProcessNew || stop.How != kernel.Vfork || !stop.SharesMemory {
		t.Fatalf("%+v, %v", stop, err)
	}
	s.take()
	resume(t, k, 100, kernel.Run)
	if got := s.take(); got != "100/1 PCRUN 0x12" { // and to stop when it has its memory back
		t.Errorf("%q", got)
	}
	child := s.stop(200, 1, proc.SysExit, nr.Vfork)
	child.RVal1, child.RVal2 = 100, 1
	s.stop(100, 1, proc.Requested, 0)
	want := []string{"vfork done 100/100 new 200", "started 200/200 parent 100"}
	if got := stops(t, k); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestOrphan: a child whose maker was killed before it could tell.
func TestOrphan(t *testing.T) {
	s := newScript(t)
	k := attachedTo(t, s, 1)
	s.lwp(200, 1)
	child := s.stop(200, 1, proc.SysExit, nr.Fork1)
	child.RVal1, child.RVal2 = 100, 1
	st := proc.Pstatus{PID: 200, PPID: 1, Flags: proc.ModeFork, Lwp: *child}
	s.text["200/status"] = st.Append(nil)
	s.dead["100"] = true
	s.waits = []waited{{100, 9}}
	want := []string{"killed 100/100 signal 9", "started 200/200 parent 100"}
	if got := stops(t, k); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestResumeOrders(t *testing.T) {
	raw := sigInfo(&proc.Siginfo{Signo: 16, PID: 77, UID: 5})
	other := sigInfo(&proc.Siginfo{Signo: 16, PID: 78, UID: 5})
	for _, c := range []struct {
		why, what int
		action    kernel.Action
		ask       bool
		want      string
	}{
		{proc.Requested, 0, kernel.Action{}, false, "PCRUN 0x2"},
		{proc.Requested, 0, kernel.Action{Step: true}, false, "PCRUN 0x6"},
		{proc.Requested, 0, kernel.Action{}, true, "PCRUN 0x12"},
		{proc.Requested, 0, kernel.Action{Signal: 15}, false, "PCSSIG; PCRUN 0x2"},
		{proc.Signalled, 16, kernel.Action{}, false, "PCRUN 0x3"},
		{proc.Signalled, 16, kernel.Action{Signal: 16}, false, "PCRUN 0x2"},
		{proc.Signalled, 16, kernel.Action{Signal: 16, Info: &raw}, false, "PCRUN 0x2"},
		{proc.Signalled, 16, kernel.Action{Signal: 16, Info: &other}, false, "PCSSIG; PCRUN 0x2"},
		{proc.Signalled, 16, kernel.Action{Signal: 15}, false, "PCSSIG; PCRUN 0x2"},
		{proc.Faulted, proc.FltBpt, kernel.Action{}, false, "PCRUN 0x2"},
		{proc.Faulted, proc.FltBpt, kernel.Action{Signal: 5}, false, "PCSSIG; PCRUN 0x2"},
	} {
		s := newScript(t)
		k := attachedTo(t, s, 1)
		s.stop(100, 1, c.why, c.what)
		stops(t, k)
		s.take()
		if c.ask {
			k.Interrupt(100)
		}
		c.action.TID = 100
		if err := k.Resume(100, kernel.Run, []kernel.Action{c.action}); err != nil {
			t.Error(err)
		}
		if got := strings.ReplaceAll(s.take(), "100/1 ", ""); got != c.want {
			t.Errorf("%d %+v: %q, want %q", c.why, c.action, got, c.want)
		}
		// Promise 6: no request goes to a running thread.
		if err := k.Resume(100, kernel.Run, []kernel.Action{c.action}); !errors.Is(err, kernel.ErrRunning) || s.log != nil {
			t.Errorf("a running thread: %v, %q", err, s.log)
		}
	}
}

func TestJobControl(t *testing.T) {
	s := newScript(t)
	k := attachedTo(t, s, 1)
	l := s.lwps["100/1"]
	l.Flags, l.Why, l.What = proc.FlagStopped, proc.JobControl, 24
	if err := k.Interrupt(100); err != nil {
		t.Fatal(err)
	}
	if got := stops(t, k); !slices.Equal(got, []string{"group-stop 100/100 signal 24"}) {
		t.Errorf("%q", got)
	}
	s.take()
	if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 100, Listen: true}}); err != nil || s.take() != "100/1 PCRUN 0x0" {
		t.Error(err)
	}
}

func TestWatch(t *testing.T) {
	s := newScript(t)
	k := attachedTo(t, s, 1)
	s.stop(100, 1, proc.Requested, 0)
	stops(t, k)
	var set regs.Set
	set.DR[0], set.DR[1] = 0x1000, 0x2000
	set.DR[7] = 1 | 4 | 0xd<<16 // 0: write, 4 bytes; 1: execute
	s.take()
	if err := k.SetRegs(100, &set, regs.Debug); err != nil || s.take() != "100 PCWATCH; 100 PCWATCH" {
		t.Fatal(err)
	}
	resume(t, k, 100, kernel.Run)
	l := s.stop(100, 1, proc.Faulted, proc.FltWatch)
	l.Info.Addr, l.Info.TrapAfter = 0x1002, 1
	if got := stops(t, k); !slices.Equal(got, []string{"trap 100/100 trap 3 hw 1"}) {
		t.Errorf("a store: %q", got)
	}
	resume(t, k, 100, kernel.Run)
	l = s.stop(100, 1, proc.Faulted, proc.FltWatch)
	l.Info.Addr, l.Info.Code, l.Reg[proc.RegRIP] = 0x2000, proc.TrapXWatch, 0x2000
	if got := stops(t, k); !slices.Equal(got, []string{"trap 100/100 trap 3 hw 2"}) {
		t.Errorf("an execution: %q", got)
	}
	// With the resume flag it is stepped over, and the area put back.
	if err := k.Regs(100, &set, regs.General); err != nil {
		t.Fatal(err)
	}
	set.G[regs.EFlags] |= regs.FlagRF
	k.SetRegs(100, &set, regs.General)
	s.take()
	resume(t, k, 100, kernel.Run)
	if got := s.take(); got != "100/1 PCWATCH; 100/1 PCRUN 0x6" {
		t.Errorf("stepping over it: %q", got)
	}
	s.stop(100, 1, proc.Faulted, proc.FltTrace).Reg[proc.RegRIP] = 0x2001
	if got := stops(t, k); got != nil || s.take() != "100 PCWATCH; 100/1 PCRUN 0x2" {
		t.Errorf("the step shows: %q", got)
	}
}

func TestAreas(t *testing.T) {
	watch := func(slots ...[3]uint64) (dr [8]uint64) { // address, length bits, access bits
		for i, s := range slots {
			dr[i] = s[0]
			dr[7] |= 1<<(2*i) | (s[1]<<2|s[2])<<(16+4*i)
		}
		return dr
	}
	const w, rw = proc.WatchWrite | proc.WatchAfter, proc.WatchRead | proc.WatchWrite | proc.WatchAfter
	for _, c := range []struct {
		dr   [8]uint64
		want []proc.Watch
	}{
		{watch(), nil},
		{watch([3]uint64{0x1000, 3, 1}), []proc.Watch{{Addr: 0x1000, Size: 4, Flags: w}}},
		{watch([3]uint64{0x1000, 2, 1}, [3]uint64{0x1004, 3, 3}), []proc.Watch{{Addr: 0x1000, Size: 4, Flags: w}, {Addr: 0x1004, Size: 4, Flags: rw}}},
		{watch([3]uint64{0x1000, 0, 0}, [3]uint64{0x1000, 0, 0}), []proc.Watch{{Addr: 0x1000, Size: 1, Flags: proc.WatchExec}}},
	} {
		if got := areasOf(&c.dr); !slices.Equal(got, c.want) {
			t.Errorf("%x: %+v, want %+v", c.dr, got, c.want)
		}
	}
}

// TestAsleep: a thread in a system call is shown as one that begins it again; sent
// elsewhere it leaves the call, put back it takes it up.
func TestAsleep(t *testing.T) {
	s := newScript(t)
	k := attachedTo(t, s, 1)
	l := s.stop(100, 1, proc.Requested, 0)
	l.Flags |= proc.FlagAsleep
	l.Syscall, l.Reg[proc.RegRAX], l.Reg[proc.RegRIP] = nr.Read, nr.Read, 0x1002
	stops(t, k)
	var set regs.Set
	if err := k.Regs(100, &set, regs.General); err != nil || set.G[regs.OrigRAX] != nr.Read || int64(set.G[regs.RAX]) >= 0 {
		t.Fatalf("%v, %+v", err, set.G)
	}
	saved := set
	s.take()
	if err := k.SetRegs(100, &set, regs.General); err != nil || s.take() != "100/1 PCSREG" || l.Reg[proc.RegRAX] != nr.Read {
		t.Errorf("unchanged: %v", err)
	}
	set.G[regs.RIP], set.G[regs.OrigRAX] = 0x5000, ^uint64(0)
	if err := k.SetRegs(100, &set, regs.General); err != nil || l.Reg[proc.RegRIP] != 0x5000 {
		t.Errorf("sent elsewhere: %v, %#x", err, l.Reg[proc.RegRIP])
	}
	if got := s.take(); got != "100/1 PCSEXIT; 100/1 PCRUN 0x8; 100/1 PCSREG" {
		t.Errorf("%q", got)
	}
	if err := k.SetRegs(100, &saved, regs.General); err != nil || l.Reg[proc.RegRIP] != 0x1000 || l.Reg[proc.RegRAX] != nr.Read {
		t.Errorf("put back: %v, %#x %d", err, l.Reg[proc.RegRIP], l.Reg[proc.RegRAX])
	}
}

func TestMemory(t *testing.T) {
	s := newScript(t)
	k := attachedTo(t, s, 1)
	s.stop(100, 1, proc.Requested, 0)
	stops(t, k)
	m := proc.Map{Addr: 0, Size: 128, Flags: proc.MapRead | proc.MapExec}
	s.text["100/map"] = m.Append(nil)
	if n, err := k.WriteMem(100, 8, []byte("abc")); n != 3 || err != nil {
		t.Error(n, err)
	}
	b := make([]byte, 8)
	if n, err := k.ReadMem(100, 8, b); n != 8 || err != nil || string(b[:3]) != "abc" {
		t.Error(n, err, b)
	}
	if n, err := k.ReadMem(100, 252, b); n != 4 || !errors.Is(err, kernel.Errno(eFAULT)) {
		t.Error(n, err)
	}
	if err := k.Load(100, 8, b); err != nil {
		t.Error(err)
	}
	if err := k.Store(100, 8, b); !errors.Is(err, kernel.Errno(eFAULT)) {
		t.Error(err)
	}
}

func TestLaunch(t *testing.T) {
	for _, c := range []struct {
		name  string
		calls bool
		errno int32
		want  string
	}{
		{"a program", false, 0, "exec 100/100 former 100"},
		{"its calls", true, 0, "syscall enter 100/100 nr 59"},
		{"no program", false, 2, "execute /x: ENOENT (No such file or directory)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScript(t)
			s.spawn = func(s *script) {
				s.lwp(100, 1)
				if c.calls {
					s.stop(100, 1, proc.SysEntry, nr.Execve)
					return
				}
				s.stop(100, 1, proc.SysExit, nr.Execve).Errno = c.errno
			}
			k := New(&dying{s, c.errno != 0})
			_, err := k.Launch(&kernel.Launch{Path: "/x", Calls: c.calls})
			got := strings.Join(stops(t, k), "; ")
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// dying is a system on which a process that was let go ends.
type dying struct {
	*script
	dies bool
}

func (d *dying) Files() Files { return d }
func (d *dying) Pwrite(fd int, p []byte, off uint64) (int, Errno) {
	n, e := d.script.Pwrite(fd, p, off)
	if d.dies && slices.Contains(d.log, "100/1 PCRUN 0x2") {
		d.dead["100"] = true
		d.waits = []waited{{100, 127 << 8}}
	}
	return n, e
}

func TestAttachRefused(t *testing.T) {
	s := newScript(t)
	s.refuse["open 100/ctl"] = eBUSY
	if _, _, err := New(s).Attach(100, everything); !errors.Is(err, kernel.Errno(eBUSY)) || !strings.Contains(err.Error(), "attach of thread 100: EBUSY") {
		t.Errorf("%v", err)
	}
	s.refuse["open 100/ctl"] = eNOENT
	if _, _, err := New(s).Attach(100, everything); !errors.Is(err, kernel.Errno(eSRCH)) {
		t.Errorf("%v", err)
	}
}

func TestDetach(t *testing.T) {
	s := newScript(t)
	k := attachedTo(t, s, 1)
	s.stop(100, 1, proc.Signalled, 16)
	stops(t, k)
	s.take()
	if err := k.Detach(100, []kernel.Action{{TID: 100, Signal: 16}, {TID: 100, Signal: 15}}); err != nil {
		t.Fatal(err)
	}
	want := "100 PCSTRACE; 100 PCSFAULT; 100 PCSENTRY; 100 PCSEXIT; 100 PCUNSET 0xd00000; 100 PCSET 0x200000; 100/1 PCKILL 0xf; 100/1 PCRUN 0x2"
	if got := s.take(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(s.fds) != 0 {
		t.Errorf("left open: %v", s.fds)
	}
}

func TestProcfs(t *testing.T) {
	s := newScript(t)
	s.lwp(100, 1)
	s.lwp(100, 2)
	ps := proc.Psinfo{PID: 100, PPID: 1, PGID: 100, SID: 50, NLwp: 2, UID: 7, EUID: 8, Size: 400, RSSize: 40, TTYDev: proc.NoDev}
	ps.SetFName("a (b) c")
	ps.SetPsArgs("prog one two")
	ps.Lwp.SName = 'T'
	s.text["100/psinfo"] = ps.Append(nil)
	s.text["100/lwp/2/lwpsinfo"] = (&proc.Lwpsinfo{LwpID: 2, SName: 'S'}).Append(nil)
	st := proc.Pstatus{StkBase: 0x7000, StkSize: 0x1000}
	st.SigPend.Add(15)
	s.text["100/status"] = st.Append(nil)
	acts := make([]proc.Sigaction, proc.NSignals)
	acts[1].Handler, acts[2].Handler = proc.SigIgnore, 0x401000
	for _, a := range acts {
		s.text["100/sigact"] = a.Append(s.text["100/sigact"])
	}
	s.text["100/cred"] = (&proc.Cred{RUID: 7, EUID: 8, SUID: 9, Groups: []int32{3, 4}}).Append(nil)
	m := proc.Map{Addr: 0x400000, Size: 0x2000, Flags: proc.MapRead | proc.MapExec, Offset: 0x1000}
	m.SetName("a.out")
	stack := proc.Map{Addr: 0x7000, Size: 0x1000, Flags: proc.MapRead | proc.MapWrite | proc.MapStack}
	s.text["100/map"] = stack.Append(m.Append(nil))
	s.links["100/path/a.out"] = "/bin/prog"

	p := New(s).Procfs().Proc(100)
	maps, err := p.Maps()
	if err != nil || len(maps) != 2 || maps[0].Path != "/bin/prog" || maps[0].Offset != 0x1000 || maps[1].Name != "[stack]" {
		t.Errorf("maps %+v, %v", maps, err)
	}
	if exe, _, err := p.Exe(); exe != "/bin/prog" || err != nil {
		t.Errorf("exe %q, %v", exe, err)
	}
	stat, err := p.Stat()
	if err != nil || stat.Comm != "a (b) c" || stat.State != 't' || stat.PPID != 1 || stat.SID != 50 || stat.VSize != 400<<10 || stat.RSS != 40<<10 ||
		stat.StartStack != 0x8000 || stat.Threads != 2 {
		t.Errorf("stat %+v, %v", stat, err)
	}
	if tids, err := p.Tasks(); err != nil || !slices.Equal(tids, []int{100, 100000002}) {
		t.Errorf("tasks %v, %v", tids, err)
	}
	if stat, err := p.Task(100000002).Stat(); err != nil || stat.State != 'S' {
		t.Errorf("of an lwp: %+v, %v", stat, err)
	}
	status, err := p.Status()
	if err != nil || status.UID.Saved != 9 || len(status.Groups) != 2 || !status.SigIgnored.Has(2) || !status.SigCaught.Has(3) || !status.SharedPending.Has(15) {
		t.Errorf("status %+v, %v", status, err)
	}
	if args, err := p.Cmdline(); err != nil || !slices.Equal(args, []string{"prog", "one", "two"}) {
		t.Errorf("cmdline %q, %v", args, err)
	}
	if New(s).Procfs().Proc(999).Exists() {
		t.Error("a process that is not there")
	}
}

// Ptrace is one child's, stopped, whose memory is words.
func (s *script) Ptrace(req, pid int, addr, data uint64) (uint64, Errno) {
	switch req {
	case ReqReadUser:
		return binary.LittleEndian.Uint64(s.user.Append(nil)[addr:]), 0
	case ReqWriteUser:
		if proc.UserMask(addr) == 0 {
			return 0, eIO
		}
		return data, s.say("user %d", (addr-proc.UserRegs)/8)
	case ReqReadText, ReqReadData:
		w, ok := s.memory[addr]
		if !ok {
			return 0, eIO
		}
		return w, 0
	case ReqWriteText, ReqWriteData:
		if _, ok := s.memory[addr]; !ok {
			return 0, eIO
		}
		s.memory[addr] = data
		return data, 0
	}
	return data, s.say("request %d %d %d", req, addr, data)
}

// oldWay is an adapter without /proc and its child 100, stopped at its first instruction.
func oldWay(t *testing.T) (*script, *Kernel) {
	s := newScript(t)
	s.noProc = true
	s.user = proc.User{AR0: proc.UserBase + proc.UserRegs, TOrg: 0x1000, TSize: 0x1000, DOrg: 0x3000, DSize: 0x1000, Entry: 0x1000}
	s.user.Regs[proc.RegRIP] = 0x1000
	for a := uint64(0x1000); a < 0x1100; a += 8 {
		s.memory[a] = 0x9090909090909090
	}
	s.waits = []waited{{100, sigTrap<<8 | 0x7f}}
	k := New(s)
	if _, err := k.Launch(&kernel.Launch{Path: "/x", Args: []string{"x"}}); err != nil {
		t.Fatal(err)
	}
	if got := stops(t, k); !slices.Equal(got, []string{"exec 100/100 former 100"}) {
		t.Fatalf("%q", got)
	}
	return s, k
}

func TestOldTraps(t *testing.T) {
	for _, c := range []struct {
		name   string
		from   uint64
		step   bool
		to     uint64
		signal uint32
		want   string
	}{
		{"a breakpoint", 0x1000, false, 0x1012, sigTrap, "trap 100/100 trap 1"},
		{"a step", 0x1000, true, 0x1001, sigTrap, "trap 100/100 trap 2"},
		{"a step to behind an int3", 0x1000, true, 0x1012, sigTrap, "trap 100/100 trap 2"},
		{"a step of an int3", 0x1011, true, 0x1012, sigTrap, "trap 100/100 trap 1"},
		{"an exec", 0x1040, false, 0x1000, sigTrap, "exec 100/100 former 100"},
		{"an exec that was stepped", 0x1020, true, 0x1000, sigTrap, "exec 100/100 former 100"},
		{"a jump to the entry", 0x1040, true, 0x1000, sigTrap, "trap 100/100 trap 2"},
		{"kill(SIGTRAP)", 0x1040, false, 0x1050, sigTrap, "signal 100/100 signal 5"},
		{"another signal", 0x1040, true, 0x1040, 16, "signal 100/100 signal 16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, k := oldWay(t)
			s.memory[0x1010] = 0x909090909090cc90 // int3 at 0x1011
			s.memory[0x1020] = 0x909090909090050f // syscall
			var set regs.Set
			k.Regs(100, &set, regs.General)
			set.G[regs.RIP] = c.from
			if err := k.SetRegs(100, &set, regs.General); err != nil {
				t.Fatal(err)
			}
			if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 100, Step: c.step}}); err != nil {
				t.Fatal(err)
			}
			s.user.Regs[proc.RegRIP] = c.to
			s.waits = []waited{{100, c.signal<<8 | 0x7f}}
			if got := stops(t, k); !slices.Equal(got, []string{c.want}) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOldWay(t *testing.T) {
	s, k := oldWay(t)
	if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 100}}); err != nil || s.take() != "request 7 1 0" {
		t.Error(err)
	}
	if err := k.Interrupt(100); err != nil || s.take() != "kill 100 23" {
		t.Error(err)
	}
	s.waits = []waited{{100, 16<<8 | 0x7f}}
	if got := stops(t, k); !slices.Equal(got, []string{"signal 100/100 signal 16"}) {
		t.Errorf("%q", got)
	}
	// Going on would drop the SIGSTOP that is on its way, so the interrupt is told at once.
	if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 100}}); err != nil || s.log != nil {
		t.Error(err, s.log)
	}
	if got := stops(t, k); !slices.Equal(got, []string{"interrupted 100/100"}) {
		t.Errorf("%q", got)
	}
	if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 100, Signal: 15}}); err != nil || s.take() != "request 7 1 15" {
		t.Error(err)
	}
	s.waits = []waited{{100, 3 << 8}}
	if got := stops(t, k); !slices.Equal(got, []string{"exited 100/100 code 3"}) {
		t.Errorf("%q", got)
	}
}

func TestOldMemory(t *testing.T) {
	s, k := oldWay(t)
	s.memory = map[uint64]uint64{0x1ff0: 0x0807060504030201, 0x1ff8: 0x1817161514131211}
	b := make([]byte, 3)
	if n, err := k.ReadMem(100, 0x1fed+8, b); n != 3 || err != nil || b[0] != 6 {
		t.Errorf("%d, %v, %x", n, err, b)
	}
	if n, err := k.WriteMem(100, 0x1ff7, []byte{0xcc, 0xcd}); n != 2 || err != nil || s.memory[0x1ff0]>>56 != 0xcc || s.memory[0x1ff8]&0xffff != 0x12cd {
		t.Errorf("%d, %v, %x", n, err, s.memory)
	}
	if n, err := k.ReadMem(100, 0x1ffe, make([]byte, 4)); n != 2 || !errors.Is(err, kernel.Errno(eIO)) {
		t.Errorf("%d, %v", n, err)
	}
}

// TestOldLacks: what ptrace(2) cannot do says so, and what to use.
func TestOldLacks(t *testing.T) {
	s, k := oldWay(t)
	var set regs.Set
	_, _, attach := k.Attach(7, everything)
	for name, err := range map[string]error{
		"attach":               attach,
		"detach":               k.Detach(100, nil),
		"debug registers":      k.Regs(100, &set, regs.Debug),
		"extended registers":   k.SetRegs(100, &set, regs.Extended),
		"stop at system calls": k.Resume(100, kernel.Syscalls, []kernel.Action{{TID: 100}}),
	} {
		want := name + ": SVR4 ptrace has no such request; use the /proc personality: ENOSYS (Operation not applicable)"
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	if s.log != nil {
		t.Errorf("requests: %q", s.log)
	}
	maps, err := k.Procfs().Proc(100).Maps()
	if err != nil || len(maps) != 2 || maps[0].Path != "/x" {
		t.Errorf("%+v, %v", maps, err)
	}
	if st, err := k.Procfs().Proc(100).Stat(); err != nil || st.State != 't' {
		t.Errorf("%+v, %v", st, err)
	}
}

func FuzzWait(f *testing.F) {
	f.Add([]byte{1, 4, 142, 200, 2, 4, 159, 0, 1, 6, 12, 3})
	f.Fuzz(func(t *testing.T, in []byte) {
		s := newScript(t)
		k := attachedTo(t, s, 1, 2)
		for ; len(in) >= 4; in = in[4:] {
			pid, id := 100+100*int(in[0]>>7), int(in[0]&3)+1
			key := fmt.Sprintf("%d/%d", pid, id)
			if s.lwps[key] == nil {
				s.lwp(pid, id)
			}
			if in[0]&0x40 != 0 {
				s.dead[key] = true
			}
			if !s.lwps[key].Stopped() {
				l := s.stop(pid, id, int(in[1]%10), int(in[2]))
				l.RVal1, l.RVal2 = int64(in[3]), int64(in[3]&1)
			}
			for range 20 {
				var stop kernel.Stop
				if k.Wait(&stop, false) != nil {
					break
				}
				if stop.Kind == 0 || stop.Kind >= kernel.NKinds {
					t.Fatalf("a stop of kind %d", stop.Kind)
				}
				if stop.Kind.Alive() {
					k.Resume(stop.PID, kernel.Mode(in[3]&1), []kernel.Action{{TID: stop.TID, Signal: stop.Signal}})
				}
			}
		}
	})
}
