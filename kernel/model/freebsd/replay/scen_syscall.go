package replay

// System call stops: entry, exit, interruption, rewriting, remote calls.

import (
	"time"
	"unsafe"
)

var syscallScenarios = []Scenario{
	{Name: "to-sce", About: "PT_TO_SCE over getpid, write, exit", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Sys(sysGetpid); hello(a) })
		r.drive(pid, ptToSCE, 10)
	}},
	{Name: "to-scx", About: "PT_TO_SCX over getpid, write, exit: exit has no exit stop", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Sys(sysGetpid); hello(a) })
		r.drive(pid, ptToSCX, 10)
	}},
	{Name: "to-sce-then-continue", About: "after one PT_TO_SCE, PT_CONTINUE: does the event stay on? the mask says", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Sys(sysGetpid); a.Sys(sysGetppid); hello(a) })
		r.getMask(pid)
		r.pt(ptToSCE, pid, 1, 0)
		r.stop(pid)
		r.getMask(pid)
		r.drive(pid, ptContinue, 6)
	}},
	{Name: "to-sce-then-to-scx", About: "PT_TO_SCE and PT_TO_SCX in turn add up: the mask is never taken back", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Sys(sysGetpid); a.Sys(sysGetppid); a.Sys(sysGetpid); a.Exit(0) })
		r.pt(ptToSCE, pid, 1, 0)
		r.stop(pid)
		r.pt(ptToSCX, pid, 1, 0)
		r.stop(pid)
		r.getMask(pid)
		r.pt(ptToSCX, pid, 1, 0)
		r.stop(pid)
		r.mask(pid, PTRACE_EXEC)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "syscall-error", About: "a failing call: SCX with the error, carry flag and rax", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Sys(sysClose, 77)
			a.Sys(sysWrite, 1, 0x10, 4)
			a.Sys(sysExecve, 0x10, 0, 0)
			a.Exit(0)
		})
		r.drive(pid, ptSyscall, 12)
	}},
	{Name: "syscall-indirect", About: "syscall(2) and __syscall(2): which code is reported, which arguments", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Str("msg", "x")
			a.Sys(sysSyscall, sysWrite, 1, Ref("msg"), 1)
			a.Sys(sysIndirect, sysWrite, 1, Ref("msg"), 1)
			a.Exit(0)
		})
		r.drive(pid, ptSyscall, 12)
	}},
	{Name: "syscall-bad-number", About: "system calls that do not exist: SIGSYS, ENOSYS", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGSYS, 1, 0)
			a.Sys(9999)
			a.Sys(11)
			a.SigHandler(SIGSYS, 0, 0)
			a.Sys(9999)
			a.Exit(0)
		})
		r.drive(pid, ptSyscall, 24)
	}},
	{Name: "syscall-many-args", About: "mmap with six arguments, thr_new's structure, and 8 argument slots asked for", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Sys(sysMmap, 0, 0x1000, 3, 0x1002, -1, 0); a.Exit(0) })
		r.pt(ptToSCE, pid, 1, 0)
		s := r.stop(pid)
		for _, n := range []int{0, 8, 24, 64, 1000, -1} {
			var a [200]uint64
			for i := range a {
				a[i] = 0xa5a5a5a5a5a5a5a5
			}
			r.req(ptGetScArgs, int(s.Info.Lwpid), ptr(&a), n, M{"data": n}, func(ok bool, st *Step) {
				k := 0
				for k < len(a) && a[k] != 0xa5a5a5a5a5a5a5a5 {
					k++
				}
				st.Out = M{"slots_written": k}
			})
		}
		for _, n := range []int{0, 8, 24, 1000} {
			v := scRet{Err: 77}
			r.req(ptGetScRet, int(s.Info.Lwpid), ptr(&v), n, M{"data": n}, nil)
		}
		r.pt(ptToSCX, pid, 1, 0)
		r.stop(pid)
		for _, n := range []int{0, 4, 8, 16, 20, 24, 1000, -1} {
			v := struct {
				scRet
				pad [256]byte
			}{}
			v.Ret[0], v.Ret[1], v.Err = 0xa5a5, 0xa5a5, 77
			r.req(ptGetScRet, int(s.Info.Lwpid), ptr(&v), n, M{"data": n}, func(ok bool, st *Step) {
				st.Out = M{"retval0_written": v.Ret[0] != 0xa5a5, "retval1_written": v.Ret[1] != 0xa5a5, "error_written": v.Err != 77}
			})
		}
		r.end(pid)
	}},
	{Name: "sc-args-elsewhere", About: "PT_GET_SC_ARGS and PT_GET_SC_RET at an exec stop, a signal stop, a step stop", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Nop(3); a.Sys(sysGetpid); a.Int3(); a.L("after_int3"); a.Exit(0) })
		r.scArgs(pid)
		r.scRet(pid)
		r.pt(ptStep, pid, 1, 0)
		r.stop(pid)
		r.scArgs(pid)
		r.scRet(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.scArgs(pid)
		r.scRet(pid)
		r.end(pid)
	}},
	{Name: "sc-ret-at-sce", About: "PT_GET_SC_RET at a syscall entry", Run: func(r *R) {
		pid, _ := r.launch(hello)
		r.pt(ptToSCE, pid, 1, 0)
		r.stop(pid)
		r.scRet(pid)
		r.end(pid)
	}},
	{Name: "read-blocking", About: "PT_SYSCALL over a read that blocks until data comes", Run: func(r *R) {
		pr, pw := r.k.Pipe()
		pid := r.spawn(r.program("a", reader), Options{Trace: true, Stdin: pr})
		r.stop(pid)
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		r.pt(ptSyscall, pid, 1, 0)
		r.until(pid, "piperd")
		r.proc(pid)
		r.wait6(P_PID, pid, waitAny|WNOHANG)
		pw.Write([]byte("hi"))
		r.note("two bytes written to the pipe")
		r.stop(pid)
		r.drive(pid, ptSyscall, 5)
	}},
	{Name: "read-eintr", About: "a signal interrupts a blocking read, handler without SA_RESTART", Run: func(r *R) { interrupted(r, 0, SIGUSR1, true) }},
	{Name: "read-restart", About: "a signal interrupts a blocking read, handler with SA_RESTART", Run: func(r *R) { interrupted(r, SA_RESTART, SIGUSR1, true) }},
	{Name: "read-signal-dropped", About: "a signal interrupts a blocking read and the debugger drops it", Run: func(r *R) { interrupted(r, 0, 0, true) }},
	{Name: "read-signal-dropped-untraced-calls", About: "the same without syscall events: does the read just go on?", Run: func(r *R) { interrupted(r, 0, 0, false) }},
	{Name: "read-attach-stop", About: "SIGSTOP of a tracee in read, continued with 0: EINTR or restart?", Run: func(r *R) {
		pr, pw := r.k.Pipe()
		pid := r.spawn(r.program("a", reader), Options{Trace: true, Stdin: pr})
		r.stop(pid)
		r.cont(pid, 0)
		r.until(pid, "piperd")
		r.kill(pid, SIGSTOP)
		r.stop(pid)
		r.cont(pid, 0)
		r.until(pid, "piperd")
		pw.Write([]byte("hi"))
		r.stop(pid)
	}},
	{Name: "nanosleep-signal", About: "a signal during nanosleep, handled: SCX EINTR", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGUSR1, Ref("handler"), SA_RESTART)
			napper(60000)(a)
			a.L("handler")
			a.Ret()
		})
		r.cont(pid, 0)
		r.until(pid, "nanslp")
		r.kill(pid, SIGUSR1)
		r.stop(pid)
		r.pt(ptSyscall, pid, 1, SIGUSR1)
		r.stop(pid)
		r.drive(pid, ptSyscall, 8)
	}},
	{Name: "nanosleep-signal-dropped", About: "a signal during nanosleep, dropped by the debugger: the sleep fails all the same", Run: func(r *R) {
		pid, _ := r.launch(napper(600))
		r.cont(pid, 0)
		r.until(pid, "nanslp")
		r.kill(pid, SIGUSR1)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "sce-change-number", About: "rax rewritten at syscall entry: which call is made", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Sys(sysGetpid); a.L("after"); a.Int3(); a.L("after_int3"); a.Exit(0) })
		r.pt(ptToSCE, pid, 1, 0)
		s := r.stop(pid)
		r.setRegs(int(s.Info.Lwpid), "rax=39 (getppid)", func(g *Regs) { g.Rax = sysGetppid })
		r.scArgs(pid)
		r.pt(ptToSCX, pid, 1, 0)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "sce-change-args", About: "rdi and rdx rewritten at syscall entry", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Str("msg", "hello"); a.Sys(sysWrite, 1, Ref("msg"), 5); a.L("after"); a.Exit(0) })
		r.pt(ptToSCE, pid, 1, 0)
		s := r.stop(pid)
		r.setRegs(int(s.Info.Lwpid), "rdx=2", func(g *Regs) { g.Rdx = 2 })
		r.scArgs(pid)
		r.pt(ptToSCX, pid, 1, 0)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "sce-change-bad-number", About: "rax rewritten to a number that does not exist, at syscall entry", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Sys(sysGetpid); a.L("after"); a.Exit(0) })
		r.pt(ptToSCE, pid, 1, 0)
		s := r.stop(pid)
		r.setRegs(int(s.Info.Lwpid), "rax=9999", func(g *Regs) { g.Rax = 9999 })
		r.drive(pid, ptSyscall, 6)
		r.end(pid)
	}},
	{Name: "sce-change-rip", About: "rip rewritten at syscall entry: where it goes after the call", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Sys(sysGetpid); a.L("after"); a.Exit(1); a.L("elsewhere"); a.Exit(2) })
		r.pt(ptToSCE, pid, 1, 0)
		s := r.stop(pid)
		r.setRegs(int(s.Info.Lwpid), "rip=elsewhere", func(g *Regs) { g.Rip = r.prog.Labels["elsewhere"] })
		r.pt(ptToSCX, pid, 1, 0)
		r.stop(pid)
		r.mask(pid, PTRACE_EXEC)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "scx-change-rax", About: "rax rewritten at syscall exit: what the program sees and what PT_GET_SC_RET says", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Sys(sysGetppid); a.L("after"); a.Exit(RAX) })
		r.pt(ptToSCX, pid, 1, 0)
		s := r.stop(pid)
		r.setRegs(int(s.Info.Lwpid), "rax=42", func(g *Regs) { g.Rax = 42 })
		r.scRet(pid)
		r.regs(pid)
		r.mask(pid, PTRACE_EXEC)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "sce-signal", About: "PT_SYSCALL with a signal at a syscall entry: the call, then the handler", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGUSR1, Ref("handler"), 0)
			a.Sys(sysGetpid)
			a.L("after")
			a.Exit(0)
			a.L("handler")
			a.Ret()
		})
		r.pt(ptSyscall, pid, 1, 0) // sigaction
		r.stop(pid)
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		r.pt(ptSyscall, pid, 1, SIGUSR1)
		r.stop(pid)
		r.drive(pid, ptSyscall, 8)
	}},
	{Name: "sigreturn-stops", About: "the stops of a handled signal: kill, the signal stop, sigreturn's entry and exit", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGUSR1, Ref("handler"), 0)
			a.Sys(sysGetpid)
			a.Mov(RDI, RAX)
			a.Mov(RSI, SIGUSR1)
			a.Sys(sysKill)
			a.L("after_kill")
			a.Exit(0)
			a.L("handler")
			a.Ret()
		})
		r.drive(pid, ptSyscall, 20)
	}},
	{Name: "exit-sce-kill", About: "SIGKILL at a syscall entry stop", Run: func(r *R) {
		pid, _ := r.launch(hello)
		r.pt(ptToSCE, pid, 1, 0)
		r.stop(pid)
		r.kill(pid, SIGKILL)
		r.stop(pid)
	}},
	{Name: "sc-remote", About: "PT_SC_REMOTE getpid at exec, step, signal, SCE and SCX stops: each call ends in a new stop to wait for", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Nop(2)
			a.Int3()
			a.L("after_int3")
			a.Sys(sysGetppid)
			a.L("done")
			a.Exit(6)
		})
		call := func(nr int, args ...uint64) {
			r.remote(pid, nr, args...)
			r.wait6(P_PID, pid, waitAny|WNOHANG|WNOWAIT)
			r.lwpinfo(pid)
			r.stop(pid)
		}
		r.note("exec stop")
		call(sysGetpid)
		r.note("step stop")
		r.pt(ptStep, pid, 1, 0)
		r.stop(pid)
		call(sysGetpid)
		r.note("signal stop")
		r.cont(pid, 0)
		r.stop(pid)
		call(sysGetpid)
		call(sysClose, 99)
		call(9999)
		r.note("syscall entry")
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		call(sysGetpid)
		r.note("syscall exit")
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		call(sysGetpid)
		r.drive(pid, ptContinue, 4)
	}},
	{Name: "sc-remote-mmap", About: "PT_SC_REMOTE is EBUSY at an attach stop; at a signal stop: mmap, memory there written and read, munmap", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.attach(pid)
		r.remote(pid, sysGetpid)
		r.kill(pid, SIGUSR1)
		r.cont(pid, 0)
		r.stop(pid)
		m := r.remote(pid, sysMmap, 0, 0x1000, 3, 0x1002, ^uint64(0), 0)
		if m != 0 {
			r.stop(pid)
			r.write(pid, m, 1, 2, 3, 4)
			r.read(pid, m, 4)
			r.remote(pid, sysMunmap, m, 0x1000)
			r.stop(pid)
			r.read(pid, m, 4)
		}
		r.cont(pid, 0)
		r.pause(30 * time.Millisecond)
		r.proc(pid)
		r.end(pid)
	}},
	{Name: "sc-remote-attached-sleeping", About: "PT_SC_REMOTE on a process attached to while asleep in nanosleep", Run: func(r *R) {
		pid := r.start("nanslp", Options{}, napper(500))
		r.attach(pid)
		r.remote(pid, sysGetpid)
		r.wait6(P_PID, pid, waitAny|WNOHANG)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "sc-remote-bad", About: "PT_SC_REMOTE with wrong size, too many arguments, a bad argument pointer", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.attach(pid)
		v := scRemote{Num: sysGetpid}
		r.req(ptScRemote, pid, ptr(&v), 8, M{"data": 8}, nil)
		v.Nargs = 9
		r.req(ptScRemote, pid, ptr(&v), int(unsafe.Sizeof(v)), M{"nargs": 9}, nil)
		v.Nargs, v.Args = 1, 0x10
		r.req(ptScRemote, pid, ptr(&v), int(unsafe.Sizeof(v)), M{"nargs": 1, "args": "0x10"}, nil)
		r.end(pid)
	}},
	{Name: "sc-remote-events", About: "PT_SC_REMOTE with syscall events on: is the remote call itself reported?", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Int3(); a.L("after_int3"); a.Nop(1); a.Spin("loop") })
		r.mask(pid, PTRACE_EXEC|PTRACE_SCE|PTRACE_SCX)
		r.cont(pid, 0)
		r.stop(pid)
		r.remote(pid, sysGetppid)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "syscall-name-of-thread", About: "thr_set_name shows in tdname", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Str("name", "worker")
			a.Sys(sysThrSelf, Ref("tid"))
			a.Quads("tid", 0)
			a.Mov(RDI, At("tid"))
			a.Mov(RSI, Ref("name"))
			a.Sys(sysThrSetName)
			a.Int3()
			a.L("after")
			a.Exit(0)
		})
		r.cont(pid, 0)
		r.stop(pid)
		r.end(pid)
	}},
}

// remote records PT_SC_REMOTE and returns the call's first result.
func (r *R) remote(pid, nr int, args ...uint64) uint64 {
	v := scRemote{Num: uint32(nr), Nargs: uint32(len(args))}
	if len(args) > 0 {
		v.Args = ptr(&args[0])
	}
	r.code = uint32(nr)
	_, ok := r.req(ptScRemote, pid, ptr(&v), int(unsafe.Sizeof(v)), M{"syscall": nr, "name": sysNames[uint32(nr)], "nargs": len(args)}, func(ok bool, s *Step) {
		if ok {
			s.Out = M{"error": errnoName(syscallErrno(v.Ret.Err)), "retval0": r.value(v.Ret.Ret[0])}
			s.RetRaw = v.Ret.Ret[0]
		}
	})
	if !ok {
		return 0
	}
	return v.Ret.Ret[0]
}

// interrupted drives a blocking read that SIGUSR1 interrupts.
func interrupted(r *R, flags, pass int, stops bool) {
	pr, pw := r.k.Pipe()
	pid := r.spawn(r.program("a", func(a *Asm) {
		a.SigHandler(SIGUSR1, Ref("handler"), flags)
		reader(a)
		a.L("handler")
		a.Ret()
	}), Options{Trace: true, Stdin: pr})
	r.stop(pid)
	req := ptContinue
	if stops {
		req = ptSyscall
		for range 3 {
			r.pt(req, pid, 1, 0)
			r.stop(pid)
		}
	}
	r.pt(req, pid, 1, 0)
	r.until(pid, "piperd")
	r.kill(pid, SIGUSR1)
	for range 8 {
		r.patience = 300 * time.Millisecond
		s := r.stop(pid)
		if s.None {
			r.proc(pid)
			pw.Write([]byte("hi"))
			r.note("two bytes written to the pipe")
			s = r.stop(pid)
		}
		if !s.stopped() {
			return
		}
		if s.sig() == SIGUSR1 {
			r.pt(req, pid, 1, pass)
		} else {
			r.pt(req, pid, 1, 0)
		}
	}
	r.stop(pid)
}
