package replay

// Who may trace whom.

import (
	"time"
)

// tryAttach is the part of a second debugger that attaches and lets go.
func tryAttach(r *R, p []int) {
	if r.pt(ptAttach, p[0], 0, 0) {
		r.stop(p[0])
		r.detach(p[0], 0)
	}
	r.lwpinfo(p[0])
	r.ctl(p[0], "PROC_TRACE_STATUS", procTraceStatus, 0)
}

var attachPart = map[string]func(*R, []int){"attach": tryAttach}

var accessScenarios = []Scenario{
	{Name: "access-other-user", About: "an ordinary user attaches to another user's process, to root's, to its own", Run: func(r *R) {
		for _, uid := range []int{1002, 0, 1001} {
			pid := r.start("", Options{UID: uid}, spin)
			r.second("attach", 1001, pid).end()
			r.end(pid)
		}
	}, Parts: attachPart},
	{Name: "access-unprivileged-debug-off", About: "security.bsd.unprivileged_proc_debug=0: an ordinary user and its own process; root; PT_TRACE_ME", Run: func(r *R) {
		defer r.tunable("security.bsd.unprivileged_proc_debug", 0)()
		pid := r.start("", Options{UID: 1001}, spin)
		r.second("attach", 1001, pid).end()
		r.note("root, on the same process")
		if r.attach(pid).stopped() {
			r.detach(pid, 0)
		}
		r.end(pid)
		me := r.spawn(r.program("t", func(a *Asm) {
			a.Sys(sysPtrace, ptTraceMe, 0, 0, 0)
			a.Mov(RDI, RAX)
			a.Sys(sysExit)
		}), Options{UID: 1001})
		r.wait6(P_PID, me, WEXITED)
	}, Parts: attachPart},
	{Name: "access-see-other-uids-off", About: "security.bsd.see_other_uids=0: errno of attaching to another user's process", Run: func(r *R) {
		defer r.tunable("security.bsd.see_other_uids", 0)()
		pid := r.start("", Options{UID: 1002}, spin)
		r.second("attach", 1001, pid).end()
		r.end(pid)
	}, Parts: attachPart},
	{Name: "access-trace-ctl", About: "PROC_TRACE_CTL_DISABLE: attach by the same user, by root; enabling again; status while traced", Run: func(r *R) {
		pid := r.start("nanslp", Options{UID: 1001}, func(a *Asm) {
			a.Data("ctl", []byte{2, 0, 0, 0})
			a.Sys(sysProcctl, 0, 0, procTraceCtl, Ref("ctl"))
			a.Sleep(60000)
			a.Exit(0)
		})
		r.ctl(pid, "PROC_TRACE_STATUS", procTraceStatus, 0)
		r.second("attach", 1001, pid).end()
		r.note("root")
		if r.attach(pid).stopped() {
			r.ctl(pid, "PROC_TRACE_STATUS", procTraceStatus, 0)
			r.detach(pid, 0)
		}
		r.ctl(pid, "PROC_TRACE_CTL", procTraceCtl, 1)
		r.ctl(pid, "PROC_TRACE_STATUS", procTraceStatus, 0)
		r.end(pid)
	}, Parts: attachPart},
	{Name: "access-trace-ctl-traced", About: "PROC_TRACE_CTL and PROC_TRACE_STATUS on a process we trace", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.ctl(pid, "PROC_TRACE_STATUS", procTraceStatus, 0)
		for _, v := range []int32{2, 3, 1, 0, 9} {
			r.ctl(pid, "PROC_TRACE_CTL", procTraceCtl, v)
			r.ctl(pid, "PROC_TRACE_STATUS", procTraceStatus, 0)
		}
		r.end(pid)
	}},
	{Name: "access-sugid", About: "a process that was root and called setuid(1001): P_SUGID; attach by 1001 and by root", Run: func(r *R) {
		pid := r.start("nanslp", Options{}, func(a *Asm) {
			a.Sys(sysSetuid, 1001)
			a.Sleep(60000)
			a.Exit(0)
		})
		r.creds(pid)
		r.proc(pid)
		r.second("attach", 1001, pid).end()
		r.note("root")
		if r.attach(pid).stopped() {
			r.detach(pid, 0)
		}
		r.end(pid)
	}, Parts: attachPart},
	{Name: "access-setuid-file-attach", About: "a user attaches to its own running setuid program", Run: func(r *R) {
		b := r.program("b", spin)
		r.k.Chown(b, 1002, 1002)
		r.k.Chmod(b, 0o4755)
		pid := r.spawn(b, Options{UID: 1001})
		r.pause(60 * time.Millisecond)
		r.creds(pid)
		r.second("attach", 1001, pid).end()
		r.end(pid)
	}, Parts: attachPart},
	{Name: "access-unreadable-file", About: "a user traces a program whose file it may execute but not read", Run: func(r *R) {
		b := r.program("b", hello)
		r.k.Chown(b, 1002, 1002)
		r.k.Chmod(b, 0o711)
		r.second("trace", 1001).end()
	}, Parts: map[string]func(*R, []int){"trace": func(r *R, _ []int) {
		pid := r.spawn("/w/access-unreadable-file.b", Options{Trace: true})
		if pid != 0 {
			r.stop(pid)
			r.creds(pid)
			r.read(pid, textBase+codeOff, 4)
			r.end(pid)
		}
	}}},
	{Name: "access-setuid-while-traced", About: "a tracee of root changes its uid: still traceable; of a user: cannot", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Sys(sysSetuid, 1001); a.L("after"); a.Int3(); a.L("after_int3"); a.Exit(0) })
		r.drive(pid, ptSyscall, 3)
		r.creds(pid)
		r.end(pid)
	}},
	{Name: "access-no-new-privs", About: "PROC_NO_NEW_PRIVS set on a tracee that then execs a setuid file", Run: func(r *R) {
		b := r.program("b", hello)
		r.k.Chown(b, 1002, 1002)
		r.k.Chmod(b, 0o4755)
		a := r.program("a", execer(b))
		pid := r.spawn(a, Options{Trace: true, UID: 1001})
		r.stop(pid)
		r.ctl(pid, "PROC_NO_NEW_PRIVS_CTL", procNoNewPrivs, 1)
		r.cont(pid, 0)
		r.stop(pid)
		r.creds(pid)
		r.end(pid)
	}},
	{Name: "access-ptrace-off", About: "security.bsd.allow_ptrace: can it be turned off at run time, and the errno then", Run: func(r *R) {
		mib := r.k.SysctlMib("security.bsd.allow_ptrace")
		old, e := r.k.Sysctl(mib, nil)
		r.emit(Step{Op: "sysctl security.bsd.allow_ptrace", Errno: errnoName(e), Out: M{"bytes": len(old)}})
		_, e = r.k.Sysctl(mib, make([]byte, max(len(old), 1)))
		r.emit(Step{Op: "sysctl security.bsd.allow_ptrace", Args: M{"set": 0}, Errno: errnoName(e)})
		pid := r.start("", Options{}, spin)
		r.pt(ptAttach, pid, 0, 0)
		one := []byte{1, 0, 0, 0}[:max(len(old), 1)]
		_, e = r.k.Sysctl(mib, one)
		r.emit(Step{Op: "sysctl security.bsd.allow_ptrace", Args: M{"set": 1}, Errno: errnoName(e)})
		r.end(pid)
	}},
	{Name: "tunables", About: "the sysctls that change what a debugger sees, at their defaults", Run: func(r *R) {
		for _, n := range []string{"kern.kill_on_debugger_exit", "debug.ptrace_attach_transparent", "security.bsd.unprivileged_proc_debug", "security.bsd.see_other_uids", "security.bsd.see_other_gids", "kern.elf64.aslr.enable", "kern.elf64.aslr.stack", "kern.elf64.nxstack", "kern.coredump", "kern.sugid_coredump", "kern.forcesigexit", "kern.trap_enotcap", "kern.sigqueue.max_pending_per_proc", "kern.pid_max", "kern.ps_arg_cache_limit", "kern.elf64.allow_wx", "machdep.uprintf_signal", "kern.osreldate", "kern.smp.cpus"} {
			b, e := r.k.Sysctl(append([]int32{}, r.k.SysctlMib(n)...), nil)
			s := Step{Op: "sysctl " + n, Errno: errnoName(e)}
			if e == 0 && len(b) >= 4 {
				v := int32(b[0]) | int32(b[1])<<8 | int32(b[2])<<16 | int32(b[3])<<24
				s.Out = M{"value": v}
				if n == "kern.smp.cpus" {
					s.Out = M{"value_raw": v}
				}
			} else if e == 0 && len(b) > 0 {
				s.Out = M{"value": b[0]}
			}
			r.emit(s)
		}
	}},
}
