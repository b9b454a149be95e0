package replay

// fork, vfork, pdfork and rfork, followed or not, and deaths in between.

import "time"

// forker forks with one call and waits for the child; the child exits with 2.
func forker(nr int, args ...any) func(*Asm) {
	return func(a *Asm) {
		a.Quads("status", 0)
		a.Quads("fd", 0)
		a.Sys(nr, args...)
		a.L("after_fork")
		a.IfChild("child")
		a.Sys(sysWait4, -1, Ref("status"), 0, 0)
		a.L("after_wait")
		a.Exit(1)
		a.L("child")
		a.Sys(sysGetppid)
		a.Exit(2)
	}
}

// followed launches a program with an event mask and resumes every process that stops.
func followed(r *R, mask uint32, req int, build func(*Asm)) {
	pid, _ := r.launch(build)
	r.mask(pid, mask)
	r.childMask = mask
	r.pt(req, pid, 1, 0)
	r.patience = 700 * time.Millisecond
	r.driveAll(req, 40)
}

var forkScenarios = []Scenario{
	{Name: "fork-unfollowed", About: "fork without PTRACE_FORK: the child is not traced", Run: func(r *R) { followed(r, PTRACE_EXEC, ptContinue, forker(sysFork)) }},
	{Name: "fork-follow-request", About: "PT_FOLLOW_FORK instead of the mask; the mask it makes; both stops left held for a look", Run: func(r *R) {
		pid, _ := r.launch(forker(sysFork))
		r.pt(ptFollowFork, pid, 0, 1)
		r.getMask(pid)
		r.cont(pid, 0)
		s1 := r.any()
		s2 := r.any()
		r.proc(s1.Pid)
		r.proc(s2.Pid)
		child := int(s1.Info.ChildPid)
		if child == 0 {
			child = int(s2.Info.ChildPid)
		}
		r.getMask(child)
		r.cont(s1.Pid, 0)
		r.cont(s2.Pid, 0)
		r.driveAll(ptContinue, 10)
	}},
	{Name: "fork-follow-off", About: "PT_FOLLOW_FORK 1, then 0: the child is not traced", Run: func(r *R) {
		pid, _ := r.launch(forker(sysFork))
		r.pt(ptFollowFork, pid, 0, 1)
		r.pt(ptFollowFork, pid, 0, 0)
		r.getMask(pid)
		r.cont(pid, 0)
		r.driveAll(ptContinue, 10)
	}},
	{Name: "fork-mask", About: "fork with PTRACE_FORK, both continued as they come", Run: func(r *R) { followed(r, PTRACE_EXEC|PTRACE_FORK, ptContinue, forker(sysFork)) }},
	{Name: "fork-syscall", About: "fork with PTRACE_FORK under PT_SYSCALL: combined flags, the child's inherited mask", Run: func(r *R) { followed(r, PTRACE_EXEC|PTRACE_FORK, ptSyscall, forker(sysFork)) }},
	{Name: "fork-scx-only", About: "fork with PTRACE_FORK and PTRACE_SCX", Run: func(r *R) { followed(r, PTRACE_EXEC|PTRACE_FORK|PTRACE_SCX, ptContinue, forker(sysFork)) }},
	{Name: "vfork-unfollowed", About: "vfork without fork or vfork events", Run: func(r *R) { followed(r, PTRACE_EXEC, ptContinue, forker(sysVfork)) }},
	{Name: "vfork-follow", About: "vfork with PTRACE_FORK: FORKED|VFORKED in the parent", Run: func(r *R) { followed(r, PTRACE_EXEC|PTRACE_FORK, ptContinue, forker(sysVfork)) }},
	{Name: "vfork-done", About: "vfork with PTRACE_FORK and PTRACE_VFORK: VFORK_DONE after the child's exit", Run: func(r *R) { followed(r, PTRACE_EXEC|PTRACE_FORK|PTRACE_VFORK, ptContinue, forker(sysVfork)) }},
	{Name: "vfork-done-only", About: "vfork with PTRACE_VFORK alone: VFORK_DONE without following", Run: func(r *R) { followed(r, PTRACE_EXEC|PTRACE_VFORK, ptContinue, forker(sysVfork)) }},
	{Name: "vfork-done-syscall", About: "vfork with fork, vfork and syscall events: order of FORKED, CHILD, SCX, VFORK_DONE", Run: func(r *R) { followed(r, PTRACE_EXEC|PTRACE_FORK|PTRACE_VFORK, ptSyscall, forker(sysVfork)) }},
	{Name: "vfork-exec", About: "vfork, the child execs: VFORK_DONE comes after the exec", Run: func(r *R) {
		r.program("b", hello)
		followed(r, PTRACE_EXEC|PTRACE_FORK|PTRACE_VFORK, ptContinue, func(a *Asm) {
			a.Str("path", "/w/vfork-exec.b")
			a.Quads("argv", Ref("path"), 0)
			a.Sys(sysVfork)
			a.IfChild("child")
			a.Sys(sysWait4, -1, 0, 0, 0)
			a.Exit(1)
			a.L("child")
			a.Sys(sysExecve, Ref("path"), Ref("argv"), 0)
			a.Exit(9)
		})
	}},
	{Name: "vfork-child-held", About: "vfork with the child's stop held: can the parent's stop be continued, and where does it wait?", Run: func(r *R) {
		pid, _ := r.launch(forker(sysVfork))
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK|PTRACE_VFORK)
		r.cont(pid, 0)
		s1 := r.any()
		s2 := r.any()
		r.cont(pid, 0)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		child := s1.Pid
		if child == pid {
			child = s2.Pid
		}
		r.wait6(P_ALL, 0, waitAny|WNOHANG)
		r.cont(child, 0)
		r.driveAll(ptContinue, 10)
	}},
	{Name: "pdfork-follow", About: "pdfork with PTRACE_FORK; the process descriptor is closed at exit", Run: func(r *R) {
		followed(r, PTRACE_EXEC|PTRACE_FORK, ptContinue, forker(sysPdfork, Ref("fd"), 0))
	}},
	{Name: "pdfork-unfollowed", About: "pdfork without events", Run: func(r *R) { followed(r, PTRACE_EXEC, ptContinue, forker(sysPdfork, Ref("fd"), 0)) }},
	{Name: "rfork-follow", About: "rfork(RFPROC|RFFDG) with PTRACE_FORK", Run: func(r *R) { followed(r, PTRACE_EXEC|PTRACE_FORK, ptContinue, forker(sysRfork, RFPROC|RFFDG)) }},
	{Name: "rfork-mem-follow", About: "rfork(RFPROC|RFMEM) with PTRACE_FORK: shared memory, no vfork", Run: func(r *R) { followed(r, PTRACE_EXEC|PTRACE_FORK, ptContinue, forker(sysRfork, RFPROC|RFMEM)) }},
	{Name: "rfork-nowait", About: "rfork(RFPROC|RFFDG|RFNOWAIT) with PTRACE_FORK: who waits for the child?", Run: func(r *R) {
		followed(r, PTRACE_EXEC|PTRACE_FORK, ptContinue, forker(sysRfork, RFPROC|RFFDG|RFNOWAIT))
	}},
	{Name: "rfork-no-proc", About: "rfork(RFFDG) changes the caller only: no fork event", Run: func(r *R) {
		followed(r, PTRACE_EXEC|PTRACE_FORK, ptSyscall, func(a *Asm) { a.Sys(sysRfork, RFFDG); a.Exit(0) })
	}},
	{Name: "rfork-mem-breakpoint", About: "an int3 in memory shared by rfork(RFMEM), child untraced: the child dies of it", Run: func(r *R) {
		pid, _ := r.launch(forker(sysRfork, RFPROC|RFMEM))
		r.write(pid, r.prog.Labels["child"], 0xcc)
		r.cont(pid, 0)
		r.driveAll(ptContinue, 8)
	}},
	{Name: "fork-breakpoint-unfollowed", About: "an int3 in the parent is in the unfollowed child's copy too", Run: func(r *R) {
		pid, _ := r.launch(forker(sysFork))
		r.write(pid, r.prog.Labels["child"], 0xcc)
		r.cont(pid, 0)
		s := r.stop(pid)
		if s.stopped() {
			r.cont(pid, 0)
			r.stop(pid)
		}
	}},
	{Name: "fork-breakpoint-followed", About: "an int3 in the parent, taken out of the followed child at its first stop: the parent's stays", Run: func(r *R) {
		pid, _ := r.launch(forker(sysFork))
		bp := r.prog.Labels["child"]
		old := r.read(pid, bp, 1)
		r.write(pid, bp, 0xcc)
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK)
		r.cont(pid, 0)
		s1 := r.any()
		s2 := r.any()
		child := s1.Pid
		if child == pid {
			child = s2.Pid
		}
		r.write(child, bp, old[0])
		r.read(pid, bp, 1)
		r.read(child, bp, 1)
		r.cont(pid, 0)
		r.cont(child, 0)
		r.driveAll(ptContinue, 8)
	}},
	{Name: "fork-parent-killed", About: "the parent is killed while its fork stop is held: what becomes of the child's stop", Run: func(r *R) {
		pid, _ := r.launch(forker(sysFork))
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK)
		r.cont(pid, 0)
		s := r.stop(pid)
		r.kill(pid, SIGKILL)
		r.wait6(P_PID, pid, waitAny|WNOHANG)
		r.pt(ptKill, pid, 0, 0)
		r.wait6(P_PID, pid, waitAny)
		child := int(s.Info.ChildPid)
		r.proc(child)
		r.stop(child)
		r.proc(child)
		r.cont(child, 0)
		r.stop(child)
	}},
	{Name: "fork-child-killed", About: "the child is killed before its first stop is waited for", Run: func(r *R) {
		pid, _ := r.launch(forker(sysFork))
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK)
		r.cont(pid, 0)
		s := r.stop(pid)
		child := int(s.Info.ChildPid)
		r.pause(50 * time.Millisecond)
		r.proc(child)
		r.kill(child, SIGKILL)
		r.stop(child)
		r.cont(child, 0)
		if r.stop(child).stopped() {
			r.cont(child, 0)
			r.stop(child)
		}
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "fork-mask-not-inherited", About: "a followed child forks in turn without a mask of its own: the grandchild is not followed", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Sys(sysFork)
			a.IfChild("child")
			a.Sys(sysWait4, -1, 0, 0, 0)
			a.Exit(1)
			a.L("child")
			a.Sys(sysFork)
			a.IfChild("grandchild")
			a.Sys(sysWait4, -1, 0, 0, 0)
			a.Exit(2)
			a.L("grandchild")
			a.Exit(3)
		})
		r.mask(pid, 0x3f)
		r.cont(pid, 0)
		r.stop(pid) // entry
		r.cont(pid, 0)
		s := r.stop(pid)
		child := int(s.Info.ChildPid)
		r.stop(child)
		r.getMask(pid)
		r.getMask(child)
		r.mask(pid, PTRACE_EXEC)
		r.cont(child, 0)
		r.cont(pid, 0)
		r.driveAll(ptContinue, 8)
	}},
	{Name: "fork-detach-parent", About: "the parent is detached at its fork stop, the child stays traced and exits: both see its status", Run: func(r *R) {
		pid, _ := r.launch(forker(sysFork))
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK)
		r.cont(pid, 0)
		s := r.stop(pid)
		child := int(s.Info.ChildPid)
		r.stop(child)
		r.detach(pid, 0)
		r.pause(30 * time.Millisecond)
		r.proc(pid)
		r.proc(child)
		r.cont(child, 0)
		r.stop(child)
		r.wait6(P_PID, pid, WEXITED)
		r.wait6(P_ALL, 0, waitAny)
	}},
	{Name: "fork-detach-child", About: "the child is detached at its first stop", Run: func(r *R) {
		pid, _ := r.launch(forker(sysFork))
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK)
		r.cont(pid, 0)
		s := r.stop(pid)
		child := int(s.Info.ChildPid)
		r.stop(child)
		r.detach(child, 0)
		r.pause(30 * time.Millisecond)
		r.proc(child)
		r.wait6(P_PID, child, waitAny|WNOHANG)
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "fork-detach-parent-before-child-stop", About: "the parent is detached before the child's stop is waited for", Run: func(r *R) {
		pid, _ := r.launch(forker(sysFork))
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK)
		r.cont(pid, 0)
		s := r.stop(pid)
		child := int(s.Info.ChildPid)
		r.detach(pid, 0)
		r.stop(child)
		r.detach(child, 0)
		r.wait6(P_PID, pid, WEXITED)
		r.wait6(P_ALL, 0, waitAny)
	}},
	{Name: "fork-twice", About: "two children forked in a row, no stop taken late: event order", Run: func(r *R) {
		followed(r, PTRACE_EXEC|PTRACE_FORK, ptContinue, func(a *Asm) {
			a.Sys(sysFork)
			a.IfChild("child")
			a.Sys(sysFork)
			a.IfChild("child")
			a.Sys(sysWait4, -1, 0, 0, 0)
			a.Sys(sysWait4, -1, 0, 0, 0)
			a.Exit(1)
			a.L("child")
			a.Exit(2)
		})
	}},
	{Name: "fork-grandchild-orphan", About: "double fork, the middle process exits: who is the grandchild's parent while traced", Run: func(r *R) {
		r.reaper()
		followed(r, PTRACE_EXEC|PTRACE_FORK, ptContinue, func(a *Asm) {
			a.Sys(sysFork)
			a.IfChild("child")
			a.Sys(sysWait4, -1, 0, 0, 0)
			a.Sleep(200)
			a.Exit(1)
			a.L("child")
			a.Sys(sysFork)
			a.IfChild("grandchild")
			a.Exit(2)
			a.L("grandchild")
			a.Sleep(100)
			a.Sys(sysGetppid)
			a.L("after_getppid")
			a.Int3()
			a.L("after_int3")
			a.Exit(3)
		})
	}},
	{Name: "fork-traced-child-of-traced-parent-wait", About: "the tracee's own wait4 for a child that the debugger has stopped: does it see the stop?", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Quads("status", 0)
			a.Sys(sysFork)
			a.IfChild("child")
			a.L("wait_untraced")
			a.Sys(sysWait4, -1, Ref("status"), WNOHANG|WSTOPPED, 0)
			a.L("after_wait")
			a.Int3()
			a.L("after_int3")
			a.Sys(sysWait4, -1, Ref("status"), WSTOPPED, 0)
			a.L("after_wait2")
			a.Exit(1)
			a.L("child")
			a.Exit(2)
		})
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK)
		r.cont(pid, 0)
		s := r.stop(pid)
		child := int(s.Info.ChildPid)
		r.stop(child)
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, 0)
		r.pause(30 * time.Millisecond)
		r.proc(pid)
		r.cont(child, 0)
		r.driveAll(ptContinue, 6)
	}},
	{Name: "fork-threads", About: "fork from a thread that is not the leader, fork events on", Run: func(r *R) {
		followed(r, PTRACE_EXEC|PTRACE_FORK, ptContinue, func(a *Asm) {
			a.Thread("thread")
			a.Sleep(300)
			a.Exit(1)
			a.L("thread")
			a.Sys(sysFork)
			a.IfChild("child")
			a.Sys(sysWait4, -1, 0, 0, 0)
			a.Sys(sysThrExit, 0)
			a.L("child")
			a.Exit(2)
		})
	}},
	{Name: "fork-signal-at-child-stop", About: "a signal to the child while its first stop is held", Run: func(r *R) {
		pid, _ := r.launch(forker(sysFork))
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK)
		r.cont(pid, 0)
		s := r.stop(pid)
		child := int(s.Info.ChildPid)
		r.stop(child)
		r.kill(child, SIGUSR1)
		r.cont(child, 0)
		r.stop(child)
		r.cont(child, SIGUSR1)
		r.stop(child)
		r.cont(pid, 0)
		r.driveAll(ptContinue, 5)
	}},
}
