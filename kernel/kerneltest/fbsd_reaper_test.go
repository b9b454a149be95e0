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
		killed, _, e := b.reapKill(sigTERM, 1, 0)
		equal(b, "the errno", e, 0)
		equal(b, "rk_killed", killed, 1)
		b.killed(pid, sigTERM)
		b.quiet(child)
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
		list := make([]byte, 4*72)
		d := make([]byte, 72)
		le.PutUint32(d, 4)
		le.PutUint64(d[64:], uint64(b.at(list)))
		if e := b.procctl(b.k.Pid(), raw.ReapGetPids, d); e != 0 {
			b.fail("errno %d", e)
		}
		got := map[int][2]uint32{}
		for e := list; len(e) > 0; e = e[72:] {
			if flags := le.Uint32(e[8:]); flags&1 != 0 {
				got[int(le.Uint32(e))] = [2]uint32{le.Uint32(e[4:]), flags & 2}
			}
		}
		equal(b, "how many", len(got), 2)
		equal(b, "the child", got[pid], [2]uint32{uint32(pid), 2})
		equal(b, "the grandchild", got[child], [2]uint32{uint32(pid), 0})
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
