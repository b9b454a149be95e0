package replay

// Continuing and stepping.

import "time"

var resumeScenarios = []Scenario{
	{Name: "continue-addr", About: "PT_CONTINUE at another address; with address 0; then with address 1", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Exit(1)
			a.L("elsewhere")
			a.Int3()
			a.L("after_int3")
			a.Exit(2)
		})
		r.pt(ptContinue, pid, r.prog.Labels["elsewhere"], 0)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "continue-addr-0", About: "PT_CONTINUE with address 0 jumps to 0", Run: func(r *R) {
		pid, _ := r.launch(hello)
		r.pt(ptContinue, pid, 0, 0)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "step-addr", About: "PT_STEP with another address: does it move the pc?", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Nop(4); a.L("elsewhere"); a.Nop(4); a.Exit(2) })
		r.pt(ptStep, pid, r.prog.Labels["elsewhere"], 0)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "continue-signal", About: "PT_CONTINUE with a signal nobody sent, handled by the tracee", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGUSR1, Ref("handler"), SA_SIGINFO)
			a.L("trap")
			a.Int3()
			a.L("after")
			a.Exit(1)
			a.L("handler")
			a.Int3()
			a.L("in_handler")
			a.Ret()
		})
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, SIGUSR1)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "continue-signal-fatal", About: "PT_CONTINUE with SIGTERM, default action", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, SIGTERM)
		r.stop(pid)
	}},
	{Name: "continue-bad-signal", About: "PT_CONTINUE with signals out of range, then the highest valid one", Run: func(r *R) {
		pid, _ := r.launch(spin)
		for _, s := range []int{-1, 129, 1000} {
			r.cont(pid, s)
		}
		r.cont(pid, 128)
		r.stop(pid)
	}},
	{Name: "continue-sigkill", About: "PT_CONTINUE with SIGKILL", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, SIGKILL)
		r.stop(pid)
	}},
	{Name: "continue-twice", About: "PT_CONTINUE twice in a row: the second finds it running", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, 0)
		r.cont(pid, 0)
		r.lwpinfo(pid)
		r.end(pid)
	}},
	{Name: "continue-stop-signal", About: "PT_CONTINUE with SIGSTOP at an exec stop: a job-control stop of a tracee", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, SIGSTOP)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.stop(pid)
		r.lwpinfo(pid)
		r.cont(pid, 0)
		r.kill(pid, SIGCONT)
		r.stop(pid)
		r.proc(pid)
		r.end(pid)
	}},
	{Name: "kill-request", About: "PT_KILL", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.pt(ptKill, pid, 0, 0)
		r.stop(pid)
	}},
	{Name: "step-plain", About: "PT_STEP over plain instructions, a jump and a rep movsb", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Bss("buf", 4096)
			a.Nop(1)
			a.Mov(RSI, Ref("buf"))
			a.Mov(RDI, Ref("buf"))
			a.Mov(RCX, 3)
			a.L("rep")
			a.B(0xf3, 0xa4)
			a.L("after_rep")
			a.Jmp("target")
			a.Nop(3)
			a.L("target")
			a.Nop(1)
			a.Exit(0)
		})
		for range 10 {
			r.pt(ptStep, pid, 1, 0)
			r.stop(pid)
		}
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "step-int3", About: "PT_STEP over an int3", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Int3(); a.L("after_int3"); a.Nop(2); a.Exit(0) })
		for range 3 {
			r.pt(ptStep, pid, 1, 0)
			r.stop(pid)
		}
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "step-syscall", About: "PT_STEP over syscall instructions: getpid, then exit", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Sys(sysGetpid); a.L("after"); a.Nop(2); a.Exit(5) })
		for range 8 {
			if !r.pt(ptStep, pid, 1, 0) {
				break
			}
			if !r.stop(pid).stopped() {
				break
			}
		}
	}},
	{Name: "step-syscall-sce-scx", About: "PT_STEP with syscall events on: order of SCE, SCX and the trap", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Sys(sysGetpid); a.L("after"); a.Nop(2); a.Exit(5) })
		r.mask(pid, PTRACE_EXEC|PTRACE_SCE|PTRACE_SCX)
		for range 9 {
			if !r.pt(ptStep, pid, 1, 0) {
				break
			}
			if !r.stop(pid).stopped() {
				break
			}
		}
		r.end(pid)
	}},
	{Name: "step-pushf-popf", About: "PT_STEP over pushf and popf: is TF seen on the stack, and does popf lose it?", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Nop(1)
			a.L("pushf")
			a.B(0x9c)
			a.L("pop")
			a.B(0x58) // pop rax
			a.L("push")
			a.B(0x50)
			a.L("popf")
			a.B(0x9d)
			a.L("after_popf")
			a.Nop(3)
			a.Exit(0)
		})
		for range 6 {
			r.pt(ptStep, pid, 1, 0)
			r.stop(pid)
		}
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "step-user-tf", About: "the tracee sets TF itself: single-step traps of its own", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.B(0x9c)                                  // pushf
			a.B(0x81, 0x0c, 0x24, 0x00, 0x01, 0x00, 0) // or dword [rsp], 0x100
			a.B(0x9d)                                  // popf
			a.L("n1")
			a.Nop(1)
			a.L("n2")
			a.Nop(1)
			a.L("n3")
			a.Nop(1)
			a.Exit(0)
		})
		for range 4 {
			r.cont(pid, 0)
			r.stop(pid)
		}
		r.end(pid)
	}},
	{Name: "step-into-handler", About: "PT_STEP with a signal that has a handler: where the first trap is", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGUSR1, Ref("handler"), 0)
			a.Int3()
			a.L("after_int3")
			a.Nop(2)
			a.Exit(0)
			a.L("handler")
			a.Nop(1)
			a.Ret()
		})
		r.cont(pid, 0)
		r.stop(pid)
		r.pt(ptStep, pid, 1, SIGUSR1)
		r.stop(pid)
		for range 12 {
			r.pt(ptStep, pid, 1, 0)
			if s := r.stop(pid); !s.stopped() {
				break
			}
		}
		r.end(pid)
	}},
	{Name: "step-signal-pending", About: "a signal arrives while stopped, then PT_STEP: signal stop or step stop first", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Nop(8); a.Exit(0) })
		r.kill(pid, SIGUSR1)
		r.pt(ptStep, pid, 1, 0)
		r.stop(pid)
		r.pt(ptStep, pid, 1, 0)
		r.stop(pid)
		r.pt(ptStep, pid, 1, 0)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "step-then-continue", About: "PT_STEP, then PT_CONTINUE: stepping is off again; rflags in between", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Nop(4); a.Int3(); a.L("after_int3"); a.Nop(3); a.Exit(0) })
		r.pt(ptStep, pid, 1, 0)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "setstep-clearstep", About: "PT_SETSTEP then PT_CONTINUE steps once; PT_CLEARSTEP takes it back; what rflags shows", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Nop(6); a.Exit(0) })
		r.pt(ptSetStep, pid, 0, 0)
		r.regs(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, 0)
		if s := r.stop(pid); !s.stopped() {
			return
		}
		r.pt(ptClearStep, pid, 0, 0)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "setstep-then-clear", About: "PT_SETSTEP and PT_CLEARSTEP in the same stop", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Nop(6); a.Exit(0) })
		r.pt(ptSetStep, pid, 0, 0)
		r.pt(ptClearStep, pid, 0, 0)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "step-fork", About: "PT_STEP over fork: is the child single-stepping too?", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Mov(RAX, sysFork)
			a.L("fork")
			a.Syscall()
			a.L("after_fork")
			a.Nop(3)
			a.IfChild("child")
			a.Sys(sysWait4, -1, 0, 0, 0)
			a.Exit(1)
			a.L("child")
			a.Exit(2)
		})
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK)
		r.pt(ptStep, pid, 1, 0)
		r.stop(pid)
		r.pt(ptStep, pid, 1, 0)
		s1 := r.any()
		s2 := r.any()
		r.cont(s1.Pid, 0)
		r.cont(s2.Pid, 0)
		r.driveAll(ptContinue, 12)
	}},
	{Name: "step-execve", About: "PT_STEP over execve: the stops, and whether stepping survives the new image", Run: func(r *R) {
		r.program("b", hello)
		pid, _ := r.launch(func(a *Asm) {
			a.Str("path", "/w/step-execve.b")
			a.Quads("argv", Ref("path"), 0)
			a.Mov(RDI, Ref("path"))
			a.Mov(RSI, Ref("argv"))
			a.Mov(RDX, 0)
			a.Mov(RAX, sysExecve)
			a.L("exec")
			a.Syscall()
			a.Exit(9)
		})
		for range 6 {
			r.pt(ptStep, pid, 1, 0)
			if s := r.stop(pid); s.Info.Flags&0x10 != 0 {
				break
			}
		}
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "step-blocking", About: "PT_STEP over a nanosleep: the trap comes after the sleep", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Quads("ts", 0, 200000000)
			a.Mov(RDI, Ref("ts"))
			a.Mov(RSI, 0)
			a.Mov(RAX, sysNanosleep)
			a.L("sleep")
			a.Syscall()
			a.L("after")
			a.Nop(2)
			a.Exit(0)
		})
		for range 4 {
			r.pt(ptStep, pid, 1, 0)
			r.stop(pid)
		}
		r.end(pid)
	}},
	{Name: "breakpoint-cycle", About: "int3 written, hit, pc put back, byte restored, stepped, written again", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Mov(RBX, 2)
			a.L("loop")
			a.Nop(1)
			a.B(0xff, 0xcb) // dec ebx
			a.Jnz("loop")
			a.Exit(0)
		})
		bp := r.prog.Labels["loop"]
		r.read(pid, bp, 4)
		r.write(pid, bp, 0xcc)
		for range 2 {
			r.cont(pid, 0)
			s := r.stop(pid)
			r.setRegs(int(s.Info.Lwpid), "rip-1", func(g *Regs) { g.Rip-- })
			r.write(pid, bp, 0x90)
			r.pt(ptStep, int(s.Info.Lwpid), 1, 0)
			r.stop(pid)
			r.write(pid, bp, 0xcc)
		}
		r.cont(pid, 0)
		r.stop(pid)
	}},
}
