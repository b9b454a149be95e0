package kerneltest

// SIGKILL and PT_KILL: to who runs, to who is stopped, and beside other things to report.

import "github.com/trapline/trapline/kernel/freebsd/raw"

var fbsdKillCases = []fbsdCase{
	{name: "kill_at_exec_stop", promise: "PT_KILL at an exec stop: the next thing told is death by SIGKILL", run: func(b *bench) {
		pid := b.launch(spinner)
		b.do(raw.Kill, pid, 0, 0)
		b.killed(pid, raw.SIGKILL)
		b.alone()
	}},
	{name: "kill_at_breakpoint", promise: "PT_KILL at a breakpoint: the next thing told is death by SIGKILL", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Int3(); a.Exit(1) })
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGTRAP)
		b.do(raw.Kill, pid, 0, 0)
		b.killed(pid, raw.SIGKILL)
		b.alone()
	}},
	{name: "kill_at_call_entry", promise: "PT_KILL at the entry of a system call: the next thing told is death by SIGKILL", run: func(b *bench) {
		pid := b.launch(func(a *asm) { call(a, "getpid"); a.Exit(1) })
		b.do(raw.Syscall, pid, 1, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCE)
		b.do(raw.Kill, pid, 0, 0)
		b.killed(pid, raw.SIGKILL)
		b.alone()
	}},
	{name: "kill_at_birth", promise: "PT_KILL at the birth of a thread: no death of a thread is told, only that of the process", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Thread("other")
			a.Sleep(60000)
			a.L("other")
			a.Sleep(60000)
		})
		b.do(raw.LwpEvents, pid, 0, 1)
		b.cont(pid, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagBorn)
		b.do(raw.Kill, pid, 0, 0)
		b.killed(pid, raw.SIGKILL)
		b.alone()
	}},
	{name: "kill_beside_signal", promise: "PT_KILL instead of one thread's signal: a signal that waits for the other thread is not told any more", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("ready", 0)
			a.Thread("other")
			a.SigMask(sigBlock, sigUSR2)
			awaitFlag(a, "ready")
			raise(a, raw.SIGSTOP)
			a.Sleep(60000)
			a.L("other")
			a.SigMask(sigBlock, sigUSR1)
			a.Inc("ready")
			a.Sleep(60000)
		})
		main := int(b.lwpinfo(pid).LWP)
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		b.cont(pid, 0)
		b.kill(pid, sigUSR2)
		if int(b.signaled(pid, sigUSR2).LWP) == main {
			b.fail("the signal is the first thread's, which blocks it")
		}
		b.kill(pid, sigUSR1)
		b.do(raw.Kill, pid, 0, 0)
		b.killed(pid, raw.SIGKILL)
		b.alone()
	}},
	{name: "kill_beside_call_exit", promise: "PT_KILL instead of one thread's signal: the call that another is in has no exit stop", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("ready", 0)
			a.Thread("other")
			a.SigMask(sigBlock, sigUSR2)
			awaitFlag(a, "ready")
			raise(a, raw.SIGSTOP)
			call(a, "getpid")
			a.Exit(1)
			a.L("other")
			a.Inc("ready")
			a.Spin("loop")
		})
		main := int(b.lwpinfo(pid).LWP)
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		b.do(raw.Syscall, pid, 1, 0)
		equal(b, "who enters", int(b.stop(pid, raw.SIGTRAP, raw.FlagSCE).LWP), main)
		b.do(raw.Suspend, main, 0, 0)
		b.cont(pid, 0)
		b.kill(pid, sigUSR2)
		b.signaled(pid, sigUSR2)
		b.do(raw.Resume, main, 0, 0)
		b.do(raw.Kill, pid, 0, 0)
		b.killed(pid, raw.SIGKILL)
		b.alone()
	}},
	{name: "kill_with_full_queue", promise: "PT_KILL kills when the process has as many signals waiting as it may", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.SigHandler(sigUSR1, ref("handler"), 0)
			raise(a, raw.SIGSTOP)
			a.Exit(1)
			a.L("handler")
			a.Exit(2)
		})
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		b.fill(pid, sigUSR1)
		b.do(raw.Kill, pid, 0, 0)
		b.killed(pid, raw.SIGKILL)
		b.alone()
	}},
	{name: "kill_at_attach_stop_is_lost", promise: "PT_KILL at an attach's stop succeeds and is lost: the process goes on", run: func(b *bench) {
		pid := b.start(spinner)
		b.attach(pid)
		b.poke(pid, b.label("go"), 1)
		b.do(raw.Kill, pid, 0, 0)
		b.exits(pid, 3)
	}},
	{name: "sigkill_running_stops", promise: "SIGKILL sent to a tracee that runs is a stop, and kills when it is passed on", run: func(b *bench) {
		pid := b.launch(spinner)
		b.cont(pid, 0)
		b.k.Sleep(lull)
		b.kill(pid, raw.SIGKILL)
		l := b.signaled(pid, raw.SIGKILL)
		equal(b, "si_code", l.Siginfo.Code, raw.SiNoinfo)
		b.cont(pid, raw.SIGKILL)
		b.killed(pid, raw.SIGKILL)
	}},
	{name: "sigkill_dropped", promise: "a SIGKILL that the debugger drops does nothing; the event mask is as it was", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			raise(a, raw.SIGSTOP)
			a.Exit(0)
		})
		const mask = raw.MaskExec | raw.MaskFork | raw.MaskLWP
		b.mask(pid, mask)
		b.kill(pid, raw.SIGKILL)
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGKILL)
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		equal(b, "the event mask", b.getMask(pid), mask)
		b.cont(pid, 0)
		b.exits(pid, 0)
	}},
	{name: "sigkill_held_stop", promise: "SIGKILL does not end a stop that is held; it is told after the next continue", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Int3(); a.Exit(1) })
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGTRAP)
		b.kill(pid, raw.SIGKILL)
		b.quiet(pid)
		b.lwpinfo(pid)
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGKILL)
		b.cont(pid, raw.SIGKILL)
		b.killed(pid, raw.SIGKILL)
	}},
	{name: "sigkill_at_call_entry", promise: "SIGKILL does not end a stop at the entry of a system call", run: func(b *bench) {
		pid := b.launch(func(a *asm) { call(a, "getpid"); a.Exit(1) })
		b.do(raw.Syscall, pid, 1, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCE)
		b.kill(pid, raw.SIGKILL)
		b.quiet(pid)
		b.lwpinfo(pid)
	}},
	{name: "continue_with_sigkill", promise: "PT_CONTINUE with SIGKILL kills at once", run: func(b *bench) {
		pid := b.launch(spinner)
		b.cont(pid, raw.SIGKILL)
		b.killed(pid, raw.SIGKILL)
	}},
}

// fill sends a stopped process as many signals as may wait (kern.sigqueue.max_pending_per_proc).
func (b *bench) fill(pid, sig int) int {
	b.t.Helper()
	v, e := b.k.Sysctl(b.k.SysctlMib("kern.sigqueue.max_pending_per_proc"), nil)
	if e != 0 || len(v) != 4 {
		b.fail("kern.sigqueue.max_pending_per_proc: %v, errno %d", v, e)
	}
	n := int(le.Uint32(v))
	for range n {
		if e := b.k.Kill(pid, sig); e != 0 {
			b.fail("kill: errno %d", e)
		}
	}
	return n
}
