package kerneltest

// Beginning and ending to trace: PT_TRACE_ME, PT_ATTACH, PT_DETACH, the debugger's death.

import (
	"time"

	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
)

// Short names for the tracees' texts.
type (
	asm = replay.Asm
	ref = replay.Ref
	mem = replay.At
)

const (
	rax = replay.RAX
	rcx = replay.RCX
	rdx = replay.RDX
	rbx = replay.RBX
	rsi = replay.RSI
	rdi = replay.RDI
	r12 = replay.R12
)

// traced asks to be traced before the program is executed.
var traced = replay.Options{Trace: true}

// Signals that the cases send, beside those that package raw names.
const (
	sigHUP  = 1
	sigINT  = 2
	sigABRT = 6
	sigSEGV = 11
	sigTERM = 15
	sigURG  = 16
	sigINFO = 29
	sigUSR1 = 30
	sigUSR2 = 31
	sigRT   = 65
)

// Operands of tracees' calls.
const (
	sigBlock, sigUnblock = 1, 2
	saSiginfo            = 0x40
	saRestart            = 2
	waitNoHang           = 1
	waitUntraced         = 2
)

func exiter(code int) func(*asm) { return func(a *asm) { a.Exit(code) } }

// spinner spins until the quadword "go" is set, and exits with 3.
func spinner(a *asm) {
	a.Quads("go", 0)
	awaitFlag(a, "go")
	a.Exit(3)
}

// napper sleeps some ms and exits with 0 if the sleep was whole, with its errno if not.
func napper(ms int) func(*asm) {
	return func(a *asm) {
		a.Sleep(ms)
		a.L("after")
		a.Jc("failed")
		a.Exit(0)
		a.L("failed")
		a.Exit(rax)
	}
}

// twoNappers are two threads that sleep: each notes the errno of its sleep, and when both have, the first
// sends itself SIGUSR1.
func twoNappers(a *asm) {
	for _, name := range []string{"first", "second", "asleep", "awake", "spare"} {
		a.Quads(name, 0)
	}
	nap := func(ms int, result string) {
		a.Sleep(ms)
		a.Jc(result + "_failed")
		a.Mov(rax, 0)
		a.L(result + "_failed")
		a.Store(result, rax)
	}
	a.Thread("other")
	awaitFlag(a, "asleep")
	nap(400, "first")
	awaitFlag(a, "awake")
	raise(a, sigUSR1)
	a.Exit(0)
	a.L("other")
	a.Inc("asleep")
	nap(300, "second")
	a.Inc("awake")
	a.Spin("spin")
}

var fbsdAttachCases = []fbsdCase{
	{name: "launch_exec_stop", promise: "a program that asked to be traced stops with SIGTRAP at its first instruction; the event mask is EXEC", run: func(b *bench) {
		pid := b.spawn(b.assemble(exiter(4)), replay.Options{Trace: true})
		l := b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
		equal(b, "pl_event", l.Event, raw.EventSignal)
		equal(b, "the event mask", b.getMask(pid), raw.MaskExec)
		equal(b, "rip", b.regs(pid).Rip, b.label("_start"))
		b.cont(pid, 0)
		b.exits(pid, 4)
		b.alone()
	}},
	{name: "traceme_twice", promise: "a second PT_TRACE_ME is EBUSY; a traced process stops with each signal it sends itself", run: func(b *bench) {
		pid := b.start(func(a *asm) {
			call(a, "ptrace", 0, 0, 0, 0)
			call(a, "ptrace", 0, 0, 0, 0)
			a.Quads("errno", 0)
			a.Store("errno", rax)
			raise(a, raw.SIGSTOP)
			a.Exit(mem("errno"))
		})
		l := b.signaled(pid, raw.SIGSTOP)
		equal(b, "si_code", l.Siginfo.Code, raw.SiNoinfo)
		b.cont(pid, 0)
		b.exits(pid, int(raw.EBUSY))
	}},
	{name: "traceme_parent_waits_once", promise: "a parent that traces its child sees its stop, its end once, and then has no child", run: func(b *bench) {
		pid := b.start(func(a *asm) {
			call(a, "ptrace", 0, 0, 0, 0)
			raise(a, raw.SIGSTOP)
			a.Exit(1)
		})
		b.signaled(pid, raw.SIGSTOP)
		b.cont(pid, 0)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "attach_parent_waits_once", promise: "a parent that attaches to its child sees the stop of the attach, its end once, and then has no child", run: func(b *bench) {
		pid := b.start(spinner)
		b.attach(pid)
		b.poke(pid, b.label("go"), 1)
		b.cont(pid, 0)
		b.exits(pid, 3)
		b.alone()
	}},
	{name: "attach_stop_tells_nothing", promise: "the stop of an attach has no event, no flag and no siginfo, in any thread", run: func(b *bench) {
		pid := b.start(func(a *asm) {
			a.Thread("other")
			a.Spin("main")
			a.L("other")
			a.Spin("loop")
		})
		b.await2(pid)
		l := b.attach(pid)
		equal(b, "pl_event", l.Event, raw.EventNone)
		ids := b.threads(pid)
		equal(b, "threads", len(ids), 2)
		equal(b, "the thread reported", int(l.LWP), ids[0])
		for _, id := range ids {
			l := b.lwpinfo(id)
			equal(b, "pl_event", l.Event, raw.EventNone)
			equal(b, "pl_flags", l.Flags, 0)
		}
	}},
	{name: "attach_busy_before_wait", promise: "between PT_ATTACH and the wait that takes its stop, requests are EBUSY; WNOWAIT does not take it", run: func(b *bench) {
		pid := b.start(spinner)
		b.do(raw.Attach, pid, 0, 0)
		b.refused(raw.EBUSY, raw.Detach, pid, 1, 0)
		b.await(raw.PPid, pid, waitAll|raw.WNowait)
		b.refused(raw.EBUSY, raw.Detach, pid, 1, 0)
		b.stop(pid, raw.SIGSTOP, 0)
		b.do(raw.Detach, pid, 1, 0)
	}},
	{name: "attach_twice", promise: "attaching to who is traced already is EBUSY", run: func(b *bench) {
		pid := b.start(spinner)
		b.attach(pid)
		b.refused(raw.EBUSY, raw.Attach, pid, 0, 0)
	}},
	{name: "attach_nobody", promise: "attaching to oneself is EINVAL, to a pid that does not exist, or a zombie, ESRCH", run: func(b *bench) {
		b.refused(raw.EINVAL, raw.Attach, b.k.Pid(), 0, 0)
		pid := b.start(exiter(0))
		b.await(raw.PPid, pid, raw.WExited|raw.WNowait)
		b.refused(raw.ESRCH, raw.Attach, pid, 0, 0)
		b.exits(pid, 0)
		b.refused(raw.ESRCH, raw.Attach, pid, 0, 0)
	}},
	{name: "attach_by_lwpid", promise: "PT_ATTACH takes a thread's id for its process", run: func(b *bench) {
		pid := b.start(spinner)
		b.attach(pid)
		lwp := b.threads(pid)[0]
		b.do(raw.Detach, pid, 1, 0)
		b.do(raw.Attach, lwp, 0, 0)
		b.stop(pid, raw.SIGSTOP, 0)
	}},
	{name: "attach_sleeping_is_transparent", promise: "a sleep in a system call goes on after an attach and a continue", run: func(b *bench) {
		pid := b.start(napper(300))
		b.asleep(pid, "nanslp")
		b.attach(pid)
		equal(b, "rip", b.regs(pid).Rip, b.label("after"))
		b.cont(pid, 0)
		b.exits(pid, 0)
	}},
	{name: "attach_sleeping_detach", promise: "a sleep in a system call goes on after an attach and a detach", run: func(b *bench) {
		pid := b.start(napper(300))
		b.asleep(pid, "nanslp")
		b.attach(pid)
		b.do(raw.Detach, pid, 1, 0)
		b.exits(pid, 0)
	}},
	{name: "attach_sleeping_write", promise: "writing a byte of a process attached to in its sleep makes the call fail with EINTR", run: func(b *bench) {
		pid := b.start(napper(60000))
		b.asleep(pid, "nanslp")
		b.attach(pid)
		b.io(pid, raw.WriteInstr, b.label("failed"), []byte{b.prog.Image[b.label("failed")-b.label("_start")+0x200]})
		b.cont(pid, 0)
		b.exits(pid, int(raw.EINTR))
	}},
	{name: "attach_sleeping_setregs", promise: "writing the registers of a process attached to in its sleep, unchanged, makes the call fail with EINTR", run: func(b *bench) {
		pid := b.start(napper(60000))
		b.asleep(pid, "nanslp")
		b.attach(pid)
		b.setRegs(pid, b.regs(pid))
		b.cont(pid, 0)
		b.exits(pid, int(raw.EINTR))
	}},
	{name: "attach_sleeping_thread_write", promise: "of two threads asleep, the one that memory was written by and that the continue names fails with EINTR; " +
		"continued by the process, neither does", run: func(b *bench) {
		for _, byThread := range []bool{false, true} {
			pid := b.start(twoNappers)
			b.await2(pid)
			b.asleep(pid, "nanslp")
			b.k.Sleep(20 * time.Millisecond)
			b.attach(pid)
			other := b.threads(pid)[1]
			b.poke(other, b.label("spare"), 1)
			want := uint64(0)
			if byThread {
				b.cont(other, 0)
				want = uint64(raw.EINTR)
			} else {
				b.cont(pid, 0)
			}
			b.signaled(pid, sigUSR1)
			equal(b, "what the first thread's sleep returned", b.peek(pid, b.label("first")), 0)
			equal(b, "what the other's returned", b.peek(pid, b.label("second")), want)
			b.do(raw.Kill, pid, 0, 0)
			b.killed(pid, raw.SIGKILL)
		}
	}},
	{name: "attach_sleeping_jump", promise: "an address at a continue ends the sleep of a process attached to", run: func(b *bench) {
		pid := b.start(func(a *asm) {
			a.Sleep(60000)
			a.Exit(0)
			a.L("there")
			a.Exit(rax)
		})
		b.asleep(pid, "nanslp")
		b.attach(pid)
		b.do(raw.Continue, pid, uintptr(b.label("there")), 0)
		b.exits(pid, int(raw.EINTR))
	}},
	{name: "attach_job_stopped", promise: "a stop by job control is replaced by that of the attach and forgotten: continued, the process runs", run: func(b *bench) {
		pid := b.start(spinner)
		b.kill(pid, raw.SIGSTOP)
		b.halted(pid)
		b.attach(pid)
		b.poke(pid, b.label("go"), 1)
		b.cont(pid, 0)
		b.exits(pid, 3)
	}},
	{name: "attach_job_stopped_detach_stop", promise: "SIGSTOP given at PT_DETACH from an attach's stop is lost; sent by kill before, it stops", run: func(b *bench) {
		pid := b.start(spinner)
		b.kill(pid, raw.SIGSTOP)
		b.halted(pid)
		b.attach(pid)
		b.do(raw.Detach, pid, 1, raw.SIGSTOP)
		b.quiet(pid)
		b.attach(pid)
		b.kill(pid, raw.SIGSTOP)
		b.do(raw.Detach, pid, 1, 0)
		b.halted(pid)
	}},
	{name: "attach_blocked_signals", promise: "a process that blocks every signal can be attached to, and a signal that it blocks is not reported", run: func(b *bench) {
		pid := b.start(func(a *asm) {
			a.Quads("all", -1, -1)
			a.Quads("go", 0)
			call(a, "sigprocmask", sigBlock, ref("all"), 0)
			a.Sleep(60000)
			a.Exit(0)
		})
		b.asleep(pid, "nanslp")
		b.attach(pid)
		b.kill(pid, sigUSR1)
		b.cont(pid, 0)
		b.quiet(pid)
	}},
	{name: "attach_pending_signals_by_number", promise: "signals that come during a stop are reported one by one after it, the lowest number first", run: func(b *bench) {
		pid := b.start(func(a *asm) {
			for _, sig := range []int{sigUSR1, sigUSR2, sigTERM} {
				a.SigHandler(sig, ref("handler"), 0)
			}
			spinner(a)
			a.L("handler")
			a.Ret()
		})
		b.k.Sleep(lull)
		b.attach(pid)
		for _, sig := range []int{sigUSR2, sigTERM, sigUSR1} {
			b.kill(pid, sig)
		}
		b.cont(pid, 0)
		for _, sig := range []int{sigTERM, sigUSR1, sigUSR2} {
			b.signaled(pid, sig)
			b.cont(pid, 0)
		}
	}},
	{name: "attach_vfork_parent", promise: "the parent of a vfork child can be attached to while it waits for it, and goes on waiting", run: func(b *bench) {
		pid := b.start(func(a *asm) {
			a.Quads("go", 0)
			call(a, "vfork")
			a.IfChild("child")
			a.Exit(5)
			a.L("child")
			awaitFlag(a, "go")
			a.Exit(2)
		})
		b.asleep(pid, "ppwait")
		b.attach(pid)
		child := b.child(pid)
		b.cont(pid, 0)
		b.quiet(pid)
		b.attach(child)
		b.poke(child, b.label("go"), 1)
		b.cont(child, 0)
		b.exits(child, 2)
		b.exits(pid, 5)
		b.alone()
	}},
	{name: "attach_two_flock_sleepers", promise: "threads asleep for a file lock stop at an attach", run: func(b *bench) {
		lock := b.dir + "/lock"
		if err := b.k.WriteFile(lock, nil, 0o644); err != nil {
			b.t.Fatal(err)
		}
		holder := b.start(func(a *asm) {
			a.Str("path", lock)
			call(a, "open", ref("path"), 0, 0)
			call(a, "flock", rax, 2)
			raise(a, raw.SIGSTOP)
			a.Exit(0)
		})
		b.halted(holder)
		pid := b.start(func(a *asm) {
			a.Str("path", lock)
			a.Quads("fd", 0)
			call(a, "open", ref("path"), 0, 0)
			a.Store("fd", rax)
			a.Thread("other")
			call(a, "flock", mem("fd"), 2)
			a.Exit(0)
			a.L("other")
			call(a, "flock", mem("fd"), 2)
			a.Exit(0)
		})
		b.await2(pid)
		b.k.Sleep(lull)
		b.attach(pid)
		b.do(raw.Detach, pid, 1, 0)
		b.resume(holder)
		b.exits(holder, 0)
		b.exits(pid, 0)
	}},
	{name: "detach_runs", promise: "after PT_DETACH a program runs to its end and is its parent's to reap", run: func(b *bench) {
		pid := b.launch(exiter(6))
		b.do(raw.Detach, pid, 1, 0)
		b.exits(pid, 6)
		b.alone()
	}},
	{name: "detach_signal", promise: "a signal given at PT_DETACH from an event's stop is delivered", run: func(b *bench) {
		pid := b.launch(spinner)
		b.do(raw.Detach, pid, 1, sigTERM)
		b.killed(pid, sigTERM)
	}},
	{name: "detach_sigstop", promise: "SIGSTOP given at PT_DETACH from an event's stop leaves the process stopped by job control", run: func(b *bench) {
		pid := b.launch(spinner)
		b.do(raw.Detach, pid, 1, raw.SIGSTOP)
		b.halted(pid)
		b.resume(pid)
		if _, st, _ := b.await(raw.PPid, pid, raw.WContinued); st.Kind != raw.StatusContinued {
			b.fail("%+v, want continued", st)
		}
	}},
	{name: "detach_bad_signal", promise: "PT_DETACH with a number above 128, or below 0, is EINVAL, and leaves it traced", run: func(b *bench) {
		pid := b.launch(exiter(0))
		b.refused(raw.EINVAL, raw.Detach, pid, 1, 129)
		b.refused(raw.EINVAL, raw.Detach, pid, 1, -1)
		b.cont(pid, 0)
		b.exits(pid, 0)
	}},
	{name: "detach_ignores_address", promise: "the address of PT_DETACH is not where the program goes on", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Exit(1); a.L("elsewhere"); a.Exit(2) })
		b.do(raw.Detach, pid, uintptr(b.label("elsewhere")), 0)
		b.exits(pid, 1)
	}},
	{name: "detach_running", promise: "PT_DETACH of a tracee that runs is EBUSY", run: func(b *bench) {
		pid := b.launch(spinner)
		b.cont(pid, 0)
		b.refused(raw.EBUSY, raw.Detach, pid, 1, 0)
	}},
	{name: "detach_pending_signal", promise: "a signal that waits at PT_DETACH is delivered afterwards", run: func(b *bench) {
		pid := b.launch(spinner)
		b.kill(pid, sigTERM)
		b.do(raw.Detach, pid, 1, 0)
		b.killed(pid, sigTERM)
	}},
	{name: "detach_clears_suspend", promise: "PT_DETACH lets a thread go that was PT_SUSPENDed", run: func(b *bench) {
		pid := b.launch(exiter(7))
		b.do(raw.Suspend, b.threads(pid)[0], 0, 0)
		b.do(raw.Detach, pid, 1, 0)
		b.exits(pid, 7)
	}},
	{name: "detach_step", promise: "PT_DETACH leaves the trap flag that PT_SETSTEP set: the program dies of its SIGTRAP", run: func(b *bench) {
		pid := b.launch(spinner)
		b.do(raw.SetStep, pid, 0, 0)
		b.do(raw.Detach, pid, 1, 0)
		b.killed(pid, raw.SIGTRAP)
	}},
	{name: "detach_same_signal", promise: "a signal that is given back at the detach from its own stop waits twice: in the thread and where it was",
		unconfirmed: "that its handler runs twice, as the kernel's sources have it", run: func(b *bench) {
			pid := b.launch(func(a *asm) {
				counted(2, func(a *asm) {
					raise(a, sigUSR1)
					a.Exit(mem("count"))
				})(a)
			})
			b.cont(pid, 0)
			b.signaled(pid, sigUSR1)
			b.do(raw.Detach, pid, 1, sigUSR1)
			b.exits(pid, 2)
		}},
	{name: "detach_leaves_other_stopped", promise: "detaching one tracee leaves another stopped", run: func(b *bench) {
		one, two := b.launch(exiter(1)), b.launch(exiter(2))
		b.do(raw.Detach, one, 1, 0)
		b.exits(one, 1)
		b.quiet(two)
		b.cont(two, 0)
		b.exits(two, 2)
	}},
	{name: "detach_queued_breakpoint", promise: "a breakpoint that a second thread met before the detach is met again after it, and kills", run: func(b *bench) {
		pid := b.launch(twoBreakpoints)
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGTRAP)
		b.k.Sleep(lull)
		b.do(raw.Detach, pid, 1, 0)
		b.killed(pid, raw.SIGTRAP)
	}},
	{name: "debugger_exit_kills", promise: "a tracee does not outlive its debugger (kern.kill_on_debugger_exit)", run: func(b *bench) {
		b.reap()
		pid := b.start(func(a *asm) { // a debugger of its own child
			tracedChild(a, func() { a.Spin("loop") })
			raise(a, raw.SIGSTOP)
			a.Exit(4)
		})
		child := b.orphaned(pid)
		b.exits(pid, 4)
		b.killed(child, raw.SIGKILL)
		b.alone()
	}},
	{name: "debugger_exit_pending_sigstop", promise: "a tracee that sent itself SIGSTOP dies with its debugger, and does not stay stopped", run: func(b *bench) {
		b.reap()
		pid := b.start(func(a *asm) {
			tracedChild(a, func() { raise(a, raw.SIGSTOP); a.Spin("loop") })
			call(a, "ptrace", raw.Continue, r12, 1, 0)
			call(a, "wait4", -1, 0, 0, 0)
			raise(a, raw.SIGSTOP)
			a.Exit(4)
		})
		child := b.orphaned(pid)
		b.exits(pid, 4)
		b.killed(child, raw.SIGKILL)
		b.alone()
	}},
	{name: "debugger_exit_pending_sigstop_threads", promise: "so does one of two threads, whichever sent the SIGSTOP", run: func(b *bench) {
		b.reap()
		for _, main := range []bool{true, false} {
			pid := b.start(func(a *asm) {
				tracedChild(a, func() {
					a.Thread("other")
					if main {
						raise(a, raw.SIGSTOP)
					}
					a.Sleep(60000)
					a.Exit(1)
					a.L("other")
					if !main {
						raise(a, raw.SIGSTOP)
					}
					a.Sleep(60000)
					a.Exit(1)
				})
				call(a, "ptrace", raw.Continue, r12, 1, 0)
				call(a, "wait4", -1, 0, 0, 0)
				raise(a, raw.SIGSTOP)
				a.Exit(4)
			})
			child := b.orphaned(pid)
			b.exits(pid, 4)
			b.killed(child, raw.SIGKILL)
		}
		b.alone()
	}},
}

// orphaned lets a parent that has stopped itself go to its end, and is the child that it leaves.
func (b *bench) orphaned(pid int) int {
	b.t.Helper()
	b.halted(pid)
	child := b.child(pid)
	b.resume(pid)
	return child
}

// tracedChild forks a child that asks to be traced, stops, and goes on with then; its parent, the
// debugger, has its pid in r12 after the stop.
func tracedChild(a *asm, then func()) {
	call(a, "fork")
	a.IfChild("child")
	a.Mov(r12, rax)
	a.Jmp("parent")
	a.L("child")
	call(a, "ptrace", 0, 0, 0, 0)
	raise(a, raw.SIGSTOP)
	then()
	a.L("parent")
	call(a, "wait4", -1, 0, 0, 0)
}

// twoBreakpoints are two threads that each meet an int3, and then sleep.
func twoBreakpoints(a *asm) {
	a.Quads("ready", 0)
	a.Thread("other")
	awaitFlag(a, "ready")
	a.Int3()
	a.L("main_after")
	a.Sleep(60000)
	a.Exit(0)
	a.L("other")
	a.Inc("ready")
	a.Int3()
	a.L("other_after")
	a.Sleep(60000)
	a.Exit(1)
}

// await2 waits until a process has two threads.
func (b *bench) await2(pid int) {
	b.t.Helper()
	for until := b.k.Now() + *patience; b.k.Now() < until; b.k.Sleep(2e6) {
		if r := b.kinfo(pid); r != nil && le.Uint32(r[596:]) == 2 { // ki_numthreads
			return
		}
	}
	b.fail("%d has not two threads", pid)
}
