package kerneltest

// Threads: their births and deaths, one stop at a time, suspended ones, several that step.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
)

// twoCounters are two threads that count, the first in "x", the other in "y".
func twoCounters(a *asm) {
	a.Quads("x", 0)
	a.Quads("y", 0)
	a.Thread("other")
	a.L("main_loop")
	a.Inc("x")
	a.Jmp("main_loop")
	a.L("other")
	a.L("other_loop")
	a.Inc("y")
	a.Jmp("other_loop")
}

// counting starts twoCounters, and attaches when both count; the ids are the first thread's and
// the other's.
func (b *bench) counting() (pid, main, other int) {
	b.t.Helper()
	pid = b.start(twoCounters)
	b.await2(pid)
	b.k.Sleep(lull)
	b.attach(pid)
	ids := b.threads(pid)
	equal(b, "threads", len(ids), 2)
	return pid, ids[0], ids[1]
}

func (b *bench) counters(pid int) (x, y uint64) {
	b.t.Helper()
	return b.peek(pid, b.label("x")), b.peek(pid, b.label("y"))
}

// stepped takes the stop of a single step and is its thread.
func (b *bench) stepped(pid int) int {
	b.t.Helper()
	l := b.signaled(pid, raw.SIGTRAP)
	equal(b, "si_code", l.Siginfo.Code, raw.TrapTrace)
	return int(l.LWP)
}

var fbsdThreadCases = []fbsdCase{
	{name: "processes_listed", promise: "kern.proc.all has a record a thread, kern.proc.proc one a process; kern.proc.pgrp those of a group", run: func(b *bench) {
		pid := b.start(twoCounters)
		b.await2(pid)
		for _, c := range []struct {
			mib  []int32
			want int
		}{{[]int32{0}, 2}, {[]int32{8}, 1}, {[]int32{0x18}, 2}, {[]int32{1, int32(pid)}, 1}, {[]int32{0x11, int32(pid)}, 2},
			{[]int32{2, int32(le.Uint32(b.kinfo(pid)[kinfoGroup:]))}, 1}, {[]int32{2, 99999}, 0}, {[]int32{0x12, int32(le.Uint32(b.kinfo(pid)[kinfoGroup:]))}, 2}} {
			list, e := b.k.Sysctl(append([]int32{1, 14}, c.mib...), nil)
			n := 0
			for ; len(list) >= kinfoSize; list = list[kinfoSize:] {
				if int(le.Uint32(list[kinfoPID:])) == pid {
					n++
				}
			}
			if e != 0 || n != c.want {
				b.fail("kern.proc %v: %d records of it, errno %d, want %d", c.mib, n, e, c.want)
			}
		}
		if _, e := b.k.Sysctl([]int32{1, 14, 2}, nil); e != raw.EINVAL {
			b.fail("kern.proc.pgrp of none: errno %d", e)
		}
	}},
	{name: "lwp_events", promise: "with PTRACE_LWP a thread's first stop is BORN with SCX, in the new thread, its last EXITED with SCE", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Thread("other")
			join(a, "thr_other_tid")
			a.Exit(1)
			a.L("other")
			call(a, "thr_exit", 0)
		})
		main := int(b.lwpinfo(pid).LWP)
		b.do(raw.LwpEvents, pid, 0, 1)
		b.cont(pid, 0)
		other := int(b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagBorn).LWP)
		if other == main {
			b.fail("the thread that was born is the first")
		}
		b.cont(pid, 0)
		l := b.stop(pid, raw.SIGTRAP, raw.FlagSCE|raw.FlagExited)
		equal(b, "who exited", int(l.LWP), other)
		equal(b, "threads", len(b.threads(pid)), 2)
		b.regs(other)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "lwp_events_off", promise: "without PTRACE_LWP threads come and go with no stop", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Thread("other")
			join(a, "thr_other_tid")
			a.Exit(1)
			a.L("other")
			call(a, "thr_exit", 0)
		})
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "lwp_events_first_thread_exits", promise: "the first thread's thr_exit is EXITED; the process lives on with the other, and ends with its code", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("tid", 0)
			call(a, "thr_self", ref("tid"))
			a.Thread("other")
			call(a, "thr_exit", 0)
			a.L("other")
			join(a, "tid")
			a.Exit(4)
		})
		main := int(b.lwpinfo(pid).LWP)
		b.do(raw.LwpEvents, pid, 0, 1)
		seen := uint32(0)
		for range 2 { // in any order
			b.cont(pid, 0)
			if st := b.next(pid); st.Kind != raw.StatusStopped {
				b.fail("%+v, want a stop", st)
			}
			l := b.lwpinfo(pid)
			seen |= l.Flags
			if l.Flags == raw.FlagSCE|raw.FlagExited {
				equal(b, "who exited", int(l.LWP), main)
			}
		}
		equal(b, "the events", seen, raw.FlagSCX|raw.FlagBorn|raw.FlagSCE|raw.FlagExited)
		b.cont(pid, 0)
		b.exits(pid, 4)
	}},
	{name: "lwp_events_only_thread_exits", promise: "thr_exit of the only thread is an ordinary call that does nothing, and no event", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			call(a, "thr_exit", 0)
			a.Exit(5)
		})
		b.do(raw.LwpEvents, pid, 0, 1)
		b.cont(pid, 0)
		b.exits(pid, 5)
	}},
	{name: "lwp_events_process_exit", promise: "exit of a process is an EXITED stop, without SCE, of each other thread, and none of the caller", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("one", 0)
			a.Quads("two", 0)
			a.Thread("spins")
			a.Thread("sleeps")
			awaitFlag(a, "one")
			awaitFlag(a, "two")
			a.Exit(6)
			a.L("spins")
			a.Inc("one")
			a.Spin("loop")
			a.L("sleeps")
			a.Inc("two")
			a.Sleep(60000)
		})
		main := int(b.lwpinfo(pid).LWP)
		b.do(raw.LwpEvents, pid, 0, 1)
		for range 2 {
			b.cont(pid, 0)
			b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagBorn)
		}
		for range 2 {
			b.cont(pid, 0)
			if l := b.stop(pid, raw.SIGTRAP, raw.FlagExited); int(l.LWP) == main {
				b.fail("the caller's EXITED")
			}
		}
		b.cont(pid, 0)
		b.exits(pid, 6)
	}},
	{name: "new_thread_call_code", promise: "with PTRACE_SCX a new thread's first stop is SCX, and shows the call that made it", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Thread("other")
			a.Sleep(60000)
			a.L("other")
			a.Sleep(60000)
		})
		main := int(b.lwpinfo(pid).LWP)
		b.do(raw.ToSCX, pid, 1, 0)
		other := false
		for range 2 { // the maker's return, and the new thread
			l := b.stop(pid, raw.SIGTRAP, raw.FlagSCX)
			equal(b, "the call", int(l.Code), number("thr_new"))
			other = other || int(l.LWP) != main
			b.do(raw.ToSCX, pid, 1, 0)
		}
		equal(b, "a stop of the new thread", other, true)
	}},
	{name: "lwp_list", promise: "PT_GETNUMLWPS and PT_GETLWPLIST agree; a list for fewer has the first of them; a list for none is EINVAL", run: func(b *bench) {
		pid, main, _ := b.counting()
		equal(b, "PT_GETNUMLWPS", b.do(raw.GetNumLwps, pid, 0, 0), 2)
		buf := make([]byte, 8)
		equal(b, "a list for one", b.do(raw.GetLwpList, pid, b.at(buf), 1), 1)
		equal(b, "the first", int(le.Uint32(buf)), main)
		equal(b, "what follows", le.Uint32(buf[4:]), 0)
		b.refused(raw.EINVAL, raw.GetLwpList, pid, b.at(buf), 0)
	}},
	{name: "thread_name", promise: "PT_LWPINFO shows the name that thr_set_name gave the thread", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Str("name", "worker")
			a.Quads("tid", 0)
			call(a, "thr_self", ref("tid"))
			call(a, "thr_set_name", mem("tid"), ref("name"))
			a.Int3()
			a.Exit(0)
		})
		b.cont(pid, 0)
		l := b.signaled(pid, raw.SIGTRAP)
		equal(b, "pl_tdname", l.Name(), "worker")
	}},
	{name: "thread_inherits_mask", promise: "a new thread blocks what its maker blocks",
		unconfirmed: "the signal mask of a new thread", run: func(b *bench) {
			pid := b.launch(func(a *asm) {
				a.SigMask(sigBlock, sigUSR1)
				a.Thread("other")
				a.Sleep(60000)
				a.L("other")
				a.Int3()
				a.Sleep(60000)
			})
			b.cont(pid, 0)
			l := b.signaled(pid, raw.SIGTRAP)
			equal(b, "SIGUSR1 in pl_sigmask", l.Sigmask.Has(sigUSR1), true)
			equal(b, "SIGUSR2 in pl_sigmask", l.Sigmask.Has(sigUSR2), false)
		}},
	{name: "breakpoints_one_stop_at_a_time", promise: "of two threads that meet breakpoints at once one is reported, the other after the next continue", run: func(b *bench) {
		pid := b.launch(twoBreakpoints)
		b.cont(pid, 0)
		one := b.signaled(pid, raw.SIGTRAP)
		equal(b, "si_code", one.Siginfo.Code, raw.TrapBrkpt)
		b.k.Sleep(lull)
		b.quiet(pid)
		b.cont(pid, 0)
		two := b.signaled(pid, raw.SIGTRAP)
		equal(b, "si_code", two.Siginfo.Code, raw.TrapBrkpt)
		if one.LWP == two.LWP {
			b.fail("both stops are %d's", one.LWP)
		}
		b.cont(pid, 0)
		b.quiet(pid)
	}},
	{name: "continue_by_other_thread", promise: "PT_CONTINUE by the id of another thread ends the stop of the one that reported; none reports twice", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Thread("one")
			a.Thread("two")
			join(a, "thr_one_tid")
			join(a, "thr_two_tid")
			a.Exit(1)
			for _, n := range []string{"one", "two"} {
				a.L(n)
				a.Int3()
				call(a, "thr_exit", 0)
			}
		})
		b.do(raw.LwpEvents, pid, 0, 1)
		var born [2]int
		for i := range born {
			b.cont(pid, 0)
			born[i] = int(b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagBorn).LWP)
			b.do(raw.Suspend, born[i], 0, 0)
		}
		for _, id := range born {
			b.do(raw.Resume, id, 0, 0)
		}
		b.cont(pid, 0)
		hit, exited := map[int]bool{}, map[int]bool{}
		first := int(b.signaled(pid, raw.SIGTRAP).LWP)
		hit[first] = true
		b.cont(born[0]+born[1]-first, 0)
		for range 3 { // the other's breakpoint, and two ends
			if st := b.next(pid); st.Kind != raw.StatusStopped || st.Value != raw.SIGTRAP {
				b.fail("%+v, want a stop for SIGTRAP", st)
			}
			l := b.lwpinfo(pid)
			id := int(l.LWP)
			if l.Flags&raw.FlagExited != 0 {
				if !hit[id] || exited[id] {
					b.fail("%d exited", id)
				}
				exited[id] = true
			} else {
				if hit[id] {
					b.fail("%d met its breakpoint twice", id)
				}
				hit[id] = true
			}
			b.cont(pid, 0)
		}
		b.exits(pid, 1)
	}},
	{name: "suspended_thread_stands", promise: "a thread that is PT_SUSPENDed stands while the other runs; PT_SUSPEND twice is undone by one PT_RESUME", run: func(b *bench) {
		pid, _, other := b.counting()
		b.do(raw.Suspend, other, 0, 0)
		b.do(raw.Suspend, other, 0, 0)
		x, y := b.counters(pid)
		run := func() (uint64, uint64) {
			b.t.Helper()
			b.cont(pid, 0)
			b.k.Sleep(lull)
			b.kill(pid, raw.SIGSTOP)
			b.signaled(pid, raw.SIGSTOP)
			return b.counters(pid)
		}
		x2, y2 := run()
		if x2 == x || y2 != y {
			b.fail("x from %d to %d, y from %d to %d", x, x2, y, y2)
		}
		b.do(raw.Resume, other, 0, 0)
		if x3, y3 := run(); x3 == x2 || y3 == y2 {
			b.fail("after PT_RESUME: x from %d to %d, y from %d to %d", x2, x3, y2, y3)
		}
	}},
	{name: "step_one_of_two", promise: "PT_STEP by a thread's id, the other suspended: one instruction is executed, in it alone", run: func(b *bench) {
		pid, main, other := b.counting()
		b.do(raw.Suspend, other, 0, 0)
		_, y := b.counters(pid)
		rip := map[uint64]uint64{b.label("main_loop"): b.label("main_loop") + 8, b.label("main_loop") + 8: b.label("main_loop")}
		for range 4 {
			from := b.regs(main).Rip
			b.do(raw.Step, main, 1, 0)
			equal(b, "who stepped", b.stepped(pid), main)
			equal(b, "rip", b.regs(main).Rip, rip[from])
		}
		_, y2 := b.counters(pid)
		equal(b, "y", y2, y)
	}},
	{name: "step_two_threads", promise: "two threads that are both to step: each traps once, one stop after the other", run: func(b *bench) {
		pid, main, other := b.counting()
		b.do(raw.SetStep, main, 0, 0)
		b.do(raw.SetStep, other, 0, 0)
		b.cont(pid, 0)
		one := b.stepped(pid)
		b.cont(pid, 0)
		two := b.stepped(pid)
		if one == two {
			b.fail("both stops are %d's", one)
		}
		b.cont(pid, 0)
		b.quiet(pid)
	}},
	{name: "signal_to_thread", promise: "thr_kill2 of a thread is that thread's stop, with SI_LWP", run: func(b *bench) {
		pid, _, other := b.counting()
		b.cont(pid, 0)
		if e := b.k.ThrKill2(pid, other, sigUSR1); e != 0 {
			b.fail("thr_kill2: errno %d", e)
		}
		l := b.signaled(pid, sigUSR1)
		equal(b, "the thread", int(l.LWP), other)
		equal(b, "si_code", l.Siginfo.Code, raw.SiLWP)
		equal(b, "si_pid", int(l.Siginfo.PID), b.k.Pid())
	}},
	{name: "signals_to_two_threads", promise: "a signal each for two stopped threads: two stops in turn, each of its thread", run: func(b *bench) {
		pid, main, other := b.counting()
		want := map[int]int{main: sigUSR1, other: sigUSR2}
		for id, sig := range want {
			if e := b.k.ThrKill2(pid, id, sig); e != 0 {
				b.fail("thr_kill2: errno %d", e)
			}
		}
		for range 2 {
			b.cont(pid, 0)
			st := b.next(pid)
			l := b.lwpinfo(pid)
			equal(b, "the signal", st.Value, want[int(l.LWP)])
			delete(want, int(l.LWP))
		}
		b.cont(pid, 0)
		b.quiet(pid)
	}},
	{name: "signal_to_who_takes_it", promise: "a signal for the process is the stop of the thread that does not block it", run: func(b *bench) {
		pid := b.start(func(a *asm) {
			a.Quads("ready", 0)
			a.Thread("other")
			a.SigMask(sigBlock, sigUSR1)
			a.Inc("ready")
			a.Spin("main")
			a.L("other")
			a.Spin("loop")
		})
		b.await2(pid)
		b.k.Sleep(lull)
		b.attach(pid)
		other := b.threads(pid)[1]
		equal(b, "ready", b.peek(pid, b.label("ready")), 1)
		b.cont(pid, 0)
		b.kill(pid, sigUSR1)
		equal(b, "the thread", int(b.signaled(pid, sigUSR1).LWP), other)
	}},
	{name: "debug_registers_of_thread", promise: "debug registers are a thread's: the other is not stopped by them, and a new thread has its maker's", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("cell", 0)
			a.Thread("other")
			join(a, "thr_other_tid")
			a.Int3()
			a.Inc("cell")
			a.Exit(0)
			a.L("other")
			a.Inc("cell")
			call(a, "thr_exit", 0)
		})
		main := int(b.lwpinfo(pid).LWP)
		b.setDebug(pid, 0, b.label("cell"), watchWrite8)
		b.cont(pid, 0)
		if id := b.stepped(pid); id == main {
			b.fail("the first thread's stop")
		}
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGTRAP)
		b.cont(pid, 0)
		equal(b, "the thread", b.stepped(pid), main)
		b.cont(pid, 0)
		b.exits(pid, 0)
	}},
}
