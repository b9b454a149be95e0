package kerneltest

// execve under a debugger: which stop it is, in which thread, and what becomes of the others.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
)

// executing executes a program, and exits with the errno if that fails.
func executing(path string) func(a *asm) {
	return func(a *asm) {
		execute(a, path)
		a.Exit(rax)
	}
}

// execute is the call.
func execute(a *asm, path string) {
	a.Str("path", path)
	a.Quads("argv", ref("path"), 0)
	call(a, "execve", ref("path"), ref("argv"), 0)
}

// join spins until a thread is gone.
func join(a *asm, label string) {
	a.L("join_" + label)
	call(a, "sched_yield")
	call(a, "thr_kill", mem(label), 0)
	a.Jc("joined_" + label)
	a.Jmp("join_" + label)
	a.L("joined_" + label)
}

var fbsdExecCases = []fbsdCase{
	{name: "exec_event", promise: "with PTRACE_EXEC an execve is one stop, SCX and EXEC, at the new program's entry", run: func(b *bench) {
		hello := b.assemble(exiter(4))
		entry := b.label("_start")
		pid := b.launch(executing(hello))
		b.mask(pid, raw.MaskExec)
		b.cont(pid, 0)
		l := b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
		equal(b, "the call", int(l.Code), number("execve"))
		equal(b, "rip", b.regs(pid).Rip, entry)
		b.cont(pid, 0)
		b.exits(pid, 4)
	}},
	{name: "exec_event_off", promise: "with an event mask of 0 an execve is no stop", run: func(b *bench) {
		hello := b.assemble(exiter(4))
		pid := b.launch(executing(hello))
		b.mask(pid, 0)
		b.cont(pid, 0)
		b.exits(pid, 4)
	}},
	{name: "exec_event_after_attach", promise: "a process attached to stops at its next execve, by the mask that an attach gives", run: func(b *bench) {
		hello := b.assemble(exiter(4))
		pid := b.start(func(a *asm) {
			a.Quads("go", 0)
			awaitFlag(a, "go")
			executing(hello)(a)
		})
		b.attach(pid)
		equal(b, "the event mask", b.getMask(pid), raw.MaskExec)
		b.poke(pid, b.label("go"), 1)
		b.cont(pid, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
		b.cont(pid, 0)
		b.exits(pid, 4)
	}},
	{name: "exec_with_call_events", promise: "under PT_SYSCALL an execve is an entry and one stop with SCX and EXEC", run: func(b *bench) {
		hello := b.assemble(exiter(4))
		pid := b.launch(executing(hello))
		b.do(raw.Syscall, pid, 1, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCE)
		b.do(raw.Syscall, pid, 1, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
		b.do(raw.Syscall, pid, 1, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCE)
		b.cont(pid, 0)
		b.exits(pid, 4)
	}},
	{name: "exec_from_thread", promise: "an execve of another thread than the first: EXITED of the first, then the exec's stop in the caller, which keeps its id", run: func(b *bench) {
		hello := b.assemble(exiter(4))
		pid := b.launch(func(a *asm) {
			a.Thread("other")
			a.Sleep(60000)
			a.L("other")
			executing(hello)(a)
		})
		main := int(b.lwpinfo(pid).LWP)
		b.mask(pid, raw.MaskExec|raw.MaskLWP)
		b.cont(pid, 0)
		other := int(b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagBorn).LWP)
		b.cont(pid, 0)
		equal(b, "who exited", int(b.stop(pid, raw.SIGTRAP, raw.FlagExited).LWP), main)
		b.cont(pid, 0)
		equal(b, "who executed", int(b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec).LWP), other)
		equal(b, "threads", len(b.threads(pid)), 1)
		b.refused(raw.ESRCH, raw.GetNumLwps, main, 0, 0)
		b.cont(pid, 0)
		b.exits(pid, 4)
	}},
	{name: "exec_with_threads", promise: "an execve of the first thread: EXITED of each other, then the exec's stop", run: func(b *bench) {
		hello := b.assemble(exiter(4))
		pid := b.launch(func(a *asm) {
			a.Quads("one", 0)
			a.Quads("two", 0)
			a.Thread("spins")
			a.Thread("sleeps")
			awaitFlag(a, "one")
			awaitFlag(a, "two")
			executing(hello)(a)
			a.L("spins")
			a.Inc("one")
			a.Spin("loop")
			a.L("sleeps")
			a.Inc("two")
			a.Sleep(60000)
		})
		main := int(b.lwpinfo(pid).LWP)
		b.mask(pid, raw.MaskExec|raw.MaskLWP)
		gone := map[int]bool{}
		for range 2 {
			b.cont(pid, 0)
			gone[int(b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagBorn).LWP)] = true
		}
		for range 2 {
			b.cont(pid, 0)
			l := b.stop(pid, raw.SIGTRAP, raw.FlagExited)
			if !gone[int(l.LWP)] {
				b.fail("%d exited", l.LWP)
			}
			delete(gone, int(l.LWP))
		}
		b.cont(pid, 0)
		equal(b, "who executed", int(b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec).LWP), main)
		b.cont(pid, 0)
		b.exits(pid, 4)
	}},
	{name: "exec_fails", promise: "an execve that fails is no exec event, and the other threads live on", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("ready", 0)
			a.Quads("go", 0)
			a.Thread("other")
			awaitFlag(a, "ready")
			execute(a, "/does/not/exist")
			a.Inc("go")
			a.Sleep(60000)
			a.L("other")
			a.Inc("ready")
			awaitFlag(a, "go")
			a.Exit(5)
		})
		b.mask(pid, raw.MaskExec)
		b.cont(pid, 0)
		b.exits(pid, 5)
	}},
	{name: "exec_fails_stop", promise: "under PTRACE_SCX a failed execve stops with SCX alone and its error", run: func(b *bench) {
		pid := b.launch(executing("/does/not/exist"))
		b.mask(pid, raw.MaskExec|raw.MaskSCX)
		b.cont(pid, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX)
		ret := raw.DecodeScReturn(b.get(raw.GetScRet, pid, raw.ScRetSize, raw.ScRetSize))
		equal(b, "sr_error", ret.Err, raw.ENOENT)
		b.cont(pid, 0)
		b.exits(pid, int(raw.ENOENT))
	}},
	{name: "exec_without_arguments", promise: "an execve without any argument is EINVAL", run: func(b *bench) {
		next := b.assemble(exiter(9))
		b.exits(b.start(func(a *asm) {
			a.Quads("none", 0)
			a.Str("path", next)
			call(a, "execve", ref("path"), ref("none"), ref("none"))
			a.Exit(rax)
		}), int(raw.EINVAL))
	}},
	{name: "exec_shebang", promise: "a script is one exec stop, of its interpreter, with the script's path among the arguments", run: func(b *bench) {
		hello := b.assemble(exiter(4))
		script := b.dir + "/script"
		if err := b.k.WriteFile(script, []byte("#!"+hello+"\n"), 0o755); err != nil {
			b.t.Fatal(err)
		}
		pid := b.launch(executing(script))
		b.cont(pid, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
		equal(b, "argc", b.peek(pid, b.regs(pid).Rdi), 2)
		b.cont(pid, 0)
		b.exits(pid, 4)
	}},
	{name: "exec_clears_debug_registers", promise: "a new program has no debug registers set", run: func(b *bench) {
		hello := b.assemble(exiter(4))
		pid := b.launch(executing(hello))
		b.setDebug(pid, 0, 0x600000, watchWrite8)
		b.cont(pid, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
		if d := b.debug(pid); d[7]&0xff != 0 || d[0] != 0 {
			b.fail("dr0 %#x, dr7 %#x", d[0], d[7])
		}
	}},
	{name: "exec_keeps_pending_signal", promise: "a signal that is blocked and waits survives execve, and is reported when it is unblocked", run: func(b *bench) {
		second := b.assemble(func(a *asm) {
			a.SigMask(sigUnblock, sigUSR1)
			a.Exit(4)
		})
		pid := b.launch(func(a *asm) {
			a.SigMask(sigBlock, sigUSR1)
			raise(a, sigUSR1)
			executing(second)(a)
		})
		b.cont(pid, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
		b.cont(pid, 0)
		b.signaled(pid, sigUSR1)
		b.cont(pid, 0)
		b.exits(pid, 4)
	}},
	{name: "exec_keeps_flags", promise: "execve leaves a signal's flags as they were set, but for SA_SIGINFO; those about children are SIGCHLD's alone", run: func(b *bench) {
		next := b.assemble(func(a *asm) {
			a.Quads("one", 1, 1, 1, 1)
			a.Quads("two", 1, 1, 1, 1)
			call(a, "sigaction", sigUSR1, 0, ref("one"))
			call(a, "sigaction", sigUSR2, 0, ref("two"))
			raise(a, raw.SIGSTOP)
			a.Exit(0)
		})
		ask := b.prog
		pid := b.launch(func(a *asm) {
			a.SigHandler(sigUSR1, ref("handler"), 0x59) // SA_ONSTACK, SA_NOCLDSTOP, SA_NODEFER, SA_SIGINFO
			a.SigHandler(sigUSR2, ref("handler"), 0x6)  // SA_RESTART, SA_RESETHAND
			execute(a, next)
			a.L("handler")
			a.Exit(9)
		})
		b.mask(pid, 0)
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		for label, flags := range map[string]uint32{"one": 0x11, "two": 0x6} {
			equal(b, "the handler", b.peek(pid, ask.Labels[label]), 0)
			equal(b, "the flags", uint32(b.peek(pid, ask.Labels[label]+8)), flags)
		}
	}},
	{name: "exec_resets_handlers", promise: "execve takes handlers away and leaves ignored signals ignored", run: func(b *bench) {
		second := b.assemble(func(a *asm) {
			raise(a, sigUSR2) // ignored
			raise(a, sigUSR1) // kills
			a.Exit(4)
		})
		pid := b.launch(func(a *asm) {
			a.SigHandler(sigUSR1, ref("handler"), 0)
			a.SigHandler(sigUSR2, 1, 0)
			executing(second)(a)
			a.L("handler")
			a.Ret()
		})
		b.cont(pid, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
		b.cont(pid, 0)
		b.signaled(pid, sigUSR1)
		b.cont(pid, sigUSR1)
		b.killed(pid, sigUSR1)
	}},
}
