package linux

// The adapter against a scripted system: orders of stops that a real kernel shows
// once a year.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/procfs"
)

// script is a Sys that hands out statuses and answers requests from tables.
type script struct {
	t        *testing.T
	statuses []raw
	late     []raw                  // of those that only a wait that blocks sees
	messages map[int]uint64         // GETEVENTMSG by thread
	siginfo  map[int]kernel.SigInfo // GETSIGINFO by thread
	events   map[int][]int          // of statuses not yet asked about
	event    map[int]int            // of the last one asked about
	calls    map[int][]byte         // GET_SYSCALL_INFO
	files    *procfs.MemFiles
	log      []string
	refuse   map[string]Errno // by the log's line
}

func newScript(t *testing.T, statuses ...raw) *script {
	return &script{t: t, statuses: statuses, messages: map[int]uint64{}, siginfo: map[int]kernel.SigInfo{}, events: map[int][]int{}, event: map[int]int{},
		calls: map[int][]byte{}, files: procfs.NewMemFiles(), refuse: map[string]Errno{}}
}

func (s *script) say(format string, args ...any) Errno {
	line := fmt.Sprintf(format, args...)
	s.log = append(s.log, line)
	return s.refuse[line]
}

var requestNames = map[int]string{reqCont: "cont", reqStep: "step", reqSyscall: "syscall", reqListen: "listen", reqDetach: "detach",
	reqSeize: "seize", reqInterrupt: "interrupt", reqPokeUser: "poke"}

func (s *script) Ptrace(req, tid int, addr, data uint64) Errno {
	delete(s.event, tid)
	return s.say("%s %d %d", requestNames[req], tid, data)
}

func (s *script) PtraceBuf(req, tid int, addr uint64, buf []byte) (int, Errno) {
	switch req {
	case reqGetEventMsg:
		if left := s.events[tid]; len(left) > 0 {
			s.event[tid], s.events[tid] = left[0], left[1:]
		}
		binary.LittleEndian.PutUint64(buf, s.messages[tid])
		return 8, 0
	case reqGetSiginfo:
		info := s.siginfo[tid]
		if e := s.event[tid]; e != 0 {
			binary.LittleEndian.PutUint32(info.Raw[8:], uint32(e<<8|sigTrap))
		}
		return copy(buf, info.Raw[:]), 0
	case reqSetSiginfo:
		return 0, s.say("siginfo %d %d", tid, int32(binary.LittleEndian.Uint32(buf[8:])))
	case reqSyscallInfo:
		if e := s.refuse["syscall info"]; e != 0 {
			return 0, e
		}
		return copy(buf, s.calls[tid]), 0
	}
	return 0, eIO
}

func (s *script) PeekSiginfo(int, uint64, bool, []byte) (int, Errno) { return 0, 0 }

func (s *script) Wait(block bool) (int, uint32, Errno) {
	if len(s.statuses) == 0 && block {
		s.statuses, s.late = s.late, nil
	}
	if len(s.statuses) == 0 {
		if block {
			return 0, 0, eCHILD
		}
		return 0, 0, 0
	}
	r := s.statuses[0]
	s.statuses = s.statuses[1:]
	if event := int(r.status >> 16); event != 0 && event != evStop {
		s.events[r.tid] = append(s.events[r.tid], event)
	}
	return r.tid, r.status, 0
}

func (s *script) Wake()                                                     {}
func (s *script) Kill(pid, sig int) Errno                                   { return s.say("kill %d %d", pid, sig) }
func (s *script) Tgkill(pid, tid, sig int) Errno                            { return s.say("tgkill %d %d %d", pid, tid, sig) }
func (s *script) VMRead(int, uint64, []byte) (int, Errno)                   { return 0, eFAULT }
func (s *script) VMWrite(int, uint64, []byte) (int, Errno)                  { return 0, eFAULT }
func (s *script) SharesVM(a, b int) (bool, Errno)                           { return false, 0 }
func (s *script) Spawned(int) (string, Errno)                               { return "execute", 8 }
func (s *script) Files() *procfs.FS                                         { return procfs.NewFiles("/proc", s.files) }
func (s *script) Spawn(l *kernel.Launch, hold func(int) Errno) (int, Errno) { return 100, hold(100) }

// process adds a thread to /proc.
func (s *script) process(tid, tgid, ppid int) {
	s.files.Text[fmt.Sprintf("%d/status", tid)] = fmt.Sprintf("Name:\tx\nState:\tt (tracing stop)\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t50\n", tgid, tid, ppid)
	s.files.Text[fmt.Sprintf("%d/stat", tid)] = fmt.Sprintf("%d (x) t %d%s\n", tid, ppid, strings.Repeat(" 1", 48))
	s.files.Links["thread-self"] = "50/task/50"
	s.files.Text[fmt.Sprintf("%d/task/%d/status", tgid, tid)] = s.files.Text[fmt.Sprintf("%d/status", tid)]
}

// Statuses as wait4 gives them.
func stopOf(tid, sig int) raw    { return raw{tid, uint32(sig)<<8 | 0x7f} }
func eventOf(tid, event int) raw { return raw{tid, uint32(event)<<16 | sigTrap<<8 | 0x7f} }
func groupStop(tid, sig int) raw { return raw{tid, evStop<<16 | uint32(sig)<<8 | 0x7f} }
func exitOf(tid, code int) raw   { return raw{tid, uint32(code) << 8} }
func killOf(tid, sig int) raw    { return raw{tid, uint32(sig)} }

func siginfo(sig, code int) kernel.SigInfo {
	var s kernel.SigInfo
	binary.LittleEndian.PutUint32(s.Raw[0:], uint32(sig))
	binary.LittleEndian.PutUint32(s.Raw[8:], uint32(int32(code)))
	binary.LittleEndian.PutUint32(s.Raw[16:], 77)
	decodeSiginfo(&s)
	return s
}

// attachedTo is an adapter that has seized process 100 with the given threads.
func attachedTo(t *testing.T, s *script, tids ...int) *Kernel {
	t.Helper()
	for _, tid := range tids {
		s.process(tid, 100, 1)
	}
	k := New(s)
	if _, _, err := k.Attach(100, kernel.EventThreads|kernel.EventForks|kernel.EventExec|kernel.EventExit); err != nil {
		t.Fatal(err)
	}
	s.log = nil
	return k
}

// stops drains the adapter and tells each stop in a line.
func stops(k *Kernel) []string {
	var out []string
	for {
		var s kernel.Stop
		if err := k.Wait(&s, false); err != nil {
			return out
		}
		line := fmt.Sprintf("%s %d/%d", s.Kind, s.PID, s.TID)
		if s.Signal != 0 {
			line += fmt.Sprintf(" signal %d", s.Signal)
		}
		if s.New != 0 {
			line += fmt.Sprintf(" new %d", s.New)
		}
		if s.Parent != 0 {
			line += fmt.Sprintf(" parent %d", s.Parent)
		}
		out = append(out, line)
	}
}

func TestOrders(t *testing.T) {
	for _, c := range []struct {
		name     string
		statuses []raw
		setup    func(*script)
		want     []string
	}{
		{"a thread's first stop comes before its maker's report",
			[]raw{eventOf(101, evStop), eventOf(100, evClone)},
			func(s *script) { s.process(101, 100, 1); s.messages[100] = 101 },
			[]string{"started 100/101", "thread new 100/100 new 101"}},
		{"a child's first stop is held until its parent reports it",
			[]raw{eventOf(200, evStop), eventOf(100, evFork)},
			func(s *script) { s.process(200, 200, 100); s.messages[100] = 200 },
			[]string{"process new 100/100 new 200", "started 200/200 parent 100"}},
		{"a parent killed before it reports its child",
			[]raw{eventOf(200, evStop), killOf(100, 9)},
			func(s *script) { s.process(200, 200, 100) },
			[]string{"started 200/200 parent 100", "killed 100/100 signal 9"}},
		{"a child killed before its parent reports it",
			[]raw{eventOf(200, evStop), eventOf(200, evExit), eventOf(100, evFork), killOf(200, 9)},
			func(s *script) { s.process(200, 200, 100); s.messages[100], s.messages[200] = 200, 9 },
			[]string{"process new 100/100 new 200", "thread exit 200/200 signal 9", "killed 200/200 signal 9"}},
		{"a child that is no more when its parent reports it",
			[]raw{eventOf(200, evStop), killOf(200, 9), eventOf(100, evFork)},
			func(s *script) { s.process(200, 200, 100); delete(s.files.Text, "200/stat"); s.messages[100] = 200 },
			[]string{"process new 100/100 new 200", "killed 200/200 signal 9"}},
		{"a child that never was seen when its parent reports it",
			[]raw{killOf(200, 9), eventOf(100, evFork)},
			func(s *script) { s.messages[100] = 200 },
			[]string{"process new 100/100 new 200", "killed 200/200 signal 9"}},
		{"a child with the number of a stray one that ended",
			[]raw{exitOf(200, 0), eventOf(100, evFork), eventOf(200, evStop)},
			func(s *script) { s.process(200, 200, 100); s.messages[100] = 200 },
			[]string{"process new 100/100 new 200", "started 200/200 parent 100"}},
		{"a thread that never was seen when its maker reports it",
			[]raw{exitOf(300, 0), eventOf(100, evClone)},
			func(s *script) { s.messages[100] = 300 },
			[]string{"thread new 100/100"}},
		{"a child whose maker an exec has killed",
			[]raw{eventOf(200, evStop), eventOf(100, evExec)},
			func(s *script) { s.process(200, 200, 100); s.messages[100] = 100 },
			[]string{"started 200/200 parent 100", "exec 100/100"}},
		{"the usual order",
			[]raw{eventOf(100, evVfork), eventOf(200, evStop)},
			func(s *script) { s.process(200, 200, 100); s.messages[100] = 200 },
			[]string{"process new 100/100 new 200", "started 200/200 parent 100"}},
		{"a group-stop, and its end",
			[]raw{groupStop(100, 19), groupStop(100, sigTrap)}, nil,
			[]string{"group-stop 100/100 signal 19", "interrupted 100/100"}},
		{"clone that makes a process",
			[]raw{eventOf(100, evClone), eventOf(200, evStop)},
			func(s *script) { s.process(200, 200, 100); s.messages[100] = 200 },
			[]string{"process new 100/100 new 200", "started 200/200 parent 100"}},
		{"a thread that ended before its maker told of it",
			[]raw{eventOf(300, evStop), exitOf(300, 0), eventOf(100, evClone)},
			func(s *script) { s.process(300, 100, 1); delete(s.files.Text, "300/stat"); s.messages[100] = 300 },
			[]string{"started 100/300", "thread gone 100/300", "thread new 100/100"}},
		{"a thread that stopped before its maker told of it",
			[]raw{eventOf(300, evStop), eventOf(100, evClone), exitOf(300, 0)},
			func(s *script) { s.process(300, 100, 1); s.messages[100] = 300 },
			[]string{"started 100/300", "thread new 100/100 new 300", "thread gone 100/300"}},
		{"a thread that died before it was looked at",
			[]raw{eventOf(300, evStop), exitOf(300, 0), exitOf(100, 4)}, nil,
			[]string{"exited 100/100"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScript(t)
			k := attachedTo(t, s, 100)
			if c.setup != nil {
				c.setup(s)
			}
			s.statuses = c.statuses
			if got := stops(k); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestNewborn: who made a child was killed before it told of it, and the child has yet to stop. It
// is waited for where its memory is about to be known no more, and where nobody else is left.
func TestNewborn(t *testing.T) {
	s := newScript(t, eventOf(101, evStop), eventOf(100, evClone), exitOf(101, 0), eventOf(100, evExec))
	k := attachedTo(t, s, 100)
	s.process(101, 100, 1)
	s.messages[100] = 101
	s.process(200, 200, 100)
	s.late = []raw{eventOf(200, evStop)}
	want := []string{"started 100/101", "thread new 100/100 new 101", "thread gone 100/101", "started 200/200 parent 100", "exec 100/100"}
	if got := stops(k); !slices.Equal(got, want) {
		t.Errorf("at an exec: got  %q\nwant %q", got, want)
	}

	s = newScript(t, killOf(100, 9))
	k = attachedTo(t, s, 100)
	s.process(200, 200, 1)
	s.late = []raw{eventOf(200, evStop)}
	want = []string{"killed 100/100 signal 9", "started 200/200 parent 1"}
	if got := stops(k); !slices.Equal(got, want) {
		t.Errorf("at the end: got  %q\nwant %q", got, want)
	}
}

// TestUntoldChild is a child made with CLONE_PTRACE by one that tells of none.
func TestUntoldChild(t *testing.T) {
	s := newScript(t, eventOf(200, evStop))
	s.process(100, 100, 1)
	s.process(200, 200, 100)
	k := New(s)
	if _, _, err := k.Attach(100, kernel.EventExec); err != nil {
		t.Fatal(err)
	}
	if got, want := stops(k), []string{"started 200/200 parent 100"}; !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestExecFromThread(t *testing.T) {
	s := newScript(t)
	k := attachedTo(t, s, 100)
	s.process(101, 100, 1)
	s.messages[100] = 101
	s.statuses = []raw{eventOf(100, evClone), eventOf(101, evStop), eventOf(100, evExec), exitOf(101, 0), exitOf(100, 3)}
	want := []string{"thread new 100/100 new 101", "started 100/101", "exec 100/100", "exited 100/100"}
	if got := stops(k); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(k.tasks) != 0 || len(k.procs) != 0 {
		t.Errorf("left: %d tasks, %d processes", len(k.tasks), len(k.procs))
	}
}

func TestTraps(t *testing.T) {
	for _, c := range []struct {
		code int
		kind kernel.Kind
		trap kernel.TrapKind
	}{
		{siKernel, kernel.Trap, kernel.Breakpoint},
		{trapTrace, kernel.Trap, kernel.Step},
		{trapBrkpt, kernel.Trap, kernel.Step},
		{trapHwbp, kernel.Trap, kernel.Hardware},
		{trapNotify, kernel.Trap, kernel.Step},
		{0, kernel.SignalStop, 0},  // kill(2)
		{-6, kernel.SignalStop, 0}, // tgkill(2)
		{-1, kernel.SignalStop, 0}, // sigqueue(3)
	} {
		s := newScript(t, stopOf(100, sigTrap))
		k := attachedTo(t, s, 100)
		s.siginfo[100] = siginfo(sigTrap, c.code)
		var stop kernel.Stop
		if err := k.Wait(&stop, false); err != nil || stop.Kind != c.kind || stop.Trap != c.trap {
			t.Errorf("si_code %d: %v %v, %v", c.code, stop.Kind, stop.Trap, err)
		}
	}
}

// TestSignalElsewhere gives a signal at a stop that takes none: it is sent anew, and
// its siginfo exchanged when it arrives.
func TestSignalElsewhere(t *testing.T) {
	s := newScript(t, groupStop(100, sigTrap))
	k := attachedTo(t, s, 100)
	stops(k)
	info := siginfo(10, -1)
	if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 100, Signal: 10, Info: &info}}); err != nil {
		t.Fatal(err)
	}
	s.siginfo[100] = siginfo(10, siTkill)
	s.statuses = []raw{stopOf(100, 10)}
	if got := stops(k); got != nil {
		t.Errorf("it shows: %q", got)
	}
	s.siginfo[100] = siginfo(10, siTkill) // another one is not ours
	s.statuses = []raw{stopOf(100, 10)}
	if got := stops(k); len(got) != 1 {
		t.Errorf("another signal: %q", got)
	}
	log := strings.Join(s.log, "; ")
	if want := "tgkill 100 100 10; cont 100 0; siginfo 100 -1; cont 100 10"; log != want {
		t.Errorf("requests %q, want %q", log, want)
	}
}

func TestResumeRequests(t *testing.T) {
	for _, c := range []struct {
		status raw
		mode   kernel.Mode
		action kernel.Action
		want   string
	}{
		{groupStop(100, sigTrap), kernel.Run, kernel.Action{}, "cont 100 0"},
		{groupStop(100, sigTrap), kernel.Syscalls, kernel.Action{}, "syscall 100 0"},
		{groupStop(100, sigTrap), kernel.Syscalls, kernel.Action{Step: true}, "step 100 0"},
		{groupStop(100, 20), kernel.Run, kernel.Action{Listen: true}, "listen 100 0"},
		{groupStop(100, sigTrap), kernel.Run, kernel.Action{Listen: true}, "cont 100 0"},
		{stopOf(100, 12), kernel.Run, kernel.Action{Signal: 12}, "cont 100 12"},
		{stopOf(100, 12), kernel.Run, kernel.Action{Signal: 15}, "cont 100 15"},
		{stopOf(100, 12), kernel.Run, kernel.Action{}, "cont 100 0"},
	} {
		s := newScript(t, c.status)
		k := attachedTo(t, s, 100)
		s.siginfo[100] = siginfo(12, 0)
		stops(k)
		c.action.TID = 100
		if err := k.Resume(100, c.mode, []kernel.Action{c.action}); err != nil {
			t.Error(err)
		}
		if got := strings.Join(s.log, "; "); got != c.want {
			t.Errorf("%+v: %q, want %q", c.action, got, c.want)
		}
		// Promise 6: no request goes to a running thread.
		s.log = nil
		if err := k.Resume(100, c.mode, []kernel.Action{c.action}); !errors.Is(err, kernel.ErrRunning) || s.log != nil {
			t.Errorf("a running thread: %v, %q", err, s.log)
		}
	}
}

func TestGone(t *testing.T) {
	s := newScript(t, groupStop(100, sigTrap))
	k := attachedTo(t, s, 100)
	stops(k)
	s.refuse["cont 100 0"] = eSRCH
	if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 100}}); !errors.Is(err, kernel.ErrGone) {
		t.Errorf("a thread that died: %v", err)
	}
	if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 999}}); !errors.Is(err, kernel.ErrGone) {
		t.Errorf("a thread nobody knows: %v", err)
	}
}

func TestLaunchFails(t *testing.T) {
	s := newScript(t, exitOf(100, 127))
	_, err := New(s).Launch(&kernel.Launch{Path: "/x"})
	if !errors.Is(err, kernel.Errno(8)) || !strings.Contains(err.Error(), "execute /x: ENOEXEC") {
		t.Errorf("%v", err)
	}
}

func TestDecodeSiginfo(t *testing.T) {
	for _, c := range []struct {
		sig, code int
		sync      bool
	}{
		{11, 1, true}, {11, siKernel, true}, {11, 0, false}, {5, trapTrace, true}, {17, 1, false}, {10, -1, false}, {8, 1, true}, {4, 2, true}, {31, 1, true}, {2, siKernel, false},
	} {
		if s := siginfo(c.sig, c.code); s.Sync != c.sync {
			t.Errorf("signal %d code %d: Sync %v", c.sig, c.code, s.Sync)
		}
	}
	if s := siginfo(17, 1); s.PID != 77 {
		t.Errorf("SIGCHLD from %d", s.PID)
	}
}

func FuzzWait(f *testing.F) {
	f.Add([]byte{100, 0x7f, 5, 0, 0, 101, 0x7f, 5, 128, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		s := newScript(t)
		k := attachedTo(t, s, 100)
		for ; len(in) >= 5; in = in[5:] {
			s.statuses = append(s.statuses, raw{int(in[0]), binary.LittleEndian.Uint32(in[1:])})
			s.messages[int(in[0])] = uint64(in[2])
			s.process(int(in[0]), int(in[3])+1, 1)
		}
		for range 1000 {
			var stop kernel.Stop
			if k.Wait(&stop, false) != nil {
				return
			}
			if stop.Kind == 0 || stop.Kind >= kernel.NKinds {
				t.Fatalf("a stop of kind %d", stop.Kind)
			}
			if stop.Kind.Alive() {
				k.Resume(stop.PID, kernel.Run, []kernel.Action{{TID: stop.TID, Signal: stop.Signal}})
			}
		}
	})
}
