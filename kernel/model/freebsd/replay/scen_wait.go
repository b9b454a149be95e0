package replay

// wait6 and wait4: options, who sees a status when, orphans and reapers.

import (
	"time"
)

var waitScenarios = []Scenario{
	{Name: "wait-options", About: "a trap stop waited for with each set of options: which of WSTOPPED and WTRAPPED sees it", Run: func(r *R) {
		pid := r.spawn(r.program("a", hello), Options{Trace: true})
		r.pause(50 * time.Millisecond)
		for _, o := range []int{WNOHANG, WNOHANG | WEXITED, WNOHANG | WSTOPPED | WNOWAIT, WNOHANG | WTRAPPED | WNOWAIT, WNOHANG | WCONTINUED, WNOHANG | WCONTINUED | WSTOPPED | WNOWAIT, WNOHANG | WTRAPPED | WNOWAIT, WNOHANG | WTRAPPED, WNOHANG | WTRAPPED, WNOHANG | waitAny, 64 | WNOHANG | WEXITED} {
			r.wait6(P_PID, pid, o)
		}
		r.end(pid)
	}},
	{Name: "wait-attach-stop-options", About: "an attach stop (SIGSTOP) waited for with WSTOPPED only and with WTRAPPED only", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.pt(ptAttach, pid, 0, 0)
		r.pause(50 * time.Millisecond)
		for _, o := range []int{WNOHANG | WEXITED, WNOHANG | WSTOPPED | WNOWAIT, WNOHANG | WTRAPPED | WNOWAIT, WNOHANG | WSTOPPED, WNOHANG | waitAny} {
			r.wait6(P_PID, pid, o)
		}
		r.end(pid)
	}},
	{Name: "wait-nowait-then-request", About: "WNOWAIT leaves the stop unwaited: requests answer EBUSY until it is taken", Run: func(r *R) {
		pid := r.spawn(r.program("a", hello), Options{Trace: true})
		r.pause(50 * time.Millisecond)
		r.lwpinfo(pid)
		r.wait6(P_PID, pid, waitAny|WNOWAIT)
		r.lwpinfo(pid)
		r.wait6(P_PID, pid, waitAny)
		r.lwpinfo(pid)
		r.end(pid)
	}},
	{Name: "wait-nothing", About: "waits with no child: ECHILD; with a running child: 0 under WNOHANG; bad id types and options", Run: func(r *R) {
		r.wait6(P_ALL, 0, waitAny|WNOHANG)
		r.wait6(P_PID, 99998, waitAny|WNOHANG)
		pid := r.start("", Options{NewGroup: true}, spin)
		r.wait6(P_ALL, 0, waitAny|WNOHANG)
		r.wait6(P_PID, pid, waitAny|WNOHANG)
		r.wait6(P_PGID, pid, waitAny|WNOHANG)
		r.wait6(P_PGID, 1, waitAny|WNOHANG)
		r.wait6(P_SID, pid, waitAny|WNOHANG)
		r.wait6(P_PID, pid, WNOHANG)
		r.wait6(P_PID, pid, 0)
		r.kill(pid, SIGKILL)
		r.wait6(P_PGID, pid, waitAny)
	}},
	{Name: "wait-exit-kinds", About: "exit with codes 0, 3 and 256+7, death by SIGTERM, by SIGSEGV: status and siginfo of wait6", Run: func(r *R) {
		for i, code := range []int{0, 3, 263} {
			pid := r.spawn(r.program("exit"+string(rune('0'+i)), func(a *Asm) { a.Exit(code) }), Options{})
			r.wait6(P_PID, pid, WEXITED|WNOWAIT)
			r.wait6(P_PID, pid, WEXITED)
			r.wait6(P_PID, pid, WEXITED|WNOHANG)
		}
		for _, sig := range []int{SIGTERM, SIGSEGV, SIGKILL} {
			pid := r.start("", Options{}, spin)
			r.kill(pid, sig)
			r.wait6(P_PID, pid, WEXITED)
		}
	}},
	{Name: "wait-job-control", About: "an untraced child stopped and continued: WSTOPPED, WCONTINUED, each reported once", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.kill(pid, SIGSTOP)
		r.wait6(P_PID, pid, WNOHANG|WTRAPPED)
		r.wait6(P_PID, pid, WNOHANG|WSTOPPED)
		r.wait6(P_PID, pid, WNOHANG|WSTOPPED)
		r.kill(pid, SIGCONT)
		r.wait6(P_PID, pid, WNOHANG|WCONTINUED)
		r.wait6(P_PID, pid, WNOHANG|WCONTINUED)
		r.end(pid)
	}},
	{Name: "wait-continued-traced", About: "WCONTINUED after PT_CONTINUE of a tracee, and after PT_DETACH", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, 0)
		r.wait6(P_PID, pid, WNOHANG|WCONTINUED|WEXITED)
		r.kill(pid, SIGSTOP)
		r.stop(pid)
		r.detach(pid, 0)
		r.wait6(P_PID, pid, WNOHANG|WCONTINUED|WEXITED)
		r.wait6(P_PID, pid, WNOHANG|WCONTINUED|WEXITED)
		r.end(pid)
	}},
	{Name: "wait-stop-taken-once", About: "a stop is reported once; a tracee's stop waited for by P_ALL, P_PGID", Run: func(r *R) {
		pid := r.spawn(r.program("a", spin), Options{Trace: true, NewGroup: true})
		r.wait6(P_PGID, pid, waitAny|WNOWAIT)
		r.wait6(P_ALL, 0, waitAny)
		r.wait6(P_ALL, 0, waitAny|WNOHANG)
		r.end(pid)
	}},
	{Name: "wait-exit-debugger-then-parent", About: "a tracee that is another's child exits: the debugger sees the status first, then the parent", Run: func(r *R) {
		pid := r.start("nanslp", Options{}, napper(200))
		s := r.second("trace", 0, pid)
		r.wait6(P_PID, pid, waitAny|WNOHANG)
		r.proc(pid)
		s.resume()
		r.proc(pid)
		r.wait6(P_PID, pid, waitAny)
		s.end()
	}, Parts: map[string]func(*R, []int){"trace": func(r *R, p []int) {
		r.attach(p[0])
		r.ready()
		r.cont(p[0], 0)
		r.stop(p[0])
		r.wait6(P_PID, p[0], waitAny|WNOHANG)
		r.proc(p[0])
		r.ready()
	}}},
	{Name: "wait-parent-while-traced", About: "the parent waits for its child while a debugger has it stopped, running, exited but unreaped", Run: func(r *R) {
		pid := r.start("nanslp", Options{}, napper(150))
		s := r.second("trace", 0, pid)
		r.note("held in a stop by the second debugger")
		r.wait6(P_PID, pid, waitAny|WNOHANG)
		r.wait6(P_ALL, 0, WEXITED|WNOHANG|WNOWAIT)
		s.resume()
		r.note("exited, not reaped by the second debugger")
		r.proc(pid)
		r.wait6(P_PID, pid, waitAny|WNOHANG)
		s.resume()
		r.note("reaped by the second debugger")
		r.proc(pid)
		r.wait6(P_PID, pid, waitAny|WNOHANG)
		r.wait6(P_PID, pid, waitAny|WNOHANG)
		s.end()
	}, Parts: map[string]func(*R, []int){"trace": func(r *R, p []int) {
		r.attach(p[0])
		r.ready()
		r.cont(p[0], 0)
		r.pause(400 * time.Millisecond)
		r.ready()
		r.stop(p[0])
		r.ready()
	}}},
	{Name: "wait-parent-dies-while-traced", About: "the real parent dies while its child is traced by us; reaper adoption; then detach", Run: func(r *R) {
		r.reaper()
		path := r.program("b", spin)
		s := r.second("parent", 0)
		child := 0
		for id, n := range r.pids.by {
			if n == "P1" {
				child = id
			}
		}
		_ = path
		r.attach(child)
		r.proc(child)
		s.die()
		r.proc(child)
		r.wait6(P_PID, child, waitAny|WNOHANG)
		r.detach(child, 0)
		r.proc(child)
		r.end(child)
	}, Parts: map[string]func(*R, []int){"parent": func(r *R, _ []int) {
		r.spawn("/w/wait-parent-dies-while-traced.b", Options{})
		r.pause(50 * time.Millisecond)
		r.ready()
	}}},
	{Name: "wait-reaper-orphan", About: "an untraced orphan is adopted by the reaper, which reaps it", Run: func(r *R) {
		r.reaper()
		pid := r.spawn(r.program("a", func(a *Asm) {
			a.Sys(sysFork)
			a.IfChild("child")
			a.Exit(1)
			a.L("child")
			a.Sleep(150)
			a.Sys(sysGetppid)
			a.Exit(2)
		}), Options{})
		r.wait6(P_PID, pid, waitAny)
		r.wait6(P_ALL, 0, waitAny)
		r.wait6(P_ALL, 0, waitAny|WNOHANG)
	}},
	{Name: "wait-orphaned-group", About: "a stopped process whose group becomes orphaned gets SIGHUP and SIGCONT: the order its debugger sees", Run: func(r *R) {
		r.reaper()
		pid := r.spawn(r.program("a", func(a *Asm) {
			a.Quads("child", 0)
			a.Sys(sysSetsid)
			a.Sys(sysFork)
			a.IfChild("child_code")
			a.Store("child", RAX)
			a.Sys(sysSetpgid, At("child"), 0)
			a.Sleep(300)
			a.Exit(1)
			a.L("child_code")
			a.Spin("loop")
		}), Options{Trace: true})
		r.stop(pid)
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK)
		r.cont(pid, 0)
		s := r.stop(pid)
		child := int(s.Info.ChildPid)
		r.stop(child)
		r.cont(child, 0)
		r.cont(pid, 0)
		r.until(pid, "nanslp")
		r.kill(child, SIGSTOP)
		r.stop(child)
		r.cont(child, SIGSTOP)
		r.pause(30 * time.Millisecond)
		r.proc(child)
		r.note("now the parent, in the same session and another group, exits")
		r.stop(pid)
		for range 4 {
			r.patience = 400 * time.Millisecond
			s := r.stop(child)
			if !s.stopped() {
				break
			}
			r.cont(child, 0)
		}
		r.proc(child)
		r.end(child)
	}},
	{Name: "wait-session-leader-exit", About: "a session leader with a traced member of its session exits", Run: func(r *R) {
		r.reaper()
		pid := r.spawn(r.program("a", func(a *Asm) {
			a.Sys(sysSetsid)
			a.Sys(sysFork)
			a.IfChild("child")
			a.Sleep(100)
			a.Exit(1)
			a.L("child")
			a.Spin("loop")
		}), Options{Trace: true})
		r.stop(pid)
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK)
		r.cont(pid, 0)
		s := r.stop(pid)
		child := int(s.Info.ChildPid)
		r.stop(child)
		r.cont(child, 0)
		r.cont(pid, 0)
		r.stop(pid)
		r.patience = 300 * time.Millisecond
		r.stop(child)
		r.proc(child)
		r.end(child)
	}},
	{Name: "wait-zombie-leader", About: "a traced process exits while its child's stop is unread: order under P_ALL", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Sys(sysFork)
			a.IfChild("child")
			a.Exit(1)
			a.L("child")
			a.Exit(2)
		})
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK)
		r.cont(pid, 0)
		s := r.stop(pid)
		r.cont(pid, 0)
		r.pause(60 * time.Millisecond)
		r.proc(pid)
		r.proc(int(s.Info.ChildPid))
		r.any()
		r.any()
		r.cont(int(s.Info.ChildPid), 0)
		r.any()
		r.wait6(P_ALL, 0, waitAny|WNOHANG)
	}},
	{Name: "wait-core-flag", About: "death by a core-dumping signal under a debugger: is the core bit set in the status", Run: func(r *R) {
		pid := r.spawn(r.program("a", func(a *Asm) { a.B(0x0f, 0x0b) }), Options{Trace: true})
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, SIGILL)
		r.stop(pid)
		pid = r.spawn("/w/wait-core-flag.a", Options{})
		r.wait6(P_PID, pid, WEXITED)
	}},
	{Name: "wait-traced-child-exit-signal", About: "the parent ignores SIGCHLD (SIG_IGN) and its traced child exits: autoreap?", Run: func(r *R) {
		pid := r.spawn(r.program("a", func(a *Asm) {
			a.SigHandler(SIGCHLD, SIG_IGN, 0)
			a.Sys(sysFork)
			a.IfChild("child")
			a.Sys(sysWait4, -1, 0, 0, 0)
			a.L("after_wait")
			a.Exit(RAX)
			a.L("child")
			a.Sleep(200)
			a.Exit(2)
		}), Options{Trace: true})
		r.stop(pid)
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK|PTRACE_SCX)
		for range 12 {
			r.cont(pid, 0)
			s := r.stop(pid)
			if s.Info.Flags&0x40 != 0 {
				child := int(s.Info.ChildPid)
				r.stop(child)
				r.mask(child, 0)
				r.cont(child, 0)
				r.cont(pid, 0)
				r.stop(child)
				r.stop(pid)
				break
			}
		}
		r.end(pid)
	}},
	{Name: "status-raw-values", About: "wait4's raw status for a SIGSTOP stop, a SIGTRAP stop, a continue, an exit, a kill", Run: func(r *R) {
		w := func(pid, opts int) {
			st := int32(0x5a5a5a5a)
			p, e := r.k.Wait4(pid, &st, opts)
			s := Step{Op: "wait4", Pid: r.id(pid), PidRaw: pid, Args: M{"options": bits(uint32(opts), waitFlags)}}
			if e != 0 {
				s.Errno = errnoName(e)
			} else {
				s.Ret, s.RetRaw = r.id(int(p)), int(p)
				s.Out = M{"status": hexs(st), "means": statusText(st)}
			}
			r.emit(s)
		}
		pid := r.start("", Options{}, spin)
		r.kill(pid, SIGSTOP)
		w(pid, 0|WNOHANG)
		w(pid, WSTOPPED|WNOHANG)
		r.kill(pid, SIGCONT)
		w(pid, WCONTINUED|WNOHANG)
		r.pt(ptAttach, pid, 0, 0)
		r.pause(50 * time.Millisecond)
		w(pid, WNOHANG)
		r.cont(pid, 0)
		r.kill(pid, SIGUSR1)
		w(pid, WNOHANG)
		r.kill(pid, SIGKILL)
		r.pause(50 * time.Millisecond)
		w(pid, WNOHANG)
		w(pid, WNOHANG)
	}},
}

func hexs(v int32) string {
	const d = "0123456789abcdef"
	b := []byte("0x00000000")
	for i := range 8 {
		b[9-i] = d[uint32(v)>>(4*i)&15]
	}
	return string(b)
}
