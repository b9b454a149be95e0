package kerneltest

// Who hears of a process, and when: parents with a debugger in between, the options of wait6(2).

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
)

// parentAndChild is a parent that stops itself after its fork, does then, and a child that spins
// until the quadword "go" is set and exits with 3.
func parentAndChild(then func(a *asm)) func(a *asm) {
	return func(a *asm) {
		a.Quads("go", 0)
		a.Quads("status", 0)
		a.Quads("first", 0)
		call(a, "fork")
		a.IfChild("child")
		raise(a, raw.SIGSTOP)
		then(a)
		a.L("child")
		awaitFlag(a, "go")
		a.Exit(3)
	}
}

// exitStatus exits with the code that the quadword "status" tells of a child's exit.
func exitStatus(a *asm) {
	a.Mov(rdi, mem("status"))
	shift(a, rdi, 8)
	a.Exit(rdi)
}

var fbsdWaitCases = []fbsdCase{
	{name: "wait_kinds", promise: "wait6 can wait for a user's processes, a group's or a jail's; 0 is the caller's group, whether a process or a group is meant", run: func(b *bench) {
		const none = 54321
		pid := b.start(exiter(0))
		_, _, info := b.await(raw.PPid, pid, raw.WExited|raw.WNowait)
		user := int(info.UID)
		for _, w := range []struct{ kind, id, want int }{{raw.PPid, 0, pid}, {raw.PPgid, 0, pid}, {5, user, pid}, {5, user + 7, 0}, {6, none, 0},
			{12, none, 0}, {1, pid, 0}, {4, 0, 0}, {99, 0, 0}, {-1, 0, 0}} {
			got, _, _, e := b.wait6(w.kind, w.id, raw.WExited|raw.WNowait)
			if got != w.want || (e == raw.ECHILD) != (w.want == 0) {
				b.fail("wait6(%d, %d): %d, errno %d", w.kind, w.id, got, e)
			}
		}
		b.exits(pid, 0)
	}},
	{name: "wait_exit_code", promise: "a siginfo has the whole of what a process gave to exit, a status eight bits", run: func(b *bench) {
		pid := b.start(exiter(0x10107))
		_, st, info := b.await(raw.PPid, pid, raw.WExited)
		equal(b, "si_status", info.Status, 0x10107)
		equal(b, "si_code", info.Code, 1) // CLD_EXITED
		equal(b, "the status", st, raw.Status{Kind: raw.StatusExited, Value: 7})
	}},
	{name: "wait_clone", promise: "a child that was made to end with another signal than SIGCHLD is only seen by WLINUXCLONE", run: func(b *bench) {
		pid := b.start(func(a *asm) {
			call(a, "rfork", 1<<2|1<<4|1<<16) // RFFDG|RFPROC|RFLINUXTHPN
			a.IfChild("child")
			a.SigMask(sigBlock, sigUSR1)
			call(a, "wait4", -1, 0, 0, 0)
			a.Quads("errno", 0)
			a.Store("errno", rax)
			call(a, "wait4", -1, 0, -1<<31, 0)
			a.Jc("bad")
			a.Exit(mem("errno"))
			a.L("bad")
			a.Exit(99)
			a.L("child")
			a.Exit(5)
		})
		b.exits(pid, int(raw.ECHILD))
	}},
	{name: "parent_waits_after_debugger", promise: "a parent's wait finds nothing to tell of a child that died traced until the debugger has reaped it; then it is its own to reap", run: func(b *bench) {
		pid := b.start(parentAndChild(func(a *asm) {
			call(a, "wait4", -1, ref("status"), waitNoHang, 0)
			a.Store("first", rax)
			raise(a, raw.SIGSTOP)
			call(a, "wait4", -1, ref("status"), 0, 0)
			a.Mov(rcx, mem("first"))
			a.B(0x48, 0x85, 0xc9) // test rcx, rcx
			a.Jnz("seen")
			exitStatus(a)
			a.L("seen")
			a.Exit(99)
		}))
		b.halted(pid)
		child := b.child(pid)
		b.attach(child)
		b.poke(child, b.label("go"), 1)
		b.cont(child, 0)
		b.await(raw.PPid, child, raw.WExited|raw.WNowait)
		b.resume(pid)
		b.halted(pid)
		b.exits(child, 3)
		b.resume(pid)
		b.exits(pid, 3)
		b.alone()
	}},
	{name: "parent_waits_while_stopped", promise: "a parent's wait does not see its child's stop for a debugger, and blocks until the child's end", run: func(b *bench) {
		pid := b.start(parentAndChild(func(a *asm) {
			call(a, "wait4", -1, ref("status"), waitNoHang|waitUntraced, 0)
			a.Store("first", rax)
			call(a, "wait4", -1, ref("status"), waitUntraced, 0)
			a.Mov(rcx, mem("first"))
			a.B(0x48, 0x85, 0xc9)
			a.Jnz("seen")
			exitStatus(a)
			a.L("seen")
			a.Exit(99)
		}))
		b.halted(pid)
		child := b.child(pid)
		b.attach(child)
		b.resume(pid)
		b.asleep(pid, "wait")
		b.poke(child, b.label("go"), 1)
		b.cont(child, 0)
		b.quiet(pid)
		b.exits(child, 3)
		b.exits(pid, 3)
		b.alone()
	}},
	{name: "parent_exits_before_child", promise: "a traced process outlives its parent; its debugger sees its end", run: func(b *bench) {
		b.reap()
		pid := b.start(parentAndChild(func(a *asm) { a.Exit(4) }))
		b.halted(pid)
		child := b.child(pid)
		b.attach(child)
		b.resume(pid)
		b.exits(pid, 4)
		b.poke(child, b.label("go"), 1)
		b.cont(child, 0)
		b.exits(child, 3)
		b.alone()
	}},
	{name: "parent_death_leaves_stop", promise: "the stop of a tracee is not ended by its parent's death",
		unconfirmed: "that a stop that is held outlasts the death of the parent", run: func(b *bench) {
			b.reap()
			pid := b.start(parentAndChild(func(a *asm) { a.Exit(4) }))
			b.halted(pid)
			child := b.child(pid)
			b.attach(child)
			b.kill(pid, raw.SIGKILL)
			b.killed(pid, raw.SIGKILL)
			b.quiet(child)
			b.lwpinfo(child)
		}},
	{name: "detached_orphan_is_the_reapers", promise: "a tracee whose parent died is its reaper's child when it is detached",
		unconfirmed: "whose child a tracee is that was orphaned and is detached", run: func(b *bench) {
			b.reap()
			pid := b.start(parentAndChild(func(a *asm) { a.Exit(4) }))
			b.halted(pid)
			child := b.child(pid)
			b.attach(child)
			b.resume(pid)
			b.exits(pid, 4)
			b.poke(child, b.label("go"), 1)
			b.do(raw.Detach, child, 1, 0)
			b.exits(child, 3)
			b.alone()
		}},
	{name: "getppid_of_tracee", promise: "getppid of a tracee is still its parent, not its debugger", run: func(b *bench) {
		pid := b.start(func(a *asm) {
			a.Quads("go", 0)
			a.Quads("parent", 0)
			call(a, "getpid")
			a.Store("parent", rax)
			call(a, "fork")
			a.IfChild("child")
			a.Sleep(60000)
			a.L("child")
			awaitFlag(a, "go")
			call(a, "getppid")
			a.CmpAt(rax, "parent")
			a.Jz("same")
			a.Exit(1)
			a.L("same")
			a.Exit(0)
		})
		child := b.child(pid)
		b.attach(child)
		r := b.kinfo(child)
		equal(b, "ki_tracer", int(int32(le.Uint32(r[kinfoTracer:]))), b.k.Pid())
		b.poke(child, b.label("go"), 1)
		b.cont(child, 0)
		b.exits(child, 0)
	}},
	{name: "wait_options", promise: "WTRAPPED or WSTOPPED sees a tracee's stop, WEXITED or WCONTINUED does not; no event, or an unknown option, is EINVAL", run: func(b *bench) {
		pid := b.spawn(b.assemble(exiter(0)), replay.Options{Trace: true})
		b.await(raw.PPid, pid, waitAll|raw.WNowait)
		for _, options := range []int{raw.WExited, raw.WContinued, raw.WExited | raw.WContinued} {
			if got, _, _, e := b.wait6(raw.PPid, pid, options); got != 0 || e != 0 {
				b.fail("options %#x: %d, errno %d", options, got, e)
			}
		}
		for _, options := range []int{0, raw.WNowait, 1 << 10} {
			if _, _, _, e := b.wait6(raw.PPid, pid, options); e != raw.EINVAL {
				b.fail("options %#x: errno %d", options, e)
			}
		}
		for _, options := range []int{raw.WTrapped, raw.WStopped} {
			if got, _, _, e := b.wait6(raw.PPid, pid, options|raw.WNowait); got != pid || e != 0 {
				b.fail("options %#x: %d, errno %d", options, got, e)
			}
		}
		if got, _, _, e := b.wait6(raw.PPid, pid, raw.WTrapped); got != pid || e != 0 {
			b.fail("%d, errno %d", got, e)
		}
		b.quiet(pid)
	}},
	{name: "wait_siginfo", promise: "wait6's siginfo says CLD_TRAPPED and the signal of a stop, CLD_EXITED and the code, CLD_KILLED and the signal", run: func(b *bench) {
		pid := b.spawn(b.assemble(exiter(7)), replay.Options{Trace: true})
		_, _, si := b.await(raw.PPid, pid, waitAll)
		check := func(code, status int32, of int) {
			b.t.Helper()
			equal(b, "si_signo", si.Signo, raw.SIGCHLD)
			equal(b, "si_code", si.Code, code)
			equal(b, "si_status", si.Status, status)
			equal(b, "si_pid", int(si.PID), of)
		}
		check(raw.CldTrapped, raw.SIGTRAP, pid)
		b.cont(pid, 0)
		_, _, si = b.await(raw.PPid, pid, waitAll)
		check(raw.CldExited, 7, pid)
		other := b.start(spinner)
		b.kill(other, sigTERM)
		_, _, si = b.await(raw.PPid, other, waitAll)
		check(raw.CldKilled, sigTERM, other)
	}},
	{name: "wait_job_control", promise: "a stop and a continuation by job control are each told once, to WSTOPPED and WCONTINUED, not to WTRAPPED", run: func(b *bench) {
		pid := b.start(spinner)
		b.kill(pid, raw.SIGSTOP)
		b.await(raw.PPid, pid, raw.WStopped|raw.WNowait)
		if got, _, _, e := b.wait6(raw.PPid, pid, raw.WTrapped); got != 0 || e != 0 {
			b.fail("WTRAPPED: %d, errno %d", got, e)
		}
		_, st, si := b.await(raw.PPid, pid, raw.WStopped)
		equal(b, "the stop's signal", st.Value, raw.SIGSTOP)
		equal(b, "si_code", si.Code, raw.CldStopped)
		b.quiet(pid)
		b.resume(pid)
		_, st, si = b.await(raw.PPid, pid, raw.WContinued)
		equal(b, "the kind", st.Kind, raw.StatusContinued)
		equal(b, "si_code", si.Code, raw.CldContinued)
		if got, _, _, e := b.wait6(raw.PPid, pid, raw.WContinued); got != 0 || e != 0 {
			b.fail("again: %d, errno %d", got, e)
		}
	}},
	{name: "wait_continued_by_detach", promise: "PT_CONTINUE is no continuation to WCONTINUED, PT_DETACH is", run: func(b *bench) {
		pid := b.launch(spinner)
		b.cont(pid, 0)
		b.k.Sleep(lull)
		if got, _, _, e := b.wait6(raw.PPid, pid, raw.WContinued); got != 0 || e != 0 {
			b.fail("after PT_CONTINUE: %d, errno %d", got, e)
		}
		b.kill(pid, raw.SIGSTOP)
		b.stop(pid, raw.SIGSTOP, raw.FlagSI)
		b.do(raw.Detach, pid, 1, 0)
		if _, st, _ := b.await(raw.PPid, pid, raw.WContinued); st.Kind != raw.StatusContinued {
			b.fail("after PT_DETACH: %+v", st)
		}
	}},
	{name: "wait_by_group", promise: "P_PGID waits for the members of a process group alone", run: func(b *bench) {
		one := b.spawn(b.assemble(exiter(1)), replay.Options{NewGroup: true})
		two := b.spawn(b.assemble(exiter(2)), replay.Options{NewGroup: true})
		if got, st, _ := b.await(raw.PPgid, two, raw.WExited); got != two || st.Value != 2 {
			b.fail("%d: %+v", got, st)
		}
		if _, _, _, e := b.wait6(raw.PPgid, two, raw.WExited); e != raw.ECHILD {
			b.fail("errno %d", e)
		}
		b.exits(one, 1)
	}},
	{name: "wait_newest_first", promise: "of several children with something to tell the one made last is told first", run: func(b *bench) {
		one := b.spawn(b.assemble(exiter(1)), replay.Options{Trace: true})
		two := b.spawn(b.assemble(exiter(2)), replay.Options{Trace: true})
		b.await(raw.PPid, one, waitAll|raw.WNowait)
		b.await(raw.PPid, two, waitAll|raw.WNowait)
		for _, want := range []int{two, one} {
			got, _, _ := b.await(raw.PAll, 0, waitAll)
			equal(b, "the process told of", got, want)
		}
	}},
	{name: "wait_no_child", promise: "without children a wait is ECHILD", run: func(b *bench) {
		b.alone()
		if _, _, _, e := b.wait6(raw.PPid, b.k.Pid(), raw.WExited); e != raw.ECHILD {
			b.fail("errno %d", e)
		}
	}},
	{name: "wait_usage", promise: "wait6 tells what time a process used, and its children", run: func(b *bench) {
		pid := b.start(func(a *asm) {
			call(a, "fork")
			a.IfChild("work")
			call(a, "wait4", -1, 0, 0, 0)
			a.L("work")
			a.Mov(rcx, 2_000_000)
			a.L("loop")
			a.B(0x48, 0xff, 0xc9) // dec rcx
			a.Jnz("loop")
			a.Exit(0)
		})
		var ru [288]byte
		var status int32
		var si replay.Siginfo
		for until := b.k.Now() + *patience; b.k.Now() < until; b.k.Sleep(5e6) {
			if got, e := b.k.Wait6(raw.PPid, pid, &status, raw.WExited|raw.WNohang, &ru, &si); got == pid && e == 0 {
				for _, who := range []int{0, 144} { // ru_utime and ru_stime
					if used := le.Uint64(ru[who:]) + le.Uint64(ru[who+8:]) + le.Uint64(ru[who+16:]) + le.Uint64(ru[who+24:]); used == 0 {
						b.fail("no time at %d of the usage", who)
					}
				}
				return
			}
		}
		b.fail("%d does not end", pid)
	}},
}
