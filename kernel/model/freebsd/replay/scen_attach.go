package replay

// Launch, attach and detach; what the death of a debugger does.

import (
	"time"
)

// hello writes a line and exits with 3.
func hello(a *Asm) {
	a.Str("msg", "hello, world\n")
	a.L("write")
	a.Sys(sysWrite, 1, Ref("msg"), 13)
	a.L("exit")
	a.Exit(3)
}

func spin(a *Asm) { a.Nop(2); a.Spin("loop") }

// napper sleeps ms milliseconds in one nanosleep and exits with its errno.
func napper(ms int) func(*Asm) {
	return func(a *Asm) {
		a.Mov(RBX, 0)
		a.L("sleep")
		a.Sleep(ms)
		a.L("after_sleep")
		a.Mov(RDI, 0)
		a.jcc(0x83, "quit") // jnc
		a.Mov(RDI, RAX)
		a.L("quit")
		a.Sys(sysExit)
	}
}

// reader reads one byte from descriptor 0 and exits with the result, or 100+errno.
func reader(a *Asm) {
	a.Bss("buf", 4096)
	a.L("read")
	a.Sys(sysRead, 0, Ref("buf"), 16)
	a.L("after_read")
	a.Mov(RDI, RAX)
	a.jcc(0x83, "quit")
	a.B(0x48, 0x83, 0xc7, 100) // add rdi, 100
	a.L("quit")
	a.Sys(sysExit)
}

// threads starts n threads: even ones spin, odd ones sleep; the first sleeps too.
func threads(n int) func(*Asm) {
	return func(a *Asm) {
		for i := range n {
			a.Thread("thread" + string(rune('a'+i)))
		}
		a.L("main_sleep")
		a.Sleep(60000)
		a.Jmp("main_sleep")
		for i := range n {
			l := "thread" + string(rune('a'+i))
			a.L(l)
			if i%2 == 0 {
				a.Spin(l + "_loop")
			} else {
				a.Sleep(60000)
				a.Sys(sysThrExit, 0)
			}
		}
	}
}

func (r *R) attach(pid int) Stop {
	if !r.pt(ptAttach, pid, 0, 0) {
		return Stop{None: true}
	}
	return r.stop(pid)
}

func (r *R) detach(pid, sig int) bool { return r.pt(ptDetach, pid, 1, sig) }

var attachScenarios = []Scenario{
	{Name: "launch-traceme", About: "PT_TRACE_ME, execve, the exec stop, PT_CONTINUE to the end", Run: func(r *R) {
		pid := r.spawn(r.program("a", hello), Options{Trace: true})
		r.wait6(P_PID, pid, WEXITED|WNOHANG|WNOWAIT)
		r.stop(pid)
		r.getMask(pid)
		r.proc(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.proc(pid)
		r.cont(pid, 0)
	}},
	{Name: "launch-hello-syscalls", About: "every stop of a hello-world static ELF under PT_SYSCALL", Run: func(r *R) {
		pid, _ := r.launch(hello)
		r.drive(pid, ptSyscall, 20)
	}},
	{Name: "traceme-by-hand", About: "fork, PT_TRACE_ME twice, a signal to itself, exit: the child's calls in its own code", Run: func(r *R) {
		pid := r.spawn(r.program("a", func(a *Asm) {
			a.Sys(sysPtrace, ptTraceMe, 0, 0, 0)
			a.Sys(sysPtrace, ptTraceMe, 0, 0, 0)
			a.L("second_errno")
			a.Mov(RBX, RAX)
			a.Sys(sysGetpid)
			a.Mov(RDI, RAX)
			a.Mov(RSI, SIGUSR1)
			a.Sys(sysKill)
			a.L("after_kill")
			a.Exit(RBX)
		}), Options{})
		s := r.stop(pid)
		r.getMask(pid)
		_ = s
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "attach-running", About: "attach to a process in a tight loop, detach, look at it, kill it", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.proc(pid)
		r.pt(ptAttach, pid, 0, 0)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.stop(pid)
		r.getMask(pid)
		r.proc(pid)
		r.detach(pid, 0)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.end(pid)
	}},
	{Name: "attach-sleeping", About: "attach to a process in nanosleep, continue: does the sleep go on?", Run: func(r *R) {
		pid := r.start("nanslp", Options{}, napper(700))
		r.attach(pid)
		r.proc(pid)
		r.cont(pid, 0)
		r.pause(20 * time.Millisecond)
		r.proc(pid)
		r.stop(pid)
	}},
	{Name: "attach-sleeping-detach", About: "attach to a process in nanosleep and detach at once: does the sleep go on?", Run: func(r *R) {
		pid := r.start("nanslp", Options{}, napper(700))
		r.attach(pid)
		r.detach(pid, 0)
		r.pause(20 * time.Millisecond)
		r.proc(pid)
		r.wait6(P_PID, pid, WEXITED)
	}},
	{Name: "attach-sleeping-setregs", About: "attach to a sleeping process and write its registers: the sleep is interrupted", Run: func(r *R) {
		pid := r.start("nanslp", Options{}, napper(60000))
		s := r.attach(pid)
		r.setRegs(pid, "nothing changed", func(*Regs) {})
		r.cont(pid, 0)
		r.stop(pid)
		_ = s
		r.end(pid)
	}},
	{Name: "attach-sleeping-write", About: "attach to a process in nanosleep and write one byte of its memory: the sleep is interrupted", Run: func(r *R) {
		pid := r.start("nanslp", Options{}, napper(60000))
		r.attach(pid)
		r.write(pid, r.prog.Labels["quit"]+20, 0x90)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "attach-reading-write", About: "attach to a process in read(2) and write one byte of its memory: what becomes of the read", Run: func(r *R) {
		pr, pw := r.k.Pipe()
		pid := r.start("piperd", Options{Stdin: pr}, reader)
		r.attach(pid)
		r.write(pid, r.prog.Labels["quit"]+20, 0x90)
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		r.pt(ptSyscall, pid, 1, 0)
		if s := r.stop(pid); s.stopped() {
			r.pt(ptSyscall, pid, 1, 0)
			pw.Write([]byte("abc"))
			r.note("three bytes written to the pipe")
			r.stop(pid)
			r.drive(pid, ptContinue, 4)
		}
	}},
	{Name: "attach-sleeping-step", About: "attach to a process in nanosleep and PT_STEP: nothing until the sleep ends", Run: func(r *R) {
		pid := r.start("nanslp", Options{}, napper(600))
		r.attach(pid)
		r.pt(ptStep, pid, 1, 0)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "attach-sleeping-syscall-stops", About: "attach inside read(2), then PT_SYSCALL: which stop comes first", Run: func(r *R) {
		pr, pw := r.k.Pipe()
		pid := r.start("piperd", Options{Stdin: pr}, reader)
		r.attach(pid)
		r.scArgs(pid)
		r.scRet(pid)
		r.pt(ptSyscall, pid, 1, 0)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		pw.Write([]byte("abc"))
		r.note("three bytes written to the pipe")
		r.stop(pid)
		r.drive(pid, ptSyscall, 10)
	}},
	{Name: "attach-job-stopped", About: "attach to a process stopped by SIGSTOP, detach with 0", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.kill(pid, SIGSTOP)
		r.wait6(P_PID, pid, WEXITED|WSTOPPED)
		r.proc(pid)
		r.attach(pid)
		r.proc(pid)
		r.detach(pid, 0)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.wait6(P_PID, pid, WEXITED|WSTOPPED|WCONTINUED|WNOHANG)
		r.end(pid)
	}},
	{Name: "attach-job-stopped-detach-stop", About: "attach to a process stopped by SIGSTOP, detach with SIGSTOP to leave it as found", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.kill(pid, SIGSTOP)
		r.wait6(P_PID, pid, WEXITED|WSTOPPED)
		r.attach(pid)
		r.detach(pid, SIGSTOP)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.wait6(P_PID, pid, WEXITED|WSTOPPED|WCONTINUED|WNOHANG)
		r.wait6(P_PID, pid, WEXITED|WSTOPPED|WCONTINUED|WNOHANG)
		r.kill(pid, SIGCONT)
		r.wait6(P_PID, pid, WEXITED|WSTOPPED|WCONTINUED|WNOHANG)
		r.proc(pid)
		r.end(pid)
	}},
	{Name: "attach-job-stopped-continue", About: "attach to a process stopped by SIGSTOP and PT_CONTINUE it", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.kill(pid, SIGSTOP)
		r.attach(pid)
		r.cont(pid, 0)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.end(pid)
	}},
	{Name: "attach-zombie", About: "attach to a zombie child", Run: func(r *R) {
		pid := r.spawn(r.program("a", hello), Options{})
		r.pause(100 * time.Millisecond)
		r.proc(pid)
		r.pt(ptAttach, pid, 0, 0)
		r.kill(pid, 0)
		r.wait6(P_PID, pid, WEXITED)
	}},
	{Name: "attach-already-traced", About: "attach to what we trace already, and to what another debugger traces", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.pt(ptAttach, pid, 0, 0)
		s := r.second("attach", 0, pid)
		s.end()
		r.end(pid)
	}, Parts: map[string]func(*R, []int){"attach": func(r *R, p []int) {
		r.pt(ptAttach, p[0], 0, 0)
		r.pt(ptContinue, p[0], 1, 0)
		r.lwpinfo(p[0])
	}}},
	{Name: "attach-odd-pids", About: "attach to oneself, to pid 0, to pids and lwpids that do not exist, to a kernel process, to our parent", Run: func(r *R) {
		r.pt(ptAttach, r.k.Pid(), 0, 0)
		r.pt(ptAttach, 0, 0, 0)
		r.pt(ptAttach, -1, 0, 0)
		r.pt(ptAttach, 99998, 0, 0)
		r.pt(ptAttach, 199999, 0, 0)
		r.pt(ptAttach, 2, 0, 0)
	}},
	{Name: "attach-by-lwpid", About: "PT_ATTACH with an lwpid instead of a pid", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		k, _ := r.kinfo(pid)
		r.pt(ptAttach, k.i32(600), 0, 0)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "attach-threads", About: "attach to a process of five threads, spinning and sleeping; the list, each thread", Run: func(r *R) {
		pid := r.start("", Options{}, threads(4))
		r.attach(pid)
		r.lwpList(pid, 64, true)
		r.detach(pid, 0)
		r.pause(30 * time.Millisecond)
		r.proc(pid)
		r.end(pid)
	}},
	{Name: "attach-ancestor", About: "a tracee tries to attach to its own debugger, and to attach to itself", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Sys(sysGetppid)
			a.Mov(RSI, RAX)
			a.Mov(RDI, ptAttach)
			a.Mov(RDX, 0)
			a.Mov(R10, 0)
			a.Mov(RAX, sysPtrace)
			a.Syscall()
			a.Sys(sysGetpid)
			a.Mov(RSI, RAX)
			a.Mov(RDI, ptAttach)
			a.Mov(RAX, sysPtrace)
			a.Syscall()
			a.Exit(0)
		})
		r.mask(pid, PTRACE_SCX)
		r.drive(pid, ptContinue, 10)
	}},
	{Name: "attach-two-stops-pending", About: "SIGSTOP and SIGUSR1 sent before attach is waited for", Run: func(r *R) {
		pid := r.start("", Options{}, func(a *Asm) { a.SigHandler(SIGUSR1, Ref("handler"), 0); a.Spin("loop"); a.L("handler"); a.Ret() })
		r.pt(ptAttach, pid, 0, 0)
		r.kill(pid, SIGUSR1)
		r.kill(pid, SIGSTOP)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, SIGUSR1)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "attach-sigusr1-first", About: "signals sent while the attach stop is held: order of what is reported afterwards", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.attach(pid)
		r.kill(pid, SIGUSR2)
		r.kill(pid, SIGUSR1)
		r.kill(pid, SIGTERM)
		r.lwpinfo(pid)
		r.proc(pid)
		for range 3 {
			r.cont(pid, 0)
			r.stop(pid)
		}
		r.cont(pid, 0)
		r.end(pid)
	}},
	{Name: "attach-blocked-sigstop", About: "attach to a process that blocks every signal", Run: func(r *R) {
		pid := r.start("", Options{}, func(a *Asm) {
			a.Quads("full", -1, -1)
			a.Sys(sysSigprocmask, SIG_SETMASK, Ref("full"), 0)
			a.Spin("loop")
		})
		r.attach(pid)
		r.kill(pid, SIGUSR1)
		r.lwpinfo(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "attach-uninterruptible-vfork-parent", About: "attach to a vfork parent that waits for its child", Run: func(r *R) {
		pid := r.start("ppwait", Options{}, func(a *Asm) {
			a.Sys(sysVfork)
			a.IfChild("child")
			a.Exit(0)
			a.L("child")
			a.Sleep(800)
			a.Exit(0)
		})
		r.proc(pid)
		r.pt(ptAttach, pid, 0, 0)
		r.pause(100 * time.Millisecond)
		r.proc(pid)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "detach-0", About: "PT_DETACH with 0 from an exec stop; the program ends untraced", Run: func(r *R) {
		pid, _ := r.launch(hello)
		r.detach(pid, 0)
		r.wait6(P_PID, pid, WEXITED|WSTOPPED|WTRAPPED)
	}},
	{Name: "detach-signal", About: "PT_DETACH with SIGTERM", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.detach(pid, SIGTERM)
		r.wait6(P_PID, pid, WEXITED|WSTOPPED|WTRAPPED)
	}},
	{Name: "detach-sigstop", About: "PT_DETACH with SIGSTOP leaves it job-control stopped", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.detach(pid, SIGSTOP)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.wait6(P_PID, pid, WEXITED|WSTOPPED|WNOHANG)
		r.kill(pid, SIGCONT)
		r.proc(pid)
		r.end(pid)
	}},
	{Name: "detach-bad-signal", About: "PT_DETACH with signals out of range", Run: func(r *R) {
		pid, _ := r.launch(spin)
		for _, s := range []int{-1, 129, 200} {
			r.detach(pid, s)
		}
		r.detach(pid, 128)
		r.wait6(P_PID, pid, WEXITED|WSTOPPED)
	}},
	{Name: "detach-addr", About: "PT_DETACH with an address other than 1: is the pc changed?", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Exit(1); a.L("elsewhere"); a.Exit(2) })
		r.pt(ptDetach, pid, r.prog.Labels["elsewhere"], 0)
		r.wait6(P_PID, pid, WEXITED)
	}},
	{Name: "detach-running", About: "PT_DETACH while the tracee runs", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, 0)
		r.detach(pid, 0)
		r.kill(pid, SIGSTOP)
		r.detach(pid, 0)
		r.wait6(P_PID, pid, waitAny)
		r.detach(pid, 0)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.end(pid)
	}},
	{Name: "detach-pending", About: "signals pending at detach are delivered afterwards", Run: func(r *R) {
		pid := r.start("", Options{}, func(a *Asm) {
			a.SigHandler(SIGUSR1, Ref("handler"), 0)
			a.Quads("count", 0)
			a.L("loop")
			a.Mov(RAX, At("count"))
			a.Cmp(RAX, 0)
			a.Jz("loop")
			a.Exit(7)
			a.L("handler")
			a.Inc("count")
			a.Ret()
		})
		r.attach(pid)
		r.kill(pid, SIGUSR1)
		r.detach(pid, 0)
		r.wait6(P_PID, pid, WEXITED|WSTOPPED)
	}},
	{Name: "detach-second-sigstop-pending", About: "a SIGSTOP of somebody else is pending at detach: is it lost with ours?", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.attach(pid)
		r.kill(pid, SIGSTOP)
		r.lwpinfo(pid)
		r.proc(pid)
		r.detach(pid, 0)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.end(pid)
	}},
	{Name: "detach-before-wait", About: "PT_ATTACH, then PT_DETACH without waiting; then with the stop waited for", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.pt(ptAttach, pid, 0, 0)
		r.pause(50 * time.Millisecond)
		r.detach(pid, 0)
		r.lwpinfo(pid)
		r.wait6(P_PID, pid, waitAny|WNOWAIT)
		r.detach(pid, 0)
		r.wait6(P_PID, pid, waitAny)
		r.detach(pid, 0)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.end(pid)
	}},
	{Name: "detach-at-sce", About: "detach at a syscall entry stop; the call still happens", Run: func(r *R) {
		pid, _ := r.launch(hello)
		r.pt(ptToSCE, pid, 1, 0)
		r.stop(pid)
		r.detach(pid, 0)
		r.wait6(P_PID, pid, WEXITED)
	}},
	{Name: "detach-suspended-thread", About: "detach with one thread PT_SUSPENDed: it runs again", Run: func(r *R) {
		pid := r.start("", Options{}, threads(1))
		r.attach(pid)
		ids := r.lwpList(pid, 64, false)
		for _, id := range ids {
			r.pt(ptSuspend, int(id), 0, 0)
		}
		r.detach(pid, 0)
		r.pause(60 * time.Millisecond)
		r.proc(pid)
		r.end(pid)
	}},
	{Name: "detach-while-other-stopped", About: "two tracees: detaching one leaves the other stopped", Run: func(r *R) {
		p1, _ := r.launch(spin)
		p2 := r.spawn("/w/detach-while-other-stopped.a", Options{Trace: true})
		r.stop(p2)
		r.detach(p1, 0)
		r.pause(30 * time.Millisecond)
		r.proc(p1)
		r.proc(p2)
		r.cont(p2, 0)
		r.end(p1)
		r.end(p2)
	}},
	{Name: "detach-with-queued-thread-stop", About: "two threads hit int3; one stop is taken, then detach: what becomes of the other trap?", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGTRAP, Ref("handler"), 0)
			a.Quads("hits", 0)
			a.Thread("thread")
			a.L("main_trap")
			a.Int3()
			a.Spin("loop")
			a.L("thread")
			a.Int3()
			a.Spin("thread_loop")
			a.L("handler")
			a.Inc("hits")
			a.Ret()
		})
		r.cont(pid, 0)
		r.pause(50 * time.Millisecond)
		r.stop(pid)
		r.lwpList(pid, 64, true)
		r.detach(pid, 0)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.attach(pid)
		r.peek(pid, "hits")
		r.end(pid)
	}},
	{Name: "debugger-dies-kill", About: "the debugger is killed with kern.kill_on_debugger_exit=1: its tracee is killed", Run: func(r *R) { debuggerDies(r, 1) },
		Parts: map[string]func(*R, []int){"trace": traceAndWait}},
	{Name: "debugger-dies-nokill", About: "the debugger is killed with kern.kill_on_debugger_exit=0", Run: func(r *R) { debuggerDies(r, 0) },
		Parts: map[string]func(*R, []int){"trace": traceAndWait}},
	{Name: "debugger-dies-nokill-stopped", About: "the debugger is killed while its tracee is stopped, kern.kill_on_debugger_exit=0", Run: func(r *R) { debuggerDiesStopped(r, 0) },
		Parts: map[string]func(*R, []int){"trace": traceAndHold}},
	{Name: "debugger-dies-kill-stopped", About: "the debugger is killed while its tracee is stopped, kern.kill_on_debugger_exit=1", Run: func(r *R) { debuggerDiesStopped(r, 1) },
		Parts: map[string]func(*R, []int){"trace": traceAndHold}},
	{Name: "debugger-dies-breakpoint", About: "the debugger dies with an int3 in place, kern.kill_on_debugger_exit=0: the trap byte is hit untraced", Run: func(r *R) {
		defer r.tunable("kern.kill_on_debugger_exit", 0)()
		r.reaper()
		pid := r.start("nanslp", Options{}, func(a *Asm) {
			a.Sleep(60000) // interrupted by the writing of the breakpoint
			a.Sleep(700)
			a.L("bp")
			a.Nop(1)
			a.Exit(4)
		})
		s := r.second("bp", 0, pid)
		s.die()
		r.proc(pid)
		r.wait6(P_PID, pid, WEXITED|WSTOPPED)
	}, Parts: map[string]func(*R, []int){"bp": func(r *R, p []int) {
		r.attach(p[0])
		r.write(p[0], r.prog.Labels["bp"], 0xcc)
		r.cont(p[0], 0)
		r.ready()
	}}},
	{Name: "debugger-thread", About: "requests from another thread of the debugger than the one that attached", Run: func(r *R) {
		pid, _ := r.launch(hello)
		done := make(chan bool)
		go func() {
			r.note("the following requests are made by another thread")
			r.lwpinfo(pid)
			r.cont(pid, 0)
			r.stop(pid)
			done <- true
		}()
		<-done
	}},
}

// lastScenarios may leave the system in a state no other scenario should meet.
var lastScenarios = []Scenario{
	{Name: "attach-init", About: "attach to pid 1 as root and detach again", Run: func(r *R) {
		if !r.pt(ptAttach, 1, 0, 0) {
			return
		}
		r.stop(1)
		r.detach(1, 0)
		r.proc(1)
	}},
}

func debuggerDies(r *R, kill int32) {
	defer r.tunable("kern.kill_on_debugger_exit", kill)()
	r.reaper()
	pid := r.start("", Options{}, spin)
	s := r.second("trace", 0, pid)
	r.proc(pid)
	s.die()
	r.proc(pid)
	r.wait6(P_PID, pid, WEXITED|WSTOPPED|WNOHANG)
	r.end(pid)
}

func debuggerDiesStopped(r *R, kill int32) {
	defer r.tunable("kern.kill_on_debugger_exit", kill)()
	r.reaper()
	pid := r.start("", Options{}, spin)
	s := r.second("trace", 0, pid)
	r.proc(pid)
	s.die()
	r.proc(pid)
	r.wait6(P_PID, pid, WEXITED|WSTOPPED|WNOHANG)
	r.end(pid)
}

func traceAndWait(r *R, p []int) {
	r.attach(p[0])
	r.cont(p[0], 0)
	r.ready()
}

func traceAndHold(r *R, p []int) {
	r.attach(p[0])
	r.ready()
}
