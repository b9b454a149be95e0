package kerneltest

// Following fork, vfork, rfork and pdfork, with deaths and detaches in every order.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
)

// forking forks by a call; the child exits with 2, the parent waits for it and exits with 1.
func forking(name string, args ...any) func(a *asm) {
	return func(a *asm) {
		a.Quads("fd", 0)
		call(a, name, args...)
		a.L("after_fork")
		a.IfChild("child")
		call(a, "wait4", -1, 0, 0, 0)
		a.Exit(1)
		a.L("child")
		a.Exit(2)
	}
}

// forked lets a tracee run into its fork and takes both stops, the parent's and the child's,
// whichever comes first; more are flags of the parent's.
func (b *bench) forked(pid int, more uint32) (child int) {
	b.t.Helper()
	b.cont(pid, 0)
	parent := b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagForked|more)
	child = int(parent.ChildPID)
	b.pids = append(b.pids, child)
	b.stop(child, raw.SIGSTOP, raw.FlagSCX|raw.FlagChild)
	return child
}

// stranger is a program whose parent is gone: it waits for "go" and does then. The debugger has
// attached to it, and set "go".
func (b *bench) stranger(then func(a *asm)) int {
	b.t.Helper()
	pid := b.start(func(a *asm) {
		a.Quads("go", 0)
		call(a, "fork")
		a.IfChild("stranger")
		raise(a, raw.SIGSTOP)
		a.Exit(0)
		a.L("stranger")
		awaitFlag(a, "go")
		then(a)
	})
	b.halted(pid)
	child := b.child(pid)
	b.resume(pid)
	b.exits(pid, 0)
	b.attach(child)
	b.poke(child, b.label("go"), 1)
	return child
}

var fbsdForkCases = []fbsdCase{
	{name: "fork_unfollowed", promise: "without PTRACE_FORK a fork is no event, and its child is not traced", run: func(b *bench) {
		pid := b.launch(forking("fork"))
		b.cont(pid, 0)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "fork_followed", promise: "the parent stops with FORKED and the child's pid, the child with SIGSTOP and CHILD, in any order; the child's end is told first", run: func(b *bench) {
		pid := b.launch(forking("fork"))
		b.do(raw.FollowFork, pid, 0, 1)
		child := b.forked(pid, 0)
		b.cont(pid, 0)
		b.cont(child, 0)
		b.exits(child, 2)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "fork_followed_of_stranger", promise: "so with a process that the debugger attached to and is not the parent of", run: func(b *bench) {
		pid := b.stranger(forking("fork"))
		b.do(raw.FollowFork, pid, 0, 1)
		child := b.forked(pid, 0)
		b.cont(pid, 0)
		b.cont(child, 0)
		b.exits(child, 2)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "fork_child_detached", promise: "of a followed child that is detached nothing more is told to the debugger", run: func(b *bench) {
		pid := b.launch(forking("fork"))
		b.do(raw.FollowFork, pid, 0, 1)
		child := b.forked(pid, 0)
		b.do(raw.Detach, child, 1, 0)
		b.cont(pid, 0)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "fork_child_detached_of_stranger", promise: "so with a process that the debugger attached to", run: func(b *bench) {
		pid := b.stranger(forking("fork"))
		b.do(raw.FollowFork, pid, 0, 1)
		child := b.forked(pid, 0)
		b.do(raw.Detach, child, 1, 0)
		b.cont(pid, 0)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "fork_parent_detached", promise: "a followed child stays traced when its parent is detached; the parent, the debugger's real child, ends after it", run: func(b *bench) {
		pid := b.launch(forking("fork"))
		b.do(raw.FollowFork, pid, 0, 1)
		child := b.forked(pid, 0)
		b.do(raw.Detach, pid, 1, 0)
		b.quiet(pid)
		b.cont(child, 0)
		b.exits(child, 2)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "fork_parent_detached_of_stranger", promise: "the end of a detached stranger is not told, only its traced child's", run: func(b *bench) {
		pid := b.stranger(forking("fork"))
		b.do(raw.FollowFork, pid, 0, 1)
		child := b.forked(pid, 0)
		b.do(raw.Detach, pid, 1, 0)
		b.cont(child, 0)
		b.exits(child, 2)
		b.alone()
	}},
	{name: "fork_parent_detached_before_child_stop", promise: "a child's first stop is there to be taken after its parent was detached", run: func(b *bench) {
		pid := b.launch(forking("fork"))
		b.do(raw.FollowFork, pid, 0, 1)
		b.cont(pid, 0)
		child := int(b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagForked).ChildPID)
		b.do(raw.Detach, pid, 1, 0)
		b.stop(child, raw.SIGSTOP, raw.FlagSCX|raw.FlagChild)
		b.do(raw.Detach, child, 1, 0)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "fork_child_killed_at_stop", promise: "PT_KILL of a followed child at its first stop ends it, and its parent's wait",
		unconfirmed: "PT_KILL at the first stop of a followed child", run: func(b *bench) {
			pid := b.launch(forking("fork"))
			b.do(raw.FollowFork, pid, 0, 1)
			child := b.forked(pid, 0)
			b.cont(pid, 0)
			b.do(raw.Kill, child, 0, 0)
			b.killed(child, raw.SIGKILL)
			b.exits(pid, 1)
			b.alone()
		}},
	{name: "fork_parent_killed_at_stop", promise: "PT_KILL of the parent at its FORKED stop leaves the child stopped and traced",
		unconfirmed: "what becomes of the child when the parent is killed at its FORKED stop", run: func(b *bench) {
			b.reap()
			pid := b.launch(forking("fork"))
			b.do(raw.FollowFork, pid, 0, 1)
			child := b.forked(pid, 0)
			b.do(raw.Kill, pid, 0, 0)
			b.killed(pid, raw.SIGKILL)
			b.quiet(child)
			b.cont(child, 0)
			b.exits(child, 2)
			b.alone()
		}},
	{name: "fork_mask_of_child", promise: "a followed child's event mask is EXEC, whatever its parent's: its own fork is not followed", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			call(a, "fork")
			a.IfChild("child")
			call(a, "wait4", -1, 0, 0, 0)
			a.Exit(1)
			a.L("child")
			call(a, "fork")
			a.IfChild("grandchild")
			call(a, "wait4", -1, 0, 0, 0)
			a.Exit(2)
			a.L("grandchild")
			a.Exit(3)
		})
		b.mask(pid, raw.MaskExec|raw.MaskFork|raw.MaskLWP)
		child := b.forked(pid, 0)
		equal(b, "the child's mask", b.getMask(child), raw.MaskExec)
		equal(b, "the parent's mask", b.getMask(pid), raw.MaskExec|raw.MaskFork|raw.MaskLWP)
		b.cont(child, 0)
		b.exits(child, 2)
		b.cont(pid, 0)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "fork_call_code", promise: "both stops of a followed fork show the call, with as many arguments in the child as in the parent", run: func(b *bench) {
		forkCode(b, "fork", 0)
	}},
	{name: "vfork_call_code", promise: "both stops of a followed vfork show the call, with as many arguments in the child as in the parent", run: func(b *bench) {
		forkCode(b, "vfork", raw.FlagVforked)
	}},
	{name: "fork_grandchild", promise: "of a tree of followed processes each is told of by its own pid, the leaves first", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			call(a, "fork")
			a.IfChild("child")
			call(a, "wait4", -1, 0, 0, 0)
			a.Exit(1)
			a.L("child")
			call(a, "fork")
			a.IfChild("grandchild")
			call(a, "wait4", -1, 0, 0, 0)
			a.Exit(2)
			a.L("grandchild")
			a.Exit(3)
		})
		b.do(raw.FollowFork, pid, 0, 1)
		child := b.forked(pid, 0)
		b.do(raw.FollowFork, child, 0, 1)
		grandchild := b.forked(child, 0)
		for _, p := range []int{pid, child, grandchild} {
			b.cont(p, 0)
		}
		for i, p := range []int{grandchild, child, pid} {
			b.exits(p, 3-i)
		}
		b.alone()
	}},
	{name: "fork_twice", promise: "two forks in a row give a stop of the parent and one of a child each", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			for range 2 {
				call(a, "fork")
				a.IfChild("child")
			}
			for range 2 {
				call(a, "wait4", -1, 0, 0, 0)
			}
			a.Exit(1)
			a.L("child")
			a.Exit(2)
		})
		b.do(raw.FollowFork, pid, 0, 1)
		one := b.forked(pid, 0)
		two := b.forked(pid, 0)
		b.cont(pid, 0)
		b.cont(two, 0)
		b.exits(two, 2)
		b.cont(one, 0)
		b.exits(one, 2)
		b.exits(pid, 1)
	}},
	{name: "fork_from_thread", promise: "the FORKED stop is that of the thread that forked", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Thread("other")
			a.Sleep(60000)
			a.L("other")
			call(a, "fork")
			a.IfChild("child")
			call(a, "wait4", -1, 0, 0, 0)
			a.Exit(1)
			a.L("child")
			a.Exit(2)
		})
		main := b.threads(pid)[0]
		b.do(raw.FollowFork, pid, 0, 1)
		b.cont(pid, 0)
		l := b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagForked)
		ids := b.threads(pid)
		equal(b, "threads", len(ids), 2)
		if int(l.LWP) == main {
			b.fail("the stop is the first thread's")
		}
		child := int(l.ChildPID)
		b.stop(child, raw.SIGSTOP, raw.FlagSCX|raw.FlagChild)
		equal(b, "the child's threads", len(b.threads(child)), 1)
		b.cont(child, 0)
		b.exits(child, 2)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "fork_breakpoint_copies", promise: "a breakpoint taken out of a followed child's memory stays in its parent's", run: func(b *bench) {
		pid := b.launch(forking("fork"))
		at := b.label("child")
		old := make([]byte, 1)
		b.io(pid, raw.ReadInstr, at, old)
		b.io(pid, raw.WriteInstr, at, []byte{0xcc})
		b.do(raw.FollowFork, pid, 0, 1)
		child := b.forked(pid, 0)
		got := make([]byte, 1)
		b.io(child, raw.ReadInstr, at, got)
		equal(b, "the child's byte", got[0], 0xcc)
		b.io(child, raw.WriteInstr, at, old)
		b.io(pid, raw.ReadInstr, at, got)
		equal(b, "the parent's byte", got[0], 0xcc)
		b.cont(child, 0)
		b.exits(child, 2)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "fork_breakpoint_unfollowed", promise: "an unfollowed child has the parent's breakpoint in its copy of the memory, and dies of it", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("status", 0)
			call(a, "fork")
			a.IfChild("child")
			call(a, "wait4", -1, ref("status"), 0, 0)
			a.Mov(rdi, mem("status"))
			a.B(0x48, 0x83, 0xe7, 0x7f) // and rdi, 0x7f
			a.Exit(rdi)
			a.L("child")
			a.Exit(2)
		})
		b.io(pid, raw.WriteInstr, b.label("child"), []byte{0xcc})
		b.cont(pid, 0)
		b.exits(pid, raw.SIGTRAP)
	}},
	{name: "fork_signal_to_child", promise: "a signal sent to a child during its first stop is reported after it", run: func(b *bench) {
		pid := b.launch(forking("fork"))
		b.do(raw.FollowFork, pid, 0, 1)
		child := b.forked(pid, 0)
		b.kill(child, sigUSR1)
		b.cont(child, 0)
		b.signaled(child, sigUSR1)
		b.cont(child, sigUSR1)
		b.killed(child, sigUSR1)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "vfork_unfollowed", promise: "a vfork without events is no stop", run: func(b *bench) {
		pid := b.launch(forking("vfork"))
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "vfork_done_alone", promise: "with PTRACE_VFORK alone the only stop of a vfork is VFORK_DONE, when the child is gone", run: func(b *bench) {
		pid := b.launch(forking("vfork"))
		b.mask(pid, raw.MaskExec|raw.MaskVfork)
		b.cont(pid, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagVforkDone)
		b.cont(pid, 0)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "vfork_followed_done", promise: "a followed vfork: FORKED and VFORKED at the parent, the child's end, then VFORK_DONE", run: func(b *bench) {
		pid := b.launch(forking("vfork"))
		b.mask(pid, raw.MaskExec|raw.MaskFork|raw.MaskVfork)
		child := b.forked(pid, raw.FlagVforked)
		b.cont(pid, 0)
		b.cont(child, 0)
		b.exits(child, 2)
		b.stop(pid, raw.SIGTRAP, raw.FlagVforkDone)
		b.cont(pid, 0)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "vfork_child_held", promise: "the parent of a vfork child that is held can be continued, and sleeps until the child is let go", run: func(b *bench) {
		pid := b.launch(forking("vfork"))
		b.mask(pid, raw.MaskExec|raw.MaskFork|raw.MaskVfork)
		child := b.forked(pid, raw.FlagVforked)
		b.cont(pid, 0)
		b.asleep(pid, "ppwait")
		b.quiet(pid)
		b.cont(child, 0)
		b.exits(child, 2)
		b.stop(pid, raw.SIGTRAP, raw.FlagVforkDone)
	}},
	{name: "fork_signal_at_entry", promise: "a fork that a signal waits for at its entry is not made: it is begun again behind the handler", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("handled", 0)
			a.SigHandler(sigUSR1, ref("handler"), 0)
			call(a, "fork")
			a.IfChild("child")
			call(a, "wait4", -1, 0, 0, 0)
			a.Exit(mem("handled"))
			a.L("child")
			a.Exit(7)
			a.L("handler")
			a.Inc("handled")
			a.Ret()
		})
		b.mask(pid, raw.MaskSCE)
		b.cont(pid, 0)
		b.callStop(pid, raw.FlagSCE, "sigaction", 3)
		b.cont(pid, 0)
		b.callStop(pid, raw.FlagSCE, "fork", 0)
		b.mask(pid, raw.MaskSCX)
		b.cont(pid, sigUSR1)
		b.callStop(pid, raw.FlagSCX, "fork", 0)
		equal(b, "sr_error", b.scRet(pid).Err, raw.ERESTART)
		b.cont(pid, 0)
		b.callStop(pid, raw.FlagSCX, "sigreturn", 1)
		b.cont(pid, 0)
		b.callStop(pid, raw.FlagSCX, "fork", 0)
		equal(b, "sr_error", b.scRet(pid).Err, 0)
		b.mask(pid, 0)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "vfork_child_executes", promise: "VFORK_DONE comes when the child has executed a program", run: func(b *bench) {
		hello := b.assemble(exiter(4))
		pid := b.launch(func(a *asm) {
			a.Str("path", hello)
			a.Quads("argv", ref("path"), 0)
			call(a, "vfork")
			a.IfChild("child")
			call(a, "wait4", -1, 0, 0, 0)
			a.Exit(1)
			a.L("child")
			call(a, "execve", ref("path"), ref("argv"), 0)
			a.Exit(9)
		})
		b.mask(pid, raw.MaskExec|raw.MaskFork|raw.MaskVfork)
		child := b.forked(pid, raw.FlagVforked)
		b.cont(pid, 0)
		b.cont(child, 0)
		b.stop(child, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
		b.stop(pid, raw.SIGTRAP, raw.FlagVforkDone)
		b.cont(child, 0)
		b.exits(child, 4)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "vfork_child_killed", promise: "VFORK_DONE comes when the child was killed",
		unconfirmed: "VFORK_DONE after PT_KILL of the child", run: func(b *bench) {
			pid := b.launch(forking("vfork"))
			b.mask(pid, raw.MaskExec|raw.MaskFork|raw.MaskVfork)
			child := b.forked(pid, raw.FlagVforked)
			b.cont(pid, 0)
			b.do(raw.Kill, child, 0, 0)
			b.killed(child, raw.SIGKILL)
			b.stop(pid, raw.SIGTRAP, raw.FlagVforkDone)
			b.cont(pid, 0)
			b.exits(pid, 1)
		}},
	{name: "rfork_followed", promise: "rfork with RFPROC is followed as fork is, also with shared memory, and is no vfork", run: func(b *bench) {
		for _, flags := range []int{1<<2 | 1<<4, 1<<4 | 1<<5} { // RFFDG|RFPROC, RFPROC|RFMEM
			pid := b.launch(forking("rfork", flags))
			b.do(raw.FollowFork, pid, 0, 1)
			child := b.forked(pid, 0)
			equal(b, "the call", b.lwpinfo(pid).Code, 251)
			b.cont(pid, 0)
			b.cont(child, 0)
			b.exits(child, 2)
			b.exits(pid, 1)
		}
	}},
	{name: "rfork_without_process", promise: "rfork that makes no process is no event", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			call(a, "rfork", 1<<2)
			a.Exit(0)
		})
		b.do(raw.FollowFork, pid, 0, 1)
		b.cont(pid, 0)
		b.exits(pid, 0)
	}},
	{name: "pdfork_unfollowed", promise: "a pdfork without events is no stop", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("fd", 0)
			call(a, "pdfork", ref("fd"), 0)
			a.IfChild("child")
			a.Exit(1)
			a.L("child")
			a.Exit(2)
		})
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "pdfork_traced_child_waited_for", promise: "a traced child that has a process descriptor shows its stops to wait, but not its end", run: func(b *bench) {
		pid := b.start(func(a *asm) {
			a.Quads("fd", 0)
			call(a, "pdfork", ref("fd"), 0)
			a.IfChild("child")
			a.Mov(r12, rax)
			call(a, "wait4", r12, 0, 0, 0)
			a.B(0x4c, 0x39, 0xe0) // cmp rax, r12
			a.Jnz("wrong")
			call(a, "ptrace", raw.Continue, r12, 1, 0)
			call(a, "wait4", -1, 0, 0, 0)
			a.Exit(rax)
			a.L("wrong")
			a.Exit(99)
			a.L("child")
			call(a, "ptrace", 0, 0, 0, 0)
			raise(a, raw.SIGSTOP)
			a.Exit(2)
		})
		b.exits(pid, int(raw.ECHILD))
	}},
	{name: "pdfork_reaped_by_debugger", promise: "a child with a process descriptor that the debugger has reaped is nothing for its parent to wait for", run: func(b *bench) {
		pid := b.start(func(a *asm) {
			a.Quads("go", 0)
			a.Quads("fd", 0)
			call(a, "pdfork", ref("fd"), 0)
			a.IfChild("child")
			raise(a, raw.SIGSTOP)
			call(a, "wait4", -1, 0, 0, 0)
			a.Exit(rax)
			a.L("child")
			awaitFlag(a, "go")
			a.Exit(2)
		})
		b.halted(pid)
		child := b.child(pid)
		b.attach(child)
		b.poke(child, b.label("go"), 1)
		b.cont(child, 0)
		b.exits(child, 2)
		b.resume(pid)
		b.exits(pid, int(raw.ECHILD))
		b.alone()
	}},
	{name: "pdfork_closed_while_traced", promise: "closing the last descriptor of a traced process sends it SIGKILL, and leaves it its debugger's",
		unconfirmed: "that the SIGKILL of the last close is told to the debugger as a stop", run: func(b *bench) {
			pid := b.start(func(a *asm) {
				a.Quads("fd", 0)
				call(a, "pdfork", ref("fd"), 0)
				a.IfChild("child")
				raise(a, raw.SIGSTOP)
				a.Exit(1)
				a.L("child")
				a.Spin("loop")
			})
			b.halted(pid)
			child := b.child(pid)
			b.attach(child)
			b.resume(pid)
			b.exits(pid, 1)
			b.lwpinfo(child)
			b.cont(child, 0)
			b.signaled(child, raw.SIGKILL)
			b.cont(child, raw.SIGKILL)
			b.killed(child, raw.SIGKILL)
			b.alone()
		}},
}

// forkCode is both stops' call.
func forkCode(b *bench, name string, more uint32) {
	b.t.Helper()
	pid := b.launch(forking(name))
	b.do(raw.FollowFork, pid, 0, 1)
	child := b.forked(pid, more)
	p, c := b.lwpinfo(pid), b.lwpinfo(child)
	equal(b, "the parent's call", int(p.Code), number(name))
	equal(b, "the child's call", int(c.Code), number(name))
	equal(b, "the child's number of arguments", c.Narg, p.Narg)
	equal(b, "the child's rax", b.regs(child).Rax, 0)
	equal(b, "the parent's rax", b.regs(pid).Rax, uint64(child))
}

var _ = replay.R15
