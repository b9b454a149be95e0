package kerneltest

// Single steps, breakpoints, and going on elsewhere.

import "github.com/trapline/trapline/kernel/freebsd/raw"

const trapFlag = 0x100

// step makes a step, and takes its stop.
func (b *bench) step(pid int) {
	b.t.Helper()
	b.do(raw.Step, pid, 1, 0)
	b.stepped(pid)
}

var fbsdStepCases = []fbsdCase{
	{name: "breakpoint_siginfo", promise: "a breakpoint: SIGTRAP, TRAP_BRKPT, rip one past it", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Int3(); a.L("after"); a.Exit(1) })
		b.cont(pid, 0)
		l := b.signaled(pid, raw.SIGTRAP)
		equal(b, "si_code", l.Siginfo.Code, raw.TrapBrkpt)
		equal(b, "rip", b.regs(pid).Rip, b.label("after"))
	}},
	{name: "breakpoint_put_in", promise: "a breakpoint written into the text is met, taken out, stepped over and put in again", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Mov(rcx, 2)
			a.L("loop")
			a.Nop(1)
			a.L("second")
			a.B(0x48, 0xff, 0xc9) // dec rcx
			a.Jnz("loop")
			a.Exit(5)
		})
		at := b.label("loop")
		for range 2 {
			b.io(pid, raw.WriteInstr, at, []byte{0xcc})
			b.cont(pid, 0)
			b.signaled(pid, raw.SIGTRAP)
			r := b.regs(pid)
			equal(b, "rip", r.Rip, at+1)
			r.Rip = at
			b.setRegs(pid, r)
			b.io(pid, raw.WriteInstr, at, []byte{0x90})
			b.step(pid)
			equal(b, "rip", b.regs(pid).Rip, b.label("second"))
		}
		b.cont(pid, 0)
		b.exits(pid, 5)
	}},
	{name: "step_siginfo", promise: "a step: SIGTRAP, TRAP_TRACE, si_addr the new rip; no trap flag is left", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Nop(1); a.L("second"); a.Nop(1); a.Exit(1) })
		b.do(raw.Step, pid, 1, 0)
		l := b.signaled(pid, raw.SIGTRAP)
		equal(b, "si_code", l.Siginfo.Code, raw.TrapTrace)
		equal(b, "si_addr", l.Siginfo.Addr, b.label("second"))
		r := b.regs(pid)
		equal(b, "rip", r.Rip, b.label("second"))
		equal(b, "the trap flag", r.Rflags&trapFlag, 0)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "step_with_signal", promise: "PT_STEP with a signal enters the handler first, which runs free; the step is done after its return", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.SigHandler(sigUSR1, ref("handler"), 0)
			raise(a, sigABRT)
			a.Exit(1)
			a.L("handler")
			raise(a, sigABRT)
			a.Ret()
		})
		b.cont(pid, 0)
		b.signaled(pid, sigABRT)
		b.do(raw.Step, pid, 1, sigUSR1)
		b.signaled(pid, sigABRT)
		b.cont(pid, 0)
		b.stepped(pid)
		b.cont(pid, 0)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "step_ignores_address", promise: "the address of PT_STEP is not where the program goes on", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Nop(1); a.L("second"); a.Exit(1); a.L("elsewhere"); a.Exit(2) })
		b.do(raw.Step, pid, uintptr(b.label("elsewhere")), 0)
		b.stepped(pid)
		equal(b, "rip", b.regs(pid).Rip, b.label("second"))
	}},
	{name: "continue_at_address", promise: "the address of PT_CONTINUE is where the program goes on; 1 is where it is", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Exit(1); a.L("elsewhere"); a.Exit(2) })
		b.do(raw.Continue, pid, uintptr(b.label("elsewhere")), 0)
		b.exits(pid, 2)
	}},
	{name: "continue_twice", promise: "PT_CONTINUE of who was continued is EBUSY", run: func(b *bench) {
		pid := b.launch(spinner)
		b.cont(pid, 0)
		b.refused(raw.EBUSY, raw.Continue, pid, 1, 0)
		b.refused(raw.EBUSY, raw.Lwpinfo, pid, b.at(make([]byte, raw.LwpinfoSize)), raw.LwpinfoSize)
	}},
	{name: "setstep_then_continue", promise: "PT_SETSTEP shows as the trap flag and makes one PT_CONTINUE a step", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Nop(1); a.L("second"); a.Nop(1); a.Exit(1) })
		b.do(raw.SetStep, pid, 0, 0)
		equal(b, "the trap flag", b.regs(pid).Rflags&trapFlag, trapFlag)
		b.cont(pid, 0)
		b.stepped(pid)
		equal(b, "rip", b.regs(pid).Rip, b.label("second"))
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "setstep_then_clearstep", promise: "PT_CLEARSTEP takes PT_SETSTEP back", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Nop(2); a.Exit(1) })
		b.do(raw.SetStep, pid, 0, 0)
		b.do(raw.ClearStep, pid, 0, 0)
		equal(b, "the trap flag", b.regs(pid).Rflags&trapFlag, 0)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "step_over_call", promise: "a step over a system call stops after its instruction, with the call done", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Mov(rax, number("getpid"))
			a.L("call")
			a.Syscall()
			a.L("after")
			a.Exit(1)
		})
		b.step(pid)
		b.step(pid)
		r := b.regs(pid)
		equal(b, "rip", r.Rip, b.label("after"))
		equal(b, "rax", int(r.Rax), pid)
	}},
	{name: "step_over_call_with_events", promise: "a step over a system call with events on: the entry, the exit with SIGTRAP in pl_siglist, the step", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Mov(rax, number("getpid"))
			a.Syscall()
			a.L("after")
			a.Exit(1)
		})
		b.step(pid)
		b.mask(pid, raw.MaskExec|raw.MaskSCE|raw.MaskSCX)
		b.do(raw.Step, pid, 1, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCE)
		b.cont(pid, 0)
		l := b.stop(pid, raw.SIGTRAP, raw.FlagSCX)
		equal(b, "SIGTRAP in pl_siglist", l.Siglist.Has(raw.SIGTRAP), true)
		b.cont(pid, 0)
		b.stepped(pid)
		equal(b, "rip", b.regs(pid).Rip, b.label("after"))
	}},
	{name: "step_over_breakpoint", promise: "a step onto a breakpoint is one stop, TRAP_BRKPT", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Int3(); a.L("after"); a.Exit(1) })
		b.do(raw.Step, pid, 1, 0)
		l := b.signaled(pid, raw.SIGTRAP)
		equal(b, "si_code", l.Siginfo.Code, raw.TrapBrkpt)
		equal(b, "rip", b.regs(pid).Rip, b.label("after"))
	}},
	{name: "step_over_fork", promise: "the child of a fork that was stepped over does not step", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Mov(rax, number("fork"))
			a.Syscall()
			a.L("after")
			a.IfChild("child")
			call(a, "wait4", -1, 0, 0, 0)
			a.Exit(1)
			a.L("child")
			a.Exit(2)
		})
		b.step(pid)
		b.do(raw.FollowFork, pid, 0, 1)
		b.do(raw.Step, pid, 1, 0)
		l := b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagForked)
		child := int(l.ChildPID)
		b.stop(child, raw.SIGSTOP, raw.FlagSCX|raw.FlagChild)
		equal(b, "the child's trap flag", b.regs(child).Rflags&trapFlag, 0)
		b.cont(pid, 0)
		b.stepped(pid)
		b.cont(child, 0)
		b.exits(child, 2)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "step_over_exec", promise: "a step over execve: the exec's stop, and a step's at the new entry", run: func(b *bench) {
		hello := b.assemble(exiter(4))
		entry := b.label("_start")
		pid := b.launch(func(a *asm) {
			execute(a, hello)
			a.Exit(9)
		})
		for b.peek(pid, b.regs(pid).Rip)&0xffff != 0x050f { // syscall
			b.step(pid)
		}
		b.do(raw.Step, pid, 1, 0)
		l := b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
		equal(b, "SIGTRAP in pl_siglist", l.Siglist.Has(raw.SIGTRAP), true)
		b.cont(pid, 0)
		b.stepped(pid)
		equal(b, "rip", b.regs(pid).Rip, entry)
		b.cont(pid, 0)
		b.exits(pid, 4)
	}},
	{name: "step_over_sleep", promise: "a step over a call that sleeps stops when the sleep is over", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Sleep(500)
			a.L("after")
			a.Exit(1)
		})
		for b.peek(pid, b.regs(pid).Rip)&0xffff != 0x050f {
			b.step(pid)
		}
		from := b.k.Now()
		b.do(raw.Step, pid, 1, 0)
		b.quiet(pid)
		b.stepped(pid)
		equal(b, "rip", b.regs(pid).Rip, b.label("after"))
		if took := b.k.Now() - from; took < 450e6 {
			b.fail("the step took %v", took)
		}
	}},
	{name: "step_pushes_flag", promise: "a step over pushf leaves the trap flag in what was pushed", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.B(0x9c) // pushfq
			a.L("after")
			a.Exit(1)
		})
		b.step(pid)
		r := b.regs(pid)
		equal(b, "the trap flag that was pushed", b.peek(pid, r.Rsp)&trapFlag, trapFlag)
		equal(b, "the trap flag", r.Rflags&trapFlag, 0)
	}},
	{name: "step_of_program", promise: "the program's own trap flag is a step's stop after each instruction", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.B(0x9c, 0x81, 0x0c, 0x24, 0, 1, 0, 0, 0x9d) // pushfq; or dword [rsp], 0x100; popfq
			a.Nop(1)
			a.L("first")
			a.Nop(1)
			a.L("second")
			a.Exit(1)
		})
		for _, at := range []string{"first", "second"} {
			b.cont(pid, 0)
			b.stepped(pid)
			r := b.regs(pid)
			equal(b, "rip", r.Rip, b.label(at))
			equal(b, "the trap flag", r.Rflags&trapFlag, trapFlag)
		}
	}},
	{name: "step_with_sigtrap_blocked", promise: "a step's trap unblocks SIGTRAP, and its handler is gone", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.SigHandler(raw.SIGTRAP, ref("handler"), 0)
			a.SigMask(sigBlock, raw.SIGTRAP)
			raise(a, raw.SIGSTOP)
			a.Nop(2)
			a.SigMask(sigUnblock, raw.SIGTRAP)
			raise(a, raw.SIGTRAP)
			a.Exit(1)
			a.L("handler")
			a.Exit(2)
		})
		b.cont(pid, 0)
		l := b.signaled(pid, raw.SIGSTOP)
		equal(b, "SIGTRAP in pl_sigmask", l.Sigmask.Has(raw.SIGTRAP), true)
		b.do(raw.Step, pid, 1, 0)
		l = b.signaled(pid, raw.SIGTRAP)
		equal(b, "SIGTRAP in pl_sigmask", l.Sigmask.Has(raw.SIGTRAP), false)
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGTRAP)
		b.cont(pid, raw.SIGTRAP)
		b.killed(pid, raw.SIGTRAP)
	}},
}
