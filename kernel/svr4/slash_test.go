package svr4

// The way by /proc.

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/svr4/nr"
	"github.com/trapline/trapline/kernel/svr4/proc"
	"github.com/trapline/trapline/regs"
)

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
		{"a new lwp that has ended", kernel.Run, func(s *script) { s.stop(100, 1, proc.SysExit, nr.LwpCreate).RVal1 = 7 }, ""},
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
	if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 100, Listen: true}}); err != nil || s.take() != "100/1 PCDSTOP" {
		t.Error(err)
	}
	if err := k.Interrupt(100); err != nil || s.take() != "100/1 PCDSTOP" {
		t.Error(err)
	}
	if got := stops(t, k); !slices.Equal(got, []string{"group-stop 100/100 signal 24"}) {
		t.Errorf("%q", got)
	}
	if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 100}}); err != nil || s.take() != "100/1 PCRUN 0x0" {
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

// renumbered is a system on which a process's only lwp, number 2, becomes number 1 in an exec just
// after it has been listed.
type renumbered struct{ *script }

func (r *renumbered) Files() Files { return r }
func (r *renumbered) ReadDir(name string) ([]string, Errno) {
	names, e := r.script.ReadDir(name)
	if name == "100/lwp" && r.lwps["100/2"] != nil {
		delete(r.lwps, "100/2")
		r.lwp(100, 1)
	}
	return names, e
}

func TestAttachInExec(t *testing.T) {
	s := newScript(t)
	s.lwp(100, 2)
	k := New(&renumbered{s})
	if _, tids, err := k.Attach(100, everything); err != nil || !slices.Equal(tids, []kernel.TID{100}) {
		t.Fatalf("Attach: %v, %v", tids, err)
	}
	s.stop(100, 1, proc.SysExit, nr.Execve)
	if got := strings.Join(stops(t, k), "; "); got != "exec 100/100 former 100" {
		t.Errorf("got %q", got)
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
