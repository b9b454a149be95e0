package replay

// execve: its event, its failures, threads, credentials.

import (
	"time"
)

// execer replaces itself by the file at path.
func execer(path string) func(*Asm) {
	return func(a *Asm) {
		a.Str("path", path)
		a.Str("arg1", "one")
		a.Quads("argv", Ref("path"), Ref("arg1"), 0)
		a.Sys(sysExecve, Ref("path"), Ref("argv"), 0)
		a.L("after_exec")
		a.Exit(9)
	}
}

var execScenarios = []Scenario{
	{Name: "exec-event", About: "execve under PT_CONTINUE: one stop at the new entry", Run: func(r *R) {
		b := r.program("b", hello)
		pid, _ := r.launch(execer(b))
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "exec-syscall", About: "execve under PT_SYSCALL: SCE, then one SCX|EXEC", Run: func(r *R) {
		b := r.program("b", hello)
		pid, _ := r.launch(execer(b))
		r.drive(pid, ptSyscall, 12)
	}},
	{Name: "exec-event-off", About: "execve with an event mask of 0: no stop at all", Run: func(r *R) {
		b := r.program("b", hello)
		pid, _ := r.launch(execer(b))
		r.mask(pid, 0)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "exec-event-off-scx", About: "execve with PTRACE_SCX but not PTRACE_EXEC: is EXEC set in the SCX stop?", Run: func(r *R) {
		b := r.program("b", hello)
		pid, _ := r.launch(execer(b))
		r.mask(pid, PTRACE_SCX)
		r.drive(pid, ptContinue, 6)
	}},
	{Name: "exec-fails", About: "execve of a file that is not there, of a directory, of a text file", Run: func(r *R) {
		r.k.WriteFile("/w/exec-fails.txt", []byte("just text\n"), 0o755)
		pid, _ := r.launch(func(a *Asm) {
			for i, p := range []string{"/nonexistent", "/w", "/w/exec-fails.txt"} {
				l := "path" + string(rune('0'+i))
				a.Str(l, p)
				a.Quads("argv"+l, Ref(l), 0)
				a.Sys(sysExecve, Ref(l), Ref("argv"+l), 0)
			}
			a.Exit(0)
		})
		r.drive(pid, ptSyscall, 12)
	}},
	{Name: "exec-shebang", About: "execve of a #! script whose interpreter is a static ELF: one exec stop, arguments", Run: func(r *R) {
		r.program("b", func(a *Asm) { a.L("start"); a.B(0x48, 0x8b, 0x3c, 0x24); a.Sys(sysExit) }) // exits with argc
		r.k.WriteFile("/w/exec-shebang.sh", []byte("#!/w/exec-shebang.b -x\n"), 0o755)
		pid, _ := r.launch(execer("/w/exec-shebang.sh"))
		r.drive(pid, ptSyscall, 8)
	}},
	{Name: "exec-setuid-by-root", About: "a setuid file executed by a tracee of root", Run: func(r *R) {
		b := r.program("b", hello)
		r.k.Chown(b, 1002, 1002)
		r.k.Chmod(b, 0o4755)
		a := r.program("a", execer(b))
		pid := r.spawn(a, Options{Trace: true, UID: 1001})
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.creds(pid)
		r.end(pid)
	}},
	{Name: "exec-setuid-by-user", About: "a setuid file executed by a tracee of an ordinary user: no credentials change", Run: func(r *R) {
		b := r.program("b", spin)
		r.k.Chown(b, 1002, 1002)
		r.k.Chmod(b, 0o4755)
		r.program("a", execer(b))
		s := r.second("trace", 1001)
		s.end()
	}, Parts: map[string]func(*R, []int){"trace": func(r *R, _ []int) {
		pid := r.spawn("/w/exec-setuid-by-user.a", Options{Trace: true})
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.creds(pid)
		r.end(pid)
	}}},
	{Name: "exec-from-thread", About: "execve from a thread that is not the leader, LWP events on: which lwpid remains", Run: func(r *R) {
		b := r.program("b", hello)
		pid, _ := r.launch(threadExec(b))
		r.mask(pid, PTRACE_EXEC|PTRACE_LWP)
		r.drive(pid, ptContinue, 10)
	}},
	{Name: "exec-from-thread-no-lwp-events", About: "execve from a thread that is not the leader, only exec events", Run: func(r *R) {
		b := r.program("b", hello)
		pid, _ := r.launch(threadExec(b))
		r.drive(pid, ptContinue, 10)
	}},
	{Name: "exec-with-threads", About: "execve from the leader while two other threads run and sleep, LWP events on", Run: func(r *R) {
		b := r.program("b", hello)
		pid, _ := r.launch(func(a *Asm) {
			a.Thread("runner")
			a.Thread("sleeper")
			a.Sleep(60)
			execer(b)(a)
			a.L("runner")
			a.Spin("loop")
			a.L("sleeper")
			a.Sleep(60000)
		})
		r.mask(pid, PTRACE_EXEC|PTRACE_LWP)
		r.drive(pid, ptContinue, 12)
	}},
	{Name: "exec-fails-with-threads", About: "a failing execve in a threaded process: the other threads live on", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Thread("runner")
			a.Sleep(60)
			a.Str("path", "/nonexistent")
			a.Sys(sysExecve, Ref("path"), 0, 0)
			a.L("after_exec")
			a.Int3()
			a.L("after_int3")
			a.Exit(0)
			a.L("runner")
			a.Spin("loop")
		})
		r.cont(pid, 0)
		r.stop(pid)
		r.lwpList(pid, 64, false)
		r.end(pid)
	}},
	{Name: "exec-dbregs", About: "debug registers across execve", Run: func(r *R) {
		b := r.program("b", hello)
		pid, _ := r.launch(execer(b))
		var d [16]uint64
		d[0], d[7] = r.prog.Labels["after_exec"], 1
		r.setDbregs(pid, d)
		r.dbregs(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.dbregs(pid)
		r.end(pid)
	}},
	{Name: "exec-pending-signal", About: "a blocked pending signal survives execve; the tracee unblocks it after", Run: func(r *R) {
		b := r.program("b", func(a *Asm) { a.SigMask(SIG_UNBLOCK, SIGUSR1); a.L("after"); a.Exit(0) })
		pid, _ := r.launch(func(a *Asm) { a.SigMask(SIG_BLOCK, SIGUSR1); a.Sleep(100); execer(b)(a) })
		r.cont(pid, 0)
		r.until(pid, "nanslp")
		r.kill(pid, SIGUSR1)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "exec-untraced-attach", About: "attach to a process about to exec: the exec stop comes although nobody asked (default mask)", Run: func(r *R) {
		b := r.program("b", hello)
		pid := r.start("nanslp", Options{}, func(a *Asm) { a.Sleep(300); execer(b)(a) })
		r.attach(pid)
		r.getMask(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.detach(pid, 0)
		r.wait6(P_PID, pid, WEXITED)
	}},
	{Name: "exec-kill-at-stop", About: "SIGKILL at the exec stop", Run: func(r *R) {
		pid, _ := r.launch(hello)
		r.kill(pid, SIGKILL)
		r.proc(pid)
		r.lwpinfo(pid)
		r.stop(pid)
		r.lwpinfo(pid)
	}},
}

func threadExec(b string) func(*Asm) {
	return func(a *Asm) {
		a.Thread("thread")
		a.Sleep(60000)
		a.Exit(8)
		a.L("thread")
		a.Sleep(50)
		execer(b)(a)
	}
}

// creds records a process's user ids.
func (r *R) creds(pid int) {
	k, e := r.kinfo(pid)
	s := Step{Op: "credentials", Pid: r.id(pid), PidRaw: pid}
	if e != 0 {
		s.Errno = errnoName(e)
	} else {
		s.Out = M{"uid": k.i32(168), "ruid": k.i32(172), "svuid": k.i32(176), "sugid": k.flag()>>8&1 != 0}
	}
	r.emit(s)
	r.k.Sleep(time.Millisecond)
}
