package kerneltest

// Reapers, and who may be traced (procctl(2)).

import (
	"unsafe"

	"github.com/trapline/trapline/kernel/freebsd/raw"
)

// procctl is procctl(P_PID, ...) with a structure.
func (b *bench) procctl(pid, cmd int, data []byte) raw.Errno {
	b.at(data)
	e := b.k.Procctl(pid, cmd, (*int32)(unsafe.Pointer(unsafe.SliceData(data))))
	b.note("procctl %d %d: errno %d", pid, cmd, e)
	return e
}

// reapKill is PROC_REAP_KILL of the debugger: struct procctl_reaper_kill.
func (b *bench) reapKill(sig int, flags uint32, subtree int) (killed, failed int, e raw.Errno) {
	d := make([]byte, 80)
	le.PutUint32(d, uint32(sig))
	le.PutUint32(d[4:], flags)
	le.PutUint32(d[8:], uint32(subtree))
	e = b.procctl(b.k.Pid(), raw.ReapKill, d)
	return int(le.Uint32(d[12:])), int(int32(le.Uint32(d[16:]))), e
}

// reaperStatus is PROC_REAP_STATUS: flags, children, descendants, reaper, first pid.
func (b *bench) reaperStatus(pid int) (s [5]int32) {
	b.t.Helper()
	d := make([]byte, 80)
	if e := b.procctl(pid, raw.ReapStatus, d); e != 0 {
		b.fail("PROC_REAP_STATUS: errno %d", e)
	}
	for i := range s {
		s[i] = int32(le.Uint32(d[4*i:]))
	}
	return s
}

// reaperPids is PROC_REAP_GETPIDS of the debugger, with room for n: pid, subtree and flags of each.
func (b *bench) reaperPids(n int) (all [][3]int) {
	b.t.Helper()
	const size = 72 // of struct procctl_reaper_pidinfo
	list, d := make([]byte, n*size), make([]byte, 72)
	le.PutUint32(d, uint32(n))
	le.PutUint64(d[64:], uint64(b.at(list)))
	if e := b.procctl(b.k.Pid(), raw.ReapGetPids, d); e != 0 {
		b.fail("PROC_REAP_GETPIDS: errno %d", e)
	}
	for ; len(list) > 0; list = list[size:] {
		if flags := int(le.Uint32(list[8:])); flags != 0 {
			all = append(all, [3]int{int(le.Uint32(list)), int(le.Uint32(list[4:])), flags})
		}
	}
	return all
}

func (b *bench) traceStatus(pid int) int32 {
	b.t.Helper()
	d := make([]byte, 4)
	if e := b.procctl(pid, raw.TraceStatus, d); e != 0 {
		b.fail("PROC_TRACE_STATUS: errno %d", e)
	}
	return int32(le.Uint32(d))
}

// family is a process with a child, both of which sleep.
func family(a *asm) {
	call(a, "fork")
	a.Sleep(60000)
	a.Exit(0)
}

var fbsdReaperCases = []fbsdCase{
	{name: "reap_kill_stopped", promise: "PROC_REAP_KILL does not wait for a process that stops for its debugger; it counts it", run: func(b *bench) {
		b.reap()
		pid := b.launch(func(a *asm) {
			a.L("loop")
			a.Sleep(10000)
			a.Jmp("loop")
		})
		b.do(raw.ToSCX, pid, 1, 0)
		b.asleep(pid, "nanslp")
		killed, failed, e := b.reapKill(sigTERM, 0, 0)
		equal(b, "the errno", e, 0)
		equal(b, "rk_killed", killed, 1)
		equal(b, "rk_fpid", failed, -1)
	}},
	{name: "reap_kill_held", promise: "nor for one that is held in a stop",
		unconfirmed: "PROC_REAP_KILL of a process that is held in a stop", run: func(b *bench) {
			b.reap()
			pid := b.launch(spinner)
			killed, _, e := b.reapKill(sigTERM, 0, 0)
			equal(b, "the errno", e, 0)
			equal(b, "rk_killed", killed, 1)
			b.cont(pid, 0)
			b.signaled(pid, sigTERM)
		}},
	{name: "reap_kill_all", promise: "PROC_REAP_KILL signals all descendants", run: func(b *bench) {
		b.reap()
		pid := b.start(family)
		child := b.child(pid)
		killed, failed, e := b.reapKill(sigTERM, 0, 0)
		equal(b, "the errno", e, 0)
		equal(b, "rk_killed", killed, 2)
		equal(b, "rk_fpid", failed, -1)
		b.killed(pid, sigTERM)
		b.killed(child, sigTERM)
		b.alone()
	}},
	{name: "reap_kill_children", promise: "with REAPER_KILL_CHILDREN it signals children alone", run: func(b *bench) {
		b.reap()
		pid := b.start(family)
		child := b.child(pid)
		killed, _, _ := b.reapKill(sigTERM, 1, 0)
		equal(b, "rk_killed", killed, 1)
		b.killed(pid, sigTERM)
		b.quiet(child)
	}},
	{name: "reap_kill_children_errno", promise: "and is ESRCH though it did",
		unconfirmed: "that REAPER_KILL_CHILDREN never says that it succeeded, as the kernel's sources have it", run: func(b *bench) {
			b.reap()
			pid := b.start(spinner)
			killed, _, e := b.reapKill(sigTERM, 1, 0)
			equal(b, "the errno", e, raw.ESRCH)
			equal(b, "rk_killed", killed, 1)
			b.killed(pid, sigTERM)
		}},
	{name: "reap_kill_subtree", promise: "with REAPER_KILL_SUBTREE it signals a child and those below it alone", run: func(b *bench) {
		b.reap()
		one := b.start(family)
		child := b.child(one)
		two := b.start(spinner)
		killed, _, e := b.reapKill(sigTERM, 2, one)
		equal(b, "the errno", e, 0)
		equal(b, "rk_killed", killed, 2)
		b.killed(one, sigTERM)
		b.killed(child, sigTERM)
		b.quiet(two)
	}},
	{name: "reap_kill_refused", promise: "PROC_REAP_KILL with no signal, one that there is not, or both flags is EINVAL; with nobody below it is ESRCH", run: func(b *bench) {
		b.reap()
		if _, _, e := b.reapKill(sigTERM, 0, 0); e != raw.ESRCH {
			b.fail("with nobody: errno %d", e)
		}
		b.start(spinner)
		for _, c := range []struct {
			sig   int
			flags uint32
		}{{0, 0}, {-1, 0}, {129, 0}, {sigTERM, 3}} {
			if _, _, e := b.reapKill(c.sig, c.flags, 0); e != raw.EINVAL {
				b.fail("%+v: errno %d", c, e)
			}
		}
	}},
	{name: "reaper_acquire", promise: "PROC_REAP_ACQUIRE twice is EBUSY, PROC_REAP_RELEASE of who is no reaper EINVAL, of another process EPERM", run: func(b *bench) {
		if e := b.procctl(b.k.Pid(), raw.ReapRelease, nil); e != raw.EINVAL {
			b.fail("errno %d", e)
		}
		b.reap()
		if e := b.procctl(b.k.Pid(), raw.ReapAcquire, nil); e != raw.EBUSY {
			b.fail("errno %d", e)
		}
		pid := b.start(spinner)
		if e := b.procctl(pid, raw.ReapAcquire, nil); e != raw.EPERM {
			b.fail("errno %d", e)
		}
	}},
	{name: "reaper_status", promise: "PROC_REAP_STATUS tells how many children and descendants there are, and the reaper", run: func(b *bench) {
		b.reap()
		self := int32(b.k.Pid())
		s := b.reaperStatus(b.k.Pid())
		equal(b, "the status of none", s, [5]int32{1, 0, 0, self, -1})
		pid := b.start(family)
		b.child(pid)
		s = b.reaperStatus(b.k.Pid())
		equal(b, "rs_flags", s[0], 1)
		equal(b, "rs_children", s[1], 1)
		equal(b, "rs_descendants", s[2], 2)
		s = b.reaperStatus(pid)
		equal(b, "rs_flags of a child", s[0], 0)
		equal(b, "rs_reaper of a child", s[3], self)
	}},
	{name: "reaper_pids", promise: "PROC_REAP_GETPIDS lists the descendants, with the child that each is below", run: func(b *bench) {
		b.reap()
		pid := b.start(family)
		child := b.child(pid)
		got := b.reaperPids(4)
		equal(b, "how many", len(got), 2)
		equal(b, "the grandchild", got[0], [3]int{child, pid, 1})
		equal(b, "the child", got[1], [3]int{pid, pid, 1 | 2})
	}},
	{name: "reaper_of_before", promise: "who becomes a reaper is not that of its children until then, nor of those below them", run: func(b *bench) {
		before := b.start(family)
		child := b.child(before)
		b.reap()
		s := b.reaperStatus(b.k.Pid())
		equal(b, "descendants", s[2], 0)
		equal(b, "rs_pid", s[4], -1)
		after := b.start(spinner)
		s = b.reaperStatus(b.k.Pid())
		equal(b, "descendants", s[2], 1)
		equal(b, "children", s[1], 1)
		equal(b, "rs_pid", int(s[4]), after)
		killed, _, e := b.reapKill(sigTERM, 0, 0)
		equal(b, "the errno", e, 0)
		equal(b, "rk_killed", killed, 1)
		b.killed(after, sigTERM)
		b.quiet(before)
		if b.kinfo(child) == nil {
			b.fail("the child that was there before is gone")
		}
	}},
	{name: "reaper_newest", promise: "rs_pid is the newest child; PROC_REAP_GETPIDS has the newest first, and tells who is stopped and who is a zombie", run: func(b *bench) {
		b.reap()
		one := b.start(spinner)
		two := b.launch(spinner)
		three := b.start(exiter(0))
		b.await(raw.PPid, three, raw.WExited|raw.WNowait)
		s := b.reaperStatus(b.k.Pid())
		equal(b, "rs_pid", int(s[4]), three)
		list := b.reaperPids(4)
		equal(b, "how many", len(list), 3)
		for i, want := range [][3]int{{three, three, 1 | 2 | 8}, {two, two, 1 | 2 | 16}, {one, one, 1 | 2}} {
			equal(b, "an entry", list[i], want)
		}
	}},
	{name: "reaper_below", promise: "PROC_REAP_KILL goes on below the reapers that are below", run: func(b *bench) {
		b.reap()
		pid := b.start(func(a *asm) {
			call(a, "getpid")
			call(a, "procctl", raw.PPid, rax, raw.ReapAcquire, 0)
			family(a)
		})
		child := b.child(pid)
		s := b.reaperStatus(b.k.Pid())
		equal(b, "descendants", s[2], 1)
		killed, _, e := b.reapKill(sigTERM, 0, 0)
		equal(b, "the errno", e, 0)
		equal(b, "rk_killed", killed, 2)
		b.killed(pid, sigTERM)
		b.killed(child, sigTERM)
	}},
	{name: "reaper_operand", promise: "PROC_REAP_ACQUIRE and PROC_REAP_RELEASE with an operand are EINVAL", run: func(b *bench) {
		for _, cmd := range []int{raw.ReapAcquire, raw.ReapRelease} {
			if e := b.procctl(b.k.Pid(), cmd, make([]byte, 4)); e != raw.EINVAL {
				b.fail("command %d: errno %d", cmd, e)
			}
		}
	}},
	{name: "reaper_adopts", promise: "an orphan is adopted by the reaper, which sees its end", run: func(b *bench) {
		b.reap()
		pid := b.start(func(a *asm) {
			a.Quads("go", 0)
			call(a, "fork")
			a.IfChild("child")
			raise(a, raw.SIGSTOP)
			a.Exit(4)
			a.L("child")
			a.Sleep(100)
			a.Exit(5)
		})
		b.halted(pid)
		child := b.child(pid)
		b.resume(pid)
		b.exits(pid, 4)
		b.exits(child, 5)
		b.alone()
	}},
	{name: "trace_status", promise: "PROC_TRACE_STATUS is 0 of who is not traced, and the debugger's pid of a tracee", run: func(b *bench) {
		pid := b.start(spinner)
		equal(b, "of who is not traced", b.traceStatus(pid), 0)
		b.attach(pid)
		equal(b, "of a tracee", b.traceStatus(pid), int32(b.k.Pid()))
		b.do(raw.Detach, pid, 1, 0)
		equal(b, "after the detach", b.traceStatus(pid), 0)
	}},
	{name: "trace_control", promise: "PROC_TRACE_CTL of another: it may be disabled, for the next program too, but neither enabled nor its next program made traceable; of a tracee it is EBUSY", run: func(b *bench) {
		set := func(pid, how int, want raw.Errno) {
			b.t.Helper()
			if e := b.procctl(pid, raw.TraceCtl, le.AppendUint32(nil, uint32(how))); e != want {
				b.fail("PROC_TRACE_CTL %d: errno %d, want %d", how, e, want)
			}
		}
		pid := b.start(spinner)
		set(pid, raw.TraceCtlEnable, raw.EPERM)
		set(pid, 9, raw.EINVAL)
		set(pid, raw.TraceCtlDisable, 0)
		set(pid, raw.TraceCtlDisable, 0)
		equal(b, "the status", b.traceStatus(pid), -1)
		traced := b.launch(spinner)
		for how := range 5 {
			set(traced, how, raw.EBUSY)
		}
		set(99998, raw.TraceCtlDisable, raw.ESRCH)
	}},
	{name: "death_signal", promise: "PROC_PDEATHSIG_CTL: a process gets the signal when its parent ends, and has it no more after a fork", run: func(b *bench) {
		b.reap()
		pid := b.start(func(a *asm) {
			a.Quads("signal", sigUSR2)
			a.Quads("go", 0)
			call(a, "fork")
			a.IfChild("child")
			raise(a, raw.SIGSTOP)
			a.Exit(4)
			a.L("child")
			call(a, "procctl", raw.PPid, 0, 11, ref("signal"))
			a.Sleep(60000)
			a.Exit(5)
		})
		b.halted(pid)
		child := b.child(pid)
		b.asleep(child, "nanslp")
		if e := b.procctl(child, 12, make([]byte, 4)); e != raw.EINVAL {
			b.fail("PROC_PDEATHSIG_STATUS of another: errno %d", e)
		}
		b.resume(pid)
		b.exits(pid, 4)
		b.killed(child, sigUSR2)
	}},
	{name: "process_switches", promise: "what procctl sets is told by the command's status, and is at first as it is", run: func(b *bench) {
		pid := b.start(spinner)
		status := func(cmd int) uint32 {
			b.t.Helper()
			d := make([]byte, 4)
			if e := b.procctl(pid, cmd, d); e != 0 {
				b.fail("command %d: errno %d", cmd, e)
			}
			return le.Uint32(d)
		}
		// PROC_TRAPCAP, PROC_STACKGAP, PROC_NO_NEW_PRIVS, PROC_LOGSIGEXIT: number, value at first, value to set
		for _, s := range [][3]int{{9, 2, 1}, {17, 5, 10}, {19, 2, 1}, {23, 1, 3}} {
			equal(b, "the status at first", status(s[0]+1), uint32(s[1]))
			for _, bad := range []int{77, -1} {
				if e := b.procctl(pid, s[0], le.AppendUint32(nil, uint32(bad))); e != raw.EINVAL {
					b.fail("command %d with %d: errno %d", s[0], bad, e)
				}
			}
			if e := b.procctl(pid, s[0], le.AppendUint32(nil, uint32(s[2]))); e != 0 {
				b.fail("command %d: errno %d", s[0], e)
			}
			equal(b, "the status", status(s[0]+1), uint32(s[2]))
		}
		if e := b.procctl(pid, 25, make([]byte, 4)); e != raw.EINVAL {
			b.fail("a command that there is not: errno %d", e)
		}
	}},
	{name: "trace_disabled", promise: "who disabled tracing of itself has the status -1, and cannot while it is traced", run: func(b *bench) {
		disable := func(a *asm) {
			a.Quads("how", raw.TraceCtlDisable)
			call(a, "getpid")
			call(a, "procctl", raw.PPid, rax, raw.TraceCtl, ref("how"))
		}
		pid := b.start(func(a *asm) { disable(a); raise(a, raw.SIGSTOP); a.Exit(0) })
		b.halted(pid)
		equal(b, "the status", b.traceStatus(pid), -1)
		traced := b.launch(func(a *asm) { disable(a); a.Exit(rax) })
		b.cont(traced, 0)
		b.exits(traced, int(raw.EBUSY))
	}},
}

// spawnTraced starts a program that there is already, traced, and takes its exec stop.
func (b *bench) spawnTraced(path string) int {
	b.t.Helper()
	pid := b.spawn(path, traced)
	b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
	return pid
}
