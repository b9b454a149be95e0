package freebsd

// The adapter in situations that no recording has: several threads held and stepped, signals
// for threads whose stop it is not, calls that are begun again.

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/procfs/kinfo"
	"github.com/trapline/trapline/regs"
)

// Numbers of a made-up process.
const (
	somePID = 2000
	lwp1    = 100001
	lwp2    = 100002
	lwp3    = 100003
)

// made is a player of hand-made frames.
func made(t *testing.T, frames ...*frame) *player {
	return &player{t: t, now: map[int]*frame{}, traced: map[int]bool{}, threads: map[int][]int{}, parents: map[int]int{}, regs: map[int][]byte{},
		count: map[int]int{}, image: map[uint64][]byte{0x400000: make([]byte, 4096)}, pids: []int{somePID}, frames: frames}
}

// at is a stop of a thread for an event.
func at(lwp int, sig int, flags uint32) *frame {
	f := &frame{pid: somePID, status: uint32(sig)<<8 | 0x7f, lwps: map[int][]byte{}, regs: map[int][]byte{}, args: map[int][8]uint64{},
		ret: map[int]raw.ScReturn{}, hold: map[int]bool{}, main: make([]byte, raw.LwpinfoSize), leave: raw.Continue}
	l := raw.LWPInfo{LWP: int32(lwp), Event: raw.EventSignal, Flags: flags}
	l.Encode(f.main)
	return f
}

// signalled is a stop of a thread for a signal.
func signalled(lwp, sig int, code int32) *frame {
	f := at(lwp, sig, raw.FlagSI)
	l := raw.LWPInfo{LWP: int32(lwp), Event: raw.EventSignal, Flags: raw.FlagSI, Siginfo: raw.Siginfo{Signo: int32(sig), Code: code}}
	l.Encode(f.main)
	return f
}

func attachStop(lwps ...int) *frame {
	f := at(lwps[0], raw.SIGSTOP, 0)
	l := raw.LWPInfo{LWP: int32(lwps[0])}
	l.Encode(f.main)
	f.list = lwps
	return f
}

func exited(code int) *frame { return &frame{pid: somePID, status: uint32(code) << 8} }

// with says which signal the request after the stop is to pass.
func (f *frame) with(sig int) *frame { f.data = sig; return f }

// pending says that a signal is pending for a thread.
func (f *frame) pending(lwp, sig int) *frame {
	var l raw.LWPInfo
	b := f.main
	if raw.DecodeLWPInfo(b, &l); int(l.LWP) != lwp {
		l, b = raw.LWPInfo{LWP: int32(lwp)}, make([]byte, raw.LwpinfoSize)
		f.lwps[lwp] = b
	}
	l.Siglist.Add(sig)
	l.Encode(b)
	return f
}

const allEvents = kernel.EventThreads | kernel.EventForks | kernel.EventExec | kernel.EventExit

// attached is an adapter that holds a process, all of whose threads have been told of.
func attached(t *testing.T, p *player, threads int) *Kernel {
	t.Helper()
	k := New(p)
	if _, tids, err := k.Attach(somePID, allEvents); err != nil || len(tids) != threads {
		t.Fatal(tids, err)
	}
	for range threads {
		if s := mustWait(t, k); s.Kind != kernel.Interrupted {
			t.Fatalf("%s", s.Kind)
		}
	}
	p.log = nil
	return k
}

func mustWait(t *testing.T, k *Kernel) kernel.Stop {
	t.Helper()
	var s kernel.Stop
	if err := k.Wait(&s, false); err != nil {
		t.Fatal(err)
	}
	return s
}

func (p *player) expect(k *Kernel, want ...string) {
	p.t.Helper()
	var got []string
	for i := range want {
		_ = i
		s := mustWait(p.t, k)
		got = append(got, p.line(&s))
	}
	if d := cmp.Diff(want, got); d != "" {
		p.t.Error(d)
	}
}

func (p *player) logged(want ...string) {
	p.t.Helper()
	if d := cmp.Diff(want, p.log); d != "" {
		p.t.Error(d)
	}
	p.log = nil
}

func resume(t *testing.T, k *Kernel, actions ...kernel.Action) {
	t.Helper()
	if err := k.Resume(somePID, kernel.Run, actions); err != nil {
		t.Fatal(err)
	}
}

// TestOneOfThree steps one thread while the others are held, and sets them going again.
func TestOneOfThree(t *testing.T) {
	p := made(t, attachStop(lwp1, lwp2, lwp3), signalled(lwp2, raw.SIGTRAP, raw.TrapTrace), signalled(lwp1, raw.SIGTRAP, raw.TrapBrkpt), exited(0))
	k := attached(t, p, 3)
	resume(t, k, kernel.Action{TID: lwp2, Step: true})
	p.expect(k, "P1/T2 trap 2 at 0x0")
	p.logged("PT_SET_EVENT_MASK P1 0x39", "PT_SUSPEND P1/T1", "PT_SUSPEND P1/T3", "PT_SETSTEP P1/T2", "PT_CONTINUE P1 0")
	if err := k.Regs(lwp1, &regs.Set{}, regs.General); err != nil {
		t.Errorf("a held thread of a stopped process: %v", err)
	}
	resume(t, k, kernel.Action{TID: lwp1}, kernel.Action{TID: lwp2}, kernel.Action{TID: lwp3})
	p.expect(k, "P1/T1 trap 1 at 0x0")
	p.logged("PT_RESUME P1/T1", "PT_RESUME P1/T3", "PT_CONTINUE P1 0")

	// The others run as the engine sees it; asked to stop they stand still already.
	before := len(p.count)
	for _, tid := range []kernel.TID{lwp2, lwp3} {
		if err := k.Interrupt(tid); err != nil {
			t.Error(err)
		}
	}
	p.expect(k, "P1/T2 interrupted", "P1/T3 interrupted")
	if p.logged(); len(p.count) != before {
		t.Error("an interrupt in a stop made a request")
	}
	if err := k.Regs(lwp3, &regs.Set{}, regs.General); err != nil {
		t.Error(err)
	}
}

// TestInterrupt stops a running process by one SIGSTOP for all its threads.
func TestInterrupt(t *testing.T) {
	p := made(t, attachStop(lwp1, lwp2), signalled(lwp1, raw.SIGSTOP, raw.SiNoinfo), signalled(lwp2, raw.SIGSTOP, raw.SiNoinfo), exited(1))
	k := attached(t, p, 2)
	resume(t, k, kernel.Action{TID: lwp1}, kernel.Action{TID: lwp2})
	k.goAll()
	if err := k.Regs(lwp1, &regs.Set{}, regs.General); !errors.Is(err, kernel.ErrRunning) {
		t.Errorf("a running thread: %v", err)
	}
	k.Interrupt(lwp1)
	k.Interrupt(lwp2)
	p.expect(k, "P1/T1 interrupted", "P1/T2 interrupted")
	p.logged("PT_SET_EVENT_MASK P1 0x39", "PT_CONTINUE P1 0", "thr_kill2 P1/T1 17")
	resume(t, k, kernel.Action{TID: lwp1}, kernel.Action{TID: lwp2})
	p.expect(k, "P1/T2 signal 17 code 0x0") // somebody else's
}

// TestLateStop: another stop comes before the SIGSTOP, which must not be told when it comes.
func TestLateStop(t *testing.T) {
	p := made(t, attachStop(lwp1, lwp2), signalled(lwp2, 30, raw.SiUser).with(30), signalled(lwp1, raw.SIGSTOP, raw.SiNoinfo), exited(2))
	k := attached(t, p, 2)
	resume(t, k, kernel.Action{TID: lwp1}, kernel.Action{TID: lwp2})
	k.goAll()
	k.Interrupt(lwp1)
	p.expect(k, "P1/T2 signal 30 code 0x10001", "P1/T1 interrupted")
	resume(t, k, kernel.Action{TID: lwp1}, kernel.Action{TID: lwp2, Signal: 30})
	p.expect(k, "P1/T1 exited 2")
}

// TestSignalElsewhere gives a signal to a thread whose stop it is not.
func TestSignalElsewhere(t *testing.T) {
	p := made(t, attachStop(lwp1, lwp2), signalled(lwp1, raw.SIGTRAP, raw.TrapBrkpt), signalled(lwp2, 30, raw.SiLWP).with(30), signalled(lwp2, 30, raw.SiLWP), exited(0))
	k := attached(t, p, 2)
	resume(t, k, kernel.Action{TID: lwp1}, kernel.Action{TID: lwp2})
	p.expect(k, "P1/T1 trap 1 at 0x0")
	k.Interrupt(lwp2)
	p.expect(k, "P1/T2 interrupted")
	p.log = nil
	resume(t, k, kernel.Action{TID: lwp1}, kernel.Action{TID: lwp2, Signal: 30})
	p.expect(k, "P1/T2 signal 30 code 0x10007") // the second, which is nobody's of ours
	p.logged("thr_kill2 P1/T2 30", "PT_CONTINUE P1 0", "PT_CONTINUE P1 30")
}

// TestFaultElsewhere: a fault whose stop was left while the thread was held is met again, and
// passed on then.
func TestFaultElsewhere(t *testing.T) {
	p := made(t, attachStop(lwp1, lwp2), signalled(lwp1, 11, 1), signalled(lwp2, raw.SIGTRAP, raw.TrapTrace), signalled(lwp1, 11, 1).with(11), exited(0))
	k := attached(t, p, 2)
	resume(t, k, kernel.Action{TID: lwp1}, kernel.Action{TID: lwp2})
	s := mustWait(t, k)
	if s.Kind != kernel.SignalStop || !s.Info.Sync {
		t.Fatalf("%+v", s)
	}
	k.Interrupt(lwp2)
	mustWait(t, k)
	resume(t, k, kernel.Action{TID: lwp2, Step: true}) // alone
	p.expect(k, "P1/T2 trap 2 at 0x0")
	p.log = nil
	resume(t, k, kernel.Action{TID: lwp1, Signal: 11, Info: &s.Info}, kernel.Action{TID: lwp2})
	p.expect(k, "P1/T1 exited 0")
	p.logged("PT_RESUME P1/T1", "PT_CONTINUE P1 0", "PT_CONTINUE P1 11")
}

// TestSleepInterrupted is a nanosleep that our SIGSTOP ends with EINTR: it is begun again
// (step-sleeping-thread has the registers of such a stop), with the fourth argument from rcx. In the program
// again, where rcx is rip, it has failed for another reason.
func TestSleepInterrupted(t *testing.T) {
	const fourth, failed = 0x77, 0x400230 // main_sleep+0x18
	for _, rcx := range []uint64{fourth, failed} {
		p := newPlayer(t, "step-sleeping-thread.jsonl")
		for _, f := range p.frames {
			for _, b := range f.regs {
				le.PutUint64(b[offRCX:], rcx)
			}
		}
		k := New(p)
		pid := kernel.PID(p.frames[0].pid)
		_, tids, err := k.Attach(pid, allEvents)
		if err != nil || len(tids) != 2 {
			t.Fatal(tids, err)
		}
		mustWait(t, k)
		mustWait(t, k)
		if err := k.Resume(pid, kernel.Run, []kernel.Action{{TID: tids[0]}, {TID: tids[1]}}); err != nil {
			t.Fatal(err)
		}
		k.goAll()
		k.Interrupt(tids[0])
		p.log = nil
		p.expect(k, "P1/T1 interrupted")
		if rcx == failed {
			p.logged()
			continue
		}
		p.logged("PT_SETREGS P1/T1 rip 0x40022e rax 0xf0") // main_sleep+0x16
		var set regs.Set
		if err := k.Regs(tids[0], &set, regs.General); err != nil || set.G[regs.EFlags]&carry != 0 || set.G[regs.R10] != fourth {
			t.Errorf("flags %#x r10 %#x %v", set.G[regs.EFlags], set.G[regs.R10], err)
		}
	}
}

// TestWrittenAsleep is a read that fails with EINTR because memory was written at the stop of
// the attach: it is begun again, and nobody hears of it (attach-reading-write).
func TestWrittenAsleep(t *testing.T) {
	p := newPlayer(t, "attach-reading-write.jsonl")
	k := New(p)
	pid := kernel.PID(p.frames[0].pid)
	_, tids, err := k.Attach(pid, kernel.EventThreads)
	if err != nil {
		t.Fatal(err)
	}
	mustWait(t, k)
	if n, err := k.WriteMem(pid, 0x400230, []byte{0x90}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if err := k.Resume(pid, kernel.Run, []kernel.Action{{TID: tids[0]}}); err != nil {
		t.Fatal(err)
	}
	p.log = nil
	p.expect(k, "P1/T1 exited 104")
	want := []string{"PT_SET_EVENT_MASK P1 0x15", "PT_CONTINUE P1 0", "PT_SETREGS P1/T1 rip 0x40021c rax 0x3",
		"PT_SET_EVENT_MASK P1 0x11", "PT_CONTINUE P1 0", "PT_CONTINUE P1 0"}
	p.logged(want...)
}

// TestDetachWritten lets the process go before its call has failed: it is run to that.
func TestDetachWritten(t *testing.T) {
	p := newPlayer(t, "attach-reading-write.jsonl")
	p.frames[1].leave = raw.Detach
	k := New(p)
	pid := kernel.PID(p.frames[0].pid)
	if _, _, err := k.Attach(pid, kernel.EventThreads); err != nil {
		t.Fatal(err)
	}
	mustWait(t, k)
	k.WriteMem(pid, 0x400230, []byte{0x90})
	p.log = nil
	if err := k.Detach(pid, nil); err != nil {
		t.Fatal(err)
	}
	p.logged("PT_SET_EVENT_MASK P1 0x15", "PT_CONTINUE P1/T1 0", "PT_SETREGS P1/T1 rip 0x40021c rax 0x3", "PT_DETACH P1 0")
}

// TestSignalDropped: the call that a dropped signal ended is begun again
// (nanosleep-signal-dropped).
func TestSignalDropped(t *testing.T) {
	p := newPlayer(t, "nanosleep-signal-dropped.jsonl")
	k := New(p)
	pid, err := k.Launch(&kernel.Launch{Path: "x", Events: kernel.EventExec | kernel.EventThreads})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s := mustWait(t, k)
		p.log = nil
		k.Resume(pid, kernel.Run, []kernel.Action{{TID: s.TID}})
	}
	mustWait(t, k)
	if !slices.ContainsFunc(p.log, func(s string) bool { return strings.HasPrefix(s, "PT_SETREGS") && strings.HasSuffix(s, "rax 0xf0") }) {
		t.Error(p.log)
	}
}

// TestKillAtAttach: PT_KILL would be lost, the SIGKILL is a stop that is passed on, to one thread, while others
// do nothing more.
func TestKillAtAttach(t *testing.T) {
	p := made(t, attachStop(lwp1, lwp2), signalled(lwp1, raw.SIGKILL, raw.SiNoinfo), at(lwp2, raw.SIGTRAP, raw.FlagExited), &frame{pid: somePID, status: 9})
	k := attached(t, p, 2)
	if err := k.Kill(somePID); err != nil {
		t.Fatal(err)
	}
	p.expect(k, "P1/T1 killed 9 core false")
	p.logged("kill P1 9", "PT_CONTINUE P1 9", "PT_SUSPEND P1/T2", "PT_CONTINUE P1 9", "PT_RESUME P1/T2", "PT_CONTINUE P1 9")
	var s kernel.Stop
	if err := k.Wait(&s, false); err != kernel.ErrNoTracees {
		t.Error(err)
	}
}

// TestDetachJobStopped leaves a process stopped that was (detach-second-sigstop-pending).
func TestDetachJobStopped(t *testing.T) {
	p := made(t, attachStop(lwp1))
	p.state = kinfo.Proc{Stat: kinfo.Stop, Flag: kinfo.FlagStoppedSig}
	k := attached(t, p, 1)
	if err := k.Detach(somePID, []kernel.Action{{TID: lwp1, Signal: 15}}); err != nil {
		t.Fatal(err)
	}
	p.logged("thr_kill2 P1/T1 15", "kill P1 17", "PT_DETACH P1 0")
}

// TestDetachSent: a SIGSTOP of ours that has not been seen is not left behind, and the signal whose stop
// is left for it is given with all that is known of it.
func TestDetachSent(t *testing.T) {
	p := made(t, attachStop(lwp1, lwp2), signalled(lwp2, raw.SIGTRAP, raw.TrapBrkpt).pending(lwp1, raw.SIGSTOP),
		signalled(lwp1, 30, raw.SiUser).pending(lwp1, raw.SIGSTOP), signalled(lwp1, raw.SIGSTOP, raw.SiNoinfo))
	p.frames[2].data = 30
	k := attached(t, p, 2)
	resume(t, k, kernel.Action{TID: lwp1}, kernel.Action{TID: lwp2})
	k.goAll()
	k.Interrupt(lwp1)
	p.expect(k, "P1/T2 trap 1 at 0x0", "P1/T1 interrupted")
	p.log = nil
	if err := k.Detach(somePID, nil); err != nil {
		t.Fatal(err)
	}
	p.logged("PT_SUSPEND P1/T2", "PT_CONTINUE P1/T1 0", "PT_CONTINUE P1/T1 30", "PT_DETACH P1 0")
}

// retelling is a player whose first stop is told anew before the request by which it is left.
type retelling struct {
	*player
	busy, waits int
}

func (r *retelling) Ptrace(req, id int, addr, data uint64) (int, Errno) {
	if req == raw.Continue && r.busy > 0 && r.waits == 0 {
		r.busy--
		return 0, raw.EBUSY
	}
	return r.player.Ptrace(req, id, addr, data)
}

func (r *retelling) Wait(pid int, block bool, info []byte) (int, uint32, Errno) {
	if pid == somePID && !block {
		r.waits++
		return pid, uint32(raw.SIGTRAP)<<8 | 0x7f, 0
	}
	return r.player.Wait(pid, block, info)
}

// TestToldAnew: a stop that the kernel tells anew is waited for again, and told once.
func TestToldAnew(t *testing.T) {
	p := made(t, attachStop(lwp1), at(lwp1, raw.SIGTRAP, raw.FlagSCE), exited(0))
	r := &retelling{player: p}
	k := New(r)
	if _, _, err := k.Attach(somePID, allEvents); err != nil {
		t.Fatal(err)
	}
	mustWait(t, k)
	r.busy = 1
	resume(t, k, kernel.Action{TID: lwp1})
	p.expect(k, "P1/T1 exited 0")
	if r.busy != 0 || r.waits != 1 {
		t.Errorf("refused %d times too few, waited %d times", r.busy, r.waits)
	}
}

// TestKilledAtExit: a thread waits to tell of a SIGKILL while another makes the process exit: it is let tell.
func TestKilledAtExit(t *testing.T) {
	sce := at(lwp1, raw.SIGTRAP, raw.FlagSCE)
	l := raw.LWPInfo{LWP: lwp1, Event: raw.EventSignal, Flags: raw.FlagSCE, Code: callExit, Narg: 1}
	l.Encode(sce.main)
	sce.lwps[lwp2] = make([]byte, raw.LwpinfoSize)
	l = raw.LWPInfo{LWP: lwp2, Event: raw.EventSignal, Flags: raw.FlagSI, Siginfo: raw.Siginfo{Signo: raw.SIGKILL}}
	l.Encode(sce.lwps[lwp2])
	p := made(t, attachStop(lwp1, lwp2), sce, signalled(lwp2, raw.SIGKILL, raw.SiNoinfo), &frame{pid: somePID, status: 9})
	k := attached(t, p, 2)
	if err := k.Resume(somePID, kernel.Syscalls, []kernel.Action{{TID: lwp1}, {TID: lwp2}}); err != nil {
		t.Fatal(err)
	}
	p.expect(k, "P1/T1 killed 9 core false")
	if !slices.Contains(p.log, "PT_SUSPEND P1/T1") || !slices.Contains(p.log, "PT_CONTINUE P1/T2 0") {
		t.Error(p.log)
	}
}

// TestOffsets: the registers that restart.go looks at are where struct reg has them.
func TestOffsets(t *testing.T) {
	for id, off := range map[regs.ID]int{regs.R10: offR10, regs.RDI: offRDI, regs.RSI: offRSI, regs.RDX: offRDX, regs.RCX: offRCX, regs.RAX: offRAX,
		regs.RIP: offRIP, regs.EFlags: offRFlags, regs.RSP: offRSP} {
		if r := regs.ByID(id); int(r.FreeBSD.Off) != off {
			t.Errorf("%s is at %d, not %d", r.Name, r.FreeBSD.Off, off)
		}
	}
}

// TestLaunchCalls: the entry to execve is the first stop.
func TestLaunchCalls(t *testing.T) {
	sce := at(lwp1, raw.SIGTRAP, raw.FlagSCE)
	l := raw.LWPInfo{LWP: lwp1, Event: raw.EventSignal, Flags: raw.FlagSCE, Code: callExecve, Narg: 3}
	l.Encode(sce.main)
	sce.args[lwp1] = [8]uint64{1, 2, 3}
	p := made(t, signalled(lwp1, raw.SIGSTOP, raw.SiNoinfo), sce, at(lwp1, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec), exited(0))
	k := New(p)
	if _, err := k.Launch(&kernel.Launch{Path: "x", Calls: true, Events: kernel.EventExec}); err != nil {
		t.Fatal(err)
	}
	p.expect(k, "P1/T1 syscall enter 59 0x1 0x2 0x3 0x0 0x0 0x0")
	for _, want := range []string{"P1/T1 exec", "P1/T1 syscall exit 59 0x0", "P1/T1 exited 0"} {
		if err := k.Resume(somePID, kernel.Syscalls, []kernel.Action{{TID: lwp1}}); err != nil {
			t.Fatal(err)
		}
		p.expect(k, want)
	}
	p.logged("PT_SET_EVENT_MASK P1 0x7", "PT_CONTINUE P1 0", "PT_CONTINUE P1 0", "PT_CONTINUE P1 0")
}

// TestMemoryEdge: PT_IO does not say how far it came (io-partial).
func TestMemoryEdge(t *testing.T) {
	p := made(t, attachStop(lwp1))
	k := attached(t, p, 1)
	b := make([]byte, 5000)
	n, err := k.ReadMem(somePID, 0x400ff0, b)
	var e *kernel.Error
	if n != 16 || !errors.As(err, &e) || e.Errno != int(raw.EFAULT) || e.Addr != 0x401000 {
		t.Errorf("%d %v", n, err)
	}
	if n, err := k.ReadMem(somePID, 0x500000, b[:4]); n != 0 || !errors.As(err, &e) {
		t.Errorf("%d %v", n, err)
	}
	if n, err := k.WriteMem(somePID, 0x400ffe, b[:4]); n != 2 || err == nil {
		t.Errorf("%d %v", n, err)
	}
	if _, err := k.ReadMem(1, 0, b); err != kernel.ErrGone {
		t.Error(err)
	}
}

// TestRequestsOfAStop: a traced call costs one PT_LWPINFO and one request for arguments or
// result a stop, besides the wait and the continuation; truss(1) makes no fewer.
func TestRequestsOfAStop(t *testing.T) {
	p := newPlayer(t, "launch-hello-syscalls.jsonl")
	p.drive()
	want := map[int]int{raw.Lwpinfo: 5, raw.GetScArgs: 2, raw.GetScRet: 1, raw.Continue: 4, raw.SetEventMask: 1}
	if d := cmp.Diff(want, p.count); d != "" { // PT_LWPINFO twice at the exec stop: the launch looks at it
		t.Error(d)
	}
}

// TestBirthUnwanted: threads that are not followed run as if nobody watched, and get their
// signals.
func TestBirthUnwanted(t *testing.T) {
	p := made(t, attachStop(lwp1, lwp2), signalled(lwp2, 15, raw.SiUser).with(15), &frame{pid: somePID, status: 15})
	k := New(p)
	_, tids, err := k.Attach(somePID, kernel.EventExec)
	if err != nil || !slices.Equal(tids, []kernel.TID{lwp1}) {
		t.Fatal(tids, err)
	}
	p.expect(k, "P1/T1 interrupted")
	resume(t, k, kernel.Action{TID: lwp1})
	p.expect(k, "P1/T1 killed 15 core false")
}

// TestCoredump: the stop that follows is the same one, and the signal of it can still be given.
func TestCoredump(t *testing.T) {
	p := made(t, attachStop(lwp1), signalled(lwp1, 30, raw.SiUser).with(30), exited(0))
	k := attached(t, p, 1)
	resume(t, k, kernel.Action{TID: lwp1})
	p.expect(k, "P1/T1 signal 30 code 0x10001")
	if err := k.Coredump(somePID, 5, 0, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Call(somePID, 20); !errors.Is(err, kernel.Errno(raw.EBUSY)) {
		t.Error(err)
	}
	if err := k.Coredump(1, 5, 0, 0); err != kernel.ErrGone {
		t.Error(err)
	}
	resume(t, k, kernel.Action{TID: lwp1, Signal: 30})
	p.expect(k, "P1/T1 exited 0")
}

func FuzzStops(f *testing.F) {
	f.Add([]byte{1, 5, 0x18, 0, 2, 17, 0x20, 0, 1, 5, 0x40, 3, 3, 9, 0x20, 1})
	f.Fuzz(func(t *testing.T, in []byte) {
		frames := []*frame{attachStop(lwp1, lwp2)}
		for ; len(in) >= 4; in = in[4:] {
			x := at(lwp1+int(in[0]%3), int(in[1]%128), uint32(in[2])|uint32(in[3]&0xf)<<8)
			x.pid = somePID + int(in[0]>>6)
			x.loose = true
			l := raw.LWPInfo{LWP: int32(lwp1 + int(in[0]%3) + 10*int(in[0]>>6)), Event: raw.EventSignal, Flags: uint32(in[2]) | uint32(in[3]&0xf)<<8, Code: uint32(in[3]),
				ChildPID: somePID + int32(in[3]>>4), Siginfo: raw.Siginfo{Signo: int32(in[1] % 128), Code: int32(in[3] >> 4)}}
			l.Encode(x.main)
			frames = append(frames, x)
		}
		p := made(t, frames...)
		k := New(p)
		if _, _, err := k.Attach(somePID, allEvents); err != nil {
			return
		}
		for range 500 {
			var s kernel.Stop
			if k.Wait(&s, false) != nil {
				return
			}
			if s.Kind == 0 || s.Kind >= kernel.NKinds {
				t.Fatalf("a stop of kind %d", s.Kind)
			}
			if s.Kind.Alive() {
				k.Resume(s.PID, kernel.Syscalls, []kernel.Action{{TID: s.TID, Signal: s.Signal}})
			}
		}
	})
}
