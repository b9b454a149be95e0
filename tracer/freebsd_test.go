package tracer_test

// The engine on FreeBSD: on the modeled kernel everywhere and, by the same tests, on the kernel
// below where that is FreeBSD's (freebsd_host_freebsd_test.go). Tracees are assembled here.

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/elfinfo/core"
	"github.com/trapline/trapline/kernel"
	adapter "github.com/trapline/trapline/kernel/freebsd"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/errno"
	model "github.com/trapline/trapline/kernel/model/freebsd"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/tracer"
)

// bsd is a kernel of FreeBSD's.
type bsd struct {
	t      *testing.T
	kernel kernel.Kernel
	own    int // our own pid
	// put makes a program and is its path.
	put func(name string, image []byte) string
	// start starts a program that nobody traces, and returns when it is one.
	start func(path string) int
	// pass lets time pass, some ten milliseconds.
	pass func()
	// kill is kill(2); end waits for the end of a child that nobody traces: "exit 3", "signal 9".
	kill func(pid, sig int)
	end  func(pid int) string
}

// kernels are those there are to try.
var kernels = []struct {
	name string
	open func(t *testing.T) *bsd
}{
	{"model", openModel},
	{"model, many turns", func(t *testing.T) *bsd {
		return openMachine(t, kern.Config{Chooser: kern.NewChooser(7), Yielding: 40, SliceMin: 1, SliceMax: 12})
	}},
}

func openModel(t *testing.T) *bsd {
	return openMachine(t, kern.Config{Chooser: kern.NewChooser(1), SliceMin: 2000, SliceMax: 2000})
}

func openMachine(t *testing.T, c kern.Config) *bsd {
	t.Helper()
	m := model.New(c)
	t.Cleanup(m.Close)
	x := m.NewExternal("trapline", kern.Cred{})
	if _, e := m.FS.MkdirAll("/w", 0o755); e != errno.OK {
		t.Fatal(e)
	}
	for fd := range 3 {
		f, e := m.FS.Open(fs.Cred{}, m.FS.Root(), "/dev/null", fs.ORead|fs.OWrite, 0)
		if e != errno.OK {
			t.Fatal(e)
		}
		x.ConnectFile(fd, f)
	}
	sys := model.NewSys(m, x)
	return &bsd{t: t, kernel: adapter.New(sys), own: x.Proc.PID,
		put: func(name string, image []byte) string {
			m.FS.WriteFile("/w/"+name, image, 0o755)
			return "/w/" + name
		},
		start: func(path string) int {
			th, e := x.Spawn(&kern.Spawn{Path: path, Args: []string{"tracee"}, Env: []string{"A=1"}, Files: []int{0, 1, 2}, Code: model.Stub(model.Launch{})})
			if e != errno.OK {
				t.Fatal(e)
			}
			th.Start()
			m.Run(func() bool { return model.Executed(th.Proc) }, 1<<20)
			return th.Proc.PID
		},
		pass: func() {
			done := false
			m.CallAt(m.Now()+20_000_000, func() { done = true })
			m.Run(func() bool { return done }, 1<<20)
		},
		kill: func(pid, sig int) { sys.Kill(pid, sig) },
		end: func(pid int) string {
			got, status, e := sys.Wait(pid, true, make([]byte, raw.SiginfoSize))
			if e != 0 || got != pid {
				t.Fatalf("wait for %d: %d, errno %d", pid, got, e)
			}
			return ending(status)
		},
	}
}

// ending is a wait status as text.
func ending(status uint32) string {
	switch d := raw.DecodeStatus(status, nil); d.Kind {
	case raw.StatusExited:
		return fmt.Sprintf("exit %d", d.Value)
	case raw.StatusKilled:
		return fmt.Sprintf("signal %d", d.Value)
	}
	return fmt.Sprintf("status %#x", status)
}

// onFreeBSD runs a test on each kernel, on an OS thread of its own.
func onFreeBSD(t *testing.T, do func(t *testing.T, b *bsd)) {
	for _, k := range kernels {
		t.Run(k.name, func(t *testing.T) {
			runtime.LockOSThread() // and let it end with the test
			do(t, k.open(t))
		})
	}
}

// Numbers of system calls and constants (sys/syscall.h, sys/signal.h).
const (
	bsdExit, bsdFork, bsdWait4, bsdGetpid, bsdKill, bsdGetppid = 1, 2, 7, 20, 37, 39
	bsdExecve, bsdVfork, bsdThrExit                            = 59, 66, 431
	bsdUSR1                                                    = 30
)

// program assembles one and puts it there.
func (b *bsd) program(name string, build func(a *replay.Asm)) (string, map[string]uint64) {
	a := replay.NewAsm()
	a.L("_start")
	build(a)
	p := a.Link(name)
	return b.put(name, p.Image), p.Labels
}

// bsdRun is a program under the engine, and what was seen of it.
type bsdRun struct {
	b      *bsd
	tr     *tracer.Tracer
	p      *tracer.Process
	labels map[string]uint64
	seen   map[tracer.EventKind]int
	end    string // of the first process
}

func (b *bsd) launch(o tracer.Options, build func(a *replay.Asm)) *bsdRun {
	b.t.Helper()
	path, labels := b.program("tracee", build)
	r := &bsdRun{b: b, tr: tracer.New(b.kernel, o), labels: labels, seen: map[tracer.EventKind]int{}}
	var err error
	if r.p, err = r.tr.Launch(&kernel.Launch{Path: path, Args: []string{"tracee", "x"}, Env: []string{"A=1"}, Events: tracer.DefaultEvents | kernel.EventExitKill}); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { r.tr.Close() })
	return r
}

// run goes on until look says so, or to the end.
func (r *bsdRun) run(in tracer.Intent, look func(*tracer.Event) bool) {
	r.b.t.Helper()
	n := 0
	err := r.tr.Run(in, func(e *tracer.Event) bool {
		if r.seen[e.Kind]++; e.Process == r.p {
			switch e.Kind {
			case tracer.EvExited:
				r.end = fmt.Sprintf("exit %d", e.Stop.Code)
			case tracer.EvKilled:
				r.end = fmt.Sprintf("signal %d", e.Stop.Signal)
			}
		}
		if n++; n > 5000 {
			return true
		}
		return look != nil && look(e)
	})
	if err != nil && !errors.Is(err, kernel.ErrNoTracees) {
		r.b.t.Fatal(err)
	}
}

func (r *bsdRun) place(b *breakpoints.Breakpoint, at uint64) *breakpoints.Breakpoint {
	r.b.t.Helper()
	b.Enabled = true
	if err := r.tr.Place(r.tr.Breakpoints.Add(b), r.p, at); err != nil {
		r.b.t.Fatal(err)
	}
	return b
}

func (r *bsdRun) ends(want string) {
	r.b.t.Helper()
	if r.end != want {
		r.b.t.Errorf("it ended with %q, want %q", r.end, want)
	}
}

func (r *bsdRun) saw(kind tracer.EventKind, want int) {
	r.b.t.Helper()
	if r.seen[kind] != want {
		r.b.t.Errorf("%d events of kind %d, want %d; all: %v", r.seen[kind], kind, want, r.seen)
	}
}

// calling calls f so many times, and exits with how often f was called.
func calling(times int) func(a *replay.Asm) {
	return func(a *replay.Asm) {
		a.Quads("count", 0)
		a.L("loop")
		a.Call("f")
		a.Mov(replay.RAX, replay.At("count"))
		a.Cmp(replay.RAX, int32(times))
		a.Jnz("loop")
		a.Exit(replay.At("count"))
		a.L("f")
		a.Inc("count")
		a.L("f_end")
		a.Ret()
	}
}

func TestFreeBSDLaunch(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		r := b.launch(tracer.Options{}, calling(3))
		if pc, err := r.p.Leader().PC(); err != nil || pc != r.labels["_start"] {
			t.Errorf("it is handed over at %#x, %v", pc, err)
		}
		k, err := b.kernel.Procfs().Proc(int(r.p.PID)).Kinfo()
		if err != nil || k.Comm != "tracee" || int(k.Tracer) != b.own {
			t.Errorf("kern.proc.pid: %+v %v", k, err)
		}
		maps, err := b.kernel.Procfs().Proc(int(r.p.PID)).Maps()
		if m := procfs.FindMap(maps, r.labels["_start"]); err != nil || m == nil || filepath.Base(m.Path) != "tracee" {
			t.Errorf("%v %v", maps, err)
		}
		auxv, err := b.kernel.Procfs().Proc(int(r.p.PID)).Auxv()
		if v, ok := auxv.Get(procfs.AuxEntry); err != nil || !ok || v != r.labels["_start"] {
			t.Errorf("%v %v", auxv, err)
		}
		r.run(tracer.Intent{}, nil)
		r.ends("exit 3")
	})
}

func TestFreeBSDBreakpoints(t *testing.T) {
	for _, kind := range []breakpoints.Breakpoint{{}, {Kind: breakpoints.Execute, Len: 1}} {
		onFreeBSD(t, func(t *testing.T, b *bsd) {
			r := b.launch(tracer.Options{}, calling(5))
			bp := kind
			r.place(&bp, r.labels["f"])
			code := make([]byte, 1)
			r.run(tracer.Intent{}, func(e *tracer.Event) bool {
				if e.Kind == tracer.EvBreakpoint {
					if pc, _ := e.Thread.PC(); pc != r.labels["f"] {
						t.Errorf("stopped at %#x, f is at %#x", pc, r.labels["f"])
					}
					if _, err := r.p.ReadMem(r.labels["f"], code); err != nil || code[0] != 0x48 { // inc has a prefix
						t.Errorf("the code at f is %#x, %v", code[0], err)
					}
				}
				return false
			})
			r.saw(tracer.EvBreakpoint, 5)
			r.ends("exit 5")
			if bp.Hits != 5 {
				t.Errorf("%d hits counted", bp.Hits)
			}
		})
	}
}

func TestFreeBSDWatch(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		r := b.launch(tracer.Options{}, calling(4))
		r.place(&breakpoints.Breakpoint{Kind: breakpoints.Write, Len: 8}, r.labels["count"])
		r.run(tracer.Intent{}, func(e *tracer.Event) bool {
			if pc, _ := e.Thread.PC(); e.Kind == tracer.EvWatchpoint && pc != r.labels["f_end"] {
				t.Errorf("told at %#x, the write ends at %#x", pc, r.labels["f_end"])
			}
			return false
		})
		r.saw(tracer.EvWatchpoint, 4)
		r.ends("exit 4")
	})
}

func TestFreeBSDStep(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		r := b.launch(tracer.Options{}, func(a *replay.Asm) {
			a.Nop(2)
			a.L("call")
			a.Sys(bsdGetpid)
			a.L("after")
			a.Exit(9)
		})
		var pcs []uint64
		r.run(tracer.Intent{Step: r.p.Leader()}, func(e *tracer.Event) bool {
			if e.Kind == tracer.EvStep {
				pc, _ := e.Thread.PC()
				pcs = append(pcs, pc)
			}
			return len(pcs) == 4
		})
		at := r.labels["_start"]
		if want := []uint64{at + 1, at + 2, r.labels["after"] - 2, r.labels["after"]}; !slices.Equal(pcs, want) {
			t.Errorf("steps to %#x, want %#x", pcs, want)
		}
		r.run(tracer.Intent{}, nil)
		r.ends("exit 9")
	})
}

// TestFreeBSDRegisters changes them and memory.
func TestFreeBSDRegisters(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		r := b.launch(tracer.Options{}, func(a *replay.Asm) {
			a.Quads("code", 1)
			a.Mov(replay.RBX, 1)
			a.L("here")
			a.Exit(replay.At("code"))
		})
		r.place(&breakpoints.Breakpoint{}, r.labels["here"])
		r.run(tracer.Intent{}, func(e *tracer.Event) bool { return e.Kind == tracer.EvBreakpoint })
		set, err := r.p.Leader().Regs(regs.General | regs.Extended)
		if err != nil || set.G[regs.RBX] != 1 || len(set.XSave) < 512 {
			t.Fatalf("%+v %v", set, err)
		}
		if n, err := r.p.WriteMem(r.labels["code"], []byte{42}); n != 1 {
			t.Fatal(err)
		}
		changed := *set
		changed.G[regs.RBX] = 7
		if err := r.p.Leader().SetRegs(&changed, regs.General); err != nil {
			t.Fatal(err)
		}
		r.run(tracer.Intent{}, nil)
		r.ends("exit 42")
	})
}

func TestFreeBSDAttachRunning(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		path, labels := b.program("spinner", func(a *replay.Asm) { a.Spin("loop") })
		pid := b.start(path)
		tr := tracer.New(b.kernel, tracer.Options{})
		for range 3 {
			b.pass()
			p, err := tr.Attach(kernel.PID(pid))
			if err != nil {
				t.Fatal(err)
			}
			if pc, err := p.Leader().PC(); err != nil || pc < labels["loop"] || pc > labels["loop"]+7 {
				t.Errorf("it is at %#x, %v", pc, err)
			}
			bp := tr.Breakpoints.Add(&breakpoints.Breakpoint{Enabled: true})
			if err := tr.Place(bp, p, labels["loop"]); err != nil {
				t.Fatal(err)
			}
			hits := 0
			err = tr.Run(tracer.Intent{}, func(e *tracer.Event) bool {
				if e.Kind == tracer.EvBreakpoint {
					hits++
				}
				return hits == 3
			})
			if err != nil || hits != 3 {
				t.Errorf("%d hits, %v", hits, err)
			}
			if err := tr.Detach(p); err != nil {
				t.Fatal(err)
			}
			if k, err := b.kernel.Procfs().Proc(pid).Kinfo(); err != nil || k.Tracer != 0 {
				t.Errorf("after the detach: %+v %v", k, err)
			}
			tr.Remove(bp)
		}
		b.kill(pid, 9)
		if end := b.end(pid); end != "signal 9" {
			t.Errorf("it ended with %s", end)
		}
	})
}

// TestFreeBSDAttachSleeping: a call that sleeps goes on after an attach, though a breakpoint was
// put into its process, and its process does not notice.
func TestFreeBSDAttachSleeping(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		path, labels := b.program("sleeper", func(a *replay.Asm) {
			a.Sleep(400)
			a.Jc("failed")
			a.L("done")
			a.Exit(5)
			a.L("failed")
			a.Exit(replay.RAX)
		})
		for _, detach := range []bool{true, false} {
			pid := b.start(path)
			b.pass()
			tr := tracer.New(b.kernel, tracer.Options{})
			p, err := tr.Attach(kernel.PID(pid))
			if err != nil {
				t.Fatal(err)
			}
			if err := tr.Place(tr.Breakpoints.Add(&breakpoints.Breakpoint{Enabled: true}), p, labels["done"]); err != nil {
				t.Fatal(err)
			}
			if detach {
				if err := tr.Detach(p); err != nil {
					t.Fatal(err)
				}
				if end := b.end(pid); end != "exit 5" {
					t.Errorf("let go of in its sleep, it ended with %s", end)
				}
				continue
			}
			r := &bsdRun{b: b, tr: tr, p: p, seen: map[tracer.EventKind]int{}}
			r.run(tracer.Intent{}, nil)
			r.saw(tracer.EvBreakpoint, 1)
			r.ends("exit 5")
		}
	})
}

// TestFreeBSDJumpOutOfSleepAndBack sends a thread that sleeps in a call elsewhere, as a call of a function
// of the program's does, and puts it back: the call is made again.
func TestFreeBSDJumpOutOfSleepAndBack(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		path, labels := b.program("sleeper", func(a *replay.Asm) {
			a.Sleep(400)
			a.Jc("failed")
			a.Exit(5)
			a.L("failed")
			a.Exit(replay.RAX)
			a.L("elsewhere")
			a.Exit(6)
		})
		pid := b.start(path)
		b.pass()
		tr := tracer.New(b.kernel, tracer.Options{})
		p, err := tr.Attach(kernel.PID(pid))
		if err != nil {
			t.Fatal(err)
		}
		r := &bsdRun{b: b, tr: tr, p: p, seen: map[tracer.EventKind]int{}}
		bp := r.place(&breakpoints.Breakpoint{}, labels["elsewhere"])
		th := p.Leader()
		set, err := th.Regs(regs.General)
		if err != nil {
			t.Fatal(err)
		}
		before := *set
		jump := before
		jump.G[regs.RIP] = labels["elsewhere"]
		if err := th.SetRegs(&jump, regs.General); err != nil {
			t.Fatal(err)
		}
		r.run(tracer.Intent{}, func(*tracer.Event) bool { return true })
		if pc, err := th.PC(); err != nil || pc != labels["elsewhere"] || bp.Hits != 1 {
			t.Errorf("pc %#x, want %#x (%v); %d hits", pc, labels["elsewhere"], err, bp.Hits)
		}
		if err := th.SetRegs(&before, regs.General); err != nil {
			t.Fatal(err)
		}
		r.run(tracer.Intent{}, nil)
		r.ends("exit 5")
	})
}

// forking forks by the call given; the child calls f and exits with 3, the parent calls f, waits
// for it and exits with 4.
func forking(call int) func(a *replay.Asm) {
	return func(a *replay.Asm) {
		a.Quads("status", 0)
		a.Sys(call)
		a.B(0x85, 0xd2) // test edx, edx: 1 in the child
		a.Jnz("child")
		a.IfChild("child")
		a.Call("f")
		a.Sys(bsdWait4, -1, replay.Ref("status"), 0, 0)
		a.Exit(4)
		a.L("child")
		a.Call("f")
		a.Exit(3)
		a.L("f")
		a.Nop(1)
		a.Ret()
	}
}

func TestFreeBSDFork(t *testing.T) {
	for _, call := range []int{bsdFork, bsdVfork} {
		for _, follow := range []tracer.Follow{tracer.FollowParent, tracer.FollowBoth} {
			onFreeBSD(t, func(t *testing.T, b *bsd) {
				r := b.launch(tracer.Options{Follow: follow}, forking(call))
				r.place(&breakpoints.Breakpoint{}, r.labels["f"])
				child := ""
				r.run(tracer.Intent{}, func(e *tracer.Event) bool {
					if e.Kind == tracer.EvExited && e.Process != r.p {
						child = fmt.Sprintf("exit %d", e.Stop.Code)
					}
					return false
				})
				r.saw(tracer.EvFork, 1)
				r.ends("exit 4")
				want := map[tracer.Follow][]any{tracer.FollowParent: {1, ""}, tracer.FollowBoth: {2, "exit 3"}}[follow]
				if r.seen[tracer.EvBreakpoint] != want[0] || child != want[1] {
					t.Errorf("call %d, follow %d: %d hits, the child ended with %q", call, follow, r.seen[tracer.EvBreakpoint], child)
				}
			})
		}
	}
}

func TestFreeBSDExec(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		path, labels := b.program("second", func(a *replay.Asm) {
			a.Nop(3)
			a.L("there")
			a.Exit(8)
		})
		r := b.launch(tracer.Options{}, func(a *replay.Asm) {
			a.Str("path", path)
			a.Quads("argv", replay.Ref("path"), 0)
			a.Quads("envp", 0)
			a.Sys(bsdExecve, replay.Ref("path"), replay.Ref("argv"), replay.Ref("envp"))
			a.Exit(1)
		})
		r.run(tracer.Intent{}, func(e *tracer.Event) bool { return e.Kind == tracer.EvExec })
		r.saw(tracer.EvExec, 1)
		r.place(&breakpoints.Breakpoint{}, labels["there"])
		r.run(tracer.Intent{}, nil)
		r.saw(tracer.EvBreakpoint, 1)
		r.ends("exit 8")
	})
}

// threading starts two threads which call f each and end, and calls f itself.
func threading(a *replay.Asm) {
	a.Quads("done", 0)
	a.Thread("one")
	a.Thread("two")
	a.Call("f")
	a.L("wait")
	a.Sleep(5)
	a.Mov(replay.RAX, replay.At("done"))
	a.Cmp(replay.RAX, 2)
	a.Jnz("wait")
	a.Exit(6)
	for _, name := range []string{"one", "two"} {
		a.L(name)
		a.Call("f")
		a.B(0xf0) // lock
		a.Inc("done")
		a.Sys(bsdThrExit, 0)
	}
	a.L("f")
	a.Nop(1)
	a.Ret()
}

func TestFreeBSDThreads(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		r := b.launch(tracer.Options{}, threading)
		r.place(&breakpoints.Breakpoint{}, r.labels["f"])
		who := map[kernel.TID]bool{}
		r.run(tracer.Intent{}, func(e *tracer.Event) bool {
			if e.Kind == tracer.EvBreakpoint {
				who[e.Thread.TID] = true
			}
			return false
		})
		r.saw(tracer.EvThreadNew, 2)
		r.saw(tracer.EvBreakpoint, 3)
		if r.ends("exit 6"); len(who) != 3 {
			t.Errorf("hits by %v", who)
		}
	})
}

func TestFreeBSDCalls(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		r := b.launch(tracer.Options{Mode: kernel.Syscalls}, func(a *replay.Asm) {
			a.Sys(bsdGetppid)
			a.Sys(bsdKill, 99999999, 0)
			a.Exit(2)
		})
		var calls []string
		r.run(tracer.Intent{}, func(e *tracer.Event) bool {
			switch c := &e.Stop.Syscall; e.Kind {
			case tracer.EvSyscallEnter:
				calls = append(calls, fmt.Sprintf("%d(%d)", c.Nr, c.Args[0]&0xffffffff))
			case tracer.EvSyscallExit:
				text := fmt.Sprintf("fails %t %d", c.Failed, c.Ret)
				if !c.Failed && int(c.Ret) == b.own {
					text = "our own"
				}
				calls = append(calls, text)
			}
			return false
		})
		if len(calls) > 0 { // getppid has no argument, but a register
			calls[0], _, _ = cut(calls[0], "(")
		}
		if want := []string{"39", "our own", "37(99999999)", "fails true -3", "1(2)"}; !slices.Equal(calls, want) {
			t.Errorf("calls: %q, want %q", calls, want)
		}
		r.ends("exit 2")
	})
}

func cut(s, sep string) (before, after string, found bool) {
	b, a, ok := bytes.Cut([]byte(s), []byte(sep))
	return string(b), string(a), ok
}

// TestFreeBSDSignals: a signal is told before its handler runs, and can be taken away.
func TestFreeBSDSignals(t *testing.T) {
	for _, pass := range []bool{true, false} {
		onFreeBSD(t, func(t *testing.T, b *bsd) {
			r := b.launch(tracer.Options{}, func(a *replay.Asm) {
				a.Quads("seen", 0)
				a.SigHandler(bsdUSR1, replay.Ref("handler"), 0)
				a.Sys(bsdGetpid)
				a.Mov(replay.RDI, replay.RAX)
				a.Mov(replay.RSI, bsdUSR1)
				a.Mov(replay.RAX, bsdKill)
				a.Syscall()
				a.Sys(bsdGetpid)
				a.Exit(replay.At("seen"))
				a.L("handler")
				a.Inc("seen")
				a.Ret()
			})
			r.run(tracer.Intent{}, func(e *tracer.Event) bool {
				if e.Kind == tracer.EvSignal {
					if e.Thread.Signal != bsdUSR1 || e.Stop.Info.PID != r.p.PID {
						t.Errorf("signal %d of process %d", e.Thread.Signal, e.Stop.Info.PID)
					}
					if !pass {
						e.Thread.Signal = 0
					}
				}
				return false
			})
			r.saw(tracer.EvSignal, 1)
			r.ends(map[bool]string{true: "exit 1", false: "exit 0"}[pass])
		})
	}
}

// TestFreeBSDFault: a fault of the program's own ends it as it would alone.
func TestFreeBSDFault(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		r := b.launch(tracer.Options{}, func(a *replay.Asm) {
			a.L("bad")
			a.B(0x8b, 0x04, 0x25, 0x10, 0, 0, 0) // mov eax, [0x10]
			a.Exit(0)
		})
		r.run(tracer.Intent{}, func(e *tracer.Event) bool {
			if pc, _ := e.Thread.PC(); e.Kind == tracer.EvSignal && (e.Thread.Signal != 11 || pc != r.labels["bad"] || !e.Stop.Info.Sync || e.Stop.Info.Addr != 0x10) {
				t.Errorf("signal %d at %#x: %+v", e.Thread.Signal, pc, e.Stop.Info)
			}
			return false
		})
		r.saw(tracer.EvSignal, 1)
		r.ends("signal 11")
	})
}

// TestFreeBSDInterrupt stops what runs, and kills it.
func TestFreeBSDInterrupt(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		r := b.launch(tracer.Options{}, func(a *replay.Asm) {
			a.Mov(replay.RBX, 0)
			a.L("loop")
			a.Call("f")
			a.Jmp("loop")
			a.L("f")
			a.Nop(1)
			a.Ret()
		})
		r.place(&breakpoints.Breakpoint{}, r.labels["f"])
		hits := 0
		r.run(tracer.Intent{}, func(e *tracer.Event) bool {
			if e.Kind == tracer.EvBreakpoint {
				if hits++; hits == 20 {
					r.tr.Interrupt()
				}
			}
			return e.Kind == tracer.EvInterrupted
		})
		r.saw(tracer.EvInterrupted, 1)
		if err := r.tr.Kill(r.p); err != nil {
			t.Error(err)
		}
		if k, err := b.kernel.Procfs().Proc(int(r.p.PID)).Kinfo(); err == nil {
			t.Errorf("after the kill: %+v", k)
		}
	})
}

// TestFreeBSDCore has the kernel write a core at a breakpoint, which is not in it; the program goes
// on.
func TestFreeBSDCore(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		r := b.launch(tracer.Options{}, calling(2))
		r.place(&breakpoints.Breakpoint{}, r.labels["f"])
		r.run(tracer.Intent{}, func(e *tracer.Event) bool { return e.Kind == tracer.EvBreakpoint })
		path := filepath.Join(t.TempDir(), "core")
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := r.p.WithoutTraps(func() error { return kernel.DumperOf(b.kernel).DumpCore(r.p.PID, f) }); err != nil {
			t.Fatal(err)
		}
		c, err := core.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if len(c.Problems) > 0 || c.System() != "FreeBSD" || len(c.Threads) != 1 || c.Process.PID != int(r.p.PID) || c.Process.Name != "tracee" ||
			c.Process.Args != "tracee x" {
			t.Errorf("%s", c.Text())
		}
		if th := &c.Threads[0]; th.Regs.PC() != r.labels["f"] || th.TID != int(r.p.Leader().TID) {
			t.Errorf("thread %d at %#x", th.TID, th.Regs.PC())
		}
		word := make([]byte, 8)
		if n, err := c.ReadMem(r.labels["count"], word); n != 8 || word[0] != 0 {
			t.Errorf("count: %x %v", word, err)
		}
		r.run(tracer.Intent{}, nil)
		r.saw(tracer.EvBreakpoint, 2)
		r.ends("exit 2")
	})
}

// TestFreeBSDCoreAttached has a core written right after an attach, where the kernel would not; it is
// not noticed, whatever the program did.
func TestFreeBSDCoreAttached(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		for _, c := range []struct {
			name string
			body func(a *replay.Asm)
			end  string
		}{
			{"asleep", func(a *replay.Asm) {
				a.Sleep(80)
				a.Exit(replay.RAX)
			}, "exit 0"},
			{"running", func(a *replay.Asm) { a.Spin("loop") }, "signal 9"},
			{"with a thread", func(a *replay.Asm) {
				a.Thread("other")
				a.Sleep(80)
				a.Exit(replay.RAX)
				a.L("other")
				a.Sleep(10)
				a.Jmp("other")
			}, "exit 0"},
		} {
			path, _ := b.program("tracee", c.body)
			pid := b.start(path)
			b.pass()
			tr := tracer.New(b.kernel, tracer.Options{Events: kernel.EventThreads})
			p, err := tr.Attach(kernel.PID(pid))
			if err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(filepath.Join(t.TempDir(), "core"), os.O_RDWR|os.O_CREATE, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			for range 2 {
				if err := p.WithoutTraps(func() error { return kernel.DumperOf(b.kernel).DumpCore(p.PID, f) }); err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
			}
			saved, err := core.Open(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			if len(saved.Problems) > 0 || len(saved.Threads) != len(p.Threads()) || saved.Process.PID != pid {
				t.Errorf("%s: %s", c.name, saved.Text())
			}
			saved.Close()
			if err := tr.Detach(p); err != nil {
				t.Fatal(err)
			}
			if b.pass(); c.end == "signal 9" {
				b.kill(pid, 9)
			}
			if end := b.end(pid); end != c.end {
				t.Errorf("%s: it ended with %s, want %s", c.name, end, c.end)
			}
		}
	})
}

// TestFreeBSDBadInput: what cannot be started or traced has FreeBSD's errno.
func TestFreeBSDBadInput(t *testing.T) {
	onFreeBSD(t, func(t *testing.T, b *bsd) {
		tr := tracer.New(b.kernel, tracer.Options{})
		text := b.put("text", []byte("no program\n"))
		cut := b.put("cut", []byte("\x7fELF\x02\x01\x01\x09"))
		for _, c := range []struct {
			name string
			do   func() error
			want raw.Errno
		}{
			{"no file", func() error {
				_, err := tr.Launch(&kernel.Launch{Path: text + ".none", Args: []string{"x"}})
				return err
			}, raw.ENOENT},
			{"text", func() error { _, err := tr.Launch(&kernel.Launch{Path: text, Args: []string{"x"}}); return err }, 8},
			{"a cut ELF file", func() error { _, err := tr.Launch(&kernel.Launch{Path: cut, Args: []string{"x"}}); return err }, 8},
			{"a directory", func() error {
				_, err := tr.Launch(&kernel.Launch{Path: filepath.Dir(text), Args: []string{"x"}})
				return err
			}, 13},
			{"nobody", func() error { _, err := tr.Attach(99998); return err }, raw.ESRCH},
			{"ourselves", func() error { _, err := tr.Attach(kernel.PID(b.own)); return err }, raw.EINVAL},
		} {
			if err := c.do(); !errors.Is(err, kernel.Errno(c.want)) {
				t.Errorf("%s: %v, want errno %d", c.name, err, c.want)
			}
		}
		r := b.launch(tracer.Options{}, calling(1))
		if n, err := r.p.ReadMem(0x10, make([]byte, 4)); n != 0 || err == nil {
			t.Errorf("%d bytes of what is not mapped: %v", n, err)
		}
		if err := r.tr.Place(r.tr.Breakpoints.Add(&breakpoints.Breakpoint{Enabled: true}), r.p, 0x10); err == nil {
			t.Error("a breakpoint where nothing is mapped")
		}
		r.run(tracer.Intent{}, nil)
		r.ends("exit 1")
	})
}
