package replay

// Signals and faults as the debugger sees them, dropped, passed and replaced.

import (
	"time"
)

// faults runs code that faults; the stop is dropped once, passed once.
func faults(code func(*Asm)) func(*R) {
	return func(r *R) {
		pid, _ := r.launch(func(a *Asm) { code(a); a.L("after"); a.Exit(0) })
		r.cont(pid, 0)
		s := r.stop(pid)
		if !s.stopped() {
			return
		}
		r.cont(pid, 0)
		s = r.stop(pid)
		if !s.stopped() {
			return
		}
		r.cont(pid, s.sig())
		r.stop(pid)
	}
}

// selfKill sends itself a signal, then exits with 0.
func selfKill(sig int) func(*Asm) {
	return func(a *Asm) {
		a.Sys(sysGetpid)
		a.Mov(RDI, RAX)
		a.Mov(RSI, sig)
		a.Sys(sysKill)
		a.L("after_kill")
		a.Exit(0)
	}
}

func thrKill2(r *R, pid, lwp, sig int) {
	e := r.k.ThrKill2(pid, lwp, sig)
	r.emit(Step{Op: "thr_kill2", Pid: r.id(pid), PidRaw: pid, Args: M{"lwpid": r.id(lwp), "sig": sigName(sig)}, Errno: errnoName(e)})
}

var signalScenarios = []Scenario{
	{Name: "sig-segv-null", About: "a read of address 0x10", Run: faults(func(a *Asm) { a.B(0x48, 0x8b, 0x04, 0x25, 0x10, 0, 0, 0) })},
	{Name: "sig-segv-write-text", About: "a write to the text segment", Run: faults(func(a *Asm) { a.Store("_start", RAX) })},
	{Name: "sig-bus-old-abi", About: "a write to the text segment by a program without an ABI tag: SIGBUS instead of SIGSEGV", Run: faults(func(a *Asm) { a.oldABI = true; a.Store("_start", RAX) })},
	{Name: "sig-segv-exec-data", About: "a jump into the data segment", Run: faults(func(a *Asm) { a.Data("d", []byte{0x90, 0x90}); a.Mov(RAX, Ref("d")); a.B(0xff, 0xe0) })},
	{Name: "sig-segv-noncanonical", About: "a read of a non-canonical address", Run: faults(func(a *Asm) { a.Mov(RAX, uint64(0x8000000000000000)); a.B(0x48, 0x8b, 0x00) })},
	{Name: "sig-segv-kernel-address", About: "a read of a kernel address", Run: faults(func(a *Asm) { a.Mov(RAX, uint64(0xffffffff80200000)); a.B(0x48, 0x8b, 0x00) })},
	{Name: "sig-fpe", About: "an integer division by zero", Run: faults(func(a *Asm) { a.Mov(RCX, 0); a.Mov(RAX, 1); a.Mov(RDX, 0); a.B(0x48, 0xf7, 0xf1) })},
	{Name: "sig-ill", About: "ud2", Run: faults(func(a *Asm) { a.B(0x0f, 0x0b) })},
	{Name: "sig-privileged", About: "hlt, a privileged instruction", Run: faults(func(a *Asm) { a.B(0xf4) })},
	{Name: "sig-int3", About: "int3: code, rip past it, then passed on", Run: faults(func(a *Asm) { a.Int3(); a.L("after_int3"); a.Nop(1); a.Int3(); a.L("after_second") })},
	{Name: "sig-int3-long", About: "the two-byte int 3 (cd 03)", Run: faults(func(a *Asm) { a.B(0xcd, 0x03); a.L("after_int3"); a.Nop(1) })},
	{Name: "sig-int1", About: "int1 (f1)", Run: faults(func(a *Asm) { a.B(0xf1); a.L("after_int1"); a.Nop(1) })},
	{Name: "sig-stack-overflow", About: "a push below the stack's guard", Run: faults(func(a *Asm) { a.Mov(RSP, 0x700000); a.B(0x50) })},
	{Name: "sig-handler-fault", About: "SIGSEGV with a handler, passed on: rsp and rip in the handler, si_addr", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGSEGV, Ref("handler"), SA_SIGINFO)
			a.L("fault")
			a.B(0x48, 0x8b, 0x04, 0x25, 0x10, 0, 0, 0)
			a.L("after")
			a.Exit(0)
			a.L("handler")
			a.Int3()
			a.L("in_handler")
			a.Exit(4)
		})
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, SIGSEGV)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "sig-usr1-drop-pass-replace", About: "SIGUSR1 dropped, passed, replaced by SIGUSR2 at PT_CONTINUE", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGUSR1, Ref("handler1"), 0)
			a.SigHandler(SIGUSR2, Ref("handler2"), 0)
			a.Quads("got1", 0)
			a.Quads("got2", 0)
			a.L("loop")
			a.Sys(sysYield)
			a.Jmp("loop")
			a.L("handler1")
			a.Inc("got1")
			a.Ret()
			a.L("handler2")
			a.Inc("got2")
			a.Ret()
		})
		r.cont(pid, 0)
		r.pause(50 * time.Millisecond)
		for _, pass := range []int{0, SIGUSR1, SIGUSR2} {
			r.kill(pid, SIGUSR1)
			r.stop(pid)
			r.cont(pid, pass)
			r.pause(30 * time.Millisecond)
		}
		r.kill(pid, SIGSTOP)
		r.stop(pid)
		r.peek(pid, "got1")
		r.peek(pid, "got2")
		r.end(pid)
	}},
	{Name: "sig-self", About: "a process signals itself with kill: the stop is inside kill, SI_USER", Run: func(r *R) {
		pid, _ := r.launch(selfKill(SIGUSR1))
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, SIGUSR1)
		r.stop(pid)
	}},
	{Name: "sig-stop-self", About: "SIGSTOP to itself, passed on: a job-control stop under ptrace, then SIGCONT", Run: func(r *R) {
		pid, _ := r.launch(selfKill(SIGSTOP))
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, SIGSTOP)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.stop(pid)
		r.lwpinfo(pid)
		r.cont(pid, 0)
		r.kill(pid, SIGCONT)
		r.stop(pid)
		r.proc(pid)
		r.cont(pid, SIGCONT)
		r.stop(pid)
	}},
	{Name: "sig-tstp", About: "SIGTSTP to a traced process, dropped, then passed on", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, 0)
		r.kill(pid, SIGTSTP)
		r.stop(pid)
		r.cont(pid, 0)
		r.kill(pid, SIGTSTP)
		r.stop(pid)
		r.cont(pid, SIGTSTP)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.patience = 300 * time.Millisecond
		r.stop(pid)
		r.kill(pid, SIGCONT)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "sig-cont-running", About: "SIGCONT to a running traced process", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, 0)
		r.kill(pid, SIGCONT)
		r.patience = 400 * time.Millisecond
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "sig-cont-while-trace-stopped", About: "SIGCONT to a process held in a signal stop", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, 0)
		r.kill(pid, SIGUSR1)
		r.stop(pid)
		r.kill(pid, SIGCONT)
		r.proc(pid)
		r.lwpinfo(pid)
		r.cont(pid, 0)
		r.patience = 400 * time.Millisecond
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "sig-kill-while-stopped", About: "SIGKILL to a process held in a signal stop; requests afterwards", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, 0)
		r.kill(pid, SIGUSR1)
		r.stop(pid)
		r.kill(pid, SIGKILL)
		r.lwpinfo(pid)
		r.regs(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.lwpinfo(pid)
		r.cont(pid, 0)
	}},
	{Name: "sig-kill-running", About: "SIGKILL to a running traced process: no stop, only the end", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, 0)
		r.kill(pid, SIGKILL)
		r.stop(pid)
	}},
	{Name: "sig-many-while-stopped", About: "SIGUSR1 twice, SIGUSR2, SIGTERM, SIGHUP sent while stopped: order and number of stops", Run: func(r *R) {
		pid, _ := r.launch(spin)
		for _, s := range []int{SIGUSR2, SIGUSR1, SIGUSR1, SIGTERM, SIGHUP} {
			r.kill(pid, s)
		}
		r.lwpinfo(pid)
		for range 5 {
			r.cont(pid, 0)
			r.patience = 300 * time.Millisecond
			r.stop(pid)
		}
		r.end(pid)
	}},
	{Name: "sig-realtime-queue", About: "sigqueue of signal 65 three times with values: all are reported, in order", Run: func(r *R) {
		pid, _ := r.launch(spin)
		for v := range 3 {
			sigqueue(r, pid, 65, uint64(v+0x100))
		}
		for range 4 {
			r.cont(pid, 0)
			r.patience = 300 * time.Millisecond
			r.stop(pid)
		}
		r.end(pid)
	}},
	{Name: "sig-sigqueue-value", About: "sigqueue(SIGUSR1, value): SI_QUEUE and si_value", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, 0)
		sigqueue(r, pid, SIGUSR1, 0x1234567887654321)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "sig-blocked", About: "a blocked signal is not reported until unblocked; lwpinfo and kern.proc show it pending", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigMask(SIG_BLOCK, SIGUSR1)
			a.Int3()
			a.L("after_int3")
			a.Sys(sysGetpid)
			a.Int3()
			a.L("after_second")
			a.SigMask(SIG_UNBLOCK, SIGUSR1)
			a.L("unblocked")
			a.Exit(0)
		})
		r.cont(pid, 0)
		r.stop(pid)
		r.kill(pid, SIGUSR1)
		r.lwpinfo(pid)
		r.proc(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.proc(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "sig-blocked-sigtrap", About: "int3 with SIGTRAP blocked", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.SigMask(SIG_BLOCK, SIGTRAP); a.Int3(); a.L("after_int3"); a.Exit(0) })
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "sig-ignored-sigtrap", About: "int3 with SIGTRAP ignored", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.SigHandler(SIGTRAP, SIG_IGN, 0); a.Int3(); a.L("after_int3"); a.Exit(0) })
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "sig-step-blocked-sigtrap", About: "PT_STEP with SIGTRAP blocked and with it ignored; the disposition afterwards", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGTRAP, Ref("handler"), 0)
			a.SigMask(SIG_BLOCK, SIGTRAP)
			a.L("loop")
			a.Sys(sysGetpid)
			a.Jmp("loop")
			a.L("handler")
			a.Ret()
		})
		r.cont(pid, 0)
		r.kill(pid, SIGSTOP)
		r.stop(pid)
		r.pt(ptStep, pid, 1, 0)
		r.stop(pid)
		r.pt(ptStep, pid, 1, 0)
		r.stop(pid)
		k, _ := r.kinfo(pid)
		r.emit(Step{Op: "signal dispositions", Out: M{"caught": sigset(k.set(152)), "ignored": sigset(k.set(136)), "mask": sigset(k.set(120))}})
		r.end(pid)
	}},
	{Name: "sig-ignored", About: "an ignored signal: is it reported to the debugger?", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.SigHandler(SIGUSR1, SIG_IGN, 0); a.Spin("loop") })
		r.cont(pid, 0)
		r.pause(50 * time.Millisecond)
		r.kill(pid, SIGUSR1)
		r.patience = 300 * time.Millisecond
		r.stop(pid)
		r.proc(pid)
		r.end(pid)
	}},
	{Name: "sig-default-ignored", About: "SIGURG, SIGWINCH, SIGINFO, SIGCHLD with default action (ignore) sent to a tracee", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, 0)
		for _, s := range []int{16, 28, 29, 20} {
			r.kill(pid, s)
			r.patience = 200 * time.Millisecond
			r.stop(pid)
		}
		r.end(pid)
	}},
	{Name: "sig-chld", About: "a tracee's untraced child exits: SIGCHLD to the tracee is reported, with CLD_EXITED", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGCHLD, Ref("handler"), SA_RESTART)
			a.Sys(sysFork)
			a.IfChild("child")
			a.Sys(sysWait4, -1, 0, 0, 0)
			a.Exit(1)
			a.L("child")
			a.Sleep(50)
			a.Exit(2)
			a.L("handler")
			a.Ret()
		})
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, SIGCHLD)
		r.stop(pid)
	}},
	{Name: "sig-handler-nested-mask", About: "lwpinfo's signal mask inside a handler; a second signal while in it", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGUSR1, Ref("handler"), 0)
			selfKill(SIGUSR1)(a)
			a.L("handler")
			a.Int3()
			a.L("in_handler")
			a.Ret()
		})
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, SIGUSR1)
		r.stop(pid)
		r.kill(pid, SIGUSR1)
		r.lwpinfo(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "sig-sigsuspend", About: "a signal ends sigsuspend: stop, handler, EINTR at the SCX", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGUSR1, Ref("handler"), 0)
			a.Quads("empty", 0, 0)
			a.Sys(sysSigsuspend, Ref("empty"))
			a.L("after_suspend")
			a.Exit(0)
			a.L("handler")
			a.Ret()
		})
		r.cont(pid, 0)
		r.pause(60 * time.Millisecond)
		r.kill(pid, SIGUSR1)
		r.stop(pid)
		r.pt(ptSyscall, pid, 1, SIGUSR1)
		r.stop(pid)
		r.drive(pid, ptSyscall, 6)
	}},
	{Name: "sig-ttin", About: "SIGTTIN passed on to a tracee alone in an orphaned process group", Run: func(r *R) {
		pid := r.spawn(r.program("a", spin), Options{Trace: true, Session: true})
		r.stop(pid)
		r.cont(pid, 0)
		r.kill(pid, SIGTTIN)
		r.stop(pid)
		r.cont(pid, SIGTTIN)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.end(pid)
	}},
	{Name: "sig-during-sce", About: "a signal arrives while held at SCE: reported before or after SCX?", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Sys(sysGetpid); a.L("after"); a.Nop(1); a.Exit(0) })
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		r.kill(pid, SIGUSR1)
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "sig-stop-during-step", About: "SIGSTOP sent while held at a step stop, then PT_STEP twice", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Nop(10); a.Exit(0) })
		r.pt(ptStep, pid, 1, 0)
		r.stop(pid)
		r.kill(pid, SIGSTOP)
		for range 3 {
			r.pt(ptStep, pid, 1, 0)
			r.stop(pid)
		}
		r.end(pid)
	}},
}

func sigqueue(r *R, pid, sig int, v uint64) {
	e := r.k.Sigqueue(pid, sig, v)
	r.emit(Step{Op: "sigqueue", Pid: r.id(pid), PidRaw: pid, Args: M{"sig": sigName(sig), "value": r.at(v)}, Errno: errnoName(e)})
	r.k.Sleep(20 * time.Millisecond)
}
