package freebsd_test

// What a program must not feel of its debugger, with programs made for it, on the modeled kernel.

import (
	"errors"
	"testing"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
	"github.com/trapline/trapline/tracer"
)

// made launches an assembled program under the engine.
func made(t *testing.T, seed uint64, build func(a *replay.Asm)) (*session, *replay.Program) {
	t.Helper()
	a := replay.NewAsm()
	a.L("_start")
	build(a)
	prog := a.Link("made")
	s := &session{b: newBridge(t, seed)}
	s.b.m.FS.WriteFile("/w/made", prog.Image, 0o755)
	s.tr = tracer.New(freebsd.New(s.b), tracer.Options{})
	var err error
	if s.p, err = s.tr.Launch(&kernel.Launch{Path: "/w/made", Args: []string{"tracee"}}); err != nil {
		t.Fatal(err)
	}
	return s, prog
}

// TestBeforeTheSameCall: a thread that is interrupted in front of a breakpoint on a syscall instruction, after
// another call of that number, is about to meet it for the first time.
func TestBeforeTheSameCall(t *testing.T) {
	const getppid, times = 39, 20
	for seed := uint64(1); seed < 80; seed += 2 {
		s, prog := made(t, seed, func(a *replay.Asm) {
			a.Mov(replay.R12, times)
			a.L("loop")
			a.Sys(getppid)
			a.Mov(replay.R10, 0)
			a.Mov(replay.RCX, 0)
			a.Mov(replay.RAX, getppid)
			a.L("site")
			a.Syscall()
			a.B(0x49, 0xff, 0xcc) // dec r12
			a.Jnz("loop")
			a.Exit(0)
		})
		hits := 0
		b := s.tr.Breakpoints.Add(&breakpoints.Breakpoint{Enabled: true, Check: func(breakpoints.Hit) (bool, error) {
			hits++
			return false, nil
		}})
		if err := s.tr.Place(b, s.p, prog.Labels["site"]); err != nil {
			t.Fatal(err)
		}
		for s.end == "" && s.n < most {
			s.b.after, s.b.call = 1+s.n%5, s.tr.Interrupt
			s.run(tracer.Intent{}, func(e *tracer.Event) bool { return e.Kind == tracer.EvInterrupted })
		}
		if s.end != "0x0" || hits != times {
			t.Errorf("seed %d: %d hits of %d, ends with %s", seed, hits, times, s.end)
		}
	}
}

// Programs of TestSignalKept: a thread sends itself or another a signal, of which is checked who has sent it, by
// which call. The first thread waits for that.
const (
	usr1, saSiginfo          = 30, 0x40
	thrSelf, thrKill, getpid = 432, 433, 20
	sigtimedwait             = 345
	offCode, offPID          = 8, 12 // in siginfo_t
)

// checks ends the process by 1 unless the siginfo_t at rsi tells of thr_kill(2) by the process itself.
func checks(a *replay.Asm) {
	a.B(0x8b, 0x7e, offCode) // mov edi, [rsi+8]
	a.Cmp(replay.RDI, raw.SiLWP)
	a.Jnz("bad")
	a.B(0x8b, 0x5e, offPID) // mov ebx, [rsi+12]
	a.Mov(replay.RAX, getpid)
	a.Syscall()
	a.B(0x48, 0x39, 0xd8) // cmp rax, rbx
	a.Jnz("bad")
}

var keepers = map[string]func(a *replay.Asm){
	"handler": func(a *replay.Asm) {
		a.SigHandler(usr1, replay.Ref("handler"), saSiginfo)
		a.Thread("other")
		a.Jmp("wait")
		a.L("handler")
		checks(a)
		a.Inc("done")
		a.Ret()
		a.L("other")
	},
	"sigtimedwait": func(a *replay.Asm) {
		a.SigMask(1, usr1)
		a.Quads("set", 1<<(usr1-1), 0)
		a.Data("info", make([]byte, raw.SiginfoSize))
		a.Thread("other")
		a.Thread("taker")
		a.Jmp("wait")
		a.L("taker")
		a.Sys(sigtimedwait, replay.Ref("set"), replay.Ref("info"), 0)
		a.Mov(replay.RSI, replay.Ref("info"))
		checks(a)
		a.Inc("done")
		a.Spin("taken")
		a.L("other")
	},
}

// receivers are where the thread's number is that the signal is for.
var receivers = map[string]string{"handler": "self", "sigtimedwait": "thr_taker_tid"}

// TestSignalKept: a signal whose thread is held while another goes on keeps what it tells, by whichever way the
// program asks.
func TestSignalKept(t *testing.T) {
	for name, build := range keepers {
		t.Run(name, func(t *testing.T) {
			for seed := uint64(1); seed < 20; seed++ {
				s, _ := made(t, seed, func(a *replay.Asm) {
					a.Quads("done", 0)
					a.Quads("self", 0)
					build(a)
					a.Sleep(1)
					a.Sys(thrSelf, replay.Ref("self"))
					a.Sys(thrKill, replay.At(receivers[name]), usr1)
					a.Spin("sent")
					a.L("wait")
					a.Mov(replay.RAX, 0)
					a.CmpAt(replay.RAX, "done")
					a.Jz("wait")
					a.Exit(0)
					a.L("bad")
					a.Exit(1)
				})
				signals := 0
				s.run(tracer.Intent{}, func(e *tracer.Event) bool {
					if e.Kind == tracer.EvSignal {
						signals++
					}
					return e.Kind == tracer.EvSignal
				})
				if signals != 1 {
					t.Fatalf("seed %d: %d signals, ends with %s", seed, signals, s.end)
				}
				s.b.after, s.b.call = 3, s.tr.Interrupt
				s.run(tracer.Intent{Only: s.p.Leader()}, func(e *tracer.Event) bool { return e.Kind == tracer.EvInterrupted })
				if s.run(tracer.Intent{}, nil); s.end != "0x0" {
					t.Errorf("seed %d: ends with %s", seed, s.end)
				}
			}
		})
	}
}

// TestSignalAtDetach: a handler runs once for the signal of the stop in which the program is let go, and is
// told what it was.
func TestSignalAtDetach(t *testing.T) {
	s, _ := made(t, 2, func(a *replay.Asm) {
		a.Quads("done", 0)
		a.Quads("self", 0)
		a.SigHandler(usr1, replay.Ref("handler"), saSiginfo)
		a.Sys(thrSelf, replay.Ref("self"))
		a.Sys(thrKill, replay.At("self"), usr1)
		a.Sleep(1)
		a.Exit(replay.At("done"))
		a.L("handler")
		checks(a)
		a.Inc("done")
		a.Ret()
		a.L("bad")
		a.Exit(99)
	})
	s.run(tracer.Intent{}, func(e *tracer.Event) bool { return e.Kind == tracer.EvSignal })
	pid := int(s.p.PID)
	if err := s.tr.Detach(s.p); err != nil && !errors.Is(err, kernel.ErrGone) {
		t.Fatal(err)
	}
	if end := s.b.wait(pid); end != "0x100" {
		t.Errorf("ends with %s", end)
	}
}
